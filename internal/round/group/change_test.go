package group_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/errs"
	"hemvist/internal/programme"
	"hemvist/internal/round"
	"hemvist/internal/round/group"
)

func (w *world) one(who access.Subject, id, participant string) group.Member {
	w.t.Helper()
	for _, m := range w.members(who, id) {
		if m.ID == participant {
			return m
		}
	}
	w.t.Fatalf("%s is not in the round", participant)
	return group.Member{}
}

func TestChanges(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.add("A", w.Rounds.Today(), nil, w.leader, w.second)
		zahra := w.join(id, group.NewMember{Name: "Zahra Testamark", Phone: "070-174 06 05", Email: "zahra@demo.example", Ages: "12, 9"})
		ali := w.join(id, group.NewMember{Name: "Ali Testamark", With: zahra})
		children := w.one(w.leader, id, zahra).Children

		right := group.NewMember{Name: "Zahra Sagosten", Language: "fa", Interpreter: true, Protected: true, With: ali, Ages: "13 och 9"}
		for what, c := range map[string]struct {
			who     access.Subject
			n       group.NewMember
			version int
			kind    errs.Kind
		}{
			"a stranger": {w.stranger, right, 0, errs.NotFound}, "the contact": {w.contact, right, 0, errs.NotFound},
			"what another has changed": {w.leader, right, 1, errs.Conflict}, "nothing": {w.leader, group.NewMember{}, 0, errs.Invalid},
			"a way to reach the hidden": {w.leader, group.NewMember{Name: "Z", Language: "sv", Protected: true, Phone: "070-174 06 05"}, 0, errs.Invalid},
			"together with nobody":      {w.leader, group.NewMember{Name: "Z", Language: "sv", With: "none"}, 0, errs.Invalid},
		} {
			if err := w.Groups.Change(ctx(), c.who, id, zahra, c.n, c.version, ""); !errs.Is(err, c.kind) {
				t.Errorf("%s: %v, want %v", what, err, c.kind)
			}
		}
		if err := w.Groups.Change(ctx(), w.second, id, zahra, right, 0, "r1"); err != nil {
			t.Fatal(err)
		}
		m := w.one(w.leader, id, zahra)
		if m.Name != "Zahra Sagosten" || m.Phone != "" || m.Email != "" || m.Language != "fa" || !m.Interpreter || !m.Protected || m.Version != 1 || len(m.Children) != 2 ||
			m.Children[0].Age != 13 || m.Children[0].ID != children[0].ID || m.Children[1] != children[1] {
			t.Errorf("after the change: %+v, before %+v", m, children)
		}
		// What has been changed away is not found any more, and what came is.
		for q, want := range map[string]int{"zahra": 1, "sagosten": 1, "070": 0, "zahra@demo.example": 0, "ali": 1} {
			page, err := w.Rounds.List(ctx(), w.leader, round.Query{Text: q})
			if err != nil || len(page.Rows) != want {
				t.Errorf("%q finds %d rounds, want %d: %v", q, len(page.Rows), want, err)
			}
		}
		// The same again says nothing new; alone is alone.
		right.Ages, right.With = "13, 9", ali
		if err := w.Groups.Change(ctx(), w.leader, id, zahra, right, 1, ""); err != nil || w.one(w.leader, id, zahra).Version != 1 {
			t.Errorf("the same again: %v, %+v", err, w.one(w.leader, id, zahra))
		}
		right.With = ""
		if err := w.Groups.Change(ctx(), w.leader, id, zahra, right, 1, ""); err != nil {
			t.Fatal(err)
		}
		if a, b := w.one(w.leader, id, zahra), w.one(w.leader, id, ali); a.HouseholdID == b.HouseholdID || len(a.Children) != 2 || len(b.Children) != 2 {
			t.Errorf("apart: %+v and %+v", a, b)
		}
		entries := w.entries(t, group.ActionChange)
		if len(entries) != 2 || entries[0].Subject != zahra || entries[0].Purpose != id {
			t.Errorf("the log: %+v", entries)
		}
		if err := w.Vault.Shred(context.Background(), w.board, ali, "test"); err != nil {
			t.Fatal(err)
		}
		if err := w.Groups.Change(ctx(), w.leader, id, ali, right, 0, ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("changing somebody erased: %v", err)
		}
	})
}

