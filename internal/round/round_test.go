package round_test

import (
	"context"
	"fmt"
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
	"hemvist/internal/programme"
	"hemvist/internal/round"
	"hemvist/internal/round/group"
)

// world is a house with two municipalities, their leaders and a hub.
type world struct {
	housetest.House
	connect            *programme.Definition
	hub, org, other    string
	board, otherBoard  string
	leader, second     access.Subject
	stranger           access.Subject // a leader of the same municipality with no part in the rounds
	elsewhere          access.Subject // a leader of the other municipality
	coordinator        access.Subject
	contact            access.Subject
	contactOfElsewhere access.Subject
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{House: housetest.New(t, d, nil)}
	connect, err := w.Catalogue.Newest("connect")
	if err != nil {
		t.Fatal(err)
	}
	w.connect = connect
	write(t, d, func(ctx context.Context, tx *db.Tx) error {
		add := func(kind directory.OrganisationKind, name string) (string, string) {
			o, err := w.Directory.AddOrganisationTx(ctx, tx, directory.Organisation{Kind: kind, Name: name})
			if err != nil {
				t.Fatal(err)
			}
			a, err := w.Directory.AddAuthorityTx(ctx, tx, directory.Authority{OrganisationID: o.ID, Name: "Socialnämnden"})
			if err != nil {
				t.Fatal(err)
			}
			return o.ID, a.ID
		}
		w.hub, _ = add(directory.HubKind, "Hemvisten")
		w.org, w.board = add(directory.Municipality, "Växjö kommun")
		w.other, w.otherBoard = add(directory.Municipality, "Umeå kommun")
		person := func(name string, role access.Role, org, board string) access.Subject {
			p, err := w.Directory.AddPersonTx(ctx, tx, directory.Person{Name: name, GivenName: name, Email: db.NewID() + "@demo.example", Language: "sv"})
			if err != nil {
				t.Fatal(err)
			}
			return access.Subject{Person: p.ID, Role: role, Organisation: org, Authority: board}
		}
		w.leader, w.second = person("Åsa Provlund", access.Leader, w.org, w.board), person("Örjan Mallqvist", access.Leader, w.org, w.board)
		w.stranger, w.elsewhere = person("Elin", access.Leader, w.org, w.board), person("Nils", access.Leader, w.other, w.otherBoard)
		w.coordinator = person("Ingrid", access.Coordinator, w.hub, "")
		w.contact, w.contactOfElsewhere = person("Petra", access.Contact, w.org, w.board), person("Maj", access.Contact, w.other, w.otherBoard)
		return nil
	})
	return w
}

