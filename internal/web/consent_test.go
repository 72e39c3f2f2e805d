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

// TestConsentsInOneGo: from the week to the page, all say yes, one of them no; each leader says their own; and what is left to do is gone.
func TestConsentsInOneGo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		a, b, r := pair(t, h)
		text := func(key string, args ...any) string { return h.Texts.For("sv").T(key, args...) }
		week := a.Get(t, "/week").Wants(http.StatusOK)
		if !strings.Contains(week.One("main").Text(), text("consent.told.missing", "n", 3, "of", 3)) {
			t.Errorf("the week says %q", week.One("main").Text())
		}
		if n := strings.Count(a.Get(t, r.Path("/participants")).One("#participants").Text(), text("consent.tag.missing")); n != 3 {
			t.Errorf("%d of 3 are said to be missing in the list", n)
		}
		page := a.Get(t, week.One(`main a[href$="/consent"]`).AttrOr("href", "")).Wants(http.StatusOK)
		if n := page.All("#consents .hv-ticks fieldset").Length(); n != 4 { // three who take part, and oneself
			t.Fatalf("%d can be answered for", n)
		}
		action, form := page.Form("#consents", "all=given")
		a.Post(t, action, form).Leads(r.Path("/consent"))
		if n := rowsIn(t, h, "consent"); n != 3 {
			t.Errorf("%d answers are stored after all said yes, want 3: nobody's own among them", n)
		}
		page = a.Get(t, r.Path("/consent"))
		who := strings.TrimPrefix(page.One("#asked li:first-child fieldset").AttrOr("id", ""), "answer.")
		own := strings.TrimPrefix(page.One("#leaders fieldset").AttrOr("id", ""), "answer.")
		action, form = page.Form("#consents", "")
		form.Set("answer."+who, "refused")
		form.Set("answer."+own, "given")
		a.Post(t, action, form).Leads(r.Path("/consent"))
		if n := rowsIn(t, h, "consent"); n != 5 {
			t.Errorf("%d answers are stored, want 5: what was not changed is not said again", n)
		}
		if got := a.Get(t, r.Path("/consent")).One("#told").Text(); !strings.Contains(got, text("consent.told.no", "n", 1)) || !strings.Contains(got, text("consent.told.leaders", "n", 1, "of", 2)) {
			t.Errorf("the page says %q", got)
		}
		action, form = b.Get(t, r.Path("/consent")).Form("#consents", "")
		for name := range form {
			if id, ok := strings.CutPrefix(name, "seen."); ok && form.Get("was."+id) == "" {
				form.Set("answer."+id, "given")
			}
		}
		b.Post(t, action, form).Wants(http.StatusSeeOther)
		session := a.Get(t, r.Path("/sessions/"+r.Sessions[1].ID)).One("#consent").Text()
		if !strings.Contains(session, text("consent.follows.beside")) || !strings.Contains(session, "Amina Påhittsson") {
			t.Errorf("the session's page says %q", session)
		}
		list := a.Get(t, r.Path("/participants"))
		if tags := list.One("#participants tbody tr:first-child").Text(); !strings.Contains(tags, text("consent.tag.refused")) {
			t.Errorf("the list says %q", tags)
		}
		if n := strings.Count(list.One("#participants").Text(), text("consent.tag.missing")); n != 0 {
			t.Errorf("%d are said to be missing", n)
		}
	})
}

// TestTwoLeadersTakeDownConsents: whoever comes last is asked, and nothing is written over.
func TestTwoLeadersTakeDownConsents(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		a, b, r := pair(t, h)
		mine, theirs := a.Get(t, r.Path("/consent")), b.Get(t, r.Path("/consent"))
		who := strings.TrimPrefix(mine.One("#asked li:first-child fieldset").AttrOr("id", ""), "answer.")
		action, form := mine.Form("#consents", "")
		form.Set("answer."+who, "refused")
		a.Post(t, action, form).Wants(http.StatusSeeOther)
		_, form = theirs.Form("#consents", "")
		form.Set("answer."+who, "given")
		asked := b.Post(t, action, form).Wants(http.StatusConflict)
		if note := asked.One(".hv-tick-note").Text(); !strings.Contains(note, "”Nej”") || !strings.Contains(note, "”Ja”") {
			t.Errorf("the question is %q", note)
		}
		if asked.All(`input[name="answer.`+who+`"][checked]`).Length() != 0 {
			t.Error("something is chosen while it is asked")
		}
		_, form = asked.Form("#consents", "")
		b.Post(t, action, form).Wants(http.StatusSeeOther) // nothing chosen: the first stands
		if got := a.Get(t, r.Path("/consent")).One(`input[name="answer.`+who+`"][checked]`).AttrOr("value", ""); got != "refused" {
			t.Errorf("it says %s", got)
		}
		form.Set("answer."+who, "given")
		b.Post(t, action, form).Wants(http.StatusSeeOther)
		if got := a.Get(t, r.Path("/consent")).One(`input[name="answer.`+who+`"][checked]`).AttrOr("value", ""); got != "given" {
			t.Errorf("it says %s when it was decided", got)
		}
	})
}

