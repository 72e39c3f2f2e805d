package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"hemvist/internal/clock"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/round"
	"hemvist/internal/round/consent"
	"hemvist/internal/round/group"
	"hemvist/internal/web/views"
)

const consentPath = "/consent"

func consentHref(roundID string) string { return "/rounds/" + roundID + consentPath }

// typedConsents is what was taken down and could not be stored, or not all of it.
type typedConsents struct {
	batch  *consent.Batch
	result consent.Result
	form   views.Form
}

// of is the answer that was taken down of somebody; empty for none.
func (c typedConsents) of(who string) consent.Answer {
	if c.batch != nil {
		for _, t := range c.batch.Ticks {
			if t.Who == who {
				return t.Answer
			}
		}
	}
	return ""
}

// note is what somebody has to be asked about an answer that was not stored.
func (c typedConsents) note(t *i18n.Printer, who string) string {
	for _, taken := range c.result {
		switch {
		case taken.Who != who:
		case taken.Outcome == consent.Clash && taken.Now.ID == "":
			return t.T("consent.clash.gone")
		case taken.Outcome == consent.Clash:
			return t.T("consent.clash", "name", taken.Now.ByName, "theirs", answerWord(t, false, taken.Now.Answer),
				"mine", answerWord(t, false, taken.Mine))
		case taken.Outcome == consent.Gone:
			return t.T("consent.gone")
		}
	}
	return ""
}

func (s *Server) showConsent(w http.ResponseWriter, r *http.Request) error {
	return s.renderConsent(w, r, http.StatusOK, r.URL.Query().Get("session"), typedConsents{})
}

func (s *Server) renderConsent(w http.ResponseWriter, r *http.Request, status int, session string, typed typedConsents) error {
	v := visitOf(r)
	c, err := s.Consents.Get(r.Context(), v.who.Subject, r.PathValue("id"), session)
	if err != nil {
		return err
	}
	if !c.Rule.Asks() || !c.MayRecord {
		return errs.New(errs.NotFound, "")
	}
	_, members, err := s.Groups.Members(r.Context(), v.who.Subject, c.ID)
	if err != nil {
		return err
	}
	page := s.page(r, v.texts.T("consent.title"))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, status, views.ConsentView(page, s.consentView(v, c, members, typed)))
}

func (s *Server) consentView(v *visit, c consent.View, members []group.Member, typed typedConsents) views.ConsentPage {
	t := v.texts
	data := views.ConsentPage{Back: groupHref(c.ID), BackText: c.Name, Action: consentHref(c.ID), All: consentHref(c.ID), Session: c.Session.ID,
		Told: consentTold(t, c.Standing), Children: c.Rule.Children, Fields: s.consentFields(t, c, typed, ""), Form: typed.form}
	if c.Ended() {
		data.Ended = t.T("round.ended."+string(c.EndedHow), "on", t.Date(c.EndedOn))
	}
	if c.Session.ID != "" {
		data.Scope = t.T("consent.scope", "session", consentSession(t, c.Session))
	}
	if data.Counts = c.Attendance == round.CountsOnly; data.Counts && c.Rule.Participants {
		for _, x := range c.Filmed {
			answer := consent.AnswerOn(c.Said[x.ID], x.ID, c.Today)
			data.Rows = append(data.Rows, s.consentRow(t, c, x.ID, i18n.Capital(consentSession(t, x)), answer, true, typed))
		}
	}
	s.addMembers(t, c, members, typed, &data)
	s.addLeaders(v, c, typed, &data)
	if c.Session.ID == "" && !data.Counts && !c.Ended() {
		for _, x := range c.Filmed {
			if !x.On.Before(c.Today) {
				data.Sessions = append(data.Sessions, views.Link{Href: consentHref(c.ID) + "?session=" + x.ID, Text: i18n.Capital(consentSession(t, x))})
			}
		}
	}
	return data
}

// addMembers adds those who take part and are asked, and those who have left and have a yes to take back.
func (s *Server) addMembers(t *i18n.Printer, c consent.View, members []group.Member, typed typedConsents, data *views.ConsentPage) {
	for _, m := range members {
		row := s.consentRow(t, c, m.ID, nameOfMember(t, m), c.Answer(m.ID), false, typed)
		if !m.Erased {
			row.Sub = t.T("language." + m.Language)
		}
		switch {
		case c.IsAsked(m.ID):
			data.Rows = append(data.Rows, row)
			data.Waiting = data.Waiting || row.Was == "" && len(row.Options) > 0
		case !m.Here() && c.Session.ID == "" && c.Answer(m.ID).Answer == consent.Given:
			row.Sub, row.Options = goneText(t, m), []views.Option{consentOption(t, false, consent.Given, row.Was), consentOption(t, false, consent.Withdrawn, row.Was)}
			data.Left = append(data.Left, row)
		}
	}
}

