package web

import (
	"net/http"

	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/mail"
	"hemvist/internal/web/views"
)

const wordsPath = lettersPath + "/words"

func wordsHref(template, language string) string { return wordsPath + "/" + template + "/" + language }

func (s *Server) listWords(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	t := v.texts
	last, err := s.Letters.Wordings(r.Context(), v.who.Subject)
	if err != nil {
		return err
	}
	var data views.WordsList
	for _, template := range mail.Templates() {
		row := views.WordsRow{Title: letterTitle(t, template.Name), When: t.T("letter." + template.Name + ".when")}
		for _, lang := range i18n.Languages {
			own := last[[2]string{template.Name, lang}]
			link := views.WordsLink{Href: wordsHref(template.Name, lang), Language: t.T("language.own." + lang), Lang: lang, Tag: wordsTag(t, own.Own)}
			if own.Own {
				link.Since = t.T("letters.words.since", "at", moment(t, own.At), "name", own.By)
			}
			row.Links = append(row.Links, link)
		}
		data.Rows = append(data.Rows, row)
	}
	page := s.page(r, t.T("letters.words.title"))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, http.StatusOK, views.WordsListPage(page, data))
}

func wordsTag(t *i18n.Printer, own bool) views.Tag {
	if own {
		return views.Tag{Text: t.T("letters.words.own"), Colour: "brand1"}
	}
	return views.Tag{Text: t.T("letters.words.house"), Colour: "neutral"}
}

func (s *Server) showWords(w http.ResponseWriter, r *http.Request) error {
	return s.renderWords(w, r, http.StatusOK, nil, views.Form{})
}

// renderWords shows a letter's words and how they read; typed is what somebody is writing, nil for the words in use.
func (s *Server) renderWords(w http.ResponseWriter, r *http.Request, status int, typed *mail.Words, form views.Form) error {
	v := visitOf(r)
	t := v.texts
	e, err := s.Letters.Editing(r.Context(), v.who.Subject, r.PathValue("template"), r.PathValue("language"))
	if err != nil {
		return err
	}
	shown := e.Words
	if typed != nil {
		shown = *typed
	}
	data := views.Words{Href: wordsHref(e.Template.Name, e.Language), Lang: e.Language, Language: t.T("language." + e.Language), Tag: wordsTag(t, e.Own), Own: e.Own,
		When: t.T("letter." + e.Template.Name + ".when"), Subject: textOf(shown.Subject), Body: textOf(shown.Body), SMS: textOf(shown.SMS), Last: e.Last,
		OneSMS: mail.OneSMS, Form: form, Typed: typed != nil}
	inTheirs := s.Texts.For(e.Language)
	for _, name := range e.Template.Names() {
		data.Placeholders = append(data.Placeholders, views.Fact{Name: mail.Placeholder(inTheirs, name), Value: t.T("letter-arg." + name + ".about")})
	}
	if len(form.Wrong) == 0 || form.Wrong[0].Field == "" {
		preview := s.Letters.Preview(e, shown)
		data.Preview = &views.WordsPreview{Subject: preview.Subject, Body: paragraphs(preview.Body, mail.LinkMark, ""), SMS: preview.SMS}
		if n := len([]rune(preview.SMS)); n > mail.OneSMS {
			data.Preview.Long = t.T("letters.words.sms.long", "n", n, "parts", (n+mail.PartOfSMS-1)/mail.PartOfSMS)
		}
	}
	for _, h := range e.History {
		row := views.WordsBefore{Text: t.T("letters.words.history.house", "name", h.By), At: moment(t, h.At)}
		if h.Own {
			row.Text = t.T("letters.words.history.own", "name", h.By)
			row.Subject, row.Body, row.SMS = h.Words.Subject, paragraphs(h.Words.Body, mail.LinkMark, ""), h.Words.SMS
		}
		data.History = append(data.History, row)
	}
	page := s.page(r, letterTitle(t, e.Template.Name)+", "+data.Language)
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, status, views.WordsPage(page, data))
}

// setWords saves a letter's words, or shows how they would read.
func (s *Server) setWords(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	template, language := r.PathValue("template"), r.PathValue("language")
	typed := mail.Words{Subject: r.PostFormValue("subject"), Body: r.PostFormValue("body"), SMS: r.PostFormValue("sms")}
	if r.PostFormValue("do") == "preview" {
		form := views.Form{}
		if err := s.Letters.CheckWords(template, language, typed); errs.Is(err, errs.Invalid) {
			form = formOf(v.texts, err)
		} else if err != nil {
			return err
		}
		return s.renderWords(w, r, http.StatusOK, &typed, form)
	}
	err := s.Letters.SetWords(r.Context(), v.who.Subject, template, language, typed, r.PostFormValue("last"), v.id)
	switch {
	case errs.Is(err, errs.Invalid):
		return s.renderWords(w, r, http.StatusUnprocessableEntity, &typed, formOf(v.texts, err))
	case errs.Is(err, errs.Conflict):
		return s.renderWords(w, r, http.StatusConflict, &typed, formOf(v.texts, err))
	case err != nil:
		return err
	}
	return s.redirect(w, r, wordsHref(template, language), "flash.letter.words")
}

func (s *Server) resetWords(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	template, language := r.PathValue("template"), r.PathValue("language")
	if err := s.Letters.ResetWords(r.Context(), v.who.Subject, template, language, r.PostFormValue("last"), v.id); err != nil {
		return err
	}
	return s.redirect(w, r, wordsHref(template, language), "flash.letter.reset")
}
