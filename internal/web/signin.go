package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"hemvist/internal/clock"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/signin"
	"hemvist/internal/web/views"
)

func (s *Server) setLanguage(w http.ResponseWriter, r *http.Request) error {
	lang := r.PostFormValue("lang")
	if !slices.Contains(i18n.Languages, lang) {
		return errs.New(errs.Invalid, "")
	}
	s.setCookie(w, languageCookie, lang, 365*24*60*60)
	if v := visitOf(r); v.in {
		if err := s.Directory.SetLanguage(r.Context(), v.who.Subject.Person, lang); err != nil {
			return err
		}
	}
	return s.redirect(w, r, localPath(r.PostFormValue("back")), "")
}

func (s *Server) showSignIn(w http.ResponseWriter, r *http.Request) error {
	next := localPath(r.FormValue("next"))
	if visitOf(r).in {
		return s.redirect(w, r, next, "")
	}
	if s.Demo == nil {
		empty, err := s.Directory.IsEmpty(r.Context())
		if err != nil {
			return err
		}
		if empty {
			return s.redirect(w, r, "/start", "")
		}
	}
	return s.renderSignIn(w, r, http.StatusOK, views.SignIn{Next: next})
}

func (s *Server) renderSignIn(w http.ResponseWriter, r *http.Request, status int, data views.SignIn) error {
	texts := visitOf(r).texts
	for _, d := range s.Demo {
		data.Demo = append(data.Demo, views.DemoDoor{Href: "/demo/" + string(d.Role) + "?" + url.Values{"next": {data.Next}}.Encode(),
			Role: texts.T("role." + string(d.Role)), Does: texts.T("demo.does." + string(d.Role))})
	}
	doors, err := s.SignIns.Doors(r.Context())
	if err != nil {
		return err
	}
	if len(doors) > 1 {
		data.Organisations = []views.Option{{Text: texts.T("oidc.choose")}}
	}
	for _, d := range doors {
		data.Organisations = append(data.Organisations, views.Option{Value: d.Organisation, Text: d.Name, Chosen: d.Organisation == data.Organisation})
	}
	page := s.page(r, texts.T("sign-in.title"))
	if data.Passkeys = s.SignIns.PasskeysAllowed(); data.Passkeys {
		page.Scripts = passkeyScripts()
	}
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, status, views.SignInPage(page, data))
}

func (s *Server) signIn(w http.ResponseWriter, r *http.Request) error {
	if err := s.admit(r); err != nil {
		return err
	}
	data := views.SignIn{Next: localPath(r.PostFormValue("next"))}
	secret, err := s.SignIns.SignInWithCode(r.Context(), r.PostFormValue("code"), visitOf(r).id)
	if errs.Is(err, errs.Invalid) {
		data.Form = formOf(visitOf(r).texts, err)
		return s.renderSignIn(w, r, http.StatusUnprocessableEntity, data)
	}
	if err != nil {
		return err
	}
	s.setSession(w, secret)
	return s.redirect(w, r, data.Next, "")
}

func (s *Server) showStart(w http.ResponseWriter, r *http.Request) error {
	empty, err := s.Directory.IsEmpty(r.Context())
	if err != nil {
		return err
	}
	if !empty {
		return s.redirect(w, r, "/sign-in", "")
	}
	return s.render(w, r, http.StatusOK, views.StartPage(s.page(r, visitOf(r).texts.T("start.title")), views.Start{}))
}

func (s *Server) start(w http.ResponseWriter, r *http.Request) error {
	if err := s.admit(r); err != nil {
		return err
	}
	texts := visitOf(r).texts
	first := signin.FirstOrganisation{Organisation: r.PostFormValue("organisation"), Name: r.PostFormValue("name"),
		Email: r.PostFormValue("email"), Language: texts.Lang()}
	secret, err := s.SignIns.Start(r.Context(), r.PostFormValue("code"), first, visitOf(r).id)
	if errs.Is(err, errs.Invalid) {
		data := views.Start{Code: r.PostFormValue("code"), Organisation: first.Organisation, Name: first.Name, Email: first.Email, Form: formOf(texts, err)}
		return s.render(w, r, http.StatusUnprocessableEntity, views.StartPage(s.page(r, texts.T("start.title")), data))
	}
	if err != nil {
		return err
	}
	// There is a hub now: it gets the programmes that ship with the program.
	if err := s.Catalogue.GiveHomes(r.Context()); err != nil {
		return err
	}
	s.setSession(w, secret)
	return s.redirect(w, r, "/", "flash.started")
}

func (s *Server) signOut(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	// Whoever has been signed out meanwhile has what they asked for.
	if secret, ok := s.sessionSecret(r); ok && v.in {
		if err := s.SignIns.SignOut(r.Context(), secret, v.who, v.id); err != nil {
			return err
		}
	}
	s.clearSession(w)
	w.Header().Set("Clear-Site-Data", `"cache"`)
	return s.redirect(w, r, "/sign-in", "flash.signed-out")
}

// showDemo tells whom a visitor of the demo is about to be; entering is a form, as every change is.
func (s *Server) showDemo(w http.ResponseWriter, r *http.Request) error {
	d, err := s.demoRole(r)
	if err != nil {
		return err
	}
	texts := visitOf(r).texts
	return s.render(w, r, http.StatusOK, views.DemoPage(s.page(r, texts.T("demo.title")), views.Demo{
		Action: r.URL.Path, Next: localPath(r.FormValue("next")),
		Role: texts.T("role." + string(d.Role)), Does: texts.T("demo.does." + string(d.Role))}))
}

func (s *Server) enterDemo(w http.ResponseWriter, r *http.Request) error {
	d, err := s.demoRole(r)
	if err != nil {
		return err
	}
	code, err := s.SignIns.NewCode(r.Context(), d.Email)
	if err != nil {
		return err
	}
	secret, err := s.SignIns.SignInWithCode(r.Context(), code, visitOf(r).id)
	if err != nil {
		return err
	}
	s.setSession(w, secret)
	return s.redirect(w, r, localPath(r.PostFormValue("next")), "")
}

func (s *Server) demoRole(r *http.Request) (DemoRole, error) {
	for _, d := range s.Demo {
		if string(d.Role) == r.PathValue("role") {
			return d, nil
		}
	}
	return DemoRole{}, errs.New(errs.NotFound, "")
}

// formOf turns an Invalid error into what a form shows: the words for each field.
func formOf(texts textsIn, err error) views.Form {
	var f views.Form
	e := (*errs.Error)(nil)
	if !errors.As(err, &e) {
		return f
	}
	for _, field := range e.Fields {
		f.Wrong = append(f.Wrong, views.Wrong{Field: field.Name, Text: texts.TMap(field.Key, daysInWords(texts, field.Args))})
	}
	if len(e.Fields) == 0 && e.Key != "" {
		f.Wrong = append(f.Wrong, views.Wrong{Text: texts.T(e.Key)})
	}
	return f
}

// daysInWords is what is filled into a text, with days as they are said.
func daysInWords(texts textsIn, args map[string]any) map[string]any {
	out := make(map[string]any, len(args))
	for name, value := range args {
		if d, ok := value.(clock.Date); ok {
			value = texts.DayAndMonth(d)
		}
		out[name] = value
	}
	return out
}

// textsIn is the part of a printer that forms need.
type textsIn interface {
	T(key string, args ...any) string
	TMap(key string, data map[string]any) string
	DayAndMonth(d clock.Date) string
}
