package demo

import (
	"context"
	"fmt"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/mail"
)

// addLetters writes a few letters that somebody in the demo could have been sent, and gives the hub words of its own for one of them.
func (f *filler) addLetters(ctx context.Context) error {
	home := f.orgs[0]
	boss := access.Subject{Person: f.boss, Role: access.Coordinator, Organisation: f.hub.org}
	words := mail.Words{Subject: "Tack från Demohemvisten, {{namn}}", SMS: "Hej {{namn}}! Vi har svarat på det du skrev: {{länk}} Hälsningar Demohemvisten",
		Body: "Hej {{namn}}!\n\nTack för dina tankar om Hemvist. Vi läser allt som kommer in, varje fredag över en kopp kaffe. Vårt svar finns här:\n\n{{länk}}\n\nHälsningar\nDemohemvisten"}
	if err := f.Letters.SetWords(ctx, boss, "feedback", "sv", words, "", ""); err != nil {
		return err
	}
	var letters []mail.Letter
	for i, l := range home.leaders {
		letters = append(letters, mail.Letter{Template: "feedback", To: fmt.Sprintf("ledare0.%d@demo.example", i), Person: l.id, Name: l.name, Language: "sv",
			Organisation: home.org, Authority: home.authority, Hub: f.hub.org, Link: mail.Link{Path: "/feedback"}})
		if i == 0 {
			letters = append(letters, mail.Letter{Template: "recovery-asked", To: SignInAs.Of(access.Administrator), Name: "Birgitta Mallqvist", Language: "sv",
				Organisation: home.org, Hub: f.hub.org, Args: map[string]string{"name": l.name, "organisation": inFull(home.name)}, Link: mail.Link{Path: "/"}})
		}
	}
	return f.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, l := range letters {
			if err := f.Letters.SendTx(ctx, tx, l); err != nil {
				return err
			}
		}
		return nil
	})
}
