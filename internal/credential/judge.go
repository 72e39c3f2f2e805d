package credential

import (
	"hemvist/internal/programme"
)

// chance is how a condition of a round or case stands.
type chance int

// The chances, from the best to the worst.
const (
	fulfilled chance = iota
	pending          // nothing is missed; it goes on
	doubtful         // it may still come right, but something is lacking that should be there
	unknown          // what is recorded allows both
	lost
)

// condition is one thing that is asked of a round or case.
type condition struct {
	chance
	on     day // when it was fulfilled
	refs   []Ref
	reason Reason
}

// judgement is how one round or case stands to a rule, for one person.
type judgement struct {
	work       *work
	variant    string
	start, end day
	closed     bool // carried through
	over       bool // ended, one way or the other
	conditions []condition
	chance
	on day // when all was fulfilled
}

// judge looks at one round or case with the rule's eyes.
func (ev *eval) judge(w *work, r programme.Practice, sc scope) judgement {
	j := judgement{work: w, variant: w.variant}
	sc.notOlder = programme.Period{} // how old a round is, is told by its end
	end := ev.begin(&j, r, sc)
	slots := ev.counted(w, r.SessionKinds)
	j.conditions = make([]condition, 0, 9)
	add := func(c condition) { j.conditions = append(j.conditions, c) }
	add(end)
	if !r.Held.IsZero() {
		add(ev.judgeHeld(&j, r, sc, slots))
	}
	add(ev.judgeLed(&j, r, sc, slots))
	if !r.Filmed.IsZero() {
		add(ev.judgeFilmed(&j, r, sc, slots))
	}
	if !r.Supervised.IsZero() {
		add(ev.judgeSupervised(&j, r, sc, slots))
	}
	if r.Participants != nil {
		add(ev.judgePresence(&j, *r.Participants, sc, slots))
	}
	if r.Finished != nil {
		add(ev.judgeFinished(&j, *r.Finished, sc, slots))
	}
	for _, wave := range r.Evaluated {
		add(ev.judgeWave(&j, wave, sc))
	}
	if !r.Lasted.IsZero() {
		add(ev.judgeLasted(&j, r, sc))
	}
	for _, c := range j.conditions {
		j.chance = max(j.chance, c.chance)
		j.on = later(j.on, c.on)
	}
	return j
}

// begin notes when the round or case began and ended, and judges that.
func (ev *eval) begin(j *judgement, r programme.Practice, sc scope) condition {
	j.start, _ = ev.startedOn(j.work)
	if end := ev.endOf(j.work); end != nil {
		j.end, j.over, j.closed = dayOf(end.On), true, end.Kind == FactClosed
	}
	return ev.judgeEnd(j, r, sc)
}

// glance is judge, but of a round or case that is lost by when it began or how it ended it tells no more. A life's work is mostly rounds
// that counted for earlier certificates.
func (ev *eval) glance(w *work, r programme.Practice, sc scope) judgement {
	j := judgement{work: w, variant: w.variant}
	outer := sc
	sc.notOlder = programme.Period{}
	if c := ev.begin(&j, r, sc); c.chance == lost {
		j.chance = lost
		return j
	}
	return ev.judge(w, r, outer)
}

// judgeEnd: it was carried through, or at least begun where that is not asked for.
func (ev *eval) judgeEnd(j *judgement, r programme.Practice, sc scope) condition {
	args := Args{Round: j.work.roundID(), Case: j.work.caseID()}
	switch {
	case j.start != 0 && !sc.begunWithin(j.start):
		args.Day = j.start.date()
		return condition{chance: lost, reason: ev.about(j, CodeBegunBefore, args)}
	case !r.Closed && j.start != 0:
		args.Day = j.start.date()
		return condition{on: j.start, reason: ev.about(j, CodeBegun, args)}
	case j.closed && ev.counts(sc, j.end):
		args.Day = j.end.date()
		_, f := ev.closedOn(j.work)
		return condition{on: j.end, refs: []Ref{refTo(f)}, reason: ev.about(j, CodeClosed, args)}
	case j.closed:
		args.Day = j.end.date()
		return condition{chance: lost, reason: ev.about(j, CodeClosedOutside, args)}
	case j.over && r.Closed:
		args.Day = j.end.date()
		return condition{chance: lost, reason: ev.about(j, CodeBrokenOff, args)}
	case j.start == 0:
		return condition{chance: pending, reason: ev.about(j, CodeNotBegun, args)}
	default:
		return condition{chance: pending, reason: ev.about(j, CodeRunning, args)}
	}
}

