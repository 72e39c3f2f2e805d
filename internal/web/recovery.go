package web

import (
	"net/http"

	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/signin"
	"hemvist/internal/typed"
	"hemvist/internal/web/views"
)

func (s *Server) showAskRecovery(w http.ResponseWriter, r *http.Request) error {
	return s.renderAskRecovery(w, r, http.StatusOK, views.AskRecovery{})
}

func (s *Server) renderAskRecovery(w http.ResponseWriter, r *http.Request, status int, data views.AskRecovery) error {
	return s.render(w, r, status, views.AskRecoveryPage(s.page(r, visitOf(r).texts.T("recovery.ask.title")), data))
}

// askRecovery answers with the same page whether there is such an address or not.
func (s *Server) askRecovery(w http.ResponseWriter, r *http.Request) error {
	if err := s.admit(r); err != nil {
		return err
	}
	v, email := visitOf(r), r.PostFormValue("email")
	email, wrong := typed.Email("email", email)
	if len(wrong) > 0 {
		data := views.AskRecovery{Email: r.PostFormValue("email"), Form: formOf(v.texts, errs.InvalidFields(wrong...))}
		return s.renderAskRecovery(w, r, http.StatusUnprocessableEntity, data)
	}
	if err := s.SignIns.AskRecovery(r.Context(), email, v.id); err != nil {
		return err
	}
	return s.renderAskRecovery(w, r, http.StatusOK, views.AskRecovery{Asked: true})
}

func recoveryView(t *i18n.Printer, x signin.Recovery) views.Recovery {
	view := views.Recovery{Href: signin.RecoveriesPath + "/" + x.ID, Name: x.Name, Organisation: x.Organisation, ByMe: x.ByMe, Granted: x.Granted,
		Asked: t.T("recovery.asked", "at", moment(t, x.Asked)), Ends: t.T("recovery.ends", "at", moment(t, x.Ends)),
		State: views.Tag{Text: t.T("recovery.approved", "n", x.Approved), Colour: "info"}}
	if x.Granted {
		view.State = views.Tag{Text: t.T("recovery.granted"), Colour: "success"}
	}
	return view
}

func (s *Server) listRecoveries(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	all, err := s.SignIns.Recoveries(r.Context(), v.who.Subject)
	if err != nil {
		return err
	}
	var data []views.Recovery
	for _, x := range all {
		data = append(data, recoveryView(v.texts, x))
	}
	page := s.page(r, v.texts.T("recovery.title"))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, http.StatusOK, views.RecoveriesPage(page, data))
}

func (s *Server) showRecovery(w http.ResponseWriter, r *http.Request) error {
	return s.renderRecovery(w, r, http.StatusOK, views.Form{})
}

func (s *Server) renderRecovery(w http.ResponseWriter, r *http.Request, status int, form views.Form) error {
	v := visitOf(r)
	x, err := s.SignIns.Recovery(r.Context(), v.who.Subject, r.PathValue("recovery"))
	if err != nil {
		return err
	}
	data := recoveryView(v.texts, x)
	data.Form, data.Fresh = form, s.SignIns.Fresh(v.who)
	return s.render(w, r, status, views.RecoveryPage(s.page(r, x.Name), data))
}

func (s *Server) approveRecovery(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	if r.PostFormValue("talked") != "yes" {
		return s.renderRecovery(w, r, http.StatusUnprocessableEntity,
			formOf(v.texts, errs.InvalidFields(errs.Field{Name: "talked", Key: "recovery.error.talked"})))
	}
	if err := s.SignIns.ApproveRecovery(r.Context(), v.who, r.PathValue("recovery"), v.id); err != nil {
		return err
	}
	return s.redirect(w, r, signin.RecoveriesPath, "flash.recovery.approved")
}

func (s *Server) refuseRecovery(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	if err := s.SignIns.RefuseRecovery(r.Context(), v.who, r.PathValue("recovery"), v.id); err != nil {
		return err
	}
	return s.redirect(w, r, signin.RecoveriesPath, "flash.recovery.refused")
}

// showRecoveryLink shows one button: to look at a link, as a mail program may do, uses nothing up.
func (s *Server) showRecoveryLink(w http.ResponseWriter, r *http.Request) error {
	code := r.FormValue("code")
	opens, err := s.SignIns.RecoveryOpens(r.Context(), code)
	if err != nil {
		return err
	}
	return s.renderRecoveryLink(w, r, http.StatusOK, code, opens)
}

func (s *Server) renderRecoveryLink(w http.ResponseWriter, r *http.Request, status int, code string, opens bool) error {
	w.Header().Set("Referrer-Policy", "no-referrer") // the address holds the secret
	page := s.page(r, visitOf(r).texts.T("recovery.link.title"))
	page.Back = "/"
	return s.render(w, r, status, views.RecoveryLinkPage(page, views.RecoveryLink{Code: code, Opens: opens}))
}

func (s *Server) useRecovery(w http.ResponseWriter, r *http.Request) error {
	if err := s.admit(r); err != nil {
		return err
	}
	secret, err := s.SignIns.UseRecovery(r.Context(), r.PostFormValue("code"), visitOf(r).id)
	if errs.Is(err, errs.Invalid) {
		return s.renderRecoveryLink(w, r, http.StatusUnprocessableEntity, "", false)
	}
	if err != nil {
		return err
	}
	s.setSession(w, secret)
	return s.redirect(w, r, mySignInPath, "flash.recovered")
}
