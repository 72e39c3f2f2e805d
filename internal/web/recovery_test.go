package web_test

import (
	"net/url"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/house/housetest"
	"hemvist/internal/signin"
	"hemvist/internal/web/webtest"
)

// TestRecoveryFromTheLostKeyToANewOne goes the whole way by the pages.
func TestRecoveryFromTheLostKeyToANewOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		place := h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")
		leader, contact, admin := h.NewPerson(t, access.Leader, place), h.NewPerson(t, access.Contact, place), h.NewPerson(t, access.Administrator, place)
		old := h.SignIn(t, leader.Email)
		device := housetest.NewAuthenticator()
		newPasskey(t, old, device)

		n := h.Nobody()
		ask := n.Get(t, "/sign-in").One(`main a[href="/recovery/ask"]`).AttrOr("href", "")
		action, form := n.Get(t, ask).Wants(200).Form("main form", "")
		form.Set("email", "karin")
		if got := n.Post(t, action, form).Wants(422).One("#email").AttrOr("value", ""); got != "karin" {
			t.Errorf("the form holds %q", got)
		}
		known := func(email string) string {
			form.Set("email", email)
			return perRequest.ReplaceAllString(n.Post(t, action, form).Wants(200).Body, "")
		}
		if a, b := known(leader.Email), known("nobody@hemvist.example"); a != b || !strings.Contains(a, "Om adressen finns här") {
			t.Errorf("a known address is answered otherwise than an unknown one:\n%s\n%s", a, b)
		}

		for i, p := range []webtest.Person{contact, admin} {
			c := h.SignIn(t, p.Email)
			list := c.Get(t, "/").Wants(200).One(`a[href="/recovery"]`).AttrOr("href", "")
			page := c.Get(t, list).Wants(200).One("section:has(#asking) li a").AttrOr("href", "")
			action, form := c.Get(t, page).Wants(200).Form(`form[action$="/approve"]`, "")
			refused := c.Post(t, action, form).Wants(422)
			refused.One(`.ds-error-summary a[href="#talked"]`)
			form.Set("talked", "yes")
			h.Time.Move(signin.FreshLimit)
			stale := c.Post(t, action, form).Wants(403)
			if got := stale.Text("h1"); got[0] != "Bekräfta att det är du" {
				t.Errorf("it says %q", got)
			}
			code, err := h.SignIns.NewCode(t.Context(), p.Email)
			if err != nil {
				t.Fatal(err)
			}
			c.Post(t, confirmPage, url.Values{"by": {"code"}, "code": {code}}).Wants(303)
			again, kept := stale.Form("main form", "")
			c.Post(t, again, kept).Leads("/recovery")
			if a := c.Get(t, page).Wants(200); i == 0 && a.All(`form[action$="/approve"]`).Length() != 0 {
				t.Error("one colleague is asked twice")
			}
		}

		link := "/recovery/link?code=" + h.Vault.Secret("recovery", strings.TrimPrefix(pageOf(t, h, contact), "/recovery/"))
		for range 2 { // to look at it uses nothing up
			n.Get(t, link).Wants(200)
		}
		a := n.Get(t, link)
		if a.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Error("the address tells the next page its secret")
		}
		old.Get(t, "/rounds").Wants(200)
		action, form = a.Form("main form", "")
		n.Post(t, action, form).Leads(mySignIn)
		if got := n.Get(t, mySignIn).Wants(200).Text(".ds-alert"); len(got) != 1 || !strings.HasPrefix(got[0], "Välkommen tillbaka") {
			t.Errorf("it says %q", got)
		}
		old.Get(t, "/rounds").Wants(303)
		useKey(t, h.Nobody(), device, device.Keys[0], "/").Wants(422)
		fresh := housetest.NewAuthenticator()
		newPasskey(t, n, fresh)
		useKey(t, h.Nobody(), fresh, fresh.Keys[0], "/").Leads("/")
		h.Nobody().Post(t, action, form).Wants(422).One(`a[href="/recovery/ask"]`)
		n.Get(t, link).Wants(200).One(`a[href="/recovery/ask"]`)
	})
}

// pageOf is the page of the one request that waits for somebody.
func pageOf(t *testing.T, h *webtest.House, p webtest.Person) string {
	t.Helper()
	return h.SignIn(t, p.Email).Get(t, "/recovery").Wants(200).One("section:has(#asking) li a").AttrOr("href", "")
}

func TestARefusedRequestIsGone(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	place := h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")
	leader, contact := h.NewPerson(t, access.Leader, place), h.NewPerson(t, access.Contact, place)
	h.NewPerson(t, access.Administrator, place)
	id := askRecovery(t, h, leader)
	c := h.SignIn(t, contact.Email)
	action, form := c.Get(t, "/recovery/"+id).Wants(200).Form(`form[action$="/refuse"]`, "")
	c.Post(t, action, form).Leads("/recovery")
	if got := c.Get(t, "/recovery").Text("section:has(#asking) p"); len(got) != 1 || got[0] != "Just nu är det ingen som ber om hjälp." {
		t.Errorf("it says %q", got)
	}
	c.Get(t, "/recovery/"+id).Wants(404)
	c.Post(t, action, form).Wants(404)
}
