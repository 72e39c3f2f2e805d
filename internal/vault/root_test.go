package vault_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"hemvist/internal/vault"
)

func TestRootKeyFileIsMadeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "root.key")
	first, created, err := vault.LoadOrCreateRootKey(path)
	if err != nil || !created {
		t.Fatalf("created %v, %v", created, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %04o, want 0600", info.Mode().Perm())
	}
	second, created, err := vault.LoadOrCreateRootKey(path)
	if err != nil || created || second != first {
		t.Errorf("read again: same %v, created %v, %v", second == first, created, err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(text), "# Hemvist root key") {
		t.Errorf("the file does not say what it is: %.30q", text)
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); err != nil || len(left) != 1 {
		t.Errorf("files left: %v, %v", left, err)
	}
}

func TestRootKeyFileMadeByManyAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "root.key")
	var wg sync.WaitGroup
	keys, createds, errs := make([]vault.Root, 16), make([]bool, 16), make([]error, 16)
	for i := range keys {
		wg.Go(func() { keys[i], createds[i], errs[i] = vault.LoadOrCreateRootKey(path) })
	}
	wg.Wait()
	made := 0
	for i := range keys {
		if errs[i] != nil {
			t.Errorf("instance %d: %v", i, errs[i])
		}
		if keys[i] != keys[0] {
			t.Errorf("instance %d has another key", i)
		}
		if createds[i] {
			made++
		}
	}
	if made != 1 {
		t.Errorf("%d instances made the file, want 1", made)
	}
}

func TestRootKeyFileIsRefused(t *testing.T) {
	good := string(vault.NewRoot().File())
	for _, c := range []struct {
		name, text string
		mode       os.FileMode
		want       string
	}{
		{"others can read", good, 0o604, "mode 0604"},
		{"the group can write", good, 0o660, "mode 0660"},
		{"empty", "", 0o600, "damaged"},
		{"cut off", good[:len(good)-5], 0o600, "damaged"},
		{"two keys", good + good, 0o600, "damaged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "root.key")
			if err := os.WriteFile(path, []byte(c.text), c.mode); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, c.mode); err != nil { // past the umask
				t.Fatal(err)
			}
			_, created, err := vault.LoadOrCreateRootKey(path)
			if err == nil || created || !strings.Contains(err.Error(), c.want) {
				t.Errorf("created %v, error %v; want one with %q", created, err, c.want)
			}
			if after, err := os.ReadFile(path); err != nil || string(after) != c.text {
				t.Errorf("the file was changed: %v", err)
			}
		})
	}
	if _, _, err := vault.LoadOrCreateRootKey(filepath.Join(t.TempDir(), "no", "folder", "root.key")); err == nil {
		t.Error("a key was made in a folder that does not exist")
	}
}

func TestParseRoot(t *testing.T) {
	root := vault.NewRoot()
	file := string(root.File())
	lines := strings.Split(strings.TrimSpace(file), "\n")
	bare := lines[len(lines)-1]
	for _, text := range []string{file, bare, "  " + bare + "\r\n", "# x\n\n" + bare} {
		if got, err := vault.ParseRoot(text); err != nil || got != root {
			t.Errorf("%q: same %v, %v", strings.ReplaceAll(text, bare, "KEY"), got == root, err)
		}
	}
	for _, text := range []string{"", "# only words", "secret words", bare[:40], bare + "A", bare + "\n" + bare,
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="} {
		_, err := vault.ParseRoot(text)
		if err == nil {
			t.Errorf("%q was taken for a root key", text)
			continue
		}
		if strings.Contains(err.Error(), bare[:20]) || strings.Contains(err.Error(), "secret words") {
			t.Errorf("the error repeats what was read: %v", err)
		}
	}
}

func TestRootNeverPrints(t *testing.T) {
	root := vault.NewRoot()
	lines := strings.Split(strings.TrimSpace(string(root.File())), "\n")
	secret := lines[len(lines)-1]
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "root", root, "in", struct{ R any }{root})
	js, err := json.Marshal(map[string]any{"root": root})
	if err != nil {
		t.Fatal(err)
	}
	printed := []string{log.String(), string(js)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		printed = append(printed, fmt.Sprintf(verb, root), fmt.Sprintf(verb, &root), fmt.Sprintf(verb, []vault.Root{root}))
	}
	raw := fmt.Sprintf("%x", secret)
	for _, p := range printed {
		if strings.Contains(p, secret) || strings.Contains(p, raw) || len(p) > 150 && !strings.Contains(p, "time") {
			t.Errorf("the key is printed: %s", p)
		}
	}
}
