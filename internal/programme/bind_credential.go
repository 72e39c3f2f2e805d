package programme

// defaults is what a requirement's place in a credential decides.
type defaults struct {
	since    Since
	ifMissed Consequence
}

func credential(v *value) Credential {
	first := defaults{since: Ever}
	later := defaults{since: SinceCertificate}
	c := Credential{
		ID: idOf(v), Title: textsAt(v, "title"), HeldBy: enum[Holder](v, "held_by"), Role: get[string](v, "role"),
		Grant: enum[Grant](v, "grant"), GrantedBy: enums[string](v, "granted_by"), Grace: get[Period](v, "grace"),
		NextTerm: enum[NextTerm](v, "next_term"),
		Requires: requirements(v.list("requires"), first),
		Keeps:    requirements(v.list("keeps"), defaults{SinceCertificate, Remind}),
		Renew:    requirements(v.list("renew"), later),
		Valid:    validity(v.key("valid")),
	}
	if c.Grant == "" {
		c.Grant = GrantDecision
	}
	if c.NextTerm == "" {
		c.NextTerm = FromDecision
	}
	if w := v.key("warn"); w != nil {
		c.Warn = Warn{Before: get[Period](w, "before"), Rounds: get[int](w, "rounds")}
	}
	c.Restore = Restore{Way: RestoreRenew}
	if rv := v.key("restore"); rv != nil {
		if way, ok := rv.data.(string); ok {
			c.Restore.Way = RestoreWay(way)
		} else {
			c.Restore = Restore{Way: RestoreOwn, Requires: requirements(rv.items, later)}
		}
	}
	return c
}

func validity(v *value) Validity {
	if v == nil {
		return Validity{}
	}
	out := Validity{With: enums[string](v, "with")}
	terms := v.items
	if v.shape != nil {
		terms = []*value{v}
	}
	for _, t := range terms {
		term := Term{Rounds: get[int](t, "rounds"), Cases: get[int](t, "cases"), Variants: enums[string](t, "variants"), Role: get[string](t, "role")}
		if years := get[int](t, "years"); years > 0 {
			term.Length = Period{years, Year}
		}
		if months := get[int](t, "months"); months > 0 {
			term.Length = Period{months, Month}
		}
		if t.entry("renew") != nil {
			term.Renew = requirements(t.list("renew"), defaults{since: SinceCertificate})
		}
		if !term.Length.IsZero() || term.Rounds > 0 || term.Cases > 0 {
			out.Terms = append(out.Terms, term)
		}
	}
	return out
}

func requirements(items []*value, def defaults) []Requirement {
	var out []Requirement
	for _, v := range items {
		out = append(out, requirementOf(v, def))
	}
	return out
}

func requirementOf(v *value, def defaults) Requirement {
	r := Requirement{
		ID: idOf(v), Kind: v.kind, Words: textsAt(v, "words"), Stage: enum[Stage](v, "stage"), Advised: get[bool](v, "advised"),
		IfMissed: enum[Consequence](v, "if_missed"), Since: enum[Since](v, "since"), NotOlder: get[Period](v, "not_older"),
		Within: get[Period](v, "within"), After: get[string](v, "after"), Per: enum[Per](v, "per"), Every: stepsAt(v),
		Rule: ruleOf(v, def),
	}
	if r.Stage == "" {
		r.Stage = stageOf(r)
	}
	if r.Since == "" {
		r.Since = def.since
	}
	if r.IfMissed == "" {
		r.IfMissed = def.ifMissed
	}
	return r
}

// stageOf is the stage that a requirement belongs to when the file does not say.
func stageOf(r Requirement) Stage {
	switch rule := r.Rule.(type) {
	case Completed, Test, Attested, Holds, Staff, Education:
		return InTraining
	case AnyOf:
		return stageOfAll(rule.Requirements)
	case AllOf:
		return stageOfAll(rule.Requirements)
	default:
		return UnderSupervision
	}
}

// stageOfAll is training as long as every part is.
func stageOfAll(parts []Requirement) Stage {
	for _, p := range parts {
		if p.Stage != InTraining {
			return UnderSupervision
		}
	}
	return InTraining
}

