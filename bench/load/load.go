// Package load measures a server on this machine from outside: how many requests a second a fixed number of clients get
// answered, how long each took, and what it cost the server in CPU and memory. Runs can be compared in turns (A B A B),
// so that what disturbs the machine disturbs both.
//
// It never reaches beyond loopback, never runs without a bound in time and count, and never counts an answer that is not
// the one expected: a fast error page is a failure, not a result. Process figures are read from /proc and so from Linux.
package load

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// The bounds of every run, whatever is asked for.
const (
	MaxDuration = 2 * time.Minute
	MaxRequests = 2_000_000
	MaxClients  = 256
	maxFailures = 100 // then a run is given up: it says nothing any more
)

// Spec is what one run does. URL, and Duration or Requests, must be given.
type Spec struct {
	URL    string            // http, on loopback
	Method string            // GET when empty
	Header map[string]string // sent with every request; authentication among them
	Body   []byte            // sent with every request unless Vary gives another

	// Vary gives client c's n-th request (from 0) its own target, such as "/rounds?page=3", and body. An empty target
	// keeps that of URL. It is called from all clients at once. Warm-up requests are counted in n too.
	Vary func(c, n int) (target string, body []byte)

	Status   int    // the only status that is right; 200 when 0
	Contains string // text that every answer must hold, to know that it is the page and not its empty shell

	Clients  int           // at once, each waiting for its answer before it asks again; 1 when 0
	Duration time.Duration // stop asking after this long
	Requests int           // stop after this many in all
	Warmup   int           // requests for each client before anything is counted; 10 when 0, none when negative
	Timeout  time.Duration // for one answer; 30 s when 0

	PID int // the server's process, whose CPU and memory are read; 0 for none
}

// Result is what one run showed. Latencies and Rate are of the right answers only.
type Result struct {
	Requests int           // answered as expected
	Failed   int           // everything else
	Statuses map[int]int   // every status seen; 0 where no answer came
	Failure  string        // the first failure, in words
	Elapsed  time.Duration // from the first counted request to the last answer
	Rate     float64       // right answers a second
	P50      time.Duration
	P90      time.Duration
	P99      time.Duration
	Max      time.Duration
	Bytes    int64 // of the bodies of right answers

	// Of Spec.PID; zero where none was given.
	CPU      time.Duration // user and system, during the run
	CPUPerOp time.Duration // CPU divided by all requests, failed ones too
	Memory   Memory        // when the run had ended; Peak is of this run where the kernel lets it be reset

	ClientCPU time.Duration // what measuring itself cost
	Foreign   float64       // share of the machine's CPU, 0 to 1, that neither server nor clients used: the noise. Needs PID
}

// Err is not nil when any answer was wrong, or when there was none. Such a result is no measurement.
func (r Result) Err() error {
	switch {
	case r.Failed > 0:
		return fmt.Errorf("%d of %d requests failed, statuses %v, the first: %s", r.Failed, r.Failed+r.Requests, r.Statuses, r.Failure)
	case r.Requests == 0:
		return errors.New("not one request was answered")
	}
	return nil
}

// Run loads a server as spec says. Wrong answers are in the Result (ask its Err); the error is for a spec that cannot be
// run, and for a ctx that ended before the run did.
func Run(ctx context.Context, spec Spec) (Result, error) {
	spec, target, err := spec.complete()
	if err != nil {
		return Result{}, err
	}
	clients := make([]*client, spec.Clients)
	for i := range clients {
		clients[i] = newClient(i, spec, target)
		defer clients[i].close()
	}

	if spec.Warmup > 0 {
		warm := run(ctx, clients, limits{perClient: spec.Warmup, until: time.Now().Add(MaxDuration)})
		if err := ctx.Err(); err != nil {
			return Result{}, err
		}
		if warm.Failed > 0 {
			warm.summarise(clients)
			return warm, nil
		}
	}

	before, err := readUsage(spec.PID)
	if err != nil {
		return Result{}, err
	}
	if spec.PID != 0 {
		resetPeak(spec.PID)
	}
	started := time.Now()
	res := run(ctx, clients, limits{total: spec.Requests, until: started.Add(spec.Duration)})
	res.Elapsed = time.Since(started)
	after, err := readUsage(spec.PID)
	if err := errors.Join(ctx.Err(), err); err != nil {
		return Result{}, err
	}
	res.summarise(clients)
	res.account(before, after)
	if spec.PID != 0 {
		if err := res.wrongProcess(spec.PID); err != nil {
			return Result{}, err
		}
		if res.Memory, err = ReadMemory(spec.PID); err != nil {
			return Result{}, err
		}
	}
	return res, nil
}

