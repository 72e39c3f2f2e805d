package credential

import (
	"slices"

	"hemvist/internal/programme"
)

// evalList answers the requirements of one list, in its order. A requirement may lean on when another was met.
type evalList struct {
	ev    *eval
	sc    scope
	reqs  []programme.Requirement
	done  []*Result
	going []bool
}

// answers are the results of the requirements for the scope.
func (ev *eval) answers(reqs []programme.Requirement, sc scope) []Result {
	if len(reqs) == 0 {
		return nil
	}
	l := ev.listOf(reqs, sc)
	out := make([]Result, len(reqs))
	for i := range reqs {
		out[i] = *l.answer(i)
	}
	if ev.answered == nil {
		ev.answered = map[listKey]*evalList{}
	}
	ev.answered[listKey{&reqs[0], sc}] = l
	return out
}

// listKey names the requirements of one list for one scope.
type listKey struct {
	first *programme.Requirement
	scope
}

func newList(ev *eval, reqs []programme.Requirement, sc scope) *evalList {
	return &evalList{ev, sc, reqs, make([]*Result, len(reqs)), make([]bool, len(reqs))}
}

// listOf is the list with its answers, where they have been given on this day, or else without.
func (ev *eval) listOf(reqs []programme.Requirement, sc scope) *evalList {
	if len(reqs) > 0 {
		if l := ev.answered[listKey{&reqs[0], sc}]; l != nil {
			return l
		}
	}
	return newList(ev, reqs, sc)
}

// answerOne is the result of one requirement of a list, and of no more of the list than that takes.
func (ev *eval) answerOne(reqs []programme.Requirement, i int, sc scope) *Result {
	return ev.listOf(reqs, sc).answer(i)
}

// answer is the result of the i-th requirement; nil when it is asked for while it is being answered.
func (l *evalList) answer(i int) *Result {
	if l.done[i] != nil || l.going[i] {
		return l.done[i]
	}
	l.going[i] = true
	r := l.ev.require(&l.reqs[i], l.sc, l)
	l.done[i] = &r
	return l.done[i]
}

// anchor is the day that a deadline is counted from; 0 while there is none.
func (l *evalList) anchor(name string, sc scope) day {
	switch name {
	case programme.AfterCertificate:
		return sc.cert
	case programme.AfterStart:
		return sc.began
	}
	for i := range l.reqs {
		if l.reqs[i].ID == name {
			if r := l.answer(i); r != nil {
				return dayOf(r.MetOn)
			}
		}
	}
	return 0
}

// window is where the requirement looks for evidence. waits tells that it leans on another requirement that is not met yet.
func (ev *eval) window(req *programme.Requirement, sc scope, l *evalList) (in scope, waits bool) {
	if req.Since == programme.SinceCertificate || sc.fresh || req.Since == "" && sc.list != ToGet {
		sc.after = later(sc.after, sc.cert)
	}
	if !req.NotOlder.IsZero() {
		sc.notOlder = req.NotOlder
	}
	if req.After == "" {
		return sc, false
	}
	anchor := l.anchor(req.After, sc)
	if anchor == 0 {
		sc.from = never
		return sc, true
	}
	sc.from = later(sc.from, anchor)
	if !req.Within.IsZero() {
		sc.until = earlierLimit(sc.until, after(req.Within, anchor))
	}
	return sc, false
}

// require answers one requirement: its window first, then its cadence, then for how many it is asked, then its rule.
func (ev *eval) require(req *programme.Requirement, sc scope, l *evalList) Result {
	sc, waits := ev.window(req, sc, l)
	var out outcome
	if len(req.Every) > 0 && cadenceBase(sc) != 0 {
		out = ev.cadence(req, sc, l)
	} else {
		out = ev.within(req, sc, l)
	}
	if waits && out.state != Met {
		out.reasons = append(out.reasons, ev.reason(CodeWaits, Args{What: ev.wordsOf(req.After, l)}))
	}
	return ev.result(req, sc, out)
}

