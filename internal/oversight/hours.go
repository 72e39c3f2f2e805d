package oversight

import (
	"context"
	"fmt"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// outside tells whether an instant is outside the hours in which people usually work.
func outside(at time.Time) bool {
	local := at.In(zone)
	return free(local.Weekday()) || local.Hour() < firstHour || local.Hour() >= lastHour
}

func free(d time.Weekday) bool { return d == time.Saturday || d == time.Sunday }

// hoursOf is the days from one to another in spans that are in turn inside those hours and outside them: which of the two tells the beginning of
// each. When a clock is put on or back a span is an hour shorter or longer, and begins when the clock on the wall says so.
func hoursOf(from, to clock.Date) []audit.Span {
	var all []audit.Span
	add := func(since, before time.Time) {
		if n := len(all); n > 0 && outside(all[n-1].From) == outside(since) {
			all[n-1].Before = before
			return
		}
		all = append(all, audit.Span{From: since, Before: before})
	}
	for d := from; !d.After(to); d = d.AddDays(1) {
		morning, evening, next := d.In(zone, firstHour*60), d.In(zone, lastHour*60), begin(d.AddDays(1))
		if free(d.Weekday()) {
			add(begin(d), next)
			continue
		}
		add(begin(d), morning)
		add(morning, evening)
		add(evening, next)
	}
	return all
}

// countedWeek is how far the looks of a week are counted.
const countedWeek = 10_000

// Week is the last seven days of an organisation's log in numbers, and whether anybody reviews it.
type Week struct{ Looks, Refused, Outside Count }

// WeekOf counts the looks of the last seven days in the log that the actor reviews. It shows no entry, and is not logged.
func (s *Service) WeekOf(ctx context.Context, actor access.Subject) (Week, error) {
	scope := access.ScopeOf(actor, access.ReviewLog)
	if scope.Reach() != access.Organisation {
		return Week{}, errs.New(errs.Denied, "")
	}
	var week Week
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		week, err = s.weekTx(ctx, tx, scope)
		return err
	})
	if err != nil {
		return Week{}, fmt.Errorf("the week in the log: %w", err)
	}
	return week, nil
}

func (s *Service) weekTx(ctx context.Context, tx *db.Tx, scope access.Scope) (Week, error) {
	from := s.Today().AddDays(-6)
	f := reviewed(scope)
	f.From = begin(from)
	refused := f
	refused.Refused = true
	n, more, err := s.log.Count(ctx, tx, refused, countedTo)
	if err != nil {
		return Week{}, err
	}
	week := Week{Refused: Count{n, more}}
	known, err := s.log.ActionsOf(ctx, tx, scope.Organisation())
	if err != nil {
		return Week{}, err
	}
	f.Outcome = audit.OK
	for _, a := range known {
		if isLook(a) {
			f.Actions = append(f.Actions, a)
		}
	}
	frames, err := s.log.Tally(ctx, tx, f, hoursOf(from, s.Today()), countedWeek+1)
	if err != nil {
		return Week{}, err
	}
	for _, f := range frames {
		week.Looks.N += f.N
		if outside(f.Span.From) {
			week.Outside.N += f.N
		}
	}
	week.Looks, week.Outside = upTo(week.Looks.N, countedWeek), upTo(week.Outside.N, countedWeek)
	return week, nil
}

// upTo is a number that is told no further than most.
func upTo(n, most int) Count { return Count{min(n, most), n > most} }

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
