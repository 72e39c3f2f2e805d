package programme

import (
	"fmt"
	"slices"
	"strconv"

	"hemvist/internal/clock"
)

// Texts is one text in several languages, by language code.
type Texts map[string]string

// In is the text in the language, or in Swedish, English or whichever comes first, in that order.
func (t Texts) In(lang string) string {
	for _, l := range []string{lang, "sv", "en"} {
		if s, ok := t[l]; ok {
			return s
		}
	}
	first := ""
	for l := range t {
		if first == "" || l < first {
			first = l
		}
	}
	return t[first]
}

// Equal tells whether both say the same in the same languages.
func (t Texts) Equal(u Texts) bool {
	if len(t) != len(u) {
		return false
	}
	for l, s := range t {
		if other, ok := u[l]; !ok || other != s {
			return false
		}
	}
	return true
}

// Range is a number with limits: "8-16", "6+", "0-4" or "9". The zero Range says nothing.
type Range struct {
	Min, Max int // Max 0: no upper limit
}

// IsZero tells whether the range says nothing.
func (r Range) IsZero() bool { return r == Range{} }

// Has tells whether n is within the limits.
func (r Range) Has(n int) bool { return n >= r.Min && (r.Max == 0 || n <= r.Max) }

// String is the form that the file has.
func (r Range) String() string {
	switch {
	case r.IsZero():
		return ""
	case r.Max == 0:
		return strconv.Itoa(r.Min) + "+"
	case r.Min == r.Max:
		return strconv.Itoa(r.Min)
	default:
		return fmt.Sprintf("%d-%d", r.Min, r.Max)
	}
}

// Unit is a length of time on the calendar.
type Unit string

// The units.
const (
	Day   Unit = "day"
	Week  Unit = "week"
	Month Unit = "month"
	Year  Unit = "year"
)

// Period is a length of time on the calendar, such as three years. The zero Period is none.
type Period struct {
	N    int
	Unit Unit
}

// IsZero tells whether the period is none.
func (p Period) IsZero() bool { return p.N == 0 }

// After is the day one period after d; months and years end on the last day of a month that is too short.
func (p Period) After(d clock.Date) clock.Date {
	switch p.Unit {
	case Week:
		return d.AddDays(7 * p.N)
	case Month:
		return d.AddMonths(p.N)
	case Year:
		return d.AddYears(p.N)
	default:
		return d.AddDays(p.N)
	}
}

// Before is the day one period before d.
func (p Period) Before(d clock.Date) clock.Date { return Period{-p.N, p.Unit}.After(d) }

// days is about how long the period is, to compare two.
func (p Period) days() int {
	return p.N * map[Unit]int{Day: 1, Week: 7, Month: 30, Year: 365}[p.Unit]
}

// String is the form that the file has: "3 years".
func (p Period) String() string {
	switch p.N {
	case 0:
		return ""
	case 1:
		return "1 " + string(p.Unit)
	default:
		return fmt.Sprintf("%d %ss", p.N, p.Unit)
	}
}

// Quantity is how many of a whole that is known only later: every, a number, or a share. The zero Quantity asks for none.
type Quantity struct {
	Every bool
	N     int
	Share int // percent, 1 to 100
}

// IsZero tells whether nothing is asked for.
func (q Quantity) IsZero() bool { return q == Quantity{} }

// Of is how many of total the quantity asks for. A share is rounded up: 50 % of nine is five. A number may be more than total.
func (q Quantity) Of(total int) int {
	switch {
	case q.Every:
		return total
	case q.Share > 0:
		return (total*q.Share + 99) / 100
	default:
		return q.N
	}
}

// String is the form that the file has: "every", "5" or "50%".
func (q Quantity) String() string {
	switch {
	case q.Every:
		return "every"
	case q.Share > 0:
		return strconv.Itoa(q.Share) + "%"
	case q.N == 0:
		return ""
	default:
		return strconv.Itoa(q.N)
	}
}

// Amount is a number of times, or of hours.
type Amount struct {
	N     int
	Hours bool
}

// String is the form that the file has: "12" or "12 hours".
func (a Amount) String() string {
	if a.Hours {
		return strconv.Itoa(a.N) + " hours"
	}
	return strconv.Itoa(a.N)
}

// Anchor is what a moment is counted from.
type Anchor string

// The anchors of a round or case.
const (
	AtStart   Anchor = "start"   // the first session that is no information meeting
	AtEnd     Anchor = "end"     // the last session
	AtSession Anchor = "session" // a session by number, or each session when the number is 0
)

// Moment is a day told from a round's own days: "14 days before start", "at end", "6 months after end", "at session 5".
type Moment struct {
	Offset  Period
	Before  bool // the offset goes backwards
	Anchor  Anchor
	Session int // with AtSession
}

// From is the day, when day is the anchor's.
func (m Moment) From(day clock.Date) clock.Date {
	if m.Before {
		return m.Offset.Before(day)
	}
	return m.Offset.After(day)
}

// String is the form that the file has.
func (m Moment) String() string {
	anchor := string(m.Anchor)
	if m.Anchor == AtSession && m.Session > 0 {
		anchor += " " + strconv.Itoa(m.Session)
	}
	switch {
	case m.Anchor == "":
		return ""
	case m.Offset.IsZero():
		return "at " + anchor
	case m.Before:
		return m.Offset.String() + " before " + anchor
	default:
		return m.Offset.String() + " after " + anchor
	}
}

// Span is what one film or review covers.
type Span string

// The spans.
const (
	WholeSession Span = "session"
	Clip         Span = "clip"
	WholeRound   Span = "round"
	WholeCase    Span = "case"
)

// Per is what a number is counted for.
type Per string

// What a number can be counted for. The empty Per is the holder, be it a person or a unit.
const (
	PerPerson  Per = "person" // each of the unit's people in the role
	PerSession Per = "session"
	PerRound   Per = "round"
	PerCase    Per = "case"
	PerVariant Per = "variant"
)

// Word is a noun in the forms that a sentence needs.
type Word struct {
	A       string // "en grupp", "a group"
	The     string // "gruppen", "the group"
	Many    string // "grupper", "groups"
	TheMany string // "grupperna", "the groups"
}

// Words are a programme's own words: by key (one of WordKeys), then by language.
type Words map[string]map[string]Word

// WordKeys are the things that a programme may have its own words for.
var WordKeys = []string{"round", "session", "participant", "leader", "principle", "credential", "case", "film", "supervision"}

func has[T comparable](list []T, v T) bool { return slices.Contains(list, v) }
