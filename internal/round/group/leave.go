package group

import (
	"context"
	"fmt"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/round"
)

// Reason is why somebody left. It is a word of the program's, never a text: nothing of how a family is stands in it.
type Reason string

// The reasons. Moved is said by Move alone.
const (
	NoTime       Reason = "no-time"
	NotForThem   Reason = "not-for-them"
	OtherSupport Reason = "other-support"
	MovedAway    Reason = "moved-away"
	NeverCame    Reason = "never-came"
	Mistake      Reason = "mistake" // was added by mistake
	OtherReason  Reason = "other"
	Unsaid       Reason = "unsaid"
	Moved        Reason = "moved"
)

// Reasons are those that can be given, in the order in which they are offered.
var Reasons = []Reason{NoTime, NotForThem, OtherSupport, MovedAway, NeverCame, Mistake, OtherReason, Unsaid}

// Leave says that somebody takes part no more since a day, and why.
func (s *Service) Leave(ctx context.Context, actor access.Subject, roundID, id string, why Reason, on clock.Date, requestID string) error {
	today := s.rounds.Today()
	var wrong []errs.Field
	if !slices.Contains(Reasons, why) {
		wrong = append(wrong, errs.Field{Name: "reason", Key: "participant.error.reason"})
	}
	if on.IsZero() || on.After(today) {
		wrong = append(wrong, errs.Field{Name: "on", Key: "participant.error.left-on"})
	}
	if err := errs.InvalidFields(wrong...); err != nil {
		return err
	}
	return s.change(ctx, actor, roundID, "participant leaves", func(ctx context.Context, tx *db.Tx, r round.Row) error {
		m, err := oneTx(ctx, tx, r, id)
		if err != nil {
			return err
		}
		switch {
		case !m.LeftOn.IsZero():
			return errs.New(errs.Conflict, "participant.error.left")
		case on.Before(m.JoinedOn):
			return errs.InvalidFields(errs.Field{Name: "on", Key: "participant.error.left-before"})
		}
		if _, err := tx.Exec(ctx, `UPDATE participant SET left_on = $1 WHERE id = $2`, on, id); err != nil {
			return err
		}
		return s.saidTx(ctx, tx, actor, r, fact{participant: id, what: factLeft, reason: string(why), on: on, at: db.At(s.clock.Now()), by: actor.Person}, ActionLeave, requestID)
	})
}

