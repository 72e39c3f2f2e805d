package web_test

import (
	"net/http"
	"net/url"
	"regexp"
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

const (
	passkeyCookie = "__Host-passkey"
	mySignIn      = "/me/sign-in"
	passkeyScript = `script[src*="js/passkey.js"]`
)

// addPasskey adds a passkey on the device, as the page's script does.
func addPasskey(t *testing.T, c *webtest.Client, device *housetest.Authenticator, name string) *webtest.Answer {
	t.Helper()
	options := c.Post(t, mySignIn+"/passkeys/begin", nil).Wants(200)
	return c.Post(t, mySignIn+"/passkeys", url.Values{"name": {name}, "answer": {string(device.Make(t, []byte(options.Body)))}})
}

// useKey signs in by a key of the device.
func useKey(t *testing.T, c *webtest.Client, device *housetest.Authenticator, key *housetest.Key, next string) *webtest.Answer {
	t.Helper()
	options := c.Post(t, "/sign-in/passkey/begin", nil).Wants(200)
	return c.Post(t, "/sign-in/passkey", url.Values{"answer": {string(device.Use(t, key, []byte(options.Body)))}, "next": {next}})
}

// newPasskey adds a passkey and returns its page.
func newPasskey(t *testing.T, c *webtest.Client, device *housetest.Authenticator) (page string) {
	t.Helper()
	addPasskey(t, c, device, "Jobbdatorn").Leads(mySignIn)
	return c.Get(t, mySignIn).Wants(200).All("section:has(#passkeys) li a").Last().AttrOr("href", "")
}

// askSignIn asks a route of the ways in: about one's own in the relation "own", about somebody else's in the others.
func (m *matrix) askSignIn(t *testing.T, c *webtest.Client, route, relation string, role access.Role) *webtest.Answer {
	t.Helper()
	device, of := housetest.NewAuthenticator(), m.clients[role]
	if relation == "own" {
		of = c
	}
	if relation != "own" && relation != "session-ended" {
		of = m.SignIn(t, m.other.Email)
	}
	form := url.Values{}
	method, path, _ := strings.Cut(route, " ")
	switch route {
	case "POST /sign-in/passkey":
		return useKey(t, c, m.devices[role], m.devices[role].Keys[0], "/")
	case "POST /me/sign-in/passkeys":
		if options := c.Post(t, path+"/begin", nil); options.Status == http.StatusOK {
			form = url.Values{"name": {"Mobilen"}, "answer": {string(device.Make(t, []byte(options.Body)))}}
		}
	case "POST /me/sign-in/sessions/{session}/end":
		whose := m.other.Email
		if relation == "own" {
			whose = m.people[role].Email
		}
		path = strings.ReplaceAll(path, "{session}", m.sessionOf(t, m.SignIn(t, whose)))
	case "POST /sign-in/passkey/begin", "POST /me/sign-in/passkeys/begin", "POST /me/sign-in/sessions/end":
	default:
		made := newPasskey(t, of, device)
		path = strings.ReplaceAll(path, mySignIn+"/passkeys/{passkey}", made)
		form.Set("name", "Nytt namn")
		defer of.Post(t, made+"/remove", nil) // no one collects more than they may have
	}
	if method == http.MethodGet {
		return c.Get(t, path)
	}
	return c.Post(t, path, form)
}

// sessionOf is the id of the client's sign-in.
func (m *matrix) sessionOf(t *testing.T, c *webtest.Client) string {
	t.Helper()
	who, err := m.SignIns.Resolve(t.Context(), c.Cookie(sessionCookie).Value)
	if err != nil {
		t.Fatal(err)
	}
	return who.Session
}

func TestPasskeyFromPromptToSignIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		c, leader, _ := oneLeader(t, h)
		device := housetest.NewAuthenticator()
		if got := c.Get(t, "/").One("section[aria-labelledby=wants-passkey] a").AttrOr("href", ""); got != mySignIn {
			t.Errorf("the prompt leads to %q", got)
		}
		c.Get(t, mySignIn).One(passkeyScript)
		addPasskey(t, c, device, "Jobbdatorn").Leads(mySignIn)
		a := c.Get(t, mySignIn).Wants(200)
		if got := a.Text(".ds-alert"); len(got) != 1 || !strings.HasPrefix(got[0], "Passkeyn är tillagd") {
			t.Errorf("the page says %q", got)
		}
		if got := a.Text("section:has(#passkeys) li p"); len(got) != 1 || got[0] != "Tillagd 11 mars 2026 kl. 09.30. Inte använd än." {
			t.Errorf("the passkey: %q", got)
		}
		if n := c.Get(t, "/").All("#wants-passkey").Length(); n != 0 {
			t.Error("whoever has a passkey is asked to add one")
		}
		h.Time.Move(time.Minute)
		fresh := h.Nobody()
		useKey(t, fresh, device, device.Keys[0], "/rounds?state=running").Leads("/rounds?state=running")
		if fresh.Cookie(passkeyCookie) != nil || fresh.Cookie(sessionCookie) == nil {
			t.Error("the ceremony's cookie stays, or none of the sign-in came")
		}
		a = fresh.Get(t, mySignIn).Wants(200)
		if got := strings.Join(a.Text("section:has(#sign-ins) h3"), "|"); got != "Med Jobbdatorn|Med kod" {
			t.Errorf("the sign-ins: %s", got)
		}
		if got := a.Text("section:has(#passkeys) li p"); got[0] != "Tillagd 11 mars 2026 kl. 09.30. Användes senast 11 mars 2026 kl. 09.31." {
			t.Errorf("the passkey: %q", got)
		}
		if n := len(h.Entries(t, audit.Filter{Actor: leader.ID, Action: "signed-in.by-passkey"})); n != 1 {
			t.Errorf("%d entries of a sign-in by passkey", n)
		}
	})
}

