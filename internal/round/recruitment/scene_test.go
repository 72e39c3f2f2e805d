package recruitment_test

import (
	"context"
	"fmt"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/directory"
	"hemvist/internal/house/housetest"
	"hemvist/internal/programme"
	"hemvist/internal/round"
)

// scene is a house with a board whose leader has a group ahead, and a colleague who leads another.
type scene struct {
	housetest.House
	connect       *programme.Definition
	at            place
	karin, other  access.Subject
	ahead, theirs string // rounds
	slug          string
	people        int
}

// place is a board with its organisation and the hub of its programme.
type place struct{ hub, organisation, authority string }

func open(t *testing.T, d *db.DB) *scene {
	t.Helper()
	s := &scene{House: housetest.New(t, d, nil)}
	var err error
	s.connect, err = s.Catalogue.Newest("connect")
	must(t, err)
	s.at.hub, s.at.organisation = s.newOrganisation(t, directory.HubKind, "Hemvisten"), s.newOrganisation(t, directory.Municipality, "Provköpings kommun")
	s.at = s.newBoard(t, s.at)
	s.karin, s.other = s.newLeader(t, s.at), s.newLeader(t, s.at)
	s.ahead, s.theirs = s.newRound(t, s.at, "Onsdagsgruppen", s.karin), s.newRound(t, s.at, "Torsdagsgruppen", s.other)
	places, err := s.Recruitment.Places(t.Context())
	if err != nil || len(places) != 1 {
		t.Fatalf("%d places take interest, %v", len(places), err)
	}
	s.slug = places[0].Slug
	return s
}

func (s *scene) newOrganisation(t *testing.T, kind directory.OrganisationKind, name string) (id string) {
	t.Helper()
	must(t, s.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		o, err := s.Directory.AddOrganisationTx(ctx, tx, directory.Organisation{Kind: kind, Name: name})
		id = o.ID
		return err
	}))
	return id
}

// newBoard is another board of the place's organisation.
func (s *scene) newBoard(t *testing.T, at place) place {
	t.Helper()
	must(t, s.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		a, err := s.Directory.AddAuthorityTx(ctx, tx, directory.Authority{OrganisationID: at.organisation, Name: "Socialnämnden"})
		at.authority = a.ID
		return err
	}))
	return at
}

func (s *scene) newLeader(t *testing.T, at place) access.Subject {
	t.Helper()
	s.people++
	who := access.Subject{Role: access.Leader, Organisation: at.organisation, Authority: at.authority, Programme: s.connect.ID}
	must(t, s.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		p, err := s.Directory.AddPersonTx(ctx, tx, directory.Person{Name: fmt.Sprint("Karin Provlund ", s.people), GivenName: "Karin",
			Email: fmt.Sprintf("provlund%d@demo.example", s.people), Language: "sv"})
		if err != nil {
			return err
		}
		who.Person = p.ID
		_, err = s.Directory.GiveRoleTx(ctx, tx, directory.RoleGiven{PersonID: p.ID, Role: access.Leader, OrganisationID: at.organisation, AuthorityID: at.authority,
			Programme: s.connect.ID, From: s.Rounds.Today().AddDays(-100)})
		return err
	}))
	return who
}

// newRound is a group that begins in two weeks.
func (s *scene) newRound(t *testing.T, at place, name string, leader access.Subject) (id string) {
	t.Helper()
	first := s.Rounds.Today().AddDays(14)
	p := round.Plan{HubID: at.hub, OrganisationID: at.organisation, AuthorityID: at.authority, Definition: s.connect, Variant: "parents", Name: name, Place: "Biblioteket",
		Language: "sv", Staff: []round.Staffed{{PersonID: leader.Person, Role: leader.Role, From: first.AddDays(-30)}}}
	for i := range 3 {
		p.Sessions = append(p.Sessions, round.Session{Kind: programme.OnPrinciple, Item: fmt.Sprint("p", i+1), On: first.AddDays(7 * i), Starts: 1050, Minutes: 120})
	}
	must(t, s.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		id, err = s.Rounds.AddTx(ctx, tx, p)
		return err
	}))
	return id
}
