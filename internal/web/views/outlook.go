package views

// Outlook is what a round will give those who lead it.
type Outlook struct {
	Head        RoundHead
	Href        string
	On, OnText  string
	IsToday     bool
	Leaders     []OutlookLeader
	Open        bool // there is still something to suppose
	Supposing   bool
	Supposed    []string // what is supposed, in words
	SupposedDay string
	Form        SupposeForm
}

// OutlookLeader is one of those who lead, towards one credential.
type OutlookLeader struct {
	ID, Name, Credential string
	Status, Prospect     Tag
	Then                 Tag // as it would be, when something is supposed
	Lead, ThenLead       string
	Rows                 []OutlookRow
	Elsewhere            []OutlookRow
}

// OutlookRow is one thing that is asked.
type OutlookRow struct {
	Title, Why    string
	Tag           Tag
	Notes         []string // that it is our own default
	Then          Tag
	ThenWhy       string
	Changed       bool
	AnotherColumn bool // something is supposed
}

// SupposeForm is where one says what one wonders.
type SupposeForm struct {
	Film, Cancelled, Away, From []Option
	More                        string
	Form                        Form
}
