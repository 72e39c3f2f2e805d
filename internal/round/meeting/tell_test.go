package meeting_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/errs"
	"hemvist/internal/mail"
	"hemvist/internal/round"
	"hemvist/internal/round/group"
	"hemvist/internal/round/meeting"
)

// post takes every message.
type post struct {
	sync.Mutex
	got []mail.Message
}

func (p *post) Carry(_ context.Context, m mail.Message) (mail.Outcome, string) {
	p.Lock()
	defer p.Unlock()
	p.got = append(p.got, m)
	return mail.Taken, "250 " + m.To
}

func (p *post) all() []mail.Message {
	p.Lock()
	defer p.Unlock()
	return slices.Clone(p.got)
}

// newToldWorld is a world whose letters are taken by a post, and whose participants are reached in every way there is.
func newToldWorld(t *testing.T, d *db.DB) (*world, *post) {
	t.Helper()
	w, p := newWorld(t, d), &post{}
	for _, way := range mail.Ways {
		if err := w.Letters.Deliver(way, "https://hemvist.example", p); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range []group.NewMember{
		{Name: "Berit Påhittsson", Email: "berit@demo.example", Language: "en"},
		{Name: "Carl Påhittsson", Email: "carl@demo.example", Phone: "0470-17 40 60", Language: "so"}, // a telephone on a wall takes no SMS
		{Name: "Dag Påhittsson", Language: "sv", Protected: true},
		{Name: "Eva Påhittsson", Phone: "0470-17 40 61", Language: "sv"},
	} {
		if _, err := w.Groups.Add(ctx(), w.leader, w.round, m, ""); err != nil {
			t.Fatal(err)
		}
	}
	return w, p
}

func (w *world) telling(session int) meeting.Telling {
	w.t.Helper()
	x, err := w.Meetings.Telling(ctx(), w.leader, w.round, w.sessions[session].ID, "sv")
	if err != nil {
		w.t.Fatal(err)
	}
	return x
}

func (w *world) move(session int, sh round.Shift) {
	w.t.Helper()
	p, err := w.Rounds.PlanOf(ctx(), w.leader, w.round)
	if err == nil {
		err = w.Rounds.MoveSession(ctx(), w.leader, w.round, w.sessions[session].ID, sh, p.Seen, "")
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// deliver runs the queue until no letter waits.
func (w *world) deliver() {
	w.t.Helper()
	running, stop := context.WithCancel(w.t.Context())
	done := make(chan struct{})
	go func() { defer close(done); w.Jobs.Run(running) }()
	for w.count(`SELECT count(*) FROM letter WHERE state IN ('queued', 'handing-over')`) > 0 {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-w.t.Context().Done():
		}
	}
	stop()
	<-done
}

// TestTellingOfAMove: each is reached in their own way and language, once, and who must not be written to is to be called.
func TestTellingOfAMove(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, p := newToldWorld(t, d)
		if x := w.telling(2); len(x.Changes) != 0 || len(x.Words) != 0 {
			t.Errorf("before anything is changed: %+v", x.Changes)
		}
		w.move(2, round.Shift{On: w.sessions[2].On.AddDays(1), Starts: 1050})
		x := w.telling(2)
		if len(x.Changes) != 1 || x.Reached(mail.BySMS) != 4 || x.Reached(mail.ByEmail) != 2 || x.Reached("") != 2 || len(x.Words) != 2 {
			t.Fatalf("%d changes, %d by SMS, %d by e-mail, %d to call, words in %d languages", len(x.Changes), x.Reached(mail.BySMS), x.Reached(mail.ByEmail), x.Reached(""), len(x.Words))
		}
		for _, words := range []string{x.Said[0], x.Words[0].Body, x.Words[0].SMS} {
			if !strings.Contains(words, "Vi flyttar träffen onsdag 25 november till torsdag 26 november kl. 17.30–19.30, Biblioteket.") {
				t.Errorf("the words are %q", words)
			}
		}
		if need, err := w.Meetings.Untold(ctx(), w.second); err != nil || len(need) != 1 || need[0].ID != w.round {
			t.Errorf("the other leader's needs: %+v, %v", need, err)
		}
		if err := w.Meetings.Tell(ctx(), w.leader, w.round, meeting.ByLetters, "something else", ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("what was not seen is told: %v", err)
		}
		// Twice at once, and once more: one telling.
		var both sync.WaitGroup
		answers := make([]error, 2)
		for i := range answers {
			both.Go(func() { answers[i] = w.Meetings.Tell(ctx(), w.leader, w.round, meeting.ByLetters, x.Seen, "") })
		}
		both.Wait()
		for _, err := range append(answers, w.Meetings.Tell(ctx(), w.leader, w.round, meeting.ByLetters, x.Seen, "")) {
			if err != nil {
				t.Error(err)
			}
		}
		w.deliver()
		w.deliver()
		got := map[string]mail.Message{}
		for _, m := range p.all() {
			got[m.To] = m
			if strings.Contains(strings.ToLower(m.Text+m.Subject), "connect") || strings.Contains(m.Text, "Tisdagsgruppen") || strings.Contains(m.Text+m.Name, "Påhittsson") {
				t.Errorf("a letter tells too much: %+v", m)
			}
		}
		if len(p.all()) != 6 || len(got) != 3 || !strings.Contains(got["berit@demo.example"].Text, "We are moving the session on Wednesday 25 November") ||
			!strings.Contains(got["carl@demo.example"].Text, "Vi flyttar träffen") || got["+46701740605"].Text == "" {
			t.Errorf("%d letters arrive, at %d addresses: %+v", len(p.all()), len(got), got)
		}
		if n := w.count(`SELECT count(*) FROM letter WHERE address <> '' OR name <> '' OR person_id IS NOT NULL`); n != 0 {
			t.Errorf("%d letters hold who they went to", n)
		}
		if n := w.count(`SELECT count(*) FROM letter_event WHERE answer <> ''`); n != 0 {
			t.Errorf("%d answers are kept", n)
		}
		x = w.telling(2)
		if len(x.Changes) != 0 || len(x.Told) != 1 || x.Told[0].Letters != 6 || x.Told[0].By != "Åsa Provlund" || x.Session.Told.Letters != 6 {
			t.Errorf("afterwards: %+v", x.Told)
		}
		for _, r := range x.Receivers {
			if (r.State == mail.Sent) != (r.Way != "") {
				t.Errorf("%s, by %q: %q", r.Name, r.Way, r.State)
			}
		}
		if need, err := w.Meetings.Untold(ctx(), w.leader); err != nil || len(need) != 0 {
			t.Errorf("needs: %+v, %v", need, err)
		}
		if err := w.DB.Read(ctx(), func(ctx context.Context, tx *db.Tx) error {
			entries, err := w.Log.List(ctx, tx, audit.Filter{Organisation: w.org, Actor: w.leader.Person, Action: meeting.ActionTell, Limit: 10})
			if len(entries) != 1 || len(entries[0].Found) != 6 {
				t.Errorf("the log: %+v", entries)
			}
			return err
		}); err != nil {
			t.Error(err)
		}
		// Back to the first day is another change; and back again a third, although its words are those of the first.
		for i := range 2 {
			w.move(2, round.Shift{On: w.sessions[2].On.AddDays(i), Starts: 1050})
			if err := w.Meetings.Tell(ctx(), w.second, w.round, meeting.ByLetters, w.telling(2).Seen, ""); err != nil {
				t.Error(err)
			}
		}
		if n := w.count(`SELECT count(*) FROM letter`); n != 18 {
			t.Errorf("%d letters, want 18", n)
		}
	})
}

