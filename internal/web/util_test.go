package web_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/web/webtest"
)

// participant is the form that adds somebody.
func participant(name string) url.Values {
	return url.Values{"name": {name}, "phone": {"070-174 06 05"}, "language": {"sv"}}
}

// openFile is a fresh SQLite database that the test may close, and the path of its file.
func openFile(t *testing.T) (*db.DB, string) {
	t.Helper()
	address, options := dbtest.Fresh(t, db.SQLite)
	d, err := db.Open(t.Context(), address, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d, strings.TrimPrefix(address, "sqlite:")
}

// oneLeader is a house with a leader, who is signed in, and one round that they lead.
func oneLeader(t *testing.T, h *webtest.House) (*webtest.Client, webtest.Person, webtest.Round) {
	t.Helper()
	place := h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")
	leader := h.NewPerson(t, access.Leader, place)
	made := h.NewRounds(t, webtest.NewRound{Place: place, Name: "Måndagsgruppen", Staff: []webtest.Person{leader}})
	return h.SignIn(t, leader.Email), leader, made[0]
}

// stored is all that the tables hold, as text, but for those whose names begin with one of skip.
func stored(t *testing.T, d *db.DB, skip ...string) string {
	t.Helper()
	list := `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`
	if d.Dialect() == db.Postgres {
		list = `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY table_name`
	}
	var b strings.Builder
	err := d.Read(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		tables, err := db.All(ctx, tx, db.Scalar[string], list)
		if err != nil {
			return err
		}
		for _, table := range tables {
			if slices.ContainsFunc(skip, func(s string) bool { return strings.HasPrefix(table, s) }) {
				continue
			}
			fmt.Fprintf(&b, "== %s\n", table)
			rows, err := db.All(ctx, tx, wholeRow, `SELECT * FROM "`+table+`"`)
			if err != nil {
				return err
			}
			slices.Sort(rows)
			b.WriteString(strings.Join(rows, "\n") + "\n")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// wholeRow is a row's columns as text, bytes as they are.
func wholeRow(row db.Scanner) (string, error) {
	rows := row.(*sql.Rows)
	columns, err := rows.Columns()
	if err != nil {
		return "", err
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	if err := rows.Scan(into...); err != nil {
		return "", err
	}
	var texts []string
	for _, v := range values {
		if bytes, ok := v.([]byte); ok {
			v = string(bytes)
		}
		texts = append(texts, fmt.Sprint(v))
	}
	return strings.Join(texts, "|"), nil
}
