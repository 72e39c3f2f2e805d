package vault

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"

	"hemvist/internal/db"
)

// hashSize is the length of a search hash in bytes. Two of an owner's words share one with a chance of 2^-64 after 2^32 words.
const hashSize = 16

// SearchHashes gives a keyed hash of each word, in order: what sealed texts are found by. Words are whole, as from db.Words, and
// are folded here again, which changes nothing for folded ones. Equal words of one owner have equal hashes, so whoever holds the
// database alone can count how often an unknown word occurs, and no more; hashes of different owners have nothing in common.
// A subject's hashes are not shredded with its key: the room that stored them deletes them.
func (v *Vault) SearchHashes(ctx context.Context, ownerID string, words []string) ([][]byte, error) {
	o, err := v.ownerOrNew(ctx, ownerID)
	if err != nil {
		return nil, fmt.Errorf("search hashes: %w", err)
	}
	mac := hmac.New(sha256.New, o.search)
	hashes := make([][]byte, len(words))
	for i, w := range words {
		mac.Reset()
		mac.Write([]byte(db.Fold(w)))
		hashes[i] = mac.Sum(nil)[:hashSize:hashSize]
	}
	return hashes, nil
}
