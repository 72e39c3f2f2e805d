package programme_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"hemvist/internal/programme"
	"hemvist/programmes"
)

// FuzzParse looks for panics, for files that take the reader for ever, for mistakes without a place, and for results that
// are neither a definition nor mistakes.
func FuzzParse(f *testing.F) {
	for _, file := range marked {
		src, _ := unmark(file)
		f.Add([]byte(src))
	}
	names, err := fs.Glob(programmes.Files, "*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		src, err := programmes.Files.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	stigen, err := os.ReadFile("testdata/stigen.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(stigen)
	for _, hostile := range []string{
		strings.Repeat("[", 5000), strings.Repeat("{a: ", 5000), strings.Repeat("- ", 5000), strings.Repeat("? ", 2000), strings.Repeat("!a ", 2000),
		strings.Repeat("&a ", 2000), "a: &a [*a, *a]", "%YAML 9.9\n---\n", "---\n---\n---", "a: |9\n b", "\x00", "a: \"\\x", "a:\n\n\n\r\r\n- ", "é: \u2028",
	} {
		f.Add([]byte(hostile))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		d, mistakes := programme.Parse("f.yaml", src)
		if (d == nil) != (len(mistakes) > 0) {
			t.Fatalf("definition %v with %d mistakes", d != nil, len(mistakes))
		}
		lines := strings.Count(string(src), "\n") + 1
		for _, m := range mistakes {
			if m.Line < 1 || m.Column < 1 || m.Line > lines+1 {
				t.Fatalf("a mistake without a place in %d lines: %s", lines, m)
			}
			for _, lang := range []string{"sv", "en"} {
				if wrong, right := m.Text(lang); wrong == "" || right == "" || !utf8.ValidString(wrong+right) {
					t.Fatalf("a mistake without its texts: %s %q %q", m.Code, wrong, right)
				}
			}
		}
		if d == nil {
			return
		}
		for _, lang := range []string{"sv", "en"} {
			if changes := programme.Diff(d, d, lang); len(changes) > 0 {
				t.Fatalf("a definition differs from itself: %v", changes)
			}
			programme.Show(d, lang)
		}
	})
}
