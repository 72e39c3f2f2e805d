package mail

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"unicode"

	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/jobs"
	"hemvist/internal/typed"
)

// secrets is what the room asks of the vault.
type secrets interface {
	Secret(purpose, id string) string
}

// Service is the room's door. It is safe for concurrent use once it has been told how letters travel.
type Service struct {
	db       *db.DB
	clock    clock.Clock
	log      *audit.Log
	secrets  secrets
	queue    *jobs.Queue
	texts    *i18n.Bundle
	logger   *slog.Logger
	instance string // this one, in a letter's events

	carriers map[Way]Carrier
	origin   string
	kept     bool // letters are read here and go nowhere: the demo

	addresses map[string]Address
}

// New opens the room. Letters wait until Deliver or Keep has said how they travel.
func New(d *db.DB, c clock.Clock, log *audit.Log, v secrets, q *jobs.Queue, texts *i18n.Bundle, logger *slog.Logger) *Service {
	return &Service{db: d, clock: c, log: log, secrets: v, queue: q, texts: texts, logger: logger, instance: db.NewID(), carriers: map[Way]Carrier{}, addresses: map[string]Address{}}
}

// jobName is the job of sending a letter one way. Each way has its own, so that letters of a way that is not set up wait.
func jobName(w Way) string { return "letter." + string(w) }

// SendTx stores a letter in the caller's transaction and enqueues its sending: it is written if and only if the transaction is. A letter
// with the same Once as another is not written, and that is no error. An address that is none is Invalid, with the field "email" or
// "telephone".
func (s *Service) SendTx(ctx context.Context, tx *db.Tx, l Letter) error {
	t, l, err := s.ready(l)
	if err != nil {
		return err
	}
	if t.Private {
		l.To, l.Name, l.Person = "", "", ""
	}
	args, err := json.Marshal(l.Args)
	if err != nil {
		return fmt.Errorf("write a letter: %w", err)
	}
	id, now := db.NewID(), db.At(s.clock.Now())
	n, err := tx.Exec(ctx, `INSERT INTO letter (id, template, way, address, person_id, name, language, organisation_id, authority_id, hub_id, args,
			link_path, link_purpose, link_id, once, created_at, state, changed_at, tries)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'queued', $16, 0) ON CONFLICT (once) DO NOTHING`,
		id, t.Name, string(l.Way), l.To, db.Null(l.Person), l.Name, l.Language, db.Null(l.Organisation), db.Null(l.Authority), db.Null(l.Hub),
		string(args), l.Link.Path, l.Link.Purpose, l.Link.ID, db.Null(l.Once), now)
	if err != nil {
		return fmt.Errorf("write a letter: %w", err)
	}
	if n == 0 {
		return nil
	}
	name := l.Name
	if l.Person != "" { // who may be greeted by half of it
		if name, err = db.One(ctx, tx, db.Scalar[string], `SELECT name FROM person WHERE id = $1`, l.Person); err != nil {
			return fmt.Errorf("write a letter: %w", err)
		}
	}
	for _, word := range db.Words(l.Name + " " + name) {
		if _, err := tx.Exec(ctx, `INSERT INTO letter_word (word, letter_id) VALUES ($1, $2)`, word, id); err != nil {
			return fmt.Errorf("write a letter: %w", err)
		}
	}
	if err := s.addEvent(ctx, tx, event{letter: id, what: string(Queued), at: now}); err != nil {
		return err
	}
	return s.queue.EnqueueTx(ctx, tx, jobName(l.Way), id)
}

// ready is a letter with what is missing filled in, and its template.
func (s *Service) ready(l Letter) (Template, Letter, error) {
	if l.Way == "" {
		l.Way = ByEmail
	}
	if !slices.Contains(i18n.Languages, l.Language) {
		l.Language = i18n.Languages[0]
	}
	t, ok := lookUp(l.Template)
	if !ok {
		return t, l, fmt.Errorf("write a letter: none is called %q", l.Template) // of no kind: a mistake in the code
	}
	if err := t.check(l); err != nil {
		return t, l, err
	}
	if l.Args == nil {
		l.Args = map[string]string{}
	}
	l.Name = oneLine(l.Name)
	var wrong []errs.Field
	switch l.Way {
	case ByEmail:
		l.To, wrong = typed.Email("email", l.To)
	case BySMS:
		if l.To, ok = international(l.To); !ok {
			wrong = []errs.Field{{Name: "telephone", Key: "letters.error.telephone"}}
		}
	default:
		return t, l, fmt.Errorf("write a letter: %q is no way", l.Way)
	}
	return t, l, errs.InvalidFields(wrong...)
}

// oneLine is a value as it may stand in a heading: without line ends and other control characters.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

// event is one thing that became of a letter.
type event struct {
	letter, what, by, attempt, instance, answer string
	at                                          db.Time
}

func (s *Service) addEvent(ctx context.Context, tx *db.Tx, e event) error {
	_, err := tx.Exec(ctx, `INSERT INTO letter_event (id, letter_id, what, recorded_at, recorded_by, attempt, instance, answer)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, db.NewID(), e.letter, e.what, e.at, db.Null(e.by), db.Null(e.attempt), db.Null(e.instance), e.answer)
	if err != nil {
		return fmt.Errorf("note what became of a letter: %w", err)
	}
	return nil
}

const storedColumns = `l.id, l.template, l.way, l.address, coalesce(l.person_id, ''), l.name, l.language, coalesce(l.organisation_id, ''),
	coalesce(l.authority_id, ''), coalesce(l.hub_id, ''), l.args, l.link_path, l.link_purpose, l.link_id, l.created_at, l.state, l.changed_at,
	l.tries, coalesce(l.attempt, ''), coalesce(l.subject, ''), coalesce(l.body, '')`

func scanStored(row db.Scanner) (l stored, err error) {
	var args string
	var created, when db.Time
	if err := row.Scan(&l.id, &l.Template, &l.Way, &l.To, &l.Person, &l.Name, &l.Language, &l.Organisation, &l.Authority, &l.Hub, &args,
		&l.Link.Path, &l.Link.Purpose, &l.Link.ID, &created, &l.state, &when, &l.tries, &l.attempt, &l.subject, &l.body); err != nil {
		return l, err
	}
	l.created, l.when = created.Time, when.Time
	return l, json.Unmarshal([]byte(args), &l.Args)
}

func readLetter(ctx context.Context, tx *db.Tx, id string) (stored, error) {
	return db.One(ctx, tx, scanStored, `SELECT `+storedColumns+` FROM letter l WHERE l.id = $1`, id)
}
