package views

// SessionAsked is a session that is about to be cancelled, and why that is asked.
type SessionAsked struct {
	Session     Session
	Round, When string
	Why         []string
	Back, No    string // where the form leads, as it says; and the way back
}

// MeetingPage is the page of one session.
type MeetingPage struct {
	Round, RoundHref, Href string // the round's name and address, the session's address
	Title, When, Where     string
	Link                   string // where a digital round meets
	Tag                    Tag
	Session                Session      // what may be said of it
	Said                   string       // what has been said of it, in a sentence
	Ended                  string       // that the round is over; empty otherwise
	Away                   []string     // who is away, and who steps in
	Untold                 *UntoldAlert // that those who take part do not know of a change yet
	Told                   string       // when they were told last
	Came                   []Fact
	CameLine               string // in one sentence
	Ticked                 bool   // something is said of it
	Missing                string // how many nothing is said of, though the session was held; empty for none
	MayTick                bool
	Leaders                []Fact // name, and what was said of their part
	Previous, Next         NavItem
	Notes                  *NotesView
	Checks                 []CheckForm
	Consent                *ConsentLine // how the consents stand; nil: nobody is asked
	Aside                  []NavItem    // what else there is to do about the session
	Concern                string       // where a concern is noted; empty: the reader does not work in the round
}

// NotesView is what those who lead have written, in a form.
type NotesView struct {
	Action, Seen            string
	Text, Homework, LeftOut string
	By                      string // who wrote last, and when
	Erased                  bool
	Closed                  bool // the round is over: it is read and not written
	Form                    Form
	Theirs                  *TheirNotes // what somebody else wrote meanwhile
}

// TheirNotes is a version of the notes that somebody else wrote meanwhile.
type TheirNotes struct{ By, Text, Homework, LeftOut string }

// CheckForm is a self-check by one of the definition's forms: the reader's own to fill in, and what each has said.
type CheckForm struct {
	ID, Title, Action, Scale string
	Slot                     bool // the owner has items that are not here
	May                      bool
	Items                    []CheckItem
	Said                     []CheckSaid
	Form                     Form
}

// CheckItem is one thing to think about.
type CheckItem struct {
	Name, Title string
	Options     []Option
}

// CheckSaid is what one of those who lead has said.
type CheckSaid struct {
	Name, When string
	Values     []Fact
}

// AttendancePage is the attendance of one session.
type AttendancePage struct {
	Round, RoundHref, SessionHref, Action string
	Title, When                           string
	Key, Person                           string // what the marks on the device are kept under, and whose they are
	Request                               string // the name of this page's requests
	Closed                                string // why nothing can be marked; empty: it can
	Ahead                                 bool
	Rows                                  []TickRow
	Later                                 []TickRow // written down after the day
	Counts                                bool      // a number alone
	Count                                 Input
	CountSeen, CountNote                  string
	Legend                                []Fact
	Summary                               string
	OfferHeld, WasHeld                    bool
	Leaders                               []Option
	Form                                  Form
	Concern                               string
}

// TickRow is one who is asked for.
type TickRow struct {
	ID, Name, Language string
	Seen, Was          string // the id of the mark that is shown, and the mark
	Options            []Option
	Note               string // what somebody has to be asked
	Later              bool   // nobody asks for them
}

// Marked tells whether something is shown as marked.
func (r TickRow) Marked() bool {
	for _, o := range r.Options {
		if o.Chosen {
			return true
		}
	}
	return false
}

// orNothing is a text, or the word for none.
func orNothing(p Page, text string) string {
	if text == "" {
		return p.T("notes.none")
	}
	return text
}
