package mail

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
)

// The actions in the log that this room writes about words. Their subject is the row that was added.
const (
	ActionSetWords   audit.Action = "wording.set"
	ActionResetWords audit.Action = "wording.reset"
)

// Wording is what a hub once decided about a letter's words in a language: its own words, or the house's again.
type Wording struct {
	ID       string
	Template string
	Language string
	Own      bool // false: the house's words from then on
	Words    Words
	At       time.Time
	By       string // the name of who decided
}

const wordingRows = `SELECT w.id, w.template, w.language, w.fact, w.subject, w.body, w.sms, w.recorded_at, coalesce(p.name, '')
	FROM wording w LEFT JOIN person p ON p.id = w.recorded_by`

func scanWording(row db.Scanner) (w Wording, err error) {
	var fact string
	var at db.Time
	err = row.Scan(&w.ID, &w.Template, &w.Language, &fact, &w.Words.Subject, &w.Words.Body, &w.Words.SMS, &at, &w.By)
	w.Own, w.At = fact == "hub", at.Time
	return w, err
}

// wordsTx is the words of a letter now: its hub's own, or the house's.
func (s *Service) wordsTx(ctx context.Context, tx *db.Tx, l Letter) (Words, error) {
	t, ok := lookUp(l.Template)
	if !ok {
		return Words{}, nil // see written
	}
	if l.Hub != "" {
		own, err := lastWording(ctx, tx, l.Hub, l.Template, l.Language)
		if err == nil && own.Own {
			return own.Words, nil
		}
		if err != nil && !errs.Is(err, errs.NotFound) {
			return Words{}, err
		}
	}
	return t.House(s.texts.For(l.Language)), nil
}

// lastWording is what a hub has decided last about a letter's words; NotFound when it never did.
func lastWording(ctx context.Context, tx *db.Tx, hub, template, language string) (Wording, error) {
	return db.One(ctx, tx, scanWording, wordingRows+` WHERE w.hub_id = $1 AND w.template = $2 AND w.language = $3
		AND NOT EXISTS (SELECT 1 FROM wording x WHERE x.supersedes = w.id)`, hub, template, language)
}

// mayEdit is the hub whose words the actor may edit.
func mayEdit(actor access.Subject) (hub string, err error) {
	if d := access.Decide(actor, access.EditTemplates, access.Resource{Hub: actor.Organisation}); !d.Allow {
		return "", &errs.Error{Kind: errs.Denied, Err: fmt.Errorf("%s: %s", access.EditTemplates, d.Reason)}
	}
	return actor.Organisation, nil
}

// Wordings is what the actor's hub has decided last about each letter, by template and language; a letter that is not there has the
// house's words.
func (s *Service) Wordings(ctx context.Context, actor access.Subject) (map[[2]string]Wording, error) {
	hub, err := mayEdit(actor)
	if err != nil {
		return nil, err
	}
	last := map[[2]string]Wording{}
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		all, err := db.All(ctx, tx, scanWording, wordingRows+` WHERE w.hub_id = $1 AND NOT EXISTS (SELECT 1 FROM wording x WHERE x.supersedes = w.id)`, hub)
		for _, w := range all {
			last[[2]string{w.Template, w.Language}] = w
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list wordings: %w", err)
	}
	return last, nil
}

// Editing is a letter's words as a hub has them, with what was before.
type Editing struct {
	Template Template
	Language string
	Words    Words // in use now
	Own      bool  // they are the hub's own
	House    Words
	Last     string    // id of the decision that they rest on; empty for none
	History  []Wording // the latest first
}

