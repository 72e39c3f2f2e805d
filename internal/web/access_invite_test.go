package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/directory"
	"hemvist/internal/signin"
	"hemvist/internal/web/webtest"
)

// invites tells whether a route is one of those that askInvite asks: of invitations and of organisations' own sign-in.
func invites(route string) bool {
	return strings.Contains(route, "/oidc") || strings.HasSuffix(route, "/identity") || strings.Contains(route, "/invit") || route == "GET /welcome"
}

// askInvite asks one of them as it would be asked by whoever may.
func (m *matrix) askInvite(t *testing.T, c *webtest.Client, route, relation string, role access.Role) *webtest.Answer {
	t.Helper()
	method, path, _ := strings.Cut(route, " ")
	at, there := m.places[relation]
	if !there {
		at = m.places["own"]
	}
	switch {
	case strings.Contains(route, "/invit") || route == "GET /welcome":
		return m.askInvitation(t, c, route, at, role)
	case strings.HasSuffix(path, "/identity"):
		if _, alive := m.places[relation]; alive && role == access.Administrator {
			c = m.boss(t) // whose role is for the whole organisation, as how its people sign in is
		}
		path = strings.ReplaceAll(path, "{organisation}", at.Organisation)
		if method == http.MethodPost {
			return c.Post(t, path, identityForm(m.idp(t)))
		}
		return c.Get(t, path)
	case path == "/sign-in/oidc":
		m.idp(t)
		return c.Post(t, path, url.Values{"organisation": {m.places["own"].Organisation}})
	default:
		return comeBack(t, c, m.idp(t), m.places["own"].Organisation)
	}
}

// askInvitation asks a route of invitations, about one to a place that the hub's coordinator has sent.
func (m *matrix) askInvitation(t *testing.T, c *webtest.Client, route string, at webtest.Place, role access.Role) *webtest.Answer {
	t.Helper()
	method, path, _ := strings.Cut(route, " ")
	form := url.Values{}
	switch {
	case route == "POST /people/invite":
		form = url.Values{"name": {"Samira Övningsson"}, "email": {m.freshAddress()}, "language": {"sv"}, "place": {at.Organisation + "/" + at.Authority},
			"role": {"leader"}, "programme": {"connect"}, "from": {m.Today().String()}}
	case strings.HasSuffix(path, "/invitation"):
		form.Set("code", m.Vault.Secret("invitation", m.invited(t, at)))
		if method == http.MethodGet {
			path += "?" + form.Encode()
		}
	case strings.Contains(path, "{invitation}"):
		id := "none"
		if access.ReachOf(role, access.InvitePerson) != access.None {
			id = m.invited(t, at)
		}
		path = strings.ReplaceAll(path, "{invitation}", id)
		form.Set("email", m.freshAddress())
	}
	if method == http.MethodGet {
		return c.Get(t, path)
	}
	return c.Post(t, path, form)
}

// freshAddress is one that nobody has yet.
func (m *matrix) freshAddress() string {
	m.invitees++
	return fmt.Sprintf("inbjuden%d@hemvist.example", m.invitees)
}

// invited is the id of an invitation to a place that the hub's coordinator has just sent.
func (m *matrix) invited(t *testing.T, at webtest.Place) string {
	t.Helper()
	who, err := m.SignIns.Resolve(t.Context(), m.clients[access.Coordinator].Cookie(sessionCookie).Value)
	if err != nil {
		t.Fatal(err)
	}
	done, err := m.SignIns.Invite(t.Context(), who, signin.Invite{
		Person: directory.PersonForm{Name: "Samira Övningsson", Email: m.freshAddress(), Language: "sv"},
		Role: directory.RoleForm{RoleAt: directory.RoleAt{Role: access.Leader, OrganisationID: at.Organisation, AuthorityID: at.Authority, Programme: "connect"},
			Period: directory.Period{From: m.Today()}}}, "r")
	if err != nil {
		t.Fatal(err)
	}
	return done.Invitation
}

// boss is a client of an administrator of the whole organisation.
func (m *matrix) boss(t *testing.T) *webtest.Client {
	t.Helper()
	if m.wide == nil {
		at := m.places["own"]
		at.Authority = ""
		m.wide = m.SignIn(t, m.NewPerson(t, access.Administrator, at).Email)
	}
	return m.wide.Clone()
}

// idp is the provider of the organisation "own", which says that everybody who comes is m.other.
func (m *matrix) idp(t *testing.T) *webtest.Provider {
	t.Helper()
	if m.provider == nil {
		m.provider = m.NewProvider(t)
		m.provider.Person = map[string]any{"sub": "1", "email": m.other.Email, "email_verified": true, "name": m.other.Name}
		m.boss(t).Post(t, "/organisations/"+m.places["own"].Organisation+"/identity", identityForm(m.provider)).Wants(http.StatusSeeOther)
	}
	return m.provider
}

// identityForm is what an administrator writes to connect a provider.
func identityForm(p *webtest.Provider) url.Values {
	s := p.Settings()
	return url.Values{"active": {"yes"}, "issuer": {s.Issuer}, "client": {s.ClientID}, "client-password": {p.Secret}, "scopes": {s.Scopes},
		"subject": {s.Mapping.Subject}, "email": {s.Mapping.Email}, "name": {s.Mapping.Name}}
}

// comeBack begins to sign in through an organisation, and comes back from its provider.
func comeBack(t *testing.T, c *webtest.Client, p *webtest.Provider, organisation string) *webtest.Answer {
	t.Helper()
	a := c.Post(t, "/sign-in/oidc", url.Values{"organisation": {organisation}, "next": {"/rounds"}}).Wants(http.StatusOK)
	_, address, _ := strings.Cut(a.Header.Get("Refresh"), "url=")
	back := p.Answer(t, address)
	return c.Get(t, "/sign-in/oidc/callback?"+url.Values{"state": {back.State}, "code": {back.Code}, "iss": {back.Issuer}}.Encode())
}
