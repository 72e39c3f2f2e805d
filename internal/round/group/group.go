// Package group holds who takes part in a round: parents and other carers, those of one child together, and in a training or a meeting the
// people of the directory who learn. What tells who a parent is is sealed, each with a key of their own; names of staff are open. A round
// may be held under pseudonyms, or keep nothing but how many there are; which of them is a rule of each authority's, for each programme.
//
// It never judges what a group is enough for, and never writes to anybody.
package group

import (
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/directory"
	"hemvist/internal/programme"
	"hemvist/internal/round"
	"hemvist/internal/vault"
)

// The actions in the log that this room writes.
const (
	ActionRead audit.Action = round.ActionParticipants
	ActionAdd  audit.Action = round.ActionAdd

	ActionChange audit.Action = "participant.change"
	ActionLeave  audit.Action = "participant.leave"
	ActionReturn audit.Action = "participant.return"
	ActionMove   audit.Action = "participant.move"
	ActionCount  audit.Action = "participant.count" // how many take part, where nobody is named
	ActionRule   audit.Action = "participant.rule"  // how an authority keeps who takes part
)

// definitions finds the definition that a round was started with.
type definitions interface {
	Definition(programmeID, version string) (*programme.Definition, error)
	InForce() []*programme.Definition
}

// Service is the room's door.
type Service struct {
	db     *db.DB
	vault  *vault.Vault
	log    *audit.Log
	clock  clock.Clock
	rounds *round.Service
	people *directory.Service
	defs   definitions
}

// New opens the room.
func New(d *db.DB, v *vault.Vault, log *audit.Log, c clock.Clock, rounds *round.Service, people *directory.Service, defs definitions) *Service {
	return &Service{db: d, vault: v, log: log, clock: c, rounds: rounds, people: people, defs: defs}
}
