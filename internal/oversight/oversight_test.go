package oversight_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/house/housetest"
	"hemvist/internal/oversight"
	"hemvist/internal/round"
)

// world is a house with two municipalities, the first of two boards, and their people.
type world struct {
	housetest.House
	org, board, otherBoard, elsewhere string
	reviewer, ofBoard, ofOther        access.Subject // of the whole organisation, of the board, of the other municipality
	second                            access.Subject // another reviewer of the whole organisation
	leader, stranger                  access.Subject // one who leads the round, one of the other board
	admin, contact                    access.Subject
	round, closed                     string // of the board, of the other board
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{House: housetest.New(t, d, nil)}
	connect, err := w.Catalogue.Newest("connect")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	person := func(ctx context.Context, tx *db.Tx, role access.Role, org, board string) access.Subject {
		n++
		p, err := w.Directory.AddPersonTx(ctx, tx, directory.Person{Name: fmt.Sprintf("Karin%d Provlund", n), GivenName: "Karin",
			Email: fmt.Sprintf("karin%d@demo.example", n), Language: "sv"})
		if err == nil {
			_, err = w.Directory.GiveRoleTx(ctx, tx, directory.RoleGiven{PersonID: p.ID, OrganisationID: org, AuthorityID: board, Role: role,
				From: w.Directory.Today().AddYears(-1)})
		}
		if err != nil {
			t.Fatal(err)
		}
		return access.Subject{Person: p.ID, Role: role, Organisation: org, Authority: board}
	}
	err = w.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		hub, err := w.Directory.AddOrganisationTx(ctx, tx, directory.Organisation{Kind: directory.HubKind, Name: "Hemvisten"})
		if err != nil {
			return err
		}
		for _, to := range []*string{&w.org, &w.elsewhere} {
			o, err := w.Directory.AddOrganisationTx(ctx, tx, directory.Organisation{Kind: directory.Municipality, Name: "Provköpings kommun"})
			if err != nil {
				return err
			}
			*to = o.ID
		}
		for _, to := range []*string{&w.board, &w.otherBoard} {
			a, err := w.Directory.AddAuthorityTx(ctx, tx, directory.Authority{OrganisationID: w.org, Name: "Socialnämnden"})
			if err != nil {
				return err
			}
			*to = a.ID
		}
		w.reviewer, w.second = person(ctx, tx, access.LogReviewer, w.org, ""), person(ctx, tx, access.LogReviewer, w.org, "")
		w.ofBoard, w.ofOther = person(ctx, tx, access.LogReviewer, w.org, w.board), person(ctx, tx, access.LogReviewer, w.elsewhere, "")
		w.leader, w.stranger = person(ctx, tx, access.Leader, w.org, w.board), person(ctx, tx, access.Leader, w.org, w.otherBoard)
		w.admin, w.contact = person(ctx, tx, access.Administrator, w.org, ""), person(ctx, tx, access.Contact, w.org, w.board)
		add := func(board, name, staff string) (string, error) {
			return w.Rounds.AddTx(ctx, tx, round.Plan{HubID: hub.ID, OrganisationID: w.org, AuthorityID: board, Definition: connect, Variant: "parents", Name: name,
				Place: "Biblioteket", Language: "sv", Sessions: []round.Session{{Kind: "session", Item: "p1", On: w.Directory.Today(), Starts: 600, Minutes: 90}},
				Staff: []round.Staffed{{PersonID: staff, Role: access.Leader, From: w.Directory.Today().AddYears(-1)}}})
		}
		if w.round, err = add(w.board, "Nyponrosen, hösten 2026", w.leader.Person); err != nil {
			return err
		}
		w.closed, err = add(w.otherBoard, "Blåklinten, hösten 2026", w.stranger.Person)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// look writes an entry as a room does.
func (w *world) look(t *testing.T, e audit.Entry) string {
	t.Helper()
	e.ID = db.NewID()
	if e.Organisation == "" {
		e.Organisation = w.org
	}
	if e.Outcome == "" {
		e.Outcome = audit.OK
	}
	if err := w.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return w.Log.Add(ctx, tx, e) }); err != nil {
		t.Fatal(err)
	}
	return e.ID
}

// looks is the leader's look at the participants of the round, at an instant.
func (w *world) looks(t *testing.T, at time.Time) string {
	return w.look(t, audit.Entry{At: at, Actor: w.leader.Person, Role: "leader", Purpose: w.round, Action: round.ActionParticipants, Subject: w.round, Count: 9})
}

