package signin

import (
	"context"
	"fmt"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/mail"
)

// Somebody who has lost every way in asks for help by their address. Two colleagues, who have talked to them, vouch for them; then a link
// goes to the address, which lets in once and takes every old way in away.

const (
	recoveryLimit     = 72 * time.Hour // for two colleagues to answer
	recoveryLinkLimit = 24 * time.Hour
	recoveryNeeds     = 2 // colleagues
	recoveryMost      = 3 // requests of one person in recoveryLimit
	recoveryPurpose   = "recovery"
	// RecoveryPath is where a request's link leads.
	RecoveryPath = "/recovery/link"
	// RecoveriesPath is where colleagues see who asks.
	RecoveriesPath = "/recovery"
)

// refusedLetter tells somebody that a colleague did not vouch for them.
var refusedLetter = mail.Register(mail.Template{Name: "recovery-refused", Args: []string{"organisation"}})

// notedLetter tells the person at once that help was asked for in their name: it may have been somebody else.
var notedLetter = mail.Register(mail.Template{Name: "recovery-noted", Args: []string{"organisation"}})

var (
	errRecoveryStale = errs.New(errs.Denied, "recovery.stale")
	errRecoveryDone  = errs.New(errs.Conflict, "recovery.error.done")
	errRecoveryLink  = errs.New(errs.Invalid, "recovery.error.link")
)

// helper is somebody who may vouch for others in one of their roles.
type helper struct {
	directory.Person

	subject access.Subject
}

// asker is somebody who asks for help, in the role that they would be signed in.
type asker struct {
	directory.Person

	role         directory.RoleGiven
	organisation string // its name
}

// AskRecovery asks colleagues to let the person with this address in again. Nobody learns whether there is such a person: it does not
// tell what became of it. While a request waits, or after three in three days, it does nothing more.
func (s *Service) AskRecovery(ctx context.Context, email, requestID string) error {
	email = directory.FoldEmail(email)
	admitted := s.tries.credentials.take("recovery " + email)
	id := db.NewID()
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := s.askerTx(ctx, tx, email)
		if errs.Is(err, errs.NotFound) || errs.Is(err, errs.Invalid) { // nobody, or nobody with a role
			return s.log.Add(ctx, tx, audit.Entry{Action: "recovery-asked", Outcome: audit.Denied, RequestID: requestID})
		}
		if err != nil {
			return err
		}
		e := audit.Entry{Action: "recovery-asked", Organisation: a.role.OrganisationID, Subject: a.ID, Outcome: audit.OK, RequestID: requestID}
		may, err := s.mayAsk(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		if !admitted || !may {
			e.Outcome = audit.Denied
			return s.log.Add(ctx, tx, e)
		}
		e.Found = []string{id}
		if err := s.log.Add(ctx, tx, e); err != nil {
			return err
		}
		return s.addRecovery(ctx, tx, id, a)
	})
}

func (s *Service) askerTx(ctx context.Context, tx *db.Tx, email string) (a asker, err error) {
	a.Person, err = db.One(ctx, tx, scanPerson, `SELECT id, name, given_name, email, language FROM person WHERE email = $1`, email)
	if err != nil {
		return a, err
	}
	if a.role, err = s.firstRole(ctx, tx, a.ID); err != nil {
		return a, err
	}
	a.organisation, err = db.One(ctx, tx, scanText, `SELECT name FROM organisation WHERE id = $1`, a.role.OrganisationID)
	return a, err
}

func scanPerson(row db.Scanner) (p directory.Person, err error) {
	err = row.Scan(&p.ID, &p.Name, &p.GivenName, &p.Email, &p.Language)
	return p, err
}