// entries is what the log of the municipality has of an action.
func (w *world) entries(t *testing.T, action audit.Action) (found []audit.Entry) {
	t.Helper()
	if err := w.DB.Read(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		found = nil
		all, err := w.Log.List(ctx, tx, audit.Filter{Organisation: w.org, Action: action, Limit: 100})
		for _, e := range all {
			found = append(found, e.Entry)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return found
}

func TestLeavingAndComingBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id, today := w.add("A", w.Rounds.Today(), nil, w.leader), w.Rounds.Today()
		amina := w.join(id, group.NewMember{Name: "Amina"})
		w.join(id, group.NewMember{Name: "Björn"})
		for what, err := range map[string]error{
			"no reason":   w.Groups.Leave(ctx(), w.leader, id, amina, "", today, ""),
			"moved":       w.Groups.Leave(ctx(), w.leader, id, amina, group.Moved, today, ""),
			"tomorrow":    w.Groups.Leave(ctx(), w.leader, id, amina, group.NoTime, today.AddDays(1), ""),
			"before":      w.Groups.Leave(ctx(), w.leader, id, amina, group.NoTime, today.AddDays(-1), ""),
			"a stranger":  w.Groups.Leave(ctx(), w.stranger, id, amina, group.NoTime, today, ""),
			"nobody":      w.Groups.Leave(ctx(), w.leader, id, "none", group.NoTime, today, ""),
			"is here yet": w.Groups.Return(ctx(), w.leader, id, amina, ""),
		} {
			if err == nil {
				t.Errorf("%s is taken", what)
			}
		}
		if err := w.Groups.Leave(ctx(), w.leader, id, amina, group.OtherSupport, today, "r"); err != nil {
			t.Fatal(err)
		}
		if m := w.one(w.leader, id, amina); m.LeftOn != today || m.Reason != group.OtherSupport || m.Here() || w.count(id) != 1 {
			t.Errorf("after leaving: %+v, %d left", m, w.count(id))
		}
		if err := w.Groups.Leave(ctx(), w.leader, id, amina, group.NoTime, today, ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("leaving twice: %v", err)
		}
		if err := w.Groups.Return(ctx(), w.leader, id, amina, ""); err != nil {
			t.Fatal(err)
		}
		if m := w.one(w.leader, id, amina); !m.Here() || m.Reason != "" || w.count(id) != 2 {
			t.Errorf("after coming back: %+v, %d", m, w.count(id))
		}
		if n := len(w.entries(t, group.ActionLeave)) + len(w.entries(t, group.ActionReturn)); n != 2 {
			t.Errorf("%d entries of leaving and coming back, want 2", n)
		}
	})
}

