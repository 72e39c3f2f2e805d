package dbtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"hemvist/internal/db"
)

// Cluster is a PostgreSQL server of the test's own, which it may kill. It lives in a temporary folder and listens on a socket there.
type Cluster struct {
	t    testing.TB
	dir  string
	bin  string
	as   *syscall.Credential // nil is as ourselves
	stop io.Closer           // the server ends when this does, also when the test's process is killed
	wait func() error
}

// NewCluster starts a server, or gives nil where PostgreSQL is not installed. As root it runs as the user postgres, because
// PostgreSQL refuses root. It keeps fsync on.
func NewCluster(t testing.TB) *Cluster {
	t.Helper()
	bin := serverBinaries()
	if bin == "" {
		return nil
	}
	dir, err := os.MkdirTemp("", "hemvist-pg") //nolint:usetesting // t.TempDir's parent can be entered by its owner only
	if err != nil {
		t.Fatal(err)
	}
	c := &Cluster{t: t, dir: dir, bin: bin}
	t.Cleanup(func() {
		c.end()
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("remove the server's folder: %v", err)
		}
	})
	if os.Geteuid() == 0 {
		if c.as, err = credential("postgres"); err == nil {
			err = os.Chown(dir, int(c.as.Uid), int(c.as.Gid))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	initdb := c.command(filepath.Join(bin, "initdb"), "-D", c.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
	if out, err := initdb.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	c.Start()
	return c
}

// serverBinaries is the folder with the newest server that is installed, as Debian lays it out, or on the PATH.
func serverBinaries() string {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err == nil && len(found) > 0 {
		return filepath.Dir(slices.Max(found))
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path)
	}
	return ""
}

func credential(name string) (*syscall.Credential, error) {
	u, err := user.Lookup(name)
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}

func (c *Cluster) data() string { return filepath.Join(c.dir, "data") }

func (c *Cluster) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = c.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.as}
	return cmd
}

// URL is the address of the server's database "postgres".
func (c *Cluster) URL() string { return "postgres://postgres@/postgres?host=" + c.dir }

// Start starts the server, again after Kill, and returns when it answers.
func (c *Cluster) Start() {
	c.t.Helper()
	// The shell ends the server when its input ends, which it does with this process whatever happens to it.
	cmd := c.command("sh", "-c", `"$@" & read -r _; kill -INT $!; wait`, "sh", filepath.Join(c.bin, "postgres"),
		"-D", c.data(), "-k", c.dir, "-c", "listen_addresses=", "-c", "max_connections=100")
	log, err := os.OpenFile(filepath.Join(c.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = log.Close() }() // the server has its own
	cmd.Stdout, cmd.Stderr = log, log
	stop, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		c.t.Fatal(err)
	}
	c.stop, c.wait = stop, cmd.Wait
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for tries := 0; ; tries++ {
		d, err := db.Open(context.Background(), c.URL(), db.Options{})
		if err == nil {
			if err := d.Close(); err != nil {
				c.t.Fatal(err)
			}
			return
		}
		if tries == 3000 {
			text, _ := os.ReadFile(log.Name())
			c.t.Fatalf("the server does not answer: %v\n%s", err, text)
		}
		<-tick.C
	}
}

// Kill kills every process of the server at once, as the kernel does when memory is short.
func (c *Cluster) Kill() {
	c.t.Helper()
	main, err := c.pid()
	if err != nil {
		c.t.Fatal(err)
	}
	// Held, the server cannot tell its children that one of them has died.
	signal := func(pid int, s syscall.Signal) {
		if err := syscall.Kill(pid, s); err != nil && !errors.Is(err, syscall.ESRCH) {
			c.t.Fatalf("kill %d: %v", pid, err)
		}
	}
	signal(main, syscall.SIGSTOP)
	// A signal is not at work when kill returns: until the server stands still it may start one more child, which nobody would list. Such
	// a child waits for ever for the locks of the killed ones, and its client with it.
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for tries := 0; stateOf(main) != "T"; tries++ {
		if tries == 10_000 {
			c.t.Fatalf("the server %d does not stand still: its state is %q", main, stateOf(main))
		}
		<-tick.C
	}
	for _, child := range childrenOf(main) {
		signal(child, syscall.SIGKILL)
	}
	signal(main, syscall.SIGKILL)
	c.end()
}

// pid is of the server's first process, which it writes into a file.
func (c *Cluster) pid() (int, error) {
	text, err := os.ReadFile(filepath.Join(c.data(), "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	return strconv.Atoi(first)
}

func (c *Cluster) end() {
	if c.stop != nil {
		// The shell ends the server and then itself, with the status of what was killed.
		_ = c.stop.Close()
		_ = c.wait()
		c.stop = nil
	}
}

// childrenOf asks the kernel for the processes that one has started.
func childrenOf(pid int) (children []int) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		if _, parent := readStat(name); parent == pid {
			if child, err := strconv.Atoi(filepath.Base(filepath.Dir(name))); err == nil {
				children = append(children, child)
			}
		}
	}
	return children
}

// stateOf is a process's state as the kernel abbreviates it, T for one that is stopped; empty when there is none.
func stateOf(pid int) string {
	state, _ := readStat(fmt.Sprintf("/proc/%d/stat", pid))
	return state
}

// readStat reads a process's state and parent; nothing when it has ended.
func readStat(name string) (state string, parent int) {
	text, err := os.ReadFile(name)
	if err != nil {
		return "", 0
	}
	// The name stands in brackets and may hold anything; the state and the parent come after it.
	after := string(text[strings.LastIndexByte(string(text), ')')+1:])
	if _, err := fmt.Sscan(after, &state, &parent); err != nil {
		return "", 0
	}
	return state, parent
}
