package web

import (
	"net/http"

	"hemvist/internal/errs"
	"hemvist/internal/web/views"
)

const welcomePath = "/welcome"

// showOffer shows who invites to what, to whoever holds the link. The code stands in the address until it is used: no page of ours hands
// the address on.
func (s *Server) showOffer(w http.ResponseWriter, r *http.Request) error {
	if err := s.admit(r); err != nil {
		return err
	}
	v, code := visitOf(r), r.URL.Query().Get("code")
	w.Header().Set("Referrer-Policy", "no-referrer")
	o, err := s.SignIns.Offer(r.Context(), code)
	if errs.Is(err, errs.Invalid) {
		return s.renderNoOffer(w, r)
	}
	if err != nil {
		return err
	}
	t := v.texts
	data := views.Offer{Code: code, Text: t.T("invitation.text", "by", o.By, "organisation", o.Organisation, "role", lowerFirst(t.T("role."+string(o.Role)))),
		Ends: t.T("invitation.ends", "at", moment(t, o.Ends))}
	if o.Waits {
		data.Waits = t.T("invitation.waits", "on", t.Date(o.From))
	}
	if v.in {
		data.SignedIn = t.T("invitation.signed-in", "name", v.who.Name)
	}
	return s.render(w, r, http.StatusOK, views.OfferPage(s.offerPage(r, t.T("invitation.title")), data))
}

// offerPage leads back to no address with a code in it.
func (s *Server) offerPage(r *http.Request, title string) views.Page {
	page := s.page(r, title)
	if r.URL.Query().Get("code") == "" {
		page.Back = "/"
	}
	return page
}

// renderNoOffer is the one answer to every link that does not open.
func (s *Server) renderNoOffer(w http.ResponseWriter, r *http.Request) error {
	page := s.page(r, visitOf(r).texts.T("invitation.none"))
	page.Back = "/"
	return s.render(w, r, http.StatusNotFound, views.NoOfferPage(page))
}

func (s *Server) acceptInvitation(w http.ResponseWriter, r *http.Request) error {
	if err := s.admit(r); err != nil {
		return err
	}
	secret, err := s.SignIns.Accept(r.Context(), r.PostFormValue("code"), visitOf(r).id)
	if errs.Is(err, errs.Invalid) {
		return s.renderNoOffer(w, r)
	}
	if err != nil {
		return err
	}
	s.setSession(w, secret)
	return s.redirect(w, r, welcomePath, "")
}

// welcome is where an invitation leads: to a way in for the next time.
func (s *Server) welcome(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	wants, err := s.SignIns.WantsPasskey(r.Context(), v.who)
	if err != nil {
		return err
	}
	if !wants {
		return s.redirect(w, r, "/", "")
	}
	page := s.page(r, v.texts.T("welcome.title", "name", v.who.GivenName))
	page.Scripts = passkeyScripts()
	data := views.Welcome{Fresh: s.SignIns.MayChange(v.who), Role: v.texts.T("welcome.role", "role", lowerFirst(v.texts.T("role."+string(v.who.Subject.Role))), "organisation", v.who.Organisation)}
	return s.render(w, r, http.StatusOK, views.WelcomePage(page, data))
}
