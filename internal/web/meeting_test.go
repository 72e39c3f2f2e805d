package web_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/web/webtest"
)

// pair is a house with two leaders, who are signed in, and one round of theirs with three participants; its second session is today.
func pair(t *testing.T, h *webtest.House) (first, second *webtest.Client, r webtest.Round) {
	t.Helper()
	place := h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")
	a, b := h.NewPerson(t, access.Leader, place), h.NewPerson(t, access.Leader, place)
	r = h.NewRounds(t, webtest.NewRound{Place: place, Name: "Onsdagsgruppen", Staff: []webtest.Person{a, b}})[0]
	first, second = h.SignIn(t, a.Email), h.SignIn(t, b.Email)
	for _, name := range []string{"Amina Påhittsson", "Bo Exempelgren", "Åsa Mallqvist"} {
		first.Post(t, r.Path("/participants"), participant(name)).Wants(http.StatusSeeOther)
	}
	return first, second, r
}

func attendancePath(r webtest.Round, session int) string {
	return r.Path("/sessions/" + r.Sessions[session].ID + "/attendance")
}

// TestAnEveningByForm: all are here, then the exceptions, and done, without any script.
func TestAnEveningByForm(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		c, _, r := pair(t, h)
		page := c.Get(t, attendancePath(r, 1)).Wants(http.StatusOK)
		if n := page.All(".hv-ticks fieldset").Length(); n != 3 {
			t.Fatalf("%d are asked for", n)
		}
		action, form := page.Form("form.hv-stack", "all=present")
		c.Post(t, action, form).Leads(attendancePath(r, 1))
		page = c.Get(t, attendancePath(r, 1))
		if n := page.All(`input[value="present"][checked]`).Length(); n != 3 {
			t.Errorf("%d are here after all were", n)
		}
		if rowsIn(t, h, "session_fact") != 0 {
			t.Error("the session was said to be held before anybody said so")
		}
		id := page.One(".hv-ticks li:nth-child(2) fieldset").AttrOr("data-hv-who", "")
		action, form = page.Form("form.hv-stack", "")
		form.Set("mark."+id, "told")
		c.Post(t, action, form).Leads(r.Path("/sessions/" + r.Sessions[1].ID))
		c.Post(t, action, form).Wants(http.StatusSeeOther) // sent twice is once
		if n := rowsIn(t, h, "attendance"); n != 4 {
			t.Errorf("%d marks are stored, want 4", n)
		}
		session := c.Get(t, r.Path("/sessions/"+r.Sessions[1].ID)).Wants(http.StatusOK)
		session.One(`.hv-head .ds-tag[data-color="success"]`)
		if text := session.One("#attendance").Text(); !strings.Contains(text, h.Texts.For("sv").T("attendance.came", "n", 2)) {
			t.Errorf("the session's page says %q", text)
		}
		// One is taken back.
		action, form = c.Get(t, attendancePath(r, 1)).Form("form.hv-stack", "clear="+id)
		c.Post(t, action, form).Leads(attendancePath(r, 1))
		if n := c.Get(t, attendancePath(r, 1)).All("input[type=radio][checked]").Length(); n != 2 {
			t.Errorf("%d marks stand after one was taken back", n)
		}
	})
}

// TestTwoLeadersTickTheSame: whoever comes last is asked, with both marks, and nothing is lost.
func TestTwoLeadersTickTheSame(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		a, b, r := pair(t, h)
		mine, theirs := a.Get(t, attendancePath(r, 1)), b.Get(t, attendancePath(r, 1))
		id := mine.One(".hv-ticks li:first-child fieldset").AttrOr("data-hv-who", "")
		action, form := mine.Form("form.hv-stack", "")
		form.Set("mark."+id, "late")
		a.Post(t, action, form).Wants(http.StatusSeeOther)
		_, form = theirs.Form("form.hv-stack", "")
		form.Set("mark."+id, "present")
		asked := b.Post(t, action, form).Wants(http.StatusConflict)
		note := asked.One(`fieldset[data-hv-who="` + id + `"] .hv-tick-note:not([hidden])`).Text()
		for _, word := range []string{"Karin Provlund", "Sen", "Här"} {
			if !strings.Contains(note, word) {
				t.Errorf("the question %q does not say %q", note, word)
			}
		}
		_, form = asked.Form("form.hv-stack", "")
		b.Post(t, action, form).Wants(http.StatusSeeOther) // nothing chosen: the first stands
		if got := a.Get(t, attendancePath(r, 1)).One(`fieldset[data-hv-who="`+id+`"] input[checked]`).AttrOr("value", ""); got != "late" {
			t.Errorf("%s is marked, want late", got)
		}
		_, form = asked.Form("form.hv-stack", "")
		form.Set("mark."+id, "present")
		b.Post(t, action, form).Wants(http.StatusSeeOther)
		if got := a.Get(t, attendancePath(r, 1)).One(`fieldset[data-hv-who="`+id+`"] input[checked]`).AttrOr("value", ""); got != "present" {
			t.Errorf("%s is marked after it was decided", got)
		}
	})
}

