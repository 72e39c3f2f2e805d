package meeting

import (
	"context"
	"fmt"

	"hemvist/internal/db"
)

// MergePersonTx lets the one who stays have led what a double led, and step in where the double did. Where something was said of both at one
// session, whoever led counts.
func (s *Service) MergePersonTx(ctx context.Context, tx *db.Tx, from, into string) error {
	const led = `EXISTS (SELECT 1 FROM session_leader o WHERE o.session_id = session_leader.session_id AND o.person_id = $2 AND o.led = 1
		AND NOT EXISTS (SELECT 1 FROM session_leader later WHERE later.supersedes = o.id))`
	const said = `EXISTS (SELECT 1 FROM session_leader o WHERE o.session_id = session_leader.session_id AND o.person_id = $2)`
	for _, remove := range []struct {
		query        string
		person, than string
	}{
		{`DELETE FROM session_leader WHERE person_id = $1 AND ` + led, into, from},
		{`DELETE FROM session_leader WHERE person_id = $1 AND ` + said, from, into},
	} {
		if _, err := tx.Exec(ctx, remove.query, remove.person, remove.than); err != nil {
			return fmt.Errorf("move the sessions of a double: %w", err)
		}
	}
	for _, move := range []string{`UPDATE session_leader SET person_id = $1 WHERE person_id = $2`,
		`UPDATE stand_in SET absent_id = $1 WHERE absent_id = $2`, `UPDATE stand_in SET person_id = $1 WHERE person_id = $2`} {
		if _, err := tx.Exec(ctx, move, into, from); err != nil {
			return fmt.Errorf("move the sessions of a double: %w", err)
		}
	}
	return nil
}
