package db_test

import (
	"context"
	"runtime"
	"testing"
	"testing/fstest"

	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
)

// migrations is one migration's text for each engine.
func migrations(sqlite, postgres string) db.Migrations {
	file := func(text string) fstest.MapFS {
		return fstest.MapFS{"0001_test.sql": &fstest.MapFile{Data: []byte(text)}}
	}
	return db.Migrations{SQLite: file(sqlite), Postgres: file(postgres)}
}

// tables are what most tests here use: places with seats to book, and every type of column.
var tables = dbtest.Migrations(migrations(`-- +goose Up
CREATE TABLE place (id TEXT NOT NULL PRIMARY KEY, seats INTEGER NOT NULL CHECK (seats >= 0)) STRICT;
CREATE TABLE booking (
	id TEXT NOT NULL PRIMARY KEY,
	place_id TEXT NOT NULL REFERENCES place (id),
	who TEXT NOT NULL,
	UNIQUE (place_id, who)
) STRICT;
CREATE TABLE kept (id TEXT NOT NULL PRIMARY KEY, t TEXT, n INTEGER, r REAL, b BLOB) STRICT;
`, `-- +goose Up
CREATE TABLE place (id TEXT COLLATE "C" NOT NULL PRIMARY KEY, seats BIGINT NOT NULL CHECK (seats >= 0));
CREATE TABLE booking (
	id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
	place_id TEXT COLLATE "C" NOT NULL REFERENCES place (id),
	who TEXT COLLATE "C" NOT NULL,
	UNIQUE (place_id, who)
);
CREATE TABLE kept (id TEXT COLLATE "C" NOT NULL PRIMARY KEY, t TEXT COLLATE "C", n BIGINT, r DOUBLE PRECISION, b BYTEA);
`))

// exec is a Write of one statement.
func write(ctx context.Context, d *db.DB, query string, args ...any) error {
	return d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
}

func mustExec(t testing.TB, d *db.DB, query string, args ...any) {
	t.Helper()
	if err := write(t.Context(), d, query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// number is a Read of one number.
func number(t testing.TB, d *db.DB, query string, args ...any) int {
	t.Helper()
	n := 0
	err := d.Read(context.WithoutCancel(t.Context()), func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = db.One(ctx, tx, db.Scalar[int], query, args...)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// until waits for something that another goroutine is about to do, without sleeping.
func until(happened func() bool) {
	for !happened() {
		runtime.Gosched()
	}
}
