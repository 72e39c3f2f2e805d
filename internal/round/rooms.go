package round

import (
	"context"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// What the rooms within this one need of it.

// RowTx is the round with that id and who works in it on a day; NotFound when there is none. It asks nobody whether the reader may see
// it: that is for Allow.
func RowTx(ctx context.Context, tx *db.Tx, id string, on clock.Date) (Row, error) {
	return oneRow(ctx, tx, id, on)
}

// Decide answers whether the actor may do the action to the round, and which fields of it they then see.
func (r Row) Decide(actor access.Subject, a access.Action) access.Decision {
	return access.Decide(actor, a, r.resource())
}

// Look notes in the log that the actor looked at a round as the decision allowed, and turns a denial into NotFound, so that nobody learns
// what exists elsewhere. It belongs after the transaction that read the round.
func (s *Service) Look(ctx context.Context, actor access.Subject, action audit.Action, r Row, decision access.Decision) error {
	return s.judge(ctx, actor, action, r, decision)
}

// ForWritingTx is the round, when the actor may do the action to it and it has not ended: otherwise NotFound, or Conflict. The caller hands
// the error, outside the transaction, to NoteRefusal.
func (s *Service) ForWritingTx(ctx context.Context, tx *db.Tx, actor access.Subject, action access.Action, id string) (Row, error) {
	return s.forWriting(ctx, tx, actor, action, id, s.Today())
}

// ForTellingTx is ForWritingTx of a round that may also have been broken off: those who take part are to be told so, and what they are told
// is none of what register keeps.
func (s *Service) ForTellingTx(ctx context.Context, tx *db.Tx, actor access.Subject, action access.Action, id string) (Row, error) {
	r, err := allowed(ctx, tx, actor, action, id, s.Today())
	if err == nil && r.EndedHow == Closed {
		err = errs.New(errs.Conflict, "round.error.ended")
	}
	return r, err
}

// NoteRefusal notes in the log a change that ForWritingTx or ForTellingTx refused; other errors are none of its matters.
func NoteRefusal(ctx context.Context, actor access.Subject, err error) {
	noteRefusal(ctx, actor, err)
}
