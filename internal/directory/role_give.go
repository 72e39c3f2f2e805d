package directory

import (
	"context"
	"fmt"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/typed"
)

// RoleForm is a role as it is chosen in a form.
type RoleForm struct {
	RoleAt
	Period
}

// How far from today a role may begin and end: further off is a slip of the finger.
const (
	earliestYear = 1980
	yearsAhead   = 20
)

// check returns what is wrong with the form, by field, without knowing who gives it to whom.
func (r RoleForm) check() []errs.Field {
	var wrong []errs.Field
	if r.OrganisationID == "" {
		wrong = append(wrong, errs.Field{Name: "place", Key: "people.error.place"})
	}
	if !r.Role.Valid() {
		wrong = append(wrong, errs.Field{Name: "role", Key: "people.error.role"})
	}
	switch {
	case r.From.IsZero() || r.From.Year < earliestYear:
		wrong = append(wrong, errs.Field{Name: "from", Key: "people.error.from"})
	case !r.To.IsZero() && r.To.Before(r.From):
		wrong = append(wrong, errs.Field{Name: "to", Key: "people.error.to"})
	}
	return wrong
}

func tooFar(r RoleForm, today clock.Date) []errs.Field {
	end := today.AddYears(yearsAhead)
	switch {
	case r.From.After(end):
		return []errs.Field{{Name: "from", Key: "people.error.from"}}
	case r.To.After(end):
		return []errs.Field{{Name: "to", Key: "people.error.to-far"}}
	}
	return nil
}

// GiveRole gives a person whom the actor reaches a role.
func (s *Service) GiveRole(ctx context.Context, actor access.Subject, personID string, r RoleForm, requestID string) error {
	if wrong := r.check(); len(wrong) > 0 {
		return errs.InvalidFields(wrong...)
	}
	a := s.act(actor, requestID)
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := s.forWriting(ctx, tx, a, access.GiveRole, personID, false)
		if err != nil {
			return err
		}
		return s.giveTx(ctx, tx, a, p, r)
	})
}

// Giver is somebody who gives roles; it is made before the transaction in which they do.
type Giver struct{ act }

// Giver is the actor as one who gives roles.
func (s *Service) Giver(actor access.Subject, requestID string) Giver {
	return Giver{s.act(actor, requestID)}
}

