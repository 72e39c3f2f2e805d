package demo

import (
	"context"
	"fmt"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/round"
	"hemvist/internal/round/meeting"
)

// met is a session that was held, and who led it.
type met struct {
	round, session, authority string
	on                        clock.Date
	number                    int
	leaders                   []string
}

// addMeetings is who came to the sessions of the first place's rounds, and of the leader training, what was noted and how it went.
func (f *filler) addMeetings(ctx context.Context) error {
	var all []met
	err := f.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if all, err = f.metTx(ctx, tx); err != nil {
			return err
		}
		for _, m := range all {
			people, err := db.All(ctx, tx, db.Scalar[string], `SELECT id FROM participant WHERE round_id = $1 AND joined_on <= $2
				AND (left_on IS NULL OR left_on >= $2) ORDER BY id`, m.round, m.on)
			if err != nil {
				return err
			}
			if err := f.tickTx(ctx, tx, m, people); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || len(all) == 0 {
		return err
	}
	if err := f.addCounts(ctx); err != nil {
		return err
	}
	return f.addNotes(ctx, all)
}

// addCounts is how many take part, and how many came to each session, in the demo leader's round that keeps counts alone.
func (f *filler) addCounts(ctx context.Context) error {
	me := f.leader()
	mine, err := f.Rounds.MineOpen(ctx, me)
	if err != nil {
		return err
	}
	for _, r := range mine {
		if r.Attendance != round.CountsOnly {
			continue
		}
		n := min(11, f.size.Participants)
		if err := f.Groups.SetCount(ctx, me, r.ID, n, ""); err != nil {
			return err
		}
		for _, x := range r.List {
			if x.Fact != round.Held {
				continue
			}
			came := meeting.CountTick{Present: max(1, n-x.Number*5%4), Request: db.NewID() + ".1"}
			if _, err := f.Meetings.Record(ctx, me, r.ID, x.ID, meeting.Batch{Count: &came}, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// leader is the demo's leader, as the rooms know them.
func (f *filler) leader() access.Subject {
	home := f.orgs[0]
	return access.Subject{Person: home.leaders[0].id, Role: access.Leader, Organisation: home.org, Authority: home.authority, Programme: f.Programme.ID}
}

// metTx is the sessions that were held in the first place's rounds, and in the hub's.
func (f *filler) metTx(ctx context.Context, tx *db.Tx) ([]met, error) {
	all, err := db.All(ctx, tx, func(row db.Scanner) (met, error) {
		var m met
		err := row.Scan(&m.round, &m.session, &m.authority, &m.on, &m.number)
		return m, err
	}, `SELECT r.id, s.id, r.authority_id, s.on_date, s.number FROM round r JOIN round_session s ON s.round_id = r.id
		JOIN session_fact h ON h.session_id = s.id AND h.fact = 'held'
		WHERE r.authority_id IN ($1, $2) AND r.attendance <> 'counts' AND r.created_by IS NOT NULL
		ORDER BY r.id, s.number`, f.orgs[0].authority, f.hub.authority)
	if err != nil {
		return nil, err
	}
	for i := range all {
		all[i].leaders, err = db.All(ctx, tx, db.Scalar[string], `SELECT person_id FROM round_staff WHERE round_id = $1 AND role IN ($2, $3) ORDER BY person_id`,
			all[i].round, string(access.Leader), string(access.Trainer))
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// tickAllTx ticks the sessions of a round in which people come by name or pseudonym.
func (f *filler) tickAllTx(ctx context.Context, tx *db.Tx, r ready, held []round.Session) error {
	people := make([]string, len(r.people))
	for i, p := range r.people {
		people[i] = p.ID
	}
	var leaders []string
	for _, s := range r.plan.Staff {
		if s.Role == access.Leader {
			leaders = append(leaders, s.PersonID)
		}
	}
	for _, x := range held {
		if err := f.tickTx(ctx, tx, met{session: x.ID, on: x.On, number: x.Number, leaders: leaders}, people); err != nil {
			return err
		}
	}
	return nil
}

// tickTx ticks one session: most came, some late, some not.
func (f *filler) tickTx(ctx context.Context, tx *db.Tx, m met, people []string) error {
	if len(m.leaders) == 0 {
		return nil
	}
	at := db.At(f.Clock.Now())
	for i, p := range people {
		mark := meeting.Present
		switch n := (i*7 + m.number*5) % 23; {
		case n == 0:
			mark = meeting.Absent
		case n < 3:
			mark = meeting.Told
		case n == 4:
			mark = meeting.MadeUp
		case n < 7:
			mark = meeting.Late
		}
		if _, err := tx.Exec(ctx, `INSERT INTO attendance (id, session_id, participant_id, mark, happened_on, recorded_at, recorded_by, request)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, db.NewID(), m.session, p, string(mark), m.on, at, m.leaders[0], fmt.Sprintf("%s.%d", db.NewID(), i)); err != nil {
			return err
		}
	}
	return f.Meetings.AddLedTx(ctx, tx, m.session, m.on, m.leaders, m.leaders, m.leaders[0])
}

// demoNotes are what the pair wrote of its latest sessions, the last first.
var demoNotes = []meeting.NewNotes{
	{Text: "Lugn kväll. Rollspelet om läggningen gick bättre när vi delade gruppen i två. Flera kom tillbaka till det i slutrundan.",
		Homework: "Lägg märke till en gång i veckan när barnet söker kontakt, och vad du gör då."},
	{Text: "Sen start, bussen var inställd. Många frågor om skärmar, vi tar upp det igen nästa gång.",
		Homework: "Läs deltagarmaterialet till nästa träff.", LeftOut: "Den sista övningen. Vi börjar med den nästa gång."},
}

// addNotes is the notes and self-checks of the latest sessions of the demo leader's running round, and one concern that was reported.
func (f *filler) addNotes(ctx context.Context, all []met) error {
	me := f.leader()
	mine, err := f.Rounds.MineOpen(ctx, me)
	if err != nil {
		return err
	}
	for _, r := range mine {
		if r.StateOn(f.today) != round.Running || r.Attendance != round.Named {
			continue
		}
		for i, notes := range demoNotes {
			m, ok := latest(all, r.ID, i)
			if !ok {
				break
			}
			if err := f.Meetings.WriteNotes(ctx, me, r.ID, m.session, notes, ""); err != nil {
				return err
			}
			for j, leader := range m.leaders[:min(2, len(m.leaders))] {
				as := me
				as.Person = leader
				if err := f.Meetings.WriteCheck(ctx, as, r.ID, m.session, "review", map[string]int{"content": 4 - i, "process": 3 + j}, ""); err != nil {
					return err
				}
			}
		}
		if err := f.Meetings.NoteConcern(ctx, me, r.ID, f.today.AddDays(-9), ""); err != nil {
			return err
		}
		return f.addStandIn(ctx, me, r)
	}
	return nil
}

// addStandIn has somebody step in for the other leader at the session after the next.
func (f *filler) addStandIn(ctx context.Context, me access.Subject, r round.Mine) error {
	ahead := 0
	for _, x := range r.List {
		if !x.On.After(f.today) || x.Fact != round.Unknown {
			continue
		}
		if ahead++; ahead < 2 {
			continue
		}
		for _, m := range r.Staff {
			if m.Role != access.Leader || m.PersonID == me.Person {
				continue
			}
			for _, l := range f.orgs[0].leaders { // who has a group of their own that evening is refused
				if err := f.Meetings.StepIn(ctx, me, r.ID, x.ID, m.PersonID, l.id, ""); !errs.Is(err, errs.Conflict) {
					return err
				}
			}
			return nil
		}
	}
	return nil
}

// latest is the last of a round's sessions that were held, or the one so many before it.
func latest(all []met, roundID string, before int) (met, bool) {
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].round != roundID {
			continue
		}
		if before == 0 {
			return all[i], true
		}
		before--
	}
	return met{}, false
}
