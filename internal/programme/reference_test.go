package programme_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"hemvist/internal/programme"
)

const (
	format = "../../docs/programme-format.md"
	begin  = "<!-- begin: made from the reader's table of keys -->\n"
	end    = "<!-- end -->\n"
)

func TestReferenceIsFresh(t *testing.T) {
	src, err := os.ReadFile(format)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(src), begin)
	told, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("%s has lost the marks of the reference", format)
	}
	want := "\n" + programme.Reference()
	if *update {
		if err := os.WriteFile(format, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		told = want
	}
	if told != want {
		t.Errorf("%s is not what the table of keys gives: run go test ./internal/programme -run Fresh -update", format)
	}
}

// TestFilesInTheGuide reads every whole file that the guide shows.
func TestFilesInTheGuide(t *testing.T) {
	src, err := os.ReadFile(format)
	if err != nil {
		t.Fatal(err)
	}
	files := regexp.MustCompile("(?s)```yaml\n(programme:.*?)```").FindAllStringSubmatch(string(src), -1)
	if len(files) == 0 {
		t.Fatal("the guide shows no whole file")
	}
	for _, f := range files {
		for _, m := range programme.Check("guide.yaml", []byte(f[1])) {
			t.Error(m)
		}
	}
}
