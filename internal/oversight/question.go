package oversight

import (
	"context"
	"fmt"
	"slices"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// State is where a question stands. It follows from what was last said about it.
type State string

// The states.
const (
	Open      State = "open"      // not answered
	WasAnswer State = "answered"  // to be judged by a reviewer
	Accepted  State = "accepted"  // the look was as it should be
	FollowUp  State = "follow-up" // the reviewer takes it further, outside the system
)

// States is every state, in the order of a question's life.
var States = []State{Open, WasAnswer, FollowUp, Accepted}

// The fields of a question that are sealed, with its own key. The names are bound into the seal.
const (
	fieldQuestion = "log-question.words"
	fieldFact     = "log-question-fact.words"
)

// Question is why somebody was asked, of what, and what became of it.
type Question struct {
	ID, Organisation, Authority string
	About, AskedBy              Named
	AskedAt                     time.Time
	DueOn                       clock.Date
	Why                         Why
	Words                       string
	State                       State
	Asked                       int     // how many entries it is about
	Entries                     []Entry // those that are still in the log; empty in lists
	History                     []Said  // the oldest first; empty in lists
	Own                         bool    // it is about the reader's own doings
	MayJudge, MayAccept         bool
	MayAnswer                   bool
}

// Said is one thing that was said about a question.
type Said struct {
	State State
	As    Answered // of an answer
	Words string
	By    string
	At    time.Time
	words []byte
}

// latest is what was last said about question q, and the state that follows.
const latest = `LEFT JOIN log_question_fact f ON f.question_id = q.id
	AND NOT EXISTS (SELECT 1 FROM log_question_fact later WHERE later.supersedes = f.id)`

const questionColumns = `q.id, q.organisation_id, coalesce(q.authority_id, ''), q.about, a.name, q.asked_by, b.name, q.asked_at, q.due_on, q.reason,
	q.words, coalesce(f.fact, 'open'), (SELECT count(*) FROM log_question_entry e WHERE e.question_id = q.id)`

const questionTables = ` FROM log_question q JOIN person a ON a.id = q.about JOIN person b ON b.id = q.asked_by ` + latest

type sealedQuestion struct {
	Question
	words []byte
}

func scanQuestion(row db.Scanner) (sealedQuestion, error) {
	var q sealedQuestion
	var at db.Time
	err := row.Scan(&q.ID, &q.Organisation, &q.Authority, &q.About.ID, &q.About.Name, &q.AskedBy.ID, &q.AskedBy.Name, &at, &q.DueOn, &q.Why, &q.words,
		&q.State, &q.Asked)
	q.AskedAt = at.Time
	return q, err
}

func (q Question) resource() access.Resource {
	return access.Resource{Organisation: q.Organisation, Authority: q.Authority}
}

// Late tells whether it should have been answered before a day.
func (q Question) Late(on clock.Date) bool { return q.State == Open && q.DueOn.Before(on) }

// QuestionPage is one page of questions, the newest first, without their words.
type QuestionPage struct {
	Questions []Question
	State     State // empty for all
	Number    int   // of the page, from 1
	Total     int
	Today     clock.Date
}

// Pages is how many pages there are; at least 1.
func (p QuestionPage) Pages() int { return max(1, (p.Total+perPage-1)/perPage) }

// within bounds a query on question q to a scope: its condition and the values for $1 and $2.
func within(scope access.Scope) (string, []any) {
	return `q.organisation_id = $1 AND ($2 = '' OR q.authority_id = $2)`, []any{scope.Organisation(), scope.Authority()}
}

// Questions is the questions that were asked from the log that the actor reviews.
func (s *Service) Questions(ctx context.Context, actor access.Subject, state State, page int) (QuestionPage, error) {
	scope := access.ScopeOf(actor, access.ReviewLog)
	if scope.Reach() != access.Organisation {
		return QuestionPage{}, errs.New(errs.Denied, "")
	}
	if !slices.Contains(States, state) {
		state = ""
	}
	p := QuestionPage{State: state, Today: s.Today()}
	condition, args := within(scope)
	condition += ` AND ($3 = '' OR coalesce(f.fact, 'open') = $3)`
	args = append(args, string(state))
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.QueryRow(ctx, `SELECT count(*)`+questionTables+` WHERE `+condition, args...).Scan(&p.Total); err != nil {
			return err
		}
		p.Number = min(max(page, 1), p.Pages())
		found, err := db.All(ctx, tx, scanQuestion, `SELECT `+questionColumns+questionTables+` WHERE `+condition+
			fmt.Sprintf(` ORDER BY q.asked_at DESC, q.id DESC LIMIT %d OFFSET %d`, perPage, (p.Number-1)*perPage), args...)
		p.Questions = make([]Question, len(found))
		for i, q := range found {
			p.Questions[i] = q.Question
		}
		return err
	})
	if err != nil {
		return QuestionPage{}, fmt.Errorf("list questions: %w", err)
	}
	return p, nil
}

