package typed_test

import (
	"strings"
	"testing"

	"hemvist/internal/typed"
)

func TestLine(t *testing.T) {
	for _, c := range []struct{ typed, want, key string }{
		{" Åsa Exempelgren\t", "Åsa Exempelgren", ""},
		{"", "", "x.empty"},
		{"  ", "", "x.empty"},
		{strings.Repeat("å", typed.MaxLine), strings.Repeat("å", typed.MaxLine), ""},
		{strings.Repeat("å", typed.MaxLine+1), strings.Repeat("å", typed.MaxLine+1), "form.error.long"},
		{"a\nb", "a\nb", "form.error.characters"},
		{"a\u202eb", "a\u202eb", "form.error.characters"},
		{"a\xffb", "a\xffb", "form.error.characters"},
	} {
		got, wrong := typed.Line("name", c.typed, "x.empty")
		key := ""
		if len(wrong) > 0 {
			key = wrong[0].Key
		}
		if got != c.want || key != c.key || len(wrong) > 1 {
			t.Errorf("%q: %q, %v", c.typed, got, wrong)
		}
	}
	if _, wrong := typed.Line("name", "", ""); wrong != nil {
		t.Errorf("an optional line that is empty: %v", wrong)
	}
}

func TestText(t *testing.T) {
	if got, wrong := typed.Text("body", "a\r\nb\rc\td", "x", 20); got != "a\nb\nc\td" || wrong != nil {
		t.Errorf("%q, %v", got, wrong)
	}
	if _, wrong := typed.Text("body", "a\x00b", "x", 20); len(wrong) != 1 {
		t.Errorf("a NUL: %v", wrong)
	}
}

func TestEmail(t *testing.T) {
	for address, good := range map[string]bool{
		"ingrid@demo.example": true, " ingrid@demo.example ": true, "Ingrid.E+x@demo.example": true,
		"": false, "ingrid": false, "Ingrid <i@demo.example>": false, "i@demo.example, j@demo.example": false, "i@demo.example\r\nBcc: j@x.example": false,
		strings.Repeat("x", 250) + "@demo.example": false,
	} {
		if got, wrong := typed.Email("email", address); (wrong == nil) != good || got != strings.TrimSpace(address) {
			t.Errorf("%q: %q, %v", address, got, wrong)
		}
	}
}

func TestHoldsPersonalNumber(t *testing.T) {
	for text, holds := range map[string]bool{
		"19800101-1234": true, "800101-1234": true, "8001011234": true, "800161-1234": true, "800101+1234": true, "800101 \u2013 1234": true,
		"\uff18\uff10\uff10\uff11\uff10\uff11-\uff11\uff12\uff13\uff14": true, "Anna 20000229-0000": true,
		"070-174 06 05": false, "0701740605": false, "8013011234": false, "800199-1234": false, "12345": false, "": false,
	} {
		if got := typed.HoldsPersonalNumber(text); got != holds {
			t.Errorf("%q: %v", text, got)
		}
	}
}
