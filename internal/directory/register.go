package directory

import (
	"context"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// What the take-over of a register (package takeover) asks of this room, in the transaction in which it looks or writes.

// CheckPerson returns a form as it is stored, and what is wrong with it by field.
func CheckPerson(f PersonForm) (PersonForm, []errs.Field) { return f.check(true) }

// ReachedTx is everybody whom the giver reaches, with their roles.
func (s *Service) ReachedTx(ctx context.Context, tx *db.Tx, g Giver) ([]PersonRow, error) {
	c, _ := g.matching(access.ScopeOf(g.actor, access.ImportPeople), PeopleQuery{}, g.today)
	people, err := db.All(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM person p WHERE `+c.String()+` ORDER BY p.name_sort, p.id`, c.args...)
	if err != nil {
		return nil, err
	}
	return people, addRoles(ctx, tx, people)
}

// ByAddressTx is who has each of the addresses, or had it, or had it before they were merged with another, by the folded address. Who has it
// now comes before who had it.
func (s *Service) ByAddressTx(ctx context.Context, tx *db.Tx, emails []string) (map[string]PersonRow, error) {
	found := map[string]string{} // address → person
	for len(emails) > 0 {
		some := emails[:min(len(emails), chunk)]
		emails = emails[len(some):]
		for _, query := range []string{
			`SELECT old_value, person_id FROM person_fact WHERE fact = 'address' AND old_value IN (` + numbered(len(some)) + `) ORDER BY recorded_at, id`,
			`SELECT email, coalesce(merged_into, id) FROM person WHERE email IN (` + numbered(len(some)) + `)`,
		} {
			rows, err := db.All(ctx, tx, scanNamed, query, anys(some)...)
			if err != nil {
				return nil, err
			}
			for _, r := range rows {
				found[r.ID] = r.Name
			}
		}
	}
	return s.peopleOf(ctx, tx, found)
}

// peopleOf reads the people of a map.
func (s *Service) peopleOf(ctx context.Context, tx *db.Tx, found map[string]string) (map[string]PersonRow, error) {
	ids := map[string]bool{}
	for _, id := range found {
		ids[id] = true
	}
	people := map[string]PersonRow{}
	var some []string
	read := func() error {
		if len(some) == 0 {
			return nil
		}
		rows, err := db.All(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM person p WHERE p.id IN (`+numbered(len(some))+`)`, anys(some)...)
		if err == nil {
			err = addRoles(ctx, tx, rows)
		}
		for _, p := range rows {
			people[p.ID] = p
		}
		some = nil
		return err
	}
	for id := range ids {
		if some = append(some, id); len(some) == chunk {
			if err := read(); err != nil {
				return nil, err
			}
		}
	}
	if err := read(); err != nil {
		return nil, err
	}
	byAddress := map[string]PersonRow{}
	for address, id := range found {
		p := people[id]
		if p.MergedInto != "" { // merged again since
			var err error
			if p, err = personTx(ctx, tx, id); err != nil {
				return nil, err
			}
		}
		byAddress[address] = p
	}
	return byAddress, nil
}

// numbered is the placeholders of n values.
func numbered(n int) string {
	var c clauses
	c.add(marks(n), make([]any, n)...)
	return c.String()
}

// Actor is who gives.
func (a Giver) Actor() access.Subject { return a.actor }

// TakeInTx stores a person with a role, for a giver who may. The log says who was added, and which role was given.
func (s *Service) TakeInTx(ctx context.Context, tx *db.Tx, g Giver, f PersonForm, r RoleForm) error {
	p, err := s.AddPersonTx(ctx, tx, Person{Name: f.Name, Email: f.Email, Phone: f.Phone, Language: f.Language})
	if err != nil {
		return err
	}
	if err := s.logTx(ctx, tx, g.act, ActionAddPerson, r.OrganisationID, p.ID); err != nil {
		return err
	}
	return s.giveTx(ctx, tx, g.act, PersonRow{Person: p}, r)
}

// GiveInTx gives somebody who is there a role. Where the list knew them by another address, that one finds them from now on.
func (s *Service) GiveInTx(ctx context.Context, tx *db.Tx, g Giver, p PersonRow, email string, r RoleForm) error {
	p, err := personTx(ctx, tx, p.ID) // an earlier line may have given them another role
	if err != nil {
		return err
	}
	if err := s.giveTx(ctx, tx, g.act, p, r); err != nil {
		return err
	}
	return s.KnowAddressTx(ctx, tx, g, p, email)
}

// KnowAddressTx remembers another address of a person by which a list knew them, unless they have or had it.
func (s *Service) KnowAddressTx(ctx context.Context, tx *db.Tx, g Giver, p PersonRow, email string) error {
	known, err := s.ByAddressTx(ctx, tx, []string{email})
	if err != nil || email == "" || known[email].ID != "" {
		return err
	}
	return factTx(ctx, tx, g.act, p.ID, NewAddress, g.today, email, p.Email)
}

// StillTx refuses a giver whose role has been ended in the meantime.
func (a Giver) StillTx(ctx context.Context, tx *db.Tx) error { return stillTx(ctx, tx, a.act) }
