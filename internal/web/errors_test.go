package web_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/web"
	"hemvist/internal/web/webtest"
)

// statuses is what a browser is told of each kind of error.
var statuses = map[errs.Kind]int{errs.Internal: 500, errs.Invalid: 422, errs.SignedOut: 401, errs.Denied: 403, errs.NotFound: 404,
	errs.Conflict: 409, errs.TooLarge: 413, errs.TooMany: 429, errs.Unavailable: 503}

func TestEveryKindOfErrorIsAPageThatAPersonUnderstands(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	var failure error
	h.Web.AddRoute("GET /broken", access.Anyone, func(http.ResponseWriter, *http.Request) error { return failure })
	kinds := 0
	for kind := errs.Kind(0); !strings.HasPrefix(kind.String(), "kind "); kind++ {
		kinds++
		for _, lang := range i18n.Languages {
			failure = &errs.Error{Kind: kind, Err: errors.New("the secret cause")}
			key := "error." + strings.ReplaceAll(kind.String(), " ", "-")
			wantErrorPage(t, h, lang, statuses[kind], h.Texts.For(lang).T(key+".title"), h.Texts.For(lang).T(key+".text"))
			failure = &errs.Error{Kind: kind, Key: "round.error.ended", Err: errors.New("the secret cause")}
			wantErrorPage(t, h, lang, statuses[kind], h.Texts.For(lang).T(key+".title"), h.Texts.For(lang).T("round.error.ended"))
		}
	}
	if kinds != len(statuses) {
		t.Errorf("there are %d kinds, the test knows %d", kinds, len(statuses))
	}
	failure = errors.New("the secret cause, of no kind")
	wantErrorPage(t, h, "sv", 500, "Något gick fel hos oss", h.Texts.For("sv").T("error.internal.text"))
}

// wantErrorPage asks for /broken and looks at all of the answer.
func wantErrorPage(t *testing.T, h *webtest.House, lang string, status int, title, text string) {
	t.Helper()
	a := h.Nobody().With("Accept-Language", lang).Get(t, "/broken").Wants(status)
	wantMessage(t, a, lang, title, text)
	if strings.Contains(a.Body, "secret") {
		t.Errorf("status %d: the page tells the cause:\n%s", status, a.Body)
	}
	line := logLine(t, h, "refused", a)
	if !strings.Contains(line["err"].(string), "the secret cause") {
		t.Errorf("status %d: the log does not tell the cause: %v", status, line)
	}
	wantLevel := "INFO"
	if status >= 500 {
		wantLevel = "ERROR"
	}
	if line["level"] != wantLevel || line["route"] != "GET /broken" {
		t.Errorf("status %d: logged as %v", status, line)
	}
}

// wantMessage looks at a page that says one thing.
func wantMessage(t *testing.T, a *webtest.Answer, lang, title, text string) {
	t.Helper()
	if got := a.One("html").AttrOr("lang", ""); got != lang {
		t.Errorf("%s: in %q, want %q", a.Asked, got, lang)
	}
	if got := a.One("h1").Text(); got != title {
		t.Errorf("%s: the heading is %q, want %q", a.Asked, got, title)
	}
	if got := a.One("main h1 + p").Text(); got != text {
		t.Errorf("%s: it says %q, want %q", a.Asked, got, text)
	}
	id := a.Header.Get("X-Request-Id")
	if got := a.One("main .hv-code").Text(); id == "" || got != id {
		t.Errorf("%s: the page shows the request id %q, the header says %q", a.Asked, got, id)
	}
	if a.One(`main a.ds-button[href="/"]`); strings.Contains(a.Body, "⟦") {
		t.Errorf("%s: a text is missing:\n%s", a.Asked, a.Body)
	}
}

