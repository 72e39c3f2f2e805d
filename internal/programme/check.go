package programme

import (
	"maps"
	"slices"
	"strings"

	"hemvist/internal/clock"
)

// checker finds what is wrong between parts that are each well-formed.
type checker struct {
	*reader
	d *Definition
}

func (c *checker) check() {
	c.principles()
	for i := range c.d.Variants {
		c.variant(&c.d.Variants[i])
	}
	for i := range c.d.Credentials {
		c.credential(&c.d.Credentials[i])
	}
	c.circles()
	for _, f := range c.d.Forms {
		if at := under("forms", f.ID); c.said(at + ".scale") {
			if f.Max == 0 || f.Min >= f.Max {
				c.wrong(c.at(at+".scale"), "scale")
			}
		}
		if len(f.Items) == 0 && !f.Slot {
			c.wrong(c.at("forms."+f.ID), "form-empty")
		}
	}
	for _, m := range c.d.Materials {
		if at := under("materials", m.ID) + ".session_kinds"; c.said(at) && m.Per != PerSession {
			c.wrong(c.at(at), "kinds-no-session")
		}
	}
	c.filming(c.d.Filming, "filming")
	c.twice("plan", "year", len(c.d.Plan), func(i int) string { return itoa(c.d.Plan[i].Year) })
	c.twice("retention", "what", len(c.d.Retention), func(i int) string { return c.d.Retention[i].What })
}

// at is where the value at the path begins, or the nearest mapping around it.
func (c *checker) at(path string) place {
	for {
		if p, ok := c.places[path]; ok {
			return p
		}
		cut := strings.LastIndexByte(path, '.')
		if cut < 0 {
			return place{1, 1}
		}
		path = path[:cut]
	}
}

// said tells whether the file has something at the path.
func (c *checker) said(path string) bool { _, ok := c.places[path]; return ok }

// checkRefs finds ids that name nothing.
func (r *reader) checkRefs() {
	special := map[string][]string{nsRecipient: {"participant", "learner"}, nsVoucher: {"contact"}}
	parts := map[string][]string{
		nsItem: {nsVariant, nsCredential, nsService}, nsRecipient: {nsRole}, nsVoucher: {nsRole},
	}
	known := map[string][]string{}
	for _, u := range r.refs {
		if u.namespace == nsRule {
			continue // the checker looks at these list by list
		}
		ids, ok := known[u.namespace]
		if !ok {
			spaces := parts[u.namespace]
			if spaces == nil {
				spaces = []string{u.namespace}
			}
			ids = slices.Clone(special[u.namespace])
			for _, ns := range spaces {
				ids = slices.AppendSeq(ids, maps.Keys(r.ids[ns]))
			}
			slices.Sort(ids)
			known[u.namespace] = ids
		}
		if _, found := slices.BinarySearch(ids, u.id); found {
			continue
		}
		guess := ""
		if len(r.mistakes) < maxMistakes {
			guess = closest(u.id, ids)
		}
		if len(ids) == 0 {
			r.wrong(u.at, "unknown-id-of-none", "id", u.id, "of", u.namespace)
			continue
		}
		r.wrong(u.at, "unknown-id", "id", u.id, "of", u.namespace, "guess", guess, "values", listed(ids))
	}
}

// twice finds two items of a list with the same key.
func (c *checker) twice(list, key string, n int, of func(int) string) {
	first := map[string]int{}
	for i := range n {
		k := of(i)
		if k == "" || k == "0" {
			continue
		}
		if j, double := first[k]; double {
			c.wrong(c.at(list+"."+itoa(i)+"."+key), "double-value", "value", k, "line", itoa(c.at(list+"."+itoa(j)).line))
			continue
		}
		first[k] = i
	}
}

// twoPrices finds two prices of one thing that begin on the same day.
func (r *reader) twoPrices(list []*value, dated clock.Date) {
	type start struct {
		item, whom string
		from       clock.Date
	}
	first := map[start]place{}
	for _, v := range list {
		from := get[clock.Date](v, "from")
		if v.entry("from") == nil {
			from = dated
		}
		if from.IsZero() {
			continue
		}
		for _, item := range v.list("item") {
			id, _ := item.data.(string)
			k := start{id, get[string](v, "for"), from}
			if line, double := first[k]; double {
				r.wrong(item.at, "two-prices", "item", id, "day", from.String(), "line", itoa(line.line))
				continue
			}
			first[k] = item.at
		}
	}
}

