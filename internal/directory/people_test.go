package directory_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/house/housetest"
)

// world is a house with a hub that has Connect, another hub, and two municipalities with two boards each.
type world struct {
	housetest.House
	t                           *testing.T
	ctx                         context.Context
	hub, hub2, here, there      string
	board, board2, boardThere   string
	coordinator, admin, admin2  access.Subject
	boardAdmin, contact, leader access.Subject
	adminThere                  access.Subject
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{House: housetest.New(t, d, nil), t: t, ctx: audit.WithTrail(context.Background(), &audit.Trail{})}
	w.write(func(ctx context.Context, tx *db.Tx) error {
		w.hub, _ = w.place(ctx, tx, directory.HubKind, "Hemvisten", "")
		w.hub2, _ = w.place(ctx, tx, directory.HubKind, "Norra hemvisten", "")
		w.here, w.board = w.place(ctx, tx, directory.Municipality, "Växjö kommun", "Socialnämnden")
		w.there, w.boardThere = w.place(ctx, tx, directory.Municipality, "Umeå kommun", "Socialnämnden")
		a, err := w.Directory.AddAuthorityTx(ctx, tx, directory.Authority{OrganisationID: w.here, Name: "Barnnämnden"})
		w.board2 = a.ID
		return err
	})
	if err := w.Catalogue.GiveHomes(w.ctx); err != nil {
		t.Fatal(err)
	}
	w.coordinator = w.person("Ingrid Exempelgren", access.Coordinator, w.hub, "", "")
	w.admin, w.admin2 = w.person("Adam Provlund", access.Administrator, w.here, "", ""), w.person("Berit Provlund", access.Administrator, w.here, "", "")
	w.boardAdmin = w.person("Cilla Provlund", access.Administrator, w.here, w.board, "")
	w.contact, w.leader = w.person("Åsa Mallqvist", access.Contact, w.here, w.board, "connect"), w.person("Örjan Mallqvist", access.Leader, w.here, w.board, "connect")
	w.adminThere = w.person("Nils Utkastsson", access.Administrator, w.there, "", "")
	return w
}

func (w *world) place(ctx context.Context, tx *db.Tx, kind directory.OrganisationKind, name, board string) (string, string) {
	w.t.Helper()
	o, err := w.Directory.AddOrganisationTx(ctx, tx, directory.Organisation{Kind: kind, Name: name})
	w.must(err)
	if board == "" {
		return o.ID, ""
	}
	a, err := w.Directory.AddAuthorityTx(ctx, tx, directory.Authority{OrganisationID: o.ID, Name: board})
	w.must(err)
	return o.ID, a.ID
}

func (w *world) write(fn func(ctx context.Context, tx *db.Tx) error) {
	w.t.Helper()
	w.must(w.DB.Write(context.Background(), fn))
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) today() clock.Date { return w.Directory.Today() }

func mail(name string) string {
	return strings.NewReplacer(" ", ".", "å", "a", "ä", "a", "ö", "o", "Å", "A", "Ö", "O").Replace(name) + "@kommun.example"
}

// person makes somebody who has a role since a year ago.
func (w *world) person(name string, role access.Role, organisation, authority, programme string) access.Subject {
	w.t.Helper()
	s := access.Subject{Role: role, Organisation: organisation, Authority: authority, Programme: programme}
	w.write(func(ctx context.Context, tx *db.Tx) error {
		p, err := w.Directory.AddPersonTx(ctx, tx, directory.Person{Name: name, Email: mail(name), Language: "sv"})
		if err != nil {
			return err
		}
		s.Person = p.ID
		_, err = w.Directory.GiveRoleTx(ctx, tx, directory.RoleGiven{PersonID: p.ID, OrganisationID: organisation, AuthorityID: authority, Programme: programme,
			Role: role, From: w.today().AddYears(-1)})
		return err
	})
	return s
}

// give adds a role to somebody who is there.
func (w *world) give(by access.Subject, person string, role access.Role, organisation, authority, programme string) error {
	return w.Directory.GiveRole(w.ctx, by, person, directory.RoleForm{RoleAt: directory.RoleAt{Role: role, OrganisationID: organisation, AuthorityID: authority,
		Programme: programme}, Period: directory.Period{From: w.today()}}, "")
}

func (w *world) get(by access.Subject, person string) directory.PersonDetail {
	w.t.Helper()
	d, err := w.Directory.Person(w.ctx, by, person)
	w.must(err)
	return d
}

