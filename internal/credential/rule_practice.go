package credential

import (
	"cmp"
	"slices"

	"hemvist/internal/programme"
)

// practice: so many rounds, cases or sessions, each meeting the conditions.
func (ev *eval) practice(kind programme.Kind, r programme.Practice, sc scope) outcome {
	if kind == programme.KindSessions {
		return ev.practiceSessions(r, sc)
	}
	cases := kind == programme.KindCases
	var hits []hit
	var others []judgement
	open, hope, doubt := 0, 0, 0
	for _, w := range ev.worksOf(sc, cases, r.Variants, r.Role) {
		j := ev.glance(w, r, sc)
		switch {
		case j.chance == fulfilled && ev.counts(sc, j.on):
			hits = append(hits, hit{j.on, 1, j.refs()})
			continue
		case j.chance == unknown:
			open++
		case j.chance == pending:
			hope++
		case j.chance == doubtful:
			doubt++
		}
		others = append(others, j)
	}
	out := tally(r.Count, hits, open, sc)
	n := len(hits)
	if out.state == Missing && n+open+hope < r.Count && n+open+hope+doubt >= r.Count && doubt > 0 {
		out.state = AtRisk
	}
	if out.state == Unknown && n+hope+doubt >= r.Count { // what is running may settle it
		out.state = unless(n+hope >= r.Count, AtRisk, Missing)
	}
	out.reasons = ev.because(CodePractice, Args{N: n, Need: r.Count, Cases: cases, What: ev.titles(r.Variants)})
	if out.state == Met {
		return out
	}
	if best, ok := nearest(others); ok {
		if len(best.conditions) == 0 {
			best = ev.judge(best.work, r, sc)
		}
		out.reasons = append(out.reasons, best.lacking()...)
	}
	return out
}

// nearest is the round or case that tells best why it is not enough: of the best chance, the latest begun.
func nearest(js []judgement) (judgement, bool) {
	if len(js) == 0 {
		return judgement{}, false
	}
	return slices.MinFunc(js, func(a, b judgement) int {
		return cmp.Or(cmp.Compare(a.chance, b.chance), cmp.Compare(b.start, a.start), cmp.Compare(a.work.order, b.work.order))
	}), true
}

// lacking are the reasons of what is not fulfilled, the worst first. Of a round that is lost to one thing the rest is no matter,
// and of one that was broken off only that is told.
func (j judgement) lacking() []Reason {
	var out []Reason
	for _, level := range []chance{lost, unknown, doubtful, pending} {
		for _, c := range j.conditions {
			if c.chance == level {
				out = append(out, c.reason)
			}
		}
		if level == lost && len(out) > 0 {
			return out
		}
	}
	return out
}

func (j judgement) refs() []Ref {
	var out []Ref
	for _, c := range j.conditions {
		out = append(out, c.refs...)
	}
	slices.SortStableFunc(out, func(a, b Ref) int { return a.On.Compare(b.On) })
	return out
}

// practiceSessions: so many sessions were held by the holder, each filmed, supervised and visited as asked.
func (ev *eval) practiceSessions(r programme.Practice, sc scope) outcome {
	var hits []hit
	lacking := 0
	for _, cases := range []bool{false, true} {
		for _, w := range ev.worksOf(sc, cases, r.Variants, r.Role) {
			if end := ev.endOf(w); r.Closed && (end == nil || end.Kind != FactClosed) {
				continue
			}
			for _, s := range ev.slotsOf(w) {
				if s.meeting == nil || !isOfKind(s.Kind, r.SessionKinds) {
					continue
				}
				if h, ok := ev.sessionHit(w, s.meeting, r, sc); ok {
					hits = append(hits, h)
				} else if ev.heldOn(s.meeting) != 0 {
					lacking++
				}
			}
		}
	}
	open := 0
	if !r.Filmed.IsZero() && ev.unrecorded(FactFilmed) || !r.Supervised.IsZero() && ev.unrecorded(FactSupervised) {
		open = lacking
	}
	out := tally(r.Count, hits, open, sc)
	out.reasons = ev.because(CodeSessions, Args{N: len(hits), Need: r.Count})
	if out.state != Met && lacking > 0 {
		out.reasons = append(out.reasons, ev.reason(CodeSessionsLacking, Args{N: lacking}))
	}
	return out
}

// sessionHit is the session as evidence, when everything that is asked of it is there.
func (ev *eval) sessionHit(w *work, m *meeting, r programme.Practice, sc scope) (hit, bool) {
	on := ev.heldOn(m)
	if !ev.counts(sc, on) || !ev.led(w, m, sc.who, r.Role) {
		return hit{}, false
	}
	h := hit{on, 1, []Ref{refTo(m.held[0])}}
	if !r.Filmed.IsZero() {
		f := ev.filmOf(w, m, sc, r.Role)
		if f == nil {
			return hit{}, false
		}
		h.on, h.refs = later(h.on, dayOf(f.fact.On)), append(h.refs, refTo(f.fact))
	}
	if !r.Supervised.IsZero() {
		f := ev.supervisionOf(w, m, sc, r.Role)
		if f == nil {
			return hit{}, false
		}
		h.on, h.refs = later(h.on, dayOf(f.On)), append(h.refs, refTo(f))
	}
	if r.Participants != nil {
		names, count, told := ev.presentAt(m, sc)
		if max(count, len(names)) < r.Participants.AtLeast {
			return hit{}, false
		}
		h.on = later(h.on, told)
	}
	return h, true
}
