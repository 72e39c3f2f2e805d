package web_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/web/webtest"
)

func TestPasswordFromPageToSignIn(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	c, leader, _ := oneLeader(t, h)
	refused := c.Post(t, mySignIn+"/password", url.Values{"password": {"lösenordlösenord"}}).Wants(422)
	if got := refused.Text("#password-error"); len(got) != 1 || !strings.HasPrefix(got[0], "Det är för lätt att gissa") {
		t.Errorf("it says %q", got)
	}
	if refused.One("#password").AttrOr("value", "") != "" {
		t.Error("the page repeats a password")
	}
	c.Get(t, mySignIn+"/password/code").Leads(mySignIn + "/password")
	secret, reserve := newPassword(t, h, c)
	if len(reserve) != 10 || len(reserve[0]) != 19 {
		t.Errorf("reserve codes %q", reserve)
	}
	h.Time.Move(time.Minute)
	n := h.Nobody()
	action, form := n.Get(t, "/sign-in?next=%2Frounds").Wants(200).Form(`form[action="/sign-in/password"]`, "")
	form.Set("email", leader.Email)
	form.Set("password", passphrase)
	form.Set("otp", "000000")
	again := n.Post(t, action, form).Wants(422)
	_, kept := again.Form(`form[action="/sign-in/password"]`, "")
	if kept.Get("email") != leader.Email || kept.Get("password") != "" || kept.Get("otp") != "" || kept.Get("next") != "/rounds" {
		t.Errorf("kept: %v", kept)
	}
	form.Set("otp", codeOf(t, h, secret))
	n.Post(t, action, form).Leads("/rounds")
	if got := n.Get(t, mySignIn).Text("section:has(#sign-ins) h3"); got[0] != "Med lösenord" {
		t.Errorf("the sign-ins: %q", got)
	}
	h.Time.Move(16 * time.Minute)
	action, form = n.Get(t, confirmPage+"?next=/me/sign-in/password").Wants(200).Form(`form:has([value="password"])`, "")
	form.Set("password", passphrase)
	form.Set("otp", reserve[0])
	n.Post(t, action, form).Leads(mySignIn + "/password")
	if got := strings.Join(n.Get(t, mySignIn+"/password").Text("section:has(#present) p"), " "); !strings.Contains(got, "9 reservkoder kvar") {
		t.Errorf("it says %q", got)
	}
	n.Post(t, mySignIn+"/password/remove", nil).Leads(mySignIn)
}

// TestOneAnswerToEveryPasswordThatOpensNothing compares whole pages.
func TestOneAnswerToEveryPasswordThatOpensNothing(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	c, leader, _ := oneLeader(t, h)
	secret, _ := newPassword(t, h, c)
	h.Time.Move(time.Minute)
	try := func(email, password, code string) *webtest.Answer {
		a := h.Nobody().Post(t, "/sign-in/password", url.Values{"email": {email}, "password": {password}, "otp": {code}}).Wants(422)
		a.Body = strings.ReplaceAll(perRequest.ReplaceAllString(a.Body, ""), email, "ADDRESS")
		return a
	}
	answers := []*webtest.Answer{try("nobody@demo.example", passphrase, "123456"), try(leader.Email, "something else altogether", codeOf(t, h, secret)),
		try(leader.Email, passphrase, "000000")}
	for range 8 {
		try(leader.Email, "no", "no")
	}
	answers = append(answers, try(leader.Email, passphrase, codeOf(t, h, secret))) // too many
	h.Time.Move(10 * time.Minute)
	place := webtest.Place{Organisation: organisationOf(t, h, c)}
	admin := h.SignIn(t, h.NewPerson(t, access.Administrator, place).Email)
	page := admin.Get(t, mySignIn).One("section:has(#rules) a").AttrOr("href", "")
	action, form := admin.Get(t, page).Wants(200).Form("main form", "")
	if form.Get("rule") != "allowed" {
		t.Errorf("what holds: %v", form)
	}
	form.Set("rule", "forbidden")
	admin.Post(t, action, form).Leads(page)
	admin.Post(t, action, url.Values{"rule": {"x"}}).Wants(422)
	answers = append(answers, try(leader.Email, passphrase, codeOf(t, h, secret))) // forbidden
	for _, a := range answers[1:] {
		if a.Body != answers[0].Body {
			t.Errorf("two refusals differ:\n%s\n%s", a.Body, answers[0].Body)
		}
	}
	c.Get(t, mySignIn).Wants(200)
	if got := strings.Join(c.Get(t, mySignIn).Text("section:has(#password) p"), " "); !strings.HasPrefix(got, "Lösenord får inte användas i Provköpings kommun") {
		t.Errorf("who has one is told %q", got)
	}
	if got := admin.Get(t, page).Text("section:has(#history) h3"); len(got) != 1 || got[0] != "Lösenord får inte användas" {
		t.Errorf("the history: %q", got)
	}
}

func organisationOf(t *testing.T, h *webtest.House, c *webtest.Client) string {
	t.Helper()
	who, err := h.SignIns.Resolve(t.Context(), c.Cookie(sessionCookie).Value)
	if err != nil {
		t.Fatal(err)
	}
	return who.Subject.Organisation
}
