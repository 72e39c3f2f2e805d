package signin

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// errProvider is the one answer to every sign-in through an organisation that is not let in. Why goes to the log.
var errProvider = errs.New(errs.Invalid, "oidc.error.sign-in")

// identityLimit is how long somebody may take at their organisation's sign-in page.
const identityLimit = 10 * time.Minute

// IdentityLimit is how long the handle of a sign-in through an organisation is worth something.
func IdentityLimit() time.Duration { return identityLimit }

// Door is an organisation whose people can sign in through it.
type Door struct{ Organisation, Name string }

// Doors is the organisations that have a provider in use, by name. Their names are open.
func (s *Service) Doors(ctx context.Context) (all []Door, err error) {
	if !s.ProvidersAllowed() {
		return nil, nil
	}
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = db.All(ctx, tx, func(row db.Scanner) (d Door, err error) {
			err = row.Scan(&d.Organisation, &d.Name)
			return d, err
		}, `SELECT o.id, o.name FROM identity_provider i JOIN organisation o ON o.id = i.organisation_id
			WHERE i.active = 1 AND NOT EXISTS (SELECT 1 FROM identity_provider n WHERE n.supersedes = i.id) ORDER BY o.name_sort, o.id`)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the organisations with a provider: %w", err)
	}
	return all, nil
}

// Departure is a sign-in through an organisation that has begun: where the browser goes, and the handle by which it comes back.
type Departure struct {
	Name    string // the organisation's
	Address string
	Handle  string // for a cookie of this browser; only its hash is stored
}

// ceremony is what the end of a sign-in at a provider is checked against.
type ceremony struct {
	provider        string
	state           []byte
	nonce, verifier string
	next            string
}

// BeginIdentity begins a sign-in through an organisation. Unavailable when its provider does not answer; NotFound when it has none.
func (s *Service) BeginIdentity(ctx context.Context, organisation, next string) (Departure, error) {
	if !s.ProvidersAllowed() {
		return Departure{}, errs.New(errs.NotFound, "")
	}
	var p Provider
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = currentProvider(ctx, tx, organisation)
		return err
	})
	if err == nil && !p.Active {
		err = errs.New(errs.NotFound, "")
	}
	if err != nil {
		return Departure{}, err
	}
	handle, hash := newSecret(32)
	state, stateHash := newSecret(32)
	nonce, _ := newSecret(32)
	c := ceremony{provider: p.ID, state: stateHash, nonce: nonce, verifier: oauth2.GenerateVerifier(), next: next}
	d := Departure{Name: p.Name, Handle: handle}
	err = s.ask(ctx, func(ctx context.Context) error {
		found, err := s.discover(ctx, p.Issuer)
		if err != nil {
			return because(errDown, err)
		}
		client := s.client(p, "", found)
		d.Address = client.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(c.verifier))
		return nil
	})
	if err != nil {
		return Departure{}, err
	}
	return d, s.keepIdentity(ctx, hash, c)
}

// keepIdentity stores what a sign-in's end is checked against, and throws away those that were never finished.
func (s *Service) keepIdentity(ctx context.Context, hash []byte, c ceremony) error {
	now := s.clock.Now()
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM identity_ceremony WHERE ends_at < $1`, db.At(now)); err != nil {
			return fmt.Errorf("sweep sign-ins at providers: %w", err)
		}
		_, err := tx.Exec(ctx, `INSERT INTO identity_ceremony (hash, provider_id, state, nonce, verifier, next, ends_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`, hash, c.provider, c.state, c.nonce, c.verifier, c.next, db.At(now.Add(identityLimit)))
		if err != nil {
			return fmt.Errorf("begin a sign-in at a provider: %w", err)
		}
		return nil
	})
}

// useIdentity uses up a sign-in that has begun. Of many who try at once, one gets it.
func (s *Service) useIdentity(ctx context.Context, tx *db.Tx, handle string) (c ceremony, err error) {
	hash, now := hashSecret(handle), db.At(s.clock.Now())
	n, err := tx.Exec(ctx, `UPDATE identity_ceremony SET used_at = $1 WHERE hash = $2 AND used_at IS NULL AND ends_at > $1`, now, hash)
	if err != nil {
		return c, fmt.Errorf("use a sign-in at a provider: %w", err)
	}
	if n == 0 {
		return c, because(errProvider, errors.New("no sign-in has begun in this browser, or it was used or is too old"))
	}
	err = tx.QueryRow(ctx, `SELECT provider_id, state, nonce, verifier, next FROM identity_ceremony WHERE hash = $1`, hash).
		Scan(&c.provider, &c.state, &c.nonce, &c.verifier, &c.next)
	return c, err
}

// Return is what a browser brings back from a provider.
type Return struct{ State, Code, Error, Issuer string }

// SignInWithIdentity ends what BeginIdentity began, in the browser that has its handle: it asks the provider who came, finds or makes
// the person, gives and ends the roles that the mapping says, and signs them in. It returns the secret for the browser's cookie and the
// page that was asked for. Whoever is not let in hears one and the same.
func (s *Service) SignInWithIdentity(ctx context.Context, handle string, back Return, requestID string) (secret, next string, err error) {
	if !s.ProvidersAllowed() {
		return "", "", errs.New(errs.NotFound, "")
	}
	var c ceremony
	var p Provider
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) { // committed whatever comes: it is used up by the first try
		if c, err = s.useIdentity(ctx, tx, handle); err != nil {
			return err
		}
		p, err = providerOf(ctx, tx, c.provider)
		return err
	})
	if err != nil {
		return "", "", err
	}
	who, err := s.hear(ctx, p, c, back)
	if err == nil {
		secret, err = s.enter(ctx, p, who, requestID)
	}
	if errs.Is(err, errs.Invalid) {
		if logged := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			return s.log.Add(ctx, tx, audit.Entry{Organisation: p.Organisation, Action: "sign-in-refused", Subject: p.Organisation, Outcome: audit.Denied,
				RequestID: requestID, Found: []string{p.ID}})
		}); logged != nil {
			return "", "", logged
		}
	}
	return secret, c.next, err
}

// providerOf is the provider that a sign-in began at, while it is the one that its organisation uses.
func providerOf(ctx context.Context, tx *db.Tx, id string) (Provider, error) {
	organisation, err := db.One(ctx, tx, scanText, `SELECT organisation_id FROM identity_provider WHERE id = $1`, id)
	if err != nil {
		return Provider{}, err
	}
	p, err := currentProvider(ctx, tx, organisation)
	if err == nil && (p.ID != id || !p.Active) {
		return p, because(errProvider, errors.New("the provider was changed meanwhile"))
	}
	return p, err
}

// hear checks what came back and asks the provider who it was.
func (s *Service) hear(ctx context.Context, p Provider, c ceremony, back Return) (t told, err error) {
	switch {
	case subtle.ConstantTimeCompare(hashSecret(back.State), c.state) != 1:
		return t, because(errProvider, errors.New("the state is another"))
	case back.Issuer != "" && back.Issuer != p.Issuer: // RFC 9207
		return t, because(errProvider, errors.New("another provider answered"))
	case back.Error != "" || back.Code == "":
		return t, because(errProvider, fmt.Errorf("the provider says %.100q", back.Error))
	}
	secret, err := s.openSecret(ctx, p)
	if err != nil {
		return t, err
	}
	err = s.ask(ctx, func(ctx context.Context) (err error) {
		t, err = s.exchange(ctx, p, secret, back.Code, c)
		return err
	})
	return t, err
}
