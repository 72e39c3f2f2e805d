package credential

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/goccy/go-yaml/ast"

	"hemvist/internal/programme"
)

// FactKinds are all kinds of fact, as case files name them.
var FactKinds = []FactKind{
	FactBegan, FactEnrolled, FactUnenrolled, FactCourseCompleted, FactEducated, FactTested, FactAttested, FactStaffJoined, FactStaffLeft,
	FactPlanned, FactSessionPlanned, FactStarted, FactNotified, FactJoined, FactLeft, FactHeld, FactCancelled, FactAway, FactPresent, FactCounted, FactGroupSize,
	FactFilmed, FactNotFilmed, FactReviewed, FactSupervised, FactOffered, FactEvaluationDone, FactClosed, FactBrokenOff,
	FactGranted, FactWithdrawn, FactTransferred, FactNothing,
}

// kinds reads a list of kinds of fact.
func (c *caseReader) kinds(n ast.Node) []FactKind {
	names := make([]string, 0, len(FactKinds))
	for _, k := range FactKinds {
		names = append(names, string(k))
	}
	var out []FactKind
	for _, item := range c.list(n) {
		if k := c.oneOf(item, names...); k != "" {
			out = append(out, FactKind(k))
		}
	}
	return out
}

// readFacts reads a list of facts. A session's number is looked up in the variant of the round, as told in these facts or those
// that came before.
func (c *caseReader) readFacts(n ast.Node, before []Fact) []Fact {
	var out []Fact
	for _, item := range c.list(n) {
		f, sessions := c.readFact(item)
		if f.Kind == "" {
			continue
		}
		if sessions == nil {
			out = append(out, c.numberedFact(f))
			continue
		}
		for _, s := range c.sessionIDs(sessions, f, append(slices.Clone(before), out...)) {
			f.Session = s
			out = append(out, c.numberedFact(f))
		}
	}
	return out
}

// numberedFact gives the fact an id where it has none.
func (c *caseReader) numberedFact(f Fact) Fact {
	c.numbered++
	if f.ID == "" {
		f.ID = fmt.Sprintf("f%04d", c.numbered)
	}
	return f
}

// readFact reads one fact; sessions is the node that names its sessions, if any does.
func (c *caseReader) readFact(n ast.Node) (f Fact, sessions ast.Node) {
	review, rating, plan := &Review{}, (*Rating)(nil), &Plan{}
	word := func(to *string) func(ast.Node) { return func(n ast.Node) { *to = c.word(n) } }
	var kinds []string
	for _, k := range FactKinds {
		kinds = append(kinds, string(k))
	}
	c.keys(n, map[string]func(ast.Node){
		"on": func(n ast.Node) { f.On = c.date(n) }, "fact": func(n ast.Node) { f.Kind = FactKind(c.oneOf(n, kinds...)) },
		"id": word(&f.ID), "supersedes": word(&f.Supersedes), "recorded": func(n ast.Node) { f.RecordedAt = c.instant(n) },
		"who": word(&f.Who), "people": func(n ast.Node) { f.People = c.people(n) }, "to": word(&f.To),
		"round": word(&f.Round), "case": word(&f.Case), "unit": word(&f.Unit), "role": word(&f.Role), "what": word(&f.Item),
		"variant":    func(n ast.Node) { f.Variant = c.variant(n) },
		"credential": func(n ast.Node) { f.Credential = c.credential(n) },
		"session":    func(n ast.Node) { sessions = n },
		"count":      func(n ast.Node) { f.Count = c.whole(n, 0, 100_000) }, "of": func(n ast.Node) { f.Of = c.whole(n, 0, 100_000) },
		"minutes": func(n ast.Node) { f.Minutes = c.whole(n, 0, 1_000_000) },
		"hours":   func(n ast.Node) { f.Minutes = int(c.decimal(n) * 60) },
		"clip":    func(n ast.Node) { f.Clip = c.yes(n) }, "relevant": func(n ast.Node) { f.Relevant = c.yes(n) },
		"setting": word(&f.Setting), "by": word(&review.By), "by_who": word(&review.ByWho),
		"holding": func(n ast.Node) { review.Holding = c.holding(n) },
		"percent": func(n ast.Node) { review.Percent = int(c.decimal(n)) }, "passed": func(n ast.Node) { review.Passed = c.yes(n) },
		"rating": func(n ast.Node) { rating = c.readRating(n) },
		"starts": func(n ast.Node) { plan.Starts = c.date(n) }, "ends": func(n ast.Node) { plan.Ends = c.date(n) },
		"kind": word(&plan.SessionKind), "principle": word(&plan.Principle), "optional": func(n ast.Node) { plan.Optional = c.yes(n) },
	}, "on", "fact")
	if f.On.IsZero() {
		return Fact{}, nil
	}
	switch f.Kind {
	case FactReviewed, FactSupervised, FactTested, FactAttested:
		review.Rating = rating
		f.Review = review
	case FactPlanned, FactSessionPlanned:
		f.Plan = plan
	}
	return f, sessions
}

