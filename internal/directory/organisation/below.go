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
	"hemvist/internal/typed"
)

// What a unit lies below is written as a word: nothing for the organisation itself, "board:" or "unit:" and an id.
const (
	belowBoard = "board:"
	belowUnit  = "unit:"
)

// BelowWord is the word for what a unit lies below.
func (u Unit) BelowWord() string {
	switch {
	case u.Parent != "":
		return belowUnit + u.Parent
	case u.AuthorityID != "":
		return belowBoard + u.AuthorityID
	}
	return ""
}

// deepest is how many units may lie below one another.
const deepest = 6

// changeBelow runs fn on what lies below an organisation and indexes it afterwards. What is done to which authority is asked by fn.
func (s *Service) changeBelow(ctx context.Context, st stamp, organisation, what string, fn func(ctx context.Context, tx *db.Tx, r Row) error) error {
	if access.ReachOf(st.by.Role, access.ChangeUnits) == access.None {
		return allow(st.by, access.ChangeUnits, access.Resource{})
	}
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := rowTx(ctx, tx, organisation)
		if err != nil {
			return err
		}
		if err := fn(ctx, tx, r); err != nil {
			return err
		}
		return directory.IndexOrganisationTx(ctx, tx, organisation)
	})
	if err != nil {
		return fmt.Errorf("%s in organisation %s: %w", what, organisation, err)
	}
	return nil
}

// AddBoard adds an authority to an organisation and returns its id. Only whoever reaches the whole organisation adds one.
func (s *Service) AddBoard(ctx context.Context, actor access.Subject, organisation, name, requestID string) (string, error) {
	st, id := s.stamp(actor, requestID), db.NewID()
	name, wrong := checkName(name)
	err := s.changeBelow(ctx, st, organisation, "add a board", func(ctx context.Context, tx *db.Tx, r Row) error {
		if err := allow(actor, access.ChangeUnits, resource(organisation, "")); err != nil {
			return err
		}
		if !r.ClosedOn.IsZero() {
			return errs.New(errs.Conflict, "organisations.error.closed")
		}
		if err := errs.InvalidFields(wrong...); err != nil {
			return err
		}
		boards, err := selectBoards(ctx, tx, organisation, st.today)
		if err != nil {
			return err
		}
		if err := boardNameFree(boards, name, ""); err != nil {
			return err
		}
		if _, err := s.dir.AddAuthorityTx(ctx, tx, directory.Authority{ID: id, OrganisationID: organisation, Name: name}); err != nil {
			return err
		}
		return s.note(ctx, tx, st, ActionAddUnit, organisation, id)
	})
	return id, err
}

// boardNameFree refuses a name that another open board of the organisation has.
func boardNameFree(boards []Board, name, id string) error {
	if slices.ContainsFunc(boards, func(b Board) bool { return b.ID != id && b.ClosedOn.IsZero() && db.Fold(b.Name) == db.Fold(name) }) {
		return errs.InvalidFields(errs.Field{Name: "name", Key: "organisations.error.board-taken"})
	}
	return nil
}

// changeBoard runs fn on a board of an organisation that the actor may change.
func (s *Service) changeBoard(ctx context.Context, st stamp, organisation, board, what string, fn func(ctx context.Context, tx *db.Tx, b Board, all []Board) error) error {
	return s.changeBelow(ctx, st, organisation, what, func(ctx context.Context, tx *db.Tx, _ Row) error {
		boards, err := selectBoards(ctx, tx, organisation, st.today)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(boards, func(b Board) bool { return b.ID == board })
		if i < 0 {
			return errs.New(errs.NotFound, "")
		}
		if err := allow(st.by, access.ChangeUnits, resource(organisation, board)); err != nil {
			return err
		}
		return fn(ctx, tx, boards[i], boards)
	})
}

