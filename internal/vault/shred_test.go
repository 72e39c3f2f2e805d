package vault_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/errs"
	"hemvist/internal/vault"
)

func shred(t testing.TB, v *vault.Vault, owner, id string) {
	t.Helper()
	if err := v.Shred(t.Context(), owner, id, "retention.test"); err != nil {
		t.Fatalf("shred: %v", err)
	}
}

func TestShreddedOpensForNobody(t *testing.T) {
	each(t, func(t *testing.T, keys *db.DB, root vault.Root, v *vault.Vault) {
		o := mustNew(t, v, "owner", "s1", "s2")
		sealed, kept := mustSeal(t, o, "s1", "name", "Alma"), mustSeal(t, o, "s2", "name", "Bo")
		other := mustOpen(t, keys, root) // another instance, which has its owner key open
		wantOpens(t, mustSubjects(t, other, "owner", "s1"), "s1", "name", sealed, "Alma")

		shred(t, v, "owner", "s1")
		for _, instance := range []*vault.Vault{v, other, mustOpen(t, keys, root)} {
			after := mustSubjects(t, instance, "owner", "s1", "s2")
			_, err := after.Open("s1", "name", sealed)
			wantError(t, "open", err, vault.ErrShredded)
			if e := (*errs.Error)(nil); !errors.As(err, &e) || e.Kind != errs.NotFound || e.Key != "vault.shredded" {
				t.Errorf("the error is %v; a page needs its kind and key", err)
			}
			_, err = after.Seal("s1", "name", "x")
			wantError(t, "seal", err, vault.ErrShredded)
			wantOpens(t, after, "s2", "name", kept, "Bo")
			_, err = instance.NewSubject(t.Context(), "owner", "s1")
			wantError(t, "an id that comes back", err, vault.ErrShredded)
		}
		shred(t, v, "owner", "s1") // twice is fine
		if n := scalar[int](t, keys, `SELECT count(*) FROM subject_key WHERE subject_id = 's1'`); n != 0 {
			t.Error("the key is still there")
		}
	})
}

func TestShredRefuses(t *testing.T) {
	each(t, func(t *testing.T, keys *db.DB, _ vault.Root, v *vault.Vault) {
		mustNew(t, v, "owner", "s1")
		for _, c := range []struct{ owner, id string }{{"owner", "s9"}, {"other", "s1"}} {
			if err := v.Shred(t.Context(), c.owner, c.id, "test"); !errs.Is(err, errs.NotFound) {
				t.Errorf("shred %s of %s: %v, want NotFound", c.id, c.owner, err)
			}
		}
		if err := v.Shred(t.Context(), "owner", "s1", "Asked for by Alma Ek"); err == nil {
			t.Error("a free text was taken for a reason")
		}
		if n := scalar[int](t, keys, `SELECT count(*) FROM subject_key`); n != 1 {
			t.Error("a refused erasure destroyed a key")
		}
		if n := scalar[int](t, keys, `SELECT count(*) FROM tombstone`); n != 0 {
			t.Error("a refused erasure left a tombstone")
		}
	})
}

// restore puts key rows back as a backup from before an erasure would.
func restore(t *testing.T, keys *db.DB, wrapped []byte) {
	t.Helper()
	exec(t, keys, `DELETE FROM tombstone`)
	exec(t, keys, `INSERT INTO subject_key (subject_id, owner_id, wrapped, created_at)
		VALUES ('s1', 'owner', $1, '2026-01-01T00:00:00.000000Z')`, wrapped)
}

func TestRestoredKeysAreShreddedAgain(t *testing.T) {
	each(t, func(t *testing.T, keys *db.DB, root vault.Root, plain *vault.Vault) {
		path := filepath.Join(t.TempDir(), "erasures.jsonl")
		v := mustOpen(t, keys, root, vault.WithTombstones(path))
		o := mustNew(t, v, "owner", "s1", "s2")
		sealed, kept := mustSeal(t, o, "s1", "name", "Alma"), mustSeal(t, o, "s2", "name", "Bo")
		backup := scalar[[]byte](t, keys, `SELECT wrapped FROM subject_key WHERE subject_id = 's1'`)
		shred(t, v, "owner", "s1")
		var exported bytes.Buffer
		if n, err := v.ExportTombstones(t.Context(), &exported); err != nil || n != 1 {
			t.Fatalf("exported %d, %v", n, err)
		}
		file, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(file, exported.Bytes()) {
			t.Errorf("the file of erasures is %q, the export %q, %v", file, exported.Bytes(), err)
		}

		restore(t, keys, backup)
		wantOpens(t, mustSubjects(t, plain, "owner", "s1"), "s1", "name", sealed, "Alma") // the backup does undo it
		again := mustOpen(t, keys, root, vault.WithTombstones(path))
		if again.Replayed() != (vault.Replayed{Applied: 1}) {
			t.Errorf("replayed %+v", again.Replayed())
		}
		after := mustSubjects(t, again, "owner", "s1", "s2")
		_, err = after.Open("s1", "name", sealed)
		wantError(t, "open after the replay", err, vault.ErrShredded)
		wantOpens(t, after, "s2", "name", kept, "Bo")

		restore(t, keys, backup)
		got, err := plain.ReplayTombstones(t.Context(), &exported)
		if err != nil || got != (vault.Replayed{Applied: 1}) {
			t.Errorf("replayed by hand %+v, %v", got, err)
		}
		got, err = plain.ReplayTombstones(t.Context(), bytes.NewReader(file))
		if err != nil || got != (vault.Replayed{Known: 1}) {
			t.Errorf("replayed once more %+v, %v", got, err)
		}
	})
}

