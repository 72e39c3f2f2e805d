package views

// Home is everybody's first page.
type Home struct {
	Greeting, Lead string
	Empty          string // what will come to somebody whom nothing needs
	First          string // what to do first, for who has signed in for the first time
	Needs          []Need
	Numbers        []Number
	More           Number   // a link below the numbers; without an Href there is none
	Figures        *Figures // nil for who sees none
	Works          bool     // works in rounds of their own
	Mine           []Mine
	WantsPasskey   bool
}

// Need is one thing that needs the reader, and the one button that does something about it; without an Href it is only to be known.
type Need struct{ Title, Text, Button, Href string }

// Number is a count with its words; Href may be empty.
type Number struct{ Text, Value, Href string }

// Figures is programmes in counts, by variant and in all.
type Figures struct {
	Note string
	Rows []FigureRow
	All  FigureRow
}

// FigureRow is one variant's counts, in words.
type FigureRow struct{ Name, Running, Closed, Participants string }
