package group_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/house/housetest"
	"hemvist/internal/programme"
	"hemvist/internal/round"
	"hemvist/internal/round/group"
)

// world is a house with a hub, a municipality of two boards, and who works there.
type world struct {
	housetest.House
	t                            *testing.T
	connect                      *programme.Definition
	hub, office, org             string
	board, otherBoard            string
	leader, second, stranger     access.Subject
	otherLeader, contact, hubber access.Subject
	trainer                      access.Subject
	emails                       map[string]string // by person
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{House: housetest.New(t, d, nil), t: t, emails: map[string]string{}}
	var err error
	if w.connect, err = w.Catalogue.Newest("connect"); err != nil {
		t.Fatal(err)
	}
	w.write(func(ctx context.Context, tx *db.Tx) error {
		add := func(kind directory.OrganisationKind, name string, boards ...string) (id string, ids []string) {
			o, err := w.Directory.AddOrganisationTx(ctx, tx, directory.Organisation{Kind: kind, Name: name})
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range boards {
				a, err := w.Directory.AddAuthorityTx(ctx, tx, directory.Authority{OrganisationID: o.ID, Name: b})
				if err != nil {
					t.Fatal(err)
				}
				ids = append(ids, a.ID)
			}
			return o.ID, ids
		}
		hub, office := add(directory.HubKind, "Hemvisten", "Kansliet")
		org, boards := add(directory.Municipality, "Växjö kommun", "Socialnämnden", "Skolnämnden")
		w.hub, w.office, w.org, w.board, w.otherBoard = hub, office[0], org, boards[0], boards[1]
		w.leader, w.second = w.personTx(ctx, tx, "Åsa Provlund", access.Leader, org, boards[0]), w.personTx(ctx, tx, "Örjan Mallqvist", access.Leader, org, boards[0])
		w.stranger = w.personTx(ctx, tx, "Elin Sagosten", access.Leader, org, boards[0])
		w.otherLeader = w.personTx(ctx, tx, "Nils Skisserud", access.Leader, org, boards[1])
		w.contact = w.personTx(ctx, tx, "Petra Fabelstrand", access.Contact, org, boards[0])
		w.hubber, w.trainer = w.personTx(ctx, tx, "Ingrid Exempelgren", access.Coordinator, hub, ""), w.personTx(ctx, tx, "Ylva Övningsson", access.Trainer, hub, "")
		return nil
	})
	if err := w.Catalogue.GiveHomes(context.Background()); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) personTx(ctx context.Context, tx *db.Tx, name string, role access.Role, org, board string) access.Subject {
	w.t.Helper()
	email := strings.ToLower(strings.Fields(name)[0]) + "." + db.NewID() + "@demo.example"
	p, err := w.Directory.AddPersonTx(ctx, tx, directory.Person{Name: name, GivenName: name, Email: email, Language: "sv"})
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.Directory.GiveRoleTx(ctx, tx, directory.RoleGiven{PersonID: p.ID, Role: role, OrganisationID: org, AuthorityID: board, From: w.Rounds.Today().AddDays(-100)}); err != nil {
		w.t.Fatal(err)
	}
	w.emails[p.ID] = email
	return access.Subject{Person: p.ID, Role: role, Organisation: org, Authority: board}
}

