package vault

import (
	"context"
	"crypto/cipher"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// Opener holds the keys of some subjects of one owner, for as long as one request lasts: it is not to be kept. It is safe for
// concurrent use. The zero Opener holds no key.
type Opener struct{ subjects map[string]subject }

// subject is one subject's key, or why there is none. The stored key is two: one for fields, one to derive others from. That
// spares a derivation for each participant of a page.
type subject struct {
	aead cipher.AEAD
	base []byte
	err  error
}

// subjectKeySize is the length of a subject's stored key in bytes.
const subjectKeySize = 2 * keySize

func newSubject(key []byte) subject {
	if len(key) != subjectKeySize {
		return subject{err: ErrBroken}
	}
	return subject{aead: newAEAD(key[:keySize]), base: key[keySize:]}
}

func (o Opener) subject(id string) (subject, error) {
	s, known := o.subjects[id]
	if !known {
		return s, ErrNoKey
	}
	return s, s.err
}

// Seal encrypts a text so that it opens only as this field of this subject. An empty text is sealed like any other, since a NULL
// beside sealed values tells something. field is a name that the program chose, such as "name"; it must stay the same.
func (o Opener) Seal(id, field, text string) ([]byte, error) {
	s, err := o.subject(id)
	if err != nil {
		return nil, fmt.Errorf("seal %s of %s: %w", field, id, err)
	}
	var buf [128]byte
	return seal(s.aead, pad(text), bind(buf[:0], "field", id, field)), nil
}

// Open decrypts what Seal made of this field of this subject. Errors: ErrShredded, ErrNoKey, ErrBroken.
func (o Opener) Open(id, field string, sealed []byte) (string, error) {
	s, err := o.subject(id)
	if err != nil {
		return "", fmt.Errorf("open %s of %s: %w", field, id, err)
	}
	var buf [128]byte
	padded, err := open(s.aead, sealed, bind(buf[:0], "field", id, field))
	if err == nil {
		text, err := unpad(padded)
		if err == nil {
			return text, nil
		}
	}
	return "", fmt.Errorf("open %s of %s: %w", field, id, ErrBroken)
}

// Derive gives a key of the subject for a purpose of another room's, such as sealing a film. It is gone when the subject is
// shredded; whoever asked for it lets go of it when the request ends.
func (o Opener) Derive(id, purpose string) ([keySize]byte, error) {
	s, err := o.subject(id)
	if err != nil {
		return [keySize]byte{}, fmt.Errorf("derive a key of %s: %w", id, err)
	}
	return [keySize]byte(derive(s.base, "subject for "+purpose)), nil
}

// subjectKey is a row of the key store: a wrapped key, or none where the subject was shredded.
type subjectKey struct {
	id, owner string
	wrapped   []byte
}

func scanSubject(row db.Scanner) (subjectKey, error) {
	var k subjectKey
	err := row.Scan(&k.id, &k.owner, &k.wrapped)
	return k, err
}

// Subjects fetches the keys of subjects of one owner, with one query to the key store for up to 256 of them. A subject that was
// shredded, has no key under this owner or has a damaged one is no error here but of Open, so that the others of a page are shown.
func (v *Vault) Subjects(ctx context.Context, ownerID string, ids []string) (Opener, error) {
	if len(ids) == 0 {
		return Opener{}, nil
	}
	o, err := v.owner(ctx, ownerID)
	if err != nil && !errors.Is(err, ErrNoKey) {
		return Opener{}, fmt.Errorf("subject keys: %w", err)
	}
	var keys []subjectKey
	err = v.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		keys, err = readSubjects(ctx, tx, ids)
		return err
	})
	if err != nil {
		return Opener{}, fmt.Errorf("subject keys of owner %s: %w", ownerID, err)
	}
	return newOpener(o, ownerID, keys), nil
}

func newOpener(o *owner, ownerID string, keys []subjectKey) Opener {
	subjects := make(map[string]subject, len(keys))
	for _, k := range keys {
		switch {
		case k.owner != ownerID: // somebody else's: unknown here
		case k.wrapped == nil:
			subjects[k.id] = subject{err: ErrShredded}
		case o == nil: // a key without its owner's can not be opened
		default:
			key, err := open(o.aead, k.wrapped, bind(nil, "subject", ownerID, k.id))
			if err != nil {
				subjects[k.id] = subject{err: ErrBroken}
				continue
			}
			subjects[k.id] = newSubject(key)
		}
	}
	return Opener{subjects}
}

