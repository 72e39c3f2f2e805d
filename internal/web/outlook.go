package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"hemvist/internal/clock"
	"hemvist/internal/credential"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/programme"
	"hemvist/internal/register"
	"hemvist/internal/round"
	"hemvist/internal/web/views"
)

const outlookPath = "/outlook"

var prospectColours = map[credential.Prospect]string{credential.ProspectMet: "success", credential.ProspectOpen: "info",
	credential.ProspectAtRisk: "warning", credential.ProspectUnknown: "neutral", credential.ProspectMissed: "danger"}

var statusColours = map[credential.Status]string{credential.None: "neutral", credential.InTraining: "info", credential.UnderSupervision: "info",
	credential.Certified: "success", credential.Due: "warning", credential.Lapsed: "danger", credential.Withdrawn: "danger"}

func prospectTag(t *i18n.Printer, p credential.Prospect) views.Tag {
	return views.Tag{Text: p.Words(t.Lang()), Colour: prospectColours[p]}
}

func statusTag(t *i18n.Printer, s credential.Status) views.Tag {
	return views.Tag{Text: s.Words(t.Lang()), Colour: statusColours[s]}
}

// hasOutlook tells whether rounds like this one count towards a credential of those who lead them.
func (s *Server) hasOutlook(r round.Row) bool {
	d, err := s.Definitions.Definition(r.Programme, r.Version)
	return err == nil && register.Counts(d, r.Variant)
}

// supposeTyped is what was typed into "what if".
type supposeTyped struct{ film, cancelled, away, from, more string }

func readSuppose(q url.Values) (supposeTyped, register.Suppose, []errs.Field) {
	typed := supposeTyped{q.Get("film"), q.Get("cancelled"), q.Get("away"), q.Get("from"), strings.TrimSpace(q.Get("more"))}
	if q.Get("if") == "" {
		return typed, register.Suppose{}, nil
	}
	what, wrong := register.Suppose{Rest: true, Away: typed.away}, []errs.Field(nil)
	number := func(name, text, key string) int {
		n, err := strconv.Atoi(text)
		if text != "" && (err != nil || n < 0) {
			wrong = append(wrong, errs.Field{Name: name, Key: key, Args: map[string]any{"most": register.MaxMore}})
			return 0
		}
		return n
	}
	what.NotFilmed = number("film", typed.film, "outlook.error.session")
	what.Cancelled = number("cancelled", typed.cancelled, "outlook.error.session")
	what.AwayFrom = number("from", typed.from, "outlook.error.session")
	what.More = number("more", typed.more, "outlook.error.more")
	return typed, what, wrong
}

// dayIn is the day that an address asks about; the zero day when it names none. What is no day, or none that can be meant, is said so.
func dayIn(q url.Values, today clock.Date) (clock.Date, []errs.Field) {
	text := strings.TrimSpace(q.Get("on"))
	if text == "" {
		return clock.Date{}, nil
	}
	on, err := clock.ParseDate(text)
	if err != nil || on.Before(today.AddYears(-60)) || on.After(today.AddYears(20)) {
		return clock.Date{}, []errs.Field{{Name: "on", Key: "outlook.error.day"}}
	}
	return on, nil
}

func (s *Server) showOutlook(w http.ResponseWriter, r *http.Request) error {
	v, q := visitOf(r), r.URL.Query()
	typed, what, wrong := readSuppose(q)
	on, wrongDay := dayIn(q, s.Rounds.Today())
	if wrong = append(wrong, wrongDay...); len(wrong) > 0 {
		what = register.Suppose{}
	}
	o, err := s.Register.Outlook(r.Context(), v.who.Subject, r.PathValue("id"), on, what)
	form, status := views.Form{}, http.StatusOK
	switch {
	case errs.Is(err, errs.Invalid):
		form, status = formOf(v.texts, err), http.StatusUnprocessableEntity
	case err != nil:
		return err
	case len(wrong) > 0:
		form, status = formOf(v.texts, errs.InvalidFields(wrong...)), http.StatusUnprocessableEntity
	}
	page := s.page(r, v.texts.T("outlook.title", "name", o.Row.Name))
	return s.render(w, r, status, views.OutlookPage(page, s.outlookView(v, o, what, typed, form)))
}

