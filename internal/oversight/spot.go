package oversight

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

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
	maxGlanced = 100_000 // looks that one spot-check is about
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
	Cut      bool   // there were more than one spot-check is about; the newest were counted, drawn from and marked
	Sample   []Entry
	Marked   []Entry // the newest of them
	Counts   map[Mark]Count
}

// Count is how many entries have a mark.
type Count struct {
	N    int
	More bool // there are more than N
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
		spot = Spot{From: today.AddDays(1 - days), To: today, Days: days, Seed: seed, Counts: map[Mark]Count{}}
		k, err := s.check(ctx, tx, scope, spot.From)
		if err != nil {
			return err
		}
		spot.Looks, spot.Cut = k.looks(nil), k.cut
		sample, err := k.sample(ctx, tx, seed)
		if err != nil {
			return err
		}
		marked, err := k.marked(ctx, tx, spot.Counts)
		if err != nil {
			return err
		}
		spot.Sample, spot.Marked, err = k.entries(ctx, tx, actor.Person, sample, marked)
		return err
	})
	if err != nil {
		return Spot{}, fmt.Errorf("spot-check: %w", err)
	}
	note(ctx, actor, ActionRead, actor.Organisation, len(spot.Sample)+len(spot.Marked))
	return spot, nil
}

// check is a period of the log under review. Looks are counted by ranges of an index, and only the entries that are shown are read.
type check struct {
	*Service
	scope  access.Scope
	filter audit.Filter // of the period, with neither action nor outcome
	known  []audit.Action
	hours  []audit.Span // of the period, the oldest first
	frames []audit.Frame
	cut    bool
	left   map[[2]string]clock.Date // the last day in the round, of person and round, for those whose days in it are over
	crowds map[string]bool          // the entries that made a crowd
}

