package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"modernc.org/sqlite"
)

// sqliteEngine is one writing connection behind a queue, and a pool of connections that can only read.
type sqliteEngine struct {
	d       *DB
	readers *sql.DB
	writers *sql.DB // one connection
	queue   *queue
}

// What a connection is for, as further parts of its address.
var (
	toWrite   = map[string]string{"_foreign_keys": "1", "_journal_mode": "WAL"}
	toRead    = map[string]string{"_foreign_keys": "1", "_query_only": "1"}
	toMigrate = map[string]string{"_foreign_keys": "0", "_journal_mode": "WAL"}
)

// sqliteDSN is the address of one kind of connection. Every pragma is set on each connection, as most are not kept in the file.
// The driver runs those of _pragma in the order of the alphabet, whatever order they stand in; no two may be about the same.
func sqliteDSN(path string, opt Options, what map[string]string) string {
	q := url.Values{"_pragma": {
		"busy_timeout(10000)", "trusted_schema(0)", "secure_delete(1)", "synchronous(FULL)", "cell_size_check(1)", "temp_store(MEMORY)",
		"cache_size(-8000)",            // kB a connection
		"journal_size_limit(67108864)", // what a burst left of the log is given back
		"analysis_limit(1000)",         // rows of an index that Optimize looks at
	}}
	for name, value := range what {
		q.Set(name, value)
	}
	q.Set("_txlock", "immediate")
	q.Set("_dqs", "0")
	q.Set("_defensive", "1")
	q.Set("_error_rc", "1")
	if opt.VFS != "" {
		q.Set("vfs", opt.VFS)
	}
	// The path's own characters must not be read as the address's.
	escaped := strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
	return "file:" + escaped + "?" + q.Encode()
}

func openSQLite(ctx context.Context, d *DB, path string) (engine, error) {
	if strings.Contains(path, ":memory:") || strings.IndexByte(path, 0) >= 0 {
		return nil, errors.New("the database lives in a file")
	}
	writers, writer, err := sqlitePool(sqliteDSN(path, d.opt, toWrite), 1)
	if err != nil {
		return nil, err
	}
	readers, _, err := sqlitePool(sqliteDSN(path, d.opt, toRead), d.opt.Readers)
	if err != nil {
		return nil, errors.Join(err, writers.Close())
	}
	e := &sqliteEngine{d: d, readers: readers, writers: writers}
	if err := e.prepare(ctx, path); err != nil {
		return nil, errors.Join(err, writers.Close(), readers.Close())
	}
	e.queue = startQueue(d, writers, writer)
	return e, nil
}

// sqlitePool is a pool of at most n connections that live until it is closed, each with its prepared statements.
func sqlitePool(dsn string, n int) (*sql.DB, *connector, error) {
	base, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, nil, err
	}
	c := &connector{Connector: base}
	pool := sql.OpenDB(c)
	pool.SetMaxOpenConns(n)
	pool.SetMaxIdleConns(n)
	return pool, c, nil
}

// prepare migrates and makes sure that the promises hold: a file system that cannot do WAL would quietly weaken them.
func (e *sqliteEngine) prepare(ctx context.Context, path string) error {
	var mode string
	if err := e.writers.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		return err
	}
	if mode != "wal" {
		return fmt.Errorf("the file system of the database cannot keep a write-ahead log (journal mode %q)", mode)
	}
	return migrateSQLite(ctx, e.d, path)
}

func (e *sqliteEngine) read(ctx context.Context, fn func(context.Context, *Tx) error) error {
	t, err := e.readers.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return engineError(err)
	}
	defer endRead(t)
	tx := &Tx{d: e.d, tx: t, readOnly: true}
	return tx.run(ctx, fn)
}

func (e *sqliteEngine) write(ctx context.Context, fn func(context.Context, *Tx) error) error {
	return e.queue.do(ctx, fn)
}

func (e *sqliteEngine) ping(ctx context.Context) error {
	var one int
	return e.readers.QueryRowContext(ctx, "SELECT 1").Scan(&one)
}

func (e *sqliteEngine) close() error {
	e.queue.close()
	// The writer last: the last connection moves the log into the file, and a reader may not write.
	return errors.Join(e.readers.Close(), e.writers.Close())
}