// wants fails when an error is not of the kind, or does not name the field with the key.
func wants(t *testing.T, err error, kind errs.Kind, field, key string) {
	t.Helper()
	e := (*errs.Error)(nil)
	if !errors.As(err, &e) || e.Kind != kind {
		t.Fatalf("%v, want it %s", err, kind)
	}
	if field != "" && (len(e.Fields) != 1 || e.Fields[0].Name != field || e.Fields[0].Key != key) {
		t.Fatalf("%v, want %s at %s", err, key, field)
	}
}

// TestTheListReachesWhomThePageReaches: for every role that may list, who stands in the list is who can be looked at.
func TestTheListReachesWhomThePageReaches(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		people := []access.Subject{w.coordinator, w.admin, w.admin2, w.boardAdmin, w.contact, w.leader, w.adminThere,
			w.person("Leila Ämnesson", access.Leader, w.there, w.boardThere, "connect"), w.person("Vera Ämnesson", access.Leader, w.there, w.boardThere, "annat"),
			w.person("Xerxes Ämnesson", access.Leader, w.here, w.board2, ""), w.person("Yrsa Ämnesson", access.Coordinator, w.hub2, "", ""),
			w.person("Zelda Ämnesson", access.Administrator, w.hub2, "", ""), w.person("Kim Ämnesson", access.Contact, w.there, "", "annat")}
		bound := w.coordinator
		bound.Programme = "foralder-pa-avstand"
		reached := map[int]bool{}
		for _, by := range []access.Subject{w.coordinator, bound, w.admin, w.boardAdmin, w.contact, w.adminThere, people[10]} {
			page, err := w.Directory.ListPeople(w.ctx, by, directory.PeopleQuery{})
			w.must(err)
			n := 0
			for _, p := range people {
				listed := slices.ContainsFunc(page.Rows, func(r directory.PersonRow) bool { return r.ID == p.Person })
				_, err := w.Directory.Person(w.ctx, by, p.Person)
				if listed != (err == nil) || err != nil && !errs.Is(err, errs.NotFound) {
					t.Errorf("%s of %s: %s listed %v, looked at: %v", by.Role, by.Organisation, p.Role, listed, err)
				}
				if listed {
					n++
				}
			}
			if n != len(page.Rows) || page.Total != n {
				t.Errorf("%s: %d of %d rows are known", by.Role, n, len(page.Rows))
			}
			reached[n] = true
		}
		if len(reached) < 4 {
			t.Errorf("all reach as many: %v", reached)
		}
		for _, by := range access.Roles {
			if access.ReachOf(by, access.ListPeople) == access.None {
				_, err := w.Directory.ListPeople(w.ctx, access.Subject{Person: "x", Role: by, Organisation: w.here}, directory.PeopleQuery{})
				wants(t, err, errs.Denied, "", "")
			}
		}
	})
}

func TestPeopleAreFoundAndSorted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		names := func(q directory.PeopleQuery) string {
			t.Helper()
			page, err := w.Directory.ListPeople(w.ctx, w.admin, q)
			w.must(err)
			var out []string
			for _, p := range page.Rows {
				out = append(out, p.GivenName)
			}
			return strings.Join(out, " ")
		}
		for _, c := range []struct {
			q    directory.PeopleQuery
			want string
		}{
			{directory.PeopleQuery{}, "Adam Berit Cilla Åsa Örjan"},
			{directory.PeopleQuery{Text: "mallq"}, "Åsa Örjan"},
			{directory.PeopleQuery{Text: "ör mall"}, "Örjan"},
			{directory.PeopleQuery{Text: "kommun.example adam"}, "Adam"},
			{directory.PeopleQuery{Text: "allqvist"}, ""},
			{directory.PeopleQuery{Role: access.Administrator}, "Adam Berit Cilla"},
			{directory.PeopleQuery{Programme: "connect"}, "Åsa Örjan"},
			{directory.PeopleQuery{Organisation: w.there}, ""},
			{directory.PeopleQuery{State: directory.Left}, ""},
			{directory.PeopleQuery{PerPage: 2, Page: 3}, "Örjan"},
			{directory.PeopleQuery{PerPage: 2, Page: 900}, "Örjan"},
		} {
			if got := names(c.q); got != c.want {
				t.Errorf("%+v: %q, want %q", c.q, got, c.want)
			}
		}
		w.must(w.Directory.Leave(w.ctx, w.admin, w.leader.Person, directory.Ending{AtOnce: true}, ""))
		w.must(w.Directory.EndGiven(w.ctx, w.admin, w.contact.Person, w.get(w.admin, w.contact.Person).Roles[0].ID, directory.Ending{AtOnce: true}, ""))
		for state, want := range map[directory.PersonState]string{directory.Present: "Adam Berit Cilla", directory.NoRole: "Åsa", directory.Left: "Örjan", directory.Coming: ""} {
			if got := names(directory.PeopleQuery{State: state}); got != want {
				t.Errorf("%s: %q, want %q", state, got, want)
			}
			page, err := w.Directory.ListPeople(w.ctx, w.admin, directory.PeopleQuery{State: state})
			w.must(err)
			for _, p := range page.Rows {
				if p.StateOn(page.Today) != state {
					t.Errorf("%s is listed as %s and is %s", p.Name, state, p.StateOn(page.Today))
				}
			}
		}
	})
}

