package credential

import (
	"hemvist/internal/programme"
)

// scopeOf is where evidence for one of the credential's lists is looked for.
func (s *standing) scopeOf(who string, list List) scope {
	return scope{credential: s.c, list: list, who: who, unit: s.c.HeldBy == programme.OfUnit, cert: s.cert, first: s.first, began: s.began}
}

// lapseByKeeps finds out whether the credential has lapsed by a requirement that was not kept. Such a lapse stays: what is made up
// for after the grace does not undo it.
func (ev *eval) lapseByKeeps(s *standing, who string) {
	sc := s.scopeOf(who, ToKeep)
	for i := range s.c.Keeps {
		if req := &s.c.Keeps[i]; req.IfMissed != programme.Lapse || req.Advised {
			continue
		}
		if on := ev.lapseBy(i, s.c, sc); on != 0 && (s.lapsedOn == 0 || on < s.lapsedOn) {
			s.lapsedOn = on
		}
	}
}

// lapseBy is the first day on which the credential had lapsed because the i-th requirement was missed and not made up for within
// the grace, which runs from the last day on which it was not missed; 0 when that has not happened.
func (ev *eval) lapseBy(i int, c *programme.Credential, sc scope) day {
	var since, lapse day
	ev.walk(sc.cert, func(sub *eval) bool {
		r := sub.answerOne(c.Keeps, i, sc)
		switch {
		case !r.Missed || r.State != Missing:
			if since != 0 && sub.on >= after(c.Grace, since).following() { // it was over before this came
				lapse = after(c.Grace, since).following()
				return true
			}
			since = 0
			return false
		case since == 0:
			since = dayOf(sub.today.AddDays(-1))
		}
		if over := after(c.Grace, since).following(); sub.reached(over) { // or else look again on that day
			lapse = over
		}
		return lapse != 0
	})
	return lapse
}
