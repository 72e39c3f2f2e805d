package signin

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"hemvist/internal/db"
)

// Bounds of a password, in characters. A passphrase of four words has twenty or more; what characters it is of is nobody's business (NIST
// SP 800-63B-4, 3.1.1.2).
const (
	minPassword = 15
	maxPassword = 128
	// mustRemain is how much of a password has to be left when what is obvious has been taken out.
	mustRemain = 8
	minKinds   = 5 // different characters among what is left
)

// obvious is what people put into passwords because they must. Each is taken out, wherever it stands.
var obvious = []string{
	"hemvist", "lösenord", "losenord", "lösen", "password", "passw0rd", "passord", "hemligt", "hemlig", "secret", "välkommen", "valkommen", "welcome",
	"inloggning", "loggain", "letmein", "login", "admin", "administrator", "användare", "anvandare", "qwerty", "qwertz", "asdfgh", "zxcvbn",
	"sommar", "sommaren", "vinter", "vintern", "hösten", "höst", "våren", "vår", "summer", "winter", "spring", "autumn",
	"januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december",
	"måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag", "monday", "friday",
	"jagälskardig", "jagalskardig", "iloveyou", "älskling", "alskling", "fotboll", "football", "sverige", "sweden", "stockholm", "göteborg", "goteborg", "malmö",
	"kommun", "socialtjänst", "socialtjansten", "connect", "monkey", "dragon", "princess", "sunshine", "abc", "test",
}

// rows are characters that follow one another on keyboards and in the alphabet: three or more in such an order are one thought.
var rows = []string{"abcdefghijklmnopqrstuvwxyzåäö", "qwertyuiopå", "asdfghjklöä", "zxcvbnm", "01234567890"}

// passwordFault is what is wrong with a password: the key of a text, empty for nothing. about is what is known of its owner: name, address,
// organisations.
func passwordFault(password string, about []string) string {
	password = norm.NFKC.String(password)
	switch n := utf8.RuneCountInString(password); {
	case n < minPassword:
		return "password.error.short"
	case n > maxPassword:
		return "password.error.long"
	}
	letters := lettersOf(password)
	for _, text := range about {
		for _, word := range strings.FieldsFunc(db.Fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if utf8.RuneCountInString(word) >= 4 && strings.Contains(letters, word) && !isObvious(word) {
				return "password.error.own"
			}
		}
	}
	if strings.Contains(letters, "hemvist") {
		return "password.error.own"
	}
	kinds := map[rune]bool{}
	rest := remains(letters)
	for _, r := range rest {
		kinds[r] = true
	}
	if utf8.RuneCountInString(rest) < mustRemain || len(kinds) < minKinds {
		return "password.error.common"
	}
	return ""
}

// lettersOf is a password without what people put between: blanks and signs.
func lettersOf(password string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, db.Fold(password))
}

func isObvious(word string) bool {
	for _, o := range obvious {
		if word == o {
			return true
		}
	}
	return false
}

// remains is what is left of letters when what is obvious is out: words that everybody takes, runs along a keyboard, years and what is
// said again.
func remains(letters string) string {
	for _, word := range longestFirst(obvious) {
		letters = strings.ReplaceAll(letters, word, "")
	}
	var out []rune
	in := []rune(letters)
	for i := 0; i < len(in); {
		if n := run(in[i:]); n >= 3 {
			i += n
			continue
		}
		out = append(out, in[i])
		i++
	}
	rest := strings.TrimFunc(string(out), unicode.IsDigit) // a year or a 1 at an end is nobody's idea
	return withoutRepeats(rest)
}

// longestFirst is the words in an order in which no shorter one takes a part out of a longer one.
func longestFirst(words []string) []string {
	words = slices.Clone(words)
	slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
	return words
}

// run is how many characters at the beginning follow one another on a keyboard or are the same.
func run(in []rune) int {
	n := 1
	for n < len(in) && in[n] == in[0] {
		n++
	}
	for _, row := range append(rows, reversed(rows)...) {
		for k := len(in); k > n; k-- {
			if k >= 3 && strings.Contains(row, string(in[:k])) {
				n = k
			}
		}
	}
	return n
}

func reversed(all []string) (out []string) {
	for _, row := range all {
		r := []rune(row)
		for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
			r[i], r[j] = r[j], r[i]
		}
		out = append(out, string(r))
	}
	return out
}

// withoutRepeats is the shortest beginning that a text is a repetition of.
func withoutRepeats(text string) string {
	r := []rune(text)
	for n := 1; n <= len(r)/2; n++ {
		if unit := string(r[:n]); strings.HasPrefix(strings.Repeat(unit, len(r)/n+1), text) {
			return unit
		}
	}
	return text
}