// trail is a context in which looks are gathered, and what has been.
func trail(t *testing.T) (context.Context, *audit.Trail) {
	var gathered audit.Trail
	return audit.WithTrail(t.Context(), &gathered), &gathered
}

func ids(entries []oversight.Entry) []string {
	var all []string
	for _, e := range entries {
		all = append(all, e.ID)
	}
	return all
}

func TestTheLogThatAReviewerReads(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		noon := housetest.Noon
		mine := w.looks(t, noon.Add(-time.Hour))
		closed := w.look(t, audit.Entry{At: noon.Add(-30 * time.Minute), Actor: w.stranger.Person, Role: "leader", Purpose: w.closed, Action: round.ActionRead, Subject: w.closed})
		refused := w.look(t, audit.Entry{At: noon.Add(-48 * time.Hour), Actor: w.stranger.Person, Role: "leader", Purpose: w.round, Action: round.ActionRead, Subject: w.round, Outcome: audit.Denied})
		listed := w.look(t, audit.Entry{At: noon.Add(-24 * time.Hour), Actor: w.admin.Person, Role: "administrator", Action: "person.list", Found: []string{w.leader.Person}})
		w.look(t, audit.Entry{At: noon, Organisation: w.elsewhere, Actor: w.ofOther.Person, Role: "log-reviewer", Action: "log.read"})
		ctx, gathered := trail(t)
		for _, c := range []struct {
			name string
			who  access.Subject
			q    oversight.Query
			want []string
		}{
			{"all", w.reviewer, oversight.Query{}, []string{closed, mine, listed, refused}},
			// Another board's round is behind a border of secrecy; what an administrator does in no round is the whole organisation's.
			{"of the board", w.ofBoard, oversight.Query{}, []string{mine, listed, refused}},
			{"a group", w.reviewer, oversight.Query{Group: oversight.Rounds}, []string{closed, refused}},
			{"a group that nobody has done", w.reviewer, oversight.Query{Group: oversight.Letters}, nil},
			{"by name", w.reviewer, oversight.Query{Person: "karin5 prov"}, []string{mine}},
			{"by a name that nobody has", w.reviewer, oversight.Query{Person: "nobody"}, nil},
			{"by round", w.reviewer, oversight.Query{Round: "nypon"}, []string{mine, refused}},
			{"refused", w.reviewer, oversight.Query{Outcome: audit.Denied}, []string{refused}},
			{"a group and refused", w.reviewer, oversight.Query{Group: oversight.Rounds, Outcome: audit.Denied}, []string{refused}},
			{"from a day until a day", w.reviewer, oversight.Query{From: w.Directory.Today().AddDays(-2), To: w.Directory.Today().AddDays(-1)}, []string{listed, refused}},
		} {
			p, err := w.Oversight.List(ctx, c.who, c.q)
			if err != nil || !slices.Equal(ids(p.Entries), c.want) || p.Total != len(c.want) || p.Next != nil {
				t.Errorf("%s: got %d of %d, %v, want %d", c.name, len(p.Entries), p.Total, err, len(c.want))
			}
			if notes := gathered.Notes(); notes[len(notes)-1].Action != oversight.ActionRead || notes[len(notes)-1].Actor != c.who.Person {
				t.Errorf("%s: that it was read is noted as %+v", c.name, notes[len(notes)-1])
			}
		}
		p, err := w.Oversight.List(ctx, w.reviewer, oversight.Query{Round: "nypon", Outcome: audit.OK})
		if err != nil || len(p.Entries) != 1 {
			t.Fatal(p, err)
		}
		if e := p.Entries[0]; !e.Intact || e.Doer.Name != "Karin5 Provlund" || e.Doer.Organisation != "Provköpings kommun" || e.Matter != "Nyponrosen, hösten 2026" || e.Own {
			t.Errorf("in words: %+v", e)
		}
		if _, err := w.Oversight.List(ctx, w.admin, oversight.Query{}); !errs.Is(err, errs.Denied) {
			t.Errorf("an administrator reads the log: %v", err)
		}
		if err := w.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE audit_entry SET actor = $1 WHERE id = $2`, w.stranger.Person, mine)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if p, err := w.Oversight.List(ctx, w.reviewer, oversight.Query{Group: oversight.Participants}); err != nil || len(p.Entries) != 1 || p.Entries[0].Intact {
			t.Errorf("an altered entry: %+v, %v", p.Entries, err)
		}
	})
}

func TestPagesOfTheLog(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		want := map[string]bool{}
		for i := range 120 {
			want[w.looks(t, housetest.Noon.Add(-time.Duration(i/3)*time.Minute))] = true // three at the same instant
		}
		ctx, _ := trail(t)
		for _, group := range []oversight.Group{"", oversight.Participants} {
			seen, q := map[string]bool{}, oversight.Query{Group: group}
			pages := 0
			for ; ; pages++ {
				p, err := w.Oversight.List(ctx, w.reviewer, q)
				if err != nil || p.Total != 120 {
					t.Fatalf("%d, %v", p.Total, err)
				}
				for _, id := range ids(p.Entries) {
					if seen[id] {
						t.Errorf("%s stands on two pages", id)
					}
					seen[id] = true
				}
				if p.Next == nil {
					break
				}
				q.After = *p.Next
			}
			if len(seen) != 120 || pages != 2 {
				t.Errorf("%q: %d entries on %d pages", group, len(seen), pages+1)
			}
		}
		all, err := w.Oversight.Export(ctx, w.reviewer, oversight.Query{})
		if err != nil || len(all.Entries) != 120 {
			t.Errorf("%d were taken out, %v", len(all.Entries), err)
		}
	})
}

func TestSpotCheck(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx, _ := trail(t)
		if due, err := w.Oversight.SpotCheckDue(ctx, w.reviewer); err != nil || due != 1 {
			t.Errorf("before anybody has read the log: %d, %v", due, err)
		}
		wednesday := housetest.Noon // 12:00 in Sweden
		for i := range 40 {
			w.looks(t, wednesday.Add(-time.Duration(i)*2*time.Minute))
		}
		marked := map[oversight.Mark][]string{
			oversight.OutsideHours: {w.looks(t, wednesday.Add(9*time.Hour-24*time.Hour)), // 21:00 the day before
				w.looks(t, wednesday.Add(-6*time.Hour-time.Minute)), // 5:59
				w.looks(t, wednesday.AddDate(0, 0, -4))},            // a Saturday
			oversight.Refused:  {w.look(t, audit.Entry{At: wednesday, Actor: w.stranger.Person, Role: "leader", Purpose: w.round, Action: round.ActionRead, Outcome: audit.Denied})},
			oversight.Exported: {w.look(t, audit.Entry{At: wednesday, Actor: w.contact.Person, Role: "contact", Action: round.ActionExport, Count: 40})},
		}
		w.looks(t, wednesday.Add(9*time.Hour-24*time.Hour-time.Minute)) // 20:59
		w.looks(t, wednesday.Add(-6*time.Hour))                         // 6:00
		// 61 people in different rounds within an hour, 59 in another hour.
		for _, hour := range []struct{ ago, each int }{{3, 59}, {30, 61}} {
			for i := range 2 {
				id := w.look(t, audit.Entry{At: wednesday.Add(-time.Duration(hour.ago)*time.Hour + time.Duration(i)*time.Minute), Actor: w.stranger.Person, Role: "leader",
					Purpose: fmt.Sprintf("round-%d", i), Action: round.ActionParticipants, Count: hour.each/2 + i})
				if hour.each == 61 && i == 1 {
					marked[oversight.ManyPeople] = []string{id}
				}
			}
		}
		if err := w.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE round_staff SET to_on = $1 WHERE person_id = $2`, w.Directory.Today().AddDays(-2), w.stranger.Person)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		marked[oversight.NotAssigned] = []string{w.look(t, audit.Entry{At: wednesday.Add(-25 * time.Hour), Actor: w.stranger.Person, Role: "leader", Purpose: w.closed, Action: round.ActionRead})}
		w.look(t, audit.Entry{At: wednesday.Add(-49 * time.Hour), Actor: w.stranger.Person, Role: "leader", Purpose: w.closed, Action: round.ActionRead}) // on the last day

		spot, err := w.Oversight.SpotCheck(ctx, w.reviewer, 7, "ett frö")
		if err != nil {
			t.Fatal(err)
		}
		got := map[oversight.Mark][]string{}
		for _, e := range spot.Marked {
			for _, m := range e.Marks {
				got[m] = append(got[m], e.ID)
			}
		}
		for _, m := range oversight.Marks {
			slices.Sort(got[m])
			slices.Sort(marked[m])
			if !slices.Equal(got[m], marked[m]) || spot.Counts[m].N != len(marked[m]) {
				t.Errorf("%s: %d marked, counted as %d, want %d", m, len(got[m]), spot.Counts[m].N, len(marked[m]))
			}
		}
		if spot.Looks != 50 || len(spot.Sample) != 20 || spot.Cut {
			t.Errorf("%d looks, %d of them drawn", spot.Looks, len(spot.Sample))
		}
		again, err := w.Oversight.SpotCheck(ctx, w.second, 7, "ett frö")
		if err != nil || !slices.Equal(ids(again.Sample), ids(spot.Sample)) {
			t.Errorf("the same seed draws others: %v", err)
		}
		other, err := w.Oversight.SpotCheck(ctx, w.reviewer, 7, "ett annat")
		if err != nil || slices.Equal(ids(other.Sample), ids(spot.Sample)) {
			t.Errorf("another seed draws the same: %v", err)
		}
		week, err := w.Oversight.WeekOf(ctx, w.reviewer)
		if err != nil || week != (oversight.Week{Looks: oversight.Count{N: 50}, Refused: oversight.Count{N: 1}, Outside: oversight.Count{N: 3}}) {
			t.Errorf("the week is %+v, %v", week, err)
		}
		if spot, err := w.Oversight.SpotCheck(ctx, w.ofOther, 7, ""); err != nil || spot.Looks != 0 || len(spot.Marked) != 0 {
			t.Errorf("the reviewer of another municipality sees %+v, %v", spot, err)
		}
	})
}

