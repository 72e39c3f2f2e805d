// Package demo fills a house with invented people: a nation in small for those who want to try the product, and the same
// nation at any size for benchmarks and tests. It uses the rooms' own doors, so that what it makes is what a person could have
// made. It never touches a house that has people in it.
package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/catalogue"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/directory"
	"hemvist/internal/directory/organisation"
	"hemvist/internal/mail"
	"hemvist/internal/oversight"
	"hemvist/internal/programme"
	"hemvist/internal/register"
	"hemvist/internal/round"
	"hemvist/internal/round/consent"
	"hemvist/internal/round/group"
	"hemvist/internal/round/meeting"
	"hemvist/internal/round/recruitment"
	"hemvist/internal/signin"
	"hemvist/internal/site"
)

// Size says how large a nation is made.
type Size struct {
	Municipalities int // at least 2
	Years          int // of history before today, at least 1
	Rounds         int // ended ones; each municipality also has one or more that are planned or running
	Participants   int // in a round at most, at least 1
	Seed           uint64
}

// Small is a size for tests: every state there is, and soon made.
var Small = Size{Municipalities: 8, Years: 2, Rounds: 12, Participants: 16, Seed: 1}

// House is the doors that the demo goes in by.
type House struct {
	DB            *db.DB
	Directory     *directory.Service
	Organisations *organisation.Service
	Rounds        *round.Service
	Groups        *group.Service
	Catalogue     *catalogue.Service
	Site          *site.Service
	Letters       *mail.Service
	Recruitment   *recruitment.Service
	Oversight     *oversight.Service
	Log           *audit.Log
	SignIns       *signin.Service
	Meetings      *meeting.Service
	Consents      *consent.Service
	Register      *register.Service
	Clock         clock.Clock
	Programme     *programme.Definition
}

// filler keeps what the making needs to remember.
type filler struct {
	House
	size   Size
	rand   *rand.Rand
	today  clock.Date
	hub    place
	boss   string // the coordinator
	orgs   []place
	extra  visitors // the people behind the doors who are staff of rounds
	names  int      // of parents made so far
	rounds int      // made so far
}

// place is an organisation with its authority and leaders.
type place struct {
	org, authority, name string
	leaders              []leader
}

type leader struct{ id, name string }

// atOnce is how many rounds are made in one transaction.
const atOnce = 50

// Fill makes the nation and returns who can sign in. progress, when given, hears how many rounds are made.
func Fill(ctx context.Context, h House, size Size, progress func(done, of int)) (People, error) {
	if err := fill(ctx, h, size, progress); err != nil {
		return nil, err
	}
	return SignInAs, nil
}

func fill(ctx context.Context, h House, size Size, progress func(done, of int)) error {
	f := &filler{House: h, size: size, rand: rand.New(rand.NewPCG(size.Seed, 7)), today: h.Rounds.Today()}
	empty, err := h.Directory.IsEmpty(ctx)
	if err != nil {
		return err
	}
	if !empty {
		return fmt.Errorf("the house has people in it already; nothing was added")
	}
	if err := f.each(ctx, f.addPeople, f.addCatalogue, f.addRecoveries, f.addSite, f.addLives, f.addLetters, f.addInvitations, f.addOrganisations); err != nil {
		return err
	}
	plans := f.plans()
	for done := 0; done < len(plans); {
		next := min(done+atOnce, len(plans))
		if err := f.make(ctx, plans[done:next]); err != nil {
			return fmt.Errorf("fill: %w", err)
		}
		if progress != nil && next/1000 > done/1000 {
			progress(next, len(plans))
		}
		done = next
	}
	return f.each(ctx, f.addGroups, f.addPlanned, f.addMeetings, f.addConsents, f.addCredentials, f.addInterests, f.addLooks, f.addLog, f.DB.Optimize)
}

// each makes one part of the demo after another.
func (f *filler) each(ctx context.Context, parts ...func(context.Context) error) error {
	for _, add := range parts {
		if err := add(ctx); err != nil {
			return fmt.Errorf("fill: %w", err)
		}
	}
	return nil
}

