package signin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/mail"
)

// An invitation is how somebody new gets in: a letter with a link that opens once. The link's secret is worked out when the letter is
// written; here its hash is stored. Who invites gives the role in the same breath, so that a role never waits for a person, nor a person
// for a role.

// The actions in the log that this room writes about invitations. Their subject is the person who is invited.
const (
	ActionInvite   audit.Action = "invitation.send"
	ActionWithdraw audit.Action = "invitation.withdraw"
	ActionAccept   audit.Action = "invitation.accept"
	ActionInvites  audit.Action = "invitation.list"
)

const (
	// InvitationLimit is how long an invitation can be taken up, from when it is sent or from the role's first day when that is later.
	InvitationLimit = 14 * 24 * time.Hour
	// InvitationSoon is how long before its end whoever sent it is told.
	InvitationSoon = 2 * 24 * time.Hour
	// purpose is what an invitation's secret is made for.
	purpose = "invitation"
	// InvitationPath is where an invitation's link leads.
	InvitationPath = "/invitation"
)

// roleGivenLetter is for somebody who is here already, and has got another role.
var roleGivenLetter = mail.Register(mail.Template{Name: "role-given", Args: []string{"organisation", "role", "by"}, Link: true})

// letters is what this room asks of the one that writes to people.
type letters interface {
	SendTx(ctx context.Context, tx *db.Tx, l mail.Letter) error
}

// Invite is who is invited, to what.
type Invite struct {
	Person directory.PersonForm
	Role   directory.RoleForm
}

// Invited is what became of it.
type Invited struct {
	Invitation string // its id; empty for somebody who was here already, and who has a way in
	Known      bool   // somebody was here already by the address
}

// Invite gives somebody a role and sends them a letter: an invitation, or to who is here already by that address and has been in, word of
// the role. It wants a fresh sign-in.
func (s *Service) Invite(ctx context.Context, who Who, x Invite, requestID string) (Invited, error) {
	if err := s.mayInvite(who); err != nil {
		return Invited{}, err
	}
	form, wrong := x.Person.Checked()
	giver := s.directory.Giver(who.Subject, requestID)
	var done Invited
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		done, err = s.inviteTx(ctx, tx, who, giver, Invite{form, x.Role}, wrong, requestID)
		return err
	})
	return done, err
}

// mayInvite refuses whoever may not invite, and a sign-in that is not fresh: to let others in is dangerous.
func (s *Service) mayInvite(who Who) error {
	if access.ReachOf(who.Subject.Role, access.InvitePerson) == access.None {
		return errs.New(errs.Denied, "")
	}
	if !s.Fresh(who) {
		return errStale
	}
	return nil
}

// inviteTx is Invite with what was wrong with the person's form already.
func (s *Service) inviteTx(ctx context.Context, tx *db.Tx, who Who, giver directory.Giver, x Invite, wrong []errs.Field, requestID string) (Invited, error) {
	person, known, err := s.invitee(ctx, tx, x.Person, wrong)
	if err != nil {
		return Invited{}, err
	}
	if err := withFields(giver.MayGiveTx(ctx, tx, person, x.Role), wrong); err != nil {
		return Invited{}, err
	}
	if !known {
		if person, err = s.directory.AddTx(ctx, tx, giver, x.Person, x.Role.OrganisationID); err != nil {
			return Invited{}, err
		}
	}
	role, err := s.directory.GiveTx(ctx, tx, giver, person, x.Role)
	if errs.Is(err, errs.Conflict) { // has left; where to, and from where, is nothing for whoever asks
		return Invited{}, errs.InvalidFields(errs.Field{Name: "email", Key: "invite.error.left"})
	}
	if err != nil {
		return Invited{}, err
	}
	done := Invited{Known: known}
	been, err := hasBeenIn(ctx, tx, person.ID)
	if err != nil {
		return done, err
	}
	if been {
		return done, s.writeTx(ctx, tx, who, person.Person, role, roleGivenLetter.Name, mail.Link{Path: "/sign-in"}, "role-given "+role.ID)
	}
	done.Invitation, err = s.sendInvitation(ctx, tx, who, person.Person, role, "", requestID)
	return done, err
}

