package meeting_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/errs"
	"hemvist/internal/round"
	"hemvist/internal/round/meeting"
)

// TestEachTickIsStoredOnce: what is sent again is answered as it was the first time.
func TestEachTickIsStoredOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		phone := newPage("a")
		first := phone.tick(w.people[0], meeting.Present, "")
		before := w.send(w.leader, first).Taken[0]
		for range 3 {
			if again := w.send(w.leader, first).Taken[0]; again.Outcome != meeting.Kept || again.Now.ID != before.Now.ID {
				t.Errorf("sent again it was answered %v, before %v", again, before)
			}
		}
		// Somebody changes it; the first is sent once more, for its answer was lost.
		w.send(w.second, newPage("b").tick(w.people[0], meeting.Late, before.Now.ID))
		again := w.send(w.leader, first).Taken[0]
		if again.Outcome != meeting.Kept || again.Now.Mark != meeting.Late || again.Now.ByName != "Örjan Mallqvist" {
			t.Errorf("the answer does not tell what is marked now: %+v", again)
		}
		if n := w.count(`SELECT count(*) FROM attendance`); n != 2 {
			t.Errorf("%d marks are stored, want 2", n)
		}
	})
}

// TestDuplicatesAtOnce: the same batch, sent by many requests at the same time, is stored once.
func TestDuplicatesAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		phone := newPage("a")
		var ticks []meeting.Tick
		for _, who := range w.people {
			ticks = append(ticks, phone.tick(who, meeting.Present, ""))
		}
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				r, err := w.Meetings.Record(ctx(), w.leader, w.round, w.sessions[1].ID, meeting.Batch{Ticks: ticks}, "")
				if err != nil || r.Clashes() {
					t.Errorf("%v, %+v", err, r)
				}
			})
		}
		all.Wait()
		if n := w.count(`SELECT count(*) FROM attendance`); n != len(w.people) {
			t.Errorf("%d marks are stored for %d", n, len(w.people))
		}
	})
}

// TestTwoLeadersAtOnce: of marks that differ one is stored and every other leader is asked; nothing is overwritten unseen.
func TestTwoLeadersAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var all sync.WaitGroup
		var mu sync.Mutex
		outcomes := map[meeting.Outcome]int{}
		for i := range 8 {
			who, tick := w.leader, newPage(string(rune('a'+i))).tick(w.people[0], meeting.Present, "")
			if i%2 == 1 {
				who, tick.Mark = w.second, meeting.Absent
			}
			all.Go(func() {
				r, err := w.Meetings.Record(ctx(), who, w.round, w.sessions[1].ID, meeting.Batch{Ticks: []meeting.Tick{tick}}, "")
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				outcomes[r.Taken[0].Outcome]++
			})
		}
		all.Wait()
		if outcomes[meeting.Kept] != 1 || outcomes[meeting.Same] != 3 || outcomes[meeting.Clash] != 4 {
			t.Errorf("the outcomes are %v", outcomes)
		}
		if n := w.count(`SELECT count(*) FROM attendance`); n != 1 {
			t.Errorf("%d marks are stored", n)
		}
	})
}

func TestAClashIsAsked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a, b := newPage("a"), newPage("b")
		w.send(w.leader, a.tick(w.people[0], meeting.Present, ""), a.tick(w.people[1], meeting.Present, ""))
		r := w.send(w.second, b.tick(w.people[0], meeting.Told, ""), b.tick(w.people[1], meeting.Present, ""), b.tick(w.people[2], meeting.Late, ""))
		clash := r.Taken[0]
		if !r.Clashes() || clash.Outcome != meeting.Clash || clash.Mine != meeting.Told || clash.Now.Mark != meeting.Present || clash.Now.ByName != "Åsa Provlund" {
			t.Errorf("what was marked meanwhile is not told: %+v", clash)
		}
		if r.Taken[1].Outcome != meeting.Same || r.Taken[2].Outcome != meeting.Kept || w.mark(w.people[2]).Mark != meeting.Late {
			t.Errorf("the other marks were not taken: %+v", r.Taken)
		}
		if w.mark(w.people[0]).Mark != meeting.Present {
			t.Error("the mark was overwritten")
		}
		// Having seen it, the second leader decides.
		if r := w.send(w.second, b.tick(w.people[0], meeting.Told, clash.Now.ID)); r.Clashes() || w.mark(w.people[0]).Mark != meeting.Told {
			t.Errorf("what was decided was not stored: %+v", r)
		}
	})
}

// TestOneDeviceChangesItsMind: a page whose answers were lost, or come in another order than they were sent, clashes with nobody.
func TestOneDeviceChangesItsMind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		phone := newPage("a")
		first, second, third := phone.tick(w.people[0], meeting.Present, ""), phone.tick(w.people[0], meeting.Late, ""), phone.tick(w.people[0], meeting.Absent, "")
		for _, step := range []struct {
			tick meeting.Tick
			want meeting.Outcome
			now  meeting.Mark
		}{{second, meeting.Kept, meeting.Late}, {first, meeting.Overtaken, meeting.Late}, {third, meeting.Kept, meeting.Absent}, {second, meeting.Kept, meeting.Absent}} {
			got := w.send(w.leader, step.tick).Taken[0]
			if got.Outcome != step.want || w.mark(w.people[0]).Mark != step.now {
				t.Errorf("%s: %s, and %s is marked; want %s and %s", step.tick.Request, got.Outcome, w.mark(w.people[0]).Mark, step.want, step.now)
			}
		}
	})
}

