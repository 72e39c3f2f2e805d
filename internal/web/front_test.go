package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/web"
	"hemvist/internal/web/webtest"
)

// everyPage is a page of each kind that a leader or nobody sees.
func everyPage(t *testing.T, h *webtest.House) []*webtest.Answer {
	t.Helper()
	c, _, r := oneLeader(t, h)
	c.Post(t, r.Path("/participants"), participant("Amina Påhittsson")).Wants(303)
	return []*webtest.Answer{
		h.Nobody().Get(t, "/").Wants(200), h.Nobody().Get(t, "/sign-in").Wants(200), h.Nobody().Get(t, "/nothing").Wants(404),
		h.Nobody().Post(t, "/sign-in", url.Values{"code": {"wrong"}}).Wants(422), h.Nobody().Post(t, r.Path("/end"), nil).Wants(401),
		c.Get(t, "/").Wants(200), c.Get(t, "/me/sign-in").Wants(200), c.Get(t, "/rounds").Wants(200), c.Get(t, "/rounds?q=nothing").Wants(200), c.Get(t, r.Path("")).Wants(200),
		c.Get(t, r.Path("/participants/new")).Wants(200), c.Post(t, r.Path("/participants"), nil).Wants(422), c.Get(t, "/rounds/none").Wants(404),
	}
}

var cspNonce = regexp.MustCompile(`'nonce-([A-Za-z0-9_-]{22})'`)

func TestEveryPageKeepsItsPolicy(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range everyPage(t, webtest.Open(t, dbtest.New(t))) {
		policy := a.Header.Get("Content-Security-Policy")
		nonce := cspNonce.FindStringSubmatch(policy)
		if nonce == nil || seen[nonce[1]] {
			t.Fatalf("%s: no nonce, or one used before: %s", a.Asked, policy)
		}
		seen[nonce[1]] = true
		for _, want := range []string{"default-src 'none'", "style-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'", "connect-src 'self'"} {
			if !slices.Contains(strings.Split(policy, "; "), want) {
				t.Errorf("%s: the policy lacks %q: %s", a.Asked, want, policy)
			}
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") || strings.Contains(policy, "http") {
			t.Errorf("%s: the policy is too wide: %s", a.Asked, policy)
		}
		if a.All("script").Length() == 0 {
			t.Errorf("%s: a page without scripts shows nothing about nonces", a.Asked)
		}
		a.All("script").Each(func(_ int, s *goquery.Selection) {
			if s.AttrOr("nonce", "") != nonce[1] || s.AttrOr("src", "") == "" || s.Text() != "" {
				t.Errorf("%s: a script outside the policy: %v", a.Asked, s.Nodes[0].Attr)
			}
		})
		wantNothingInline(t, a)
	}
}

// wantNothingInline looks for what the policy would stop: handlers and styles in attributes, and addresses that run.
func wantNothingInline(t *testing.T, a *webtest.Answer) {
	t.Helper()
	if n := a.All("style, base, object, embed, iframe").Length(); n != 0 {
		t.Errorf("%s: %d elements that the policy stops", a.Asked, n)
	}
	a.All("*").Each(func(_ int, s *goquery.Selection) {
		for _, attribute := range s.Nodes[0].Attr {
			name, value := strings.ToLower(attribute.Key), strings.ToLower(strings.TrimSpace(attribute.Val))
			switch {
			case name == "style", strings.HasPrefix(name, "on"), strings.HasPrefix(name, "hx-on"), strings.HasPrefix(name, "hx-vals"):
				t.Errorf("%s: <%s %s=%q>", a.Asked, goquery.NodeName(s), attribute.Key, attribute.Val)
			case slices.Contains([]string{"href", "src", "action", "formaction"}, name) && !strings.HasPrefix(value, "/") && !strings.HasPrefix(value, "#"):
				t.Errorf("%s: <%s %s=%q> leads out of the house", a.Asked, goquery.NodeName(s), attribute.Key, attribute.Val)
			}
		}
	})
}

