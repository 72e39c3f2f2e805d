package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/directory"
	"hemvist/internal/directory/organisation"
	"hemvist/internal/web/webtest"
)

// keeper is the coordinator by whom the matrix makes and mends what a cell asks about.
func (m *matrix) keeper() access.Subject {
	return access.Subject{Person: m.people[access.Coordinator].ID, Role: access.Coordinator, Organisation: m.places["own"].Hub}
}

// askOrganisations asks a route of the organisations. A coordinator, who may do it all, does it to an organisation that no other cell needs; the
// others to that of the relation, which is mended afterwards.
func (m *matrix) askOrganisations(t *testing.T, c *webtest.Client, route, relation string, role access.Role) *webtest.Answer {
	t.Helper()
	method, path, _ := strings.Cut(route, " ")
	place, ok := m.places[relation]
	if !ok {
		place = m.places["own"]
	}
	m.cell++
	name := fmt.Sprintf("Cell %d", m.cell)
	if role == access.Coordinator {
		place = m.NewPlace(t, place.Hub, name)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s, %s, %s: %v", route, relation, role, err)
		}
	}
	ctx, by := t.Context(), m.keeper()
	form := url.Values{"name": {name + " ny"}, "on": {m.Today().String()}, "ended": {m.Today().String()}, "sure": {"yes"}, "below": {"board:" + place.Authority}}
	path = strings.NewReplacer("{organisation}", place.Organisation, "{board}", place.Authority).Replace(path)
	switch {
	case strings.Contains(path, "{unit}"):
		id, err := m.Organisations.AddUnit(ctx, by, place.Organisation, organisation.UnitForm{Name: name, Below: "board:" + place.Authority}, "req")
		must(err)
		if strings.HasSuffix(path, "/reopen") {
			must(m.Organisations.CloseUnit(ctx, by, place.Organisation, id, m.Today(), "req"))
		}
		path = strings.Replace(path, "{unit}", id, 1)
	case strings.Contains(path, "{draft}"):
		id, err := m.Organisations.Import(ctx, by, []byte("Namn;Sort\n"+name+" i fil;utförare\n"), "x.csv", "req")
		must(err)
		p, err := m.Organisations.ImportPreview(ctx, by, id)
		must(err)
		path = strings.Replace(path, "{draft}", id, 1)
		form.Set("seen", p.Seen)
	case strings.HasSuffix(route, "/boards/{board}/reopen"):
		must(m.Organisations.CloseBoard(ctx, by, place.Organisation, place.Authority, m.Today(), true, "req"))
	case strings.HasSuffix(route, "{organisation}/reopen") && role == access.Coordinator:
		must(m.Organisations.Close(ctx, by, place.Organisation, m.Today(), true, "req"))
	}
	m.organisationForm(t, route, form, place, name)
	if method == http.MethodGet {
		return c.Get(t, path)
	}
	a := c.Post(t, path, form)
	if strings.Contains(route, "/boards/{board}/") { // open again for the next cell, whatever became of it
		_ = m.Organisations.ReopenBoard(ctx, by, place.Organisation, place.Authority, "req")
	}
	return a
}

// organisationForm fills in what some routes want beside what all of them get.
func (m *matrix) organisationForm(t *testing.T, route string, form url.Values, place webtest.Place, name string) {
	t.Helper()
	switch route {
	case "POST /organisations":
		form.Set("kind", string(directory.Provider))
	case "POST /organisations/import":
		form.Set("file", "Namn;Sort\n"+name+" i lista;utförare\n")
	case "POST /organisations/{organisation}/place":
		form.Set("code", fmt.Sprintf("9%03d", m.cell%1000))
		form.Set("county", "01")
	case "POST /organisations/{organisation}/merge":
		form.Set("into", m.NewPlace(t, place.Hub, name+" till").Organisation)
	case "POST /organisations/{organisation}/split":
		form.Set("code", fmt.Sprintf("9%03d", m.cell%1000))
		form.Set("county", "01")
		form.Set("boards", place.Authority)
	}
}

// organisationPages makes an organisation with all that a page of one can have, and gives the pages as a client sees them. It adds the ids to samples.
func organisationPages(t *testing.T, h *webtest.House, c *webtest.Client, coordinator webtest.Person, at webtest.Place, samples map[string]string) (pages []*webtest.Answer) {
	t.Helper()
	by := access.Subject{Person: coordinator.ID, Role: access.Coordinator, Organisation: at.Hub}
	other := h.NewPlace(t, at.Hub, "Grannköpings kommun")
	unit, err := h.Organisations.AddUnit(t.Context(), by, at.Organisation, organisation.UnitForm{Name: "Teamet", Below: "board:" + at.Authority}, "req")
	if err != nil {
		t.Fatal(err)
	}
	draft, err := h.Organisations.Import(t.Context(), by, []byte("Namn;Sort\nProvhemmet;behandlingshem\n"), "x.csv", "req")
	if err != nil {
		t.Fatal(err)
	}
	samples["board"], samples["unit"], samples["draft"] = at.Authority, unit, draft
	own := "/organisations/" + at.Organisation
	for _, path := range []string{own, own + "/change", own + "/merge", own + "/merge?into=" + other.Organisation, own + "/split", own + "/boards/new",
		own + "/boards/" + at.Authority, own + "/units/new", own + "/units/" + unit, "/organisations", "/organisations/new", "/organisations/import",
		"/organisations/import/drafts/" + draft} {
		pages = append(pages, c.Get(t, path).Wants(http.StatusOK))
	}
	return pages
}

// organisationButtons are the routes of the organisations whose forms are a button alone.
var organisationButtons = []string{"POST /organisations/import/sweden", "POST /organisations/{organisation}/reopen",
	"POST /organisations/{organisation}/boards/{board}/reopen", "POST /organisations/{organisation}/units/{unit}/reopen"}
