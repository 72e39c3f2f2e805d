package vault

import (
	"embed"
	"io/fs"

	"hemvist/internal/db"
)

//go:embed migrations
var embedded embed.FS

// Migrations are those of the key store, which is a database of its own: the SQLite file keys.db, or a schema of its own in
// PostgreSQL. The heads of the audit log live there too, so that whoever cuts the log's tail needs the key store as well.
func Migrations() db.Migrations {
	return db.Migrations{SQLite: folder("migrations/sqlite"), Postgres: folder("migrations/postgres")}
}

func folder(name string) fs.FS {
	sub, err := fs.Sub(embedded, name)
	if err != nil {
		panic(err) // only an invalid path can do this, and the two are constants
	}
	return sub
}
