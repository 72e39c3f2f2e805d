package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/signin"
	"hemvist/internal/web"
	"hemvist/internal/web/webtest"
)

const sessionCookie = "__Host-hemvist"

func TestCookiesStayInTheHouse(t *testing.T) {
	for _, plain := range []bool{false, true} {
		h := webtest.Open(t, dbtest.New(t), func(_ *webtest.House, c *web.Config) { c.Plain = plain })
		_, leader, r := oneLeader(t, h)
		code, err := h.SignIns.NewCode(t.Context(), leader.Email)
		if err != nil {
			t.Fatal(err)
		}
		c := h.Nobody()
		var set []*http.Cookie
		for _, a := range []*webtest.Answer{c.Post(t, "/sign-in", url.Values{"code": {code}}), c.Post(t, "/language", url.Values{"lang": {"en"}}),
			c.Post(t, r.Path("/sessions/"+r.Sessions[0].ID), url.Values{"fact": {"held"}}), c.Get(t, r.Path("")), c.Post(t, "/sign-out", nil)} {
			set = append(set, a.SetCookies...)
		}
		prefix, names := "__Host-", map[string]int{}
		if plain {
			prefix = ""
		}
		for _, cookie := range set {
			names[cookie.Name]++
			if !strings.HasPrefix(cookie.Name, prefix) || plain && strings.HasPrefix(cookie.Name, "__") {
				t.Errorf("plain %v: a cookie named %s", plain, cookie.Name)
			}
			if cookie.Secure == plain || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Domain != "" {
				t.Errorf("plain %v: %s", plain, cookie.Raw)
			}
		}
		if names[prefix+"hemvist"] != 2 || names[prefix+"lang"] != 1 || names[prefix+"flash"] != 3 || len(names) != 3 {
			t.Errorf("plain %v: cookies were set so often: %v", plain, names)
		}
	}
}

func TestACookieIsNotAKeyToAnything(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	c, _, _ := oneLeader(t, h)
	secret := c.Cookie(sessionCookie).Value
	if len(secret) < 50 {
		t.Errorf("a secret of %d characters", len(secret))
	}
	for _, value := range []string{"", "x", secret[1:], secret + "x", secret[:len(secret)-1] + "0", strings.Repeat("a", len(secret)), "' OR 1=1 --"} {
		thief := h.Nobody()
		thief.SetCookie(sessionCookie, value)
		thief.Get(t, "/rounds").Leads("/sign-in?next=%2Frounds")
	}
	other := h.Nobody()
	other.SetCookie("hemvist", secret) // the demo's name for it
	other.Get(t, "/rounds").Leads("/sign-in?next=%2Frounds")
	// A new sign-in has a new secret, and leaves the old one as it was.
	if again := h.SignIn(t, "provlund1@hemvist.example").Cookie(sessionCookie).Value; again == secret {
		t.Error("two sign-ins have the same secret")
	}
	c.Get(t, "/rounds").Wants(200)
}

func TestASignInEnds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		c, leader, _ := oneLeader(t, h)
		out := func(c *webtest.Client) bool { t.Helper(); return c.Get(t, "/rounds").Status == http.StatusSeeOther }
		if h.Time.Move(signin.IdleLimit - time.Second); out(c) {
			t.Error("out before an idle hour")
		}
		if h.Time.Move(signin.IdleLimit); !out(c) {
			t.Error("in after an idle hour")
		}
		if h.Time.Move(time.Hour); !out(c) {
			t.Error("in again after two")
		}
		c = h.SignIn(t, leader.Email)
		for passed := time.Duration(0); passed < signin.OverallLimit-50*time.Minute; passed += 50 * time.Minute {
			if h.Time.Move(50 * time.Minute); out(c) {
				t.Fatalf("out after %s of work", passed)
			}
		}
		if h.Time.Move(50 * time.Minute); !out(c) {
			t.Error("in after more than a day")
		}
	})
}

func TestARevocationBitesAtTheNextRequest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		c, leader, r := oneLeader(t, h)
		c.Get(t, r.Path("")).Wants(200)
		if err := h.Directory.EndRole(t.Context(), leader.RoleID, h.Today()); err != nil {
			t.Fatal(err)
		}
		c.Get(t, r.Path("")).Wants(200) // its last day
		if err := h.Directory.EndRole(t.Context(), leader.RoleID, h.Today().AddDays(-1)); err != nil {
			t.Fatal(err)
		}
		c.Get(t, r.Path("")).Wants(303)
		c.Post(t, r.Path("/end"), url.Values{"how": {"broken-off"}}).Wants(401)
		c.Get(t, "/").Wants(200).One(`form[action="/sign-in"]`)
		code, err := h.SignIns.NewCode(t.Context(), leader.Email)
		if err != nil {
			t.Fatal(err)
		}
		h.Nobody().Post(t, "/sign-in", url.Values{"code": {code}}).Wants(422)
	})
}

