package web

import (
	"net/http"
	"slices"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/register/week"
	"hemvist/internal/round"
	"hemvist/internal/round/consent"
	"hemvist/internal/round/group"
	"hemvist/internal/round/meeting"
	"hemvist/internal/round/recruitment"
	"hemvist/internal/web/static"
	"hemvist/internal/web/views"
)

const weekPath = "/week"

func (s *Server) showWeek(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	all, err := s.Weeks.Mine(r.Context(), v.who.Subject)
	if err != nil {
		return err
	}
	h, err := s.Notices.HomeOf(r.Context(), v.who.Subject)
	if err != nil {
		return err
	}
	t := v.texts
	data := views.Week{Lead: t.T("week.lead", "n", len(all))}
	for _, n := range h.Needs {
		if n.RoundID != "" {
			data.Needs = append(data.Needs, needView(t, n))
		}
	}
	for i, b := range all {
		view := s.weekRound(v, b)
		view.Folded = view.Folded || i > 0 // the nearest session's is what is to be done now
		data.Rounds = append(data.Rounds, view)
	}
	talks, err := s.Recruitment.Talks(r.Context(), v.who.Subject)
	if err != nil {
		return err
	}
	for _, b := range talks {
		data.Talks = append(data.Talks, talkView(t, b))
	}
	page := s.page(r, t.T("week.title"))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, http.StatusOK, views.WeekPage(page, data))
}

// talkView is a talk that is booked, by its day and time: whom it is with stands behind the link.
func talkView(t *i18n.Printer, b recruitment.TalkAhead) views.WeekTalk {
	view := views.WeekTalk{Href: "/recruitment/" + b.ID, When: t.T("week.talk", "on", i18n.Capital(t.DayAndMonth(b.On)), "time", t.TimeOfDay(b.Starts)),
		Language: i18n.Capital(t.T("language." + b.Language))}
	switch {
	case b.Mine:
		view.By = t.T("week.talk.me")
	case b.By != "":
		view.By = t.T("week.talk.by", "name", b.By)
	}
	if b.Interpreter {
		view.Language += ", " + t.T("plan.with-interpreter")
	}
	return view
}

// weekRound puts what is before the next session of a round into words.
func (s *Server) weekRound(v *visit, b week.Before) views.WeekRound {
	t := v.texts
	view := views.WeekRound{ID: "round-" + b.ID, Name: b.Name, Href: "/rounds/" + b.ID, State: stateView(t, b.StateOn(s.Rounds.Today())), Who: whoComes(t, b)}
	view.With = weekWith(t, v.who.Subject.Person, b)
	if b.MaySee && b.LastHeld.ID != "" && b.Attendance == round.Named && !b.Learners() {
		view.Record = views.Link{Href: sessionHref(b.ID, b.LastHeld.ID) + "/record", Text: t.T("week.record", "number", b.LastHeld.Number)}
	}
	x := b.Next
	if x.ID == "" {
		view.Title = t.T("home.all-past")
		return view
	}
	d := round.Detail{Row: b.Row, Definition: b.Definition}
	view.Title = t.T("week.next", "number", x.Number, "of", len(b.List), "title", s.sessionTitle(t, d, x))
	view.When, view.Where = i18n.Capital(t.DayAndMonth(x.On))+", "+t.TimeSpan(x.Starts, x.Minutes), sessionPlace(b.Row, x)
	view.SessionHref, view.Link = sessionHref(b.ID, x.ID), b.Link
	if b.Budget.All > 0 {
		view.Budget = budgetView(t, b)
	}
	for _, doing := range b.Doings {
		view.Tasks = append(view.Tasks, s.taskView(v, b, doing))
	}
	view.Consent = s.weekConsent(v, b)
	view.Folded = s.Rounds.Today().DaysUntil(x.On) > 7
	view.Action = view.SessionHref + "/tasks"
	return view
}

// askWithin is how many days before a session that is filmed its consents are asked for. It is our own choice: no source says.
const askWithin = 21

