package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/signin"
	"hemvist/internal/web/webtest"
)

// A reviewer reads a sample, asks about what stands out, the leader answers from home, and the reviewer accepts.
func TestAReviewerAsksAndALeaderAnswers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		place := h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")
		leader, reviewer := h.NewPerson(t, access.Leader, place), h.NewPerson(t, access.LogReviewer, place)
		r := h.NewRounds(t, webtest.NewRound{Place: place, Name: "Nyponrosen", Staff: []webtest.Person{leader}})[0]
		l := h.SignIn(t, leader.Email)
		l.Post(t, r.Path("/participants"), url.Values{"name": {"Amina Påhittsson"}, "phone": {"070-174 06 05"}, "language": {"sv"}}).Wants(303)
		l.Get(t, r.Path("/participants")).Wants(200)
		c := h.SignIn(t, reviewer.Email)

		home := c.Get(t, "/").Wants(200)
		if !slices.Contains(home.Text(".hv-needs h3"), "Dags för ett stickprov") {
			t.Errorf("the reviewer is asked for %q", home.Text(".hv-needs h3"))
		}
		spot := c.Get(t, "/log?days=30&seed=abc").Wants(200)
		if got := spot.Text("#sample ~ tbody tr th"); len(got) != 1 || !strings.HasPrefix(got[0], "Öppnade deltagarlistan i Nyponrosen") {
			t.Errorf("the sample is %q", got)
		}
		if strings.Contains(spot.Body, "Amina") {
			t.Error("a participant is named")
		}
		href := spot.All(`#sample ~ tbody a[href^="/log/questions/new"]`).First().AttrOr("href", "")
		form := c.Get(t, href).Wants(200)
		entry := form.One(`input[name="entry"]`).AttrOr("value", "")
		wrong := c.Post(t, "/log/questions", url.Values{"entry": {entry}, "words": {"Vad såg du?"}}).Wants(422)
		if wrong.One("textarea").Text() != "Vad såg du?" || wrong.One(".ds-error-summary a").AttrOr("href", "") != "#why" {
			t.Error("what was typed is not kept, or the fault has no place")
		}
		c.Post(t, "/log/questions", url.Values{"entry": {entry}, "why": {"sample"}, "words": {"Vad såg du?"}}).Wants(303)
		c.Post(t, "/log/questions", url.Values{"entry": {entry}, "why": {"sample"}}).Wants(422) // the same twice

		home = l.Get(t, "/").Wants(200)
		mine := home.All(`.hv-needs a[href^="/me/log/questions/"]`).AttrOr("href", "")
		asked := l.Get(t, mine).Wants(200)
		if !strings.Contains(asked.Body, "Vad såg du?") || strings.Contains(asked.Body, "Amina") {
			t.Errorf("the leader reads %.300s", asked.Body)
		}
		l.Post(t, mine, url.Values{"as": {"mistake"}}).Wants(422)
		l.Post(t, mine, url.Values{"as": {"my-work"}, "words": {"<b>Jag leder den.</b>"}}).Wants(303)
		if home := l.Get(t, "/"); home.All(`a[href^="/me/log/questions/"]`).Length() != 0 {
			t.Error("what is answered still needs the leader")
		}

		question := strings.Replace(mine, "/me/log", "/log", 1)
		page := c.Get(t, question).Wants(200)
		if !strings.Contains(page.Body, "&lt;b&gt;Jag leder den.") {
			t.Errorf("the answer is not shown as it was written: %.300s", page.Body)
		}
		c.Post(t, question+"/verdict", url.Values{}).Wants(422)
		c.Post(t, question+"/verdict", url.Values{"verdict": {"accepted"}}).Wants(303)
		if got := c.Get(t, question).Wants(200).Text(".hv-head .ds-tag"); !slices.Equal(got, []string{"Godtagen"}) {
			t.Errorf("in the end it is %q", got)
		}
		l.Post(t, mine, url.Values{"as": {"my-work"}}).Wants(http.StatusConflict)
	})
}

func TestFiltersAndTheFileOfTheLog(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		place := h.NewPlace(t, h.NewHub(t, "Hemvisten"), "=Provköpings kommun")
		leader, reviewer := h.NewPerson(t, access.Leader, place), h.NewPerson(t, access.LogReviewer, place)
		r := h.NewRounds(t, webtest.NewRound{Place: place, Name: "=Nyponrosen", Staff: []webtest.Person{leader}})[0]
		l := h.SignIn(t, leader.Email)
		for range 60 {
			l.Get(t, r.Path("")).Wants(200)
		}
		c := h.SignIn(t, reviewer.Email)
		first := c.Get(t, "/log/entries?group=rounds&person=karin&outcome=ok&from=2026-03-11&to=2026-03-11&round=nypon").Wants(200)
		if len(first.Text("tbody tr")) != 50 || first.Text(".hv-toolbar p")[0] != "60 rader i loggen" {
			t.Errorf("%d rows, %q", len(first.Text("tbody tr")), first.Text(".hv-toolbar p"))
		}
		older := c.Get(t, first.One(`.hv-pager a[rel="next"]`).AttrOr("href", "")).Wants(200)
		if len(older.Text("tbody tr")) != 10 || older.All(`.hv-pager a[rel="next"]`).Length() != 0 {
			t.Errorf("the second page has %d rows", len(older.Text("tbody tr")))
		}
		for _, bad := range []string{"from=yesterday", "to=2026-02-30", "from=2026-03-11&to=2026-03-10"} {
			a := c.Get(t, "/log/entries?"+bad).Wants(422)
			if len(a.Text("tbody tr")) != 0 || a.All(".ds-error-summary").Length() != 1 {
				t.Errorf("%s shows %d rows", bad, len(a.Text("tbody tr")))
			}
		}
		for _, odd := range []string{"after=x", "after=2026_1", "group=nothing", "outcome=nothing", "after=2026-03-11T08:30:00Z_"} {
			c.Get(t, "/log/entries?"+odd).Wants(200)
		}
		rows := csvRows(t, c.Get(t, "/log/entries.csv?group=rounds").Wants(200))
		if len(rows) != 61 || rows[1][1] != leader.Name || !strings.HasPrefix(rows[1][3], "Öppnade =Nyponrosen") {
			t.Errorf("%d rows; the first is %q", len(rows), rows[1])
		}
		if n := len(h.Entries(t, audit.Filter{Actor: reviewer.ID, Action: "log.export"})); n != 1 {
			t.Errorf("that it was taken out is in the log %d times", n)
		}
		h.Time.Move(signin.FreshLimit + time.Second)
		stale := c.Get(t, "/log/entries.csv").Wants(http.StatusForbidden)
		if !strings.Contains(stale.Body, "/me/confirm") {
			t.Errorf("who has to confirm is not led there: %.300s", stale.Body)
		}
		mine := l.Get(t, "/me/log/own").Wants(200)
		if len(mine.Text("tbody tr")) != 50 || mine.All("input[type=checkbox]").Length() != 0 {
			t.Errorf("one's own log has %d rows", len(mine.Text("tbody tr")))
		}
		l.Get(t, mine.One(`.hv-pager a[rel="next"]`).AttrOr("href", "")).Wants(200)
	})
}
