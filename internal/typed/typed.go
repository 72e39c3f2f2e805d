// Package typed checks what people type into fields, in one way for all rooms: one line of text, an e-mail address, a telephone
// number; and sees a Swedish personal number where none belongs. It is pure: text in, text and what is wrong with it out. It never
// changes what somebody meant.
package typed

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"hemvist/internal/errs"
)

// MaxLine is how many characters a line has at most: a name, a place, a heading.
const MaxLine = 200

// Line is a line as it is stored, trimmed, and what is wrong with it as the field of that name. An empty one is
// wrong when there is a key for that, which says what to write.
func Line(name, value, emptyKey string) (string, []errs.Field) {
	return text(name, value, emptyKey, MaxLine, unwanted)
}

// Text is Line for text of several lines, of max characters at most. Line ends become "\n".
func Text(name, value, emptyKey string, max int) (string, []errs.Field) {
	value = strings.ReplaceAll(strings.ReplaceAll(value, "\r\n", "\n"), "\r", "\n")
	return text(name, value, emptyKey, max, func(r rune) bool { return r != '\n' && r != '\t' && unwanted(r) })
}

func text(name, value, emptyKey string, max int, bad func(rune) bool) (string, []errs.Field) {
	value = strings.TrimSpace(value)
	switch {
	case value == "" && emptyKey != "":
		return value, []errs.Field{{Name: name, Key: emptyKey}}
	case utf8.RuneCountInString(value) > max:
		return value, []errs.Field{{Name: name, Key: "form.error.long", Args: map[string]any{"max": max}}}
	case !utf8.ValidString(value) || strings.ContainsFunc(value, bad):
		return value, []errs.Field{{Name: name, Key: "form.error.characters"}}
	}
	return value, nil
}

// Email is an address as it was typed, trimmed, and what is wrong with it as the field of that name. An empty one is wrong.
func Email(name, value string) (string, []errs.Field) {
	value = strings.TrimSpace(value)
	if a, err := mail.ParseAddress(value); err != nil || a.Name != "" || a.Address != value || len(value) > 254 || strings.ContainsFunc(value, unwanted) {
		return value, []errs.Field{{Name: name, Key: "form.error.email"}}
	}
	return value, nil
}

// unwanted are control characters, those that turn the direction of the text around them, and the one that stands for what was
// no character.
func unwanted(r rune) bool {
	return unicode.IsControl(r) || r == unicode.ReplacementChar || '\u202A' <= r && r <= '\u202E' || '\u2066' <= r && r <= '\u2069'
}
