package demo

import (
	"context"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/site"
)

// addSite fills in who runs the demo, changes one of the house's texts, and has two people write to the house: one waits for an answer.
func (f *filler) addSite(ctx context.Context) error {
	boss := access.Subject{Person: f.boss, Role: access.Coordinator, Organisation: f.hub.org}
	_, err := f.Site.SaveParticulars(ctx, boss, site.Particulars{Organisation: "Demohemvisten (påhittad)", Email: "fraga@demo.example", Phone: "070-174 06 05",
		Post: "Demohemvisten, Exempelgatan 1, 000 00 Exempelstad", Officer: "dataskyddsombud@demo.example", Reviewed: f.today.AddDays(-20)}, "")
	if err != nil {
		return err
	}
	for language, line := range map[string]string{"sv": "Demon besvarar inga brev: allt här är påhittat.", "en": "The demo answers no letters: everything here is invented."} {
		body := strings.TrimSpace(site.Shipped(site.Contact, language)) + "\n\n" + line
		if _, err := f.Site.Save(ctx, boss, site.Contact, language, body, 0, ""); err != nil {
			return err
		}
	}
	for _, n := range []site.NewFeedback{
		{Kind: site.Barrier, Body: "När jag förstorar texten mycket hamnar knappen för att spara långt ned, och jag ser inte att den finns.", Contact: "provlund@demo.example",
			Page: "/rounds", Language: "sv"},
		{Kind: site.Idea, Body: "It would be good to see next week's sessions in one list.", Language: "en"},
	} {
		if _, err := f.Site.Send(ctx, n, ""); err != nil {
			return err
		}
	}
	looking := audit.WithTrail(ctx, &audit.Trail{}) // the demo's own look is nobody's
	ideas, err := f.Site.Inbox(looking, boss, site.Query{Kind: site.Idea})
	if err != nil {
		return err
	}
	for _, row := range ideas.Rows {
		if err := f.Site.Answer(ctx, boss, row.ID, site.Reply{How: site.NoWay, Text: "Bra förslag. Vi tar med det i planeringen till våren."}, ""); err != nil {
			return err
		}
	}
	return nil
}
