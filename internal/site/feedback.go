package site

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/typed"
)

// Kind is what somebody writes to the house about.
type Kind string

// The kinds there are.
const (
	Barrier      Kind = "barrier"       // something that is not accessible
	Format       Kind = "format"        // wants something made accessible: lag (2018:1937) 12 §
	Fault        Kind = "fault"         // something on a page is wrong
	Idea         Kind = "idea"          // a suggestion
	PersonalData Kind = "personal-data" // a question about personal data
)

// Kinds is all of them, in the order in which they are offered.
var Kinds = []Kind{Barrier, Format, Fault, Idea, PersonalData}

// FeedbackState is where a feedback stands.
type FeedbackState string

// The states there are.
const (
	Open     FeedbackState = "open"
	Answered FeedbackState = "answered"
	Closed   FeedbackState = "closed"
)

// FeedbackStates is all of them.
var FeedbackStates = []FeedbackState{Open, Answered, Closed}

// AnswerWithin is how many days there are to answer. The law says without delay; this is the house's own bound.
const AnswerWithin = 14

// MaxFeedback is how many characters somebody may write.
const MaxFeedback = 5_000

// owner is whose key seals what people write: the house's, as it belongs to no authority.
const owner = "house"

// The fields that are sealed.
const (
	fieldBody    = "feedback"
	fieldContact = "contact"
	fieldAnswer  = "answer." // and the fact's id
)

// NewFeedback is what somebody sends, as typed.
type NewFeedback struct {
	Kind     Kind
	Body     string
	Contact  string // optional
	Page     string // the path it is about; optional
	Language string
	Trap     string // a field that people do not see; what fills it in is no person
}

// check is what is wrong, by field; the texts are trimmed.
func (n NewFeedback) check() (NewFeedback, error) {
	var fields, more []errs.Field
	if !slices.Contains(Kinds, n.Kind) {
		fields = append(fields, errs.Field{Name: "kind", Key: "feedback.error.kind"})
	}
	n.Body, more = typed.Text("body", n.Body, "feedback.error.body", MaxFeedback)
	fields = append(fields, more...)
	n.Contact, more = typed.Line("contact", n.Contact, "")
	fields = append(fields, more...)
	for _, f := range []struct{ name, value string }{{"body", n.Body}, {"contact", n.Contact}} {
		if typed.HoldsPersonalNumber(f.value) {
			fields = append(fields, errs.Field{Name: f.name, Key: "feedback.error.personal-number"})
		}
	}
	n.Page = CleanPage(n.Page)
	if !slices.Contains(i18n.Languages, n.Language) {
		n.Language = i18n.Languages[0]
	}
	return n, errs.InvalidFields(fields...)
}

var uuid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// CleanPage is the path of a page as it may be told to the house: without query, and without what may be a secret in it, such as that
// of an invitation; empty for what is no path.
func CleanPage(page string) string {
	u, err := url.Parse(page)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, "/") || len(u.Path) > 300 || strings.ContainsAny(u.Path, "\\\r\n") {
		return ""
	}
	parts := strings.Split(u.Path, "/")
	for i, part := range parts {
		if len(part) > 20 && !uuid.MatchString(part) {
			parts[i] = "…"
		}
	}
	path := strings.Join(parts, "/")
	if _, wrong := typed.Line("page", path, ""); len(wrong) > 0 || typed.HoldsPersonalNumber(path) {
		return ""
	}
	return path
}

// referenceLetters are hard to mix up when they are read out or written by hand.
const referenceLetters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"

var reference = regexp.MustCompile(`^[A-HJKMNP-Z2-9]{4}-[A-HJKMNP-Z2-9]{4}$`)

// newReference makes a reference: it tells nothing and opens nothing.
func newReference() string {
	b := make([]byte, 8)
	_, _ = rand.Read(b) // never fails: it ends the program instead
	for i := range b {
		b[i] = referenceLetters[int(b[i])%len(referenceLetters)]
	}
	return string(b[:4]) + "-" + string(b[4:])
}

// IsReference tells whether a text looks like a reference that Send gives.
func IsReference(s string) bool { return reference.MatchString(s) }

// Send takes what somebody wrote, and gives the reference that they are told. With a personal number in it nothing is stored: it is
// Invalid. What fills in the trap is thanked, and not stored either.
func (s *Service) Send(ctx context.Context, n NewFeedback, requestID string) (string, error) {
	n, err := n.check()
	if err != nil {
		return "", err
	}
	ref := newReference()
	if n.Trap != "" {
		return ref, nil
	}
	id, now := db.NewID(), s.clock.Now()
	// The key first: a key without what it seals is harmless.
	keys, err := s.vault.NewSubject(ctx, owner, id)
	if err != nil {
		return "", fmt.Errorf("send feedback: %w", err)
	}
	body, err := keys.Seal(id, fieldBody, n.Body)
	if err != nil {
		return "", fmt.Errorf("send feedback: %w", err)
	}
	var contact []byte
	if n.Contact != "" {
		if contact, err = keys.Seal(id, fieldContact, n.Contact); err != nil {
			return "", fmt.Errorf("send feedback: %w", err)
		}
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO feedback (id, reference, kind, page, language, body, contact, received_at, state, state_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $8)`, id, ref, string(n.Kind), db.Null(n.Page), n.Language, body, contact, db.At(now))
		if err != nil {
			return err
		}
		return s.log.Add(ctx, tx, audit.Entry{Action: ActionSend, Subject: id, Outcome: audit.OK, RequestID: requestID})
	})
	if err != nil {
		return "", fmt.Errorf("send feedback: %w", err)
	}
	return ref, nil
}

// contactMonths is how long after it was closed a feedback keeps the way to reach its sender.
const contactMonths = 6

// ForgetContacts removes the contact of what was closed six months ago or longer, and tells of how many. To run it again is fine.
func (s *Service) ForgetContacts(ctx context.Context) (int, error) {
	now := s.clock.Now()
	before := clock.DateOf(now.In(zone)).AddMonths(-contactMonths).AddDays(1).In(zone, 0)
	n := 0
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		ids, err := db.All(ctx, tx, db.Scalar[string], `SELECT id FROM feedback WHERE state = 'closed' AND state_at < $1 AND contact IS NOT NULL ORDER BY id`,
			db.At(before))
		if err != nil {
			return err
		}
		n = len(ids)
		for _, id := range ids {
			if err := s.forgetTx(ctx, tx, id); err != nil {
				return err
			}
		}
		if n == 0 {
			return nil
		}
		return s.log.Add(ctx, tx, audit.Entry{At: now, Action: ActionForgetContacts, Outcome: audit.OK, Found: ids})
	})
	if err != nil {
		return 0, fmt.Errorf("forget contacts: %w", err)
	}
	return n, nil
}

// dueOn is the day by which what has waited since an instant is to be answered.
func dueOn(since time.Time) clock.Date { return clock.DateOf(since.In(zone)).AddDays(AnswerWithin) }
