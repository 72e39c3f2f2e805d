package web

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/round"
	"hemvist/internal/round/schedule"
	"hemvist/internal/web/views"
)

func roundHref(id, more string) string { return "/rounds/" + id + more }

// planRefused is what a form of the plan shows when it was refused: what was wrong with it, or that somebody else was first. Other errors
// have no form.
func planRefused(t *i18n.Printer, err error) (form views.Form, status int, ok bool) {
	e := (*errs.Error)(nil)
	switch {
	case errs.Is(err, errs.Invalid):
		return formOf(t, err), http.StatusUnprocessableEntity, true
	case errs.Is(err, errs.Conflict) && errors.As(err, &e) && e.Key == "plan.error.changed":
		return formOf(t, err), http.StatusConflict, true
	}
	return form, 0, false
}

var dayShape = regexp.MustCompile(`^(\d{4})-(\d{1,2})-(\d{1,2})$`)

// sayUnread has a form say of a field with a day in it that is no day what is the matter, in place of that none was chosen.
func sayUnread(t *i18n.Printer, form views.Form, name, typed string) {
	i := slices.IndexFunc(form.Wrong, func(w views.Wrong) bool { return w.Field == name })
	if _, err := clock.ParseDate(typed); i < 0 || typed == "" || err == nil {
		return
	}
	m := dayShape.FindStringSubmatch(typed)
	if m != nil {
		if month, err := clock.ParseDate(m[1] + "-" + fmt.Sprintf("%02s", m[2]) + "-01"); err == nil {
			form.Wrong[i].Text = t.T("plan.error.no-such-day", "on", m[3]+" "+t.Month(month))
			return
		}
	}
	form.Wrong[i].Text = t.T("plan.error.unreadable-day", "typed", typed)
}

func (s *Server) showPlan(w http.ResponseWriter, r *http.Request) error {
	return s.renderPlan(w, r, http.StatusOK, "", "", views.Form{})
}

// renderPlan is the plan of a round. on and starts are what was typed about an information meeting.
func (s *Server) renderPlan(w http.ResponseWriter, r *http.Request, status int, on, starts string, form views.Form) error {
	v := visitOf(r)
	t := v.texts
	p, err := s.Rounds.PlanOf(r.Context(), v.who.Subject, r.PathValue("id"))
	if err != nil {
		return err
	}
	today := s.Rounds.Today()
	data := views.Plan{Head: s.roundHead(v, p.Row, "/plan"), Href: roundHref(p.ID, "/plan"), Open: p.EndedHow == "", Seen: p.Seen, Form: form, Facts: s.planFacts(t, p)}
	for _, x := range p.List {
		data.Sessions = append(data.Sessions, s.planSession(t, p, x, today))
	}
	for _, warning := range p.Warnings {
		data.Warnings = append(data.Warnings, warningView(t, warning))
	}
	data.Moves = s.moveViews(t, p)
	if info, ok := p.InformationOf(today); ok {
		data.Information = &views.InformationForm{Title: info.Title.In(t.Lang()), On: on, Starts: starts}
		if on == "" && starts == "" {
			data.Information.On, data.Information.Starts = informationDay(p, today).String(), timeValue(p.List[0].Starts)
		}
	}
	untold, err := s.Meetings.UntoldIn(r.Context(), v.who.Subject, p.ID)
	if err != nil {
		return err
	}
	data.Untold = s.untoldAlert(t, untold.Row, untold.Changes)
	data.Staff = staffLines(t, p)
	for _, x := range p.Staffing {
		if c := staffCount(t, p.Definition, x, 0); data.Open && (x.Few() || x.Many()) {
			data.Counts = append(data.Counts, c)
		}
	}
	s.planEnd(v, p, &data)
	page := s.page(r, p.Name)
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, status, views.PlanPage(page, data))
}

// informationDay is a day to propose: a week before the first session, or today.
func informationDay(p round.PlanDetail, today clock.Date) clock.Date {
	if on := p.List[0].On.AddDays(-7); !on.Before(today) {
		return on
	}
	return today
}

// planEnd is what the plan says of the hub and of the round's end.
func (s *Server) planEnd(v *visit, p round.PlanDetail, data *views.Plan) {
	t := v.texts
	if p.Notifiable() {
		data.NotifyHref = roundHref(p.ID, "/plan/notify")
		data.Notified = t.T("plan.not-notified")
		if !p.NotifiedOn.IsZero() {
			data.Notified, data.NotifyHref = t.T("plan.notified", "on", t.Date(p.NotifiedOn)), ""
		}
	}
	if p.May(v.who.Subject, access.CloseRound) {
		data.EndHref = roundHref(p.ID, "/end")
	}
}

