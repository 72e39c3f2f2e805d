package db_test

import (
	"context"
	"errors"
	"testing"

	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/errs"
)

func TestErrorsHaveTheSameKindOnBothEngines(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		mustExec(t, d, "INSERT INTO place (id, seats) VALUES ('a', 1)")
		mustExec(t, d, "INSERT INTO booking (id, place_id, who) VALUES ('1', 'a', 'x')")
		for _, c := range []struct {
			name, statement string
			args            []any
			want            errs.Kind
		}{
			{"primary key twice", "INSERT INTO place (id, seats) VALUES ('a', 1)", nil, errs.Conflict},
			{"unique twice", "INSERT INTO booking (id, place_id, who) VALUES ('2', 'a', 'x')", nil, errs.Conflict},
			{"reference to nothing", "INSERT INTO booking (id, place_id, who) VALUES ('2', 'z', 'x')", nil, errs.Conflict},
			{"deleting what is referenced", "DELETE FROM place", nil, errs.Conflict},
			{"check", "INSERT INTO place (id, seats) VALUES ('b', -1)", nil, errs.Invalid},
			{"not null", "INSERT INTO place (id, seats) VALUES ('b', $1)", []any{nil}, errs.Invalid},
			{"NUL in a text", "INSERT INTO place (id, seats) VALUES ($1, 1)", []any{"a\x00b"}, errs.Invalid},
			{"text that is not UTF-8", "INSERT INTO place (id, seats) VALUES ($1, 1)", []any{"a\xffb"}, errs.Invalid},
			{"year 10000", "INSERT INTO place (id, seats) VALUES ($1, 1)", []any{db.Time{Time: farFuture}}, errs.Invalid},
			{"a bare time", "INSERT INTO place (id, seats) VALUES ($1, 1)", []any{farFuture}, errs.Internal},
			{"no such table", "INSERT INTO nowhere (id) VALUES (1)", nil, errs.Internal},
			{"no such statement", "INSURT", nil, errs.Internal},
		} {
			err := write(t.Context(), d, c.statement, c.args...)
			if err == nil || errs.KindOf(err) != c.want {
				t.Errorf("%s: %v is of kind %v, want %v", c.name, err, errs.KindOf(err), c.want)
			}
		}
		// A kind that the function gave is kept, whatever it wraps.
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, "INSERT INTO place (id, seats) VALUES ('a', 1)")
			return errs.Wrap(errs.TooMany, err)
		})
		if !errs.Is(err, errs.TooMany) {
			t.Errorf("the function's own kind became %v", err)
		}
		// What a plain Scan gives gets its kind at the end.
		err = d.Read(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return tx.QueryRow(ctx, "SELECT id FROM place WHERE id = $1", "z").Scan(new(string))
		})
		if !errs.Is(err, errs.NotFound) {
			t.Errorf("no row became %v", err)
		}
	}, tables)
}

func TestOpenRefuses(t *testing.T) {
	secret := "very-secret-word"
	for _, url := range []string{
		"", "sqlite:", "sqlite::memory:", "mysql://root:" + secret + "@localhost/x",
		"postgres://u:" + secret + "@localhost:notaport/x",
	} {
		d, err := db.Open(t.Context(), url, db.Options{})
		if err == nil {
			t.Errorf("%q was opened", url)
			_ = d.Close()
			continue
		}
		for e := err; e != nil; e = errors.Unwrap(e) {
			if containsSecret(e.Error(), secret) {
				t.Errorf("the error for %q tells the password", url)
			}
		}
	}
	_, err := db.Open(t.Context(), "postgres://u:"+secret+"@127.0.0.1:1/x?connect_timeout=2", db.Options{})
	if !errs.Is(err, errs.Unavailable) || containsSecret(err.Error(), secret) {
		t.Errorf("a server that is not there: %v", err)
	}
	if _, err := db.Open(t.Context(), "sqlite:"+t.TempDir()+"/no/such/folder/x.db", db.Options{}); !errs.Is(err, errs.Unavailable) {
		t.Errorf("a folder that is not there: %v", err)
	}
}
