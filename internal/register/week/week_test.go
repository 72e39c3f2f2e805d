package week_test

import (
	"context"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/house/housetest"
	"hemvist/internal/register/week"
	"hemvist/internal/round"
	"hemvist/internal/round/consent"
	"hemvist/internal/round/group"
	"hemvist/internal/round/meeting"
)

// world is a pair who lead a round that is in its third week, and a leader who has nothing to do with it.
type world struct {
	housetest.House
	leader, second, stranger access.Subject
	round                    string
	sessions                 []round.Session
}

func ctx() context.Context { return audit.WithTrail(context.Background(), &audit.Trail{}) }

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{House: housetest.New(t, d, nil)}
	connect, err := w.Catalogue.Newest("connect")
	if err != nil {
		t.Fatal(err)
	}
	v, _ := connect.Variant("parents")
	first := clock.MustDate("2026-11-04") // the clock stands at 18 November
	err = d.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		hub, err := w.Directory.AddOrganisationTx(ctx, tx, directory.Organisation{Kind: directory.HubKind, Name: "Hemvisten"})
		if err != nil {
			return err
		}
		org, err := w.Directory.AddOrganisationTx(ctx, tx, directory.Organisation{Kind: directory.Municipality, Name: "Växjö kommun"})
		if err != nil {
			return err
		}
		board, err := w.Directory.AddAuthorityTx(ctx, tx, directory.Authority{OrganisationID: org.ID, Name: "Socialnämnden"})
		if err != nil {
			return err
		}
		people := make([]access.Subject, 3)
		for i, name := range []string{"Åsa Provlund", "Örjan Mallqvist", "Elin Annorström"} {
			p, err := w.Directory.AddPersonTx(ctx, tx, directory.Person{Name: name, GivenName: name, Email: db.NewID() + "@demo.example", Language: "sv"})
			if err != nil {
				return err
			}
			people[i] = access.Subject{Person: p.ID, Role: access.Leader, Organisation: org.ID, Authority: board.ID, Programme: "connect"}
		}
		w.leader, w.second, w.stranger = people[0], people[1], people[2]
		p := round.Plan{HubID: hub.ID, OrganisationID: org.ID, AuthorityID: board.ID, Definition: connect, Variant: "parents", Name: "Växjö", Place: "Biblioteket", Language: "sv"}
		for _, x := range v.Sessions() {
			if !x.Optional {
				p.Sessions = append(p.Sessions, round.Session{Kind: x.Kind, Item: x.ID, On: first.AddDays(7 * len(p.Sessions)), Starts: 1050, Minutes: 120})
			}
		}
		for _, s := range people[:2] {
			p.Staff = append(p.Staff, round.Staffed{PersonID: s.Person, Role: s.Role, From: first.AddDays(-30)})
		}
		if w.round, err = w.Rounds.AddTx(ctx, tx, p); err != nil {
			return err
		}
		if w.sessions, err = round.SessionsTx(ctx, tx, w.round); err != nil {
			return err
		}
		if err := w.Rounds.AddSessionFactTx(ctx, tx, w.sessions[0].ID, round.Held, w.sessions[0].On, w.leader.Person); err != nil {
			return err
		}
		return round.ProjectTx(ctx, tx, w.round)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []group.NewMember{{Name: "Aina", Language: "sv"}, {Name: "Bo", Language: "sv"}, {Name: "Fatma", Language: "ar", Interpreter: true}} {
		if _, err := w.Groups.Add(ctx(), w.leader, w.round, m, ""); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func (w *world) mine(t *testing.T, who access.Subject) week.Before {
	t.Helper()
	all, err := w.Weeks.Mine(ctx(), who)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d rounds, %v", len(all), err)
	}
	return all[0]
}

func (w *world) say(who access.Subject, task week.Task, do week.Do) error {
	return w.Weeks.Say(ctx(), who, w.round, w.sessions[2].ID, task, do, "")
}

