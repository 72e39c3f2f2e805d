// Package views holds the pages as templ components and the typed data each is made from. A view puts words and markup around
// what it is given; it asks nobody, decides nothing and never reads a map.
package views

import "hemvist/internal/i18n"

// Page is what every page has around its own.
type Page struct {
	Title   string
	Texts   *i18n.Printer
	Nonce   string // of the Content-Security-Policy
	Back    string // where the language form leads back to
	Nav     []NavItem
	User    *User // nil when nobody is signed in
	Flash   string
	Scripts []string // beside those that every page has
	Styles  []string // the same
	Demo    bool
	Version string
	// Rounds is what the list of rounds is called, to its reader.
	Rounds string
	// Help is the address of the help about this page, Feedback that of the form by which one writes about it.
	Help, Feedback string
	// KeptFor is the reader, on pages that tell of ticks that wait on this device; empty elsewhere.
	KeptFor string
}

// T is the text of a key in the page's language.
func (p Page) T(key string, args ...any) string { return p.Texts.T(key, args...) }

// NavItem is a room in the top bar.
type NavItem struct {
	Href, Text string
	Current    bool
}

// User is who is signed in, as the top bar shows it.
type User struct {
	Name, Role, Organisation string
	Roles                    []WorkRole // to choose among; none when there is one alone
	Works                    bool       // in programmes: there is a page of one's own credentials
	Leads                    bool       // and answers whether they may be filmed
}

// WorkRole is one of the roles that the reader can work in.
type WorkRole struct {
	ID, Role, Where string
	Current         bool
}

// Tag is a worded status. Colour is one of Designsystemet's.
type Tag struct{ Text, Colour string }

// Fact is a name and a value.
type Fact struct{ Name, Value string }

// Option is a choice in a form.
type Option struct {
	Value, Text string
	Chosen      bool
}

// Wrong is one thing wrong in a form: which field, and in words what would be right.
type Wrong struct{ Field, Text string }

// Form is what a form shows of what went wrong.
type Form struct{ Wrong []Wrong }

// Of is what is wrong with a field; empty for nothing.
func (f Form) Of(field string) string {
	for _, w := range f.Wrong {
		if w.Field == field {
			return w.Text
		}
	}
	return ""
}

// Input is one text field.
type Input struct {
	Name, Label, Hint, Value string
	Type, Mode, Complete     string // "text" when Type is empty
	Optional                 bool
	Wrong                    string
}

// describedBy is the ids of the texts that belong to the field.
func (in Input) describedBy() string {
	out := ""
	if in.Wrong != "" {
		out = in.Name + "-error"
	}
	if in.Hint != "" {
		if out != "" {
			out += " "
		}
		out += in.Name + "-hint"
	}
	return out
}

func (in Input) kind() string {
	if in.Type == "" {
		return "text"
	}
	return in.Type
}

// LongText is a field for several lines; Max is how many characters are taken.
type LongText struct{ Name, Label, Hint, Value, Max, Rows, Wrong string }

// describedBy is as for Input.
func (in LongText) describedBy() string {
	return Input{Name: in.Name, Hint: in.Hint, Wrong: in.Wrong}.describedBy()
}

// Message is a page that says one thing, such as that something went wrong.
type Message struct{ Title, Text, RequestID string }

// HeldField and HeldForm are a form that came after the session had ended, kept in the page that answers it.
type (
	// HeldField is one value that was typed.
	HeldField struct{ Name, Value string }
	// HeldForm is all of them and where they were going.
	HeldForm struct {
		Action string
		Fields []HeldField
		// What was sent and cannot be kept in a page: a file that is no text, and a password.
		File, Password bool
	}
)

// SignIn is the page where one signs in.
type SignIn struct {
	Next     string
	Form     Form
	Demo     []DemoDoor
	Passkeys bool // one can sign in by passkey here
	Passkey  Form // what went wrong with one

	Organisations []Option // those whose people can sign in through them
	Organisation  string   // the one that was chosen
	Identity      Form     // what went wrong there
	Email         string
	Password      Form // what went wrong with a password
}

// DemoDoor is one of the people of the demo.
type DemoDoor struct{ Href, Role, Does string }

// Demo is the page that tells whom a visitor of the demo is about to be.
type Demo struct{ Action, Next, Role, Does string }

// Start is the page of the very first start.
type Start struct {
	Code, Organisation, Name, Email string
	Form                            Form
}

// Mine is one of the rounds that the reader works in.
type Mine struct {
	Name, Href, Next, People string
	State                    Tag
}

// Rounds is the list of rounds.
type Rounds struct {
	Ways                Ways
	Text, Summary       string
	SearchesPeople      bool // the search finds participants too
	States, Variants    []Option
	Notified            []Option
	PlanHref, PlanText  string
	AttendanceHref      string // where one says how participants are kept; empty for who may not
	Filtered            bool
	Rows                []RoundRow
	SortStart, SortName SortLink
	Pager               Pager
	MayExport           bool
	CSV, Excel          string
}

// SortLink is a column's heading that sorts.
type SortLink struct {
	Href    string
	Current bool
}

// RoundRow is one round in the list.
type RoundRow struct {
	Href, Name, Organisation, Variant, From, To, Participants, Progress string
	Leaders                                                             []string
	State                                                               Tag
	Notified                                                            string // whether the hub knows of it; empty for nothing to tell
}

// Round is a round's page.
type Round struct {
	Head                                                                                       RoundHead
	Name, Href, Variant, Programme, Organisation, Version, VersionHref, Language, Participants string
	TheRound                                                                                   string // the programme's word for it: "the group"
	StepsTitle, StepsNow, Next                                                                 string // which session is next, its title, when and where
	Sessions                                                                                   []Session
	Staff                                                                                      []Fact
	SeesPeople                                                                                 bool
	MayClose                                                                                   bool   // at once
	EndHref                                                                                    string // for who may end it, or have it opened again
	Ended                                                                                      string
	Untold                                                                                     *UntoldAlert // that those who take part do not know of a change yet
	Planned                                                                                    []Fact       // what else its plan says
	Link                                                                                       string
	Outcome                                                                                    *RoundOutcome
}

// Session is one session on a round's page.
type Session struct {
	Anchor, Title, When, Time, Action        string
	Number                                   int
	Step                                     string // "done", "off" or empty
	Current, Ahead                           bool   // the next one; after today
	Tag                                      Tag
	MaySayHeld, MaySayCancelled, MayTakeBack bool
	Postpone                                 string // where it gets another day, for who may say that it is cancelled too
}
