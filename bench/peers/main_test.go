package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// start runs a peer until the returned stop is called, and returns its ready line.
func start(t *testing.T, args ...string) (r ready, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, args, in, io.Discard)
		_ = in.CloseWithError(errors.Join(errors.New("ended before it was ready"), err))
		ended <- err
	}()
	stop = func() error { cancel(); return <-ended }
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &r)
	}
	if err != nil {
		t.Fatal(err, stop())
	}
	return r, stop
}

func get(t *testing.T, url string, header map[string]string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

func TestPocketBaseListsRowsToTheSignedInOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	args := []string{"pocketbase", "--addr", "127.0.0.1:0", "--dir", dir, "--rows", "120"}
	var tokens []string
	for range 2 { // the second time finds the folder filled
		r, stop := start(t, args...)
		tokens = append(tokens, r.Token)
		var list struct {
			TotalItems int
			Items      []struct {
				Title        string
				Participants int
				FirstOn      string `json:"first_on"`
			}
		}
		for _, token := range tokens { // an old token is good after a new start
			status, body := get(t, r.URL, map[string]string{"Authorization": token})
			if err := json.Unmarshal([]byte(body), &list); err != nil || status != http.StatusOK {
				t.Fatal(status, body, err)
			}
			if list.TotalItems != 120 || len(list.Items) != 50 {
				t.Fatalf("%d of %d rows, want 50 of 120", len(list.Items), list.TotalItems)
			}
		}
		for i, row := range list.Items {
			if row.Title == "" || row.Participants == 0 || i > 0 && row.FirstOn > list.Items[i-1].FirstOn {
				t.Errorf("row %d is empty or out of order: %+v", i, row)
			}
		}
		if _, body := get(t, r.URL, nil); !strings.Contains(body, `"totalItems":0`) {
			t.Errorf("a stranger was told %.200s", body)
		}
		if err := stop(); err != nil {
			t.Fatal(err)
		}
	}
	if err := run(t.Context(), append(args[:5:5], "--rows", "5"), io.Discard, io.Discard); err == nil {
		t.Error("a folder of 120 rows passed for one of 5")
	}
}

func TestHello(t *testing.T) {
	r, stop := start(t, "hello")
	if status, body := get(t, r.URL, nil); status != http.StatusOK || body != helloPage {
		t.Errorf("got %d %q", status, body)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestRefuses(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{
		{}, {"redis"}, {"hello", "--addr", "0.0.0.0:0"}, {"hello", "--addr", "example.org:80"}, {"hello", "--addr", "8080"},
		{"pocketbase"}, {"pocketbase", "--dir", dir, "--addr", ":0"}, {"pocketbase", "--dir", dir, "--rows", "0"},
	} {
		if err := run(t.Context(), args, io.Discard, io.Discard); err == nil {
			t.Errorf("%q was accepted", args)
		}
	}
}
