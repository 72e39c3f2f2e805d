package demo_test

import (
	"context"
	"testing"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/demo"
	"hemvist/internal/house/housetest"
	"hemvist/internal/notice"
	"hemvist/internal/round"
	"hemvist/internal/signin"
)

func TestTheDemoGivesEachRoleSomethingToDo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := housetest.New(t, d, nil)
		people := h.Fill(t)
		ctx := audit.WithTrail(context.Background(), &audit.Trail{})
		for _, role := range []access.Role{access.Coordinator, access.Leader, access.Contact} {
			who := signIn(t, h, people.Of(role))
			home, err := h.Notices.HomeOf(ctx, who.Subject)
			if err != nil {
				t.Fatal(err)
			}
			if len(home.Needs) == 0 {
				t.Errorf("nothing needs the %s", who.Subject.Role)
			}
			for _, state := range round.States {
				list, err := h.Rounds.List(ctx, who.Subject, round.Query{State: state})
				if err != nil {
					t.Fatal(err)
				}
				if list.Total == 0 && who.Subject.Role == access.Coordinator && state != round.BrokenOff {
					t.Errorf("no round is %s", state)
				}
			}
		}
		checked, err := h.Rounds.CheckProjections(ctx)
		if err != nil || len(checked.Wrong) != 0 || checked.Rounds == 0 {
			t.Errorf("%+v, %v", checked, err)
		}
	})
}

// TestEveryDoorOpens: whoever stands behind a door has the role that it says, and who works in rounds has one that is running.
func TestEveryDoorOpens(t *testing.T) {
	h := housetest.New(t, dbtest.New(t), nil)
	ctx := audit.WithTrail(context.Background(), &audit.Trail{})
	variants := map[access.Role]string{access.Technician: "econnect", access.Trainer: "leader-training-digital"}
	for _, door := range h.Fill(t) {
		who := signIn(t, h, door.Email)
		if who.Subject.Role != door.Role {
			t.Errorf("the %s's door leads to a %s", door.Role, who.Subject.Role)
		}
		if access.ReachOf(door.Role, access.ListRounds) != access.Assigned {
			continue
		}
		list, err := h.Rounds.List(ctx, who.Subject, round.Query{State: round.Running, Variant: variants[door.Role]})
		if err != nil || list.Total == 0 {
			t.Errorf("the %s works in no running round of %q (%v)", door.Role, variants[door.Role], err)
		}
	}
}

// TestTheDemoIsTheSameAnyDay: whoever tries it on whichever day finds a round in each state, and the leader something to answer for
// and a round to close.
func TestTheDemoIsTheSameAnyDay(t *testing.T) {
	for _, days := range []int{0, 31, 40, 47, 54, 61, 113, 220, 270} { // from 18 November: December, New Year, January, March, June, August
		h := housetest.New(t, dbtest.New(t), nil)
		h.Time.Move(time.Duration(days) * 24 * time.Hour)
		people := h.Fill(t)
		ctx := audit.WithTrail(context.Background(), &audit.Trail{})
		leader := signIn(t, h, people.Of(access.Leader))
		for _, state := range []round.State{round.Planned, round.Running, round.Waiting, round.Closed} {
			list, err := h.Rounds.List(ctx, leader.Subject, round.Query{State: state})
			if err != nil || list.Total == 0 {
				t.Errorf("on %s the leader has no round that is %s (%v)", h.Rounds.Today(), state, err)
			}
		}
		home, err := h.Notices.HomeOf(ctx, leader.Subject)
		if err != nil {
			t.Fatal(err)
		}
		kinds := map[notice.Kind]bool{}
		for _, n := range home.Needs {
			kinds[n.Kind] = true
		}
		if !kinds[notice.SessionUnsaid] || !kinds[notice.RoundToClose] {
			t.Errorf("on %s the leader is asked for %v", h.Rounds.Today(), kinds)
		}
	}
}

// TestTheDemoHasWhatThereIs: a group of twelve, attendance in each way with sessions ticked, meetings that people take part in, and dates for
// whoever asks for a place.
func TestTheDemoHasWhatThereIs(t *testing.T) {
	h := housetest.New(t, dbtest.New(t), nil)
	people := h.Fill(t)
	ctx := audit.WithTrail(context.Background(), &audit.Trail{})
	leader := signIn(t, h, people.Of(access.Leader)).Subject
	mine, err := h.Rounds.MineOpen(ctx, leader)
	if err != nil {
		t.Fatal(err)
	}
	ticked, sizes := map[round.Attendance]int{}, map[int]bool{}
	for _, r := range mine {
		sizes[r.Participants] = true
		for _, x := range r.List {
			if x.Fact != round.Held {
				continue
			}
			session, err := h.Meetings.Get(ctx, leader, r.ID, x.ID)
			if err != nil {
				t.Fatal(err)
			}
			if session.Came.Known {
				ticked[r.Attendance]++
			}
		}
	}
	if ticked[round.Named] == 0 || ticked[round.Pseudonymous] == 0 || ticked[round.CountsOnly] == 0 || !sizes[12] || !sizes[11] {
		t.Errorf("the leader has ticked %v, in groups of %v", ticked, sizes)
	}
	coordinator := signIn(t, h, people.Of(access.Coordinator)).Subject
	for _, variant := range []string{"booster", "network"} {
		list, err := h.Rounds.List(ctx, coordinator, round.Query{Variant: variant})
		if err != nil || list.Total != 1 || list.Rows[0].Participants < 4 {
			t.Errorf("nobody takes part in the %s: %+v, %v", variant, list.Rows, err)
		}
	}
	services, err := h.Recruitment.Services(ctx, leader)
	if err != nil || len(services) == 0 {
		t.Fatalf("%v, %v", services, err)
	}
	place, err := h.Recruitment.PlaceAt(ctx, services[0].Slug)
	if err != nil || len(place.Services[0].Groups) == 0 {
		t.Errorf("the public form has no dates: %+v, %v", place, err)
	}
}

func TestTheDemoLeavesAHouseWithPeopleAlone(t *testing.T) {
	h := housetest.New(t, dbtest.New(t), nil)
	h.Fill(t)
	connect, err := h.Catalogue.Newest("connect")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := demo.Fill(context.Background(), demo.House{DB: h.DB, Register: h.Register, Meetings: h.Meetings, Consents: h.Consents, Directory: h.Directory, Organisations: h.Organisations, SignIns: h.SignIns, Rounds: h.Rounds, Groups: h.Groups, Catalogue: h.Catalogue, Oversight: h.Oversight, Log: h.Log, Site: h.Site, Letters: h.Letters, Recruitment: h.Recruitment, Clock: h.Clock, Programme: connect}, demo.Small, nil); err == nil {
		t.Error("it was filled twice")
	}
}

func signIn(t *testing.T, h housetest.House, email string) signin.Who {
	t.Helper()
	code, err := h.SignIns.NewCode(context.Background(), email)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := h.SignIns.SignInWithCode(context.Background(), code, "")
	if err != nil {
		t.Fatal(err)
	}
	who, err := h.SignIns.Resolve(context.Background(), secret)
	if err != nil {
		t.Fatal(err)
	}
	return who
}
