// Package schedule lays out the days of a round: from a first day and a rhythm to a day for each session, past the days on which nobody
// meets and the weeks that were chosen to be free. It is pure: a day, a rhythm and what is to be held go in; days, and why each was
// chosen, come out. It stores nothing, asks no clock, and knows nothing of people.
package schedule

import (
	"time"

	"hemvist/internal/clock"
)

// Holiday is a day on which nobody meets: a public holiday, or an eve that is kept as one. Its words are under holiday.ID.
type Holiday string

// The days on which nobody meets in Sweden. Source: lag (1989:253) om allmänna helgdagar; the three eves are no public holidays by that
// law, and are free at nearly every workplace all the same.
const (
	NewYearsDay   Holiday = "new-year"
	Epiphany      Holiday = "epiphany"
	GoodFriday    Holiday = "good-friday"
	EasterSunday  Holiday = "easter"
	EasterMonday  Holiday = "easter-monday"
	MayDay        Holiday = "may-day"
	Ascension     Holiday = "ascension"
	Whitsun       Holiday = "whitsun"
	NationalDay   Holiday = "national-day"
	MidsummerEve  Holiday = "midsummer-eve"
	Midsummer     Holiday = "midsummer"
	AllSaints     Holiday = "all-saints"
	ChristmasEve  Holiday = "christmas-eve"
	ChristmasDay  Holiday = "christmas"
	SecondDay     Holiday = "second-day" // of Christmas
	NewYearsEve   Holiday = "new-years-eve"
	ofEasterFirst         = -2 // days from Easter Sunday to Good Friday
	ofEasterLast          = 49 // and to Whitsun
)

// fixed are the holidays that have the same day every year.
var fixed = map[[2]int]Holiday{
	{1, 1}: NewYearsDay, {1, 6}: Epiphany, {5, 1}: MayDay, {6, 6}: NationalDay,
	{12, 24}: ChristmasEve, {12, 25}: ChristmasDay, {12, 26}: SecondDay, {12, 31}: NewYearsEve,
}

// ofEaster are those that follow Easter, by the days from Easter Sunday.
var ofEaster = map[int]Holiday{ofEasterFirst: GoodFriday, 0: EasterSunday, 1: EasterMonday, 39: Ascension, ofEasterLast: Whitsun}

// HolidayOn is the holiday of a day, if it is one.
func HolidayOn(d clock.Date) (Holiday, bool) {
	if h, ok := fixed[[2]int{int(d.Month), d.Day}]; ok {
		return h, true
	}
	if h, ok := ofEaster[Easter(d.Year).DaysUntil(d)]; ok {
		return h, true
	}
	switch {
	// Midsummer Day is the Saturday from 20 to 26 June, All Saints' Day that from 31 October to 6 November.
	case d.Month == time.June && d.Weekday() == time.Saturday && d.Day >= 20 && d.Day <= 26:
		return Midsummer, true
	case d.Month == time.June && d.Weekday() == time.Friday && d.Day >= 19 && d.Day <= 25:
		return MidsummerEve, true
	case d.Weekday() == time.Saturday && (d.Month == time.October && d.Day == 31 || d.Month == time.November && d.Day <= 6):
		return AllSaints, true
	}
	return "", false
}

// Easter is Easter Sunday of a year in the Gregorian calendar. Source: the anonymous algorithm of Nature, 20 April 1876, as in
// Meeus, Astronomical Algorithms, chapter 8.
func Easter(year int) clock.Date {
	a := year % 19
	b, c := year/100, year%100
	d, e := b/4, b%4
	f := (b + 8) / 25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	return clock.NewDate(year, time.Month((h+l-7*m+114)/31), (h+l-7*m+114)%31+1)
}
