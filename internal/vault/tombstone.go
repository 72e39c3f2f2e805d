package vault

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"hemvist/internal/db"
)

// tombstone is the record of an erasure: ids only.
type tombstone struct {
	Subject string  `json:"subject"`
	Owner   string  `json:"owner"`
	At      db.Time `json:"at"`
	Why     string  `json:"why"`
}

// tombstoneLine is a tombstone in a file. The MAC keeps whoever can write the file from erasing people by it.
type tombstoneLine struct {
	tombstone
	MAC []byte `json:"mac"`
}

func (v *Vault) tombstoneMAC(t tombstone) []byte {
	key := v.Derive("tombstones")
	mac := hmac.New(sha256.New, key[:])
	at, _ := t.At.Value() // a year that cannot be stored gives no text, and a MAC that fits nothing stored
	mac.Write(bind(nil, "tombstone", t.Subject, t.Owner, fmt.Sprint(at), t.Why))
	return mac.Sum(nil)
}

func (v *Vault) tombstoneLine(t tombstone) ([]byte, error) {
	return json.Marshal(tombstoneLine{t, v.tombstoneMAC(t)})
}

// readTombstone reads a line of the file; authentic is false for one that is damaged or that this installation did not write.
func (v *Vault) readTombstone(line []byte) (t tombstone, authentic bool) {
	var read tombstoneLine
	err := json.Unmarshal(line, &read)
	return read.tombstone, err == nil && hmac.Equal(read.MAC, v.tombstoneMAC(read.tombstone))
}

func (v *Vault) appendTombstones(all ...tombstone) error {
	lines := make([][]byte, len(all))
	for i, t := range all {
		line, err := v.tombstoneLine(t)
		if err != nil {
			return err
		}
		lines[i] = line
	}
	return AppendLines(v.tombstones, lines...)
}

// Replayed counts what a file of erasures held.
type Replayed struct {
	Applied int // keys that were there again and were destroyed now
	Known   int // erasures that the key store knew, or that concern keys it never had
	Bad     int // lines that are damaged or not ours; each is passed over
}

// replayBatch is how many erasures are replayed in one transaction.
const replayBatch = 500

// ReplayTombstones destroys the keys that the file of erasures names and the key store, restored from a backup, has again. It is
// to be run before a restored system serves anybody. Damaged lines are counted and passed over.
func (v *Vault) ReplayTombstones(ctx context.Context, r io.Reader) (Replayed, error) {
	total, _, err := v.replay(ctx, r, nil)
	return total, err
}

// replay is ReplayTombstones; with a set it also adds which subjects the file holds.
func (v *Vault) replay(ctx context.Context, r io.Reader, seen map[string]bool) (Replayed, map[string]bool, error) {
	var total Replayed
	var batch []tombstone
	flush := func() error {
		applied, err := v.replayTombstones(ctx, batch)
		total.Applied += applied
		total.Known += len(batch) - applied
		batch = batch[:0]
		return err
	}
	err := EachLine(r, func(_ int, line []byte) error {
		t, authentic := v.readTombstone(line)
		if !authentic {
			total.Bad++
			return nil
		}
		if seen != nil {
			seen[t.Subject] = true
		}
		if batch = append(batch, t); len(batch) == replayBatch {
			return flush()
		}
		return nil
	})
	if err == nil && len(batch) > 0 {
		err = flush()
	}
	if err != nil {
		return total, seen, fmt.Errorf("replay erasures: %w", err)
	}
	return total, seen, nil
}

func (v *Vault) replayTombstones(ctx context.Context, batch []tombstone) (applied int, err error) {
	err = v.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		applied = 0
		for _, t := range batch {
			n, err := tx.Exec(ctx, `DELETE FROM subject_key WHERE subject_id = $1 AND owner_id = $2`, t.Subject, t.Owner)
			if err != nil {
				return err
			}
			applied += int(n)
			// Also where there was no key: the backup may be older than the subject, and its id must not come back.
			if err := insertTombstone(ctx, tx, t); err != nil {
				return err
			}
		}
		return nil
	})
	return applied, err
}

func scanTombstone(row db.Scanner) (tombstone, error) {
	var t tombstone
	err := row.Scan(&t.Subject, &t.Owner, &t.At, &t.Why)
	return t, err
}

// eachTombstone calls fn with the tombstones in the key store, a page at a time, in order of subject.
func (v *Vault) eachTombstone(ctx context.Context, fn func([]tombstone) error) error {
	for after := ""; ; {
		var page []tombstone
		err := v.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			page, err = db.All(ctx, tx, scanTombstone, `SELECT subject_id, owner_id, shredded_at, why FROM tombstone
				WHERE subject_id > $1 ORDER BY subject_id LIMIT $2`, after, replayBatch)
			return err
		})
		if err != nil || len(page) == 0 {
			return err
		}
		if err := fn(page); err != nil {
			return err
		}
		after = page[len(page)-1].Subject
	}
}

// ExportTombstones writes all erasures to w, one a line, and tells how many.
func (v *Vault) ExportTombstones(ctx context.Context, w io.Writer) (int, error) {
	n := 0
	err := v.eachTombstone(ctx, func(page []tombstone) error {
		for _, t := range page {
			line, err := v.tombstoneLine(t)
			if err == nil {
				_, err = w.Write(append(line, '\n'))
			}
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err != nil {
		return n, fmt.Errorf("export erasures: %w", err)
	}
	return n, nil
}

// SyncTombstones makes the key store and the file of WithTombstones equal: what the file alone has is replayed, what the key
// store alone has is appended. Open does it; to do it each hour as well catches what another instance erased. Without a file it
// does nothing.
func (v *Vault) SyncTombstones(ctx context.Context) (Replayed, error) {
	if v.tombstones == "" {
		return Replayed{}, nil
	}
	seen := map[string]bool{}
	var total Replayed
	f, err := os.Open(v.tombstones)
	switch {
	case errors.Is(err, fs.ErrNotExist): // the first erasure makes it
	case err != nil:
		return total, fmt.Errorf("file of erasures: %w", err)
	default:
		total, seen, err = v.replay(ctx, f, seen)
		if err := errors.Join(err, f.Close()); err != nil {
			return total, err
		}
	}
	err = v.eachTombstone(ctx, func(page []tombstone) error {
		var missing []tombstone
		for _, t := range page {
			if !seen[t.Subject] {
				missing = append(missing, t)
			}
		}
		return v.appendTombstones(missing...)
	})
	if err != nil {
		return total, fmt.Errorf("file of erasures: %w", err)
	}
	return total, nil
}
