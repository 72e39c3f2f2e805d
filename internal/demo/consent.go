package demo

import (
	"context"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/round"
	"hemvist/internal/round/consent"
)

// addConsents is what those in the demo leader's rounds have answered about being filmed: in the one that goes on somebody has said no and
// somebody has not answered, and in one that is planned nobody is asked yet.
func (f *filler) addConsents(ctx context.Context) error {
	home := f.orgs[0]
	me := access.Subject{Person: home.leaders[0].id, Role: access.Leader, Organisation: home.org, Authority: home.authority, Programme: f.Programme.ID}
	ctx = audit.WithTrail(ctx, &audit.Trail{})
	mine, err := f.Rounds.MineOpen(ctx, me)
	if err != nil {
		return err
	}
	for _, r := range mine {
		if r.StateOn(f.today) != round.Running || r.Attendance == round.CountsOnly {
			continue
		}
		view, err := f.Consents.Get(ctx, me, r.ID, "")
		if err != nil {
			return err
		}
		var asked []string
		for _, a := range view.Standing.Asked {
			if !a.Leader {
				asked = append(asked, a.Who)
			}
		}
		slices.Sort(asked)
		b := consent.Batch{How: consent.OnPaper, On: r.FirstOn}
		for i, who := range asked {
			answer := consent.Given
			if i == 2 {
				answer = consent.Refused
			}
			if i != 4 { // who has not answered
				b.Ticks = append(b.Ticks, consent.Tick{Who: who, Answer: answer})
			}
		}
		if _, err := f.Consents.Record(ctx, me, r.ID, consent.Filming, b, ""); err != nil {
			return err
		}
		for _, m := range r.Staff {
			if m.Role != access.Leader {
				continue
			}
			as := me
			as.Person = m.PersonID
			own := consent.Batch{How: consent.OnPaper, On: r.FirstOn, Ticks: []consent.Tick{{Who: as.Person, Answer: consent.Given}}}
			if _, err := f.Consents.Record(ctx, as, r.ID, consent.Filming, own, ""); err != nil {
				return err
			}
		}
	}
	return nil
}
