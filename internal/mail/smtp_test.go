package mail_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/house/housetest"
	"hemvist/internal/mail"
)

// server is a real SMTP server that keeps what it took, and misbehaves as a test wants.
type server struct {
	addr string

	mu       sync.Mutex
	received []received
	rcpt     func(to string) error           // asked at RCPT TO
	data     func(c *smtp.Conn, n int) error // asked after the last dot, of the n-th text; an error is the answer
	password string                          // of the user "hemvist"; none is asked for when empty
	texts    int
}

type received struct{ to, text string }

// startServer starts a server. With a certificate it speaks TLS: from the first byte, or after STARTTLS.
func startServer(t testing.TB, s *server, certificate *tls.Certificate, fromFirst bool) *server {
	t.Helper()
	srv := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{server: s, conn: c}, nil }))
	srv.Domain, srv.ErrorLog = "smtp.example", discard{}
	listener, err := net.Listen("tcp", "localhost:0")
	must(t, err)
	s.addr = listener.Addr().String()
	if certificate != nil {
		srv.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*certificate}, MinVersion: tls.VersionTLS12}
		if fromFirst {
			listener = tls.NewListener(listener, srv.TLSConfig)
		}
	}
	go func() { _ = srv.Serve(listener) }()
	t.Cleanup(func() { _ = srv.Close() })
	return s
}

type discard struct{}

func (discard) Printf(string, ...any) {}
func (discard) Println(...any)        {}

func (s *server) all() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]received(nil), s.received...)
}

type session struct {
	*server
	conn *smtp.Conn
	to   string
	in   bool
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }
func (s *session) AuthMechanisms() []string {
	if s.password == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "hemvist" || password != s.password {
			return errors.New("wrong user or password")
		}
		s.in = true
		return nil
	}), nil
}

func (s *session) Mail(string, *smtp.MailOptions) error {
	if s.password != "" && !s.in {
		return smtp.ErrAuthRequired
	}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	if s.rcpt != nil {
		return s.rcpt(to)
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.texts++
	if s.data != nil {
		if err := s.data(s.conn, s.texts); err != nil {
			return err
		}
	}
	s.received = append(s.received, received{s.to, string(text)})
	return nil
}

func smtpError(code int, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: text}
}

// certificate is one for localhost, and the pool that believes it.
func certificate(t testing.TB) (*tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<33, 0), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(t, err)
	parsed, err := x509.ParseCertificate(der)
	must(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

const from = "Hemvist i Provköping <hemvist@provkoping.example>"

func carrier(t testing.TB, c mail.SMTP) mail.Carrier {
	t.Helper()
	if c.From == "" {
		c.From = from
	}
	made, err := mail.NewSMTP(c)
	must(t, err)
	return made
}

var message = mail.Message{ID: "0199-1", Origin: origin, To: "karin@hemvist.example", Name: "Karin Åkerprov", Language: "sv", Subject: "Välkommen hem",
	Text: "Hej Karin!\n\nÖppna " + origin + "/x?code=abc\n", HTML: "<p>Hej Karin!</p>\n", At: time.Date(2026, 11, 18, 11, 0, 0, 0, time.UTC)}

func TestSMTPOverEveryKindOfConnection(t *testing.T) {
	cert, trust := certificate(t)
	for name, c := range map[string]struct {
		tls      string
		cert     *tls.Certificate
		trust    *x509.CertPool
		password string
		outcome  mail.Outcome
		answer   string
	}{
		"plain":                         {tls: "none", outcome: mail.Taken, answer: "queued"},
		"starttls":                      {tls: "starttls", cert: cert, trust: trust, outcome: mail.Taken, answer: "queued"},
		"tls":                           {tls: "tls", cert: cert, trust: trust, outcome: mail.Taken, answer: "queued"},
		"starttls and password":         {tls: "starttls", cert: cert, trust: trust, password: "right", outcome: mail.Taken, answer: "queued"},
		"tls and password":              {tls: "tls", cert: cert, trust: trust, password: "right", outcome: mail.Taken, answer: "queued"},
		"wrong password":                {tls: "starttls", cert: cert, trust: trust, password: "wrong", outcome: mail.Later, answer: "reaching the mail server"},
		"a server without starttls":     {tls: "starttls", outcome: mail.Later, answer: "STARTTLS"},
		"a certificate nobody believes": {tls: "starttls", cert: cert, outcome: mail.Later, answer: "certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &server{}
			config := mail.SMTP{TLS: c.tls, Trust: c.trust}
			if c.password != "" {
				s.password, config.User, config.Password = "right", "hemvist", c.password
			}
			startServer(t, s, c.cert, c.tls == "tls")
			_, port, _ := net.SplitHostPort(s.addr)
			config.Server = net.JoinHostPort("localhost", port)
			outcome, answer := carrier(t, config).Carry(t.Context(), message)
			if outcome != c.outcome || !strings.Contains(answer, c.answer) {
				t.Errorf("outcome %d, %q", outcome, answer)
			}
			if got := len(s.all()); (got == 1) != (c.outcome == mail.Taken) {
				t.Errorf("the server has %d letters", got)
			}
		})
	}
}

func TestWhatTheReceiverGets(t *testing.T) {
	s := startServer(t, &server{}, nil, false)
	c := carrier(t, mail.SMTP{Server: s.addr, TLS: "none"})
	for range 2 {
		if outcome, answer := c.Carry(t.Context(), message); outcome != mail.Taken {
			t.Fatal(answer)
		}
	}
	all := s.all()
	m, err := netmail.ReadMessage(strings.NewReader(all[0].text))
	must(t, err)
	decoder := mime.WordDecoder{}
	header := func(name string) string {
		text, err := decoder.DecodeHeader(m.Header.Get(name))
		must(t, err)
		return text
	}
	for name, want := range map[string]string{"Subject": "Välkommen hem", "From": `"Hemvist i Provköping" <hemvist@provkoping.example>`,
		"To": `"Karin Åkerprov" <karin@hemvist.example>`, "Message-Id": "<0199-1@hemvist.example>", "Auto-Submitted": "auto-generated",
		"Content-Language": "sv", "Date": "Wed, 18 Nov 2026 11:00:00 +0000"} {
		if got := header(name); got != want && strings.ReplaceAll(got, `"`, "") != strings.ReplaceAll(want, `"`, "") {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if !strings.Contains(all[1].text, "<0199-1@hemvist.example>") {
		t.Error("the same letter has another id the second time")
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	must(t, err)
	if kind != "multipart/alternative" {
		t.Fatalf("the letter is %s", kind)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for _, want := range []struct{ kind, text string }{{"text/plain; charset=UTF-8", message.Text}, {"text/html; charset=UTF-8", message.HTML}} {
		p, err := parts.NextRawPart()
		must(t, err)
		text, err := io.ReadAll(quotedprintable.NewReader(p))
		must(t, err)
		if got := strings.ReplaceAll(string(text), "\r\n", "\n"); p.Header.Get("Content-Type") != want.kind || strings.TrimSpace(got) != strings.TrimSpace(want.text) {
			t.Errorf("%s: %q", p.Header.Get("Content-Type"), got)
		}
	}
}

// TestSMTPFailures: what surely was not taken is tried again or given up; what may have been taken is neither.
func TestSMTPFailures(t *testing.T) {
	die := func(c *smtp.Conn, _ int) error { return c.Conn().Close() }
	for name, c := range map[string]struct {
		server        *server
		gone          bool // nobody listens
		state, events string
		letters       int
	}{
		"busy, then not": {server: &server{rcpt: once(smtpError(451, "try later"))}, state: "sent 1", letters: 1,
			events: "queued, handing-over, later (451 4.1.1 try later), handing-over, sent"},
		"no such user": {server: &server{rcpt: func(string) error { return smtpError(550, "no such user") }}, state: "failed 1",
			events: "queued, handing-over, failed (550 5.1.1 no such user)"},
		"busy after the text": {server: &server{data: func(_ *smtp.Conn, n int) error {
			if n == 1 {
				return smtpError(452, "full")
			}
			return nil
		}}, state: "sent 1", letters: 1, events: "queued, handing-over, later (452 4.1.1 full), handing-over, sent"},
		"refused after the text": {server: &server{data: func(*smtp.Conn, int) error { return smtpError(554, "spam") }}, state: "failed 1",
			events: "queued, handing-over, failed (554 5.1.1 spam)"},
		"dead after the last dot": {server: &server{data: die}, state: "uncertain 1", letters: 1, events: "queued, handing-over, uncertain (closing SMTP DATA writer"},
		"nobody there":            {gone: true, state: "failed 1", events: "queued, handing-over, later (reaching the mail server"},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				s := &server{}
				if c.server != nil {
					s = &server{rcpt: c.server.rcpt, data: c.server.data}
				}
				startServer(t, s, nil, false)
				if c.gone {
					listener, err := net.Listen("tcp", "127.0.0.1:0")
					must(t, err)
					s.addr = listener.Addr().String()
					must(t, listener.Close())
				}
				o := newOffice(housetest.New(t, d, nil), quick()...)
				must(t, o.Deliver(mail.ByEmail, origin, carrier(t, mail.SMTP{Server: s.addr, TLS: "none"})))
				write(t, d, o.Service, invitation("karin@hemvist.example"))
				o.until(t, d, c.state)
				if got := events(t, d); !strings.HasPrefix(got, c.events) {
					t.Errorf("got  %s\nwant %s", got, c.events)
				}
				if got := len(s.all()); got != c.letters {
					t.Errorf("the receiver has %d letters, want %d", got, c.letters)
				}
			})
		})
	}
}

