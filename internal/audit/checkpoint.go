package audit

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"hemvist/internal/db"
	"hemvist/internal/vault"
)

// checkpointEvery is how often the ends of all chains are signed and put outside.
const checkpointEvery = time.Hour

// Sink takes checkpoints to where whoever can alter the databases cannot: a folder on another machine, a service that only appends.
// A line holds no line break. Put returns nil when the line is safe.
type Sink interface {
	Put(ctx context.Context, at time.Time, line []byte) error
}

// Folder is a Sink that appends to a file a month in the folder, which Verify reads.
type Folder string

// Put appends the line and syncs the file.
func (f Folder) Put(_ context.Context, at time.Time, line []byte) error {
	return vault.AppendLines(filepath.Join(string(f), "audit-"+at.UTC().Format("2006-01")+".jsonl"), line)
}

// checkpointBody is what is signed. A checkpoint holds the ends that changed since this instance's last one; the first of a start
// and of a month holds all. So the newest of each organisation's stands somewhere in the month's file.
type checkpointBody struct {
	Format int                       `json:"format"`
	At     db.Time                   `json:"at"`
	Full   bool                      `json:"full"`
	Heads  map[string]checkpointHead `json:"heads"`
}

type checkpointHead struct {
	Seq int64  `json:"seq"`
	MAC []byte `json:"mac"`
}

// checkpointLine is a line of the file. The key is there for whoever verifies without this program; Verify uses its own.
type checkpointLine struct {
	Body      json.RawMessage `json:"body"`
	Key       []byte          `json:"key"`
	Signature []byte          `json:"signature"`
}

// mark is what this instance's last checkpoint held.
type mark struct {
	at   time.Time
	seqs map[string]int64
}

func (l *Log) checkpointDue() bool {
	if len(l.sinks) == 0 {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock.Now()
	// A clock that was turned back is no reason to wait for it.
	return l.lastMark.seqs == nil || now.Sub(l.lastMark.at) >= checkpointEvery || now.Before(l.lastMark.at)
}

// Checkpoint signs the ends of all chains and gives them to every sink. Without sinks it does nothing.
func (l *Log) Checkpoint(ctx context.Context) error {
	if len(l.sinks) == 0 {
		return nil
	}
	heads, err := l.heads(ctx)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	l.mu.Lock()
	last, now := l.lastMark, l.clock.Now()
	l.mu.Unlock()
	body := checkpointBody{Format: 1, At: db.At(now), Heads: map[string]checkpointHead{}}
	body.Full = last.seqs == nil || last.at.UTC().Format("2006-01") != now.UTC().Format("2006-01")
	next := mark{now, map[string]int64{}}
	for o, h := range heads {
		if !l.headIntact(h) {
			continue // Verify and the sequencer tell; a signature must not vouch for it
		}
		next.seqs[o] = h.seq
		if seq, same := last.seqs[o]; body.Full || !same || seq != h.seq {
			body.Heads[o] = checkpointHead{h.seq, h.mac}
		}
	}
	line, err := l.sign(body)
	for _, sink := range l.sinks {
		if err != nil {
			break
		}
		err = sink.Put(ctx, now, line)
	}
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lastMark, l.stats.LastCheckpoint = next, now
	return nil
}

func (l *Log) sign(body checkpointBody) ([]byte, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	return json.Marshal(checkpointLine{raw, l.PublicKey(), ed25519.Sign(l.signer, raw)})
}

var errSignature = errors.New("the signature does not fit")

// readCheckpoint reads a line and makes sure that this log wrote it.
func (l *Log) readCheckpoint(line []byte) (checkpointBody, error) {
	var outer checkpointLine
	var body checkpointBody
	if err := json.Unmarshal(line, &outer); err != nil {
		return body, err
	}
	if !ed25519.Verify(l.PublicKey(), bytes.TrimSpace(outer.Body), outer.Signature) {
		return body, errSignature
	}
	err := json.Unmarshal(outer.Body, &body)
	return body, err
}
