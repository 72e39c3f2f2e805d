package schedule

import (
	"slices"
	"time"

	"hemvist/internal/clock"
	"hemvist/internal/programme"
)

// Why is why a day is not taken.
type Why string

// The reasons.
const (
	ForHoliday Why = "holiday"
	ForWeekOff Why = "week-off"
	ForWeekend Why = "weekend" // of days that follow one another
)

// Jump is a day that was passed over, and why.
type Jump struct {
	On      clock.Date
	Why     Why
	Holiday Holiday // for ForHoliday
}

// Rule says on which days sessions may be and how they follow one another.
type Rule struct {
	Every    programme.Period // zero: a week
	Days     []time.Weekday   // on each of these in a week; empty: on the weekday of the first
	WeeksOff []Week
}

// step is the time from one session to the next.
func (r Rule) step() programme.Period {
	if r.Every.IsZero() {
		return programme.Period{N: 1, Unit: programme.Week}
	}
	return r.Every
}

// Off tells whether nobody meets on a day, and why.
func (r Rule) Off(d clock.Date) (Jump, bool) {
	if h, ok := HolidayOn(d); ok {
		return Jump{d, ForHoliday, h}, true
	}
	if slices.Contains(r.WeeksOff, WeekOf(d)) {
		return Jump{On: d, Why: ForWeekOff}, true
	}
	if r.step().Unit == programme.Day && weekend(d) {
		return Jump{On: d, Why: ForWeekend}, true
	}
	return Jump{}, false
}

// Slot is the day of a session, and the days that were passed over on the way to it.
type Slot struct {
	On     clock.Date
	Jumped []Jump
}

// maxJumps bounds a search for a day; more free weeks than can be chosen fit in it.
const maxJumps = 400

// Lay gives each of n sessions a day, the first on first where that day is not off.
func (r Rule) Lay(first clock.Date, n int) []Slot {
	if n < 1 || first.IsZero() {
		return nil
	}
	at := Slot{On: first}
	if !r.fits(first) {
		at.On = r.next(first, first, 0)
	}
	// Months are counted from the first day, so that a round that begins on a 31st does not slip to the 28th for good.
	counted := 0
	out := make([]Slot, 0, n)
	for {
		for range maxJumps {
			jump, off := r.Off(at.On)
			if !off {
				break
			}
			at.Jumped = append(at.Jumped, jump)
			counted++
			at.On = r.next(at.On, first, counted)
		}
		out = append(out, at)
		if len(out) == n {
			return out
		}
		counted++
		at = Slot{On: r.next(at.On, first, counted)}
	}
}

// fits tells whether a day is one of the chosen weekdays.
func (r Rule) fits(d clock.Date) bool {
	return len(r.Days) == 0 || slices.Contains(r.Days, d.Weekday())
}

// next is the day after d in the rhythm; n is how many steps it is from the first.
func (r Rule) next(d, first clock.Date, n int) clock.Date {
	step := r.step()
	if step.Unit == programme.Month || step.Unit == programme.Year {
		return programme.Period{N: step.N * max(n, 1), Unit: step.Unit}.After(first)
	}
	if len(r.Days) == 0 || step.Unit != programme.Week {
		return step.After(d)
	}
	// Over the chosen weekdays of the week, then on to the first of them in the next week of the rhythm.
	for {
		e := d.AddDays(1)
		if e.Weekday() == time.Monday {
			e = e.AddDays(7 * (step.N - 1))
		}
		if slices.Contains(r.Days, e.Weekday()) {
			return e
		}
		d = e
	}
}

// Follow moves the days that follow a session which was moved from one day to another: each by as many days, and where that day is off or
// is not after the one before it, on in the rhythm until one is free. What was on a working day does not land on a weekend, unless the
// moved session did. after is the days as they were, in order.
func (r Rule) Follow(from, to clock.Date, after []clock.Date) []Slot {
	delta := from.DaysUntil(to)
	last := to
	var out []Slot
	for _, was := range after {
		s := Slot{On: was.AddDays(delta)}
		for range maxJumps {
			jump, off := r.Off(s.On)
			switch {
			case off:
				s.Jumped = append(s.Jumped, jump)
				s.On = r.step().After(s.On)
				continue
			case weekend(s.On) && !weekend(was) && !weekend(to):
				s.On = s.On.AddDays(1)
				continue
			case !s.On.After(last):
				s.On = r.step().After(s.On)
				continue
			}
			break
		}
		last = s.On
		out = append(out, s)
	}
	return out
}

func weekend(d clock.Date) bool { return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday }

// Exists tells whether the clock of a zone shows the time of day on the day: in the night when summer time begins an hour is skipped.
func Exists(d clock.Date, minutes int, zone *time.Location) bool {
	t := d.In(zone, minutes)
	return clock.DateOf(t) == d && t.Hour()*60+t.Minute() == minutes
}
