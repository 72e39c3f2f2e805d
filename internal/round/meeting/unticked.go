package meeting

import (
	"context"
	"fmt"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/round"
)

// Unticked is a session that was held and of which it is not said of everybody who is asked for how it was with them.
type Unticked struct {
	Session round.Session
	N       int // how many nothing is said of
}

// UntickedRound is a round with such sessions.
type UntickedRound struct {
	round.Row
	Sessions []Unticked // the earliest first
}

// Unticked is the actor's open rounds in which ticks are missing. It is for those who tick.
func (s *Service) Unticked(ctx context.Context, actor access.Subject) ([]UntickedRound, error) {
	if access.ReachOf(actor.Role, access.TickAttendance) != access.Assigned {
		return nil, nil
	}
	today := s.rounds.Today()
	var all []UntickedRound
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		all = nil
		ids, err := db.All(ctx, tx, db.Scalar[string], `SELECT DISTINCT m.round_id FROM round_staff m JOIN round r ON r.id = m.round_id
			WHERE m.person_id = $1 AND m.from_on <= $2 AND (m.to_on IS NULL OR m.to_on >= $2) AND r.ended_how IS NULL AND r.first_on <= $2 ORDER BY m.round_id`,
			actor.Person, today)
		if err != nil {
			return err
		}
		for _, id := range ids {
			row, err := round.RowTx(ctx, tx, id, today)
			if err != nil {
				return err
			}
			if !row.May(actor, access.TickAttendance) {
				continue
			}
			u := UntickedRound{Row: row}
			if u.Sessions, err = untickedTx(ctx, tx, row); err != nil {
				return err
			}
			if len(u.Sessions) > 0 {
				all = append(all, u)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("missing ticks: %w", err)
	}
	return all, nil
}

// untickedTx is the sessions of a round that lack ticks. Where numbers alone are kept nobody is asked for.
func untickedTx(ctx context.Context, tx *db.Tx, row round.Row) ([]Unticked, error) {
	if row.Attendance == round.CountsOnly {
		return nil, nil
	}
	return db.All(ctx, tx, func(row db.Scanner) (u Unticked, err error) {
		u.Session.Fact = round.Held
		err = row.Scan(&u.Session.ID, &u.Session.Number, &u.Session.On, &u.Session.Starts, &u.Session.Minutes, &u.N)
		return u, err
	}, `SELECT s.id, s.number, s.on_date, s.starts, s.minutes, count(*) FROM round_session s
			JOIN session_fact f ON f.session_id = s.id AND f.fact = $2 AND NOT EXISTS (SELECT 1 FROM session_fact later WHERE later.supersedes = f.id)
			JOIN participant p ON p.round_id = s.round_id AND p.joined_on <= s.on_date AND (p.left_on IS NULL OR p.left_on >= s.on_date)
		WHERE s.round_id = $1 AND NOT EXISTS (SELECT 1 FROM attendance a WHERE a.session_id = s.id AND a.participant_id = p.id AND a.mark <> $3
			AND NOT EXISTS (SELECT 1 FROM attendance later WHERE later.supersedes = a.id))
		GROUP BY s.id, s.number, s.on_date, s.starts, s.minutes ORDER BY s.on_date, s.number`, row.ID, string(round.Held), string(Unknown))
}
