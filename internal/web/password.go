package web

import (
	"encoding/base64"
	"net/http"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/errs"
	"hemvist/internal/signin"
	"hemvist/internal/web/views"
)

const passwordPath = mySignInPath + "/password"

// signInWithPassword answers every password that does not open with one page, which keeps the address.
func (s *Server) signInWithPassword(w http.ResponseWriter, r *http.Request) error {
	if err := s.admit(r); err != nil {
		return err
	}
	try := signin.PasswordTry{Email: r.PostFormValue("email"), Password: r.PostFormValue("password"), Code: r.PostFormValue("otp")}
	next := localPath(r.PostFormValue("next"))
	secret, err := s.SignIns.SignInWithPassword(r.Context(), try, visitOf(r).id)
	if errs.Is(err, errs.Invalid) {
		data := views.SignIn{Next: next, Email: try.Email, Password: formOf(visitOf(r).texts, err)}
		return s.renderSignIn(w, r, http.StatusUnprocessableEntity, data)
	}
	if err != nil {
		return err
	}
	s.setSession(w, secret)
	return s.redirect(w, r, next, "")
}

func (s *Server) showPassword(w http.ResponseWriter, r *http.Request) error {
	return s.renderPassword(w, r, http.StatusOK, views.Form{})
}

func (s *Server) renderPassword(w http.ResponseWriter, r *http.Request, status int, form views.Form) error {
	v := visitOf(r)
	data, err := s.passwordView(r)
	if err != nil {
		return err
	}
	data.Form, data.Fresh = form, s.SignIns.Fresh(v.who)
	return s.render(w, r, status, views.PasswordPage(s.page(r, v.texts.T("password.title")), data))
}

// passwordView is what the reader is shown of their own password.
func (s *Server) passwordView(r *http.Request) (views.Password, error) {
	v := visitOf(r)
	m, err := s.SignIns.Password(r.Context(), v.who)
	if err != nil {
		return views.Password{}, err
	}
	data := views.Password{Set: m.Set}
	if m.Set {
		data.Since = v.texts.T("password.since", "at", moment(v.texts, m.Since))
		if !m.Used.IsZero() {
			data.Since += " " + v.texts.T("my-sign-in.used", "at", moment(v.texts, m.Used))
		}
		data.Reserve = v.texts.T("password.reserve.left", "n", m.Reserve)
	}
	if len(m.Forbidden) > 0 {
		data.Forbidden = v.texts.T("password.forbidden", "organisation", strings.Join(m.Forbidden, ", "))
	}
	return data, nil
}

func (s *Server) beginPassword(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	err := s.SignIns.BeginPassword(r.Context(), v.who, r.PostFormValue("password"), v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderPassword(w, r, http.StatusUnprocessableEntity, formOf(v.texts, err))
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, passwordPath+"/code", "")
}

func (s *Server) showPasswordCode(w http.ResponseWriter, r *http.Request) error {
	return s.renderPasswordCode(w, r, http.StatusOK, views.Form{})
}

func (s *Server) renderPasswordCode(w http.ResponseWriter, r *http.Request, status int, form views.Form) error {
	v := visitOf(r)
	e, err := s.SignIns.Enrolment(r.Context(), v.who)
	if errs.Is(err, errs.NotFound) { // it has waited for too long, or is done: begin anew
		return s.redirect(w, r, passwordPath, "")
	}
	if err != nil {
		return err
	}
	data := views.PasswordCode{QR: "data:image/png;base64," + base64.StdEncoding.EncodeToString(e.QR), Secret: inFours(e.Secret), Form: form}
	return s.render(w, r, status, views.PasswordCodePage(s.page(r, v.texts.T("password.code.title")), data))
}

// inFours puts a blank after each four letters, as one reads and types them.
func inFours(text string) string {
	var parts []string
	for len(text) > 4 {
		parts, text = append(parts, text[:4]), text[4:]
	}
	return strings.Join(append(parts, text), " ")
}

func (s *Server) finishPassword(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	codes, err := s.SignIns.FinishPassword(r.Context(), v.who, r.PostFormValue("code"), v.id)
	switch {
	case errs.Is(err, errs.Invalid):
		return s.renderPasswordCode(w, r, http.StatusUnprocessableEntity, formOf(v.texts, err))
	case errs.Is(err, errs.NotFound):
		return s.redirect(w, r, passwordPath, "")
	case err != nil:
		return err
	}
	return s.renderReserve(w, r, v.texts.T("password.done.title"), codes)
}

func (s *Server) newReserveCodes(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	codes, err := s.SignIns.NewReserveCodes(r.Context(), v.who, v.id)
	if err != nil {
		return err
	}
	return s.renderReserve(w, r, v.texts.T("password.reserve.new"), codes)
}

// renderReserve shows codes the one time that they are shown: no address leads to this page.
func (s *Server) renderReserve(w http.ResponseWriter, r *http.Request, title string, codes []string) error {
	return s.render(w, r, http.StatusOK, views.ReservePage(s.page(r, title), codes))
}

func (s *Server) removePassword(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	if err := s.SignIns.RemovePassword(r.Context(), v.who, v.id); err != nil {
		return err
	}
	return s.redirect(w, r, mySignInPath, "flash.password.removed")
}

// rulesHref is the page of how an organisation's people may sign in; empty for who does not decide that.
func rulesHref(actor access.Subject) string {
	if !access.Decide(actor, access.SetSignInRules, access.Resource{Organisation: actor.Organisation}).Allow {
		return ""
	}
	return "/organisations/" + actor.Organisation + "/sign-in"
}

func (s *Server) showSignInRules(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	rules, err := s.SignIns.Rules(r.Context(), v.who.Subject, r.PathValue("organisation"))
	if err != nil {
		return err
	}
	t, word := v.texts, map[bool]string{true: "allowed", false: "forbidden"}
	data := views.SignInRules{Organisation: rules.Organisation, Action: r.URL.Path, Fresh: s.SignIns.Fresh(v.who)}
	for _, allowed := range []bool{true, false} {
		data.Options = append(data.Options, views.Option{Value: word[allowed], Text: t.T("sign-in-rules.password." + word[allowed]), Chosen: rules.PasswordAllowed() == allowed})
	}
	for _, x := range rules.All {
		data.History = append(data.History, views.Fact{Name: t.T("sign-in-rules.was." + word[x.PasswordAllowed]),
			Value: t.T("sign-in-rules.by", "name", x.By, "at", moment(t, x.At))})
	}
	page := s.page(r, t.T("sign-in-rules.title"))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, http.StatusOK, views.SignInRulesPage(page, data))
}

func (s *Server) setSignInRules(w http.ResponseWriter, r *http.Request) error {
	v, choice := visitOf(r), r.PostFormValue("rule")
	if choice != "allowed" && choice != "forbidden" {
		return errs.New(errs.Invalid, "sign-in-rules.choose")
	}
	if err := s.SignIns.AllowPassword(r.Context(), v.who, r.PathValue("organisation"), choice == "allowed", v.id); err != nil {
		return err
	}
	return s.redirect(w, r, r.URL.Path, "flash.sign-in-rules.saved")
}