func TestARoleIsGivenAndEnds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.must(w.give(w.admin, w.leader.Person, access.Supervisor, w.here, w.board, "connect"))
		wants(t, w.give(w.admin, w.leader.Person, access.Supervisor, w.here, w.board, "connect"), errs.Invalid, "role", "people.error.has-it")
		wants(t, w.give(w.admin, w.admin.Person, access.Leader, w.here, "", ""), errs.Invalid, "role", "people.error.self")
		wants(t, w.give(w.boardAdmin, w.leader.Person, access.Technician, w.here, w.board2, ""), errs.Invalid, "place", "people.error.other-board")
		wants(t, w.give(w.boardAdmin, w.leader.Person, access.Technician, w.here, w.boardThere, ""), errs.Invalid, "place", "people.error.place")
		wants(t, w.give(w.adminThere, w.leader.Person, access.Leader, w.there, "", ""), errs.NotFound, "", "")
		wants(t, w.give(w.contact, w.leader.Person, access.Leader, w.here, "", ""), errs.NotFound, "", "")
		wants(t, w.give(w.admin, w.admin2.Person, access.LogReviewer, w.here, "", ""), errs.Invalid, "role", "people.error.checks-self")
		wants(t, w.give(w.coordinator, w.leader.Person, access.Administrator, w.here, "", ""), errs.Invalid, "role", "people.error.not-first")
		wants(t, w.give(w.coordinator, w.leader.Person, access.Technician, w.here, w.board, "annat"), errs.Invalid, "programme", "people.error.home-elsewhere")
		w.must(w.give(w.coordinator, w.leader.Person, access.LogReviewer, w.there, "", ""))

		p := w.get(w.admin, w.leader.Person)
		if len(p.RolesOn(w.today())) != 3 || p.State != directory.Present {
			t.Fatalf("%d roles, %s", len(p.RolesOn(w.today())), p.State)
		}
		supervisor := p.Roles[slices.IndexFunc(p.Roles, func(r directory.PersonRole) bool { return r.Role == access.Supervisor })]
		if supervisor.GivenByName != "Adam Provlund" {
			t.Errorf("given by %q", supervisor.GivenByName)
		}
		w.must(w.Directory.EndGiven(w.ctx, w.admin, p.ID, supervisor.ID, directory.Ending{AtOnce: true, Reason: "Ny tjänst"}, ""))
		wants(t, w.Directory.EndGiven(w.ctx, w.admin, p.ID, supervisor.ID, directory.Ending{AtOnce: true}, ""), errs.Conflict, "", "")
		p = w.get(w.admin, p.ID)
		i := slices.IndexFunc(p.Roles, func(r directory.PersonRole) bool { return r.ID == supervisor.ID })
		if i < 0 || !p.Roles[i].Period().Over(w.today()) || p.Roles[i].EndedByName != "Adam Provlund" || p.Roles[i].EndReason != "Ny tjänst" {
			t.Errorf("the ended role is %+v", p.Roles[i])
		}
		// The role elsewhere is not this administrator's to end, and while it lasts the name is not theirs alone to change.
		other := p.Roles[slices.IndexFunc(p.Roles, func(r directory.PersonRole) bool { return r.OrganisationID == w.there })]
		wants(t, w.Directory.EndGiven(w.ctx, w.admin, p.ID, other.ID, directory.Ending{AtOnce: true}, ""), errs.NotFound, "", "")
		wants(t, w.Directory.ChangePerson(w.ctx, w.admin, p.ID, directory.PersonForm{Name: "Örjan Ny", Email: p.Email, Language: "sv"}, ""), errs.Denied, "", "")
		if p.MayChange || !p.MayChangeSome || p.MayEnd[other.ID] {
			t.Errorf("may change %v, end the other's role %v", p.MayChange, p.MayEnd[other.ID])
		}
	})
}

