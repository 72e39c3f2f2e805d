package views

// Programmes is the list of programmes.
type Programmes struct {
	Cards     []ProgrammeCard
	MayUpload bool
}

// ProgrammeCard is one programme in the list. Coming and Waiting are sentences, empty for nothing.
type ProgrammeCard struct {
	Href, Title, Summary, InForce, Home string
	State                               Tag
	Coming                              []Link
	Waiting                             []Link // proposals, for those who decide
}

// Link is words that lead somewhere.
type Link struct{ Href, Text string }

// Edition is what stands around every page of one version of a programme.
type Edition struct {
	Programme, Href string // the programme's title; the version's address
	State           Tag
	Fact            string // since when, from when or until when it is in force
	Alert           string // what one should know before reading; empty for nothing
	Tabs            []NavItem
	About           []ToldFact
	Sources         []Source
	Ours            string // how much is our own choice, in a sentence
}

// Source is a text that a definition was made from.
type Source struct{ Anchor, Title, Dated string }

// ToldFact is what a definition says of one thing: a label and one value or more.
type ToldFact struct {
	Label  string
	Values []ToldValue
}

// ToldValue is a value in words, with what more it says and whence it comes.
type ToldValue struct {
	Lead  string
	Parts []string
	Notes []ToldNote
}

// ToldNote tells whence a value comes: our own choice and why, or a source and what it says.
type ToldNote struct {
	Ours   bool
	Source Link
	Text   string
}

// ToldPart is a part of a definition: what it says, under a heading.
type ToldPart struct {
	Anchor, Heading string
	Facts           []ToldFact
}

// Overview is a version in short.
type Overview struct {
	Summary    string
	Groups     []VariantGroup
	Credential []CredentialCard
	Principles []ToldValue
	// PrincipleNotes are about all of them.
	PrincipleNotes []ToldNote
	Prices         []Price
	Parts          []ToldPart
}

// VariantGroup is variants of a kind, under a heading.
type VariantGroup struct {
	Heading string
	Cards   []VariantCard
}

// VariantCard is a variant in short.
type VariantCard struct{ Href, Title, Fact, Summary string }

// CredentialCard is a credential in short.
type CredentialCard struct{ Href, Title, Fact string }

// Price is a row of the price list.
type Price struct {
	Item, From, Amount string
	FromMore           string // what there is to know about the day
	More               []string
	Notes              []ToldNote
	Now                bool // in force today
}

// Told is a variant or a credential in full.
type Told struct {
	Anchor, Title, Summary, Focus string
	Facts                         []ToldFact
	SessionsTitle                 string
	SessionFacts                  []ToldFact
	Sessions                      []ToldSession
	Parts                         []ToldPart
}

// ToldSession is one of a variant's sessions, in order.
type ToldSession struct {
	Title, More string
	Notes       []ToldNote
}

// Whole is a version from beginning to end, for paper.
type Whole struct {
	Overview    Overview
	Variants    []Told
	Credentials []Told
}

// Changes is what is different between two versions, and what there is to decide about the later one.
type Changes struct {
	Against  string // the version that it is compared with; empty: there is none
	Summary  string
	Whom     []string // how much concerns whom
	Running  string   // about the rounds that keep theirs
	Sections []ChangedSection
	Decide   *Decide
}

// ChangedSection is the changes in one part.
type ChangedSection struct {
	Heading string
	Changes []Change
}

// Change is one difference, in words.
type Change struct {
	Label, Whom, Whole string // Whole: what became of a whole part, in a sentence
	Before, After      []string
	BeforeName         string
	AfterName          string
}

// Decide is the forms by which a version is put in force or taken back.
type Decide struct {
	Form                      Form
	Action, From              string // the day typed
	AskSure                   string // what to be sure of, when the day is past
	WithdrawAction            string
	WithdrawTitle, WithdrawBy string // heading and button; empty: nothing to take back
	WithdrawText              string
	Planned                   bool
}

// Versions is a programme's versions and homes.
type Versions struct {
	Programme, Href string
	Rows            []VersionRow
	Homes           []HomeRow
	MayUpload       bool
	MayMove         bool
	Stay            string // where to take back a planned move; empty: none is planned
}

// VersionRow is one version in the list.
type VersionRow struct {
	Href, Version, Dated, InForce, Uploaded, By string
	State                                       Tag
	Changes, Source                             string // addresses
}

// HomeRow is where the programme had, has or will have its home.
type HomeRow struct {
	Hub, When string
	Now       bool
}

// Upload is the form by which a definition comes in, and what was wrong with what came.
type Upload struct {
	Text     string
	Form     Form
	Mistakes []Misprint
	More     string // about the mistakes that are not shown
	Start    []Link // definitions to begin from
}

// Misprint is one mistake, placed.
type Misprint struct {
	Anchor, Place, Wrong, Right string
	Line                        string // its number
	Before, Marked, After       string // the line, with what the place points at marked
}

// Move is the form by which a programme gets another home.
type Move struct {
	Programme, Href, Hub, From string
	Hubs                       []Option
	Form                       Form
}
