//go:build browser

package browser_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"hemvist/internal/access"
	"hemvist/internal/demo"
	"hemvist/internal/house/housetest"
	"hemvist/internal/round"
	"hemvist/internal/web"
	"hemvist/internal/web/webtest"
)

// fresh are the pages of a house without people; TestServedPages looks at them.
var fresh = []string{"GET /start"}

// ledTo are pages to which no link leads everybody who may see them: one comes there by being refused, asked, invited or sent back. They
// have tests of their own.
var ledTo = []string{"GET /me/confirm", "GET /me/log/questions/{question}", "GET /sign-in/oidc/callback", "GET /invitation", "GET /welcome",
	"GET /feedback/answer", "GET /feedback/received/{reference}",
	"GET /recovery/link", "GET /me/sign-in/password/code",
	// Who gives trainings tells no hub; the flow of planning visits it.
	"GET /rounds/{id}/plan/notify",
	"GET /interest/offer", "GET /interest/{place}/thanks",
	// Of rounds whose participants are people of the directory, which not everybody who might has in the demo; the flow of groups visits them.
	"GET /rounds/{id}/participants", "GET /rounds/{id}/participants/new", "GET /rounds/{id}/participants/import", "GET /rounds/{id}/participants/import/lists/{list}", "GET /rounds/{id}/participants/{participant}",
	// Of who has answered whether they may be filmed; the flow of groups visits it.
	"GET /me/consents/{round}",
	// Of a parents' group alone, which others than its leaders do not hold; the flow of the register visits it.
	"GET /rounds/{id}/sessions/{session}/record"}

// everyPage is a sample of every page for every role that may see it, and pages in states that links alone do not lead to.
func everyPage(t *testing.T, h *webtest.House, doors []demo.Door, base string) []page {
	t.Helper()
	pages := samples(t, h, h.Nobody(), "", nil)
	pages = append(pages, page{Pattern: "GET /nothing", Path: "/nothing", Public: true, Status: http.StatusNotFound, HTML: true})
	for _, d := range doors {
		c := h.SignIn(t, d.Email)
		addPasskey(t, c, base)
		var begun []string
		if access.ReachOf(d.Role, access.ImportPeople) != access.None {
			begun = registers(t, c, string(d.Role))
		}
		if access.ReachIn(d.Role, access.TickAttendance, true) == access.Organisation {
			// Whose own rounds are few among those they see.
			own := c.Get(t, "/rounds?variant=leader-training-digital").Wants(http.StatusOK).All("tbody th a").First()
			begun = append(begun, own.AttrOr("href", ""))
		}
		pages = append(pages, samples(t, h, c, d.Role, begun)...)
		roles := []string{string(d.Role)}
		pages = append(pages, page{Pattern: "GET /nothing", Path: "/nothing", Roles: roles, Status: http.StatusNotFound, HTML: true})
		if access.ReachOf(d.Role, access.ListRounds) == access.None {
			continue
		}
		pages = append(pages, page{Pattern: "GET /rounds without any", Path: "/rounds?q=nothing&state=closed", Roles: roles, HTML: true})
		if access.ReachOf(d.Role, access.AddParticipant) == access.None {
			pages = append(pages, page{Pattern: "GET /rounds/{id}/participants/new denied", Path: "/rounds/none/participants/new", Roles: roles,
				Status: http.StatusForbidden, HTML: true})
		}
		if d.Role == access.Leader {
			pages = append(pages, everyState(t, c, roles)...)
		}
	}
	return pages
}

// registers is a register that somebody has read in and not taken over, and the report of one that they have.
func registers(t *testing.T, c *webtest.Client, as string) []string {
	t.Helper()
	form := c.Get(t, "/people/import").Wants(http.StatusOK)
	place := form.All(`select[name="place"] option[value*="/"]`).First().AttrOr("value", "")
	programme := form.All(`select[name="programme"] option[value="connect"]`).First().AttrOr("value", "")
	read := func(person string) string {
		file := "namn;e-post;telefon\n" + person + ";" + strings.ToLower(person[:4]) + "." + as + "@demo.example;070-174 06 05\nUtan Adress;ingen;\n"
		return c.Post(t, "/people/import", url.Values{"file": {file}, "role": {"leader"}, "programme": {programme}, "place": {place},
			"from": {autumn.Format("2006-01-02")}, "language": {"sv"}}).Wants(http.StatusSeeOther).Header.Get("Location")
	}
	waits, done := read("Nora Registersson"), read("Olle Registersson")
	report := c.Post(t, done, nil).Wants(http.StatusSeeOther).Header.Get("Location")
	return []string{waits, report}
}

