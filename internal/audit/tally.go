package audit

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"hemvist/internal/db"
)

// What stands here answers for many entries without reading them: how many there are, of which a few are then read.

// Span is a stretch of time: from an instant, before another.
type Span struct{ From, Before time.Time }

// Frame is how many entries of one action there are in one span.
type Frame struct {
	Action Action
	Span   Span
	N      int
}

// values writes rows of arguments for a WITH, each row with its number first, which keeps a value's kind known on both engines.
type values struct {
	rows []string
	args []any
}

func (v *values) add(args ...any) {
	row := strconv.Itoa(len(v.rows))
	for _, arg := range args {
		v.args = append(v.args, arg)
		row += ", $" + strconv.Itoa(len(v.args))
	}
	v.rows = append(v.rows, "("+row+")")
}

func (v *values) text() string { return "(VALUES " + strings.Join(v.rows, ", ") + ")" }

// with is the filter's condition without its actions and its bounds in time, whose place spans take: SQLite reads an index from one bound
// alone, and would take the wrong one. Its arguments come after those that are there already.
func (f Filter) with(args []any) (string, []any, error) {
	f.Actions, f.From, f.Before = nil, time.Time{}, time.Time{}
	return f.where(args...)
}

// framed is the spans and the filter's actions as tables, what else it demands of an entry, and the arguments of all three.
func (f Filter) framed(spans []Span) (span, did, where string, args []any, err error) {
	var s, d values
	for _, x := range spans {
		s.add(db.At(x.From), db.At(x.Before))
	}
	d.args = s.args
	for _, a := range f.Actions {
		d.add(string(a))
	}
	where, args, err = f.with(d.args)
	return s.text(), d.text(), where, args, err
}

// Tally counts the entries of each of the filter's actions in each span, up to most in each: one range of the index by organisation and
// action for each. The spans take the place of the filter's From and Before. Frames without an entry are left out; the others stand by
// span and action.
func (l *Log) Tally(ctx context.Context, tx *db.Tx, f Filter, spans []Span, most int) ([]Frame, error) {
	if len(spans) == 0 || len(f.Actions) == 0 {
		return nil, nil
	}
	span, did, where, args, err := f.framed(spans)
	if err != nil {
		return nil, err
	}
	frames, err := db.All(ctx, tx, func(row db.Scanner) (Frame, error) {
		var s, a, n int
		err := row.Scan(&s, &a, &n)
		if err != nil {
			return Frame{}, err
		}
		return Frame{f.Actions[a], spans[s], n}, nil
	}, fmt.Sprintf(`WITH span (place, since, until) AS %s, did (place, action) AS %s, tally AS MATERIALIZED (
		SELECT s.place AS span, d.place AS did, (SELECT count(*) FROM
			(SELECT 1 FROM audit_entry e WHERE %s AND e.action = d.action AND e.at >= s.since AND e.at < s.until LIMIT %d) AS found) AS n
		FROM span s CROSS JOIN did d)
		SELECT span, did, n FROM tally WHERE n > 0 ORDER BY span, did`, span, did, where, most), args...)
	if err != nil {
		return nil, fmt.Errorf("tally the log: %w", err)
	}
	return frames, nil
}

func scanPlace(row db.Scanner) (Place, error) {
	var p Place
	var at db.Time
	err := row.Scan(&p.ID, &at)
	p.At = at.Time
	return p, err
}

// Nth is the entry that has n before it among those that the filter finds, the oldest first. Kind NotFound when there are no more than n.
func (l *Log) Nth(ctx context.Context, tx *db.Tx, f Filter, n int) (Place, error) {
	f.After = Place{}
	where, args, err := f.where()
	if err != nil {
		return Place{}, err
	}
	p, err := db.One(ctx, tx, scanPlace, fmt.Sprintf(`SELECT e.id, e.at FROM audit_entry e WHERE %s ORDER BY e.at, e.id LIMIT 1 OFFSET $%d`, where, len(args)+1),
		append(args, n)...)
	if err != nil {
		return Place{}, fmt.Errorf("the log's entry %d: %w", n, err)
	}
	return p, nil
}

// Since is the instant from which on an organisation's log has so many entries, or few more. Kind NotFound when it has fewer.
func (l *Log) Since(ctx context.Context, tx *db.Tx, organisation string, newest int) (time.Time, error) {
	at, err := db.One(ctx, tx, db.Scalar[db.Time], `SELECT at FROM audit_entry WHERE organisation = $1 ORDER BY at DESC LIMIT 1 OFFSET $2`, organisation, newest-1)
	if err != nil {
		return time.Time{}, fmt.Errorf("how far the newest entries go back: %w", err)
	}
	return at.Time, nil
}

// NewestIn is the newest entries of the filter's actions in spans, which take the place of its From and Before.
func (l *Log) NewestIn(ctx context.Context, tx *db.Tx, f Filter, spans []Span, limit int) ([]Place, error) {
	if len(spans) == 0 || len(f.Actions) == 0 {
		return nil, nil
	}
	span, did, where, args, err := f.framed(spans)
	if err != nil {
		return nil, err
	}
	places, err := db.All(ctx, tx, scanPlace, fmt.Sprintf(`WITH span (place, since, until) AS %s, did (place, action) AS %s
		SELECT e.id, e.at FROM span s CROSS JOIN did d CROSS JOIN audit_entry e
		WHERE %s AND e.action = d.action AND e.at >= s.since AND e.at < s.until ORDER BY e.at DESC, e.id DESC LIMIT %d`,
		span, did, where, limit), args...)
	if err != nil {
		return nil, fmt.Errorf("the newest entries in spans of the log: %w", err)
	}
	return places, nil
}

// Doing is what somebody does in a matter from an instant on.
type Doing struct {
	Actor, Purpose string
	From           time.Time
}

// OfDoings is the newest entries of these doings, by the index of matters; the filter's From and Before do not count.
func (l *Log) OfDoings(ctx context.Context, tx *db.Tx, f Filter, doings []Doing, limit int) ([]Place, error) {
	if len(doings) == 0 {
		return nil, nil
	}
	var v values
	for _, d := range doings {
		v.add(d.Actor, d.Purpose, db.At(d.From))
	}
	actions := make([]string, len(f.Actions))
	for i, a := range f.Actions {
		v.args = append(v.args, string(a))
		actions[i] = "$" + strconv.Itoa(len(v.args))
	}
	where, args, err := f.with(v.args)
	if err != nil {
		return nil, err
	}
	if len(actions) > 0 {
		where += " AND e.action IN (" + strings.Join(actions, ", ") + ")"
	}
	places, err := db.All(ctx, tx, scanPlace, fmt.Sprintf(`WITH doing (place, actor, purpose, since) AS %s
		SELECT e.id, e.at FROM doing d CROSS JOIN audit_entry e
		WHERE e.purpose = d.purpose AND e.purpose <> '' AND e.at >= d.since AND e.actor = d.actor AND %s ORDER BY e.at DESC, e.id DESC LIMIT %d`,
		v.text(), where, limit), args...)
	if err != nil {
		return nil, fmt.Errorf("doings in the log: %w", err)
	}
	return places, nil
}

// Lots is numbers to draw entries by: the same for the same words, and foreseen by nobody who has not the log's secret.
func (l *Log) Lots(words string) rand.Source {
	sum := l.lotsMAC.sum(func(buf []byte) []byte { return append(buf, words...) })
	return rand.NewPCG(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16]))
}
