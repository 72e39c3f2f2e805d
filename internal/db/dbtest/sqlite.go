package dbtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"hemvist/internal/db"
)

// sqliteTemplates are the bytes of a migrated file, made once in this process for each set of migrations.
var sqliteTemplates = struct {
	sync.Mutex
	bytes map[string][]byte
}{bytes: map[string][]byte{}}

// fingerprint tells sets of migrations apart.
func fingerprint(files fs.FS, schema string) (string, error) {
	sum := sha256.New()
	fmt.Fprintf(sum, "%q\n", schema)
	if files == nil {
		return "none", nil
	}
	err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, path)
		fmt.Fprintf(sum, "%q %d\n%s\n", path, len(text), text)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)[:10]), err
}

func freshSQLite(t testing.TB, o *db.Options) (string, error) {
	bytes, err := sqliteTemplate(o)
	if err != nil {
		return "", err
	}
	path := filepath.Join(t.TempDir(), "hemvist.db")
	if bytes != nil {
		err = os.WriteFile(path, bytes, 0o600)
		o.Migrations = db.Migrations{}
	}
	return "sqlite:" + path, err
}

// sqliteTemplate is a migrated file's bytes.
func sqliteTemplate(o *db.Options) ([]byte, error) {
	key, err := fingerprint(o.Migrations.SQLite, "")
	if err != nil {
		return nil, err
	}
	sqliteTemplates.Lock()
	defer sqliteTemplates.Unlock()
	if bytes, made := sqliteTemplates.bytes[key]; made {
		return bytes, nil
	}
	dir, err := os.MkdirTemp("", "hemvist-dbtest")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "template.db")
	d, err := db.Open(context.Background(), "sqlite:"+path, db.Options{Migrations: o.Migrations})
	if err != nil {
		return nil, err
	}
	// The last connection's close moves the log into the file.
	if err := d.Close(); err != nil {
		return nil, err
	}
	bytes, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	sqliteTemplates.bytes[key] = bytes
	return bytes, nil
}
