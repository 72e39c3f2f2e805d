package demo

import (
	"context"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/programme"
	"hemvist/internal/round"
	"hemvist/internal/round/group"
	"hemvist/internal/round/schedule"
)

// planned is a round to be made, and how far it has come.
type planned struct {
	place        place
	leaders      [2]int          // places among the place's leaders
	with         []round.Staffed // who works in it beside them; their first day is given when the round is made
	variant      string          // empty: one of the programme's groups that meet in a room
	first        clock.Date
	participants int
	ended        round.State      // Closed, BrokenOff or empty
	untold       bool             // the hub has not been told
	told         bool             // the hub was told long before it is usual
	attendance   round.Attendance // how it is kept who came; empty: by name
	unsaid       int              // how many of the past sessions nobody has spoken of
}

// onWeekday is the day, or the last one before it on which groups usually meet: Monday to Thursday.
func onWeekday(d clock.Date) clock.Date {
	for d.Weekday() == time.Friday || d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
		d = d.AddDays(-1)
	}
	return d
}

// plans is every round of the nation: the history, and for each place what is running and planned.
func (f *filler) plans() []planned {
	var all []planned
	all = append(all, f.training())
	for i, p := range f.orgs {
		// The first place is the one that the demo's leader works in: its rounds show every state.
		if i == 0 {
			all = append(all, f.firstPlace(p)...)
			continue
		}
		switch i % 4 {
		case 1:
			all = append(all, planned{place: p, leaders: [2]int{0, 1}, first: f.today.AddDays(-7 * (2 + i%6)), participants: 8 + i%6})
		case 2:
			all = append(all, planned{place: p, leaders: [2]int{1, 2}, first: f.today.AddDays(5 + i%40), participants: 4 + i%9})
		case 3:
			all = append(all, planned{place: p, leaders: [2]int{2, 3}, first: f.over(3 + i%40), participants: 9, unsaid: i % 2})
		}
	}
	for i := range f.size.Rounds {
		p := f.orgs[f.rand.IntN(len(f.orgs))]
		days := 100 + f.rand.IntN(max(1, f.size.Years*365-100))
		plan := planned{place: p, leaders: [2]int{i % 4, (i + 1) % 4}, first: f.today.AddDays(-days), participants: 7 + f.rand.IntN(10), ended: round.Closed}
		if f.rand.IntN(25) == 0 {
			plan.ended = round.BrokenOff
		}
		all = append(all, plan)
	}
	for i := range all {
		all[i].first = onWeekday(all[i].first)
	}
	return all
}

// over is the first day of a round whose last session was at least so many days ago, whatever holidays lay between.
func (f *filler) over(days int) clock.Date {
	first := f.today.AddDays(-7*9 - days)
	for {
		sessions := weekly(f.groups()[0], onWeekday(first))
		if !sessions[len(sessions)-1].On.After(f.today.AddDays(-days)) {
			return first
		}
		first = first.AddDays(-7)
	}
}

// firstPlace is the rounds around the demo's leader: one in its middle, of twelve once somebody has left, with a session to answer for; one
// about to start with few participants, one to close, one closed; one whose participants are kept under pseudonyms, and one that keeps counts
// alone. A supervisor follows the first, and a technician has one of their own. A group of colleagues' is told of well ahead, so that the
// public form names its first day.
func (f *filler) firstPlace(p place) []planned {
	middle := f.today.AddDays(-7*3 - 2)
	return []planned{
		{place: p, leaders: [2]int{0, 1}, first: middle, participants: 13, unsaid: 1,
			with: []round.Staffed{{PersonID: f.extra.supervisor, Role: access.Supervisor}}},
		{place: p, leaders: [2]int{0, 2}, first: f.today.AddDays(12), participants: 5, untold: true},
		{place: p, leaders: [2]int{2, 3}, first: f.today.AddDays(33), participants: 3, told: true},
		{place: p, leaders: [2]int{0, 3}, first: anotherEvening(f.today.AddDays(-7*5), middle), participants: 7, attendance: round.Pseudonymous},
		{place: p, leaders: [2]int{1, 0}, first: f.over(3), participants: 11, attendance: round.CountsOnly},
		{place: p, leaders: [2]int{0, 1}, first: f.today.AddDays(-230), participants: 10, ended: round.Closed},
		{place: p, leaders: [2]int{2, 3}, first: f.today.AddDays(-7 * 5), participants: 8},
		{place: p, leaders: [2]int{0, 3}, first: f.today.AddDays(-330), participants: 4, ended: round.BrokenOff},
		{place: p, leaders: [2]int{2, 3}, first: f.today.AddDays(-7 * 4), participants: 8, variant: "econnect",
			with: []round.Staffed{{PersonID: f.extra.technician, Role: access.Technician}}},
	}
}

