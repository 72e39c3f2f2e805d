package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/programme"
	"hemvist/internal/round"
	"hemvist/internal/round/meeting"
	"hemvist/internal/web/views"
)

func sessionHref(roundID, sessionID string) string {
	return "/rounds/" + roundID + "/sessions/" + sessionID
}

// typedSession is what was typed into a form of a session's page and could not be stored.
type typedSession struct {
	notes  *meeting.NewNotes
	form   string         // of the self-check that was filled in
	values map[string]int // and its values
	wrong  views.Form
}

func (s *Server) showSession(w http.ResponseWriter, r *http.Request) error {
	return s.renderSession(w, r, http.StatusOK, typedSession{})
}

func (s *Server) renderSession(w http.ResponseWriter, r *http.Request, status int, typed typedSession) error {
	v := visitOf(r)
	x, err := s.Meetings.Get(r.Context(), v.who.Subject, r.PathValue("id"), r.PathValue("session"))
	if err != nil {
		return err
	}
	data := s.meetingView(v, x, typed)
	if data.Consent, err = s.consentLine(r, x.Row, x.Session); err != nil {
		return err
	}
	page := s.page(r, data.Title)
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, status, views.MeetingView(page, data))
}

// numberedTitle is a session's number and title.
func (s *Server) numberedTitle(t *i18n.Printer, x meeting.Session) string {
	return strconv.Itoa(x.Session.Number) + ". " + s.sessionTitle(t, round.Detail{Row: x.Row, Definition: x.Definition}, x.Session)
}

// whenOf is a session's day and time.
func whenOf(t *i18n.Printer, x round.Session) string {
	return t.T("meeting.when", "on", i18n.Capital(t.Date(x.On)), "time", t.TimeSpan(x.Starts, x.Minutes))
}

func (s *Server) meetingView(v *visit, x meeting.Session, typed typedSession) views.MeetingPage {
	t := v.texts
	d := round.Detail{Row: x.Row, Definition: x.Definition, MayRecord: x.MayRecord, MayChange: x.MayChange}
	data := views.MeetingPage{Round: x.Name, RoundHref: "/rounds/" + x.ID, Href: sessionHref(x.ID, x.Session.ID), Title: s.numberedTitle(t, x),
		When: whenOf(t, x.Session), Where: x.Session.Place, Link: x.Link, Session: s.sessionView(t, d, x.Session, false), MayTick: x.MayTick, Concern: s.concernHref(v, x.Row)}
	if data.Where == "" {
		data.Where = x.Place
	}
	data.Tag = data.Session.Tag
	data.Said = t.T("meeting.said." + string(x.Session.Fact))
	if x.EndedHow != "" {
		data.Ended = t.T("round.ended."+string(x.EndedHow), "on", t.Date(x.EndedOn))
	}
	data.Came, data.CameLine = cameView(t, x)
	data.Ticked = x.Came.Known
	if x.MayTick && x.EndedHow == "" && x.Session.Fact == round.Held && x.Came.Unsaid > 0 {
		data.Missing = t.T("attendance.missing", "n", x.Came.Unsaid)
	}
	for _, l := range x.Leaders {
		data.Leaders = append(data.Leaders, views.Fact{Name: l.Name, Value: leadsText(t, x, l)})
	}
	data.Previous, data.Next = besideLink(t, x.ID, x.Previous, "meeting.previous"), besideLink(t, x.ID, x.Next, "meeting.next")
	s.meetingChanges(t, x, &data)
	if x.Notes != nil {
		data.Notes = notesView(t, x, typed)
		if !x.Session.On.After(x.Today) {
			data.Checks = checksView(v, x, typed)
		}
	}
	return data
}

// besideLink leads to the session before or after.
func besideLink(t *i18n.Printer, roundID string, x *round.Session, key string) views.NavItem {
	if x == nil {
		return views.NavItem{}
	}
	return views.NavItem{Href: sessionHref(roundID, x.ID), Text: t.T(key, "number", x.Number)}
}

