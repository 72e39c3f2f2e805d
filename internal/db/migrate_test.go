package db_test

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
)

// numbered are migrations with the same text for both engines.
func numbered(texts ...string) db.Migrations {
	files := fstest.MapFS{}
	for i, text := range texts {
		files["000"+string(rune('1'+i))+"_test.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + text)}
	}
	return db.Migrations{SQLite: files, Postgres: files}
}

// eachUnopened runs a test on every engine with the address of an empty database.
func eachUnopened(t *testing.T, test func(t *testing.T, dialect db.Dialect, url string)) {
	t.Helper()
	for _, dialect := range dbtest.Engines() {
		t.Run(dialect.String(), func(t *testing.T) {
			url, _ := dbtest.Fresh(t, dialect, dbtest.Migrations(db.Migrations{}))
			test(t, dialect, url)
		})
	}
}

func open(t *testing.T, url string, m db.Migrations) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), url, db.Options{Migrations: m})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func TestInstancesThatStartAtOnce(t *testing.T) {
	m := numbered("CREATE TABLE a (id INTEGER PRIMARY KEY);", "CREATE TABLE b (id INTEGER PRIMARY KEY); INSERT INTO b (id) VALUES (1);")
	eachUnopened(t, func(t *testing.T, _ db.Dialect, url string) {
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				d, err := db.Open(context.Background(), url, db.Options{Migrations: m, Schema: "own"})
				if err != nil {
					t.Error(err)
					return
				}
				if n := number(t, d, "SELECT count(*) FROM b"); n != 1 {
					t.Errorf("the migration ran %d times", n)
				}
				if err := d.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	})
}

func TestMigrationThatFails(t *testing.T) {
	first := "CREATE TABLE a (id INTEGER PRIMARY KEY);"
	eachUnopened(t, func(t *testing.T, _ db.Dialect, url string) {
		_, err := db.Open(t.Context(), url, db.Options{Migrations: numbered(first, "CREATE TABLE b (id INTEGER PRIMARY KEY); INSERT INTO nowhere (id) VALUES (1);")})
		if err == nil {
			t.Fatal("a broken migration went through")
		}
		d := open(t, url, numbered(first))
		s, err := d.Schema(t.Context())
		if err != nil || len(s) != 1 || s[0].Name != "a" {
			t.Errorf("a broken migration left %v (%v)", s, err)
		}
		// Mended, it goes through.
		mended := open(t, url, numbered(first, "CREATE TABLE b (id INTEGER PRIMARY KEY);"))
		mustExec(t, mended, "INSERT INTO b (id) VALUES (1)")
	})
}

func TestDatabaseOfALaterVersionIsRefused(t *testing.T) {
	first := "CREATE TABLE a (id INTEGER PRIMARY KEY);"
	eachUnopened(t, func(t *testing.T, _ db.Dialect, url string) {
		open(t, url, numbered(first, "CREATE TABLE b (id INTEGER PRIMARY KEY);"))
		if _, err := db.Open(t.Context(), url, db.Options{Migrations: numbered(first)}); err == nil || !strings.Contains(err.Error(), "migration 2") {
			t.Errorf("an older version opened it: %v", err)
		}
	})
}

