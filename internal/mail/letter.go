// Package mail writes to people, by e-mail and by SMS: a domain hands over a letter in its own transaction, and the room sees to it
// that it is sent, once. A letter holds nothing secret: who opens a mailbox, or the table of letters, learns that somebody was
// written to, and no more. The one exception, a link that lets its receiver in, is worked out when the letter is sent and is stored
// nowhere.
//
// Nobody is written to twice. That a letter is being handed over is stored before the other end hears a word of it; a letter of which
// nobody knows whether it was taken is never sent again by itself, but waits for a person to decide.
package mail

import (
	"maps"
	"net/url"
	"slices"
	"time"
)

// Way is how a letter travels.
type Way string

// The ways there are.
const (
	ByEmail Way = "email"
	BySMS   Way = "sms"
)

// Ways is every way, in the order they are named.
var Ways = []Way{ByEmail, BySMS}

// Letter is something to be written to one person.
type Letter struct {
	Template     string            // whose words: "invitation"
	Way          Way               // ByEmail when empty
	To           string            // an e-mail address, or a telephone number
	Person       string            // id of the person who is written to; empty for who is in no directory
	Name         string            // as the receiver is greeted
	Language     string            // a code of i18n.Languages
	Organisation string            // id of the organisation in whose matter it is written
	Authority    string            // id of the board in whose matter it is written; empty for the whole organisation's
	Hub          string            // id of the hub whose words are used; empty for the house's own words
	Args         map[string]string // values for the words, by the template's names; nothing secret
	Link         Link              // the one thing to open; zero for none
	Once         string            // a second letter with the same is not written; empty for no such bound
}

// Link is an address in this house that a letter leads to. With a purpose it carries a secret, vault.Secret(Purpose, ID), that lets in
// whoever holds it; the room that opens it stores its hash. A private letter that leads nowhere has the ID alone: its address is asked by it.
type Link struct{ Path, Purpose, ID string }

// State is how far a letter has come.
type State string

// The states of a letter.
const (
	Queued      State = "queued"       // waits to be sent, the first time or again
	HandingOver State = "handing-over" // is being sent
	Sent        State = "sent"         // the other end took it
	Failed      State = "failed"       // surely did not arrive, and is not tried again
	Uncertain   State = "uncertain"    // the other end may have taken it: only a person sends it again
	Dropped     State = "dropped"      // a person took it back before it was sent
)

// States is every state, in the order in which a letter comes to them.
var States = []State{Queued, HandingOver, Sent, Uncertain, Failed, Dropped}

// stored is a letter as it stands in the table.
type stored struct {
	Letter
	id            string
	state         State
	created, when time.Time // when the state began
	tries         int
	attempt       string
	subject, body string // as handed over, with linkMark in the link's place; empty before
}

// href is the link's address in a house at an origin.
func (l Link) href(origin string, secret func(purpose, id string) string) string {
	if l.Purpose == "" {
		return origin + l.Path
	}
	mark := "?"
	if u, err := url.Parse(l.Path); err == nil && u.RawQuery != "" {
		mark = "&"
	}
	return origin + l.Path + mark + "code=" + url.QueryEscape(secret(l.Purpose, l.ID))
}

// argNames are the names of a letter's values, in order.
func argNames(args map[string]string) []string { return slices.Sorted(maps.Keys(args)) }
