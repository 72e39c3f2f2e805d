package credential

import (
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"hemvist/internal/clock"
	"hemvist/internal/programme"
)

// readExpectation reads what should follow on one day, and compares.
func (c *caseReader) readExpectation(one *oneCase, n ast.Node) {
	before := len(c.failures)
	var on clock.Date
	credential, holder := one.credential, one.holder
	var supposed []Fact
	checks := map[string]ast.Node{}
	hold := func(key string) func(ast.Node) { return func(n ast.Node) { checks[key] = n } }
	known := map[string]func(ast.Node){
		"on":         func(n ast.Node) { on = c.date(n) },
		"credential": func(n ast.Node) { credential = c.credential(n) },
		"holder":     func(n ast.Node) { holder = c.word(n) },
		"suppose":    func(n ast.Node) { supposed = c.readFacts(n, one.facts) },
	}
	for _, k := range expectKeys {
		known[k] = hold(k)
	}
	c.keys(n, known, "on")
	if len(c.failures) > before {
		return
	}
	c.days++
	facts := NewFacts(holder, one.facts...).Unrecorded(one.unrecorded...).With(supposed...)
	v := Evaluate(c.def, credential, facts, on)
	for _, k := range expectKeys {
		if node := checks[k]; node != nil {
			c.check(k, node, &v, facts)
		}
	}
}

// expectKeys are what a case can say of a verdict, in the order in which they are compared.
var expectKeys = []string{"status", "because", "warned", "ready", "last_day", "lapses_after", "term", "used", "requirements", "next", "outlook"}

func (c *caseReader) check(key string, n ast.Node, v *Verdict, facts Facts) {
	term := v.Term
	if term == nil {
		term = &Term{}
	}
	switch key {
	case "status":
		var names []string
		for _, s := range Statuses {
			names = append(names, string(s))
		}
		if want := c.oneOf(n, names...); want != "" && want != string(v.Status) {
			c.fail(n, "status är %q, inte %q: %s", "the status is %q, not %q: %s", v.Status, want, wordsOf(v.Reasons))
		}
	case "because":
		c.because(n, v.Reasons)
	case "warned":
		c.same(n, strconv.FormatBool(c.yes(n)), strconv.FormatBool(v.Warned))
	case "ready":
		c.same(n, strconv.FormatBool(c.yes(n)), strconv.FormatBool(v.Ready))
	case "last_day":
		c.same(n, c.dayOr(n, "never"), orNever(term.LastDay))
	case "lapses_after":
		c.same(n, c.dayOr(n, "never"), orNever(term.GraceEnds))
	case "term":
		c.same(n, strconv.Itoa(c.whole(n, 1, 1000)), strconv.Itoa(term.Number+1))
	case "used":
		c.same(n, strconv.Itoa(c.whole(n, 0, 1000)), strconv.Itoa(term.Used))
	case "requirements":
		c.requirements(n, v)
	case "next":
		next, _ := NextChange(c.def, v.Credential, facts, v.On)
		c.same(n, c.dayOr(n, "never"), orNever(next))
	case "outlook":
		c.outlook(n, v, facts)
	}
}

func orNever(d clock.Date) string {
	if d.IsZero() {
		return "never"
	}
	return d.String()
}

// dayOr reads a day, or the one word that stands for none.
func (c *caseReader) dayOr(n ast.Node, none string) string {
	if s, _ := programme.Scalar(n); s == none {
		return none
	}
	return c.date(n).String()
}

func (c *caseReader) same(n ast.Node, want, got string) {
	if want != "" && want != got {
		c.fail(n, "det blir %s, inte %s", "it comes out as %s, not %s", got, want)
	}
}

// wordsOf are reasons with their codes, so that who reads a failure sees why.
func wordsOf(reasons []Reason) string {
	var out []string
	for _, r := range reasons {
		out = append(out, string(r.Code)+" ("+strings.TrimSuffix(r.Words("en"), ".")+")")
	}
	if len(out) == 0 {
		return "-"
	}
	return strings.Join(out, ", ")
}

