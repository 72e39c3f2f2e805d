package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"hemvist/internal/db"
)

// ErrOtherKeys: the database was filled with the keys of another key store.
var ErrOtherKeys = errors.New("this is not the key store that the database was filled with: its keys are somewhere else, or lost")

// Bind ties the key store to the database that it seals for: the first time it leaves its fingerprint there, and from then on
// it refuses any other. So nobody seals new data with new keys beside old data whose keys were left behind.
func (v *Vault) Bind(ctx context.Context, data *db.DB) error {
	key := v.Derive("fingerprint")
	err := data.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		known, err := db.All(ctx, tx, db.Scalar[[]byte], `SELECT fingerprint FROM key_store`)
		switch {
		case err != nil:
			return err
		case len(known) == 0:
			_, err := tx.Exec(ctx, `INSERT INTO key_store (fingerprint) VALUES ($1)`, key[:16])
			return err
		case len(known) > 1 || !bytes.Equal(known[0], key[:16]):
			return ErrOtherKeys
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("open the key store: %w", err)
	}
	return nil
}
