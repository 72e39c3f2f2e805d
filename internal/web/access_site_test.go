package web_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/site"
	"hemvist/internal/web/webtest"
)

// What stands in an address for the parts that every house has; of what people wrote there is none until a test makes it.
func init() {
	ofProgramme = append(ofProgramme, "{text}", "contact", "{language}", "sv", "{reference}", "ABCD-2345", "{topic}", "rounds", "{feedback}", "none")
}

// newFeedback is somebody's feedback, by its id.
func newFeedback(t *testing.T, h *webtest.House, boss access.Subject) string {
	t.Helper()
	reference, err := h.Site.Send(t.Context(), site.NewFeedback{Kind: site.Fault, Body: "Knappen syns inte", Contact: "070-174 06 05", Page: "/rounds", Language: "sv"}, "")
	if err != nil {
		t.Fatal(err)
	}
	for page := 1; ; page++ {
		list, err := h.Site.Inbox(audit.WithTrail(t.Context(), &audit.Trail{}), boss, site.Query{Page: page})
		if err != nil || list.Query.Page != page {
			t.Fatalf("feedback %s is not in the inbox: %v", reference, err)
		}
		for _, row := range list.Rows {
			if row.Reference == reference {
				return row.ID
			}
		}
	}
}

// hubBoss is the coordinator of the house's first hub.
func (m *matrix) hubBoss() access.Subject {
	return access.Subject{Person: m.people[access.Coordinator].ID, Role: access.Coordinator, Organisation: m.places["own"].Hub}
}

// sitePattern puts a feedback of its own into a pattern that has one, in the state in which the route's form would be accepted.
func (m *matrix) sitePattern(t *testing.T, route, pattern string) string {
	t.Helper()
	if !strings.Contains(pattern, "{feedback}") {
		return pattern
	}
	id := newFeedback(t, m.House, m.hubBoss())
	if strings.HasSuffix(route, "/reopen") {
		if err := m.Site.Close(t.Context(), m.hubBoss(), id, 0, ""); err != nil {
			t.Fatal(err)
		}
	}
	return strings.ReplaceAll(pattern, "{feedback}", id)
}

// siteForm is what is sent to the routes of the house's own texts and of feedback; nil for other routes.
func (m *matrix) siteForm(t *testing.T, route string) url.Values {
	t.Helper()
	switch route {
	case "POST /feedback":
		return url.Values{"kind": {"idea"}, "body": {"Mer grönt"}, "contact": {"070-174 06 05"}, "page": {"/rounds"}, "website": {""}}
	case "POST /feedback/inbox/{feedback}/answer":
		return url.Values{"how": {"phone"}, "answer": {"Tack, nu syns den"}, "seen": {"0"}}
	case "POST /feedback/inbox/{feedback}/close":
		return url.Values{"seen": {"0"}}
	case "POST /feedback/inbox/{feedback}/reopen":
		return url.Values{"seen": {"1"}}
	case "POST /site/particulars":
		p, err := m.Site.Particulars(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return url.Values{"organisation": {"Hemvisten"}, "email": {"fraga@hemvist.example"}, "seen": {strconv.Itoa(p.Number)}}
	case "POST /site/{text}/{language}", "POST /site/{text}/{language}/again":
		now, err := m.Site.Edit(t.Context(), m.hubBoss(), site.Contact, "sv")
		if err != nil {
			t.Fatal(err)
		}
		return url.Values{"body": {"Ring oss, version " + strconv.Itoa(now.Number)}, "number": {"0"}, "seen": {strconv.Itoa(now.Number)}}
	}
	return nil
}

// siteSamples makes a text with a history, and a feedback that waits and one that is closed, by their ids.
func siteSamples(t *testing.T, h *webtest.House, coordinator webtest.Person, at webtest.Place) (waiting, closed string) {
	t.Helper()
	boss := access.Subject{Person: coordinator.ID, Role: access.Coordinator, Organisation: at.Hub}
	if _, err := h.Site.Save(t.Context(), boss, site.Contact, "sv", "Ring oss", 0, ""); err != nil {
		t.Fatal(err)
	}
	waiting, closed = newFeedback(t, h, boss), newFeedback(t, h, boss)
	if err := h.Site.Close(t.Context(), boss, closed, 0, ""); err != nil {
		t.Fatal(err)
	}
	return waiting, closed
}
