package round

import (
	"context"
	"fmt"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/round/schedule"
)

// reweeked works out what other weeks off do to the sessions that are ahead and of which nothing has been said. What followed the one before
// it in the rhythm follows it again, so that a week that is free no more is filled; what was laid elsewhere keeps its distance.
func reweeked(list []Session, old, rule schedule.Rule, today clock.Date) []Shifted {
	var out []Shifted
	var was, now clock.Date // of the session before
	for _, x := range list {
		s := Shifted{Before: x, After: x, How: Followed}
		if x.Fact == Unknown && !x.On.Before(today) {
			s.After.On, s.Jumped = relaid(x.On, was, now, old, rule)
			if s.After.On.Before(today) {
				s.After.On, s.Jumped = x.On, nil
			}
		}
		was, now = x.On, s.After.On
		if s.After != s.Before {
			out = append(out, s)
		}
	}
	if len(out) > 0 {
		out[0].How = Moved
	}
	return out
}

// relaid is the new day of a session that was on a day, when the one before it went from was to now; both are zero for the first.
func relaid(on, was, now clock.Date, old, rule schedule.Rule) (clock.Date, []schedule.Jump) {
	at := on
	switch {
	case was.IsZero():
	case free(old, stepAfter(old, was)).On == on:
		at = stepAfter(rule, now)
	default:
		at = on.AddDays(was.DaysUntil(now))
	}
	if _, byHand := old.Off(on); byHand && at == on { // somebody chose a day on which nobody meets
		return on, nil
	}
	slot := free(rule, at)
	for !now.IsZero() && !slot.On.After(now) {
		next := free(rule, stepAfter(rule, slot.On))
		slot = schedule.Slot{On: next.On, Jumped: append(slot.Jumped, next.Jumped...)}
	}
	return slot.On, slot.Jumped
}

// free is the first day from a day on, in the rhythm, that is not off.
func free(rule schedule.Rule, d clock.Date) schedule.Slot { return rule.Lay(d, 1)[0] }

// newWeeks reads weeks off as they were typed, in a plan whose sessions begin on a day.
func newWeeks(list []Session, typedWeeks string) ([]schedule.Week, error) {
	weeks, bad := schedule.ParseWeeks(typedWeeks, list[0].On)
	if bad != "" {
		return nil, errs.InvalidFields(errs.Field{Name: "weeks", Key: "plan.error.weeks", Args: map[string]any{"word": short(bad)}})
	}
	slices.SortFunc(weeks, func(a, b schedule.Week) int { return a.Monday().Compare(b.Monday()) })
	return weeks, nil
}

// PreviewWeeks is what other weeks off would do. Nothing is stored.
func (s *Service) PreviewWeeks(p PlanDetail, typedWeeks string) ([]Shifted, []schedule.Warning, error) {
	if len(p.List) == 0 {
		return nil, nil, errs.New(errs.NotFound, "")
	}
	weeks, err := newWeeks(p.List, typedWeeks)
	if err != nil {
		return nil, nil, fmt.Errorf("weeks off: %w", err)
	}
	if slices.Equal(weeks, p.WeeksOff) {
		return nil, nil, errs.InvalidFields(errs.Field{Name: "weeks", Key: "plan.error.weeks-same"})
	}
	rule := p.rule()
	rule.WeeksOff = weeks
	changed := reweeked(p.List, p.rule(), rule, s.Today())
	after, moved := slices.Clone(p.List), movedOf(p.Moves)
	for _, c := range changed {
		after[slices.IndexFunc(after, func(x Session) bool { return x.ID == c.Before.ID })] = c.After
		moved[c.Before.ID] = true
	}
	return changed, schedule.Check(p.rhythm(), rule, plannedOf(after, moved)), nil
}

// ChangeWeeks gives a round other weeks in which nobody meets, and the sessions ahead follow.
func (s *Service) ChangeWeeks(ctx context.Context, actor access.Subject, id, typedWeeks, seen, requestID string) error {
	p, err := s.PlanOf(ctx, actor, id)
	if err != nil {
		return err
	}
	today, batch, at := s.Today(), db.NewID(), db.At(s.clock.Now())
	err = s.changeDays(ctx, actor, id, seen, ActionMove, requestID, func(ctx context.Context, tx *db.Tx, _ Row, list []Session) (string, error) {
		weeks, err := newWeeks(list, typedWeeks)
		if err != nil {
			return "", err
		}
		old := p.rule()
		if old.WeeksOff, err = weeksOff(ctx, tx, id); err != nil {
			return "", err
		}
		rule := old
		rule.WeeksOff = weeks
		for _, c := range reweeked(list, old, rule, today) {
			if err := moveTx(ctx, tx, c, batch, at, actor.Person); err != nil {
				return "", err
			}
		}
		_, err = tx.Exec(ctx, `UPDATE round SET weeks_off = $2 WHERE id = $1`, id, schedule.WeeksText(weeks))
		return id, err
	})
	if err != nil {
		return fmt.Errorf("change the weeks off: %w", err)
	}
	return nil
}
