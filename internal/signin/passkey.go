package signin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/typed"
)

const (
	// FreshLimit is how long ago a person may have shown who they are to do what is dangerous, such as to add a passkey or to remove
	// one. Whoever finds an open computer an hour later cannot make themselves a way in, or take the owner's away.
	FreshLimit = 15 * time.Minute
	// ceremonyLimit is how long somebody may take to touch a key; the browser is told the same.
	ceremonyLimit = 5 * time.Minute
	maxName       = 60
	// MaxPasskeys is how many a person may have at a time: more than one can tell apart.
	MaxPasskeys = 20
)

// Passkey is a way in that a person has made for themselves.
type Passkey struct {
	ID      string
	Name    string
	Created time.Time
	Used    time.Time // zero when never
	Blocked bool      // its counter went backwards: it may have been copied, and opens nothing
}

// Ceremony is a passkey's making or use that has begun: what the browser is asked, and the handle by which it is finished.
type Ceremony struct {
	Options []byte // JSON as PublicKeyCredential.parse…OptionsFromJSON reads it
	Handle  string // for a cookie of this browser; only its hash is stored
}

// CeremonyLimit is how long a ceremony's handle is worth something.
func CeremonyLimit() time.Duration { return ceremonyLimit }

// AllowPasskeys says at which address people open the house, "https://hemvist.example". Passkeys are bound to its name, and are
// taken from it alone. Until this is called, before anything is served, there are none. An address by number is refused, as
// browsers make no passkeys for it.
func (s *Service) AllowPasskeys(origin string) error {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || strings.TrimSuffix(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil ||
		u.Scheme != "https" && (u.Scheme != "http" || u.Hostname() != "localhost") {
		return fmt.Errorf("passkeys: %q is not an address such as https://hemvist.example", origin)
	}
	limit := webauthn.TimeoutConfig{Timeout: ceremonyLimit, TimeoutUVD: ceremonyLimit}
	config := &webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: "Hemvist", RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired,
			RequireResidentKey: protocol.ResidentKeyRequired(), UserVerification: protocol.VerificationRequired},
		Timeouts: webauthn.TimeoutsConfig{Login: limit, Registration: limit},
	}
	s.origin = u.Scheme + "://" + u.Host
	if s.passkeys, err = webauthn.New(config); err == nil {
		s.decoy, err = newDecoy()
	}
	if err != nil {
		return fmt.Errorf("passkeys: %w", err)
	}
	return nil
}

// PasskeysAllowed tells whether passkeys can be made and used.
func (s *Service) PasskeysAllowed() bool { return s.passkeys != nil }

var (
	// errPasskey is the one answer to every passkey that does not open, whether it is unknown, removed, blocked, another house's or
	// of somebody without a role, and to every ceremony that is used up, too old or false.
	errPasskey = errs.New(errs.Invalid, "passkey.error.sign-in")
	errAdd     = errs.New(errs.Invalid, "passkey.error.add")
	// errVia: who came in through their organisation makes no other way in by it. It would outlive what the organisation says of them,
	// and open roles elsewhere, which the organisation cannot vouch for.
	errVia = errs.New(errs.Denied, "oidc.error.via")
)

// because is a refusal with its cause, which goes to the program's log and never to a page: it is most often an --origin that is
// not the address that people open.
func because(refusal, cause error) error {
	e := (*errs.Error)(nil)
	if cause == nil || !errors.As(refusal, &e) {
		return refusal
	}
	return &errs.Error{Kind: e.Kind, Key: e.Key, Err: cause}
}

// owner is a person as the library asks for them.
type owner struct {
	id, email, name string
	credentials     []webauthn.Credential
}

func (o owner) WebAuthnID() []byte                         { return []byte(o.id) }
func (o owner) WebAuthnName() string                       { return o.email }
func (o owner) WebAuthnDisplayName() string                { return o.name }
func (o owner) WebAuthnCredentials() []webauthn.Credential { return o.credentials }

func (s *Service) ownerTx(ctx context.Context, tx *db.Tx, person string) (owner, error) {
	o := owner{id: person}
	if err := tx.QueryRow(ctx, `SELECT email, name FROM person WHERE id = $1`, person).Scan(&o.email, &o.name); err != nil {
		return o, fmt.Errorf("read who a passkey is for: %w", err)
	}
	var err error
	o.credentials, err = db.All(ctx, tx, scanCredential, `SELECT credential FROM passkey WHERE person_id = $1 AND removed_at IS NULL`, person)
	return o, err
}

func scanCredential(row db.Scanner) (c webauthn.Credential, err error) {
	var text string
	if err := row.Scan(&text); err != nil {
		return c, err
	}
	return c, json.Unmarshal([]byte(text), &c)
}

// BeginPasskey begins to make a passkey for who. The ones they have are named to the browser, so that one device makes one.
func (s *Service) BeginPasskey(ctx context.Context, who Who) (Ceremony, error) {
	if s.passkeys == nil {
		return Ceremony{}, errs.New(errs.NotFound, "")
	}
	if err := s.mayChange(who); err != nil {
		return Ceremony{}, err
	}
	var o owner
	if err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		o, err = s.ownerTx(ctx, tx, who.Subject.Person)
		return err
	}); err != nil {
		return Ceremony{}, err
	}
	if len(o.credentials) >= MaxPasskeys {
		return Ceremony{}, errs.New(errs.Conflict, "passkey.error.many")
	}
	options, data, err := s.passkeys.BeginRegistration(o, webauthn.WithExclusions(webauthn.Credentials(o.credentials).CredentialDescriptors()))
	if err != nil {
		return Ceremony{}, fmt.Errorf("begin to make a passkey: %w", err)
	}
	return s.keepCeremony(ctx, o.id, options.Response, data)
}

