package webtest

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// Client asks the house as a browser does: it keeps cookies, and says of a form that it comes from the house's own page. It does
// not follow redirects. It is not for concurrent use; Clone is.
type Client struct {
	house   *House
	cookies map[string]*http.Cookie
	header  http.Header
}

// Nobody is a client who is not signed in.
func (h *House) Nobody() *Client {
	return &Client{house: h, cookies: map[string]*http.Cookie{}, header: http.Header{}}
}

// SignIn is a client who has signed in by a code, as the person with the address.
func (h *House) SignIn(t testing.TB, email string) *Client {
	t.Helper()
	code, err := h.SignIns.NewCode(t.Context(), email)
	must(t, "make a code", err)
	c := h.Nobody()
	if a := c.Post(t, "/sign-in", url.Values{"code": {code}}); a.Status != http.StatusSeeOther {
		t.Fatalf("%s could not sign in: %d\n%s", email, a.Status, a.Body)
	}
	return c
}

// Clone is a client with the same cookies now.
func (c *Client) Clone() *Client {
	return &Client{house: c.house, cookies: maps.Clone(c.cookies), header: c.header.Clone()}
}

// With is a clone that sends a header with every request.
func (c *Client) With(name, value string) *Client {
	c = c.Clone()
	c.header.Set(name, value)
	return c
}

// Cookie is a cookie that the client keeps; nil when it has none of that name.
func (c *Client) Cookie(name string) *http.Cookie { return c.cookies[name] }

// SetCookie gives the client a cookie; an empty value takes it away.
func (c *Client) SetCookie(name, value string) {
	delete(c.cookies, name)
	if value != "" {
		c.cookies[name] = &http.Cookie{Name: name, Value: value}
	}
}

// Get asks for a page.
func (c *Client) Get(t testing.TB, path string) *Answer {
	t.Helper()
	return c.Do(t, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
}

// Post sends a form.
func (c *Client) Post(t testing.TB, path string, form url.Values) *Answer {
	t.Helper()
	return c.PostRaw(t, path, form.Encode())
}

// PostRaw sends a form's body as it is.
func (c *Client) PostRaw(t testing.TB, path, body string) *Answer {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return c.Do(t, r)
}

// Do sends a request with the client's cookies and headers, and keeps the cookies of the answer.
func (c *Client) Do(t testing.TB, r *http.Request) *Answer {
	t.Helper()
	for _, cookie := range c.cookies {
		r.AddCookie(cookie)
	}
	if r.RemoteAddr == "192.0.2.1:1234" { // httptest's own: then an address that nobody else has, so that only tests of limits meet them
		n := c.house.addresses.Add(1)
		r.RemoteAddr = fmt.Sprintf("[2001:db8:%x:%x::1]:1234", n>>16, n&0xffff)
	}
	for name, values := range c.header {
		r.Header[name] = values
	}
	rec := httptest.NewRecorder()
	c.house.Web.ServeHTTP(rec, r)
	result := rec.Result()
	for _, cookie := range result.Cookies() {
		if cookie.MaxAge < 0 {
			delete(c.cookies, cookie.Name)
		} else {
			c.cookies[cookie.Name] = cookie
		}
	}
	a := &Answer{t: t, Asked: r.Method + " " + r.URL.RequestURI(), Status: result.StatusCode, Header: result.Header, SetCookies: result.Cookies(), Body: rec.Body.String()}
	if result.Header.Get("Content-Encoding") == "gzip" {
		a.Body = unzip(t, rec.Body)
	}
	return a
}

func unzip(t testing.TB, body io.Reader) string {
	t.Helper()
	z, err := gzip.NewReader(body)
	must(t, "unzip", err)
	text, err := io.ReadAll(z)
	must(t, "unzip", err)
	return string(text)
}

// Answer is what the house answered.
type Answer struct {
	t          testing.TB
	Asked      string
	Status     int
	Header     http.Header
	SetCookies []*http.Cookie
	Body       string

	doc *goquery.Document
}

// Wants fails the test when the status is another.
func (a *Answer) Wants(status int) *Answer {
	a.t.Helper()
	if a.Status != status {
		a.t.Fatalf("%s: status %d, want %d\n%s", a.Asked, a.Status, status, a.Body)
	}
	return a
}

// Leads fails the test when the answer does not redirect there.
func (a *Answer) Leads(to string) *Answer {
	a.t.Helper()
	a.Wants(http.StatusSeeOther)
	if got := a.Header.Get("Location"); got != to {
		a.t.Fatalf("%s leads to %q, want %q", a.Asked, got, to)
	}
	return a
}

// All is what in the page fits a CSS selector.
func (a *Answer) All(selector string) *goquery.Selection {
	a.t.Helper()
	if a.doc == nil {
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(a.Body))
		must(a.t, "read the page", err)
		a.doc = doc
	}
	return a.doc.Find(selector)
}

// One is the only thing that fits; another number of them fails the test.
func (a *Answer) One(selector string) *goquery.Selection {
	a.t.Helper()
	found := a.All(selector)
	if found.Length() != 1 {
		a.t.Fatalf("%s: %d of %q, want 1\n%s", a.Asked, found.Length(), selector, a.Body)
	}
	return found
}

// Text is the words of what fits, each trimmed.
func (a *Answer) Text(selector string) []string {
	a.t.Helper()
	return a.All(selector).Map(func(_ int, s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") })
}

// Form is the values of the form that fits, as a browser would send it by a button with these name and value (or none).
func (a *Answer) Form(selector, button string) (action string, values url.Values) {
	a.t.Helper()
	form := a.One(selector)
	values = url.Values{}
	form.Find("input, select, textarea").Each(func(_ int, s *goquery.Selection) {
		name, kind, value := s.AttrOr("name", ""), s.AttrOr("type", "text"), s.AttrOr("value", "")
		_, checked := s.Attr("checked")
		switch {
		case name == "" || (kind == "radio" || kind == "checkbox") && !checked:
			return
		case goquery.NodeName(s) == "select":
			value = s.Find("option[selected]").AttrOr("value", s.Find("option").First().AttrOr("value", ""))
		case goquery.NodeName(s) == "textarea":
			value = s.Text()
		}
		values.Add(name, value)
	})
	if name, value, pressed := strings.Cut(button, "="); pressed {
		values.Set(name, value)
	}
	return form.AttrOr("action", ""), values
}

// Text is a text that many may write to and a test may read.
type Text struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write adds to the text.
func (x *Text) Write(p []byte) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.buf.Write(p)
}

// String is the text so far.
func (x *Text) String() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.buf.String()
}
