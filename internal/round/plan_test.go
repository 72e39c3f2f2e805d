package round_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/programme"
	"hemvist/internal/round"
)

// planning is a world in which the programme has its home with the hub, and people have their roles.
func planning(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := newWorld(t, d)
	if err := w.Catalogue.GiveHomes(t.Context()); err != nil {
		t.Fatal(err)
	}
	write(t, d, func(ctx context.Context, tx *db.Tx) error {
		for _, s := range []access.Subject{w.leader, w.second, w.stranger, w.elsewhere, w.coordinator, w.contact, w.contactOfElsewhere} {
			if _, err := w.Directory.GiveRoleTx(ctx, tx, directory.RoleGiven{PersonID: s.Person, OrganisationID: s.Organisation, AuthorityID: s.Authority, Role: s.Role,
				Programme: "connect", From: w.Rounds.Today().AddYears(-1)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err := w.Directory.IndexPeople(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

// tuesday is the first Tuesday that is a week ahead or more, and whose next weeks hold no holiday: the house stands in November 2026.
func (w *world) draft() round.Draft {
	return round.Draft{Programme: "connect", Variant: "parents", Place: "Biblioteket", Language: "sv", First: clock.MustDate("2027-01-12"), Starts: 17*60 + 30, Every: round.Weekly}
}

func (w *world) planned(t *testing.T, who access.Subject, d round.Draft) string {
	t.Helper()
	id, err := w.Rounds.Plan(ctx(), who, d, "")
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (w *world) plan(t *testing.T, who access.Subject, id string) round.PlanDetail {
	t.Helper()
	p, err := w.Rounds.PlanOf(ctx(), who, id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (w *world) rightly(t *testing.T) {
	t.Helper()
	if c, err := w.Rounds.CheckProjections(ctx()); err != nil || len(c.Wrong) > 0 {
		t.Errorf("projections: %+v, %v", c, err)
	}
}

func days(list []round.Session) string {
	var out []string
	for _, x := range list {
		out = append(out, x.On.String()[2:])
	}
	return strings.Join(out, " ")
}

func TestPlanARound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := planning(t, d)
		draft := w.draft()
		draft.ID, draft.Information, draft.WeeksOff, draft.Interpreter, draft.Language = w.Rounds.NewID(), true, "v. 8", true, "so"
		id := w.planned(t, w.leader, draft)
		if again := w.planned(t, w.leader, draft); again != id {
			t.Errorf("sent twice it became two rounds: %s, %s", id, again)
		}
		if _, err := w.Rounds.Plan(ctx(), w.stranger, draft, ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("another's round planned over: %v", err)
		}
		p := w.plan(t, w.leader, id)
		if got, want := days(p.List), "27-01-12 27-01-19 27-01-26 27-02-02 27-02-09 27-02-16 27-03-02 27-03-09 27-03-16 27-03-23"; got != want {
			t.Errorf("days %s, want %s", got, want)
		}
		if p.Name != "Växjö, våren 2027" || p.HubID != w.hub || p.OrganisationID != w.org || p.AuthorityID != w.board || p.Interpreter != round.ByOrganiser || p.Attendance != round.Named {
			t.Errorf("stored: %+v", p.Row)
		}
		if len(p.Staff) != 1 || p.Staff[0].PersonID != w.leader.Person || p.List[0].Kind != programme.Information || p.List[0].Minutes != 90 || p.List[1].Minutes != 150 {
			t.Errorf("staff %+v, sessions %+v", p.Staff, p.List[:2])
		}
		if len(p.Warnings) != 1 || p.Warnings[0].Breaks {
			t.Errorf("warnings: %+v", p.Warnings)
		}
		same(t, "found by the organisation", w.list(t, w.contact, round.Query{Text: "växjö"}), p.Name)
		// A contact plans for others to hold; a hub what it gives itself.
		draft.ID, draft.Name = "", "Kontaktens grupp"
		if p := w.plan(t, w.contact, w.planned(t, w.contact, draft)); len(p.Staff) != 0 {
			t.Errorf("the contact is staff: %+v", p.Staff)
		}
		draft = w.draft()
		draft.Variant = "network"
		if p := w.plan(t, w.coordinator, w.planned(t, w.coordinator, draft)); len(p.List) != 1 || len(p.Staff) != 1 || p.Staff[0].Role != access.Coordinator || p.Name != "Nätverksträff, våren 2027" {
			t.Errorf("network meeting: %+v", p)
		}
		trainer := access.Subject{Person: w.second.Person, Role: access.Trainer, Organisation: w.hub, Programme: "connect"}
		draft.Variant, draft.Every, draft.Starts = "leader-training-on-site", round.Daily, 9*60
		if p := w.plan(t, trainer, w.planned(t, trainer, draft)); days(p.List) != "27-01-12 27-01-13 27-01-14" || !p.Learners() || p.List[0].Minutes != 420 {
			t.Errorf("training: %s %+v", days(p.List), p.Row)
		}
		w.rightly(t)
	})
}

func TestWhatCannotBePlanned(t *testing.T) {
	w := planning(t, dbtest.New(t))
	hand := func(change func([]clock.Date)) func(*round.Draft) {
		return func(d *round.Draft) {
			for i := range 9 {
				d.Dates = append(d.Dates, d.First.AddDays(7*i))
			}
			change(d.Dates)
		}
	}
	for name, c := range map[string]struct {
		who    access.Subject
		change func(*round.Draft)
		field  string
		key    string
	}{
		"no first day":                 {w.leader, func(d *round.Draft) { d.First = clock.Date{} }, "first", "plan.error.first"},
		"yesterday":                    {w.leader, func(d *round.Draft) { d.First = w.Rounds.Today().AddDays(-1) }, "first", "plan.error.past"},
		"this morning":                 {w.leader, func(d *round.Draft) { d.First, d.Starts = w.Rounds.Today(), 0 }, "starts", "plan.error.begun"},
		"last year":                    {w.leader, func(d *round.Draft) { d.First = d.First.AddYears(-1) }, "first", "plan.error.past"},
		"in ten years":                 {w.leader, func(d *round.Draft) { d.First = d.First.AddYears(10) }, "first", "plan.error.far"},
		"no time":                      {w.leader, func(d *round.Draft) { d.Starts = -1 }, "starts", "plan.error.time"},
		"25 o'clock":                   {w.leader, func(d *round.Draft) { d.Starts = 25 * 60 }, "starts", "plan.error.time"},
		"past midnight":                {w.leader, func(d *round.Draft) { d.Starts = 23 * 60 }, "starts", "plan.error.midnight"},
		"the hour that is skipped":     {w.leader, func(d *round.Draft) { d.First, d.Starts = clock.MustDate("2028-03-19"), 2*60+30 }, "starts", "plan.error.no-such-time"},
		"too short":                    {w.leader, func(d *round.Draft) { d.Minutes = 30 }, "minutes", "plan.error.minutes"},
		"no number":                    {w.leader, func(d *round.Draft) { d.Minutes = -1 }, "minutes", "plan.error.minutes"},
		"no place":                     {w.leader, func(d *round.Draft) { d.Place = " " }, "place", "plan.error.place"},
		"a name of a megabyte":         {w.leader, func(d *round.Draft) { d.Name = strings.Repeat("x", 1<<20) }, "name", "form.error.long"},
		"a personal number":            {w.leader, func(d *round.Draft) { d.Name = "Grupp 640823-3234" }, "name", "participant.error.personal-number"},
		"a script for a link":          {w.leader, func(d *round.Draft) { d.Link = "javascript:alert(1)" }, "link", "plan.error.link"},
		"a link that others can read":  {w.leader, func(d *round.Draft) { d.Link = "http://x.example/rum" }, "link", "plan.error.link"},
		"a personal number in a link":  {w.leader, func(d *round.Draft) { d.Link = "https://x.example/700101-1234" }, "link", "participant.error.personal-number"},
		"a link to nowhere":            {w.leader, func(d *round.Draft) { d.Link = "https://" }, "link", "plan.error.link"},
		"a link with a password":       {w.leader, func(d *round.Draft) { d.Link = "https://a:b@x.example/" }, "link", "plan.error.link"},
		"no language":                  {w.leader, func(d *round.Draft) { d.Language = "klingon" }, "language", "plan.error.language"},
		"no week":                      {w.leader, func(d *round.Draft) { d.WeeksOff = "sportlov" }, "weeks", "plan.error.weeks"},
		"a variant of another":         {w.leader, func(d *round.Draft) { d.Variant = "course" }, "variant", "plan.error.variant"},
		"no programme":                 {w.leader, func(d *round.Draft) { d.Programme = "nothing" }, "variant", "plan.error.not-in-force"},
		"a leader's training":          {w.leader, func(d *round.Draft) { d.Variant = "booster" }, "variant", "plan.error.variant"},
		"a hub's group":                {w.coordinator, func(*round.Draft) {}, "variant", "plan.error.variant"},
		"a training elsewhere":         {access.Subject{Person: w.leader.Person, Role: access.Trainer, Organisation: w.org}, func(d *round.Draft) { d.Variant = "booster" }, "variant", "plan.error.hub-only"},
		"another's board":              {w.leader, func(d *round.Draft) { d.Authority = w.otherBoard }, "authority", "plan.error.board"},
		"a day by hand that is no day": {w.leader, hand(func(all []clock.Date) { all[2] = clock.Date{} }), "date-3", "plan.error.date"},
		"a day by hand in the past":    {w.leader, hand(func(all []clock.Date) { all[0] = clock.MustDate("2025-01-01") }), "date-1", "plan.error.date-past"},
		"days out of order":            {w.leader, hand(func(all []clock.Date) { all[3] = all[1].AddDays(1) }), "date-4", "plan.error.date-order"},
	} {
		d := w.draft()
		c.change(&d)
		id, err := w.Rounds.Plan(ctx(), c.who, d, "")
		e := (*errs.Error)(nil)
		if !errors.As(err, &e) || e.Kind != errs.Invalid || !slices.ContainsFunc(e.Fields, func(f errs.Field) bool { return f.Name == c.field && f.Key == c.key }) {
			t.Errorf("%s: %q, %v", name, id, err)
		}
	}
	for _, role := range []access.Role{access.Technician, access.Owner, access.Administrator} {
		if _, err := w.Rounds.Plan(ctx(), access.Subject{Person: w.leader.Person, Role: role, Organisation: w.org}, w.draft(), ""); !errs.Is(err, errs.Denied) && !errs.Is(err, errs.Invalid) {
			t.Errorf("%s plans: %v", role, err)
		}
	}
	same(t, "nothing was stored", w.list(t, w.contact, round.Query{}))
}

func TestMoveASession(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := planning(t, d)
		draft := w.draft()
		draft.First, draft.WeeksOff = clock.MustDate("2027-02-02"), "10"
		id := w.planned(t, w.leader, draft) // 02-02 02-09 02-16 02-23 03-02 03-16 03-23 03-30 04-06
		p := w.plan(t, w.leader, id)
		move := func(i int, sh round.Shift) error {
			p := w.plan(t, w.leader, id)
			return w.Rounds.MoveSession(ctx(), w.leader, id, p.List[i].ID, sh, p.Seen, "")
		}
		if err := move(1, round.Shift{On: clock.MustDate("2027-02-10"), Starts: 18 * 60, Place: "Skolan"}); err != nil {
			t.Fatal(err)
		}
		if err := move(2, round.Shift{On: clock.MustDate("2027-02-18"), Starts: 17*60 + 30, Follow: true}); err != nil {
			t.Fatal(err)
		}
		p = w.plan(t, w.leader, id)
		// 11 March would be in week 10, which is free; 1 April is Thursday before Good Friday.
		if got, want := days(p.List), "27-02-02 27-02-10 27-02-18 27-02-25 27-03-04 27-03-18 27-03-25 27-04-01 27-04-08"; got != want {
			t.Errorf("days %s, want %s", got, want)
		}
		if p.List[1].Place != "Skolan" || p.List[1].Starts != 18*60 || p.List[2].Starts != 17*60+30 || len(p.Moves) != 8 || p.Moves[0].How != round.Moved || p.Moves[1].How != round.Followed ||
			p.Moves[0].Batch != p.Moves[6].Batch || p.Moves[7].FromDate != clock.MustDate("2027-02-09") || p.Moves[7].By != "Åsa Provlund" {
			t.Errorf("moves: %+v", p.Moves)
		}
		if p.LastOn != clock.MustDate("2027-04-08") {
			t.Errorf("the row ends on %s", p.LastOn)
		}
		if err := w.Rounds.MoveSession(ctx(), w.leader, id, p.List[5].ID, round.Shift{Postpone: true}, p.Seen, ""); err != nil {
			t.Fatal(err)
		}
		if got, want := days(w.plan(t, w.leader, id).List), "27-02-02 27-02-10 27-02-18 27-02-25 27-03-04 27-03-25 27-04-01 27-04-08 27-04-15"; got != want {
			t.Errorf("put off: %s, want %s", got, want)
		}
		w.rightly(t)
		// Each refusal, and the state stays.
		before := days(w.plan(t, w.leader, id).List)
		x := w.plan(t, w.leader, id).List[3]
		for name, c := range map[string]struct {
			sh  round.Shift
			key string
		}{
			"no day":      {round.Shift{Starts: 600}, "plan.error.day"},
			"past":        {round.Shift{On: clock.MustDate("2026-01-05"), Starts: 600}, "plan.error.past"},
			"far":         {round.Shift{On: clock.MustDate("2036-01-05"), Starts: 600}, "plan.error.far"},
			"no time":     {round.Shift{On: x.On, Starts: -1}, "plan.error.time"},
			"midnight":    {round.Shift{On: x.On, Starts: 1439}, "plan.error.midnight"},
			"skipped":     {round.Shift{On: clock.MustDate("2027-03-28"), Starts: 150}, "plan.error.no-such-time"},
			"as it is":    {round.Shift{On: x.On, Starts: x.Starts}, "plan.error.same"},
			"two at once": {round.Shift{On: clock.MustDate("2027-03-04"), Starts: 18 * 60}, "plan.error.overlap"},
			"long place":  {round.Shift{On: x.On.AddDays(1), Starts: 600, Place: strings.Repeat("x", 1<<20)}, "form.error.long"},
		} {
			err := move(3, c.sh)
			if e := (*errs.Error)(nil); !errors.As(err, &e) || e.Kind != errs.Invalid || len(e.Fields) == 0 || e.Fields[0].Key != c.key {
				t.Errorf("%s: %v", name, err)
			}
		}
		if after := days(w.plan(t, w.leader, id).List); after != before {
			t.Errorf("a refusal moved something: %s", after)
		}
		for name, who := range map[string]access.Subject{"stranger": w.stranger, "elsewhere": w.contactOfElsewhere, "coordinator": w.coordinator} {
			if err := w.Rounds.MoveSession(ctx(), who, id, x.ID, round.Shift{Postpone: true}, "", ""); !errs.Is(err, errs.NotFound) {
				t.Errorf("%s moves: %v", name, err)
			}
		}
	})
}

func TestAHeldSessionStaysWhereItWas(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := planning(t, d)
		id := w.add(t, "A", w.Rounds.Today().AddDays(-7), w.leader)
		list := w.get(t, w.leader, id).List
		if err := w.Rounds.Record(ctx(), w.leader, id, list[0].ID, round.Held, ""); err != nil {
			t.Fatal(err)
		}
		p := w.plan(t, w.leader, id)
		if err := w.Rounds.MoveSession(ctx(), w.leader, id, list[0].ID, round.Shift{Postpone: true}, p.Seen, ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("moved: %v", err)
		}
		if err := w.Rounds.CancelSession(ctx(), w.leader, id, list[0].ID, false, p.Seen, ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("cancelled: %v", err)
		}
		// One that is cancelled is taken back before it is moved; then it goes on.
		if err := w.Rounds.CancelSession(ctx(), w.leader, id, list[2].ID, false, p.Seen, ""); err != nil {
			t.Fatal(err)
		}
		p = w.plan(t, w.leader, id)
		if err := w.Rounds.MoveSession(ctx(), w.leader, id, list[2].ID, round.Shift{Postpone: true}, p.Seen, ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("moved while cancelled: %v", err)
		}
		// What is cancelled stays where it is when the rest follows.
		if err := w.Rounds.MoveSession(ctx(), w.leader, id, list[1].ID, round.Shift{Postpone: true}, p.Seen, ""); err != nil {
			t.Fatal(err)
		}
		p = w.plan(t, w.leader, id)
		if p.List[2].On != list[2].On || p.List[3].On != list[3].On.AddDays(7) {
			t.Errorf("after: %s", days(p.List))
		}
		if err := w.Rounds.CancelSession(ctx(), w.contact, id, list[2].ID, true, p.Seen, ""); err != nil {
			t.Errorf("a contact takes it back: %v", err)
		}
		w.rightly(t)
	})
}

// TestTwoWhoMoveAtOnce: whoever saves second has seen another plan, and is told; nothing is overwritten in silence.
func TestTwoWhoMoveAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := planning(t, d)
		id := w.add(t, "A", w.Rounds.Today().AddDays(7), w.leader, w.second)
		p := w.plan(t, w.leader, id)
		var wg sync.WaitGroup
		got := make([]error, 8)
		for i := range got {
			wg.Go(func() {
				who := []access.Subject{w.leader, w.second}[i%2]
				got[i] = w.Rounds.MoveSession(ctx(), who, id, p.List[1].ID, round.Shift{On: p.List[1].On.AddDays(1 + i%3), Starts: 600 + i, Follow: true}, p.Seen, "")
			})
		}
		wg.Wait()
		won := 0
		for _, err := range got {
			switch {
			case err == nil:
				won++
			case !errs.Is(err, errs.Conflict):
				t.Errorf("another error: %v", err)
			}
		}
		after := w.plan(t, w.leader, id)
		if won != 1 || len(after.Moves) != 3 {
			t.Errorf("%d of %d were saved, %d moves", won, len(got), len(after.Moves))
		}
		w.rightly(t)
	})
}