// invitee is who has the address, and whether anybody has; an address that is none is nobody's.
func (s *Service) invitee(ctx context.Context, tx *db.Tx, form directory.PersonForm, wrong []errs.Field) (directory.PersonRow, bool, error) {
	for _, f := range wrong {
		if f.Name == "email" {
			return directory.PersonRow{}, false, nil
		}
	}
	person, err := s.directory.PersonByAddressTx(ctx, tx, form.Email)
	if errs.Is(err, errs.NotFound) {
		return directory.PersonRow{}, false, nil
	}
	return person, err == nil, err
}

// withFields is an error with more that is wrong in the same form; other errors than of forms come first.
func withFields(err error, wrong []errs.Field) error {
	e := (*errs.Error)(nil)
	switch {
	case err == nil:
		return errs.InvalidFields(wrong...)
	case errs.Is(err, errs.Invalid) && errors.As(err, &e) && len(wrong) > 0:
		return errs.InvalidFields(append(append([]errs.Field(nil), wrong...), e.Fields...)...)
	}
	return err
}

// hasBeenIn tells whether somebody has ever signed in: who has, has a way in, or gets one by recovery and not by an invitation.
func hasBeenIn(ctx context.Context, tx *db.Tx, person string) (bool, error) {
	n, err := db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM (SELECT 1 FROM sign_in_session WHERE person_id = $1 LIMIT 1) AS s`, person)
	if err != nil {
		return false, fmt.Errorf("has somebody been in: %w", err)
	}
	return n > 0, nil
}

// sendInvitation stores an invitation, instead of another one when replaces says which, and writes its letter.
func (s *Service) sendInvitation(ctx context.Context, tx *db.Tx, who Who, p directory.Person, r directory.RoleGiven, replaces, requestID string) (string, error) {
	id, now := db.NewID(), s.clock.Now()
	begins := now
	if today := s.directory.Today(); r.From.After(today) {
		begins = now.AddDate(0, 0, today.DaysUntil(r.From))
	}
	_, err := tx.Exec(ctx, `INSERT INTO invitation (id, hash, person_id, role_id, organisation_id, made_at, made_by, ends_at, replaces)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, id, hashSecret(s.vault.Secret(purpose, id)), p.ID, r.ID, r.OrganisationID, db.At(now), who.Subject.Person,
		db.At(begins.Add(InvitationLimit)), db.Null(replaces))
	if err != nil {
		return "", fmt.Errorf("store an invitation: %w", err)
	}
	if err := s.writeTx(ctx, tx, who, p, r, "invitation", mail.Link{Path: InvitationPath, Purpose: purpose, ID: id}, "invitation "+id); err != nil {
		return "", err
	}
	return id, s.logInvitation(ctx, tx, who, ActionInvite, r.OrganisationID, p.ID, requestID, id, r.ID)
}

func (s *Service) logInvitation(ctx context.Context, tx *db.Tx, who Who, action audit.Action, organisation, person, requestID string, found ...string) error {
	return s.log.Add(ctx, tx, audit.Entry{Actor: who.Subject.Person, Role: string(who.Subject.Role), Organisation: organisation, Action: action,
		Subject: person, Outcome: audit.OK, RequestID: requestID, Found: found})
}

// writeTx writes to somebody about a role that they have got.
func (s *Service) writeTx(ctx context.Context, tx *db.Tx, who Who, p directory.Person, r directory.RoleGiven, template string, link mail.Link, once string) error {
	organisation, err := db.One(ctx, tx, scanText, `SELECT name FROM organisation WHERE id = $1`, r.OrganisationID)
	if err != nil {
		return fmt.Errorf("write about a role: %w", err)
	}
	hub, err := wordsOf(ctx, tx, who.Subject.Organisation)
	if err != nil {
		return err
	}
	return s.letters.SendTx(ctx, tx, mail.Letter{Template: template, To: p.Email, Person: p.ID, Name: p.GivenName, Language: p.Language,
		Organisation: r.OrganisationID, Authority: r.AuthorityID, Hub: hub, Link: link, Once: once,
		Args: map[string]string{"organisation": organisation, "role": s.roleWord(r.Role, p.Language), "by": who.Name}})
}

// roleWord is a role in the midst of a sentence.
func (s *Service) roleWord(r access.Role, language string) string {
	return strings.ToLower(s.texts.For(language).T("role." + string(r)))
}

