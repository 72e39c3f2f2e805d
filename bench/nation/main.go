// Command nation measures every staff page on a nation of invented data, at several shares of its full size and on both
// engines, and prints a Markdown table:
//
//	go run ./bench/nation                                        # SQLite at 1 %, 10 % and 100 %
//	go run ./bench/nation -shares 0.01 -postgres postgres://…    # PostgreSQL too; databases are made on that server
//
// It builds the program, fills a database once for each share (kept with -dir), starts it as anybody would and asks for its
// pages over HTTP. What a page cost comes from the program's own /metrics and from /proc. It is run from the repository's root.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"hemvist/bench/load"
)

type options struct {
	dir      string
	shares   []float64
	sqlite   bool
	postgres string
	each     time.Duration
	clients  int
	only     string
	list     bool
	peers    string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	o, err := parse()
	if err == nil {
		err = run(ctx, o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "nation:", err)
		os.Exit(1)
	}
}

func parse() (options, error) {
	var o options
	shares := flag.String("shares", "0.01,0.1,1", "shares of the full size (290 municipalities, 20 years, 20,000 rounds, 250,000 participants)")
	flag.StringVar(&o.dir, "dir", "", "folder for the program and the data, kept; a temporary one when empty")
	flag.BoolVar(&o.sqlite, "sqlite", true, "measure on SQLite")
	flag.StringVar(&o.postgres, "postgres", "", "a PostgreSQL server to measure on too, as a postgres:// address; databases hemvist_bench_… are made there")
	flag.DurationVar(&o.each, "for", 3*time.Second, "how long each page is loaded with all clients")
	flag.IntVar(&o.clients, "clients", 8, "clients at once")
	flag.StringVar(&o.only, "only", "", "only pages with this in their role, name or path")
	flag.BoolVar(&o.list, "list", false, "instead of the pages: the list of 50 of 100,000 rounds beside PocketBase and a plain hello page")
	flag.StringVar(&o.peers, "peers", "bench/peers", "folder of the peers' module")
	flag.Parse()
	for _, s := range strings.Split(*shares, ",") {
		f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		if err != nil || f <= 0 || f > 5 {
			return o, fmt.Errorf("-shares: %q is no share", s)
		}
		o.shares = append(o.shares, f)
	}
	return o, nil
}

func run(ctx context.Context, o options) (err error) {
	if o.dir == "" {
		if o.dir, err = os.MkdirTemp("", "hemvist-nation-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(o.dir)) }()
	}
	if o.dir, err = filepath.Abs(o.dir); err != nil {
		return err
	}
	program := filepath.Join(o.dir, "hemvist")
	if err := build(ctx, ".", "./cmd/hemvist", program); err != nil {
		return err
	}
	if o.list {
		return compareList(ctx, o, program)
	}
	fmt.Printf("%s. One client for server time, %d for the rest; CPU, allocations and queries are the program's.\n\n", time.Now().Format(time.DateOnly), o.clients)
	fmt.Println("| engine | share | role | page | ms, one client p50 | p99 | ms, all clients p50 | p99 | pages/s | CPU ms | kB allocated | allocations | queries | kB sent |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|")
	for _, share := range o.shares {
		var engines []string
		if o.sqlite {
			engines = append(engines, "sqlite")
		}
		if o.postgres != "" {
			engines = append(engines, "postgres")
		}
		for _, engine := range engines {
			if err := measure(ctx, o, program, engine, share); err != nil {
				return fmt.Errorf("%s at %g: %w", engine, share, err)
			}
		}
	}
	return nil
}

func build(ctx context.Context, dir, what, to string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-o", to, what)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", what, err, out)
	}
	return nil
}

// page is one that is measured. In place of a star comes the first that the page above links to.
type page struct{ role, name, path string }

