package programme

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

// Word is the programme's word for one of WordKeys: the variant's own ("" asks for the programme's), else the programme's, else
// the product's; in the language, or in the programme's first.
func (d *Definition) Word(variant, key, lang string) Word {
	var tables []Words
	if v, ok := d.Variant(variant); ok {
		tables = append(tables, v.Words)
	}
	for _, words := range append(tables, d.Words) {
		if w, ok := words[key][lang]; ok {
			return w
		}
	}
	own := ownWords[key]
	if lang == "sv" {
		return own[0]
	}
	if own[1].A != "" && lang == "en" || len(d.Languages) == 0 {
		return own[1]
	}
	for _, words := range append(tables, d.Words) {
		if w, ok := words[key][d.Languages[0]]; ok {
			return w
		}
	}
	return own[1]
}
