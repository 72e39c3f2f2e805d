package views

// Invite is the form by which somebody is invited.
type Invite struct {
	Name, Email string
	Languages   []Option
	Role        RoleForm
	Form        Form
}

// Invitations is the list of those that have been sent.
type Invitations struct {
	Text, Summary string
	States        []Option
	Filtered      bool
	Rows          []Invitation
	Pager         Pager
}

// Invitation is one of them, in the list and on its page.
type Invitation struct {
	Href, Name, Email, Role, Place, Programme, By, Sent, Ends, From, What string
	State                                                                 Tag
	Again, Withdraw                                                       bool
	Typed                                                                 string // the address in the form
	Form                                                                  Form
}

// Offer is what an invitation's link shows.
type Offer struct{ Code, Text, Ends, Waits, SignedIn string }

// Welcome is the page after an invitation was taken up.
type Welcome struct {
	Role  string
	Fresh bool
}
