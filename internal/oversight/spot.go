package oversight

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// Mark is why an entry deserves a look. It is no blame: a reviewer asks, and most answers are good.
type Mark string

// The marks.
const (
	OutsideHours Mark = "outside-hours" // before 6 or after 21, or on a Saturday or Sunday
	ManyPeople   Mark = "many-people"   // with it somebody had seen very many people within an hour
	NotAssigned  Mark = "not-assigned"  // by somebody who no longer worked in the round on that day
	Refused      Mark = "refused"       // asked for, and not allowed
	Exported     Mark = "exported"      // taken out of the house
)

// Marks is every mark, in the order in which they are shown.
var Marks = []Mark{Refused, NotAssigned, ManyPeople, OutsideHours, Exported}

// What a spot-check counts with. The hours and the number of people are our own choice: no text says. A leader's groups are of 8 to 16
// people each, and hardly anybody needs to open more than four of them in an hour.
const (
	firstHour  = 6
	lastHour   = 21
	manyPeople = 60
	sampleSize = 20
	maxMarked  = 50
	maxGlanced = 100_000 // looks that one spot-check goes through
	inAnHour   = 500     // of one person's looks, that are counted together
)

// Periods is how many days a spot-check may look back.
var Periods = []int{7, 30, 90}

// Spot is a spot-check: looks drawn at random, and those that deserve a look.
type Spot struct {
	From, To clock.Date
	Days     int
	Seed     string // the same seed and period draw the same looks, but for those that have come since
	Looks    int    // at people's data in the period
	Cut      bool   // there were more than could be gone through; the newest were
	Sample   []Entry
	Marked   []Entry // the newest of them
	Counts   map[Mark]int
}

// SpotCheck draws a sample of the looks of the last days. It is itself logged.
func (s *Service) SpotCheck(ctx context.Context, actor access.Subject, days int, seed string) (Spot, error) {
	scope := access.ScopeOf(actor, access.ReviewLog)
	if scope.Reach() != access.Organisation {
		return Spot{}, errs.New(errs.Denied, "")
	}
	if !slices.Contains(Periods, days) {
		days = Periods[0]
	}
	today := s.Today()
	if seed == "" {
		seed = today.String()
	}
	var spot Spot
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		spot = Spot{From: today.AddDays(1 - days), To: today, Days: days, Seed: seed}
		w, err := s.walk(ctx, tx, scope, spot.From, seed)
		if err != nil {
			return err
		}
		spot.Looks, spot.Cut, spot.Counts = w.looks, w.cut, w.counts()
		if spot.Sample, err = s.entries(ctx, tx, scope, actor.Person, w.sample, w.marks); err != nil {
			return err
		}
		spot.Marked, err = s.entries(ctx, tx, scope, actor.Person, w.marked(), w.marks)
		return err
	})
	if err != nil {
		return Spot{}, fmt.Errorf("spot-check: %w", err)
	}
	note(ctx, actor, ActionRead, actor.Organisation, len(spot.Sample)+len(spot.Marked))
	return spot, nil
}

// entries reads entries by id, newest first, and puts names and marks to them.
func (s *Service) entries(ctx context.Context, tx *db.Tx, scope access.Scope, reader string, ids []string, marks map[string][]Mark) ([]Entry, error) {
	stored, err := s.log.ByID(ctx, tx, scope.Organisation(), ids)
	if err != nil {
		return nil, err
	}
	all, err := named(ctx, tx, reader, stored)
	for i := range all {
		all[i].Marks = marks[all[i].ID]
	}
	return all, err
}

// walk is one way through a period of the log, newest first.
type walk struct {
	seed   string
	looks  int
	cut    bool
	drawn  []drawn
	sample []string
	order  []string // of the entries with marks, newest first
	marks  map[string][]Mark
	places []audit.Glance            // looks at rounds, by the doer
	people map[string][]audit.Glance // looks at participants, by the doer
}

// drawn is a look and the number that it drew: those with the lowest numbers are the sample.
type drawn struct {
	id     string
	number [8]byte
}

