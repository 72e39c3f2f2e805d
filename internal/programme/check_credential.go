package programme

import "strings"

func (c *checker) credential(cr *Credential) {
	at := under("credentials", cr.ID)
	ids := map[string]string{}
	for _, list := range []struct {
		name  string
		items []Requirement
	}{{"requires", cr.Requires}, {"keeps", cr.Keeps}, {"renew", cr.Renew}, {"restore", cr.Restore.Requires}} {
		c.rules(cr, list.items, at+"."+list.name, list.name, ids, 0)
	}
	for i, t := range cr.Valid.Terms {
		path := at + ".valid"
		if c.said(path + ".0") {
			path += "." + itoa(i)
		}
		c.rules(cr, t.Renew, path+".renew", "renew", ids, 0)
		if c.said(path+".years") && c.said(path+".months") {
			c.wrong(c.at(path+".months"), "years-and-months")
		}
	}
	c.validity(cr, at)
	if cr.Role != "" && cr.HeldBy == OfUnit {
		c.wrong(c.at(at+".role"), "unit-in-role", "id", cr.ID)
	}
	if cr.Grant == GrantAutomatic && len(cr.GrantedBy) > 0 {
		c.wrong(c.at(at+".granted_by"), "granted-automatic")
	}
}

// validity finds terms without an end, and rules that nothing can ever call for.
func (c *checker) validity(cr *Credential, at string) {
	path := at + ".valid"
	c.terms(path)
	if has(cr.Valid.With, cr.ID) {
		c.wrong(c.at(path+".with"), "requires-itself", "id", cr.ID)
	}
	if !cr.Valid.Forever() || c.mistaken(path) {
		if cr.Warn.Rounds > 0 && !hasRounds(cr.Valid.Terms) && len(cr.Valid.Terms) > 0 {
			c.wrong(c.at(at+".warn.rounds"), "warn-no-rounds")
		}
		if cr.Warn.Before.days() > 0 {
			for _, t := range cr.Valid.Terms {
				if lengthDays(t.Length) < cr.Warn.Before.days() {
					c.wrong(c.at(at+".warn.before"), "warn-too-early", "value", cr.Warn.Before.String(), "limit", t.Length.String())
					break
				}
			}
		}
		return
	}
	for _, k := range []string{"grace", "warn", "renew", "next_term"} {
		if c.said(at + "." + k) {
			c.wrong(c.at(at+"."+k), "never-ends", "key", k)
		}
	}
}

// terms finds terms that no limit ends.
func (c *checker) terms(path string) {
	v := c.values[path]
	if v == nil || v.data != nil {
		return
	}
	terms := v.items
	if v.shape != nil {
		terms = []*value{v}
	}
	for _, t := range terms {
		limited := false
		for _, k := range []string{"years", "months", "rounds", "cases", "with"} {
			limited = limited || t.entry(k) != nil
		}
		if !limited {
			c.wrong(t.at, "term-empty")
		}
	}
}

func hasRounds(terms []Term) bool {
	for _, t := range terms {
		if t.Rounds > 0 {
			return true
		}
	}
	return false
}

// maxNested is how deep any_of and all_of may stand in each other.
const maxNested = 4

func (c *checker) rules(cr *Credential, items []Requirement, at, list string, ids map[string]string, depth int) {
	if depth > maxNested {
		c.wrong(c.at(at), "too-deep")
		return
	}
	siblings := map[string]bool{AfterStart: true, AfterCertificate: list != "requires"}
	names := []string{AfterStart}
	if list != "requires" {
		names = append(names, AfterCertificate)
	}
	for _, r := range items {
		siblings[r.ID] = true
		names = append(names, r.ID)
	}
	for _, r := range items {
		path := under(at, r.ID)
		if first, double := ids[r.ID]; double && r.ID != "" && first != path {
			c.wrong(c.at(path+".id"), "double-id", "id", r.ID, "line", itoa(c.at(first+".id").line))
		} else {
			ids[r.ID] = path
		}
		c.modifiers(r, path, list)
		switch {
		case r.After == "":
		case r.After == r.ID:
			c.wrong(c.at(path+".after"), "names-itself", "id", r.ID)
		case !siblings[r.After]:
			c.wrong(c.at(path+".after"), "unknown-id", "id", r.After, "of", nsRule, "guess", closest(r.After, names), "values", listed(names))
		}
		c.rule(cr, r, path)
		if parts := r.Parts(); parts != nil {
			c.rules(cr, parts, path+"."+string(r.Kind), list, ids, depth+1)
		}
	}
}

