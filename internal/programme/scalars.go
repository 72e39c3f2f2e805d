package programme

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"hemvist/internal/clock"
)

// scalar is one sort of word, number or text: how it is read, and how a schema and a person are told of it.
type scalar struct {
	form    string // names the description in formTexts: what would be right
	pattern string // for the schema; "" when any text will do
	plain   string // for the schema: integer, boolean or number, where the file may hold one
	values  []string
	ref     string // it names something of this namespace
	defines string // it is an id in this namespace
	low     int
	high    int
	parse   func(s *scalar, raw string) (any, bool)
}

const (
	maxNumber = 100_000
	maxText   = 4_000 // characters in one text
	maxName   = 200   // characters in one word or short text that is no text for people
)

var (
	idPattern     = `^[a-z][a-z0-9-]{0,39}$`
	rangePattern  = `^[0-9]{1,6}(\+|-[0-9]{1,6})?$`
	periodPattern = `^([0-9]{1,4} )?(day|week|month|year)s?$`
	amountPattern = `^[0-9]{1,5}( hours?)?$`
	sharePattern  = `^[0-9]{1,3}%$`
	momentPattern = `^(at|[0-9]{1,4} (day|week|month|year)s? (before|after)) (start|end|session( [0-9]{1,3})?)$`
	anyOfPattern  = `^(every|[0-9]{1,6}|[0-9]{1,3}%)$`
	datePattern   = `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`
	moneyPattern  = `^[0-9]{1,9}(\.[0-9]{1,2})?$`
	fromPattern   = `^(any|latest (round|case)|latest [0-9]{1,3} (rounds|cases))$`

	idRegexp     = regexp.MustCompile(idPattern)
	rangeRegexp  = regexp.MustCompile(rangePattern)
	periodRegexp = regexp.MustCompile(periodPattern)
	momentRegexp = regexp.MustCompile(momentPattern)
	moneyRegexp  = regexp.MustCompile(moneyPattern)
	fromRegexp   = regexp.MustCompile(fromPattern)
)

// word is any short text.
var word = &scalar{form: "word", parse: func(_ *scalar, raw string) (any, bool) {
	return raw, raw != "" && len([]rune(raw)) <= maxName && !strings.ContainsAny(raw, "\n\r")
}}

var boolean = &scalar{form: "boolean", plain: "boolean", parse: func(_ *scalar, raw string) (any, bool) {
	return raw == "true", raw == "true" || raw == "false"
}}

var day = &scalar{form: "date", pattern: datePattern, parse: func(_ *scalar, raw string) (any, bool) {
	d, err := clock.ParseDate(raw)
	return d, err == nil
}}

func whole(low, high int) *scalar {
	return &scalar{form: "whole", plain: "integer", low: low, high: high, parse: func(s *scalar, raw string) (any, bool) {
		n, ok := digits(raw)
		return n, ok && n >= s.low && n <= s.high
	}}
}

func limits(low, high int) *scalar {
	return &scalar{form: "range", pattern: rangePattern, plain: "integer", low: low, high: high, parse: func(s *scalar, raw string) (any, bool) {
		r, ok := parseRange(raw)
		return r, ok && r.Min >= s.low && r.Max <= s.high && r.Min <= s.high && (r.Max == 0 || r.Min <= r.Max)
	}}
}

var period = &scalar{form: "period", pattern: periodPattern, parse: func(_ *scalar, raw string) (any, bool) { return parsePeriod(raw) }}

var quantity = &scalar{form: "quantity", pattern: anyOfPattern, plain: "integer", parse: func(_ *scalar, raw string) (any, bool) {
	if raw == "every" {
		return Quantity{Every: true}, true
	}
	if n, ok := percent(raw); ok {
		return Quantity{Share: n}, n > 0
	}
	n, ok := digits(raw)
	return Quantity{N: n}, ok && n > 0
}}

var share = &scalar{form: "share", pattern: sharePattern, parse: func(_ *scalar, raw string) (any, bool) { return percent(raw) }}

var amount = &scalar{form: "amount", pattern: amountPattern, plain: "integer", parse: func(_ *scalar, raw string) (any, bool) {
	number, hours := strings.CutSuffix(strings.TrimSuffix(raw, "s"), " hour")
	if !hours {
		number = raw
	}
	n, ok := digits(number)
	return Amount{N: n, Hours: hours}, ok && n > 0
}}

var moment = &scalar{form: "moment", pattern: momentPattern, parse: func(_ *scalar, raw string) (any, bool) { return parseMoment(raw) }}

