package web_test

import (
	"context"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/mail"
	"hemvist/internal/vault"
	"hemvist/internal/web"
	"hemvist/internal/web/webtest"
)

// The parent whom nobody but the board's leaders may know of, and who refers them.
const (
	interestName    = "Plymselotta Gökärtsson-Ömtå"
	interestEmail   = "plymsel.gokart@finkpost.example"
	interestTyped   = "Snirkelbert Ängsullsson" // typed into forms that were refused
	interestNote    = "Trumlingskatten vill gärna"
	interestRefers  = "Krusbärina Mjölkörtsdotter"
	interestPlaceAt = "Trumpetblomsgården"
)

// TestInterestIsSilent does what parents and leaders do, and looks for who it was everywhere it must not be.
func TestInterestIsSilent(t *testing.T) {
	for _, dialect := range dbtest.Engines() {
		t.Run(dialect.String(), func(t *testing.T) {
			dataURL, options := dbtest.Fresh(t, dialect)
			keysURL, keyOptions := dbtest.Fresh(t, dialect, dbtest.Migrations(vault.Migrations()))
			data, keys := reopen(t, dataURL, options), reopen(t, keysURL, keyOptions)
			h := webtest.OpenOn(t, data, keys)
			caught := make(catcher, 1)
			if err := h.Letters.Deliver(mail.ByEmail, "https://hemvist.example", caught); err != nil {
				t.Fatal(err)
			}
			at := interestDay(t, h, caught)
			all := needles(interestName, interestEmail, interestTyped, interestNote, interestRefers, interestPlaceAt)
			silent(t, "the log", []byte(h.LogText.String()), all)
			for name, d := range map[string]*db.DB{"the database": data, "the key store": keys} {
				text := stored(t, d)
				silent(t, name, []byte(text), all)
				if !strings.Contains(text, at.Authority) {
					t.Errorf("%s: was not looked through", name)
				}
			}
			if dialect == db.SQLite {
				wantFiles(t, filepath.Dir(strings.TrimPrefix(dataURL, "sqlite:")), all, at.Authority)
				wantFiles(t, filepath.Dir(strings.TrimPrefix(keysURL, "sqlite:")), all, at.Authority)
			}
			wantFiles(t, h.Checkpoints, all, "")
		})
	}
}

// interestDay is a parent who asks, a colleague who refers them, mistakes, and a leader who takes them all the way to an offer by letter.
func interestDay(t *testing.T, h *webtest.House, caught catcher) webtest.Place {
	t.Helper()
	at := h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")
	if err := h.Catalogue.GiveHomes(t.Context()); err != nil {
		t.Fatal(err)
	}
	leader := h.NewPerson(t, access.Leader, at)
	r := h.NewRounds(t, webtest.NewRound{Place: at, First: h.Today().AddDays(14), Staff: []webtest.Person{leader}})[0]
	form := "/interest/" + slugAt(t, h, at.Organisation)
	nobody := h.Nobody()
	good := url.Values{"source": {"self"}, "name": {interestName}, "email": {interestEmail}, "language": {"sv"}, "child": {"12"}, "when": {interestNote}}
	for _, wrong := range []url.Values{{"name": {interestTyped}}, {"source": {"self"}, "name": {interestTyped}, "phone": {"19700101-1234"}, "language": {"sv"}, "child": {"12"}}} {
		a := nobody.Post(t, form, wrong).Wants(http.StatusUnprocessableEntity)
		if !strings.Contains(a.Body, interestTyped) {
			t.Error("what was typed is not kept in the form")
		}
	}
	nobody.Post(t, form, good).Leads(form + "/thanks")
	nobody.Get(t, form+"?as=colleague&name="+url.QueryEscape(interestTyped)).Wants(http.StatusOK)
	refers := url.Values{"source": {"referral"}, "referrer": {interestRefers}, "workplace": {"Skolan"}, "consent": {"yes"}}
	for name, values := range good {
		if refers[name] == nil {
			refers[name] = values
		}
	}
	nobody.Post(t, form, refers).Leads(form + "/thanks")

	c := h.SignIn(t, leader.Email)
	list := c.Get(t, "/recruitment").Wants(http.StatusOK)
	if rows := list.Text("tbody th a"); len(rows) != 2 || rows[0] != interestName {
		t.Fatalf("the leader sees %q", rows)
	}
	one := list.All("tbody th a").First().AttrOr("href", "")
	page := c.Get(t, one).Wants(http.StatusOK)
	if !strings.Contains(page.Body, "Kan vara samma person") || !strings.Contains(page.Body, interestEmail) || !strings.Contains(page.Body, interestNote) {
		t.Error("the page does not say who it is, or that there is another like it")
	}
	c.Post(t, one+"/talk", url.Values{"on": {h.Today().String()}, "at": {"9"}, "place": {interestPlaceAt}, "by": {leader.ID}, "seen": {"1"}}).Leads(one)
	c.Post(t, one+"/talk/noted", url.Values{"outcome": {"wants-place"}, "note": {interestNote}, "seen": {"2"}}).Leads(one)
	c.Post(t, one+"/offer", url.Values{"round": {r.ID}, "how": {"email"}, "answer-by": {h.Today().AddDays(3).String()}, "seen": {"3"}}).Leads(one)
	sent(t, h, caught)
	return at
}

