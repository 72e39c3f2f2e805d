package audit

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"fmt"

	"hemvist/internal/db"
)

// pageSize is how many places or entries are read at a time: what Verify holds in memory.
const pageSize = 1000

// placed is a place in a chain with the entry that stands there. The entry's id is "" when the entry is gone.
type placed struct {
	seq     int64
	entryID string
	mac     []byte
	entry   row
}

func scanPlaced(s db.Scanner) (placed, error) {
	var p placed
	var err error
	p.entry, err = scanRow(s, &p.seq, &p.entryID, &p.mac)
	return p, err
}

const placedColumns = `c.seq, c.entry_id, c.mac, coalesce(e.id, ''), coalesce(e.at, ''), coalesce(e.actor, ''), coalesce(e.role, ''),
	coalesce(e.organisation, ''), coalesce(e.purpose, ''), coalesce(e.action, ''), coalesce(e.subject, ''), coalesce(e.outcome, ''),
	coalesce(e.request_id, ''), coalesce(e.total, 0), coalesce(e.found, ''), e.mac`

// readPlaces reads an organisation's places after one, in order.
func readPlaces(ctx context.Context, tx *db.Tx, organisation string, after int64, limit int) ([]placed, error) {
	return db.All(ctx, tx, scanPlaced, `SELECT `+placedColumns+` FROM audit_chain c LEFT JOIN audit_entry e ON e.id = c.entry_id
		WHERE c.organisation = $1 AND c.seq > $2 ORDER BY c.seq LIMIT $3`, organisation, after, limit)
}

// organisations lists those that have a chain. It hops from one to the next in the key, as there are few in millions of rows.
func (l *Log) organisations(ctx context.Context) ([]string, error) {
	var all []string
	err := l.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		all = nil
		next, err := db.One(ctx, tx, db.Scalar[sql.NullString], `SELECT min(organisation) FROM audit_chain`)
		for err == nil && next.Valid {
			all = append(all, next.String)
			next, err = db.One(ctx, tx, db.Scalar[sql.NullString], `SELECT min(organisation) FROM audit_chain WHERE organisation > $1`, next.String)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("organisations in the log: %w", err)
	}
	return all, nil
}

func equal(a, b []byte) bool { return hmac.Equal(a, b) }

// intact tells whether an entry is as it was written.
func (l *Log) intact(r *row) bool { return equal(r.mac, l.sumEntry(r)) }
