package web_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/round/group"
	"hemvist/internal/web/webtest"
)

func TestAMistakeKeepsWhatWasTypedAndNamesTheField(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	c, _, r := oneLeader(t, h)
	text := h.Texts.For("sv").T
	long := strings.Repeat("å", 201)
	for _, mistake := range []struct {
		typed url.Values
		wrong map[string]string // field → what would be right
	}{
		{url.Values{"name": {"  "}, "email": {"asa@hemvist.example"}, "language": {"so"}}, map[string]string{"name": text("participant.error.name")}},
		{url.Values{"name": {"Åsa"}, "phone": {"070-174\x0106"}, "language": {"sv"}}, map[string]string{"phone": text("form.error.characters")}},
		{url.Values{"name": {"Åsa"}, "phone": {""}, "language": {"klingon"}}, map[string]string{"language": text("participant.error.language")}},
		{url.Values{"name": {long}, "phone": {"19700101-1234"}}, map[string]string{"name": text("form.error.long", "max", 200),
			"phone": text("participant.error.personal-number"), "language": text("participant.error.language")}},
		{url.Values{}, map[string]string{"name": text("participant.error.name"), "language": text("participant.error.language")}},
	} {
		a := c.Post(t, r.Path("/participants"), mistake.typed).Wants(422)
		summary := a.One(".ds-error-summary")
		if _, focused := summary.Attr("autofocus"); !focused || summary.AttrOr("tabindex", "") != "-1" || a.All("form .ds-error-summary ~ .ds-field").Length() == 0 {
			t.Error("the summary is not first in the form, or does not get the focus")
		}
		if got := a.All(".ds-error-summary li").Length(); got != len(mistake.wrong) {
			t.Errorf("%v: %d mistakes are named, want %d", mistake.typed, got, len(mistake.wrong))
		}
		for field, words := range mistake.wrong {
			if got := a.One(`.ds-error-summary a[href="#` + field + `"]`).Text(); got != words {
				t.Errorf("%v: the summary says %q of %s, want %q", mistake.typed, got, field, words)
			}
			a.One("#" + field) // what the link leads to
			if field == "language" {
				continue
			}
			input := a.One("#" + field + `[aria-invalid="true"]`)
			if ids := strings.Fields(input.AttrOr("aria-describedby", "")); !slices.Contains(ids, field+"-error") || a.One("#"+field+"-error").Text() != words {
				t.Errorf("%v: the words are not at %s", mistake.typed, field)
			}
		}
		for _, field := range []string{"name", "phone", "email"} {
			if got := a.One("#"+field).AttrOr("value", ""); got != mistake.typed.Get(field) {
				t.Errorf("%s was %q, and is now %q", field, mistake.typed.Get(field), got)
			}
		}
		chosen := a.All(`#language option[selected]`).AttrOr("value", "")
		if want := mistake.typed.Get("language"); chosen != want && slices.Contains(group.Languages, want) {
			t.Errorf("the language chosen was %q, and is now %q", want, chosen)
		}
	}
	if got := c.Get(t, r.Path("/participants")).All("#participants tbody tr").Length(); got != 0 {
		t.Errorf("%d participants were added", got)
	}
}

