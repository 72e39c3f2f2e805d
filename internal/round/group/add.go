package group

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/round"
	"hemvist/internal/typed"
	"hemvist/internal/vault"
)

// Languages are the languages that parents in the programmes read, the commonest first.
var Languages = []string{"sv", "en", "ar", "fa", "so", "ti", "uk"}

// NewMember is somebody to be added to a round, as typed. In a round under pseudonyms the name is the pseudonym, and there is no way to reach them.
type NewMember struct {
	Name         string
	Phone, Email string
	Language     string
	Interpreter  bool
	Protected    bool   // then there is no phone and no address
	Children     []int  // ages in years, of the household's children
	Ages         string // the same as they are typed, "12, 9"; Children is filled from it
	Another      bool   // somebody else than whoever of the same name is in the round already
	With         string // the id of a participant of the round whom they belong together with; empty for none
	Household    string // a household that is made with its first participant, when several are added at once; empty for none
}

// MaxAge is the oldest that a child is here, in years.
const MaxAge = 25

// check returns what is wrong, by field; the texts are trimmed.
func (n NewMember) check(keeps round.Attendance) (NewMember, error) {
	var fields, more []errs.Field
	n.Name, fields = typed.Line("name", n.Name, "participant.error.name")
	if n.Phone, more = typed.Line("phone", n.Phone, ""); len(more) == 0 && n.Phone != "" && !callable(n.Phone) {
		more = append(more, errs.Field{Name: "phone", Key: "participant.error.phone"})
	}
	fields = append(fields, more...)
	if n.Email = strings.TrimSpace(n.Email); n.Email != "" {
		n.Email, more = typed.Email("email", n.Email)
		fields = append(fields, more...)
	}
	for _, t := range []struct{ name, value string }{{"name", n.Name}, {"phone", n.Phone}, {"email", n.Email}} {
		if typed.HoldsPersonalNumber(t.value) {
			fields = slices.DeleteFunc(fields, func(f errs.Field) bool { return f.Name == t.name })
			fields = append(fields, errs.Field{Name: t.name, Key: "participant.error.personal-number"})
		}
	}
	if !slices.Contains(Languages, n.Language) {
		fields = append(fields, errs.Field{Name: "language", Key: "participant.error.language"})
	}
	fields = append(fields, n.checkReach(keeps)...)
	fields = append(fields, n.checkAges(keeps)...)
	return n, errs.InvalidFields(fields...)
}

// checkReach: one who is protected, or known by a pseudonym, is not to be reached from here.
func (n NewMember) checkReach(keeps round.Attendance) []errs.Field {
	key := ""
	switch {
	case keeps == round.Pseudonymous:
		key = "participant.error.pseudonym-contact"
	case n.Protected:
		key = "participant.error.protected-contact"
	default:
		return nil
	}
	var fields []errs.Field
	for _, t := range []struct{ name, value string }{{"phone", n.Phone}, {"email", n.Email}} {
		if t.value != "" {
			fields = append(fields, errs.Field{Name: t.name, Key: key})
		}
	}
	return fields
}

// checkAges reads the ages as they were typed: numbers with anything but digits between them.
func (n *NewMember) checkAges(keeps round.Attendance) []errs.Field {
	wrong := func(key string) []errs.Field {
		return []errs.Field{{Name: "children", Key: key, Args: map[string]any{"max": MaxAge}}}
	}
	if typed.HoldsPersonalNumber(n.Ages) {
		return wrong("participant.error.personal-number")
	}
	if words := strings.FieldsFunc(n.Ages, func(r rune) bool { return !unicode.IsDigit(r) }); len(words) > 0 {
		n.Children = nil
		for _, w := range words {
			age, err := strconv.Atoi(w)
			if err != nil {
				return wrong("participant.error.ages")
			}
			n.Children = append(n.Children, age)
		}
	} else if strings.TrimSpace(n.Ages) != "" {
		return wrong("participant.error.ages")
	}
	switch {
	case slices.ContainsFunc(n.Children, func(age int) bool { return age < 0 || age > MaxAge }), len(n.Children) > maxChildren:
		return wrong("participant.error.age")
	case keeps == round.Pseudonymous && len(n.Children) > 0:
		return wrong("participant.error.pseudonym-contact")
	}
	return nil
}

