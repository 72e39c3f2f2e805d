package credential

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"hemvist/internal/clock"
	"hemvist/internal/programme"
)

// text is a sentence in both languages. In braces stand what the reason is about:
// {n} {need} {of} {times} {share} {latest} {day} {until} {period} {range} {rating} {what} {roles} {sessions}; {n.h} and {need.h} are minutes
// as hours; {work.the} is the round or case in the programme's own words (a, the, one, many, the_many), as are session,
// participant and leader; {n|film|filmer} is a word by the number. What stands in brackets is left out when a brace in it is empty.
type text struct{ sv, en string }

// in is the text in the language: Swedish, or else English.
func (t text) in(lang string) string {
	if lang == "sv" {
		return t.sv
	}
	return t.en
}

// Words is the reason as a sentence in the language: Swedish for "sv", or else English.
func (r Reason) Words(lang string) string {
	t, ok := texts[r.Code]
	if !ok {
		return string(r.Code)
	}
	return capital(r.fill(t.in(lang), lang))
}

// capital is the text with a capital letter first.
func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}

// fill puts what the reason is about in the place of braces.
func (r Reason) fill(tmpl, lang string) string {
	var b strings.Builder
	for tmpl != "" {
		i := strings.IndexAny(tmpl, "{[")
		if i < 0 {
			b.WriteString(tmpl)
			break
		}
		b.WriteString(tmpl[:i])
		closing := "}"
		if tmpl[i] == '[' {
			closing = "]"
		}
		end := strings.Index(tmpl[i:], closing)
		if end < 0 {
			b.WriteString(tmpl[i:])
			break
		}
		inner := tmpl[i+1 : i+end]
		if tmpl[i] == '{' {
			b.WriteString(r.value(inner, lang))
		} else if !r.lacks(inner, lang) {
			b.WriteString(r.fill(inner, lang))
		}
		tmpl = tmpl[i+end+1:]
	}
	return b.String()
}

func (r Reason) lacks(part, lang string) bool {
	for {
		i, j := strings.IndexByte(part, '{'), strings.IndexByte(part, '}')
		if i < 0 || j < i {
			return false
		}
		if r.value(part[i+1:j], lang) == "" {
			return true
		}
		part = part[j+1:]
	}
}

// value is what a brace stands for; "" when there is nothing to tell.
func (r Reason) value(name, lang string) string {
	if number, forms, ok := strings.Cut(name, "|"); ok {
		one, many, _ := strings.Cut(forms, "|")
		if n, _ := r.number(number); n == 1 {
			return one
		}
		return many
	}
	if n, ok := r.number(name); ok {
		return strconv.Itoa(n)
	}
	if field, ok := strings.CutSuffix(name, ".h"); ok {
		n, _ := r.number(field)
		return hours(n, lang)
	}
	if word, form, ok := strings.Cut(name, "."); ok {
		return r.word(word, form, lang)
	}
	a := r.Args
	switch name {
	case "day":
		return Day(a.Day, lang)
	case "until":
		return Day(a.Until, lang)
	case "period":
		return Period(a.Period, lang)
	case "range":
		return minutes(a.Range, lang)
	case "rating":
		return rating(a.Rating, lang)
	case "what":
		return titlesIn(a.What, lang, unless(lang == "sv", " or ", " eller "))
	case "roles":
		return titlesIn(a.Roles, lang, unless(lang == "sv", " or ", " eller "))
	case "sessions":
		var names []string
		for _, n := range a.Sessions {
			names = append(names, strconv.Itoa(n))
		}
		return join(names, unless(lang == "sv", " and ", " och "))
	}
	return ""
}

func (r Reason) number(name string) (int, bool) {
	a := r.Args
	switch name {
	case "n":
		return a.N, true
	case "need":
		return a.Need, true
	case "of":
		return a.Of, true
	case "times":
		return a.Times, true
	case "share":
		return a.Share, true
	case "latest":
		return a.Latest, true
	case "left":
		return max(0, a.Need-a.N), true
	case "count":
		return len(a.Sessions), true
	}
	return 0, false
}

