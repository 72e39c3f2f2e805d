package db_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/errs"
)

// TestOnePlaceIsNotSoldTwice is the trial that the default isolation of PostgreSQL failed: read that there is room, then take it.
func TestOnePlaceIsNotSoldTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		mustExec(t, d, "INSERT INTO place (id, seats) VALUES ($1, $2)", "round", 3)
		full := errs.New(errs.Conflict, "round.full")
		book := func(ctx context.Context, tx *db.Tx) error {
			taken, err := db.One(ctx, tx, db.Scalar[int], "SELECT count(*) FROM booking WHERE place_id = $1", "round")
			if err != nil {
				return err
			}
			seats, err := db.One(ctx, tx, db.Scalar[int], "SELECT seats FROM place WHERE id = $1", "round")
			if err != nil {
				return err
			}
			if taken >= seats {
				return full
			}
			_, err = tx.Exec(ctx, "INSERT INTO booking (id, place_id, who) VALUES ($1, $2, $3)", db.NewID(), "round", db.NewID())
			return err
		}
		var sold, refused atomic.Int64
		var all sync.WaitGroup
		for range 32 {
			all.Go(func() {
				switch err := d.Write(t.Context(), book); {
				case err == nil:
					sold.Add(1)
				case errors.Is(err, full):
					refused.Add(1)
				default:
					t.Errorf("neither sold nor full: %v", err)
				}
			})
		}
		all.Wait()
		if stored := number(t, d, "SELECT count(*) FROM booking"); sold.Load() != 3 || refused.Load() != 29 || stored != 3 {
			t.Errorf("sold %d, refused %d, stored %d; want 3, 29, 3", sold.Load(), refused.Load(), stored)
		}
	}, tables)
}

// TestFailureIsOnesOwn puts several functions into one COMMIT of SQLite, by holding the first until the rest have queued.
func TestFailureIsOnesOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		insert := func(id string) func(context.Context, *db.Tx) error {
			return func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, "INSERT INTO place (id, seats) VALUES ($1, 1)", id)
				return err
			}
		}
		own := errors.New("its own mistake")
		after := func(id string, end func() error) func(context.Context, *db.Tx) error {
			return func(ctx context.Context, tx *db.Tx) error {
				if err := insert(id)(ctx, tx); err != nil {
					return err
				}
				return end()
			}
		}
		release := make(chan struct{})
		var all sync.WaitGroup
		begin := func(fn func(context.Context, *db.Tx) error, check func(err error, panicked any)) {
			all.Go(func() {
				var err error
				defer func() { check(err, recover()) }()
				err = d.Write(context.Background(), fn)
			})
		}
		begin(after("first", func() error { <-release; return nil }), func(err error, p any) {
			if err != nil || p != nil {
				t.Errorf("first: %v, %v", err, p)
			}
		})
		if d.Dialect() == db.SQLite {
			until(func() bool { return d.Stats().Queries == 1 })
		}
		begin(after("error", func() error { return own }), func(err error, p any) {
			if !errors.Is(err, own) || p != nil {
				t.Errorf("error: %v, %v", err, p)
			}
		})
		begin(after("panic", func() error { panic("its own panic") }), func(err error, p any) {
			if p != "its own panic" {
				t.Errorf("panic: %v, %v", err, p)
			}
		})
		begin(after("exit", func() error { runtime.Goexit(); return nil }), func(err error, p any) {
			if err != nil || p != nil { // Write did not return
				t.Errorf("exit: %v, %v", err, p)
			}
		})
		begin(insert(""), func(err error, p any) {
			if err != nil || p != nil {
				t.Errorf("good: %v, %v", err, p)
			}
		})
		begin(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, "INSERT INTO place (id, seats) VALUES ('checked', -1)")
			return err
		}, func(err error, p any) {
			if !errs.Is(err, errs.Invalid) || p != nil {
				t.Errorf("checked: %v, %v", err, p)
			}
		})
		if d.Dialect() == db.SQLite {
			until(func() bool { return d.Queued() == 5 })
		}
		close(release)
		all.Wait()
		if n := number(t, d, "SELECT count(*) FROM place WHERE id IN ('first', '')"); n != 2 {
			t.Errorf("%d of the two good ones are stored", n)
		}
		if n := number(t, d, "SELECT count(*) FROM place"); n != 2 {
			t.Errorf("%d places are stored, want only the two good ones", n)
		}
		if s := d.Stats(); d.Dialect() == db.SQLite && (s.Commits != 1 || s.Committed != 2 || s.Largest != 2) {
			t.Errorf("not one commit for both: %+v", s)
		}
		mustExec(t, d, "INSERT INTO place (id, seats) VALUES ('later', 1)")
	}, tables)
}

