package register

import (
	"context"
	"slices"

	"hemvist/internal/clock"
	"hemvist/internal/credential"
	"hemvist/internal/db"
	"hemvist/internal/round"
)

// gathering reads what was told of some rounds from the rooms' tables. It asks each table once, whatever the number of rounds.
type gathering struct {
	rounds   map[string]*happened
	sessions map[string]*session
	learning map[string]string // people who learn, by their ids as participants
}

// gatherTx reads what was told of those of the rounds of which it is not known yet.
func gatherTx(ctx context.Context, tx *db.Tx, all []*happened) error {
	g := gathering{rounds: map[string]*happened{}, sessions: map[string]*session{}, learning: map[string]string{}}
	for _, h := range all {
		if !h.known {
			g.rounds[h.id] = h
		}
	}
	if len(g.rounds) == 0 {
		return nil
	}
	for _, step := range []func(context.Context, *db.Tx) error{
		g.addSessions, g.addAway, g.addLed, g.addStaff, g.addEnds, g.addNotified, g.addLearners, g.addMarks, g.addCounts, g.addSizes,
	} {
		if err := step(ctx, tx); err != nil {
			return err
		}
	}
	for _, h := range g.rounds {
		h.known = true
	}
	return nil
}

// ids is the ids of the rounds, as in gives them.
func (g *gathering) ids() (string, []any) {
	ids := make([]string, 0, len(g.rounds))
	for id := range g.rounds {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return in(nil, ids)
}

// none is what a scan gives that keeps what it read itself.
type none struct{}

// each reads every row of a query about the rounds.
func (g *gathering) each(ctx context.Context, tx *db.Tx, scan func(db.Scanner) error, before, after string) error {
	ids, args := g.ids()
	_, err := db.All(ctx, tx, func(row db.Scanner) (none, error) { return none{}, scan(row) }, before+ids+after, args...)
	return err
}

func (g *gathering) addSessions(ctx context.Context, tx *db.Tx) error {
	err := g.each(ctx, tx, func(row db.Scanner) error {
		var x session
		var said dated
		var roundID, fact string
		var at db.Time
		if err := row.Scan(&x.id, &roundID, &x.kind, &x.item, &x.on, &x.minutes, &said.id, &fact, &said.on, &at); err != nil {
			return err
		}
		switch round.SessionFact(fact) {
		case round.Held:
			x.heldID, x.heldOn = said.id, said.on
		case round.Cancelled:
			x.cancelled = dated{said.id, knownOn(at, x.on)}
		}
		if x.item == "" {
			x.item = x.id
		}
		h := g.rounds[roundID]
		h.sessions = append(h.sessions, x)
		return nil
	}, `SELECT s.id, s.round_id, s.kind, s.item, s.on_date, s.minutes, coalesce(f.id, ''), coalesce(f.fact, ''), f.happened_on, f.recorded_at
		FROM round_session s LEFT JOIN session_fact f ON f.session_id = s.id AND NOT EXISTS (SELECT 1 FROM session_fact later WHERE later.supersedes = f.id)
		WHERE s.round_id IN `, ` ORDER BY s.round_id, s.number`)
	for _, h := range g.rounds {
		for i := range h.sessions {
			g.sessions[h.sessions[i].id] = &h.sessions[i]
		}
	}
	return err
}

// knownOn is the day on which it was known that something would not be at a session as planned: the session's at the latest.
func knownOn(recorded db.Time, session clock.Date) clock.Date {
	if on := clock.DateOf(recorded.In(zone)); on.Before(session) {
		return on
	}
	return session
}

// addAway tells who does not lead a session, as somebody else steps in.
func (g *gathering) addAway(ctx context.Context, tx *db.Tx) error {
	return g.each(ctx, tx, func(row db.Scanner) error {
		var a away
		var sessionID string
		var at db.Time
		err := row.Scan(&a.id, &sessionID, &a.person, &at)
		if x := g.sessions[sessionID]; err == nil {
			a.on = knownOn(at, x.on)
			x.away = append(x.away, a)
		}
		return err
	}, `SELECT a.id, a.session_id, a.absent_id, a.recorded_at FROM `+sessionsFirst("stand_in")+` WHERE a.session_id = s.id AND s.round_id IN `,
		` AND a.person_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM stand_in later WHERE later.supersedes = a.id) ORDER BY a.session_id, a.id`)
}

// addLed tells who led a session, where that was said.
func (g *gathering) addLed(ctx context.Context, tx *db.Tx) error {
	return g.each(ctx, tx, func(row db.Scanner) error {
		var sessionID, person string
		var led bool
		if err := row.Scan(&sessionID, &person, &led); err != nil {
			return err
		}
		x := g.sessions[sessionID]
		if x.ledTold = true; led {
			x.led = append(x.led, person)
		}
		return nil
	}, `SELECT a.session_id, a.person_id, a.led FROM `+sessionsFirst("session_leader")+` WHERE a.session_id = s.id AND s.round_id IN `,
		` AND NOT EXISTS (SELECT 1 FROM session_leader later WHERE later.supersedes = a.id) ORDER BY a.session_id, a.person_id`)
}

func (g *gathering) addStaff(ctx context.Context, tx *db.Tx) error {
	return g.each(ctx, tx, func(row db.Scanner) error {
		var w worker
		var roundID string
		err := row.Scan(&roundID, &w.person, &w.role, &w.from, &w.to)
		if h := g.rounds[roundID]; err == nil {
			h.staff = append(h.staff, w)
		}
		return err
	}, `SELECT round_id, person_id, role, from_on, to_on FROM round_staff WHERE round_id IN `, ` ORDER BY round_id, from_on, role, person_id`)
}

func (g *gathering) addEnds(ctx context.Context, tx *db.Tx) error {
	return g.each(ctx, tx, func(row db.Scanner) error {
		var e end
		var roundID, how string
		if err := row.Scan(&e.id, &roundID, &how, &e.on); err != nil {
			return err
		}
		switch round.State(how) {
		case round.Closed:
			e.kind = credential.FactClosed
		case round.BrokenOff:
			e.kind = credential.FactBrokenOff
		default: // opened again
			return nil
		}
		h := g.rounds[roundID]
		h.ends = append(h.ends, e)
		return nil
	}, `SELECT f.id, f.round_id, f.fact, f.happened_on FROM round_fact f WHERE f.round_id IN `,
		` AND NOT EXISTS (SELECT 1 FROM round_fact later WHERE later.supersedes = f.id) ORDER BY f.recorded_at, f.id`)
}

func (g *gathering) addNotified(ctx context.Context, tx *db.Tx) error {
	return g.each(ctx, tx, func(row db.Scanner) error {
		var n dated
		var roundID string
		err := row.Scan(&n.id, &roundID, &n.on)
		if h := g.rounds[roundID]; err == nil {
			h.notified = append(h.notified, n)
		}
		return err
	}, `SELECT id, round_id, happened_on FROM round_notified WHERE round_id IN `, ` ORDER BY happened_on, id`)
}

func (g *gathering) addLearners(ctx context.Context, tx *db.Tx) error {
	return g.each(ctx, tx, func(row db.Scanner) error {
		var l learner
		var roundID string
		err := row.Scan(&l.id, &roundID, &l.person, &l.joinedOn, &l.leftOn)
		if h := g.rounds[roundID]; err == nil {
			g.learning[l.id] = l.person
			h.learners = append(h.learners, l)
		}
		return err
	}, `SELECT id, round_id, person_id, joined_on, left_on FROM participant WHERE round_id IN `, ` AND person_id IS NOT NULL ORDER BY id`)
}

// sessionsFirst is what is said of the sessions of some rounds. CROSS makes SQLite begin with the sessions, which are few, and not read all
// that was ever said.
func sessionsFirst(table string) string {
	return "round_session s CROSS JOIN " + table + " a"
}

// addMarks remembers who came to the sessions. A participant is known here by a pseudonym, one who learns by the person.
func (g *gathering) addMarks(ctx context.Context, tx *db.Tx) error {
	type mark struct{ id, session, who, mark string }
	var marks []mark
	superseded := map[string]bool{}
	err := g.each(ctx, tx, func(row db.Scanner) error {
		var m mark
		var supersedes *string
		err := row.Scan(&m.id, &m.session, &m.who, &m.mark, &supersedes)
		if supersedes != nil {
			superseded[*supersedes] = true
		}
		marks = append(marks, m)
		return err
	}, `SELECT a.id, a.session_id, a.participant_id, a.mark, a.supersedes FROM `+sessionsFirst("attendance")+` WHERE a.session_id = s.id AND s.round_id IN `, "")
	if err != nil {
		return err
	}
	// There may be thousands, and few are superseded: to look here is cheaper than to ask the database of each.
	for _, m := range marks {
		x, who := g.sessions[m.session], m.who
		if person, learns := g.learning[m.who]; learns {
			who = person
		}
		switch {
		case superseded[m.id] || m.mark == "unknown":
			continue
		case m.mark == "present", m.mark == "late":
			x.came = append(x.came, who)
		case m.mark == "made-up":
			x.made = append(x.made, who)
		}
		x.cameTold = true
	}
	for _, x := range g.sessions { // they were read in no order
		slices.Sort(x.came)
		slices.Sort(x.made)
	}
	return nil
}

// addCounts tells how many came, where no names are kept.
func (g *gathering) addCounts(ctx context.Context, tx *db.Tx) error {
	return g.each(ctx, tx, func(row db.Scanner) error {
		var c counted
		var sessionID string
		err := row.Scan(&c.id, &sessionID, &c.on, &c.n)
		if x := g.sessions[sessionID]; err == nil {
			x.counts = append(x.counts, c)
		}
		return err
	}, `SELECT a.id, a.session_id, a.happened_on, a.present FROM `+sessionsFirst("attendance_count")+` WHERE a.session_id = s.id AND s.round_id IN `,
		` AND NOT EXISTS (SELECT 1 FROM attendance_count later WHERE later.supersedes = a.id) ORDER BY a.session_id, a.id`)
}

func (g *gathering) addSizes(ctx context.Context, tx *db.Tx) error {
	return g.each(ctx, tx, func(row db.Scanner) error {
		var c counted
		var roundID string
		err := row.Scan(&c.id, &roundID, &c.n, &c.on)
		if h := g.rounds[roundID]; err == nil {
			h.sizes = append(h.sizes, c)
		}
		return err
	}, `SELECT id, round_id, count, happened_on FROM group_size g WHERE round_id IN `,
		` AND NOT EXISTS (SELECT 1 FROM group_size later WHERE later.supersedes = g.id) ORDER BY happened_on, id`)
}
