package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/i18n"
	"hemvist/internal/mail"
	"hemvist/internal/web/views"
)

const lettersPath = "/letters"

// letterQuery reads the outbox's filters from the address; what is not understood is as not said.
func letterQuery(values url.Values) mail.Query {
	q := mail.Query{Text: strings.TrimSpace(values.Get("q"))}
	if st := mail.State(values.Get("state")); slices.Contains(mail.States, st) {
		q.State = st
	}
	q.Page = pageIn(values)
	return q
}

func (s *Server) listLetters(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	found, err := s.Letters.Outbox(r.Context(), v.who.Subject, letterQuery(r.URL.Query()))
	if err != nil {
		return err
	}
	page := s.page(r, v.texts.T("letters.title"))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, http.StatusOK, views.LettersPage(page, s.lettersView(v, found)))
}

func (s *Server) lettersView(v *visit, found mail.Page) views.Letters {
	t, q := v.texts, found.Query
	data := views.Letters{Text: q.Text, Filtered: q.Text != "" || q.State != "", Keeps: s.Letters.Keeps(),
		Off:      !s.Letters.Delivers(mail.ByEmail),
		MayWords: access.ReachOf(v.who.Subject.Role, access.EditTemplates) != access.None}
	data.States = append(data.States, views.Option{Text: t.T("letters.state.any"), Chosen: q.State == ""})
	for _, st := range mail.States {
		data.States = append(data.States, views.Option{Value: string(st), Text: t.T("letters.state." + string(st)), Chosen: q.State == st})
	}
	for _, row := range found.Rows {
		data.Rows = append(data.Rows, views.LetterRow{Href: lettersPath + "/" + row.ID, Name: nameOr(t, row.Name, row.Address), Address: row.Address,
			Kind: letterTitle(t, row.Template), Organisation: row.Organisation, When: moment(t, row.Created), State: letterTag(t, row.State)})
	}
	switch {
	case found.More:
		data.Summary = t.T("letters.summary.more", "n", found.Total)
	case found.Total == 0:
		data.Summary = t.T("letters.summary.none")
	default:
		data.Summary = t.T("letters.summary", "n", found.Total)
	}
	data.Pager = listAt(lettersPath, "q", q.Text, "state", string(q.State)).pager(t, q.Page, found.Pages())
	return data
}

// nameOr is who a letter is to: by name, else by address; of a private or forgotten one nobody is told.
func nameOr(t *i18n.Printer, name, address string) string {
	switch {
	case name != "":
		return name
	case address != "":
		return address
	default:
		return t.T("letters.hidden")
	}
}

// letterTitle is what a kind of letter is called; one that this program no longer knows goes by its name.
func letterTitle(t *i18n.Printer, template string) string {
	if !t.Has("letter." + template + ".title") {
		return template
	}
	return t.T("letter." + template + ".title")
}

var letterColours = map[mail.State]string{mail.Queued: "info", mail.HandingOver: "info", mail.Sent: "success", mail.Failed: "danger",
	mail.Uncertain: "warning", mail.Dropped: "neutral"}

func letterTag(t *i18n.Printer, st mail.State) views.Tag {
	return views.Tag{Text: t.T("letters.state." + string(st)), Colour: letterColours[st]}
}

func (s *Server) showLetter(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	d, err := s.Letters.Letter(r.Context(), v.who.Subject, r.PathValue("letter"))
	if err != nil {
		return err
	}
	page := s.page(r, v.texts.T("letters.to", "name", nameOr(v.texts, d.Name, d.Address)))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, http.StatusOK, views.LetterPage(page, s.letterView(v.texts, d)))
}

func (s *Server) letterView(t *i18n.Printer, d mail.Detail) views.Letter {
	view := views.Letter{Href: lettersPath + "/" + d.ID, Kind: letterTitle(t, d.Template), State: letterTag(t, d.State), About: t.T(s.letterAbout(d)),
		Subject: d.Subject, Lang: d.Language, Body: paragraphs(d.Body, mail.LinkMark, d.Link), HandedOver: d.HandedOver,
		HidesLink: d.HasLink && d.Link == "", MayAgain: d.MayAgain, MayDrop: d.MayDrop, Uncertain: d.State == mail.Uncertain}
	view.Facts = []views.Fact{{Name: t.T("letters.way." + string(d.Way)), Value: nameOr(t, "", d.Address)}, {Name: t.T("letters.kind"), Value: view.Kind}}
	if d.Organisation != "" {
		view.Facts = append(view.Facts, views.Fact{Name: t.T("letters.organisation"), Value: d.Organisation})
	}
	view.Facts = append(view.Facts, views.Fact{Name: t.T("letters.language"), Value: t.T("language." + d.Language)})
	for _, e := range d.Events {
		row := views.LetterEvent{Text: t.T("letters.event." + e.What), Answer: e.Answer, At: moment(t, e.At)}
		if e.By != "" {
			row.Text = t.T("letters.event.by", "what", row.Text, "name", e.By)
		}
		view.Events = append(view.Events, row)
	}
	return view
}

// letterAbout is the key of the text that says what a letter's state means for who looks at it.
func (s *Server) letterAbout(d mail.Detail) string {
	state := string(d.State)
	switch {
	case s.Letters.Keeps() && d.State == mail.Sent:
		state = "kept"
	case d.State == mail.Queued && !s.Letters.Delivers(d.Way):
		state = "off"
	case d.State == mail.Queued && d.Tries > 0:
		state = "later"
	}
	return "letters.about." + state
}

// paragraphs is a plain text as a page shows it. Where mark stands comes the link, or the word that it is not shown when there is none.
func paragraphs(text, mark, link string) [][]views.Piece {
	var all [][]views.Piece
	for paragraph := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		var pieces []views.Piece
		for i, line := range strings.Split(strings.Trim(paragraph, "\n"), "\n") {
			if i > 0 {
				pieces = append(pieces, views.Piece{Break: true})
			}
			for j, part := range strings.Split(line, mark) {
				if j > 0 {
					pieces = append(pieces, views.Piece{Href: link, Link: true})
				}
				if part != "" {
					pieces = append(pieces, views.Piece{Text: part})
				}
			}
		}
		if len(pieces) > 0 {
			all = append(all, pieces)
		}
	}
	return all
}

func (s *Server) sendLetterAgain(w http.ResponseWriter, r *http.Request) error {
	v, id := visitOf(r), r.PathValue("letter")
	if err := s.Letters.Again(r.Context(), v.who.Subject, id, v.id); err != nil {
		return err
	}
	return s.redirect(w, r, lettersPath+"/"+id, "flash.letter.again")
}

func (s *Server) dropLetter(w http.ResponseWriter, r *http.Request) error {
	v, id := visitOf(r), r.PathValue("letter")
	if err := s.Letters.Drop(r.Context(), v.who.Subject, id, v.id); err != nil {
		return err
	}
	return s.redirect(w, r, lettersPath+"/"+id, "flash.letter.dropped")
}
