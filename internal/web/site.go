package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/site"
	"hemvist/internal/site/marked"
	"hemvist/internal/web/views"
)

// showText shows one of the house's own texts to anybody.
func (s *Server) showText(text site.Text) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v := visitOf(r)
		t := v.texts
		page, err := s.Site.Read(r.Context(), text, t.Lang())
		if err != nil {
			return err
		}
		data := views.TextPage{}
		in := t
		if page.Fallback {
			data.Language, in = page.Language, s.Texts.For(page.Language)
		}
		body, missing := page.Particulars.Fill(page.Body, siteWords(in))
		if data.HTML, err = marked.HTML(body); err != nil {
			return err
		}
		for _, name := range missing {
			data.Missing = append(data.Missing, t.T("site.unfilled."+string(name)))
		}
		if !page.Shipped {
			data.Changed = t.T("site.changed.public", "on", t.Date(clock.DateOf(page.At.In(stockholm))))
		}
		if v.in && access.ReachOf(v.who.Subject.Role, access.EditSite) != access.None {
			data.Edit = siteHref(text, page.Language)
		}
		return s.render(w, r, http.StatusOK, views.TextPageView(s.page(r, t.T("site.text."+string(text))), data))
	}
}

// siteWords is how a text's particulars are said in a language.
func siteWords(t *i18n.Printer) site.Words {
	return site.Words{Day: t.Date, Missing: func(p site.Particular) string { return t.T("site.unfilled." + string(p)) }}
}

func siteHref(text site.Text, language string) string {
	return "/site/" + string(text) + "/" + language
}

func (s *Server) listTexts(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	t := v.texts
	o, err := s.Site.Overview(r.Context(), v.who.Subject)
	if err != nil {
		return err
	}
	var data views.Site
	for _, name := range o.Particulars.Missing() {
		data.Missing = append(data.Missing, views.Link{Href: "/site/particulars#" + string(name), Text: t.T("site.fill-in." + string(name))})
	}
	for _, state := range o.Texts {
		name := t.T("site.text." + string(state.Text))
		for _, language := range state.Behind {
			data.Missing = append(data.Missing, views.Link{Href: siteHref(state.Text, language),
				Text: t.T("site.fill-in.language", "text", name, "language", t.T("language."+language))})
		}
		for _, language := range state.Older {
			data.Older = append(data.Older, t.T("site.older", "text", name, "language", t.T("language."+language)))
		}
		for _, version := range state.Versions {
			href := siteHref(state.Text, version.Language)
			row := views.SiteRow{Name: name, Language: t.T("language." + version.Language), Edit: href, History: href + "/history", Show: "/" + string(state.Text)}
			row.Changed, row.By = siteWhen(t, version)
			switch {
			case slices.Contains(state.Behind, version.Language):
				row.State = views.Tag{Text: t.T("site.state.behind"), Colour: "warning"}
			case len(state.Unfilled) > 0:
				row.State = views.Tag{Text: t.T("site.state.unfilled"), Colour: "warning"}
			case version.Shipped:
				row.State = views.Tag{Text: t.T("site.state.shipped"), Colour: "neutral"}
			default:
				row.State = views.Tag{Text: t.T("site.state.own"), Colour: "success"}
			}
			data.Rows = append(data.Rows, row)
		}
	}
	page := s.page(r, t.T("site.title"))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, http.StatusOK, views.SitePage(page, data))
}

// siteWhen is when a version was made and by whom.
func siteWhen(t *i18n.Printer, v site.Version) (when, by string) {
	if v.Number == 0 {
		return t.T("site.shipped"), ""
	}
	return t.Instant(v.At, stockholm), v.By
}

func (s *Server) editText(w http.ResponseWriter, r *http.Request) error {
	return s.renderText(w, r, http.StatusOK, nil, views.SiteEdit{})
}

// textOfPath is the text and language that the address names.
func textOfPath(r *http.Request) (site.Text, string) {
	return site.Text(r.PathValue("text")), r.PathValue("language")
}

