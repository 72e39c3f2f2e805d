package web_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/errs"
	"hemvist/internal/web/webtest"
	"hemvist/programmes"
)

// ofProgramme is what stands in an address for the parts of a version that every house has.
var ofProgramme = []string{"{programme}", "connect", "{version}", "2017-02", "{variant}", "parents", "{credential}", "leader"}

// trialDefinition is a small version of Connect that can be uploaded.
func trialDefinition(version, dated string) string {
	return fmt.Sprintf(`programme: connect
version: %q
dated: %s
title: {sv: Connect, en: Connect}
languages: [sv, en]
roles: [{id: leader, acts_as: leader, sv: gruppledare, en: leader}]
variants:
  - id: parents
    kind: group
    title: {sv: Connect för föräldrar, en: Connect for parents}
    every: 1 week
    participants: {recommended: 6-8}
    sessions: [{id: s, repeat: 3, minutes: 60, sv: Träff, en: Session}]
    staff: {leader: 2}
`, version, dated)
}

// programmeForm is what is sent to the programmes' routes, with what must be decided before so that it would be accepted; nil for
// other routes.
func (m *matrix) programmeForm(t *testing.T, route string) url.Values {
	t.Helper()
	boss := access.Subject{Person: m.people[access.Coordinator].ID, Role: access.Coordinator, Organisation: m.places["own"].Hub, Programme: "connect"}
	ahead := m.Today().AddDays(30)
	prepared := func(err error) {
		if err != nil && !errs.Is(err, errs.Conflict) {
			t.Fatal(err)
		}
	}
	switch route {
	case "POST /programmes/{programme}/versions/{version}/in-force":
		return url.Values{"from": {ahead.String()}}
	case "POST /programmes/{programme}/versions/{version}/withdraw":
		prepared(m.Catalogue.PutInForce(t.Context(), boss, "connect", "2017-02", ahead, false, ""))
		return url.Values{}
	case "POST /programmes/{programme}/home":
		prepared(m.Catalogue.Stay(t.Context(), boss, "connect", ""))
		return url.Values{"hub": {m.places["hub"].Hub}, "from": {ahead.String()}}
	case "POST /programmes/{programme}/home/stay":
		prepared(m.Catalogue.MoveHome(t.Context(), boss, "connect", m.places["hub"].Hub, ahead, ""))
		return url.Values{}
	case "POST /definitions":
		return url.Values{"source": {trialDefinition("prov", "2026-01-01")}}
	}
	return nil
}

// hubs is a house whose first hub has the programmes, with a coordinator and a leader who are signed in, three groups and another hub.
type hubs struct {
	*webtest.House
	coordinator, leader, other *webtest.Client
	otherHub                   string
	rounds                     []webtest.Round
}

func openHubs(t *testing.T, d *db.DB) hubs {
	t.Helper()
	h := hubs{House: webtest.Open(t, d)}
	place := h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")
	elsewhere := h.NewPlace(t, h.NewHub(t, "Norra hemvisten"), "Annorlunda kommun")
	h.otherHub = elsewhere.Hub
	if err := h.Catalogue.GiveHomes(t.Context()); err != nil {
		t.Fatal(err)
	}
	leader := h.NewPerson(t, access.Leader, place)
	h.coordinator, h.leader = h.SignIn(t, h.NewPerson(t, access.Coordinator, place).Email), h.SignIn(t, leader.Email)
	h.other = h.SignIn(t, h.NewPerson(t, access.Coordinator, elsewhere).Email)
	h.rounds = h.NewRounds(t, webtest.NewRound{Place: place, Staff: []webtest.Person{leader}}, webtest.NewRound{Place: place, First: h.Today().AddDays(30)},
		webtest.NewRound{Place: elsewhere})
	return h
}

// english is the client with the pages in English.
func english(c *webtest.Client) *webtest.Client {
	c = c.Clone()
	c.SetCookie("__Host-lang", "en")
	return c
}

