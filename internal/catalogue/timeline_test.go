package catalogue

import (
	"testing"

	"hemvist/internal/clock"
)

func on(s string) clock.Date { return clock.MustDate(s) }

func decided(id, hub, definition, from string) fact {
	return fact{id: id, programme: "p", hub: hub, definition: definition, from: on(from)}
}

func takenBack(id, of string) fact {
	return fact{id: id, programme: "p", withdrawn: true, from: on("2026-01-01"), supersedes: of}
}

// Two versions follow one another, a third is planned, the home moves in between.
var moved = newTimeline(
	[]fact{decided("h1", "a", "", "2020-01-01"), decided("h2", "b", "", "2026-07-01")},
	[]fact{
		decided("f2", "a", "v2", "2024-02-29"), decided("f1", "a", "v1", "2020-01-01"),
		// Planned by the old home for after the move, and by the new home for before it: neither ever bites.
		decided("f3", "a", "v3", "2026-08-01"), decided("f4", "b", "v4", "2026-06-01"),
		decided("f5", "b", "v5", "2026-09-01"),
	})

func TestWhatIsInForceFollowsTheHome(t *testing.T) {
	for _, c := range []struct{ day, version, hub string }{
		{"2019-12-31", "", "a"}, {"2020-01-01", "v1", "a"}, {"2024-02-28", "v1", "a"}, {"2024-02-29", "v2", "a"}, {"2024-03-01", "v2", "a"},
		{"2026-06-30", "v2", "a"}, {"2026-07-01", "v2", "b"}, {"2026-08-01", "v2", "b"}, {"2026-08-31", "v2", "b"}, {"2026-09-01", "v5", "b"},
		{"2099-01-01", "v5", "b"},
	} {
		f, _ := moved.inForceOn(on(c.day))
		home, _ := moved.homeOn(on(c.day))
		if f.definition != c.version || home.hub != c.hub {
			t.Errorf("%s: %q with hub %q, want %q with %q", c.day, f.definition, home.hub, c.version, c.hub)
		}
	}
}

func TestStates(t *testing.T) {
	set := newTimeline([]fact{decided("h", "a", "", "2020-01-01")}, []fact{
		decided("f1", "a", "v1", "2020-01-01"), decided("f2", "a", "v2", "2026-06-01"), decided("f3", "a", "v1", "2026-10-01"),
		takenBack("f4", ""), decided("f5", "a", "v5", "2026-08-01"), takenBack("f6", "f5"),
	})
	set.aside[0].definition = "v4"
	for _, c := range []struct {
		day, version string
		want         State
	}{
		{"2019-12-31", "v1", Coming}, {"2020-01-01", "v1", Current}, {"2026-05-31", "v1", Current}, {"2026-06-01", "v1", Coming},
		{"2026-10-01", "v1", Current}, {"2026-05-31", "v2", Coming}, {"2026-06-01", "v2", Current}, {"2026-10-01", "v2", Past},
		{"2026-06-01", "v3", Proposed}, {"2026-06-01", "v4", SetAside}, {"2026-07-31", "v5", Proposed}, {"2026-08-01", "v5", Proposed},
	} {
		if got := set.stateOn(c.version, on(c.day)); got != c.want {
			t.Errorf("%s on %s: %s, want %s", c.version, c.day, got, c.want)
		}
	}
	if s := moved.stateOn("v3", on("2026-08-02")); s != Proposed {
		t.Errorf("what the former home planned is %s after the move, want a proposal", s)
	}
}

func TestSpansMeetWithoutGapOrOverlap(t *testing.T) {
	all := spans(moved.biting())
	if len(all) != 3 || !all[2].To.IsZero() {
		t.Fatalf("%+v", all)
	}
	for d := on("2020-01-01"); d.Before(on("2027-01-01")); d = d.AddDays(1) {
		f, _ := moved.inForceOn(d)
		n := 0
		for _, s := range all {
			if !d.Before(s.From) && (s.To.IsZero() || !d.After(s.To)) {
				n++
				if s.DefinitionID != f.definition {
					t.Fatalf("%s: the span has %s, in force is %s", d, s.DefinitionID, f.definition)
				}
			}
		}
		if n != 1 {
			t.Fatalf("%s lies in %d spans", d, n)
		}
	}
}

func TestOfTwoOnOneDayTheLastRecordedCounts(t *testing.T) {
	tl := newTimeline([]fact{decided("h", "a", "", "2020-01-01")}, []fact{decided("f2", "a", "v2", "2021-01-01"), decided("f1", "a", "v1", "2021-01-01")})
	if f, _ := tl.inForceOn(on("2021-01-01")); f.definition != "v2" || len(tl.biting()) != 1 {
		t.Errorf("%+v, %d decisions", f, len(tl.biting()))
	}
}

func TestATextIsTheSameHoweverItWasSent(t *testing.T) {
	want := "a: 1\nb: å\n"
	for _, sent := range []string{"a: 1\nb: å\n", "a: 1\r\nb: å\r\n", "\ufeffa: 1\nb: å", "a: 1\nb: å\r\n\r\n\r\n"} {
		if got := string(normal([]byte(sent))); got != want {
			t.Errorf("%q is stored as %q", sent, got)
		}
	}
	if got := normal([]byte("\r\n")); len(got) > 1 {
		t.Errorf("nothing is stored as %q", got)
	}
}
