package round

import (
	"context"
	"fmt"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// OfVersion is how many rounds keep to one version of their programme.
type OfVersion struct {
	Version string
	Open    int // planned, running or waiting to be closed
	Started int // with their first session from a given day until today
}

// Made is what a round was made of.
type Made struct{ Programme, Version, Variant string }

// MadeOf is what a round was made of. It asks nobody's leave: it says nothing but in which words a page is to be written.
func (s *Service) MadeOf(ctx context.Context, id string) (m Made, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		m, err = db.One(ctx, tx, func(row db.Scanner) (m Made, err error) {
			err = row.Scan(&m.Programme, &m.Version, &m.Variant)
			return m, err
		}, `SELECT programme, version, variant FROM round WHERE id = $1`, id)
		return err
	})
	if err != nil {
		return Made{}, fmt.Errorf("what a round was made of: %w", err)
	}
	return m, nil
}

// ByVersion counts the rounds of a programme that the actor may see, by the version that they were started with. since is the day
// from which Started counts.
func (s *Service) ByVersion(ctx context.Context, actor access.Subject, programmeID string, since clock.Date) ([]OfVersion, error) {
	scope := access.ScopeOf(actor, access.ListRounds)
	if scope.Reach() == access.None {
		return nil, errs.New(errs.Denied, "")
	}
	today := s.Today()
	w := where{args: []any{since, today}}
	w.within(scope, today)
	w.add("r.programme = ?", programmeID)
	w.add("(r.ended_how IS NULL OR r.first_on BETWEEN $1 AND $2)")
	var all []OfVersion
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = db.All(ctx, tx, func(row db.Scanner) (OfVersion, error) {
			var v OfVersion
			err := row.Scan(&v.Version, &v.Open, &v.Started)
			return v, err
		}, `SELECT r.version, coalesce(sum(CASE WHEN r.ended_how IS NULL THEN 1 ELSE 0 END), 0),
				coalesce(sum(CASE WHEN r.first_on BETWEEN $1 AND $2 THEN 1 ELSE 0 END), 0)
			FROM round r WHERE `+w.String()+` GROUP BY r.version ORDER BY r.version`, w.args...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count rounds by version: %w", err)
	}
	return all, nil
}
