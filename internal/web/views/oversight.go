package views

// LogTab is one of the parts of the log's room.
type LogTab struct {
	Href, Text string
	Current    bool
}

// LogEntry is an entry of the log in words.
type LogEntry struct {
	ID, When, Who, Where, Did string
	Shown                     string // how many it showed; empty for none
	Tags                      []Tag
	Ask                       string // where its doer is asked why; empty when the reader may not ask
	Asked                     string // the page of the question that was asked; empty for none
}

// LogSpot is a spot-check.
type LogSpot struct {
	Tabs                 []LogTab
	Days                 []Option
	Seed, Again, Summary string
	Cut                  string
	Counts               []Tag
	Sample, Marked       []LogEntry
}

// LogList is the log with its filters.
type LogList struct {
	Tabs                              []LogTab
	Person, Round, From, To           string
	Groups, Outcomes                  []Option
	Form                              Form // what is wrong with the filters
	Summary, CSV, Newest, Older, Kind string
	Entries                           []LogEntry
	Filtered                          bool
}

// LogQuestions is the questions that were asked.
type LogQuestions struct {
	Tabs    []LogTab
	States  []Option
	Summary string
	Rows    []LogQuestionRow
	Pager   Pager
}

// LogQuestionRow is one of them.
type LogQuestionRow struct {
	Href, About, Asked, Due, Entries string
	State                            Tag
}

// LogAsking is a question that is being written.
type LogAsking struct {
	IDs     []string
	Entries []LogEntry
	Whys    []Option
	Words   string
	Note    string
	Form    Form
}

// LogQuestion is a question and what became of it, for who asked and for who was asked.
type LogQuestion struct {
	Href                string
	State               Tag
	Lead, Why, Words    string
	Facts               []Fact
	Entries             []LogEntry
	Gone                string // that some entries are no longer in the log
	Said                []LogSaid
	MayJudge, MayAccept bool
	MayAnswer           bool
	Own                 string // why the reader may not judge
	Answers             []Option
	Typed               string
	Form                Form
}

// LogSaid is one thing that was said about a question.
type LogSaid struct{ Title, As, Words, By, When string }

// MyLog is what concerns the reader alone.
type MyLog struct {
	Tabs          []LogTab
	Lead, Empty   string
	Entries       []LogEntry
	Newest, Older string
	Doer          bool // it tells who did it
}
