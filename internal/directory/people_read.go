package directory

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
)

// PersonState is how somebody stands to the work today. It is worked out, and stored nowhere.
type PersonState string

// The states.
const (
	Present PersonState = "present" // has a role today
	Coming  PersonState = "coming"  // will have one
	NoRole  PersonState = "no-role" // has none, and has not left
	Left    PersonState = "left"
)

// PersonRole is a role as it is shown: with the names of where it is.
type PersonRole struct {
	RoleGiven
	Kind         OrganisationKind
	Organisation string
	Authority    string
	DeputyForID  string // the person whose role a deputy's role is
	DeputyName   string
	GivenByName  string
	EndedByName  string
	EndReason    string
}

// PersonRow is a person in a list.
type PersonRow struct {
	Person
	LeftOn     clock.Date // the last day
	MergedInto string
	Roles      []PersonRole // all of them, the newest first
}

// StateOn is how the person stands on a day.
func (p PersonRow) StateOn(today clock.Date) PersonState {
	if !p.LeftOn.IsZero() && p.LeftOn.Before(today) {
		return Left
	}
	state := NoRole
	for _, r := range p.Roles {
		switch {
		case r.Period().Empty():
		case r.Period().Has(today):
			return Present
		case r.From.After(today):
			state = Coming
		}
	}
	return state
}

// RolesOn is the roles that the person has on a day.
func (p PersonRow) RolesOn(day clock.Date) []PersonRole {
	return slices.DeleteFunc(slices.Clone(p.Roles), func(r PersonRole) bool { return r.Period().Empty() || !r.Period().Has(day) })
}

// Lasting is the roles that the person has on a day or later.
func (p PersonRow) Lasting(day clock.Date) []PersonRole {
	return slices.DeleteFunc(slices.Clone(p.Roles), func(r PersonRole) bool { return r.Period().Over(day) })
}

// clauses gathers the conditions of a query and their values.
type clauses struct {
	conditions []string
	args       []any
}

// add adds a condition; every ? in it stands for the next of args.
func (c *clauses) add(condition string, args ...any) {
	for _, a := range args {
		c.args = append(c.args, a)
		condition = strings.Replace(condition, "?", "$"+strconv.Itoa(len(c.args)), 1)
	}
	c.conditions = append(c.conditions, condition)
}

func (c *clauses) String() string { return strings.Join(c.conditions, " AND ") }

func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

func anys(ss []string) []any {
	out := make([]any, len(ss))
	for i, s := range ss {
		out[i] = s
	}
	return out
}

// who is an actor with the programmes that have their home with their organisation. It is found before a transaction begins: to ask for the
// homes may read the database.
type who struct {
	actor access.Subject
	homes []string
}

func (s *Service) who(actor access.Subject) who {
	w := who{actor: actor}
	if s.homes != nil {
		w.homes = s.homes.HomeProgrammes(actor.Organisation)
	}
	return w
}

// lead are the roles by which a hub knows whom to speak to in an organisation, whether or not they are in a programme.
var lead = []access.Role{access.Administrator, access.LogReviewer, access.Contact}

// within adds what bounds a query on role r to the scope. resource says the same of one role; a test holds the two together.
func (w who) within(c *clauses, scope access.Scope) {
	switch scope.Reach() {
	case access.Hub:
		ids := w.homes
		in := "1 = 0"
		if len(ids) > 0 {
			in = "r.programme IN (" + marks(len(ids)) + ")"
		}
		args := append([]any{scope.Organisation()}, anys(ids)...)
		// What kind of organisation it is is asked of few.
		c.add("(r.organisation_id = ? OR "+in+" OR r.programme IS NULL AND r.role IN (?, ?, ?) AND r.organisation_id NOT IN (SELECT id FROM organisation WHERE kind = ?))",
			append(args, string(lead[0]), string(lead[1]), string(lead[2]), string(HubKind))...)
	case access.Organisation:
		if scope.Authority() != "" {
			c.add("r.authority_id = ?", scope.Authority())
		} else {
			c.add("r.organisation_id = ?", scope.Organisation())
		}
	default:
		c.add("1 = 0")
	}
	if scope.Programme() != "" {
		c.add("(r.programme IS NULL OR r.programme = ?)", scope.Programme())
	}
}

// resource is what a role is to access: whoever reaches one of a person's roles reaches the person.
func (w who) resource(r RoleGiven, kind OrganisationKind) access.Resource {
	res := access.Resource{Organisation: r.OrganisationID, Authority: r.AuthorityID, Programme: r.Programme}
	switch {
	case r.OrganisationID == w.actor.Organisation, w.isHome(r.Programme),
		r.Programme == "" && kind != HubKind && slices.Contains(lead, r.Role):
		res.Hub = w.actor.Organisation
	}
	return res
}

