package group

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/sheet"
	"hemvist/internal/typed"
)

// Line is a row of a list of participants as it was read.
type Line struct {
	Number      int    `json:"number"`
	Name        string `json:"name,omitempty"`
	Phone       string `json:"phone,omitempty"`
	Email       string `json:"email,omitempty"`
	Language    string `json:"language,omitempty"`
	Interpreter string `json:"interpreter,omitempty"`
	Household   string `json:"household,omitempty"`
	Ages        string `json:"ages,omitempty"`
	Protected   string `json:"protected,omitempty"`
	// PersonalNumber: there was one in the row, so that nothing else of it is kept.
	PersonalNumber bool `json:"personalNumber,omitempty"`
}

// Table is a list of participants that has been read.
type Table struct {
	Lines   []Line   `json:"lines"`
	Unknown []string `json:"unknown,omitempty"` // headings that nothing is known of
	// Guessed is what each column was taken for, by its place, where the list had no headings; empty for one that was left out.
	Guessed []string `json:"guessed,omitempty"`
}

// maxImport is how many rows a list of participants may have: more than any group.
const maxImport = 500

// columns are the headings by which a list's columns are known, in any order.
var columns = []sheet.Column{
	{ID: "name", Words: []string{"namn", "name", "deltagare", "deltagarens namn", "participant", "förälder", "föräldrar", "parent", "vårdnadshavare", "guardian", "omsorgsperson",
		"carer", "för- och efternamn", "fullständigt namn", "full name", "person"}},
	{ID: "given", Words: []string{"förnamn", "first name", "given name", "tilltalsnamn"}},
	{ID: "family", Words: []string{"efternamn", "last name", "surname", "family name"}},
	{ID: "phone", Phone: true, Words: []string{"telefon", "telefonnummer", "telefonnr", "tfn", "tel", "mobil", "mobiltelefon", "mobilnummer", "mobilnr", "phone", "telephone", "phone number", "mobile", "cell"}},
	{ID: "email", Words: []string{"e-post", "epost", "e-postadress", "mejl", "mejladress", "mail", "mailadress", "e-mail", "email", "e-mail address"}},
	{ID: "language", Words: []string{"språk", "language", "modersmål", "hemspråk", "läser på", "first language", "mother tongue"}},
	{ID: "interpreter", Words: []string{"tolk", "behöver tolk", "tolkbehov", "tolk behövs", "interpreter", "needs interpreter", "needs an interpreter"}},
	{ID: "household", Words: []string{"hör ihop med", "hushåll", "familj", "household", "family", "tillsammans med", "together with", "belongs with", "belongs together with", "par", "partner"}},
	{ID: "ages", Words: []string{"barnets ålder", "barn", "barnens ålder", "barns ålder", "barnålder", "ålder", "ålder på barn", "ålder barn", "barn ålder", "child", "children", "child's age", "child age",
		"age of child", "children's ages", "age", "ages"}},
	{ID: "protected", Words: []string{"skyddade personuppgifter", "skyddade uppgifter", "skyddad identitet", "skyddad", "skydd", "sekretess", "sekretessmarkering", "protected", "protected identity"}},
}

// ReadTable reads a list of participants: by its headings, or where it has none by what stands in its columns.
func ReadTable(data []byte, name string) (Table, error) {
	read, err := sheet.Read(data, name, columns)
	named := err == nil && !(slices.Contains(read.Missing, "name") && (slices.Contains(read.Missing, "given") || slices.Contains(read.Missing, "family")))
	switch {
	case named:
		t := Table{Unknown: slices.DeleteFunc(slices.Clone(read.Unknown), typed.HoldsPersonalNumber)}
		for _, r := range read.Rows {
			t.Lines = append(t.Lines, lineOf(r.Number, r.Of, r.Of))
		}
		return t, tooMany(t)
	case err != nil && !hasKey(err, "sheet.error.no-headings"):
		return Table{}, err
	}
	t, ok := guessTable(data, name)
	if !ok {
		return Table{}, errs.InvalidFields(errs.Field{Name: sheet.Field, Key: "participant.import.error.name-column"})
	}
	return t, tooMany(t)
}

func tooMany(t Table) error {
	if len(t.Lines) > maxImport {
		return errs.InvalidFields(errs.Field{Name: sheet.Field, Key: "participant.import.error.many", Args: map[string]any{"max": maxImport}})
	}
	return nil
}

func hasKey(err error, key string) bool {
	e := (*errs.Error)(nil)
	return errors.As(err, &e) && slices.ContainsFunc(e.Fields, func(f errs.Field) bool { return f.Key == key })
}

