package consent_test

import (
	"context"
	"fmt"
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
	"hemvist/internal/round/consent"
	"hemvist/internal/round/group"
	"hemvist/internal/round/meeting"
)

// world is a pair who lead a round of three sessions (a week ago, today, in a week), all of them filmed, with four participants, and others.
type world struct {
	housetest.House
	t                        *testing.T
	leader, second, stranger access.Subject
	technician, contact      access.Subject
	round                    string
	sessions                 []round.Session
	people                   []string
	today                    clock.Date
}

func ctx() context.Context { return audit.WithTrail(context.Background(), &audit.Trail{}) }

func newWorld(t *testing.T, d *db.DB, variant string, change ...func(*round.Plan)) *world {
	t.Helper()
	w := &world{House: housetest.New(t, d, nil), t: t}
	w.today = w.Rounds.Today()
	connect, err := w.Catalogue.Newest("connect")
	if err != nil {
		t.Fatal(err)
	}
	parents := []group.NewMember{{Name: "Amina Påhittsson", Language: "so", Interpreter: true}}
	for i := range 3 {
		parents = append(parents, group.NewMember{Name: fmt.Sprintf("Bo Exempelgren %d", i), Language: "sv"})
	}
	w.write(func(ctx context.Context, tx *db.Tx) error {
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
		for who, of := range map[*access.Subject]access.Role{&w.leader: access.Leader, &w.second: access.Leader, &w.stranger: access.Leader,
			&w.technician: access.Technician, &w.contact: access.Contact} {
			p, err := w.Directory.AddPersonTx(ctx, tx, directory.Person{Name: "Åsa Provlund", GivenName: "Åsa", Email: db.NewID() + "@demo.example", Language: "sv"})
			if err != nil {
				return err
			}
			*who = access.Subject{Person: p.ID, Role: of, Organisation: org.ID, Authority: board.ID, Programme: "connect"}
		}
		p := round.Plan{HubID: hub.ID, OrganisationID: org.ID, AuthorityID: board.ID, Definition: connect, Variant: variant, Name: "Tisdagsgruppen", Place: "Biblioteket", Language: "sv"}
		for i := range 3 {
			p.Sessions = append(p.Sessions, round.Session{Kind: programme.SessionKind("principle"), Item: fmt.Sprintf("p%d", i+1), On: w.today.AddDays(7 * (i - 1)), Starts: 1050, Minutes: 120})
		}
		for _, s := range []access.Subject{w.leader, w.second, w.technician} {
			p.Staff = append(p.Staff, round.Staffed{PersonID: s.Person, Role: s.Role, From: w.today.AddDays(-30)})
		}
		for _, c := range change {
			c(&p)
		}
		if w.round, err = w.Rounds.AddTx(ctx, tx, p); err != nil {
			return err
		}
		w.sessions, err = round.SessionsTx(ctx, tx, w.round)
		return err
	})
	r := w.row()
	if r.Attendance == round.CountsOnly {
		return w
	}
	sealed, err := w.Groups.SealAll(ctx(), r.AuthorityID, parents)
	if err != nil {
		t.Fatal(err)
	}
	w.write(func(ctx context.Context, tx *db.Tx) error {
		return w.Groups.AddSealedTx(ctx, tx, w.round, r.AuthorityID, sealed, w.sessions[0].On, w.leader.Person)
	})
	for _, s := range sealed {
		w.people = append(w.people, s.ID)
	}
	return w
}

