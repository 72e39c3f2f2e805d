package web

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"hemvist/internal/catalogue"
	"hemvist/internal/clock"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/programme"
	"hemvist/internal/web/views"
)

func (s *Server) newDefinition(w http.ResponseWriter, r *http.Request) error {
	return s.renderUpload(w, r, http.StatusOK, views.Upload{})
}

// renderUpload shows the form, with the texts that one can begin from.
func (s *Server) renderUpload(w http.ResponseWriter, r *http.Request, status int, data views.Upload) error {
	v := visitOf(r)
	list, err := s.Catalogue.List(r.Context(), v.who.Subject)
	if err != nil {
		return err
	}
	for _, p := range list {
		if p.MayUpload {
			data.Start = append(data.Start, views.Link{Href: versionHref(p.ID, p.Definition.Version) + "/source",
				Text: v.texts.T("programmes.upload.start", "programme", p.Definition.Title.In(v.texts.Lang()), "version", p.Definition.Version)})
		}
	}
	return s.render(w, r, status, views.UploadPage(s.page(r, v.texts.T("programmes.upload.title")), data))
}

// uploadDefinition takes a definition as a file or as text; a file wins. With mistakes the form comes back with the text in it, so
// that one can mend it there.
func (s *Server) uploadDefinition(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	text := r.PostFormValue("source")
	if file := r.PostFormValue("file"); file != "" {
		text = file
	}
	up, err := s.Catalogue.Upload(r.Context(), v.who.Subject, []byte(text), v.id)
	data := views.Upload{Text: textOf(text)}
	switch {
	case errs.Is(err, errs.Invalid):
		data.Form = s.wrongForm(v.texts, err)
		return s.renderUpload(w, r, http.StatusUnprocessableEntity, data)
	case err != nil:
		return err
	case len(up.Mistakes) > 0:
		addMistakes(v.texts, &data, up.Mistakes)
		return s.renderUpload(w, r, http.StatusUnprocessableEntity, data)
	}
	flash := "flash.definition.uploaded"
	if up.Known {
		flash = "flash.definition.known"
	}
	return s.redirect(w, r, versionHref(up.Programme, up.Version)+"/changes", flash)
}

// maxMistakes is how many mistakes one page shows; whoever has more begins with these.
const maxMistakes = 50

// addMistakes puts mistakes into the form: each with its place, what is wrong and what would be right, and the line that it is in.
func addMistakes(t *i18n.Printer, data *views.Upload, mistakes []programme.Mistake) {
	lines := strings.Split(strings.ReplaceAll(strings.TrimPrefix(data.Text, "\ufeff"), "\r\n", "\n"), "\n")
	for i, m := range mistakes[:min(len(mistakes), maxMistakes)] {
		wrong, right := m.Text(t.Lang())
		p := views.Misprint{Anchor: fmt.Sprintf("mistake-%d", i+1), Place: t.T("programmes.upload.place", "line", m.Line, "column", m.Column),
			Wrong: upperFirst(wrong), Right: upperFirst(right), Line: strconv.Itoa(m.Line)}
		if m.Line >= 1 && m.Line <= len(lines) {
			p.Before, p.Marked, p.After = markAt(lines[m.Line-1], m.Column)
		}
		data.Mistakes = append(data.Mistakes, p)
		data.Form.Wrong = append(data.Form.Wrong, views.Wrong{Field: p.Anchor, Text: p.Place + ": " + wrong})
	}
	if more := len(mistakes) - maxMistakes; more > 0 {
		data.More = t.T("programmes.upload.more", "n", more)
	}
}

// How much of a long line is shown around a mistake, in characters.
const (
	shownBefore = 60
	shownAfter  = 80
)

// markAt parts a line at a column (from 1, in characters): what stands before, the word that begins there, and the rest.
func markAt(line string, column int) (before, marked, after string) {
	r := []rune(line)
	start := min(max(column-1, 0), len(r))
	end := start
	for end < len(r) && !strings.ContainsRune(" \t:,{}[]", r[end]) {
		end++
	}
	if end == start && end < len(r) {
		end++
	}
	before, marked, after = string(r[:start]), string(r[start:end]), string(r[end:])
	if start > shownBefore {
		before = "… " + string(r[start-shownBefore:start])
	}
	if len(r)-end > shownAfter {
		after = string(r[end:end+shownAfter]) + " …"
	}
	return before, marked, after
}

// readFiles makes the text of files that come with a form into values of the form, under the names of their fields. They are within
// the limit that the form has, so they fit in memory and none is put on the disk.
func readFiles(r *http.Request) error {
	if err := r.ParseMultipartForm(maxImport); err != nil {
		return err
	}
	for name, files := range r.MultipartForm.File {
		for _, header := range files {
			f, err := header.Open()
			if err != nil {
				return err
			}
			text, err := io.ReadAll(f)
			_ = f.Close() // it is in memory
			if err != nil {
				return err
			}
			r.PostForm.Add(name, string(text))
			r.Form.Add(name, string(text))
		}
	}
	return nil
}