func TestASpotCheckIsDueAfterThirtyDays(t *testing.T) {
	w := newWorld(t, dbtest.New(t))
	ctx, gathered := trail(t)
	if _, err := w.Oversight.SpotCheck(ctx, w.reviewer, 7, ""); err != nil {
		t.Fatal(err)
	}
	if err := w.Log.Commit(ctx, gathered, ""); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ days, want int }{{0, 0}, {30, 0}, {31, 1}} {
		w.Time.Move(housetest.Noon.AddDate(0, 0, c.days).Sub(w.Time.Now()))
		if due, err := w.Oversight.SpotCheckDue(ctx, w.second); err != nil || due != c.want {
			t.Errorf("after %d days: %d, %v", c.days, due, err)
		}
	}
}

func TestEverybodySeesWhoLookedAtThem(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		noon := housetest.Noon
		read := w.look(t, audit.Entry{At: noon, Actor: w.admin.Person, Role: "administrator", Action: "person.read", Subject: w.leader.Person})
		listed := w.look(t, audit.Entry{At: noon.Add(-time.Hour), Actor: w.admin.Person, Role: "administrator", Action: "person.list", Found: []string{w.stranger.Person, w.leader.Person}})
		w.look(t, audit.Entry{At: noon, Actor: w.admin.Person, Role: "administrator", Action: "person.list", Found: []string{w.stranger.Person}})
		w.look(t, audit.Entry{At: noon.AddDate(-1, 0, -1), Actor: w.admin.Person, Role: "administrator", Action: "person.list", Found: []string{w.leader.Person}})
		own := w.looks(t, noon)
		self := w.look(t, audit.Entry{At: noon.Add(-time.Minute), Actor: w.leader.Person, Role: "leader", Action: "signed-out", Subject: w.leader.Person})
		ctx, gathered := trail(t)
		lookers, err := w.Oversight.Lookers(ctx, w.leader, audit.Place{})
		if err != nil || !slices.Equal(ids(lookers.Entries), []string{read, listed}) {
			t.Errorf("who looked: %v, %v", ids(lookers.Entries), err)
		}
		doings, err := w.Oversight.Doings(ctx, w.leader, audit.Place{})
		if err != nil || !slices.Equal(ids(doings.Entries), []string{own, self}) {
			t.Errorf("what they did: %v, %v", ids(doings.Entries), err)
		}
		if n := len(gathered.Notes()); n != 2 {
			t.Errorf("two looks at one's own log are noted %d times", n)
		}
	})
}

