package round

import (
	"context"
	"fmt"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/programme"
)

// EndReason is why a round was broken off, or opened again. Codes, and no free text: what somebody writes there would be about people.
type EndReason string

// The reasons for breaking off, and for opening again.
const (
	TooFew       EndReason = "too-few"      // too few came
	NoLeader     EndReason = "no-leader"    // a leader was ill or left
	Organisation EndReason = "organisation" // the organisation decided so
	NoPlace      EndReason = "no-place"     // nowhere to meet
	OtherReason  EndReason = "other"        // something else
	ByMistake    EndReason = "mistake"      // it was ended by mistake
	GoesOn       EndReason = "goes-on"      // it goes on after all
	ToComplete   EndReason = "to-complete"  // something is to be added or put right
)

// BreakReasons and ReopenReasons are what one chooses among.
var (
	BreakReasons  = []EndReason{TooFew, NoLeader, Organisation, NoPlace, OtherReason}
	ReopenReasons = []EndReason{ByMistake, GoesOn, ToComplete}
)

// Ending is that a round ended, or was opened again, as it is shown.
type Ending struct {
	How    string // Closed, BrokenOff or "reopened"
	Reason EndReason
	On     clock.Date
	By     string // name
}

// endingsOf is all that has been said of a round's end, the newest first.
func endingsOf(ctx context.Context, tx *db.Tx, id string) ([]Ending, error) {
	return db.All(ctx, tx, func(row db.Scanner) (Ending, error) {
		var e Ending
		err := row.Scan(&e.How, &e.Reason, &e.On, &e.By)
		return e, err
	}, `SELECT f.fact, coalesce(f.reason, ''), f.happened_on, p.name FROM round_fact f JOIN person p ON p.id = f.recorded_by
		WHERE f.round_id = $1 ORDER BY f.recorded_at DESC, f.id DESC`, id)
}

// EndDetail is what those see who may end a round, or have it opened again.
type EndDetail struct {
	Row
	List    []Session
	Unsaid  []Session // past, and nobody has said whether they were held
	Ahead   []Session // ahead, and not cancelled
	Blank   []Session // held, and nothing has been said of who came; of a round that anybody takes part in
	Off     []Session // cancelled
	Endings []Ending

	Definition *programme.Definition
	Staffing   []Staffing // on its last day, or today while that is ahead
}

// EndOf is where a round stands before it is ended, and what is missing.
func (s *Service) EndOf(ctx context.Context, actor access.Subject, id string) (EndDetail, error) {
	var e EndDetail
	var blank []string
	var workers []Worker
	var decision access.Decision
	today := s.Today()
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if e.Row, err = oneRow(ctx, tx, id, today); err != nil {
			return err
		}
		if decision = access.Decide(actor, access.CloseRound, e.resource()); !decision.Allow {
			return nil
		}
		if e.List, err = SessionsTx(ctx, tx, id); err != nil {
			return err
		}
		if blank, err = blankOf(ctx, tx, id); err != nil {
			return err
		}
		if e.Endings, err = endingsOf(ctx, tx, id); err == nil {
			workers, err = workersOf(ctx, tx, id)
		}
		return err
	})
	if err == nil {
		err = s.judge(ctx, actor, ActionRead, e.Row, decision)
	}
	if err == nil {
		e.Definition, err = s.defs.Definition(e.Programme, e.Version)
	}
	if err != nil {
		return EndDetail{}, fmt.Errorf("end of a round: %w", err)
	}
	e.sort(blank, today)
	if v, ok := e.Definition.Variant(e.Variant); ok {
		e.Staffing = staffingOn(v, workers, earlierOf(today, e.LastOn))
	}
	return e, nil
}

// sort puts the sessions where what is missing of them belongs; blank are the ids of those of which nobody said who came.
func (e *EndDetail) sort(blank []string, today clock.Date) {
	for _, x := range e.List {
		switch {
		case x.Fact == Held && e.Participants > 0 && slices.Contains(blank, x.ID):
			e.Blank = append(e.Blank, x)
		case x.Fact == Cancelled:
			e.Off = append(e.Off, x)
		case x.Fact != Unknown:
		case x.On.After(today):
			e.Ahead = append(e.Ahead, x)
		default:
			e.Unsaid = append(e.Unsaid, x)
		}
	}
}

// blankOf is the sessions of a round of which nothing has been said about who came.
func blankOf(ctx context.Context, tx *db.Tx, id string) ([]string, error) {
	return db.All(ctx, tx, db.Scalar[string], `SELECT s.id FROM round_session s WHERE s.round_id = $1
		AND NOT EXISTS (SELECT 1 FROM attendance a WHERE a.session_id = s.id) AND NOT EXISTS (SELECT 1 FROM attendance_count c WHERE c.session_id = s.id)`, id)
}

// AddEndBecauseTx is AddEndTx with the reason. It supersedes that the round was opened again, if it was.
func (s *Service) AddEndBecauseTx(ctx context.Context, tx *db.Tx, roundID string, how State, reason EndReason, on clock.Date, by string) error {
	return s.roundFactTx(ctx, tx, roundID, string(how), reason, on, by)
}

func (s *Service) roundFactTx(ctx context.Context, tx *db.Tx, roundID, fact string, reason EndReason, on clock.Date, by string) error {
	before, err := db.One(ctx, tx, db.Scalar[string], `SELECT f.id FROM round_fact f WHERE f.round_id = $1
		AND NOT EXISTS (SELECT 1 FROM round_fact later WHERE later.supersedes = f.id)`, roundID)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO round_fact (id, round_id, fact, happened_on, recorded_at, recorded_by, supersedes, reason)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, db.NewID(), roundID, fact, on, db.At(s.clock.Now()), by, db.Null(before), db.Null(string(reason))); err != nil {
		return err
	}
	return ProjectTx(ctx, tx, roundID)
}

// Reopen opens a round that has ended, with the reason. One that has not ended is a Conflict.
func (s *Service) Reopen(ctx context.Context, actor access.Subject, id string, reason EndReason, requestID string) error {
	if !slices.Contains(ReopenReasons, reason) {
		return errs.InvalidFields(errs.Field{Name: "reason", Key: "plan.error.reason"})
	}
	today := s.Today()
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := oneRow(ctx, tx, id, today)
		if err != nil {
			return err
		}
		if d := access.Decide(actor, access.CloseRound, r.resource()); !d.Allow {
			return errs.Wrap(errs.NotFound, &refusal{r, access.CloseRound, d.Reason})
		}
		if r.EndedHow == "" {
			return errs.New(errs.Conflict, "plan.error.open")
		}
		if err := s.roundFactTx(ctx, tx, id, "reopened", reason, today, actor.Person); err != nil {
			return err
		}
		return s.log.Add(ctx, tx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: r.OrganisationID, Purpose: id,
			Action: ActionReopen, Subject: id, Outcome: audit.OK, RequestID: requestID})
	})
	if err != nil {
		noteRefusal(ctx, actor, err)
		return fmt.Errorf("open a round again: %w", err)
	}
	return nil
}
