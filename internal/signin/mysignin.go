package signin

import (
	"context"
	"fmt"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// SignIn is a sign-in of a person's that is alive.
type SignIn struct {
	ID           string
	By           Means
	Passkey      string // the name of the passkey it was made by
	Role         access.Role
	Organisation string // its name
	Began, Seen  time.Time
	Current      bool // it is the one that asks
}

// Passkeys is a person's own, the oldest first.
func (s *Service) Passkeys(ctx context.Context, who Who) (all []Passkey, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = db.All(ctx, tx, scanPasskey, passkeyRows+` ORDER BY created_at, id`, who.Subject.Person)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list passkeys: %w", err)
	}
	return all, nil
}

// Passkey is one of a person's own; NotFound when it is not theirs.
func (s *Service) Passkey(ctx context.Context, who Who, id string) (p Passkey, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = db.One(ctx, tx, scanPasskey, passkeyRows+` AND id = $2`, who.Subject.Person, id)
		return err
	})
	return p, err
}

const passkeyRows = `SELECT id, name, created_at, last_used_at, CASE WHEN blocked_at IS NULL THEN 0 ELSE 1 END
	FROM passkey WHERE person_id = $1 AND removed_at IS NULL`

func scanPasskey(row db.Scanner) (p Passkey, err error) {
	var created, used db.Time
	var blocked int
	err = row.Scan(&p.ID, &p.Name, &created, &used, &blocked)
	p.Created, p.Used, p.Blocked = created.Time, used.Time, blocked == 1
	return p, err
}

// WantsPasskey tells whether who could have a passkey and has none.
func (s *Service) WantsPasskey(ctx context.Context, who Who) (bool, error) {
	if s.passkeys == nil || who.Via != "" {
		return false, nil
	}
	n := 0
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(*) FROM passkey WHERE person_id = $1 AND removed_at IS NULL AND blocked_at IS NULL`,
			who.Subject.Person).Scan(&n)
	})
	return n == 0, err
}

// RenamePasskey gives a person's own passkey another name.
func (s *Service) RenamePasskey(ctx context.Context, who Who, id, name, requestID string) error {
	name, err := passkeyName(name)
	if err != nil {
		return err
	}
	return s.changeOwn(ctx, `UPDATE passkey SET name = $3 WHERE person_id = $1 AND id = $2 AND removed_at IS NULL`,
		[]any{who.Subject.Person, id, name}, func(ctx context.Context, tx *db.Tx) error {
			return s.log.Add(ctx, tx, entry(who, "passkey-renamed", id, requestID))
		})
}

// RemovePasskey takes a way in away, and ends the other sign-ins that were made by it: whoever removes a passkey has lost it, or no
// longer trusts it. It wants a fresh sign-in. Without any passkey a person signs in by code, so the last one may go too.
func (s *Service) RemovePasskey(ctx context.Context, who Who, id, requestID string) error {
	if err := s.mayChange(who); err != nil {
		return err
	}
	now := db.At(s.clock.Now())
	return s.changeOwn(ctx, `UPDATE passkey SET removed_at = $3 WHERE person_id = $1 AND id = $2 AND removed_at IS NULL`,
		[]any{who.Subject.Person, id, now}, func(ctx context.Context, tx *db.Tx) error {
			if err := s.log.Add(ctx, tx, entry(who, "passkey-removed", id, requestID)); err != nil {
				return err
			}
			return s.endWhere(ctx, tx, who, `passkey_id = $3 AND id <> $4`, []any{id, who.Session}, requestID)
		})
}

// SignIns is a person's sign-ins that are alive, this one first and then the latest.
func (s *Service) SignIns(ctx context.Context, who Who) (all []SignIn, err error) {
	now := s.clock.Now()
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = db.All(ctx, tx, func(row db.Scanner) (x SignIn, err error) {
			var began, seen db.Time
			err = row.Scan(&x.ID, &x.By, &x.Passkey, &x.Role, &x.Organisation, &began, &seen)
			x.Began, x.Seen, x.Current = began.Time, seen.Time, x.ID == who.Session
			return x, err
		}, `SELECT s.id, s.means, coalesce(k.name, ''), r.role, o.name, s.created_at, s.seen_at
			FROM sign_in_session s JOIN role r ON r.id = s.role_id JOIN organisation o ON o.id = r.organisation_id
			LEFT JOIN passkey k ON k.id = s.passkey_id
			WHERE s.person_id = $1 AND s.ended_at IS NULL AND s.created_at > $2 AND s.seen_at > $3
				AND r.from_on <= $4 AND (r.to_on IS NULL OR r.to_on >= $4)
			ORDER BY CASE WHEN s.id = $5 THEN 0 ELSE 1 END, s.seen_at DESC, s.id DESC`,
			who.Subject.Person, db.At(now.Add(-OverallLimit)), db.At(now.Add(-IdleLimit)), s.directory.Today(), who.Session)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list sign-ins: %w", err)
	}
	return all, nil
}

// EndSignIn ends one of a person's own sign-ins; it bites at that browser's next request. NotFound when it is not theirs, or has
// ended.
func (s *Service) EndSignIn(ctx context.Context, who Who, id, requestID string) error {
	return s.changeOwn(ctx, `UPDATE sign_in_session SET ended_at = $3 WHERE person_id = $1 AND id = $2 AND ended_at IS NULL`,
		[]any{who.Subject.Person, id, db.At(s.clock.Now())}, func(ctx context.Context, tx *db.Tx) error {
			return s.log.Add(ctx, tx, entry(who, "session-ended", id, requestID))
		})
}

// EndOtherSignIns ends all of a person's sign-ins but the one that asks.
func (s *Service) EndOtherSignIns(ctx context.Context, who Who, requestID string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return s.endWhere(ctx, tx, who, `id <> $3`, []any{who.Session}, requestID)
	})
}

// endWhere ends those of a person's sign-ins that a condition picks, each with its entry. What is older than a day has ended by itself. The
// condition's arguments begin at $3.
func (s *Service) endWhere(ctx context.Context, tx *db.Tx, who Who, condition string, args []any, requestID string) error {
	ids, err := db.All(ctx, tx, scanText, `SELECT id FROM sign_in_session WHERE person_id = $1 AND created_at > $2 AND ended_at IS NULL AND `+condition,
		append([]any{who.Subject.Person, db.At(s.clock.Now().Add(-OverallLimit))}, args...)...)
	if err != nil {
		return fmt.Errorf("find sign-ins to end: %w", err)
	}
	for _, id := range ids {
		if _, err := tx.Exec(ctx, `UPDATE sign_in_session SET ended_at = $1 WHERE id = $2`, db.At(s.clock.Now()), id); err != nil {
			return fmt.Errorf("end a sign-in: %w", err)
		}
		if err := s.log.Add(ctx, tx, entry(who, "session-ended", id, requestID)); err != nil {
			return err
		}
	}
	return nil
}

// changeOwn changes the one row of the person's own that the update picks, and then does the rest. NotFound when there is none.
func (s *Service) changeOwn(ctx context.Context, update string, args []any, then func(context.Context, *db.Tx) error) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, update, args...)
		if err != nil {
			return fmt.Errorf("change a sign-in: %w", err)
		}
		if n == 0 {
			return errs.New(errs.NotFound, "")
		}
		return then(ctx, tx)
	})
}
