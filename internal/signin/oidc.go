package signin

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/typed"
)

// An organisation's own identity provider (OpenID Connect) says who its people are, and its claims may give and end roles there. It
// reaches the organisation's own people and roles and nothing else: it never signs in who has no role there, and such a sign-in
// works in that organisation's roles alone.

// Provider is an organisation's identity provider as it is set now.
type Provider struct {
	ID           string
	Organisation string // its id
	Name         string // the organisation's
	Active       bool
	Issuer       string
	ClientID     string
	Scopes       string
	Mapping      Mapping
	Changed      time.Time // zero when nothing has been set
	By           string    // who changed it, by name
	sealed       []byte
}

// HasSecret tells whether the provider's secret is stored.
func (p Provider) HasSecret() bool { return len(p.sealed) > 0 }

// NewProvider is what somebody begins with who has set nothing.
func NewProvider() Provider {
	return Provider{Scopes: "openid profile email", Mapping: Mapping{Subject: "sub", Email: "email", Name: "name"}}
}

// Identity is what the page of an organisation's provider shows.
type Identity struct {
	Provider
	Kind        directory.OrganisationKind
	Authorities []directory.Authority // the organisation's
}

// MaxRules is how many roles a mapping may give: more than one keeps in mind.
const MaxRules = 30

// mayIdentify refuses whoever may not set how the organisation's people sign in. Elsewhere it is not found.
func mayIdentify(who Who, organisation string) error {
	if d := access.Decide(who.Subject, access.SetSignInRules, access.Resource{Organisation: organisation}); !d.Allow {
		return errs.Wrap(errs.NotFound, fmt.Errorf("set the identity provider of %s: %s", organisation, d.Reason))
	}
	return nil
}

// Identity is how an organisation's people sign in through their organisation, for who may set it.
func (s *Service) Identity(ctx context.Context, who Who, organisation string) (x Identity, err error) {
	if err := mayIdentify(who, organisation); err != nil {
		return x, err
	}
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		x, err = s.identityTx(ctx, tx, organisation)
		return err
	})
	return x, err
}

func (s *Service) identityTx(ctx context.Context, tx *db.Tx, organisation string) (x Identity, err error) {
	name := ""
	if err := tx.QueryRow(ctx, `SELECT kind, name FROM organisation WHERE id = $1`, organisation).Scan(&x.Kind, &name); err != nil {
		return x, fmt.Errorf("read whose provider: %w", err)
	}
	x.Authorities, err = db.All(ctx, tx, func(row db.Scanner) (a directory.Authority, err error) {
		a.OrganisationID = organisation
		err = row.Scan(&a.ID, &a.Name)
		return a, err
	}, `SELECT id, name FROM authority WHERE organisation_id = $1 ORDER BY name, id`, organisation)
	if err != nil {
		return x, fmt.Errorf("read the boards: %w", err)
	}
	x.Provider, err = currentProvider(ctx, tx, organisation)
	if errs.Is(err, errs.NotFound) {
		x.Provider, err = NewProvider(), nil
	}
	x.Organisation, x.Name = organisation, name
	return x, err
}

// currentProvider is the last that was set for an organisation; NotFound when nothing was.
func currentProvider(ctx context.Context, tx *db.Tx, organisation string) (Provider, error) {
	return db.One(ctx, tx, scanProvider, `SELECT i.id, i.organisation_id, o.name, i.active, i.issuer, i.client_id, i.client_secret, i.scopes, i.mapping,
			i.recorded_at, p.name
		FROM identity_provider i JOIN organisation o ON o.id = i.organisation_id JOIN person p ON p.id = i.recorded_by
		WHERE i.organisation_id = $1 AND NOT EXISTS (SELECT 1 FROM identity_provider n WHERE n.supersedes = i.id)`, organisation)
}

func scanProvider(row db.Scanner) (p Provider, err error) {
	var active int
	var mapping string
	var changed db.Time
	if err := row.Scan(&p.ID, &p.Organisation, &p.Name, &active, &p.Issuer, &p.ClientID, &p.sealed, &p.Scopes, &mapping, &changed, &p.By); err != nil {
		return p, err
	}
	p.Active, p.Changed = active == 1, changed.Time
	p.Mapping, err = readMapping(mapping)
	return p, err
}

// SetIdentity sets an organisation's provider. An empty secret keeps the one there is, unless the provider's address or this house's
// name there is another: a secret is not sent to somewhere new. It wants a fresh sign-in.
func (s *Service) SetIdentity(ctx context.Context, who Who, organisation string, p Provider, secret, requestID string) error {
	if err := mayIdentify(who, organisation); err != nil {
		return err
	}
	if !s.Fresh(who) {
		return errStale
	}
	p, wrong := s.checkProvider(p)
	if len(secret) > 1000 {
		wrong = append(wrong, errs.Field{Name: "client-password", Key: "form.error.long", Args: map[string]any{"max": 1000}})
	}
	var sealed []byte
	if secret = strings.TrimSpace(secret); secret != "" {
		key, err := s.vault.NewSubject(ctx, organisation, secretOf(organisation))
		if err == nil {
			sealed, err = key.Seal(secretOf(organisation), "client-secret", secret)
		}
		if err != nil {
			return fmt.Errorf("seal a provider's secret: %w", err)
		}
	}
	var programmes []string
	for _, d := range s.catalogue.InForce() {
		programmes = append(programmes, d.ID)
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now, err := s.identityTx(ctx, tx, organisation)
		if err != nil {
			return err
		}
		keep := sealed
		if keep == nil && p.Issuer == now.Issuer && p.ClientID == now.ClientID {
			keep = now.sealed
		}
		all := append(slices.Clone(wrong), checkRules(who, now, programmes, p.Mapping.Rules)...)
		if len(keep) == 0 {
			all = append(all, errs.Field{Name: "client-password", Key: "identity.error.secret"})
		}
		if err := errs.InvalidFields(all...); err != nil {
			return err
		}
		return s.storeProvider(ctx, tx, who, now, p, keep, requestID)
	})
}

