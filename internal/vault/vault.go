// Package vault keeps the keys: a root key that is nowhere in a database, one key for each owner (an authority or an
// organisation) wrapped by it, and one data key for each subject (a participant, a case, a film) wrapped by the owner's. With
// them it seals small texts, makes keyed hashes to search by, and erases: to erase is to destroy a subject's key.
//
// The keys live in a database of their own, whose backups are kept for a shorter time than those of the data, and are written
// before the data that needs them. Owner keys are kept open in memory; a subject's key lives as long as the request that asked
// for it, so that an erasure bites at once on every instance.
//
// It never stores what it seals, never decides who may open what (package access), and never logs a key or a text.
package vault

import (
	"bytes"
	"context"
	"encoding/base32"
	"errors"
	"fmt"
	"sync"

	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// What can be wrong with a key or a sealed value. Compare with errors.Is.
var (
	// ErrShredded: the subject was erased. Pages say so in the place of the text.
	ErrShredded = errs.New(errs.NotFound, "vault.shredded")
	// ErrNoKey: there is no key of the subject under this owner, and no erasure either.
	ErrNoKey error = &errs.Error{Kind: errs.Internal, Key: "vault.no-key", Err: errors.New("the key store holds no key of this subject for this owner")}
	// ErrBroken: the sealed bytes were altered, or belong to another subject or field.
	ErrBroken error = &errs.Error{Kind: errs.Internal, Key: "vault.broken", Err: errSealed}
	// ErrWrongRoot: the key store was made with another root key.
	ErrWrongRoot = errors.New("this is not the root key that the key store was made with")
	// ErrRootChanged: the root key was rotated while this instance ran; it has to be started again with the new one.
	ErrRootChanged error = &errs.Error{Kind: errs.Unavailable, Key: "vault.root-changed", Err: errors.New("the root key has been rotated since this instance started")}
)

// Vault is the open key store. It is safe for concurrent use.
type Vault struct {
	db         *db.DB
	clock      clock.Clock
	tombstones string // path of the file of erasures, or ""
	house      []byte // the installation's own key, from which keys for other purposes are derived
	fresh      bool
	replayed   Replayed

	mu     sync.RWMutex
	root   Root
	owners map[string]*owner
}

// Option is a choice of Open.
type Option func(*Vault)

// WithClock sets the clock by which erasures are dated; the machine's own otherwise.
func WithClock(c clock.Clock) Option { return func(v *Vault) { v.clock = c } }

// WithTombstones names a file, best on another disk, where each erasure is written too. Open first replays it, so that a key
// store restored from a backup has forgotten nothing before anything is served. See SyncTombstones.
func WithTombstones(path string) Option { return func(v *Vault) { v.tombstones = path } }

// Open opens the key store in keys, which the caller opened with Migrations and closes. A key store that is empty is given to
// this root key. Another root key than its own is ErrWrongRoot.
func Open(ctx context.Context, keys *db.DB, root Root, options ...Option) (*Vault, error) {
	if !root.set {
		return nil, errors.New("open the key store: no root key was given")
	}
	v := &Vault{db: keys, clock: clock.System{}, root: root, owners: map[string]*owner{}}
	for _, option := range options {
		option(v)
	}
	if err := v.openHouse(ctx); err != nil {
		return nil, fmt.Errorf("open the key store: %w", err)
	}
	if v.tombstones != "" {
		replayed, err := v.SyncTombstones(ctx)
		if err != nil {
			return nil, fmt.Errorf("open the key store: %w", err)
		}
		v.replayed = replayed
	}
	return v, nil
}

// Fresh tells whether Open found the key store empty and made it. Where there is sealed data already, that means that the key
// store was lost, and a caller should not serve.
func (v *Vault) Fresh() bool { return v.fresh }

// Replayed is what Open took from the file of erasures.
func (v *Vault) Replayed() Replayed { return v.replayed }

// Derive gives a key for a purpose of the installation's own, such as the audit log's. It stays the same when the root key is
// rotated. A purpose is a constant of the program, never data.
func (v *Vault) Derive(purpose string) [keySize]byte {
	return [keySize]byte(derive(v.house, "house "+purpose))
}

// Secret is the secret of a link that is sent to somebody, of 160 bits: it is worked out anew when the letter is written, so that only
// its hash needs to be stored. The purpose is a constant of the program; the id, of what the link opens, is never used for two secrets.
func (v *Vault) Secret(purpose, id string) string {
	return secretText.EncodeToString(derive(v.house, "secret "+purpose+" "+id)[:20])
}

// secretText writes secrets in letters and digits that are hard to mix up and easy to type.
var secretText = base32.NewEncoding("abcdefghjkmnpqrstuvwxyz023456789").WithPadding(base32.NoPadding)

// house is the row that ties a key store to its root key.
type house struct{ check, wrapped []byte }

func scanHouse(row db.Scanner) (house, error) {
	var h house
	err := row.Scan(&h.check, &h.wrapped)
	return h, err
}

const selectHouse = `SELECT root_check, wrapped FROM house WHERE id = 1`

func readHouse(ctx context.Context, tx *db.Tx) (house, error) {
	return db.One(ctx, tx, scanHouse, selectHouse)
}

// rootCheck tells root keys apart; nothing about the key can be learnt from it.
func rootCheck(r Root) []byte { return derive(r.key[:], "root check")[:8] }

func wrapHouse(r Root, key []byte) []byte {
	return seal(newAEAD(derive(r.key[:], "root wrap")), key, bind(nil, "house"))
}

func wrapOwner(r Root, ownerID string, key []byte) []byte {
	return seal(newAEAD(derive(r.key[:], "root wrap")), key, bind(nil, "owner", ownerID))
}

func unwrapOwner(r Root, ownerID string, wrapped []byte) ([]byte, error) {
	return open(newAEAD(derive(r.key[:], "root wrap")), wrapped, bind(nil, "owner", ownerID))
}

func (v *Vault) openHouse(ctx context.Context) error {
	var h house
	read := func(ctx context.Context, tx *db.Tx) (err error) {
		h, err = readHouse(ctx, tx)
		return err
	}
	err := v.db.Read(ctx, read)
	if errs.Is(err, errs.NotFound) {
		if err := v.makeHouse(ctx); err != nil {
			return err
		}
		// What is stored counts: another instance may have been first.
		err = v.db.Read(ctx, read)
	}
	if err != nil {
		return err
	}
	if check := rootCheck(v.root); !bytes.Equal(h.check, check) {
		return fmt.Errorf("%w: it wants the key with check %x, this one has %x; find the right key in its safe place", ErrWrongRoot, h.check, check)
	}
	v.house, err = open(newAEAD(derive(v.root.key[:], "root wrap")), h.wrapped, bind(nil, "house"))
	if err != nil {
		return fmt.Errorf("the root key is right but the key store is damaged: %w", err)
	}
	return nil
}

func (v *Vault) makeHouse(ctx context.Context) error {
	wrapped, now := wrapHouse(v.root, newKey(keySize)), db.At(v.clock.Now())
	var made int64
	err := v.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		made, err = tx.Exec(ctx, `INSERT INTO house (id, root_check, wrapped, created_at) VALUES (1, $1, $2, $3)
			ON CONFLICT (id) DO NOTHING`, rootCheck(v.root), wrapped, now)
		return err
	})
	v.fresh = err == nil && made == 1
	return err
}
