package directory

import (
	"context"
	"fmt"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// What the room that lets people in asks of this one, in its own transactions: who somebody is, and to give and end their roles.

// PersonTx is a person with their roles. Of somebody who was merged into another it is the other.
func (s *Service) PersonTx(ctx context.Context, tx *db.Tx, id string) (PersonRow, error) {
	return personTx(ctx, tx, id)
}

// PersonByAddressTx is the person with an address; NotFound when nobody has it. The address of a double finds the person that it became.
func (s *Service) PersonByAddressTx(ctx context.Context, tx *db.Tx, email string) (PersonRow, error) {
	id, err := db.One(ctx, tx, db.Scalar[string], `SELECT id FROM person WHERE email = $1`, FoldEmail(email))
	if err != nil {
		return PersonRow{}, err
	}
	return personTx(ctx, tx, id)
}

// Checked is the form as it is stored, and what is wrong with it, by field.
func (f PersonForm) Checked() (PersonForm, []errs.Field) { return f.check(true) }

// AddTx stores somebody whose form was checked, and logs it for the organisation.
func (s *Service) AddTx(ctx context.Context, tx *db.Tx, g Giver, f PersonForm, organisation string) (PersonRow, error) {
	p, err := s.AddPersonTx(ctx, tx, Person{Name: f.Name, Email: f.Email, Phone: f.Phone, Language: f.Language})
	if err != nil {
		return PersonRow{}, err
	}
	return PersonRow{Person: p}, s.logTx(ctx, tx, g.act, ActionAddPerson, organisation, p.ID)
}

// CorrectAddressTx changes the address of somebody who has not taken anything up by it yet.
func (s *Service) CorrectAddressTx(ctx context.Context, tx *db.Tx, g Giver, p PersonRow, email, organisation string) (Person, error) {
	form := PersonForm{Name: p.Name, Email: email, Phone: p.Phone, Language: p.Language}
	if err := s.changeTx(ctx, tx, g.act, p, form, organisation); err != nil {
		return p.Person, err
	}
	p.Email = email
	return p.Person, nil
}

// GiveTx gives a person a role, when the rules allow it, and logs it. Nothing is given to somebody who has left.
func (s *Service) GiveTx(ctx context.Context, tx *db.Tx, g Giver, p PersonRow, r RoleForm) (RoleGiven, error) {
	if err := g.MayGiveTx(ctx, tx, p, r); err != nil {
		return RoleGiven{}, err
	}
	if p.StateOn(g.today) == Left {
		return RoleGiven{}, errs.New(errs.Conflict, "people.error.has-left")
	}
	stored, err := s.GiveRoleTx(ctx, tx, RoleGiven{PersonID: p.ID, OrganisationID: r.OrganisationID, AuthorityID: r.AuthorityID, Programme: r.Programme,
		Role: r.Role, From: r.From, To: r.To, GivenBy: g.actor.Person})
	if err != nil {
		return stored, err
	}
	return stored, s.logTx(ctx, tx, g.act, ActionGiveRole, r.OrganisationID, p.ID, stored.ID)
}

// TakeBackTx ends a role that nobody has taken up, at once, for whoever could have given it.
func (s *Service) TakeBackTx(ctx context.Context, tx *db.Tx, g Giver, personID, roleID string) error {
	p, err := personTx(ctx, tx, personID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(p.Roles, func(r PersonRole) bool { return r.ID == roleID })
	if i < 0 || g.giving(p.Roles[i]).EndRefusal(g.actor) != nil {
		return errs.Wrap(errs.NotFound, fmt.Errorf("role %s: %s", roleID, access.OutOfReach))
	}
	n, err := endUnasked(ctx, tx, g.at, roleID, g.today.AddDays(-1), g.actor.Person)
	if err != nil || n == 0 {
		return err
	}
	return s.logTx(ctx, tx, g.act, ActionEndRole, p.Roles[i].OrganisationID, p.ID, roleID)
}

// EndMappedTx ends a role that nobody gave but a rule of the organisation's own, and those of its deputies. Whoever set the rule
// answers for whom it leaves.
func (s *Service) EndMappedTx(ctx context.Context, tx *db.Tx, roleID string, last clock.Date) error {
	_, err := endUnasked(ctx, tx, db.At(s.clock.Now()), roleID, last, "")
	return err
}

func endUnasked(ctx context.Context, tx *db.Tx, at db.Time, roleID string, last clock.Date, by string) (int64, error) {
	n, err := tx.Exec(ctx, `UPDATE role SET to_on = $1, ended_by = $2, ended_at = $3 WHERE (id = $4 OR deputy_for = $4) AND (to_on IS NULL OR to_on > $1)`,
		last, db.Null(by), at, roleID)
	if err != nil {
		return 0, fmt.Errorf("end role: %w", err)
	}
	return n, nil
}
