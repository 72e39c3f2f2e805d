package web

import (
	"net/http"
	"slices"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/web/views"
)

// roleTyped is a role as it was chosen, as text.
type roleTyped struct{ place, role, programme, from, to string }

func readRole(r *http.Request) roleTyped {
	return roleTyped{place: r.PostFormValue("place"), role: r.PostFormValue("role"), programme: r.PostFormValue("programme"),
		from: strings.TrimSpace(r.PostFormValue("from")), to: strings.TrimSpace(r.PostFormValue("to"))}
}

// form is what was chosen as the room reads it. What is no day is no day, which it refuses in words where one is needed.
func (t roleTyped) form() directory.RoleForm {
	organisation, authority, _ := strings.Cut(t.place, "/")
	return directory.RoleForm{RoleAt: directory.RoleAt{Role: access.Role(t.role), OrganisationID: organisation, AuthorityID: authority, Programme: t.programme},
		Period: directory.Period{From: dayOr(t.from, clock.Date{}), To: dayOr(t.to, notADay)}}
}

// notADay stands for what was typed as a last day and is none: it is before every first day, and so refused where it was typed.
var notADay = clock.NewDate(1, 1, 1)

func dayOr(typed string, wrong clock.Date) clock.Date {
	if typed == "" {
		return clock.Date{}
	}
	d, err := clock.ParseDate(typed)
	if err != nil {
		return wrong
	}
	return d
}

func placeValue(organisation, authority string) string {
	if authority == "" {
		return organisation
	}
	return organisation + "/" + authority
}

// roleFields is the fields by which the reader chooses a role: the places, roles and programmes that they may give.
func (s *Server) roleFields(r *http.Request, typed roleTyped) (views.RoleForm, error) {
	v := visitOf(r)
	t, who := v.texts, v.who.Subject
	places, err := s.Directory.Places(r.Context(), who)
	if err != nil {
		return views.RoleForm{}, err
	}
	data := views.RoleForm{From: typed.from, To: typed.to, Places: placeOptions(t, places, typed.place),
		Roles: []views.Option{{Text: t.T("people.role.choose")}}}
	for _, role := range rolesIn(places) {
		data.Roles = append(data.Roles, views.Option{Value: string(role), Text: t.T("role." + string(role)), Chosen: string(role) == typed.role})
	}
	if who.Programme == "" || who.Role == access.Coordinator {
		data.Programmes = append(data.Programmes, views.Option{Text: t.T("people.programme.all")})
	}
	homes := s.Catalogue.HomeProgrammes(who.Organisation)
	for _, d := range s.Definitions.InForce() {
		if who.Programme != "" && d.ID != who.Programme || who.Role == access.Coordinator && !slices.Contains(homes, d.ID) {
			continue
		}
		data.Programmes = append(data.Programmes, views.Option{Value: d.ID, Text: d.Title.In(t.Lang()), Chosen: d.ID == typed.programme})
	}
	return data, nil
}

func placeOptions(t *i18n.Printer, places []directory.Place, chosen string) []views.Option {
	var options []views.Option
	if len(places) > 1 {
		options = append(options, views.Option{Text: t.T("people.place.choose")})
	}
	for _, p := range places {
		value := placeValue(p.OrganisationID, p.AuthorityID)
		options = append(options, views.Option{Value: value, Text: p.Name, Chosen: value == chosen})
	}
	return options
}

// rolesIn is the roles that people can have in one of the places.
func rolesIn(places []directory.Place) []access.Role {
	var roles []access.Role
	for _, role := range access.Roles {
		if slices.ContainsFunc(places, func(p directory.Place) bool { return slices.Contains(directory.RolesOf(p.Kind), role) }) {
			roles = append(roles, role)
		}
	}
	return roles
}

func (s *Server) newRole(w http.ResponseWriter, r *http.Request) error {
	if err := s.fresh(visitOf(r)); err != nil {
		return err
	}
	return s.renderGiveRole(w, r, http.StatusOK, nil, views.Form{})
}

func (s *Server) renderGiveRole(w http.ResponseWriter, r *http.Request, status int, typed *roleTyped, form views.Form) error {
	v := visitOf(r)
	d, err := s.Directory.Person(r.Context(), v.who.Subject, r.PathValue("person"))
	if err != nil {
		return err
	}
	shown := roleTyped{from: d.Today.String(), programme: v.who.Subject.Programme}
	if roles := d.RolesOn(d.Today); len(roles) > 0 {
		shown.place = placeValue(roles[0].OrganisationID, roles[0].AuthorityID)
	}
	if typed != nil {
		shown = *typed
	}
	fields, err := s.roleFields(r, shown)
	if err != nil {
		return err
	}
	data := views.GiveRole{Person: d.Name, Works: s.leadOf(v.texts, d), Href: personHref(d.ID), Role: fields, Form: form}
	return s.render(w, r, status, views.GiveRolePage(s.page(r, v.texts.T("people.give.title", "name", d.Name)), data))
}

func (s *Server) giveRole(w http.ResponseWriter, r *http.Request) error {
	v, typed := visitOf(r), readRole(r)
	if err := s.fresh(v); err != nil {
		return err
	}
	err := s.Directory.GiveRole(r.Context(), v.who.Subject, r.PathValue("person"), typed.form(), v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderGiveRole(w, r, http.StatusUnprocessableEntity, &typed, formOf(v.texts, err))
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, personHref(r.PathValue("person")), "flash.person.role-given")
}

// endTyped is an ending as it was chosen, as text.
type endTyped struct{ when, last, reason string }

