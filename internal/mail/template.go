package mail

import (
	"fmt"
	"html"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/typed"
)

// Template is a kind of letter. Its title, when it is written, and the house's own words stand among the texts of all languages as
// "letter.NAME.title", ".when", ".subject", ".body" and ".sms"; each of its arguments as "letter-arg.ARG.word", ".about" and ".example".
type Template struct {
	Name string
	Args []string // beside the receiver's name and the link
	Link bool     // it leads somewhere
	// Private: who it goes to may not be known to whoever reads the table of letters or the outbox. Neither address nor name is stored;
	// the room that wrote it is asked for the address when it is sent.
	Private bool
}

// The names that a letter's words may use beside the template's own.
const (
	argReceiver = "receiver"
	argLink     = "link"
)

var (
	registered = map[string]Template{}
	registry   sync.RWMutex
)

// Register adds a template, as a room does when the program starts. It panics on a second one of the same name, which is a mistake in
// the code.
func Register(t Template) Template {
	registry.Lock()
	defer registry.Unlock()
	if _, known := registered[t.Name]; known {
		panic("two letters are called " + t.Name)
	}
	registered[t.Name] = t
	return t
}

// The letters that more than one room may write.
var (
	_ = Register(Template{Name: "invitation", Args: []string{"organisation", "role", "by"}, Link: true})
	_ = Register(Template{Name: "recovery", Args: []string{"organisation"}, Link: true})
	_ = Register(Template{Name: "recovery-asked", Args: []string{"name", "organisation"}, Link: true})
	_ = Register(Template{Name: "question", Link: true})
	_ = Register(Template{Name: "feedback", Link: true})
)

// Templates is every kind of letter, by name.
func Templates() []Template {
	registry.RLock()
	defer registry.RUnlock()
	var all []Template
	for _, name := range slices.Sorted(maps.Keys(registered)) {
		all = append(all, registered[name])
	}
	return all
}

// TemplateOf is the template of a name; NotFound when there is none.
func TemplateOf(name string) (Template, error) {
	t, ok := lookUp(name)
	if !ok {
		return t, errs.Wrap(errs.NotFound, fmt.Errorf("no letter is called %q", name))
	}
	return t, nil
}

func lookUp(name string) (Template, bool) {
	registry.RLock()
	defer registry.RUnlock()
	t, ok := registered[name]
	return t, ok
}

// Names are what the words may use, in the order in which they are explained: the receiver's name, the template's own, the link.
func (t Template) Names() []string {
	names := append([]string{argReceiver}, t.Args...)
	if t.Link {
		names = append(names, argLink)
	}
	return names
}

// check tells whether a letter has what its template needs. Only a mistake in the code fails it.
func (t Template) check(l Letter) error {
	want := slices.Sorted(slices.Values(t.Args))
	if got := argNames(l.Args); !slices.Equal(got, want) {
		return fmt.Errorf("a letter %q needs the values %v, and was given %v", t.Name, want, got)
	}
	if t.Link != (l.Link.Path != "") || l.Link.Path != "" && !strings.HasPrefix(l.Link.Path, "/") {
		return fmt.Errorf("a letter %q was given the link %q; it leads somewhere: %v", t.Name, l.Link.Path, t.Link)
	}
	if t.Private && l.Link.ID == "" {
		return fmt.Errorf("a letter %q was given nobody to ask for", t.Name)
	}
	if (l.Link.Purpose == "") != (l.Link.ID == "") && (!t.Private || t.Link) {
		return fmt.Errorf("a letter %q was given a link with half a secret", t.Name)
	}
	return nil
}

// Words are what a letter says, with placeholders such as {{organisation}}. They are plain text.
type Words struct{ Subject, Body, SMS string }

// Longest words, in characters. An SMS of more than three parts is a letter.
const (
	maxSubject = 150
	maxBody    = 5000
	maxSMS     = 480
	// OneSMS is how many characters go into one SMS when all are of the basic alphabet, and PartOfSMS how many into each part of a longer
	// one, which costs as many as it has parts. Source: 3GPP TS 23.038.
	OneSMS    = 160
	PartOfSMS = 153
)

// open and shut stand around a placeholder.
const (
	open = "{{"
	shut = "}}"
)

// Placeholder is how a name is written in the words of a language: "{{namn}}".
func Placeholder(t *i18n.Printer, name string) string {
	return open + t.T("letter-arg."+name+".word") + shut
}

// House is the house's own words of a template.
func (t Template) House(p *i18n.Printer) Words {
	values := map[string]any{}
	for _, name := range t.Names() {
		values[name] = Placeholder(p, name)
	}
	say := func(part string) string { return strings.TrimSpace(p.TMap("letter."+t.Name+"."+part, values)) }
	return Words{Subject: say("subject"), Body: say("body"), SMS: say("sms")}
}

// example is what stands in the placeholders' places where the words are tried.
func (t Template) example(p *i18n.Printer) map[string]string {
	values := map[string]string{}
	for _, name := range t.Names() {
		values[name] = p.T("letter-arg." + name + ".example")
	}
	return values
}

