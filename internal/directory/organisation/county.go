package organisation

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// County is one of Sweden's counties.
type County struct {
	Code    string // SCB's, two digits
	Letters string // as on old number plates and in many lists
	Swedish string
	English string
}

// In is the county's name in a language.
func (c County) In(lang string) string {
	if lang == "en" {
		return c.English
	}
	return c.Swedish
}

// Counties are Sweden's 21, by code. Source: SCB, "Län och kommuner i kodnummerordning".
var Counties = []County{
	{"01", "AB", "Stockholms län", "Stockholm County"}, {"03", "C", "Uppsala län", "Uppsala County"},
	{"04", "D", "Södermanlands län", "Södermanland County"}, {"05", "E", "Östergötlands län", "Östergötland County"},
	{"06", "F", "Jönköpings län", "Jönköping County"}, {"07", "G", "Kronobergs län", "Kronoberg County"},
	{"08", "H", "Kalmar län", "Kalmar County"}, {"09", "I", "Gotlands län", "Gotland County"},
	{"10", "K", "Blekinge län", "Blekinge County"}, {"12", "M", "Skåne län", "Skåne County"},
	{"13", "N", "Hallands län", "Halland County"}, {"14", "O", "Västra Götalands län", "Västra Götaland County"},
	{"17", "S", "Värmlands län", "Värmland County"}, {"18", "T", "Örebro län", "Örebro County"},
	{"19", "U", "Västmanlands län", "Västmanland County"}, {"20", "W", "Dalarnas län", "Dalarna County"},
	{"21", "X", "Gävleborgs län", "Gävleborg County"}, {"22", "Y", "Västernorrlands län", "Västernorrland County"},
	{"23", "Z", "Jämtlands län", "Jämtland County"}, {"24", "AC", "Västerbottens län", "Västerbotten County"},
	{"25", "BD", "Norrbottens län", "Norrbotten County"},
}

// CountyOf is the county of a code.
func CountyOf(code string) (County, bool) {
	i := slices.IndexFunc(Counties, func(c County) bool { return c.Code == code })
	if i < 0 {
		return County{}, false
	}
	return Counties[i], true
}

// countyNamed is the county that people write as a code, its letters, or its name with or without "län" and the s before it.
func countyNamed(s string) (County, bool) {
	want := plainCounty(s)
	i := slices.IndexFunc(Counties, func(c County) bool {
		return want == c.Code || want == strings.ToLower(c.Letters) || want == plainCounty(c.Swedish) || want == plainCounty(c.English)
	})
	if i < 0 {
		return County{}, false
	}
	return Counties[i], true
}

func plainCounty(s string) string {
	s = strings.Join(strings.Fields(strings.ToLower(norm.NFC.String(s))), " ")
	s = strings.TrimSuffix(strings.TrimSuffix(s, " county"), " län")
	if len(s) == 1 && s[0] >= '1' && s[0] <= '9' {
		return "0" + s
	}
	if len(s) > 3 {
		s = strings.TrimSuffix(s, "s")
	}
	return s
}