// postAsScript sends a form as js/attendance.js does.
func postAsScript(t *testing.T, c *webtest.Client, path string, form url.Values) (int, map[string]any) {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	a := c.Do(t, req)
	var body map[string]any
	if strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal([]byte(a.Body), &body); err != nil {
			t.Fatal(err)
		}
	}
	return a.Status, body
}

func TestTheScriptIsAnsweredInJSON(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	a, b, r := pair(t, h)
	id := a.Get(t, attendancePath(r, 1)).One(".hv-ticks li:first-child fieldset").AttrOr("data-hv-who", "")
	tick := func(mark, seen, request string) url.Values {
		return url.Values{"mark." + id: {mark}, "seen." + id: {seen}, "request." + id: {request}}
	}
	for range 2 {
		status, body := postAsScript(t, a, attendancePath(r, 1), tick("late", "", "aaaaaaaaaaaaaaaa.1"))
		taken := body["taken"].([]any)[0].(map[string]any)
		if status != http.StatusOK || taken["outcome"] != "kept" || taken["mark"] != "late" || taken["id"] == "" {
			t.Errorf("%d %v", status, body)
		}
	}
	status, body := postAsScript(t, b, attendancePath(r, 1), tick("absent", "", "bbbbbbbbbbbbbbbb.1"))
	taken := body["taken"].([]any)[0].(map[string]any)
	if status != http.StatusConflict || taken["outcome"] != "clash" || !strings.Contains(taken["text"].(string), "Karin Provlund") {
		t.Errorf("%d %v", status, body)
	}
	if status, body = postAsScript(t, a, attendancePath(r, 1), tick("asleep", "", "aaaaaaaaaaaaaaaa.2")); status != http.StatusUnprocessableEntity || body["error"] == "" {
		t.Errorf("%d %v", status, body)
	}
	theirs := tick("late", "", "dddddddddddddddd.1")
	theirs.Set("person", "somebody-else")
	if status, _ = postAsScript(t, a, attendancePath(r, 1), theirs); status != http.StatusUnauthorized {
		t.Errorf("ticks of somebody else were taken: %d", status)
	}
	if status, _ = postAsScript(t, h.Nobody(), attendancePath(r, 1), tick("late", "", "cccccccccccccccc.1")); status != http.StatusUnauthorized {
		t.Errorf("signed out: %d", status)
	}
	if n := rowsIn(t, h, "attendance"); n != 1 {
		t.Errorf("%d marks are stored", n)
	}
	page := a.Get(t, attendancePath(r, 1))
	if strings.Contains(page.One("form[data-hv-attendance]").AttrOr("data-hv-attendance", ""), "Amina") || page.All(`script[src*="js/attendance.js"]`).Length() != 1 {
		t.Error("the page does not load the script, or names somebody in what it keeps")
	}
}

