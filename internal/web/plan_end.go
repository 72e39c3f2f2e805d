package web

import (
	"net/http"
	"strconv"

	"hemvist/internal/access"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/round"
	"hemvist/internal/round/group"
	"hemvist/internal/web/views"
)

func (s *Server) showNotify(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	t := v.texts
	p, err := s.Rounds.PlanOf(r.Context(), v.who.Subject, r.PathValue("id"))
	if err != nil {
		return err
	}
	if !p.Notifiable() {
		return errs.New(errs.NotFound, "")
	}
	data := views.Notify{Back: roundHref(p.ID, "/plan"), Round: p.Name, Action: roundHref(p.ID, "/plan/notify"), Ended: p.EndedHow != ""}
	if !p.NotifiedOn.IsZero() {
		data.Notified = t.T("plan.notified", "on", t.Date(p.NotifiedOn))
	}
	data.Facts = append([]views.Fact{{Name: t.T("plan.name"), Value: p.Name}, {Name: t.T("round.programme"), Value: p.Definition.Title.In(t.Lang()) + ", " + titleOfVariant(p.Definition, p.Row.Variant, t.Lang())},
		{Name: t.T("round.organisation"), Value: p.Organisation}, {Name: t.T("plan.place"), Value: i18n.Capital(meetsAt(t, p.Row))}, {Name: t.T("round.language"), Value: i18n.Capital(t.T("language." + p.Language))},
		countFact(t, p)}, staffSummary(t, p)...)
	for _, x := range p.List {
		line := strconv.Itoa(x.Number) + ". " + i18n.Capital(t.DayAndMonth(x.On)) + " " + strconv.Itoa(x.On.Year) + ", " + t.TimeSpan(x.Starts, x.Minutes)
		if x.Fact == round.Cancelled {
			line = t.T("plan.notify.cancelled", "session", line)
		}
		data.Sessions = append(data.Sessions, line)
	}
	if by, ok := round.NotifyBy(p.Definition, p.Row.Variant, p.FirstOn); ok {
		data.By = t.T("plan.notify.by", "on", t.Date(by))
	}
	return s.render(w, r, http.StatusOK, views.NotifyPage(s.page(r, t.T("plan.notify.title")), data))
}

func (s *Server) notify(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	id := r.PathValue("id")
	if err := s.Rounds.Notify(r.Context(), v.who.Subject, id, v.id); err != nil {
		return err
	}
	return s.redirect(w, r, roundHref(id, "/plan"), "flash.plan.notified")
}

func (s *Server) showEnd(w http.ResponseWriter, r *http.Request) error {
	return s.renderEnd(w, r, http.StatusOK, "", views.Form{})
}

