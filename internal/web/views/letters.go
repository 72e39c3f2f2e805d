package views

// Letters is the outbox.
type Letters struct {
	Text, Summary string
	States        []Option
	Filtered      bool
	Rows          []LetterRow
	Pager         Pager
	Keeps, Off    bool // letters are only kept here; e-mail is not set up
	MayWords      bool
}

// LetterRow is one letter in the outbox.
type LetterRow struct {
	Href, Name, Address, Kind, Organisation, When string
	State                                         Tag
}

// Piece is a part of a letter's text: words, a line break, or a link, which may be hidden.
type Piece struct {
	Text, Href  string
	Link, Break bool
}

// Letter is a letter's page.
type Letter struct {
	Href, Kind, About, Subject, Lang string
	State                            Tag
	Facts                            []Fact
	Body                             [][]Piece
	HandedOver, HidesLink            bool
	Events                           []LetterEvent
	MayAgain, MayDrop, Uncertain     bool
}

// LetterEvent is one thing that became of a letter.
type LetterEvent struct{ Text, Answer, At string }

// WordsList is every kind of letter, with whose words it has.
type WordsList struct{ Rows []WordsRow }

// WordsRow is one kind of letter.
type WordsRow struct {
	Title, When string
	Links       []WordsLink
}

// WordsLink leads to a letter's words in a language.
type WordsLink struct {
	Href, Language, Lang, Since string
	Tag                         Tag
}

// Words is the page where a letter's words are edited.
type Words struct {
	Href, Lang, Language, When string
	Tag                        Tag
	Own, Typed                 bool
	Subject, Body, SMS, Last   string
	OneSMS                     int
	Form                       Form
	Placeholders               []Fact
	Preview                    *WordsPreview // nil while something is wrong
	History                    []WordsBefore
}

// WordsPreview is words as a receiver would read them.
type WordsPreview struct {
	Subject, SMS, Long string
	Body               [][]Piece
}

// WordsBefore is what was once decided about the words; the words are empty where it was to use the house's.
type WordsBefore struct {
	Text, At, Subject, SMS string
	Body                   [][]Piece
}

// described is the ids of the texts that belong to a field.
func described(f Form, name, hint string) string {
	return Input{Name: name, Hint: hint, Wrong: f.Of(name)}.describedBy()
}
