package recruitment

import (
	"context"
	"fmt"

	"hemvist/internal/db"
)

// Checked is what CheckProjections found.
type Checked struct {
	Looked int      // interests
	Wrong  []string // ids of interests whose row says something else than the facts, 100 at most
}

// CheckProjections recomputes what every interest's row repeats of its facts and names those that differ. doctor calls it.
func (s *Service) CheckProjections(ctx context.Context) (Checked, error) {
	var c Checked
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if c.Looked, err = db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM interest`); err != nil {
			return err
		}
		c.Wrong, err = db.All(ctx, tx, db.Scalar[string], `SELECT i.id FROM interest i LEFT JOIN interest_fact f ON f.interest_id = i.id
				AND f.number = (SELECT max(x.number) FROM interest_fact x WHERE x.interest_id = i.id)
			WHERE f.id IS NULL OR i.state <> f.state OR i.facts <> f.number OR i.touched_at <> f.recorded_at
				OR coalesce(i.round_id, '') <> CASE WHEN f.state IN ('offered', 'waiting', 'joined') THEN coalesce(f.round_id, '') ELSE '' END
				OR coalesce(i.talk_on, '') <> CASE WHEN f.state = 'booked' THEN coalesce(f.talk_on, '') ELSE '' END
				OR coalesce(i.answer_by, '') <> CASE WHEN f.state = 'offered' THEN coalesce(f.answer_by, '') ELSE '' END
				OR coalesce(i.waits_since, '') <> CASE WHEN f.state = 'waiting' THEN f.recorded_at ELSE '' END
				OR coalesce(i.erased_at, '') <> CASE WHEN f.fact = 'erased' THEN f.recorded_at ELSE '' END
			ORDER BY i.id LIMIT 100`)
		return err
	})
	if err != nil {
		return c, fmt.Errorf("check interests: %w", err)
	}
	return c, nil
}
