package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/credential"
	"hemvist/internal/i18n"
	"hemvist/internal/round"
	"hemvist/internal/web/views"
)

// The ways to look at rounds beside the list.
const (
	calendarPath = "/rounds/calendar"
	stripPath    = "/rounds/strip"
	idlePath     = "/rounds/idle"
)

// ways are the pages on which the reader can look at rounds.
func ways(v *visit, current string) views.Ways {
	t := v.texts
	w := views.Ways{{Href: "/rounds", Text: t.T("overview.list")}, {Href: calendarPath, Text: t.T("overview.calendar")}, {Href: stripPath, Text: t.T("overview.strip")}}
	if access.ReachOf(v.who.Subject.Role, access.ReadSpread) != access.None {
		w = append(w, views.NavItem{Href: idlePath, Text: t.T("overview.idle")})
	}
	for i := range w {
		w[i].Current = w[i].Href == current
	}
	return w
}

// overviewFilter is the fields by which a calendar or a strip is narrowed.
func (s *Server) overviewFilter(t *i18n.Printer, at string, q round.Query) views.OverviewFilter {
	f := views.OverviewFilter{Action: at, Text: q.Text, Filtered: q.Text != "" || q.State != "" || q.Variant != ""}
	f.States = append(f.States, views.Option{Text: t.T("rounds.state.any"), Chosen: q.State == ""})
	for _, st := range round.States {
		f.States = append(f.States, views.Option{Value: string(st), Text: t.T("state." + string(st)), Chosen: q.State == st})
	}
	f.Variants = append(f.Variants, views.Option{Text: t.T("rounds.variant.any"), Chosen: q.Variant == ""})
	for _, o := range s.variants(t.Lang()) {
		o.Chosen = o.Value == q.Variant
		f.Variants = append(f.Variants, o)
	}
	return f
}

// monthIn is the first day of the month that an address names, or that of the day; what is no month, or lies far off, is as not said.
func monthIn(text string, day clock.Date) clock.Date {
	if m, err := clock.ParseDate(text + "-01"); err == nil && m.Year >= day.Year-100 && m.Year <= day.Year+100 {
		return m
	}
	return clock.NewDate(day.Year, day.Month, 1)
}

func monthText(d clock.Date) string { return d.String()[:7] }

func (s *Server) showCalendar(w http.ResponseWriter, r *http.Request) error {
	v, values := visitOf(r), r.URL.Query()
	t, today := v.texts, s.Rounds.Today()
	month := monthIn(values.Get("month"), today)
	last := month.AddMonths(1).AddDays(-1)
	day, err := clock.ParseDate(values.Get("day"))
	if err != nil || day.Before(month) || day.After(last) {
		if day = (clock.Date{}); !today.Before(month) && !today.After(last) {
			day = today
		}
	}
	q := roundQuery(values)
	q.Sort, q.From, q.To = round.Earliest, month, last
	c, err := s.Rounds.Calendar(r.Context(), v.who.Subject, q, month, last, day)
	if err != nil {
		return err
	}
	found, err := s.Rounds.List(r.Context(), v.who.Subject, q)
	if err != nil {
		return err
	}
	at := listAt(calendarPath, "q", q.Text, "state", string(q.State), "variant", q.Variant, "month", monthText(month))
	data := views.RoundsCalendar{Ways: ways(v, calendarPath), Filter: s.overviewFilter(t, calendarPath, q), Period: calendarPeriod(t, at, month, today),
		Days: calendarDays(t, at, c, month, last, day), Rounds: s.roundsView(v, found)}
	data.Filter.Hidden = []views.Fact{{Name: "month", Value: monthText(month)}}
	data.Rounds.Pager = at.pager(t, found.Query.Page, found.Pages())
	sessions := 0
	for _, d := range c.Days {
		sessions += d.Sessions
	}
	data.Summary = t.T("overview.month.summary", "n", sessions)
	for i := range 7 {
		data.Weekdays = append(data.Weekdays, t.WeekdayShort(time.Weekday((i+1)%7)))
	}
	if !day.IsZero() {
		data.Day = i18n.Capital(t.DayAndMonth(day))
		for _, x := range c.Day {
			data.OnDay = append(data.OnDay, views.OnDay{Time: t.TimeSpan(x.Starts, x.Minutes), Name: x.Name, Href: "/rounds/" + x.Row.ID,
				Where: x.Organisation + ", " + x.Row.Place, Number: t.T("overview.session", "number", x.Number, "of", x.Row.Sessions)})
		}
		if c.More {
			data.MoreDay = t.T("overview.day.more", "n", len(c.Day))
		}
	}
	return s.render(w, r, http.StatusOK, views.RoundsCalendarPage(s.page(r, t.T("overview.calendar.title", "month", t.Month(month))), data))
}