// anotherEvening is the day, or one before it, on which a group that begins then meets on another day of the week than one that began on other.
func anotherEvening(d, other clock.Date) clock.Date {
	for onWeekday(d).Weekday() == onWeekday(other).Weekday() {
		d = d.AddDays(-1)
	}
	return d
}

// training is a leader training that the hub gives, with its trainer alone, and a day of it to answer for.
func (f *filler) training() planned {
	return planned{place: f.hub, first: f.today.AddDays(-7*3 - 1), participants: 7, unsaid: 1, variant: "leader-training-digital",
		with: []round.Staffed{{PersonID: f.extra.trainer, Role: access.Trainer}}}
}

// ready is a round that is planned in full, its people sealed.
type ready struct {
	planned
	plan   round.Plan
	people []group.Sealed
	// learners are people of the directory, in a training.
	learners []string
}

// make stores rounds with their people and what has happened in them, in one transaction.
func (f *filler) make(ctx context.Context, plans []planned) error {
	rounds := make([]ready, len(plans))
	for i, p := range plans {
		rounds[i] = ready{planned: p, plan: f.plan(p)}
		n := min(p.participants, f.size.Participants)
		if p.learners() {
			rounds[i].learners = f.learners(n)
			continue
		}
		if p.attendance == round.CountsOnly {
			continue
		}
		people := f.parents(n, p.ended == "")
		if p.attendance == round.Pseudonymous {
			people = f.pseudonyms(n)
		}
		var err error
		if rounds[i].people, err = f.Groups.SealAll(ctx, p.place.authority, people); err != nil {
			return err
		}
	}
	return f.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, r := range rounds {
			id, err := f.Rounds.AddTx(ctx, tx, r.plan)
			if err != nil {
				return err
			}
			joined := r.first
			if joined.After(f.today) { // somebody is added before it starts
				joined = f.today
			}
			if err := f.Groups.AddSealedTx(ctx, tx, id, r.place.authority, r.people, joined, r.plan.CreatedBy); err != nil {
				return err
			}
			if err := f.Groups.AddPeopleTx(ctx, tx, id, r.place.authority, r.learners, joined, r.plan.CreatedBy); err != nil {
				return err
			}
			held, err := f.happen(ctx, tx, id, r.planned, r.plan.CreatedBy)
			if err != nil {
				return err
			}
			if r.place.org == f.orgs[0].org { // of these it is told last, when some have left them
				continue
			}
			if err := f.tickAllTx(ctx, tx, r, held); err != nil {
				return err
			}
		}
		return nil
	})
}

func (f *filler) plan(p planned) round.Plan {
	f.rounds++
	variant := f.variantOf(p)
	staff, words := append([]round.Staffed{}, p.with...), []string{p.place.name}
	if len(p.place.leaders) > 0 {
		for _, i := range p.leaders {
			l := p.place.leaders[i]
			staff, words = append(staff, round.Staffed{PersonID: l.id, Role: access.Leader}), append(words, l.name)
		}
	}
	for i := range staff {
		staff[i].From = p.first.AddDays(-60)
	}
	name := roundName(p.place, f.rounds, p.first)
	if variant.Kind == programme.Course {
		name = variant.Title.In("sv") + ", " + term(p.first)
	}
	return round.Plan{HubID: f.hub.org, OrganisationID: p.place.org, AuthorityID: p.place.authority, Definition: f.Programme,
		Variant: variant.ID, Name: name, Place: f.pick(places), Language: "sv", Sessions: weekly(variant, p.first), WeeksOff: christmas(p.first),
		Attendance: p.attendance, CreatedBy: staff[len(staff)-1].PersonID, Staff: staff, SearchWords: words}
}

