package views

// Departure is the page between ours and an organisation's own sign-in.
type Departure struct{ Name, Href string }

// Refused is the page for whoever is not let in through their organisation.
type Refused struct{ Text, Again, RequestID string }

// Identity is the page of an organisation's own identity provider.
type Identity struct {
	Action, Organisation, Callback, Changed string
	Allowed                                 bool // providers can be used here
	Active, HasSecret, Trusted, Create      bool
	Issuer, Client, Scopes                  string
	Subject, Email, Name                    string
	Rules                                   []IdentityRule
	Tried                                   string // how it went to try the address
	TriedWell                               bool
	Form                                    Form
}

// IdentityRule is one row of a mapping.
type IdentityRule struct {
	ID, Legend, Claim, Value  string
	Roles, Boards, Programmes []Option
	Wrong                     []Wrong
}

// of is what is wrong with a part of the row.
func (r IdentityRule) of(part string) string { return Form{Wrong: r.Wrong}.Of(r.ID + "-" + part) }

// Choice is a field in which one of a list is chosen.
type Choice struct {
	Name, Label, Hint string
	Options           []Option
	Optional          bool
	Wrong             string
}

// describedBy is the ids of the texts that belong to the field.
func (c Choice) describedBy() string {
	return Input{Name: c.Name, Hint: c.Hint, Wrong: c.Wrong}.describedBy()
}
