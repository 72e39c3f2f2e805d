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

// Doubles is the people who may be the same as one: those with the same name first asked for, or those whom words find. Each is shown with
// where they work, as people with like names are easily taken for one another.
func (s *Service) Doubles(ctx context.Context, actor access.Subject, p PersonRow, text string) ([]PersonRow, error) {
	if text == "" {
		text = p.Name
	}
	page, err := s.ListPeople(ctx, actor, PeopleQuery{Text: text})
	if err != nil {
		return nil, err
	}
	w := s.who(actor)
	return slices.DeleteFunc(page.Rows, func(other PersonRow) bool {
		return other.ID == p.ID || other.ID == actor.Person || !w.reachesAll(access.ChangePerson, other, page.Today)
	}), nil
}

// Merge makes two entries of one person into one: stay keeps its name and address and gets the roles, the history and the rounds of
// gone, whose address goes on finding the person. Gone's ways of signing in end. Both stay in the log under their own ids.
func (s *Service) Merge(ctx context.Context, actor access.Subject, stay, gone, requestID string) error {
	a := s.act(actor, requestID)
	if stay == gone {
		return errs.InvalidFields(errs.Field{Name: "with", Key: "people.error.double"})
	}
	if stay == actor.Person || gone == actor.Person {
		// Who merged somebody with themselves would have given themselves that one's roles.
		return errs.New(errs.Denied, "people.error.merge-self")
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		into, err := s.forWriting(ctx, tx, a, access.ChangePerson, stay, true)
		if err != nil {
			return err
		}
		from, err := s.forWriting(ctx, tx, a, access.ChangePerson, gone, true)
		if err != nil {
			return err
		}
		if into.ID == from.ID || into.ID != stay || from.ID != gone {
			return errs.New(errs.Conflict, "people.error.merged-already")
		}
		if err := s.joinRoles(ctx, tx, a, into, from); err != nil {
			return err
		}
		if err := s.joinPerson(ctx, tx, a, into, from); err != nil {
			return err
		}
		for _, m := range s.mergers {
			if err := m.MergePersonTx(ctx, tx, from.ID, into.ID); err != nil {
				return fmt.Errorf("merge people: %w", err)
			}
		}
		if err := s.endSignIns(ctx, tx, from.ID); err != nil {
			return err
		}
		return s.logTx(ctx, tx, a, ActionMerge, a.logPlace(access.ChangePerson, into), into.ID, from.ID)
	})
}

// joinRoles moves roles. One that the person has already ends; one that they may not have beside what they have refuses the whole.
func (s *Service) joinRoles(ctx context.Context, tx *db.Tx, a act, into, from PersonRow) error {
	for _, r := range from.Roles {
		if r.DeputyForID == into.ID {
			return errs.InvalidFields(errs.Field{Name: "with", Key: "people.error.deputy-of-self"})
		}
		if !r.Period().Over(a.today) {
			wrong := Clash(given(into.Roles), r.At(), r.Period())
			switch {
			case wrong == nil:
			case wrong.Key != "people.error.has-it":
				return errs.InvalidFields(errs.Field{Name: "with", Key: wrong.Key})
			default:
				if _, err := tx.Exec(ctx, `UPDATE role SET to_on = $1, ended_by = $2, ended_at = $3 WHERE id = $4`,
					a.today.AddDays(-1), a.actor.Person, a.at, r.ID); err != nil {
					return err
				}
			}
		}
		if _, err := tx.Exec(ctx, `UPDATE role SET person_id = $1 WHERE id = $2`, into.ID, r.ID); err != nil {
			return err
		}
	}
	for _, r := range into.Roles {
		if r.DeputyForID == from.ID {
			return errs.InvalidFields(errs.Field{Name: "with", Key: "people.error.deputy-of-self"})
		}
	}
	return nil
}

// joinPerson marks the one who goes, and keeps what was known of them as facts about the one who stays.
func (s *Service) joinPerson(ctx context.Context, tx *db.Tx, a act, into, from PersonRow) error {
	if _, err := tx.Exec(ctx, `UPDATE person_fact SET person_id = $1 WHERE person_id = $2`, into.ID, from.ID); err != nil {
		return err
	}
	if err := factTx(ctx, tx, a, into.ID, WasMerged, a.today, from.Name+" <"+from.Email+">", ""); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE person SET merged_into = $1 WHERE id = $2`, into.ID, from.ID); err != nil {
		return err
	}
	phone, left := into.Phone, clock.Date{}
	if phone == "" {
		phone = from.Phone
	}
	if !into.LeftOn.IsZero() && !from.LeftOn.IsZero() { // who is still here under one of the names has not left
		if left = into.LeftOn; from.LeftOn.After(left) {
			left = from.LeftOn
		}
	}
	_, err := tx.Exec(ctx, `UPDATE person SET phone = $1, left_on = $2 WHERE id = $3`, db.Null(phone), left, into.ID)
	return err
}

// FindByAddressTx is the person who has an address, had it before, or had it before they were merged with another; NotFound for none.
// Who has it now comes before who had it.
func FindByAddressTx(ctx context.Context, tx *db.Tx, email string) (PersonRow, error) {
	email = FoldEmail(email)
	id, err := db.One(ctx, tx, db.Scalar[string], `SELECT id FROM person WHERE email = $1`, email)
	if errs.Is(err, errs.NotFound) {
		id, err = db.One(ctx, tx, db.Scalar[string], `SELECT person_id FROM person_fact WHERE fact = $1 AND old_value = $2 ORDER BY recorded_at DESC, id DESC LIMIT 1`,
			string(NewAddress), email)
	}
	if err != nil {
		return PersonRow{}, err
	}
	return personTx(ctx, tx, id)
}