func readEnd(r *http.Request) endTyped {
	return endTyped{when: r.PostFormValue("when"), last: strings.TrimSpace(r.PostFormValue("last")), reason: r.PostFormValue("reason")}
}

func (e endTyped) ending() directory.Ending {
	return directory.Ending{AtOnce: e.when == "now", Last: dayOr(e.last, clock.Date{}), Reason: e.reason}
}

func (e endTyped) options(t *i18n.Printer) []views.Option {
	return []views.Option{{Value: "day", Text: t.T("people.end.day"), Chosen: e.when != "now"}, {Value: "now", Text: t.T("people.end.now"), Chosen: e.when == "now"}}
}

// roleOf is a person with one of their roles that the reader may end.
func (s *Server) roleOf(r *http.Request) (directory.PersonDetail, directory.PersonRole, error) {
	v := visitOf(r)
	d, err := s.Directory.Person(r.Context(), v.who.Subject, r.PathValue("person"))
	if err != nil {
		return d, directory.PersonRole{}, err
	}
	i := slices.IndexFunc(d.Roles, func(x directory.PersonRole) bool { return x.ID == r.PathValue("given") })
	switch {
	case i >= 0 && d.MayEnd[d.Roles[i].ID]:
		return d, d.Roles[i], nil
	case i >= 0 && d.Roles[i].Period().Over(d.Today):
		return d, d.Roles[i], errs.New(errs.Conflict, "people.error.role-over")
	}
	return d, directory.PersonRole{}, errs.New(errs.NotFound, "")
}

func (s *Server) showEndRole(w http.ResponseWriter, r *http.Request) error {
	if err := s.fresh(visitOf(r)); err != nil {
		return err
	}
	return s.renderEndRole(w, r, http.StatusOK, endTyped{last: s.Directory.Today().String()}, views.Form{})
}

func (s *Server) renderEndRole(w http.ResponseWriter, r *http.Request, status int, typed endTyped, form views.Form) error {
	t := visitOf(r).texts
	d, role, err := s.roleOf(r)
	if err != nil {
		return err
	}
	data := views.EndRole{Person: d.Name, Href: personHref(d.ID), Action: personHref(d.ID) + "/roles/" + role.ID + "/end", Lead: t.T("people.end.lead"),
		Button: t.T("people.end.button"), Ends: []string{s.roleLine(t, role)}, When: typed.options(t), Last: typed.last, Reason: typed.reason, Form: form}
	if len(d.Lasting(d.Today)) == 1 {
		if data.Rounds, err = s.roundsOf(r, d.ID); err != nil {
			return err
		}
	}
	return s.render(w, r, status, views.EndRolePage(s.page(r, t.T("people.end.title", "role", t.T("role."+string(role.Role)))), data))
}

func (s *Server) endRole(w http.ResponseWriter, r *http.Request) error {
	v, typed := visitOf(r), readEnd(r)
	if err := s.fresh(v); err != nil {
		return err
	}
	err := s.Directory.EndGiven(r.Context(), v.who.Subject, r.PathValue("person"), r.PathValue("given"), typed.ending(), v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderEndRole(w, r, http.StatusUnprocessableEntity, typed, formOf(v.texts, err))
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, s.afterOwn(v, r.PathValue("person")), "flash.person.role-ended")
}

// afterOwn is where one is led after a role was ended: who ended their own may have nothing more to do at a person's page.
func (s *Server) afterOwn(v *visit, person string) string {
	if person == v.who.Subject.Person {
		return "/"
	}
	return personHref(person)
}

func (s *Server) showLeave(w http.ResponseWriter, r *http.Request) error {
	if err := s.fresh(visitOf(r)); err != nil {
		return err
	}
	return s.renderLeave(w, r, http.StatusOK, endTyped{last: s.Directory.Today().String()}, views.Form{})
}

func (s *Server) renderLeave(w http.ResponseWriter, r *http.Request, status int, typed endTyped, form views.Form) error {
	v := visitOf(r)
	t := v.texts
	d, err := s.Directory.Person(r.Context(), v.who.Subject, r.PathValue("person"))
	if err != nil {
		return err
	}
	switch {
	case !d.MayChange:
		return errs.New(errs.Denied, "people.error.works-elsewhere")
	case d.State == directory.Left:
		return errs.New(errs.Conflict, "people.error.has-left")
	}
	data := views.EndRole{Person: d.Name, Href: personHref(d.ID), Action: personHref(d.ID) + "/leave", Lead: t.T("people.leave.lead"),
		Button: t.T("people.leave.button"), When: typed.options(t), Last: typed.last, Reason: typed.reason, Form: form}
	for _, role := range d.Lasting(d.Today) {
		data.Ends = append(data.Ends, s.roleLine(t, role))
	}
	if data.Rounds, err = s.roundsOf(r, d.ID); err != nil {
		return err
	}
	return s.render(w, r, status, views.EndRolePage(s.page(r, t.T("people.leave.title", "name", d.Name)), data))
}

func (s *Server) leave(w http.ResponseWriter, r *http.Request) error {
	v, typed := visitOf(r), readEnd(r)
	if err := s.fresh(v); err != nil {
		return err
	}
	err := s.Directory.Leave(r.Context(), v.who.Subject, r.PathValue("person"), typed.ending(), v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderLeave(w, r, http.StatusUnprocessableEntity, typed, formOf(v.texts, err))
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, s.afterOwn(v, r.PathValue("person")), "flash.person.left")
}
