package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/jobs"
)

func enqueue(t testing.TB, d *db.DB, q *jobs.Queue, name string, bodies ...string) {
	t.Helper()
	if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for _, b := range bodies {
			if err := q.EnqueueTx(ctx, tx, name, b); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func newQueue(d *db.DB, options ...jobs.Option) *jobs.Queue {
	return jobs.New(d, slog.New(slog.DiscardHandler), append([]jobs.Option{jobs.WithInterval(time.Millisecond),
		jobs.WithTries(3, func(int) time.Duration { return 0 })}, options...)...)
}

func TestEveryJobIsDoneOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const n = 100
		var mu sync.Mutex
		did := map[string]int{}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var running sync.WaitGroup
		var first *jobs.Queue
		for range 2 { // instances
			q := newQueue(d, jobs.WithWorkers(3))
			q.Handle("count", func(_ context.Context, j jobs.Job) error {
				mu.Lock()
				defer mu.Unlock()
				if did[j.Body]++; len(did) == n {
					stop()
				}
				return nil
			})
			first = q
			running.Go(func() { q.Run(ctx) })
		}
		for i := range n {
			enqueue(t, d, first, "count", fmt.Sprint(i))
		}
		running.Wait()
		for body, times := range did {
			if times != 1 {
				t.Errorf("%s was done %d times", body, times)
			}
		}
		if left := rows(t, d); left != 0 {
			t.Errorf("%d jobs are left", left)
		}
	})
}

func rows(t testing.TB, d *db.DB) (n int) {
	t.Helper()
	if err := d.Read(context.WithoutCancel(t.Context()), func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(*) FROM goqite`).Scan(&n)
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestJobIsTriedAgainAndGivenUp: a failing job does not stand in the others' way, and stays to be seen.
func TestJobIsTriedAgainAndGivenUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var log bytes.Buffer
		q := jobs.New(d, slog.New(slog.NewTextHandler(&log, nil)), jobs.WithInterval(time.Millisecond), jobs.WithWorkers(1),
			jobs.WithTries(3, func(int) time.Duration { return 0 }))
		var seen []string
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		q.Handle("work", func(_ context.Context, j jobs.Job) error {
			seen = append(seen, fmt.Sprint(j.Body, j.Try, j.Last))
			if j.Body == "bad" {
				if len(seen) >= 4 {
					stop()
				}
				return errors.New("it is broken")
			}
			if len(seen) >= 4 {
				stop()
			}
			return nil
		})
		enqueue(t, d, q, "work", "bad", "good")
		enqueue(t, d, q, "nobody's", "waits")
		q.Run(ctx)
		got := strings.Join(seen, " ")
		if strings.Count(got, "good") != 1 || !strings.Contains(got, "bad1 false") || !strings.Contains(got, "bad2 false") || !strings.Contains(got, "bad3 true") {
			t.Errorf("done: %s", got)
		}
		up, err := q.GivenUp(t.Context(), "work")
		if err != nil || len(up) != 1 || up[0] != "bad" {
			t.Errorf("given up: %v, %v", up, err)
		}
		if rows(t, d) != 2 || !strings.Contains(log.String(), "it is broken") {
			t.Errorf("%d rows, and the log says %q", rows(t, d), log.String())
		}
	})
}

// TestJobOfWhoDied: a job whose instance died is another's when the lease has ended, and is given up when it never ends well.
func TestJobOfWhoDied(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := newQueue(d, jobs.WithLease(time.Millisecond), jobs.WithWorkers(1))
		enqueue(t, d, q, "work", "a")
		// Three who take it and die: the handler does not return before the lease has ended, and panics in place of a kill.
		for try := 1; try <= 3; try++ {
			dying := newQueue(d, jobs.WithLease(time.Millisecond), jobs.WithWorkers(1))
			dying.Handle("work", func(_ context.Context, j jobs.Job) error {
				if j.Try != try {
					t.Errorf("try %d, want %d", j.Try, try)
				}
				panic("killed")
			})
			func() {
				defer func() { _ = recover() }()
				jobs.One(t.Context(), dying, "work")
			}()
			<-time.After(3 * time.Millisecond)
		}
		ran := false
		q.Handle("work", func(context.Context, jobs.Job) error { ran = true; return nil })
		jobs.One(t.Context(), q, "work")
		up, err := q.GivenUp(t.Context(), "work")
		if err != nil || len(up) != 1 || ran {
			t.Errorf("given up: %v, %v; done: %v", up, err, ran)
		}
	})
}

func TestPauseGrows(t *testing.T) {
	sum := time.Duration(0)
	for try := 1; try < jobs.Tries; try++ {
		if p := jobs.Pause(try); p < jobs.Pause(try-1) || p > 6*time.Hour || p < 30*time.Second {
			t.Errorf("after try %d: %s", try, p)
		}
		sum += jobs.Pause(try)
	}
	if sum < 48*time.Hour || sum > 72*time.Hour {
		t.Errorf("a job is given up after %s", sum)
	}
}

// TestStopWaits: what has begun is done, and nothing new is begun.
func TestStopWaits(t *testing.T) {
	d := dbtest.New(t)
	q := newQueue(d, jobs.WithWorkers(1))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var ended []string
	q.Handle("work", func(ctx context.Context, j jobs.Job) error {
		stop()
		if ctx.Err() != nil {
			t.Error("the stop ended the work that had begun")
		}
		ended = append(ended, j.Body)
		return nil
	})
	enqueue(t, d, q, "work", "a", "b")
	q.Run(ctx)
	if len(ended) != 1 || rows(t, d) != 1 {
		t.Errorf("ended %v, and %d are left", ended, rows(t, d))
	}
}
