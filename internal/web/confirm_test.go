package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/house/housetest"
	"hemvist/internal/signin"
	"hemvist/internal/web"
	"hemvist/internal/web/webtest"
)

const confirmPage = "/me/confirm"

// useKeyToConfirm touches a key of the device to confirm, as the page's script does.
func useKeyToConfirm(t *testing.T, c *webtest.Client, device *housetest.Authenticator, key *housetest.Key, next string) *webtest.Answer {
	t.Helper()
	options := c.Post(t, confirmPage+"/passkey/begin", nil).Wants(200)
	return c.Post(t, confirmPage+"/passkey", url.Values{"answer": {string(device.Use(t, key, []byte(options.Body)))}, "next": {next}})
}

func TestOneTouchMakesASignInFreshAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		c, leader, _ := oneLeader(t, h)
		device := housetest.NewAuthenticator()
		page := newPasskey(t, c, device)
		h.Time.Move(signin.FreshLimit)

		refused := c.Post(t, page+"/remove", nil).Wants(403)
		if got := refused.Text("h1"); got[0] != "Bekräfta att det är du" {
			t.Errorf("the page says %q", got)
		}
		if link := refused.One(`main a[href^="/me/confirm"]`); link.AttrOr("target", "") != "_blank" {
			t.Error("confirming takes the form that was sent away")
		}
		again, values := refused.Form("main form", "")
		to := c.Get(t, page).One(`main a[href^="/me/confirm"]`).AttrOr("href", "")
		a := c.Get(t, to).Wants(200)
		a.One(passkeyScript)
		_, form := a.Form(`form[data-hv-passkey]`, "")
		h.Time.Move(time.Minute)
		useKeyToConfirm(t, c, device, device.Keys[0], form.Get("next")).Leads(page)
		c.Get(t, to).Wants(200).One(`main a[href="` + page + `"]`)
		c.Post(t, again, values).Leads(mySignIn)
		if n := len(h.Entries(t, audit.Filter{Actor: leader.ID, Action: "confirmed.by-passkey"})); n != 1 {
			t.Errorf("%d entries of a confirmation", n)
		}
		h.Time.Move(signin.FreshLimit)
		c.Post(t, mySignIn+"/passkeys/begin", nil).Wants(403)
		// To confirm makes a sign-in no younger: it ends when it would have ended.
		for range 28 {
			h.Time.Move(50 * time.Minute)
			code, err := h.SignIns.NewCode(t.Context(), leader.Email)
			if err != nil {
				t.Fatal(err)
			}
			c.Post(t, confirmPage, url.Values{"by": {"code"}, "code": {code}})
		}
		h.Time.Move(50 * time.Minute)
		c.Get(t, "/rounds").Wants(303)
	})
}

func TestOnlyOnesOwnProofConfirms(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		place := h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")
		one, two := h.NewPerson(t, access.Leader, place), h.NewPerson(t, access.Leader, place)
		c, other := h.SignIn(t, one.Email), h.SignIn(t, two.Email)
		mine, theirs := housetest.NewAuthenticator(), housetest.NewAuthenticator()
		page := newPasskey(t, c, mine)
		newPasskey(t, other, theirs)
		h.Time.Move(signin.FreshLimit)
		stale := func(what string) {
			t.Helper()
			if c.Post(t, mySignIn+"/passkeys/begin", nil).Status != 403 {
				t.Errorf("%s made the sign-in fresh", what)
			}
		}
		a := useKeyToConfirm(t, c, theirs, theirs.Keys[0], page).Wants(422)
		a.One(".ds-error-summary")
		stale("somebody else's key")
		// A touch that was asked for to sign in, or by somebody else, is none that was asked for here.
		options := h.Nobody().Post(t, "/sign-in/passkey/begin", nil).Wants(200)
		c.Post(t, confirmPage+"/passkey/begin", nil).Wants(200)
		c.Post(t, confirmPage+"/passkey", url.Values{"answer": {string(mine.Use(t, mine.Keys[0], []byte(options.Body)))}}).Wants(422)
		stale("a touch to sign in")
		code, err := h.SignIns.NewCode(t.Context(), two.Email)
		if err != nil {
			t.Fatal(err)
		}
		refused := c.Post(t, confirmPage, url.Values{"by": {"code"}, "code": {code}, "next": {page}}).Wants(422)
		if _, form := refused.Form(`form[action="/me/confirm"]`, ""); form.Get("next") != page {
			t.Errorf("the way back is lost: %v", form)
		}
		stale("somebody else's code")
		other.Post(t, confirmPage, url.Values{"by": {"code"}, "code": {code}, "next": {mySignIn}}).Leads(mySignIn) // it is theirs still
		c.Post(t, confirmPage, url.Values{"by": {"demo"}}).Wants(422)
		stale("a word outside the demo")
		h.SignIn(t, h.NewPerson(t, access.Leader, place).Email).Post(t, confirmPage+"/passkey/begin", nil).Wants(404) // they have none
	})
}

func TestInTheDemoAWordConfirms(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t), func(_ *webtest.House, c *web.Config) {
		c.Demo = []web.DemoRole{{Role: access.Leader, Email: "provlund1@hemvist.example"}}
	})
	c, leader, _ := oneLeader(t, h)
	h.Time.Move(signin.FreshLimit)
	action, form := c.Get(t, confirmPage+"?next=%2Fme%2Fsign-in").Wants(200).Form("section:has(#by-demo) form", "")
	c.Post(t, action, form).Leads(mySignIn)
	c.Post(t, mySignIn+"/passkeys/begin", nil).Wants(200)
	if n := len(h.Entries(t, audit.Filter{Actor: leader.ID, Action: "confirmed.by-nothing"})); n != 1 {
		t.Errorf("%d entries", n)
	}
}

// TestWhatWasTypedIsKeptWhenItIsRefused: a form that wants a fresh sign-in comes back whole, but for a file that is no text, and says so.
func TestWhatWasTypedIsKeptWhenItIsRefused(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	c, _, r := oneLeader(t, h)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("name", "Åsa <b>")
	for name, text := range map[string]string{"sheet": "PK\x03\x04\x00", "list": "namn;adress\nÅsa;x"} {
		part, err := form.CreateFormFile(name, name+".bin")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write([]byte(text))
	}
	_ = form.WriteField("password", "mycket hemligt ord")
	_ = form.Close()
	h.Time.Move(2 * time.Hour)
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, r.Path("/end"), &body)
	request.Header.Set("Content-Type", form.FormDataContentType())
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	held := c.Do(t, request).Wants(401)
	_, values := held.Form("main form", "")
	if want := (url.Values{"name": {"Åsa <b>"}, "list": {"namn;adress\nÅsa;x"}}); values.Encode() != want.Encode() {
		t.Errorf("kept: %v", values)
	}
	said := strings.Join(held.Text(".ds-alert"), " ")
	if !strings.Contains(said, "välja den igen") || !strings.Contains(said, "skriva det igen") || strings.Contains(held.Body, "hemligt") {
		t.Errorf("it says %q", said)
	}
}

// confirmPages is what asks each of them to show again who they are. They have done so when it returns.
func confirmPages(t *testing.T, h *webtest.House, clients map[access.Role]*webtest.Client) (pages []*webtest.Answer) {
	t.Helper()
	h.Time.Move(signin.FreshLimit)
	for _, c := range clients {
		pages = append(pages, c.Get(t, confirmPage+"?next=/rounds").Wants(200))
		c.Post(t, confirmPage, url.Values{"by": {"demo"}}).Wants(303)
	}
	return pages
}
