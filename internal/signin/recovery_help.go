package signin

import (
	"context"
	"fmt"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/mail"
)

// Recovery is a request for help as those see it who may help.
type Recovery struct {
	ID, Person   string
	Name         string
	Email        string
	Organisation string // its name
	Asked, Ends  time.Time
	Approved     int  // by how many
	ByMe         bool // the actor has
	Granted      bool // two have; the link waits to be followed

	organisationID, authority, hub, language, given string
}

const recoveryRows = `SELECT x.id, x.person_id, p.name, p.email, o.name, x.asked_at, x.ends_at, x.organisation_id, coalesce(x.authority_id, ''),
		coalesce(x.hub_id, ''), p.language, p.given_name, CASE WHEN x.hash IS NULL THEN 0 ELSE 1 END,
		(SELECT count(*) FROM recovery_approval a WHERE a.recovery_id = x.id),
		(SELECT count(*) FROM recovery_approval a WHERE a.recovery_id = x.id AND a.person_id = $1)
	FROM recovery x JOIN person p ON p.id = x.person_id JOIN organisation o ON o.id = x.organisation_id
	WHERE x.person_id <> $1 AND x.refused_at IS NULL AND x.used_at IS NULL AND (x.link_ends_at > $2 OR x.hash IS NULL AND x.ends_at > $2)`

func scanRecovery(row db.Scanner) (r Recovery, err error) {
	var asked, ends db.Time
	var granted, mine int
	err = row.Scan(&r.ID, &r.Person, &r.Name, &r.Email, &r.Organisation, &asked, &ends, &r.organisationID, &r.authority, &r.hub, &r.language, &r.given,
		&granted, &r.Approved, &mine)
	r.Asked, r.Ends, r.Granted, r.ByMe = asked.Time, ends.Time, granted == 1, mine > 0
	return r, err
}

// mayHelp tells whether the actor may vouch: as one of the organisation, or of the hub that was asked too.
func (r Recovery) mayHelp(actor access.Subject) bool {
	own := access.Resource{Organisation: r.organisationID, Authority: r.authority}
	return access.Decide(actor, access.ApproveRecovery, own).Allow ||
		r.hub != "" && access.Decide(actor, access.ApproveRecovery, access.Resource{Organisation: r.hub}).Allow
}

// Recoveries is the requests that wait for the actor, the oldest first, and those whose link has not been followed.
func (s *Service) Recoveries(ctx context.Context, actor access.Subject) ([]Recovery, error) {
	all, err := s.recoveries(ctx, actor)
	if err != nil {
		return nil, fmt.Errorf("list who asks for help to get in: %w", err)
	}
	e := audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: actor.Organisation, Action: "recoveries-listed", Outcome: audit.OK}
	for _, r := range all {
		e.Found = append(e.Found, r.Person)
	}
	audit.Note(ctx, e)
	return all, nil
}

func (s *Service) recoveries(ctx context.Context, actor access.Subject) (may []Recovery, err error) {
	scope := access.ScopeOf(actor, access.ApproveRecovery)
	if scope.Reach() == access.None {
		return nil, errs.New(errs.Denied, "")
	}
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		found, err := db.All(ctx, tx, scanRecovery, recoveryRows+` AND (x.organisation_id = $3 OR x.hub_id = $3) ORDER BY x.asked_at, x.id LIMIT 200`,
			scope.Person(), db.At(s.clock.Now()), scope.Organisation())
		may = nil
		for _, r := range found {
			if r.mayHelp(actor) {
				may = append(may, r)
			}
		}
		return err
	})
	return may, err
}

// RecoveriesWaiting is how many requests wait for the actor's answer.
func (s *Service) RecoveriesWaiting(ctx context.Context, actor access.Subject) (int, error) {
	all, err := s.recoveries(ctx, actor)
	n := 0
	for _, r := range all {
		if !r.ByMe && !r.Granted {
			n++
		}
	}
	return n, err
}

