package register

import (
	"context"
	"fmt"

	"hemvist/internal/db"
)

// MergePersonTx gives what was recorded of a double to the one who stays, and makes the summaries of that one's rounds anew, as the rooms
// before have rewritten what was told of them. Where the one who stays stands now is worked out at the next Refresh.
func (s *Service) MergePersonTx(ctx context.Context, tx *db.Tx, from, into string) error {
	_, err := tx.Exec(ctx, `UPDATE credential_fact SET person_id = $1 WHERE person_id = $2`, into, from)
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM standing WHERE person_id = $1`, from)
	}
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE standing SET next_change = computed_on WHERE person_id = $1`, into)
	}
	if err == nil { // who stays may have had no standing
		_, err = tx.Exec(ctx, `DELETE FROM standing_taken WHERE NOT EXISTS (SELECT 1 FROM standing WHERE person_id = $1)`, into)
	}
	var ended []string
	if err == nil {
		ended, err = db.All(ctx, tx, db.Scalar[string], `SELECT round_id FROM round_summary WHERE round_id IN (SELECT round_id FROM round_staff WHERE person_id = $1
			UNION SELECT round_id FROM participant WHERE person_id = $1) ORDER BY round_id`, into)
	}
	if err == nil && len(ended) > 0 {
		err = summarizeTx(ctx, tx, ended)
	}
	if err != nil {
		return fmt.Errorf("move the credentials of a double: %w", err)
	}
	return nil
}
