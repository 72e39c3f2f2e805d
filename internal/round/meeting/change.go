package meeting

import (
	"context"
	"slices"
	"strings"

	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/i18n"
	"hemvist/internal/programme"
	"hemvist/internal/round"
)

// known is what those who take part know of a session, or should.
type known struct {
	on              clock.Date
	starts, minutes int
	place           string // of this session alone; empty for the round's
	cancelled       bool
	leads           string // who steps in for whom, by ids
}

// same tells whether there is nothing to tell: of a session that is not held, the day it is not held on says nothing.
func (k known) same(o known) bool { return k == o || k.cancelled && o.cancelled }

// Change is something about a session ahead that those who take part have not been told.
type Change struct {
	Session     round.Session
	Away        []Absence // who steps in, when that is what has changed
	before, now known
	at          db.Time // when it was changed last
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
// days as they are.
func untoldTx(ctx context.Context, tx *db.Tx, row round.Row, sessions []round.Session, today clock.Date) ([]Change, error) {
	if row.EndedHow != "" {
		return nil, nil
	}
	since, anybody, err := sinceTx(ctx, tx, row)
	if err != nil || !anybody {
		return nil, err
	}
	knows, at, err := knownTx(ctx, tx, row.ID)
	if err != nil {
		return nil, err
	}
	away, err := awayTx(ctx, tx, row.ID, at)
	if err != nil {
		return nil, err
	}
	var changes []Change
	for _, x := range sessions {
		if x.Fact == round.Held || x.On.Before(today) || at[x.ID].Before(since.Time) {
			continue
		}
		c := Change{Session: x, at: at[x.ID], now: known{x.On, x.Starts, x.Minutes, x.Place, x.Fact == round.Cancelled, leadsOf(away[x.ID])}}
		before, told := knows[x.ID]
		if c.before = before; !told {
			c.before = known{x.On, x.Starts, x.Minutes, x.Place, false, ""}
		}
		if c.before.minutes == 0 { // nothing was said of it
			c.before.minutes = x.Minutes
		}
		if c.before.same(c.now) {
			continue
		}
		if c.before.leads != c.now.leads {
			c.Away = away[x.ID]
		}
		changes = append(changes, c)
	}
	return changes, nil
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

// knownTx is what is known of the sessions that were changed or told of, and when each was changed last.
func knownTx(ctx context.Context, tx *db.Tx, roundID string) (knows map[string]known, at map[string]db.Time, err error) {
	knows, at = map[string]known{}, map[string]db.Time{}
	latest := func(id string, t db.Time) {
		if at[id].Before(t.Time) {
			at[id] = t
		}
	}
	_, err = db.All(ctx, tx, func(row db.Scanner) (k known, err error) {
		var id string
		var t db.Time
		err = row.Scan(&id, &k.on, &k.starts, &k.minutes, &k.place, &t)
		if _, first := knows[id]; !first {
			knows[id] = k
		}
		latest(id, t)
		return k, err
	}, `SELECT m.session_id, m.from_date, m.from_starts, m.from_minutes, m.from_place, m.recorded_at FROM session_move m JOIN round_session s ON s.id = m.session_id
		WHERE s.round_id = $1 ORDER BY m.recorded_at, m.id`, roundID)
	if err != nil {
		return nil, nil, err
	}
	_, err = db.All(ctx, tx, func(row db.Scanner) (t db.Time, err error) {
		var id string
		err = row.Scan(&id, &t)
		latest(id, t)
		return t, err
	}, `SELECT f.session_id, f.recorded_at FROM session_fact f JOIN round_session s ON s.id = f.session_id WHERE s.round_id = $1`, roundID)
	if err != nil {
		return nil, nil, err
	}
	_, err = db.All(ctx, tx, func(row db.Scanner) (k known, err error) {
		var id string
		err = row.Scan(&id, &k.on, &k.starts, &k.minutes, &k.place, &k.cancelled, &k.leads)
		knows[id] = k
		return k, err
	}, `SELECT s.session_id, s.on_date, s.starts, s.minutes, s.place, s.cancelled, s.leads FROM told_session s JOIN told t ON t.id = s.told_id
		WHERE t.round_id = $1 ORDER BY t.recorded_at, t.id`, roundID)
	return knows, at, err
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

// manyMoved is from how many moved sessions on their new days are told in one sentence.
const manyMoved = 3

// WordsOf is changes in sentences of a language, as those who take part are told of them.
func WordsOf(t *i18n.Printer, row round.Row, def *programme.Definition, changes []Change) []string {
	word := def.Word(row.Variant, "session", t.Lang())
	when := func(k known) string {
		place := k.place
		if place == "" {
			place = row.Place
		}
		if place == "" {
			place = row.Link
		}
		text := t.TimeSpan(k.starts, k.minutes)
		if place != "" {
			text += ", " + place
		}
		return text
	}
	var out []string
	moved := map[string][]Change{} // by the time and place they are moved to
	for _, c := range changes {
		if c.moved() {
			moved[when(c.now)] = append(moved[when(c.now)], c)
		}
	}
	for _, c := range changes {
		args := []any{"session", word.The, "Session", i18n.Capital(word.The), "sessions", word.Many, "from", t.DayAndMonth(c.before.on), "on", t.DayAndMonth(c.now.on), "when", when(c.now)}
		switch same := moved[when(c.now)]; {
		case c.now.cancelled:
			out = append(out, t.T("tell.said.cancelled", args...))
			continue
		case c.before.cancelled:
			out = append(out, t.T("tell.said.back", args...))
		case c.moved() && len(same) >= manyMoved:
			if same[0].Session.ID == c.Session.ID {
				var days []string
				for _, m := range same {
					days = append(days, t.DayAndMonth(m.now.on))
				}
				out = append(out, t.T("tell.said.many", append(args, "days", strings.Join(days, ", "))...))
			}
		case c.moved():
			out = append(out, t.T("tell.said.moved", args...))
		case when(c.before) != when(c.now):
			out = append(out, t.T("tell.said.at", args...))
		}
		if c.before.leads != c.now.leads {
			out = append(out, leadsWords(t, c, args))
		}
	}
	return out
}

// moved tells whether a session that is held, and was to be, is held on another day.
func (c Change) moved() bool {
	return !c.now.cancelled && !c.before.cancelled && c.now.on != c.before.on
}

func leadsWords(t *i18n.Printer, c Change, args []any) string {
	if c.now.leads == "" {
		return t.T("tell.said.leads-again", args...)
	}
	var names, absent []string
	for _, a := range c.Away {
		if a.Person != "" {
			names, absent = append(names, a.Name), append(absent, a.AbsentName)
		}
	}
	return t.T("tell.said.leads", append(args, "names", strings.Join(names, ", "), "absent", strings.Join(absent, ", "))...)
}
