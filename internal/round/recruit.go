package round

import (
	"context"
	"fmt"

	"hemvist/internal/db"
	"hemvist/internal/programme"
)

// maxRecruiting bounds how many rounds of one board are looked at for those who ask for a place; no board has as many open.
const maxRecruiting = 200

// RecruitingTx is the groups of parents of a board in a programme that have not ended, the earliest first, with their staff.
func (s *Service) RecruitingTx(ctx context.Context, tx *db.Tx, authority, programmeID string) ([]Row, error) {
	rows, err := db.All(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM round r JOIN organisation o ON o.id = r.organisation_id
		WHERE r.authority_id = $1 AND r.programme = $2 AND r.kind = $3 AND r.ended_how IS NULL ORDER BY r.first_on, r.id LIMIT $4`,
		authority, programmeID, string(programme.Group), maxRecruiting)
	if err != nil {
		return nil, fmt.Errorf("rounds that take people: %w", err)
	}
	return rows, addStaff(ctx, tx, rows, s.Today())
}
