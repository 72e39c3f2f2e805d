package audit_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/vault"
)

// Several instances add and chain at once, each with connections of its own: every entry gets one place, and no chain forks. On
// PostgreSQL adding and chaining do not make each other run again.
func TestManySequencersAtOnce(t *testing.T) {
	const instances, writers, adds = 3, 4, 15
	for _, dialect := range dbtest.Engines() {
		t.Run(dialect.String(), func(t *testing.T) {
			w := newWorld(t, dialect)
			logs := []*audit.Log{w.log}
			for range instances - 1 {
				logs = append(logs, w.instance(audit.WithBatch(7)))
			}
			var adding, chaining sync.WaitGroup
			done := make(chan struct{})
			for i := range writers {
				adding.Go(func() {
					for n := range adds {
						err := w.house.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
							return logs[(i+n)%instances].Add(ctx, tx, entry([]string{"o1", "o2", "o3"}[n%3]))
						})
						if err != nil {
							t.Errorf("add: %v", err)
						}
					}
				})
			}
			for _, l := range logs {
				chaining.Go(func() {
					for {
						select {
						case <-done:
							return
						default:
						}
						if _, err := l.Chain(t.Context()); err != nil {
							t.Errorf("chain: %v", err)
							return
						}
						w.clock.Move(3 * time.Second) // leases end and change hands all the time
					}
				})
			}
			adding.Wait()
			close(done)
			chaining.Wait()
			w.clock.Move(time.Minute)
			w.chain(t)
			if r := w.wantSound(t, ""); r.Chained != writers*adds {
				t.Errorf("%d entries in the chain, want %d", r.Chained, writers*adds)
			}
		})
	}
}