// maxChildren is how many children a household is told of at most.
const maxChildren = 20

// callable tells whether a telephone number has the digits of one.
func callable(phone string) bool {
	digits := 0
	for _, r := range phone {
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	return digits >= 5
}

// Sealed is a participant ready to be stored: named by an id, sealed with a key of its own.
type Sealed struct {
	row
	hashes [][]byte
	ages   []int
	with   string
}

// SealAll seals many participants of one authority with one visit to the key store. What is wrong with one of them is Invalid.
// It belongs before the transaction that stores them: a key without a participant is harmless, a participant without a key is not.
func (s *Service) SealAll(ctx context.Context, authority string, people []NewMember) ([]Sealed, error) {
	return s.sealAll(ctx, authority, round.Named, people)
}

func (s *Service) sealAll(ctx context.Context, authority string, keeps round.Attendance, people []NewMember) ([]Sealed, error) {
	all, ids := make([]Sealed, len(people)), make([]string, len(people))
	for i, n := range people {
		n, err := n.check(keeps)
		if err != nil {
			return nil, err
		}
		people[i], ids[i] = n, db.NewID()
	}
	keys, err := s.vault.NewSubjects(ctx, authority, ids)
	if err != nil {
		return nil, err
	}
	for i, n := range people {
		all[i] = Sealed{row: row{Member: Member{ID: ids[i], HouseholdID: n.Household, Language: n.Language, Interpreter: n.Interpreter,
			Protected: n.Protected}}, ages: n.Children, with: n.With}
		if err := s.sealOne(ctx, keys, authority, &all[i], n); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// sealOne seals what tells who a participant is, and makes the hashes they are searched by.
func (s *Service) sealOne(ctx context.Context, keys vault.Opener, authority string, p *Sealed, n NewMember) error {
	contact := strings.Trim(n.Phone+"\n"+n.Email, "\n")
	var err error
	if p.name, err = keys.Seal(p.ID, fieldName, n.Name); err != nil {
		return err
	}
	if p.contact, err = keys.Seal(p.ID, fieldContact, contact); err != nil {
		return err
	}
	p.hashes, err = s.vault.SearchHashes(ctx, authority, db.Words(n.Name+" "+contact))
	return err
}

// Add adds somebody to a round and returns their id.
func (s *Service) Add(ctx context.Context, actor access.Subject, roundID string, n NewMember, requestID string) (string, error) {
	r, err := s.openRound(ctx, actor, roundID)
	if err != nil {
		return "", fmt.Errorf("add participant: %w", err)
	}
	if r.Learners() || r.Attendance == round.CountsOnly {
		return "", errs.New(errs.Conflict, "participant.error.not-here")
	}
	if n, err = n.check(r.Attendance); err != nil {
		return "", err
	}
	if err := s.isAnother(ctx, actor, roundID, n); err != nil {
		return "", fmt.Errorf("add participant: %w", err)
	}
	sealed, err := s.sealAll(ctx, r.AuthorityID, r.Attendance, []NewMember{n})
	if err != nil {
		return "", fmt.Errorf("add participant: %w", err)
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		// Asked again: the round may have ended, or the actor left it, since.
		return s.AddTx(ctx, tx, actor, roundID, sealed[0], requestID)
	})
	if err != nil {
		round.NoteRefusal(ctx, actor, err)
		return "", fmt.Errorf("add participant: %w", err)
	}
	return sealed[0].ID, nil
}

// isAnother is Invalid when somebody of the same name is in the round, by the rule that lists are compared by, and nobody has said that this is
// another person.
func (s *Service) isAnother(ctx context.Context, actor access.Subject, roundID string, n NewMember) error {
	if n.Another {
		return nil
	}
	_, members, err := s.members(ctx, actor, roundID, access.AddParticipant)
	if err != nil {
		return err
	}
	v := Verdict{Becomes: WouldAdd, form: n}
	if v.whether(members, ""); v.Becomes == WouldAdd {
		return nil
	}
	return errs.InvalidFields(errs.Field{Name: "another", Key: "participant.error.another", Args: map[string]any{"name": n.Name}})
}

// openRound is a round to which the actor may add participants, asked before a transaction begins.
func (s *Service) openRound(ctx context.Context, actor access.Subject, roundID string) (round.Row, error) {
	var r round.Row
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		r, err = s.rounds.ForWritingTx(ctx, tx, actor, access.AddParticipant, roundID)
		return err
	})
	round.NoteRefusal(ctx, actor, err)
	return r, err
}

