package i18n_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"hemvist/internal/clock"
	"hemvist/internal/i18n"
)

// message is a text of a language's file: one form, or one a plural form.
type message struct{ one, other string }

func read(t *testing.T, lang string) map[string]message {
	t.Helper()
	files, err := filepath.Glob("locales/*." + lang + ".yaml")
	if err != nil || len(files) < 2 {
		t.Fatalf("the files of %s: %v, %v", lang, files, err)
	}
	out := map[string]message{}
	for _, name := range files {
		readFile(t, lang, name, out)
	}
	return out
}

// readFile adds the texts of a file. A key stands in one file only.
func readFile(t *testing.T, lang, name string, out map[string]message) {
	t.Helper()
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]any
	if err := yaml.UnmarshalWithOptions(src, &raw, yaml.Strict()); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for key, v := range raw {
		if _, again := out[key]; again {
			t.Errorf("%s: %s stands in another file too", name, key)
		}
		switch v := v.(type) {
		case string:
			out[key] = message{other: v}
		case map[string]any:
			one, _ := v["one"].(string)
			other, _ := v["other"].(string)
			if one == "" || other == "" || len(v) != 2 {
				t.Errorf("%s: %s: a plural has one and other, both with a text", lang, key)
			}
			out[key] = message{one, other}
		default:
			t.Errorf("%s: %s is no text", lang, key)
		}
	}
}

var (
	placeholder = regexp.MustCompile(`\{\{[^}]*\}\}|%[a-z]`)
	aWord       = regexp.MustCompile(`^\{\{\.word\.(?:a|the|A|The)?([Rr]ound|[Ss]ession)s?\}\}$`)
)

