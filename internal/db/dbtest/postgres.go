package dbtest

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver that makes and drops databases

	"hemvist/internal/db"
)

// To make a database takes PostgreSQL 0.2 s and to drop one as long, to empty one 0.01 s. So databases stay on the server and are
// lent: a process holds an advisory lock on each that it uses, and whoever borrows one next, in any process, empties it first
// (clean.sql). One whose tables were changed is dropped and made anew from the migrated template.

//go:embed clean.sql
var cleanSQL string

//go:embed remember.sql
var rememberSQL string

// server is this process's one connection for lending, which holds the locks.
var server struct {
	sync.Mutex
	pool      *sql.DB
	conn      *sql.Conn
	templates map[string]bool
	held      map[string]bool
}

func freshPostgres(t testing.TB, o *db.Options) (string, error) {
	address := os.Getenv(ServerVar)
	if address == "" {
		return "", fmt.Errorf("%s names no server", ServerVar)
	}
	key, err := fingerprint(o.Migrations.Postgres, o.Schema)
	if err != nil {
		return "", err
	}
	server.Lock()
	defer server.Unlock()
	ctx := context.Background()
	if err := connect(ctx, address); err != nil {
		return "", err
	}
	template := "hemvist_template_" + key
	if !server.templates[template] {
		if err := makeTemplate(ctx, address, template, o); err != nil {
			return "", fmt.Errorf("make the template: %w", err)
		}
		server.templates[template] = true
	}
	name, err := borrow(ctx, address, key, template)
	if err != nil {
		return "", err
	}
	t.Cleanup(func() {
		if err := giveBack(ctx, name); err != nil {
			t.Errorf("give the test's database back: %v", err)
		}
	})
	o.Migrations = db.Migrations{}
	if o.MaxConns == 0 {
		o.MaxConns = 10 // many tests share the server
	}
	return addressOf(address, name)
}

func connect(ctx context.Context, address string) error {
	if server.conn != nil {
		return nil
	}
	pool, err := sql.Open("pgx", address)
	if err != nil {
		return err
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return errors.Join(err, pool.Close())
	}
	server.pool, server.conn = pool, conn
	server.templates, server.held = map[string]bool{}, map[string]bool{}
	return nil
}

// borrow finds, or makes, a database that no process holds.
func borrow(ctx context.Context, address, key, template string) (string, error) {
	for n := 1; ; n++ {
		name := fmt.Sprintf("hemvist_test_%s_%d", key, n)
		if server.held[name] { // a session may take its own lock twice
			continue
		}
		free, err := scalar(ctx, "SELECT pg_try_advisory_lock(hashtextextended($1, 0))", name)
		if err != nil {
			return "", err
		}
		if !free {
			continue
		}
		server.held[name] = true
		if err := empty(ctx, address, name, template); err != nil {
			return "", errors.Join(err, unlock(ctx, name))
		}
		return name, nil
	}
}

func giveBack(ctx context.Context, name string) error {
	server.Lock()
	defer server.Unlock()
	return unlock(ctx, name)
}

func unlock(ctx context.Context, name string) error {
	delete(server.held, name)
	_, err := scalar(ctx, "SELECT pg_advisory_unlock(hashtextextended($1, 0))", name)
	return err
}

func scalar(ctx context.Context, query, arg string) (yes bool, err error) {
	err = server.conn.QueryRowContext(ctx, query, arg).Scan(&yes)
	return yes, err
}

// empty makes the database as the template is.
func empty(ctx context.Context, address, name, template string) error {
	exists, err := scalar(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", name)
	if err != nil {
		return err
	}
	if exists {
		err := in(ctx, address, name, cleanSQL)
		var refused *pgconn.PgError
		if !errors.As(err, &refused) || refused.Code != "HV001" { // clean.sql's word for changed tables
			return err
		}
	}
	if _, err := server.conn.ExecContext(ctx, "DROP DATABASE IF EXISTS "+quote(name)+" WITH (FORCE)"); err != nil {
		return err
	}
	_, err = server.conn.ExecContext(ctx, "CREATE DATABASE "+quote(name)+" TEMPLATE "+quote(template))
	return err
}

// in runs a script in a database.
func in(ctx context.Context, address, name, script string) error {
	there, err := addressOf(address, name)
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, there)
	if err != nil {
		return err
	}
	_, err = conn.PgConn().Exec(ctx, script).ReadAll()
	return errors.Join(err, conn.Close(ctx))
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

// addressOf is the server's address with another database.
func addressOf(address, name string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		return "", fmt.Errorf("%s must be a postgres:// address", ServerVar)
	}
	u.Path = "/" + name
	return u.String(), nil
}

// makeTemplate migrates a database once for the server. It does so under another name, so that a process killed here leaves no
// half-made template behind.
func makeTemplate(ctx context.Context, address, name string, o *db.Options) (err error) {
	if _, err := scalar(ctx, "SELECT true FROM (SELECT pg_advisory_lock(hashtextextended($1, 0))) AS locked", name); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock(ctx, name)) }()
	exists, err := scalar(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", name)
	if err != nil || exists {
		return err
	}
	making := name + "_making"
	for _, statement := range []string{
		"DROP DATABASE IF EXISTS " + quote(making) + " WITH (FORCE)",
		"CREATE DATABASE " + quote(making) + " TEMPLATE template0 ENCODING 'UTF8'",
	} {
		if _, err := server.conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	there, err := addressOf(address, making)
	if err != nil {
		return err
	}
	d, err := db.Open(ctx, there, db.Options{Migrations: o.Migrations, Schema: o.Schema})
	if err != nil {
		return err
	}
	if err := d.Close(); err != nil {
		return err
	}
	if err := in(ctx, address, making, rememberSQL); err != nil {
		return err
	}
	_, err = server.conn.ExecContext(ctx, "ALTER DATABASE "+quote(making)+" RENAME TO "+quote(name))
	return err
}
