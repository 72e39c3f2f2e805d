package credential

import (
	"slices"

	"hemvist/internal/programme"
)

// beganOn is the day of the holder's first step towards the credential; 0 before it. A course begins it where one is asked for,
// and otherwise the practice that is: to hold another credential, or to lead rounds that count towards several, begins nothing.
func (ev *eval) beganOn(c *programme.Credential, who string) day {
	var first day
	note := func(d day) {
		if d != 0 && (first == 0 || d < first) {
			first = d
		}
	}
	p := ev.someone(who)
	for _, f := range p.began {
		if f.Credential == c.ID && ev.happened(f) {
			note(dayOf(f.On))
			break
		}
	}
	courses := coursesOf(c.Requires)
	if len(courses) > 0 {
		people := []*person{p}
		if c.HeldBy == programme.OfUnit {
			people = nil
			for _, s := range ev.staffOf(who, "", true) {
				people = append(people, ev.someone(s))
			}
		}
		note(ev.courseBegan(people, courses))
		return first
	}
	note(ev.practiceBegan(c, who))
	return first
}

// coursesOf are the courses that the requirements ask for, also those within any_of and all_of and those of a unit's staff.
func coursesOf(reqs []programme.Requirement) []string {
	var out []string
	for i := range reqs {
		switch r := reqs[i].Rule.(type) {
		case programme.Completed:
			out = append(out, r.Variants...)
		case programme.Staff:
			out = append(out, r.Completed...)
		case programme.AnyOf:
			out = append(out, coursesOf(r.Requirements)...)
		case programme.AllOf:
			out = append(out, coursesOf(r.Requirements)...)
		}
	}
	return out
}

// courseBegan is the day on which the first of the people began one of the courses and did not leave it, or completed it.
func (ev *eval) courseBegan(people []*person, courses []string) day {
	var first day
	for _, one := range people {
		for i, f := range one.courses {
			if f.Kind == FactUnenrolled || !slices.Contains(courses, f.Variant) || !ev.happened(f) {
				continue
			}
			left := slices.ContainsFunc(one.courses[i:], func(l *Fact) bool {
				return l.Kind == FactUnenrolled && l.Variant == f.Variant && ev.happened(l)
			})
			if d := dayOf(f.On); !(f.Kind == FactEnrolled && left) && (first == 0 || d < first) {
				first = d
			}
		}
	}
	return first
}

// practiceBegan is the first day of practice for the credential; 0 before it.
func (ev *eval) practiceBegan(c *programme.Credential, who string) day {
	var first day
	for _, d := range ev.practiceDays(c.Requires, who) {
		if first == 0 || d < first {
			first = d
		}
	}
	return first
}

// practiceDays are the days on which practice of each kind that the requirements ask for began.
func (ev *eval) practiceDays(reqs []programme.Requirement, who string) []day {
	var out []day
	p := ev.someone(who)
	sc := scope{who: who}
	facts := func(fs []*Fact) {
		if f := ev.first(fs); f != nil {
			out = append(out, dayOf(f.On))
		}
	}
	works := func(cases bool, variants []string, role string) {
		for _, w := range ev.worksOf(sc, cases, variants, role) {
			if start, _ := ev.startedOn(w); start != 0 {
				out = append(out, start)
			}
		}
	}
	for i := range reqs {
		switch r := reqs[i].Rule.(type) {
		case programme.Practice:
			if reqs[i].Kind != programme.KindCases {
				works(false, r.Variants, r.Role)
			}
			if reqs[i].Kind != programme.KindRounds {
				works(true, r.Variants, r.Role)
			}
		case programme.Reviews:
			works(false, r.Variants, r.Role)
			works(true, r.Variants, r.Role)
			for _, f := range p.films {
				facts([]*Fact{f.fact})
			}
			facts(p.reviews)
		case programme.Supervision:
			facts(p.supported)
		case programme.Education:
			facts(p.educated)
		case programme.Test:
			facts(p.tests)
		case programme.AnyOf:
			out = append(out, ev.practiceDays(r.Requirements, who)...)
		case programme.AllOf:
			out = append(out, ev.practiceDays(r.Requirements, who)...)
		}
	}
	return out
}
