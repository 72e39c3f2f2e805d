package web

import (
	"net/http"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/signin"
	"hemvist/internal/web/views"
)

const mySignInPath = "/me/sign-in"

func (s *Server) showMySignIn(w http.ResponseWriter, r *http.Request) error {
	return s.renderMySignIn(w, r, http.StatusOK, views.MySignIn{})
}

// renderMySignIn fills in what is known of the reader's ways in; data holds what was typed and what was wrong with it.
func (s *Server) renderMySignIn(w http.ResponseWriter, r *http.Request, status int, data views.MySignIn) error {
	v := visitOf(r)
	passkeys, err := s.SignIns.Passkeys(r.Context(), v.who)
	if err != nil {
		return err
	}
	signIns, err := s.SignIns.SignIns(r.Context(), v.who)
	if err != nil {
		return err
	}
	data.Allowed, data.Fresh = s.SignIns.PasskeysAllowed(), s.SignIns.Fresh(v.who)
	data.Full = len(passkeys) >= signin.MaxPasskeys
	for _, k := range passkeys {
		data.Passkeys = append(data.Passkeys, s.passkeyView(v, k))
	}
	for _, x := range signIns {
		data.SignIns = append(data.SignIns, signInView(v.texts, x))
		data.Others = data.Others || !x.Current
	}
	if data.Password, err = s.passwordView(r); err != nil {
		return err
	}
	data.Rules = rulesHref(v.who.Subject)
	data.Helps = access.ReachOf(v.who.Subject.Role, access.ApproveRecovery) != access.None
	page := s.page(r, v.texts.T("my-sign-in.title"))
	if data.Allowed && data.Fresh && !data.Full {
		page.Scripts = passkeyScripts()
	}
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, status, views.MySignInPage(page, data))
}

func (s *Server) passkeyView(v *visit, k signin.Passkey) views.Passkey {
	view := views.Passkey{Href: mySignInPath + "/passkeys/" + k.ID, Name: k.Name, Typed: k.Name, Blocked: k.Blocked,
		Added: v.texts.T("my-sign-in.added", "at", moment(v.texts, k.Created)), Used: v.texts.T("my-sign-in.unused"), Fresh: s.SignIns.Fresh(v.who)}
	if !k.Used.IsZero() {
		view.Used = v.texts.T("my-sign-in.used", "at", moment(v.texts, k.Used))
	}
	return view
}

func signInView(t *i18n.Printer, x signin.SignIn) views.MyOne {
	view := views.MyOne{Title: t.T("my-sign-in.by."+string(x.By), "name", x.Passkey, "organisation", x.Organisation), Role: t.T("role."+string(x.Role)) + ", " + x.Organisation, Current: x.Current,
		Began: t.T("my-sign-in.began", "at", moment(t, x.Began)), Seen: t.T("my-sign-in.seen", "at", moment(t, x.Seen)),
		EndAction: mySignInPath + "/sessions/" + x.ID + "/end"}
	return view
}

func moment(t *i18n.Printer, at time.Time) string { return t.Instant(at, stockholm) }

func (s *Server) beginPasskey(w http.ResponseWriter, r *http.Request) error {
	c, err := s.SignIns.BeginPasskey(r.Context(), visitOf(r).who)
	if err != nil {
		return err
	}
	return s.sendCeremony(w, r, c)
}

func (s *Server) addPasskey(w http.ResponseWriter, r *http.Request) error {
	v, name, answer := visitOf(r), r.PostFormValue("name"), r.PostFormValue("answer")
	err := s.SignIns.FinishPasskey(r.Context(), v.who, s.cookie(r, passkeyCookie), name, []byte(answer), v.id)
	if errs.Is(err, errs.Invalid) {
		s.Logger.Info("passkey refused", "request", v.id, "err", err)
		data := views.MySignIn{Name: name, Form: formOf(v.texts, err)}
		if data.Form.Of("name") != "" {
			data.Answer = answer // only the name was wrong: the key need not be touched again
		}
		return s.renderMySignIn(w, r, http.StatusUnprocessableEntity, data)
	}
	if err != nil {
		return err
	}
	s.setCookie(w, passkeyCookie, "", -1)
	to := mySignInPath
	if next := r.PostFormValue("next"); next != "" { // whoever makes the first one on the way in goes on
		to = localPath(next)
	}
	return s.redirect(w, r, to, "flash.passkey.added")
}

func (s *Server) showPasskey(w http.ResponseWriter, r *http.Request) error {
	return s.renderPasskey(w, r, http.StatusOK, nil)
}

// renderPasskey shows a passkey's page; wrong is the refusal of the name that was typed, if it was.
func (s *Server) renderPasskey(w http.ResponseWriter, r *http.Request, status int, wrong error) error {
	v := visitOf(r)
	k, err := s.SignIns.Passkey(r.Context(), v.who, r.PathValue("passkey"))
	if err != nil {
		return err
	}
	all, err := s.SignIns.Passkeys(r.Context(), v.who)
	if err != nil {
		return err
	}
	data := s.passkeyView(v, k)
	data.Last = len(all) == 1
	if wrong != nil {
		data.Typed, data.Form = r.PostFormValue("name"), formOf(v.texts, wrong)
	}
	return s.render(w, r, status, views.PasskeyPage(s.page(r, k.Name), data))
}

func (s *Server) renamePasskey(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	err := s.SignIns.RenamePasskey(r.Context(), v.who, r.PathValue("passkey"), r.PostFormValue("name"), v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderPasskey(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, mySignInPath, "flash.passkey.renamed")
}

func (s *Server) removePasskey(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	if err := s.SignIns.RemovePasskey(r.Context(), v.who, r.PathValue("passkey"), v.id); err != nil {
		return err
	}
	return s.redirect(w, r, mySignInPath, "flash.passkey.removed")
}

func (s *Server) endSignIn(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	if err := s.SignIns.EndSignIn(r.Context(), v.who, r.PathValue("session"), v.id); err != nil {
		return err
	}
	return s.redirect(w, r, mySignInPath, "flash.sign-in.ended")
}

func (s *Server) endOtherSignIns(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	if err := s.SignIns.EndOtherSignIns(r.Context(), v.who, v.id); err != nil {
		return err
	}
	return s.redirect(w, r, mySignInPath, "flash.sign-in.others-ended")
}
