package demo

import (
	"context"
	"slices"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/directory"
	"hemvist/internal/round"
)

// A nation of full size looks at people's data so many times a working day, at the hub and in the first municipality; a smaller one as many
// times less, and a small one not at all.
const (
	fullSize       = 20_000 // rounds
	looksAtHub     = 300
	looksInPlace   = 60
	daysOfLooks    = 90
	looksPerCommit = 500
)

// looker is somebody who looks, and what they look at.
type looker struct {
	who    access.Subject
	rounds []round.Row // that they may read
	others []string    // people whose pages they open
}

// addLog fills the log of the hub and of the first municipality with what their people have looked at of late, most of it at work.
func (f *filler) addLog(ctx context.Context) error {
	hub, home := looksAtHub*f.size.Rounds/fullSize, looksInPlace*f.size.Rounds/fullSize
	if hub == 0 {
		return nil
	}
	lookers, err := f.lookers(ctx)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		return err
	}
	first := f.today.AddDays(-daysOfLooks)
	var entries []audit.Entry
	for d := first; d.Before(f.today); d = d.AddDays(1) {
		of := 1
		if d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
			of = 20 // some work then too
		}
		for range hub / of {
			entries = append(entries, f.lookOn(d, zone, lookers[0][f.rand.IntN(len(lookers[0]))]))
		}
		for range home / of {
			entries = append(entries, f.lookOn(d, zone, lookers[1][f.rand.IntN(len(lookers[1]))]))
		}
	}
	slices.SortFunc(entries, func(a, b audit.Entry) int { return a.At.Compare(b.At) })
	for some := range slices.Chunk(entries, looksPerCommit) {
		if err := f.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			for _, e := range some {
				if err := f.Log.Add(ctx, tx, e); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// lookers is who looks at the hub, and who in the first municipality.
func (f *filler) lookers(ctx context.Context) ([2][]looker, error) {
	home := f.orgs[0]
	var people []string
	for _, p := range f.orgs[:min(50, len(f.orgs))] {
		for _, l := range p.leaders {
			people = append(people, l.id)
		}
	}
	all := [2][]looker{{}, {{who: access.Subject{Person: f.extra.contact, Role: access.Contact, Organisation: home.org}, others: people[:len(home.leaders)]}}}
	for _, who := range []access.Subject{{Person: f.boss, Role: access.Coordinator}, {Person: f.extra.trainer, Role: access.Trainer},
		{Person: f.extra.supervisor, Role: access.Supervisor}} {
		who.Organisation = f.hub.org
		all[0] = append(all[0], looker{who: who, others: people})
	}
	for _, l := range home.leaders {
		who := access.Subject{Person: l.id, Role: access.Leader, Organisation: home.org, Authority: home.authority, Programme: f.Programme.ID}
		if err := f.look(ctx, func(ctx context.Context) error {
			found, err := f.Rounds.List(ctx, who, round.Query{})
			all[1] = append(all[1], looker{who: who, rounds: found.Rows[:min(6, len(found.Rows))]})
			return err
		}); err != nil {
			return all, err
		}
	}
	return all, nil
}

// lookOn is a look on a day: at office hours, and one of thirty early or late.
func (f *filler) lookOn(d clock.Date, zone *time.Location, l looker) audit.Entry {
	minute := 7*60 + f.rand.IntN(11*60)
	if f.rand.IntN(30) == 0 {
		minute = (20*60 + f.rand.IntN(10*60)) % (24 * 60)
	}
	e := audit.Entry{At: d.In(zone, minute).Add(time.Duration(f.rand.IntN(60_000)) * time.Millisecond), Actor: l.who.Person, Role: string(l.who.Role),
		Organisation: l.who.Organisation, Outcome: audit.OK, RequestID: db.NewID()}
	switch n := f.rand.IntN(100); {
	case len(l.rounds) > 0:
		r := l.rounds[f.rand.IntN(len(l.rounds))]
		e.Action, e.Purpose, e.Subject, e.Count = round.ActionParticipants, r.ID, r.ID, 6+f.rand.IntN(11)
	case n == 0:
		e.Action, e.Count = directory.ActionExportPeople, len(l.others)
	case n < 40:
		e.Action, e.Found = directory.ActionListPeople, l.others[:min(50, len(l.others))]
	default:
		e.Action, e.Subject = directory.ActionReadPerson, l.others[f.rand.IntN(len(l.others))]
	}
	return e
}
