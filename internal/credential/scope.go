package credential

import (
	"slices"

	"hemvist/internal/programme"
)

// scope is whose evidence counts, and which.
type scope struct {
	credential *programme.Credential
	list       List
	who        string
	unit       bool // the credential is held by a unit
	cert       day  // the certificate in force, or the latest; 0: none
	first      day  // since when the credential is held without a break
	began      day  // the first evidence of all; 0: none
	fresh      bool // everything anew: only what is newer than the certificate counts

	after    day // evidence of this day or earlier does not count
	from     day // nor evidence before this day; never: none counts yet
	until    day // nor evidence after this day; 0: no limit
	notOlder programme.Period
	only     *work // only this round or case counts
}

// counts tells whether evidence of the day d counts on the day that is asked about.
func (ev *eval) counts(sc scope, d day) bool {
	if d <= sc.after || d < sc.from || sc.from == never || sc.until != 0 && d > sc.until || !ev.reached(d) {
		return false
	}
	return sc.notOlder.IsZero() || !ev.past(after(sc.notOlder, d))
}

// begunWithin tells whether a round or case that began on start may count: it must lie in the window from its beginning.
func (sc scope) begunWithin(start day) bool {
	return start > sc.after && start >= sc.from && sc.from != never
}

// worksOf are the rounds, or the cases, of the variants that the holder has or had a part in.
func (ev *eval) worksOf(sc scope, cases bool, variants []string, role string) []*work {
	var out []*work
	for _, w := range ev.someone(sc.who).works {
		if w.isCase == cases && w.isOf(variants) && (sc.only == nil || sc.only == w) && ev.takesPart(w, sc.who, role) {
			out = append(out, w)
		}
	}
	return out
}

// outcome is what a rule says.
type outcome struct {
	state    State
	missed   bool // too late
	metOn    day
	expires  day // the last day that it is met by what there is; 0: no end
	deadline day
	evidence []Ref
	reasons  []Reason
	parts    []Result
}

// hit is one piece of evidence, and how much of the amount it is.
type hit struct {
	on     day
	weight int
	refs   []Ref
}

// tally adds evidence up against what is needed. open is what may or may not count.
func tally(need int, hits []hit, open int, sc scope) outcome {
	slices.SortStableFunc(hits, func(a, b hit) int { return int(a.on) - int(b.on) })
	out := outcome{state: Missing}
	sum := 0
	for _, h := range hits {
		if sum += h.weight; sum >= need && out.metOn == 0 {
			out.metOn, out.state = h.on, Met
		}
		out.evidence = append(out.evidence, h.refs...)
	}
	if need <= 0 {
		out.state = Met
	}
	if out.state != Met && sum+open >= need {
		out.state = Unknown
	}
	if out.state == Met && !sc.notOlder.IsZero() {
		left := 0
		for _, h := range slices.Backward(hits) {
			if left += h.weight; left >= need {
				out.expires = after(sc.notOlder, h.on)
				break
			}
		}
	}
	return out
}

func weightOf(hits []hit) int {
	sum := 0
	for _, h := range hits {
		sum += h.weight
	}
	return sum
}

func refTo(f *Fact) Ref {
	return Ref{Fact: f.ID, Round: f.Round, Case: f.Case, Session: f.Session, On: f.On}
}
