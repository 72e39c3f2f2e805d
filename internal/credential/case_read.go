package credential

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"hemvist/internal/programme"
)

// caseReader reads one case file.
type caseReader struct {
	file     string
	def      *programme.Definition
	failures []Failure
	title    string
	numbered int // facts of this case that got an id
	cases    int
	days     int
}

// maxFailures bounds what is told of one file.
const maxFailures = 500

// fail tells of something at the node, in both languages; the arguments are the same.
func (c *caseReader) fail(n ast.Node, sv, en string, args ...any) {
	if len(c.failures) >= maxFailures {
		return
	}
	f := Failure{File: c.file, Line: 1, Column: 1, Case: c.title, text: text{fmt.Sprintf(sv, args...), fmt.Sprintf(en, args...)}}
	if n != nil {
		f.Line, f.Column = programme.At(n)
	}
	c.failures = append(c.failures, f)
}

// keys reads a mapping, each key by its own function; needed are the keys that must be there.
func (c *caseReader) keys(n ast.Node, known map[string]func(ast.Node), needed ...string) {
	pairs := programme.Pairs(n)
	if pairs == nil {
		c.fail(n, "här ska det stå nycklar med värden", "keys with values should stand here")
		return
	}
	var seen []string
	for _, p := range pairs {
		name := ""
		if key, ok := p.Key.(ast.Node); ok {
			name, _ = programme.Scalar(key)
		}
		read := known[name]
		switch {
		case read == nil:
			c.fail(p, "nyckeln %q finns inte; här kan stå %s", "there is no key %q; here can stand %s", clip(name), join(sortedKeys(known), ", "))
		case slices.Contains(seen, name):
			c.fail(p, "nyckeln %q står två gånger", "the key %q stands twice", name)
		case empty(p.Value):
			c.fail(p, "nyckeln %q saknar värde", "the key %q has no value", name)
		default:
			read(p.Value)
		}
		seen = append(seen, name)
	}
	for _, k := range needed {
		if !slices.Contains(seen, k) {
			c.fail(n, "nyckeln %q saknas", "the key %q is missing", k)
		}
	}
}

func sortedKeys[T any](m map[string]T) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// clip is as much of a text as is worth telling.
func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

func empty(n ast.Node) bool {
	_, null := n.(*ast.NullNode)
	return n == nil || null
}

// list is the items of a list; one value alone is a list of one.
func (c *caseReader) list(n ast.Node) []ast.Node {
	if seq, ok := n.(*ast.SequenceNode); ok {
		var out []ast.Node
		for _, v := range seq.Values {
			if empty(v) {
				c.fail(n, "en post i listan är tom", "an item of the list is empty")
				continue
			}
			out = append(out, v)
		}
		return out
	}
	return []ast.Node{n}
}

// word is one value as text.
func (c *caseReader) word(n ast.Node) string {
	s, ok := programme.Scalar(n)
	if !ok || strings.TrimSpace(s) == "" {
		c.fail(n, "här ska det stå ett ord", "a word should stand here")
		return ""
	}
	return strings.TrimSpace(s)
}

func (c *caseReader) words(n ast.Node) []string {
	out := []string{}
	for _, item := range c.list(n) {
		if w := c.word(item); w != "" {
			out = append(out, w)
		}
	}
	return out
}

// oneOf is a word of the given ones.
func (c *caseReader) oneOf(n ast.Node, allowed ...string) string {
	w := c.word(n)
	if w != "" && !slices.Contains(allowed, w) {
		c.fail(n, "%q går inte; välj bland %s", "%q will not do; choose among %s", clip(w), join(allowed, ", "))
		return ""
	}
	return w
}

// whole is a number from low to high.
func (c *caseReader) whole(n ast.Node, low, high int) int {
	s := c.word(n)
	i, err := strconv.Atoi(s)
	if s != "" && (err != nil || i < low || i > high) {
		c.fail(n, "%q ska vara ett heltal från %d till %d", "%q should be a whole number from %d to %d", clip(s), low, high)
		return low
	}
	return i
}

func (c *caseReader) decimal(n ast.Node) float64 {
	s := strings.TrimSuffix(c.word(n), "%")
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if s != "" && (err != nil || f != f || f > 1e9 || f < -1e9) {
		c.fail(n, "%q ska vara ett tal", "%q should be a number", clip(s))
		return 0
	}
	return f
}

func (c *caseReader) yes(n ast.Node) bool { return c.oneOf(n, "true", "false") == "true" }

// period reads "1 week", "3 months".
func (c *caseReader) period(n ast.Node) programme.Period {
	s := c.word(n)
	number, unit, _ := strings.Cut(s, " ")
	i, err := strconv.Atoi(number)
	u := programme.Unit(strings.TrimSuffix(unit, "s"))
	if err != nil || i < 1 || i > 1000 || !slices.Contains([]programme.Unit{programme.Day, programme.Week, programme.Month, programme.Year}, u) {
		c.fail(n, "%q är ingen tid; skriv som 1 week eller 3 months", "%q is no length of time; write it like 1 week or 3 months", clip(s))
		return programme.Period{N: 1, Unit: programme.Week}
	}
	return programme.Period{N: i, Unit: u}
}

// numbers reads sessions by number: all, none, 3, 1-9, or a list of such. count is how many there are.
func (c *caseReader) numbers(n ast.Node, count int) []int {
	var out []int
	for _, item := range c.list(n) {
		s := c.word(item)
		switch s {
		case "", "none":
			continue
		case "all":
			s = fmt.Sprintf("1-%d", count)
		}
		from, to, ranged := strings.Cut(s, "-")
		if !ranged {
			to = from
		}
		a, errA := strconv.Atoi(from)
		b, errB := strconv.Atoi(to)
		if errA != nil || errB != nil || a < 1 || b < a || b > count {
			c.fail(item, "%q går inte; träffarna är 1-%d: skriv all, none, 3, 1-4 eller [1, 3-5]", "%q will not do; the sessions are 1-%d: write all, none, 3, 1-4 or [1, 3-5]", clip(s), count)
			continue
		}
		for i := a; i <= b; i++ {
			if !slices.Contains(out, i) {
				out = append(out, i)
			}
		}
	}
	slices.Sort(out)
	return out
}

// people reads names: a list, or a number of people that need no names.
func (c *caseReader) people(n ast.Node) []string {
	if s, ok := programme.Scalar(n); ok {
		if i, err := strconv.Atoi(strings.TrimSpace(s)); err == nil && i >= 0 && i <= 200 {
			out := []string{}
			for k := 1; k <= i; k++ {
				out = append(out, fmt.Sprintf("deltagare-%d", k))
			}
			return out
		}
	}
	return c.words(n)
}
