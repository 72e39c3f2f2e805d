package credential

import (
	"hemvist/internal/programme"
)

// automatic gives the certificates that nobody decides: the first on the day that everything is met, a further one when a term is
// over and its renewal is met, and one after a lapse when what restores it is met.
func (ev *eval) automatic(s *standing, who string) {
	if s.cert == 0 {
		ev.grantWhenMet(s, who, s.c.Requires, s.scopeOf(who, ToGet), ev.ix.firstDay, never)
	}
	for range maxSpans {
		if s.cert == 0 || !ev.renewsItself(s, who) {
			return
		}
	}
}

// renewsItself gives the next certificate, when there is one to give by the day asked about.
func (ev *eval) renewsItself(s *standing, who string) bool {
	ev.settle(s, who)
	if s.last == 0 || s.last == never || !ev.reached(s.last) {
		return false
	}
	until := s.until
	if ev.grantWhenMet(s, who, s.c.RenewFor(s.term), s.scopeOf(who, ToRenew), s.last, until) {
		return true
	}
	reqs, sc := s.restores(who)
	return ev.grantWhenMet(s, who, reqs, sc, until.following(), never)
}

// grantWhenMet grants on the first day between from and until on which all requirements are met. It looks at one requirement at
// a time, those that lean on other credentials last, for a day on which one is missing is no day for the others.
func (ev *eval) grantWhenMet(s *standing, who string, reqs []programme.Requirement, sc scope, from, until day) bool {
	var order, last []int
	for i := range reqs {
		switch {
		case reqs[i].Advised:
		case reqs[i].Kind == programme.KindHolds || reqs[i].Kind == programme.KindStaff:
			last = append(last, i)
		default:
			order = append(order, i)
		}
	}
	order = append(order, last...)
	granted := false
	ev.walk(from, func(sub *eval) bool {
		if sub.on > until {
			return true
		}
		var evidence []Ref
		for _, i := range order {
			one := ev.at(sub.on)
			r := one.answerOne(reqs, i, sc)
			if !r.isMet() {
				sub.next = one.next
				return false
			}
			evidence = append(evidence, r.Evidence...)
		}
		granted = true
		ev.grant(s, sub.on, who, Ref{On: sub.today})
		if len(evidence) > 0 {
			s.evidence[0] = evidence[len(evidence)-1]
		}
		return true
	})
	return granted
}

// restores is what it takes to get the credential back, and where evidence for it is looked for.
func (s *standing) restores(who string) ([]programme.Requirement, scope) {
	sc := s.scopeOf(who, ToRestore)
	switch s.c.Restore.Way {
	case programme.RestoreAnew:
		sc.fresh = true
		return s.c.Requires, sc
	case programme.RestoreOwn:
		return s.c.Restore.Requires, sc
	}
	return s.c.RenewFor(s.term), sc
}
