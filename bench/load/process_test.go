package load

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

const childEnv = "HEMVIST_LOAD_TEST_CHILD"

// TestMain lets the test program be the server that the tests start: child(what, address).
func TestMain(m *testing.M) {
	if what := os.Getenv(childEnv); what != "" {
		kind, addr, _ := strings.Cut(what, " ")
		os.Exit(child(kind, addr))
	}
	os.Exit(m.Run())
}

func child(kind, addr string) int {
	if kind == "fails" {
		_, _ = io.WriteString(os.Stderr, "the disk is full")
		return 3
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return 4
	}
	ready := Ready{Name: "child", PID: os.Getpid(), URL: "http://" + l.Addr().String() + "/", Rows: 5}
	if kind == "dangerous" {
		ready.PID = -1
	}
	if err := json.NewEncoder(os.Stdout).Encode(ready); err != nil {
		return 5
	}
	var asked atomic.Int64
	go func() {
		_ = http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if asked.Add(1) < 3 {
				http.Error(w, "not yet", http.StatusServiceUnavailable)
				return
			}
			_, _ = io.WriteString(w, "the page")
		}))
	}()
	<-ctx.Done()
	return 0
}

func childCommand(t *testing.T, what string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childEnv+"="+what)
	return cmd
}

func TestStartReadsTheReadyLine(t *testing.T) {
	p, err := Start(t.Context(), childCommand(t, "serves 127.0.0.1:0"))
	if err != nil {
		t.Fatal(err)
	}
	if p.Ready.Name != "child" || p.Ready.Rows != 5 || p.PID != p.cmd.Process.Pid {
		t.Errorf("got %+v with process %d", p.Ready, p.PID)
	}
	if m, err := ReadMemory(p.PID); err != nil || m.RSS <= 0 || m.Peak < m.RSS {
		t.Errorf("memory %+v, %v", m, err)
	}
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
	if err := p.Stop(); err != nil {
		t.Errorf("stopped again: %v", err)
	}
	if m, err := ReadMemory(p.PID); err == nil {
		t.Errorf("after its end it has memory %+v", m)
	}
}

func TestStartRefusesADangerousProcessNumber(t *testing.T) {
	// A signal to -1 would reach every process there is.
	if _, err := Start(t.Context(), childCommand(t, "dangerous 127.0.0.1:0")); err == nil {
		t.Error("started")
	}
}

func TestStartTellsWhyItFailed(t *testing.T) {
	start := func() (*Process, error) { return Start(t.Context(), childCommand(t, "fails")) }
	startUp := func() (*Process, error) {
		return StartUp(t.Context(), childCommand(t, "fails"), Spec{URL: "http://127.0.0.1:1/"})
	}
	for name, f := range map[string]func() (*Process, error){"Start": start, "StartUp": startUp} {
		if _, err := f(); err == nil || !strings.Contains(err.Error(), "the disk is full") {
			t.Errorf("%s: error %v does not say why", name, err)
		}
	}
}

func TestStartUpWaitsForTheRightPage(t *testing.T) {
	addr, err := FreeAddr()
	if err != nil {
		t.Fatal(err)
	}
	p, err := StartUp(t.Context(), childCommand(t, "serves "+addr), Spec{URL: "http://" + addr + "/", Contains: "the page"})
	if err != nil {
		t.Fatal(err)
	}
	if p.FirstPage <= 0 || p.FirstPage > StartWithin {
		t.Errorf("first page after %v", p.FirstPage)
	}
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
}

func TestTailKeepsTheLast(t *testing.T) {
	var b tail
	for _, s := range []string{strings.Repeat("a", tailBytes), "the ", "end"} {
		if n, err := b.Write([]byte(s)); n != len(s) || err != nil {
			t.Fatal(n, err)
		}
	}
	if got := b.String(); len(got) != tailBytes || !strings.HasSuffix(got, "athe end") {
		t.Errorf("kept %d bytes ending in %q", len(got), got[len(got)-10:])
	}
}

func TestParseStat(t *testing.T) {
	// The program's name holds blanks and brackets, as a hostile or unlucky one may.
	const line = "42 (a b) c) S 1 42 42 0 -1 4194304 100 0 0 0 250 50 7 9 20 0 12 0 100 200 300"
	got, err := parseStat(line)
	if err != nil || got != 3*time.Second {
		t.Errorf("got %v, %v; want 250 + 50 ticks of 10 ms", got, err)
	}
	for _, bad := range []string{"", "42 (a", "42 (a) S 1 2", strings.Replace(line, "250", "x", 1)} {
		if got, err := parseStat(bad); err == nil {
			t.Errorf("%q gave %v", bad, got)
		}
	}
}

func TestParseStatus(t *testing.T) {
	got, err := parseStatus("Name:\tx\nVmPeak:\t 9999 kB\nVmHWM:\t  2048 kB\nVmRSS:\t  1024 kB\nThreads:\t3\n")
	if want := (Memory{RSS: 1 << 20, Peak: 2 << 20}); err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
	for _, bad := range []string{"", "Name:\tzombie\nState:\tZ\n", "VmHWM:\tx kB\nVmRSS:\t1 kB\n"} {
		if got, err := parseStatus(bad); err == nil {
			t.Errorf("%q gave %+v", bad, got)
		}
	}
}

func TestParseMachine(t *testing.T) {
	busy, total, err := parseMachine([]byte("cpu  100 20 30 800 40 5 5 0 70 0\ncpu0 1 2 3\n"))
	if err != nil || busy != 1600*time.Millisecond || total != 10*time.Second {
		t.Errorf("busy %v of %v, %v; want 1.6 s of 10 s", busy, total, err)
	}
	if _, _, err := parseMachine([]byte("cpu0 1 2 3")); err == nil {
		t.Error("read a machine from half a line")
	}
}

func TestAccount(t *testing.T) {
	r := Result{Requests: 90, Failed: 10}
	r.account(usage{pid: 1}, usage{pid: 1, server: time.Second, own: time.Second / 2, busy: 2 * time.Second, total: 5 * time.Second})
	if r.CPU != time.Second || r.CPUPerOp != 10*time.Millisecond || r.ClientCPU != time.Second/2 {
		t.Errorf("CPU %v, %v each, clients %v", r.CPU, r.CPUPerOp, r.ClientCPU)
	}
	if r.Foreign < 0.0999 || r.Foreign > 0.1001 {
		t.Errorf("foreign %v, want half a second of five", r.Foreign)
	}
}
