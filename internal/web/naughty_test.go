package web_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/house/housetest"
	"hemvist/internal/web"
	"hemvist/internal/web/webtest"
)

// naughty reads testdata/naughty.txt.
func naughty(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/naughty.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := []string{strings.Repeat("å", 3000), strings.Repeat("ord ", 500)}
	for i, line := range strings.Split(string(text), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		s, err := strconv.Unquote(line)
		if err != nil {
			t.Fatalf("testdata/naughty.txt:%d: %v", i+1, err)
		}
		all = append(all, s)
	}
	return all
}

// entrance is a route with what it is asked with when nothing is wrong.
type entrance struct {
	route  string
	action access.Action
	path   map[string]string // wildcards of the pattern
	values url.Values        // of the query by GET, of the form by POST
}

// entrances is every route with the names of all its parameters: those of its pattern, of the forms and of the links that lead to it
// on any page. No list of them is kept by hand, so that a new field cannot be left out.
func entrances(t *testing.T, h *webtest.House, samples map[string]string, pages []*webtest.Answer) []entrance {
	t.Helper()
	found := map[string]url.Values{}
	mux := http.NewServeMux()
	for _, route := range h.Web.Routes() {
		found[route.Pattern] = url.Values{}
		mux.HandleFunc(route.Pattern, func(http.ResponseWriter, *http.Request) {})
	}
	note := func(method, address string, values url.Values) {
		if !strings.HasPrefix(address, "/") {
			return // a place in the page itself
		}
		r := httptest.NewRequestWithContext(t.Context(), method, address, nil)
		_, pattern := mux.Handler(r)
		if _, ours := found[pattern]; !ours {
			return
		}
		for name := range r.URL.Query() {
			found[pattern].Set(name, r.URL.Query().Get(name))
		}
		for name := range values {
			found[pattern].Set(name, values.Get(name))
		}
	}
	for _, a := range pages {
		a.All("a[href]").Each(func(_ int, s *goquery.Selection) { note(http.MethodGet, s.AttrOr("href", "/"), nil) })
		a.All("form").Each(func(_ int, form *goquery.Selection) {
			values := url.Values{}
			form.Find("[name]").Each(func(_ int, s *goquery.Selection) { values.Set(s.AttrOr("name", ""), s.AttrOr("value", "")) })
			note(strings.ToUpper(form.AttrOr("method", "get")), form.AttrOr("action", "/"), values)
		})
	}
	var all []entrance
	for _, route := range h.Web.Routes() {
		e := entrance{route: route.Pattern, action: route.Action, path: map[string]string{}, values: found[route.Pattern]}
		for _, part := range strings.Split(route.Pattern, "/") {
			if name, ok := strings.CutPrefix(part, "{"); ok && name != "$}" {
				name = strings.TrimSuffix(name, "}")
				if e.path[name] = samples[name]; e.path[name] == "" {
					t.Fatalf("%s: no sample of {%s}: say one here", route.Pattern, name)
				}
			}
		}
		if method, _, _ := strings.Cut(route.Pattern, " "); method == http.MethodPost && len(e.values) == 0 && !slices.Contains(append(organisationButtons, emptyForms...), route.Pattern) {
			t.Errorf("%s: no page has a form with fields that leads to it", route.Pattern)
		}
		all = append(all, e)
	}
	return all
}

// emptyForms are the routes whose forms are a button alone.
var emptyForms = []string{"POST /sign-out", "POST /rounds/{id}/plan/notify", "POST /invitations/{invitation}/withdraw", "POST /letters/{letter}/again", "POST /letters/{letter}/drop",
	"POST /programmes/{programme}/versions/{version}/withdraw", "POST /programmes/{programme}/home/stay",
	"POST /sign-in/passkey/begin", "POST /me/confirm/passkey/begin", "POST /me/sign-in/passkeys/begin", "POST /me/sign-in/passkeys/{passkey}/remove",
	"POST /me/sign-in/sessions/{session}/end", "POST /me/sign-in/sessions/end",
	"POST /rounds/{id}/participants/{participant}/return", "POST /rounds/{id}/participants/import/lists/{list}",
	"POST /people/{person}/return", "POST /people/{person}/credentials/{fact}/retract", "POST /me/sign-in/password/reserve", "POST /me/sign-in/password/remove", "POST /recovery/{recovery}/refuse"}

