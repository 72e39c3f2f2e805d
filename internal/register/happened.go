package register

import (
	"fmt"
	"slices"

	"hemvist/internal/clock"
	"hemvist/internal/credential"
	"hemvist/internal/programme"
)

// happened is a round as the rooms hold it: what it is, and what was told of it.
type happened struct {
	id, variant              string
	kind                     programme.VariantKind
	knownOn, firstOn, lastOn clock.Date // since when its plan is known, and from when to when it goes
	known                    bool       // told is all there is; else it is to be gathered
	told
}

// told is everything that was told of a round. Of one that has ended it is kept in a summary.
type told struct {
	sessions []session
	staff    []worker
	ends     []end
	notified []dated
	sizes    []counted
	learners []learner
}

// session is one of a round's, with who came as far as that was told.
type session struct {
	id, kind, item string
	on             clock.Date
	minutes        int
	heldID         string // the fact that it was held; empty: not
	heldOn         clock.Date
	cancelled      dated // that it is not held, from the day on which that was known; no id: it is not
	away           []away
	ledTold        bool     // somebody has said who led it. Until then all did who work in the round
	led            []string // people
	cameTold       bool     // somebody has said who came
	came, made     []string // present or late, and made up for at home: participants, or people where these learn
	counts         []counted
}

// away is that somebody who leads does not lead a session, from the day on which that was known.
type away struct {
	dated
	person string
}

// worker is somebody who works in a round; to is zero as long as they do.
type worker struct {
	person, role string
	from, to     clock.Date
}

// end is that a round was closed or broken off.
type end struct {
	dated
	kind credential.FactKind
}

// dated is a fact of which only the day is told, counted one with a number.
type (
	dated struct {
		id string
		on clock.Date
	}
	counted struct {
		dated
		n int
	}
)

// learner is somebody of the directory who takes part in a round.
type learner struct {
	id, person       string
	joinedOn, leftOn clock.Date
}

// outlines are the sessions that the programme describes, by variant and id.
type outlines map[string]map[string]*programme.Session

func (o outlines) session(def *programme.Definition, variant, id string) *programme.Session {
	byID, ok := o[variant]
	if !ok {
		byID = map[string]*programme.Session{}
		if v, ok := def.Variant(variant); ok {
			all := v.Sessions()
			for i := range all {
				byID[all[i].ID] = &all[i]
			}
		}
		o[variant] = byID
	}
	return byID[id]
}

// factCount is about how many facts follow from a round.
func (h *happened) factCount() int {
	return 4 + 3*len(h.sessions) + 2*len(h.staff) + 3*len(h.learners)
}

// factsOf is what follows from a round, beside what is already there.
func factsOf(def *programme.Definition, known outlines, h *happened, facts []credential.Fact) []credential.Fact {
	of := credential.Fact{Round: h.id, Variant: h.variant}
	add := func(f credential.Fact) { facts = append(facts, f) }
	plans := make([]credential.Plan, len(h.sessions)+1)
	plans[0] = credential.Plan{Starts: h.firstOn, Ends: h.lastOn}
	planned := of
	planned.ID, planned.Kind, planned.On, planned.Plan = h.id, credential.FactPlanned, h.knownOn, &plans[0]
	add(planned)
	for i := range h.sessions {
		x := &h.sessions[i]
		plan := &plans[i+1]
		*plan = credential.Plan{Starts: x.on, SessionKind: x.kind}
		if p := known.session(def, h.variant, x.item); p != nil {
			plan.Principle, plan.Optional = p.Principle, p.Optional
		}
		facts = x.facts(of, h.knownOn, plan, facts)
	}
	for _, w := range h.staff {
		facts = w.facts(of, h, facts)
	}
	for _, e := range h.ends {
		f := of
		f.ID, f.Kind, f.On = e.id, e.kind, e.on
		add(f)
	}
	for _, n := range h.notified {
		f := of
		f.ID, f.Kind, f.On = n.id, credential.FactNotified, n.on
		add(f)
	}
	for _, s := range h.sizes {
		f := of
		f.ID, f.Kind, f.On, f.Count = s.id, credential.FactGroupSize, s.on, s.n
		add(f)
	}
	for _, l := range h.learners {
		f := of
		f.ID, f.Kind, f.On, f.Who = l.id, credential.FactEnrolled, l.joinedOn, l.person
		add(f)
		if !l.leftOn.IsZero() {
			f.ID, f.Kind, f.On = l.id+":left", credential.FactUnenrolled, l.leftOn
			add(f)
		}
	}
	return conclude(h, of, facts)
}

