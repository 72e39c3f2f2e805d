// Package db is the one door to the database: SQLite in a file, or PostgreSQL. It opens and migrates, gives Read (a snapshot)
// and Write (all or nothing, durable when it returns), turns both engines' errors into the same kinds, and holds what must be
// equal on both: ids, instants, folded words and Swedish order.
//
// It never knows a table of the house other than through its migrations, never decides who may see what (package access), and
// never lets an engine's own error or dialect reach a domain.
//
// # The functions given to Read and Write
//
// A function given to Write can be run again, from the start, after the first run was rolled back: PostgreSQL demands it where
// two transactions meet. So it uses no network, renders nothing, reads no clock and leaves nothing outside the transaction that
// a second run would do twice. It sets what it hands out (captured variables) rather than adding to it.
// It is short: on SQLite all other writers wait meanwhile.
//
// The context that the function receives is not cancelled with the request's: on SQLite many functions share one COMMIT, and one
// request's end must not reach into the others. A caller whose context ends before its function began is dropped from the queue.
//
// A statement that fails ends the transaction on both engines (on PostgreSQL it always does): later statements are refused and
// the function's work is rolled back even when it returns nil. What may fail and be gone on from stands in (*Tx).Try.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"hemvist/internal/errs"
)

// Dialect is which engine holds the data.
type Dialect uint8

// The engines.
const (
	SQLite Dialect = iota
	Postgres
)

// String is the dialect's name in logs and in migration folders.
func (d Dialect) String() string {
	if d == Postgres {
		return "postgres"
	}
	return "sqlite"
}

// Options are what a deployment may choose. The zero value opens without migrating, with the usual limits.
type Options struct {
	Migrations Migrations // run up before Open returns; none when zero
	Schema     string     // PostgreSQL only: the schema that everything lives in, made when it is missing; "" is public
	Readers    int        // SQLite: connections for Read; 0 is as many as there are processors, at least 4
	MaxBatch   int        // SQLite: functions in one COMMIT at most; 0 is 256
	MaxConns   int        // PostgreSQL: connections at most; 0 is 48
	MaxTries   int        // PostgreSQL: runs of one function at most; 0 is 12
	VFS        string     // SQLite: the registered file layer to use; "" is the machine's own. Tests count and break fsync with it
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	dialect Dialect
	opt     Options
	engine  engine
	stats   counters

	mu     sync.RWMutex // guards closed, so that no call begins once Close waits for those that have
	closed bool
	active sync.WaitGroup
	ending sync.Once
	ended  error
}

// engine is what differs between the two. close is called once, when nothing runs any more.
type engine interface {
	read(ctx context.Context, fn func(context.Context, *Tx) error) error
	write(ctx context.Context, fn func(context.Context, *Tx) error) error
	ping(ctx context.Context) error
	close() error
}

// Open opens the database that url names and runs the migrations up. The url is "sqlite:" and a file's path, or a
// "postgres://" address. A second instance that opens at the same moment waits for the first to finish migrating.
// Kinds: Unavailable where the database cannot be reached; an unknown url or a failed migration is Internal.
func Open(ctx context.Context, url string, opt Options) (*DB, error) {
	d := &DB{opt: opt.withDefaults()}
	var err error
	switch path, isSQLite := strings.CutPrefix(url, "sqlite:"); {
	case isSQLite && path != "":
		d.dialect = SQLite
		d.engine, err = openSQLite(ctx, d, path)
	case strings.HasPrefix(url, "postgres://"), strings.HasPrefix(url, "postgresql://"):
		d.dialect = Postgres
		d.engine, err = openPostgres(ctx, d, url)
	default:
		// The address itself may hold a password, so it stays out of the message.
		err = errors.New(`a database address is "sqlite:" and a path, or "postgres://…"`)
	}
	if err != nil {
		return nil, fmt.Errorf("open database: %w", engineError(err))
	}
	return d, nil
}

// nesting marks the context of a running function with its database.
type nesting struct{ d *DB }

var errNested = errors.New("a Read or Write was begun inside another of the same database; pass the open transaction on instead")