// ask sends the entrance's request.
func (e entrance) ask(t *testing.T, c *webtest.Client, path map[string]string, values url.Values) *webtest.Answer {
	t.Helper()
	method, address, _ := strings.Cut(e.route, " ")
	address = strings.ReplaceAll(address, "{$}", "")
	for name, value := range path {
		address = strings.ReplaceAll(address, "{"+name+"}", url.PathEscape(value))
	}
	if method == http.MethodPost {
		return c.Post(t, address, values)
	}
	if len(values) > 0 {
		address += "?" + values.Encode()
	}
	return c.Get(t, address)
}

// TestNaughtyStringsEverywhere: whatever is sent in whichever parameter, nothing breaks, nothing runs, and what is kept is shown as
// it was typed.
func TestNaughtyStringsEverywhere(t *testing.T) {
	all := naughty(t)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d, func(_ *webtest.House, c *web.Config) {
			c.Demo = []web.DemoRole{{Role: access.Leader, Email: "provlund1@hemvist.example"}}
		})
		place := h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")
		leader, coordinator := h.NewPerson(t, access.Leader, place), h.NewPerson(t, access.Coordinator, place)
		colleague := h.NewPerson(t, access.Leader, place)
		r := h.NewRounds(t, webtest.NewRound{Place: place, Staff: []webtest.Person{leader}})[0]
		h.NewHub(t, "Den andra hemvisten")
		if err := h.Catalogue.GiveHomes(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.AlsoWorks(t, leader, access.Supervisor, place)
		whole := place
		whole.Authority = ""
		administrator := h.SignIn(t, h.NewPerson(t, access.Administrator, whole).Email)
		identity := "/organisations/" + place.Organisation + "/identity"
		administrator.Post(t, identity, identityForm(h.NewProvider(t))).Leads(identity)
		clients := map[access.Role]*webtest.Client{access.Leader: h.SignIn(t, leader.Email), access.Coordinator: h.SignIn(t, coordinator.Email),
			access.Administrator: administrator}
		passkey := newPasskey(t, clients[access.Leader], housetest.NewAuthenticator())
		clients[access.Leader].Post(t, mySignIn+"/password", url.Values{"password": {passphrase}}).Wants(303)
		recovery, granted := "/recovery/"+askRecovery(t, h, leader), grantedRecovery(t, h, place)
		waiting, closed := siteSamples(t, h, coordinator, place)
		invitation := invitationSample(t, h, administrator, place)
		register := clients[access.Coordinator].Post(t, "/people/import", url.Values{"file": {"namn;e-post\n" + colleague.Name + ";annan@hemvist.example\n"}, "role": {"leader"},
			"programme": {"connect"}, "place": {place.Organisation + "/" + place.Authority}, "from": {h.Today().String()}, "language": {"sv"}}).Wants(http.StatusSeeOther).Header.Get("Location")
		var pages []*webtest.Answer
		var ofRound []string
		for _, f := range formsOfRound {
			ofRound = append(ofRound, f(r, leader))
		}
		for _, path := range append(ofRound, mySignIn, passkey, "/rounds", r.Path(""), r.Path("/participants/new"), "/programmes", "/programmes/connect", "/programmes/connect/versions",
			"/programmes/connect/versions/2017-02/changes", "/programmes/connect/home", "/definitions/new", identity,
			"/people/invite", "/people/invitations", "/invitations/"+invitation, offer(h.Vault.Secret("invitation", invitation)),
			"/feedback", "/feedback/inbox", "/site/particulars", "/site/contact/sv", "/site/contact/sv/history", "/feedback/inbox/"+waiting, "/feedback/inbox/"+closed,
			"/people", "/people/new", colleague.Path(""), colleague.Path("/change"), colleague.Path("/roles/new"), colleague.Path("/roles/"+colleague.RoleID+"/end"),
			colleague.Path("/roles/"+colleague.RoleID+"/deputy"), colleague.Path("/workplace"), colleague.Path("/leave"), colleague.Path("/merge"),
			colleague.Path("/merge?with="+leader.ID), "/me/profile",
			"/week", "/me/credentials", r.Path("/outlook"), colleague.Path("/credentials"), colleague.Path("/credentials/new"),
			mySignIn+"/password", mySignIn+"/password/code", "/organisations/"+place.Organisation+"/sign-in", "/recovery", recovery, "/recovery/ask", "/people/import", register) {
			for _, c := range clients {
				if a := c.Get(t, path); a.Status == http.StatusOK {
					pages = append(pages, a)
				}
			}
		}
		pages = append(pages, startPage(t), h.Nobody().Get(t, "/sign-in").Wants(200), h.Nobody().Get(t, "/demo/leader").Wants(200),
			h.Nobody().Get(t, "/recovery/link?code="+h.Vault.Secret("recovery", granted)).Wants(200))
		pages = append(pages, confirmPages(t, h, clients)...)
		letter := newLetter(t, h, place, "Karin Provlund", "karin@hemvist.example")
		pages = append(pages, planPages(t, h, clients[access.Leader], place, leader, r)...)
		pages = append(pages, tellPage(t, h, clients[access.Leader], place, leader))
		pages = append(pages, letterPages(t, clients[access.Coordinator], letter)...)
		samples := map[string]string{"id": r.ID, "session": r.Sessions[0].ID, "role": "leader", "passkey": path.Base(passkey),
			"organisation": place.Organisation, "person": colleague.ID, "given": colleague.RoleID, "letter": letter, "recovery": path.Base(recovery), "register": path.Base(register)}
		for i := 0; i < len(ofProgramme); i += 2 {
			samples[strings.Trim(ofProgramme[i], "{}")] = ofProgramme[i+1]
		}
		samples["feedback"], samples["invitation"] = waiting, invitation
		samples["fact"] = r.ID // of nothing
		samples["round"] = r.ID
		(&matrix{House: h}).saysYes(t, r, leader.ID)
		pages = append(pages, clients[access.Leader].Get(t, "/me/consents/"+r.ID).Wants(200))
		pages = append(pages, organisationPages(t, h, clients[access.Coordinator], coordinator, place, samples)...)
		clients[access.Contact] = h.SignIn(t, h.NewPerson(t, access.Contact, place).Email)
		pages = append(pages, groupPages(t, h, clients[access.Leader], clients[access.Contact], leader, place, samples)...)
		clients[access.LogReviewer] = h.SignIn(t, h.NewPerson(t, access.LogReviewer, place).Email)
		pages = append(pages, questionPages(t, clients[access.LogReviewer], clients[access.Leader], (&matrix{House: h}).look(t, place, leader.ID), samples)...)
		pages = append(pages, interestPages(t, h, clients[access.Leader], place, leader, r, samples)...)
		for _, e := range entrances(t, h, samples, pages) {
			c := clients[access.Leader]
			for _, role := range []access.Role{access.LogReviewer, access.Administrator, access.Contact, access.Coordinator} {
				if access.ReachOf(access.Leader, e.action) == access.None && access.ReachOf(role, e.action) != access.None {
					c = clients[role]
				}
			}
			for i, s := range all {
				for j, name := range slices.Sorted(maps.Keys(e.path)) {
					if !turnOf(d.Dialect(), i+j, s) {
						continue
					}
					path := maps.Clone(e.path)
					path[name] = s
					unbroken(t, e.ask(t, c.Clone(), path, e.values), s)
				}
				for j, name := range slices.Sorted(maps.Keys(e.values)) {
					if !turnOf(d.Dialect(), i+j, s) {
						continue
					}
					values := maps.Clone(e.values)
					values.Set(name, s)
					unbroken(t, e.ask(t, c.Clone(), e.path, values), s)
				}
			}
		}
	})
}

