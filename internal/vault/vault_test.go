package vault_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/errs"
	"hemvist/internal/vault"
)

// each runs a test on every engine, with an empty key store and a vault on it.
func each(t *testing.T, test func(t *testing.T, keys *db.DB, root vault.Root, v *vault.Vault)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, keys *db.DB) {
		root := vault.NewRoot()
		test(t, keys, root, mustOpen(t, keys, root))
	}, dbtest.Migrations(vault.Migrations()))
}

func mustOpen(t testing.TB, keys *db.DB, root vault.Root, options ...vault.Option) *vault.Vault {
	t.Helper()
	v, err := vault.Open(t.Context(), keys, root, options...)
	if err != nil {
		t.Fatalf("open the vault: %v", err)
	}
	return v
}

func mustNew(t testing.TB, v *vault.Vault, owner string, ids ...string) vault.Opener {
	t.Helper()
	o, err := v.NewSubjects(t.Context(), owner, ids)
	if err != nil {
		t.Fatalf("new subjects: %v", err)
	}
	return o
}

func mustSubjects(t testing.TB, v *vault.Vault, owner string, ids ...string) vault.Opener {
	t.Helper()
	o, err := v.Subjects(t.Context(), owner, ids)
	if err != nil {
		t.Fatalf("subjects: %v", err)
	}
	return o
}

func mustSeal(t testing.TB, o vault.Opener, id, field, text string) []byte {
	t.Helper()
	sealed, err := o.Seal(id, field, text)
	if err != nil {
		t.Fatalf("seal: %v", err)
	}
	return sealed
}

func wantOpens(t testing.TB, o vault.Opener, id, field string, sealed []byte, want string) {
	t.Helper()
	if got, err := o.Open(id, field, sealed); err != nil || got != want {
		t.Errorf("open %s of %s: %q, %v; want %q", field, id, got, err, want)
	}
}

func wantError(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: error %v, want %v", what, err, want)
	}
}

func exec(t testing.TB, d *db.DB, query string, args ...any) int64 {
	t.Helper()
	var n int64
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = tx.Exec(ctx, query, args...)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func scalar[T any](t testing.TB, d *db.DB, query string, args ...any) T {
	t.Helper()
	var v T
	err := d.Read(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		v, err = db.One(ctx, tx, db.Scalar[T], query, args...)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

func TestWrongRootKeyIsRefused(t *testing.T) {
	each(t, func(t *testing.T, keys *db.DB, root vault.Root, v *vault.Vault) {
		if !v.Fresh() {
			t.Error("an empty key store was not called fresh")
		}
		_, err := vault.Open(t.Context(), keys, vault.NewRoot())
		wantError(t, "open with another root key", err, vault.ErrWrongRoot)
		_, err = vault.Open(t.Context(), keys, vault.Root{})
		if err == nil || !strings.Contains(err.Error(), "no root key") {
			t.Errorf("open without a root key: %v", err)
		}
		if again := mustOpen(t, keys, root); again.Fresh() {
			t.Error("a key store that was there was called fresh")
		}
		exec(t, keys, `UPDATE house SET wrapped = $1`, []byte("damaged and much too short"))
		if _, err := vault.Open(t.Context(), keys, root); err == nil || errors.Is(err, vault.ErrWrongRoot) || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("open a damaged key store with the right root key: %v", err)
		}
	})
}

func TestManyInstancesOpenAnEmptyStoreAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, keys *db.DB) {
		root := vault.NewRoot()
		var wg sync.WaitGroup
		vaults, failed := make([]*vault.Vault, 6), make([]error, 6)
		for i := range vaults {
			wg.Go(func() { vaults[i], failed[i] = vault.Open(t.Context(), keys, root) })
		}
		wg.Wait()
		fresh := 0
		for i, v := range vaults {
			if failed[i] != nil {
				t.Fatalf("instance %d: %v", i, failed[i])
			}
			if v.Derive("x") != vaults[0].Derive("x") {
				t.Errorf("instance %d has another key of the house", i)
			}
			if v.Fresh() {
				fresh++
			}
		}
		if fresh != 1 {
			t.Errorf("%d instances made the key store, want 1", fresh)
		}
	}, dbtest.Migrations(vault.Migrations()))
}

