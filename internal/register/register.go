// Package register owns every verdict: where somebody stands with a programme's credentials on any day, what a round will give those
// who lead it, and who may lead one. It gathers the facts from the rooms where they were recorded, keeps those that no other room
// knows (a certificate from an earlier register, a training taken elsewhere), and asks package credential, which holds the rules.
// What it stores of the answers, standing, is for lists and is read by no rule. Nobody is certified or recertified here by itself:
// that is a decision, and a decision is a fact that somebody records.
package register

import (
	"time"

	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/credential"
	"hemvist/internal/db"
	"hemvist/internal/directory"
	"hemvist/internal/programme"
	"hemvist/internal/round"
)

// The actions in the log that this room writes.
const (
	ActionFits    audit.Action = "credential.fits"
	ActionOutlook audit.Action = "round.outlook"
	ActionRead    audit.Action = "credential.read"
	ActionRecord  audit.Action = "credential.record"
	ActionRetract audit.Action = "credential.retract"
)

// definitions finds the definitions of programmes.
type definitions interface {
	Definition(programmeID, version string) (*programme.Definition, error)
	Newest(programmeID string) (*programme.Definition, error)
	InForce() []*programme.Definition
	HomeProgrammes(hubID string) []string
}

// Service is the room's door.
type Service struct {
	db        *db.DB
	log       *audit.Log
	clock     clock.Clock
	defs      definitions
	directory *directory.Service
	rounds    *round.Service
}

// New opens the room.
func New(d *db.DB, log *audit.Log, c clock.Clock, defs definitions, people *directory.Service, rounds *round.Service) *Service {
	return &Service{db: d, log: log, clock: c, defs: defs, directory: people, rounds: rounds}
}

// Today is the day it is where the rounds are held.
func (s *Service) Today() clock.Date { return s.rounds.Today() }

// zone is where a day begins and ends; the binary embeds the zone data.
var zone = func() *time.Location {
	z, err := time.LoadLocation(round.Zone)
	if err != nil {
		panic("no time zone data: " + err.Error())
	}
	return z
}()

// Fit tells whether somebody may work in a round in a role, and why.
type Fit struct {
	Person   string
	May      bool
	Learning bool // under supervision: the round has to be a supervised one
	Status   credential.Status
	Reasons  []credential.Reason
}