// TestANumberByScript: of a group that keeps counts only the number is sent as ticks are, once, and whoever comes last is asked.
func TestANumberByScript(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	place := h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")
	one, other := h.NewPerson(t, access.Leader, place), h.NewPerson(t, access.Leader, place)
	r := h.NewRounds(t, webtest.NewRound{Place: place, Name: "Antalsgruppen", Staff: []webtest.Person{one, other}})[0]
	(&matrix{House: h}).exec(t, `UPDATE round SET attendance = 'counts' WHERE id = $1`, r.ID)
	a, b := h.SignIn(t, one.Email), h.SignIn(t, other.Email)
	page := a.Get(t, attendancePath(r, 1))
	if page.One("form[data-hv-attendance]").AttrOr("data-hv-person", "") != one.ID || page.All(`script[src*="js/attendance.js"]`).Length() != 1 {
		t.Error("the number is not kept on the device")
	}
	number := func(n, seen, request string) url.Values {
		return url.Values{"count": {n}, "seen": {seen}, "request.count": {request}}
	}
	for range 2 {
		status, body := postAsScript(t, a, attendancePath(r, 1), number("7", "", "aaaaaaaaaaaaaaaa.1"))
		if taken := body["count"].(map[string]any); status != http.StatusOK || taken["outcome"] != "kept" || taken["present"] != 7.0 || taken["id"] == "" {
			t.Errorf("%d %v", status, body)
		}
	}
	status, body := postAsScript(t, b, attendancePath(r, 1), number("9", "", "bbbbbbbbbbbbbbbb.1"))
	taken := body["count"].(map[string]any)
	if status != http.StatusConflict || taken["outcome"] != "clash" || !strings.Contains(taken["text"].(string), "7") {
		t.Errorf("%d %v", status, body)
	}
	status, body = postAsScript(t, b, attendancePath(r, 1), number("9", taken["id"].(string), "bbbbbbbbbbbbbbbb.2"))
	if taken = body["count"].(map[string]any); status != http.StatusOK || taken["present"] != 9.0 {
		t.Errorf("having decided: %d %v", status, body)
	}
	if n := rowsIn(t, h, "attendance_count"); n != 2 {
		t.Errorf("%d numbers are stored", n)
	}
}

// TestNobodyIsTickedAhead: before the day only that somebody will not come can be said.
func TestNobodyIsTickedAhead(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	a, _, r := pair(t, h)
	page := a.Get(t, attendancePath(r, 2)).Wants(http.StatusOK)
	if got := page.All(".hv-ticks li:first-child input[type=radio]"); got.Length() != 1 || got.AttrOr("value", "") != "told" || page.All("[name=held], [name=all]").Length() != 0 {
		t.Errorf("%d choices before the day", got.Length())
	}
}

// TestNotesMeanwhile: the page shows both texts, keeps what was typed, and stores it when it is sent again.
func TestNotesMeanwhile(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	a, b, r := pair(t, h)
	path := r.Path("/sessions/" + r.Sessions[1].ID)
	mine, theirs := a.Get(t, path), b.Get(t, path)
	action, form := mine.Form("#pair-notes form", "")
	form.Set("notes", "Första texten")
	a.Post(t, action, form).Leads(path + "#pair-notes")
	_, form = theirs.Form("#pair-notes form", "")
	form.Set("notes", "Andra texten")
	form.Set("homework", "Läs")
	asked := b.Post(t, action, form).Wants(http.StatusConflict)
	if !strings.Contains(asked.One(`#pair-notes [role="alert"]`).Text(), "Första texten") || asked.One("#pair-notes textarea[name=notes]").Text() != "Andra texten" || asked.One("#homework").Text() != "Läs" {
		t.Error("the page does not show both texts")
	}
	_, form = asked.Form("#pair-notes form", "")
	b.Post(t, action, form).Leads(path + "#pair-notes")
	if got := a.Get(t, path).One("#pair-notes textarea[name=notes]").Text(); got != "Andra texten" {
		t.Errorf("the notes are %q", got)
	}
	_, form = a.Get(t, path).Form("#pair-notes form", "")
	form.Set("left-out", "Ring 700101-1234")
	wrong := a.Post(t, action, form).Wants(http.StatusUnprocessableEntity)
	wrong.One(`.ds-error-summary a[href="#left-out"]`)
	check := wrong.One("#check-review form").AttrOr("action", "")
	refused := a.Post(t, check, url.Values{"form": {"review"}, "item.content": {"9"}}).Wants(http.StatusUnprocessableEntity)
	if n := refused.All(`#check-review .ds-error-summary a`).Length(); n != 2 {
		t.Errorf("%d mistakes are named, want 2", n)
	}
}

