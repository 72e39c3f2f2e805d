package web

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/programme"
	"hemvist/internal/round"
	"hemvist/internal/round/schedule"
	"hemvist/internal/typed"
	"hemvist/internal/web/views"
)

// draftTyped is a round that is being planned, as it was typed.
type draftTyped struct {
	id, variant, authority, name, place, link, language, first, starts, minutes, every, weeks string
	interpreter, information                                                                  bool
	days, dates                                                                               []string
}

// maxDates is how many sessions a form can carry days of.
const maxDates = 60

func readDraft(q url.Values) draftTyped {
	d := draftTyped{id: q.Get("id"), variant: q.Get("variant"), authority: q.Get("authority"), name: q.Get("name"), place: q.Get("place"), link: q.Get("link"),
		language: q.Get("language"), first: strings.TrimSpace(q.Get("first")), starts: strings.TrimSpace(q.Get("starts")), minutes: strings.TrimSpace(q.Get("minutes")),
		every: q.Get("every"), weeks: q.Get("weeks"), interpreter: q.Get("interpreter") == "yes", information: q.Get("information") == "yes", days: q["day"]}
	for i := 1; i <= maxDates && len(q["date-"+strconv.Itoa(i)]) > 0; i++ {
		d.dates = append(d.dates, strings.TrimSpace(q.Get("date-"+strconv.Itoa(i))))
	}
	return d
}

// draft is what was typed as the room reads it. What is no day or time is none, which it refuses in words.
func (d draftTyped) draft() round.Draft {
	out := round.Draft{ID: d.id, Authority: d.authority, Name: d.name, Place: d.place, Link: d.link, Language: d.language, Interpreter: d.interpreter,
		First: dayOr(d.first, clock.Date{}), Starts: timeTyped(d.starts), Minutes: numberTyped(d.minutes), Every: round.Pace(d.every), WeeksOff: d.weeks,
		Information: d.information}
	out.Programme, out.Variant, _ = strings.Cut(d.variant, "/")
	for _, day := range d.days {
		if n, err := strconv.Atoi(day); err == nil && n >= 0 && n < 7 {
			out.Days = append(out.Days, time.Weekday(n))
		}
	}
	for _, text := range d.dates {
		out.Dates = append(out.Dates, dayOr(text, clock.Date{}))
	}
	return out
}

var timeShape = regexp.MustCompile(`^(\d{1,2})(?:[.: ]?(\d{2}))?$`)

// timeTyped is minutes after midnight of a time as people write it: "17:30", "17.30", "1730", "17"; negative for what is none.
func timeTyped(s string) int {
	m := timeShape.FindStringSubmatch(s)
	if m == nil {
		return -1
	}
	hours, _ := strconv.Atoi(m[1]) // two digits at most
	minutes, _ := strconv.Atoi(m[2])
	if hours > 23 || minutes > 59 {
		return -1
	}
	return hours*60 + minutes
}

// numberTyped is a number of at most four digits; 0 for nothing, negative for what is none.
func numberTyped(s string) int {
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > 9999 {
		return -1
	}
	return n
}