func TestMigrationMakesATableAnew(t *testing.T) {
	first := "CREATE TABLE a (id INTEGER PRIMARY KEY, old TEXT); CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a (id) ON DELETE CASCADE);"
	anew := "CREATE TABLE a_new (id INTEGER PRIMARY KEY); INSERT INTO a_new (id) SELECT id FROM a; DROP TABLE a; ALTER TABLE a_new RENAME TO a;"
	path := "sqlite:" + t.TempDir() + "/hemvist.db"
	d := open(t, path, numbered(first))
	mustExec(t, d, "INSERT INTO a (id) VALUES (1)")
	mustExec(t, d, "INSERT INTO b (id, a_id) VALUES (1, 1)")
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	d = open(t, path, numbered(first, anew))
	if n := number(t, d, "SELECT count(*) FROM b JOIN a ON a.id = b.a_id"); n != 1 {
		t.Errorf("%d references hold, want 1", n)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Open(t.Context(), path, db.Options{Migrations: numbered(first, anew, "DELETE FROM a;")}); err == nil {
		t.Error("a migration that broke a reference went through")
	}
}

// endless is a migration that makes a table and then does not end: on PostgreSQL it waits for a lock that the test holds, on SQLite
// it fills the table until it is killed.
var endless = db.Migrations{
	SQLite: fstest.MapFS{"0001_test.sql": &fstest.MapFile{Data: []byte(`-- +goose Up
CREATE TABLE half (id INTEGER PRIMARY KEY, filler TEXT);
INSERT INTO half (id, filler) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, hex(randomblob(100)) FROM n;
`)}},
	Postgres: fstest.MapFS{"0001_test.sql": &fstest.MapFile{Data: []byte(`-- +goose Up
CREATE TABLE half (id INTEGER PRIMARY KEY);
SELECT pg_advisory_xact_lock(77);
`)}},
}

// childMigrates is the process that is killed.
func childMigrates(url string) error {
	_, err := db.Open(context.Background(), url, db.Options{Migrations: endless})
	return err
}

func TestMigrationKilledHalfWay(t *testing.T) {
	eachUnopened(t, func(t *testing.T, dialect db.Dialect, url string) {
		release := func() {}
		var half func() bool
		if dialect == db.Postgres {
			held := make(chan struct{})
			var all sync.WaitGroup
			watcher := open(t, url, db.Migrations{})
			release = sync.OnceFunc(func() { close(held); all.Wait() })
			t.Cleanup(release)
			locked := make(chan struct{})
			all.Go(func() {
				err := watcher.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
					_, err := db.All(ctx, tx, func(db.Scanner) (int, error) { return 0, nil }, "SELECT pg_advisory_xact_lock(77)")
					close(locked)
					<-held
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
			<-locked
			half = func() bool {
				return number(t, watcher, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 77 AND NOT granted") > 0
			}
		} else {
			log := strings.TrimPrefix(url, "sqlite:") + "-wal"
			half = func() bool { // what does not fit into memory is in the log before it is committed
				info, err := os.Stat(log)
				return err == nil && info.Size() > 1<<20
			}
		}
		child := startChild(t, "migrate", url)
		until(half)
		child.kill()
		child.gone()
		release()
		d := open(t, url, numbered("CREATE TABLE whole (id INTEGER PRIMARY KEY);"))
		s, err := d.Schema(t.Context())
		if err != nil || len(s) != 1 || s[0].Name != "whole" {
			t.Errorf("a killed migration left %v (%v)", s, err)
		}
		mustExec(t, d, "INSERT INTO whole (id) VALUES (1)")
	})
}

// The test's own program, run again as a child that can be killed.
const (
	childVar    = "HEMVIST_DB_TEST_CHILD"
	childURLVar = "HEMVIST_DB_TEST_CHILD_URL"
)

func TestMain(m *testing.M) {
	run := map[string]func(string) error{"migrate": childMigrates, "write": childWrites}[os.Getenv(childVar)]
	if run == nil {
		os.Exit(m.Run())
	}
	if err := run(os.Getenv(childURLVar)); err != nil {
		_, _ = os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
}

type child struct {
	t     *testing.T
	cmd   *exec.Cmd
	lines *bufio.Scanner // its output
}

func startChild(t *testing.T, what, url string) *child {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVar+"="+what, childURLVar+"="+url)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	c := &child{t: t, cmd: cmd, lines: bufio.NewScanner(out)}
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // when the test has failed before it did
	return c
}

// kill kills the child with signal 9 and waits until it is gone.
func (c *child) kill() {
	if err := c.cmd.Process.Kill(); err != nil {
		c.t.Errorf("the child had ended by itself: %v", err)
	}
}

// gone waits for the child's end, when its output has been read.
func (c *child) gone() { _ = c.cmd.Wait() }
