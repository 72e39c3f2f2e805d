package web

import (
	"net/http"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/web/views"
)

// page is what every page has around its own: who is signed in, the rooms they may enter, the language, the nonce.
func (s *Server) page(r *http.Request, title string) views.Page {
	v := visitOf(r)
	p := views.Page{Title: title, Texts: v.texts, Nonce: v.nonce, Back: r.URL.RequestURI(), Demo: s.Demo != nil, Version: s.Version,
		Help: s.helpHref(v), Feedback: feedbackHref(r), Rounds: v.reader().T("rounds.title")}
	if r.Method != http.MethodGet {
		p.Back = "/"
	}
	if !v.in {
		return p
	}
	who := v.who
	if access.ReachOf(who.Subject.Role, access.TickAttendance) != access.None && (r.URL.Path == "/" || strings.HasPrefix(r.URL.Path, "/rounds")) {
		p.KeptFor, p.Scripts = who.Subject.Person, append(p.Scripts, attendanceScript())
	}
	p.User = &views.User{Name: who.Name, Role: v.texts.T("role." + string(who.Subject.Role)), Organisation: who.Organisation, Roles: s.workRoles(v.texts, who),
		Works: access.ReachOf(who.Subject.Role, access.ListProgrammes) != access.None, Leads: access.ReachOf(who.Subject.Role, access.RecordConsent) != access.None}
	for _, room := range rooms {
		if access.ReachOf(who.Subject.Role, room.action) == access.None {
			continue
		}
		item := views.NavItem{Href: room.href, Text: v.reader().T(room.key), Current: r.URL.Path == room.href}
		for _, under := range room.under {
			item.Current = item.Current || strings.HasPrefix(r.URL.Path, under)
		}
		if room.action == access.ReadOrganisation && access.ReachOf(who.Subject.Role, access.ListOrganisations) == access.None { // straight to one's own
			item.Href, item.Text = organisationHref(who.Subject.Organisation), v.texts.T("organisations.nav.own")
		}
		if room.action == access.ListProgrammes && who.Subject.Programme != "" { // straight to it for who works in one
			item.Href, item.Text = programmeHref(who.Subject.Programme), v.texts.T("programmes.nav.one")
		}
		if room.action == access.SetSignInRules {
			if who.Subject.Authority != "" { // which is about a whole organisation
				continue
			}
			item.Href = identityHref(who.Subject.Organisation)
			item.Current = r.URL.Path == item.Href
		}
		p.Nav = append(p.Nav, item)
	}
	return p
}

// rooms are the rooms in the top bar, for who may do the action; under are the beginnings of the addresses in each.
var rooms = []struct {
	action    access.Action
	href, key string
	under     []string
}{
	{access.Anyone, "/", "nav.home", nil},
	{access.ReadWeek, weekPath, "week.nav", nil},
	{access.ListRounds, "/rounds", "nav.rounds", []string{"/rounds"}},
	{access.HandleInterest, recruitmentPath, "recruitment.nav", []string{recruitmentPath}},
	{access.SetSignInRules, "", "identity.nav", nil},
	{access.ListProgrammes, "/programmes", "programmes.nav.many", []string{"/programmes", "/definitions"}},
	{access.ReadOrganisation, "/organisations", "organisations.title", []string{"/organisations"}},
	{access.ListPeople, "/people", "people.title", []string{"/people", "/invitations/"}},
	{access.EditSite, "/site", "site.nav", []string{"/site", "/feedback/inbox"}},
	{access.ReadOutbox, lettersPath, "letters.nav", []string{lettersPath}},
	{access.ReviewLog, "/log", "log.title", []string{"/log"}},
}
