package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/round/schedule"
	"hemvist/internal/web/webtest"
)

// atHome is a house whose programme has its home with a hub, with somebody of a role in a municipality of it.
func atHome(t *testing.T, h *webtest.House, role access.Role) (*webtest.Client, webtest.Person, webtest.Place) {
	t.Helper()
	place := h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")
	if err := h.Catalogue.GiveHomes(t.Context()); err != nil {
		t.Fatal(err)
	}
	p := h.NewPerson(t, role, place)
	return h.SignIn(t, p.Email), p, place
}

// fill is a form's values with others in place of some.
func fill(values url.Values, pairs ...string) url.Values {
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return values
}

// TestNoPersonalNumberStaysInAPlansAddress: the preview is asked for by its address, so what holds one is dropped and said.
func TestNoPersonalNumberStaysInAPlansAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		c, _, _ := atHome(t, h, access.Leader)
		for field, value := range map[string]string{"place": "Hos 700101-1234", "name": "700101-1234", "link": "https://rum.example/19700101-1234"} {
			q := url.Values{"do": {"preview"}, "variant": {"connect/parents"}, "first": {h.Today().AddDays(10).String()}, "starts": {"17:30"}, "language": {"sv"}, field: {value}}
			to := c.Get(t, "/rounds/new?"+q.Encode()).Wants(http.StatusSeeOther).Header.Get("Location")
			if strings.Contains(to, "1234") || !strings.Contains(to, "17%3A30") {
				t.Errorf("%s: the address is %s", field, to)
			}
			if page := c.Get(t, to).Wants(http.StatusOK); strings.Contains(page.Body, "1234") || !strings.Contains(page.Body, "togs bort") {
				t.Errorf("%s: the form says %q", field, page.One("main").Text())
			}
		}
	})
}

// TestALeaderPlansMovesAndNotifies goes the leader's way over the pages, by the forms as they stand in them.
func TestALeaderPlansMovesAndNotifies(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d) // it is 11 March 2026
		c, _, place := atHome(t, h, access.Leader)
		c.Get(t, "/rounds").One(`a[href="/rounds/new"]`)
		action, form := c.Get(t, "/rounds/new?variant=connect%2Fparents").Form("main form", "do=preview")
		fill(form, "first", "2026-03-23", "starts", "17.30", "weeks", "v. 18", "place", "Biblioteket")
		// Mistakes are told at their fields, and what was typed is kept.
		ask := func(form url.Values, pairs ...string) *webtest.Answer { // the days have an address, to come back to
			return c.Get(t, action+"?"+fill(form, pairs...).Encode())
		}
		wrong := ask(fill(url.Values{"variant": {"connect/parents"}}, "first", "2025-03-23", "starts", "25:10", "minutes", "9", "weeks", "lov", "do", "preview", "language", "xx")).Wants(422)
		if text := ask(url.Values{"variant": {"connect/parents"}}, "first", "2027-02-31", "do", "preview").Wants(422).Text("#first-error"); text[0] != "31 februari 2027 finns inte. Välj en annan dag" {
			t.Errorf("of a day that there is not it says %q", text)
		}
		for _, field := range []string{"first", "starts", "minutes", "place"} {
			wrong.One(`.ds-error-summary a[href="#` + field + `"]`)
			wrong.One("#" + field + "-error")
		}
		if v := wrong.One("#starts").AttrOr("value", ""); v != "25:10" {
			t.Errorf("the time that was typed became %q", v)
		}
		preview := ask(form, "do", "preview").Wants(200)
		if got := preview.All("ol.hv-plan-days li .ds-field").Length(); got != 10 {
			t.Errorf("%d days are shown", got)
		}
		if text := strings.Join(preview.Text("ol.hv-plan-days"), " "); !strings.Contains(text, "Hoppar över måndag 6 april, annandag påsk.") || !strings.Contains(text, "vecka 18 är fri") {
			t.Errorf("why days are skipped: %s", text)
		}
		preview.One(".ds-alert[data-color=warning]:not([hidden])")
		// A day by hand is checked; one that is no better is told at its field.
		action, form = preview.Form("main form", "do=check")
		bad := ask(form, "date-3", "2026-03-24").Wants(422)
		bad.One("#date-3-error")
		if v := bad.One("#date-3").AttrOr("value", ""); v != "2026-03-24" {
			t.Errorf("the day that was typed became %q", v)
		}
		action, form = ask(form, "date-3", "2026-04-07").Wants(200).Form("main form", "do=save")
		saved := c.Post(t, action, form).Wants(303).Header.Get("Location")
		if again := c.Post(t, action, form).Wants(303).Header.Get("Location"); again != saved {
			t.Errorf("pressed twice: %s and %s", saved, again)
		}
		if at := c.Post(t, action, fill(form, "do", "save-staff")).Wants(303).Header.Get("Location"); at != saved+"/staff" {
			t.Errorf("to choose a colleague leads to %s", at)
		}
		// The same in another tab: that the leader and the place are busy then is told, and has to be confirmed.
		again := fill(url.Values{}, "id", "")
		for name, values := range form {
			again[name] = values
		}
		busy := c.Post(t, action, fill(again, "id", "0198c5a2-0000-7000-8000-000000000001", "do", "save")).Wants(422)
		if text := strings.Join(busy.Text(".ds-alert p"), " "); !strings.Contains(text, "Du arbetar redan i Provköping") {
			t.Errorf("of a group planned twice it says %q", text)
		}
		busy.One("#busy-error")
		if other := c.Post(t, action, fill(again, "busy", "yes")).Wants(303).Header.Get("Location"); other == saved {
			t.Error("what was confirmed is not another group")
		}
		plan := c.Get(t, saved)
		if got := plan.Text("h1"); got[0] != "Provköping, våren 2026" && got[0] != "Provköpings, våren 2026" {
			t.Errorf("it is called %q", got)
		}
		if got := plan.All("#plan-sessions ~ ol > li").Length(); got != 10 || !strings.Contains(plan.Body, "Tisdag 7 april 2026, 17.30–20.00") {
			t.Errorf("%d sessions in the plan", got)
		}
		movesOne(t, c, saved)
		tellsTheHub(t, h, c, saved, place)
		if n := h.Nobody().Get(t, saved).Status; n != http.StatusSeeOther {
			t.Errorf("nobody sees the plan: %d", n)
		}
	})
}

