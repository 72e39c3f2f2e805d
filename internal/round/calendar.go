package round

import (
	"context"
	"fmt"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// Longest is how long a round is taken to last at most when rounds of a period are looked for: it bounds the index that is read.
const Longest = 400 // days

// during adds that a round goes on at some time from the one day to the other.
func (w *where) during(from, to clock.Date) {
	if !from.IsZero() {
		w.add("r.last_on >= ? AND r.first_on >= ?", from, from.AddDays(-Longest))
	}
	if !to.IsZero() {
		w.add("r.first_on <= ?", to)
	}
}

// CalendarDay is what happens on a day: how many sessions there are, and how many rounds have their first or their last on it.
type CalendarDay struct {
	On                     clock.Date
	Sessions, Starts, Ends int
}

// OnDay is a session of a day, of a round that is shown with it.
type OnDay struct {
	Row
	Session
}

// Calendar is a period's days on which something happens, and one day's sessions.
type Calendar struct {
	Days  []CalendarDay
	Day   []OnDay // at most maxOnDay, the earliest first
	More  bool    // there are more on the day
	Today clock.Date
}

// maxOnDay bounds the sessions of a day that are listed.
const maxOnDay = 100

// Calendar is the sessions of the rounds that the actor may see, by day from the one day to the other, and those of one day, the zero day for
// none. Of the query the words, the state and the variant count. A cancelled session is left out.
func (s *Service) Calendar(ctx context.Context, actor access.Subject, q Query, from, to, day clock.Date) (Calendar, error) {
	w, words, err := s.sought(actor, q)
	if err != nil {
		return Calendar{}, fmt.Errorf("calendar: %w", err)
	}
	c := Calendar{Today: s.Today()}
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		w := w // the function may run again
		if _, err := w.matching(ctx, tx, words, nil); err != nil {
			return err
		}
		const happens = "NOT EXISTS (SELECT 1 FROM session_fact f WHERE f.session_id = x.id AND f.fact = 'cancelled' AND NOT EXISTS (SELECT 1 FROM session_fact later WHERE later.supersedes = f.id))"
		month := w
		month.conditions = append([]string{}, w.conditions...)
		month.args = append([]any{}, w.args...)
		month.during(from, to)
		month.add("x.on_date BETWEEN ? AND ?", from, to)
		month.add(happens)
		var err error
		c.Days, err = db.All(ctx, tx, func(row db.Scanner) (CalendarDay, error) {
			var d CalendarDay
			err := row.Scan(&d.On, &d.Sessions, &d.Starts, &d.Ends)
			return d, err
		}, `SELECT x.on_date, count(*), sum(CASE WHEN x.on_date = r.first_on THEN 1 ELSE 0 END), sum(CASE WHEN x.on_date = r.last_on THEN 1 ELSE 0 END)
			FROM `+month.from()+` JOIN round_session x ON x.round_id = r.id WHERE `+month.String()+` GROUP BY x.on_date ORDER BY x.on_date`, month.args...)
		if err != nil || day.IsZero() {
			return err
		}
		w.during(day, day)
		w.add("x.on_date = ?", day)
		w.add(happens)
		c.Day, err = db.All(ctx, tx, func(row db.Scanner) (OnDay, error) {
			var d OnDay
			err := row.Scan(&d.Row.ID, &d.Name, &d.Organisation, &d.Row.Place, &d.Row.Sessions, &d.Session.ID, &d.Number, &d.On, &d.Starts, &d.Minutes)
			return d, err
		}, fmt.Sprintf(`SELECT r.id, r.name, o.name, r.place, r.sessions, x.id, x.number, x.on_date, x.starts, x.minutes
			FROM %s JOIN round_session x ON x.round_id = r.id JOIN organisation o ON o.id = r.organisation_id
			WHERE %s ORDER BY x.starts, r.name_sort, r.id LIMIT %d`, w.from(), w.String(), maxOnDay+1), w.args...)
		if c.More = len(c.Day) > maxOnDay; c.More {
			c.Day = c.Day[:maxOnDay]
		}
		return err
	})
	if err != nil {
		return Calendar{}, fmt.Errorf("calendar: %w", err)
	}
	return c, nil
}

