package credential

import (
	"slices"

	"hemvist/internal/programme"
)

// slot is one session as it is planned, with what happened in it.
type slot struct {
	programme.Session
	extra   bool // held, but not planned
	planned day  // when it is to be held, where that is known
	*meeting
}

// sessionsOf are the variant's sessions; none when the definition does not have it.
func (ev *eval) sessionsOf(variant string) []programme.Session {
	if s, ok := ev.shared.variants[variant]; ok {
		return s
	}
	var s []programme.Session
	if v, ok := ev.def.Variant(variant); ok {
		s = v.Sessions()
	}
	ev.shared.variants[variant] = s
	return s
}

// planned tells whether all that a plan of its own ever says is known on the day. From then on it says the same on every day.
func (ev *eval) planned(w *work) bool {
	n := len(w.sessions)
	return n == 0 || dayOf(w.sessions[n-1].On) <= ev.on
}

// slotsOf are all sessions of the round or case: those that were planned for it one by one, or else the variant's, and then
// those that were held without being planned.
func (ev *eval) slotsOf(w *work) []slot {
	if ev.planned(w) {
		if s, ok := ev.shared.slots[w]; ok {
			return s
		}
	}
	slots := ev.ownPlan(w)
	if len(slots) == 0 {
		for _, s := range ev.sessionsOf(w.variant) {
			slots = append(slots, slot{Session: s})
		}
	}
	planned := len(slots)
	for _, m := range w.meetings() {
		i := slices.IndexFunc(slots[:planned], func(s slot) bool { return s.ID == m.session })
		if i >= 0 {
			slots[i].meeting = m
			continue
		}
		slots = append(slots, slot{Session: programme.Session{ID: m.session, Kind: programme.Ordinary}, extra: true, meeting: m})
	}
	if ev.planned(w) {
		ev.shared.slots[w] = slots
	}
	return slots
}

// ownPlan are the sessions that were planned for this round or case; the latest word about each counts.
func (ev *eval) ownPlan(w *work) []slot {
	slots := make([]slot, 0, len(w.sessions))
	for _, f := range w.sessions {
		if !ev.happened(f) {
			break
		}
		s := slot{Session: programme.Session{ID: f.Session, Kind: kindOf(f)}}
		if f.Plan != nil {
			s.Principle, s.Optional, s.planned = f.Plan.Principle, f.Plan.Optional, dayOf(f.Plan.Starts)
		}
		if i := slices.IndexFunc(slots, func(o slot) bool { return o.ID == s.ID }); i >= 0 {
			slots[i] = s
		} else {
			slots = append(slots, s)
		}
	}
	slices.SortStableFunc(slots, func(a, b slot) int { return int(a.planned) - int(b.planned) })
	for i := range slots {
		slots[i].Number = i + 1
	}
	return slots
}

// counted are the sessions of the kinds that quantities are counted of: the planned ones, of the optional ones those that were
// held, and those held beside the plan only where there is no plan. No kinds means all but information meetings.
func (ev *eval) counted(w *work, kinds []programme.SessionKind) []slot {
	all := ev.slotsOf(w)
	hasPlan := len(all) > 0 && !all[0].extra
	out := make([]slot, 0, len(all))
	number := 0
	for _, s := range all {
		if (s.Optional || s.extra) && ev.heldOn(s.meeting) == 0 {
			continue
		}
		number++ // an information meeting that is held is the first session
		s.Number = number
		if isOfKind(s.Kind, kinds) && !(s.extra && hasPlan) {
			out = append(out, s)
		}
	}
	return out
}

func isOfKind(k programme.SessionKind, kinds []programme.SessionKind) bool {
	if len(kinds) == 0 {
		return k != programme.Information
	}
	return slices.Contains(kinds, k)
}

// heldOn is the day that the session was held, or 0.
func (ev *eval) heldOn(m *meeting) day {
	if m == nil {
		return 0
	}
	if f := ev.first(m.held); f != nil {
		return dayOf(f.On)
	}
	return 0
}

// cancelled tells whether it is known that the session is not held.
func (ev *eval) cancelled(m *meeting) bool {
	return m != nil && ev.heldOn(m) == 0 && ev.first(m.cancelled) != nil
}

// isAway tells whether it is known that who does not lead the session.
func (ev *eval) isAway(m *meeting, who string) bool {
	return m != nil && slices.ContainsFunc(m.away, func(f *Fact) bool { return f.Who == who && ev.happened(f) })
}

// beginning is when a round or case began, whatever the day that is asked about.
type beginning struct {
	known bool
	on    day
	fact  *Fact
}

// startedOn is the day that the round or case began: as it was told, or its first session that is
// no information meeting, whichever came first.
func (ev *eval) startedOn(w *work) (day, *Fact) {
	b := &ev.shared.begins[w.order]
	if !ev.planned(w) { // what sort of session it was is as it was planned on the day
		fresh := ev.beginningOf(w)
		b = &fresh
	} else if !b.known {
		*b = ev.beginningOf(w)
		b.known = true
	}
	if !ev.reached(b.on) {
		return 0, nil
	}
	return b.on, b.fact
}

func (ev *eval) beginningOf(w *work) beginning {
	var told beginning
	if len(w.started) > 0 {
		told = beginning{on: dayOf(w.started[0].On), fact: w.started[0]}
	}
	for _, f := range w.held {
		if told.on != 0 && told.on <= dayOf(f.On) {
			break
		}
		if ev.kindOfSession(w, f.Session) != programme.Information {
			return beginning{on: dayOf(f.On), fact: f}
		}
	}
	return told
}

