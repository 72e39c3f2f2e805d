package programme

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
)

func (r *reader) readTexts(n ast.Node, t *typ, path string) *value {
	v := &value{at: startOf(n), path: path, typ: t}
	if found(n) != "mapping" {
		r.wrong(v.at, "wrong-sort", "found", found(n), "form", "texts")
		return nil
	}
	r.keysOf(n, func(name string, at place, child ast.Node) {
		if _, known := languageNames[name]; !known {
			r.wrong(at, "unknown-language-code", "value", short(name), "guess", closest(name, r.languages))
			return
		}
		r.addText(&v.texts, name, at, child)
	})
	r.allLanguages(v.texts, v.at)
	return v
}

// addText reads a text in one language.
func (r *reader) addText(into *Texts, lang string, at place, n ast.Node) {
	if !slices.Contains(r.languages, lang) {
		r.wrong(at, "undeclared-language", "language", lang)
		return
	}
	if *into == nil {
		*into = Texts{}
	}
	(*into)[lang] = "" // so that a mistaken text is not told of as missing too
	text, ok := raw(n)
	text = strings.TrimSpace(text)
	_, truth := n.(*ast.BoolNode)
	switch {
	case truth:
		r.wrong(startOf(n), "text-no-text", "value", text)
	case swallowed(n):
		r.wrong(startOf(n), "colon-in-text")
	case isNull(n) || ok && text == "":
		r.wrong(at, "no-text", "language", lang)
	case !ok:
		r.wrong(startOf(n), "wrong-sort", "found", found(n), "form", "text")
	case utf8.RuneCountInString(text) > maxText:
		r.wrong(startOf(n), "text-too-long", "limit", strconv.Itoa(maxText))
	default:
		(*into)[lang] = text
	}
}

func (r *reader) allLanguages(t Texts, at place) {
	for _, l := range r.languages {
		if _, ok := t[l]; !ok {
			r.wrong(at, "missing-text", "language", l)
		}
	}
}

func (r *reader) tableLanguages(v *value) {
	for _, l := range r.languages {
		if v.entry(l) == nil {
			r.wrong(v.at, "missing-text", "language", l)
		}
	}
}