// mayAsk tells whether a person has neither a request that waits nor had too many lately.
func (s *Service) mayAsk(ctx context.Context, tx *db.Tx, person string) (bool, error) {
	now := s.clock.Now()
	open, err := db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM recovery WHERE person_id = $1 AND refused_at IS NULL AND used_at IS NULL
		AND (hash IS NULL AND ends_at > $2 OR link_ends_at > $2)`, person, db.At(now))
	if err != nil || open > 0 {
		return false, err
	}
	lately, err := db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM recovery WHERE person_id = $1 AND asked_at > $2`, person, db.At(now.Add(-recoveryLimit)))
	return lately < recoveryMost, err
}

// addRecovery stores a request and writes to everybody who may help, and to the person in whose name it is.
func (s *Service) addRecovery(ctx context.Context, tx *db.Tx, id string, a asker) error {
	helpers, hub, err := s.helpersOf(ctx, tx, a)
	if err != nil {
		return err
	}
	now := s.clock.Now()
	if _, err := tx.Exec(ctx, `INSERT INTO recovery (id, person_id, organisation_id, authority_id, hub_id, asked_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		id, a.ID, a.role.OrganisationID, db.Null(a.role.AuthorityID), db.Null(hub), db.At(now), db.At(now.Add(recoveryLimit))); err != nil {
		return fmt.Errorf("ask for help to get in: %w", err)
	}
	noted := mail.Letter{Template: notedLetter.Name, To: a.Email, Person: a.ID, Name: a.GivenName, Language: a.Language, Organisation: a.role.OrganisationID,
		Args: map[string]string{"organisation": a.organisation}, Once: "recovery-noted " + id}
	if err := s.letters.SendTx(ctx, tx, noted); err != nil {
		return fmt.Errorf("write to whoever the request is about: %w", err)
	}
	for _, h := range helpers {
		l := mail.Letter{Template: "recovery-asked", To: h.Email, Person: h.ID, Name: h.GivenName, Language: h.Language, Organisation: a.role.OrganisationID,
			Args: map[string]string{"name": a.Name, "organisation": a.organisation}, Link: mail.Link{Path: RecoveriesPath + "/" + id},
			Once: "recovery-asked " + id + " " + h.ID}
		if err := s.letters.SendTx(ctx, tx, l); err != nil {
			return fmt.Errorf("write to who may help: %w", err)
		}
	}
	return nil
}

// helpersOf is who may vouch for somebody: those of the organisation, and where they are fewer than two those of a hub as well. The hub is
// the one where the programme of the person's role has its home; for a role without one, or where it has nobody who can help, the first
// that has. It is empty where it is not needed, or there is none.
func (s *Service) helpersOf(ctx context.Context, tx *db.Tx, a asker) (all []helper, hub string, err error) {
	own := access.Resource{Organisation: a.role.OrganisationID, Authority: a.role.AuthorityID}
	if all, err = s.helpersIn(ctx, tx, own, a.ID, nil); err != nil || len(all) >= recoveryNeeds {
		return all, "", err
	}
	hubs, err := db.All(ctx, tx, scanText, `SELECT o.id FROM organisation o WHERE o.kind = 'hub' AND o.id <> $1
		ORDER BY CASE WHEN o.id = (SELECT h.hub_id FROM programme_home h WHERE h.programme = $2 AND h.fact = 'home' AND h.from_on <= $3
				AND NOT EXISTS (SELECT 1 FROM programme_home n WHERE n.supersedes = h.id) ORDER BY h.from_on DESC, h.id DESC LIMIT 1)
			THEN 0 ELSE 1 END, o.created_at, o.id`,
		a.role.OrganisationID, a.role.Programme, s.directory.Today())
	if err != nil {
		return nil, "", fmt.Errorf("find a hub that may help: %w", err)
	}
	for _, id := range hubs {
		with, err := s.helpersIn(ctx, tx, access.Resource{Organisation: id}, a.ID, all)
		if err != nil {
			return nil, "", err
		}
		if len(with) > len(all) {
			return with, id, nil
		}
	}
	return all, "", nil
}

// helpersIn adds to all who may vouch within a resource, each person once, and never the one who asks.
func (s *Service) helpersIn(ctx context.Context, tx *db.Tx, of access.Resource, asks string, all []helper) ([]helper, error) {
	found, err := db.All(ctx, tx, func(row db.Scanner) (h helper, err error) {
		err = row.Scan(&h.ID, &h.Name, &h.GivenName, &h.Email, &h.Language, &h.subject.Role, &h.subject.Organisation, &h.subject.Authority)
		h.subject.Person = h.ID
		return h, err
	}, `SELECT p.id, p.name, p.given_name, p.email, p.language, r.role, r.organisation_id, coalesce(r.authority_id, '')
		FROM role r JOIN person p ON p.id = r.person_id
		WHERE r.organisation_id = $1 AND p.id <> $2 AND r.from_on <= $3 AND (r.to_on IS NULL OR r.to_on >= $3) ORDER BY p.id`,
		of.Organisation, asks, s.directory.Today())
	if err != nil {
		return nil, fmt.Errorf("find who may help: %w", err)
	}
	known := map[string]bool{}
	for _, h := range all {
		known[h.ID] = true
	}
	for _, h := range found {
		if !known[h.ID] && access.Decide(h.subject, access.ApproveRecovery, of).Allow {
			known[h.ID] = true
			all = append(all, h)
		}
	}
	return all, nil
}

// UseRecovery lets in whoever follows the link that two colleagues have opened, once. Every way in from before is taken away: whoever has
// lost them does not know who has them now. Of many who follow it at once, one gets in.
func (s *Service) UseRecovery(ctx context.Context, code, requestID string) (string, error) {
	now := db.At(s.clock.Now())
	secret := ""
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE recovery SET used_at = $1 WHERE hash = $2 AND used_at IS NULL AND refused_at IS NULL AND link_ends_at > $1`,
			now, hashSecret(code))
		if err != nil {
			return fmt.Errorf("use a link to get in again: %w", err)
		}
		if n == 0 {
			return errRecoveryLink
		}
		person, err := db.One(ctx, tx, scanText, `SELECT person_id FROM recovery WHERE hash = $1`, hashSecret(code))
		if err != nil {
			return err
		}
		role, err := s.firstRole(ctx, tx, person)
		if errs.Is(err, errs.Invalid) {
			return errRecoveryLink
		}
		if err != nil {
			return err
		}
		if err := s.removeWaysIn(ctx, tx, role, requestID); err != nil {
			return err
		}
		secret, err = s.begin(ctx, tx, role, ByRecovery, "", requestID)
		return err
	})
	return secret, err
}