func (w *world) write(fn func(ctx context.Context, tx *db.Tx) error) {
	w.t.Helper()
	if err := w.DB.Write(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) row() (r round.Row) {
	w.t.Helper()
	if err := w.DB.Read(ctx(), func(ctx context.Context, tx *db.Tx) (err error) {
		r, err = round.RowTx(ctx, tx, w.round, w.today)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return r
}

func (w *world) batch(ticks ...consent.Tick) consent.Batch {
	return consent.Batch{How: consent.OnPaper, On: w.today, Ticks: ticks}
}

func (w *world) try(who access.Subject, b consent.Batch) (consent.Result, error) {
	return w.Consents.Record(ctx(), who, w.round, consent.Filming, b, "")
}

func (w *world) record(who access.Subject, b consent.Batch) consent.Result {
	w.t.Helper()
	result, err := w.try(who, b)
	if err != nil {
		w.t.Fatal(err)
	}
	return result
}

// all is everybody's yes: of the participants by the first leader, and of each leader by themself.
func (w *world) all() {
	w.t.Helper()
	var ticks []consent.Tick
	for _, p := range w.people {
		ticks = append(ticks, consent.Tick{Who: p, Answer: consent.Given})
	}
	w.record(w.leader, w.batch(append(ticks, consent.Tick{Who: w.leader.Person, Answer: consent.Given})...))
	w.record(w.second, w.batch(consent.Tick{Who: w.second.Person, Answer: consent.Given}))
}

func (w *world) get(who access.Subject, session string) consent.View {
	w.t.Helper()
	v, err := w.Consents.Get(ctx(), who, w.round, session)
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

func (w *world) standing(session int, on clock.Date) (s consent.Standing) {
	w.t.Helper()
	if err := w.DB.Read(ctx(), func(ctx context.Context, tx *db.Tx) (err error) {
		s, err = w.Consents.StandingTx(ctx, tx, w.round, w.sessions[session].ID, consent.Filming, on)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) wants(what string, session int, on clock.Date, want consent.Verdict) {
	w.t.Helper()
	if got := w.standing(session, on).Verdict(); got != want {
		w.t.Errorf("%s: %s, want %s", what, got, want)
	}
}

func (w *world) count(query string, args ...any) (n int) {
	w.t.Helper()
	if err := w.DB.Read(ctx(), func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = db.One(ctx, tx, db.Scalar[int], query, args...)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// TestAllInOneGo: the whole group in one batch, each in the language that it was explained in, with an entry in the log for each.
func TestAllInOneGo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, "parents")
		w.wants("before anybody is asked", 1, w.today, consent.Waits)
		w.all()
		w.wants("after all said yes", 1, w.today, consent.May)
		w.wants("before the day on which they said so", 0, w.sessions[0].On, consent.Waits)
		v := w.get(w.leader, "")
		if got := v.Answer(w.people[0]); got.Language != "so" || got.How != consent.OnPaper || got.By != w.leader.Person {
			t.Errorf("of one with an interpreter it says %+v", got)
		}
		if got := v.Answer(w.people[1]).Language; got != "sv" {
			t.Errorf("of another it was explained in %q", got)
		}
		if n := w.count(`SELECT count(*) FROM audit_entry WHERE action = $1`, string(consent.ActionRecord)); n != 6 {
			t.Errorf("%d entries in the log of 6 answers", n)
		}
		w.all() // sent twice is once
		if n := w.count(`SELECT count(*) FROM consent`); n != 6 {
			t.Errorf("%d answers are stored, want 6", n)
		}
	})
}

// TestTakenBack: a yes that is taken back holds until its day and not from it, and stays to be read.
func TestTakenBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, "econnect")
		b := w.batch()
		b.On = w.sessions[0].On
		for _, p := range w.people {
			b.Ticks = append(b.Ticks, consent.Tick{Who: p, Answer: consent.Given})
		}
		b.Ticks = append(b.Ticks, consent.Tick{Who: w.leader.Person, Answer: consent.Given})
		w.record(w.leader, b)
		b.Ticks = []consent.Tick{{Who: w.second.Person, Answer: consent.Given}}
		w.record(w.second, b)
		w.wants("a week ago", 0, w.sessions[0].On, consent.May)
		who := w.people[1]
		w.record(w.second, w.batch(consent.Tick{Who: who, Answer: consent.Withdrawn, Seen: w.get(w.second, "").Seen(who)}))
		w.wants("what was filmed a week ago, then", 0, w.sessions[0].On, consent.May)
		w.wants("what was filmed a week ago, today", 0, w.today, consent.MayNot)
		w.wants("today", 1, w.today, consent.MayNot)
		if said := w.get(w.leader, "").Said[who]; len(said) != 2 || said[0].Answer != consent.Given {
			t.Errorf("of what was said is left %+v", said)
		}
		if n := w.count(`SELECT count(*) FROM consent WHERE supersedes IS NOT NULL`); n != 1 {
			t.Errorf("%d answers supersede another", n)
		}
		if r := w.record(w.leader, w.batch(consent.Tick{Who: w.people[2], Answer: consent.Withdrawn, Seen: "another"})); !r.Has(consent.Clash) {
			t.Errorf("over something else than what was seen: %+v", r)
		}
	})
}

