package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/directory"
	"hemvist/internal/web/webtest"
)

// staff is a house with an administrator who is signed in and a leader of the same board.
type staff struct {
	*webtest.House
	place         webtest.Place
	admin, leader webtest.Person
	c             *webtest.Client // the administrator's
}

func openStaff(t *testing.T, d *db.DB) staff {
	t.Helper()
	h := staff{House: webtest.Open(t, d)}
	h.place = h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")
	if err := h.Catalogue.GiveHomes(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.admin, h.leader = h.NewPerson(t, access.Administrator, h.place), h.NewPerson(t, access.Leader, h.place)
	h.c = h.SignIn(t, h.admin.Email)
	return h
}

// TestARoleThatEndsBitesAtTheNextRequest: who is in the middle of work is out when the role has been ended.
func TestARoleThatEndsBitesAtTheNextRequest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openStaff(t, d)
		leader := h.SignIn(t, h.leader.Email)
		leader.Get(t, "/rounds").Wants(200)
		end := h.leader.Path("/roles/" + h.leader.RoleID + "/end")
		action, form := h.c.Get(t, end).Wants(200).Form("main form", "")
		form.Set("when", "now")
		h.c.Post(t, action, form).Leads(h.leader.Path(""))
		leader.Get(t, "/rounds").Wants(http.StatusSeeOther)
		a := h.c.Get(t, h.leader.Path("")).Wants(200)
		if a.One("#former").Length() != 1 || !strings.Contains(a.One("h1 + .ds-tag").Text(), "Utan roll") {
			t.Errorf("the page after: %s", a.Body)
		}
		h.c.Post(t, end, form).Wants(http.StatusConflict)
	})
}

// TestWhatWantsAFreshSignIn: an open computer is not enough to give roles, put people together or take the list along.
func TestWhatWantsAFreshSignIn(t *testing.T) {
	h := openStaff(t, dbtest.New(t))
	h.Time.Move(16 * time.Minute)
	for _, path := range []string{"/people.csv", "/people.xlsx", "/people/new", h.leader.Path("/change"), h.leader.Path("/roles/new"), h.leader.Path("/workplace"),
		h.leader.Path("/leave"), h.leader.Path("/merge"), h.leader.Path("/roles/" + h.leader.RoleID + "/end"), h.leader.Path("/roles/" + h.leader.RoleID + "/deputy")} {
		h.c.Get(t, path).Wants(http.StatusForbidden)
	}
	for _, path := range []string{"/people", h.leader.Path("/change"), h.leader.Path("/roles"), h.leader.Path("/workplace"), h.leader.Path("/leave"), h.leader.Path("/return"),
		h.leader.Path("/merge"), h.leader.Path("/roles/" + h.leader.RoleID + "/end"), h.leader.Path("/roles/" + h.leader.RoleID + "/deputy")} {
		h.c.Post(t, path, url.Values{"when": {"now"}, "stay": {h.leader.ID}}).Wants(http.StatusForbidden)
	}
	if n := len(h.Entries(t, audit.Filter{Subject: h.leader.ID})); n != 0 {
		t.Errorf("%d entries about the leader", n)
	}
	h.c.Get(t, "/people").Wants(200)
	h.c.Get(t, h.leader.Path("")).Wants(200)
}

// TestWhoWasLookedAtStandsInTheLog: a list notes everybody whom it showed.
func TestWhoWasLookedAtStandsInTheLog(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openStaff(t, d)
		h.c.Get(t, "/people?q=provlund").Wants(200)
		h.c.Get(t, h.leader.Path("")).Wants(200)
		h.c.Get(t, "/people.csv").Wants(200)
		for action, found := range map[audit.Action]int{directory.ActionListPeople: 2, directory.ActionExportPeople: 2, directory.ActionReadPerson: 0} {
			all := h.Entries(t, audit.Filter{Action: action, Actor: h.admin.ID})
			if len(all) != 1 || len(all[0].Found) != found || all[0].Actor != h.admin.ID {
				t.Errorf("%s: %+v", action, all)
			}
		}
	})
}

// TestPeopleAreTakenAlong: the export has a row for each role, as the list was filtered.
func TestPeopleAreTakenAlong(t *testing.T) {
	h := openStaff(t, dbtest.New(t))
	rows := csvRows(t, h.c.Get(t, "/people.csv?role=leader").Wants(200))
	if len(rows) != 2 || rows[0][0] != "Namn" || rows[1][1] != h.leader.Email || rows[1][6] != "Gruppledare" {
		t.Errorf("CSV: %v", rows)
	}
	if rows := excelRows(t, h.c.Get(t, "/people.xlsx").Wants(200)); len(rows) != 3 {
		t.Errorf("Excel: %d rows", len(rows))
	}
}

