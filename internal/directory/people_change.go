package directory

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/typed"
)

// languages are those of the staff's pages. Source: i18n.Languages.
var languages = []string{"sv", "en"}

// PersonForm is what is typed about a person.
type PersonForm struct{ Name, Email, Phone, Language string }

// check returns the form as it is stored and what is wrong with it, by field.
func (f PersonForm) check(withEmail bool) (PersonForm, []errs.Field) {
	var wrong, more []errs.Field
	f.Name, wrong = typed.Line("name", f.Name, "people.error.name")
	if len(wrong) == 0 && typed.HoldsPersonalNumber(f.Name) {
		wrong = append(wrong, errs.Field{Name: "name", Key: "people.error.personal-number"})
	}
	if withEmail {
		f.Email, more = typed.Email("email", f.Email)
		if f.Email = FoldEmail(f.Email); len(more) == 0 && typed.HoldsPersonalNumber(f.Email) {
			more = append(more, errs.Field{Name: "email", Key: "people.error.personal-number"})
		}
		wrong = append(wrong, more...)
	}
	f.Phone, more = Phone("phone", f.Phone)
	wrong = append(wrong, more...)
	if !slices.Contains(languages, f.Language) {
		wrong = append(wrong, errs.Field{Name: "language", Key: "people.error.language"})
	}
	return f, wrong
}

// Phone is a telephone number as it was typed, trimmed, and what is wrong with it as the field of that name. None is fine: digits as people
// group them, with a plus before the country, are a number.
func Phone(name, value string) (string, []errs.Field) {
	value = strings.Join(strings.Fields(value), " ")
	if value == "" {
		return "", nil
	}
	digits := 0
	for i, r := range value {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '+' && i == 0, strings.ContainsRune(" -()/\u2010\u2011\u2013", r):
		default:
			return value, []errs.Field{{Name: name, Key: "people.error.phone"}}
		}
	}
	if typed.HoldsPersonalNumber(value) {
		return value, []errs.Field{{Name: name, Key: "people.error.personal-number"}}
	}
	if digits < 6 || digits > 15 || strings.ContainsFunc(value, unicode.IsControl) {
		return value, []errs.Field{{Name: name, Key: "people.error.phone"}}
	}
	return value, nil
}

// act is who does something, when, in which request.
type act struct {
	who
	requestID string
	at        db.Time
	today     clock.Date
}

func (s *Service) act(actor access.Subject, requestID string) act {
	return act{s.who(actor), requestID, db.At(s.clock.Now()), s.Today()}
}

// logTx writes what was done to a person into the log of an organisation.
func (s *Service) logTx(ctx context.Context, tx *db.Tx, a act, action audit.Action, organisation, person string, found ...string) error {
	return s.log.Add(ctx, tx, audit.Entry{Actor: a.actor.Person, Role: string(a.actor.Role), Organisation: organisation, Action: action,
		Subject: person, Outcome: audit.OK, RequestID: a.requestID, Found: found})
}

func factTx(ctx context.Context, tx *db.Tx, a act, person string, fact Happened, on clock.Date, from, to string) error {
	_, err := tx.Exec(ctx, `INSERT INTO person_fact (id, person_id, fact, happened_on, recorded_at, recorded_by, old_value, new_value)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, db.NewID(), person, string(fact), on, a.at, db.Null(a.actor.Person), db.Null(from), db.Null(to))
	if err != nil {
		return fmt.Errorf("%s: %w", fact, err)
	}
	return nil
}

// stillTx makes sure, within the transaction that writes, that the actor's role has not been ended in the meantime: of two
// administrators who end each other's roles at once, one wins.
func stillTx(ctx context.Context, tx *db.Tx, a act) error {
	n, err := db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM role WHERE person_id = $1 AND role = $2 AND organisation_id = $3
		AND from_on <= $4 AND (to_on IS NULL OR to_on >= $4)`, a.actor.Person, string(a.actor.Role), a.actor.Organisation, a.today)
	if err == nil && n == 0 {
		return errs.New(errs.SignedOut, "")
	}
	return err
}

// forWriting is a person whom the actor may do the action to, read in the transaction that writes. Where all is asked, every role that
// the person has must be within reach: a name and an address are the person's everywhere.
func (s *Service) forWriting(ctx context.Context, tx *db.Tx, a act, action access.Action, id string, all bool) (PersonRow, error) {
	if err := stillTx(ctx, tx, a); err != nil {
		return PersonRow{}, err
	}
	p, err := personTx(ctx, tx, id)
	if err != nil {
		return p, err
	}
	if !a.reaches(action, p.Roles) {
		return p, errs.Wrap(errs.NotFound, fmt.Errorf("%s: %s", action, access.OutOfReach))
	}
	if all && !a.reachesAll(action, p, a.today) {
		return p, errs.New(errs.Denied, "people.error.works-elsewhere")
	}
	return p, nil
}

