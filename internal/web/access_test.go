package web_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/house/housetest"
	"hemvist/internal/web"
	"hemvist/internal/web/webtest"
)

// The relations in which a person may stand to a round, and to the house. In all of them the person works in the same board.
var relations = []string{
	"own",           // the round is their board's, and they are assigned to it
	"unassigned",    // their board's, and they are not assigned
	"board",         // another board's of the same municipality
	"other",         // another municipality's
	"hub",           // another municipality's, in a programme that has its home elsewhere
	"former",        // their board's, and they were assigned until yesterday
	"role-ended",    // assigned, but their role ended yesterday
	"session-ended", // assigned, but they have signed out
	"anonymous",     // never signed in
}

// expected is testdata/access/: route → relation → role → status.
type expected map[string]map[string]map[access.Role]int

func readExpected(t *testing.T) expected {
	t.Helper()
	files, err := filepath.Glob("testdata/access/*.csv")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files in testdata/access, %v", len(files), err)
	}
	table := expected{}
	for _, name := range files {
		table.read(t, name)
	}
	return table
}

// read adds the rows of a file. A row holds for one relation or for several, with blanks between them.
func (table expected) read(t *testing.T, name string) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var roles []string
	for _, r := range access.Roles {
		roles = append(roles, string(r))
	}
	if want := append([]string{"route", "relations"}, roles...); !slices.Equal(rows[0], want) {
		t.Fatalf("%s: the columns are %v, want %v", name, rows[0], want)
	}
	for _, row := range rows[1:] {
		for _, relation := range strings.Fields(row[1]) {
			table.add(t, row[0], relation, row[2:])
		}
	}
}

func (table expected) add(t *testing.T, route, relation string, cells []string) {
	t.Helper()
	if table[route] == nil {
		table[route] = map[string]map[access.Role]int{}
	}
	if table[route][relation] != nil {
		t.Errorf("two rows of %s, %s", route, relation)
	}
	table[route][relation] = map[access.Role]int{}
	for i, cell := range cells {
		status, err := strconv.Atoi(cell)
		if err != nil {
			t.Errorf("%s, %s: %v", route, relation, err)
		}
		table[route][relation][access.Roles[i]] = status
	}
}

// matrix is a house with a person of every role in every relation to the house.
type matrix struct {
	*webtest.House
	places  map[string]webtest.Place // by relation
	people  map[access.Role]webtest.Person
	ended   map[access.Role]webtest.Person // their roles end
	clients map[access.Role]*webtest.Client
	gone    map[access.Role]*webtest.Client // of people whose role has ended
	out     map[access.Role]*webtest.Client // with a cookie of a session that has ended
	other   webtest.Person
	devices map[access.Role]*housetest.Authenticator // with a passkey of each of people
	madeLog map[string]string                        // rounds and questions of askLog, by whose they are

	wide       *webtest.Client           // of an administrator of the whole organisation, when one is needed
	provider   *webtest.Provider         // of the organisation, when one is needed
	known      map[string]webtest.Person // by relation, somebody to look at
	invitees   int                       // people invited so far
	recoveries map[string]string         // who asks for help, by route and relation

	passwordOf string   // an address with a password
	reserve    []string // its reserve codes that are left
	cell       int      // how many cells have asked about organisations
	registers  int      // made so far
}