// putInForce decides about a version, from the day that was typed.
func (s *Server) putInForce(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	id, version, typed := r.PathValue("programme"), r.PathValue("version"), strings.TrimSpace(r.PostFormValue("from"))
	from, err := clock.ParseDate(typed)
	if err != nil {
		from = clock.Date{} // which the room refuses, in words
	}
	err = s.Catalogue.PutInForce(r.Context(), v.who.Subject, id, version, from, r.PostFormValue("sure") == "yes", v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderChanges(w, r, http.StatusUnprocessableEntity, typed, err)
	}
	if err != nil {
		return err
	}
	flash := "flash.definition.in-force"
	if from.After(s.Catalogue.Today()) {
		flash = "flash.definition.planned"
	}
	return s.redirect(w, r, versionHref(id, version)+"/changes", flash)
}

func (s *Server) withdrawDefinition(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	id := r.PathValue("programme")
	if err := s.Catalogue.Withdraw(r.Context(), v.who.Subject, id, r.PathValue("version"), v.id); err != nil {
		return err
	}
	return s.redirect(w, r, programmeHref(id)+"/versions", "flash.definition.withdrawn")
}

func (s *Server) listVersions(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	p, err := s.Catalogue.Get(r.Context(), v.who.Subject, r.PathValue("programme"))
	if err != nil {
		return err
	}
	t := v.texts
	data := views.Versions{Programme: p.Definition.Title.In(t.Lang()), Href: programmeHref(p.ID), MayUpload: p.MayUpload, MayMove: p.MayMove}
	for _, version := range p.Versions {
		row := views.VersionRow{Href: versionHref(p.ID, version.Version), Version: version.Version, Dated: t.DateShort(version.Dated),
			InForce: heldText(t, version), Uploaded: t.DateShort(clock.DateOf(version.UploadedAt.In(stockholm))), By: uploadedBy(t, version),
			State: versionTag(t, version.State)}
		row.Changes, row.Source = row.Href+"/changes", row.Href+"/source"
		data.Rows = append(data.Rows, row)
	}
	for _, home := range p.Homes {
		row := views.HomeRow{Hub: home.Hub, Now: home == p.Home}
		switch {
		case home.From.After(s.Catalogue.Today()):
			row.When = t.T("programmes.home.from", "from", t.Date(home.From))
		case home.To.IsZero():
			row.When = t.T("programmes.home.since", "from", t.Date(home.From))
		default:
			row.When = t.T("programmes.home.until", "from", t.Date(home.From), "to", t.Date(home.To))
		}
		data.Homes = append(data.Homes, row)
	}
	if p.MayMove && p.Moves != nil {
		data.MayMove, data.Stay = false, programmeHref(p.ID)+"/home/stay"
	}
	page := s.page(r, t.T("programmes.versions.title", "programme", data.Programme))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, http.StatusOK, views.VersionsPage(page, data))
}

func uploadedBy(t *i18n.Printer, v catalogue.Version) string {
	switch {
	case v.HubID == "":
		return t.T("programmes.shipped")
	case v.UploadedBy != "":
		return v.UploadedBy + ", " + v.Hub
	default:
		return v.Hub
	}
}

func (s *Server) showMove(w http.ResponseWriter, r *http.Request) error {
	return s.renderMove(w, r, http.StatusOK, url.Values{}, views.Form{})
}

func (s *Server) renderMove(w http.ResponseWriter, r *http.Request, status int, typed url.Values, form views.Form) error {
	v := visitOf(r)
	p, err := s.Catalogue.Get(r.Context(), v.who.Subject, r.PathValue("programme"))
	if err != nil {
		return err
	}
	if !p.MayMove {
		return &errs.Error{Kind: errs.Denied, Err: fmt.Errorf("move %s: its home is with %s", p.ID, p.Home.HubID)}
	}
	hubs, err := s.Catalogue.Hubs(r.Context(), v.who.Subject)
	if err != nil {
		return err
	}
	data := views.Move{Programme: p.Definition.Title.In(v.texts.Lang()), Href: programmeHref(p.ID), Hub: p.Home.Hub, From: typed.Get("from"), Form: form}
	for _, hub := range hubs {
		data.Hubs = append(data.Hubs, views.Option{Value: hub.ID, Text: hub.Name, Chosen: hub.ID == typed.Get("hub")})
	}
	return s.render(w, r, status, views.MovePage(s.page(r, v.texts.T("programmes.move.title", "programme", data.Programme)), data))
}

func (s *Server) moveHome(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	id := r.PathValue("programme")
	from, err := clock.ParseDate(strings.TrimSpace(r.PostFormValue("from")))
	if err != nil {
		from = clock.Date{} // which the room refuses, in words
	}
	hub := r.PostFormValue("hub")
	if !utf8.ValidString(hub) {
		hub = ""
	}
	err = s.Catalogue.MoveHome(r.Context(), v.who.Subject, id, hub, from, v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderMove(w, r, http.StatusUnprocessableEntity, r.PostForm, s.wrongForm(v.texts, err))
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, programmeHref(id)+"/versions", "flash.programme.moves")
}

func (s *Server) stayHome(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	id := r.PathValue("programme")
	if err := s.Catalogue.Stay(r.Context(), v.who.Subject, id, v.id); err != nil {
		return err
	}
	return s.redirect(w, r, programmeHref(id)+"/versions", "flash.programme.stays")
}
