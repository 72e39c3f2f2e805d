package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/round/recruitment"
	"hemvist/internal/web/webtest"
)

func init() {
	ofProgramme = append(ofProgramme, "{place}", "none", "{interest}", "none")
	for _, route := range []string{"GET /interest/{place}", "POST /interest/{place}", "GET /interest/{place}/thanks"} {
		asks[route] = func(t *testing.T, c cell) *webtest.Answer { return c.askPlace(t, route) }
	}
	for _, route := range []string{"POST /recruitment", "POST /recruitment/contact"} {
		asks[route] = func(t *testing.T, c cell) *webtest.Answer { return c.askBoard(t, route) }
	}
	asks["GET /recruitment/{interest}"] = func(t *testing.T, c cell) *webtest.Answer { return c.askInterest(t, "") }
	for act := range interestForms {
		asks["POST /recruitment/{interest}/"+act] = func(t *testing.T, c cell) *webtest.Answer { return c.askInterest(t, act) }
	}
}

// interestForms are what is sent to each route of an interest, but for what is of the cell.
var interestForms = map[string]url.Values{
	"talk":       {"on": {"2026-03-18"}, "at": {"16.30"}, "place": {"Telefon"}},
	"talk/noted": {"outcome": {recruitment.WantsPlace}, "note": {"Kommer gärna"}},
	"offer":      {"how": {"phone"}, "answer-by": {"2026-03-20"}},
	"accepted":   {},
	"wait":       {"wait-round": {"any"}},
	"end":        {"reason": {"time"}},
	"reopen":     {},
	"erase":      {},
}

// interestLeaders is a leader of each board that has been asked about, by its id.
var interestLeaders = map[string]webtest.Person{}

// interestIn is somebody's interest, as a parent tells it.
func interestIn() recruitment.NewInterest {
	return recruitment.NewInterest{Source: recruitment.Self, Name: "Amina Påhittsson", Phone: "070-174 06 05", Language: "sv", Child: "12"}
}

// slugs is the addresses of the places that have been asked about, by their ids: ids are never the same in two houses.
var slugs = map[string]string{}

// slugAt is the address of a place that takes interest.
func slugAt(t *testing.T, h *webtest.House, organisation string) string {
	t.Helper()
	if known, ok := slugs[organisation]; ok {
		return known
	}
	places, err := h.Recruitment.Places(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range places {
		if p.ID == organisation {
			slugs[organisation] = p.Slug
			return p.Slug
		}
	}
	t.Fatal("the place takes no interest")
	return ""
}

// takes makes the board of a cell's relation one that takes interest, and returns a leader of it and a round that they lead.
func (c cell) takes(t *testing.T) (webtest.Place, webtest.Person, webtest.Round) {
	t.Helper()
	at, there := c.places[c.relation]
	if !there {
		at = c.places["own"]
	}
	boss, known := interestLeaders[at.Authority]
	if !known {
		boss = c.NewPerson(t, access.Leader, at)
		interestLeaders[at.Authority] = boss
	}
	staff := []webtest.Person{boss}
	if c.relation == "own" {
		staff = append(staff, c.people[c.role])
	}
	return at, boss, c.NewRounds(t, webtest.NewRound{Place: at, First: c.Today().AddDays(14), Staff: staff})[0]
}

func (c cell) askPlace(t *testing.T, route string) *webtest.Answer {
	t.Helper()
	at, _, _ := c.takes(t)
	path := strings.ReplaceAll(strings.Fields(route)[1], "{place}", slugAt(t, c.House, at.Organisation))
	if !strings.HasPrefix(route, http.MethodPost) {
		return c.client.Get(t, path)
	}
	form := url.Values{"source": {"self"}, "name": {"Amina Påhittsson"}, "phone": {"070-174 06 05"}, "language": {"sv"}, "child": {"12"}}
	form.Set("service", at.Authority+"."+c.Connect.ID)
	return c.client.Post(t, path, form)
}

// askBoard asks what is of the asker's own board, whatever the relation.
func (c cell) askBoard(t *testing.T, route string) *webtest.Answer {
	t.Helper()
	at := c.places["own"]
	c.NewRounds(t, webtest.NewRound{Place: at, Staff: []webtest.Person{c.other}})
	path := strings.Fields(route)[1]
	form := url.Values{"source": {"taken-down"}, "name": {"Amina Påhittsson"}, "phone": {"070-174 06 05"}, "language": {"sv"}, "child": {"12"},
		"service": {at.Authority + "." + c.Connect.ID}, "contact": {"Ring 0470-17 40 60"}}
	if strings.HasSuffix(path, "/contact") {
		form.Set("last", c.contactAt(t, at))
	}
	return c.client.Post(t, path, form)
}

// contactAt is how people reach a board now.
func (c cell) contactAt(t *testing.T, at webtest.Place) string {
	t.Helper()
	boss := access.Subject{Person: c.other.ID, Role: access.Leader, Organisation: at.Organisation, Authority: at.Authority, Programme: c.Connect.ID}
	services, err := c.Recruitment.Services(t.Context(), boss)
	if err != nil || len(services) != 1 {
		t.Fatalf("%d services, %v", len(services), err)
	}
	return services[0].Contact
}

// askInterest asks about an interest at the place of the relation, in the state in which the route's form would be accepted.
func (c cell) askInterest(t *testing.T, act string) *webtest.Answer {
	t.Helper()
	at, leader, r := c.takes(t)
	boss := access.Subject{Person: leader.ID, Role: access.Leader, Organisation: at.Organisation, Authority: at.Authority, Programme: c.Connect.ID}
	ctx := audit.WithTrail(t.Context(), &audit.Trail{})
	id, err := c.Recruitment.Add(ctx, boss, interestIn(), "")
	if err != nil {
		t.Fatal(err)
	}
	done := 1
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		done++
	}
	switch act {
	case "talk/noted":
		must(c.Recruitment.Book(ctx, boss, id, recruitment.Talk{On: c.Today().String(), At: "9", Place: "Telefon", Seen: 1}, ""))
	case "accepted":
		must(c.Recruitment.Offer(ctx, boss, id, recruitment.NewOffer{Round: r.ID, How: recruitment.ByPhone, AnswerBy: c.Today().String(), Seen: 1}, ""))
	case "reopen":
		must(c.Recruitment.End(ctx, boss, id, recruitment.Ending{Reason: "time", Seen: 1}, ""))
	}
	path := "/recruitment/" + id
	if act == "" {
		return c.client.Get(t, path)
	}
	form := url.Values{"seen": {string(rune('0' + done))}, "round": {r.ID}, "by": {leader.ID}}
	for name, values := range interestForms[act] {
		form[name] = values
	}
	before := c.interestFacts(t, id)
	a := c.client.Post(t, path+"/"+act, form)
	if changed := c.interestFacts(t, id) != before; changed != (a.Status == http.StatusSeeOther) {
		t.Errorf("%s, %s, %s: %d, and the interest was changed: %v", act, c.relation, c.role, a.Status, changed)
	}
	return a
}

