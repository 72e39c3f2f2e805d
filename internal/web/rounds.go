package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"hemvist/internal/clock"
	"hemvist/internal/i18n"
	"hemvist/internal/programme"
	"hemvist/internal/round"
	"hemvist/internal/typed"
	"hemvist/internal/web/views"
)

// roundQuery reads a list's filters from the address; what is not understood is as not said.
func roundQuery(values url.Values) round.Query {
	q := round.Query{Text: strings.TrimSpace(values.Get("q")), Variant: values.Get("variant"), Sort: round.Sort(values.Get("sort"))}
	if f := round.NotifiedFilter(values.Get("notified")); slices.Contains(round.NotifiedFilters, f) {
		q.Notified = f
	}
	if st := round.State(values.Get("state")); slices.Contains(round.States, st) {
		q.State = st
	}
	q.Page = pageIn(values)
	if q.Sort != round.ByName {
		q.Sort = round.ByStart
	}
	return q
}

// roundList is the list of rounds with these filters.
func roundList(q round.Query) list {
	sort := string(q.Sort)
	if q.Sort == round.ByStart {
		sort = ""
	}
	return listAt("/rounds", "q", q.Text, "state", string(q.State), "variant", q.Variant, "notified", string(q.Notified), "sort", sort)
}

func (s *Server) listRounds(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	q := roundQuery(r.URL.Query())
	if typed.HoldsPersonalNumber(q.Text) { // which stays neither on the page nor in the address
		q.Text = ""
		return s.redirect(w, r, roundList(q).page(1), "flash.rounds.personal-number")
	}
	found, err := s.Rounds.List(r.Context(), v.who.Subject, q)
	if err != nil {
		return err
	}
	page := s.page(r, v.texts.T("rounds.title"))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, http.StatusOK, views.RoundsPage(page, s.roundsView(v, found)))
}

func (s *Server) roundsView(v *visit, found round.Page) views.Rounds {
	t, q := v.texts, found.Query
	at := roundList(q)
	data := views.Rounds{Ways: ways(v, "/rounds"), Text: q.Text, Filtered: q.Text != "" || q.State != "" || q.Variant != "" || q.Notified != "",
		PlanHref: planHref(v), PlanText: planText(v), AttendanceHref: attendanceHref(v),
		CSV: at.at("/rounds.csv").page(1), Excel: at.at("/rounds.xlsx").page(1), MayExport: mayExport(v),
		SearchesPeople: seesPeople(v),
		SortStart:      views.SortLink{Href: at.with("sort", "").page(1), Current: q.Sort == round.ByStart},
		SortName:       views.SortLink{Href: at.with("sort", string(round.ByName)).page(1), Current: q.Sort == round.ByName},
	}
	data.States = append(data.States, views.Option{Value: "", Text: t.T("rounds.state.any"), Chosen: q.State == ""})
	for _, st := range round.States {
		data.States = append(data.States, views.Option{Value: string(st), Text: t.T("state." + string(st)), Chosen: q.State == st})
	}
	data.Variants = append(data.Variants, views.Option{Value: "", Text: t.T("rounds.variant.any"), Chosen: q.Variant == ""})
	for _, o := range s.variants(t.Lang()) {
		o.Chosen = o.Value == q.Variant
		data.Variants = append(data.Variants, o)
	}
	for _, f := range round.NotifiedFilters {
		data.Notified = append(data.Notified, views.Option{Value: string(f), Text: t.T("rounds.notified." + cmp.Or(string(f), "any")), Chosen: f == q.Notified})
	}
	for _, row := range found.Rows {
		data.Rows = append(data.Rows, s.rowView(t, row, found.Today))
	}
	data.Summary = summary(t, found)
	data.Pager = at.pager(t, q.Page, found.Pages())
	return data
}

// summary is the one sentence above a list.
func summary(t *i18n.Printer, p round.Page) string {
	switch {
	case p.More:
		return t.T("rounds.summary.more", "n", p.Total)
	case p.Total == 0:
		return t.T("rounds.summary.none")
	default:
		return t.T("rounds.summary", "n", p.Total)
	}
}

func (s *Server) rowView(t *i18n.Printer, row round.Row, today clock.Date) views.RoundRow {
	view := views.RoundRow{Href: "/rounds/" + row.ID, Name: row.Name, Organisation: row.Organisation, Variant: s.variantTitle(row, t.Lang()),
		State: stateView(t, row.StateOn(today)), From: t.DateShort(row.FirstOn), To: t.DateShort(row.LastOn),
		Participants: t.Number(row.Participants), Progress: t.T("round.progress", "held", row.SessionsHeld, "of", row.Sessions)}
	if row.Notifiable() && row.EndedHow == "" {
		view.Notified = t.T("rounds.told." + map[bool]string{true: "no", false: "yes"}[row.NotifiedOn.IsZero()])
	}
	for _, m := range row.Staff {
		view.Leaders = append(view.Leaders, m.Name)
	}
	return view
}