func (w *world) write(fn func(ctx context.Context, tx *db.Tx) error) {
	w.t.Helper()
	if err := w.DB.Write(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// ctx is a context with a trail, which every look needs.
func ctx() context.Context { return audit.WithTrail(context.Background(), &audit.Trail{}) }

// add makes a weekly round of four sessions from the day; change alters the plan.
func (w *world) add(name string, first clock.Date, change func(*round.Plan), staff ...access.Subject) string {
	w.t.Helper()
	p := round.Plan{HubID: w.hub, OrganisationID: w.org, AuthorityID: w.board, Definition: w.connect, Variant: "parents", Name: name, Place: "Biblioteket", Language: "sv"}
	for i := range 4 {
		p.Sessions = append(p.Sessions, round.Session{Kind: programme.OnPrinciple, Item: fmt.Sprint("s", i), On: first.AddDays(7 * i), Starts: 1050, Minutes: 120})
	}
	for _, s := range staff {
		p.Staff = append(p.Staff, round.Staffed{PersonID: s.Person, Role: s.Role, From: first.AddDays(-30)})
	}
	if change != nil {
		change(&p)
	}
	id := ""
	w.write(func(ctx context.Context, tx *db.Tx) (err error) {
		id, err = w.Rounds.AddTx(ctx, tx, p)
		return err
	})
	return id
}

// members is what somebody sees of a round's participants, as "name" lines in their order.
func (w *world) members(who access.Subject, id string) []group.Member {
	w.t.Helper()
	_, list, err := w.Groups.Members(ctx(), who, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

// join adds somebody, and gives their id.
func (w *world) join(id string, n group.NewMember) string {
	w.t.Helper()
	if n.Language == "" {
		n.Language = "sv"
	}
	participant, err := w.Groups.Add(ctx(), w.leader, id, n, "")
	if err != nil {
		w.t.Fatal(err)
	}
	return participant
}

// count is how many participants the round's row says it has; what the facts say is compared with it.
func (w *world) count(id string) int {
	w.t.Helper()
	checked, err := w.Rounds.CheckProjections(context.Background())
	if err != nil || len(checked.Wrong) > 0 {
		w.t.Errorf("what the rounds repeat is not what was said: %+v, %v", checked, err)
	}
	d, err := w.Rounds.Get(ctx(), w.contact, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return d.Participants
}

// field tells whether the error names the field, and with which words.
func field(err error, name string) string {
	if e := (*errs.Error)(nil); errors.As(err, &e) {
		for _, f := range e.Fields {
			if f.Name == name {
				return f.Key
			}
		}
	}
	return ""
}

func TestWhatCannotBeAParticipant(t *testing.T) {
	w := newWorld(t, dbtest.New(t))
	id := w.add("A", w.Rounds.Today(), nil, w.leader)
	right := group.NewMember{Name: "Amina", Language: "sv"}
	with := func(change func(*group.NewMember)) group.NewMember {
		n := right
		change(&n)
		return n
	}
	for what, c := range map[string]struct {
		n     group.NewMember
		field string
		key   string
	}{
		"no name":          {with(func(n *group.NewMember) { n.Name = " \t" }), "name", "participant.error.name"},
		"a long name":      {with(func(n *group.NewMember) { n.Name = strings.Repeat("å", 201) }), "name", "form.error.long"},
		"NUL":              {with(func(n *group.NewMember) { n.Name = "A\x00B" }), "name", "form.error.characters"},
		"turned text":      {with(func(n *group.NewMember) { n.Name = "A\u202EB" }), "name", "form.error.characters"},
		"no letters":       {with(func(n *group.NewMember) { n.Name = "A\xff" }), "name", "form.error.characters"},
		"no language":      {with(func(n *group.NewMember) { n.Language = "" }), "language", "participant.error.language"},
		"a number":         {with(func(n *group.NewMember) { n.Name = "Anna 811228-9874" }), "name", "participant.error.personal-number"},
		"a number to call": {with(func(n *group.NewMember) { n.Phone = "198112289874" }), "phone", "participant.error.personal-number"},
		"a co-ordination":  {with(func(n *group.NewMember) { n.Phone = "811288-9874" }), "phone", "participant.error.personal-number"},
		"full width":       {with(func(n *group.NewMember) { n.Phone = "８１１２２８-９８７４" }), "phone", "participant.error.personal-number"},
		"a hundred years":  {with(func(n *group.NewMember) { n.Email = "811228+9874@demo.example" }), "email", "participant.error.personal-number"},
		"no telephone":     {with(func(n *group.NewMember) { n.Phone = "vet ej" }), "phone", "participant.error.phone"},
		"no address":       {with(func(n *group.NewMember) { n.Email = "anna demo" }), "email", "form.error.email"},
		"protected, phone": {with(func(n *group.NewMember) { n.Phone, n.Protected = "070-174 06 05", true }), "phone", "participant.error.protected-contact"},
		"protected, mail":  {with(func(n *group.NewMember) { n.Email, n.Protected = "a@demo.example", true }), "email", "participant.error.protected-contact"},
		"an age":           {with(func(n *group.NewMember) { n.Children = []int{12, 31} }), "children", "participant.error.age"},
		"with nobody":      {with(func(n *group.NewMember) { n.With = "none" }), "with", "participant.error.with"},
	} {
		if _, err := w.Groups.Add(ctx(), w.leader, id, c.n, ""); !errs.Is(err, errs.Invalid) || field(err, c.field) != c.key {
			t.Errorf("%s: %v, want %s at %s", what, err, c.key, c.field)
		}
	}
	if got := w.members(w.leader, id); len(got) != 0 {
		t.Errorf("somebody was added: %+v", got)
	}
	for i, phone := range []string{"070-174 06 05", "0701740605", "+46 70 174 06 05", "arbetet 08-123 45", ""} {
		w.join(id, group.NewMember{Name: fmt.Sprint("A ", i), Phone: phone})
	}
}

// TestTheSameNameOnceMore: one by one it is asked, as in a list, whether somebody of the same name is another person; who says so is added.
func TestTheSameNameOnceMore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.add("A", w.Rounds.Today(), nil, w.leader)
		w.join(id, group.NewMember{Name: "Anna Test", Children: []int{12}})
		again := group.NewMember{Name: " anna  TEST", Language: "sv", Children: []int{9}}
		if _, err := w.Groups.Add(ctx(), w.leader, id, again, ""); field(err, "another") != "participant.error.another" {
			t.Errorf("the same name without any contact: %v", err)
		}
		again.Phone = "070-174 06 05"
		if _, err := w.Groups.Add(ctx(), w.leader, id, again, ""); field(err, "another") != "participant.error.another" {
			t.Errorf("the same name with a number: %v", err)
		}
		if n := w.count(id); n != 1 {
			t.Errorf("%d take part before anybody has answered", n)
		}
		again.Another = true
		if _, err := w.Groups.Add(ctx(), w.leader, id, again, ""); err != nil || w.count(id) != 2 {
			t.Errorf("another person: %v, %d take part", err, w.count(id))
		}
		w.join(id, group.NewMember{Name: "Anna Testamark", Phone: "070-174 06 05"}) // one telephone, another name
	})
}

// TestHouseholds: those who care for one child together stand together, and the child is one.
func TestHouseholds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.add("A", w.Rounds.Today(), nil, w.leader)
		w.join(id, group.NewMember{Name: "Björn Påhittsson"})
		zahra := w.join(id, group.NewMember{Name: "Zahra Testamark", Language: "fa", Interpreter: true, Children: []int{12, 9}, Phone: "070-174 06 05", Email: "zahra@demo.example"})
		w.join(id, group.NewMember{Name: "Ali Testamark", Language: "fa", With: zahra, Children: []int{12}})
		alone := w.join(id, group.NewMember{Name: "Camilla Låtsasberg", Protected: true})
		w.join(id, group.NewMember{Name: "Dawit Låtsasberg", With: alone})
		var got []string
		for _, m := range w.members(w.leader, id) {
			got = append(got, fmt.Sprint(m.Name, " ", m.Language, " ", m.Interpreter, m.Protected, len(m.Children), " ", m.Phone, " ", m.Email, " ", m.HouseholdID != ""))
		}
		want := []string{"Ali Testamark fa false false 2   true", "Zahra Testamark fa true false 2 070-174 06 05 zahra@demo.example true", "Björn Påhittsson sv false false 0   false",
			"Camilla Låtsasberg sv false true 0   true", "Dawit Låtsasberg sv false false 0   true"}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("the leader sees\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if n := w.count(id); n != 5 {
			t.Errorf("%d take part, want 5", n)
		}
		elsewhere := w.add("B", w.Rounds.Today(), nil, w.leader)
		if _, err := w.Groups.Add(ctx(), w.leader, elsewhere, group.NewMember{Name: "X", Language: "sv", With: zahra}, ""); field(err, "with") == "" {
			t.Errorf("a household across rounds: %v", err)
		}
	})
}