// TestAParticipantsConsent: on the participant's page an answer is given, refused for one session, and taken back; and all of it can be read.
func TestAParticipantsConsent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		c, _, r := pair(t, h)
		at := c.Get(t, r.Path("/participants")).One("#participants tbody tr:first-child th a").AttrOr("href", "")
		say := func(answer, session string) *webtest.Answer {
			t.Helper()
			action, form := c.Get(t, at).Wants(http.StatusOK).Form("#consent form", "")
			form.Set("answer."+form.Get("participant"), answer)
			form.Set("consent-session", session)
			return c.Post(t, action, form)
		}
		if a := say("withdrawn", ""); a.Status != http.StatusUnprocessableEntity || a.All("#consent .ds-error-summary").Length() != 1 {
			t.Errorf("what was never given is taken back: %d", a.Status)
		}
		say("given", "").Wants(http.StatusSeeOther)
		say("refused", r.Sessions[1].ID).Wants(http.StatusSeeOther)
		say("withdrawn", "").Wants(http.StatusSeeOther)
		page := c.Get(t, at)
		if n := page.All("#consent .hv-history li").Length(); n != 3 {
			t.Errorf("%d answers can be read", n)
		}
		page.One(`#consent .ds-tag[data-color="danger"]`)
		c.Post(t, at+"/leave", url.Values{"reason": {"no-time"}, "on": {h.Today().String()}}).Wants(http.StatusSeeOther)
		if c.Get(t, at).All("#consent form").Length() != 0 {
			t.Error("who has left is asked")
		}
		_, form := c.Get(t, r.Path("/consent")).Form("#consents", "")
		form.Set("consent-on", "i går")
		form.Set("answer."+strings.TrimPrefix(c.Get(t, r.Path("/consent")).One("#asked li:first-child fieldset").AttrOr("id", ""), "answer."), "given")
		wrong := c.Post(t, r.Path("/consent"), form).Wants(http.StatusUnprocessableEntity)
		wrong.One("#consent-on-error")
		if wrong.One("#asked li:first-child input[checked]").AttrOr("value", "") != "given" {
			t.Error("what was chosen is gone when something was wrong")
		}
	})
}

// TestConsentsOfOtherRounds: how many for who may know that, whose for nobody else, none where nobody is asked, and a session at a time where
// nobody is named.
func TestConsentsOfOtherRounds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m := &matrix{House: webtest.Open(t, d)}
		h := m.House
		place := h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")
		leader := h.NewPerson(t, access.Leader, place)
		technician, coordinator := h.NewPerson(t, access.Technician, place), h.NewPerson(t, access.Coordinator, place)
		made := h.NewRounds(t, webtest.NewRound{Place: place, Staff: []webtest.Person{leader, technician}}, webtest.NewRound{Place: place, Staff: []webtest.Person{leader}})
		c, named, counts := h.SignIn(t, leader.Email), made[0], made[1]
		c.Post(t, named.Path("/participants"), participant("Amina Påhittsson")).Wants(http.StatusSeeOther)
		session := named.Path("/sessions/" + named.Sessions[1].ID)
		seen := h.SignIn(t, technician.Email).Get(t, session).Wants(http.StatusOK).One("#consent")
		if text := seen.Text(); !strings.Contains(text, h.Texts.For("sv").T("consent.told.missing", "n", 1, "of", 1)) || strings.Contains(text, "Amina") || seen.Find("a").Length() != 0 {
			t.Errorf("a technician reads %q", text)
		}
		if h.SignIn(t, coordinator.Email).Get(t, session).Wants(http.StatusOK).All("#consent").Length() != 0 {
			t.Error("a coordinator is told who consents")
		}
		m.exec(t, `UPDATE round SET attendance = 'counts' WHERE id = $1`, counts.ID)
		page := c.Get(t, counts.Path("/consent")).Wants(http.StatusOK)
		action, form := page.Form("#consents", "")
		form.Set("answer."+counts.Sessions[1].ID, "given")
		c.Post(t, action, form).Leads(counts.Path("/consent"))
		if n := rowsIn(t, h, "consent"); n != 1 {
			t.Errorf("%d answers are stored", n)
		}
		c.Get(t, counts.Path("/sessions/"+counts.Sessions[1].ID)).One("#consent")
		m.exec(t, `UPDATE round SET variant = 'network', kind = 'network' WHERE id = $1`, named.ID)
		c.Get(t, named.Path("/consent")).Wants(http.StatusNotFound)
	})
}
