// Package oversight is the log as people read it: a reviewer takes samples, looks at what deserves a look, asks somebody why they
// looked and judges the answer; and everybody sees who looked at them and what they looked at themselves. It never shows a
// participant: of those it tells how many were shown, and to whom. That somebody reads the log is itself in the log.
//
// It stands on directory and round, whose names it puts to the log's ids. What reviewer and asked write to each other is sealed.
package oversight

import (
	"context"
	"strings"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/mail"
	"hemvist/internal/vault"
)

// The actions in the log that this room writes.
const (
	ActionRead         audit.Action = "log.read"
	ActionReadOwn      audit.Action = "log.read-own"
	ActionExport       audit.Action = "log.export"
	ActionAsk          audit.Action = "log.ask"
	ActionReadQuestion audit.Action = "log.read-question"
	ActionAnswer       audit.Action = "log.answer"
	ActionAccept       audit.Action = "log.accept"
	ActionFollowUp     audit.Action = "log.follow-up"
)

// letters is what this room asks of the one that writes to people.
type letters interface {
	SendTx(ctx context.Context, tx *db.Tx, l mail.Letter) error
}

// Service is the room's door.
type Service struct {
	db      *db.DB
	vault   *vault.Vault
	log     *audit.Log
	clock   clock.Clock
	letters letters
	glanced int // looks that one spot-check is about at most
}

// New opens the room.
func New(d *db.DB, v *vault.Vault, log *audit.Log, c clock.Clock, l letters) *Service {
	return &Service{db: d, vault: v, log: log, clock: c, letters: l, glanced: maxGlanced}
}

// zone is where office hours are told and days begin; the binary embeds the zone data.
var zone = func() *time.Location {
	z, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		panic("no time zone data: " + err.Error())
	}
	return z
}()

// Today is the day it is where the house stands.
func (s *Service) Today() clock.Date { return clock.Today(s.clock, zone) }

// begin is the instant at which a day begins.
func begin(d clock.Date) time.Time { return d.In(zone, 0) }

// Group is a kind of doing, by which the log is filtered.
type Group string

// The groups.
const (
	Participants Group = "participants"
	Rounds       Group = "rounds"
	Exports      Group = "exports"
	People       Group = "people"
	SignIns      Group = "sign-ins"
	Programmes   Group = "programmes"
	Letters      Group = "letters"
	TheLog       Group = "log"
	Others       Group = "others"
)

// Groups is every group, in the order in which they are offered.
var Groups = []Group{Participants, Rounds, Exports, People, SignIns, Programmes, Letters, TheLog, Others}

// beginnings tells the group of an action by how its word begins.
var beginnings = []struct {
	word  string
	group Group
}{
	{"participant.", Participants}, {"interest.", Participants}, {"round.", Rounds}, {"session.", Rounds}, {"attendance.", Rounds}, {"concern.", Rounds}, {"consent.", Rounds}, {"person.", People}, {"role.", People}, {"organisation.", People},
	{"unit.", People}, {"invitation.", People}, {"credential.", People}, {"signed-", SignIns}, {"sign-in", SignIns}, {"session-", SignIns}, {"confirmed.", SignIns}, {"role-", SignIns}, {"passkey", SignIns}, {"password", SignIns},
	{"recover", SignIns}, {"reserve-codes", SignIns}, {"ways-in", SignIns}, {"identity", SignIns}, {"definition.", Programmes}, {"programme.", Programmes}, {"letter.", Letters}, {"wording.", Letters},
	{"template.", Letters}, {"outbox.", Letters}, {"log.", TheLog},
}

// GroupOf is the group of an action.
func GroupOf(a audit.Action) Group {
	if strings.HasSuffix(string(a), ".export") {
		return Exports
	}
	for _, b := range beginnings {
		if strings.HasPrefix(string(a), b.word) {
			return b.group
		}
	}
	return Others
}

// isLook tells whether an action is a look at people's data: at participants, at a person, or a list taken out of the house.
func isLook(a audit.Action) bool {
	switch _, did, _ := strings.Cut(string(a), "."); GroupOf(a) {
	case Exports:
		return true
	case Participants, People:
		return did == "read" || did == "search" || did == "list" && GroupOf(a) == Participants
	}
	return false
}

// reviewed is the part of the log that a scope reaches: the organisation's; for a reviewer of one authority what is done in its
// rounds, and what its own people, or those of the whole organisation, do in no round. An authority is a border of secrecy within
// an organisation too.
func reviewed(scope access.Scope) audit.Filter {
	f := audit.Filter{Organisation: scope.Organisation()}
	if scope.Authority() != "" {
		f.Narrow = func(mark func(any) string) string {
			authority := mark(scope.Authority())
			return `(e.purpose IN (SELECT id FROM round WHERE authority_id = ` + authority + `) OR e.purpose = '' AND e.actor IN
				(SELECT person_id FROM role WHERE organisation_id = ` + mark(scope.Organisation()) + ` AND (authority_id = ` + authority + ` OR authority_id IS NULL)))`
		}
	}
	return f
}

// also adds a condition to those that a filter has already.
func also(f audit.Filter, more func(mark func(any) string) string) audit.Filter {
	if before := f.Narrow; before != nil {
		f.Narrow = func(mark func(any) string) string { return before(mark) + " AND " + more(mark) }
	} else {
		f.Narrow = more
	}
	return f
}

// in is "column IN (…)" for ids; none at all when there are none.
func in(column string, ids []string) func(mark func(any) string) string {
	return func(mark func(any) string) string {
		if len(ids) == 0 {
			return "1 = 0"
		}
		marks := make([]string, len(ids))
		for i, id := range ids {
			marks[i] = mark(id)
		}
		return column + " IN (" + strings.Join(marks, ", ") + ")"
	}
}

func note(ctx context.Context, actor access.Subject, action audit.Action, subject string, shown int) {
	audit.Note(ctx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: actor.Organisation, Action: action, Subject: subject,
		Outcome: audit.OK, Count: shown})
}