// TestWhatIsToBeTold: what was changed and changed back, or before anybody was there, is nothing; the rest is said in few words.
func TestWhatIsToBeTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, _ := newToldWorld(t, d)
		said := func() []string { return w.telling(2).Said }
		w.move(2, round.Shift{On: w.sessions[2].On, Starts: 1080, Place: "Skolan"})
		if got := said(); len(got) != 1 || got[0] != "Träffen onsdag 25 november blir kl. 18.00–20.00, Skolan." {
			t.Errorf("another time and place: %q", got)
		}
		w.move(2, round.Shift{On: w.sessions[2].On, Starts: 1050})
		if got := said(); len(got) != 0 {
			t.Errorf("moved back before anybody knew: %q", got)
		}
		cancel := func(back bool) {
			t.Helper()
			p, err := w.Rounds.PlanOf(ctx(), w.leader, w.round)
			if err == nil {
				err = w.Rounds.CancelSession(ctx(), w.leader, w.round, w.sessions[2].ID, back, p.Seen, "")
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		cancel(false)
		if got := said(); len(got) != 1 || got[0] != "Vi ställer in träffen onsdag 25 november." {
			t.Errorf("cancelled: %q", got)
		}
		if err := w.Meetings.Tell(ctx(), w.leader, w.round, meeting.Themselves, w.telling(2).Seen, ""); err != nil {
			t.Fatal(err)
		}
		if n := w.count(`SELECT count(*) FROM letter`); n != 0 || len(said()) != 0 {
			t.Errorf("told by themselves: %d letters, and %q is left", n, said())
		}
		cancel(true)
		if got := said(); len(got) != 1 || got[0] != "Träffen onsdag 25 november blir av, kl. 17.30–19.30, Biblioteket." {
			t.Errorf("held after all: %q", got)
		}
		if err := w.Meetings.StepIn(ctx(), w.leader, w.round, w.sessions[2].ID, w.second.Person, w.stranger.Person, ""); err != nil {
			t.Fatal(err)
		}
		if got := said(); len(got) != 2 || got[1] != "Elin Sagosten leder träffen onsdag 25 november i stället för Örjan Mallqvist." {
			t.Errorf("somebody steps in: %q", got)
		}
		for _, who := range []access.Subject{w.contact, w.coordinator, w.stranger} {
			if err := w.Meetings.Tell(ctx(), who, w.round, meeting.ByLetters, w.telling(2).Seen, ""); !errs.Is(err, errs.NotFound) {
				t.Errorf("told by the %s: %v", who.Role, err)
			}
		}
	})
}

