package views

// TextPage is one of the house's own texts, as anybody reads it.
type TextPage struct {
	HTML     string // made by package marked, which lets through nothing that could run
	Language string // of the text, when it is another than the page's
	Changed  string // when the hub last changed it; empty for the shipped text
	Missing  []string
	Edit     string // empty for who may not
}

// Tabs is the parts of the room for the house's own texts.
type Tabs struct{ Texts, Particulars, Feedback bool }

// Site is the list of the house's own texts.
type Site struct {
	Missing []Link
	Older   []string
	Rows    []SiteRow
}

// SiteRow is a text in one language.
type SiteRow struct {
	Name, Language, Changed, By string
	State                       Tag
	Edit, History, Show         string
}

// SiteEdit is the form for a text in one language.
type SiteEdit struct {
	Name, Action, Body, Seen, History string
	Form                              Form
	Preview                           string // HTML; empty when none was asked for
	Missing                           []string
	Meanwhile                         string
	Changes                           []SiteChange // from what was saved meanwhile to what is in the form
	Other                             *SiteOther
	Marks                             []Fact
}

// SiteOther is the text in the first language, to look at while one writes in another.
type SiteOther struct{ Title, Language, Body string }

// SiteChange is a place at which two versions differ.
type SiteChange struct{ Before, After []string }

// SiteHistory is every version of a text in one language.
type SiteHistory struct {
	Edit     string
	Versions []SiteVersion
	Title    string // of what is compared
	Changes  []SiteChange
	Compared bool
	Action   string
	Seen     string
	Form     Form
}

// SiteVersion is one version in the history.
type SiteVersion struct {
	Title, Text, Show, Number string
	Now, MayTake              bool
}

// Particulars is the form for who runs the house.
type Particulars struct {
	Organisation, Email, Phone, Post, Officer, Reviewed, Seen string
	Form                                                      Form
	Changed, Meanwhile                                        string
	Now                                                       []Fact // what was saved meanwhile
}

// Feedback is the form by which anybody writes to the house.
type Feedback struct {
	Kinds               []Option
	Body, Contact, Page string
	Max                 string
	Form                Form
}

// Received tells whoever wrote that it has come.
type Received struct{ Reference string }

// Answer is an answer as whoever wrote reads it.
type Answer struct{ Text, Answer string }

// Inbox is the list of what people have written.
type Inbox struct {
	Summary       string
	States, Kinds []Option
	Filtered      bool
	Rows          []InboxRow
	Pager         Pager
}

// InboxRow is one feedback in the list.
type InboxRow struct {
	Href, Reference, Beginning, Kind, Received, Due string
	State                                           Tag
}

// InboxItem is one feedback with what was done about it.
type InboxItem struct {
	Href, Reference, Body, Language, Contact, Seen, Answer, Max string
	State                                                       Tag
	Facts                                                       []Fact
	Erased, MayWrite, NoContact, Waits, Closed                  bool
	Steps                                                       []InboxStep
	Hows                                                        []Option
	Form                                                        Form
}

// InboxStep is one thing that was done about a feedback.
type InboxStep struct{ Title, When, Answer string }

// Help is the list of what there is help about.
type Help struct {
	Topics []Link
	Lead   string
}

// HelpTopic is the help about one part of the house.
type HelpTopic struct {
	HTML  string
	Other []Link
}

// HelpWords is the glossary.
type HelpWords struct{ Words []Fact }
