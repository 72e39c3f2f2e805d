// Command measure builds the peers, runs them in turns on this machine, and prints what was seen as a Markdown table:
//
//	go run ./bench/load/measure                      # PocketBase and the hello page
//	go run ./bench/load/measure -url http://127.0.0.1:8080/rounds -pid 4711 -header "Cookie: session=…" -contains "<tr"
//
// With -url a page of a server that is running already takes part, and the ratios to the peers are printed too. It is
// run from the repository's root. It measures; what the numbers ought to be is not its business.
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
	"strings"
	"syscall"
	"time"

	"hemvist/bench/load"
)

type options struct {
	peers   string
	dir     string
	rows    int
	rounds  int
	starts  int
	each    time.Duration
	clients int
	log     bool
	own     load.Spec
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, parse()); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

func parse() options {
	o := options{own: load.Spec{Header: map[string]string{}}}
	flag.StringVar(&o.peers, "peers", "bench/peers", "folder of the peers' module")
	flag.StringVar(&o.dir, "dir", "", "folder for the peers' program and data, kept; a temporary one when empty")
	flag.IntVar(&o.rows, "rows", 100_000, "rows in PocketBase's collection")
	flag.IntVar(&o.rounds, "rounds", 3, "rounds, 3 to 20")
	flag.IntVar(&o.starts, "starts", 5, "start-ups to time, 3 or more; 0 for none")
	flag.DurationVar(&o.each, "for", 5*time.Second, "length of each run")
	flag.IntVar(&o.clients, "clients", 8, "clients at once")
	flag.BoolVar(&o.log, "request-log", true, "let PocketBase log requests, as it does by default")
	flag.StringVar(&o.own.URL, "url", "", "a page of a running server, to compare with the peers")
	flag.IntVar(&o.own.PID, "pid", 0, "that server's process")
	flag.StringVar(&o.own.Contains, "contains", "", "text that page must hold")
	flag.Func("header", `header for that page, "Name: value"; may be repeated`, func(s string) error {
		name, value, ok := strings.Cut(s, ":")
		if !ok {
			return errors.New(`write it as "Name: value"`)
		}
		o.own.Header[name] = strings.TrimSpace(value)
		return nil
	})
	flag.Parse()
	return o
}

func run(ctx context.Context, o options) (err error) {
	if o.own.URL != "" && o.own.PID == 0 {
		return errors.New("-url needs -pid, to know what the page costs")
	}
	if o.dir == "" {
		if o.dir, err = os.MkdirTemp("", "hemvist-peers-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(o.dir)) }()
	}
	if o.dir, err = filepath.Abs(o.dir); err != nil { // the build below runs in another folder
		return err
	}
	program := filepath.Join(o.dir, "peers")
	build := exec.CommandContext(ctx, "go", "build", "-C", o.peers, "-o", program, ".")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build the peers (from the repository's root): %w", err)
	}
	pocketbase := func(addr string) *exec.Cmd {
		return exec.Command(program, "pocketbase", "--addr", addr, "--dir", filepath.Join(o.dir, "pocketbase"),
			"--rows", fmt.Sprint(o.rows), fmt.Sprintf("--request-log=%t", o.log))
	}
	hello := func(addr string) *exec.Cmd { return exec.Command(program, "hello", "--addr", addr) }

	// Fill the database in a process of its own: what measuring sees must not remember the filling.
	filled, err := load.Start(ctx, pocketbase("127.0.0.1:0"))
	if err != nil {
		return err
	}
	if err := filled.Stop(); err != nil {
		return err
	}

	fmt.Println(machine())
	header, err := compare(ctx, o, pocketbase("127.0.0.1:0"), hello("127.0.0.1:0"))
	if err != nil || o.starts == 0 {
		return err
	}
	fmt.Println("\nstart to first page, and memory (RSS) right after it:")
	list := load.Spec{Header: header, Contains: `"totalItems":` + fmt.Sprint(o.rows)}
	if err := starts(ctx, o, "pocketbase", pocketbase, "/api/collections/records/records?page=1&perPage=50&sort=-first_on", list); err != nil {
		return err
	}
	return starts(ctx, o, "hello", hello, "/", load.Spec{})
}

// compare starts both peers, loads them in turns, and prints the table. It returns what signs one in to PocketBase,
// which stays valid when it is started again.
func compare(ctx context.Context, o options, pocketbase, hello *exec.Cmd) (header map[string]string, err error) {
	pb, err := load.Start(ctx, pocketbase)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, pb.Stop()) }()
	he, err := load.Start(ctx, hello)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, he.Stop()) }()

	base := load.Spec{Clients: o.clients, Duration: o.each}
	list, page := base, base
	list.URL, list.Header, list.PID, list.Contains = pb.Ready.URL, pb.Ready.Header, pb.PID, `"totalItems":`+fmt.Sprint(o.rows)
	page.URL, page.PID, page.Contains = he.Ready.URL, he.PID, "Hello"
	name := "pocketbase " + pb.Ready.Version
	sides := []load.Side{load.Of(name, list), load.Of("hello", page)}
	if o.own.URL != "" {
		own := o.own
		own.Clients, own.Duration = o.clients, o.each
		sides = append([]load.Side{load.Of("own", own)}, sides...)
	}
	idle, err := load.ReadMemory(pb.PID)
	if err != nil {
		return nil, err
	}
	c, err := load.Compare(ctx, o.rounds, sides...)
	if err != nil {
		return nil, err
	}
	fmt.Printf("clients %d, rounds %d of %v each, median (least–most)\n\n", o.clients, o.rounds, o.each)
	if err := table(c); err != nil {
		return nil, err
	}
	fmt.Printf("\nPocketBase's memory (RSS) before the first request: %.0f MiB\n", float64(idle.RSS)/(1<<20))
	return pb.Ready.Header, ratios(c)
}

