package web

import (
	"fmt"
	"slices"
	"strings"

	"hemvist/internal/clock"
	"hemvist/internal/i18n"
	"hemvist/internal/programme"
	"hemvist/internal/web/views"
)

// telling is a definition on its way to a page: its words are the programme room's, the order and the headings are the page's.
type telling struct {
	t        *i18n.Printer
	d        *programme.Definition
	href     string // the version's address
	today    clock.Date
	sections []programme.Section
	sources  map[string]int // a source's title → its number on the page
	ours     int            // how many values are our own choice
}

func newTelling(t *i18n.Printer, d *programme.Definition, href string, today clock.Date) *telling {
	x := &telling{t: t, d: d, href: href, today: today, sections: programme.Show(d, t.Lang()), sources: map[string]int{}}
	for i, source := range d.Sources {
		x.sources[source.Title.In(t.Lang())] = i + 1
	}
	for _, s := range x.sections {
		for _, r := range s.Rows {
			if slices.ContainsFunc(r.Notes, func(n programme.RowNote) bool { return n.Ours }) {
				x.ours++
			}
		}
	}
	return x
}

// rows are what a section says; none when the definition has no such section.
func (x *telling) rows(section string) []programme.Row {
	for _, s := range x.sections {
		if s.ID == section {
			return s.Rows
		}
	}
	return nil
}

// row finds a row by its path.
func (x *telling) row(section, path string) (programme.Row, bool) {
	for _, r := range x.rows(section) {
		if r.Path == path {
			return r, true
		}
	}
	return programme.Row{}, false
}

func (x *telling) notes(notes []programme.RowNote) []views.ToldNote {
	var out []views.ToldNote
	for _, n := range notes {
		note := views.ToldNote{Ours: n.Ours, Text: n.Text}
		if number := x.sources[n.Source]; number > 0 {
			note.Source = views.Link{Href: fmt.Sprintf("#source-%d", number), Text: x.t.T("programmes.source", "number", number)}
		}
		out = append(out, note)
	}
	return out
}

// prose are the ends of paths whose text is the definition's own and is not taken apart.
var prose = []string{"title", "summary", "focus", "who", "voices"}

// value takes a row's value apart, where it says several things.
func (x *telling) value(r programme.Row) views.ToldValue {
	v := views.ToldValue{Lead: r.Value, Notes: x.notes(r.Notes)}
	if !slices.Contains(prose, r.Path[strings.LastIndexByte(r.Path, '.')+1:]) {
		parts := partsOf(r.Value)
		// What the label says already is not said again.
		if len(parts) > 1 && strings.HasSuffix(r.Label, parts[0]) {
			parts = parts[1:]
		}
		v.Lead, v.Parts = upperFirst(parts[0]), parts[1:]
	}
	return v
}

// partsOf are the parts of a value that says several things.
func partsOf(value string) []string { return strings.Split(value, "; ") }

// facts gathers rows; those in turn that have the same label become one fact with several values.
func (x *telling) facts(rows []programme.Row) []views.ToldFact {
	var out []views.ToldFact
	for _, r := range rows {
		if n := len(out); n > 0 && out[n-1].Label == r.Label {
			out[n-1].Values = append(out[n-1].Values, x.value(r))
			continue
		}
		out = append(out, views.ToldFact{Label: r.Label, Values: []views.ToldValue{x.value(r)}})
	}
	return out
}

// split sorts a section's rows by what follows the section's id in their paths; the key "" takes the rest.
func split(section string, rows []programme.Row, heads ...string) map[string][]programme.Row {
	out := map[string][]programme.Row{}
	for _, r := range rows {
		rest := strings.TrimPrefix(r.Path, section+".")
		key := ""
		for _, head := range heads {
			if rest == head || strings.HasPrefix(rest, head+".") {
				key = head
				break
			}
		}
		out[key] = append(out[key], r)
	}
	return out
}

// part is rows under a heading; nil when there are none, so that it can be appended.
func (x *telling) part(anchor, heading string, rows []programme.Row) []views.ToldPart {
	if len(rows) == 0 {
		return nil
	}
	return []views.ToldPart{{Anchor: anchor, Heading: heading, Facts: x.facts(rows)}}
}

