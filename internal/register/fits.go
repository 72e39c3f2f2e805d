package register

import (
	"context"
	"fmt"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/credential"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/programme"
)

// maxFits bounds of how many people it is asked at a time.
const maxFits = 200

// Candidate is somebody who works in a round, or might: in a role, from a day.
type Candidate struct {
	Person, Role string
	On           clock.Date
}

// Fits tells of each candidate whether they may work in a round of the variant in the role on the day, in the order in which they were asked
// of. It is for those who plan rounds; whom they asked of is noted. To ask of many at once costs little more than of one: colleagues have
// most of their rounds in common.
func (s *Service) Fits(ctx context.Context, actor access.Subject, def *programme.Definition, variant string, candidates []Candidate) ([]Fit, error) {
	if access.ReachOf(actor.Role, access.PlanRound) == access.None && access.ReachOf(actor.Role, access.ChangeRound) == access.None {
		return nil, errs.New(errs.Denied, "")
	}
	if len(candidates) > maxFits {
		return nil, errs.New(errs.TooLarge, "")
	}
	if actor.Programme != "" && actor.Programme != def.ID {
		return nil, errs.New(errs.Denied, "")
	}
	v, ok := def.Variant(variant)
	if !ok {
		return nil, errs.New(errs.NotFound, "")
	}
	var people []string
	for _, c := range candidates {
		if !slices.Contains(people, c.Person) {
			people = append(people, c.Person)
		}
	}
	var fits []Fit
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		facts, err := factsTx(ctx, tx, def, people)
		if err != nil {
			return err
		}
		fits = make([]Fit, len(candidates))
		told := map[Candidate]Fit{} // who works in the round is often asked about as a candidate too
		for i, c := range candidates {
			f, ok := told[c]
			if !ok {
				staffing, _ := v.StaffIn(c.Role)
				f = fit(def, staffing, facts.For(c.Person), c.On)
				told[c] = f
			}
			fits[i] = f
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("who fits: %w", err)
	}
	audit.Note(ctx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: actor.Organisation, Action: ActionFits,
		Outcome: audit.OK, Found: people})
	return fits, nil
}

// fit is the answer of one person: whoever holds one of the credentials may; whoever is on the way to one, and has completed the course,
// may under supervision where the programme lets them learn so; and so may whoever has to lead to get back what has lapsed.
func fit(def *programme.Definition, st programme.Staffing, facts credential.Facts, on clock.Date) Fit {
	f := Fit{Person: facts.Holder(), Status: credential.None}
	trained := len(st.Completed) == 0 || facts.Completed(st.Completed, on)
	if len(st.Holds) == 0 {
		f.May = len(st.Completed) == 0 || trained
		return f
	}
	best := credential.Verdict{Status: credential.None}
	for i, id := range st.Holds {
		v := credential.Evaluate(def, id, facts, on)
		if v.Status.InForce() {
			f.May, f.Status, f.Reasons = true, v.Status, v.Reasons
			return f
		}
		if i == 0 || rank(v.Status) > rank(best.Status) {
			best = v
		}
	}
	f.Status, f.Reasons = best.Status, best.Reasons
	switch best.Status {
	case credential.None, credential.InTraining, credential.UnderSupervision, credential.Lapsed:
		f.Learning = st.Learning && trained || st.Learning && best.Status == credential.Lapsed
	}
	f.May = f.Learning
	if !f.May {
		for _, r := range best.Open() {
			f.Reasons = append(f.Reasons, r.Reasons...)
		}
	}
	return f
}

// rank orders statuses by how near somebody is to acting on the credential.
func rank(s credential.Status) int { return slices.Index(nearness, s) }

var nearness = []credential.Status{credential.Withdrawn, credential.None, credential.InTraining, credential.UnderSupervision, credential.Lapsed,
	credential.Due, credential.Certified}
