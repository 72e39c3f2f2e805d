package credential

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
)

// dated is a fact beside its day and the instant it was recorded at, in microseconds: what most facts are ordered by.
type dated struct {
	on day
	at int64
	*Fact
}

// inForce drops what is superseded, what says nothing and what is told twice, and puts the rest in the one order.
func inForce(given []Fact) []*Fact {
	var superseded map[string]bool
	out := make([]dated, 0, len(given))
	sorted := true
	for i := range given {
		f := &given[i]
		if f.Supersedes != "" {
			if superseded == nil {
				superseded = map[string]bool{}
			}
			superseded[f.Supersedes] = true
		}
		d := dayOf(f.On)
		if f.Kind == FactNothing || d == 0 {
			continue
		}
		sorted = sorted && (len(out) == 0 || out[len(out)-1].on <= d)
		out = append(out, dated{d, f.RecordedAt.UnixMicro(), f})
	}
	if superseded != nil {
		out = slices.DeleteFunc(out, func(f dated) bool { return f.ID != "" && superseded[f.ID] })
	}
	if !sorted {
		out = byDay(out)
	}
	return withinDays(out)
}

// byDay sorts by day, byte for byte: facts come by the thousand, room by room, each room in the order of the days.
func byDay(facts []dated) []dated {
	other := make([]dated, len(facts))
	for shift := 0; shift < 24; shift += 8 {
		var at [257]int
		for i := range facts {
			at[facts[i].on>>shift&255+1]++
		}
		for i := 1; i < len(at); i++ {
			at[i] += at[i-1]
		}
		for i := range facts {
			b := facts[i].on >> shift & 255
			other[at[b]] = facts[i]
			at[b]++
		}
		facts, other = other, facts
	}
	return facts
}

// withinDays orders the facts of each day, and drops what is told twice.
func withinDays(facts []dated) []*Fact {
	out := make([]*Fact, 0, len(facts))
	for i := 0; i < len(facts); {
		end, ordered := i+1, true
		for ; end < len(facts) && facts[end].on == facts[i].on; end++ {
			ordered = ordered && compareDated(facts[end-1], facts[end]) < 0
		}
		day := facts[i:end]
		if !ordered {
			slices.SortFunc(day, compareDated)
			day = slices.CompactFunc(day, func(a, b dated) bool { return compareDated(a, b) == 0 })
		}
		for _, f := range day {
			out = append(out, f.Fact)
		}
		i = end
	}
	return out
}

func compareDated(a, b dated) int {
	if a.at != b.at {
		return cmp.Compare(a.at, b.at)
	}
	return compareFacts(a.Fact, b.Fact)
}

// compareFacts orders facts by day, then by when they were recorded. The rest only makes the order one and the same.
func compareFacts(a, b *Fact) int {
	if a == b {
		return 0
	}
	if c := cmp.Compare(dayOf(a.On), dayOf(b.On)); c != 0 {
		return c
	}
	if c := a.RecordedAt.Compare(b.RecordedAt); c != 0 {
		return c
	}
	if c := cmp.Compare(a.ID, b.ID); c != 0 {
		return c
	}
	if c := cmp.Compare(a.Kind, b.Kind); c != 0 {
		return c
	}
	if reflect.DeepEqual(a, b) {
		return 0
	}
	return cmp.Compare(told(a), told(b))
}

// told is a fact written out in full, to order two that share day, instant, id and kind. Maps are printed with sorted keys;
// what is pointed to is written out, for an address would differ from run to run.
func told(f *Fact) string {
	flat := *f
	flat.Review, flat.Plan = nil, nil
	s := fmt.Sprintf("%+v", flat)
	if f.Review != nil {
		review := *f.Review
		review.Rating = nil
		s += fmt.Sprintf("%+v", review)
		if f.Review.Rating != nil {
			s += fmt.Sprintf("%+v", *f.Review.Rating)
		}
	}
	if f.Plan != nil {
		s += fmt.Sprintf("%+v", *f.Plan)
	}
	return s
}
