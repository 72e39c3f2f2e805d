package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/web/views"
)

const peoplePath = "/people"

func personHref(id string) string { return peoplePath + "/" + url.PathEscape(id) }

// errStalePeople refuses what only somebody may do who has signed in lately.
var errStalePeople = errs.New(errs.Denied, "people.error.stale")

// fresh refuses who has not signed in lately: to give and end roles, to put people together, to take a list of them along.
func (s *Server) fresh(v *visit) error {
	if !s.SignIns.Fresh(v.who) {
		return errStalePeople
	}
	return nil
}

// peopleQuery reads the list's filters from the address; what is not understood is as not said.
func peopleQuery(values url.Values) directory.PeopleQuery {
	q := directory.PeopleQuery{Text: strings.TrimSpace(values.Get("q")), Organisation: values.Get("organisation"), Programme: values.Get("programme")}
	if role := access.Role(values.Get("role")); role.Valid() {
		q.Role = role
	}
	if st := directory.PersonState(values.Get("state")); slices.Contains(directory.States, st) {
		q.State = st
	}
	q.Page = pageIn(values)
	return q
}

// peopleList is the list of people with these filters.
func peopleList(q directory.PeopleQuery) list {
	return listAt(peoplePath, "q", q.Text, "organisation", q.Organisation, "role", string(q.Role), "programme", q.Programme, "state", string(q.State))
}

func (s *Server) listPeople(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	found, err := s.Directory.ListPeople(r.Context(), v.who.Subject, peopleQuery(r.URL.Query()))
	if err != nil {
		return err
	}
	page := s.page(r, v.texts.T("people.title"))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, http.StatusOK, views.PeoplePage(page, s.peopleView(v, found)))
}

func (s *Server) peopleView(v *visit, found directory.PeoplePage) views.People {
	t, q := v.texts, found.Query
	at := peopleList(q)
	role := v.who.Subject.Role
	data := views.People{Text: q.Text, Filtered: !q.IsAll(),
		CSV: at.at("/people.csv").page(1), Excel: at.at("/people.xlsx").page(1),
		MayAdd:        access.ReachOf(role, access.ChangePerson) != access.None,
		Organisations: []views.Option{{Text: t.T("people.organisation.any")}}, Roles: []views.Option{{Text: t.T("people.role.any")}},
		Programmes: []views.Option{{Text: t.T("people.programme.any")}}, States: []views.Option{{Text: t.T("people.state.any")}}}
	for _, o := range found.Organisations {
		data.Organisations = append(data.Organisations, views.Option{Value: o.ID, Text: o.Name, Chosen: o.ID == q.Organisation})
	}
	for _, r := range access.Roles {
		data.Roles = append(data.Roles, views.Option{Value: string(r), Text: t.T("role." + string(r)), Chosen: r == q.Role})
	}
	for _, id := range found.Programmes {
		data.Programmes = append(data.Programmes, views.Option{Value: id, Text: s.programmeTitle(t, id), Chosen: id == q.Programme})
	}
	for _, st := range directory.States {
		data.States = append(data.States, views.Option{Value: string(st), Text: t.T("people.state." + string(st)), Chosen: st == q.State})
	}
	for _, p := range found.Rows {
		data.Rows = append(data.Rows, s.personRow(t, p, found.Today))
	}
	switch {
	case found.More:
		data.Summary = t.T("people.summary.more", "n", found.Total)
	case found.Total == 0:
		data.Summary = t.T("people.summary.none")
	default:
		data.Summary = t.T("people.summary", "n", found.Total)
	}
	data.Pager = at.pager(t, q.Page, found.Pages())
	return data
}

// personRow is a person in a list: the name, and always what they do where.
func (s *Server) personRow(t *i18n.Printer, p directory.PersonRow, today clock.Date) views.PeopleRow {
	row := views.PeopleRow{ID: p.ID, Href: personHref(p.ID), Name: p.Name, Email: p.Email, State: personState(t, p.StateOn(today))}
	roles := p.RolesOn(today)
	if len(roles) == 0 {
		roles = p.Lasting(today)
	}
	for _, r := range roles {
		row.Roles = append(row.Roles, s.roleLine(t, r))
	}
	if len(row.Roles) == 0 && len(p.Roles) > 0 {
		row.Roles = []string{t.T("people.was", "role", s.roleLine(t, p.Roles[0]))}
	}
	return row
}

var personColours = map[directory.PersonState]string{directory.Present: "success", directory.Coming: "info", directory.NoRole: "warning", directory.Left: "neutral"}

func personState(t *i18n.Printer, st directory.PersonState) views.Tag {
	return views.Tag{Text: t.T("people.state." + string(st)), Colour: personColours[st]}
}

// roleLine is a role in one line: what, where, in which programme, for whom.
func (s *Server) roleLine(t *i18n.Printer, r directory.PersonRole) string {
	line := s.roleTitle(t, r) + ", " + rolePlace(r)
	if r.DeputyName != "" {
		line = t.T("people.deputy.line", "role", line, "name", r.DeputyName)
	}
	return line
}

func (s *Server) roleTitle(t *i18n.Printer, r directory.PersonRole) string {
	title := t.T("role." + string(r.Role))
	if r.Programme != "" {
		title += " (" + s.programmeTitle(t, r.Programme) + ")"
	}
	return title
}

func rolePlace(r directory.PersonRole) string {
	if r.Authority == "" {
		return r.Organisation
	}
	return r.Organisation + ", " + r.Authority
}

// programmeTitle is a programme's title today in the reader's language; its id when nothing of it is in force.
func (s *Server) programmeTitle(t *i18n.Printer, id string) string {
	for _, d := range s.Definitions.InForce() {
		if d.ID == id {
			return d.Title.In(t.Lang())
		}
	}
	return id
}

// peopleTable is the people as rows of cells, a row for each role that they have, the first being the headings.
func (s *Server) peopleTable(r *http.Request) ([][]any, error) {
	v := visitOf(r)
	if err := s.fresh(v); err != nil {
		return nil, err
	}
	found, err := s.Directory.ExportPeople(r.Context(), v.who.Subject, peopleQuery(r.URL.Query()))
	if err != nil {
		return nil, err
	}
	t := v.texts
	var head []any
	for _, key := range []string{"name", "email", "phone", "state", "organisation", "board", "role", "programme", "from", "to", "deputy"} {
		head = append(head, t.T("people.export."+key))
	}
	table := [][]any{head}
	for _, p := range found.Rows {
		person := []any{p.Name, p.Email, p.Phone, t.T("people.state." + string(p.StateOn(found.Today)))}
		roles := p.Lasting(found.Today)
		if len(roles) == 0 {
			table = append(table, append(person, "", "", "", "", "", "", ""))
		}
		for _, role := range roles {
			programme := ""
			if role.Programme != "" {
				programme = s.programmeTitle(t, role.Programme)
			}
			table = append(table, append(slices.Clone(person), role.Organisation, role.Authority, t.T("role."+string(role.Role)), programme,
				role.From.String(), role.To.String(), role.DeputyName))
		}
	}
	return table, nil
}

func (s *Server) exportPeopleCSV(w http.ResponseWriter, r *http.Request) error {
	table, err := s.peopleTable(r)
	if err != nil {
		return err
	}
	return s.sendCSV(w, r, table, visitOf(r).texts.T("people.file"))
}

func (s *Server) exportPeopleExcel(w http.ResponseWriter, r *http.Request) error {
	table, err := s.peopleTable(r)
	if err != nil {
		return err
	}
	return s.sendExcel(w, r, table, visitOf(r).texts.T("people.file"))
}