// facts adds what is known of a session; of is what they have in common.
func (x *session) facts(of credential.Fact, knownOn clock.Date, plan *credential.Plan, facts []credential.Fact) []credential.Fact {
	of.Session = x.item
	f := of
	f.ID, f.Kind, f.On, f.Plan = x.id, credential.FactSessionPlanned, knownOn, plan
	facts = append(facts, f)
	for _, a := range x.away {
		f = of
		f.ID, f.Kind, f.On, f.Who = a.id, credential.FactAway, a.on, a.person
		facts = append(facts, f)
	}
	if x.cancelled.id != "" {
		f = of
		f.ID, f.Kind, f.On = x.cancelled.id, credential.FactCancelled, x.cancelled.on
		facts = append(facts, f)
	}
	if x.heldID == "" {
		return facts
	}
	of.On = x.heldOn
	f = of
	f.ID, f.Kind = x.heldID, credential.FactHeld
	if x.ledTold { // said of somebody: who is not said to have led did not
		f.People = append([]string{""}, x.led...)
	}
	facts = append(facts, f)
	if x.cameTold {
		f = of
		f.ID, f.Kind, f.People = x.id+":present", credential.FactPresent, x.came
		facts = append(facts, f)
	}
	for _, c := range x.counts {
		f = of
		f.ID, f.Kind, f.Count = c.id, credential.FactCounted, c.n
		facts = append(facts, f)
	}
	return facts
}

// facts adds that somebody works in the round. Whoever was there from the beginning is a part of the plan as soon as it is known.
func (w worker) facts(of credential.Fact, h *happened, facts []credential.Fact) []credential.Fact {
	from := w.from
	if !from.After(h.firstOn) && h.knownOn.Before(from) {
		from = h.knownOn
	}
	of.ID, of.Kind, of.On, of.Who, of.Role = h.id+":"+w.person+":"+w.role+":"+from.String(), credential.FactJoined, from, w.person, w.role
	facts = append(facts, of)
	if !w.to.IsZero() {
		of.ID, of.Kind, of.On = of.ID+":left", credential.FactLeft, w.to
		facts = append(facts, of)
	}
	return facts
}

// conclude adds what follows from presence. A course that was closed is completed by whoever was at every session that was held, or made up
// for it: no programme says less so far, and what the hub sees otherwise it records. Meetings for those who are certified are further
// education for whoever came.
func conclude(h *happened, of credential.Fact, facts []credential.Fact) []credential.Fact {
	switch h.kind {
	case programme.Course:
		return concludeCourse(h, of, facts)
	case programme.Booster, programme.Network, programme.Conference:
		for i := range h.sessions {
			x := &h.sessions[i]
			if x.heldID == "" {
				continue
			}
			for _, who := range x.came {
				f := of
				f.ID, f.Kind, f.On, f.Who, f.Minutes = h.id+":"+x.item+":"+who, credential.FactEducated, x.heldOn, who, x.minutes
				facts = append(facts, f)
			}
		}
	}
	return facts
}

func concludeCourse(h *happened, of credential.Fact, facts []credential.Fact) []credential.Fact {
	closedOn := h.closedOn()
	if closedOn.IsZero() {
		return facts
	}
	for _, l := range h.learners {
		if !l.leftOn.IsZero() && !l.leftOn.After(closedOn) {
			continue
		}
		held, took := 0, 0
		for i := range h.sessions {
			if x := &h.sessions[i]; x.heldID != "" {
				held++
				if slices.Contains(x.made, l.person) || slices.Contains(x.came, l.person) {
					took++
				}
			}
		}
		if held > 0 && took == held {
			f := of
			f.ID, f.Kind, f.On, f.Who = fmt.Sprintf("%s:completed:%s", h.id, l.person), credential.FactCourseCompleted, closedOn, l.person
			facts = append(facts, f)
		}
	}
	return facts
}

// closedOn is the day on which the round was closed; zero: it was not.
func (h *happened) closedOn() clock.Date {
	var on clock.Date
	for _, e := range h.ends {
		if e.kind == credential.FactClosed {
			on = e.on
		}
	}
	return on
}
