package round_test

import (
	"context"
	"errors"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/errs"
	"hemvist/internal/round"
)

func (w *world) staff(t *testing.T, id string) round.StaffDetail {
	t.Helper()
	d, err := w.Rounds.StaffOf(ctx(), w.contact, id)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestStaffOfARound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := planning(t, d)
		today := w.Rounds.Today()
		id := w.planned(t, w.leader, w.draft())
		if s := w.staff(t, id); len(s.Staffing) != 1 || s.Staffing[0].Have != 1 || !s.Staffing[0].Few() {
			t.Errorf("one leader: %+v", s.Staffing)
		}
		join := func(who access.Subject, from clock.Date) error {
			return w.Rounds.Join(ctx(), w.leader, id, round.Joining{PersonID: who.Person, Role: access.Leader, From: from}, w.staff(t, id).Seen, "")
		}
		// Somebody of another municipality, from now on: they see the round at their next request.
		if err := join(w.elsewhere, today); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Rounds.Get(ctx(), w.elsewhere, id); err != nil {
			t.Errorf("the colleague does not see it: %v", err)
		}
		if s := w.staff(t, id); s.Staffing[0].Few() || s.Staffing[0].Many() || s.Workers[0].Name != "Nils" || s.Workers[0].AddedBy != "Åsa Provlund" || s.Workers[0].Organisation != "Umeå kommun" {
			t.Errorf("two leaders: %+v", s)
		}
		for name, c := range map[string]struct {
			j   round.Joining
			key string
		}{
			"twice":               {round.Joining{PersonID: w.elsewhere.Person, Role: access.Leader, From: today}, "plan.error.works-already"},
			"without the role":    {round.Joining{PersonID: w.contact.Person, Role: access.Leader, From: today}, "plan.error.person"},
			"nobody":              {round.Joining{Role: access.Leader, From: today}, "plan.error.person"},
			"a part that is none": {round.Joining{PersonID: w.second.Person, Role: access.Trainer, From: today}, "plan.error.role"},
			"no day":              {round.Joining{PersonID: w.second.Person, Role: access.Leader}, "plan.error.day"},
			"after the end":       {round.Joining{PersonID: w.second.Person, Role: access.Leader, From: today.AddYears(1)}, "plan.error.from"},
		} {
			err := w.Rounds.Join(ctx(), w.leader, id, c.j, w.staff(t, id).Seen, "")
			if e := (*errs.Error)(nil); !errors.As(err, &e) || e.Kind != errs.Invalid || e.Fields[0].Key != c.key {
				t.Errorf("%s: %v", name, err)
			}
		}
		// Replaced from a day: one ends the day before the other begins, and the history stays.
		from := w.draft().First.AddDays(7)
		old := w.staff(t, id).Seen
		if err := w.Rounds.Join(ctx(), w.contact, id, round.Joining{PersonID: w.second.Person, Role: access.Leader, From: from, InPlace: w.elsewhere.Person}, old, ""); err != nil {
			t.Fatal(err)
		}
		if err := w.Rounds.Part(ctx(), w.leader, id, w.leader.Person, access.Leader, today, true, old, ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("with an old state: %v", err)
		}
		for _, x := range w.staff(t, id).Workers {
			if x.PersonID == w.elsewhere.Person && x.To != from.AddDays(-1) || x.PersonID == w.second.Person && x.From != from {
				t.Errorf("replaced: %+v", x)
			}
		}
		// Who leaves at once sees nothing at the next request, and may come back.
		if err := w.Rounds.Part(ctx(), w.contact, id, w.elsewhere.Person, access.Leader, clock.Date{}, true, w.staff(t, id).Seen, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Rounds.Get(ctx(), w.elsewhere, id); !errs.Is(err, errs.NotFound) {
			t.Errorf("who has left: %v", err)
		}
		if err := w.Rounds.Part(ctx(), w.contact, id, w.elsewhere.Person, access.Leader, clock.Date{}, true, w.staff(t, id).Seen, ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("leaves twice: %v", err)
		}
		if err := join(w.elsewhere, today); err != nil {
			t.Errorf("back again: %v", err)
		}
		if err := w.Rounds.Part(ctx(), w.leader, id, w.leader.Person, access.Leader, today.AddDays(-3), false, w.staff(t, id).Seen, ""); !errs.Is(err, errs.Invalid) {
			t.Errorf("a last day that is past: %v", err)
		}
		if err := w.Rounds.Join(ctx(), w.stranger, id, round.Joining{PersonID: w.stranger.Person, Role: access.Leader, From: today}, w.staff(t, id).Seen, ""); !errs.Is(err, errs.NotFound) {
			t.Errorf("a stranger lets themselves in: %v", err)
		}
	})
}

