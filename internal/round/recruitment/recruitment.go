// Package recruitment is how parents come to a group: they tell that they are interested, by a public form without an account or
// through a colleague who refers them; a leader books a talk, notes it, offers a place, and whoever accepts becomes a participant
// of the round. What tells who somebody is lies sealed with a key of the interest's own, under the authority that answers for it,
// and goes six months after it was last touched. It holds no personal number, and it never tells one person about another.
package recruitment

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/mail"
	"hemvist/internal/programme"
	"hemvist/internal/round"
	"hemvist/internal/round/group"
	"hemvist/internal/vault"
)

// The actions in the log that this room writes. Their subject is an interest, that of the list and the contact none.
const (
	ActionSend    audit.Action = "interest.send"
	ActionAdd     audit.Action = "interest.add"
	ActionList    audit.Action = "interest.list"
	ActionRead    audit.Action = "interest.read"
	ActionStep    audit.Action = "interest.step"
	ActionErase   audit.Action = "interest.erase"
	ActionForget  audit.Action = "interest.forget"
	ActionContact audit.Action = "interest.contact"
	ActionOpen    audit.Action = "interest.offer-read"
)

// definitions is what the room asks about programmes.
type definitions interface {
	Definition(programmeID, version string) (*programme.Definition, error)
	Newest(programmeID string) (*programme.Definition, error)
	InForce() []*programme.Definition
}

// letters is what the room asks of the one that writes them.
type letters interface {
	SendTx(ctx context.Context, tx *db.Tx, l mail.Letter) error
	Delivers(w mail.Way) bool
}

// Service is the room's door.
type Service struct {
	db      *db.DB
	vault   *vault.Vault
	log     *audit.Log
	clock   clock.Clock
	defs    definitions
	rounds  *round.Service
	groups  *group.Service
	letters letters
}

// New opens the room.
func New(d *db.DB, v *vault.Vault, log *audit.Log, c clock.Clock, defs definitions, rounds *round.Service, groups *group.Service, l letters) *Service {
	return &Service{db: d, vault: v, log: log, clock: c, defs: defs, rounds: rounds, groups: groups, letters: l}
}

// Today is the day it is where the rounds are held.
func (s *Service) Today() clock.Date { return s.rounds.Today() }

// Source is who told us of an interest.
type Source string

// The sources there are.
const (
	Self      Source = "self"       // the parent, by the public form
	Referral  Source = "referral"   // a colleague elsewhere, by the public form, with the parent's consent
	TakenDown Source = "taken-down" // a leader, who was told it
)

// KeepMonths is how long an interest is kept after it was last touched. It is our own choice: long enough for the next group.
const KeepMonths = 6

// entry is the beginning of an entry in the log about what the actor does.
func entry(actor access.Subject, action audit.Action, organisation, subject, requestID string) audit.Entry {
	return audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: organisation, Action: action, Subject: subject,
		Outcome: audit.OK, RequestID: requestID}
}

// scopeOf is how far the actor reaches; Denied for who handles no interests at all.
func scopeOf(actor access.Subject) (access.Scope, error) {
	scope := access.ScopeOf(actor, access.HandleInterest)
	if scope.Reach() != access.Organisation {
		return scope, errs.New(errs.Denied, "")
	}
	return scope, nil
}

// where gathers the conditions of a query on interest i, with its authority a, and their values.
type where struct {
	conditions []string
	args       []any
}

// add adds a condition; every ? in it stands for the next of args.
func (w *where) add(condition string, args ...any) {
	for _, a := range args {
		w.args = append(w.args, a)
		condition = strings.Replace(condition, "?", "$"+strconv.Itoa(len(w.args)), 1)
	}
	w.conditions = append(w.conditions, condition)
}

func (w *where) String() string { return strings.Join(w.conditions, " AND ") }

// within adds what bounds a query to the scope.
func (w *where) within(s access.Scope) {
	switch {
	case s.Reach() != access.Organisation:
		w.add("1 = 0")
	case s.Authority() != "":
		w.add("i.authority_id = ?", s.Authority())
	default:
		w.add("a.organisation_id = ?", s.Organisation())
	}
	if s.Programme() != "" {
		w.add("i.programme = ?", s.Programme())
	}
}

// in adds that the state is one of some.
func (w *where) in(states []State) {
	marks := make([]string, len(states))
	args := make([]any, len(states))
	for i, s := range states {
		marks[i], args[i] = "?", string(s)
	}
	w.add("i.state IN ("+strings.Join(marks, ", ")+")", args...)
}

// forgetBefore is the instant before which an interest must have been touched to be forgotten at another.
func forgetBefore(now time.Time) time.Time {
	return clock.DateOf(now.In(zone)).AddMonths(-KeepMonths).In(zone, 0)
}

// zone is where a day begins for what is kept; the binary embeds the zone data.
var zone = func() *time.Location {
	z, err := time.LoadLocation(round.Zone)
	if err != nil {
		panic("no time zone data: " + err.Error())
	}
	return z
}()

// keptUntil is the last day on which what was touched at an instant is kept, when nothing more is done about it.
func keptUntil(touched time.Time) clock.Date {
	return clock.DateOf(touched.In(zone)).AddMonths(KeepMonths)
}

func wrapped(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
