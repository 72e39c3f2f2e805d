// Package i18n says things in the reader's language: texts by key, plural forms, dates and numbers as people write them.
// It never decides anything and never holds a text of a programme (those stand in the programme's definition).
package i18n

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// A file a part of the house and language: "rounds.sv.yaml".
//
//go:embed locales/*.yaml
var locales embed.FS

// Languages are the languages of the staff's pages, the first being the one to fall back on.
var Languages = []string{"sv", "en"}

// Bundle holds the texts of all languages.
type Bundle struct {
	printers map[string]*Printer
}

// Load reads the embedded texts.
func Load() (*Bundle, error) {
	bundle := goi18n.NewBundle(language.Swedish)
	bundle.RegisterUnmarshalFunc("yaml", yaml.Unmarshal)
	b := &Bundle{printers: map[string]*Printer{}}
	for _, lang := range Languages {
		files, err := fs.Glob(locales, "locales/*."+lang+".yaml")
		if err != nil || len(files) == 0 {
			return nil, fmt.Errorf("find the texts in %s: %d files, %w", lang, len(files), err)
		}
		p := &Printer{lang: lang, localizer: goi18n.NewLocalizer(bundle, lang), plain: map[string]string{}, worded: map[string]string{}, plural: map[string]bool{}}
		for _, name := range files {
			file, err := bundle.LoadMessageFileFS(locales, name)
			if err != nil {
				return nil, fmt.Errorf("read the texts in %s: %w", lang, err)
			}
			for _, m := range file.Messages {
				p.plural[m.ID] = m.One != ""
				// What has no placeholder and one form only needs no template at every call.
				switch {
				case m.One != "":
				case !strings.Contains(m.Other, "{{"):
					p.plain[m.ID] = m.Other
				case wordsAlone(m.Other):
					p.worded[m.ID] = m.Other
				}
			}
		}
		p.say(p.ownWords())
		p.ready = make(map[string]string, len(p.worded))
		for key, text := range p.worded {
			p.ready[key] = p.put.Replace(text)
		}
		b.printers[lang] = p
	}
	return b, nil
}

// For is the printer of a language; of the first one when lang is none of ours.
func (b *Bundle) For(lang string) *Printer {
	if p, ok := b.printers[lang]; ok {
		return p
	}
	return b.printers[Languages[0]]
}

// Guess is the first of the languages in a browser's Accept-Language header that is ours. Languages that are merely thought
// to be understood by the same people do not count: a reader of Somali in Sweden is served in Swedish, not in English.
func (b *Bundle) Guess(acceptLanguage string) string {
	wanted, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		return Languages[0]
	}
	for _, tag := range wanted {
		if base, _ := tag.Base(); b.printers[base.String()] != nil {
			return base.String()
		}
	}
	return Languages[0]
}

// Printer says things in one language. It is safe for concurrent use.
type Printer struct {
	lang      string
	localizer *goi18n.Localizer
	plain     map[string]string
	worded    map[string]string // the texts that leave words open and nothing else
	ready     map[string]string // those with the words in them; nil where they are put in when they are asked for
	words     map[string]string // by the names that texts have for them
	put       *strings.Replacer
	plural    map[string]bool // the texts that have a form for one
}

// Lang is the language's code, "sv" or "en".
func (p *Printer) Lang() string { return p.lang }

// T is the text of key. args are names and values in turn for its placeholders; the value named "n" also chooses the plural
// form. A key that does not exist comes back in brackets, so that it is seen and tests can find it.
func (p *Printer) T(key string, args ...any) string {
	if len(args) == 0 {
		if s, ok := p.plain[key]; ok {
			return s
		}
		if s, ok := p.ready[key]; ok {
			return s
		}
		if s, ok := p.worded[key]; ok {
			return p.put.Replace(s)
		}
	}
	data := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		if name, ok := args[i].(string); ok {
			data[name] = args[i+1]
		}
	}
	return p.TMap(key, data)
}

// TMap is T with the values in a map.
func (p *Printer) TMap(key string, data map[string]any) string {
	if _, taken := data["word"]; !taken {
		with := make(map[string]any, len(data)+1)
		maps.Copy(with, data)
		with["word"] = p.words
		data = with
	}
	config := goi18n.LocalizeConfig{MessageID: key, TemplateData: data}
	if n, ok := data["n"]; ok {
		if p.plural[key] { // of a text with one form only, the library finds none for the number one
			config.PluralCount = n
		}
		if i, ok := n.(int); ok {
			shown := make(map[string]any, len(data))
			for k, v := range data {
				shown[k] = v
			}
			shown["n"] = p.Number(i)
			config.TemplateData = shown
		}
	}
	s, err := p.localizer.Localize(&config)
	if err != nil && config.PluralCount != nil { // a text without plural forms is the same for every number
		config.PluralCount = nil
		s, err = p.localizer.Localize(&config)
	}
	if err != nil {
		return "⟦" + key + "⟧"
	}
	return s
}

// Has tells whether there is a text of that key.
func (p *Printer) Has(key string) bool {
	_, err := p.localizer.Localize(&goi18n.LocalizeConfig{MessageID: key, PluralCount: 2})
	return err == nil
}

// Number writes a whole number with its thousands apart: "12 345" in Swedish, "12,345" in English.
func (p *Printer) Number(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	sep := "\u00a0"
	if p.lang == "en" {
		sep = ","
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(sep)
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// Capital is s with a capital first letter, for words that begin a line.
func Capital(s string) string {
	if s == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}
