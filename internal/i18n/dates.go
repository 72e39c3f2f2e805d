package i18n

import (
	"fmt"
	"strconv"
	"time"

	"hemvist/internal/clock"
)

var (
	months = map[string][12]string{
		"sv": {"januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"},
		"en": {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	}
	shortMonths = map[string][12]string{
		"sv": {"jan.", "feb.", "mars", "apr.", "maj", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "dec."},
		"en": {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
	}
	weekdays = map[string][7]string{
		"sv": {"söndag", "måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag"},
		"en": {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
	}
	weekdaysEach = map[string][7]string{
		"sv": {"söndagar", "måndagar", "tisdagar", "onsdagar", "torsdagar", "fredagar", "lördagar"},
		"en": {"Sundays", "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays"},
	}
)

// Date writes a day in full: "24 november 2026", "24 November 2026"; no day is "".
func (p *Printer) Date(d clock.Date) string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d %s %d", d.Day, months[p.lang][d.Month-1], d.Year)
}

// DateShort writes a day where room is scarce: "24 nov. 2026".
func (p *Printer) DateShort(d clock.Date) string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d %s %d", d.Day, shortMonths[p.lang][d.Month-1], d.Year)
}

// DayAndMonth writes a day of a year that is plain from what stands around it, with its weekday: "tisdag 24 november".
func (p *Printer) DayAndMonth(d clock.Date) string {
	return fmt.Sprintf("%s %d %s", weekdays[p.lang][d.Weekday()], d.Day, months[p.lang][d.Month-1])
}

// WholeDay writes a day with its weekday and its year: "tisdag 24 november 2026".
func (p *Printer) WholeDay(d clock.Date) string { return p.DayAndMonth(d) + " " + strconv.Itoa(d.Year) }

// Weekdays writes the days of the week on which something is held: "tisdagar", "Tuesdays".
func (p *Printer) Weekdays(w time.Weekday) string { return weekdaysEach[p.lang][w] }

// TimeOfDay writes minutes after midnight: "17.30" in Swedish, "17:30" in English.
func (p *Printer) TimeOfDay(minutes int) string {
	sep := "."
	if p.lang == "en" {
		sep = ":"
	}
	return fmt.Sprintf("%02d%s%02d", minutes/60%24, sep, minutes%60)
}

// TimeSpan writes from when to when: "17.30–19.30".
func (p *Printer) TimeSpan(start, length int) string {
	return p.TimeOfDay(start) + "–" + p.TimeOfDay(start+length)
}

// Instant writes a moment as the clock in zone showed it: "24 november 2026 kl. 17.30".
func (p *Printer) Instant(t time.Time, zone *time.Location) string {
	local := t.In(zone)
	return p.Date(clock.DateOf(local)) + " " + p.T("date.at", "time", p.TimeOfDay(local.Hour()*60+local.Minute()))
}

// Term writes the half-year a day falls in: "hösten 2026", "autumn 2026".
func (p *Printer) Term(d clock.Date) string {
	key := "date.autumn"
	if d.Month <= time.June {
		key = "date.spring"
	}
	return p.T(key, "year", strconv.Itoa(d.Year))
}

// Month writes a day's month and year: "november 2026".
func (p *Printer) Month(d clock.Date) string {
	return fmt.Sprintf("%s %d", months[p.lang][d.Month-1], d.Year)
}

// MonthShort writes a day's month where room is scarce: "nov.".
func (p *Printer) MonthShort(d clock.Date) string { return shortMonths[p.lang][d.Month-1] }

// WeekdayShort writes a day of the week in three letters: "mån", "Mon".
func (p *Printer) WeekdayShort(w time.Weekday) string { return string([]rune(weekdays[p.lang][w])[:3]) }
