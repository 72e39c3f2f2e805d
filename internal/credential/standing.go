package credential

import (
	"slices"

	"hemvist/internal/programme"
)

// standing is where one holder stands with one credential: the decisions so far and what they lead to.
type standing struct {
	c         *programme.Credential
	status    Status
	reasons   []Reason
	cert      day // the latest certificate; 0: none that counts
	first     day // since when it is held without a break
	starts    day // from when the term counts
	term      int
	last      day // the term's last day; 0 or never: open
	byCount   bool
	until     day // the last day before it lapses
	used      int
	begun     int
	evidence  []Ref   // the certificate, or what it came by
	counted   []*Fact // the ends of the rounds or cases that count towards the term
	began     day
	withdrawn *Fact
	lapsedOn  day // by a requirement that was not kept: the first day after the grace
	warned    bool
	circular  bool
	upcoming  []*work // rounds or cases that are running or planned
}

// standing judges, once a day and credential.
func (ev *eval) standing(who, id string) *standing {
	key := standingKey{who, id}
	if s := ev.held[key]; s != nil {
		return s
	}
	c, ok := ev.def.Credential(id)
	if !ok {
		return &standing{status: None, reasons: ev.because(CodeNoCredential, Args{})}
	}
	if slices.Contains(ev.busy, key) {
		return &standing{c: c, status: None, circular: true, reasons: ev.because(CodeCircular, Args{})}
	}
	ev.busy = append(slices.Clone(ev.busy), key)
	s := &standing{c: c, status: None, began: ev.beganOn(c, who)}
	for _, f := range ev.someone(who).decisions {
		if f.Credential != id {
			continue
		}
		if !ev.happened(f) {
			break
		}
		ev.decide(s, f, who)
	}
	if c.Grant == programme.GrantAutomatic && s.withdrawn == nil {
		ev.automatic(s, who)
	}
	ev.conclude(s, who)
	ev.busy = ev.busy[:len(ev.busy)-1]
	if ev.held == nil {
		ev.held = map[standingKey]*standing{}
	}
	ev.held[key] = s
	return s
}

// decide takes one decision in.
func (ev *eval) decide(s *standing, f *Fact, who string) {
	on := dayOf(f.On)
	if f.Kind == FactWithdrawn {
		*s = standing{c: s.c, began: s.began, cert: s.cert, withdrawn: f}
		return
	}
	if s.withdrawn == nil && s.cert == on {
		return // two words about one certificate
	}
	ev.grant(s, on, who, refTo(f))
}

// grant begins a term: the first one, the next one, or after a lapse the first or the next one again.
func (ev *eval) grant(s *standing, on day, who string, ref Ref) {
	next := standing{c: s.c, began: s.began, cert: on, first: on, starts: on, evidence: []Ref{ref}}
	if s.withdrawn == nil && s.cert != 0 {
		then := ev.at(on)
		then.settle(s, who)
		then.lapseByKeeps(s, who)
		switch lapsed := then.lapsed(s); {
		case !lapsed:
			next.first, next.term = s.first, s.term+1
			if s.c.NextTerm == programme.FromEnd && s.last != 0 && s.last != never && (!s.byCount || s.last <= on) {
				next.starts = s.last
			}
		case s.c.Restore.Way != programme.RestoreAnew:
			next.term = s.term + 1
		}
	}
	*s = next
}

// settle finds the term's last day: its length, or the round or case that was the last of it, whichever comes first.
func (ev *eval) settle(s *standing, who string) {
	s.last, s.byCount, s.until, s.used, s.begun, s.upcoming, s.counted = 0, false, 0, 0, 0, nil, nil
	term, limited := s.c.Valid.Term(s.term)
	if !limited {
		return
	}
	if !term.Length.IsZero() {
		s.last = after(term.Length, s.starts)
	}
	if term.Rounds > 0 {
		ev.count(s, term, who, false, term.Rounds)
	}
	if term.Cases > 0 {
		ev.count(s, term, who, true, term.Cases)
	}
	if s.last != 0 {
		s.until = after(s.c.Grace, s.last)
	}
}

// count finds the rounds, or cases, that were begun and carried through since the certificate, and the one that ends the term.
func (ev *eval) count(s *standing, term programme.Term, who string, cases bool, limit int) {
	var ends []*Fact
	begun := 0
	sc := scope{credential: s.c, who: who, after: s.cert}
	for _, w := range ev.someone(who).works {
		start, _ := ev.startedOn(w)
		if w.isCase != cases || start != 0 && !sc.begunWithin(start) || start == 0 && ev.planOf(w) == nil {
			continue
		}
		if !w.isOf(term.Variants) || !ev.takesPart(w, who, term.Role) {
			continue
		}
		end := ev.endOf(w)
		if end == nil {
			s.upcoming = append(s.upcoming, w)
		}
		if start == 0 || !ev.throughout(w, who, term.Role) {
			continue
		}
		if end == nil {
			begun++
		} else if end.Kind == FactClosed {
			ends = append(ends, end)
		}
	}
	slices.SortFunc(ends, compareFacts)
	s.used, s.begun, s.counted = max(s.used, len(ends)), max(s.begun, begun), append(s.counted, ends...)
	if len(ends) >= limit {
		if on := dayOf(ends[limit-1].On); s.last == 0 || on < s.last {
			s.last, s.byCount = on, true
		}
	}
}