// The sequencer reads where everybody writes. That alone must not make PostgreSQL run anybody again, also not those who read what
// others write in the same moment, as most do.
func TestAddingAndChainingDoNotMeet(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		exec(t, w.house, `CREATE TABLE fact (id INTEGER NOT NULL PRIMARY KEY, n INTEGER NOT NULL)`)
		exec(t, w.house, `INSERT INTO fact (id, n) VALUES (1, 0)`)
		var adding, others sync.WaitGroup
		done := make(chan struct{})
		until := func(work func() error) {
			others.Go(func() {
				for {
					select {
					case <-done:
						return
					default:
						if err := work(); err != nil {
							t.Error(err)
							return
						}
					}
				}
			})
		}
		for range 8 {
			adding.Go(func() {
				for range 40 {
					err := w.house.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
						if _, err := db.One(ctx, tx, db.Scalar[int], `SELECT n FROM fact WHERE id = 1`); err != nil {
							return err
						}
						return w.log.Add(ctx, tx, entry("o1"))
					})
					if err != nil {
						t.Errorf("add: %v", err)
					}
				}
			})
		}
		until(func() error {
			_, err := w.log.Chain(t.Context())
			return err
		})
		until(func() error {
			return w.house.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE fact SET n = n + 1 WHERE id = 1`)
				return err
			})
		})
		adding.Wait()
		close(done)
		others.Wait()
		if n := w.house.Stats().Retries; n != 0 {
			t.Errorf("%d transactions were run again", n)
		}
		w.chain(t)
		if r := w.wantSound(t, ""); r.Chained != 320 {
			t.Errorf("%d entries in the chain", r.Chained)
		}
	})
}

// Verify runs beside a serving instance and never takes growth for damage.
func TestVerifyBesideAGrowingLog(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		folder := t.TempDir()
		w.log = w.instance(audit.WithCheckpoints(audit.Folder(folder)), audit.WithBatch(20))
		var growing sync.WaitGroup
		done := make(chan struct{})
		growing.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-done:
					return
				default:
				}
				w.fill(t, 2, "o1", "o2", "o"+strings.Repeat("x", n%50))
				if _, err := w.log.Chain(t.Context()); err != nil {
					t.Errorf("chain: %v", err)
				}
				if err := w.log.Checkpoint(t.Context()); err != nil {
					t.Errorf("checkpoint: %v", err)
				}
			}
		})
		var entries int64
		for n := 0; (n < 25 || entries < 60) && !t.Failed(); n++ {
			entries = w.wantSound(t, folder).Entries
		}
		close(done)
		growing.Wait()
		w.chain(t)
		w.wantSound(t, folder)
	})
}

func TestOneSequencerAtATime(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		chained := func(l *audit.Log) int {
			n, err := l.Chain(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		one, two := w.log, w.instance()
		w.fill(t, 1, "o1")
		if n := chained(one); n != 1 {
			t.Errorf("the first chained %d", n)
		}
		w.fill(t, 1, "o1")
		if n := chained(two); n != 0 {
			t.Errorf("the second chained %d while the first holds the lease", n)
		}
		w.clock.Move(11 * time.Second)
		if n := chained(two); n != 1 {
			t.Errorf("the second chained %d after the lease ended", n)
		}
		w.fill(t, 1, "o1")
		if n := chained(one); n != 0 {
			t.Errorf("the first chained %d after it lost the lease", n)
		}
		// An instance that ends gives the lease back.
		ended, end := context.WithCancel(t.Context())
		end()
		if err := two.Run(ended); err != nil {
			t.Fatal(err)
		}
		w.fill(t, 1, "o1")
		if n := chained(one); n != 1 {
			t.Errorf("the first chained %d after the second ended", n)
		}
		// A lease from a clock that is days ahead does not stop the log.
		touch(t, w.house, `UPDATE audit_lease SET holder = 'gone', ends_at = '2027-01-01T00:00:00.000000Z'`)
		w.fill(t, 1, "o1")
		if n := chained(one); n != 1 {
			t.Errorf("chained %d against a lease from the far future", n)
		}
		w.wantSound(t, "")
	})
}

// The program ends after the places are stored and before the key store hears of it.
func TestCrashBetweenTheTwoDatabases(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.fill(t, 3, "o1")
		w.chain(t)
		old := noted(t, w, "o1")
		w.fill(t, 4, "o1", "o2")
		w.chain(t)
		touch(t, w.keys, `UPDATE audit_head SET seq = 3, mac = $1, seal = $2 WHERE organisation = 'o1'`, old[0], old[1])
		touch(t, w.keys, `DELETE FROM audit_head WHERE organisation = 'o2'`)
		w.wantSound(t, "")
		w.log = w.instance()
		w.chain(t) // with nothing to chain
		for o, want := range map[string]int64{"o1": 7, "o2": 4} {
			if n := scalar[int64](t, w.keys, `SELECT seq FROM audit_head WHERE organisation = $1`, o); n != want {
				t.Errorf("the end of %s is noted at %d, want %d", o, n, want)
			}
		}
		if n := w.log.Stats().Alarms; n != 0 {
			t.Errorf("%d alarms", n)
		}
		w.wantSound(t, "")
	})
}

// A chain goes on after the key store could not be written, and its end is noted when it can be again.
func TestKeyStoreThatCannotBeWritten(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.fill(t, 1, "o1")
		w.chain(t)
		w.fill(t, 1, "o1")
		exec(t, w.keys, `ALTER TABLE audit_head RENAME COLUMN seal TO broken`)
		if _, err := w.log.Chain(t.Context()); err == nil {
			t.Fatal("chained without a key store")
		}
		exec(t, w.keys, `ALTER TABLE audit_head RENAME COLUMN broken TO seal`)
		w.chain(t)
		if n := scalar[int64](t, w.keys, `SELECT seq FROM audit_head`); n != 2 {
			t.Errorf("the end is noted at %d", n)
		}
		w.wantSound(t, "")
	})
}

func TestRunChainsAndSignsUntilTheEnd(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		folder := t.TempDir()
		l := w.instance(audit.WithCheckpoints(audit.Folder(folder)), audit.WithInterval(time.Millisecond),
			audit.WithLogger(slog.New(slog.NewTextHandler(io.Discard, nil))))
		ctx, end := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- l.Run(ctx) }()
		for range 5 {
			w.fill(t, 3, "o1", "o2")
			w.clock.Move(20 * time.Minute)
		}
		end()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		w.log = l
		r := w.wantSound(t, folder)
		if r.Waiting != 0 || r.Chained != 30 {
			t.Errorf("at the end %d wait and %d are chained", r.Waiting, r.Chained)
		}
		if r.Checkpoints == 0 {
			t.Error("no checkpoint was written")
		}
		// The last checkpoint vouches for the last entry.
		touch(t, w.house, `DELETE FROM audit_chain WHERE organisation = 'o2' AND seq = 15`)
		touch(t, w.keys, `DELETE FROM audit_head`)
		if r := w.verify(t, folder); r.Counts[audit.Truncated] != 1 {
			t.Errorf("the last place is not vouched for:\n%s", list(r))
		}
	})
}

func TestRunTellsOfItsTroubles(t *testing.T) {
	w := newWorld(t, db.SQLite)
	exec(t, w.house, `ALTER TABLE audit_chain RENAME TO hidden`)
	var out bytes.Buffer
	l := w.instance(audit.WithLogger(slog.New(slog.NewTextHandler(&out, nil))))
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	for l.Stats().Failures == 0 { // the first round is made at once
		exec(t, w.house, `UPDATE audit_lease SET holder = holder`)
	}
	end()
	if err := <-ended; err == nil {
		t.Error("the last round failed and Run did not say so")
	}
	if !strings.Contains(out.String(), "not chained") {
		t.Errorf("the log says %q", out.String())
	}
}

type failingSink struct{ err error }

func (f *failingSink) Put(context.Context, time.Time, []byte) error { return f.err }

func TestCheckpointsHoldWhatChanged(t *testing.T) {
	w := newWorld(t, db.SQLite)
	folder := t.TempDir()
	other := &failingSink{}
	w.log = w.instance(audit.WithCheckpoints(audit.Folder(folder), other))
	checkpoint := func() {
		t.Helper()
		if err := w.log.Checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	w.fill(t, 2, "o1", "o2")
	w.chain(t)
	checkpoint()
	w.fill(t, 1, "o2")
	w.chain(t)
	checkpoint()
	other.err = errors.New("the disk outside is full")
	w.fill(t, 1, "o1")
	w.chain(t)
	if err := w.log.Checkpoint(t.Context()); !errors.Is(err, other.err) {
		t.Errorf("a sink that fails: %v", err)
	}
	other.err = nil
	checkpoint() // has o1 again, since one sink did not get it
	checkpoint() // nothing changed
	w.clock.Move(40 * 24 * time.Hour)
	checkpoint() // a new month has all
	want := map[string][]string{
		"audit-2026-11.jsonl": {`"o1":{"seq":2`, `"o2":{"seq":3`, `"o1":{"seq":3`, `"o1":{"seq":3`, `"heads":{}`},
		"audit-2026-12.jsonl": {`"full":true,"heads":{"o1":{"seq":3`},
	}
	for name, parts := range want {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		if len(lines) != len(parts) {
			t.Fatalf("%s has %d lines, want %d", name, len(lines), len(parts))
		}
		for i, part := range parts {
			if !strings.Contains(lines[i], part) || strings.Count(lines[i], `"seq"`) != map[bool]int{true: 2, false: strings.Count(part, `"seq"`)}[strings.Contains(lines[i], `"full":true`)] {
				t.Errorf("%s line %d: %s, want %s", name, i+1, lines[i], part)
			}
		}
	}
	if s := w.log.Stats(); !s.LastCheckpoint.Equal(w.clock.Now()) {
		t.Errorf("the last checkpoint was at %v", s.LastCheckpoint)
	}
	w.wantSound(t, folder)
}

// The log on the vault's own key: it stays the same when the root key is rotated.
func TestRotationOfTheRootKeyKeepsTheLogSound(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		root, next := vault.NewRoot(), vault.NewRoot()
		open := func(root vault.Root) *vault.Vault {
			v, err := vault.Open(t.Context(), w.keys, root)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		v := open(root)
		w.secret = v.Derive("audit")
		w.log = w.instance()
		w.fill(t, 2, "o1")
		w.chain(t)
		if err := v.Rewrap(t.Context(), next); err != nil {
			t.Fatal(err)
		}
		w.secret = open(next).Derive("audit")
		w.log = w.instance()
		w.clock.Move(time.Minute)
		w.fill(t, 2, "o1")
		w.chain(t)
		if r := w.wantSound(t, ""); r.Chained != 4 {
			t.Errorf("%d places", r.Chained)
		}
	})
}

// Whatever single row or value is bent, the log is not sound.
func TestAnyBendingIsFound(t *testing.T) {
	w := newWorld(t, db.SQLite)
	w.fill(t, 12, "o1", "o2")
	w.chain(t)
	for _, table := range []string{"audit_entry", "audit_chain"} {
		exec(t, w.house, `CREATE TABLE kept_`+table+` AS SELECT * FROM `+table)
	}
	columns := map[string][]string{
		"audit_entry": {"id", "at", "actor", "role", "organisation", "purpose", "action", "subject", "outcome", "request_id", "total", "found", "mac"},
		"audit_chain": {"organisation", "seq", "entry_id", "mac"},
	}
	key := map[string]string{"audit_entry": "id", "audit_chain": "entry_id"}
	rapid.Check(t, func(r *rapid.T) {
		for _, table := range []string{"audit_entry", "audit_chain"} {
			exec(t, w.house, `DELETE FROM `+table)
			exec(t, w.house, `INSERT INTO `+table+` SELECT * FROM kept_`+table)
		}
		exec(t, w.house, `DELETE FROM audit_unchained`)
		table := rapid.SampledFrom([]string{"audit_entry", "audit_chain"}).Draw(r, "table")
		row := rapid.IntRange(0, 23).Draw(r, "row")
		pick := `(SELECT ` + key[table] + ` FROM kept_` + table + ` ORDER BY ` + key[table] + ` LIMIT 1 OFFSET $1)`
		if rapid.Bool().Draw(r, "delete") {
			touch(t, w.house, `DELETE FROM `+table+` WHERE `+key[table]+` = `+pick, row)
		} else {
			column := rapid.SampledFrom(columns[table]).Draw(r, "column")
			bent := `'x' || ` + column
			switch column {
			case "seq", "total":
				bent = column + ` + 1000`
			case "mac":
				bent = `randomblob(32)`
			}
			touch(t, w.house, `UPDATE `+table+` SET `+column+` = `+bent+` WHERE `+key[table]+` = `+pick, row)
		}
		if report := w.verify(t, ""); report.Sound() {
			r.Fatal("the log is called sound")
		}
	})
}

func benchWorld(b *testing.B, dialect db.Dialect) *world {
	b.Helper()
	return newWorld(b, dialect, audit.WithClock(clock.System{}))
}

// What one entry costs a transaction that is written anyway, and what a page costs that writes nothing but its entry.
func BenchmarkAdd(b *testing.B) {
	for _, dialect := range dbtest.Engines() {
		b.Run(dialect.String()+"/in one transaction", func(b *testing.B) {
			w := benchWorld(b, dialect)
			b.ReportAllocs()
			err := w.house.Write(b.Context(), func(ctx context.Context, tx *db.Tx) error {
				for b.Loop() {
					if err := w.log.Add(ctx, tx, entry("o1")); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		})
		b.Run(dialect.String()+"/32 clients", func(b *testing.B) {
			w := benchWorld(b, dialect)
			b.SetParallelism(16)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					err := w.house.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error { return w.log.Add(ctx, tx, entry("o1")) })
					if err != nil {
						b.Error(err)
					}
				}
			})
			s := w.house.Stats()
			b.ReportMetric(float64(s.Commits)/float64(s.Committed), "commits/op")
		})
	}
}

func BenchmarkChain(b *testing.B) {
	for _, dialect := range dbtest.Engines() {
		b.Run(dialect.String(), func(b *testing.B) {
			w := benchWorld(b, dialect)
			for b.Loop() {
				b.StopTimer()
				w.fill(b, 100, "o1", "o2", "o3", "o4", "o5")
				b.StartTimer()
				if n := w.chain(b); n != 500 {
					b.Fatalf("chained %d", n)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*500), "µs/entry")
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	for _, dialect := range dbtest.Engines() {
		b.Run(dialect.String(), func(b *testing.B) {
			w := benchWorld(b, dialect)
			for range 10 {
				w.fill(b, 500, "o1", "o2")
			}
			w.chain(b)
			for b.Loop() {
				w.wantSound(b, "")
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*10_000), "µs/entry")
		})
	}
}
