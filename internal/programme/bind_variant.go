package programme

import "slices"

// ownKeys are the keys that `like` never gives.
var ownKeys = []string{"id", "title", "summary", "like", "notes"}

// likeness fills in what each variant takes from the one that it is like. A circle is a mistake.
func (r *reader) likeness(variants []*value) {
	byID := map[string]*value{}
	for _, v := range variants {
		if id := idOf(v); id != "" && byID[id] == nil {
			byID[id] = v
		}
	}
	const doing, done = 1, 2
	state := map[*value]int{}
	var resolve func(v *value)
	resolve = func(v *value) {
		state[v] = doing
		defer func() { state[v] = done }()
		base := byID[get[string](v, "like")]
		if base == nil {
			r.unlike[v] = v.entry("like") != nil
			return
		}
		if state[base] == doing {
			r.unlike[v] = true
			r.wrong(v.placeOf("like"), "like-circle", "id", idOf(v))
			return
		}
		if state[base] == 0 {
			resolve(base)
		}
		r.unlike[v] = r.unlike[v] || r.unlike[base]
		for _, e := range base.entries {
			if !slices.Contains(ownKeys, e.name) && v.entry(e.name) == nil {
				v.entries = append(v.entries, e)
			}
		}
	}
	for _, v := range variants {
		if state[v] == 0 {
			resolve(v)
		}
	}
}

func (r *reader) variant(v *value, principles []Principle) Variant {
	out := Variant{
		ID: idOf(v), Kind: enum[VariantKind](v, "kind"), Like: get[string](v, "like"), Title: textsAt(v, "title"), Summary: textsAt(v, "summary"),
		Focus: textsAt(v, "focus"), Words: wordsAt(v), Digital: get[bool](v, "digital"), GivenBy: get[string](v, "given_by"),
		Rhythm: get[Rhythm](v, "every"), Lasts: get[Period](v, "lasts"), Filming: filmingAt(v), Interpreter: interpreterAt(v),
		Workload: get[int](v, "workload"), sessions: r.sessions(v, principles),
	}
	for _, need := range []struct{ key, example string }{
		{"kind", "kind: group"}, {"sessions", "sessions: [{id: day, repeat: 3, minutes: 420, sv: Dag, en: Day}]"},
	} {
		if v.entry(need.key) == nil && !r.unlike[v] && !(need.key == "sessions" && (out.Kind == Treatment || v.key("kind") == nil)) {
			r.wrong(v.at, "missing-key", "key", need.key, "example", need.example)
		}
	}
	out.Rhythm.Unbroken = get[bool](v, "unbroken")
	if out.GivenBy == "" {
		out.GivenBy = "anyone"
	}
	if p := v.key("participants"); p != nil {
		out.Participants = Participants{Who: textsAt(p, "who"), Recommended: get[Range](p, "recommended"), Limit: get[Range](p, "limit"),
			Counted: get[string](p, "counted_in"), PerHousehold: get[int](p, "per_household"), ChildAge: get[Range](p, "child_age"), FromSame: get[bool](p, "from_same")}
	}
	if out.Participants.Counted == "" {
		out.Participants.Counted = "persons"
	}
	for _, s := range v.list("admission") {
		c := Criterion{ID: idOf(s), Title: s.texts, Needed: get[bool](s, "needed"), InsteadOf: get[string](s, "instead_of"),
			Variants: enums[string](s, "leads"), By: get[string](s, "by")}
		if c.By == "" {
			c.By = "applicant"
		}
		out.Admission = append(out.Admission, c)
	}
	out.Staff = staffings(v)
	for _, s := range v.list("waves") {
		out.Waves = append(out.Waves, Wave{ID: idOf(s), Title: s.texts, Opens: get[Moment](s, "opens"), Closes: get[Moment](s, "closes"),
			Answers: get[string](s, "answers"), Instruments: enums[string](s, "instruments"), Needed: get[bool](s, "needed")})
	}
	if s := v.key("support"); s != nil {
		out.Support = &Support{Title: s.texts, Lasts: get[Period](s, "lasts"), By: get[string](s, "by")}
	}
	if s := v.key("course"); s != nil {
		out.Course = &CourseWork{Questions: itemsAt(s, "questions"), Inventory: itemsAt(s, "inventory"), Plan: get[bool](s, "plan"),
			Exchange: get[bool](s, "exchange"), Reactions: get[string](s, "reactions"), JoinLater: get[bool](s, "join_later"), Voices: textsAt(s, "voices")}
	}
	out.Treatment = treatmentAt(v)
	return out
}

