// Package dbtest gives a test a fresh, migrated database: SQLite always, PostgreSQL where the environment names a server. Every
// store's tests run on both through Each. It is imported by tests only, and never touches a database that it did not make.
package dbtest

import (
	"context"
	"os"
	"testing"

	"hemvist/internal/db"
)

// ServerVar names the environment variable with the address of a PostgreSQL server on which databases may be made and dropped.
const ServerVar = "HEMVIST_TEST_POSTGRES"

// EngineVar names the environment variable that chooses the engine of New: "sqlite" (also when it is empty) or "postgres". Where it is
// set, only the tests that ask New run: those that ask for every engine run where it is not, and would do the same again.
const EngineVar = "HEMVIST_TEST_ENGINE"

// Option changes how the database of a test is opened.
type Option func(*db.Options)

// With lets the test set anything in the options; Migrations are those of the house unless it changes them.
func With(change func(*db.Options)) Option { return change }

// Migrations runs these instead of the house's own.
func Migrations(m db.Migrations) Option {
	return func(o *db.Options) { o.Migrations = m }
}

// Engines are the engines that tests run on here; none where EngineVar is set.
func Engines() []db.Dialect {
	if os.Getenv(EngineVar) != "" {
		return nil
	}
	if os.Getenv(ServerVar) == "" {
		return []db.Dialect{db.SQLite}
	}
	return []db.Dialect{db.SQLite, db.Postgres}
}

// New is a fresh, migrated database that is gone when the test ends: SQLite, or what EngineVar says.
func New(t testing.TB, opts ...Option) *db.DB {
	t.Helper()
	switch name := os.Getenv(EngineVar); name {
	case "", "sqlite":
		return On(t, db.SQLite, opts...)
	case "postgres":
		return On(t, db.Postgres, opts...)
	default:
		t.Fatalf("%s=%q is neither sqlite nor postgres", EngineVar, name)
		return nil
	}
}

// Each runs the test as a subtest on every engine, each time with a fresh database.
func Each(t *testing.T, test func(t *testing.T, d *db.DB), opts ...Option) {
	t.Helper()
	for _, dialect := range Engines() {
		t.Run(dialect.String(), func(t *testing.T) { test(t, On(t, dialect, opts...)) })
	}
}

// On is a fresh, migrated database on the engine asked for.
func On(t testing.TB, dialect db.Dialect, opts ...Option) *db.DB {
	t.Helper()
	url, o := Fresh(t, dialect, opts...)
	d, err := db.Open(context.Background(), url, o)
	if err != nil {
		t.Fatalf("open the test's database: %v", err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close the test's database: %v", err)
		}
	})
	return d
}

// Fresh makes a migrated database and gives its address and options, for tests that open it themselves or more than once.
func Fresh(t testing.TB, dialect db.Dialect, opts ...Option) (url string, o db.Options) {
	t.Helper()
	o.Migrations = db.Embedded()
	for _, change := range opts {
		change(&o)
	}
	var err error
	if dialect == db.Postgres {
		url, err = freshPostgres(t, &o)
	} else {
		url, err = freshSQLite(t, &o)
	}
	if err != nil {
		t.Fatalf("make the test's database: %v", err)
	}
	return url, o
}
