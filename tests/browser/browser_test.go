//go:build browser

// Package browser_test looks at every page of a filled house in a real browser, as every role that may see it: whatever stands in the
// route table is found by following links as a person does, and a page to which nothing leads fails the test. The looking itself is
// done by run.mjs; the flows in flows/ are what a person does over several pages. It never touches a house that others use.
package browser_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"hemvist/internal/access"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/demo"
	"hemvist/internal/i18n"
	"hemvist/internal/web"
	"hemvist/internal/web/webtest"
)

// nation is large enough for lists of more than one page.
var nation = demo.Size{Municipalities: 12, Years: 3, Rounds: 80, Participants: 16, Seed: 1}

// autumn is when the house is looked at: an ordinary Wednesday in term, when the demo has something in every state.
var autumn = time.Date(2026, 11, 18, 11, 0, 0, 0, time.UTC)

// most is how many bytes the first load of a page for staff may have. Source: docs/decisions.md.
const most = 150_000

// pageList is what run.mjs reads.
type pageList struct {
	Base      string   `json:"base"`
	Roles     []role   `json:"roles"`
	Pages     []page   `json:"pages"`
	Languages []string `json:"languages"`
	Keys      []string `json:"keys"`
}

// role is somebody who can sign in: by the form at SignIn, or with a code.
type role struct {
	Role   string `json:"role"`
	SignIn string `json:"signIn,omitempty"`
	Code   string `json:"code,omitempty"`
}

type page struct {
	Pattern  string   `json:"pattern"`
	Path     string   `json:"path"`
	Roles    []string `json:"roles,omitempty"`
	Public   bool     `json:"public,omitempty"`
	Status   int      `json:"status,omitempty"`
	HTML     bool     `json:"html"`
	MaxBytes int      `json:"maxBytes,omitempty"`
}

// TestEveryPage finds a sample of every page for every role that may see it, and has them looked at.
func TestEveryPage(t *testing.T) {
	h, doors, list := open(t)
	list.Pages = everyPage(t, h, doors, list.Base)
	t.Logf("%d pages", len(list.Pages))
	node(t, "run.mjs", write(t, list), "--no-flows")
}

// TestFlows is what people do over several pages of the program itself, in a demo of its own: letters are delivered there, and its clock
// goes.
func TestFlows(t *testing.T) {
	list := pageList{Languages: i18n.Languages, Keys: keys(t)}
	list.Base, list.Roles = startDemo(t)
	list.Pages = []page{{Pattern: "GET /{$}", Path: "/", Public: true, HTML: true}}
	node(t, "run.mjs", write(t, list))
}

// startDemo builds the program and runs its demo until the test ends. It gives its address and who can sign in.
func startDemo(t *testing.T) (base string, roles []role) {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "hemvist")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "hemvist/cmd/hemvist").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	dir := t.TempDir()
	cmd := exec.Command(binary, "demo", "--addr", "localhost:0", "--dir", dir, "--municipalities", strconv.Itoa(nation.Municipalities),
		"--years", strconv.Itoa(nation.Years), "--rounds", strconv.Itoa(nation.Rounds), "--participants", strconv.Itoa(nation.Participants))
	cmd.Stderr = t.Output()
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // one that has ended already says so below
		if err := cmd.Wait(); err != nil {
			t.Errorf("the demo: %v", err)
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		name, address, found := strings.Cut(lines.Text(), " http://")
		if path := "/demo/" + strings.TrimSpace(name); found && strings.HasSuffix(address, path) {
			base, roles = "http://"+strings.TrimSuffix(address, path), append(roles, role{Role: strings.TrimSpace(name), SignIn: path})
		} else if lines.Text() == "" && len(roles) > 0 {
			return base, append(roles, role{Role: "colleague", Code: codeFor(t, binary, dir, "ledare0.1@demo.example")})
		}
	}
	t.Fatalf("the demo told no address: %v", lines.Err())
	return "", nil
}

// codeFor is a code that signs somebody in who has no door: the one whom the demo's leader leads with.
func codeFor(t *testing.T, binary, dir, email string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), binary, "code", "--dir", dir, email).Output()
	lines := strings.Fields(string(out))
	if err != nil || len(lines) == 0 {
		t.Fatalf("a code for %s: %v", email, err)
	}
	return lines[len(lines)-1]
}

// open fills a house and serves it as the demo does.
func open(t *testing.T) (*webtest.House, []demo.Door, pageList) {
	t.Helper()
	var doors []demo.Door
	h := webtest.Open(t, dbtest.New(t), func(h *webtest.House, c *web.Config) {
		h.Time.Move(autumn.Sub(h.Time.Now()))
		c.Plain = true
		doors = h.FillNation(t, nation)
		for _, d := range doors {
			c.Demo = append(c.Demo, web.DemoRole(d))
		}
	})
	list := pageList{Languages: i18n.Languages, Keys: keys(t), Base: listen(t, h.Web)}
	for _, d := range doors {
		list.Roles = append(list.Roles, role{Role: string(d.Role), SignIn: "/demo/" + string(d.Role)})
	}
	if err := h.SignIns.AllowPasskeys(list.Base); err != nil {
		t.Fatal(err)
	}
	return h, doors, list
}

// TestServedPages are those that a served house has in place of the demo's doors: its very first page, and where one signs in.
func TestServedPages(t *testing.T) {
	for _, paths := range [][]string{{"/start"}, {"/", "/sign-in"}} {
		h := webtest.Open(t, dbtest.New(t))
		if paths[0] != "/start" {
			h.NewPerson(t, access.Coordinator, h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun"))
		}
		list := pageList{Roles: []role{}, Languages: i18n.Languages, Keys: keys(t), Base: listen(t, h.Web)}
		for _, path := range paths {
			list.Pages = append(list.Pages, page{Pattern: "GET " + path + " served", Path: path, Public: true, HTML: true, MaxBytes: most})
		}
		node(t, "run.mjs", write(t, list), "--no-flows")
	}
}

// TestTheChecksFindFaults: a page with a fault is reported with it, so that silence means something.
func TestTheChecksFindFaults(t *testing.T) { node(t, "selftest.mjs") }

// listen serves a handler at an address of this machine until the test ends. It is named localhost, as passkeys want.
func listen(t *testing.T, handler http.Handler) string {
	t.Helper()
	listener, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		if err := <-stopped; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return "http://localhost:" + port
}

// keys is every key of a text: none of them may stand in a page.
func keys(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../internal/i18n/locales/*.sv.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts := map[string]any{}
		if err := yaml.Unmarshal(text, &texts); err != nil {
			t.Fatal(err)
		}
		for key := range texts {
			all = append(all, key)
		}
	}
	if len(all) < 100 {
		t.Fatalf("only %d keys were read", len(all))
	}
	return all
}

func write(t *testing.T, list pageList) string {
	t.Helper()
	text, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "pages.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// node runs one of the scripts here, and fails the test with its words when it fails.
func node(t *testing.T, args ...string) {
	t.Helper()
	if _, err := os.Stat("node_modules/playwright-core"); err != nil {
		t.Fatal("what the checks need is not installed: run ./test browser, or npm ci in tests/browser")
	}
	if only := os.Getenv("HEMVIST_BROWSER_ONLY"); only != "" && args[0] == "run.mjs" {
		args = append(args, "--only="+only)
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "node", args...)
	cmd.Stdout = io.MultiWriter(t.Output(), &said)
	cmd.Stderr = cmd.Stdout
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v", args[0], err)
	}
	if !bytes.Contains(said.Bytes(), []byte("pass")) {
		t.Errorf("%s does not say that anything passed", args[0])
	}
}
