package notice

import (
	"context"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/round/meeting"
)

// TicksMissing is that a session was held, and of some it is not said whether they came.
const TicksMissing Kind = "ticks-missing"

// ticked is what notice asks of the room meeting about attendance.
type ticked interface {
	Unticked(ctx context.Context, actor access.Subject) ([]meeting.UntickedRound, error)
}

// Unticked is the Source of rounds that the actor works in and in which ticks are missing.
func Unticked(m ticked) Source {
	return func(ctx context.Context, actor access.Subject, today clock.Date) ([]Need, error) {
		all, err := m.Unticked(ctx, actor)
		return OfUnticked(all, today), err
	}
}

// OfUnticked is one need a round, of the earliest session: the next is asked for when that is done.
func OfUnticked(all []meeting.UntickedRound, today clock.Date) []Need {
	var needs []Need
	for _, u := range all {
		first := u.Sessions[0]
		need := Need{Kind: TicksMissing, Urgency: Overdue, On: first.Session.On, N: first.N, RoundID: u.ID, Round: u.Name, Session: first.Session}
		if !first.Session.On.Before(today) { // the evening is not over
			need.Urgency = Soon
		}
		needs = append(needs, need)
	}
	return needs
}