func staffings(v *value) []Staffing {
	table := v.key("staff")
	if table == nil {
		return nil
	}
	var out []Staffing
	for _, e := range table.entries {
		s := Staffing{Role: e.name}
		if e.value != nil && e.value.shape != nil {
			s.Count, s.Holds = get[Range](e.value, "count"), enums[string](e.value, "holds")
			s.Completed, s.Learning = enums[string](e.value, "completed"), get[bool](e.value, "learning")
		} else if e.value != nil {
			s.Count, _ = e.value.data.(Range)
		}
		out = append(out, s)
	}
	return out
}

// sessions expands what the file says into one session after the other.
func (r *reader) sessions(v *value, principles []Principle) []Session {
	var out []Session
	add := func(s Session) {
		if len(out) == maxItems {
			r.wrong(v.placeOf("sessions"), "too-many", "limit", itoa(maxItems))
		}
		if s.Number = len(out) + 1; len(out) < maxItems {
			out = append(out, s)
		}
	}
	for _, s := range v.list("sessions") {
		base := Session{ID: idOf(s), Kind: enum[SessionKind](s, "kind"), Principle: get[string](s, "principle"), Title: s.texts,
			Minutes: get[Range](s, "minutes"), Optional: get[bool](s, "optional"), Advised: get[bool](s, "advised")}
		each, times := s.entry("each") != nil, get[int](s, "repeat")
		r.checkSession(s, base, each, times, len(principles))
		base.Optional = base.Optional || base.Advised
		if base.Kind == "" {
			base.Kind = Ordinary
		}
		switch {
		case each:
			for i, p := range principles {
				add(base.on(p, i))
			}
		case times > 0:
			for n := 1; n <= times; n++ {
				add(base.numbered(n))
			}
		default:
			add(base)
		}
	}
	ids := map[string]bool{}
	for _, s := range out {
		if s.ID != "" && ids[s.ID] {
			r.wrong(v.placeOf("sessions"), "double-session", "id", s.ID)
		}
		ids[s.ID] = true
	}
	return out
}

// checkSession finds items that are neither one session, nor one a principle, nor a number of them.
func (r *reader) checkSession(v *value, s Session, each bool, times, principles int) {
	switch {
	case each && (s.ID != "" || times > 0):
		r.wrong(v.at, "session-both")
	case each && principles == 0:
		r.wrong(v.placeOf("each"), "no-principles")
	case !each && v.entry("id") == nil:
		r.wrong(v.at, "session-neither")
	case !each && len(s.Title) == 0:
		for _, l := range r.languages {
			r.wrong(v.at, "missing-text", "language", l)
		}
	}
	if each && v.entry("kind") != nil && s.Kind != OnPrinciple {
		r.wrong(v.placeOf("kind"), "each-kind")
	}
}

// on is the session on one principle.
func (s Session) on(p Principle, i int) Session {
	s.ID, s.Kind, s.Principle, s.Title, s.Unnamed = p.ID, OnPrinciple, p.ID, p.Title, p.Unnamed
	if len(p.Title) == 0 {
		s.Title = numberedPrinciple(i + 1)
	}
	return s
}

// numberedPrinciple is the title of a principle that no source names.
func numberedPrinciple(n int) Texts {
	return Texts{"sv": "Princip " + itoa(n), "en": "Principle " + itoa(n)}
}

// numbered is the n-th of several alike.
func (s Session) numbered(n int) Session {
	s.ID += "-" + itoa(n)
	titles := make(Texts, len(s.Title))
	for l, t := range s.Title {
		titles[l] = t + " " + itoa(n)
	}
	s.Title = titles
	return s
}

func treatmentAt(v *value) *TreatmentPlan {
	t := v.key("treatment")
	if t == nil {
		return nil
	}
	out := &TreatmentPlan{Interventions: itemsAt(t, "interventions"), Network: enums[string](t, "network"), Approval: enums[string](t, "approval")}
	for _, s := range t.list("phases") {
		out.Phases = append(out.Phases, Phase{ID: idOf(s), Title: s.texts, Makes: enums[string](s, "makes"), Network: enums[string](s, "network"),
			Lasts: get[Period](s, "lasts")})
	}
	if g := t.key("goals"); g != nil {
		out.Goals = Goals{Measurable: get[bool](g, "measurable"), Subgoals: get[bool](g, "subgoals"), FollowedUp: get[Period](g, "followed_up"),
			NewGoals: get[bool](g, "new_goals")}
	}
	for _, s := range t.list("reports") {
		out.Reports = append(out.Reports, Report{ID: idOf(s), Title: s.texts, When: get[string](s, "when"), Phase: get[string](s, "phase"),
			Every: get[Period](s, "every"), Contains: enums[string](s, "contains")})
	}
	return out
}
