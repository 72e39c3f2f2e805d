package consent_test

import (
	"testing"

	"hemvist/internal/clock"
	"hemvist/internal/round/consent"
)

// TestAnswerOn: what holds on a day, for a session and for the round.
func TestAnswerOn(t *testing.T) {
	said := func(id string, session string, a consent.Answer, on string) consent.Stored {
		return consent.Stored{ID: id, Session: session, Answer: a, On: clock.MustDate(on)}
	}
	for name, c := range map[string]struct {
		said        []consent.Stored
		session, on string
		want        string // the id of the answer that holds
	}{
		"nothing":                      {nil, "s", "2026-11-18", ""},
		"of the round":                 {[]consent.Stored{said("a", "", consent.Given, "2026-11-01")}, "s", "2026-11-18", "a"},
		"not yet":                      {[]consent.Stored{said("a", "", consent.Given, "2026-11-20")}, "s", "2026-11-18", ""},
		"before it was taken back":     {[]consent.Stored{said("a", "", consent.Given, "2026-11-01"), said("b", "", consent.Withdrawn, "2026-11-19")}, "s", "2026-11-18", "a"},
		"on the day it is taken back":  {[]consent.Stored{said("a", "", consent.Given, "2026-11-01"), said("b", "", consent.Withdrawn, "2026-11-19")}, "s", "2026-11-19", "b"},
		"a mistake that was corrected": {[]consent.Stored{said("a", "", consent.Refused, "2026-11-01"), said("b", "", consent.Given, "2026-11-01")}, "s", "2026-11-18", "b"},
		"not tonight":                  {[]consent.Stored{said("a", "", consent.Given, "2026-11-01"), said("b", "s", consent.Refused, "2026-11-18")}, "s", "2026-11-18", "b"},
		"not tonight, and next week":   {[]consent.Stored{said("a", "", consent.Given, "2026-11-01"), said("b", "s", consent.Refused, "2026-11-18")}, "other", "2026-11-25", "a"},
		"a no for a session stays":     {[]consent.Stored{said("b", "s", consent.Refused, "2026-11-17"), said("a", "", consent.Given, "2026-11-18")}, "s", "2026-11-18", "b"},
		"tonight alone":                {[]consent.Stored{said("a", "", consent.Refused, "2026-11-01"), said("b", "s", consent.Given, "2026-11-18")}, "s", "2026-11-18", "b"},
		"tonight, then not at all":     {[]consent.Stored{said("b", "s", consent.Given, "2026-11-17"), said("a", "", consent.Withdrawn, "2026-11-18")}, "s", "2026-11-18", "a"},
		"the round is not the session": {[]consent.Stored{said("b", "s", consent.Refused, "2026-11-17")}, "", "2026-11-18", ""},
		"taken back and given once more": {[]consent.Stored{said("a", "", consent.Given, "2026-11-01"), said("b", "", consent.Withdrawn, "2026-11-10"),
			said("c", "", consent.Given, "2026-11-15")}, "s", "2026-11-12", "b"},
	} {
		if got := consent.AnswerOn(c.said, c.session, clock.MustDate(c.on)); got.ID != c.want {
			t.Errorf("%s: %q holds, want %q", name, got.ID, c.want)
		}
	}
}

// TestVerdict: what follows from the answers, by what the camera sees.
func TestVerdict(t *testing.T) {
	asked := func(leader bool, answers ...consent.Answer) (all []consent.Asked) {
		for _, a := range answers {
			all = append(all, consent.Asked{Leader: leader, Answer: consent.Stored{Answer: a}})
		}
		return all
	}
	leaders := consent.Rule{Participants: true, Leaders: true, Camera: "leaders"}
	everyone := consent.Rule{Participants: true, Leaders: true, Camera: "everyone"}
	unsaid := consent.Rule{Participants: true, Leaders: true} // where nobody says who is seen, all may be
	yes := asked(true, consent.Given, consent.Given)
	for name, c := range map[string]struct {
		rule  consent.Rule
		asked []consent.Asked
		want  consent.Verdict
	}{
		"nobody is asked":              {consent.Rule{}, nil, consent.Unasked},
		"all said yes":                 {leaders, append(asked(false, consent.Given, consent.Given), yes...), consent.May},
		"one has not answered":         {leaders, append(asked(false, consent.Given, ""), yes...), consent.Waits},
		"one beside the picture":       {leaders, append(asked(false, consent.Given, consent.Refused), yes...), consent.Beside},
		"one beside, one unanswered":   {leaders, append(asked(false, "", consent.Refused), yes...), consent.Waits},
		"one took it back, beside":     {leaders, append(asked(false, consent.Given, consent.Withdrawn), yes...), consent.Beside},
		"one in the picture":           {everyone, append(asked(false, consent.Given, consent.Refused), yes...), consent.MayNot},
		"one in the picture took back": {everyone, append(asked(false, "", consent.Withdrawn), yes...), consent.MayNot},
		"the camera is not said":       {unsaid, append(asked(false, consent.Refused), yes...), consent.MayNot},
		"a leader said no":             {leaders, append(asked(false, consent.Given), asked(true, consent.Given, consent.Refused)...), consent.MayNot},
		"a leader has not answered":    {leaders, append(asked(false, consent.Given), asked(true, consent.Given, "")...), consent.Waits},
	} {
		if got := (consent.Standing{Rule: c.rule, Asked: c.asked}).Verdict(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
