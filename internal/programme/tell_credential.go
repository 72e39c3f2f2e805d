package programme

import "strings"

func (t *teller) credential(c *Credential) {
	path := under("credentials", c.ID)
	whom := []Audience{ForLeaders, ForHub}
	switch {
	case c.HeldBy == OfUnit:
		whom = []Audience{ForMunicipality, ForHub}
	case c.Role != "":
		if r, ok := t.d.Role(c.Role); ok {
			whom = map[string][]Audience{"supervisor": {ForSupervisors, ForHub}, "trainer": {ForTrainers, ForHub}, "therapist": {ForTherapists, ForHub}}[r.ActsAs]
		}
	}
	if whom == nil {
		whom = []Audience{ForLeaders, ForHub}
	}
	t.section(path, c.Title.In(t.lang), whom...)
	t.row(path+".title", t.say("Certifiering", "Credential"), c.Title.In(t.lang))
	t.noted(path)
	t.row(path+".held_by", t.say("Hålls av en", "Held by a"), t.name("of-"+string(c.HeldBy)))
	if c.Role != "" {
		t.row(path+".role", t.say("Ger rollen", "Gives the role"), t.role(c.Role))
	}
	grant := t.name(string(c.Grant))
	if len(c.GrantedBy) > 0 {
		grant += t.say(" av ", " of ") + t.or(t.roles(c.GrantedBy))
	}
	t.row(path+".grant", t.say("Ges", "Granted"), grant)
	t.noted(path + ".granted_by")
	t.requirements(c.Requires, path+".requires", t.say("Krävs", "Required"))
	t.valid(c, path)
	t.requirements(c.Keeps, path+".keeps", t.say("För att behålla", "To keep it"))
	t.requirements(c.Renew, path+".renew", t.say("För att förnya", "To renew it"))
	if !c.Valid.Forever() {
		next := map[NextTerm]string{FromDecision: t.say("beslutet om förnyelse", "the decision to renew"), FromEnd: t.name("end")}[c.NextTerm]
		t.row(path+".next_term", t.say("Nästa tid räknas från", "The next term is counted from"), next)
		if c.Restore.Way != RestoreOwn {
			t.row(path+".restore", t.say("Efter att den upphört", "Once it has lapsed"), t.name(string(c.Restore.Way)))
		}
	}
	t.requirements(c.Restore.Requires, path+".restore", t.say("Efter att den upphört", "Once it has lapsed"))
}

func (t *teller) valid(c *Credential, path string) {
	label := t.say("Gäller", "Valid")
	if len(c.Valid.With) > 0 {
		t.row(path+".valid.with", label, t.say("så länge som ", "as long as ")+t.or(t.credentials(c.Valid.With)))
		t.noted(path + ".valid")
	} else if c.Valid.Forever() {
		t.row(path+".valid", label, t.say("utan slut", "without end"))
	}
	for i, term := range c.Valid.Terms {
		at, label := path+".valid", label
		if i > 0 {
			at += "." + itoa(i)
		}
		if len(c.Valid.Terms) > 1 {
			label += t.say(", gång ", ", time ") + itoa(i+1)
		}
		t.row(at, label, t.term(c, term))
		t.noted(path + ".valid")
		t.requirements(term.Renew, at+".renew", t.say("För att förnya efter den tiden", "To renew after that term"))
	}
	if !c.Grace.IsZero() {
		t.row(path+".grace", t.say("Frist innan den upphör", "Grace before it lapses"), t.period(c.Grace))
	}
	var warn []string
	if !c.Warn.Before.IsZero() {
		warn = append(warn, t.period(c.Warn.Before)+t.say(" före slutet", " before the end"))
	}
	if c.Warn.Rounds > 0 {
		w := t.word("", "round")
		left := bare(w.A)
		if c.Warn.Rounds > 1 {
			left = w.Many
		}
		warn = append(warn, t.say("när ", "when ")+itoa(c.Warn.Rounds)+" "+left+t.say(" återstår", " is left"))
	}
	t.row(path+".warn", t.say("Påminns", "Reminded"), t.or(warn))
}

