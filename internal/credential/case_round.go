package credential

import (
	"fmt"

	"github.com/goccy/go-yaml/ast"

	"hemvist/internal/clock"
	"hemvist/internal/programme"
)

// caseRound is a round, or a case with a client, told in short; it becomes facts.
type caseRound struct {
	id, kase, variant, unit, role string
	leaders                       []Fact // joined and left; days that are not told are filled in
	planned, starts, ends, info   clock.Date
	notified, closed, brokenOff   clock.Date
	every                         programme.Period
	sessions                      int
	held, filmed, supervised      []int
	reviewed, counted             []int
	people                        map[int][]string
	count, size                   int
	minutes                       int
	holding                       []string
	waves                         []Fact
}

// readRound reads a round told in short, and tells it as facts.
func (c *caseReader) readRound(n ast.Node) []Fact {
	r := &caseRound{every: programme.Period{N: 1, Unit: programme.Week}, role: "leader", people: map[int][]string{}}
	later := map[string]ast.Node{} // what needs to know the sessions first
	wait := func(key string) func(ast.Node) { return func(n ast.Node) { later[key] = n } }
	day := func(to *clock.Date) func(ast.Node) { return func(n ast.Node) { *to = c.date(n) } }
	c.keys(n, map[string]func(ast.Node){
		"round": func(n ast.Node) { r.id = c.word(n) }, "case": func(n ast.Node) { r.kase = c.word(n) },
		"variant": func(n ast.Node) { r.variant = c.variant(n) },
		"unit":    func(n ast.Node) { r.unit = c.word(n) }, "role": func(n ast.Node) { r.role = c.word(n) },
		"leaders": func(n ast.Node) { r.leaders = c.leaders(n) },
		"planned": day(&r.planned), "starts": day(&r.starts), "ends": day(&r.ends), "information": day(&r.info),
		"notified": day(&r.notified), "closed": day(&r.closed), "broken_off": day(&r.brokenOff),
		"every":    func(n ast.Node) { r.every = c.period(n) },
		"sessions": func(n ast.Node) { r.sessions = c.whole(n, 1, 500) },
		"held":     wait("held"), "filmed": wait("filmed"), "supervised": wait("supervised"), "reviewed": wait("reviewed"),
		"present": wait("present"), "counted": wait("counted"),
		"size": func(n ast.Node) { r.size = c.whole(n, 0, 10_000) }, "minutes": func(n ast.Node) { r.minutes = c.whole(n, 1, 1000) },
		"holding":   func(n ast.Node) { r.holding = c.holding(n) },
		"evaluated": func(n ast.Node) { r.waves = c.evaluations(n) },
	}, "variant", "starts")
	if r.id == "" && r.kase == "" || r.starts.IsZero() {
		c.fail(n, "skriv vilken grupp det är (round) eller vilket ärende (case), och när det börjar (starts)", "tell which round or case it is, and when it starts")
		return nil
	}
	ids := c.planned(r.variant)
	if r.sessions == 0 {
		r.sessions = len(ids)
	}
	if later["held"] == nil {
		for i := 1; i <= r.sessions; i++ {
			r.held = append(r.held, i)
		}
	}
	for key, to := range map[string]*[]int{"held": &r.held, "filmed": &r.filmed, "supervised": &r.supervised, "reviewed": &r.reviewed} {
		if later[key] != nil {
			*to = c.numbers(later[key], r.sessions)
		}
	}
	if later["present"] != nil {
		c.presence(r, later["present"])
	}
	if later["counted"] != nil {
		r.count, r.counted = c.whole(later["counted"], 0, 10_000), r.held
	}
	return c.tell(r, ids)
}

// leaders reads names, or names with from when and until when.
func (c *caseReader) leaders(n ast.Node) []Fact {
	var out []Fact
	for _, item := range c.list(n) {
		if programme.Pairs(item) == nil {
			out = append(out, Fact{Kind: FactJoined, Who: c.word(item)})
			continue
		}
		joined, left := Fact{Kind: FactJoined}, Fact{Kind: FactLeft}
		c.keys(item, map[string]func(ast.Node){
			"who": func(n ast.Node) { joined.Who = c.word(n) }, "role": func(n ast.Node) { joined.Role = c.word(n) },
			"from": func(n ast.Node) { joined.On = c.date(n) }, "to": func(n ast.Node) { left.On = c.date(n) },
		}, "who")
		left.Who, left.Role = joined.Who, joined.Role
		out = append(out, joined)
		if !left.On.IsZero() {
			out = append(out, left)
		}
	}
	return out
}