// TestAConcernHasNoContents: the form asks for a day and nothing else.
func TestAConcernHasNoContents(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	a, b, r := pair(t, h)
	head := a.Get(t, r.Path("")).One(`.hv-head a[href="` + r.Path("/concern") + `"]`)
	page := a.Get(t, head.AttrOr("href", "")).Wants(http.StatusOK)
	if n := page.All("#noted form input, #noted form textarea, #noted form select").Length(); n != 1 {
		t.Errorf("the form has %d fields, and should ask for the day alone", n)
	}
	for _, day := range []string{"", "2026-02-30", "2027-01-01"} {
		a.Post(t, r.Path("/concern"), url.Values{"on": {day}}).Wants(http.StatusUnprocessableEntity).One(`.ds-error-summary a[href="#on"]`)
	}
	a.Post(t, r.Path("/concern"), url.Values{"on": {"2026-03-03"}}).Leads(r.Path("/concern"))
	if text := b.Get(t, r.Path("/concern")).One("#noted").Text(); !strings.Contains(text, "3 mars 2026") || !strings.Contains(text, "Karin Provlund") {
		t.Errorf("the other leader reads %q", text)
	}
	mistaken := a.Get(t, r.Path("/concern")).One(`button[name="mistaken"]`).AttrOr("value", "")
	a.Post(t, r.Path("/concern"), url.Values{"mistaken": {mistaken}}).Wants(http.StatusSeeOther)
	if n := b.Get(t, r.Path("/concern")).All(`button[name="mistaken"]`).Length(); n != 0 {
		t.Error("the note is still there")
	}
	b.Get(t, "/").One(`footer a[href="/concern"]`)
}

// TestALeaderIsIll: who is free is chosen, is let in for those days and written to, and the session says so; it can be taken back.
func TestALeaderIsIll(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		place := h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")
		a, b, free := h.NewPerson(t, access.Leader, place), h.NewPerson(t, access.Leader, place), h.NewPerson(t, access.Leader, place)
		r := h.NewRounds(t, webtest.NewRound{Place: place, Name: "Onsdagsgruppen", Staff: []webtest.Person{a, b}})[0]
		c, other := h.SignIn(t, a.Email), h.SignIn(t, free.Email)
		session := r.Path("/sessions/" + r.Sessions[1].ID)
		other.Get(t, session).Wants(http.StatusNotFound)
		c.Get(t, session).One(`a[href="` + session + `/stand-in"]`)
		page := c.Get(t, session+"/stand-in").Wants(http.StatusOK)
		away, _, _ := strings.Cut(page.All("#away a").Last().AttrOr("href", ""), "#")
		page = c.Get(t, away).Wants(http.StatusOK)
		if got := page.All(`#free button[name="person"]`); got.Length() != 1 || got.AttrOr("value", "") != free.ID {
			t.Errorf("%d are free", got.Length())
		}
		// Nobody here holds a certificate: they stand under those who may not lead yet, and one is told that nobody is free who may.
		page.One("#free .hv-empty")
		action, form := page.Form("#free form", "person="+free.ID)
		c.Post(t, action, form).Leads(session)
		text := c.Get(t, session).One(".hv-grid").Text()
		if !strings.Contains(text, h.Texts.For("sv").T("stand-in.away-line", "absent", b.Name, "name", free.Name)) {
			t.Errorf("the session does not say who steps in: %q", text)
		}
		other.Get(t, session+"/attendance").Wants(http.StatusOK)
		if n := rowsIn(t, h, "letter"); n != 2 {
			t.Errorf("%d letters", n)
		}
		action, form = c.Get(t, session+"/stand-in").Form("#away form", "person=")
		c.Post(t, action, form).Leads(session)
		other.Get(t, session+"/attendance").Wants(http.StatusNotFound)
		// Who is busy meanwhile cannot be chosen.
		h.NewRounds(t, webtest.NewRound{Place: place, Name: "Samma kväll", Staff: []webtest.Person{free}})
		busy := c.Post(t, session+"/stand-in", url.Values{"absent": {b.ID}, "person": {free.ID}}).Wants(http.StatusConflict)
		busy.One(".ds-error-summary")
		c.Post(t, session+"/stand-in", url.Values{"absent": {free.ID}, "person": {b.ID}}).Wants(http.StatusUnprocessableEntity)
	})
}

