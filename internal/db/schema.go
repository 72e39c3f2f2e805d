package db

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Schema describes a database's tables in words that both engines share, sorted, so that two can be compared.
type Schema []Table

// Table is one table.
type Table struct {
	Name        string
	Columns     []Column // in their order in the table
	PrimaryKey  []string
	Unique      [][]string // unique constraints
	Indexes     []Index    // made by CREATE INDEX
	ForeignKeys []ForeignKey
	Checks      int // how many CHECK constraints; the engines write the same one differently
}

// Column is one column. Type is text, integer, real or blob, or the engine's own word for what is none of them. A PostgreSQL
// text in a key or index that does not compare bytewise says so in its type.
type Column struct {
	Name    string
	Type    string
	NotNull bool
	Default string
}

// Index is one index.
type Index struct {
	Name    string
	Columns []string // with " desc" after a descending one; "(expression)" for what is no column
	Unique  bool
	Where   string // of a partial index, without spaces and brackets
}

// ForeignKey is one reference.
type ForeignKey struct {
	Columns, To []string
	Table       string
	OnDelete    string // "no action", "restrict", "cascade", "set null" or "set default"
}

// String lists the schema, a line for each thing.
func (s Schema) String() string {
	var b strings.Builder
	for _, t := range s {
		fmt.Fprintf(&b, "table %s primary key %v, %d checks\n", t.Name, t.PrimaryKey, t.Checks)
		for _, c := range t.Columns {
			fmt.Fprintf(&b, "  %s.%s %s not null %v default %q\n", t.Name, c.Name, c.Type, c.NotNull, c.Default)
		}
		for _, u := range t.Unique {
			fmt.Fprintf(&b, "  %s unique %v\n", t.Name, u)
		}
		for _, i := range t.Indexes {
			fmt.Fprintf(&b, "  %s index %s %v unique %v where %q\n", t.Name, i.Name, i.Columns, i.Unique, i.Where)
		}
		for _, f := range t.ForeignKeys {
			fmt.Fprintf(&b, "  %s %v references %s %v on delete %s\n", t.Name, f.Columns, f.Table, f.To, f.OnDelete)
		}
	}
	return b.String()
}

// Schema describes the database as it is, without goose's own table. On PostgreSQL: the tables of the one schema that is open.
func (d *DB) Schema(ctx context.Context) (Schema, error) {
	var s Schema
	describe := describeSQLite
	if d.dialect == Postgres {
		describe = describePostgres
	}
	err := d.Read(ctx, func(ctx context.Context, tx *Tx) error {
		tables, err := describe(ctx, tx)
		s = tables
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("describe the schema: %w", err)
	}
	for i := range s {
		s[i].sort()
	}
	return s, nil
}

func (t *Table) sort() {
	slices.SortFunc(t.Unique, slices.Compare[[]string])
	slices.SortFunc(t.Indexes, func(a, b Index) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(t.ForeignKeys, func(a, b ForeignKey) int {
		return cmp.Or(slices.Compare(a.Columns, b.Columns), cmp.Compare(a.Table, b.Table))
	})
}

// commonType is the word for a type that both engines share.
func commonType(t string) string {
	switch t = strings.ToLower(t); t {
	case "text":
		return "text"
	case "integer", "int", "bigint", "smallint":
		return "integer"
	case "real", "double precision":
		return "real"
	case "blob", "bytea":
		return "blob"
	default:
		return t
	}
}

var (
	casts   = regexp.MustCompile(`::[a-z ]+(\[\])?`)
	anyOf   = regexp.MustCompile(`=ANYARRAY\[([^\]]*)\]`)
	clutter = strings.NewReplacer("(", "", ")", "", " ", "", "\n", "", "\t", "", "!=", "<>")
)

// plainSQL makes two engines' ways of writing one expression the same, as far as defaults and partial indexes need it.
func plainSQL(s string) string {
	return anyOf.ReplaceAllString(clutter.Replace(casts.ReplaceAllString(s, "")), "IN$1")
}
