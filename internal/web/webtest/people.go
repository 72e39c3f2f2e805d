package webtest

import (
	"context"
	"fmt"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/directory"
	"hemvist/internal/round"
)

// Place is an authority with its organisation and the hub that its programme has its home with, by their ids.
type Place struct{ Hub, Organisation, Authority string }

// Person is somebody in the directory, with one role.
type Person struct {
	ID, Name, Email, RoleID string
	Role                    access.Role
}

// Path is the address of the person's page, with more after it.
func (p Person) Path(more string) string { return "/people/" + p.ID + more }

// NewHub makes a hub and returns its id.
func (h *House) NewHub(t testing.TB, name string) string {
	t.Helper()
	return h.organisation(t, directory.Organisation{Kind: directory.HubKind, Name: name})
}

// NewPlace makes a municipality with one board.
func (h *House) NewPlace(t testing.TB, hub, name string) Place {
	t.Helper()
	return h.NewBoard(t, Place{Hub: hub, Organisation: h.organisation(t, directory.Organisation{Kind: directory.Municipality, Name: name})})
}

// NewBoard makes another board in the organisation of a place.
func (h *House) NewBoard(t testing.TB, at Place) Place {
	t.Helper()
	must(t, "add a board", h.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		a, err := h.Directory.AddAuthorityTx(ctx, tx, directory.Authority{OrganisationID: at.Organisation, Name: "Socialnämnden"})
		at.Authority = a.ID
		return err
	}))
	return at
}

func (h *House) organisation(t testing.TB, o directory.Organisation) (id string) {
	t.Helper()
	must(t, "add an organisation", h.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		o, err := h.Directory.AddOrganisationTx(ctx, tx, o)
		id = o.ID
		return err
	}))
	return id
}

// NewPerson makes somebody who works in a role at a place since a year ago: a coordinator at its hub, others in its board.
func (h *House) NewPerson(t testing.TB, role access.Role, at Place) Person {
	t.Helper()
	h.names++
	p := Person{Name: fmt.Sprintf("Karin Provlund %d", h.names), Email: fmt.Sprintf("provlund%d@hemvist.example", h.names), Role: role}
	given := directory.RoleGiven{OrganisationID: at.Organisation, AuthorityID: at.Authority, Programme: h.Connect.ID, Role: role, From: h.Today().AddYears(-1)}
	if role == access.Coordinator {
		given.OrganisationID, given.AuthorityID = at.Hub, ""
	}
	must(t, "add a person", h.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		stored, err := h.Directory.AddPersonTx(ctx, tx, directory.Person{Name: p.Name, GivenName: "Karin", Email: p.Email, Language: "sv"})
		if err != nil {
			return err
		}
		given.ID, given.PersonID = "", stored.ID
		role, err := h.Directory.GiveRoleTx(ctx, tx, given)
		p.ID, p.RoleID = stored.ID, role.ID
		return err
	}))
	return p
}

// AlsoWorks gives a person another role, at a place of their board, since yesterday. It returns the role's id.
func (h *House) AlsoWorks(t testing.TB, p Person, role access.Role, at Place) (id string) {
	t.Helper()
	given := directory.RoleGiven{PersonID: p.ID, OrganisationID: at.Organisation, AuthorityID: at.Authority, Programme: h.Connect.ID, Role: role,
		From: h.Today().AddDays(-1)}
	must(t, "give a role", h.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		r, err := h.Directory.GiveRoleTx(ctx, tx, given)
		id = r.ID
		return err
	}))
	return id
}

// NewRound is a round to be made. What is left out is filled in: a parents' group in its middle, of three weekly sessions.
type NewRound struct {
	Place    Place
	Name     string
	First    clock.Date // of the first session; a week ago when zero
	Variant  string
	Staff    []Person
	Until    clock.Date // the staff's last day; none when zero
	Words    []string   // further words by which it is found
	Location string
}

// Round is a round that was made.
type Round struct {
	ID       string
	Sessions []round.Session
}

// Path is the address of the round's page, with more after it.
func (r Round) Path(more string) string { return "/rounds/" + r.ID + more }

// NewRounds makes rounds in one transaction.
func (h *House) NewRounds(t testing.TB, all ...NewRound) []Round {
	t.Helper()
	var made []Round
	must(t, "add rounds", h.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		made = make([]Round, len(all))
		for i, n := range all {
			id, err := h.Rounds.AddTx(ctx, tx, h.plan(n))
			if err != nil {
				return err
			}
			made[i].ID = id
			if made[i].Sessions, err = round.SessionsTx(ctx, tx, id); err != nil {
				return err
			}
		}
		return nil
	}))
	return made
}

func (h *House) plan(n NewRound) round.Plan {
	if n.First.IsZero() {
		n.First = h.Today().AddDays(-7)
	}
	if n.Name == "" {
		n.Name = "Provgruppen"
	}
	if n.Location == "" {
		n.Location = "Biblioteket"
	}
	if n.Variant == "" {
		n.Variant = h.Connect.Variants[0].ID
	}
	p := round.Plan{HubID: n.Place.Hub, OrganisationID: n.Place.Organisation, AuthorityID: n.Place.Authority, Definition: h.Connect,
		Variant: n.Variant, Name: n.Name, Place: n.Location, Language: "sv", SearchWords: n.Words}
	for i := range 3 {
		p.Sessions = append(p.Sessions, round.Session{Kind: "principle", Item: fmt.Sprintf("p%d", i+1), On: n.First.AddDays(7 * i), Starts: 17*60 + 30, Minutes: 90})
	}
	for _, s := range n.Staff {
		p.Staff = append(p.Staff, round.Staffed{PersonID: s.ID, Role: s.Role, From: h.Today().AddYears(-1), To: n.Until})
	}
	return p
}