// movesOne moves the second session by a day, with the rest following: first it is shown, then done.
func movesOne(t *testing.T, c *webtest.Client, plan string) {
	t.Helper()
	path := c.Get(t, plan).All(`#plan-sessions ~ ol a[href*="/plan/sessions/"]`).Eq(1).AttrOr("href", "")
	action, form := c.Get(t, path).Form(`form:has([name="on"])`, "do=preview")
	c.Post(t, action, fill(form, "on", "")).Wants(422).One("#on-error")
	shown := c.Post(t, action, fill(form, "on", "2026-03-31", "follow", "all")).Wants(200)
	if got := shown.All("form ol > li").Length(); got != 9 {
		t.Errorf("%d sessions would move", got)
	}
	if c.Get(t, plan).All("#plan-moves").Length() != 0 {
		t.Error("to look at it moved it")
	}
	action, form = shown.Form("main form", "do=save")
	c.Post(t, action, form).Leads(plan)
	if got := c.Get(t, plan).Text("#plan-moves ~ ol li span"); len(got) != 2 || got[1] != "8 träffar följde efter." {
		t.Errorf("the history says %q", got)
	}
	// Put off: the next time, and the rest after it.
	_, form = c.Get(t, path).Form(`form:has([value="postpone"])`, "do=preview")
	action, form = c.Post(t, path, form).Wants(200).Form("main form", "do=save")
	c.Post(t, action, form).Leads(plan)
	c.Post(t, path, fill(form, "do", "cancel")).Wants(409) // what was seen is old now
	_, form = c.Get(t, path).Form(`form:has(button[value="cancel"])`, "do=cancel")
	c.Post(t, path, form).Leads(plan)
	c.Get(t, plan).One(`#session-2 .ds-tag[data-color=neutral]`)
	_, form = c.Get(t, path).Form("main form", "do=back")
	c.Post(t, path, form).Leads(plan)
}