func (s *Server) outlookView(v *visit, o register.Outlook, what register.Suppose, typed supposeTyped, form views.Form) views.Outlook {
	t := v.texts
	data := views.Outlook{Head: s.roundHead(v, o.Row, outlookPath), Href: "/rounds/" + o.Row.ID + outlookPath, On: o.On.String(), OnText: t.Date(o.On),
		IsToday: o.On == s.Rounds.Today(), Supposing: !o.SupposedOn.IsZero()}
	if data.Supposing {
		data.Supposed, data.SupposedDay = supposedWords(t, o, what), t.Date(o.SupposedOn)
	}
	for i, l := range o.Leaders {
		view := outlookLeaderView(t, o, l)
		view.ID = "leader-" + strconv.Itoa(i+1)
		data.Leaders = append(data.Leaders, view)
	}
	if data.Open = o.Row.EndedHow == ""; data.Open {
		data.Form = supposeForm(t, o, typed, form)
	}
	return data
}

func supposeForm(t *i18n.Printer, o register.Outlook, typed supposeTyped, form views.Form) views.SupposeForm {
	f := views.SupposeForm{More: typed.more, Form: form}
	add := func(to *[]views.Option, x round.Session, chosen string) {
		n := strconv.Itoa(x.Number)
		*to = append(*to, views.Option{Value: n, Text: t.T("outlook.session", "number", x.Number, "on", t.DayAndMonth(x.On)), Chosen: n == chosen})
	}
	for _, to := range []*[]views.Option{&f.Film, &f.Cancelled, &f.From} {
		*to = append(*to, views.Option{Text: t.T("outlook.none")})
	}
	for _, x := range o.Sessions {
		if x.Fact == round.Cancelled {
			continue
		}
		add(&f.From, x, typed.from)
		if x.Kind != programme.Information {
			add(&f.Film, x, typed.film)
		}
		if x.Fact == round.Unknown {
			add(&f.Cancelled, x, typed.cancelled)
		}
	}
	f.Away = append(f.Away, views.Option{Text: t.T("outlook.nobody")})
	for _, m := range o.Staff {
		f.Away = append(f.Away, views.Option{Value: m.PersonID, Text: m.Name, Chosen: m.PersonID == typed.away})
	}
	return f
}

// supposedWords is what is supposed, a sentence each.
func supposedWords(t *i18n.Printer, o register.Outlook, what register.Suppose) []string {
	var out []string
	if what.NotFilmed > 0 {
		out = append(out, t.T("outlook.supposed.film", "number", what.NotFilmed))
	}
	if what.Cancelled > 0 {
		out = append(out, t.T("outlook.supposed.cancelled", "number", what.Cancelled))
	}
	if i := slices.IndexFunc(o.Staff, func(m round.StaffMember) bool { return m.PersonID == what.Away }); i >= 0 {
		out = append(out, t.T("outlook.supposed.away", "name", o.Staff[i].Name, "number", what.AwayFrom))
	}
	if what.More > 0 {
		out = append(out, t.T("outlook.supposed.more", "n", what.More))
	}
	if len(out) == 0 {
		out = append(out, t.T("outlook.supposed.rest"))
	}
	return out
}

