package directory_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/round"
)

// round makes a round in which the people lead.
func (w *world) round(leaders ...string) string {
	w.t.Helper()
	connect, err := w.Catalogue.Newest("connect")
	w.must(err)
	plan := round.Plan{HubID: w.hub, OrganisationID: w.here, AuthorityID: w.board, Definition: connect, Variant: connect.Variants[0].ID, Name: "Provgruppen", Place: "Biblioteket",
		Language: "sv", Sessions: []round.Session{{Kind: "session", Item: "p1", On: w.today().AddDays(7), Starts: 1050, Minutes: 90}}}
	for _, id := range leaders {
		plan.Staff = append(plan.Staff, round.Staffed{PersonID: id, Role: access.Leader, From: w.today()})
	}
	id := ""
	w.write(func(ctx context.Context, tx *db.Tx) (err error) {
		id, err = w.Rounds.AddTx(ctx, tx, plan)
		return err
	})
	return id
}

func TestADoubleIsMerged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		double := w.person("Orjan Mallquist", access.Leader, w.here, w.board, "connect")
		w.must(w.give(w.coordinator, double.Person, access.Supervisor, w.here, w.board, "connect"))
		w.must(w.Directory.ChangePerson(w.ctx, w.admin, double.Person, directory.PersonForm{Name: "Örjan Mallquist", Email: "orjan@privat.example", Phone: "070-174 06 05", Language: "sv"}, ""))
		alone, both := w.round(double.Person), w.round(double.Person, w.leader.Person)
		code, err := w.SignIns.NewCode(w.ctx, "orjan@privat.example")
		w.must(err)
		secret, err := w.SignIns.SignInWithCode(w.ctx, code, "")
		w.must(err)

		wants(t, w.Directory.Merge(w.ctx, w.adminThere, w.leader.Person, double.Person, ""), errs.NotFound, "", "")
		wants(t, w.Directory.Merge(w.ctx, w.admin, w.admin.Person, double.Person, ""), errs.Denied, "", "")
		wants(t, w.Directory.Merge(w.ctx, w.admin, double.Person, double.Person, ""), errs.Invalid, "with", "people.error.double")
		w.must(w.Directory.Merge(w.ctx, w.admin, w.leader.Person, double.Person, "request"))
		wants(t, w.Directory.Merge(w.ctx, w.admin, w.leader.Person, double.Person, ""), errs.Conflict, "", "")

		p := w.get(w.admin, double.Person) // by the id that went
		if p.ID != w.leader.Person || p.Name != "Örjan Mallqvist" || p.Phone != "070-174 06 05" {
			t.Errorf("the one who stays is %+v", p.Person)
		}
		if roles := p.RolesOn(w.today()); len(roles) != 2 {
			t.Errorf("%d roles now: %+v", len(roles), roles)
		}
		if !slices.ContainsFunc(p.Facts, func(f directory.PersonFact) bool {
			return f.Fact == directory.WasMerged && strings.Contains(f.Old, "orjan@privat.example")
		}) {
			t.Errorf("the facts are %+v", p.Facts)
		}
		if _, err := w.SignIns.Resolve(w.ctx, secret); !errs.Is(err, errs.SignedOut) {
			t.Errorf("the double is signed in: %v", err)
		}
		who := w.leader
		for _, id := range []string{alone, both} {
			r, err := w.Rounds.Get(w.ctx, who, id)
			w.must(err)
			if len(r.Staff) != 1 || r.Staff[0].PersonID != w.leader.Person {
				t.Errorf("the staff is %+v", r.Staff)
			}
		}
		// An old list finds the person by every address they have had.
		w.write(func(ctx context.Context, tx *db.Tx) error {
			for _, email := range []string{mail("Örjan Mallqvist"), "orjan@privat.example", mail("Orjan Mallquist")} {
				found, err := directory.FindByAddressTx(ctx, tx, strings.ToUpper(email))
				if err != nil || found.ID != w.leader.Person {
					t.Errorf("%s finds %s, %v", email, found.ID, err)
				}
			}
			entries, err := w.Log.List(ctx, tx, audit.Filter{Subject: w.leader.Person, Limit: 10})
			if err == nil && !slices.ContainsFunc(entries, func(e audit.Stored) bool {
				return e.Action == directory.ActionMerge && slices.Equal(e.Found, []string{double.Person}) && e.Actor == w.admin.Person
			}) {
				t.Error("the merging is not in the log with both ids")
			}
			return err
		})
		page, err := w.Directory.ListPeople(w.ctx, w.admin, directory.PeopleQuery{Text: "mallquist"})
		w.must(err)
		if len(page.Rows) != 0 {
			t.Error("the double is listed")
		}
	})
}