// tellsTheHub: the leader sees what the hub will see, tells it once, and the hub finds the round among the new ones.
func tellsTheHub(t *testing.T, h *webtest.House, c *webtest.Client, plan string, place webtest.Place) {
	t.Helper()
	coordinator := h.SignIn(t, h.NewPerson(t, access.Coordinator, place).Email)
	if n := coordinator.Get(t, "/rounds?notified=new").All("tbody tr").Length(); n != 0 {
		t.Errorf("%d are new before", n)
	}
	c.Post(t, strings.TrimSuffix(plan, "/plan")+"/participants", participant("Amina Påhittsson"))
	page := c.Get(t, plan+"/notify").Wants(200)
	if strings.Contains(page.Body, "Påhittsson") {
		t.Error("what the hub sees names a participant")
	}
	c.Post(t, plan+"/notify", nil).Leads(plan)
	c.Post(t, plan+"/notify", nil).Leads(plan)
	if c.Get(t, plan).All(`a[href$="/plan/notify"]`).Length() != 0 {
		t.Error("it is to be told again")
	}
	if n := coordinator.Get(t, "/rounds?notified=new").All("tbody tr").Length(); n != 1 {
		t.Errorf("%d are new", n)
	}
	if n := coordinator.Get(t, "/").All(`a[href="/rounds?notified=new"]`).Length(); n != 1 {
		t.Error("the hub's first page does not lead to them")
	}
}

// TestAnotherWasFirst: whoever saves second is told, keeps what was typed, and saves again on top of what there is now.
func TestAnotherWasFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		c, leader, place := atHome(t, h, access.Leader)
		second := h.NewPerson(t, access.Leader, place)
		other := h.SignIn(t, second.Email)
		r := h.NewRounds(t, webtest.NewRound{Place: place, Staff: []webtest.Person{leader, second}, First: h.Today().AddDays(7)})[0]
		path := r.Path("/plan/sessions/" + r.Sessions[1].ID)
		action, mine := c.Get(t, path).Form(`form:has([name="on"])`, "do=save")
		_, theirs := other.Get(t, path).Form(`form:has([name="on"])`, "do=save")
		c.Post(t, action, fill(mine, "on", r.Sessions[1].On.AddDays(1).String())).Leads(r.Path("/plan"))
		late := other.Post(t, action, fill(theirs, "on", r.Sessions[1].On.AddDays(2).String())).Wants(409)
		late.One(".ds-error-summary")
		if got := late.One("#on").AttrOr("value", ""); got != r.Sessions[1].On.AddDays(2).String() {
			t.Errorf("what was typed became %q", got)
		}
		action, theirs = late.Form(`form:has([name="on"])`, "do=save")
		other.Post(t, action, theirs).Leads(r.Path("/plan"))
		if got := other.Get(t, r.Path("/plan")).All("#plan-moves ~ ol > li").Length(); got != 2 {
			t.Errorf("%d moves are told", got)
		}
		// The same with the words.
		action, mine = c.Get(t, r.Path("/plan/change")).Form(`form:has([name="name"])`, "")
		c.Post(t, action, fill(mine, "name", "A")).Leads(r.Path("/plan"))
		again := other.Post(t, action, fill(mine, "name", "B")).Wants(409)
		again.One(".ds-alert[data-color=info]")
		if got := again.One("#name").AttrOr("value", ""); got != "B" {
			t.Errorf("what was typed became %q", got)
		}
	})
}

// TestOtherWeeksOff: the days are shown before they are saved, and what cannot be read is told at its field.
func TestOtherWeeksOff(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		c, leader, place := atHome(t, h, access.Leader)
		r := h.NewRounds(t, webtest.NewRound{Place: place, Staff: []webtest.Person{leader}, First: h.Today().AddDays(7)})[0]
		week := schedule.WeekOf(r.Sessions[1].On)
		action, form := c.Get(t, r.Path("/plan/change")).Form(`form:has([name="weeks"])`, "do=preview")
		bad := c.Post(t, action, fill(form, "weeks", "lov")).Wants(422)
		bad.One("#weeks-error")
		if v := bad.One("#weeks").AttrOr("value", ""); v != "lov" {
			t.Errorf("what was typed became %q", v)
		}
		shown := c.Post(t, action, fill(form, "weeks", strconv.Itoa(week.Number))).Wants(200)
		if got := shown.All("form ol > li").Length(); got != len(r.Sessions)-1 || c.Get(t, r.Path("/plan")).All("#plan-moves").Length() != 0 {
			t.Errorf("%d sessions would move", got)
		}
		save, held := shown.Form("main form", "do=save")
		c.Post(t, save, held).Leads(r.Path("/plan"))
		c.Post(t, save, held).Wants(409).One(".ds-error-summary")
		if v := c.Get(t, r.Path("/plan/change")).One("#weeks").AttrOr("value", ""); v != strconv.Itoa(week.Number) {
			t.Errorf("the weeks off are %q", v)
		}
	})
}

