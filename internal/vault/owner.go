package vault

import (
	"bytes"
	"context"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"

	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// owner is an owner's key as it is kept open: only what is derived from it.
type owner struct {
	aead   cipher.AEAD // wraps the keys of subjects
	search []byte      // hashes words
}

func newOwner(key []byte) *owner {
	return &owner{aead: newAEAD(derive(key, "owner wrap")), search: derive(key, "owner search")}
}

func newKey(size int) []byte {
	key := make([]byte, size)
	_, _ = rand.Read(key) // never fails: it ends the program instead
	return key
}

// Longest id of an owner or a subject, in bytes. A UUID has 36.
const maxID = 128

func checkID(id string) error {
	if id == "" || len(id) > maxID {
		return fmt.Errorf("an id has 1 to %d bytes, this one %d", maxID, len(id))
	}
	return nil
}

// owner gives an owner's open key. One that does not exist is ErrNoKey.
func (v *Vault) owner(ctx context.Context, ownerID string) (*owner, error) {
	v.mu.RLock()
	o, root := v.owners[ownerID], v.root
	v.mu.RUnlock()
	if o != nil {
		return o, nil
	}
	if err := checkID(ownerID); err != nil {
		return nil, fmt.Errorf("owner key: %w", err)
	}
	var wrapped []byte
	err := v.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		wrapped, err = readOwner(ctx, tx, ownerID)
		return err
	})
	if errs.Is(err, errs.NotFound) {
		return nil, ErrNoKey
	}
	if err != nil {
		return nil, fmt.Errorf("read owner key %s: %w", ownerID, err)
	}
	return v.keepOwner(ctx, root, ownerID, wrapped)
}

// ownerOrNew is owner, and makes the key where there is none. When two instances do so at once, both get the one that was stored.
func (v *Vault) ownerOrNew(ctx context.Context, ownerID string) (*owner, error) {
	o, err := v.owner(ctx, ownerID)
	if !errors.Is(err, ErrNoKey) {
		return o, err
	}
	v.mu.RLock()
	root := v.root
	v.mu.RUnlock()
	fresh, now := wrapOwner(root, ownerID, newKey(keySize)), db.At(v.clock.Now())
	var stored []byte
	err = v.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		// A key wrapped by a root key that has been rotated away would be lost at the next start.
		h, err := readHouse(ctx, tx)
		if err != nil {
			return err
		}
		if !bytes.Equal(h.check, rootCheck(root)) {
			return ErrRootChanged
		}
		stored = fresh
		n, err := tx.Exec(ctx, `INSERT INTO owner_key (owner_id, wrapped, created_at) VALUES ($1, $2, $3)
			ON CONFLICT (owner_id) DO NOTHING`, ownerID, fresh, now)
		if err == nil && n == 0 {
			stored, err = readOwner(ctx, tx, ownerID)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("make owner key %s: %w", ownerID, err)
	}
	return v.keepOwner(ctx, root, ownerID, stored)
}

func readOwner(ctx context.Context, tx *db.Tx, ownerID string) ([]byte, error) {
	return db.One(ctx, tx, db.Scalar[[]byte], `SELECT wrapped FROM owner_key WHERE owner_id = $1`, ownerID)
}

// keepOwner opens a stored owner key and keeps it.
func (v *Vault) keepOwner(ctx context.Context, root Root, ownerID string, wrapped []byte) (*owner, error) {
	key, err := unwrapOwner(root, ownerID, wrapped)
	if err != nil {
		return nil, fmt.Errorf("open owner key %s: %w", ownerID, v.whyNotOpen(ctx, root))
	}
	o := newOwner(key)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.owners[ownerID] = o
	return o, nil
}

// whyNotOpen tells a rotated root key from damage.
func (v *Vault) whyNotOpen(ctx context.Context, root Root) error {
	var h house
	err := v.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		h, err = readHouse(ctx, tx)
		return err
	})
	if err == nil && !bytes.Equal(h.check, rootCheck(root)) {
		return ErrRootChanged
	}
	return ErrBroken
}