// happen stores what has become of a round's sessions until today, and its end. It returns the sessions that were held.
func (f *filler) happen(ctx context.Context, tx *db.Tx, id string, p planned, by string) (held []round.Session, err error) {
	stored, err := round.SessionsTx(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	past, stop := 0, len(stored)
	if p.ended == round.BrokenOff {
		stop = 4
	}
	for _, x := range stored {
		if x.On.Before(f.today) {
			past++
		}
	}
	for i, x := range stored[:min(stop, past)] {
		if i >= past-p.unsaid {
			break
		}
		if err := f.Rounds.AddSessionFactTx(ctx, tx, x.ID, round.Held, x.On, by); err != nil {
			return nil, err
		}
		held = append(held, x)
	}
	told := p.first.AddDays(-9)
	if p.told {
		told = f.today.AddDays(-1)
	}
	if !p.untold && p.place.org != f.hub.org && !told.After(f.today) {
		if err := f.Rounds.AddNotifiedTx(ctx, tx, id, told, by); err != nil {
			return nil, err
		}
	}
	switch p.ended {
	case round.Closed:
		return held, f.Rounds.AddEndTx(ctx, tx, id, p.ended, stored[stop-1].On.AddDays(3), by)
	case round.BrokenOff:
		return held, f.Rounds.AddEndBecauseTx(ctx, tx, id, p.ended, round.BreakReasons[f.rounds%len(round.BreakReasons)], stored[stop-1].On.AddDays(3), by)
	}
	return held, round.ProjectTx(ctx, tx, id)
}

// groups is the programme's variants for groups that meet in a room.
func (f *filler) groups() []*programme.Variant {
	var groups []*programme.Variant
	for i := range f.Programme.Variants {
		if f.Programme.Variants[i].Kind == programme.Group && !f.Programme.Variants[i].Digital {
			groups = append(groups, &f.Programme.Variants[i])
		}
	}
	return groups
}

// variantOf gives most rounds the programme's first group variant, and some another.
func (f *filler) variantOf(p planned) *programme.Variant {
	if v, ok := f.Programme.Variant(p.variant); ok {
		return v
	}
	groups := f.groups()
	if p.place.org == f.orgs[0].org || f.rand.IntN(4) > 0 {
		return groups[0]
	}
	return groups[f.rand.IntN(len(groups))]
}

// weekly plans a variant's sessions, one a week from the first day: groups in the evening, courses in the morning.
func weekly(v *programme.Variant, first clock.Date) []round.Session {
	starts := 17*60 + 30
	if v.Kind == programme.Course {
		starts = 9 * 60
	}
	all := v.Sessions()
	out := make([]round.Session, len(all))
	for i, slot := range (schedule.Rule{WeeksOff: christmas(first)}).Lay(first, len(all)) {
		minutes := all[i].Minutes.Max
		if minutes == 0 {
			minutes = max(all[i].Minutes.Min, 60)
		}
		out[i] = round.Session{Kind: all[i].Kind, Item: all[i].ID, On: slot.On, Starts: starts, Minutes: minutes}
	}
	return out
}

// christmas is the weeks in which nobody meets over Christmas and New Year, as far as a round from that day could meet them.
func christmas(first clock.Date) []schedule.Week {
	var weeks []schedule.Week
	for year := first.Year - 1; year <= first.Year; year++ {
		for d := clock.NewDate(year, time.December, 24); !d.After(clock.NewDate(year+1, time.January, 5)); d = d.AddDays(6) {
			if w := schedule.WeekOf(d); w.Monday().After(first) {
				weeks = append(weeks, w)
			}
		}
	}
	return weeks
}
