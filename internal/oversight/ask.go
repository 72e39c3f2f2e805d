package oversight

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/mail"
	"hemvist/internal/typed"
)

// AnswerWithin is how many days somebody has to answer why they looked. It is our own choice: a week holds a leader's next session.
const AnswerWithin = 7

// maxAsked is how many entries one question may be about, and maxWords how many characters either writes.
const (
	maxAsked = 50
	maxWords = 2_000
)

// Why is why a reviewer asks. Its words are the reader's language's.
type Why string

// Answered is what sort of answer was given. Its words are the reader's language's.
type Answered string

// Whys is every reason to ask.
var Whys = []Why{"sample", "hours", "many", "no-part", "other"}

// Answers is every kind of answer.
var Answers = []Answered{"my-work", "stood-in", "was-asked", "mistake", "other"}

// Asking is a question to be asked. Entries by several people become a question to each.
type Asking struct {
	Entries []string
	Why     Why
	Words   string // more about it; needed when the reason is another
}

// check returns what is wrong with the form, by field; the words are trimmed.
func (a Asking) check() (Asking, error) {
	var wrong []errs.Field
	a.Entries = slices.Sorted(slices.Values(a.Entries))
	if a.Entries = slices.Compact(a.Entries); len(a.Entries) == 0 {
		wrong = append(wrong, errs.Field{Name: "entry", Key: "log.error.entries"})
	}
	if !slices.Contains(Whys, a.Why) {
		wrong = append(wrong, errs.Field{Name: "why", Key: "log.error.why"})
	}
	empty := ""
	if a.Why == "other" {
		empty = "log.error.words"
	}
	var more []errs.Field
	a.Words, more = words(a.Words, empty)
	return a, errs.InvalidFields(append(wrong, more...)...)
}

// words is what somebody wrote, and what is wrong with it. Who it is about is known from the entries: a personal number has no
// business there.
func words(text, emptyKey string) (string, []errs.Field) {
	text, wrong := typed.Text("words", text, emptyKey, maxWords)
	if len(wrong) == 0 && typed.HoldsPersonalNumber(text) {
		wrong = []errs.Field{{Name: "words", Key: "log.error.personal-number"}}
	}
	return text, wrong
}

// AskAbout is the entries of the log that the actor wants to ask about. One that is not in the log that they review is NotFound.
func (s *Service) AskAbout(ctx context.Context, actor access.Subject, ids []string) ([]Entry, error) {
	var all []Entry
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = s.askable(ctx, tx, actor, ids)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("ask about entries: %w", err)
	}
	note(ctx, actor, ActionRead, actor.Organisation, len(all))
	return all, nil
}

func (s *Service) askable(ctx context.Context, tx *db.Tx, actor access.Subject, ids []string) ([]Entry, error) {
	scope := access.ScopeOf(actor, access.ReviewLog)
	if scope.Reach() != access.Organisation {
		return nil, errs.New(errs.Denied, "")
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	if len(ids) > maxAsked {
		return nil, errs.New(errs.TooLarge, "log.error.picked")
	}
	f := also(reviewed(scope), in("e.id", ids))
	f.Limit = maxAsked
	stored, err := s.log.List(ctx, tx, f)
	if err != nil {
		return nil, err
	}
	if len(stored) != len(ids) {
		return nil, errs.New(errs.NotFound, "")
	}
	return named(ctx, tx, actor.Person, stored)
}

// asked is a question that is ready to be stored.
type asked struct {
	id, about string
	entries   []string
	words     []byte
}

// Ask asks each of those who did the entries why. They are told by letter and on their first page. What nobody did, what the actor did
// and what has been asked about already is Invalid, and so is a person who has no role any more: they could not answer.
func (s *Service) Ask(ctx context.Context, actor access.Subject, a Asking, requestID string) (questions int, err error) {
	if access.ReachOf(actor.Role, access.ReviewLog) == access.None {
		return 0, errs.New(errs.Denied, "")
	}
	if a, err = a.check(); err != nil {
		return 0, err
	}
	var entries []Entry
	if err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		entries, err = s.askable(ctx, tx, actor, a.Entries)
		return err
	}); err != nil {
		return 0, fmt.Errorf("ask: %w", err)
	}
	all, err := s.prepare(ctx, actor, entries, a)
	if err != nil {
		return 0, err
	}
	due := s.Today().AddDays(AnswerWithin)
	now := db.At(s.clock.Now())
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, q := range all {
			if err := s.askTx(ctx, tx, actor, q, a.Why, now, due, requestID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("ask: %w", err)
	}
	return len(all), nil
}

