package organisation

import (
	"context"
	"fmt"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
)

// Merger is what happens when one organisation goes into another.
type Merger struct {
	From, Into Detail
	Roles      int // that end at the one and begin anew at the other
}

// MergePreview tells what would move, without moving anything.
func (s *Service) MergePreview(ctx context.Context, actor access.Subject, from, into string) (Merger, error) {
	var m Merger
	if err := allow(actor, access.ChangeOrganisations, resource(from, "")); err != nil {
		return m, err
	}
	today := s.Today()
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if m.From, err = s.detailTx(ctx, tx, actor, from); err != nil {
			return err
		}
		if m.Into, err = s.detailTx(ctx, tx, actor, into); err != nil {
			return err
		}
		if err := mayMerge(m.From.Row, m.Into.Row); err != nil {
			return err
		}
		m.Roles, err = db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM role WHERE organisation_id = $1 AND (to_on IS NULL OR to_on >= $2)`, from, today)
		return err
	})
	if err != nil {
		return m, fmt.Errorf("preview a merger: %w", err)
	}
	return m, nil
}

// mayMerge tells whether one organisation may go into another: both are open, of one kind, and no hubs.
func mayMerge(from, into Row) error {
	wrong := func(key string) error { return errs.InvalidFields(errs.Field{Name: "into", Key: key}) }
	switch {
	case !from.ClosedOn.IsZero():
		return errs.New(errs.Conflict, "organisations.error.closed")
	case from.Kind == directory.HubKind:
		return errs.New(errs.Conflict, "organisations.error.hub")
	case from.ID == into.ID, !into.ClosedOn.IsZero(), from.Kind != into.Kind:
		return wrong("organisations.error.into")
	}
	return nil
}

// Merge lets an organisation go into another from a day on. Its boards and units become the other's and keep their ids, keys and rounds;
// roles end the day before and begin anew; it is closed, and its history stays.
func (s *Service) Merge(ctx context.Context, actor access.Subject, from, into string, on clock.Date, requestID string) error {
	st := s.stamp(actor, requestID)
	return s.change(ctx, st, from, "merge", func(ctx context.Context, tx *db.Tx, r Row) error {
		target, err := rowTx(ctx, tx, into)
		if errs.Is(err, errs.NotFound) {
			return errs.InvalidFields(errs.Field{Name: "into", Key: "organisations.error.into"})
		}
		if err != nil {
			return err
		}
		if err := mayMerge(r, target); err != nil {
			return err
		}
		if err := errs.InvalidFields(day("on", on, st.today)...); err != nil {
			return err
		}
		boards, err := selectBoards(ctx, tx, from, st.today)
		if err != nil {
			return err
		}
		m := move{from: r, into: target, on: on, everything: true}
		for _, b := range boards {
			m.boards = append(m.boards, b.ID)
		}
		if err := s.moveTx(ctx, tx, st, m); err != nil {
			return err
		}
		if err := s.closeTx(ctx, tx, st, from, fact{organisation: from, fact: MergedInto, other: into, on: on}, ActionMerge); err != nil {
			return err
		}
		if err := directory.IndexOrganisationTx(ctx, tx, into); err != nil {
			return err
		}
		return s.note(ctx, tx, st, ActionMerge, into, from)
	})
}

// move is what goes from one organisation to another.
type move struct {
	from, into Row
	on         clock.Date
	boards     []string // authority ids
	units      []string // of those below the organisation itself, each with what lies below it
	everything bool     // also what is of no board: all units and roles
}

// moveTx moves authorities, units and roles. What belongs to an authority keeps it, and so its keys.
func (s *Service) moveTx(ctx context.Context, tx *db.Tx, st stamp, m move) error {
	for _, board := range m.boards {
		if err := addFact(ctx, tx, st, fact{organisation: m.from.ID, authority: board, fact: Moved, other: m.into.ID, on: m.on}); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE authority SET organisation_id = $1 WHERE id = $2 AND organisation_id = $3`, m.into.ID, board, m.from.ID); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE unit SET organisation_id = $1 WHERE authority_id = $2`, m.into.ID, board); err != nil {
			return err
		}
		if err := s.rounds.FollowTx(ctx, tx, board, m.into.ID, m.into.Name); err != nil {
			return err
		}
	}
	for _, unit := range m.units {
		if err := addFact(ctx, tx, st, fact{organisation: m.from.ID, unit: unit, fact: Moved, other: m.into.ID, on: m.on}); err != nil {
			return err
		}
		if err := belowTx(ctx, tx, unit, func(id string) error {
			_, err := tx.Exec(ctx, `UPDATE unit SET organisation_id = $1 WHERE id = $2`, m.into.ID, id)
			return err
		}); err != nil {
			return err
		}
	}
	if m.everything {
		if _, err := tx.Exec(ctx, `UPDATE unit SET organisation_id = $1 WHERE organisation_id = $2`, m.into.ID, m.from.ID); err != nil {
			return err
		}
	}
	return s.dir.MoveRolesTx(ctx, tx, directory.RoleMove{From: m.from.ID, Into: m.into.ID, On: m.on, By: st.by.Person, Which: func(authority string) bool {
		return m.everything || slices.Contains(m.boards, authority)
	}})
}

// Split is a new organisation that some boards and units of another go to.
type Split struct {
	Form   Form // the kind is the other's
	Boards []string
	Units  []string // of those below the organisation itself
	On     clock.Date
}

// Split makes an organisation of boards and units of another, from a day on, and returns its id. They keep their ids, keys and rounds; the
// roles in the boards follow, and those of the whole organisation stay.
func (s *Service) Split(ctx context.Context, actor access.Subject, from string, f Split, requestID string) (string, error) {
	st, id := s.stamp(actor, requestID), db.NewID()
	err := s.change(ctx, st, from, "split", func(ctx context.Context, tx *db.Tx, r Row) error {
		if !r.ClosedOn.IsZero() {
			return errs.New(errs.Conflict, "organisations.error.closed")
		}
		form := f.Form
		form.Kind = r.Kind
		form, wrong := form.check()
		taken, err := takenTx(ctx, tx, form, "")
		if err != nil {
			return err
		}
		wrong = append(append(wrong, taken...), day("on", f.On, st.today)...)
		chosen, err := chosenTx(ctx, tx, r.ID, f, st.today)
		if err != nil {
			return err
		}
		if !chosen {
			wrong = append(wrong, errs.Field{Name: "boards", Key: "organisations.error.parts"})
		}
		if err := errs.InvalidFields(wrong...); err != nil {
			return err
		}
		o := directory.Organisation{ID: id, Kind: form.Kind, Name: form.Name, Code: form.Code, County: form.County}
		if _, err := s.dir.AddOrganisationTx(ctx, tx, o); err != nil {
			return err
		}
		if err := addFact(ctx, tx, st, fact{organisation: id, fact: SplitFrom, other: from, on: f.On}); err != nil {
			return err
		}
		if err := s.moveTx(ctx, tx, st, move{from: r, into: Row{Organisation: o}, on: f.On, boards: f.Boards, units: f.Units}); err != nil {
			return err
		}
		if err := directory.IndexOrganisationTx(ctx, tx, id); err != nil {
			return err
		}
		if err := s.note(ctx, tx, st, ActionSplit, id, from); err != nil {
			return err
		}
		return s.note(ctx, tx, st, ActionSplit, from, id)
	})
	if err != nil {
		return "", err
	}
	return id, nil
}

// chosenTx tells whether something is chosen, and all of it the organisation's.
func chosenTx(ctx context.Context, tx *db.Tx, from string, f Split, today clock.Date) (bool, error) {
	boards, err := selectBoards(ctx, tx, from, today)
	if err != nil {
		return false, err
	}
	units, err := unitsTx(ctx, tx, from)
	if err != nil {
		return false, err
	}
	for _, id := range f.Boards {
		if !slices.ContainsFunc(boards, func(b Board) bool { return b.ID == id }) {
			return false, nil
		}
	}
	for _, id := range f.Units {
		if !slices.ContainsFunc(units, func(u Unit) bool { return u.ID == id && u.AuthorityID == "" && u.Parent == "" }) {
			return false, nil
		}
	}
	return len(f.Boards)+len(f.Units) > 0, nil
}
