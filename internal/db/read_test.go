package db_test

import (
	"context"
	"errors"
	"testing"

	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/errs"
)

func TestReadIsOneMoment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		mustExec(t, d, "INSERT INTO place (id, seats) VALUES ('a', 1)")
		count := "SELECT count(*) FROM place"
		err := d.Read(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			before, err := db.One(ctx, tx, db.Scalar[int], count)
			if err != nil {
				return err
			}
			mustExec(t, d, "INSERT INTO place (id, seats) VALUES ('b', 1)") // committed while the snapshot is open
			after, err := db.One(ctx, tx, db.Scalar[int], count)
			if before != 1 || after != 1 {
				t.Errorf("the snapshot moved from %d to %d", before, after)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := number(t, d, count); n != 2 {
			t.Errorf("the next Read saw %d, want 2", n)
		}
	}, tables)
}

func TestReadRefusesWrites(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, statement := range []string{
			"INSERT INTO place (id, seats) VALUES ('a', 1)",
			"DELETE FROM place",
			"CREATE TABLE other (id INTEGER)",
		} {
			err := d.Read(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, statement)
				return err
			})
			if err == nil {
				t.Errorf("%s was let through", statement)
			}
		}
		if n := number(t, d, "SELECT count(*) FROM place"); n != 0 {
			t.Errorf("%d rows were written", n)
		}
	}, tables)
}

func TestReadEndsWithItsRequest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		err := d.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
			cancel()
			// Endless, unless the request's end reaches it.
			_, err := db.One(ctx, tx, db.Scalar[int],
				"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")
			return err
		})
		if !errs.Is(err, errs.Unavailable) {
			t.Errorf("a read whose request ended: %v", err)
		}
		if n := number(t, d, "SELECT count(*) FROM place"); n != 0 {
			t.Errorf("the next read gave %d", n)
		}
	}, tables)
}

func TestOneAllAndCountTo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		mustExec(t, d, "INSERT INTO place (id, seats) VALUES ('a', 1), ('b', 2), ('c', 3)")
		err := d.Read(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			ids, err := db.All(ctx, tx, db.Scalar[string], "SELECT id FROM place WHERE seats >= $1 ORDER BY id", 2)
			if err != nil || len(ids) != 2 || ids[0] != "b" || ids[1] != "c" {
				t.Errorf("All gave %v, %v", ids, err)
			}
			none, err := db.All(ctx, tx, db.Scalar[string], "SELECT id FROM place WHERE seats > $1", 9)
			if err != nil || len(none) != 0 {
				t.Errorf("All of nothing gave %v, %v", none, err)
			}
			_, err = db.One(ctx, tx, db.Scalar[string], "SELECT id FROM place WHERE id = $1", "z")
			if !errs.Is(err, errs.NotFound) {
				t.Errorf("One of nothing gave %v", err)
			}
			scanFailed := errors.New("the scan's own")
			_, err = db.All(ctx, tx, func(db.Scanner) (int, error) { return 0, scanFailed }, "SELECT id FROM place")
			if !errors.Is(err, scanFailed) {
				t.Errorf("All hid the scan's error: %v", err)
			}
			for limit, want := range map[int]struct {
				n    int
				more bool
			}{0: {0, true}, 2: {2, true}, 3: {3, false}, 10: {3, false}} {
				n, more, err := db.CountTo(ctx, tx, limit, "SELECT id, seats FROM place WHERE seats > $1", 0)
				if err != nil || n != want.n || more != want.more {
					t.Errorf("CountTo %d gave %d, %v, %v", limit, n, more, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}, tables)
}

func TestQueriesAreCounted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, page := db.CountQueries(t.Context())
		before := d.Stats().Queries
		two := func(ctx context.Context, tx *db.Tx) error {
			for range 2 {
				if _, err := db.One(ctx, tx, db.Scalar[int], "SELECT count(*) FROM place"); err != nil {
					return err
				}
			}
			if tx.Queries() != 2 {
				t.Errorf("the transaction counted %d, want 2", tx.Queries())
			}
			return nil
		}
		if err := errors.Join(d.Read(ctx, two), d.Write(ctx, two)); err != nil {
			t.Fatal(err)
		}
		if all := d.Stats().Queries - before; page.N() != 4 || all != 4 {
			t.Errorf("the page counted %d, the database %d; want 4", page.N(), all)
		}
	}, tables)
}

// TestStatementsSurviveChangedTables holds the kept statements of both engines to what they were prepared for.
func TestStatementsSurviveChangedTables(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		mustExec(t, d, "INSERT INTO place (id, seats) VALUES ('a', 1)")
		columns := func() (n int) {
			err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				rows, err := tx.Query(ctx, "SELECT * FROM place")
				if err != nil {
					return err
				}
				defer rows.Close()
				names, err := rows.Columns()
				n = len(names)
				return errors.Join(err, rows.Err())
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := columns(); n != 2 {
			t.Fatalf("%d columns before", n)
		}
		mustExec(t, d, "ALTER TABLE place ADD COLUMN note TEXT")
		if n := columns(); n != 3 {
			t.Errorf("%d columns after a column was added", n)
		}
	}, tables)
}

func TestOptimize(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		mustExec(t, d, "INSERT INTO place (id, seats) VALUES ('a', 1)")
		if err := d.Optimize(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := number(t, d, "SELECT count(*) FROM place"); n != 1 {
			t.Errorf("%d rows afterwards", n)
		}
	}, tables)
}