// TestARoleEndsAtMidnight: a role's first and last day are days where the work is done, in Sweden, not days of UTC.
func TestARoleEndsAtMidnight(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	c, leader, _ := oneLeader(t, h)
	if err := h.Directory.EndRole(t.Context(), leader.RoleID, h.Today()); err != nil {
		t.Fatal(err)
	}
	now := h.Time.Now()
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 23, 0, 0, 0, time.UTC) // in Sweden, in winter
	for h.Time.Now().Before(midnight.Add(-time.Minute)) {
		c.Get(t, "/rounds").Wants(200)
		h.Time.Move(min(50*time.Minute, midnight.Add(-time.Minute).Sub(h.Time.Now())))
	}
	c.Get(t, "/rounds").Wants(200)
	h.Time.Move(2 * time.Minute)
	c.Get(t, "/rounds").Wants(303)
}

func TestSigningOutEndsThisSignInOnly(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	c, leader, _ := oneLeader(t, h)
	other, copied := h.SignIn(t, leader.Email), c.Clone()
	a := c.Post(t, "/sign-out", nil).Leads("/sign-in")
	if c.Cookie(sessionCookie) != nil || a.Header.Get("Clear-Site-Data") != `"cache"` {
		t.Errorf("the browser keeps %v after %v", c.Cookie(sessionCookie), a.Header)
	}
	if got := c.Get(t, "/sign-in").Text(".ds-alert"); len(got) != 1 || got[0] != "Du är utloggad." {
		t.Errorf("the next page says %q", got)
	}
	copied.Get(t, "/rounds").Wants(303)
	other.Get(t, "/rounds").Wants(200)
	copied.Post(t, "/sign-out", nil).Leads("/sign-in")
	var actions []string
	for _, e := range h.Entries(t, audit.Filter{Actor: leader.ID}) {
		actions = append([]string{string(e.Action)}, actions...)
	}
	if got := strings.Join(actions, " "); got != "signed-in.by-code signed-in.by-code signed-out" {
		t.Errorf("the log says %s", got)
	}
}

// TestConcurrentRedemptionOfOneCode: of a hundred who give the same code at once, one gets in.
func TestConcurrentRedemptionOfOneCode(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		_, leader, _ := oneLeader(t, h)
		code, err := h.SignIns.NewCode(t.Context(), leader.Email)
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		var mu sync.Mutex
		got := map[int]int{}
		begin := make(chan struct{})
		for range 100 {
			all.Go(func() {
				<-begin
				a := h.Nobody().Post(t, "/sign-in", url.Values{"code": {code}})
				mu.Lock()
				defer mu.Unlock()
				got[a.Status]++
			})
		}
		close(begin)
		all.Wait()
		if got[http.StatusSeeOther] != 1 || got[http.StatusUnprocessableEntity] != 99 {
			t.Errorf("answers by status: %v", got)
		}
	})
}

func TestACodeWorksOnceForHalfAnHour(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	_, leader, _ := oneLeader(t, h)
	try := func(code string) *webtest.Answer { return h.Nobody().Post(t, "/sign-in", url.Values{"code": {code}}) }
	newCode := func(email string) string {
		code, err := h.SignIns.NewCode(t.Context(), email)
		if err != nil {
			t.Fatal(err)
		}
		return code
	}
	code := newCode(leader.Email)
	try(strings.ToUpper(code[:5]) + "-" + code[5:12] + " " + code[12:] + "\n").Leads("/")
	used := try(code).Wants(422)
	old := newCode(leader.Email)
	h.Time.Move(30 * time.Minute)
	// The same words for a code that is used, too old, of nobody, for the first start, or never was.
	for _, a := range []*webtest.Answer{try(old), try(newCode("")), try("never"), try("")} {
		if got, want := a.Wants(422).Text("main"), used.Text("main"); got[0] != want[0] {
			t.Errorf("%q, want %q", got, want)
		}
		if len(a.SetCookies) != 0 {
			t.Error("a code that does not work sets a cookie")
		}
	}
	if got := used.One("#code-error").Text(); got != h.Texts.For("sv").T("sign-in.error.code") {
		t.Errorf("it says %q", got)
	}
	if _, filled := used.One("#code").Attr("value"); used.One("#code").AttrOr("value", "") != "" {
		t.Errorf("the page repeats the code: %v", filled)
	}
}