func TestEveryAnswerHasTheSafetyHeaders(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	c, _, _ := oneLeader(t, h)
	want := map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
	answers := append(everyPage(t, h), c.Get(t, "/rounds.csv").Wants(200), c.Get(t, "/static/nothing.css").Wants(404), c.Get(t, "/healthz").Wants(200),
		c.Get(t, h.Nobody().Get(t, "/sign-in").All(`link[rel="stylesheet"]`).First().AttrOr("href", "")).Wants(200))
	ids := map[string]bool{}
	for _, a := range answers {
		for name, value := range want {
			if a.Header.Get(name) != value {
				t.Errorf("%s: %s is %q, want %q", a.Asked, name, a.Header.Get(name), value)
			}
		}
		if id := a.Header.Get("X-Request-Id"); id == "" || ids[id] {
			t.Errorf("%s: the request id %q is empty or used before", a.Asked, id)
		} else {
			ids[id] = true
		}
		if static := strings.Contains(a.Asked, "/static/") || strings.Contains(a.Asked, "/healthz"); !static && a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: it may be kept: %q", a.Asked, a.Header.Get("Cache-Control"))
		}
	}
	demo := webtest.Open(t, dbtest.New(t), func(_ *webtest.House, c *web.Config) { c.Plain = true })
	if got := demo.Nobody().Get(t, "/start").Header.Get("Strict-Transport-Security"); got != "" {
		t.Errorf("the demo, which speaks plain http, asks for https: %s", got)
	}
}

func TestFormsFromElsewhereAreRefused(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	c, _, r := oneLeader(t, h)
	for _, from := range []http.Header{
		{"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": {"same-site"}}, {"Origin": {"https://elsewhere.example"}}, {"Origin": {"null"}},
		{"Origin": {"http://example.com.elsewhere.example"}}, {"Sec-Fetch-Site": {"cross-site"}, "Origin": {"http://example.com"}},
	} {
		for _, route := range h.Web.Routes() {
			method, path, _ := strings.Cut(route.Pattern, " ")
			if method != http.MethodPost {
				continue
			}
			path = strings.NewReplacer("{id}", r.ID, "{session}", r.Sessions[0].ID).Replace(path)
			request := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader("fact=held&how=broken-off&name=Amina&language=sv&lang=en"))
			request.Header = from.Clone()
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			a := c.Do(t, request).Wants(403)
			wantMessage(t, a, "sv", "Du har inte tillgång till det här", h.Texts.For("sv").T("error.cross-origin"))
			if len(a.SetCookies) != 0 {
				t.Errorf("%s from %v set a cookie", path, from)
			}
		}
	}
	page := c.Get(t, r.Path("")).Wants(200)
	if page.All("#session-1 .ds-tag[data-color=warning]").Length() != 1 || page.All("#participants tbody tr").Length() != 0 {
		t.Error("a form from elsewhere changed the round")
	}
	// To read from elsewhere is an ordinary link.
	c.With("Sec-Fetch-Site", "cross-site").Get(t, "/rounds").Wants(200)
}

func TestNothingIsChangedByGet(t *testing.T) {
	for _, route := range web.New(web.Config{Demo: []web.DemoRole{{}}}).Routes() {
		method, _, _ := strings.Cut(route.Pattern, " ")
		if method != http.MethodGet && method != http.MethodPost {
			t.Errorf("%s: forms speak GET and POST only", route.Pattern)
		}
	}
	h := webtest.Open(t, dbtest.New(t))
	place := h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")
	if err := h.Catalogue.GiveHomes(t.Context()); err != nil {
		t.Fatal(err)
	}
	leader, coordinator := h.NewPerson(t, access.Leader, place), h.NewPerson(t, access.Coordinator, place)
	r := h.NewRounds(t, webtest.NewRound{Place: place, Staff: []webtest.Person{leader}})[0]
	clients := []*webtest.Client{h.SignIn(t, leader.Email), h.SignIn(t, coordinator.Email), h.Nobody()}
	before := stored(t, h.DB, "audit")
	samples := strings.NewReplacer(append([]string{"{$}", "", "{id}", r.ID, "{session}", r.Sessions[0].ID}, ofProgramme...)...)
	for _, route := range h.Web.Routes() {
		if method, path, _ := strings.Cut(route.Pattern, " "); method == http.MethodGet {
			for _, c := range clients {
				c.Get(t, samples.Replace(path)+"?fact=held&how=broken-off&name=Amina&language=sv&lang=en&from=2027-01-01")
			}
		}
	}
	if stored(t, h.DB, "audit") != before {
		t.Error("to read changed what is stored")
	}
}

