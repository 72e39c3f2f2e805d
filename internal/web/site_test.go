package web_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/web/webtest"
)

// hubOf is a house with two coordinators, a leader and nothing filled in.
type hubOf struct {
	*webtest.House
	one, another, leader *webtest.Client
	boss                 webtest.Person // who one is
}

func openSite(t *testing.T, d *db.DB) hubOf {
	t.Helper()
	h := hubOf{House: webtest.Open(t, d)}
	place := h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")
	h.boss = h.NewPerson(t, access.Coordinator, place)
	h.one, h.another = h.SignIn(t, h.boss.Email), h.SignIn(t, h.NewPerson(t, access.Coordinator, place).Email)
	h.leader = h.SignIn(t, h.NewPerson(t, access.Leader, place).Email)
	return h
}

// TestNothingIsMadeUpUntilItIsFilledIn: the public pages say what is missing, the coordinator is asked for it, and then it is there.
func TestNothingIsMadeUpUntilItIsFilledIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openSite(t, d)
		a := h.Nobody().Get(t, "/accessibility").Wants(200)
		if got := a.Text(".ds-alert li"); len(got) != 3 || got[0] != "Den som driver tjänsten har inte fyllt i vem som svarar för den" {
			t.Errorf("missing: %q", got)
		}
		a.One(`.ds-alert a[href^="/feedback"]`)
		if strings.Contains(a.Body, "mailto:") || strings.Contains(a.Body, "{email}") || strings.Contains(a.Body, "Telefon:") {
			t.Error("the page tells of a contact that there is not")
		}
		if a.All("main h1").Length() != 1 || a.All("main h2").Length() < 5 {
			t.Error("the headings")
		}
		list := h.one.Get(t, "/site").Wants(200)
		if got := h.one.Get(t, "/").Wants(200).Text(".hv-needs h3"); !slices.Contains(got, "Fyll i vem som svarar för webbplatsen") {
			t.Errorf("what needs the coordinator: %q", got)
		}
		if got := list.Text(".ds-alert li"); len(got) != 4 || got[0] != "Fyll i vem som svarar för webbplatsen" {
			t.Errorf("the coordinator is asked for %q", got)
		}
		if rows := list.All("tbody tr").Length(); rows != 8 {
			t.Errorf("%d rows", rows)
		}
		action, values := h.one.Get(t, "/site/particulars").Wants(200).Form("main form", "")
		values.Set("organisation", "Hemvisten <b>i norr</b>")
		values.Set("email", "fraga")
		values.Set("reviewed", "i går")
		wrong := h.one.Post(t, action, values).Wants(422)
		if wrong.One("#organisation").AttrOr("value", "") != "Hemvisten <b>i norr</b>" || wrong.One("#reviewed").AttrOr("value", "") != "i går" {
			t.Error("what was typed is lost")
		}
		values.Set("reviewed", "2026-03-01")
		h.one.Post(t, action, values).Wants(422).One("#email-error")
		values.Set("email", "fraga@hemvist.example")
		values.Set("officer", "ombud@hemvist.example")
		h.one.Post(t, action, values).Leads("/site")
		if left := h.one.Get(t, "/site").Wants(200).All("main > .ds-alert[data-color=warning]"); left.Length() != 0 {
			t.Errorf("still missing: %s", left.Text())
		}
		a = h.Nobody().Get(t, "/accessibility").Wants(200)
		if a.All("main .ds-alert").Length() != 0 || !strings.Contains(a.Body, "Hemvisten &lt;b&gt;i norr&lt;/b&gt;") || !strings.Contains(a.Body, "1 mars 2026") {
			t.Errorf("filled in: %s", a.One("article").Text())
		}
		a.One(`article a[href="mailto:fraga@hemvist.example"]`)
		if en := english(h.Nobody()).Get(t, "/accessibility").Wants(200); !strings.Contains(en.Body, "1 March 2026") || en.All("article[lang]").Length() != 0 {
			t.Error("in English")
		}
		// The second of two who fill it in is told, and keeps what was typed.
		values.Set("organisation", "Den andra")
		late := h.another.Post(t, action, values).Wants(http.StatusConflict)
		if late.One("#organisation").AttrOr("value", "") != "Den andra" || !strings.Contains(late.One("section.ds-alert").Text(), "Hemvisten <b>i norr</b>") {
			t.Error("the second is not told, or loses what was typed")
		}
		_, values = late.Form("main form", "")
		h.another.Post(t, action, values).Leads("/site")
		h.leader.Get(t, "/site/particulars").Wants(403)
	})
}