func write(t *testing.T, d *db.DB, fn func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

// ctx is a context with a trail, which every look needs, and the trail's entries afterwards.
func ctx() context.Context { return audit.WithTrail(context.Background(), &audit.Trail{}) }

// add makes a weekly round of four sessions from the day.
func (w *world) add(t *testing.T, name string, first clock.Date, staff ...access.Subject) string {
	t.Helper()
	p := round.Plan{HubID: w.hub, OrganisationID: w.org, AuthorityID: w.board, Definition: w.connect, Variant: w.connect.Variants[0].ID,
		Name: name, Place: "Biblioteket", Language: "sv", SearchWords: []string{"Växjö kommun"}}
	for i := range 4 {
		p.Sessions = append(p.Sessions, round.Session{Kind: programme.OnPrinciple, Item: fmt.Sprint("s", i), On: first.AddDays(7 * i), Starts: 1050, Minutes: 120})
	}
	for _, s := range staff {
		p.Staff = append(p.Staff, round.Staffed{PersonID: s.Person, Role: s.Role, From: first.AddDays(-30)})
	}
	id := ""
	write(t, w.DB, func(ctx context.Context, tx *db.Tx) (err error) {
		id, err = w.Rounds.AddTx(ctx, tx, p)
		return err
	})
	return id
}

func (w *world) get(t *testing.T, who access.Subject, id string) round.Detail {
	t.Helper()
	d, err := w.Rounds.Get(ctx(), who, id)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func names(p round.Page) []string {
	var out []string
	for _, r := range p.Rows {
		out = append(out, r.Name)
	}
	return out
}

func (w *world) list(t *testing.T, who access.Subject, q round.Query) []string {
	t.Helper()
	p, err := w.Rounds.List(ctx(), who, q)
	if err != nil {
		t.Fatal(err)
	}
	if p.Total != len(p.Rows) && q.PerPage == 0 {
		t.Errorf("%+v: total %d, rows %d", q, p.Total, len(p.Rows))
	}
	return names(p)
}

func same(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func TestWhoSeesWhichRounds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		today := w.Rounds.Today()
		mine := w.add(t, "A", today, w.leader, w.second)
		w.add(t, "B", today.AddDays(1), w.stranger)
		same(t, "leader", w.list(t, w.leader, round.Query{}), "A")
		same(t, "second leader", w.list(t, w.second, round.Query{}), "A")
		same(t, "stranger", w.list(t, w.stranger, round.Query{}), "B")
		same(t, "elsewhere", w.list(t, w.elsewhere, round.Query{}))
		same(t, "coordinator", w.list(t, w.coordinator, round.Query{}), "B", "A")
		same(t, "contact", w.list(t, w.contact, round.Query{}), "B", "A")
		same(t, "contact elsewhere", w.list(t, w.contactOfElsewhere, round.Query{}))
		for _, who := range []access.Subject{w.stranger, w.elsewhere, w.contactOfElsewhere, {}, {Person: w.leader.Person, Role: access.Administrator}} {
			if _, err := w.Rounds.Get(ctx(), who, mine); !errs.Is(err, errs.NotFound) {
				t.Errorf("%+v got the round, or another error: %v", who, err)
			}
		}
		if _, err := w.Rounds.List(ctx(), access.Subject{Person: "x", Role: access.Administrator}, round.Query{}); !errs.Is(err, errs.Denied) {
			t.Errorf("an administrator lists rounds: %v", err)
		}
		// A role for another programme reaches nothing here.
		bound := w.coordinator
		bound.Programme = "another"
		same(t, "bound to another programme", w.list(t, bound, round.Query{}))
	})
}

func TestStaffWhoLeftSeesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.add(t, "A", w.Rounds.Today(), w.leader)
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE round_staff SET to_on = $1`, w.Rounds.Today().AddDays(-1))
			return err
		})
		same(t, "list", w.list(t, w.leader, round.Query{}))
		if _, err := w.Rounds.Get(ctx(), w.leader, id); !errs.Is(err, errs.NotFound) {
			t.Errorf("the page: %v", err)
		}
		if _, err := w.Groups.Add(ctx(), w.leader, id, group.NewMember{Name: "X", Language: "sv"}, ""); !errs.Is(err, errs.NotFound) {
			t.Errorf("adding: %v", err)
		}
	})
}

func TestFiltersSortingAndSearch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		today := w.Rounds.Today()
		w.add(t, "Ålidhem", today.AddDays(30), w.leader)
		w.add(t, "Zätabruk", today.AddDays(-7), w.leader)
		w.add(t, "Öster", today.AddDays(-90), w.leader)
		w.add(t, "Ängby", today.AddDays(-60), w.leader)
		w.add(t, "avesta", today, w.leader)
		same(t, "by start", w.list(t, w.coordinator, round.Query{}), "Ålidhem", "avesta", "Zätabruk", "Ängby", "Öster")
		same(t, "by name", w.list(t, w.coordinator, round.Query{Sort: round.ByName}), "avesta", "Zätabruk", "Ålidhem", "Ängby", "Öster")
		same(t, "planned", w.list(t, w.coordinator, round.Query{State: round.Planned}), "Ålidhem")
		same(t, "running", w.list(t, w.coordinator, round.Query{State: round.Running}), "avesta", "Zätabruk")
		same(t, "waiting", w.list(t, w.coordinator, round.Query{State: round.Waiting}), "Ängby", "Öster")
		same(t, "no variant such", w.list(t, w.coordinator, round.Query{Variant: "none"}))
		for q, want := range map[string][]string{"äng": {"Ängby"}, "A\u030Alid": {"Ålidhem"}, "ÖSTER": {"Öster"}, "a": {"avesta"}, "ang": nil,
			"väx biblio zät": {"Zätabruk"}, "%": {"Ålidhem", "avesta", "Zätabruk", "Ängby", "Öster"}, "' OR 1=1 --": nil} {
			same(t, "search "+q, w.list(t, w.coordinator, round.Query{Text: q}), want...)
		}
		page, err := w.Rounds.List(ctx(), w.coordinator, round.Query{PerPage: 2, Page: 2})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "second page", names(page), "Zätabruk", "Ängby")
		if page.Total != 5 || page.Pages() != 3 || page.More {
			t.Errorf("total %d, pages %d, more %v", page.Total, page.Pages(), page.More)
		}
	})
}

// The state of a row and the condition that filters by it must say the same on every day.
func TestStateAndFilterAgree(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		today := w.Rounds.Today()
		for _, offset := range []int{-23, -22, -21, -20, -7, -1, 0, 1, 7} {
			id := w.add(t, fmt.Sprint("open", offset), today.AddDays(offset), w.leader)
			if offset == -22 || offset == -7 {
				how := round.Closed
				if offset == -7 {
					how = round.BrokenOff
				}
				write(t, d, func(ctx context.Context, tx *db.Tx) error {
					return w.Rounds.AddEndTx(ctx, tx, id, how, today, w.leader.Person)
				})
			}
		}
		all, err := w.Rounds.List(ctx(), w.coordinator, round.Query{})
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		for _, state := range round.States {
			var want []string
			for _, r := range all.Rows {
				if r.StateOn(today) == state {
					want = append(want, r.Name)
				}
			}
			same(t, string(state), w.list(t, w.coordinator, round.Query{State: state}), want...)
			seen += len(want)
		}
		if seen != len(all.Rows) {
			t.Errorf("%d of %d rows have a state", seen, len(all.Rows))
		}
	})
}

func TestParticipantsAreSealedAndFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.add(t, "A", w.Rounds.Today(), w.leader, w.second)
		person, err := w.Groups.Add(ctx(), w.leader, id, group.NewMember{Name: " Åsne Fabelstrand ", Phone: "070-174 06 05", Language: "so"}, "r1")
		if err != nil {
			t.Fatal(err)
		}
		_, got, err := w.Groups.Members(ctx(), w.second, id)
		if err != nil || len(got) != 1 || got[0].Name != "Åsne Fabelstrand" || got[0].Phone != "070-174 06 05" || got[0].ID != person || w.get(t, w.second, id).Participants != 1 {
			t.Errorf("the other leader sees %+v, %v", got, err)
		}
		for _, who := range []access.Subject{w.coordinator, w.contact, w.stranger, w.elsewhere} {
			if _, seen, err := w.Groups.Members(ctx(), who, id); !errs.Is(err, errs.NotFound) || len(seen) != 0 {
				t.Errorf("%s sees %+v, %v", who.Role, seen, err)
			}
		}
		for _, who := range []access.Subject{w.coordinator, w.contact} {
			if seen := w.get(t, who, id); seen.SeesPeople || seen.Participants != 1 {
				t.Errorf("%s sees who takes part", who.Role)
			}
		}
		for q, want := range map[string][]string{"åsne": {"A"}, "FABELSTRAND Åsne": {"A"}, "A\u030Asne": {"A"}, "åsn": nil, "070": {"A"}, "åsne berg": nil} {
			same(t, "leader searches "+q, w.list(t, w.leader, round.Query{Text: q}), want...)
			same(t, "coordinator searches "+q, w.list(t, w.coordinator, round.Query{Text: q}))
			same(t, "stranger searches "+q, w.list(t, w.stranger, round.Query{Text: q}))
		}
		if err := w.Vault.Shred(context.Background(), w.board, person, "test"); err != nil {
			t.Fatal(err)
		}
		if _, got, err := w.Groups.Members(ctx(), w.leader, id); err != nil || len(got) != 1 || !got[0].Erased || got[0].Name != "" {
			t.Errorf("after shredding: %+v, %v", got, err)
		}
	})
}

func TestParticipantsAreSortedInSwedish(t *testing.T) {
	w := newWorld(t, dbtest.New(t))
	id := w.add(t, "A", w.Rounds.Today(), w.leader)
	for _, name := range []string{"Örjan", "Zahra", "Åke", "Ängla", "anna", "Édith"} {
		if _, err := w.Groups.Add(ctx(), w.leader, id, group.NewMember{Name: name, Language: "sv"}, ""); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	_, members, err := w.Groups.Members(ctx(), w.leader, id)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range members {
		got = append(got, p.Name)
	}
	same(t, "order", got, "anna", "Édith", "Zahra", "Åke", "Ängla", "Örjan")
}

func TestSessionFacts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.add(t, "A", w.Rounds.Today().AddDays(-14), w.leader)
		record := func(n int, fact round.SessionFact) error {
			return w.Rounds.Record(ctx(), w.leader, id, w.get(t, w.leader, id).List[n].ID, fact, "r")
		}
		for _, step := range []struct {
			n    int
			fact round.SessionFact
			held int
		}{{0, round.Held, 1}, {0, round.Held, 1}, {1, round.Held, 2}, {1, round.Cancelled, 1}, {1, round.Unknown, 1}, {1, round.Held, 2}, {2, round.Held, 3}} {
			if err := record(step.n, step.fact); err != nil {
				t.Fatal(err)
			}
			got := w.get(t, w.leader, id)
			if got.List[step.n].Fact != step.fact || got.SessionsHeld != step.held {
				t.Errorf("%+v: fact %s, held %d", step, got.List[step.n].Fact, got.SessionsHeld)
			}
		}
		if err := record(3, round.Held); !errs.Is(err, errs.Invalid) {
			t.Errorf("a session ahead was held: %v", err)
		}
		if err := record(3, round.Cancelled); err != nil {
			t.Errorf("a session ahead cannot be cancelled: %v", err)
		}
		if err := w.Rounds.Record(ctx(), w.leader, id, "no such session", round.Held, ""); !errs.Is(err, errs.NotFound) {
			t.Errorf("no such session: %v", err)
		}
		if err := w.Rounds.Record(ctx(), w.leader, id, "", "nonsense", ""); !errs.Is(err, errs.Invalid) {
			t.Errorf("nonsense: %v", err)
		}
		if err := w.Rounds.Record(ctx(), w.stranger, id, "", round.Held, ""); !errs.Is(err, errs.NotFound) {
			t.Errorf("a stranger: %v", err)
		}
		checked, err := w.Rounds.CheckProjections(context.Background())
		if err != nil || checked.Rounds != 1 || len(checked.Wrong) != 0 {
			t.Errorf("projections: %+v, %v", checked, err)
		}
	})
}

// Two leaders who answer for the same session at once leave one fact in force, on both engines.
func TestTwoLeadersAnswerAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.add(t, "A", w.Rounds.Today().AddDays(-1), w.leader, w.second)
		session := w.get(t, w.leader, id).List[0].ID
		var all sync.WaitGroup
		for i := range 8 {
			who, fact := w.leader, round.Held
			if i%2 == 1 {
				who, fact = w.second, round.Cancelled
			}
			all.Go(func() {
				if err := w.Rounds.Record(ctx(), who, id, session, fact, ""); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := w.get(t, w.leader, id); len(got.List) != 4 {
			t.Errorf("%d sessions are shown for 4: more than one fact is in force", len(got.List))
		}
	})
}

func TestEnding(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.add(t, "A", w.Rounds.Today().AddDays(-22), w.leader)
		if err := w.Rounds.End(ctx(), w.leader, id, round.Closed, "", ""); !errs.Is(err, errs.Invalid) {
			t.Errorf("closed with sessions unsaid: %v", err)
		}
		for _, x := range w.get(t, w.leader, id).List {
			if err := w.Rounds.Record(ctx(), w.leader, id, x.ID, round.Held, ""); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Rounds.End(ctx(), w.stranger, id, round.Closed, "", ""); !errs.Is(err, errs.NotFound) {
			t.Errorf("a leader of another round closed it: %v", err)
		}
		if err := w.Rounds.End(ctx(), w.leader, id, round.Closed, "", ""); err != nil {
			t.Fatal(err)
		}
		if got := w.get(t, w.leader, id); got.StateOn(w.Rounds.Today()) != round.Closed || got.EndedOn != w.Rounds.Today() || got.MayAddPeople {
			t.Errorf("after closing: %+v", got.Row)
		}
		for what, err := range map[string]error{
			"closing again": w.Rounds.End(ctx(), w.leader, id, round.Closed, "", ""),
			"a session":     w.Rounds.Record(ctx(), w.leader, id, w.get(t, w.leader, id).List[0].ID, round.Cancelled, ""),
		} {
			if !errs.Is(err, errs.Conflict) {
				t.Errorf("%s of a closed round: %v", what, err)
			}
		}
		if _, err := w.Groups.Add(ctx(), w.leader, id, group.NewMember{Name: "A", Language: "sv"}, ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("adding to a closed round: %v", err)
		}
	})
}

func TestProjectionsThatLieAreFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.add(t, "A", w.Rounds.Today(), w.leader)
		w.add(t, "B", w.Rounds.Today(), w.leader)
		for _, column := range []string{"participants = 7", "sessions_held = 1", "sessions = 9", "ended_how = 'closed', ended_on = '2026-01-01'", "last_on = '2030-01-01'"} {
			write(t, d, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE round SET `+column+` WHERE id = $1`, id)
				return err
			})
			checked, err := w.Rounds.CheckProjections(context.Background())
			if err != nil || !slices.Equal(checked.Wrong, []string{id}) {
				t.Errorf("%s: %+v, %v", column, checked, err)
			}
			write(t, d, func(ctx context.Context, tx *db.Tx) error { return round.ProjectTx(ctx, tx, id) })
		}
		if checked, err := w.Rounds.CheckProjections(context.Background()); err != nil || len(checked.Wrong) != 0 || checked.Rounds != 2 {
			t.Errorf("after repair: %+v, %v", checked, err)
		}
	})
}