// TestAMoveIsWholeOrNothing: when it is broken off halfway, no session has moved. That a transaction which a killed process leaves behind
// is nothing at all, is the room db's to test.
func TestAMoveIsWholeOrNothing(t *testing.T) {
	w := planning(t, dbtest.On(t, db.SQLite)) // whose triggers can break off in one line
	id := w.add(t, "A", w.Rounds.Today().AddDays(7), w.leader)
	p := w.plan(t, w.leader, id)
	write(t, w.DB, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `CREATE TRIGGER halfway BEFORE INSERT ON session_move WHEN (SELECT count(*) FROM session_move) = 2 BEGIN SELECT RAISE(ABORT, 'halfway'); END`)
		return err
	})
	if err := w.Rounds.MoveSession(ctx(), w.leader, id, p.List[0].ID, round.Shift{Postpone: true}, p.Seen, ""); err == nil {
		t.Fatal("the trigger did not fire")
	}
	after := w.plan(t, w.leader, id)
	if after.Seen != p.Seen || len(after.Moves) != 0 || after.LastOn != p.LastOn {
		t.Errorf("half of it was stored: %s, %d moves", days(after.List), len(after.Moves))
	}
	w.rightly(t)
}

func TestInformationMeeting(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := planning(t, d)
		id := w.planned(t, w.leader, w.draft())
		p := w.plan(t, w.leader, id)
		if _, ok := p.InformationOf(w.Rounds.Today()); !ok {
			t.Fatal("the round cannot have an information meeting")
		}
		if err := w.Rounds.AddInformation(ctx(), w.leader, id, p.FirstOn.AddDays(1), 600, p.Seen, ""); !errs.Is(err, errs.Invalid) {
			t.Errorf("after the first session: %v", err)
		}
		if err := w.Rounds.AddInformation(ctx(), w.leader, id, p.FirstOn.AddDays(-7), 18*60, p.Seen, ""); err != nil {
			t.Fatal(err)
		}
		p = w.plan(t, w.leader, id)
		if len(p.List) != 10 || p.List[0].Kind != programme.Information || p.List[0].Number != 1 || p.List[9].Number != 10 || p.Sessions != 10 || p.FirstOn != p.List[0].On {
			t.Errorf("added: %+v", p.Row)
		}
		if err := w.Rounds.AddInformation(ctx(), w.leader, id, p.FirstOn.AddDays(-7), 18*60, p.Seen, ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("a second one: %v", err)
		}
		if err := w.Rounds.MoveSession(ctx(), w.leader, id, p.List[0].ID, round.Shift{On: p.List[0].On.AddDays(1), Starts: 600}, p.Seen, ""); err != nil {
			t.Fatal(err)
		}
		if err := w.Rounds.RemoveInformation(ctx(), w.leader, id, p.Seen, ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("with an old state: %v", err)
		}
		if err := w.Rounds.RemoveInformation(ctx(), w.leader, id, w.plan(t, w.leader, id).Seen, ""); err != nil {
			t.Fatal(err)
		}
		if p = w.plan(t, w.leader, id); len(p.List) != 9 || p.List[0].Number != 1 {
			t.Errorf("removed: %+v", p.List[0])
		}
		w.rightly(t)
	})
}