// TestTwoAdministratorsAtOnce: of two who end each other's roles at the same time, one stays.
func TestTwoAdministratorsAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		third := w.get(w.admin, w.boardAdmin.Person).Roles[0].ID
		w.must(w.Directory.EndGiven(w.ctx, w.admin, w.boardAdmin.Person, third, directory.Ending{AtOnce: true}, ""))
		for _, e := range []directory.Ending{{Last: w.today()}, {AtOnce: true}} {
			roles := map[string]string{}
			for _, who := range []access.Subject{w.admin, w.admin2} {
				roles[who.Person] = w.get(w.coordinator, who.Person).Roles[0].ID
			}
			var wg sync.WaitGroup
			failed := make([]error, 2)
			for i, pair := range [][2]access.Subject{{w.admin, w.admin2}, {w.admin2, w.admin}} {
				wg.Go(func() {
					failed[i] = w.Directory.EndGiven(audit.WithTrail(context.Background(), &audit.Trail{}), pair[0], pair[1].Person, roles[pair[1].Person], e, "")
				})
			}
			wg.Wait()
			left, err := w.Directory.ListPeople(w.ctx, w.coordinator, directory.PeopleQuery{Organisation: w.here, Role: access.Administrator, State: directory.Present})
			w.must(err)
			lasting := 0
			for _, p := range left.Rows {
				if len(p.Lasting(w.today().AddDays(1))) > 0 {
					lasting++
				}
			}
			if lasting != 1 {
				t.Fatalf("%+v: %d administrators are left: %v", e, lasting, failed)
			}
			// As before, for the second try.
			w.write(func(ctx context.Context, tx *db.Tx) error {
				for _, id := range roles {
					if _, err := tx.Exec(ctx, `UPDATE role SET to_on = NULL WHERE id = $1`, id); err != nil {
						return err
					}
				}
				return nil
			})
		}
	})
}

func TestTheLastAdministratorStays(t *testing.T) {
	w := newWorld(t, dbtest.New(t))
	role := w.get(w.adminThere, w.adminThere.Person).Roles[0].ID
	wants(t, w.Directory.EndGiven(w.ctx, w.adminThere, w.adminThere.Person, role, directory.Ending{Last: w.today().AddDays(30)}, ""), errs.Invalid, "last", "people.error.last-one")
	wants(t, w.Directory.Leave(w.ctx, w.adminThere, w.adminThere.Person, directory.Ending{AtOnce: true}, ""), errs.Invalid, "last", "people.error.last-one")
	// The hub may, and then gives the organisation a first administrator again.
	w.must(w.Directory.EndGiven(w.ctx, w.coordinator, w.adminThere.Person, role, directory.Ending{AtOnce: true}, ""))
	next := w.person("Maj Ämnesson", access.Leader, w.there, "", "connect")
	w.must(w.give(w.coordinator, next.Person, access.Administrator, w.there, "", ""))
	// Whose role was ended may not go on in what they had open.
	wants(t, w.give(w.adminThere, next.Person, access.Contact, w.there, "", ""), errs.SignedOut, "", "")
}

func TestADeputyReachesWhatTheOtherDoes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		stand := w.person("Sture Testamark", access.Technician, w.here, w.board, "connect")
		far := w.person("Fjärran Testamark", access.Leader, w.there, "", "connect")
		role := w.get(w.admin, w.leader.Person).Roles[0]
		when := directory.Period{From: w.today(), To: w.today().AddDays(20)}
		try := func(deputy string, p directory.Period) error {
			return w.Directory.Deputise(w.ctx, w.admin, w.leader.Person, role.ID, deputy, p, "")
		}
		wants(t, try(far.Person, when), errs.Invalid, "deputy", "people.error.deputy")
		wants(t, try(w.admin.Person, when), errs.Invalid, "deputy", "people.error.self")
		wants(t, try(w.leader.Person, when), errs.Invalid, "deputy", "people.error.deputy")
		wants(t, try("nobody", when), errs.Invalid, "deputy", "people.error.deputy")
		wants(t, try(stand.Person, directory.Period{From: w.today()}), errs.Invalid, "to", "people.error.deputy-to")
		w.must(try(stand.Person, when))
		wants(t, try(stand.Person, when), errs.Invalid, "deputy", "people.error.has-it")
		co := w.person("Rut Testamark", access.Leader, w.here, w.board, "connect")
		w.must(try(co.Person, when)) // who leads too may stand in for another who leads
		w.must(w.Directory.EndGiven(w.ctx, w.admin, co.Person, w.get(w.admin, co.Person).Roles[0].ID, directory.Ending{AtOnce: true}, ""))
		p := w.get(w.admin, stand.Person)
		if p.Roles[0].DeputyName != "Örjan Mallqvist" || p.Roles[0].Role != access.Leader || p.Roles[0].To != when.To {
			t.Errorf("the deputy's role is %+v", p.Roles[0])
		}
		page, err := w.Directory.ListPeople(w.ctx, w.admin, directory.PeopleQuery{State: directory.Deputies})
		w.must(err)
		if len(page.Rows) != 1 || page.Rows[0].ID != stand.Person {
			t.Errorf("%d deputies", len(page.Rows))
		}
		// When the role ends, so does standing in for it.
		w.must(w.Directory.EndGiven(w.ctx, w.admin, w.leader.Person, role.ID, directory.Ending{AtOnce: true}, ""))
		if p := w.get(w.admin, stand.Person); !p.Roles[0].Period().Over(w.today()) {
			t.Errorf("the deputy goes on: %+v", p.Roles[0])
		}
	})
}

