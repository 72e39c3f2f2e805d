package catalogue

import (
	"slices"

	"hemvist/internal/clock"
)

// fact is a stored decision: from a day on, a programme has a version in force (definition is set) or has its home with a hub.
type fact struct {
	id, programme, hub, definition string
	withdrawn                      bool
	from                           clock.Date
	supersedes                     string
}

// timeline is what has been decided about one programme. What holds on a day is worked out from it, and stored nowhere.
type timeline struct {
	homes  []fact // in force, by day
	forces []fact // in force, by day
	aside  []fact // proposals that are set aside
}

// newTimeline gathers a programme's decisions; those that were taken back or superseded fall away.
func newTimeline(homes, forces []fact) timeline {
	var t timeline
	t.homes, _ = counting(homes)
	t.forces, t.aside = counting(forces)
	return t
}

// counting are the decisions that still count, the earliest day first, and of what was taken back that which superseded nothing.
func counting(all []fact) (live, aside []fact) {
	gone := map[string]bool{}
	for _, f := range all {
		gone[f.supersedes] = true
	}
	for _, f := range all {
		switch {
		case gone[f.id]:
		case !f.withdrawn:
			live = append(live, f)
		case f.supersedes == "":
			aside = append(aside, f)
		}
	}
	// Of two of one day the one that was recorded last counts, and ids tell the order.
	slices.SortFunc(live, func(a, b fact) int {
		if c := a.from.Compare(b.from); c != 0 {
			return c
		}
		return slices.Compare([]byte(a.id), []byte(b.id))
	})
	return live, aside
}

// homeOn is the decision by which the programme has its home where it has it on a day. Before the first that is known here it is
// the same: who had the programme earlier nobody has told, and what was in force then is for the first home to say.
func (t timeline) homeOn(d clock.Date) (fact, bool) {
	if len(t.homes) > 0 && d.Before(t.homes[0].from) {
		return t.homes[0], true
	}
	return lastOn(t.homes, d)
}

// biting are the decisions about what is in force that take or took effect: those of the hub that has the programme on their
// first day. What a hub planned for a day on which the programme has moved away comes to nothing.
func (t timeline) biting() []fact {
	var out []fact
	for _, f := range t.forces {
		if home, ok := t.homeOn(f.from); ok && home.hub == f.hub {
			if n := len(out); n > 0 && out[n-1].from == f.from {
				out = out[:n-1]
			}
			out = append(out, f)
		}
	}
	return out
}

// inForceOn is the decision that counts on a day. A programme that moves brings with it what is in force.
func (t timeline) inForceOn(d clock.Date) (fact, bool) { return lastOn(t.biting(), d) }

// without is the timeline as if the decisions about what is in force that match had not been taken, and those.
func (t timeline) without(match func(fact) bool) (rest timeline, matching []fact) {
	rest = timeline{homes: t.homes, aside: t.aside}
	for _, f := range t.forces {
		if match(f) {
			matching = append(matching, f)
		} else {
			rest.forces = append(rest.forces, f)
		}
	}
	return rest, matching
}

// after are the decisions that take effect after a day.
func (t timeline) after(d clock.Date) []fact {
	var out []fact
	for _, f := range t.biting() {
		if f.from.After(d) {
			out = append(out, f)
		}
	}
	return out
}

// lastOn is the last of facts, ordered by day, that has begun on a day.
func lastOn(facts []fact, d clock.Date) (last fact, ok bool) {
	for _, f := range facts {
		if f.from.After(d) {
			break
		}
		last, ok = f, true
	}
	return last, ok
}

// State is where a version is in its life on a day.
type State string

// The states of a version.
const (
	Proposed State = "proposed"  // uploaded, and nothing decided
	Coming   State = "coming"    // decided from a day ahead
	Current  State = "current"   // in force
	Past     State = "past"      // was in force
	SetAside State = "set-aside" // a proposal that came to nothing
)

// stateOn is a version's state on a day.
func (t timeline) stateOn(definition string, d clock.Date) State {
	if f, ok := t.inForceOn(d); ok && f.definition == definition {
		return Current
	}
	has := func(f fact) bool { return f.definition == definition }
	biting := t.biting()
	switch {
	case slices.ContainsFunc(t.after(d), has):
		return Coming
	case slices.ContainsFunc(biting, has):
		return Past
	case slices.ContainsFunc(t.aside, has):
		return SetAside
	default:
		return Proposed
	}
}

// Span is a time for which something holds. To is the last day; no day while nothing is decided to follow.
type Span struct {
	DefinitionID string // for what is in force
	HubID, Hub   string // who decided it, or where the home is
	From, To     clock.Date
}

// spans turns decisions, ordered by day, into times.
func spans(facts []fact) []Span {
	out := make([]Span, len(facts))
	for i, f := range facts {
		out[i] = Span{DefinitionID: f.definition, HubID: f.hub, From: f.from}
		if i > 0 {
			out[i-1].To = f.from.AddDays(-1)
		}
	}
	return out
}
