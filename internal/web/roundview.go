package web

import (
	"fmt"
	"net/url"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/i18n"
	"hemvist/internal/round"
	"hemvist/internal/web/views"
)

func mayExport(v *visit) bool {
	return access.ReachOf(v.who.Subject.Role, access.ExportRounds) != access.None
}

func seesPeople(v *visit) bool {
	return access.ReachIn(v.who.Subject.Role, access.ReadParticipants, false) != access.None
}

func sessionAnchor(x round.Session) string { return fmt.Sprintf("session-%d", x.Number) }

// roundView puts a round's page into words.
func (s *Server) roundView(v *visit, d round.Detail) views.Round {
	t := v.texts
	today := s.Rounds.Today()
	state := d.StateOn(today)
	view := views.Round{Head: s.roundHead(v, d.Row, ""), Name: d.Name, Href: "/rounds/" + d.ID, TheRound: d.Definition.Word(d.Row.Variant, "round", t.Lang()).The,
		Participants: t.T("round.participants", "n", d.Participants), SeesPeople: d.SeesPeople,
		Variant: titleOfVariant(d.Definition, d.Variant, t.Lang()), Programme: d.Definition.Title.In(t.Lang()),
		Organisation: d.Organisation, Version: d.Version, VersionHref: versionHref(d.Programme, d.Version) + "/variants/" + url.PathEscape(d.Variant), Language: i18n.Capital(t.T("language." + d.Language))}
	view.Head.Fact = factLine(t, d)
	for _, m := range d.Staff {
		title := t.T("role." + string(m.Role))
		if role, ok := d.Definition.Role(string(m.Role)); ok {
			title = i18n.Capital(role.Title.In(t.Lang()))
		}
		view.Staff = append(view.Staff, views.Fact{Name: title, Value: m.Name})
	}
	current := currentSession(d.List, today)
	for i, x := range d.List {
		session := s.sessionView(t, d, x, i == current)
		if i != current && session.Ahead { // what is further ahead is seldom put off, and then on its own page
			session.MaySayCancelled, session.Postpone = false, ""
		}
		view.Sessions = append(view.Sessions, session)
	}
	if current >= 0 {
		view.StepsTitle = t.T("round.step", "number", d.List[current].Number, "of", len(d.List))
		view.StepsNow = view.Sessions[current].Title
	} else {
		view.StepsTitle = t.T("round.steps", "n", len(d.List))
	}
	if next, ok := nextSession(d.List, today); ok && d.EndedHow == "" {
		view.Next = t.T("round.next", "on", i18n.Capital(t.DayAndMonth(next.On)), "time", t.TimeSpan(next.Starts, next.Minutes), "place", placeOfSession(t, d.Row, next))
	}
	view.MayClose = d.MayEnd && d.EndedHow == "" && state == round.Waiting && round.MayClose(d.List, today)
	s.addPlan(v, d, &view)
	return view
}

// currentSession is the place of the session that is next, or of the last when all are past; -1 when there is none.
func currentSession(list []round.Session, today clock.Date) int {
	for i, x := range list {
		if !x.On.Before(today) && x.Fact == round.Unknown {
			return i
		}
	}
	return -1
}

func (s *Server) sessionView(t *i18n.Printer, d round.Detail, x round.Session, current bool) views.Session {
	today := s.Rounds.Today()
	view := views.Session{Anchor: sessionAnchor(x), Number: x.Number, Title: s.sessionTitle(t, d, x), Current: current,
		When: i18n.Capital(t.DayAndMonth(x.On)), Time: t.TimeSpan(x.Starts, x.Minutes), Action: "/rounds/" + d.ID + "/sessions/" + x.ID}
	switch x.Fact {
	case round.Held:
		view.Step, view.Tag = "done", views.Tag{Text: t.T("session.held"), Colour: "success"}
	case round.Cancelled:
		view.Step, view.Tag = "off", views.Tag{Text: t.T("session.cancelled"), Colour: "neutral"}
	default:
		if d.EndedHow != "" {
			view.Tag = views.Tag{Text: t.T("session.not-held"), Colour: "neutral"}
		} else if x.On.Before(today) {
			view.Tag = views.Tag{Text: t.T("session.unsaid"), Colour: "warning"}
		} else {
			view.Tag = views.Tag{Text: t.T("session.planned"), Colour: "info"}
		}
	}
	if x.Place != "" && x.Place != d.Place {
		view.Time += ", " + x.Place
	}
	if d.MayRecord && d.EndedHow == "" {
		view.MaySayHeld = x.Fact == round.Unknown && !x.On.After(today)
		view.MaySayCancelled = x.Fact == round.Unknown
		view.Ahead = x.On.After(today)
		view.MayTakeBack = x.Fact != round.Unknown
		if view.MaySayCancelled && d.MayChange && !x.On.Before(today) {
			view.Postpone = "/rounds/" + d.ID + "/plan/sessions/" + x.ID
		}
	}
	return view
}

// sessionTitle is the session's title in the definition that the round was started with.
func (s *Server) sessionTitle(t *i18n.Printer, d round.Detail, x round.Session) string {
	if variant, ok := d.Definition.Variant(d.Variant); ok {
		for _, planned := range variant.Sessions() {
			if planned.ID == x.Item {
				return planned.Title.In(t.Lang())
			}
		}
	}
	return t.T("session.number", "number", x.Number)
}

// factLine is the sentence under a round's name: when, where, how many.
func factLine(t *i18n.Printer, d round.Detail) string {
	x, ok := round.Usual(d.List)
	if !ok {
		return t.T("round.fact.place", "place", meetsAt(t, d.Row))
	}
	return t.T("round.fact", "weekdays", i18n.Capital(t.Weekdays(x.On.Weekday())), "time", t.TimeSpan(x.Starts, x.Minutes), "place", meetsAt(t, d.Row)) + " " +
		t.T("round.fact.people", "people", i18n.Capital(t.T("round.participants", "n", d.Participants)), "staff", t.T("round.leaders", "n", leading(d.Staff)))
}

// leading counts those who lead: not a technician, not a supervisor.
func leading(staff []round.StaffMember) int {
	n := 0
	for _, m := range staff {
		if m.Role == access.Leader || m.Role == access.Trainer {
			n++
		}
	}
	return n
}
