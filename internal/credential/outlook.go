package credential

import (
	"slices"

	"hemvist/internal/clock"
	"hemvist/internal/programme"
)

// Prospect is how something stands that a round may still give.
type Prospect string

// The prospects, from the best to the worst.
const (
	ProspectMet     Prospect = "met"
	ProspectOpen    Prospect = "on track"        // nothing is missed; it is not over
	ProspectAtRisk  Prospect = "at risk"         // something is lacking that should be there
	ProspectUnknown Prospect = "cannot be known" // what is recorded allows both
	ProspectMissed  Prospect = "missed"
)

var prospects = []Prospect{ProspectMet, ProspectOpen, ProspectAtRisk, ProspectUnknown, ProspectMissed}

var prospectWords = map[Prospect]text{
	ProspectMet:     {"Klart", "Met"},
	ProspectOpen:    {"På god väg", "On track"},
	ProspectAtRisk:  {"Riskerar att brista", "At risk"},
	ProspectUnknown: {"Går inte att veta", "Cannot be known"},
	ProspectMissed:  {"Missat", "Missed"},
}

// Words is the prospect in the language.
func (p Prospect) Words(lang string) string { return prospectWords[p].in(lang) }

// Outlook is what a round, on a day, will give those who lead it.
type Outlook struct {
	Round   string
	Variant string
	On      clock.Date
	Leaders []LeaderOutlook // by name of the credential's order in the definition, then by who joined first
}

// LeaderOutlook is what the round will give one of those who lead it, towards one credential.
type LeaderOutlook struct {
	Who        string
	Role       string
	Credential string
	Status     Status
	Verdict    Verdict // where the leader stands with the credential, as Evaluate tells it
	For        List    // what the round counts towards: getting, renewing or restoring it; "" when nothing is asked of it
	// Prospect is the worst of the conditions; at best at risk while something else is lacking. What is written down nowhere is
	// no reason to call more than that it is met not known.
	Prospect   Prospect
	Conditions []Condition
	Elsewhere  []Result // what is lacking and cannot come from this round, such as the training
}

// Condition is one thing that is asked of the round.
type Condition struct {
	Requirement string // the requirement's id
	Prospect    Prospect
	Reason      Reason
	Evidence    []Ref
}

// Unrecorded tells whether it asks for something that nobody writes down.
func (c Condition) Unrecorded() bool {
	return slices.Contains([]Code{CodeFilmedUnrecorded, CodeSupervisedUnrecorded, CodeWaveUnrecorded, CodeReviewsUnrecorded}, c.Reason.Code)
}

// RoundOutlook tells whether the round will certify its leaders, or renew what they have: by the same rules as Evaluate, seen from
// the round. A round that the facts do not have gives no leaders.
func RoundOutlook(def *programme.Definition, facts Facts, round string, on clock.Date) Outlook {
	ev := newEval(def, facts, on)
	out := Outlook{Round: round, On: on}
	w := ev.ix.works[workKey{id: round}]
	if w == nil {
		return out
	}
	out.Variant = w.variant
	var evals []*eval // one for each, as credentials lean on each other
	leaders := ev.leadersOf(w)
	for _, who := range leaders {
		of := ev.at(ev.on)
		of.holder = who
		evals = append(evals, of)
	}
	for i := range ev.def.Credentials {
		c := &ev.def.Credentials[i]
		if c.HeldBy == programme.OfUnit {
			continue
		}
		for j, who := range leaders {
			if l, ok := evals[j].leaderOutlook(c, w, who); ok {
				out.Leaders = append(out.Leaders, l)
			}
		}
	}
	return out
}

// leadersOf are the people who have or had a part in the round.
func (ev *eval) leadersOf(w *work) []string {
	var out []string
	add := func(who string) {
		if who != "" && !slices.Contains(out, who) {
			out = append(out, who)
		}
	}
	for _, f := range w.staff {
		if f.Kind == FactJoined && ev.happened(f) {
			add(f.Who)
		}
	}
	for _, f := range w.held {
		if ev.happened(f) {
			for _, p := range f.People {
				add(p)
			}
		}
	}
	return out
}

// roleIn is the role in which who joined first; "" when none is told.
func (w *work) roleIn(who string) string {
	for _, f := range w.staff {
		if f.Kind == FactJoined && f.Who == who && f.Role != "" {
			return f.Role
		}
	}
	return ""
}

