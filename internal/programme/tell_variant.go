package programme

import (
	"strings"
)

func (t *teller) variant(v *Variant) {
	path := under("variants", v.ID)
	t.section(path, v.Title.In(t.lang), audienceOf(v.Kind)...)
	t.row(path+".title", t.say("Namn", "Name"), v.Title.In(t.lang))
	t.noted(path)
	t.row(path+".kind", t.say("Slag", "Kind"), t.name(string(v.Kind)))
	if v.Like != "" {
		t.row(path+".like", t.say("Lik", "Like"), t.and(t.variants([]string{v.Like})), ForHub)
	}
	t.row(path+".summary", t.say("I korthet", "In short"), v.Summary.In(t.lang))
	t.row(path+".focus", t.say("Särskilt fokus", "Special focus"), v.Focus.In(t.lang))
	t.words(path+".words", v.Words)
	t.flag(path+".digital", t.say("Digitalt", "On screen"), v.Digital)
	t.row(path+".given_by", t.say("Ges av", "Given by"), t.name(v.GivenBy), ForHub, ForMunicipality)
	t.howOften(v, path)
	t.participants(v.Participants, path+".participants")
	t.admission(v, path+".admission")
	for _, s := range v.Staff {
		t.row(under(path+".staff", s.Role), t.role(s.Role), t.staffing(s), ForLeaders, ForMunicipality, ForHub)
	}
	t.sessionRows(v, path+".sessions")
	for _, w := range v.Waves {
		t.row(under(path+".waves", w.ID), t.say("Mättillfälle: ", "Questionnaires: ")+w.Title.In(t.lang), t.waveText(w))
	}
	t.filming(path+".filming", v.Filming)
	t.interpreter(path+".interpreter", v.Interpreter)
	if v.Workload > 0 {
		t.row(path+".workload", t.say("Tid för en ledare, första gången", "A leader's time, the first time"), itoa(v.Workload)+t.say(" timmar i veckan", " hours a week"), ForLeaders, ForMunicipality)
	}
	if s := v.Support; s != nil {
		value := s.Title.In(t.lang) + ", " + t.period(s.Lasts)
		if s.By != "" {
			value += t.say(", av ", ", by ") + t.role(s.By)
		}
		t.row(path+".support", t.say("Efteråt", "Afterwards"), value)
	}
	t.course(v.Course, path+".course")
	t.treatment(v.Treatment, path+".treatment")
}

// audienceOf is whom a variant of the kind concerns.
func audienceOf(k VariantKind) []Audience {
	switch k {
	case Group:
		return []Audience{ForLeaders, ForParticipants, ForMunicipality}
	case Treatment:
		return []Audience{ForTherapists, ForMunicipality}
	case Course:
		return []Audience{ForLearners, ForTrainers, ForMunicipality}
	default:
		return []Audience{ForLeaders, ForHub}
	}
}

func (t *teller) howOften(v *Variant, path string) {
	switch {
	case v.Rhythm.Agreed:
		t.row(path+".every", t.say("Hur ofta", "How often"), t.say("som man kommer överens om", "as is agreed"))
	case !v.Rhythm.Every.IsZero():
		t.row(path+".every", t.say("Hur ofta", "How often"), t.rhythm(v.Rhythm.Every))
	}
	t.flag(path+".unbroken", t.say("I en sammanhängande period", "In one unbroken period"), v.Rhythm.Unbroken)
	if !v.Lasts.IsZero() {
		t.row(path+".lasts", t.say("Hur länge", "How long"), t.say("cirka ", "about ")+t.period(v.Lasts))
	}
}

func (t *teller) participants(p Participants, path string) {
	t.row(path+".who", t.say("För vem", "For whom"), p.Who.In(t.lang))
	counted := " " + t.name(p.Counted)
	if !p.Recommended.IsZero() {
		t.row(path+".recommended", t.say("Rekommenderat antal", "Recommended number"), t.numbers(p.Recommended)+counted)
	}
	if !p.Limit.IsZero() {
		t.row(path+".limit", t.say("Tillåtet antal", "Allowed number"), t.numbers(p.Limit)+counted)
	}
	if p.Recommended.IsZero() && p.Limit.IsZero() && p.Counted != "persons" {
		t.row(path+".counted_in", t.say("Räknas i", "Counted in"), t.name(p.Counted))
	}
	if p.PerHousehold > 0 {
		t.row(path+".per_household", t.say("Per hushåll", "A household"), t.say("högst ", "at most ")+itoa(p.PerHousehold))
	}
	if !p.ChildAge.IsZero() {
		t.row(path+".child_age", t.say("Barnets ålder", "The child's age"), t.numbers(p.ChildAge)+t.say(" år", " years"))
	}
	t.flag(path+".from_same", t.say("Gärna flera från samma organisation", "Preferably several from one organisation"), p.FromSame)
}