// weekConsent is how the consents stand before the next session that is filmed; nil where there is nothing to do about them. When one of
// those who lead is not to be filmed, the others need not be asked.
func (s *Server) weekConsent(v *visit, b week.Before) *views.ConsentLine {
	verdict := b.Consent.Verdict()
	if b.Filmed.ID == "" || verdict == consent.Unasked || verdict == consent.May || s.Rounds.Today().DaysUntil(b.Filmed.On) > askWithin ||
		!b.May(v.who.Subject, access.ReadConsent) {
		return nil
	}
	line := &views.ConsentLine{Told: consentTold(v.texts, b.Consent)}
	if b.Consent.LeaderSaysNo() {
		line.Told = views.ConsentTold{Follows: v.texts.T("consent.follows.may-not.leader")}
	} else if b.May(v.who.Subject, access.RecordConsent) {
		line.Href = consentHref(b.ID)
	}
	return line
}

func sessionPlace(r round.Row, x round.Session) string {
	if x.Place != "" {
		return x.Place
	}
	return r.Place
}

// whoComes is how many come, and in which languages.
func whoComes(t *i18n.Printer, b week.Before) []string {
	out := []string{i18n.Capital(t.T("round.participants", "n", b.Coming))}
	if b.Told > 0 {
		out[0] = t.T("week.expected", "n", b.Told, "coming", b.Coming-b.Told, "all", b.Coming)
	}
	if len(b.Languages) > 1 || len(b.Languages) == 1 && b.Languages[0].Language != b.Language {
		for _, l := range b.Languages {
			if l.Language != "" {
				out = append(out, t.T("week.language", "language", i18n.Capital(t.T("language."+l.Language)), "n", l.N))
			}
		}
	}
	if b.Interpreter > 0 {
		out = append(out, t.T("week.interpreter", "n", b.Interpreter))
	}
	if b.Interpreter == 0 && b.Row.Interpreter != "" {
		out = append(out, t.T("week.interpreter.round"))
	}
	return out
}

// budgetView is how the hours of the week may be spent: in a first round all of them, else the programme says nothing.
func budgetView(t *i18n.Printer, b week.Before) *views.WeekBudget {
	if !b.First {
		return nil
	}
	hours := func(minutes int) string { return t.T("week.hours", "h", minutes/60, "m", minutes%60) }
	return &views.WeekBudget{All: t.T("week.budget.all", "hours", b.Budget.All/60), Parts: []views.Fact{
		{Name: t.T("week.budget.read"), Value: hours(b.Budget.Read)},
		{Name: t.T("week.budget.together"), Value: hours(b.Budget.Together)},
		{Name: t.T("week.budget.session"), Value: hours(b.Budget.Session)},
		{Name: t.T("week.budget.supervision"), Value: hours(b.Budget.Supervision)},
	}}
}

// weekWith is who works in a round on the day of its next session beside the reader: those who lead, each who steps in with whom they
// step in for, and then the others by what they do.
func weekWith(t *i18n.Printer, me string, b week.Before) []views.Fact {
	away := func(person string) bool {
		return slices.ContainsFunc(b.Away, func(a meeting.Absence) bool { return a.Absent == person && a.Person != "" })
	}
	stepsIn := func(person string) bool {
		return slices.ContainsFunc(b.Away, func(a meeting.Absence) bool { return a.Person == person })
	}
	var lead []string
	for _, a := range b.Away {
		switch {
		case a.Person == "":
		case a.Person == me:
			lead = append(lead, t.T("week.stand-in.me", "absent", a.AbsentName))
		case a.Absent == me:
			lead = append(lead, t.T("week.stand-in.for-me", "name", a.Name))
		default:
			lead = append(lead, t.T("week.stand-in", "name", a.Name, "absent", a.AbsentName))
		}
	}
	var others []views.Fact
	for _, m := range b.Working {
		switch {
		case m.PersonID == me || away(m.PersonID) || stepsIn(m.PersonID):
		case meeting.Leads(b.Row, m):
			lead = append(lead, m.Name)
		default:
			others = append(others, views.Fact{Name: partTitle(t, b.Definition, m.Role), Value: m.Name})
		}
	}
	if len(lead) == 0 {
		return others
	}
	with := views.Fact{Name: t.T("week.with"), Value: strings.Join(lead, ", ")}
	if !slices.ContainsFunc(b.Working, func(m round.StaffMember) bool { return m.PersonID == me && meeting.Leads(b.Row, m) }) || away(me) {
		with.Name = t.T("week.leads")
	}
	return append([]views.Fact{with}, others...)
}

