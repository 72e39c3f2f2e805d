package round

import (
	"context"
	"fmt"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/programme"
)

// Notifiable tells whether the hub is to be told when a round begins: of what is held for parents it is; what is given to those who work
// in the programme is the hub's own.
func (r Row) Notifiable() bool { return !r.Learners() }

// NotifyBy is the day by which a programme asks that the hub is told of a round that begins on a day; false when it does not ask.
func NotifyBy(d *programme.Definition, variant string, first clock.Date) (clock.Date, bool) {
	for _, c := range d.Credentials {
		for _, k := range c.Keeps {
			rule, ok := k.Rule.(programme.Notified)
			if !ok || len(rule.Variants) > 0 && !slices.Contains(rule.Variants, variant) {
				continue
			}
			if rule.By.Anchor == "" {
				return first, true
			}
			return rule.By.From(first), true
		}
	}
	return clock.Date{}, false
}

// Notify tells the hub that a round is to begin, or has begun. What is told already is not told again.
func (s *Service) Notify(ctx context.Context, actor access.Subject, id, requestID string) error {
	today := s.Today()
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := s.forWriting(ctx, tx, actor, access.ChangeRound, id, today)
		if err != nil {
			return err
		}
		if !r.NotifiedOn.IsZero() || !r.Notifiable() {
			return nil
		}
		if err := s.AddNotifiedTx(ctx, tx, id, today, actor.Person); err != nil {
			return err
		}
		return s.log.Add(ctx, tx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: r.OrganisationID, Purpose: id,
			Action: ActionNotify, Subject: id, Outcome: audit.OK, RequestID: requestID})
	})
	if err != nil {
		noteRefusal(ctx, actor, err)
		return fmt.Errorf("notify the hub: %w", err)
	}
	return nil
}

// AddNotifiedTx stores that the hub was told of a round, and brings its projection up to date.
func (s *Service) AddNotifiedTx(ctx context.Context, tx *db.Tx, id string, on clock.Date, by string) error {
	if _, err := tx.Exec(ctx, `INSERT INTO round_notified (id, round_id, happened_on, recorded_at, recorded_by) VALUES ($1, $2, $3, $4, $5)`,
		db.NewID(), id, on, db.At(s.clock.Now()), by); err != nil {
		return err
	}
	return ProjectTx(ctx, tx, id)
}

// NotifiedFilter is which rounds a list shows by what the hub has been told.
type NotifiedFilter string

// The filters. NewlyTold is since NewFor days.
const (
	AnyTold   NotifiedFilter = ""
	NewlyTold NotifiedFilter = "new"
	Told      NotifiedFilter = "yes"
	NotTold   NotifiedFilter = "no"
	NewFor                   = 14
)

// NotifiedFilters is all of them.
var NotifiedFilters = []NotifiedFilter{AnyTold, NewlyTold, Told, NotTold}

// notified adds the condition of a filter.
func (w *where) notified(f NotifiedFilter, today clock.Date) {
	switch f {
	case NewlyTold:
		w.add("r.notified_on >= ?", today.AddDays(-NewFor))
	case Told:
		w.add("r.notified_on IS NOT NULL")
	case NotTold:
		w.add("r.notified_on IS NULL AND r.ended_how IS NULL AND r.kind = ?", string(programme.Group))
	}
}

// NewlyNotified is how many rounds the hub has been told of lately.
func (s *Service) NewlyNotified(ctx context.Context, actor access.Subject) (int, error) {
	page, err := s.List(ctx, actor, Query{Notified: NewlyTold, PerPage: 1})
	return page.Total, err
}