func staffLines(t *i18n.Printer, p round.PlanDetail) []views.Fact {
	var out []views.Fact
	for _, m := range p.Staff {
		title := t.T("role." + string(m.Role))
		if role, ok := p.Definition.Role(string(m.Role)); ok {
			title = i18n.Capital(role.Title.In(t.Lang()))
		}
		out = append(out, views.Fact{Name: title, Value: m.Name})
	}
	return out
}

func (s *Server) planFacts(t *i18n.Printer, p round.PlanDetail) []views.Fact {
	facts := []views.Fact{{Name: t.T("plan.name"), Value: p.Name}, {Name: t.T("plan.place"), Value: i18n.Capital(meetsAt(t, p.Row))}}
	if p.Link != "" {
		facts = append(facts, views.Fact{Name: t.T("plan.link"), Value: p.Link})
	}
	language := i18n.Capital(t.T("language." + p.Language))
	if p.Interpreter != "" {
		language += ", " + t.T("plan.with-interpreter") + ". " + t.T("plan.interpreter.paid-by."+string(p.Interpreter))
	}
	facts = append(facts, views.Fact{Name: t.T("round.language"), Value: language})
	if p.Variant != nil {
		if rhythm := rhythmText(t, p.Definition, p.Variant); rhythm != "" {
			facts = append(facts, views.Fact{Name: t.T("plan.rhythm"), Value: rhythm})
		}
	}
	if len(p.WeeksOff) > 0 {
		var weeks []string
		for _, week := range p.WeeksOff {
			weeks = append(weeks, strconv.Itoa(week.Number))
		}
		facts = append(facts, views.Fact{Name: t.T("plan.weeks-off"), Value: listed(t, weeks)})
	}
	return facts
}

// meetsAt is where a round meets; of one without a place that it meets digitally.
func meetsAt(t *i18n.Printer, r round.Row) string {
	if r.Place == "" {
		return t.T("round.digital")
	}
	return r.Place
}

func (s *Server) planSession(t *i18n.Printer, p round.PlanDetail, x round.Session, today clock.Date) views.PlanSession {
	view := views.PlanSession{Anchor: sessionAnchor(x), Number: x.Number, Title: s.sessionTitle(t, detailOf(p), x),
		When: i18n.Capital(t.DayAndMonth(x.On)) + " " + strconv.Itoa(x.On.Year) + ", " + t.TimeSpan(x.Starts, x.Minutes), Place: x.Place}
	switch {
	case x.Fact == round.Held:
		view.Tag = views.Tag{Text: t.T("session.held"), Colour: "success"}
	case x.Fact == round.Cancelled:
		view.Tag = views.Tag{Text: t.T("session.cancelled"), Colour: "neutral"}
	case x.On.Before(today):
		view.Tag = views.Tag{Text: t.T("session.unsaid"), Colour: "warning"}
	}
	if p.EndedHow == "" && x.Fact != round.Held {
		view.Href = roundHref(p.ID, "/plan/sessions/"+x.ID)
	}
	for _, m := range p.Moves {
		if m.SessionID == x.ID {
			view.Moved = t.T("plan.moved-from", "on", t.DayAndMonth(m.FromDate), "time", t.TimeOfDay(m.FromStarts))
			break
		}
	}
	return view
}

func detailOf(p round.PlanDetail) round.Detail {
	return round.Detail{Row: p.Row, Definition: p.Definition}
}

// moveViews is the history of the days, what was moved in one go together.
func (s *Server) moveViews(t *i18n.Printer, p round.PlanDetail) []views.PlanMove {
	var out []views.PlanMove
	last, followed := "", 0
	for _, m := range p.Moves {
		if m.Batch != "" && m.Batch == last && m.How == round.Followed {
			move := &out[len(out)-1]
			if followed++; followed > 1 {
				move.Lines = move.Lines[:len(move.Lines)-1]
			}
			move.Lines = append(move.Lines, t.T("plan.history.followed", "n", followed))
			continue
		}
		followed = 0
		text := t.T("plan.history."+string(m.How), "number", m.Number, "from", t.DayAndMonth(m.FromDate), "from_time", t.TimeOfDay(m.FromStarts),
			"to", t.DayAndMonth(m.ToDate), "to_time", t.TimeOfDay(m.ToStarts))
		if m.FromPlace != m.ToPlace && m.ToPlace != "" {
			text += " " + t.T("plan.history.place", "place", m.ToPlace)
		}
		if m.FromMinutes != m.ToMinutes {
			text += " " + t.T("plan.history.minutes", "from", m.FromMinutes, "to", m.ToMinutes)
		}
		last = m.Batch
		at := m.At.In(stockholm)
		out = append(out, views.PlanMove{Lines: []string{text}, By: t.T("plan.history.by", "name", m.By, "at", t.Instant(m.At.Time, stockholm)), At: at.Format("2006-01-02T15:04")})
	}
	return out
}

