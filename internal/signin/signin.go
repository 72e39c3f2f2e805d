// Package signin knows how people get in and who is in: invitations, one-time codes, passkeys, passwords, organisations' own providers, the
// sign-ins that are alive. It stands on package directory, which knows the people. It never decides what somebody may do once they are in
// (package access).
package signin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/programme"
	"hemvist/internal/typed"
	"hemvist/internal/vault"
)

// Service is the room's door.
type Service struct {
	db        *db.DB
	clock     clock.Clock
	log       *audit.Log
	directory *directory.Service
	vault     *vault.Vault
	catalogue catalogue
	letters   letters
	texts     *i18n.Bundle

	origin   string             // where people open the house; empty until AllowPasskeys
	passkeys *webauthn.WebAuthn // nil until AllowPasskeys
	decoy    []byte             // the public key that an unknown passkey is checked against
	swept    atomic.Int64       // when ceremonies were last thrown away
	tries    *limits
	hashes   *hasher

	reach     Reach // nil until AllowProviders
	local     bool
	providers sync.Map // issuer → metadata
}

// catalogue is what this room asks about programmes: a role may be for one.
type catalogue interface {
	InForce() []*programme.Definition
}

// New opens the room on a database, for the people of a directory.
func New(d *db.DB, c clock.Clock, log *audit.Log, people *directory.Service, v *vault.Vault, programmes catalogue, post letters,
	texts *i18n.Bundle) *Service {
	return &Service{db: d, clock: c, log: log, directory: people, vault: v, catalogue: programmes, letters: post, texts: texts, tries: newLimits(c), hashes: newHasher()}
}

// How long a sign-in lasts, and how often the row that keeps it alive is written. Source: docs/security.md, "Sign-in".
const (
	IdleLimit    = time.Hour
	OverallLimit = 24 * time.Hour
	touchEvery   = time.Minute
	codeLimit    = 30 * time.Minute
)

// Who is a person who is signed in, in the role they work in now.
type Who struct {
	Subject      access.Subject
	RoleID       string
	Name         string
	GivenName    string
	Organisation string // its name
	Language     string
	Session      string     // the id of this sign-in, which may be shown
	By           Means      // by what it was made
	Via          string     // the id of the organisation whose provider vouched for it; empty for a sign-in of the person's own
	Since        time.Time  // when it was made
	FreshAt      time.Time  // when the person last showed who they are
	Roles        []WorkRole // what they can work in; none when it is this one role alone
}

// Means is by what somebody signed in.
type Means string

// The means there are.
const (
	ByCode         Means = "code"
	ByPasskey      Means = "passkey"
	ByInvitation   Means = "invitation"
	ByOrganisation Means = "oidc"     // the person's organisation vouched for them
	ByPassword     Means = "password" // and a code that changes
	ByRecovery     Means = "recovery" // two colleagues vouched
)

// encoding writes secrets in letters and digits that are hard to mix up and easy to type.
var encoding = base32.NewEncoding("abcdefghjkmnpqrstuvwxyz023456789").WithPadding(base32.NoPadding)

// newSecret makes a secret of n random bytes, as text and as the hash that is stored.
func newSecret(n int) (text string, hash []byte) {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	text = encoding.EncodeToString(b)
	return text, hashSecret(text)
}

// hashSecret is the hash of a secret as typed or pasted: case, blanks and hyphens do not count. One SHA-256 is enough, as
// our secrets are random and of 128 bits or more.
func hashSecret(text string) []byte {
	text = strings.ToLower(strings.NewReplacer("-", "", " ", "", "\n", "", "\r", "", "\t", "").Replace(text))
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// NewCode makes a code of 128 bits with which the person with this address can sign in once, within half an hour. An empty
// address makes the code of the very first start, with which somebody becomes the first person in the directory.
func (s *Service) NewCode(ctx context.Context, email string) (string, error) {
	text, hash := newSecret(16)
	now := s.clock.Now()
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var person any
		if email != "" {
			id, err := db.One(ctx, tx, scanText, `SELECT id FROM person WHERE email = $1`, directory.FoldEmail(email))
			if err != nil {
				return err
			}
			person = id
		}
		_, err := tx.Exec(ctx, `INSERT INTO sign_in_code (hash, person_id, made_at, ends_at) VALUES ($1, $2, $3, $4)`,
			hash, person, db.At(now), db.At(now.Add(codeLimit)))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("make a sign-in code: %w", err)
	}
	return text, nil
}

// errCode is the one answer to every code that does not work, whether it never existed, is used or too old.
var errCode = errs.InvalidFields(errs.Field{Name: "code", Key: "sign-in.error.code"})