func TestAFormThatIsTooLarge(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	c, _, r := oneLeader(t, h)
	big := "x=" + strings.Repeat("a", 1<<20)
	for _, route := range h.Web.Routes() {
		method, path, _ := strings.Cut(route.Pattern, " ")
		if method != http.MethodPost {
			continue
		}
		path = strings.NewReplacer("{id}", r.ID, "{session}", r.Sessions[0].ID).Replace(path)
		for _, who := range []*webtest.Client{c.Clone(), h.Nobody()} {
			a := who.PostRaw(t, path, big).Wants(413)
			wantMessage(t, a, "sv", "Det blev för mycket", h.Texts.For("sv").T("error.too-large.text"))
		}
	}
	name := strings.Repeat("å", 1<<18)
	a := c.Post(t, r.Path("/participants"), participant(name)).Wants(413) // å is six characters in a form
	if strings.Contains(a.Body, "ååå") {
		t.Error("the page repeats what was too large")
	}
	c.Post(t, r.Path("/participants"), participant(strings.Repeat("å", 1<<17))).Wants(422)
}

func TestAFormThatCannotBeRead(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	c, _, r := oneLeader(t, h)
	for _, body := range []string{"%zz", "name=%", "a;b=c", "name=%e5%", "=%G0&name=Amina"} {
		for _, route := range h.Web.Routes() {
			method, path, _ := strings.Cut(route.Pattern, " ")
			if method != http.MethodPost {
				continue
			}
			path = strings.NewReplacer("{id}", r.ID, "{session}", r.Sessions[0].ID).Replace(path)
			for _, who := range []*webtest.Client{c.Clone(), h.Nobody()} {
				who.PostRaw(t, path, body).Wants(422)
			}
		}
	}
	if strings.Contains(h.LogText.String(), "Amina") {
		t.Error("what could not be read is logged")
	}
}

func TestMetricsAreForThisMachineAndTheTokenOnly(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t), func(_ *webtest.House, c *web.Config) { c.MetricsToken = "a-token" })
	ask := func(from string, headers ...string) int {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil)
		r.RemoteAddr = from
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		return h.Nobody().Do(t, r).Status
	}
	for _, ok := range []int{ask("127.0.0.1:1"), ask("[::1]:1"), ask("192.0.2.1:1", "Authorization", "Bearer a-token"),
		ask("127.0.0.1:1", "X-Forwarded-For", "192.0.2.1", "Authorization", "Bearer a-token")} {
		if ok != http.StatusOK {
			t.Errorf("a collector got status %d", ok)
		}
	}
	for _, refused := range []int{ask("192.0.2.1:1"), ask("127.0.0.1:1", "X-Forwarded-For", "192.0.2.1"), ask("127.0.0.1:1", "Forwarded", "for=192.0.2.1"),
		ask("127.0.0.1:1", "X-Real-IP", "192.0.2.1"), ask("127.0.0.1:1", "Via", "1.1 proxy"), ask("127.0.0.1:1", "X-Forwarded-Proto", "https"),
		ask("127.0.0.1:1", "X-Forwarded-Host", "hemvist.example"), ask("192.0.2.1:1", "Authorization", "Bearer another"),
		ask("192.0.2.1:1", "Authorization", "Bearer "), ask("192.0.2.1:1", "Authorization", "a-token"), ask("@")} {
		if refused != http.StatusNotFound {
			t.Errorf("a stranger got status %d", refused)
		}
	}
	without := webtest.Open(t, dbtest.New(t))
	without.Nobody().With("Authorization", "Bearer ").Get(t, "/metrics").Wants(404)
}

func TestMetricsCountByRouteNeverByPerson(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	c, leader, r := oneLeader(t, h)
	c.Get(t, r.Path("")).Wants(200)
	c.Get(t, "/rounds?q=hemligt").Wants(200)
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil)
	request.RemoteAddr = "127.0.0.1:1"
	body := h.Nobody().Do(t, request).Wants(200).Body
	if want := `hemvist_requests_total{route="GET /rounds/{id}",status="200"} 1`; !strings.Contains(body, want) {
		t.Errorf("no %s in\n%s", want, body)
	}
	for _, word := range []string{r.ID, leader.ID, "hemligt", leader.Name, leader.Email} {
		if strings.Contains(body, word) {
			t.Errorf("the metrics hold %q", word)
		}
	}
}

// TestReadyAndHealthy: a load balancer hears whether the house is up, and nothing else.
func TestReadyAndHealthy(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	for path, want := range map[string]string{"/healthz": "ok\n", "/readyz": "ready\n"} {
		if a := h.Nobody().Get(t, path).Wants(200); a.Body != want || len(a.SetCookies) != 0 {
			t.Errorf("%s answers %q", path, a.Body)
		}
	}
	if found := h.Entries(t, audit.Filter{Actor: "nobody"}); len(found) != 0 {
		t.Errorf("the log has %v", found)
	}
}