func TestMoving(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		today := w.Rounds.Today()
		from, to := w.add("Från", today, nil, w.leader), w.add("Till", today.AddDays(7), nil, w.second)
		elsewhere := w.add("Annan nämnd", today, func(p *round.Plan) { p.AuthorityID = w.otherBoard }, w.otherLeader)
		hidden := w.add("Med pseudonymer", today, func(p *round.Plan) { p.Attendance = round.Pseudonymous }, w.leader)
		zahra := w.join(from, group.NewMember{Name: "Zahra", Phone: "070-174 06 05", Language: "fa", Interpreter: true, Ages: "12"})
		ali := w.join(from, group.NewMember{Name: "Ali", With: zahra})
		for what, other := range map[string]string{"itself": from, "another board's": elsewhere, "one under pseudonyms": hidden, "none": "none", "nothing": ""} {
			if err := w.Groups.Move(ctx(), w.leader, from, zahra, other, ""); field(err, "to") == "" {
				t.Errorf("moving to %s: %v", what, err)
			}
		}
		targets, err := w.Groups.Targets(ctx(), w.leader, w.row(from))
		if err != nil || len(targets) != 1 || targets[0].ID != to {
			t.Fatalf("one can move to %+v, %v", targets, err)
		}
		for _, who := range []string{zahra, ali} {
			if err := w.Groups.Move(ctx(), w.leader, from, who, to, "r"); err != nil {
				t.Fatal(err)
			}
		}
		there := w.members(w.second, to)
		if len(there) != 2 || there[0].Name != "Ali" || there[1].Name != "Zahra" || there[1].Phone != "070-174 06 05" || !there[1].Interpreter || len(there[0].Children) != 1 ||
			there[0].HouseholdID != there[1].HouseholdID || there[1].ID == zahra || there[1].Other.RoundID != from || there[1].Other.To {
			t.Errorf("there: %+v", there)
		}
		if m := w.one(w.leader, from, zahra); m.Here() || m.Reason != group.Moved || !m.Other.To || m.Other.Round != "Till" || w.count(from) != 0 || w.count(to) != 2 {
			t.Errorf("here: %+v, %d and %d", m, w.count(from), w.count(to))
		}
		if err := w.Groups.Return(ctx(), w.leader, from, zahra, ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("coming back without leaving there: %v", err)
		}
		// Moved back, Zahra is the one she was.
		if err := w.Groups.Move(ctx(), w.second, to, there[1].ID, from, ""); err != nil {
			t.Fatal(err)
		}
		if m := w.one(w.leader, from, zahra); !m.Here() || len(w.members(w.leader, from)) != 2 || w.count(from) != 1 || w.count(to) != 1 {
			t.Errorf("moved back: %+v of %+v", m, w.members(w.leader, from))
		}
		// Each has a key of their own: to erase one is not to erase the other.
		if err := w.Vault.Shred(context.Background(), w.board, zahra, "test"); err != nil {
			t.Fatal(err)
		}
		if m := w.one(w.second, to, there[1].ID); m.Erased || m.Name != "Zahra" {
			t.Errorf("the other: %+v", m)
		}
	})
}

func (w *world) row(id string) round.Row {
	w.t.Helper()
	d, err := w.Rounds.Get(ctx(), w.contact, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return d.Row
}

func TestSizes(t *testing.T) {
	w := newWorld(t, dbtest.New(t))
	if n := group.ToCertify(w.connect, "parents"); n != 6 {
		t.Errorf("a round takes %d to certify, want 6", n)
	}
	if n := group.ToCertify(w.connect, "booster"); n != 0 {
		t.Errorf("a booster takes %d to certify", n)
	}
	alone, left := group.Member{ID: "a"}, group.Member{ID: "b", LeftOn: w.Rounds.Today()}
	couple := []group.Member{{ID: "c", HouseholdID: "h"}, {ID: "d", HouseholdID: "h"}}
	for _, c := range []struct {
		variant       string
		n             int
		persons, size int
		households    bool
	}{{"parents", -1, 3, 3, false}, {"econnect", -1, 3, 2, true}, {"econnect", 9, 9, 9, false}} {
		s := group.SizeOf(w.connect, c.variant, append(couple, alone, left), c.n)
		if s.Persons != c.persons || s.N != c.size || s.InHouseholds != c.households || !s.Few() && c.size < 8 || s.CannotCertify() != (c.persons < 6) {
			t.Errorf("%+v: %+v", c, s)
		}
	}
	// What the programme limits is refused: in eConnect three of a household.
	id := w.add("A", w.Rounds.Today(), func(p *round.Plan) { p.Variant = "econnect" }, w.leader)
	first := w.join(id, group.NewMember{Name: "A"})
	w.join(id, group.NewMember{Name: "B", With: first})
	if _, err := w.Groups.Add(ctx(), w.leader, id, group.NewMember{Name: "C", Language: "sv", With: first}, ""); field(err, "with") != "participant.error.household" {
		t.Errorf("a third of a household: %v", err)
	}
	// Rounds with a limit of persons.
	for i := range w.connect.Variants {
		if w.connect.Variants[i].ID == "parents" {
			w.connect.Variants[i].Participants.Limit = programme.Range{Max: 2}
			defer func() { w.connect.Variants[i].Participants.Limit = programme.Range{} }()
		}
	}
	full := w.add("B", w.Rounds.Today(), nil, w.leader)
	w.join(full, group.NewMember{Name: "A"})
	w.join(full, group.NewMember{Name: "B"})
	if _, err := w.Groups.Add(ctx(), w.leader, full, group.NewMember{Name: "C", Language: "sv"}, ""); field(err, "with") != "participant.error.full" || w.count(full) != 2 {
		t.Errorf("one too many: %v", err)
	}
}

func TestCountsAndPseudonyms(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		counts := w.add("Antal", w.Rounds.Today(), func(p *round.Plan) { p.Attendance = round.CountsOnly }, w.leader)
		if _, err := w.Groups.Add(ctx(), w.leader, counts, group.NewMember{Name: "A", Language: "sv"}, ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("a name where there are none: %v", err)
		}
		for _, n := range []int{-1, 1001} {
			if err := w.Groups.SetCount(ctx(), w.leader, counts, n, ""); field(err, "count") == "" {
				t.Errorf("%d: %v", n, err)
			}
		}
		for _, n := range []int{9, 9, 11} {
			if err := w.Groups.SetCount(ctx(), w.leader, counts, n, ""); err != nil || w.count(counts) != n {
				t.Errorf("%d: %v, and the round has %d", n, err, w.count(counts))
			}
		}
		if err := w.Groups.SetCount(ctx(), w.stranger, counts, 3, ""); !errs.Is(err, errs.NotFound) {
			t.Errorf("a stranger counts: %v", err)
		}
		if n := len(w.entries(t, group.ActionCount)); n != 2 || len(w.members(w.leader, counts)) != 0 {
			t.Errorf("%d entries, want 2", n)
		}
		hidden := w.add("Pseudonymer", w.Rounds.Today(), func(p *round.Plan) { p.Attendance = round.Pseudonymous }, w.leader)
		for what, n := range map[string]group.NewMember{"phone": {Phone: "070-174 06 05"}, "email": {Email: "a@demo.example"}, "children": {Ages: "12"}} {
			n.Name, n.Language = "Blåsippa", "sv"
			if _, err := w.Groups.Add(ctx(), w.leader, hidden, n, ""); field(err, what) == "" {
				t.Errorf("%s under a pseudonym: %v", what, err)
			}
		}
		w.join(hidden, group.NewMember{Name: "Blåsippa"})
		if got := w.members(w.leader, hidden); len(got) != 1 || got[0].Name != "Blåsippa" {
			t.Errorf("%+v", got)
		}
	})
}

