package web_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/round"
	"hemvist/internal/round/group"
	"hemvist/internal/web/webtest"
)

func init() {
	formsOfRound = append(formsOfRound,
		func(r webtest.Round, _ webtest.Person) string { return r.Path("/sessions/" + r.Sessions[0].ID) },
		func(r webtest.Round, _ webtest.Person) string {
			return r.Path("/sessions/" + r.Sessions[0].ID + "/attendance")
		},
		func(r webtest.Round, _ webtest.Person) string { return r.Path("/concern") },
		func(r webtest.Round, _ webtest.Person) string { return r.Path("/consent") },
		func(r webtest.Round, _ webtest.Person) string {
			return r.Path("/consent?session=" + r.Sessions[0].ID)
		},
		func(r webtest.Round, leader webtest.Person) string {
			return r.Path("/sessions/" + r.Sessions[1].ID + "/stand-in?absent=" + leader.ID)
		})
	ask := func(route, path, table string, form func(c cell) url.Values) {
		asks[route] = func(t *testing.T, c cell) *webtest.Answer {
			t.Helper()
			at := c.round.Path(path)
			if path != "/concern" {
				at = c.round.Path("/sessions/" + c.round.Sessions[0].ID + path)
			}
			before := rowsIn(t, c.House, table)
			a := c.client.Post(t, at, form(c))
			if changed := rowsIn(t, c.House, table) != before; changed != (a.Status == 303) {
				t.Errorf("%s, %s, %s: answered %d, and stored: %v", route, c.relation, c.role, a.Status, changed)
			}
			return a
		}
	}
	ask("POST /rounds/{id}/sessions/{session}/attendance", "/attendance", "session_fact", func(cell) url.Values {
		return url.Values{"held": {"yes"}, "request": {"AAAAAAAAAAAAAAAAAAAAAA"}}
	})
	ask("POST /rounds/{id}/sessions/{session}/notes", "/notes", "session_note", func(cell) url.Values {
		return url.Values{"notes": {"Det gick bra."}, "homework": {""}, "left-out": {""}, "seen": {""}}
	})
	ask("POST /rounds/{id}/sessions/{session}/check", "/check", "session_check", func(cell) url.Values {
		return url.Values{"form": {"review"}, "item.content": {"4"}, "item.process": {"3"}}
	})
	asks["POST /rounds/{id}/sessions/{session}/stand-in"] = func(t *testing.T, c cell) *webtest.Answer {
		t.Helper()
		before := rowsIn(t, c.House, "stand_in")
		// Of the session today; who was assigned until yesterday has nobody beside them who could be away.
		a := c.client.Post(t, c.round.Path("/sessions/"+c.round.Sessions[1].ID+"/stand-in"), url.Values{"absent": {c.other.ID}, "person": {c.NewPerson(t, access.Leader, c.places["own"]).ID}})
		if changed := rowsIn(t, c.House, "stand_in") != before; changed != (a.Status == 303) {
			t.Errorf("stand-in, %s, %s: answered %d, and stored: %v", c.relation, c.role, a.Status, changed)
		}
		return a
	}
	// Of a participant who was there before: who may not is refused before anybody asks which.
	asks["POST /rounds/{id}/consent"] = func(t *testing.T, c cell) *webtest.Answer {
		t.Helper()
		who := c.participant(t, c.placeOf(), c.round.ID)
		before := rowsIn(t, c.House, "consent")
		a := c.client.Post(t, c.round.Path("/consent"), url.Values{"answer." + who: {"given"}, "consent-how": {"paper"}, "consent-on": {c.Today().String()}})
		if changed := rowsIn(t, c.House, "consent") != before; changed != (a.Status == 303) {
			t.Errorf("consent, %s, %s: answered %d, and stored: %v", c.relation, c.role, a.Status, changed)
		}
		return a
	}
	asks["POST /rounds/{id}/sessions/{session}/tell"] = func(t *testing.T, c cell) *webtest.Answer {
		t.Helper()
		last := c.round.Sessions[len(c.round.Sessions)-1].ID
		seen := ""
		if c.relation == "own" && c.role == access.Leader {
			seen = c.cancelled(t, last)
		}
		before := rowsIn(t, c.House, "told")
		a := c.client.Post(t, c.round.Path("/sessions/"+last+"/tell"), url.Values{"how": {"themselves"}, "seen": {seen}})
		if changed := rowsIn(t, c.House, "told") != before; changed != (a.Status == 303) {
			t.Errorf("tell, %s, %s: answered %d, and stored: %v", c.relation, c.role, a.Status, changed)
		}
		return a
	}
	ask("POST /rounds/{id}/concern", "/concern", "concern", func(c cell) url.Values { return url.Values{"on": {c.Today().String()}} })
}

// cancelled cancels a session of the cell's round, which gets a participant, and is what the leader saw of what is to be told.
func (c cell) cancelled(t *testing.T, session string) string {
	t.Helper()
	at := c.places["own"]
	leader := access.Subject{Person: c.people[c.role].ID, Role: c.role, Organisation: at.Organisation, Authority: at.Authority, Programme: c.Connect.ID}
	ctx := audit.WithTrail(t.Context(), &audit.Trail{})
	_, err := c.Groups.Add(ctx, leader, c.round.ID, group.NewMember{Name: "Amina Påhittsson", Language: "sv"}, "")
	if err == nil {
		err = c.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			return c.Rounds.AddSessionFactTx(ctx, tx, session, round.Cancelled, c.Today(), leader.Person)
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	x, err := c.Meetings.Telling(ctx, leader, c.round.ID, session, "sv")
	if err != nil {
		t.Fatal(err)
	}
	return x.Seen
}

// tellPage is where those who take part in a round of the leader's are told that a session is cancelled.
func tellPage(t *testing.T, h *webtest.House, c *webtest.Client, at webtest.Place, leader webtest.Person) *webtest.Answer {
	t.Helper()
	r := h.NewRounds(t, webtest.NewRound{Place: at, First: h.Today().AddDays(14), Staff: []webtest.Person{leader}})[0]
	c.Post(t, r.Path("/participants"), participant("Amina Påhittsson")).Wants(http.StatusSeeOther)
	session := r.Path("/sessions/" + r.Sessions[1].ID)
	c.Post(t, session, url.Values{"fact": {"cancelled"}, "sure": {"yes"}, "back": {"session"}}).Leads(session)
	page := c.Get(t, session+"/tell").Wants(http.StatusOK)
	page.One("#untold form")
	return page
}

// rowsIn is how many rows a table of the daily work has.
func rowsIn(t *testing.T, h *webtest.House, table string) (n int) {
	t.Helper()
	err := h.DB.Read(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM `+table)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
