package site_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/house/housetest"
	"hemvist/internal/i18n"
	"hemvist/internal/site"
	"hemvist/internal/site/marked"
)

// editors is a house with two coordinators and somebody who is none.
type editors struct {
	housetest.House
	ctx                 context.Context
	one, another, leads access.Subject
}

func open(t *testing.T, d *db.DB) editors {
	t.Helper()
	h := editors{House: housetest.New(t, d, nil), ctx: audit.WithTrail(t.Context(), &audit.Trail{})}
	err := h.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		hub, err := h.Directory.AddOrganisationTx(ctx, tx, directory.Organisation{Kind: directory.HubKind, Name: "Hemvisten"})
		if err != nil {
			return err
		}
		for _, p := range []struct {
			who  *access.Subject
			role access.Role
			name string
		}{{&h.one, access.Coordinator, "Ingrid Provlund"}, {&h.another, access.Coordinator, "Åsa Påhittsson"}, {&h.leads, access.Leader, "Lars Skisserud"}} {
			stored, err := h.Directory.AddPersonTx(ctx, tx, directory.Person{Name: p.name, GivenName: p.name, Email: strings.Fields(p.name)[0] + "@hemvist.example", Language: "sv"})
			if err != nil {
				return err
			}
			*p.who = access.Subject{Person: stored.ID, Role: p.role, Organisation: hub.ID}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// filled is everything that the texts ask for.
var filled = site.Particulars{Organisation: "Hemvisten (prov)", Email: "fraga@hemvist.example", Officer: "ombud@hemvist.example", Reviewed: clock.MustDate("2026-11-01")}

var words = site.Words{Day: func(d clock.Date) string { return d.String() }, Missing: func(p site.Particular) string { return "saknas: " + string(p) }}

// TestTheShippedTexts: every text is there in every language, can be shown, names the same particulars, leads to the same places, and
// the privacy page, the statement and the contact page name who answers.
func TestTheShippedTexts(t *testing.T) {
	for _, text := range site.Texts {
		var headings []int
		for _, language := range i18n.Languages {
			body := site.Shipped(text, language)
			if stored, err := site.CheckBody(body); err != nil || stored != body {
				t.Errorf("%s in %s could not be saved as it is: %v", text, language, err)
			}
			if html, err := marked.HTML(body); err != nil || len(html) < 300 {
				t.Errorf("%s in %s: %d bytes, %v", text, language, len(html), err)
			}
			headings = append(headings, strings.Count(body, "\n## "))
			for _, p := range append(slices.Clone(site.Required), site.Phone, site.Post) {
				if first := site.Shipped(text, i18n.Languages[0]); strings.Contains(first, "{"+string(p)+"}") != strings.Contains(body, "{"+string(p)+"}") {
					t.Errorf("%s: only one of the languages names {%s}", text, p)
				}
			}
			for _, to := range []string{"/feedback", "/privacy", "/cookies", "digg.se", "imy.se"} {
				if first := site.Shipped(text, i18n.Languages[0]); strings.Contains(first, to) != strings.Contains(body, to) {
					t.Errorf("%s: only one of the languages leads to %s", text, to)
				}
			}
		}
		if headings[0] != headings[1] || headings[0] == 0 {
			t.Errorf("%s has %v headings", text, headings)
		}
	}
	for text, names := range map[site.Text][]site.Particular{site.Accessibility: {site.Organisation, site.Email, site.Reviewed},
		site.Privacy: {site.Organisation, site.Email, site.Officer}, site.Contact: {site.Organisation, site.Email}} {
		if _, missing := (site.Particulars{}).Fill(site.Shipped(text, "sv"), words); !slices.Equal(missing, names) {
			t.Errorf("%s lacks %v of an empty house, want %v", text, missing, names)
		}
	}
}

func TestFill(t *testing.T) {
	const body = "Vi är {organisation}, {email}.\n\n- Telefon: {phone}\n- Post: {post}\n\n{officer} {reviewed} {annat}"
	got, missing := filled.Fill(body, words)
	want := "Vi är Hemvisten \\(prov\\), [fraga\\@hemvist\\.example](<mailto:fraga@hemvist.example>).\n\n\nombud\\@hemvist\\.example 2026\\-11\\-01 {annat}"
	if got != want || missing != nil {
		t.Errorf("filled: %q, %v", got, missing)
	}
	p := site.Particulars{Phone: "010-000 00 00 {email}"}
	got, missing = p.Fill(body, words)
	if !strings.Contains(got, "- Telefon: 010\\-000 00 00 \\{email\\}") || strings.Contains(got, "Post") || !strings.Contains(got, "*saknas\\: organisation*") || len(missing) != 4 {
		t.Errorf("with a telephone alone: %q, %v", got, missing)
	}
}

func TestATextIsEditedAndNothingIsLost(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		page, err := h.Site.Read(h.ctx, site.Contact, "en")
		if err != nil || !page.Shipped || page.Fallback || page.Language != "en" {
			t.Fatalf("the shipped text: %+v, %v", page, err)
		}
		save := func(who access.Subject, language, body string, seen int) error {
			_, err := h.Site.Save(h.ctx, who, site.Contact, language, body, seen, "")
			return err
		}
		if err := save(h.leads, "sv", "Hej", 0); !errs.Is(err, errs.Denied) {
			t.Errorf("a leader saves: %v", err)
		}
		if err := save(h.one, "de", "Hej", 0); !errs.Is(err, errs.NotFound) {
			t.Errorf("German: %v", err)
		}
		if err := save(h.one, "sv", "Hej <b>du</b> [x](javascript:y)", 0); !errs.Is(err, errs.Invalid) {
			t.Errorf("markup: %v", err)
		}
		if err := save(h.one, "sv", "Ring 850101-1234", 0); !errs.Is(err, errs.Invalid) {
			t.Errorf("a personal number: %v", err)
		}
		if err := save(h.one, "sv", "Vi heter {organisation}.\r\n\r\nRing oss.", 0); err != nil {
			t.Fatal(err)
		}
		// In English the hub has said nothing yet: what the program ships would say something else.
		if page, err = h.Site.Read(h.ctx, site.Contact, "en"); err != nil || !page.Fallback || page.Language != "sv" || !strings.Contains(page.Body, "Ring oss") {
			t.Errorf("the English page: %+v, %v", page, err)
		}
		o, err := h.Site.Overview(h.ctx, h.one)
		if err != nil || !slices.Equal(o.Texts[3].Behind, []string{"en"}) || !slices.Equal(o.Texts[3].Unfilled, []site.Particular{site.Organisation, site.Email}) || o.Incomplete() != 5 {
			t.Errorf("overview: %+v, %v", o, err)
		}
		h.Time.Move(time.Hour)
		if err := save(h.one, "en", "We are {organisation}.", 0); err != nil {
			t.Fatal(err)
		}
		// Two began from the same version: the second is told who was first.
		h.Time.Move(time.Hour)
		if err := save(h.one, "sv", "Vi heter {organisation}.\n\nMejla oss.", 1); err != nil {
			t.Fatal(err)
		}
		err = save(h.another, "sv", "Något annat", 1)
		if m := (*site.ErrMeanwhile)(nil); !errs.Is(err, errs.Conflict) || !errors.As(err, &m) || m.By != "Ingrid Provlund" {
			t.Errorf("the second of two: %v", err)
		}
		if o, err = h.Site.Overview(h.ctx, h.one); err != nil || !slices.Equal(o.Texts[3].Older, []string{"en"}) || len(o.Texts[3].Behind) != 0 {
			t.Errorf("overview, Swedish newer: %+v, %v", o, err)
		}
		if changed, err := h.Site.Save(h.ctx, h.another, site.Contact, "sv", "Vi heter {organisation}.\n\nMejla oss.\n", 2, ""); err != nil || changed {
			t.Errorf("the same text again: %v, %v", changed, err)
		}
		if err := h.Site.Again(h.ctx, h.another, site.Contact, "sv", 1, 1, ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("taken up again past a newer one: %v", err)
		}
		if err := h.Site.Again(h.ctx, h.another, site.Contact, "sv", 7, 2, ""); !errs.Is(err, errs.NotFound) {
			t.Errorf("a version that is not there: %v", err)
		}
		if err := h.Site.Again(h.ctx, h.another, site.Contact, "sv", 1, 2, ""); err != nil {
			t.Fatal(err)
		}
		if err := h.Site.Again(h.ctx, h.another, site.Contact, "sv", 0, 3, ""); err != nil {
			t.Fatal(err)
		}
		all, err := h.Site.History(h.ctx, h.one, site.Contact, "sv")
		if err != nil || len(all) != 5 {
			t.Fatalf("%d versions, %v", len(all), err)
		}
		if !all[0].Shipped || all[0].Again != 0 || all[0].Body != site.Shipped(site.Contact, "sv") || all[1].Body != all[3].Body || all[1].Again != 1 || all[1].By != "Åsa Påhittsson" ||
			all[3].Again != -1 || !all[4].Shipped || all[4].Number != 0 {
			t.Errorf("history: %+v", all)
		}
	})
}

