package programme

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"hemvist/internal/clock"
)

// maxMistakes is how many mistakes are told of at most; a file with more is hardly a definition.
const maxMistakes = 200

// Parse reads a definition strictly. With any mistake the definition is nil; the mistakes are all that could be found in one
// go, in the order of the file. The file's name only stands in the mistakes.
func Parse(file string, src []byte) (*Definition, []Mistake) {
	r := &reader{file: file, ids: map[string]map[string]place{}, places: map[string]place{}, values: map[string]*value{}, unlike: map[*value]bool{}}
	root := r.tree(src)
	if root == nil {
		return nil, r.sorted()
	}
	r.languages = r.peekLanguages(root)
	v := r.read(root, object(fileShape), "")
	if v == nil {
		return nil, r.sorted()
	}
	r.checkRefs()
	r.likeness(v.list("variants"))
	d := r.definition(v)
	(&checker{reader: r, d: d}).check()
	if len(r.mistakes) > 0 {
		return nil, r.sorted()
	}
	return d, nil
}

// Check is Parse for those who only want to know what is wrong.
func Check(file string, src []byte) []Mistake {
	_, mistakes := Parse(file, src)
	return mistakes
}

// sorted gives the mistakes in the order of the file, each once.
func (r *reader) sorted() []Mistake {
	slices.SortStableFunc(r.mistakes, func(a, b Mistake) int {
		return cmp.Or(a.Line-b.Line, a.Column-b.Column, strings.Compare(a.Code, b.Code), strings.Compare(fmt.Sprint(a.Args), fmt.Sprint(b.Args)))
	})
	r.mistakes = slices.CompactFunc(r.mistakes, func(a, b Mistake) bool {
		return a.Line == b.Line && a.Column == b.Column && a.Code == b.Code && maps.Equal(a.Args, b.Args)
	})
	if more := len(r.mistakes) - maxMistakes; more > 0 {
		last := r.mistakes[maxMistakes]
		r.mistakes = r.mistakes[:maxMistakes]
		r.wrong(place{last.Line, last.Column}, "more", "count", itoa(more))
	}
	return r.mistakes
}

// peekLanguages finds the declared languages before anything else is read, for every text is checked against them.
func (r *reader) peekLanguages(root ast.Node) []string {
	var langs []string
	for _, p := range pairs(root) {
		if name, _ := raw(p.Key); name != "languages" {
			continue
		}
		nodes := []ast.Node{p.Value}
		if seq, ok := p.Value.(*ast.SequenceNode); ok {
			nodes = seq.Values
		}
		for _, n := range nodes {
			if l, ok := raw(n); ok && languageNames[l] != [2]string{} && !has(langs, l) {
				langs = append(langs, l)
			}
		}
		break
	}
	return langs
}

func (r *reader) definition(v *value) *Definition {
	d := &Definition{
		ID: get[string](v, "programme"), Version: get[string](v, "version"), Dated: get[clock.Date](v, "dated"),
		Title: textsAt(v, "title"), Summary: textsAt(v, "summary"), Languages: r.languages, Words: wordsAt(v),
		Filming: filmingAt(v), Interpreter: interpreterAt(v), Notes: r.notes,
	}
	for _, s := range v.list("sources") {
		d.Sources = append(d.Sources, Source{ID: idOf(s), Title: s.texts, Dated: get[clock.Date](s, "dated")})
	}
	for _, s := range v.list("roles") {
		d.Roles = append(d.Roles, Role{ID: idOf(s), ActsAs: get[string](s, "acts_as"), Title: s.texts})
	}
	for _, s := range v.list("principles") {
		d.Principles = append(d.Principles, Principle{ID: idOf(s), Title: s.texts, Unnamed: get[bool](s, "unnamed")})
	}
	for _, s := range v.list("instruments") {
		d.Instruments = append(d.Instruments, Instrument{ID: idOf(s), Title: s.texts, Answers: get[string](s, "answers"),
			Languages: enums[string](s, "languages"), Rights: get[string](s, "rights")})
	}
	d.Materials = materials(v)
	for _, s := range v.list("forms") {
		scale := get[Range](s, "scale")
		d.Forms = append(d.Forms, FidelityForm{ID: idOf(s), Title: s.texts, Min: scale.Min, Max: scale.Max, Items: itemsAt(s, "items"),
			Slot: get[bool](s, "slot"), Blind: get[bool](s, "blind")})
	}
	for _, s := range v.list("variants") {
		d.Variants = append(d.Variants, r.variant(s, d.Principles))
	}
	for _, s := range v.list("credentials") {
		d.Credentials = append(d.Credentials, credential(s))
	}
	for _, s := range v.list("services") {
		d.Services = append(d.Services, Service{ID: idOf(s), Title: s.texts})
	}
	d.Prices = prices(v, d.Dated)
	r.twoPrices(v.list("prices"), d.Dated)
	bindRest(d, v)
	return d
}

