package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"
)

// migrateSQLite runs the migrations up on a connection of its own.
func migrateSQLite(ctx context.Context, d *DB, path string) error {
	if d.opt.Migrations.of(SQLite) == nil {
		return nil
	}
	unlock, err := lockFile(ctx, path+".migrating")
	if err != nil {
		return fmt.Errorf("wait for another instance's migration: %w", err)
	}
	// A table can only be made anew, and so changed, while references are not enforced; that they hold is looked at afterwards.
	pool, err := sql.Open("sqlite", sqliteDSN(path, d.opt, toMigrate))
	if err != nil {
		return errors.Join(err, unlock())
	}
	pool.SetMaxOpenConns(1)
	applied, err := up(ctx, goose.DialectSQLite3, pool, d.opt.Migrations.of(SQLite))
	if applied > 0 && err == nil {
		err = sqliteReferences(ctx, pool)
	}
	return errors.Join(err, pool.Close(), unlock())
}

// sqliteReferences looks for references that lead nowhere.
func sqliteReferences(ctx context.Context, pool *sql.DB) error {
	var table, parent string
	err := pool.QueryRowContext(ctx, `SELECT "table", parent FROM pragma_foreign_key_check LIMIT 1`).Scan(&table, &parent)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("after migrating, table %s refers to rows of %s that are not there", table, parent)
	}
	return err
}

// migratePostgres runs the migrations up, holding an advisory lock so that a second instance waits.
func migratePostgres(ctx context.Context, d *DB, pool *sql.DB) error {
	lock := &advisoryLock{key: lockKey(d.opt.Schema)}
	if d.opt.Schema != "" {
		// Two that make a schema at once fail, IF NOT EXISTS or not.
		err := withConn(ctx, pool, func(conn *sql.Conn) error {
			if err := lock.SessionLock(ctx, conn); err != nil {
				return err
			}
			_, err := conn.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+pgx.Identifier{d.opt.Schema}.Sanitize())
			return errors.Join(err, lock.SessionUnlock(context.WithoutCancel(ctx), conn))
		})
		if err != nil {
			return err
		}
	}
	if d.opt.Migrations.of(Postgres) == nil {
		return nil
	}
	_, err := up(ctx, goose.DialectPostgres, pool, d.opt.Migrations.of(Postgres), goose.WithSessionLocker(lock))
	return err
}

func withConn(ctx context.Context, pool *sql.DB, fn func(*sql.Conn) error) error {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	return errors.Join(fn(conn), conn.Close())
}

// up runs what has not been run, and tells how many that were.
func up(ctx context.Context, dialect goose.Dialect, pool *sql.DB, files fs.FS, opts ...goose.ProviderOption) (applied int, err error) {
	opts = append(opts, goose.WithSlog(slog.New(slog.DiscardHandler)), goose.WithDisableGlobalRegistry(true))
	p, err := goose.NewProvider(dialect, pool, files, opts...)
	if errors.Is(err, goose.ErrNoMigrations) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read migrations: %w", err)
	}
	results, err := p.Up(ctx)
	if err != nil {
		return len(results), fmt.Errorf("migrate: %w", err)
	}
	// Tables that a later version of the program made may not mean what this one believes.
	stored, known, err := p.GetVersions(ctx)
	if err == nil && stored > known {
		err = fmt.Errorf("the database is at migration %d, and this version of the program knows %d", stored, known)
	}
	return len(results), err
}

// advisoryLock is PostgreSQL's own waiting lock. Goose's polls every five seconds.
type advisoryLock struct{ key int64 }

func lockKey(schema string) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte("hemvist migrations " + schema)) // cannot fail
	return int64(h.Sum64())
}

// SessionLock waits for the lock.
func (l *advisoryLock) SessionLock(ctx context.Context, conn *sql.Conn) error {
	// The connection's own limit on waiting for locks is for rows, not for another instance's migration.
	if _, err := conn.ExecContext(ctx, "SET lock_timeout = 0"); err != nil {
		return err
	}
	_, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", l.key)
	return err
}

// SessionUnlock lets the lock go.
func (l *advisoryLock) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", l.key)
	_, reset := conn.ExecContext(ctx, "RESET lock_timeout")
	return errors.Join(err, reset)
}
