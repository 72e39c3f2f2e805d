package views

// ConcernPage is what to do about a concern for a child; of a round also what has been reported, and the form that notes it.
type ConcernPage struct {
	Round, RoundHref, Action string // empty when no round is meant
	Rounds                   []NavItem
	Steps                    []Fact
	Said                     []ConcernSaid
	On                       Input
}

// ConcernSaid is a report that was noted.
type ConcernSaid struct {
	Text     string
	TakeBack string // where its maker says that it was a mistake; empty for others
}