func TestALeaderReadsTheProgramme(t *testing.T) {
	h := openHubs(t, dbtest.New(t))
	if got := h.leader.Get(t, "/").Wants(200).One(`nav a[href="/programmes/connect"]`).Text(); got != "Programmet" {
		t.Errorf("the way to the programme says %q", got)
	}
	a := h.leader.Get(t, "/programmes/connect").Wants(200)
	if titles := a.Text(".hv-rows h3"); !slices.Contains(titles, "Connect för familjehemsföräldrar") || !slices.Contains(titles, "Certifierad gruppledare i Connect") {
		t.Errorf("the programme in short: %v", titles)
	}
	if facts := a.Text(".hv-rows p.hv-quiet"); !strings.HasPrefix(facts[0], "9–10 träffar · en gång per vecka · 8–16 personer · 2 gruppledare") {
		t.Errorf("a variant in one line: %q", facts[0])
	}
	if n := len(a.Text("ol.hv-sources li")); n != 3 {
		t.Errorf("%d sources are named", n)
	}
	if a.All(`main a[href="/definitions/new"], main form[method=post]`).Length() != 0 {
		t.Error("a leader is offered to change something")
	}

	// From a group to its own version's variant.
	href := h.leader.Get(t, h.rounds[0].Path("")).Wants(200).One(`dd a[href^="/programmes/"]`).AttrOr("href", "")
	if href != "/programmes/connect/versions/2024-08/variants/parents" {
		t.Fatalf("a group's definition is at %s", href)
	}
	variant := h.leader.Get(t, href).Wants(200)
	sessions := variant.All("ol.hv-numbered > li")
	if sessions.Length() != 10 || !strings.Contains(sessions.First().Text(), "valfri men rekommenderas") || !strings.Contains(sessions.Eq(9).Text(), "Två steg fram och ett tillbaka") {
		t.Errorf("the sessions: %s", sessions.Text())
	}
	if notes := variant.All(".hv-note:has(.ds-tag)"); notes.Length() == 0 || !strings.Contains(notes.First().Text(), "Ingen text säger") {
		t.Errorf("our own choices are not told: %s", notes.Text())
	}
	if to := variant.All(`.hv-note a[href^="#source-"]`).First().AttrOr("href", "#"); variant.All(to).Length() != 1 {
		t.Errorf("a note leads to %q, which is not there", to)
	}

	credential := english(h.leader).Get(t, "/programmes/connect/versions/2024-08/credentials/leader").Wants(200)
	if heads := credential.Text("main h2"); !slices.Contains(heads, "What it takes") || !slices.Contains(heads, "To renew it") {
		t.Errorf("a credential's parts: %v", heads)
	}
	terms := h.leader.Get(t, "/programmes/connect/versions/2024-08/terms").Wants(200)
	rows := terms.All("tbody tr")
	if rows.Length() != len(h.Connect.Prices) || strings.Contains(rows.First().Text(), "Gäller inte längre") || !strings.Contains(rows.Last().Text(), "Gäller inte längre") {
		t.Errorf("the prices: %s", rows.Text())
	}
	whole := h.leader.Get(t, "/programmes/connect/versions/2024-08/whole").Wants(200)
	if n := whole.All("article").Length(); n != len(h.Connect.Variants)+len(h.Connect.Credentials) {
		t.Errorf("the whole has %d parts", n)
	}
	for _, path := range []string{"/programmes/tidig-insats", "/programmes/connect/versions/2099", "/programmes/connect/versions/2024-08/variants/nobody",
		"/programmes/connect/versions/2024-08/credentials/nobody", "/programmes/connect/versions/2099/source"} {
		h.leader.Get(t, path).Wants(404)
	}
}

func TestAVersionsTextIsSentAsItIs(t *testing.T) {
	h := openHubs(t, dbtest.New(t))
	a := h.leader.Get(t, "/programmes/connect/versions/2024-08/source").Wants(200)
	want, err := programmes.Files.ReadFile("connect.yaml")
	if err != nil || a.Body != string(want) {
		t.Errorf("%d bytes are sent, the file has %d (%v)", len(a.Body), len(want), err)
	}
	if got := a.Header.Get("Content-Disposition"); got != `attachment; filename="connect-2024-08.yaml"` {
		t.Errorf("it is called %s", got)
	}
}

// sendFile sends the upload's form as a browser does, with a file.
func sendFile(t *testing.T, c *webtest.Client, name, content, typed string) *webtest.Answer {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write([]byte(content))
	}
	if err == nil {
		err = form.WriteField("source", typed)
	}
	if err != nil || form.Close() != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/definitions", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return c.Do(t, r)
}

