package credential

import (
	"slices"

	"hemvist/internal/clock"
	"hemvist/internal/programme"
)

// eval is one evaluation: a definition, facts and a day. Whatever depends on the day asks reached, so that the earliest day that
// was asked about in vain is the first on which anything can come out otherwise.
type eval struct {
	def    *programme.Definition
	ix     *index
	holder string
	on     day
	today  clock.Date
	next   day        // the earliest day asked about that is not reached; 0: none
	blind  []FactKind // kinds that nobody writes down
	shared *shared
	busy   []standingKey // credentials being judged, against going in circles
	held   map[standingKey]*standing
	// answered are the lists whose requirements have been answered.
	answered map[listKey]*evalList
}

// shared is what evaluations of the same facts by the same definition on several days can use together.
type shared struct {
	variants map[string][]programme.Session
	slots    map[*work][]slot
	begins   []beginning // by the works' order
}

// standingKey names one holder's standing with one credential.
type standingKey struct{ who, credential string }

func newEval(def *programme.Definition, facts Facts, on clock.Date) *eval {
	ev := &eval{def: def, ix: facts.index(), holder: facts.holder, on: dayOf(on), today: on, blind: facts.unrecorded(),
		shared: &shared{variants: map[string][]programme.Session{}, slots: map[*work][]slot{}}}
	if ev.def == nil {
		ev.def = &programme.Definition{}
	}
	if len(ev.ix.transfers) > 0 {
		ev.ix = ev.transferred(facts)
	}
	ev.shared.begins = make([]beginning, len(ev.ix.works))
	return ev
}

// at is the same question on another day.
func (ev *eval) at(d day) *eval {
	return &eval{def: ev.def, ix: ev.ix, holder: ev.holder, on: d, today: d.date(), blind: ev.blind, shared: ev.shared, busy: ev.busy}
}

// reached tells whether the day has come, and notes it if it has not. No day and never are not reached.
func (ev *eval) reached(d day) bool {
	if d <= 0 || d == never {
		return false
	}
	if d <= ev.on {
		return true
	}
	if ev.next == 0 || d < ev.next {
		ev.next = d
	}
	return false
}

// happened tells whether the fact's day has come.
func (ev *eval) happened(f *Fact) bool { return ev.reached(dayOf(f.On)) }

// unrecorded tells whether facts of the kind are written down by nobody, so that their absence says nothing.
func (ev *eval) unrecorded(k FactKind) bool { return slices.Contains(ev.blind, k) }

// past tells whether the day is over.
func (ev *eval) past(d day) bool { return ev.reached(d.following()) }

// walkLimit bounds how many days a walk visits: more than any file of facts names, so that a mistaken one ends too.
const walkLimit = 20_000

// walk visits from and then each day on which what visit looked at can come out otherwise, until visit is done or the
// present is reached.
func (ev *eval) walk(from day, visit func(sub *eval) (done bool)) {
	for range walkLimit {
		if !ev.reached(from) {
			return
		}
		sub := ev.at(from)
		if visit(sub) || sub.next == 0 {
			return
		}
		from = sub.next
	}
}

// last gives the latest of the facts whose day has come; nil when none has. The facts are in the order of the days.
func (ev *eval) last(facts []*Fact) *Fact {
	if n := len(facts); n == 0 || dayOf(facts[n-1].On) <= ev.on {
		return ev.first(facts[max(0, n-1):])
	}
	for i, f := range facts {
		if !ev.happened(f) {
			if i == 0 {
				return nil
			}
			return facts[i-1]
		}
	}
	return nil
}

// first gives the earliest of the facts, when its day has come.
func (ev *eval) first(facts []*Fact) *Fact {
	if len(facts) == 0 || !ev.happened(facts[0]) {
		return nil
	}
	return facts[0]
}

// transferred is the index of the facts with what has passed from one to another until the day told of the new one.
func (ev *eval) transferred(facts Facts) *index {
	moved := facts.All()
	for _, t := range ev.ix.transfers {
		if !ev.happened(t) {
			break
		}
		for i := range moved {
			if f := &moved[i]; f.Kind != FactTransferred && !t.On.Before(f.On) {
				pass(f, t.Who, t.To)
			}
		}
	}
	return buildIndex(inForce(moved))
}

// pass makes a fact about one tell of another.
func pass(f *Fact, from, to string) {
	if from == "" || to == "" {
		return
	}
	if f.Who == from {
		f.Who = to
	}
	if f.Unit == from {
		f.Unit = to
	}
	if slices.Contains(f.People, from) {
		f.People = slices.Clone(f.People)
		for i := range f.People {
			if f.People[i] == from {
				f.People[i] = to
			}
		}
	}
}

// someone is what happened to a person or unit; nothing when nothing is known.
func (ev *eval) someone(who string) *person {
	if p := ev.ix.people[who]; p != nil {
		return p
	}
	return &person{}
}
