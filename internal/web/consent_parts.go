package web

import (
	"net/http"
	"slices"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/round"
	"hemvist/internal/round/consent"
	"hemvist/internal/round/group"
	"hemvist/internal/web/views"
)

// consentTag is what a list shows of somebody's answer; no text where there is nothing to do about it.
func consentTag(t *i18n.Printer, a consent.Answer) views.Tag {
	switch {
	case a == "":
		return views.Tag{Text: t.T("consent.tag.missing"), Colour: "warning"}
	case a.No():
		return views.Tag{Text: t.T("consent.tag." + string(a)), Colour: "danger"}
	}
	return views.Tag{}
}

// consentPartOf is what a participant has answered, for their own page; nil where nothing is asked.
func (s *Server) consentPartOf(r *http.Request, g group.Group, m group.Member, typed *typedConsents) (*views.ConsentPart, error) {
	t := visitOf(r).texts
	c, err := s.consentsOf(r, g.Row)
	if err != nil || !c.Rule.Participants {
		return nil, err
	}
	if typed == nil {
		typed = &typedConsents{}
	}
	answer, own := c.Answer(m.ID), c.Language
	if m.Interpreter {
		own = m.Language
	}
	part := &views.ConsentPart{Action: consentHref(g.ID), ID: m.ID, Seen: c.Seen(m.ID), State: consentTag(t, answer.Answer), Note: typed.note(t, m.ID),
		Fields: s.consentFields(t, c, *typed, own), Form: typed.form}
	if answer.Answer == consent.Given {
		part.State = views.Tag{Text: t.T("consent.tag.given"), Colour: "success"}
	}
	if answer.ID != "" {
		part.About = consentState(t, false, answer)
	}
	options := answersAfter(c, answer.Answer)
	if !m.Here() {
		if options = nil; answer.Answer == consent.Given {
			options = []consent.Answer{consent.Withdrawn}
		}
		if answer.ID == "" {
			return nil, nil //nolint:nilnil // nothing was asked before they left, and nothing is now
		}
	}
	for _, a := range options {
		part.Options = append(part.Options, consentOption(t, false, a, string(typed.of(m.ID))))
	}
	part.Sessions = append(part.Sessions, views.Option{Text: t.T("consent.for.round"), Chosen: true})
	for _, x := range c.Filmed {
		if m.Here() && !x.On.Before(c.Today) {
			part.Sessions = append(part.Sessions, views.Option{Value: x.ID, Text: i18n.Capital(consentSession(t, x)), Chosen: typed.batch != nil && typed.batch.Session == x.ID})
		}
	}
	for i := len(c.Said[m.ID]) - 1; i >= 0; i-- {
		x := c.Said[m.ID][i]
		said := views.ConsentSaid{Text: consentState(t, false, x), By: t.T("consent.by", "name", x.ByName, "at", t.Instant(x.At, stockholm))}
		if j := slices.IndexFunc(c.Filmed, func(y round.Session) bool { return y.ID == x.Session }); j >= 0 {
			said.Text += " " + t.T("consent.state.one", "session", consentSession(t, c.Filmed[j]))
		}
		if x.Language != "" {
			said.Text += " " + t.T("consent.state.language", "language", t.T("language."+x.Language))
		}
		part.History = append(part.History, said)
	}
	return part, nil
}

// consentLine is how the consents stand before a session that is to be filmed; nil where nobody is asked, or the session is past. Names are for
// those who lead.
func (s *Server) consentLine(r *http.Request, row round.Row, x round.Session) (*views.ConsentLine, error) {
	v := visitOf(r)
	if x.On.Before(s.Rounds.Today()) || row.EndedHow != "" || !row.May(v.who.Subject, access.ReadConsent) {
		return nil, nil //nolint:nilnil // there is no line to show
	}
	c, err := s.Consents.Get(r.Context(), v.who.Subject, row.ID, x.ID)
	if errs.Is(err, errs.NotFound) || err == nil && !c.Rule.Asks() { // it is not one that is filmed
		return nil, nil //nolint:nilnil // there is no line to show
	}
	if err != nil {
		return nil, err
	}
	line := &views.ConsentLine{Told: consentTold(v.texts, c.Standing)}
	if !c.MayRecord {
		return line, nil
	}
	if line.Href = consentHref(row.ID); c.Attendance != round.CountsOnly {
		line.Href += "?session=" + x.ID
	}
	not := func(a consent.Asked) bool { return !a.Leader && !a.Group && a.Answer.Answer != consent.Given }
	if c.Standing.Count(not) == 0 {
		return line, nil
	}
	_, members, err := s.Groups.Members(r.Context(), v.who.Subject, row.ID)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		for _, a := range c.Standing.Asked {
			if a.Who == m.ID && not(a) {
				line.Names = append(line.Names, v.texts.T("consent.name", "name", nameOfMember(v.texts, m), "tag", strings.ToLower(consentTag(v.texts, a.Answer.Answer).Text)))
			}
		}
	}
	return line, nil
}

// consentsOf is a round's answers, for a reader who may see whose they are; else the zero View, by which nobody is asked.
func (s *Server) consentsOf(r *http.Request, row round.Row) (consent.View, error) {
	if v := visitOf(r); row.May(v.who.Subject, access.RecordConsent) {
		return s.Consents.Get(r.Context(), v.who.Subject, row.ID, "")
	}
	return consent.View{}, nil
}
