package consent

import (
	"context"
	"fmt"
	"slices"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/round"
	"hemvist/internal/round/group"
)

// Tick is an answer that somebody took down, over what they saw.
type Tick struct {
	Who    string
	Answer Answer
	Seen   string // the id of the last that was recorded of who, when the page was made; empty for nothing
}

// Batch is what is taken down at once. It is stored whole or not at all, but for what another has answered differently meanwhile.
type Batch struct {
	Session  string // the answers are for this session alone; empty: for the round as a whole
	How      How
	Language string // in which it was explained; empty: in the round's, and in their own for those who have an interpreter
	On       clock.Date
	Ticks    []Tick
}

// MaxTicks is how many answers a batch may hold.
const MaxTicks = 200

// earliest is how many days back an answer may have been given.
const earliest = 366

// Outcome is what became of an answer.
type Outcome string

// The outcomes.
const (
	Kept  Outcome = "kept"
	Same  Outcome = "same"  // somebody had taken down the same
	Gone  Outcome = "gone"  // who answered is not asked any more: nothing is stored
	Clash Outcome = "clash" // somebody took down another answer meanwhile: this one is not stored
)

// Taken is what became of one answer, and what holds now.
type Taken struct {
	Who     string
	Outcome Outcome
	Mine    Answer
	Now     Stored
}

// Result is what became of a batch.
type Result []Taken

// Has tells whether any of it ended so.
func (r Result) Has(o Outcome) bool {
	return slices.ContainsFunc(r, func(t Taken) bool { return t.Outcome == o })
}

// check refuses what cannot have been answered.
func (b Batch) check(today clock.Date) error {
	if len(b.Ticks) > MaxTicks {
		return errs.New(errs.TooLarge, "consent.error.answer")
	}
	for _, t := range b.Ticks {
		if t.Answer != Given && !t.Answer.No() {
			return errs.New(errs.Invalid, "consent.error.answer")
		}
	}
	var wrong []errs.Field
	if !slices.Contains(Hows, b.How) {
		wrong = append(wrong, errs.Field{Name: "consent-how", Key: "consent.error.how"})
	}
	if b.Language != "" && !slices.Contains(group.Languages, b.Language) {
		wrong = append(wrong, errs.Field{Name: "consent-language", Key: "consent.error.language"})
	}
	if b.On.IsZero() || b.On.After(today) || b.On.Before(today.AddDays(-earliest)) {
		wrong = append(wrong, errs.Field{Name: "consent-on", Key: "consent.error.on"})
	}
	return errs.InvalidFields(wrong...)
}

// Record stores what was answered. Those who lead take down what participants say, and each of them says their own. An answer that was made
// over something else than what holds is not stored when it differs: it is a Clash, and the others are stored. In a round that is over, and of
// somebody who has left it, a yes can be taken back and nothing else.
func (s *Service) Record(ctx context.Context, actor access.Subject, roundID string, p Purpose, b Batch, requestID string) (Result, error) {
	today := s.rounds.Today()
	if p != Filming {
		return nil, errs.New(errs.Invalid, "consent.error.answer")
	}
	if err := b.check(today); err != nil {
		return nil, fmt.Errorf("record consents: %w", err)
	}
	var result Result
	var row round.Row
	var decision access.Decision
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		result = nil
		if row, err = round.RowTx(ctx, tx, roundID, today); err != nil {
			return err
		}
		if decision = row.Decide(actor, access.RecordConsent); !decision.Allow {
			return nil
		}
		g, err := s.groundTx(ctx, tx, actor, row, p, b, today)
		if err != nil {
			return err
		}
		for _, t := range b.Ticks {
			taken, err := s.takeTx(ctx, tx, actor, g, t, requestID)
			if err != nil {
				return err
			}
			result = append(result, taken)
		}
		return nil
	})
	if err == nil && !decision.Allow {
		err = s.rounds.Look(ctx, actor, ActionRecord, row, decision)
	}
	if err != nil {
		return nil, fmt.Errorf("record consents: %w", err)
	}
	return result, nil
}

// ground is what a batch is judged by, read in one snapshot.
type ground struct {
	row     round.Row
	purpose Purpose
	Batch
	said  map[string][]Stored
	today clock.Date
	who   map[string]answerer // those who can answer
}

// answerer is somebody who can answer.
type answerer struct {
	column   string // in which they stand
	language string // in which it was explained to them, when nothing else is said
	here     bool   // takes part, or leads
}

// The columns by which who answers is known. In a round that keeps counts only the session says who.
const (
	ofParticipant = "participant_id"
	ofPerson      = "person_id"
	ofSession     = "session_id"
)

