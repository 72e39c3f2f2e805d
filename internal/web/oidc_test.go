package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/signin"
	"hemvist/internal/web/webtest"
)

// connecting is a house with an administrator of a whole organisation, and a provider that is not connected yet.
func connecting(t *testing.T, d *db.DB) (h *webtest.House, boss *webtest.Client, p *webtest.Provider, place webtest.Place, page string) {
	t.Helper()
	h = webtest.Open(t, d)
	place = h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")
	if err := h.Catalogue.GiveHomes(t.Context()); err != nil {
		t.Fatal(err)
	}
	whole := place
	whole.Authority = ""
	boss, p = h.SignIn(t, h.NewPerson(t, access.Administrator, whole).Email), h.NewProvider(t)
	return h, boss, p, place, "/organisations/" + place.Organisation + "/identity"
}

func TestConnectingAProvider(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, boss, p, place, page := connecting(t, d)
		a := boss.Get(t, page).Wants(200)
		if got := a.One("#scopes").AttrOr("value", ""); got != "openid profile email" {
			t.Errorf("one begins with the scopes %q", got)
		}
		if !strings.Contains(a.Body, "https://example.com/sign-in/oidc/callback") {
			t.Error("the page does not say where people come back to")
		}
		if got := h.Nobody().Get(t, "/sign-in").Wants(200); got.All("#with-organisation").Length() != 0 {
			t.Error("a way in is offered that nobody has connected")
		}
		form := identityForm(p)
		form.Set("rule-1-claim", "groups")
		form.Set("rule-1-value", "Ledare")
		form.Set("rule-1-role", "leader")
		form.Set("rule-1-board", place.Authority)
		form.Set("rule-1-programme", "connect")
		form.Set("rule-2-claim", "") // a row in which nothing stands is none
		boss.Post(t, page, form).Leads(page)
		a = boss.Get(t, page).Wants(200)
		if a.One("#client").AttrOr("value", "") != "hemvist" || a.One("#rule-1-value").AttrOr("value", "") != "Ledare" ||
			a.One(`#rule-1-role option[selected]`).AttrOr("value", "") != "leader" || a.One("#client-password").AttrOr("value", "") != "" {
			t.Error("what was saved is not shown, or what is secret is")
		}
		if strings.Contains(a.Body, p.Secret) {
			t.Error("the page holds the secret")
		}
		if got := h.Nobody().Get(t, "/sign-in").Wants(200).Text("#with-organisation ~ form option"); len(got) != 1 || got[0] != "Provköpings kommun" {
			t.Errorf("the ways in are %v", got)
		}
		if stored(t, h.DB) == "" || strings.Contains(stored(t, h.DB), p.Secret) {
			t.Error("the secret is stored as it is")
		}

		// An empty secret keeps the one there is, and is not sent to somewhere new.
		form.Set("client-password", "")
		boss.Post(t, page, form).Leads(page)
		p.Person = map[string]any{"sub": "1", "email": h.NewPerson(t, access.Leader, place).Email, "email_verified": true}
		comeBack(t, h.Nobody(), p, place.Organisation).Leads("/rounds")
		form.Set("issuer", "http://localhost:1")
		if got := boss.Post(t, page, form).Wants(422).One("#client-password-error").Text(); got != h.Texts.For("sv").T("identity.error.secret") {
			t.Errorf("for another provider it says %q", got)
		}
	})
}

func TestWhatIsWrongWithAProvider(t *testing.T) {
	h, boss, p, _, page := connecting(t, dbtest.New(t))
	elsewhere := h.NewPlace(t, h.NewHub(t, "Norra hemvisten"), "Övningstads kommun")
	for field, values := range map[string][]string{
		"issuer":          {"", "http://inloggning.example", "ftp://x", "https://", "inloggning", "https://a:b@inloggning.example", "https://inloggning.example?x=1", "javascript:alert(1)"},
		"client":          {"", " "},
		"client-password": {"", strings.Repeat("x", 1001)},
		"scopes":          {"", "profile email"},
		"subject":         {""}, "email": {""}, "name": {""},
		"rule-1-claim": {"", strings.Repeat("x", 201)}, "rule-1-value": {""}, "rule-1-role": {"", "king", "coordinator", "researcher"},
		"rule-1-board": {"none", elsewhere.Authority}, "rule-1-programme": {"none"},
	} {
		for _, value := range values {
			form := identityForm(p)
			form.Set("rule-1-claim", "groups")
			form.Set("rule-1-value", "Ledare")
			form.Set("rule-1-role", "leader")
			form.Set("rule-1-programme", "connect")
			form.Set(field, value)
			a := boss.Post(t, page, form).Wants(422)
			a.One("#" + field + "-error")
			if kept := a.One("#rule-1-value").AttrOr("value", ""); field != "rule-1-value" && kept != "Ledare" {
				t.Errorf("%s: what was typed is gone: %q", field, kept)
			}
		}
	}
	form := identityForm(p)
	for i := range signin.MaxRules + 1 {
		row := "rule-" + string(rune('0'+(i+1)/10)) + string(rune('0'+(i+1)%10))
		row = strings.Replace(row, "rule-0", "rule-", 1)
		form.Set(row+"-claim", "groups")
		form.Set(row+"-value", row)
		form.Set(row+"-role", "leader")
		form.Set(row+"-programme", "connect")
	}
	if got := boss.Post(t, page, form).Wants(422).Text(".ds-error-summary li"); len(got) != 1 {
		t.Errorf("too many rows: %v", got)
	}
}

