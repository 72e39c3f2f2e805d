package signin

import (
	"context"
	"fmt"
	"time"

	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
)

// A password is the way in for who can have no passkey. It never opens alone: it comes with a code that changes each half minute, or with
// one of the reserve codes that a person keeps on paper.

// PasswordTry is what somebody types who signs in by password.
type PasswordTry struct{ Email, Password, Code string }

// errPassword is the one answer to every password that does not open: of an address that is unknown, wrong, with a wrong or used code,
// tried too often, or forbidden by an organisation.
var errPassword = errs.New(errs.Invalid, "password.error.sign-in")

// known is what is stored of the password behind an address; without a person when there is nothing.
type known struct {
	person, hash string
	sealed       []byte
	last         int64
	forbidden    bool
}

// SignInWithPassword signs somebody in by password and code. Whatever does not open gets one and the same answer, after the same work.
func (s *Service) SignInWithPassword(ctx context.Context, try PasswordTry, requestID string) (string, error) {
	k, p, err := s.tryPassword(ctx, try)
	if err != nil {
		return "", err
	}
	secret := ""
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		secret = ""
		ok, err := s.useProof(ctx, tx, k, p)
		if err != nil {
			return err
		}
		role, err := s.firstRole(ctx, tx, k.person)
		if errs.Is(err, errs.Invalid) {
			ok = false
		} else if err != nil {
			return err
		}
		if !ok {
			return s.refusePassword(ctx, tx, k, requestID)
		}
		secret, err = s.begin(ctx, tx, role, ByPassword, "", requestID)
		return err
	})
	if err == nil && secret == "" {
		err = errPassword
	}
	return secret, err
}

// ConfirmWithPassword makes a sign-in fresh by the person's own password and code.
func (s *Service) ConfirmWithPassword(ctx context.Context, who Who, password, code, requestID string) error {
	email, err := s.emailOf(ctx, who)
	if err != nil {
		return err
	}
	k, p, err := s.tryPassword(ctx, PasswordTry{Email: email, Password: password, Code: code})
	if err != nil {
		return err
	}
	ok := false
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if ok, err = s.useProof(ctx, tx, k, p); err != nil {
			return err
		}
		if !ok {
			return s.refusePassword(ctx, tx, k, requestID)
		}
		return s.freshen(ctx, tx, who, "password", "", requestID)
	})
	if err == nil && !ok {
		err = errPassword
	}
	return err
}

func (s *Service) emailOf(ctx context.Context, who Who) (email string, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		email, err = db.One(ctx, tx, scanText, `SELECT email FROM person WHERE id = $1`, who.Subject.Person)
		return err
	})
	return email, err
}

func (s *Service) refusePassword(ctx context.Context, tx *db.Tx, k known, requestID string) error {
	return s.log.Add(ctx, tx, audit.Entry{Action: "sign-in-refused", Subject: k.person, Outcome: audit.Denied, RequestID: requestID})
}

// proof is what a try came to, before it is used up.
type proof struct {
	right   bool
	step    int64  // of the changing code; 0 for a reserve code
	reserve []byte // hash of the reserve code
}

// tryPassword does all that a try costs, whether there is such a person or not: it counts it, looks the address up, works out one hash
// and compares the code.
func (s *Service) tryPassword(ctx context.Context, try PasswordTry) (known, proof, error) {
	email := directory.FoldEmail(try.Email)
	admitted := s.tries.credentials.take("password " + email)
	var k known
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		k, err = s.knownPassword(ctx, tx, email)
		return err
	})
	if err != nil {
		return k, proof{}, fmt.Errorf("look up a password: %w", err)
	}
	stored := k.hash
	if stored == "" {
		stored = s.hashes.none
	}
	right, err := s.hashes.matches(ctx, stored, try.Password)
	if err != nil {
		return k, proof{}, err
	}
	p := proof{reserve: hashSecret(try.Code)}
	if k.hash != "" {
		secret, err := s.openTOTP(ctx, k.person, k.sealed)
		if err != nil {
			return k, proof{}, err
		}
		p.step = stepOf(secret, try.Code, s.clock.Now())
	}
	p.right = right && admitted && k.hash != "" && !k.forbidden
	return k, p, nil
}

func (s *Service) knownPassword(ctx context.Context, tx *db.Tx, email string) (known, error) {
	k, err := db.One(ctx, tx, func(row db.Scanner) (k known, err error) {
		err = row.Scan(&k.person, &k.hash, &k.sealed, &k.last)
		return k, err
	}, `SELECT p.id, coalesce(w.hash, ''), w.totp, coalesce(w.last_step, 0) FROM person p LEFT JOIN password w ON w.person_id = p.id WHERE p.email = $1`, email)
	if errs.Is(err, errs.NotFound) {
		return known{}, nil
	}
	if err != nil {
		return k, err
	}
	by, err := s.forbidding(ctx, tx, k.person)
	k.forbidden = len(by) > 0
	return k, err
}

// useProof uses up the code of a try, and tells whether the try opens. Of many who try one code at once, one wins.
func (s *Service) useProof(ctx context.Context, tx *db.Tx, k known, p proof) (bool, error) {
	if !p.right {
		return false, nil
	}
	now := db.At(s.clock.Now())
	if p.step > 0 {
		n, err := tx.Exec(ctx, `UPDATE password SET last_step = $1, used_at = $2 WHERE person_id = $3 AND hash = $4 AND last_step < $1`,
			p.step, now, k.person, k.hash)
		if err != nil {
			return false, fmt.Errorf("use a changing code: %w", err)
		}
		return n == 1, nil
	}
	n, err := tx.Exec(ctx, `UPDATE reserve_code SET used_at = $1 WHERE person_id = $2 AND hash = $3 AND used_at IS NULL`, now, k.person, p.reserve)
	if err != nil {
		return false, fmt.Errorf("use a reserve code: %w", err)
	}
	if n == 0 {
		return false, nil
	}
	n, err = tx.Exec(ctx, `UPDATE password SET used_at = $1 WHERE person_id = $2 AND hash = $3`, now, k.person, k.hash)
	return n == 1, err
}

// MyPassword is what a person is shown of their password.
type MyPassword struct {
	Set       bool
	Since     time.Time
	Used      time.Time // zero when never
	Reserve   int       // reserve codes that are left
	Forbidden []string  // the names of the organisations that forbid it
}

// Password is a person's own.
func (s *Service) Password(ctx context.Context, who Who) (m MyPassword, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		m, err = db.One(ctx, tx, func(row db.Scanner) (m MyPassword, err error) {
			var set, used db.Time
			err = row.Scan(&set, &used, &m.Reserve)
			m.Set, m.Since, m.Used = true, set.Time, used.Time
			return m, err
		}, `SELECT set_at, used_at, (SELECT count(*) FROM reserve_code r WHERE r.person_id = w.person_id AND r.used_at IS NULL)
			FROM password w WHERE person_id = $1`, who.Subject.Person)
		if err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
		m.Forbidden, err = s.forbidding(ctx, tx, who.Subject.Person)
		return err
	})
	if err != nil {
		return m, fmt.Errorf("read what is known of a password: %w", err)
	}
	return m, nil
}