// training is a round of the hub's whose participants are people of the directory.
func (w *world) training() string {
	w.t.Helper()
	return w.add("Utbildning", w.Rounds.Today(), func(p *round.Plan) {
		p.Variant, p.OrganisationID, p.AuthorityID = "leader-training-digital", w.hub, w.office
	}, w.trainer)
}

func TestLearners(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.training()
		mine, other := w.emails[w.leader.Person], w.emails[w.second.Person]
		text := fmt.Sprintf("Åsa Provlund <%s>\r\n\r\nokand@demo.example\nÖrjan;%s\ninte en adress\n%s", strings.ToUpper(mine), other, mine)
		j, err := w.Groups.AddLearners(ctx(), w.trainer, id, text, "r")
		if err != nil || strings.Join(j.Added, ",") != "Åsa Provlund,Örjan Mallqvist" || strings.Join(j.Already, ",") != "Åsa Provlund" || !j.Unknown() {
			t.Fatalf("%+v, %v", j, err)
		}
		if len(j.Left) != 2 || j.Left[0] != (group.Left{Line: 3, Address: "okand@demo.example", Key: "participant.learner.unknown"}) || j.Left[1].Line != 5 || j.Left[1].Key != "form.error.email" {
			t.Errorf("left are %+v", j.Left)
		}
		got := w.members(w.trainer, id)
		if len(got) != 2 || got[0].Name != "Åsa Provlund" || got[0].Email != mine || got[0].Workplace != "Växjö kommun" || got[0].PersonID != w.leader.Person {
			t.Errorf("the trainer sees %+v", got)
		}
		for _, who := range []access.Subject{w.hubber} {
			if list := w.members(who, id); len(list) != 2 {
				t.Errorf("%s sees %+v", who.Role, list)
			}
		}
		for _, who := range []access.Subject{w.leader, w.contact, w.stranger} {
			if _, _, err := w.Groups.Members(ctx(), who, id); !errs.Is(err, errs.NotFound) {
				t.Errorf("%s of elsewhere: %v", who.Role, err)
			}
		}
		for what, text := range map[string]string{"nothing": " \n ", "a personal number": mine + "\n19700101-1234", "too many": strings.Repeat(mine+"\n", 201)} {
			if _, err := w.Groups.AddLearners(ctx(), w.trainer, id, text, ""); field(err, "emails") == "" {
				t.Errorf("%s: %v", what, err)
			}
		}
		if _, err := w.Groups.AddLearners(ctx(), w.leader, w.add("Föräldrar", w.Rounds.Today(), nil, w.leader), mine, ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("a person among parents: %v", err)
		}
		// Who left and is added again comes back as the one they were.
		if err := w.Groups.Leave(ctx(), w.trainer, id, got[0].ID, group.NoTime, w.Rounds.Today(), ""); err != nil {
			t.Fatal(err)
		}
		if j, err := w.Groups.AddLearners(ctx(), w.trainer, id, mine, ""); err != nil || len(j.Added) != 1 || len(w.members(w.trainer, id)) != 2 {
			t.Errorf("added again: %+v, %v", j, err)
		}
		// Two who turn out to be one are counted once.
		w.write(func(ctx context.Context, tx *db.Tx) error {
			return w.Groups.MergePersonTx(ctx, tx, w.second.Person, w.leader.Person)
		})
		here := 0
		for _, m := range w.members(w.trainer, id) {
			if m.Here() {
				here++
			}
			if m.PersonID != w.leader.Person {
				t.Errorf("still the double: %+v", m)
			}
		}
		if checked, err := w.Rounds.CheckProjections(context.Background()); here != 1 || err != nil || len(checked.Wrong) != 0 {
			t.Errorf("%d are here, want 1; %+v, %v", here, checked, err)
		}
	})
}

