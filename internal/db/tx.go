package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
)

// Tx is an open transaction, valid only within the function that received it and only in one goroutine at a time.
// Rows must be read to their end or closed before the next statement, on both engines.
type Tx struct {
	d        *DB
	tx       *sql.Tx
	readOnly bool
	over     bool
	failed   error // the first statement that failed; what follows is refused, as PostgreSQL does
	queries  int
	tries    int // depth of Try, which names its savepoints
}

var errOver = errors.New("the transaction is over")

// SQL is the transaction as database/sql has it, for libraries that put their rows into the caller's transaction. Failures there
// are not seen by Tx: return them from the function.
func (tx *Tx) SQL() *sql.Tx { return tx.tx }

// Dialect tells which engine this is.
func (tx *Tx) Dialect() Dialect { return tx.d.dialect }

// Queries is the number of statements sent in this transaction so far.
func (tx *Tx) Queries() int { return tx.queries }

// begin is asked before each statement.
func (tx *Tx) begin(ctx context.Context, args []any) (context.Context, []any, error) {
	if tx.over {
		return ctx, nil, errOver
	}
	if tx.failed != nil {
		return ctx, nil, fmt.Errorf("an earlier statement of the transaction failed: %w", tx.failed)
	}
	args, err := plainArgs(args)
	if err != nil {
		tx.failed = err
		return ctx, nil, err
	}
	tx.queries++
	tx.d.stats.queries.Add(1)
	countQuery(ctx)
	if !tx.readOnly {
		ctx = context.WithoutCancel(ctx)
	}
	return ctx, args, nil
}

func (tx *Tx) check(err error) error {
	if err != nil {
		err = engineError(err)
		tx.failed = err
	}
	return err
}

// Exec runs a statement and tells how many rows it touched.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	ctx, args, err := tx.begin(ctx, args)
	if err != nil {
		return 0, err
	}
	res, err := tx.tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, tx.check(err)
	}
	n, err := res.RowsAffected()
	return n, tx.check(err)
}

// Query runs a statement that gives rows. The caller closes them, and asks Err of them; All does both.
func (tx *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	ctx, args, err := tx.begin(ctx, args)
	if err != nil {
		return nil, err
	}
	rows, err := tx.tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, tx.check(err)
	}
	return rows, nil
}

// QueryRow runs a statement that gives one row at most. Its Scan gives the engine's own errors (sql.ErrNoRows among them), which
// get their kind when the function returns them; One gives kinds at once.
func (tx *Tx) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	ctx, args, err := tx.begin(ctx, args)
	if err != nil {
		// database/sql offers no way to make a Row of an error, but a driver's refusal becomes one.
		return tx.tx.QueryRowContext(ctx, query, refusedArg{err})
	}
	row := tx.tx.QueryRowContext(ctx, query, args...)
	if err := row.Err(); err != nil {
		_ = tx.check(err)
	}
	return row
}

// Try runs fn in a savepoint: when fn returns an error, what it wrote is undone, the transaction goes on, and the error is
// returned. It is for what may fail and be gone on from, such as an insert that may meet a row that is there already.
func (tx *Tx) Try(ctx context.Context, fn func(ctx context.Context) error) error {
	if tx.over {
		return errOver
	}
	if tx.failed != nil {
		return fmt.Errorf("an earlier statement of the transaction failed: %w", tx.failed)
	}
	tx.tries++
	defer func() { tx.tries-- }()
	name := "try" + strconv.Itoa(tx.tries)
	whole := context.WithoutCancel(ctx)
	if _, err := tx.tx.ExecContext(whole, "SAVEPOINT "+name); err != nil {
		return tx.check(err)
	}
	err := fn(ctx)
	if err == nil {
		err = tx.failed
	}
	if err != nil {
		if whyAgain(err) != notAgain {
			// The whole transaction has to run again; PostgreSQL would only fail it later.
			tx.failed = err
			return err
		}
		if _, back := tx.tx.ExecContext(whole, "ROLLBACK TO "+name); back != nil {
			return errors.Join(err, tx.check(back))
		}
		tx.failed = nil
	}
	if _, released := tx.tx.ExecContext(whole, "RELEASE "+name); released != nil {
		return errors.Join(err, tx.check(released))
	}
	return mapError(err)
}

// run calls fn and ends the transaction for it: a failed statement that fn kept silent about is still its failure.
func (tx *Tx) run(ctx context.Context, fn func(context.Context, *Tx) error) error {
	defer func() { tx.over = true }()
	if err := fn(ctx, tx); err != nil {
		return err
	}
	return tx.failed
}

type queryCountKey struct{}

// QueryCount counts the statements sent under a context.
type QueryCount struct{ n atomic.Int64 }

// N is the count so far.
func (c *QueryCount) N() int { return int(c.n.Load()) }

// CountQueries gives a context under which statements are counted, such as one request's.
func CountQueries(ctx context.Context) (context.Context, *QueryCount) {
	c := &QueryCount{}
	return context.WithValue(ctx, queryCountKey{}, c), c
}

func countQuery(ctx context.Context) {
	if c, ok := ctx.Value(queryCountKey{}).(*QueryCount); ok {
		c.n.Add(1)
	}
}