// logLine is the one line of the log with this message about the request that was answered.
func logLine(t *testing.T, h *webtest.House, msg string, a *webtest.Answer) map[string]any {
	t.Helper()
	var found map[string]any
	for line := range strings.Lines(h.LogText.String()) {
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			t.Fatalf("the log has a line that is not JSON: %s", line)
		}
		if fields["msg"] == msg && fields["request"] == a.Header.Get("X-Request-Id") {
			if found != nil {
				t.Errorf("%s: two lines of %q", a.Asked, msg)
			}
			found = fields
		}
	}
	if found == nil {
		t.Fatalf("%s: the log has no line of %q with its request id", a.Asked, msg)
	}
	return found
}

func TestEveryRequestIsLoggedByItsRouteAlone(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	for path, route := range map[string]string{"/sign-in?next=/rounds": "GET /sign-in", "/rounds?q=Provlund": "GET /rounds", "/nothing/here": "/",
		"/healthz": ""} {
		a := h.Nobody().Get(t, path)
		line := logLine(t, h, "request", a)
		if line["route"] != route || line["method"] != "GET" || line["status"] != float64(a.Status) {
			t.Errorf("%s: logged as %v", path, line)
		}
	}
	if text := h.LogText.String(); strings.Contains(text, "Provlund") || strings.Contains(text, "nothing") || strings.Contains(text, "2001:db8") {
		t.Errorf("the log holds what was asked for, or who asked:\n%s", text)
	}
}

func TestUnknownAddressesAndMethods(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	c := h.Nobody()
	for _, path := range []string{"/nothing", "/rounds/", "/sign-in/x", "/static", "/static/nothing.css", "//", "/rounds/../nothing"} {
		if a := c.Get(t, path); a.Status != http.StatusNotFound && a.Status != http.StatusTemporaryRedirect && a.Status != http.StatusMovedPermanently {
			t.Errorf("%s: status %d", path, a.Status)
		}
	}
	wantMessage(t, c.Get(t, "/nothing").Wants(404), "sv", "Sidan finns inte", h.Texts.For("sv").T("error.not-found.text"))
	for _, method := range []string{"PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "HACK"} {
		r := httptest.NewRequestWithContext(t.Context(), method, "/sign-in", nil)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		if a := c.Do(t, r); a.Status < 400 || a.Status >= 500 {
			t.Errorf("%s: status %d", method, a.Status)
		}
	}
	head := c.Do(t, httptest.NewRequestWithContext(t.Context(), http.MethodHead, "/start", nil)).Wants(200)
	if head.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("HEAD tells %v", head.Header)
	}
}

func TestAPanicIsAPageWithARequestID(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	h.Web.AddRoute("GET /panic", access.Anyone, func(http.ResponseWriter, *http.Request) error { panic("a secret cause") })
	h.Web.AddRoute("GET /late", access.Anyone, func(w http.ResponseWriter, r *http.Request) error {
		if err := h.Web.Show(w, r, "Shown"); err != nil {
			return err
		}
		panic("after the page was sent")
	})
	a := h.Nobody().Get(t, "/panic").Wants(500)
	wantMessage(t, a, "sv", "Något gick fel hos oss", h.Texts.For("sv").T("error.internal.text"))
	if strings.Contains(a.Body, "secret") || strings.Contains(a.Body, "goroutine") {
		t.Errorf("the page tells the cause:\n%s", a.Body)
	}
	if line := logLine(t, h, "panic", a); line["panic"] != "a secret cause" || !strings.Contains(line["stack"].(string), "errors_test.go") {
		t.Errorf("logged as %v", line)
	}
	late := h.Nobody().Get(t, "/late").Wants(200)
	if late.All("html").Length() != 1 || strings.Count(late.Body, "<!doctype html>") != 1 {
		t.Errorf("a second page was sent after the first:\n%s", late.Body)
	}
	h.Nobody().Get(t, "/sign-in") // the server goes on
}