// renderText shows the form for a text. typed is what has been typed in it; nil shows what is stored.
func (s *Server) renderText(w http.ResponseWriter, r *http.Request, status int, typed *string, data views.SiteEdit) error {
	v := visitOf(r)
	t := v.texts
	text, language := textOfPath(r)
	now, err := s.Site.Edit(r.Context(), v.who.Subject, text, language)
	if err != nil {
		return err
	}
	data.Action, data.History = siteHref(text, language), siteHref(text, language)+"/history"
	if typed == nil {
		data.Body, data.Seen = now.Body, strconv.Itoa(now.Number)
	} else {
		data.Body = *typed
	}
	if data.Meanwhile != "" { // what is sent next is sent knowing of it
		data.Seen = strconv.Itoa(now.Number)
		data.Changes = siteChanges(site.Compare(now.Body, strings.ReplaceAll(data.Body, "\r\n", "\n")))
	}
	if first := i18n.Languages[0]; language != first {
		other, err := s.Site.Edit(r.Context(), v.who.Subject, text, first)
		if err != nil {
			return err
		}
		data.Other = &views.SiteOther{Title: t.T("site.other", "language", t.T("language."+first)), Language: first, Body: other.Body}
	}
	for _, name := range append(slices.Clone(site.Required), site.Phone, site.Post) {
		mark := "{" + string(name) + "}"
		value, missing := now.Particulars.Fill(mark, site.Words{Day: t.Date, Missing: func(site.Particular) string { return "" }})
		if len(missing) > 0 || value == "" {
			value = t.T("site.how.not-filled-in", "what", t.T("site.particular."+string(name)))
		} else {
			value = t.T("site.particular." + string(name))
		}
		data.Marks = append(data.Marks, views.Fact{Name: mark, Value: value})
	}
	title := t.T("site.edit.title", "text", t.T("site.text."+string(text)), "language", t.T("language."+language))
	page := s.page(r, title)
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, status, views.SiteEditPage(page, data))
}

func siteChanges(changes []site.Change) []views.SiteChange {
	var out []views.SiteChange
	for _, c := range changes {
		out = append(out, views.SiteChange(c))
	}
	return out
}

// saveText stores a text, or shows what it would look like.
func (s *Server) saveText(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	text, language := textOfPath(r)
	body := r.PostFormValue("body")
	data := views.SiteEdit{Seen: r.PostFormValue("seen")}
	if r.PostFormValue("do") == "preview" {
		return s.previewText(w, r, body, data)
	}
	seen, _ := strconv.Atoi(data.Seen) // what is no number is that of no version but the shipped one
	changed, err := s.Site.Save(r.Context(), v.who.Subject, text, language, body, seen, v.id)
	meanwhile := (*site.ErrMeanwhile)(nil)
	switch {
	case errors.As(err, &meanwhile):
		data.Meanwhile = s.meanwhileText(r, meanwhile)
		return s.renderText(w, r, http.StatusConflict, &body, data)
	case errs.Is(err, errs.Invalid):
		data.Form = formOf(v.texts, err)
		return s.renderText(w, r, http.StatusUnprocessableEntity, &body, data)
	case err != nil:
		return err
	case !changed:
		return s.redirect(w, r, "/site", "flash.site.unchanged")
	}
	return s.redirect(w, r, "/site", "flash.site.saved")
}

func (s *Server) meanwhileText(r *http.Request, m *site.ErrMeanwhile) string {
	t := visitOf(r).texts
	if m.By == "" {
		return t.T("site.meanwhile.shipped")
	}
	return t.T("site.meanwhile.text", "name", m.By, "when", t.Instant(m.At, stockholm))
}

// previewText shows the form again with the text as readers would see it, or with what is wrong with it.
func (s *Server) previewText(w http.ResponseWriter, r *http.Request, body string, data views.SiteEdit) error {
	v := visitOf(r)
	checked, err := site.CheckBody(body)
	if err != nil {
		data.Form = formOf(v.texts, err)
		return s.renderText(w, r, http.StatusUnprocessableEntity, &body, data)
	}
	particulars, err := s.Site.Particulars(r.Context())
	if err != nil {
		return err
	}
	_, language := textOfPath(r)
	filled, missing := particulars.Fill(checked, siteWords(s.Texts.For(language)))
	if data.Preview, err = marked.HTML(filled); err != nil {
		return err
	}
	for _, name := range missing {
		data.Missing = append(data.Missing, v.texts.T("site.unfilled."+string(name)))
	}
	return s.renderText(w, r, http.StatusOK, &body, data)
}

func (s *Server) textHistory(w http.ResponseWriter, r *http.Request) error {
	return s.renderHistory(w, r, http.StatusOK, views.Form{})
}

// renderHistory shows every version of a text, and how the one that the address names, or the newest, differs from the one before.
func (s *Server) renderHistory(w http.ResponseWriter, r *http.Request, status int, form views.Form) error {
	v := visitOf(r)
	t := v.texts
	text, language := textOfPath(r)
	all, err := s.Site.History(r.Context(), v.who.Subject, text, language)
	if err != nil {
		return err
	}
	href := siteHref(text, language) + "/history"
	data := views.SiteHistory{Edit: siteHref(text, language), Action: siteHref(text, language) + "/again", Seen: strconv.Itoa(all[0].Number), Form: form}
	shown := 0
	for i, version := range all {
		if r.URL.Query().Get("version") == strconv.Itoa(version.Number) {
			shown = i
		}
		row := views.SiteVersion{Title: t.T("site.version", "number", version.Number), Number: strconv.Itoa(version.Number), Now: i == 0, MayTake: i > 0}
		when, by := siteWhen(t, version)
		switch {
		case version.Number == 0:
			row.Title, row.Text = t.T("site.version.shipped"), t.T("site.version.shipped.text")
		case version.Again == 0:
			row.Text = t.T("site.version.again.shipped", "when", when, "name", by)
		case version.Again > 0:
			row.Text = t.T("site.version.again", "when", when, "name", by, "number", version.Again)
		default:
			row.Text = t.T("site.version.saved", "when", when, "name", by)
		}
		if version.Number > 0 {
			row.Show = fmt.Sprintf("%s?version=%d#change", href, version.Number)
		}
		data.Versions = append(data.Versions, row)
	}
	if shown+1 < len(all) {
		data.Compared, data.Title = true, t.T("site.history.change", "version", data.Versions[shown].Title, "before", data.Versions[shown+1].Title)
		if all[shown+1].Number == 0 {
			data.Title = t.T("site.history.change.shipped", "version", data.Versions[shown].Title)
		}
		data.Changes = siteChanges(site.Compare(all[shown+1].Body, all[shown].Body))
	}
	title := t.T("site.history.title", "text", t.T("site.text."+string(text)), "language", t.T("language."+language))
	page := s.page(r, title)
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, status, views.SiteHistoryPage(page, data))
}

