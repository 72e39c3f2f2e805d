package db_test

import (
	"context"
	"os"
	"strconv"
	"testing"

	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
)

// TestSQLiteKeepsItsPromises asks the connections themselves what they were told.
func TestSQLiteKeepsItsPromises(t *testing.T) {
	d := dbtest.On(t, db.SQLite, tables)
	common := map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "secure_delete": "1", "trusted_schema": "0", "busy_timeout": "10000",
	}
	for name, call := range map[string]func(context.Context, func(context.Context, *db.Tx) error) error{"0": d.Write, "1": d.Read} {
		err := call(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			common["query_only"] = name
			for pragma, want := range common {
				got, err := db.One(ctx, tx, db.Scalar[string], "PRAGMA "+pragma)
				if err != nil || got != want {
					t.Errorf("query_only=%s: %s is %q, want %q (%v)", name, pragma, got, want, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestSQLitePathIsOnlyAPath holds characters of a path from being read as parts of an address.
func TestSQLitePathIsOnlyAPath(t *testing.T) {
	for _, name := range []string{"a b.db", "å?mode=ro.db", "x%20#y.db", "a&b=c;d.db"} {
		dir := t.TempDir()
		d, err := db.Open(t.Context(), "sqlite:"+dir+"/"+name, withTables())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		mustExec(t, d, "INSERT INTO place (id, seats) VALUES ('a', 1)")
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(dir + "/" + name); err != nil {
			t.Error(err)
		}
	}
}

// TestManyStatements prepares more than a connection keeps, among them one that is used again and again.
func TestManyStatements(t *testing.T) {
	d := dbtest.On(t, db.SQLite, tables)
	err := d.Read(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for i := range 1000 {
			for _, n := range []int{i, 7} {
				got, err := db.One(ctx, tx, db.Scalar[int], "SELECT "+strconv.Itoa(n)+" + $1", 1)
				if err != nil || got != n+1 {
					t.Fatalf("%d + 1 = %d (%v)", n, got, err)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
