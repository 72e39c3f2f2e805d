package load

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// tick is what /proc counts CPU in: USER_HZ, which is 100 on every Linux that Go runs on, whatever its timer does.
const tick = 10 * time.Millisecond

// Memory is a process's memory in RAM, in bytes.
type Memory struct {
	RSS  int64 // now
	Peak int64 // the most since it started, or since the last run began
}

// ReadCPU is the CPU time, user and system, that a process has used since it started, in steps of 10 ms. Children count
// only when they have ended and been waited for, and are left out here.
func ReadCPU(pid int) (time.Duration, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, fmt.Errorf("load: CPU of process %d: %w", pid, err)
	}
	return parseStat(string(b))
}

// parseStat reads fields 14 and 15 of /proc/PID/stat (proc_pid_stat(5)). The second field is the program's name in
// brackets and may hold blanks and brackets itself, so the counting starts after the last one.
func parseStat(s string) (time.Duration, error) {
	end := strings.LastIndexByte(s, ')')
	if end < 0 {
		return 0, fmt.Errorf("load: no process statistics: %.80q", s)
	}
	f := strings.Fields(s[end+1:])
	if len(f) < 13 {
		return 0, fmt.Errorf("load: process statistics cut short: %.80q", s)
	}
	return ticks(f[11], f[12])
}

// ReadMemory is a process's memory.
func ReadMemory(pid int) (Memory, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return Memory{}, fmt.Errorf("load: memory of process %d: %w", pid, err)
	}
	return parseStatus(string(b))
}

func parseStatus(s string) (Memory, error) {
	var m Memory
	for line := range strings.Lines(s) {
		f := strings.Fields(line)
		if len(f) != 3 || f[2] != "kB" || (f[0] != "VmRSS:" && f[0] != "VmHWM:") {
			continue
		}
		kib, err := strconv.ParseInt(f[1], 10, 64)
		if err != nil {
			return m, fmt.Errorf("load: memory line %q: %w", line, err)
		}
		if f[0] == "VmRSS:" {
			m.RSS = kib << 10
		} else {
			m.Peak = kib << 10
		}
	}
	if m.RSS == 0 || m.Peak == 0 {
		return m, errors.New("load: the process has no memory figures: it has ended")
	}
	return m, nil
}

// resetPeak starts the peak anew (clear_refs 5, proc_pid_clear_refs(5)). Where it is not allowed the peak is that of the
// process's whole life, which is higher and so never flatters.
func resetPeak(pid int) {
	_ = os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0)
}

// usage is one reading of who has used how much CPU.
type usage struct {
	pid         int
	server, own time.Duration
	busy, total time.Duration // of the whole machine, all its CPUs together
}

// readUsage reads the CPU of the measuring process, and where pid is not 0 that of the server and the machine.
func readUsage(pid int) (usage, error) {
	u := usage{pid: pid}
	var err error
	if pid == 0 {
		// Without a server to ask about, a system that has no /proc can still measure time.
		u.own, err = ReadCPU(os.Getpid())
		if errors.Is(err, os.ErrNotExist) {
			err = nil
		}
		return u, err
	}
	if u.server, err = ReadCPU(pid); err != nil {
		return u, err
	}
	if u.own, err = ReadCPU(os.Getpid()); err != nil {
		return u, err
	}
	b, err := os.ReadFile("/proc/stat")
	if err != nil {
		return u, fmt.Errorf("load: CPU of the machine: %w", err)
	}
	u.busy, u.total, err = parseMachine(b)
	return u, err
}

// parseMachine reads the first line of /proc/stat (proc_stat(5)): user, nice, system, idle, iowait, irq, softirq, steal;
// guest time that may follow is counted in user already.
func parseMachine(b []byte) (busy, total time.Duration, err error) {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	f := strings.Fields(string(line))
	if len(f) < 9 || f[0] != "cpu" {
		return 0, 0, fmt.Errorf("load: no machine statistics: %.80q", line)
	}
	if total, err = ticks(f[1:9]...); err != nil {
		return 0, 0, err
	}
	idle, err := ticks(f[4], f[5])
	return total - idle, total, err
}

func ticks(fields ...string) (time.Duration, error) {
	var sum time.Duration
	for _, f := range fields {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("load: CPU time: %w", err)
		}
		sum += time.Duration(n) * tick
	}
	return sum, nil
}
