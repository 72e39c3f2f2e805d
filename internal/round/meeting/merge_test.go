package meeting_test

import (
	"context"
	"testing"

	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
)

// TestADoubleHasLedForTheOneWhoStays: what a double led is led by the one who stays, and who led at all counts.
func TestADoubleHasLedForTheOneWhoStays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		double, stays := w.second.Person, w.stranger.Person
		say := func(session int, led string, leaders ...string) {
			x := w.sessions[session]
			w.write(func(ctx context.Context, tx *db.Tx) error {
				return w.Meetings.AddLedTx(ctx, tx, x.ID, x.On, leaders, []string{led}, w.leader.Person)
			})
		}
		say(0, double, double)
		say(1, stays, double, stays)
		say(2, stays, double, stays)
		say(2, double, double, stays) // it was the other way round
		w.write(func(ctx context.Context, tx *db.Tx) error { return w.Meetings.MergePersonTx(ctx, tx, double, stays) })
		for i, x := range w.sessions {
			if n := w.count(`SELECT count(*) FROM session_leader l WHERE session_id = $1 AND person_id = $2 AND led = 1
				AND NOT EXISTS (SELECT 1 FROM session_leader later WHERE later.supersedes = l.id)`, x.ID, stays); n != 1 {
				t.Errorf("session %d: the one who stays led it %d times", i, n)
			}
			if n := w.count(`SELECT count(*) FROM session_leader l WHERE session_id = $1 AND (person_id = $2 OR led = 0
				AND NOT EXISTS (SELECT 1 FROM session_leader later WHERE later.supersedes = l.id))`, x.ID, double); n != 0 {
				t.Errorf("session %d: something else is said of it as well", i)
			}
		}
	})
}