func TestDeriveKeepsPurposesApart(t *testing.T) {
	each(t, func(t *testing.T, keys *db.DB, root vault.Root, v *vault.Vault) {
		if v.Derive("a") == v.Derive("b") {
			t.Error("two purposes have the same key")
		}
		if mustOpen(t, keys, root).Derive("a") != v.Derive("a") {
			t.Error("a purpose's key changed at the next start")
		}
		o := mustNew(t, v, "owner", "s1", "s2")
		one, err := o.Derive("s1", "film")
		if err != nil {
			t.Fatal(err)
		}
		two, _ := o.Derive("s2", "film")
		other, _ := o.Derive("s1", "sound")
		again, _ := mustSubjects(t, v, "owner", "s1").Derive("s1", "film")
		if one == two || one == other || one != again {
			t.Error("a subject's derived keys are not apart, or not lasting")
		}
		_, err = o.Derive("s3", "film")
		wantError(t, "derive of an unknown subject", err, vault.ErrNoKey)
	})
}

func TestManyInstancesMakeAnOwnerAndSubjectsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, keys *db.DB, root vault.Root, _ *vault.Vault) {
		const instances = 8
		sealed, failed := make([][]byte, instances), make([]error, instances)
		var wg sync.WaitGroup
		for i := range instances {
			v := mustOpen(t, keys, root)
			wg.Go(func() {
				// The same subject by all, and one of its own.
				o, err := v.NewSubjects(t.Context(), "owner", []string{"shared", string(rune('a' + i))})
				if err == nil {
					sealed[i], err = o.Seal("shared", "name", "Alma Ek")
				}
				failed[i] = err
			})
		}
		wg.Wait()
		o := mustSubjects(t, mustOpen(t, keys, root), "owner", "shared")
		for i := range instances {
			if failed[i] != nil {
				t.Fatalf("instance %d: %v", i, failed[i])
			}
			wantOpens(t, o, "shared", "name", sealed[i], "Alma Ek")
		}
		if n := scalar[int](t, keys, `SELECT count(*) FROM owner_key`); n != 1 {
			t.Errorf("%d keys of one owner", n)
		}
		if n := scalar[int](t, keys, `SELECT count(*) FROM subject_key`); n != instances+1 {
			t.Errorf("%d keys of subjects, want %d", n, instances+1)
		}
	})
}

func TestSubjectsTakeOneQuery(t *testing.T) {
	each(t, func(t *testing.T, keys *db.DB, _ vault.Root, v *vault.Vault) {
		var ids []string
		for range 300 {
			ids = append(ids, db.NewID())
		}
		mustNew(t, v, "owner", ids...)
		ctx, count := db.CountQueries(t.Context())
		o, err := v.Subjects(ctx, "owner", ids[:16])
		if err != nil {
			t.Fatal(err)
		}
		if count.N() != 1 {
			t.Errorf("16 subjects took %d queries, want 1", count.N())
		}
		for _, id := range ids[:16] {
			wantOpens(t, o, id, "name", mustSeal(t, o, id, "name", "Bo"), "Bo")
		}
		_, err = o.Seal(ids[16], "name", "Bo")
		wantError(t, "seal with a key that was not asked for", err, vault.ErrNoKey)
		all := mustSubjects(t, v, "owner", ids...)
		for _, id := range ids {
			mustSeal(t, all, id, "name", "Bo")
		}
		ctx, count = db.CountQueries(t.Context())
		if _, err := v.Subjects(ctx, "owner", nil); err != nil || count.N() != 0 {
			t.Errorf("no subjects took %d queries, %v", count.N(), err)
		}
	})
}

