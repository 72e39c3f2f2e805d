package main

import (
	"strings"
	"testing"
)

// What `go test -json` writes, shortened.
const (
	passes = `{"Action":"start","Package":"p"}
{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"pass","Package":"p","Test":"TestA/sqlite/x","Elapsed":0}
{"Action":"pass","Package":"p","Test":"TestA/postgres","Elapsed":0}
{"Action":"pass","Package":"p","Test":"TestA","Elapsed":2.5}
{"Action":"pass","Package":"p","Elapsed":2.6}
`
	fails = passes + `{"Action":"output","Package":"q","Test":"TestB","Output":"    b_test.go:3: wrong\n"}
{"Action":"output","Package":"q","Test":"TestB","Output":"--- FAIL: TestB\n"}
{"Action":"fail","Package":"q","Test":"TestB","Elapsed":0}
{"Action":"output","Package":"q","Output":"-test.shuffle 42\n"}
{"Action":"fail","Package":"q","Elapsed":0.1}
`
	skips  = passes + `{"Action":"skip","Package":"q","Test":"TestB","Elapsed":0}` + "\n" + `{"Action":"pass","Package":"q","Elapsed":0}` + "\n"
	dies   = passes + `{"Action":"output","Package":"q","Test":"TestB","Output":"=== RUN TestB\n"}` + "\n"
	broken = passes + `{"ImportPath":"q","Action":"build-output","Output":"q.go:1: syntax error\n"}
{"Action":"fail","Package":"q","Elapsed":0,"FailedBuild":"q"}
`
	empty = `{"Action":"output","Package":"p","Output":"?   \tp\t[no test files]\n"}` + "\n" + `{"Action":"skip","Package":"p","Elapsed":0}` + "\n"
)

func TestOutcome(t *testing.T) {
	both := []string{"sqlite", "postgres"}
	for _, c := range []struct {
		name, in string
		engines  []string
		wrong    string // contained in the error; empty for none
		tells    []string
	}{
		{"all pass", passes, both, "", []string{"ok  p", "3 tests in 1 packages, 1 on sqlite, 1 on postgres", "slow     2.5 s p TestA"}},
		{"an engine did not run", passes, []string{"mysql"}, "no test ran on mysql", []string{"0 on mysql"}},
		{"a failure with what it said", fails, both, "failed: q TestB", []string{"b_test.go:3: wrong", "-test.shuffle 42"}},
		{"a skipped test", skips, both, "skipped, which proves nothing: q TestB", nil},
		{"a test that never ended", dies, both, "never ended: q TestB", nil},
		{"a package that does not build", broken, both, "failed: q", []string{"q.go:1: syntax error"}},
		{"no tests", empty, nil, "no test ran", nil},
		{"nothing at all", "", nil, "no test ran", nil},
		{"words that are not events", "go: something\n" + passes, both, "", []string{"go: something"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			r := newReport(&out)
			if err := r.read(strings.NewReader(c.in)); err != nil {
				t.Fatal(err)
			}
			err := r.finish(c.engines)
			switch {
			case c.wrong == "" && err != nil:
				t.Errorf("got %v, want none", err)
			case c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)):
				t.Errorf("got %v, want %q in it", err, c.wrong)
			}
			for _, words := range c.tells {
				if !strings.Contains(out.String(), words) {
					t.Errorf("%q is missing in:\n%s", words, out.String())
				}
			}
		})
	}
}
