package db_test

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
)

// BenchmarkWrite is Write of one row, beside the bare commit limit: one connection, one prepared INSERT, one row a commit, as durable.
// The two take turns in the same run, so that what else the machine does meets both.
//
//	writes/s   what the clients got done together
//	bare/s     the bare commits in the same run
//	x-bare     the first as a multiple of the second
//	fsyncs/op  how often the engine asked for an fsync that a commit waits for, by its own account: on SQLite of the write-ahead
//	           log, counted in the file layer; on PostgreSQL pg_stat_wal.wal_sync of a server that does nothing else
//	checkpoint-fsyncs/op  on SQLite, the database file's, which a commit waits for once in a thousand pages
//
// It tells nothing of what the kernel and the disk make of an fsync. The slow disk takes 2 ms more for each.
func BenchmarkWrite(b *testing.B) {
	for _, slow := range []time.Duration{0, 2 * time.Millisecond} {
		name := "sqlite"
		if slow > 0 {
			name = "sqlite-slow-disk"
		}
		for _, clients := range []int{1, 32} {
			b.Run(fmt.Sprintf("%s/clients=%d", name, clients), func(b *testing.B) { benchSQLite(b, slow, clients) })
		}
	}
	for _, clients := range []int{1, 32} {
		b.Run(fmt.Sprintf("postgres/clients=%d", clients), func(b *testing.B) { benchPostgres(b, clients) })
	}
}

func benchSQLite(b *testing.B, slow time.Duration, clients int) {
	disk, bareDisk := dbtest.NewDisk(b), dbtest.NewDisk(b)
	d := dbtest.On(b, db.SQLite, tables, dbtest.OnDisk(disk))
	url, o := dbtest.Fresh(b, db.SQLite, tables, dbtest.OnDisk(bareDisk))
	bare := bareSQLite(b, url, o)
	// The log grows until its first checkpoint, and an fsync of a file that grows costs more.
	together(b, d, 1000, 1)
	for range 1000 {
		if err := bare(db.NewID()); err != nil {
			b.Fatal(err)
		}
	}
	disk.Slow(slow)
	bareDisk.Slow(slow)
	log, file := disk.Syncs()
	beside(b, d, bare, clients)
	logAfter, fileAfter := disk.Syncs()
	b.ReportMetric(float64(logAfter-log)/float64(b.N), "fsyncs/op")
	b.ReportMetric(float64(fileAfter-file)/float64(b.N), "checkpoint-fsyncs/op")
}

// bareSQLite is a plain connection to another file, as durable as ours.
func bareSQLite(b *testing.B, url string, o db.Options) func(id string) error {
	pool, err := sql.Open("sqlite", url[len("sqlite:"):]+"?vfs="+o.VFS+"&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		b.Fatal(err)
	}
	return bareInsert(b, pool)
}

func bareInsert(b *testing.B, pool *sql.DB) func(id string) error {
	pool.SetMaxOpenConns(1)
	insert, err := pool.Prepare("INSERT INTO place (id, seats) VALUES ($1, 1)")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _, _ = insert.Close(), pool.Close() })
	return func(id string) error { _, err := insert.Exec(id); return err }
}

func benchPostgres(b *testing.B, clients int) {
	server, bareServer := dbtest.NewCluster(b), dbtest.NewCluster(b)
	if server == nil {
		b.Log("PostgreSQL is not installed here")
		return
	}
	for _, s := range []*dbtest.Cluster{server, bareServer} {
		d, err := db.Open(b.Context(), s.URL(), withTables())
		if err != nil {
			b.Fatal(err)
		}
		if err := d.Close(); err != nil {
			b.Fatal(err)
		}
	}
	pool, err := sql.Open("pgx", bareServer.URL())
	if err != nil {
		b.Fatal(err)
	}
	before := walSyncs(b, server)
	d, err := db.Open(b.Context(), server.URL(), db.Options{})
	if err != nil {
		b.Fatal(err)
	}
	beside(b, d, bareInsert(b, pool), clients)
	b.ReportMetric(float64(d.Stats().Retries)/float64(b.N), "retries/op")
	// A connection hands its counts in when it ends.
	if err := d.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(walSyncs(b, server)-before)/float64(b.N), "fsyncs/op")
}

func walSyncs(b *testing.B, s *dbtest.Cluster) int {
	d, err := db.Open(b.Context(), s.URL(), db.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	for { // until the connections before this one have ended
		if number(b, d, "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'") == 1 {
			return number(b, d, "SELECT wal_sync FROM pg_stat_wal")
		}
	}
}

// beside lets clients write b.N rows, in turns with a fifth as many bare commits.
func beside(b *testing.B, d *db.DB, bare func(id string) error, clients int) {
	var ours, theirs time.Duration
	now := clock.System{}.Now
	bares := 0
	const turn = 250
	for left := b.N; left > 0; left -= turn {
		b.StopTimer()
		n := max(min(left, turn)/5, 1)
		begun := now()
		for range n {
			if err := bare(db.NewID()); err != nil {
				b.Fatal(err)
			}
		}
		theirs += now().Sub(begun)
		bares += n
		b.StartTimer()
		begun = now()
		together(b, d, min(left, turn), clients)
		ours += now().Sub(begun)
	}
	rate, limit := float64(b.N)/ours.Seconds(), float64(bares)/theirs.Seconds()
	b.ReportMetric(rate, "writes/s")
	b.ReportMetric(limit, "bare/s")
	b.ReportMetric(rate/limit, "x-bare")
}

func together(b *testing.B, d *db.DB, n, clients int) {
	var left atomic.Int64
	left.Store(int64(n))
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				id := db.NewID()
				err := d.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
					_, err := tx.Exec(ctx, "INSERT INTO place (id, seats) VALUES ($1, 1)", id)
					return err
				})
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

// BenchmarkRead is a Read of one row by its key, as every page begins with.
func BenchmarkRead(b *testing.B) {
	for _, dialect := range dbtest.Engines() {
		b.Run(dialect.String(), func(b *testing.B) {
			d := dbtest.On(b, dialect, tables)
			mustExec(b, d, "INSERT INTO place (id, seats) VALUES ('a', 1)")
			b.ReportAllocs()
			for b.Loop() {
				err := d.Read(b.Context(), func(ctx context.Context, tx *db.Tx) error {
					_, err := db.One(ctx, tx, db.Scalar[int], "SELECT seats FROM place WHERE id = $1", "a")
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkStatement shows what keeping statements prepared saves: the same query under one text, and under ever new ones.
func BenchmarkStatement(b *testing.B) {
	for _, kept := range []bool{true, false} {
		b.Run(fmt.Sprintf("kept=%v", kept), func(b *testing.B) {
			d := dbtest.On(b, db.SQLite)
			query := `SELECT r.id, r.name, o.name, (SELECT count(*) FROM round_session AS s WHERE s.round_id = r.id) FROM round AS r
				JOIN organisation AS o ON o.id = r.organisation_id WHERE r.hub_id = $1 AND r.ended_how IS NULL ORDER BY r.first_on, r.id LIMIT 50`
			err := d.Read(b.Context(), func(ctx context.Context, tx *db.Tx) error {
				for i := 0; b.Loop(); i++ {
					text := query
					if !kept {
						text = fmt.Sprintf("%s -- %d", query, i)
					}
					if _, err := db.All(ctx, tx, db.Scalar[string], text, "x"); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		})
	}
}