// check counts the looks since a day.
func (s *Service) check(ctx context.Context, tx *db.Tx, scope access.Scope, from clock.Date) (*check, error) {
	k := &check{Service: s, scope: scope, filter: reviewed(scope), hours: hoursOf(from, s.Today()), crowds: map[string]bool{}}
	k.filter.From = begin(from)
	var err error
	if k.known, err = s.log.ActionsOf(ctx, tx, scope.Organisation()); err != nil {
		return nil, err
	}
	if k.frames, err = s.log.Tally(ctx, tx, k.of(isLook), k.hours, s.glanced+1); err != nil {
		return nil, err
	}
	if k.cut = k.looks(nil) > s.glanced; k.cut {
		if err := k.shorten(ctx, tx); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// shorten leaves the oldest hours out, whole spans of them as long as one is left that has begun: then a seed goes on drawing the same.
func (k *check) shorten(ctx context.Context, tx *db.Tx) (err error) {
	since, err := k.log.Since(ctx, tx, k.scope.Organisation(), k.glanced)
	if err != nil {
		return err
	}
	now := k.clock.Now()
	i := slices.IndexFunc(k.hours, func(s audit.Span) bool { return !s.From.Before(since) })
	if i < 0 || k.hours[i].From.After(now) {
		i = slices.IndexFunc(k.hours, func(s audit.Span) bool { return since.Before(s.Before) })
		k.hours[i].From = since
	}
	k.hours = k.hours[i:]
	k.filter.From = k.hours[0].From
	k.frames, err = k.log.Tally(ctx, tx, k.of(isLook), k.hours, k.glanced+1)
	return err
}

// of is the entries that went well, of the actions that are such.
func (k *check) of(such func(audit.Action) bool) audit.Filter {
	f := k.filter
	f.Outcome = audit.OK
	for _, a := range k.known {
		if such(a) {
			f.Actions = append(f.Actions, a)
		}
	}
	return f
}

func isLate(f audit.Frame) bool { return outside(f.Span.From) }

func isExport(f audit.Frame) bool { return GroupOf(f.Action) == Exports }

// looks counts the looks in the frames that are such, or in all of them.
func (k *check) looks(such func(audit.Frame) bool) (n int) {
	for _, f := range k.frames {
		if such == nil || such(f) {
			n += f.N
		}
	}
	return n
}

// marked is the newest entries with a mark, of each kind enough for the page; how many there are is counted.
func (k *check) marked(ctx context.Context, tx *db.Tx, counts map[Mark]Count) ([]audit.Place, error) {
	var all []audit.Place
	for _, of := range []struct {
		mark Mark
		find func(context.Context, *db.Tx) ([]audit.Place, Count, error)
	}{{Refused, k.refused}, {OutsideHours, k.late}, {Exported, k.exported}, {ManyPeople, k.crowded}, {NotAssigned, k.notAssigned}} {
		places, count, err := of.find(ctx, tx)
		if err != nil {
			return nil, err
		}
		counts[of.mark] = count
		all = append(all, places...)
	}
	slices.SortFunc(all, newerFirst)
	all = slices.Compact(all)
	return all[:min(maxMarked, len(all))], nil
}

func newerFirst(a, b audit.Place) int {
	return cmp.Or(b.At.Compare(a.At), strings.Compare(b.ID, a.ID))
}

func (k *check) refused(ctx context.Context, tx *db.Tx) ([]audit.Place, Count, error) {
	f := k.filter
	f.Refused = true
	n, more, err := k.log.Count(ctx, tx, f, countedTo)
	if err != nil || n == 0 {
		return nil, Count{}, err
	}
	var places []audit.Place
	_, err = k.log.Each(ctx, tx, f, maxMarked, func(g audit.Glance) { places = append(places, g.Place) })
	return places, Count{n, more}, err
}

func (k *check) exported(ctx context.Context, tx *db.Tx) ([]audit.Place, Count, error) {
	n := k.looks(isExport)
	if n == 0 {
		return nil, Count{}, nil
	}
	whole := []audit.Span{{From: k.hours[0].From, Before: k.hours[len(k.hours)-1].Before}}
	places, err := k.log.NewestIn(ctx, tx, k.of(func(a audit.Action) bool { return GroupOf(a) == Exports }), whole, maxMarked)
	return places, Count{N: n}, err
}

// late finds the newest looks outside hours, in the newest spans that hold enough of them.
func (k *check) late(ctx context.Context, tx *db.Tx) ([]audit.Place, Count, error) {
	n := k.looks(isLate)
	var spans []audit.Span
	for found, i := 0, len(k.frames)-1; i >= 0 && found < maxMarked; i-- {
		if f := k.frames[i]; isLate(f) {
			spans = append(spans, f.Span)
			found += f.N
			for ; i > 0 && k.frames[i-1].Span == f.Span; i-- { // the other actions of the same hours
				found += k.frames[i-1].N
			}
		}
	}
	places, err := k.log.NewestIn(ctx, tx, k.of(isLook), spans, maxMarked)
	return places, Count{N: n}, err
}

// entries reads the entries that were chosen and puts names and marks to them.
func (k *check) entries(ctx context.Context, tx *db.Tx, reader string, sample, marked []audit.Place) (drawn, stand []Entry, err error) {
	ids := make([]string, 0, len(sample)+len(marked))
	for _, p := range append(slices.Clone(sample), marked...) {
		ids = append(ids, p.ID)
	}
	slices.Sort(ids)
	stored, err := k.log.ByID(ctx, tx, k.scope.Organisation(), slices.Compact(ids))
	if err != nil {
		return nil, nil, err
	}
	all, err := named(ctx, tx, reader, stored)
	if err != nil {
		return nil, nil, err
	}
	for i := range all {
		all[i].Marks = k.marksOf(all[i])
	}
	chosen := func(places []audit.Place) (some []Entry) {
		for _, e := range all {
			if slices.ContainsFunc(places, func(p audit.Place) bool { return p.ID == e.ID }) {
				some = append(some, e)
			}
		}
		return some
	}
	return chosen(sample), chosen(marked), nil
}

// marksOf is every mark of an entry of the period.
func (k *check) marksOf(e Entry) (marks []Mark) {
	last, left := k.left[[2]string{e.Actor, e.Purpose}]
	for _, m := range []struct {
		mark Mark
		has  bool
	}{
		{Refused, e.Outcome != audit.OK},
		{OutsideHours, e.Outcome == audit.OK && isLook(e.Action) && outside(e.At)},
		{Exported, e.Outcome == audit.OK && GroupOf(e.Action) == Exports},
		{ManyPeople, k.crowds[e.ID]},
		{NotAssigned, left && isPlace(e.Action) && clock.DateOf(e.At.In(zone)).After(last)},
	} {
		if m.has {
			marks = append(marks, m.mark)
		}
	}
	return marks
}
