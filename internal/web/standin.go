package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/credential"
	"hemvist/internal/i18n"
	"hemvist/internal/mail"
	"hemvist/internal/register"
	"hemvist/internal/round"
	"hemvist/internal/round/group"
	"hemvist/internal/round/meeting"
	"hemvist/internal/web/views"
)

func (s *Server) showStandIn(w http.ResponseWriter, r *http.Request) error {
	return s.renderStandIn(w, r, http.StatusOK, r.URL.Query().Get("absent"), views.Form{})
}

func (s *Server) renderStandIn(w http.ResponseWriter, r *http.Request, status int, absent string, form views.Form) error {
	v := visitOf(r)
	x, err := s.Meetings.StandIns(r.Context(), v.who.Subject, r.PathValue("id"), r.PathValue("session"), absent)
	if err != nil {
		return err
	}
	t := v.texts
	href := sessionHref(x.ID, x.Session.Session.ID)
	data := views.StandInPage{Round: x.Name, RoundHref: "/rounds/" + x.ID, SessionHref: href, Action: href + "/stand-in", Title: s.numberedTitle(t, x.Session),
		When: whenOf(t, x.Session.Session), Absent: x.Absent.Name, AbsentID: x.Absent.PersonID, Move: "/rounds/" + x.ID + "/plan/sessions/" + x.Session.Session.ID}
	switch {
	case x.EndedHow != "":
		data.Closed = t.T("round.ended."+string(x.EndedHow), "on", t.Date(x.EndedOn))
	case x.Session.Session.On.Before(x.Today), x.Session.Session.Fact == round.Cancelled:
		data.Closed = t.T("stand-in.error.over")
	}
	for _, l := range x.Leaders {
		leader := views.StandInLeader{Name: l.Name, ID: l.PersonID, Chosen: l.PersonID == absent, Href: data.Action + "?" + url.Values{"absent": {l.PersonID}}.Encode() + "#free"}
		for _, a := range x.Away {
			if a.Absent == l.PersonID {
				leader.For = a.Name
			}
		}
		data.Leaders = append(data.Leaders, leader)
	}
	if absent != "" && data.Closed == "" {
		if err := s.standInPeople(r, x, &data); err != nil {
			return err
		}
		s.standInOutlook(r, x, &data)
	}
	return s.render(w, r, status, views.StandInView(s.page(r, t.T("stand-in.title")), data, form))
}

// standInPeople is those who are free: first who may lead, the nearest first, then the others.
func (s *Server) standInPeople(r *http.Request, x meeting.StandIns, data *views.StandInPage) error {
	v := visitOf(r)
	var candidates []register.Candidate
	for _, c := range x.Colleagues {
		candidates = append(candidates, register.Candidate{Person: c.ID, Role: string(x.Absent.Role), On: x.Session.Session.On})
	}
	var fits []register.Fit
	if variant, ok := x.Definition.Variant(x.Variant); ok && len(candidates) > 0 && asksOf(variant, x.Absent.Role) {
		var err error
		if fits, err = s.Register.Fits(r.Context(), v.who.Subject, x.Definition, x.Variant, candidates); err != nil {
			return err
		}
	}
	for _, near := range []meeting.Near{meeting.Here, meeting.InCounty, meeting.Elsewhere} {
		group := views.StandInGroup{Title: v.texts.T("stand-in.near." + string(near))}
		for i, c := range x.Colleagues {
			if c.Near != near {
				continue
			}
			person, may := views.StandInPerson{ID: c.ID, Name: c.Name, Organisation: c.Organisation}, true
			if fits != nil {
				person.Fit, may = fitView(v.texts, fits[i]), fits[i].May
			}
			if may {
				group.People = append(group.People, person)
			} else {
				data.Others = append(data.Others, person)
			}
		}
		if len(group.People) > 0 {
			group.Folded = near == meeting.Elsewhere && len(data.Groups) > 0
			data.Groups = append(data.Groups, group)
		}
	}
	data.Nobody = len(data.Groups) == 0
	return nil
}