// TestAPersonalNumberIsNotTaken: however it is pasted it is refused, and neither stored nor logged.
func TestAPersonalNumberIsNotTaken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		c, _, r := oneLeader(t, h)
		before := stored(t, h.DB)
		for _, number := range []string{"19700101-1234", "700101-1234", "7001011234", "197001011234", "700101+1234", "Åsa 700101-1234", "pnr:19700161-1234.",
			"700161-1234", "７００１０１－１２３４", "700101–1234", "700101−1234", "700101 1234", "700101 - 1234", "20000229-1234", "tel 070-174 06 05, 19700101-1234"} {
			for _, form := range []url.Values{{"name": {number}, "language": {"sv"}}, {"name": {"Åsa"}, "phone": {number}, "language": {"sv"}},
				{"name": {"Åsa"}, "email": {number}, "language": {"sv"}}, {"name": {"Åsa"}, "email": {number + "@hemvist.example"}, "language": {"sv"}}} {
				a := c.Post(t, r.Path("/participants"), form).Wants(422)
				if !strings.Contains(a.One(".ds-error-summary").Text(), h.Texts.For("sv").T("participant.error.personal-number")) {
					t.Errorf("%q: it says %q", number, a.One(".ds-error-summary").Text())
				}
			}
		}
		for _, contact := range []string{"070-174 06 05", "0701740605", "+46701740605", "08-123 456 78", "arbetet: 08-123 456 78", "0470-123 45, växeln", ""} {
			c.Post(t, r.Path("/participants"), url.Values{"name": {"Åsa"}, "phone": {contact}, "language": {"sv"}, "another": {"yes"}}).Wants(303)
		}
		if got := c.Get(t, r.Path("/participants")).All("#participants tbody tr").Length(); got != 7 {
			t.Errorf("%d participants, want 7", got)
		}
		for _, text := range []string{h.LogText.String(), before, stored(t, h.DB)} {
			if strings.Contains(text, "1234") && (strings.Contains(text, "700101") || strings.Contains(text, "700161")) {
				t.Error("a personal number is stored or logged")
			}
		}
	})
}

func TestTheLanguageIsTheReaders(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		c, leader, r := oneLeader(t, h)
		lang := func(a *webtest.Answer) string { return a.One("html").AttrOr("lang", "") }

		// The first guess is the browser's; the languages are asked for in its order.
		for header, want := range map[string]string{"": "sv", "en-GB,en;q=0.9": "en", "sv-SE": "sv", "so,en;q=0.8,sv;q=0.9": "sv", "nb,da": "sv", "*": "sv",
			"en;q=0.1, sv;q=0.2": "sv", ";;;": "sv", "fr, en": "en", strings.Repeat("x,", 2000): "sv"} {
			if got := lang(h.Nobody().With("Accept-Language", header).Get(t, "/sign-in")); got != want {
				t.Errorf("%.40q is answered in %s, want %s", header, got, want)
			}
		}

		// What is chosen is kept on this device and with the person, and leads back to the page.
		if got := lang(c.With("Accept-Language", "en").Get(t, "/rounds")); got != "sv" {
			t.Errorf("the person reads Swedish, and is answered in %s", got)
		}
		back := "/rounds?q=m%C3%A5n&sort=name"
		action, form := c.Get(t, back).Form(`#hv-person form[action="/language"]`, "lang=en")
		c.Post(t, action, form).Leads(back)
		page := c.Get(t, back)
		if got := lang(page); got != "en" || page.One("h1").Text() != "Groups" {
			t.Errorf("answered in %s: %s", got, page.One("h1").Text())
		}
		page.One(`#hv-person button[value="en"][aria-pressed="true"]`)
		page.One(`#hv-person button[value="sv"][aria-pressed="false"]`)
		if got := lang(h.SignIn(t, leader.Email).Get(t, r.Path(""))); got != "en" {
			t.Errorf("on another device the person is answered in %s", got)
		}
		// A choice without signing in is the device's own, and stands above the person's.
		n := h.Nobody()
		n.Post(t, "/language", url.Values{"lang": {"sv"}, "back": {"/sign-in"}}).Leads("/sign-in")
		if got := lang(n.With("Accept-Language", "en").Get(t, "/sign-in")); got != "sv" {
			t.Errorf("the device's choice is answered in %s", got)
		}
		// A cookie that says nothing is as none.
		odd := h.SignIn(t, leader.Email)
		odd.SetCookie("__Host-lang", "xx")
		if got := lang(odd.With("Accept-Language", "sv").Get(t, "/rounds")); got != "en" {
			t.Errorf("with a cookie of no language the person is answered in %s", got)
		}
		for _, wrong := range []string{"", "SV", "xx", "../sv", "ar"} {
			a := c.Post(t, "/language", url.Values{"lang": {wrong}, "back": {"/"}}).Wants(422)
			if len(a.SetCookies) != 0 {
				t.Errorf("%q is remembered", wrong)
			}
		}
	})
}