// because: each of the codes is among the reasons.
func (c *caseReader) because(n ast.Node, reasons []Reason) {
	for _, item := range c.list(n) {
		code := Code(c.word(item))
		if _, ok := texts[code]; !ok && code != "" {
			c.fail(item, "skälet %q finns inte", "there is no reason %q", clip(string(code)))
			continue
		}
		if !slices.ContainsFunc(reasons, func(r Reason) bool { return r.Code == code }) {
			c.fail(item, "skälet %q saknas; skälen är %s", "the reason %q is missing; the reasons are %s", code, wordsOf(reasons))
		}
	}
}

// requirements: each that is named has the answer that is told.
func (c *caseReader) requirements(n ast.Node, v *Verdict) {
	known := map[string]func(ast.Node){}
	var ids []string
	var add func(rs []Result)
	add = func(rs []Result) {
		for i := range rs {
			r := &rs[i]
			if known[r.ID] == nil {
				ids = append(ids, r.ID)
				known[r.ID] = func(n ast.Node) { c.requirement(n, r) }
			}
		}
		for i := range rs {
			add(rs[i].Parts)
		}
	}
	add(v.Requirements)
	if len(ids) == 0 {
		c.fail(n, "den dagen frågas det inte efter några krav", "no requirements are asked of on that day")
		return
	}
	c.keys(n, known)
}

func (c *caseReader) requirement(n ast.Node, r *Result) {
	states := []string{string(Met), string(Missing), string(AtRisk), string(Unknown)}
	is := func(n ast.Node) {
		if want := c.oneOf(n, states...); want != "" && want != string(r.State) {
			c.fail(n, "kravet %s är %q, inte %q: %s", "the requirement %s is %q, not %q: %s", r.ID, r.State, want, wordsOf(r.Reasons))
		}
	}
	if programme.Pairs(n) == nil {
		is(n)
		return
	}
	c.keys(n, map[string]func(ast.Node){
		"is":       is,
		"because":  func(n ast.Node) { c.because(n, r.Reasons) },
		"missed":   func(n ast.Node) { c.same(n, strconv.FormatBool(c.yes(n)), strconv.FormatBool(r.Missed)) },
		"met_on":   func(n ast.Node) { c.same(n, c.dayOr(n, "never"), orNever(r.MetOn)) },
		"deadline": func(n ast.Node) { c.same(n, c.dayOr(n, "never"), orNever(r.Deadline)) },
		"says":     func(n ast.Node) { c.says(n, r.Reasons) },
	})
}

// says: one of the reasons has the words, in the language that is named.
func (c *caseReader) says(n ast.Node, reasons []Reason) {
	in := func(lang string) func(ast.Node) {
		return func(n ast.Node) {
			want, found := c.word(n), []string{}
			for _, r := range reasons {
				found = append(found, r.Words(lang))
			}
			if want != "" && !slices.Contains(found, want) {
				c.fail(n, "så står det inte; det står: %s", "it does not say so; it says: %s", strings.Join(found, " | "))
			}
		}
	}
	c.keys(n, map[string]func(ast.Node){"sv": in("sv"), "en": in("en")})
}

// outlook: what the round will give each of its leaders.
func (c *caseReader) outlook(n ast.Node, v *Verdict, facts Facts) {
	var round string
	var leaders, because ast.Node
	c.keys(n, map[string]func(ast.Node){
		"round":   func(n ast.Node) { round = c.word(n) },
		"leaders": func(n ast.Node) { leaders = n },
		"because": func(n ast.Node) { because = n },
	}, "round", "leaders")
	if round == "" || leaders == nil {
		return
	}
	var names []string
	for _, p := range prospects {
		names = append(names, string(p))
	}
	known := map[string]func(ast.Node){}
	var reasons []Reason
	for _, l := range RoundOutlook(c.def, facts, round, v.On).Leaders {
		if l.Credential != v.Credential {
			continue
		}
		for _, cond := range l.Conditions {
			if cond.Prospect != ProspectMet {
				reasons = append(reasons, cond.Reason)
			}
		}
		known[l.Who] = func(n ast.Node) {
			want := c.oneOf(n, append(names, "nothing asked")...)
			got := string(l.Prospect)
			if l.For == "" {
				got = "nothing asked"
			}
			if want != "" && want != got {
				c.fail(n, "utsikten för %s är %q, inte %q", "the outlook for %s is %q, not %q", l.Who, got, want)
			}
		}
	}
	c.keys(leaders, known)
	if because != nil {
		c.because(because, reasons)
	}
}
