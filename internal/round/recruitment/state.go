package recruitment

import (
	"slices"

	"hemvist/internal/errs"
)

// State is where an interest stands.
type State string

// The states there are, in the order in which somebody usually comes to them.
const (
	Fresh   State = "new"     // nobody has done anything about it
	Booked  State = "booked"  // a talk is booked
	Talked  State = "talked"  // the talk was held, and they want a place
	Waiting State = "waiting" // waits for a place
	Offered State = "offered" // has been offered a place, and has not answered
	Joined  State = "joined"  // is a participant
	NotNow  State = "not-now" // wants no place, or none now
)

// States is every state, in that order.
var States = []State{Fresh, Booked, Talked, Waiting, Offered, Joined, NotNow}

// Open are the states in which somebody has something to do about it.
var Open = []State{Fresh, Booked, Talked, Waiting, Offered}

// IsOpen tells whether there is something to be done about it.
func (s State) IsOpen() bool { return slices.Contains(Open, s) }

// Event is what is done about an interest. Its word is the fact's in the database.
type Event string

// The events there are.
const (
	Received Event = "received"
	Book     Event = "booked"   // a talk, or another time for the one that is booked
	Hold     Event = "held"     // the talk was held
	Miss     Event = "missed"   // nobody came to the talk
	Offer    Event = "offered"  // a place in a round
	Accept   Event = "accepted" // the place
	Decline  Event = "declined" // the place
	Queue    Event = "queued"   // put on the waiting list of a round, or of the next one
	End      Event = "ended"    // wants no place, whatever the state
	Reopen   Event = "reopened"
	Erase    Event = "erased"
)

// Events is every event.
var Events = []Event{Received, Book, Hold, Miss, Offer, Accept, Decline, Queue, End, Reopen, Erase}

// moves is the whole of the machine: what an event makes of each state in which it may happen.
var moves = map[Event]map[State]State{
	Received: {"": Fresh},
	Book:     {Fresh: Booked, Booked: Booked, Talked: Booked},
	Hold:     {Fresh: Talked, Booked: Talked}, // before its time, too: they called back
	Miss:     {Booked: Fresh},
	Offer:    {Fresh: Offered, Talked: Offered, Waiting: Offered},
	Accept:   {Offered: Joined},
	Decline:  {Offered: NotNow},
	Queue:    {Fresh: Waiting, Talked: Waiting, Offered: Waiting, Waiting: Waiting},
	End:      {Fresh: NotNow, Booked: NotNow, Talked: NotNow, Waiting: NotNow, Offered: NotNow},
	Reopen:   {NotNow: Fresh},
	// Who is a participant already has a key of their own there: what is erased here is the interest alone.
	Erase: {Fresh: NotNow, Booked: NotNow, Talked: NotNow, Waiting: NotNow, Offered: NotNow, Joined: Joined, NotNow: NotNow},
}

// Move is the state that follows when an event happens; a Conflict when it cannot happen in s.
func (s State) Move(e Event) (State, error) {
	if next, ok := moves[e][s]; ok {
		return next, nil
	}
	return s, errs.New(errs.Conflict, "recruitment.error.state")
}

// May tells whether an event can happen in s.
func (s State) May(e Event) bool {
	_, ok := moves[e][s]
	return ok
}

// Outcomes are what may come of a talk that was held. WantsPlace goes on; the others end the interest for now.
const (
	WantsPlace = "wants-place"
	OtherHelp  = "other-help" // another kind of support suits better
	NoWish     = "no-wish"    // they do not want to
	LaterOn    = "later"      // not now, perhaps later
)

// Outcomes is all of them, in the order in which they are offered.
var Outcomes = []string{WantsPlace, LaterOn, OtherHelp, NoWish}

// Reasons are why a place was declined, or an interest ended.
var Reasons = []string{"time", "place", "language", LaterOn, OtherHelp, NoWish, "no-contact", "double", "other"}
