package mail

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// SMS is how SMS are handed over: one POST each to a web service.
type SMS struct {
	URL   string
	Token string // sent as "Authorization: Bearer …"; empty for none
	From  string // as the receiver sees it
	// Body is what is posted, with {{to}}, {{from}}, {{text}} and {{id}} in it: JSON when it begins with a brace, else a form. Values are
	// written as the kind of body needs them; in JSON they bring their quotes. DefaultSMSBody when empty.
	Body string
}

// DefaultSMSBody is what is posted when nothing else is said.
const DefaultSMSBody = `{"to": {{to}}, "from": {{from}}, "message": {{text}}}`

// smsTime is how long the service may take to answer.
const smsTime = 30 * time.Second

var smsNames = []string{"to", "from", "text", "id"}

type smsCarrier struct {
	SMS
	client *http.Client
	json   bool
}

// NewSMS makes the carrier. What is wrong with the settings is said in words for who runs the program.
func NewSMS(c SMS) (Carrier, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && isLocal(u.Hostname())) {
		return nil, fmt.Errorf("the SMS service is an address that begins with https://, and not %q", c.URL)
	}
	if c.Body == "" {
		c.Body = DefaultSMSBody
	}
	s := &smsCarrier{SMS: c, json: strings.HasPrefix(strings.TrimSpace(c.Body), "{")}
	for i, part := range strings.Split(c.Body, open)[1:] {
		if name, _, ended := strings.Cut(part, shut); !ended || !slices.Contains(smsNames, name) {
			return nil, fmt.Errorf("the body for SMS: its placeholder %d is none of {{%s}}", i+1, strings.Join(smsNames, "}}, {{"))
		}
	}
	if !strings.Contains(c.Body, "{{to}}") || !strings.Contains(c.Body, "{{text}}") {
		return nil, errors.New("the body for SMS needs {{to}} and {{text}}")
	}
	if try := s.body(Message{To: "+46", Text: `"`}); s.json && !json.Valid([]byte(try)) {
		return nil, fmt.Errorf("the body for SMS is not JSON when it is filled in: %s", try)
	}
	s.client = &http.Client{Timeout: smsTime, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		// A connection of its own for each: nothing is sent a second time because a kept one turned out to be closed.
		Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true, TLSHandshakeTimeout: 10 * time.Second}}
	return s, nil
}

func isLocal(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (s *smsCarrier) body(m Message) string {
	values := map[string]string{"to": m.To, "from": s.From, "text": m.Text, "id": m.ID}
	var pairs []string
	for _, name := range smsNames {
		value := url.QueryEscape(values[name])
		if s.json {
			text, _ := json.Marshal(values[name]) // a text can always be written
			value = string(text)
		}
		pairs = append(pairs, open+name+shut, value)
	}
	return strings.NewReplacer(pairs...).Replace(s.Body)
}

// Carry hands one SMS over. What fails before anything was sent is for certain; after that only an answer that says so is.
func (s *smsCarrier) Carry(ctx context.Context, m Message) (Outcome, string) {
	var connected atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }})
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, bytes.NewReader([]byte(s.body(m))))
	if err != nil {
		return Later, "asking the SMS service: " + err.Error()
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if s.json {
		r.Header.Set("Content-Type", "application/json")
	}
	if s.Token != "" {
		r.Header.Set("Authorization", "Bearer "+s.Token)
	}
	answer, err := s.client.Do(r)
	if err != nil {
		if connected.Load() {
			return Unknown, "the SMS service did not answer: " + plain(err)
		}
		return Later, "reaching the SMS service: " + plain(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(answer.Body, 1000)) // the status says it; the text is for people
	said := answer.Status
	if line := oneLine(strings.ToValidUTF8(string(text), "")); line != "" {
		said += ": " + line
	}
	return meaning(answer.StatusCode), said
}

// plain is an error without the address, which may hold a token.
func plain(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return err.Error()
}

// meaning is what a status says about the message.
func meaning(status int) Outcome {
	switch {
	case status >= 200 && status < 300:
		return Taken
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		return Later
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusNotFound, status < 400:
		return Later // it is about us or our settings, and says nothing about the receiver
	case status < 500:
		return Refused
	default:
		return Unknown // it may have gone wrong after the message was taken
	}
}
