package programme

import (
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// value is a part of the file that has the form it should have. What has not is nil, and a mistake tells of it.
type value struct {
	at      place
	path    string
	typ     *typ
	shape   *shape // aMap and aRequirement
	kind    Kind   // aRequirement
	data    any    // aScalar: what the scalar's parse gave
	items   []*value
	entries []*entry // aMap, aTable, aRequirement: in the order of the file
	texts   Texts    // aText, and the title of a titled shape
}

// entry is one key of a mapping.
type entry struct {
	name  string
	at    place
	value *value // nil when it is mistaken
}

// reader gathers what one file says and what is wrong with it.
type reader struct {
	file      string
	languages []string
	mistakes  []Mistake
	ids       map[string]map[string]place // namespace, id: where it is declared first
	refs      []use
	notes     []Note
	places    map[string]place  // where the value at a path begins
	values    map[string]*value // the value at a path; nil when it is mistaken
	unlike    map[*value]bool   // variants that are like none that could be found
}

// use is an id that names something elsewhere in the file.
type use struct {
	namespace, id string
	at            place
}

func (r *reader) wrong(at place, code string, args ...string) {
	m := Mistake{File: r.file, Line: at.line, Column: at.column, Code: code}
	if len(args) > 0 {
		m.Args = make(map[string]string, len(args)/2)
		for i := 0; i+1 < len(args); i += 2 {
			m.Args[args[i]] = args[i+1]
		}
	}
	r.mistakes = append(r.mistakes, m)
}

// read gives the value that n is, or nil.
func (r *reader) read(n ast.Node, t *typ, path string) *value {
	r.places[path] = startOf(n)
	v := r.readAs(n, t, path)
	r.values[path] = v
	return v
}

func (r *reader) readAs(n ast.Node, t *typ, path string) *value {
	switch t.sort {
	case aScalar:
		return r.readScalar(n, t, path)
	case aList:
		return r.readList(n, t, path)
	case aTable:
		return r.readTable(n, t, path)
	case aText:
		return r.readTexts(n, t, path)
	case anEither:
		return r.readEither(n, t, path)
	case aRequirement:
		return r.readRequirement(n, t, path)
	default:
		return r.readMap(n, t.shape, &value{at: startOf(n), path: path, typ: t})
	}
}

func (r *reader) readScalar(n ast.Node, t *typ, path string) *value {
	s, at := t.scalar, startOf(n)
	text, ok := raw(n)
	if !ok {
		r.wrong(at, "wrong-sort", append([]string{"found", found(n)}, s.args()...)...)
		return nil
	}
	if swallowed(n) {
		r.wrong(at, "colon-in-text")
		return nil
	}
	data, ok := s.parse(s, text)
	_, truth := n.(*ast.BoolNode)
	switch {
	case truth && s.plain != "boolean":
		r.wrong(at, "text-no-text", "value", text)
		return nil
	case !ok:
		r.refuse(at, s, text)
		return nil
	case !suits(n, s):
		r.wrong(at, "in-quotes", "value", short(text))
		return nil
	}
	if id, isID := data.(string); isID {
		if s.defines != "" && s.defines != nsOther {
			r.declare(s.defines, id, at)
		}
		if s.ref != "" {
			r.refs = append(r.refs, use{s.ref, id, at})
		}
	}
	return &value{at: at, path: path, typ: t, data: data}
}

// refuse says what is wrong with a scalar, as near as can be told.
func (r *reader) refuse(at place, s *scalar, text string) {
	args := append([]string{"value", short(text)}, s.args()...)
	switch s.form {
	case "one-of", "language":
		code, guess := "not-one-of", closest(text, s.values)
		if s.form == "language" {
			code = "unknown-language-code"
		}
		r.wrong(at, code, append(args, "guess", guess)...)
	case "date":
		code := "wrong-form"
		if len(text) == 10 && text[4] == '-' && text[7] == '-' {
			code = "no-such-date"
		}
		r.wrong(at, code, args...)
	case "range":
		if rg, ok := parseRange(text); ok && (rg.Max == 0 || rg.Min <= rg.Max) {
			r.wrong(at, "out-of-limits", args...)
			return
		}
		r.wrong(at, "wrong-form", args...)
	case "whole":
		if _, ok := digits(strings.TrimPrefix(text, "-")); ok {
			r.wrong(at, "out-of-limits", args...)
			return
		}
		r.wrong(at, "wrong-form", args...)
	default:
		r.wrong(at, "wrong-form", args...)
	}
}

// args describe the form for a mistake.
func (s *scalar) args() []string {
	return []string{"form", s.form, "low", strconv.Itoa(s.low), "high", strconv.Itoa(s.high), "values", strings.Join(s.values, ", ")}
}

func (r *reader) declare(namespace, id string, at place) {
	if r.ids[namespace] == nil {
		r.ids[namespace] = map[string]place{}
	}
	if _, ok := r.ids[namespace][id]; !ok {
		r.ids[namespace][id] = at
	}
}

func (r *reader) readList(n ast.Node, t *typ, path string) *value {
	v := &value{at: startOf(n), path: path, typ: t}
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		if _, scalar := raw(n); scalar && t.alone {
			if item := r.read(n, t.elem, path+".0"); item != nil {
				v.items = []*value{item}
			}
			return v
		}
		r.wrong(v.at, "wrong-sort", "found", found(n), "form", "list")
		return nil
	}
	if len(seq.Values) > maxItems {
		r.wrong(startOf(seq.Values[maxItems]), "too-many", "limit", strconv.Itoa(maxItems))
		return nil
	}
	if len(seq.Values) < t.least {
		r.wrong(v.at, "too-few", "least", strconv.Itoa(t.least))
		return nil
	}
	ids, seen := map[string]place{}, map[string]bool{}
	for i, item := range seq.Values {
		iv := r.read(item, t.elem, path+"."+itemName(item, i))
		if iv == nil {
			continue
		}
		v.items = append(v.items, iv)
		if id, at, ok := iv.id(); ok {
			if first, double := ids[id]; double {
				r.wrong(at, "double-id", "id", id, "line", strconv.Itoa(first.line))
			} else {
				ids[id] = at
			}
		}
		if s, ok := iv.data.(string); ok {
			if seen[s] {
				r.wrong(iv.at, "double-value", "value", s)
			}
			seen[s] = true
		}
	}
	return v
}