func calendarPeriod(t *i18n.Printer, at list, month, today clock.Date) views.Period {
	to := func(m clock.Date) string { return at.with("month", monthText(m), "day", "").page(1) }
	p := views.Period{Text: i18n.Capital(t.Month(month)), Prev: to(month.AddMonths(-1)), PrevText: i18n.Capital(t.Month(month.AddMonths(-1))),
		Next: to(month.AddMonths(1)), NextText: i18n.Capital(t.Month(month.AddMonths(1)))}
	if monthText(month) != monthText(today) {
		p.Now, p.NowText = to(today), t.T("overview.now")
	}
	return p
}

// calendarDays is every day of the month, with what happens on it.
func calendarDays(t *i18n.Printer, at list, c round.Calendar, month, last, chosen clock.Date) []views.RoundsDay {
	by := map[clock.Date]round.CalendarDay{}
	for _, d := range c.Days {
		by[d.On] = d
	}
	var days []views.RoundsDay
	for on := month; !on.After(last); on = on.AddDays(1) {
		d := views.RoundsDay{Number: strconv.Itoa(on.Day), Title: i18n.Capital(t.DayAndMonth(on)), Today: on == c.Today, Chosen: on == chosen}
		if d.Column = int(on.Weekday()); d.Column == 0 {
			d.Column = 7
		}
		if x := by[on]; x.Sessions > 0 {
			d.Href, d.Sessions = at.with("day", on.String()).page(1)+"#day", t.T("overview.sessions", "n", x.Sessions)
			if x.Starts > 0 {
				d.Notes = append(d.Notes, t.T("overview.starts", "n", x.Starts))
			}
			if x.Ends > 0 {
				d.Notes = append(d.Notes, t.T("overview.ends", "n", x.Ends))
			}
		}
		days = append(days, d)
	}
	return days
}

// The strip shows so many months at a time, and is turned by so many.
const (
	stripMonths = 12
	stripTurn   = 6
)

// What a row of the strip is.
const (
	byRound        = "round"
	byOrganisation = "organisation"
	byCounty       = "county"
)

func (s *Server) showStrip(w http.ResponseWriter, r *http.Request) error {
	v, values := visitOf(r), r.URL.Query()
	t, today := v.texts, s.Rounds.Today()
	half := clock.NewDate(today.Year, time.January, 1) // a half-year begins in January or July
	if today.Month > time.June {
		half = clock.NewDate(today.Year, time.July, 1)
	}
	from := half
	if values.Get("from") != "" {
		from = monthIn(values.Get("from"), today)
	}
	last := from.AddMonths(stripMonths).AddDays(-1)
	q := roundQuery(values)
	q.Sort, q.From, q.To = round.Earliest, from, last
	by := values.Get("by")
	wide := access.ReachOf(v.who.Subject.Role, access.ListRounds) == access.Hub
	if !wide || !slices.Contains([]string{byOrganisation, byCounty}, by) {
		by = byRound
	}
	shownBy := by
	if by == byRound {
		shownBy = ""
	}
	at := listAt(stripPath, "q", q.Text, "state", string(q.State), "variant", q.Variant, "by", shownBy, "from", monthText(from))
	data := views.RoundsStrip{Ways: ways(v, stripPath), Filter: s.overviewFilter(t, stripPath, q), Period: stripPeriod(t, at, from, half)}
	data.Filter.Hidden = []views.Fact{{Name: "from", Value: monthText(from)}}
	var err error
	if wide {
		for _, o := range []string{byRound, byOrganisation, byCounty} {
			data.Filter.By = append(data.Filter.By, views.Option{Value: o, Text: t.T("overview.by." + o), Chosen: o == by})
		}
	}
	if by == byRound {
		err = s.stripOfRounds(r, &data, q, at)
	} else {
		err = s.stripOfPlaces(r, &data, q, at, by)
	}
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.RoundsStripPage(s.page(r, t.T("overview.strip.title", "period", data.Period.Text)), data))
}

func stripPeriod(t *i18n.Printer, at list, from, half clock.Date) views.Period {
	to := func(m clock.Date) string { return at.with("from", monthText(m)).page(1) }
	p := views.Period{Text: t.T("overview.months", "from", i18n.Capital(t.Month(from)), "to", t.Month(from.AddMonths(stripMonths-1))),
		Prev: to(from.AddMonths(-stripTurn)), PrevText: t.T("overview.earlier"), Next: to(from.AddMonths(stripTurn)), NextText: t.T("overview.later")}
	if from != half {
		p.Now, p.NowText = to(half), t.T("overview.now")
	}
	return p
}