// interestFacts is how much is stored about an interest.
func (c cell) interestFacts(t *testing.T, id string) (n int) {
	t.Helper()
	err := c.DB.Read(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM interest_fact WHERE interest_id = $1`, id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// interestPages are the pages with the forms of interest, for samples: one of those who have asked in each state that has a form of its own.
func interestPages(t *testing.T, h *webtest.House, leader *webtest.Client, at webtest.Place, who webtest.Person, r webtest.Round, samples map[string]string) []*webtest.Answer {
	t.Helper()
	boss := access.Subject{Person: who.ID, Role: access.Leader, Organisation: at.Organisation, Authority: at.Authority, Programme: h.Connect.ID}
	ctx := audit.WithTrail(t.Context(), &audit.Trail{})
	add := func(then func(id string) error) string {
		t.Helper()
		id, err := h.Recruitment.Add(ctx, boss, interestIn(), "")
		if err == nil && then != nil {
			err = then(id)
		}
		if err != nil {
			t.Fatal(err)
		}
		return "/recruitment/" + id
	}
	fresh := add(nil)
	booked := add(func(id string) error {
		return h.Recruitment.Book(ctx, boss, id, recruitment.Talk{On: h.Today().String(), At: "9", Place: "Telefon", Seen: 1}, "")
	})
	offered := add(func(id string) error {
		return h.Recruitment.Offer(ctx, boss, id, recruitment.NewOffer{Round: r.ID, How: recruitment.ByPhone, AnswerBy: h.Today().String(), Seen: 1}, "")
	})
	ended := add(func(id string) error {
		return h.Recruitment.End(ctx, boss, id, recruitment.Ending{Reason: "time", Seen: 1}, "")
	})
	samples["place"], samples["interest"] = slugAt(t, h, at.Organisation), strings.TrimPrefix(fresh, "/recruitment/")
	var pages []*webtest.Answer
	for _, path := range []string{"/recruitment", "/recruitment/new", fresh, booked, offered, ended, r.Path("/recruitment"), r.Path("/poster")} {
		pages = append(pages, leader.Get(t, path).Wants(http.StatusOK))
	}
	for _, path := range []string{"/interest/" + samples["place"], "/interest/" + samples["place"] + "?as=colleague"} {
		pages = append(pages, h.Nobody().Get(t, path).Wants(http.StatusOK))
	}
	return pages
}
