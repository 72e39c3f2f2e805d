package programme

import (
	"strings"
)

// slots tells what the hub fills in: materials, instruments, forms.
func (t *teller) slots() {
	if len(t.d.Materials) > 0 {
		t.section("materials", t.say("Material", "Materials"), ForHub, ForLeaders)
	}
	for _, m := range t.d.Materials {
		t.row(under("materials", m.ID), m.Title.In(t.lang), t.material(m))
	}
	if len(t.d.Instruments) > 0 {
		t.section("instruments", t.say("Formulär", "Questionnaires"), ForHub, ForParticipants)
	}
	for _, i := range t.d.Instruments {
		parts := []string{i.Title.In(t.lang), t.say("besvaras av ", "answered by ") + t.name(i.Answers), t.rights(i.Rights)}
		if len(i.Languages) > 0 {
			parts = append(parts, t.say("på ", "in ")+t.languages(i.Languages))
		}
		t.row(under("instruments", i.ID), i.Title.In(t.lang), strings.Join(parts, "; "))
	}
	if len(t.d.Forms) > 0 {
		t.section("forms", t.say("Bedömningsformulär", "Review forms"), ForHub, ForSupervisors)
	}
	for _, f := range t.d.Forms {
		path := under("forms", f.ID)
		t.row(path, f.Title.In(t.lang), f.Title.In(t.lang))
		t.row(path+".scale", t.say("Skala", "Scale"), itoa(f.Min)+"–"+itoa(f.Max))
		for _, item := range f.Items {
			t.row(under(path+".items", item.ID), t.say("Punkt", "Item"), item.Title.In(t.lang))
		}
		t.flag(path+".slot", t.say("Ägarens egna punkter fylls i av hemvisten", "The owner's own items are filled in by the hub"), f.Slot)
		t.flag(path+".blind", t.say("Två bedömer utan att se varandras", "Two rate without seeing each other's"), f.Blind)
	}
}

func (t *teller) rights(r string) string {
	switch r {
	case "owner":
		return t.say("ägarens: laddas upp av hemvisten enligt ägarens villkor", "the owner's: uploaded by the hub on the owner's terms")
	case "hub":
		return t.say("hemvistens eget", "the hub's own")
	default:
		return t.say("fritt att använda", "free to use")
	}
}

func (t *teller) material(m Material) string {
	parts := []string{m.Title.In(t.lang), t.name(string(m.Kind))}
	if m.For != "" {
		parts = append(parts, t.say("till ", "for ")+t.role(m.For))
	}
	switch m.Per {
	case PerSession:
		each := t.say("ett per träff", "one for each session")
		if len(m.Session) > 0 {
			each += " (" + t.kinds(m.Session) + ")"
		}
		parts = append(parts, each)
	case PerRound:
		parts = append(parts, t.say("ett per omgång", "one for each round"))
	case PerVariant:
		parts = append(parts, t.say("ett per inriktning", "one for each variant"))
	}
	if len(m.Variants) > 0 {
		parts = append(parts, t.and(t.variants(m.Variants)))
	}
	if m.Given != nil {
		parts = append(parts, t.say("delas ut ", "given ")+t.moment(*m.Given))
	}
	if len(m.Languages) > 0 {
		parts = append(parts, t.say("på ", "in ")+t.languages(m.Languages))
	}
	if len(m.Accepts) > 0 {
		parts = append(parts, t.or(m.Accepts))
	}
	if m.Copies {
		parts = append(parts, t.say("vem som har vilket exemplar antecknas", "who has which copy is kept"))
	}
	return strings.Join(append(parts, t.rights(m.Rights)), "; ")
}

// handling tells films, interpreters and how long data are kept.
func (t *teller) handling() {
	if t.d.Filming == nil && t.d.Interpreter == nil && len(t.d.Retention) == 0 {
		return
	}
	t.section("handling", t.say("Film, tolk och gallring", "Films, interpreters and how long data are kept"), ForHub, ForLeaders, ForParticipants)
	t.filming("filming", t.d.Filming)
	t.interpreter("interpreter", t.d.Interpreter)
	for i, r := range t.d.Retention {
		label := t.say("Så länge sparas ", "How long we keep ") + t.name(r.What)
		t.row(under("retention", r.What), label, t.period(r.Keep)+t.say(" efter ", " after ")+t.name(r.After))
		t.noted(under("retention", itoa(i)))
	}
}