// TestABrokenOffRound: those who take part are told once that it goes no further, also though it has ended; and that it goes on after all.
func TestABrokenOffRound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, p := newToldWorld(t, d)
		said := func(want ...string) string {
			t.Helper()
			x := w.telling(2)
			if !slices.Equal(x.Said, want) {
				t.Errorf("it is said %q, want %q", x.Said, want)
			}
			return x.Seen
		}
		end := func(how round.State, reason round.EndReason) {
			t.Helper()
			w.Time.Move(time.Minute)
			if err := w.Rounds.End(ctx(), w.leader, w.round, how, reason, ""); err != nil {
				t.Fatal(err)
			}
		}
		w.move(2, round.Shift{On: w.sessions[2].On.AddDays(1), Starts: 1050}) // nobody needs to know of a new day that never comes
		end(round.BrokenOff, round.TooFew)
		seen := said("Gruppen blir tyvärr inte av. Vi ses alltså inte onsdag 18 november, och inte heller senare.")
		if need, err := w.Meetings.Untold(ctx(), w.second); err != nil || len(need) != 1 || need[0].EndedHow != round.BrokenOff {
			t.Errorf("the other leader's needs: %+v, %v", need, err)
		}
		for range 2 {
			if err := w.Meetings.Tell(ctx(), w.leader, w.round, meeting.ByLetters, seen, ""); err != nil {
				t.Fatal(err)
			}
		}
		said()
		w.deliver()
		if got := p.all(); len(got) != 6 || !strings.Contains(got[0].Text+got[1].Text, "blir tyvärr inte av") {
			t.Errorf("%d letters arrive: %+v", len(got), got)
		}
		if need, err := w.Meetings.Untold(ctx(), w.leader); err != nil || len(need) != 0 {
			t.Errorf("needs afterwards: %+v, %v", need, err)
		}
		for _, who := range []access.Subject{w.contact, w.coordinator, w.stranger} {
			if err := w.Meetings.Tell(ctx(), who, w.round, meeting.ByLetters, seen, ""); !errs.Is(err, errs.NotFound) {
				t.Errorf("told by the %s: %v", who.Role, err)
			}
		}
		w.Time.Move(time.Minute)
		if err := w.Rounds.Reopen(ctx(), w.leader, w.round, round.GoesOn, ""); err != nil {
			t.Fatal(err)
		}
		said("Träffen onsdag 18 november blir av, kl. 17.30–19.30, Biblioteket.", "Träffen torsdag 26 november blir av, kl. 17.30–19.30, Biblioteket.")
		w.move(2, round.Shift{On: w.sessions[2].On, Starts: 1050})
		said("Träffarna från och med onsdag 18 november blir av, kl. 17.30–19.30, Biblioteket.")
		if err := w.Rounds.Record(ctx(), w.leader, w.round, w.sessions[1].ID, round.Held, ""); err != nil {
			t.Fatal(err)
		}
		end(round.BrokenOff, round.NoLeader)
		said() // all that is ahead they believe to be off
		w.Time.Move(time.Minute)
		if err := w.Rounds.Reopen(ctx(), w.leader, w.round, round.ByMistake, ""); err != nil {
			t.Fatal(err)
		}
		if err := w.Meetings.Tell(ctx(), w.leader, w.round, meeting.Themselves, w.telling(2).Seen, ""); err != nil {
			t.Fatal(err)
		}
		end(round.BrokenOff, round.NoLeader)
		said("Gruppen fortsätter tyvärr inte. Träffen onsdag 25 november blir inte av.")
	})
}

