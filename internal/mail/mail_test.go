package mail_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/errs"
	"hemvist/internal/house/housetest"
	"hemvist/internal/jobs"
	"hemvist/internal/mail"
)

const origin = "https://hemvist.example"

// invitation is a letter with everything in it.
func invitation(to string) mail.Letter {
	return mail.Letter{Template: "invitation", To: to, Name: "Karin Provlund", Language: "sv",
		Args: map[string]string{"organisation": "Provköpings kommun", "role": "gruppledare", "by": "Ingrid Påhittsson"},
		Link: mail.Link{Path: "/invitation", Purpose: "invitation", ID: "i1"}}
}

// write hands letters over in one transaction.
func write(t testing.TB, d *db.DB, s *mail.Service, letters ...mail.Letter) {
	t.Helper()
	must(t, d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for _, l := range letters {
			if err := s.SendTx(ctx, tx, l); err != nil {
				return err
			}
		}
		return nil
	}))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// post is a carrier that does what the test says, and keeps what it was given.
type post struct {
	mu     sync.Mutex
	got    []mail.Message
	answer func(n int, m mail.Message) (mail.Outcome, string) // n from 1; everything is taken when nil
}

func (p *post) Carry(_ context.Context, m mail.Message) (mail.Outcome, string) {
	p.mu.Lock()
	p.got = append(p.got, m)
	n := len(p.got)
	p.mu.Unlock()
	if p.answer == nil {
		return mail.Taken, "250 ok"
	}
	return p.answer(n, m)
}

func (p *post) all() []mail.Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.got)
}

// office is a service with a quick queue of its own, as another instance of the program would have.
type office struct {
	*mail.Service
	queue *jobs.Queue
}

// quick is a queue for tests: no pause to wait for.
func quick(more ...jobs.Option) []jobs.Option {
	return append([]jobs.Option{jobs.WithInterval(2 * time.Millisecond), jobs.WithTries(4, func(int) time.Duration { return 0 })}, more...)
}

func newOffice(h housetest.House, options ...jobs.Option) office {
	logger := slog.New(slog.DiscardHandler)
	q := jobs.New(h.DB, logger, options...)
	return office{mail.New(h.DB, h.Clock, h.Log, h.Vault, q, h.Texts, logger), q}
}

// until runs an office until the letters have come to states, as "sent 2, failed 1".
func (o office) until(t testing.TB, d *db.DB, want string) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); o.queue.Run(ctx) }()
	defer func() { stop(); <-done }()
	waitFor(t, d, want)
}

