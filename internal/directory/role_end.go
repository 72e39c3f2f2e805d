package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// Ending is when and why a role ends.
type Ending struct {
	AtOnce bool       // now: at the person's next request
	Last   clock.Date // the last day, when not at once
	Reason string     // may be empty
}

// day is the last day, and what is wrong with it. At once is yesterday: a role's last day is a whole day.
func (e Ending) day(today clock.Date) (clock.Date, []errs.Field) {
	switch {
	case e.AtOnce:
		return today.AddDays(-1), nil
	case e.Last.IsZero() || e.Last.Year < earliestYear:
		return e.Last, []errs.Field{{Name: "last", Key: "people.error.last"}}
	case e.Last.After(today.AddYears(yearsAhead)):
		return e.Last, []errs.Field{{Name: "last", Key: "people.error.to-far"}}
	}
	return e.Last, nil
}

// EndGiven ends one of a person's roles, and those of its deputies with it. The role stays in the history.
func (s *Service) EndGiven(ctx context.Context, actor access.Subject, personID, roleID string, e Ending, requestID string) error {
	a := s.act(actor, requestID)
	last, wrong := e.day(a.today)
	reason, more := checkReason(e.Reason)
	if wrong = append(wrong, more...); len(wrong) > 0 {
		return errs.InvalidFields(wrong...)
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, r, err := s.roleForWriting(ctx, tx, a, personID, roleID)
		if err != nil {
			return err
		}
		if !r.To.IsZero() && last.After(r.To) {
			return errs.InvalidFields(errs.Field{Name: "last", Key: "people.error.longer", Args: map[string]any{"last": r.To.String()}})
		}
		return s.endTx(ctx, tx, a, r, last, reason)
	})
}

// endTx ends a role on a day unless that leaves an organisation without anybody to look after it.
func (s *Service) endTx(ctx context.Context, tx *db.Tx, a act, r PersonRole, last clock.Date, reason string) error {
	others, err := db.All(ctx, tx, func(row db.Scanner) (Period, error) {
		var p Period
		err := row.Scan(&p.From, &p.To)
		return p, err
	}, `SELECT from_on, to_on FROM role WHERE organisation_id = $1 AND role = $2 AND id <> $3 AND person_id <> $4 AND deputy_for IS NULL`,
		r.OrganisationID, string(r.Role), r.ID, r.PersonID)
	if err != nil {
		return err
	}
	// The hub's coordinator may end an organisation's last administrator, and give it another first one.
	own := r.PersonID == a.actor.Person || a.actor.Role == access.Administrator
	if own && r.DeputyFor == "" && Leaderless(r.Role, last, others) {
		return errs.InvalidFields(errs.Field{Name: "last", Key: "people.error.last-one"})
	}
	n, err := tx.Exec(ctx, `UPDATE role SET to_on = $1, ended_by = $2, ended_at = $3, end_reason = $4
		WHERE (id = $5 OR deputy_for = $5) AND (to_on IS NULL OR to_on > $1)`, last, a.actor.Person, a.at, db.Null(reason), r.ID)
	if err != nil {
		return fmt.Errorf("end role: %w", err)
	}
	if n == 0 {
		return nil // it ends then already
	}
	return s.logTx(ctx, tx, a, ActionEndRole, r.OrganisationID, r.PersonID, r.ID)
}

// Fate is what becomes of a role when its holder changes workplace.
type Fate string

// The fates.
const (
	Keep  Fate = "keep"  // stays where it is
	End   Fate = "end"   // ends
	Carry Fate = "carry" // ends, and goes on as the same at the new place
)

// Move is a change of workplace: from a day on, at another place.
type Move struct {
	First                       clock.Date // the first day at the new place
	OrganisationID, AuthorityID string     // needed when a role is carried on
	Fates                       map[string]Fate
}

// MovePerson ends some of a person's roles on the day before, and gives those that are carried on at the new place. All or nothing.
func (s *Service) MovePerson(ctx context.Context, actor access.Subject, personID string, m Move, requestID string) error {
	a := s.act(actor, requestID)
	if m.First.IsZero() || m.First.Year < earliestYear || m.First.After(a.today.AddYears(yearsAhead)) {
		return errs.InvalidFields(errs.Field{Name: "first", Key: "people.error.from"})
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := s.forWriting(ctx, tx, a, access.GiveRole, personID, false)
		if err != nil {
			return err
		}
		var carried []PersonRole
		ended := 0
		for _, r := range p.Lasting(a.today) {
			fate := m.Fates[r.ID]
			if fate != End && fate != Carry {
				continue
			}
			if a.giving(r).EndRefusal(a.actor) != nil {
				return errs.Wrap(errs.NotFound, fmt.Errorf("role %s: %s", r.ID, access.OutOfReach))
			}
			if err := s.endTx(ctx, tx, a, r, m.First.AddDays(-1), ""); err != nil {
				return asField(err, "first")
			}
			if ended++; fate == Carry {
				carried = append(carried, r)
			}
		}
		if ended == 0 {
			return errs.InvalidFields(errs.Field{Name: "fates", Key: "people.error.fates"})
		}
		if err := s.carryTx(ctx, tx, a, p.ID, carried, m); err != nil {
			return err
		}
		return s.logTx(ctx, tx, a, ActionMovePerson, a.logPlace(access.GiveRole, p), p.ID)
	})
}

