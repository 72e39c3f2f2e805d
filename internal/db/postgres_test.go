package db_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/errs"
)

// onPostgres runs a test of what only PostgreSQL does.
func onPostgres(t *testing.T, test func(t *testing.T, d *db.DB), opts ...dbtest.Option) {
	t.Helper()
	if slices.Contains(dbtest.Engines(), db.Postgres) {
		t.Run("postgres", func(t *testing.T) { test(t, dbtest.On(t, db.Postgres, opts...)) })
	}
}

// collide makes a Write that meets another in its first n runs: each of the two reads what the other changes.
func collide(t *testing.T, d *db.DB, n int) (runs int, err error) {
	err = d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		runs++
		seats, err := db.One(ctx, tx, db.Scalar[int], "SELECT seats FROM place WHERE id = 'a'")
		if err != nil {
			return err
		}
		if runs <= n {
			// Another's transaction, committed between this one's read and write.
			mustExec(t, d, "UPDATE place SET seats = seats + 1 WHERE id = 'a'")
		}
		_, err = tx.Exec(ctx, "UPDATE place SET seats = $1 WHERE id = 'a'", seats+100)
		return err
	})
	return runs, err
}

func TestCollisionRunsAgain(t *testing.T) {
	onPostgres(t, func(t *testing.T, d *db.DB) {
		mustExec(t, d, "INSERT INTO place (id, seats) VALUES ('a', 0)")
		runs, err := collide(t, d, 2)
		if err != nil || runs != 3 || d.Stats().Retries != 2 {
			t.Errorf("%d runs, %d retries, %v", runs, d.Stats().Retries, err)
		}
		if n := number(t, d, "SELECT seats FROM place"); n != 102 {
			t.Errorf("%d seats, want 102: both others' and its own", n)
		}
	}, tables)
}

func TestCollisionsAreBounded(t *testing.T) {
	onPostgres(t, func(t *testing.T, d *db.DB) {
		mustExec(t, d, "INSERT INTO place (id, seats) VALUES ('a', 0)")
		runs, err := collide(t, d, 1000)
		var cause *pgconn.PgError
		if runs != 4 || !errs.Is(err, errs.Unavailable) || !errors.As(err, &cause) || cause.Code != "40001" {
			t.Errorf("%d runs, then %v", runs, err)
		}
	}, tables, dbtest.With(func(o *db.Options) { o.MaxTries = 4 }))
}

// TestCollisionInTry holds a try from swallowing what the whole function must be run again for.
func TestCollisionInTry(t *testing.T) {
	onPostgres(t, func(t *testing.T, d *db.DB) {
		mustExec(t, d, "INSERT INTO place (id, seats) VALUES ('a', 0)")
		runs := 0
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			runs++
			if _, err := db.One(ctx, tx, db.Scalar[int], "SELECT seats FROM place WHERE id = 'a'"); err != nil {
				return err
			}
			if runs == 1 {
				mustExec(t, d, "UPDATE place SET seats = 5 WHERE id = 'a'")
			}
			_ = tx.Try(ctx, func(ctx context.Context) error {
				_, err := tx.Exec(ctx, "UPDATE place SET seats = seats + 1 WHERE id = 'a'")
				return err
			})
			return nil
		})
		if n := number(t, d, "SELECT seats FROM place"); err != nil || runs != 2 || n != 6 {
			t.Errorf("%d runs, %d seats, %v", runs, n, err)
		}
	}, tables)
}

func TestLostConnectionRunsAgain(t *testing.T) {
	onPostgres(t, func(t *testing.T, d *db.DB) {
		runs := 0
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if runs++; runs == 1 {
				pid, err := db.One(ctx, tx, db.Scalar[int], "SELECT pg_backend_pid()")
				if err != nil {
					return err
				}
				// From another connection, as a failover would.
				number(t, d, "SELECT CASE WHEN pg_terminate_backend($1) THEN 1 ELSE 0 END", pid)
			}
			_, err := tx.Exec(ctx, "INSERT INTO place (id, seats) VALUES ('a', 1)")
			return err
		})
		if n := number(t, d, "SELECT count(*) FROM place"); err != nil || runs != 2 || n != 1 {
			t.Errorf("%d runs, %d stored, %v", runs, n, err)
		}
	}, tables)
}

func TestSchemaOfItsOwn(t *testing.T) {
	onPostgres(t, func(t *testing.T, d *db.DB) {
		mustExec(t, d, "INSERT INTO place (id, seats) VALUES ('a', 1)")
		if n := number(t, d, `SELECT count(*) FROM "vault".place`); n != 1 {
			t.Errorf("%d rows in the schema, want 1", n)
		}
		if n := number(t, d, "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"); n != 0 {
			t.Errorf("%d tables outside it", n)
		}
	}, tables, dbtest.With(func(o *db.Options) { o.Schema = "vault" }))
}

// TestOwnErrorsAreNotTheEngines holds an end of input that a function met in its own reading from being taken for a lost connection.
func TestOwnErrorsAreNotTheEngines(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		runs := 0
		err := d.Write(t.Context(), func(context.Context, *db.Tx) error { runs++; return io.ErrUnexpectedEOF })
		if runs != 1 || !errs.Is(err, errs.Internal) {
			t.Errorf("%d runs, then %v", runs, err)
		}
	}, tables)
}

// TestNoStatementIsCompiled: to compile one takes longer than to run it.
func TestNoStatementIsCompiled(t *testing.T) {
	onPostgres(t, func(t *testing.T, d *db.DB) {
		err := d.Read(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			jit, err := db.One(ctx, tx, db.Scalar[string], `SELECT current_setting('jit')`)
			if err == nil && jit != "off" {
				t.Errorf("jit is %s", jit)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
