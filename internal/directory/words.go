package directory

import (
	"context"
	"fmt"

	"hemvist/internal/db"
)

// IndexOrganisationTx stores the words that an organisation is found by: its name and former names, its code, and the names of its boards
// and units.
func IndexOrganisationTx(ctx context.Context, tx *db.Tx, id string) error {
	texts, err := db.All(ctx, tx, db.Scalar[string], `SELECT name FROM organisation WHERE id = $1
		UNION SELECT code FROM organisation WHERE id = $1 AND code IS NOT NULL
		UNION SELECT name_before FROM organisation_fact WHERE organisation_id = $1 AND fact = 'renamed' AND authority_id IS NULL AND unit_id IS NULL
		UNION SELECT name FROM authority WHERE organisation_id = $1
		UNION SELECT name FROM unit WHERE organisation_id = $1`, id)
	if err != nil {
		return fmt.Errorf("index organisation %s: %w", id, err)
	}
	if _, err := tx.Exec(ctx, `DELETE FROM organisation_word WHERE organisation_id = $1`, id); err != nil {
		return fmt.Errorf("index organisation %s: %w", id, err)
	}
	seen := map[string]bool{}
	for _, text := range texts {
		for _, word := range db.Words(text) {
			if seen[word] {
				continue
			}
			seen[word] = true
			if _, err := tx.Exec(ctx, `INSERT INTO organisation_word (word, organisation_id) VALUES ($1, $2)`, word, id); err != nil {
				return fmt.Errorf("index organisation %s: %w", id, err)
			}
		}
	}
	return nil
}

// IndexOrganisations indexes those that have no words yet: they were stored before there was an index.
func (s *Service) IndexOrganisations(ctx context.Context) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		ids, err := db.All(ctx, tx, db.Scalar[string], `SELECT o.id FROM organisation o
			WHERE NOT EXISTS (SELECT 1 FROM organisation_word w WHERE w.organisation_id = o.id)`)
		if err != nil {
			return fmt.Errorf("index organisations: %w", err)
		}
		for _, id := range ids {
			if err := IndexOrganisationTx(ctx, tx, id); err != nil {
				return err
			}
		}
		return nil
	})
}
