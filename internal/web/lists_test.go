package web_test

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/round"
	"hemvist/internal/web/webtest"
)

// overview is a house with a coordinator, who is signed in, and the place that rounds are made in.
func overview(t *testing.T, h *webtest.House) (*webtest.Client, webtest.Place) {
	t.Helper()
	place := h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")
	return h.SignIn(t, h.NewPerson(t, access.Coordinator, place).Email), place
}

// names is the rounds that a list shows, in its order.
func names(a *webtest.Answer) []string { return a.Text("tbody th a") }

func TestTurningThePagesOfAList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		c, place := overview(t, h)
		var all []webtest.NewRound
		for i := range 120 {
			all = append(all, webtest.NewRound{Place: place, Name: fmt.Sprintf("Grupp %03d", i), First: h.Today().AddDays(-i / 2)})
		}
		h.NewRounds(t, all...)

		seen, path := []string{}, "/rounds"
		for range 3 {
			a := c.Get(t, path).Wants(200)
			seen = append(seen, names(a)...)
			path = a.All(`.hv-pager a[rel="next"]`).AttrOr("href", "")
		}
		if path != "" || len(seen) != 120 {
			t.Fatalf("three pages show %d rounds, and lead on to %q", len(seen), path)
		}
		pair := func(name string) int { // two begin each day
			n, err := strconv.Atoi(strings.TrimPrefix(name, "Grupp "))
			if err != nil {
				t.Fatal(err)
			}
			return n / 2
		}
		if !slices.IsSortedFunc(seen, func(a, b string) int { return pair(a) - pair(b) }) {
			t.Errorf("the newest do not stand first: %v", seen)
		}
		slices.Sort(seen)
		if len(slices.Compact(seen)) != 120 {
			t.Error("a round stands on two pages")
		}

		first := c.Get(t, "/rounds")
		if got := first.Text(".hv-toolbar p"); got[0] != "120 grupper" {
			t.Errorf("the summary is %q", got)
		}
		first.One(".hv-pager a")
		few := c.Get(t, "/rounds?page=2&sort=name&q=grupp&state=running")
		if len(names(few)) != 30 || few.All(".hv-pager a").Length() != 0 { // those that began within two weeks
			t.Errorf("a page beyond the last shows %d", len(names(few)))
		}
		// A page that is none is the first or the last one.
		last := names(c.Get(t, "/rounds?page=3"))
		for page, want := range map[string][]string{"0": names(first), "-1": names(first), "x": names(first), "": names(first), "1e3": names(first),
			"4": last, "999999": last, "9223372036854775807": last, "92233720368547758": last, "184467440737095517": last, "99999999999999999999": last} {
			a := c.Get(t, "/rounds?page="+page).Wants(200)
			if got := names(a); !slices.Equal(got, want) {
				t.Errorf("page %q begins with %v", page, got[:min(len(got), 1)])
			}
		}
		if back := c.Get(t, "/rounds?page=2&sort=name").All(`.hv-pager a[rel="prev"]`).AttrOr("href", ""); back != "/rounds?sort=name" {
			t.Errorf("the way back to the first page is %q", back)
		}
		// The filters go with the pages; a new order begins at the first.
		turned := c.Get(t, "/rounds?q=grupp&variant="+h.Connect.Variants[0].ID+"&page=2")
		turned.All(".hv-pager a, .hv-sort, .hv-toolbar a").Each(func(_ int, s *goquery.Selection) {
			to, err := url.Parse(s.AttrOr("href", ""))
			if err != nil || to.Query().Get("q") != "grupp" || to.Query().Get("variant") != h.Connect.Variants[0].ID {
				t.Errorf("%s leads to %s, without the filters", s.Text(), to)
			}
			if s.HasClass("hv-sort") && to.Query().Has("page") {
				t.Errorf("the order %s begins in the middle: %s", s.Text(), to)
			}
		})
	})
}