// keepCeremony stores what the ceremony's end is checked against, for a short time and under the hash of its handle.
func (s *Service) keepCeremony(ctx context.Context, person string, options any, data *webauthn.SessionData) (Ceremony, error) {
	handle, hash := newSecret(32)
	c := Ceremony{Handle: handle}
	stored, err := json.Marshal(data)
	if err == nil {
		c.Options, err = json.Marshal(options)
	}
	if err != nil {
		return Ceremony{}, fmt.Errorf("begin with a passkey: %w", err)
	}
	now := s.clock.Now()
	sweep := s.sweepDue(now)
	return c, s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if sweep {
			if _, err := tx.Exec(ctx, `DELETE FROM passkey_ceremony WHERE ends_at < $1`, db.At(now)); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `INSERT INTO passkey_ceremony (hash, person_id, data, ends_at) VALUES ($1, $2, $3, $4)`,
			hash, db.Null(person), string(stored), db.At(now.Add(ceremonyLimit)))
		return err
	})
}

// sweepDue tells, once in a ceremony's time, that those which were never finished should be thrown away.
func (s *Service) sweepDue(now time.Time) bool {
	last := s.swept.Load()
	return now.UnixNano()-last > int64(ceremonyLimit) && s.swept.CompareAndSwap(last, now.UnixNano())
}

// useCeremony uses up a ceremony of this person, or of nobody known yet, and returns what its end is checked against. Of many who
// try at once, one gets it.
func (s *Service) useCeremony(ctx context.Context, tx *db.Tx, handle, person string, refusal error) (data webauthn.SessionData, err error) {
	hash, now := hashSecret(handle), db.At(s.clock.Now())
	n, err := tx.Exec(ctx, `UPDATE passkey_ceremony SET used_at = $1
		WHERE hash = $2 AND used_at IS NULL AND ends_at > $1 AND coalesce(person_id, '') = $3`, now, hash, person)
	if err != nil {
		return data, fmt.Errorf("use a ceremony: %w", err)
	}
	if n == 0 {
		return data, refusal
	}
	text, err := db.One(ctx, tx, scanText, `SELECT data FROM passkey_ceremony WHERE hash = $1`, hash)
	if err != nil {
		return data, err
	}
	return data, json.Unmarshal([]byte(text), &data)
}

// FinishPasskey ends what BeginPasskey began: it checks the browser's answer and stores the new passkey under the name. A name that
// does not do is an Invalid field, and the ceremony is not used up by it.
func (s *Service) FinishPasskey(ctx context.Context, who Who, handle, name string, answer []byte, requestID string) error {
	if s.passkeys == nil {
		return errs.New(errs.NotFound, "")
	}
	if err := s.mayChange(who); err != nil {
		return err
	}
	name, err := passkeyName(name)
	if err != nil {
		return err
	}
	parsed, parseErr := protocol.ParseCredentialCreationResponseBytes(answer)
	var refused error // why, kept outside: what is refused is committed too, as it uses up the ceremony
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		data, err := s.useCeremony(ctx, tx, handle, who.Subject.Person, errAdd)
		if err != nil {
			return err
		}
		o, err := s.ownerTx(ctx, tx, who.Subject.Person)
		if err != nil {
			return err
		}
		var credential *webauthn.Credential
		if refused = parseErr; refused == nil {
			credential, refused = s.passkeys.CreateCredential(o, data, parsed)
		}
		if refused != nil {
			return nil //nolint:nilerr // refused is told when the ceremony has been used up
		}
		return s.addPasskey(ctx, tx, who, name, credential, requestID)
	})
	if err == nil && refused != nil || errs.Is(err, errs.Conflict) { // a conflict: the same key is there already, of whomever
		return because(errAdd, errors.Join(err, refused))
	}
	return err
}

func (s *Service) addPasskey(ctx context.Context, tx *db.Tx, who Who, name string, credential *webauthn.Credential, requestID string) error {
	// Attestation is asked of nobody, so what a key says of its maker is not kept.
	credential.Attestation = webauthn.CredentialAttestation{}
	text, err := json.Marshal(credential)
	if err != nil {
		return fmt.Errorf("store a passkey: %w", err)
	}
	id := db.NewID()
	_, err = tx.Exec(ctx, `INSERT INTO passkey (id, person_id, credential_id, credential, name, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		id, who.Subject.Person, credential.ID, string(text), name, db.At(s.clock.Now()))
	if err != nil {
		return fmt.Errorf("store a passkey: %w", err)
	}
	return s.log.Add(ctx, tx, entry(who, "passkey-added", id, requestID))
}

// entry is one about what a person did with their own way in: with the passkey or the sign-in that has this id.
func entry(who Who, action audit.Action, id, requestID string) audit.Entry {
	return audit.Entry{Actor: who.Subject.Person, Role: string(who.Subject.Role), Organisation: who.Subject.Organisation, Action: action,
		Subject: who.Subject.Person, Outcome: audit.OK, RequestID: requestID, Found: []string{id}}
}

// passkeyName is a name as it is stored.
func passkeyName(name string) (string, error) {
	name, wrong := typed.Line("name", strings.Join(strings.Fields(name), " "), "passkey.error.name")
	if len(wrong) == 0 && utf8.RuneCountInString(name) > maxName {
		wrong = []errs.Field{{Name: "name", Key: "form.error.long", Args: map[string]any{"max": maxName}}}
	}
	return name, errs.InvalidFields(wrong...)
}
