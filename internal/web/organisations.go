package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/directory"
	"hemvist/internal/directory/organisation"
	"hemvist/internal/i18n"
	"hemvist/internal/web/views"
)

const organisationsPath = "/organisations"

func organisationHref(id string) string { return organisationsPath + "/" + url.PathEscape(id) }

// organisationQuery reads a list's filters from the address; what is not understood is as not said.
func organisationQuery(values url.Values) organisation.Query {
	q := organisation.Query{Text: strings.TrimSpace(values.Get("q")), State: organisation.Open}
	if k := directory.OrganisationKind(values.Get("kind")); slices.Contains(organisation.Kinds, k) {
		q.Kind = k
	}
	if c, ok := organisation.CountyOf(values.Get("county")); ok {
		q.County = c.Code
	}
	if st := organisation.State(values.Get("state")); slices.Contains(organisation.States, st) {
		q.State = st
	}
	q.Page = pageIn(values)
	return q
}

// organisationList is the list of organisations with these filters.
func organisationList(q organisation.Query) list {
	state := string(q.State)
	if q.State == organisation.Open {
		state = ""
	}
	return listAt(organisationsPath, "q", q.Text, "kind", string(q.Kind), "county", q.County, "state", state)
}

func (s *Server) listOrganisations(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	found, err := s.Organisations.List(r.Context(), v.who.Subject, organisationQuery(r.URL.Query()))
	if err != nil {
		return err
	}
	page := s.page(r, v.texts.T("organisations.title"))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, http.StatusOK, views.OrganisationsPage(page, organisationsView(v, found)))
}

func organisationsView(v *visit, found organisation.Page) views.Organisations {
	t, q := v.texts, found.Query
	at := organisationList(q)
	may := access.ReachOf(v.who.Subject.Role, access.ChangeOrganisations) != access.None
	data := views.Organisations{Text: q.Text, Filtered: q.Filtered(), MayChange: may, OfferSweden: may && found.None && !q.Filtered(),
		Kinds: kindOptions(t, q.Kind, t.T("organisations.kind.any")), Counties: countyOptions(t, q.County, t.T("organisations.county.any")),
		CSV: at.at("/organisations.csv").page(1), Excel: at.at("/organisations.xlsx").page(1)}
	for _, st := range organisation.States {
		data.States = append(data.States, views.Option{Value: string(st), Text: t.T("organisations.state." + string(st)), Chosen: st == q.State})
	}
	for _, row := range found.Rows {
		data.Rows = append(data.Rows, organisationRow(t, row))
	}
	data.Summary = t.T("organisations.summary.none")
	if found.Total > 0 {
		data.Summary = t.T("organisations.summary", "n", found.Total)
	}
	data.Pager = at.pager(t, q.Page, found.Pages())
	return data
}

func organisationRow(t *i18n.Printer, row organisation.Row) views.OrganisationRow {
	view := views.OrganisationRow{Href: organisationHref(row.ID), Name: row.Name, Kind: t.T("organisations.kind." + string(row.Kind)), County: countyName(t, row.County),
		Code: row.Code, Boards: t.Number(row.Boards), Closed: closedTag(t, row.ClosedOn)}
	if len(row.Former) > 0 {
		view.Former = t.T("organisations.former", "names", strings.Join(row.Former, ", "))
	}
	return view
}

// closedTag says since when something is no more; nothing while it is.
func closedTag(t *i18n.Printer, on clock.Date) views.Tag {
	if on.IsZero() {
		return views.Tag{}
	}
	return views.Tag{Text: t.T("organisations.closed", "on", t.DateShort(on)), Colour: "neutral"}
}

func countyName(t *i18n.Printer, code string) string {
	c, _ := organisation.CountyOf(code)
	return c.In(t.Lang())
}

// kindOptions are the kinds of organisations, after one for all of them when there is a text for it.
func kindOptions(t *i18n.Printer, chosen directory.OrganisationKind, anyText string) []views.Option {
	var out []views.Option
	if anyText != "" {
		out = append(out, views.Option{Text: anyText, Chosen: chosen == ""})
	}
	for _, k := range organisation.Kinds {
		out = append(out, views.Option{Value: string(k), Text: t.T("organisations.kind." + string(k)), Chosen: k == chosen})
	}
	return out
}

// countyOptions are the counties, after one for none or all of them.
func countyOptions(t *i18n.Printer, chosen, noneText string) []views.Option {
	out := []views.Option{{Text: noneText, Chosen: chosen == ""}}
	for _, c := range organisation.Counties {
		out = append(out, views.Option{Value: c.Code, Text: c.In(t.Lang()), Chosen: c.Code == chosen})
	}
	return out
}

// organisationTable is the organisations as rows of cells, the first being the headings; the file can be read in again.
func (s *Server) organisationTable(r *http.Request) ([][]any, error) {
	v := visitOf(r)
	p, err := s.Organisations.Export(r.Context(), v.who.Subject, organisationQuery(r.URL.Query()))
	if err != nil {
		return nil, err
	}
	t := v.texts
	table := [][]any{{t.T("organisations.column.name"), t.T("organisations.column.kind"), t.T("organisations.column.code"), t.T("organisations.column.county"),
		t.T("organisations.column.boards"), t.T("organisations.column.closed")}}
	for _, row := range p.Rows {
		table = append(table, []any{row.Name, t.T("organisations.kind." + string(row.Kind)), row.Code, countyName(t, row.County), row.Boards, row.ClosedOn.String()})
	}
	return table, nil
}