// sought is the rounds that the actor may see and the query asks for, and its words, which are looked up where the query is run.
func (s *Service) sought(actor access.Subject, q Query) (where, []string, error) {
	var w where
	scope := access.ScopeOf(actor, access.ListRounds)
	if scope.Reach() == access.None {
		return w, nil, errs.New(errs.Denied, "")
	}
	today := s.Today()
	w.within(scope, today)
	w.inState(q.State, today)
	if q.Variant != "" {
		w.add("r.variant = ?", q.Variant)
	}
	words := db.Words(q.Text)
	return w, words[:min(len(words), maxWords)], nil
}

// Span is when a round goes on, and where.
type Span struct {
	OrganisationID, Organisation, County string // County: SCB's code, or empty
	FirstOn, LastOn                      clock.Date
	Ended                                State // Closed, BrokenOff or empty
}

// StateOn is the round's state on a day.
func (s Span) StateOn(d clock.Date) State {
	return Row{FirstOn: s.FirstOn, LastOn: s.LastOn, EndedHow: s.Ended}.StateOn(d)
}

// maxSpans bounds how many rounds a strip of organisations or counties is made of; a nation has about a thousand in a year.
const maxSpans = 5_000

// Spans is when and where the rounds go on that the actor may see and the query asks for, by organisation in Swedish order. more tells that
// there are too many to show: then the earliest are given.
func (s *Service) Spans(ctx context.Context, actor access.Subject, q Query) (spans []Span, more bool, err error) {
	w, words, err := s.sought(actor, q)
	if err != nil {
		return nil, false, fmt.Errorf("strip of rounds: %w", err)
	}
	w.during(q.From, q.To)
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		w := w // the function may run again
		if _, err := w.matching(ctx, tx, words, nil); err != nil {
			return err
		}
		var err error
		if spans, err = db.All(ctx, tx, scanSpan, fmt.Sprintf(`SELECT r.organisation_id, r.first_on, r.last_on, coalesce(r.ended_how, '') FROM %s WHERE %s
			ORDER BY r.first_on, r.id LIMIT %d`, w.from(), w.String(), maxSpans+1), w.args...); err != nil {
			return err
		}
		if more = len(spans) > maxSpans; more {
			spans = spans[:maxSpans]
		}
		spans, err = placed(ctx, tx, spans)
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("strip of rounds: %w", err)
	}
	return spans, more, nil
}

func scanSpan(row db.Scanner) (Span, error) {
	var x Span
	err := row.Scan(&x.OrganisationID, &x.FirstOn, &x.LastOn, &x.Ended)
	return x, err
}

// place is an organisation and where it stands in Swedish order.
type place struct {
	id, name, county string
	nth              int
}

// placed puts spans in the order of their organisations, which are read once each: they are few beside the rounds.
func placed(ctx context.Context, tx *db.Tx, spans []Span) ([]Span, error) {
	of := map[string]place{}
	var ids []any
	for _, x := range spans {
		if _, seen := of[x.OrganisationID]; !seen {
			of[x.OrganisationID] = place{}
			ids = append(ids, x.OrganisationID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	var w where
	w.add("o.id IN ("+strings.TrimSuffix(strings.Repeat("?, ", len(ids)), ", ")+")", ids...)
	places, err := db.All(ctx, tx, func(row db.Scanner) (place, error) {
		var p place
		err := row.Scan(&p.id, &p.name, &p.county)
		return p, err
	}, `SELECT o.id, o.name, coalesce(o.county, '') FROM organisation o WHERE `+w.String()+` ORDER BY o.name_sort, o.id`, w.args...)
	if err != nil {
		return nil, err
	}
	for i, p := range places {
		p.nth = i
		of[p.id] = p
	}
	// Where the spans of each begin; within one the order stays.
	begins := make([]int, len(places)+1)
	for _, x := range spans {
		begins[of[x.OrganisationID].nth+1]++
	}
	for i := range places {
		begins[i+1] += begins[i]
	}
	ordered := make([]Span, len(spans))
	for _, x := range spans {
		p := of[x.OrganisationID]
		x.Organisation, x.County = p.name, p.county
		ordered[begins[p.nth]] = x
		begins[p.nth]++
	}
	return ordered, nil
}
