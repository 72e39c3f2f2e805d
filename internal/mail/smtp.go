package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// SMTP is how e-mail is handed over.
type SMTP struct {
	Server   string // host:port
	User     string // empty when the server asks for none
	Password string
	TLS      string         // "starttls", "tls" from the first byte, or "none"
	From     string         // "Hemvist <hemvist@kommun.example>"
	Trust    *x509.CertPool // whose certificates are believed; the machine's own list when nil
}

// smtpTime is how long reaching the server may take, and then again how long handing one letter over may.
const smtpTime = 30 * time.Second

// smtpCarrier hands letters to an SMTP server, each over a connection of its own.
type smtpCarrier struct {
	client *gomail.Client
	from   *netmail.Address
}

// NewSMTP makes the carrier. What is wrong with the settings is said in words for who runs the program.
func NewSMTP(c SMTP) (Carrier, error) {
	host, port, err := net.SplitHostPort(c.Server)
	number, portErr := strconv.Atoi(port)
	if err != nil || portErr != nil || host == "" {
		return nil, fmt.Errorf("the mail server is written as host:port, such as smtp.example:587, and not %q", c.Server)
	}
	from, err := netmail.ParseAddress(c.From)
	if err != nil {
		return nil, fmt.Errorf("letters need an address that they come from, such as \"Hemvist <hemvist@kommun.example>\", and not %q", c.From)
	}
	options := []gomail.Option{gomail.WithPort(number), gomail.WithTimeout(smtpTime), gomail.WithHELO(domainOf(from.Address)),
		gomail.WithTLSConfig(&tls.Config{ServerName: host, RootCAs: c.Trust, MinVersion: tls.VersionTLS12})}
	switch c.TLS {
	case "starttls", "":
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case "tls":
		options = append(options, gomail.WithSSL())
	case "none":
		if c.User != "" {
			return nil, errors.New("a password is not sent to a mail server in the clear: choose starttls or tls")
		}
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("%q is no way to reach a mail server: choose starttls, tls or none", c.TLS)
	}
	if c.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(c.User), gomail.WithPassword(c.Password))
	}
	client, err := gomail.NewClient(host, options...)
	if err != nil {
		return nil, fmt.Errorf("the mail server: %w", err)
	}
	return &smtpCarrier{client: client, from: from}, nil
}

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// Carry hands one letter over. Before the last dot has been sent a failure is for certain; after it only the server's own answer is.
func (c *smtpCarrier) Carry(ctx context.Context, m Message) (Outcome, string) {
	msg, err := c.compose(m)
	if err != nil {
		return Refused, err.Error()
	}
	conn, err := c.client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return Later, "reaching the mail server: " + err.Error()
	}
	err = c.client.SendWithSMTPClient(conn, msg)
	if msg.IsDelivered() {
		_ = c.client.CloseWithSMTPClient(conn) // it has the letter, however we part
		return Taken, msg.ServerResponse()
	}
	outcome, answer := failed(err)
	hangUp(conn)
	return outcome, answer
}

// hangUp closes a connection without another word: QUIT would first put the last dot after a text that was not finished.
func hangUp(conn *smtp.Client) { _ = conn.Close() }

// failed tells what the failure to hand a letter over means.
func failed(err error) (Outcome, string) {
	var e *gomail.SendError
	if !errors.As(err, &e) {
		return Unknown, fmt.Sprint(err)
	}
	answer, _, _ := strings.Cut(e.Error(), ", affected ")
	code := e.ErrorCode()
	if _, own, ok := strings.Cut(answer, ": "); ok && code != 0 { // the server's own words
		answer = strings.ReplaceAll(own, `"`, "")
	}
	switch {
	case e.Reason == gomail.ErrSMTPDataClose && code == 0:
		return Unknown, answer
	case e.Reason == gomail.ErrSMTPMailFrom: // it is about us, and says nothing about the receiver
		return Later, answer
	case code >= 500:
		return Refused, answer
	default:
		return Later, answer
	}
}

func (c *smtpCarrier) compose(m Message) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(c.from)
	msg.ToMailAddress(&netmail.Address{Name: m.Name, Address: m.To})
	if _, err := msg.GetRecipients(); err != nil {
		return nil, fmt.Errorf("the address: %w", err)
	}
	msg.Subject(m.Subject)
	msg.SetDateWithValue(m.At)
	msg.SetMessageIDWithValue(m.ID + "@" + hostOf(m.Origin))
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // no holiday greeting is to answer it
	msg.SetGenHeader("Content-Language", m.Language)
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	return msg, nil
}

// hostOf is the house's name, which makes a letter's id one of the world's.
func hostOf(origin string) string {
	if u, err := url.Parse(origin); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return "hemvist"
}
