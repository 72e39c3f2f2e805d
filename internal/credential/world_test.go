package credential_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hemvist/internal/clock"
	"hemvist/internal/credential"
	"hemvist/internal/programme"
)

// world draws facts: histories that could be, with noise that could not.
type world struct {
	t     *rapid.T
	def   *programme.Definition
	facts []credential.Fact
	first clock.Date
	id    string // what ids begin with
}

var (
	people = []string{"anna", "bo", "haga"}
	rounds = []string{"g1", "g2", "g3"}
)

func pick[T any](w *world, name string, from []T) T {
	return from[rapid.IntRange(0, len(from)-1).Draw(w.t, name)]
}

func (w *world) day(name string) clock.Date {
	return w.first.AddDays(rapid.IntRange(0, 5*365).Draw(w.t, name))
}

func (w *world) add(f credential.Fact) {
	f.ID = fmt.Sprintf("%s%d", w.id, len(w.facts))
	f.RecordedAt = time.Date(f.On.Year, f.On.Month, f.On.Day, rapid.IntRange(0, 2).Draw(w.t, "hour"), 0, 0, 0, time.UTC)
	w.facts = append(w.facts, f)
}

func (w *world) variants(kinds ...programme.VariantKind) []string {
	var out []string
	for _, v := range w.def.Variants {
		for _, k := range kinds {
			if v.Kind == k {
				out = append(out, v.ID)
			}
		}
	}
	return out
}

// round is one round that goes as rounds go, with something amiss now and then.
func (w *world) round(id string) {
	start, variant := w.day("start"), pick(w, "variant", w.variants(programme.Group))
	v, _ := w.def.Variant(variant)
	every := v.Rhythm.Every
	role := w.def.Roles[0].ID
	w.add(credential.Fact{Kind: credential.FactPlanned, On: start.AddDays(-rapid.IntRange(0, 60).Draw(w.t, "ahead")), Round: id, Variant: variant,
		Unit: pick(w, "unit", []string{"", "haga"}), Plan: &credential.Plan{Starts: start, Ends: start.AddDays(70)}})
	for _, who := range people[:2] {
		if rapid.IntRange(0, 9).Draw(w.t, "joins") > 0 {
			w.add(credential.Fact{Kind: credential.FactJoined, On: start.AddDays(-1), Round: id, Who: who, Role: role})
		}
	}
	amiss := func(name string) bool { return rapid.IntRange(0, 29).Draw(w.t, name) == 0 }
	last := start
	for i, s := range v.Sessions() {
		last = programme.Period{N: every.N * i, Unit: every.Unit}.After(start)
		if amiss("not held") {
			continue
		}
		w.add(credential.Fact{Kind: credential.FactHeld, On: last, Round: id, Session: s.ID})
		if !amiss("not filmed") {
			w.film(fmt.Sprintf("%s-%s", id, s.ID), credential.Fact{On: last, Round: id, Session: s.ID})
		}
		if !amiss("no supervision") {
			w.add(credential.Fact{Kind: credential.FactSupervised, On: last.AddDays(rapid.IntRange(0, 9).Draw(w.t, "later")), Round: id, Session: s.ID, Minutes: 60})
		}
		if !amiss("no names") {
			w.add(credential.Fact{Kind: credential.FactPresent, On: last, Round: id, Session: s.ID, People: crowd(rapid.IntRange(4, 8).Draw(w.t, "present"))})
		} else {
			w.add(credential.Fact{Kind: credential.FactCounted, On: last, Round: id, Session: s.ID, Count: rapid.IntRange(0, 9).Draw(w.t, "count")})
		}
	}
	switch rapid.IntRange(0, 9).Draw(w.t, "end") {
	case 0:
	case 1:
		w.add(credential.Fact{Kind: credential.FactBrokenOff, On: last, Round: id})
	default:
		w.add(credential.Fact{Kind: credential.FactClosed, On: last.AddDays(rapid.IntRange(0, 20).Draw(w.t, "closed")), Round: id})
	}
}