func TestWordsOfAPlan(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := planning(t, d)
		id := w.planned(t, w.leader, w.draft())
		p := w.plan(t, w.leader, id)
		words := round.PlanWords{Name: "Ådalens grupp", Place: "Skolan", Link: "https://rum.example/x", Language: "ar", Interpreter: true}
		if err := w.Rounds.ChangeWords(ctx(), w.leader, id, words, p.SeenWords, ""); err != nil {
			t.Fatal(err)
		}
		if err := w.Rounds.ChangeWords(ctx(), w.contact, id, words, p.SeenWords, ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("over another's change: %v", err)
		}
		r := w.plan(t, w.leader, id).Row
		if r.Name != words.Name || r.Place != words.Place || r.Link != words.Link || r.Language != "ar" || r.Interpreter != round.ByOrganiser {
			t.Errorf("stored: %+v", r)
		}
		same(t, "found by its new name", w.list(t, w.contact, round.Query{Text: "ådalens"}), words.Name)
		words.Name = ""
		if err := w.Rounds.ChangeWords(ctx(), w.leader, id, words, w.plan(t, w.leader, id).SeenWords, ""); !errs.Is(err, errs.Invalid) {
			t.Errorf("without a name: %v", err)
		}
	})
}

// TestADraftIsCalledByTheDayItBegins: a day that is wanted and is a holiday moves the first session, and with it the half-year.
func TestADraftIsCalledByTheDayItBegins(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := planning(t, d)
		draft := w.draft()
		draft.First = clock.MustDate("2027-12-24")
		out, err := w.Rounds.Draft(ctx(), w.leader, draft)
		if err != nil {
			t.Fatal(err)
		}
		if name, err := w.Rounds.SuggestedName(ctx(), w.leader, out); err != nil || !strings.HasSuffix(name, ", våren 2028") {
			t.Errorf("a group that begins on %s is called %q, %v", out.Sessions[0].On, name, err)
		}
	})
}

