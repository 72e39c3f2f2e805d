package catalogue

import (
	"context"
	"fmt"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// furthest is how many years ahead something may be planned; a day beyond is a slip of the finger.
const furthest = 10

// PutInForce decides that a version is in force from a day on. A day ahead is a plan that can be taken back. A day that is past is
// for what applied before anybody told the system: it must be sure (the caller has warned), not before the version's own date, and
// later than the day from which the present version is in force, so that what was decided before stands. What the day must not be
// is Invalid with the field "from". A version that is in force on that day anyway is a Conflict.
func (s *Service) PutInForce(ctx context.Context, actor access.Subject, programmeID, version string, from clock.Date, sure bool, requestID string) error {
	return s.decide(ctx, actor, access.PutInForce, programmeID, "put in force", func(ctx context.Context, tx *db.Tx, r *records, st stamp, today clock.Date) error {
		v, err := r.find(programmeID, version)
		if err != nil {
			return err
		}
		t, replaced := r.timelines[programmeID].without(func(f fact) bool {
			return f.from == from || f.definition == v.ID && f.from.After(today)
		})
		if err := mayBegin(t, v, from, today, sure); err != nil {
			return err
		}
		for _, old := range t.aside {
			if old.definition == v.ID {
				replaced = append(replaced, old)
			}
		}
		f := fact{programme: programmeID, hub: actor.Organisation, definition: v.ID, from: from}
		for i, old := range replaced {
			if i == 0 {
				f.supersedes = old.id
				continue
			}
			if err := addForce(ctx, tx, taken(old, today), st); err != nil {
				return err
			}
		}
		if err := addForce(ctx, tx, f, st); err != nil {
			return err
		}
		return s.note(ctx, tx, actor, ActionInForce, v.ID, st, requestID)
	})
}

// taken is the decision that takes another one back.
func taken(f fact, today clock.Date) fact {
	return fact{programme: f.programme, hub: f.hub, definition: f.definition, withdrawn: true, from: today, supersedes: f.id}
}

// mayBegin tells whether a version may be in force from a day. The timeline is without what it would replace.
func mayBegin(t timeline, v Stored, from, today clock.Date, sure bool) error {
	wrong := func(key string, args map[string]any) error {
		return errs.InvalidFields(errs.Field{Name: "from", Key: key, Args: args})
	}
	switch {
	case from.IsZero():
		return wrong("catalogue.error.from", nil)
	case from.After(today.AddYears(furthest)):
		return wrong("catalogue.error.far", map[string]any{"years": furthest})
	case from.Before(v.Dated):
		return wrong("catalogue.error.before-dated", map[string]any{"dated": v.Dated})
	}
	if now, ok := t.inForceOn(today); ok && from.Before(today) && !from.After(now.from) {
		return wrong("catalogue.error.before-present", map[string]any{"since": now.from})
	}
	if f, ok := t.inForceOn(from); ok && f.definition == v.ID {
		return errs.New(errs.Conflict, "catalogue.error.already")
	}
	then, ok := t.homeOn(from)
	if now, _ := t.homeOn(today); !ok || then.hub != now.hub {
		return wrong("catalogue.error.home-then", nil)
	}
	if from.Before(today) && !sure {
		return errs.InvalidFields(errs.Field{Name: "sure", Key: "catalogue.error.sure"})
	}
	return nil
}

// Withdraw takes back what is planned for a version, which is then a proposal again; a proposal is set aside. What is or was in
// force cannot be withdrawn (Conflict): another version takes its place.
func (s *Service) Withdraw(ctx context.Context, actor access.Subject, programmeID, version, requestID string) error {
	return s.decide(ctx, actor, access.PutInForce, programmeID, "withdraw", func(ctx context.Context, tx *db.Tx, r *records, st stamp, today clock.Date) error {
		v, err := r.find(programmeID, version)
		if err != nil {
			return err
		}
		t := r.timelines[programmeID]
		switch t.stateOn(v.ID, today) {
		case Proposed:
			f := fact{programme: programmeID, hub: actor.Organisation, definition: v.ID, withdrawn: true, from: today}
			if err := addForce(ctx, tx, f, st); err != nil {
				return err
			}
		case Current, Past:
			if !slices.ContainsFunc(t.after(today), func(f fact) bool { return f.definition == v.ID }) {
				return errs.New(errs.Conflict, "catalogue.error.has-begun")
			}
			fallthrough
		case Coming:
			for _, f := range t.forces {
				if f.definition == v.ID && f.from.After(today) {
					if err := addForce(ctx, tx, taken(f, today), st); err != nil {
						return err
					}
				}
			}
		default:
			return errs.New(errs.Conflict, "")
		}
		return s.note(ctx, tx, actor, ActionWithdraw, v.ID, st, requestID)
	})
}

// MoveHome decides that a programme has its home with another hub from a day ahead. Only the hub that has it can; what is in force
// goes with it, and what was planned from then on becomes a proposal that the new home decides about.
func (s *Service) MoveHome(ctx context.Context, actor access.Subject, programmeID, hubID string, from clock.Date, requestID string) error {
	return s.decide(ctx, actor, access.MoveHome, programmeID, "move home", func(ctx context.Context, tx *db.Tx, r *records, st stamp, today clock.Date) error {
		var wrong []errs.Field
		switch kind, err := db.One(ctx, tx, db.Scalar[string], `SELECT kind FROM organisation WHERE id = $1`, hubID); {
		case errs.Is(err, errs.NotFound), err == nil && kind != "hub", hubID == actor.Organisation:
			wrong = append(wrong, errs.Field{Name: "hub", Key: "catalogue.error.hub"})
		case err != nil:
			return err
		}
		switch {
		case from.IsZero():
			wrong = append(wrong, errs.Field{Name: "from", Key: "catalogue.error.from"})
		case !from.After(today):
			wrong = append(wrong, errs.Field{Name: "from", Key: "catalogue.error.past"})
		case from.After(today.AddYears(furthest)):
			wrong = append(wrong, errs.Field{Name: "from", Key: "catalogue.error.far", Args: map[string]any{"years": furthest}})
		}
		if err := errs.InvalidFields(wrong...); err != nil {
			return err
		}
		for _, home := range r.timelines[programmeID].homes {
			if home.from.After(today) {
				return errs.New(errs.Conflict, "catalogue.error.moves-already")
			}
		}
		if err := addHome(ctx, tx, fact{programme: programmeID, hub: hubID, from: from}, st); err != nil {
			return err
		}
		return s.note(ctx, tx, actor, ActionMove, hubID, st, requestID)
	})
}

// Stay takes back a move that is planned; Conflict when none is.
func (s *Service) Stay(ctx context.Context, actor access.Subject, programmeID, requestID string) error {
	return s.decide(ctx, actor, access.MoveHome, programmeID, "stay", func(ctx context.Context, tx *db.Tx, r *records, st stamp, today clock.Date) error {
		for _, home := range r.timelines[programmeID].homes {
			if !home.from.After(today) {
				continue
			}
			back := fact{programme: programmeID, hub: home.hub, withdrawn: true, from: today, supersedes: home.id}
			if err := addHome(ctx, tx, back, st); err != nil {
				return err
			}
			return s.note(ctx, tx, actor, ActionStay, home.hub, st, requestID)
		}
		return errs.New(errs.Conflict, "")
	})
}

// decide runs a decision about a programme when the actor may take it. A programme that the actor may not even read is NotFound.
func (s *Service) decide(ctx context.Context, actor access.Subject, action access.Action, programmeID, what string,
	fn func(ctx context.Context, tx *db.Tx, r *records, st stamp, today clock.Date) error) error {
	st := stamp{by: actor.Person, at: s.clock.Now()}
	today := clock.DateOf(st.at.In(zone))
	unknown := false
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := readRecords(ctx, tx)
		if err != nil {
			return err
		}
		resource := r.resource(programmeID, today)
		unknown = len(r.programme(actor, programmeID, today).Versions) == 0 || !access.Decide(actor, access.ReadProgramme, resource).Allow
		if unknown {
			return errs.New(errs.NotFound, "")
		}
		if d := access.Decide(actor, action, resource); !d.Allow {
			return &errs.Error{Kind: errs.Denied, Err: fmt.Errorf("%s: %s", action, d.Reason)}
		}
		return fn(ctx, tx, r, st, today)
	})
	if unknown {
		audit.Note(ctx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: actor.Organisation, Action: ActionRead, Outcome: audit.Denied})
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", what, programmeID, err)
	}
	return s.refresh(ctx)
}

func (s *Service) note(ctx context.Context, tx *db.Tx, actor access.Subject, action audit.Action, subject string, st stamp, requestID string) error {
	return s.log.Add(ctx, tx, audit.Entry{At: st.at, Actor: actor.Person, Role: string(actor.Role), Organisation: actor.Organisation,
		Action: action, Subject: subject, Outcome: audit.OK, RequestID: requestID})
}

// Hub is an organisation that can be a programme's home.
type Hub struct{ ID, Name string }

// Hubs are all hubs but the actor's own, by name.
func (s *Service) Hubs(ctx context.Context, actor access.Subject) ([]Hub, error) {
	if access.ReachOf(actor.Role, access.MoveHome) == access.None {
		return nil, errs.New(errs.Denied, "")
	}
	var hubs []Hub
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		hubs, err = db.All(ctx, tx, func(row db.Scanner) (Hub, error) {
			var h Hub
			err := row.Scan(&h.ID, &h.Name)
			return h, err
		}, `SELECT id, name FROM organisation WHERE kind = 'hub' AND id <> $1 ORDER BY name_sort, id`, actor.Organisation)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list hubs: %w", err)
	}
	return hubs, nil
}
