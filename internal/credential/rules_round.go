package credential

import (
	"hemvist/internal/programme"
)

// ledIn are the rounds that the holder works in and that have begun, or are planned to, in the window.
func (ev *eval) ledIn(sc scope, variants []string) []*work {
	var out []*work
	for _, w := range ev.someone(sc.who).works {
		if w.isCase || !w.isOf(variants) || sc.only != nil && sc.only != w {
			continue
		}
		start, _ := ev.startedOn(w)
		if start == 0 {
			if p := ev.planOf(w); p != nil && ev.endOf(w) == nil {
				start = dayOf(p.Starts)
			}
		}
		if start != 0 && sc.begunWithin(start) && (sc.until == 0 || start <= sc.until) && ev.takesPart(w, sc.who, "") {
			out = append(out, w)
		}
	}
	return out
}

// notified: every start of a round was notified, in time where there is a time.
func (ev *eval) notified(r programme.Notified, sc scope) outcome {
	out := outcome{state: Met}
	n, of := 0, 0
	for _, w := range ev.ledIn(sc, r.Variants) {
		start, _ := ev.startedOn(w)
		deadline, limited := ev.momentOf(w, r.By)
		args := Args{Day: start.date(), Until: deadline.date()}
		if p := ev.planOf(w); start == 0 && p != nil {
			args.Day = p.Starts
		}
		told := ev.first(w.notified)
		switch {
		case told != nil && (!limited || dayOf(told.On) <= deadline):
			if start != 0 {
				n, of = n+1, of+1
			}
			out.evidence = append(out.evidence, refTo(told))
			out.metOn = later(out.metOn, dayOf(told.On))
		case limited && ev.past(deadline):
			of++
			out.state, out.missed = Missing, true
			out.reasons = append(out.reasons, ev.aboutWork(w, unless(told == nil, CodeNotifiedLate, CodeNotNotified), args))
		case start != 0:
			of++
			if out.state == Met {
				out.state = AtRisk
			}
			if limited {
				out.deadline = earlierLimit(out.deadline, deadline)
			}
			out.reasons = append(out.reasons, ev.aboutWork(w, CodeNotNotified, args))
		}
	}
	if out.state == Met {
		out.reasons = ev.because(CodeNotified, Args{N: n, Of: of})
	} else {
		out.metOn = 0
		if sc.list != ToKeep && out.state == AtRisk {
			out.state = Missing
		}
	}
	return out
}

// momentOf is the day that the moment names in the round; limited is false when there is none, or none yet.
func (ev *eval) momentOf(w *work, m programme.Moment) (deadline day, limited bool) {
	switch m.Anchor {
	case programme.AtStart:
		start, _ := ev.startedOn(w)
		if start == 0 {
			if p := ev.planOf(w); p != nil {
				start = dayOf(p.Starts)
			}
		}
		return byMoment(m, start)
	case programme.AtEnd:
		end := ev.endOf(w)
		if end == nil {
			return 0, false
		}
		last := ev.lastHeld(w)
		if last == 0 {
			last = dayOf(end.On)
		}
		return byMoment(m, last)
	case programme.AtSession:
		var at day
		for _, s := range ev.slotsOf(w) {
			if m.Session == 0 || s.Number == m.Session {
				at = later(at, ev.heldOn(s.meeting))
			}
		}
		return byMoment(m, at)
	}
	return 0, false
}

// evaluated: the evaluation was done in every round that was carried through.
func (ev *eval) evaluated(r programme.Evaluated, sc scope) outcome {
	out := outcome{state: Met}
	n, of := 0, 0
	for _, w := range ev.ledIn(sc, r.Variants) {
		closed, _ := ev.closedOn(w)
		if closed == 0 {
			continue
		}
		of++
		deadline, limited := ev.momentOf(w, r.By)
		state, refs, on := ev.wavesDone(w, r, deadline, limited)
		out.evidence = append(out.evidence, refs...)
		args := Args{Day: closed.date(), Until: deadline.date(), Share: r.Share}
		blind := ev.unrecorded(FactEvaluationDone)
		switch {
		case state == Met:
			n++
			out.metOn = later(out.metOn, on)
			continue
		case state == Unknown || blind:
			if out.state != Missing {
				out.state = Unknown
			}
			out.reasons = append(out.reasons, ev.aboutWork(w, unless(blind && state != Unknown, CodeAnswersUnknown, CodeEvaluatedUnrecorded), args))
			continue
		case limited && !ev.past(deadline):
			out.deadline = earlierLimit(out.deadline, deadline)
			if out.state == Met {
				out.state = AtRisk
			}
		default:
			out.state = Missing
			out.missed = out.missed || limited
		}
		out.reasons = append(out.reasons, ev.aboutWork(w, unless(r.Share > 0, CodeNotEvaluated, CodeAnswersFew), args))
	}
	if out.state == Met {
		out.reasons = ev.because(CodeEvaluated, Args{N: n, Of: of})
	} else {
		out.metOn = 0
	}
	return out
}

// wavesDone tells whether each wave has answers enough, in time.
func (ev *eval) wavesDone(w *work, r programme.Evaluated, deadline day, limited bool) (State, []Ref, day) {
	state, on := Met, day(0)
	var refs []Ref
	for _, wave := range r.Waves {
		best := Missing
		for _, f := range w.waves {
			d := dayOf(f.On)
			if f.Item != wave || !ev.happened(f) || limited && d > deadline || best == Met {
				continue
			}
			switch {
			case f.Of == 0 && r.Share > 0 && f.Count == 0:
				best = Unknown // done, but by how many nobody said
			case f.Of == 0 || f.Count > 0 && f.Count*100 >= r.Share*f.Of:
				best = Met
				refs, on = append(refs, refTo(f)), later(on, d)
			}
		}
		if best == Missing || best == Unknown && state == Met {
			state = best
		}
	}
	return state, refs, on
}
