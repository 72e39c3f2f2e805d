package audit

import (
	"fmt"
	"time"
)

// Kind is what Verify found wrong.
type Kind string

// The kinds of findings.
const (
	EntryAltered      Kind = "entry-altered"      // an entry is not as it was written; which of its fields cannot be told
	EntryDeleted      Kind = "entry-deleted"      // an entry has a place in the chain, or waited for one, and is gone
	PlaceDeleted      Kind = "place-deleted"      // places Seq to To are missing from a chain: entries were deleted with their places
	ChainAltered      Kind = "chain-altered"      // a place in a chain does not fit those before it
	Moved             Kind = "moved"              // an entry stands at To and belongs at Seq
	Truncated         Kind = "truncated"          // the chain's last places, Seq to To, are gone
	Replaced          Kind = "replaced"           // the chain is sound in itself, and another than the one that was signed
	HeadAltered       Kind = "head-altered"       // the key store's note of where a chain ends is not as it was written
	HeadMissing       Kind = "head-missing"       // there is a chain and no such note
	HeadBehind        Kind = "head-behind"        // the note is older than a signed checkpoint: the key store was put back
	Unchained         Kind = "unchained"          // an entry has waited longer than it should for its place
	CheckpointAltered Kind = "checkpoint-altered" // a line of the checkpoints cannot be read, or was not signed by this log
)

// Finding is one thing wrong. What does not apply is empty.
type Finding struct {
	Kind         Kind
	Organisation string
	Seq, To      int64  // places in the organisation's chain
	Entry        string // the entry's id
	Detail       string // in English, for the operator
}

// String is the finding in a line, for doctor.
func (f Finding) String() string {
	s := string(f.Kind)
	if f.Organisation != "" {
		s += fmt.Sprintf(" organisation=%s", f.Organisation)
	}
	if f.Seq != 0 {
		s += fmt.Sprintf(" place=%d", f.Seq)
	}
	if f.To != 0 && f.To != f.Seq {
		s += fmt.Sprintf(" to=%d", f.To)
	}
	if f.Entry != "" {
		s += fmt.Sprintf(" entry=%s", f.Entry)
	}
	if f.Detail != "" {
		s += ": " + f.Detail
	}
	return s
}

// maxFindings is how many findings a Report lists; all are counted.
const maxFindings = 1000

// Report is what Verify saw.
type Report struct {
	Organisations  int64
	Entries        int64 // entries looked at, chained and waiting
	Chained        int64 // places in chains looked at
	Waiting        int64 // entries that are yet to be chained, and not for too long
	Checkpoints    int64 // signed checkpoints read
	LastCheckpoint time.Time
	Findings       []Finding      // the first thousand
	Counts         map[Kind]int64 // of all findings
}

// Sound tells whether nothing is wrong.
func (r *Report) Sound() bool { return len(r.Counts) == 0 }

func (r *Report) add(f Finding) {
	if r.Counts == nil {
		r.Counts = map[Kind]int64{}
	}
	r.Counts[f.Kind]++
	if len(r.Findings) < maxFindings {
		r.Findings = append(r.Findings, f)
	}
}
