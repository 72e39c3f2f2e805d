package views

// InterestPlaces is the list of places whose groups one can ask about.
type InterestPlaces struct{ Places []Link }

// InterestForm is where a parent, or a colleague who refers one, tells a place that they are interested.
type InterestForm struct {
	Href, Place, Lead      string
	Other                  Link // to the form for the others
	Referral               bool
	About                  []InterestAbout
	Services               []Option // none when there is one alone
	Typed                  InterestTyped
	Languages              []Option
	MaxWhen                string
	Form                   Form
	AskProtected, Retained string
}

// InterestTyped is what was typed into a form of interest.
type InterestTyped struct {
	Name, Phone, Email, Child, When, Referrer, Workplace string
	Interpreter, Protected, Consent                      bool
}

// InterestAbout is a programme and the groups that are planned in it.
type InterestAbout struct {
	Title, Summary, Who, Board string
	Contact                    []string // lines
	Groups                     []InterestGroup
}

// InterestGroup is a planned group as anybody may see it.
type InterestGroup struct{ When, Where, Variant string }

// InterestThanks says what happens next.
type InterestThanks struct {
	Place    string
	Contacts []InterestAbout
}

// OfferedPlace is an offer as whoever got the letter reads it.
type OfferedPlace struct {
	Lead, Summary, Answer string
	Answered              bool
	Facts                 []Fact
	Contact               []string
}

// Interests is the list of those who have asked for a place.
type Interests struct {
	Summary    string
	States     []Option
	Filtered   bool
	Rows       []InterestRow
	Pager      Pager
	PublicHref string // the public form; empty when there is none
	Contacts   []InterestContact
	MaxContact string
	Form       Form // of a contact that was refused
}

// InterestRow is one of them.
type InterestRow struct {
	Href, Name, Sub, Language, Child, Next string
	State                                  Tag
}

// InterestContact is how people reach a board, and the form by which that is changed.
type InterestContact struct {
	Service, Title, Text, Last string
	Wrong                      string
}

// NewInterest is the form by which a leader takes down what they were told.
type NewInterest struct {
	Services, Sources []Option
	Typed             InterestTyped
	Languages         []Option
	MaxWhen           string
	Form              Form
}

// Interest is the page of one interest. Act is the form that was refused, if any: its mistakes are Form.
type Interest struct {
	Href, Seen, Name   string
	State              Tag
	Erased             bool
	Protected          string // what follows from a protected identity; empty for who has none
	Facts              []Fact
	Phone, Email       Link // an address that nobody may write to leads nowhere
	When               string
	Doubles            []Link
	Steps              []InterestStep
	Kept               string
	Now                string // what stands on the turn, in a sentence
	Talk               *InterestTalk
	NoteTalk           *InterestNote
	Offer              *InterestOffer
	Answer             *InterestAnswer
	Wait               *InterestWait
	End                *InterestEnd
	MayReopen, MayJoin bool
	MayErase           bool
	Joined             Link // to the round
	JoinedText         string
	Act                string
	Form               Form
	MaxNote            string
}

// Of is what is wrong with a field of one of the page's forms.
func (d Interest) Of(act, field string) string {
	if d.Act != act {
		return ""
	}
	return d.Form.Of(field)
}

// FormOf is what is wrong with one of the page's forms.
func (d Interest) FormOf(act string) Form {
	if d.Act != act {
		return Form{}
	}
	return d.Form
}

// InterestStep is one thing that was done.
type InterestStep struct{ Title, When, Note string }

// The forms of the page.
type (
	// InterestTalk books a talk.
	InterestTalk struct {
		Moves         bool // another time for the one that is booked
		On, At, Place string
		By            []Option
	}
	// InterestNote notes what became of a talk.
	InterestNote struct {
		About, Note string
		Outcomes    []Option
		Early       bool // it is not the day yet, or none is booked: it may have been held all the same
	}
	// InterestOffer offers a place.
	InterestOffer struct {
		Rounds, Hows []Option
		AnswerBy     string
		Full         []string // rounds in which there is no place
		NoRound      bool     // none that the reader may add people to
	}
	// InterestAnswer takes down a yes.
	InterestAnswer struct {
		About     string
		Pseudonym bool // the round keeps no names
		Typed     string
		Stays     string // what does not come along to the round
	}
	// InterestWait puts on a waiting list.
	InterestWait struct{ Rounds []Option }
	// InterestEnd ends an interest.
	InterestEnd struct {
		Reasons []Option
		Note    string
		Decline bool // it is the answer no to an offer
	}
)

// RoundRecruitment is a round's page of recruitment.
type RoundRecruitment struct {
	Head                    RoundHead
	Numbers                 []Fact
	Full                    bool
	Below, Sees             string // a sentence, or empty
	SeesPeople              bool
	Offers, Queue           []InterestRow
	Poster, Sheet, FormHref string
	List                    string
}

// Poster is a sheet of paper about a round: one to put up, and one to take home. Its language need not be the reader's.
type Poster struct {
	Lang, Back     string
	Other          SheetLink // in the other language
	Organisation   string
	Heading        string
	Summary        string
	Facts          []Fact
	Dates          []string
	QR             QR
	Address        string // empty when the place takes no interest from the public
	ContactLines   []string
	ContactMissing string // what to say to whoever prints when there is none
	Slot           Link   // about the programme's own sheet; of the sheet to take home alone
	Texts          PosterTexts
}

// SheetLink leads to the same sheet in another language.
type SheetLink struct{ Href, Text, Lang string }

// PosterTexts are the words of a sheet, in its own language.
type PosterTexts struct{ Interested, Scan, Contact, Dates, Next, NextText, Privacy string }

// QR is a square of modules as the path of a picture.
type QR struct{ Box, Side, Path, Title string }
