package views

// ConsentPage is what those who take part in a round, and those who lead it, have answered about being filmed.
type ConsentPage struct {
	Back, BackText, Action string
	Scope                  string // that it is about one session alone; empty: the round as a whole
	Session                string // its id
	All                    string // where the answers for the whole round are
	Told                   ConsentTold
	Children               bool // the programme asks for the children's consent too
	Ended                  string
	Rows                   []ConsentRow // those who are asked
	Leaders                []ConsentRow
	Left                   []ConsentRow // who have left, and have a yes to take back
	Waiting                bool         // somebody of Rows has not answered, and can
	Counts                 bool         // a row is a session
	Fields                 ConsentFields
	Sessions               []Link // for one of which answers can be taken down alone
	Form                   Form
}

// ConsentTold is how many have answered what, line by line, and what follows.
type ConsentTold struct {
	Lines   []string
	Follows string
	Colour  string // of what follows
}

// ConsentFields is how, when and in which language answers were given.
type ConsentFields struct {
	Hows, Languages []Option
	On              string
}

// ConsentRow is somebody who is asked.
type ConsentRow struct {
	ID, Name, Sub string
	State         string // what holds, on which day and how it was given
	Seen, Was     string // the id of what is shown, and the answer
	Options       []Option
	Note          string // what somebody has to be asked
}

// ConsentPart is what one participant has answered, on their own page.
type ConsentPart struct {
	Action, ID, Seen string
	State            Tag
	About            string
	Options          []Option // empty: nothing can be answered now
	Sessions         []Option // for which it is; the first is the round as a whole
	Fields           ConsentFields
	History          []ConsentSaid
	Note             string // that another has answered meanwhile
	Form             Form
}

// ConsentSaid is one answer of somebody's history.
type ConsentSaid struct{ Text, By string }

// ConsentLine is how the consents stand before a session, where they are not the page's own matter.
type ConsentLine struct {
	Told  ConsentTold
	Names []string // of those who have not said yes, for who may know
	Href  string   // where they are; empty for who may not
}

// MyConsent is what the reader has answered as one of those who lead a round, or led it.
type MyConsent struct {
	Href, Round, When string
	State             Tag
}

// MyConsentPart is the page of one.
type MyConsentPart struct {
	MyConsent
	Back     string
	Said     []ConsentSaid // the newest first
	TakeBack *TakeBackForm // nil: there is no yes to take back
}

// TakeBackForm takes a yes back.
type TakeBackForm struct {
	Action, On string
	Sessions   []Option // the first is the round as a whole
	Form       Form
}
