// Package organisation keeps the list of organisations true: hubs, municipalities with their boards and units, treatment homes, providers,
// universities, a programme's owner. They are added one by one or taken in as a list, they change their names, merge, split and close,
// and what they were before stays readable.
//
// It never holds a person's data, and never moves what is secret: an authority that comes to another organisation keeps its id, its keys
// and its rounds. Who works where is package directory's.
package organisation

import (
	"context"
	"fmt"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
)

// rounds is what is asked of the rounds. They follow their authority.
type rounds interface {
	OpenByAuthorityTx(ctx context.Context, tx *db.Tx, organisationID string) (map[string]int, error)
	FollowTx(ctx context.Context, tx *db.Tx, authorityID, organisationID, name string) error
	FoundByTx(ctx context.Context, tx *db.Tx, organisationID, name string) error
}

// homes knows which programmes have their home with a hub.
type homes interface{ HomeProgrammes(hubID string) []string }

// Service is the room's door.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	log    *audit.Log
	dir    *directory.Service
	rounds rounds
	homes  homes
}

// New opens the room on a database.
func New(d *db.DB, c clock.Clock, log *audit.Log, dir *directory.Service, r rounds, h homes) *Service {
	return &Service{db: d, clock: c, log: log, dir: dir, rounds: r, homes: h}
}

// Today is the day it is where the house stands.
func (s *Service) Today() clock.Date { return s.dir.Today() }

// Kinds are the kinds of organisations, in the order in which they are offered.
var Kinds = []directory.OrganisationKind{directory.Municipality, directory.TreatmentHome, directory.Provider, directory.University, directory.HubKind,
	directory.OwnerKind}

// The words by which changes stand in the log. "board" and "unit" are what lies below an organisation.
const (
	ActionAdd        audit.Action = "organisation.add"
	ActionRename     audit.Action = "organisation.rename"
	ActionCorrect    audit.Action = "organisation.correct"
	ActionClose      audit.Action = "organisation.close"
	ActionReopen     audit.Action = "organisation.reopen"
	ActionMerge      audit.Action = "organisation.merge"
	ActionSplit      audit.Action = "organisation.split"
	ActionImport     audit.Action = "organisation.import"
	ActionExport     audit.Action = "organisation.export"
	ActionAddUnit    audit.Action = "unit.add"
	ActionChangeUnit audit.Action = "unit.change"
	ActionCloseUnit  audit.Action = "unit.close"
	ActionReopenUnit audit.Action = "unit.reopen"
)

// stamp is when, by whom and in which request something is done. It is made before the transaction, which may run twice.
type stamp struct {
	at        time.Time
	today     clock.Date
	by        access.Subject
	requestID string
}

func (s *Service) stamp(actor access.Subject, requestID string) stamp {
	return stamp{at: s.clock.Now(), today: s.Today(), by: actor, requestID: requestID}
}

// note writes the log's entry of a change, in the log of the organisation that it was done to.
func (s *Service) note(ctx context.Context, tx *db.Tx, st stamp, action audit.Action, organisation, subject string, found ...string) error {
	return s.log.Add(ctx, tx, audit.Entry{At: st.at, Actor: st.by.Person, Role: string(st.by.Role), Organisation: organisation, Action: action,
		Subject: subject, Outcome: audit.OK, RequestID: st.requestID, Found: found})
}

// resource is an organisation, or one of its authorities, as it is asked about.
func resource(organisation, authority string) access.Resource {
	return access.Resource{Organisation: organisation, Authority: authority}
}

// allow refuses what the actor may not do: Denied for the role, NotFound for what is outside its reach.
func allow(actor access.Subject, action access.Action, r access.Resource) error {
	d := access.Decide(actor, action, r)
	switch {
	case d.Allow:
		return nil
	case d.Reason == access.RoleMayNot || d.Reason == access.NotSignedIn:
		return &errs.Error{Kind: errs.Denied, Err: fmt.Errorf("%s: %s", action, d.Reason)}
	default:
		return &errs.Error{Kind: errs.NotFound, Err: fmt.Errorf("%s: %s", action, d.Reason)}
	}
}

// ownBoard is the actor's authority when it is one of the organisation's: who works in a board works in its organisation too.
func ownBoard(ctx context.Context, tx *db.Tx, actor access.Subject, organisation string) (string, error) {
	if actor.Authority == "" {
		return "", nil
	}
	in, err := db.One(ctx, tx, db.Scalar[string], `SELECT organisation_id FROM authority WHERE id = $1`, actor.Authority)
	if err != nil || in != organisation {
		return "", ignoreNotFound(err)
	}
	return actor.Authority, nil
}

func ignoreNotFound(err error) error {
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	return err
}

// day is a day that somebody says something happened on, and what is wrong with it as the field of that name: it is today or earlier.
func day(name string, d, today clock.Date) []errs.Field {
	switch {
	case d.IsZero(), d.Year < 1900:
		return []errs.Field{{Name: name, Key: "organisations.error.day"}}
	case d.After(today):
		return []errs.Field{{Name: name, Key: "organisations.error.ahead"}}
	}
	return nil
}