// TestABatchIsAllOrNothing: one mark that cannot be taken leaves the whole batch unstored.
func TestABatchIsAllOrNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		phone := newPage("a")
		good := phone.tick(w.people[0], meeting.Present, "")
		cancelled := w.sessions[0].ID
		if err := w.Rounds.Record(ctx(), w.leader, w.round, cancelled, round.Cancelled, ""); err != nil {
			t.Fatal(err)
		}
		many := make([]meeting.Tick, meeting.MaxTicks+1)
		for i := range many {
			many[i] = phone.tick(w.people[0], meeting.Present, "")
		}
		for name, c := range map[string]struct {
			session string
			batch   meeting.Batch
			want    errs.Kind
		}{
			"somebody unknown":     {w.sessions[1].ID, meeting.Batch{Ticks: []meeting.Tick{good, phone.tick(db.NewID(), meeting.Present, "")}, Held: true}, errs.Invalid},
			"an unknown mark":      {w.sessions[1].ID, meeting.Batch{Ticks: []meeting.Tick{good, phone.tick(w.people[1], "asleep", "")}}, errs.Invalid},
			"a request twice":      {w.sessions[1].ID, meeting.Batch{Ticks: []meeting.Tick{good, good}}, errs.Invalid},
			"a request of no page": {w.sessions[1].ID, meeting.Batch{Ticks: []meeting.Tick{good, {Participant: w.people[1], Mark: meeting.Late, Request: "x"}}}, errs.Invalid},
			"too many":             {w.sessions[1].ID, meeting.Batch{Ticks: many}, errs.TooLarge},
			"a number":             {w.sessions[1].ID, meeting.Batch{Count: &meeting.CountTick{Present: 3, Request: good.Request}}, errs.Invalid},
			"a session ahead":      {w.sessions[2].ID, meeting.Batch{Ticks: []meeting.Tick{phone.tick(w.people[1], meeting.Told, ""), good}}, errs.Invalid},
			"held ahead":           {w.sessions[2].ID, meeting.Batch{Ticks: []meeting.Tick{phone.tick(w.people[1], meeting.Told, "")}, Held: true}, errs.Invalid},
			"a cancelled session":  {cancelled, meeting.Batch{Ticks: []meeting.Tick{good}}, errs.Conflict},
			"no session":           {db.NewID(), meeting.Batch{Ticks: []meeting.Tick{good}}, errs.NotFound},
		} {
			if _, err := w.Meetings.Record(ctx(), w.leader, w.round, c.session, c.batch, ""); !errs.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
		for _, who := range []access.Subject{w.stranger, w.contact, w.coordinator} {
			if _, err := w.Meetings.Record(ctx(), who, w.round, w.sessions[1].ID, meeting.Batch{Ticks: []meeting.Tick{good}}, ""); !errs.Is(err, errs.NotFound) {
				t.Errorf("%s ticked: %v", who.Role, err)
			}
		}
		if n := w.count(`SELECT count(*) FROM attendance`); n != 0 {
			t.Errorf("%d marks are stored", n)
		}
		if n := w.count(`SELECT count(*) FROM session_fact WHERE fact = 'held'`); n != 0 {
			t.Errorf("%d sessions are said to be held", n)
		}
	})
}

// TestWhoIsAskedFor: not who has left before the day; who was written down after it stands apart, and can be marked.
func TestWhoIsAskedFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.exec(`UPDATE participant SET left_on = $2 WHERE id = $1`, w.people[0], w.today.AddDays(-1))
		w.exec(`UPDATE participant SET left_on = $2 WHERE id = $1`, w.people[1], w.today)
		w.exec(`UPDATE participant SET joined_on = $2 WHERE id = $1`, w.people[2], w.today.AddDays(1))
		s := w.sheet()
		if len(s.People) != 2 || len(s.Later) != 1 || s.Later[0].ID != w.people[2] {
			t.Fatalf("asked for: %v, later: %v", s.People, s.Later)
		}
		phone := newPage("a")
		r := w.send(w.leader, phone.tick(w.people[0], meeting.Present, ""), phone.tick(w.people[1], meeting.Present, ""), phone.tick(w.people[2], meeting.Present, ""))
		for i, want := range []meeting.Outcome{meeting.Gone, meeting.Kept, meeting.Kept} {
			if r.Taken[i].Outcome != want {
				t.Errorf("participant %d: %s, want %s", i, r.Taken[i].Outcome, want)
			}
		}
		x, err := w.Meetings.Get(ctx(), w.contact, w.round, w.sessions[1].ID)
		if err != nil || !x.Came.Known || x.Came.Attended() != 2 || x.Came.Unsaid != 1 || x.Notes != nil {
			t.Errorf("the contact sees %+v, %v", x.Came, err)
		}
	})
}

