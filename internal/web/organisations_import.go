package web

import (
	"net/http"
	"strings"

	"hemvist/internal/directory/organisation"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/web/views"
)

func draftHref(id string) string { return organisationsPath + "/import/drafts/" + id }

func (s *Server) newImport(w http.ResponseWriter, r *http.Request) error {
	return s.renderImport(w, r, http.StatusOK, nil)
}

func (s *Server) renderImport(w http.ResponseWriter, r *http.Request, status int, wrong error) error {
	v := visitOf(r)
	waiting, err := s.Organisations.Waiting(r.Context(), v.who.Subject)
	if err != nil {
		return err
	}
	data := views.ImportOrganisations{Form: s.wrongForm(v.texts, wrong)}
	for _, d := range waiting {
		link := views.DraftLink{Href: draftHref(d.ID), Text: d.File, When: v.texts.Instant(d.At, stockholm)}
		if link.Text == "" {
			link.Text = v.texts.T("organisations.import.unnamed")
		}
		data.Waiting = append(data.Waiting, link)
	}
	return s.render(w, r, status, views.ImportOrganisationsPage(s.page(r, v.texts.T("organisations.import.title")), data))
}

// importOrganisations reads a list in and shows what it would do.
func (s *Server) importOrganisations(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	id, err := s.Organisations.Import(r.Context(), v.who.Subject, []byte(r.PostFormValue("file")), fileName(r, "file"), v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderImport(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, draftHref(id), "")
}

// fileName is what a file that was sent is called on the sender's machine.
func fileName(r *http.Request, field string) string {
	if r.MultipartForm == nil || len(r.MultipartForm.File[field]) == 0 {
		return ""
	}
	return textOf(r.MultipartForm.File[field][0].Filename)
}

// importSweden reads in the list of municipalities that ships with the program.
func (s *Server) importSweden(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	id, err := s.Organisations.Import(r.Context(), v.who.Subject, organisation.Sweden, v.texts.T("organisations.sweden.title"), v.id)
	if err != nil {
		return err
	}
	return s.redirect(w, r, draftHref(id), "")
}

func (s *Server) showDraft(w http.ResponseWriter, r *http.Request) error {
	return s.renderDraft(w, r, http.StatusOK, "", nil)
}

// maxNewShown is how many new organisations the preview names.
const maxNewShown = 300

func (s *Server) renderDraft(w http.ResponseWriter, r *http.Request, status int, on string, wrong error) error {
	v := visitOf(r)
	t := v.texts
	p, err := s.Organisations.ImportPreview(r.Context(), v.who.Subject, r.PathValue("draft"))
	if err != nil {
		return err
	}
	data := views.OrganisationDraft{Href: draftHref(p.ID), File: p.File, Used: p.Used, Nothing: p.Nothing(), Seen: p.Seen, On: on, Form: s.wrongForm(t, wrong)}
	if wrong == nil {
		data.On = s.Organisations.Today().String()
	}
	data.Summary = draftSummary(t, p)
	if len(p.Unknown) > 0 {
		data.Unknown = t.T("organisations.import.unknown", "headings", strings.Join(p.Unknown, ", "))
	}
	for _, e := range p.New[:min(len(p.New), maxNewShown)] {
		data.New = append(data.New, views.DraftRow{Row: rowText(t, e.Number), Name: e.Name, Text: entryText(t, e)})
	}
	if more := len(p.New) - maxNewShown; more > 0 {
		data.More = t.T("organisations.import.more", "n", more)
	}
	for _, c := range p.Changed {
		data.Renames = data.Renames || c.Renames
		data.Changed = append(data.Changed, views.DraftRow{Row: rowText(t, c.Number), Name: c.Was, Text: changeText(t, c)})
	}
	for _, g := range p.Gone {
		data.Gone = append(data.Gone, views.Link{Href: organisationHref(g.ID), Text: g.Name})
	}
	for _, m := range p.Misfits {
		var why []string
		for _, f := range m.Wrong {
			why = append(why, t.TMap(f.Key, f.Args))
		}
		data.Misfits = append(data.Misfits, views.DraftRow{Row: rowText(t, m.Number), Name: m.Name, Text: strings.Join(why, " ")})
	}
	return s.render(w, r, status, views.OrganisationDraftPage(s.page(r, t.T("organisations.draft.title")), data))
}

func rowText(t *i18n.Printer, n int) string { return t.T("organisations.import.row", "row", n) }

func draftSummary(t *i18n.Printer, p organisation.Preview) string {
	if p.Used {
		return ""
	}
	parts := []string{t.T("organisations.import.count.new", "n", len(p.New)), t.T("organisations.import.count.changed", "n", len(p.Changed)),
		t.T("organisations.import.count.unchanged", "n", p.Unchanged)}
	if len(p.Misfits) > 0 {
		parts = append(parts, t.T("organisations.import.count.misfits", "n", len(p.Misfits)))
	}
	return strings.Join(parts, ", ") + "."
}

// entryText is what a list says of a new organisation beside its name.
func entryText(t *i18n.Printer, e organisation.Entry) string {
	parts := []string{t.T("organisations.kind." + string(e.Kind))}
	if e.Code != "" {
		parts = append(parts, e.Code)
	}
	if e.County != "" {
		parts = append(parts, countyName(t, e.County))
	}
	return strings.Join(parts, ", ")
}

func changeText(t *i18n.Printer, c organisation.Change) string {
	var parts []string
	if c.Renames {
		parts = append(parts, t.T("organisations.import.renamed", "name", c.Name))
	}
	if c.Code != c.OldCode {
		parts = append(parts, t.T("organisations.import.gets-code", "code", c.Code))
	}
	if c.County != c.OldCounty {
		parts = append(parts, t.T("organisations.import.gets-county", "county", countyName(t, c.County)))
	}
	return strings.Join(parts, " ")
}

// confirmImport takes the list in. When something has become different since it was shown, it is shown again.
func (s *Server) confirmImport(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	on := r.PostFormValue("on")
	_, err := s.Organisations.ConfirmImport(r.Context(), v.who.Subject, r.PathValue("draft"), r.PostFormValue("seen"), typedDay(on), v.id)
	switch {
	case errs.Is(err, errs.Invalid):
		return s.renderDraft(w, r, http.StatusUnprocessableEntity, on, err)
	case errs.Is(err, errs.Conflict):
		return s.renderDraft(w, r, http.StatusConflict, on, err)
	case err != nil:
		return err
	}
	return s.redirect(w, r, organisationsPath, "flash.organisations.imported")
}
