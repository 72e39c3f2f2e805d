package web_test

import (
	"net/url"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/web/webtest"
)

// TestRegisterPages: what was typed wrongly is told at its field and kept, in the outlook, the register, one's own page; the overview shows each
// round once, in the picture and in the table.
func TestRegisterPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		place := h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")
		if err := h.Catalogue.GiveHomes(t.Context()); err != nil {
			t.Fatal(err)
		}
		leader, coordinator := h.NewPerson(t, access.Leader, place), h.NewPerson(t, access.Coordinator, place)
		r := h.NewRounds(t, webtest.NewRound{Place: place, Staff: []webtest.Person{leader}})[0]
		c, hub := h.SignIn(t, leader.Email), h.SignIn(t, coordinator.Email)

		// The leader needs the round for a certificate, as the programme asks for one.
		c.Get(t, r.Path("/outlook")).Wants(200).One("#leader-1")
		a := c.Get(t, r.Path("/outlook?if=1&film=99&more=60")).Wants(422)
		a.One("#film-error")
		a.One("#more-error")
		if got := c.Get(t, r.Path("/outlook?if=1&more=x")).Wants(422).One("#more").AttrOr("value", ""); got != "x" {
			t.Errorf("what was typed as more: %q", got)
		}
		c.Get(t, r.Path("/outlook?on=2026-13-01")).Wants(422).One("#on-error")
		if a := c.Get(t, r.Path("/outlook?if=1&more=3")).Wants(200); !strings.Contains(a.One("#supposed + ul").Text(), "3") {
			t.Errorf("what is supposed is told as %q", a.One("#supposed + ul").Text())
		}

		form := url.Values{"what": {"connect/granted/leader"}, "on": {"2099-01-01"}, "why": {"own-wish"}}
		wrong := hub.Post(t, leader.Path("/credentials"), form).Wants(422)
		wrong.One("#on-error")
		wrong.One("#why-error")
		if got := wrong.One(`#what option[selected]`).AttrOr("value", ""); got != "connect/granted/leader" {
			t.Errorf("what was chosen: %q", got)
		}
		hub.Post(t, leader.Path("/credentials"), url.Values{}).Wants(422).One("#what-error")
		form.Set("on", h.Today().AddDays(-30).String())
		form.Set("why", "shown-certificate")
		hub.Post(t, leader.Path("/credentials"), form).Leads(leader.Path("/credentials"))
		mine := c.Get(t, "/me/credentials").Wants(200)
		if got := mine.One("#connect-leader").Parent().Find(".ds-tag").Text(); got != "Certifierad" {
			t.Errorf("one's own certificate is told as %q", got)
		}
		if mine.All(`form[action$="/retract"]`).Length() != 0 {
			t.Error("one may take back one's own certificate")
		}
		// Nothing is asked of the round any more.
		if n := c.Get(t, r.Path("/outlook")).Wants(200).All(".hv-asked").Length(); n != 0 {
			t.Errorf("%d lists of what is asked of a round whose leader is certified", n)
		}

		strip := hub.Get(t, "/rounds/strip").Wants(200)
		if rows, bars := strip.All("tbody tr").Length(), strip.All(".hv-spans rect").Length(); rows != 1 || bars != 1 {
			t.Errorf("the strip has %d rows and %d bars", rows, bars)
		}
		for _, by := range []string{"organisation", "county"} {
			if n := hub.Get(t, "/rounds/strip?by="+by).Wants(200).All("tbody tr").Length(); n != 1 {
				t.Errorf("by %s: %d rows", by, n)
			}
		}
		if n := hub.Get(t, "/rounds/strip?from=1990-01").Wants(200).All("tbody tr").Length(); n != 0 {
			t.Errorf("in another time: %d rows", n)
		}
		for _, address := range []string{"/rounds/calendar?month=nothing&day=never", "/rounds/strip?from=9999-99&by=what", "/rounds/calendar?month=9999-12"} {
			hub.Get(t, address).Wants(200)
		}
	})
}
