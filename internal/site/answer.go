package site

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/mail"
	"hemvist/internal/typed"
	"hemvist/internal/vault"
)

// An answer that is sent by letter is read through a link with a secret, as a letter itself holds nothing secret.
const (
	purposeAnswer = "feedback-answer"
	pathAnswer    = "/feedback/answer"
	answerLimit   = 90 * 24 * time.Hour
)

// onceAnswer is the letter of an answer, by the answer's id.
func onceAnswer(fact string) string { return purposeAnswer + ":" + fact }

func hashSecret(secret string) []byte {
	sum := sha256.Sum256([]byte(secret)) // one is enough: the secret has 160 random bits
	return sum[:]
}

// mayWrite tells whether the house can send a letter to a contact.
func (s *Service) mayWrite(contact string) bool {
	_, wrong := typed.Email("contact", contact)
	return len(wrong) == 0 && s.letters.Delivers(mail.ByEmail)
}

// Reply is an answer, as typed. Seen is how many steps the actor saw, so that two who answer at once are told.
type Reply struct {
	How  How
	Text string
	Seen int
}

// check is what is wrong, by field; the text is trimmed.
func (r Reply) check() (Reply, error) {
	var fields, wrong []errs.Field
	if !slices.Contains(Hows, r.How) {
		fields = append(fields, errs.Field{Name: "how", Key: "feedback.error.how"})
	}
	r.Text, wrong = typed.Text("answer", r.Text, "feedback.error.answer", MaxFeedback)
	fields = append(fields, wrong...)
	if typed.HoldsPersonalNumber(r.Text) {
		fields = append(fields, errs.Field{Name: "answer", Key: "feedback.error.personal-number"})
	}
	return r, errs.InvalidFields(fields...)
}

// Answer notes that a feedback was answered, in which way and with which words; by letter it also sends the letter. When somebody has
// done something about it since r.Seen it is Invalid, with words for the top of the form.
func (s *Service) Answer(ctx context.Context, actor access.Subject, id string, r Reply, requestID string) error {
	if err := may(actor, access.ReadFeedback); err != nil {
		return err
	}
	r, err := r.check()
	if err != nil {
		return err
	}
	keys, err := s.vault.Subjects(ctx, owner, []string{id})
	if err != nil {
		return fmt.Errorf("answer feedback: %w", err)
	}
	x := step{id: db.NewID(), fact: "answered", how: r.How, state: Answered, action: ActionAnswer}
	x.answer, err = keys.Seal(id, fieldAnswer+x.id, r.Text)
	if errors.Is(err, vault.ErrNoKey) || errors.Is(err, vault.ErrShredded) {
		return errs.Wrap(errs.NotFound, err)
	}
	if err != nil {
		return fmt.Errorf("answer feedback: %w", err)
	}
	if r.How == ByLetter {
		if err := s.addLetter(ctx, actor, id, keys, &x); err != nil {
			return err
		}
	}
	return s.step(ctx, actor, id, r.Seen, x, requestID)
}

// addLetter adds to an answer the letter that leads to it.
func (s *Service) addLetter(ctx context.Context, actor access.Subject, id string, keys vault.Opener, x *step) error {
	var row stored
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		row, err = db.One(ctx, tx, s.scanRow(s.Today()), rowColumns+` WHERE f.id = $1`, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("answer feedback: %w", err)
	}
	contact, err := openText(keys, id, fieldContact, row.contact)
	if err != nil {
		return fmt.Errorf("answer feedback: %w", err)
	}
	if !s.mayWrite(contact) {
		return errs.InvalidFields(errs.Field{Name: "how", Key: "feedback.error.no-letter"})
	}
	x.letter = &mail.Letter{Template: "feedback", To: contact, Language: row.Language, Organisation: actor.Organisation, Hub: actor.Organisation,
		Link: mail.Link{Path: pathAnswer, Purpose: purposeAnswer, ID: x.id}, Once: onceAnswer(x.id)}
	x.opens = hashSecret(s.vault.Secret(purposeAnswer, x.id))
	return nil
}

// Told is an answer as whoever wrote reads it.
type Told struct {
	Reference, Answer string
	Language          string // that the feedback was written in
	At                time.Time
}

// ReadAnswer is the answer that a letter's secret opens, for three months. Whatever does not open is NotFound, with words that say what to do.
func (s *Service) ReadAnswer(ctx context.Context, secret string) (Told, error) {
	gone := func(why error) error {
		return &errs.Error{Kind: errs.NotFound, Key: "feedback.error.answer-gone", Err: why}
	}
	type found struct {
		fact, feedback string
		sealed         []byte
		told           Told
	}
	var f found
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		f, err = db.One(ctx, tx, func(row db.Scanner) (found, error) {
			var f found
			var at db.Time
			err := row.Scan(&f.fact, &f.feedback, &f.sealed, &f.told.Reference, &f.told.Language, &at)
			f.told.At = at.Time
			return f, err
		}, `SELECT x.id, x.feedback_id, x.answer, f.reference, f.language, x.recorded_at FROM feedback_fact x JOIN feedback f ON f.id = x.feedback_id
			WHERE x.opens = $1`, hashSecret(secret))
		return err
	})
	if errs.Is(err, errs.NotFound) {
		return Told{}, gone(err)
	}
	if err != nil {
		return Told{}, fmt.Errorf("read an answer: %w", err)
	}
	if s.clock.Now().Sub(f.told.At) > answerLimit {
		return Told{}, gone(errors.New("the link is too old"))
	}
	keys, err := s.vault.Subjects(ctx, owner, []string{f.feedback})
	if err != nil {
		return Told{}, fmt.Errorf("read an answer: %w", err)
	}
	if f.told.Answer, err = openText(keys, f.feedback, fieldAnswer+f.fact, f.sealed); err != nil {
		return Told{}, fmt.Errorf("read an answer: %w", err)
	}
	if f.told.Answer == "" {
		return Told{}, gone(errors.New("the feedback was erased"))
	}
	audit.Note(ctx, audit.Entry{Action: ActionReadAnswer, Subject: f.feedback, Outcome: audit.OK})
	return f.told, nil
}

// forgetTx takes away the way to reach who wrote a feedback, also from the letters that were sent.
func (s *Service) forgetTx(ctx context.Context, tx *db.Tx, id string) error {
	if _, err := tx.Exec(ctx, `UPDATE feedback SET contact = NULL WHERE id = $1`, id); err != nil {
		return err
	}
	facts, err := db.All(ctx, tx, db.Scalar[string], `SELECT id FROM feedback_fact WHERE feedback_id = $1 AND opens IS NOT NULL`, id)
	if err != nil {
		return err
	}
	for _, fact := range facts {
		if err := s.letters.ForgetTx(ctx, tx, onceAnswer(fact)); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `UPDATE feedback_fact SET opens = NULL WHERE feedback_id = $1`, id)
	return err
}