func TestTheVeryFirstStart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		c := h.Nobody()
		c.Get(t, "/sign-in").Leads("/start")
		c.Get(t, "/").Leads("/start")
		code, err := h.SignIns.NewCode(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		typed := url.Values{"code": {code}, "organisation": {" "}, "name": {strings.Repeat("å", 201)}, "email": {"karin"}}
		a := c.Post(t, "/start", typed).Wants(422)
		for _, field := range []string{"organisation", "name", "email"} {
			a.One("#" + field + `[aria-invalid="true"]`)
			a.One(`.ds-error-summary a[href="#` + field + `"]`)
		}
		for name := range typed {
			if got := a.One("#"+name).AttrOr("value", ""); got != typed.Get(name) {
				t.Errorf("%s was %q, and is now %q", name, typed.Get(name), got)
			}
		}
		right := url.Values{"code": {code}, "organisation": {"Hemvisten"}, "name": {"Karin Provlund"}, "email": {"Karin@Hemvist.example"}}
		c.Post(t, "/start", right).Leads("/")
		if got := c.Get(t, "/").Wants(200).Text(`.ds-alert[role="status"]`); len(got) != 1 || got[0] != "Välkommen! Ni är i gång." {
			t.Errorf("the first page says %q", got)
		}
		c.Get(t, "/start").Leads("/sign-in")
		h.Nobody().Post(t, "/start", right).Wants(422)
		h.SignIn(t, "karin@hemvist.example").Get(t, "/rounds").Wants(200)
	})
}

func TestAPageAskedForAfterTheTimeOutComesBack(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	c, leader, r := oneLeader(t, h)
	for _, path := range []string{r.Path(""), "/rounds?page=1&q=m%C3%A5ndag&sort=name", r.Path("/participants/new")} {
		h.Time.Move(2 * time.Hour)
		asked := c.Get(t, path).Wants(303)
		to, err := url.Parse(asked.Header.Get("Location"))
		if err != nil || to.Path != "/sign-in" || to.Query().Get("next") != path {
			t.Fatalf("%s leads to %s", path, to)
		}
		action, form := c.Get(t, to.String()).Wants(200).Form(`form[action="/sign-in"]`, "")
		code, err := h.SignIns.NewCode(t.Context(), leader.Email)
		if err != nil {
			t.Fatal(err)
		}
		form.Set("code", "mistyped")
		_, form = c.Post(t, action, form).Wants(422).Form(`form[action="/sign-in"]`, "")
		form.Set("code", code)
		c.Post(t, action, form).Leads(path)
		c.Get(t, path).Wants(200)
	}
}

// TestATimeOutLosesNothingTyped: what was typed comes back in a page that sends it again.
func TestATimeOutLosesNothingTyped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		c, leader, r := oneLeader(t, h)
		action, form := c.Get(t, r.Path("/participants/new")).Form("form.hv-form", "")
		form.Set("name", "Åsa \"Ö\" <b>Påhittsson</b> & 'son'")
		form.Set("contact", "asa+1@hemvist.example; 070-174 06 05")
		form.Set("language", "ti")
		form["extra"] = []string{"two", "of one name", ""}

		h.Time.Move(2 * time.Hour)
		held := c.Post(t, action, form).Wants(401)
		if held.One("h1").Text() != "Du behöver logga in igen" || held.All("main script, main b").Length() != 0 {
			t.Errorf("it says\n%s", held.Body)
		}
		if target := held.One(`main a[href="/sign-in"]`).AttrOr("target", ""); target != "_blank" {
			t.Errorf("signing in opens in %q, and takes what was typed away", target)
		}
		again, kept := held.Form("main form", "")
		if again != action || kept.Encode() != form.Encode() {
			t.Fatalf("kept for %s:\n%v\nwas typed for %s:\n%v", again, kept, action, form)
		}
		c.Post(t, again, kept).Wants(401) // still out: still there

		fresh := h.SignIn(t, leader.Email)
		fresh.Post(t, again, kept).Leads(r.Path("/participants#participants"))
		names := fresh.Get(t, r.Path("/participants")).Text("#participants tbody th a")
		if len(names) != 1 || names[0] != "Åsa \"Ö\" <b>Påhittsson</b> & 'son'" {
			t.Errorf("the table shows %q", names)
		}
		if strings.Contains(h.LogText.String(), "Påhittsson") {
			t.Error("the log holds what was typed")
		}
	})
}