// enter begins a call, which ends with d.active.Done.
func (d *DB) enter(ctx context.Context) (context.Context, error) {
	if ctx.Value(nesting{d}) != nil {
		return nil, errNested
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.closed {
		return nil, errClosed
	}
	d.active.Add(1)
	return context.WithValue(ctx, nesting{d}, true), nil
}

// Read runs fn on a snapshot: everything fn reads is from one moment, and writes are refused. It is rolled back at the end.
func (d *DB) Read(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	inner, err := d.enter(ctx)
	if err != nil {
		return err
	}
	defer d.active.Done()
	d.stats.reads.Add(1)
	return mapError(d.engine.read(inner, fn))
}

// Write runs fn in a transaction that is as if alone, and returns nil only when its work is durable. When fn returns an error
// or panics nothing of it is kept, and the error or panic is the caller's alone. fn may be run again; see the package's words.
// Kinds beside fn's own: Unavailable when the database is gone, full, closing or too contended; then nothing was stored, except
// where errors.Is(err, ErrOutcomeUnknown).
func (d *DB) Write(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	inner, err := d.enter(ctx)
	if err != nil {
		return err
	}
	defer d.active.Done()
	d.stats.writes.Add(1)
	err = mapError(d.engine.write(inner, fn))
	if err != nil {
		d.stats.failed.Add(1)
	}
	return err
}

// Dialect tells which engine this is.
func (d *DB) Dialect() Dialect { return d.dialect }

// Ping asks the database for a sign of life.
func (d *DB) Ping(ctx context.Context) error {
	ctx, err := d.enter(ctx)
	if err != nil {
		return err
	}
	defer d.active.Done()
	return engineError(d.engine.ping(ctx))
}

// Optimize lets the engine look at what is stored, so that it chooses its ways well. It is for after a large import and for once a
// night, and takes seconds at most on SQLite.
func (d *DB) Optimize(ctx context.Context) error {
	return d.Write(ctx, func(ctx context.Context, tx *Tx) error {
		statement := "PRAGMA optimize = 0x10002"
		if d.dialect == Postgres {
			statement = "ANALYZE"
		}
		_, err := tx.Exec(ctx, statement)
		return err
	})
}

// Close refuses new calls, waits until those that have begun are done, and closes. It may be called more than once, but not from
// within a function given to Read or Write.
func (d *DB) Close() error {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.ending.Do(func() {
		d.active.Wait()
		d.ended = d.engine.close()
	})
	return d.ended
}

// ErrOutcomeUnknown is in the chain when the connection was lost, or the disk failed, while a COMMIT was on its way: the work
// may be stored whole or not at all, never in part.
var ErrOutcomeUnknown = errors.New("it is not known whether the transaction was stored")

var errClosed = &errs.Error{Kind: errs.Unavailable, Err: errors.New("the database is closed")}

// Stats are counts since Open.
type Stats struct {
	Reads, Writes int64 // calls
	Queries       int64 // statements sent by domains; not BEGIN, SAVEPOINT or COMMIT
	Commits       int64 // write transactions that the engine was asked to make durable
	Committed     int64 // functions whose work those commits carried
	Largest       int64 // functions in the largest commit
	Retries       int64 // functions run again after a conflict or a lost connection (PostgreSQL)
	Failed        int64 // writes that ended in an error
	Dropped       int64 // writes whose caller left before their turn
}

type counters struct {
	reads, writes, queries, commits, committed, largest, retries, failed, dropped atomic.Int64
}

// Stats tells what has been done since Open. The counts are read one by one, not as a snapshot.
func (d *DB) Stats() Stats {
	s := &d.stats
	return Stats{
		Reads: s.reads.Load(), Writes: s.writes.Load(), Queries: s.queries.Load(),
		Commits: s.commits.Load(), Committed: s.committed.Load(), Largest: s.largest.Load(),
		Retries: s.retries.Load(), Failed: s.failed.Load(), Dropped: s.dropped.Load(),
	}
}

// endRead rolls a read transaction back; there is nothing to keep, and the snapshot is let go.
func endRead(tx *sql.Tx) {
	// An error here means that the connection is gone, and with it the snapshot.
	_ = tx.Rollback()
}
