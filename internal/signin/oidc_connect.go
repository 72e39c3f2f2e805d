package signin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"hemvist/internal/errs"
)

// providerLimit is how long a provider may take to answer. Somebody waits meanwhile, and has other ways in.
const providerLimit = 8 * time.Second

// knownFor is how long what a provider says of itself is believed. Its keys are asked for anew whenever one is not known.
const knownFor = 10 * time.Minute

// CallbackPath is where providers send people back to.
const CallbackPath = "/sign-in/oidc/callback"

// Reach gives a context under which providers are asked: with a client of the program's own, as this room speaks no http.
type Reach func(context.Context) context.Context

// AllowProviders lets organisations' own providers be used. local takes those that speak plain http on this machine too, for the demo and
// for tests. Until this is called, before anything is served, there are none.
func (s *Service) AllowProviders(reach Reach, local bool) { s.reach, s.local = reach, local }

// ProvidersAllowed tells whether organisations' providers can be used: they send people back to an address of ours, which has to be known.
func (s *Service) ProvidersAllowed() bool { return s.reach != nil && s.origin != "" }

// errDown is said when a provider does not answer, or not as one should. What it said goes to the log.
var errDown = errs.New(errs.Unavailable, "oidc.error.down")

// metadata is a provider as it told of itself.
type metadata struct {
	at       time.Time
	provider *oidc.Provider
}

// discover asks a provider where its doors are. Nothing is asked before somebody wants to go in by them.
func (s *Service) discover(ctx context.Context, issuer string) (*oidc.Provider, error) {
	now := s.clock.Now()
	if known, ok := s.providers.Load(issuer); ok {
		if m := known.(metadata); now.Sub(m.at) < knownFor && !now.Before(m.at) {
			return m.provider, nil
		}
	}
	p, err := oidc.NewProvider(ctx, issuer)
	if err != nil {
		return nil, fmt.Errorf("discover %s: %w", issuer, err)
	}
	var told struct {
		Keys string `json:"jwks_uri"`
	}
	if err := p.Claims(&told); err != nil {
		return nil, fmt.Errorf("discover %s: %w", issuer, err)
	}
	for _, address := range []string{p.Endpoint().AuthURL, p.Endpoint().TokenURL, told.Keys} {
		if !s.speaksSafely(address) {
			return nil, errDoor
		}
	}
	if u := p.UserInfoEndpoint(); u != "" && !s.speaksSafely(u) {
		return nil, errDoor
	}
	s.providers.Store(issuer, metadata{now, p})
	return p, nil
}

var errDoor = errors.New("the provider names an address that is not https")

// speaksSafely tells whether an address is of https; in the demo and in tests also plain http on this machine.
func (s *Service) speaksSafely(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil {
		return false
	}
	return u.Scheme == "https" || s.local && u.Scheme == "http" && slices.Contains([]string{"localhost", "127.0.0.1"}, u.Hostname())
}

// ask runs fn with a context in which providers can be asked, for as long as somebody would wait.
func (s *Service) ask(ctx context.Context, fn func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(s.reach(ctx), providerLimit)
	defer cancel()
	return fn(ctx)
}

// TryProvider asks a provider whether it is there, and returns the key of words that say how it went, with the cause of what went wrong
// for the log.
func (s *Service) TryProvider(ctx context.Context, issuer string) (key string, cause error) {
	if !s.ProvidersAllowed() || !s.speaksSafely(issuer) {
		return "identity.try.address", errDoor
	}
	s.providers.Delete(issuer) // what it said before is not what is asked for
	err := s.ask(ctx, func(ctx context.Context) error {
		_, err := s.discover(ctx, issuer)
		return err
	})
	mismatch := (*oidc.IssuerMismatchError)(nil)
	unreachable := (*url.Error)(nil)
	switch {
	case err == nil:
		return "identity.try.ok", nil
	case errors.As(err, &mismatch):
		return "identity.try.issuer", err
	case errors.Is(err, errDoor):
		return "identity.try.door", err
	case errors.Is(err, context.DeadlineExceeded):
		return "identity.try.slow", err
	case errors.As(err, &unreachable):
		return "identity.try.unreachable", err
	default:
		return "identity.try.answer", err
	}
}

// client is how this house presents itself to a provider.
func (s *Service) client(p Provider, secret string, found *oidc.Provider) oauth2.Config {
	return oauth2.Config{ClientID: p.ClientID, ClientSecret: secret, Endpoint: found.Endpoint(), RedirectURL: s.Callback(), Scopes: strings.Fields(p.Scopes)}
}

// Callback is the whole address that providers send people back to.
func (s *Service) Callback() string { return s.origin + CallbackPath }

// told is what a provider has said about who came.
type told struct {
	subject string
	claims  claims
}

// exchange turns the code that came back into what the provider says of the person. What the provider did not sign for this sign-in
// is refused.
func (s *Service) exchange(ctx context.Context, p Provider, secret, code string, c ceremony) (told, error) {
	found, err := s.discover(ctx, p.Issuer)
	if err != nil {
		return told{}, because(errDown, err)
	}
	client := s.client(p, secret, found)
	token, err := client.Exchange(ctx, code, oauth2.VerifierOption(c.verifier))
	if err != nil {
		if refused := (*oauth2.RetrieveError)(nil); errors.As(err, &refused) && refused.ErrorCode != "" {
			return told{}, because(errProvider, fmt.Errorf("the provider does not take the code: %s", refused.ErrorCode))
		}
		return told{}, because(errDown, err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := found.Verifier(&oidc.Config{ClientID: p.ClientID, Now: s.clock.Now}).Verify(ctx, raw)
	if err != nil {
		return told{}, because(errProvider, err)
	}
	t := told{claims: claims{}}
	if err := id.Claims(&t.claims); err != nil {
		return told{}, because(errProvider, err)
	}
	switch {
	case id.Nonce != c.nonce:
		return told{}, because(errProvider, errors.New("the nonce is another"))
	case len(id.Audience) > 1 && t.claims.text("azp") != p.ClientID:
		return told{}, because(errProvider, errors.New("the token was made for another program"))
	case id.AccessTokenHash != "" && id.VerifyAccessToken(token.AccessToken) != nil:
		return told{}, because(errProvider, errors.New("the access token is not the one that was signed for"))
	}
	s.askMore(ctx, found, oauth2.StaticTokenSource(token), id.Subject, p.Mapping, t.claims)
	t.subject = t.claims.text(p.Mapping.Subject)
	return t, nil
}

// askMore fetches claims that are wanted and that the signed token lacks. A provider that says nothing more is fine: what is
// missing is missing. What it says about somebody else is not taken.
func (s *Service) askMore(ctx context.Context, found *oidc.Provider, token oauth2.TokenSource, subject string, m Mapping, c claims) {
	missing := slices.ContainsFunc(m.wants(), func(claim string) bool { _, ok := c[claim]; return !ok })
	if !missing || found.UserInfoEndpoint() == "" {
		return
	}
	info, err := found.UserInfo(ctx, token)
	if err != nil || info.Subject != subject {
		return
	}
	more := claims{}
	if info.Claims(&more) != nil {
		return
	}
	for claim, value := range more {
		if _, ok := c[claim]; !ok {
			c[claim] = value
		}
	}
}

// readMapping is a stored mapping.
func readMapping(text string) (m Mapping, err error) {
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return m, fmt.Errorf("read a stored mapping: %w", err)
	}
	return m, nil
}
