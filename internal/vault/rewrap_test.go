package vault_test

import (
	"bytes"
	"testing"

	"hemvist/internal/db"
	"hemvist/internal/vault"
)

func TestRewrapChangesTheRootKeyAndNothingBeneath(t *testing.T) {
	each(t, func(t *testing.T, keys *db.DB, old vault.Root, v *vault.Vault) {
		one, two := mustNew(t, v, "owner1", "s1"), mustNew(t, v, "owner2", "s2")
		first, second := mustSeal(t, one, "s1", "name", "Alma"), mustSeal(t, two, "s2", "name", "Bo")
		before, err := v.SearchHashes(t.Context(), "owner1", []string{"alma"})
		if err != nil {
			t.Fatal(err)
		}
		derived := v.Derive("audit")
		other := mustOpen(t, keys, old) // goes on with the old root key, and has one owner open
		mustSubjects(t, other, "owner1", "s1")

		next := vault.NewRoot()
		if err := v.Rewrap(t.Context(), vault.Root{}); err == nil {
			t.Error("no root key was taken for a new one")
		}
		if err := v.Rewrap(t.Context(), next); err != nil {
			t.Fatal(err)
		}
		_, err = vault.Open(t.Context(), keys, old)
		wantError(t, "open with the old root key", err, vault.ErrWrongRoot)
		for name, instance := range map[string]*vault.Vault{"the one that rotated": v, "one started after": mustOpen(t, keys, next)} {
			wantOpens(t, mustSubjects(t, instance, "owner1", "s1"), "s1", "name", first, "Alma")
			wantOpens(t, mustSubjects(t, instance, "owner2", "s2"), "s2", "name", second, "Bo")
			after, err := instance.SearchHashes(t.Context(), "owner1", []string{"alma"})
			if err != nil || !bytes.Equal(after[0], before[0]) {
				t.Errorf("%s has other search hashes, %v", name, err)
			}
			if instance.Derive("audit") != derived {
				t.Errorf("%s has another audit key", name)
			}
			mustNew(t, instance, "new owner of "+name, db.NewID())
		}
		wantOpens(t, mustSubjects(t, other, "owner1", "s1"), "s1", "name", first, "Alma")
		_, err = other.Subjects(t.Context(), "owner2", []string{"s2"})
		wantError(t, "an owner that the old instance has not open", err, vault.ErrRootChanged)
		_, err = other.NewSubject(t.Context(), "owner3", "s3")
		wantError(t, "a new owner made with the old root key", err, vault.ErrRootChanged)
		wantError(t, "a rotation by the old instance", other.Rewrap(t.Context(), vault.NewRoot()), vault.ErrRootChanged)
	})
}

func TestRewrapLosesNoDamagedKey(t *testing.T) {
	each(t, func(t *testing.T, keys *db.DB, root vault.Root, v *vault.Vault) {
		mustNew(t, v, "owner1", "s1")
		mustNew(t, v, "owner2", "s2")
		exec(t, keys, `UPDATE owner_key SET wrapped = $1 WHERE owner_id = 'owner2'`, []byte("damaged"))
		wantError(t, "rewrap", v.Rewrap(t.Context(), vault.NewRoot()), vault.ErrBroken)
		// Nothing changed: the old root key still opens what it opened.
		again := mustOpen(t, keys, root)
		mustSeal(t, mustSubjects(t, again, "owner1", "s1"), "s1", "name", "x")
	})
}
