package oversight

import (
	"context"
	"slices"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
)

// What stands here is the slow way to the numbers and marks of a spot-check: every look of the period is read. The quick way is compared with it.

// Walked is what a walk through a period found.
type Walked struct {
	Looks  int
	Counts map[Mark]int
	Marks  map[string][]Mark
	Seen   []string // the looks that a sample may be drawn from
}

// Walk goes through the last days.
func (s *Service) Walk(ctx context.Context, actor access.Subject, days int) (Walked, error) {
	var w *walk
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		w, err = s.walk(ctx, tx, access.ScopeOf(actor, access.ReviewLog), s.Today().AddDays(1-days))
		return err
	})
	if err != nil {
		return Walked{}, err
	}
	return Walked{w.looks, w.counts(), w.marks, w.seen}, nil
}

// walk is one way through a period of the log, newest first.
type walk struct {
	looks  int
	seen   []string
	order  []string // of the entries with marks, newest first
	marks  map[string][]Mark
	places []audit.Glance            // looks at rounds, by the doer
	people map[string][]audit.Glance // looks at participants, by the doer
}

// walk goes through the looks and refusals of a period. It reads no more of an entry than it needs, by the index of organisation and
// action; the entries that it chooses are then read in full.
func (s *Service) walk(ctx context.Context, tx *db.Tx, scope access.Scope, from clock.Date) (*walk, error) {
	w := &walk{marks: map[string][]Mark{}, people: map[string][]audit.Glance{}}
	known, err := s.log.ActionsOf(ctx, tx, scope.Organisation())
	if err != nil {
		return nil, err
	}
	f := reviewed(scope)
	f.From = begin(from)
	refused := f
	refused.Refused = true
	if _, err := s.log.Each(ctx, tx, refused, countedTo, func(g audit.Glance) { w.mark(g, Refused) }); err != nil {
		return nil, err
	}
	for _, a := range known {
		if isLook(a) || a == "round.read" {
			f.Actions = append(f.Actions, a)
		}
	}
	if len(f.Actions) > 0 {
		if _, err := s.log.Each(ctx, tx, f, 1_000_000, w.see); err != nil {
			return nil, err
		}
	}
	w.crowds()
	return w, s.left(ctx, tx, w)
}

func (w *walk) mark(g audit.Glance, m Mark) {
	if w.marks[g.ID] == nil {
		w.order = append(w.order, g.ID)
	}
	w.marks[g.ID] = append(w.marks[g.ID], m)
}

func (w *walk) see(g audit.Glance) {
	if g.Purpose != "" {
		w.places = append(w.places, g)
	}
	if !isLook(g.Action) || g.Outcome != audit.OK {
		return
	}
	w.looks++
	w.seen = append(w.seen, g.ID)
	if GroupOf(g.Action) == Participants {
		w.people[g.Actor] = append(w.people[g.Actor], g)
	}
	if outside(g.At) {
		w.mark(g, OutsideHours)
	}
	if GroupOf(g.Action) == Exports {
		w.mark(g, Exported)
	}
}

// crowds marks the looks with which somebody had seen very many people within the hour before. A round counts once, with the most
// people that it showed; a search counts each time. Of one crowd the look that made it one is marked.
func (w *walk) crowds() {
	for _, looks := range w.people {
		slices.Reverse(looks) // the oldest first
		var quiet time.Time   // until when another is the same crowd
		for i, g := range looks {
			if g.At.Before(quiet) {
				continue
			}
			if walkedBefore(looks[max(0, i-inAnHour):i+1]) >= manyPeople {
				w.mark(g, ManyPeople)
				quiet = g.At.Add(time.Hour)
			}
		}
	}
}

// walkedBefore is how many people the looks of the hour up to the last one showed.
func walkedBefore(looks []audit.Glance) int {
	from := looks[len(looks)-1].At.Add(-time.Hour)
	rounds, n := map[string]int{}, 0
	for _, g := range looks {
		switch {
		case g.At.Before(from):
		case g.Purpose == "":
			n += g.Count
		default:
			rounds[g.Purpose] = max(rounds[g.Purpose], g.Count)
		}
	}
	for _, most := range rounds {
		n += most
	}
	return n
}

// left marks what was done in a round by somebody whose days in it were over.
func (s *Service) left(ctx context.Context, tx *db.Tx, w *walk) error {
	var people []string
	for _, g := range w.places {
		people = append(people, g.Actor)
	}
	type last struct {
		person, round string
		on            clock.Date
	}
	found, err := ofIDs(ctx, tx, func(row db.Scanner) (last, error) {
		var l last
		err := row.Scan(&l.person, &l.round, &l.on)
		return l, err
	}, `SELECT person_id, round_id, max(coalesce(to_on, '9999-12-31')) FROM round_staff WHERE person_id`, people, " GROUP BY person_id, round_id")
	if err != nil {
		return err
	}
	until := map[[2]string]clock.Date{}
	for _, l := range found {
		until[[2]string{l.person, l.round}] = l.on
	}
	for _, g := range w.places {
		if on, worked := until[[2]string{g.Actor, g.Purpose}]; worked && clock.DateOf(g.At.In(zone)).After(on) {
			w.mark(g, NotAssigned)
		}
	}
	return nil
}

func (w *walk) counts() map[Mark]int {
	n := map[Mark]int{}
	for _, marks := range w.marks {
		for _, m := range marks {
			n[m]++
		}
	}
	return n
}

// GlanceAtMost has spot-checks be about no more than so many looks.
func (s *Service) GlanceAtMost(n int) { s.glanced = n }