// complete checks the spec, fills in what was left out, and takes its URL apart.
func (s Spec) complete() (Spec, target, error) {
	t, err := parseTarget(s.URL)
	if err != nil {
		return s, t, err
	}
	if s.Duration <= 0 && s.Requests <= 0 {
		return s, t, errors.New("load: give a duration or a number of requests")
	}
	if s.Clients < 0 || s.Clients > MaxClients || s.Duration < 0 || s.Duration > MaxDuration || s.Requests < 0 || s.Requests > MaxRequests {
		return s, t, fmt.Errorf("load: %d clients, %v, %d requests: at most %d, %v, %d", s.Clients, s.Duration, s.Requests, MaxClients, MaxDuration, MaxRequests)
	}
	if s.Duration == 0 {
		s.Duration = MaxDuration
	}
	if s.Requests == 0 {
		s.Requests = MaxRequests
	}
	if s.Clients == 0 {
		s.Clients = 1
	}
	if s.Method == "" {
		s.Method = "GET"
	}
	if s.Status == 0 {
		s.Status = 200
	}
	if s.Warmup == 0 {
		s.Warmup = 10
	}
	if s.Timeout <= 0 {
		s.Timeout = 30 * time.Second
	}
	return s, t, nil
}

// limits end a run: whichever comes first.
type limits struct {
	perClient int // 0 for none
	total     int // 0 for none
	until     time.Time
}

// run lets the clients loose until a limit is met and waits for the last answer. What the clients remember from an
// earlier run is forgotten first.
func run(ctx context.Context, clients []*client, lim limits) Result {
	var asked, failed atomic.Int64
	var wg sync.WaitGroup
	for _, c := range clients {
		c.forget()
		wg.Go(func() {
			stop := context.AfterFunc(ctx, c.interrupt)
			defer stop()
			for n := 0; lim.perClient == 0 || n < lim.perClient; n++ {
				if ctx.Err() != nil || failed.Load() >= maxFailures || !time.Now().Before(lim.until) {
					return
				}
				if lim.total > 0 && asked.Add(1) > int64(lim.total) {
					return
				}
				if !c.ask() {
					failed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	return Result{Failed: int(failed.Load())}
}

// summarise gathers what the clients remember.
func (r *Result) summarise(clients []*client) {
	r.Statuses = map[int]int{}
	var all []time.Duration
	for _, c := range clients {
		all = append(all, c.took...)
		r.Bytes += c.bytes
		for status, n := range c.statuses {
			r.Statuses[status] += n
		}
		if r.Failure == "" {
			r.Failure = c.failure
		}
	}
	r.Requests = len(all)
	if r.Elapsed > 0 {
		r.Rate = float64(r.Requests) / r.Elapsed.Seconds()
	}
	p := percentiles(all, 50, 90, 99, 100)
	r.P50, r.P90, r.P99, r.Max = p[0], p[1], p[2], p[3]
}

// wrongProcess is an error when the process used no CPU for many answers: it is then a shell or a wrapper around the
// server, and its figures would flatter.
func (r Result) wrongProcess(pid int) error {
	const many = 2000 // the clock of /proc sees 10 ms, 5 µs for each of these: no server is as fast
	if r.CPU == 0 && r.Requests >= many {
		return fmt.Errorf("load: process %d used no CPU for %d answers: it is not the server", pid, r.Requests)
	}
	return nil
}

// account turns two readings into what was used between them.
func (r *Result) account(before, after usage) {
	r.ClientCPU = after.own - before.own
	if before.pid == 0 {
		return
	}
	r.CPU = after.server - before.server
	if n := r.Requests + r.Failed; n > 0 {
		r.CPUPerOp = r.CPU / time.Duration(n)
	}
	if total := after.total - before.total; total > 0 {
		foreign := (after.busy - before.busy) - r.CPU - r.ClientCPU
		r.Foreign = max(0, float64(foreign)/float64(total))
	}
}
