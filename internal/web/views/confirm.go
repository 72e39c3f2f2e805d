package views

import "net/url"

// nextQuery is the part of an address that says where to go on to.
func nextQuery(next string) string { return url.Values{"next": {next}}.Encode() }

// Confirm is the page where one shows again who one is.
type Confirm struct {
	Next           string
	Fresh          bool // it is done already
	Ends           bool // nothing but this was wanted here
	Passkeys       bool // the reader has one
	Demo           bool
	HasPassword    bool
	Passkey        Form // what went wrong with a passkey
	Password, Code Form
}

// Stale is the page that answers what wants somebody who has shown lately who they are.
type Stale struct {
	Text, Confirm string
	Held          *HeldForm // the form that was sent; nil when a page was asked for
}
