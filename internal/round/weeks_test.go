package round_test

import (
	"testing"

	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/errs"
	"hemvist/internal/round"
)

// TestOtherWeeksOff: a plan that is laid again has the days that it would have had from the beginning; what was moved by hand keeps its
// distance, and what is past or was said of stays.
func TestOtherWeeksOff(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := planning(t, d)
		draft := w.draft()
		draft.WeeksOff = "8"
		id := w.planned(t, w.leader, draft)
		change := func(weeks string) round.PlanDetail {
			t.Helper()
			p := w.plan(t, w.leader, id)
			changed, _, err := w.Rounds.PreviewWeeks(p, weeks)
			if err == nil {
				err = w.Rounds.ChangeWeeks(ctx(), w.leader, id, weeks, p.Seen, "")
			}
			if err != nil {
				t.Fatal(err)
			}
			after := w.plan(t, w.leader, id)
			if moved := len(after.Moves) - len(p.Moves); moved != len(changed) {
				t.Errorf("%d were to change, and %d did", len(changed), moved)
			}
			for _, c := range changed {
				if x, _ := after.Session(c.Before.ID); x != c.After {
					t.Errorf("shown %+v, stored %+v", c.After, x)
				}
			}
			w.rightly(t)
			return after
		}
		for _, weeks := range []string{"8, 9", "9"} {
			fresh := w.draft()
			fresh.WeeksOff = weeks
			want := days(w.plan(t, w.second, w.planned(t, w.second, fresh)).List)
			if got := days(change(weeks).List); got != want {
				t.Errorf("without weeks %s: %s, laid at once %s", weeks, got, want)
			}
		}
		p := change("")
		if len(p.WeeksOff) != 0 || days(p.List) != "27-01-12 27-01-19 27-01-26 27-02-02 27-02-09 27-02-16 27-02-23 27-03-02 27-03-09" {
			t.Errorf("with no week off: %v, %s", p.WeeksOff, days(p.List))
		}
		// The third moved to a Thursday alone: the fourth stays where it is, and all but the first two move past week 5.
		if err := w.Rounds.MoveSession(ctx(), w.leader, id, p.List[2].ID, round.Shift{On: clock.MustDate("2027-01-28"), Starts: 1050}, p.Seen, ""); err != nil {
			t.Fatal(err)
		}
		if got := days(change("5").List); got != "27-01-12 27-01-19 27-01-28 27-02-09 27-02-16 27-02-23 27-03-02 27-03-09 27-03-16" {
			t.Errorf("past week 5: %s", got)
		}
		p = w.plan(t, w.leader, id)
		for name, weeks := range map[string]string{"a word": "lov", "what is off already": "5"} {
			if _, _, err := w.Rounds.PreviewWeeks(p, weeks); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := w.Rounds.ChangeWeeks(ctx(), w.leader, id, "6", "an old state", ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("an old state: %v", err)
		}
		if err := w.Rounds.ChangeWeeks(ctx(), w.stranger, id, "6", p.Seen, ""); !errs.Is(err, errs.NotFound) {
			t.Errorf("a stranger: %v", err)
		}
	})
}

// TestAnotherLength: of one session or of it and the rest, each within what the programme says of it, and the history tells.
func TestAnotherLength(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := planning(t, d)
		id := w.planned(t, w.leader, w.draft())
		p := w.plan(t, w.leader, id)
		move := func(sh round.Shift) error {
			x := p.List[6]
			sh.On, sh.Starts = x.On, x.Starts
			err := w.Rounds.MoveSession(ctx(), w.leader, id, x.ID, sh, p.Seen, "")
			p = w.plan(t, w.leader, id)
			return err
		}
		for _, minutes := range []int{-1, 5, 900} {
			if err := move(round.Shift{Minutes: minutes}); !errs.Is(err, errs.Invalid) {
				t.Errorf("%d minutes: %v", minutes, err)
			}
		}
		if err := move(round.Shift{Minutes: 120, Follow: true}); err != nil {
			t.Fatal(err)
		}
		for i, x := range p.List {
			if want := map[bool]int{true: 120, false: 150}[i >= 6]; x.Minutes != want {
				t.Errorf("session %d lasts %d minutes, want %d", i+1, x.Minutes, want)
			}
		}
		if len(p.Moves) != 3 || p.Moves[0].FromMinutes != 150 || p.Moves[0].ToMinutes != 120 {
			t.Errorf("the history: %+v", p.Moves)
		}
	})
}
