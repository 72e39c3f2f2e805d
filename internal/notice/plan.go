package notice

import (
	"context"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/round"
)

// RoundUnnotified is that the hub has not been told of a round that is about to begin, or has begun.
const RoundUnnotified Kind = "round-unnotified"

// told is what notice asks of the room round about what the hub knows.
type told interface {
	MineOpen(ctx context.Context, actor access.Subject) ([]round.Mine, error)
	NewlyNotified(ctx context.Context, actor access.Subject) (int, error)
}

// Unnotified is the Source of rounds that the actor works in and may tell the hub of, where the programme asks for it.
func Unnotified(r told) Source {
	return func(ctx context.Context, actor access.Subject, today clock.Date) ([]Need, error) {
		if access.ReachIn(actor.Role, access.ChangeRound, false) != access.Assigned {
			return nil, nil
		}
		mine, err := r.MineOpen(ctx, actor)
		return OfUnnotified(mine, actor, today), err
	}
}

// OfUnnotified is those among rounds that the hub is still to be told of.
func OfUnnotified(mine []round.Mine, actor access.Subject, today clock.Date) []Need {
	var needs []Need
	for _, m := range mine {
		by, asked := round.NotifyBy(m.Definition, m.Variant, m.FirstOn)
		if !asked || !m.NotifiedOn.IsZero() || !m.Notifiable() || today.DaysUntil(by) > round.StartsWithin || !m.May(actor, access.ChangeRound) {
			continue
		}
		need := Need{Kind: RoundUnnotified, Urgency: Soon, On: by, RoundID: m.ID, Round: m.Name, Def: m.Definition}
		if by.Before(today) {
			need.Urgency = Overdue
		}
		needs = append(needs, need)
	}
	return needs
}

// Told is the number of rounds that a hub has been told of lately, with the list of them.
func Told(r told) Numbers {
	return func(ctx context.Context, actor access.Subject) ([]Number, error) {
		if access.ReachOf(actor.Role, access.ListRounds) != access.Hub {
			return nil, nil
		}
		n, err := r.NewlyNotified(ctx, actor)
		return []Number{{Kind: "notified", N: n, Path: "/rounds?notified=" + string(round.NewlyTold)}}, err
	}
}
