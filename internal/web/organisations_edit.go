package web

import (
	"net/http"
	"net/url"
	"strings"

	"hemvist/internal/clock"
	"hemvist/internal/directory"
	"hemvist/internal/directory/organisation"
	"hemvist/internal/errs"
	"hemvist/internal/web/views"
)

// typedDay is a day as it was typed; no day for what is none, which a room refuses in words.
func typedDay(s string) clock.Date {
	d, err := clock.ParseDate(strings.TrimSpace(s))
	if err != nil {
		return clock.Date{}
	}
	return d
}

// organisationForm reads an organisation as it was typed.
func organisationForm(r *http.Request) organisation.Form {
	return organisation.Form{Kind: directory.OrganisationKind(r.PostFormValue("kind")), Name: r.PostFormValue("name"),
		Code: strings.TrimSpace(r.PostFormValue("code")), County: r.PostFormValue("county")}
}

// newName reads another name as it was typed.
func newName(r *http.Request) organisation.NewName {
	return organisation.NewName{Name: r.PostFormValue("name"), On: typedDay(r.PostFormValue("on")), Misspelt: r.PostFormValue("misspelt") == "yes"}
}

func (s *Server) newOrganisation(w http.ResponseWriter, r *http.Request) error {
	return s.renderNewOrganisation(w, r, http.StatusOK, organisation.Form{Kind: directory.Municipality}, nil)
}

func (s *Server) renderNewOrganisation(w http.ResponseWriter, r *http.Request, status int, f organisation.Form, wrong error) error {
	t := visitOf(r).texts
	data := views.OrganisationForm{Name: f.Name, Code: f.Code, Kinds: kindOptions(t, f.Kind, ""), Counties: countyOptions(t, f.County, t.T("organisations.county.none")),
		Form: s.wrongForm(t, wrong)}
	return s.render(w, r, status, views.NewOrganisationPage(s.page(r, t.T("organisations.new.title")), data))
}

func (s *Server) addOrganisation(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	f := organisationForm(r)
	id, err := s.Organisations.Add(r.Context(), v.who.Subject, f, v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderNewOrganisation(w, r, http.StatusUnprocessableEntity, f, err)
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, organisationHref(id), "flash.organisations.added")
}

func (s *Server) showChangeOrganisation(w http.ResponseWriter, r *http.Request) error {
	return s.renderChangeOrganisation(w, r, http.StatusOK, "", nil)
}

// renderChangeOrganisation shows the forms. part is the one that was sent, which keeps what was typed and says what was wrong.
func (s *Server) renderChangeOrganisation(w http.ResponseWriter, r *http.Request, status int, part string, wrong error) error {
	v := visitOf(r)
	d, err := s.Organisations.Get(r.Context(), v.who.Subject, r.PathValue("organisation"))
	if err != nil {
		return err
	}
	t, today := v.texts, d.Today.String()
	data := views.ChangeOrganisation{Href: organisationHref(d.ID), Organisation: d.Name, Name: d.Name, NameOn: today, Code: d.Code,
		HasCode: d.Kind == directory.Municipality, CloseOn: today, Runs: runsText(t, d.Open, d.People), Closed: !d.ClosedOn.IsZero(),
		Merged: d.MergedInto.ID != "", IsHome: len(d.Programmes) > 0, MayMerge: d.ClosedOn.IsZero() && d.Kind != directory.HubKind, MaySplit: d.ClosedOn.IsZero()}
	county, form := d.County, s.wrongForm(t, wrong)
	switch part {
	case "name":
		n := newName(r)
		data.Naming, data.Name, data.NameOn, data.Misspelt = form, n.Name, r.PostFormValue("on"), n.Misspelt
	case "place":
		data.Placing, data.Code, county = form, r.PostFormValue("code"), r.PostFormValue("county")
	case "close":
		data.Ending, data.CloseOn = form, r.PostFormValue("ended")
	}
	data.Counties = countyOptions(t, county, t.T("organisations.county.none"))
	return s.render(w, r, status, views.ChangeOrganisationPage(s.page(r, t.T("organisations.change.title", "name", d.Name)), data))
}

// runsText says what goes on where something is closed; nothing when nothing does.
func runsText(t textsIn, rounds, people int) string {
	switch {
	case rounds > 0 && people > 0:
		return t.T("organisations.close.runs", "n", rounds) + " " + t.T("organisations.close.people", "n", people)
	case rounds > 0:
		return t.T("organisations.close.runs", "n", rounds)
	case people > 0:
		return t.T("organisations.close.people", "n", people)
	}
	return ""
}

// changed answers a part of the change page: with the page again where something was wrong, else with the organisation.
func (s *Server) changed(w http.ResponseWriter, r *http.Request, part, flash string, err error) error {
	if errs.Is(err, errs.Invalid) {
		return s.renderChangeOrganisation(w, r, http.StatusUnprocessableEntity, part, err)
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, organisationHref(r.PathValue("organisation")), flash)
}

func (s *Server) renameOrganisation(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	err := s.Organisations.Rename(r.Context(), v.who.Subject, r.PathValue("organisation"), newName(r), v.id)
	return s.changed(w, r, "name", "flash.organisations.renamed", err)
}

func (s *Server) placeOrganisation(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	err := s.Organisations.SetPlace(r.Context(), v.who.Subject, r.PathValue("organisation"), strings.TrimSpace(r.PostFormValue("code")), r.PostFormValue("county"), v.id)
	return s.changed(w, r, "place", "flash.organisations.changed", err)
}

func (s *Server) closeOrganisation(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	err := s.Organisations.Close(r.Context(), v.who.Subject, r.PathValue("organisation"), typedDay(r.PostFormValue("ended")), r.PostFormValue("sure") == "yes", v.id)
	return s.changed(w, r, "close", "flash.organisations.closed", err)
}

