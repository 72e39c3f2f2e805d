package demo

import (
	"context"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/round"
)

// addPlanned lets people plan, by the doors that they have: a leader moves a session of the group that is about to start, the rest
// following; a colleague cancels one; the hub plans a booster that its supervisor holds.
func (f *filler) addPlanned(ctx context.Context) error {
	ctx = audit.WithTrail(ctx, &audit.Trail{})
	home := f.orgs[0]
	leader := func(i int) access.Subject {
		return access.Subject{Person: home.leaders[i].id, Role: access.Leader, Organisation: home.org, Authority: home.authority, Programme: f.Programme.ID}
	}
	if err := f.moveOne(ctx, leader(0)); err != nil {
		return err
	}
	if err := f.cancelOne(ctx, leader(2)); err != nil {
		return err
	}
	if err := f.planBooster(ctx); err != nil {
		return err
	}
	return f.planNetwork(ctx)
}

// moveOne moves the third session of the actor's next group by a day, and the rest follows.
func (f *filler) moveOne(ctx context.Context, actor access.Subject) error {
	p, err := f.planIn(ctx, actor, round.Planned)
	if err != nil {
		return err
	}
	x := p.List[2]
	for days := 1; days < 7; days++ {
		sh := round.Shift{On: x.On.AddDays(days), Starts: x.Starts, Follow: true}
		if changed, _, err := f.Rounds.PreviewShift(p, x.ID, sh); err == nil && !changed[0].OnOff {
			return f.Rounds.MoveSession(ctx, actor, p.ID, x.ID, sh, p.Seen, "")
		}
	}
	return nil
}

// cancelOne cancels the last session but one of a group of the actor's that runs.
func (f *filler) cancelOne(ctx context.Context, actor access.Subject) error {
	p, err := f.planIn(ctx, actor, round.Running)
	if err != nil {
		return err
	}
	return f.Rounds.CancelSession(ctx, actor, p.ID, p.List[len(p.List)-2].ID, false, p.Seen, "")
}

// planIn is the plan of the actor's last round in a state.
func (f *filler) planIn(ctx context.Context, actor access.Subject, state round.State) (round.PlanDetail, error) {
	page, err := f.Rounds.List(ctx, actor, round.Query{State: state})
	if err != nil {
		return round.PlanDetail{}, err
	}
	i := slices.IndexFunc(page.Rows, func(r round.Row) bool { return r.Notifiable() })
	return f.Rounds.PlanOf(ctx, actor, page.Rows[max(i, 0)].ID)
}

func (f *filler) planBooster(ctx context.Context) error {
	coordinator := access.Subject{Person: f.boss, Role: access.Coordinator, Organisation: f.hub.org}
	id, err := f.planMeeting(ctx, coordinator, "booster", 30)
	if err != nil {
		return err
	}
	staff, err := f.Rounds.StaffOf(ctx, coordinator, id)
	if err != nil {
		return err
	}
	if err := f.Rounds.Join(ctx, coordinator, id, round.Joining{PersonID: f.extra.supervisor, Role: access.Supervisor, From: f.today}, staff.Seen, ""); err != nil {
		return err
	}
	return f.invite(ctx, id, f.learners(6))
}

// planNetwork is a meeting of leaders in which those of the first municipality take part, and some of the next.
func (f *filler) planNetwork(ctx context.Context) error {
	coordinator := access.Subject{Person: f.boss, Role: access.Coordinator, Organisation: f.hub.org}
	id, err := f.planMeeting(ctx, coordinator, "network", 20)
	if err != nil {
		return err
	}
	var people []string
	for _, p := range f.orgs[:2] {
		for _, l := range p.leaders {
			people = append(people, l.id)
		}
	}
	return f.invite(ctx, id, people)
}

// planMeeting plans a meeting that the hub holds, so many days ahead, and returns its id.
func (f *filler) planMeeting(ctx context.Context, coordinator access.Subject, variant string, days int) (string, error) {
	return f.Rounds.Plan(ctx, coordinator, round.Draft{Programme: f.Programme.ID, Variant: variant, Place: "Demohemvistens kansli", Language: "sv",
		First: onWeekday(f.today.AddDays(days)), Starts: 13 * 60, Every: round.Weekly}, "")
}

// invite lets people of the directory take part in a meeting of the hub's.
func (f *filler) invite(ctx context.Context, id string, people []string) error {
	return f.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := round.RowTx(ctx, tx, id, f.today)
		if err != nil {
			return err
		}
		if err := f.Groups.AddPeopleTx(ctx, tx, id, r.AuthorityID, people, f.today, f.boss); err != nil {
			return err
		}
		return round.ProjectTx(ctx, tx, id)
	})
}