func TestLooksAreLogged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.add(t, "A", w.Rounds.Today(), w.leader)
		person, err := w.Groups.Add(ctx(), w.leader, id, group.NewMember{Name: "Anna", Language: "sv"}, "r1")
		if err != nil {
			t.Fatal(err)
		}
		trail := &audit.Trail{}
		c := audit.WithTrail(context.Background(), trail)
		if _, err := w.Rounds.Get(c, w.leader, id); err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.Groups.Members(c, w.leader, id); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Rounds.Get(c, w.elsewhere, id); !errs.Is(err, errs.NotFound) {
			t.Fatal(err)
		}
		if _, err := w.Groups.Add(c, w.elsewhere, id, group.NewMember{Name: "X", Language: "sv"}, ""); !errs.Is(err, errs.NotFound) {
			t.Fatal(err)
		}
		if _, err := w.Rounds.List(c, w.leader, round.Query{Text: "anna"}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Rounds.Export(c, w.contact, round.Query{}); err != nil {
			t.Fatal(err)
		}
		if err := w.Log.Commit(c, trail, "r2"); err != nil {
			t.Fatal(err)
		}
		var got []string
		err = d.Read(context.Background(), func(ctx context.Context, tx *db.Tx) error {
			all, err := w.Log.List(ctx, tx, audit.Filter{Organisation: w.org})
			for _, e := range all {
				got = append(got, fmt.Sprint(e.Action, " ", e.Outcome, " ", e.Role, " ", strings.Join(e.Found, "+") == person))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(got)
		same(t, "the log", got, "participant.add denied leader false", "participant.add ok leader false", "participant.read ok leader true", "participant.search ok leader true",
			"round.export ok contact false", "round.read denied leader false", "round.read ok leader false")
	})
}