func newMatrix(t *testing.T, d *db.DB) *matrix {
	m := &matrix{people: map[access.Role]webtest.Person{}, ended: map[access.Role]webtest.Person{}, clients: map[access.Role]*webtest.Client{},
		gone: map[access.Role]*webtest.Client{}, out: map[access.Role]*webtest.Client{}, devices: map[access.Role]*housetest.Authenticator{},
		known: map[string]webtest.Person{}}
	m.House = webtest.Open(t, d, func(_ *webtest.House, c *web.Config) {
		c.Demo = []web.DemoRole{{Role: access.Leader, Email: "provlund1@hemvist.example"}}
	})
	hub := m.NewHub(t, "Hemvisten")
	if err := m.Catalogue.GiveHomes(t.Context()); err != nil {
		t.Fatal(err)
	}
	home := m.NewPlace(t, hub, "Provköpings kommun")
	m.places = map[string]webtest.Place{"own": home, "unassigned": home, "former": home, "board": m.NewBoard(t, home),
		"other": m.NewPlace(t, hub, "Övningstads kommun"), "hub": m.NewPlace(t, m.NewHub(t, "Den andra hemvisten"), "Annorlunda kommun")}
	m.other = m.NewPerson(t, access.Leader, home)
	for _, role := range access.Roles {
		m.people[role] = m.NewPerson(t, role, home)
		m.clients[role] = m.SignIn(t, m.people[role].Email)
		m.out[role] = m.SignIn(t, m.people[role].Email)
		m.out[role].Clone().Post(t, "/sign-out", nil).Wants(http.StatusSeeOther)
		m.devices[role] = housetest.NewAuthenticator()
		newPasskey(t, m.clients[role], m.devices[role])
		m.ended[role] = m.NewPerson(t, role, home)
		m.gone[role] = m.SignIn(t, m.ended[role].Email)
		if err := m.Directory.EndRole(t.Context(), m.ended[role].RoleID, m.Today().AddDays(-1)); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// client is who asks in a cell of the table; nothing that they do changes another cell.
func (m *matrix) client(t *testing.T, route, relation string, role access.Role) *webtest.Client {
	t.Helper()
	switch {
	case relation == "anonymous":
		return m.Nobody()
	case relation == "session-ended":
		return m.out[role].Clone()
	case relation == "role-ended":
		return m.gone[role].Clone()
	case route == "POST /me/sign-in/sessions/end":
		return m.SignIn(t, m.NewPerson(t, role, m.places["own"]).Email) // whose other sign-ins no cell needs
	case route == "POST /sign-out", route == "POST /me/role":
		return m.SignIn(t, m.people[role].Email)
	default:
		return m.clients[role].Clone()
	}
}

// round is the round of a cell, with a word of its own by which lists find it.
func (m *matrix) round(route, relation string, role access.Role) webtest.NewRound {
	n := webtest.NewRound{Place: m.places[relation], Staff: []webtest.Person{m.other}, Words: []string{m.word(route, relation, role)}}
	switch relation {
	case "own", "session-ended", "anonymous":
		n.Staff = append(n.Staff, m.people[role])
	case "role-ended":
		n.Staff = append(n.Staff, m.ended[role])
	case "former":
		n.Staff = []webtest.Person{m.people[role]}
		n.Until = m.Today().AddDays(-1)
	}
	if n.Place == (webtest.Place{}) {
		n.Place = m.places["own"]
	}
	return n
}

func (m *matrix) word(route, relation string, role access.Role) string {
	return "ord" + strings.NewReplacer("-", "", " ", "", "/", "", "{", "", "}", "", ".", "", "$", "").Replace(route+relation+string(role))
}

// form is what is sent by POST: something that would be accepted from whoever may do it.
func (m *matrix) form(t *testing.T, route string, role access.Role) url.Values {
	t.Helper()
	switch route {
	case "POST /language":
		return url.Values{"lang": {"sv"}, "back": {"/"}}
	case "POST /sign-in":
		code, err := m.SignIns.NewCode(t.Context(), m.people[role].Email)
		if err != nil {
			t.Fatal(err)
		}
		return url.Values{"code": {code}, "next": {"/"}}
	case "POST /start":
		code, err := m.SignIns.NewCode(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		return url.Values{"code": {code}, "organisation": {"Hemvisten"}, "name": {"Karin Provlund"}, "email": {"karin@hemvist.example"}}
	case "POST /rounds/{id}/sessions/{session}":
		return url.Values{"fact": {"held"}}
	case "POST /rounds/{id}/end":
		return url.Values{"how": {"broken-off"}, "reason": {"too-few"}}
	case "POST /rounds/{id}/participants":
		return url.Values{"name": {"Amina Påhittsson"}, "phone": {"070-174 06 05"}, "language": {"sv"}}
	case "POST /sign-out", "POST /demo/{role}":
		return url.Values{}
	}
	if f := m.programmeForm(t, route); f != nil {
		return f
	}
	if f := m.siteForm(t, route); f != nil {
		return f
	}
	t.Fatalf("no form for %s: say here what is sent", route)
	return nil
}

// TestEveryRouteForEveryRole asks every route as every role in every relation, and compares with a table that was written apart from
// the code. A route without rows fails, and so do rows without a route.
func TestEveryRouteForEveryRole(t *testing.T) {
	table := readExpected(t)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m := newMatrix(t, d)
		asked := map[string]bool{}
		for _, route := range m.Web.Routes() {
			asked[route.Pattern] = true
			for _, relation := range relations {
				want := table[route.Pattern][relation]
				if want == nil {
					t.Errorf("testdata/access has no row of %s, %s", route.Pattern, relation)
					continue
				}
				m.row(t, route.Pattern, relation, want, table["GET /rounds/{id}"][relation])
			}
		}
		for route, rows := range table {
			if !asked[route] {
				t.Errorf("testdata/access has rows of %s, which is no route", route)
			}
			for relation := range rows {
				if !slices.Contains(relations, relation) {
					t.Errorf("testdata/access: %s has a row of %q, which is no relation", route, relation)
				}
			}
		}
	})
}

// cell is one square of the matrix: who asks, about which round, in which relation to it.
type cell struct {
	*matrix
	client   *webtest.Client
	round    webtest.Round // made for this cell, when the route is of a round
	relation string
	role     access.Role
}

// asks are the routes that are asked in a way of their own. A file of tests adds its own from an init function.
var asks = map[string]func(t *testing.T, c cell) *webtest.Answer{}

// row asks one route in one relation as every role. reads is who may read the round.
func (m *matrix) row(t *testing.T, route, relation string, want, reads map[access.Role]int) {
	t.Helper()
	method, pattern, _ := strings.Cut(route, " ")
	ofRound := strings.Contains(pattern, "{id}")
	made := make([]webtest.Round, len(access.Roles))
	if strings.HasPrefix(pattern, "/rounds") {
		var rounds []webtest.NewRound
		for _, role := range access.Roles {
			rounds = append(rounds, m.round(route, relation, role))
		}
		made = m.NewRounds(t, rounds...)
	}
	for i, role := range access.Roles {
		r, c := made[i], m.client(t, route, relation, role)
		pattern := m.sitePattern(t, route, pattern)
		path := strings.NewReplacer(append([]string{"{$}", "", "{role}", "leader"}, ofProgramme...)...).Replace(pattern)
		if ofRound {
			path = strings.NewReplacer("{id}", r.ID, "{session}", r.Sessions[0].ID).Replace(path)
		}
		var a *webtest.Answer
		switch {
		case asks[route] != nil:
			before := ""
			if ofRound {
				before = m.facts(t, r.ID)
			}
			a = asks[route](t, cell{m, c, r, relation, role})
			if changed := ofRound && m.facts(t, r.ID) != before; method == http.MethodGet && changed {
				t.Errorf("%s, %s, %s: a look changed the round", route, relation, role)
			}
		case strings.HasPrefix(pattern, "/recovery"):
			a = m.askOfRecovery(t, c, route, relation, role)
		case isPassword(route):
			a = m.askPassword(t, c, route, relation, role)
		case route == "POST /me/role":
			a = c.Post(t, path, url.Values{"role": {m.roleOf(relation, role)}})
		case strings.HasPrefix(pattern, "/me/confirm"):
			a = m.askConfirm(t, c, route, role)
		case invites(route):
			a = m.askInvite(t, c, route, relation, role)
		case strings.HasPrefix(pattern, "/people"), pattern == "/me/profile":
			a = m.askPeople(t, c, route, relation, role)
		case strings.HasPrefix(pattern, "/letters"):
			a = m.askLetters(t, c, route, relation, want[role])
		case reviews(route):
			a = m.askLog(t, c, route, relation, role)
		case strings.HasPrefix(pattern, "/organisations"):
			a = m.askOrganisations(t, c, route, relation, role)
		case strings.Contains(pattern, "/sign-in/"):
			a = m.askSignIn(t, c, route, relation, role)
		case method == http.MethodPost && ofRound:
			before := m.facts(t, r.ID)
			a = c.Post(t, path, m.form(t, route, role))
			if changed := m.facts(t, r.ID) != before; changed != (want[role] == http.StatusSeeOther) {
				t.Errorf("%s, %s, %s: the round was changed: %v", route, relation, role, changed)
			}
		case method == http.MethodPost:
			a = c.Post(t, path, m.form(t, route, role))
		case ofRound:
			a = c.Get(t, path)
		default:
			a = c.Get(t, path+"?q="+m.word(route, relation, role))
		}
		if a.Status != want[role] {
			t.Errorf("%s, %s, %s: status %d, want %d", route, relation, role, a.Status, want[role])
		}
		if a.Status == http.StatusOK && strings.HasPrefix(route, "GET /rounds") && !strings.Contains(route, "{id}") && route != "GET /rounds/idle" && route != "GET /rounds/new" {
			if got, want := listed(t, a), reads[role] == http.StatusOK; got != want {
				t.Errorf("%s, %s, %s: the round is listed: %v, want %v", route, relation, role, got, want)
			}
		}
	}
}

// listed tells whether the one round that was searched for stands in a list or an export.
func listed(t *testing.T, a *webtest.Answer) bool {
	t.Helper()
	switch mediaType := a.Header.Get("Content-Type"); {
	case strings.HasPrefix(mediaType, "text/html"):
		return a.All("tbody tr").Length() == 1
	case strings.HasPrefix(mediaType, "text/csv"):
		return len(csvRows(t, a)) == 2
	default:
		return len(excelRows(t, a)) == 2
	}
}

// facts is how much is stored about a round that a form could change.
func (m *matrix) facts(t *testing.T, id string) string {
	t.Helper()
	counts := make([]int, 3)
	err := m.DB.Read(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT (SELECT count(*) FROM participant WHERE round_id = $1), (SELECT count(*) FROM round_fact WHERE round_id = $1),
			(SELECT count(*) FROM session_fact f JOIN round_session s ON s.id = f.session_id WHERE s.round_id = $1)`, id).Scan(&counts[0], &counts[1], &counts[2])
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(counts)
}

// TestServedRoutesAreThoseOfTheTable: outside the demo the routes are the same, but for the demo's own, which are not there.
func TestServedRoutesAreThoseOfTheTable(t *testing.T) {
	var served, demo []string
	for _, r := range web.New(web.Config{}).Routes() {
		served = append(served, r.Pattern)
	}
	for _, r := range web.New(web.Config{Demo: []web.DemoRole{{}}}).Routes() {
		if strings.Contains(r.Pattern, " /demo/") {
			demo = append(demo, r.Pattern)
		} else if !slices.Contains(served, r.Pattern) {
			t.Errorf("%s is served in the demo only", r.Pattern)
		}
	}
	if len(demo) != 2 || len(served) < 10 {
		t.Errorf("%d routes of the demo's own, %d others", len(demo), len(served))
	}
	h := webtest.Open(t, dbtest.New(t))
	h.Nobody().Get(t, "/demo/leader").Wants(http.StatusNotFound)
	h.Nobody().Post(t, "/demo/leader", nil).Wants(http.StatusNotFound)
}

// TestSessionOfAnotherRound: a round's id in an address is not a key to another round's sessions.
func TestSessionOfAnotherRound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m := newMatrix(t, d)
		mine, theirs := m.round("", "own", access.Leader), m.round("", "unassigned", access.Leader)
		made := m.NewRounds(t, mine, theirs)
		before := m.facts(t, made[1].ID)
		m.clients[access.Leader].Post(t, made[0].Path("/sessions/"+made[1].Sessions[0].ID), url.Values{"fact": {"held"}}).Wants(http.StatusNotFound)
		if m.facts(t, made[1].ID) != before {
			t.Error("a session of a round that the leader does not lead was answered for")
		}
	})
}