func TestTheCeremonysCookie(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	c, _, _ := oneLeader(t, h)
	for path, client := range map[string]*webtest.Client{"/sign-in/passkey/begin": h.Nobody(), mySignIn + "/passkeys/begin": c} {
		a := client.Post(t, path, nil).Wants(200)
		cookie := client.Cookie(passkeyCookie)
		if cookie == nil || !cookie.HttpOnly || !cookie.Secure || cookie.Path != "/" || cookie.SameSite != http.SameSiteLaxMode || cookie.MaxAge != 300 {
			t.Fatalf("%s: %+v", path, cookie)
		}
		if a.Header.Get("Content-Type") != "application/json" || a.Header.Get("Cache-Control") != "no-store" || strings.Contains(a.Body, cookie.Value) {
			t.Errorf("%s: %v %s", path, a.Header, a.Body)
		}
	}
}

var perRequest = regexp.MustCompile(`nonce="[^"]*"`)

// TestOneAnswerToEveryPasskeyThatOpensNothing compares what a stranger sees with what somebody sees whose passkey was taken away.
func TestOneAnswerToEveryPasskeyThatOpensNothing(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	c, _, _ := oneLeader(t, h)
	device := housetest.NewAuthenticator()
	addPasskey(t, c, device, "Jobbdatorn").Leads(mySignIn)
	unknown := *device.Keys[0]
	unknown.ID = make([]byte, 32)
	liar := &housetest.Authenticator{Origin: "https://elsewhere.example"}
	answers := []*webtest.Answer{
		useKey(t, h.Nobody(), device, &unknown, "/rounds"), useKey(t, h.Nobody(), liar, device.Keys[0], "/rounds"),
		h.Nobody().Post(t, "/sign-in/passkey", url.Values{"next": {"/rounds"}, "answer": {"{"}}),
	}
	page := c.Get(t, mySignIn).All("section:has(#passkeys) li a").AttrOr("href", "")
	c.Post(t, page+"/remove", nil).Leads(mySignIn)
	answers = append(answers, useKey(t, h.Nobody(), device, device.Keys[0], "/rounds"))
	if !strings.Contains(h.LogText.String(), "validating origin") {
		t.Error("the log does not tell the operator that a passkey was refused for its origin")
	}
	for _, a := range answers {
		a.Wants(422).One(".ds-error-summary")
		if body, first := perRequest.ReplaceAllString(a.Body, ""), perRequest.ReplaceAllString(answers[0].Body, ""); body != first {
			t.Errorf("two refusals differ:\n%s\n%s", body, first)
		}
	}
}

func TestANameThatDoesNotDoKeepsTheKey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		c, _, _ := oneLeader(t, h)
		long := strings.Repeat("å", 61)
		a := addPasskey(t, c, housetest.NewAuthenticator(), long).Wants(422)
		if got := a.One("#name").AttrOr("value", ""); got != long {
			t.Errorf("the form holds %q", got)
		}
		a.One(`.ds-error-summary a[href="#name"]`)
		action, values := a.Form("form[data-hv-passkey]", "")
		values.Set("name", "Jobbdatorn")
		c.Post(t, action, values).Leads(mySignIn)
		page := c.Get(t, mySignIn).One("section:has(#passkeys) li a").AttrOr("href", "")
		c.Get(t, page).Wants(200).One("#remove")
		if got := c.Post(t, page, url.Values{"name": {" "}}).Wants(422).Text(".ds-error-summary li"); got[0] != "Skriv ett namn" {
			t.Errorf("%q", got)
		}
		c.Post(t, page, url.Values{"name": {"Mobilen"}}).Leads(mySignIn)
		if got := c.Get(t, mySignIn).Text("section:has(#passkeys) h3"); len(got) != 1 || got[0] != "Mobilen" {
			t.Errorf("%q", got)
		}
		c.Post(t, mySignIn+"/passkeys", values).Wants(422) // the ceremony is used up
	})
}

