package consent

import (
	"context"
	"fmt"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/round"
	"hemvist/internal/round/meeting"
)

// Asked is somebody who is asked, with the answer that holds.
type Asked struct {
	Who    string // empty for a reader who may not know
	Leader bool
	Group  bool // all who take part in a session together, where counts only are kept
	Answer Stored
}

// Standing is where those who are asked stand, for a session or for the round as a whole.
type Standing struct {
	Rule  Rule
	Asked []Asked
}

// Verdict is what follows from the answers.
type Verdict string

// The verdicts.
const (
	Unasked Verdict = "unasked" // the programme asks for no consent: the room says nothing
	May     Verdict = "may"     // all have said yes
	Beside  Verdict = "beside"  // all have answered: who said no sits beside the picture, which shows those who lead alone
	Waits   Verdict = "waits"   // somebody has not answered
	MayNot  Verdict = "may-not" // somebody who would be seen has said no
)

// Count is how many of those asked fulfil something.
func (s Standing) Count(of func(Asked) bool) int {
	n := 0
	for _, a := range s.Asked {
		if of(a) {
			n++
		}
	}
	return n
}

// Missing tells of somebody who has not answered.
func Missing(a Asked) bool { return a.Answer.Answer == "" }

// SaysNo tells of somebody who has refused, or taken a yes back.
func SaysNo(a Asked) bool { return a.Answer.Answer.No() }

// LeaderSaysNo tells whether one of those who lead is not to be filmed: then nothing is filmed, and the others need not be asked.
func (s Standing) LeaderSaysNo() bool {
	return s.Count(func(a Asked) bool { return a.Leader && SaysNo(a) }) > 0
}

// Verdict is what follows. A no from somebody who would be seen weighs more than an answer that is missing.
func (s Standing) Verdict() Verdict {
	seen := func(a Asked) bool { return SaysNo(a) && (a.Leader || s.Rule.SeesParticipants()) }
	switch {
	case !s.Rule.Asks():
		return Unasked
	case s.Count(seen) > 0:
		return MayNot
	case s.Count(Missing) > 0:
		return Waits
	case s.Count(SaysNo) > 0:
		return Beside
	default:
		return May
	}
}

// StandingTx is where those who are asked for a session stand, by what had been answered on a day. Whether a session may be filmed is asked
// with its own day; whether a film of it may still be watched, with today. It asks nobody's leave: the caller has.
func (s *Service) StandingTx(ctx context.Context, tx *db.Tx, roundID, sessionID string, p Purpose, on clock.Date) (Standing, error) {
	sessions, err := round.SessionsTx(ctx, tx, roundID)
	if err != nil {
		return Standing{}, err
	}
	i := slices.IndexFunc(sessions, func(x round.Session) bool { return x.ID == sessionID })
	if i < 0 {
		return Standing{}, errs.New(errs.NotFound, "")
	}
	row, err := round.RowTx(ctx, tx, roundID, sessions[i].On)
	if err != nil {
		return Standing{}, err
	}
	said, err := storedTx(ctx, tx, roundID, p)
	if err != nil {
		return Standing{}, err
	}
	rule, err := s.rule(row)
	if err != nil || !rule.Of(sessions[i]) {
		return Standing{}, err
	}
	return standingTx(ctx, tx, row, rule, sessions[i], said, on)
}

// rule is the rule of a round.
func (s *Service) rule(r round.Row) (Rule, error) {
	def, err := s.defs.Definition(r.Programme, r.Version)
	if err != nil {
		return Rule{}, fmt.Errorf("whose consent comes first: %w", err)
	}
	return RuleOf(def, r), nil
}

// standingTx is where those stand who are asked for a session, or for the round as a whole when the session is the zero Session.
func standingTx(ctx context.Context, tx *db.Tx, row round.Row, rule Rule, x round.Session, said map[string][]Stored, on clock.Date) (Standing, error) {
	s := Standing{Rule: rule}
	add := func(a Asked) {
		a.Answer = AnswerOn(said[a.Who], x.ID, on)
		s.Asked = append(s.Asked, a)
	}
	switch {
	case !rule.Participants:
	case row.Attendance != round.CountsOnly:
		who, err := participantsTx(ctx, tx, row.ID, x, on)
		if err != nil {
			return s, err
		}
		for _, id := range who {
			add(Asked{Who: id})
		}
	case x.ID != "":
		add(Asked{Who: x.ID, Group: true})
	}
	if !rule.Leaders {
		return s, nil
	}
	leaders := leadersOf(row)
	if x.ID != "" {
		var err error
		if leaders, err = meeting.LeadingTx(ctx, tx, row, x.ID); err != nil {
			return s, err
		}
	}
	for _, id := range leaders {
		add(Asked{Who: id, Leader: true})
	}
	return s, nil
}

// leadersOf is those who lead a round on the day that its staff was read for.
func leadersOf(r round.Row) []string {
	var ids []string
	for _, m := range r.Staff {
		if m.Role == access.Leader && !slices.Contains(ids, m.PersonID) {
			ids = append(ids, m.PersonID)
		}
	}
	return ids
}

// member is a participant as this room sees one.
type member struct {
	id, language string
	interpreter  bool
	joined, left clock.Date
}

func membersTx(ctx context.Context, tx *db.Tx, roundID string) ([]member, error) {
	return db.All(ctx, tx, func(row db.Scanner) (member, error) {
		var m member
		err := row.Scan(&m.id, &m.language, &m.interpreter, &m.joined, &m.left)
		return m, err
	}, `SELECT id, language, interpreter, joined_on, left_on FROM participant WHERE round_id = $1 ORDER BY id`, roundID)
}

// participantsTx is the ids of those who are asked: for a session those who were there, and while nothing is marked of them those who are
// expected; for the round as a whole those who take part on the day.
func participantsTx(ctx context.Context, tx *db.Tx, roundID string, x round.Session, on clock.Date) ([]string, error) {
	members, err := membersTx(ctx, tx, roundID)
	if err != nil {
		return nil, err
	}
	var there map[string]bool
	if x.ID != "" {
		if there, err = meeting.ThereTx(ctx, tx, x.ID); err != nil {
			return nil, err
		}
	}
	var ids []string
	for _, m := range members {
		was, marked := there[m.id]
		asked := m.left.IsZero()
		switch {
		case marked:
			asked = was
		case x.ID != "" && !x.On.After(on): // one who is written down later may have been there: then there is a mark
			asked = !m.joined.After(x.On) && (m.left.IsZero() || !m.left.Before(x.On))
		}
		if asked {
			ids = append(ids, m.id)
		}
	}
	return ids, nil
}