// timeValue is minutes after midnight as a field for times has them.
func timeValue(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// planHref is where the reader plans a round; empty when they do not.
func planHref(v *visit) string {
	if access.ReachOf(v.who.Subject.Role, access.PlanRound) == access.None {
		return ""
	}
	return "/rounds/new"
}

// planText is what planning is called: what a leader plans is a group, a hub trainings and meetings.
func planText(v *visit) string {
	if r := v.who.Subject.Role; r == access.Leader || r == access.Contact {
		return v.texts.T("plan.button.group")
	}
	return v.texts.T("plan.button.learners")
}

func choiceValue(c round.Choice) string { return c.Definition.ID + "/" + c.Variant.ID }

func (s *Server) showNewPlan(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	t := v.texts
	q := r.URL.Query()
	if do := q.Get("do"); do != "" {
		if dropPersonalNumbers(q) { // which would stay in the address
			q.Set("do", "change")
			return s.redirect(w, r, "/rounds/new?"+q.Encode(), "flash.plan.personal-number")
		}
		return s.answerDraft(w, r, do, readDraft(q))
	}
	choices := s.Rounds.Choices(v.who.Subject)
	wanted := q.Get("variant")
	if i := slices.IndexFunc(choices, func(c round.Choice) bool { return choiceValue(c) == wanted }); i >= 0 {
		typed := draftTyped{id: s.Rounds.NewID(), variant: wanted, language: "sv", information: true, starts: "17:30", every: string(round.Weekly)}
		if choices[i].Variant.Kind != programme.Group {
			typed.starts = "09:00"
		}
		v.call(choices[i].Definition, choices[i].Variant.ID)
		return s.renderPlanForm(w, r, http.StatusOK, choices[i], typed, views.Form{})
	}
	data := views.PlanVariants{}
	for _, c := range choices {
		if n := len(data.Groups); n == 0 || data.Groups[n-1].ID != c.Definition.ID {
			data.Groups = append(data.Groups, views.PlanGroup{ID: c.Definition.ID, Title: c.Definition.Title.In(t.Lang())})
		}
		g := &data.Groups[len(data.Groups)-1]
		g.Items = append(g.Items, views.PlanVariant{Href: "/rounds/new?" + url.Values{"variant": {choiceValue(c)}}.Encode(), Title: c.Variant.Title.In(t.Lang()),
			Summary: c.Variant.Summary.In(t.Lang()), Sessions: sessionsText(t, c)})
	}
	return s.render(w, r, http.StatusOK, views.PlanVariantsPage(s.page(r, planText(v)), data))
}

// dropPersonalNumbers empties what was typed with a personal number in it, and tells whether there was any.
func dropPersonalNumbers(q url.Values) bool {
	found := false
	for name, holds := range map[string]func(string) bool{"name": typed.HoldsPersonalNumber, "place": typed.HoldsPersonalNumber, "weeks": typed.HoldsPersonalNumber,
		"link": typed.LinkHoldsPersonalNumber} {
		if holds(q.Get(name)) {
			q.Set(name, "")
			found = true
		}
	}
	return found
}

// sessionsText is how many sessions a variant has, in its own word for them.
func sessionsText(t *i18n.Printer, c round.Choice) string {
	word := c.Definition.Word(c.Variant.ID, "session", t.Lang())
	return t.T("plan.variant.sessions", "n", needed(c.Variant), "session", i18n.Capital(word.A), "sessions", word.Many)
}

// needed is how many sessions a variant has without those that it can do without.
func needed(v *programme.Variant) int {
	n := 0
	for _, x := range v.Sessions() {
		if !x.Optional {
			n++
		}
	}
	return n
}

// newPlan has a draft stored.
func (s *Server) newPlan(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	do, typed := r.PostFormValue("do"), readDraft(r.PostForm)
	if do != "save" && do != "save-staff" {
		return s.answerDraft(w, r, do, typed)
	}
	draft := typed.draft()
	drafted, err := s.Rounds.Draft(r.Context(), v.who.Subject, draft)
	if err == nil && len(drafted.Busy) > 0 && r.PostFormValue("busy") != "yes" {
		form := formOf(v.texts, errs.InvalidFields(errs.Field{Name: "busy", Key: "plan.error.busy"}))
		return s.renderPreview(w, r, http.StatusUnprocessableEntity, drafted, typed, form)
	}
	id, err := s.Rounds.Plan(r.Context(), v.who.Subject, draft, v.id)
	switch {
	case errs.Is(err, errs.Invalid):
		return s.answerDraft(w, r, "check", typed)
	case err != nil:
		return err
	}
	next := "/plan"
	if do == "save-staff" { // who leads alone is rare: the other one is chosen at once
		next = "/plan/staff"
	}
	return s.redirect(w, r, "/rounds/"+id+next, "flash.plan.saved")
}

// answerDraft shows the days of a draft, or the form again. It is asked for by its address, which holds what was typed: so the browser can
// go back to it from the plan that was stored.
func (s *Server) answerDraft(w http.ResponseWriter, r *http.Request, do string, typed draftTyped) error {
	v := visitOf(r)
	choices := s.Rounds.Choices(v.who.Subject)
	i := slices.IndexFunc(choices, func(c round.Choice) bool { return choiceValue(c) == typed.variant })
	if i < 0 {
		return errs.New(errs.Invalid, "plan.error.variant")
	}
	v.call(choices[i].Definition, choices[i].Variant.ID)
	if do != "check" { // the days follow from what the form says now
		typed.dates = nil
	}
	if do == "change" {
		return s.renderPlanForm(w, r, http.StatusOK, choices[i], typed, views.Form{})
	}
	drafted, err := s.Rounds.Draft(r.Context(), v.who.Subject, typed.draft())
	form := formOf(v.texts, err)
	sayUnread(v.texts, form, "first", typed.first)
	for i, date := range typed.dates {
		sayUnread(v.texts, form, fmt.Sprintf("date-%d", i+1), date)
	}
	switch {
	case err == nil:
		return s.renderPreview(w, r, http.StatusOK, drafted, typed, views.Form{})
	case !errs.Is(err, errs.Invalid):
		return err
	case len(typed.dates) > 0 && len(drafted.Sessions) > 0:
		return s.renderPreview(w, r, http.StatusUnprocessableEntity, drafted, typed, form)
	default:
		return s.renderPlanForm(w, r, http.StatusUnprocessableEntity, choices[i], typed, form)
	}
}

func (s *Server) renderPlanForm(w http.ResponseWriter, r *http.Request, status int, c round.Choice, typed draftTyped, form views.Form) error {
	v := visitOf(r)
	t := v.texts
	boards, err := s.Rounds.Boards(r.Context(), v.who.Subject)
	if err != nil {
		return err
	}
	lang, d, variant := t.Lang(), c.Definition, c.Variant
	data := views.PlanForm{ID: typed.id, Variant: typed.variant, Title: variant.Title.In(lang), Form: form, Name: typed.name, Place: typed.place, Link: typed.link,
		Digital: variant.Digital, First: typed.first, Starts: typed.starts, Minutes: typed.minutes, Weeks: typed.weeks, Interpreter: typed.interpreter,
		Session: d.Word(variant.ID, "session", lang).The, Agreed: variant.Rhythm.Every.IsZero() && needed(variant) > 1}
	if len(boards) > 1 {
		data.Boards = append(data.Boards, views.Option{Text: t.T("plan.board.choose")})
		for _, b := range boards {
			data.Boards = append(data.Boards, views.Option{Value: b.ID, Text: b.Name, Chosen: b.ID == typed.authority})
		}
	} else if len(boards) == 0 {
		data.NoBoard = true
	}
	data.Languages = languageOptions(t, typed.language)
	data.InterpreterText = interpreterText(t, d, variant)
	data.Rhythm = rhythmText(t, d, variant)
	if limits, fixed := round.Lengths(variant); !fixed {
		data.MinutesHint = t.T("plan.minutes.hint", "min", limits.Min, "max", limits.Max)
	}
	for _, p := range round.Paces {
		data.Paces = append(data.Paces, views.Option{Value: string(p), Text: t.T("plan.pace." + string(p)), Chosen: string(p) == typed.every})
	}
	for _, day := range []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday} {
		n := strconv.Itoa(int(day))
		data.Days = append(data.Days, views.Option{Value: n, Text: i18n.Capital(t.Weekdays(day)), Chosen: slices.Contains(typed.days, n)})
	}
	if info := variant.SessionsOf(programme.Information); len(info) > 0 && info[0].Optional {
		data.HasInformation, data.Information = true, typed.information
		if info[0].Advised {
			data.InformationHint = t.T("plan.information.advised")
		}
	}
	title := t.T("plan.new.title", "round", d.Word(variant.ID, "round", lang).A)
	page := s.page(r, title)
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, status, views.PlanFormPage(page, data))
}

