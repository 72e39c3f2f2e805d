package db

import (
	"context"
	"database/sql"
	"slices"
	"strings"
)

func describePostgres(ctx context.Context, tx *Tx) (Schema, error) {
	tables, err := All(ctx, tx, func(s Scanner) (t Table, err error) {
		err = s.Scan(&t.Name, &t.Checks)
		return t, err
	}, `SELECT c.relname, (SELECT count(*) FROM pg_constraint AS k WHERE k.conrelid = c.oid AND k.contype = 'c')
		FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
		WHERE c.relkind = 'r' AND n.nspname = current_schema() AND c.relname <> 'goose_db_version' ORDER BY c.relname COLLATE "C"`)
	if err != nil {
		return nil, err
	}
	for i := range tables {
		t := &tables[i]
		for _, part := range []func(context.Context, *Tx, *Table) error{postgresColumns, postgresIndexes, postgresForeignKeys} {
			if err := part(ctx, tx, t); err != nil {
				return nil, err
			}
		}
	}
	return tables, nil
}

func postgresColumns(ctx context.Context, tx *Tx, t *Table) (err error) {
	t.Columns, err = All(ctx, tx, func(s Scanner) (c Column, err error) {
		var byDefault sql.NullString
		var sorted bool
		err = s.Scan(&c.Name, &c.Type, &c.NotNull, &byDefault, &sorted)
		c.Type, c.Default = commonType(c.Type), plainSQL(byDefault.String)
		if sorted {
			c.Type += " that does not compare bytewise"
		}
		return c, err
	}, `SELECT a.attname, format_type(a.atttypid, NULL), a.attnotnull, pg_get_expr(f.adbin, f.adrelid),
			coalesce(o.collcollate, CASE WHEN a.attcollation <> 0 THEN 'default' END, 'C') NOT IN ('C', 'POSIX')
			AND EXISTS (SELECT 1 FROM pg_index AS i WHERE i.indrelid = a.attrelid AND a.attnum = ANY (i.indkey))
		FROM pg_attribute AS a
		LEFT JOIN pg_attrdef AS f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
		LEFT JOIN pg_collation AS o ON o.oid = a.attcollation
		WHERE a.attrelid = to_regclass(quote_ident($1)) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`, t.Name)
	return err
}

func postgresIndexes(ctx context.Context, tx *Tx, t *Table) error {
	type part struct {
		index          Index
		primary, bound bool // bound: made by a constraint
		column         string
	}
	parts, err := All(ctx, tx, func(s Scanner) (p part, err error) {
		var name, where sql.NullString
		var desc bool
		err = s.Scan(&p.index.Name, &p.index.Unique, &where, &p.primary, &p.bound, &name, &desc)
		p.index.Where, p.column = plainSQL(where.String), indexColumn(name, desc)
		return p, err
	}, `SELECT c.relname, i.indisunique, pg_get_expr(i.indpred, i.indrelid), i.indisprimary,
			EXISTS (SELECT 1 FROM pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u')),
			a.attname, (i.indoption[n.k] & 1) <> 0
		FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
		CROSS JOIN LATERAL generate_series(0, i.indnkeyatts - 1) AS n(k)
		LEFT JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[n.k] AND a.attnum > 0
		WHERE i.indrelid = to_regclass(quote_ident($1)) ORDER BY c.relname, n.k`, t.Name)
	if err != nil {
		return err
	}
	for len(parts) > 0 {
		first := parts[0]
		n := slices.IndexFunc(parts, func(p part) bool { return p.index.Name != first.index.Name })
		if n < 0 {
			n = len(parts)
		}
		for _, p := range parts[:n] {
			first.index.Columns = append(first.index.Columns, p.column)
		}
		parts = parts[n:]
		switch {
		case first.primary:
			t.PrimaryKey = first.index.Columns
		case first.bound:
			t.Unique = append(t.Unique, first.index.Columns)
		default:
			t.Indexes = append(t.Indexes, first.index)
		}
	}
	return nil
}

func postgresForeignKeys(ctx context.Context, tx *Tx, t *Table) error {
	actions := map[string]string{"a": "no action", "r": "restrict", "c": "cascade", "n": "set null", "d": "set default"}
	var err error
	t.ForeignKeys, err = All(ctx, tx, func(s Scanner) (f ForeignKey, err error) {
		var from, to, action string
		err = s.Scan(&f.Table, &action, &from, &to)
		f.OnDelete = actions[action]
		f.Columns, f.To = strings.Split(from, ","), strings.Split(to, ",")
		return f, err
	}, `SELECT c.relname, k.confdeltype,
			(SELECT string_agg(a.attname, ',' ORDER BY n.k) FROM generate_subscripts(k.conkey, 1) AS n(k)
				JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[n.k]),
			(SELECT string_agg(a.attname, ',' ORDER BY n.k) FROM generate_subscripts(k.confkey, 1) AS n(k)
				JOIN pg_attribute AS a ON a.attrelid = k.confrelid AND a.attnum = k.confkey[n.k])
		FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.confrelid
		WHERE k.contype = 'f' AND k.conrelid = to_regclass(quote_ident($1))`, t.Name)
	return err
}