// Return says that somebody who left takes part again. Who moved to another round comes back by moving from there.
func (s *Service) Return(ctx context.Context, actor access.Subject, roundID, id, requestID string) error {
	return s.change(ctx, actor, roundID, "participant returns", func(ctx context.Context, tx *db.Tx, r round.Row) error {
		m, err := oneTx(ctx, tx, r, id)
		switch {
		case err != nil:
			return err
		case m.LeftOn.IsZero():
			return errs.New(errs.Conflict, "participant.error.here")
		}
		moved, err := db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM participant_fact f JOIN participant o ON o.id = f.other_id
			WHERE f.participant_id = $1 AND f.fact = 'moved' AND o.left_on IS NULL`, id)
		if err != nil {
			return err
		}
		if moved > 0 {
			return errs.New(errs.Conflict, "participant.error.moved")
		}
		return s.returnTx(ctx, tx, actor, r, id, "", "", requestID)
	})
}

func (s *Service) returnTx(ctx context.Context, tx *db.Tx, actor access.Subject, r round.Row, id, other, field, requestID string) error {
	if _, err := tx.Exec(ctx, `UPDATE participant SET left_on = NULL WHERE id = $1`, id); err != nil {
		return err
	}
	if err := s.fitsTx(ctx, tx, r, field); err != nil {
		return err
	}
	return s.saidTx(ctx, tx, actor, r, fact{participant: id, what: factReturned, other: other, on: s.rounds.Today(), at: db.At(s.clock.Now()), by: actor.Person}, ActionReturn, requestID)
}

// change does something to a round's participants in one transaction.
func (s *Service) change(ctx context.Context, actor access.Subject, roundID, what string, do func(context.Context, *db.Tx, round.Row) error) error {
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := s.rounds.ForWritingTx(ctx, tx, actor, access.AddParticipant, roundID)
		if err != nil {
			return err
		}
		return do(ctx, tx, r)
	})
	if err != nil {
		round.NoteRefusal(ctx, actor, err)
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// oneTx is a participant of the round as it is stored.
func oneTx(ctx context.Context, tx *db.Tx, r round.Row, id string) (row, error) {
	return db.One(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM participant p WHERE p.id = $1 AND p.round_id = $2`, id, r.ID)
}

// Targets is the rounds that somebody can be moved to from a round: those of the same board in the same programme that have not ended and keep
// their participants in the same way, which the actor leads or may plan for the board.
func (s *Service) Targets(ctx context.Context, actor access.Subject, r round.Row) ([]round.Row, error) {
	if r.Learners() || r.Attendance == round.CountsOnly {
		return nil, nil
	}
	var found []round.Row
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		found = nil
		ids, err := db.All(ctx, tx, db.Scalar[string], `SELECT id FROM round WHERE authority_id = $1 AND programme = $2 AND ended_how IS NULL
			ORDER BY first_on DESC, id LIMIT $3`, r.AuthorityID, r.Programme, maxTargets)
		if err != nil {
			return err
		}
		for _, id := range ids {
			other, err := round.RowTx(ctx, tx, id, s.rounds.Today())
			if err != nil {
				return err
			}
			if mayReceive(actor, r, other) {
				found = append(found, other)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("rounds to move to: %w", err)
	}
	return found, nil
}

// maxTargets bounds how many of a board's open rounds are looked at, the newest first.
const maxTargets = 100

// mayReceive tells whether the actor may move somebody from one round to another: who plans the board's rounds may place people in them.
func mayReceive(actor access.Subject, from, to round.Row) bool {
	fits := to.ID != from.ID && to.AuthorityID == from.AuthorityID && to.Programme == from.Programme && to.Attendance == from.Attendance &&
		to.EndedHow == "" && !to.Learners()
	return fits && (to.May(actor, access.AddParticipant) || to.May(actor, access.PlanRound))
}

// Move moves somebody to another round of the same board. There they are a participant of their own, with a key of their own: what either round
// keeps is erased with it, and what was ticked stays where it happened. Who is moved back takes part again as the one they were. Those of a
// household are moved one by one; where one of them is there already, the household is theirs there too.
func (s *Service) Move(ctx context.Context, actor access.Subject, roundID, id, to, requestID string) error {
	r, m, err := s.forChange(ctx, actor, roundID, id)
	if err != nil {
		return fmt.Errorf("move participant: %w", err)
	}
	switch {
	case !m.Here():
		return errs.New(errs.Conflict, "participant.error.left")
	case m.Erased || m.PersonID != "":
		return errs.New(errs.Conflict, "participant.error.not-here")
	}
	var ages []int
	for _, c := range m.Children {
		ages = append(ages, c.Age)
	}
	n := NewMember{Name: m.Name, Phone: m.Phone, Email: m.Email, Language: m.Language, Interpreter: m.Interpreter, Protected: m.Protected, Children: ages}
	sealed, err := s.sealAll(ctx, r.AuthorityID, r.Attendance, []NewMember{n})
	if err != nil {
		return fmt.Errorf("move participant: %w", err)
	}
	return s.change(ctx, actor, roundID, "move participant", func(ctx context.Context, tx *db.Tx, from round.Row) error {
		target, err := round.RowTx(ctx, tx, to, s.rounds.Today())
		if err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
		if err != nil || !mayReceive(actor, from, target) {
			return errs.InvalidFields(errs.Field{Name: "to", Key: "participant.error.to"})
		}
		return s.moveTx(ctx, tx, actor, from, target, m, sealed[0], requestID)
	})
}

func (s *Service) moveTx(ctx context.Context, tx *db.Tx, actor access.Subject, from, to round.Row, m Member, p Sealed, requestID string) error {
	today, at := s.rounds.Today(), db.At(s.clock.Now())
	n, err := tx.Exec(ctx, `UPDATE participant SET left_on = $1 WHERE id = $2 AND left_on IS NULL`, today, m.ID)
	if err != nil {
		return err
	}
	if n == 0 {
		return errs.New(errs.Conflict, "participant.error.left")
	}
	// Whoever came from there goes back as the one they were.
	there, err := db.One(ctx, tx, db.Scalar[string], `SELECT p.id FROM participant_fact f JOIN participant p ON p.id = f.participant_id
		WHERE f.fact = 'moved' AND f.other_id = $1 AND p.round_id = $2 AND p.left_on IS NOT NULL ORDER BY p.id DESC LIMIT 1`, m.ID, to.ID)
	switch {
	case err == nil:
		err = s.returnTx(ctx, tx, actor, to, there, m.ID, "to", requestID)
	case errs.Is(err, errs.NotFound):
		there = p.ID
		if p.with, err = s.movedWithTx(ctx, tx, m, to.ID); err == nil {
			err = s.joinTx(ctx, tx, actor, to, p, today, at, requestID)
		}
	}
	if err != nil {
		return err
	}
	return s.saidTx(ctx, tx, actor, from, fact{participant: m.ID, what: factMoved, reason: string(Moved), other: there, on: today, at: at, by: actor.Person}, ActionMove, requestID)
}

// movedWithTx is somebody of the household who has been moved to the round before; empty for nobody.
func (s *Service) movedWithTx(ctx context.Context, tx *db.Tx, m Member, to string) (string, error) {
	if m.HouseholdID == "" {
		return "", nil
	}
	with, err := db.One(ctx, tx, db.Scalar[string], `SELECT o.id FROM participant_fact f JOIN participant p ON p.id = f.participant_id JOIN participant o ON o.id = f.other_id
		WHERE f.fact = 'moved' AND p.household_id = $1 AND o.round_id = $2 AND o.left_on IS NULL ORDER BY o.id LIMIT 1`, m.HouseholdID, to)
	if errs.Is(err, errs.NotFound) {
		return "", nil
	}
	return with, err
}

func (s *Service) joinTx(ctx context.Context, tx *db.Tx, actor access.Subject, to round.Row, p Sealed, today clock.Date, at db.Time, requestID string) error {
	if err := s.insertTx(ctx, tx, to.ID, to.AuthorityID, p, today, at, actor.Person); err != nil {
		return err
	}
	if err := s.fitsTx(ctx, tx, to, "to"); err != nil {
		return err
	}
	if err := round.ProjectTx(ctx, tx, to.ID); err != nil {
		return err
	}
	return s.log.Add(ctx, tx, s.entry(actor, to, ActionAdd, p.ID, requestID))
}