func (ev *eval) judgeHeld(j *judgement, r programme.Practice, sc scope, slots []slot) condition {
	need := r.Held.Of(len(slots))
	var hits []hit
	var lacking, cancelled []int
	for _, s := range slots {
		if d := ev.heldOn(s.meeting); d != 0 && ev.counts(sc, d) {
			hits = append(hits, hit{d, 1, nil})
			continue
		}
		lacking = append(lacking, s.Number)
		if ev.cancelled(s.meeting) {
			cancelled = append(cancelled, s.Number)
		}
	}
	out := tally(need, hits, 0, sc)
	c := condition{chance: pending, on: out.metOn}
	args := Args{N: len(hits), Need: need, Of: len(slots), Sessions: unless(j.over, nil, lacking)}
	switch {
	case out.state == Met:
		c.chance = fulfilled
	case j.over:
		c.chance = lost
	case len(slots)-len(cancelled) < need:
		args.Sessions = cancelled
		return condition{chance: lost, reason: ev.about(j, CodeHeldCancelled, args)}
	}
	c.reason = ev.about(j, CodeHeld, args)
	return c
}

// judgeLed: the holder led so many of the held sessions; where no number is asked for, the holder was in it from the beginning to the end.
func (ev *eval) judgeLed(j *judgement, r programme.Practice, sc scope, slots []slot) condition {
	if r.Led.IsZero() {
		if ev.throughout(j.work, sc.who, r.Role) {
			return condition{reason: ev.about(j, CodeThroughout, Args{})}
		}
		return condition{chance: lost, reason: ev.about(j, CodeLeft, Args{})}
	}
	held, cancelled, away, ledOn, missed := 0, 0, 0, []hit(nil), []int(nil)
	for _, s := range slots {
		d := ev.heldOn(s.meeting)
		switch {
		case d != 0:
		case ev.cancelled(s.meeting):
			cancelled++
			continue
		case ev.isAway(s.meeting, sc.who):
			away++
			missed = append(missed, s.Number)
			continue
		default:
			continue
		}
		held++
		if ev.led(j.work, s.meeting, sc.who, r.Role) {
			ledOn = append(ledOn, hit{d, 1, nil})
		} else {
			missed = append(missed, s.Number)
		}
	}
	total := held
	if !j.over {
		total = max(held, len(slots)-cancelled)
	}
	need := r.Led.Of(total)
	c := condition{reason: ev.about(j, CodeLed, Args{N: len(ledOn), Need: need, Of: total, Sessions: missed})}
	remaining := total - held - away
	if !ev.hasRoleNow(j.work, sc.who, r.Role) {
		remaining = 0
	}
	switch {
	case len(ledOn)+remaining < need || j.over && held == 0:
		c.chance = lost
	case len(ledOn) < need || !j.over && r.Closed:
		c.chance = pending
	default:
		c.on = tally(need, ledOn, 0, scope{}).metOn
	}
	return c
}

// judgeWave: the wave has answers.
func (ev *eval) judgeWave(j *judgement, wave string, sc scope) condition {
	args := Args{What: ev.waveTitle(j.variant, wave)}
	for _, f := range j.work.waves {
		if f.Item == wave && ev.happened(f) && (f.Of == 0 || f.Count > 0) {
			args.Day = f.On
			return condition{on: dayOf(f.On), refs: []Ref{refTo(f)}, reason: ev.about(j, CodeWaveDone, args)}
		}
	}
	if ev.unrecorded(FactEvaluationDone) {
		return condition{chance: unknown, reason: ev.about(j, CodeWaveUnrecorded, args)}
	}
	c := condition{chance: pending, reason: ev.about(j, CodeWaveMissing, args)}
	if j.over {
		c.chance = doubtful // answers may still be on their way
	}
	return c
}

// judgeLasted: it went on for so long.
func (ev *eval) judgeLasted(j *judgement, r programme.Practice, sc scope) condition {
	args := Args{Period: r.Lasted}
	if j.start == 0 {
		return condition{chance: pending, reason: ev.about(j, CodeLasted, args)}
	}
	enough := after(r.Lasted, j.start)
	args.Day = enough.date()
	c := condition{on: enough, reason: ev.about(j, CodeLasted, args)}
	switch {
	case j.over && j.end < enough:
		c.chance = lost
	case !ev.reached(enough):
		c.chance = pending
	}
	return c
}

func (w *work) roundID() string {
	if w.isCase {
		return ""
	}
	return w.id
}

func (w *work) caseID() string {
	if w.isCase {
		return w.id
	}
	return ""
}

func unless[T any](cond bool, a, b T) T {
	if cond {
		return b
	}
	return a
}
