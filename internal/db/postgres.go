package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"hemvist/internal/errs"
)

// postgresEngine is a pool of connections. Transactions that meet are run again.
type postgresEngine struct {
	d    *DB
	pool *sql.DB
	// again lets one of this process's losers run at a time: they then meet newcomers only, not each other.
	again chan struct{}
}

func openPostgres(ctx context.Context, d *DB, address string) (engine, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		// The parser's error repeats the address, which may hold a password.
		return nil, errors.New("the PostgreSQL address cannot be read")
	}
	for name, value := range map[string]string{
		"application_name": "hemvist",
		"timezone":         "UTC",
		"lock_timeout":     "10s",
		// A function that hangs must not hold its snapshot, and so all dead rows, for ever.
		"idle_in_transaction_session_timeout": "60s",
		// To compile a statement takes longer than any of ours runs: a page was ten times as slow for it.
		"jit": "off",
	} {
		if _, set := config.RuntimeParams[name]; !set {
			config.RuntimeParams[name] = value
		}
	}
	if d.opt.Schema != "" {
		config.RuntimeParams["search_path"] = pgx.Identifier{d.opt.Schema}.Sanitize()
	}
	pool := stdlib.OpenDB(*config)
	pool.SetMaxOpenConns(d.opt.MaxConns)
	pool.SetMaxIdleConns(d.opt.MaxConns)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	pool.SetConnMaxLifetime(time.Hour) // so that the pool finds its way to a server that took over
	e := &postgresEngine{d: d, pool: pool, again: make(chan struct{}, 1)}
	if err := e.prepare(ctx); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return e, nil
}

func (e *postgresEngine) prepare(ctx context.Context) error {
	var version int
	if err := e.pool.QueryRowContext(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
		return err
	}
	if version < 150000 {
		return fmt.Errorf("PostgreSQL 15 or newer is needed; this server is %d", version/10000)
	}
	return migratePostgres(ctx, e.d, e.pool)
}

func (e *postgresEngine) read(ctx context.Context, fn func(context.Context, *Tx) error) error {
	t, err := e.pool.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return engineError(err)
	}
	defer endRead(t)
	tx := &Tx{d: e.d, tx: t, readOnly: true}
	return tx.run(ctx, fn)
}

// lostTries is how often a function is run at most when its connection is lost: enough for connections that died in the pool,
// not for a server that is down, whose callers are told at once.
const lostTries = 3

func (e *postgresEngine) write(ctx context.Context, fn func(context.Context, *Tx) error) error {
	alone := false
	for try := 1; ; try++ {
		err := e.once(ctx, fn)
		reason := whyAgain(err)
		switch {
		case reason == notAgain:
			return err
		case reason == lost && try >= lostTries, try >= e.d.opt.MaxTries:
			return errs.Wrap(errs.Unavailable, fmt.Errorf("given up after %d tries: %w", try, err))
		}
		if reason == collided && !alone {
			select {
			case e.again <- struct{}{}:
				alone = true
				defer func() { <-e.again }()
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		if err := pause(ctx, try); err != nil {
			return err
		}
		e.d.stats.retries.Add(1)
	}
}

// pause waits before a new try: twice as long each time, up to a quarter of a second, and never as long as the others.
func pause(ctx context.Context, try int) error {
	most := min(time.Millisecond<<try, 256*time.Millisecond)
	timer := time.NewTimer(rand.N(most))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// once runs fn in one transaction.
func (e *postgresEngine) once(ctx context.Context, fn func(context.Context, *Tx) error) error {
	// The caller may leave while waiting for a connection, not after.
	conn, err := e.pool.Conn(ctx)
	if err != nil {
		return engineError(err)
	}
	defer func() { _ = conn.Close() }() // gives it back to the pool
	whole := context.WithoutCancel(ctx)
	t, err := conn.BeginTx(whole, &sql.TxOptions{Isolation: sql.LevelSerializable})
	if err != nil {
		return engineError(err)
	}
	defer func() { _ = t.Rollback() }() // does nothing after a commit
	tx := &Tx{d: e.d, tx: t}
	if err := tx.run(whole, fn); err != nil {
		return err
	}
	e.d.stats.commits.Add(1)
	if err := t.Commit(); err != nil {
		return commitError(err)
	}
	e.d.stats.committed.Add(1)
	e.d.stats.largest.Store(1)
	return nil
}

// commitError tells a COMMIT that the server refused from one whose answer never came. pgconn.SafeToRetry must not be asked here:
// when the connection breaks before the answer, it says that nothing was sent (a test that kills the server found such commits stored).
func commitError(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && !strings.HasPrefix(pg.Code, "57") && !strings.HasPrefix(pg.Code, "58") && !strings.HasPrefix(pg.Code, "08") {
		return err
	}
	return errs.Wrap(errs.Unavailable, fmt.Errorf("%w: %w", ErrOutcomeUnknown, err))
}

// again is why a function may be run once more: it failed for a reason that another run may not meet, and for certain stored
// nothing.
type again uint8

const (
	notAgain again = iota
	collided       // with another transaction
	lost           // the connection, or what it had prepared
)

func whyAgain(err error) again {
	var pg *pgconn.PgError
	var broken *lostError
	switch {
	case err == nil, errors.Is(err, ErrOutcomeUnknown):
		return notAgain
	case errors.As(err, &broken):
		return lost
	case !errors.As(err, &pg):
		return notAgain
	}
	switch pg.Code {
	case "40001", "40P01": // could not serialize, deadlock
		return collided
	case "57P01", "57P02": // the server ends the connection
		return lost
	case "0A000": // the statement was prepared before a migration changed its table
		if strings.Contains(pg.Message, "cached plan must not change result type") {
			return lost
		}
	}
	return notAgain
}

func (e *postgresEngine) ping(ctx context.Context) error { return e.pool.PingContext(ctx) }

func (e *postgresEngine) close() error { return e.pool.Close() }