func (s *Server) reopenOrganisation(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	return s.changed(w, r, "", "flash.organisations.reopened", s.Organisations.Reopen(r.Context(), v.who.Subject, r.PathValue("organisation"), v.id))
}

func (s *Server) showMerger(w http.ResponseWriter, r *http.Request) error {
	into := r.URL.Query().Get("into")
	return s.renderMerger(w, r, http.StatusOK, into, "", nil)
}

// renderMerger asks into what an organisation goes; when that is chosen it tells what happens.
func (s *Server) renderMerger(w http.ResponseWriter, r *http.Request, status int, into, on string, wrong error) error {
	v := visitOf(r)
	t, id := v.texts, r.PathValue("organisation")
	data := views.MergeOrganisation{Href: organisationHref(id), Form: s.wrongForm(t, wrong), On: on}
	if into != "" && data.Form.Of("into") == "" {
		m, err := s.Organisations.MergePreview(r.Context(), v.who.Subject, id, into)
		switch {
		case errs.Is(err, errs.Invalid):
			status, data.Form = http.StatusUnprocessableEntity, s.wrongForm(t, err)
		case err != nil:
			return err
		default:
			s.mergeView(t, &data, m)
		}
	}
	d, err := s.Organisations.Get(r.Context(), v.who.Subject, id)
	if err != nil {
		return err
	}
	if !d.ClosedOn.IsZero() {
		return errs.New(errs.Conflict, "organisations.error.closed")
	}
	if d.Kind == directory.HubKind {
		return errs.New(errs.Conflict, "organisations.error.hub")
	}
	data.Organisation = d.Name
	if data.Into == "" {
		others, err := s.Organisations.Others(r.Context(), v.who.Subject, d.Kind, id)
		if err != nil {
			return err
		}
		for _, o := range others {
			data.Targets = append(data.Targets, views.Option{Value: o.ID, Text: o.Name, Chosen: o.ID == into})
		}
	}
	return s.render(w, r, status, views.MergeOrganisationPage(s.page(r, t.T("organisations.merge.title")), data))
}

// mergeView tells what moves and what stays.
func (s *Server) mergeView(t textsIn, data *views.MergeOrganisation, m organisation.Merger) {
	data.Into, data.IntoName = m.Into.ID, m.Into.Name
	if data.On == "" {
		data.On = m.From.Today.String()
	}
	for _, b := range m.From.Boards {
		data.Moves = append(data.Moves, b.Name+". "+t.T("organisations.board.rounds", "n", b.Open))
	}
	for _, u := range m.From.Units {
		data.Moves = append(data.Moves, u.Name)
	}
	if m.Roles > 0 {
		data.Moves = append(data.Moves, t.T("organisations.merge.roles", "n", m.Roles))
	}
	if len(data.Moves) == 0 {
		data.Moves = append(data.Moves, t.T("organisations.merge.empty"))
	}
	data.Stays = []string{t.T("organisations.merge.closes"), t.T("organisations.merge.keys"), t.T("organisations.merge.signs-out")}
}

func (s *Server) mergeOrganisation(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	into, on := r.PostFormValue("into"), r.PostFormValue("on")
	err := s.Organisations.Merge(r.Context(), v.who.Subject, r.PathValue("organisation"), into, typedDay(on), v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderMerger(w, r, http.StatusUnprocessableEntity, into, on, err)
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, organisationHref(into), "flash.organisations.merged")
}

func (s *Server) showSplit(w http.ResponseWriter, r *http.Request) error {
	return s.renderSplit(w, r, http.StatusOK, url.Values{}, nil)
}

func (s *Server) renderSplit(w http.ResponseWriter, r *http.Request, status int, typed url.Values, wrong error) error {
	v := visitOf(r)
	d, err := s.Organisations.Get(r.Context(), v.who.Subject, r.PathValue("organisation"))
	if err != nil {
		return err
	}
	if !d.ClosedOn.IsZero() {
		return errs.New(errs.Conflict, "organisations.error.closed")
	}
	t := v.texts
	data := views.SplitOrganisation{Href: organisationHref(d.ID), Organisation: d.Name, Name: typed.Get("name"), Code: typed.Get("code"), On: typed.Get("on"),
		HasCode: d.Kind == directory.Municipality, Form: s.wrongForm(t, wrong)}
	county := typed.Get("county")
	if wrong == nil {
		data.On, county = d.Today.String(), d.County
	}
	data.Counties = countyOptions(t, county, t.T("organisations.county.none"))
	chosen := map[string]bool{}
	for _, id := range append(typed["boards"], typed["units"]...) {
		chosen[id] = true
	}
	for _, b := range d.Boards {
		data.Boards = append(data.Boards, views.Option{Value: b.ID, Text: b.Name, Chosen: chosen[b.ID]})
	}
	for _, u := range d.Units {
		data.Units = append(data.Units, views.Option{Value: u.ID, Text: u.Name, Chosen: chosen[u.ID]})
	}
	return s.render(w, r, status, views.SplitOrganisationPage(s.page(r, t.T("organisations.split.title")), data))
}

func (s *Server) splitOrganisation(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	f := organisation.Split{Form: organisationForm(r), Boards: r.PostForm["boards"], Units: r.PostForm["units"], On: typedDay(r.PostFormValue("on"))}
	id, err := s.Organisations.Split(r.Context(), v.who.Subject, r.PathValue("organisation"), f, v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderSplit(w, r, http.StatusUnprocessableEntity, r.PostForm, err)
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, organisationHref(id), "flash.organisations.split")
}
