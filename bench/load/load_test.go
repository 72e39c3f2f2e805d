package load

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// serve is a server for one test.
func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func TestRunCountsRightAnswers(t *testing.T) {
	var asked atomic.Int64
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.Header.Get("Authorization") != "secret" || r.URL.RawQuery != "page=1" {
			http.Error(w, "wrong request", http.StatusBadRequest)
			return
		}
		_, _ = io.WriteString(w, "twelve bytes")
	})
	res, err := Run(t.Context(), Spec{
		URL: url + "/list?page=1", Header: map[string]string{"Authorization": "secret"},
		Contains: "bytes", Clients: 4, Requests: 100, Warmup: 2, PID: os.Getpid(),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Err(); err != nil {
		t.Fatal(err)
	}
	if res.Requests != 100 || res.Bytes != 1200 || res.Statuses[200] != 100 {
		t.Errorf("got %d requests, %d bytes, statuses %v; want 100, 1200, 100 of status 200", res.Requests, res.Bytes, res.Statuses)
	}
	if got := asked.Load(); got != 108 {
		t.Errorf("the server saw %d requests, want 100 and 4 × 2 of warm-up", got)
	}
	if res.Rate <= 0 || res.P50 <= 0 || res.P50 > res.P90 || res.P90 > res.P99 || res.P99 > res.Max {
		t.Errorf("rate %v and latencies %v %v %v %v are not in order", res.Rate, res.P50, res.P90, res.P99, res.Max)
	}
	if res.Memory.RSS <= 0 || res.Memory.Peak < res.Memory.RSS/2 {
		t.Errorf("memory %+v of this very process", res.Memory)
	}
}

func TestFiguresOfAnotherProcessAreRefused(t *testing.T) {
	if err := (Result{Requests: 2000}).wrongProcess(7); err == nil {
		t.Error("2000 answers for no CPU at all passed")
	}
	for _, r := range []Result{{Requests: 2000, CPU: tick}, {Requests: 3}} {
		if err := r.wrongProcess(7); err != nil {
			t.Errorf("%+v: %v", r, err)
		}
	}
}

func TestRunReportsWrongAnswers(t *testing.T) {
	tests := []struct {
		name   string
		answer http.HandlerFunc
		spec   Spec
		status int
		says   string
	}{
		{"another status", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusTeapot) },
			Spec{}, 418, "status 418, not 200"},
		{"a redirect is not followed", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/in", http.StatusSeeOther) },
			Spec{}, 303, "status 303, not 200"},
		{"an empty shell", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"items":[]}`) },
			Spec{Contains: `"id"`}, 200, `does not hold "\"id\""`},
		{"no answer", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
			Spec{}, 0, "EOF"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			spec := tt.spec
			spec.URL, spec.Requests, spec.Warmup = serve(t, tt.answer), 7, -1
			res, err := Run(t.Context(), spec)
			if err != nil {
				t.Fatal(err)
			}
			if res.Failed != 7 || res.Requests != 0 || res.Statuses[tt.status] != 7 {
				t.Errorf("failed %d, right %d, statuses %v; want 7 failed of status %d", res.Failed, res.Requests, res.Statuses, tt.status)
			}
			if err := res.Err(); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error %v does not say %q", err, tt.says)
			}
		})
	}
}

func TestRunGivesUpOnFailures(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	res, err := Run(t.Context(), Spec{URL: url, Requests: 10_000, Clients: 4, Warmup: -1})
	if err != nil {
		t.Fatal(err)
	}
	if res.Failed < maxFailures || res.Failed > maxFailures+4 {
		t.Errorf("gave up after %d failures, want about %d", res.Failed, maxFailures)
	}
}

func TestRunVaries(t *testing.T) {
	var mu sync.Mutex
	seen := map[string]int{}
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			seen[err.Error()]++
		}
		seen[r.Method+" "+r.URL.RequestURI()+" "+string(b)]++
		w.WriteHeader(http.StatusCreated)
	})
	res, err := Run(t.Context(), Spec{
		URL: url + "/first", Method: http.MethodPost, Status: http.StatusCreated, Requests: 3, Warmup: -1,
		Vary: func(_, n int) (string, []byte) {
			return []string{"", "/second?x=1", "/third"}[n], []byte{'a' + byte(n)}
		},
	})
	if err != nil || res.Err() != nil {
		t.Fatal(err, res.Err())
	}
	for _, want := range []string{"POST /first a", "POST /second?x=1 b", "POST /third c"} {
		if seen[want] != 1 {
			t.Errorf("%q was asked %d times: %v", want, seen[want], seen)
		}
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	release := make(chan struct{})
	url := serve(t, func(http.ResponseWriter, *http.Request) { cancel(); <-release })
	defer close(release)
	if _, err := Run(ctx, Spec{URL: url, Duration: time.Minute, Clients: 3}); err == nil {
		t.Error("a run whose context ended gave a result")
	}
}

func TestRunRefuses(t *testing.T) {
	ok := Spec{URL: "http://127.0.0.1:9/", Requests: 1}
	tests := map[string]func(*Spec){
		"another machine":      func(s *Spec) { s.URL = "http://192.0.2.1/" },
		"a name":               func(s *Spec) { s.URL = "http://example.org/" },
		"a name like loopback": func(s *Spec) { s.URL = "http://127.0.0.1.example.org/" },
		"a user in the name":   func(s *Spec) { s.URL = "http://localhost@example.org/" },
		"https":                func(s *Spec) { s.URL = "https://127.0.0.1/" },
		"no end":               func(s *Spec) { s.Requests = 0 },
		"too long":             func(s *Spec) { s.Duration = MaxDuration + 1 },
		"too many requests":    func(s *Spec) { s.Requests = MaxRequests + 1 },
		"too many clients":     func(s *Spec) { s.Clients = MaxClients + 1 },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			spec := ok
			change(&spec)
			if _, err := Run(t.Context(), spec); err == nil {
				t.Errorf("%+v was run", spec)
			}
		})
	}
}
