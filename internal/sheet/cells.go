package sheet

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"hemvist/internal/clock"
	"hemvist/internal/errs"
)

// value is a line's cell as the column wants it.
func (c Column) value(l line, i int) string {
	if i >= len(l.shown) {
		return ""
	}
	shown, raw := l.shown[i], l.shown[i]
	if i < len(l.raw) {
		raw = l.raw[i]
	}
	switch {
	case c.Digits > 0:
		return code(oneLine(raw), c.Digits)
	case c.Phone && bareNumber.MatchString(raw):
		return Phone(raw)
	case c.Day && raw != shown && !l.base.IsZero():
		if day, ok := l.base.day(raw); ok {
			return day.String()
		}
	case c.Lines:
		return lines(shown)
	}
	return oneLine(shown)
}

// oneLine is a cell as a line: composed, blanks of every kind and line breaks as one blank each, and without the mark by which a
// text that looks like a formula is kept from being one.
func oneLine(s string) string {
	s = norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.Join(strings.Fields(strings.NewReplacer("\ufeff", "", "\u200b", "", "\u00ad", "").Replace(s)), " ")
	if rest, marked := strings.CutPrefix(s, "'"); marked && strings.IndexAny(rest, "=+-@") == 0 {
		s = rest
	}
	return s
}

// lines is a cell with its line breaks, each line as oneLine has it.
func lines(s string) string {
	all := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s), "\n")
	for i := range all {
		all[i] = oneLine(all[i])
	}
	return strings.TrimSpace(strings.Join(all, "\n"))
}

var wholeNumber = regexp.MustCompile(`^\d+([.,]0+)?$`)

// code is a code of so many digits. Excel makes numbers of codes, and so loses the zeros before them: they come back. What is no
// number stays as it is.
func code(s string, digits int) string {
	packed := strings.ReplaceAll(s, " ", "")
	if !wholeNumber.MatchString(packed) {
		return s
	}
	packed, _, _ = strings.Cut(strings.ReplaceAll(packed, ",", "."), ".")
	return strings.Repeat("0", max(digits-len(packed), 0)) + packed
}

// bareNumber is a Swedish telephone number that has lost what it began with: a zero, or the plus before the code of the country.
var bareNumber = regexp.MustCompile(`^(46)?[1-9]\d{7,8}$`)

// Phone gives a telephone number back what Excel took when it made a number of it. What is none stays as it is.
func Phone(s string) string {
	switch {
	case !bareNumber.MatchString(s):
		return s
	case len(s) > 9:
		return "+" + s
	}
	return "0" + s
}

// YesNo reads a cell that says yes or no. An empty one is no. ok is false for anything else.
func YesNo(s string) (yes, ok bool) {
	switch strings.ToLower(oneLine(s)) {
	case "ja", "j", "x", "1", "yes", "y", "true", "sant", "✓", "✔":
		return true, true
	case "", "nej", "n", "0", "-", "–", "no", "false", "falskt":
		return false, true
	}
	return false, false
}

// dayBase is the day that a spreadsheet counts days from; the zero dayBase counts none.
type dayBase struct{ clock.Date }

// Excel counts from 1 January 1900 and thinks that there was a 29 February that year, so from March 1900 its first day is the last but
// one of 1899. Old files from a Mac count from 1904. Source: ECMA-376 part 1, 18.17.4.1.
var (
	days1900 = dayBase{clock.Date{Year: 1899, Month: time.December, Day: 30}}
	days1904 = dayBase{clock.Date{Year: 1904, Month: time.January, Day: 1}}
)

// The serial numbers that are read as days: from March 1900 to the year 2119.
const (
	firstSerial = 61
	lastSerial  = 80_000
)

func (b dayBase) day(s string) (clock.Date, bool) {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n < firstSerial || n > lastSerial {
		return clock.Date{}, false
	}
	return b.AddDays(int(n)), true
}

var (
	yearFirst = regexp.MustCompile(`^(\d{4})([-/. ]?)(\d{1,2})([-/. ]?)(\d{1,2})$`)
	yearLast  = regexp.MustCompile(`^(\d{1,2})([-/.])(\d{1,2})([-/.])(\d{4})$`)
	serial    = regexp.MustCompile(`^\d{5}$`)
	midnight  = regexp.MustCompile(`[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$`)
)

// Day reads a cell that holds a day, as the field of that name: 2026-03-11, 2026/3/11, 20260311, 11.3.2026, 31/3/2026, Excel's 46092; a
// time of day after it is left out. 03/04/2026 is refused, since nobody can know which is the month. An empty cell is no day and not wrong.
func Day(name, s string) (clock.Date, []errs.Field) {
	s = midnight.ReplaceAllString(oneLine(s), "")
	if s == "" {
		return clock.Date{}, nil
	}
	if serial.MatchString(s) {
		if day, ok := days1900.day(s); ok {
			return day, nil
		}
	}
	year, month, day := "", "", ""
	if m := yearFirst.FindStringSubmatch(s); m != nil && m[2] == m[4] && (m[2] != "" || len(s) == 8) {
		year, month, day = m[1], m[3], m[5]
	} else if m := yearLast.FindStringSubmatch(s); m != nil && m[2] == m[4] {
		year, month, day = m[5], m[3], m[1]
		if m[2] != "." { // 11.3.2026 is a day, a month and a year wherever dots are written
			switch first, second := number(m[1]), number(m[3]); {
			case first > 12:
			case second > 12:
				month, day = m[1], m[3]
			case first != second:
				return clock.Date{}, []errs.Field{{Name: name, Key: "sheet.error.day.unclear", Args: map[string]any{"text": s}}}
			}
		}
	}
	d := clock.Date{Year: number(year), Month: time.Month(number(month)), Day: number(day)}
	if d.Year < 1900 || d.Year > 2200 || clock.NewDate(d.Year, d.Month, d.Day) != d {
		return clock.Date{}, []errs.Field{{Name: name, Key: "sheet.error.day", Args: map[string]any{"text": s}}}
	}
	return d, nil
}

// number reads some digits; no number is 0.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
