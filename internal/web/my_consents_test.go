package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/web/webtest"
)

func init() {
	asks["GET /me/consents/{round}"] = func(t *testing.T, c cell) *webtest.Answer {
		t.Helper()
		return c.client.Get(t, c.answered(t))
	}
	asks["POST /me/consents/{round}"] = func(t *testing.T, c cell) *webtest.Answer {
		t.Helper()
		at := c.answered(t)
		before := rowsIn(t, c.House, "consent")
		a := c.client.Post(t, at, url.Values{"consent-on": {c.Today().String()}})
		if changed := rowsIn(t, c.House, "consent") != before; changed != (a.Status == http.StatusSeeOther) {
			t.Errorf("%s, %s: answered %d, and stored: %v", c.relation, c.role, a.Status, changed)
		}
		return a
	}
}

// answered is the page of what somebody has answered in a round: the asker themself where they lead it, or led it until yesterday.
func (c cell) answered(t *testing.T) string {
	t.Helper()
	who := c.other.ID
	if c.relation == "own" || c.relation == "former" {
		who = c.people[c.role].ID
	}
	r := c.NewRounds(t, c.matrix.round("/me/consents", c.relation, c.role))[0]
	c.saysYes(t, r, who)
	return "/me/consents/" + r.ID
}

// saysYes stores that somebody may be filmed in a round that they lead.
func (m *matrix) saysYes(t *testing.T, r webtest.Round, who string) {
	t.Helper()
	if err := m.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO consent (id, round_id, person_id, purpose, answer, how, language, happened_on, recorded_at, recorded_by)
			VALUES ($1, $2, $3, 'filming', 'given', 'spoken', '', $4, $5, $3)`, db.NewID(), r.ID, who, m.Today(), db.At(m.Clock.Now()))
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// TestALeaderWhoHasLeftTakesTheirYesBack: they find it where they find themselves, and see nothing else of the round.
func TestALeaderWhoHasLeftTakesTheirYesBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m := &matrix{House: webtest.Open(t, d)}
		place := m.NewPlace(t, m.NewHub(t, "Hemvisten"), "Provköpings kommun")
		leader, stays := m.NewPerson(t, access.Leader, place), m.NewPerson(t, access.Leader, place)
		r := m.NewRounds(t, webtest.NewRound{Place: place, Staff: []webtest.Person{leader, stays}})[0]
		c, other := m.SignIn(t, leader.Email), m.SignIn(t, stays.Email)
		c.Post(t, r.Path("/participants"), participant("Amina Påhittsson")).Wants(http.StatusSeeOther)
		if c.Get(t, "/me/profile").All("#consents").Length() != 0 || c.Get(t, "/me/consents").All("#mine").Length() != 0 {
			t.Error("who has answered nothing is shown something")
		}
		c.Post(t, r.Path("/consent"), url.Values{"answer." + leader.ID: {"given"}, "seen." + leader.ID: {""}, "consent-how": {"spoken"}, "consent-on": {m.Today().String()}}).
			Leads(r.Path("/consent"))
		m.exec(t, `UPDATE round_staff SET to_on = $2 WHERE round_id = $1 AND person_id = $3`, r.ID, m.Today().AddDays(-1), leader.ID)
		c.Get(t, r.Path("/consent")).Wants(http.StatusNotFound)

		list := c.Get(t, c.Get(t, "/me/profile").One(`main a[href="/me/consents"]`).AttrOr("href", "")).Wants(http.StatusOK)
		at := list.One("#mine a").AttrOr("href", "")
		page := c.Get(t, at).Wants(http.StatusOK)
		if main := page.One("main"); main.Find(`a[href*="/rounds/"]`).Length() != 0 || strings.Contains(main.Text(), "Amina") || strings.Contains(main.Text(), stays.Name) {
			t.Errorf("the page tells more of the round: %q", main.Text())
		}
		action, form := page.Form("#take-back form", "")
		form.Set("consent-on", m.Today().AddDays(1).String())
		c.Post(t, action, form).Wants(http.StatusUnprocessableEntity).One("#consent-on-error")
		form.Set("consent-on", m.Today().String())
		other.Post(t, action, form).Wants(http.StatusNotFound)
		c.Post(t, action, form).Leads(at)
		page = c.Get(t, at)
		if page.All("#take-back").Length() != 0 || page.All("#said .hv-history li").Length() != 2 {
			t.Errorf("afterwards the page says %q", page.One("main").Text())
		}
		c.Post(t, action, form).Wants(http.StatusSeeOther) // once more is once
		if n := rowsIn(t, m.House, "consent"); n != 2 {
			t.Errorf("%d answers are stored", n)
		}
	})
}
