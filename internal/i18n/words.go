package i18n

import (
	"regexp"
	"strings"
)

// Word is a noun in the forms that a sentence needs: "en grupp", "gruppen", "grupper", "grupperna".
type Word struct{ A, The, Many, TheMany string }

// Words are the nouns that texts have by the programme: what a round is called, and a session. A text says {{.word.theSession}}, or
// {{.word.TheSession}} where it begins a sentence; it is to be right for words of either gender, as Swedish has "ett tillfälle" and "en träff".
type Words struct{ Round, Session Word }

// forms is the words by the names that texts have for them.
func (w Words) forms() map[string]string {
	forms := map[string]string{}
	for name, word := range map[string]Word{"round": w.Round, "session": w.Session} {
		named := Capital(name)
		_, bare, _ := strings.Cut(word.A, " ")
		for form, text := range map[string]string{name: bare, "a" + named: word.A, "the" + named: word.The, name + "s": word.Many, "the" + named + "s": word.TheMany} {
			forms[form], forms[Capital(form)] = text, Capital(text)
		}
	}
	return forms
}

// Calling is the printer with other words for a round and a session.
func (p *Printer) Calling(w Words) *Printer {
	called := *p
	called.say(w)
	return &called
}

func (p *Printer) say(w Words) {
	p.words = w.forms()
	var pairs []string
	for form, text := range p.words {
		pairs = append(pairs, "{{.word."+form+"}}", text)
	}
	p.put, p.ready = strings.NewReplacer(pairs...), nil
}

// ownWords are the house's own, for whoever is in no round of a programme.
func (p *Printer) ownWords() Words {
	of := func(a, the, many, theMany string) Word {
		return Word{p.plain[a], p.plain[the], p.plain[many], p.plain[theMany]}
	}
	return Words{Round: of("word.round.a", "word.round.the", "word.round.many", "word.round.the-many"),
		Session: of("word.session.a", "word.session.the", "word.session.many", "word.session.the-many")}
}

// holes are what a text leaves open, and wordHole those of them that are for a word.
var holes, wordHole = regexp.MustCompile(`\{\{[^}]*\}\}`), "{{.word."

// wordsAlone tells whether a text leaves nothing open but words.
func wordsAlone(text string) bool {
	for _, hole := range holes.FindAllString(text, -1) {
		if !strings.HasPrefix(hole, wordHole) {
			return false
		}
	}
	return true
}
