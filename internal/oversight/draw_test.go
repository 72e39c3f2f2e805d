package oversight

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"hemvist/internal/audit"
	"hemvist/internal/clock"
)

// lots is numbers for a test: those of the log are such with its secret.
var lots = audit.New(nil, nil, [32]byte{}).Lots

func TestEveryLookHasTheSameChance(t *testing.T) {
	at := time.Date(2026, time.March, 2, 6, 0, 0, 0, time.UTC)
	frames := []audit.Frame{{Action: "person.read", Span: audit.Span{From: at}, N: 3}, {Action: "person.read", Span: audit.Span{From: at.Add(time.Hour)}, N: 90},
		{Action: "participant.read", Span: audit.Span{From: at}, N: 7}}
	const seeds = 20_000
	drawn := map[[2]int]int{}
	for i := range seeds {
		for _, l := range draw(frames, lots, fmt.Sprint("seed ", i), 20) {
			drawn[[2]int{l.frame, l.nth}]++
		}
	}
	if len(drawn) != 100 {
		t.Fatalf("%d of 100 looks are ever drawn", len(drawn))
	}
	for look, n := range drawn { // a fifth of the times; the spread is 57
		if n < seeds/5-250 || n > seeds/5+250 {
			t.Errorf("%v was drawn %d times of %d", look, n, seeds)
		}
	}
	if all := draw(frames, lots, "a", 200); len(all) != 100 {
		t.Errorf("of 100 looks %d are drawn where 200 are wanted", len(all))
	}
}

// TestWhatComesSinceTakesNoMoreThanItsPlace: of what a seed drew, what came later pushes out as many as it brings in.
func TestWhatComesSinceTakesNoMoreThanItsPlace(t *testing.T) {
	at := time.Date(2026, time.March, 2, 6, 0, 0, 0, time.UTC)
	frames := func(n int) []audit.Frame {
		return []audit.Frame{{Action: "person.read", Span: audit.Span{From: at}, N: 50}, {Action: "person.read", Span: audit.Span{From: at.Add(time.Hour)}, N: n}}
	}
	before := draw(frames(40), lots, "a", 20)
	for n := 41; n < 200; n++ {
		after := draw(frames(n), lots, "a", 20)
		old := slices.DeleteFunc(slices.Clone(after), func(l lot) bool { return l.frame == 1 && l.nth >= 40 })
		if !slices.Equal(old, before[:len(old)]) {
			t.Fatalf("with %d more: %v, want the first of %v", n-40, old, before)
		}
	}
	if slices.Equal(before, draw(frames(40), lots, "b", 20)) {
		t.Error("another seed draws the same")
	}
}

// TestHoursInAWeekInWhichTheClockChanges: the spans meet, and each instant is in one that is what the instant is.
func TestHoursInAWeekInWhichTheClockChanges(t *testing.T) {
	for _, day := range []string{"2026-03-29", "2026-10-25", "2026-06-10"} {
		last := clock.MustDate(day).AddDays(2)
		hours := hoursOf(last.AddDays(-6), last)
		if !hours[0].From.Equal(begin(last.AddDays(-6))) || !hours[len(hours)-1].Before.Equal(begin(last.AddDays(1))) {
			t.Errorf("%s: from %v to %v", day, hours[0].From, hours[len(hours)-1].Before)
		}
		for i, span := range hours {
			if i > 0 && (!span.From.Equal(hours[i-1].Before) || outside(span.From) == outside(hours[i-1].From)) {
				t.Errorf("%s: %v comes after %v", day, span, hours[i-1])
			}
			for at := span.From; at.Before(span.Before); at = at.Add(15 * time.Minute) {
				if outside(at) != outside(span.From) {
					t.Errorf("%s: %v is in %v", day, at, span)
				}
			}
		}
	}
}