// principles finds principles without a name that do not say so, and the other way round.
func (c *checker) principles() {
	for _, p := range c.d.Principles {
		at := c.at(under("principles", p.ID))
		switch {
		case p.Unnamed && len(p.Title) > 0:
			c.wrong(at, "unnamed-named")
		case !p.Unnamed && len(p.Title) == 0 && p.ID != "" && !c.mistaken(under("principles", p.ID)):
			c.wrong(at, "principle-unnamed")
		}
	}
}

func (c *checker) variant(v *Variant) {
	at := under("variants", v.ID)
	if c.said(at+".treatment") && v.Kind != Treatment || v.Kind == Treatment && v.Treatment == nil && v.ID != "" {
		c.wrong(c.at(at+".treatment"), "treatment-kind")
	}
	if c.said(at + ".participants") {
		c.participants(v.Participants, at+".participants")
	}
	c.filming(v.Filming, at+".filming")
	for _, w := range v.Waves {
		c.wave(w, v, under(at+".waves", w.ID))
	}
	for _, s := range v.Admission {
		if s.InsteadOf != "" && s.InsteadOf == s.ID {
			c.wrong(c.at(under(at+".admission", s.ID)+".instead_of"), "names-itself", "id", s.ID)
		}
	}
	for _, s := range v.Staff {
		path := under(at+".staff", s.Role)
		if s.Learning && len(s.Holds) == 0 {
			c.wrong(c.at(path+".learning"), "learning-nothing")
		}
		for _, id := range s.Holds {
			if cr, ok := c.d.Credential(id); ok && cr.HeldBy == OfUnit {
				c.wrong(c.at(path+".holds"), "unit-in-role", "id", id)
			}
		}
	}
	if v.Treatment != nil {
		c.reports(v, at+".treatment.reports")
	}
}

// mistaken tells whether something at or under the path is mistaken already, so that what follows from it is not told too.
func (c *checker) mistaken(path string) bool {
	for p, v := range c.values {
		if v == nil && (p == path || strings.HasPrefix(p, path+".")) {
			return true
		}
	}
	return false
}

func (c *checker) participants(p Participants, at string) {
	if !p.Limit.IsZero() && !p.Recommended.IsZero() {
		if !p.Limit.Has(p.Recommended.Min) || p.Limit.Max > 0 && (p.Recommended.Max == 0 || p.Recommended.Max > p.Limit.Max) {
			c.wrong(c.at(at+".recommended"), "beyond-limit", "value", p.Recommended.String(), "limit", p.Limit.String())
		}
	}
}

func (c *checker) filming(f *Filming, at string) {
	if f != nil && c.said(at) && f.Of == WholeSession && c.said(at+".minutes") {
		c.wrong(c.at(at+".minutes"), "minutes-whole")
	}
}

func (c *checker) wave(w Wave, v *Variant, at string) {
	if !c.said(at) || len(v.sessions) == 0 {
		return
	}
	for key, m := range map[string]Moment{"opens": w.Opens, "closes": w.Closes} {
		if m.Session > len(v.sessions) {
			c.wrong(c.at(at+"."+key), "no-such-session", "session", itoa(m.Session), "count", itoa(len(v.sessions)))
		}
	}
	if w.Closes.Anchor != "" && w.Opens.Anchor != "" && order(w.Closes, len(v.sessions)) < order(w.Opens, len(v.sessions)) {
		c.wrong(c.at(at+".closes"), "closes-first")
	}
}

// order tells roughly when a moment is: by its anchor's session first, then by days.
func order(m Moment, sessions int) int {
	anchor := map[Anchor]int{AtStart: 1, AtEnd: sessions, AtSession: m.Session}[m.Anchor]
	days := m.Offset.days()
	if m.Before {
		days = -days
	}
	return anchor*1_000 + min(max(days, -499_999), 499_999)
}

func (c *checker) reports(v *Variant, at string) {
	for _, r := range v.Treatment.Reports {
		path := under(at, r.ID)
		switch {
		case r.When == "phase-end" && r.Phase == "":
			c.wrong(c.at(path), "missing-key", "key", "phase", "example", "phase: mapping")
		case r.When == "regularly" && r.Every.IsZero():
			c.wrong(c.at(path), "missing-key", "key", "every", "example", "every: 1 month")
		}
	}
}
