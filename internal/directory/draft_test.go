package directory_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/house/housetest"
)

func write(t testing.TB, d *db.DB, fn func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func TestADraftIsUsedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := housetest.New(t, d, nil)
		var hub directory.Organisation
		var me directory.Person
		write(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
			if hub, err = h.Directory.AddOrganisationTx(ctx, tx, directory.Organisation{Kind: directory.HubKind, Name: "Hemvisten"}); err != nil {
				return err
			}
			me, err = h.Directory.AddPersonTx(ctx, tx, directory.Person{Name: "Karin Provlund", GivenName: "Karin", Email: "k@demo.example", Language: "sv"})
			return err
		})
		save := func() (saved directory.Draft) {
			write(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
				saved, err = h.Directory.SaveDraftTx(ctx, tx, directory.Draft{Kind: "test", OrganisationID: hub.ID, MadeBy: me.ID}, []string{"å", "b"})
				return err
			})
			return saved
		}
		draft := save()
		var once sync.Mutex
		var results []errs.Kind
		used := 0
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				var got []string
				err := d.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
					found, err := h.Directory.UseDraftTx(ctx, tx, "test", draft.ID, me.ID)
					if err != nil {
						return err
					}
					got = nil
					return found.Into(&got)
				})
				once.Lock()
				defer once.Unlock()
				if err == nil && slices.Equal(got, []string{"å", "b"}) {
					used++
				} else {
					results = append(results, errs.KindOf(err))
				}
			})
		}
		wg.Wait()
		if used != 1 || len(results) != 7 || slices.ContainsFunc(results, func(k errs.Kind) bool { return k != errs.Conflict }) {
			t.Errorf("used %d times; the others: %v", used, results)
		}
		old := save()
		h.Time.Move(25 * time.Hour)
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := h.Directory.UseDraftTx(ctx, tx, "test", old.ID, me.ID)
			return err
		})
		if !errs.Is(err, errs.NotFound) {
			t.Errorf("a draft that has ended: %v", err)
		}
		save()
		left := 0
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			return tx.QueryRow(ctx, `SELECT count(*) FROM import_draft`).Scan(&left)
		})
		if left != 1 {
			t.Errorf("%d drafts are left, want the new one", left)
		}
	})
}