func TestAListSortsAndSearchesAsSwedishDoes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		c, place := overview(t, h)
		sorted := []string{"Ada", "Våren", "Wasa", "Zebran", "Åkern", "A\u030Akern två", "Älven", "ängen liten", "Öppna dörren"}
		var all []webtest.NewRound
		for _, i := range []int{4, 8, 0, 6, 2, 7, 1, 5, 3} {
			all = append(all, webtest.NewRound{Place: place, Name: sorted[i], Location: "Mötesplatsen"})
		}
		h.NewRounds(t, all...)
		if got := names(c.Get(t, "/rounds?sort=name")); !slices.Equal(got, sorted) {
			t.Errorf("in the order %q, want %q", got, sorted)
		}
		c.Get(t, "/rounds?sort=name").One(`th[aria-sort="ascending"] a[href="/rounds?sort=name"]`)
		c.Get(t, "/rounds").One(`th[aria-sort="descending"] a[href="/rounds"]`)
		for q, want := range map[string][]string{
			"å": {"Åkern", "A\u030Akern två"}, "Å": {"Åkern", "A\u030Akern två"}, "a\u030A": {"Åkern", "A\u030Akern två"}, "ÅKER": {"Åkern", "A\u030Akern två"},
			"a": {"Ada"}, "ä": {"Älven", "ängen liten"}, "A\u0308": {"Älven", "ängen liten"}, "o": {}, "ö": {"Öppna dörren"}, "O\u0308pp": {"Öppna dörren"},
			"dörr öpp": {"Öppna dörren"}, "dörr ada": {}, "ppna": {}, "möt": sorted, "mo": {}, "åkern tva": {}, "åkern TVÅ": {"A\u030Akern två"},
			"%": sorted, "_": sorted, "Åke%": {"Åkern", "A\u030Akern två"}, "åkern möt åkern möt åkern möt åkern möt nej": {}, "  våren  ": {"Våren"},
			"ＡＤＡ": {"Ada"}, "zebran,våren": {}, "w": {"Wasa"}, "v": {"Våren"},
		} {
			a := c.Get(t, "/rounds?"+url.Values{"q": {q}, "sort": {"name"}}.Encode()).Wants(200)
			if got := names(a); !slices.Equal(got, want) {
				t.Errorf("a search for %q finds %q, want %q", q, got, want)
			}
			if got := a.One("#q").AttrOr("value", ""); got != strings.TrimSpace(q) {
				t.Errorf("the field says %q of %q", got, q)
			}
		}
	})
}

func TestAListIsFiltered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		c, place := overview(t, h)
		var all []webtest.NewRound
		for _, first := range []int{-1, -7, -14, 0, 1, 30, -15, -15, -15, -100, -100, -100, -100, 20} {
			all = append(all, webtest.NewRound{Place: place, First: h.Today().AddDays(first)})
		}
		made := h.NewRounds(t, all...)
		by := h.NewPerson(t, access.Leader, place)
		if err := h.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			for i, how := range []round.State{round.Closed, round.BrokenOff, round.BrokenOff, round.Closed, round.Closed} {
				if err := h.Rounds.AddEndTx(ctx, tx, made[9+i].ID, how, h.Today(), by.ID); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		want := map[string]int{"": 14, "planned": 2, "running": 4, "waiting": 3, "closed": 3, "broken-off": 2}
		in := map[string]int{}
		for _, state := range append([]round.State{""}, round.States...) {
			a := c.Get(t, "/rounds?state="+string(state)).Wants(200)
			in[string(state)] = len(names(a))
			label := h.Texts.For("sv").T("state." + string(state))
			for _, tag := range a.Text("tbody .ds-tag") {
				if state != "" && tag != label {
					t.Errorf("among %q stands one that is %q", label, tag)
				}
			}
			if got := a.One("#state option[selected]").AttrOr("value", "-"); got != string(state) {
				t.Errorf("the field says %q of %q", got, state)
			}
		}
		if !maps.Equal(in, want) {
			t.Errorf("by state there are %v, want %v", in, want)
		}
		for _, odd := range []string{"state=none", "variant=", "sort=size", "state=running&state=closed", "unknown=1"} {
			c.Get(t, "/rounds?"+odd).Wants(200)
		}
		if got := len(names(c.Get(t, "/rounds?state=none"))); got != in[""] {
			t.Errorf("a state that is none shows %d of %d", got, in[""])
		}
		if got := names(c.Get(t, "/rounds?variant=none")); len(got) != 0 {
			t.Errorf("a variant that is none shows %v", got)
		}
	})
}