// TestTellingTheParticipants: from the leaders' own phone, in two languages for who does not read Swedish, and nothing is sent from here.
func TestTellingTheParticipants(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	a, _, r := pair(t, h)
	form := participant("Samira Påhittsson")
	form.Set("language", "so")
	form.Set("phone", "070-174 06 05")
	a.Post(t, r.Path("/participants"), form).Wants(http.StatusSeeOther)
	session := r.Path("/sessions/" + r.Sessions[1].ID)
	a.Post(t, session, url.Values{"fact": {"cancelled"}, "sure": {"yes"}, "back": {"session"}}).Leads(session)
	page := a.Get(t, session+"/tell").Wants(http.StatusOK)
	swedish, english := h.Texts.For("sv").T("tell.word.cancelled", "on", "onsdag 11 mars"), h.Texts.For("en").T("tell.word.cancelled", "on", "Wednesday 11 March")
	if words := strings.Join(page.Text("#main [lang]"), "\n"); !strings.Contains(words, swedish) || !strings.Contains(words, english) {
		t.Errorf("the words to send are %q", words)
	}
	both := 0
	page.All(`a[href^="sms:0701740605?body="]`).Each(func(_ int, s *goquery.Selection) {
		body, err := url.QueryUnescape(strings.SplitN(s.AttrOr("href", ""), "body=", 2)[1])
		if err != nil || !strings.HasPrefix(body, swedish) {
			t.Errorf("a message of %q, %v", body, err)
		}
		if strings.Contains(body, english) {
			both++
		}
	})
	if both != 1 || rowsIn(t, h, "letter") != 0 {
		t.Errorf("%d are written to in both languages, and %d letters are stored", both, rowsIn(t, h, "letter"))
	}
}

// TestTellingByLetter: what has changed stands on the round's pages until those who take part are told, by one button that shows before
// what it sends; whoever must not be written to is named apart, and the need is gone afterwards.
func TestTellingByLetter(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		if err := h.Letters.Keep("https://hemvist.example"); err != nil {
			t.Fatal(err)
		}
		a, _, r := pair(t, h)
		for name, change := range map[string]url.Values{"Samira Påhittsson": {"phone": {"070-174 06 05"}}, "Dag Påhittsson": {"phone": {""}, "protected": {"yes"}}} {
			form := participant(name)
			for field, value := range change {
				form[field] = value
			}
			a.Post(t, r.Path("/participants"), form).Wants(http.StatusSeeOther)
		}
		session := r.Path("/sessions/" + r.Sessions[1].ID)
		if n := a.Get(t, session).All(`.ds-alert a[href$="/tell"]`).Length(); n != 0 {
			t.Error("there is something to tell before anything is changed")
		}
		a.Post(t, session, url.Values{"fact": {"cancelled"}, "sure": {"yes"}, "back": {"session"}}).Leads(session)
		tell := session + "/tell"
		for _, path := range []string{session, r.Path("/plan"), "/week", "/"} {
			a.Get(t, path).One(`a[href="` + tell + `"].ds-button`)
		}
		page := a.Get(t, tell).Wants(http.StatusOK)
		if text := page.One("#untold").Text(); !strings.Contains(text, "Vi ställer in träffen onsdag 11 mars.") || !strings.Contains(text, "Dag Påhittsson") ||
			!strings.Contains(text, "skyddade personuppgifter") {
			t.Errorf("before it is sent: %q", text)
		}
		action, form := page.Form("#untold form", "how=letters")
		a.Post(t, action, form).Leads(tell)
		n := rowsIn(t, h, "letter")
		a.Post(t, action, form).Leads(tell) // the same form once more
		if n == 0 || rowsIn(t, h, "letter") != n || rowsIn(t, h, "told") != 1 {
			t.Errorf("%d letters, then %d, of %d tellings", n, rowsIn(t, h, "letter"), rowsIn(t, h, "told"))
		}
		form.Set("seen", "0")
		a.Post(t, action, form).Wants(http.StatusConflict).One(".ds-error-summary")
		for _, path := range []string{session, r.Path("/plan"), "/week", "/"} {
			if n := a.Get(t, path).All(`a[href="` + tell + `"].ds-button`).Length(); n != 0 {
				t.Errorf("%s still asks to tell", path)
			}
		}
		if text := a.Get(t, session).One("#main").Text(); !strings.Contains(text, "Deltagarna fick veta") {
			t.Error("the session does not say that they were told")
		}
	})
}