func TestCancelledContextReachesNobodyElse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		// A request that ends while its function runs: the work is finished and kept, for it was begun.
		ctx, cancel := context.WithCancel(t.Context())
		err := d.Write(ctx, func(inner context.Context, tx *db.Tx) error {
			cancel()
			if inner.Err() != nil {
				t.Error("the function's context ended with the request's")
			}
			// Also by the request's own context, which a careless function may have captured.
			_, err := tx.Exec(ctx, "INSERT INTO place (id, seats) VALUES ('begun', 1)")
			return err
		})
		if err != nil {
			t.Errorf("a write that had begun: %v", err)
		}
		// A request that has ended before its turn: the function does not run.
		err = d.Write(ctx, func(context.Context, *db.Tx) error { t.Error("ran"); return nil })
		if !errors.Is(err, context.Canceled) || !errs.Is(err, errs.Unavailable) {
			t.Errorf("a write whose caller has left: %v", err)
		}
		if n := number(t, d, "SELECT count(*) FROM place"); n != 1 {
			t.Errorf("%d places are stored, want 1", n)
		}
	}, tables)
}

// TestCallerWhoLeavesTheQueue is of SQLite, which has one.
func TestCallerWhoLeavesTheQueue(t *testing.T) {
	d := dbtest.On(t, db.SQLite, tables)
	release, begun := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		if err := d.Write(context.Background(), func(context.Context, *db.Tx) error { close(begun); <-release; return nil }); err != nil {
			t.Errorf("the one before: %v", err)
		}
	})
	<-begun
	ctx, cancel := context.WithCancel(t.Context())
	left := make(chan error)
	go func() { left <- d.Write(ctx, func(context.Context, *db.Tx) error { t.Error("ran"); return nil }) }()
	until(func() bool { return d.Queued() == 1 })
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) { // answered although the writer is held
		t.Errorf("the one who left: %v", err)
	}
	all.Go(func() {
		if err := write(context.Background(), d, "INSERT INTO place (id, seats) VALUES ('after', 1)"); err != nil {
			t.Errorf("the one after: %v", err)
		}
	})
	until(func() bool { return d.Queued() == 2 })
	close(release)
	all.Wait()
	if s := d.Stats(); s.Dropped != 1 || number(t, d, "SELECT count(*) FROM place") != 1 {
		t.Errorf("dropped %d, want 1", s.Dropped)
	}
}

func TestBatchesAreBounded(t *testing.T) {
	d := dbtest.On(t, db.SQLite, tables, dbtest.With(func(o *db.Options) { o.MaxBatch = 2 }))
	release, begun := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		_ = d.Write(context.Background(), func(context.Context, *db.Tx) error { close(begun); <-release; return errors.New("nothing to keep") })
	})
	<-begun
	for i := range 5 {
		all.Go(func() {
			if err := write(context.Background(), d, "INSERT INTO place (id, seats) VALUES ($1, 1)", fmt.Sprint(i)); err != nil {
				t.Error(err)
			}
		})
	}
	until(func() bool { return d.Queued() == 5 })
	close(release)
	all.Wait()
	// The one that held them and the first of the five, then two, then two.
	if s := d.Stats(); s.Commits != 3 || s.Committed != 5 || s.Largest != 2 {
		t.Errorf("commits %d of %d functions, %d in the largest; want 3, 5, 2", s.Commits, s.Committed, s.Largest)
	}
}

func TestFailedStatementEndsTheTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		mustExec(t, d, "INSERT INTO place (id, seats) VALUES ('a', 1)")
		for name, silent := range map[string]func(context.Context, *db.Tx){
			"exec": func(ctx context.Context, tx *db.Tx) {
				_, _ = tx.Exec(ctx, "INSERT INTO place (id, seats) VALUES ('a', 1)")
			},
			"query": func(ctx context.Context, tx *db.Tx) {
				_, _ = db.All(ctx, tx, db.Scalar[string], "INSERT INTO place (id, seats) VALUES ('a', 1) RETURNING id")
			},
			"query row": func(ctx context.Context, tx *db.Tx) {
				_, _ = db.One(ctx, tx, db.Scalar[string], "INSERT INTO place (id, seats) VALUES ('a', 1) RETURNING id")
			},
		} {
			err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				if _, err := tx.Exec(ctx, "INSERT INTO place (id, seats) VALUES ($1, 1)", name); err != nil {
					return err
				}
				silent(ctx, tx)
				if _, err := tx.Exec(ctx, "INSERT INTO place (id, seats) VALUES ('b', 1)"); !errs.Is(err, errs.Conflict) {
					t.Errorf("%s: the next statement: %v", name, err)
				}
				return nil
			})
			if !errs.Is(err, errs.Conflict) {
				t.Errorf("%s: the function kept silent, and so did Write: %v", name, err)
			}
		}
		if n := number(t, d, "SELECT count(*) FROM place"); n != 1 {
			t.Errorf("%d places, want 1", n)
		}
	}, tables)
}

