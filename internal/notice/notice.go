// Package notice tells what needs whom: it asks the rooms for what has happened and what is planned, and works out what a
// person should do next. Nothing of it is stored: a need is gone when what it asks for has been done. It may import every
// domain, and none imports it.
package notice

import (
	"context"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/catalogue"
	"hemvist/internal/clock"
	"hemvist/internal/programme"
	"hemvist/internal/round"
	"hemvist/internal/round/group"
)

// Kind is what sort of need it is; the words for it are the reader's language's, under need.KIND.
type Kind string

// The needs that more than one place knows of. What one room alone counts has its kind where the house is opened.
const (
	SessionToday   Kind = "session-today"   // a session is held today, and the person may then say so
	SessionBeside  Kind = "session-beside"  // a session is held today, and others say so
	SessionUnsaid  Kind = "session-unsaid"  // a session is past, and nobody has said whether it was held
	RoundToClose   Kind = "round-to-close"  // every session is past and said: it can be closed
	FewPeople      Kind = "few-people"      // starts soon with fewer than the programme recommends
	TooFewPeople   Kind = "too-few-people"  // starts soon with fewer than it takes to certify its leaders
	TooFewLeaders  Kind = "too-few-leaders" // starts soon with fewer in a role than the programme asks for
	RoundLate      Kind = "round-late"      // past its last session for long, and not closed
	MoreRoundsLate Kind = "more-late"       // there are more of those than are shown
	Proposal       Kind = "proposal"        // a version of a programme waits for a decision
)

// Urgency is how soon somebody should do something. The needs of all rooms stand in its order, the earliest day first in each.
type Urgency uint8

// The urgencies.
const (
	Now     Urgency = iota // today
	Overdue                // should have been done
	Soon                   // has a day ahead
	Later                  // waits, and hurts nobody while it does
)

// Need is one thing that needs somebody.
type Need struct {
	Kind    Kind
	Urgency Urgency
	On      clock.Date // the day that it is about
	N       int        // how many there are
	Of      int        // how many there should be
	Path    string     // where in the house it is done, when that is not a round; empty when it is only to be known
	RoundID string
	Round   string // its name
	Session round.Session
	Role    string // the role that lacks somebody, an id of the definition
	Def     *programme.Definition
	Version string // the version that waits
	Do      bool   // the actor may do something about it where it is done, and not only see it
}

// Number is one number that the actor may see; its words are under home.number.KIND.
type Number struct {
	Kind string
	N    int
	More bool   // there are more than N
	Path string // where the list behind it is; empty for none
}

// Home is what a person's first page shows.
type Home struct {
	Needs   []Need
	Mine    []round.Mine // for those who work in rounds
	Numbers []Number
	Figures *round.Figures // for those who see a programme in counts alone
	Today   clock.Date
}

// rounds is what notice asks of the room round.
type rounds interface {
	Today() clock.Date
	MineOpen(ctx context.Context, actor access.Subject) ([]round.Mine, error)
	Overview(ctx context.Context, actor access.Subject) (round.Overview, error)
	Figures(ctx context.Context, actor access.Subject) (round.Figures, error)
}

// programmes is what notice asks of the room catalogue.
type programmes interface {
	List(ctx context.Context, actor access.Subject) ([]catalogue.Programme, error)
}

// Source is a room that knows what needs the actor. It asks for nothing that the actor may not do.
type Source func(ctx context.Context, actor access.Subject, today clock.Date) ([]Need, error)

// Counter counts something of the actor's in a room.
type Counter func(ctx context.Context, actor access.Subject) (int, error)

// Counting is a Source with one need, for whoever may do the action somewhere, when the room counts any. Its words are
// need.KIND.title, .text and .button, with the number as n. path is where it is done; empty when it is only to be known.
func Counting(kind Kind, urgency Urgency, action access.Action, path string, count Counter) Source {
	return func(ctx context.Context, actor access.Subject, _ clock.Date) ([]Need, error) {
		if access.ReachOf(actor.Role, action) == access.None {
			return nil, nil
		}
		n, err := count(ctx, actor)
		if err != nil || n == 0 {
			return nil, err
		}
		return []Need{{Kind: kind, Urgency: urgency, N: n, Path: path}}, nil
	}
}

