package programme

import (
	"strconv"
	"strings"
)

// names are the words of the format in a person's language: Swedish, English.
var names = map[string][2]string{
	"group": {"grupp", "group"}, "course": {"utbildning", "course"}, "booster": {"boosterträff", "booster"}, "network": {"nätverksträff", "network meeting"},
	"conference": {"konferens", "conference"}, "treatment": {"behandling", "treatment"},
	"information": {"informationsträff", "information meeting"}, "principle": {"principträff", "principle session"}, "session": {"träff", "session"},
	"training": {"utbildningstillfälle", "training session"}, "closing": {"avslutning", "closing"}, "follow-up": {"uppföljning", "follow-up"},
	"round": {"omgång", "round"}, "case": {"ärende", "case"}, "variant": {"inriktning", "variant"}, "person": {"person", "person"},
	"participant": {"deltagare", "participant"}, "child": {"barn", "child"}, "leader": {"ledare", "leader"}, "learner": {"kursdeltagare", "learner"}, "reviewer": {"granskare", "reviewer"},
	"leaders": {"ledarna", "the leaders"}, "participants": {"deltagarna", "the participants"}, "everyone": {"alla", "everyone"},
	"persons": {"personer", "persons"}, "households": {"hushåll", "households"}, "units": {"enheter", "units"},
	"hub": {"hemvisten", "the hub"}, "owner": {"programansvarig", "the owner"}, "anyone": {"vem som helst", "anyone"}, "free": {"fritt", "free"},
	"organiser": {"arrangören", "the organiser"}, "municipality": {"kommunen", "the municipality"}, "provider": {"utförare", "providers"}, "treatment-home": {"behandlingshem", "treatment homes"}, "any": {"alla", "any"},
	"certification": {"certifiering", "certification"}, "supervision": {"handledning", "supervision"}, "material": {"material", "material"}, "manual": {"manual", "manual"}, "interpreter": {"tolk", "interpreter"},
	"handout": {"deltagarmaterial", "handout"}, "flip-chart": {"blädderblock", "flip chart"}, "slides": {"bilder", "slides"}, "script": {"manus", "script"}, "template": {"mall", "template"}, "reading": {"läsning", "reading"},
	"technician": {"teknikassistent", "technician"}, "trainer": {"utbildare", "trainer"}, "supervisor": {"handledare", "supervisor"}, "therapist": {"behandlare", "therapist"}, "coordinator": {"samordnare", "coordinator"},
	"applicant": {"den sökande", "the applicant"}, "contact": {"arbetsplatsen", "the workplace"}, "decision": {"efter beslut", "by decision"}, "automatic": {"av sig själv när allt är uppfyllt", "by itself once everything is met"},
	"self": {"en själv", "oneself"}, "peer": {"en kollega", "a peer"}, "expert": {"en expert", "an expert"}, "month": {"månad", "month"},
	"mean": {"medelvärde", "mean"}, "each": {"varje punkt", "each item"}, "total": {"summa", "total"}, "percent": {"andel av skalan", "share of the scale"},
	"remind": {"en påminnelse", "a reminder"}, "due": {"certifieringen ska förnyas", "the credential is due"}, "lapse": {"certifieringen upphör efter fristen", "the credential lapses after the grace"},
	"renew": {"som en förnyelse i tid", "as a renewal in time"}, "anew": {"allt från början", "everything anew"}, "end": {"den förra giltighetens slut", "the end of the term before"},
	"excluded": {"exklusive moms", "excluding VAT"}, "included": {"inklusive moms", "including VAT"}, "not-said": {"moms inte angiven", "VAT not said"},
	"place": {"plats", "place"}, "day": {"dag", "day"}, "unit": {"enhet", "unit"}, "outside": {"externa", "outside buyers"}, "inside": {"egna", "our own"},
	"film": {"filmer", "films"}, "answers": {"svar", "answers"}, "attendance": {"närvaro", "attendance"}, "reports": {"rapporter", "reports"},
	"review": {"granskningen", "the review"}, "certificate": {"beslutet om certifikat", "the decision on the certificate"}, "close": {"avslutet", "the close"},
	"gathered": {"samlas in", "gathered"}, "published": {"samlas in och publiceras", "gathered and published"}, "private": {"det privata nätverket", "the private network"}, "professional": {"det professionella nätverket", "the professional network"},
	"timeline": {"tidslinje", "timeline"}, "network-map": {"nätverkskarta", "network map"}, "worries": {"bekymmer och vad som vidmakthåller dem", "worries and what keeps them up"}, "plan": {"behandlingsplan", "treatment plan"},
	"goals": {"mål", "goals"}, "maintenance-plan": {"bevarandeplan", "maintenance plan"}, "work": {"genomfört arbete", "work done"}, "evaluation": {"utvärdering", "evaluation"}, "recommendations": {"rekommendationer", "recommendations"},
	"factors": {"risk- och skyddsfaktorer", "risk and protective factors"}, "other-services": {"andra insatser", "other services"}, "phase-end": {"när fasen slutar", "when the phase ends"}, "regularly": {"regelbundet", "regularly"},
	"certified-staff": {"när organisationen har certifierad personal", "once the organisation has certified staff"}, "start": {"före första omgången", "before the first round"},
	"individual": {"enskilt", "one by one"}, "supervision-stage": {"under handledning", "under supervision"}, "training-stage": {"under utbildning", "in training"},
	"of-person": {"person", "person"}, "of-unit": {"enhet", "unit"},
}