func TestAContactStaffsAndReplaces(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		c, _, place := atHome(t, h, access.Contact)
		first, second := h.NewPerson(t, access.Leader, place), h.NewPerson(t, access.Leader, h.NewPlace(t, place.Hub, "Övningstads kommun"))
		r := h.NewRounds(t, webtest.NewRound{Place: place, First: h.Today().AddDays(7)})[0]
		page := c.Get(t, r.Path("/plan/staff"))
		if tags := page.Text("#counts ~ .hv-row .ds-tag"); !slices.Equal(tags, []string{"2 saknas"}) {
			t.Errorf("counts: %q", tags)
		}
		action, form := page.Form(`#person form`, "person="+first.ID)
		asked := c.Post(t, action, form).Wants(422) // who may not lead yet is asked about once
		action, form = asked.Form(`.ds-alert form`, "person="+first.ID)
		c.Post(t, action, form).Leads(r.Path("/plan/staff"))
		action, form = c.Get(t, r.Path("/plan/staff?q="+url.QueryEscape(strings.Fields(second.Name)[2]))).Form(`#person li:has(button[value="`+second.ID+`"]) form`, "person="+second.ID)
		form.Set("sure", "yes")
		stale := url.Values{}
		for k, v := range form {
			stale[k] = slices.Clone(v)
		}
		c.Post(t, action, form).Leads(r.Path("/plan/staff"))
		c.Post(t, action, stale).Wants(409)
		leader := h.SignIn(t, second.Email)
		leader.Get(t, r.Path("")).Wants(200)
		part := c.Get(t, r.Path("/plan/staff/"+second.ID)).Wants(200)
		action, form = part.Form(`main > form`, "do=end")
		c.Post(t, action, fill(form, "last", "2020-01-01")).Wants(422).One("#last-error")
		c.Post(t, action, fill(form, "when", "now")).Leads(r.Path("/plan/staff"))
		leader.Get(t, r.Path("")).Wants(404) // at the next request
		if got := c.Get(t, r.Path("/plan/staff")).Text("#workers ~ ul.hv-needs > li h3"); !slices.Equal(got, []string{first.Name}) {
			t.Errorf("who is left: %q", got)
		}
	})
}

func TestTheHubPlansABooster(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		c, coordinator, place := atHome(t, h, access.Coordinator)
		if got := c.Get(t, "/rounds/new").All(`a[href*="parents"]`).Length(); got != 0 {
			t.Error("the hub plans parents' groups")
		}
		path := "/rounds/new?variant=connect%2Fbooster"
		action, form := c.Get(t, path).Form("main form", "do=save")
		c.Post(t, action, fill(form, "first", "2026-04-20", "place", "Kansliet")).Wants(422) // it has no board yet
		h.NewBoard(t, webtest.Place{Organisation: place.Hub})
		saved := c.Post(t, action, form).Wants(303).Header.Get("Location")
		plan := c.Get(t, saved).Wants(200)
		if plan.All(`a[href$="/plan/notify"]`).Length() != 0 {
			t.Error("the hub is to tell itself")
		}
		round := strings.TrimSuffix(saved, "/plan")
		c.Get(t, round+"/plan/notify").Wants(404)
		end := c.Get(t, round+"/end")
		action, form = end.Form(`form:has(button[value="broken-off"])`, "how=broken-off")
		c.Post(t, action, form).Wants(422).One(".ds-error-summary")
		c.Post(t, action, fill(form, "reason", "organisation")).Leads(round)
		if got := c.Get(t, round).Text("#outcome ~ ol li span"); !slices.Equal(got, []string{"Avbruten av " + coordinator.Name + ". Anledning: Organisationen beslutade det."}) {
			t.Errorf("the result: %q", got)
		}
		action, form = c.Get(t, round+"/end").Form("main form", "")
		c.Post(t, action, fill(form, "reason", "goes-on")).Leads(round)
	})
}