func languageOptions(t *i18n.Printer, chosen string) []views.Option {
	var out []views.Option
	for _, lang := range round.Languages {
		out = append(out, views.Option{Value: lang, Text: i18n.Capital(t.T("language." + lang)), Chosen: lang == chosen})
	}
	return out
}

// interpreterText is whose cost an interpreter is, by the programme; empty where none is allowed.
func interpreterText(t *i18n.Printer, d *programme.Definition, v *programme.Variant) string {
	payer, rule, allowed := round.PayerOf(d, v)
	if !allowed {
		return ""
	}
	text := t.T("plan.interpreter.paid-by." + string(payer))
	for _, also := range rule.AlsoWhen {
		text += " " + t.T("plan.interpreter.also."+also)
	}
	return text
}

// rhythmText is how often the sessions come, and that they are to be unbroken.
func rhythmText(t *i18n.Printer, d *programme.Definition, v *programme.Variant) string {
	every := v.Rhythm.Every
	if every.IsZero() {
		return ""
	}
	text := t.T("plan.rhythm."+string(every.Unit), "n", every.N)
	if v.Rhythm.Unbroken {
		text += " " + t.T("plan.rhythm.unbroken")
	}
	return text
}

func (s *Server) renderPreview(w http.ResponseWriter, r *http.Request, status int, d round.Drafted, typed draftTyped, form views.Form) error {
	v := visitOf(r)
	t := v.texts
	data := views.PlanPreview{Form: form, Held: typed.held(), Name: d.Name}
	if data.Name == "" {
		name, err := s.Rounds.SuggestedName(r.Context(), v.who.Subject, d)
		if err != nil {
			return err
		}
		data.Name = name
	}
	data.Facts = draftFacts(t, d)
	for _, x := range d.Sessions {
		data.Sessions = append(data.Sessions, previewSession(t, x, typed, form))
	}
	for _, warning := range d.Warnings {
		data.Warnings = append(data.Warnings, warningView(t, warning))
	}
	for _, c := range d.Busy {
		data.Busy = append(data.Busy, busyText(t, c, d.Place))
	}
	return s.render(w, r, status, views.PlanPreviewPage(s.page(r, t.T("plan.preview.title")), data))
}

