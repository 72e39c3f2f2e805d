package credential

import (
	"time"

	"hemvist/internal/clock"
	"hemvist/internal/programme"
)

// day is a calendar day packed into one number that compares as the day does: a verdict compares days a thousand times.
// 0 is no day.
type day int32

// never is a day that does not come.
const never day = 1<<31 - 1

// lastYear is the last year that a clock.Date can hold; what falls later never comes.
const lastYear = 9999

func dayOf(d clock.Date) day {
	if d.Year < 1 || d.Year > lastYear {
		return 0
	}
	return day(d.Year<<9 | int(d.Month)<<5 | d.Day)
}

func (d day) date() clock.Date {
	if d <= 0 || d == never {
		return clock.Date{}
	}
	return clock.Date{Year: int(d >> 9), Month: time.Month(d >> 5 & 15), Day: int(d & 31)}
}

// following is the day after d.
func (d day) following() day {
	if d <= 0 || d == never {
		return d
	}
	return dayOrNever(d.date().AddDays(1))
}

func dayOrNever(d clock.Date) day {
	if packed := dayOf(d); packed != 0 {
		return packed
	}
	return never
}

// farAway bounds a period's number: more days than there are in 9999 years.
const farAway = 4_000_000

// after is the last day of the period that is counted from d: three years from 10 May end on 10 May, as in the Swedish law on
// the reckoning of time (1930:173), and on a shorter month's last day where the day is missing.
func after(p programme.Period, d day) day {
	switch {
	case p.IsZero() || d <= 0 || d == never:
		return d
	case p.N > farAway:
		return never
	case p.N < -farAway:
		return 0
	}
	if to := p.After(d.date()); to.Year >= 1 {
		return dayOrNever(to)
	}
	return 0
}

func before(p programme.Period, d day) day { return after(programme.Period{N: -p.N, Unit: p.Unit}, d) }

// times is the period n times over.
func times(p programme.Period, n int) programme.Period {
	if p.N > farAway || n > farAway {
		return programme.Period{N: farAway + 1, Unit: p.Unit}
	}
	return programme.Period{N: p.N * n, Unit: p.Unit}
}

// byMoment is the day that the moment names, when anchor is its anchor's day. ok is false when there is no such day yet.
func byMoment(m programme.Moment, anchor day) (day, bool) {
	if m.Anchor == "" || anchor <= 0 || anchor == never {
		return 0, false
	}
	if m.Before {
		return before(m.Offset, anchor), true
	}
	return after(m.Offset, anchor), true
}

// later is the later of two days; no day is earlier than any.
func later(a, b day) day { return max(a, b) }
