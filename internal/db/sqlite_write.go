package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"hemvist/internal/errs"
)

// A batch is closed after this long even when more is queued, so that one caller's wait is bounded by the work of few.
const batchTime = 25 * time.Millisecond

// queue is the writing side of SQLite. One goroutine opens a transaction and gives it to the queued callers one after another:
// each runs its own function on its own goroutine, between a SAVEPOINT and its end, and gives it back. Then one COMMIT makes the
// whole batch durable, and only then does anyone hear that all is well. Functions run on their callers' goroutines so that a
// panic, or a test's FailNow, is the caller's own.
type queue struct {
	d    *DB
	pool *sql.DB
	conn *connector // the pool's one connection
	jobs chan *job
	done chan struct{} // closed when the last batch has ended
}

type job struct {
	taken  atomic.Bool   // by the batch, or by the caller who left before
	turn   chan *batch   // the caller's turn begins
	back   chan struct{} // the caller's turn is over, and err is set
	result chan error    // after the COMMIT
	err    error
}

func startQueue(d *DB, pool *sql.DB, c *connector) *queue {
	q := &queue{d: d, pool: pool, conn: c, jobs: make(chan *job, 1024), done: make(chan struct{})}
	go q.serve()
	return q
}

// do puts fn in the queue and waits for its COMMIT.
func (q *queue) do(ctx context.Context, fn func(context.Context, *Tx) error) error {
	j := &job{turn: make(chan *batch, 1), back: make(chan struct{}, 1), result: make(chan error, 1)}
	select {
	case q.jobs <- j:
	case <-ctx.Done():
		q.d.stats.dropped.Add(1)
		return context.Cause(ctx)
	}
	var b *batch
	select {
	case b = <-j.turn:
	case err := <-j.result: // the transaction could not be begun
		return err
	case <-ctx.Done():
		if j.taken.CompareAndSwap(false, true) {
			q.d.stats.dropped.Add(1)
			return context.Cause(ctx)
		}
		select { // taken at the same moment
		case b = <-j.turn:
		case err := <-j.result:
			return err
		}
	}
	j.run(context.WithoutCancel(ctx), b, fn)
	return <-j.result
}

// close ends the queue, in which nobody waits any more.
func (q *queue) close() {
	close(q.jobs)
	<-q.done
}

func (q *queue) serve() {
	defer close(q.done)
	for j := range q.jobs {
		if j.taken.CompareAndSwap(false, true) {
			q.batch(j)
		}
	}
}

// batch is one transaction and those who take part in it.
type batch struct {
	d    *DB
	conn *conn
	tx   *sql.Tx
	kept int   // functions whose work is in the transaction
	dead error // why the transaction cannot go on, for all
}

// batch runs first and whoever else is waiting, and commits.
func (q *queue) batch(first *job) {
	ctx := context.Background()
	t, err := q.pool.BeginTx(ctx, nil)
	if err != nil {
		first.result <- err
		return
	}
	b := &batch{d: q.d, conn: q.conn.latest.Load(), tx: t}
	var took []*job
	end := time.NewTimer(batchTime)
	defer end.Stop()
	for j := first; j != nil; j = q.next(len(took), end.C) {
		took = append(took, j)
		j.turn <- b
		<-j.back
		if b.dead != nil {
			break
		}
	}
	err = b.commit()
	for _, j := range took {
		if j.err == nil {
			j.err = err
		}
		j.result <- j.err
	}
}

// next is the next job that waits now and whose caller is still there, or nil.
func (q *queue) next(n int, end <-chan time.Time) *job {
	if n >= q.d.opt.MaxBatch {
		return nil
	}
	select {
	case <-end:
		return nil
	default:
	}
	for {
		select {
		case j, open := <-q.jobs:
			if !open { // not while anyone is being served, but then this is the answer
				return nil
			}
			if j.taken.CompareAndSwap(false, true) {
				return j
			}
		default:
			return nil
		}
	}
}

func (b *batch) commit() error {
	if b.dead != nil {
		// The engine has rolled back already, or does now. Nothing was stored.
		_ = b.tx.Rollback()
		return errs.Wrap(errs.Unavailable, b.dead)
	}
	if b.kept == 0 {
		return b.tx.Rollback()
	}
	b.d.stats.commits.Add(1)
	if err := b.tx.Commit(); err != nil {
		if isFull(err) {
			return err
		}
		// After a failed fsync the commit may be in the file, and be found there after a crash.
		return errs.Wrap(errs.Unavailable, fmt.Errorf("%w: %w", ErrOutcomeUnknown, err))
	}
	n := int64(b.kept)
	b.d.stats.committed.Add(n)
	if n > b.d.stats.largest.Load() { // only the queue's goroutine stores it
		b.d.stats.largest.Store(n)
	}
	return nil
}

var errAborted = errors.New("the function did not return")

// run is the caller's turn. It gives the batch back however fn ends.
func (j *job) run(ctx context.Context, b *batch, fn func(context.Context, *Tx) error) {
	j.err = errAborted
	defer func() { j.back <- struct{}{} }()
	tx := &Tx{d: b.d, tx: b.tx}
	if _, err := b.tx.ExecContext(ctx, "SAVEPOINT turn"); err != nil {
		j.err, b.dead = err, err
		return
	}
	defer func() { b.end(ctx, j) }()
	j.err = tx.run(ctx, fn)
}

// end keeps a function's work, or undoes it and nobody else's.
func (b *batch) end(ctx context.Context, j *job) {
	if err := b.conn.closeRows(); err != nil {
		b.dead = err
		return
	}
	if j.err != nil {
		if _, err := b.tx.ExecContext(ctx, "ROLLBACK TO turn"); err != nil {
			// On a full disk SQLite rolls everything back by itself.
			b.dead = err
			return
		}
	}
	if _, err := b.tx.ExecContext(ctx, "RELEASE turn"); err != nil {
		b.dead = err
		return
	}
	if j.err == nil {
		b.kept++
	}
}