// holding reads credentials that somebody held; "none" is none of them, which is known.
func (c *caseReader) holding(n ast.Node) []string {
	if s, _ := programme.Scalar(n); s == "none" {
		return []string{}
	}
	out := []string{}
	for _, item := range c.list(n) {
		if id := c.credential(item); id != "" {
			out = append(out, id)
		}
	}
	return out
}

func (c *caseReader) variant(n ast.Node) string {
	id := c.word(n)
	if _, ok := c.def.Variant(id); !ok && id != "" {
		var ids []string
		for _, v := range c.def.Variants {
			ids = append(ids, v.ID)
		}
		c.fail(n, "inriktningen %q finns inte; programmet har %s", "there is no variant %q; the programme has %s", clip(id), join(ids, ", "))
		return ""
	}
	return id
}

func (c *caseReader) readRating(n ast.Node) *Rating {
	r := &Rating{Stated: map[string]float64{}}
	state := func(m programme.Measure) func(ast.Node) {
		return func(n ast.Node) { r.Stated[string(m)] = c.decimal(n) }
	}
	c.keys(n, map[string]func(ast.Node){
		"form": func(n ast.Node) { r.Form = c.word(n) },
		"items": func(n ast.Node) {
			for _, item := range c.list(n) {
				r.Items = append(r.Items, c.decimal(item))
			}
		},
		"mean": state(programme.MeasureMean), "each": state(programme.MeasureEach),
		"total": state(programme.MeasureTotal), "percent": state(programme.MeasurePercent),
	})
	return r
}

// instant reads a day or a moment of it.
func (c *caseReader) instant(n ast.Node) time.Time {
	s := c.word(n)
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	if s != "" {
		c.fail(n, "%q är ingen tidpunkt; skriv som 2024-05-10 14:30", "%q is no moment; write it like 2024-05-10 14:30", clip(s))
	}
	return time.Time{}
}

// planned are the ids of the variant's sessions that are not optional: what numbers in case files count.
func (c *caseReader) planned(variant string) []string {
	var ids []string
	if v, ok := c.def.Variant(variant); ok {
		for _, s := range v.Sessions() {
			if !s.Optional {
				ids = append(ids, s.ID)
			}
		}
	}
	return ids
}

// sessionIDs turns numbers into ids. What is no number is an id already.
func (c *caseReader) sessionIDs(n ast.Node, f Fact, facts []Fact) []string {
	variant := f.Variant
	for _, other := range facts {
		if variant == "" && other.Variant != "" && (f.Round != "" && other.Round == f.Round || f.Case != "" && other.Case == f.Case) {
			variant = other.Variant
		}
	}
	ids := c.planned(variant)
	var out []string
	for _, item := range c.list(n) {
		s := c.word(item)
		if s != "" && (s[0] < '0' || s[0] > '9') && s != "all" && s != "none" {
			out = append(out, s)
			continue
		}
		if len(ids) == 0 { // no plan: a number is as good a name as any
			out = append(out, s)
			continue
		}
		for _, i := range c.numbers(item, len(ids)) {
			out = append(out, ids[i-1])
		}
	}
	return out
}

// sessionName is the id of session number i, from 1.
func sessionName(ids []string, i int) string {
	if i <= len(ids) {
		return ids[i-1]
	}
	return strconv.Itoa(i)
}
