package signin

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"image/png"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"hemvist/internal/db"
	"hemvist/internal/errs"
)

const (
	draftLimit   = 30 * time.Minute
	reserveCodes = 10
	totpOwner    = "sign-in" // in the vault, of the secrets that codes are worked out from
	totpSecret   = 20        // bytes; RFC 4226, section 4, R6
	qrSize       = 220       // pixels
)

var totpOptions = totp.ValidateOpts{Period: 30, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

var (
	errForbidden = errs.New(errs.Denied, "password.error.forbidden")
	errDraftCode = errs.InvalidFields(errs.Field{Name: "code", Key: "password.error.code"})
)

// Enrolment is what an app needs to work out the codes of a password that waits for its first one.
type Enrolment struct {
	Secret string // in letters and digits, to be typed
	QR     []byte // the same as a PNG to be read by a camera
}

// BeginPassword takes a password that a person wants. It opens nothing until its first code has come: FinishPassword. A password that
// is too short or too easily guessed is an Invalid field.
func (s *Service) BeginPassword(ctx context.Context, who Who, password, requestID string) error {
	if err := s.mayChange(who); err != nil {
		return err
	}
	var about []string
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		by, err := s.forbidding(ctx, tx, who.Subject.Person)
		if err == nil && len(by) > 0 {
			err = errForbidden
		}
		if err != nil {
			return err
		}
		about, err = db.All(ctx, tx, scanText, `SELECT p.name || ' ' || p.email FROM person p WHERE p.id = $1
			UNION ALL SELECT o.name FROM role r JOIN organisation o ON o.id = r.organisation_id WHERE r.person_id = $1`, who.Subject.Person)
		return err
	})
	if err != nil {
		return err
	}
	if fault := passwordFault(password, about); fault != "" {
		return errs.InvalidFields(errs.Field{Name: "password", Key: fault, Args: map[string]any{"min": minPassword, "max": maxPassword}})
	}
	hash, err := s.hashes.hash(ctx, password)
	if err != nil {
		return err
	}
	raw := make([]byte, totpSecret)
	_, _ = rand.Read(raw) // never fails: crypto/rand ends the program instead
	key, err := s.vault.NewSubject(ctx, totpOwner, totpSubject(who.Subject.Person))
	if err != nil {
		return fmt.Errorf("make a key for a changing code: %w", err)
	}
	sealed, err := key.Seal(totpSubject(who.Subject.Person), "totp", otpText.EncodeToString(raw))
	if err != nil {
		return fmt.Errorf("seal a changing code's secret: %w", err)
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM password_draft WHERE person_id = $1`, who.Subject.Person); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO password_draft (person_id, hash, totp, ends_at) VALUES ($1, $2, $3, $4)`,
			who.Subject.Person, hash, sealed, db.At(s.clock.Now().Add(draftLimit))); err != nil {
			return fmt.Errorf("keep a password that waits for its code: %w", err)
		}
		return s.log.Add(ctx, tx, entry(who, "password-begun", who.Session, requestID))
	})
}

// draft is a password that waits for its first code.
type draft struct {
	hash   string
	sealed []byte
	secret string
}

// draftOf is who's; NotFound when they have none, or it has waited for too long.
func (s *Service) draftOf(ctx context.Context, who Who) (d draft, err error) {
	if err := s.mayChange(who); err != nil {
		return d, err
	}
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT hash, totp FROM password_draft WHERE person_id = $1 AND ends_at > $2`,
			who.Subject.Person, db.At(s.clock.Now())).Scan(&d.hash, &d.sealed)
	})
	if err == nil {
		d.secret, err = s.openTOTP(ctx, who.Subject.Person, d.sealed)
	}
	return d, err
}

// Enrolment is what who's app needs; NotFound when no password waits.
func (s *Service) Enrolment(ctx context.Context, who Who) (Enrolment, error) {
	d, err := s.draftOf(ctx, who)
	if err != nil {
		return Enrolment{}, err
	}
	email, err := s.emailOf(ctx, who)
	if err != nil {
		return Enrolment{}, err
	}
	raw, err := otpText.DecodeString(d.secret)
	if err != nil {
		return Enrolment{}, fmt.Errorf("read a changing code's secret: %w", err)
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "Hemvist", AccountName: email, Secret: raw, Period: totpOptions.Period, Digits: totpOptions.Digits,
		Algorithm: totpOptions.Algorithm})
	if err != nil {
		return Enrolment{}, fmt.Errorf("make what an app reads: %w", err)
	}
	img, err := key.Image(qrSize, qrSize)
	if err != nil {
		return Enrolment{}, fmt.Errorf("draw what an app reads: %w", err)
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		return Enrolment{}, fmt.Errorf("draw what an app reads: %w", err)
	}
	return Enrolment{Secret: key.Secret(), QR: buf.Bytes()}, nil
}

// FinishPassword makes the password that waits who's own when its first code is right, and returns the reserve codes, which are
// shown once. Sign-ins that were made by the password before end.
func (s *Service) FinishPassword(ctx context.Context, who Who, code, requestID string) ([]string, error) {
	d, err := s.draftOf(ctx, who)
	if err != nil {
		return nil, err
	}
	step := stepOf(d.secret, code, s.clock.Now())
	if step == 0 {
		return nil, errDraftCode
	}
	texts, hashes := newReserve()
	now := db.At(s.clock.Now())
	return texts, s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, `DELETE FROM password_draft WHERE person_id = $1 AND hash = $2`, who.Subject.Person, d.hash)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.NotFound, "")
		}
		if _, err := tx.Exec(ctx, `DELETE FROM password WHERE person_id = $1`, who.Subject.Person); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO password (person_id, hash, totp, last_step, set_at) VALUES ($1, $2, $3, $4, $5)`,
			who.Subject.Person, d.hash, d.sealed, step, now); err != nil {
			return fmt.Errorf("set a password: %w", err)
		}
		if err := s.replaceReserve(ctx, tx, who, hashes); err != nil {
			return err
		}
		if err := s.log.Add(ctx, tx, entry(who, "password-set", who.Session, requestID)); err != nil {
			return err
		}
		return s.endWhere(ctx, tx, who, `means = 'password' AND id <> $3`, []any{who.Session}, requestID)
	})
}