func TestATextIsPreviewedSavedComparedAndTakenBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openSite(t, d)
		const edit = "/site/contact/sv"
		a := h.one.Get(t, edit).Wants(200)
		action, values := a.Form("main form", "do=preview")
		if !strings.Contains(values.Get("body"), "{organisation}") {
			t.Errorf("the form begins with %q", values.Get("body"))
		}
		values.Set("body", "# Hej\r\n\r\nRing **oss**, {phone}\r\n\r\n<script>alert(1)</script>")
		if got := h.one.Post(t, action, values).Wants(422).Text("#body-error"); len(got) != 1 || !strings.HasPrefix(got[0], "Texten har HTML i sig") {
			t.Errorf("markup: %q", got)
		}
		values.Set("body", "[x](javascript:alert)")
		if got := h.one.Post(t, action, values).Wants(422).Text("#body-error"); len(got) != 1 || !strings.Contains(got[0], "”javascript:alert”") {
			t.Errorf("a script: %q", got)
		}
		values.Set("body", "# Hej\r\n\r\nSkriv till **oss**, {email}")
		preview := h.one.Post(t, action, values).Wants(200)
		if preview.One("#preview h2 + .hv-quiet").Text() == "" || preview.One("#preview .hv-text h2").Text() != "Hej" || preview.One("#preview strong").Text() != "oss" {
			t.Error("the preview")
		}
		if h.Nobody().Get(t, "/contact").All("article strong").First().Text() == "oss" {
			t.Error("to preview is to save")
		}
		_, values = preview.Form("main form", "")
		h.one.Post(t, action, values).Leads("/site")
		if got := h.Nobody().Get(t, "/contact").Wants(200).One("article strong").Text(); got != "oss" {
			t.Errorf("saved: %q", got)
		}
		en := english(h.Nobody()).Get(t, "/contact").Wants(200)
		if en.One("article").AttrOr("lang", "") != "sv" || len(en.Text("p.ds-alert")) != 1 {
			t.Error("the English page does not say that it is Swedish")
		}
		if got := h.one.Get(t, "/site").Text(".ds-alert li"); !slices.Contains(got, "Skriv ”Kontakt” på engelska") {
			t.Errorf("missing: %q", got)
		}
		stale := url.Values{"seen": {"0"}, "body": {"Skriv inte"}}
		late := h.another.Post(t, action, stale).Wants(http.StatusConflict)
		if late.One("textarea").Text() != "Skriv inte" || !strings.Contains(late.One("#meanwhile").Text(), "Karin Provlund 1 sparade") || late.All("#meanwhile dd").Length() == 0 {
			t.Errorf("the second of two: %s", late.One("main").Text())
		}
		_, values = late.Form("main form", "")
		h.another.Post(t, action, values).Leads("/site")
		history := h.one.Get(t, edit+"/history").Wants(200)
		if got := history.Text("#change dd"); !slices.Equal(got, []string{"# Hej", "Skriv till **oss**, {email}", "Skriv inte"}) {
			t.Errorf("compared: %q", got)
		}
		if got := h.one.Get(t, edit+"/history?version=1").Wants(200).Text("#change h2"); got[0] != "Version 1 jämfört med programmets text" {
			t.Errorf("compared: %q", got)
		}
		again, values := history.Form(".hv-rows > li:nth-child(2) form", "")
		h.one.Post(t, again, values).Leads(edit + "/history")
		if got := h.Nobody().Get(t, "/contact").Wants(200).One("article strong").Text(); got != "oss" {
			t.Errorf("taken up again: %q", got)
		}
		h.one.Post(t, again, values).Wants(http.StatusConflict).One(".ds-error-summary")
		values.Set("number", "99")
		h.one.Post(t, again, values).Wants(404)
		for _, path := range []string{"/site/contact/de", "/site/nothing/sv", "/site/contact/sv/nothing"} {
			h.one.Get(t, path).Wants(404)
		}
		if n := len(h.Entries(t, audit.Filter{Actor: h.boss.ID, Action: "site.save"})); n != 1 {
			t.Errorf("%d saves in the log", n)
		}
	})
}

