package round_test

import (
	"testing"

	"hemvist/internal/clock"
	"hemvist/internal/round"
)

// TestWhenARoundUsuallyMeets: one session that was moved, one that is cancelled and one that is shorter do not change what is usual.
func TestWhenARoundUsuallyMeets(t *testing.T) {
	tuesday := clock.MustDate("2026-12-01")
	at := func(days, starts, minutes int, fact round.SessionFact) round.Session {
		return round.Session{On: tuesday.AddDays(days), Starts: starts, Minutes: minutes, Fact: fact}
	}
	usual := at(14, 1050, 150, round.Unknown)
	for name, list := range map[string][]round.Session{
		"the last was moved":    {at(0, 1050, 90, round.Held), at(7, 1050, 150, round.Held), usual, at(22, 1050, 150, round.Unknown)},
		"several are cancelled": {usual, at(22, 1050, 150, round.Cancelled), at(29, 1050, 150, round.Cancelled)},
		"of as many the latest": {at(1, 1050, 150, round.Unknown), usual},
	} {
		if got, ok := round.Usual(list); !ok || got != usual {
			t.Errorf("%s: %+v, want %+v", name, got, usual)
		}
	}
	for name, c := range map[string]struct {
		list         []round.Session
		always, then bool
	}{
		"as usual":             {[]round.Session{usual, at(0, 1050, 150, round.Held), at(1, 900, 30, round.Cancelled)}, true, true},
		"a short first one":    {[]round.Session{at(0, 1050, 90, round.Unknown), usual, at(21, 1050, 150, round.Unknown)}, false, true},
		"another day at first": {[]round.Session{at(0, 1050, 90, round.Unknown), at(8, 1050, 150, round.Unknown), usual, at(21, 1050, 150, round.Unknown)}, false, false},
	} {
		got, ok := round.RhythmOf(c.list)
		if !ok || got.Always != c.always || got.Then != c.then || got.First.On != tuesday && name != "as usual" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if _, ok := round.RhythmOf(nil); ok {
		t.Error("nothing has a rhythm")
	}
	if _, ok := round.Usual([]round.Session{at(0, 1050, 150, round.Cancelled)}); ok {
		t.Error("a round of which everything is cancelled usually meets")
	}
}
