package programme

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Section is a part of a definition as it is told to a person.
type Section struct {
	ID      string // stable: "about", "principles", "variants.parents", …
	Heading string
	Rows    []Row
}

// Row is one thing that a definition says, in words.
type Row struct {
	Path  string // stable, and the same in every version: "variants.parents.participants.recommended"
	Label string
	Value string
	Notes []RowNote
	For   []Audience
	plain string // for Diff: the value without the titles and words of other parts
	noted string // where in the file the notes on it stand, when that is not Path
}

// RowNote tells whence a row's value comes.
type RowNote struct {
	Ours   bool   // our own default; Text is the reason
	Source string // the source's title, or ""
	Text   string
}

// Audience is whom a part of a definition concerns.
type Audience string

// The audiences.
const (
	ForHub          Audience = "hub"
	ForMunicipality Audience = "municipality"
	ForLeaders      Audience = "leaders"
	ForSupervisors  Audience = "supervisors"
	ForTrainers     Audience = "trainers"
	ForParticipants Audience = "participants"
	ForLearners     Audience = "learners"
	ForTherapists   Audience = "therapists"
)

var audiences = map[Audience][2]string{
	ForHub: {"hemvisten", "the hub"}, ForMunicipality: {"kommuner och andra organisationer", "municipalities and other organisations"},
	ForLeaders: {"ledare", "leaders"}, ForSupervisors: {"handledare", "supervisors"}, ForTrainers: {"utbildare", "trainers"},
	ForParticipants: {"deltagare", "participants"}, ForLearners: {"den som går en utbildning", "learners"}, ForTherapists: {"behandlare", "therapists"},
}

// In is the audience in the language: sv, or else English.
func (a Audience) In(lang string) string {
	n := audiences[a]
	if lang == "sv" {
		return n[0]
	}
	return n[1]
}

// Show tells a whole definition in words, for a page or a terminal. lang is sv, or else English.
func Show(d *Definition, lang string) []Section {
	return tell(voice{d: d, lang: lang})
}

func tell(v voice) []Section {
	t, d := &teller{voice: v}, v.d
	t.about()
	t.principles()
	for i := range d.Variants {
		t.variant(&d.Variants[i])
	}
	for i := range d.Credentials {
		t.credential(&d.Credentials[i])
	}
	t.slots()
	t.handling()
	t.money()
	t.attachNotes()
	return t.sections
}

// teller gathers sections.
type teller struct {
	voice
	sections []Section
	whom     []Audience // of the section that is being told
}

func (t *teller) section(id, heading string, whom ...Audience) {
	t.sections = append(t.sections, Section{ID: id, Heading: heading})
	t.whom = whom
}

// row adds a row to the latest section, unless there is nothing to tell.
func (t *teller) row(path, label, value string, whom ...Audience) {
	if value == "" {
		return
	}
	if whom == nil {
		whom = t.whom
	}
	s := &t.sections[len(t.sections)-1]
	s.Rows = append(s.Rows, Row{Path: path, Label: upperFirst(label), Value: upperFirst(value), For: whom})
}

func upperFirst(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

// noted says where in the file the notes on the latest row stand.
func (t *teller) noted(path string) {
	s := &t.sections[len(t.sections)-1]
	if len(s.Rows) > 0 {
		s.Rows[len(s.Rows)-1].noted = path
	}
}

// attachNotes puts each note on the row that is nearest to what it is about.
func (t *teller) attachNotes() {
	rows := map[string]*Row{}
	for i := range t.sections {
		for j := range t.sections[i].Rows {
			row := &t.sections[i].Rows[j]
			for _, path := range []string{row.Path, row.noted} {
				if rows[path] == nil {
					rows[path] = row
				}
			}
		}
	}
	for _, n := range t.d.Notes {
		row := nearest(rows, joinPath(n.Path, n.On))
		if row == nil {
			row = &t.sections[0].Rows[0]
		}
		note := RowNote{Ours: n.Ours, Text: n.Text.In(t.lang)}
		for _, s := range t.d.Sources {
			if s.ID == n.Source {
				note.Source = s.Title.In(t.lang)
			}
		}
		row.Notes = append(row.Notes, note)
	}
}

func nearest(rows map[string]*Row, path string) *Row {
	for path != "" {
		if row := rows[path]; row != nil {
			return row
		}
		path = path[:max(strings.LastIndexByte(path, '.'), 0)]
	}
	return nil
}

func (t *teller) about() {
	d := t.d
	t.section("about", t.say("Om programmet", "About the programme"), ForHub)
	t.row("title", t.say("Program", "Programme"), d.Title.In(t.lang), ForHub, ForMunicipality, ForLeaders, ForParticipants)
	t.row("programme", "Id", d.ID)
	t.row("version", t.say("Version", "Version"), d.Version)
	t.row("dated", t.say("Daterad", "Dated"), d.Dated.String())
	t.row("summary", t.say("I korthet", "In short"), d.Summary.In(t.lang), ForHub, ForMunicipality, ForLeaders, ForParticipants)
	t.row("languages", t.say("Språk i den här filen", "Languages of this file"), t.languages(d.Languages))
	t.words("words", d.Words)
	for _, r := range d.Roles {
		t.row(under("roles", r.ID), t.say("Roll", "Role"), r.Title.In(t.lang)+" ("+t.name(r.ActsAs)+")", ForHub, ForLeaders)
	}
	for _, s := range d.Sources {
		value := s.Title.In(t.lang)
		if !s.Dated.IsZero() {
			value += ", " + s.Dated.String()
		}
		t.row(under("sources", s.ID), t.say("Källa", "Source"), value)
	}
}

// words tells the nouns that a programme or variant has of its own.
func (t *teller) words(path string, words Words) {
	for _, key := range WordKeys {
		w, ok := words[key][t.lang]
		if !ok {
			continue
		}
		ours := ownWords[key][1]
		if t.lang == "sv" {
			ours = ownWords[key][0]
		}
		t.row(under(path, key), t.say("Ord för ", "Word for ")+bare(ours.A), strings.Join([]string{w.A, w.The, w.Many, w.TheMany}, ", "), ForHub, ForLeaders, ForParticipants)
	}
}

func (t *teller) principles() {
	if len(t.d.Principles) == 0 {
		return
	}
	t.section("principles", t.say("Principer", "Principles"), ForLeaders, ForParticipants, ForHub)
	t.row("principles", t.say("Antal", "Number"), itoa(len(t.d.Principles)))
	for i, p := range t.d.Principles {
		value := p.Title.In(t.lang)
		if p.Unnamed {
			value = t.say("(utan namn i källorna)", "(without a name in the sources)")
		}
		t.row(under("principles", p.ID), itoa(i+1), value)
	}
}

// flag is a boolean that is told only when it is true.
func (t *teller) flag(path, label string, on bool, whom ...Audience) {
	if on {
		t.row(path, label, t.yes(true), whom...)
	}
}