func TestAVisitorWritesAndIsAnswered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openSite(t, d)
		// The link on every page carries the path, never what stands after it.
		href := h.one.Get(t, "/rounds?q=Aminah").Wants(200).One(`.hv-foot a[href^="/feedback"]`).AttrOr("href", "")
		if href != "/feedback?page=%2Frounds" {
			t.Errorf("the link is %s", href)
		}
		visitor := h.Nobody()
		action, values := visitor.Get(t, href+"%3Fq%3DAminah").Wants(200).Form("main form", "")
		if values.Get("page") != "/rounds" {
			t.Errorf("the page is %q", values.Get("page"))
		}
		values.Set("body", "Min mor 850101-1234 ser inte knappen")
		values.Set("contact", "zebra@hemvist.example")
		wrong := visitor.Post(t, action, values).Wants(422)
		if wrong.All("#body-error").Length() != 1 || wrong.All(".ds-error-summary li").Length() != 2 || wrong.One("#contact").AttrOr("value", "") != "zebra@hemvist.example" {
			t.Error("what is wrong is not told, or what was typed is lost")
		}
		if strings.Contains(stored(t, h.DB), "850101") || strings.Contains(h.LogText.String(), "850101") {
			t.Error("the personal number is kept")
		}
		values.Set("kind", "barrier")
		values.Set("body", "Min mor ser inte <b>knappen</b>")
		sent := visitor.Post(t, action, values).Wants(303)
		receipt := visitor.Get(t, sent.Header.Get("Location")).Wants(200)
		reference := receipt.One("main strong").Text()
		visitor.Get(t, "/feedback/received/<b>").Wants(404)
		if strings.Contains(stored(t, h.DB), "knappen") || strings.Contains(stored(t, h.DB), "zebra") {
			t.Error("it is not sealed")
		}
		values.Set("website", "https://buy.example")
		visitor.Post(t, action, values).Wants(303)

		if got := h.one.Get(t, "/").Wants(200).Text(".hv-needs li > div"); !slices.Contains(got, "Någon har skrivit till erEn synpunkt väntar på svar.") {
			t.Errorf("what needs the coordinator: %q", got)
		}
		list := h.one.Get(t, "/feedback/inbox?state=open").Wants(200)
		if got := list.Text("tbody th"); len(got) != 1 || got[0] != reference+" Min mor ser inte <b>knappen</b>" {
			t.Fatalf("the inbox: %q", got)
		}
		if n := h.one.Get(t, "/feedback/inbox?kind=idea").Wants(200).All("tbody tr").Length(); n != 0 {
			t.Errorf("%d ideas", n)
		}
		at := list.One("tbody th a").AttrOr("href", "")
		item := h.one.Get(t, at).Wants(200)
		action, values = item.Form(`form[action$="/answer"]`, "")
		values.Set("answer", "Tack, den är större nu")
		if got := h.one.Post(t, action, values).Wants(422); got.One("#answer").Text() != "Tack, den är större nu" {
			t.Error("the answer that was typed is lost")
		}
		values.Set("how", "email")
		h.one.Post(t, action, values).Leads(at)
		values.Set("answer", "Jag svarade också")
		second := h.another.Post(t, action, values).Wants(422)
		if second.One("#answer").Text() != "Jag svarade också" || !strings.Contains(second.One(".ds-error-summary").Text(), "Någon har gjort något") {
			t.Error("the second who answers is not told")
		}
		answered := h.one.Get(t, at).Wants(200)
		if got := answered.Text(".hv-rows h3"); !slices.Equal(got, []string{"Besvarad: med e-post från min egen brevlåda"}) || answered.One(".hv-head .ds-tag").Text() != "Besvarad" {
			t.Errorf("answered: %q", got)
		}
		action, values = answered.Form(`form[action$="/close"]`, "")
		h.one.Post(t, action, values).Leads(at)
		action, values = h.one.Get(t, at).Wants(200).Form(`form[action$="/reopen"]`, "")
		h.one.Post(t, action, values).Leads(at)
		if len(h.Entries(t, audit.Filter{Actor: h.boss.ID, Action: "feedback.read"})) == 0 {
			t.Error("to read it is not in the log")
		}
		h.leader.Get(t, at).Wants(403)
	})
}