func bindRest(d *Definition, v *value) {
	for _, s := range v.list("agreements") {
		d.Agreements = append(d.Agreements, Agreement{ID: idOf(s), Title: s.texts, With: get[string](s, "with"), When: get[string](s, "when"),
			Follows: enums[string](s, "follows")})
	}
	for _, s := range v.list("plan") {
		d.Plan = append(d.Plan, PlanYear{Year: get[int](s, "year"), Places: get[int](s, "places"), SelfFinanced: get[int](s, "self_financed")})
	}
	for _, s := range v.list("retention") {
		d.Retention = append(d.Retention, Retention{What: get[string](s, "what"), Keep: get[Period](s, "keep"), After: get[string](s, "after")})
	}
}

func idOf(v *value) string { return get[string](v, "id") }

func itemsAt(v *value, name string) []FormItem {
	var items []FormItem
	for _, s := range v.list(name) {
		items = append(items, FormItem{ID: idOf(s), Title: s.texts})
	}
	return items
}

func materials(v *value) []Material {
	var out []Material
	for _, s := range v.list("materials") {
		m := Material{ID: idOf(s), Kind: enum[MaterialKind](s, "kind"), Title: s.texts, For: get[string](s, "for"), Per: enum[Per](s, "per"),
			Variants: enums[string](s, "variants"), Languages: enums[string](s, "languages"), Rights: get[string](s, "rights"),
			Accepts: enums[string](s, "accepts"), Copies: get[bool](s, "copies"), Session: enums[SessionKind](s, "session_kinds")}
		if g := get[Moment](s, "given"); g.Anchor != "" {
			m.Given = &g
		}
		out = append(out, m)
	}
	return out
}

func prices(v *value, dated clock.Date) []Price {
	var out []Price
	for _, s := range v.list("prices") {
		p := Price{From: get[clock.Date](s, "from"), Ore: get[int64](s, "sek"), Per: get[string](s, "per"),
			VAT: enum[VAT](s, "vat"), Includes: enums[string](s, "includes"), For: get[string](s, "for"), path: s.path}
		if p.From.IsZero() {
			p.From, p.Undated = dated, true
		}
		for _, p.Item = range enums[string](s, "item") {
			out = append(out, p)
		}
	}
	return out
}

func wordsAt(v *value) Words {
	table := v.key("words")
	if table == nil {
		return nil
	}
	w := Words{}
	for _, e := range table.entries {
		w[e.name] = map[string]Word{}
		if e.value == nil {
			continue
		}
		for _, l := range e.value.entries {
			w[e.name][l.name] = Word{A: get[string](l.value, "a"), The: get[string](l.value, "the"),
				Many: get[string](l.value, "many"), TheMany: get[string](l.value, "the_many")}
		}
	}
	return w
}

func filmingAt(v *value) *Filming {
	s := v.key("filming")
	if s == nil {
		return nil
	}
	return &Filming{Of: enum[Span](s, "of"), Minutes: get[Range](s, "minutes"), Camera: get[string](s, "camera"), Consent: enums[string](s, "consent"),
		UploadedBy: get[string](s, "uploaded_by"), UploadWithin: get[Period](s, "upload_within"), Kinds: enums[SessionKind](s, "session_kinds")}
}

func interpreterAt(v *value) *Interpreter {
	s := v.key("interpreter")
	if s == nil {
		return nil
	}
	return &Interpreter{Allowed: get[bool](s, "allowed"), PaidBy: get[string](s, "paid_by"), AlsoWhen: enums[string](s, "also_for")}
}