// walk goes through the looks and refusals of a period. It reads no more of an entry than it needs, by the index of organisation and
// action; the entries that it chooses are then read in full.
func (s *Service) walk(ctx context.Context, tx *db.Tx, scope access.Scope, from clock.Date, seed string) (*walk, error) {
	w := &walk{seed: seed, marks: map[string][]Mark{}, people: map[string][]audit.Glance{}}
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
		if w.cut, err = s.log.Each(ctx, tx, f, maxGlanced, w.see); err != nil {
			return nil, err
		}
	}
	w.draw()
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
	if GroupOf(g.Action) == Participants {
		w.people[g.Actor] = append(w.people[g.Actor], g)
	}
	sum := sha256.Sum256([]byte(w.seed + " " + g.ID))
	w.drawn = append(w.drawn, drawn{g.ID, [8]byte(sum[:])})
	if outside(g.At) {
		w.mark(g, OutsideHours)
	}
	if GroupOf(g.Action) == Exports {
		w.mark(g, Exported)
	}
}

// outside tells whether an instant is outside the hours in which people usually work.
func outside(at time.Time) bool {
	local := at.In(zone)
	return local.Weekday() == time.Saturday || local.Weekday() == time.Sunday || local.Hour() < firstHour || local.Hour() >= lastHour
}

// draw takes the looks that drew the lowest numbers.
func (w *walk) draw() {
	slices.SortFunc(w.drawn, func(a, b drawn) int { return bytes.Compare(a.number[:], b.number[:]) })
	for _, d := range w.drawn[:min(sampleSize, len(w.drawn))] {
		w.sample = append(w.sample, d.id)
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
			if seenBefore(looks[max(0, i-inAnHour):i+1]) >= manyPeople {
				w.mark(g, ManyPeople)
				quiet = g.At.Add(time.Hour)
			}
		}
	}
}

// seenBefore is how many people the looks of the hour up to the last one showed.
func seenBefore(looks []audit.Glance) int {
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

// marked is the entries that are shown with their marks. Those that were refused were walked over first; ids sort by when they were
// made.
func (w *walk) marked() []string {
	ids := slices.Clone(w.order)
	slices.Sort(ids)
	slices.Reverse(ids)
	return ids[:min(maxMarked, len(ids))]
}

// Week is the last seven days of an organisation's log in numbers, and whether anybody reviews it.
type Week struct {
	Looks, Refused, Outside int
	More                    bool // there were more than could be counted
}

// WeekOf counts the looks of the last seven days in the log that the actor reviews. It shows no entry, and is not logged.
func (s *Service) WeekOf(ctx context.Context, actor access.Subject) (Week, error) {
	scope := access.ScopeOf(actor, access.ReviewLog)
	if scope.Reach() != access.Organisation {
		return Week{}, errs.New(errs.Denied, "")
	}
	var week Week
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		w, err := s.walk(ctx, tx, scope, s.Today().AddDays(-6), "")
		if err != nil {
			return err
		}
		n := w.counts()
		week = Week{Looks: w.looks, Refused: n[Refused], Outside: n[OutsideHours], More: w.cut}
		return nil
	})
	if err != nil {
		return Week{}, fmt.Errorf("the week in the log: %w", err)
	}
	return week, nil
}

// SpotCheckDue is 1 when nobody has read the log that the actor reviews for thirty days, else 0.
func (s *Service) SpotCheckDue(ctx context.Context, actor access.Subject) (int, error) {
	scope := access.ScopeOf(actor, access.ReviewLog)
	if scope.Reach() != access.Organisation {
		return 0, errs.New(errs.Denied, "")
	}
	due := 0
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		f := reviewed(scope)
		f.Actions, f.From, f.Limit = []audit.Action{ActionRead}, begin(s.Today().AddDays(-30)), 1
		read, err := s.log.List(ctx, tx, f)
		if due = 0; len(read) == 0 {
			due = 1
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("whether a spot-check is due: %w", err)
	}
	return due, nil
}
