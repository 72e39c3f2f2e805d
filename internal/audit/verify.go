package audit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"hemvist/internal/db"
	"hemvist/internal/vault"
)

// Verification says how Verify goes about it.
type Verification struct {
	Checkpoints string        // the folder of the checkpoints; "" for none
	Grace       time.Duration // how long an entry may wait to be chained; a minute where it is 0
}

// Verify reads the whole log and names what is wrong with it. It can run beside a serving instance, and holds a page of entries and
// one line an organisation in memory. The error is of the reading alone; what is wrong with the log is in the report.
func (l *Log) Verify(ctx context.Context, how Verification) (Report, error) {
	if how.Grace <= 0 {
		how.Grace = time.Minute
	}
	v := &verifier{log: l, how: how, late: db.At(l.clock.Now().Add(-how.Grace)), signed: map[string]checkpointHead{}}
	// In this order, each is at least as new as the one before it while the log grows.
	for _, step := range []func(context.Context) error{v.readCheckpoints, v.readHeads, v.chains, v.unchained, v.orphans, v.alarms} {
		if err := step(ctx); err != nil {
			return v.report, fmt.Errorf("verify the log: %w", err)
		}
	}
	return v.report, nil
}

type verifier struct {
	log    *Log
	how    Verification
	late   db.Time
	report Report
	signed map[string]checkpointHead // the furthest that a checkpoint vouches for
	heads  map[string]head           // the ends in the key store that are as they were written
	broken map[string]bool           // organisations whose end is not
}

// readCheckpoints keeps, of all signed checkpoints, the furthest end of each chain.
func (v *verifier) readCheckpoints(context.Context) error {
	if v.how.Checkpoints == "" {
		return nil
	}
	files, err := filepath.Glob(filepath.Join(v.how.Checkpoints, "audit-*.jsonl"))
	if err != nil {
		return err
	}
	for _, path := range files {
		if err := v.readCheckpointFile(path); err != nil {
			return err
		}
	}
	return nil
}

func (v *verifier) readCheckpointFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	err = vault.EachLine(f, func(number int, line []byte) error {
		body, err := v.log.readCheckpoint(line)
		if err != nil {
			v.report.add(Finding{Kind: CheckpointAltered, Detail: fmt.Sprintf("%s line %d: %v; a line that a crash cut off looks the same", filepath.Base(path), number, err)})
			return nil
		}
		v.report.Checkpoints++
		if body.At.After(v.report.LastCheckpoint) {
			v.report.LastCheckpoint = body.At.Time
		}
		for o, h := range body.Heads {
			if h.Seq > v.signed[o].Seq {
				v.signed[o] = h
			}
		}
		return nil
	})
	return errors.Join(err, f.Close())
}

func (v *verifier) readHeads(ctx context.Context) error {
	all, err := v.log.heads(ctx)
	if err != nil {
		return err
	}
	v.heads, v.broken = map[string]head{}, map[string]bool{}
	for _, o := range slices.Sorted(maps.Keys(all)) {
		h := all[o]
		if !v.log.headIntact(h) {
			v.broken[o] = true
			v.report.add(Finding{Kind: HeadAltered, Organisation: o, Seq: h.seq})
			continue
		}
		v.heads[o] = h
	}
	for _, o := range slices.Sorted(maps.Keys(v.signed)) {
		if h, known := v.heads[o]; known && h.seq < v.signed[o].Seq {
			v.report.add(Finding{Kind: HeadBehind, Organisation: o, Seq: h.seq, To: v.signed[o].Seq, Detail: "a checkpoint knows a later place than the key store"})
		}
	}
	return nil
}

// chains verifies every chain that there is, or that there should be.
func (v *verifier) chains(ctx context.Context) error {
	present, err := v.log.organisations(ctx)
	if err != nil {
		return err
	}
	all := map[string]bool{}
	for _, o := range present {
		all[o] = true
	}
	for o := range v.heads {
		all[o] = true
	}
	for o := range v.signed {
		all[o] = true
	}
	for _, o := range slices.Sorted(maps.Keys(all)) {
		v.report.Organisations++
		c := &chainCheck{verifier: v, organisation: o, before: [][]byte{nil}, oldest: v.late.Add(time.Second)}
		if err := c.run(ctx); err != nil {
			return err
		}
	}
	return nil
}

// unchained looks at the entries that have no place: they are authentic, and wait not too long.
func (v *verifier) unchained(ctx context.Context) error {
	for after := ""; ; {
		var page []row
		err := v.log.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			page, err = db.All(ctx, tx, func(s db.Scanner) (row, error) { return scanRow(s) }, `SELECT `+entryColumns+` FROM audit_entry e
				WHERE e.id > $1 AND NOT EXISTS (SELECT 1 FROM audit_chain c WHERE c.entry_id = e.id) ORDER BY e.id LIMIT $2`, after, pageSize)
			return err
		})
		if err != nil || len(page) == 0 {
			return err
		}
		for i := range page {
			v.entryWaiting(&page[i])
		}
		after = page[len(page)-1].id
	}
}

func (v *verifier) entryWaiting(r *row) {
	v.report.Entries++
	if !v.log.intact(r) {
		v.report.add(Finding{Kind: EntryAltered, Organisation: r.organisation, Entry: r.id, Detail: "it has no place in the chain; it may have been forged whole"})
		return
	}
	if at := r.entry().At; at.Before(v.late.Time) {
		v.report.add(Finding{Kind: Unchained, Organisation: r.organisation, Entry: r.id, Detail: "since " + r.at})
		return
	}
	v.report.Waiting++
}

// orphans finds marks of entries that were to be chained and are gone.
func (v *verifier) orphans(ctx context.Context) error {
	for after := ""; ; {
		var page []string
		err := v.log.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			page, err = db.All(ctx, tx, db.Scalar[string], `SELECT u.entry_id FROM audit_unchained u
				WHERE u.entry_id > $1 AND NOT EXISTS (SELECT 1 FROM audit_entry e WHERE e.id = u.entry_id)
				AND NOT EXISTS (SELECT 1 FROM audit_chain c WHERE c.entry_id = u.entry_id) ORDER BY u.entry_id LIMIT $2`, after, pageSize)
			return err
		})
		if err != nil || len(page) == 0 {
			return err
		}
		for _, id := range page {
			v.report.add(Finding{Kind: EntryDeleted, Entry: id, Detail: "before it was chained"})
		}
		after = page[len(page)-1]
	}
}

// alarms repeats what the sequencer met, as it may since have gone on over it.
func (v *verifier) alarms(ctx context.Context) error {
	var all []alarm
	err := v.log.keys.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = db.All(ctx, tx, func(s db.Scanner) (alarm, error) {
			var a alarm
			err := s.Scan(&a.organisation, &a.seq, &a.kind, &a.foundAt)
			return a, err
		}, `SELECT organisation, seq, kind, found_at FROM audit_alarm ORDER BY organisation, seq, kind LIMIT $1`, maxFindings)
		return err
	})
	for _, a := range all {
		v.report.add(Finding{Kind: a.kind, Organisation: a.organisation, Seq: a.seq, Detail: "met by the sequencer at " + a.foundAt.Format(time.RFC3339)})
	}
	return err
}