// The log's come first: the pages after them fill the log with their own looks.
var pages = []page{
	{"log-reviewer", "home", "/"},
	{"log-reviewer", "spot-checks", "/log"},
	{"log-reviewer", "spot-check of 90 days", "/log?days=90"},
	{"log-reviewer", "the log", "/log/entries"},
	{"coordinator", "home", "/"},
	{"coordinator", "rounds", "/rounds"},
	{"coordinator", "rounds by name", "/rounds?sort=name"},
	{"coordinator", "rounds, running", "/rounds?state=running"},
	{"coordinator", "rounds, closed", "/rounds?state=closed"},
	{"coordinator", "search: v", "/rounds?q=v"},
	{"coordinator", "search: växjö hös", "/rounds?q=v%C3%A4xj%C3%B6+h%C3%B6s"},
	{"coordinator", "rounds, page 3", "/rounds?page=3"},
	{"coordinator", "calendar", "/rounds/calendar"},
	{"coordinator", "strip of rounds", "/rounds/strip"},
	{"coordinator", "strip of municipalities", "/rounds/strip?by=organisation"},
	{"coordinator", "strip of counties", "/rounds/strip?by=county"},
	{"coordinator", "certified and no rounds", "/rounds/idle"},
	{"coordinator", "a round", "/rounds/*"},
	{"coordinator", "what a round gives", "/rounds/*/outlook"},
	{"coordinator", "organisations", "/organisations"},
	{"coordinator", "an organisation", "/organisations/*"},
	{"coordinator", "people", "/people"},
	{"coordinator", "a person", "/people/*"},
	{"coordinator", "a person's certifications", "/people/*/credentials"},
	{"coordinator", "plan a round", "/rounds/new"},
	{"coordinator", "programmes", "/programmes"},
	{"coordinator", "what a proposal changes", "/programmes/connect/versions/2026-11-demo/changes"},
	{"coordinator", "letters", "/letters"},
	{"contact", "home", "/"},
	{"contact", "rounds", "/rounds"},
	{"contact", "calendar", "/rounds/calendar"},
	{"contact", "strip of rounds", "/rounds/strip"},
	{"contact", "certified and no rounds", "/rounds/idle"},
	{"contact", "people", "/people"},
	{"leader", "home", "/"},
	{"leader", "week", "/week"},
	{"leader", "rounds", "/rounds"},
	{"leader", "search for a parent", "/rounds?q=amina+provlund"},
	{"leader", "a round", "/rounds/*"},
	{"leader", "participants", "/rounds/*/participants"},
	{"leader", "add a participant", "/rounds/*/participants/new"},
	{"leader", "a round's plan", "/rounds/*/plan"},
	{"leader", "staff of a round", "/rounds/*/plan/staff"},
	{"leader", "notify", "/rounds/*/plan/notify"},
	{"leader", "close a round", "/rounds/*/end"},
	{"leader", "will it certify us?", "/rounds/*/outlook"},
	{"leader", "what if", "/rounds/*/outlook?if=1&film=3"},
	{"leader", "a session", "/rounds/*/sessions/*"},
	{"leader", "attendance", "/rounds/*/sessions/*/attendance"},
	{"leader", "who steps in", "/rounds/*/sessions/*/stand-in"},
	{"leader", "recruitment of a round", "/rounds/*/recruitment"},
	{"leader", "interested parents", "/recruitment"},
	{"leader", "concern for a child", "/concern"},
	{"leader", "my certifications", "/me/credentials"},
	{"leader", "a programme", "/programmes/connect"},
	{"leader", "what a certificate requires", "/programmes/connect/versions/2024-08/credentials/leader"},
	{"leader", "my sign-in", "/me/sign-in"},
	{"administrator", "home", "/"},
	{"administrator", "people", "/people"},
	{"public", "places with groups", "/interest"},
}

func measure(ctx context.Context, o options, program, engine string, share float64) error {
	s, err := start(ctx, o, program, engine, sizeArgs(share))
	if err != nil {
		return err
	}
	defer s.stop()
	for _, p := range pages {
		if !strings.Contains(p.role+" "+p.name+" "+p.path, o.only) {
			continue
		}
		row, err := s.page(ctx, o, p)
		if err != nil {
			return fmt.Errorf("%s, %s: %w", p.role, p.name, err)
		}
		fmt.Printf("| %s | %g %% | %s | %s | %s |\n", engine, share*100, p.role, p.name, row)
	}
	m, err := load.ReadMemory(s.pid())
	if err != nil {
		return err
	}
	fmt.Printf("| %s | %g %% | | memory of the program: %d MiB, peak %d MiB | | | | | | | | | | |\n", engine, share*100, m.RSS>>20, m.Peak>>20)
	return nil
}

func sizeArgs(share float64) []string {
	return []string{"--rounds", strconv.Itoa(max(1, int(20_000*share))), "--municipalities", strconv.Itoa(max(4, int(290*min(1, share*4)))), "--years", "20"}
}