// within answers in one window, and says when it is too late.
func (ev *eval) within(req *programme.Requirement, sc scope, l *evalList) outcome {
	out := ev.each(req, sc, l)
	if out.state == Met {
		out.missed = false
		return ev.soon(out, sc, out.expires)
	}
	limit := sc.until
	if limit == 0 && sc.list == ToKeep && !req.NotOlder.IsZero() {
		limit = after(req.NotOlder, sc.cert) // the time since the certificate was the first chance
	}
	if limit == 0 || limit == never || out.state == Unknown && ev.blindToAny(req.Kind, req.Rule) {
		return out // nothing is known to be late
	}
	out.deadline = limit
	if ev.past(limit) {
		out.missed = true
		if out.state != Unknown {
			out.state = Missing
		}
		out.reasons = append(out.reasons, ev.reason(CodeTooLate, Args{Day: limit.date()}))
		return out
	}
	out.reasons = append(out.reasons, ev.reason(CodeBy, Args{Day: limit.date()}))
	return ev.soon(out, sc, limit)
}

// soon makes it at risk when the limit is near: as near as the credential warns of its end.
func (ev *eval) soon(out outcome, sc scope, limit day) outcome {
	warn := sc.credential.Warn.Before
	if limit == 0 || limit == never {
		return out
	}
	out.deadline = limit
	if !warn.IsZero() && ev.reached(before(warn, limit)) && (out.state == Met || out.state == Missing) {
		if out.state == Met {
			out.reasons = append(out.reasons, ev.reason(CodeExpires, Args{Day: limit.date()}))
		}
		out.state = AtRisk
	}
	return out
}

func earlierLimit(a, b day) day {
	if a == 0 {
		return b
	}
	return min(a, b)
}

// blindToAny tells whether the rule asks for something that nobody writes down.
func (ev *eval) blindToAny(kind programme.Kind, rule programme.Rule) bool {
	switch r := rule.(type) {
	case programme.Practice:
		return !r.Filmed.IsZero() && ev.unrecorded(FactFilmed) || !r.Supervised.IsZero() && ev.unrecorded(FactSupervised) ||
			len(r.Evaluated) > 0 && ev.unrecorded(FactEvaluationDone)
	case programme.Reviews:
		return ev.blindTo(kind, r)
	case programme.Supervision:
		return ev.unrecorded(FactSupervised)
	case programme.Evaluated:
		return ev.unrecorded(FactEvaluationDone)
	}
	return false
}

// cadenceBase is the day that a cadence is counted from: since when the credential is held, or the beginning of the way to it.
func cadenceBase(sc scope) day {
	if sc.first != 0 {
		return sc.first
	}
	return sc.began
}

// each answers for all that it is asked of: the holder, each of a unit's people, or each round or case.
func (ev *eval) each(req *programme.Requirement, sc scope, l *evalList) outcome {
	switch req.Per {
	case programme.PerPerson:
		if sc.unit {
			return ev.perPerson(req, sc, l)
		}
	case programme.PerRound:
		return ev.perWork(req, sc, false, l)
	case programme.PerCase:
		return ev.perWork(req, sc, true, l)
	}
	return ev.rule(req, sc, l)
}

func (ev *eval) perPerson(req *programme.Requirement, sc scope, l *evalList) outcome {
	people := ev.staffOf(sc.who, roleOf(req.Rule), true)
	if len(people) == 0 {
		return outcome{state: Missing, reasons: ev.because(CodeNoStaff, Args{})}
	}
	parts := make([]Result, 0, len(people))
	for _, p := range people {
		one := sc
		one.who, one.unit = p, false
		r := ev.result(req, one, ev.rule(req, one, l))
		r.ID = p
		parts = append(parts, r)
	}
	out := allOf(parts)
	out.reasons = ev.because(CodePeopleMet, Args{N: countMet(parts), Of: len(parts)})
	return out
}

