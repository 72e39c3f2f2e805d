package audit

import (
	"context"
	"crypto/hmac"
	"fmt"
	"strconv"
	"strings"

	"hemvist/internal/db"
)

// head is where an organisation's chain ends: what the key store remembers, so that a tail cut off the log is missed.
type head struct {
	organisation string
	seq          int64
	mac          []byte
	seal         []byte
}

func scanHead(s db.Scanner) (head, error) {
	var h head
	err := s.Scan(&h.organisation, &h.seq, &h.mac, &h.seal)
	return h, err
}

// intact tells whether the key store's row is as this log wrote it.
func (l *Log) headIntact(h head) bool { return hmac.Equal(h.seal, l.sumHead(h)) }

// heads reads the ends of some organisations' chains, or of all when none are named.
func (l *Log) heads(ctx context.Context, organisations ...string) (map[string]head, error) {
	found := map[string]head{}
	err := l.keys.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		clear(found)
		query, args := `SELECT organisation, seq, mac, seal FROM audit_head`, []any(nil)
		for first := true; first || len(organisations) > 0; first = false {
			where := ""
			if n := min(len(organisations), inMost); n > 0 {
				where, args = inList(organisations[:n])
				where = ` WHERE organisation IN ` + where
				organisations = organisations[n:]
			}
			all, err := db.All(ctx, tx, scanHead, query+where, args...)
			if err != nil {
				return err
			}
			for _, h := range all {
				found[h.organisation] = h
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("ends of the chains: %w", err)
	}
	return found, nil
}

// keepHeads stores the ends of chains, forward only.
func (l *Log) keepHeads(ctx context.Context, heads []head) error {
	err := l.keys.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, h := range heads {
			if _, err := tx.Exec(ctx, `INSERT INTO audit_head (organisation, seq, mac, seal) VALUES ($1, $2, $3, $4)
				ON CONFLICT (organisation) DO UPDATE SET seq = excluded.seq, mac = excluded.mac, seal = excluded.seal
				WHERE audit_head.seq < excluded.seq`, h.organisation, h.seq, h.mac, l.sumHead(h)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep the ends of the chains: %w", err)
	}
	return nil
}

// alarm is something wrong that the sequencer met. It is kept in the key store, as the sequencer goes on and may cover its trace.
type alarm struct {
	organisation string
	seq          int64
	kind         Kind
	foundAt      db.Time
}

// raise keeps alarms and takes away end rows that are not the log's own, so that they do not stand in its way.
func (l *Log) raise(ctx context.Context, alarms []alarm, bad []head) error {
	if len(alarms) == 0 && len(bad) == 0 {
		return nil
	}
	for _, a := range alarms {
		l.logger.Error("the audit log has been tampered with", "organisation", a.organisation, "seq", a.seq, "kind", string(a.kind))
	}
	err := l.keys.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, a := range alarms {
			if _, err := tx.Exec(ctx, `INSERT INTO audit_alarm (organisation, seq, kind, found_at) VALUES ($1, $2, $3, $4)
				ON CONFLICT (organisation, seq, kind) DO NOTHING`, a.organisation, a.seq, string(a.kind), a.foundAt); err != nil {
				return err
			}
		}
		for _, h := range bad {
			if _, err := tx.Exec(ctx, `DELETE FROM audit_head WHERE organisation = $1 AND seal = $2`, h.organisation, h.seal); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep the log's alarms: %w", err)
	}
	l.mu.Lock()
	l.stats.Alarms += int64(len(alarms))
	l.mu.Unlock()
	return nil
}

// inMost is the longest IN list.
const inMost = 256

// inList makes the placeholders, in brackets, and the arguments of an IN list. Their number goes up in powers of two, the last one
// repeated, so that few different statements have to be prepared.
func inList(values []string) (string, []any) {
	size := 1
	for size < len(values) {
		size *= 2
	}
	var b strings.Builder
	args := make([]any, size)
	for i := range size {
		b.WriteString(",$" + strconv.Itoa(i+1))
		args[i] = values[min(i, len(values)-1)]
	}
	return "(" + b.String()[1:] + ")", args
}