var money = &scalar{form: "money", pattern: moneyPattern, plain: "number", parse: func(_ *scalar, raw string) (any, bool) {
	if !moneyRegexp.MatchString(raw) {
		return int64(0), false
	}
	kronor, ore, _ := strings.Cut(raw, ".")
	n, err := strconv.ParseInt(kronor+(ore + "00")[:2], 10, 64)
	return n, err == nil
}}

// threshold is a number with at most two decimals, or a share.
var threshold = &scalar{form: "threshold", pattern: `^[0-9]{1,6}(\.[0-9]{1,2})?%?$`, plain: "number", parse: func(_ *scalar, raw string) (any, bool) {
	number, isShare := strings.CutSuffix(raw, "%")
	if !moneyRegexp.MatchString(number) || len(number) > 9 {
		return limit{}, false
	}
	f, err := strconv.ParseFloat(number, 64)
	return limit{f, isShare}, err == nil && (!isShare || f <= 100)
}}

// limit is a threshold as it stands in the file.
type limit struct {
	at    float64
	share bool
}

var latest = &scalar{form: "from", pattern: fromPattern, parse: func(_ *scalar, raw string) (any, bool) {
	if raw == "any" {
		return From{}, true
	}
	if !fromRegexp.MatchString(raw) {
		return From{}, false
	}
	words := strings.Fields(raw)
	f := From{Latest: 1, What: Per(strings.TrimSuffix(words[len(words)-1], "s"))}
	if len(words) == 3 {
		f.Latest, _ = strconv.Atoi(words[1])
	}
	return f, f.Latest > 0
}}

// oneOf is a closed set of words.
func oneOf[T ~string](values ...T) *scalar {
	s := &scalar{form: "one-of", parse: func(s *scalar, raw string) (any, bool) { return raw, has(s.values, raw) }}
	for _, v := range values {
		s.values = append(s.values, string(v))
	}
	return s
}

// idIn is an id that is declared here, in a namespace.
func idIn(namespace string) *scalar {
	return &scalar{form: "id", pattern: idPattern, defines: namespace, parse: parseID}
}

// named is an id that is declared elsewhere in the file.
func named(namespace string) *scalar {
	return &scalar{form: "id", pattern: idPattern, ref: namespace, parse: parseID}
}

func parseID(_ *scalar, raw string) (any, bool) { return raw, idRegexp.MatchString(raw) }

// digits reads a whole number written in ordinary digits.
func digits(raw string) (int, bool) {
	if raw == "" || len(raw) > 6 {
		return 0, false
	}
	for _, c := range []byte(raw) {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(raw)
	return n, err == nil && n <= maxNumber
}

func percent(raw string) (int, bool) {
	number, ok := strings.CutSuffix(raw, "%")
	if !ok {
		return 0, false
	}
	n, ok := digits(number)
	return n, ok && n <= 100
}

func parseRange(raw string) (Range, bool) {
	if !rangeRegexp.MatchString(raw) {
		return Range{}, false
	}
	if low, open := strings.CutSuffix(raw, "+"); open {
		n, ok := digits(low)
		return Range{Min: n}, ok && n > 0
	}
	low, high, two := strings.Cut(raw, "-")
	if !two {
		high = low
	}
	a, okA := digits(low)
	b, okB := digits(high)
	return Range{a, b}, okA && okB && b > 0
}

func parsePeriod(raw string) (Period, bool) {
	if !periodRegexp.MatchString(raw) {
		return Period{}, false
	}
	number, unit, two := strings.Cut(raw, " ")
	if !two {
		number, unit = "1", raw
	}
	n, ok := digits(number)
	p := Period{n, Unit(strings.TrimSuffix(unit, "s"))}
	return p, ok && n > 0 && p.days() <= 100*365
}

func parseMoment(raw string) (Moment, bool) {
	if !momentRegexp.MatchString(raw) {
		return Moment{}, false
	}
	var m Moment
	rest, now := strings.CutPrefix(raw, "at ")
	if !now {
		words := strings.SplitN(raw, " ", 4)
		p, ok := parsePeriod(words[0] + " " + words[1])
		if !ok {
			return Moment{}, false
		}
		m.Offset, m.Before, rest = p, words[2] == "before", words[3]
	}
	anchor, number, counted := strings.Cut(rest, " ")
	m.Anchor = Anchor(anchor)
	if counted {
		m.Session, _ = strconv.Atoi(number)
		return m, m.Session > 0
	}
	return m, true
}

// lengthDays is the length of a period for the sake of comparing, and the longest number for none.
func lengthDays(p Period) int {
	if p.IsZero() {
		return math.MaxInt
	}
	return p.days()
}
