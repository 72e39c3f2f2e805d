package web

import (
	"net/http"
	"slices"
	"strings"

	"hemvist/internal/clock"
	"hemvist/internal/credential"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/programme"
	"hemvist/internal/register"
	"hemvist/internal/web/views"
)

var errStaleCredentials = errs.New(errs.Denied, "credentials.stale")

func credentialsHref(person string) string { return personHref(person) + "/credentials" }

func (s *Server) showMyCredentials(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	on, wrong := dayIn(r.URL.Query(), s.Rounds.Today())
	st, err := s.Register.Mine(r.Context(), v.who.Subject, on)
	if err != nil {
		return err
	}
	page := s.page(r, v.texts.T("credentials.mine"))
	data := s.credentialsView(v.texts, st)
	data.Self, data.Href = true, "/me/credentials"
	return s.renderCredentials(w, r, page, data, wrong)
}

func (s *Server) showCredentials(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	on, wrong := dayIn(r.URL.Query(), s.Rounds.Today())
	st, err := s.Register.Person(r.Context(), v.who.Subject, r.PathValue("person"), on)
	if err != nil {
		return err
	}
	page := s.page(r, v.texts.T("credentials.of", "name", st.Name))
	page.Flash = s.takeFlash(w, r)
	data := s.credentialsView(v.texts, st)
	data.Href, data.Back, data.BackText = credentialsHref(st.Person), personHref(st.Person), st.Name
	if st.MayRecord {
		data.RecordHref = data.Href + "/new"
	}
	return s.renderCredentials(w, r, page, data, wrong)
}

func (s *Server) renderCredentials(w http.ResponseWriter, r *http.Request, page views.Page, data views.Credentials, wrong []errs.Field) error {
	if len(wrong) > 0 {
		data.Form, data.On = formOf(page.Texts, errs.InvalidFields(wrong...)), r.URL.Query().Get("on")
		return s.render(w, r, http.StatusUnprocessableEntity, views.CredentialsPage(page, data))
	}
	return s.render(w, r, http.StatusOK, views.CredentialsPage(page, data))
}

func (s *Server) credentialsView(t *i18n.Printer, st register.Standings) views.Credentials {
	data := views.Credentials{On: st.On.String(), OnText: t.Date(st.On), IsToday: st.On == s.Rounds.Today(), Lead: t.T("credentials.lead.day", "on", t.Date(st.On))}
	if data.IsToday {
		data.Lead = t.T("credentials.lead")
	}
	for _, in := range st.Programmes {
		view := views.CredentialsOf{ID: in.Definition.ID, Title: in.Definition.Title.In(t.Lang())}
		for _, v := range in.Verdicts {
			c := credentialView(t, in.Definition, v)
			if v.Status == credential.None {
				view.Others = append(view.Others, c)
			} else {
				view.Held = append(view.Held, c)
			}
		}
		for _, f := range in.Recorded {
			view.Recorded = append(view.Recorded, recordedView(t, in.Definition, st, f))
		}
		if len(view.Held) > 0 || len(view.Recorded) > 0 || len(st.Programmes) == 1 {
			data.Programmes = append(data.Programmes, view)
		}
	}
	return data
}

func credentialView(t *i18n.Printer, def *programme.Definition, v credential.Verdict) views.Credential {
	lang := t.Lang()
	view := views.Credential{ID: v.Credential, Title: v.Credential, Status: statusTag(t, v.Status), Why: reasonsText(v.Reasons, lang)}
	c, ok := def.Credential(v.Credential)
	if ok {
		view.Title = c.Title.In(lang)
	}
	if v.Ready && ok {
		view.Ready = t.T("credentials.ready", "who", deciders(def, c, lang))
	}
	fact := func(key, value string) { view.Facts = append(view.Facts, views.Fact{Name: t.T(key), Value: value}) }
	if v.Term != nil {
		fact("credentials.since", t.Date(v.Term.First))
		if v.Term.Granted != v.Term.First {
			fact("credentials.granted", t.Date(v.Term.Granted))
		}
		if !v.Term.LastDay.IsZero() {
			fact("credentials.until", t.Date(v.Term.LastDay))
		}
		if v.Term.Of > 0 {
			fact("credentials.rounds", t.T("credentials.rounds.used", "used", v.Term.Used, "of", v.Term.Of))
		}
		if v.Status == credential.Due && !v.Term.GraceEnds.IsZero() {
			fact("credentials.grace", t.Date(v.Term.GraceEnds))
		}
	}
	for _, r := range v.Requirements {
		row := views.OutlookRow{Title: r.Title(lang), Why: resultText(r, lang), Tag: resultTag(t, r)}
		if r.Advised {
			row.Notes = append(row.Notes, t.T("credentials.advised"))
		}
		for _, n := range def.Notes {
			if n.Ours && n.Path == "credentials."+v.Credential+"."+string(r.List)+"."+r.ID {
				row.Notes = append(row.Notes, t.T("outlook.ours")+" "+n.Text.In(lang))
			}
		}
		view.Asked = append(view.Asked, row)
	}
	return view
}

// resultTag is a requirement's answer: what was missed says so.
func resultTag(t *i18n.Printer, r credential.Result) views.Tag {
	if r.Missed && r.State != credential.Met && !r.Advised { // a wish is never held against anybody
		return prospectTag(t, credential.ProspectMissed)
	}
	return stateTag(t, r.State)
}

