package meeting_test

import (
	"context"
	"testing"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/round"
	"hemvist/internal/round/meeting"
)

func (w *world) standIns(absent string) meeting.StandIns {
	w.t.Helper()
	x, err := w.Meetings.StandIns(ctx(), w.leader, w.round, w.sessions[1].ID, absent)
	if err != nil {
		w.t.Fatal(err)
	}
	return x
}

// TestWhoMayStepIn: who is free and works as the absent one does, the nearest first.
func TestWhoMayStepIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var county, far, busy access.Subject
		w.write(func(ctx context.Context, tx *db.Tx) error {
			org := w.org
			for name, county2 := range map[string]string{"Ljungby kommun": "Kronobergs län", "Umeå kommun": "Västerbottens län"} {
				o, err := w.Directory.AddOrganisationTx(ctx, tx, directory.Organisation{Kind: directory.Municipality, Name: name, County: county2})
				if err != nil {
					return err
				}
				a, err := w.Directory.AddAuthorityTx(ctx, tx, directory.Authority{OrganisationID: o.ID, Name: "Socialnämnden"})
				if err != nil {
					return err
				}
				keepOrg, keepBoard := w.org, w.board
				w.org, w.board = o.ID, a.ID
				if name == "Ljungby kommun" {
					county = w.person(ctx, tx, "Bodil Skisserud", access.Leader)
				} else {
					far = w.person(ctx, tx, "Ada Drömberg", access.Leader)
				}
				w.org, w.board = keepOrg, keepBoard
			}
			w.org = org
			busy = w.person(ctx, tx, "Upptagen Övningsson", access.Leader)
			connect, _ := w.Catalogue.Newest("connect")
			p := round.Plan{HubID: w.hub, OrganisationID: w.org, AuthorityID: w.board, Definition: connect, Variant: "parents", Name: "Annan grupp", Language: "sv",
				Sessions: []round.Session{{Kind: "principle", Item: "p1", On: w.today, Starts: 1100, Minutes: 120}}, Staff: []round.Staffed{{PersonID: busy.Person, Role: access.Leader, From: w.today.AddDays(-9)}}}
			_, err := w.Rounds.AddTx(ctx, tx, p)
			return err
		})
		if x := w.standIns(""); len(x.Colleagues) != 0 || len(x.Leaders) != 2 {
			t.Errorf("before it is said who is away: %+v", x.Colleagues)
		}
		got := w.standIns(w.second.Person).Colleagues
		want := []struct {
			id   string
			near meeting.Near
		}{{w.stranger.Person, meeting.Here}, {county.Person, meeting.InCounty}, {far.Person, meeting.Elsewhere}}
		if len(got) != len(want) {
			t.Fatalf("free are %+v", got)
		}
		for i, x := range want {
			if got[i].ID != x.id || got[i].Near != x.near {
				t.Errorf("in place %d is %+v, want %v", i, got[i], x)
			}
		}
		if err := w.Meetings.StepIn(ctx(), w.leader, w.round, w.sessions[1].ID, w.second.Person, busy.Person, ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("somebody with a session of their own: %v", err)
		}
		for _, id := range []string{db.NewID(), w.stranger.Person} {
			if _, err := w.Meetings.StandIns(ctx(), w.leader, w.round, w.sessions[1].ID, id); !errs.Is(err, errs.NotFound) {
				t.Errorf("away is one who does not lead: %v", err)
			}
		}
	})
}

// TestSteppingIn: whoever steps in reaches the round for those days alone, is written to, and is the one who led.
func TestSteppingIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		step := func(person string) error {
			return w.Meetings.StepIn(ctx(), w.leader, w.round, w.sessions[1].ID, w.second.Person, person, "")
		}
		if _, err := w.Meetings.Get(ctx(), w.stranger, w.round, w.sessions[1].ID); !errs.Is(err, errs.NotFound) {
			t.Fatalf("a stranger reads the session: %v", err)
		}
		for range 2 {
			if err := step(w.stranger.Person); err != nil {
				t.Fatal(err)
			}
		}
		if n := w.count(`SELECT count(*) FROM letter`); n != 2 {
			t.Errorf("%d letters were written, want one to who steps in and one to the other leader", n)
		}
		x, err := w.Meetings.Sheet(ctx(), w.stranger, w.round, w.sessions[1].ID)
		if err != nil || len(x.People) != 4 {
			t.Fatalf("who steps in sees %d people: %v", len(x.People), err)
		}
		led := map[string]bool{}
		for _, l := range x.Leaders {
			led[l.PersonID] = l.Led
		}
		if len(led) != 3 || !led[w.leader.Person] || led[w.second.Person] || !led[w.stranger.Person] {
			t.Errorf("who is thought to have led: %v", led)
		}
		if len(x.Away) != 1 || x.Away[0].Name != "Elin Sagosten" || x.Away[0].AbsentName != "Örjan Mallqvist" {
			t.Errorf("the session says %+v", x.Away)
		}
		row, err := w.Rounds.Get(ctx(), w.leader, w.round)
		if err != nil || len(row.Staff) != 3 {
			t.Errorf("today %d work in the round: %v", len(row.Staff), err)
		}
		w.Time.Move(25 * time.Hour)
		if _, err := w.Meetings.Get(ctx(), w.stranger, w.round, w.sessions[1].ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("the day after, who stepped in reads the session: %v", err)
		}
		if err := step(""); !errs.Is(err, errs.Invalid) {
			t.Errorf("changed afterwards: %v", err)
		}
	})
}

func TestSteppingInIsTakenBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for _, person := range []string{w.stranger.Person, "", w.stranger.Person, ""} {
			if err := w.Meetings.StepIn(ctx(), w.leader, w.round, w.sessions[1].ID, w.second.Person, person, ""); err != nil {
				t.Fatal(err)
			}
			_, err := w.Meetings.Get(ctx(), w.stranger, w.round, w.sessions[1].ID)
			if reads := err == nil; reads != (person != "") {
				t.Errorf("stepping in: %v, reads the session: %v", person != "", reads)
			}
		}
		for _, who := range []access.Subject{w.stranger, w.coordinator} {
			if err := w.Meetings.StepIn(ctx(), who, w.round, w.sessions[1].ID, w.second.Person, w.stranger.Person, ""); !errs.Is(err, errs.NotFound) {
				t.Errorf("%s changed who leads: %v", who.Role, err)
			}
		}
		if err := w.Meetings.StepIn(ctx(), w.contact, w.round, w.sessions[1].ID, w.second.Person, w.stranger.Person, ""); err != nil {
			t.Errorf("the contact arranges it: %v", err)
		}
	})
}
