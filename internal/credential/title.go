package credential

import (
	"fmt"
	"strconv"

	"hemvist/internal/programme"
)

// Title is what the requirement asks for, in the programme's own words or else the product's.
func (r Result) Title(lang string) string {
	if r.requirement == nil {
		return r.ID
	}
	return titleOf(r.def, r.requirement).In(lang)
}

// stateWords are the answers in words.
var stateWords = map[State]text{
	Met:     {"Klart", "Met"},
	Missing: {"Saknas", "Missing"},
	AtRisk:  {"Riskerar att brista", "At risk"},
	Unknown: {"Går inte att veta", "Cannot be known"},
}

// Words is the answer in the language.
func (s State) Words(lang string) string { return stateWords[s].in(lang) }

// statusWords are the statuses in words.
var statusWords = map[Status]text{
	None:             {"Ej påbörjad", "Not begun"},
	InTraining:       {"Under utbildning", "In training"},
	UnderSupervision: {"Under handledning", "Under supervision"},
	Certified:        {"Certifierad", "Certified"},
	Due:              {"Ska förnyas", "Due for renewal"},
	Lapsed:           {"Har upphört", "Lapsed"},
	Withdrawn:        {"Återkallad", "Withdrawn"},
}

// Words is the status in the language.
func (s Status) Words(lang string) string { return statusWords[s].in(lang) }

// titleOf names a requirement in both languages.
func titleOf(def *programme.Definition, req *programme.Requirement) programme.Texts {
	if len(req.Words) > 0 {
		return req.Words
	}
	return programme.Texts{"sv": ruleTitle(def, req, "sv"), "en": ruleTitle(def, req, "en")}
}

// ruleTitle is what a requirement of the kind asks for, in the product's words.
func ruleTitle(def *programme.Definition, req *programme.Requirement, lang string) string {
	ev := &eval{def: def}
	r := Reason{def: def}
	if vs := variantsOf(req.Rule); len(vs) > 0 {
		r.variant = vs[0]
	}
	set := func(a Args, sv, en string) string {
		r.Args = a
		return capital(r.fill(text{sv, en}.in(lang), lang))
	}
	switch rule := req.Rule.(type) {
	case programme.Completed:
		return set(Args{What: ev.titles(rule.Variants)}, "{what}", "{what}")
	case programme.Practice:
		return practiceTitle(req.Kind, rule, set)
	case programme.Reviews:
		return reviewsTitle(req.Kind, rule, set)
	case programme.Supervision:
		return set(Args{Need: rule.Amount.N}, "Handledning, "+amount(rule.Amount, "sv"), "Supervision, "+amount(rule.Amount, "en"))
	case programme.Education:
		if len(rule.Variants) > 0 {
			return set(Args{What: ev.titles(rule.Variants)}, "{what}, "+amount(rule.Amount, "sv"), "{what}, "+amount(rule.Amount, "en"))
		}
		return set(Args{}, "Fortbildning, "+amount(rule.Amount, "sv"), "Further education, "+amount(rule.Amount, "en"))
	case programme.Holds:
		return set(Args{What: ev.credentialTitles(rule.Credentials)}, "{what}", "{what}")
	case programme.Test:
		return set(Args{What: ev.instrumentTitle(rule.Test)}, "Prov: {what}", "Test: {what}")
	case programme.Attested:
		return set(Args{What: []programme.Texts{attestedTitle(req, rule)}}, "Intyg: {what}", "Vouched for: {what}")
	case programme.Staff:
		return set(Args{What: append(ev.titles(rule.Completed), ev.credentialTitles(rule.Holds)...)}, "Personal: {what}", "Staff: {what}")
	case programme.Notified:
		return set(Args{}, "Meddela varje start", "Notify each start")
	case programme.Evaluated:
		return set(Args{}, "Utvärdera varje {work.one}", "Evaluate each {work.one}")
	case programme.AnyOf:
		return set(Args{N: len(rule.Requirements)}, "Ett av {n}", "One of {n}")
	case programme.AllOf:
		return set(Args{N: len(rule.Requirements)}, "Alla {n}", "All {n}")
	}
	return req.ID
}

func practiceTitle(kind programme.Kind, r programme.Practice, set func(Args, string, string) string) string {
	args := Args{Need: r.Count, Cases: kind == programme.KindCases}
	if kind == programme.KindSessions {
		return set(args, "{need} {session.by_need}", "{need} {session.by_need}")
	}
	if r.Supervised.IsZero() {
		return set(args, "{need} {work.by_need}", "{need} {work.by_need}")
	}
	return set(args, "{need} {work.by_need} under handledning", "{need} {work.by_need} under supervision")
}

func reviewsTitle(kind programme.Kind, r programme.Reviews, set func(Args, string, string) string) string {
	sv, en := "{need} {need|granskning|granskningar}", "{need} {need|review|reviews}"
	switch {
	case kind == programme.KindFilms && r.Of == programme.Clip:
		sv, en = "{need} klipp", "{need} {need|clip|clips}"
	case kind == programme.KindFilms:
		sv, en = "{need} {need|film|filmer}", "{need} {need|film|films}"
	}
	if r.From.Latest == 1 {
		sv, en = sv+" från senaste {work.one}", en+" from the latest {work.one}"
	}
	return set(Args{Need: r.Count, Cases: r.From.What == programme.PerCase}, sv, en)
}

// amount is so many times or hours.
func amount(a programme.Amount, lang string) string {
	times := text{"gånger", "times"}
	if a.N == 1 {
		times = text{"gång", "time"}
	}
	if a.Hours {
		times = text{"timmar", "hours"}
		if a.N == 1 {
			times = text{"timme", "hour"}
		}
	}
	return fmt.Sprintf("%s %s", strconv.Itoa(a.N), times.in(lang))
}
