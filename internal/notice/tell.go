package notice

import (
	"context"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/round/meeting"
)

// ParticipantsUntold is that something has changed about a round's sessions, and those who take part have not been told.
const ParticipantsUntold Kind = "participants-untold"

// EndUntold is that a round was broken off, and those who take part have not been told.
const EndUntold Kind = "end-untold"

// changes is what notice asks of the room meeting.
type changes interface {
	Untold(ctx context.Context, actor access.Subject) ([]meeting.Untold, error)
}

// Untold is the Source of rounds that the actor works in and whose participants are to be told of something.
func Untold(c changes) Source {
	return func(ctx context.Context, actor access.Subject, today clock.Date) ([]Need, error) {
		all, err := c.Untold(ctx, actor)
		return OfUntold(all, today), err
	}
}

// OfUntold is one need a round, by its first session that has changed: what is tomorrow cannot wait.
func OfUntold(all []meeting.Untold, today clock.Date) []Need {
	var needs []Need
	for _, u := range all {
		first := u.Changes[0].Session
		for _, c := range u.Changes {
			if c.Session.On.Before(first.On) {
				first = c.Session
			}
		}
		need := Need{Kind: ParticipantsUntold, Urgency: Soon, On: first.On, N: len(u.Changes), RoundID: u.ID, Round: u.Name, Session: first}
		if u.EndedHow != "" {
			need.Kind = EndUntold
		}
		if today.DaysUntil(first.On) <= 1 {
			need.Urgency = Now
		}
		needs = append(needs, need)
	}
	return needs
}