// leaderOutlook is one person's; ok is false when the round has nothing to do with the credential for that person.
func (ev *eval) leaderOutlook(c *programme.Credential, w *work, who string) (LeaderOutlook, bool) {
	v := ev.verdict(c.ID)
	l := LeaderOutlook{Who: who, Role: w.roleIn(who), Credential: c.ID, Status: v.Status, Verdict: v, Prospect: ProspectMet}
	s := ev.standing(who, c.ID)
	reqs, sc := c.Requires, s.scopeOf(who, ToGet)
	switch v.Status {
	case None, InTraining, UnderSupervision:
		if s.began == 0 && !ev.asks(w, l.Role, c.ID) {
			return l, false
		}
	case Certified, Due:
		reqs, sc = c.RenewFor(s.term), s.scopeOf(who, ToRenew)
	default:
		reqs, sc = s.restores(who)
	}
	l.For = sc.list
	list := ev.listOf(reqs, sc)
	for i := range reqs {
		ev.conditionsOf(&l, list, i, w, sc)
	}
	if len(l.Conditions) == 0 {
		return l, false
	}
	if v.Status == Certified && !v.Warned { // nothing is asked of this round yet
		l.For, l.Conditions, l.Elsewhere = "", nil, nil
		return l, true
	}
	blind := false
	for _, cond := range l.Conditions {
		if cond.Unrecorded() {
			blind = true
			continue
		}
		l.Prospect = worse(l.Prospect, cond.Prospect)
	}
	if blind && l.Prospect == ProspectMet {
		l.Prospect = ProspectUnknown
	}
	if len(l.Elsewhere) > 0 {
		l.Prospect = worse(l.Prospect, ProspectAtRisk)
	}
	return l, true
}

// asks tells whether the round's variant wants the credential of those who have the role.
func (ev *eval) asks(w *work, role, credential string) bool {
	v, ok := ev.def.Variant(w.variant)
	if !ok {
		return false
	}
	st, ok := v.StaffIn(role)
	return ok && slices.Contains(st.Holds, credential)
}

// conditionsOf adds what a requirement asks of the round; what it asks of something else is elsewhere.
func (ev *eval) conditionsOf(l *LeaderOutlook, list *evalList, i int, w *work, sc scope) {
	req := &list.reqs[i]
	if req.Advised {
		return
	}
	r := list.answer(i)
	window, _ := ev.window(req, sc, list)
	switch rule := req.Rule.(type) {
	case programme.Practice:
		if req.Kind == programme.KindRounds && w.isOf(rule.Variants) && ev.takesPart(w, l.Who, rule.Role) {
			ev.judgedConditions(l, req, r, ev.judge(w, rule, window))
			return
		}
	case programme.Reviews:
		if w.isOf(rule.Variants) && ev.takesPart(w, l.Who, rule.Role) && rule.From.What != programme.PerCase {
			l.Conditions = append(l.Conditions, ev.filmCondition(req, rule, r, w, window))
			return
		}
	case programme.AnyOf, programme.AllOf:
		parts := partsOf(rule)
		inner := ev.listOf(parts, window)
		before := len(l.Conditions)
		elsewhere := l.Elsewhere
		for j := range parts {
			ev.conditionsOf(l, inner, j, w, window)
		}
		if len(l.Conditions) > before {
			return
		}
		l.Elsewhere = elsewhere
	}
	if !r.isMet() {
		l.Elsewhere = append(l.Elsewhere, *r)
	}
}

func partsOf(rule programme.Rule) []programme.Requirement {
	switch r := rule.(type) {
	case programme.AnyOf:
		return r.Requirements
	case programme.AllOf:
		return r.Requirements
	}
	return nil
}

func (ev *eval) judgedConditions(l *LeaderOutlook, req *programme.Requirement, r *Result, j judgement) {
	for _, c := range j.conditions {
		p := prospects[c.chance]
		if p == ProspectMissed && r.isMet() { // another round has given it already
			p = ProspectMet
		}
		l.Conditions = append(l.Conditions, Condition{Requirement: req.ID, Prospect: p, Reason: c.reason, Evidence: c.refs})
	}
}

// filmCondition tells whether the films can come from this round: those that count, those that await review, and one for each
// session that is still to be held.
func (ev *eval) filmCondition(req *programme.Requirement, r programme.Reviews, res *Result, w *work, sc scope) Condition {
	sc.only = w
	good, waiting, open := 0, 0, 0
	for _, p := range ev.piecesOf(req.Kind, r, sc) {
		switch p.chance {
		case fulfilled:
			good++
		case pending:
			waiting++
		case unknown:
			open++
		}
	}
	ahead := 0
	if ev.endOf(w) == nil {
		for _, s := range ev.counted(w, r.Kinds) {
			if ev.heldOn(s.meeting) == 0 && !ev.cancelled(s.meeting) {
				ahead++
			}
		}
	}
	c := Condition{Requirement: req.ID, Evidence: res.Evidence,
		Reason: ev.aboutWork(w, CodeFilmsHere, Args{N: good, Need: r.Count, Of: good + waiting + ahead})}
	switch {
	case res.isMet() || good >= r.Count:
		c.Prospect = ProspectMet
	case ev.blindTo(req.Kind, r):
		c.Prospect, c.Reason = ProspectUnknown, ev.aboutWork(w, CodeReviewsUnrecorded, Args{})
	case good+waiting+ahead >= r.Count:
		c.Prospect = ProspectOpen
	case good+waiting+ahead+open >= r.Count:
		c.Prospect = ProspectUnknown
	case ev.endOf(w) == nil:
		c.Prospect = ProspectAtRisk // a film of a session that was held may still be handed in
	default:
		c.Prospect = ProspectMissed
	}
	return c
}

func worse(a, b Prospect) Prospect {
	if slices.Index(prospects, b) > slices.Index(prospects, a) {
		return b
	}
	return a
}
