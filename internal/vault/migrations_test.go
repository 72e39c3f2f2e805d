package vault_test

import (
	"testing"

	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/vault"
)

func TestMigrationsEndAlikeOnBothEngines(t *testing.T) {
	var first db.Dialect
	schemas := map[db.Dialect]string{}
	for i, dialect := range dbtest.Engines() {
		if i == 0 {
			first = dialect
		}
		s, err := dbtest.On(t, dialect, dbtest.Migrations(vault.Migrations())).Schema(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		schemas[dialect] = s.String()
		if len(s) < 6 {
			t.Errorf("%s has %d tables", dialect, len(s))
		}
		if schemas[dialect] != schemas[first] {
			t.Errorf("the schemas differ.\n%s:\n%s\n%s:\n%s", first, schemas[first], dialect, schemas[dialect])
		}
	}
}

// The key store lives in a schema of its own beside the house's tables, in one PostgreSQL database.
func TestKeyStoreInASchemaOfItsOwn(t *testing.T) {
	for _, dialect := range dbtest.Engines() {
		if dialect != db.Postgres {
			continue // a SQLite file is one's own
		}
		url, opt := dbtest.Fresh(t, dialect)
		house, err := db.Open(t.Context(), url, opt)
		if err != nil {
			t.Fatal(err)
		}
		defer house.Close()
		keys, err := db.Open(t.Context(), url, db.Options{Migrations: vault.Migrations(), Schema: "vault"})
		if err != nil {
			t.Fatal(err)
		}
		defer keys.Close()
		v := mustOpen(t, keys, vault.NewRoot())
		mustNew(t, v, "owner", "s1")
		if n := scalar[int](t, house, `SELECT count(*) FROM vault.subject_key`); n != 1 {
			t.Errorf("%d keys in the schema", n)
		}
		if n := scalar[int](t, house, `SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public' AND table_name = 'subject_key'`); n != 0 {
			t.Error("the key store's tables stand among the house's")
		}
	}
}
