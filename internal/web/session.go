package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"hemvist/internal/i18n"
	"hemvist/internal/signin"
	"hemvist/internal/web/views"
)

// The cookies there are. None is for scripts.
const (
	sessionCookie  = "hemvist"
	languageCookie = "lang"
	flashCookie    = "flash"
	passkeyCookie  = "passkey" // the handle of a ceremony that has begun
)

// cookieName is a cookie's name in the browser: the prefix makes it refuse the cookie for another path, another host or plain http.
func (s *Server) cookieName(name string) string {
	if s.Plain {
		return name
	}
	return "__Host-" + name
}

// cookie is a cookie's value; empty when there is none.
func (s *Server) cookie(r *http.Request, name string) string {
	c, err := r.Cookie(s.cookieName(name))
	if err != nil {
		return ""
	}
	return c.Value
}

func (s *Server) setCookie(w http.ResponseWriter, name, value string, maxAge int) {
	http.SetCookie(w, &http.Cookie{Name: s.cookieName(name), Value: value, Path: "/", MaxAge: maxAge, Secure: !s.Plain, HttpOnly: true,
		SameSite: http.SameSiteLaxMode})
}

func (s *Server) sessionSecret(r *http.Request) (string, bool) {
	secret := s.cookie(r, sessionCookie)
	return secret, secret != ""
}

func (s *Server) setSession(w http.ResponseWriter, secret string) {
	s.setCookie(w, sessionCookie, secret, int(signin.OverallLimit.Seconds()))
}

func (s *Server) clearSession(w http.ResponseWriter) { s.setCookie(w, sessionCookie, "", -1) }

// chosenLanguage is what the person chose on this device; empty when they have not.
func (s *Server) chosenLanguage(r *http.Request) string {
	if lang := s.cookie(r, languageCookie); slices.Contains(i18n.Languages, lang) {
		return lang
	}
	return ""
}

// language is what the person chose on this device, or what the browser asks for.
func (s *Server) language(r *http.Request) string {
	if lang := s.chosenLanguage(r); lang != "" {
		return lang
	}
	return s.Texts.Guess(r.Header.Get("Accept-Language"))
}

// setFlash leaves the key of a text for the next page. Only keys that begin with "flash." are ever shown.
func (s *Server) setFlash(w http.ResponseWriter, key string) {
	s.setCookie(w, flashCookie, key, 60)
}

// takeFlash is the text that the request before this one left, once.
func (s *Server) takeFlash(w http.ResponseWriter, r *http.Request) string {
	key := s.cookie(r, flashCookie)
	if key == "" {
		return ""
	}
	s.setCookie(w, flashCookie, "", -1)
	texts := visitOf(r).texts
	if !strings.HasPrefix(key, "flash.") || !texts.Has(key) {
		return ""
	}
	return texts.T(key)
}

// localPath is path when it leads to a page of ours, else "/".
func localPath(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n") {
		return "/"
	}
	return u.RequestURI()
}

// askToSignIn sends a reader to the sign-in page and back afterwards. A form that arrives after the session has ended is
// handed back to the browser in a page that can send it again: nothing typed is lost, and nothing is stored here.
func (s *Server) askToSignIn(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		http.Redirect(w, r, "/sign-in?"+url.Values{"next": {r.URL.RequestURI()}}.Encode(), http.StatusSeeOther)
		return
	}
	page := s.page(r, visitOf(r).texts.T("held.title"))
	if err := s.render(w, r, http.StatusUnauthorized, views.HeldPage(page, heldForm(r))); err != nil {
		s.respondError(w, r, err)
	}
}