// Numbers is a room that has numbers for the actor.
type Numbers func(ctx context.Context, actor access.Subject) ([]Number, error)

// Service is the room's door.
type Service struct {
	rounds     rounds
	programmes programmes
	sources    []Source
	numbers    []Numbers
}

// New opens the room on the two that need whoever works in a programme.
func New(r rounds, p programmes) *Service {
	s := &Service{rounds: r, programmes: p}
	s.Ask(s.ofProposals)
	return s
}

// Ask lets further rooms say what needs somebody. The house does this while it opens; nothing else does.
func (s *Service) Ask(sources ...Source) { s.sources = append(s.sources, sources...) }

// Count lets further rooms give their numbers, in the order in which they are shown.
func (s *Service) Count(numbers ...Numbers) { s.numbers = append(s.numbers, numbers...) }

// HomeOf gathers the actor's first page.
func (s *Service) HomeOf(ctx context.Context, actor access.Subject) (Home, error) {
	h := Home{Today: s.rounds.Today()}
	if err := s.ofRounds(ctx, actor, &h); err != nil {
		return h, err
	}
	for _, source := range s.sources {
		needs, err := source(ctx, actor, h.Today)
		if err != nil {
			return h, err
		}
		h.Needs = append(h.Needs, needs...)
	}
	ByUrgency(h.Needs)
	for _, numbers := range s.numbers {
		found, err := numbers(ctx, actor)
		if err != nil {
			return h, err
		}
		h.Numbers = append(h.Numbers, found...)
	}
	return h, nil
}

// ofRounds adds what the room round has for the actor.
func (s *Service) ofRounds(ctx context.Context, actor access.Subject, h *Home) error {
	switch access.ReachOf(actor.Role, access.ListRounds) {
	case access.Assigned:
		mine, err := s.rounds.MineOpen(ctx, actor)
		if err != nil {
			return err
		}
		h.Mine = mine
		h.Needs = OfMine(mine, func(r round.Row) May { return mayOf(actor, r) }, h.Today)
	case access.Hub, access.Organisation:
		o, err := s.rounds.Overview(ctx, actor)
		if err != nil {
			return err
		}
		h.Needs = OfMany(o, func(r round.Row) May { return mayOf(actor, r) }, h.Today)
		h.Numbers = []Number{{Kind: "running", N: o.Running, Path: "/rounds?state=running"}, {Kind: "planned", N: o.Planned, Path: "/rounds?state=planned"},
			{Kind: "organisations", N: o.Organisations}, {Kind: "participants", N: o.Participants}}
	case access.None:
		if access.ReachOf(actor.Role, access.ReadFigures) == access.None {
			return nil
		}
		f, err := s.rounds.Figures(ctx, actor)
		if err != nil {
			return err
		}
		h.Figures = &f
	}
	return nil
}

// ByUrgency puts needs in the order in which they are shown: the most urgent first, and of those the earliest. What has no day
// stands after what has one.
func ByUrgency(needs []Need) {
	slices.SortStableFunc(needs, func(a, b Need) int {
		switch {
		case a.Urgency != b.Urgency:
			return int(a.Urgency) - int(b.Urgency)
		case a.On.IsZero() != b.On.IsZero():
			if a.On.IsZero() {
				return 1
			}
			return -1
		}
		return a.On.Compare(b.On)
	})
}

// ofProposals is the catalogue's Source.
func (s *Service) ofProposals(ctx context.Context, actor access.Subject, _ clock.Date) ([]Need, error) {
	if access.ReachOf(actor.Role, access.PutInForce) == access.None {
		return nil, nil
	}
	all, err := s.programmes.List(ctx, actor)
	return OfProgrammes(all), err
}

// OfProgrammes is the versions that wait for somebody to decide from which day they are to be in force.
func OfProgrammes(all []catalogue.Programme) []Need {
	var needs []Need
	for _, p := range all {
		if !p.MayDecide {
			continue
		}
		for _, v := range p.Versions {
			if v.State == catalogue.Proposed {
				needs = append(needs, Need{Kind: Proposal, Urgency: Later, Def: p.Definition, Version: v.Version})
			}
		}
	}
	return needs
}

