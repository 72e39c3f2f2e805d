package schedule_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"hemvist/internal/clock"
	"hemvist/internal/programme"
	"hemvist/internal/round/schedule"
)

func day(s string) clock.Date { return clock.MustDate(s) }

// TestEaster: days from the almanac, the earliest and the latest there can be among them.
func TestEaster(t *testing.T) {
	for _, want := range []string{"1818-03-22", "1943-04-25", "2000-04-23", "2008-03-23", "2011-04-24", "2024-03-31", "2025-04-20", "2026-04-05",
		"2027-03-28", "2028-04-16", "2038-04-25", "2049-04-18"} {
		if got := schedule.Easter(day(want).Year); got != day(want) {
			t.Errorf("Easter: %s, want %s", got, want)
		}
	}
}

func TestHolidaysOfAYear(t *testing.T) {
	for year, want := range map[int]string{
		2026: "01-01 new-year, 01-06 epiphany, 04-03 good-friday, 04-05 easter, 04-06 easter-monday, 05-01 may-day, 05-14 ascension, 05-24 whitsun, " +
			"06-06 national-day, 06-19 midsummer-eve, 06-20 midsummer, 10-31 all-saints, 12-24 christmas-eve, 12-25 christmas, 12-26 second-day, 12-31 new-years-eve",
		2027: "01-01 new-year, 01-06 epiphany, 03-26 good-friday, 03-28 easter, 03-29 easter-monday, 05-01 may-day, 05-06 ascension, 05-16 whitsun, " +
			"06-06 national-day, 06-25 midsummer-eve, 06-26 midsummer, 11-06 all-saints, 12-24 christmas-eve, 12-25 christmas, 12-26 second-day, 12-31 new-years-eve",
		// In 2008 Ascension Day was May Day; one name is enough.
		2008: "01-01 new-year, 01-06 epiphany, 03-21 good-friday, 03-23 easter, 03-24 easter-monday, 05-01 may-day, 05-11 whitsun, " +
			"06-06 national-day, 06-20 midsummer-eve, 06-21 midsummer, 11-01 all-saints, 12-24 christmas-eve, 12-25 christmas, 12-26 second-day, 12-31 new-years-eve",
	} {
		var got []string
		for d := clock.NewDate(year, time.January, 1); d.Year == year; d = d.AddDays(1) {
			if h, ok := schedule.HolidayOn(d); ok {
				got = append(got, d.String()[5:]+" "+string(h))
			}
		}
		if s := strings.Join(got, ", "); s != want {
			t.Errorf("%d:\n got %s\nwant %s", year, s, want)
		}
	}
}

func TestWeeks(t *testing.T) {
	for _, c := range []struct {
		day  string
		want schedule.Week
	}{
		{"2026-12-28", schedule.Week{Year: 2026, Number: 53}}, {"2027-01-03", schedule.Week{Year: 2026, Number: 53}}, {"2027-01-04", schedule.Week{Year: 2027, Number: 1}},
		{"2024-12-30", schedule.Week{Year: 2025, Number: 1}}, {"2024-02-29", schedule.Week{Year: 2024, Number: 9}},
	} {
		w := schedule.WeekOf(day(c.day))
		if w != c.want || w.Monday().After(day(c.day)) || w.Monday().DaysUntil(day(c.day)) > 6 || w.Monday().Weekday() != time.Monday || !w.Valid() {
			t.Errorf("%s is in %s, which begins on %s", c.day, w, w.Monday())
		}
	}
	for _, w := range []schedule.Week{{Year: 2027, Number: 53}, {Year: 2026, Number: 0}, {Year: 2026, Number: 54}, {}} {
		if w.Valid() {
			t.Errorf("%s is said to be a week", w)
		}
	}
}

func TestParseWeeks(t *testing.T) {
	from := day("2026-11-26") // a Thursday of week 48
	for _, c := range []struct{ typed, want, bad string }{
		{"", "", ""},
		{"52", "2026-W52", ""},
		{"48", "2026-W48", ""}, // not over yet
		{"47", "2027-W47", ""},
		{"v. 52–1", "2026-W52,2026-W53,2027-W01", ""},
		{"vecka 52 och 1, 8", "2026-W52,2027-W01,2027-W08", ""},
		{"week 7 and 8", "2027-W07,2027-W08", ""},
		{"52 - 53", "2026-W52,2026-W53", ""},
		{"2026-W53", "2026-W53", ""},
		{"8, 8, v8", "2027-W08", ""},
		{"2027-W53", "", "2027-W53"},
		{"54", "", "54"}, {"0", "", "0"}, {"sportlov", "", "sportlov"}, {"1-52", "", "1-52"}, {"44, 54, abc", "", "54, abc"}, {"999999999999", "", "999999999999"},
	} {
		got, bad := schedule.ParseWeeks(c.typed, from)
		if schedule.WeeksText(got) != c.want || bad != c.bad {
			t.Errorf("%q: %v, bad %q; want %s, %q", c.typed, got, bad, c.want, c.bad)
		}
		if back := schedule.WeeksFrom(schedule.WeeksText(got)); !slices.Equal(back, got) {
			t.Errorf("%q was stored and read as %v", c.typed, back)
		}
	}
	// From a year without week 53, the one of the last year is over and the next too far away.
	if got, bad := schedule.ParseWeeks("53", day("2028-03-01")); bad != "53" {
		t.Errorf("week 53 from March 2028: %v", got)
	}
	if got := schedule.WeeksFrom("x,2027-W53,2026-W53"); len(got) != 1 {
		t.Errorf("what is no week was read: %v", got)
	}
}