// spans are what films and reviews cover, and session kinds, in the plural.
var spans = map[Span][2]string{
	WholeSession: {"hela träffar", "whole sessions"}, Clip: {"klipp", "clips"}, WholeRound: {"hela omgångar", "whole rounds"}, WholeCase: {"hela ärenden", "whole cases"},
}

var kindsMany = map[SessionKind][2]string{
	Information: {"informationsträffar", "information meetings"}, OnPrinciple: {"principträffar", "principle sessions"}, Ordinary: {"träffar", "sessions"},
	Training: {"utbildningstillfällen", "training sessions"}, Closing: {"avslutningar", "closings"}, FollowUp: {"uppföljningar", "follow-ups"},
}

// voice tells things in one language. With plain it names other parts of the definition by their ids and uses the product's words, so
// that two definitions can be compared without a new title being told of everywhere that it is named.
type voice struct {
	d     *Definition
	lang  string
	plain bool
}

// word is the programme's word, or a variant's own.
func (v voice) word(variant, key string) Word {
	if v.plain {
		return (&Definition{}).Word("", key, "en")
	}
	return v.d.Word(variant, key, v.lang)
}

// say picks the text of the voice's language.
func (v voice) say(sv, en string) string {
	if v.lang == "sv" {
		return sv
	}
	return en
}

// name is the word for a word of the format.
func (v voice) name(word string) string {
	n, ok := names[word]
	if !ok {
		return word
	}
	return v.say(n[0], n[1])
}

func (v voice) yes(b bool) string {
	if b {
		return v.say("ja", "yes")
	}
	return v.say("nej", "no")
}

// list joins with commas and a last word, and or or.
func (v voice) list(items []string, sv, en string) string {
	switch len(items) {
	case 0:
		return ""
	case 1:
		return items[0]
	}
	last := len(items) - 1
	return strings.Join(items[:last], ", ") + " " + v.say(sv, en) + " " + items[last]
}

func (v voice) and(items []string) string { return v.list(items, "och", "and") }
func (v voice) or(items []string) string  { return v.list(items, "eller", "or") }

// namesOf are the words for words of the format.
func namesOf[T ~string](v voice, words []T) []string {
	var out []string
	for _, w := range words {
		out = append(out, v.name(string(w)))
	}
	return out
}

var units = map[Unit][4]string{ // one and many in Swedish, one and many in English
	Day: {"dag", "dagar", "day", "days"}, Week: {"vecka", "veckor", "week", "weeks"}, Month: {"månad", "månader", "month", "months"}, Year: {"år", "år", "year", "years"},
}

func (v voice) period(p Period) string {
	u := units[p.Unit]
	if p.N == 1 {
		return "1 " + v.say(u[0], u[2])
	}
	return strconv.Itoa(p.N) + " " + v.say(u[1], u[3])
}

// rhythm is a period as a rhythm: "en gång per vecka", "en gång på 3 månader".
func (v voice) rhythm(p Period) string {
	if p.N == 1 {
		return v.say("en gång per ", "once a ") + v.say(units[p.Unit][0], units[p.Unit][2])
	}
	return v.say("en gång på ", "once in ") + v.period(p)
}

func (v voice) kinds(kinds []SessionKind) string {
	var out []string
	for _, k := range kinds {
		out = append(out, v.say(kindsMany[k][0], kindsMany[k][1]))
	}
	return v.and(out)
}

func (v voice) span(s Span) string { return v.say(spans[s][0], spans[s][1]) }

