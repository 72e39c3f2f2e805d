package credential

import (
	"slices"

	"hemvist/internal/programme"
)

// completed: a course was completed, as the course itself says or by presence.
func (ev *eval) completed(r programme.Completed, sc scope) outcome {
	var hits []hit
	open := 0
	var running *Fact
	var best outcome
	for _, f := range ev.someone(sc.who).courses {
		if !slices.Contains(r.Variants, f.Variant) || !ev.happened(f) {
			continue
		}
		switch f.Kind {
		case FactEnrolled:
			running = f
		case FactUnenrolled:
			if running != nil && running.Variant == f.Variant {
				running = nil
			}
		case FactCourseCompleted:
			running = nil
			if !r.Attended.IsZero() {
				ok, known := ev.attendanceTold(r.Attended, f)
				if !known {
					open++
				}
				if !ok {
					continue
				}
			}
			if ev.counts(sc, dayOf(f.On)) {
				hits = append(hits, hit{dayOf(f.On), 1, []Ref{refTo(f)}})
			}
		}
	}
	if !r.Attended.IsZero() {
		var byPresence []hit
		byPresence, best = ev.attendedCourses(r, sc)
		hits = append(hits, byPresence...)
		if best.state == Unknown {
			open++
		}
	}
	out := tally(1, hits, open, sc)
	courses := ev.titles(r.Variants)
	switch {
	case out.state == Met:
		out.evidence = out.evidence[:1]
		out.reasons = ev.because(CodeCourseDone, Args{What: ev.titles([]string{ev.variantOf(hits[0].refs[0], sc, r.Variants)}), Day: out.metOn.date()})
	case len(best.reasons) > 0:
		out.reasons = best.reasons
	case out.state == Unknown:
		out.reasons = ev.because(CodeCourseNoList, Args{What: courses})
	case running != nil:
		out.reasons = ev.because(CodeCourseRuns, Args{What: ev.titles([]string{running.Variant}), Day: running.On})
	default:
		out.reasons = ev.because(CodeCourseMissing, Args{What: courses})
	}
	return out
}

// attendanceTold reads presence from the completion itself, where it says so many of so many.
func (ev *eval) attendanceTold(need programme.Quantity, f *Fact) (ok, known bool) {
	if f.Of > 0 {
		return f.Count >= need.Of(f.Of), true
	}
	w := ev.ix.works[workKey{id: f.Round}]
	if f.Round != "" && w != nil && len(w.meetings()) > 0 {
		return false, true // there are lists: they decide
	}
	return false, false
}

// attendedCourses are the courses of which the person was present at enough; best tells of the one that came nearest.
func (ev *eval) attendedCourses(r programme.Completed, sc scope) (hits []hit, best outcome) {
	for _, key := range ev.worksNamed(r.Variants) {
		w := ev.ix.works[key]
		slots := ev.counted(w, nil)
		var days []hit
		open := 0
		for _, s := range slots {
			if s.meeting == nil {
				continue
			}
			switch f, told := ev.presenceOf(s.meeting, sc.who); {
			case f != nil && ev.counts(sc, dayOf(f.On)):
				days = append(days, hit{dayOf(f.On), 1, []Ref{refTo(f)}})
			case f == nil && !told && ev.heldOn(s.meeting) != 0 && ev.isEnrolled(w, sc.who):
				open++
			}
		}
		if len(days) == 0 && open == 0 {
			continue
		}
		need := r.Attended.Of(len(slots))
		out := tally(need, days, open, sc)
		out.reasons = ev.because(CodeAttended, Args{What: ev.titles([]string{w.variant}), N: len(days), Of: len(slots), Need: need})
		if out.state == Met {
			hits = append(hits, hit{out.metOn, 1, out.evidence})
		} else if best.state == "" || out.state == Unknown {
			best = out
		}
	}
	return hits, best
}

// presenceOf is the fact that names who as present; told says whether names were told at all.
func (ev *eval) presenceOf(m *meeting, who string) (found *Fact, told bool) {
	for _, f := range m.present {
		if f.Kind != FactPresent || !ev.happened(f) {
			continue
		}
		told = true
		if slices.Contains(f.People, who) {
			return f, true
		}
	}
	return nil, told
}

func (ev *eval) isEnrolled(w *work, who string) bool {
	return slices.ContainsFunc(w.enrolled, func(f *Fact) bool { return f.Who == who && ev.happened(f) })
}

// worksNamed are the rounds of the variants, in the order of their first facts.
func (ev *eval) worksNamed(variants []string) []workKey {
	var keys []workKey
	for key, w := range ev.ix.works {
		if !key.isCase && slices.Contains(variants, w.variant) {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b workKey) int { return ev.ix.works[a].order - ev.ix.works[b].order })
	return keys
}

// variantOf is the course that the evidence is of: the round's, or that of the completion of that day.
func (ev *eval) variantOf(ref Ref, sc scope, variants []string) string {
	for _, f := range ev.someone(sc.who).courses {
		if f.Kind == FactCourseCompleted && slices.Contains(variants, f.Variant) && f.On == ref.On {
			return f.Variant
		}
	}
	if w := ev.ix.works[workKey{id: ref.Round}]; w != nil {
		return w.variant
	}
	return variants[0]
}