// May is what a person may do in the rounds that they work in.
type May struct {
	Record  bool // say what became of sessions
	Close   bool
	Staff   bool // say who works in it
	Recruit bool // take care of who asks for a place
}

// mayOf is what the actor may do in a round that their role reaches.
func mayOf(actor access.Subject, r round.Row) May {
	may := func(a access.Action) bool { return access.ReachIn(actor.Role, a, r.Learners()) != access.None }
	return May{Record: may(access.RecordSession), Close: may(access.CloseRound), Staff: may(access.ChangeRound),
		Recruit: !r.Learners() && may(access.HandleInterest)}
}

// OfMine is what the rounds that a person works in need, the most urgent first. mayIn tells what the person may do in each.
func OfMine(mine []round.Mine, mayIn func(round.Row) May, today clock.Date) []Need {
	var needs []Need
	for _, m := range mine {
		may := mayIn(m.Row)
		need := Need{RoundID: m.ID, Round: m.Name, Def: m.Definition}
		for _, x := range m.List {
			need.Session, need.On = x, x.On
			switch {
			case x.On == today && x.Fact == round.Unknown:
				need.Kind, need.Urgency = SessionBeside, Now
				if may.Record {
					need.Kind = SessionToday
				}
				needs = append(needs, need)
			case may.Record && x.On.Before(today) && x.Fact == round.Unknown:
				need.Kind, need.Urgency = SessionUnsaid, Overdue
				needs = append(needs, need)
			}
		}
		need.Session = round.Session{}
		if may.Close && m.LastOn.Before(today) && round.MayClose(m.List, today) {
			need.Kind, need.Urgency, need.On = RoundToClose, Overdue, m.LastOn
			needs = append(needs, need)
		}
		needs = append(needs, startingSoon(m.Row, m.Definition, may, today)...)
	}
	ByUrgency(needs)
	return needs
}

// OfMany is what the rounds of a hub or an organisation need.
func OfMany(o round.Overview, mayIn func(round.Row) May, today clock.Date) []Need {
	var needs []Need
	for _, r := range o.Starting {
		needs = append(needs, startingSoon(r, o.Definitions[r.ID], mayIn(r), today)...)
	}
	for _, r := range o.Late {
		needs = append(needs, Need{Kind: RoundLate, Urgency: Later, RoundID: r.ID, Round: r.Name, On: r.LastOn})
	}
	if more := o.LateTotal - len(o.Late); more > 0 {
		needs = append(needs, Need{Kind: MoreRoundsLate, Urgency: Later, N: more})
	}
	return needs
}

// startingSoon is what a round needs before it starts: staff first, as nothing can be held without.
func startingSoon(r round.Row, def *programme.Definition, may May, today clock.Date) []Need {
	if def == nil || r.FirstOn.Before(today) || today.DaysUntil(r.FirstOn) > round.StartsWithin {
		return nil
	}
	v, ok := def.Variant(r.Variant)
	if !ok {
		return nil
	}
	var needs []Need
	need := Need{Urgency: Soon, RoundID: r.ID, Round: r.Name, On: r.FirstOn, Def: def, Do: may.Staff}
	for _, staffing := range v.Staff {
		n := 0
		for _, m := range r.Staff {
			if string(m.Role) == staffing.Role {
				n++
			}
		}
		if n < staffing.Count.Min {
			need.Kind, need.N, need.Of, need.Role = TooFewLeaders, n, staffing.Count.Min, staffing.Role
			needs = append(needs, need)
		}
	}
	need.N, need.Role, need.Do = r.Participants, "", may.Recruit
	if least := group.ToCertify(def, r.Variant); r.Participants < least {
		need.Kind, need.Of = TooFewPeople, least
		return append(needs, need)
	}
	if least := v.Participants.Recommended.Min; r.Participants < least {
		need.Kind, need.Of = FewPeople, least
		needs = append(needs, need)
	}
	return needs
}
