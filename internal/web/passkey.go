package web

import (
	"net/http"
	"strings"

	"hemvist/internal/errs"
	"hemvist/internal/signin"
	"hemvist/internal/web/static"
	"hemvist/internal/web/views"
)

// passkeyScripts is what a page needs beside the rest to make or use a passkey.
func passkeyScripts() []string { return []string{static.URL("js/passkey.js")} }

// admit counts a try to sign in against where it comes from.
func (s *Server) admit(r *http.Request) error {
	address := r.RemoteAddr
	if s.AddressHeader != "" {
		// Each proxy adds what it saw at the end: the last word is our own proxy's, those before it are anybody's.
		all := strings.Split(strings.Join(r.Header.Values(s.AddressHeader), ","), ",")
		address = strings.TrimSpace(all[len(all)-1])
	}
	return s.SignIns.AdmitAddress(address)
}

// sendCeremony gives the browser what its passkeys are asked, and the handle in a cookie that no script reads.
func (s *Server) sendCeremony(w http.ResponseWriter, r *http.Request, c signin.Ceremony) error {
	s.setCookie(w, passkeyCookie, c.Handle, int(signin.CeremonyLimit().Seconds()))
	w.Header().Set("Content-Type", "application/json")
	return s.send(w, r, http.StatusOK, c.Options)
}

func (s *Server) beginPasskeySignIn(w http.ResponseWriter, r *http.Request) error {
	if err := s.admit(r); err != nil {
		return err
	}
	c, err := s.SignIns.BeginPasskeySignIn(r.Context())
	if err != nil {
		return err
	}
	return s.sendCeremony(w, r, c)
}

func (s *Server) signInWithPasskey(w http.ResponseWriter, r *http.Request) error {
	if err := s.admit(r); err != nil {
		return err
	}
	next := localPath(r.PostFormValue("next"))
	secret, err := s.SignIns.SignInWithPasskey(r.Context(), s.cookie(r, passkeyCookie), []byte(r.PostFormValue("answer")), visitOf(r).id)
	s.setCookie(w, passkeyCookie, "", -1)
	if errs.Is(err, errs.Invalid) {
		s.Logger.Info("passkey refused", "request", visitOf(r).id, "err", err)
		return s.renderSignIn(w, r, http.StatusUnprocessableEntity, views.SignIn{Next: next, Passkey: formOf(visitOf(r).texts, err)})
	}
	if err != nil {
		return err
	}
	s.setSession(w, secret)
	return s.redirect(w, r, next, "")
}