// TestCancellingIsAsked: nobody cancels by one tap what others wait for, or what has been ticked; what is past and blank needs no question.
func TestCancellingIsAsked(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	a, _, r := pair(t, h)
	path := func(session int) string { return r.Path("/sessions/" + r.Sessions[session].ID) }
	cancelled := url.Values{"fact": {"cancelled"}, "back": {"session"}}
	asked := a.Post(t, path(2), cancelled).Wants(http.StatusOK)
	if rowsIn(t, h, "session_fact") != 0 {
		t.Fatal("a session ahead was cancelled without a question")
	}
	asked.One(`a[href="` + r.Path("/plan/sessions/"+r.Sessions[2].ID) + `"]`)
	asked.One(`a[href="` + path(2) + `"][data-variant]`)
	action, form := asked.Form("#main form", "fact=cancelled")
	a.Post(t, action, form).Leads(path(2))
	if rowsIn(t, h, "session_fact") != 1 {
		t.Error("the answer was not stored")
	}
	a.Post(t, path(0), cancelled).Leads(path(0)) // past, and nobody is ticked
	a.Post(t, path(0), url.Values{"fact": {"unknown"}, "back": {"session"}}).Leads(path(0))
	sheet := a.Get(t, attendancePath(r, 0))
	action, form = sheet.Form("form.hv-stack", "")
	form.Set("mark."+sheet.All("fieldset[data-hv-who]").First().AttrOr("data-hv-who", ""), "present")
	form.Del("held")
	a.Post(t, action, form).Leads(path(0))
	if text := a.Post(t, path(0), cancelled).Wants(http.StatusOK).One("#main").Text(); !strings.Contains(text, "En deltagare kom") {
		t.Errorf("of a session with ticks it is asked %q", text)
	}
	if n := a.Get(t, r.Path("")).All(`#sessions button[value="cancelled"]`).Length(); n != 2 { // the third is cancelled
		t.Errorf("%d sessions can be cancelled from the round's page, want what is past and what is next", n)
	}
}

// TestMissingTicksAreAskedFor: what "done" left out stands on home, the week and the session until it is said.
func TestMissingTicksAreAskedFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		a, b, r := pair(t, h)
		at, session := attendancePath(r, 1), r.Path("/sessions/"+r.Sessions[1].ID)
		asks := func(c *webtest.Client, want int) {
			t.Helper()
			for _, path := range []string{"/", "/week"} {
				if n := c.Get(t, path).All(`a[href="` + at + `"].ds-button`).Length(); n != want {
					t.Errorf("%s asks %d times for ticks, want %d", path, n, want)
				}
			}
			if n := c.Get(t, session).All("#attendance .ds-tag").Length(); n != want {
				t.Errorf("the session tells %d times of missing ticks, want %d", n, want)
			}
		}
		page := a.Get(t, at)
		action, form := page.Form("form.hv-stack", "")
		ids := page.All("fieldset[data-hv-who]").Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("data-hv-who", "") })
		form.Set("mark."+ids[0], "present")
		asks(a, 0)
		a.Post(t, action, form).Leads(session)
		asks(a, 1)
		asks(b, 1)
		action, form = a.Get(t, at).Form("form.hv-stack", "all=present")
		a.Post(t, action, form).Leads(at)
		asks(a, 0)
	})
}

// TestBeforeASession: who has told ahead is no one who came, and of a session that was cancelled there is nothing to write down.
func TestBeforeASession(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	a, _, r := pair(t, h)
	page := a.Get(t, attendancePath(r, 2))
	action, form := page.Form("form.hv-stack", "")
	form.Set("mark."+page.All("fieldset[data-hv-who]").First().AttrOr("data-hv-who", ""), "told")
	a.Post(t, action, form).Leads(r.Path("/sessions/" + r.Sessions[2].ID))
	if text := a.Get(t, r.Path("/sessions/"+r.Sessions[2].ID)).One("#attendance").Text(); !strings.Contains(text, "En har anmält förhinder") || strings.Contains(text, "kom.") {
		t.Errorf("a session ahead says %q", text)
	}
	action, form = a.Get(t, attendancePath(r, 1)).Form("form.hv-stack", "all=present")
	a.Post(t, action, form).Leads(attendancePath(r, 1))
	record := r.Path("/sessions/" + r.Sessions[1].ID + "/record")
	if n := a.Get(t, record).All("#main .hv-select").Length(); n != 3 {
		t.Errorf("%d lines to write down, want 3", n)
	}
	a.Post(t, r.Path("/sessions/"+r.Sessions[1].ID), url.Values{"fact": {"cancelled"}, "sure": {"yes"}}).Wants(http.StatusSeeOther)
	if n := a.Get(t, record).All("#main .hv-select").Length(); n != 0 {
		t.Errorf("%d lines to write down of a session that was cancelled", n)
	}
}
