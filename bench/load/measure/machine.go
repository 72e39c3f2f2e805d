package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// machine says in one line on what and when this was measured; a figure without it means little.
func machine() string {
	return fmt.Sprintf("%s, %d CPUs (%s), %s/%s, %s, load %s", time.Now().UTC().Format("2006-01-02 15:04 UTC"),
		runtime.NumCPU(), procField("/proc/cpuinfo", "model name"), runtime.GOOS, runtime.GOARCH, runtime.Version(), loadAverage())
}

// procField is the value of the first "name : value" line of a file, or "unknown".
func procField(path, name string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(b)) {
		key, value, ok := strings.Cut(line, ":")
		if ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// loadAverage is that of the last minute, or "unknown".
func loadAverage() string {
	b, err := os.ReadFile("/proc/loadavg")
	if f := strings.Fields(string(b)); err == nil && len(f) > 0 {
		return f[0]
	}
	return "unknown"
}
