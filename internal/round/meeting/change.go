package meeting

import (
	"context"
	"slices"
	"strings"

	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/round"
)

// known is what those who take part know of a session, or should.
type known struct {
	on              clock.Date
	starts, minutes int
	place, link     string // where it is held, be that its own place or the round's; and the round's link
	cancelled       bool
	leads           string // who steps in for whom, by ids
}

// where is what is said of where a session is held: the place, or the link of one that has none.
func (k known) where() string {
	if k.place == "" {
		return k.link
	}
	return k.place
}

// same tells whether there is nothing to tell: of a session that is not held, the day it is not held on says nothing.
func (k known) same(o known) bool { return k == o || k.cancelled && o.cancelled }

// Change is something about a session ahead that those who take part have not been told.
type Change struct {
	Session     round.Session
	Away        []Absence // who steps in, when that is what has changed
	before, now known
	onward      int // how many sessions are to be held from its day on, itself among them
}

// Cancelled tells whether the session is not held.
func (c Change) Cancelled() bool { return c.now.cancelled }

// leadsOf is who steps in for whom as one text. Order does not matter to those who take part.
func leadsOf(away []Absence) string {
	var pairs []string
	for _, a := range away {
		if a.Person != "" {
			pairs = append(pairs, a.Absent+">"+a.Person)
		}
	}
	slices.Sort(pairs)
	return strings.Join(pairs, ",")
}

// telling is the last time that those who take part in a round were told of something.
type telling struct{ id, seen string }

// lastToldTx is the end of a round's chain of tellings; empty when they were never told anything.
func lastToldTx(ctx context.Context, tx *db.Tx, roundID string) (telling, error) {
	all, err := db.All(ctx, tx, func(row db.Scanner) (t telling, err error) {
		err = row.Scan(&t.id, &t.seen)
		return t, err
	}, `SELECT t.id, t.seen FROM told t WHERE t.round_id = $1 AND NOT EXISTS (SELECT 1 FROM told later WHERE later.supersedes = t.id)`, roundID)
	if err != nil || len(all) == 0 {
		return telling{}, err
	}
	return all[0], nil
}

// untoldTx is what has changed about a round's sessions ahead and those who take part have not been told: what they know is what they were
// told last, or else the plan before it was first changed. What was changed before anybody took part is nothing to tell: they were given the
// days as they are. Of a round that was broken off no session ahead is held.
func untoldTx(ctx context.Context, tx *db.Tx, row round.Row, sessions []round.Session, today clock.Date) ([]Change, error) {
	if row.EndedHow == round.Closed {
		return nil, nil
	}
	off := row.EndedHow == round.BrokenOff
	since, anybody, err := sinceTx(ctx, tx, row)
	if err != nil || !anybody {
		return nil, err
	}
	past, err := pastTx(ctx, tx, row, since)
	if err != nil {
		return nil, err
	}
	var changes []Change
	for _, x := range sessions {
		if x.Fact == round.Held || x.On.Before(today) {
			continue
		}
		away := past.away[x.ID]
		c := Change{Session: x, now: known{x.On, x.Starts, x.Minutes, placeOf(x.Place, row.Place), row.Link, off || x.Fact == round.Cancelled, leadsOf(away)}}
		if c.before = past.before(x, c.now); c.before.same(c.now) {
			continue
		}
		if c.before.leads != c.now.leads {
			c.Away = away
		}
		for _, y := range sessions {
			if !y.On.Before(x.On) && y.Fact != round.Held && y.Fact != round.Cancelled {
				c.onward++
			}
		}
		changes = append(changes, c)
	}
	return changes, nil
}

// placeOf is where a session is held: in a place of its own, or in the round's.
func placeOf(own, rounds string) string {
	if own == "" {
		return rounds
	}
	return own
}

// sinceTx is since when somebody who takes part now has been in the round, and whether there is anybody. Where numbers alone are kept there
// is, and nobody knows since when.
func sinceTx(ctx context.Context, tx *db.Tx, row round.Row) (since db.Time, anybody bool, err error) {
	if row.Attendance == round.CountsOnly && !row.Learners() {
		return since, row.Participants > 0, nil
	}
	all, err := db.All(ctx, tx, db.Scalar[db.Time], `SELECT created_at FROM participant WHERE round_id = $1 AND left_on IS NULL ORDER BY created_at LIMIT 1`, row.ID)
	if err != nil || len(all) == 0 {
		return since, false, err
	}
	return all[0], true, nil
}

// past is what is stored of how a round's sessions were, by session: as those who take part were told, and before they were changed.
type past struct {
	since       db.Time // that somebody who takes part has been in the round
	told        map[string]known
	moved       map[string]known // before the first move since they came; its place is the session's own
	cancelled   map[string]bool  // when they came
	place, link string           // of the round, before the first change since they came
	away        map[string][]Absence
	// When it was last recorded that the session was moved, that it is held or is not, who steps in, that the round meets elsewhere, and that it
	// was ended or opened again.
	moves, facts, standIns map[string]db.Time
	wheres, ends           db.Time
}

// before is what those who take part know of a session. Of each thing that has not changed since they came they know how it is.
func (p past) before(x round.Session, now known) known {
	k, told := p.told[x.ID]
	if !told {
		first, moved := p.moved[x.ID]
		if k = first; !moved {
			k = known{on: x.On, starts: x.Starts, minutes: x.Minutes, place: x.Place}
		}
		k.place, k.link, k.cancelled = placeOf(k.place, p.place), p.link, p.cancelled[x.ID]
	}
	fresh := func(at db.Time) bool { return !at.IsZero() && !at.Before(p.since.Time) }
	if !fresh(p.moves[x.ID]) {
		k.on, k.starts, k.minutes = now.on, now.starts, now.minutes
	}
	if !fresh(p.wheres) {
		k.link = now.link
	}
	if !fresh(p.wheres) && !fresh(p.moves[x.ID]) {
		k.place = now.place
	}
	if !fresh(p.facts[x.ID]) && !fresh(p.ends) {
		k.cancelled = now.cancelled
	}
	if !fresh(p.standIns[x.ID]) {
		k.leads = now.leads
	}
	if k.minutes == 0 { // nothing was said of it
		k.minutes = now.minutes
	}
	return k
}