// TestAClosedRound: of one that is closed there is nothing to tell.
func TestAClosedRound(t *testing.T) {
	w, _ := newToldWorld(t, dbtest.New(t))
	for i, x := range w.sessions {
		if err := w.Rounds.Record(ctx(), w.leader, w.round, x.ID, []round.SessionFact{round.Held, round.Held, round.Cancelled}[i], ""); err != nil {
			t.Fatal(err)
		}
	}
	seen := w.telling(2).Seen
	if err := w.Rounds.End(ctx(), w.leader, w.round, round.Closed, "", ""); err != nil {
		t.Fatal(err)
	}
	if x := w.telling(2); len(x.Changes) != 0 {
		t.Errorf("of a closed round: %+v", x.Changes)
	}
	if err := w.Meetings.Tell(ctx(), w.leader, w.round, meeting.Themselves, seen, ""); !errs.Is(err, errs.Conflict) {
		t.Errorf("told of a closed round: %v", err)
	}
}

// meets changes where the round meets.
func (w *world) meets(place, link string) {
	w.t.Helper()
	p, err := w.Rounds.PlanOf(ctx(), w.leader, w.round)
	if err == nil {
		err = w.Rounds.ChangeWords(ctx(), w.leader, w.round, round.PlanWords{Name: p.Name, Place: place, Link: link, Language: p.Language}, p.SeenWords, "")
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// TestAnotherPlaceAlone: where the round meets, by what link and at what time is told as a moved session is, in one sentence for all.
func TestAnotherPlaceAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, _ := newToldWorld(t, d)
		said := func(want ...string) {
			t.Helper()
			if got := w.telling(2).Said; !slices.Equal(got, want) {
				t.Errorf("it is said %q, want %q", got, want)
			}
		}
		tell := func() {
			t.Helper()
			if err := w.Meetings.Tell(ctx(), w.leader, w.round, meeting.ByLetters, w.telling(2).Seen, ""); err != nil {
				t.Fatal(err)
			}
			said()
		}
		w.meets("Skolan", "")
		said("Ny plats för träffarna från och med onsdag 18 november: Skolan. Tiden är som förut.")
		if need, err := w.Meetings.Untold(ctx(), w.second); err != nil || len(need) != 1 || len(need[0].Changes) != 2 {
			t.Errorf("the other leader's needs: %+v, %v", need, err)
		}
		w.meets("Biblioteket", "")
		said() // as it was, before anybody knew
		w.meets("Skolan", "")
		tell()
		if n := w.count(`SELECT count(*) FROM letter`); n != 6 {
			t.Errorf("%d letters, want 6", n)
		}
		w.meets("Biblioteket", "")
		said("Ny plats för träffarna från och med onsdag 18 november: Biblioteket. Tiden är som förut.")
		tell()
		w.meets("Biblioteket", "https://video.demo.example/a")
		said("Länk till träffarna från och med onsdag 18 november: https://video.demo.example/a")
		tell()
		// One session alone has a place of its own: where the round meets says nothing of it.
		w.move(2, round.Shift{On: w.sessions[2].On, Starts: 1050, Place: "Parken"})
		said("Ny plats för träffen onsdag 25 november: Parken. Tiden är som förut.")
		tell()
		w.meets("Skolan", "https://video.demo.example/a")
		said("Ny plats för träffen onsdag 18 november: Skolan. Tiden är som förut.")
		tell()
		w.move(1, round.Shift{On: w.sessions[1].On, Starts: 1080, Follow: true})
		said("Träffen onsdag 18 november blir kl. 18.00–20.00, Skolan.", "Träffen onsdag 25 november blir kl. 18.00–20.00, Parken.")
		w.move(2, round.Shift{On: w.sessions[2].On, Starts: 1080})
		said("Träffarna från och med onsdag 18 november blir kl. 18.00–20.00, Skolan.")
		if en, err := w.Meetings.Telling(ctx(), w.leader, w.round, w.sessions[2].ID, "en"); err != nil || en.Said[0] != "The sessions from Wednesday 18 November on will be at 18:00–20:00, Skolan." {
			t.Errorf("in English it is said %q, %v", en.Said, err)
		}
		tell()
	})
}

