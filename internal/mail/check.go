package mail

import (
	"context"
	"fmt"
	"time"

	"hemvist/internal/db"
)

// Counts is how many letters there are in each state, for metrics.
func (s *Service) Counts(ctx context.Context) (map[State]int, error) {
	counts := map[State]int{}
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		return countsTx(ctx, tx, counts)
	})
	if err != nil {
		return nil, fmt.Errorf("count letters: %w", err)
	}
	return counts, nil
}

func countsTx(ctx context.Context, tx *db.Tx, into map[State]int) error {
	type count struct {
		state State
		n     int
	}
	all, err := db.All(ctx, tx, func(row db.Scanner) (c count, err error) {
		err = row.Scan(&c.state, &c.n)
		return c, err
	}, `SELECT state, count(*) FROM letter GROUP BY state`)
	for _, c := range all {
		into[c.state] = c.n
	}
	return err
}

// Health is what can be said of all letters.
type Health struct {
	Counts  map[State]int
	Waiting []string // ids of letters that have waited for more than a day, 100 at most
	Lost    []string // ids of letters that wait and that no job will send: wrong
	Untold  []string // ids of letters in a state that no event tells of: wrong
}

// waitsLong is after how long a letter that waits is worth a word.
const waitsLong = 24 * time.Hour

// Check looks through all letters.
func (s *Service) Check(ctx context.Context) (Health, error) {
	var h Health
	since := db.At(s.clock.Now().Add(-waitsLong))
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		h = Health{Counts: map[State]int{}}
		if err := countsTx(ctx, tx, h.Counts); err != nil {
			return err
		}
		if h.Waiting, err = db.All(ctx, tx, db.Scalar[string], `SELECT id FROM letter WHERE state = 'queued' AND created_at < $1
			ORDER BY created_at LIMIT 100`, since); err != nil {
			return err
		}
		if h.Untold, err = db.All(ctx, tx, db.Scalar[string], `SELECT l.id FROM letter l WHERE NOT EXISTS
			(SELECT 1 FROM letter_event e WHERE e.letter_id = l.id AND e.what = l.state) ORDER BY l.id LIMIT 100`); err != nil {
			return err
		}
		jobs, err := db.All(ctx, tx, db.Scalar[[]byte], `SELECT body FROM goqite WHERE queue = $1 OR queue = $2`, jobName(ByEmail), jobName(BySMS))
		if err != nil {
			return err
		}
		has := make(map[string]bool, len(jobs))
		for _, body := range jobs {
			has[string(body)] = true
		}
		open, err := db.All(ctx, tx, db.Scalar[string], `SELECT id FROM letter WHERE state IN ('queued', 'handing-over') ORDER BY id`)
		for _, id := range open {
			if !has[id] && len(h.Lost) < 100 {
				h.Lost = append(h.Lost, id)
			}
		}
		return err
	})
	if err != nil {
		return Health{}, fmt.Errorf("check letters: %w", err)
	}
	return h, nil
}
