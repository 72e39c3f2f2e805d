package register

import (
	"fmt"
	"slices"
	"strconv"

	"hemvist/internal/clock"
	"hemvist/internal/credential"
	"hemvist/internal/programme"
	"hemvist/internal/round"
)

// supposed makes the facts of what is supposed, with everything else going as planned: sessions that nobody has spoken of are held by
// whoever works in the round, the participants come, each session is filmed, watched and supervised, the evaluation is answered, and
// the round is closed on its last day. Its facts live as long as an answer.
type supposed struct {
	Suppose
	outlook *Outlook
	group   []string
	size    int
	made    []credential.Fact
}

func (s supposed) facts() []credential.Fact {
	o := s.outlook
	more := make([]string, s.More)
	for i := range more {
		more[i] = fmt.Sprint("supposed participant ", i+1)
	}
	s.group = append(slices.Clone(s.group), more...)
	s.size += s.More
	if o.Row.Attendance == round.CountsOnly && s.size > 0 {
		s.add(credential.Fact{Kind: credential.FactGroupSize, On: o.Row.FirstOn, Count: s.size})
	}
	for _, x := range o.Sessions {
		s.session(x)
	}
	if o.Row.EndedHow == "" {
		s.add(credential.Fact{Kind: credential.FactClosed, On: o.SupposedOn})
	}
	if v, ok := o.Definition.Variant(o.Row.Variant); ok {
		for _, w := range v.Waves {
			if w.Needed {
				s.add(credential.Fact{Kind: credential.FactEvaluationDone, On: o.SupposedOn, Item: w.ID, Count: s.size, Of: s.size})
			}
		}
	}
	return s.made
}

// add adds a fact about the round.
func (s *supposed) add(f credential.Fact) {
	f.ID, f.Round, f.Variant = "supposed "+strconv.Itoa(len(s.made)), s.outlook.Row.ID, s.outlook.Row.Variant
	s.made = append(s.made, f)
}

// session adds what becomes of one session.
func (s *supposed) session(x round.Session) {
	item := x.Item
	if item == "" {
		item = x.ID
	}
	on, held := x.On, x.Fact == round.Held
	switch {
	case held:
		if s.Away != "" && x.Number == s.AwayFrom {
			s.add(credential.Fact{Kind: credential.FactHeld, On: on, Session: item, People: s.present(x)})
		}
	case x.Fact == round.Cancelled:
		return
	case x.Number == s.Cancelled:
		s.add(credential.Fact{Kind: credential.FactCancelled, On: s.outlook.On, Session: item})
		return
	default:
		if on.After(s.outlook.SupposedOn) {
			on = s.outlook.SupposedOn
		}
		s.hold(x, item, on)
	}
	if !s.isFilmed(x) {
		return
	}
	if x.Number == s.NotFilmed {
		s.add(credential.Fact{Kind: credential.FactNotFilmed, On: on, Session: item})
		return
	}
	all := make([]string, 0, len(s.outlook.Definition.Credentials))
	for _, c := range s.outlook.Definition.Credentials {
		all = append(all, c.ID)
	}
	film := "supposed film " + strconv.Itoa(x.Number)
	s.add(credential.Fact{Kind: credential.FactFilmed, On: on, Session: item, Item: film, People: s.present(x)})
	s.add(credential.Fact{Kind: credential.FactReviewed, On: on, Session: item, Item: film,
		Review: &credential.Review{By: string(programme.ByExpert), ByWho: "supposed supervisor", Holding: all}})
	s.add(credential.Fact{Kind: credential.FactSupervised, On: on, Session: item, Item: film, People: s.present(x),
		Review: &credential.Review{ByWho: "supposed supervisor", Holding: all}})
}

// hold adds that a session is held and that everybody comes.
func (s *supposed) hold(x round.Session, item string, on clock.Date) {
	s.add(credential.Fact{Kind: credential.FactHeld, On: on, Session: item, People: s.present(x)})
	switch {
	case s.outlook.Row.Attendance != round.CountsOnly:
		s.add(credential.Fact{Kind: credential.FactPresent, On: on, Session: item, People: s.group})
	case s.size > 0:
		s.add(credential.Fact{Kind: credential.FactCounted, On: on, Session: item, Count: s.size})
	}
}

// present are those who lead the session.
func (s *supposed) present(x round.Session) []string {
	var people []string
	for _, m := range s.outlook.Row.Staff {
		if m.Role == "leader" && (m.PersonID != s.Away || x.Number != s.AwayFrom) && !slices.Contains(s.outlook.away[x.ID], m.PersonID) {
			people = append(people, m.PersonID)
		}
	}
	return people
}

// isFilmed tells whether sessions of this kind are filmed.
func (s *supposed) isFilmed(x round.Session) bool {
	filming := s.outlook.Definition.Filming
	if v, ok := s.outlook.Definition.Variant(s.outlook.Row.Variant); ok && v.Filming != nil {
		filming = v.Filming
	}
	if filming == nil || len(filming.Kinds) == 0 {
		return x.Kind != programme.Information
	}
	return slices.Contains(filming.Kinds, x.Kind)
}
