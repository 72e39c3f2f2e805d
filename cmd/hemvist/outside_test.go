package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/oauth2"
)

func TestWhatProvidersAreAskedWith(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, "/", http.StatusFound)
			return
		}
		_, _ = io.Copy(w, strings.NewReader(strings.Repeat("x", 2*answerLimit)))
	}))
	defer server.Close()
	ask := func(local bool, path string) (int, error) {
		client := reachProviders(local)(t.Context()).Value(oauth2.HTTPClient).(*http.Client)
		answer, err := client.Get(server.URL + path)
		if err != nil {
			return 0, err
		}
		defer answer.Body.Close()
		n, err := io.Copy(io.Discard, answer.Body)
		return int(n), err
	}
	if n, err := ask(true, "/"); n != answerLimit || err != nil {
		t.Errorf("%d bytes were read, %v", n, err)
	}
	if _, err := ask(true, "/away"); err == nil {
		t.Error("it was followed elsewhere")
	}
	if _, err := ask(false, "/"); err == nil {
		t.Error("this machine's own door was opened")
	}
	for address, own := range map[string]bool{"127.0.0.1:443": true, "[::1]:443": true, "169.254.169.254:80": true, "[fe80::1]:443": true, "0.0.0.0:443": true,
		"[::ffff:127.0.0.1]:443": true, "10.1.2.3:443": false, "192.0.2.7:443": false, "[2001:db8::1]:443": false} {
		if err := refuseOwn(address); (err != nil) != own {
			t.Errorf("%s: %v", address, err)
		}
	}
}