// reaches tells whether the actor may do the action to somebody with one of these roles.
func (w who) reaches(action access.Action, roles []PersonRole) bool {
	return slices.ContainsFunc(roles, func(r PersonRole) bool { return w.reachesRole(action, r) })
}

func (w who) reachesRole(action access.Action, r PersonRole) bool {
	return access.Decide(w.actor, action, w.resource(r.RoleGiven, r.Kind)).Allow
}

// reachesAll tells whether every role that the person has or will have is within reach. Who is out of all work is reached by
// whoever reached them then.
func (w who) reachesAll(action access.Action, p PersonRow, today clock.Date) bool {
	return !slices.ContainsFunc(p.Lasting(today), func(r PersonRole) bool { return !w.reachesRole(action, r) })
}

// giving is what the rules ask about a role that there is.
func (w who) giving(r PersonRole) Giving {
	return Giving{PersonID: r.PersonID, RoleAt: r.At(), Kind: r.Kind, Home: w.isHome(r.Programme)}
}

func (w who) isHome(programme string) bool {
	return programme != "" && slices.Contains(w.homes, programme)
}

const personColumns = `p.id, p.name, p.given_name, p.email, coalesce(p.phone, ''), p.language, p.left_on, coalesce(p.merged_into, '')`

func scanPerson(row db.Scanner) (PersonRow, error) {
	var p PersonRow
	err := row.Scan(&p.ID, &p.Name, &p.GivenName, &p.Email, &p.Phone, &p.Language, &p.LeftOn, &p.MergedInto)
	return p, err
}

// chunk bounds the number of ids in one query.
const chunk = 500

// addRoles fills in all roles of each person, the newest first.
func addRoles(ctx context.Context, tx *db.Tx, people []PersonRow) error {
	for len(people) > 0 {
		some := people[:min(len(people), chunk)]
		people = people[len(some):]
		at := make(map[string]int, len(some))
		ids := make([]string, len(some))
		for i := range some {
			at[some[i].ID], ids[i] = i, some[i].ID
			some[i].Roles = nil
		}
		var c clauses
		c.add("r.person_id IN ("+marks(len(ids))+")", anys(ids)...)
		roles, err := selectRoles(ctx, tx, c)
		if err != nil {
			return err
		}
		for _, r := range roles {
			some[at[r.PersonID]].Roles = append(some[at[r.PersonID]].Roles, r)
		}
	}
	return nil
}

// selectRoles reads roles r with the names of their places and people, the newest first.
func selectRoles(ctx context.Context, tx *db.Tx, c clauses) ([]PersonRole, error) {
	return db.All(ctx, tx, func(row db.Scanner) (PersonRole, error) {
		var r PersonRole
		err := row.Scan(&r.ID, &r.PersonID, &r.OrganisationID, &r.AuthorityID, &r.Programme, &r.Role, &r.From, &r.To, &r.DeputyFor, &r.Kind,
			&r.Organisation, &r.Authority, &r.DeputyForID, &r.DeputyName, &r.GivenByName, &r.EndedByName, &r.EndReason)
		return r, err
	}, `SELECT r.id, r.person_id, r.organisation_id, coalesce(r.authority_id, ''), coalesce(r.programme, ''), r.role, r.from_on, r.to_on,
			coalesce(r.deputy_for, ''), o.kind, o.name, coalesce(a.name, ''), coalesce(dp.id, ''), coalesce(dp.name, ''), coalesce(g.name, ''),
			coalesce(e.name, ''), coalesce(r.end_reason, '')
		FROM role r JOIN organisation o ON o.id = r.organisation_id LEFT JOIN authority a ON a.id = r.authority_id
			LEFT JOIN role d ON d.id = r.deputy_for LEFT JOIN person dp ON dp.id = d.person_id
			LEFT JOIN person g ON g.id = r.given_by LEFT JOIN person e ON e.id = r.ended_by
		WHERE `+c.String()+` ORDER BY r.from_on DESC, r.id DESC`, c.args...)
}

// personTx is a person with their roles. Of somebody who was merged into another it is the other.
func personTx(ctx context.Context, tx *db.Tx, id string) (PersonRow, error) {
	for range 10 { // two who were merged may have been merged again
		p, err := db.One(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM person p WHERE p.id = $1`, id)
		if err != nil {
			return p, err
		}
		if p.MergedInto == "" {
			all := []PersonRow{p}
			err = addRoles(ctx, tx, all)
			return all[0], err
		}
		id = p.MergedInto
	}
	return PersonRow{}, errLoop
}
