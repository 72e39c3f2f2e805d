package credential

import (
	"reflect"
	"slices"

	"hemvist/internal/clock"
	"hemvist/internal/programme"
)

// Evaluate tells where the facts' holder stands with the credential on the day. It is total: whatever the facts, the answer is a
// verdict, and what they do not settle is told as what cannot be known.
func Evaluate(def *programme.Definition, credential string, facts Facts, on clock.Date) Verdict {
	v, _ := evaluate(def, credential, facts, on)
	return v
}

// evaluate also gives the earliest day on which something can come out otherwise; 0 when there is none.
func evaluate(def *programme.Definition, credential string, facts Facts, on clock.Date) (Verdict, day) {
	ev := newEval(def, facts, on)
	v := ev.verdict(credential)
	return v, ev.next
}

// changeLimit bounds how many days NextChange looks at before it gives up: a cadence of days for half a century.
const changeLimit = 20_000

// NextChange is the first day after on, on which the verdict changes by time alone, with nothing more happening than the facts say.
// ok is false when it never does.
func NextChange(def *programme.Definition, credential string, facts Facts, on clock.Date) (next clock.Date, ok bool) {
	now, day := evaluate(def, credential, facts, on)
	for range changeLimit {
		if day == 0 {
			return clock.Date{}, false
		}
		then, following := evaluate(def, credential, facts, day.date())
		if !SameVerdict(now, then) {
			return day.date(), true
		}
		day = following
	}
	return clock.Date{}, false
}

// SameVerdict tells whether two verdicts say the same, be it of different days.
func SameVerdict(a, b Verdict) bool {
	a.On, b.On = clock.Date{}, clock.Date{}
	return reflect.DeepEqual(a, b)
}

// verdict puts together the standing and the requirements that are of interest where the holder stands.
func (ev *eval) verdict(credential string) Verdict {
	s := ev.standing(ev.holder, credential)
	v := Verdict{Credential: credential, Holder: ev.holder, On: ev.today, Status: s.status, Reasons: s.reasons, Warned: s.warned}
	if s.c == nil {
		return v
	}
	switch {
	case s.status.InForce():
		v.Term = s.told()
		v.Requirements = ev.answers(s.c.Keeps, s.scopeOf(ev.holder, ToKeep))
		if !s.c.Valid.Forever() {
			renew := ev.answers(s.c.RenewFor(s.term), s.scopeOf(ev.holder, ToRenew))
			v.Requirements = append(v.Requirements, renew...)
			v.Ready = (s.warned || s.status == Due) && allMet(renew)
		}
	case s.status == None:
		v.Requirements = ev.answers(s.c.Requires, s.scopeOf(ev.holder, ToGet))
		v.Ready = allMet(v.Requirements)
		v.Status, v.Reasons = ev.onTheWay(s, v.Requirements)
	default:
		if s.status == Lapsed {
			v.Term = s.told()
		}
		reqs, sc := s.restores(ev.holder)
		if s.status == Withdrawn { // what was done before does not count again
			sc.cert = dayOf(s.withdrawn.On)
			if s.c.Restore.Way != programme.RestoreOwn {
				reqs, sc.fresh = s.c.Requires, true
			}
		}
		v.Requirements = ev.answers(reqs, sc)
		v.Ready = allMet(v.Requirements)
	}
	if v.Ready && s.c.Grant != programme.GrantAutomatic {
		v.Reasons = append(v.Reasons, ev.reason(CodeReady, Args{}))
	}
	return v
}

// onTheWay is how far somebody without a certificate has come.
func (ev *eval) onTheWay(s *standing, results []Result) (Status, []Reason) {
	if s.began == 0 {
		for _, t := range ev.ix.transfers {
			if t.Who == ev.holder && ev.happened(t) {
				return None, ev.because(CodeTransferred, Args{Day: t.On})
			}
		}
		return None, ev.because(CodeNotBegunAtAll, Args{})
	}
	args := Args{Day: s.began.date()}
	trained, practice := true, false
	for i := range results {
		if r := &results[i]; r.Stage == programme.UnderSupervision {
			practice = practice || !r.Advised
		} else if !r.Advised && !r.isMet() {
			trained = false
		}
	}
	var supervised []programme.Requirement
	for _, r := range s.c.Requires {
		if r.Stage == programme.UnderSupervision {
			supervised = append(supervised, r)
		}
	}
	switch {
	case !trained:
		return InTraining, ev.because(CodeInTraining, args)
	case practice && len(ev.practiceDays(supervised, ev.holder)) == 0:
		return InTraining, ev.because(CodeTrained, args)
	case practice:
		return UnderSupervision, ev.because(CodeUnderSupervision, args)
	}
	return InTraining, ev.because(CodeTrainedAll, args)
}

// allMet tells whether everything that counts is met; nothing at all is not.
func allMet(results []Result) bool {
	n := 0
	for i := range results {
		if results[i].Advised {
			continue
		}
		if !results[i].isMet() {
			return false
		}
		n++
	}
	return n > 0
}

// told is the term as a verdict tells it.
func (s *standing) told() *Term {
	t := &Term{Number: s.term, First: s.first.date(), Granted: s.cert.date(), Starts: s.starts.date(), LastDay: s.last.date(),
		ByCount: s.byCount, GraceEnds: s.until.date(), Used: s.used, Begun: s.begun, Evidence: slices.Clone(s.evidence)}
	for _, f := range s.counted {
		t.Evidence = append(t.Evidence, refTo(f))
	}
	if term, ok := s.c.Valid.Term(s.term); ok {
		t.Of = max(term.Rounds, term.Cases)
	}
	return t
}