func (s *Server) changeInformation(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	id, seen := r.PathValue("id"), r.PostFormValue("seen")
	if r.PostFormValue("do") == "remove" {
		err := s.Rounds.RemoveInformation(r.Context(), v.who.Subject, id, seen, v.id)
		if form, status, ok := planRefused(v.texts, err); ok {
			return s.renderPlan(w, r, status, "", "", form)
		}
		if err != nil {
			return err
		}
		return s.redirect(w, r, roundHref(id, "/plan"), "flash.plan.information-removed")
	}
	on, starts := strings.TrimSpace(r.PostFormValue("on")), strings.TrimSpace(r.PostFormValue("starts"))
	err := s.Rounds.AddInformation(r.Context(), v.who.Subject, id, dayOr(on, clock.Date{}), timeTyped(starts), seen, v.id)
	if form, status, ok := planRefused(v.texts, err); ok {
		return s.renderPlan(w, r, status, on, starts, form)
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, roundHref(id, "/plan"), "flash.plan.information-added")
}

func (s *Server) showPlanWords(w http.ResponseWriter, r *http.Request) error {
	return s.renderPlanWords(w, r, http.StatusOK, nil, nil, views.Form{})
}

// renderPlanWords is the page where a plan's words are changed, and its weeks off; form is about that of the two which was typed.
func (s *Server) renderPlanWords(w http.ResponseWriter, r *http.Request, status int, typed *round.PlanWords, weeks *string, form views.Form) error {
	v := visitOf(r)
	t := v.texts
	p, err := s.Rounds.PlanOf(r.Context(), v.who.Subject, r.PathValue("id"))
	if err != nil {
		return err
	}
	if p.EndedHow != "" || p.Variant == nil {
		return errs.New(errs.Conflict, "round.error.ended")
	}
	shown := round.PlanWords{Name: p.Name, Place: p.Place, Link: p.Link, Language: p.Language, Interpreter: p.Interpreter != ""}
	if typed != nil {
		shown = *typed
	}
	data := views.PlanWords{Back: roundHref(p.ID, "/plan"), Round: p.Name, Seen: p.SeenWords, Form: form, Fields: views.PlanForm{Form: form, Name: shown.Name,
		Place: shown.Place, Link: shown.Link, Digital: p.Variant.Digital, Interpreter: shown.Interpreter, InterpreterText: interpreterText(t, p.Definition, p.Variant),
		Languages: languageOptions(t, shown.Language)}}
	data.WeeksAction, data.WeeksSeen, data.Weeks = roundHref(p.ID, "/plan/weeks"), p.Seen, weeksValue(p)
	if weeks != nil {
		data.Weeks, data.WeeksForm, data.Form, data.Fields.Form = *weeks, form, views.Form{}, views.Form{}
	}
	if status == http.StatusConflict && weeks == nil {
		data.Now = s.planFacts(t, p)[:2]
	}
	return s.render(w, r, status, views.PlanWordsPage(s.page(r, t.T("plan.change.title")), data))
}

// weeksValue is a plan's weeks off as one types them. A week of which there is another before the plan ends is told apart by its year.
func weeksValue(p round.PlanDetail) string {
	var out []string
	for _, week := range p.WeeksOff {
		text := strconv.Itoa(week.Number)
		if read, _ := schedule.ParseWeeks(text, p.FirstOn); len(read) != 1 || read[0] != week {
			text = week.String()
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

func (s *Server) changePlanWords(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	id := r.PathValue("id")
	typed := round.PlanWords{Name: r.PostFormValue("name"), Place: r.PostFormValue("place"), Link: r.PostFormValue("link"), Language: r.PostFormValue("language"),
		Interpreter: r.PostFormValue("interpreter") == "yes"}
	err := s.Rounds.ChangeWords(r.Context(), v.who.Subject, id, typed, r.PostFormValue("seen"), v.id)
	if form, status, ok := planRefused(v.texts, err); ok {
		return s.renderPlanWords(w, r, status, &typed, nil, form)
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, roundHref(id, "/plan"), "flash.plan.changed")
}