// itemName is a list item's part of a path: its id when it has one, or its number from 0.
func itemName(n ast.Node, i int) string {
	for _, e := range pairs(n) {
		if text, ok := raw(e.Value); ok && e.Key.GetToken() != nil && e.Key.GetToken().Value == "id" && idRegexp.MatchString(text) {
			return text
		}
	}
	return strconv.Itoa(i)
}

// keysOf gives each key of a mapping once, and a mistake for each that comes again.
func (r *reader) keysOf(n ast.Node, each func(name string, at place, n ast.Node)) {
	seen := map[string]place{}
	for _, p := range pairs(n) {
		at := tokenPlace(p.Key.GetToken())
		keyNode, isNode := p.Key.(ast.Node)
		name, ok := raw(keyNode)
		if !isNode || !ok {
			r.wrong(at, "key-no-word")
			continue
		}
		if first, double := seen[name]; double {
			r.wrong(at, "double-key", "key", short(name), "line", strconv.Itoa(first.line))
			continue
		}
		seen[name] = at
		each(name, at, p.Value)
	}
}

func (r *reader) readMap(n ast.Node, s *shape, v *value) *value {
	v.shape = s
	if found(n) != "mapping" {
		r.wrong(v.at, "wrong-sort", "found", found(n), "form", "mapping", "keys", strings.Join(s.names(), ", "))
		return nil
	}
	r.keysOf(n, func(name string, at place, child ast.Node) {
		k := s.find(name)
		if k == nil {
			r.strange(v, name, at, child)
			return
		}
		e := &entry{name: name, at: at}
		v.entries = append(v.entries, e)
		if isNull(child) {
			r.wrong(at, "no-value", "key", name)
			return
		}
		e.value = r.read(child, k.typ, under(v.path, name))
	})
	for _, k := range s.keys {
		if k.needed && v.entry(k.name) == nil {
			r.wrong(v.at, "missing-key", "key", k.name, "example", k.name+": "+k.example)
		}
	}
	if s.titled && !(s.bare && len(v.texts) == 0) {
		r.allLanguages(v.texts, v.at)
	}
	if s != noteShape {
		r.keepNotes(v)
	}
	return v
}

// strange is a key that the shape does not have: a language of its title, or a mistake.
func (r *reader) strange(v *value, name string, at place, n ast.Node) {
	if _, known := languageNames[name]; known && v.shape.titled {
		r.addText(&v.texts, name, at, n)
		return
	}
	names := v.shape.names()
	if v.shape.titled {
		names = append(names, r.languages...)
	}
	guess := closest(name, names)
	if guess == "" && len(v.kind) > 0 {
		for _, k := range kindOrder {
			if kindShapes[k].find(name) != nil {
				r.wrong(at, "key-of-other-kind", "key", short(name), "kind", string(v.kind), "other", string(k), "keys", strings.Join(names, ", "))
				return
			}
		}
	}
	r.wrong(at, "unknown-key", "key", short(name), "guess", guess, "keys", strings.Join(names, ", "))
}

func (r *reader) readTable(n ast.Node, t *typ, path string) *value {
	v := &value{at: startOf(n), path: path, typ: t}
	if found(n) != "mapping" {
		r.wrong(v.at, "wrong-sort", "found", found(n), "form", "mapping", "keys", strings.Join(t.key.scalar.values, ", "))
		return nil
	}
	r.keysOf(n, func(name string, at place, child ast.Node) {
		s := t.key.scalar
		if _, ok := s.parse(s, name); !ok {
			r.refuse(at, s, name)
			return
		}
		if s.ref != "" {
			r.refs = append(r.refs, use{s.ref, name, at})
		}
		if s == language && !slices.Contains(r.languages, name) {
			r.wrong(at, "undeclared-language", "language", name)
		}
		e := &entry{name: name, at: at}
		v.entries = append(v.entries, e)
		if isNull(child) {
			r.wrong(at, "no-value", "key", name)
			return
		}
		e.value = r.read(child, t.elem, under(path, name))
	})
	if len(v.entries) < t.least && len(pairs(n)) == 0 {
		r.wrong(v.at, "too-few", "least", strconv.Itoa(t.least))
	}
	if t.key.scalar == language {
		r.tableLanguages(v)
	}
	return v
}

func under(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// short is a piece of the file as a mistake quotes it.
func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > 40 {
		return string(runes[:39]) + "…"
	}
	return s
}