func TestAQuestionFromAskingToAccepting(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx, _ := trail(t)
		mine, theirs := w.looks(t, housetest.Noon), w.look(t, audit.Entry{At: housetest.Noon, Actor: w.stranger.Person, Role: "leader", Purpose: w.closed, Action: round.ActionRead})
		n, err := w.Oversight.Ask(ctx, w.reviewer, oversight.Asking{Entries: []string{mine, theirs, mine}, Why: "other", Words: "Vad hände?\r\nBerätta."}, "r1")
		if err != nil || n != 2 {
			t.Fatalf("%d questions, %v", n, err)
		}
		waiting, err := w.Oversight.Waiting(ctx, w.leader)
		if err != nil || len(waiting) != 1 || waiting[0].DueOn != w.Directory.Today().AddDays(oversight.AnswerWithin) {
			t.Fatalf("%+v wait, %v", waiting, err)
		}
		id := waiting[0].ID
		state := func(who access.Subject) oversight.State {
			t.Helper()
			q, err := w.Oversight.Question(ctx, who, id)
			if err != nil {
				t.Fatal(err)
			}
			return q.State
		}
		q, err := w.Oversight.MyQuestion(ctx, w.leader, id)
		if err != nil || q.Words != "Vad hände?\nBerätta." || len(q.Entries) != 1 || q.Entries[0].ID != mine || !q.MayAnswer || q.MayJudge {
			t.Errorf("the leader sees %+v, %v", q, err)
		}
		// The words are sealed.
		if err := w.DB.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
			stored, err := db.One(ctx, tx, db.Scalar[[]byte], `SELECT words FROM log_question WHERE id = $1`, id)
			if strings.Contains(string(stored), "hände") || len(stored) == 0 {
				t.Errorf("stored: %q", stored)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := w.Oversight.Judge(ctx, w.reviewer, id, oversight.Accepted, "", ""); !errs.Is(err, errs.Invalid) {
			t.Errorf("what is not answered was accepted: %v", err)
		}
		for _, c := range []struct {
			as    oversight.Answered
			words string
		}{{"nonsense", "x"}, {"", "x"}, {"mistake", "  "}, {"my-work", strings.Repeat("x", 2001)}, {"my-work", "Det gällde 121212-1212"}} {
			if err := w.Oversight.Answer(ctx, w.leader, id, c.as, c.words, ""); !errs.Is(err, errs.Invalid) {
				t.Errorf("answered %q, %q: %v", c.as, c.words, err)
			}
		}
		if err := w.Oversight.Answer(ctx, w.stranger, id, "my-work", "", ""); !errs.Is(err, errs.NotFound) {
			t.Errorf("somebody else answered: %v", err)
		}
		if err := w.Oversight.Answer(ctx, w.leader, id, "my-work", "Jag leder gruppen.", "r2"); err != nil {
			t.Fatal(err)
		}
		if n, err := w.Oversight.Answered(ctx, w.second); err != nil || n != 1 || state(w.second) != oversight.WasAnswer {
			t.Errorf("%d answers wait, %v", n, err)
		}
		if err := w.Oversight.Judge(ctx, w.reviewer, id, oversight.FollowUp, "Vi ses.", "r3"); err != nil || state(w.reviewer) != oversight.FollowUp {
			t.Errorf("follow-up: %v", err)
		}
		for _, c := range []struct {
			who  access.Subject
			want int
		}{{w.admin, 1}, {w.contact, 1}} {
			if n, err := w.Oversight.FollowUps(ctx, c.who); err != nil || n != c.want {
				t.Errorf("the %s knows of %d follow-ups, %v", c.who.Role, n, err)
			}
		}
		if err := w.Oversight.Answer(ctx, w.leader, id, "stood-in", "", "r4"); err != nil {
			t.Errorf("an answer to a follow-up: %v", err)
		}
		if err := w.Oversight.Judge(ctx, w.second, id, oversight.Accepted, "", "r5"); err != nil || state(w.reviewer) != oversight.Accepted {
			t.Errorf("accept: %v", err)
		}
		if err := w.Oversight.Answer(ctx, w.leader, id, "my-work", "", ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("an answer after it was accepted: %v", err)
		}
		q, err = w.Oversight.Question(ctx, w.reviewer, id)
		if err != nil || len(q.History) != 4 || q.History[0].Words != "Jag leder gruppen." || q.History[1].Words != "Vi ses." || q.History[2].As != "stood-in" || q.MayAccept {
			t.Errorf("in the end: %+v, %v", q.History, err)
		}
		if list, err := w.Oversight.Questions(ctx, w.reviewer, oversight.Open, 1); err != nil || list.Total != 1 || list.Questions[0].About.ID != w.stranger.Person {
			t.Errorf("open ones: %+v, %v", list, err)
		}
	})
}

