package db

import (
	"container/list"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync/atomic"
)

// Statements that one connection keeps prepared. To prepare costs this driver several times what a short statement costs to run.
const keptStatements = 256

var errBusy = errors.New("the rows of an earlier query are still open; read them to their end or close them first")

// connector opens SQLite connections that keep their prepared statements, and remembers the latest: in a pool of one, the one.
type connector struct {
	driver.Connector
	latest atomic.Pointer[conn]
}

// Connect opens one.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	full, ok := inner.(sqliteDriverConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the driver's connection %T lacks a method", inner), inner.Close())
	}
	opened := &conn{sqliteDriverConn: full, kept: map[string]*list.Element{}, order: list.New()}
	c.latest.Store(opened)
	return opened, nil
}

// sqliteDriverConn is what the driver's connection can do.
type sqliteDriverConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// conn is a connection with its prepared statements, the least lately used of which is let go. It refuses a statement while the
// rows of another are open: PostgreSQL does, and two runs of one prepared statement at once would spoil each other.
type conn struct {
	sqliteDriverConn
	kept  map[string]*list.Element // of *keptStmt
	order *list.List
	open  *rows
}

type keptStmt struct {
	query string
	stmt  sqliteDriverStmt
}

type sqliteDriverStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

func (c *conn) statement(ctx context.Context, query string) (sqliteDriverStmt, error) {
	if c.open != nil {
		return nil, errBusy
	}
	if e, ok := c.kept[query]; ok {
		c.order.MoveToFront(e)
		return e.Value.(*keptStmt).stmt, nil
	}
	s, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	stmt, ok := s.(sqliteDriverStmt)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the driver's statement %T lacks a method", s), s.Close())
	}
	c.kept[query] = c.order.PushFront(&keptStmt{query, stmt})
	if c.order.Len() > keptStatements {
		last := c.order.Remove(c.order.Back()).(*keptStmt)
		delete(c.kept, last.query)
		if err := last.stmt.Close(); err != nil {
			return nil, err
		}
	}
	return stmt, nil
}

// ExecContext runs a kept statement.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args)
}

// QueryContext runs a kept statement, which is taken until its rows are closed.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	inner, err := s.QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	c.open = &rows{Rows: inner, c: c}
	return c.open, nil
}

// rows tell their connection when they are closed.
type rows struct {
	driver.Rows
	c *conn
}

// Close closes once; database/sql may close rows that endFunction closed before it.
func (r *rows) Close() error {
	if r.c == nil {
		return nil
	}
	if r.c.open == r {
		r.c.open = nil
	}
	r.c = nil
	return r.Rows.Close()
}

// Next gives no more rows once closed.
func (r *rows) Next(dest []driver.Value) error {
	if r.c == nil {
		return errors.New("the rows were closed")
	}
	if err := r.Rows.Next(dest); err != nil {
		return err
	}
	for i, v := range dest {
		// The driver gives bytes of no length as no bytes, which a reader would take for NULL.
		if b, ok := v.([]byte); ok && b == nil {
			dest[i] = []byte{}
		}
	}
	return nil
}

// closeRows closes what a function left open, so that the next function of the batch does not meet it.
func (c *conn) closeRows() error {
	if c.open == nil {
		return nil
	}
	return c.open.Close()
}

// BeginTx begins with kept statements too: IMMEDIATE to write, as a snapshot that later wants to write may find it too late.
func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	begin := "BEGIN IMMEDIATE"
	if opts.ReadOnly {
		begin = "BEGIN"
	}
	if _, err := c.ExecContext(ctx, begin, nil); err != nil {
		return nil, err
	}
	return (*sqliteTx)(c), nil
}

type sqliteTx conn

// Commit commits; a transaction that cannot be is rolled back, so that the connection is free either way.
func (t *sqliteTx) Commit() error {
	ctx := context.Background()
	_, err := (*conn)(t).ExecContext(ctx, "COMMIT", nil)
	if err != nil {
		// This fails where SQLite has rolled back already.
		_, _ = (*conn)(t).ExecContext(ctx, "ROLLBACK", nil)
	}
	return err
}

// Rollback rolls back.
func (t *sqliteTx) Rollback() error {
	_, err := (*conn)(t).ExecContext(context.Background(), "ROLLBACK", nil)
	return err
}

// Close lets the prepared statements go first.
func (c *conn) Close() error {
	var err error
	for e := c.order.Front(); e != nil; e = e.Next() {
		err = errors.Join(err, e.Value.(*keptStmt).stmt.Close())
	}
	return errors.Join(err, c.sqliteDriverConn.Close())
}
