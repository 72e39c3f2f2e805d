package views

// People is the list of people.
type People struct {
	Text, Summary                            string
	Organisations, Roles, Programmes, States []Option
	Filtered                                 bool
	Rows                                     []PeopleRow
	Pager                                    Pager
	CSV, Excel                               string
	MayAdd                                   bool
}

// PeopleRow is a person in a list, never without where they work.
type PeopleRow struct {
	ID, Href, Name, Email string
	State                 Tag
	Roles                 []string
}

// Colleague is a person's page.
type Colleague struct {
	Credentials                                   string // the address of the person's credentials; empty for who may not see them
	ID, Href, Name, Email, Phone, Language, Added string
	State                                         Tag
	Lead                                          string
	Roles, Former                                 []ColleagueRole
	History                                       []Happened
	Rounds                                        *PersonRounds // nil where there is nothing to tell
	MayChange, MayGive, MayReturn, MayLeave, Self bool
	Elsewhere                                     bool // what may be changed is bound by roles out of reach
}

// ColleagueRole is a role on a person's page. End and Deputy are where one goes to end it or to let somebody stand in; empty for nowhere.
type ColleagueRole struct {
	Title, Where, When, Note string
	Tag                      Tag
	End, Deputy              string
}

// Happened is a line of a history.
type Happened struct{ Text, When, By string }

// PersonRounds is the open rounds that a person works in: a link to each that the reader may see, and a sentence about all.
type PersonRounds struct {
	Text string
	Rows []Link
}

// PersonForm is the form about a person, and what is wrong with it.
type PersonForm struct {
	Title, Lead, Action, Back, BackText, Button string
	Name, Email, Phone                          string
	Languages                                   []Option
	WithEmail                                   bool
	ShownEmail                                  string // where it cannot be changed
	Consents                                    string // where one's own consents are; empty: there are none
	Role                                        *RoleForm
	Form                                        Form
}

// RoleForm is the fields by which a role is chosen.
type RoleForm struct {
	Places, Roles, Programmes []Option
	From, To                  string
}

// GiveRole is the page on which a role is given.
type GiveRole struct {
	Person, Works, Href string
	Role                RoleForm
	Form                Form
}

// EndRole is the page on which a role ends, or everything does.
type EndRole struct {
	Person, Href, Action, Lead, Button string
	Ends                               []string // what ends
	Rounds                             *PersonRounds
	When                               []Option // at once, or after a day
	Last, Reason                       string
	Form                               Form
}

// Deputy is the page on which somebody is let in for another.
type Deputy struct {
	Person, Href, Action, Lead string
	People                     []Option
	From, To                   string
	Form                       Form
}

// MoveForm is the page of a change of workplace.
type MoveForm struct {
	Person, Href string
	Roles        []MoveRole
	Places       []Option
	First        string
	Rounds       *PersonRounds
	Form         Form
}

// MoveRole is a role and what may become of it.
type MoveRole struct {
	Name, Title string
	Fates       []Option
}

// Merge is the page on which a double is looked for, and then the one on which two are compared.
type Merge struct {
	Person, Href, Text string
	Candidates         []PeopleRow
	Compared           *Compared
	Form               Form
}

// Compared is two who may be the same.
type Compared struct {
	With  string
	Stays []Option
	Rows  []ComparedRow
	Names [2]string
}

// ComparedRow is one thing about both.
type ComparedRow struct {
	Name   string
	Values [2][]string
}

// NewRegister is the page on which a register's table is chosen.
type NewRegister struct {
	Role      RoleForm
	Languages []Option
	Form      Form
}

// Register is a table that waits to be taken over.
type Register struct {
	Href, Unknown, Nothing string
	Asks                   []AskedLine
	Answered               []HeldField // what has been answered already
	Parts                  []RegisterPart
	MayTake                bool
	Form                   Form
}

// AskedLine is a line with a question.
type AskedLine struct {
	Line           RegisterLine
	Name, Question string
	Options        []Option
	Answered       []HeldField
}

// RegisterPart is lines of which the same becomes.
type RegisterPart struct {
	ID, Title, More string
	Lines           []RegisterLine
}

// RegisterLine is a line of a table.
type RegisterLine struct{ Number, Name, Email, Phone, Place, Role, Why string }

// TakeOver is how a take-over went.
type TakeOver struct {
	Numbers []Fact
	Left    []RegisterLine
	CSV     string
}