// TestWhatTheyWereGiven: what was so when the first of them came is nothing to tell, whatever is changed afterwards.
func TestWhatTheyWereGiven(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, _ := newToldWorld(t, d)
		said := func(want ...string) {
			t.Helper()
			if got := w.telling(2).Said; !slices.Equal(got, want) {
				t.Errorf("it is said %q, want %q", got, want)
			}
		}
		cancel := func(back bool) {
			t.Helper()
			p, err := w.Rounds.PlanOf(ctx(), w.leader, w.round)
			if err == nil {
				err = w.Rounds.CancelSession(ctx(), w.leader, w.round, w.sessions[1].ID, back, p.Seen, "")
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		cancel(false)
		w.move(2, round.Shift{On: w.sessions[2].On.AddDays(1), Starts: 1050})
		w.meets("Skolan", "")
		w.Time.Move(time.Hour)
		w.write(func(ctx context.Context, tx *db.Tx) error { // all of them come now
			_, err := tx.Exec(ctx, `UPDATE participant SET created_at = $1`, db.At(w.Clock.Now()))
			return err
		})
		said()
		w.Time.Move(time.Hour)
		w.meets("Parken", "")
		said("Ny plats för träffen torsdag 26 november: Parken. Tiden är som förut.")
		w.meets("Skolan", "")
		said()
		cancel(true)
		said("Träffen onsdag 18 november blir av, kl. 17.30–19.30, Skolan.")
	})
}

// TestNobodyToTell: a round that nobody was in when it was changed has nothing to tell, and one that keeps numbers has nobody to write to.
func TestNobodyToTell(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, func(p *round.Plan) { p.Attendance = round.CountsOnly })
		w.move(2, round.Shift{On: w.sessions[2].On.AddDays(1), Starts: 1050})
		if x := w.telling(2); len(x.Changes) != 0 {
			t.Errorf("nobody takes part: %+v", x.Changes)
		}
		if err := w.Groups.SetCount(ctx(), w.leader, w.round, 7, ""); err != nil {
			t.Fatal(err)
		}
		x := w.telling(2)
		if len(x.Changes) != 1 || len(x.Receivers) != 0 || len(x.Words) != 0 {
			t.Errorf("numbers alone: %d changes, %d receivers", len(x.Changes), len(x.Receivers))
		}
		if err := w.Meetings.Tell(ctx(), w.leader, w.round, meeting.Themselves, x.Seen, ""); err != nil {
			t.Error(err)
		}
		if u, err := w.Meetings.UntoldIn(ctx(), w.leader, w.round); err != nil || len(u.Changes) != 0 {
			t.Errorf("afterwards: %+v, %v", u.Changes, err)
		}
	})
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, _ := newToldWorld(t, d)
		w.move(2, round.Shift{On: w.sessions[2].On.AddDays(1), Starts: 1050})
		w.write(func(ctx context.Context, tx *db.Tx) error { // all of them came afterwards
			_, err := tx.Exec(ctx, `UPDATE participant SET created_at = $1`, db.At(w.Clock.Now().Add(time.Hour)))
			return err
		})
		if x := w.telling(2); len(x.Changes) != 0 {
			t.Errorf("they came after it was changed: %+v", x.Changes)
		}
	})
}

// TestWhoIsWrittenToNoMore: who has left, or has got protected identity, while the letter waited.
func TestWhoIsWrittenToNoMore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, p := newToldWorld(t, d)
		w.move(2, round.Shift{On: w.sessions[2].On.AddDays(1), Starts: 1050})
		if err := w.Meetings.Tell(ctx(), w.leader, w.round, meeting.ByLetters, w.telling(2).Seen, ""); err != nil {
			t.Fatal(err)
		}
		w.write(func(ctx context.Context, tx *db.Tx) error {
			for i, change := range []string{`left_on = '2026-11-18'`, `protected = 1`} {
				if _, err := tx.Exec(ctx, fmt.Sprintf(`UPDATE participant SET %s WHERE id = $1`, change), w.people[i]); err != nil {
					return err
				}
			}
			return nil
		})
		w.deliver()
		if got := len(p.all()); got != 4 {
			t.Errorf("%d letters arrive, want 4", got)
		}
		failed := 0
		for _, r := range w.telling(2).Receivers {
			if r.State == mail.Failed {
				failed++
			}
		}
		if failed != 1 { // the other one is no receiver any more
			t.Errorf("of %d the letter failed", failed)
		}
	})
}
