package round

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
	"hemvist/internal/programme"
	"hemvist/internal/round/schedule"
)

// Plan is a round to be made.
type Plan struct {
	HubID, OrganisationID, AuthorityID string
	Definition                         *programme.Definition
	Variant                            string
	Name, Place, Language              string
	Link                               string     // where a digital round meets
	Interpreter                        Payer      // who pays for one; empty when there is none
	Attendance                         Attendance // empty: by name
	Sessions                           []Session  // at least one, in order; ids and numbers are given here
	Staff                              []Staffed
	CreatedBy                          string
	ID                                 string          // empty: given here
	WeeksOff                           []schedule.Week // which a session that is moved later goes past
	// SearchWords are further words by which the round is found, such as the organisation's and the leaders' names.
	SearchWords []string
}

// Staffed is a person's part in a round from a day.
type Staffed struct {
	PersonID string
	Role     access.Role
	From, To clock.Date
}

// AddTx stores a round with its sessions and staff, and returns its id.
func (s *Service) AddTx(ctx context.Context, tx *db.Tx, p Plan) (string, error) {
	if len(p.Sessions) == 0 {
		return "", errs.New(errs.Invalid, "round.error.no-sessions")
	}
	variant, ok := p.Definition.Variant(p.Variant)
	if !ok {
		return "", errs.New(errs.Invalid, "round.error.variant")
	}
	if p.Attendance == "" {
		p.Attendance = Named
	}
	id, first, last := p.ID, p.Sessions[0].On, p.Sessions[0].On
	if id == "" {
		id = db.NewID()
	}
	for _, x := range p.Sessions {
		if x.On.Before(first) {
			first = x.On
		}
		if x.On.After(last) {
			last = x.On
		}
	}
	_, err := tx.Exec(ctx, `INSERT INTO round (id, hub_id, organisation_id, authority_id, programme, version, variant, name, name_sort,
			place, language, created_at, created_by, first_on, last_on, sessions, sessions_held, participants, kind, link, interpreter, attendance, weeks_off)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 0, 0, $17, $18, $19, $20, $21)`,
		id, p.HubID, p.OrganisationID, p.AuthorityID, p.Definition.ID, p.Definition.Version, p.Variant, p.Name, db.CollationKey(p.Name),
		p.Place, p.Language, db.At(s.clock.Now()), db.Null(p.CreatedBy), first, last, len(p.Sessions),
		string(variant.Kind), p.Link, string(p.Interpreter), string(p.Attendance), schedule.WeeksText(p.WeeksOff))
	if err != nil {
		return "", fmt.Errorf("add round: %w", err)
	}
	for i, x := range p.Sessions {
		if _, err := tx.Exec(ctx, `INSERT INTO round_session (id, round_id, number, kind, item, on_date, starts, minutes, zone, place)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, db.NewID(), id, i+1, string(x.Kind), x.Item, x.On, x.Starts, x.Minutes, Zone, x.Place); err != nil {
			return "", fmt.Errorf("add session: %w", err)
		}
	}
	for _, m := range p.Staff {
		if _, err := tx.Exec(ctx, `INSERT INTO round_staff (round_id, person_id, role, from_on, to_on, added_by) VALUES ($1, $2, $3, $4, $5, $6)`,
			id, m.PersonID, string(m.Role), m.From, m.To, db.Null(p.CreatedBy)); err != nil {
			return "", fmt.Errorf("add staff: %w", err)
		}
	}
	return id, addWords(ctx, tx, id, append([]string{p.Name, p.Place}, p.SearchWords...))
}

func addWords(ctx context.Context, tx *db.Tx, id string, texts []string) error {
	seen := map[string]bool{}
	for _, text := range texts {
		for _, word := range db.Words(text) {
			if seen[word] {
				continue
			}
			seen[word] = true
			if _, err := tx.Exec(ctx, `INSERT INTO round_word (word, round_id) VALUES ($1, $2)`, word, id); err != nil {
				return fmt.Errorf("add words: %w", err)
			}
		}
	}
	return nil
}

// Record says what became of a session. Saying the same again changes nothing; saying something else supersedes what was said,
// which stays readable. A session ahead cannot have been held (Invalid), and one of an ended round is not touched (Conflict).
func (s *Service) Record(ctx context.Context, actor access.Subject, roundID, sessionID string, fact SessionFact, requestID string) error {
	if fact != Held && fact != Cancelled && fact != Unknown {
		return errs.New(errs.Invalid, "")
	}
	today := s.Today()
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := s.forWriting(ctx, tx, actor, access.RecordSession, roundID, today)
		if err != nil {
			return err
		}
		sessions, err := SessionsTx(ctx, tx, roundID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(sessions, func(x Session) bool { return x.ID == sessionID })
		if i < 0 {
			return errs.New(errs.NotFound, "")
		}
		if fact == Held && sessions[i].On.After(today) {
			return errs.New(errs.Invalid, "session.error.ahead")
		}
		if sessions[i].Fact == fact {
			return nil
		}
		return s.recordTx(ctx, tx, actor, r, sessions[i], fact, requestID)
	})
	if err != nil {
		noteRefusal(ctx, actor, err)
		return fmt.Errorf("record session: %w", err)
	}
	return nil
}

func (s *Service) recordTx(ctx context.Context, tx *db.Tx, actor access.Subject, r Row, x Session, fact SessionFact, requestID string) error {
	if err := s.AddSessionFactTx(ctx, tx, x.ID, fact, x.On, actor.Person); err != nil {
		return err
	}
	if err := ProjectTx(ctx, tx, r.ID); err != nil {
		return err
	}
	return s.log.Add(ctx, tx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: r.OrganisationID, Purpose: r.ID,
		Action: ActionSession, Subject: x.ID, Outcome: audit.OK, RequestID: requestID})
}

// AddSessionFactTx stores what became of a session; it supersedes what was said before. The caller runs ProjectTx after it.
func (s *Service) AddSessionFactTx(ctx context.Context, tx *db.Tx, sessionID string, fact SessionFact, on clock.Date, by string) error {
	before, err := db.One(ctx, tx, db.Scalar[string], `SELECT f.id FROM session_fact f WHERE f.session_id = $1
		AND NOT EXISTS (SELECT 1 FROM session_fact later WHERE later.supersedes = f.id)`, sessionID)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO session_fact (id, session_id, fact, happened_on, recorded_at, recorded_by, supersedes)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, db.NewID(), sessionID, string(fact), on, db.At(s.clock.Now()), by, db.Null(before))
	return err
}

// End closes a round, or breaks it off before its time. A round that has ended already is a Conflict; one can be closed only
// when its last session is past and something has been said of every session (Invalid). Breaking off needs a reason, closing has none.
func (s *Service) End(ctx context.Context, actor access.Subject, roundID string, how State, reason EndReason, requestID string) error {
	switch {
	case how != Closed && how != BrokenOff:
		return errs.New(errs.Invalid, "")
	case how == Closed:
		reason = ""
	case !slices.Contains(BreakReasons, reason):
		return errs.InvalidFields(errs.Field{Name: "reason", Key: "plan.error.reason"})
	}
	today := s.Today()
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := s.forWriting(ctx, tx, actor, access.CloseRound, roundID, today)
		if err != nil {
			return err
		}
		sessions, err := SessionsTx(ctx, tx, roundID)
		if err != nil {
			return err
		}
		switch {
		case how != Closed:
		case !MayClose(sessions, today):
			return errs.New(errs.Invalid, "round.error.not-finished")
		case !Met(sessions):
			return errs.New(errs.Invalid, "round.error.nothing-held")
		}
		if err := s.AddEndBecauseTx(ctx, tx, r.ID, how, reason, today, actor.Person); err != nil {
			return err
		}
		return s.log.Add(ctx, tx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: r.OrganisationID, Purpose: r.ID,
			Action: ActionEnd, Subject: r.ID, Outcome: audit.OK, RequestID: requestID})
	})
	if err != nil {
		noteRefusal(ctx, actor, err)
		return fmt.Errorf("end round: %w", err)
	}
	return nil
}

// MayClose tells whether a round with these sessions can be closed: none is ahead, and something has been said of each.
func MayClose(sessions []Session, today clock.Date) bool {
	for _, x := range sessions {
		if x.Fact == Unknown || x.Fact == Held && x.On.After(today) {
			return false
		}
	}
	return true
}

// Met tells whether any of the sessions was held that is more than an information meeting. A round that never met is broken off, not closed.
func Met(sessions []Session) bool {
	return slices.ContainsFunc(sessions, func(x Session) bool { return x.Fact == Held && x.Kind != programme.Information })
}

// AddEndTx stores that a round ended and brings its projection up to date.
func (s *Service) AddEndTx(ctx context.Context, tx *db.Tx, roundID string, how State, on clock.Date, by string) error {
	return s.roundFactTx(ctx, tx, roundID, string(how), "", on, by)
}

// refusal is a change that the actor may not make. It is NotFound to whoever asked, and noted in the log.
type refusal struct {
	round  Row
	action access.Action
	reason access.Reason
}

// Error is for the program's log.
func (r *refusal) Error() string { return fmt.Sprintf("%s: %s", r.action, r.reason) }

// forWriting is the round, when the actor may do the action to it and it has not ended. Nothing is told of a round that has ended, until it is
// opened again: register keeps what was told of it, and relies on that.
func (s *Service) forWriting(ctx context.Context, tx *db.Tx, actor access.Subject, action access.Action, id string, today clock.Date) (Row, error) {
	r, err := allowed(ctx, tx, actor, action, id, today)
	if err == nil && r.EndedHow != "" {
		err = errs.New(errs.Conflict, "round.error.ended")
	}
	return r, err
}

// allowed is the round, ended or not, when the actor may do the action to it.
func allowed(ctx context.Context, tx *db.Tx, actor access.Subject, action access.Action, id string, today clock.Date) (Row, error) {
	r, err := oneRow(ctx, tx, id, today)
	if err != nil {
		return r, err
	}
	if d := access.Decide(actor, action, r.resource()); !d.Allow {
		return r, errs.Wrap(errs.NotFound, &refusal{r, action, d.Reason})
	}
	return r, nil
}

// noteRefusal notes in the log a change that was refused. It stands outside the transaction, which was rolled back.
func noteRefusal(ctx context.Context, actor access.Subject, err error) {
	if r := (*refusal)(nil); errors.As(err, &r) {
		audit.Note(ctx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: r.round.OrganisationID, Purpose: r.round.ID,
			Action: audit.Action(r.action), Subject: r.round.ID, Outcome: audit.Denied})
	}
}