// modifiers looks at the keys that every kind has.
func (c *checker) modifiers(r Requirement, at, list string) {
	if r.Within.IsZero() != (r.After == "") && !c.mistaken(at) {
		c.wrong(c.at(at), "within-after")
	}
	if c.said(at+".if_missed") && list != "keeps" {
		c.wrong(c.at(at+".if_missed"), "missed-not-kept")
	}
	if len(r.Every) > 0 && list == "requires" {
		c.wrong(c.at(at+".every"), "every-not-kept")
	}
	for i, s := range r.Every {
		path := at + ".every." + itoa(i)
		switch last := i == len(r.Every)-1; {
		case last && !s.For.IsZero():
			c.wrong(c.at(path+".for"), "last-step-ends")
		case !last && s.For.IsZero() && c.said(path):
			c.wrong(c.at(path), "step-endless")
		case !last && lengthDays(s.For) < s.Each.days():
			c.wrong(c.at(path+".for"), "step-short", "value", s.For.String(), "limit", s.Each.String())
		}
	}
}

// rule looks at what is asked for: can it be had at all?
func (c *checker) rule(cr *Credential, r Requirement, at string) {
	switch rule := r.Rule.(type) {
	case Attested:
		if len(r.Words) == 0 && !c.said(at+".words") {
			c.wrong(c.at(at), "missing-key", "key", "words", "example", "words: {sv: Chefen har gett klartecken, en: The manager has given the go-ahead}")
		}
	case Staff:
		if len(rule.Completed) == 0 && len(rule.Holds) == 0 && !c.said(at+".completed") && !c.said(at+".holds") {
			c.wrong(c.at(at), "staff-nothing")
		}
		if cr.HeldBy == Person {
			c.wrong(c.at(at), "staff-of-person")
		}
	case Practice:
		c.practice(r.Kind, rule, at)
	case Reviews:
		c.reviews(rule, at)
	case Completed:
		c.completed(rule, at)
	}
	if r.Per == PerPerson && cr.HeldBy == Person {
		c.wrong(c.at(at+".per"), "per-person")
	}
}

func (c *checker) completed(rule Completed, at string) {
	for _, id := range rule.Variants {
		v, ok := c.d.Variant(id)
		if ok && rule.Attended.N > len(v.sessions) && len(v.sessions) > 0 {
			c.wrong(c.at(at+".attended"), "more-than-sessions", "value", rule.Attended.String(), "count", itoa(len(v.sessions)), "variant", id)
		}
		if ok && v.Kind == Treatment {
			c.wrong(c.at(at+".completed"), "treatment-as-course", "id", id)
		}
	}
}

func (c *checker) practice(kind Kind, p Practice, at string) {
	for _, id := range p.Variants {
		v, ok := c.d.Variant(id)
		if !ok {
			continue
		}
		if (kind == KindCases) != (v.Kind == Treatment) && kind != KindSessions {
			c.wrong(c.at(at+".variants"), "rounds-or-cases", "id", id, "kind", string(kind))
		}
		count := len(counted(v, p.SessionKinds))
		if count == 0 {
			continue
		}
		asked := map[string]Quantity{"held": p.Held, "led": p.Led, "filmed": p.Filmed, "supervised": p.Supervised}
		if p.Participants != nil {
			asked["participants.present_at"] = p.Participants.PresentAt
			if m := v.Participants.Limit.Max; m > 0 && p.Participants.AtLeast > m {
				c.wrong(c.at(at+".participants.at_least"), "more-than-limit", "value", itoa(p.Participants.AtLeast), "limit", itoa(m), "variant", id)
			}
		}
		if p.Finished != nil {
			asked["finished.present_at"] = p.Finished.PresentAt
		}
		for key, q := range asked {
			if q.N > count {
				c.wrong(c.at(at+"."+key), "more-than-sessions", "value", q.String(), "count", itoa(count), "variant", id)
			}
		}
	}
}

// counted are the variant's sessions that a requirement looks at.
func counted(v *Variant, kinds []SessionKind) []Session {
	if len(kinds) > 0 {
		return v.SessionsOf(kinds...)
	}
	var out []Session
	for _, s := range v.sessions {
		if s.Kind != Information {
			out = append(out, s)
		}
	}
	return out
}

func (c *checker) reviews(rv Reviews, at string) {
	if rv.Of != Clip && c.said(at+".minutes") {
		c.wrong(c.at(at+".minutes"), "minutes-whole")
	}
	if len(rv.Holding) > 0 && len(rv.By) > 0 && !has(rv.By, ByExpert) {
		c.wrong(c.at(at+".holding"), "holding-no-expert")
	}
	if rv.Rating != nil && !c.rating(*rv.Rating, at+".rating") {
		return
	}
	if rv.From.Latest > 0 && rv.From.What == PerRound && len(rv.Variants) > 0 && has(rv.Different, DifferentSession) {
		most := 0
		for _, id := range rv.Variants {
			if v, ok := c.d.Variant(id); ok {
				most = max(most, rv.From.Latest*len(counted(v, rv.Kinds)))
			}
		}
		if most > 0 && rv.Count > most {
			c.wrong(c.at(at), "more-than-sessions", "value", itoa(rv.Count), "count", itoa(most), "variant", strings.Join(rv.Variants, ", "))
		}
	}
}

