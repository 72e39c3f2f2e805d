package db

import (
	"context"
	"database/sql"
	"regexp"
	"strings"
)

var check = regexp.MustCompile(`(?i)\bCHECK\s*\(`)

func describeSQLite(ctx context.Context, tx *Tx) (Schema, error) {
	tables, err := All(ctx, tx, func(s Scanner) (t Table, err error) {
		var text string
		err = s.Scan(&t.Name, &text)
		t.Checks = len(check.FindAllString(text, -1))
		return t, err
	}, `SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name <> 'goose_db_version'
		ORDER BY name`)
	if err != nil {
		return nil, err
	}
	for i := range tables {
		t := &tables[i]
		for _, part := range []func(context.Context, *Tx, *Table) error{sqliteColumns, sqliteIndexes, sqliteForeignKeys} {
			if err := part(ctx, tx, t); err != nil {
				return nil, err
			}
		}
	}
	return tables, nil
}

func sqliteColumns(ctx context.Context, tx *Tx, t *Table) (err error) {
	t.Columns, err = All(ctx, tx, func(s Scanner) (c Column, err error) {
		var byDefault sql.NullString
		err = s.Scan(&c.Name, &c.Type, &c.NotNull, &byDefault)
		c.Type, c.Default = commonType(c.Type), plainSQL(byDefault.String)
		return c, err
	}, `SELECT name, type, "notnull", dflt_value FROM pragma_table_xinfo($1) ORDER BY cid`, t.Name)
	if err != nil {
		return err
	}
	t.PrimaryKey, err = All(ctx, tx, Scalar[string], "SELECT name FROM pragma_table_xinfo($1) WHERE pk > 0 ORDER BY pk", t.Name)
	return err
}

func sqliteIndexes(ctx context.Context, tx *Tx, t *Table) error {
	type found struct {
		Index
		origin string
	}
	indexes, err := All(ctx, tx, func(s Scanner) (f found, err error) {
		var text sql.NullString
		err = s.Scan(&f.Name, &f.Unique, &f.origin, &text)
		if _, where, partial := strings.Cut(text.String, " WHERE "); partial {
			f.Where = plainSQL(where)
		}
		return f, err
	}, `SELECT l.name, l."unique", l.origin, s.sql FROM pragma_index_list($1) AS l LEFT JOIN sqlite_schema AS s ON s.name = l.name
		WHERE l.origin <> 'pk'`, t.Name)
	if err != nil {
		return err
	}
	for _, f := range indexes {
		f.Columns, err = All(ctx, tx, func(s Scanner) (string, error) {
			var name sql.NullString
			var desc bool
			if err := s.Scan(&name, &desc); err != nil {
				return "", err
			}
			return indexColumn(name, desc), nil
		}, `SELECT name, "desc" FROM pragma_index_xinfo($1) WHERE key = 1 ORDER BY seqno`, f.Name)
		if err != nil {
			return err
		}
		if f.origin == "u" {
			t.Unique = append(t.Unique, f.Columns)
		} else {
			t.Indexes = append(t.Indexes, f.Index)
		}
	}
	return nil
}

func indexColumn(name sql.NullString, desc bool) string {
	column := "(expression)"
	if name.Valid {
		column = name.String
	}
	if desc {
		column += " desc"
	}
	return column
}

func sqliteForeignKeys(ctx context.Context, tx *Tx, t *Table) error {
	type part struct {
		id                        int
		table, from, to, onDelete string
	}
	parts, err := All(ctx, tx, func(s Scanner) (p part, err error) {
		err = s.Scan(&p.id, &p.table, &p.from, &p.to, &p.onDelete)
		return p, err
	}, `SELECT f.id, f."table", f."from", coalesce(f."to", (SELECT name FROM pragma_table_xinfo(f."table") WHERE pk = f.seq + 1)), f.on_delete
		FROM pragma_foreign_key_list($1) AS f ORDER BY f.id, f.seq`, t.Name)
	last := -1
	for _, p := range parts {
		if p.id != last {
			t.ForeignKeys = append(t.ForeignKeys, ForeignKey{Table: p.table, OnDelete: strings.ToLower(p.onDelete)})
			last = p.id
		}
		f := &t.ForeignKeys[len(t.ForeignKeys)-1]
		f.Columns, f.To = append(f.Columns, p.from), append(f.To, p.to)
	}
	return err
}
