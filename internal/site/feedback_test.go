package site_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/errs"
	"hemvist/internal/site"
)

// dump is all that the tables of the feedback hold.
func dump(t *testing.T, h editors) string {
	t.Helper()
	var b strings.Builder
	err := h.DB.Read(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for _, query := range []string{`SELECT reference || ' ' || kind || ' ' || coalesce(page, ''), body, contact FROM feedback ORDER BY id`,
			`SELECT fact || ' ' || coalesce(how, ''), answer, answer FROM feedback_fact ORDER BY id`} {
			rows, err := db.All(ctx, tx, func(row db.Scanner) (string, error) {
				var s string
				var x, y []byte
				err := row.Scan(&s, &x, &y)
				return s + string(x) + string(y), err
			}, query)
			if err != nil {
				return err
			}
			fmt.Fprintln(&b, rows)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFeedbackIsSealedAnsweredAndClosed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		sent := site.NewFeedback{Kind: site.Barrier, Body: "Knappen Spara\r\nsyns inte.", Contact: "zebra@hemvist.example", Page: "/rounds?q=hemligt", Language: "en"}
		ref, err := h.Site.Send(h.ctx, sent, "")
		if err != nil || !site.IsReference(ref) {
			t.Fatalf("%q, %v", ref, err)
		}
		h.Time.Move(time.Hour)
		if _, err := h.Site.Send(h.ctx, site.NewFeedback{Kind: site.Idea, Body: strings.Repeat("å", 300), Language: "xx"}, ""); err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"Knappen", "zebra", "hemligt"} {
			if strings.Contains(dump(t, h), secret) {
				t.Errorf("%q stands open in the database", secret)
			}
		}
		if _, err := h.Site.Inbox(h.ctx, h.leads, site.Query{}); !errs.Is(err, errs.Denied) {
			t.Errorf("a leader reads: %v", err)
		}
		list, err := h.Site.Inbox(h.ctx, h.one, site.Query{State: site.Open})
		if err != nil || list.Total != 2 || list.Rows[0].Reference != ref || list.Rows[0].Page != "/rounds" || list.Rows[0].Beginning != "Knappen Spara\nsyns inte." ||
			list.Rows[0].Language != "en" || list.Rows[1].Language != "sv" || len([]rune(list.Rows[1].Beginning)) != 141 {
			t.Fatalf("the inbox: %+v, %v", list, err)
		}
		for _, q := range []site.Query{{Kind: site.Fault}, {State: site.Closed}, {State: site.Answered, Kind: site.Idea}} {
			if list, err := h.Site.Inbox(h.ctx, h.one, q); err != nil || list.Total != 0 || list.Query.Page != 1 {
				t.Errorf("%+v: %+v, %v", q, list, err)
			}
		}
		id := list.Rows[0].ID
		if _, err := h.Site.Get(h.ctx, h.one, "none"); !errs.Is(err, errs.NotFound) {
			t.Errorf("none: %v", err)
		}
		answer := func(r site.Reply) error { return h.Site.Answer(h.ctx, h.one, id, r, "") }
		for _, wrong := range []site.Reply{{}, {How: "rök", Text: "x"}, {How: site.ByEmail}, {How: site.ByEmail, Text: "850101-1234"}} {
			if err := answer(wrong); !errs.Is(err, errs.Invalid) {
				t.Errorf("%+v: %v", wrong, err)
			}
		}
		if err := h.Site.Answer(h.ctx, h.one, "none", site.Reply{How: site.ByEmail, Text: "x"}, ""); !errs.Is(err, errs.NotFound) {
			t.Errorf("an answer to none: %v", err)
		}
		if err := answer(site.Reply{How: site.ByEmail, Text: "Tack, nu syns den."}); err != nil {
			t.Fatal(err)
		}
		if err := answer(site.Reply{How: site.ByPhone, Text: "Jag ringde."}); !errs.Is(err, errs.Invalid) {
			t.Errorf("two answer at once: %v", err)
		}
		if err := h.Site.Close(h.ctx, h.another, id, 1, ""); err != nil {
			t.Fatal(err)
		}
		if err := answer(site.Reply{How: site.ByEmail, Text: "För sent", Seen: 2}); !errs.Is(err, errs.Invalid) {
			t.Errorf("an answer to what is closed: %v", err)
		}
		f, err := h.Site.Get(h.ctx, h.one, id)
		if err != nil || f.Body != "Knappen Spara\nsyns inte." || f.Contact != "zebra@hemvist.example" || f.State != site.Closed || len(f.Steps) != 2 ||
			f.Steps[0].Answer != "Tack, nu syns den." || f.Steps[0].How != site.ByEmail || f.Steps[1].By != "Åsa Påhittsson" || f.Erased {
			t.Errorf("%+v, %v", f, err)
		}
		if strings.Contains(dump(t, h), "nu syns") {
			t.Error("the answer stands open in the database")
		}
		if err := h.Site.Reopen(h.ctx, h.one, id, 2, ""); err != nil {
			t.Fatal(err)
		}
		if n, err := h.Site.WaitingFeedback(h.ctx, h.one); err != nil || n != 2 {
			t.Errorf("%d wait, %v", n, err)
		}
		if _, err := h.Site.WaitingFeedback(h.ctx, h.leads); !errs.Is(err, errs.Denied) {
			t.Errorf("a leader counts: %v", err)
		}
		notes := audit.Trail{}
		if _, err := h.Site.Get(audit.WithTrail(t.Context(), &notes), h.one, id); err != nil || len(notes.Notes()) != 1 || notes.Notes()[0].Subject != id {
			t.Errorf("to read it is noted: %+v, %v", notes.Notes(), err)
		}
		if err := h.Vault.Shred(t.Context(), "house", id, "test"); err != nil {
			t.Fatal(err)
		}
		if f, err := h.Site.Get(h.ctx, h.one, id); err != nil || !f.Erased || f.Body != "" || f.Contact != "" || f.Steps[0].Answer != "" {
			t.Errorf("erased: %+v, %v", f, err)
		}
	})
}