// resultText is why, with the parts of what has parts.
func resultText(r credential.Result, lang string) string {
	out := []string{}
	if own := reasonsText(r.Reasons, lang); own != "" {
		out = append(out, own)
	}
	if r.State != credential.Met {
		for _, p := range r.Parts {
			out = append(out, p.Title(lang)+": "+resultText(p, lang))
		}
	}
	return strings.Join(out, " ")
}

// deciders are who decides about a credential, in the programme's own words.
func deciders(def *programme.Definition, c *programme.Credential, lang string) string {
	var names []string
	for _, id := range c.GrantedBy {
		if role, ok := def.Role(id); ok {
			names = append(names, role.Title.In(lang))
		}
	}
	return strings.Join(names, ", ")
}

func recordedView(t *i18n.Printer, def *programme.Definition, st register.Standings, f register.Recorded) views.RecordedFact {
	what := f.What
	if c, ok := def.Credential(f.What); ok && f.Kind != credential.FactCourseCompleted {
		what = c.Title.In(t.Lang())
	} else if f.Kind == credential.FactCourseCompleted {
		what = titleOfVariant(def, f.What, t.Lang())
	}
	view := views.RecordedFact{Text: t.T("credentials.fact."+string(f.Kind), "what", what), When: t.Date(f.On),
		By: t.T("credentials.why."+string(f.Why)) + ". " + t.T("credentials.by", "name", f.By, "on", t.Date(clock.DateOf(f.At.In(stockholm))))}
	if f.TakenBack {
		view.By = t.T("credentials.taken-back") + " " + view.By
	} else if st.MayRecord {
		view.Retract = credentialsHref(st.Person) + "/" + f.ID + "/retract"
	}
	return view
}

// factTyped is what was typed about something to be recorded.
type factTyped struct{ what, on, why string }

func readFact(r *http.Request) factTyped {
	return factTyped{r.PostFormValue("what"), strings.TrimSpace(r.PostFormValue("on")), r.PostFormValue("why")}
}

// fact is it as the room reads it. What is no day is none, which the room refuses in words.
func (f factTyped) fact() register.NewFact {
	parts := append(strings.SplitN(f.what, "/", 3), "", "", "")
	on, _ := clock.ParseDate(f.on)
	return register.NewFact{Programme: parts[0], Kind: credential.FactKind(parts[1]), What: parts[2], On: on, Why: register.Why(f.why)}
}

func (s *Server) newCredential(w http.ResponseWriter, r *http.Request) error {
	if !s.SignIns.Fresh(visitOf(r).who) {
		return errStaleCredentials
	}
	return s.renderRecordCredential(w, r, http.StatusOK, factTyped{why: string(register.EarlierRegister)}, views.Form{})
}

func (s *Server) renderRecordCredential(w http.ResponseWriter, r *http.Request, status int, typed factTyped, form views.Form) error {
	v := visitOf(r)
	t := v.texts
	st, err := s.Register.Person(r.Context(), v.who.Subject, r.PathValue("person"), clock.Date{})
	if err != nil {
		return err
	}
	data := views.RecordCredential{Name: st.Name, Href: credentialsHref(st.Person), On: typed.on, Form: form,
		What: []views.Option{{Text: t.T("credentials.record.choose")}}}
	for _, in := range st.Programmes {
		data.What = append(data.What, factOptions(t, in.Definition, typed.what)...)
	}
	var whys []register.Why
	for _, k := range register.Kinds {
		for _, why := range register.WhysOf(k) {
			if !slices.Contains(whys, why) {
				whys = append(whys, why)
				data.Why = append(data.Why, views.Option{Value: string(why), Text: t.T("credentials.why." + string(why)), Chosen: string(why) == typed.why})
			}
		}
	}
	return s.render(w, r, status, views.RecordCredentialPage(s.page(r, t.T("credentials.record.title", "name", st.Name)), data))
}

// factOptions is what can be recorded in a programme.
func factOptions(t *i18n.Printer, def *programme.Definition, chosen string) []views.Option {
	var out []views.Option
	add := func(kind credential.FactKind, id, what string) {
		value := def.ID + "/" + string(kind) + "/" + id
		out = append(out, views.Option{Value: value, Text: t.T("credentials.fact."+string(kind), "what", what), Chosen: value == chosen})
	}
	for _, kind := range register.Kinds {
		if kind == credential.FactCourseCompleted {
			for _, v := range def.Variants {
				if v.Kind == programme.Course {
					add(kind, v.ID, v.Title.In(t.Lang()))
				}
			}
			continue
		}
		for _, c := range def.Credentials {
			if c.HeldBy != programme.OfUnit {
				add(kind, c.ID, c.Title.In(t.Lang()))
			}
		}
	}
	return out
}

func (s *Server) recordCredential(w http.ResponseWriter, r *http.Request) error {
	v, typed := visitOf(r), readFact(r)
	if !s.SignIns.Fresh(v.who) {
		return errStaleCredentials
	}
	err := s.Register.Record(r.Context(), v.who.Subject, r.PathValue("person"), typed.fact(), v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderRecordCredential(w, r, http.StatusUnprocessableEntity, typed, formOf(v.texts, err))
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, credentialsHref(r.PathValue("person")), "flash.credential.recorded")
}

func (s *Server) retractCredential(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	if !s.SignIns.Fresh(v.who) {
		return errStaleCredentials
	}
	if err := s.Register.Retract(r.Context(), v.who.Subject, r.PathValue("person"), r.PathValue("fact"), v.id); err != nil {
		return err
	}
	return s.redirect(w, r, credentialsHref(r.PathValue("person")), "flash.credential.retracted")
}
