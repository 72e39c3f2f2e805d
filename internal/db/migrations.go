package db

import (
	"embed"
	"io/fs"
)

//go:embed migrations
var embedded embed.FS

// Migrations are goose SQL files, one folder an engine, with the same names and numbers in both.
type Migrations struct{ SQLite, Postgres fs.FS }

// Embedded are the migrations of the house itself.
func Embedded() Migrations {
	return Migrations{SQLite: folder("migrations/sqlite"), Postgres: folder("migrations/postgres")}
}

func folder(name string) fs.FS {
	sub, err := fs.Sub(embedded, name)
	if err != nil {
		panic(err) // only an invalid path can do this, and the two are constants
	}
	return sub
}

func (m Migrations) of(d Dialect) fs.FS {
	if d == Postgres {
		return m.Postgres
	}
	return m.SQLite
}
