// Package jobs does later what must not be done while a transaction is open: a domain enqueues a job in its own transaction, so that it
// is there if and only if what it belongs to is, and one of the instances that run does it soon after. A job may be done twice, when an
// instance dies before it could say that it was done; whoever handles it sees to it that twice does no harm.
//
// The queue is the library goqite, asked within db.Write and db.Read only. It goes by the machine's clock, which no "what if" moves. A
// job holds an id or two, never what a person wrote.
package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"time"

	"maragu.dev/goqite"

	"hemvist/internal/db"
)

// Job is one thing to do.
type Job struct {
	Name string // which handler it is for
	Body string // what it is about, as it was enqueued
	Try  int    // from 1
	Last bool   // when this try fails the job is given up
}

// Handler does a job. Its context ends a while before another instance may take the job over. On an error the job is tried again after a
// pause, and is given up after its last try.
type Handler func(ctx context.Context, j Job) error

// Queue is the room's door. It is safe for concurrent use once it runs.
type Queue struct {
	db       *db.DB
	logger   *slog.Logger
	flavour  goqite.SQLFlavor
	handlers map[string]Handler

	interval time.Duration
	lease    time.Duration
	workers  int
	tries    int
	pause    func(try int) time.Duration
}

// Option is a choice of New.
type Option func(*Queue)

// WithInterval sets how often an idle worker looks for jobs; a second otherwise.
func WithInterval(d time.Duration) Option { return func(q *Queue) { q.interval = d } }

// WithLease sets how long a job that was taken is nobody else's; two minutes otherwise. It is longer than any handler takes.
func WithLease(d time.Duration) Option { return func(q *Queue) { q.lease = d } }

// WithWorkers sets how many jobs of one name an instance does at a time; 2 otherwise.
func WithWorkers(n int) Option { return func(q *Queue) { q.workers = n } }

// WithTries sets after how many tries a job is given up, and the pause after each; see Pause otherwise.
func WithTries(n int, pause func(try int) time.Duration) Option {
	return func(q *Queue) { q.tries, q.pause = n, pause }
}

// Tries is after how many tries a job is given up: with the pauses of Pause, two days and a half.
const Tries = 20

// Pause is how long to wait after a failed try: half a minute, then twice as long each time, six hours at most.
func Pause(try int) time.Duration {
	return min(30*time.Second<<min(max(try-1, 0), 20), 6*time.Hour)
}

// New opens the room.
func New(d *db.DB, logger *slog.Logger, options ...Option) *Queue {
	q := &Queue{db: d, logger: logger, handlers: map[string]Handler{}, interval: time.Second, lease: 2 * time.Minute, workers: 2, tries: Tries, pause: Pause}
	if d.Dialect() == db.Postgres {
		q.flavour = goqite.SQLFlavorPostgreSQL
	}
	for _, option := range options {
		option(q)
	}
	return q
}

// Handle names who does the jobs of a name. It is called before Run; jobs that nobody handles wait.
func (q *Queue) Handle(name string, h Handler) { q.handlers[name] = h }

// queue is the library's view of the jobs of a name. It is given a database that it never asks: every call brings its transaction.
func (q *Queue) queue(name string) *goqite.Queue {
	return goqite.New(goqite.NewOpts{DB: new(sql.DB), Name: name, SQLFlavor: q.flavour, Timeout: q.lease, MaxReceive: math.MaxInt32})
}

// EnqueueTx adds a job in the caller's transaction.
func (q *Queue) EnqueueTx(ctx context.Context, tx *db.Tx, name, body string) error {
	if err := q.queue(name).SendTx(context.WithoutCancel(ctx), tx.SQL(), goqite.Message{Body: []byte(body)}); err != nil {
		return fmt.Errorf("enqueue %s: %w", name, err)
	}
	return nil
}

// Run does jobs until ctx ends; it returns when those that have begun are done. Several instances may run on one database.
func (q *Queue) Run(ctx context.Context) {
	var running sync.WaitGroup
	for name, handler := range q.handlers {
		for range q.workers {
			running.Go(func() { q.work(ctx, name, handler) })
		}
	}
	running.Wait()
}

