package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"hemvist/internal/db"
)

// ownerKey is a stored owner key.
type ownerKey struct {
	id      string
	wrapped []byte
}

func scanOwner(row db.Scanner) (ownerKey, error) {
	var k ownerKey
	err := row.Scan(&k.id, &k.wrapped)
	return k, err
}

// Rewrap gives the key store another root key: every owner key and the installation's own are opened with the old and wrapped with
// the new, all of them or none. Nothing sealed changes, nor any key beneath. The new key must be in its safe places before this
// is called. Other instances go on reading, but answer ErrRootChanged where they would need the root key, until they are started
// with the new one. Backups of the key store from before still need the old root key.
func (v *Vault) Rewrap(ctx context.Context, next Root) error {
	if !next.set {
		return errors.New("rewrap the key store: no new root key was given")
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	err := v.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return rewrap(ctx, tx, v.root, next, v.house) })
	if err != nil {
		return fmt.Errorf("rewrap the key store: %w", err)
	}
	v.root = next
	return nil
}

func rewrap(ctx context.Context, tx *db.Tx, old, next Root, houseKey []byte) error {
	h, err := readHouse(ctx, tx)
	if err != nil {
		return err
	}
	if !bytes.Equal(h.check, rootCheck(old)) {
		return ErrRootChanged
	}
	if _, err := tx.Exec(ctx, `UPDATE house SET root_check = $1, wrapped = $2 WHERE id = 1`, rootCheck(next), wrapHouse(next, houseKey)); err != nil {
		return err
	}
	owners, err := db.All(ctx, tx, scanOwner, `SELECT owner_id, wrapped FROM owner_key ORDER BY owner_id`)
	if err != nil {
		return err
	}
	for _, o := range owners {
		key, err := unwrapOwner(old, o.id, o.wrapped)
		if err != nil {
			// To go on would lose the key for good: a damaged one may still be restored from a backup and opened with the old root.
			return fmt.Errorf("owner key %s: %w", o.id, ErrBroken)
		}
		if _, err := tx.Exec(ctx, `UPDATE owner_key SET wrapped = $1 WHERE owner_id = $2`, wrapOwner(next, o.id, key), o.id); err != nil {
			return err
		}
	}
	return nil
}
