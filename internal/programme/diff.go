package programme

import (
	"fmt"
)

// ChangeKind is what became of one thing that a definition says.
type ChangeKind string

// The kinds of change.
const (
	Added   ChangeKind = "added"
	Removed ChangeKind = "removed"
	Changed ChangeKind = "changed"
)

// Change is one difference between two definitions, in words.
type Change struct {
	Kind    ChangeKind
	Path    string // as Row.Path
	Section string // the section's heading
	Label   string
	Before  string // "" when Added
	After   string // "" when Removed
	For     []Audience
	Text    string // all of it as a sentence, with whom it concerns
}

// Diff tells what is different in b from a, in the order in which Show tells it; what is gone comes after what is left of its
// section. A whole section that is new or gone is one change. Where a value comes from is no difference. lang is sv, or else English.
func Diff(a, b *Definition, lang string) []Change {
	before, after := Show(a, lang), Show(b, lang)
	plainly(before, a, lang)
	plainly(after, b, lang)
	old := map[string]*Section{}
	for i := range before {
		old[before[i].ID] = &before[i]
	}
	now := map[string]bool{}
	var changes []Change
	for i := range after {
		s := &after[i]
		now[s.ID] = true
		if was, ok := old[s.ID]; ok {
			changes = append(changes, diffRows(was, s)...)
		} else {
			changes = append(changes, wholeSection(Added, s))
		}
	}
	for i := range before {
		if !now[before[i].ID] {
			changes = append(changes, wholeSection(Removed, &before[i]))
		}
	}
	for i := range changes {
		changes[i].Text = changes[i].sentence(lang)
	}
	return changes
}

// plainly gives each row what it says without the titles and words of other parts.
func plainly(sections []Section, d *Definition, lang string) {
	for i, s := range tell(voice{d: d, lang: lang, plain: true}) {
		for j, r := range s.Rows {
			sections[i].Rows[j].plain = r.Value
		}
	}
}

// diffRows tells what is different within a section.
func diffRows(was, is *Section) []Change {
	old := map[string]Row{}
	for _, r := range was.Rows {
		old[r.Path] = r
	}
	now := map[string]bool{}
	var changes []Change
	for _, r := range is.Rows {
		now[r.Path] = true
		before, ok := old[r.Path]
		c := Change{Path: r.Path, Section: is.Heading, Label: r.Label, After: r.Value, For: r.For}
		switch {
		case !ok:
			c.Kind = Added
		case before.plain != r.plain:
			c.Kind, c.Before = Changed, before.Value
		default:
			continue
		}
		changes = append(changes, c)
	}
	for _, r := range was.Rows {
		if !now[r.Path] {
			changes = append(changes, Change{Kind: Removed, Path: r.Path, Section: is.Heading, Label: r.Label, Before: r.Value, For: r.For})
		}
	}
	return changes
}

// wholeSection is a section that is new or gone.
func wholeSection(k ChangeKind, s *Section) Change {
	c := Change{Kind: k, Path: s.ID, Section: s.Heading, Label: s.Heading}
	for _, r := range s.Rows {
		for _, f := range r.For {
			if !has(c.For, f) {
				c.For = append(c.For, f)
			}
		}
	}
	return c
}

func (c Change) sentence(lang string) string {
	t := voice{lang: lang}
	var whom []string
	for _, f := range c.For {
		whom = append(whom, f.In(lang))
	}
	where := c.Section + " – " + c.Label
	if c.Label == c.Section {
		where = c.Section
	}
	var what string
	switch {
	case c.Kind == Changed:
		what = fmt.Sprintf(t.say("%s: nu ”%s”, förut ”%s”.", "%s: now “%s”, before “%s”."), where, c.After, c.Before)
	case c.Kind == Added && c.After == "":
		what = t.say("Ny del: ", "New part: ") + where + "."
	case c.Kind == Added:
		what = where + t.say(", nytt: ”", ", new: “") + c.After + "”."
	case c.Before == "":
		what = t.say("Borttagen del: ", "Part removed: ") + where + "."
	default:
		what = where + t.say(", borttaget: ”", ", removed: “") + c.Before + "”."
	}
	if len(whom) > 0 {
		what += t.say(" Berör ", " Concerns ") + t.and(whom) + "."
	}
	return what
}
