package meeting

import (
	"context"
	"fmt"
	"slices"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/programme"
	"hemvist/internal/round"
	"hemvist/internal/typed"
)

// MaxNote is how many characters each part of the notes may hold.
const MaxNote = 10_000

// The fields that are sealed.
const (
	fieldNotes    = "session.notes"
	fieldHomework = "session.homework"
	fieldLeftOut  = "session.left-out"
)

// NewNotes is what somebody writes of a session, as typed. Seen is the version that it was written over; empty for none.
type NewNotes struct{ Text, Homework, LeftOut, Seen string }

// Notes is what those who lead have written of a session, opened.
type Notes struct {
	ID                      string // of the version; empty: nothing is written
	Text, Homework, LeftOut string
	ByName                  string
	At                      time.Time
	Erased                  bool // the key is destroyed
	Checks                  []Check
}

// Check is how one of those who lead thought that a session went.
type Check struct {
	ID, PersonID, Name, Form string
	Values                   map[string]int // by item
	At                       time.Time
}

// sealedNotes is the notes as they are stored.
type sealedNotes struct {
	Notes
	text, homework, leftOut []byte
}

// notesTx is the last version, and the last self-check of each person by each form.
func notesTx(ctx context.Context, tx *db.Tx, sessionID string) (sealedNotes, error) {
	n, err := db.One(ctx, tx, func(row db.Scanner) (sealedNotes, error) {
		var n sealedNotes
		var at db.Time
		err := row.Scan(&n.ID, &n.text, &n.homework, &n.leftOut, &n.ByName, &at)
		n.At = at.Time
		return n, err
	}, `SELECT n.id, n.notes, n.homework, n.left_out, p.name, n.recorded_at FROM session_note n JOIN person p ON p.id = n.recorded_by
		WHERE n.session_id = $1 AND NOT EXISTS (SELECT 1 FROM session_note later WHERE later.supersedes = n.id)`, sessionID)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return n, err
	}
	n.Checks, err = checksTx(ctx, tx, sessionID)
	return n, err
}

func checksTx(ctx context.Context, tx *db.Tx, sessionID string) ([]Check, error) {
	checks, err := db.All(ctx, tx, func(row db.Scanner) (Check, error) {
		c := Check{Values: map[string]int{}}
		var at db.Time
		err := row.Scan(&c.ID, &c.PersonID, &c.Name, &c.Form, &at)
		c.At = at.Time
		return c, err
	}, `SELECT c.id, c.person_id, p.name, c.form, c.recorded_at FROM session_check c JOIN person p ON p.id = c.person_id
		WHERE c.session_id = $1 AND NOT EXISTS (SELECT 1 FROM session_check later WHERE later.supersedes = c.id) ORDER BY p.name_sort, c.id`, sessionID)
	if err != nil || len(checks) == 0 {
		return nil, err
	}
	type value struct {
		check, item string
		n           int
	}
	values, err := db.All(ctx, tx, func(row db.Scanner) (value, error) {
		var v value
		err := row.Scan(&v.check, &v.item, &v.n)
		return v, err
	}, `SELECT v.check_id, v.item, v.value FROM session_check_value v JOIN session_check c ON c.id = v.check_id WHERE c.session_id = $1`, sessionID)
	for _, v := range values {
		if i := slices.IndexFunc(checks, func(c Check) bool { return c.ID == v.check }); i >= 0 {
			checks[i].Values[v.item] = v.n
		}
	}
	return checks, err
}

// openNotes opens the notes and notes in the log that the actor read them.
func (s *Service) openNotes(ctx context.Context, actor access.Subject, g ground, sealed sealedNotes) (*Notes, error) {
	n := sealed.Notes
	if n.ID == "" {
		return &n, nil
	}
	id := g.session().ID
	keys, err := s.vault.Subjects(ctx, g.row.AuthorityID, []string{id})
	if err != nil {
		return nil, err
	}
	for _, f := range []struct {
		to     *string
		field  string
		sealed []byte
	}{{&n.Text, fieldNotes, sealed.text}, {&n.Homework, fieldHomework, sealed.homework}, {&n.LeftOut, fieldLeftOut, sealed.leftOut}} {
		*f.to, err = keys.Open(id, f.field, f.sealed)
		if errs.Is(err, errs.NotFound) {
			n.Erased = true
			continue
		}
		if err != nil {
			return nil, err
		}
	}
	audit.Note(ctx, entry(actor, g.row, ActionNotes, id, ""))
	return &n, nil
}

// check is what is wrong, by field; the texts are trimmed.
func (n NewNotes) check() (NewNotes, error) {
	var wrong []errs.Field
	for _, f := range []struct {
		name string
		text *string
	}{{"notes", &n.Text}, {"homework", &n.Homework}, {"left-out", &n.LeftOut}} {
		clean, fields := typed.Text(f.name, *f.text, "", MaxNote)
		*f.text = clean
		if len(fields) == 0 && typed.HoldsPersonalNumber(clean) {
			fields = []errs.Field{{Name: f.name, Key: "participant.error.personal-number"}}
		}
		wrong = append(wrong, fields...)
	}
	return n, errs.InvalidFields(wrong...)
}

