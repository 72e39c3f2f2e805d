package organisation

import (
	"context"
	"slices"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// place is where a unit lies: below a board or nothing, and below another unit or nothing.
type place struct{ authority, parent string }

// placeOf finds what a word says that a unit lies below. It must be open, of the organisation, not deeper than units go, and not the moved
// unit or one below it.
func placeOf(below, moved string, boards []Board, units []Unit) (place, error) {
	wrong := errs.InvalidFields(errs.Field{Name: "below", Key: "organisations.error.below"})
	if below == "" {
		return place{}, nil
	}
	if id, ok := strings.CutPrefix(below, belowBoard); ok {
		i := slices.IndexFunc(boards, func(b Board) bool { return b.ID == id && b.ClosedOn.IsZero() })
		if i < 0 {
			return place{}, wrong
		}
		return place{authority: id}, nil
	}
	id, _ := strings.CutPrefix(below, belowUnit)
	first := slices.IndexFunc(units, func(u Unit) bool { return u.ID == id && u.ClosedOn.IsZero() })
	if first < 0 {
		return place{}, wrong
	}
	depth := 2 + height(units, moved) // of the lowest that would lie there
	for i := first; i >= 0; depth++ {
		if units[i].ID == moved || depth > deepest {
			return place{}, wrong
		}
		up := units[i].Parent
		i = slices.IndexFunc(units, func(u Unit) bool { return u.ID == up })
	}
	return place{units[first].AuthorityID, id}, nil
}

// height is how many units lie below one another below a unit.
func height(units []Unit, id string) int {
	tallest := 0
	for _, u := range units {
		if id != "" && u.Parent == id {
			tallest = max(tallest, 1+height(units, u.ID))
		}
	}
	return tallest
}

// below reads what lies below an organisation.
func (s *Service) below(ctx context.Context, tx *db.Tx, st stamp, organisation string) ([]Board, []Unit, error) {
	boards, err := selectBoards(ctx, tx, organisation, st.today)
	if err != nil {
		return nil, nil, err
	}
	units, err := unitsTx(ctx, tx, organisation)
	return boards, units, err
}

// AddUnit adds a unit below an organisation, a board or a unit, and returns its id.
func (s *Service) AddUnit(ctx context.Context, actor access.Subject, organisation string, f UnitForm, requestID string) (string, error) {
	st, id := s.stamp(actor, requestID), db.NewID()
	f, wrong := f.check()
	err := s.changeBelow(ctx, st, organisation, "add a unit", func(ctx context.Context, tx *db.Tx, r Row) error {
		boards, units, err := s.below(ctx, tx, st, organisation)
		if err != nil {
			return err
		}
		at, placeErr := placeOf(f.Below, "", boards, units)
		if err := allow(actor, access.ChangeUnits, resource(organisation, at.authority)); err != nil {
			return err
		}
		if !r.ClosedOn.IsZero() {
			return errs.New(errs.Conflict, "organisations.error.closed")
		}
		if err := joined(wrong, placeErr); err != nil {
			return err
		}
		if err := unitNameFree(units, f.Name, at, ""); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO unit (id, organisation_id, authority_id, parent_id, name, name_sort, code, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, id, organisation, db.Null(at.authority), db.Null(at.parent), f.Name, db.CollationKey(f.Name),
			db.Null(f.Code), db.At(st.at))
		if err != nil {
			return err
		}
		return s.note(ctx, tx, st, ActionAddUnit, organisation, id)
	})
	return id, err
}

// joined is mistakes together with those of an error.
func joined(wrong []errs.Field, err error) error {
	if e, ok := err.(*errs.Error); ok { //nolint:errorlint // placeOf makes it itself
		wrong = append(slices.Clone(wrong), e.Fields...)
	}
	return errs.InvalidFields(wrong...)
}

func unitNameFree(units []Unit, name string, at place, id string) error {
	if slices.ContainsFunc(units, func(u Unit) bool {
		return u.ID != id && u.ClosedOn.IsZero() && u.AuthorityID == at.authority && u.Parent == at.parent && db.Fold(u.Name) == db.Fold(name)
	}) {
		return errs.InvalidFields(errs.Field{Name: "name", Key: "organisations.error.unit-taken"})
	}
	return nil
}

// changeUnit runs fn on a unit that the actor may change, with everything that lies below the organisation.
func (s *Service) changeUnit(ctx context.Context, st stamp, organisation, unit, what string,
	fn func(ctx context.Context, tx *db.Tx, u Unit, boards []Board, units []Unit) error) error {
	return s.changeBelow(ctx, st, organisation, what, func(ctx context.Context, tx *db.Tx, _ Row) error {
		boards, units, err := s.below(ctx, tx, st, organisation)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(units, func(u Unit) bool { return u.ID == unit })
		if i < 0 {
			return errs.New(errs.NotFound, "")
		}
		if err := allow(st.by, access.ChangeUnits, resource(organisation, units[i].AuthorityID)); err != nil {
			return err
		}
		return fn(ctx, tx, units[i], boards, units)
	})
}

// ChangeUnit says what a unit is called, its code, and what it lies below. What lies below it comes along.
func (s *Service) ChangeUnit(ctx context.Context, actor access.Subject, organisation, unit string, f UnitForm, requestID string) error {
	st := s.stamp(actor, requestID)
	f, wrong := f.check()
	return s.changeUnit(ctx, st, organisation, unit, "change a unit", func(ctx context.Context, tx *db.Tx, u Unit, boards []Board, units []Unit) error {
		at, placeErr := place{u.AuthorityID, u.Parent}, error(nil)
		if f.Below != u.BelowWord() {
			at, placeErr = placeOf(f.Below, u.ID, boards, units)
		}
		if err := joined(wrong, placeErr); err != nil {
			return err
		}
		if err := allow(actor, access.ChangeUnits, resource(organisation, at.authority)); err != nil {
			return err
		}
		if err := unitNameFree(units, f.Name, at, u.ID); err != nil {
			return err
		}
		if f.Name == u.Name && f.Code == u.Code && at == (place{u.AuthorityID, u.Parent}) {
			return nil
		}
		if f.Name != u.Name {
			if err := addFact(ctx, tx, st, fact{organisation: organisation, unit: u.ID, fact: Renamed, before: u.Name, after: f.Name, on: st.today}); err != nil {
				return err
			}
		}
		if at != (place{u.AuthorityID, u.Parent}) {
			if err := s.shiftTx(ctx, tx, st, organisation, u, at, boards, units); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `UPDATE unit SET name = $1, name_sort = $2, code = $3, parent_id = $4, authority_id = $5 WHERE id = $6`,
			f.Name, db.CollationKey(f.Name), db.Null(f.Code), db.Null(at.parent), db.Null(at.authority), u.ID)
		if err != nil {
			return err
		}
		return s.note(ctx, tx, st, ActionChangeUnit, organisation, u.ID)
	})
}

// shiftTx stores that a unit comes to lie elsewhere, and brings what lies below it to the same board.
func (s *Service) shiftTx(ctx context.Context, tx *db.Tx, st stamp, organisation string, u Unit, at place, boards []Board, units []Unit) error {
	f := fact{organisation: organisation, unit: u.ID, fact: Moved, on: st.today,
		before: nameAt(place{u.AuthorityID, u.Parent}, boards, units), after: nameAt(at, boards, units)}
	if err := addFact(ctx, tx, st, f); err != nil {
		return err
	}
	return belowTx(ctx, tx, u.ID, func(id string) error {
		_, err := tx.Exec(ctx, `UPDATE unit SET authority_id = $1 WHERE id = $2`, db.Null(at.authority), id)
		return err
	})
}

// nameAt is the name of what lies at a place; empty for the organisation itself.
func nameAt(at place, boards []Board, units []Unit) string {
	for _, u := range units {
		if at.parent != "" && u.ID == at.parent {
			return u.Name
		}
	}
	for _, b := range boards {
		if at.parent == "" && b.ID == at.authority {
			return b.Name
		}
	}
	return ""
}

// belowTx calls fn with a unit and all that lies below it.
func belowTx(ctx context.Context, tx *db.Tx, unit string, fn func(id string) error) error {
	for ids := []string{unit}; len(ids) > 0; ids = ids[1:] {
		if err := fn(ids[0]); err != nil {
			return err
		}
		more, err := db.All(ctx, tx, db.Scalar[string], `SELECT id FROM unit WHERE parent_id = $1`, ids[0])
		if err != nil {
			return err
		}
		ids = append(ids, more...)
	}
	return nil
}

// CloseUnit says that a unit is no more from a day on, and what lies below it with it.
func (s *Service) CloseUnit(ctx context.Context, actor access.Subject, organisation, unit string, on clock.Date, requestID string) error {
	st := s.stamp(actor, requestID)
	return s.changeUnit(ctx, st, organisation, unit, "close a unit", func(ctx context.Context, tx *db.Tx, u Unit, _ []Board, _ []Unit) error {
		if !u.ClosedOn.IsZero() {
			return errs.New(errs.Conflict, "organisations.error.closed")
		}
		if err := errs.InvalidFields(day("ended", on, st.today)...); err != nil {
			return err
		}
		if err := addFact(ctx, tx, st, fact{organisation: organisation, unit: u.ID, fact: ClosedFact, on: on}); err != nil {
			return err
		}
		if err := belowTx(ctx, tx, u.ID, func(id string) error {
			_, err := tx.Exec(ctx, `UPDATE unit SET closed_on = $1 WHERE id = $2 AND closed_on IS NULL`, on, id)
			return err
		}); err != nil {
			return err
		}
		return s.note(ctx, tx, st, ActionCloseUnit, organisation, u.ID)
	})
}

// ReopenUnit says that a unit is again; what it lies below must be open.
func (s *Service) ReopenUnit(ctx context.Context, actor access.Subject, organisation, unit, requestID string) error {
	st := s.stamp(actor, requestID)
	return s.changeUnit(ctx, st, organisation, unit, "reopen a unit", func(ctx context.Context, tx *db.Tx, u Unit, boards []Board, units []Unit) error {
		if u.ClosedOn.IsZero() {
			return errs.New(errs.Conflict, "organisations.error.open")
		}
		if _, err := placeOf(u.BelowWord(), u.ID, boards, units); err != nil {
			return errs.New(errs.Conflict, "organisations.error.closed-above")
		}
		if err := addFact(ctx, tx, st, fact{organisation: organisation, unit: u.ID, fact: Reopened, on: st.today}); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE unit SET closed_on = NULL WHERE id = $1`, u.ID); err != nil {
			return err
		}
		return s.note(ctx, tx, st, ActionReopenUnit, organisation, u.ID)
	})
}