func outlookLeaderView(t *i18n.Printer, o register.Outlook, l register.Leader) views.OutlookLeader {
	lang := t.Lang()
	view := views.OutlookLeader{Name: l.Name, Status: statusTag(t, l.Status), Credential: l.Credential, Lead: outlookLead(t, l.LeaderOutlook, l.Verdict)}
	if c, ok := o.Definition.Credential(l.Credential); ok {
		view.Credential = c.Title.In(lang)
	}
	if l.For != "" {
		view.Prospect = prospectTag(t, l.Prospect)
	}
	if l.Supposed != nil && l.For != "" {
		view.Then, view.ThenLead = prospectTag(t, l.Supposed.Prospect), outlookLead(t, *l.Supposed, l.Verdict)
	}
	for i, c := range l.Conditions {
		row := views.OutlookRow{Title: conditionTitle(t, o, c), Why: c.Reason.Words(lang), Tag: prospectTag(t, c.Prospect)}
		for _, n := range register.NotesOf(o.Definition, l.LeaderOutlook, c) {
			row.Notes = append(row.Notes, n.Text.In(lang))
		}
		if l.Supposed != nil && i < len(l.Supposed.Conditions) {
			then := l.Supposed.Conditions[i]
			row.AnotherColumn, row.Then, row.ThenWhy = true, prospectTag(t, then.Prospect), then.Reason.Words(lang)
			row.Changed = row.ThenWhy != row.Why
		}
		view.Rows = append(view.Rows, row)
	}
	for _, r := range l.Elsewhere {
		row := views.OutlookRow{Title: r.Title(lang), Tag: stateTag(t, r.State)}
		row.Why = reasonsText(r.Reasons, lang)
		view.Elsewhere = append(view.Elsewhere, row)
	}
	return view
}

var resultColours = map[credential.State]string{credential.Met: "success", credential.Missing: "neutral", credential.AtRisk: "warning", credential.Unknown: "neutral"}

func stateTag(t *i18n.Printer, st credential.State) views.Tag {
	return views.Tag{Text: st.Words(t.Lang()), Colour: resultColours[st]}
}

func reasonsText(reasons []credential.Reason, lang string) string {
	words := make([]string, len(reasons))
	for i, r := range reasons {
		words[i] = r.Words(lang)
	}
	return strings.Join(words, " ")
}

// outlookLead is the answer in a sentence.
func outlookLead(t *i18n.Printer, l credential.LeaderOutlook, verdict credential.Verdict) string {
	if l.For == "" {
		lead := reasonsText(verdict.Reasons, t.Lang()) + " " + t.T("outlook.lead.nothing")
		if verdict.Term != nil && verdict.Term.Of > 0 {
			lead += " " + t.T("outlook.lead.counted", "of", verdict.Term.Of, "used", verdict.Term.Used)
		}
		return lead
	}
	what := "get"
	if l.For == credential.ToRenew || l.For == credential.ToRestore {
		what = "renew"
	}
	lead := t.T("outlook.lead." + what + "." + strings.ReplaceAll(string(l.Prospect), " ", "-"))
	if slices.ContainsFunc(l.Conditions, credential.Condition.Unrecorded) {
		lead += " " + t.T("outlook.lead.unrecorded")
	}
	return lead
}

// conditionNames are what the conditions are called, by their reasons.
var conditionNames = map[credential.Code]string{
	credential.CodeBegunBefore: "end", credential.CodeBegun: "end", credential.CodeClosed: "end", credential.CodeClosedOutside: "end",
	credential.CodeBrokenOff: "end", credential.CodeNotBegun: "end", credential.CodeRunning: "end", credential.CodeHeld: "held", credential.CodeHeldCancelled: "held",
	credential.CodeLed: "led", credential.CodeThroughout: "led", credential.CodeLeft: "led", credential.CodeFilmed: "filmed",
	credential.CodeSupervised: "supervised", credential.CodePresence: "people", credential.CodePresenceFew: "people",
	credential.CodePresencePending: "people", credential.CodePresenceCounted: "people", credential.CodePresenceSilent: "people",
	credential.CodeFinished: "finished", credential.CodeWaveDone: "wave", credential.CodeWaveMissing: "wave", credential.CodeLasted: "lasted",
	credential.CodeFilmsHere: "films", credential.CodeFilmedUnrecorded: "filmed", credential.CodeSupervisedUnrecorded: "supervised",
	credential.CodeWaveUnrecorded: "wave", credential.CodeReviewsUnrecorded: "films",
}

func conditionTitle(t *i18n.Printer, o register.Outlook, c credential.Condition) string {
	name := conditionNames[c.Reason.Code]
	if name == "" {
		return c.Requirement
	}
	return i18n.Capital(t.T("outlook.asks."+name, "sessions", o.Definition.Word(o.Row.Variant, "session", t.Lang()).TheMany,
		"round", o.Definition.Word(o.Row.Variant, "round", t.Lang()).The))
}