func (s *Service) storeProvider(ctx context.Context, tx *db.Tx, who Who, now Identity, p Provider, sealed []byte, requestID string) error {
	p.Mapping.Rules = slices.DeleteFunc(slices.Clone(p.Mapping.Rules), func(r Rule) bool { return r == Rule{} })
	mapping, err := json.Marshal(p.Mapping)
	if err != nil {
		return fmt.Errorf("store a mapping: %w", err)
	}
	active, action := 0, audit.Action("identity.off")
	if p.Active {
		active, action = 1, "identity.on"
	}
	id := db.NewID()
	_, err = tx.Exec(ctx, `INSERT INTO identity_provider (id, organisation_id, active, issuer, client_id, client_secret, scopes, mapping, recorded_at,
			recorded_by, supersedes)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, id, now.Organisation, active, p.Issuer, p.ClientID, sealed, p.Scopes, string(mapping),
		db.At(s.clock.Now()), who.Subject.Person, db.Null(now.ID))
	if err != nil {
		return fmt.Errorf("store a provider: %w", err)
	}
	return s.log.Add(ctx, tx, audit.Entry{Actor: who.Subject.Person, Role: string(who.Subject.Role), Organisation: now.Organisation, Action: action,
		Subject: now.Organisation, Outcome: audit.OK, RequestID: requestID, Found: []string{id}})
}

// secretOf is the id in the key store of an organisation's secret at its provider.
func secretOf(organisation string) string { return "identity-" + organisation }

// openSecret is the secret by which this house shows a provider who it is.
func (s *Service) openSecret(ctx context.Context, p Provider) (string, error) {
	key, err := s.vault.Subjects(ctx, p.Organisation, []string{secretOf(p.Organisation)})
	if err != nil {
		return "", fmt.Errorf("open a provider's secret: %w", err)
	}
	return key.Open(secretOf(p.Organisation), "client-secret", p.sealed)
}

// checkProvider is the form as it is stored, and what is wrong with it.
func (s *Service) checkProvider(p Provider) (Provider, []errs.Field) {
	var wrong [6][]errs.Field
	p.Issuer, wrong[0] = typed.Line("issuer", p.Issuer, "identity.error.issuer")
	if len(wrong[0]) == 0 && (!s.speaksSafely(p.Issuer) || strings.ContainsAny(p.Issuer, "?#")) {
		wrong[0] = []errs.Field{{Name: "issuer", Key: "identity.error.issuer"}}
	}
	p.ClientID, wrong[1] = typed.Line("client", p.ClientID, "identity.error.client")
	p.Scopes, wrong[2] = typed.Line("scopes", strings.Join(strings.Fields(p.Scopes), " "), "identity.error.scopes")
	if len(wrong[2]) == 0 && !slices.Contains(strings.Fields(p.Scopes), "openid") {
		wrong[2] = []errs.Field{{Name: "scopes", Key: "identity.error.scopes"}}
	}
	m := &p.Mapping
	m.Subject, wrong[3] = typed.Line("subject", m.Subject, "identity.error.claim")
	m.Email, wrong[4] = typed.Line("email", m.Email, "identity.error.claim")
	m.Name, wrong[5] = typed.Line("name", m.Name, "identity.error.claim")
	return p, slices.Concat(wrong[:]...)
}

// checkRules says what is wrong with the rows of a mapping, by row and field. A row in which nothing stands is none.
func checkRules(who Who, now Identity, programmes []string, rules []Rule) (wrong []errs.Field) {
	for i, r := range rules {
		if r == (Rule{}) {
			continue
		}
		field := func(part string) string { return fmt.Sprintf("rule-%d-%s", i+1, part) }
		_, bad := typed.Line(field("claim"), r.Claim, "identity.error.claim")
		wrong = append(wrong, bad...)
		_, bad = typed.Line(field("value"), r.Value, "identity.error.value")
		wrong = append(wrong, bad...)
		known := r.Authority == "" || slices.ContainsFunc(now.Authorities, func(a directory.Authority) bool { return a.ID == r.Authority })
		if !known {
			wrong = append(wrong, errs.Field{Name: field("board"), Key: "identity.error.board"})
		}
		if r.Programme != "" && !slices.Contains(programmes, r.Programme) {
			wrong = append(wrong, errs.Field{Name: field("programme"), Key: "identity.error.programme"})
		}
		giving := directory.Giving{Kind: now.Kind, RoleAt: directory.RoleAt{Role: r.Role, OrganisationID: now.Organisation, AuthorityID: r.Authority,
			Programme: r.Programme}}
		if refused := giving.Refusal(who.Subject); refused != nil {
			wrong = append(wrong, errs.Field{Name: field("role"), Key: "identity.error.role"})
		}
	}
	if len(rules) > MaxRules {
		wrong = append(wrong, errs.Field{Name: "rules", Key: "identity.error.many", Args: map[string]any{"max": MaxRules}})
	}
	return wrong
}