// catcher takes one letter.
type catcher chan mail.Message

// Carry takes it.
func (c catcher) Carry(_ context.Context, m mail.Message) (mail.Outcome, string) {
	c <- m
	return mail.Taken, "250 to " + m.To
}

// sent is the letter that waits, as it is handed over.
func sent(t *testing.T, h *webtest.House, caught catcher) mail.Message {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); h.Jobs.Run(ctx) }()
	m := <-caught
	stop()
	<-done
	return m
}

// TestAnOfferByLetter: it goes where the parent is reached, the house does not know where afterwards, and its link tells of the offer and
// nothing else.
func TestAnOfferByLetter(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		caught := make(catcher, 1)
		if err := h.Letters.Deliver(mail.ByEmail, "https://hemvist.example", caught); err != nil {
			t.Fatal(err)
		}
		at := h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")
		if err := h.Catalogue.GiveHomes(t.Context()); err != nil {
			t.Fatal(err)
		}
		leader := h.NewPerson(t, access.Leader, at)
		r := h.NewRounds(t, webtest.NewRound{Place: at, First: h.Today().AddDays(14), Staff: []webtest.Person{leader}})[0]
		c := h.SignIn(t, leader.Email)
		n := interestIn()
		n.Name, n.Email = interestName, interestEmail
		boss := access.Subject{Person: leader.ID, Role: access.Leader, Organisation: at.Organisation, Authority: at.Authority, Programme: h.Connect.ID}
		id, err := h.Recruitment.Add(audit.WithTrail(t.Context(), &audit.Trail{}), boss, n, "")
		if err != nil {
			t.Fatal(err)
		}
		one := "/recruitment/" + id
		c.Post(t, one+"/offer", url.Values{"round": {r.ID}, "how": {"email"}, "answer-by": {h.Today().AddDays(3).String()}, "seen": {"1"}}).Leads(one)
		m := sent(t, h, caught)
		if m.To != interestEmail || m.Name != "" || strings.Contains(m.Text+m.Subject, interestName) || strings.Contains(strings.ToLower(m.Text+m.Subject), "connect") {
			t.Errorf("the letter: %+v", m)
		}
		boards := at
		boards.Authority = ""
		admin := h.SignIn(t, h.NewPerson(t, access.Administrator, boards).Email)
		outbox := admin.Get(t, "/letters").Wants(http.StatusOK)
		if rows := outbox.Text("tbody th a"); len(rows) != 1 || rows[0] != "Mottagaren visas inte" {
			t.Errorf("the outbox shows %q", rows)
		}
		letter := admin.Get(t, outbox.All("tbody th a").AttrOr("href", "")).Wants(http.StatusOK)
		silent(t, "the outbox", []byte(outbox.Body+letter.Body), needles(interestName, interestEmail))

		_, link, _ := strings.Cut(m.Text, "https://hemvist.example")
		link = strings.Fields(link)[0]
		offer := h.Nobody().Get(t, link).Wants(http.StatusOK)
		if !strings.Contains(offer.Body, "Biblioteket") || strings.Contains(offer.Body, "Plymselotta") {
			t.Error("the offer does not say where, or says who")
		}
		h.Nobody().Get(t, link+"x").Wants(http.StatusNotFound)
		c.Post(t, one+"/end", url.Values{"reason": {"time"}, "seen": {"2"}}).Leads(one)
		if over := h.Nobody().Get(t, link).Wants(http.StatusOK); strings.Contains(over.Body, "Biblioteket") {
			t.Error("an offer that was declined is still told")
		}
		c.Post(t, one+"/erase", url.Values{"seen": {"3"}}).Leads("/recruitment")
		h.Nobody().Get(t, link).Wants(http.StatusNotFound)
	})
}