// kase is a case with a client.
func (w *world) kase(id string) {
	variants := w.variants(programme.Treatment)
	if len(variants) == 0 {
		return
	}
	start, who := w.day("case starts"), pick(w, "case by", people[:2])
	w.add(credential.Fact{Kind: credential.FactStarted, On: start, Case: id, Variant: variants[0]})
	w.add(credential.Fact{Kind: credential.FactJoined, On: start, Case: id, Who: who, Role: w.def.Roles[0].ID})
	for n := range rapid.IntRange(0, 6).Draw(w.t, "meetings") {
		on := start.AddDays(14 * n)
		w.add(credential.Fact{Kind: credential.FactHeld, On: on, Case: id})
		w.add(credential.Fact{Kind: credential.FactSupervised, On: on, Case: id, Session: on.String(), Minutes: 30, Setting: pick(w, "setting", []string{"", "individual"})})
		w.add(w.review(credential.Fact{Kind: credential.FactReviewed, On: on, Case: id, Session: pick(w, "of", []string{"", on.String()})}))
	}
	if rapid.Bool().Draw(w.t, "case closed") {
		w.add(credential.Fact{Kind: credential.FactClosed, On: start.AddDays(rapid.IntRange(1, 300).Draw(w.t, "case lasts")), Case: id})
	}
}

func (w *world) film(id string, f credential.Fact) {
	f.Kind, f.Item, f.Clip, f.Minutes = credential.FactFilmed, id, rapid.Bool().Draw(w.t, "clip"), rapid.IntRange(0, 6).Draw(w.t, "minutes")
	w.add(f)
	if rapid.Bool().Draw(w.t, "reviewed") {
		w.add(w.review(credential.Fact{Kind: credential.FactReviewed, Item: id, On: f.On.AddDays(rapid.IntRange(0, 12).Draw(w.t, "reviewed on"))}))
	}
}

func (w *world) review(f credential.Fact) credential.Fact {
	f.Review = &credential.Review{By: pick(w, "by", []string{"expert", "peer", "self"}), Holding: pick(w, "holding", [][]string{nil, {}, {"supervisor"}}),
		Percent: rapid.IntRange(70, 100).Draw(w.t, "percent")}
	if len(w.def.Forms) > 0 {
		f.Review.Rating = &credential.Rating{Form: w.def.Forms[0].ID, Items: []float64{float64(rapid.IntRange(3, 5).Draw(w.t, "item")), 4}}
	}
	return f
}

func crowd(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("p%d", i))
	}
	return out
}

// noise is any fact, sensible or not.
func (w *world) noise() {
	f := credential.Fact{Kind: pick(w, "kind", credential.FactKinds), On: w.day("on"), Who: pick(w, "who", append([]string{""}, people...)),
		Round: pick(w, "round", append([]string{""}, rounds...)), Role: pick(w, "role", []string{"", w.def.Roles[0].ID}),
		Variant: pick(w, "variant", append(w.variants(programme.Group, programme.Course, programme.Booster), "")),
		Session: pick(w, "session", []string{"", "p1", "p2", "evening-1", "meeting-1", "info"}), Unit: pick(w, "unit", []string{"", "haga"}),
		Credential: pick(w, "credential", w.def.Credentials).ID, Item: pick(w, "item", []string{"", "g1-p1", "quiz", "after", "go-ahead"}),
		Count: rapid.IntRange(0, 9).Draw(w.t, "count"), Of: rapid.IntRange(0, 9).Draw(w.t, "of"), Minutes: rapid.IntRange(0, 500).Draw(w.t, "minutes"),
		Case: pick(w, "case", []string{"", "", "c1", "c2"}), To: pick(w, "to", people), Clip: rapid.Bool().Draw(w.t, "clip"), Relevant: rapid.Bool().Draw(w.t, "relevant")}
	if rapid.IntRange(0, 9).Draw(w.t, "supersedes") == 0 && len(w.facts) > 0 {
		f.Supersedes = pick(w, "superseded", w.facts).ID
	}
	if rapid.Bool().Draw(w.t, "more") {
		f = w.review(f)
		f.People = crowd(rapid.IntRange(0, 3).Draw(w.t, "people"))
		f.Plan = &credential.Plan{Starts: w.day("starts"), SessionKind: "principle"}
	}
	w.add(f)
}

