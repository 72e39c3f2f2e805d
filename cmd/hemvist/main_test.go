package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"hemvist/internal/db"
	"hemvist/internal/demo"
)

// output is what a command has printed so far.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// run runs the program with a command line, as main does.
func run(ctx context.Context, out io.Writer, args ...string) error {
	var c cli
	parser, err := kong.New(&c, kong.Vars{"version": "test"}, kong.BindTo(ctx, (*context.Context)(nil)), kong.BindTo(out, (*io.Writer)(nil)))
	if err != nil {
		return err
	}
	k, err := parser.Parse(args)
	if err != nil {
		return err
	}
	return k.Run()
}

// start runs a command that serves, until the test has stopped it, and gives what it prints and its address.
func start(t *testing.T, args ...string) (out *output, base string, stop func()) {
	t.Helper()
	out = &output{}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	addr := freeAddr(t)
	go func() { ended <- run(ctx, out, append(args, "--addr", addr)...) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the command ended with %v", err)
		}
	})
	t.Cleanup(stop)
	base = "http://" + addr
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		if res, err := http.Get(base + "/readyz"); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return out, base, stop
			}
		}
		select {
		case err := <-ended:
			t.Fatalf("the command ended before it served: %v", err)
		case <-time.After(5 * time.Millisecond):
		}
	}
	t.Fatal("the command does not serve")
	return nil, "", nil
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return net.JoinHostPort("localhost", port)
}

func browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

func body(t *testing.T, res *http.Response, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var startCode = regexp.MustCompile(`(?m)^ {4}([a-z0-9]{26})$`)

// The whole life of a new house: the first start, the first person, doctor, somebody who tampers, doctor again.
func TestServeFromTheFirstStart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	out, base, stop := start(t, "serve", "--dir", dir)
	key, err := os.Stat(filepath.Join(dir, "root.key"))
	if err != nil || key.Mode().Perm() != 0o600 || !strings.Contains(out.String(), key.Name()) {
		t.Errorf("the root key: %v, %v; the program said %s", key, err, out)
	}
	found := startCode.FindStringSubmatch(out.String())
	if found == nil {
		t.Fatalf("no code in %s", out)
	}
	c := browser(t)
	if page := get(t, c, base+"/"); !strings.Contains(page, `action="/start"`) {
		t.Errorf("the first visitor is not led to /start: %.200s", page)
	}
	res, err := c.PostForm(base+"/start", url.Values{"code": {found[1]}, "organisation": {"Hemvisten"}, "name": {"Disa Demosson"}, "email": {"disa@demo.example"}})
	// The cookie is for https, which a test does not speak: the answer is that it was set.
	if page := body(t, res, err); res.Request.Response == nil || !strings.HasPrefix(res.Request.Response.Header.Get("Set-Cookie"), "__Host-hemvist=") {
		t.Errorf("not signed in after the first form: %d %.300s", res.StatusCode, page)
	}
	stop()

	var said bytes.Buffer
	if err := run(context.Background(), &said, "doctor", "--dir", dir); err != nil || !strings.Contains(said.String(), "All is well") || strings.Contains(said.String(), "log: 0 entries") {
		t.Errorf("doctor: %v\n%s", err, &said)
	}
	said.Reset()
	if err := run(context.Background(), &said, "code", "--dir", dir, "DISA@demo.example"); err != nil || startCode.FindString(said.String()) == "" {
		t.Errorf("code: %v\n%s", err, &said)
	}
	if err := run(context.Background(), &said, "code", "--dir", dir, "nobody@demo.example"); err == nil {
		t.Error("a code for nobody")
	}
	tamper(t, dir, `UPDATE audit_entry SET actor = 'somebody-else'`)
	said.Reset()
	if err := run(context.Background(), &said, "doctor", "--dir", dir); err == nil || !strings.Contains(said.String(), "entry-altered") {
		t.Errorf("doctor after tampering: %v\n%s", err, &said)
	}

	// A second start makes no second key and asks for no first person.
	out, _, stop = start(t, "serve", "--dir", dir)
	if s := out.String(); strings.Contains(s, "root key was made") || startCode.FindString(s) != "" {
		t.Errorf("the second start said %s", s)
	}
	stop()
	if err := os.Remove(filepath.Join(dir, "keys.db")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := run(context.Background(), &said, "doctor", "--dir", dir); err == nil || !strings.Contains(err.Error(), "not the key store") {
			t.Errorf("without its keys: %v", err)
		}
	}
}

func get(t *testing.T, c *http.Client, address string) string {
	t.Helper()
	res, err := c.Get(address)
	return body(t, res, err)
}

func tamper(t *testing.T, dir, statement string) {
	t.Helper()
	d, err := db.Open(context.Background(), "sqlite:"+filepath.Join(dir, "hemvist.db"), db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = d.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, statement)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestDemoGivesALinkForEachRole(t *testing.T) {
	dir := t.TempDir()
	out, base, stop := start(t, "demo", "--dir", dir, "--municipalities", "4", "--rounds", "5")
	links := regexp.MustCompile(`(?m)^([a-z-]+) +(http://localhost:\d+/demo/[a-z-]+)$`).FindAllStringSubmatch(out.String(), -1)
	if len(links) != len(demo.SignInAs) {
		t.Fatalf("%d links in %s", len(links), out)
	}
	for _, link := range links {
		c := browser(t)
		res, err := c.PostForm(link[2], url.Values{"next": {"/"}})
		if page := body(t, res, err); res.StatusCode != http.StatusOK || !strings.Contains(page, `action="/sign-out"`) {
			t.Errorf("%s: %d %.300s", link[1], res.StatusCode, page)
		}
	}
	stop()
	// The demo that is kept is there again, and its people too.
	out, _, stop = start(t, "demo", "--dir", dir)
	if !strings.Contains(out.String(), base[:len("http://localhost:")]) {
		t.Errorf("the second start said %s", out)
	}
	stop()
}

func TestProgrammeAndCredentialCommands(t *testing.T) {
	wrong := filepath.Join(t.TempDir(), "wrong.yaml")
	if err := os.WriteFile(wrong, []byte("programme: x\nnonsense: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const connect, older = "../../programmes/connect.yaml", "../../programmes/connect-2017.yaml"
	for _, c := range []struct {
		args []string
		says string
		ok   bool
	}{
		{[]string{"programme", "check", connect, older}, "no mistakes", true},
		{[]string{"programme", "check", wrong}, wrong + ":2:1: ", false},
		{[]string{"programme", "check", connect, wrong}, wrong + ":", false},
		{[]string{"programme", "check", "nowhere.yaml"}, "", false},
		{[]string{"programme", "show", connect, "--lang", "sv"}, "Allt beteende betyder något", true},
		{[]string{"programme", "diff", older, connect}, "15", true},
		{[]string{"programme", "diff", connect, connect}, "They say the same.", true},
		{[]string{"credential", "check", "../../internal/credential/cases/leader-first.yaml"}, ", 0 failures", true},
		{[]string{"credential", "check", wrong}, wrong + ":", false},
	} {
		var said bytes.Buffer
		if err := run(context.Background(), &said, c.args...); (err == nil) != c.ok || !strings.Contains(said.String(), c.says) {
			t.Errorf("%v: %v\n%.500s", c.args, err, &said)
		}
	}
}
