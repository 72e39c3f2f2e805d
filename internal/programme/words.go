package programme

import "slices"

// ownWords are the product's words, for programmes that have none of their own: Swedish, English.
var ownWords = map[string][2]Word{
	"round":       {{"en omgång", "omgången", "omgångar", "omgångarna"}, {"a round", "the round", "rounds", "the rounds"}},
	"session":     {{"en träff", "träffen", "träffar", "träffarna"}, {"a session", "the session", "sessions", "the sessions"}},
	"participant": {{"en deltagare", "deltagaren", "deltagare", "deltagarna"}, {"a participant", "the participant", "participants", "the participants"}},
	"leader":      {{"en ledare", "ledaren", "ledare", "ledarna"}, {"a leader", "the leader", "leaders", "the leaders"}},
	"principle":   {{"en princip", "principen", "principer", "principerna"}, {"a principle", "the principle", "principles", "the principles"}},
	"credential":  {{"en certifiering", "certifieringen", "certifieringar", "certifieringarna"}, {"a certification", "the certification", "certifications", "the certifications"}},
	"case":        {{"ett ärende", "ärendet", "ärenden", "ärendena"}, {"a case", "the case", "cases", "the cases"}},
	"film":        {{"en film", "filmen", "filmer", "filmerna"}, {"a film", "the film", "films", "the films"}},
	"supervision": {{"en handledning", "handledningen", "handledningar", "handledningarna"}, {"a supervision", "the supervision", "supervisions", "the supervisions"}},
}

var (
	meetingWord = [2]Word{{"en träff", "träffen", "träffar", "träffarna"}, {"a meeting", "the meeting", "meetings", "the meetings"}}
	// kindWords are the product's words for what is no group, where those of groups would be wrong.
	kindWords = map[VariantKind]map[string][2]Word{
		Course: {
			"round":   {{"en utbildning", "utbildningen", "utbildningar", "utbildningarna"}, {"a course", "the course", "courses", "the courses"}},
			"session": {{"ett tillfälle", "tillfället", "tillfällen", "tillfällena"}, {"a session", "the session", "sessions", "the sessions"}},
		},
		Booster: {"round": meetingWord, "session": meetingWord},
		Network: {"round": meetingWord, "session": meetingWord},
		Conference: {
			"round":   {{"en konferens", "konferensen", "konferenser", "konferenserna"}, {"a conference", "the conference", "conferences", "the conferences"}},
			"session": {{"en dag", "dagen", "dagar", "dagarna"}, {"a day", "the day", "days", "the days"}},
		},
	}
)

// KindWord is the product's word for one of WordKeys in variants of a kind, in Swedish or else in English.
func KindWord(kind VariantKind, key, lang string) Word {
	words, ok := kindWords[kind][key]
	if !ok {
		words = ownWords[key]
	}
	if lang == "sv" {
		return words[0]
	}
	return words[1]
}

// Word is the programme's word for one of WordKeys: the variant's own ("" asks for the programme's), else the programme's, else
// the product's; in the language, or in the programme's first. Where a programme has groups its words are those of its groups: what is no
// group, and has no word of its own, then has the product's word for its kind.
func (d *Definition) Word(variant, key, lang string) Word {
	var tables []Words
	own, special := ownWords[key], false
	if v, ok := d.Variant(variant); ok {
		tables = append(tables, v.Words)
		var ofKind [2]Word
		if ofKind, special = kindWords[v.Kind][key]; special {
			own = ofKind
		}
	}
	if !special || !d.hasGroups() {
		tables = append(tables, d.Words)
	}
	for _, words := range tables {
		if w, ok := words[key][lang]; ok {
			return w
		}
	}
	if lang == "sv" {
		return own[0]
	}
	if own[1].A != "" && lang == "en" || len(d.Languages) == 0 {
		return own[1]
	}
	for _, words := range tables {
		if w, ok := words[key][d.Languages[0]]; ok {
			return w
		}
	}
	return own[1]
}

func (d *Definition) hasGroups() bool {
	return slices.ContainsFunc(d.Variants, func(v Variant) bool { return v.Kind == Group })
}
