package programmes_test

import (
	"io/fs"
	"regexp"
	"testing"

	"hemvist/programmes"
)

func TestAll(t *testing.T) {
	all, err := programmes.All()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range all {
		got = append(got, d.ID+" "+d.Version)
	}
	want := []string{"connect 2017-02", "connect 2024-08", "foralder-pa-avstand 2024-11", "tidig-insats 1"}
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}

// TestNobodyCanBeReached: definitions hold no address and no telephone number.
func TestNobodyCanBeReached(t *testing.T) {
	reach := regexp.MustCompile(`@|\+46|\b0\d{1,3}[- ]\d{2,3}[ -]?\d{2}|https?://`)
	names, err := fs.Glob(programmes.Files, "*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatalf("%v %v", names, err)
	}
	for _, name := range names {
		src, err := programmes.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if found := reach.Find(src); found != nil {
			t.Errorf("%s holds %q", name, found)
		}
	}
}
