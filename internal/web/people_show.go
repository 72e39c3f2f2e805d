package web

import (
	"net/http"
	"net/url"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/directory"
	"hemvist/internal/i18n"
	"hemvist/internal/round"
	"hemvist/internal/web/views"
)

func (s *Server) showPerson(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	d, err := s.Directory.Person(r.Context(), v.who.Subject, r.PathValue("person"))
	if err != nil {
		return err
	}
	if d.ID != r.PathValue("person") { // two who were one: the old address leads to who stayed
		return s.redirect(w, r, personHref(d.ID), "")
	}
	rounds, err := s.roundsOf(r, d.ID)
	if err != nil {
		return err
	}
	page := s.page(r, d.Name)
	page.Flash = s.takeFlash(w, r)
	data := s.colleague(v.texts, d, rounds)
	if access.ReachOf(v.who.Subject.Role, access.ReadCredentials) != access.None {
		data.Credentials = credentialsHref(d.ID)
	}
	return s.render(w, r, http.StatusOK, views.ColleaguePage(page, data))
}

// roundsOf is the open rounds that a person works in; nil when there are none.
func (s *Server) roundsOf(r *http.Request, person string) (*views.PersonRounds, error) {
	v := visitOf(r)
	found, err := s.Rounds.Person(r.Context(), v.who.Subject, person)
	if err != nil || found.Open == 0 {
		return nil, err
	}
	data := &views.PersonRounds{Text: v.texts.T("people.rounds.open", "n", found.Open)}
	for _, row := range found.Rows {
		data.Rows = append(data.Rows, views.Link{Href: "/rounds/" + row.ID, Text: roundLine(v.texts, row)})
	}
	if len(data.Rows) == 0 && access.ReachOf(v.who.Subject.Role, access.ListRounds) == access.None {
		data.Text += " " + v.texts.T("people.rounds.unseen")
	}
	return data, nil
}

func roundLine(t *i18n.Printer, row round.Row) string {
	return row.Name + ", " + t.DateShort(row.FirstOn) + "–" + t.DateShort(row.LastOn)
}

func (s *Server) colleague(t *i18n.Printer, d directory.PersonDetail, rounds *views.PersonRounds) views.Colleague {
	data := views.Colleague{ID: d.ID, Href: personHref(d.ID), Name: d.Name, Email: d.Email, Phone: d.Phone, Language: t.T("language." + d.Language),
		Added: t.Date(clock.DateOf(d.Added.In(stockholm))), State: personState(t, d.State), Rounds: rounds,
		MayChange: d.MayChange, MayGive: d.MayGive && d.State != directory.Left, MayReturn: d.MayChange && !d.LeftOn.IsZero(),
		MayLeave: d.MayChange && d.LeftOn.IsZero(), Self: d.Self, Elsewhere: d.MayChangeSome && !d.MayChange}
	for _, r := range d.Roles {
		view := s.colleagueRole(t, r, d)
		if r.Period().Over(d.Today) {
			data.Former = append(data.Former, view)
		} else {
			data.Roles = append(data.Roles, view)
		}
	}
	data.Lead = s.leadOf(t, d)
	for _, f := range d.Facts {
		data.History = append(data.History, happened(t, f))
	}
	data.History = append(data.History, views.Happened{Text: t.T("people.fact.added"), When: data.Added})
	return data
}

// leadOf is where a person works, in a sentence: name alone is never enough.
func (s *Server) leadOf(t *i18n.Printer, d directory.PersonDetail) string {
	if d.State == directory.Left {
		return t.T("people.left", "on", t.Date(d.LeftOn))
	}
	var places []string
	for _, r := range d.RolesOn(d.Today) {
		places = append(places, s.roleLine(t, r))
	}
	if len(places) == 0 {
		return t.T("people.lead.none")
	}
	lead := strings.Join(places, ". ") + "."
	if !d.LeftOn.IsZero() {
		lead += " " + t.T("people.leaves", "on", t.Date(d.LeftOn))
	}
	return lead
}

func (s *Server) colleagueRole(t *i18n.Printer, r directory.PersonRole, d directory.PersonDetail) views.ColleagueRole {
	view := views.ColleagueRole{Title: s.roleTitle(t, r), Where: rolePlace(r), When: periodText(t, r.Period())}
	switch {
	case r.DeputyFor != "":
		view.Tag = views.Tag{Text: t.T("people.deputy.for", "name", r.DeputyName), Colour: "info"}
	case r.From.After(d.Today):
		view.Tag = views.Tag{Text: t.T("people.state.coming"), Colour: "info"}
	}
	var notes []string
	if r.GivenByName != "" {
		notes = append(notes, t.T("people.given-by", "name", r.GivenByName))
	}
	if r.EndedByName != "" {
		notes = append(notes, t.T("people.ended-by", "name", r.EndedByName))
	}
	if r.EndReason != "" {
		notes = append(notes, r.EndReason)
	}
	view.Note = strings.Join(notes, ". ")
	if d.MayEnd[r.ID] {
		at := personHref(d.ID) + "/roles/" + url.PathEscape(r.ID)
		view.End = at + "/end"
		if r.DeputyFor == "" && d.MayGive {
			view.Deputy = at + "/deputy"
		}
	}
	return view
}

func periodText(t *i18n.Printer, p directory.Period) string {
	switch {
	case p.Empty():
		return t.T("people.period.same-day", "on", t.Date(p.From))
	case p.To.IsZero():
		return t.T("people.period.since", "from", t.Date(p.From))
	default:
		return t.T("people.period", "from", t.Date(p.From), "to", t.Date(p.To))
	}
}

// happened is a fact in words.
func happened(t *i18n.Printer, f directory.PersonFact) views.Happened {
	h := views.Happened{When: t.Date(f.On)}
	if f.By != "" {
		h.By = t.T("people.fact.by", "name", f.By)
	}
	switch f.Fact {
	case directory.Renamed, directory.NewAddress, directory.NewPhone:
		h.Text = t.T("people.fact."+string(f.Fact), "old", orNone(t, f.Old), "new", orNone(t, f.New))
	case directory.WasMerged:
		h.Text = t.T("people.fact.merged", "who", f.Old)
	default:
		h.Text = t.T("people.fact." + string(f.Fact))
		if f.New != "" {
			h.Text += ": " + f.New
		}
	}
	return h
}

func orNone(t *i18n.Printer, s string) string {
	if s == "" {
		return t.T("people.none")
	}
	return s
}

func (s *Server) returnPerson(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	if err := s.fresh(v); err != nil {
		return err
	}
	if err := s.Directory.Return(r.Context(), v.who.Subject, r.PathValue("person"), v.id); err != nil {
		return err
	}
	return s.redirect(w, r, personHref(r.PathValue("person")), "flash.person.returned")
}