func (s *Server) exportOrganisationsCSV(w http.ResponseWriter, r *http.Request) error {
	table, err := s.organisationTable(r)
	if err != nil {
		return err
	}
	return s.sendCSV(w, r, table, visitOf(r).texts.T("organisations.file"))
}

func (s *Server) exportOrganisationsExcel(w http.ResponseWriter, r *http.Request) error {
	table, err := s.organisationTable(r)
	if err != nil {
		return err
	}
	return s.sendExcel(w, r, table, visitOf(r).texts.T("organisations.file"))
}

func (s *Server) showOrganisation(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	d, err := s.Organisations.Get(r.Context(), v.who.Subject, r.PathValue("organisation"))
	if err != nil {
		return err
	}
	page := s.page(r, d.Name)
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, http.StatusOK, views.OrganisationPage(page, s.organisationView(v, d)))
}

func (s *Server) organisationView(v *visit, d organisation.Detail) views.Organisation {
	t := v.texts
	role := v.who.Subject.Role
	data := views.Organisation{Href: organisationHref(d.ID), InList: access.ReachOf(role, access.ListOrganisations) != access.None,
		Kind: views.Tag{Text: t.T("organisations.kind." + string(d.Kind)), Colour: "info"}, Closed: closedTag(t, d.ClosedOn), MayChange: d.MayChange,
		MayUnits: d.MayUnits, Open: d.ClosedOn.IsZero(), Fact: organisationFact(t, d)}
	if d.MergedInto.ID != "" {
		data.Merged = views.Link{Href: organisationHref(d.MergedInto.ID), Text: d.MergedInto.Name}
	}
	fact := func(key, value string) {
		if value != "" {
			data.Facts = append(data.Facts, views.Fact{Name: t.T("organisations.fact." + key), Value: value})
		}
	}
	fact("code", d.Code)
	fact("county", countyName(t, d.County))
	fact("former", strings.Join(d.Former, ", "))
	if d.SeesRounds {
		fact("rounds", t.Number(d.Open))
	}
	fact("people", t.Number(d.People))
	if d.People > 0 && access.ReachOf(role, access.ListPeople) != access.None {
		data.PeopleHref = "/people?" + url.Values{"organisation": {d.ID}}.Encode()
	}
	fact("home", strings.Join(s.titles(d.Programmes, t.Lang()), ", "))
	for _, b := range d.Boards {
		view := views.Board{Name: b.Name, Closed: closedTag(t, b.ClosedOn), Units: unitNodes(t, d, b.Units, b.MayChange), Fact: t.T("organisations.board.people", "n", b.People)}
		if d.SeesRounds && b.Open > 0 {
			view.Fact += " " + t.T("organisations.board.rounds", "n", b.Open)
		}
		if b.MayChange {
			view.Href = data.Href + "/boards/" + b.ID
			data.AddBelow = data.AddBelow || b.ClosedOn.IsZero()
		}
		data.Boards = append(data.Boards, view)
	}
	data.Units = unitNodes(t, d, d.Units, d.MayUnits)
	for _, e := range d.Events {
		data.Events = append(data.Events, eventView(t, d, e))
	}
	return data
}

// organisationFact is the sentence below the name.
func organisationFact(t *i18n.Printer, d organisation.Detail) string {
	var parts []string
	if d.County != "" {
		parts = append(parts, countyName(t, d.County)+".")
	}
	open := 0
	for _, b := range d.Boards {
		if b.ClosedOn.IsZero() {
			open++
		}
	}
	if open > 0 {
		parts = append(parts, t.T("organisations.fact.boards", "n", open))
	}
	for _, e := range d.Events {
		if e.Fact == organisation.Renamed && e.Part == "" && e.Organisation.ID == d.ID {
			parts = append(parts, t.T("organisations.fact.was", "name", e.Before, "on", t.Date(e.On)))
			break
		}
	}
	return strings.Join(parts, " ")
}

// titles are programmes' titles in a language.
func (s *Server) titles(programmes []string, lang string) []string {
	var out []string
	for _, d := range s.Definitions.InForce() {
		if slices.Contains(programmes, d.ID) {
			out = append(out, d.Title.In(lang))
		}
	}
	return out
}

func unitNodes(t *i18n.Printer, d organisation.Detail, units []organisation.Unit, may bool) []views.UnitNode {
	var out []views.UnitNode
	for _, u := range units {
		node := views.UnitNode{Name: u.Name, Code: u.Code, Closed: closedTag(t, u.ClosedOn), Below: unitNodes(t, d, u.Below, may)}
		if may {
			node.Href = organisationHref(d.ID) + "/units/" + u.ID
		}
		out = append(out, node)
	}
	return out
}

// eventView tells what happened, seen from the organisation whose page it is.
func eventView(t *i18n.Printer, d organisation.Detail, e organisation.Event) views.Event {
	view := views.Event{When: t.Date(e.On), Day: e.On.String()}
	here := e.Organisation.ID == d.ID
	key := string(e.Fact)
	if e.Part != "" {
		key = "part." + key
	}
	if e.Other.ID != "" && e.Other.ID != e.Organisation.ID {
		other := e.Other
		if !here {
			other, key = e.Organisation, key+".there"
		}
		view.Other = views.Link{Href: organisationHref(other.ID), Text: other.Name}
	} else if e.Fact == organisation.Moved {
		key += ".within"
	}
	after := e.After
	if e.Fact == organisation.Moved && after == "" {
		after = d.Name
	}
	view.Text = t.T("organisations.event."+key, "part", e.Part, "before", e.Before, "after", after)
	return view
}
