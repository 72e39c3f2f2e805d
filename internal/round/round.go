// Package round holds rounds: dated sessions with people. A group of parents is one, and so is a training or a booster; the
// programme's definition gives the word. It keeps the facts (a session was held, the round was closed) and never a verdict
// about anybody's certification: that is worked out from the facts elsewhere. Who the participants are is held by the room group.
package round

import (
	"context"
	"slices"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/programme"
	"hemvist/internal/vault"
)

// The actions in the log that this room writes.
const (
	ActionRead         audit.Action = "round.read"
	ActionSearch       audit.Action = "participant.search"
	ActionExport       audit.Action = "round.export"
	ActionParticipants audit.Action = "participant.read"
	ActionAdd          audit.Action = "participant.add"
	ActionSession      audit.Action = "session.record"
	ActionEnd          audit.Action = "round.end"
	ActionPlan         audit.Action = "round.plan"
	ActionChange       audit.Action = "round.change"
	ActionMove         audit.Action = "session.move"
	ActionStaff        audit.Action = "round.staff"
	ActionNotify       audit.Action = "round.notify"
	ActionReopen       audit.Action = "round.reopen"
	ActionColleagues   audit.Action = "round.colleagues"
)

// definitions finds the definition that a round was started with, and the one that it would be started with.
type definitions interface {
	Definition(programmeID, version string) (*programme.Definition, error)
	InForce() []*programme.Definition
	StartingOn(ctx context.Context, programmeID string, on clock.Date) (d *programme.Definition, hub string, err error)
}

// Service is the room's door.
type Service struct {
	db    *db.DB
	vault *vault.Vault
	log   *audit.Log
	clock clock.Clock
	defs  definitions
	// totals are the large totals of lists, which are counted once in a while.
	totals *totals
}

// New opens the room.
func New(d *db.DB, v *vault.Vault, log *audit.Log, c clock.Clock, defs definitions) *Service {
	return &Service{db: d, vault: v, log: log, clock: c, defs: defs, totals: newTotals(c)}
}

// Zone is where sessions are held unless they say another zone.
const Zone = "Europe/Stockholm"

// zone is loaded once; the binary embeds the zone data.
var zone = func() *time.Location {
	z, err := time.LoadLocation(Zone)
	if err != nil {
		panic("no time zone data: " + err.Error())
	}
	return z
}()

// Today is the day it is where the rounds are held.
func (s *Service) Today() clock.Date { return clock.Today(s.clock, zone) }

// State is where a round is in its life on a day. It follows from facts and dates and is stored nowhere.
type State string

// The states of a round.
const (
	Planned   State = "planned"    // its first session is ahead
	Running   State = "running"    // between the first session and the last
	Waiting   State = "waiting"    // past its last session, and not closed
	Closed    State = "closed"     // closed by its leaders
	BrokenOff State = "broken-off" // ended before its time
)

// States is every state, in the order of a round's life.
var States = []State{Planned, Running, Waiting, Closed, BrokenOff}

// Row is a round as lists show it: counts, dates and places, never a participant.
type Row struct {
	ID             string
	HubID          string
	OrganisationID string
	AuthorityID    string
	Organisation   string // name
	Programme      string
	Version        string
	Variant        string
	Name           string
	Place          string
	Language       string
	FirstOn        clock.Date
	LastOn         clock.Date
	Sessions       int
	SessionsHeld   int
	Participants   int
	EndedOn        clock.Date
	EndedHow       State // Closed, BrokenOff or empty
	Kind           programme.VariantKind
	Link           string     // where a digital round meets, or empty
	Interpreter    Payer      // who pays for the interpreter; empty when there is none
	Attendance     Attendance // how attendance is kept
	NotifiedOn     clock.Date // the day on which the hub was told; zero: not yet
	Staff          []StaffMember
}

// StaffMember is somebody who works in a round.
type StaffMember struct {
	PersonID string
	Name     string
	Role     access.Role
}

// Payer is who pays for an interpreter.
type Payer string

// Who may pay, as the programme's definition says.
const (
	ByOrganiser    Payer = "organiser"
	ByHub          Payer = "hub"
	ByMunicipality Payer = "municipality"
)

// Attendance is how a round keeps who came.
type Attendance string