func TestMistakesArePlacedAndNothingIsStored(t *testing.T) {
	h := openHubs(t, dbtest.New(t))
	before := stored(t, h.DB, "sign_in", "audit")
	long := strings.Repeat("å", 300)
	bad := strings.NewReplacer("every: 1 week", "evry: 1 week", "title: {sv: Connect, en: Connect}", "title: {sv: "+long+", en: Connect, de: Connect}").
		Replace(trialDefinition("prov", "2026-01-01"))
	a := sendFile(t, h.coordinator, "connect.yaml", bad, "what was typed earlier").Wants(422)
	places := a.Text(".ds-error-summary a")
	if len(places) != 2 || !strings.HasPrefix(places[0], "Rad 4, kolumn") || !strings.HasPrefix(places[1], "Rad 11, kolumn 5: ") {
		t.Fatalf("the mistakes: %v", places)
	}
	for i := range places {
		a.One(a.All(".ds-error-summary a").Eq(i).AttrOr("href", ""))
	}
	second := a.All(".hv-rows > li").Eq(1)
	if got := second.Find("mark").Text(); got != "evry" || second.Find("code").Text() != "    evry: 1 week" || !strings.Contains(second.Text(), "every") {
		t.Errorf("the place is shown as %q in %q", got, second.Text())
	}
	first := a.All(".hv-rows > li").First().Find("code").Text()
	if a.All(".hv-rows > li").First().Find("mark").Text() != "de" || !strings.HasPrefix(first, "… å") {
		t.Errorf("a long line is shown as %q", first)
	}
	if got := a.One("textarea").Text(); got != bad {
		t.Errorf("the text to mend is %q", got)
	}
	if words := english(h.coordinator).Post(t, "/definitions", url.Values{"source": {bad}}).Wants(422).Text(".ds-error-summary a"); !strings.HasPrefix(words[1], "Line 11, column 5: ") {
		t.Errorf("in English: %v", words)
	}
	if after := stored(t, h.DB, "sign_in", "audit"); after != before {
		t.Error("something was stored")
	}
	many := h.coordinator.Post(t, "/definitions", url.Values{"source": {strings.Repeat("x\n: [\n", 80) + strings.Repeat("a: 1\n", 90)}}).Wants(422)
	if n := many.All(".hv-rows > li").Length(); n == 0 || n > 50 {
		t.Errorf("%d mistakes on a page", n)
	}
	for typed, want := range map[string]string{"": "Välj en fil eller klistra in texten", trialDefinition("2024-08", "2026-01-01"): "Version 2024-08 finns redan med en annan text. Ge den nya texten ett eget versionsnamn."} {
		a := h.coordinator.Post(t, "/definitions", url.Values{"source": {typed}}).Wants(422)
		if got := a.Text("#source-error"); len(got) != 1 || got[0] != want || a.One("textarea").Text() != typed {
			t.Errorf("%q: %v", typed, got)
		}
	}
	if got := h.other.Post(t, "/definitions", url.Values{"source": {trialDefinition("x", "2026-01-01")}}).Wants(422).Text("#source-error"); len(got) != 1 || !strings.Contains(got[0], "Hemvisten") {
		t.Errorf("the other hub is told %v", got)
	}
}

func TestAFileThatCameAfterSigningOutIsHandedBack(t *testing.T) {
	h := openHubs(t, dbtest.New(t))
	text := trialDefinition("prov", "2026-01-01")
	a := sendFile(t, h.Nobody(), "connect.yaml", text, "").Wants(401)
	action, values := a.Form("main form", "")
	if values.Get("file") != text {
		t.Fatalf("handed back: %v", values)
	}
	h.coordinator.Post(t, action, values).Leads("/programmes/connect/versions/prov/changes")
}

