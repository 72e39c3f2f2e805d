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
)

// View is a round's answers as the reader may see them. It holds no name: who may see names finds them in the room group.
type View struct {
	round.Row
	Rule      Rule
	Session   round.Session       // that it is about; the zero Session: the round as a whole
	Filmed    []round.Session     // the sessions that the rule is about, but for those that were cancelled
	Standing  Standing            // as of today
	Leading   []round.StaffMember // who works in the round today, or on the session's day
	Said      map[string][]Stored
	MayRecord bool
	Today     clock.Date
}

// Ended tells whether the round is over: then a yes can only be taken back.
func (v View) Ended() bool { return v.EndedHow != "" }

// Answer is the answer of somebody that holds today.
func (v View) Answer(who string) Stored { return AnswerOn(v.Said[who], v.Session.ID, v.Today) }

// Seen is the last that was recorded of somebody: what an answer that is made on a page is made over.
func (v View) Seen(who string) string {
	if said := v.Said[who]; len(said) > 0 {
		return said[len(said)-1].ID
	}
	return ""
}

// IsAsked tells whether somebody is asked.
func (v View) IsAsked(who string) bool {
	return slices.ContainsFunc(v.Standing.Asked, func(a Asked) bool { return a.Who == who })
}

// Get is a round's answers, about one of its sessions or, when session is empty, about the round as a whole. A round outside the reader's
// reach is NotFound. Who may not record answers is told how many have given which, and nothing of whose they are.
func (s *Service) Get(ctx context.Context, actor access.Subject, roundID, session string) (View, error) {
	var v View
	var decision access.Decision
	today := s.rounds.Today()
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		row, err := round.RowTx(ctx, tx, roundID, today)
		if err != nil {
			return err
		}
		v = View{Row: row, Today: today}
		if decision = row.Decide(actor, access.ReadConsent); !decision.Allow {
			return nil
		}
		return s.fillTx(ctx, tx, actor, session, &v)
	})
	if err == nil && (v.MayRecord || !decision.Allow) { // how many they are is no look at anybody
		err = s.rounds.Look(ctx, actor, ActionRead, v.Row, decision)
	}
	if err != nil {
		return View{}, fmt.Errorf("consents of a round: %w", err)
	}
	return v, nil
}

func (s *Service) fillTx(ctx context.Context, tx *db.Tx, actor access.Subject, session string, v *View) error {
	var err error
	if v.Rule, err = s.rule(v.Row); err != nil || !v.Rule.Asks() {
		return err
	}
	sessions, err := round.SessionsTx(ctx, tx, v.ID)
	if err != nil {
		return err
	}
	for _, x := range sessions {
		if x.Fact != round.Cancelled && v.Rule.Of(x) {
			v.Filmed = append(v.Filmed, x)
		}
	}
	if session != "" {
		i := slices.IndexFunc(v.Filmed, func(x round.Session) bool { return x.ID == session })
		if i < 0 {
			return errs.New(errs.NotFound, "")
		}
		v.Session = v.Filmed[i]
	}
	if v.Said, err = storedTx(ctx, tx, v.ID, Filming); err != nil {
		return err
	}
	staffed := v.Row
	if v.Session.ID != "" {
		if staffed, err = round.RowTx(ctx, tx, v.ID, v.Session.On); err != nil {
			return err
		}
	}
	v.Leading = staffed.Staff
	if v.Standing, err = standingTx(ctx, tx, staffed, v.Rule, v.Session, v.Said, v.Today); err != nil {
		return err
	}
	if v.MayRecord = v.May(actor, access.RecordConsent); v.MayRecord {
		return nil
	}
	v.Said = nil
	for i := range v.Standing.Asked {
		v.Standing.Asked[i].Who, v.Standing.Asked[i].Answer = "", Stored{Answer: v.Standing.Asked[i].Answer.Answer}
	}
	return nil
}