// RenameBoard gives a board another name from a day on, or mends a misspelt one.
func (s *Service) RenameBoard(ctx context.Context, actor access.Subject, organisation, board string, n NewName, requestID string) error {
	st := s.stamp(actor, requestID)
	wrong := n.check(st.today)
	return s.changeBoard(ctx, st, organisation, board, "rename a board", func(ctx context.Context, tx *db.Tx, b Board, all []Board) error {
		if err := errs.InvalidFields(wrong...); err != nil {
			return err
		}
		if n.Name == b.Name {
			return nil
		}
		if err := boardNameFree(all, n.Name, b.ID); err != nil {
			return err
		}
		f := fact{organisation: organisation, authority: b.ID, before: b.Name, after: n.Name, on: n.On}
		if err := renamedFact(ctx, tx, &f, n, `f.authority_id = $1`, b.ID); err != nil {
			return err
		}
		if err := addFact(ctx, tx, st, f); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE authority SET name = $1 WHERE id = $2`, n.Name, b.ID); err != nil {
			return err
		}
		return s.note(ctx, tx, st, ActionChangeUnit, organisation, b.ID)
	})
}

// CloseBoard says that a board is no more from a day on. What runs in it goes on, so it must be sure then. Its units are closed with it.
func (s *Service) CloseBoard(ctx context.Context, actor access.Subject, organisation, board string, on clock.Date, sure bool, requestID string) error {
	st := s.stamp(actor, requestID)
	return s.changeBoard(ctx, st, organisation, board, "close a board", func(ctx context.Context, tx *db.Tx, b Board, _ []Board) error {
		if !b.ClosedOn.IsZero() {
			return errs.New(errs.Conflict, "organisations.error.closed")
		}
		wrong := day("ended", on, st.today)
		open, err := s.rounds.OpenByAuthorityTx(ctx, tx, organisation)
		if err != nil {
			return err
		}
		if (open[b.ID] > 0 || b.People > 0) && !sure {
			wrong = append(wrong, errs.Field{Name: "sure", Key: "organisations.error.sure"})
		}
		if err := errs.InvalidFields(wrong...); err != nil {
			return err
		}
		if err := addFact(ctx, tx, st, fact{organisation: organisation, authority: b.ID, fact: ClosedFact, on: on}); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE authority SET closed_on = $1 WHERE id = $2`, on, b.ID); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE unit SET closed_on = $1 WHERE authority_id = $2 AND closed_on IS NULL`, on, b.ID); err != nil {
			return err
		}
		return s.note(ctx, tx, st, ActionCloseUnit, organisation, b.ID)
	})
}

// ReopenBoard says that a board is again. Its units are opened one by one.
func (s *Service) ReopenBoard(ctx context.Context, actor access.Subject, organisation, board, requestID string) error {
	st := s.stamp(actor, requestID)
	return s.changeBoard(ctx, st, organisation, board, "reopen a board", func(ctx context.Context, tx *db.Tx, b Board, all []Board) error {
		if b.ClosedOn.IsZero() {
			return errs.New(errs.Conflict, "organisations.error.open")
		}
		if err := boardNameFree(all, b.Name, b.ID); err != nil {
			return errs.New(errs.Conflict, "organisations.error.board-taken")
		}
		if err := addFact(ctx, tx, st, fact{organisation: organisation, authority: b.ID, fact: Reopened, on: st.today}); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE authority SET closed_on = NULL WHERE id = $1`, b.ID); err != nil {
			return err
		}
		return s.note(ctx, tx, st, ActionReopenUnit, organisation, b.ID)
	})
}

// UnitForm is a unit as somebody types it. Below says what it lies below, as Unit.BelowWord does.
type UnitForm struct{ Name, Code, Below string }

func (f UnitForm) check() (UnitForm, []errs.Field) {
	name, wrong := checkName(f.Name)
	code, wrongCode := typed.Line("code", f.Code, "")
	if len(code) > 40 {
		wrongCode = []errs.Field{{Name: "code", Key: "form.error.long", Args: map[string]any{"max": 40}}}
	}
	return UnitForm{name, code, f.Below}, append(wrong, wrongCode...)
}
