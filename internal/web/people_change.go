package web

import (
	"net/http"

	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/web/views"
)

func personTyped(r *http.Request) directory.PersonForm {
	return directory.PersonForm{Name: r.PostFormValue("name"), Email: r.PostFormValue("email"), Phone: r.PostFormValue("phone"),
		Language: r.PostFormValue("language")}
}

func personForm(t *i18n.Printer, f directory.PersonForm) views.PersonForm {
	data := views.PersonForm{Name: f.Name, Email: f.Email, Phone: f.Phone, WithEmail: true}
	for _, lang := range i18n.Languages {
		data.Languages = append(data.Languages, views.Option{Value: lang, Text: t.T("language.own." + lang), Chosen: lang == f.Language})
	}
	return data
}

func formOfPerson(p directory.Person) directory.PersonForm {
	return directory.PersonForm{Name: p.Name, Email: p.Email, Phone: p.Phone, Language: p.Language}
}

func (s *Server) showProfile(w http.ResponseWriter, r *http.Request) error {
	return s.renderProfile(w, r, http.StatusOK, nil, views.Form{})
}

// renderProfile shows what everybody may change about themselves; typed is what was refused, if something was.
func (s *Server) renderProfile(w http.ResponseWriter, r *http.Request, status int, typed *directory.PersonForm, form views.Form) error {
	v := visitOf(r)
	own, err := s.Directory.Own(r.Context(), v.who.Subject)
	if err != nil {
		return err
	}
	said, err := s.Consents.Own(r.Context(), v.who.Subject)
	if err != nil {
		return err
	}
	shown := formOfPerson(own)
	if typed != nil {
		shown = *typed
	}
	data := personForm(v.texts, shown)
	if len(said) > 0 { // whoever leads no more has no other way there
		data.Consents = myConsentsPath
	}
	data.WithEmail, data.ShownEmail, data.Form = false, own.Email, form
	data.Lead, data.Action, data.Back, data.BackText, data.Button = v.texts.T("profile.lead"), "/me/profile", "/", v.texts.T("nav.home"), v.texts.T("people.save")
	page := s.page(r, v.texts.T("profile.title"))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, status, views.PersonFormPage(page, data))
}

func (s *Server) changeProfile(w http.ResponseWriter, r *http.Request) error {
	v, typed := visitOf(r), personTyped(r)
	err := s.Directory.ChangeOwn(r.Context(), v.who.Subject, typed, v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderProfile(w, r, http.StatusUnprocessableEntity, &typed, formOf(v.texts, err))
	}
	if err != nil {
		return err
	}
	if s.chosenLanguage(r) != "" {
		s.setCookie(w, languageCookie, typed.Language, 365*24*60*60) // what was chosen on this device would stand in its way
	}
	return s.redirect(w, r, "/me/profile", "flash.profile.changed")
}

func (s *Server) showChangePerson(w http.ResponseWriter, r *http.Request) error {
	if err := s.fresh(visitOf(r)); err != nil {
		return err
	}
	return s.renderChangePerson(w, r, http.StatusOK, nil, views.Form{})
}

func (s *Server) renderChangePerson(w http.ResponseWriter, r *http.Request, status int, typed *directory.PersonForm, form views.Form) error {
	v := visitOf(r)
	d, err := s.Directory.Person(r.Context(), v.who.Subject, r.PathValue("person"))
	if err != nil {
		return err
	}
	if !d.MayChange {
		return errs.New(errs.Denied, "people.error.works-elsewhere")
	}
	shown := formOfPerson(d.PersonRow.Person)
	if typed != nil {
		shown = *typed
	}
	data := personForm(v.texts, shown)
	data.Form, data.Lead, data.Button = form, s.leadOf(v.texts, d), v.texts.T("people.save")
	data.Action, data.Back, data.BackText = personHref(d.ID)+"/change", personHref(d.ID), d.Name
	return s.render(w, r, status, views.PersonFormPage(s.page(r, v.texts.T("people.change.title", "name", d.Name)), data))
}

// changePerson wants a fresh sign-in: an address is a way in.
func (s *Server) changePerson(w http.ResponseWriter, r *http.Request) error {
	v, typed := visitOf(r), personTyped(r)
	if err := s.fresh(v); err != nil {
		return err
	}
	err := s.Directory.ChangePerson(r.Context(), v.who.Subject, r.PathValue("person"), typed, v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderChangePerson(w, r, http.StatusUnprocessableEntity, &typed, formOf(v.texts, err))
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, personHref(r.PathValue("person")), "flash.person.changed")
}

func (s *Server) newPerson(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	if err := s.fresh(v); err != nil {
		return err
	}
	return s.renderNewPerson(w, r, http.StatusOK, directory.PersonForm{Language: "sv"}, roleTyped{from: s.Directory.Today().String(), programme: v.who.Subject.Programme}, views.Form{})
}

func (s *Server) renderNewPerson(w http.ResponseWriter, r *http.Request, status int, typed directory.PersonForm, role roleTyped, form views.Form) error {
	v := visitOf(r)
	fields, err := s.roleFields(r, role)
	if err != nil {
		return err
	}
	data := personForm(v.texts, typed)
	data.Role, data.Form, data.Lead = &fields, form, v.texts.T("people.add.lead")
	data.Action, data.Back, data.BackText, data.Button = peoplePath, peoplePath, v.texts.T("people.title"), v.texts.T("people.add.button")
	return s.render(w, r, status, views.PersonFormPage(s.page(r, v.texts.T("people.add.title")), data))
}

func (s *Server) addPerson(w http.ResponseWriter, r *http.Request) error {
	v, typed, role := visitOf(r), personTyped(r), readRole(r)
	if err := s.fresh(v); err != nil {
		return err
	}
	id, err := s.Directory.AddPerson(r.Context(), v.who.Subject, typed, role.form(), v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderNewPerson(w, r, http.StatusUnprocessableEntity, typed, role, formOf(v.texts, err))
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, personHref(id), "flash.person.added")
}