// TestAnAnswerTravelsAsALink: the letter leads to the answer and holds nothing of it; the address goes with the contact.
func TestAnAnswerTravelsAsALink(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ask := func(contact string) site.Feedback {
			t.Helper()
			if _, err := h.Site.Send(h.ctx, site.NewFeedback{Kind: site.Format, Body: "Läs upp den", Contact: contact, Language: "sv"}, ""); err != nil {
				t.Fatal(err)
			}
			list, err := h.Site.Inbox(h.ctx, h.one, site.Query{State: site.Open})
			if err != nil {
				t.Fatal(err)
			}
			f, err := h.Site.Get(h.ctx, h.one, list.Rows[len(list.Rows)-1].ID)
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		answer := func(f site.Feedback) error {
			return h.Site.Answer(h.ctx, h.one, f.ID, site.Reply{How: site.ByLetter, Text: "Här är den, uppläst."}, "")
		}
		first := ask("zebra@hemvist.example")
		if err := answer(first); !errs.Is(err, errs.Invalid) || first.MayWrite {
			t.Errorf("where no letters are sent: %v, %v", err, first.MayWrite)
		}
		if err := h.Letters.Keep("https://hemvist.example"); err != nil {
			t.Fatal(err)
		}
		if err := answer(first); err != nil {
			t.Fatal(err)
		}
		h.Time.Move(time.Hour)
		if second := ask("070-174 06 05"); second.MayWrite || !errs.Is(answer(second), errs.Invalid) {
			t.Error("a letter to a telephone")
		}
		row := func(query string) (one, two string) {
			t.Helper()
			if err := h.DB.Read(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				return tx.QueryRow(ctx, query).Scan(&one, &two)
			}); err != nil {
				t.Fatal(err)
			}
			return one, two
		}
		const letter = `SELECT address, coalesce(body, '') || link_path || args FROM letter`
		if address, words := row(letter); address != "zebra@hemvist.example" || strings.Contains(words, "uppläst") || !strings.Contains(words, "/feedback/answer") {
			t.Errorf("the letter to %q: %q", address, words)
		}
		fact, _ := row(`SELECT id, fact FROM feedback_fact WHERE opens IS NOT NULL`)
		secret := h.Vault.Secret("feedback-answer", fact)
		told, err := h.Site.ReadAnswer(h.ctx, secret)
		if err != nil || told.Answer != "Här är den, uppläst." || told.Reference != first.Reference {
			t.Errorf("%+v, %v", told, err)
		}
		for _, wrong := range []string{"", "x", h.Vault.Secret("feedback-answer", first.ID), h.Vault.Secret("invitation", fact)} {
			if _, err := h.Site.ReadAnswer(h.ctx, wrong); !errs.Is(err, errs.NotFound) {
				t.Errorf("%q opens it: %v", wrong, err)
			}
		}
		h.Time.Move(91 * 24 * time.Hour)
		if _, err := h.Site.ReadAnswer(h.ctx, secret); !errs.Is(err, errs.NotFound) {
			t.Errorf("after three months: %v", err)
		}
		if err := h.Site.Close(h.ctx, h.one, first.ID, 1, ""); err != nil {
			t.Fatal(err)
		}
		err = h.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE letter SET state = 'sent', subject = 'x', body = 'y'`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		h.Time.Move(200 * 24 * time.Hour)
		if n, err := h.Site.ForgetContacts(t.Context()); err != nil || n != 1 {
			t.Errorf("%d forgotten, %v", n, err)
		}
		if address, words := row(letter); address != "" || strings.HasPrefix(words, "y") {
			t.Errorf("the letter still tells of %q: %q", address, words)
		}
	})
}

func TestWhatFeedbackIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		right := site.NewFeedback{Kind: site.Idea, Body: "Mer grönt", Language: "sv"}
		for field, change := range map[string]func(*site.NewFeedback){
			"kind":    func(n *site.NewFeedback) { n.Kind = "rage" },
			"body":    func(n *site.NewFeedback) { n.Body = "Min mor, 19500101-1234, behöver hjälp" },
			"contact": func(n *site.NewFeedback) { n.Contact = "500101+1234" },
		} {
			n := right
			change(&n)
			_, err := h.Site.Send(h.ctx, n, "")
			if e := (*errs.Error)(nil); !errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Name != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		for _, body := range []string{"", " \n ", strings.Repeat("a", site.MaxFeedback+1), "a\x07b"} {
			n := right
			n.Body = body
			if _, err := h.Site.Send(h.ctx, n, ""); !errs.Is(err, errs.Invalid) {
				t.Errorf("%.20q: %v", body, err)
			}
		}
		trapped := right
		trapped.Trap = "https://buy.example"
		if ref, err := h.Site.Send(h.ctx, trapped, ""); err != nil || !site.IsReference(ref) {
			t.Errorf("what is no person gets %q, %v", ref, err)
		}
		if list, err := h.Site.Inbox(h.ctx, h.one, site.Query{}); err != nil || list.Total != 0 {
			t.Errorf("%d are stored, %v", list.Total, err)
		}
	})
}

func TestCleanPage(t *testing.T) {
	for page, want := range map[string]string{
		"/rounds?q=namn#x": "/rounds", "/rounds/0192d3c4-5a6b-7c8d-9e0f-123456789abc/participants/new": "/rounds/0192d3c4-5a6b-7c8d-9e0f-123456789abc/participants/new",
		"/invitations/abcdefghijklmnopqrstuvwxyz": "/invitations/…", "https://elsewhere.example/x": "", "//elsewhere.example": "", "": "", "rounds": "",
		"/a\u202eb": "", "/850101-1234": "", "/" + strings.Repeat("a/", 200): "", "/programmes/connect": "/programmes/connect",
	} {
		if got := site.CleanPage(page); got != want {
			t.Errorf("%q: %q, want %q", page, got, want)
		}
	}
}

// TestTheHouseForgetsByItself: what is due for removal goes while the house runs.
func TestTheHouseForgetsByItself(t *testing.T) {
	h := open(t, dbtest.New(t))
	if _, err := h.Site.Send(h.ctx, site.NewFeedback{Kind: site.Fault, Body: "Fel", Contact: "070-174 06 05", Language: "sv"}, ""); err != nil {
		t.Fatal(err)
	}
	list, err := h.Site.Inbox(h.ctx, h.one, site.Query{})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Site.Close(h.ctx, h.one, list.Rows[0].ID, 0, ""); err != nil {
		t.Fatal(err)
	}
	h.Time.Move(200 * 24 * time.Hour)
	running, stop := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- h.Run(running) }()
	contact := func() string {
		f, err := h.Site.Get(h.ctx, h.one, list.Rows[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		return f.Contact
	}
	for contact() != "" && t.Context().Err() == nil {
		runtime.Gosched()
	}
	stop()
	if err := <-ran; err != nil {
		t.Error(err)
	}
}

// TestLateAndForgotten: two weeks to answer, and six months after closing the way to reach the sender is gone.
func TestLateAndForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		for range 2 {
			if _, err := h.Site.Send(h.ctx, site.NewFeedback{Kind: site.Fault, Body: "Fel", Contact: "070-174 06 05", Language: "sv"}, ""); err != nil {
				t.Fatal(err)
			}
		}
		came := h.Site.Today()
		wants := func(days, late int) {
			t.Helper()
			h.Time.Move(time.Duration(days) * 24 * time.Hour)
			n, err := h.Site.LateFeedback(h.ctx, h.one)
			list, err2 := h.Site.Inbox(h.ctx, h.one, site.Query{})
			if err != nil || err2 != nil || n != late || list.Rows[0].Late != (late > 0) || list.Rows[0].Due != came.AddDays(14) {
				t.Errorf("%d days on: %d, %+v, %v, %v", days, n, list.Rows, err, err2)
			}
		}
		wants(14, 0)
		wants(1, 2)
		list, err := h.Site.Inbox(h.ctx, h.one, site.Query{})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Site.Close(h.ctx, h.one, list.Rows[0].ID, 0, ""); err != nil {
			t.Fatal(err)
		}
		forget := func(months int, want int) {
			t.Helper()
			h.Time.Move(h.Site.Today().AddMonths(months).In(time.UTC, 0).Sub(h.Site.Today().In(time.UTC, 0)))
			if n, err := h.Site.ForgetContacts(t.Context()); err != nil || n != want {
				t.Errorf("after %d months more: %d, %v", months, n, err)
			}
		}
		forget(5, 0)
		forget(1, 1)
		forget(0, 0)
		var contacts []string
		for _, r := range list.Rows {
			f, err := h.Site.Get(h.ctx, h.one, r.ID)
			if err != nil || f.Body != "Fel" {
				t.Fatal(f, err)
			}
			contacts = append(contacts, f.Contact)
		}
		if !slices.Equal(contacts, []string{"", "070-174 06 05"}) {
			t.Errorf("contacts: %q", contacts)
		}
	})
}
