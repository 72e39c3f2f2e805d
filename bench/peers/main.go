// Command peers starts the programs that Hemvist is measured beside, each with comparable data and ready for requests:
//
//	peers pocketbase --addr 127.0.0.1:8091 --dir DIR --rows 100000
//	peers hello      --addr 127.0.0.1:8092
//
// It listens on loopback only, prints one line of JSON when it is ready, and stops on SIGINT or SIGTERM. It is a module
// of its own, so that what a peer depends on never enters the product, and so that a peer runs on the versions its own
// authors chose. It never measures anything: that is hemvist/bench/load.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"
)

const usage = `usage:
  peers pocketbase --addr HOST:PORT --dir DIR [--rows 100000] [--request-log=true]
  peers hello      --addr HOST:PORT
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "peers:", err)
		}
		os.Exit(1)
	}
}

// run is main without the process: it serves the peer named first in args until ctx ends.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) == 0 {
		fmt.Fprint(stderr, usage)
		return errors.New("name a peer: pocketbase or hello")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	flags.SetOutput(stderr)
	addr := flags.String("addr", "127.0.0.1:0", "loopback address to listen on; port 0 takes a free one")

	switch args[0] {
	case "hello":
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		return serveHello(ctx, *addr, stdout)
	case "pocketbase":
		var opt options
		flags.StringVar(&opt.dir, "dir", "", "folder of the database, filled the first time and kept")
		flags.IntVar(&opt.rows, "rows", 100_000, "rows in the collection")
		flags.BoolVar(&opt.requestLog, "request-log", true, "let PocketBase log every request to its log database, as it does by default")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		opt.addr = *addr
		return servePocketBase(ctx, opt, stdout, stderr)
	default:
		fmt.Fprint(stderr, usage)
		return fmt.Errorf("no peer is called %q", args[0])
	}
}

// ready is the line a peer prints when it answers. hemvist/bench/load reads the same fields; the two modules share no
// code on purpose, see README.md.
type ready struct {
	Name    string            `json:"name"`
	Version string            `json:"version,omitempty"`
	PID     int               `json:"pid"`    // of the server itself, which under "go run" is not the child's
	URL     string            `json:"url"`    // the page to measure
	Health  string            `json:"health"` // the cheapest page that proves it answers
	Header  map[string]string `json:"header,omitempty"`
	Token   string            `json:"token,omitempty"`
	Rows    int               `json:"rows,omitempty"`
}

func (r ready) print(w io.Writer) error {
	r.PID = os.Getpid()
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false) // people copy the address from the line
	return enc.Encode(r)
}

// listen opens a loopback address; port 0 takes a free one.
func listen(addr string) (net.Listener, error) {
	if err := mustBeLoopback(addr); err != nil {
		return nil, err
	}
	return net.Listen("tcp", addr)
}

// mustBeLoopback refuses every other address: a peer that prints a token is nobody else's business.
func mustBeLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("address %q: %w", addr, err)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("address %q is not loopback: use 127.0.0.1:PORT", addr)
	}
	return nil
}