// TestHelpIsInTheReadersWords: each page leads to its help, which says to each role what it needs.
func TestHelpIsInTheReadersWords(t *testing.T) {
	h := openSite(t, dbtest.New(t))
	for path, want := range map[string]string{"/": "/help/home", "/rounds": "/help/rounds", "/site/contact/sv": "/help/texts", "/help": "/help/help", "/privacy": "/help/about"} {
		if got := h.one.Get(t, path).Wants(200).One(".hv-foot li:first-child a").AttrOr("href", ""); got != want {
			t.Errorf("%s leads to %s, want %s", path, got, want)
		}
	}
	h.one.Get(t, "/rounds").One(`#hv-person a[href="/help/rounds"]`)
	h.one.Get(t, "/nothing").Wants(404).One(`.hv-foot a[href="/help"]`)
	if got := h.Nobody().Get(t, "/").Wants(200).One(".hv-foot li:first-child a").AttrOr("href", ""); got != "/help/sign-in" {
		t.Errorf("who is not signed in is led to %s", got)
	}
	h.one.Post(t, "/site/contact/sv", url.Values{"body": {""}}).Wants(422).One(`.hv-foot li:first-child a[href="/help/texts"]`)
	leader, boss := h.leader.Get(t, "/help/rounds").Wants(200), h.one.Get(t, "/help/rounds").Wants(200)
	if !strings.Contains(leader.Body, "din certifiering") || strings.Contains(boss.Body, "din certifiering") || !strings.Contains(boss.Body, "alla grupper i era program") {
		t.Error("the leader and the coordinator read the same")
	}
	if got := h.leader.Get(t, "/help").Wants(200).All(`main a[href="/help/texts"], main a[href="/help/sign-in"]`).Length(); got != 0 {
		t.Error("the leader is offered help about what they never see")
	}
	h.one.Get(t, "/help").Wants(200).One(`main a[href="/help/texts"]`)
	h.Nobody().Get(t, "/help").Wants(200).One(`main a[href="/help/sign-in"]`)
	h.leader.Get(t, "/help/nothing").Wants(404)
	if n := english(h.Nobody()).Get(t, "/help/words").Wants(200).All("dt").Length(); n < 15 {
		t.Errorf("%d words", n)
	}
}

// TestAnAnswerIsReadThroughItsLink: by whoever has it, and by nobody else.
func TestAnAnswerIsReadThroughItsLink(t *testing.T) {
	h := openSite(t, dbtest.New(t))
	if err := h.Letters.Keep("https://hemvist.example"); err != nil {
		t.Fatal(err)
	}
	h.Nobody().Post(t, "/feedback", url.Values{"kind": {"idea"}, "body": {"Mer grönt"}, "contact": {"zebra@hemvist.example"}}).Wants(303)
	at := h.one.Get(t, "/feedback/inbox").Wants(200).One("tbody th a").AttrOr("href", "")
	action, values := h.one.Get(t, at).Wants(200).Form(`form[action$="/answer"]`, "")
	values.Set("how", "letter")
	values.Set("answer", "Det blir <b>grönare</b> i vår")
	h.one.Post(t, action, values).Leads(at)
	var fact string
	if err := h.DB.Read(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		fact, err = db.One(ctx, tx, db.Scalar[string], `SELECT id FROM feedback_fact WHERE opens IS NOT NULL`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	a := h.Nobody().Get(t, "/feedback/answer?code="+h.Vault.Secret("feedback-answer", fact)).Wants(200)
	if got := a.One("main .hv-as-typed").Text(); got != "Det blir <b>grönare</b> i vår" || strings.Contains(a.Body, "zebra") {
		t.Errorf("the answer: %q", got)
	}
	if href := a.One(`.hv-foot a[href^="/feedback?"]`).AttrOr("href", ""); strings.Contains(href, "code") {
		t.Errorf("the secret goes on in %s", href)
	}
	gone := h.Nobody().Get(t, "/feedback/answer?code=abc").Wants(404)
	if !strings.Contains(gone.One("main").Text(), "Länken har slutat gälla") {
		t.Error("a link that does not open says nothing")
	}
}