// presence reads how many were present at every session that was held, or a list of who was at which.
func (c *caseReader) presence(r *caseRound, n ast.Node) {
	for _, i := range r.held {
		r.people[i] = []string{}
	}
	if _, list := n.(*ast.SequenceNode); !list {
		for _, i := range r.held {
			r.people[i] = c.people(n)
		}
		return
	}
	named := 0
	for _, item := range c.list(n) {
		var who []string
		at := r.held
		c.keys(item, map[string]func(ast.Node){
			"people": func(n ast.Node) { who = c.people(n) },
			"at":     func(n ast.Node) { at = c.numbers(n, r.sessions) },
		}, "people")
		for k := range who { // numbers in a list go on from those before: 5 people, and then 1 more
			named++
			if who[k] == fmt.Sprintf("deltagare-%d", k+1) {
				who[k] = fmt.Sprintf("deltagare-%d", named)
			}
		}
		for _, i := range at {
			r.people[i] = append(r.people[i], who...)
		}
	}
}

func (c *caseReader) evaluations(n ast.Node) []Fact {
	var out []Fact
	for _, item := range c.list(n) {
		f := Fact{Kind: FactEvaluationDone}
		c.keys(item, map[string]func(ast.Node){
			"wave": func(n ast.Node) { f.Item = c.word(n) }, "on": func(n ast.Node) { f.On = c.date(n) },
			"count": func(n ast.Node) { f.Count = c.whole(n, 0, 10_000) }, "of": func(n ast.Node) { f.Of = c.whole(n, 0, 10_000) },
		}, "wave", "on")
		out = append(out, f)
	}
	return out
}

// tell makes facts of what was told in short. Everything about a session happens on its day.
func (c *caseReader) tell(r *caseRound, ids []string) []Fact {
	var out []Fact
	add := func(f Fact, on clock.Date) {
		if on.IsZero() {
			return
		}
		f.On, f.Round, f.Case, f.Variant = on, r.id, r.kase, r.variant
		out = append(out, c.numberedFact(f))
	}
	first := r.starts
	for _, d := range []clock.Date{r.planned, r.info} {
		if !d.IsZero() && d.Before(first) {
			first = d
		}
	}
	dayOf := func(i int) clock.Date { return times(r.every, i-1).After(r.starts) }
	if r.ends.IsZero() && r.sessions > 0 {
		r.ends = dayOf(r.sessions)
	}
	add(Fact{Kind: FactPlanned, Unit: r.unit, Plan: &Plan{Starts: r.starts, Ends: r.ends}}, first)
	for _, l := range r.leaders {
		on := l.On
		if on.IsZero() {
			on = first
		}
		if l.Role == "" {
			l.Role = r.role
		}
		add(l, on)
	}
	add(Fact{Kind: FactGroupSize, Count: r.size}, unless(r.size > 0, clock.Date{}, first))
	add(Fact{Kind: FactHeld, Session: c.information(r.variant)}, r.info)
	add(Fact{Kind: FactNotified}, r.notified)
	if r.kase != "" {
		add(Fact{Kind: FactStarted}, r.starts)
	}
	for _, i := range r.held {
		add(Fact{Kind: FactHeld, Session: sessionName(ids, i)}, dayOf(i))
		if people, told := r.people[i]; told {
			add(Fact{Kind: FactPresent, Session: sessionName(ids, i), People: people}, dayOf(i))
		}
	}
	for _, i := range r.counted {
		add(Fact{Kind: FactCounted, Session: sessionName(ids, i), Count: r.count}, dayOf(i))
	}
	for _, i := range r.filmed {
		add(Fact{Kind: FactFilmed, Session: sessionName(ids, i), Item: fmt.Sprintf("%s%s-%d", r.id, r.kase, i), Minutes: r.minutes}, dayOf(i))
	}
	for _, i := range r.reviewed {
		add(Fact{Kind: FactReviewed, Session: sessionName(ids, i), Review: &Review{By: "expert", Holding: r.holding}}, dayOf(i))
	}
	for _, i := range r.supervised {
		add(Fact{Kind: FactSupervised, Session: sessionName(ids, i), Review: &Review{By: "expert", Holding: r.holding}}, dayOf(i))
	}
	for _, w := range r.waves {
		add(w, w.On)
	}
	add(Fact{Kind: FactClosed}, r.closed)
	add(Fact{Kind: FactBrokenOff}, r.brokenOff)
	return out
}

// information is the id of the variant's information meeting.
func (c *caseReader) information(variant string) string {
	if v, ok := c.def.Variant(variant); ok {
		for _, s := range v.SessionsOf(programme.Information) {
			return s.ID
		}
	}
	return "information"
}