func TestAStaleSignInIsAskedToConfirm(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	c, _, _ := oneLeader(t, h)
	addPasskey(t, c, housetest.NewAuthenticator(), "Jobbdatorn").Leads(mySignIn)
	page := c.Get(t, mySignIn).One("section:has(#passkeys) li a").AttrOr("href", "")
	c.Get(t, page).One(`form[action="` + page + `/remove"]`)
	h.Time.Move(signin.FreshLimit)
	for path, next := range map[string]string{mySignIn: mySignIn, page: page} {
		a := c.Get(t, path).Wants(200)
		if a.All(passkeyScript+`, form[data-hv-passkey], form[action$="/remove"]`).Length() != 0 {
			t.Errorf("%s offers what will be refused", path)
		}
		want := "/me/confirm?" + url.Values{"next": {next}}.Encode()
		if got := a.One(`main a[href^="/me/confirm"]`).AttrOr("href", ""); got != want {
			t.Errorf("%s leads to %s, want %s", path, got, want)
		}
	}
	c.Post(t, mySignIn+"/passkeys/begin", nil).Wants(403)
	c.Post(t, page+"/remove", nil).Wants(403)
	c.Get(t, page).Wants(200)
}

func TestEndingASignInBitesAtTheNextRequest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		c, leader, _ := oneLeader(t, h)
		second, third := h.SignIn(t, leader.Email), h.SignIn(t, leader.Email)
		end := c.Get(t, mySignIn).Wants(200).All(`section:has(#sign-ins) li form`).First().AttrOr("action", "")
		c.Post(t, end, nil).Leads(mySignIn)
		third.Get(t, "/rounds").Leads("/sign-in?next=%2Frounds") // the latest stands first
		second.Get(t, "/rounds").Wants(200)
		c.Post(t, end, nil).Wants(404)
		c.Post(t, mySignIn+"/sessions/end", nil).Leads(mySignIn)
		second.Get(t, "/rounds").Wants(303)
		a := c.Get(t, mySignIn).Wants(200)
		if n := a.All("section:has(#sign-ins) form").Length(); n != 0 {
			t.Errorf("%d sign-ins are offered to be ended when there are no others", n)
		}
	})
}

func TestTriesToSignInAreLimited(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t), func(_ *webtest.House, c *web.Config) { c.AddressHeader = "X-Forwarded-For" })
	for h.SignIns.AdmitAddress("192.0.2.7") == nil { // until it is no longer let
	}
	proxied := func(chain string) *webtest.Client { return h.Nobody().With("X-Forwarded-For", chain) }
	for _, path := range []string{"/sign-in", "/start", "/sign-in/passkey", "/sign-in/passkey/begin"} {
		if a := proxied("198.51.100.1, 192.0.2.7").Post(t, path, nil); a.Status != 429 {
			t.Errorf("%s: %d", path, a.Status)
		}
		if a := proxied("192.0.2.7, 198.51.100.1").Post(t, path, nil); a.Status == 429 {
			t.Errorf("%s: somebody else was refused for an address that the visitor wrote", path)
		}
	}
}

func TestWithoutAnAddressThereAreNoPasskeys(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t), func(h *webtest.House, c *web.Config) {
		h.SignIns = signin.New(h.DB, h.Clock, h.Log, h.Directory, h.Vault, h.Catalogue, h.Letters, h.Texts)
		c.SignIns = h.SignIns
	})
	c, _, _ := oneLeader(t, h)
	for _, a := range []*webtest.Answer{h.Nobody().Get(t, "/sign-in").Wants(200), c.Get(t, "/").Wants(200), c.Get(t, mySignIn).Wants(200)} {
		if n := a.All(passkeyScript + ", form[data-hv-passkey], #wants-passkey, #passkeys").Length(); n != 0 {
			t.Errorf("%s speaks of passkeys", a.Asked)
		}
	}
	h.Nobody().Post(t, "/sign-in/passkey/begin", nil).Wants(404)
	h.Nobody().Post(t, "/sign-in/passkey", nil).Wants(404)
	c.Post(t, mySignIn+"/passkeys/begin", nil).Wants(404)
}

func TestThePasskeyScriptIsLoadedOnlyWhereItIsUsed(t *testing.T) {
	for _, a := range everyPage(t, webtest.Open(t, dbtest.New(t))) {
		if forms, scripts := a.All("form[data-hv-passkey]").Length(), a.All(passkeyScript).Length(); forms != scripts {
			t.Errorf("%s: %d forms, %d scripts", a.Asked, forms, scripts)
		}
		if n := a.All("[data-hv-passkey-part]:not([hidden])").Length(); n != 0 {
			t.Errorf("%s: what needs script is shown without it", a.Asked)
		}
	}
}