// addPasskey gives the person a passkey, which has a page.
func addPasskey(t *testing.T, c *webtest.Client, base string) {
	t.Helper()
	device := housetest.NewAuthenticator()
	device.Origin = base
	options := c.Post(t, "/me/sign-in/passkeys/begin", nil).Wants(http.StatusOK)
	answer := device.Make(t, []byte(options.Body))
	c.Post(t, "/me/sign-in/passkeys", url.Values{"name": {"Jobbdatorn"}, "answer": {string(answer)}}).Wants(http.StatusSeeOther)
}

// everyState is a round in each state that the leader has one in.
func everyState(t *testing.T, c *webtest.Client, roles []string) []page {
	t.Helper()
	var pages []page
	for _, state := range round.States {
		if href, ok := c.Get(t, "/rounds?state="+string(state)).Wants(200).All("tbody th a").Attr("href"); ok {
			pages = append(pages, page{Pattern: "GET /rounds/{id} " + string(state), Path: href, Roles: roles, HTML: true})
		}
	}
	if len(pages) < 4 {
		t.Errorf("the leader has rounds in %d states only", len(pages))
	}
	return pages
}

// samples is the first address that was found for each GET route that the client, in the role, may see. It follows links and forms
// from page to page, a few of each kind; a route to which nothing leads fails the test.
// Beside the links it begins where something has been begun.
func samples(t *testing.T, h *webtest.House, c *webtest.Client, as access.Role, begun []string) []page {
	t.Helper()
	routes := map[string]web.Route{}
	mux := http.NewServeMux()
	var waiting []string
	for _, route := range h.Web.Routes() {
		method, path, _ := strings.Cut(route.Pattern, " ")
		if method != http.MethodGet {
			continue
		}
		routes[route.Pattern] = route
		mux.HandleFunc(route.Pattern, func(http.ResponseWriter, *http.Request) {})
		if !strings.Contains(strings.TrimSuffix(path, "{$}"), "{") && route.Page {
			waiting = append(waiting, strings.TrimSuffix(path, "{$}"))
		}
	}
	waiting = append(waiting, begun...)
	found, asked := map[string]string{}, map[string]int{}
	for len(waiting) > 0 {
		path, _, _ := strings.Cut(waiting[0], "#")
		waiting = waiting[1:]
		if !strings.HasPrefix(path, "/") {
			continue
		}
		_, pattern := mux.Handler(httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		if asked[pattern]++; routes[pattern].Pattern == "" || asked[pattern] > 6 {
			continue
		}
		a := c.Get(t, path)
		if a.Status != http.StatusOK {
			continue
		}
		if found[pattern] == "" {
			found[pattern] = path
		}
		if routes[pattern].Page {
			a.All("a[href]").Each(func(_ int, s *goquery.Selection) { waiting = append(waiting, s.AttrOr("href", "")) })
		}
	}
	return wanted(t, routes, found, as)
}

// wanted is a page of what was found for each route that the role may see.
func wanted(t *testing.T, routes map[string]web.Route, found map[string]string, as access.Role) []page {
	t.Helper()
	var pages []page
	for pattern, route := range routes {
		may := route.Action == access.Anyone
		if as != "" {
			may = access.ReachOf(as, route.Action) != access.None && (route.Action != access.Anyone || pattern == "GET /{$}")
		}
		switch path := found[pattern]; {
		case !may:
		case path != "":
			p := page{Pattern: pattern, Path: path, Public: as == "", HTML: route.Page}
			if as != "" {
				p.Roles = []string{string(as)}
			}
			if route.Page {
				p.MaxBytes = most
			}
			pages = append(pages, p)
		case as == "" && slices.Contains(fresh, pattern), slices.Contains(ledTo, pattern):
		default:
			t.Errorf("%s: %s may see it, and nothing leads there", pattern, name(as))
		}
	}
	slices.SortFunc(pages, func(a, b page) int { return strings.Compare(a.Pattern, b.Pattern) })
	return pages
}

func name(as access.Role) string {
	if as == "" {
		return "everybody"
	}
	return "the " + string(as)
}