func TestAWordOfHowItWentIsSaidOnce(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	c, _, r := oneLeader(t, h)
	c.Post(t, r.Path("/participants"), participant("Amina Påhittsson")).Leads(r.Path("/participants#participants"))
	if got := c.Get(t, r.Path("/participants")).Text(`[role="status"].ds-alert`); len(got) != 1 || got[0] != "Deltagaren är tillagd." {
		t.Errorf("the page says %q", got)
	}
	if got := c.Get(t, r.Path("/participants")).Text(`[role="status"].ds-alert`); len(got) != 0 {
		t.Errorf("the page says it again: %q", got)
	}
	for _, forged := range []string{"home.lead", "flash.", "flash.none", "<script>", "Du har vunnit"} {
		c.SetCookie("__Host-flash", forged)
		if got := c.Get(t, r.Path("")).Wants(200).Text(".ds-alert:not([hidden])"); len(got) != 0 {
			t.Errorf("a forged cookie makes the page say %q", got)
		}
	}
}

// TestARoundThatNeverMetIsBrokenOff: it cannot be closed as if it had been carried through.
func TestARoundThatNeverMetIsBrokenOff(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		c, leader, r := oneLeader(t, h)
		for _, x := range r.Sessions {
			c.Post(t, r.Path("/sessions/"+x.ID), url.Values{"fact": {"cancelled"}, "sure": {"yes"}}).Leads(r.Path("#sessions"))
		}
		h.Time.Move(8 * 24 * time.Hour)
		c = h.SignIn(t, leader.Email)
		page := c.Get(t, r.Path("/end"))
		if page.All("[aria-labelledby=close] form").Length() != 0 || !strings.Contains(page.One("[aria-labelledby=close]").Text(), "Avbryt gruppen i stället") {
			t.Error("a group that never met may be closed")
		}
		c.Post(t, r.Path("/end"), url.Values{"how": {"closed"}}).Wants(422)
		c.Post(t, r.Path("/end"), url.Values{"how": {"broken-off"}, "reason": {"too-few"}}).Leads(r.Path(""))
	})
}

// TestARoundFromItsMiddleToItsEnd is what a leader does in a round, and what may not be done.
func TestARoundFromItsMiddleToItsEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		c, leader, r := oneLeader(t, h) // the first session was a week ago, the second is today, the third is ahead
		for i, ahead := range []bool{false, false, true} {
			action, form := c.Get(t, r.Path("")).Form("#session-"+string(rune('1'+i))+" form", "fact=held")
			if ahead {
				c.Post(t, action, form).Wants(422)
				continue
			}
			c.Post(t, action, form).Leads(r.Path("#sessions"))
			c.Post(t, action, form).Leads(r.Path("#sessions")) // twice is once
		}
		c.Post(t, r.Path("/end"), url.Values{"how": {"closed"}}).Wants(422)
		c.Get(t, r.Path("")).One("#session-1 .ds-tag[data-color=success]")
		c.Post(t, r.Path("/sessions/"+r.Sessions[0].ID), url.Values{"fact": {"unknown"}}).Leads(r.Path("#sessions"))
		c.Get(t, r.Path("")).One("#session-1 .ds-tag[data-color=warning]")
		c.Post(t, r.Path("/sessions/"+r.Sessions[0].ID), url.Values{"fact": {"cancelled"}}).Leads(r.Path("#sessions"))
		for _, wrong := range []string{"", "HELD", "maybe"} {
			c.Post(t, r.Path("/sessions/"+r.Sessions[0].ID), url.Values{"fact": {wrong}}).Wants(422)
			c.Post(t, r.Path("/end"), url.Values{"how": {wrong}}).Wants(422)
		}
		h.Time.Move(8 * 24 * time.Hour)
		c = h.SignIn(t, leader.Email)
		action, form := c.Get(t, r.Path("")).Form("#session-3 form", "fact=held")
		c.Post(t, action, form).Leads(r.Path("#sessions"))
		if text := c.Get(t, c.Get(t, r.Path("")).One("#end a").AttrOr("href", "")).One("main").Text(); !strings.Contains(text, "En träff ställdes in: 1") || !strings.Contains(text, "Hemvisten har inte fått veta") {
			t.Errorf("what is lacking is not told: %s", text)
		}
		action, form = c.Get(t, r.Path("/end")).Form("[aria-labelledby=close] form", "how=closed")
		c.Post(t, action, form).Leads(r.Path(""))
		page := c.Get(t, r.Path(""))
		if page.All("main form").Length() != 0 || page.All(`main a[href$="/participants/new"]`).Length() != 0 {
			t.Error("a round that has ended can be changed")
		}
		for path, form := range map[string]url.Values{"/end": {"how": {"broken-off"}, "reason": {"too-few"}}, "/sessions/" + r.Sessions[0].ID: {"fact": {"held"}},
			"/participants": participant("Amina Påhittsson")} {
			a := c.Post(t, r.Path(path), form).Wants(409)
			wantMessage(t, a, "sv", "Någon hann före", h.Texts.For("sv").T("round.error.ended"))
		}
		c.Get(t, r.Path("/participants/new")).Wants(409)
		if checked, err := h.Rounds.CheckProjections(t.Context()); err != nil || len(checked.Wrong) != 0 {
			t.Errorf("the list says something else than the facts: %v, %v", checked, err)
		}
	})
}

