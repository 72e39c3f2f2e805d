package views

// PasskeyForm is a form that a browser with passkeys fills in by itself before it is sent.
type PasskeyForm struct {
	Action, Does string // Does: "get" or "create"
	None         string // said where there can be no passkeys, or no script
	Failed       string
	Answer       string // of the browser, when the form comes back because of something else
}

// MySignIn is the page of one's own ways in and sign-ins.
type MySignIn struct {
	Allowed, Fresh, Full bool // there are passkeys; one may add one now; there is no room for more
	Passkeys             []Passkey
	SignIns              []MyOne
	Others               bool
	Name, Answer         string
	Form                 Form
	Password             Password
	Helps                bool   // may vouch for colleagues who cannot get in
	Rules                string // where the reader decides how people sign in; empty for who does not
}

// Passkey is one of the reader's own.
type Passkey struct {
	Href, Name, Added, Used string
	Blocked, Last, Fresh    bool
	Typed                   string // the name in the form
	Form                    Form
}

// MyOne is one of the reader's own sign-ins.
type MyOne struct {
	Title, Began, Seen, Role, EndAction string
	Current                             bool
}
