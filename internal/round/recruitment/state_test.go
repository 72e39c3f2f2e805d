package recruitment_test

import (
	"slices"
	"testing"

	"hemvist/internal/errs"
	"hemvist/internal/round/recruitment"
)

// wanted is the machine, written apart from the code: for each event the state before and the one after.
var wanted = map[recruitment.Event]string{
	recruitment.Received: "→new",
	recruitment.Book:     "new→booked booked→booked talked→booked",
	recruitment.Hold:     "new→talked booked→talked",
	recruitment.Miss:     "booked→new",
	recruitment.Offer:    "new→offered talked→offered waiting→offered",
	recruitment.Accept:   "offered→joined",
	recruitment.Decline:  "offered→not-now",
	recruitment.Queue:    "new→waiting talked→waiting waiting→waiting offered→waiting",
	recruitment.End:      "new→not-now booked→not-now talked→not-now waiting→not-now offered→not-now",
	recruitment.Reopen:   "not-now→new",
	recruitment.Erase:    "new→not-now booked→not-now talked→not-now waiting→not-now offered→not-now joined→joined not-now→not-now",
}

// TestMove tries every event in every state.
func TestMove(t *testing.T) {
	if len(wanted) != len(recruitment.Events) {
		t.Fatalf("%d events are written down, there are %d", len(wanted), len(recruitment.Events))
	}
	for _, event := range recruitment.Events {
		got := ""
		for _, from := range append([]recruitment.State{""}, recruitment.States...) {
			next, err := from.Move(event)
			if from.May(event) != (err == nil) {
				t.Errorf("%s in %q: may and does differ", event, from)
			}
			if err != nil {
				if !errs.Is(err, errs.Conflict) || next != from {
					t.Errorf("%s in %q: %q, %v", event, from, next, err)
				}
				continue
			}
			if !slices.Contains(recruitment.States, next) {
				t.Errorf("%s in %q leads to %q, which is no state", event, from, next)
			}
			if got != "" {
				got += " "
			}
			got += string(from) + "→" + string(next)
		}
		if got != wanted[event] {
			t.Errorf("%s: %s, want %s", event, got, wanted[event])
		}
	}
}

// TestOpen: nothing is to be done about who has joined or does not want to.
func TestOpen(t *testing.T) {
	for _, s := range recruitment.States {
		if want := s != recruitment.Joined && s != recruitment.NotNow; s.IsOpen() != want {
			t.Errorf("%s is open: %v", s, s.IsOpen())
		}
	}
}