func TestTheRuleOfAnAuthority(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		today := w.Rounds.Today()
		rule := group.Rule{AuthorityID: w.board, Programme: w.connect.ID, Attendance: round.CountsOnly, From: today.AddDays(10)}
		for name, change := range map[string]func(*group.Rule){
			"board": func(r *group.Rule) { r.AuthorityID = w.otherBoard }, "programme": func(r *group.Rule) { r.Programme = "none" },
			"attendance": func(r *group.Rule) { r.Attendance = "" }, "from": func(r *group.Rule) { r.From = today.AddDays(-1) },
		} {
			wrong := rule
			change(&wrong)
			if err := w.Groups.SetRule(ctx(), w.contact, wrong, ""); field(err, name) == "" {
				t.Errorf("a wrong %s: %v", name, err)
			}
		}
		for _, who := range []access.Subject{w.leader, w.hubber, w.trainer} {
			if err := w.Groups.SetRule(ctx(), who, rule, ""); !errs.Is(err, errs.Denied) {
				t.Errorf("%s sets a rule: %v", who.Role, err)
			}
		}
		for _, r := range []group.Rule{rule, {AuthorityID: w.board, Programme: w.connect.ID, Attendance: round.CountsOnly, From: today},
			{AuthorityID: w.board, Programme: w.connect.ID, Attendance: round.Pseudonymous, From: today}} {
			if err := w.Groups.SetRule(ctx(), w.contact, r, "r"); err != nil {
				t.Fatal(err)
			}
		}
		rules, err := w.Groups.Rules(ctx(), w.contact)
		if err != nil || len(rules.Said) != 2 || len(rules.Boards) != 1 {
			t.Fatalf("%+v, %v", rules, err)
		}
		for days, want := range map[int]round.Attendance{-1: round.Named, 0: round.Pseudonymous, 9: round.Pseudonymous, 10: round.CountsOnly, 400: round.CountsOnly} {
			day := today.AddDays(days)
			if got := rules.On(w.board, w.connect.ID, day); got != want {
				t.Errorf("after %d days %s holds, want %s", days, got, want)
			}
			if err := d.Read(context.Background(), func(ctx context.Context, tx *db.Tx) error {
				got, err := round.AttendanceFor(ctx, tx, w.board, w.connect.ID, day)
				if got != want {
					t.Errorf("a round planned after %d days is kept as %s, want %s", days, got, want)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(w.entries(t, group.ActionRule)); n != 3 {
			t.Errorf("%d entries, want 3", n)
		}
	})
}