// stripOfRounds fills in a strip with one row a round.
func (s *Server) stripOfRounds(r *http.Request, data *views.RoundsStrip, q round.Query, at list) error {
	v := visitOf(r)
	t := v.texts
	found, err := s.Rounds.List(r.Context(), v.who.Subject, q)
	if err != nil {
		return err
	}
	data.Single, data.Heading, data.Summary = true, t.T("rounds.column.name"), summary(t, found)
	data.Pager = at.pager(t, found.Query.Page, found.Pages())
	p := picture{t: t, from: q.From, today: found.Today}
	for _, row := range found.Rows {
		st := row.StateOn(found.Today)
		data.Rows = append(data.Rows, views.StripRow{Href: "/rounds/" + row.ID, Name: row.Name, Sub: row.Organisation,
			From: t.DateShort(row.FirstOn), To: t.DateShort(row.LastOn), State: stateView(t, st)})
		p.row(row.Name)
		p.bar(row.FirstOn, row.LastOn, st)
		data.Rows[len(data.Rows)-1].Bars = p.ofRow()
	}
	data.Picture = p.done()
	return nil
}

// rowsAPage is how many organisations or counties a page of the strip shows.
const rowsAPage = 50

// stripOfPlaces fills in a strip with one row an organisation or a county.
func (s *Server) stripOfPlaces(r *http.Request, data *views.RoundsStrip, q round.Query, at list, by string) error {
	v := visitOf(r)
	t, today := v.texts, s.Rounds.Today()
	spans, more, err := s.Rounds.Spans(r.Context(), v.who.Subject, q)
	if err != nil {
		return err
	}
	if more {
		data.More = t.T("overview.more", "n", len(spans))
	}
	groups, names := map[string][]round.Span{}, []string{}
	for _, x := range spans {
		name := x.Organisation
		if by == byCounty {
			if name = countyName(t, x.County); x.County == "" {
				name = t.T("overview.no-county")
			}
		}
		if groups[name] == nil {
			names = append(names, name)
		}
		groups[name] = append(groups[name], x)
	}
	if by == byCounty {
		slices.Sort(names)
	}
	data.Heading, data.Summary = t.T("overview.by."+by), t.T("rounds.summary", "n", len(spans))
	pages := max(1, (len(names)+rowsAPage-1)/rowsAPage)
	page := min(max(q.Page, 1), pages)
	data.Pager = at.pager(t, page, pages)
	p := picture{t: t, from: q.From, today: today}
	for _, name := range names[(page-1)*rowsAPage : min(page*rowsAPage, len(names))] {
		counts := [3]int{}
		p.row(name)
		for _, x := range groups[name] {
			st := x.StateOn(today)
			p.bar(x.FirstOn, x.LastOn, st)
			switch st {
			case round.Planned:
				counts[0]++
			case round.Running:
				counts[1]++
			default:
				counts[2]++
			}
		}
		row := views.StripRow{Name: name, Bars: p.ofRow(), Counts: []string{t.Number(counts[0]), t.Number(counts[1]), t.Number(counts[2])}}
		if by == byOrganisation {
			row.Href = organisationHref(groups[name][0].OrganisationID)
		}
		data.Rows = append(data.Rows, row)
	}
	data.Picture = p.done()
	return nil
}

func (s *Server) showIdle(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	t := v.texts
	sp, err := s.Register.Spread(r.Context(), v.who.Subject)
	if err != nil {
		return err
	}
	data := views.Spread{Ways: ways(v, idlePath), Lead: t.T("idle.lead", "n", len(sp.Idle)), EndingTitle: t.T("idle.ending.lead", "n", sp.Total)}
	for _, x := range sp.Idle {
		row := views.IdleRow{Href: organisationHref(x.OrganisationID), Name: x.Organisation,
			Certified: t.Number(x.Certified), Since: t.T("idle.never")}
		if !x.Since.IsZero() {
			row.Since = t.Date(x.Since)
		}
		if x.County != "" {
			row.County = countyName(t, x.County)
		}
		data.Idle = append(data.Idle, row)
	}
	for _, x := range sp.Ending {
		row := views.EndingRow{Href: credentialsHref(x.PersonID), Name: x.Person, Where: x.Organisation, Status: statusTag(t, x.Status), Due: t.Date(x.Due)}
		if x.Status == credential.Due && x.Due.Before(s.Rounds.Today()) { // time to renew is over, though there is grace
			row.Status = views.Tag{Text: t.T("idle.over"), Colour: "danger"}
		}
		data.Ending = append(data.Ending, row)
	}
	if sp.Total > len(sp.Ending) {
		data.EndingMore = t.T("idle.ending.more", "n", sp.Total-len(sp.Ending))
	}
	return s.render(w, r, http.StatusOK, views.SpreadPage(s.page(r, t.T("idle.title")), data))
}
