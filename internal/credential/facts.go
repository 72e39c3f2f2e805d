package credential

import (
	"slices"
	"sync"
	"time"

	"hemvist/internal/clock"
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
	// unrecorded are the kinds of fact that nobody writes down where these come from.
	unrecorded []FactKind
	once       sync.Once
	ix         *index
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
	return Facts{f.holder, &factSet{given: slices.Concat(f.given(), more), unrecorded: f.unrecorded()}}
}

// Unrecorded is these facts, where nobody writes down facts of the kinds: that there is none of them says nothing, and what asks for
// them cannot be known. One that is there counts as ever.
func (f Facts) Unrecorded(kinds ...FactKind) Facts {
	return Facts{f.holder, &factSet{given: f.given(), unrecorded: append(slices.Clone(f.unrecorded()), kinds...)}}
}

func (f Facts) unrecorded() []FactKind {
	if f.set == nil {
		return nil
	}
	return f.set.unrecorded
}

// KnownAt is what was recorded at the instant, for the question what could be known then.
func (f Facts) KnownAt(t time.Time) Facts {
	var known []Fact
	for _, fact := range f.All() {
		if !fact.RecordedAt.After(t) {
			known = append(known, fact)
		}
	}
	return NewFacts(f.holder, known...).Unrecorded(f.unrecorded()...)
}

// Completed tells whether the holder has completed one of the courses, by the names of their variants, on the day.
func (f Facts) Completed(courses []string, on clock.Date) bool {
	p := f.index().people[f.holder]
	return p != nil && slices.ContainsFunc(p.courses, func(c *Fact) bool {
		return c.Kind == FactCourseCompleted && slices.Contains(courses, c.Variant) && !c.On.After(on)
	})
}

// All are the facts as given, also those that are superseded. The slice is the caller's own.
func (f Facts) All() []Fact { return slices.Clone(f.given()) }

func (f Facts) given() []Fact {
	if f.set == nil {
		return nil
	}
	return f.set.given
}

// index gives the look-ups, made once.
func (f Facts) index() *index {
	if f.set == nil {
		return buildIndex(nil)
	}
	f.set.once.Do(func() { f.set.ix = buildIndex(inForce(f.set.given)) })
	return f.set.ix
}