// variant tells a variant in full.
func (x *telling) variant(v *programme.Variant) views.Told {
	section, t := "variants."+v.ID, x.t
	by := split(section, x.rows(section), "title", "summary", "focus", "like", "words", "sessions", "waves", "admission", "course", "treatment")
	told := views.Told{Anchor: "variant-" + v.ID, Title: v.Title.In(t.Lang()), Summary: v.Summary.In(t.Lang()), Focus: v.Focus.In(t.Lang()),
		Facts: x.facts(by[""])}
	x.tellSessions(&told, v, by["sessions"])
	for _, r := range by["title"] { // a note on the whole variant stands on its title
		if len(r.Notes) > 0 {
			told.Facts = append(told.Facts, views.ToldFact{Label: t.T("programmes.background"), Values: []views.ToldValue{{Notes: x.notes(r.Notes)}}})
		}
	}
	told.Parts = slices.Concat(x.part(told.Anchor+"-admission", t.T("programmes.admission"), unlabelled(by["admission"])),
		x.part(told.Anchor+"-course", t.T("programmes.course"), by["course"]),
		x.part(told.Anchor+"-treatment", t.T("programmes.treatment"), by["treatment"]),
		x.part(told.Anchor+"-waves", t.T("programmes.waves"), shortLabels(by["waves"])))
	return told
}

// tellSessions tells the sessions in order, and above them what they have in common.
func (x *telling) tellSessions(told *views.Told, v *programme.Variant, rows []programme.Row) {
	t := x.t
	told.SessionsTitle = upperFirst(x.d.Word(v.ID, "session", t.Lang()).TheMany)
	byPath := map[string]programme.Row{}
	path := "variants." + v.ID + ".sessions"
	var common []programme.Row
	for _, r := range rows {
		byPath[r.Path] = r
		if r.Path == path || strings.HasPrefix(r.Path, path+".minutes.") {
			common = append(common, r)
		}
	}
	told.SessionFacts = x.facts(common)
	for _, session := range v.Sessions() {
		at := path + "." + session.ID
		var more []string
		switch {
		case session.Advised:
			more = append(more, t.T("programmes.advised"))
		case session.Optional:
			more = append(more, t.T("programmes.optional"))
		}
		if r, ok := byPath[at+".minutes"]; ok {
			more = append(more, r.Value)
		}
		told.Sessions = append(told.Sessions, views.ToldSession{Title: session.Title.In(t.Lang()), More: strings.Join(more, ", "), Notes: x.notes(byPath[at].Notes)})
	}
}

// unlabelled are rows whose heading says what their labels would.
func unlabelled(rows []programme.Row) []programme.Row {
	out := slices.Clone(rows)
	for i := range out {
		out[i].Label = ""
	}
	return out
}

// shortLabels are rows whose labels repeat the heading up to a colon.
func shortLabels(rows []programme.Row) []programme.Row {
	out := slices.Clone(rows)
	for i, r := range out {
		if _, short, ok := strings.Cut(r.Label, ": "); ok {
			out[i].Label = short
		}
	}
	return out
}

// credential tells a credential in full.
func (x *telling) credential(c *programme.Credential) views.Told {
	section, t := "credentials."+c.ID, x.t
	by := split(section, x.rows(section), "title", "requires", "keeps", "renew")
	told := views.Told{Anchor: "credential-" + c.ID, Title: c.Title.In(t.Lang()), Facts: x.facts(by[""])}
	for _, r := range by["title"] {
		if len(r.Notes) > 0 {
			told.Facts = append(told.Facts, views.ToldFact{Label: t.T("programmes.background"), Values: []views.ToldValue{{Notes: x.notes(r.Notes)}}})
		}
	}
	told.Parts = slices.Concat(x.part(told.Anchor+"-requires", t.T("programmes.requires"), unlabelled(by["requires"])),
		x.part(told.Anchor+"-keeps", t.T("programmes.keeps"), unlabelled(by["keeps"])),
		x.part(told.Anchor+"-renew", t.T("programmes.renew"), unlabelled(by["renew"])))
	return told
}

// upperFirst writes the first letter as a capital, unless the word has capitals of its own (eConnect).
func upperFirst(s string) string {
	first, _, _ := strings.Cut(s, " ")
	if strings.ToLower(first) != first || s == "" {
		return s
	}
	r := []rune(s)
	return strings.ToUpper(string(r[0])) + string(r[1:])
}