// carryTx gives roles that have ended again at the new place. One that stands in for somebody is not carried.
func (s *Service) carryTx(ctx context.Context, tx *db.Tx, a act, personID string, carried []PersonRole, m Move) error {
	for _, r := range carried {
		p, err := personTx(ctx, tx, personID)
		if err != nil {
			return err
		}
		if m.OrganisationID == "" || r.DeputyFor != "" {
			return errs.InvalidFields(errs.Field{Name: "place", Key: "people.error.place"})
		}
		form := RoleForm{RoleAt{r.Role, m.OrganisationID, m.AuthorityID, r.Programme}, Period{m.First, r.To}}
		if form.To.Before(form.From) {
			form.To = clock.Date{} // its last day was that of the old place
		}
		if err := s.giveTx(ctx, tx, a, p, form); err != nil {
			return asField(err, "place") // the role itself was not chosen here
		}
	}
	return nil
}

// asField puts all that is wrong at one field of a form that lacks the others.
func asField(err error, field string) error {
	e := (*errs.Error)(nil)
	if !errors.As(err, &e) || e.Kind != errs.Invalid {
		return err
	}
	fields := slices.Clone(e.Fields)
	for i := range fields {
		fields[i].Name = field
	}
	return errs.InvalidFields(fields...)
}

// Leave says that a person stops working with the programmes: every role ends on that day, and when it is past nobody is signed in as
// them any more.
func (s *Service) Leave(ctx context.Context, actor access.Subject, personID string, e Ending, requestID string) error {
	a := s.act(actor, requestID)
	last, wrong := e.day(a.today)
	reason, more := checkReason(e.Reason)
	if wrong = append(wrong, more...); len(wrong) > 0 {
		return errs.InvalidFields(wrong...)
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := s.forWriting(ctx, tx, a, access.ChangePerson, personID, true)
		if err != nil {
			return err
		}
		if p.StateOn(a.today) == Left {
			return errs.New(errs.Conflict, "people.error.has-left")
		}
		for _, r := range p.Lasting(a.today) {
			if err := s.endTx(ctx, tx, a, r, last, reason); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `UPDATE person SET left_on = $1 WHERE id = $2`, last, p.ID); err != nil {
			return fmt.Errorf("leave: %w", err)
		}
		if err := factTx(ctx, tx, a, p.ID, HasLeft, last, "", reason); err != nil {
			return err
		}
		if last.Before(a.today) {
			if err := s.endSignIns(ctx, tx, p.ID); err != nil {
				return err
			}
		}
		return s.logTx(ctx, tx, a, ActionLeave, a.logPlace(access.ChangePerson, p), p.ID)
	})
}

func (s *Service) endSignIns(ctx context.Context, tx *db.Tx, person string) error {
	if s.signIns == nil {
		return nil
	}
	return s.signIns.EndSignInsTx(ctx, tx, person)
}

// Return says that somebody who had left is back, or that they do not leave after all. Roles they get anew.
func (s *Service) Return(ctx context.Context, actor access.Subject, personID, requestID string) error {
	a := s.act(actor, requestID)
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := s.forWriting(ctx, tx, a, access.ChangePerson, personID, true)
		if err != nil {
			return err
		}
		if p.LeftOn.IsZero() {
			return errs.New(errs.Conflict, "people.error.has-not-left")
		}
		if _, err := tx.Exec(ctx, `UPDATE person SET left_on = NULL WHERE id = $1`, p.ID); err != nil {
			return fmt.Errorf("return: %w", err)
		}
		if err := factTx(ctx, tx, a, p.ID, HasReturned, a.today, "", ""); err != nil {
			return err
		}
		return s.logTx(ctx, tx, a, ActionReturn, a.logPlace(access.ChangePerson, p), p.ID)
	})
}

// noteShown notes that people were shown to somebody who chooses among them.
func (s *Service) noteShown(ctx context.Context, actor access.Subject, people []PersonRow) {
	ids := make([]string, len(people))
	for i, p := range people {
		ids[i] = p.ID
	}
	audit.Note(ctx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: actor.Organisation, Action: ActionListPeople,
		Outcome: audit.OK, Found: ids})
}
