package register_test

import (
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/credential"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/errs"
	"hemvist/internal/register"
	"hemvist/internal/round"
)

func TestWhoIsCertifiedAndHasNoRounds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		grant := func(who access.Subject, on string) {
			t.Helper()
			n := register.NewFact{Programme: "connect", Kind: credential.FactGranted, What: "leader", On: day(on), Why: register.EarlierRegister}
			if err := w.Register.Record(ctx(), w.coordinator, who.Person, n, ""); err != nil {
				t.Fatal(err)
			}
		}
		spread := func(who access.Subject) register.Spread {
			t.Helper()
			sp, err := w.Register.Spread(ctx(), who)
			if err != nil {
				t.Fatal(err)
			}
			return sp
		}
		if sp := spread(w.coordinator); len(sp.Idle) != 0 || sp.Total != 0 {
			t.Errorf("nobody is certified: %+v", sp)
		}
		grant(w.leader, "2026-02-01")
		grant(w.second, "2024-02-01") // ends within six months
		if sp := spread(w.coordinator); len(sp.Idle) != 1 || sp.Idle[0].Certified != 2 || !sp.Idle[0].Since.IsZero() {
			t.Errorf("two are certified, and there has been no round: %+v", sp.Idle)
		}
		if sp := spread(w.contact); len(sp.Ending) != 1 || sp.Ending[0].PersonID != w.second.Person || sp.Ending[0].Due != day("2027-02-01") || sp.Total != 1 {
			t.Errorf("whose certificate ends: %+v", sp.Ending)
		}
		if n, err := w.Register.EndingSoon(ctx(), w.contact); err != nil || n != 1 {
			t.Errorf("counted: %d, %v", n, err)
		}
		elsewhere := w.contact
		elsewhere.Organisation, elsewhere.Authority = w.hub, ""
		if sp := spread(elsewhere); len(sp.Idle) != 0 || sp.Total != 0 {
			t.Errorf("a contact of another organisation sees %+v", sp)
		}
		if _, err := w.Register.Spread(ctx(), w.leader); !errs.Is(err, errs.Denied) {
			t.Errorf("a leader: %v", err)
		}

		past := w.group(day("2026-02-03"), round.Named, w.leader)
		w.hold(past, 9)
		w.closeRound(past, day("2026-04-10"))
		if sp := spread(w.coordinator); len(sp.Idle) != 1 || sp.Idle[0].Since != day("2026-03-31") {
			t.Errorf("after a round that has ended: %+v", sp.Idle)
		}
		w.group(day("2026-12-01"), round.Named, w.leader)
		if sp := spread(w.coordinator); len(sp.Idle) != 0 {
			t.Errorf("with a round ahead: %+v", sp.Idle)
		}
	})
}
