// Package credential tells what follows from what has happened: whether a person or a unit holds a credential on a day, what is
// met, missing, at risk or cannot be known, in words, and when that would change by time alone. It also tells whether a round
// will certify its leaders, and checks case files that say what should follow from what.
//
// It is pure and total: facts, a definition and a day go in, a verdict comes out, whatever the facts. It never reads a clock, a
// file or a database, never grants anything (a decision is a fact that somebody recorded), and never answers "yes" to what
// the facts leave open.
package credential

import (
	"hemvist/internal/clock"
	"hemvist/internal/programme"
)

// Status is where a holder stands with a credential.
type Status string

// The statuses.
const (
	None             Status = "none"              // nothing is begun
	InTraining       Status = "in training"       // the training is begun, or done without practice begun
	UnderSupervision Status = "under supervision" // trained, and practice is begun
	Certified        Status = "certified"
	Due              Status = "due"    // to be renewed; the grace is running, or no lapse follows
	Lapsed           Status = "lapsed" // not renewed in time, or what it leans on is not in force
	Withdrawn        Status = "withdrawn"
)

// Statuses are all statuses, from the beginning of the way to its ends.
var Statuses = []Status{None, InTraining, UnderSupervision, Certified, Due, Lapsed, Withdrawn}

// InForce tells whether the holder may act on the credential.
func (s Status) InForce() bool { return s == Certified || s == Due }

// State is the answer of one requirement.
type State string

// The answers.
const (
	Met     State = "met"
	Missing State = "missing"         // not met; nothing stands in its way but what is not done yet, unless Missed
	AtRisk  State = "at risk"         // not met, and what is running may fail; or met, and about to be no longer
	Unknown State = "cannot be known" // what is recorded allows both
)

// List is which of a credential's lists a requirement stands in.
type List string

// The lists.
const (
	ToGet     List = "requires"
	ToKeep    List = "keeps"
	ToRenew   List = "renew"
	ToRestore List = "restore"
)

// Ref points to what a requirement was met by.
type Ref struct {
	Fact    string // the fact's id
	Round   string
	Case    string
	Session string
	On      clock.Date
}

// Result is the answer of one requirement with what it rests on.
type Result struct {
	ID          string
	Kind        programme.Kind
	List        List
	Stage       programme.Stage
	Advised     bool // shown and reminded of; nothing hangs on it
	IfMissed    programme.Consequence
	State       State
	Missed      bool       // too late: no further evidence can meet it before a new certificate or period
	MetOn       clock.Date // the day that it was met, when it is
	Deadline    clock.Date // the last day for it, or for it to go on being met; zero: none
	Evidence    []Ref      // what counted, in the order of the days
	Reasons     []Reason
	Parts       []Result // of any_of and all_of, and of requirements that are asked of several
	requirement *programme.Requirement
	def         *programme.Definition
}

// isMet tells whether the requirement is met, even if it may soon be no longer.
func (r *Result) isMet() bool { return r.State == Met || r.State == AtRisk && !r.MetOn.IsZero() }

// Term is the certificate that the verdict rests on and how long it lasts.
type Term struct {
	Number    int        // 0 for the term after the first certificate
	First     clock.Date // since when the credential is held without a break
	Granted   clock.Date // the latest certificate
	Starts    clock.Date // from when the term counts
	LastDay   clock.Date // the term's last day; zero: not settled by time, or without end
	ByCount   bool       // LastDay was set by rounds or cases
	GraceEnds clock.Date // the last day before it lapses; zero as LastDay
	Used      int        // rounds or cases led since the certificate that are closed
	Begun     int        // further ones that are running
	Of        int        // how many end the term; 0: none do
	Evidence  []Ref      // the certificate, and the rounds or cases that were counted
}

// Verdict is where one holder stands with one credential on one day, and why.
type Verdict struct {
	Credential   string
	Holder       string
	On           clock.Date
	Status       Status
	Reasons      []Reason // why this status
	Term         *Term    // nil without a certificate
	Warned       bool     // the term is about to end
	Ready        bool     // everything is met that the next decision takes; it is awaited
	Requirements []Result // to get it when it is not held; to keep and renew it when it is; to restore it when it has lapsed
}

// Result finds a requirement's answer by its id, also among parts; the first of that id.
func (v *Verdict) Result(id string) (*Result, bool) { return findResult(v.Requirements, id) }

func findResult(rs []Result, id string) (*Result, bool) {
	for i := range rs {
		if rs[i].ID == id {
			return &rs[i], true
		}
	}
	for i := range rs {
		if r, ok := findResult(rs[i].Parts, id); ok {
			return r, true
		}
	}
	return nil, false
}

// Open are the requirements that something hangs on and that are not met, in the definition's order.
func (v *Verdict) Open() []Result {
	var open []Result
	for _, r := range v.Requirements {
		if r.State != Met && !r.Advised {
			open = append(open, r)
		}
	}
	return open
}
