// Package web is the house seen through a browser: one table of routes, handlers that read a request, make one call to a
// domain and render typed data, and the one place where an error becomes a page. It never reaches a database and holds no rule
// of a programme.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/catalogue"
	"hemvist/internal/clock"
	"hemvist/internal/directory"
	"hemvist/internal/directory/organisation"
	"hemvist/internal/directory/takeover"
	"hemvist/internal/i18n"
	"hemvist/internal/mail"
	"hemvist/internal/notice"
	"hemvist/internal/oversight"
	"hemvist/internal/programme"
	"hemvist/internal/register"
	"hemvist/internal/register/week"
	"hemvist/internal/round"
	"hemvist/internal/round/consent"
	"hemvist/internal/round/group"
	"hemvist/internal/round/meeting"
	"hemvist/internal/round/recruitment"
	"hemvist/internal/signin"
	"hemvist/internal/site"
	"hemvist/internal/web/static"
)

// trail is what the web asks of the log: to commit, before a page is sent, what was noted while it was made.
type trail interface {
	Commit(ctx context.Context, notes *audit.Trail, requestID string) error
}

// definitions is what the web asks about programmes, to put their words on pages.
type definitions interface {
	Definition(programmeID, version string) (*programme.Definition, error)
	InForce() []*programme.Definition
}

// DemoRole is a person of the demo that a visitor can sign in as.
type DemoRole struct {
	Role  access.Role
	Email string
}

// Config is what a Server is made of.
type Config struct {
	Directory     *directory.Service
	Organisations *organisation.Service
	SignIns       *signin.Service
	Rounds        *round.Service
	Groups        *group.Service
	Catalogue     *catalogue.Service
	Notices       *notice.Service
	Site          *site.Service
	Letters       *mail.Service
	Oversight     *oversight.Service
	Definitions   definitions
	Trail         trail
	Texts         *i18n.Bundle
	Clock         clock.Clock
	Logger        *slog.Logger
	Version       string
	Registers     *takeover.Service
	Recruitment   *recruitment.Service
	Register      *register.Service
	Weeks         *week.Service
	Meetings      *meeting.Service
	Consents      *consent.Service
	// Origin is where people open the house, such as https://hemvist.example; empty when nobody has said: then a page asks the request.
	Origin string
	// Ready tells whether the parts that the program needs answer.
	Ready func(context.Context) error
	// Plain is for the demo alone: an ordinary cookie, as a browser takes no __Host- cookie over plain http.
	Plain bool
	// Demo is the people one can sign in as without proof; nil outside the demo.
	Demo []DemoRole
	// AddressHeader is where a proxy of our own says whom it asks for, "X-Forwarded-For"; empty when there is none to be believed.
	AddressHeader string
	// MetricsToken lets a collector that is not on this machine read /metrics; empty for none.
	MetricsToken string
	// Registry is where the metrics are kept; its own when nil.
	Registry *prometheus.Registry
}

// Server answers requests.
type Server struct {
	Config
	mux     *http.ServeMux
	metrics *metrics
	handler http.Handler
}

// New makes a Server. It panics when the route table is not one that a mux takes, which is a mistake in the code.
func New(c Config) *Server {
	if c.Registry == nil {
		c.Registry = prometheus.NewRegistry()
	}
	s := &Server{Config: c, mux: http.NewServeMux(), metrics: newMetrics(c.Registry)}
	for _, route := range s.routes() {
		s.mux.Handle(route.Pattern, s.door(route))
	}
	s.mux.Handle("GET /static/", static.Handler())
	s.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	s.mux.HandleFunc("GET /readyz", s.readyz)
	s.mux.Handle("GET /metrics", s.onlyCollectors(promhttp.HandlerFor(c.Registry, promhttp.HandlerOpts{})))
	s.mux.Handle("/", s.door(Route{Pattern: "/", Action: access.Anyone, handle: notFound}))
	s.handler = s.front(s.mux)
	return s
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// readyz says whether a load balancer should send people here.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := s.Ready(ctx); err != nil {
		s.Logger.Warn("not ready", "err", err)
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ready\n"))
}
