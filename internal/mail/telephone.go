package mail

import "strings"

// international is a telephone number as networks take it, "+46701740605"; a Swedish one may be written without the country's code.
func international(typed string) (number string, ok bool) {
	digits := strings.Map(func(r rune) rune {
		switch {
		case '0' <= r && r <= '9', r == '+':
			return r
		case strings.ContainsRune(" -()./\u00a0\u2010\u2011\u2013", r):
			return -1
		}
		return 'x'
	}, strings.TrimSpace(typed))
	switch {
	case strings.HasPrefix(digits, "00"):
		digits = "+" + digits[2:]
	case strings.HasPrefix(digits, "0"):
		digits = "+46" + digits[1:]
	}
	// E.164: at most 15 digits. The shortest numbers that anybody can be written to have eight.
	plain, plus := strings.CutPrefix(digits, "+")
	return digits, plus && len(plain) >= 8 && len(plain) <= 15 && strings.Trim(plain, "0123456789") == "" && plain[0] != '0'
}