// turnOf tells whether a string is put into a parameter on this engine. Where there are two, each takes every other pair of the two, as
// what is done with most strings has nothing to do with the engine; what a database may refuse to store is put into all on both.
func turnOf(engine db.Dialect, n int, s string) bool {
	if len(dbtest.Engines()) == 1 || !utf8.ValidString(s) || strings.Contains(s, "\x00") {
		return true
	}
	return (engine == db.Postgres) == (n%2 == 1)
}

// formsOfRound are the addresses of pages of a round with forms on them. A file of tests adds its own from an init function.
var formsOfRound []func(r webtest.Round, leader webtest.Person) string

// dials are the links by which a telephone calls somebody or writes to them: digits alone, whatever was typed, and words that are escaped.
var dials = regexp.MustCompile(`^(tel:\+?[0-9]{3,20}|sms:\+?[0-9]{3,20}\?body=[A-Za-z0-9%._~-]*)$`)

// unbroken looks at an answer to s for what should never be in one.
func unbroken(t *testing.T, a *webtest.Answer, s string) {
	t.Helper()
	if a.Status >= 500 {
		t.Errorf("%s with %.60q: status %d", a.Asked, s, a.Status)
	}
	for _, cookie := range a.SetCookies {
		if !strings.HasPrefix(cookie.Name, "__Host-") {
			t.Errorf("%s with %.60q set a cookie: %s", a.Asked, s, cookie.Raw)
		}
	}
	if to := a.Header.Get("Location"); to != "" {
		wantInside(t, s, to)
	}
	if !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") || a.Status == http.StatusSeeOther || a.Status == http.StatusTemporaryRedirect || a.Status == http.StatusMovedPermanently {
		return
	}
	if !utf8.ValidString(a.Body) || strings.Contains(a.Body, "\x00") {
		t.Errorf("%s with %.60q: the page is not text", a.Asked, s)
	}
	if strings.Contains(s, "<") && strings.Contains(s, ">") && strings.Contains(a.Body, s) {
		t.Errorf("%s with %.60q: it stands in the page as it is", a.Asked, s)
	}
	if a.Status == http.StatusNotFound {
		return // it says nothing of what was asked for; to look closer at thousands of them takes long
	}
	if a.All("svg[onload], img[onerror], form[action^='//'], main script, main b, title svg").Length() != 0 || a.All("title").Length() != 1+a.All("svg title").Length() {
		t.Errorf("%s with %.60q: it is markup in the page:\n%s", a.Asked, s, a.Body)
	}
	a.All("a[href], form[action]").Each(func(_ int, x *goquery.Selection) {
		if to := x.AttrOr("href", x.AttrOr("action", "")); !strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "#") && !dials.MatchString(to) || strings.HasPrefix(to, "//") {
			t.Errorf("%s with %.60q: the page leads to %q", a.Asked, s, to)
		}
	})
}