// TestWhatElseGoesOnThen: the planner's own evenings are told by name, a place that is taken without one, and nothing else.
func TestWhatElseGoesOnThen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := planning(t, d)
		busy := func(who access.Subject, change func(*round.Draft)) []round.Clash {
			draft := w.draft()
			change(&draft)
			out, err := w.Rounds.Draft(ctx(), who, draft)
			if err != nil {
				t.Fatal(err)
			}
			return out.Busy
		}
		as := func(*round.Draft) {}
		if got := busy(w.leader, as); len(got) != 0 {
			t.Errorf("before anything is planned: %+v", got)
		}
		id := w.planned(t, w.leader, w.draft())
		for name, c := range map[string]struct {
			who    access.Subject
			change func(*round.Draft)
			n      int
			named  bool
		}{
			"the same again":             {w.leader, as, 1, true},
			"itself":                     {w.leader, func(d *round.Draft) { d.ID = id }, 0, false},
			"somewhere else":             {w.leader, func(d *round.Draft) { d.Place = "Skolan" }, 1, true},
			"another day":                {w.leader, func(d *round.Draft) { d.First = d.First.AddDays(1) }, 0, false},
			"as the other ends":          {w.leader, func(d *round.Draft) { d.Starts = 20 * 60 }, 0, false},
			"a colleague, same place":    {w.second, as, 1, false},
			"a colleague, another place": {w.second, func(d *round.Draft) { d.Place = "Skolan" }, 0, false},
		} {
			got := busy(c.who, c.change)
			if len(got) != c.n || c.n > 0 && (got[0].Round != "" != c.named || got[0].N != 9 || got[0].On != w.draft().First) {
				t.Errorf("%s: %+v", name, got)
			}
		}
	})
}
