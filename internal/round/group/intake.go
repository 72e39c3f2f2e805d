package group

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/round"
)

const (
	kindDraft  = "participants"
	fieldDraft = "participants.draft"

	// ActionImport is a list of participants that was taken in.
	ActionImport audit.Action = "participant.import"
)

// draftBody is what the database keeps of a list that waits: whose round it is for, and the list sealed with a key of the draft's own.
type draftBody struct {
	Round  string `json:"round"`
	Sealed []byte `json:"sealed"`
}

// ReadList reads a list of participants for a round and keeps it, sealed, for a day. It gives the draft's id.
func (s *Service) ReadList(ctx context.Context, actor access.Subject, roundID string, data []byte, name string) (string, error) {
	r, err := s.forImport(ctx, actor, roundID)
	if err != nil {
		return "", fmt.Errorf("read a list of participants: %w", err)
	}
	table, err := ReadTable(data, name)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(table)
	if err != nil {
		return "", fmt.Errorf("read a list of participants: %w", err)
	}
	id := db.NewID()
	// The organisation answers for the draft, so that it can be erased by the draft's row alone.
	key, err := s.vault.NewSubject(ctx, r.OrganisationID, id)
	if err != nil {
		return "", fmt.Errorf("read a list of participants: %w", err)
	}
	sealed, err := key.Seal(id, fieldDraft, string(text))
	if err != nil {
		return "", fmt.Errorf("read a list of participants: %w", err)
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := s.people.SaveDraftTx(ctx, tx, directory.Draft{ID: id, Kind: kindDraft, OrganisationID: r.OrganisationID, MadeBy: actor.Person}, draftBody{r.ID, sealed})
		return err
	})
	if err != nil {
		return "", fmt.Errorf("keep a list of participants: %w", err)
	}
	return id, nil
}

// forImport is a round into which the actor may take a list: one that keeps names.
func (s *Service) forImport(ctx context.Context, actor access.Subject, roundID string) (round.Row, error) {
	r, err := s.openRound(ctx, actor, roundID)
	if err == nil && (r.Learners() || r.Attendance != round.Named) {
		err = errs.New(errs.Conflict, "participant.error.not-here")
	}
	return r, err
}

// Preview is a list that waits, and what would become of each of its lines.
type Preview struct {
	ID       string
	Round    round.Row
	Verdicts []Verdict
	Unknown  []string
	Guessed  []string
	members  []Member
}

// Of is the lines of which something would become.
func (p Preview) Of(b Becomes) []Verdict {
	return slices.DeleteFunc(slices.Clone(p.Verdicts), func(v Verdict) bool { return v.Becomes != b })
}

// Preview looks at a list that waits with what is known now; answers are by the numbers of lines. It is there for who made it.
func (s *Service) Preview(ctx context.Context, actor access.Subject, roundID, id string, answers map[int]string) (Preview, error) {
	r, err := s.forImport(ctx, actor, roundID)
	if err != nil {
		return Preview{}, fmt.Errorf("look at a list of participants: %w", err)
	}
	var body draftBody
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		d, err := s.people.DraftTx(ctx, tx, kindDraft, id)
		if err != nil {
			return err
		}
		if d.MadeBy != actor.Person {
			return errs.New(errs.NotFound, "")
		}
		if d.Used {
			return errs.New(errs.Conflict, "draft.error.used")
		}
		return d.Into(&body)
	})
	if err == nil && body.Round != roundID {
		err = errs.New(errs.NotFound, "")
	}
	if err != nil {
		return Preview{}, fmt.Errorf("look at a list of participants: %w", err)
	}
	table, err := s.openDraft(ctx, r, id, body)
	if err != nil {
		return Preview{}, fmt.Errorf("look at a list of participants: %w", err)
	}
	_, members, err := s.members(ctx, actor, roundID, access.AddParticipant)
	if err != nil {
		return Preview{}, fmt.Errorf("look at a list of participants: %w", err)
	}
	language := r.Language
	if !slices.Contains(Languages, language) {
		language = Languages[0]
	}
	return Preview{ID: id, Round: r, Verdicts: judge(table, members, answers, language), Unknown: table.Unknown, Guessed: table.Guessed, members: members}, nil
}

func (s *Service) openDraft(ctx context.Context, r round.Row, id string, body draftBody) (Table, error) {
	keys, err := s.vault.Subjects(ctx, r.OrganisationID, []string{id})
	if err != nil {
		return Table{}, err
	}
	text, err := keys.Open(id, fieldDraft, body.Sealed)
	if err != nil {
		return Table{}, err
	}
	var t Table
	if err := json.Unmarshal([]byte(text), &t); err != nil {
		return Table{}, err
	}
	return t, nil
}