// addLeaders adds those who lead: each says their own.
func (s *Server) addLeaders(v *visit, c consent.View, typed typedConsents, data *views.ConsentPage) {
	t := v.texts
	for _, a := range c.Standing.Asked {
		if !a.Leader {
			continue
		}
		row := s.consentRow(t, c, a.Who, nameOfStaff(c.Leading, a.Who), a.Answer, false, typed)
		if a.Who != v.who.Subject.Person {
			row.Options = nil
			if row.State == "" {
				row.State = t.T("consent.own.waits")
			}
		} else {
			row.Sub = t.T("consent.own")
		}
		data.Leaders = append(data.Leaders, row)
	}
}

// consentSession is a session by its number and day.
func consentSession(t *i18n.Printer, x round.Session) string {
	return t.T("consent.session", "number", x.Number, "on", t.DayAndMonth(x.On))
}

func nameOfMember(t *i18n.Printer, m group.Member) string {
	if m.Erased {
		return t.T("participant.erased")
	}
	return m.Name
}

func nameOfStaff(staff []round.StaffMember, person string) string {
	if i := slices.IndexFunc(staff, func(m round.StaffMember) bool { return m.PersonID == person }); i >= 0 {
		return staff[i].Name
	}
	return ""
}

// consentRow is somebody's answer, with what can be answered instead.
func (s *Server) consentRow(t *i18n.Printer, c consent.View, who, name string, answer consent.Stored, together bool, typed typedConsents) views.ConsentRow {
	row := views.ConsentRow{ID: who, Name: name, Seen: c.Seen(who), Was: string(answer.Answer), Note: typed.note(t, who)}
	if answer.ID != "" {
		row.State = consentState(t, together, answer)
		if answer.Session == "" && c.Session.ID != "" {
			row.State += " " + t.T("consent.state.whole")
		}
	}
	chosen := answer.Answer
	if mine := typed.of(who); mine != "" && !typed.result.Has(consent.Kept) && row.Note == "" {
		chosen = mine
	}
	for _, a := range answersAfter(c, answer.Answer) {
		row.Options = append(row.Options, consentOption(t, together, a, string(chosen)))
	}
	if row.Note != "" { // asked anew
		for i := range row.Options {
			row.Options[i].Chosen = false
		}
		row.Was = ""
	}
	return row
}

// answersAfter is what can be answered after an answer: a yes can be taken back, and in a round that is over nothing else can.
func answersAfter(c consent.View, answer consent.Answer) []consent.Answer {
	switch {
	case c.Ended() && answer == consent.Given:
		return []consent.Answer{consent.Given, consent.Withdrawn}
	case c.Ended():
		return nil
	case answer == consent.Given, answer == consent.Withdrawn:
		return []consent.Answer{consent.Given, consent.Refused, consent.Withdrawn}
	default:
		return []consent.Answer{consent.Given, consent.Refused}
	}
}

func consentOption(t *i18n.Printer, together bool, a consent.Answer, chosen string) views.Option {
	return views.Option{Value: string(a), Text: answerWord(t, together, a), Chosen: string(a) == chosen}
}

// answerWord is an answer of one person, or of all who take part in a session together.
func answerWord(t *i18n.Printer, together bool, a consent.Answer) string {
	if together {
		return t.T("consent.group." + string(a))
	}
	return t.T("consent.answer." + string(a))
}

// consentState is an answer in a sentence: what, on which day, and how.
func consentState(t *i18n.Printer, together bool, a consent.Stored) string {
	return t.T("consent.state", "answer", answerWord(t, together, a.Answer), "on", t.Date(a.On), "how", t.T("consent.how."+string(a.How)+".long"))
}

// consentFields is how, when and in which language answers were given, as typed, or as is usual; own is the language of the only one who is
// asked, empty for many.
func (s *Server) consentFields(t *i18n.Printer, c consent.View, typed typedConsents, own string) views.ConsentFields {
	how, language, f := consent.OnPaper, own, views.ConsentFields{On: c.Today.String()}
	if b := typed.batch; b != nil {
		how, language = b.How, b.Language
		if f.On = ""; !b.On.IsZero() {
			f.On = b.On.String()
		}
	}
	for _, h := range consent.Hows {
		f.Hows = append(f.Hows, views.Option{Value: string(h), Text: t.T("consent.how." + string(h)), Chosen: h == how})
	}
	if own == "" {
		f.Languages = append(f.Languages, views.Option{Text: t.T("consent.language.each", "language", t.T("language."+c.Language)), Chosen: language == ""})
	}
	for _, l := range group.Languages {
		f.Languages = append(f.Languages, views.Option{Value: l, Text: i18n.Capital(t.T("language." + l)), Chosen: l == language})
	}
	return f
}

