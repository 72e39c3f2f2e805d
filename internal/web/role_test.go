package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/web/webtest"
)

// TestSomebodyWithTwoRolesSwitches: a leader here who is a contact there sees what each may see, and never both.
func TestSomebodyWithTwoRolesSwitches(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		c, leader, r := oneLeader(t, h)
		if n := c.Get(t, "/").All(`form[action="/me/role"]`).Length(); n != 0 {
			t.Error("somebody with one role is asked which")
		}
		there := h.NewPlace(t, h.NewHub(t, "En annan hemvist"), "Övningstads kommun")
		theirs := h.NewRounds(t, webtest.NewRound{Place: there, Name: "Torsdagsgruppen"})[0]
		contact := h.AlsoWorks(t, leader, access.Contact, there)
		c.Get(t, r.Path("")).Wants(200)
		c.Get(t, theirs.Path("")).Wants(404)
		menu := c.Get(t, "/").Wants(200)
		if got := strings.Join(menu.Text(`form[action="/me/role"] button`), "|"); got != "Gruppledare Provköpings kommun, Socialnämnden|Kontaktperson Övningstads kommun, Socialnämnden" {
			t.Errorf("the menu offers %s", got)
		}
		_, form := menu.Form(`form[action="/me/role"]`, "role="+contact)
		before := c.Clone()
		c.Post(t, "/me/role", form).Leads("/")
		if c.Cookie(sessionCookie).Value == before.Cookie(sessionCookie).Value {
			t.Error("the cookie's secret stays")
		}
		before.Get(t, "/rounds").Wants(303)
		a := c.Get(t, "/").Wants(200)
		if got := a.Text(".hv-user-role"); got[0] != "Kontaktperson, Övningstads kommun" || len(a.Text(`.ds-alert[role="status"]`)) != 1 {
			t.Errorf("the page says %q", got)
		}
		c.Get(t, theirs.Path("")).Wants(200)
		c.Get(t, r.Path("")).Wants(404)
		if e := h.Entries(t, audit.Filter{Actor: leader.ID, Action: "role-switched"}); len(e) != 1 || e[0].Organisation != there.Organisation || e[0].Role != "contact" {
			t.Errorf("the log says %+v", e)
		}
		c.Post(t, "/me/role", url.Values{"role": {h.NewPerson(t, access.Coordinator, there).RoleID}}).Wants(404)
		// The next sign-in begins where they were last.
		if got := h.SignIn(t, leader.Email).Get(t, "/").Text(".hv-user-role"); got[0] != "Kontaktperson, Övningstads kommun" {
			t.Errorf("the next sign-in is as %q", got)
		}
	})
}

// TestARoleThatEndsLeadsToTheOther: the sign-in goes on in the other role, with a word about it; what was sent in the one that ended is not done.
func TestARoleThatEndsLeadsToTheOther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		c, leader, r := oneLeader(t, h)
		there := h.NewPlace(t, h.NewHub(t, "En annan hemvist"), "Övningstads kommun")
		contact := h.AlsoWorks(t, leader, access.Contact, there)
		poster := h.SignIn(t, leader.Email)
		if err := h.Directory.EndRole(t.Context(), leader.RoleID, h.Today().AddDays(-1)); err != nil {
			t.Fatal(err)
		}
		a := poster.Post(t, r.Path("/end"), url.Values{"how": {"broken-off"}}).Wants(http.StatusForbidden)
		if got := a.Text("h1"); got[0] != "Din roll har tagit slut" {
			t.Errorf("it says %q", got)
		}
		poster.Get(t, r.Path("")).Wants(404)
		poster.Get(t, "/").Wants(200)
		c.Get(t, r.Path("")).Leads("/")
		home := c.Get(t, "/").Wants(200)
		if got := home.Text(`.ds-alert[role="status"]`); len(got) != 1 || !strings.HasPrefix(got[0], "Den roll som du arbetade i har tagit slut") {
			t.Errorf("it says %q", got)
		}
		if got := home.Text(".hv-user-role"); got[0] != "Kontaktperson, Övningstads kommun" {
			t.Errorf("they work as %q", got)
		}
		if err := h.Directory.EndRole(t.Context(), contact, h.Today().AddDays(-1)); err != nil {
			t.Fatal(err)
		}
		c.Get(t, "/rounds").Leads("/sign-in?next=%2Frounds")
	})
}

func TestTheFirstPersonMayLetOthersIn(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	code, err := h.SignIns.NewCode(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	c := h.Nobody()
	c.Post(t, "/start", url.Values{"code": {code}, "organisation": {"Hemvisten"}, "name": {"Karin Provlund"}, "email": {"karin@hemvist.example"}}).Leads("/")
	a := c.Get(t, "/").Wants(200)
	if got := strings.Join(a.Text(`form[action="/me/role"] button`), "|"); got != "Administratör Hemvisten|Samordnare Hemvisten" {
		t.Errorf("the first person works as %s", got)
	}
	if got := a.Text(".hv-user-role"); got[0] != "Samordnare, Hemvisten" {
		t.Errorf("the first person begins as %q", got)
	}
}
