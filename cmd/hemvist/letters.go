package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hemvist/internal/mail"
)

// letters says how letters leave the house; the zero value keeps them in the outbox.
type letters struct {
	SMTP         string `name:"smtp" help:"The mail server that takes letters, such as smtp.kommun.example:587. Without it they wait in the outbox." placeholder:"HOST:PORT"`
	SMTPUser     string `name:"smtp-user" help:"The user at the mail server, where it asks for one." placeholder:"USER"`
	SMTPPassword string `name:"smtp-password" help:"The user's password. Best given as an environment variable." placeholder:"PASSWORD"`
	SMTPTLS      string `name:"smtp-tls" help:"How the way to the mail server is sealed: ${enum}." enum:"starttls,tls,none" default:"starttls"`
	MailFrom     string `name:"mail-from" help:"Whom letters come from, such as \"Hemvist <hemvist@kommun.example>\"." placeholder:"ADDRESS"`

	SMSURL   string `name:"sms-url" help:"The web service that takes SMS, one POST each. Without it they wait in the outbox." placeholder:"URL"`
	SMSToken string `name:"sms-token" help:"The token that the SMS service knows this house by. Best given as an environment variable." placeholder:"TOKEN"`
	SMSFrom  string `name:"sms-from" help:"Whom SMS come from, as the service takes it." placeholder:"NAME"`
	SMSBody  string `name:"sms-body" help:"What is posted to the SMS service, with {{to}}, {{from}}, {{text}} and {{id}} in it: JSON when it begins with a brace, else a form. A JSON object of to, from and message when not given." placeholder:"TEXT"`
}

// connect ties the house's letters to what carries them.
func (c letters) connect(h *opened, origin string, logger *slog.Logger) error {
	if (c.SMTP != "" || c.SMSURL != "") && origin == "" {
		return errors.New("letters hold links, so with --smtp or --sms-url also say with --origin at which address people open this")
	}
	if c.SMTP == "" {
		logger.Warn("letters by e-mail wait in the outbox: --smtp does not say which mail server takes them")
	} else {
		carrier, err := mail.NewSMTP(mail.SMTP{Server: c.SMTP, User: c.SMTPUser, Password: c.SMTPPassword, TLS: c.SMTPTLS, From: c.MailFrom})
		if err != nil {
			return err
		}
		if err := h.Letters.Deliver(mail.ByEmail, origin, carrier); err != nil {
			return err
		}
	}
	if c.SMSURL == "" {
		logger.Info("letters by SMS wait in the outbox: --sms-url names no service that takes them")
		return nil
	}
	carrier, err := mail.NewSMS(mail.SMS{URL: c.SMSURL, Token: c.SMSToken, From: c.SMSFrom, Body: c.SMSBody})
	if err != nil {
		return err
	}
	return h.Letters.Deliver(mail.BySMS, origin, carrier)
}

// examineLetters says how the letters are. Failed and uncertain ones are people's to see to, and no fault of the house.
func (h *opened) examineLetters(ctx context.Context, out io.Writer) (well bool, err error) {
	health, err := h.Letters.Check(ctx)
	if err != nil {
		return false, err
	}
	total := 0
	for _, n := range health.Counts {
		total += n
	}
	fmt.Fprintf(out, "letters: %d", total)
	for _, st := range mail.States {
		if n := health.Counts[st]; n > 0 {
			fmt.Fprintf(out, ", %d %s", n, st)
		}
	}
	fmt.Fprintln(out)
	for _, x := range []struct {
		ids  []string
		what string
	}{{health.Waiting, "has waited for more than a day"}, {health.Lost, "waits, and no job will send it"}, {health.Untold, "is in a state that none of its events tells of"}} {
		for _, id := range x.ids {
			fmt.Fprintf(out, "   letter %s %s\n", id, x.what)
		}
	}
	return len(health.Lost) == 0 && len(health.Untold) == 0, nil
}

// letterMetrics is how many letters there are in each state, counted when it is asked.
type letterMetrics struct {
	letters *mail.Service
	desc    *prometheus.Desc
}

func newLetterMetrics(s *mail.Service) prometheus.Collector {
	return letterMetrics{s, prometheus.NewDesc("hemvist_letters", "Letters to people, by how far they have come.", []string{"state"}, nil)}
}

// Describe tells what is collected.
func (m letterMetrics) Describe(c chan<- *prometheus.Desc) { c <- m.desc }

// Collect counts. A database that does not answer in time leaves the numbers out.
func (m letterMetrics) Collect(c chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	counts, err := m.letters.Counts(ctx)
	if err != nil {
		return
	}
	for _, st := range mail.States {
		c <- prometheus.MustNewConstMetric(m.desc, prometheus.GaugeValue, float64(counts[st]), string(st))
	}
}
