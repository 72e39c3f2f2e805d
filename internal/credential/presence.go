package credential

import (
	"slices"

	"hemvist/internal/programme"
)

// attendance is what is known of who was present at a round's sessions.
type attendance struct {
	persons map[string][]day // the days that each named person was present, in order
	counts  []int            // of sessions where only a number is known
	silent  int              // held, nothing told
	ahead   int              // not held, and still may be
	dead    int              // not held, and no longer will be
	total   int              // sessions in all
	size    int              // how many take part in all; 0: not told
	absent  int              // of those, absences at the sessions whose presence is known
	lastDay day
	last    int // present at the latest session that tells; -1: none tells
}

func (ev *eval) attendanceOf(j *judgement, sc scope, slots []slot) attendance {
	a := attendance{persons: map[string][]day{}, total: len(slots), last: -1}
	if f := ev.last(j.work.sizes); f != nil {
		a.size = f.Count
	}
	for _, s := range slots {
		held := ev.heldOn(s.meeting)
		names, count, on := ev.presentAt(s.meeting, sc)
		switch {
		case names != nil:
			for _, n := range names {
				days := a.persons[n]
				if days == nil {
					days = make([]day, 0, len(slots))
				}
				a.persons[n] = append(days, on)
			}
			count = len(names)
		case on != 0:
			a.counts = append(a.counts, count)
		case held != 0:
			a.silent++
			continue
		case !j.over && !ev.cancelled(s.meeting):
			a.ahead++
			continue
		default:
			a.dead++
			continue
		}
		a.absent += max(0, a.size-count)
		if on >= a.lastDay {
			a.lastDay, a.last = on, count
		}
	}
	for _, days := range a.persons {
		slices.Sort(days)
	}
	return a
}

// presentAt is who was present, each name once, or only how many; on is the day that it was told of, 0 when it was not.
// Names say more than a number.
func (ev *eval) presentAt(m *meeting, sc scope) (names []string, count int, on day) {
	if m == nil {
		return nil, 0, 0
	}
	for _, f := range m.present {
		d := dayOf(f.On)
		if !ev.counts(sc, d) {
			continue
		}
		if f.Kind == FactPresent {
			if names == nil {
				names = make([]string, 0, len(f.People))
			}
			for _, p := range f.People {
				if !slices.Contains(names, p) {
					names = append(names, p)
				}
			}
			on = later(on, d)
		} else if names == nil {
			count, on = max(count, f.Count), later(on, d)
		}
	}
	return names, count, on
}

// certain is how many were present at n sessions or more for sure, and the day that the need-th of them was.
func (a attendance) certain(n, need int) (int, day) {
	var days []day
	for _, d := range a.persons {
		if len(d) >= n && n > 0 {
			days = append(days, d[n-1])
		}
	}
	slices.Sort(days)
	if len(days) >= need && need > 0 {
		return len(days), days[need-1]
	}
	// Of size persons, each who falls short was absent from told-n+1 or more of the sessions whose presence is told.
	if told := a.total - a.silent - a.ahead - a.dead; a.size > 0 && n <= told {
		if sure := a.size - a.absent/(told-n+1); sure > len(days) {
			return sure, a.lastDay
		}
	}
	if n <= 1 { // whoever is counted at one session was present once
		for _, c := range a.counts {
			if c > len(days) {
				return c, a.lastDay
			}
		}
	}
	return len(days), 0
}

// possible tells whether need persons may have been present at n sessions when the free sessions may hold anybody, and those
// that were counted as many as were counted.
func (a attendance) possible(n, need, free int, useCounts bool) bool {
	short := make([]int, 0, len(a.persons)+need)
	for _, d := range a.persons {
		short = append(short, max(0, n-len(d)-free))
	}
	for range need {
		short = append(short, max(0, n-free)) // somebody who is not named anywhere
	}
	slices.Sort(short)
	if need > len(short) {
		return false
	}
	sum, most, room := 0, 0, 0
	for _, s := range short[:need] {
		sum += s
		most = max(most, s)
	}
	if !useCounts {
		return sum == 0
	}
	for _, c := range a.counts {
		room += min(c, need)
	}
	return most <= len(a.counts) && sum <= room
}

// judgePresence: at least so many persons were each present at no less than so many sessions.
func (ev *eval) judgePresence(j *judgement, p programme.Presence, sc scope, slots []slot) condition {
	a := ev.attendanceOf(j, sc, slots)
	n := p.PresentAt.Of(len(slots))
	sure, on := a.certain(n, p.AtLeast)
	c := condition{on: on}
	args := Args{N: sure, Need: p.AtLeast, Times: n, Of: len(slots)}
	switch {
	case sure >= p.AtLeast:
	case j.over && a.possible(n, p.AtLeast, a.silent, true), !j.over && !a.possible(n, p.AtLeast, a.ahead, false) && a.possible(n, p.AtLeast, a.ahead+a.silent, true):
		c.chance = unknown
		c.reason = ev.about(j, unless(a.silent > 0, CodePresenceCounted, CodePresenceSilent), args)
		return c
	case j.over || !a.possible(n, p.AtLeast, a.ahead, false):
		c.chance = lost
	case a.onTheWay(n) < p.AtLeast && len(a.persons) > 0, a.last >= 0 && a.last < p.AtLeast:
		c.chance = doubtful
		args.N = a.onTheWay(n)
		c.reason = ev.about(j, CodePresenceFew, args)
		return c
	default:
		c.chance = pending
		args.N = a.onTheWay(n)
		c.reason = ev.about(j, CodePresencePending, args)
		return c
	}
	c.reason = ev.about(j, CodePresence, args)
	return c
}

// onTheWay are the named persons who can still be present at n sessions.
func (a attendance) onTheWay(n int) int {
	count := 0
	for _, d := range a.persons {
		if len(d)+a.ahead >= n {
			count++
		}
	}
	return count
}

// judgeFinished: of those who began, at least this share were present at so many of the sessions.
func (ev *eval) judgeFinished(j *judgement, f programme.Finished, sc scope, slots []slot) condition {
	a := ev.attendanceOf(j, sc, slots)
	n := f.PresentAt.Of(len(slots))
	began, reach := len(a.persons), a.onTheWay(n)
	done, _ := a.certain(n, 0)
	args := Args{N: done, Of: began, Share: f.Share, Times: n}
	enough := func(part, whole int) bool { return whole > 0 && part*100 >= f.Share*whole }
	known := a.silent == 0 && len(a.counts) == 0
	c := condition{reason: ev.about(j, CodeFinished, args)}
	switch {
	case j.over && known && enough(done, began):
		c.on = later(a.lastDay, j.end)
	case j.over && !known:
		if a.size > 0 && enough(done, a.size) { // even if all who take part began
			c.on = later(a.lastDay, j.end)
			args.Of = a.size
			c.reason = ev.about(j, CodeFinished, args)
			return c
		}
		c.chance, c.reason = unknown, ev.about(j, CodePresenceCounted, args)
	case j.over, known && began > 0 && a.ahead < n && !enough(reach, began):
		c.chance = lost
	case known && began > 0 && !enough(reach, began):
		c.chance = doubtful
	default:
		c.chance = pending
	}
	return c
}