// ownWords are the product's words, for programmes without their own.
var ownWords = map[string]map[string]programme.Word{
	"round": {
		"sv": {A: "en grupp", The: "gruppen", Many: "grupper", TheMany: "grupperna"},
		"en": {A: "a group", The: "the group", Many: "groups", TheMany: "the groups"}},
	"case": {
		"sv": {A: "ett ärende", The: "ärendet", Many: "ärenden", TheMany: "ärendena"},
		"en": {A: "a case", The: "the case", Many: "cases", TheMany: "the cases"}},
	"session": {
		"sv": {A: "en träff", The: "träffen", Many: "träffar", TheMany: "träffarna"},
		"en": {A: "a session", The: "the session", Many: "sessions", TheMany: "the sessions"}},
	"participant": {
		"sv": {A: "en deltagare", The: "deltagaren", Many: "deltagare", TheMany: "deltagarna"},
		"en": {A: "a participant", The: "the participant", Many: "participants", TheMany: "the participants"}},
	"film": {
		"sv": {A: "en film", The: "filmen", Many: "filmer", TheMany: "filmerna"},
		"en": {A: "a film", The: "the film", Many: "films", TheMany: "the films"}},
	"supervision": {
		"sv": {A: "handledning", The: "handledningen", Many: "handledning", TheMany: "handledningen"},
		"en": {A: "supervision", The: "the supervision", Many: "supervision", TheMany: "the supervision"}},
}

// word is a form of one of the programme's words: its variant's, its own or the product's.
func (r Reason) word(key, form, lang string) string {
	if key == "work" {
		key = "round"
		if r.Args.Cases {
			key = "case"
		}
	}
	if lang != "sv" {
		lang = "en"
	}
	w := ownWords[key][lang]
	if r.def != nil {
		if own, ok := r.def.Words[key][lang]; ok {
			w = own
		}
		if v, ok := r.def.Variant(r.variant); ok {
			if own, ok := v.Words[key][lang]; ok {
				w = own
			}
		}
	}
	switch form {
	case "a":
		return w.A
	case "the":
		return w.The
	case "one": // without its article
		if _, noun, ok := strings.Cut(w.A, " "); ok {
			return noun
		}
		return w.A
	case "the_many":
		return w.TheMany
	}
	if field, ok := strings.CutPrefix(form, "by_"); ok { // one or many, by a number
		if n, _ := r.number(field); n == 1 {
			return r.word(key, "one", lang)
		}
	}
	return w.Many
}

func titlesIn(titles []programme.Texts, lang, last string) string {
	var names []string
	for _, t := range titles {
		if s := t.In(lang); s != "" && !slices.Contains(names, s) {
			names = append(names, s)
		}
	}
	return join(names, last)
}

func join(names []string, last string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + last + names[len(names)-1]
}

var months = map[string][]string{
	"sv": {"januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"},
	"en": {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}

// Day is a day in words: "10 maj 2024", "10 May 2024"; "" for no day.
func Day(d clock.Date, lang string) string {
	if d.IsZero() || d.Month < 1 || d.Month > 12 {
		return ""
	}
	if lang != "sv" {
		lang = "en"
	}
	return fmt.Sprintf("%d %s %d", d.Day, months[lang][d.Month-1], d.Year)
}

// Period is a length of time in words: "3 år", "3 years".
func Period(p programme.Period, lang string) string {
	if p.IsZero() {
		return ""
	}
	if lang != "sv" {
		return p.String()
	}
	names := map[programme.Unit][2]string{
		programme.Day: {"dag", "dagar"}, programme.Week: {"vecka", "veckor"}, programme.Month: {"månad", "månader"}, programme.Year: {"år", "år"},
	}[p.Unit]
	if p.N == 1 {
		return "1 " + names[0]
	}
	return strconv.Itoa(p.N) + " " + names[1]
}

// hours are minutes told as hours: "1,5" and "1.5".
func hours(n int, lang string) string {
	s := strconv.FormatFloat(float64(n)/60, 'f', 1, 64)
	s = strings.TrimSuffix(s, ".0")
	if lang == "sv" {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

func minutes(r programme.Range, lang string) string {
	sv := lang == "sv"
	switch {
	case r.IsZero():
		return ""
	case r.Max == 0:
		return fmt.Sprintf(unless(sv, "at least %d minutes", "minst %d minuter"), r.Min)
	case r.Min <= 1:
		return fmt.Sprintf(unless(sv, "at most %d minutes", "högst %d minuter"), r.Max)
	default:
		return fmt.Sprintf(unless(sv, "%d–%d minutes", "%d–%d minuter"), r.Min, r.Max)
	}
}

func rating(r *programme.Rating, lang string) string {
	if r == nil {
		return ""
	}
	s := strconv.FormatFloat(r.AtLeast, 'f', -1, 64)
	if lang == "sv" {
		s = strings.Replace(s, ".", ",", 1)
	}
	if r.Measure == programme.MeasurePercent {
		s += " %"
	}
	return s
}
