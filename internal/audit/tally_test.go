package audit_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// TestTally: what is counted, found by its place and found in spans is what List finds, and a span holds its first instant and not its last.
func TestTally(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		noon := time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)
		add := func(id string, after time.Duration, action audit.Action, outcome audit.Outcome, actor, purpose string) {
			e := entry("o1")
			e.ID, e.At, e.Action, e.Outcome, e.Actor, e.Purpose = id, noon.Add(after), action, outcome, actor, purpose
			if err := w.house.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return w.log.Add(ctx, tx, e) }); err != nil {
				t.Fatal(err)
			}
		}
		add("e1", 0, "person.read", audit.OK, "a", "")
		add("e2", time.Minute, "person.read", audit.OK, "b", "r1")
		add("e3", time.Minute, "person.read", audit.Denied, "b", "r1")
		add("e4", time.Hour-time.Microsecond, "person.list", audit.OK, "a", "r1")
		add("e5", time.Hour, "person.read", audit.OK, "a", "r1")
		add("e6", 2*time.Hour, "person.read", audit.OK, "a", "r2")
		hours := []audit.Span{{From: noon, Before: noon.Add(time.Hour)}, {From: noon.Add(time.Hour), Before: noon.Add(2 * time.Hour)}}
		f := audit.Filter{Organisation: "o1", Outcome: audit.OK, Actions: []audit.Action{"person.read", "person.list", "never"}, From: noon.Add(time.Hour)}
		ids := func(places []audit.Place) (all []string) {
			for _, p := range places {
				all = append(all, p.ID)
			}
			return all
		}
		err := w.house.Read(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			for most, first := range map[int]int{10: 2, 1: 1} {
				frames, err := w.log.Tally(ctx, tx, f, hours, most)
				if want := []audit.Frame{{"person.read", hours[0], first}, {"person.list", hours[0], 1}, {"person.read", hours[1], 1}}; err != nil || !slices.Equal(frames, want) {
					t.Errorf("counted to %d: %v, %v, want %v", most, frames, err, want)
				}
			}
			for _, c := range []struct {
				spans []audit.Span
				limit int
				want  []string
			}{{hours, 10, []string{"e5", "e4", "e2", "e1"}}, {hours[:1], 2, []string{"e4", "e2"}}, {nil, 10, nil}} {
				if places, err := w.log.NewestIn(ctx, tx, f, c.spans, c.limit); err != nil || !slices.Equal(ids(places), c.want) {
					t.Errorf("the newest %d in %d spans: %v, %v, want %v", c.limit, len(c.spans), ids(places), err, c.want)
				}
			}
			for n, want := range []string{"e1", "e2", "e4", "e5", "e6"} {
				if p, err := w.log.Nth(ctx, tx, audit.Filter{Organisation: "o1", Outcome: audit.OK}, n); err != nil || p.ID != want {
					t.Errorf("the entry with %d before it: %v, %v, want %s", n, p.ID, err, want)
				}
			}
			if _, err := w.log.Nth(ctx, tx, audit.Filter{Organisation: "o1", Outcome: audit.OK}, 5); !errs.Is(err, errs.NotFound) {
				t.Errorf("past the last: %v", err)
			}
			if since, err := w.log.Since(ctx, tx, "o1", 2); err != nil || !since.Equal(noon.Add(time.Hour)) {
				t.Errorf("the newest two begin at %v, %v", since, err)
			}
			doings := []audit.Doing{{"b", "r1", noon}, {"a", "r1", noon.Add(time.Hour)}, {"a", "", noon}}
			if places, err := w.log.OfDoings(ctx, tx, audit.Filter{Organisation: "o1"}, doings, 10); err != nil || fmt.Sprint(ids(places)) != "[e5 e3 e2]" {
				t.Errorf("doings: %v, %v", ids(places), err)
			}
			known, err := w.log.ActionsOf(ctx, tx, "o1")
			if err != nil || fmt.Sprint(known) != "[person.list person.read]" {
				t.Errorf("actions: %v, %v", known, err)
			}
			if none, err := w.log.ActionsOf(ctx, tx, "o2"); err != nil || len(none) != 0 {
				t.Errorf("actions of nobody: %v, %v", none, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
