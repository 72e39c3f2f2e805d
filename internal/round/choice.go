package round

import (
	"context"
	"fmt"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/programme"
)

// Choice is a variant that somebody may plan a round of.
type Choice struct {
	Definition *programme.Definition
	Variant    *programme.Variant
}

// Board is an authority that a round can belong to.
type Board struct{ ID, Name string }

// MayPlan tells whether a role plans rounds of a variant. Groups are planned where they are held; what the programme gives to those who
// work in it, at its hub. What only the owner gives is planned by the hub's coordinator, who invites.
func MayPlan(role access.Role, v *programme.Variant) bool {
	switch role {
	case access.Leader, access.Contact:
		return v.GivenBy != "hub" && v.GivenBy != "owner" && (v.Kind == programme.Group || v.Kind == programme.Network)
	case access.Coordinator:
		return learners(v.Kind)
	case access.Trainer:
		return learners(v.Kind) && v.GivenBy != "owner"
	default:
		return false
	}
}

// Choices is what the actor may plan rounds of, of what is in force today.
func (s *Service) Choices(actor access.Subject) []Choice {
	if access.ReachOf(actor.Role, access.PlanRound) == access.None {
		return nil
	}
	var all []Choice
	for _, d := range s.defs.InForce() {
		if actor.Programme != "" && actor.Programme != d.ID {
			continue
		}
		for i := range d.Variants {
			if MayPlan(actor.Role, &d.Variants[i]) && len(d.Variants[i].Sessions()) > 0 {
				all = append(all, Choice{d, &d.Variants[i]})
			}
		}
	}
	return all
}

// Boards is the authorities that the actor may plan rounds for: their own, or all of the organisation when the role is for all of it.
func (s *Service) Boards(ctx context.Context, actor access.Subject) ([]Board, error) {
	if access.ReachOf(actor.Role, access.PlanRound) == access.None {
		return nil, errs.New(errs.Denied, "")
	}
	today := s.Today()
	var all []Board
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = boardsTx(ctx, tx, actor, today)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("boards: %w", err)
	}
	return all, nil
}

func boardsTx(ctx context.Context, tx *db.Tx, actor access.Subject, today clock.Date) ([]Board, error) {
	return db.All(ctx, tx, func(row db.Scanner) (Board, error) {
		var b Board
		err := row.Scan(&b.ID, &b.Name)
		return b, err
	}, `SELECT id, name FROM authority WHERE organisation_id = $1 AND (id = $2 OR CAST($2 AS TEXT) = '')
		AND (closed_on IS NULL OR closed_on >= $3) ORDER BY name, id`, actor.Organisation, actor.Authority, today)
}

// PayerOf is who pays for an interpreter in a variant, by its rule or the programme's: the organiser where neither says.
func PayerOf(d *programme.Definition, v *programme.Variant) (payer Payer, rule programme.Interpreter, allowed bool) {
	r := v.Interpreter
	if r == nil {
		r = d.Interpreter
	}
	if r == nil {
		return ByOrganiser, programme.Interpreter{}, true
	}
	if r.PaidBy == "" {
		return ByOrganiser, *r, r.Allowed
	}
	return Payer(r.PaidBy), *r, r.Allowed
}

// partOf is the part in a round, a role's id in the definition, that somebody who works in a role has: the one that the variant is
// staffed with, or else the role's own name.
func partOf(d *programme.Definition, v *programme.Variant, role access.Role) (part access.Role, staffed bool) {
	for _, x := range v.Staff {
		if r, ok := d.Role(x.Role); ok && r.ActsAs == string(role) || x.Role == string(role) {
			return access.Role(x.Role), true
		}
	}
	return role, false
}
