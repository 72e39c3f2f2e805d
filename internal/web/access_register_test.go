package web_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/credential"
	"hemvist/internal/db"
	"hemvist/internal/register"
	"hemvist/internal/web/webtest"
)

func init() {
	of := func(path string) func(*testing.T, cell) *webtest.Answer {
		return func(t *testing.T, c cell) *webtest.Answer {
			t.Helper()
			return c.client.Get(t, strings.Replace(path, "{person}", c.person(t).ID, 1))
		}
	}
	asks["GET /rounds/{id}/outlook"] = func(t *testing.T, c cell) *webtest.Answer {
		t.Helper()
		return c.client.Get(t, c.round.Path("/outlook?if=1&more=2"))
	}
	asks["POST /rounds/{id}/sessions/{session}/tasks"] = func(t *testing.T, c cell) *webtest.Answer {
		t.Helper()
		return c.client.Post(t, c.round.Path("/sessions/"+c.round.Sessions[0].ID+"/tasks"), url.Values{"task": {"read"}, "do": {"taken"}})
	}
	asks["GET /people/{person}/credentials"] = of("/people/{person}/credentials")
	asks["GET /people/{person}/credentials/new"] = of("/people/{person}/credentials/new")
	asks["POST /people/{person}/credentials"] = func(t *testing.T, c cell) *webtest.Answer {
		t.Helper()
		target := c.newPerson(t)
		a := c.client.Post(t, "/people/"+target.ID+"/credentials",
			url.Values{"what": {"connect/granted/leader"}, "on": {"2025-05-10"}, "why": {"earlier-register"}})
		if changed := c.recorded(t, target.ID) > 0; changed != (a.Status == 303) {
			t.Errorf("POST credentials, %s, %s: status %d, and something was recorded: %v", c.relation, c.role, a.Status, changed)
		}
		return a
	}
	asks["POST /people/{person}/credentials/{fact}/retract"] = func(t *testing.T, c cell) *webtest.Answer {
		t.Helper()
		target := c.newPerson(t)
		fact := c.granted(t, target.ID)
		a := c.client.Post(t, "/people/"+target.ID+"/credentials/"+fact+"/retract", nil)
		if changed := c.recorded(t, target.ID) > 1; changed != (a.Status == 303) {
			t.Errorf("POST retract, %s, %s: status %d, and something was taken back: %v", c.relation, c.role, a.Status, changed)
		}
		return a
	}
}

// person is somebody to look at in the cell's relation.
func (c cell) person(t *testing.T) webtest.Person {
	t.Helper()
	if _, ok := c.known[c.relation]; !ok {
		c.known[c.relation] = c.colleague(t, c.relation)
	}
	return c.known[c.relation]
}

// newPerson is somebody whom no other cell has changed, for those who may change; others get one to look at.
func (c cell) newPerson(t *testing.T) webtest.Person {
	t.Helper()
	if access.ReachOf(c.role, access.RecordCredential) == access.None {
		return c.nobodyElses(t)
	}
	return c.colleague(t, c.relation)
}

// nobodyElses is one person a relation, of whom nothing is ever recorded.
func (c cell) nobodyElses(t *testing.T) webtest.Person {
	t.Helper()
	if _, ok := c.known["credentials of "+c.relation]; !ok {
		c.known["credentials of "+c.relation] = c.colleague(t, c.relation)
	}
	return c.known["credentials of "+c.relation]
}

func (c cell) recorded(t *testing.T, person string) int {
	t.Helper()
	n := 0
	if err := c.DB.Read(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM credential_fact WHERE person_id = $1 AND fact <> 'withdrawn'`, person)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// granted records a certificate, unless the person has one, and returns the id of the fact.
func (c cell) granted(t *testing.T, person string) string {
	t.Helper()
	id := ""
	if err := c.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		if err := tx.QueryRow(ctx, `SELECT coalesce(max(id), '') FROM credential_fact WHERE person_id = $1`, person).Scan(&id); err != nil || id != "" {
			return err
		}
		err := c.Register.AddTx(ctx, tx, person, register.NewFact{Programme: "connect", Kind: credential.FactGranted, What: "leader",
			On: c.Today().AddDays(-30), Why: register.EarlierRegister}, person)
		if err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT id FROM credential_fact WHERE person_id = $1`, person).Scan(&id)
	}); err != nil {
		t.Fatal(err)
	}
	return id
}