func waitFor(t testing.TB, d *db.DB, want string) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for states(t, d) != want {
		select {
		case <-deadline:
			t.Fatalf("the letters are %q, want %q", states(t, d), want)
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// states is how many letters are in each state.
func states(t testing.TB, d *db.DB) string {
	t.Helper()
	var b []string
	must(t, d.Read(context.WithoutCancel(t.Context()), func(ctx context.Context, tx *db.Tx) error {
		all, err := db.All(ctx, tx, func(row db.Scanner) (string, error) {
			var state string
			var n int
			err := row.Scan(&state, &n)
			return fmt.Sprint(state, " ", n), err
		}, `SELECT state, count(*) FROM letter GROUP BY state ORDER BY state`)
		b = all
		return err
	}))
	return strings.Join(b, ", ")
}

// events is what became of the only letter.
func events(t testing.TB, d *db.DB) string {
	t.Helper()
	var all []string
	must(t, d.Read(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = db.All(ctx, tx, db.Scalar[string], `SELECT what || CASE WHEN answer = '' THEN '' ELSE ' (' || answer || ')' END FROM letter_event ORDER BY recorded_at, id`)
		return err
	}))
	return strings.Join(all, ", ")
}

func TestLetterIsSentOnceWithItsLink(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := housetest.New(t, d, nil)
		o, p := newOffice(h, quick()...), &post{}
		must(t, o.Deliver(mail.ByEmail, origin, p))
		l := invitation("karin@hemvist.example")
		l.Once = "invitation i1"
		write(t, d, o.Service, l, l)
		write(t, d, o.Service, l)
		o.until(t, d, "sent 1")
		got := p.all()
		if len(got) != 1 {
			t.Fatalf("%d letters were sent", len(got))
		}
		link := origin + "/invitation?code=" + h.Vault.Secret("invitation", "i1")
		m := got[0]
		if m.To != "karin@hemvist.example" || m.Subject != "Välkommen till Hemvist hos Provköpings kommun" {
			t.Errorf("to %s: %s", m.To, m.Subject)
		}
		for _, want := range []string{"Hej Karin Provlund!", "Ingrid Påhittsson har lagt upp dig i Hemvist som gruppledare", link} {
			if !strings.Contains(m.Text, want) {
				t.Errorf("the text lacks %q:\n%s", want, m.Text)
			}
		}
		if want := `<a href="` + link + `">` + link + `</a>`; !strings.Contains(m.HTML, want) || !strings.Contains(m.HTML, "<p>Hej Karin Provlund!</p>") {
			t.Errorf("the page lacks %q:\n%s", want, m.HTML)
		}
		if strings.ContainsAny(m.Text+m.Subject+m.HTML, "{}\x1f⟦") {
			t.Errorf("something was not filled in:\n%s", m.Text)
		}
		if got := events(t, d); got != "queued, handing-over, sent (250 ok)" {
			t.Error(got)
		}
		// The secret stands in no table.
		secret := h.Vault.Secret("invitation", "i1")
		must(t, d.Read(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			for _, query := range []string{`SELECT id || args || link_path || link_id || coalesce(subject, '') || coalesce(body, '') FROM letter`,
				`SELECT what || answer FROM letter_event`, `SELECT queue FROM goqite`} {
				all, err := db.All(ctx, tx, db.Scalar[string], query)
				if err != nil {
					return err
				}
				if strings.Contains(strings.Join(all, " "), secret) {
					t.Errorf("the secret is stored: %s", query)
				}
			}
			return nil
		}))
	})
}

func TestWhatBecomesOfALetter(t *testing.T) {
	say := func(all ...mail.Outcome) func(int, mail.Message) (mail.Outcome, string) {
		return func(n int, _ mail.Message) (mail.Outcome, string) {
			return all[min(n, len(all))-1], fmt.Sprint("answer ", n)
		}
	}
	for name, c := range map[string]struct {
		answer        func(int, mail.Message) (mail.Outcome, string)
		state, events string
	}{
		"taken at the second try": {say(mail.Later, mail.Taken), "sent 1",
			"queued, handing-over, later (answer 1), handing-over, sent (answer 2)"},
		"never taken": {say(mail.Later), "failed 1",
			"queued, handing-over, later (answer 1), handing-over, later (answer 2), handing-over, later (answer 3), handing-over, failed (answer 4)"},
		"refused":            {say(mail.Refused), "failed 1", "queued, handing-over, failed (answer 1)"},
		"answered by nobody": {say(mail.Unknown), "uncertain 1", "queued, handing-over, uncertain (answer 1)"},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				o := newOffice(housetest.New(t, d, nil), quick()...)
				must(t, o.Deliver(mail.ByEmail, origin, &post{answer: c.answer}))
				write(t, d, o.Service, invitation("karin@hemvist.example"))
				o.until(t, d, c.state)
				if got := events(t, d); got != c.events {
					t.Errorf("got  %s\nwant %s", got, c.events)
				}
			})
		})
	}
}

func TestLettersWaitForAWay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := housetest.New(t, d, nil)
		o, p := newOffice(h, quick()...), &post{}
		sms := invitation("070-174 06 05")
		sms.Way = mail.BySMS
		write(t, d, o.Service, invitation("karin@hemvist.example"), sms)
		must(t, o.Deliver(mail.BySMS, origin, p))
		o.until(t, d, "queued 1, sent 1")
		if got := p.all(); len(got) != 1 || got[0].To != "+46701740605" || got[0].HTML != "" || !strings.HasPrefix(got[0].Text, "Hej Karin Provlund! Ingrid") {
			t.Errorf("sent %+v", got)
		}
		// Another start, now with e-mail.
		o = newOffice(h, quick()...)
		must(t, o.Deliver(mail.ByEmail, origin, p))
		o.until(t, d, "sent 2")
	})
}

func TestLetterGoesWithItsTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(housetest.New(t, d, nil), quick()...)
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if err := o.SendTx(ctx, tx, invitation("karin@hemvist.example")); err != nil {
				return err
			}
			return errs.New(errs.Conflict, "")
		})
		if !errs.Is(err, errs.Conflict) || states(t, d) != "" {
			t.Errorf("%v, and the letters are %q", err, states(t, d))
		}
		must(t, d.Read(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			n, err := db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM goqite`)
			if n != 0 {
				t.Errorf("%d jobs of letters that were not written", n)
			}
			return err
		}))
	})
}

func TestLettersThatCannotBe(t *testing.T) {
	d := dbtest.New(t)
	o := newOffice(housetest.New(t, d, nil))
	for name, c := range map[string]struct {
		change func(*mail.Letter)
		field  string // what is wrong is the person's to mend; else it is the code's
	}{
		"no address":          {func(l *mail.Letter) { l.To = "karin" }, "email"},
		"two addresses":       {func(l *mail.Letter) { l.To = "a@b.example, c@d.example" }, "email"},
		"a line in it":        {func(l *mail.Letter) { l.To = "a@b.example\r\nBcc: c@d.example" }, "email"},
		"no telephone":        {func(l *mail.Letter) { l.Way, l.To = mail.BySMS, "070" }, "telephone"},
		"words for telephone": {func(l *mail.Letter) { l.Way, l.To = mail.BySMS, "ring mig 0701740605" }, "telephone"},
		"no such template":    {func(l *mail.Letter) { l.Template = "love" }, ""},
		"a value too few":     {func(l *mail.Letter) { l.Args = map[string]string{"role": "x"} }, ""},
		"no link":             {func(l *mail.Letter) { l.Link = mail.Link{} }, ""},
		"another house":       {func(l *mail.Letter) { l.Link.Path = "https://elsewhere.example/" }, ""},
		"half a secret":       {func(l *mail.Letter) { l.Link.ID = "" }, ""},
		"no such way":         {func(l *mail.Letter) { l.Way = "pigeon" }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			l := invitation("karin@hemvist.example")
			c.change(&l)
			err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return o.SendTx(ctx, tx, l) })
			e, _ := err.(*errs.Error) //nolint:errorlint // it is the outermost
			switch {
			case err == nil:
				t.Error("it was written")
			case c.field == "" && errs.KindOf(err) != errs.Internal:
				t.Errorf("the code's mistake is of kind %v", errs.KindOf(err))
			case c.field != "" && (e == nil || len(e.Fields) != 1 || e.Fields[0].Name != c.field):
				t.Errorf("%v, want something wrong at %q", err, c.field)
			}
		})
	}
	if states(t, d) != "" {
		t.Error(states(t, d))
	}
}

// TestLogTellsNoSecret: what the program logs of a letter that fails holds neither link nor address.
func TestLogTellsNoSecret(t *testing.T) {
	d := dbtest.New(t)
	h := housetest.New(t, d, nil)
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	q := jobs.New(d, logger, quick()...)
	s := mail.New(d, h.Clock, h.Log, h.Vault, q, h.Texts, logger)
	must(t, s.Deliver(mail.ByEmail, origin, &post{answer: func(int, mail.Message) (mail.Outcome, string) { return mail.Later, "busy" }}))
	write(t, d, s, invitation("karin@hemvist.example"))
	office{s, q}.until(t, d, "failed 1")
	if text := log.String(); text == "" || strings.Contains(text, "karin") || strings.Contains(text, h.Vault.Secret("invitation", "i1")) {
		t.Errorf("the log says %q", text)
	}
}