// taskText is what is to be done, in words that suit the round.
func taskText(t *i18n.Printer, b week.Before, task week.Task) string {
	key := "week.task." + string(task)
	suffix := ""
	switch {
	case b.Learners():
		suffix = ".learners"
	case week.Digital(b.Row, b.Definition):
		suffix = ".digital"
	}
	if suffix != "" && t.Has(key+suffix) {
		key += suffix
	}
	return t.T(key)
}

func (s *Server) taskView(v *visit, b week.Before, d week.Doing) views.WeekTask {
	t := v.texts
	view := views.WeekTask{ID: string(d.Task), Text: taskText(t, b, d.Task), Done: d.Done}
	mine := d.By == v.who.Subject.Person
	switch {
	case d.Done:
		view.State = views.Tag{Text: t.T("week.done", "name", d.Name), Colour: "success"}
	case d.By != "" && mine:
		view.State = views.Tag{Text: t.T("week.taken.me"), Colour: "info"}
	case d.By != "":
		view.State = views.Tag{Text: t.T("week.taken", "name", d.Name), Colour: "info"}
	}
	if b.EndedHow != "" || !week.MaySay(v.who.Subject, b.Row, d.Task) {
		return view
	}
	say := func(do week.Do) views.WeekSay {
		return views.WeekSay{Do: string(do), Text: t.T("week.say." + string(do))}
	}
	switch {
	case d.Done:
		view.Says = []views.WeekSay{say(week.NotDone)}
	case d.By == "":
		view.Says = []views.WeekSay{say(week.Take), say(week.Finish)}
	case mine:
		view.Says = []views.WeekSay{say(week.Finish), say(week.Leave)}
	default:
		view.Says = []views.WeekSay{say(week.Finish)}
	}
	return view
}

func (s *Server) sayTask(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	id, task, do := r.PathValue("id"), week.Task(r.PostFormValue("task")), week.Do(r.PostFormValue("do"))
	if err := s.Weeks.Say(r.Context(), v.who.Subject, id, r.PathValue("session"), task, do, v.id); err != nil {
		return err
	}
	return s.redirect(w, r, weekPath+"#round-"+id, "flash.week."+string(do))
}

// showRecord is the text for the authority's own record, one for each participant, without a name in it: it is pasted where the name
// stands already.
func (s *Server) showRecord(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	t := v.texts
	d, err := s.Rounds.Get(r.Context(), v.who.Subject, r.PathValue("id"))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(d.List, func(x round.Session) bool { return x.ID == r.PathValue("session") })
	if i < 0 || d.Attendance != round.Named || d.Learners() {
		return errs.New(errs.NotFound, "")
	}
	_, members, err := s.Groups.Members(r.Context(), v.who.Subject, d.ID)
	if err != nil {
		return err
	}
	x := d.List[i]
	came, err := s.Weeks.Came(r.Context(), x.ID)
	if err != nil {
		return err
	}
	data := views.Record{Round: d.Name, RoundHref: "/rounds/" + d.ID, SessionHref: sessionHref(d.ID, x.ID), Held: x.Fact == round.Held,
		Session: t.T("week.record.session", "number", x.Number, "on", t.Date(x.On))}
	if x.Fact == round.Cancelled { // nobody took part in it, whatever was ticked before
		members, data.Cancelled = nil, true
	}
	for _, m := range members {
		if m.Erased || !m.LeftOn.IsZero() && m.LeftOn.Before(x.On) {
			continue
		}
		data.Rows = append(data.Rows, views.RecordRow{ID: "record-" + m.ID, Name: m.Name, Text: recordText(t, came[m.ID], x, m)})
	}
	page := s.page(r, t.T("week.record.title", "number", x.Number))
	page.Scripts = append(page.Scripts, static.URL("js/copy.js"))
	return s.render(w, r, http.StatusOK, views.RecordPage(page, data))
}

func recordText(t *i18n.Printer, came week.Came, x round.Session, m group.Member) string {
	if came == "" {
		came = week.NotSaid
	}
	text := t.T("week.record."+string(came), "number", x.Number, "on", t.Date(x.On))
	if m.Interpreter && came == week.WasThere {
		text += " " + t.T("week.record.interpreter")
	}
	return text
}
