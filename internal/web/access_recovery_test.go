package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/web/webtest"
)

// askRecovery has a person ask for help, and returns the request's id.
func askRecovery(t *testing.T, h *webtest.House, p webtest.Person) (id string) {
	t.Helper()
	h.Nobody().Post(t, "/recovery/ask", url.Values{"email": {p.Email}}).Wants(http.StatusOK)
	if err := h.DB.Read(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		id, err = db.One(ctx, tx, db.Scalar[string], `SELECT id FROM recovery WHERE person_id = $1 ORDER BY asked_at DESC, id DESC LIMIT 1`, p.ID)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return id
}

// askOfRecovery asks a route about somebody who asks for help: of the hub for its coordinator in the relations in which that is their own
// house, and of the relation's board for others. Every board has two who can help, so that no hub is asked instead of them.
func (m *matrix) askOfRecovery(t *testing.T, c *webtest.Client, route, relation string, role access.Role) *webtest.Answer {
	t.Helper()
	method, path, _ := strings.Cut(route, " ")
	form := url.Values{"email": {"provlund1@hemvist.example"}, "code": {"no such link"}, "talked": {"yes"}}
	if strings.Contains(path, "{recovery}") {
		path = strings.ReplaceAll(path, "{recovery}", m.recovery(t, route, relation, role))
	}
	if method == http.MethodGet {
		return c.Get(t, path)
	}
	return c.Post(t, path, form)
}

func (m *matrix) recovery(t *testing.T, route, relation string, role access.Role) string {
	t.Helper()
	place, ok := m.places[relation]
	if !ok {
		place = m.places["own"]
	}
	key, works := route+relation, access.Leader
	if role == access.Coordinator && place == m.places["own"] {
		key, works = key+"hub", access.Coordinator
	}
	if strings.HasSuffix(route, "/refuse") && access.ReachOf(role, access.ApproveRecovery) != access.None {
		key += string(role) // whoever refuses closes it
	}
	if m.recoveries == nil {
		m.recoveries = map[string]string{}
		for _, board := range []string{"board", "other", "hub"} {
			m.NewPerson(t, access.Contact, m.places[board])
			m.NewPerson(t, access.Administrator, m.places[board])
		}
	}
	if m.recoveries[key] == "" {
		m.recoveries[key] = askRecovery(t, m.House, m.NewPerson(t, works, place))
	}
	return m.recoveries[key]
}

// grantedRecovery is the id of a request for which two colleagues have vouched.
func grantedRecovery(t *testing.T, h *webtest.House, place webtest.Place) string {
	t.Helper()
	helpers := []webtest.Person{h.NewPerson(t, access.Contact, place), h.NewPerson(t, access.Administrator, place)}
	id := askRecovery(t, h, h.NewPerson(t, access.Leader, place))
	for _, p := range helpers {
		h.SignIn(t, p.Email).Post(t, "/recovery/"+id+"/approve", url.Values{"talked": {"yes"}}).Wants(http.StatusSeeOther)
	}
	return id
}