// TestOneSession: an answer for one session changes nothing for the others.
func TestOneSession(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, "econnect")
		w.all()
		b := w.batch(consent.Tick{Who: w.people[0], Answer: consent.Refused, Seen: w.get(w.leader, "").Seen(w.people[0])})
		b.Session = w.sessions[1].ID
		w.record(w.leader, b)
		w.wants("tonight", 1, w.today, consent.MayNot)
		w.wants("next week", 2, w.today, consent.May)
		if v := w.get(w.leader, ""); v.Answer(w.people[0]).Answer != consent.Given {
			t.Error("the answer for the round has changed")
		}
		b.Session = w.round // of no session
		if _, err := w.try(w.leader, b); !errs.Is(err, errs.NotFound) {
			t.Errorf("a session that is none: %v", err)
		}
	})
}

// TestWhoIsAsked: who has left is not asked, nor who was not there; who came though nobody expected them is.
func TestWhoIsAsked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, "parents")
		if n := len(w.standing(1, w.today).Asked); n != 6 {
			t.Fatalf("%d are asked, want 6", n)
		}
		if _, err := w.Meetings.Record(ctx(), w.leader, w.round, w.sessions[1].ID, meeting.Batch{Ticks: []meeting.Tick{
			{Participant: w.people[0], Mark: meeting.Told, Request: "aaaaaaaaaaaaaaaa.1"}}}, ""); err != nil {
			t.Fatal(err)
		}
		if n := len(w.standing(1, w.today).Asked); n != 5 {
			t.Errorf("%d are asked when one did not come, want 5", n)
		}
		w.record(w.leader, w.batch(consent.Tick{Who: w.people[1], Answer: consent.Given}))
		if err := w.Groups.Leave(ctx(), w.leader, w.round, w.people[1], group.NoTime, w.today.AddDays(-1), ""); err != nil {
			t.Fatal(err)
		}
		if n := len(w.standing(1, w.today).Asked); n != 4 {
			t.Errorf("%d are asked when one has left too, want 4", n)
		}
		if n := len(w.standing(0, w.today).Asked); n != 6 {
			t.Errorf("%d are asked about the session before, want 6", n)
		}
		seen := w.get(w.leader, "").Seen(w.people[1])
		if r := w.record(w.leader, w.batch(consent.Tick{Who: w.people[1], Answer: consent.Refused, Seen: seen})); !r.Has(consent.Gone) {
			t.Errorf("an answer of somebody who has left: %+v", r)
		}
		if r := w.record(w.leader, w.batch(consent.Tick{Who: w.people[1], Answer: consent.Withdrawn, Seen: seen})); !r.Has(consent.Kept) {
			t.Errorf("a yes taken back by somebody who has left: %+v", r)
		}
		v := w.get(w.leader, "")
		if v.IsAsked(w.people[1]) || !v.IsAsked(w.people[0]) {
			t.Error("who takes part is asked, and nobody else")
		}
	})
}