// The ways of keeping attendance: by name; by a pseudonym that the leaders choose, without contact; or as a number a session, with no
// participants stored at all.
const (
	Named        Attendance = "named"
	Pseudonymous Attendance = "pseudonymous"
	CountsOnly   Attendance = "counts"
)

// Learners tells whether the participants are people of the directory, as in a training or a booster. Their names are open.
func (r Row) Learners() bool { return learners(r.Kind) }

func learners(k programme.VariantKind) bool {
	switch k {
	case programme.Course, programme.Booster, programme.Network, programme.Conference:
		return true
	default:
		return false
	}
}

// StateOn is the round's state on a day.
func (r Row) StateOn(d clock.Date) State {
	switch {
	case r.EndedHow != "":
		return r.EndedHow
	case d.Before(r.FirstOn):
		return Planned
	case d.After(r.LastOn):
		return Waiting
	default:
		return Running
	}
}

// May tells whether the actor may do the action to the round. Staff must be filled in.
func (r Row) May(actor access.Subject, a access.Action) bool {
	return access.Decide(actor, a, r.resource()).Allow
}

// resource is the round as access judges it.
func (r Row) resource() access.Resource {
	res := access.Resource{Hub: r.HubID, Organisation: r.OrganisationID, Authority: r.AuthorityID, Programme: r.Programme, Learners: r.Learners()}
	for _, m := range r.Staff {
		res.Staff = append(res.Staff, m.PersonID)
	}
	return res
}

// Session is one dated session of a round.
type Session struct {
	ID      string
	Number  int                   // from 1, in the order of the round
	Kind    programme.SessionKind // as the definition says
	Item    string                // the id of the definition's session
	On      clock.Date
	Starts  int // minutes after midnight, local time
	Minutes int
	Zone    string
	Place   string      // of this session alone; empty for the round's
	Fact    SessionFact // what has been recorded about it; Unknown when nothing has
}

// SessionFact is what happened with a session.
type SessionFact string

// What can be recorded about a session. Unknown takes back what was recorded.
const (
	Held      SessionFact = "held"
	Cancelled SessionFact = "cancelled"
	Unknown   SessionFact = "unknown"
)

// Detail is a round's page.
type Detail struct {
	Row
	List         []Session
	SeesPeople   bool
	MayRecord    bool // say what became of sessions
	MayEnd       bool // close or break off
	MayChange    bool // days, place, staff
	MayAddPeople bool
	Endings      []Ending // of one that has ended: how, when and why, the newest first
	Result       Result   // of one that has ended
	Definition   *programme.Definition
}

// Rhythm is when a round meets, as one tells somebody who is to come: the first time, and what is usual.
type Rhythm struct {
	First, Usual Session
	Always       bool // every session is on the usual weekday, at the usual time
	Then         bool // every one after the first is
}

// RhythmOf is the rhythm of a round with these sessions, but for those that are cancelled. ok is false when there are none.
func RhythmOf(sessions []Session) (r Rhythm, ok bool) {
	if r.Usual, ok = Usual(sessions); !ok {
		return r, false
	}
	held := slices.DeleteFunc(slices.Clone(sessions), func(x Session) bool { return x.Fact == Cancelled })
	slices.SortStableFunc(held, func(a, b Session) int { return a.On.Compare(b.On) })
	other := func(x Session) bool {
		return x.On.Weekday() != r.Usual.On.Weekday() || x.Starts != r.Usual.Starts || x.Minutes != r.Usual.Minutes
	}
	r.First, r.Always, r.Then = held[0], !slices.ContainsFunc(held, other), !slices.ContainsFunc(held[1:], other)
	return r, true
}

// Usual is when a round with these sessions usually meets: the commonest weekday, time and length of those that are not cancelled, of
// several the latest. A session that was moved, or an information meeting that is shorter than the rest, does not change what is usual.
// ok is false when there is none.
func Usual(sessions []Session) (usual Session, ok bool) {
	type when struct {
		day             time.Weekday
		starts, minutes int
	}
	count, most := map[when]int{}, 0
	for _, x := range sessions {
		if x.Fact == Cancelled {
			continue
		}
		w := when{x.On.Weekday(), x.Starts, x.Minutes}
		if count[w]++; count[w] >= most {
			most, usual, ok = count[w], x, true
		}
	}
	return usual, ok
}