func (s *Service) groundTx(ctx context.Context, tx *db.Tx, actor access.Subject, row round.Row, p Purpose, b Batch, today clock.Date) (ground, error) {
	g := ground{row: row, purpose: p, Batch: b, today: today, who: map[string]answerer{}}
	rule, err := s.rule(row)
	if err != nil {
		return g, err
	}
	if !rule.Asks() {
		return g, errs.New(errs.NotFound, "")
	}
	sessions, err := round.SessionsTx(ctx, tx, row.ID)
	if err != nil {
		return g, err
	}
	sessions = slices.DeleteFunc(sessions, func(x round.Session) bool { return x.Fact == round.Cancelled || !rule.Of(x) })
	if b.Session != "" && !slices.ContainsFunc(sessions, func(x round.Session) bool { return x.ID == b.Session }) {
		return g, errs.New(errs.NotFound, "")
	}
	if g.said, err = storedTx(ctx, tx, row.ID, p); err != nil {
		return g, err
	}
	if rule.Leaders {
		// One's own: nobody answers for another. Who stands on the round's staff today is who reaches it; who leads it is asked.
		g.who[actor.Person] = answerer{column: ofPerson, here: slices.Contains(leadersOf(row), actor.Person)}
	}
	switch {
	case !rule.Participants:
	case row.Attendance == round.CountsOnly:
		for _, x := range sessions {
			g.who[x.ID] = answerer{column: ofSession, here: true}
		}
	default:
		members, err := membersTx(ctx, tx, row.ID)
		if err != nil {
			return g, err
		}
		for _, m := range members {
			a := answerer{column: ofParticipant, language: row.Language, here: m.left.IsZero()}
			if m.interpreter {
				a.language = m.language
			}
			g.who[m.id] = a
		}
	}
	return g, nil
}

// takeTx stores one answer over what holds now, or says why not.
func (s *Service) takeTx(ctx context.Context, tx *db.Tx, actor access.Subject, g ground, t Tick, requestID string) (Taken, error) {
	a, known := g.who[t.Who]
	if !known {
		return Taken{}, errs.New(errs.Invalid, "consent.error.answer")
	}
	x := g.answerOf(actor, a, t, s.clock.Now())
	said := g.said[t.Who]
	now, seen := AnswerOn(said, x.Session, g.today), ""
	if len(said) > 0 {
		seen = said[len(said)-1].ID
	}
	taken := Taken{Who: t.Who, Mine: t.Answer, Now: now}
	yes := holdsYes(said, x.Session, g.today)
	same := now.Answer == x.Answer && (x.Answer != Withdrawn || !yes)
	switch {
	case same && (seen != t.Seen || now.Session == x.Session && now.How == x.How && now.Language == x.Language && now.On == x.On):
		taken.Outcome = Same
		return taken, nil
	case seen != t.Seen:
		taken.Outcome = Clash
		return taken, nil
	case t.Answer == Withdrawn && !yes && !same:
		return taken, errs.InvalidFields(errs.Field{Name: "answer." + t.Who, Key: "consent.error.nothing-given"})
	case t.Answer != Withdrawn && !a.here:
		taken.Outcome = Gone
		return taken, nil
	case t.Answer != Withdrawn && g.row.EndedHow != "":
		return taken, errs.New(errs.Conflict, "round.error.ended")
	}
	return s.storeTx(ctx, tx, actor, g, a, x, requestID)
}

// answerOf is a tick as it is stored.
func (g ground) answerOf(actor access.Subject, a answerer, t Tick, at time.Time) Stored {
	x := Stored{Who: t.Who, Session: g.Session, Answer: t.Answer, How: g.How, Language: a.language, On: g.On, By: actor.Person, At: at}
	if a.column == ofSession {
		x.Session = t.Who
	}
	if g.Language != "" && a.column == ofParticipant {
		x.Language = g.Language
	}
	return x
}

// storeTx stores an answer over what was said before, with its entry in the log.
func (s *Service) storeTx(ctx context.Context, tx *db.Tx, actor access.Subject, g ground, a answerer, x Stored, requestID string) (Taken, error) {
	x.ID = db.NewID()
	said, taken := g.said[x.Who], Taken{Who: x.Who, Outcome: Kept, Mine: x.Answer, Now: x}
	if err := insertTx(ctx, tx, g, a, x, before(said, x.Session)); err != nil {
		return taken, err
	}
	g.said[x.Who] = append(said, x)
	return taken, s.log.Add(ctx, tx, entry(actor, g.row, x.Who, requestID))
}

// before is the id of the last answer for the same session, or for the round: what the next one supersedes.
func before(said []Stored, session string) string {
	for i := len(said) - 1; i >= 0; i-- {
		if said[i].Session == session {
			return said[i].ID
		}
	}
	return ""
}

func insertTx(ctx context.Context, tx *db.Tx, g ground, a answerer, x Stored, supersedes string) error {
	participant, person := "", ""
	switch a.column {
	case ofParticipant:
		participant = x.Who
	case ofPerson:
		person = x.Who
	}
	_, err := tx.Exec(ctx, `INSERT INTO consent (id, round_id, session_id, participant_id, person_id, purpose, answer, how, language, happened_on,
			recorded_at, recorded_by, supersedes)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`, x.ID, g.row.ID, db.Null(x.Session), db.Null(participant), db.Null(person),
		string(g.purpose), string(x.Answer), string(x.How), x.Language, x.On, db.At(x.At), x.By, db.Null(supersedes))
	if err != nil {
		return fmt.Errorf("store an answer: %w", err)
	}
	return nil
}