// MayGiveTx says whether the role may be given, as an Invalid error that names the field: "place", "role", "programme", "from" or "to". p is
// the person with their roles; one without an id is not in the directory yet.
func (a Giver) MayGiveTx(ctx context.Context, tx *db.Tx, p PersonRow, r RoleForm) error {
	actor := a.actor
	if wrong := append(r.check(), tooFar(r, a.today)...); len(wrong) > 0 {
		return errs.InvalidFields(wrong...)
	}
	kind, err := kindOfPlace(ctx, tx, r.OrganisationID, r.AuthorityID, a.today)
	if errs.Is(err, errs.NotFound) {
		return errs.InvalidFields(errs.Field{Name: "place", Key: "people.error.place"})
	}
	if err != nil {
		return err
	}
	g := Giving{PersonID: p.ID, RoleAt: r.RoleAt, Kind: kind, Home: a.isHome(r.Programme)}
	if slices.Contains(first, r.Role) {
		n, err := db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM role WHERE organisation_id = $1 AND role = $2 AND (to_on IS NULL OR to_on >= $3 AND to_on >= from_on)`,
			r.OrganisationID, string(r.Role), a.today)
		if err != nil {
			return err
		}
		g.First = n == 0
	}
	wrong := g.Refusal(actor)
	if wrong == nil {
		wrong = Clash(given(p.Roles), r.RoleAt, r.Period)
	}
	if wrong == nil {
		return nil
	}
	if wrong.Name == "" {
		return errs.New(errs.Denied, wrong.Key)
	}
	return errs.InvalidFields(*wrong)
}

func given(roles []PersonRole) []RoleGiven {
	out := make([]RoleGiven, len(roles))
	for i, r := range roles {
		out[i] = r.RoleGiven
	}
	return out
}

// kindOfPlace is the kind of an organisation that is not closed, and makes sure that the board, when there is one, is the organisation's and
// is not closed either.
func kindOfPlace(ctx context.Context, tx *db.Tx, organisation, authority string, today clock.Date) (OrganisationKind, error) {
	return db.One(ctx, tx, db.Scalar[OrganisationKind], `SELECT o.kind FROM organisation o LEFT JOIN authority a ON a.organisation_id = o.id AND a.id = $2
			AND (a.closed_on IS NULL OR a.closed_on > $4)
		WHERE o.id = $1 AND (o.closed_on IS NULL OR o.closed_on > $4) AND ($3 = 0 OR a.id IS NOT NULL)`, organisation, authority, authority != "", today)
}

// giveTx is GiveTx for this room.
func (s *Service) giveTx(ctx context.Context, tx *db.Tx, a act, p PersonRow, r RoleForm) error {
	_, err := s.GiveTx(ctx, tx, Giver{a}, p, r)
	return err
}

// Deputise lets another person of the organisation stand in for one who has a role, from a day until another: they get the role's reach
// and what it is assigned to.
func (s *Service) Deputise(ctx context.Context, actor access.Subject, personID, roleID, deputyID string, when Period, requestID string) error {
	a := s.act(actor, requestID)
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, r, err := s.roleForWriting(ctx, tx, a, personID, roleID)
		if err != nil {
			return err
		}
		if wrong := deputyPeriod(r, when, a.today); len(wrong) > 0 {
			return errs.InvalidFields(wrong...)
		}
		if deputyID == "" || deputyID == p.ID {
			return errs.InvalidFields(errs.Field{Name: "deputy", Key: "people.error.deputy"})
		}
		deputy, err := personTx(ctx, tx, deputyID)
		if err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
		// Only who is at work in the same organisation: what a board keeps secret stays with its own.
		if err != nil || !slices.ContainsFunc(deputy.RolesOn(a.today), func(d PersonRole) bool { return d.OrganisationID == r.OrganisationID }) {
			return errs.InvalidFields(errs.Field{Name: "deputy", Key: "people.error.deputy"})
		}
		g := a.giving(r)
		g.PersonID = deputy.ID
		if wrong := g.Refusal(a.actor); wrong != nil {
			return asDeputy(wrong)
		}
		if wrong := deputyClash(given(deputy.Roles), r, when); wrong != nil {
			return asDeputy(wrong)
		}
		stored, err := s.GiveRoleTx(ctx, tx, RoleGiven{PersonID: deputy.ID, OrganisationID: r.OrganisationID, AuthorityID: r.AuthorityID,
			Programme: r.Programme, Role: r.Role, From: when.From, To: when.To, DeputyFor: r.ID, GivenBy: a.actor.Person})
		if err != nil {
			return err
		}
		return s.logTx(ctx, tx, a, ActionDeputise, r.OrganisationID, deputy.ID, stored.ID, r.ID)
	})
}

// deputyClash is Clash for a deputy: one leader stands in for another, but nobody twice for the same.
func deputyClash(have []RoleGiven, r PersonRole, when Period) *errs.Field {
	var others []RoleGiven
	for _, h := range have {
		if h.DeputyFor == r.ID && !h.Period().Empty() && h.Period().Meets(when) {
			return &errs.Field{Name: "deputy", Key: "people.error.has-it"}
		}
		if h.At() != r.At() {
			others = append(others, h)
		}
	}
	return Clash(others, r.At(), when)
}

// asDeputy says what is wrong at the field where the deputy is chosen.
func asDeputy(wrong *errs.Field) error {
	if wrong.Name == "" {
		return errs.New(errs.Denied, wrong.Key)
	}
	return errs.InvalidFields(errs.Field{Name: "deputy", Key: wrong.Key})
}

// deputyPeriod returns what is wrong with the days: a deputy has a first and a last one, within those of the role.
func deputyPeriod(r PersonRole, when Period, today clock.Date) []errs.Field {
	switch {
	case when.From.IsZero() || when.From.Before(r.From) || when.From.After(today.AddYears(1)):
		return []errs.Field{{Name: "from", Key: "people.error.from"}}
	case when.To.IsZero() || when.To.Before(when.From):
		return []errs.Field{{Name: "to", Key: "people.error.deputy-to"}}
	case when.To.After(today.AddYears(2)), !r.To.IsZero() && when.To.After(r.To):
		return []errs.Field{{Name: "to", Key: "people.error.deputy-long"}}
	}
	return nil
}

// roleForWriting is a person and one of their roles that has not ended and that the actor may end, read in the transaction that writes.
func (s *Service) roleForWriting(ctx context.Context, tx *db.Tx, a act, personID, roleID string) (PersonRow, PersonRole, error) {
	p, err := s.forWriting(ctx, tx, a, access.GiveRole, personID, false)
	if err != nil {
		return p, PersonRole{}, err
	}
	i := slices.IndexFunc(p.Roles, func(r PersonRole) bool { return r.ID == roleID })
	if i < 0 || a.giving(p.Roles[i]).EndRefusal(a.actor) != nil {
		return p, PersonRole{}, errs.Wrap(errs.NotFound, fmt.Errorf("role %s: %s", roleID, access.OutOfReach))
	}
	if p.Roles[i].Period().Over(a.today) {
		return p, PersonRole{}, errs.New(errs.Conflict, "people.error.role-over")
	}
	return p, p.Roles[i], nil
}

// Candidates is the people who can stand in for one in a role: those who are at work in the same organisation, in Swedish order, each with
// what they do there.
func (s *Service) Candidates(ctx context.Context, actor access.Subject, r PersonRole) ([]PersonRow, error) {
	today := s.Today()
	var people []PersonRow
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		people, err = db.All(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM person p WHERE p.merged_into IS NULL AND p.id <> $1 AND p.id <> $2
			AND p.id IN (SELECT r.person_id FROM role r WHERE r.organisation_id = $3 AND r.from_on <= $4 AND (r.to_on IS NULL OR r.to_on >= $4))
			ORDER BY p.name_sort, p.id LIMIT 2000`, r.PersonID, actor.Person, r.OrganisationID, today)
		if err != nil {
			return err
		}
		return addRoles(ctx, tx, people)
	})
	if err != nil {
		return nil, fmt.Errorf("who can stand in: %w", err)
	}
	w := s.who(actor)
	people = slices.DeleteFunc(people, func(p PersonRow) bool { return !w.reaches(access.ReadPerson, p.Roles) })
	s.noteShown(ctx, actor, people)
	return people, nil
}

const maxReason = 300

// reason is why a role ends, as it is stored.
func checkReason(reason string) (string, []errs.Field) {
	reason, wrong := typed.Text("reason", reason, "", maxReason)
	if len(wrong) == 0 && typed.HoldsPersonalNumber(reason) {
		wrong = []errs.Field{{Name: "reason", Key: "people.error.personal-number"}}
	}
	return reason, wrong
}
