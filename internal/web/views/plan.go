package views

// PlanVariants is what one can plan a round of.
type PlanVariants struct{ Groups []PlanGroup }

// PlanGroup is the variants of one programme.
type PlanGroup struct {
	ID, Title string
	Items     []PlanVariant
}

// PlanVariant is one of them.
type PlanVariant struct{ Href, Title, Summary, Sessions string }

// PlanForm is the form of a round that is being planned; a part of it is that by which its words are changed.
type PlanForm struct {
	ID, Variant, Title, Session                                           string // Session: the word for a session, "the session"
	Boards                                                                []Option
	NoBoard, Digital, Agreed, Interpreter, HasInformation, Information    bool
	Name, Place, Link, First, Starts, Minutes, MinutesHint, Weeks, Rhythm string
	InterpreterText, InformationHint                                      string
	Languages, Paces, Days                                                []Option
	Form                                                                  Form
}

// PlanPreview is a round before it is stored: each day, and why it is that one.
type PlanPreview struct {
	Name     string
	Facts    []Fact
	Sessions []PreviewSession
	Warnings []PlanWarning
	Busy     []string // what else goes on at the same times, to be confirmed
	Held     []HeldField
	Form     Form
}

// PreviewSession is a session of it, whose day can still be changed.
type PreviewSession struct {
	Name, Title, When, Value, Wrong string
	Number                          int
	Why                             []string
}

// PlanWarning is where the days leave the programme's rhythm.
type PlanWarning struct {
	Text    string
	Serious bool
}

// Plan is the plan of a round.
type Plan struct {
	Head                 RoundHead
	Href, Seen           string
	Open                 bool // it has not ended
	Sessions             []PlanSession
	Warnings             []PlanWarning
	Moves                []PlanMove
	Facts, Staff         []Fact
	Counts               []StaffCount     // of parts in which somebody is lacking, or too many
	Information          *InformationForm // nil: it has one, or cannot have one
	Notified, NotifyHref string
	EndHref              string
	Untold               *UntoldAlert // that those who take part do not know of a change yet
	Form                 Form
}

// PlanSession is one session in it. Href is where its day is changed; empty when that cannot be.
type PlanSession struct {
	Anchor, Title, When, Place, Moved, Href string
	Number                                  int
	Tag                                     Tag
}

// PlanMove is what was moved in one go.
type PlanMove struct {
	Lines  []string
	By, At string
}

// InformationForm is the form by which an information meeting is put in.
type InformationForm struct{ Title, On, Starts string }

// PlanWords is the page where name, place, link and language are changed. Now is what they are, when somebody else has changed them.
type PlanWords struct {
	Back, Round, Seen string
	Now               []Fact
	Fields            PlanForm
	Form              Form
	// The weeks in which nobody meets, in a form of their own.
	WeeksAction, WeeksSeen, Weeks string
	WeeksForm                     Form
}

// ShiftForm is the page where a session gets another day, or is cancelled.
type ShiftForm struct {
	Back, Round, Action, RemoveAction, Seen, Now, On, Starts, Minutes, Place, RoundPlace, Session string
	Cancelled, Last                                                                               bool
	Follow                                                                                        []Option
	Form                                                                                          Form
}

// ShiftPreview is what moving a session would do.
type ShiftPreview struct {
	Back, BackText, Action string
	Held                   []HeldField
	Changes                []ShiftChange
	Warnings               []PlanWarning
}

// ShiftChange is one session before and after.
type ShiftChange struct {
	Title, From, To string
	Why             []string
}

// Staff is who works in a round.
type Staff struct {
	Head                               RoundHead
	Back, Href, Seen, Text, Role, From string
	Open                               bool
	Workers, Former                    []Worker
	Counts                             []StaffCount
	Roles                              []Option
	Found                              []PlanColleague
	Form                               Form
	Doubt                              *Doubt
}

// Doubt is whoever is about to be added and may not lead yet: it is asked once.
type Doubt struct {
	ID, Name string
	Why      []string
}

// Worker is somebody in it.
type Worker struct {
	Name, Role, Days, Href string // Role: the part, and where they work
	Fit                    *Fit   // nil where nothing is asked of the part
}

// StaffCount is how many there are in a part.
type StaffCount struct {
	Text string
	Tag  Tag
}

// Fit is whether somebody may lead, and why.
type Fit struct {
	Tag Tag
	Why []string
}

// PlanColleague is somebody who could work in it.
type PlanColleague struct {
	ID, Name, Organisation string
	Fit                    *Fit
}

// PartForm is the page where somebody's part ends, or goes to somebody else.
type PartForm struct {
	Back, Action, Seen, Role, Name, Lead, Text, Last, From, Found string
	When, People                                                  []Option
	Form                                                          Form
}

// Notify is the page where the hub is told of a round; it shows what the hub sees.
type Notify struct {
	Back, Round, Action, Notified, By string
	Ended                             bool
	Facts                             []Fact
	Sessions                          []string
}

// End is the page where a round is closed, broken off or opened again.
type End struct {
	Back, Round, Action, ReopenAction, Result string
	TheRound                                  string // the programme's word for it: "the group"
	Open, MayClose                            bool
	Missing                                   []Missing // without which it cannot be closed
	Lacking                                   []Missing // what would be good to have
	Reasons                                   []Option
	History                                   []EndingLine
	Form                                      Form
}

// Missing is one thing that is missing, with where it is done.
type Missing struct{ Text, Href, Link string }

// EndingLine is that a round ended or was opened again.
type EndingLine struct{ Text, On, Day string }

// RoundOutcome is what came of a round, and RoundPlanned what those who follow it see of its plan.
type RoundOutcome struct {
	Text, Result string
	History      []EndingLine
}
