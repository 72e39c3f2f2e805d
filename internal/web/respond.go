package web

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/a-h/templ"

	"hemvist/internal/audit"
	"hemvist/internal/errs"
	"hemvist/internal/web/views"
)

var (
	buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}
	zippers = sync.Pool{New: func() any {
		z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is a constant that exists
		return z
	}}
)

// render makes the page whole, then has what was looked at logged, and only then sends it: what could not be logged is not
// shown. Source: docs/security.md, "Audit".
func (s *Server) render(w http.ResponseWriter, r *http.Request, status int, page templ.Component) error {
	buf := buffers.Get().(*bytes.Buffer)
	buf.Reset()
	defer buffers.Put(buf)
	if err := page.Render(r.Context(), buf); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	return s.send(w, r, status, buf.Bytes())
}

// send commits what is to be logged and sends the body, compressed where the browser takes it.
func (s *Server) send(w http.ResponseWriter, r *http.Request, status int, body []byte) error {
	v := visitOf(r)
	if err := s.Trail.Commit(r.Context(), v.notes, v.id); err != nil {
		return fmt.Errorf("log what was shown: %w", err)
	}
	h := w.Header()
	h.Add("Vary", "Accept-Encoding")
	if len(body) > 1400 && takesGzip(r) {
		buf := buffers.Get().(*bytes.Buffer)
		buf.Reset()
		defer buffers.Put(buf)
		z := zippers.Get().(*gzip.Writer)
		defer zippers.Put(z)
		z.Reset(buf)
		_, _ = z.Write(body) // a bytes.Buffer takes everything
		_ = z.Close()
		h.Set("Content-Encoding", "gzip")
		body = buf.Bytes()
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // a browser that has gone away is nobody's error
	return nil
}

func takesGzip(r *http.Request) bool {
	for _, part := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == "gzip" && strings.ReplaceAll(q, " ", "") != "q=0" {
			return true
		}
	}
	return false
}

// statuses is what each kind of error is in HTTP.
var statuses = map[errs.Kind]int{
	errs.Internal:    http.StatusInternalServerError,
	errs.Invalid:     http.StatusUnprocessableEntity,
	errs.SignedOut:   http.StatusUnauthorized,
	errs.Denied:      http.StatusForbidden,
	errs.NotFound:    http.StatusNotFound,
	errs.Conflict:    http.StatusConflict,
	errs.TooLarge:    http.StatusRequestEntityTooLarge,
	errs.TooMany:     http.StatusTooManyRequests,
	errs.Unavailable: http.StatusServiceUnavailable,
}

// respondError is the one place where an error becomes a page. The cause goes to the log, the page gets words and the id.
func (s *Server) respondError(w http.ResponseWriter, r *http.Request, err error) {
	v := visitOf(r)
	kind := errs.KindOf(err)
	status := statuses[kind]
	level := s.Logger.Info
	if status >= 500 {
		level = s.Logger.Error
	}
	level("refused", "request", v.id, "route", v.route, "kind", kind.String(), "err", err)
	w.Header().Del("Content-Disposition") // a refused export is a page, not a file with a page in it
	if isStale(err) && v.in {
		if renderErr := s.respondStale(w, r, err); renderErr != nil {
			s.respondError(w, r, renderErr)
		}
		return
	}
	if kind == errs.Denied && v.in {
		audit.Note(r.Context(), audit.Entry{Actor: v.who.Subject.Person, Role: string(v.who.Subject.Role), Organisation: v.who.Subject.Organisation,
			Action: "denied", Outcome: audit.Denied})
	}
	page := s.page(r, v.texts.T("error."+errorName(kind)+".title"))
	data := views.Message{Title: page.Title, Text: v.texts.T("error." + errorName(kind) + ".text"), RequestID: v.id}
	if e := (*errs.Error)(nil); errors.As(err, &e) && e.Key != "" {
		data.Text = v.texts.T(e.Key)
	}
	if renderErr := s.render(w, r, status, views.MessagePage(page, data)); renderErr != nil {
		// The log cannot be written, or the page not be made: say so in the plainest way there is.
		s.Logger.Error("no error page", "request", v.id, "err", renderErr)
		http.Error(w, v.texts.T("error.unavailable.title")+" ("+v.id+")", http.StatusServiceUnavailable)
	}
}

func errorName(k errs.Kind) string { return strings.ReplaceAll(k.String(), " ", "-") }

func notFound(http.ResponseWriter, *http.Request) error { return errs.New(errs.NotFound, "") }

// redirect sends the browser on after a form was taken, with a word about how it went on the next page.
func (s *Server) redirect(w http.ResponseWriter, r *http.Request, to, flash string) error {
	if flash != "" {
		s.setFlash(w, flash)
	}
	if err := s.Trail.Commit(r.Context(), visitOf(r).notes, visitOf(r).id); err != nil {
		return fmt.Errorf("log what was done: %w", err)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}
