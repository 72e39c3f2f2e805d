package meeting_test

import (
	"strings"
	"sync"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/errs"
	"hemvist/internal/round/meeting"
)

func (w *world) get(who access.Subject) meeting.Session {
	w.t.Helper()
	x, err := w.Meetings.Get(ctx(), who, w.round, w.sessions[1].ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return x
}

func TestNotesOfThePair(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		note := func(who access.Subject, n meeting.NewNotes) error {
			return w.Meetings.WriteNotes(ctx(), who, w.round, w.sessions[1].ID, n, "")
		}
		if n := w.get(w.leader).Notes; n == nil || n.ID != "" || n.Text != "" {
			t.Fatalf("before anything is written: %+v", n)
		}
		if err := note(w.leader, meeting.NewNotes{Text: " Rollspelet gick trögt.\r\nSedan bättre. ", Homework: "Läs kapitel två", LeftOut: "Sista övningen"}); err != nil {
			t.Fatal(err)
		}
		n := w.get(w.second).Notes
		if n.Text != "Rollspelet gick trögt.\nSedan bättre." || n.Homework != "Läs kapitel två" || n.LeftOut != "Sista övningen" || n.ByName != "Åsa Provlund" {
			t.Errorf("the other leader reads %+v", n)
		}
		if got := w.count(`SELECT count(*) FROM session_note WHERE CAST(notes AS TEXT) LIKE '%Rollspelet%'`); d.Dialect() == db.SQLite && got != 0 {
			t.Error("the notes are stored in the open")
		}
		// Over a version that is no longer the last, nothing is stored.
		if err := note(w.second, meeting.NewNotes{Text: "Min version"}); !errs.Is(err, errs.Conflict) {
			t.Errorf("written over what was not seen: %v", err)
		}
		if got := w.get(w.leader).Notes; got.ID != n.ID {
			t.Errorf("the notes are now %+v", got)
		}
		if err := note(w.second, meeting.NewNotes{Text: "Båda", Seen: n.ID}); err != nil || w.get(w.leader).Notes.Text != "Båda" {
			t.Errorf("written over what was seen: %v", err)
		}
		for _, text := range []string{"Ring 700101-1234", strings.Repeat("å", meeting.MaxNote+1), "x\x01y"} {
			if err := note(w.leader, meeting.NewNotes{Homework: text, Seen: w.get(w.leader).Notes.ID}); !errs.Is(err, errs.Invalid) {
				t.Errorf("%.20q was taken: %v", text, err)
			}
		}
		for _, who := range []access.Subject{w.stranger, w.contact, w.coordinator} {
			if err := note(who, meeting.NewNotes{Text: "Hej"}); !errs.Is(err, errs.NotFound) {
				t.Errorf("%s wrote: %v", who.Role, err)
			}
		}
		if w.get(w.contact).Notes != nil || w.get(w.coordinator).Notes != nil {
			t.Error("the notes are shown to who does not lead")
		}
		// The session's key is destroyed: nothing can be read, and the page still stands.
		if err := w.Vault.Shred(ctx(), w.board, w.sessions[1].ID, "retention"); err != nil {
			t.Fatal(err)
		}
		if n := w.get(w.leader).Notes; !n.Erased || n.Text != "" {
			t.Errorf("after erasure: %+v", n)
		}
	})
}

// TestNotesAtOnce: of many who write over the same version one is stored.
func TestNotesAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var all sync.WaitGroup
		var mu sync.Mutex
		stored := 0
		for i := range 6 {
			who := w.leader
			if i%2 == 1 {
				who = w.second
			}
			all.Go(func() {
				err := w.Meetings.WriteNotes(ctx(), who, w.round, w.sessions[1].ID, meeting.NewNotes{Text: "Text"}, "")
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					stored++
				} else if !errs.Is(err, errs.Conflict) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if stored != 1 {
			t.Errorf("%d versions were stored over the same", stored)
		}
	})
}

