package views

// Password is the page of the reader's own password.
type Password struct {
	Set, Fresh                bool
	Since, Reserve, Forbidden string // in words; the last is empty where it is allowed
	Form                      Form
}

// PasswordCode is the page that gives an app its secret and asks for the first code.
type PasswordCode struct {
	QR, Secret string
	Form       Form
}

// SignInRules is how the people of an organisation may sign in.
type SignInRules struct {
	Organisation, Action string
	Fresh                bool
	Options              []Option
	History              []Fact
}