// standInOutlook is what it does to the certification of whoever is away. A round that counts towards none has nothing to tell, and who may
// not see it is told nothing.
func (s *Server) standInOutlook(r *http.Request, x meeting.StandIns, data *views.StandInPage) {
	v := visitOf(r)
	if !x.May(v.who.Subject, access.ReadOutlook) || !register.Counts(x.Definition, x.Variant) {
		return
	}
	there, err := s.Register.Outlook(r.Context(), v.who.Subject, x.ID, clock.Date{}, register.Suppose{Rest: true})
	away := there
	if err == nil {
		away, err = s.Register.Outlook(r.Context(), v.who.Subject, x.ID, clock.Date{}, register.Suppose{Away: x.Absent.PersonID, AwayFrom: x.Session.Session.Number})
	}
	if err != nil { // the page can do without it, and somebody is ill
		s.Logger.Warn("no outlook for a stand-in", "request", v.id, "err", err)
		return
	}
	lang := v.texts.Lang()
	for i, l := range away.Leaders {
		if l.Who != x.Absent.PersonID || l.For == "" || l.Supposed == nil || i >= len(there.Leaders) || there.Leaders[i].Supposed == nil {
			continue
		}
		planned := there.Leaders[i].Supposed
		view := views.StandInOutlook{Now: aheadTag(v.texts, planned.Prospect, "now"), Then: aheadTag(v.texts, l.Supposed.Prospect, "then"), Title: l.Credential}
		if c, ok := x.Definition.Credential(l.Credential); ok {
			view.Title = c.Title.In(lang)
		}
		for j, c := range l.Supposed.Conditions {
			words := c.Reason.Words(lang)
			if j < len(planned.Conditions) && planned.Conditions[j].Reason.Words(lang) != words && !slices.Contains(view.Why, words) {
				view.Why = append(view.Why, words)
			}
		}
		data.Outlook = append(data.Outlook, view)
	}
}

// aheadTag is what will come of a round as far as can be seen: what is enough is not done yet.
func aheadTag(t *i18n.Printer, p credential.Prospect, when string) views.Tag {
	tag := prospectTag(t, p)
	if p == credential.ProspectMet {
		tag.Text = t.T("stand-in.outlook.enough." + when)
	}
	return tag
}

func (s *Server) stepIn(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	id, session := r.PathValue("id"), r.PathValue("session")
	absent, person := r.PostFormValue("absent"), r.PostFormValue("person")
	err := s.Meetings.StepIn(r.Context(), v.who.Subject, id, session, absent, person, v.id)
	if key := keyOf(err); key == "stand-in.error.busy" {
		return s.renderStandIn(w, r, http.StatusConflict, absent, formOf(v.texts, err))
	}
	if err != nil {
		return err
	}
	flash := "flash.stand-in.stored"
	if person == "" {
		flash = "flash.stand-in.taken-back"
	}
	return s.redirect(w, r, sessionHref(id, session), flash)
}

// showTell is what those who take part have not been told, with one button that tells them, and how each is reached otherwise.
func (s *Server) showTell(w http.ResponseWriter, r *http.Request) error {
	return s.renderTell(w, r, http.StatusOK, views.Form{})
}

func (s *Server) renderTell(w http.ResponseWriter, r *http.Request, status int, form views.Form) error {
	v := visitOf(r)
	t := v.texts
	x, err := s.Meetings.Telling(r.Context(), v.who.Subject, r.PathValue("id"), r.PathValue("session"), t.Lang())
	if err != nil {
		return err
	}
	what := tellWhat(x.Session)
	data := views.TellPage{Round: x.Name, RoundHref: "/rounds/" + x.ID, SessionHref: sessionHref(x.ID, x.Session.Session.ID), Title: s.numberedTitle(t, x.Session), When: whenOf(t, x.Session.Session)}
	data.Lead = t.T("tell.lead."+what, "title", data.Title, "when", data.When)
	for _, lang := range i18n.Languages {
		if what == "over" { // there is nothing to be reminded of
			break
		}
		data.Words = append(data.Words, views.TellWords{Language: i18n.Capital(t.T("language." + lang)), Lang: lang, Text: tellText(s.Texts.For(lang).Calling(wordsOf(x.Definition, x.Variant, lang)), what, x.Session)})
	}
	for _, told := range x.Told {
		data.Told = append(data.Told, toldLine(t, told))
	}
	if len(x.Changes) > 0 {
		data.Untold = untoldView(t, x)
	}
	for _, m := range x.Receivers {
		person := tellPerson(t, m.Member, x.Name, data.Words)
		if m.State != "" && len(x.Changes) == 0 {
			person.State = t.T("tell.state." + string(m.State))
		}
		data.People = append(data.People, person)
	}
	page := s.page(r, t.T("tell.title"))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, status, views.TellView(page, data, form))
}