// once fails the first time of each server's life, of which there is one an engine.
func once(err error) func(string) error {
	var mu sync.Mutex
	n := 0
	return func(string) error {
		mu.Lock()
		defer mu.Unlock()
		if n++; n%2 == 1 {
			return err
		}
		return nil
	}
}

// TestCutOffText: a text that was cut off on its way is not taken, and is sent whole the next time.
func TestCutOffText(t *testing.T) {
	real := startServer(t, &server{}, nil, false)
	cutOff, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer cutOff.Close()
	go func() {
		client, err := cutOff.Accept()
		if err != nil {
			return
		}
		defer client.Close()
		behind, err := net.Dial("tcp", real.addr)
		if err != nil {
			return
		}
		defer behind.Close()
		go func() { _, _ = io.Copy(client, behind) }()
		_, _ = io.CopyN(behind, client, 2000) // and then silence in both directions
	}()
	c := carrier(t, mail.SMTP{Server: cutOff.Addr().String(), TLS: "none"})
	m := message
	m.Text = strings.Repeat("En lång rad som inte hinner fram.\n", 200_000)
	outcome, answer := c.Carry(t.Context(), m)
	if outcome == mail.Taken || outcome == mail.Refused || len(real.all()) != 0 {
		t.Errorf("outcome %d (%s), and %d letters arrived", outcome, answer, len(real.all()))
	}
}

func TestSMTPSettings(t *testing.T) {
	for name, c := range map[string]mail.SMTP{
		"no port":               {Server: "smtp.example", From: from},
		"no host":               {Server: ":25", From: from},
		"no sender":             {Server: "smtp.example:25"},
		"no kind of connection": {Server: "smtp.example:25", From: from, TLS: "ssl"},
		"a password in clear":   {Server: "smtp.example:25", From: from, TLS: "none", User: "hemvist"},
	} {
		if _, err := mail.NewSMTP(c); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	o := newOffice(housetest.New(t, dbtest.New(t), nil))
	for _, address := range []string{"", "hemvist.example", "ftp://hemvist.example"} {
		if err := o.Deliver(mail.ByEmail, address, &post{}); err == nil {
			t.Errorf("letters lead to %q", address)
		}
	}
}

// TestNobodyAddsAHeading: what people are called cannot become a header of a letter, nor its end.
func TestNobodyAddsAHeading(t *testing.T) {
	d := dbtest.New(t)
	s := startServer(t, &server{}, nil, false)
	o := newOffice(housetest.New(t, d, nil), quick()...)
	must(t, o.Deliver(mail.ByEmail, origin, carrier(t, mail.SMTP{Server: s.addr, TLS: "none"})))
	l := invitation("karin@hemvist.example")
	l.Name = "Karin\r\nBcc: other@hemvist.example\r\n"
	l.Args["organisation"] = "Provköping\r\nBcc: other@hemvist.example\r\n.\r\nMAIL FROM:<x@hemvist.example>\x1f{{namn}}<b>"
	write(t, d, o.Service, l)
	o.until(t, d, "sent 1")
	all := s.all()
	if len(all) != 1 || all[0].to != "karin@hemvist.example" {
		t.Fatalf("received %+v", all)
	}
	m, err := netmail.ReadMessage(bytes.NewReader([]byte(all[0].text)))
	must(t, err)
	if m.Header.Get("Bcc") != "" || strings.Contains(all[0].text, "<b>") && strings.Contains(all[0].text, "<p><b>") {
		t.Errorf("a heading was added:\n%s", all[0].text)
	}
}