// pageKB is the length of one answer's body.
func pageKB(r load.Result) float64 { return float64(r.Bytes) / float64(r.Requests) / 1000 }

func table(c load.Comparison) error {
	columns := []struct {
		head string
		m    load.Metric
	}{
		{"requests/s", load.Throughput}, {"CPU ms each", load.CPUMillis}, {"p50 ms", load.P50Millis}, {"p90 ms", load.P90Millis},
		{"p99 ms", load.P99Millis}, {"peak MiB", load.PeakMiB}, {"page kB", pageKB}, {"others' CPU share", load.Noise},
	}
	fmt.Print("| |")
	for _, col := range columns {
		fmt.Print(" ", col.head, " |")
	}
	fmt.Println("\n|" + strings.Repeat("---|", len(columns)+1))
	for _, name := range c.Names {
		fmt.Printf("| %s |", name)
		for _, col := range columns {
			s, err := c.Values(name, col.m)
			if err != nil {
				return err
			}
			fmt.Printf(" %v |", s)
		}
		fmt.Println()
	}
	return nil
}

// ratios prints how the first side stands to each of the others.
func ratios(c load.Comparison) error {
	for _, other := range c.Names[1:] {
		rate, err := c.Ratio(c.Names[0], other, load.Throughput)
		if err != nil {
			return err
		}
		cpu, err := c.Ratio(c.Names[0], other, load.CPUMillis)
		if err != nil {
			return err
		}
		fmt.Printf("%s to %s: requests/s %v, CPU each %v\n", c.Names[0], other, rate, cpu)
	}
	return nil
}

// starts times o.starts start-ups of one program and prints their spread.
func starts(ctx context.Context, o options, name string, command func(addr string) *exec.Cmd, path string, page load.Spec) error {
	var took, idle []float64
	for range o.starts {
		addr, err := load.FreeAddr()
		if err != nil {
			return err
		}
		page.URL = "http://" + addr + path
		p, err := load.StartUp(ctx, command(addr), page)
		if err != nil {
			return err
		}
		m, err := load.ReadMemory(p.PID)
		if err := errors.Join(err, p.Stop()); err != nil {
			return err
		}
		took = append(took, p.FirstPage.Seconds()*1000)
		idle = append(idle, float64(m.RSS)/(1<<20))
	}
	t, err := load.SpreadOf(took)
	if err != nil {
		return err
	}
	m, err := load.SpreadOf(idle)
	if err != nil {
		return err
	}
	fmt.Printf("%s: %v ms, %v MiB, %d starts\n", name, t, m, t.Rounds)
	return nil
}