func (s *Server) renderEnd(w http.ResponseWriter, r *http.Request, status int, reason string, form views.Form) error {
	v := visitOf(r)
	t := v.texts
	e, err := s.Rounds.EndOf(r.Context(), v.who.Subject, r.PathValue("id"))
	if err != nil {
		return err
	}
	def := e.Definition
	d := round.Detail{Row: e.Row, Definition: def}
	data := views.End{Back: roundHref(e.ID, ""), Round: e.Name, Action: roundHref(e.ID, "/end"), TheRound: def.Word(e.Variant, "round", t.Lang()).The, ReopenAction: roundHref(e.ID, "/reopen"), Form: form, Open: e.EndedHow == ""}
	line := func(x round.Session) string {
		return strconv.Itoa(x.Number) + ". " + s.sessionTitle(t, d, x) + ", " + t.DayAndMonth(x.On)
	}
	for _, x := range e.Unsaid {
		m := views.Missing{Text: t.T("plan.end.unsaid", "session", line(x))}
		if e.May(v.who.Subject, access.RecordSession) {
			m.Href, m.Link = roundHref(e.ID, "#"+sessionAnchor(x)), t.T("plan.end.say")
		}
		data.Missing = append(data.Missing, m)
	}
	if n := len(e.Ahead); n > 0 {
		data.Missing = append(data.Missing, views.Missing{Text: t.T("plan.end.ahead", "n", n, "session", line(e.Ahead[n-1])), Href: roundHref(e.ID, "/plan#"+sessionAnchor(e.Ahead[0])), Link: t.T("plan.end.move")})
	}
	for _, x := range e.Blank {
		m := views.Missing{Text: t.T("plan.end.blank", "session", line(x))}
		if e.May(v.who.Subject, access.TickAttendance) {
			m.Href, m.Link = roundHref(e.ID, "/sessions/"+x.ID+"/attendance"), t.T("plan.end.tick")
		}
		data.Lacking = append(data.Lacking, m)
	}
	if len(data.Missing) == 0 && !round.Met(e.List) {
		data.Missing = append(data.Missing, views.Missing{Text: t.T("plan.end.never-met", "round", data.TheRound), Href: "#break-off", Link: t.T("plan.end.instead")})
	}
	data.Lacking = append(data.Lacking, endLacking(t, e, e.May(v.who.Subject, access.ChangeRound))...)
	data.MayClose = data.Open && len(data.Missing) == 0 && round.MayClose(e.List, s.Rounds.Today())
	data.Result = outcomeText(t, e.Row)
	reasons := round.BreakReasons
	if !data.Open {
		reasons = round.ReopenReasons
	}
	for _, x := range reasons {
		data.Reasons = append(data.Reasons, views.Option{Value: string(x), Text: reasonText(t, x, e.EndedHow), Chosen: string(x) == reason})
	}
	data.History = endingViews(t, e.Endings)
	title := "plan.end.title"
	if !data.Open {
		title = "plan.reopen.page"
	}
	return s.render(w, r, status, views.EndPage(s.page(r, t.T(title, "round", data.TheRound)), data))
}

// endLacking is what a round lacks beside attendance when it is about to be closed: it hinders nobody, and may be put right first.
func endLacking(t *i18n.Printer, e round.EndDetail, mayChange bool) []views.Missing {
	var out []views.Missing
	add := func(text, path, link string) {
		m := views.Missing{Text: text}
		if mayChange && path != "" {
			m.Href, m.Link = roundHref(e.ID, path), link
		}
		out = append(out, m)
	}
	if e.Notifiable() && e.NotifiedOn.IsZero() {
		add(t.T("plan.end.untold"), "/plan/notify", t.T("plan.end.notify"))
	}
	for _, x := range e.Staffing {
		if x.Few() {
			add(t.T("plan.staff.count", "role", partTitle(t, e.Definition, access.Role(x.Role)), "n", x.Have, "of", rangeText(t, x.Count.Min, x.Count.Max)), "/plan/staff", t.T("plan.end.staff"))
		}
	}
	if n := len(e.Off); n > 0 {
		numbers := make([]string, n)
		for i, x := range e.Off {
			numbers[i] = strconv.Itoa(x.Number)
		}
		add(t.T("plan.end.off", "n", n, "numbers", listed(t, numbers)), "", "")
	}
	if need := group.ToCertify(e.Definition, e.Variant); e.Participants < need {
		add(t.T("plan.end.few", "people", t.T("round.participants", "n", e.Participants), "need", need), "", "")
	}
	return out
}

// becameOf is what became of a round that has ended, in a few sentences.
func becameOf(t *i18n.Printer, d round.Detail) string {
	text := outcomeText(t, d.Row)
	if d.Result.Told > 0 {
		text += " " + t.T("plan.result.came", "n", d.Result.Average())
	}
	if d.Result.Left > 0 {
		text += " " + t.T("plan.result.left", "n", d.Result.Left)
	}
	return text
}

