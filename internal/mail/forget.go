package mail

import (
	"context"
	"fmt"

	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// ForgetTx takes from the letter with that Once what tells who was written to: the address, the name and the words it is found by, what was
// written, and the other end's answers, which may repeat the address. That there was a letter, and how it went, stays. One that is still
// under way is left as it is; none such is fine.
func (s *Service) ForgetTx(ctx context.Context, tx *db.Tx, once string) error {
	id, err := db.One(ctx, tx, db.Scalar[string], `SELECT id FROM letter WHERE once = $1 AND state NOT IN ('queued', 'handing-over')`, once)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("forget a letter: %w", err)
	}
	for _, statement := range []string{`UPDATE letter SET address = '', name = '', subject = NULL, body = NULL WHERE id = $1`,
		`DELETE FROM letter_word WHERE letter_id = $1`, `UPDATE letter_event SET answer = '' WHERE letter_id = $1`} {
		if _, err := tx.Exec(ctx, statement, id); err != nil {
			return fmt.Errorf("forget a letter: %w", err)
		}
	}
	return nil
}
