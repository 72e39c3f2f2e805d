package catalogue_test

import (
	"sync"
	"testing"
	"time"

	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/errs"
)

// Two coordinators who decide at the same moment: one decision counts, and the history has no two for one day.
func TestTwoDecideAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := open(t, d)
		versions := []string{"1", "2", "3", "4"}
		for _, v := range versions {
			g.upload(t, g.a, file("p", v, "2026-01-01"))
		}
		day := clock.MustDate(tomorrow)
		failed := make([]error, len(versions))
		var all sync.WaitGroup
		for i, v := range versions {
			all.Go(func() { failed[i] = g.Catalogue.PutInForce(g.ctx, g.a, "p", v, day, false, "") })
		}
		all.Wait()
		for i, err := range failed {
			if err != nil && !errs.Is(err, errs.Unavailable) {
				t.Errorf("version %s: %v", versions[i], err)
			}
		}
		p, err := g.Catalogue.Get(g.ctx, g.a, "p")
		must(t, err)
		if len(p.History) != 1 || p.History[0].From != day {
			t.Errorf("%d decisions count: %+v", len(p.History), p.History)
		}
		if n := len(p.In("coming")); n != 1 {
			t.Errorf("%d versions are coming", n)
		}
	})
}

// Lists ask what is in force while somebody decides and time goes on: each answer is whole, old or new.
func TestManyAskAtOnceWhileOneDecides(t *testing.T) {
	g := open(t, dbtest.New(t))
	done := make(chan struct{})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				inForce := g.Catalogue.InForce()
				if len(inForce) < 3 {
					t.Errorf("%d programmes are in force", len(inForce))
					return
				}
				for _, d := range inForce {
					if same, err := g.Catalogue.Definition(d.ID, d.Version); err != nil || same != d {
						t.Errorf("%s %s: %v", d.ID, d.Version, err)
						return
					}
				}
			}
		})
	}
	for i := range 5 {
		version := string(rune('1' + i))
		g.upload(t, g.a, file("p", version, "2026-01-01"))
		must(t, g.Catalogue.PutInForce(g.ctx, g.a, "p", version, g.Catalogue.Today(), false, ""))
		g.Time.Move(24 * time.Hour)
	}
	close(done)
	all.Wait()
	if d, err := g.Catalogue.Newest("p"); err != nil || d.Version != "5" {
		t.Errorf("%v is in force, %v", d, err)
	}
}