// AddTx makes a participant of somebody who has been sealed, from today on, with what lists and the log need. It is for a room that makes
// participants of others, such as of those who were offered a place.
func (s *Service) AddTx(ctx context.Context, tx *db.Tx, actor access.Subject, roundID string, p Sealed, requestID string) error {
	r, err := s.rounds.ForWritingTx(ctx, tx, actor, access.AddParticipant, roundID)
	if err != nil {
		return err
	}
	if err := s.AddSealedTx(ctx, tx, r.ID, r.AuthorityID, []Sealed{p}, s.rounds.Today(), actor.Person); err != nil {
		return err
	}
	if err := s.fitsTx(ctx, tx, r, "with"); err != nil {
		return err
	}
	if err := round.ProjectTx(ctx, tx, r.ID); err != nil {
		return err
	}
	return s.log.Add(ctx, tx, s.entry(actor, r, ActionAdd, p.ID, requestID))
}

// entry is a line of the log about a participant, or about the round's participants.
func (s *Service) entry(actor access.Subject, r round.Row, action audit.Action, subject, requestID string) audit.Entry {
	return audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: r.OrganisationID, Purpose: r.ID, Action: action,
		Subject: subject, Outcome: audit.OK, RequestID: requestID}
}

// AddSealedTx stores participants of a round. The caller runs round.ProjectTx after it.
func (s *Service) AddSealedTx(ctx context.Context, tx *db.Tx, roundID, authority string, people []Sealed, joined clock.Date, by string) error {
	at := db.At(s.clock.Now())
	for _, p := range people {
		if err := s.insertTx(ctx, tx, roundID, authority, p, joined, at, by); err != nil {
			return fmt.Errorf("add participant: %w", err)
		}
	}
	return nil
}

func (s *Service) insertTx(ctx context.Context, tx *db.Tx, roundID, authority string, p Sealed, joined clock.Date, at db.Time, by string) error {
	household, err := householdTx(ctx, tx, roundID, p, at, by)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO participant (id, round_id, authority_id, name, contact, language, joined_on, created_at, created_by,
			household_id, person_id, interpreter, protected)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		p.ID, roundID, authority, p.name, p.contact, p.Language, joined, at, db.Null(by),
		db.Null(household), db.Null(p.PersonID), bit(p.Interpreter), bit(p.Protected)); err != nil {
		return err
	}
	if err := addChildrenTx(ctx, tx, household, p.ages, joined, at, by); err != nil {
		return err
	}
	return insertHashes(ctx, tx, authority, p)
}

func insertHashes(ctx context.Context, tx *db.Tx, authority string, p Sealed) error {
	for _, h := range p.hashes {
		if _, err := tx.Exec(ctx, `INSERT INTO participant_hash (authority_id, hash, participant_id) VALUES ($1, $2, $3)`,
			authority, h, p.ID); err != nil {
			return err
		}
	}
	return nil
}

// bit is a yes or no as both engines keep it.
func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