func TestTry(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		mustExec(t, d, "INSERT INTO place (id, seats) VALUES ('a', 1)")
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			put := func(id string) error {
				_, err := tx.Exec(ctx, "INSERT INTO place (id, seats) VALUES ($1, 1)", id)
				return err
			}
			if err := tx.Try(ctx, func(context.Context) error { return put("outer") }); err != nil {
				return err
			}
			err := tx.Try(ctx, func(ctx context.Context) error {
				if err := put("undone"); err != nil {
					return err
				}
				_ = tx.Try(ctx, func(context.Context) error { return put("a") })
				if err := put("undone too"); err != nil {
					return err
				}
				return put("a")
			})
			if !errs.Is(err, errs.Conflict) {
				return fmt.Errorf("the try gave %w", err)
			}
			return put("after")
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := number(t, d, "SELECT count(*) FROM place WHERE id IN ('a', 'outer', 'after')"); n != 3 {
			t.Errorf("%d of 3 are stored", n)
		}
		if n := number(t, d, "SELECT count(*) FROM place"); n != 3 {
			t.Errorf("%d are stored, want 3", n)
		}
	}, tables)
}

func TestNestingIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		nothing := func(context.Context, *db.Tx) error { return nil }
		for _, outer := range []func(context.Context, func(context.Context, *db.Tx) error) error{d.Read, d.Write} {
			for _, inner := range []func(context.Context, func(context.Context, *db.Tx) error) error{d.Read, d.Write} {
				err := outer(t.Context(), func(ctx context.Context, _ *db.Tx) error { return inner(ctx, nothing) })
				if err == nil {
					t.Error("one inside another was let through; it can deadlock")
				}
			}
		}
	}, tables)
}

func TestOpenRowsAreRefusedAndDoNotOutlive(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		mustExec(t, d, "INSERT INTO place (id, seats) VALUES ('a', 1), ('b', 1)")
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.Query(ctx, "SELECT id FROM place") //nolint:rowserrcheck,sqlclosecheck // left open on purpose
			if err != nil {
				return err
			}
			rows.Next()
			_, err = tx.Exec(ctx, "INSERT INTO place (id, seats) VALUES ('c', 1)")
			return err // and the rows are left open
		})
		if err == nil {
			t.Error("a statement ran while rows were open; PostgreSQL cannot")
		}
		mustExec(t, d, "INSERT INTO place (id, seats) VALUES ('c', 1)")
		err = d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_ = tx.QueryRow(ctx, "SELECT id FROM place") // never scanned
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		mustExec(t, d, "INSERT INTO place (id, seats) VALUES ('d', 1)")
	}, tables)
}

func TestTxIsOverWithItsFunction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var kept *db.Tx
		if err := d.Write(t.Context(), func(_ context.Context, tx *db.Tx) error { kept = tx; return nil }); err != nil {
			t.Fatal(err)
		}
		if _, err := kept.Exec(t.Context(), "INSERT INTO place (id, seats) VALUES ('late', 1)"); err == nil {
			t.Error("a statement ran after its transaction")
		}
		if err := kept.QueryRow(t.Context(), "SELECT 1").Scan(new(int)); err == nil {
			t.Error("a query ran after its transaction")
		}
	}, tables)
}

func TestCloseFinishesWhatWasAccepted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		release := make(chan struct{})
		var stored atomic.Int64
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				err := d.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
					<-release
					_, err := tx.Exec(ctx, "INSERT INTO place (id, seats) VALUES ($1, 1)", fmt.Sprint(i))
					return err
				})
				if err == nil {
					stored.Add(1)
				} else {
					t.Errorf("an accepted write: %v", err)
				}
			})
		}
		until(func() bool { return d.Stats().Writes == 20 })
		closed := make(chan error)
		go func() { closed <- d.Close() }()
		until(d.Closing)
		close(release)
		if err := <-closed; err != nil {
			t.Error(err)
		}
		all.Wait()
		if stored.Load() != 20 {
			t.Errorf("%d of 20 accepted writes were stored", stored.Load())
		}
		for _, call := range []func(context.Context, func(context.Context, *db.Tx) error) error{d.Read, d.Write} {
			if err := call(t.Context(), func(context.Context, *db.Tx) error { t.Error("ran"); return nil }); !errs.Is(err, errs.Unavailable) {
				t.Errorf("after Close: %v", err)
			}
		}
	}, tables)
}