// removeWaysIn takes away a person's passkeys, password and codes, and ends their sign-ins.
func (s *Service) removeWaysIn(ctx context.Context, tx *db.Tx, r directory.RoleGiven, requestID string) error {
	keys, err := db.All(ctx, tx, scanText, `SELECT id FROM passkey WHERE person_id = $1 AND removed_at IS NULL ORDER BY id`, r.PersonID)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE passkey SET removed_at = $1 WHERE person_id = $2 AND removed_at IS NULL`, db.At(s.clock.Now()), r.PersonID); err != nil {
		return fmt.Errorf("remove what was lost: %w", err)
	}
	if err := s.removePasswordTx(ctx, tx, r.PersonID); err != nil {
		return err
	}
	if err := s.EndSignInsTx(ctx, tx, r.PersonID); err != nil {
		return err
	}
	return s.log.Add(ctx, tx, audit.Entry{Actor: r.PersonID, Role: string(r.Role), Organisation: r.OrganisationID, Action: "ways-in-removed",
		Subject: r.PersonID, Outcome: audit.OK, RequestID: requestID, Found: keys})
}

// RecoveryOpens tells whether a link would let somebody in now.
func (s *Service) RecoveryOpens(ctx context.Context, code string) (opens bool, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM recovery WHERE hash = $1 AND used_at IS NULL AND refused_at IS NULL AND link_ends_at > $2`,
			hashSecret(code), db.At(s.clock.Now()))
		opens = n == 1
		return err
	})
	return opens, err
}
