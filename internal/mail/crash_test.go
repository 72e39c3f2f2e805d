package mail_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/house/housetest"
	"hemvist/internal/i18n"
	"hemvist/internal/jobs"
	"hemvist/internal/mail"
)

// The environment by which a process knows that it is the child of a test: the database, and the mail server.
const (
	childDatabase = "HEMVIST_TEST_MAIL_DATABASE"
	childServer   = "HEMVIST_TEST_MAIL_SERVER"
)

func TestMain(m *testing.M) {
	if os.Getenv(childDatabase) == "" {
		os.Exit(m.Run())
	}
	if err := childSends(os.Getenv(childDatabase), os.Getenv(childServer)); err != nil {
		_, _ = os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
}

// noSecrets stands for the vault in a child, which needs no keys.
type noSecrets struct{}

func (noSecrets) Secret(purpose, id string) string { return purpose + id }

// childSends is the process that is killed: it sends letters for ever.
func childSends(database, server string) error {
	d, err := db.Open(context.Background(), database, db.Options{})
	if err != nil {
		return err
	}
	o, err := standAlone(d, server, crashLease)
	if err != nil {
		return err
	}
	o.queue.Run(context.Background())
	return nil
}

// crashLease is short, so that what a killed process held is soon looked at; it is still much longer than handing a letter over takes.
const crashLease = 5 * time.Second

func standAlone(d *db.DB, server string, lease time.Duration) (office, error) {
	texts, err := i18n.Load()
	if err != nil {
		return office{}, err
	}
	logger := slog.New(slog.DiscardHandler)
	q := jobs.New(d, logger, quick(jobs.WithLease(lease), jobs.WithWorkers(4))...)
	o := office{mail.New(d, clock.System{}, nil, noSecrets{}, q, texts, logger), q}
	c, err := mail.NewSMTP(mail.SMTP{Server: server, TLS: "none", From: from})
	if err != nil {
		return o, err
	}
	return o, o.Deliver(mail.ByEmail, origin, c)
}

// many is letters to as many people.
func many(n int) []mail.Letter {
	all := make([]mail.Letter, n)
	for i := range all {
		all[i] = invitation(fmt.Sprintf("mottagare%d@hemvist.example", i))
	}
	return all
}

// counts is how many letters each receiver has.
func counts(s *server) map[string]int {
	n := map[string]int{}
	for _, r := range s.all() {
		n[r.to]++
	}
	return n
}

// TestKilledWhileSending kills -9 a process that sends, again and again, beside another that goes on: nobody gets two letters, and
// whoever got none is known by name.
func TestKilledWhileSending(t *testing.T) {
	for _, dialect := range dbtest.Engines() {
		t.Run(dialect.String(), func(t *testing.T) {
			url, options := dbtest.Fresh(t, dialect)
			d, err := db.Open(t.Context(), url, options)
			must(t, err)
			defer d.Close()
			const letters, kills = 120, 4
			sign := make(chan struct{}, 10*letters)
			s := startServer(t, &server{data: func(*smtp.Conn, int) error { sign <- struct{}{}; return nil }}, nil, false)
			o, err := standAlone(d, s.addr, crashLease)
			must(t, err)
			write(t, d, o.Service, many(letters)...)
			for kill := range kills {
				child := exec.Command(os.Args[0])
				child.Env = append(os.Environ(), childDatabase+"="+url, childServer+"="+s.addr)
				child.Stderr = os.Stderr
				must(t, child.Start())
				for range 3 + 7*kill { // in the middle of the one after these
					select {
					case <-sign:
					case <-time.After(time.Minute):
						t.Fatal("the child sends nothing")
					}
				}
				must(t, child.Process.Kill())
				_ = child.Wait() // it was killed
			}
			ctx, stop := context.WithCancel(t.Context())
			done := make(chan struct{})
			go func() { defer close(done); o.queue.Run(ctx) }()
			deadline := time.After(2 * time.Minute)
			for open := 1; open > 0; {
				must(t, d.Read(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
					open, err = db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM letter WHERE state IN ('queued', 'handing-over')`)
					return err
				}))
				select {
				case <-deadline:
					t.Fatalf("after two minutes the letters are %s", states(t, d))
				case <-time.After(5 * time.Millisecond):
				}
			}
			stop()
			<-done
			got := counts(s)
			uncertain := 0
			must(t, d.Read(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				type row struct{ to, state string }
				all, err := db.All(ctx, tx, func(r db.Scanner) (x row, err error) {
					err = r.Scan(&x.to, &x.state)
					return x, err
				}, `SELECT address, state FROM letter`)
				for _, x := range all {
					switch {
					case x.state == "sent" && got[x.to] != 1, got[x.to] > 1, x.state != "sent" && x.state != "uncertain":
						t.Errorf("%s: the letter is %s, and %d arrived", x.to, x.state, got[x.to])
					case x.state == "uncertain":
						uncertain++
					}
				}
				return err
			}))
			// Four workers a child: more cannot have been in the middle of one.
			if uncertain > 4*kills {
				t.Errorf("%d letters are uncertain after %d kills", uncertain, kills)
			}
			t.Logf("%d arrived, %d are uncertain", len(got), uncertain)
		})
	}
}

// TestTwoInstances: two services and their workers share a database, and each letter is sent once.
func TestTwoInstances(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := housetest.New(t, d, nil)
		p := &post{}
		const letters = 100
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		for range 2 {
			o := newOffice(h, quick(jobs.WithWorkers(4))...)
			must(t, o.Deliver(mail.ByEmail, origin, p))
			running.Go(func() { o.queue.Run(ctx) })
		}
		write(t, d, h.Letters, many(letters)...)
		waitFor(t, d, fmt.Sprintf("sent %d", letters))
		stop()
		running.Wait()
		seen := map[string]int{}
		for _, m := range p.all() {
			seen[m.To]++
		}
		if len(p.all()) != letters || len(seen) != letters {
			t.Errorf("%d letters to %d people, want %d", len(p.all()), len(seen), letters)
		}
	})
}

// TestGracefulStop: a letter that is being handed over when the program is told to stop is settled before it stops.
func TestGracefulStop(t *testing.T) {
	d := dbtest.New(t)
	o := newOffice(housetest.New(t, d, nil), quick()...)
	ctx, stop := context.WithCancel(t.Context())
	must(t, o.Deliver(mail.ByEmail, origin, &post{answer: func(int, mail.Message) (mail.Outcome, string) {
		stop()
		return mail.Taken, ""
	}}))
	write(t, d, o.Service, invitation("karin@hemvist.example"))
	o.queue.Run(ctx)
	if got := states(t, d); got != "sent 1" {
		t.Error(got)
	}
}

// TestLateNews: whoever hands a letter over may tell how it went after it was called uncertain, but not once a person has decided.
func TestLateNews(t *testing.T) {
	for name, decided := range map[string]bool{"in time": false, "too late": true} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				h := housetest.New(t, d, nil)
				o := newOffice(h, quick()...)
				must(t, o.Deliver(mail.ByEmail, origin, &post{answer: func(int, mail.Message) (mail.Outcome, string) {
					must(t, d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
						if decided {
							_, err := tx.Exec(ctx, `UPDATE letter SET state = 'dropped', attempt = NULL`)
							return err
						}
						_, err := tx.Exec(ctx, `UPDATE letter SET state = 'uncertain'`)
						return err
					}))
					return mail.Taken, ""
				}}))
				write(t, d, o.Service, invitation("karin@hemvist.example"))
				want := "sent 1"
				if decided {
					want = "dropped 1"
				}
				o.until(t, d, want)
				if got := states(t, d); got != want { // when the one who handed it over has had a say
					t.Error(got)
				}
			})
		})
	}
}
