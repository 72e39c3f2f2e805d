package web

import (
	"net/http"
	"strings"

	"hemvist/internal/clock"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/web/views"
)

func (s *Server) showDeputy(w http.ResponseWriter, r *http.Request) error {
	if err := s.fresh(visitOf(r)); err != nil {
		return err
	}
	return s.renderDeputy(w, r, http.StatusOK, deputyTyped{from: s.Directory.Today().String()}, views.Form{})
}

type deputyTyped struct{ deputy, from, to string }

// renderDeputy shows whom one can choose among, each with what they do there: people of like names are easily taken for one another.
func (s *Server) renderDeputy(w http.ResponseWriter, r *http.Request, status int, typed deputyTyped, form views.Form) error {
	v := visitOf(r)
	t := v.texts
	d, role, err := s.roleOf(r)
	if err != nil {
		return err
	}
	people, err := s.Directory.Candidates(r.Context(), v.who.Subject, role)
	if err != nil {
		return err
	}
	data := views.Deputy{Person: d.Name, Href: personHref(d.ID), Action: personHref(d.ID) + "/roles/" + role.ID + "/deputy", Lead: s.roleLine(t, role),
		From: typed.from, To: typed.to, Form: form, People: []views.Option{{Text: t.T("people.deputy.choose")}}}
	for _, p := range people {
		var does []string
		for _, x := range p.RolesOn(d.Today) {
			does = append(does, s.roleLine(t, x))
		}
		data.People = append(data.People, views.Option{Value: p.ID, Text: p.Name + " – " + strings.Join(does, "; "), Chosen: p.ID == typed.deputy})
	}
	return s.render(w, r, status, views.DeputyPage(s.page(r, t.T("people.deputy.title", "name", d.Name)), data))
}

func (s *Server) deputise(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	if err := s.fresh(v); err != nil {
		return err
	}
	typed := deputyTyped{r.PostFormValue("deputy"), strings.TrimSpace(r.PostFormValue("from")), strings.TrimSpace(r.PostFormValue("to"))}
	when := directory.Period{From: dayOr(typed.from, clock.Date{}), To: dayOr(typed.to, clock.Date{})}
	err := s.Directory.Deputise(r.Context(), v.who.Subject, r.PathValue("person"), r.PathValue("given"), typed.deputy, when, v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderDeputy(w, r, http.StatusUnprocessableEntity, typed, formOf(v.texts, err))
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, personHref(r.PathValue("person")), "flash.person.role-deputy")
}

type moveTyped struct {
	first, place string
	fates        map[string]string
}

func (s *Server) showMovePerson(w http.ResponseWriter, r *http.Request) error {
	if err := s.fresh(visitOf(r)); err != nil {
		return err
	}
	return s.renderMovePerson(w, r, http.StatusOK, moveTyped{}, views.Form{})
}

func (s *Server) renderMovePerson(w http.ResponseWriter, r *http.Request, status int, typed moveTyped, form views.Form) error {
	v := visitOf(r)
	t := v.texts
	d, err := s.Directory.Person(r.Context(), v.who.Subject, r.PathValue("person"))
	if err != nil {
		return err
	}
	places, err := s.Directory.Places(r.Context(), v.who.Subject)
	if err != nil {
		return err
	}
	data := views.MoveForm{Person: d.Name, Href: personHref(d.ID), First: typed.first, Places: placeOptions(t, places, typed.place), Form: form}
	if data.Rounds, err = s.roundsOf(r, d.ID); err != nil {
		return err
	}
	if !d.MayGive {
		return errs.New(errs.Denied, "people.error.self")
	}
	for _, role := range d.Lasting(d.Today) {
		if d.MayEnd[role.ID] {
			data.Roles = append(data.Roles, s.moveRole(t, role, typed.fates[role.ID]))
		}
	}
	return s.render(w, r, status, views.MovePersonPage(s.page(r, t.T("people.move.title", "name", d.Name)), data))
}

func (s *Server) moveRole(t *i18n.Printer, role directory.PersonRole, chosen string) views.MoveRole {
	view := views.MoveRole{Name: "fate-" + role.ID, Title: s.roleLine(t, role)}
	if chosen == "" {
		chosen = string(directory.Keep)
	}
	for _, fate := range []directory.Fate{directory.Carry, directory.End, directory.Keep} {
		if fate == directory.Carry && role.DeputyFor != "" {
			continue
		}
		view.Fates = append(view.Fates, views.Option{Value: string(fate), Text: t.T("people.fate." + string(fate)), Chosen: string(fate) == chosen})
	}
	return view
}