func (t *teller) admission(v *Variant, path string) {
	for _, c := range v.Admission {
		value := c.Title.In(t.lang)
		if c.Needed {
			value += t.say(" (krävs)", " (needed)")
		} else if c.InsteadOf == "" {
			value += t.say(" (talar för)", " (speaks in favour)")
		}
		for _, other := range v.Admission {
			if c.InsteadOf != "" && other.ID == c.InsteadOf {
				value += t.say("; kan ersätta: ", "; can stand in for: ") + other.Title.In(t.lang)
			}
		}
		if len(c.Variants) > 0 {
			value += t.say("; för den som ska leda ", "; of those who will lead ") + t.or(t.variants(c.Variants))
		}
		if c.By != "applicant" {
			value += t.say("; intygas av ", "; vouched for by ") + t.name(c.By)
		}
		t.row(under(path, c.ID), t.say("Antagning", "Admission"), value)
	}
}

func (t *teller) staffing(s Staffing) string {
	parts := []string{t.numbers(s.Count)}
	if len(s.Holds) > 0 {
		parts = append(parts, t.say("med certifieringen ", "holding ")+t.or(t.credentials(s.Holds)))
	}
	if s.Learning {
		parts = append(parts, t.say("eller är på väg dit, i en grupp med handledning", "or is on the way to it, in a supervised round"))
	}
	if len(s.Completed) > 0 {
		parts = append(parts, t.say("har i så fall gått ", "has in that case completed ")+t.or(t.variants(s.Completed)))
	}
	return strings.Join(parts, "; ")
}

// sessionRows tells the number of sessions, each session, and how long they are: once for a kind where all are alike.
func (t *teller) sessionRows(v *Variant, path string) {
	if len(v.sessions) == 0 {
		return
	}
	word := t.word(v.ID, "session")
	must, all := 0, len(v.sessions)
	for _, s := range v.sessions {
		if !s.Optional {
			must++
		}
	}
	count := itoa(must)
	if must < all {
		count += "–" + itoa(all)
	}
	t.row(path, t.say("Antal ", "Number of ")+word.Many, count)
	minutes := map[SessionKind]Range{}
	alike := map[SessionKind]bool{}
	for _, s := range v.sessions {
		if m, ok := minutes[s.Kind]; !ok {
			minutes[s.Kind], alike[s.Kind] = s.Minutes, true
		} else if m != s.Minutes {
			alike[s.Kind] = false
		}
	}
	told := map[SessionKind]bool{}
	for _, s := range v.sessions {
		label := bare(word.A) + " " + itoa(s.Number)
		t.row(under(path, s.ID), label, t.sessionText(s))
		if s.Minutes.IsZero() {
			continue
		}
		long := t.numbers(s.Minutes) + t.say(" minuter", " minutes")
		if !alike[s.Kind] {
			t.row(under(path, s.ID)+".minutes", label+t.say(", längd", ", length"), long)
		} else if !told[s.Kind] {
			t.row(path+".minutes."+string(s.Kind), t.say("Längd, ", "Length, ")+t.name(string(s.Kind)), long)
			told[s.Kind] = true
		}
	}
}

func (t *teller) sessionText(s Session) string {
	value := s.Title.In(t.lang)
	if s.Unnamed {
		value = t.say("(princip utan namn i källorna)", "(a principle without a name in the sources)")
	}
	if s.Kind != OnPrinciple && s.Kind != Ordinary {
		value += " – " + t.name(string(s.Kind))
	}
	if s.Principle != "" && s.Principle != s.ID {
		for _, p := range t.d.Principles {
			if p.ID == s.Principle {
				value += t.say("; princip: ", "; principle: ") + p.Title.In(t.lang)
			}
		}
	}
	switch {
	case s.Advised:
		value += t.say(" (valfri, rekommenderas)", " (optional, recommended)")
	case s.Optional:
		value += t.say(" (valfri)", " (optional)")
	}
	return value
}