// logPlace is the organisation in whose log a change of a person stands: where the actor reached them.
func (a act) logPlace(action access.Action, p PersonRow) string {
	for _, r := range p.Roles {
		if a.reachesRole(action, r) {
			return r.OrganisationID
		}
	}
	return a.actor.Organisation
}

// ChangePerson stores another name, address, telephone number or language. What was before stays as a fact.
func (s *Service) ChangePerson(ctx context.Context, actor access.Subject, id string, f PersonForm, requestID string) error {
	f, wrong := f.check(true)
	if len(wrong) > 0 {
		return errs.InvalidFields(wrong...)
	}
	a := s.act(actor, requestID)
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := s.forWriting(ctx, tx, a, access.ChangePerson, id, true)
		if err != nil {
			return err
		}
		return s.changeTx(ctx, tx, a, p, f, a.logPlace(access.ChangePerson, p))
	})
}

// ChangeOwn is what everybody may change about themselves: the name, the telephone number, the language. The address is a way in, and is for
// somebody else to change.
func (s *Service) ChangeOwn(ctx context.Context, actor access.Subject, f PersonForm, requestID string) error {
	f, wrong := f.check(false)
	if len(wrong) > 0 {
		return errs.InvalidFields(wrong...)
	}
	a := s.act(actor, requestID)
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := personTx(ctx, tx, actor.Person)
		if err != nil {
			return err
		}
		f := f
		f.Email = p.Email
		return s.changeTx(ctx, tx, a, p, f, actor.Organisation)
	})
}

// Own is what is stored of the actor.
func (s *Service) Own(ctx context.Context, actor access.Subject) (Person, error) {
	var p PersonRow
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = personTx(ctx, tx, actor.Person)
		return err
	})
	return p.Person, err
}

func (s *Service) changeTx(ctx context.Context, tx *db.Tx, a act, p PersonRow, f PersonForm, organisation string) error {
	given := p.GivenName
	if f.Name != p.Name {
		given = GivenName(f.Name)
	}
	if f.Email != p.Email {
		if err := freeAddress(ctx, tx, f.Email); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `UPDATE person SET name = $1, given_name = $2, name_sort = $3, email = $4, phone = $5, language = $6 WHERE id = $7`,
		f.Name, given, db.CollationKey(f.Name), f.Email, db.Null(f.Phone), f.Language, p.ID)
	if err != nil {
		return fmt.Errorf("change person: %w", err)
	}
	for _, c := range []struct {
		fact     Happened
		old, new string
	}{{Renamed, p.Name, f.Name}, {NewAddress, p.Email, f.Email}, {NewPhone, p.Phone, f.Phone}} {
		if c.old == c.new {
			continue
		}
		if err := factTx(ctx, tx, a, p.ID, c.fact, a.today, c.old, c.new); err != nil {
			return err
		}
	}
	if err := indexPerson(ctx, tx, p.ID, f.Name, f.Email); err != nil {
		return err
	}
	return s.logTx(ctx, tx, a, ActionChangePerson, organisation, p.ID)
}

// freeAddress refuses an address that somebody has. A double's address stays the double's, and so finds the person that it became.
func freeAddress(ctx context.Context, tx *db.Tx, email string) error {
	n, err := db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM person WHERE email = $1`, email)
	if err == nil && n > 0 {
		return errs.InvalidFields(errs.Field{Name: "email", Key: "people.error.address-taken"})
	}
	return err
}

// AddPerson stores a person with their first role, without inviting them.
func (s *Service) AddPerson(ctx context.Context, actor access.Subject, f PersonForm, r RoleForm, requestID string) (string, error) {
	f, wrong := f.check(true)
	more := r.check()
	if wrong = append(wrong, more...); len(wrong) > 0 {
		return "", errs.InvalidFields(wrong...)
	}
	a, id := s.act(actor, requestID), ""
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := stillTx(ctx, tx, a); err != nil {
			return err
		}
		if access.ReachOf(actor.Role, access.ChangePerson) == access.None {
			return errs.New(errs.Denied, "")
		}
		if err := freeAddress(ctx, tx, f.Email); err != nil {
			return err
		}
		p, err := s.AddPersonTx(ctx, tx, Person{Name: f.Name, Email: f.Email, Phone: f.Phone, Language: f.Language})
		if err != nil {
			return err
		}
		id = p.ID
		if err := s.logTx(ctx, tx, a, ActionAddPerson, r.OrganisationID, id); err != nil {
			return err
		}
		return s.giveTx(ctx, tx, a, PersonRow{Person: p}, r)
	})
	return id, err
}