// SignInWithCode uses up a person's code and signs them in, in the first of their present roles. The secret it returns is
// for the browser's cookie.
func (s *Service) SignInWithCode(ctx context.Context, code, requestID string) (string, error) {
	var secret string
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		person, err := s.redeem(ctx, tx, code)
		if err != nil {
			return err
		}
		if person == "" {
			return errCode
		}
		role, err := s.firstRole(ctx, tx, person)
		if err != nil {
			return err
		}
		secret, err = s.begin(ctx, tx, role, ByCode, "", requestID)
		return err
	})
	return secret, err
}

// FirstOrganisation is what the very first person to sign in tells about themselves and their organisation.
type FirstOrganisation struct{ Organisation, Name, Email, Language string }

// check returns what is wrong with the form, by field; the texts are trimmed.
func (f FirstOrganisation) check() (FirstOrganisation, error) {
	var wrong [3][]errs.Field
	f.Organisation, wrong[0] = typed.Line("organisation", f.Organisation, "start.error.organisation")
	f.Name, wrong[1] = typed.Line("name", f.Name, "start.error.name")
	f.Email, wrong[2] = typed.Email("email", f.Email)
	return f, errs.InvalidFields(append(append(wrong[0], wrong[1]...), wrong[2]...)...)
}

// Start uses up the code of the very first start: it makes the hub and its coordinator, who is its administrator too, and signs that
// person in. It works only while nobody is in the directory.
func (s *Service) Start(ctx context.Context, code string, f FirstOrganisation, requestID string) (string, error) {
	f, err := f.check()
	if err != nil {
		return "", err
	}
	var secret string
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		person, err := s.redeem(ctx, tx, code)
		if err != nil {
			return err
		}
		n := 0
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM person`).Scan(&n); err != nil {
			return err
		}
		if person != "" || n > 0 {
			return errCode
		}
		role, err := s.addFirst(ctx, tx, f)
		if err != nil {
			return err
		}
		secret, err = s.begin(ctx, tx, role, ByCode, "", requestID)
		return err
	})
	return secret, err
}

func (s *Service) addFirst(ctx context.Context, tx *db.Tx, f FirstOrganisation) (directory.RoleGiven, error) {
	o, err := s.directory.AddOrganisationTx(ctx, tx, directory.Organisation{Kind: directory.HubKind, Name: f.Organisation})
	if err != nil {
		return directory.RoleGiven{}, err
	}
	given, _, _ := strings.Cut(f.Name, " ")
	p, err := s.directory.AddPersonTx(ctx, tx, directory.Person{Name: f.Name, GivenName: given, Email: f.Email, Language: f.Language})
	if err != nil {
		return directory.RoleGiven{}, err
	}
	role := directory.RoleGiven{PersonID: p.ID, OrganisationID: o.ID, From: s.directory.Today(), Role: access.Administrator}
	if _, err := s.directory.GiveRoleTx(ctx, tx, role); err != nil { // somebody has to let the others in
		return role, err
	}
	role.Role = access.Coordinator
	return s.directory.GiveRoleTx(ctx, tx, role)
}

// redeem uses up a code and returns whose it was; empty for the code of the first start. Of many who try at once, one wins.
func (s *Service) redeem(ctx context.Context, tx *db.Tx, code string) (string, error) {
	now := db.At(s.clock.Now())
	n, err := tx.Exec(ctx, `UPDATE sign_in_code SET used_at = $1 WHERE hash = $2 AND used_at IS NULL AND ends_at > $1`,
		now, hashSecret(code))
	if err != nil {
		return "", err
	}
	if n == 0 {
		return "", errCode
	}
	return db.One(ctx, tx, scanText, `SELECT coalesce(person_id, '') FROM sign_in_code WHERE hash = $1`, hashSecret(code))
}

// begin stores a new sign-in and its audit entry, and returns the secret for the cookie. The entry names the sign-in and, when
// it was made by one, the passkey; the action says by what means.
func (s *Service) begin(ctx context.Context, tx *db.Tx, r directory.RoleGiven, by Means, passkey, requestID string) (string, error) {
	secret, hash := newSecret(32)
	now := db.At(s.clock.Now())
	id, via := db.NewID(), ""
	if by == ByOrganisation {
		via = r.OrganisationID
	}
	_, err := tx.Exec(ctx, `INSERT INTO sign_in_session (hash, id, person_id, role_id, means, passkey_id, via_id, created_at, seen_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)`, hash, id, r.PersonID, r.ID, string(by), db.Null(passkey), db.Null(via), now)
	if err != nil {
		return "", fmt.Errorf("begin a sign-in: %w", err)
	}
	found := []string{id}
	if passkey != "" {
		found = append(found, passkey)
	}
	return secret, s.log.Add(ctx, tx, audit.Entry{Actor: r.PersonID, Role: string(r.Role), Organisation: r.OrganisationID,
		Action: audit.Action("signed-in.by-" + by), Subject: r.PersonID, Outcome: audit.OK, RequestID: requestID, Found: found})
}

// Resolve tells who holds the secret of a cookie. A sign-in that has ended or is too old, or whose role has ended, is SignedOut:
// so a revocation bites at the next request. It is ErrRoleEnded when the person has another role to go on in. One that an organisation
// vouched for works in that organisation's roles alone.
func (s *Service) Resolve(ctx context.Context, secret string) (Who, error) {
	if len(secret) < 20 {
		return Who{}, errs.New(errs.SignedOut, "")
	}
	hash, now := hashSecret(secret), s.clock.Now()
	var seen, since, fresh db.Time
	var who Who
	var present bool
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		row := tx.QueryRow(ctx, `SELECT s.id, s.created_at, coalesce(s.fresh_at, s.created_at), s.seen_at, s.means, coalesce(s.via_id, ''), s.role_id, p.id, p.name,
				p.given_name, p.language, r.role, r.organisation_id, coalesce(r.authority_id, ''), coalesce(r.programme, ''), coalesce(d.person_id, ''), o.name,
				CASE WHEN r.from_on <= $4 AND (r.to_on IS NULL OR r.to_on >= $4) AND (s.via_id IS NULL OR s.via_id = r.organisation_id) THEN 1 ELSE 0 END,
				(SELECT count(*) FROM role x WHERE x.person_id = s.person_id AND x.from_on <= $4 AND (x.to_on IS NULL OR x.to_on >= $4)
					AND (s.via_id IS NULL OR s.via_id = x.organisation_id))
			FROM sign_in_session s JOIN person p ON p.id = s.person_id JOIN role r ON r.id = s.role_id
			JOIN organisation o ON o.id = r.organisation_id LEFT JOIN role d ON d.id = r.deputy_for
			WHERE s.hash = $1 AND s.ended_at IS NULL AND s.created_at > $2 AND s.seen_at > $3`,
			hash, db.At(now.Add(-OverallLimit)), db.At(now.Add(-IdleLimit)), s.directory.Today())
		var in, roles int
		err := row.Scan(&who.Session, &since, &fresh, &seen, &who.By, &who.Via, &who.RoleID, &who.Subject.Person, &who.Name, &who.GivenName, &who.Language,
			&who.Subject.Role, &who.Subject.Organisation, &who.Subject.Authority, &who.Subject.Programme, &who.Subject.StandsFor, &who.Organisation, &in, &roles)
		present = in == 1
		switch {
		case err != nil:
			return err
		case !present && roles == 0:
			return errs.New(errs.SignedOut, "")
		case roles > 1:
			who.Roles, err = s.rolesOfSignIn(ctx, tx, who.Session)
		}
		return err
	})
	if errs.Is(err, errs.NotFound) {
		return Who{}, errs.New(errs.SignedOut, "")
	}
	if err != nil {
		return Who{}, fmt.Errorf("resolve a sign-in: %w", err)
	}
	if !present {
		return Who{}, ErrRoleEnded
	}
	who.Since, who.FreshAt = since.Time, fresh.Time
	if now.Sub(seen.Time) >= touchEvery {
		err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE sign_in_session SET seen_at = $1 WHERE hash = $2 AND seen_at < $1`, db.At(now), hash)
			return err
		})
	}
	return who, err
}

// SignOut ends the sign-in whose secret this is. One that has ended already is fine.
func (s *Service) SignOut(ctx context.Context, secret string, who Who, requestID string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE sign_in_session SET ended_at = $1 WHERE hash = $2 AND ended_at IS NULL`,
			db.At(s.clock.Now()), hashSecret(secret))
		if err != nil {
			return fmt.Errorf("sign out: %w", err)
		}
		return s.log.Add(ctx, tx, audit.Entry{Actor: who.Subject.Person, Role: string(who.Subject.Role),
			Organisation: who.Subject.Organisation, Action: "signed-out", Subject: who.Subject.Person, Outcome: audit.OK, RequestID: requestID})
	})
}

func scanText(row db.Scanner) (string, error) {
	var s string
	err := row.Scan(&s)
	return s, err
}

func scanRole(row db.Scanner) (directory.RoleGiven, error) {
	var r directory.RoleGiven
	err := row.Scan(&r.ID, &r.PersonID, &r.OrganisationID, &r.AuthorityID, &r.Programme, &r.Role)
	return r, err
}
