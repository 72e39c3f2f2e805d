package credential

import (
	"slices"

	"hemvist/internal/programme"
)

// supervision: so many times, or hours, of supervision, and a share of what was offered.
func (ev *eval) supervision(r programme.Supervision, sc scope) outcome {
	var hits []hit
	open, offered := 0, 0
	weight := func(f *Fact) int {
		if r.Amount.Hours {
			return f.Minutes
		}
		return 1
	}
	for _, f := range ev.supervisionsOf(sc, r.Variants) {
		if !ev.counts(sc, dayOf(f.On)) || r.Setting != "" && f.Setting != r.Setting {
			continue
		}
		if f.Kind == FactOffered {
			offered++
			continue
		}
		switch holding := holdingOf(f); {
		case len(r.Holding) == 0 || overlap(holding, r.Holding):
			hits = append(hits, hit{dayOf(f.On), weight(f), []Ref{refTo(f)}})
		case holding == nil:
			open += weight(f)
		}
	}
	need := r.Amount.N
	if r.Amount.Hours {
		need *= 60
	}
	got, attended := weightOf(hits), len(hits)
	out := tally(need, hits, open, sc)
	out.reasons = ev.because(unless(r.Amount.Hours, CodeSupervisionTimes, CodeSupervisionHours), Args{N: got, Need: need})
	if out.state == Unknown {
		out.reasons = append(out.reasons, ev.reason(CodeReviewerUnknown, Args{N: 1}))
	}
	if out.state != Met && ev.unrecorded(FactSupervised) {
		out.state, out.reasons = Unknown, ev.because(CodeSupervisionUnrecorded, Args{})
		return out
	}
	if all := max(offered, attended); r.Share > 0 && attended*100 < r.Share*all {
		out.state = unless(out.state == Unknown, Missing, Unknown)
		out.reasons = append(out.reasons, ev.reason(CodeSupervisionShare, Args{N: attended, Of: all, Share: r.Share}))
	}
	return out
}

func holdingOf(f *Fact) []string {
	if f.Review == nil {
		return nil
	}
	return f.Review.Holding
}

// supervisionsOf are supervision, and offers of it, that the holder is named in or that were about sessions the holder led.
func (ev *eval) supervisionsOf(sc scope, variants []string) []*Fact {
	var out []*Fact
	p := ev.someone(sc.who)
	fits := func(f *Fact) bool {
		w := ev.workOf(f)
		return (len(variants) == 0 || w != nil && w.isOf(variants)) && (sc.only == nil || sc.only == w)
	}
	for _, f := range p.supported {
		if fits(f) {
			out = append(out, f)
		}
	}
	for _, w := range p.works {
		for _, f := range w.supported {
			if fits(f) && w.hasRole(sc.who, "", dayOf(f.On)) {
				out = append(out, f)
			}
		}
		for _, m := range w.meetings() {
			for _, f := range m.supervised {
				if _, nobody := isAbout(f, sc.who); nobody && fits(f) && ev.isOn(w, m, f, sc.who, "") {
					out = append(out, f)
				}
			}
		}
	}
	return out
}

// workOf is the round or case that a fact names; nil when it names none.
func (ev *eval) workOf(f *Fact) *work {
	if f.Round != "" {
		return ev.ix.works[workKey{id: f.Round}]
	}
	return ev.ix.works[workKey{true, f.Case}]
}

// education: so much further education, in hours, or times at such as boosters.
func (ev *eval) education(r programme.Education, sc scope) outcome {
	var hits []hit
	rounds := map[string]bool{}
	add := func(f *Fact, variant string) {
		if len(r.Variants) > 0 && !slices.Contains(r.Variants, variant) || !ev.counts(sc, dayOf(f.On)) {
			return
		}
		weight := f.Minutes
		if !r.Amount.Hours {
			if f.Round != "" && rounds[f.Round] { // a time is a time, however many tell of it
				return
			}
			rounds[f.Round] = true
			weight = 1
		}
		hits = append(hits, hit{dayOf(f.On), weight, []Ref{refTo(f)}})
	}
	p := ev.someone(sc.who)
	for _, f := range p.educated {
		add(f, ev.variantIn(f))
	}
	if len(r.Variants) > 0 {
		for _, f := range p.courses {
			if f.Kind == FactCourseCompleted {
				add(f, ev.variantIn(f))
			}
		}
	}
	if len(r.Variants) > 0 && !r.Amount.Hours {
		for _, key := range ev.worksNamed(r.Variants) {
			w := ev.ix.works[key]
			for _, m := range w.meetings() {
				if f, _ := ev.presenceOf(m, sc.who); f != nil {
					add(f, w.variant)
				}
			}
		}
	}
	need := r.Amount.N
	if r.Amount.Hours {
		need *= 60
	}
	out := tally(need, hits, 0, sc)
	out.reasons = ev.because(unless(r.Amount.Hours, CodeEducationTimes, CodeEducationHours),
		Args{N: weightOf(hits), Need: need, What: ev.titles(r.Variants)})
	return out
}

// variantIn is the variant that the fact tells, or that its round is of.
func (ev *eval) variantIn(f *Fact) string {
	if f.Variant != "" {
		return f.Variant
	}
	if w := ev.workOf(f); w != nil {
		return w.variant
	}
	return ""
}

// test: a test was passed.
func (ev *eval) test(r programme.Test, sc scope) outcome {
	var hits []hit
	tries := 0
	for _, f := range ev.someone(sc.who).tests {
		if f.Item != r.Test || !ev.counts(sc, dayOf(f.On)) {
			continue
		}
		tries++
		if rev := f.Review; rev != nil && (r.AtLeast == 0 && rev.Passed || r.AtLeast > 0 && rev.Percent >= r.AtLeast) {
			hits = append(hits, hit{dayOf(f.On), 1, []Ref{refTo(f)}})
		}
	}
	out := tally(1, hits, 0, sc)
	what := ev.instrumentTitle(r.Test)
	switch {
	case out.state == Met:
		out.reasons = ev.because(CodeTestPassed, Args{What: what, Day: out.metOn.date()})
	case tries > 0:
		out.reasons = ev.because(CodeTestFailed, Args{What: what, Share: r.AtLeast})
	default:
		out.reasons = ev.because(CodeTestMissing, Args{What: what, Share: r.AtLeast})
	}
	return out
}

// attested: somebody in a role vouches for something, about the holder, or about each round when it is asked of rounds.
func (ev *eval) attested(req *programme.Requirement, r programme.Attested, sc scope) outcome {
	facts := ev.someone(sc.who).attested
	if sc.only != nil {
		facts = sc.only.whole
	}
	var hits []hit
	for _, f := range facts {
		if f.Kind == FactAttested && f.Item == r.What && (len(r.By) == 0 || slices.Contains(r.By, f.Role)) && ev.counts(sc, dayOf(f.On)) {
			hits = append(hits, hit{dayOf(f.On), 1, []Ref{refTo(f)}})
		}
	}
	out := tally(1, hits, 0, sc)
	what := []programme.Texts{attestedTitle(req, r)}
	out.reasons = ev.because(CodeAttestMissing, Args{What: what, Roles: ev.roleTitles(r.By)})
	if out.state == Met {
		out.reasons = ev.because(CodeAttestDone, Args{What: what, Day: out.metOn.date()})
	}
	return out
}
