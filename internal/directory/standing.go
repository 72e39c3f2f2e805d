package directory

import (
	"context"
	"fmt"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// EndsWithin is how many days before a role's last day somebody is told: time to talk to the person, and to give it anew.
const EndsWithin = 30

// Standing is an organisation's people in numbers.
type Standing struct {
	People int // who have a role today
	Ending int // roles whose last day is within EndsWithin days
}

// Standing counts the people of the actor's organisation, or of the own authority.
func (s *Service) Standing(ctx context.Context, actor access.Subject) (Standing, error) {
	scope := access.ScopeOf(actor, access.ListPeople)
	if scope.Reach() != access.Organisation {
		return Standing{}, errs.New(errs.Denied, "")
	}
	today := s.Today()
	var st Standing
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(DISTINCT r.person_id), coalesce(sum(CASE WHEN r.to_on <= $1 THEN 1 ELSE 0 END), 0) FROM role r
			WHERE r.organisation_id = $2 AND ($3 = '' OR r.authority_id = $3) AND r.from_on <= $4 AND (r.to_on IS NULL OR r.to_on >= $4)`,
			today.AddDays(EndsWithin), scope.Organisation(), scope.Authority(), today).Scan(&st.People, &st.Ending)
	})
	if err != nil {
		return Standing{}, fmt.Errorf("the people in numbers: %w", err)
	}
	return st, nil
}

// RolesEnding is how many roles of the actor's organisation end within EndsWithin days.
func (s *Service) RolesEnding(ctx context.Context, actor access.Subject) (int, error) {
	if access.ReachOf(actor.Role, access.ListPeople) != access.Organisation {
		return 0, nil
	}
	st, err := s.Standing(ctx, actor)
	return st.Ending, err
}

// Unattended is SQL for the ids of the organisations that WithoutAdministrator counts; its two ? stand for the day it is.
const Unattended = `SELECT r.organisation_id FROM role r JOIN organisation o ON o.id = r.organisation_id
	WHERE o.kind IN ('municipality', 'provider', 'treatment-home') AND o.closed_on IS NULL AND r.from_on <= ? AND (r.to_on IS NULL OR r.to_on >= ?)
	GROUP BY r.organisation_id HAVING sum(CASE WHEN r.role = 'administrator' THEN 1 ELSE 0 END) = 0`

// WithoutAdministrator is how many organisations have people who work with a programme today, and nobody who looks after their
// accounts. A hub's coordinators do that themselves.
func (s *Service) WithoutAdministrator(ctx context.Context, actor access.Subject) (int, error) {
	if access.ScopeOf(actor, access.ListOrganisations).Reach() != access.All {
		return 0, errs.New(errs.Denied, "")
	}
	var n int
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(*) FROM (`+strings.ReplaceAll(Unattended, "?", "$1")+`) AS unattended`, s.Today()).Scan(&n)
	})
	if err != nil {
		return 0, fmt.Errorf("organisations without an administrator: %w", err)
	}
	return n, nil
}
