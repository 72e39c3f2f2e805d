package signin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/typed"
)

// enter lets in whom a provider has vouched for. That a claim is gone ends its role also when nothing is left to sign in to.
func (s *Service) enter(ctx context.Context, p Provider, t told, requestID string) (secret string, err error) {
	if len(t.subject) == 0 || len(t.subject) > 255 { // OpenID Connect Core 1.0, section 2
		return "", because(errProvider, errors.New("the provider does not say who it is"))
	}
	var refused error
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		secret, refused = "", nil
		person, err := s.personOf(ctx, tx, p, t)
		if err != nil {
			return err
		}
		if person.StateOn(s.directory.Today()) == directory.Left {
			return because(errProvider, errors.New("the person has left"))
		}
		if err := s.mapRoles(ctx, tx, p, t, person, requestID); err != nil {
			return err
		}
		role, err := s.roleWithin(ctx, tx, person.ID, p.Organisation)
		if errs.Is(err, errs.Invalid) {
			refused = err
			return nil
		}
		if err != nil {
			return err
		}
		secret, err = s.begin(ctx, tx, role, ByOrganisation, "", requestID)
		return err
	})
	if err == nil {
		err = refused
	}
	return secret, err
}

// personOf finds who it is: by the link that an earlier sign-in made; else by a verified address of somebody who works in the
// organisation; else somebody new, when the mapping says so and gives them a role.
func (s *Service) personOf(ctx context.Context, tx *db.Tx, p Provider, t told) (person directory.PersonRow, err error) {
	linked, err := db.One(ctx, tx, scanText, `SELECT person_id FROM identity_link WHERE organisation_id = $1 AND issuer = $2 AND subject = $3`,
		p.Organisation, p.Issuer, t.subject)
	if err == nil {
		return s.directory.PersonTx(ctx, tx, linked)
	}
	if !errs.Is(err, errs.NotFound) {
		return person, err
	}
	email, wrong := typed.Email("email", t.claims.text(p.Mapping.Email))
	switch {
	case len(wrong) > 0:
		return person, because(errProvider, errors.New("the provider tells no address"))
	case !p.Mapping.Trusted && !t.claims.verified():
		return person, because(errProvider, errors.New("the provider has not checked the address"))
	}
	person, err = s.directory.PersonByAddressTx(ctx, tx, email)
	switch {
	case errs.Is(err, errs.NotFound):
		person, err = s.newcomer(ctx, tx, p, t, email)
	case err == nil:
		err = s.worksWithin(ctx, tx, person.ID, p)
	}
	if err != nil {
		return person, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO identity_link (organisation_id, issuer, subject, person_id, linked_at) VALUES ($1, $2, $3, $4, $5)`,
		p.Organisation, p.Issuer, t.subject, person.ID, db.At(s.clock.Now()))
	if err != nil {
		return person, fmt.Errorf("link somebody to a provider: %w", err)
	}
	return person, s.log.Add(ctx, tx, audit.Entry{Organisation: p.Organisation, Action: "identity.link", Subject: person.ID, Outcome: audit.OK, Found: []string{p.ID}})
}

// worksWithin refuses to link somebody who has no role in the provider's organisation, whatever the address: otherwise an organisation
// could make itself anybody of another's.
func (s *Service) worksWithin(ctx context.Context, tx *db.Tx, person string, p Provider) error {
	if _, err := s.roleWithin(ctx, tx, person, p.Organisation); err != nil {
		return err
	}
	n, err := db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM identity_link WHERE organisation_id = $1 AND issuer = $2 AND person_id = $3`,
		p.Organisation, p.Issuer, person)
	if err == nil && n > 0 {
		return because(errProvider, errors.New("the person is linked to somebody else at the provider"))
	}
	return err
}