func TestWhatMayNotBeAsked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx, _ := trail(t)
		mine, closed := w.looks(t, housetest.Noon), w.look(t, audit.Entry{Actor: w.stranger.Person, Role: "leader", Purpose: w.closed, Action: round.ActionRead})
		own := w.look(t, audit.Entry{Actor: w.reviewer.Person, Role: "log-reviewer", Action: "log.read"})
		nobody := w.look(t, audit.Entry{Action: "sign-in-refused", Outcome: audit.Denied})
		elsewhere := w.look(t, audit.Entry{Organisation: w.elsewhere, Actor: w.leader.Person, Role: "leader", Action: round.ActionRead})
		ask := func(who access.Subject, entries ...string) error {
			_, err := w.Oversight.Ask(ctx, who, oversight.Asking{Entries: entries, Why: "sample"}, "")
			return err
		}
		var many []string
		for i := range 51 {
			many = append(many, fmt.Sprint("entry-", i))
		}
		for name, c := range map[string]struct {
			err  error
			kind errs.Kind
		}{
			"nothing":                {ask(w.reviewer), errs.Invalid},
			"one's own":              {ask(w.reviewer, mine, own), errs.Invalid},
			"nobody's":               {ask(w.reviewer, nobody), errs.Invalid},
			"another municipality's": {ask(w.reviewer, mine, elsewhere), errs.NotFound},
			"another board's":        {ask(w.ofBoard, closed), errs.NotFound},
			"one that is not there":  {ask(w.reviewer, "nothing"), errs.NotFound},
			"by who does not review": {ask(w.admin, mine), errs.Denied},
			"too many":               {ask(w.reviewer, many...), errs.TooLarge},
			"without saying why at all": {func() error {
				_, err := w.Oversight.Ask(ctx, w.reviewer, oversight.Asking{Entries: []string{mine}}, "")
				return err
			}(), errs.Invalid},
			"for another reason unsaid": {func() error {
				_, err := w.Oversight.Ask(ctx, w.reviewer, oversight.Asking{Entries: []string{mine}, Why: "other"}, "")
				return err
			}(), errs.Invalid},
		} {
			if !errs.Is(c.err, c.kind) {
				t.Errorf("%s: %v, want %v", name, c.err, c.kind)
			}
		}
		if err := ask(w.reviewer, mine); err != nil {
			t.Fatal(err)
		}
		if err := ask(w.second, mine); !errs.Is(err, errs.Invalid) {
			t.Errorf("the same a second time: %v", err)
		}
		later := w.looks(t, housetest.Noon.Add(time.Minute))
		if err := w.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE role SET to_on = $1 WHERE person_id = $2`, w.Directory.Today().AddDays(-1), w.leader.Person)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := ask(w.reviewer, later); !errs.Is(err, errs.Invalid) {
			t.Errorf("somebody who cannot answer any more: %v", err)
		}
	})
}

// TestNobodyReviewsThemselves: a reviewer who was asked by another answers as anybody does, and does not judge the answer.
func TestNobodyReviewsThemselves(t *testing.T) {
	w := newWorld(t, dbtest.New(t))
	ctx, _ := trail(t)
	entry := w.look(t, audit.Entry{Actor: w.reviewer.Person, Role: "log-reviewer", Action: "log.read"})
	if _, err := w.Oversight.Ask(ctx, w.second, oversight.Asking{Entries: []string{entry}, Why: "sample"}, ""); err != nil {
		t.Fatal(err)
	}
	waiting, err := w.Oversight.Waiting(ctx, w.reviewer)
	if err != nil || len(waiting) != 1 {
		t.Fatal(waiting, err)
	}
	id := waiting[0].ID
	if err := w.Oversight.Answer(ctx, w.reviewer, id, "my-work", "", ""); err != nil {
		t.Fatal(err)
	}
	for _, verdict := range []oversight.State{oversight.Accepted, oversight.FollowUp} {
		if err := w.Oversight.Judge(ctx, w.reviewer, id, verdict, "", ""); !errs.Is(err, errs.Denied) {
			t.Errorf("%s by oneself: %v", verdict, err)
		}
	}
	q, err := w.Oversight.Question(ctx, w.reviewer, id)
	if err != nil || !q.Own || q.MayJudge || q.MayAccept {
		t.Errorf("%+v, %v", q, err)
	}
	for _, other := range []access.Subject{w.ofOther, w.ofBoard} {
		if _, err := w.Oversight.Question(ctx, other, id); !errs.Is(err, errs.NotFound) {
			t.Errorf("a reviewer whose log it is not from reads it: %v", err)
		}
	}
	if err := w.Oversight.Judge(ctx, w.second, id, oversight.Accepted, "", ""); err != nil {
		t.Error(err)
	}
}