func TestSayingThatItWasHeld(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		held := func(who access.Subject, led ...string) meeting.Session {
			t.Helper()
			if _, err := w.Meetings.Record(ctx(), who, w.round, w.sessions[1].ID, meeting.Batch{Held: true, Led: led}, ""); err != nil {
				t.Fatal(err)
			}
			x, err := w.Meetings.Get(ctx(), w.leader, w.round, w.sessions[1].ID)
			if err != nil {
				t.Fatal(err)
			}
			return x
		}
		x, err := w.Meetings.Get(ctx(), w.leader, w.round, w.sessions[1].ID)
		if err != nil || x.Said || len(x.Leaders) != 2 || !x.Leaders[0].Led || !x.Leaders[1].Led {
			t.Errorf("until something is said both lead: %+v, %v", x.Leaders, err)
		}
		x = held(w.leader, w.leader.Person, w.stranger.Person) // who does not work in the round did not lead
		for _, l := range x.Leaders {
			if l.Led != (l.PersonID == w.leader.Person) {
				t.Errorf("%s led: %v", l.Name, l.Led)
			}
		}
		if !x.Said || x.Session.Fact != round.Held || x.SessionsHeld != 1 {
			t.Errorf("held: %v, %d sessions", x.Session.Fact, x.SessionsHeld)
		}
		held(w.second, w.leader.Person) // the same once more
		if n := w.count(`SELECT count(*) FROM session_leader`); n != 2 {
			t.Errorf("%d facts about who led, want 2", n)
		}
		held(w.second, w.leader.Person, w.second.Person)
		if n := w.count(`SELECT count(*) FROM session_leader`); n != 3 {
			t.Errorf("%d facts about who led, want 3", n)
		}
	})
}

func TestANumberAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, func(p *round.Plan) { p.Attendance = round.CountsOnly })
		say := func(who access.Subject, n int, request, seen string) (meeting.CountTaken, error) {
			r, err := w.Meetings.Record(ctx(), who, w.round, w.sessions[1].ID, meeting.Batch{Count: &meeting.CountTick{Present: n, Request: request, Seen: seen}}, "")
			if err != nil {
				return meeting.CountTaken{}, err
			}
			return *r.Count, nil
		}
		first, err := say(w.leader, 9, "aaaaaaaaaaaaaaaa.0", "")
		if err != nil || first.Outcome != meeting.Kept {
			t.Fatalf("%+v, %v", first, err)
		}
		if again, err := say(w.leader, 9, "aaaaaaaaaaaaaaaa.0", ""); err != nil || again.Outcome != meeting.Kept || again.Now.ID != first.Now.ID {
			t.Errorf("sent again: %+v, %v", again, err)
		}
		if theirs, err := say(w.second, 8, "bbbbbbbbbbbbbbbb.0", ""); err != nil || theirs.Outcome != meeting.Clash || theirs.Now.Present != 9 || theirs.Now.ByName != "Åsa Provlund" {
			t.Errorf("another number meanwhile: %+v, %v", theirs, err)
		}
		if theirs, err := say(w.second, 8, "bbbbbbbbbbbbbbbb.0", first.Now.ID); err != nil || theirs.Outcome != meeting.Kept {
			t.Errorf("another number, having seen the first: %+v, %v", theirs, err)
		}
		if _, err := say(w.leader, -1, "cccccccccccccccc.0", ""); !errs.Is(err, errs.Invalid) {
			t.Errorf("fewer than none: %v", err)
		}
		if s := w.sheet(); s.Count.Present != 8 || len(s.People) != 0 || s.Came.Attended() != 8 {
			t.Errorf("the sheet says %d, with %d people", s.Count.Present, len(s.People))
		}
		if n := w.count(`SELECT count(*) FROM attendance_count`); n != 2 {
			t.Errorf("%d numbers are stored, want 2", n)
		}
	})
}

// TestAnEvening: twelve and more, in pieces, by two leaders, each piece twice and in any order, ends as it was ticked.
func TestAnEvening(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		want := map[string]meeting.Mark{}
		var pieces []meeting.Tick
		for i, who := range w.people {
			p := newPage(fmt.Sprint(i))
			pieces = append(pieces, p.tick(who, meeting.Present, ""), p.tick(who, meeting.Marks[i%5], ""))
			want[who] = meeting.Marks[i%5]
		}
		var all sync.WaitGroup
		for i := range pieces {
			for range 2 {
				all.Go(func() {
					who := w.leader
					if i%4 > 1 {
						who = w.second
					}
					if r, err := w.Meetings.Record(ctx(), who, w.round, w.sessions[1].ID, meeting.Batch{Ticks: pieces[i : i+1]}, ""); err != nil || r.Clashes() {
						t.Errorf("%v, %+v", err, r)
					}
				})
			}
		}
		all.Wait()
		for who, mark := range want {
			if got := w.mark(who).Mark; got != mark {
				t.Errorf("%s is marked %s, want %s", who, got, mark)
			}
		}
	})
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	w.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
}
