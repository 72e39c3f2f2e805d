package programme_test

import (
	"bytes"
	"fmt"
	"syscall"
	"testing"
	"time"

	"hemvist/internal/programme"
	"hemvist/programmes"
)

// longFile is Connect's own file with so many further variants and credentials that it has at least the given number of lines.
func longFile(b testing.TB, lines int) []byte {
	src, err := programmes.Files.ReadFile("connect.yaml")
	if err != nil {
		b.Fatal(err)
	}
	start, end := bytes.Index(src, []byte("  - id: foster\n")), bytes.Index(src, []byte("  - id: econnect\n"))
	credential, services := bytes.Index(src, []byte("  - id: leader\n    title")), bytes.Index(src, []byte("services:\n"))
	next := bytes.Index(src, []byte("  - id: econnect-leader\n"))
	var variants, credentials bytes.Buffer
	for n := 1; bytes.Count(src, []byte("\n"))+bytes.Count(variants.Bytes(), []byte("\n"))+bytes.Count(credentials.Bytes(), []byte("\n")) < lines; n++ {
		variants.Write(bytes.Replace(src[start:end], []byte("id: foster"), fmt.Appendf(nil, "id: foster-%d", n), 1))
		credentials.Write(bytes.Replace(src[credential:next], []byte("id: leader"), fmt.Appendf(nil, "id: leader-%d", n), 1))
	}
	return bytes.Join([][]byte{src[:end], variants.Bytes(), src[end:services], credentials.Bytes(), src[services:]}, nil)
}

// BenchmarkParse reads a definition of 2,000 lines; the aim is less than 50 ms.
func BenchmarkParse(b *testing.B) {
	src := longFile(b, 2000)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	before := cpuTime(b)
	for b.Loop() {
		if _, mistakes := programme.Parse("connect.yaml", src); len(mistakes) > 0 {
			b.Fatal(mistakes[0])
		}
	}
	b.ReportMetric(float64((cpuTime(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
	b.ReportMetric(float64(bytes.Count(src, []byte("\n"))), "lines")
}

// cpuTime is the processor time that the process has had: on a shared machine it says more than the time on the wall.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkParseMistaken reads the same with a mistake on nearly every line.
func BenchmarkParseMistaken(b *testing.B) {
	src := bytes.ReplaceAll(longFile(b, 2000), []byte("id: "), []byte("idd: "))
	for b.Loop() {
		if _, mistakes := programme.Parse("connect.yaml", src); len(mistakes) == 0 {
			b.Fatal("no mistakes")
		}
	}
}