// TestWhatIsTypedAboutPeopleIsKept: a form that is refused comes back as it was sent, with words at the field.
func TestWhatIsTypedAboutPeopleIsKept(t *testing.T) {
	h := openStaff(t, dbtest.New(t))
	form := url.Values{"place": {h.place.Organisation + "/" + h.place.Authority}, "role": {"technician"}, "programme": {"connect"}, "from": {"igår"}, "to": {"2031-02-30"}}
	a := h.c.Post(t, h.leader.Path("/roles"), form).Wants(http.StatusUnprocessableEntity)
	a.One("#from-error")
	if got := a.One("#from").AttrOr("value", ""); got != "igår" {
		t.Errorf("the first day is %q", got)
	}
	if got := a.One("#role option[selected]").AttrOr("value", ""); got != "technician" {
		t.Errorf("the role is %q", got)
	}
	form.Set("from", h.Today().String())
	h.c.Post(t, h.leader.Path("/roles"), form).Wants(http.StatusUnprocessableEntity).One("#to-error")
	// A reviewer is not one of the reviewed: it is said at the role.
	form.Set("role", "log-reviewer")
	form.Set("to", "")
	other := h.NewPerson(t, access.Administrator, h.place)
	h.c.Post(t, other.Path("/roles"), form).Wants(http.StatusUnprocessableEntity).One("#role-error")
}

// TestMergedPeopleAreFoundByBothAddresses of their pages.
func TestMergedPeopleAreFoundByBothAddresses(t *testing.T) {
	h := openStaff(t, dbtest.New(t))
	double := h.NewPerson(t, access.Leader, h.place)
	compare := h.c.Get(t, h.leader.Path("/merge")+"?q=provlund").Wants(200).All(`main a[href*="with=`+double.ID+`"]`).AttrOr("href", "")
	action, form := h.c.Get(t, compare).Wants(200).Form("main form", "")
	h.c.Post(t, action, form).Wants(http.StatusUnprocessableEntity).One("main form .ds-validation-message")
	form.Set("stay", h.leader.ID)
	h.c.Post(t, action, form).Leads(h.leader.Path(""))
	h.c.Get(t, double.Path("")).Leads(h.leader.Path(""))
	if got := h.c.Get(t, h.leader.Path("")).Wants(200).One("#history + ol").Text(); !strings.Contains(got, double.Email) {
		t.Errorf("the history is %q", got)
	}
}

// TestEverybodyChangesTheirOwn name, telephone number and language, and nothing else.
func TestEverybodyChangesTheirOwn(t *testing.T) {
	h := openStaff(t, dbtest.New(t))
	c := h.SignIn(t, h.leader.Email)
	if c.Get(t, "/").Wants(200).All(`#hv-person a[href="/me/profile"]`).Length() != 1 {
		t.Error("no way there from the person's menu")
	}
	action, form := c.Get(t, "/me/profile").Wants(200).Form("main form", "")
	form.Set("name", "Karin Åtminstone")
	form.Set("email", "annan@hemvist.example")
	form.Set("language", "en")
	c.Post(t, action, form).Leads("/me/profile")
	a := c.Get(t, "/me/profile").Wants(200)
	if got := a.One("#name").AttrOr("value", ""); got != "Karin Åtminstone" || a.One("h1").Text() != "My details" || !strings.Contains(a.Body, h.leader.Email) {
		t.Errorf("%q, %q", got, a.One("h1").Text())
	}
	form.Set("phone", "850709-9805")
	c.Post(t, action, form).Wants(http.StatusUnprocessableEntity).One("#phone-error")
}

// TestNaughtyNamesOfPeople: a name is refused with words at its field, or stored and shown as it was typed.
func TestNaughtyNamesOfPeople(t *testing.T) {
	all := naughty(t)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openStaff(t, d)
		taken := 0
		for _, s := range all {
			a := h.c.Post(t, h.leader.Path("/change"), url.Values{"name": {s}, "email": {h.leader.Email}, "language": {"sv"}})
			switch {
			case a.Status == http.StatusUnprocessableEntity:
				a.One("#name-error")
			case a.Status != http.StatusSeeOther:
				t.Errorf("%.60q: status %d", s, a.Status)
			default:
				taken++
				want := strings.Join(strings.Fields(s), " ")
				if got := h.c.Get(t, h.leader.Path("")).Wants(200).Text("h1")[0]; got != want && utf8.ValidString(s) {
					t.Errorf("%.60q is shown as %.60q", want, got)
				}
			}
		}
		if taken < 50 {
			t.Errorf("%d names were taken", taken)
		}
	})
}