func TestSubjectsOfOthersStayShut(t *testing.T) {
	each(t, func(t *testing.T, keys *db.DB, _ vault.Root, v *vault.Vault) {
		mine := mustNew(t, v, "mine", "s1")
		sealed := mustSeal(t, mine, "s1", "name", "Alma")
		mustNew(t, v, "theirs", "s2")
		for _, owner := range []string{"theirs", "nobody"} {
			_, err := mustSubjects(t, v, owner, "s1").Open("s1", "name", sealed)
			wantError(t, "open as "+owner, err, vault.ErrNoKey)
		}
		_, err := v.NewSubject(t.Context(), "theirs", "s1")
		if !errs.Is(err, errs.Conflict) {
			t.Errorf("another's subject made again: %v, want a conflict", err)
		}
		// The same id again is the same key.
		again, err := v.NewSubject(t.Context(), "mine", "s1")
		if err != nil {
			t.Fatal(err)
		}
		wantOpens(t, again, "s1", "name", sealed, "Alma")
		for _, id := range []string{"", strings.Repeat("x", 200)} {
			if _, err := v.NewSubject(t.Context(), "mine", id); err == nil {
				t.Errorf("a key for the id %.10q was made", id)
			}
			if _, err := v.NewSubject(t.Context(), id, "s9"); err == nil {
				t.Errorf("a key for the owner %.10q was made", id)
			}
		}
	})
}

// A key row moved to another subject or owner does not open, and spoils no other subject of the page.
func TestKeyRowsCannotBeSwapped(t *testing.T) {
	each(t, func(t *testing.T, keys *db.DB, root vault.Root, v *vault.Vault) {
		o := mustNew(t, v, "owner", "s1", "s2", "s3")
		kept := mustSeal(t, o, "s3", "name", "Carl")
		key := scalar[[]byte](t, keys, `SELECT wrapped FROM subject_key WHERE subject_id = 's1'`)
		exec(t, keys, `UPDATE subject_key SET wrapped = $1 WHERE subject_id = 's2'`, key)
		after := mustSubjects(t, v, "owner", "s2", "s3")
		_, err := after.Seal("s2", "name", "x")
		wantError(t, "seal with a swapped key", err, vault.ErrBroken)
		wantOpens(t, after, "s3", "name", kept, "Carl")

		mustNew(t, v, "other", "t1")
		exec(t, keys, `UPDATE owner_key SET wrapped = $1 WHERE owner_id = 'owner'`,
			scalar[[]byte](t, keys, `SELECT wrapped FROM owner_key WHERE owner_id = 'other'`))
		_, err = mustOpen(t, keys, root).Subjects(t.Context(), "owner", []string{"s3"})
		wantError(t, "a swapped owner key", err, vault.ErrBroken)
	})
}

func TestSearchHashes(t *testing.T) {
	each(t, func(t *testing.T, keys *db.DB, root vault.Root, v *vault.Vault) {
		hashes := func(v *vault.Vault, owner string, words ...string) [][]byte {
			h, err := v.SearchHashes(t.Context(), owner, words)
			if err != nil {
				t.Fatal(err)
			}
			return h
		}
		h := hashes(v, "owner", db.Words("Åsa Åkerlind-Asa, ÅSA")...)
		if len(h) != 3 || len(h[0]) != 16 {
			t.Fatalf("%d hashes, the first of %d bytes", len(h), len(h[0]))
		}
		if bytes.Equal(h[0], h[2]) {
			t.Error("å and a have the same hash")
		}
		if !bytes.Equal(h[0], hashes(v, "owner", "A\u030aSA")[0]) {
			t.Error("a word that is not folded has another hash")
		}
		if !bytes.Equal(h[0], hashes(mustOpen(t, keys, root), "owner", "åsa")[0]) {
			t.Error("the hash changed at the next start")
		}
		if bytes.Equal(h[0], hashes(v, "other", "åsa")[0]) {
			t.Error("two owners have the same hash")
		}
	})
}