func (t *teller) waveText(w Wave) string {
	parts := []string{w.Title.In(t.lang), t.name(w.Answers)}
	parts = append(parts, t.say("öppnar ", "opens ")+t.moment(w.Opens))
	if w.Closes.Anchor != "" {
		parts = append(parts, t.say("stänger ", "closes ")+t.moment(w.Closes))
	}
	if len(w.Instruments) > 0 {
		titles := make([]string, len(w.Instruments))
		for i, id := range w.Instruments {
			titles[i] = t.instrument(id)
		}
		parts = append(parts, t.and(titles))
	}
	if w.Needed {
		parts = append(parts, t.say("ska göras i varje omgång", "to be done in every round"))
	}
	return strings.Join(parts, "; ")
}

func (t *teller) course(c *CourseWork, path string) {
	if c == nil {
		return
	}
	for _, q := range c.Questions {
		t.row(under(path+".questions", q.ID), t.say("Fråga", "Question"), q.Title.In(t.lang))
	}
	for _, q := range c.Inventory {
		t.row(under(path+".inventory", q.ID), t.say("Inventeras hemma", "Taken stock of at home"), q.Title.In(t.lang))
	}
	t.flag(path+".plan", t.say("Egen förbättringsplan", "A plan of what to improve"), c.Plan)
	t.flag(path+".exchange", t.say("Utbyte av erfarenheter", "Exchange of experience"), c.Exchange)
	if c.Reactions != "" {
		t.row(path+".reactions", t.say("Vad deltagarna tyckte", "What learners thought"), t.name(c.Reactions))
	}
	t.flag(path+".join_later", t.say("Kollegor kan gå med i en senare omgång", "Colleagues may join a later round"), c.JoinLater)
	t.row(path+".voices", t.say("Röster", "Voices"), c.Voices.In(t.lang))
}

func (t *teller) treatment(p *TreatmentPlan, path string) {
	if p == nil {
		return
	}
	for i, ph := range p.Phases {
		parts := []string{ph.Title.In(t.lang)}
		if !ph.Lasts.IsZero() {
			parts = append(parts, t.say("cirka ", "about ")+t.period(ph.Lasts))
		}
		if len(ph.Makes) > 0 {
			parts = append(parts, t.say("här görs ", "made here: ")+t.and(namesOf(t.voice, ph.Makes)))
		}
		if len(ph.Network) > 0 {
			parts = append(parts, t.say("bjuds in: ", "invited: ")+t.and(namesOf(t.voice, ph.Network)))
		}
		t.row(under(path+".phases", ph.ID), t.say("Fas ", "Phase ")+itoa(i+1), strings.Join(parts, "; "))
	}
	t.flag(path+".goals.measurable", t.say("Målen är mätbara", "Goals are measurable"), p.Goals.Measurable)
	t.flag(path+".goals.subgoals", t.say("Målen har delmål", "Goals have subgoals"), p.Goals.Subgoals)
	if !p.Goals.FollowedUp.IsZero() {
		t.row(path+".goals.followed_up", t.say("Målen följs upp", "Goals are followed up"), t.rhythm(p.Goals.FollowedUp))
	}
	t.flag(path+".goals.new_goals", t.say("Nya problem inom området blir mål", "New problems within the area become goals"), p.Goals.NewGoals)
	for _, r := range p.Reports {
		when := t.name(r.When)
		if r.When == "close" {
			when = t.say("vid avslut", "at the close")
		}
		parts := []string{r.Title.In(t.lang), when}
		for _, ph := range p.Phases {
			if ph.ID == r.Phase {
				parts = append(parts, ph.Title.In(t.lang))
			}
		}
		if !r.Every.IsZero() {
			parts = append(parts, t.rhythm(r.Every))
		}
		if len(r.Contains) > 0 {
			parts = append(parts, t.and(namesOf(t.voice, r.Contains)))
		}
		t.row(under(path+".reports", r.ID), t.say("Rapport till uppdragsgivaren", "Report to the commissioner"), strings.Join(parts, "; "))
	}
	for _, item := range p.Interventions {
		t.row(under(path+".interventions", item.ID), t.say("Insats att välja", "Work to choose"), item.Title.In(t.lang))
	}
	if len(p.Network) > 0 {
		t.row(path+".network", t.say("Nätverk", "Network"), t.and(namesOf(t.voice, p.Network)))
	}
	if len(p.Approval) > 0 {
		t.row(path+".approval", t.say("Uppdragsgivaren godkänner", "The commissioner approves"), t.and(namesOf(t.voice, p.Approval)))
	}
}
