package site

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/mail"
	"hemvist/internal/vault"
)

// Query says which feedback a list shows. The zero Query is the first page of all.
type Query struct {
	State FeedbackState // empty for all
	Kind  Kind          // empty for all
	Page  int           // from 1
}

const (
	perPage   = 50
	countedTo = 10_000
	maxPage   = 1_000_000
)

// Row is one feedback in the list. Beginning is the first words of it; empty when it was erased.
type Row struct {
	ID, Reference string
	Kind          Kind
	Page          string
	Language      string
	State         FeedbackState
	Received      time.Time
	Since         time.Time // when it came into its state
	Due           clock.Date
	Late          bool
	Beginning     string
}

// List is one page of the list.
type List struct {
	Query Query
	Rows  []Row
	Total int
	More  bool // there are more than Total
}

// Pages is how many pages the counted rows fill; at least 1.
func (l List) Pages() int { return max(1, (l.Total+perPage-1)/perPage) }

const rowColumns = `SELECT f.id, f.reference, f.kind, coalesce(f.page, ''), f.language, f.state, f.received_at, f.state_at, f.body, f.contact FROM feedback f`

// stored is a row with what is sealed in it.
type stored struct {
	Row
	body, contact []byte
}

func (s *Service) scanRow(today clock.Date) func(db.Scanner) (stored, error) {
	return func(row db.Scanner) (stored, error) {
		var r stored
		var received, since db.Time
		err := row.Scan(&r.ID, &r.Reference, &r.Kind, &r.Page, &r.Language, &r.State, &received, &since, &r.body, &r.contact)
		r.Received, r.Since = received.Time, since.Time
		r.Due = dueOn(r.Since)
		r.Late = r.State == Open && today.After(r.Due)
		return r, err
	}
}

// beginning is how many characters of what was written the list shows.
const beginning = 140

// Inbox is what people have written: what waits longest first, then what was answered, then what is closed.
func (s *Service) Inbox(ctx context.Context, actor access.Subject, q Query) (List, error) {
	if err := may(actor, access.ReadFeedback); err != nil {
		return List{}, err
	}
	list := List{Query: q}
	page := min(max(q.Page, 1), maxPage)
	var rows []stored
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		const filter = ` WHERE (CAST($1 AS TEXT) IS NULL OR f.state = $1) AND (CAST($2 AS TEXT) IS NULL OR f.kind = $2)`
		args := []any{db.Null(string(q.State)), db.Null(string(q.Kind))}
		var err error
		if list.Total, list.More, err = db.CountTo(ctx, tx, countedTo, `SELECT 1 FROM feedback f`+filter, args...); err != nil {
			return err
		}
		list.Query.Page = min(page, list.Pages())
		rows, err = db.All(ctx, tx, s.scanRow(s.Today()), rowColumns+filter+`
			ORDER BY CASE f.state WHEN 'open' THEN 0 WHEN 'answered' THEN 1 ELSE 2 END,
				CASE WHEN f.state = 'open' THEN f.state_at END, f.state_at DESC, f.id
			LIMIT $3 OFFSET $4`, append(args, perPage, (list.Query.Page-1)*perPage)...)
		return err
	})
	if err != nil {
		return List{}, fmt.Errorf("list feedback: %w", err)
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	keys, err := s.vault.Subjects(ctx, owner, ids)
	if err != nil {
		return List{}, fmt.Errorf("list feedback: %w", err)
	}
	for _, r := range rows {
		body, err := openText(keys, r.ID, fieldBody, r.body)
		if err != nil {
			return List{}, fmt.Errorf("list feedback: %w", err)
		}
		r.Beginning = first(body, beginning)
		list.Rows = append(list.Rows, r.Row)
	}
	if len(ids) > 0 {
		e := entry(actor, ActionList, "", "")
		e.Found = ids
		audit.Note(ctx, e)
	}
	return list, nil
}

func first(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n]) + "…"
}

// openText opens a sealed text; one that was erased is empty.
func openText(keys vault.Opener, id, field string, sealed []byte) (string, error) {
	if sealed == nil {
		return "", nil
	}
	text, err := keys.Open(id, field, sealed)
	if errors.Is(err, vault.ErrShredded) {
		return "", nil
	}
	return text, err
}

// How says in which way an answer was given.
type How string

// The ways there are.
const (
	ByLetter How = "letter" // by the house, to the address that was given
	ByEmail  How = "email"
	ByPhone  How = "phone"
	ByPost   How = "post"
	NoWay    How = "no-way" // there is no way to reach who wrote: what was done about it is noted
)

// Hows is all of them, in the order in which they are offered.
var Hows = []How{ByLetter, ByEmail, ByPhone, ByPost, NoWay}

// Step is one thing that was done about a feedback.
type Step struct {
	Fact   string // "answered", "closed" or "reopened"
	How    How
	Answer string
	At     time.Time
	By     string // a name
}

// Feedback is one feedback with all that was done about it.
type Feedback struct {
	Row
	Body, Contact string
	Erased        bool
	MayWrite      bool // the house can send a letter to the contact
	Steps         []Step
}