// TakeIn adds those of a list who are to be added, all of them or none, and tells how many they are. While a line is asked about it is Invalid.
// The list is erased with its key.
func (s *Service) TakeIn(ctx context.Context, actor access.Subject, roundID, id string, answers map[int]string, requestID string) (int, error) {
	p, err := s.Preview(ctx, actor, roundID, id, answers)
	if err != nil {
		return 0, err
	}
	var wrong []errs.Field
	for _, v := range p.Of(AskWho) {
		wrong = append(wrong, errs.Field{Name: fmt.Sprintf("who-%d", v.Number), Key: "participant.import.error.answer", Args: map[string]any{"line": v.Number}})
	}
	added := p.Of(WouldAdd)
	if len(added) == 0 && len(wrong) == 0 {
		wrong = append(wrong, errs.Field{Key: "participant.import.error.nobody"})
	}
	if len(wrong) > 0 {
		return 0, errs.InvalidFields(wrong...)
	}
	people := make([]NewMember, len(added))
	for i, v := range added {
		people[i] = v.form
	}
	sealed, err := s.SealAll(ctx, p.Round.AuthorityID, people)
	if err != nil {
		return 0, fmt.Errorf("take in participants: %w", err)
	}
	err = s.change(ctx, actor, roundID, "take in participants", func(ctx context.Context, tx *db.Tx, r round.Row) error {
		// Who has come since was not compared with.
		if now, err := rowsTx(ctx, tx, r.ID, false); err != nil || !sameState(now, p.members) {
			if err == nil {
				err = errs.New(errs.Conflict, "participant.import.error.since")
			}
			return err
		}
		if _, err := s.people.UseDraftTx(ctx, tx, kindDraft, id, actor.Person); err != nil {
			return err
		}
		return s.takeInTx(ctx, tx, actor, r, sealed, requestID)
	})
	if err != nil {
		return 0, err
	}
	// The draft's row is empty by now: what remains is a key of nothing, which the next tidying removes where this fails.
	if err := s.vault.Shred(context.WithoutCancel(ctx), p.Round.OrganisationID, id, "draft.used"); err != nil {
		return len(sealed), nil //nolint:nilerr // see above
	}
	return len(sealed), nil
}

func (s *Service) takeInTx(ctx context.Context, tx *db.Tx, actor access.Subject, r round.Row, sealed []Sealed, requestID string) error {
	if err := s.AddSealedTx(ctx, tx, r.ID, r.AuthorityID, sealed, s.rounds.Today(), actor.Person); err != nil {
		return err
	}
	if err := s.fitsTx(ctx, tx, r, ""); err != nil {
		return err
	}
	if err := round.ProjectTx(ctx, tx, r.ID); err != nil {
		return err
	}
	e := s.entry(actor, r, ActionImport, r.ID, requestID)
	for _, p := range sealed {
		e.Found = append(e.Found, p.ID)
	}
	return s.log.Add(ctx, tx, e)
}

// sameState tells whether a round's participants are those that were looked at, and nothing has been said of them since.
func sameState(now []row, then []Member) bool {
	if len(now) != len(then) {
		return false
	}
	versions := map[string]int{}
	for _, m := range then {
		versions[m.ID] = m.Version + 1
	}
	return !slices.ContainsFunc(now, func(p row) bool { return versions[p.ID] != p.Version+1 })
}

// ForgetDrafts erases the lists that have waited for a day, with their keys. The house does this while it tidies.
func (s *Service) ForgetDrafts(ctx context.Context) (int, error) {
	type draft struct{ id, organisation string }
	var ended []draft
	now := db.At(s.clock.Now())
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		ended, err = db.All(ctx, tx, func(row db.Scanner) (draft, error) {
			var d draft
			err := row.Scan(&d.id, &d.organisation)
			return d, err
		}, `SELECT id, organisation_id FROM import_draft WHERE kind = $1 AND ends_at <= $2 ORDER BY id`, kindDraft, now)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("forget lists: %w", err)
	}
	for _, d := range ended {
		if err := s.vault.Shred(ctx, d.organisation, d.id, "draft.ended"); err != nil && !errs.Is(err, errs.NotFound) {
			return 0, fmt.Errorf("forget lists: %w", err)
		}
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `DELETE FROM import_draft WHERE id = $1`, d.id)
			return err
		}); err != nil {
			return 0, fmt.Errorf("forget lists: %w", err)
		}
	}
	return len(ended), nil
}
