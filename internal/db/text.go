package db

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// Longest texts that enter an index. An index entry of either engine has room for some 2,700 bytes, and nobody looks further.
const (
	wordRunes    = 64
	collateRunes = 200
	collateBytes = 1024
)

// Fold is the form in which texts are compared when searching: compatibility characters made plain (NFKC), lower case. Å, ä and
// ö stay apart from a and o, and other diacritics stay too; a decomposed å is a composed one. Folding twice changes nothing.
func Fold(s string) string {
	if isLowerASCII(s) {
		return s
	}
	s = norm.NFKC.String(s)
	s = strings.Map(foldRune, s)
	// Lower case of a few characters is not in normal form.
	return norm.NFKC.String(s)
}

func isLowerASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}

func foldRune(r rune) rune {
	if r == 'ς' { // a sigma that ends a word
		return 'σ'
	}
	return unicode.ToLower(r)
}

// Words are the folded whole words of a text, each once, in the order they come: runs of letters, marks and digits. A word is cut
// after 64 characters, here and when it is searched for.
func Words(s string) []string {
	var words []string
	seen := map[string]bool{}
	for _, w := range strings.FieldsFunc(Fold(s), betweenWords) {
		w = firstRunes(w, wordRunes)
		if !seen[w] {
			seen[w] = true
			words = append(words, w)
		}
	}
	return words
}

func betweenWords(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
}

func firstRunes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// PrefixRange gives the bounds of the words that begin with a prefix, for "word >= $1 AND word < $2" where texts compare
// bytewise (SQLite's BINARY, PostgreSQL's COLLATE "C"). The prefix is folded. An empty prefix bounds all words.
func PrefixRange(prefix string) (from, to string) {
	from = firstRunes(Fold(prefix), wordRunes)
	runes := []rune(from)
	for i := len(runes) - 1; i >= 0; i-- {
		// The next code point; those that are no characters cannot stand in a text.
		switch r := runes[i]; {
		case r == 0xD7FF:
			return from, string(runes[:i]) + "\uE000"
		case r < unicode.MaxRune:
			return from, string(runes[:i]) + string(r+1)
		}
	}
	// Nothing comes after the last code point repeated, and no word is that.
	return from, strings.Repeat(string(unicode.MaxRune), wordRunes+1)
}

var collators = sync.Pool{New: func() any {
	return &collator{c: collate.New(language.Swedish)}
}}

type collator struct {
	c   *collate.Collator
	buf collate.Buffer
}

// CollationKey is a key whose bytes compare as the text sorts in Swedish: å, ä, ö last and in that order, v before w, é as e,
// capitals and accents deciding only between texts that are otherwise equal. Texts that differ only further in than 200
// characters have the same key: let an id decide after it.
func CollationKey(s string) []byte {
	c := collators.Get().(*collator)
	defer collators.Put(c)
	c.buf.Reset()
	key := c.c.KeyFromString(&c.buf, firstRunes(norm.NFC.String(s), collateRunes))
	return append([]byte{}, key[:min(len(key), collateBytes)]...)
}