// Editing is the words of a letter in a language, for who may edit them. NotFound when there is no such letter or language.
func (s *Service) Editing(ctx context.Context, actor access.Subject, template, language string) (Editing, error) {
	hub, err := mayEdit(actor)
	if err != nil {
		return Editing{}, err
	}
	e, err := s.editing(template, language)
	if err != nil {
		return e, err
	}
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		e.History, err = db.All(ctx, tx, scanWording, wordingRows+` WHERE w.hub_id = $1 AND w.template = $2 AND w.language = $3
			ORDER BY w.recorded_at DESC, w.id DESC`, hub, template, language)
		return err
	})
	if err != nil {
		return e, fmt.Errorf("read wordings: %w", err)
	}
	if len(e.History) > 0 {
		now := e.History[0]
		if e.Last, e.Own = now.ID, now.Own; e.Own {
			e.Words = now.Words
		}
	}
	return e, nil
}

func (s *Service) editing(template, language string) (e Editing, err error) {
	if e.Template, err = TemplateOf(template); err != nil {
		return e, err
	}
	if !slices.Contains(i18n.Languages, language) {
		return e, errs.Wrap(errs.NotFound, fmt.Errorf("no words are in %q", language))
	}
	e.Language, e.House = language, e.Template.House(s.texts.For(language))
	e.Words = e.House
	return e, nil
}

// CheckWords tells what is wrong with words that somebody is writing, as SetWords would.
func (s *Service) CheckWords(template, language string, w Words) error {
	e, err := s.editing(template, language)
	if err != nil {
		return err
	}
	_, err = e.Template.CheckWords(s.texts.For(language), w)
	return err
}

// SetWords gives a letter the hub's own words in a language. last is the decision that the editor saw; somebody else's since then is a
// Conflict. What is wrong with the words is Invalid, each mistake at its field. Words that are in use already change nothing.
func (s *Service) SetWords(ctx context.Context, actor access.Subject, template, language string, w Words, last, requestID string) error {
	e, err := s.editing(template, language)
	if err != nil {
		return err
	}
	if w, err = e.Template.CheckWords(s.texts.For(language), w); err != nil {
		return err
	}
	return s.decide(ctx, actor, e, Wording{Own: true, Words: w}, last, ActionSetWords, requestID)
}

// ResetWords goes back to the house's words.
func (s *Service) ResetWords(ctx context.Context, actor access.Subject, template, language, last, requestID string) error {
	e, err := s.editing(template, language)
	if err != nil {
		return err
	}
	return s.decide(ctx, actor, e, Wording{}, last, ActionResetWords, requestID)
}

func (s *Service) decide(ctx context.Context, actor access.Subject, e Editing, w Wording, last string, action audit.Action, requestID string) error {
	hub, err := mayEdit(actor)
	if err != nil {
		return err
	}
	fact := "house"
	if w.Own {
		fact = "hub"
	}
	now := s.clock.Now()
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := lastWording(ctx, tx, hub, e.Template.Name, e.Language)
		if err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
		switch {
		case before.ID != last:
			return errs.New(errs.Conflict, "letters.error.changed")
		case before.Own == w.Own && before.Words == w.Words:
			return nil
		}
		id := db.NewID()
		if _, err := tx.Exec(ctx, `INSERT INTO wording (id, hub_id, template, language, fact, subject, body, sms, recorded_at, recorded_by, supersedes)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, id, hub, e.Template.Name, e.Language, fact, w.Words.Subject, w.Words.Body,
			w.Words.SMS, db.At(now), actor.Person, db.Null(before.ID)); err != nil {
			return err
		}
		return s.log.Add(ctx, tx, audit.Entry{At: now, Actor: actor.Person, Role: string(actor.Role), Organisation: actor.Organisation,
			Purpose: e.Template.Name, Action: action, Subject: id, Outcome: audit.OK, RequestID: requestID})
	})
	if err != nil {
		return fmt.Errorf("%s of %s: %w", action, e.Template.Name, err)
	}
	return nil
}

// Preview is words as their receiver would read them, with examples in the placeholders' places.
func (s *Service) Preview(e Editing, w Words) Words {
	p := s.texts.For(e.Language)
	values := e.Template.example(p)
	fill := func(text string) string { return e.Template.fill(p, strings.ReplaceAll(text, "\r\n", "\n"), values) }
	return Words{Subject: fill(w.Subject), Body: fill(w.Body), SMS: fill(w.SMS)}
}
