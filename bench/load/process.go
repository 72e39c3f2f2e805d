package load

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// StartWithin is how long a program may take to be ready.
const StartWithin = 2 * time.Minute

// stopWithin is how long it may take to stop before it is killed.
const stopWithin = 10 * time.Second

// pollEvery is how exact a start-up time is.
const pollEvery = 2 * time.Millisecond

// Ready is the line of JSON that a program of bench/peers prints when it answers.
type Ready struct {
	Name    string            `json:"name"`
	Version string            `json:"version"`
	PID     int               `json:"pid"` // the server itself, which under "go run" is not the child
	URL     string            `json:"url"` // the page to measure
	Health  string            `json:"health"`
	Header  map[string]string `json:"header"`
	Token   string            `json:"token"`
	Rows    int               `json:"rows"`
}

// Process is a program that was started here.
type Process struct {
	PID       int
	Ready     Ready         // from Start
	FirstPage time.Duration // from StartUp: from before the program was started to its first right answer

	cmd    *exec.Cmd
	stderr *tail
	ended  chan struct{} // closed when the program has ended; then err stands
	err    error
}

// Start starts a program and waits for its Ready line, the first line it prints on standard output.
func Start(ctx context.Context, cmd *exec.Cmd) (*Process, error) {
	if cmd.Stdout != nil {
		return nil, errors.New("load: Start reads the program's standard output itself")
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	cmd.Stdout = w
	p, err := launch(cmd)
	_ = w.Close() // the program has its own end
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	lines := make(chan []byte, 1)
	go func() {
		s := bufio.NewScanner(r)
		for s.Scan() { // read on after the first line, or the program would block when the pipe is full
			select {
			case lines <- append([]byte(nil), s.Bytes()...):
			default:
			}
		}
		_ = r.Close()
	}()

	ctx, cancel := context.WithTimeout(ctx, StartWithin)
	defer cancel()
	select {
	case line := <-lines:
		if err := json.Unmarshal(line, &p.Ready); err != nil {
			return nil, errors.Join(fmt.Errorf("load: ready line %.200q: %w", line, err), p.Stop())
		}
		if p.Ready.PID <= 1 || p.Ready.URL == "" {
			return nil, errors.Join(fmt.Errorf("load: ready line %.200q names no process or page", line), p.Stop())
		}
		p.PID = p.Ready.PID
		return p, nil
	case <-p.ended:
		return nil, p.early()
	case <-ctx.Done():
		return nil, errors.Join(fmt.Errorf("load: %s is not ready: %w", cmd.Path, ctx.Err()), p.Stop())
	}
}

// StartUp starts a program and asks for a page until it is answered as page demands (its URL, Header, Status, Contains);
// the time that took is in FirstPage, exact to 2 ms. Give the URL a port from FreeAddr.
func StartUp(ctx context.Context, cmd *exec.Cmd, page Spec) (*Process, error) {
	page.Requests, page.Duration, page.Clients, page.Vary = 1, 0, 1, nil
	page, t, err := page.complete()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, StartWithin)
	defer cancel()
	c := newClient(0, page, t)
	defer c.close()
	defer context.AfterFunc(ctx, c.interrupt)()

	started := time.Now()
	p, err := launch(cmd)
	if err != nil {
		return nil, err
	}
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for {
		c.forget()
		if c.ask() {
			p.FirstPage = time.Since(started)
			return p, nil
		}
		select {
		case <-poll.C:
		case <-p.ended:
			return nil, p.early()
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("load: no page from %s: %s: %w", cmd.Path, c.failure, ctx.Err()), p.Stop())
		}
	}
}

// FreeAddr is a loopback address that nobody listens on just now.
func FreeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("load: %w", err)
	}
	return l.Addr().String(), l.Close()
}

func launch(cmd *exec.Cmd) (*Process, error) {
	p := &Process{cmd: cmd, ended: make(chan struct{})}
	if cmd.Stderr == nil {
		p.stderr = &tail{}
		cmd.Stderr = p.stderr
	}
	if cmd.WaitDelay == 0 {
		cmd.WaitDelay = time.Second // a grandchild that holds standard error open must not keep Wait waiting
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("load: start %s: %w", cmd.Path, err)
	}
	p.PID = cmd.Process.Pid
	go func() {
		p.err = cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// early is the error of a program that ended before it was ready.
func (p *Process) early() error {
	said := ""
	if p.stderr != nil {
		said = p.stderr.String()
	}
	return fmt.Errorf("load: %s ended before it was ready: %w: %s", p.cmd.Path, errors.Join(p.err, errEnded), said)
}

var errEnded = errors.New("program ended")

// Stop asks the program to stop, waits, and kills it when it does not. It fails only when it had to kill.
func (p *Process) Stop() error {
	p.signal(syscall.SIGTERM)
	select {
	case <-p.ended:
		return nil
	case <-time.After(stopWithin):
	}
	p.signal(syscall.SIGKILL)
	<-p.ended
	return fmt.Errorf("load: %s did not stop within %v and was killed", p.cmd.Path, stopWithin)
}

// signal reaches the child and, under a wrapper such as "go run", the server that the wrapper started.
func (p *Process) signal(s os.Signal) {
	select {
	case <-p.ended:
		return // the number may be another process's by now
	default:
	}
	_ = p.cmd.Process.Signal(s) // gone already is as good
	if p.PID == p.cmd.Process.Pid {
		return
	}
	if server, err := os.FindProcess(p.PID); err == nil {
		_ = server.Signal(s)
	}
}

// tail keeps the last of what a program writes, to say why it failed.
type tail struct {
	mu sync.Mutex
	b  []byte
}

const tailBytes = 4 << 10

// Write never fails.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, b...)
	if over := len(t.b) - tailBytes; over > 0 {
		t.b = append(t.b[:0], t.b[over:]...)
	}
	return len(b), nil
}

// String is what is kept.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.b)
}
