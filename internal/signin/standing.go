package signin

import (
	"context"
	"fmt"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// WithoutPasskey is how many of the people of the actor's organisation who have a role today have no passkey that works.
func (s *Service) WithoutPasskey(ctx context.Context, actor access.Subject) (int, error) {
	scope := access.ScopeOf(actor, access.SetSignInRules)
	if scope.Reach() != access.Organisation {
		return 0, errs.New(errs.Denied, "")
	}
	var n int
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(DISTINCT r.person_id) FROM role r
			WHERE r.organisation_id = $1 AND ($2 = '' OR r.authority_id = $2) AND r.from_on <= $3 AND (r.to_on IS NULL OR r.to_on >= $3)
			AND NOT EXISTS (SELECT 1 FROM passkey k WHERE k.person_id = r.person_id AND k.removed_at IS NULL AND k.blocked_at IS NULL)`,
			scope.Organisation(), scope.Authority(), s.directory.Today()).Scan(&n)
	})
	if err != nil {
		return 0, fmt.Errorf("people without a passkey: %w", err)
	}
	return n, nil
}

// FirstTime tells whether who has signed in for the first time: there is no other sign-in of theirs.
func (s *Service) FirstTime(ctx context.Context, who Who) (bool, error) {
	var n int
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(*) FROM (SELECT 1 FROM sign_in_session WHERE person_id = $1 LIMIT 2) AS s`, who.Subject.Person).Scan(&n)
	})
	return n == 1, err
}