// A file of erasures cannot be used to erase: its lines are authentic or passed over.
func TestForgedErasuresArePassedOver(t *testing.T) {
	each(t, func(t *testing.T, keys *db.DB, _ vault.Root, v *vault.Vault) {
		mustNew(t, v, "owner", "s1", "s2")
		shred(t, v, "owner", "s1")
		var exported bytes.Buffer
		if _, err := v.ExportTombstones(t.Context(), &exported); err != nil {
			t.Fatal(err)
		}
		line := strings.TrimSpace(exported.String())
		forged := strings.Join([]string{
			strings.Replace(line, `"s1"`, `"s2"`, 1),
			strings.Replace(line, `"retention.test"`, `"another.reason"`, 1),
			line[:len(line)/2],
			"", "not json", `{}`,
			line,
		}, "\n")
		got, err := v.ReplayTombstones(t.Context(), strings.NewReader(forged))
		if err != nil || got != (vault.Replayed{Known: 1, Bad: 5}) {
			t.Errorf("replayed %+v, %v", got, err)
		}
		mustSeal(t, mustSubjects(t, v, "owner", "s2"), "s2", "name", "still there")
	})
}

// The file heals: erasures that it lacks are added, also after a line that a crash cut off.
func TestFileOfErasuresCatchesUp(t *testing.T) {
	each(t, func(t *testing.T, keys *db.DB, root vault.Root, other *vault.Vault) {
		path := filepath.Join(t.TempDir(), "erasures.jsonl")
		if err := os.WriteFile(path, []byte(`{"subject":"s1","own`), 0o600); err != nil {
			t.Fatal(err)
		}
		var ids []string
		for range 1100 { // more than two pages
			ids = append(ids, db.NewID())
		}
		mustNew(t, other, "owner", append(ids, "s1")...)
		exec(t, keys, `INSERT INTO tombstone (subject_id, owner_id, shredded_at, why)
			SELECT subject_id, owner_id, created_at, 'test' FROM subject_key`)
		exec(t, keys, `DELETE FROM subject_key`)
		v := mustOpen(t, keys, root, vault.WithTombstones(path))
		if v.Replayed() != (vault.Replayed{Bad: 1}) {
			t.Errorf("replayed %+v", v.Replayed())
		}
		got, err := v.SyncTombstones(t.Context())
		if err != nil || got != (vault.Replayed{Known: 1101, Bad: 1}) {
			t.Errorf("after catching up the file gives %+v, %v", got, err)
		}
	})
}

func TestShredSaysWhenTheFileCannotBeWritten(t *testing.T) {
	each(t, func(t *testing.T, keys *db.DB, root vault.Root, _ *vault.Vault) {
		folder := filepath.Join(t.TempDir(), "outside")
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, "erasures.jsonl")
		v := mustOpen(t, keys, root, vault.WithTombstones(path))
		mustNew(t, v, "owner", "s1")
		if err := os.Remove(folder); err != nil {
			t.Fatal(err)
		}
		if err := v.Shred(t.Context(), "owner", "s1", "test"); !errs.Is(err, errs.Unavailable) {
			t.Errorf("shred without its file: %v, want Unavailable", err)
		}
		if n := scalar[int](t, keys, `SELECT count(*) FROM subject_key`); n != 0 {
			t.Error("the key was kept")
		}
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		shred(t, v, "owner", "s1")
		if text, err := os.ReadFile(path); err != nil || !bytes.Contains(text, []byte(`"s1"`)) {
			t.Errorf("the second try wrote %q, %v", text, err)
		}
	})
}

// The whole way on SQLite: the key store's file is copied as a backup would, and put back after the erasure.
func TestRestoredKeyFile(t *testing.T) {
	url, opt := dbtest.Fresh(t, db.SQLite, dbtest.Migrations(vault.Migrations()))
	path := strings.TrimPrefix(url, "sqlite:")
	erasures := filepath.Join(t.TempDir(), "erasures.jsonl")
	root := vault.NewRoot()
	open := func() (*db.DB, *vault.Vault) {
		d, err := db.Open(context.Background(), url, opt)
		if err != nil {
			t.Fatal(err)
		}
		return d, mustOpen(t, d, root, vault.WithTombstones(erasures))
	}
	d, v := open()
	sealed := mustSeal(t, mustNew(t, v, "owner", "s1"), "s1", "name", "Alma")
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	copyFile(t, path, path+".backup")
	d, v = open()
	shred(t, v, "owner", "s1")
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	copyFile(t, path+".backup", path)
	d, v = open()
	defer d.Close()
	_, err := mustSubjects(t, v, "owner", "s1").Open("s1", "name", sealed)
	wantError(t, "open in the restored store", err, vault.ErrShredded)
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(out, in)
	if err := errors.Join(err, out.Close()); err != nil {
		t.Fatal(err)
	}
}
