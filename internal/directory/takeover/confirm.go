package takeover

import (
	"context"
	"fmt"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
)

// Report is how a take-over went. It is kept for a day.
type Report struct {
	ID                  string
	New, Known, Already int
	Left                []Left // what did not fit, and what was left out
}

// Left is a line that was not taken.
type Left struct {
	Row
	Skipped bool
	Why     errs.Field
}

// Confirm takes over a draft: all of its lines that fit, or, when one of them cannot be stored, none. A question that is not answered
// refuses the whole, so that nobody is left out by mistake. It gives the report's id.
func (s *Service) Confirm(ctx context.Context, actor access.Subject, id string, decisions map[int]Decision, requestID string) (string, error) {
	giver, places, err := s.prepare(ctx, actor, requestID)
	if err != nil {
		return "", err
	}
	reportID := ""
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := giver.StillTx(ctx, tx); err != nil {
			return err
		}
		d, err := s.draftTx(ctx, tx, kindDraft, id, actor)
		if err != nil {
			return err
		}
		var b body
		if !d.Used {
			err = d.Into(&b)
		}
		if err == nil {
			_, err = s.people.UseDraftTx(ctx, tx, kindDraft, id, actor.Person)
		}
		if err != nil {
			return err
		}
		verdicts, err := s.judgeTx(ctx, tx, giver, places, b, decisions)
		if err != nil {
			return err
		}
		report, err := s.takeTx(ctx, tx, giver, verdicts)
		if err != nil {
			return err
		}
		saved, err := s.people.SaveDraftTx(ctx, tx, directory.Draft{Kind: kindReport, OrganisationID: actor.Organisation, MadeBy: actor.Person}, report)
		if err != nil {
			return err
		}
		reportID = saved.ID
		return s.log.Add(ctx, tx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: actor.Organisation, Action: ActionImport, Subject: saved.ID,
			Outcome: audit.OK, RequestID: requestID, Count: report.New + report.Known})
	})
	if err != nil {
		return "", fmt.Errorf("take over a register: %w", err)
	}
	return reportID, nil
}

// takeTx stores what fits.
func (s *Service) takeTx(ctx context.Context, tx *db.Tx, g directory.Giver, verdicts []Verdict) (Report, error) {
	var r Report
	stored := map[string]directory.PersonRow{} // those whom an earlier line has added, by address
	for _, v := range verdicts {
		var err error
		switch v.Kind {
		case AskWho, AskWhere:
			return r, errs.InvalidFields(unanswered(v))
		case Refused, Skipped:
			r.Left = append(r.Left, Left{Row: v.Row, Skipped: v.Kind == Skipped, Why: v.Why})
		case Already:
			r.Already++
			err = s.people.KnowAddressTx(ctx, tx, g, v.Person, v.Form.Email)
		case Known:
			r.Known++
			err = s.people.GiveInTx(ctx, tx, g, v.Person, v.Form.Email, v.Role)
		case Added:
			p, again := stored[v.Form.Email]
			if again { // the same person in another role
				err = s.people.GiveInTx(ctx, tx, g, p, v.Form.Email, v.Role)
				break
			}
			r.New++
			if err = s.people.TakeInTx(ctx, tx, g, v.Form, v.Role); err == nil {
				stored[v.Form.Email], err = directory.FindByAddressTx(ctx, tx, v.Form.Email)
			}
		}
		if err != nil {
			return r, atLine(v, err)
		}
	}
	return r, nil
}

// unanswered says which question of which line waits for an answer.
func unanswered(v Verdict) errs.Field {
	name := "who"
	if v.Kind == AskWhere {
		name = "where"
	}
	return errs.Field{Name: fmt.Sprintf("%s-%d", name, v.Number), Key: "people.import.error.unanswered", Args: map[string]any{"row": v.Number}}
}

// atLine says which line could not be stored.
func atLine(v Verdict, err error) error {
	if errs.Is(err, errs.Invalid) || errs.Is(err, errs.Conflict) {
		return errs.InvalidFields(errs.Field{Key: "people.import.error.line", Args: map[string]any{"row": v.Number}})
	}
	return err
}

// Report is how a take-over of the actor's went.
func (s *Service) Report(ctx context.Context, actor access.Subject, id string) (Report, error) {
	var r Report
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		d, err := s.draftTx(ctx, tx, kindReport, id, actor)
		if err == nil {
			err = d.Into(&r)
		}
		return err
	})
	if err != nil {
		return r, fmt.Errorf("report of a take-over: %w", err)
	}
	r.ID = id
	return r, nil
}
