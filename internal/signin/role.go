package signin

import (
	"context"
	"errors"
	"fmt"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
)

// Many people work as one thing here and as another there. A sign-in is in one role at a time, and what a person sees follows from
// it; they change between their present roles without signing in again.

// ErrRoleEnded: the role that a sign-in was in has ended, while the person has another. MoveOn takes it there. Its kind is SignedOut, so
// that whoever does not ask lets nobody in.
var ErrRoleEnded error = &errs.Error{Kind: errs.SignedOut, Err: errors.New("the role of this sign-in has ended")}

// WorkRole is one of a person's present roles.
type WorkRole struct {
	ID           string
	Role         access.Role
	Organisation string // its name
	Authority    string // its name; empty when the role is for the whole organisation
	Programme    string // id; empty for all of them
}

// rolesOfSignIn is the present roles that a sign-in may be in, by its id: one through an organisation's own provider is in that
// organisation's alone.
func (s *Service) rolesOfSignIn(ctx context.Context, tx *db.Tx, session string) ([]WorkRole, error) {
	return db.All(ctx, tx, func(row db.Scanner) (r WorkRole, err error) {
		err = row.Scan(&r.ID, &r.Role, &r.Organisation, &r.Authority, &r.Programme)
		return r, err
	}, `SELECT r.id, r.role, o.name, coalesce(a.name, ''), coalesce(r.programme, '')
		FROM sign_in_session s JOIN role r ON r.person_id = s.person_id JOIN organisation o ON o.id = r.organisation_id
		LEFT JOIN authority a ON a.id = r.authority_id
		WHERE s.id = $1 AND r.from_on <= $2 AND (r.to_on IS NULL OR r.to_on >= $2) AND (s.via_id IS NULL OR s.via_id = r.organisation_id)
		ORDER BY r.from_on, r.id`, session, s.directory.Today())
}

// SwitchRole has who work in another of their present roles from now on. The secret of the cookie is a new one, which it returns:
// with other rights comes another key. NotFound when the role is not theirs now.
func (s *Service) SwitchRole(ctx context.Context, who Who, roleID, requestID string) (string, error) {
	secret, hash := newSecret(32)
	return secret, s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return s.moveTo(ctx, tx, who, roleID, hash, requestID)
	})
}

// MoveOn takes a sign-in whose role has ended to another of the person's present roles. The secret it returns is for the cookie.
func (s *Service) MoveOn(ctx context.Context, old, requestID string) (string, error) {
	secret, hash := newSecret(32)
	return secret, s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		who, err := db.One(ctx, tx, func(row db.Scanner) (who Who, err error) {
			err = row.Scan(&who.Session, &who.Subject.Person)
			return who, err
		}, `SELECT id, person_id FROM sign_in_session WHERE hash = $1 AND ended_at IS NULL`, hashSecret(old))
		if errs.Is(err, errs.NotFound) {
			return errs.New(errs.SignedOut, "")
		}
		if err != nil {
			return fmt.Errorf("find a sign-in whose role has ended: %w", err)
		}
		roles, err := s.rolesOfSignIn(ctx, tx, who.Session)
		if err != nil {
			return err
		}
		if len(roles) == 0 {
			return errs.New(errs.SignedOut, "")
		}
		return s.moveTo(ctx, tx, who, roles[0].ID, hash, requestID)
	})
}

// moveTo puts a sign-in in a role that it may be in. The entry is the new role's organisation's: it is there that somebody comes in.
func (s *Service) moveTo(ctx context.Context, tx *db.Tx, who Who, roleID string, hash []byte, requestID string) error {
	r, err := db.One(ctx, tx, scanRole, `SELECT r.id, r.person_id, r.organisation_id, coalesce(r.authority_id, ''), coalesce(r.programme, ''), r.role
		FROM sign_in_session s JOIN role r ON r.person_id = s.person_id
		WHERE s.id = $1 AND r.id = $2 AND r.from_on <= $3 AND (r.to_on IS NULL OR r.to_on >= $3) AND (s.via_id IS NULL OR s.via_id = r.organisation_id)`,
		who.Session, roleID, s.directory.Today())
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE sign_in_session SET role_id = $1, hash = $2, seen_at = $3 WHERE id = $4 AND ended_at IS NULL`,
		r.ID, hash, db.At(s.clock.Now()), who.Session)
	if err != nil {
		return fmt.Errorf("switch role: %w", err)
	}
	if n == 0 {
		return errs.New(errs.SignedOut, "")
	}
	who.Subject.Role, who.Subject.Organisation = r.Role, r.OrganisationID
	e := entry(who, "role-switched", who.Session, requestID)
	e.Found = append(e.Found, r.ID)
	return s.log.Add(ctx, tx, e)
}

// firstRole is the role in which a person is signed in: the one that they worked in last, or else the first of their present roles.
// Without one nobody gets in.
func (s *Service) firstRole(ctx context.Context, tx *db.Tx, person string) (directory.RoleGiven, error) {
	r, err := db.One(ctx, tx, scanRole, `SELECT id, person_id, organisation_id, coalesce(authority_id, ''), coalesce(programme, ''), role
		FROM role WHERE person_id = $1 AND from_on <= $2 AND (to_on IS NULL OR to_on >= $2)
		ORDER BY CASE WHEN id = (SELECT role_id FROM sign_in_session WHERE person_id = $1 ORDER BY seen_at DESC, id DESC LIMIT 1) THEN 0 ELSE 1 END,
			from_on, id LIMIT 1`, person, s.directory.Today())
	if errs.Is(err, errs.NotFound) {
		return r, errCode
	}
	return r, err
}
