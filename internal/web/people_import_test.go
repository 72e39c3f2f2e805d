package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/directory/takeover"
)

// TestARegisterIsTakenOver: a table is sent, asked about, taken over, and what did not fit comes back as a file that can be mended.
func TestARegisterIsTakenOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openStaff(t, d)
		action, form := h.c.Get(t, "/people/import").Wants(200).Form("main form", "")
		form.Set("place", h.place.Organisation+"/"+h.place.Authority)
		h.c.Post(t, action, form).Wants(http.StatusUnprocessableEntity).One("#file-error")
		form.Set("programme", "connect")
		form.Set("file", "E-post;Namn;Telefon;Roll\nny@kommun.example;Ny <b>Påhittsson</b>;070-174 06 05;\nkarin.ny@kommun.example;"+h.leader.Name+";;Teknikassistent\n"+
			"fel;Fel Adress;;\nx@kommun.example;Berit 850709-9805;;\n")
		preview := h.c.Post(t, action, form).Wants(http.StatusSeeOther).Header.Get("Location")
		a := h.c.Get(t, preview).Wants(200)
		if strings.Contains(a.Body, "9805") || a.All("fieldset").Length() != 1+1 { // the question, and the language in the menu
			t.Errorf("the preview: %s", a.Body)
		}
		if got := a.One("#who-3").Text(); !strings.Contains(got, "Gruppledare") {
			t.Errorf("a candidate without where they work: %q", got)
		}
		action, answers := a.Form("main form", "")
		h.c.Post(t, action, answers).Wants(http.StatusUnprocessableEntity).One(`.ds-error-summary a[href="#who-3"]`)
		answers.Set("who-3", h.leader.ID)
		report := h.c.Post(t, action, answers).Wants(http.StatusSeeOther).Header.Get("Location")
		if got := strings.Join(h.c.Get(t, report).Wants(200).Text(".hv-kpi dd"), " "); got != "1 1 0 2" {
			t.Errorf("the report says %q", got)
		}
		rows := csvRows(t, h.c.Get(t, report+".csv").Wants(200))
		if len(rows) != 3 || rows[1][0] != "Fel Adress" || rows[2][0] != "" || rows[2][6] != "5" {
			t.Errorf("what did not fit: %v", rows)
		}
		if h.c.Get(t, "/people?q=karin.ny").Wants(200).All("tbody tr").Length() != 0 {
			t.Error("who was said to be known was added")
		}
		h.c.Get(t, preview).Wants(http.StatusConflict)
		if n := len(h.Entries(t, audit.Filter{Action: takeover.ActionImport, Actor: h.admin.ID})); n != 1 {
			t.Errorf("%d entries of the take-over", n)
		}
	})
}

// TestNaughtyRegisters: whatever stands in the cells of a table, it is refused in words or kept as it was typed.
func TestNaughtyRegisters(t *testing.T) {
	h := openStaff(t, dbtest.New(t))
	table := "namn;e-post;kommun\n"
	for i, s := range naughty(t) {
		if strings.ContainsAny(s, "\x00") {
			continue
		}
		table += `"` + strings.ReplaceAll(s, `"`, `""`) + `";n` + strings.Repeat("x", i) + "@kommun.example;\"" + strings.ReplaceAll(s, `"`, `""`) + "\"\n"
	}
	form := url.Values{"file": {table}, "role": {"leader"}, "programme": {"connect"}, "place": {h.place.Organisation + "/" + h.place.Authority}, "from": {h.Today().String()}, "language": {"sv"}}
	a := h.c.Post(t, "/people/import", form)
	if a.Status == http.StatusUnprocessableEntity {
		a.One("#file-error")
		return
	}
	unbroken(t, h.c.Get(t, a.Wants(http.StatusSeeOther).Header.Get("Location")).Wants(200), "<b>")
}
