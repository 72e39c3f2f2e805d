// Package errs gives an error a kind, so that one place can turn it into a status and a page a person understands.
// The kind chooses the HTTP status, the key the translated text; the wrapped cause goes to the log and never to a page.
// An error without a kind is internal. The package knows nothing of HTTP or of languages.
package errs

import (
	"errors"
	"fmt"
	"strings"
)

// Kind is what sort of failure an error is, seen from the one who asked.
type Kind uint8

// The kinds. Internal is the zero value: what nobody classified is our fault.
const (
	Internal    Kind = iota // our fault, or unknown
	Invalid                 // what was sent cannot be accepted as it is; Fields tells why
	SignedOut               // nobody is signed in, or the session has ended
	Denied                  // signed in, but may not
	NotFound                // does not exist, or may not be known to exist
	Conflict                // somebody else changed it first, or it exists already
	TooLarge                // more than is accepted
	TooMany                 // too many tries; later is fine
	Unavailable             // a part we need is down or full; nothing was stored
)

var kindNames = [...]string{"internal", "invalid", "signed out", "denied", "not found", "conflict", "too large", "too many", "unavailable"}

// String is the kind's name in logs.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind %d", k)
}

// Field is one thing wrong with what was typed: which field, and the key of a text that says what would be right.
type Field struct {
	Name string         // the form field's name
	Key  string         // translation key, such as "form.name.required"
	Args map[string]any // values for the text, or nil
}

// Error is an error with a kind. Key may be empty: then the kind's own text is shown.
type Error struct {
	Kind   Kind
	Key    string
	Fields []Field
	Err    error
}

// Error is the text for logs.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Kind.String())
	if e.Key != "" {
		b.WriteString(" (" + e.Key + ")")
	}
	for _, f := range e.Fields {
		b.WriteString(" " + f.Name + ":" + f.Key)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// New makes an error of a kind with the key of its text.
func New(kind Kind, key string) error { return &Error{Kind: kind, Key: key} }

// Wrap gives err a kind; nil stays nil.
func Wrap(kind Kind, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Kind: kind, Err: err}
}

// InvalidFields makes an Invalid error of the given mistakes, or nil when there are none.
func InvalidFields(fields ...Field) error {
	if len(fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Fields: fields}
}

// KindOf is the kind of the outermost classified error in the chain; Internal when none is.
func KindOf(err error) Kind {
	if e := (*Error)(nil); errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Is tells whether err is of the kind; nil is of none.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }
