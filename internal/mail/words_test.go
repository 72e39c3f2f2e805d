package mail_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/house/housetest"
	"hemvist/internal/i18n"
	"hemvist/internal/mail"
)

// coordinator makes a hub and who works there.
func coordinator(t testing.TB, h housetest.House, name string) access.Subject {
	t.Helper()
	s := access.Subject{Role: access.Coordinator}
	must(t, h.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		org, err := h.Directory.AddOrganisationTx(ctx, tx, directory.Organisation{Kind: directory.HubKind, Name: name})
		if err != nil {
			return err
		}
		p, err := h.Directory.AddPersonTx(ctx, tx, directory.Person{Name: "Ingrid Påhittsson", GivenName: "Ingrid", Email: db.NewID() + "@hemvist.example", Language: "sv"})
		s.Person, s.Organisation = p.ID, org.ID
		return err
	}))
	return s
}

// TestHouseWords: every letter has a title, a word about when it is sent, and words of the house's that the house itself would take.
func TestHouseWords(t *testing.T) {
	texts, err := i18n.Load()
	must(t, err)
	for _, template := range mail.Templates() {
		for _, lang := range i18n.Languages {
			p := texts.For(lang)
			for _, part := range []string{"title", "when", "subject", "body", "sms"} {
				if !p.Has("letter." + template.Name + "." + part) {
					t.Errorf("%s: letter.%s.%s is missing", lang, template.Name, part)
				}
			}
			words := map[string]bool{}
			for _, name := range template.Names() {
				for _, part := range []string{"word", "about", "example"} {
					if !p.Has("letter-arg." + name + "." + part) {
						t.Errorf("%s: letter-arg.%s.%s is missing", lang, name, part)
					}
				}
				if word := mail.Placeholder(p, name); words[word] {
					t.Errorf("%s: two values of %s are called %s", lang, template.Name, word)
				} else {
					words[word] = true
				}
			}
			house := template.House(p)
			kept, err := template.CheckWords(p, house)
			if err != nil || kept != house {
				t.Errorf("%s, %s: %v", template.Name, lang, err)
			}
		}
	}
}

func TestWordsThatCannotBe(t *testing.T) {
	texts, err := i18n.Load()
	must(t, err)
	sv := texts.For("sv")
	invitation, err := mail.TemplateOf("invitation")
	must(t, err)
	good := mail.Words{Subject: "Hej {{ namn }}", Body: "Öppna {{länk}}\noch {{organisation}}", SMS: "{{länk}}"}
	for name, c := range map[string]struct {
		change     func(*mail.Words)
		field, key string
		line       int
	}{
		"nothing wrong":            {func(*mail.Words) {}, "", "", 0},
		"no subject":               {func(w *mail.Words) { w.Subject = "  " }, "subject", "letters.error.subject", 0},
		"a long subject":           {func(w *mail.Words) { w.Subject = strings.Repeat("å", 151) }, "subject", "form.error.long", 0},
		"two lines of subject":     {func(w *mail.Words) { w.Subject = "a\nb" }, "subject", "form.error.characters", 0},
		"a link in the subject":    {func(w *mail.Words) { w.Subject = "{{länk}}" }, "subject", "letters.error.here.placeholder", 1},
		"no body":                  {func(w *mail.Words) { w.Body = "" }, "body", "letters.error.body", 0},
		"a long body":              {func(w *mail.Words) { w.Body += strings.Repeat("a", 5000) }, "body", "form.error.long", 0},
		"no link":                  {func(w *mail.Words) { w.Body = "Hej" }, "body", "letters.error.link", 0},
		"no link in the SMS":       {func(w *mail.Words) { w.SMS = "Hej" }, "sms", "letters.error.link", 0},
		"a long SMS":               {func(w *mail.Words) { w.SMS += strings.Repeat("a", 480) }, "sms", "form.error.long", 0},
		"an unknown word":          {func(w *mail.Words) { w.Body = "{{länk}}\n\nHej {{förnamn}}" }, "body", "letters.error.line.placeholder", 3},
		"another language's word":  {func(w *mail.Words) { w.Body = "{{link}}" }, "body", "letters.error.line.placeholder", 1},
		"another letter's word":    {func(w *mail.Words) { w.Body = "{{länk}} {{kollega}}" }, "body", "letters.error.line.placeholder", 1},
		"no word":                  {func(w *mail.Words) { w.Body = "{{länk}} {{}}" }, "body", "letters.error.line.placeholder", 1},
		"not ended":                {func(w *mail.Words) { w.Body = "{{länk}}\n{{namn" }, "body", "letters.error.line.open", 2},
		"ended on the next line":   {func(w *mail.Words) { w.Body = "{{länk}}\n{{namn\n}}" }, "body", "letters.error.line.open", 2},
		"begun twice":              {func(w *mail.Words) { w.Body = "{{länk}} {{ {{namn}}" }, "body", "letters.error.line.open", 1},
		"not begun":                {func(w *mail.Words) { w.Body = "{{länk}}\nnamn}}" }, "body", "letters.error.line.shut", 2},
		"characters that are none": {func(w *mail.Words) { w.Body = "{{länk}} \u202e" }, "body", "form.error.characters", 0},
		"our own mark":             {func(w *mail.Words) { w.Body = "{{länk}} \x1f" }, "body", "form.error.characters", 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := good
			c.change(&w)
			_, err := invitation.CheckWords(sv, w)
			e, _ := err.(*errs.Error) //nolint:errorlint // it is the outermost
			switch {
			case c.key == "" && err == nil:
			case e == nil || len(e.Fields) != 1 || e.Fields[0].Name != c.field || e.Fields[0].Key != c.key:
				t.Errorf("%v, want %s:%s", err, c.field, c.key)
			case c.line > 0 && e.Fields[0].Args["line"] != c.line:
				t.Errorf("line %v, want %d", e.Fields[0].Args["line"], c.line)
			}
		})
	}
}

// TestAHubsOwnWords: they are used in the hub's letters in that language, and in no others; the house's words come back.
func TestAHubsOwnWords(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := housetest.New(t, d, nil)
		ours, theirs := coordinator(t, h, "Hemvisten"), coordinator(t, h, "Den andra")
		o, p := newOffice(h, quick()...), &post{}
		must(t, o.Deliver(mail.ByEmail, origin, p))
		own := mail.Words{Subject: "Varmt välkommen {{ namn }}", Body: "Kom in: {{länk}}\r\n{{namn}} hos {{organisation}}", SMS: "{{länk}}"}
		must(t, o.SetWords(t.Context(), ours, "invitation", "sv", own, "", "r1"))
		send := func(hub, language string) mail.Message {
			t.Helper()
			l := invitation("karin@hemvist.example")
			l.Hub, l.Language, l.Name = hub, language, "Karin {{länk}} <Å>"
			write(t, d, o.Service, l)
			n := len(p.all()) + 1
			o.until(t, d, "sent "+string(rune('0'+n)))
			return p.all()[n-1]
		}
		m := send(ours.Organisation, "sv")
		link := origin + "/invitation?code=" + h.Vault.Secret("invitation", "i1")
		if m.Subject != "Varmt välkommen Karin {{länk}} <Å>" || m.Text != "Kom in: "+link+"\nKarin {{länk}} <Å> hos Provköpings kommun" {
			t.Errorf("%s\n%s", m.Subject, m.Text)
		}
		if !strings.Contains(m.HTML, "Karin {{länk}} &lt;Å&gt;") {
			t.Errorf("a name is not quoted: %s", m.HTML)
		}
		if m := send(ours.Organisation, "en"); m.Subject != "Welcome to Hemvist at Provköpings kommun" {
			t.Error(m.Subject)
		}
		if m := send(theirs.Organisation, "sv"); m.Subject != "Välkommen till Hemvist hos Provköpings kommun" {
			t.Error(m.Subject)
		}
		if m := send("", "sv"); m.Subject != "Välkommen till Hemvist hos Provköpings kommun" {
			t.Error(m.Subject)
		}
		e, err := o.Editing(t.Context(), ours, "invitation", "sv")
		must(t, err)
		if !e.Own || len(e.History) != 1 || e.Words.Subject != own.Subject || e.History[0].By != "Ingrid Påhittsson" {
			t.Errorf("%+v", e)
		}
		// The same again is no news.
		must(t, o.SetWords(t.Context(), ours, "invitation", "sv", e.Words, e.Last, "r2"))
		must(t, o.ResetWords(t.Context(), ours, "invitation", "sv", e.Last, "r3"))
		if m := send(ours.Organisation, "sv"); m.Subject != "Välkommen till Hemvist hos Provköpings kommun" {
			t.Error(m.Subject)
		}
		if e, err = o.Editing(t.Context(), ours, "invitation", "sv"); err != nil || e.Own || len(e.History) != 2 || e.Words != e.House {
			t.Errorf("%v, %+v", err, e)
		}
		if e, err := o.Editing(t.Context(), theirs, "invitation", "sv"); err != nil || e.Own || len(e.History) != 0 {
			t.Errorf("another hub's: %v, %+v", err, e)
		}
		last, err := o.Wordings(t.Context(), ours)
		if w := last[[2]string{"invitation", "sv"}]; err != nil || len(last) != 1 || w.Own {
			t.Errorf("%v, %+v", err, last)
		}
		logged(t, h, ours, map[audit.Action]int{mail.ActionSetWords: 1, mail.ActionResetWords: 1})
	})
}

// logged counts the entries of an organisation's log by their actions.
func logged(t testing.TB, h housetest.House, who access.Subject, want map[audit.Action]int) {
	t.Helper()
	must(t, h.DB.Read(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for action, n := range want {
			got, _, err := h.Log.Count(ctx, tx, audit.Filter{Organisation: who.Organisation, Action: action}, 100)
			if err != nil {
				return err
			}
			if got != n {
				t.Errorf("%d entries of %s, want %d", got, action, n)
			}
		}
		return nil
	}))
}

func TestTwoWhoEditTheSameWords(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := housetest.New(t, d, nil)
		who := coordinator(t, h, "Hemvisten")
		one := mail.Words{Subject: "Ett", Body: "Ett {{länk}}", SMS: "Ett {{länk}}"}
		two := mail.Words{Subject: "Två", Body: "Två {{länk}}", SMS: "Två {{länk}}"}
		must(t, h.Letters.SetWords(t.Context(), who, "feedback", "sv", one, "", ""))
		if err := h.Letters.SetWords(t.Context(), who, "feedback", "sv", two, "", ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("the second won: %v", err)
		}
		if err := h.Letters.ResetWords(t.Context(), who, "feedback", "sv", "", ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("reset unseen: %v", err)
		}
		for _, c := range []struct {
			actor              access.Subject
			template, language string
			kind               errs.Kind
		}{
			{who, "love", "sv", errs.NotFound}, {who, "feedback", "de", errs.NotFound},
			{access.Subject{Person: who.Person, Role: access.Administrator, Organisation: who.Organisation}, "feedback", "sv", errs.Denied},
			{access.Subject{}, "feedback", "sv", errs.Denied},
		} {
			_, err := h.Letters.Editing(t.Context(), c.actor, c.template, c.language)
			set := h.Letters.SetWords(t.Context(), c.actor, c.template, c.language, two, "", "")
			if !errs.Is(err, c.kind) || !errs.Is(set, c.kind) {
				t.Errorf("%s %s %s: %v, %v", c.actor.Role, c.template, c.language, err, set)
			}
		}
	})
}

// TestOutbox: who sees which letters, how they are found, and what a person may do to them.
func TestOutbox(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := housetest.New(t, d, nil)
		hub, other := coordinator(t, h, "Hemvisten"), coordinator(t, h, "Den andra")
		admin, board := access.Subject{Person: hub.Person, Role: access.Administrator}, ""
		must(t, d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			org, err := h.Directory.AddOrganisationTx(ctx, tx, directory.Organisation{Kind: directory.Municipality, Name: "Provköpings kommun"})
			if err != nil {
				return err
			}
			a, err := h.Directory.AddAuthorityTx(ctx, tx, directory.Authority{OrganisationID: org.ID, Name: "Socialnämnden"})
			admin.Organisation, board = org.ID, a.ID
			return err
		}))
		letter := func(name, hub, organisation, authority string) mail.Letter {
			l := invitation("karin@hemvist.example")
			l.Name, l.Hub, l.Organisation, l.Authority = name, hub, organisation, authority
			return l
		}
		known := letter("Ingrid", "", admin.Organisation, "") // greeted by the given name, found by the whole
		known.Person, known.Link = hub.Person, mail.Link{Path: "/invitation"}
		write(t, d, h.Letters, known, letter("Ada Åkerprov", hub.Organisation, admin.Organisation, ""), letter("Bo Provlund", hub.Organisation, admin.Organisation, board),
			letter("Cia Provlund", other.Organisation, hub.Organisation, ""), letter("Dan Provåker", other.Organisation, other.Organisation, ""))
		boardAdmin := admin
		boardAdmin.Authority = board
		for _, c := range []struct {
			who  access.Subject
			q    mail.Query
			want string
		}{
			{hub, mail.Query{}, "Cia Bo Ada"}, {other, mail.Query{}, "Dan Cia"}, {admin, mail.Query{}, "Bo Ada Ingrid"}, {admin, mail.Query{Text: "påhitt"}, "Ingrid"}, {boardAdmin, mail.Query{}, "Bo"},
			{hub, mail.Query{Text: "prov"}, "Cia Bo"}, {hub, mail.Query{Text: "ÅKER ad"}, "Ada"}, {hub, mail.Query{Text: "rovlund"}, ""},
			{hub, mail.Query{State: mail.Queued, Page: 7}, "Cia Bo Ada"}, {hub, mail.Query{State: mail.Sent}, ""},
		} {
			trail := &audit.Trail{}
			page, err := h.Letters.Outbox(audit.WithTrail(t.Context(), trail), c.who, c.q)
			must(t, err)
			var names []string
			for _, r := range page.Rows {
				names = append(names, strings.Fields(r.Name)[0])
			}
			if got := strings.Join(names, " "); got != c.want || page.Total != len(names) {
				t.Errorf("%s %+v: got %q of %d, want %q", c.who.Role, c.q, got, page.Total, c.want)
			}
			if notes := trail.Notes(); len(notes) != 1 || len(notes[0].Found) != len(names) {
				t.Errorf("noted %+v", notes)
			}
		}
		var ada string
		must(t, d.Read(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
			ada, err = db.One(ctx, tx, db.Scalar[string], `SELECT id FROM letter WHERE name = 'Ada Åkerprov'`)
			return err
		}))
		trail := &audit.Trail{}
		ctx := audit.WithTrail(t.Context(), trail)
		detail, err := h.Letters.Letter(ctx, admin, ada)
		if err != nil || detail.Subject != "Välkommen till Hemvist hos Provköpings kommun" || detail.Link != "" || !detail.HasLink || !detail.MayDrop || detail.MayAgain ||
			!strings.Contains(detail.Body, mail.LinkMark) || len(detail.Events) != 1 {
			t.Errorf("%v, %+v", err, detail)
		}
		for _, who := range []access.Subject{boardAdmin, other} {
			if _, err := h.Letters.Letter(ctx, who, ada); !errs.Is(err, errs.NotFound) {
				t.Errorf("%s reads it: %v", who.Role, err)
			}
			if err := h.Letters.Drop(ctx, who, ada, ""); !errs.Is(err, errs.NotFound) {
				t.Errorf("%s drops it: %v", who.Role, err)
			}
		}
		if err := h.Letters.Again(ctx, admin, ada, ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("a letter that waits was sent again: %v", err)
		}
		must(t, h.Letters.Drop(ctx, admin, ada, "r1"))
		if err := h.Letters.Drop(ctx, admin, ada, ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("dropped twice: %v", err)
		}
		o, p := newOffice(h, quick()...), &post{answer: func(n int, _ mail.Message) (mail.Outcome, string) {
			if n <= 4 {
				return mail.Unknown, ""
			}
			return mail.Taken, ""
		}}
		must(t, o.Deliver(mail.ByEmail, origin, p))
		o.until(t, d, "dropped 1, uncertain 4")
		h.Time.Move(time.Minute)
		page, err := h.Letters.Outbox(ctx, boardAdmin, mail.Query{State: mail.Uncertain})
		must(t, err)
		bo := page.Rows[0].ID
		must(t, o.Again(ctx, boardAdmin, bo, "r2"))
		o.until(t, d, "dropped 1, sent 1, uncertain 3")
		detail, err = o.Letter(ctx, hub, bo)
		must(t, err)
		var told []string
		for _, e := range detail.Events {
			told = append(told, strings.TrimSpace(e.What+" "+e.By))
		}
		if got := strings.Join(told, ", "); got != "queued, handing-over, uncertain, again Ingrid Påhittsson, handing-over, sent" {
			t.Error(got)
		}
		logged(t, h, admin, map[audit.Action]int{mail.ActionDrop: 1, mail.ActionAgain: 1})
		health, err := o.Check(ctx)
		if err != nil || len(health.Lost) != 0 || len(health.Untold) != 0 || health.Counts[mail.Uncertain] != 3 {
			t.Errorf("%v, %+v", err, health)
		}
	})
}