// WriteNotes stores what somebody wrote, over the version that they had seen. Had somebody else written since it is a Conflict, and nothing is
// stored: the page shows both.
func (s *Service) WriteNotes(ctx context.Context, actor access.Subject, roundID, sessionID string, n NewNotes, requestID string) error {
	n, err := n.check()
	if err != nil {
		return fmt.Errorf("write notes: %w", err)
	}
	// The key before what it seals: a key alone is harmless. It is made for nobody who may not write.
	var row round.Row
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if row, err = s.rounds.ForWritingTx(ctx, tx, actor, access.WriteSession, roundID); err != nil {
			return err
		}
		_, err = groundTx(ctx, tx, row, sessionID)
		return err
	})
	if err != nil {
		round.NoteRefusal(ctx, actor, err)
		return fmt.Errorf("write notes: %w", err)
	}
	sealed, err := s.seal(ctx, row.AuthorityID, sessionID, n)
	if err != nil {
		return fmt.Errorf("write notes: %w", err)
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		row, err := s.rounds.ForWritingTx(ctx, tx, actor, access.WriteSession, roundID)
		if err != nil {
			return err
		}
		g, err := groundTx(ctx, tx, row, sessionID)
		if err != nil {
			return err
		}
		now, err := notesTx(ctx, tx, sessionID)
		if err != nil {
			return err
		}
		if now.ID != n.Seen {
			return errs.New(errs.Conflict, "session.error.meanwhile")
		}
		if _, err := tx.Exec(ctx, `INSERT INTO session_note (id, session_id, notes, homework, left_out, happened_on, recorded_at, recorded_by, supersedes)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, db.NewID(), sessionID, sealed.text, sealed.homework, sealed.leftOut, g.session().On,
			db.At(s.clock.Now()), actor.Person, db.Null(now.ID)); err != nil {
			return err
		}
		return s.log.Add(ctx, tx, entry(actor, row, ActionNote, sessionID, requestID))
	})
	if err != nil {
		round.NoteRefusal(ctx, actor, err)
		return fmt.Errorf("write notes: %w", err)
	}
	return nil
}

func (s *Service) seal(ctx context.Context, authority, sessionID string, n NewNotes) (sealedNotes, error) {
	var out sealedNotes
	keys, err := s.vault.NewSubject(ctx, authority, sessionID)
	if err != nil {
		return out, err
	}
	if out.text, err = keys.Seal(sessionID, fieldNotes, n.Text); err != nil {
		return out, err
	}
	if out.homework, err = keys.Seal(sessionID, fieldHomework, n.Homework); err != nil {
		return out, err
	}
	out.leftOut, err = keys.Seal(sessionID, fieldLeftOut, n.LeftOut)
	return out, err
}

// WriteCheck stores how the actor thought that a session went, by one of the definition's forms: a value for each item that the form has
// here, within its scale. It supersedes the actor's own before.
func (s *Service) WriteCheck(ctx context.Context, actor access.Subject, roundID, sessionID, form string, values map[string]int, requestID string) error {
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		row, err := s.rounds.ForWritingTx(ctx, tx, actor, access.WriteSession, roundID)
		if err != nil {
			return err
		}
		g, err := groundTx(ctx, tx, row, sessionID)
		if err != nil {
			return err
		}
		if g.session().On.After(s.rounds.Today()) {
			return errs.New(errs.Invalid, "session.error.ahead")
		}
		def, err := s.defs.Definition(row.Programme, row.Version)
		if err != nil {
			return err
		}
		f, known := def.Form(form)
		if !known {
			return errs.New(errs.NotFound, "")
		}
		if err := checkValues(f, values); err != nil {
			return err
		}
		return s.addCheckTx(ctx, tx, actor, g, f, values, requestID)
	})
	if err != nil {
		round.NoteRefusal(ctx, actor, err)
		return fmt.Errorf("write a self-check: %w", err)
	}
	return nil
}

func checkValues(f *programme.FidelityForm, values map[string]int) error {
	var wrong []errs.Field
	for _, item := range f.Items {
		if v, said := values[item.ID]; !said || v < f.Min || v > f.Max {
			wrong = append(wrong, errs.Field{Name: "item." + item.ID, Key: "check.error.value", Args: map[string]any{"min": f.Min, "max": f.Max}})
		}
	}
	return errs.InvalidFields(wrong...)
}

func (s *Service) addCheckTx(ctx context.Context, tx *db.Tx, actor access.Subject, g ground, f *programme.FidelityForm, values map[string]int, requestID string) error {
	checks, err := checksTx(ctx, tx, g.session().ID)
	if err != nil {
		return err
	}
	before := ""
	for _, c := range checks {
		if c.PersonID == actor.Person && c.Form == f.ID {
			before = c.ID
		}
	}
	id := db.NewID()
	if _, err := tx.Exec(ctx, `INSERT INTO session_check (id, session_id, person_id, form, happened_on, recorded_at, recorded_by, supersedes)
		VALUES ($1, $2, $3, $4, $5, $6, $3, $7)`, id, g.session().ID, actor.Person, f.ID, g.session().On, db.At(s.clock.Now()), db.Null(before)); err != nil {
		return err
	}
	for _, item := range f.Items {
		if _, err := tx.Exec(ctx, `INSERT INTO session_check_value (check_id, item, value) VALUES ($1, $2, $3)`, id, item.ID, values[item.ID]); err != nil {
			return err
		}
	}
	return s.log.Add(ctx, tx, entry(actor, g.row, ActionNote, g.session().ID, requestID))
}
