package audit

import (
	"context"
	"fmt"
	"sync"

	"hemvist/internal/db"
)

// Trail gathers what is looked at while one request is answered. The zero Trail is empty and ready. It is safe for concurrent use.
type Trail struct {
	mu    sync.Mutex
	notes []Entry
}

type trailKey struct{}

// WithTrail gives a context under which Note gathers into t.
func WithTrail(ctx context.Context, t *Trail) context.Context {
	return context.WithValue(ctx, trailKey{}, t)
}

// Note gathers an entry about something that is being looked at, to be written by Commit before it is shown. It panics in a context
// without a Trail: what nobody will write to the log must not be looked at, and only a mistake in the program gets here.
func Note(ctx context.Context, e Entry) {
	t, ok := ctx.Value(trailKey{}).(*Trail)
	if !ok {
		panic("audit.Note of " + string(e.Action) + " in a context without a trail: wrap it in audit.WithTrail, and Commit the trail")
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.notes = append(t.notes, e)
}

// Notes is what has been gathered and not yet committed.
func (t *Trail) Notes() []Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]Entry(nil), t.notes...)
}

// Commit writes what a trail gathered, each with the request's id where it has none, in one transaction, and empties the trail. It is
// called before an answer is sent; on an error nothing may be shown, and what was gathered stays. It goes on when the request's
// context ends: whoever hangs up early has been denied, or has looked, all the same. An empty trail costs nothing.
func (l *Log) Commit(ctx context.Context, t *Trail, requestID string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.notes) == 0 {
		return nil
	}
	now := l.clock.Now()
	for i := range t.notes {
		if t.notes[i].RequestID == "" {
			t.notes[i].RequestID = requestID
		}
		if t.notes[i].At.IsZero() {
			t.notes[i].At = now
		}
	}
	err := l.db.Write(context.WithoutCancel(ctx), func(ctx context.Context, tx *db.Tx) error {
		for _, e := range t.notes {
			if err := l.Add(ctx, tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("commit the trail: %w", err)
	}
	t.notes = nil
	return nil
}