// wordsOf is the hub whose words a letter uses: the sender's own, else the only one there is; empty for the house's own words.
func wordsOf(ctx context.Context, tx *db.Tx, organisation string) (string, error) {
	hubs, err := db.All(ctx, tx, scanText, `SELECT id FROM organisation WHERE kind = 'hub' ORDER BY CASE WHEN id = $1 THEN 0 ELSE 1 END, id LIMIT 2`, organisation)
	if err != nil {
		return "", fmt.Errorf("find whose words: %w", err)
	}
	if len(hubs) == 1 || len(hubs) == 2 && hubs[0] == organisation {
		return hubs[0], nil
	}
	return "", nil
}

// Offer is what an invitation's link shows before it is taken up: who invites to what, and nothing else about the person.
type Offer struct {
	Organisation string // its name
	Role         access.Role
	By           string // a name
	From         clock.Date
	Waits        bool // its first day has not come
	Ends         time.Time
}

// errInvitation is the one answer to every link that does not open, whether it never was, is used, has run out or was withdrawn.
var errInvitation = errs.New(errs.Invalid, "invitation.error")

// alive is what an invitation that opens has in common: its role is still to be had.
const alive = `i.accepted_at IS NULL AND i.withdrawn_at IS NULL AND i.ends_at > $2 AND NOT EXISTS (SELECT 1 FROM invitation n WHERE n.replaces = i.id)
	AND EXISTS (SELECT 1 FROM role x WHERE x.id = i.role_id AND (x.to_on IS NULL OR x.to_on >= $3 AND x.to_on >= x.from_on))`

// Offer is what the code of an invitation's link offers. Nothing is used up by looking.
func (s *Service) Offer(ctx context.Context, code string) (o Offer, err error) {
	today := s.directory.Today()
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		o, err = db.One(ctx, tx, func(row db.Scanner) (o Offer, err error) {
			var ends db.Time
			err = row.Scan(&o.Organisation, &o.Role, &o.By, &o.From, &ends)
			o.Ends, o.Waits = ends.Time, o.From.After(today)
			return o, err
		}, `SELECT o.name, r.role, b.name, r.from_on, i.ends_at FROM invitation i JOIN role r ON r.id = i.role_id
			JOIN organisation o ON o.id = i.organisation_id JOIN person b ON b.id = i.made_by WHERE i.hash = $1 AND `+alive,
			hashSecret(code), db.At(s.clock.Now()), today)
		return err
	})
	if errs.Is(err, errs.NotFound) {
		return o, errInvitation
	}
	return o, err
}

// Accept uses up an invitation and signs its person in, in the role that they are invited to. Of many who try at once, one wins. The
// secret it returns is for the browser's cookie.
func (s *Service) Accept(ctx context.Context, code, requestID string) (secret string, err error) {
	hash, now, today := hashSecret(code), db.At(s.clock.Now()), s.directory.Today()
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		id, err := db.One(ctx, tx, scanText, `SELECT i.id FROM invitation i JOIN role r ON r.id = i.role_id WHERE i.hash = $1 AND `+alive+` AND r.from_on <= $3`,
			hash, now, today)
		if errs.Is(err, errs.NotFound) {
			return errInvitation
		}
		if err != nil {
			return fmt.Errorf("accept an invitation: %w", err)
		}
		n, err := tx.Exec(ctx, `UPDATE invitation SET accepted_at = $1 WHERE id = $2 AND accepted_at IS NULL AND withdrawn_at IS NULL`, now, id)
		if err != nil {
			return fmt.Errorf("accept an invitation: %w", err)
		}
		if n == 0 {
			return errInvitation
		}
		role, err := db.One(ctx, tx, scanRole, `SELECT r.id, r.person_id, r.organisation_id, coalesce(r.authority_id, ''), coalesce(r.programme, ''), r.role
			FROM role r JOIN invitation i ON i.role_id = r.id WHERE i.id = $1`, id)
		if err != nil {
			return err
		}
		err = s.log.Add(ctx, tx, audit.Entry{Actor: role.PersonID, Role: string(role.Role), Organisation: role.OrganisationID, Action: ActionAccept,
			Subject: role.PersonID, Outcome: audit.OK, RequestID: requestID, Found: []string{id}})
		if err != nil {
			return err
		}
		secret, err = s.begin(ctx, tx, role, ByInvitation, "", requestID)
		return err
	})
	return secret, err
}
