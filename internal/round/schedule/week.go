package schedule

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"hemvist/internal/clock"
)

// Week is a week as Swedish calendars number them (ISO 8601): it begins on a Monday, and belongs to the year that its Thursday is in.
type Week struct{ Year, Number int }

// WeekOf is the week that a day is in.
func WeekOf(d clock.Date) Week {
	y, n := d.In(time.UTC, 0).ISOWeek()
	return Week{y, n}
}

// Monday is the week's first day.
func (w Week) Monday() clock.Date {
	fourth := clock.NewDate(w.Year, time.January, 4) // which is always in week 1
	first := fourth.AddDays(-(int(fourth.Weekday()) + 6) % 7)
	return first.AddDays(7 * (w.Number - 1))
}

// Valid tells whether there is such a week: most years have no week 53.
func (w Week) Valid() bool { return w.Year > 0 && w.Number >= 1 && WeekOf(w.Monday()) == w }

// String is the form in which weeks are stored: "2026-W53".
func (w Week) String() string { return fmt.Sprintf("%04d-W%02d", w.Year, w.Number) }

// WeeksText is weeks as they are stored, and WeeksFrom reads them.
func WeeksText(weeks []Week) string {
	var out []string
	for _, w := range weeks {
		out = append(out, w.String())
	}
	return strings.Join(out, ",")
}

// WeeksFrom is what WeeksText wrote; what is no week is left out.
func WeeksFrom(stored string) []Week {
	var out []Week
	for _, s := range strings.Split(stored, ",") {
		var w Week
		if _, err := fmt.Sscanf(s, "%d-W%d", &w.Year, &w.Number); err == nil && w.Valid() {
			out = append(out, w)
		}
	}
	return out
}

// MaxWeeks is how many weeks may be chosen to be free.
const MaxWeeks = 30

var (
	weekRange = regexp.MustCompile(`^(?:(\d{4})-?[wW])?(\d{1,2})(?:[-–](\d{1,2}))?$`)
	weekSign  = regexp.MustCompile(`(?i)\b(?:veckorna|vecka|weeks|week|v\.?)\s*(\d)`)
	weekAnd   = regexp.MustCompile(`(?i)\b(?:och|and)\b|&`)
	aroundBar = regexp.MustCompile(`\s*[-–]\s*`)
)

// ParseWeeks reads weeks as people write them: "44", "v. 44, 52-1". A number is the next such week from a day on, as nobody plans a week
// that has been; one with its year, "2026-W53", is that. bad is the words that are no weeks.
func ParseWeeks(typed string, from clock.Date) (weeks []Week, bad string) {
	typed = weekSign.ReplaceAllString(weekAnd.ReplaceAllString(typed, " "), " $1")
	typed = aroundBar.ReplaceAllString(typed, "-")
	var wrong []string
	for _, word := range strings.FieldsFunc(typed, func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\n' || r == '\t' || r == '\r' }) {
		m := weekRange.FindStringSubmatch(word)
		if m == nil {
			wrong = append(wrong, word)
			continue
		}
		first, ok := weekNumbered(m[1], m[2], from)
		last := first
		if ok && m[3] != "" {
			last, ok = weekNumbered("", m[3], first.Monday())
		}
		if !ok || first.Monday().DaysUntil(last.Monday()) > 7*MaxWeeks {
			wrong = append(wrong, word)
			continue
		}
		for w := first; ; w = WeekOf(w.Monday().AddDays(7)) {
			if !slices.Contains(weeks, w) {
				weeks = append(weeks, w)
			}
			if w == last {
				break
			}
		}
		if len(weeks) > MaxWeeks {
			return nil, word
		}
	}
	if len(wrong) > 0 {
		return nil, strings.Join(wrong, ", ")
	}
	return weeks, ""
}

// weekNumbered is the week of a year, or without one the next of that number that is not over on a day.
func weekNumbered(year, number string, from clock.Date) (Week, bool) {
	n, err := strconv.Atoi(number)
	if err != nil {
		return Week{}, false
	}
	if year != "" {
		y, err := strconv.Atoi(year)
		w := Week{y, n}
		return w, err == nil && w.Valid()
	}
	// Week 53 may be some years away; a plan does not reach that far.
	for y := from.Year - 1; y <= from.Year+1; y++ {
		if w := (Week{y, n}); w.Valid() && !w.Monday().AddDays(6).Before(from) {
			return w, true
		}
	}
	return Week{}, false
}
