package web

import (
	"context"
	"net/http"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/web/views"
)

// AddRoute gives a server one more route, for tests of what happens around every handler.
func (s *Server) AddRoute(pattern string, action access.Action, handle func(http.ResponseWriter, *http.Request) error) {
	s.mux.Handle(pattern, s.door(Route{Pattern: pattern, Action: action, handle: handle}))
}

// Show answers with a page that says one thing, as a handler would.
func (s *Server) Show(w http.ResponseWriter, r *http.Request, text string) error {
	return s.render(w, r, http.StatusOK, views.MessagePage(s.page(r, text), views.Message{Title: text, Text: text}))
}

// Trail is what a server asks of the log.
type Trail = trail

// BrokenTrail is a log that cannot be written while Err is not nil.
type BrokenTrail struct {
	Trail
	Err error
}

// Commit fails with Err, where there is something to write.
func (b *BrokenTrail) Commit(ctx context.Context, notes *audit.Trail, requestID string) error {
	if b.Err != nil && len(notes.Notes()) > 0 {
		return b.Err
	}
	return b.Trail.Commit(ctx, notes, requestID)
}
