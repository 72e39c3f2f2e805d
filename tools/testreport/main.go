// Command testreport reads what `go test -json` writes and tells a person the outcome: one line a package, the whole output of what
// failed, how much ran on each database, and what was slow. It is stricter than go test: a skipped test fails the run, and so does a run
// without tests. It never judges by time.
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

func main() {
	engines := flag.String("engines", "", "comma-separated names that must each occur as a subtest, such as sqlite,postgres")
	flag.Parse()
	r := newReport(os.Stdout)
	if err := r.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "testreport:", err)
		os.Exit(2)
	}
	var want []string
	if *engines != "" {
		want = strings.Split(*engines, ",")
	}
	if err := r.finish(want); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// An event is one line of `go test -json` (cmd/test2json).
type event struct {
	Action, Package, ImportPath, Test, Output string
	Elapsed                                   float64
}

// key names a test; Test is empty for its package.
type key struct{ Package, Test string }

func (k key) String() string { return strings.TrimSpace(k.Package + " " + k.Test) }

type report struct {
	out     io.Writer
	output  map[key][]string // of what has not ended
	tests   map[string]int   // passed, a package
	engine  map[string]int   // passed, an element of a subtest's name
	took    map[key]float64  // seconds
	failed  []key
	skipped []key
	passed  int
}

func newReport(out io.Writer) *report {
	return &report{out: out, output: map[key][]string{}, tests: map[string]int{}, engine: map[string]int{}, took: map[key]float64{}}
}

func (r *report) say(format string, args ...any) {
	fmt.Fprintf(r.out, format, args...)
}

func (r *report) read(in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			var e event
			if json.Unmarshal([]byte(line), &e) == nil && e.Action != "" {
				r.take(e)
			} else {
				r.say("%s", line)
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *report) take(e event) {
	k := key{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		r.say("%s", e.Output)
	case "output":
		r.output[k] = append(r.output[k], e.Output)
	case "pass", "fail", "skip":
		r.took[k] = e.Elapsed
		r.end(k, e)
		delete(r.output, k)
	}
}

// end takes a test's or a package's end. A package's "skip" only means that it has no tests.
func (r *report) end(k key, e event) {
	switch {
	case e.Action == "fail":
		r.failed = append(r.failed, k)
		r.say("--- %s failed after %.1f s\n%s", k, e.Elapsed, strings.Join(r.output[k], ""))
	case e.Action == "skip" && k.Test != "":
		r.skipped = append(r.skipped, k)
		r.say("--- %s was skipped\n%s", k, strings.Join(r.output[k], ""))
	case e.Action == "pass" && k.Test != "":
		r.passed++
		r.tests[k.Package]++
		elements := strings.Split(strings.ToLower(k.Test), "/")
		slices.Sort(elements)
		for _, element := range slices.Compact(elements) {
			r.engine[element]++
		}
	case e.Action == "pass":
		r.say("ok  %-40s %4d tests %7.1f s\n", k.Package, r.tests[k.Package], e.Elapsed)
	}
}

// finish tells the sum and returns an error that says why the run is not good.
func (r *report) finish(engines []string) error {
	r.slowest()
	sum := fmt.Sprintf("%d tests in %d packages", r.passed, len(r.tests))
	for _, name := range engines {
		sum += fmt.Sprintf(", %d on %s", r.engine[name], name)
	}
	r.say("%s\n", sum)

	var wrong []error
	for _, k := range r.failed {
		wrong = append(wrong, fmt.Errorf("failed: %s", k))
	}
	for _, k := range r.skipped {
		wrong = append(wrong, fmt.Errorf("skipped, which proves nothing: %s", k))
	}
	for k := range r.output {
		if k.Test != "" {
			wrong = append(wrong, fmt.Errorf("never ended: %s", k))
		}
	}
	if r.passed == 0 && len(wrong) == 0 {
		wrong = append(wrong, errors.New("no test ran"))
	}
	for _, name := range engines {
		if r.engine[name] == 0 {
			wrong = append(wrong, fmt.Errorf("no test ran on %s", name))
		}
	}
	return errors.Join(wrong...)
}

// slowest names what took longest, for who wants to make the run shorter.
func (r *report) slowest() {
	type slow struct {
		key
		seconds float64
	}
	var tests []slow
	for k, s := range r.took {
		if k.Test != "" && !strings.Contains(k.Test, "/") && s >= 1 {
			tests = append(tests, slow{k, s})
		}
	}
	slices.SortFunc(tests, func(a, b slow) int { return cmp.Compare(b.seconds, a.seconds) })
	for _, t := range tests[:min(len(tests), 10)] {
		r.say("slow %7.1f s %s\n", t.seconds, t.key)
	}
}