func told(slots []schedule.Slot) string {
	var out []string
	for _, s := range slots {
		text := s.On.String()
		for _, j := range s.Jumped {
			text += "<" + strings.TrimPrefix(j.On.String(), "20") + " " + string(j.Why)
			if j.Holiday != "" {
				text += ":" + string(j.Holiday)
			}
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

func every(n int, u programme.Unit) programme.Period { return programme.Period{N: n, Unit: u} }

func TestLay(t *testing.T) {
	for _, c := range []struct {
		name  string
		rule  schedule.Rule
		first string
		n     int
		want  string
	}{
		{"weekly over the year end, with week 53", schedule.Rule{WeeksOff: []schedule.Week{{Year: 2026, Number: 52}, {Year: 2026, Number: 53}}}, "2026-12-15", 4,
			"2026-12-15 2027-01-05<26-12-22 week-off<26-12-29 week-off 2027-01-12 2027-01-19"},
		{"Thursdays at Christmas and New Year", schedule.Rule{Every: every(1, programme.Week)}, "2026-12-17", 3,
			"2026-12-17 2027-01-07<26-12-24 holiday:christmas-eve<26-12-31 holiday:new-years-eve 2027-01-14"},
		{"Mondays at Easter, over the day on which summer time begins", schedule.Rule{}, "2027-03-22", 3, "2027-03-22 2027-04-05<27-03-29 holiday:easter-monday 2027-04-12"},
		{"over the day on which summer time ends", schedule.Rule{}, "2026-10-18", 3, "2026-10-18 2026-10-25 2026-11-01"},
		{"over 29 February", schedule.Rule{}, "2028-02-22", 3, "2028-02-22 2028-02-29 2028-03-07"},
		{"on a holiday already", schedule.Rule{}, "2026-06-19", 2, "2026-06-26<26-06-19 holiday:midsummer-eve 2026-07-03"},
		{"every second week", schedule.Rule{Every: every(2, programme.Week)}, "2026-12-10", 2, "2026-12-10 2027-01-07<26-12-24 holiday:christmas-eve"},
		{"days in a row, over a weekend", schedule.Rule{Every: every(1, programme.Day)}, "2026-11-26", 3, "2026-11-26 2026-11-27 2026-11-30<26-11-28 weekend<26-11-29 weekend"},
		{"two days a week, from a day that is neither", schedule.Rule{Days: []time.Weekday{time.Tuesday, time.Thursday}}, "2026-11-25", 4, "2026-11-26 2026-12-01 2026-12-03 2026-12-08"},
		{"two days every second week", schedule.Rule{Every: every(2, programme.Week), Days: []time.Weekday{time.Tuesday, time.Thursday}}, "2026-12-01", 4,
			"2026-12-01 2026-12-03 2026-12-15 2026-12-17"},
		{"monthly from a 31st", schedule.Rule{Every: every(1, programme.Month)}, "2027-01-31", 3, "2027-01-31 2027-02-28 2027-03-31"},
		{"none", schedule.Rule{}, "2026-11-26", 0, ""},
	} {
		if got := told(c.rule.Lay(day(c.first), c.n)); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
	if got := (schedule.Rule{}).Lay(clock.Date{}, 3); got != nil {
		t.Errorf("from no day: %v", got)
	}
	// Whatever is chosen to be free, it comes to an end.
	all, _ := schedule.ParseWeeks("1-30", day("2027-01-04"))
	if got := (schedule.Rule{WeeksOff: all}).Lay(day("2027-01-05"), 1); got[0].On != day("2027-08-03") {
		t.Errorf("past thirty free weeks: %v", got)
	}
}

func TestLocalTimeStaysOverTheChangesOfTheClock(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	for _, first := range []string{"2026-03-22", "2026-10-18"} { // a week before each change, on a Sunday
		for _, s := range (schedule.Rule{}).Lay(day(first), 2) {
			if at := s.On.In(zone, 17*60+30); at.Hour() != 17 || at.Minute() != 30 {
				t.Errorf("%s: the clock shows %s", s.On, at)
			}
		}
	}
	for _, c := range []struct {
		day     string
		minutes int
		want    bool
	}{
		{"2026-03-29", 2*60 + 30, false}, {"2026-03-29", 1*60 + 59, true}, {"2026-03-29", 3 * 60, true}, {"2026-03-28", 2*60 + 30, true},
		{"2026-10-25", 2*60 + 30, true}, // which comes twice; the first is meant
		{"2026-11-26", 0, true}, {"2026-11-26", 24*60 - 1, true}, {"2026-11-26", 24 * 60, false}, {"2026-11-26", -1, false},
	} {
		if got := schedule.Exists(day(c.day), c.minutes, zone); got != c.want {
			t.Errorf("%s, minute %d: %v", c.day, c.minutes, got)
		}
	}
}

func TestFollow(t *testing.T) {
	days := func(all ...string) (out []clock.Date) {
		for _, s := range all {
			out = append(out, day(s))
		}
		return out
	}
	for _, c := range []struct {
		name     string
		rule     schedule.Rule
		from, to string
		after    []clock.Date
		want     string
	}{
		{"a week later", schedule.Rule{}, "2026-11-03", "2026-11-10", days("2026-11-10", "2026-11-17"), "2026-11-17 2026-11-24"},
		{"two days later, past Christmas Eve", schedule.Rule{}, "2026-12-15", "2026-12-17", days("2026-12-22", "2027-01-05"), "2027-01-07<26-12-24 holiday:christmas-eve<26-12-31 holiday:new-years-eve 2027-01-14"},
		{"into a free week", schedule.Rule{WeeksOff: []schedule.Week{{Year: 2027, Number: 8}}}, "2027-02-09", "2027-02-16", days("2027-02-16"), "2027-03-02<27-02-23 week-off"},
		{"earlier", schedule.Rule{}, "2026-11-10", "2026-11-03", days("2026-11-17"), "2026-11-10"},
		{"two days a week, not into the weekend", schedule.Rule{}, "2026-12-01", "2026-12-03", days("2026-12-03", "2026-12-08"), "2026-12-07 2026-12-10"},
		{"to a Saturday", schedule.Rule{}, "2026-12-01", "2026-12-05", days("2026-12-08"), "2026-12-12"},
		{"earlier than what follows can be", schedule.Rule{}, "2026-12-08", "2026-12-15", days("2026-12-08", "2026-12-15"), "2026-12-22 2026-12-29"},
		{"nothing after it", schedule.Rule{}, "2026-11-03", "2026-11-10", nil, ""},
	} {
		if got := told(c.rule.Follow(day(c.from), day(c.to), c.after)); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestCheck(t *testing.T) {
	weekly := programme.Rhythm{Every: every(1, programme.Week), Unbroken: true}
	plain := func(all ...string) (out []schedule.Planned) {
		for _, s := range all {
			out = append(out, schedule.Planned{On: day(s)})
		}
		return out
	}
	moved := plain("2026-11-03", "2026-11-17", "2026-11-24")
	moved[1].Moved = true
	cancelled := plain("2026-11-03", "2026-11-10", "2026-11-17")
	cancelled[1].Off = true
	information := plain("2026-11-03", "2026-12-01")
	information[0].Information = true
	for _, c := range []struct {
		name   string
		rhythm programme.Rhythm
		rule   schedule.Rule
		all    []schedule.Planned
		want   string
	}{
		{"as it should be", weekly, schedule.Rule{}, plain("2026-11-03", "2026-11-10", "2026-11-17"), ""},
		{"a day or two late", weekly, schedule.Rule{}, plain("2026-11-03", "2026-11-12"), ""},
		{"over a holiday", weekly, schedule.Rule{}, plain("2027-03-22", "2027-04-05"), "gap 2 easter-monday"},
		{"over Christmas", weekly, schedule.Rule{WeeksOff: []schedule.Week{{Year: 2026, Number: 53}}}, plain("2026-12-17", "2027-01-07"), "gap 3 christmas-eve new-years-eve breaks"},
		{"moved", weekly, schedule.Rule{}, moved, "gap 2 moved"},
		{"cancelled", weekly, schedule.Rule{}, cancelled, "gap 2 moved"},
		{"after the information meeting a pause hurts less", weekly, schedule.Rule{}, information, "gap 4"},
		{"twice in a week", weekly, schedule.Rule{}, plain("2026-11-03", "2026-11-05"), "close 0"},
		{"out of order", weekly, schedule.Rule{}, plain("2026-11-10", "2026-11-03"), "order 0 moved"},
		{"not asked to be unbroken", programme.Rhythm{Every: every(1, programme.Week)}, schedule.Rule{}, plain("2026-11-03", "2026-12-03"), ""},
		{"agreed", programme.Rhythm{Agreed: true, Unbroken: true}, schedule.Rule{}, plain("2026-11-03", "2027-02-03"), ""},
		{"days in a row over a weekend", programme.Rhythm{Every: every(1, programme.Day), Unbroken: true}, schedule.Rule{}, plain("2026-11-27", "2026-11-30"), ""},
		{"nothing", weekly, schedule.Rule{}, nil, ""},
	} {
		var got []string
		for _, w := range schedule.Check(c.rhythm, c.rule, c.all) {
			text := string(w.Kind) + " " + string(rune('0'+w.Weeks))
			for _, j := range w.Reasons {
				text += " " + string(j.Holiday)
			}
			if w.Moved {
				text += " moved"
			}
			if w.Breaks {
				text += " breaks"
			}
			got = append(got, text)
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s: %q, want %q", c.name, s, c.want)
		}
	}
}