// takeTextAgain takes an earlier version up again.
func (s *Server) takeTextAgain(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	text, language := textOfPath(r)
	number, err := strconv.Atoi(r.PostFormValue("number"))
	if err != nil {
		return errs.Wrap(errs.NotFound, err)
	}
	seen, _ := strconv.Atoi(r.PostFormValue("seen")) // as in saveText
	err = s.Site.Again(r.Context(), v.who.Subject, text, language, number, seen, v.id)
	if meanwhile := (*site.ErrMeanwhile)(nil); errors.As(err, &meanwhile) {
		return s.renderHistory(w, r, http.StatusConflict, views.Form{Wrong: []views.Wrong{{Text: s.meanwhileText(r, meanwhile)}}})
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, siteHref(text, language)+"/history", "flash.site.again")
}

func (s *Server) showParticulars(w http.ResponseWriter, r *http.Request) error {
	p, err := s.Site.Particulars(r.Context())
	if err != nil {
		return err
	}
	return s.renderParticulars(w, r, http.StatusOK, particularsView(p, p.Reviewed.String()))
}

func particularsView(p site.Particulars, reviewed string) views.Particulars {
	return views.Particulars{Organisation: p.Organisation, Email: p.Email, Phone: p.Phone, Post: p.Post, Officer: p.Officer, Reviewed: reviewed,
		Seen: strconv.Itoa(p.Number)}
}

func (s *Server) renderParticulars(w http.ResponseWriter, r *http.Request, status int, data views.Particulars) error {
	t := visitOf(r).texts
	now, err := s.Site.Particulars(r.Context())
	if err != nil {
		return err
	}
	if now.Number > 0 {
		data.Changed = t.T("site.version.saved", "when", t.Instant(now.At, stockholm), "name", now.By)
	}
	if data.Meanwhile != "" { // what is sent next is sent knowing of it
		data.Seen = strconv.Itoa(now.Number)
		for _, f := range []struct{ name, value string }{{"organisation", now.Organisation}, {"email", now.Email}, {"phone", now.Phone}, {"post", now.Post},
			{"officer", now.Officer}, {"reviewed", t.Date(now.Reviewed)}} {
			if f.value != "" {
				data.Now = append(data.Now, views.Fact{Name: t.T("site.particular." + f.name), Value: f.value})
			}
		}
	}
	page := s.page(r, t.T("site.particulars.title"))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, status, views.ParticularsPage(page, data))
}

func (s *Server) saveParticulars(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	typed := strings.TrimSpace(r.PostFormValue("reviewed"))
	p := site.Particulars{Organisation: r.PostFormValue("organisation"), Email: r.PostFormValue("email"), Phone: r.PostFormValue("phone"),
		Post: r.PostFormValue("post"), Officer: r.PostFormValue("officer")}
	p.Number, _ = strconv.Atoi(r.PostFormValue("seen")) // as in saveText
	data := particularsView(p, typed)
	var err error
	if typed != "" {
		if p.Reviewed, err = clock.ParseDate(typed); err != nil {
			data.Form = formOf(v.texts, errs.InvalidFields(errs.Field{Name: "reviewed", Key: "site.error.reviewed"}))
			return s.renderParticulars(w, r, http.StatusUnprocessableEntity, data)
		}
	}
	changed, err := s.Site.SaveParticulars(r.Context(), v.who.Subject, p, v.id)
	meanwhile := (*site.ErrMeanwhile)(nil)
	switch {
	case errors.As(err, &meanwhile):
		data.Meanwhile = s.meanwhileText(r, meanwhile)
		return s.renderParticulars(w, r, http.StatusConflict, data)
	case errs.Is(err, errs.Invalid):
		data.Form = formOf(v.texts, err)
		return s.renderParticulars(w, r, http.StatusUnprocessableEntity, data)
	case err != nil:
		return err
	case !changed:
		return s.redirect(w, r, "/site/particulars", "flash.site.unchanged")
	}
	return s.redirect(w, r, "/site", "flash.site.saved")
}
