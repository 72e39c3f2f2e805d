package web_test

import (
	"context"
	"net/url"
	"path"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/round"
	"hemvist/internal/round/group"
	"hemvist/internal/web/webtest"
)

// participant makes a participant of a round of the place, whoever asks.
func (m *matrix) participant(t *testing.T, at webtest.Place, roundID string) string {
	t.Helper()
	sealed, err := m.Groups.SealAll(t.Context(), at.Authority, []group.NewMember{{Name: "Amina Påhittsson", Phone: "070-174 06 05", Language: "sv"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		if err := m.Groups.AddSealedTx(ctx, tx, roundID, at.Authority, sealed, m.Today().AddDays(-7), ""); err != nil {
			return err
		}
		return round.ProjectTx(ctx, tx, roundID)
	}); err != nil {
		t.Fatal(err)
	}
	return sealed[0].ID
}

// placeOf is the place of a cell's round.
func (c cell) placeOf() webtest.Place {
	if at := c.places[c.relation]; at != (webtest.Place{}) {
		return at
	}
	return c.places["own"]
}

// askMember asks a route about a participant of the cell's round, with a form that would be accepted from whoever may. A change is made where
// the answer says so, and nowhere else.
func askMember(form func(t *testing.T, c cell) url.Values) func(t *testing.T, c cell) *webtest.Answer {
	return func(t *testing.T, c cell) *webtest.Answer {
		t.Helper()
		if form == nil { // in a round of its own, so that a look can be seen to change nothing
			r := c.NewRounds(t, c.matrix.round("GET participant", c.relation, c.role))[0]
			return c.client.Get(t, r.Path("/participants/"+c.participant(t, c.placeOf(), r.ID)))
		}
		at := c.round.Path("/participants/" + c.participant(t, c.placeOf(), c.round.ID))
		values := form(t, c)
		more := values.Get("path")
		values.Del("path")
		before := c.said(t, c.round.ID)
		a := c.client.Post(t, at+more, values)
		if changed := c.said(t, c.round.ID) != before; changed != (a.Status == 303) {
			t.Errorf("%s, %s, %s: the round was changed: %v", a.Asked, c.relation, c.role, changed)
		}
		return a
	}
}

// said is how much has been said of who takes part in a round.
func (c cell) said(t *testing.T, id string) (n int) {
	t.Helper()
	err := c.DB.Read(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = db.One(ctx, tx, db.Scalar[int], `SELECT (SELECT count(*) FROM participant WHERE round_id = $1) + (SELECT count(*) FROM group_size WHERE round_id = $1)
			+ (SELECT count(*) FROM participant_fact f JOIN participant p ON p.id = f.participant_id WHERE p.round_id = $1)`, id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func init() {
	asks["GET /rounds/{id}/participants/{participant}"] = askMember(nil)
	asks["POST /rounds/{id}/participants/{participant}"] = askMember(func(*testing.T, cell) url.Values {
		return url.Values{"name": {"Amina Sagosten"}, "language": {"so"}, "version": {"0"}}
	})
	asks["POST /rounds/{id}/participants/{participant}/leave"] = askMember(func(_ *testing.T, c cell) url.Values {
		return url.Values{"path": {"/leave"}, "reason": {"no-time"}, "on": {c.Today().String()}}
	})
	asks["POST /rounds/{id}/participants/{participant}/return"] = askMember(func(t *testing.T, c cell) url.Values {
		c.exec(t, `UPDATE participant SET left_on = $1 WHERE round_id = $2`, c.Today(), c.round.ID)
		return url.Values{"path": {"/return"}}
	})
	asks["POST /rounds/{id}/participants/{participant}/move"] = askMember(func(t *testing.T, c cell) url.Values {
		return url.Values{"path": {"/move"}, "to": {c.NewRounds(t, webtest.NewRound{Place: c.placeOf(), Staff: []webtest.Person{c.other}})[0].ID}}
	})
	const list = "Namn;Telefon\nAmina Påhittsson;070-174 06 05\n"
	asks["POST /rounds/{id}/participants/import"] = func(t *testing.T, c cell) *webtest.Answer {
		t.Helper()
		return c.client.Post(t, c.round.Path("/participants/import"), url.Values{"file": {list}})
	}
	ofList := func(get bool) func(t *testing.T, c cell) *webtest.Answer {
		return func(t *testing.T, c cell) *webtest.Answer {
			t.Helper()
			id := "none"
			if c.relation == "own" && c.role == access.Leader { // nobody else gets as far as a list of their own
				leader := access.Subject{Person: c.people[c.role].ID, Role: access.Leader, Organisation: c.placeOf().Organisation, Authority: c.placeOf().Authority}
				var err error
				if id, err = c.Groups.ReadList(audit.WithTrail(t.Context(), &audit.Trail{}), leader, c.round.ID, []byte(list), "lista.csv"); err != nil {
					t.Fatal(err)
				}
			}
			at, before := c.round.Path("/participants/import/lists/"+id), c.said(t, c.round.ID)
			if get {
				return c.client.Get(t, at)
			}
			a := c.client.Post(t, at, url.Values{})
			if changed := c.said(t, c.round.ID) != before; changed != (a.Status == 303) {
				t.Errorf("%s, %s, %s: the round was changed: %v", a.Asked, c.relation, c.role, changed)
			}
			return a
		}
	}
	asks["GET /rounds/{id}/participants/import/lists/{list}"], asks["POST /rounds/{id}/participants/import/lists/{list}"] = ofList(true), ofList(false)
	asks["POST /attendance"] = func(t *testing.T, c cell) *webtest.Answer {
		t.Helper()
		return c.client.Post(t, "/attendance", url.Values{"board": {c.places["own"].Authority}, "programme": {c.Connect.ID}, "attendance": {"named"}, "from": {c.Today().String()}})
	}
	asks["POST /rounds/{id}/participants/count"] = func(t *testing.T, c cell) *webtest.Answer {
		t.Helper()
		c.exec(t, `UPDATE round SET attendance = 'counts' WHERE id = $1`, c.round.ID)
		before := c.said(t, c.round.ID)
		a := c.client.Post(t, c.round.Path("/participants/count"), url.Values{"count": {"9"}})
		if changed := c.said(t, c.round.ID) != before; changed != (a.Status == 303) {
			t.Errorf("%s, %s, %s: the round was changed: %v", a.Asked, c.relation, c.role, changed)
		}
		return a
	}
}

// groupPages are the pages of who takes part in a round, for whoever goes through what they lead to.
func groupPages(t *testing.T, h *webtest.House, leader, contact *webtest.Client, who webtest.Person, place webtest.Place, samples map[string]string) []*webtest.Answer {
	t.Helper()
	m := &matrix{House: h}
	other := h.NewRounds(t, webtest.NewRound{Place: place, Name: "Antalsgruppen", Staff: []webtest.Person{who}})[0]
	m.exec(t, `UPDATE round SET attendance = 'counts' WHERE id = $1`, other.ID)
	h.NewRounds(t, webtest.NewRound{Place: place, Name: "Fredagsgruppen", Staff: []webtest.Person{who}})
	r := webtest.Round{ID: samples["id"]}
	samples["participant"] = m.participant(t, place, r.ID)
	list := leader.Post(t, r.Path("/participants/import"), url.Values{"file": {"Namn;Telefon\nAmina Påhittsson;070-174 06 44\nÅke Ny;\n"}}).Wants(303).Header.Get("Location")
	samples["list"] = path.Base(list)
	var pages []*webtest.Answer
	for _, at := range []string{r.Path("/participants"), r.Path("/participants/import"), list, r.Path("/participants/" + samples["participant"]), other.Path("/participants")} {
		pages = append(pages, leader.Get(t, at).Wants(200))
	}
	return append(pages, contact.Get(t, "/attendance").Wants(200))
}