// newcomer adds somebody whom a rule gives a role.
func (s *Service) newcomer(ctx context.Context, tx *db.Tx, p Provider, t told, email string) (directory.PersonRow, error) {
	if !p.Mapping.Create || len(p.Mapping.roles(t.claims)) == 0 {
		return directory.PersonRow{}, because(errProvider, errors.New("nobody here has the address, and nobody is to be added"))
	}
	name, wrong := typed.Line("name", strings.Join(strings.Fields(t.claims.text(p.Mapping.Name)), " "), "identity.error.claim")
	if len(wrong) > 0 || typed.HoldsPersonalNumber(name) {
		return directory.PersonRow{}, because(errProvider, errors.New("the provider tells no name"))
	}
	added, err := s.directory.AddPersonTx(ctx, tx, directory.Person{Name: name, Email: email, Language: i18n.Languages[0]})
	return directory.PersonRow{Person: added}, err
}

// roleWithin is the first of a person's present roles in an organisation.
func (s *Service) roleWithin(ctx context.Context, tx *db.Tx, person, organisation string) (directory.RoleGiven, error) {
	r, err := db.One(ctx, tx, scanRole, `SELECT id, person_id, organisation_id, coalesce(authority_id, ''), coalesce(programme, ''), role
		FROM role WHERE person_id = $1 AND organisation_id = $3 AND from_on <= $2 AND (to_on IS NULL OR to_on >= $2) ORDER BY from_on, id LIMIT 1`,
		person, s.directory.Today(), organisation)
	if errs.Is(err, errs.NotFound) {
		return r, because(errProvider, errors.New("the person has no role in the organisation"))
	}
	return r, err
}

// mapRoles gives and ends what the mapping says, in the organisation alone. What would clash with a role that the person has, such as to
// review one's own looks, is not given.
func (s *Service) mapRoles(ctx context.Context, tx *db.Tx, p Provider, t told, person directory.PersonRow, requestID string) error {
	today := s.directory.Today()
	mapped, err := db.All(ctx, tx, scanText, `SELECT m.role_id FROM identity_role m JOIN role r ON r.id = m.role_id WHERE r.person_id = $1`, person.ID)
	if err != nil {
		return fmt.Errorf("read what a mapping gave: %w", err)
	}
	var have []heldRole
	var held []directory.RoleGiven
	for _, r := range person.RolesOn(today) {
		if r.OrganisationID == p.Organisation && r.DeputyFor == "" {
			have = append(have, heldRole{id: r.ID, mapped: slices.Contains(mapped, r.ID), place: place{r.Role, r.AuthorityID, r.Programme}})
		}
		held = append(held, r.RoleGiven)
	}
	give, end := changes(have, p.Mapping.roles(t.claims))
	for _, id := range end {
		if err := s.directory.EndMappedTx(ctx, tx, id, today.AddDays(-1)); err != nil {
			return err
		}
		held = slices.DeleteFunc(held, func(r directory.RoleGiven) bool { return r.ID == id })
		if err := s.logMapped(ctx, tx, p, directory.ActionEndRole, person.ID, id, requestID); err != nil {
			return err
		}
	}
	for _, r := range give {
		at := directory.RoleAt{Role: r.role, OrganisationID: p.Organisation, AuthorityID: r.authority, Programme: r.programme}
		if directory.Clash(held, at, directory.Period{From: today}) != nil {
			continue
		}
		given, err := s.directory.GiveRoleTx(ctx, tx, directory.RoleGiven{PersonID: person.ID, OrganisationID: p.Organisation, AuthorityID: r.authority,
			Programme: r.programme, Role: r.role, From: today})
		if err != nil {
			return err
		}
		held = append(held, given)
		if _, err := tx.Exec(ctx, `INSERT INTO identity_role (role_id, provider_id) VALUES ($1, $2)`, given.ID, p.ID); err != nil {
			return fmt.Errorf("note that a mapping gave a role: %w", err)
		}
		if err := s.logMapped(ctx, tx, p, directory.ActionGiveRole, person.ID, given.ID, requestID); err != nil {
			return err
		}
	}
	return nil
}

// logMapped logs what no person decided, but a provider's claims and an organisation's rules: nobody is the actor.
func (s *Service) logMapped(ctx context.Context, tx *db.Tx, p Provider, action audit.Action, person, role, requestID string) error {
	return s.log.Add(ctx, tx, audit.Entry{Organisation: p.Organisation, Action: action, Subject: person, Outcome: audit.OK, RequestID: requestID,
		Found: []string{role, p.ID}})
}
