package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"hemvist/internal/errs"
)

// mapError is the one place where an engine's error gets its kind. An error that has a kind keeps it; what is not known here
// stays as it is, which is Internal.
func mapError(err error) error {
	if err == nil || hasKind(err) {
		return err
	}
	if kind, known := kindOf(err); known {
		return errs.Wrap(kind, err)
	}
	return err
}

func hasKind(err error) bool {
	e := (*errs.Error)(nil)
	return errors.As(err, &e)
}

func kindOf(err error) (errs.Kind, bool) {
	var lite *sqlite.Error
	var pg *pgconn.PgError
	var connect *pgconn.ConnectError
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return errs.NotFound, true
	case errors.As(err, &lite):
		return kindOfSQLite(lite.Code())
	case errors.As(err, &pg):
		return kindOfPostgres(pg.Code)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return errs.Unavailable, true
	case errors.As(err, &connect):
		return errs.Unavailable, true
	}
	return errs.Internal, false
}

// lostError is an engine's error that means that the connection broke, or was found broken.
type lostError struct{ err error }

// Error is the engine's word.
func (e *lostError) Error() string { return "the connection was lost: " + e.err.Error() }

// Unwrap gives the engine's error.
func (e *lostError) Unwrap() error { return e.err }

// engineError gives a kind to an error that came straight from the engine. Only there does an unexpected end of input mean a lost
// connection; in what a function returns it may be of the function's own reading.
func engineError(err error) error {
	if err == nil || hasKind(err) {
		return err
	}
	connect := (*pgconn.ConnectError)(nil)
	if !errors.As(err, &connect) && isConnLost(err) {
		return errs.Wrap(errs.Unavailable, &lostError{err})
	}
	return mapError(err)
}

// isConnLost knows pgx's ways of telling. It exports no error for a connection that it has given up itself.
func isConnLost(err error) bool {
	var network net.Error
	return errors.As(err, &network) && !errors.Is(err, context.DeadlineExceeded) || pgconn.SafeToRetry(err) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || strings.Contains(err.Error(), "conn closed")
}

func kindOfSQLite(code int) (errs.Kind, bool) {
	switch code {
	case lib.SQLITE_CONSTRAINT_UNIQUE, lib.SQLITE_CONSTRAINT_PRIMARYKEY, lib.SQLITE_CONSTRAINT_ROWID, lib.SQLITE_CONSTRAINT_FOREIGNKEY:
		return errs.Conflict, true
	case lib.SQLITE_CONSTRAINT_NOTNULL, lib.SQLITE_CONSTRAINT_CHECK, lib.SQLITE_CONSTRAINT_DATATYPE:
		return errs.Invalid, true
	}
	switch code & 0xff {
	case lib.SQLITE_TOOBIG, lib.SQLITE_MISMATCH:
		return errs.Invalid, true
	case lib.SQLITE_FULL, lib.SQLITE_IOERR, lib.SQLITE_BUSY, lib.SQLITE_LOCKED, lib.SQLITE_CANTOPEN, lib.SQLITE_NOMEM,
		lib.SQLITE_PROTOCOL, lib.SQLITE_INTERRUPT:
		return errs.Unavailable, true
	}
	return errs.Internal, false
}

func kindOfPostgres(code string) (errs.Kind, bool) {
	switch code {
	case "23505", "23P01", "23503", "23001": // unique, exclusion, foreign key, restrict
		return errs.Conflict, true
	case "23502", "23514", "54000": // not null, check, an index entry too large
		return errs.Invalid, true
	case "40001", "40P01", "55P03": // could not serialize, deadlock, lock not available
		return errs.Unavailable, true
	case "25006": // read-only: a standby, after a switch of roles
		return errs.Unavailable, true
	}
	switch code[:min(2, len(code))] {
	case "22": // data exceptions: out of range, bad encoding
		return errs.Invalid, true
	case "08", "53", "57", "58": // connection, resources, operator's intervention, system
		return errs.Unavailable, true
	}
	return errs.Internal, false
}

// isFull tells whether SQLite found no room. It knows that before the commit is written.
func isFull(err error) bool {
	var lite *sqlite.Error
	return errors.As(err, &lite) && lite.Code()&0xff == lib.SQLITE_FULL
}
