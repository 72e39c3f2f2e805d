package programme

import (
	"strconv"
	"strings"
)

// rule tells what a requirement asks for, by its kind.
func (v voice) rule(r Requirement) string {
	switch rule := r.Rule.(type) {
	case Completed:
		return v.say("genomgången utbildning: ", "course completed: ") + v.or(v.variants(rule.Variants)) + v.attended(rule.Attended)
	case Practice:
		return v.practice(r.Kind, rule)
	case Reviews:
		return v.reviews(r.Kind, rule)
	case Supervision:
		return v.supervision(rule)
	case Education:
		text := v.say("fortbildning: ", "further education: ") + v.amount(rule.Amount)
		return text + v.in(rule.Variants)
	case Holds:
		text := v.say("har certifieringen ", "holds ") + v.or(v.credentials(rule.Credentials))
		if !rule.For.IsZero() {
			text += v.say(" sedan minst ", " since at least ") + v.period(rule.For)
		}
		return text
	case Test:
		text := v.say("godkänt prov: ", "test passed: ") + v.instrument(rule.Test)
		if rule.AtLeast > 0 {
			text += v.say(" med minst ", " with at least ") + v.percent(rule.AtLeast)
		}
		return text
	case Attested:
		by := v.name("hub")
		if len(rule.By) > 0 {
			by = v.or(v.roles(rule.By))
		}
		return v.say("intygas av ", "vouched for by ") + by + v.say(", antecknas som ", ", kept as ") + rule.What
	case Staff:
		return v.staff(rule)
	case Notified:
		return v.say("varje start", "every start") + v.in(rule.Variants) + v.say(" meddelas", " is notified") + v.by(rule.By)
	case Evaluated:
		return v.evaluated(rule)
	case AnyOf:
		return v.parts(v.say("något av: ", "one of: "), rule.Requirements)
	case AllOf:
		return v.parts(v.say("allt av: ", "all of: "), rule.Requirements)
	default:
		return ""
	}
}

func (v voice) parts(head string, items []Requirement) string {
	var out []string
	for i, r := range items {
		out = append(out, "("+strconv.Itoa(i+1)+") "+v.own(r)+v.modifiers(r, items))
	}
	return head + strings.Join(out, " ")
}

func (v voice) attended(q Quantity) string {
	if q.IsZero() {
		return ""
	}
	w := v.word("", "session")
	return v.say(", närvaro vid ", ", there at ") + v.present(q, w)
}

func (v voice) in(variants []string) string {
	if len(variants) == 0 {
		return ""
	}
	return v.say(" i ", " in ") + v.or(v.variants(variants))
}

func (v voice) by(m Moment) string {
	if m.Anchor == "" {
		return ""
	}
	return v.say(", senast ", ", at the latest ") + v.moment(m)
}

func (v voice) as(role string) string {
	if role == "" {
		return ""
	}
	return v.say(" som ", " as ") + v.role(role)
}

func (v voice) practice(kind Kind, p Practice) string {
	w := v.word("", strings.TrimSuffix(string(kind), "s"))
	session := v.word("", "session")
	parts := []string{v.count(p.Count, w) + v.in(p.Variants) + v.as(p.Role)}
	add := func(sv, en string) { parts = append(parts, v.say(sv, en)) }
	if len(p.SessionKinds) == 1 && p.SessionKinds[0] == OnPrinciple {
		session = Word{v.say("en principträff", "a principle session"), "", v.say("principträffar", "principle sessions"), v.say("principträffarna", "the principle sessions")}
	} else if len(p.SessionKinds) > 0 {
		add("räknat på "+v.kinds(p.SessionKinds), "counted on "+v.kinds(p.SessionKinds))
	}
	people := v.word("", "participant")
	if c := p.Participants; c != nil {
		at := v.present(c.PresentAt, session)
		add("minst "+v.count(c.AtLeast, people)+", var och en med på "+at, "at least "+v.count(c.AtLeast, people)+", each there at "+at)
	}
	if c := p.Finished; c != nil {
		at := v.present(c.PresentAt, session)
		add("minst "+v.percent(c.Share)+" av dem som började med på "+at, "at least "+v.percent(c.Share)+" of those who began there at "+at)
	}
	for _, c := range []struct {
		q             Quantity
		one, many, en string
	}{
		{p.Held, "hållen", "hållna", "held"}, {p.Led, "ledd av personen själv", "ledda av personen själv", "led by the person"},
		{p.Filmed, "filmad", "filmade", "filmed"}, {p.Supervised, "handledd", "handledda", "supervised"},
	} {
		if c.q.Every || c.q.N == 1 {
			parts = append(parts, v.quantity(c.q, session)+" "+v.say(c.one, c.en))
		} else if !c.q.IsZero() {
			parts = append(parts, v.quantity(c.q, session)+" "+v.say(c.many, c.en))
		}
	}
	if len(p.Evaluated) > 0 {
		add("med svar: "+v.waves(p.Evaluated), "with answers: "+v.waves(p.Evaluated))
	}
	if !p.Lasted.IsZero() {
		add("minst "+v.period(p.Lasted)+" lång", "at least "+v.period(p.Lasted)+" long")
	}
	switch {
	case p.Closed && kind == KindSessions:
		add("i en avslutad omgång", "in a closed round")
	case !p.Closed && kind != KindSessions:
		add("även pågående eller avbruten räknas", "one that goes on or was broken off counts too")
	}
	return strings.Join(parts, "; ")
}

