package web

import (
	"net/http"
	"slices"
	"strings"

	"hemvist/internal/directory/organisation"
	"hemvist/internal/errs"
	"hemvist/internal/web/views"
)

func (s *Server) newBoard(w http.ResponseWriter, r *http.Request) error {
	return s.renderBoard(w, r, http.StatusOK, "", nil)
}

func (s *Server) showBoard(w http.ResponseWriter, r *http.Request) error {
	return s.renderBoard(w, r, http.StatusOK, "", nil)
}

// renderBoard shows the form of a board, a new one when the address names none. part is the form that was sent.
func (s *Server) renderBoard(w http.ResponseWriter, r *http.Request, status int, part string, wrong error) error {
	v := visitOf(r)
	d, err := s.Organisations.Get(r.Context(), v.who.Subject, r.PathValue("organisation"))
	if err != nil {
		return err
	}
	t, form := v.texts, s.wrongForm(v.texts, wrong)
	data := views.BoardForm{Parent: organisationHref(d.ID), Organisation: d.Name}
	title := t.T("organisations.board.new")
	if id := r.PathValue("board"); id == "" {
		if !d.MayUnits {
			return errs.New(errs.NotFound, "")
		}
		data.Name, data.Naming = r.PostFormValue("name"), form
	} else {
		i := slices.IndexFunc(d.Boards, func(b organisation.Board) bool { return b.ID == id && b.MayChange })
		if i < 0 {
			return errs.New(errs.NotFound, "")
		}
		b, today := d.Boards[i], d.Today.String()
		title = b.Name
		data.Href, data.Name, data.NameOn, data.Closed, data.CloseOn = data.Parent+"/boards/"+b.ID, b.Name, today, !b.ClosedOn.IsZero(), today
		data.Runs = runsText(t, b.Open, b.People)
		switch part {
		case "name":
			data.Naming, data.Name, data.NameOn, data.Misspelt = form, r.PostFormValue("name"), r.PostFormValue("on"), r.PostFormValue("misspelt") == "yes"
		case "close":
			data.Ending, data.CloseOn = form, r.PostFormValue("ended")
		}
	}
	return s.render(w, r, status, views.BoardPage(s.page(r, title), data))
}

// boardChanged answers a form of a board: with the page again where something was wrong, else with the organisation.
func (s *Server) boardChanged(w http.ResponseWriter, r *http.Request, part, flash string, err error) error {
	if errs.Is(err, errs.Invalid) {
		return s.renderBoard(w, r, http.StatusUnprocessableEntity, part, err)
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, organisationHref(r.PathValue("organisation")), flash)
}

func (s *Server) addBoard(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	_, err := s.Organisations.AddBoard(r.Context(), v.who.Subject, r.PathValue("organisation"), r.PostFormValue("name"), v.id)
	return s.boardChanged(w, r, "", "flash.organisations.board-added", err)
}

func (s *Server) renameBoard(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	err := s.Organisations.RenameBoard(r.Context(), v.who.Subject, r.PathValue("organisation"), r.PathValue("board"), newName(r), v.id)
	return s.boardChanged(w, r, "name", "flash.organisations.renamed", err)
}

func (s *Server) closeBoard(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	err := s.Organisations.CloseBoard(r.Context(), v.who.Subject, r.PathValue("organisation"), r.PathValue("board"), typedDay(r.PostFormValue("ended")),
		r.PostFormValue("sure") == "yes", v.id)
	return s.boardChanged(w, r, "close", "flash.organisations.closed", err)
}

func (s *Server) reopenBoard(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	err := s.Organisations.ReopenBoard(r.Context(), v.who.Subject, r.PathValue("organisation"), r.PathValue("board"), v.id)
	return s.boardChanged(w, r, "", "flash.organisations.reopened", err)
}

// unitForm reads a unit as it was typed.
func unitForm(r *http.Request) organisation.UnitForm {
	return organisation.UnitForm{Name: r.PostFormValue("name"), Code: r.PostFormValue("code"), Below: r.PostFormValue("below")}
}

func (s *Server) newUnit(w http.ResponseWriter, r *http.Request) error {
	return s.renderUnit(w, r, http.StatusOK, "", nil)
}

func (s *Server) showUnit(w http.ResponseWriter, r *http.Request) error {
	return s.renderUnit(w, r, http.StatusOK, "", nil)
}