func TestColleagues(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := planning(t, d)
		id := w.planned(t, w.leader, w.draft())
		found := func(text string) (out []string) {
			all, err := w.Rounds.Colleagues(ctx(), w.contact, w.staff(t, id), access.Leader, text, w.Rounds.Today())
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range all {
				out = append(out, c.Name+", "+c.Organisation)
			}
			return out
		}
		same(t, "without words, those of the organisation", found(""), "Elin, Växjö kommun", "Åsa Provlund, Växjö kommun", "Örjan Mallqvist, Växjö kommun")
		same(t, "by name, wherever", found("nil"), "Nils, Umeå kommun")
		same(t, "a contact is no leader", found("Petra"))
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE role SET to_on = $1 WHERE person_id = $2`, w.Rounds.Today().AddDays(-1), w.elsewhere.Person)
			return err
		})
		same(t, "whose role is over", found("nil"))
		if _, err := w.Rounds.Colleagues(ctx(), w.stranger, w.staff(t, id), access.Leader, "", w.Rounds.Today()); !errs.Is(err, errs.NotFound) {
			t.Errorf("a stranger: %v", err)
		}
	})
}

func TestTheHubIsTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := planning(t, d)
		id := w.planned(t, w.leader, w.draft())
		draft := w.draft()
		draft.Name = "B"
		w.planned(t, w.leader, draft)
		same(t, "not told", w.list(t, w.coordinator, round.Query{Notified: round.NotTold, Sort: round.ByName}), "B", "Växjö, våren 2027")
		for range 2 {
			if err := w.Rounds.Notify(ctx(), w.leader, id, ""); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Rounds.Notify(ctx(), w.stranger, id, ""); !errs.Is(err, errs.NotFound) {
			t.Errorf("a stranger tells: %v", err)
		}
		r := w.get(t, w.coordinator, id).Row
		if r.NotifiedOn != w.Rounds.Today() {
			t.Errorf("told on %s", r.NotifiedOn)
		}
		same(t, "told", w.list(t, w.coordinator, round.Query{Notified: round.Told}), r.Name)
		same(t, "told lately", w.list(t, w.coordinator, round.Query{Notified: round.NewlyTold}), r.Name)
		same(t, "still not told", w.list(t, w.coordinator, round.Query{Notified: round.NotTold}), "B")
		if n, err := w.Rounds.NewlyNotified(ctx(), w.coordinator); err != nil || n != 1 {
			t.Errorf("%d are new, %v", n, err)
		}
		if by, ok := round.NotifyBy(w.connect, "parents", r.FirstOn); !ok || by != r.FirstOn {
			t.Errorf("asked for by %s, %v", by, ok)
		}
		if _, ok := round.NotifyBy(w.connect, "booster", r.FirstOn); ok {
			t.Error("a booster is to be told of")
		}
		w.rightly(t)
	})
}

func TestBreakOffAndOpenAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := planning(t, d)
		id := w.add(t, "A", w.Rounds.Today().AddDays(-7), w.leader)
		for _, reason := range []round.EndReason{"", "Anna var sjuk", round.ByMistake} {
			if err := w.Rounds.End(ctx(), w.leader, id, round.BrokenOff, reason, ""); !errs.Is(err, errs.Invalid) {
				t.Errorf("broken off for %q: %v", reason, err)
			}
		}
		if err := w.Rounds.Reopen(ctx(), w.leader, id, round.ByMistake, ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("opened while open: %v", err)
		}
		for range 2 { // and once more, as facts supersede each other
			if err := w.Rounds.End(ctx(), w.leader, id, round.BrokenOff, round.TooFew, ""); err != nil {
				t.Fatal(err)
			}
			got := w.get(t, w.coordinator, id)
			if got.EndedHow != round.BrokenOff || got.Endings[0].Reason != round.TooFew || got.Endings[0].By != "Åsa Provlund" {
				t.Errorf("the hub sees %+v", got.Endings)
			}
			if err := w.Rounds.Reopen(ctx(), w.leader, id, round.TooFew, ""); !errs.Is(err, errs.Invalid) {
				t.Errorf("opened for a reason that is none: %v", err)
			}
			if err := w.Rounds.Reopen(ctx(), w.stranger, id, round.GoesOn, ""); !errs.Is(err, errs.NotFound) {
				t.Errorf("a stranger opens: %v", err)
			}
			if err := w.Rounds.Reopen(ctx(), w.contact, id, round.GoesOn, ""); err != nil {
				t.Fatal(err)
			}
			if got := w.get(t, w.leader, id); got.EndedHow != "" {
				t.Errorf("still %s", got.EndedHow)
			}
			w.rightly(t)
		}
		e, err := w.Rounds.EndOf(ctx(), w.leader, id)
		if err != nil || len(e.Endings) != 4 || len(e.Unsaid) != 2 || len(e.Ahead) != 2 {
			t.Errorf("what is missing: %+v, %v", e, err)
		}
	})
}
