package vault_test

import (
	"testing"

	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/vault"
)

// The participants of one round, with name and contact each.
const roundSize = 16

func benchVault(b *testing.B, dialect db.Dialect) (*vault.Vault, []string, [][2][]byte) {
	b.Helper()
	v := mustOpen(b, dbtest.On(b, dialect, dbtest.Migrations(vault.Migrations())), vault.NewRoot())
	ids, sealed := make([]string, roundSize), make([][2][]byte, roundSize)
	for i := range ids {
		ids[i] = db.NewID()
		o := mustNew(b, v, "owner", ids[i])
		sealed[i] = [2][]byte{mustSeal(b, o, ids[i], "name", "Alma Ek"), mustSeal(b, o, ids[i], "contact", "alma.ek@exempel.invalid")}
	}
	return v, ids, sealed
}

func BenchmarkOpenRound(b *testing.B) {
	for _, dialect := range dbtest.Engines() {
		b.Run(dialect.String(), func(b *testing.B) {
			v, ids, sealed := benchVault(b, dialect)
			b.ReportAllocs()
			for b.Loop() {
				o := mustSubjects(b, v, "owner", ids...)
				for i, id := range ids {
					wantOpens(b, o, id, "name", sealed[i][0], "Alma Ek")
					wantOpens(b, o, id, "contact", sealed[i][1], "alma.ek@exempel.invalid")
				}
			}
		})
	}
}

func BenchmarkField(b *testing.B) {
	v, ids, sealed := benchVault(b, db.SQLite)
	o := mustSubjects(b, v, "owner", ids[0])
	b.Run("seal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			mustSeal(b, o, ids[0], "name", "Alma Ek")
		}
	})
	b.Run("open", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			wantOpens(b, o, ids[0], "name", sealed[0][0], "Alma Ek")
		}
	})
}

func BenchmarkNewSubject(b *testing.B) {
	for _, dialect := range dbtest.Engines() {
		b.Run(dialect.String(), func(b *testing.B) {
			v := mustOpen(b, dbtest.On(b, dialect, dbtest.Migrations(vault.Migrations())), vault.NewRoot())
			for b.Loop() {
				mustNew(b, v, "owner", db.NewID())
			}
		})
	}
}