func TestCompare(t *testing.T) {
	got := site.Compare("a\n\nb\nc\n\nd", "a\nB\nc\nd\n\ne")
	if len(got) != 2 || !slices.Equal(got[0].Before, []string{"b"}) || !slices.Equal(got[0].After, []string{"B"}) || got[1].Before != nil || !slices.Equal(got[1].After, []string{"e"}) {
		t.Errorf("%+v", got)
	}
	if got := site.Compare("a\n\nb", "a\nb\n"); got != nil {
		t.Errorf("nothing differs: %+v", got)
	}
	if got := site.Compare(strings.Repeat("a\n", 5000), strings.Repeat("b\n", 5000)); len(got) != 1 {
		t.Errorf("two long texts: %d changes", len(got))
	}
}

func TestParticularsAreFilledIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		if p, err := h.Site.Particulars(h.ctx); err != nil || len(p.Missing()) != 4 {
			t.Fatalf("an empty house: %+v, %v", p, err)
		}
		wrong := site.Particulars{Email: "ingen adress", Phone: "850101-1234", Officer: "a\u202eb", Reviewed: h.Site.Today().AddDays(1)}
		_, err := h.Site.SaveParticulars(h.ctx, h.one, wrong, "")
		if e := (*errs.Error)(nil); !errors.As(err, &e) || len(e.Fields) != 4 {
			t.Errorf("four mistakes: %v", err)
		}
		if _, err := h.Site.SaveParticulars(h.ctx, h.leads, filled, ""); !errs.Is(err, errs.Denied) {
			t.Errorf("a leader: %v", err)
		}
		if changed, err := h.Site.SaveParticulars(h.ctx, h.one, filled, ""); err != nil || !changed {
			t.Fatal(changed, err)
		}
		_, err = h.Site.SaveParticulars(h.ctx, h.another, site.Particulars{Organisation: "Andra"}, "")
		if m := (*site.ErrMeanwhile)(nil); !errors.As(err, &m) || m.By != "Ingrid Provlund" {
			t.Errorf("the second of two: %v", err)
		}
		p, err := h.Site.Particulars(h.ctx)
		if err != nil || p.Organisation != filled.Organisation || p.Email != filled.Email || p.Reviewed != filled.Reviewed || p.Number != 1 || len(p.Missing()) != 0 {
			t.Errorf("stored: %+v, %v", p, err)
		}
		if changed, err := h.Site.SaveParticulars(h.ctx, h.another, p, ""); err != nil || changed {
			t.Errorf("the same again: %v, %v", changed, err)
		}
		if o, err := h.Site.Overview(h.ctx, h.one); err != nil || o.Incomplete() != 0 {
			t.Errorf("%+v, %v", o, err)
		}
		for days, want := range []int{0, 1} { // gone through on 1 November, a year and a day later it is due
			h.Time.Move(filled.Reviewed.AddYears(1).AddDays(days).In(time.UTC, 12*60).Sub(h.Clock.Now()))
			if n, err := h.Site.ReviewDue(h.ctx, h.one); err != nil || n != want {
				t.Errorf("on %s it is due: %d, %v", h.Site.Today(), n, err)
			}
		}
	})
}
