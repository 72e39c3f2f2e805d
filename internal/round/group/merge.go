package group

import (
	"context"
	"fmt"

	"hemvist/internal/db"
	"hemvist/internal/round"
)

// MergePersonTx lets the one who stays take part in what a double learns in. Where both take part in a round, the double's entry ends today,
// so that one person is counted once; what was ticked of it is the person's as well.
func (s *Service) MergePersonTx(ctx context.Context, tx *db.Tx, from, into string) error {
	rounds, err := db.All(ctx, tx, db.Scalar[string], `SELECT DISTINCT round_id FROM participant WHERE person_id = $1 ORDER BY round_id`, from)
	if err != nil {
		return fmt.Errorf("move what a double learns in: %w", err)
	}
	if len(rounds) == 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, `UPDATE participant SET left_on = $1 WHERE person_id = $2 AND left_on IS NULL AND EXISTS
		(SELECT 1 FROM participant o WHERE o.round_id = participant.round_id AND o.person_id = $3 AND o.left_on IS NULL)`,
		s.rounds.Today(), from, into); err != nil {
		return fmt.Errorf("move what a double learns in: %w", err)
	}
	if _, err := tx.Exec(ctx, `UPDATE participant SET person_id = $1 WHERE person_id = $2`, into, from); err != nil {
		return fmt.Errorf("move what a double learns in: %w", err)
	}
	for _, id := range rounds {
		if err := round.ProjectTx(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
}
