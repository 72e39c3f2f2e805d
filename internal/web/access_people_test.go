package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/directory"
	"hemvist/internal/directory/takeover"
	"hemvist/internal/web/webtest"
)

// colleague makes a leader in the place of a relation: in "hub", in a programme that has its home elsewhere.
func (m *matrix) colleague(t *testing.T, relation string) webtest.Person {
	t.Helper()
	place := m.places[relation]
	if place == (webtest.Place{}) {
		place = m.places["own"]
	}
	p := m.NewPerson(t, access.Leader, place)
	if relation == "hub" {
		m.exec(t, `UPDATE role SET programme = 'annat' WHERE id = $1`, p.RoleID)
	}
	return p
}

func (m *matrix) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	if err := m.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// askPeople asks a route about a colleague in a relation, or about oneself, with a form that would be accepted from whoever may.
func (m *matrix) askPeople(t *testing.T, c *webtest.Client, route, relation string, role access.Role) *webtest.Answer {
	t.Helper()
	method, pattern, _ := strings.Cut(route, " ")
	if before, after, ok := strings.Cut(pattern, "{register}"); ok {
		pattern = before + m.register(t, relation, role, after != "") + after
	}
	if !strings.Contains(pattern, "{person}") {
		if method == http.MethodGet {
			return c.Get(t, pattern)
		}
		return c.Post(t, pattern, m.personForm(pattern, relation, role))
	}
	target, ok := m.known[relation]
	if may := access.ReachOf(role, access.GiveRole) != access.None; !ok || method == http.MethodPost && may {
		target = m.colleague(t, relation) // whom no other cell has changed
		if !may || method == http.MethodGet {
			m.known[relation] = target
		}
	}
	path := strings.NewReplacer("{person}", target.ID, "{given}", target.RoleID).Replace(pattern)
	if method == http.MethodGet {
		return c.Get(t, path)
	}
	form := m.personForm(pattern, relation, role)
	switch pattern {
	case "/people/{person}/roles/{given}/deputy":
		form.Set("deputy", m.colleague(t, relation).ID)
	case "/people/{person}/workplace":
		form.Set("fate-"+target.RoleID, string(directory.End))
	case "/people/{person}/return":
		m.exec(t, `UPDATE person SET left_on = $1 WHERE id = $2`, m.Today().AddDays(-1), target.ID)
	case "/people/{person}/merge":
		form = url.Values{"with": {m.colleague(t, relation).ID}, "stay": {target.ID}}
	}
	a := c.Post(t, path, form)
	if changed := m.logged(t, target, m.people[role].ID); changed != (a.Status == http.StatusSeeOther) {
		t.Errorf("%s, %s, %s: status %d, and something was done: %v", route, relation, role, a.Status, changed)
	}
	return a
}

// register is a table that waits, or the report of one, of the person's own in the relation "own" and somebody else's in others.
func (m *matrix) register(t *testing.T, relation string, role access.Role, report bool) string {
	t.Helper()
	who := access.Subject{Person: m.people[role].ID, Role: role, Organisation: m.places["own"].Organisation, Authority: m.places["own"].Authority, Programme: "connect"}
	if role == access.Coordinator {
		who.Organisation, who.Authority = m.places["own"].Hub, ""
	}
	if relation != "own" {
		who.Person, who.Role, who.Organisation, who.Authority = m.people[access.Administrator].ID, access.Administrator, m.places["own"].Organisation, m.places["own"].Authority
		if role == access.Administrator { // another's, of the same board
			who.Person = m.NewPerson(t, access.Administrator, m.places["own"]).ID
		}
	}
	if access.ReachOf(who.Role, access.ImportPeople) == access.None {
		return "none"
	}
	m.registers++
	table := fmt.Sprintf("namn;e-post\nKarin Registersson;register%d@hemvist.example\n", m.registers)
	settings := takeover.Settings{Language: "sv", RoleForm: directory.RoleForm{RoleAt: directory.RoleAt{Role: access.Leader, OrganisationID: m.places["own"].Organisation,
		AuthorityID: m.places["own"].Authority, Programme: "connect"}, Period: directory.Period{From: m.Today()}}}
	id, err := m.Registers.Read(t.Context(), who, []byte(table), "r.csv", settings)
	if err == nil && report {
		id, err = m.Registers.Confirm(t.Context(), who, id, map[int]takeover.Decision{2: {Who: takeover.IsNew}}, "")
	}
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// logged tells whether the log has a change that the actor made to the person.
func (m *matrix) logged(t *testing.T, target webtest.Person, actor string) bool {
	t.Helper()
	n := 0
	if err := m.DB.Read(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(*) FROM audit_entry WHERE actor = $1 AND outcome = 'ok' AND action <> $2
			AND (subject = $3 OR action = $4 AND found LIKE $5)`,
			actor, string(directory.ActionReadPerson), target.ID, string(directory.ActionDeputise), "%"+target.RoleID+"%").Scan(&n)
	}); err != nil {
		t.Fatal(err)
	}
	return n > 0
}

// personForm is what is sent about people: all that any of their forms takes.
func (m *matrix) personForm(pattern, relation string, role access.Role) url.Values {
	place := m.places[relation]
	if place == (webtest.Place{}) {
		place = m.places["own"]
	}
	programme := "connect"
	if relation == "hub" {
		programme = "annat"
	}
	ahead := func(days int) string { return m.Today().AddDays(days).String() }
	form := url.Values{"name": {"Karin Provlund"}, "email": {m.word(pattern, relation, role) + "@hemvist.example"}, "phone": {"070-174 06 05"}, "language": {"sv"},
		"place": {place.Organisation + "/" + place.Authority}, "role": {string(access.Technician)}, "programme": {programme}, "from": {ahead(0)}, "to": {ahead(60)},
		"when": {"day"}, "last": {ahead(30)}, "first": {ahead(10)}}
	switch {
	case pattern == "/people/import":
		form.Set("file", "namn;e-post\nKarin Registersson;karin.r@hemvist.example\n")
	case strings.HasPrefix(pattern, "/people/import/drafts/"):
		form = url.Values{"who-2": {takeover.IsNew}}
	case pattern == "/me/profile":
		form.Set("name", m.people[role].Name)
	}
	return form
}
