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
	if _, ok := round.Usual([]round.Session{at(0, 1050, 150, round.Cancelled)}); ok {
		t.Error("a round of which everything is cancelled usually meets")
	}
}
