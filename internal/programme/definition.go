// Package programme says what a programme is: the types of a definition, the strict reader that turns a file into one or into
// mistakes with places, what differs between two definitions, and how one is told in human words.
// It is pure: no database, no network, no clock of its own. It never judges what has happened (package credential does) and
// never holds a programme's copyrighted texts: materials, instruments and forms are slots that the hub fills.
package programme

import (
	"slices"

	"hemvist/internal/clock"
)

// Definition is one version of one programme. It is never changed after Parse; a round keeps the one that it started with.
type Definition struct {
	ID         string // the programme's, such as "connect"
	Version    string // the version's own name, such as "2024-08"
	Dated      clock.Date
	Title      Texts
	Summary    Texts
	Languages  []string // the languages that every text of the file has; never empty
	Words      Words    // the programme's own words; Word finds them
	Sources    []Source
	Roles      []Role
	Principles []Principle
	// Instruments and Materials are slots: the file names them, the hub uploads the content.
	Instruments []Instrument
	Materials   []Material
	Forms       []FidelityForm
	Variants    []Variant
	Credentials []Credential
	Services    []Service
	Prices      []Price
	Agreements  []Agreement
	Plan        []PlanYear
	Filming     *Filming // for variants that say nothing of their own
	Retention   []Retention
	Interpreter *Interpreter
	Notes       []Note // whence values come, in the order of the file
}

// Source is a text that values of the definition come from. A source without a day is in force until something newer.
type Source struct {
	ID    string
	Title Texts
	Dated clock.Date // zero: the text bears no day
}

// Note tells whence a value comes: another text's value, or that it is our own default and why.
type Note struct {
	Path   string // the mapping that the note stands in, such as "credentials.leader.valid"; "" is the file itself
	On     string // the key in that mapping; "" is the whole of it
	Ours   bool   // no source says it: it is our default
	Source string // id of the source, or ""
	Text   Texts  // the reason, or what the source says
}

// Role is a part that staff have in a round, in the programme's own words.
type Role struct {
	ID     string
	ActsAs string // the product's role with its rights: leader, technician, trainer, supervisor, therapist or coordinator
	Title  Texts
}

// Principle is one of what the programme teaches. Its title may be missing where no source names it: a slot.
type Principle struct {
	ID      string
	Title   Texts // nil when Unnamed
	Unnamed bool
}

// Instrument is a questionnaire that the programme uses. Its items belong to its owner and are uploaded, never in the file.
type Instrument struct {
	ID        string
	Title     Texts
	Answers   string   // who answers: participant, child, leader or learner
	Languages []string // in which the hub should have it
	Rights    string   // owner: uploaded by the hub under the owner's licence; hub; free
}

// Material is a place for a manual, a handout or the like.
type Material struct {
	ID        string
	Kind      MaterialKind
	Title     Texts
	For       string        // who gets it: participant, learner, or a role's id
	Per       Per           // one for each session, round or variant, or one alone
	Variants  []string      // empty: all
	Languages []string      // in which it should exist
	Given     *Moment       // when it is handed out, or nil
	Rights    string        // owner: uploaded by the hub under the owner's licence; hub; free
	Accepts   []string      // file types, such as "pdf"
	Copies    bool          // who has which copy is kept
	Session   []SessionKind // with Per session: after which kinds of session
}

// MaterialKind is what sort of material a slot takes.
type MaterialKind string

// The kinds of material.
const (
	Manual    MaterialKind = "manual"
	Handout   MaterialKind = "handout"
	FlipChart MaterialKind = "flip-chart" // digital flip charts among them
	Slides    MaterialKind = "slides"
	Script    MaterialKind = "script" // role plays and the like
	Template  MaterialKind = "template"
	Reading   MaterialKind = "reading"
)

// FidelityForm is what a reviewer fills in about a session or clip.
type FidelityForm struct {
	ID    string
	Title Texts
	Min   int // the scale's lowest value
	Max   int // and its highest
	Items []FormItem
	Slot  bool // further items are the owner's, filled in by the hub
	Blind bool // two reviewers without each other's ratings, agreement shown
}

// FormItem is one thing that is rated.
type FormItem struct {
	ID    string
	Title Texts
}

// Filming says how films are made. Whether one must be made is a requirement's matter.
type Filming struct {
	Of           Span          // whole sessions or clips
	Minutes      Range         // how long a clip may be; open ends allowed
	Camera       string        // leaders, participants or everyone: who is seen
	Consent      []string      // whose consent comes first: participant, leader, child
	UploadedBy   string        // a role's id
	UploadWithin Period        // after the session; zero: no limit
	Kinds        []SessionKind // which kinds of session are filmed
}

// Films tells whether sessions of a kind are filmed.
func (f *Filming) Films(kind SessionKind) bool {
	return f != nil && (len(f.Kinds) == 0 || slices.Contains(f.Kinds, kind))
}

// FilmingIn says how films are made in a variant; nil where none are.
func (d *Definition) FilmingIn(variant string) *Filming {
	if v, ok := d.Variant(variant); ok && v.Filming != nil {
		return v.Filming
	}
	return d.Filming
}

// Retention is how long a sort of data is kept, where the programme says something else than the product.
type Retention struct {
	What  string // film, answers, participants, attendance, case, reports
	Keep  Period
	After string // review, certificate or close
}

// Interpreter is the rule for rounds in another language.
type Interpreter struct {
	Allowed  bool
	PaidBy   string   // organiser, hub or municipality
	AlsoWhen []string // what the cost also covers: certification, supervision
}

// Service is something with a price that is neither a variant nor a credential.
type Service struct {
	ID    string
	Title Texts
}

// Agreement is one that the hub makes with organisations of a kind.
type Agreement struct {
	ID      string
	Title   Texts
	With    string   // municipality, provider, treatment-home or any
	When    string   // certified-staff: when it has such; start: before the first round; or ""
	Follows []string // ids of waves whose outcome the two follow up together
}

// PlanYear is one year of a programme's plan for paying for itself.
type PlanYear struct {
	Year         int // 1, 2, …
	Places       int // outside places sold
	SelfFinanced int // percent
}

// Variant finds a variant by its id.
func (d *Definition) Variant(id string) (*Variant, bool) {
	for i := range d.Variants {
		if d.Variants[i].ID == id {
			return &d.Variants[i], true
		}
	}
	return nil, false
}

// Credential finds a credential by its id.
func (d *Definition) Credential(id string) (*Credential, bool) {
	for i := range d.Credentials {
		if d.Credentials[i].ID == id {
			return &d.Credentials[i], true
		}
	}
	return nil, false
}

// Role finds a role by its id.
func (d *Definition) Role(id string) (*Role, bool) {
	for i := range d.Roles {
		if d.Roles[i].ID == id {
			return &d.Roles[i], true
		}
	}
	return nil, false
}

// Form finds a fidelity form by its id.
func (d *Definition) Form(id string) (*FidelityForm, bool) {
	for i := range d.Forms {
		if d.Forms[i].ID == id {
			return &d.Forms[i], true
		}
	}
	return nil, false
}

// NotesAt are the notes that stand in the mapping at path or on its key, in the order of the file.
func (d *Definition) NotesAt(path string) []Note {
	var notes []Note
	for _, n := range d.Notes {
		if n.Path == path || (n.On != "" && joinPath(n.Path, n.On) == path) {
			notes = append(notes, n)
		}
	}
	return notes
}

func joinPath(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