// perWork asks of each round or case that has begun in the window. None at all keeps what is to be kept, and gets nothing.
func (ev *eval) perWork(req *programme.Requirement, sc scope, cases bool, l *evalList) outcome {
	var parts []Result
	for _, w := range ev.worksOf(sc, cases, variantsOf(req.Rule), roleOf(req.Rule)) {
		start, _ := ev.startedOn(w)
		end := ev.endOf(w)
		if start == 0 || !sc.begunWithin(start) || end != nil && end.Kind == FactBrokenOff {
			continue
		}
		one := sc
		one.only = w
		r := ev.result(req, one, ev.rule(req, one, l))
		r.ID = w.id
		r.Missed = r.Missed || r.State == Missing && end != nil
		parts = append(parts, r)
	}
	if len(parts) == 0 {
		if sc.list == ToKeep {
			return outcome{state: Met}
		}
		return outcome{state: Missing, reasons: ev.because(CodeNoneYet, Args{Cases: cases})}
	}
	out := allOf(parts)
	for _, p := range parts {
		if p.State != Met {
			out.reasons = append(out.reasons, p.Reasons...)
		}
	}
	return out
}

func variantsOf(rule programme.Rule) []string {
	switch r := rule.(type) {
	case programme.Practice:
		return r.Variants
	case programme.Reviews:
		return r.Variants
	case programme.Supervision:
		return r.Variants
	case programme.Notified:
		return r.Variants
	case programme.Evaluated:
		return r.Variants
	}
	return nil
}

func roleOf(rule programme.Rule) string {
	switch r := rule.(type) {
	case programme.Practice:
		return r.Role
	case programme.Reviews:
		return r.Role
	}
	return ""
}

// rule answers by the one rule of the requirement's kind. A rule that is not known is never met: a definition has none such.
func (ev *eval) rule(req *programme.Requirement, sc scope, l *evalList) outcome {
	switch r := req.Rule.(type) {
	case programme.Completed:
		return ev.completed(r, sc)
	case programme.Practice:
		return ev.practice(req.Kind, r, sc)
	case programme.Reviews:
		return ev.reviews(req.Kind, r, sc)
	case programme.Supervision:
		return ev.supervision(r, sc)
	case programme.Education:
		return ev.education(r, sc)
	case programme.Holds:
		return ev.holds(r, sc)
	case programme.Test:
		return ev.test(r, sc)
	case programme.Attested:
		return ev.attested(req, r, sc)
	case programme.Staff:
		return ev.staff(r, sc)
	case programme.Notified:
		return ev.notified(r, sc)
	case programme.Evaluated:
		return ev.evaluated(r, sc)
	case programme.AnyOf:
		return ev.anyOf(r, sc)
	case programme.AllOf:
		return ev.allOf(r, sc)
	}
	return outcome{state: Unknown, reasons: ev.because(CodeNoRule, Args{})}
}

func (ev *eval) result(req *programme.Requirement, sc scope, out outcome) Result {
	return Result{
		ID: req.ID, Kind: req.Kind, List: sc.list, Stage: req.Stage, Advised: req.Advised, IfMissed: req.IfMissed,
		State: out.state, Missed: out.missed, MetOn: out.metOn.date(), Deadline: out.deadline.date(),
		Evidence: out.evidence, Reasons: out.reasons, Parts: out.parts, requirement: req, def: ev.def,
	}
}

// wordsOf is what a requirement of the list is called; nothing for one that the list does not have.
func (ev *eval) wordsOf(id string, l *evalList) []programme.Texts {
	i := slices.IndexFunc(l.reqs, func(r programme.Requirement) bool { return r.ID == id })
	if i < 0 {
		return nil
	}
	return []programme.Texts{titleOf(ev.def, &l.reqs[i])}
}
