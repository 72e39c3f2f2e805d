package vault

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// reason is the form of why: a word of the program's own, never what somebody wrote.
var reason = regexp.MustCompile(`^[a-z0-9][a-z0-9.:-]{0,63}$`)

// Shred erases a subject: its key is destroyed and a tombstone written, in one transaction, and what was sealed with the key can
// not be opened again by anybody. why is a word of the program's own, such as "retention.film". Shredding twice is fine.
// Kinds: NotFound when the owner has no such subject. When the file of erasures could not be written the error is Unavailable:
// the key is gone, and to call again writes the line.
func (v *Vault) Shred(ctx context.Context, ownerID, subjectID, why string) error {
	if !reason.MatchString(why) {
		return fmt.Errorf("shred %s: the reason is a word of letters a-z, digits, dots and hyphens", subjectID)
	}
	t := tombstone{Subject: subjectID, Owner: ownerID, At: db.At(v.clock.Now()), Why: why}
	err := v.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		found, err := shredTx(ctx, tx, t)
		if err == nil && !found {
			return errs.Wrap(errs.NotFound, errors.New("the owner has no such subject"))
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("shred %s: %w", subjectID, err)
	}
	if v.tombstones == "" {
		return nil
	}
	if err := v.appendTombstones(t); err != nil {
		return errs.Wrap(errs.Unavailable, fmt.Errorf("shred %s: the key is destroyed, but the file of erasures could not be written: %w", subjectID, err))
	}
	return nil
}

// shredTx destroys the key that the tombstone names; found is false when the owner has and had no such subject.
func shredTx(ctx context.Context, tx *db.Tx, t tombstone) (found bool, err error) {
	n, err := tx.Exec(ctx, `DELETE FROM subject_key WHERE subject_id = $1 AND owner_id = $2`, t.Subject, t.Owner)
	if err != nil {
		return false, err
	}
	if n == 0 {
		before, err := db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM tombstone WHERE subject_id = $1 AND owner_id = $2`, t.Subject, t.Owner)
		return before > 0, err
	}
	return true, insertTombstone(ctx, tx, t)
}

func insertTombstone(ctx context.Context, tx *db.Tx, t tombstone) error {
	_, err := tx.Exec(ctx, `INSERT INTO tombstone (subject_id, owner_id, shredded_at, why) VALUES ($1, $2, $3, $4)
		ON CONFLICT (subject_id) DO NOTHING`, t.Subject, t.Owner, t.At, t.Why)
	return err
}
