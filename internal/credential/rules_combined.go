package credential

import (
	"hemvist/internal/programme"
)

// anyOf is met when one of its requirements is.
func (ev *eval) anyOf(r programme.AnyOf, sc scope) outcome {
	parts := ev.answers(r.Requirements, sc)
	out := outcome{state: Missing, missed: true, parts: parts}
	rank := map[State]int{Met: 0, AtRisk: 1, Unknown: 2, Missing: 3}
	for _, p := range parts {
		if rank[p.State] < rank[out.state] {
			out.state = p.State
		}
		out.missed = out.missed && p.Missed
	}
	for _, p := range parts { // what is met goes before what only may be
		if met := dayOf(p.MetOn); p.isMet() && (out.metOn == 0 || met < out.metOn) {
			out.metOn, out.evidence = met, p.Evidence
		}
	}
	out.missed = out.missed && out.metOn == 0
	n := countMet(parts)
	out.reasons = ev.because(unless(n > 0, CodeNoneOf, CodeOneOf), Args{N: n, Of: len(parts)})
	return out
}

// allOf is met when all of its requirements are.
func (ev *eval) allOf(r programme.AllOf, sc scope) outcome {
	out := allOf(ev.answers(r.Requirements, sc))
	out.reasons = ev.because(CodeAllOf, Args{N: countMet(out.parts), Of: len(out.parts)})
	return out
}

// allOf puts parts together that must all be met. One that is missing says more than one that cannot be known.
func allOf(parts []Result) outcome {
	out := outcome{state: Met, parts: parts}
	rank := map[State]int{Met: 0, AtRisk: 1, Unknown: 2, Missing: 3}
	for _, p := range parts {
		if p.Advised {
			continue
		}
		if rank[p.State] > rank[out.state] {
			out.state = p.State
		}
		out.missed = out.missed || p.Missed && p.State == Missing
		out.metOn = later(out.metOn, dayOf(p.MetOn))
		out.evidence = append(out.evidence, p.Evidence...)
	}
	for _, p := range parts {
		if !p.Advised && !p.isMet() {
			out.metOn = 0
		}
	}
	return out
}

func countMet(parts []Result) int {
	n := 0
	for _, p := range parts {
		if p.isMet() {
			n++
		}
	}
	return n
}

// holds: another credential is held, and has been for so long.
func (ev *eval) holds(r programme.Holds, sc scope) outcome {
	out := outcome{state: Missing, missed: sc.list == ToKeep}
	titles := ev.credentialTitles(r.Credentials)
	for _, id := range r.Credentials {
		s := ev.standing(sc.who, id)
		if s.circular {
			out.state = Unknown
			continue
		}
		if !s.status.InForce() {
			continue
		}
		since := s.first
		if !r.For.IsZero() {
			since = after(r.For, s.first)
			if !ev.reached(since) {
				out.reasons = ev.because(CodeHeldTooShort, Args{What: ev.credentialTitles([]string{id}), Day: since.date(), Period: r.For})
				continue
			}
		}
		if out.state != Met || since < out.metOn {
			out = outcome{state: Met, metOn: since, evidence: s.evidence, expires: s.last,
				reasons: ev.because(CodeHolds, Args{What: ev.credentialTitles([]string{id}), Day: s.first.date()})}
		}
	}
	if out.state != Met && len(out.reasons) == 0 {
		out.reasons = ev.because(CodeHoldsNot, Args{What: titles})
	}
	return out
}

// staff: of a unit's people, so many have completed a course or hold a credential.
func (ev *eval) staff(r programme.Staff, sc scope) outcome {
	people := ev.staffOf(sc.who, r.Role, r.Number.Every || r.Number.Share > 0)
	if len(people) == 0 {
		return outcome{state: Missing, missed: sc.list == ToKeep, reasons: ev.because(CodeNoStaff, Args{})}
	}
	var hits []hit
	open := 0
	for _, p := range people {
		one := scope{credential: sc.credential, list: sc.list, who: p} // what they have, whenever they got it
		if sc.fresh {
			one.after = sc.after
		}
		h, known := ev.staffHit(r, one)
		switch {
		case h.weight > 0:
			hits = append(hits, h)
		case !known:
			open++
		}
	}
	need := r.Number.Of(len(people))
	out := tally(need, hits, open, scope{})
	out.missed = sc.list == ToKeep && out.state == Missing
	what := append(ev.titles(r.Completed), ev.credentialTitles(r.Holds)...)
	out.reasons = ev.because(CodeStaff, Args{N: len(hits), Need: need, Of: len(people), What: what})
	return out
}

// staffHit is one of the unit's people with the course or credential that is asked for.
func (ev *eval) staffHit(r programme.Staff, one scope) (h hit, known bool) {
	if len(r.Completed) > 0 {
		if out := ev.completed(programme.Completed{Variants: r.Completed}, one); out.state == Met {
			return hit{out.metOn, 1, out.evidence}, true
		}
	}
	if len(r.Holds) > 0 {
		out := ev.holds(programme.Holds{Credentials: r.Holds}, one)
		if out.state == Met {
			return hit{out.metOn, 1, out.evidence}, true
		}
		return hit{}, out.state != Unknown
	}
	return hit{}, true
}

// staffOf are the people who work at the unit in the role, in the order in which they came; only those agreed as relevant when
// relevant is asked for and anybody is so agreed.
func (ev *eval) staffOf(unit, role string, relevant bool) []string {
	var all, chosen []string
	latest := map[string]*Fact{}
	for _, f := range ev.ix.units[unit] {
		if f.Who == "" || role != "" && f.Role != "" && f.Role != role {
			continue
		}
		if f.Kind == FactStaffJoined && ev.happened(f) {
			if latest[f.Who] == nil {
				all = append(all, f.Who)
			}
			latest[f.Who] = f
		} else if f.Kind == FactStaffLeft && latest[f.Who] != nil && ev.past(dayOf(f.On)) {
			latest[f.Who] = f
		}
	}
	var here []string
	for _, p := range all {
		f := latest[p]
		if f.Kind != FactStaffJoined {
			continue
		}
		here = append(here, p)
		if f.Relevant {
			chosen = append(chosen, p)
		}
	}
	if relevant && len(chosen) > 0 {
		return chosen
	}
	return here
}
