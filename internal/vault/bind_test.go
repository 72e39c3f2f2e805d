package vault_test

import (
	"context"
	"errors"
	"testing"

	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/vault"
)

func TestADatabaseKnowsItsKeyStore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		store := func() *vault.Vault {
			keys := dbtest.On(t, d.Dialect(), dbtest.Migrations(vault.Migrations()))
			v, err := vault.Open(ctx, keys, vault.NewRoot())
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		first, second := store(), store()
		for range 2 {
			if err := first.Bind(ctx, d); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			if err := second.Bind(ctx, d); !errors.Is(err, vault.ErrOtherKeys) {
				t.Errorf("another key store: %v", err)
			}
		}
	})
}