func doing(b week.Before, task week.Task) week.Doing {
	for _, d := range b.Doings {
		if d.Task == task {
			return d
		}
	}
	return week.Doing{}
}

// TestConsentsBeforeTheNextFilmedSession: who is asked, and what follows, for the next session that is filmed.
func TestConsentsBeforeTheNextFilmedSession(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		b := w.mine(t, w.leader)
		if b.Filmed.ID != b.Next.ID || len(b.Consent.Asked) != 5 || b.Consent.Count(consent.Missing) != 5 || b.Consent.Verdict() != consent.Waits {
			t.Errorf("before session %d it says %+v", b.Filmed.Number, b.Consent)
		}
		own := consent.Batch{How: consent.OnPaper, On: w.Rounds.Today(), Ticks: []consent.Tick{{Who: w.leader.Person, Answer: consent.Refused}}}
		if _, err := w.Consents.Record(ctx(), w.leader, w.round, consent.Filming, own, ""); err != nil {
			t.Fatal(err)
		}
		if b = w.mine(t, w.second); !b.Consent.LeaderSaysNo() || b.Consent.Verdict() != consent.MayNot {
			t.Errorf("when one of the pair says no it says %+v", b.Consent)
		}
	})
}

func TestWhatIsBeforeTheNextSession(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		b := w.mine(t, w.leader)
		if b.Next.Number != 3 || b.LastHeld.Number != 1 { // of the second nobody has said anything, and it is past
			t.Errorf("next is %d, last held %d", b.Next.Number, b.LastHeld.Number)
		}
		if b.Coming != 3 || b.Interpreter != 1 || len(b.Languages) != 2 || b.Languages[0] != (week.Language{Language: "sv", N: 2}) {
			t.Errorf("who comes: %d, %d, %+v", b.Coming, b.Interpreter, b.Languages)
		}
		if sum := b.Budget.Read + b.Budget.Together + b.Budget.Supervision + b.Budget.Session; !b.First || b.Budget.All != 8*60 || sum != b.Budget.All || b.Budget.Session != 120 {
			t.Errorf("the time of a first round: %v %+v", b.First, b.Budget)
		}
		for _, task := range []week.Task{week.Link, week.Interpreter} {
			if doing(b, task).Task != "" {
				t.Errorf("%s is asked for in a room without an interpreter", task)
			}
		}
		if doing(b, week.Camera).Task == "" {
			t.Error("nobody is reminded of the camera")
		}
		if all, err := w.Weeks.Mine(ctx(), w.stranger); err != nil || len(all) != 0 {
			t.Errorf("a leader with no part in it: %d, %v", len(all), err)
		}
		if _, err := w.Weeks.Mine(ctx(), access.Subject{Person: w.stranger.Person, Role: access.Contact, Organisation: w.leader.Organisation}); !errs.Is(err, errs.Denied) {
			t.Errorf("a contact's week: %v", err)
		}
	})
}

func TestThePairDividesTheWork(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		steps := []struct {
			who  access.Subject
			do   week.Do
			kind errs.Kind // of the refusal; Internal for none
			by   string    // then
			done bool
		}{
			{w.leader, week.Leave, errs.Internal, "", false}, // what nobody has taken
			{w.leader, week.Take, errs.Internal, w.leader.Person, false},
			{w.leader, week.Take, errs.Internal, w.leader.Person, false}, // twice is once
			{w.second, week.Take, errs.Conflict, w.leader.Person, false},
			{w.second, week.Finish, errs.Internal, w.second.Person, true},
			{w.leader, week.NotDone, errs.Internal, w.leader.Person, false},
			{w.leader, week.Leave, errs.Internal, "", false},
			{w.second, week.Take, errs.Internal, w.second.Person, false},
			{w.stranger, week.Finish, errs.NotFound, w.second.Person, false},
			{w.leader, "whatever", errs.Invalid, w.second.Person, false},
		}
		for i, s := range steps {
			err := w.say(s.who, week.Room, s.do)
			if s.kind == errs.Internal && err != nil || s.kind != errs.Internal && !errs.Is(err, s.kind) {
				t.Errorf("step %d, %s: %v", i, s.do, err)
			}
			for _, who := range []access.Subject{w.leader, w.second} { // both see the same
				if got := doing(w.mine(t, who), week.Room); got.By != s.by || got.Done != s.done {
					t.Errorf("step %d, %s: %+v", i, s.do, got)
				}
			}
		}
		if err := w.say(w.leader, week.Link, week.Take); !errs.Is(err, errs.NotFound) {
			t.Errorf("a task that the session does not have: %v", err)
		}
		if err := w.Weeks.Say(ctx(), w.leader, w.round, db.NewID(), week.Room, week.Take, ""); !errs.Is(err, errs.NotFound) {
			t.Errorf("a session of no round: %v", err)
		}
	})
}

