package register_test

import (
	"context"
	"reflect"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/credential"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/round"
)

// verdicts are those of a person in connect, on some days.
func (w *world) verdicts(who access.Subject) [][]credential.Verdict {
	w.t.Helper()
	var all [][]credential.Verdict
	for _, on := range []string{"2026-04-01", "2026-09-20", "2026-11-18", "2029-01-01"} {
		mine, err := w.Register.Mine(ctx(), who, day(on))
		if err != nil {
			w.t.Fatal(err)
		}
		for _, in := range mine.Programmes {
			if in.Definition.ID == "connect" {
				all = append(all, in.Verdicts)
			}
		}
	}
	return all
}

func (w *world) refresh() {
	w.t.Helper()
	if _, err := w.Register.Refresh(context.Background()); err != nil {
		w.t.Fatal(err)
	}
}

// summaries is how many summaries hold; each has to say what the rooms say.
func (w *world) summaries() int {
	w.t.Helper()
	c, err := w.Register.CheckSummaries(context.Background())
	if err != nil || len(c.Wrong) > 0 {
		w.t.Errorf("summaries: %+v, %v", c, err)
	}
	return c.Rounds
}

// lived makes a course that the leader has taken, a group that both have led, one of which only counts are kept, and one that was broken off.
func (w *world) lived() (course, group string) {
	w.t.Helper()
	course = w.round("leader-training-digital", day("2026-02-02"), round.Named, w.person("Tore", access.Trainer, w.hub, ""))
	w.learn(course, w.leader.Person, w.hold(course, 6), "present", "late", "present", "made-up", "present", "present")
	w.closeRound(course, day("2026-03-16"))
	group = w.group(day("2026-04-07"), round.Named, w.leader, w.second)
	held := w.hold(group, 9)
	w.parents(group, 8, held)
	both := []string{w.leader.Person, w.second.Person}
	w.write(func(ctx context.Context, tx *db.Tx) error {
		return w.Meetings.AddLedTx(ctx, tx, held[3].ID, held[3].On, both, both[:1], w.leader.Person)
	})
	w.closeRound(group, day("2026-06-10"))
	counted := w.group(day("2026-08-04"), round.CountsOnly, w.leader)
	for _, x := range w.hold(counted, 9) {
		w.write(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO attendance_count (id, session_id, present, happened_on, recorded_at, recorded_by, request)
				VALUES ($1, $2, 7, $3, $4, $5, $1)`, db.NewID(), x.ID, x.On, db.At(w.Clock.Now()), w.leader.Person)
			return err
		})
	}
	w.closeRound(counted, day("2026-10-06"))
	broken := w.group(day("2026-09-01"), round.Named, w.second)
	w.parents(broken, 3, w.hold(broken, 2))
	w.write(func(ctx context.Context, tx *db.Tx) error {
		return w.Rounds.AddEndBecauseTx(ctx, tx, broken, round.BrokenOff, round.BreakReasons[0], day("2026-09-20"), w.second.Person)
	})
	w.group(day("2026-10-07"), round.Named, w.leader, w.second) // has not ended
	return course, group
}

func TestVerdictsAreTheSameFromSummaries(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.lived()
		w.recorded(credential.FactGranted, w.leader.Person, "leader", "2026-07-01")
		before := [][][]credential.Verdict{w.verdicts(w.leader), w.verdicts(w.second)}
		if n := w.summaries(); n != 0 {
			t.Fatalf("%d summaries before anybody made one", n)
		}
		w.refresh()
		if n := w.summaries(); n != 4 {
			t.Errorf("%d summaries of four rounds that have ended", n)
		}
		after := [][][]credential.Verdict{w.verdicts(w.leader), w.verdicts(w.second)}
		if !reflect.DeepEqual(before, after) {
			t.Errorf("from summaries:\n%+v\nfrom the rooms:\n%+v", after, before)
		}
		if s := before[0][2][0].Status; s != credential.Certified {
			t.Errorf("there is nothing to compare: %s", s)
		}
	})
}

func TestSummaryHoldsAsLongAsTheRoundHasEnded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		course, _ := w.lived()
		w.refresh()
		trained := func() bool {
			may, _, _, _ := w.fit("parents", w.leader, "2026-04-01")
			return may
		}
		if !trained() {
			t.Fatal("the course is not completed")
		}
		if err := w.Rounds.Reopen(ctx(), w.contact, course, round.ReopenReasons[0], ""); err != nil {
			t.Fatal(err)
		}
		if trained() {
			t.Error("a course that was opened again is completed")
		}
		if n := w.summaries(); n != 3 {
			t.Errorf("%d summaries hold", n)
		}
		w.refresh()
		w.closeRound(course, day("2026-03-20"))
		if n := w.summaries(); n != 3 {
			t.Errorf("%d summaries hold before the course is summarized again", n)
		}
		if !trained() {
			t.Error("closed again it is not completed")
		}
		w.refresh()
		if n := w.summaries(); n != 4 {
			t.Errorf("%d summaries hold in the end", n)
		}
	})
}

func TestDoctorFindsASummaryThatSaysSomethingElse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		_, group := w.lived()
		w.refresh()
		before := w.verdicts(w.leader)
		w.write(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE round_summary SET told = $1 WHERE round_id = $2`, []byte{1, 2, 3}, group)
			return err
		})
		c, err := w.Register.CheckSummaries(context.Background())
		if err != nil || len(c.Wrong) != 1 || c.Wrong[0] != group {
			t.Errorf("checked: %+v, %v", c, err)
		}
		if after := w.verdicts(w.leader); !reflect.DeepEqual(before, after) {
			t.Error("a summary that cannot be read changes a verdict")
		}
	})
}

func TestMergeMakesSummariesAnew(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.lived()
		w.refresh()
		want := w.verdicts(w.leader)
		w.write(func(ctx context.Context, tx *db.Tx) error { // the stranger is who the leader has been all along
			for _, room := range []interface {
				MergePersonTx(ctx context.Context, tx *db.Tx, from, into string) error
			}{w.Rounds, w.Groups, w.Meetings, w.Consents, w.Register} {
				if err := room.MergePersonTx(ctx, tx, w.leader.Person, w.stranger.Person); err != nil {
					return err
				}
			}
			return nil
		})
		if n := w.summaries(); n != 4 {
			t.Errorf("%d summaries hold", n)
		}
		got := w.verdicts(w.stranger)
		for i := range got {
			for j := range got[i] {
				if got[i][j].Status != want[i][j].Status || len(got[i][j].Requirements) != len(want[i][j].Requirements) {
					t.Errorf("%s: %s, before %s", got[i][j].On, got[i][j].Status, want[i][j].Status)
				}
			}
		}
	})
}
