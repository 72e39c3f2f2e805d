package oversight_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/house/housetest"
	"hemvist/internal/oversight"
	"hemvist/internal/round"
)

// manyLooks fills the log with looks of all kinds by three people, by day and night and around the hours at which nights end, and has one of them
// leave a round in the midst. Their instants are by place.
func (w *world) manyLooks(t *testing.T, seed uint64, n int) map[string]time.Time {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	today := w.Directory.Today()
	actions := []audit.Action{round.ActionParticipants, round.ActionParticipants, "participant.search", round.ActionRead, round.ActionExport, "person.read", "person.list", "person.change"}
	at := map[string]time.Time{}
	err := w.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for range n {
			zone, _ := time.LoadLocation("Europe/Stockholm")
			e := audit.Entry{ID: db.NewID(), Organisation: w.org, Action: actions[r.IntN(len(actions))], Outcome: audit.OK, Count: r.IntN(30)}
			e.At = today.AddDays(-r.IntN(1+r.IntN(100))).In(zone, r.IntN(24*60)).Add(time.Duration(r.IntN(60)) * time.Second)
			if r.IntN(3) == 0 {
				e.At = today.AddDays(-r.IntN(10)).In(zone, []int{0, 6 * 60, 21 * 60, 12 * 60, 24 * 60}[r.IntN(5)]).Add(time.Duration(r.IntN(3)-1) * time.Microsecond)
			}
			if e.At.After(w.Time.Now()) {
				continue
			}
			who := []access.Subject{w.leader, w.stranger, w.contact}[r.IntN(3)]
			e.Actor, e.Role = who.Person, string(who.Role)
			if e.Action == round.ActionParticipants || e.Action == round.ActionRead {
				e.Purpose = []string{w.round, w.closed}[r.IntN(2)]
				e.Subject = e.Purpose
			}
			if r.IntN(12) == 0 {
				e.Outcome = audit.Denied
			}
			at[e.ID] = e.At
			if err := w.Log.Add(ctx, tx, e); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `UPDATE round_staff SET to_on = $1 WHERE person_id = $2`, today.AddDays(-4), w.leader.Person)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestASpotCheckFindsWhatAWalkFinds: counted in the database, numbers and marks are those that reading every look gives; also in weeks in which
// the clock changes, and for a reviewer of one authority.
func TestASpotCheckFindsWhatAWalkFinds(t *testing.T) {
	for i, day := range []string{"2027-03-30", "2026-10-27", "2027-01-13"} {
		t.Run(day, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				w := newWorld(t, d)
				w.Time.Move(clock.MustDate(day).In(time.UTC, 11*60).Sub(w.Time.Now()))
				at := w.manyLooks(t, uint64(i), 1500)
				ctx, _ := trail(t)
				for name, who := range map[string]access.Subject{"the organisation": w.reviewer, "a board": w.ofBoard, "elsewhere": w.ofOther} {
					for _, days := range oversight.Periods {
						w.sameAsWalked(ctx, t, who, days, at, fmt.Sprintf("%s, %d days", name, days))
					}
					walked, err := w.Oversight.Walk(ctx, who, 7)
					if err != nil {
						t.Fatal(err)
					}
					want := oversight.Week{Looks: oversight.Count{N: walked.Looks}, Refused: oversight.Count{N: walked.Counts[oversight.Refused]},
						Outside: oversight.Count{N: walked.Counts[oversight.OutsideHours]}}
					if week, err := w.Oversight.WeekOf(ctx, who); err != nil || week != want {
						t.Errorf("%s: the week is %+v, want %+v, %v", name, week, want, err)
					}
				}
			})
		})
	}
}

func (w *world) sameAsWalked(ctx context.Context, t *testing.T, who access.Subject, days int, at map[string]time.Time, name string) {
	t.Helper()
	walked, err := w.Oversight.Walk(ctx, who, days)
	if err != nil {
		t.Fatal(err)
	}
	spot, err := w.Oversight.SpotCheck(ctx, who, days, "ett frö")
	if err != nil {
		t.Fatal(err)
	}
	if spot.Looks != walked.Looks || spot.Cut || len(spot.Sample) != min(20, walked.Looks) {
		t.Errorf("%s: %d looks of which %d are drawn, want %d", name, spot.Looks, len(spot.Sample), walked.Looks)
	}
	for _, m := range oversight.Marks {
		if spot.Counts[m] != (oversight.Count{N: walked.Counts[m]}) {
			t.Errorf("%s: %s: %+v, want %d", name, m, spot.Counts[m], walked.Counts[m])
		}
	}
	var newest []string
	for id := range walked.Marks {
		newest = append(newest, id)
	}
	slices.SortFunc(newest, func(a, b string) int {
		if c := at[b].Compare(at[a]); c != 0 {
			return c
		}
		if a > b {
			return -1
		}
		return 1
	})
	if got := ids(spot.Marked); !slices.Equal(got, newest[:min(50, len(newest))]) {
		t.Errorf("%s: marked are %d, want %d, or others", name, len(got), len(newest))
	}
	for _, e := range slices.Concat(spot.Marked, spot.Sample) {
		want := slices.Sorted(slices.Values(walked.Marks[e.ID]))
		if got := slices.Sorted(slices.Values(e.Marks)); !slices.Equal(got, want) {
			t.Errorf("%s: the marks of %s at %v are %v, want %v", name, e.Action, e.At, got, want)
		}
	}
	for i, e := range spot.Sample {
		if !slices.Contains(walked.Seen, e.ID) || slices.Contains(ids(spot.Sample[:i]), e.ID) {
			t.Errorf("%s: %s was drawn, and is none of the looks or was drawn already", name, e.ID)
		}
	}
}

// TestALogThatIsTooLongIsCut: what is left out is the oldest, and the page is told.
func TestALogThatIsTooLongIsCut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx, _ := trail(t)
		for i := range 60 {
			w.looks(t, housetest.Noon.Add(-time.Duration(i)*time.Hour))
		}
		for _, c := range []struct{ most, looks int }{
			{60, 60}, // no more than that
			{59, 55}, // of the first night some would be left out, so all of them are
			{5, 5},   // of one morning, the newest of it
		} {
			w.Oversight.GlanceAtMost(c.most)
			spot, err := w.Oversight.SpotCheck(ctx, w.reviewer, 7, "ett frö")
			if err != nil || spot.Cut != (c.most < 60) || spot.Looks > c.most || len(spot.Sample) != min(20, spot.Looks) {
				t.Errorf("of at most %d: %d looks, cut: %v, %d drawn, %v", c.most, spot.Looks, spot.Cut, len(spot.Sample), err)
			}
			if spot.Looks != c.looks {
				t.Errorf("of at most %d: %d looks, want %d", c.most, spot.Looks, c.looks)
			}
			again, err := w.Oversight.SpotCheck(ctx, w.reviewer, 7, "ett frö")
			if err != nil || !slices.Equal(ids(again.Sample), ids(spot.Sample)) {
				t.Errorf("the same seed draws others: %v", err)
			}
		}
	})
}