func (s *Server) movePerson(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	if err := s.fresh(v); err != nil {
		return err
	}
	typed := moveTyped{first: strings.TrimSpace(r.PostFormValue("first")), place: r.PostFormValue("place"), fates: map[string]string{}}
	move := directory.Move{First: dayOr(typed.first, clock.Date{}), Fates: map[string]directory.Fate{}}
	move.OrganisationID, move.AuthorityID, _ = strings.Cut(typed.place, "/")
	for name := range r.PostForm {
		if role, ok := strings.CutPrefix(name, "fate-"); ok {
			typed.fates[role], move.Fates[role] = r.PostForm.Get(name), directory.Fate(r.PostForm.Get(name))
		}
	}
	err := s.Directory.MovePerson(r.Context(), v.who.Subject, r.PathValue("person"), move, v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderMovePerson(w, r, http.StatusUnprocessableEntity, typed, formOf(v.texts, err))
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, personHref(r.PathValue("person")), "flash.person.moved")
}

func (s *Server) showMerge(w http.ResponseWriter, r *http.Request) error {
	if err := s.fresh(visitOf(r)); err != nil {
		return err
	}
	return s.renderMerge(w, r, http.StatusOK, r.URL.Query().Get("with"), "", views.Form{})
}

// renderMerge shows whom a double is looked for among, or, with another, the two side by side.
func (s *Server) renderMerge(w http.ResponseWriter, r *http.Request, status int, with, stay string, form views.Form) error {
	v := visitOf(r)
	t := v.texts
	d, err := s.Directory.Person(r.Context(), v.who.Subject, r.PathValue("person"))
	if err != nil {
		return err
	}
	switch {
	case d.Self:
		return errs.New(errs.Denied, "people.error.merge-self")
	case !d.MayChange:
		return errs.New(errs.Denied, "people.error.works-elsewhere")
	}
	data := views.Merge{Person: d.Name, Href: personHref(d.ID), Text: strings.TrimSpace(r.URL.Query().Get("q")), Form: form}
	if with != "" {
		other, err := s.Directory.Person(r.Context(), v.who.Subject, with)
		if err != nil {
			return err
		}
		data.Compared = s.compared(t, d, other, stay)
	} else {
		found, err := s.Directory.Doubles(r.Context(), v.who.Subject, d.PersonRow, data.Text)
		if err != nil {
			return err
		}
		for _, p := range found {
			row := s.personRow(t, p, d.Today)
			row.Href = data.Href + "/merge?with=" + p.ID
			data.Candidates = append(data.Candidates, row)
		}
	}
	page := s.page(r, t.T("people.merge.title", "name", d.Name))
	return s.render(w, r, status, views.MergePage(page, data))
}

// compared is two people side by side.
func (s *Server) compared(t *i18n.Printer, a, b directory.PersonDetail, stay string) *views.Compared {
	c := &views.Compared{With: b.ID, Names: [2]string{a.Name, b.Name}}
	if a.Name == b.Name {
		c.Names = [2]string{a.Name + " (1)", b.Name + " (2)"}
	}
	row := func(key string, of func(directory.PersonDetail) []string) {
		c.Rows = append(c.Rows, views.ComparedRow{Name: t.T(key), Values: [2][]string{of(a), of(b)}})
	}
	row("people.email", func(d directory.PersonDetail) []string { return []string{d.Email} })
	row("people.phone", func(d directory.PersonDetail) []string { return []string{orNone(t, d.Phone)} })
	row("people.roles", func(d directory.PersonDetail) []string {
		var lines []string
		for _, r := range d.Roles {
			lines = append(lines, s.roleLine(t, r), periodText(t, r.Period()))
		}
		return lines
	})
	row("people.added", func(d directory.PersonDetail) []string { return []string{t.Date(clock.DateOf(d.Added.In(stockholm)))} })
	for i, d := range []directory.PersonDetail{a, b} {
		c.Stays = append(c.Stays, views.Option{Value: d.ID, Text: c.Names[i] + ", " + d.Email, Chosen: d.ID == stay})
	}
	return c
}

func (s *Server) merge(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	if err := s.fresh(v); err != nil {
		return err
	}
	one, with, stay := r.PathValue("person"), r.PostFormValue("with"), r.PostFormValue("stay")
	var err error
	switch stay {
	case one:
		err = s.Directory.Merge(r.Context(), v.who.Subject, one, with, v.id)
	case with:
		err = s.Directory.Merge(r.Context(), v.who.Subject, with, one, v.id)
	default:
		err = errs.InvalidFields(errs.Field{Name: "stay", Key: "people.error.stay"})
	}
	if errs.Is(err, errs.Invalid) {
		return s.renderMerge(w, r, http.StatusUnprocessableEntity, with, stay, formOf(v.texts, err))
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, personHref(stay), "flash.person.merged")
}
