package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the bench makes its own databases

	"hemvist/bench/load"
)

// fillWithin is how long the making of a nation may take.
const fillWithin = 60 * time.Minute

// server is a running program and who is signed in to it.
type server struct {
	cmd     *exec.Cmd
	out     bytes.Buffer
	base    string
	cookies map[string]string // by role
	ended   chan struct{}     // closed when the program has ended
	err     error             // how, then
}

// start starts the demo on its data, which it makes the first time, and signs in as each of its people.
func start(ctx context.Context, o options, program, engine string, size []string) (*server, error) {
	addr, err := load.FreeAddr()
	if err != nil {
		return nil, err
	}
	name := dataName(engine, size)
	args := append([]string{"demo", "--addr", addr, "--dir", filepath.Join(o.dir, name)}, size...)
	if engine == "postgres" {
		dsn, err := makeDatabase(ctx, o.postgres, "hemvist_bench_"+regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(name, "_"))
		if err != nil {
			return nil, err
		}
		args = append(args, "--database", dsn)
	}
	s := &server{cmd: exec.Command(program, args...), base: "http://" + addr, cookies: map[string]string{}, ended: make(chan struct{})}
	s.cmd.Stdout, s.cmd.Stderr = &s.out, &s.out
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	if err := s.wait(ctx); err != nil {
		s.stop()
		return nil, fmt.Errorf("%w\n%s", err, s.out.String())
	}
	for _, role := range []string{"coordinator", "leader", "contact", "administrator", "log-reviewer"} {
		if err := s.signIn(role); err != nil {
			s.stop()
			return nil, err
		}
	}
	return s, nil
}

// dataName is the folder of a nation of that size.
func dataName(engine string, size []string) string { return engine + strings.Join(size, "") }

func (s *server) wait(ctx context.Context) error {
	go func() {
		s.err = s.cmd.Wait()
		close(s.ended)
	}()
	deadline := time.After(fillWithin)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-s.ended:
			return fmt.Errorf("the program ended: %w", s.err)
		case <-ctx.Done():
			return ctx.Err()
		case <-deadline:
			return errors.New("the program was not ready in time")
		case <-tick.C:
			if res, err := http.Get(s.base + "/readyz"); err == nil {
				_ = res.Body.Close()
				return nil
			}
		}
	}
}

// stop ends the program and waits until it has, so that nothing else is measured beside it.
func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	<-s.ended
}

func (s *server) pid() int { return s.cmd.Process.Pid }

func (s *server) signIn(role string) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	c := &http.Client{Jar: jar}
	res, err := c.PostForm(s.base+"/demo/"+role, url.Values{"next": {"/"}})
	if err != nil {
		return err
	}
	_ = res.Body.Close()
	home, err := url.Parse(s.base)
	if err != nil {
		return err
	}
	var cookies []string
	for _, cookie := range jar.Cookies(home) {
		cookies = append(cookies, cookie.Name+"="+cookie.Value)
	}
	if s.cookies[role] = strings.Join(cookies, "; "); res.StatusCode != http.StatusOK || len(cookies) == 0 {
		return fmt.Errorf("could not sign in as %s: %s", role, res.Status)
	}
	return nil
}

// lists are where the first of something is looked for, when it is not on the page above it.
var lists = map[string]string{"/rounds/": "/rounds?state=running"}

// complete puts in place of each star the first that the page above links to: of a list, of a round's sessions.
func (s *server) complete(role, path string) (string, error) {
	for {
		start, rest, more := strings.Cut(path, "*")
		if !more {
			return path, nil
		}
		above := lists[start]
		if above == "" {
			above = strings.TrimSuffix(start, "/")
			if strings.HasSuffix(start, "/sessions/") {
				above = strings.TrimSuffix(start, "/sessions/")
			}
		}
		page, err := s.get(role, above)
		if err != nil {
			return "", err
		}
		link := regexp.MustCompile(`href="` + regexp.QuoteMeta(start) + `([0-9a-f-]{36})`).FindStringSubmatch(page)
		if link == nil {
			return "", fmt.Errorf("%s links to nothing under %s", above, start)
		}
		path = start + link[1] + rest
	}
}

// get fetches a page once, as a role.
func (s *server) get(role, path string) (string, error) {
	req, err := http.NewRequest(http.MethodGet, s.base+path, nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Cookie", s.cookies[role])
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", path, res.Status)
	}
	return string(body), err
}

// page measures one page and gives the cells of its row.
func (s *server) page(ctx context.Context, o options, p page) (string, error) {
	path, err := s.complete(p.role, p.path)
	if err != nil {
		return "", err
	}
	spec := load.Spec{URL: s.base + path, Header: map[string]string{"Cookie": s.cookies[p.role], "Accept-Encoding": "gzip"}, Clients: 1, Requests: 60}
	before, err := s.metrics()
	if err != nil {
		return "", err
	}
	alone, err := load.Run(ctx, spec)
	if err = errors.Join(err, alone.Err()); err != nil {
		return "", err
	}
	after, err := s.metrics()
	if err != nil {
		return "", err
	}
	// The warm-up's requests are counted by the program too.
	n := after["requests"] - before["requests"]
	per := func(name string) float64 { return (after[name] - before[name]) / n }
	spec.Clients, spec.Requests, spec.Duration, spec.PID = o.clients, 0, o.each, s.pid()
	all, err := load.Run(ctx, spec)
	if err = errors.Join(err, all.Err()); err != nil {
		return "", err
	}
	ms := func(d time.Duration) string { return fmt.Sprintf("%.2f", float64(d.Microseconds())/1000) }
	return strings.Join([]string{ms(alone.P50), ms(alone.P99), ms(all.P50), ms(all.P99), fmt.Sprintf("%.0f", all.Rate), ms(all.CPUPerOp),
		fmt.Sprintf("%.0f", per("go_memstats_alloc_bytes_total")/1024), fmt.Sprintf("%.0f", per("go_memstats_mallocs_total")),
		fmt.Sprintf("%.1f", per("hemvist_db_queries_total")), fmt.Sprintf("%.1f", float64(all.Bytes)/float64(all.Requests)/1024)}, " | "), nil
}

// metrics reads the program's own numbers; "requests" is all it has answered by its route table.
func (s *server) metrics() (map[string]float64, error) {
	res, err := http.Get(s.base + "/metrics")
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	found := map[string]float64{}
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		// A label may hold spaces; the value is what stands last.
		space := strings.LastIndexByte(lines.Text(), ' ')
		if space < 0 || strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		name := lines.Text()[:space]
		f, err := strconv.ParseFloat(lines.Text()[space+1:], 64)
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(name, "hemvist_requests_total{") && !strings.Contains(name, `route="other"`) {
			found["requests"] += f
		}
		found[name] = f
	}
	return found, lines.Err()
}

// makeDatabase makes an empty database on the server where there is none of that name, and gives its address.
func makeDatabase(ctx context.Context, dsn, name string) (string, error) {
	admin, err := sql.Open("pgx", dsn)
	if err != nil {
		return "", err
	}
	defer func() { _ = admin.Close() }()
	var there bool
	if err := admin.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", name).Scan(&there); err != nil {
		return "", err
	}
	if !there {
		if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
			return "", err
		}
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}