// Get is one feedback. NotFound when there is none such.
func (s *Service) Get(ctx context.Context, actor access.Subject, id string) (Feedback, error) {
	if err := may(actor, access.ReadFeedback); err != nil {
		return Feedback{}, err
	}
	var row stored
	var steps []storedStep
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if row, err = db.One(ctx, tx, s.scanRow(s.Today()), rowColumns+` WHERE f.id = $1`, id); err != nil {
			return err
		}
		steps, err = readSteps(ctx, tx, id)
		return err
	})
	if err != nil {
		return Feedback{}, fmt.Errorf("feedback: %w", err)
	}
	keys, err := s.vault.Subjects(ctx, owner, []string{id})
	if err != nil {
		return Feedback{}, fmt.Errorf("feedback: %w", err)
	}
	f := Feedback{Row: row.Row}
	f.Body, err = keys.Open(id, fieldBody, row.body)
	if f.Erased = errors.Is(err, vault.ErrShredded); err != nil && !f.Erased {
		return Feedback{}, fmt.Errorf("feedback: %w", err)
	}
	if f.Contact, err = openText(keys, id, fieldContact, row.contact); err != nil {
		return Feedback{}, fmt.Errorf("feedback: %w", err)
	}
	f.MayWrite = s.mayWrite(f.Contact)
	for _, step := range steps {
		if step.Answer, err = openText(keys, id, fieldAnswer+step.id, step.answer); err != nil {
			return Feedback{}, fmt.Errorf("feedback: %w", err)
		}
		f.Steps = append(f.Steps, step.Step)
	}
	audit.Note(ctx, entry(actor, ActionRead, id, ""))
	return f, nil
}

type storedStep struct {
	Step
	id     string
	answer []byte
}

func readSteps(ctx context.Context, tx *db.Tx, id string) ([]storedStep, error) {
	return db.All(ctx, tx, func(row db.Scanner) (storedStep, error) {
		var x storedStep
		var at db.Time
		err := row.Scan(&x.id, &x.Fact, &x.How, &x.answer, &at, &x.By)
		x.At = at.Time
		return x, err
	}, `SELECT x.id, x.fact, coalesce(x.how, ''), x.answer, x.recorded_at, p.name FROM feedback_fact x JOIN person p ON p.id = x.recorded_by
		WHERE x.feedback_id = $1 ORDER BY x.recorded_at, x.id`, id)
}

// Close says that nothing more is to be done about a feedback.
func (s *Service) Close(ctx context.Context, actor access.Subject, id string, seen int, requestID string) error {
	if err := may(actor, access.ReadFeedback); err != nil {
		return err
	}
	return s.step(ctx, actor, id, seen, step{id: db.NewID(), fact: "closed", state: Closed, action: ActionClose}, requestID)
}

// Reopen says that there is something to be done about it after all.
func (s *Service) Reopen(ctx context.Context, actor access.Subject, id string, seen int, requestID string) error {
	if err := may(actor, access.ReadFeedback); err != nil {
		return err
	}
	return s.step(ctx, actor, id, seen, step{id: db.NewID(), fact: "reopened", state: Open, action: ActionReopen}, requestID)
}

// step is a fact to be stored and the state that follows from it.
type step struct {
	id, fact string
	how      How
	answer   []byte
	state    FeedbackState
	action   audit.Action
	letter   *mail.Letter // nil when none is sent
	opens    []byte       // the hash of the secret in it
}

func (s *Service) step(ctx context.Context, actor access.Subject, id string, seen int, x step, requestID string) error {
	now := s.clock.Now()
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		was, err := db.One(ctx, tx, db.Scalar[FeedbackState], `SELECT state FROM feedback WHERE id = $1`, id)
		if err != nil {
			return err
		}
		n, err := db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM feedback_fact WHERE feedback_id = $1`, id)
		if err != nil {
			return err
		}
		if n != seen || !follows(was, x.state) {
			return &errs.Error{Kind: errs.Invalid, Key: "feedback.error.meanwhile"}
		}
		if _, err := tx.Exec(ctx, `INSERT INTO feedback_fact (id, feedback_id, fact, how, answer, opens, recorded_at, recorded_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			x.id, id, x.fact, db.Null(string(x.how)), x.answer, x.opens, db.At(now), actor.Person); err != nil {
			return err
		}
		if x.letter != nil {
			if err := s.letters.SendTx(ctx, tx, *x.letter); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `UPDATE feedback SET state = $1, state_at = $2 WHERE id = $3`, string(x.state), db.At(now), id); err != nil {
			return err
		}
		return s.log.Add(ctx, tx, entry(actor, x.action, id, requestID))
	})
	if err != nil {
		return fmt.Errorf("feedback %s: %w", x.fact, err)
	}
	return nil
}

// follows tells whether a feedback may come from one state into another: what is closed is reopened before it is answered again.
func follows(was, next FeedbackState) bool {
	if next == Open {
		return was != Open
	}
	return was != Closed
}

// LateFeedback is how much should have been answered already.
func (s *Service) LateFeedback(ctx context.Context, actor access.Subject) (int, error) {
	return s.countOpen(ctx, actor, "<")
}

// WaitingFeedback is how much waits for an answer and is not late yet.
func (s *Service) WaitingFeedback(ctx context.Context, actor access.Subject) (int, error) {
	return s.countOpen(ctx, actor, ">=")
}

// countOpen counts what has waited since before ("<") or since (">=") the instant at which it would be late.
func (s *Service) countOpen(ctx context.Context, actor access.Subject, side string) (n int, err error) {
	if err := may(actor, access.ReadFeedback); err != nil {
		return 0, err
	}
	late := s.Today().AddDays(-AnswerWithin).In(zone, 0)
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM feedback WHERE state = 'open' AND state_at `+side+` $1`, db.At(late))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("count feedback: %w", err)
	}
	return n, nil
}