// TestWhoIsExpectedAndWhoLeads: who has said no to the next session is not expected, and who steps in works there instead of who is away.
func TestWhoIsExpectedAndWhoLeads(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		next := w.sessions[2]
		_, members, err := w.Groups.Members(ctx(), w.leader, w.round)
		if err != nil {
			t.Fatal(err)
		}
		batch := meeting.Batch{Ticks: []meeting.Tick{{Participant: members[0].ID, Mark: meeting.Told, Request: "page-of-the-test-1.1"}}}
		if _, err := w.Meetings.Record(ctx(), w.leader, w.round, next.ID, batch, ""); err != nil {
			t.Fatal(err)
		}
		if b := w.mine(t, w.leader); b.Coming != 3 || b.Told != 1 || len(b.Away) != 0 || len(b.Working) != 2 {
			t.Errorf("%d come, %d cannot; %+v, %+v", b.Coming, b.Told, b.Away, b.Working)
		}
		err = d.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
			_, err := w.Directory.GiveRoleTx(ctx, tx, directory.RoleGiven{PersonID: w.stranger.Person, OrganisationID: w.stranger.Organisation,
				AuthorityID: w.stranger.Authority, Role: access.Leader, Programme: "connect", From: next.On.AddDays(-300)})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Meetings.StepIn(ctx(), w.leader, w.round, next.ID, w.second.Person, w.stranger.Person, ""); err != nil {
			t.Fatal(err)
		}
		b := w.mine(t, w.leader)
		if len(b.Away) != 1 || b.Away[0].Person != w.stranger.Person || len(b.Working) != 3 {
			t.Errorf("with somebody stepping in: %+v, %+v", b.Away, b.Working)
		}
	})
}

// TestATechnicianTicksTheLink: what is theirs, in a digital group that they work in, and nothing else.
func TestATechnicianTicksTheLink(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		technician := w.stranger
		technician.Role = access.Technician
		err := d.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE round SET link = 'https://rum.example/1' WHERE id = $1`, w.round)
			if err == nil {
				_, err = tx.Exec(ctx, `INSERT INTO round_staff (round_id, person_id, role, from_on) VALUES ($1, $2, 'technician', '2026-11-01')`, w.round, technician.Person)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		b := w.mine(t, technician)
		if doing(b, week.Bring).Task != "" || doing(b, week.Share).Task == "" || doing(b, week.Room).Task != "" {
			t.Errorf("before a digital session: %+v", b.Doings)
		}
		for _, task := range []week.Task{week.Read, week.Share} {
			if err := w.say(technician, task, week.Finish); !errs.Is(err, errs.NotFound) {
				t.Errorf("a technician says %s: %v", task, err)
			}
		}
		if err := w.say(technician, week.Link, week.Finish); err != nil {
			t.Fatal(err)
		}
		if got := doing(w.mine(t, w.leader), week.Link); !got.Done || got.By != technician.Person {
			t.Errorf("the leaders see %+v", got)
		}
	})
}