var stateColours = map[round.State]string{round.Planned: "info", round.Running: "success", round.Waiting: "warning",
	round.Closed: "neutral", round.BrokenOff: "danger"}

func stateView(t *i18n.Printer, st round.State) views.Tag {
	return views.Tag{Text: t.T("state." + string(st)), Colour: stateColours[st]}
}

func (s *Server) showRound(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	d, err := s.Rounds.Get(r.Context(), v.who.Subject, r.PathValue("id"))
	if err != nil {
		return err
	}
	untold, err := s.Meetings.UntoldIn(r.Context(), v.who.Subject, d.ID)
	if err != nil {
		return err
	}
	view := s.roundView(v, d)
	view.Untold = s.untoldAlert(v.texts, untold.Row, untold.Changes)
	page := s.page(r, d.Name)
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, http.StatusOK, views.RoundPage(page, view))
}

func (s *Server) recordSession(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	id := r.PathValue("id")
	fact := round.SessionFact(r.PostFormValue("fact"))
	if fact == round.Cancelled && r.PostFormValue("sure") == "" {
		if asked, err := s.askCancel(w, r); asked || err != nil {
			return err
		}
	}
	if err := s.Rounds.Record(r.Context(), v.who.Subject, id, r.PathValue("session"), fact, v.id); err != nil {
		return err
	}
	return s.redirect(w, r, afterRecord(r), "flash.session."+string(fact))
}

// afterRecord is the page from which something was said of a session.
func afterRecord(r *http.Request) string {
	if r.PostFormValue("back") == "session" {
		return sessionHref(r.PathValue("id"), r.PathValue("session"))
	}
	return "/rounds/" + r.PathValue("id") + "#sessions"
}

// askCancel asks before a session is cancelled that those who take part wait for, or at which somebody is ticked, and tells whether it did.
func (s *Server) askCancel(w http.ResponseWriter, r *http.Request) (bool, error) {
	v := visitOf(r)
	t := v.texts
	x, err := s.Meetings.Get(r.Context(), v.who.Subject, r.PathValue("id"), r.PathValue("session"))
	if err != nil {
		return false, err
	}
	ahead := !x.Session.On.Before(x.Today)
	if !x.MayRecord || x.Session.Fact == round.Cancelled || !ahead && !x.Came.Known {
		return false, nil
	}
	data := views.SessionAsked{Session: s.sessionView(t, round.Detail{Row: x.Row, Definition: x.Definition, MayRecord: true, MayChange: x.MayChange}, x.Session, false),
		Round: x.Name, When: whenOf(t, x.Session), Back: r.PostFormValue("back"), No: afterRecord(r)}
	data.Session.Title = s.numberedTitle(t, x)
	if ahead && x.Session.Fact == round.Unknown {
		data.Why = append(data.Why, t.T("session.ask.ahead"))
	}
	switch {
	case x.Came.Known && x.Came.Attended() > 0:
		_, came := cameView(t, x)
		data.Why = append(data.Why, t.T("session.ask.ticked", "came", came))
	case x.Came.Known:
		data.Why = append(data.Why, t.T("session.ask.told"))
	}
	return true, s.render(w, r, http.StatusOK, views.CancelSession(s.page(r, t.T("session.ask.title")), data))
}

// variantTitle is the round's variant in the reader's language.
func (s *Server) variantTitle(row round.Row, lang string) string {
	d, err := s.Definitions.Definition(row.Programme, row.Version)
	if err != nil {
		return row.Variant
	}
	return titleOfVariant(d, row.Variant, lang)
}

func titleOfVariant(d *programme.Definition, id, lang string) string {
	if variant, ok := d.Variant(id); ok {
		return variant.Title.In(lang)
	}
	return id
}

// variants is every variant of the programmes in force, for the filter.
func (s *Server) variants(lang string) []views.Option {
	var out []views.Option
	for _, d := range s.Definitions.InForce() {
		for _, variant := range d.Variants {
			if variant.Kind != programme.Treatment {
				out = append(out, views.Option{Value: variant.ID, Text: variant.Title.In(lang)})
			}
		}
	}
	return out
}
