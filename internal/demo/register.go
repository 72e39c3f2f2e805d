package demo

import (
	"context"

	"hemvist/internal/clock"
	"hemvist/internal/credential"
	"hemvist/internal/db"
	"hemvist/internal/register"
)

// addCredentials records what the leaders' certificates rest on, as a hub that has had another register before. Most are certified; in the
// first place, that of the demo's leader, one is certified, one is to be renewed, one has completed the training, one is new.
func (f *filler) addCredentials(ctx context.Context) error {
	if f.Register == nil {
		return nil
	}
	err := f.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		add := func(person string, kind credential.FactKind, what string, on clock.Date) error {
			return f.Register.AddTx(ctx, tx, person, register.NewFact{Programme: f.Programme.ID, Kind: kind, What: what, On: on, Why: register.EarlierRegister}, f.boss)
		}
		for i, p := range f.orgs {
			for j, l := range p.leaders {
				trained, granted := f.today.AddDays(-400-37*(i%7)-61*j), f.today.AddDays(-240-37*(i%7)-61*j)
				switch {
				case i == 0 && j == 1: // the leader's colleague: trained, in the first group
					trained, granted = f.today.AddDays(-300), clock.Date{}
				case i == 0 && j == 2:
					trained, granted = f.today.AddYears(-4), f.today.AddYears(-3).AddDays(-40)
				case j == 3 && i%2 == 0: // has not begun
					continue
				}
				if err := add(l.id, credential.FactCourseCompleted, "leader-training-on-site", trained); err != nil {
					return err
				}
				if !granted.IsZero() {
					if err := add(l.id, credential.FactGranted, "leader", granted); err != nil {
						return err
					}
				}
			}
		}
		for _, id := range []string{f.extra.supervisor, f.extra.trainer} {
			if id == "" {
				continue
			}
			if err := add(id, credential.FactGranted, "leader", f.today.AddYears(-2)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = f.Register.Refresh(ctx)
	return err
}
