package clock_test

import (
	"testing"
	"time"

	"hemvist/internal/clock"
)

func TestDateArithmetic(t *testing.T) {
	for _, c := range []struct{ name, got, want string }{
		{"leap day a year on", clock.MustDate("2024-02-29").AddYears(1).String(), "2025-02-28"},
		{"leap day four years on", clock.MustDate("2024-02-29").AddYears(4).String(), "2028-02-29"},
		{"last of January a month on", clock.MustDate("2026-01-31").AddMonths(1).String(), "2026-02-28"},
		{"a month back over new year", clock.MustDate("2026-01-15").AddMonths(-1).String(), "2025-12-15"},
		{"a week over new year", clock.MustDate("2025-12-29").AddDays(7).String(), "2026-01-05"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, c.got, c.want)
		}
	}
	if n := clock.MustDate("2026-03-28").DaysUntil(clock.MustDate("2026-03-30")); n != 2 {
		t.Errorf("days across the change to summer time: %d, want 2", n)
	}
}

func TestDateIn(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ date, want string }{
		{"2026-10-24", "2026-10-24T15:30:00Z"}, // summer time
		{"2026-10-25", "2026-10-25T16:30:00Z"}, // the day it ends
		{"2026-03-28", "2026-03-28T16:30:00Z"},
		{"2026-03-29", "2026-03-29T15:30:00Z"},
	} {
		if got := clock.MustDate(c.date).In(zone, 17*60+30).UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("17:30 on %s: got %s, want %s", c.date, got, c.want)
		}
	}
}

func TestParseDateRefuses(t *testing.T) {
	for _, s := range []string{"", "2026-02-29", "26-01-01", "2026-1-1", "2026-01-01 ", "0000-01-01", "２０２６-01-01"} {
		if _, err := clock.ParseDate(s); err == nil {
			t.Errorf("%q was read as a date", s)
		}
	}
}

func TestDateScanIsValueBack(t *testing.T) {
	for _, d := range []clock.Date{{}, clock.MustDate("2026-11-21")} {
		v, err := d.Value()
		if err != nil {
			t.Fatal(err)
		}
		var back clock.Date
		if err := back.Scan(v); err != nil || back != d {
			t.Errorf("%v came back as %v (%v)", d, back, err)
		}
	}
}
