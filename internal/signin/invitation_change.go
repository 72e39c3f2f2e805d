package signin

import (
	"context"
	"fmt"

	"hemvist/internal/db"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/typed"
)

// errInvitationOver refuses what can no longer be done to an invitation.
var errInvitationOver = errs.New(errs.Conflict, "invite.error.over")

// InviteAgain sends an invitation instead of one that nobody has taken up, which is void from then on. With another address than the
// person's it corrects that: for somebody who has never been in and has no other role here it is a slip of the finger; else the first one
// is withdrawn, and whoever has the right address is invited. It wants a fresh sign-in.
func (s *Service) InviteAgain(ctx context.Context, who Who, id, email, requestID string) (Invited, error) {
	if err := s.mayInvite(who); err != nil {
		return Invited{}, err
	}
	email, wrong := typed.Email("email", email)
	if len(wrong) > 0 {
		return Invited{}, errs.InvalidFields(wrong...)
	}
	email = directory.FoldEmail(email)
	giver := s.directory.Giver(who.Subject, requestID)
	var done Invited
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		i, err := s.invitationTx(ctx, tx, who, id)
		if err != nil {
			return err
		}
		if !i.Again() {
			return errInvitationOver
		}
		person, err := s.directory.PersonTx(ctx, tx, i.PersonID)
		if err != nil {
			return err
		}
		if email != person.Email {
			done, err = s.correct(ctx, tx, who, giver, i, person, email, requestID)
			return err
		}
		done, err = s.anew(ctx, tx, who, i, person, requestID)
		return err
	})
	return done, err
}

// anew sends an invitation to the same role instead of one.
func (s *Service) anew(ctx context.Context, tx *db.Tx, who Who, i Invitation, person directory.PersonRow, requestID string) (Invited, error) {
	role := directory.RoleGiven{ID: i.RoleID, PersonID: person.ID, OrganisationID: i.OrganisationID, AuthorityID: i.AuthorityID, Programme: i.Programme,
		Role: i.Role, From: i.From}
	sent, err := s.sendInvitation(ctx, tx, who, person.Person, role, i.ID, requestID)
	return Invited{Invitation: sent}, err
}

// correct sends an invitation to another address than the first.
func (s *Service) correct(ctx context.Context, tx *db.Tx, who Who, giver directory.Giver, i Invitation, person directory.PersonRow, email, requestID string) (Invited, error) {
	_, taken, err := s.invitee(ctx, tx, directory.PersonForm{Email: email}, nil)
	if err != nil {
		return Invited{}, err
	}
	been, err := hasBeenIn(ctx, tx, person.ID)
	if err != nil {
		return Invited{}, err
	}
	if lasting := person.Lasting(s.directory.Today()); !taken && !been && len(lasting) == 1 && lasting[0].ID == i.RoleID {
		if person.Person, err = s.directory.CorrectAddressTx(ctx, tx, giver, person, email, i.OrganisationID); err != nil {
			return Invited{}, err
		}
		return s.anew(ctx, tx, who, i, person, requestID)
	}
	if err := s.withdrawTx(ctx, tx, who, giver, i, requestID); err != nil {
		return Invited{}, err
	}
	role := directory.RoleForm{RoleAt: directory.RoleAt{Role: i.Role, OrganisationID: i.OrganisationID, AuthorityID: i.AuthorityID, Programme: i.Programme},
		Period: directory.Period{From: i.From}}
	if today := s.directory.Today(); role.From.Before(today) {
		role.From = today
	}
	form := directory.PersonForm{Name: person.Name, Email: email, Language: person.Language}
	return s.inviteTx(ctx, tx, who, giver, Invite{form, role}, nil, requestID)
}

// WithdrawInvitation takes back an invitation that nobody has taken up; the role that it was for ends.
func (s *Service) WithdrawInvitation(ctx context.Context, who Who, id, requestID string) error {
	giver := s.directory.Giver(who.Subject, requestID)
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		i, err := s.invitationTx(ctx, tx, who, id)
		if err != nil {
			return err
		}
		if !i.MayWithdraw() {
			return errInvitationOver
		}
		return s.withdrawTx(ctx, tx, who, giver, i, requestID)
	})
}

func (s *Service) withdrawTx(ctx context.Context, tx *db.Tx, who Who, giver directory.Giver, i Invitation, requestID string) error {
	n, err := tx.Exec(ctx, `UPDATE invitation SET withdrawn_at = $1, withdrawn_by = $2 WHERE id = $3 AND accepted_at IS NULL AND withdrawn_at IS NULL`,
		db.At(s.clock.Now()), who.Subject.Person, i.ID)
	if err != nil {
		return fmt.Errorf("withdraw an invitation: %w", err)
	}
	if n == 0 {
		return errInvitationOver
	}
	if err := s.directory.TakeBackTx(ctx, tx, giver, i.PersonID, i.RoleID); err != nil {
		return err
	}
	return s.logInvitation(ctx, tx, who, ActionWithdraw, i.OrganisationID, i.PersonID, requestID, i.ID, i.RoleID)
}
