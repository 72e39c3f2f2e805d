package round

import (
	"context"
	"fmt"

	"hemvist/internal/db"
)

// OpenByAuthorityTx is how many rounds that have not ended each authority of an organisation has, by the authorities' ids.
func (s *Service) OpenByAuthorityTx(ctx context.Context, tx *db.Tx, organisationID string) (map[string]int, error) {
	type count struct {
		authority string
		n         int
	}
	counts, err := db.All(ctx, tx, func(row db.Scanner) (count, error) {
		var c count
		err := row.Scan(&c.authority, &c.n)
		return c, err
	}, `SELECT authority_id, count(*) FROM round WHERE organisation_id = $1 AND ended_how IS NULL GROUP BY authority_id`, organisationID)
	if err != nil {
		return nil, fmt.Errorf("count open rounds: %w", err)
	}
	m := map[string]int{}
	for _, c := range counts {
		m[c.authority] = c.n
	}
	return m, nil
}

// FollowTx brings the rounds of an authority to the organisation that it belongs to from now on, those that have ended too: whoever
// answers for the authority answers for what it has done. They are found by the organisation's name beside their old words.
func (s *Service) FollowTx(ctx context.Context, tx *db.Tx, authorityID, organisationID, name string) error {
	if _, err := tx.Exec(ctx, `UPDATE round SET organisation_id = $1 WHERE authority_id = $2`, organisationID, authorityID); err != nil {
		return fmt.Errorf("rounds follow authority %s: %w", authorityID, err)
	}
	for _, word := range db.Words(name) {
		if _, err := tx.Exec(ctx, `INSERT INTO round_word (word, round_id) SELECT CAST($1 AS TEXT), r.id FROM round r WHERE r.authority_id = $2
			ON CONFLICT DO NOTHING`, word, authorityID); err != nil {
			return fmt.Errorf("rounds follow authority %s: %w", authorityID, err)
		}
	}
	return nil
}

// FoundByTx has the rounds of an organisation found by a new name of it, beside the old one.
func (s *Service) FoundByTx(ctx context.Context, tx *db.Tx, organisationID, name string) error {
	for _, word := range db.Words(name) {
		if _, err := tx.Exec(ctx, `INSERT INTO round_word (word, round_id) SELECT CAST($1 AS TEXT), r.id FROM round r WHERE r.organisation_id = $2
			ON CONFLICT DO NOTHING`, word, organisationID); err != nil {
			return fmt.Errorf("name the rounds of organisation %s: %w", organisationID, err)
		}
	}
	return nil
}
