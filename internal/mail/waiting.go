package mail

import (
	"context"
	"fmt"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// CountIn counts the letters in a state that the actor may see in the outbox, up to as many as the outbox counts.
func (s *Service) CountIn(state State) func(ctx context.Context, actor access.Subject) (int, error) {
	return func(ctx context.Context, actor access.Subject) (n int, err error) {
		scope := access.ScopeOf(actor, access.ReadOutbox)
		if scope.Reach() == access.None {
			return 0, errs.New(errs.Denied, "")
		}
		var w where
		w.within(scope)
		w.add("l.state = ?", string(state))
		err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			n, _, err = db.CountTo(ctx, tx, countedTo, `SELECT 1 FROM letter l WHERE `+w.String(), w.args...)
			return err
		})
		if err != nil {
			return 0, fmt.Errorf("count letters: %w", err)
		}
		return n, nil
	}
}