func TestWhoConnectsAProvider(t *testing.T) {
	h, boss, p, place, page := connecting(t, dbtest.New(t))
	// How an organisation's people sign in is not for one of its boards to say.
	h.SignIn(t, h.NewPerson(t, access.Administrator, place).Email).Get(t, page).Wants(404)
	h.Time.Move(signin.FreshLimit)
	a := boss.Post(t, page, identityForm(p)).Wants(403)
	if strings.Contains(a.Body, p.Secret) || a.All(`input[name="issuer"][value="`+p.URL+`"]`).Length() != 1 {
		t.Error("the form that is to be sent again has lost what was typed, or keeps what is secret")
	}
}

func TestTryingAProvider(t *testing.T) {
	h, boss, p, _, page := connecting(t, dbtest.New(t))
	say := h.Texts.For("sv").T
	try := func(issuer string) string {
		t.Helper()
		form := identityForm(p)
		form.Set("issuer", issuer)
		form.Set("do", "try")
		a := boss.Post(t, page, form).Wants(200)
		if got := a.One("#issuer").AttrOr("value", ""); got != issuer {
			t.Errorf("what was typed is now %q", got)
		}
		return a.One("#tried").Text()
	}
	answers := map[string]string{p.URL: "ok", p.URL + "/": "issuer", "http://annan.example": "address", "": "address",
		"http://localhost:1": "unreachable", p.URL + "/inte-har": "answer"}
	for issuer, want := range answers {
		if got := try(issuer); got != say("identity.try."+want) {
			t.Errorf("%q: %q", issuer, got)
		}
	}
	p.Broken = true
	if got := try(p.URL); got != say("identity.try.answer") {
		t.Errorf("what is no provider: %q", got)
	}
	if got := boss.Get(t, page).Wants(200).One("#issuer").AttrOr("value", ""); got != "" {
		t.Errorf("to try has stored %q", got)
	}
}

func TestSigningInThroughAnOrganisation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, boss, p, place, page := connecting(t, d)
		boss.Post(t, page, identityForm(p)).Leads(page)
		leader := h.NewPerson(t, access.Leader, place)
		p.Person = map[string]any{"sub": "1", "email": leader.Email, "email_verified": true}

		c := h.Nobody()
		a := c.Post(t, "/sign-in/oidc", url.Values{"organisation": {place.Organisation}}).Wants(200)
		if to := a.Header.Get("Refresh"); to != "0; url="+a.One("main a.ds-button").AttrOr("href", "") || !strings.Contains(to, "code_challenge_method=S256") {
			t.Errorf("the browser is sent to %q", to)
		}
		comeBack(t, c, p, place.Organisation).Leads("/rounds")
		if got := c.Get(t, mySignIn).Wants(200).Text("section:has(#sign-ins) h3"); len(got) != 1 || got[0] != "Via Provköpings kommun" {
			t.Errorf("signed in %v", got)
		}
		c.Post(t, mySignIn+"/passkeys/begin", nil).Wants(403)

		// Whoever is not let in gets one page, in words, and no cookie.
		p.Person["sub"] = "2"
		stranger := h.Nobody()
		a = comeBack(t, stranger, p, place.Organisation).Wants(422)
		if got := a.One("h1").Text(); got != h.Texts.For("sv").T("oidc.refused") || stranger.Cookie("__Host-hemvist") != nil {
			t.Errorf("a stranger reads %q", got)
		}
		if got := a.One("main a.ds-button").AttrOr("href", ""); got != "/sign-in?next=%2Frounds" {
			t.Errorf("it leads on to %q", got)
		}
		h.Nobody().Get(t, "/sign-in/oidc/callback?code=a&state=b").Wants(422)
		h.Nobody().Post(t, "/sign-in/oidc", url.Values{"organisation": {"none"}}).Wants(422).One("#organisation-error")

		// The other ways in stand there when the provider does not answer.
		p.Broken = true
		if _, err := h.SignIns.TryProvider(t.Context(), p.URL); err == nil { // and what was known of it is forgotten
			t.Error("what is broken answers")
		}
		a = h.Nobody().Post(t, "/sign-in/oidc", url.Values{"organisation": {place.Organisation}}).Wants(http.StatusServiceUnavailable)
		if got := a.Text(".ds-error-summary li"); len(got) != 1 || got[0] != h.Texts.For("sv").T("oidc.error.down") || a.All("#code").Length() != 1 {
			t.Errorf("the page says %v", got)
		}
	})
}