func (t *teller) filming(path string, f *Filming) {
	if f == nil {
		return
	}
	parts := []string{t.span(f.Of)}
	if !f.Minutes.IsZero() {
		parts = append(parts, t.numbers(f.Minutes)+t.say(" minuter", " minutes"))
	}
	if len(f.Kinds) > 0 {
		parts = append(parts, t.kinds(f.Kinds))
	}
	if f.Camera != "" {
		parts = append(parts, t.say("i bild: ", "in view: ")+t.name(f.Camera))
	}
	if len(f.Consent) > 0 {
		parts = append(parts, t.say("samtycke av ", "consent of ")+t.and(namesOf(t.voice, f.Consent)))
	}
	if f.UploadedBy != "" {
		parts = append(parts, t.say("laddas upp av ", "uploaded by ")+t.role(f.UploadedBy))
	}
	if !f.UploadWithin.IsZero() {
		parts = append(parts, t.say("inom ", "within ")+t.period(f.UploadWithin))
	}
	t.row(path, t.say("Filmning", "Filming"), strings.Join(parts, "; "), ForLeaders, ForParticipants, ForSupervisors)
}

func (t *teller) interpreter(path string, i *Interpreter) {
	if i == nil {
		return
	}
	value := t.yes(i.Allowed)
	if i.PaidBy != "" {
		value += t.say("; betalas av ", "; paid by ") + t.name(i.PaidBy)
	}
	if len(i.AlsoWhen) > 0 {
		value += t.say(", även för ", ", also for ") + t.and(namesOf(t.voice, i.AlsoWhen))
	}
	t.row(path, t.say("Med tolk", "With an interpreter"), value, ForHub, ForMunicipality, ForLeaders)
}

// money tells prices, agreements and the plan.
func (t *teller) money() {
	if len(t.d.Prices)+len(t.d.Services)+len(t.d.Agreements)+len(t.d.Plan) == 0 {
		return
	}
	t.section("money", t.say("Priser och avtal", "Prices and agreements"), ForHub, ForMunicipality)
	for _, s := range t.d.Services {
		t.row(under("services", s.ID), t.say("Tjänst", "Service"), s.Title.In(t.lang))
	}
	for _, p := range t.d.Prices {
		t.price(p)
	}
	for _, a := range t.d.Agreements {
		value := a.Title.In(t.lang) + t.say("; med ", "; with ") + t.name(a.With)
		if a.When != "" {
			value += "; " + t.name(a.When)
		}
		if len(a.Follows) > 0 {
			waves := make([]string, len(a.Follows))
			for i, w := range a.Follows {
				waves[i] = t.wave(w)
			}
			value += t.say("; följs upp: ", "; followed up: ") + t.and(waves)
		}
		t.row(under("agreements", a.ID), t.say("Avtal", "Agreement"), value)
	}
	for i, y := range t.d.Plan {
		value := itoa(y.Places) + t.say(" externa platser, ", " outside places, ") + t.percent(y.SelfFinanced) + t.say(" självfinansierat", " self-financed")
		t.row(under("plan", itoa(y.Year)), t.say("År ", "Year ")+itoa(y.Year), value, ForHub)
		t.noted(under("plan", itoa(i)))
	}
}

func (t *teller) price(p Price) {
	title := p.Item
	if v, ok := t.d.Variant(p.Item); ok {
		title = v.Title.In(t.lang)
	} else if c, ok := t.d.Credential(p.Item); ok {
		title = c.Title.In(t.lang)
	}
	for _, s := range t.d.Services {
		if s.ID == p.Item {
			title = s.Title.In(t.lang)
		}
	}
	value := t.kronor(p.Ore) + t.say(" per ", " a ") + t.name(p.Per) + ", " + t.name(string(p.VAT))
	if len(p.Includes) > 0 {
		value += t.say("; med ", "; with ") + t.and(namesOf(t.voice, p.Includes))
	}
	if p.For != "" {
		value += t.say("; för ", "; for ") + t.name(p.For)
	}
	// A price without a day counts from the definition's own; a later definition that repeats it has changed nothing.
	from, key := t.say(" från ", " from ")+p.From.String(), p.From.String()
	if p.Undated {
		from, key = t.say(" (källan har ingen dag)", " (the source has no day)"), "undated"
	}
	t.row("prices."+p.Item+"."+p.For+"."+key, title+from, value)
	t.noted(p.path)
}
