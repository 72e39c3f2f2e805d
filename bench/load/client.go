package load

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"
)

// maxBody is the longest answer that is read: pages, not films.
const maxBody = 64 << 20

// target is a URL taken apart.
type target struct {
	host string // for the Host header, with the port
	addr string // to dial
	path string // with the query
}

// parseTarget accepts plain http on loopback and nothing else: this is no tool for loading somebody's server.
func parseTarget(raw string) (target, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return target{}, fmt.Errorf("load: %w", err)
	}
	if u.Scheme != "http" {
		return target{}, fmt.Errorf("load: %q is not a plain http address", raw)
	}
	host, port := u.Hostname(), u.Port()
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return target{}, fmt.Errorf("load: %q is not on this machine's loopback", raw)
	}
	if port == "" {
		port = "80"
	}
	return target{host: u.Host, addr: net.JoinHostPort(host, port), path: u.RequestURI()}, nil
}

// client is one user: one connection, one request at a time. It speaks HTTP/1.1 over its own connection rather than
// through http.Client, whose goroutines would take CPU from the server on a small machine.
type client struct {
	id     int
	spec   Spec
	target target
	head   []byte // header lines that never change
	n      int    // requests asked so far

	mu          sync.Mutex // conn is closed from another goroutine when the run is interrupted
	conn        net.Conn
	interrupted bool
	r           *bufio.Reader
	out         bytes.Buffer
	body        bytes.Buffer

	took     []time.Duration
	bytes    int64
	statuses map[int]int
	failure  string
}

func newClient(id int, spec Spec, t target) *client {
	c := &client{id: id, spec: spec, target: t}
	var h bytes.Buffer
	fmt.Fprintf(&h, "Host: %s\r\n", t.host)
	names := make([]string, 0, len(spec.Header))
	for name := range spec.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&h, "%s: %s\r\n", name, spec.Header[name])
	}
	c.head = h.Bytes()
	return c
}

func (c *client) forget() {
	c.took, c.bytes, c.statuses, c.failure = c.took[:0], 0, map[int]int{}, ""
}

// ask sends one request, reads its answer whole, and remembers how it went. It reports whether the answer was right.
func (c *client) ask() bool {
	path, body := c.target.path, c.spec.Body
	if c.spec.Vary != nil {
		p, b := c.spec.Vary(c.id, c.n)
		body = b
		if p != "" {
			path = p
		}
	}
	c.n++
	started := time.Now()
	status, err := c.exchange(path, body)
	took := time.Since(started)
	c.statuses[status]++
	if err == nil {
		err = c.check(status)
	}
	if err != nil {
		if c.failure == "" {
			c.failure = fmt.Sprintf("%s %s: %v", c.spec.Method, path, err)
		}
		return false
	}
	c.took = append(c.took, took)
	c.bytes += int64(c.body.Len())
	return true
}

func (c *client) check(status int) error {
	if status != c.spec.Status {
		return fmt.Errorf("status %d, not %d: %.200q", status, c.spec.Status, c.body.Bytes())
	}
	if c.spec.Contains != "" && !bytes.Contains(c.body.Bytes(), []byte(c.spec.Contains)) {
		return fmt.Errorf("the answer does not hold %q: %.200q", c.spec.Contains, c.body.Bytes())
	}
	return nil
}

// exchange leaves the answer's body in c.body. A status of 0 means that no answer came.
func (c *client) exchange(path string, body []byte) (int, error) {
	conn, err := c.connect()
	if err != nil {
		return 0, err
	}
	if err := conn.SetDeadline(time.Now().Add(c.spec.Timeout)); err != nil {
		return 0, c.drop(err)
	}
	c.out.Reset()
	c.out.WriteString(c.spec.Method + " " + path + " HTTP/1.1\r\n")
	c.out.Write(c.head)
	if len(body) > 0 || c.spec.Method == http.MethodPost || c.spec.Method == http.MethodPut {
		c.out.WriteString("Content-Length: " + strconv.Itoa(len(body)) + "\r\n")
	}
	c.out.WriteString("\r\n")
	c.out.Write(body)
	if _, err := conn.Write(c.out.Bytes()); err != nil {
		return 0, c.drop(err)
	}
	resp, err := http.ReadResponse(c.r, &http.Request{Method: c.spec.Method})
	if err != nil {
		return 0, c.drop(err)
	}
	c.body.Reset()
	n, err := c.body.ReadFrom(io.LimitReader(resp.Body, maxBody+1))
	if n > maxBody {
		err = errors.Join(err, fmt.Errorf("the answer is longer than %d bytes", maxBody))
	}
	err = errors.Join(err, resp.Body.Close())
	if err != nil {
		return resp.StatusCode, c.drop(err)
	}
	if resp.Close {
		return resp.StatusCode, c.drop(nil)
	}
	return resp.StatusCode, nil
}

// connect returns the open connection, or a new one that is proved to end on loopback.
func (c *client) connect() (net.Conn, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.interrupted {
		return nil, errInterrupted
	}
	if c.conn != nil {
		return c.conn, nil
	}
	conn, err := net.DialTimeout("tcp", c.target.addr, c.spec.Timeout)
	if err != nil {
		return nil, err
	}
	if a, ok := conn.RemoteAddr().(*net.TCPAddr); !ok || !a.IP.IsLoopback() {
		return nil, errors.Join(fmt.Errorf("%s leads to %v, which is not loopback", c.target.addr, conn.RemoteAddr()), conn.Close())
	}
	c.conn, c.r = conn, bufio.NewReaderSize(conn, 32<<10)
	return conn, nil
}

// drop closes the connection and returns err, nil or not.
func (c *client) drop(err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn != nil {
		_ = c.conn.Close() // err, if any, says more than a failed close
		c.conn = nil
	}
	return err
}

var errInterrupted = errors.New("the run was interrupted")

// interrupt makes a waiting ask return at once, and every later one.
func (c *client) interrupt() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.interrupted = true
	if c.conn != nil {
		_ = c.conn.Close() // the ask that waits on it reports the failure
	}
}

func (c *client) close() { _ = c.drop(nil) }