// CheckWords trims words and tells what is wrong with them, each at its field: "subject", "body", "sms".
func (t Template) CheckWords(p *i18n.Printer, w Words) (Words, error) {
	var wrong []errs.Field
	part := func(name, value, emptyKey string, max int, lines, link bool) string {
		var fields []errs.Field
		if lines {
			value, fields = typed.Text(name, value, emptyKey, max)
		} else if value, fields = typed.Line(name, value, emptyKey); len(fields) == 0 && utf8.RuneCountInString(value) > max {
			fields = append(fields, errs.Field{Name: name, Key: "form.error.long", Args: map[string]any{"max": max}})
		}
		if len(fields) == 0 {
			fields = t.placeholders(p, name, value, link)
		}
		wrong = append(wrong, fields...)
		return value
	}
	w.Subject = part("subject", w.Subject, "letters.error.subject", maxSubject, false, false)
	w.Body = part("body", w.Body, "letters.error.body", maxBody, true, t.Link)
	w.SMS = part("sms", w.SMS, "letters.error.sms", maxSMS, true, t.Link)
	return w, errs.InvalidFields(wrong...)
}

// placeholders is what is wrong with the placeholders of a text: one that is not known, one that does not end, a link that is missing
// or, in a subject, too much.
func (t Template) placeholders(p *i18n.Printer, field, text string, link bool) []errs.Field {
	known := t.words(p)
	wrong := func(what string, args map[string]any, at int) []errs.Field {
		key := "letters.error.line." + what
		if args["line"] = lineOf(text, at); field == "subject" { // which has but one
			key = "letters.error.here." + what
		}
		return []errs.Field{{Name: field, Key: key, Args: args}}
	}
	if field == "subject" {
		delete(known, p.T("letter-arg."+argLink+".word"))
	}
	found := map[string]bool{}
	for at, rest := 0, text; ; {
		i := strings.Index(rest, open)
		before := rest
		if i >= 0 {
			before = rest[:i]
		}
		if j := strings.Index(before, shut); j >= 0 {
			return wrong("shut", map[string]any{}, at+j)
		}
		if i < 0 {
			break
		}
		word, after, ended := strings.Cut(rest[i+len(open):], shut)
		if !ended || strings.ContainsAny(word, "\n{") {
			return wrong("open", map[string]any{}, at+i)
		}
		name, ok := known[strings.TrimSpace(word)]
		if !ok {
			return wrong("placeholder", map[string]any{"word": open + word + shut}, at+i)
		}
		found[name] = true
		at, rest = len(text)-len(after), after
	}
	if link && !found[argLink] {
		return []errs.Field{{Name: field, Key: "letters.error.link", Args: map[string]any{"word": Placeholder(p, argLink)}}}
	}
	return nil
}

// words is the name of each word that a language has for it.
func (t Template) words(p *i18n.Printer) map[string]string {
	m := map[string]string{}
	for _, name := range t.Names() {
		m[p.T("letter-arg."+name+".word")] = name
	}
	return m
}

func lineOf(text string, at int) int { return 1 + strings.Count(text[:at], "\n") }

// linkMark stands for the link in a text that is filled in and may be stored. It is no character that anybody can type.
const linkMark = "\x1f"

// fill puts values in the placeholders' places; what is not known stays as it is.
func (t Template) fill(p *i18n.Printer, text string, values map[string]string) string {
	var pairs []string
	known := t.words(p)
	for _, word := range slices.Sorted(maps.Keys(known)) {
		value, ok := values[known[word]]
		if !ok {
			continue
		}
		pairs = append(pairs, open+word+shut, value)
	}
	return strings.NewReplacer(pairs...).Replace(squeeze(text))
}

// squeeze takes blanks within the braces away: {{ namn }} is {{namn}}.
func squeeze(text string) string {
	parts := strings.Split(text, open)
	for i := 1; i < len(parts); i++ {
		if word, after, ok := strings.Cut(parts[i], shut); ok {
			parts[i] = strings.TrimSpace(word) + shut + after
		}
	}
	return strings.Join(parts, open)
}

// asHTML is a plain text as a simple page: paragraphs, line breaks, and the link as one. link is where it leads; empty for none.
func asHTML(lang, subject, text, link string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!doctype html>\n<html lang=%q>\n<head><meta charset=\"utf-8\"><title>%s</title></head>\n<body>\n", lang, html.EscapeString(subject))
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		if paragraph = strings.Trim(paragraph, "\n"); paragraph == "" {
			continue
		}
		escaped := strings.ReplaceAll(html.EscapeString(paragraph), "\n", "<br>\n")
		href := html.EscapeString(link)
		fmt.Fprintf(&b, "<p>%s</p>\n", strings.ReplaceAll(escaped, linkMark, `<a href="`+href+`">`+href+`</a>`))
	}
	b.WriteString("</body>\n</html>\n")
	return b.String()
}
