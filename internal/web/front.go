package web

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/sheet"
	"hemvist/internal/signin"
)

// maxBody is the most that a form may send. Films come another way.
const maxBody = 1 << 20

// maxImport is the most that a form with a table in it may send, from those who may take in tables.
const maxImport = sheet.MaxExcel + 64<<10

// imports are the routes that take tables.
var imports = map[string]bool{"POST /organisations/import": true, "POST /people/import": true}

// visit is what is known of the request that is being answered.
type visit struct {
	id    string // the request's id, shown on error pages and in the log
	nonce string
	route string
	who   signin.Who // zero when nobody is signed in
	in    bool
	texts *i18n.Printer
	own   *i18n.Printer // in the reader's own words, where the page is in those of a round
	notes *audit.Trail
}

type visitKey struct{}

func visitOf(r *http.Request) *visit { return r.Context().Value(visitKey{}).(*visit) }

func randomText(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	return base64.RawURLEncoding.EncodeToString(b)
}

// front is what every request passes: an id, the safety headers, the refusal of forms from other sites, the log line, and the
// last resort when something panics.
func (s *Server) front(next http.Handler) http.Handler {
	origin := http.NewCrossOriginProtection()
	origin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.respondError(w, r, errs.New(errs.Denied, "error.cross-origin"))
	}))
	guarded := origin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now() //nolint:forbidigo // how long a request took is a measurement, not a date
		v := &visit{id: randomText(9), nonce: randomText(16), notes: &audit.Trail{}}
		ctx := audit.WithTrail(context.WithValue(r.Context(), visitKey{}, v), v.notes)
		r = r.WithContext(ctx)
		v.texts = s.Texts.For(s.language(r))
		rec := &recorder{ResponseWriter: w}
		safetyHeaders(rec.Header(), v)
		if !s.Plain {
			// A browser that has been here by https comes back by nothing else. By plain http it ignores this.
			rec.Header().Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		defer func() {
			if p := recover(); p != nil {
				if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
					panic(p)
				}
				s.Logger.Error("panic", "request", v.id, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
				if rec.status == 0 {
					s.respondError(rec, r, fmt.Errorf("panic: %v", p))
				}
			}
			took := time.Since(start) //nolint:forbidigo // as above
			s.metrics.observe(v.route, rec.status, took)
			s.Logger.Info("request", "request", v.id, "method", r.Method, "route", v.route, "status", rec.status, "bytes", rec.bytes,
				"ms", float64(took.Microseconds())/1000)
		}()
		guarded.ServeHTTP(rec, r)
	})
}

// safetyHeaders closes what a page of ours never needs. Source: docs/security.md, "Web".
func safetyHeaders(h http.Header, v *visit) {
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'nonce-"+v.nonce+"' 'strict-dynamic'; style-src 'self'; img-src 'self' data:; "+
		"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("X-Request-Id", v.id)
}

// door lets those through who may do the route's action at least somewhere; what of it they may do is for the domain to say.
func (s *Server) door(route Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := visitOf(r)
		v.route = route.Pattern
		w.Header().Set("Cache-Control", "no-store")
		err := s.identify(r, v)
		if errors.Is(err, signin.ErrRoleEnded) {
			if err = s.moveOn(w, r); err == nil {
				return
			}
		}
		if err != nil && !errs.Is(err, errs.SignedOut) { // whoever is signed out is as nobody
			s.respondError(w, r, err)
			return
		}
		limit := int64(maxBody)
		if imports[route.Pattern] && v.in && access.ReachOf(v.who.Subject.Role, route.Action) != access.None {
			limit = maxImport
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		if err := readRequest(r); err != nil {
			s.respondError(w, r, err)
			return
		}
		if route.Action != access.Anyone {
			if !v.in {
				s.askToSignIn(w, r)
				return
			}
			if access.ReachOf(v.who.Subject.Role, route.Action) == access.None {
				s.respondError(w, r, &errs.Error{Kind: errs.Denied, Err: fmt.Errorf("%s: %s", route.Action, access.RoleMayNot)})
				return
			}
		}
		s.call(r)
		if err := route.handle(w, r); err != nil {
			s.respondError(w, r, err)
		}
	})
}

// readForm reads what was sent by POST, once for all handlers: a form that is too large, or is none, is refused as what it is.
func readForm(r *http.Request) error {
	if r.Method != http.MethodPost {
		return nil
	}
	err := r.ParseForm()
	if err == nil && strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		err = readFiles(r)
	}
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return errs.Wrap(errs.TooLarge, err)
	}
	return errs.Wrap(errs.Invalid, err)
}

// identify finds out who is asking. A cookie that is no longer worth anything is as none.
func (s *Server) identify(r *http.Request, v *visit) error {
	secret, ok := s.sessionSecret(r)
	if !ok {
		return nil
	}
	who, err := s.SignIns.Resolve(r.Context(), secret)
	switch {
	case errors.Is(err, signin.ErrRoleEnded):
		return err
	case errs.Is(err, errs.SignedOut):
		return nil
	case err != nil:
		return err
	}
	v.who, v.in = who, true
	if s.chosenLanguage(r) == "" {
		v.texts = s.Texts.For(who.Language)
	}
	return nil
}

// onlyCollectors lets the metrics be read from this machine itself, not through a proxy, or with the token.
func (s *Server) onlyCollectors(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, _ := net.SplitHostPort(r.RemoteAddr)
		token, hasToken := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		switch {
		case hasToken && s.MetricsToken != "" && subtle.ConstantTimeCompare([]byte(token), []byte(s.MetricsToken)) == 1:
		case !proxied(r.Header) && net.ParseIP(host).IsLoopback():
		default:
			s.respondError(w, r, errs.New(errs.NotFound, ""))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// proxied tells whether a proxy handed the request on, by the headers that proxies leave.
func proxied(h http.Header) bool {
	for name := range h {
		if name == "Forwarded" || name == "Via" || name == "X-Real-Ip" || strings.HasPrefix(name, "X-Forwarded-") {
			return true
		}
	}
	return false
}

// recorder remembers what was answered, for the log and the metrics.
type recorder struct {
	http.ResponseWriter
	status, bytes int
}

// WriteHeader remembers the status and passes it on.
func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes and passes them on.
func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += n
	return n, err
}

// Unwrap is for http.ResponseController.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
