package round

import (
	"context"
	"fmt"

	"hemvist/internal/db"
)

// projection is what the round row repeats of the facts, so that lists need not gather them.
const projection = `
	SELECT
		(SELECT min(x.on_date) FROM round_session x WHERE x.round_id = r.id) AS first_on,
		(SELECT max(x.on_date) FROM round_session x WHERE x.round_id = r.id) AS last_on,
		(SELECT count(*) FROM round_session x WHERE x.round_id = r.id) AS sessions,
		(SELECT count(*) FROM round_session x JOIN session_fact f ON f.session_id = x.id WHERE x.round_id = r.id AND f.fact = 'held'
			AND NOT EXISTS (SELECT 1 FROM session_fact later WHERE later.supersedes = f.id)) AS sessions_held,
		CASE WHEN r.attendance = 'counts'
			THEN coalesce((SELECT g.count FROM group_size g WHERE g.round_id = r.id
				AND NOT EXISTS (SELECT 1 FROM group_size later WHERE later.supersedes = g.id)), 0)
			ELSE (SELECT count(*) FROM participant p WHERE p.round_id = r.id AND p.left_on IS NULL) END AS participants,
		(SELECT f.happened_on FROM round_fact f WHERE f.round_id = r.id AND f.fact <> 'reopened'
			AND NOT EXISTS (SELECT 1 FROM round_fact later WHERE later.supersedes = f.id)) AS ended_on,
		(SELECT f.fact FROM round_fact f WHERE f.round_id = r.id AND f.fact <> 'reopened'
			AND NOT EXISTS (SELECT 1 FROM round_fact later WHERE later.supersedes = f.id)) AS ended_how,
		(SELECT min(n.happened_on) FROM round_notified n WHERE n.round_id = r.id) AS notified_on
	FROM round r WHERE r.id = $1`

type projected struct {
	FirstOn, LastOn, EndedOn, EndedHow, NotifiedOn string
	Sessions, SessionsHeld, Participants           int
}

func scanProjected(row db.Scanner) (projected, error) {
	var p projected
	err := row.Scan(&p.FirstOn, &p.LastOn, &p.Sessions, &p.SessionsHeld, &p.Participants, &p.EndedOn, &p.EndedHow, &p.NotifiedOn)
	return p, err
}

func computed(ctx context.Context, tx *db.Tx, id string) (projected, error) {
	return db.One(ctx, tx, scanProjected, `SELECT first_on, last_on, sessions, sessions_held, participants, coalesce(ended_on, ''),
		coalesce(ended_how, ''), coalesce(notified_on, '') FROM (`+projection+`) AS p`, id)
}

// ProjectTx brings what the round row repeats up to date with the facts. It belongs in every transaction that adds a fact.
func ProjectTx(ctx context.Context, tx *db.Tx, id string) error {
	p, err := computed(ctx, tx, id)
	if err != nil {
		return fmt.Errorf("project round: %w", err)
	}
	_, err = tx.Exec(ctx, `UPDATE round SET first_on = $2, last_on = $3, sessions = $4, sessions_held = $5, participants = $6,
		ended_on = $7, ended_how = $8, notified_on = $9 WHERE id = $1`,
		id, p.FirstOn, p.LastOn, p.Sessions, p.SessionsHeld, p.Participants, db.Null(p.EndedOn), db.Null(p.EndedHow), db.Null(p.NotifiedOn))
	if err != nil {
		return fmt.Errorf("project round: %w", err)
	}
	return nil
}

// Checked is what CheckProjections found.
type Checked struct {
	Rounds int      // looked at
	Wrong  []string // ids of rounds whose row says something else than the facts
}

// checkChunk is how many rounds are looked at in one snapshot, so that none is held for long.
const checkChunk = 500

// CheckProjections recomputes what every round row repeats of the facts and names those that differ. doctor calls it.
func (s *Service) CheckProjections(ctx context.Context) (Checked, error) {
	var c Checked
	after := ""
	for {
		n := 0
		err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
			ids, err := db.All(ctx, tx, db.Scalar[string], `SELECT id FROM round WHERE id > $1 ORDER BY id LIMIT $2`, after, checkChunk)
			if err != nil {
				return err
			}
			n = len(ids)
			for _, id := range ids {
				after = id
				stored, err := db.One(ctx, tx, scanProjected, `SELECT first_on, last_on, sessions, sessions_held, participants,
					coalesce(ended_on, ''), coalesce(ended_how, ''), coalesce(notified_on, '') FROM round WHERE id = $1`, id)
				if err != nil {
					return err
				}
				facts, err := computed(ctx, tx, id)
				if err != nil {
					return err
				}
				if stored != facts {
					c.Wrong = append(c.Wrong, id)
				}
			}
			return nil
		})
		if err != nil {
			return c, fmt.Errorf("check rounds: %w", err)
		}
		c.Rounds += n
		if n < checkChunk {
			return c, nil
		}
	}
}