// TestTwoLeadersAtOnce: of answers that differ one is stored and the other leader is asked.
func TestTwoLeadersAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, "parents")
		var all sync.WaitGroup
		var mu sync.Mutex
		outcomes := map[consent.Outcome]int{}
		for i := range 8 {
			who, tick := w.leader, consent.Tick{Who: w.people[0], Answer: consent.Given}
			if i%2 == 1 {
				who, tick.Answer = w.second, consent.Refused
			}
			all.Go(func() {
				r, err := w.try(who, w.batch(tick))
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				outcomes[r[0].Outcome]++
			})
		}
		all.Wait()
		if outcomes[consent.Kept] != 1 || outcomes[consent.Same] != 3 || outcomes[consent.Clash] != 4 {
			t.Errorf("outcomes: %v", outcomes)
		}
		if n := w.count(`SELECT count(*) FROM consent`); n != 1 {
			t.Errorf("%d answers are stored", n)
		}
		// Another way of answering than what was seen is no repetition.
		b := w.batch(consent.Tick{Who: w.people[0], Answer: w.get(w.leader, "").Answer(w.people[0]).Answer, Seen: w.get(w.leader, "").Seen(w.people[0])})
		b.How = consent.Spoken
		if r := w.record(w.leader, b); !r.Has(consent.Kept) {
			t.Errorf("a correction: %+v", r)
		}
	})
}

// TestWhoMay: leaders of the round see and take down whose answers they are, others of it how many, and nobody answers for a leader.
func TestWhoMay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, "parents")
		w.all()
		for _, who := range []access.Subject{w.technician, w.contact} {
			v := w.get(who, "")
			if v.MayRecord || v.Said != nil || len(v.Standing.Asked) != 6 || v.Standing.Verdict() != consent.May {
				t.Errorf("%s sees %+v", who.Role, v)
			}
			for _, a := range v.Standing.Asked {
				if a.Who != "" || a.Answer.ID != "" || a.Answer.By != "" {
					t.Errorf("%s sees whose: %+v", who.Role, a)
				}
			}
		}
		if _, err := w.Consents.Get(ctx(), w.stranger, w.round, ""); !errs.Is(err, errs.NotFound) {
			t.Errorf("a leader of another round: %v", err)
		}
		tick := consent.Tick{Who: w.people[0], Answer: consent.Refused, Seen: w.get(w.leader, "").Seen(w.people[0])}
		for _, who := range []access.Subject{w.technician, w.contact, w.stranger} {
			if _, err := w.try(who, w.batch(tick)); !errs.Is(err, errs.NotFound) {
				t.Errorf("%s takes down an answer: %v", who.Role, err)
			}
		}
		for _, who := range []string{w.second.Person, w.stranger.Person, w.technician.Person, w.round, ""} {
			if _, err := w.try(w.leader, w.batch(consent.Tick{Who: who, Answer: consent.Refused})); !errs.Is(err, errs.Invalid) {
				t.Errorf("an answer for somebody else: %v", err)
			}
		}
		if n := w.count(`SELECT count(*) FROM consent`); n != 6 {
			t.Errorf("%d answers are stored", n)
		}
	})
}

// TestWhatCannotBe: answers of no kind, of no way and of no day.
func TestWhatCannotBe(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, "parents")
		for what, change := range map[string]func(*consent.Batch){
			"no answer":       func(b *consent.Batch) { b.Ticks[0].Answer = "perhaps" },
			"no way":          func(b *consent.Batch) { b.How = "shouted" },
			"no language":     func(b *consent.Batch) { b.Language = "klingon" },
			"tomorrow":        func(b *consent.Batch) { b.On = w.today.AddDays(1) },
			"no day":          func(b *consent.Batch) { b.On = clock.Date{} },
			"long ago":        func(b *consent.Batch) { b.On = w.today.AddDays(-400) },
			"nothing to lift": func(b *consent.Batch) { b.Ticks[0].Answer = consent.Withdrawn },
		} {
			b := w.batch(consent.Tick{Who: w.people[0], Answer: consent.Given})
			change(&b)
			if _, err := w.try(w.leader, b); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if _, err := w.Consents.Record(ctx(), w.leader, w.round, "fame", w.batch(consent.Tick{Who: w.people[0], Answer: consent.Given}), ""); !errs.Is(err, errs.Invalid) {
			t.Errorf("a purpose that is none: %v", err)
		}
	})
}