// readSubjects reads keys and tombstones of subjects of any owner.
func readSubjects(ctx context.Context, tx *db.Tx, ids []string) ([]subjectKey, error) {
	var all []subjectKey
	for len(ids) > 0 {
		n := min(len(ids), 256)
		marks, args := inList(ids[:n])
		ids = ids[n:]
		keys, err := db.All(ctx, tx, scanSubject, `SELECT subject_id, owner_id, wrapped FROM subject_key WHERE subject_id IN (`+marks+`)
			UNION ALL SELECT subject_id, owner_id, NULL FROM tombstone WHERE subject_id IN (`+marks+`)`, args...)
		if err != nil {
			return nil, err
		}
		all = append(all, keys...)
	}
	return all, nil
}

// inList makes the placeholders and arguments of an IN list. Their number goes up in powers of two, the last id repeated, so that
// few different statements have to be prepared.
func inList(ids []string) (marks string, args []any) {
	size := 1
	for size < len(ids) {
		size *= 2
	}
	var b strings.Builder
	for i := range size {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("$" + strconv.Itoa(i+1))
		args = append(args, ids[min(i, len(ids)-1)])
	}
	return b.String(), args
}

// NewSubject makes the key of a subject and gives the Opener to seal with. The key is stored when this returns: call it before
// the transaction that stores the sealed data, never inside. To call it again with the same ids is fine and gives the same key.
// Kinds: Conflict when the id is another owner's subject, NotFound (ErrShredded) when it was erased: an id never comes back.
func (v *Vault) NewSubject(ctx context.Context, ownerID, subjectID string) (Opener, error) {
	return v.NewSubjects(ctx, ownerID, []string{subjectID})
}

// NewSubjects is NewSubject for many, all or none of them; for imports.
func (v *Vault) NewSubjects(ctx context.Context, ownerID string, ids []string) (Opener, error) {
	for _, id := range ids {
		if err := checkID(id); err != nil {
			return Opener{}, fmt.Errorf("new subject: %w", err)
		}
	}
	o, err := v.ownerOrNew(ctx, ownerID)
	if err != nil {
		return Opener{}, fmt.Errorf("new subject: %w", err)
	}
	fresh := make([]subjectKey, len(ids))
	for i, id := range ids {
		fresh[i] = subjectKey{id, ownerID, seal(o.aead, newKey(subjectKeySize), bind(nil, "subject", ownerID, id))}
	}
	now := db.At(v.clock.Now())
	var stored []subjectKey
	err = v.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		stored, err = insertSubjects(ctx, tx, ownerID, fresh, now)
		return err
	})
	if err != nil {
		return Opener{}, fmt.Errorf("new subjects of owner %s: %w", ownerID, err)
	}
	return newOpener(o, ownerID, stored), nil
}

// insertSubjects stores keys that are not there yet and tells what is stored. The keys are read back only where some were there
// already: on PostgreSQL a read of the index's last page would make every two concurrent calls conflict.
func insertSubjects(ctx context.Context, tx *db.Tx, ownerID string, fresh []subjectKey, now db.Time) ([]subjectKey, error) {
	ids := make([]string, len(fresh))
	var missing bool
	for i, k := range fresh {
		ids[i] = k.id
		n, err := tx.Exec(ctx, `INSERT INTO subject_key (subject_id, owner_id, wrapped, created_at)
			SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT 1 FROM tombstone WHERE subject_id = $1)
			ON CONFLICT (subject_id) DO NOTHING`, k.id, k.owner, k.wrapped, now)
		if err != nil {
			return nil, err
		}
		missing = missing || n == 0
	}
	if !missing {
		return fresh, nil
	}
	stored, err := readSubjects(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	for _, k := range stored {
		switch {
		case k.wrapped == nil:
			return nil, fmt.Errorf("subject %s: %w", k.id, ErrShredded)
		case k.owner != ownerID:
			return nil, errs.Wrap(errs.Conflict, fmt.Errorf("subject %s has another owner", k.id))
		}
	}
	return stored, nil
}
