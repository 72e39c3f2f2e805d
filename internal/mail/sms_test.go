package mail_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"hemvist/internal/mail"
)

// TestSMS: what the web service is sent, and what its answers mean.
func TestSMS(t *testing.T) {
	m := mail.Message{ID: "0199-1", To: "+46701740605", Text: "Hej \"Karin\" & co\nÖppna https://hemvist.example/x?code=a&b={{to}}"}
	for name, c := range map[string]struct {
		config  mail.SMS
		kind    string
		body    string
		status  int
		answer  string
		outcome mail.Outcome
		said    string
	}{
		"json": {config: mail.SMS{From: "Hemvist", Token: "hemligt"}, kind: "application/json", status: 202, outcome: mail.Taken, said: "202 Accepted",
			body: `{"to": "+46701740605", "from": "Hemvist", "message": "Hej \"Karin\" \u0026 co\nÖppna https://hemvist.example/x?code=a\u0026b={{to}}"}`},
		"form": {config: mail.SMS{From: "Hem vist", Body: "till={{to}}&fran={{from}}&text={{text}}&ref={{id}}"}, kind: "application/x-www-form-urlencoded", status: 200,
			body:    "till=" + url.QueryEscape(m.To) + "&fran=Hem+vist&text=" + url.QueryEscape(m.Text) + "&ref=0199-1",
			outcome: mail.Taken, said: "200 OK"},
		"no such number":   {status: 400, answer: "bad\n number", outcome: mail.Refused, said: "400 Bad Request: bad number"},
		"too many":         {status: 429, outcome: mail.Later, said: "429"},
		"wrong token":      {status: 401, outcome: mail.Later, said: "401"},
		"moved":            {status: 302, outcome: mail.Later, said: "302"},
		"away for a while": {status: 503, outcome: mail.Later, said: "503"},
		"broken":           {status: 500, outcome: mail.Unknown, said: "500"},
		"a gateway's":      {status: 504, outcome: mail.Unknown, said: "504"},
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked++
				body, _ := io.ReadAll(r.Body)
				if c.body != "" && (string(body) != c.body || r.Header.Get("Content-Type") != c.kind) {
					t.Errorf("got %s\n%s\nwant %s", r.Header.Get("Content-Type"), body, c.body)
				}
				if want := strings.TrimSpace("Bearer " + c.config.Token); c.config.Token != "" && r.Header.Get("Authorization") != want {
					t.Errorf("authorization %q", r.Header.Get("Authorization"))
				}
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.answer)
			}))
			defer service.Close()
			c.config.URL = service.URL
			made, err := mail.NewSMS(c.config)
			must(t, err)
			outcome, said := made.Carry(t.Context(), m)
			if outcome != c.outcome || !strings.HasPrefix(said, c.said) || asked != 1 {
				t.Errorf("outcome %d, %q, asked %d times", outcome, said, asked)
			}
		})
	}
}

// TestSMSWithoutAnswer: a service that was never reached took nothing; one that hung up may have.
func TestSMSWithoutAnswer(t *testing.T) {
	asked := 0
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		_, _ = io.ReadAll(r.Body)
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_ = conn.Close()
		}
	}))
	made, err := mail.NewSMS(mail.SMS{URL: service.URL + "?token=hemligt"})
	must(t, err)
	outcome, said := made.Carry(t.Context(), mail.Message{To: "+46701740605", Text: "Hej"})
	if outcome != mail.Unknown || asked != 1 || strings.Contains(said, "hemligt") {
		t.Errorf("hung up: %d, %q, asked %d times", outcome, said, asked)
	}
	service.Close()
	outcome, said = made.Carry(t.Context(), mail.Message{To: "+46701740605", Text: "Hej"})
	if outcome != mail.Later || strings.Contains(said, "hemligt") {
		t.Errorf("gone: %d, %q", outcome, said)
	}
}

func TestSMSSettings(t *testing.T) {
	for name, c := range map[string]mail.SMS{
		"no address":    {},
		"in the clear":  {URL: "http://sms.example"},
		"no receiver":   {URL: "https://sms.example", Body: `{"message": {{text}}}`},
		"no text":       {URL: "https://sms.example", Body: `{"to": {{to}}}`},
		"unknown word":  {URL: "https://sms.example", Body: `{"to": {{to}}, "m": {{text}}, "x": {{x}}}`},
		"unfinished":    {URL: "https://sms.example", Body: `{"to": {{to}}, "m": {{text}}, "x": {{`},
		"quotes around": {URL: "https://sms.example", Body: `{"to": "{{to}}", "m": {{text}}}`},
		"not JSON":      {URL: "https://sms.example", Body: `{to: {{to}}, m: {{text}}`},
	} {
		if _, err := mail.NewSMS(c); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