func TestChangingWorkplace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.must(w.give(w.coordinator, w.leader.Person, access.Supervisor, w.here, w.board, "connect"))
		fates := map[string]directory.Fate{}
		for _, r := range w.get(w.coordinator, w.leader.Person).Roles {
			if fates[r.ID] = directory.End; r.Role == access.Leader {
				fates[r.ID] = directory.Carry
			}
		}
		first := w.today().AddDays(14)
		move := directory.Move{First: first, Fates: fates}
		wants(t, w.Directory.MovePerson(w.ctx, w.coordinator, w.leader.Person, move, ""), errs.Invalid, "place", "people.error.place")
		move.OrganisationID, move.AuthorityID = w.hub2, ""
		wants(t, w.Directory.MovePerson(w.ctx, w.coordinator, w.leader.Person, move, ""), errs.Invalid, "place", "people.error.kind")
		for _, r := range w.get(w.coordinator, w.leader.Person).Roles {
			if !r.To.IsZero() {
				t.Fatal("a move that was refused has ended a role")
			}
		}
		move.OrganisationID, move.AuthorityID = w.there, w.boardThere
		w.must(w.Directory.MovePerson(w.ctx, w.coordinator, w.leader.Person, move, ""))
		p := w.get(w.coordinator, w.leader.Person)
		if now, then := p.RolesOn(w.today()), p.RolesOn(first); len(now) != 2 || len(then) != 1 || then[0].OrganisationID != w.there || then[0].Role != access.Leader {
			t.Errorf("now %v, then %v", now, then)
		}
		wants(t, w.Directory.MovePerson(w.ctx, w.coordinator, w.leader.Person, directory.Move{First: first}, ""), errs.Invalid, "fates", "people.error.fates")
	})
}

func TestLeavingAndComingBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		code, err := w.SignIns.NewCode(w.ctx, mail("Örjan Mallqvist"))
		w.must(err)
		secret, err := w.SignIns.SignInWithCode(w.ctx, code, "")
		w.must(err)
		w.must(w.Directory.Leave(w.ctx, w.admin, w.leader.Person, directory.Ending{AtOnce: true, Reason: "Pension"}, ""))
		if _, err := w.SignIns.Resolve(w.ctx, secret); !errs.Is(err, errs.SignedOut) {
			t.Errorf("who has left is signed in: %v", err)
		}
		p := w.get(w.admin, w.leader.Person)
		if p.State != directory.Left || p.Facts[0].Fact != directory.HasLeft || p.Facts[0].New != "Pension" {
			t.Errorf("%s, %+v", p.State, p.Facts)
		}
		wants(t, w.give(w.admin, p.ID, access.Leader, w.here, "", ""), errs.Conflict, "", "")
		wants(t, w.Directory.Leave(w.ctx, w.admin, p.ID, directory.Ending{AtOnce: true}, ""), errs.Conflict, "", "")
		w.must(w.Directory.Return(w.ctx, w.admin, p.ID, ""))
		w.must(w.give(w.admin, p.ID, access.Leader, w.here, "", ""))
		if p := w.get(w.admin, p.ID); p.State != directory.Present || len(p.Facts) != 2 {
			t.Errorf("%s, %+v", p.State, p.Facts)
		}
	})
}
