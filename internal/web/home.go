package web

import (
	"net/http"
	"net/url"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/i18n"
	"hemvist/internal/notice"
	"hemvist/internal/round"
	"hemvist/internal/web/views"
)

// home is the first page of whoever is signed in: what needs them, then where they stand.
func (s *Server) home(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	if !v.in {
		return s.showSignIn(w, r)
	}
	h, err := s.Notices.HomeOf(r.Context(), v.who.Subject)
	if err != nil {
		return err
	}
	data := s.homeView(v, h)
	if data.WantsPasskey, err = s.SignIns.WantsPasskey(r.Context(), v.who); err != nil {
		return err
	}
	first, err := s.SignIns.FirstTime(r.Context(), v.who)
	if err != nil {
		return err
	}
	if key := "home.first." + string(v.who.Subject.Role); first && v.texts.Has(key) {
		data.First = v.texts.T(key)
	}
	page := s.page(r, v.texts.T("nav.home"))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, http.StatusOK, views.HomePage(page, data))
}

// homeView puts what the rooms have for somebody into words.
func (s *Server) homeView(v *visit, h notice.Home) views.Home {
	t, role := v.texts, v.who.Subject.Role
	data := views.Home{Greeting: t.T("home.greeting."+partOfDay(s.Clock.Now()), "name", v.who.GivenName),
		Lead: t.T("home.lead", "n", len(h.Needs)), Works: access.ReachOf(role, access.ListRounds) == access.Assigned}
	if len(h.Needs) == 0 {
		data.Lead = t.T("home.nothing")
		if key := "home.empty." + string(role); t.Has(key) {
			data.Empty = t.T(key)
		}
	}
	for _, n := range h.Needs {
		data.Needs = append(data.Needs, needView(t, n))
	}
	for _, m := range h.Mine {
		data.Mine = append(data.Mine, mineView(t, m, h))
	}
	for _, n := range h.Numbers {
		value := t.Number(n.N)
		if n.More {
			value = t.T("home.number.more", "n", n.N)
		}
		data.Numbers = append(data.Numbers, views.Number{Text: t.T("home.number." + n.Kind), Value: value, Href: n.Path})
	}
	if reach := access.ReachOf(role, access.ListRounds); reach == access.Hub || reach == access.Organisation {
		data.More = views.Number{Text: t.T("home.all-rounds"), Href: "/rounds"}
	}
	if h.Figures != nil {
		data.Figures = s.figuresView(t, *h.Figures)
	}
	return data
}

// figuresView is a programme in counts. A count that is hidden says so.
func (s *Server) figuresView(t *i18n.Printer, f round.Figures) *views.Figures {
	view := &views.Figures{Note: t.T("home.figures.note", "least", round.SmallCell)}
	row := func(name string, x round.Figure) views.FigureRow {
		return views.FigureRow{Name: name, Running: countText(t, x.Running), Closed: countText(t, x.Closed), Participants: countText(t, x.Participants)}
	}
	for _, x := range f.Rows {
		name := x.Variant
		if d, err := s.Catalogue.Newest(x.Programme); err == nil {
			name = titleOfVariant(d, x.Variant, t.Lang())
		}
		view.Rows = append(view.Rows, row(name, x))
	}
	view.All = row(t.T("home.figures.all"), f.All)
	return view
}

func countText(t *i18n.Printer, c round.Count) string {
	if c.Hidden {
		return t.T("home.figures.hidden")
	}
	return t.Number(c.N)
}

// stockholm is where the house stands; the hour of its greeting is told there.
var stockholm = func() *time.Location {
	z, err := time.LoadLocation(round.Zone)
	if err != nil {
		panic("no time zone data: " + err.Error())
	}
	return z
}()

func partOfDay(now time.Time) string {
	switch h := now.In(stockholm).Hour(); {
	case h < 5:
		return "night"
	case h < 10:
		return "morning"
	case h < 18:
		return "day"
	default:
		return "evening"
	}
}

// needView puts a need into words, with the one button that does something about it.
func needView(t *i18n.Printer, n notice.Need) views.Need {
	key := "need." + string(n.Kind)
	args := []any{"round", n.Round, "number", n.Session.Number, "of", n.Of}
	if !n.On.IsZero() {
		args = append(args, "on", t.DayAndMonth(n.On))
	}
	if n.Session.Minutes > 0 {
		args = append(args, "time", t.TimeOfDay(n.Session.Starts))
	}
	if n.Version != "" {
		args = append(args, "programme", n.Def.Title.In(t.Lang()), "version", n.Version)
	}
	if n.Role != "" {
		if role, ok := n.Def.Role(n.Role); ok {
			args = append(args, "role", i18n.Capital(role.Title.In(t.Lang())))
		}
	}
	args = append(args, "n", n.N)
	view := views.Need{Title: t.T(key+".title", args...), Text: t.T(key+".text", args...), Href: n.Path}
	if n.RoundID != "" {
		view.Href = "/rounds/" + n.RoundID
	}
	switch n.Kind {
	case notice.Proposal:
		view.Href = versionHref(n.Def.ID, n.Version) + "/changes"
	case notice.MoreRoundsLate:
		view.Href = "/rounds?" + url.Values{"state": {string(round.Waiting)}}.Encode()
	case notice.SessionUnsaid, notice.SessionToday, notice.SessionBeside:
		view.Href += "#" + sessionAnchor(n.Session)
	case notice.RoundToClose:
		view.Href += "#end"
	case notice.ParticipantsUntold, notice.EndUntold:
		view.Href = sessionHref(n.RoundID, n.Session.ID) + "/tell"
	case notice.TicksMissing:
		view.Href = sessionHref(n.RoundID, n.Session.ID) + "/attendance"
	case notice.RoundUnnotified:
		view.Href += "/plan/notify"
	}
	button := key + ".button"
	if n.Do {
		switch n.Kind {
		case notice.TooFewLeaders:
			view.Href, button = view.Href+"/plan/staff", "need.do.staff"
		case notice.FewPeople, notice.TooFewPeople:
			view.Href, button = view.Href+"/recruitment", "need.do.recruit"
		}
	}
	if view.Href != "" { // what is only to be known has no button
		view.Button = t.T(button)
	}
	return view
}

// mineView is one of the rounds a person works in, in short.
func mineView(t *i18n.Printer, m round.Mine, h notice.Home) views.Mine {
	view := views.Mine{Name: m.Name, Href: "/rounds/" + m.ID, State: stateView(t, m.StateOn(h.Today))}
	if next, ok := nextSession(m.List, h.Today); ok {
		view.Next = t.T("home.next", "number", next.Number, "of", len(m.List), "on", t.DayAndMonth(next.On), "time", t.TimeOfDay(next.Starts))
	} else {
		view.Next = t.T("home.all-past")
	}
	view.People = i18n.Capital(t.T("round.participants", "n", m.Participants))
	return view
}

// nextSession is the first session that is not past and not cancelled.
func nextSession(list []round.Session, today clock.Date) (round.Session, bool) {
	for _, x := range list {
		if !x.On.Before(today) && x.Fact == round.Unknown {
			return x, true
		}
	}
	return round.Session{}, false
}
