package organisation

import (
	"maps"
	"slices"
	"testing"
)

// TestSweden holds the list that ships to what is known of it: how many municipalities each county has.
func TestSweden(t *testing.T) {
	want := map[string]int{"AB": 26, "C": 8, "D": 9, "E": 13, "F": 13, "G": 8, "H": 12, "I": 1, "K": 5, "M": 33, "N": 6, "O": 49, "S": 16, "T": 12, "U": 10,
		"W": 15, "X": 10, "Y": 7, "Z": 8, "AC": 15, "BD": 14}
	entries, misfits, unknown, err := read(Sweden, "sweden.csv")
	if err != nil || len(misfits)+len(unknown) > 0 || len(entries) != 290 {
		t.Fatalf("%d rows, %v, %v, %v", len(entries), misfits, unknown, err)
	}
	got, codes, names := map[string]int{}, map[string]bool{}, map[string]bool{}
	for _, e := range entries {
		c, ok := CountyOf(e.County)
		if !ok || e.Code[:2] != e.County || codes[e.Code] || names[e.Name] {
			t.Errorf("%+v", e)
		}
		codes[e.Code], names[e.Name] = true, true
		got[c.Letters]++
	}
	if !maps.Equal(got, want) {
		t.Errorf("a county: %v", got)
	}
	if len(Counties) != 21 || !slices.IsSortedFunc(Counties, func(a, b County) int {
		return int(a.Code[0])*256 + int(a.Code[1]) - int(b.Code[0])*256 - int(b.Code[1])
	}) {
		t.Error("the counties are not 21 in order")
	}
}

func TestCountyNamed(t *testing.T) {
	for text, code := range map[string]string{"01": "01", "1": "01", "AB": "01", "Stockholms län": "01", "stockholm": "01", "Västra Götalands län": "14",
		"Västra Götaland": "14", "Kalmar län": "08", "Kalmar": "08", "M": "12", "Skåne": "12", "Skåne County": "12", "bd": "25", "Örebro la\u0308n": "18", "I": "09"} {
		if c, ok := countyNamed(text); !ok || c.Code != code {
			t.Errorf("%q: %+v", text, c)
		}
	}
	for _, text := range []string{"", "02", "Atlantis", "län"} {
		if c, ok := countyNamed(text); ok {
			t.Errorf("%q: %+v", text, c)
		}
	}
}
