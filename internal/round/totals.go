package round

import (
	"context"
	"fmt"
	"sync"
	"time"

	"hemvist/internal/clock"
	"hemvist/internal/db"
)

// A total above keptFrom is kept for keptFor: counting thousands of rows costs more than all the rest of a list's page, and
// nobody who reads "6,204 groups" acts on the last of them. Smaller totals are counted each time, and so are always right.
const (
	keptFrom = 1_000
	keptFor  = 10 * time.Second
	maxKept  = 1_000
)

// totals keeps large totals for a short while, by the query that they answer. It is safe for concurrent use.
type totals struct {
	clock clock.Clock
	mu    sync.Mutex
	kept  map[string]total
}

type total struct {
	n     int
	more  bool
	until time.Time
}

func newTotals(c clock.Clock) *totals { return &totals{clock: c, kept: map[string]total{}} }

// count is how many rounds w finds, counted to limit.
func (t *totals) count(ctx context.Context, tx *db.Tx, w where, limit int) (n int, more bool, err error) {
	query := `SELECT 1 FROM ` + w.from() + ` WHERE ` + w.String()
	key := fmt.Sprintf("%q %d %q", query, limit, w.args)
	now := t.clock.Now()
	t.mu.Lock()
	known, ok := t.kept[key]
	t.mu.Unlock()
	if ok && now.Before(known.until) {
		return known.n, known.more, nil
	}
	if n, more, err = db.CountTo(ctx, tx, limit, query, w.args...); err != nil || n < keptFrom {
		return n, more, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.kept) >= maxKept {
		clear(t.kept)
	}
	t.kept[key] = total{n, more, now.Add(keptFor)}
	return n, more, nil
}
