// Package site holds the house's own texts, which anybody may read before they sign in (the accessibility statement, what is kept
// about people, cookies, contact), and what people write to the house about it. Every save of a text is a version of its own;
// what people write is sealed. It never makes up a contact: what the hub has not filled in is said to be missing.
//
// It sends nothing but the answers that somebody gives to it, and never holds a text of a programme or the help for a page (package web has that).
package site

import (
	"context"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/mail"
	"hemvist/internal/vault"
)

// The actions in the log that this room writes. Their subject is a text, or the id of what somebody wrote.
const (
	ActionSave           audit.Action = "site.save"
	ActionAgain          audit.Action = "site.again"
	ActionParticulars    audit.Action = "site.particulars"
	ActionSend           audit.Action = "feedback.send"
	ActionList           audit.Action = "feedback.list"
	ActionRead           audit.Action = "feedback.read"
	ActionAnswer         audit.Action = "feedback.answer"
	ActionReadAnswer     audit.Action = "feedback.answer-read"
	ActionClose          audit.Action = "feedback.close"
	ActionReopen         audit.Action = "feedback.reopen"
	ActionForgetContacts audit.Action = "feedback.forget-contacts"
)

// zone is where a day begins for what is due; the binary embeds the zone data.
var zone = func() *time.Location {
	z, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		panic("no time zone data: " + err.Error())
	}
	return z
}()

// letters is what the room asks of the one that writes them.
type letters interface {
	SendTx(ctx context.Context, tx *db.Tx, l mail.Letter) error
	Delivers(w mail.Way) bool
	ForgetTx(ctx context.Context, tx *db.Tx, once string) error
}

// Service is the room's door.
type Service struct {
	db      *db.DB
	vault   *vault.Vault
	log     *audit.Log
	clock   clock.Clock
	letters letters
}

// New opens the room.
func New(d *db.DB, v *vault.Vault, log *audit.Log, c clock.Clock, l letters) *Service {
	return &Service{db: d, vault: v, log: log, clock: c, letters: l}
}

// Today is the day it is where the house stands.
func (s *Service) Today() clock.Date { return clock.Today(s.clock, zone) }

// may is nil when the actor may do a to the house's own things.
func may(actor access.Subject, a access.Action) error {
	if !access.Decide(actor, a, access.Resource{}).Allow {
		return errs.New(errs.Denied, "")
	}
	return nil
}

// entry is the beginning of an entry in the log about what the actor does.
func entry(actor access.Subject, action audit.Action, subject, requestID string) audit.Entry {
	return audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: actor.Organisation, Action: action, Subject: subject,
		Outcome: audit.OK, RequestID: requestID}
}