func (v voice) numbers(r Range) string {
	switch {
	case r.IsZero():
		return ""
	case r.Max == 0:
		return v.say("minst ", "at least ") + strconv.Itoa(r.Min)
	case r.Min == 0:
		return v.say("högst ", "at most ") + strconv.Itoa(r.Max)
	case r.Min == r.Max:
		return strconv.Itoa(r.Min)
	default:
		return strconv.Itoa(r.Min) + "–" + strconv.Itoa(r.Max)
	}
}

// quantity tells how many of something: "varje träff", "minst 5 träffar", "minst 50 % av träffarna".
func (v voice) quantity(q Quantity, w Word) string {
	switch {
	case q.Every:
		return v.say("varje ", "every ") + bare(w.A)
	case q.Share > 0:
		return v.say("minst ", "at least ") + v.percent(q.Share) + v.say(" av ", " of ") + w.TheMany
	case q.N == 1:
		return v.say("minst 1 ", "at least 1 ") + bare(w.A)
	default:
		return v.say("minst ", "at least ") + strconv.Itoa(q.N) + " " + w.Many
	}
}

// bare is a noun without its article.
func bare(a string) string {
	for _, article := range []string{"en ", "ett ", "an ", "a "} {
		if rest, ok := strings.CutPrefix(a, article); ok {
			return rest
		}
	}
	return a
}

func (v voice) percent(n int) string { return strconv.Itoa(n) + v.say(" %", "%") }

func (v voice) amount(a Amount) string {
	switch {
	case a.Hours && a.N == 1:
		return v.say("1 timme", "1 hour")
	case a.Hours:
		return strconv.Itoa(a.N) + v.say(" timmar", " hours")
	case a.N == 1:
		return v.say("1 gång", "once")
	default:
		return strconv.Itoa(a.N) + v.say(" gånger", " times")
	}
}

func (v voice) moment(m Moment) string {
	if m.Anchor == "" {
		return ""
	}
	anchor := map[Anchor][2]string{AtStart: {"starten", "the start"}, AtEnd: {"slutet", "the end"}, AtSession: {"varje träff", "each session"}}[m.Anchor]
	where := v.say(anchor[0], anchor[1])
	if m.Session > 0 {
		where = v.say("träff ", "session ") + strconv.Itoa(m.Session)
	}
	switch {
	case m.Offset.IsZero():
		return v.say("vid ", "at ") + where
	case m.Before:
		return v.period(m.Offset) + v.say(" före ", " before ") + where
	default:
		return v.period(m.Offset) + v.say(" efter ", " after ") + where
	}
}

// kronor is an amount with thin groups of three: "20 000 kr".
func (v voice) kronor(ore int64) string {
	whole := strconv.FormatInt(ore/100, 10)
	var groups []string
	for len(whole) > 3 {
		groups = append([]string{whole[len(whole)-3:]}, groups...)
		whole = whole[:len(whole)-3]
	}
	text := strings.Join(append([]string{whole}, groups...), "\u00a0")
	if rest := ore % 100; rest > 0 {
		text += v.say(",", ".") + strconv.FormatInt(100+rest, 10)[1:]
	}
	return text + "\u00a0kr"
}

func (v voice) languages(codes []string) string {
	var out []string
	for _, c := range codes {
		out = append(out, languageName(c, v.lang))
	}
	return v.and(out)
}

// variants are the titles of variants.
func (v voice) variants(ids []string) []string {
	var out []string
	for _, id := range ids {
		if va, ok := v.d.Variant(id); ok && !v.plain {
			id = va.Title.In(v.lang)
		}
		out = append(out, id)
	}
	return out
}

func (v voice) credentials(ids []string) []string {
	var out []string
	for _, id := range ids {
		if c, ok := v.d.Credential(id); ok && !v.plain {
			id = c.Title.In(v.lang)
		}
		out = append(out, id)
	}
	return out
}

// role is a role's title, or the format's own word.
func (v voice) role(id string) string {
	if r, ok := v.d.Role(id); ok && !v.plain {
		return r.Title.In(v.lang)
	}
	return v.name(id)
}

func (v voice) roles(ids []string) []string {
	var out []string
	for _, id := range ids {
		out = append(out, v.role(id))
	}
	return out
}

func (v voice) wave(id string) string {
	if v.plain {
		return id
	}
	for _, va := range v.d.Variants {
		for _, w := range va.Waves {
			if w.ID == id {
				return w.Title.In(v.lang)
			}
		}
	}
	return id
}

func (v voice) instrument(id string) string {
	if v.plain {
		return id
	}
	for _, i := range v.d.Instruments {
		if i.ID == id {
			return i.Title.In(v.lang)
		}
	}
	return id
}
