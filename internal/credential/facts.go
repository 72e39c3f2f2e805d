package credential

import (
	"slices"
	"sync"
	"time"
)

// Facts are what is known about a holder and the rounds, cases and people that bear on it. They are never changed: With gives
// new ones. They may be used by several goroutines at a time.
type Facts struct {
	holder string
	set    *factSet
}

// factSet is the facts in force, in one order whatever the order in which they came, and what is looked up in them.
type factSet struct {
	given []Fact // all, also those that are superseded
	once  sync.Once
	ix    *index
}

// NewFacts gathers facts about the holder, a person or a unit. The order does not matter. The slice is kept, for it may be large:
// the caller does not change it any more.
func NewFacts(holder string, facts ...Fact) Facts {
	return Facts{holder, &factSet{given: facts}}
}

// Holder is whom the facts are asked about.
func (f Facts) Holder() string { return f.holder }

// For is the same facts, asked about another holder.
func (f Facts) For(holder string) Facts { return Facts{holder, f.set} }

// With is these facts and some more: what came since, or what is only supposed ("what if").
func (f Facts) With(more ...Fact) Facts {
	var given []Fact
	if f.set != nil {
		given = f.set.given
	}
	return Facts{f.holder, &factSet{given: append(slices.Clone(given), more...)}}
}

// KnownAt is what was recorded at the instant, for the question what could be known then.
func (f Facts) KnownAt(t time.Time) Facts {
	var known []Fact
	for _, fact := range f.All() {
		if !fact.RecordedAt.After(t) {
			known = append(known, fact)
		}
	}
	return NewFacts(f.holder, known...)
}

// All are the facts as given, also those that are superseded. The slice is the caller's own.
func (f Facts) All() []Fact {
	if f.set == nil {
		return nil
	}
	return slices.Clone(f.set.given)
}

// index gives the look-ups, made once.
func (f Facts) index() *index {
	if f.set == nil {
		return buildIndex(nil)
	}
	f.set.once.Do(func() { f.set.ix = buildIndex(inForce(f.set.given)) })
	return f.set.ix
}
