package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/web/webtest"
)

// TestLetterPages: the outbox, a letter with its link hidden, and what a person may do to it.
func TestLetterPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		place := h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")
		c := h.SignIn(t, h.NewPerson(t, access.Coordinator, place).Email)
		letter := newLetter(t, h, place, "Åsa <Provlund>", "asa@hemvist.example")
		newLetter(t, h, place, "Bo Provlund", "bo@hemvist.example")
		if n := c.Get(t, "/letters").Wants(http.StatusOK).All("tbody tr").Length(); n != 2 {
			t.Errorf("%d letters are listed", n)
		}
		list := c.Get(t, "/letters?q=%C3%85sa&state=queued").Wants(http.StatusOK)
		if rows := list.All("tbody tr"); rows.Length() != 1 || !strings.Contains(rows.Text(), "Åsa <Provlund>") {
			t.Errorf("found %q", rows.Text())
		}
		if !strings.Contains(list.Body, h.Texts.For("sv").T("letters.off")) {
			t.Error("it does not say that e-mail is not connected")
		}
		page := c.Get(t, "/letters/"+letter).Wants(http.StatusOK)
		text := page.All("main").Text()
		for _, want := range []string{"Hej Åsa <Provlund>!", "länken visas inte här", "Brevet skrevs"} {
			if !strings.Contains(text, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		if strings.Contains(page.Body, h.Vault.Secret("invitation", "i1")) || page.All(`form[action$="/again"]`).Length() != 0 {
			t.Error("the page shows the link, or a letter that waits can be sent again")
		}
		c.Post(t, "/letters/"+letter+"/again", nil).Wants(http.StatusConflict)
		fail(t, h, letter)
		if c.Get(t, "/letters/"+letter).Wants(http.StatusOK).All(`form[action$="/again"]`).Length() != 1 {
			t.Error("a letter that failed cannot be sent again")
		}
		c.Post(t, "/letters/"+letter+"/again", nil).Wants(http.StatusSeeOther)
		c.Post(t, "/letters/"+letter+"/drop", nil).Wants(http.StatusSeeOther)
		c.Get(t, "/letters/"+letter+"x").Wants(http.StatusNotFound)
	})
}

// TestWordsPage: what was typed is kept when it is wrong, looked at, or overtaken by a colleague's.
func TestWordsPage(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	c := h.SignIn(t, h.NewPerson(t, access.Coordinator, h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")).Email)
	const path = "/letters/words/invitation/sv"
	typed := url.Values{"subject": {"Kom in, {{namn}}"}, "body": {"\nFörst en tom rad\n{{länk}}"}, "sms": {"{{länk}}"}, "last": {""}}
	wrong := url.Values{"subject": {"Hej {{x}}"}, "body": {"Ingen <b>länk"}, "sms": {"{{länk}}"}, "last": {""}}
	for _, do := range []string{"save", "preview"} {
		wrong.Set("do", do)
		a := c.Clone().Post(t, path, wrong)
		if want := map[string]int{"save": 422, "preview": 200}[do]; a.Status != want {
			t.Errorf("%s: status %d", do, a.Status)
		}
		if got := a.All("#subject").AttrOr("value", "") + strings.TrimSpace(a.All("#body").Text()); got != "Hej {{x}}Ingen <b>länk" {
			t.Errorf("%s keeps %q", do, got)
		}
		if a.All("#subject-error, #body-error").Length() != 2 || a.All("#sms-error").Length() != 0 {
			t.Errorf("%s: the mistakes are not at their fields", do)
		}
	}
	typed.Set("do", "preview")
	preview := c.Clone().Post(t, path, typed).Wants(http.StatusOK).All("#preview").Text()
	if !strings.Contains(preview, "Kom in, Karin Exempelgren") || !strings.Contains(preview, "https://hemvist.example/exempel") {
		t.Errorf("the preview says %q", preview)
	}
	typed.Set("do", "save")
	c.Clone().Post(t, path, typed).Wants(http.StatusSeeOther)
	typed.Set("subject", "En kollega skrev också")
	overtaken := c.Clone().Post(t, path, typed).Wants(http.StatusConflict)
	if overtaken.All("#subject").AttrOr("value", "") != "En kollega skrev också" || !strings.Contains(overtaken.Body, h.Texts.For("sv").T("letters.error.changed")) {
		t.Error("what was typed is lost, or nothing is said")
	}
	c.Get(t, "/letters/words/love/sv").Wants(http.StatusNotFound)
	c.Get(t, "/letters/words/invitation/de").Wants(http.StatusNotFound)
}