func stepsAt(v *value) []Step {
	every := v.key("every")
	if every == nil {
		return nil
	}
	if p, ok := every.data.(Period); ok {
		return []Step{{Each: p}}
	}
	var steps []Step
	for _, s := range every.items {
		steps = append(steps, Step{Each: get[Period](s, "each"), For: get[Period](s, "for")})
	}
	return steps
}

func ruleOf(v *value, def defaults) Rule {
	strings := func(name string) []string { return enums[string](v, name) }
	switch v.kind {
	case KindCompleted:
		return Completed{Variants: strings("completed"), Attended: get[Quantity](v, "attended")}
	case KindRounds, KindCases, KindSessions:
		return practice(v)
	case KindFilms, KindReviews:
		return reviews(v)
	case KindSupervision:
		return Supervision{Amount: get[Amount](v, "supervision"), Share: get[int](v, "share"), Setting: get[string](v, "setting"),
			Variants: strings("variants"), Holding: strings("holding")}
	case KindEducation:
		return Education{Amount: get[Amount](v, "education"), Variants: strings("variants")}
	case KindHolds:
		return Holds{Credentials: strings("holds"), For: get[Period](v, "for")}
	case KindTest:
		return Test{Test: get[string](v, "test"), AtLeast: get[int](v, "at_least")}
	case KindAttested:
		return Attested{What: get[string](v, "attested"), By: strings("by")}
	case KindStaff:
		return Staff{Number: get[Quantity](v, "staff"), Role: get[string](v, "role"), Completed: strings("completed"), Holds: strings("holds")}
	case KindNotified:
		return Notified{Variants: strings("variants"), By: get[Moment](v, "by")}
	case KindEvaluated:
		return Evaluated{Variants: strings("variants"), Waves: strings("evaluated"), Share: get[int](v, "share"), By: get[Moment](v, "by")}
	case KindAnyOf:
		return AnyOf{Requirements: requirements(v.list("any_of"), def)}
	default:
		return AllOf{Requirements: requirements(v.list("all_of"), def)}
	}
}

func practice(v *value) Practice {
	p := Practice{
		Count: get[int](v, string(v.kind)), Variants: enums[string](v, "variants"), Role: get[string](v, "role"),
		SessionKinds: enums[SessionKind](v, "session_kinds"), Held: get[Quantity](v, "held"), Led: get[Quantity](v, "led"),
		Filmed: get[Quantity](v, "filmed"), Supervised: get[Quantity](v, "supervised"), Evaluated: enums[string](v, "evaluated"),
		Lasted: get[Period](v, "lasted"), Closed: get[bool](v, "closed"),
	}
	if v.entry("closed") == nil {
		p.Closed = v.kind != KindSessions
	}
	if s := v.key("participants"); s != nil {
		p.Participants = &Presence{AtLeast: get[int](s, "at_least"), PresentAt: get[Quantity](s, "present_at")}
	}
	if s := v.key("finished"); s != nil {
		p.Finished = &Finished{Share: get[int](s, "share"), PresentAt: get[Quantity](s, "present_at")}
	}
	return p
}

func reviews(v *value) Reviews {
	out := Reviews{
		Count: get[int](v, string(v.kind)), Of: enum[Span](v, "of"), Minutes: get[Range](v, "minutes"), From: get[From](v, "from"),
		By: enums[Reviewer](v, "by"), Holding: enums[string](v, "holding"), Role: get[string](v, "role"), Variants: enums[string](v, "variants"),
		Kinds: enums[SessionKind](v, "session_kinds"), Principles: enums[string](v, "principles"), Supervised: get[bool](v, "supervised"),
		Different: enums[Dimension](v, "different"),
	}
	if out.Of == "" {
		out.Of = WholeSession
	}
	s := v.key("rating")
	if s == nil {
		return out
	}
	l := get[limit](s, "at_least")
	out.Rating = &Rating{Form: get[string](s, "form"), Measure: enum[Measure](s, "measure"), AtLeast: l.at}
	if out.Rating.Measure == "" {
		out.Rating.Measure = MeasureMean
		if l.share {
			out.Rating.Measure = MeasurePercent
		}
	}
	return out
}
