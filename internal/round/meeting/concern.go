package meeting

import (
	"context"
	"fmt"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/round"
)

// The actions in the log about concerns. Their subject is the round: which child it is about stands nowhere.
const (
	ActionConcern     audit.Action = "concern.note"
	ActionConcernList audit.Action = "concern.read"
)

// Concern is that a concern for a child was reported to the social services, and nothing of what it is about.
type Concern struct {
	ID   string
	On   clock.Date
	By   string // a name
	Mine bool   // the reader noted it, and may say that it was a mistake
}

// Concerns is what those who lead a round have reported, the newest first, with the round.
func (s *Service) Concerns(ctx context.Context, actor access.Subject, roundID string) (round.Row, []Concern, error) {
	var row round.Row
	var list []Concern
	var decision access.Decision
	today := s.rounds.Today()
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if row, err = round.RowTx(ctx, tx, roundID, today); err != nil {
			return err
		}
		if decision = row.Decide(actor, access.WriteSession); !decision.Allow {
			return nil
		}
		list, err = db.All(ctx, tx, func(r db.Scanner) (Concern, error) {
			var c Concern
			var by string
			err := r.Scan(&c.ID, &c.On, &by, &c.By)
			c.Mine = by == actor.Person
			return c, err
		}, `SELECT c.id, c.happened_on, c.recorded_by, p.name FROM concern c JOIN person p ON p.id = c.recorded_by
			WHERE c.round_id = $1 AND c.fact = 'reported' AND NOT EXISTS (SELECT 1 FROM concern later WHERE later.supersedes = c.id)
			ORDER BY c.happened_on DESC, c.id DESC`, roundID)
		return err
	})
	if err == nil {
		err = s.rounds.Look(ctx, actor, ActionConcernList, row, decision)
	}
	if err != nil {
		return row, nil, fmt.Errorf("concerns of a round: %w", err)
	}
	return row, list, nil
}

// earliest is how many days back a report may be noted.
const earliest = 366

// NoteConcern stores that the actor reported a concern on a day. It may be noted after the round has ended too: a duty does not end with it.
func (s *Service) NoteConcern(ctx context.Context, actor access.Subject, roundID string, on clock.Date, requestID string) error {
	today := s.rounds.Today()
	if on.IsZero() || on.After(today) || on.Before(today.AddDays(-earliest)) {
		return errs.InvalidFields(errs.Field{Name: "on", Key: "concern.error.day"})
	}
	return s.concern(ctx, actor, roundID, requestID, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO concern (id, round_id, fact, happened_on, recorded_at, recorded_by) VALUES ($1, $2, 'reported', $3, $4, $5)`,
			db.NewID(), roundID, on, db.At(s.clock.Now()), actor.Person)
		return err
	})
}

// TakeBackConcern says that a note of the actor's own was a mistake. To say it twice is to say it once.
func (s *Service) TakeBackConcern(ctx context.Context, actor access.Subject, roundID, id, requestID string) error {
	today := s.rounds.Today()
	return s.concern(ctx, actor, roundID, requestID, func(ctx context.Context, tx *db.Tx) error {
		n, err := db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM concern WHERE id = $1 AND round_id = $2 AND recorded_by = $3 AND fact = 'reported'`,
			id, roundID, actor.Person)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.NotFound, "")
		}
		gone, err := db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM concern WHERE supersedes = $1`, id)
		if err != nil || gone > 0 {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO concern (id, round_id, fact, happened_on, recorded_at, recorded_by, supersedes)
			VALUES ($1, $2, 'mistaken', $3, $4, $5, $6)`, db.NewID(), roundID, today, db.At(s.clock.Now()), actor.Person, id)
		return err
	})
}

// concern writes a fact about concerns in a round that the actor works in, also one that has ended.
func (s *Service) concern(ctx context.Context, actor access.Subject, roundID, requestID string, fn func(context.Context, *db.Tx) error) error {
	today := s.rounds.Today()
	var row round.Row
	var decision access.Decision
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if row, err = round.RowTx(ctx, tx, roundID, today); err != nil {
			return err
		}
		if decision = row.Decide(actor, access.WriteSession); !decision.Allow {
			return nil
		}
		if err := fn(ctx, tx); err != nil {
			return err
		}
		return s.log.Add(ctx, tx, entry(actor, row, ActionConcern, row.ID, requestID))
	})
	if err == nil && !decision.Allow {
		err = s.rounds.Look(ctx, actor, ActionConcern, row, decision)
	}
	if err != nil {
		return fmt.Errorf("note a concern: %w", err)
	}
	return nil
}