// TestWhatMayNotBeOnePerson: merging gives nobody roles that they could not have been given.
func TestWhatMayNotBeOnePerson(t *testing.T) {
	w := newWorld(t, dbtest.New(t))
	reviewer := w.person("Lova Granskare", access.LogReviewer, w.here, "", "")
	wants(t, w.Directory.Merge(w.ctx, w.admin, w.admin2.Person, reviewer.Person, ""), errs.Invalid, "with", "people.error.checks-self")
	far := w.person("Örjan M Mallqvist", access.Leader, w.there, "", "annat")
	wants(t, w.Directory.Merge(w.ctx, w.admin, w.leader.Person, far.Person, ""), errs.NotFound, "", "")
	doubles, err := w.Directory.Doubles(w.ctx, w.admin, w.get(w.admin, w.leader.Person).PersonRow, "")
	w.must(err)
	if len(doubles) != 0 {
		t.Errorf("%d doubles are offered from out of reach", len(doubles))
	}
	doubles, err = w.Directory.Doubles(w.ctx, w.admin, w.get(w.admin, w.leader.Person).PersonRow, "mallqvist")
	w.must(err)
	if len(doubles) != 1 || doubles[0].ID != w.contact.Person {
		t.Errorf("doubles by words: %+v", doubles)
	}
}

func TestAPersonChanges(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		form := directory.PersonForm{Name: " Örjan Åtminstone ", Email: "Orjan@Kommun.Example", Phone: "+46 70 174 06 05", Language: "en"}
		w.must(w.Directory.ChangePerson(w.ctx, w.admin, w.leader.Person, form, ""))
		w.must(w.Directory.ChangePerson(w.ctx, w.admin, w.leader.Person, form, "")) // sent twice: nothing more has happened
		p := w.get(w.admin, w.leader.Person)
		if p.Name != "Örjan Åtminstone" || p.Email != "orjan@kommun.example" || p.Phone != "+46 70 174 06 05" || p.Language != "en" || len(p.Facts) != 3 {
			t.Errorf("%+v, %d facts", p.Person, len(p.Facts))
		}
		page, err := w.Directory.ListPeople(w.ctx, w.admin, directory.PeopleQuery{Text: "åtmin"})
		w.must(err)
		if len(page.Rows) != 1 {
			t.Error("the new name does not find the person")
		}
		for _, c := range []struct {
			f          directory.PersonForm
			field, key string
		}{
			{directory.PersonForm{Name: "", Email: "a@b.example", Language: "sv"}, "name", "people.error.name"},
			{directory.PersonForm{Name: "Karin 850709-9805", Email: "a@b.example", Language: "sv"}, "name", "people.error.personal-number"},
			{directory.PersonForm{Name: "Karin", Email: "ingen adress", Language: "sv"}, "email", "form.error.email"},
			{directory.PersonForm{Name: "Karin", Email: strings.ToUpper(mail("Åsa Mallqvist")), Language: "sv"}, "email", "people.error.address-taken"},
			{directory.PersonForm{Name: "Karin", Email: "a@b.example", Phone: "ring mig", Language: "sv"}, "phone", "people.error.phone"},
			{directory.PersonForm{Name: "Karin", Email: "a@b.example", Phone: "19850709-9805", Language: "sv"}, "phone", "people.error.personal-number"},
			{directory.PersonForm{Name: "Karin", Email: "a@b.example", Language: "tlh"}, "language", "people.error.language"},
		} {
			wants(t, w.Directory.ChangePerson(w.ctx, w.admin, w.leader.Person, c.f, ""), errs.Invalid, c.field, c.key)
		}
		wants(t, w.Directory.ChangePerson(w.ctx, w.adminThere, w.leader.Person, form, ""), errs.NotFound, "", "")
		wants(t, w.Directory.ChangePerson(w.ctx, w.contact, w.leader.Person, form, ""), errs.NotFound, "", "")
		own := directory.PersonForm{Name: "Örjan Själv", Email: "annan@kommun.example", Language: "sv"}
		w.must(w.Directory.ChangeOwn(w.ctx, w.leader, own, ""))
		if p, err := w.Directory.Own(w.ctx, w.leader); err != nil || p.Name != "Örjan Själv" || p.Email != "orjan@kommun.example" {
			t.Errorf("%+v, %v", p, err)
		}
	})
}

func TestAPersonIsAddedWithARole(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		role := directory.RoleForm{RoleAt: directory.RoleAt{Role: access.Leader, OrganisationID: w.here, AuthorityID: w.board, Programme: "connect"},
			Period: directory.Period{From: w.today()}}
		form := directory.PersonForm{Name: "Ny Platshållar", Email: "ny@kommun.example", Language: "sv"}
		id, err := w.Directory.AddPerson(w.ctx, w.boardAdmin, form, role, "")
		w.must(err)
		if p := w.get(w.contact, id); p.State != directory.Present || p.Roles[0].Authority != "Socialnämnden" {
			t.Errorf("%+v", p)
		}
		_, err = w.Directory.AddPerson(w.ctx, w.boardAdmin, form, role, "")
		wants(t, err, errs.Invalid, "email", "people.error.address-taken")
		form.Email, role.AuthorityID = "ny2@kommun.example", w.board2
		_, err = w.Directory.AddPerson(w.ctx, w.boardAdmin, form, role, "")
		wants(t, err, errs.Invalid, "place", "people.error.other-board")
		page, err := w.Directory.ListPeople(w.ctx, w.admin, directory.PeopleQuery{Text: "ny2"})
		w.must(err)
		if len(page.Rows) != 0 {
			t.Error("a person whose role was refused is stored")
		}
	})
}