func TestAChangeIsSeenDecidedAndTakenBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openHubs(t, d)
		const changes = "/programmes/connect/versions/prov/changes"
		sendFile(t, h.coordinator, "connect.yaml", trialDefinition("prov", "2026-03-01"), "").Leads(changes)
		a := h.coordinator.Get(t, changes).Wants(200)
		if got := a.Text("[role=status]"); len(got) != 1 || !strings.HasPrefix(got[0], "Förslaget är sparat") {
			t.Errorf("the flash is %v", got)
		}
		row := a.All(".hv-rows > li").FilterFunction(func(_ int, s *goquery.Selection) bool { return s.Find("h3").Text() == "Rekommenderat antal" })
		if row.Find("[data-side=before] dd").Text() != "8–16 personer" || !strings.HasPrefix(row.Find("[data-side=after] dd").Text(), "6–8") || !strings.Contains(row.Text(), "Berör") {
			t.Errorf("the number of participants: %q", row.Text())
		}
		// Of the three groups two are this hub's.
		if text := a.One("section:has(#summary)").Text(); !strings.Contains(text, "2 omgångar är planerade eller i gång med en annan version. De behåller") {
			t.Errorf("about the groups: %s", text)
		}
		for _, c := range []*webtest.Client{h.leader, h.other} {
			c.Get(t, changes).Wants(404)
			c.Get(t, "/programmes/connect/versions/prov/source").Wants(404)
			if slices.Contains(c.Get(t, "/programmes/connect/versions").Wants(200).Text("tbody th a"), "prov") {
				t.Error("a proposal is listed for who may not see it")
			}
		}

		action, values := a.Form("#decide form", "")
		if values.Get("from") != "2026-03-11" {
			t.Errorf("the day is filled in as %q", values.Get("from"))
		}
		values.Set("from", "snart")
		wrong := h.coordinator.Post(t, action, values).Wants(422)
		if wrong.One("#from").AttrOr("value", "") != "snart" || wrong.Text("#from-error")[0] != "Välj en dag" {
			t.Errorf("a day that is none: %s", wrong.One("#decide").Text())
		}
		values.Set("from", "2026-02-28")
		if got := h.coordinator.Post(t, action, values).Wants(422).Text("#from-error"); got[0] != "Välj 1 mars 2026 eller senare: versionen är från den dagen" {
			t.Errorf("a day before the version's own: %v", got)
		}
		// A day that is past: one group has started since.
		values.Set("from", "2026-03-02")
		back := h.coordinator.Post(t, action, values).Wants(422)
		if got := back.Text("#decide .ds-alert"); len(got) != 1 || got[0] != "2 mars 2026 är förbi. En omgång har startat sedan dess och behåller det upplägg den har." {
			t.Errorf("the warning: %v", got)
		}
		back.One(`#decide input[type=checkbox][name=sure]`)

		values.Set("from", "2026-04-01")
		h.coordinator.Post(t, action, values).Leads(changes)
		if got := h.leader.Get(t, changes).Wants(200).Text("main h1 + .ds-tag"); len(got) != 1 || got[0] != "Kommer" {
			t.Errorf("to a leader the plan is %v", got)
		}
		if got := h.leader.Get(t, "/programmes").Wants(200).Text("article li a"); !slices.Contains(got, "Version prov börjar gälla 1 april 2026") {
			t.Errorf("what is coming: %v", got)
		}
		a = h.coordinator.Get(t, changes)
		action, values = a.Form(`form[action$="/withdraw"]`, "")
		h.coordinator.Post(t, action, values).Leads("/programmes/connect/versions")
		h.leader.Get(t, changes).Wants(404)
		h.coordinator.Post(t, action, values).Leads("/programmes/connect/versions")
		if tags := h.coordinator.Get(t, "/programmes/connect/versions").Text("tbody tr:first-child .ds-tag"); tags[0] != "Undanlagt" {
			t.Errorf("twice taken back it is %v", tags)
		}
		h.coordinator.Post(t, action, values).Wants(409)

		sure := url.Values{"from": {"2026-03-02"}, "sure": {"yes"}}
		h.coordinator.Post(t, "/programmes/connect/versions/prov/in-force", sure).Leads(changes)
		if got := h.leader.Get(t, "/programmes/connect").Wants(200).One(".hv-facts-line").Text(); got != "Version prov gäller sedan 2 mars 2026." {
			t.Errorf("in force: %s", got)
		}
		h.leader.Get(t, h.rounds[0].Path("")).Wants(200).One(`dd a[href="/programmes/connect/versions/2024-08/variants/parents"]`)
	})
}

func TestAProgrammeMovesToAnotherHub(t *testing.T) {
	h := openHubs(t, dbtest.New(t))
	action, values := h.coordinator.Get(t, "/programmes/connect/home").Wants(200).Form("main form", "")
	a := h.coordinator.Post(t, action, values).Wants(422)
	if got := a.Text(".ds-error-summary li"); len(got) != 2 {
		t.Errorf("nothing chosen: %v", got)
	}
	values.Set("hub", h.otherHub)
	values.Set("from", "2026-03-11")
	a = h.coordinator.Post(t, action, values).Wants(422)
	if got := a.Text(".ds-error-summary li"); len(got) != 1 || got[0] != "Välj i morgon eller en senare dag" || a.All(`input[type=radio][checked][value="`+h.otherHub+`"]`).Length() != 1 {
		t.Errorf("today: %v", got)
	}
	values.Set("from", "2026-05-01")
	h.coordinator.Post(t, action, values).Leads("/programmes/connect/versions")
	a = h.coordinator.Get(t, "/programmes/connect/versions").Wants(200)
	if got := a.Text("#home li"); len(got) != 2 || !strings.Contains(got[1], "Norra hemvisten") || !strings.Contains(got[1], "1 maj 2026") {
		t.Errorf("the homes: %v", got)
	}
	stay, values := a.Form("#home form", "")
	h.other.Get(t, "/programmes/connect/home").Wants(403)
	h.other.Post(t, stay, values).Wants(403)
	h.coordinator.Post(t, stay, values).Leads("/programmes/connect/versions")
	if got := h.coordinator.Get(t, "/programmes/connect/versions").Wants(200).Text("#home li"); len(got) != 1 {
		t.Errorf("the homes after all: %v", got)
	}
}

func TestANewHouseHasItsProgrammesAtOnce(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	code, err := h.SignIns.NewCode(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	c := h.Nobody()
	c.Post(t, "/start", url.Values{"code": {code}, "organisation": {"Hemvisten"}, "name": {"Karin Provlund"}, "email": {"karin@hemvist.example"}}).Leads("/")
	a := c.Get(t, "/programmes").Wants(200)
	if got := a.Text("article h2"); !slices.Equal(got, []string{"Connect", "Förälder på avstånd", "Föräldrastöd som tidig insats"}) {
		t.Errorf("the first hub's programmes: %v", got)
	}
}
