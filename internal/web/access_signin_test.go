package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/pquerna/otp/totp"

	"hemvist/internal/access"
	"hemvist/internal/house/housetest"
	"hemvist/internal/web/webtest"
)

// askConfirm asks a route by which somebody who is signed in shows again who they are.
func (m *matrix) askConfirm(t *testing.T, c *webtest.Client, route string, role access.Role) *webtest.Answer {
	t.Helper()
	method, path, _ := strings.Cut(route, " ")
	form := url.Values{"next": {"/rounds"}}
	switch {
	case method == http.MethodGet:
		return c.Get(t, path)
	case route == "POST /me/confirm":
		code, err := m.SignIns.NewCode(t.Context(), m.people[role].Email)
		if err != nil {
			t.Fatal(err)
		}
		form.Set("by", "code")
		form.Set("code", code)
	case route == "POST /me/confirm/passkey":
		if options := c.Post(t, path+"/begin", nil); options.Status == http.StatusOK {
			device := housetest.NewAuthenticator() // tries are limited by passkey
			defer c.Post(t, newPasskey(t, c, device)+"/remove", nil)
			options = c.Post(t, path+"/begin", nil)
			form.Set("answer", string(device.Use(t, device.Keys[0], []byte(options.Body))))
		}
	}
	return c.Post(t, path, form)
}

// roleOf is the id of a role of the person's own in the relation "own", and of somebody else's in the others.
func (m *matrix) roleOf(relation string, role access.Role) string {
	if relation == "own" {
		return m.people[role].RoleID
	}
	return m.other.RoleID
}

func isPassword(route string) bool {
	return strings.Contains(route, "/sign-in/password") || strings.HasSuffix(route, "/organisations/{organisation}/sign-in")
}

const passphrase = "grönt te med två ugglor"

// newPassword sets a password for who is signed in, by the pages, and returns the secret in their app and their reserve codes.
func newPassword(t *testing.T, h *webtest.House, c *webtest.Client) (secret string, reserve []string) {
	t.Helper()
	c.Post(t, mySignIn+"/password", url.Values{"password": {passphrase}}).Leads(mySignIn + "/password/code")
	secret = strings.ReplaceAll(c.Get(t, mySignIn+"/password/code").Wants(200).One(".hv-code").Text(), " ", "")
	return secret, c.Post(t, mySignIn+"/password/code", url.Values{"code": {codeOf(t, h, secret)}}).Wants(200).Text("ol .hv-code")
}

// codeOf is what an app shows now.
func codeOf(t *testing.T, h *webtest.House, secret string) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, h.Time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// askPassword asks a route about the reader's own password, or about the rules of an organisation: the one that the person answers for in
// the relation "own", others in the others. Whoever asks here has no other cell's password.
func (m *matrix) askPassword(t *testing.T, c *webtest.Client, route, relation string, role access.Role) *webtest.Answer {
	t.Helper()
	method, path, _ := strings.Cut(route, " ")
	if rules := "/organisations/{organisation}/sign-in"; path == rules {
		organisation := m.places["other"].Organisation
		switch relation {
		case "hub":
			organisation = m.places["hub"].Organisation
		case "own", "role-ended", "session-ended", "anonymous":
			organisation = m.places["own"].Organisation
		}
		if relation == "own" && role == access.Administrator { // one of the whole organisation, not of a board
			c = m.SignIn(t, m.NewPerson(t, role, webtest.Place{Hub: m.places["own"].Hub, Organisation: organisation}).Email)
		}
		path = strings.ReplaceAll(rules, "{organisation}", organisation)
		if method == http.MethodGet {
			return c.Get(t, path)
		}
		return c.Post(t, path, url.Values{"rule": {"allowed"}})
	}
	form := url.Values{"password": {passphrase}}
	in := relation != "role-ended" && relation != "session-ended" && relation != "anonymous"
	switch route {
	case "POST /sign-in/password":
		return c.Post(t, path, m.passwordTry(t))
	case "GET /me/sign-in/password/code":
		if in {
			c.Post(t, mySignIn+"/password", form).Wants(http.StatusSeeOther)
		}
	case "POST /me/sign-in/password/code":
		if in {
			c.Post(t, mySignIn+"/password", form).Wants(http.StatusSeeOther)
			secret := strings.ReplaceAll(c.Get(t, path).Wants(200).One(".hv-code").Text(), " ", "")
			form = url.Values{"code": {codeOf(t, m.House, secret)}}
		}
	case "POST /me/sign-in/password/reserve", "POST /me/sign-in/password/remove":
		if in {
			newPassword(t, m.House, c)
		}
	}
	if method == http.MethodGet {
		return c.Get(t, path)
	}
	return c.Post(t, path, form)
}

// passwordTry is what opens by password, once: a reserve code of somebody who has nothing else to do.
func (m *matrix) passwordTry(t *testing.T) url.Values {
	t.Helper()
	if len(m.reserve) == 0 {
		p := m.NewPerson(t, access.Leader, m.places["own"])
		_, m.reserve = newPassword(t, m.House, m.SignIn(t, p.Email))
		m.passwordOf = p.Email
	}
	code := m.reserve[0]
	m.reserve = m.reserve[1:]
	return url.Values{"email": {m.passwordOf}, "password": {passphrase}, "otp": {code}, "next": {"/"}}
}
