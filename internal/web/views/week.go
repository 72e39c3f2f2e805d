package views

// Week is a leader's week.
type Week struct {
	Lead   string
	Needs  []Need
	Talks  []WeekTalk
	Rounds []WeekRound
}

// WeekTalk is a talk with somebody who wants to come to a group.
type WeekTalk struct{ Href, When, By, Language string }

// WeekRound is one round with what is before its next session.
type WeekRound struct {
	ID, Name, Href    string
	State             Tag
	With              []Fact // those who work in it beside the reader, by what they do
	Title             string
	When, Where, Link string
	SessionHref       string
	Who               []string
	Budget            *WeekBudget
	Tasks             []WeekTask
	Consent           *ConsentLine
	Folded            bool // what is to be done: the session is more than a week ahead, or another comes first
	Action            string
	Record            Link // to the text for the authority's own record; no address: none
}

// WeekBudget is how the hours of the week may be spent.
type WeekBudget struct {
	All   string
	Parts []Fact
}

// WeekTask is something to do before the session.
type WeekTask struct {
	ID, Text string
	State    Tag
	Done     bool
	Says     []WeekSay
}

// WeekSay is a button of a task.
type WeekSay struct{ Do, Text string }

// Record is the text for an authority's own record.
type Record struct {
	Round, RoundHref, SessionHref, Session string
	Held, Cancelled                        bool
	Rows                                   []RecordRow
}

// RecordRow is one participant's text.
type RecordRow struct{ ID, Name, Text string }
