package typed_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

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
		"\uff18\uff10\uff10\uff11\uff10\uff11-\uff11\uff12\uff13\uff14": true, "Anna 20000229-0000": true, "198001011234": true, "0101010000": true, "070101-1234": true,
		// Set apart.
		"Bo 1970 01 01 1234": true, "1970-01-01-1234": true, "1970.01.01.1234": true, "1970/01/01 1234": true, "70 01 01 1234": true, "70-01-61-1234 Bo": true,
		"19 70 01 01 - 1234": true, "1970\u00a001\u00a001\u00a01234": true, "1970\u201301\u201301\u20131234": true, "1970 0101 1234": true, "700101  1234": true,
		"2014-05-01 4321, tolv år": true, "20200101 1234": true, "20200101 1230": false, "född 12 03 04 1234, dotter": true,
		// Telephone numbers.
		"070-174 06 05": false, "0701740605": false, "070174 0605": false, "0701 74 06 05": false, "+46101234567": false, "+46 10 123 45 67": false, "46101234567": false,
		"0046101234567": false, "010-123 45 67": false, "0611-12 34 56": false, "0611-12 3456": false, "08-12 12 1234": false, "08-121 212 34": false, "+44 20 1112 1234": false,
		"+46 (0)10 11 12 1234": false, "+4610-1112345": false, "0470-17 40 60": false,
		// Days, times, addresses, other numbers.
		"2026-12-09 1800": false, "20261209 1730": false, "2026-12-09 17.30": false, "2014-05-01": false, "2014-05-01 0470-17 40 60": false, "12, 10, 9": false,
		"Storgatan 12 B, 352 30 Växjö": false, "Box 1112, 101 12": false, "556012-5790": false, "123 45 67-8": false, "SE45 5000 0000 0583 9825 7466": false,
		"10.11.2014, 12 år": false, "8013011234": false, "800199-1234": false, "1970 13 01 1234": false, "1970 01 45 1234": false, "12345": false, "": false,
	} {
		if got := typed.HoldsPersonalNumber(text); got != holds {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// TestEveryBirthday writes each day of a century as people do: however its parts are set apart, it is seen.
func TestEveryBirthday(t *testing.T) {
	for day := time.Date(1920, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2020; day = day.AddDate(0, 0, 5) {
		for _, form := range []string{"20060102-0000", "20060102 0000", "200601020000", "2006-01-02-0000", "2006 01 02 0000", "2006.01.02 0000", "060102-0000", "06 01 02 0000", "06-01-02-0000"} {
			text := strings.Replace(day.Format(strings.Replace(form, "0000", "_", 1)), "_", "9876", 1)
			if !typed.HoldsPersonalNumber("Bo " + text + " Ek") {
				t.Fatalf("%q is not seen", text)
			}
		}
	}
}

// TestTelephoneNumbers writes numbers of every area, as they are written, and none is taken for a personal number.
func TestTelephoneNumbers(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 3_000 {
		digits := fmt.Sprintf("%09d", random.IntN(1e9))
		mobile, area := "7"+digits[:8], digits[:9]
		for _, text := range []string{
			"0" + mobile, "0" + mobile[:2] + "-" + mobile[2:], "0" + mobile[:2] + "-" + mobile[2:5] + " " + mobile[5:7] + " " + mobile[7:], "0" + mobile[:2] + " " + mobile[2:5] + " " + mobile[5:7] + " " + mobile[7:],
			"0" + mobile[:3] + " " + mobile[3:5] + " " + mobile[5:7] + " " + mobile[7:], "+46" + mobile, "+46 " + mobile[:2] + " " + mobile[2:5] + " " + mobile[5:7] + " " + mobile[7:], "0046" + mobile,
			"0" + area[:2] + "-" + area[2:5] + " " + area[5:7] + " " + area[7:], "0" + area[:3] + "-" + area[3:5] + " " + area[5:7] + " " + area[7:], "0" + area[:3] + "-" + area[3:], "0" + area[:1] + "-" + area[1:],
			"+46" + area, "+46 " + area[:2] + " " + area[2:5] + " " + area[5:7] + " " + area[7:], "0046 " + area[:2] + " " + area[2:],
		} {
			if typed.HoldsPersonalNumber(text) {
				t.Fatalf("%q is taken for a personal number", text)
			}
		}
	}
}

func TestLinkHoldsPersonalNumber(t *testing.T) {
	for link, holds := range map[string]bool{
		"https://x.example/700101-1234": true, "https://x.example/?id=19700101-1234": true, "https://x.example/197001011234/join": true, "https://x.example/700101%2D1234": true,
		"https://x.example/j/7001011234": false, "https://x.example/j/87001011234?pwd=19": false, "https://x.example/l/19%3ameeting_MjAx%40thread.v2/0?context=%7b%22Tid%22%3a%2270010112-1234": false,
		"https://x.example/2026-11-27-1730": false, "https://x.example/%zz/700101-1234": true,
	} {
		if got := typed.LinkHoldsPersonalNumber(link); got != holds {
			t.Errorf("%q: %v", link, got)
		}
	}
}