// TestCheckFindsWhatIsWrong: letters that nothing will send, that wait for long, and that no event explains.
func TestCheckFindsWhatIsWrong(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := housetest.New(t, d, nil)
		write(t, d, h.Letters, many(3)...)
		h.Time.Move(25 * time.Hour)
		health, err := h.Letters.Check(t.Context())
		if err != nil || len(health.Waiting) != 3 || len(health.Lost)+len(health.Untold) != 0 {
			t.Errorf("%v, %+v", err, health)
		}
		must(t, d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.Exec(ctx, `DELETE FROM goqite`); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `UPDATE letter SET state = 'sent' WHERE address = 'mottagare0@hemvist.example'`)
			return err
		}))
		health, err = h.Letters.Check(t.Context())
		if err != nil || len(health.Lost) != 2 || len(health.Untold) != 1 || health.Counts[mail.Sent] != 1 {
			t.Errorf("%v, %+v", err, health)
		}
	})
}

// TestKeptLetters: in the demo a letter goes nowhere and is read with its link.
func TestKeptLetters(t *testing.T) {
	d := dbtest.New(t)
	h := housetest.New(t, d, nil)
	who := coordinator(t, h, "Hemvisten")
	o := newOffice(h, quick()...)
	must(t, o.Keep("http://localhost:8080"))
	l := invitation("karin@hemvist.example")
	l.Hub = who.Organisation
	l.Link.Path = "/invitation?next=%2F"
	write(t, d, o.Service, l)
	o.until(t, d, "sent 1")
	ctx := audit.WithTrail(t.Context(), &audit.Trail{})
	page, err := o.Outbox(ctx, who, mail.Query{})
	must(t, err)
	detail, err := o.Letter(ctx, who, page.Rows[0].ID)
	if want := "http://localhost:8080/invitation?next=%2F&code=" + h.Vault.Secret("invitation", "i1"); err != nil || detail.Link != want {
		t.Errorf("%v: the link is %q, want %q", err, detail.Link, want)
	}
}
