package group

import (
	"context"
	"fmt"
	"slices"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/programme"
	"hemvist/internal/round"
)

// Ways are the ways of keeping who takes part, the one that keeps the most first.
var Ways = []round.Attendance{round.Named, round.Pseudonymous, round.CountsOnly}

// Rule is how an authority keeps who takes part in the rounds of a programme, from a day on.
type Rule struct {
	AuthorityID, Authority, Organisation string
	Programme                            string
	Attendance                           round.Attendance
	From                                 clock.Date
	By                                   string // who said so
	At                                   time.Time
}

// Board is an authority that the actor may set the rule of.
type Board struct{ ID, Name, Organisation, organisationID string }

// Rules is what the actor may set, and what has been said.
type Rules struct {
	Boards     []Board
	Programmes []*programme.Definition
	Said       []Rule // the latest day first
}

// On is the rule of an authority and programme that holds on a day: by name, where nothing else has been said.
func (r Rules) On(authority, programmeID string, day clock.Date) round.Attendance {
	for _, said := range r.Said {
		if said.AuthorityID == authority && said.Programme == programmeID && !said.From.After(day) {
			return said.Attendance
		}
	}
	return round.Named
}

// Rules is the rules that the actor may set.
func (s *Service) Rules(ctx context.Context, actor access.Subject) (Rules, error) {
	if access.ReachOf(actor.Role, access.SetAttendance) != access.Organisation {
		return Rules{}, errs.New(errs.Denied, "")
	}
	var r Rules
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if r.Boards, err = boardsTx(ctx, tx, actor); err != nil {
			return err
		}
		r.Said = nil
		for _, b := range r.Boards {
			said, err := saidRulesTx(ctx, tx, b)
			if err != nil {
				return err
			}
			r.Said = append(r.Said, said...)
		}
		return nil
	})
	if err != nil {
		return Rules{}, fmt.Errorf("rules of attendance: %w", err)
	}
	for _, def := range s.defs.InForce() {
		if actor.Programme == "" || actor.Programme == def.ID {
			r.Programmes = append(r.Programmes, def)
		}
	}
	return r, nil
}

// boardsTx is the authorities that the actor reaches.
func boardsTx(ctx context.Context, tx *db.Tx, actor access.Subject) ([]Board, error) {
	return db.All(ctx, tx, func(row db.Scanner) (Board, error) {
		var b Board
		err := row.Scan(&b.ID, &b.Name, &b.Organisation, &b.organisationID)
		return b, err
	}, `SELECT a.id, a.name, o.name, o.id FROM authority a JOIN organisation o ON o.id = a.organisation_id
		WHERE (a.id = $1 OR $1 = '' AND o.id = $2) AND a.closed_on IS NULL ORDER BY a.name, a.id`, actor.Authority, actor.Organisation)
}

func saidRulesTx(ctx context.Context, tx *db.Tx, b Board) ([]Rule, error) {
	return db.All(ctx, tx, func(row db.Scanner) (Rule, error) {
		r := Rule{AuthorityID: b.ID, Authority: b.Name, Organisation: b.Organisation}
		var at db.Time
		err := row.Scan(&r.Programme, &r.Attendance, &r.From, &r.By, &at)
		r.At = at.Time
		return r, err
	}, `SELECT a.programme, a.attendance, a.happened_on, p.name, a.recorded_at FROM attendance_rule a JOIN person p ON p.id = a.recorded_by
		WHERE a.authority_id = $1 AND NOT EXISTS (SELECT 1 FROM attendance_rule later WHERE later.supersedes = a.id)
		ORDER BY a.happened_on DESC, a.id DESC`, b.ID)
}

// SetRule says how an authority keeps who takes part in a programme's rounds from a day on, today or later. What was said from the same day is
// superseded. Rounds that are planned already keep what they were planned with.
func (s *Service) SetRule(ctx context.Context, actor access.Subject, rule Rule, requestID string) error {
	rules, err := s.Rules(ctx, actor)
	if err != nil {
		return err
	}
	var wrong []errs.Field
	board := slices.IndexFunc(rules.Boards, func(b Board) bool { return b.ID == rule.AuthorityID })
	if board < 0 {
		wrong = append(wrong, errs.Field{Name: "board", Key: "attendance-rule.error.board"})
	}
	if !slices.ContainsFunc(rules.Programmes, func(d *programme.Definition) bool { return d.ID == rule.Programme }) {
		wrong = append(wrong, errs.Field{Name: "programme", Key: "attendance-rule.error.programme"})
	}
	if !slices.Contains(Ways, rule.Attendance) {
		wrong = append(wrong, errs.Field{Name: "attendance", Key: "attendance-rule.error.way"})
	}
	if today := s.rounds.Today(); rule.From.IsZero() || rule.From.Before(today) || rule.From.After(today.AddYears(2)) {
		wrong = append(wrong, errs.Field{Name: "from", Key: "attendance-rule.error.from"})
	}
	if len(wrong) > 0 {
		return errs.InvalidFields(wrong...)
	}
	at := db.At(s.clock.Now())
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := db.One(ctx, tx, db.Scalar[string], `SELECT a.id FROM attendance_rule a WHERE a.authority_id = $1 AND a.programme = $2 AND a.happened_on = $3
			AND NOT EXISTS (SELECT 1 FROM attendance_rule later WHERE later.supersedes = a.id)`, rule.AuthorityID, rule.Programme, rule.From)
		if err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO attendance_rule (id, authority_id, programme, attendance, happened_on, recorded_at, recorded_by, supersedes)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, db.NewID(), rule.AuthorityID, rule.Programme, string(rule.Attendance), rule.From, at, actor.Person, db.Null(before)); err != nil {
			return err
		}
		return s.log.Add(ctx, tx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: rules.Boards[board].organisationID, Action: ActionRule,
			Subject: rule.AuthorityID, Outcome: audit.OK, RequestID: requestID})
	})
	if err != nil {
		return fmt.Errorf("set the rule of attendance: %w", err)
	}
	return nil
}