// addPeople makes the hub, the municipalities, their boards, contacts and leaders, and whoever else a visitor can be.
func (f *filler) addPeople(ctx context.Context) error {
	return f.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		f.orgs, f.names = nil, 0 // the function may run again
		hub, err := f.Directory.AddOrganisationTx(ctx, tx, directory.Organisation{Kind: directory.HubKind, Name: "Demohemvisten"})
		if err != nil {
			return err
		}
		office, err := f.Directory.AddAuthorityTx(ctx, tx, directory.Authority{OrganisationID: hub.ID, Name: "Demohemvistens kansli"})
		if err != nil {
			return err
		}
		f.hub = place{org: hub.ID, authority: office.ID, name: hub.Name}
		f.boss, err = f.person(ctx, tx, SignInAs.Of(access.Coordinator), "Ingrid Exempelgren", directory.RoleGiven{OrganisationID: hub.ID, Role: access.Coordinator})
		if err != nil {
			return err
		}
		for i := range f.size.Municipalities {
			if err := f.addMunicipality(ctx, tx, i); err != nil {
				return err
			}
		}
		return f.addVisitors(ctx, tx)
	})
}

func (f *filler) addMunicipality(ctx context.Context, tx *db.Tx, i int) error {
	m := municipality{code: fmt.Sprintf("9%03d", i), name: fmt.Sprintf("Exempelkommun %d", i+1)}
	if i < len(municipalities) {
		m = municipalities[i]
	}
	org, err := f.Directory.AddOrganisationTx(ctx, tx, directory.Organisation{Kind: directory.Municipality, Name: inFull(m.name), Code: m.code, County: countyOf(m.code, i)})
	if err != nil {
		return err
	}
	board, err := f.Directory.AddAuthorityTx(ctx, tx, directory.Authority{OrganisationID: org.ID, Name: "Socialnämnden"})
	if err != nil {
		return err
	}
	p := place{org: org.ID, authority: board.ID, name: m.name}
	role := directory.RoleGiven{OrganisationID: org.ID, AuthorityID: board.ID, Role: access.Contact, Programme: f.Programme.ID}
	contact, err := f.person(ctx, tx, fmt.Sprintf("kontakt%d@demo.example", i), "Åsa "+surnames[i%len(surnames)], role)
	if err != nil {
		return err
	}
	if i == 0 {
		f.extra.contact = contact
	}
	role.Role = access.Leader
	for j := range 4 {
		name := staffGiven[(i*4+j)%len(staffGiven)] + " " + surnames[(i*3+j*5)%len(surnames)]
		id, err := f.person(ctx, tx, fmt.Sprintf("ledare%d.%d@demo.example", i, j), name, role)
		if err != nil {
			return err
		}
		p.leaders = append(p.leaders, leader{id, name})
	}
	f.orgs = append(f.orgs, p)
	return nil
}

// person adds somebody who has had a role since before the nation's history begins, and returns their id.
func (f *filler) person(ctx context.Context, tx *db.Tx, email, name string, role directory.RoleGiven) (string, error) {
	given, _, _ := strings.Cut(name, " ")
	language := "sv"
	if role.Role == access.Owner {
		language = "en"
	}
	p, err := f.Directory.AddPersonTx(ctx, tx, directory.Person{Name: name, GivenName: given, Email: email, Language: language})
	if err != nil {
		return "", err
	}
	role.PersonID, role.From = p.ID, f.today.AddYears(-f.size.Years-1)
	_, err = f.Directory.GiveRoleTx(ctx, tx, role)
	return p.ID, err
}

func (f *filler) pick(list []string) string { return list[f.rand.IntN(len(list))] }

// quarters tell the rounds of one place and half-year apart.
var quarters = []string{"", " Söder", " Norr", " Öster", " Väster"}

// roundName is what people call a round: the place and the half-year.
func roundName(p place, n int, first clock.Date) string {
	return fmt.Sprintf("%s%s, %s", p.name, quarters[n%len(quarters)], term(first))
}

// term is the half-year of a day, as people say it.
func term(d clock.Date) string {
	if d.Month <= 6 {
		return fmt.Sprintf("våren %d", d.Year)
	}
	return fmt.Sprintf("hösten %d", d.Year)
}