func TestSelfChecks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		check := func(who access.Subject, session int, form string, values map[string]int) error {
			return w.Meetings.WriteCheck(ctx(), who, w.round, w.sessions[session].ID, form, values, "")
		}
		for _, values := range []map[string]int{nil, {"content": 4}, {"content": 4, "process": 6}, {"content": 0, "process": 3}} {
			if err := check(w.leader, 1, "review", values); !errs.Is(err, errs.Invalid) {
				t.Errorf("%v was taken: %v", values, err)
			}
		}
		good := map[string]int{"content": 4, "process": 3}
		if err := check(w.leader, 2, "review", good); !errs.Is(err, errs.Invalid) {
			t.Errorf("of a session ahead: %v", err)
		}
		if err := check(w.leader, 1, "none", good); !errs.Is(err, errs.NotFound) {
			t.Errorf("by a form there is not: %v", err)
		}
		if err := check(w.contact, 1, "review", good); !errs.Is(err, errs.NotFound) {
			t.Errorf("by who does not lead: %v", err)
		}
		for _, step := range []struct {
			who    access.Subject
			values map[string]int
		}{{w.leader, good}, {w.second, map[string]int{"content": 2, "process": 2}}, {w.leader, map[string]int{"content": 5, "process": 5}}} {
			if err := check(step.who, 1, "review", step.values); err != nil {
				t.Fatal(err)
			}
		}
		checks := w.get(w.second).Notes.Checks
		if len(checks) != 2 || checks[0].Values["content"] != 5 || checks[1].Values["content"] != 2 || checks[0].Name != "Åsa Provlund" {
			t.Errorf("the checks are %+v", checks)
		}
		if n := w.count(`SELECT count(*) FROM session_check_value`); n != 6 {
			t.Errorf("%d values are kept, want 6", n)
		}
	})
}

func TestConcerns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for _, on := range []int{1, -400} {
			if err := w.Meetings.NoteConcern(ctx(), w.leader, w.round, w.today.AddDays(on), ""); !errs.Is(err, errs.Invalid) {
				t.Errorf("in %d days: %v", on, err)
			}
		}
		for _, who := range []access.Subject{w.stranger, w.contact, w.coordinator} {
			if err := w.Meetings.NoteConcern(ctx(), who, w.round, w.today, ""); !errs.Is(err, errs.NotFound) {
				t.Errorf("%s noted: %v", who.Role, err)
			}
			if _, _, err := w.Meetings.Concerns(ctx(), who, w.round); !errs.Is(err, errs.NotFound) {
				t.Errorf("%s read: %v", who.Role, err)
			}
		}
		for _, on := range []int{-3, 0} {
			if err := w.Meetings.NoteConcern(ctx(), w.leader, w.round, w.today.AddDays(on), ""); err != nil {
				t.Fatal(err)
			}
		}
		_, list, err := w.Meetings.Concerns(ctx(), w.second, w.round)
		if err != nil || len(list) != 2 || list[0].On != w.today || list[0].By != "Åsa Provlund" || list[0].Mine {
			t.Fatalf("the other leader sees %+v, %v", list, err)
		}
		if err := w.Meetings.TakeBackConcern(ctx(), w.second, w.round, list[0].ID, ""); !errs.Is(err, errs.NotFound) {
			t.Errorf("somebody else's note was taken back: %v", err)
		}
		for range 2 {
			if err := w.Meetings.TakeBackConcern(ctx(), w.leader, w.round, list[0].ID, ""); err != nil {
				t.Fatal(err)
			}
		}
		if _, list, err = w.Meetings.Concerns(ctx(), w.leader, w.round); err != nil || len(list) != 1 || !list[0].Mine {
			t.Errorf("after one is taken back: %+v, %v", list, err)
		}
		if n := w.count(`SELECT count(*) FROM concern`); n != 3 {
			t.Errorf("%d rows, want the two and the one that takes back", n)
		}
	})
}