// Recovery is one request; NotFound when the actor may not help with it, or it is closed.
func (s *Service) Recovery(ctx context.Context, actor access.Subject, id string) (r Recovery, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err = s.recoveryTx(ctx, tx, actor, id)
		return err
	})
	if err == nil {
		audit.Note(ctx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: actor.Organisation, Action: "recovery-read",
			Subject: r.Person, Outcome: audit.OK, Found: []string{id}})
	}
	return r, err
}

func (s *Service) recoveryTx(ctx context.Context, tx *db.Tx, actor access.Subject, id string) (Recovery, error) {
	r, err := db.One(ctx, tx, scanRecovery, recoveryRows+` AND x.id = $3`, actor.Person, db.At(s.clock.Now()), id)
	if err == nil && !r.mayHelp(actor) {
		err = errs.New(errs.NotFound, "")
	}
	return r, err
}

// ApproveRecovery has who vouch that the one who asks is the one they say. With the second person's word the link goes to the address
// that is known. Nobody vouches for themselves, and the same person's second word counts for nothing.
func (s *Service) ApproveRecovery(ctx context.Context, who Who, id, requestID string) error {
	if !s.Fresh(who) {
		return errRecoveryStale
	}
	now := s.clock.Now()
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := s.recoveryTx(ctx, tx, who.Subject, id)
		if err != nil {
			return err
		}
		if r.Granted {
			return errRecoveryDone
		}
		if r.ByMe {
			return nil
		}
		if _, err := tx.Exec(ctx, `INSERT INTO recovery_approval (recovery_id, person_id, approved_at) VALUES ($1, $2, $3)`,
			id, who.Subject.Person, db.At(now)); err != nil {
			return fmt.Errorf("vouch for a colleague: %w", err)
		}
		if err := s.log.Add(ctx, tx, recoveryEntry(who, r, "recovery-approved", requestID)); err != nil {
			return err
		}
		if r.Approved+1 < recoveryNeeds {
			return nil
		}
		if _, err := tx.Exec(ctx, `UPDATE recovery SET hash = $1, link_ends_at = $2 WHERE id = $3`,
			hashSecret(s.vault.Secret(recoveryPurpose, id)), db.At(now.Add(recoveryLinkLimit)), id); err != nil {
			return fmt.Errorf("open a way in: %w", err)
		}
		return s.writeRecovery(ctx, tx, r, "recovery", mail.Link{Path: RecoveryPath, Purpose: recoveryPurpose, ID: id})
	})
}

// RefuseRecovery closes a request: who has given their word so far gave it for nothing, and a link that went out opens no more.
// The one who asked is told.
func (s *Service) RefuseRecovery(ctx context.Context, who Who, id, requestID string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := s.recoveryTx(ctx, tx, who.Subject, id)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE recovery SET refused_at = $1, refused_by = $2 WHERE id = $3`, db.At(s.clock.Now()), who.Subject.Person, id); err != nil {
			return fmt.Errorf("refuse to vouch: %w", err)
		}
		if err := s.log.Add(ctx, tx, recoveryEntry(who, r, "recovery-refused", requestID)); err != nil {
			return err
		}
		return s.writeRecovery(ctx, tx, r, refusedLetter.Name, mail.Link{})
	})
}

func (s *Service) writeRecovery(ctx context.Context, tx *db.Tx, r Recovery, template string, link mail.Link) error {
	err := s.letters.SendTx(ctx, tx, mail.Letter{Template: template, To: r.Email, Person: r.Person, Name: r.given, Language: r.language,
		Organisation: r.organisationID, Args: map[string]string{"organisation": r.Organisation}, Link: link, Once: template + " " + r.ID})
	if err != nil {
		return fmt.Errorf("write to who asked for help: %w", err)
	}
	return nil
}

// recoveryEntry is one of what who did about a request.
func recoveryEntry(who Who, r Recovery, action audit.Action, requestID string) audit.Entry {
	e := entry(who, action, r.ID, requestID)
	e.Subject = r.Person
	return e
}
