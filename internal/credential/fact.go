package credential

import (
	"time"

	"hemvist/internal/clock"
)

// FactKind is what sort of thing happened.
type FactKind string

// The kinds of fact, with the fields that each uses beside ID, On, RecordedAt and Supersedes.
const (
	// About people and units.
	FactBegan           FactKind = "began"            // Who was admitted to the way to Credential
	FactEnrolled        FactKind = "enrolled"         // Who takes part in the course Variant (Round)
	FactUnenrolled      FactKind = "unenrolled"       // Who stopped taking part in it
	FactCourseCompleted FactKind = "course-completed" // Who completed the course Variant (Round)
	FactEducated        FactKind = "educated"         // Who had further education of Minutes (Variant, Round)
	FactTested          FactKind = "tested"           // Who took the test Item: Percent, Passed
	FactAttested        FactKind = "attested"         // ByWho in Role vouched for Item about Who, Round or Case
	FactStaffJoined     FactKind = "staff-joined"     // Who works at Unit in Role; Relevant: agreed as relevant
	FactStaffLeft       FactKind = "staff-left"       // Who works at Unit until this day

	// About a round (or a Case instead of Round).
	FactPlanned        FactKind = "planned"         // of Variant, by Unit, to go from Starts to Ends
	FactSessionPlanned FactKind = "session-planned" // Session of SessionKind on Principle, to be held on Starts
	FactStarted        FactKind = "started"         // the round or case began
	FactNotified       FactKind = "notified"        // its start was notified to the hub
	FactJoined         FactKind = "joined"          // Who works in it in Role
	FactLeft           FactKind = "left"            // Who works in it (in Role) until this day
	FactHeld           FactKind = "held"            // Session was held; People led it, or else whoever works in it
	FactCancelled      FactKind = "cancelled"       // Session is not held, and will not be
	FactAway           FactKind = "away"            // Who does not lead Session; somebody steps in
	FactPresent        FactKind = "present"         // People were present at Session
	FactCounted        FactKind = "counted"         // Count persons were present at Session, no names
	FactGroupSize      FactKind = "group-size"      // Count persons take part in all
	FactFilmed         FactKind = "filmed"          // Session was filmed: Item names the film, Minutes, Clip, People on it
	FactNotFilmed      FactKind = "not-filmed"      // Session was not filmed, for certain
	FactReviewed       FactKind = "reviewed"        // the film Item, or Session, or the whole: By, ByWho, Holding, Rating
	FactSupervised     FactKind = "supervised"      // People had supervision (Session, Item, Setting, Minutes, ByWho, Holding)
	FactOffered        FactKind = "offered"         // supervision was offered to People
	FactEvaluationDone FactKind = "evaluation-done" // the wave Item was answered by Count of Of
	FactClosed         FactKind = "closed"          // it was carried through
	FactBrokenOff      FactKind = "broken-off"      // it ended before its time

	// Decisions about a credential.
	FactGranted     FactKind = "granted"     // Who got the certificate of Credential, the first or a further one
	FactWithdrawn   FactKind = "withdrawn"   // the certificate of Credential was taken from Who
	FactTransferred FactKind = "transferred" // what Who has done and holds passed to To

	// Nothing only takes back the fact that it supersedes.
	FactNothing FactKind = "nothing"
)

// Fact is one thing that happened. It is never edited: a later fact supersedes it. Facts without a day are no facts.
type Fact struct {
	Kind       FactKind
	On         clock.Date // happened_on: the day it counts from
	Round      string
	Supersedes string    // the id of the fact that this one replaces, or ""
	RecordedAt time.Time // when it was written down
	ID         string

	Who        string   // the person or unit it is about
	People     []string // several of them
	To         string
	Case       string // a case with a client, instead of a round
	Variant    string
	Unit       string
	Session    string // the session's id in the variant
	Role       string
	Credential string
	Item       string // a film, a test, a wave, what is vouched for
	Count, Of  int
	Minutes    int // 0: not known
	Clip       bool
	Relevant   bool
	Setting    string // of supervision: group or individual

	Review *Review // of Reviewed, Supervised, Tested and Attested
	Plan   *Plan   // of Planned and SessionPlanned
}

// Plan is what is planned.
type Plan struct {
	Starts      clock.Date // first day, or the session's day
	Ends        clock.Date
	SessionKind string
	Principle   string
	Optional    bool
}

// Review is what was said of a piece of work and by whom.
type Review struct {
	By      string   // self, peer or expert; of Attested: the role
	ByWho   string   // the person
	Holding []string // the credentials that ByWho held on that day; nil: not known
	Rating  *Rating
	Percent int // of Tested
	Passed  bool
}

// Rating is a filled-in form. Items come first; without them the stated numbers are used.
type Rating struct {
	Form   string
	Items  []float64
	Stated map[string]float64 // by measure: mean, each (the lowest item), total or percent
}
