package audit

import (
	"context"
	"errors"
	"testing"
	"time"

	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/vault"
)

// What a sequencer prepared is refused when another was there between its look and its write, by each of the three guards alone.
func TestStoreRefusesWhatAnotherHasDone(t *testing.T) {
	for name, between := range map[string]func(t *testing.T, house *db.DB, other *Log, c *clock.Fake){
		"the lease": func(t *testing.T, house *db.DB, _ *Log, c *clock.Fake) {
			run(t, house, `INSERT INTO audit_lease (name, holder, ends_at) VALUES ($1, 'other', $2)`, leaseName, db.At(c.Now().Add(time.Second)))
		},
		"the marks": func(t *testing.T, house *db.DB, other *Log, c *clock.Fake) {
			if n, err := other.Chain(t.Context()); n != 3 || err != nil {
				t.Fatalf("the other chained %d, %v", n, err)
			}
			run(t, house, `DELETE FROM audit_chain`) // so that neither the tail nor the unique keys tell
			c.Move(leaseTime)
		},
		"the tail": func(t *testing.T, house *db.DB, _ *Log, _ *clock.Fake) {
			run(t, house, `INSERT INTO audit_chain (organisation, seq, entry_id, mac) VALUES ('o1', 7, 'another', $1)`, []byte("x"))
		},
		"nobody": func(*testing.T, *db.DB, *Log, *clock.Fake) {},
	} {
		t.Run(name, func(t *testing.T) {
			for _, dialect := range dbtest.Engines() {
				house, keys := dbtest.On(t, dialect), dbtest.On(t, dialect, dbtest.Migrations(vault.Migrations()))
				c := clock.NewFake(time.Date(2026, 11, 2, 9, 30, 0, 0, time.UTC))
				l, other := New(house, keys, [32]byte{1}, WithClock(c)), New(house, keys, [32]byte{1}, WithClock(c))
				err := house.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					for range 3 {
						if err := l.Add(ctx, tx, Entry{Organisation: "o1", Action: "test", Outcome: OK}); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				batch, err := l.waiting(t.Context())
				if err != nil || len(batch) != 3 {
					t.Fatalf("%d wait, %v", len(batch), err)
				}
				ends, err := l.ends(t.Context(), []string{"o1"})
				if err != nil {
					t.Fatal(err)
				}
				between(t, house, other, c)
				err = house.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return l.store(ctx, tx, batch, ends) })
				if want := name != "nobody"; errors.Is(err, errMoved) != want || !want && err != nil {
					t.Errorf("%s: %v", dialect, err)
				}
			}
		})
	}
}

func run(t *testing.T, d *db.DB, query string, args ...any) {
	t.Helper()
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
