package consent

import (
	"context"
	"fmt"

	"hemvist/internal/db"
)

// MergePersonTx lets what a double has answered as one of those who lead be the answer of the one who stays: they are one person, and the
// last that either said holds.
func (s *Service) MergePersonTx(ctx context.Context, tx *db.Tx, from, into string) error {
	if _, err := tx.Exec(ctx, `UPDATE consent SET person_id = $1 WHERE person_id = $2`, into, from); err != nil {
		return fmt.Errorf("move the answers of a double: %w", err)
	}
	return nil
}