// TestADenialIsLogged: who asks for what they may not see is in the log, whether they read or write.
func TestADenialIsLogged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		c, leader, _ := oneLeader(t, h)
		place := h.NewPlace(t, h.NewHub(t, "Den andra"), "Annorlunda kommun")
		theirs := h.NewRounds(t, webtest.NewRound{Place: place, Staff: []webtest.Person{h.NewPerson(t, access.Leader, place)}})[0]
		for _, ask := range []func() *webtest.Answer{
			func() *webtest.Answer { return c.Get(t, theirs.Path("")) },
			func() *webtest.Answer { return c.Get(t, theirs.Path("/participants/new")) },
			func() *webtest.Answer {
				return c.Post(t, theirs.Path("/participants"), participant("Amina Påhittsson"))
			},
			func() *webtest.Answer {
				return c.Post(t, theirs.Path("/end"), url.Values{"how": {"broken-off"}, "reason": {"too-few"}})
			},
			func() *webtest.Answer {
				return c.Post(t, theirs.Path("/sessions/"+theirs.Sessions[0].ID), url.Values{"fact": {"held"}})
			},
		} {
			a := ask().Wants(404)
			entries := h.Entries(t, audit.Filter{Actor: leader.ID, RequestID: a.Header.Get("X-Request-Id")})
			if len(entries) != 1 || entries[0].Outcome != audit.Denied || entries[0].Subject != theirs.ID || entries[0].Organisation != place.Organisation {
				t.Errorf("%s: the log says %+v", a.Asked, entries)
			}
		}
		a := c.Get(t, "/rounds/none").Wants(404)
		if entries := h.Entries(t, audit.Filter{Actor: leader.ID, RequestID: a.Header.Get("X-Request-Id")}); len(entries) != 0 {
			t.Errorf("what does not exist is denied: %+v", entries)
		}
		technician := h.NewPerson(t, access.Technician, place)
		a = h.SignIn(t, technician.Email).Post(t, theirs.Path("/end"), url.Values{"how": {"broken-off"}, "reason": {"too-few"}}).Wants(403)
		if entries := h.Entries(t, audit.Filter{Actor: technician.ID, RequestID: a.Header.Get("X-Request-Id")}); len(entries) != 1 || entries[0].Outcome != audit.Denied {
			t.Errorf("%s: the log says %+v", a.Asked, entries)
		}
	})
}