// term tells one time of validity.
func (v voice) term(c *Credential, term Term) string {
	var limits []string
	if !term.Length.IsZero() {
		limits = append(limits, v.period(term.Length))
	}
	for _, n := range []struct {
		count int
		word  string
	}{{term.Rounds, "round"}, {term.Cases, "case"}} {
		if n.count > 0 {
			limits = append(limits, v.count(n.count, v.word("", n.word)))
		}
	}
	value := v.or(limits)
	if len(limits) > 1 {
		value += v.say(", det som inträffar först", ", whichever comes first")
	}
	if len(term.Variants) > 0 {
		value += v.say("; räknas i ", "; counted in ") + v.and(v.variants(term.Variants))
	}
	if term.Role != "" {
		value += v.say("; som ", "; as ") + v.role(term.Role)
	}
	if len(c.Valid.With) > 0 {
		value += v.say("; dock bara så länge som ", "; but only as long as ") + v.or(v.credentials(c.Valid.With))
	}
	return value
}

// count is a number and its noun.
func (v voice) count(n int, w Word) string {
	if n == 1 {
		return "1 " + bare(w.A)
	}
	return itoa(n) + " " + w.Many
}

func (t *teller) requirements(items []Requirement, path, label string) {
	for _, r := range items {
		at := under(path, r.ID)
		text := t.own(r)
		if len(r.Words) > 0 {
			if built := t.rule(r); built != "" {
				text += " (" + built + ")"
			}
		}
		t.row(at, label, text+t.modifiers(r, items))
	}
}

// RequirementText is a requirement in words: the programme's own, or else the product's. lang is sv, or else English. Deadlines,
// cadence and what follows when it is missed are not in it; Show tells them.
func (d *Definition) RequirementText(r Requirement, lang string) string {
	return voice{d: d, lang: lang}.own(r)
}

// own is RequirementText in the voice.
func (v voice) own(r Requirement) string {
	if len(r.Words) > 0 {
		return r.Words.In(v.lang)
	}
	return v.rule(r)
}

// modifiers tells what holds for a requirement of any kind.
func (v voice) modifiers(r Requirement, list []Requirement) string {
	var parts []string
	add := func(sv, en string) { parts = append(parts, v.say(sv, en)) }
	if r.Per != "" {
		w := map[Per]string{PerPerson: v.say("var och en av personalen", "each of the staff"), PerRound: bare(v.word("", "round").A), PerCase: bare(v.word("", "case").A)}[r.Per]
		add("för varje "+w, "for each "+w)
		if r.Per == PerPerson {
			parts[len(parts)-1] = v.say("för ", "for ") + w
		}
	}
	if !r.Within.IsZero() {
		after := map[string]string{AfterStart: v.say("det första steget", "the first step"), AfterCertificate: v.say("certifikatet", "the certificate")}[r.After]
		for _, other := range list {
			if other.ID == r.After {
				after = v.say("att detta är uppfyllt: ", "this is met: ") + v.own(other)
			}
		}
		add("inom "+v.period(r.Within)+" efter "+after, "within "+v.period(r.Within)+" after "+after)
	}
	for i, s := range r.Every {
		text := v.rhythm(s.Each)
		if i > 0 {
			text = v.say("därefter ", "then ") + text
		}
		if !s.For.IsZero() {
			text += v.say(" under ", " for ") + v.period(s.For)
		}
		parts = append(parts, text)
	}
	if !r.NotOlder.IsZero() {
		add("inte äldre än "+v.period(r.NotOlder), "not older than "+v.period(r.NotOlder))
	}
	if r.Since == Ever && r.IfMissed != "" {
		add("även sådant som är äldre än certifikatet räknas", "what is older than the certificate counts too")
	}
	if r.Since == SinceCertificate && r.IfMissed == "" {
		add("räknat från certifikatet", "counted from the certificate")
	}
	if r.Advised {
		add("rekommenderas, krävs inte", "recommended, not required")
	}
	if r.IfMissed != "" && !r.Advised {
		add("om det uteblir: "+v.name(string(r.IfMissed)), "if missed: "+v.name(string(r.IfMissed)))
	}
	if r.Stage != stageOf(r) {
		add("hör till tiden "+v.name(string(r.Stage)+"-stage"), "belongs to the time "+v.name(string(r.Stage)+"-stage"))
	}
	if len(parts) == 0 {
		return ""
	}
	return "; " + strings.Join(parts, "; ")
}
