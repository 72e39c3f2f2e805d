package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"

	"hemvist/bench/load"
)

// rounds is how many rows the compared lists have.
const rounds = 100_000

// listSize makes a house with that many; a participant each is enough for a list.
var listSize = []string{"--rounds", fmt.Sprint(rounds), "--municipalities", "290", "--years", "20", "--participants", "1"}

// compareList measures the list of 50 of 100,000 beside PocketBase's, in turns, with a plain hello page as calibrator, and then
// how long both take to start.
func compareList(ctx context.Context, o options, program string) error {
	peers := filepath.Join(o.dir, "peers")
	if err := build(ctx, o.peers, ".", peers); err != nil {
		return err
	}
	c, err := runTogether(ctx, o, program, peers)
	if err != nil {
		return err
	}
	if err := printComparison(c); err != nil {
		return err
	}
	return startUps(ctx, o, program, peers)
}

// runTogether starts all three, measures them in turns and stops them.
func runTogether(ctx context.Context, o options, program, peers string) (load.Comparison, error) {
	s, err := start(ctx, o, program, "sqlite", listSize)
	if err != nil {
		return load.Comparison{}, err
	}
	defer s.stop()
	own := load.Spec{URL: s.base + "/rounds", Header: map[string]string{"Cookie": s.cookies["coordinator"]}, Contains: "<tbody", Clients: o.clients, Duration: o.each, PID: s.pid()}
	sides := []load.Side{load.Of("hemvist", own)}
	for _, peer := range [][]string{{"pocketbase", "--dir", filepath.Join(o.dir, "pb"), "--rows", fmt.Sprint(rounds)}, {"hello"}} {
		spec, stop, err := startPeer(ctx, o, peers, peer)
		if err != nil {
			return load.Comparison{}, err
		}
		defer stop()
		sides = append(sides, load.Of(peer[0], spec))
	}
	return load.Compare(ctx, 4, sides...)
}

func printComparison(c load.Comparison) error {
	fmt.Println("| | pages/s | CPU ms each | p50 ms | p99 ms | peak MiB | others' share of the CPU |")
	fmt.Println("|---|---|---|---|---|---|---|")
	for _, name := range c.Names {
		row := "| " + name
		for _, m := range []load.Metric{load.Throughput, load.CPUMillis, load.P50Millis, load.P99Millis, load.PeakMiB, load.Noise} {
			v, err := c.Values(name, m)
			if err != nil {
				return err
			}
			row += fmt.Sprintf(" | %.3g (%.3g–%.3g)", v.Median, v.Min, v.Max)
		}
		fmt.Println(row + " |")
	}
	faster, err := c.Ratio("hemvist", "pocketbase", load.Throughput)
	cheaper, err2 := c.Ratio("pocketbase", "hemvist", load.CPUMillis)
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	fmt.Printf("\nHemvist answers %.1f (%.1f–%.1f) times as many as PocketBase, each for 1/%.1f (1/%.1f–1/%.1f) of the CPU.\n",
		faster.Median, faster.Min, faster.Max, cheaper.Median, cheaper.Min, cheaper.Max)
	return nil
}

func startPeer(ctx context.Context, o options, program string, args []string) (load.Spec, func(), error) {
	addr, err := load.FreeAddr()
	if err != nil {
		return load.Spec{}, nil, err
	}
	p, err := load.Start(ctx, exec.Command(program, append(args, "--addr", addr)...))
	if err != nil {
		return load.Spec{}, nil, err
	}
	spec := load.Spec{URL: p.Ready.URL, Clients: o.clients, Duration: o.each, PID: p.Ready.PID, Header: p.Ready.Header}
	if p.Ready.Rows > 0 {
		spec.Contains = fmt.Sprintf(`"totalItems":%d`, p.Ready.Rows)
	}
	return spec, func() { _ = p.Stop() }, nil
}

// starts is how often each program is started.
const starts = 5

// startUps measures, in turns, how long each program takes from its start to its first page, on the data that the comparison
// has filled, and the memory that it then has.
func startUps(ctx context.Context, o options, program, peers string) error {
	sides := []struct {
		name, path string
		command    func(addr string) *exec.Cmd
	}{
		{"hemvist", "/sign-in", func(addr string) *exec.Cmd {
			return exec.Command(program, "demo", "--addr", addr, "--dir", filepath.Join(o.dir, dataName("sqlite", listSize)))
		}},
		{"pocketbase", "/api/health", func(addr string) *exec.Cmd {
			return exec.Command(peers, "pocketbase", "--addr", addr, "--dir", filepath.Join(o.dir, "pb"), "--rows", fmt.Sprint(rounds))
		}},
	}
	took, memory := map[string][]float64{}, map[string][]float64{}
	for range starts {
		for _, side := range sides {
			addr, err := load.FreeAddr()
			if err != nil {
				return err
			}
			p, err := load.StartUp(ctx, side.command(addr), load.Spec{URL: "http://" + addr + side.path})
			if err != nil {
				return err
			}
			m, err := load.ReadMemory(p.PID)
			if err := errors.Join(err, p.Stop()); err != nil {
				return err
			}
			took[side.name] = append(took[side.name], float64(p.FirstPage.Microseconds())/1000)
			memory[side.name] = append(memory[side.name], float64(m.RSS)/(1<<20))
		}
	}
	fmt.Printf("\n| | start to first page, ms | memory then, MiB |\n|---|---|---|\n")
	for _, side := range sides {
		t, err := load.SpreadOf(took[side.name])
		m, err2 := load.SpreadOf(memory[side.name])
		if err := errors.Join(err, err2); err != nil {
			return err
		}
		fmt.Printf("| %s | %.0f (%.0f–%.0f) | %.0f (%.0f–%.0f) |\n", side.name, t.Median, t.Min, t.Max, m.Median, m.Min, m.Max)
	}
	return nil
}
