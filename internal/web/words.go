package web

import (
	"net/http"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/i18n"
	"hemvist/internal/programme"
)

// call lets the answer use the words that fit: in a round those of its programme and variant, and elsewhere, for who gives trainings and
// nothing else, those of trainings.
func (s *Server) call(r *http.Request) {
	v := visitOf(r)
	if v.who.Subject.Role == access.Trainer {
		lang := v.texts.Lang()
		v.texts = v.texts.Calling(i18n.Words{Round: i18n.Word(programme.KindWord(programme.Course, "round", lang)),
			Session: i18n.Word(programme.KindWord(programme.Course, "session", lang))})
	}
	v.own = v.texts
	if _, path, _ := strings.Cut(v.route, " "); !strings.HasPrefix(path, "/rounds/{id}") {
		return
	}
	made, err := s.Rounds.MadeOf(r.Context(), r.PathValue("id"))
	if err != nil { // the page itself says what is wrong
		return
	}
	if def, err := s.Catalogue.Definition(made.Programme, made.Version); err == nil {
		v.call(def, made.Variant)
	}
}

// call lets the answer use the words of a programme's variant.
func (v *visit) call(def *programme.Definition, variant string) {
	v.texts = v.texts.Calling(wordsOf(def, variant, v.texts.Lang()))
}

// reader is the texts in the reader's own words: what leads from page to page is called the same on all of them.
func (v *visit) reader() *i18n.Printer {
	if v.own == nil {
		return v.texts
	}
	return v.own
}

// wordsOf is what a programme calls a round of a variant, and its sessions.
func wordsOf(def *programme.Definition, variant, lang string) i18n.Words {
	return i18n.Words{Round: i18n.Word(def.Word(variant, "round", lang)), Session: i18n.Word(def.Word(variant, "session", lang))}
}
