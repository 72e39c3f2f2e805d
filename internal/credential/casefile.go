package credential

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/goccy/go-yaml/ast"

	"hemvist/internal/clock"
	"hemvist/internal/programme"
)

// Failure is one thing in a case file that is mistaken, or that comes out otherwise than the file says.
type Failure struct {
	File         string
	Line, Column int    // from 1
	Case         string // the case's title, or ""
	text         text
}

// Error is "file.yaml:LINE:COL: what", in English.
func (f Failure) Error() string { return f.In("en") }

// In is the same in the language: Swedish for "sv", or else English.
func (f Failure) In(lang string) string {
	where := ""
	if f.Case != "" {
		where = f.Case + ": "
	}
	return fmt.Sprintf("%s:%d:%d: %s%s", f.File, f.Line, f.Column, where, f.text.in(lang))
}

// Definitions finds the definition that a case file names; version is "" when the file names none.
type Definitions func(id, version string) (*programme.Definition, bool)

// DefinitionsOf finds among the given ones; of several versions, without a version named, the one that is dated latest.
func DefinitionsOf(defs ...*programme.Definition) Definitions {
	return func(id, version string) (*programme.Definition, bool) {
		var best *programme.Definition
		for _, d := range defs {
			if d == nil || d.ID != id || version != "" && d.Version != version {
				continue
			}
			if best == nil || d.Dated.After(best.Dated) {
				best = d
			}
		}
		return best, best != nil
	}
}

// CheckCase reads a case file and tells everything that is mistaken in it, or that comes out otherwise than it says. Nothing
// means that every case holds.
func CheckCase(file string, src []byte, definitions Definitions) []Failure {
	failures, _ := checkCases(file, src, definitions)
	slices.SortStableFunc(failures, func(a, b Failure) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.text.en, b.text.en))
	})
	return failures
}

// CountCases is how many cases the file holds, and how many days they say something about.
func CountCases(file string, src []byte, definitions Definitions) (cases, days int) {
	_, c := checkCases(file, src, definitions)
	return c.cases, c.days
}

func checkCases(file string, src []byte, definitions Definitions) ([]Failure, *caseReader) {
	c := &caseReader{file: file}
	root, mistakes := programme.YAML(file, src)
	for _, m := range mistakes {
		c.failures = append(c.failures, Failure{File: file, Line: m.Line, Column: m.Column, text: text{plain(m, "sv"), plain(m, "en")}})
	}
	if root == nil || len(mistakes) > 0 {
		return c.failures, c
	}
	var list ast.Node
	var id, version string
	at := root
	c.keys(root, map[string]func(ast.Node){
		"programme": func(n ast.Node) { id, at = c.word(n), n },
		"version":   func(n ast.Node) { version = c.word(n) },
		"about":     func(n ast.Node) { c.word(n) },
		"cases":     func(n ast.Node) { list = n },
	}, "programme", "cases")
	if id == "" || list == nil {
		return c.failures, c
	}
	def, ok := definitions(id, version)
	if !ok {
		name := id
		if version != "" {
			name += " " + version
		}
		c.fail(at, "programmet %q finns inte", "there is no programme %q", name)
		return c.failures, c
	}
	c.def = def
	for _, n := range c.list(list) {
		c.title = ""
		c.readCase(n)
	}
	return c.failures, c
}

// plain is a mistake's text without its place, which a failure has already.
func plain(m programme.Mistake, lang string) string {
	wrong, right := m.Text(lang)
	if right == "" {
		return wrong
	}
	return wrong + "; " + right
}

// oneCase is a case as it is read.
type oneCase struct {
	holder, credential string
	at                 ast.Node
	facts              []Fact
	unrecorded         []FactKind // nobody writes them down
}

func (c *caseReader) readCase(n ast.Node) {
	one := &oneCase{at: n}
	c.numbered = 0
	var expect, facts, rounds ast.Node
	c.keys(n, map[string]func(ast.Node){
		"title":      func(n ast.Node) { c.title = c.word(n) },
		"holder":     func(n ast.Node) { one.holder = c.word(n) },
		"credential": func(n ast.Node) { one.credential = c.credential(n) },
		"facts":      func(n ast.Node) { facts = n },
		"unrecorded": func(n ast.Node) { one.unrecorded = c.kinds(n) },
		"rounds":     func(n ast.Node) { rounds = n },
		"expect":     func(n ast.Node) { expect = n },
	}, "title", "holder", "credential", "expect")
	before := len(c.failures)
	if rounds != nil {
		for _, r := range c.list(rounds) {
			one.facts = append(one.facts, c.readRound(r)...)
		}
	}
	if facts != nil {
		one.facts = append(one.facts, c.readFacts(facts, one.facts)...)
	}
	if len(c.failures) > before || expect == nil || one.holder == "" || one.credential == "" {
		return // what is mistaken cannot be compared
	}
	c.cases++
	for _, e := range c.list(expect) {
		c.readExpectation(one, e)
	}
}

// credential reads the id of one that the programme has.
func (c *caseReader) credential(n ast.Node) string {
	id := c.word(n)
	if _, ok := c.def.Credential(id); !ok && id != "" {
		var ids []string
		for _, cred := range c.def.Credentials {
			ids = append(ids, cred.ID)
		}
		c.fail(n, "certifieringen %q finns inte; programmet har %s", "there is no credential %q; the programme has %s", id, join(ids, ", "))
		return ""
	}
	return id
}

// date reads a day.
func (c *caseReader) date(n ast.Node) clock.Date {
	s := c.word(n)
	d, err := clock.ParseDate(s)
	if err != nil && s != "" {
		c.fail(n, "%q är ingen dag; skriv som 2024-05-10", "%q is no day; write it like 2024-05-10", s)
	}
	return d
}
