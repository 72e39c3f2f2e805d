package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"hemvist/internal/errs"
	"hemvist/internal/web/views"
)

const confirmPath = "/me/confirm"

// confirmHref is the way to show who one is, and then on to next.
func confirmHref(next string) string {
	return confirmPath + "?" + url.Values{"next": {localPath(next)}}.Encode()
}

// isStale tells whether what was asked for wants somebody who has shown lately who they are. Any room may refuse so: by the kind Denied
// and a key that ends in "stale", whose text says what it is about.
func isStale(err error) bool {
	e := (*errs.Error)(nil)
	return errors.As(err, &e) && e.Kind == errs.Denied && strings.HasSuffix(e.Key, "stale")
}

// respondStale answers with the way to confirm and back. A form that was refused so is kept in the page, to be sent again.
func (s *Server) respondStale(w http.ResponseWriter, r *http.Request, err error) error {
	e := (*errs.Error)(nil)
	errors.As(err, &e)
	page := s.page(r, visitOf(r).texts.T("confirm.title"))
	data := views.Stale{Text: visitOf(r).texts.T(e.Key), Confirm: confirmHref(r.URL.RequestURI())}
	if r.Method == http.MethodPost {
		held := heldForm(r)
		data.Held, data.Confirm = &held, confirmHref(confirmPath)
	}
	return s.render(w, r, http.StatusForbidden, views.StalePage(page, data))
}

// heldForm is what was sent, to be sent again. A password is not kept in a page, and a file that is no text cannot be.
func heldForm(r *http.Request) views.HeldForm {
	held := views.HeldForm{Action: r.URL.RequestURI()}
	for name, values := range r.PostForm {
		if strings.Contains(name, "password") {
			held.Password = true
			continue
		}
		fromFile := r.MultipartForm != nil && r.MultipartForm.File[name] != nil
		for _, value := range values {
			if fromFile && (!utf8.ValidString(value) || strings.Contains(value, "\x00")) {
				held.File = true
				continue
			}
			held.Fields = append(held.Fields, views.HeldField{Name: name, Value: value})
		}
	}
	slices.SortStableFunc(held.Fields, func(a, b views.HeldField) int { return strings.Compare(a.Name, b.Name) })
	return held
}

func (s *Server) showConfirm(w http.ResponseWriter, r *http.Request) error {
	return s.renderConfirm(w, r, http.StatusOK, views.Confirm{Next: localPath(r.FormValue("next"))})
}

// renderConfirm fills in by what the reader can confirm; data holds what was typed and what was wrong with it.
func (s *Server) renderConfirm(w http.ResponseWriter, r *http.Request, status int, data views.Confirm) error {
	v := visitOf(r)
	passkeys, err := s.SignIns.Passkeys(r.Context(), v.who)
	if err != nil {
		return err
	}
	for _, k := range passkeys {
		data.Passkeys = data.Passkeys || s.SignIns.PasskeysAllowed() && !k.Blocked
	}
	password, err := s.SignIns.Password(r.Context(), v.who)
	if err != nil {
		return err
	}
	data.HasPassword = password.Set && len(password.Forbidden) == 0
	data.Fresh, data.Demo = s.SignIns.Fresh(v.who), s.Demo != nil
	data.Ends = endsThere(data.Next)
	page := s.page(r, v.texts.T("confirm.title"))
	if data.Passkeys && !data.Fresh {
		page.Scripts = passkeyScripts()
	}
	return s.render(w, r, status, views.ConfirmPage(page, data))
}

// endsThere tells whether to confirm was all that somebody came for: then what they wanted waits in another tab.
func endsThere(path string) bool { return path == "/" || strings.HasPrefix(path, confirmPath) }

func (s *Server) confirm(w http.ResponseWriter, r *http.Request) error {
	if err := s.admit(r); err != nil {
		return err
	}
	v, data := visitOf(r), views.Confirm{Next: localPath(r.PostFormValue("next"))}
	var err error
	switch by := r.PostFormValue("by"); {
	case by == "demo" && s.Demo != nil:
		err = s.SignIns.ConfirmUnproven(r.Context(), v.who, v.id)
	case by == "password":
		err = s.SignIns.ConfirmWithPassword(r.Context(), v.who, r.PostFormValue("password"), r.PostFormValue("otp"), v.id)
		if errs.Is(err, errs.Invalid) {
			data.Password = formOf(v.texts, err)
		}
	default:
		err = s.SignIns.ConfirmWithCode(r.Context(), v.who, r.PostFormValue("code"), v.id)
		if errs.Is(err, errs.Invalid) {
			data.Code = formOf(v.texts, err)
		}
	}
	return s.afterConfirm(w, r, err, data)
}

func (s *Server) beginConfirm(w http.ResponseWriter, r *http.Request) error {
	if err := s.admit(r); err != nil {
		return err
	}
	c, err := s.SignIns.BeginPasskeyConfirm(r.Context(), visitOf(r).who)
	if err != nil {
		return err
	}
	return s.sendCeremony(w, r, c)
}

func (s *Server) confirmWithPasskey(w http.ResponseWriter, r *http.Request) error {
	if err := s.admit(r); err != nil {
		return err
	}
	v, data := visitOf(r), views.Confirm{Next: localPath(r.PostFormValue("next"))}
	err := s.SignIns.ConfirmWithPasskey(r.Context(), v.who, s.cookie(r, passkeyCookie), []byte(r.PostFormValue("answer")), v.id)
	s.setCookie(w, passkeyCookie, "", -1)
	if errs.Is(err, errs.Invalid) {
		s.Logger.Info("passkey refused", "request", v.id, "err", err)
		data.Passkey = formOf(v.texts, err)
	}
	return s.afterConfirm(w, r, err, data)
}

// afterConfirm shows what was wrong, or leads on.
func (s *Server) afterConfirm(w http.ResponseWriter, r *http.Request, err error, data views.Confirm) error {
	switch {
	case errs.Is(err, errs.Invalid):
		return s.renderConfirm(w, r, http.StatusUnprocessableEntity, data)
	case err != nil:
		return err
	case endsThere(data.Next):
		return s.redirect(w, r, confirmHref(confirmPath), "")
	default:
		return s.redirect(w, r, data.Next, "")
	}
}