// untoldView is what is to be told, in which words, and who gets it how.
func untoldView(t *i18n.Printer, x meeting.Telling) *views.TellUntold {
	view := &views.TellUntold{Action: sessionHref(x.ID, x.Session.Session.ID) + "/tell", Seen: x.Seen, Said: x.Said,
		Counts: x.Attendance == round.CountsOnly && !x.Learners(), Letters: x.Reached(mail.ByEmail) + x.Reached(mail.BySMS), Calls: x.Reached("")}
	for _, way := range mail.Ways {
		if n := x.Reached(way); n > 0 {
			view.Reached = append(view.Reached, t.T("tell.reached."+string(way), "n", n))
		}
	}
	for _, w := range x.Words {
		words := views.TellLetter{Lang: w.Language, Subject: w.Subject, Body: w.Body, SMS: w.SMS}
		if len(x.Words) > 1 {
			words.Language = t.T("tell.letter.in", "language", t.T("language."+w.Language))
		}
		view.Words = append(view.Words, words)
	}
	for _, r := range x.Receivers {
		why := "none"
		if r.Protected {
			why = "protected"
		}
		if r.Way == "" {
			view.Call = append(view.Call, views.Fact{Name: r.Name, Value: t.T("tell.call." + why)})
		}
	}
	return view
}

func toldLine(t *i18n.Printer, told meeting.Heard) string {
	return t.T("tell.told."+string(told.How), "at", t.Instant(told.At.Time, stockholm), "name", told.By, "n", told.Letters)
}

// untoldAlert is what those who take part in a round have not been told, in one line, for the pages of the round; nil when there is nothing.
func (s *Server) untoldAlert(t *i18n.Printer, row round.Row, changes []meeting.Change) *views.UntoldAlert {
	if len(changes) == 0 {
		return nil
	}
	def, err := s.Catalogue.Definition(row.Programme, row.Version)
	if err != nil {
		return nil
	}
	return &views.UntoldAlert{Text: strings.Join(meeting.WordsOf(t, row, def, changes), " "), Href: sessionHref(row.ID, changes[0].Session.ID) + "/tell"}
}

// tell writes to those who take part, or notes that they know.
func (s *Server) tell(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	id, how := r.PathValue("id"), meeting.ToldHow(r.PostFormValue("how"))
	err := s.Meetings.Tell(r.Context(), v.who.Subject, id, how, r.PostFormValue("seen"), v.id)
	if keyOf(err) == "tell.error.changed" {
		return s.renderTell(w, r, http.StatusConflict, formOf(v.texts, err))
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, sessionHref(id, r.PathValue("session"))+"/tell", "flash.tell."+string(how))
}

// tellWhat is what those who take part may be told of a session, ahead of what has changed.
func tellWhat(x meeting.Session) string {
	switch {
	case x.Session.On.Before(x.Today), x.Session.Fact == round.Held, x.EndedHow == round.Closed:
		return "over"
	case x.EndedHow == round.BrokenOff:
		return "ended"
	case x.Session.Fact == round.Cancelled:
		return "cancelled"
	case !x.MovedFrom.IsZero():
		return "moved"
	default:
		return "as-planned"
	}
}

// tellText is what is to be told of a session, in a language.
func tellText(t *i18n.Printer, what string, x meeting.Session) string {
	place, from := x.Session.Place, ""
	if place == "" {
		place = x.Place
	}
	if place == "" {
		place = x.Link
	}
	if !x.MovedFrom.IsZero() {
		from = t.DayAndMonth(x.MovedFrom)
	}
	return t.T("tell.word."+what, "on", t.DayAndMonth(x.Session.On), "time", t.TimeOfDay(x.Session.Starts), "place", place, "from", from)
}

// tellPerson is how one participant is reached. Whoever reads another language than the first gets every language there are words in: a
// translation that nobody has read is not sent.
func tellPerson(t *i18n.Printer, m group.Member, subject string, words []views.TellWords) views.TellPerson {
	var texts []string
	for i, w := range words {
		if i == 0 || m.Language != words[0].Lang {
			texts = append(texts, w.Text)
		}
	}
	text := strings.Join(texts, "\n\n")
	person := views.TellPerson{Name: m.Name, Phone: m.Phone, Email: m.Email}
	if m.Language != "" {
		person.Language = t.T("language." + m.Language)
	}
	if m.Phone != "" {
		number := callable(m.Phone)
		person.Call, person.SMS = "tel:"+number, "sms:"+number+"?body="+queryText(text)
	}
	if m.Email != "" {
		person.Mail = "mailto:" + url.PathEscape(m.Email) + "?subject=" + queryText(subject) + "&body=" + queryText(text)
	}
	switch {
	case m.Protected:
		person.Note = t.T("tell.protected")
	case m.Phone == "" && m.Email == "":
		person.Note = t.T("tell.no-contact")
	case m.Interpreter:
		person.Note = t.T("tell.interpreter")
	}
	return person
}

// callable is a telephone number with its digits, and the plus before them, alone.
func callable(phone string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, phone)
}

// queryText is a text in the address of a message: blanks as %20, which every phone reads.
func queryText(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }
