package db_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/errs"
)

// crashes is how often each crash test kills: HEMVIST_CRASHES, or 5.
func crashes(t *testing.T) int {
	text := os.Getenv("HEMVIST_CRASHES")
	if text == "" {
		return 5
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("HEMVIST_CRASHES=%q is no number of crashes", text)
	}
	return n
}

const clients = 32

var errChangedItsMind = errors.New("the function changed its mind")

// pair writes two rows that belong together. Every seventh changes its mind in between, and must leave nothing.
func pair(ctx context.Context, d *db.DB, key string, n int) error {
	return d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, "INSERT INTO place (id, seats) VALUES ($1, 1)", key); err != nil {
			return err
		}
		if n%7 == 3 {
			return errChangedItsMind
		}
		_, err := tx.Exec(ctx, "INSERT INTO booking (id, place_id, who) VALUES ($1, $1, 'somebody')", key)
		return err
	})
}

// childWrites is the process that is killed: 32 clients write for ever, and say what was acknowledged.
func childWrites(url string) error {
	d, err := db.Open(context.Background(), url, db.Options{})
	if err != nil {
		return err
	}
	var out sync.Mutex
	failed := make(chan error)
	for client := range clients {
		go func() {
			for n := 0; ; n++ {
				key := fmt.Sprintf("%d-%d-%d", os.Getpid(), client, n)
				switch err := pair(context.Background(), d, key, n); {
				case err == nil:
					out.Lock()
					_, _ = os.Stdout.WriteString(key + "\n") // to a parent that may have killed us
					out.Unlock()
				case !errors.Is(err, errChangedItsMind):
					failed <- err
				}
			}
		}()
	}
	return <-failed
}