// NewReserveCodes makes the reserve codes anew; those from before open nothing any more. They are shown once.
func (s *Service) NewReserveCodes(ctx context.Context, who Who, requestID string) ([]string, error) {
	if err := s.mayChange(who); err != nil {
		return nil, err
	}
	texts, hashes := newReserve()
	return texts, s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := db.One(ctx, tx, scanText, `SELECT person_id FROM password WHERE person_id = $1`, who.Subject.Person); err != nil {
			return err
		}
		if err := s.replaceReserve(ctx, tx, who, hashes); err != nil {
			return err
		}
		return s.log.Add(ctx, tx, entry(who, "reserve-codes-made", who.Session, requestID))
	})
}

// RemovePassword takes the password away, and ends the other sign-ins that were made by it.
func (s *Service) RemovePassword(ctx context.Context, who Who, requestID string) error {
	if err := s.mayChange(who); err != nil {
		return err
	}
	return s.changeOwn(ctx, `DELETE FROM password WHERE person_id = $1`, []any{who.Subject.Person}, func(ctx context.Context, tx *db.Tx) error {
		if err := s.replaceReserve(ctx, tx, who, nil); err != nil {
			return err
		}
		if err := s.log.Add(ctx, tx, entry(who, "password-removed", who.Session, requestID)); err != nil {
			return err
		}
		return s.endWhere(ctx, tx, who, `means = 'password' AND id <> $3`, []any{who.Session}, requestID)
	})
}

// removePasswordTx takes away all of a person's password, also one that waits for its first code.
func (s *Service) removePasswordTx(ctx context.Context, tx *db.Tx, person string) error {
	for _, remove := range []string{`DELETE FROM password WHERE person_id = $1`, `DELETE FROM password_draft WHERE person_id = $1`,
		`DELETE FROM reserve_code WHERE person_id = $1`} {
		if _, err := tx.Exec(ctx, remove, person); err != nil {
			return fmt.Errorf("remove a password: %w", err)
		}
	}
	return nil
}

// newReserve makes reserve codes, of 80 random bits each.
func newReserve() (texts []string, hashes [][]byte) {
	for range reserveCodes {
		text, hash := newSecret(10)
		texts, hashes = append(texts, text[:4]+"-"+text[4:8]+"-"+text[8:12]+"-"+text[12:]), append(hashes, hash)
	}
	return texts, hashes
}

func (s *Service) replaceReserve(ctx context.Context, tx *db.Tx, who Who, hashes [][]byte) error {
	if _, err := tx.Exec(ctx, `DELETE FROM reserve_code WHERE person_id = $1`, who.Subject.Person); err != nil {
		return err
	}
	for _, hash := range hashes {
		if _, err := tx.Exec(ctx, `INSERT INTO reserve_code (person_id, hash) VALUES ($1, $2)`, who.Subject.Person, hash); err != nil {
			return fmt.Errorf("keep a reserve code: %w", err)
		}
	}
	return nil
}

// otpText writes a secret as apps read it: RFC 4648, section 6.
var otpText = base32.StdEncoding.WithPadding(base32.NoPadding)

func totpSubject(person string) string { return "totp " + person }

func (s *Service) openTOTP(ctx context.Context, person string, sealed []byte) (string, error) {
	key, err := s.vault.Subjects(ctx, totpOwner, []string{totpSubject(person)})
	if err != nil {
		return "", fmt.Errorf("fetch the key of a changing code: %w", err)
	}
	secret, err := key.Open(totpSubject(person), "totp", sealed)
	if err != nil {
		return "", fmt.Errorf("open a changing code's secret: %w", err)
	}
	return secret, nil
}

// stepOf is the half minute, counted from 1970, that a code is of: this one, the one before or the next, as clocks differ. 0 when it
// is of none.
func stepOf(secret, code string, now time.Time) int64 {
	code = strings.Join(strings.Fields(code), "")
	period := int64(totpOptions.Period)
	var found int64
	for step := now.Unix()/period - 1; step <= now.Unix()/period+1; step++ {
		want, err := totp.GenerateCodeCustom(secret, time.Unix(step*period, 0), totpOptions)
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			found = step
		}
	}
	return found
}
