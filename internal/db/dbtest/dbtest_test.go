package dbtest_test

import (
	"context"
	"slices"
	"testing"
	"testing/fstest"

	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
)

// seeded is a migration that puts a row of its own into a table, as retention rules do.
var seeded = func() db.Migrations {
	files := fstest.MapFS{"0001_seeded.sql": &fstest.MapFile{Data: []byte(`-- +goose Up
CREATE TABLE rule (id INTEGER NOT NULL PRIMARY KEY, days INTEGER NOT NULL);
INSERT INTO rule (id, days) VALUES (1, 30);
CREATE TABLE held (id INTEGER NOT NULL PRIMARY KEY, rule_id INTEGER NOT NULL REFERENCES rule (id));
`)}}
	return db.Migrations{SQLite: files, Postgres: files}
}()

func exec(t *testing.T, d *db.DB, statements ...string) {
	t.Helper()
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for _, s := range statements {
			if _, err := tx.Exec(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func rows(t *testing.T, d *db.DB, query string) (all []int) {
	t.Helper()
	err := d.Read(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = db.All(ctx, tx, db.Scalar[int], query)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestEveryDatabaseIsFresh uses databases in every way that a test may, and looks at those that the next tests get.
func TestEveryDatabaseIsFresh(t *testing.T) {
	for _, dialect := range dbtest.Engines() {
		uses := map[string][]string{
			"rows":    {"DELETE FROM rule", "INSERT INTO rule (id, days) VALUES (7, 7)", "INSERT INTO held (id, rule_id) VALUES (1, 7)"},
			"tables":  {"CREATE TABLE more (id INTEGER)", "INSERT INTO more (id) VALUES (1)"},
			"columns": {"ALTER TABLE rule ADD COLUMN note TEXT"},
			"dropped": {"DROP TABLE held"},
			"index":   {"CREATE INDEX held_rule ON held (rule_id)"},
			"nothing": nil,
		}
		for name, statements := range uses {
			t.Run(dialect.String()+"/"+name, func(t *testing.T) {
				t.Run("use", func(t *testing.T) { exec(t, dbtest.On(t, dialect, dbtest.Migrations(seeded)), statements...) })
				t.Run("next", func(t *testing.T) {
					d := dbtest.On(t, dialect, dbtest.Migrations(seeded))
					if got := rows(t, d, "SELECT days FROM rule"); !slices.Equal(got, []int{30}) {
						t.Errorf("the rules are %v, want the one that the migration made", got)
					}
					if got := rows(t, d, "SELECT id FROM held"); len(got) != 0 {
						t.Errorf("held %v", got)
					}
					s, err := d.Schema(t.Context())
					if err != nil || len(s) != 2 || len(s[1].Columns) != 2 || len(s[0].Indexes) != 0 {
						t.Errorf("the tables are not the migrated ones (%v):\n%s", err, s)
					}
				})
			})
		}
	}
}

func TestTwoDatabasesAreTwo(t *testing.T) {
	for _, dialect := range dbtest.Engines() {
		a, b := dbtest.On(t, dialect, dbtest.Migrations(seeded)), dbtest.On(t, dialect, dbtest.Migrations(seeded))
		exec(t, a, "INSERT INTO rule (id, days) VALUES (2, 2)")
		if got := rows(t, b, "SELECT id FROM rule"); len(got) != 1 {
			t.Errorf("%v: what one database was told the other knows: %v", dialect, got)
		}
	}
}

func TestNewChoosesTheEngine(t *testing.T) {
	for _, dialect := range dbtest.Engines() {
		t.Setenv(dbtest.EngineVar, dialect.String())
		if got := dbtest.New(t).Dialect(); got != dialect {
			t.Errorf("%v was asked for, and %v came", dialect, got)
		}
	}
}

func TestEachRunsOnEveryEngine(t *testing.T) {
	var ran []db.Dialect
	dbtest.Each(t, func(t *testing.T, d *db.DB) { ran = append(ran, d.Dialect()) })
	if !slices.Equal(ran, dbtest.Engines()) {
		t.Errorf("ran on %v of %v", ran, dbtest.Engines())
	}
}
