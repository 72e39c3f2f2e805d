package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/mail"
	"hemvist/internal/web/webtest"
)

func init() { ofProgramme = append(ofProgramme, "{template}", "invitation", "{language}", "sv") }

// newLetter writes an invitation to somebody at a place, and returns its id.
func newLetter(t *testing.T, h *webtest.House, at webtest.Place, name, to string) (id string) {
	t.Helper()
	err := h.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		if err := h.Letters.SendTx(ctx, tx, mail.Letter{Template: "invitation", To: to, Name: name, Language: "sv", Organisation: at.Organisation,
			Authority: at.Authority, Hub: at.Hub, Args: map[string]string{"organisation": "Provköpings kommun", "role": "gruppledare", "by": "Ingrid Påhittsson"},
			Link: mail.Link{Path: "/invitation", Purpose: "invitation", ID: "i1"}}); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT id FROM letter ORDER BY id DESC LIMIT 1`).Scan(&id)
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// fail says that a letter could not be sent.
func fail(t *testing.T, h *webtest.House, letter string) {
	t.Helper()
	err := h.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE letter SET state = 'failed' WHERE id = $1`, letter)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// askLetters asks a route of the letters: of one that was written at the relation's place, and of the words of the role's hub.
func (m *matrix) askLetters(t *testing.T, c *webtest.Client, route, relation string, want int) *webtest.Answer {
	t.Helper()
	method, pattern, _ := strings.Cut(route, " ")
	path := strings.NewReplacer(ofProgramme...).Replace(pattern)
	if strings.Contains(path, "{letter}") {
		place, ok := m.places[relation]
		if !ok {
			place = m.places["own"]
		}
		id := newLetter(t, m.House, place, "Karin Provlund", "karin@hemvist.example")
		if strings.HasSuffix(path, "/again") {
			fail(t, m.House, id)
		}
		path = strings.Replace(path, "{letter}", id, 1)
	}
	if method == http.MethodGet {
		return c.Get(t, path)
	}
	form := url.Values{}
	if strings.HasPrefix(path, "/letters/words/") {
		boss := access.Subject{Person: m.people[access.Coordinator].ID, Role: access.Coordinator, Organisation: m.places["own"].Hub}
		e, err := m.Letters.Editing(t.Context(), boss, "invitation", "sv")
		if err != nil {
			t.Fatal(err)
		}
		form = url.Values{"subject": {"Välkommen, {{namn}}"}, "body": {"Öppna {{länk}}"}, "sms": {"Öppna {{länk}} " + relation}, "last": {e.Last}}
	}
	before := m.letterFacts(t)
	a := c.Post(t, path, form)
	if changed := m.letterFacts(t) != before; changed && want != http.StatusSeeOther {
		t.Errorf("%s, %s: something was changed", route, relation)
	}
	return a
}

// letterFacts is how much has become of letters and their words.
func (m *matrix) letterFacts(t *testing.T) (n int) {
	t.Helper()
	err := m.DB.Read(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT (SELECT count(*) FROM letter_event) + (SELECT count(*) FROM wording)`).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// letterPages are the pages of the letters that have forms, as a coordinator sees them.
func letterPages(t *testing.T, c *webtest.Client, letter string) (pages []*webtest.Answer) {
	t.Helper()
	const words = "/letters/words/invitation/sv"
	typed := url.Values{"subject": {"Välkommen"}, "body": {"{{länk}}"}, "sms": {"{{länk}}"}, "last": {""}}
	c.Clone().Post(t, words, typed).Wants(http.StatusSeeOther) // so that there is something to go back from
	for _, path := range []string{"/letters", "/letters/" + letter, "/letters/words", words} {
		pages = append(pages, c.Get(t, path).Wants(http.StatusOK))
	}
	return pages
}