func placeholders(m message) []string {
	found := placeholder.FindAllString(m.other, -1)
	for i, hole := range found { // which of its forms a sentence needs is the language's own affair
		if m := aWord.FindStringSubmatch(hole); m != nil {
			found[i] = "word " + strings.ToLower(m[1])
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func TestEveryLanguageSaysTheSame(t *testing.T) {
	sv := read(t, "sv")
	for _, lang := range i18n.Languages[1:] {
		other := read(t, lang)
		for key, m := range sv {
			o, ok := other[key]
			if !ok {
				t.Errorf("%s lacks %s", lang, key)
				continue
			}
			if (m.one == "") != (o.one == "") {
				t.Errorf("%s: only one of sv and %s has a plural", key, lang)
			}
			if !slices.Equal(placeholders(m), placeholders(o)) {
				t.Errorf("%s: sv has %v, %s has %v", key, placeholders(m), lang, placeholders(o))
			}
			if strings.TrimSpace(o.other) == "" || strings.TrimSpace(m.other) == "" {
				t.Errorf("%s is empty", key)
			}
		}
		for key := range other {
			if _, ok := sv[key]; !ok {
				t.Errorf("sv lacks %s", key)
			}
		}
	}
}

var (
	// A key as a whole literal, and one that is put together from a beginning.
	wholeKey  = regexp.MustCompile(`"([a-z][a-z-]*(?:\.[a-z0-9-]+)+)"`)
	beginning = regexp.MustCompile(`"([a-z][a-z-]*(?:\.[a-z-]+)*\.)" ?\+`)
	asked     = regexp.MustCompile(`\b(?:T|TMap|Has)\("([^"]+)"[,)]`)
	keyField  = regexp.MustCompile(`(?:Key: |errs\.New\(errs\.\w+, )"([^"]+)"`)
)

// source is all the code that may ask for a text.
func source(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && len(d.Name()) > 2) {
			return filepath.SkipDir
		}
		code := strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") && !strings.HasSuffix(path, "_templ.go")
		if code || strings.HasSuffix(path, ".templ") {
			src, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			b.Write(src)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestEveryKeyAskedForExists(t *testing.T) {
	code, sv := source(t), read(t, "sv")
	n := 0
	for _, re := range []*regexp.Regexp{asked, keyField} {
		for _, m := range re.FindAllStringSubmatch(code, -1) {
			n++
			// The vault's errors are shown by the pages that meet them, in words of their own.
			if strings.HasSuffix(m[1], ".") {
				continue // the beginning of one that is put together
			}
			if _, ok := sv[m[1]]; !ok && !strings.HasPrefix(m[1], "vault.") {
				t.Errorf("the code asks for %s, which no language has", m[1])
			}
		}
	}
	if n < 100 {
		t.Fatalf("found %d keys in the code; the search no longer sees how texts are asked for", n)
	}
}

func TestEveryKeyIsAskedFor(t *testing.T) {
	code, used := source(t), map[string]bool{}
	for _, m := range wholeKey.FindAllStringSubmatch(code, -1) {
		used[m[1]] = true
	}
	var begins []string
	for _, m := range beginning.FindAllStringSubmatch(code, -1) {
		begins = append(begins, m[1])
	}
	for key := range read(t, "sv") {
		begun := slices.ContainsFunc(begins, func(b string) bool { return strings.HasPrefix(key, b) })
		if !used[key] && !begun {
			t.Errorf("nothing asks for %s", key)
		}
	}
}

func load(t *testing.T) *i18n.Bundle {
	t.Helper()
	b, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestWords: a text has the words of whoever it is written for, in every form, and none is left open.
func TestWords(t *testing.T) {
	b := load(t)
	course := i18n.Words{Round: i18n.Word{A: "en kurs", The: "kursen", Many: "kurser", TheMany: "kurserna"},
		Session: i18n.Word{A: "ett pass", The: "passet", Many: "pass", TheMany: "passen"}}
	called := b.For("sv").Calling(course)
	for _, c := range []struct{ group, course, key string }{
		{"Träffen hölls", "Passet hölls", "attendance.held"},
		{"Träffarna", "Passen", "round.sessions"},
		{"Veckor utan träff", "Veckor utan pass", "plan.weeks"},
		{"Gruppens delar", "Kursens delar", "round.tabs"},
	} {
		if got, own := called.T(c.key), b.For("sv").T(c.key); got != c.course || own != c.group {
			t.Errorf("%s: %q and %q", c.key, own, got)
		}
	}
	if one, many := called.T("rounds.summary", "n", 1), called.T("rounds.summary", "n", 2); one != "En kurs" || many != "2 kurser" {
		t.Errorf("counted: %q, %q", one, many)
	}
	if got := called.T("round.step", "number", 2, "of", 3); got != "Pass 2 av 3" {
		t.Errorf("beside what a text is given: %q", got)
	}
	for _, lang := range i18n.Languages {
		for key, m := range read(t, lang) {
			for _, hole := range placeholder.FindAllString(m.one+m.other, -1) {
				if strings.HasPrefix(hole, "{{.word.") && !aWord.MatchString(hole) {
					t.Errorf("%s: %s asks for %s, which is no form", lang, key, hole)
				}
			}
		}
	}
}

func TestPlurals(t *testing.T) {
	b := load(t)
	for _, c := range []struct {
		lang string
		n    int
		want string
	}{
		{"sv", 0, "0 deltagare"}, {"sv", 1, "en deltagare"}, {"sv", 2, "2 deltagare"}, {"sv", 12345, "12\u00a0345 deltagare"},
		{"en", 0, "0 participants"}, {"en", 1, "one participant"}, {"en", 21, "21 participants"}, {"en", 1000, "1,000 participants"},
	} {
		if got := b.For(c.lang).T("round.participants", "n", c.n); got != c.want {
			t.Errorf("%s, %d: got %q, want %q", c.lang, c.n, got, c.want)
		}
	}
}

// TestATextWithoutPluralFormsIsTheSameForEveryNumber: who asks by a key that is put together does not know which texts have them.
func TestATextWithoutPluralFormsIsTheSameForEveryNumber(t *testing.T) {
	for _, n := range []int{0, 1, 2} {
		if got := load(t).For("sv").T("need.roles-ending.text", "n", n); strings.Contains(got, "⟦") {
			t.Errorf("with %d: %q", n, got)
		}
	}
}

// TestANumberInATextWithOneForm: it is said of one as of many.
func TestANumberInATextWithOneForm(t *testing.T) {
	for _, n := range []int{0, 1, 2} {
		if got := load(t).For("sv").T("need.feedback-waiting.title", "n", n); got != "Någon har skrivit till er" {
			t.Errorf("%d: %q", n, got)
		}
	}
}

func TestWhatIsMissingIsSeen(t *testing.T) {
	if got := load(t).For("sv").T("no.such.key"); got != "⟦no.such.key⟧" {
		t.Errorf("got %q", got)
	}
}

func TestGuess(t *testing.T) {
	b := load(t)
	for header, want := range map[string]string{"": "sv", "en-GB,en;q=0.9": "en", "sv-SE": "sv", "de,en;q=0.5": "en", "so": "sv", "garbage;;q": "sv"} {
		if got := b.Guess(header); got != want {
			t.Errorf("%q: got %s, want %s", header, got, want)
		}
	}
}

func TestDatesAndTimes(t *testing.T) {
	b, d := load(t), clock.MustDate("2026-11-24")
	sv, en := b.For("sv"), b.For("en")
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 7, 1, 15, 30, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{sv.Date(d), "24 november 2026"}, {en.Date(d), "24 November 2026"}, {sv.Date(clock.Date{}), ""},
		{sv.DateShort(d), "24 nov. 2026"}, {sv.DayAndMonth(d), "tisdag 24 november"}, {en.DayAndMonth(d), "Tuesday 24 November"},
		{sv.Weekdays(time.Tuesday), "tisdagar"}, {sv.TimeSpan(17*60+30, 120), "17.30–19.30"}, {en.TimeSpan(23*60, 120), "23:00–01:00"},
		{sv.Instant(at, zone), "1 juli 2026 kl. 17.30"}, {en.Instant(at, zone), "1 July 2026 at 17:30"},
		{sv.Term(d), "hösten 2026"}, {en.Term(clock.MustDate("2026-06-30")), "spring 2026"}, {sv.Number(-1234567), "−1\u00a0234\u00a0567"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
