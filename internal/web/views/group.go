package views

// Group is who takes part in a round.
type Group struct {
	Head                RoundHead
	Href                string
	TheRound            string // the programme's word for it: "the group"
	Warning, Note       string // fewer than it takes to certify its leaders; how the round keeps its participants
	Facts               []Fact
	Size                *Tag
	MayChange, Learners bool
	MayImport           bool
	Rows, Left          []MemberRow
	Count               *CountForm // where nobody is named
	Empty               string
	Consent             string // where the answers about being filmed are; empty: nobody is asked
}

// MemberRow is a participant in a list.
type MemberRow struct {
	Name, Href, Sub, Workplace, Phone, Email, Language, Children string
	Tags                                                         []Tag
}

// CountForm is where one says how many take part.
type CountForm struct {
	Value string
	Form  Form
}

// MemberForm is what is known of a participant, to be written or changed.
type MemberForm struct {
	Action, Back, BackText, Button, Lead  string
	Name, Phone, Email, Children, Version string
	Interpreter, Protected, Pseudonymous  bool
	Another, IsAnother                    bool // it is asked whether this is another person than one of the same name, and said to be
	ChildHint                             string
	Languages, With                       []Option
	Form                                  Form
}

// LearnersForm is where people of the directory are added by their addresses.
type LearnersForm struct {
	Action, Back, BackText, Emails string
	Joined                         string // who has joined
	Left                           []LeftLine
	Invite                         string // where who is unknown is invited; empty for who may not
	Unknown                        bool
	Form                           Form
}

// LeftLine is a line that nobody joined by.
type LeftLine struct{ Line, Address, Why string }

// Member is a participant's page.
type Member struct {
	Back, BackText, Fact string
	Tags                 []Tag
	Gone                 string // that the participant has left, and why
	MayReturn            bool
	Warning              string // a protected identity, what follows from it
	Person               []Fact // of one who learns: what the directory says
	Change               *MemberForm
	Leave                *LeaveForm
	Move                 *MoveMember
	Consent              *ConsentPart // what they have answered; nil: nothing is asked
	Href                 string
}

// LeaveForm is where one says that somebody takes part no more.
type LeaveForm struct {
	Reasons []Option
	On      string
	Form    Form
}

// MoveMember is where somebody is moved to another round.
type MoveMember struct {
	Rounds []Option
	Form   Form
}

// AttendanceRule is how a board keeps who takes part in its rounds.
type AttendanceRule struct {
	Now                []Fact
	Boards, Programmes []Option
	Ways               []Way
	From               string
	Said               []Fact
	Form               Form
}

// Way is a way of keeping who takes part, with what it means.
type Way struct {
	Option
	Hint string
}

// NewGroupList is where a list of participants comes in.
type NewGroupList struct {
	Action, Back, BackText string
	Form                   Form
}

// GroupList is what would become of each line of a list.
type GroupList struct {
	Back, Href, Button string // no button when nobody would be added
	Notes              []string
	Asks               []GroupAsk
	Parts              []GroupListPart
	Form               Form
}

// GroupAsk is a line of which it is asked who it is.
type GroupAsk struct {
	Name, Question string
	Options        []Option
}

// GroupListPart is the lines of which the same becomes. Tells is the heading of what is told of each; empty when nothing is.
type GroupListPart struct {
	ID, Title, Tells string
	Lines            []GroupLine
}

// GroupLine is a line of a list, and what is told of it.
type GroupLine struct{ Number, Name, Contact, Told string }
