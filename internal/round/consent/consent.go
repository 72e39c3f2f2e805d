// Package consent is what those who are asked have answered before something is done with them, such as being filmed: yes, no, or that a yes is
// taken back. An answer is for a round as a whole or for one of its sessions, and never for another round. Whose consent comes first is the
// programme's to say. It keeps that an answer was given, on which day, how and in which language it was explained: never the paper, which
// stays with the authority, and never a text or a name.
package consent

import (
	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/programme"
	"hemvist/internal/round"
)

// The actions in the log that this room writes.
const (
	ActionRead   audit.Action = "consent.read"
	ActionRecord audit.Action = "consent.record"
)

// Purpose is what is consented to.
type Purpose string

// Filming is that somebody may be filmed, the only purpose so far.
const Filming Purpose = "filming"

// Answer is what somebody has said. The empty Answer is nothing yet.
type Answer string

// The answers.
const (
	Given     Answer = "given"
	Refused   Answer = "refused"
	Withdrawn Answer = "withdrawn" // a yes that is taken back, from its day on
)

// No tells whether the answer is one by which somebody is not to be filmed.
func (a Answer) No() bool { return a == Refused || a == Withdrawn }

// How is the way in which an answer was given.
type How string

// The ways.
const (
	OnPaper   How = "paper"
	Spoken    How = "spoken" // in the group, heard by those who lead it
	Digitally How = "digital"
)

// Hows are the ways, in the order in which they are offered.
var Hows = []How{OnPaper, Spoken, Digitally}

// Rule is whose consent a programme's definition asks for in a round, and what the camera sees.
type Rule struct {
	Participants bool   // those who take part answer; where only their children are asked they answer for them
	Children     bool   // a participant's yes is given when their child has said yes too
	Leaders      bool   // those who lead
	Camera       string // leaders, participants or everyone; empty: the definition does not say
	filming      *programme.Filming
}

// Asks tells whether anybody is asked.
func (r Rule) Asks() bool { return r.Participants || r.Leaders }

// Of tells whether the rule is about a session: whether sessions of its kind are filmed.
func (r Rule) Of(x round.Session) bool { return r.Asks() && r.filming.Films(x.Kind) }

// SeesParticipants tells whether those who take part are in the picture, so that one who says no cannot just sit beside it.
func (r Rule) SeesParticipants() bool { return r.Camera != cameraLeaders }

// What a definition says of the camera and of whose consent comes first.
const (
	cameraLeaders  = "leaders"
	ofParticipants = "participant"
	ofChildren     = "child"
	ofLeaders      = "leader"
)

// RuleOf is the rule of a round for filming. Only groups of parents are filmed: in a training nobody is.
func RuleOf(def *programme.Definition, r round.Row) Rule {
	v, ok := def.Variant(r.Variant)
	if !ok || v.Kind != programme.Group {
		return Rule{}
	}
	f := def.FilmingIn(r.Variant)
	if f == nil {
		return Rule{}
	}
	rule := Rule{Camera: f.Camera, filming: f}
	for _, whose := range f.Consent {
		switch whose {
		case ofParticipants:
			rule.Participants = true
		case ofChildren:
			rule.Participants, rule.Children = true, true
		case ofLeaders:
			rule.Leaders = true
		}
	}
	return rule
}

// definitions finds the definition that a round was started with.
type definitions interface {
	Definition(programmeID, version string) (*programme.Definition, error)
}

// Service is the room's door.
type Service struct {
	db     *db.DB
	log    *audit.Log
	clock  clock.Clock
	rounds *round.Service
	defs   definitions
}

// New opens the room.
func New(d *db.DB, log *audit.Log, c clock.Clock, rounds *round.Service, defs definitions) *Service {
	return &Service{db: d, log: log, clock: c, rounds: rounds, defs: defs}
}

// entry is an entry of the log about somebody's answer.
func entry(actor access.Subject, r round.Row, subject, requestID string) audit.Entry {
	return audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: r.OrganisationID, Purpose: r.ID, Action: ActionRecord, Subject: subject,
		Outcome: audit.OK, RequestID: requestID}
}