func TestAnAbortedAnswerStaysAborted(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	h.Web.AddRoute("GET /abort", access.Anyone, func(http.ResponseWriter, *http.Request) error { panic(http.ErrAbortHandler) })
	defer func() {
		if err, ok := recover().(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
			t.Errorf("the server was told %v, want http.ErrAbortHandler", err)
		}
	}()
	h.Nobody().Get(t, "/abort")
}

// TestWhatCannotBeLoggedIsNotShown: the page is made, the log cannot be written, and the page stays unsent.
func TestWhatCannotBeLoggedIsNotShown(t *testing.T) {
	broken := &web.BrokenTrail{}
	h := webtest.Open(t, dbtest.New(t), func(h *webtest.House, c *web.Config) {
		broken.Trail = h.Log
		c.Trail = broken
	})
	place := h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")
	leader := h.NewPerson(t, access.Leader, place)
	r := h.NewRounds(t, webtest.NewRound{Place: place, Name: "Hemliga gruppen", Staff: []webtest.Person{leader}})[0]
	c := h.SignIn(t, leader.Email)
	c.Post(t, r.Path("/participants"), participant("Amina Påhittsson")).Wants(303)

	broken.Err = errors.New("the log's disk is full")
	for _, path := range []string{r.Path(""), r.Path("/participants"), r.Path("/participants/new"), "/rounds?q=amina", "/rounds.csv", "/rounds.xlsx"} {
		a := c.Get(t, path).Wants(503)
		if strings.Contains(a.Body, "Hemliga") || strings.Contains(a.Body, "Amina") || strings.Contains(a.Body, "disk") {
			t.Errorf("%s shows what could not be logged:\n%s", path, a.Body)
		}
		if got := a.Header.Get("Content-Disposition"); got != "" {
			t.Errorf("%s: the refusal is sent as a file: %s", path, got)
		}
		if !strings.Contains(a.Body, a.Header.Get("X-Request-Id")) || a.Header.Get("X-Request-Id") == "" {
			t.Errorf("%s: the refusal has no request id: %s", path, a.Body)
		}
	}
	if found := h.Entries(t, audit.Filter{Subject: r.ID, Action: "round.read"}); len(found) != 0 {
		t.Errorf("the log has %d entries, want none", len(found))
	}

	broken.Err = nil
	c.Get(t, r.Path("")).Wants(200)
	if found := h.Entries(t, audit.Filter{Subject: r.ID, Action: "round.read"}); len(found) != 1 {
		t.Errorf("the log has %d entries, want 1", len(found))
	}
	if a := c.Get(t, r.Path("/participants")).Wants(200); !strings.Contains(a.Body, "Amina Påhittsson") {
		t.Error("with a log again, the leader does not see the participant")
	}
}

// TestARefusalIsNoFile: an export that fails is a page, not a file with a page in it.
func TestARefusalIsNoFile(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	h.Web.AddRoute("GET /file", access.Anyone, func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", "text/csv")
		w.Header().Set("Content-Disposition", `attachment; filename="x.csv"`)
		return errs.New(errs.Unavailable, "")
	})
	a := h.Nobody().Get(t, "/file").Wants(503)
	if a.Header.Get("Content-Disposition") != "" || a.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("sent as %v", a.Header)
	}
}

func TestNothingIsShownWhileTheDatabaseIsAway(t *testing.T) {
	d, url := openFile(t)
	h := webtest.Open(t, d)
	place := h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")
	c := h.SignIn(t, h.NewPerson(t, access.Leader, place).Email)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/", "/rounds", "/rounds.csv"} {
		a := c.Get(t, path).Wants(503)
		wantMessage(t, a, "sv", "Vi kan inte nå allt just nu", h.Texts.For("sv").T("error.unavailable.text"))
		if strings.Contains(a.Body, url) || strings.Contains(a.Body, "closed") {
			t.Errorf("the page tells the cause:\n%s", a.Body)
		}
	}
	c.Get(t, "/healthz").Wants(200)
	c.Get(t, "/readyz").Wants(503)
}
