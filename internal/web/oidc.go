package web

import (
	"net/http"
	"net/url"

	"hemvist/internal/errs"
	"hemvist/internal/signin"
	"hemvist/internal/web/views"
)

// identityCookie holds the handle of a sign-in that has begun at an organisation's provider.
const identityCookie = "identity"

// beginIdentity sends the browser to the provider of the organisation that was chosen. It does so by a page with a link that the
// browser follows by itself: a form of ours may not lead to another site.
func (s *Server) beginIdentity(w http.ResponseWriter, r *http.Request) error {
	if err := s.admit(r); err != nil {
		return err
	}
	v, data := visitOf(r), views.SignIn{Next: localPath(r.PostFormValue("next")), Organisation: r.PostFormValue("organisation")}
	d, err := s.SignIns.BeginIdentity(r.Context(), data.Organisation, data.Next)
	if errs.Is(err, errs.NotFound) {
		err = errs.InvalidFields(errs.Field{Name: "organisation", Key: "oidc.error.organisation"})
	}
	switch {
	case errs.Is(err, errs.Invalid):
		data.Identity = formOf(v.texts, err)
		return s.renderSignIn(w, r, http.StatusUnprocessableEntity, data)
	case errs.Is(err, errs.Unavailable):
		s.Logger.Warn("a provider does not answer", "request", v.id, "organisation", data.Organisation, "err", err)
		data.Identity = formOf(v.texts, err)
		return s.renderSignIn(w, r, http.StatusServiceUnavailable, data)
	case err != nil:
		return err
	}
	s.setCookie(w, identityCookie, d.Handle, int(signin.IdentityLimit().Seconds()))
	w.Header().Set("Refresh", "0; url="+d.Address)
	w.Header().Set("Referrer-Policy", "no-referrer")
	return s.render(w, r, http.StatusOK, views.DeparturePage(s.page(r, v.texts.T("oidc.leaving")), views.Departure{Name: d.Name, Href: d.Address}))
}

// finishIdentity takes what the browser brings back from a provider.
func (s *Server) finishIdentity(w http.ResponseWriter, r *http.Request) error {
	if err := s.admit(r); err != nil {
		return err
	}
	q := r.URL.Query()
	back := signin.Return{State: q.Get("state"), Code: q.Get("code"), Error: q.Get("error"), Issuer: q.Get("iss")}
	secret, next, err := s.SignIns.SignInWithIdentity(r.Context(), s.cookie(r, identityCookie), back, visitOf(r).id)
	s.setCookie(w, identityCookie, "", -1)
	if errs.Is(err, errs.Invalid) || errs.Is(err, errs.Unavailable) {
		return s.refuseIdentity(w, r, next, err)
	}
	if err != nil {
		return err
	}
	s.setSession(w, secret)
	return s.redirect(w, r, localPath(next), "")
}

// refuseIdentity is the one page for whoever is not let in through their organisation. Why stands in the program's log.
func (s *Server) refuseIdentity(w http.ResponseWriter, r *http.Request, next string, err error) error {
	v := visitOf(r)
	s.Logger.Warn("a sign-in through an organisation was refused", "request", v.id, "err", err)
	data := views.Refused{RequestID: v.id, Again: "/sign-in?" + url.Values{"next": {localPath(next)}}.Encode(), Text: v.texts.T("oidc.error.sign-in")}
	status := http.StatusUnprocessableEntity
	if errs.Is(err, errs.Unavailable) {
		status, data.Text = http.StatusServiceUnavailable, v.texts.T("oidc.error.down")
	}
	return s.render(w, r, status, views.RefusedPage(s.page(r, v.texts.T("oidc.refused")), data))
}
