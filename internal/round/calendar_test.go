package round_test

import (
	"context"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/errs"
	"hemvist/internal/round"
)

func TestCalendarAndSpans(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		day := clock.MustDate
		id := w.add(t, "Alvesta", day("2026-11-03"), w.leader)  // four sessions, the last on the 24th
		other := w.add(t, "Birka", day("2026-11-24"), w.second) // until 15 December
		nov, end := day("2026-11-01"), day("2026-11-30")
		calendar := func(who access.Subject, q round.Query) round.Calendar {
			t.Helper()
			c, err := w.Rounds.Calendar(ctx(), who, q, nov, end, day("2026-11-24"))
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		c := calendar(w.coordinator, round.Query{})
		if len(c.Days) != 4 || c.Days[0] != (round.CalendarDay{On: day("2026-11-03"), Sessions: 1, Starts: 1}) ||
			c.Days[3] != (round.CalendarDay{On: day("2026-11-24"), Sessions: 2, Starts: 1, Ends: 1}) {
			t.Errorf("the month: %+v", c.Days)
		}
		if len(c.Day) != 2 || c.Day[0].Row.ID != id || c.Day[0].Number != 4 || c.Day[1].Row.ID != other || c.More {
			t.Errorf("the day: %+v", c.Day)
		}
		if got := calendar(w.leader, round.Query{}); len(got.Days) != 4 || len(got.Day) != 1 {
			t.Errorf("as one of the leaders: %+v", got)
		}
		if got := calendar(w.contactOfElsewhere, round.Query{}); len(got.Days) != 0 || len(got.Day) != 0 {
			t.Errorf("from another municipality: %+v", got)
		}
		if got := calendar(w.coordinator, round.Query{Text: "birka"}); len(got.Days) != 1 || len(got.Day) != 1 {
			t.Errorf("searched: %+v", got)
		}
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			sessions, err := round.SessionsTx(ctx, tx, id)
			if err != nil {
				return err
			}
			return w.Rounds.AddSessionFactTx(ctx, tx, sessions[3].ID, round.Cancelled, sessions[3].On, w.leader.Person)
		})
		if got := calendar(w.coordinator, round.Query{}); len(got.Day) != 1 || got.Days[3].Sessions != 1 {
			t.Errorf("with a cancelled session: %+v", got)
		}

		spans := func(from, to string) int {
			t.Helper()
			all, more, err := w.Rounds.Spans(ctx(), w.coordinator, round.Query{From: day(from), To: day(to)})
			if err != nil || more {
				t.Fatal(more, err)
			}
			page, err := w.Rounds.List(ctx(), w.coordinator, round.Query{From: day(from), To: day(to), Sort: round.Earliest})
			if err != nil || page.Total != len(all) {
				t.Errorf("%s to %s: the list has %d, the strip %d, %v", from, to, page.Total, len(all), err)
			}
			return len(all)
		}
		for _, c := range []struct {
			from, to string
			n        int
		}{{"2026-07-01", "2027-06-30", 2}, {"2026-11-01", "2026-11-23", 1}, {"2026-11-24", "2026-11-24", 2}, {"2026-12-16", "2027-01-31", 0}, {"2026-12-15", "2026-12-15", 1}} {
			if n := spans(c.from, c.to); n != c.n {
				t.Errorf("%s to %s: %d, want %d", c.from, c.to, n, c.n)
			}
		}
		nobody := access.Subject{Person: w.leader.Person, Role: access.Administrator, Organisation: w.org}
		if _, err := w.Rounds.Calendar(ctx(), nobody, round.Query{}, nov, end, nov); !errs.Is(err, errs.Denied) {
			t.Errorf("an administrator's calendar: %v", err)
		}
	})
}