// lineOf makes a line of a row. Of one with a personal number in any cell that was read nothing but the number of the row is kept.
func lineOf(number int, of, raw func(string) string) Line {
	l := Line{Number: number, Name: of("name"), Phone: of("phone"), Email: of("email"), Language: of("language"), Interpreter: of("interpreter"),
		Household: of("household"), Ages: of("ages"), Protected: of("protected")}
	if l.Name == "" {
		l.Name = strings.TrimSpace(of("given") + " " + of("family"))
	}
	for _, c := range columns {
		if typed.HoldsPersonalNumber(raw(c.ID)) {
			return Line{Number: number, PersonalNumber: true}
		}
	}
	return l
}

// guessTable tells the columns of a list without headings by what stands in them. Without a column of names there is no list.
func guessTable(data []byte, name string) (Table, bool) {
	lines, err := sheet.Bare(data, name)
	if err != nil {
		return Table{}, false
	}
	places := guessColumns(lines)
	if _, ok := places["name"]; !ok {
		if _, ok := places["given"]; !ok {
			return Table{}, false
		}
	}
	t := Table{Guessed: make([]string, sheet.Widest(lines))}
	for id, place := range places {
		t.Guessed[place] = id
	}
	for _, l := range lines {
		of := func(id string) string {
			place, ok := places[id]
			switch {
			case !ok:
				return ""
			case id == "phone":
				return sheet.Phone(l.Of(place))
			}
			return l.Of(place)
		}
		line := lineOf(l.Number, of, of)
		if slices.ContainsFunc(l.Cells, typed.HoldsPersonalNumber) { // whatever column it is in
			line = Line{Number: l.Number, PersonalNumber: true}
		}
		t.Lines = append(t.Lines, line)
	}
	return t, true
}

// guesses are how a column is known by its values, the surest first. A column is taken for something when most of its values are that.
var guesses = []struct {
	id string
	is func(string) bool
}{
	{"email", func(s string) bool { return strings.Contains(s, "@") }},
	{"phone", func(s string) bool { return phoneLike.MatchString(s) && callable(s) }},
	{"ages", func(s string) bool {
		n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(s, "år")))
		return err == nil && n <= MaxAge
	}},
	{"language", func(s string) bool { return languageOf(s) != "" && len([]rune(s)) > 2 }},
}

var (
	phoneLike = regexp.MustCompile(`^[+()0-9 /.-]+$`)
	nameLike  = regexp.MustCompile(`^\pL[\pL\pM .'’-]+$`)
)

func guessColumns(lines []sheet.Line) map[string]int {
	places := map[string]int{}
	var names []int
	for place := range sheet.Widest(lines) {
		values := sheet.Values(lines, place)
		guessed := ""
		for _, g := range guesses {
			if _, taken := places[g.id]; !taken && mostly(values, g.is) {
				guessed = g.id
				break
			}
		}
		switch {
		case guessed != "":
			places[guessed] = place
		case mostly(values, nameLike.MatchString) && !mostly(values, func(s string) bool { _, ok := yes(s); return ok }):
			names = append(names, place)
		}
	}
	single := func(place int) bool {
		return mostly(sheet.Values(lines, place), func(s string) bool { return len(strings.Fields(s)) == 1 })
	}
	switch {
	case len(names) > 1 && names[1] == names[0]+1 && single(names[0]) && single(names[1]):
		places["given"], places["family"] = names[0], names[1]
	case len(names) > 0:
		places["name"] = names[0]
	}
	return places
}

func mostly(values []string, is func(string) bool) bool {
	n := 0
	for _, v := range values {
		if is(v) {
			n++
		}
	}
	return n > 0 && n*3 >= len(values)*2
}

// yes reads a yes or a no as people write them; false where it is neither.
func yes(s string) (is, ok bool) {
	switch strings.Trim(db.Fold(s), " .!") {
	case "ja", "j", "x", "1", "yes", "y", "true", "sant", "sann", "✓", "✔", "☑", "behövs", "behöver":
		return true, true
	case "", "nej", "n", "0", "no", "false", "falskt", "falsk", "-", "–", "ingen", "none", "inte":
		return false, true
	}
	return false, false
}

// languageWords are what languages are called, folded: by their codes, in Swedish, in English and by themselves.
var languageWords = map[string]string{}

func init() {
	for code, words := range map[string]string{
		"sv": "sv swe svenska swedish", "en": "en eng engelska english", "ar": "ar ara arabiska arabic العربية عربي", "fa": "fa fas per persiska farsi persian dari فارسی دری",
		"so": "so som somaliska somali soomaali", "ti": "ti tir tigrinja tigrinska tigriniska tigrinya ትግርኛ", "uk": "uk ukr ukrainska ukrainian українська",
	} {
		for word := range strings.FieldsSeq(words) {
			languageWords[db.Fold(word)] = code
		}
	}
}

// languageOf is the code of a language by any of its names; empty for one that is not known. "Dari/persiska" is known by either.
func languageOf(s string) string {
	for _, word := range strings.FieldsFunc(db.Fold(s), func(r rune) bool { return strings.ContainsRune(" /,;()", r) }) {
		if code := languageWords[word]; code != "" {
			return code
		}
	}
	return ""
}