func TestAnEmptyListSaysWhatToDo(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	c, place := overview(t, h)
	a := c.Get(t, "/rounds").Wants(200)
	if got := a.One(".hv-empty h2").Text(); got != "Inga grupper än" || a.All("table, .hv-pager, .hv-toolbar a").Length() != 0 {
		t.Errorf("an empty house says %q", got)
	}
	h.NewRounds(t, webtest.NewRound{Place: place})
	a = c.Get(t, "/rounds?q=nothing&state=closed").Wants(200)
	if got := a.One(".hv-empty h2").Text(); got != "Inga grupper passar" || a.All("table, .hv-toolbar a").Length() != 0 {
		t.Errorf("a list without what is asked for says %q", got)
	}
	a.One(`.hv-empty a[href="/rounds"]`)
}

// TestALeaderFindsARoundByAParticipant: by the whole name or contact, in their own rounds, and nobody else does.
func TestALeaderFindsARoundByAParticipant(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		place := h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")
		leader := h.NewPerson(t, access.Leader, place)
		r := h.NewRounds(t, webtest.NewRound{Place: place, Name: "Måndagsgruppen", Staff: []webtest.Person{leader}})[0]
		c := h.SignIn(t, leader.Email)
		c.Post(t, r.Path("/participants"), url.Values{"name": {"Åsa-Lena Påhittsson"}, "email": {"post@fabel.example"}, "language": {"sv"}}).Wants(303)
		for q, found := range map[string]bool{"Åsa-Lena Påhittsson": true, "påhittsson": true, "LENA": true, "A\u030Asa": true, "fabel": true,
			"post@fabel.example": true, "påhitt": false, "asa lena": false, "Åsa Sagosten": false, "måndag": true, "måndag påhittsson": false} {
			a := c.Get(t, "/rounds?"+url.Values{"q": {q}}.Encode()).Wants(200)
			if got := len(names(a)) == 1; got != found {
				t.Errorf("%q is found: %v, want %v", q, got, found)
			}
			if strings.Contains(a.One("#list").Text(), "Påhittsson") {
				t.Errorf("the list shows who was found:\n%s", a.One("#list").Text())
			}
		}
		a := c.Get(t, "/rounds?q=LENA")
		entries := h.Entries(t, audit.Filter{Actor: leader.ID, RequestID: a.Header.Get("X-Request-Id")})
		if len(entries) != 1 || entries[0].Action != "participant.search" || len(entries[0].Found) != 1 {
			t.Errorf("the log says %+v", entries)
		}
		for _, role := range []access.Role{access.Leader, access.Contact, access.Coordinator} {
			other := h.NewPerson(t, role, place)
			if got := names(h.SignIn(t, other.Email).Get(t, "/rounds?q=LENA")); len(got) != 0 {
				t.Errorf("a %s who does not lead the round finds %v", role, got)
			}
		}
	})
}