// TestARoundThatIsOver: a yes can be taken back, and nothing else be answered.
func TestARoundThatIsOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, "parents")
		w.record(w.leader, w.batch(consent.Tick{Who: w.people[0], Answer: consent.Given}))
		w.write(func(ctx context.Context, tx *db.Tx) error {
			if err := w.Rounds.AddEndBecauseTx(ctx, tx, w.round, round.BrokenOff, "too-few", w.today, w.leader.Person); err != nil {
				return err
			}
			return round.ProjectTx(ctx, tx, w.round)
		})
		if _, err := w.try(w.leader, w.batch(consent.Tick{Who: w.people[1], Answer: consent.Given})); !errs.Is(err, errs.Conflict) {
			t.Errorf("a yes in a round that is over: %v", err)
		}
		r := w.record(w.leader, w.batch(consent.Tick{Who: w.people[0], Answer: consent.Withdrawn, Seen: w.get(w.leader, "").Seen(w.people[0])}))
		if !r.Has(consent.Kept) {
			t.Errorf("a yes taken back in a round that is over: %+v", r)
		}
	})
}

// TestCountsOnly: where nobody is named those who take part in a session answer together.
func TestCountsOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, "parents", func(p *round.Plan) { p.Attendance = round.CountsOnly })
		w.record(w.leader, w.batch(consent.Tick{Who: w.leader.Person, Answer: consent.Given}, consent.Tick{Who: w.sessions[1].ID, Answer: consent.Given}))
		w.record(w.second, w.batch(consent.Tick{Who: w.second.Person, Answer: consent.Given}))
		w.wants("tonight", 1, w.today, consent.May)
		w.wants("next week", 2, w.today, consent.Waits)
		w.record(w.leader, w.batch(consent.Tick{Who: w.sessions[2].ID, Answer: consent.Refused}))
		w.wants("next week, when not all say yes", 2, w.today, consent.Beside)
		if n := w.count(`SELECT count(*) FROM consent WHERE participant_id IS NULL AND person_id IS NULL AND session_id IS NOT NULL`); n != 2 {
			t.Errorf("%d answers of a group", n)
		}
	})
}

// TestTrainingsAskForNone: people of the directory who learn are not filmed.
func TestTrainingsAskForNone(t *testing.T) {
	var d programme.Definition
	if consent.RuleOf(&d, round.Row{Variant: "x"}).Asks() {
		t.Error("a definition that says nothing asks for consent")
	}
	d.Variants = []programme.Variant{{ID: "course", Kind: programme.Course}, {ID: "group", Kind: programme.Group}, {ID: "children", Kind: programme.Group,
		Filming: &programme.Filming{Consent: []string{"child"}, Camera: "participants"}}}
	d.Filming = &programme.Filming{Consent: []string{"participant"}, Camera: "leaders", Kinds: []programme.SessionKind{"principle"}}
	if consent.RuleOf(&d, round.Row{Variant: "course"}).Asks() {
		t.Error("a course asks for consent")
	}
	if r := consent.RuleOf(&d, round.Row{Variant: "group"}); !r.Participants || r.Leaders || r.SeesParticipants() || r.Of(round.Session{Kind: "information"}) || !r.Of(round.Session{Kind: "principle"}) {
		t.Errorf("a group: %+v", r)
	}
	if r := consent.RuleOf(&d, round.Row{Variant: "children"}); !r.Participants || !r.Children || !r.SeesParticipants() {
		t.Errorf("where the children are asked: %+v", r)
	}
}

// TestTwoWhoAreOne: what a double answered as a leader is the answer of the one who stays.
func TestTwoWhoAreOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, "parents")
		w.all()
		w.record(w.second, w.batch(consent.Tick{Who: w.second.Person, Answer: consent.Withdrawn, Seen: w.get(w.second, "").Seen(w.second.Person)}))
		w.write(func(ctx context.Context, tx *db.Tx) error {
			if err := w.Rounds.MergePersonTx(ctx, tx, w.second.Person, w.leader.Person); err != nil {
				return err
			}
			return w.Consents.MergePersonTx(ctx, tx, w.second.Person, w.leader.Person)
		})
		if got := w.get(w.leader, "").Answer(w.leader.Person).Answer; got != consent.Withdrawn {
			t.Errorf("the one who stays has answered %q", got)
		}
	})
}
