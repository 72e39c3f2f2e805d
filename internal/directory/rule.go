package directory

import (
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/errs"
)

// The rules about roles. They are pure: facts go in, what is wrong comes out, and each is tried in every case by rule_test.go.
// Source: docs/security.md, "Roles".

// Kinds is every kind of organisation there is.
var Kinds = []OrganisationKind{HubKind, Municipality, Provider, TreatmentHome, University, OwnerKind}

// field are the roles in an organisation that works with families.
var field = []access.Role{access.Leader, access.Technician, access.Contact, access.Supervisor, access.Commissioner, access.Therapist, access.Learner,
	access.Administrator, access.LogReviewer}

var held = map[OrganisationKind][]access.Role{
	HubKind:       {access.Coordinator, access.Trainer, access.Supervisor, access.Administrator, access.LogReviewer},
	Municipality:  field,
	Provider:      field,
	TreatmentHome: field,
	University:    {access.Researcher, access.Administrator, access.LogReviewer},
	OwnerKind:     {access.Owner, access.Administrator},
}

// RolesOf is the roles that people can have in an organisation of that kind.
func RolesOf(k OrganisationKind) []access.Role { return slices.Clone(held[k]) }

// Giving is a role that somebody wants to give, and what has to be known to say whether they may.
type Giving struct {
	PersonID string // who would get it; empty for somebody who is not in the directory yet
	RoleAt
	Kind OrganisationKind // of the organisation
	// Home tells that the programme has its home with the actor's organisation.
	Home bool
	// First tells that nobody in the organisation has the role, today or later.
	First bool
}

// RoleAt is a role with where and for what it is.
type RoleAt struct {
	Role           access.Role
	OrganisationID string
	AuthorityID    string // empty: the whole organisation
	Programme      string // empty: all of them
}

// first are the roles that a hub gives once, so that an organisation can look after itself from then on.
var first = []access.Role{access.Administrator, access.LogReviewer, access.Contact}

// worksInProgramme tells whether the role is about a programme's work. An administrator has accounts, a log reviewer the log.
func worksInProgramme(r access.Role) bool {
	return r != access.Administrator && r != access.LogReviewer
}

// Refusal says why the actor may not give the role: the field that is wrong and the key of the words for it. It is nil when they
// may. Where the actor cannot give roles at all, or not in that organisation, the field has no name.
func (g Giving) Refusal(actor access.Subject) *errs.Field {
	switch {
	case access.ReachOf(actor.Role, access.GiveRole) == access.None:
		return &errs.Field{Key: "people.error.may-not"}
	case g.PersonID != "" && g.PersonID == actor.Person:
		return &errs.Field{Name: "role", Key: "people.error.self"}
	case !slices.Contains(held[g.Kind], g.Role):
		return &errs.Field{Name: "role", Key: "people.error.kind"}
	case actor.Role == access.Coordinator:
		return g.refusalToHub(actor)
	default:
		return g.refusalToAdministrator(actor)
	}
}

// refusalToAdministrator: an administrator gives roles in their own organisation, or in their own board when they have one, and in
// their own programme when they are bound to one.
func (g Giving) refusalToAdministrator(actor access.Subject) *errs.Field {
	switch {
	case actor.Organisation == "" || g.OrganisationID != actor.Organisation:
		return &errs.Field{Name: "place", Key: "people.error.other-organisation"}
	case actor.Authority != "" && g.AuthorityID != actor.Authority:
		return &errs.Field{Name: "place", Key: "people.error.other-board"}
	case actor.Programme != "" && g.Programme != actor.Programme:
		return &errs.Field{Name: "programme", Key: "people.error.other-programme"}
	}
	return nil
}

// refusalToHub: a hub's coordinator gives, everywhere, roles in the programmes that have their home with the hub, and the first
// administrator, log reviewer and contact of an organisation.
func (g Giving) refusalToHub(actor access.Subject) *errs.Field {
	if slices.Contains(first, g.Role) && g.First && g.Programme == "" {
		return nil
	}
	switch {
	case !worksInProgramme(g.Role):
		return &errs.Field{Name: "role", Key: "people.error.not-first"}
	case g.Programme == "":
		return &errs.Field{Name: "programme", Key: "people.error.programme-needed"}
	case !g.Home:
		return &errs.Field{Name: "programme", Key: "people.error.home-elsewhere"}
	case actor.Programme != "" && g.Programme != actor.Programme:
		return &errs.Field{Name: "programme", Key: "people.error.other-programme"}
	}
	return nil
}

// EndRefusal says why the actor may not end the role, as Refusal does. Who could have given it may end it; a hub's coordinator
// may also end the roles that a hub gives first, so that an organisation whose only administrator has gone can get another. One's
// own role one may end.
func (g Giving) EndRefusal(actor access.Subject) *errs.Field {
	g.PersonID = ""
	if actor.Role == access.Coordinator && slices.Contains(first, g.Role) && g.Programme == "" {
		g.First = true
	}
	if !slices.Contains(held[g.Kind], g.Role) { // it was given before the kinds were asked for, or the organisation has changed
		g.Kind = kindWith(g.Role)
	}
	return g.Refusal(actor)
}

func kindWith(r access.Role) OrganisationKind {
	for _, k := range Kinds {
		if slices.Contains(held[k], r) {
			return k
		}
	}
	return ""
}

// Period is the days for which a role is given, both included.
type Period struct{ From, To clock.Date } // no To is without end

// Meets tells whether the two have a day in common.
func (p Period) Meets(q Period) bool {
	return (p.To.IsZero() || !p.To.Before(q.From)) && (q.To.IsZero() || !q.To.Before(p.From))
}

// Has tells whether the day is within.
func (p Period) Has(d clock.Date) bool { return p.Meets(Period{d, d}) }

// Over tells whether there is no day in it that is left, seen from a day.
func (p Period) Over(today clock.Date) bool { return !p.To.IsZero() && p.To.Before(today) || p.Empty() }

// Empty tells whether there is no day in it: a role that was ended on its first day.
func (p Period) Empty() bool { return !p.To.IsZero() && p.To.Before(p.From) }

// Clash says why a person with these roles cannot get another one, as Refusal does. Who checks the log must not be one of those
// whose looks they check, and nobody has the same role twice at a time.
func Clash(have []RoleGiven, add RoleAt, when Period) *errs.Field {
	for _, r := range have {
		if r.OrganisationID != add.OrganisationID || r.Period().Empty() || !r.Period().Meets(when) {
			continue
		}
		if r.At() == add && r.DeputyFor == "" {
			return &errs.Field{Name: "role", Key: "people.error.has-it"}
		}
		if checks(r.Role, add.Role) || checks(add.Role, r.Role) {
			return &errs.Field{Name: "role", Key: "people.error.checks-self"}
		}
	}
	return nil
}

// checks tells whether a reviewer would review themselves.
func checks(reviewer, reviewed access.Role) bool {
	return reviewer == access.LogReviewer && (reviewed == access.Administrator || reviewed == access.Coordinator)
}

// Keepers are the roles of which an organisation keeps one as long as it has people: without it nobody there could let others in.
var keepers = []access.Role{access.Administrator, access.Coordinator}

// Leaderless tells whether ending a role after a day would leave its organisation without anybody who has it for longer. others are the
// other roles of the same kind there.
func Leaderless(r access.Role, last clock.Date, others []Period) bool {
	if !slices.Contains(keepers, r) {
		return false
	}
	next := last.AddDays(1)
	for _, p := range others {
		if p.Has(next) {
			return false
		}
	}
	return true
}