// prepare makes a question of the entries of each doer, with its words sealed.
func (s *Service) prepare(ctx context.Context, actor access.Subject, entries []Entry, a Asking) ([]asked, error) {
	var all []asked
	for _, e := range entries {
		switch {
		case e.Actor == "":
			return nil, wrongEntries("log.error.nobody")
		case e.Own:
			return nil, wrongEntries("log.error.self")
		case e.Asked != "":
			return nil, wrongEntries("log.error.asked")
		}
		i := slices.IndexFunc(all, func(q asked) bool { return q.about == e.Actor })
		if i < 0 {
			i, all = len(all), append(all, asked{id: db.NewID(), about: e.Actor})
		}
		all[i].entries = append(all[i].entries, e.ID)
	}
	ids := make([]string, len(all))
	for i, q := range all {
		ids[i] = q.id
	}
	keys, err := s.vault.NewSubjects(ctx, actor.Organisation, ids) // before the rows: a key without a row is harmless
	if err != nil {
		return nil, fmt.Errorf("ask: %w", err)
	}
	for i, q := range all {
		if all[i].words, err = keys.Seal(q.id, fieldQuestion, a.Words); err != nil {
			return nil, fmt.Errorf("ask: %w", err)
		}
	}
	return all, nil
}

func wrongEntries(key string) error {
	return errs.InvalidFields(errs.Field{Name: "entry", Key: key})
}

func (s *Service) askTx(ctx context.Context, tx *db.Tx, actor access.Subject, q asked, why Why, now db.Time, due clock.Date, requestID string) error {
	to, err := s.mayAnswer(ctx, tx, q.about)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO log_question (id, organisation_id, authority_id, about, asked_by, asked_at, due_on, reason, words)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		q.id, actor.Organisation, db.Null(actor.Authority), q.about, actor.Person, now, due, string(why), q.words); err != nil {
		return err
	}
	for _, entry := range q.entries {
		var n int
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM log_question_entry WHERE entry_id = $1`, entry).Scan(&n); err != nil {
			return err
		}
		if n > 0 { // somebody asked meanwhile
			return wrongEntries("log.error.asked")
		}
		if _, err := tx.Exec(ctx, `INSERT INTO log_question_entry (question_id, entry_id) VALUES ($1, $2)`, q.id, entry); err != nil {
			return err
		}
	}
	// It is no organisation's letter, and so stands in no outbox: who was asked is for reviewer and asked to know. Should it not arrive,
	// the question stands on the person's first page all the same.
	to.Template, to.Once = "question", "question "+q.id
	to.Link = mail.Link{Path: "/me/log/questions/" + q.id}
	if err := s.letters.SendTx(ctx, tx, to); err != nil {
		return err
	}
	return s.log.Add(ctx, tx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: actor.Organisation, Action: ActionAsk,
		Subject: q.about, Outcome: audit.OK, RequestID: requestID, Found: append([]string{q.id}, q.entries...)})
}

// mayAnswer is a letter to somebody who has a role today, and so can sign in and answer.
func (s *Service) mayAnswer(ctx context.Context, tx *db.Tx, person string) (mail.Letter, error) {
	to, err := db.One(ctx, tx, func(row db.Scanner) (mail.Letter, error) {
		to := mail.Letter{Person: person}
		err := row.Scan(&to.To, &to.Name, &to.Language)
		return to, err
	}, `SELECT p.email, p.given_name, p.language FROM person p WHERE p.id = $1
		AND EXISTS (SELECT 1 FROM role r WHERE r.person_id = p.id AND r.from_on <= $2 AND (r.to_on IS NULL OR r.to_on >= $2))`, person, s.Today())
	if errs.Is(err, errs.NotFound) {
		return to, wrongEntries("log.error.gone")
	}
	return to, err
}

// refused is why an actor may not do something to a question. It is NotFound to whoever asked, and noted in the log.
type refused struct {
	organisation, question string
	action                 audit.Action
	reason                 access.Reason
}

// Error is for the program's log.
func (r *refused) Error() string { return fmt.Sprintf("%s: %s", r.action, r.reason) }

func noteRefusal(ctx context.Context, actor access.Subject, err error) {
	if r := (*refused)(nil); errors.As(err, &r) {
		audit.Note(ctx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: r.organisation, Action: r.action, Subject: r.question,
			Outcome: audit.Denied})
	}
}
