package directory

import (
	"context"
	"fmt"

	"hemvist/internal/clock"
	"hemvist/internal/db"
)

// RoleMove is roles that go from one organisation to another on a day.
type RoleMove struct {
	From, Into string                      // organisation ids
	On         clock.Date                  // the first day at the other one
	Which      func(authority string) bool // whether roles in an authority go; "" is the whole organisation
	By         string                      // person id
}

// MoveRolesTx lets roles end at an organisation the day before and begin anew at another, with the same authority, which has come there too. One
// that begins on the day or later changes its place, as it has not been anything at the old one. Who has the same role there already gets
// no second one. Deputies follow whom they stand in for.
func (s *Service) MoveRolesTx(ctx context.Context, tx *db.Tx, m RoleMove) error {
	roles, err := db.All(ctx, tx, func(row db.Scanner) (RoleGiven, error) {
		var r RoleGiven
		err := row.Scan(&r.ID, &r.PersonID, &r.OrganisationID, &r.AuthorityID, &r.Programme, &r.Role, &r.From, &r.To, &r.DeputyFor)
		return r, err
	}, `SELECT id, person_id, organisation_id, coalesce(authority_id, ''), coalesce(programme, ''), role, from_on, to_on, coalesce(deputy_for, '')
		FROM role WHERE organisation_id = $1 AND (to_on IS NULL OR to_on >= $2) ORDER BY CASE WHEN deputy_for IS NULL THEN 0 ELSE 1 END, id`, m.From, m.On)
	if err != nil {
		return fmt.Errorf("move roles: %w", err)
	}
	anew := map[string]string{} // the new role of an old one
	for _, r := range roles {
		if !m.Which(r.AuthorityID) {
			continue
		}
		if id, ok := anew[r.DeputyFor]; ok {
			r.DeputyFor = id
		}
		if anew[r.ID], err = s.moveRoleTx(ctx, tx, r, m); err != nil {
			return fmt.Errorf("move role %s: %w", r.ID, err)
		}
	}
	return nil
}

// moveRoleTx moves one role and tells which one it is at the new place.
func (s *Service) moveRoleTx(ctx context.Context, tx *db.Tx, r RoleGiven, m RoleMove) (string, error) {
	if !r.From.Before(m.On) {
		_, err := tx.Exec(ctx, `UPDATE role SET organisation_id = $1, deputy_for = $2 WHERE id = $3`, m.Into, db.Null(r.DeputyFor), r.ID)
		return r.ID, err
	}
	same, err := db.All(ctx, tx, db.Scalar[string], `SELECT id FROM role WHERE person_id = $1 AND organisation_id = $2 AND role = $3
		AND coalesce(authority_id, '') = $4 AND coalesce(programme, '') = $5 AND coalesce(deputy_for, '') = $6 AND (to_on IS NULL OR to_on >= $7)
		ORDER BY from_on, id`, r.PersonID, m.Into, string(r.Role), r.AuthorityID, r.Programme, r.DeputyFor, m.On)
	if err != nil {
		return "", err
	}
	if _, err := tx.Exec(ctx, `UPDATE role SET to_on = $1, ended_by = $2, ended_at = $3 WHERE id = $4`,
		m.On.AddDays(-1), db.Null(m.By), db.At(s.clock.Now()), r.ID); err != nil {
		return "", err
	}
	if len(same) > 0 {
		return same[0], nil
	}
	r.ID, r.OrganisationID, r.From, r.GivenBy = "", m.Into, m.On, m.By
	r, err = s.GiveRoleTx(ctx, tx, r)
	return r.ID, err
}
