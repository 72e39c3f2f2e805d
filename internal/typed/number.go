package typed

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Word processors make dashes of hyphens, and people put blanks, dots and slashes between the parts of a date.
const (
	dash = `[-+\x{2010}\x{2012}-\x{2014}\x{2212}]`
	gap  = `([-+\x{2010}\x{2012}-\x{2014}\x{2212} ./]{0,3})`
)

var (
	withCentury    = regexp.MustCompile(`^(18|19|20)` + gap + `(\d{2})` + gap + `(\d{2})` + gap + `(\d{2})` + gap + `(\d{4})`)
	withoutCentury = regexp.MustCompile(`^()()(\d{2})` + gap + `(\d{2})` + gap + `(\d{2})` + gap + `(\d{4})`)
	signed         = regexp.MustCompile(`\d{2}(\d{2})(\d{2}) ?` + dash + ` ?\d{4}`)
	inLink         = regexp.MustCompile(`(?:^|[^0-9A-Za-z])(?:(?:18|19|20)?\d{2}(\d{2})(\d{2})` + dash + `|(?:18|19|20)\d{2}(\d{2})(\d{2}))\d{4}(?:[^0-9A-Za-z]|$)`)
	fromAbroad     = regexp.MustCompile(`(?:\+|\b00)(?:\d{1,3}[ -]*(?:\(0\)[ -]*)?)?$`) // what one dials before a number of another country
)

// HoldsPersonalNumber tells whether something in s looks like a Swedish personal or co-ordination number: a birth date (day
// plus 60 in a co-ordination number) and four digits, however they are set apart. The check digit is not asked for: a mistyped one is as
// telling. Ten digits that begin with 07, or with the code of a country, are a telephone number.
func HoldsPersonalNumber(s string) bool {
	s = norm.NFKC.String(s) // full-width digits become plain
	if slices.ContainsFunc(signed.FindAllStringSubmatch(s, -1), func(m []string) bool { return isBirth(m[1], m[2]) }) {
		return true
	}
	for i := range s {
		if !digitAt(s, i) || digitAt(s, i-1) {
			continue
		}
		for _, form := range []*regexp.Regexp{withCentury, withoutCentury} {
			m := form.FindStringSubmatch(s[i:])
			if m != nil && parts(m[1:]).isNumber(s[i+len(m[0]):]) && !fromAbroad.MatchString(s[max(0, i-20):i]) {
				return true
			}
		}
	}
	return false
}

// LinkHoldsPersonalNumber is HoldsPersonalNumber for an address on the web, where ten digits in a row are the number of a meeting.
func LinkHoldsPersonalNumber(s string) bool {
	if plain, err := url.PathUnescape(s); err == nil {
		s = plain
	}
	return slices.ContainsFunc(inLink.FindAllStringSubmatch(norm.NFKC.String(s), -1), func(m []string) bool { return isBirth(m[1]+m[3], m[2]+m[4]) })
}

// parts are those of what looks like a number: century, year, month, day and the last four, with what stands between them.
type parts []string

// isNumber tells whether it is one, and nothing else that has as many digits; after is what follows.
func (p parts) isNumber(after string) bool {
	year, month, day, last := p[2], p[4], p[6], p[8]
	return isBirth(month, day) && !p.isDialled(after) && (!p.isAppointment() || checks(year+month+day+last))
}

// isDialled tells whether it is a telephone number, or a day with one after it.
func (p parts) isDialled(after string) bool {
	century, year, apart := p[0], p[2], p[1]+p[3]+p[5] != ""
	switch {
	case century == "" && p[3] != p[5]: // 0611-12 3456
		return true
	case century == "" && !apart && (year == "07" || year == "46" && digitAt(after, 0)):
		return true
	}
	return apart && digitAt(after, 0) || p[7] != "" && strings.HasPrefix(after, "-") && digitAt(after, 1)
}

// isAppointment tells whether it can be a day of these years, and a time of day.
func (p parts) isAppointment() bool {
	century, year, before, last := p[0], p[2], p[7], p[8]
	return (century == "" || century == "20") && year >= "20" && year < "50" && before != "" && strings.Trim(before, " ") == "" && last < "2400" && last[2] < '6'
}

// checks tells whether the last of ten digits is the check digit of the others: Luhn's.
func checks(s string) bool {
	sum := 0
	for i := range s {
		n := int(s[i]-'0') * (2 - i%2)
		sum += n/10 + n%10
	}
	return sum%10 == 0
}

// isBirth tells whether a month and a day can be those of a birth, in a co-ordination number too.
func isBirth(month, day string) bool {
	if day > "60" {
		day = string(day[0]-6) + day[1:]
	}
	return month >= "01" && month <= "12" && day >= "01" && day <= "31"
}

func digitAt(s string, i int) bool { return i >= 0 && i < len(s) && s[i] >= '0' && s[i] <= '9' }
