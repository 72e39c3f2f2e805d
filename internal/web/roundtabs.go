package web

import (
	"hemvist/internal/access"
	"hemvist/internal/round"
	"hemvist/internal/web/views"
)

// roundTab is a part of a round that has a page of its own.
type roundTab struct {
	path, key string                        // under the round's address; the tab's words
	action    access.Action                 // what whoever sees the tab may do to the round
	of        func(*Server, round.Row) bool // which rounds have it; nil: all
}

// roundTabs are the parts, in the order in which they stand.
var roundTabs = []roundTab{
	{"", "round.tab.overview", access.ReadRound, nil},
	{"/participants", "round.tab.participants", access.ReadParticipants, nil},
	{"/plan", "round.tab.plan", access.ChangeRound, nil},
	{outlookPath, "round.tab.outlook", access.ReadOutlook, (*Server).hasOutlook},
	{"/recruitment", "round.tab.recruitment", access.AddParticipant, func(_ *Server, r round.Row) bool { return recruits(r) }},
}

// tabsOf are the parts of a round that the reader may see; current is the path of the one shown. One part alone needs no tabs.
func (s *Server) tabsOf(v *visit, r round.Row, current string) []views.NavItem {
	var tabs []views.NavItem
	for _, tab := range roundTabs {
		if tab.of != nil && !tab.of(s, r) || !r.May(v.who.Subject, tab.action) {
			continue
		}
		tabs = append(tabs, views.NavItem{Href: "/rounds/" + r.ID + tab.path, Text: v.texts.T(tab.key), Current: tab.path == current})
	}
	if len(tabs) == 1 {
		return nil
	}
	return tabs
}

// roundHead is what stands above every part of a round.
func (s *Server) roundHead(v *visit, r round.Row, current string) views.RoundHead {
	return views.RoundHead{Name: r.Name, State: stateView(v.texts, r.StateOn(s.Rounds.Today())), Tabs: s.tabsOf(v, r, current), Concern: s.concernHref(v, r),
		Fact: v.texts.T("round.head", "organisation", r.Organisation, "from", v.texts.Date(r.FirstOn), "to", v.texts.Date(r.LastOn))}
}
