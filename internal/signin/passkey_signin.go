package signin

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/go-webauthn/webauthn/webauthn"

	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// newDecoy makes a public key that nobody has the private one of.
func newDecoy() ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	point, err := key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		return nil, err
	}
	return webauthncbor.Marshal(webauthncose.EC2PublicKeyData{
		PublicKeyData: webauthncose.PublicKeyData{KeyType: int64(webauthncose.EllipticKey), Algorithm: int64(webauthncose.AlgES256)},
		Curve:         int64(webauthncose.P256), XCoord: point[1:33], YCoord: point[33:]})
}

// BeginPasskeySignIn begins a sign-in by passkey. Nobody says who they are: the key that answers tells.
func (s *Service) BeginPasskeySignIn(ctx context.Context) (Ceremony, error) {
	if s.passkeys == nil {
		return Ceremony{}, errs.New(errs.NotFound, "")
	}
	options, data, err := s.passkeys.BeginDiscoverableLogin()
	if err != nil {
		return Ceremony{}, fmt.Errorf("begin to sign in by passkey: %w", err)
	}
	return s.keepCeremony(ctx, "", options.Response, data)
}

// stored is a passkey with whose it is, as a sign-in needs it. Its id is empty when it is unknown.
type stored struct {
	id         string
	owner      owner
	credential webauthn.Credential
}

// SignInWithPasskey ends what BeginPasskeySignIn began: it checks the browser's answer and signs its owner in, in the first of their
// present roles. The secret it returns is for the browser's cookie. Whatever does not open gets one and the same answer, after the
// same work: an unknown passkey is checked against a key that nobody has.
func (s *Service) SignInWithPasskey(ctx context.Context, handle string, answer []byte, requestID string) (string, error) {
	parsed, err := s.parseAnswer(answer)
	if err != nil {
		return "", err
	}
	secret := ""      // stays empty when refused; kept outside, as a refusal too is committed: it uses up the ceremony and is logged
	var refused error // why, where the library tells
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var key stored
		var err error
		secret = ""
		key, refused, err = s.verifyPasskey(ctx, tx, handle, "", parsed, requestID)
		if err != nil || key.id == "" {
			return err
		}
		role, err := s.firstRole(ctx, tx, key.owner.id)
		if errs.Is(err, errs.Invalid) {
			return s.refuse(ctx, tx, "sign-in-refused", key, requestID)
		}
		if err != nil {
			return err
		}
		secret, err = s.begin(ctx, tx, role, ByPasskey, key.id, requestID)
		return err
	})
	if err == nil && secret == "" {
		err = because(errPasskey, refused)
	}
	return secret, err
}

// findPasskey is the passkey that answered, or one that never verifies.
func (s *Service) findPasskey(ctx context.Context, tx *db.Tx, parsed *protocol.ParsedCredentialAssertionData) (stored, error) {
	found, err := db.One(ctx, tx, func(row db.Scanner) (k stored, err error) {
		var text string
		if err := row.Scan(&k.id, &k.owner.id, &text); err != nil {
			return k, err
		}
		return k, json.Unmarshal([]byte(text), &k.credential)
	}, `SELECT id, person_id, credential FROM passkey WHERE credential_id = $1 AND removed_at IS NULL AND blocked_at IS NULL`, parsed.RawID)
	switch {
	case errs.Is(err, errs.NotFound):
		found = stored{owner: owner{id: string(parsed.Response.UserHandle)},
			credential: webauthn.Credential{ID: parsed.RawID, PublicKey: s.decoy}}
	case err != nil:
		return stored{}, fmt.Errorf("find a passkey: %w", err)
	}
	found.owner.credentials = []webauthn.Credential{found.credential}
	return found, nil
}

// refuse logs a sign-in that was not let in, under its owner when the passkey is known. Who tried is not.
func (s *Service) refuse(ctx context.Context, tx *db.Tx, action audit.Action, key stored, requestID string) error {
	e := audit.Entry{Action: action, Outcome: audit.Denied, RequestID: requestID}
	if key.id != "" {
		e.Subject, e.Found = key.owner.id, []string{key.id}
	}
	return s.log.Add(ctx, tx, e)
}

// blockPasskey closes a passkey whose counter went backwards: of a key and its copy one cannot tell which is the copy, so neither
// opens any more.
func (s *Service) blockPasskey(ctx context.Context, tx *db.Tx, key stored, requestID string) error {
	if _, err := tx.Exec(ctx, `UPDATE passkey SET blocked_at = $1 WHERE id = $2`, db.At(s.clock.Now()), key.id); err != nil {
		return fmt.Errorf("block a passkey: %w", err)
	}
	return s.refuse(ctx, tx, "passkey-blocked", key, requestID)
}

// markUsed stores the counter and the flags that the key told this time.
func (s *Service) markUsed(ctx context.Context, tx *db.Tx, id string, credential *webauthn.Credential) error {
	text, err := json.Marshal(credential)
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE passkey SET credential = $1, last_used_at = $2 WHERE id = $3`, string(text), db.At(s.clock.Now()), id)
	}
	if err != nil {
		return fmt.Errorf("mark a passkey as used: %w", err)
	}
	return nil
}