// lapsed tells whether the credential had lapsed, by its term or by what was not kept, on the day asked about.
func (ev *eval) lapsed(s *standing) bool {
	return s.until != 0 && ev.past(s.until) || s.lapsedOn != 0 && ev.reached(s.lapsedOn)
}

// conclude turns decisions and terms into a status with its reasons. Without a certificate it is None: how far the holder
// has come on the way is looked at only when it is asked.
func (ev *eval) conclude(s *standing, who string) {
	switch {
	case s.withdrawn != nil:
		s.status = Withdrawn
		s.reasons = ev.because(CodeWithdrawn, Args{Day: s.withdrawn.On})
		s.evidence = []Ref{refTo(s.withdrawn)}
	case s.cert != 0:
		ev.settle(s, who)
		ev.concludeTerm(s)
		ev.concludeKeeps(s, who)
		ev.leans(s, who)
	}
}

// concludeTerm is what the calendar and the rounds say.
func (ev *eval) concludeTerm(s *standing) {
	s.status = Certified
	open := s.last == 0 || s.last == never
	s.reasons = ev.because(unless(open, CodeCertified, CodeCertifiedForever), Args{Day: s.cert.date(), Until: s.last.date()})
	if !open && ev.past(s.last) {
		s.status = Due
		s.reasons = ev.because(unless(s.byCount, CodeDueByTime, CodeDueByCount),
			Args{Day: s.last.date(), Until: s.until.date(), N: s.used, Cases: s.countsCases()})
		if ev.past(s.until) {
			s.status = Lapsed
			s.reasons = ev.because(CodeLapsed, Args{Day: s.until.date()})
		}
		return
	}
	ev.warn(s)
}

// concludeKeeps is what follows from requirements that were not kept.
func (ev *eval) concludeKeeps(s *standing, who string) {
	sc := s.scopeOf(who, ToKeep)
	for i := range s.c.Keeps {
		req := &s.c.Keeps[i]
		if s.status == Lapsed || req.Advised || req.IfMissed != programme.Due && req.IfMissed != programme.Lapse {
			continue
		}
		if r := ev.answerOne(s.c.Keeps, i, sc); r.Missed && r.State == Missing {
			s.status = Due
			s.reasons = append(s.reasons, ev.reason(CodeDueByKeep, Args{What: []programme.Texts{titleOf(ev.def, req)}}))
		}
	}
	ev.lapseByKeeps(s, who)
	if s.lapsedOn != 0 && s.status != Lapsed {
		s.status = Lapsed
		s.reasons = ev.because(CodeLapsedByKeep, Args{Day: s.lapsedOn.date()})
	}
}

// leans: a credential that is valid only with another one has lapsed while none of those is in force.
func (ev *eval) leans(s *standing, who string) {
	with := s.c.Valid.With
	if len(with) == 0 || !s.status.InForce() {
		return
	}
	for _, id := range with {
		if ev.standing(who, id).status.InForce() {
			return
		}
	}
	s.status = Lapsed
	s.reasons = ev.because(CodeLapsedWith, Args{What: ev.credentialTitles(with)})
}

// warn tells that the term is about to end: by the calendar, by the rounds that are left unbegun, or because a round that is
// running or planned goes on into the time of warning and so is the one to film.
func (ev *eval) warn(s *standing) {
	term, limited := s.c.Valid.Term(s.term)
	if !limited {
		return
	}
	limit := max(term.Rounds, term.Cases)
	if n := s.c.Warn.Rounds; n > 0 && limit > 0 && limit-s.used-s.begun <= n {
		s.warned = true
		left := max(0, limit-s.used-s.begun)
		s.reasons = append(s.reasons, ev.reason(unless(left == 0, CodeWarnCount, CodeWarnLast), Args{N: left, Of: limit, Cases: s.countsCases()}))
	}
	if s.c.Warn.Before.IsZero() || s.last == 0 || s.last == never {
		return
	}
	from := before(s.c.Warn.Before, s.last)
	if ev.reached(from) {
		s.warned = true
		s.reasons = append(s.reasons, ev.reason(CodeWarnTime, Args{Day: s.last.date()}))
		return
	}
	for _, w := range s.upcoming {
		if p := ev.planOf(w); p != nil && dayOf(p.Ends) >= from {
			s.warned = true
			s.reasons = append(s.reasons, ev.aboutWork(w, CodeWarnPlanned, Args{Day: s.last.date()}))
			return
		}
	}
}

func (s *standing) countsCases() bool {
	term, _ := s.c.Valid.Term(s.term)
	return term.Cases > 0 && term.Rounds == 0
}
