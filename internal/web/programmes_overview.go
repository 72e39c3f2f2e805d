package web

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"hemvist/internal/programme"
	"hemvist/internal/web/views"
)

// kindGroups are the headings under which variants stand, and the kinds under each.
var kindGroups = []struct {
	key   string
	kinds []programme.VariantKind
}{
	{"programmes.kind.group", []programme.VariantKind{programme.Group}},
	{"programmes.kind.treatment", []programme.VariantKind{programme.Treatment}},
	{"programmes.kind.course", []programme.VariantKind{programme.Course}},
	{"programmes.kind.meeting", []programme.VariantKind{programme.Booster, programme.Network, programme.Conference}},
}

// overview tells a version in short, with ways to its parts.
func (x *telling) overview() views.Overview {
	t := x.t
	o := views.Overview{Summary: x.d.Summary.In(t.Lang())}
	for _, g := range kindGroups {
		group := views.VariantGroup{Heading: t.T(g.key)}
		for i := range x.d.Variants {
			if v := &x.d.Variants[i]; slices.Contains(g.kinds, v.Kind) {
				group.Cards = append(group.Cards, views.VariantCard{Href: x.href + "/variants/" + url.PathEscape(v.ID), Title: v.Title.In(t.Lang()),
					Fact: x.variantFact(v), Summary: v.Summary.In(t.Lang())})
			}
		}
		if len(group.Cards) > 0 {
			o.Groups = append(o.Groups, group)
		}
	}
	for i := range x.d.Credentials {
		c := &x.d.Credentials[i]
		section := "credentials." + c.ID
		card := views.CredentialCard{Href: x.href + "/credentials/" + url.PathEscape(c.ID), Title: c.Title.In(t.Lang())}
		for _, path := range []string{section + ".valid", section + ".valid.with"} {
			if r, ok := x.row(section, path); ok {
				card.Fact = r.Label + ": " + lowerFirst(partsOf(r.Value)[0])
			}
		}
		o.Credential = append(o.Credential, card)
	}
	for _, r := range x.rows("principles") {
		if r.Path == "principles" {
			continue
		}
		o.Principles = append(o.Principles, views.ToldValue{Lead: r.Value, Notes: x.notes(r.Notes)})
	}
	if r, ok := x.row("principles", "principles"); ok {
		o.PrincipleNotes = x.notes(r.Notes)
	}
	o.Prices = x.prices()
	for _, s := range x.sections {
		switch {
		case s.ID == "about", s.ID == "principles", strings.HasPrefix(s.ID, "variants."), strings.HasPrefix(s.ID, "credentials."):
		case s.ID == "money":
			rest := slices.DeleteFunc(slices.Clone(s.Rows), func(r programme.Row) bool {
				return strings.HasPrefix(r.Path, "prices.") || strings.HasPrefix(r.Path, "services.")
			})
			o.Parts = append(o.Parts, inline(x.part("money", t.T("programmes.agreements"), rest))...)
		default:
			o.Parts = append(o.Parts, inline(x.part(s.ID, s.Heading, s.Rows))...)
		}
	}
	return o
}

// inline puts what a value says into one line: materials and the like are looked up, not read.
func inline(parts []views.ToldPart) []views.ToldPart {
	for _, part := range parts {
		for _, f := range part.Facts {
			for i, v := range f.Values {
				f.Values[i].Lead, f.Values[i].Parts = strings.Join(append([]string{v.Lead}, v.Parts...), " · "), nil
			}
		}
	}
	return parts
}

// variantFact is a variant in one line: how many sessions, how often, for how many, by whom.
func (x *telling) variantFact(v *programme.Variant) string {
	section := "variants." + v.ID
	var parts []string
	if r, ok := x.row(section, section+".sessions"); ok {
		word := x.d.Word(v.ID, "session", x.t.Lang())
		if r.Value == "1" {
			parts = append(parts, word.A)
		} else {
			parts = append(parts, partsOf(r.Value)[0]+" "+word.Many)
		}
	}
	for _, path := range []string{".lasts", ".every", ".participants.recommended"} {
		if path == ".every" && v.Rhythm.Every.IsZero() {
			continue // "as is agreed" is no news in a short line
		}
		if r, ok := x.row(section, section+path); ok {
			parts = append(parts, lowerFirst(r.Value))
		}
	}
	for _, s := range v.Staff {
		if r, ok := x.row(section, section+".staff."+s.Role); ok {
			parts = append(parts, lowerFirst(partsOf(r.Value)[0])+" "+lowerFirst(r.Label))
		}
	}
	return upperFirst(strings.Join(parts, " · "))
}

// prices is the price list: what is in force first, each item's newest before its older ones.
func (x *telling) prices() []views.Price {
	var out []views.Price
	rows := slices.DeleteFunc(slices.Clone(x.rows("money")), func(r programme.Row) bool { return !strings.HasPrefix(r.Path, "prices.") })
	for i, p := range x.d.Prices {
		if i >= len(rows) {
			break // the rows are told in the order of the file, one a price
		}
		r := rows[i]
		now, inForce := x.d.Price(p.Item, p.For, x.today)
		price := views.Price{Item: x.itemTitle(p.Item), From: x.t.Date(p.From), Notes: x.notes(r.Notes), Now: inForce && now.From == p.From && now.For == p.For}
		if p.Undated {
			price.FromMore = x.t.T("programmes.price.undated")
		}
		parts := partsOf(r.Value)
		price.Amount, price.More = parts[0], parts[1:]
		out = append(out, price)
	}
	slices.SortStableFunc(out, func(a, b views.Price) int {
		switch {
		case a.Now == b.Now:
			return 0
		case a.Now:
			return -1
		default:
			return 1
		}
	})
	return out
}

// itemTitle is the title of what a price is for.
func (x *telling) itemTitle(id string) string {
	lang := x.t.Lang()
	if v, ok := x.d.Variant(id); ok {
		return v.Title.In(lang)
	}
	if c, ok := x.d.Credential(id); ok {
		return c.Title.In(lang)
	}
	for _, s := range x.d.Services {
		if s.ID == id {
			return s.Title.In(lang)
		}
	}
	return id
}

// whole is a version from beginning to end.
func (x *telling) whole() views.Whole {
	w := views.Whole{Overview: x.overview()}
	for i := range x.d.Variants {
		w.Variants = append(w.Variants, x.variant(&x.d.Variants[i]))
	}
	for i := range x.d.Credentials {
		w.Credentials = append(w.Credentials, x.credential(&x.d.Credentials[i]))
	}
	return w
}

// sourceList is the texts that the definition was made from, numbered as the notes name them.
func (x *telling) sourceList() []views.Source {
	var out []views.Source
	for i, s := range x.d.Sources {
		source := views.Source{Anchor: fmt.Sprintf("source-%d", i+1), Title: s.Title.In(x.t.Lang()), Dated: x.t.Date(s.Dated)}
		// Titles often say it themselves.
		if undated := x.t.T("programmes.source.undated"); s.Dated.IsZero() && !strings.Contains(source.Title, undated) {
			source.Dated = undated
		}
		out = append(out, source)
	}
	return out
}

// lowerFirst writes the first letter small, unless the word has further capitals (eConnect, SiPU).
func lowerFirst(s string) string {
	first, _, _ := strings.Cut(s, " ")
	r := []rune(first)
	if len(r) == 0 || strings.ToLower(string(r[1:])) != string(r[1:]) {
		return s
	}
	return strings.ToLower(string(r[0])) + s[len(string(r[0])):]
}
