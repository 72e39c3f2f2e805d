package programme

import (
	"fmt"
	"regexp"
	"strings"
)

// Mistake is one thing wrong with a file: where it stands, what is wrong and what would be right.
type Mistake struct {
	File   string
	Line   int               // from 1
	Column int               // from 1, in characters
	Code   string            // stable name of the sort of mistake, such as "unknown-key"
	Args   map[string]string // what the texts fill in
}

// Error is "file.yaml:LINE:COL: what is wrong; what would be right", in English.
func (m Mistake) Error() string { return m.In("en") }

// In is the same in the language: sv, or else English.
func (m Mistake) In(lang string) string {
	wrong, right := m.Text(lang)
	return fmt.Sprintf("%s:%d:%d: %s; %s", m.File, m.Line, m.Column, wrong, right)
}

// mistakeText is the texts of one sort of mistake. Guess is what would be right when a near word is known.
type mistakeText struct{ wrong, right, guess string }

var placeholder = regexp.MustCompile(`\{[a-z0-9]+\}`)

// Text is what is wrong and what would be right, in the language: sv, or else English.
func (m Mistake) Text(lang string) (wrong, right string) {
	texts, names := mistakesEN, namesEN
	if lang == "sv" {
		texts, names = mistakesSV, namesSV
	}
	t := texts[m.Code]
	right = t.right
	if t.guess != "" && m.Args["guess"] != "" {
		right = t.guess
	}
	fill := func(s string) string {
		return placeholder.ReplaceAllStringFunc(s, func(p string) string {
			arg := strings.Trim(p, "{}")
			v := m.Args[arg]
			switch arg {
			case "form", "form2", "found", "of":
				if name, ok := names[arg[:2]+":"+v]; ok {
					return placeholder.ReplaceAllStringFunc(name, func(q string) string { return m.Args[strings.Trim(q, "{}")] })
				}
			}
			return v
		})
	}
	return fill(t.wrong), fill(right)
}
