package views

// OverviewFilter is what the calendar and the strip are narrowed by.
type OverviewFilter struct {
	Action, Text     string
	States, Variants []Option
	Hidden           []Fact // names and values that stay as they are
	By               []Option
	Filtered         bool
}

// Period leads from a period to those beside it.
type Period struct{ Text, Prev, PrevText, Next, NextText, Now, NowText string }

// Ways are those of looking at rounds: a list, a calendar, a strip.
type Ways []NavItem

// RoundsCalendar is a month of sessions.
type RoundsCalendar struct {
	Ways     Ways
	Filter   OverviewFilter
	Period   Period
	Summary  string
	Weekdays []string
	Days     []RoundsDay
	Day      string // the chosen day in words; empty for none
	OnDay    []OnDay
	MoreDay  string
	Rounds   Rounds
}

// RoundsDay is a day of the month.
type RoundsDay struct {
	Column   int // 1 to 7, Monday first
	Number   string
	Title    string // the day in words
	Href     string // to its sessions; empty when there are none
	Today    bool
	Chosen   bool
	Sessions string
	Notes    []string // that rounds start or end
}

// OnDay is a session on the chosen day.
type OnDay struct{ Time, Name, Href, Where, Number string }

// RoundsStrip is rounds over months.
type RoundsStrip struct {
	Ways    Ways
	Filter  OverviewFilter
	Period  Period
	Summary string
	More    string // that there are too many to show
	Picture Strip
	Heading string // of the first column
	Rows    []StripRow
	Pager   Pager
	Single  bool // a row is one round
}

// Strip is the picture: lengths are in the units of its own box.
type Strip struct {
	Width, Height, Left, Bottom int
	Label                       string
	Months                      []StripMonth
	Today                       int // 0: outside
	Bars                        []StripBar
	Names                       []StripName
	Legend                      []StripBar
}

// StripMonth is a line where a month begins, with its name.
type StripMonth struct {
	X    int
	Name string
}

// StripBar is a round, or a sample of one for the legend.
type StripBar struct {
	X, Y, Width int
	State, Text string
}

// StripName is a row's name.
type StripName struct {
	Y    int
	Text string
}

// StripRow is a row of the table that says the same as the picture.
type StripRow struct {
	Href, Name, Sub string
	From, To        string
	State           Tag
	Counts          []string   // of a row that is several rounds: planned, running, ended
	Bars            []StripBar // those of the picture that are the row's
}

// Spread is where there are certified people and no rounds.
type Spread struct {
	Ways        Ways
	Lead        string
	Idle        []IdleRow
	Ending      []EndingRow
	EndingMore  string
	SeesCounty  bool
	EndingTitle string
}

// IdleRow is an organisation without rounds.
type IdleRow struct{ Href, Name, County, Certified, Since string }

// EndingRow is somebody whose certificate ends.
type EndingRow struct {
	Href, Name, Where, Due string
	Status                 Tag
}