// meetingChanges is what can be changed about a session, what has been, and whether those who take part know.
func (s *Server) meetingChanges(t *i18n.Printer, x meeting.Session, data *views.MeetingPage) {
	if x.MayChange && !x.Session.On.Before(x.Today) && x.Session.Fact == round.Unknown {
		data.Aside = append(data.Aside, views.NavItem{Href: data.Href + "/stand-in", Text: t.T("stand-in.link")})
		if data.Session.Postpone == "" {
			data.Aside = append(data.Aside, views.NavItem{Href: "/rounds/" + x.ID + "/plan/sessions/" + x.Session.ID, Text: t.T("stand-in.move")})
		}
	}
	if x.MayWrite && (x.EndedHow == "" || len(x.Untold) > 0) {
		data.Aside = append(data.Aside, views.NavItem{Href: data.Href + "/tell", Text: t.T("tell.link")})
	}
	for _, a := range x.Away {
		if a.Person != "" {
			data.Away = append(data.Away, t.T("stand-in.away-line", "absent", a.AbsentName, "name", a.Name))
		}
	}
	if slices.ContainsFunc(x.Untold, func(c meeting.Change) bool { return c.Session.ID == x.Session.ID }) {
		data.Untold = s.untoldAlert(t, x.Row, x.Untold)
	}
	if x.Told.How != "" {
		data.Told = toldLine(t, x.Told)
	}
}

// leadsText is whether one of those who lead the round leads the session, or did.
func leadsText(t *i18n.Printer, x meeting.Session, l meeting.Staff) string {
	i := slices.IndexFunc(x.Away, func(a meeting.Absence) bool { return a.Person != "" && a.Person == l.PersonID })
	switch {
	case x.Said && l.Led:
		return t.T("meeting.led")
	case x.Said:
		return t.T("meeting.led-not")
	case !l.Led:
		return t.T("meeting.away")
	case i >= 0:
		return t.T("meeting.leads.instead", "name", x.Away[i].AbsentName)
	}
	return t.T("meeting.leads")
}

// cameView is how many came, line by line and in one sentence.
func cameView(t *i18n.Printer, x meeting.Session) ([]views.Fact, string) {
	ahead := x.Session.On.After(x.Today)
	switch {
	case x.Session.Fact == round.Cancelled:
		return nil, t.T("attendance.none.cancelled")
	case x.EndedHow != "" && x.Session.Fact == round.Unknown:
		return nil, t.T("attendance.none.ended")
	case ahead && x.Came.Marks[meeting.Told] > 0:
		return nil, t.T("attendance.ahead.told", "n", x.Came.Marks[meeting.Told])
	case ahead:
		return nil, t.T("attendance.none.ahead")
	case !x.Came.Known:
		return nil, t.T("attendance.none")
	case x.Attendance == round.CountsOnly:
		return nil, t.T("attendance.came.count", "n", x.Came.Count)
	}
	var facts []views.Fact
	for _, m := range meeting.Marks {
		if n := x.Came.Marks[m]; n > 0 {
			facts = append(facts, views.Fact{Name: t.T("mark." + string(m) + ".long"), Value: t.Number(n)})
		}
	}
	if x.Came.Unsaid > 0 {
		facts = append(facts, views.Fact{Name: t.T("attendance.unsaid"), Value: t.Number(x.Came.Unsaid)})
	}
	return facts, t.T("attendance.came", "n", x.Came.Attended())
}

func saidBy(t *i18n.Printer, key, name string, at time.Time) string {
	return t.T(key, "name", name, "at", t.Instant(at, stockholm))
}

func notesView(t *i18n.Printer, x meeting.Session, typed typedSession) *views.NotesView {
	n := x.Notes
	view := &views.NotesView{Action: sessionHref(x.ID, x.Session.ID) + "/notes", Seen: n.ID, Text: n.Text, Homework: n.Homework, LeftOut: n.LeftOut,
		Erased: n.Erased, Closed: x.EndedHow != ""}
	if n.ID != "" {
		view.By = saidBy(t, "notes.by", n.ByName, n.At)
	}
	if typed.notes == nil {
		return view
	}
	view.Text, view.Homework, view.LeftOut, view.Form = typed.notes.Text, typed.notes.Homework, typed.notes.LeftOut, typed.wrong
	if n.ID != typed.notes.Seen {
		view.Theirs = &views.TheirNotes{By: view.By, Text: n.Text, Homework: n.Homework, LeftOut: n.LeftOut}
	}
	return view
}