// busyText says what else goes on at the times of a draft.
func busyText(t *i18n.Printer, c round.Clash, place string) string {
	key := "plan.busy.place"
	if c.Round != "" {
		key = "plan.busy.mine"
	}
	return t.T(key, "n", c.N, "round", c.Round, "place", place, "on", t.DayAndMonth(c.On), "time", t.TimeSpan(c.Starts, c.Minutes))
}

func draftFacts(t *i18n.Printer, d round.Drafted) []views.Fact {
	where := d.Place
	if where == "" {
		where = i18n.Capital(t.T("round.digital"))
	}
	facts := []views.Fact{{Name: t.T("round.programme"), Value: d.Definition.Title.In(t.Lang()) + ", " + d.Choice.Title.In(t.Lang())},
		{Name: t.T("plan.board"), Value: d.Board.Name}, {Name: t.T("plan.place"), Value: where}}
	if d.Link != "" {
		facts = append(facts, views.Fact{Name: t.T("plan.link"), Value: d.Link})
	}
	language := i18n.Capital(t.T("language." + d.Language))
	if d.Payer != "" {
		language += ", " + t.T("plan.with-interpreter")
	}
	return append(facts, views.Fact{Name: t.T("round.language"), Value: language}, views.Fact{Name: t.T("round.version"), Value: d.Definition.Version})
}

func previewSession(t *i18n.Printer, x round.DraftSession, typed draftTyped, form views.Form) views.PreviewSession {
	name := fmt.Sprintf("date-%d", x.Number)
	view := views.PreviewSession{Name: name, Number: x.Number, Title: x.Title.In(t.Lang()), Value: x.On.String(), Wrong: form.Of(name)}
	if len(typed.dates) >= x.Number && x.ByHand {
		view.Value = typed.dates[x.Number-1]
	}
	if !x.On.IsZero() {
		view.When = i18n.Capital(t.DayAndMonth(x.On)) + " " + strconv.Itoa(x.On.Year) + ", " + t.TimeSpan(x.Starts, x.Minutes)
	}
	for _, j := range x.Jumped {
		view.Why = append(view.Why, jumpText(t, j, "plan.jump."+string(j.Why)))
	}
	if x.OnOff {
		view.Why = append(view.Why, jumpText(t, x.Why, "plan.on-off."+string(x.Why.Why)))
	}
	return view
}

// jumpText says why a day is not taken, or what is the matter with one that was chosen.
func jumpText(t *i18n.Printer, j schedule.Jump, key string) string {
	args := []any{"on", t.DayAndMonth(j.On), "week", schedule.WeekOf(j.On).Number}
	if j.Holiday != "" {
		args = append(args, "holiday", t.T("holiday."+string(j.Holiday)))
	}
	return t.T(key, args...)
}

// warningView says where the days leave the programme's rhythm, and why.
func warningView(t *i18n.Printer, w schedule.Warning) views.PlanWarning {
	view := views.PlanWarning{Serious: w.Breaks || w.Kind != schedule.Gap,
		Text: t.T("plan.warning."+string(w.Kind), "from", t.DayAndMonth(w.From), "to", t.DayAndMonth(w.To), "n", w.Weeks)}
	var because, weeks []string
	for _, j := range w.Reasons {
		if j.Why == schedule.ForWeekOff {
			weeks = append(weeks, strconv.Itoa(schedule.WeekOf(j.On).Number))
			continue
		}
		because = append(because, jumpText(t, j, "plan.because."+string(j.Why)))
	}
	if len(weeks) > 0 {
		because = append(because, t.T("plan.because.week-off", "n", len(weeks), "weeks", listed(t, weeks)))
	}
	if w.Moved && w.Kind == schedule.Gap {
		because = append(because, t.T("plan.because.moved"))
	}
	if len(because) > 0 {
		view.Text += " " + t.T("plan.because", "why", listed(t, slices.Compact(because)))
	}
	if w.Breaks {
		view.Text += " " + t.T("plan.warning.breaks")
	}
	return view
}

// held is what was typed but the days, to be sent along with them.
func (d draftTyped) held() []views.HeldField {
	yes := map[bool]string{true: "yes"}
	out := []views.HeldField{{Name: "id", Value: d.id}, {Name: "variant", Value: d.variant}, {Name: "authority", Value: d.authority}, {Name: "name", Value: d.name},
		{Name: "place", Value: d.place}, {Name: "link", Value: d.link}, {Name: "language", Value: d.language}, {Name: "first", Value: d.first},
		{Name: "starts", Value: d.starts}, {Name: "minutes", Value: d.minutes}, {Name: "every", Value: d.every}, {Name: "weeks", Value: d.weeks},
		{Name: "interpreter", Value: yes[d.interpreter]}, {Name: "information", Value: yes[d.information]}}
	for _, day := range d.days {
		out = append(out, views.HeldField{Name: "day", Value: day})
	}
	return out
}
