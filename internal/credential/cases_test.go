package credential_test

import (
	"os"
	"path/filepath"
	"testing"

	"hemvist/internal/credential"
	"hemvist/internal/programme"
	"hemvist/programmes"
)

// definitions are the shipped ones and those made up for cases.
func definitions(t testing.TB) credential.Definitions {
	t.Helper()
	all, err := programmes.All()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		all = append(all, readDefinition(t, file))
	}
	return credential.DefinitionsOf(all...)
}

func readDefinition(t testing.TB, file string) *programme.Definition {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	d, mistakes := programme.Parse(file, src)
	for _, m := range mistakes {
		t.Error(m)
	}
	return d
}

// leastCases is how many cases of our own there are at least, so that a file that is not read any more is noticed.
const leastCases = 60

func TestCases(t *testing.T) {
	defs := definitions(t)
	files, err := filepath.Glob("cases/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	cases, days := 0, 0
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range credential.CheckCase(file, src, defs) {
			t.Error(f)
		}
		n, d := credential.CountCases(file, src, defs)
		cases, days = cases+n, days+d
	}
	t.Logf("%d cases, %d days, %d files", cases, days, len(files))
	if cases < leastCases {
		t.Errorf("%d cases, at least %d wanted", cases, leastCases)
	}
}