func pastTx(ctx context.Context, tx *db.Tx, row round.Row, since db.Time) (past, error) {
	p := past{since: since, told: map[string]known{}, moved: map[string]known{}, cancelled: map[string]bool{},
		moves: map[string]db.Time{}, facts: map[string]db.Time{}, standIns: map[string]db.Time{}}
	for _, read := range []func() error{
		func() error { return p.readMovesTx(ctx, tx, row.ID) },
		func() error { return p.readWheresTx(ctx, tx, row) },
		func() error { return p.readFactsTx(ctx, tx, row.ID) },
		func() error { return p.readEndsTx(ctx, tx, row.ID) },
		func() error { return p.readToldTx(ctx, tx, row.ID) },
		func() (err error) { p.away, err = awayTx(ctx, tx, row.ID, p.standIns); return err },
	} {
		if err := read(); err != nil {
			return p, err
		}
	}
	return p, nil
}

func (p *past) readMovesTx(ctx context.Context, tx *db.Tx, roundID string) error {
	_, err := db.All(ctx, tx, func(row db.Scanner) (k known, err error) {
		var id string
		var t db.Time
		err = row.Scan(&id, &k.on, &k.starts, &k.minutes, &k.place, &t)
		if _, first := p.moved[id]; !first && !t.Before(p.since.Time) {
			p.moved[id] = k
		}
		p.moves[id] = t
		return k, err
	}, `SELECT m.session_id, m.from_date, m.from_starts, m.from_minutes, m.from_place, m.recorded_at FROM session_move m JOIN round_session s ON s.id = m.session_id
		WHERE s.round_id = $1 ORDER BY m.recorded_at, m.id`, roundID)
	return err
}

func (p *past) readWheresTx(ctx context.Context, tx *db.Tx, r round.Row) error {
	p.place, p.link = r.Place, r.Link
	found := false
	_, err := db.All(ctx, tx, func(row db.Scanner) (t db.Time, err error) {
		var place, link string
		err = row.Scan(&place, &link, &t)
		if !found && !t.Before(p.since.Time) {
			p.place, p.link, found = place, link, true
		}
		p.wheres = t
		return t, err
	}, `SELECT from_place, from_link, recorded_at FROM round_where WHERE round_id = $1 ORDER BY recorded_at, id`, r.ID)
	return err
}

func (p *past) readFactsTx(ctx context.Context, tx *db.Tx, roundID string) error {
	_, err := db.All(ctx, tx, func(row db.Scanner) (t db.Time, err error) {
		var id string
		var fact round.SessionFact
		err = row.Scan(&id, &fact, &t)
		if p.facts[id] = t; t.Before(p.since.Time) {
			p.cancelled[id] = fact == round.Cancelled
		}
		return t, err
	}, `SELECT f.session_id, f.fact, f.recorded_at FROM session_fact f JOIN round_session s ON s.id = f.session_id WHERE s.round_id = $1 ORDER BY f.recorded_at, f.id`, roundID)
	return err
}

func (p *past) readEndsTx(ctx context.Context, tx *db.Tx, roundID string) error {
	all, err := db.All(ctx, tx, db.Scalar[db.Time], `SELECT recorded_at FROM round_fact WHERE round_id = $1 ORDER BY recorded_at DESC LIMIT 1`, roundID)
	if len(all) > 0 {
		p.ends = all[0]
	}
	return err
}

func (p *past) readToldTx(ctx context.Context, tx *db.Tx, roundID string) error {
	_, err := db.All(ctx, tx, func(row db.Scanner) (k known, err error) {
		var id string
		err = row.Scan(&id, &k.on, &k.starts, &k.minutes, &k.place, &k.link, &k.cancelled, &k.leads)
		p.told[id] = k
		return k, err
	}, `SELECT s.session_id, s.on_date, s.starts, s.minutes, s.place, s.link, s.cancelled, s.leads FROM told_session s JOIN told t ON t.id = s.told_id
		WHERE t.round_id = $1 ORDER BY t.recorded_at, t.id`, roundID)
	return err
}

// awayTx is who steps in for whom at each of a round's sessions; at takes when that was said.
func awayTx(ctx context.Context, tx *db.Tx, roundID string, at map[string]db.Time) (map[string][]Absence, error) {
	away := map[string][]Absence{}
	_, err := db.All(ctx, tx, func(row db.Scanner) (a Absence, err error) {
		var session string
		var t db.Time
		err = row.Scan(&session, &a.ID, &a.Absent, &a.AbsentName, &a.Person, &a.Name, &t)
		away[session] = append(away[session], a)
		if at[session].Before(t.Time) {
			at[session] = t
		}
		return a, err
	}, `SELECT s.session_id, s.id, s.absent_id, a.name, coalesce(s.person_id, ''), coalesce(p.name, ''), s.recorded_at
		FROM stand_in s JOIN round_session x ON x.id = s.session_id JOIN person a ON a.id = s.absent_id LEFT JOIN person p ON p.id = s.person_id
		WHERE x.round_id = $1 AND NOT EXISTS (SELECT 1 FROM stand_in later WHERE later.supersedes = s.id) ORDER BY a.name_sort, s.id`, roundID)
	return away, err
}