// endingViews is how a round ended and was opened again, the newest first.
func endingViews(t *i18n.Printer, all []round.Ending) []views.EndingLine {
	var out []views.EndingLine
	for i, e := range all {
		var undid round.State // what opening again took back
		if i+1 < len(all) {
			undid = round.State(all[i+1].How)
		}
		text := t.T("plan.ending."+e.How, "name", e.By)
		if e.Reason != "" {
			text += " " + t.T("plan.ending.reason", "reason", reasonText(t, e.Reason, undid))
		}
		out = append(out, views.EndingLine{Text: text, On: t.Date(e.On), Day: e.On.String()})
	}
	return out
}

// reasonText is why a round was broken off, or opened again after it had ended so.
func reasonText(t *i18n.Printer, reason round.EndReason, ended round.State) string {
	if reason == round.ByMistake && ended == round.BrokenOff {
		return t.T("plan.reason.mistake.broken-off")
	}
	return t.T("plan.reason." + string(reason))
}

func (s *Server) endRound(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	id, how, reason := r.PathValue("id"), round.State(r.PostFormValue("how")), r.PostFormValue("reason")
	err := s.Rounds.End(r.Context(), v.who.Subject, id, how, round.EndReason(reason), v.id)
	if errs.Is(err, errs.Invalid) && (how == round.Closed || how == round.BrokenOff) {
		return s.renderEnd(w, r, http.StatusUnprocessableEntity, reason, formOf(v.texts, err))
	}
	if err != nil {
		return err
	}
	to := "/rounds/" + id
	// Breaking off is done; that those who take part do not know of it is the next thing to do.
	if u, err := s.Meetings.UntoldIn(r.Context(), v.who.Subject, id); err == nil && len(u.Changes) > 0 {
		to = sessionHref(id, u.Changes[0].Session.ID) + "/tell"
	}
	return s.redirect(w, r, to, "flash.round."+string(how))
}

func (s *Server) reopen(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	id, reason := r.PathValue("id"), r.PostFormValue("reason")
	err := s.Rounds.Reopen(r.Context(), v.who.Subject, id, round.EndReason(reason), v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderEnd(w, r, http.StatusUnprocessableEntity, reason, formOf(v.texts, err))
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, "/rounds/"+id, "flash.plan.reopened")
}

// addPlan adds to a round's page what its plan says, and what came of it.
func (s *Server) addPlan(v *visit, d round.Detail, view *views.Round) {
	t := v.texts
	if d.MayEnd {
		view.EndHref = roundHref(d.ID, "/end")
	}
	if d.Interpreter != "" {
		view.Planned = append(view.Planned, views.Fact{Name: t.T("plan.interpreter.fact"), Value: t.T("plan.interpreter.paid-by." + string(d.Interpreter))})
	}
	if d.Notifiable() {
		view.Planned = append(view.Planned, views.Fact{Name: t.T("plan.hub"), Value: notifiedText(t, d.Row)})
	}
	view.Link = d.Link
	if d.EndedHow != "" {
		view.Ended = t.T("round.ended."+string(d.EndedHow), "on", t.Date(d.EndedOn))
		view.Outcome = &views.RoundOutcome{Result: becameOf(t, d), History: endingViews(t, d.Endings)}
	}
}

// outcomeText is how much of a round was held, and with how many.
func outcomeText(t *i18n.Printer, r round.Row) string {
	return t.T("plan.result", "held", r.SessionsHeld, "of", r.Sessions, "people", i18n.Capital(t.T("round.participants", "n", r.Participants)))
}

// notifiedText is whether the hub has been told of a round.
func notifiedText(t *i18n.Printer, r round.Row) string {
	if r.NotifiedOn.IsZero() {
		return t.T("plan.hub.no")
	}
	return t.T("plan.hub.yes", "on", t.Date(r.NotifiedOn))
}

// placeOfSession is where one session is held: its own place, or the round's.
func placeOfSession(t *i18n.Printer, r round.Row, x round.Session) string {
	if x.Place != "" {
		return x.Place
	}
	return meetsAt(t, r)
}
