package oversight

import (
	"context"
	"fmt"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// Answer says why the actor looked. It may be said again until a reviewer has accepted it (Conflict); what was said before stays
// readable.
func (s *Service) Answer(ctx context.Context, actor access.Subject, id string, as Answered, text, requestID string) error {
	var wrong []errs.Field
	if !slices.Contains(Answers, as) {
		wrong = append(wrong, errs.Field{Name: "as", Key: "log.error.as"})
	}
	empty := ""
	if as == "mistake" || as == "other" {
		empty = "log.error.answer-words"
	}
	text, more := words(text, empty)
	if err := errs.InvalidFields(append(wrong, more...)...); err != nil {
		return err
	}
	err := s.say(ctx, actor, id, saying{state: WasAnswer, as: as, words: text, action: ActionAnswer, requestID: requestID}, func(q Question) error {
		if err := mine(actor, ActionAnswer)(q); err != nil {
			return err
		}
		if q.State == Accepted {
			return errs.New(errs.Conflict, "log.error.accepted")
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	return nil
}

// Judge accepts an answer, or says that it is followed up. Nobody judges about themselves (Denied), and what was not answered cannot be
// accepted (Invalid).
func (s *Service) Judge(ctx context.Context, actor access.Subject, id string, verdict State, text, requestID string) error {
	action := ActionAccept
	switch verdict {
	case Accepted:
	case FollowUp:
		action = ActionFollowUp
	default:
		return errs.InvalidFields(errs.Field{Name: "verdict", Key: "log.error.verdict"})
	}
	text, wrong := words(text, "")
	if err := errs.InvalidFields(wrong...); err != nil {
		return err
	}
	err := s.say(ctx, actor, id, saying{state: verdict, words: text, action: action, requestID: requestID}, func(q Question) error {
		if d := access.Decide(actor, access.ReviewLog, q.resource()); !d.Allow {
			return errs.Wrap(errs.NotFound, &refused{q.Organisation, q.ID, action, d.Reason})
		}
		if q.About.ID == actor.Person {
			return errs.New(errs.Denied, "log.error.own")
		}
		if verdict == Accepted && !q.answered() {
			return errs.InvalidFields(errs.Field{Name: "verdict", Key: "log.error.unanswered"})
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("judge an answer: %w", err)
	}
	return nil
}

// saying is something that is said about a question.
type saying struct {
	state     State
	as        Answered
	words     string
	action    audit.Action
	requestID string
}

// say adds what is said, superseding what was said last. A verdict that stands already changes nothing.
func (s *Service) say(ctx context.Context, actor access.Subject, id string, x saying, may func(Question) error) error {
	sealed, err := s.sealFor(ctx, id, x.words)
	if err != nil {
		return err
	}
	now := db.At(s.clock.Now())
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		q, err := oneQuestion(ctx, tx, id)
		if err != nil {
			return err
		}
		if q.History, err = history(ctx, tx, id); err != nil {
			return err
		}
		if err := may(q.Question); err != nil {
			return err
		}
		if q.State == x.state && x.state != WasAnswer && x.words == "" {
			return nil
		}
		before, err := db.One(ctx, tx, db.Scalar[string], `SELECT f.id FROM log_question_fact f WHERE f.question_id = $1
			AND NOT EXISTS (SELECT 1 FROM log_question_fact later WHERE later.supersedes = f.id)`, id)
		if err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO log_question_fact (id, question_id, fact, reason, words, recorded_at, recorded_by, supersedes)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			db.NewID(), id, string(x.state), db.Null(string(x.as)), sealed, now, actor.Person, db.Null(before)); err != nil {
			return err
		}
		return s.log.Add(ctx, tx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: q.Organisation, Action: x.action,
			Subject: id, Outcome: audit.OK, RequestID: x.requestID})
	})
	noteRefusal(ctx, actor, err)
	return err
}

// sealFor seals words with a question's key. Of a question that does not exist it seals nothing.
func (s *Service) sealFor(ctx context.Context, id, text string) ([]byte, error) {
	if text == "" {
		return nil, nil
	}
	var owner string
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT organisation_id FROM log_question WHERE id = $1`, id).Scan(&owner)
	})
	if err != nil {
		return nil, err
	}
	keys, err := s.vault.Subjects(ctx, owner, []string{id})
	if err != nil {
		return nil, err
	}
	return keys.Seal(id, fieldFact, text)
}

// Mine is a question that waits for the actor's answer.
type Mine struct {
	ID    string
	DueOn clock.Date
}

// Waiting is the questions that the actor has not answered, the one that is due first first.
func (s *Service) Waiting(ctx context.Context, actor access.Subject) ([]Mine, error) {
	var all []Mine
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = db.All(ctx, tx, func(row db.Scanner) (Mine, error) {
			var m Mine
			err := row.Scan(&m.ID, &m.DueOn)
			return m, err
		}, `SELECT q.id, q.due_on FROM log_question q WHERE q.about = $1
			AND NOT EXISTS (SELECT 1 FROM log_question_fact f WHERE f.question_id = q.id) ORDER BY q.due_on, q.id LIMIT 20`, actor.Person)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("questions that wait: %w", err)
	}
	return all, nil
}

// Answered is how many answers wait for a reviewer.
func (s *Service) Answered(ctx context.Context, actor access.Subject) (int, error) {
	return s.count(ctx, actor, access.ReviewLog, `f.fact = 'answered'`)
}

// Unanswered is how many questions of the log that the actor reviews have no answer.
func (s *Service) Unanswered(ctx context.Context, actor access.Subject) (int, error) {
	return s.count(ctx, actor, access.ReviewLog, `f.fact IS NULL`)
}

// Late is how many of those should have been answered before today.
func (s *Service) Late(ctx context.Context, actor access.Subject) (int, error) {
	return s.count(ctx, actor, access.ReviewLog, `f.fact IS NULL AND q.due_on < $3`, s.Today())
}

// FollowUps is how many things in the actor's organisation the log's reviewer follows up: that it is so, and nothing of what. Who
// answers for one authority hears of those that were asked there, and of those about its people that were asked for the whole
// organisation.
func (s *Service) FollowUps(ctx context.Context, actor access.Subject) (int, error) {
	return s.count(ctx, actor, access.KnowFollowUps, `f.fact = 'follow-up'`)
}

func (s *Service) count(ctx context.Context, actor access.Subject, action access.Action, condition string, args ...any) (int, error) {
	scope := access.ScopeOf(actor, action)
	if scope.Reach() != access.Organisation {
		return 0, errs.New(errs.Denied, "")
	}
	bound, values := within(scope)
	if action == access.KnowFollowUps {
		bound = `q.organisation_id = $1 AND ($2 = '' OR q.authority_id = $2 OR q.authority_id IS NULL AND EXISTS
			(SELECT 1 FROM role r WHERE r.person_id = q.about AND r.authority_id = $2))`
	}
	n := 0
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(*) FROM log_question q `+latest+` WHERE `+bound+` AND `+condition, append(values, args...)...).Scan(&n)
	})
	if err != nil {
		return 0, fmt.Errorf("count questions: %w", err)
	}
	return n, nil
}

// MergePersonTx lets the one who stays be asked, and have asked and answered, what a double was.
func (s *Service) MergePersonTx(ctx context.Context, tx *db.Tx, from, into string) error {
	for _, statement := range []string{`UPDATE log_question SET about = $1 WHERE about = $2`, `UPDATE log_question SET asked_by = $1 WHERE asked_by = $2`,
		`UPDATE log_question_fact SET recorded_by = $1 WHERE recorded_by = $2`} {
		if _, err := tx.Exec(ctx, statement, into, from); err != nil {
			return fmt.Errorf("move the questions of a double: %w", err)
		}
	}
	return nil
}