// consentTold is how many have answered what, and what follows. It names nobody.
func consentTold(t *i18n.Printer, s consent.Standing) views.ConsentTold {
	var told views.ConsentTold
	line := func(key string, args ...any) { told.Lines = append(told.Lines, t.T(key, args...)) }
	count := func(leader, group bool, of func(consent.Asked) bool) int {
		return s.Count(func(a consent.Asked) bool { return a.Leader == leader && a.Group == group && of(a) })
	}
	all := func(consent.Asked) bool { return true }
	if n := count(false, false, consent.Missing); n > 0 {
		line("consent.told.missing", "n", n, "of", count(false, false, all))
	}
	if n := count(false, false, consent.SaysNo); n > 0 {
		line("consent.told.no", "n", n)
	}
	if count(false, true, consent.Missing) > 0 {
		line("consent.told.group")
	}
	if count(false, true, consent.SaysNo) > 0 {
		line("consent.told.group.no")
	}
	if n := count(true, false, consent.Missing); n > 0 {
		line("consent.told.leaders", "n", n, "of", count(true, false, all))
	}
	if n := count(true, false, consent.SaysNo); n > 0 {
		line("consent.told.leaders.no", "n", n)
	}
	verdict := s.Verdict()
	if verdict == consent.May && len(s.Asked) == 0 {
		return told
	}
	told.Follows, told.Colour = t.T("consent.follows."+string(verdict)), "warning"
	switch {
	case verdict == consent.May:
		told.Colour = "success"
	case verdict == consent.Beside:
		told.Colour = "info"
	case verdict == consent.Waits && s.Count(consent.SaysNo) > 0: // of who sits beside the picture: another no is no for all
		told.Follows += " " + t.T("consent.follows.beside")
	case verdict == consent.MayNot && s.LeaderSaysNo():
		told.Follows = t.T("consent.follows.may-not.leader")
	}
	return told
}

// batchOfConsents reads what was taken down: an answer for each, beside the id of what was shown. One that is as it was shown is left out, but
// on a participant's own page, where another day or way may be what is changed.
func batchOfConsents(r *http.Request) consent.Batch {
	b := consent.Batch{Session: r.PostFormValue("consent-session"), How: consent.How(r.PostFormValue("consent-how")), Language: r.PostFormValue("consent-language")}
	b.On, _ = clock.ParseDate(r.PostFormValue("consent-on")) // the zero Date is refused
	var who []string
	for name := range r.PostForm {
		for _, prefix := range []string{"seen.", "answer."} {
			if id, ok := strings.CutPrefix(name, prefix); ok && !slices.Contains(who, id) {
				who = append(who, id)
			}
		}
	}
	slices.Sort(who)
	for _, id := range who {
		t := consent.Tick{Who: id, Answer: consent.Answer(r.PostFormValue("answer." + id)), Seen: r.PostFormValue("seen." + id)}
		if t.Answer == "" && r.PostFormValue("all") != "" && id != visitOf(r).who.Subject.Person { // one's own is said by itself
			t.Answer = consent.Answer(r.PostFormValue("all"))
		}
		if t.Answer != "" && (string(t.Answer) != r.PostFormValue("was."+id) || r.PostFormValue("participant") != "") {
			b.Ticks = append(b.Ticks, t)
		}
	}
	return b
}

func (s *Server) saveConsent(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	id, participant := r.PathValue("id"), r.PostFormValue("participant")
	b := batchOfConsents(r)
	again := func(status int, typed typedConsents) error {
		typed.batch = &b
		if participant != "" {
			r.SetPathValue("participant", participant)
			return s.renderParticipant(w, r, status, refused{consents: &typed})
		}
		return s.renderConsent(w, r, status, b.Session, typed)
	}
	result, err := s.Consents.Record(r.Context(), v.who.Subject, id, consent.Filming, b, v.id)
	switch {
	case errs.Is(err, errs.Invalid) && keyOf(err) == "":
		return again(http.StatusUnprocessableEntity, typedConsents{form: formOf(v.texts, err)})
	case err != nil:
		return err
	case result.Has(consent.Clash), result.Has(consent.Gone):
		return again(http.StatusConflict, typedConsents{result: result})
	}
	to, flash := consentHref(id), "flash.consent.saved"
	if len(result) == 0 {
		flash = "flash.consent.nothing"
	}
	switch {
	case participant != "":
		to = groupHref(id) + "/" + url.PathEscape(participant) + "#consent"
	case b.Session != "":
		to += "?session=" + b.Session
	}
	return s.redirect(w, r, to, flash)
}
