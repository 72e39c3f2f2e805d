package views

// StandInPage is who may step in for one of those who lead a session.
type StandInPage struct {
	Round, RoundHref, SessionHref, Action string
	Title, When                           string
	Leaders                               []StandInLeader
	Absent                                string // the name of who is away; empty until it is said
	AbsentID                              string
	Outlook                               []StandInOutlook
	Groups                                []StandInGroup // the nearest first
	Others                                []StandInPerson
	Nobody                                bool   // who may lead is free
	Move                                  string // where the session is moved
	Closed                                string // why it is too late; empty: it is not
}

// StandInLeader is one of those who lead on the day.
type StandInLeader struct {
	Name, Href, ID, For string // For is whoever steps in for them; empty for nobody
	Chosen              bool
}

// StandInOutlook is what it does to a credential of whoever is away.
type StandInOutlook struct {
	Title     string
	Now, Then Tag
	Why       []string
}

// StandInGroup is people as near as one another.
type StandInGroup struct {
	Title  string
	Folded bool // nearer people stand above
	People []StandInPerson
}

// StandInPerson is somebody who is free.
type StandInPerson struct {
	ID, Name, Organisation string
	Fit                    *Fit
}

// TellPage is how those who lead reach the participants about a session, with words to send from their own phone.
type TellPage struct {
	Round, RoundHref, SessionHref, Title, When string
	Lead                                       string
	Words                                      []TellWords
	People                                     []TellPerson
	Untold                                     *TellUntold // nil when they know everything
	Told                                       []string    // when they were told of the session, the newest first
}

// TellUntold is what those who take part have not been told, and how the house can tell them.
type TellUntold struct {
	Action, Seen   string
	Said           []string
	Counts         bool // the round keeps numbers alone
	Letters, Calls int
	Reached        []string // how many get it how
	Call           []Fact   // who is to be called, and why
	Words          []TellLetter
}

// TellLetter is a letter's words in a language. Language is its heading; empty where there is one alone.
type TellLetter struct{ Language, Lang, Subject, Body, SMS string }

// UntoldAlert tells on a round's pages that those who take part have not been told of a change.
type UntoldAlert struct{ Text, Href string }

// TellWords is a text to send, in a language.
type TellWords struct{ Language, Lang, Text string }

// TellPerson is one who is to be told.
type TellPerson struct {
	Name, Language, Note string
	State                string // of the last letter
	Call, SMS, Mail      string // addresses; empty for none
	Phone, Email         string
}
