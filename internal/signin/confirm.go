package signin

import (
	"context"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// What is dangerous wants somebody who has shown lately who they are. Whoever has not is asked to, and their sign-in is then fresh
// again; it stays the same sign-in, and lasts no longer for it.

// errStale refuses what wants a fresh sign-in. The web answers a key that ends in "stale" with the way to confirm and back.
var errStale = errs.New(errs.Denied, "sign-in.stale")

// mayChange refuses to change how somebody signs in by a sign-in that is not fresh.
func (s *Service) mayChange(who Who) error {
	switch {
	case who.Via != "":
		return errVia
	case !s.MayChange(who):
		return errStale
	}
	return nil
}

// MayChange tells whether a sign-in is fresh enough to change how somebody signs in. Whoever came in by an invitation has no other way to
// show who they are yet, and gets longer: an hour, as a sign-in that nobody uses.
func (s *Service) MayChange(who Who) bool {
	return s.Fresh(who) || who.By == ByInvitation && s.clock.Now().Sub(who.Since) < IdleLimit
}

// Fresh tells whether who has shown so lately who they are that they may do what is dangerous.
func (s *Service) Fresh(who Who) bool { return s.clock.Now().Sub(who.FreshAt) < FreshLimit }

// ConfirmWithCode makes a sign-in fresh by a code of the person's own, which it uses up.
func (s *Service) ConfirmWithCode(ctx context.Context, who Who, code, requestID string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		person, err := s.redeem(ctx, tx, code)
		if err != nil {
			return err
		}
		if person != who.Subject.Person {
			return errCode // and the code is its owner's still
		}
		return s.freshen(ctx, tx, who, "code", "", requestID)
	})
}

// ConfirmUnproven makes a sign-in fresh by the person's word alone. It is for the demo, where nobody is who they say.
func (s *Service) ConfirmUnproven(ctx context.Context, who Who, requestID string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return s.freshen(ctx, tx, who, "nothing", "", requestID)
	})
}

// freshen makes a sign-in fresh from now on. by is a word for the log.
func (s *Service) freshen(ctx context.Context, tx *db.Tx, who Who, by, passkey, requestID string) error {
	n, err := tx.Exec(ctx, `UPDATE sign_in_session SET fresh_at = $1 WHERE id = $2 AND ended_at IS NULL`, db.At(s.clock.Now()), who.Session)
	if err != nil {
		return fmt.Errorf("confirm a sign-in: %w", err)
	}
	if n == 0 {
		return errs.New(errs.SignedOut, "")
	}
	e := entry(who, audit.Action("confirmed.by-"+by), who.Session, requestID)
	if passkey != "" {
		e.Found = append(e.Found, passkey)
	}
	return s.log.Add(ctx, tx, e)
}

// BeginPasskeyConfirm begins to ask who for a touch of one of their passkeys. NotFound when they have none that opens.
func (s *Service) BeginPasskeyConfirm(ctx context.Context, who Who) (Ceremony, error) {
	if s.passkeys == nil {
		return Ceremony{}, errs.New(errs.NotFound, "")
	}
	var o owner
	if err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		o, err = s.ownerTx(ctx, tx, who.Subject.Person)
		return err
	}); err != nil {
		return Ceremony{}, err
	}
	if len(o.credentials) == 0 {
		return Ceremony{}, errs.New(errs.NotFound, "")
	}
	options, data, err := s.passkeys.BeginLogin(o)
	if err != nil {
		return Ceremony{}, fmt.Errorf("begin to confirm by passkey: %w", err)
	}
	return s.keepCeremony(ctx, o.id, options.Response, data)
}

// ConfirmWithPasskey ends what BeginPasskeyConfirm began: it makes the sign-in fresh. What does not open gets the answer that it gets
// at a sign-in.
func (s *Service) ConfirmWithPasskey(ctx context.Context, who Who, handle string, answer []byte, requestID string) error {
	parsed, err := s.parseAnswer(answer)
	if err != nil {
		return err
	}
	confirmed := false
	var refused error
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var key stored
		var err error
		confirmed = false
		key, refused, err = s.verifyPasskey(ctx, tx, handle, who.Subject.Person, parsed, requestID)
		if err != nil || key.id == "" {
			return err
		}
		confirmed = true
		return s.freshen(ctx, tx, who, "passkey", key.id, requestID)
	})
	if err == nil && !confirmed {
		err = because(errPasskey, refused)
	}
	return err
}

// parseAnswer reads what a browser answered, and counts a try of its passkey.
func (s *Service) parseAnswer(answer []byte) (*protocol.ParsedCredentialAssertionData, error) {
	if s.passkeys == nil {
		return nil, errs.New(errs.NotFound, "")
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return nil, because(errPasskey, err) // no browser of ours sends such; its ceremony ends by itself
	}
	if !s.tries.credentials.take(string(parsed.RawID)) {
		return nil, errs.New(errs.TooMany, "")
	}
	return parsed, nil
}

// verifyPasskey uses up a ceremony, checks the answer to it, and returns the passkey that opens; one without an id when none does, which
// is logged, with why where the library tells. person is whose ceremony it is: empty for a sign-in, where the key tells.
func (s *Service) verifyPasskey(ctx context.Context, tx *db.Tx, handle, person string, parsed *protocol.ParsedCredentialAssertionData,
	requestID string) (key stored, refused, err error) {
	data, err := s.useCeremony(ctx, tx, handle, person, errPasskey)
	if err != nil {
		return stored{}, nil, err
	}
	if key, err = s.findPasskey(ctx, tx, parsed); err != nil {
		return stored{}, nil, err
	}
	var credential *webauthn.Credential
	if person == "" {
		credential, refused = s.passkeys.ValidateDiscoverableLogin(func(_, _ []byte) (webauthn.User, error) { return key.owner, nil }, data, parsed)
	} else {
		var o owner // with all their passkeys, as all were offered
		if o, err = s.ownerTx(ctx, tx, person); err != nil {
			return stored{}, nil, err
		}
		credential, refused = s.passkeys.ValidateLogin(o, data, parsed)
	}
	switch {
	case refused != nil || key.id == "" || person != "" && person != key.owner.id:
		return stored{}, refused, s.refuse(ctx, tx, "sign-in-refused", key, requestID)
	case credential.Authenticator.CloneWarning:
		return stored{}, nil, s.blockPasskey(ctx, tx, key, requestID)
	}
	return key, nil, s.markUsed(ctx, tx, key.id, credential)
}