// renderUnit shows the form of a unit, a new one when the address names none. part is the form that was sent.
func (s *Server) renderUnit(w http.ResponseWriter, r *http.Request, status int, part string, wrong error) error {
	v := visitOf(r)
	d, err := s.Organisations.Get(r.Context(), v.who.Subject, r.PathValue("organisation"))
	if err != nil {
		return err
	}
	t, form := v.texts, s.wrongForm(v.texts, wrong)
	data := views.UnitForm{Parent: organisationHref(d.ID), Organisation: d.Name, CloseOn: d.Today.String()}
	title, typed := t.T("organisations.unit.new"), unitForm(r)
	var here organisation.Unit
	if id := r.PathValue("unit"); id != "" {
		u, may := findUnit(d, id)
		if !may {
			return errs.New(errs.NotFound, "")
		}
		here, title = u, u.Name
		data.Href, data.Closed = data.Parent+"/units/"+u.ID, !u.ClosedOn.IsZero()
		if part != "unit" {
			typed = organisation.UnitForm{Name: u.Name, Code: u.Code, Below: u.BelowWord()}
		}
	}
	switch part {
	case "unit":
		data.Naming = form
	case "close":
		data.Ending, data.CloseOn = form, r.PostFormValue("ended")
	}
	data.Name, data.Code = typed.Name, typed.Code
	if data.Below = belowOptions(d, here.ID, typed.Below); len(data.Below) == 0 {
		return errs.New(errs.NotFound, "") // nothing that a unit may lie below is within reach
	}
	return s.render(w, r, status, views.UnitPage(s.page(r, title), data))
}

// findUnit finds a unit that the reader may change.
func findUnit(d organisation.Detail, id string) (organisation.Unit, bool) {
	var find func(units []organisation.Unit) (organisation.Unit, bool)
	find = func(units []organisation.Unit) (organisation.Unit, bool) {
		for _, u := range units {
			if u.ID == id {
				return u, true
			}
			if found, ok := find(u.Below); ok {
				return found, true
			}
		}
		return organisation.Unit{}, false
	}
	if u, ok := find(d.Units); ok {
		return u, d.MayUnits
	}
	for _, b := range d.Boards {
		if u, ok := find(b.Units); ok {
			return u, b.MayChange
		}
	}
	return organisation.Unit{}, false
}

// belowOptions is what a unit can lie below, as far as the reader may change it: not itself or what lies below it.
func belowOptions(d organisation.Detail, moved, chosen string) []views.Option {
	var out []views.Option
	add := func(value, text string, depth int) {
		out = append(out, views.Option{Value: value, Text: strings.Repeat("– ", depth) + text, Chosen: value == chosen})
	}
	var under func(units []organisation.Unit, depth int)
	under = func(units []organisation.Unit, depth int) {
		for _, u := range units {
			if u.ID != moved && u.ClosedOn.IsZero() {
				add("unit:"+u.ID, u.Name, depth)
				under(u.Below, depth+1)
			}
		}
	}
	if d.MayUnits {
		add("", d.Name, 0)
		under(d.Units, 1)
	}
	for _, b := range d.Boards {
		if b.MayChange && b.ClosedOn.IsZero() {
			add("board:"+b.ID, b.Name, 0)
			under(b.Units, 1)
		}
	}
	return out
}

// unitChanged answers a form of a unit: with the page again where something was wrong, else with the organisation.
func (s *Server) unitChanged(w http.ResponseWriter, r *http.Request, part, flash string, err error) error {
	if errs.Is(err, errs.Invalid) {
		return s.renderUnit(w, r, http.StatusUnprocessableEntity, part, err)
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, organisationHref(r.PathValue("organisation")), flash)
}

func (s *Server) addUnit(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	_, err := s.Organisations.AddUnit(r.Context(), v.who.Subject, r.PathValue("organisation"), unitForm(r), v.id)
	return s.unitChanged(w, r, "unit", "flash.organisations.unit-added", err)
}

func (s *Server) changeUnit(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	err := s.Organisations.ChangeUnit(r.Context(), v.who.Subject, r.PathValue("organisation"), r.PathValue("unit"), unitForm(r), v.id)
	return s.unitChanged(w, r, "unit", "flash.organisations.changed", err)
}

func (s *Server) closeUnit(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	err := s.Organisations.CloseUnit(r.Context(), v.who.Subject, r.PathValue("organisation"), r.PathValue("unit"), typedDay(r.PostFormValue("ended")), v.id)
	return s.unitChanged(w, r, "close", "flash.organisations.closed", err)
}

func (s *Server) reopenUnit(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	err := s.Organisations.ReopenUnit(r.Context(), v.who.Subject, r.PathValue("organisation"), r.PathValue("unit"), v.id)
	return s.unitChanged(w, r, "", "flash.organisations.reopened", err)
}
