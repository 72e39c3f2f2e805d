package web_test

import (
	"context"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/oversight"
	"hemvist/internal/web/webtest"
)

// reviews tells whether a route is one of the log's.
func reviews(route string) bool {
	return strings.Contains(route, " /log") || strings.Contains(route, " /me/log")
}

// askLog asks a route of the log. What it asks about stands in the log of the relation's board; a question to answer is the asker's
// own in the relation "own" alone.
func (m *matrix) askLog(t *testing.T, c *webtest.Client, route, relation string, role access.Role) *webtest.Answer {
	t.Helper()
	at := m.places[relation]
	if at == (webtest.Place{}) {
		at = m.places["own"]
	}
	who := m.other.ID
	if strings.Contains(route, "/me/log/") && relation == "own" {
		who = m.people[role].ID
	}
	method, path, _ := strings.Cut(route, " ")
	form := url.Values{}
	switch route {
	case "GET /log/entries.csv":
		path += "?outcome=" + string(audit.Failed) // all that the matrix itself leaves in the log is more than a file may hold
	case "GET /log/questions/new":
		path += "?" + url.Values{"entry": {m.look(t, at, who)}}.Encode()
	case "POST /log/questions":
		form = url.Values{"entry": {m.look(t, at, who)}, "why": {"sample"}}
	case "POST /log/questions/{question}/verdict":
		form = url.Values{"verdict": {"follow-up"}}
	case "POST /me/log/questions/{question}":
		form = url.Values{"as": {"my-work"}}
	}
	if before, after, found := strings.Cut(path, "{question}"); found {
		path = before + m.asked(t, at, who) + after
	}
	if method == http.MethodGet {
		return c.Get(t, path)
	}
	return c.Post(t, path, form)
}

// look is an entry about a look at a round of a board, by somebody.
func (m *matrix) look(t *testing.T, at webtest.Place, who string) string {
	t.Helper()
	round := m.once("round "+at.Authority, func() string { return m.NewRounds(t, webtest.NewRound{Place: at})[0].ID })
	e := audit.Entry{ID: db.NewID(), Actor: who, Role: "leader", Organisation: at.Organisation, Purpose: round,
		Action: "participant.read", Outcome: audit.OK}
	if err := m.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return m.Log.Add(ctx, tx, e) }); err != nil {
		t.Fatal(err)
	}
	return e.ID
}

// once makes something the first time that it is asked for.
func (m *matrix) once(what string, makes func() string) string {
	if m.madeLog == nil {
		m.madeLog = map[string]string{}
	}
	if m.madeLog[what] == "" {
		m.madeLog[what] = makes()
	}
	return m.madeLog[what]
}

// asked is a question about such a look, by a reviewer of that board.
func (m *matrix) asked(t *testing.T, at webtest.Place, who string) string {
	t.Helper()
	return m.once("question "+at.Authority+" "+who, func() string { return m.ask(t, at, who) })
}

func (m *matrix) ask(t *testing.T, at webtest.Place, who string) string {
	t.Helper()
	reviewer := access.Subject{Person: m.NewPerson(t, access.LogReviewer, at).ID, Role: access.LogReviewer, Organisation: at.Organisation, Authority: at.Authority}
	ctx := audit.WithTrail(t.Context(), &audit.Trail{})
	if _, err := m.Oversight.Ask(ctx, reviewer, oversight.Asking{Entries: []string{m.look(t, at, who)}, Why: "sample"}, ""); err != nil {
		t.Fatal(err)
	}
	found, err := m.Oversight.Questions(ctx, reviewer, "", 1)
	if err != nil || len(found.Questions) == 0 {
		t.Fatal(found, err)
	}
	return found.Questions[0].ID
}

// questionPages are the pages of a question about a look, as it is asked, answered and judged. It becomes the sample of a question.
func questionPages(t *testing.T, reviewer, looked *webtest.Client, look string, samples map[string]string) []*webtest.Answer {
	t.Helper()
	spot := reviewer.Get(t, "/log?days=30&seed=abc").Wants(http.StatusOK)
	ask := reviewer.Get(t, "/log/questions/new?entry="+look).Wants(http.StatusOK)
	reviewer.Post(t, "/log/questions", url.Values{"entry": {look}, "why": {"sample"}}).Wants(http.StatusSeeOther)
	mine := looked.Get(t, "/").Wants(http.StatusOK).One(`.hv-needs a[href^="/me/log/questions/"]`).AttrOr("href", "")
	samples["question"] = path.Base(mine)
	asked := looked.Get(t, mine).Wants(http.StatusOK)
	looked.Post(t, mine, url.Values{"as": {"my-work"}}).Wants(http.StatusSeeOther)
	answered := reviewer.Get(t, strings.TrimPrefix(mine, "/me")).Wants(http.StatusOK)
	return []*webtest.Answer{spot, ask, asked, answered, reviewer.Get(t, "/log/entries"), reviewer.Get(t, "/log/questions")}
}