func TestNothingLeadsOutOfTheHouse(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t), func(_ *webtest.House, c *web.Config) {
		c.Demo = []web.DemoRole{{Role: access.Leader, Email: "provlund1@hemvist.example"}}
	})
	c, leader, _ := oneLeader(t, h)
	for _, to := range []string{"https://elsewhere.example/", "http:elsewhere.example", "//elsewhere.example", "///elsewhere.example", "/\\elsewhere.example",
		"\\\\elsewhere.example", "/\t/elsewhere.example", "\t//elsewhere.example", " //elsewhere.example", "/\n/elsewhere.example", "javascript:alert(1)",
		"data:text/html,x", "//user@elsewhere.example", "/%09/elsewhere.example", "/%2f/elsewhere.example", "%2f%2felsewhere.example", "/.//elsewhere.example",
		"/..//elsewhere.example", "./\\elsewhere.example", "elsewhere.example", "?next=//elsewhere.example", "/\x00/elsewhere.example", "/%5celsewhere.example",
		"/\r\nSet-Cookie: x=y", ":", "/%", "@elsewhere.example", "/;/elsewhere.example", "/ /elsewhere.example", "http:///elsewhere.example", "/／elsewhere.example"} {
		code, err := h.SignIns.NewCode(t.Context(), leader.Email)
		if err != nil {
			t.Fatal(err)
		}
		query := url.Values{"next": {to}}.Encode()
		for _, a := range []*webtest.Answer{c.Post(t, "/language", url.Values{"lang": {"sv"}, "back": {to}}),
			h.Nobody().Post(t, "/sign-in", url.Values{"code": {code}, "next": {to}}), c.Get(t, "/sign-in?"+query), h.Nobody().Post(t, "/demo/leader", url.Values{"next": {to}})} {
			wantInside(t, to, a.Wants(303).Header.Get("Location"))
			if len(a.Header.Values("Set-Cookie")) > 1 {
				t.Errorf("%q: cookies %v", to, a.Header.Values("Set-Cookie"))
			}
		}
		for _, a := range []*webtest.Answer{h.Nobody().Get(t, "/sign-in?"+query), h.Nobody().Get(t, "/demo/leader?"+query), h.Nobody().Post(t, "/sign-in", url.Values{"next": {to}})} {
			a.All(`input[name="next"]`).Each(func(_ int, s *goquery.Selection) { wantInside(t, to, s.AttrOr("value", "")) })
			a.All("a[href]").Each(func(_ int, s *goquery.Selection) { wantInside(t, to, s.AttrOr("href", "")) })
		}
	}
}

// wantInside reads an address as a browser does (WHATWG URL): it drops tabs and line breaks, and takes \ for /.
func wantInside(t *testing.T, asked, to string) {
	t.Helper()
	seen := strings.ReplaceAll(strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' {
			return -1
		}
		return r
	}, strings.Trim(to, "\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\v\f\r ")), `\`, "/")
	if strings.HasPrefix(seen, "#") {
		return
	}
	if !strings.HasPrefix(seen, "/") || strings.HasPrefix(seen, "//") {
		t.Errorf("%q leads to %q", asked, to)
	}
}

// placeholder is a part of a route's pattern that stands for an id.
var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

func TestWhoIsOutLandsOnTheSignInPageByGetAlone(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	_, _, r := oneLeader(t, h)
	for _, route := range h.Web.Routes() {
		method, path, _ := strings.Cut(route.Pattern, " ")
		if route.Action == access.Anyone {
			continue
		}
		path = strings.NewReplacer(append([]string{"{id}", r.ID, "{session}", r.Sessions[0].ID}, ofProgramme...)...).Replace(path)
		path = placeholder.ReplaceAllString(path, "none") // nobody who is out learns whether there is one
		if method == http.MethodPost {
			h.Nobody().Post(t, path, url.Values{"x": {"y"}}).Wants(401).One(`main form input[name="x"][value="y"]`)
			continue
		}
		h.Nobody().Get(t, path).Leads("/sign-in?" + url.Values{"next": {path}}.Encode())
	}
}