// present is a quantity after "at": "no less than 5 sessions".
func (v voice) present(q Quantity, w Word) string {
	return strings.Replace(v.quantity(q, w), "at least", "no less than", 1)
}

func (v voice) waves(ids []string) string {
	var out []string
	for _, id := range ids {
		out = append(out, v.wave(id))
	}
	return v.and(out)
}

func (v voice) reviews(kind Kind, rv Reviews) string {
	w := v.word("", "film")
	if kind == KindReviews {
		w = Word{A: v.say("en granskning", "a review"), Many: v.say("granskningar", "reviews")}
	}
	parts := []string{v.count(rv.Count, w) + v.say(" av ", " of ") + v.span(rv.Of) + v.in(rv.Variants) + v.as(rv.Role)}
	add := func(sv, en string) { parts = append(parts, v.say(sv, en)) }
	if !rv.Minutes.IsZero() {
		parts = append(parts, v.numbers(rv.Minutes)+v.say(" minuter", " minutes"))
	}
	if rv.From.Latest > 0 {
		what := v.word("", string(rv.From.What))
		add("från de "+strconv.Itoa(rv.From.Latest)+" senaste "+what.TheMany, "from the latest "+v.count(rv.From.Latest, what))
		if rv.From.Latest == 1 {
			parts[len(parts)-1] = v.say("från den senaste "+what.The, "from the latest "+bare(what.A))
		}
	}
	if len(rv.Kinds) > 0 {
		add("bland "+v.kinds(rv.Kinds), "among "+v.kinds(rv.Kinds))
	}
	if len(rv.Principles) > 0 {
		var titles []string
		for i, p := range v.d.Principles {
			if has(rv.Principles, p.ID) {
				titles = append(titles, strconv.Itoa(i+1)+" "+p.Title.In(v.lang))
			}
		}
		add("om princip "+v.or(titles), "on principle "+v.or(titles))
	}
	if len(rv.By) > 0 {
		add("granskad av "+v.or(namesOf(v, rv.By)), "reviewed by "+v.or(namesOf(v, rv.By)))
	}
	if len(rv.Holding) > 0 {
		add("som har certifieringen "+v.or(v.credentials(rv.Holding)), "who holds "+v.or(v.credentials(rv.Holding)))
	}
	if rv.Supervised {
		add("genomgången i handledning", "talked through in supervision")
	}
	if rv.Rating != nil {
		parts = append(parts, v.rating(rv.Rating))
	}
	if len(rv.Different) > 0 {
		var of []string
		for _, d := range rv.Different {
			of = append(of, map[Dimension]string{DifferentSession: v.say("träff", "session"), DifferentPrinciple: v.say("princip", "principle"),
				DifferentRound: bare(v.word("", "round").A), DifferentCase: bare(v.word("", "case").A), DifferentMonth: v.say("månad", "month")}[d])
		}
		add("inte två från samma "+v.or(of), "no two from the same "+v.or(of))
	}
	return strings.Join(parts, "; ")
}

func (v voice) rating(r *Rating) string {
	form := r.Form
	if f, ok := v.d.Form(r.Form); ok {
		form = f.Title.In(v.lang)
	}
	at := strings.ReplaceAll(strconv.FormatFloat(r.AtLeast, 'f', -1, 64), ".", v.say(",", "."))
	if r.Measure == MeasurePercent {
		at += v.say(" %", "%")
	}
	return form + ": " + v.name(string(r.Measure)) + v.say(" minst ", " at least ") + at
}

func (v voice) supervision(s Supervision) string {
	text := v.say("handledning: ", "supervision: ") + v.amount(s.Amount)
	if s.Setting != "" {
		text += ", " + map[string]string{"group": v.say("i grupp", "in a group"), "individual": v.name("individual")}[s.Setting]
	}
	text += v.in(s.Variants)
	if s.Share > 0 {
		text += v.say("; minst ", "; at least ") + v.percent(s.Share) + v.say(" av de erbjudna", " of those offered")
	}
	if len(s.Holding) > 0 {
		text += v.say("; av den som har certifieringen ", "; by one who holds ") + v.or(v.credentials(s.Holding))
	}
	return text
}

func (v voice) staff(s Staff) string {
	people := Word{A: v.say("en relevant person", "a relevant person"), Many: v.say("relevanta personer", "relevant people"), TheMany: v.say("de relevanta personerna", "the relevant people")}
	text := v.quantity(s.Number, people) + v.say(" i personalen", " of the staff") + v.as(s.Role)
	if len(s.Completed) > 0 {
		text += v.say("; har gått ", "; has completed ") + v.or(v.variants(s.Completed))
	}
	if len(s.Holds) > 0 {
		text += v.say("; har certifieringen ", "; holds ") + v.or(v.credentials(s.Holds))
	}
	return text
}

func (v voice) evaluated(e Evaluated) string {
	text := v.say("utvärdering av varje ", "evaluation of every ") + bare(v.word("", "round").A) + v.in(e.Variants) + ": " + v.waves(e.Waves)
	if e.Share > 0 {
		text += v.say(", minst ", ", at least ") + v.percent(e.Share) + v.say(" har svarat", " have answered")
	}
	return text + v.by(e.By)
}