func TestAnExportIsTheList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		c, place := overview(t, h)
		evil := []string{"=cmd|' /C calc'!A0", "+46701740605", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "'=1", "a;b\"c\nd", "vanlig", "Åäö"}
		var all []webtest.NewRound
		leader := h.NewPerson(t, access.Leader, place)
		for _, name := range evil {
			all = append(all, webtest.NewRound{Place: place, Name: name, Location: "Mötesplatsen", Staff: []webtest.Person{leader}})
		}
		all = append(all, webtest.NewRound{Place: place, Name: "Utanför", Location: "Biblioteket"})
		h.NewRounds(t, all...)
		page := c.Get(t, "/rounds?q=m%C3%B6te&sort=name&state=running").Wants(200)
		csvLink := page.One(`a[download][href^="/rounds.csv"]`).AttrOr("href", "")
		excelLink := page.One(`a[download][href^="/rounds.xlsx"]`).AttrOr("href", "")
		file, sheet := c.Get(t, csvLink).Wants(200), c.Get(t, excelLink).Wants(200)
		if got := file.Header.Get("Content-Type") + " " + file.Header.Get("Content-Disposition"); got != `text/csv; charset=utf-8 attachment; filename="grupper.csv"` {
			t.Errorf("sent as %s", got)
		}
		if got := sheet.Header.Get("Content-Disposition"); got != `attachment; filename="grupper.xlsx"` {
			t.Errorf("sent as %s", got)
		}
		if !strings.Contains(file.Body, "\r\n") {
			t.Error("the lines do not end as spreadsheets want")
		}
		rows, cells := csvRows(t, file), excelRows(t, sheet)
		if len(rows) != len(evil)+1 || len(cells) != len(rows) || len(names(page)) != len(evil) {
			t.Fatalf("the page shows %d rounds, CSV %d rows, Excel %d", len(names(page)), len(rows), len(cells))
		}
		if rows[0][0] != "Grupp" || rows[0][10] != "Personal" || cells[0][0] != "Grupp" {
			t.Errorf("the headings are %q and %q", rows[0], cells[0])
		}
		for i, name := range names(page) {
			if got := strings.Join(strings.Fields(strings.TrimPrefix(rows[i+1][0], "'")), " "); got != strings.TrimPrefix(name, "'") {
				t.Errorf("row %d is %q, the page says %q", i+1, got, name)
			}
			for j, cell := range rows[i+1] {
				if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r\n") || strings.HasPrefix(cell, "＝") {
					t.Errorf("row %d has a cell that a spreadsheet reads as a formula: %q", i+1, cell)
				}
				// A line break of old Macs is left out of CSV, as it would end the row.
				if strings.ReplaceAll(cells[i+1][j], "\r", "") != cell {
					t.Errorf("row %d: %q in CSV, %q in Excel", i+1, cell, cells[i+1][j])
				}
			}
			if row := rows[i+1]; row[4] != "Pågår" || row[8] != "3" || row[10] != leader.Name || row[5] != h.Today().AddDays(-7).String() {
				t.Errorf("row %d is %q", i+1, row)
			}
		}
		for _, a := range []*webtest.Answer{file, sheet} {
			entries := h.Entries(t, audit.Filter{Organisation: place.Hub, Action: "round.export", RequestID: a.Header.Get("X-Request-Id")})
			if len(entries) != 1 || entries[0].Count != len(evil) || entries[0].Outcome != audit.OK {
				t.Errorf("%s: the log says %+v", a.Asked, entries)
			}
		}
		english := c.Get(t, "/rounds.csv?q=nothing").Wants(200)
		if got := csvRows(t, english); len(got) != 1 {
			t.Errorf("an export of nothing has %d rows", len(got))
		}
	})
}

func TestAnExportThatIsTooLargeIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := webtest.Open(t, d)
		c, place := overview(t, h)
		r := h.NewRounds(t, webtest.NewRound{Place: place}, webtest.NewRound{Place: place, Name: "Den enda", First: h.Today().AddDays(20)})[0]
		err := h.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO round (id, hub_id, organisation_id, authority_id, programme, version, variant, name, name_sort, place,
					language, created_at, first_on, last_on, sessions, sessions_held, participants)
				WITH RECURSIVE many (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 10000)
				SELECT 'copy-' || n, hub_id, organisation_id, authority_id, programme, version, variant, name, name_sort, place,
					language, created_at, first_on, last_on, sessions, sessions_held, participants FROM round, many WHERE id = $1`, r.ID)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		page := c.Get(t, "/rounds").Wants(200)
		if got := page.Text(".hv-toolbar p")[0]; got != "Fler än 10 000 grupper" {
			t.Errorf("the summary is %q", got)
		}
		for _, path := range []string{"/rounds.csv", "/rounds.xlsx"} {
			a := c.Get(t, path).Wants(413)
			wantMessage(t, a, "sv", "Det blev för mycket", h.Texts.For("sv").T("export.error.many"))
			if entries := h.Entries(t, audit.Filter{Organisation: place.Hub, RequestID: a.Header.Get("X-Request-Id")}); len(entries) != 0 {
				t.Errorf("%s: the log says %+v", path, entries)
			}
		}
		if got := csvRows(t, c.Get(t, "/rounds.csv?state=planned").Wants(200)); len(got) != 2 {
			t.Errorf("what fits is exported in %d rows", len(got))
		}
		if got := c.Get(t, "/rounds?page=150").Wants(200); len(names(got)) != 50 {
			t.Errorf("page 150 shows %d", len(names(got)))
		}
	})
}