func checksView(v *visit, x meeting.Session, typed typedSession) []views.CheckForm {
	t := v.texts
	var all []views.CheckForm
	for _, f := range x.Definition.Forms {
		view := views.CheckForm{ID: f.ID, Title: f.Title.In(t.Lang()), Action: sessionHref(x.ID, x.Session.ID) + "/check", Slot: f.Slot,
			Scale: t.T("check.scale", "min", f.Min, "max", f.Max), May: x.EndedHow == "" && len(f.Items) > 0}
		mine := map[string]int{}
		for _, c := range x.Notes.Checks {
			if c.Form != f.ID {
				continue
			}
			said := views.CheckSaid{Name: c.Name, When: t.Instant(c.At, stockholm)}
			for _, item := range f.Items {
				said.Values = append(said.Values, views.Fact{Name: item.Title.In(t.Lang()), Value: strconv.Itoa(c.Values[item.ID])})
			}
			if c.PersonID == v.who.Subject.Person {
				mine = c.Values
				if view.May { // it stands in the form
					continue
				}
			}
			view.Said = append(view.Said, said)
		}
		if typed.form == f.ID {
			mine, view.Form = typed.values, typed.wrong
		}
		for _, item := range f.Items {
			view.Items = append(view.Items, checkItem(t, f, item, mine))
		}
		if len(f.Items) > 0 {
			all = append(all, view)
		}
	}
	return all
}

func checkItem(t *i18n.Printer, f programme.FidelityForm, item programme.FormItem, mine map[string]int) views.CheckItem {
	view := views.CheckItem{Name: "item." + item.ID, Title: item.Title.In(t.Lang())}
	for n := f.Min; n <= f.Max; n++ {
		said, known := mine[item.ID]
		view.Options = append(view.Options, views.Option{Value: strconv.Itoa(n), Text: strconv.Itoa(n), Chosen: known && said == n})
	}
	return view
}

func (s *Server) saveNotes(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	id, session := r.PathValue("id"), r.PathValue("session")
	n := meeting.NewNotes{Text: r.PostFormValue("notes"), Homework: r.PostFormValue("homework"), LeftOut: r.PostFormValue("left-out"), Seen: r.PostFormValue("seen")}
	err := s.Meetings.WriteNotes(r.Context(), v.who.Subject, id, session, n, v.id)
	switch {
	case errs.Is(err, errs.Invalid):
		return s.renderSession(w, r, http.StatusUnprocessableEntity, typedSession{notes: &n, wrong: formOf(v.texts, err)})
	case keyOf(err) == "session.error.meanwhile":
		return s.renderSession(w, r, http.StatusConflict, typedSession{notes: &n})
	case err != nil:
		return err
	}
	return s.redirect(w, r, sessionHref(id, session)+"#pair-notes", "flash.notes.saved")
}

func (s *Server) saveCheck(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	id, session := r.PathValue("id"), r.PathValue("session")
	form, values := r.PostFormValue("form"), map[string]int{}
	for name := range r.PostForm {
		if item, ok := strings.CutPrefix(name, "item."); ok {
			if n, err := strconv.Atoi(r.PostFormValue(name)); err == nil {
				values[item] = n
			}
		}
	}
	err := s.Meetings.WriteCheck(r.Context(), v.who.Subject, id, session, form, values, v.id)
	if errs.Is(err, errs.Invalid) && keyOf(err) == "" {
		return s.renderSession(w, r, http.StatusUnprocessableEntity, typedSession{form: form, values: values, wrong: s.checkWrong(v, r, form, err)})
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, sessionHref(id, session)+"#check-"+form, "flash.check.saved")
}

// checkWrong is what is wrong with a self-check, each item by its title, so that the lines of the summary can be told apart.
func (s *Server) checkWrong(v *visit, r *http.Request, form string, err error) views.Form {
	wrong := formOf(v.texts, err)
	x, getErr := s.Meetings.Get(r.Context(), v.who.Subject, r.PathValue("id"), r.PathValue("session"))
	if getErr != nil {
		return wrong
	}
	f, known := x.Definition.Form(form)
	if !known {
		return wrong
	}
	for i, w := range wrong.Wrong {
		if at := slices.IndexFunc(f.Items, func(item programme.FormItem) bool { return "item."+item.ID == w.Field }); at >= 0 {
			wrong.Wrong[i].Text = f.Items[at].Title.In(v.texts.Lang()) + ": " + w.Text
		}
	}
	return wrong
}
