package notice

import (
	"context"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/oversight"
)

// LogQuestion is that a reviewer asks why the person looked.
const LogQuestion Kind = "log-question"

// reviews is what notice asks of the room oversight.
type reviews interface {
	Waiting(ctx context.Context, actor access.Subject) ([]oversight.Mine, error)
	WeekOf(ctx context.Context, actor access.Subject) (oversight.Week, error)
	Unanswered(ctx context.Context, actor access.Subject) (int, error)
}

// Questions is the Source of what a log reviewer has asked somebody, whatever their role.
func Questions(r reviews) Source {
	return func(ctx context.Context, actor access.Subject, today clock.Date) ([]Need, error) {
		waiting, err := r.Waiting(ctx, actor)
		var needs []Need
		for _, q := range waiting {
			need := Need{Kind: LogQuestion, Urgency: Soon, On: q.DueOn, Path: "/me/log/questions/" + q.ID}
			if q.DueOn.Before(today) {
				need.Urgency = Overdue
			}
			needs = append(needs, need)
		}
		return needs, err
	}
}

// LogWeek is the numbers of whoever reviews the log.
func LogWeek(r reviews) Numbers {
	return func(ctx context.Context, actor access.Subject) ([]Number, error) {
		if access.ReachOf(actor.Role, access.ReviewLog) == access.None {
			return nil, nil
		}
		week, err := r.WeekOf(ctx, actor)
		if err != nil {
			return nil, err
		}
		open, err := r.Unanswered(ctx, actor)
		number := func(kind string, n oversight.Count, path string) Number {
			return Number{Kind: kind, N: n.N, More: n.More, Path: path}
		}
		return []Number{number("looks", week.Looks, "/log?days=7"), number("refused", week.Refused, "/log/entries?outcome=denied"),
			number("outside", week.Outside, "/log?days=7#marked"), {Kind: "questions", N: open, Path: "/log/questions?state=open"}}, err
	}
}
