package db_test

import (
	"context"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
)

// awkward is a schema with everything that the two engines describe differently.
var awkward = migrations(`-- +goose Up
CREATE TABLE place (id TEXT NOT NULL PRIMARY KEY, country TEXT NOT NULL, code TEXT, UNIQUE (country, code)) STRICT;
CREATE TABLE seat (
	place_id TEXT NOT NULL REFERENCES place ON DELETE CASCADE,
	number   INTEGER NOT NULL DEFAULT 0 CHECK (number >= 0),
	kind     TEXT NOT NULL DEFAULT 'chair' CHECK (kind IN ('chair', 'bench')),
	price    REAL,
	photo    BLOB,
	country  TEXT,
	code     TEXT,
	PRIMARY KEY (place_id, number),
	FOREIGN KEY (country, code) REFERENCES place (country, code)
) STRICT;
CREATE INDEX seat_by_price ON seat (price DESC, number);
CREATE UNIQUE INDEX seat_best ON seat (place_id) WHERE kind IN ('chair', 'bench') AND photo IS NOT NULL;
`, `-- +goose Up
CREATE TABLE place (id TEXT COLLATE "C" NOT NULL PRIMARY KEY, country TEXT COLLATE "C" NOT NULL, code TEXT COLLATE "C", UNIQUE (country, code));
CREATE TABLE seat (
	place_id TEXT COLLATE "C" NOT NULL REFERENCES place ON DELETE CASCADE,
	number   BIGINT NOT NULL DEFAULT 0 CHECK (number >= 0),
	kind     TEXT NOT NULL DEFAULT 'chair' CHECK (kind IN ('chair', 'bench')),
	price    DOUBLE PRECISION,
	photo    BYTEA,
	country  TEXT COLLATE "C",
	code     TEXT COLLATE "C",
	PRIMARY KEY (place_id, number),
	FOREIGN KEY (country, code) REFERENCES place (country, code)
);
CREATE INDEX seat_by_price ON seat (price DESC, number);
CREATE UNIQUE INDEX seat_best ON seat (place_id) WHERE kind IN ('chair', 'bench') AND photo IS NOT NULL;
`)

const awkwardDescribed = `table place primary key [id], 0 checks
  place.id text not null true default ""
  place.country text not null true default ""
  place.code text not null false default ""
  place unique [country code]
table seat primary key [place_id number], 2 checks
  seat.place_id text not null true default ""
  seat.number integer not null true default "0"
  seat.kind text not null true default "'chair'"
  seat.price real not null false default ""
  seat.photo blob not null false default ""
  seat.country text not null false default ""
  seat.code text not null false default ""
  seat index seat_best [place_id] unique true where "kindIN'chair','bench'ANDphotoISNOTNULL"
  seat index seat_by_price [price desc number] unique false where ""
  seat [country code] references place [country code] on delete no action
  seat [place_id] references place [id] on delete cascade
`

func TestSchemaDescribesBothEnginesAlike(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, err := d.Schema(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if s.String() != awkwardDescribed {
			t.Errorf("got\n%s\nwant\n%s", s, awkwardDescribed)
		}
	}, dbtest.Migrations(awkward))
}

func TestSchemaShowsTextThatSortsOtherwise(t *testing.T) {
	onPostgres(t, func(t *testing.T, d *db.DB) {
		s, err := d.Schema(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := s[0].Columns[0].Type; got == "text" {
			t.Errorf("a key without COLLATE \"C\" is described as %q", got)
		}
	}, dbtest.Migrations(migrations("", "-- +goose Up\nCREATE TABLE place (id TEXT NOT NULL PRIMARY KEY);")))
}

// TestHouseMigrationsEndAlike holds the house's own migrations to the same names and the same schema on both engines.
func TestHouseMigrationsEndAlike(t *testing.T) {
	names := func(files fs.FS) string {
		found, err := fs.Glob(files, "*.sql")
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(found, "\n")
	}
	m := db.Embedded()
	if a, b := names(m.SQLite), names(m.Postgres); a != b || a == "" {
		t.Errorf("the folders hold different files:\n%s\n\n%s", a, b)
	}
	schemas := map[db.Dialect]string{}
	for _, dialect := range dbtest.Engines() {
		s, err := dbtest.On(t, dialect).Schema(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		// The queue is a library's, with types of its own on each engine.
		s = slices.DeleteFunc(s, func(table db.Table) bool { return table.Name == "goqite" })
		schemas[dialect] = s.String()
	}
	if b, ran := schemas[db.Postgres]; ran && b != schemas[db.SQLite] {
		t.Errorf("the schemas differ.\nSQLite:\n%s\nPostgreSQL:\n%s", schemas[db.SQLite], b)
	}
	if !strings.Contains(schemas[db.SQLite], "table ") {
		t.Error("the migrations make no table")
	}
}

// TestHouseMigrationsKeepTheRules holds what would break the promises of Write and Read.
func TestHouseMigrationsKeepTheRules(t *testing.T) {
	m := db.Embedded()
	for dialect, files := range map[db.Dialect]fs.FS{db.SQLite: m.SQLite, db.Postgres: m.Postgres} {
		found, err := fs.Glob(files, "*.sql")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range found {
			text, err := fs.ReadFile(files, name)
			if err != nil {
				t.Fatal(err)
			}
			for rule, broken := range map[string]bool{
				"a DEFERRABLE constraint would fail the COMMIT that others share": regexp.MustCompile(`(?i)\bDEFERRABLE\b`).Match(text),
				"a migration runs in a transaction":                               regexp.MustCompile(`(?i)NO TRANSACTION`).Match(text),
				"a SQLite table is STRICT":                                        dialect == db.SQLite && tablesNotStrict(string(text)) > 0,
			} {
				if broken {
					t.Errorf("%s/%s: %s", dialect, name, rule)
				}
			}
		}
	}
}

func tablesNotStrict(text string) int {
	text = regexp.MustCompile(`--[^\n]*`).ReplaceAllString(text, "")
	tables := len(regexp.MustCompile(`(?i)CREATE TABLE`).FindAllString(text, -1))
	return tables - len(regexp.MustCompile(`(?i)\)\s*(WITHOUT ROWID\s*,\s*)?STRICT`).FindAllString(text, -1))
}

func TestTablesNotStrict(t *testing.T) {
	if n := tablesNotStrict("CREATE TABLE a (b TEXT) STRICT; -- STRICT\nCREATE TABLE c (d TEXT); -- ) STRICT"); n != 1 {
		t.Errorf("%d tables found, want 1", n)
	}
}