// TestTheFormTellsNothingOfOthers: it answers alike whether the parent is known, and the pages of a place hold nothing of who has asked.
func TestTheFormTellsNothingOfOthers(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	at := h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")
	if err := h.Catalogue.GiveHomes(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.NewRounds(t, webtest.NewRound{Place: at, Staff: []webtest.Person{h.NewPerson(t, access.Leader, at)}})
	form := "/interest/" + slugAt(t, h, at.Organisation)
	send := func() *webtest.Answer {
		return h.Nobody().Post(t, form, url.Values{"source": {"self"}, "name": {interestName}, "email": {interestEmail}, "language": {"sv"}, "child": {"12"}})
	}
	first, again := send(), send()
	if first.Status != again.Status || first.Header.Get("Location") != again.Header.Get("Location") || first.Body != again.Body || first.Status != http.StatusSeeOther {
		t.Errorf("first %d, %q; again %d, %q", first.Status, first.Header.Get("Location"), again.Status, again.Header.Get("Location"))
	}
	for _, path := range []string{"/interest", form, form + "/thanks"} {
		silent(t, path, []byte(h.Nobody().Get(t, path).Wants(http.StatusOK).Body), needles(interestName, interestEmail))
	}
	h.Nobody().Get(t, "/interest/9999-ingenstans").Wants(http.StatusNotFound)
	h.Nobody().Post(t, "/interest/9999-ingenstans", nil).Wants(http.StatusNotFound)
}

// TestProtectedIdentity: it takes a telephone number, nothing on the page writes to them, and the page says before and after that it is lost
// when they become a participant.
func TestProtectedIdentity(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	at := h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")
	if err := h.Catalogue.GiveHomes(t.Context()); err != nil {
		t.Fatal(err)
	}
	leader := h.NewPerson(t, access.Leader, at)
	r := h.NewRounds(t, webtest.NewRound{Place: at, First: h.Today().AddDays(14), Staff: []webtest.Person{leader}})[0]
	form := "/interest/" + slugAt(t, h, at.Organisation)
	typed := url.Values{"source": {"self"}, "name": {interestName}, "email": {interestEmail}, "language": {"sv"}, "child": {"12"}, "protected": {"yes"}}
	a := h.Nobody().Post(t, form, typed).Wants(http.StatusUnprocessableEntity)
	if got := a.Text("#phone-error"); len(got) != 1 || !strings.Contains(got[0], "vi ringer") {
		t.Errorf("without a number the form says %q", got)
	}
	typed.Set("phone", "070-174 06 05")
	h.Nobody().Post(t, form, typed).Leads(form + "/thanks")
	c := h.SignIn(t, leader.Email)
	one := c.Get(t, "/recruitment").Wants(http.StatusOK).All("tbody th a").AttrOr("href", "")
	page := c.Get(t, one).Wants(http.StatusOK)
	if strings.Contains(page.Body, "mailto:") || page.All(`a[href="tel:0701740605"]`).Length() != 1 {
		t.Error("one can write to them, or not call")
	}
	c.Post(t, one+"/offer", url.Values{"round": {r.ID}, "how": {"phone"}, "answer-by": {h.Today().AddDays(3).String()}, "seen": {"1"}}).Leads(one)
	if page = c.Get(t, one).Wants(http.StatusOK); !strings.Contains(page.Body, "Telefon och e-post följer inte med") {
		t.Error("it is not said before that the number is lost")
	}
	c.Post(t, one+"/accepted", url.Values{"seen": {"2"}}).Leads(one)
	if page = c.Get(t, one).Wants(http.StatusOK); !strings.Contains(page.Body, "Telefon och e-post följde inte med") {
		t.Error("it is not said after that the number is lost")
	}
}

// TestNoPersonalNumberIsSearchedFor: it is said, and stays neither in the page nor in the address; the other filters do.
func TestNoPersonalNumberIsSearchedFor(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	at := h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")
	c := h.SignIn(t, h.NewPerson(t, access.Leader, at).Email)
	to := c.Get(t, "/rounds?"+url.Values{"q": {"Bo 1970 01 01 1234"}, "state": {"planned"}}.Encode()).Wants(http.StatusSeeOther).Header.Get("Location")
	if strings.Contains(to, "1234") || !strings.Contains(to, "state=planned") {
		t.Errorf("it leads to %q", to)
	}
	if page := c.Get(t, to).Wants(http.StatusOK); !strings.Contains(page.Body, "personnummer, så vi sökte inte") || strings.Contains(page.Body, "1234") {
		t.Error("it is not said, or stands in the page")
	}
}

// TestThePosterLeadsToTheForm: the address on the poster is the house's own and absolute, and opens the form; the QR code says it.
func TestThePosterLeadsToTheForm(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t), func(_ *webtest.House, c *web.Config) { c.Origin = "https://hemvist.example" })
	at := h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Åkerö & Ängs kommun")
	if err := h.Catalogue.GiveHomes(t.Context()); err != nil {
		t.Fatal(err)
	}
	leader := h.NewPerson(t, access.Leader, at)
	r := h.NewRounds(t, webtest.NewRound{Place: at, Location: "Träffpunkten", First: h.Today().AddDays(14), Staff: []webtest.Person{leader}})[0]
	c := h.SignIn(t, leader.Email)
	for path, lang := range map[string]string{"/poster": "sv", "/poster?lang=en": "en", "/information-sheet": "sv", "/information-sheet?lang=en": "en"} {
		page := c.Get(t, r.Path(path)).Wants(http.StatusOK)
		address := strings.Join(page.Text(".hv-sheet-address"), "")
		slug, ok := strings.CutPrefix(address, "https://hemvist.example")
		if !ok || !strings.HasSuffix(slug, "-akero-angs-kommun") {
			t.Errorf("%s: the address is %q", path, address)
		}
		h.Nobody().Get(t, slug).Wants(http.StatusOK)
		if got := page.All(".hv-sheet").AttrOr("lang", ""); got != lang || !strings.Contains(page.Body, "Träffpunkten") {
			t.Errorf("%s: in %q", path, got)
		}
		if got := page.All("svg.hv-qr path").AttrOr("d", ""); len(got) < 1000 || strings.Contains(page.Body, "style=") {
			t.Errorf("%s: a QR code of %d characters", path, len(got))
		}
	}
	// A poster from before a new name still leads here.
	slug := slugAt(t, h, at.Organisation)
	mark, _, _ := strings.Cut(slug, "-")
	h.Nobody().Get(t, "/interest/"+mark+"-annat-namn").Wants(http.StatusOK)
}