// kindOfSession is what sort of session it is, by the round's own plan or else by the variant.
func (ev *eval) kindOfSession(w *work, id string) programme.SessionKind {
	kind, planned := programme.Ordinary, false
	for _, f := range w.sessions {
		if f.Session == id && ev.happened(f) {
			kind, planned = kindOf(f), true
		}
	}
	if planned {
		return kind
	}
	for _, s := range ev.sessionsOf(w.variant) {
		if s.ID == id {
			return s.Kind
		}
	}
	return programme.Ordinary
}

// planOf is the latest plan whose day has come; nil without one.
func (ev *eval) planOf(w *work) *Plan {
	for i := len(w.plans) - 1; i >= 0; i-- {
		if ev.happened(w.plans[i]) && w.plans[i].Plan != nil {
			return w.plans[i].Plan
		}
	}
	return nil
}

// endOf is how the round or case ended, nil while it has not. When it was told twice, the later counts.
func (ev *eval) endOf(w *work) *Fact { return ev.last(w.ended) }

// closedOn is the day that it was carried through, with the fact; 0 when it was not.
func (ev *eval) closedOn(w *work) (day, *Fact) {
	if f := ev.endOf(w); f != nil && f.Kind == FactClosed {
		return dayOf(f.On), f
	}
	return 0, nil
}

// lastHeld is the day of the latest session; 0 before the first.
func (ev *eval) lastHeld(w *work) day {
	if f := ev.last(w.held); f != nil {
		return dayOf(f.On)
	}
	return 0
}

// hasRole tells whether who worked in it on the day d, in the role or in any. d must have come.
func (w *work) hasRole(who, role string, d day) bool {
	return w.inRole(who, role, func(on day) bool { return on <= d }) || w.unitOn(d) == who
}

// inRole tells whether who has joined and not left since; come tells whether a day has come.
func (w *work) inRole(who, role string, come func(day) bool) bool {
	for i, f := range w.staff {
		if f.Kind != FactJoined || f.Who != who || role != "" && f.Role != "" && f.Role != role || !come(dayOf(f.On)) {
			continue
		}
		left := slices.ContainsFunc(w.staff[i:], func(l *Fact) bool { // whoever leaves is there to the end of the day
			return l.Kind == FactLeft && l.Who == who && (l.Role == "" || l.Role == f.Role) && come(dayOf(l.On).following())
		})
		if !left {
			return true
		}
	}
	return false
}

// hasRoleNow tells whether who works in it in the role on the day that is asked about.
func (ev *eval) hasRoleNow(w *work, who, role string) bool {
	if w.inRole(who, role, ev.reached) {
		return true
	}
	f := ev.last(w.plans)
	return f != nil && w.unitOn(dayOf(f.On)) == who
}

// unitOn is the unit that the plan of the day gives it to.
func (w *work) unitOn(d day) string {
	unit := ""
	for _, f := range w.plans {
		if dayOf(f.On) <= d && f.Unit != "" {
			unit = f.Unit
		}
	}
	return unit
}

// led tells whether who led the session: by name, or, where no names are told, by working in it on that day and not being away. Who is named
// has the role, unless having joined in another one.
func (ev *eval) led(w *work, m *meeting, who, role string) bool {
	on := ev.heldOn(m)
	if on == 0 {
		return false
	}
	for _, f := range m.held {
		if !ev.happened(f) || len(f.People) == 0 {
			continue
		}
		if !slices.Contains(f.People, who) {
			return w.unitOn(on) == who // what its people led, the unit led
		}
		return role == "" || w.hasRole(who, role, on) || !w.hasRole(who, "", on)
	}
	return w.hasRole(who, role, on) && !ev.isAway(m, who)
}

// takesPart tells whether who has, or had, a part in it in the role.
func (ev *eval) takesPart(w *work, who, role string) bool {
	for _, f := range w.staff {
		if f.Who == who && f.Kind == FactJoined && (role == "" || f.Role == "" || f.Role == role) && ev.happened(f) {
			return true
		}
	}
	for _, f := range w.plans {
		if f.Unit == who && ev.happened(f) {
			return true
		}
	}
	if !slices.ContainsFunc(w.held, func(f *Fact) bool { return slices.Contains(f.People, who) && ev.happened(f) }) {
		return false
	}
	return slices.ContainsFunc(w.meetings(), func(m *meeting) bool { return ev.led(w, m, who, role) })
}

// throughout tells whether who had the role from the first session to the last. An evening's illness does not break it.
func (ev *eval) throughout(w *work, who, role string) bool {
	last := ev.lastHeld(w)
	first, _ := ev.startedOn(w)
	if end := ev.endOf(w); last == 0 && end != nil {
		last = dayOf(end.On)
	}
	joined := slices.ContainsFunc(w.staff, func(f *Fact) bool { return f.Who == who && f.Kind == FactJoined && ev.happened(f) })
	switch {
	case first == 0 || last == 0:
		return ev.hasRoleNow(w, who, role)
	case joined || w.unitOn(last) == who:
		return w.hasRole(who, role, first) && w.hasRole(who, role, last)
	}
	for _, m := range w.meetings() {
		if d := ev.heldOn(m); (d == first || d == last) && !ev.led(w, m, who, role) {
			return false
		}
	}
	return true
}
