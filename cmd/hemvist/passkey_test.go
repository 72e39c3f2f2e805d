package main

import (
	"context"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// TestWherePasskeysAreBoundTo: serve binds them to the address it is told, the demo to its own; without one there are none.
func TestWherePasskeysAreBoundTo(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want string // in the answer to whoever begins a sign-in
	}{
		"serve":         {[]string{"serve", "--origin", "https://hemvist.example"}, `"rpId":"hemvist.example"`},
		"serve-without": {[]string{"serve"}, ""},
		"demo":          {[]string{"demo", "--municipalities", "4", "--rounds", "5"}, `"rpId":"localhost"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, base, stop := start(t, append(c.args, "--dir", filepath.Join(t.TempDir(), "data"))...)
			defer stop()
			res, err := http.Post(base+"/sign-in/passkey/begin", "", nil)
			text := body(t, res, err)
			if c.want == "" && res.StatusCode != http.StatusNotFound || c.want != "" && (res.StatusCode != http.StatusOK || !strings.Contains(text, c.want)) {
				t.Errorf("%d %s", res.StatusCode, text)
			}
		})
	}
	for _, origin := range []string{"hemvist.example", "http://hemvist.example", "https://127.0.0.1"} {
		if err := run(context.Background(), io.Discard, "serve", "--dir", t.TempDir(), "--addr", freeAddr(t), "--origin", origin); err == nil || !strings.Contains(err.Error(), "passkeys") {
			t.Errorf("--origin %s: %v", origin, err)
		}
	}
}
