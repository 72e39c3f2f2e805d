package views

// Organisations is the list of organisations.
type Organisations struct {
	Text, Summary           string
	Kinds, Counties, States []Option
	Filtered                bool
	Rows                    []OrganisationRow
	Pager                   Pager
	CSV, Excel              string
	MayChange, OfferSweden  bool
}

// OrganisationRow is one organisation in the list.
type OrganisationRow struct {
	Href, Name, Former, Kind, County, Code, Boards string
	Closed                                         Tag // no text while it is open
}

// Organisation is an organisation's page.
type Organisation struct {
	Href, Fact          string
	InList              bool // the reader has the list to go back to
	Kind, Closed        Tag
	Merged              Link // what it went into
	Facts               []Fact
	PeopleHref          string
	Boards              []Board
	Units               []UnitNode
	Events              []Event
	MayChange, MayUnits bool
	Open                bool // it can be added to
	AddBelow            bool // there is a board that a unit can be added to
}

// Board is an authority on an organisation's page.
type Board struct {
	Name, Fact, Href string // no Href for who may not change it
	Closed           Tag
	Units            []UnitNode
}

// UnitNode is a unit with what lies below it.
type UnitNode struct {
	Name, Code, Href string
	Closed           Tag
	Below            []UnitNode
}

// Event is something that happened.
type Event struct {
	Text, When, Day string
	Other           Link
}

// OrganisationForm is the form of a new organisation.
type OrganisationForm struct {
	Name, Code      string
	Kinds, Counties []Option
	Form            Form
}

// ChangeOrganisation is the page where an organisation is changed: each form with what was typed in it.
type ChangeOrganisation struct {
	Href, Organisation      string
	Name, NameOn            string
	Misspelt                bool
	Code                    string
	HasCode                 bool
	Counties                []Option
	CloseOn, Runs           string // what goes on when it is closed
	Closed, Merged, IsHome  bool
	MayMerge, MaySplit      bool
	Naming, Placing, Ending Form
}

// MergeOrganisation is the page where an organisation goes into another.
type MergeOrganisation struct {
	Href, Organisation string
	Targets            []Option
	Into, IntoName     string // chosen; then what follows tells what happens
	Moves              []string
	Stays              []string
	On                 string
	Form               Form
}

// SplitOrganisation is the form by which a new organisation is made of parts of another.
type SplitOrganisation struct {
	Href, Organisation string
	Name, Code, On     string
	HasCode            bool
	Counties           []Option
	Boards, Units      []Option
	Form               Form
}

// BoardForm is the form of a board, new when Href is empty.
type BoardForm struct {
	Parent, Organisation string // the organisation's address and name
	Href, Name, NameOn   string
	Misspelt             bool
	Closed               bool
	CloseOn, Runs        string
	Naming, Ending       Form
}

// UnitForm is the form of a unit, new when Href is empty.
type UnitForm struct {
	Parent, Organisation string
	Href, Name, Code     string
	Below                []Option
	Closed               bool
	CloseOn              string
	Naming, Ending       Form
}

// ImportOrganisations is the form by which a list comes in.
type ImportOrganisations struct {
	Form    Form
	Waiting []DraftLink // lists that were read in and not confirmed
}

// DraftLink leads to a list that was read in.
type DraftLink struct{ Href, Text, When string }

// OrganisationDraft is what a list that was read in would do.
type OrganisationDraft struct {
	Href, File, Summary string
	Used, Nothing       bool
	Unknown             string
	New, Changed        []DraftRow
	More                string // how many more new ones there are than are shown
	Gone                []Link
	Misfits             []DraftRow
	Renames             bool
	On, Seen            string
	Form                Form
}

// DraftRow is a row of a list: where it stands, what it is called, and what is said of it.
type DraftRow struct{ Row, Name, Text string }

// describedBy is the ids of the texts that belong to a field.
func describedBy(name, hint, wrong string) string {
	return Input{Name: name, Hint: hint, Wrong: wrong}.describedBy()
}
