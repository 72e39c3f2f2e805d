package web

import (
	"fmt"
	"net/http"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/signin"
	"hemvist/internal/web/views"
)

// emptyRules is how many empty rows a mapping's form ends with, for more rules. Saving gives as many anew.
const emptyRules = 3

func identityHref(organisation string) string { return "/organisations/" + organisation + "/identity" }

func (s *Server) showIdentity(w http.ResponseWriter, r *http.Request) error {
	x, err := s.SignIns.Identity(r.Context(), visitOf(r).who, r.PathValue("organisation"))
	if err != nil {
		return err
	}
	return s.renderIdentity(w, r, http.StatusOK, x, views.Identity{})
}

// setIdentity saves the form, or tries the address that stands in it.
func (s *Server) setIdentity(w http.ResponseWriter, r *http.Request) error {
	v, organisation := visitOf(r), r.PathValue("organisation")
	x, err := s.SignIns.Identity(r.Context(), v.who, organisation)
	if err != nil {
		return err
	}
	typed := typedProvider(r)
	if r.PostFormValue("do") == "try" {
		x.Active, x.Issuer, x.ClientID, x.Scopes, x.Mapping = typed.Active, typed.Issuer, typed.ClientID, typed.Scopes, typed.Mapping
		key, cause := s.SignIns.TryProvider(r.Context(), typed.Issuer)
		data := views.Identity{Tried: v.texts.T(key), TriedWell: cause == nil}
		if cause != nil {
			s.Logger.Info("a provider was tried", "request", v.id, "err", cause)
		}
		return s.renderIdentity(w, r, http.StatusOK, x, data)
	}
	err = s.SignIns.SetIdentity(r.Context(), v.who, organisation, typed, r.PostFormValue("client-password"), v.id)
	if errs.Is(err, errs.Invalid) {
		x.Active, x.Issuer, x.ClientID, x.Scopes, x.Mapping = typed.Active, typed.Issuer, typed.ClientID, typed.Scopes, typed.Mapping
		return s.renderIdentity(w, r, http.StatusUnprocessableEntity, x, views.Identity{Form: formOf(v.texts, err)})
	}
	if err != nil {
		return err
	}
	flash := "flash.identity.off"
	if typed.Active {
		flash = "flash.identity.on"
	}
	return s.redirect(w, r, r.URL.Path, flash)
}

// typedProvider is the form as it was sent.
func typedProvider(r *http.Request) signin.Provider {
	value := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	p := signin.Provider{Active: value("active") == "yes", Issuer: value("issuer"), ClientID: value("client"), Scopes: value("scopes"),
		Mapping: signin.Mapping{Subject: value("subject"), Email: value("email"), Name: value("name"), Trusted: value("trusted") == "yes",
			Create: value("create") == "yes"}}
	for i := 1; i <= signin.MaxRules+emptyRules; i++ {
		part := func(name string) string { return value(fmt.Sprintf("rule-%d-%s", i, name)) }
		if _, sent := r.PostForm[fmt.Sprintf("rule-%d-claim", i)]; !sent {
			break
		}
		p.Mapping.Rules = append(p.Mapping.Rules, signin.Rule{Claim: part("claim"), Value: part("value"), Role: access.Role(part("role")),
			Authority: part("board"), Programme: part("programme")})
	}
	return p
}

func (s *Server) renderIdentity(w http.ResponseWriter, r *http.Request, status int, x signin.Identity, data views.Identity) error {
	v := visitOf(r)
	t := v.texts
	data.Action, data.Organisation, data.Callback, data.Active = r.URL.Path, x.Name, s.SignIns.Callback(), x.Active
	data.Issuer, data.Client, data.Scopes, data.HasSecret = x.Issuer, x.ClientID, x.Scopes, x.HasSecret()
	data.Subject, data.Email, data.Name, data.Trusted, data.Create = x.Mapping.Subject, x.Mapping.Email, x.Mapping.Name, x.Mapping.Trusted, x.Mapping.Create
	data.Allowed = s.SignIns.ProvidersAllowed()
	if !x.Changed.IsZero() {
		data.Changed = t.T("identity.changed", "at", moment(t, x.Changed), "by", x.By)
	}
	rules := x.Mapping.Rules
	for len(rules) > 0 && rules[len(rules)-1] == (signin.Rule{}) {
		rules = rules[:len(rules)-1]
	}
	for i := range min(len(rules)+emptyRules, signin.MaxRules) {
		rule := signin.Rule{}
		if i < len(rules) {
			rule = rules[i]
		}
		data.Rules = append(data.Rules, s.ruleView(v, x, i+1, rule, data.Form))
	}
	page := s.page(r, t.T("identity.title"))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, status, views.IdentityPage(page, data))
}

// ruleView is one row of the mapping.
func (s *Server) ruleView(v *visit, x signin.Identity, n int, rule signin.Rule, form views.Form) views.IdentityRule {
	t := v.texts
	id := fmt.Sprintf("rule-%d", n)
	row := views.IdentityRule{ID: id, Legend: t.T("identity.rule", "number", n), Claim: rule.Claim, Value: rule.Value,
		Roles: []views.Option{{Text: t.T("identity.role.none")}}, Boards: []views.Option{{Text: t.T("identity.board.whole")}},
		Programmes: []views.Option{{Text: t.T("identity.programme.all")}}}
	for _, part := range []string{"claim", "value", "role", "board", "programme"} {
		if wrong := form.Of(id + "-" + part); wrong != "" {
			row.Wrong = append(row.Wrong, views.Wrong{Field: id + "-" + part, Text: wrong})
		}
	}
	for _, role := range directory.RolesOf(x.Kind) {
		row.Roles = append(row.Roles, views.Option{Value: string(role), Text: t.T("role." + string(role)), Chosen: role == rule.Role})
	}
	for _, a := range x.Authorities {
		row.Boards = append(row.Boards, views.Option{Value: a.ID, Text: a.Name, Chosen: a.ID == rule.Authority})
	}
	for _, d := range s.Definitions.InForce() {
		row.Programmes = append(row.Programmes, views.Option{Value: d.ID, Text: d.Title.In(t.Lang()), Chosen: d.ID == rule.Programme})
	}
	return row
}
