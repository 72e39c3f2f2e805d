package signin

import (
	"context"
	"fmt"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// An organisation decides how its people may sign in: each decision is a new row that supersedes the one before.

// PasswordRule is a decision about passwords, and who made it when.
type PasswordRule struct {
	PasswordAllowed bool
	At              time.Time
	By              string // the name of who decided
}

// Rules is what an organisation has decided, the newest first. Without any a password is allowed.
type Rules struct {
	Organisation string // its name
	All          []PasswordRule
}

// PasswordAllowed tells what holds now.
func (r Rules) PasswordAllowed() bool { return len(r.All) == 0 || r.All[0].PasswordAllowed }

var errRulesStale = errs.New(errs.Denied, "sign-in-rules.stale")

// Rules is what holds in an organisation; NotFound when the actor may not decide there.
func (s *Service) Rules(ctx context.Context, actor access.Subject, organisation string) (r Rules, err error) {
	if !access.Decide(actor, access.SetSignInRules, access.Resource{Organisation: organisation}).Allow {
		return r, errs.New(errs.NotFound, "")
	}
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		if r.Organisation, err = db.One(ctx, tx, scanText, `SELECT name FROM organisation WHERE id = $1`, organisation); err != nil {
			return err
		}
		r.All, err = db.All(ctx, tx, func(row db.Scanner) (x PasswordRule, err error) {
			var at db.Time
			var password string
			err = row.Scan(&password, &at, &x.By)
			x.PasswordAllowed, x.At = password == "allowed", at.Time
			return x, err
		}, `SELECT x.password, x.recorded_at, p.name FROM sign_in_rule x JOIN person p ON p.id = x.recorded_by
			WHERE x.organisation_id = $1 ORDER BY x.recorded_at DESC, x.id DESC LIMIT 50`, organisation)
		return err
	})
	if err != nil {
		return r, fmt.Errorf("read rules of signing in: %w", err)
	}
	return r, nil
}

// AllowPassword decides whether an organisation's people may sign in by password. To forbid it ends nobody's sign-in; the password no
// longer opens. What holds already is not decided again.
func (s *Service) AllowPassword(ctx context.Context, who Who, organisation string, allow bool, requestID string) error {
	if !access.Decide(who.Subject, access.SetSignInRules, access.Resource{Organisation: organisation}).Allow {
		return errs.New(errs.NotFound, "")
	}
	if !s.Fresh(who) {
		return errRulesStale
	}
	now, today, id := db.At(s.clock.Now()), s.directory.Today(), db.NewID()
	word := "forbidden"
	if allow {
		word = "allowed"
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		last, err := db.One(ctx, tx, func(row db.Scanner) (x [2]string, err error) {
			err = row.Scan(&x[0], &x[1])
			return x, err
		}, `SELECT id, password FROM sign_in_rule x WHERE organisation_id = $1
			AND NOT EXISTS (SELECT 1 FROM sign_in_rule n WHERE n.supersedes = x.id)`, organisation)
		if errs.Is(err, errs.NotFound) {
			last, err = [2]string{"", "allowed"}, nil // nobody has decided yet
		}
		if err != nil {
			return fmt.Errorf("read a rule of signing in: %w", err)
		}
		if last[1] == word {
			return nil
		}
		if _, err := tx.Exec(ctx, `INSERT INTO sign_in_rule (id, organisation_id, password, happened_on, recorded_at, recorded_by, supersedes)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`, id, organisation, word, today, now, who.Subject.Person, db.Null(last[0])); err != nil {
			return fmt.Errorf("decide a rule of signing in: %w", err)
		}
		e := entry(who, audit.Action("password-"+word), id, requestID)
		e.Subject = organisation
		return s.log.Add(ctx, tx, e)
	})
}

// forbidding is the names of those organisations that forbid a person to sign in by password: one of all where they work now is enough.
func (s *Service) forbidding(ctx context.Context, tx *db.Tx, person string) ([]string, error) {
	return db.All(ctx, tx, scanText, `SELECT o.name FROM organisation o WHERE
		EXISTS (SELECT 1 FROM role r WHERE r.person_id = $1 AND r.organisation_id = o.id AND r.from_on <= $2 AND (r.to_on IS NULL OR r.to_on >= $2))
		AND EXISTS (SELECT 1 FROM sign_in_rule x WHERE x.organisation_id = o.id AND x.password = 'forbidden'
			AND NOT EXISTS (SELECT 1 FROM sign_in_rule n WHERE n.supersedes = x.id))
		ORDER BY o.name_sort, o.id`, person, s.directory.Today())
}
