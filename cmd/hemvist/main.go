// Command hemvist is the whole house in one binary: serve runs it, demo runs it with invented people, doctor checks it, and
// programme and credential check the files that say what a programme is and what follows from what has happened.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	_ "time/tzdata" // the binary needs nothing of the machine, time zones included

	"github.com/alecthomas/kong"
)

// cli is the commands; every flag is also an environment variable.
type cli struct {
	Serve  serveCmd  `cmd:"" help:"Run Hemvist. The first time it makes the database, the keys and a code for the first person."`
	Demo   demoCmd   `cmd:"" help:"Run Hemvist with invented people, and print a link for each role. Nothing to set up."`
	Doctor doctorCmd `cmd:"" help:"Check that the log has not been tampered with and that what is stored agrees with itself."`
	Code   codeCmd   `cmd:"" help:"Make a code with which a person who has an account can sign in once."`

	Programme  programmeCmd  `cmd:"" help:"Check, show and compare the files that say what a programme is."`
	Credential credentialCmd `cmd:"" help:"Check the files that say what should follow from what has happened."`

	Version kong.VersionFlag `help:"Print the version and stop."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	k := kong.Parse(&c, kong.Name("hemvist"), kong.UsageOnError(), kong.DefaultEnvars("HEMVIST"), kong.Vars{"version": version()},
		kong.Description("The home of a parent-support programme: its groups, its leaders, what needs whom.\n\nTry it:  hemvist demo"),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.BindTo(os.Stdout, (*io.Writer)(nil)))
	if err := k.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "hemvist:", err)
		os.Exit(1)
	}
}

// version is what the binary was built from, as far as the Go tool knows.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	revision, modified := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value[:min(10, len(s.Value))]
		case s.Key == "vcs.modified" && s.Value == "true":
			modified = "+"
		}
	}
	if revision == "" {
		return "0.1"
	}
	return "0.1-" + revision + modified
}