// rating looks at a threshold; false when there is no scale to hold it against.
func (c *checker) rating(r Rating, at string) bool {
	f, ok := c.d.Form(r.Form)
	limit := 0.0
	switch {
	case !ok || r.Measure == MeasureTotal:
		return false
	case r.Measure == MeasurePercent:
		limit = 100
	default:
		limit = float64(f.Max)
	}
	if r.AtLeast > limit || c.said(at+".measure") && r.Measure != MeasurePercent && c.isShare(at+".at_least") {
		c.wrong(c.at(at+".at_least"), "beyond-scale", "low", itoa(f.Min), "high", itoa(f.Max))
	}
	return true
}

// isShare tells whether the threshold at the path was written with a percent sign.
func (c *checker) isShare(path string) bool {
	v := c.values[path]
	if v == nil {
		return false
	}
	l, ok := v.data.(limit)
	return ok && l.share
}

// Parts are the requirements within any_of and all_of; nil for other kinds.
func (r Requirement) Parts() []Requirement {
	switch rule := r.Rule.(type) {
	case AnyOf:
		return rule.Requirements
	case AllOf:
		return rule.Requirements
	default:
		return nil
	}
}

// circles finds credentials that nobody can get, because each asks for another that asks for it in the end.
func (c *checker) circles() {
	gettable := map[string]bool{}
	for changed := true; changed; {
		changed = false
		for _, cr := range c.d.Credentials {
			if !gettable[cr.ID] && c.can(cr.Requires, gettable) {
				gettable[cr.ID], changed = true, true
			}
		}
	}
	for _, cr := range c.d.Credentials {
		for _, n := range needsOf(cr.Requires, under("credentials", cr.ID)+".requires") {
			if n.id == cr.ID {
				c.wrong(c.at(n.path), "requires-itself", "id", cr.ID)
			} else if !gettable[cr.ID] && !gettable[n.id] && c.reaches(n.id, cr.ID, map[string]bool{}) {
				c.wrong(c.at(n.path), "requires-circle", "id", cr.ID, "other", n.id)
			}
		}
	}
}

// can tells whether the requirements ask for nothing but credentials that can be had.
func (c *checker) can(items []Requirement, gettable map[string]bool) bool {
	for _, r := range items {
		if r.Advised {
			continue
		}
		ok := true
		switch rule := r.Rule.(type) {
		case Holds:
			ok = c.anyGettable(rule.Credentials, gettable)
		case Staff:
			ok = len(rule.Holds) == 0 || len(rule.Completed) > 0 || c.anyGettable(rule.Holds, gettable)
		case AllOf:
			ok = c.can(rule.Requirements, gettable)
		case AnyOf:
			ok = len(rule.Requirements) == 0
			for i := range rule.Requirements {
				ok = ok || c.can(rule.Requirements[i:i+1], gettable)
			}
		}
		if !ok {
			return false
		}
	}
	return true
}

// anyGettable is true also for ids that are unknown: those are told of elsewhere.
func (c *checker) anyGettable(ids []string, gettable map[string]bool) bool {
	for _, id := range ids {
		if _, known := c.d.Credential(id); !known || gettable[id] {
			return true
		}
	}
	return len(ids) == 0
}

// need is a credential that another asks for, and where.
type need struct{ id, path string }

func needsOf(items []Requirement, at string) []need {
	var out []need
	for _, r := range items {
		path := under(at, r.ID)
		switch rule := r.Rule.(type) {
		case Holds:
			for _, id := range rule.Credentials {
				out = append(out, need{id, path + ".holds"})
			}
		case Staff:
			for _, id := range rule.Holds {
				out = append(out, need{id, path + ".holds"})
			}
		case AnyOf, AllOf:
			out = append(out, needsOf(r.Parts(), path+"."+string(r.Kind))...)
		}
	}
	return out
}

func (c *checker) reaches(from, to string, seen map[string]bool) bool {
	if from == to {
		return true
	}
	if seen[from] {
		return false
	}
	seen[from] = true
	cr, ok := c.d.Credential(from)
	if !ok {
		return false
	}
	for _, n := range needsOf(cr.Requires, "") {
		if c.reaches(n.id, to, seen) {
			return true
		}
	}
	return false
}