// stored are the keys of whole pairs; half a pair is an error.
func stored(t *testing.T, d *db.DB) map[string]bool {
	t.Helper()
	if n := number(t, d, "SELECT count(*) FROM place WHERE id NOT IN (SELECT id FROM booking)"); n != 0 {
		t.Errorf("%d functions are stored by half", n)
	}
	if n := number(t, d, "SELECT count(*) FROM booking WHERE place_id NOT IN (SELECT id FROM place)"); n != 0 {
		t.Errorf("%d references lead nowhere", n)
	}
	keys := map[string]bool{}
	err := d.Read(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		all, err := db.All(ctx, tx, db.Scalar[string], "SELECT id FROM booking")
		for _, key := range all {
			keys[key] = true
		}
		if err != nil || d.Dialect() == db.Postgres {
			return err
		}
		sound, err := db.One(ctx, tx, db.Scalar[string], "PRAGMA integrity_check")
		if sound != "ok" {
			t.Errorf("the file is damaged: %s", sound)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// TestProcessKilledWhileWriting kills -9 a process with 32 writing clients, again and again, on one database.
func TestProcessKilledWhileWriting(t *testing.T) {
	for _, dialect := range dbtest.Engines() {
		t.Run(dialect.String(), func(t *testing.T) {
			url, o := dbtest.Fresh(t, dialect, tables)
			acknowledged := map[string]bool{}
			for crash := range crashes(t) {
				child := startChild(t, "write", url)
				// Later each time, so that the kills meet recovery, the first commits, checkpoints.
				for n := 0; child.lines.Scan(); n++ {
					acknowledged[child.lines.Text()] = true
					if n == 20+crash*97%1500 {
						child.kill()
					}
				}
				child.gone()
				d, err := db.Open(t.Context(), url, o)
				if err != nil {
					t.Fatalf("after crash %d: %v", crash, err)
				}
				kept := stored(t, d)
				for key := range acknowledged {
					if !kept[key] {
						t.Errorf("crash %d lost %s, which was acknowledged", crash, key)
					}
				}
				if most := len(acknowledged) + (crash+1)*clients; len(kept) > most {
					t.Errorf("crash %d: %d are stored, and at most %d were asked for", crash, len(kept), most)
				}
				for key := range kept {
					acknowledged[key] = true // found once, it may not be lost at the next
				}
				if err := d.Close(); err != nil {
					t.Error(err)
				}
			}
			if len(acknowledged) < crashes(t)*20 {
				t.Errorf("only %d writes: the children did not write", len(acknowledged))
			}
		})
	}
}

// outcome is what a client was told.
type outcome struct {
	acknowledged, unknown map[string]bool
	refused               map[string]error
}

// writeUntilItFails runs 32 clients until each has met a failure, and calls meanwhile once that many writes are acknowledged.
func writeUntilItFails(t *testing.T, d *db.DB, round, acks int, meanwhile func()) outcome {
	var mu sync.Mutex
	o := outcome{map[string]bool{}, map[string]bool{}, map[string]error{}}
	enough := make(chan struct{})
	var all sync.WaitGroup
	for client := range clients {
		all.Go(func() {
			for n := 0; ; n++ {
				key := fmt.Sprintf("%d-%d-%d", round, client, n)
				err := pair(t.Context(), d, key, n)
				mu.Lock()
				switch {
				case err == nil:
					if o.acknowledged[key] = true; len(o.acknowledged) == acks {
						close(enough)
					}
				case errors.Is(err, db.ErrOutcomeUnknown):
					o.unknown[key] = true
				default:
					o.refused[key] = err
				}
				mu.Unlock()
				if err != nil && !errors.Is(err, errChangedItsMind) {
					if !errs.Is(err, errs.Unavailable) {
						t.Errorf("the failure is of kind %v: %v", errs.KindOf(err), err)
					}
					return
				}
			}
		})
	}
	over := make(chan struct{})
	go func() { defer close(over); all.Wait() }()
	select {
	case <-enough:
	case <-over:
		t.Fatalf("every client failed before %d writes were acknowledged: %v", acks, o.refused)
	}
	meanwhile()
	select {
	case <-over:
	case <-time.After(2 * time.Minute):
		t.Fatal("a client still waits for an answer two minutes after the failure")
	}
	return o
}

func (o outcome) check(t *testing.T, kept map[string]bool) {
	t.Helper()
	for key := range o.acknowledged {
		if !kept[key] {
			t.Errorf("%s was acknowledged and is lost", key)
		}
	}
	for key, err := range o.refused {
		if kept[key] {
			t.Errorf("%s was refused for certain and is stored: %v", key, err)
		}
	}
}

// TestServerKilledWhileWriting kills -9 every process of a PostgreSQL server of its own, where one is installed.
func TestServerKilledWhileWriting(t *testing.T) {
	server := dbtest.NewCluster(t)
	if server == nil {
		t.Log("PostgreSQL is not installed here")
		return
	}
	d, err := db.Open(t.Context(), server.URL(), withTables())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	seen := 0
	for crash := range crashes(t) {
		o := writeUntilItFails(t, d, crash, 20+crash*97%1500, server.Kill)
		server.Start()
		kept := stored(t, d) // the same open database, on new connections
		o.check(t, kept)
		if len(kept) < seen+len(o.acknowledged) {
			t.Errorf("crash %d lost what an earlier one had kept", crash)
		}
		seen = len(kept)
	}
}

func withTables() db.Options {
	var o db.Options
	tables(&o)
	return o
}

// TestDiskFailsWhileWriting breaks SQLite's fsync, and fills its disk, under 32 writing clients.
func TestDiskFailsWhileWriting(t *testing.T) {
	for name, fail := range map[string]func(*dbtest.Disk){
		"fsync":     func(disk *dbtest.Disk) { disk.FailSyncs(1 << 30) },
		"disk full": func(disk *dbtest.Disk) { disk.Full(true) },
	} {
		t.Run(name, func(t *testing.T) {
			disk := dbtest.NewDisk(t)
			url, o := dbtest.Fresh(t, db.SQLite, tables, dbtest.OnDisk(disk))
			d, err := db.Open(t.Context(), url, o)
			if err != nil {
				t.Fatal(err)
			}
			for round := range 3 {
				told := writeUntilItFails(t, d, round, 200, func() { fail(disk) })
				if number(t, d, "SELECT count(*) FROM place") < len(told.acknowledged) {
					t.Error("what is stored cannot be read while the disk fails")
				}
				disk.FailSyncs(0)
				disk.Full(false)
				told.check(t, stored(t, d))
				// The same open database goes on.
				if err := pair(t.Context(), d, fmt.Sprintf("after %d", round), 0); err != nil {
					t.Errorf("after the disk was mended: %v", err)
				}
				if name == "disk full" && len(told.unknown) > 0 {
					t.Errorf("%d outcomes are unknown; a full disk is known before the commit is written", len(told.unknown))
				}
			}
			if err := d.Close(); err != nil {
				t.Error(err)
			}
			reopened, err := db.Open(t.Context(), url, db.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer reopened.Close()
			if kept := stored(t, reopened); !strings.Contains(fmt.Sprint(kept), "after 2") {
				t.Error("the last write was lost at the reopening")
			}
		})
	}
}

// TestPowerCutWhileWriting takes images of the files as a power cut could leave them, with 32 writing clients and checkpoints.
func TestPowerCutWhileWriting(t *testing.T) {
	disk := dbtest.NewDisk(t)
	disk.Remember()
	o := withTables()
	dbtest.OnDisk(disk)(&o)
	d, err := db.Open(t.Context(), "sqlite:"+t.TempDir()+"/hemvist.db", o) // made on this disk, which so has seen everything
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var acknowledged []string
	cuts := crashes(t)
	for cut := range cuts {
		image := t.TempDir()
		told := writeSome(t, d, cut, 20+cut*97%1500, func(before []string) {
			if err := disk.PowerCut(image); err != nil {
				t.Error(err)
			}
			acknowledged = append(acknowledged, before...)
		})
		restored, err := db.Open(t.Context(), "sqlite:"+image+"/hemvist.db", db.Options{})
		if err != nil {
			t.Fatalf("after cut %d: %v", cut, err)
		}
		kept := stored(t, restored)
		for _, key := range acknowledged {
			if !kept[key] {
				t.Errorf("cut %d lost %s, which was acknowledged", cut, key)
			}
		}
		if err := restored.Close(); err != nil {
			t.Error(err)
		}
		acknowledged = append(acknowledged, told...)
	}
	if log, file := disk.Syncs(); log == 0 || file == 0 {
		t.Errorf("%d commits and %d checkpoints were seen; the disk was not in use", log, file)
	}
}

// writeSome runs 32 clients, and calls meanwhile with the keys that were acknowledged once those are enough. It gives the rest.
func writeSome(t *testing.T, d *db.DB, round, acks int, meanwhile func(before []string)) []string {
	var mu sync.Mutex
	var keys []string
	enough, over := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	for client := range clients {
		all.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-over:
					return
				default:
				}
				key := fmt.Sprintf("%d-%d-%d", round, client, n)
				err := pair(t.Context(), d, key, n)
				if err != nil && !errors.Is(err, errChangedItsMind) {
					t.Error(err)
					return
				}
				mu.Lock()
				if err == nil {
					if keys = append(keys, key); len(keys) == acks {
						close(enough)
					}
				}
				mu.Unlock()
			}
		})
	}
	<-enough
	mu.Lock()
	before := slices.Clone(keys)
	mu.Unlock()
	meanwhile(before)
	close(over)
	all.Wait()
	return keys[len(before):]
}