// work is one worker: it does what there is, and then looks again after the interval.
func (q *Queue) work(ctx context.Context, name string, h Handler) {
	ticker := time.NewTicker(q.interval)
	defer ticker.Stop()
	failing := false
	for {
		did, err := q.one(ctx, name, h)
		if err != nil && !failing && ctx.Err() == nil {
			q.logger.Error("the queue cannot be read", "job", name, "err", err)
		}
		failing = err != nil
		if did && ctx.Err() == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// taken is a job under this instance's lease.
type taken struct {
	Job
	id goqite.ID
}

var errNone = errors.New("nothing to do")

// one does one job, when there is one that is due.
func (q *Queue) one(ctx context.Context, name string, h Handler) (did bool, err error) {
	if ctx.Err() != nil {
		return false, nil
	}
	j, err := q.take(ctx, name)
	if errors.Is(err, errNone) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if j.Try > q.tries { // its last try took the process with it
		return true, q.giveUp(ctx, j, errors.New("no try of it ever came to an end"))
	}
	// Begun is done: a stop waits for it. It ends well before the lease does.
	handling, cancel := context.WithTimeout(context.WithoutCancel(ctx), q.lease*3/4)
	defer cancel()
	failure := h(handling, j.Job)
	switch {
	case failure == nil:
		return true, q.done(ctx, j)
	case j.Last:
		return true, q.giveUp(ctx, j, failure)
	default:
		q.logger.Warn("a job will be tried again", "job", name, "try", j.Try, "err", failure)
		return true, q.later(ctx, j)
	}
}

// take takes the next job that is due. An idle database is only read.
func (q *Queue) take(ctx context.Context, name string) (j taken, err error) {
	waiting := 0
	err = q.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(*) FROM (SELECT 1 FROM goqite WHERE queue = $1 LIMIT 1) AS waiting`, name).Scan(&waiting)
	})
	if err != nil {
		return j, err
	}
	if waiting == 0 {
		return j, errNone
	}
	none := false
	err = q.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		m, err := q.queue(name).ReceiveTx(context.WithoutCancel(ctx), tx.SQL())
		if none = err == nil && m == nil; err != nil || none {
			return err
		}
		j = taken{Job: Job{Name: name, Body: string(m.Body)}, id: m.ID}
		return tx.QueryRow(ctx, `SELECT received FROM goqite WHERE id = $1`, string(m.ID)).Scan(&j.Try)
	})
	if err == nil && none {
		err = errNone
	}
	j.Last = j.Try >= q.tries
	return j, err
}

func (q *Queue) done(ctx context.Context, j taken) error {
	return q.db.Write(context.WithoutCancel(ctx), func(ctx context.Context, tx *db.Tx) error {
		return q.queue(j.Name).DeleteTx(ctx, tx.SQL(), j.id)
	})
}

func (q *Queue) later(ctx context.Context, j taken) error {
	return q.db.Write(context.WithoutCancel(ctx), func(ctx context.Context, tx *db.Tx) error {
		return q.queue(j.Name).ExtendTx(ctx, tx.SQL(), j.id, q.pause(j.Try))
	})
}

// givenUp ends the names under which jobs stand that are not tried any more.
const givenUp = "/given-up"

// giveUp puts a job where nobody takes it and GivenUp finds it.
func (q *Queue) giveUp(ctx context.Context, j taken, why error) error {
	q.logger.Error("a job was given up", "job", j.Name, "body", j.Body, "tries", j.Try, "err", why)
	return q.db.Write(context.WithoutCancel(ctx), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE goqite SET queue = $2 WHERE id = $1`, string(j.id), j.Name+givenUp)
		return err
	})
}

// GivenUp is the jobs of a name that have been given up, the oldest first, 100 at most.
func (q *Queue) GivenUp(ctx context.Context, name string) (bodies []string, err error) {
	err = q.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		all, err := db.All(ctx, tx, db.Scalar[[]byte], `SELECT body FROM goqite WHERE queue = $1 ORDER BY created, id LIMIT 100`, name+givenUp)
		bodies = nil
		for _, b := range all {
			bodies = append(bodies, string(b))
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list jobs given up: %w", err)
	}
	return bodies, nil
}