// Question is a question from the log that the actor reviews. One outside it is NotFound, as one that does not exist.
func (s *Service) Question(ctx context.Context, actor access.Subject, id string) (Question, error) {
	return s.question(ctx, actor, id, func(q Question) error {
		if d := access.Decide(actor, access.ReviewLog, q.resource()); !d.Allow {
			return errs.Wrap(errs.NotFound, &refused{q.Organisation, q.ID, ActionReadQuestion, d.Reason})
		}
		return nil
	})
}

// MyQuestion is a question that the actor was asked. Another's is NotFound.
func (s *Service) MyQuestion(ctx context.Context, actor access.Subject, id string) (Question, error) {
	return s.question(ctx, actor, id, mine(actor, ActionReadQuestion))
}

func mine(actor access.Subject, action audit.Action) func(Question) error {
	return func(q Question) error {
		if actor.Person == "" || q.About.ID != actor.Person {
			return errs.Wrap(errs.NotFound, &refused{q.Organisation, q.ID, action, access.OutOfReach})
		}
		return nil
	}
}

func (s *Service) question(ctx context.Context, actor access.Subject, id string, may func(Question) error) (Question, error) {
	var q sealedQuestion
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if q, err = oneQuestion(ctx, tx, id); err != nil {
			return err
		}
		if err := may(q.Question); err != nil {
			return err
		}
		if q.History, err = history(ctx, tx, id); err != nil {
			return err
		}
		entries, err := db.All(ctx, tx, db.Scalar[string], `SELECT entry_id FROM log_question_entry WHERE question_id = $1 ORDER BY entry_id`, id)
		if err != nil {
			return err
		}
		stored, err := s.log.ByID(ctx, tx, q.Organisation, entries)
		if err != nil {
			return err
		}
		q.Entries, err = named(ctx, tx, actor.Person, stored)
		return err
	})
	if err == nil {
		err = s.open(ctx, &q)
	}
	if err != nil {
		noteRefusal(ctx, actor, err)
		return Question{}, fmt.Errorf("read a question: %w", err)
	}
	q.Own = q.About.ID == actor.Person
	q.MayJudge = !q.Own && access.Decide(actor, access.ReviewLog, q.resource()).Allow
	q.MayAccept = q.MayJudge && q.State != Accepted && q.answered()
	q.MayAnswer = q.Own && q.State != Accepted
	audit.Note(ctx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: q.Organisation, Action: ActionReadQuestion, Subject: q.ID,
		Outcome: audit.OK})
	return q.Question, nil
}

// answered tells whether an answer was ever given.
func (q Question) answered() bool {
	return slices.ContainsFunc(q.History, func(x Said) bool { return x.State == WasAnswer })
}

func oneQuestion(ctx context.Context, tx *db.Tx, id string) (sealedQuestion, error) {
	return db.One(ctx, tx, scanQuestion, `SELECT `+questionColumns+questionTables+` WHERE q.id = $1`, id)
}

func history(ctx context.Context, tx *db.Tx, id string) ([]Said, error) {
	return db.All(ctx, tx, func(row db.Scanner) (Said, error) {
		var x Said
		var at db.Time
		err := row.Scan(&x.State, &x.As, &x.words, &x.By, &at)
		x.At = at.Time
		return x, err
	}, `SELECT f.fact, coalesce(f.reason, ''), f.words, p.name, f.recorded_at FROM log_question_fact f JOIN person p ON p.id = f.recorded_by
		WHERE f.question_id = $1 ORDER BY f.recorded_at, f.id`, id)
}

// open opens what both wrote.
func (s *Service) open(ctx context.Context, q *sealedQuestion) error {
	keys, err := s.vault.Subjects(ctx, q.Organisation, []string{q.ID})
	if err != nil {
		return err
	}
	if q.Words, err = keys.Open(q.ID, fieldQuestion, q.words); err != nil {
		return err
	}
	for i, x := range q.History {
		if x.words == nil {
			continue
		}
		if q.History[i].Words, err = keys.Open(q.ID, fieldFact, x.words); err != nil {
			return err
		}
	}
	return nil
}
