package schedule

import (
	"hemvist/internal/clock"
	"hemvist/internal/programme"
)

// Planned is a session as the check sees it.
type Planned struct {
	On          clock.Date
	Information bool // before the programme proper
	Off         bool // cancelled: nobody met
	Moved       bool // was moved by somebody
}

// Warning is a place where the days do not keep the programme's rhythm. It hinders nobody: people decide.
type Warning struct {
	Kind     WarningKind
	From, To clock.Date
	Weeks    int    // from one to the other, rounded
	Reasons  []Jump // why, as far as the calendar tells
	Moved    bool   // a session beside it was moved or cancelled
	Breaks   bool   // longer than a single session left out: the period is no longer unbroken
}

// WarningKind is what is told.
type WarningKind string

// What is told.
const (
	Gap   WarningKind = "gap"   // longer than the rhythm
	Close WarningKind = "close" // sooner than the rhythm
	Order WarningKind = "order" // a later session comes before an earlier one
)

// Check tells where the days leave the programme's rhythm. Of a programme without a rhythm, or whose days are agreed, only the order is
// told. Gaps are told only where the programme asks for one unbroken period.
func Check(rhythm programme.Rhythm, rule Rule, all []Planned) []Warning {
	var out []Warning
	var before *Planned
	cancelled := false
	for i := range all {
		x := &all[i]
		switch {
		case x.Off:
			cancelled = true
			continue
		case before != nil && x.On.Before(before.On):
			out = append(out, Warning{Kind: Order, From: before.On, To: x.On, Moved: true})
		case before != nil && !rhythm.Agreed && !rhythm.Every.IsZero():
			if w, ok := between(rhythm, rule, *before, *x, cancelled); ok {
				out = append(out, w)
			}
		}
		before, cancelled = x, false
	}
	return out
}

// between is what is to be told of two sessions that follow one another.
func between(rhythm programme.Rhythm, rule Rule, a, b Planned, cancelled bool) (Warning, bool) {
	due := rhythm.Every.After(a.On)
	w := Warning{Kind: Gap, From: a.On, To: b.On, Weeks: (a.On.DaysUntil(b.On) + 3) / 7, Moved: a.Moved || b.Moved || cancelled}
	switch {
	case b.On.Before(due):
		// A session that was moved by a day or two is no other rhythm.
		w.Kind = Close
		return w, a.On.DaysUntil(b.On)*2 <= a.On.DaysUntil(due) && !a.Information
	case !rhythm.Unbroken || !b.On.After(due.AddDays(slack)):
		return w, false
	}
	for d, n := due, 0; d.Before(b.On) && n < maxJumps; d, n = rhythm.Every.After(d), n+1 {
		if jump, off := rule.Off(d); off {
			w.Reasons = append(w.Reasons, jump)
		}
	}
	w.Breaks = rhythm.Every.After(due).Before(b.On) && !a.Information
	return w, true
}

// slack is how many days a session may be late in its rhythm without a word about it: a weekend, or another evening of the week.
const slack = 3