// history is a person's and a unit's years with a programme.
func (w *world) history() {
	for _, who := range people[:2] {
		w.add(credential.Fact{Kind: credential.FactStaffJoined, On: w.first, Who: who, Unit: "haga", Role: w.def.Roles[0].ID})
		for range rapid.IntRange(0, 2).Draw(w.t, "courses") {
			w.add(credential.Fact{Kind: credential.FactCourseCompleted, On: w.day("course on"), Who: who, Variant: pick(w, "course", w.variants(programme.Course)), Count: 4, Of: 4})
		}
		for range rapid.IntRange(0, 2).Draw(w.t, "tests") {
			w.add(w.review(credential.Fact{Kind: credential.FactTested, On: w.day("test on"), Who: who, Item: "quiz"}))
		}
		for range rapid.IntRange(0, 3).Draw(w.t, "hours") {
			w.add(credential.Fact{Kind: credential.FactEducated, On: w.day("educated on"), Who: who, Minutes: 240})
		}
	}
	for _, id := range rounds[:rapid.IntRange(0, 3).Draw(w.t, "rounds")] {
		w.round(id)
	}
	for _, id := range []string{"c1", "c2"}[:rapid.IntRange(0, 2).Draw(w.t, "cases")] {
		w.kase(id)
	}
	for range rapid.IntRange(0, 3).Draw(w.t, "grants") {
		w.add(credential.Fact{Kind: credential.FactGranted, On: w.day("granted"), Who: pick(w, "holder", people), Credential: pick(w, "granted credential", w.def.Credentials).ID})
	}
}

// draw is a whole world about anna, bo and the unit haga, in Connect or the invented programme.
func draw(t *rapid.T, defs []*programme.Definition, noise int) *world {
	w := &world{t: t, def: defs[rapid.IntRange(0, len(defs)-1).Draw(t, "definition")], first: clock.MustDate("2020-02-01")}
	w.id = "h"
	w.history()
	w.id = "n" // noise
	for range rapid.IntRange(0, noise).Draw(t, "noise") {
		w.noise()
	}
	return w
}

func (w *world) credential() string { return pick(w, "asked credential", w.def.Credentials).ID }

func (w *world) holder(id string) string {
	if c, ok := w.def.Credential(id); ok && c.HeldBy == programme.OfUnit {
		return "haga"
	}
	return pick(w, "asked holder", people[:2])
}

func worldDefinitions(t testing.TB) []*programme.Definition {
	find := definitions(t)
	var out []*programme.Definition
	for _, id := range []string{"connect", "nara", "hus"} {
		d, ok := find(id, "")
		if !ok {
			t.Fatalf("there is no definition %s", id)
		}
		out = append(out, d)
	}
	return out
}

// differ tells in short where two verdicts differ.
func differ(a, b credential.Verdict) string {
	out := fmt.Sprintf("%s %s on %s: %s or on %s: %s\n", a.Holder, a.Credential, a.On, a.Status, b.On, b.Status)
	line := func(v credential.Verdict) string {
		s := fmt.Sprintf("warned %v ready %v", v.Warned, v.Ready)
		if v.Term != nil {
			s += fmt.Sprintf(" %+v", *v.Term)
		}
		for _, r := range v.Reasons {
			s += " " + string(r.Code) + ": " + r.Words("en")
		}
		for _, r := range v.Requirements {
			s += fmt.Sprintf("\n    %s %s missed %v, met %s, by %s, %v", r.ID, r.State, r.Missed, r.MetOn, r.Deadline, r.Evidence)
			for _, reason := range r.Reasons {
				s += fmt.Sprintf(" [%s: %s %s]", reason.Code, reason.Words("en"), reason.Args.Round)
			}
		}
		return s
	}
	return out + "  " + line(a) + "\n  " + line(b)
}