// TestNaughtyNamesAreRefusedOrKept: a name is refused with words at its field, or stored and shown as it was typed.
func TestNaughtyNamesAreRefusedOrKept(t *testing.T) {
	all := naughty(t)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		c, _, r := oneLeader(t, h)
		want := map[string]bool{}
		for _, s := range all {
			a := c.Post(t, r.Path("/participants"), url.Values{"name": {s}, "language": {"sv"}, "another": {"yes"}})
			switch a.Status {
			case http.StatusSeeOther:
				want[strings.TrimSpace(s)] = true
			case http.StatusUnprocessableEntity:
				if a.All("#name-error").Length() == 0 {
					t.Errorf("%.60q is refused without a word at its field", s)
				}
			default:
				t.Errorf("%.60q: status %d", s, a.Status)
			}
		}
		got := map[string]bool{}
		c.Get(t, r.Path("/participants")).Wants(200).All("#participants tbody tr").Each(func(_ int, row *goquery.Selection) {
			got[strings.TrimSpace(row.Find("th a").Text())] = true
		})
		if len(want) < 50 || !maps.Equal(got, want) {
			for s := range want {
				if !got[s] {
					t.Errorf("%q was taken, and is not shown as it was typed", s)
				}
			}
			t.Errorf("%d names were taken, %d are shown", len(want), len(got))
		}
	})
}

// TestNaughtyStringsAtTheFirstStart: what the very first form takes is shown as it was typed; what it cannot keep is named.
func TestNaughtyStringsAtTheFirstStart(t *testing.T) {
	all := naughty(t)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		code, err := h.SignIns.NewCode(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		right := url.Values{"code": {code}, "organisation": {"Hemvisten <b>i norr</b> & 'söder'"}, "name": {"Ólöf \"Ö\" Påhittsson"}, "email": {"olof@hemvist.example"}}
		refused := 0
		for _, s := range all {
			typed := maps.Clone(right)
			typed.Set("email", s)
			h.Nobody().Post(t, "/start", typed).Wants(422).One("#email-error")
			if utf8.ValidString(s) && !strings.ContainsFunc(strings.TrimSpace(s), isUnwanted) {
				continue // such a name may be somebody's
			}
			refused++
			for _, field := range []string{"organisation", "name"} {
				typed := maps.Clone(right)
				typed.Set(field, "x"+s+"y")
				h.Nobody().Post(t, "/start", typed).Wants(422).One("#" + field + "-error")
			}
		}
		if refused < 5 {
			t.Errorf("only %d strings are refused", refused)
		}
		c := h.Nobody()
		c.Post(t, "/start", right).Leads("/")
		if got := c.Get(t, "/").Wants(200).One("#hv-person .hv-menu-head").Text(); got != "Ólöf \"Ö\" Påhittsson Samordnare, Hemvisten <b>i norr</b> & 'söder'" {
			t.Errorf("the person is shown as %q", got)
		}
	})
}

// isUnwanted: control characters, and those that turn the text around them.
func isUnwanted(r rune) bool {
	return unicode.IsControl(r) || r == unicode.ReplacementChar || '\u202A' <= r && r <= '\u202E' || '\u2066' <= r && r <= '\u2069'
}

// startPage is the page of a house that nobody has come to yet.
func startPage(t *testing.T) *webtest.Answer {
	t.Helper()
	return webtest.Open(t, dbtest.New(t)).Nobody().Get(t, "/start").Wants(200)
}
