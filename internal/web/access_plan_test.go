package web_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/round"
	"hemvist/internal/web/webtest"
)

// planner is a contact of the board that a cell's round belongs to, through whose eyes a test sees its plan.
func (c cell) planner() access.Subject {
	at := c.matrix.round("", c.relation, c.role).Place
	return access.Subject{Person: c.people[access.Contact].ID, Role: access.Contact, Organisation: at.Organisation, Authority: at.Authority}
}

func looking(t *testing.T) context.Context {
	t.Helper()
	return audit.WithTrail(t.Context(), &audit.Trail{})
}

func (c cell) plan(t *testing.T) round.PlanDetail {
	t.Helper()
	p, err := c.Rounds.PlanOf(looking(t), c.planner(), c.round.ID)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (c cell) staff(t *testing.T) round.StaffDetail {
	t.Helper()
	d, err := c.Rounds.StaffOf(looking(t), c.planner(), c.round.ID)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// newPlan is a round that whoever has the role plans: leaders and contacts a group, others a meeting. The board is the relation's.
func (c cell) newPlan(t *testing.T) url.Values {
	t.Helper()
	at := c.matrix.round("", c.relation, c.role).Place
	form := url.Values{"do": {"save"}, "variant": {"connect/parents"}, "authority": {at.Authority}, "place": {"Biblioteket"}, "language": {"sv"}, "first": {c.Today().AddDays(14).String()},
		"starts": {"17:30"}, "every": {"weekly"}, "busy": {"yes"}}
	switch c.role {
	case access.Coordinator:
		form.Set("variant", "connect/booster")
		if c.relation == "own" || c.relation == "unassigned" || c.relation == "former" {
			form.Set("authority", c.NewBoard(t, webtest.Place{Organisation: at.Hub}).Authority)
		}
	case access.Trainer:
		form.Set("variant", "connect/network")
	}
	return form
}

func init() {
	asks["GET /rounds/new"] = func(t *testing.T, c cell) *webtest.Answer { return c.client.Get(t, "/rounds/new") }
	asks["POST /rounds/new"] = func(t *testing.T, c cell) *webtest.Answer { return c.client.Post(t, "/rounds/new", c.newPlan(t)) }
	asks["POST /rounds/{id}/plan/change"] = func(t *testing.T, c cell) *webtest.Answer {
		return c.client.Post(t, c.round.Path("/plan/change"), url.Values{"name": {"Tisdagsgruppen"}, "place": {"Biblioteket"}, "language": {"sv"}, "seen": {c.plan(t).SeenWords}})
	}
	asks["POST /rounds/{id}/plan/weeks"] = func(t *testing.T, c cell) *webtest.Answer {
		return c.client.Post(t, c.round.Path("/plan/weeks"), url.Values{"do": {"save"}, "weeks": {"30"}, "seen": {c.plan(t).Seen}})
	}
	asks["POST /rounds/{id}/plan/sessions/{session}"] = func(t *testing.T, c cell) *webtest.Answer {
		x := c.round.Sessions[2]
		return c.client.Post(t, c.round.Path("/plan/sessions/"+x.ID), url.Values{"do": {"save"}, "on": {x.On.AddDays(1).String()}, "starts": {"17:30"}, "follow": {"one"}, "seen": {c.plan(t).Seen}})
	}
	asks["POST /rounds/{id}/plan/information"] = func(t *testing.T, c cell) *webtest.Answer {
		n := c.matrix.round("POST information", c.relation, c.role)
		n.First = c.Today().AddDays(14) // one that has not begun
		c.round = c.NewRounds(t, n)[0]
		return c.client.Post(t, c.round.Path("/plan/information"), url.Values{"on": {c.Today().AddDays(7).String()}, "starts": {"17:30"}, "seen": {c.plan(t).Seen}})
	}
	asks["POST /rounds/{id}/plan/staff"] = func(t *testing.T, c cell) *webtest.Answer {
		return c.client.Post(t, c.round.Path("/plan/staff"), url.Values{"person": {c.NewPerson(t, access.Leader, c.places["own"]).ID}, "role": {"leader"}, "from": {c.Today().String()}, "seen": {c.staff(t).Seen}, "sure": {"yes"}})
	}
	person := func(c cell) string {
		if c.relation == "former" {
			return c.people[c.role].ID
		}
		return c.other.ID
	}
	asks["GET /rounds/{id}/plan/staff/{person}"] = func(t *testing.T, c cell) *webtest.Answer {
		return c.client.Get(t, c.round.Path("/plan/staff/"+person(c)))
	}
	asks["POST /rounds/{id}/plan/staff/{person}"] = func(t *testing.T, c cell) *webtest.Answer {
		return c.client.Post(t, c.round.Path("/plan/staff/"+person(c)), url.Values{"role": {"leader"}, "when": {"now"}, "seen": {c.staff(t).Seen}})
	}
	asks["POST /rounds/{id}/plan/notify"] = func(t *testing.T, c cell) *webtest.Answer {
		a := c.client.Post(t, c.round.Path("/plan/notify"), nil)
		if told := !c.plan(t).NotifiedOn.IsZero(); told != (a.Status == http.StatusSeeOther) {
			t.Errorf("%s, %s: the hub was told: %v, status %d", c.relation, c.role, told, a.Status)
		}
		return a
	}
	asks["POST /rounds/{id}/reopen"] = func(t *testing.T, c cell) *webtest.Answer {
		if err := c.Rounds.End(looking(t), c.planner(), c.round.ID, round.BrokenOff, round.TooFew, ""); err != nil {
			t.Fatal(err)
		}
		a := c.client.Post(t, c.round.Path("/reopen"), url.Values{"reason": {"mistake"}})
		if open := c.plan(t).EndedHow == ""; open != (a.Status == http.StatusSeeOther) {
			t.Errorf("%s, %s: the round is open again: %v, status %d", c.relation, c.role, open, a.Status)
		}
		return a
	}
}

// planPages are the pages of planning: of a round in its middle, of one that has not begun, and of one that has ended.
func planPages(t *testing.T, h *webtest.House, c *webtest.Client, place webtest.Place, leader webtest.Person, r webtest.Round) []*webtest.Answer {
	t.Helper()
	more := h.NewRounds(t, webtest.NewRound{Place: place, Staff: []webtest.Person{leader}, First: h.Today().AddDays(14)}, webtest.NewRound{Place: place, Staff: []webtest.Person{leader}})
	c.Post(t, more[1].Path("/end"), url.Values{"how": {"broken-off"}, "reason": {"other"}}).Wants(http.StatusSeeOther)
	var pages []*webtest.Answer
	for _, path := range []string{"/rounds/new", "/rounds/new?variant=connect/parents", r.Path("/plan"), r.Path("/plan/change"), r.Path("/plan/sessions/" + r.Sessions[1].ID),
		r.Path("/plan/staff?q=karin"), r.Path("/plan/staff/" + leader.ID), r.Path("/plan/notify"), r.Path("/end"), more[0].Path("/plan"), more[1].Path("/end")} {
		pages = append(pages, c.Get(t, path).Wants(http.StatusOK))
	}
	draft := url.Values{"do": {"preview"}, "variant": {"connect/network"}, "language": {"sv"}, "first": {h.Today().AddDays(15).String()}, "starts": {"17:30"},
		"place": {"Biblioteket"}, "every": {"weekly"}}
	return append(pages, c.Get(t, "/rounds/new?"+draft.Encode()).Wants(http.StatusOK))
}
