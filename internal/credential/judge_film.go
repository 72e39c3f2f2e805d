package credential

import (
	"slices"

	"hemvist/internal/programme"
)

// sessionCount sorts a round's sessions by whether something was done at each.
type sessionCount struct {
	done     []hit
	lacking  []int // held, and it should be there by now
	lost     int   // it can no longer be done
	waiting  int   // not held yet, or held and still in time
	open     int   // whether it was done is written down nowhere
	lostNums []int
}

// judge turns the count into a condition: need of total sessions.
func (c sessionCount) judge(need, total int) (chance, day) {
	switch {
	case len(c.done) >= need:
		return fulfilled, tally(need, c.done, 0, scope{}).metOn
	case total-c.lost < need:
		return lost, 0
	case len(c.done)+c.waiting+c.open < need:
		return doubtful, 0
	case c.open > 0:
		return unknown, 0
	default:
		return pending, 0
	}
}

// judgeFilmed: so many of the planned sessions, but for those that somebody else led, were filmed.
func (ev *eval) judgeFilmed(j *judgement, r programme.Practice, sc scope, slots []slot) condition {
	lastHeld := ev.lastHeldOf(slots)
	upload := ev.uploadWithin(j.variant)
	blind := ev.unrecorded(FactFilmed)
	var c sessionCount
	total := 0
	for _, s := range slots {
		held := ev.heldOn(s.meeting)
		if ev.isOthers(j.work, s.meeting, sc.who, r.Role) {
			continue
		}
		total++
		f := ev.filmOf(j.work, s.meeting, sc, r.Role)
		late := held != 0 && (held < lastHeld || !upload.IsZero() && ev.past(after(upload, held)))
		switch {
		case f != nil:
			c.done = append(c.done, hit{dayOf(f.fact.On), 1, []Ref{refTo(f.fact)}})
		case ev.cancelled(s.meeting), held != 0 && ev.first(s.notFilmed) != nil, j.over && (held == 0 || !blind):
			c.lost++
			c.lostNums = append(c.lostNums, s.Number)
		case blind:
			c.open++
		case late:
			c.lacking = append(c.lacking, s.Number)
		default:
			c.waiting++
		}
	}
	return ev.sessionCondition(j, c, r.Filmed.Of(total), total, CodeFilmed, CodeFilmedUnrecorded)
}

// isOthers tells whether somebody else leads the session, or led it. How many may be missed, Led says.
func (ev *eval) isOthers(w *work, m *meeting, who, role string) bool {
	if ev.heldOn(m) == 0 {
		return ev.isAway(m, who)
	}
	return !ev.led(w, m, who, role)
}

// judgeSupervised: on so many of the planned sessions, but for those that somebody else led, there was supervision. It may come
// after the end.
func (ev *eval) judgeSupervised(j *judgement, r programme.Practice, sc scope, slots []slot) condition {
	lastHeld := ev.lastHeldOf(slots)
	var c sessionCount
	total := 0
	for _, s := range slots {
		held := ev.heldOn(s.meeting)
		if ev.isOthers(j.work, s.meeting, sc.who, r.Role) {
			continue
		}
		total++
		f := ev.supervisionOf(j.work, s.meeting, sc, r.Role)
		switch {
		case f != nil:
			c.done = append(c.done, hit{dayOf(f.On), 1, []Ref{refTo(f)}})
		case ev.unrecorded(FactSupervised) && (held != 0 || !j.over && !ev.cancelled(s.meeting)):
			c.open++
		case held == 0 && j.over, ev.cancelled(s.meeting), j.over && !r.Filmed.IsZero() && ev.filmOf(j.work, s.meeting, sc, r.Role) == nil:
			c.lost++
			c.lostNums = append(c.lostNums, s.Number)
		case held != 0 && (held < lastHeld || j.over):
			c.lacking = append(c.lacking, s.Number)
		default:
			c.waiting++
		}
	}
	return ev.sessionCondition(j, c, r.Supervised.Of(total), total, CodeSupervised, CodeSupervisedUnrecorded)
}

// sessionCondition has the code, or open's when it cannot be known: what is lost for certain says so.
func (ev *eval) sessionCondition(j *judgement, c sessionCount, need, total int, code, open Code) condition {
	chance, on := c.judge(need, total)
	if chance == unknown {
		code = open
	}
	args := Args{N: len(c.done), Need: need, Of: total}
	if chance != fulfilled {
		args.Sessions = append(slices.Clone(c.lostNums), c.lacking...)
		slices.Sort(args.Sessions)
	}
	out := condition{chance: chance, on: on, reason: ev.about(j, code, args)}
	for _, h := range c.done {
		out.refs = append(out.refs, h.refs...)
	}
	return out
}

func (ev *eval) lastHeldOf(slots []slot) day {
	var last day
	for _, s := range slots {
		last = later(last, ev.heldOn(s.meeting))
	}
	return last
}

// filmOf is the first film of the session that the holder is on: by name, or by having led the session.
func (ev *eval) filmOf(w *work, m *meeting, sc scope, role string) *film {
	if m == nil {
		return nil
	}
	for _, f := range m.films {
		if ev.counts(sc, dayOf(f.fact.On)) && ev.isOn(w, m, f.fact, sc.who, role) {
			return f
		}
	}
	return nil
}

// supervisionOf is the first supervision on the session that the holder took part in.
func (ev *eval) supervisionOf(w *work, m *meeting, sc scope, role string) *Fact {
	if m == nil {
		return nil
	}
	for _, f := range m.supervised {
		if ev.counts(sc, dayOf(f.On)) && ev.isOn(w, m, f, sc.who, role) {
			return f
		}
	}
	return nil
}

// isOn tells whether a fact about a session is about who: by name, or by having led the session when it names nobody.
func (ev *eval) isOn(w *work, m *meeting, f *Fact, who, role string) bool {
	names, nobody := isAbout(f, who)
	if !nobody {
		return names || w.unitOn(dayOf(f.On)) == who
	}
	if ev.heldOn(m) == 0 { // nobody has said yet that it was held: who had the role that day
		return w.hasRole(who, role, dayOf(f.On))
	}
	return ev.led(w, m, who, role)
}

// uploadWithin is how soon after a session its film should be there; zero without a rule.
func (ev *eval) uploadWithin(variant string) programme.Period {
	if v, ok := ev.def.Variant(variant); ok && v.Filming != nil {
		return v.Filming.UploadWithin
	}
	if ev.def.Filming != nil {
		return ev.def.Filming.UploadWithin
	}
	return programme.Period{}
}
