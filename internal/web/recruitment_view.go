package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"hemvist/internal/clock"
	"hemvist/internal/i18n"
	"hemvist/internal/round"
	"hemvist/internal/round/recruitment"
	"hemvist/internal/web/views"
)

// Values of the page's forms that are none of the room's.
const (
	missed   = "missed" // nobody came to the talk
	anyRound = "any"    // whichever round comes
)

var interestColours = map[recruitment.State]string{recruitment.Fresh: "warning", recruitment.Booked: "info", recruitment.Talked: "info",
	recruitment.Waiting: "brand1", recruitment.Offered: "info", recruitment.Joined: "success", recruitment.NotNow: "neutral"}

func interestTag(t *i18n.Printer, st recruitment.State) views.Tag {
	return views.Tag{Text: t.T("recruitment.state." + string(st)), Colour: interestColours[st]}
}

// interestRow is one row of a list.
func interestRow(t *i18n.Printer, row recruitment.Row, today clock.Date) views.InterestRow {
	view := views.InterestRow{Href: interestedHref(row.ID), Name: row.Name, State: interestTag(t, row.State), Language: i18n.Capital(t.T("language." + row.Language)),
		Child: childText(t, row), Next: interestNow(t, row, today)}
	if row.Interpreter {
		view.Language = t.T("recruitment.with-interpreter", "language", view.Language)
	}
	if row.Erased {
		view.Name, view.Child = t.T("recruitment.erased"), "–"
	}
	switch {
	case row.Protected:
		view.Sub = t.T("recruitment.protected.short")
	case row.Source == recruitment.Referral:
		view.Sub = t.T("recruitment.source.referral.short")
	}
	if row.Outside() {
		view.Sub = strings.TrimPrefix(view.Sub+". "+t.T("participant.tag.age", "range", numbersText(row.Ages)), ". ")
	}
	if row.Double {
		view.Sub = strings.TrimPrefix(view.Sub+". "+t.T("recruitment.double.short"), ". ")
	}
	return view
}

func childText(t *i18n.Printer, row recruitment.Row) string {
	if row.Child < 0 {
		return "–"
	}
	return t.T("recruitment.years", "n", row.Child)
}

// interestNow is where an interest stands, in a sentence.
func interestNow(t *i18n.Printer, row recruitment.Row, today clock.Date) string {
	key, args := "recruitment.now."+string(row.State), []any{"round", row.Round}
	switch row.State {
	case recruitment.Fresh:
		args = append(args, "on", t.DayAndMonth(clock.DateOf(row.Received.In(stockholm))))
	case recruitment.Booked:
		args = append(args, "on", t.DayAndMonth(row.TalkOn), "time", t.TimeOfDay(row.TalkStarts))
		switch {
		case row.TalkOn == today:
			key += ".today"
		case row.TalkOn.Before(today):
			key += ".past"
		}
	case recruitment.Offered:
		args = append(args, "on", t.DayAndMonth(row.AnswerBy))
		if row.AnswerBy.Before(today) {
			key += ".late"
		}
	case recruitment.Waiting:
		args = append(args, "on", t.DayAndMonth(clock.DateOf(row.WaitsSince.In(stockholm))))
		if row.RoundID == "" {
			key += ".any"
		}
	}
	return t.T(key, args...)
}

// renderInterest shows an interest; act is the form of its page that was refused, and form what is wrong with it.
func (s *Server) renderInterest(w http.ResponseWriter, r *http.Request, status int, act string, form views.Form) error {
	v := visitOf(r)
	t := v.texts
	x, err := s.Recruitment.Get(r.Context(), v.who.Subject, r.PathValue("interest"))
	if err != nil {
		return err
	}
	data := views.Interest{Href: interestedHref(x.ID), Seen: strconv.Itoa(x.Facts), State: interestTag(t, x.State), Erased: x.Erased,
		Now: interestNow(t, x.Row, x.Today), When: x.When, Act: act, Form: form, MaxNote: strconv.Itoa(recruitment.MaxText),
		Kept: t.T("recruitment.kept", "on", t.Date(x.KeptUntil())), MayErase: !x.Erased, MayReopen: !x.Erased && x.State.May(recruitment.Reopen)}
	if x.Phone != "" {
		data.Phone = views.Link{Href: "tel:" + strings.Map(dialable, x.Phone), Text: x.Phone}
	}
	if x.Protected && !x.Erased {
		data.Protected = t.T("recruitment.protected.text")
		if x.Phone == "" {
			data.Protected = t.T("recruitment.protected.no-phone")
		}
	}
	if x.Email != "" {
		data.Email = views.Link{Href: "mailto:" + x.Email, Text: x.Email}
		if x.Protected { // whom nobody writes to
			data.Email.Href = ""
		}
	}
	for _, other := range x.Doubles {
		data.Doubles = append(data.Doubles, views.Link{Href: interestedHref(other.ID), Text: t.T("recruitment.double", "name", other.Name, "state", strings.ToLower(t.T("recruitment.state."+string(other.State))))})
	}
	data.Facts = s.interestFacts(t, x)
	for _, f := range x.Steps {
		data.Steps = append(data.Steps, interestStep(t, f))
	}
	if x.State == recruitment.Joined && x.RoundID != "" {
		data.JoinedText = t.T("recruitment.joined." + staysBehind(x, "text"))
		data.Joined = views.Link{Href: "/rounds/" + x.RoundID + "/participants", Text: t.T("recruitment.joined.open", "round", x.Round)}
	}
	name := x.Name
	if x.Erased {
		name = t.T("recruitment.erased")
	} else {
		s.interestForms(t, r, x, &data)
	}
	page := s.page(r, name)
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, status, views.InterestPage(page, data))
}

// staysBehind is the word for why what somebody told does not come along to the round that they join, or have joined; otherwise when it does.
func staysBehind(x recruitment.Interest, otherwise string) string {
	keeps := round.Named
	for _, p := range x.Rounds {
		if p.ID == x.RoundID {
			keeps = p.Attendance
		}
	}
	switch {
	case keeps == round.CountsOnly:
		return "counts"
	case keeps == round.Pseudonymous:
		return "pseudonym"
	case x.Protected:
		return "protected"
	}
	return otherwise
}

// dialable leaves of a telephone number what a telephone dials.
func dialable(r rune) rune {
	if r >= '0' && r <= '9' || r == '+' {
		return r
	}
	return -1
}

func (s *Server) interestFacts(t *i18n.Printer, x recruitment.Interest) []views.Fact {
	language := i18n.Capital(t.T("language." + x.Language))
	if x.Interpreter {
		language = t.T("recruitment.with-interpreter", "language", language)
	}
	facts := []views.Fact{{Name: t.T("recruitment.column.language"), Value: language}, {Name: t.T("recruitment.column.child"), Value: childText(t, x.Row)}}
	if x.Outside() {
		facts[1].Value = t.T("recruitment.child.outside", "age", facts[1].Value, "range", numbersText(x.Ages))
	}
	if x.Referrer != "" {
		facts = append(facts, views.Fact{Name: t.T("recruitment.referred-by"), Value: t.T("recruitment.referred", "name", x.Referrer, "workplace", x.Workplace)})
	}
	return append(facts, views.Fact{Name: t.T("recruitment.board"), Value: x.Board})
}

// interestStep is one thing that was done, in words.
func interestStep(t *i18n.Printer, f recruitment.Fact) views.InterestStep {
	args := []any{"round", f.Round, "by", f.TalkBy, "place", f.Place}
	if !f.TalkOn.IsZero() {
		args = append(args, "on", t.DayAndMonth(f.TalkOn), "time", t.TimeOfDay(f.Starts))
	}
	if !f.AnswerBy.IsZero() {
		args = append(args, "on", t.DayAndMonth(f.AnswerBy), "how", t.T("recruitment.how."+string(f.How)+".did"))
	}
	key := "recruitment.did." + string(f.Event)
	switch {
	case f.Event == recruitment.Queue && f.RoundID == "":
		key += ".any"
	case f.Event == recruitment.Hold:
		args = append(args, "outcome", t.T("recruitment.outcome."+f.Reason))
	case f.Reason != "":
		args = append(args, "reason", strings.ToLower(t.T("recruitment.reason."+f.Reason)))
	case f.Event == recruitment.Book && f.Place == "": // which has been erased
		key += ".erased"
	}
	step := views.InterestStep{Title: t.T(key, args...), When: t.Instant(f.At, stockholm), Note: f.Note}
	if f.By != "" {
		step.When = t.T("recruitment.step.by", "when", step.When, "name", f.By)
	}
	return step
}

// interestForms are the forms of what can be done about an interest now, with what was typed into the one that was refused.
func (s *Server) interestForms(t *i18n.Printer, r *http.Request, x recruitment.Interest, data *views.Interest) {
	typed := func(act, field, otherwise string) string {
		if data.Act == act {
			return r.PostFormValue(field)
		}
		return otherwise
	}
	if x.State.May(recruitment.Book) {
		f := &views.InterestTalk{Moves: x.State != recruitment.Fresh, On: typed("talk", "on", ""), At: typed("talk", "at", ""), Place: typed("talk", "place", "")}
		by := typed("talk", "by", visitOf(r).who.Subject.Person)
		f.By = talkers(t, x.Leaders, by)
		data.Talk = f
	}
	if x.State.May(recruitment.Hold) {
		data.NoteTalk = noteForm(t, x, typed)
	}
	if x.State.May(recruitment.Offer) {
		data.Offer = s.offerForm(t, x, typed)
	}
	if x.State == recruitment.Offered {
		s.answerForm(t, x, data, typed)
	}
	if x.State.May(recruitment.Queue) {
		f := &views.InterestWait{}
		chosen := typed("wait", "wait-round", "")
		for _, p := range x.Rounds {
			if x.State == recruitment.Waiting && p.ID == x.RoundID {
				continue
			}
			f.Rounds = append(f.Rounds, views.Option{Value: p.ID, Text: t.T("recruitment.wait.option", "round", p.Name, "n", p.Waiting), Chosen: p.ID == chosen})
		}
		if x.State != recruitment.Waiting || x.RoundID != "" {
			f.Rounds = append(f.Rounds, views.Option{Value: anyRound, Text: t.T("recruitment.wait.any"), Chosen: anyRound == chosen || len(f.Rounds) == 0})
		}
		if len(f.Rounds) > 0 {
			data.Wait = f
		}
	}
	if x.State.May(recruitment.End) {
		f := &views.InterestEnd{Note: typed("end", "end-note", ""), Decline: x.State == recruitment.Offered}
		for _, reason := range recruitment.Reasons {
			f.Reasons = append(f.Reasons, views.Option{Value: reason, Text: t.T("recruitment.reason." + reason), Chosen: reason == typed("end", "reason", "")})
		}
		data.End = f
	}
}

// talkers are those who may hold a talk; of several with one name the address says which is which.
func talkers(t *i18n.Printer, leaders []recruitment.Named, chosen string) []views.Option {
	names := map[string]int{}
	for _, leader := range leaders {
		names[leader.Name]++
	}
	options := make([]views.Option, len(leaders))
	for i, leader := range leaders {
		options[i] = views.Option{Value: leader.ID, Text: leader.Name, Chosen: leader.ID == chosen}
		if names[leader.Name] > 1 {
			options[i].Text = t.T("recruitment.talk.by.option", "name", leader.Name, "email", leader.Email)
		}
	}
	return options
}

// noteForm takes down how a talk went: the one that is booked, or one that was held before its day or without being booked.
func noteForm(t *i18n.Printer, x recruitment.Interest, typed func(act, field, otherwise string) string) *views.InterestNote {
	f := &views.InterestNote{About: interestNow(t, x.Row, x.Today), Note: typed("note", "note", ""), Early: x.State != recruitment.Booked || x.TalkOn.After(x.Today)}
	outcomes := slices.Clone(recruitment.Outcomes)
	if !f.Early {
		outcomes = append(outcomes, missed)
	}
	for _, outcome := range outcomes {
		f.Outcomes = append(f.Outcomes, views.Option{Value: outcome, Text: t.T("recruitment.outcome." + outcome), Chosen: outcome == typed("note", "outcome", "")})
	}
	return f
}

// answerWithin is how many days there are to answer an offer, when the leader says nothing else.
const answerWithin = 7

func (s *Server) offerForm(t *i18n.Printer, x recruitment.Interest, typed func(act, field, otherwise string) string) *views.InterestOffer {
	f := &views.InterestOffer{AnswerBy: typed("offer", "answer-by", x.Today.AddDays(answerWithin).String())}
	chosen := typed("offer", "round", x.RoundID)
	var running []views.Option
	for _, p := range x.Rounds {
		option := views.Option{Value: p.ID, Text: offerText(t, p, x.Today), Chosen: p.ID == chosen}
		switch {
		case !p.MayAdd:
		case p.Full():
			f.Full = append(f.Full, t.T("recruitment.offer.full", "round", p.Name))
		case p.FirstOn.Before(x.Today):
			running = append(running, option)
		default:
			f.Rounds = append(f.Rounds, option)
		}
	}
	f.Rounds = append(f.Rounds, running...)
	if len(f.Rounds) == 1 {
		f.Rounds[0].Chosen = true
	}
	f.NoRound = len(f.Rounds) == 0
	how := typed("offer", "how", string(recruitment.ByPhone))
	for _, h := range x.Hows {
		f.Hows = append(f.Hows, views.Option{Value: string(h), Text: t.T("recruitment.how." + string(h)), Chosen: string(h) == how})
	}
	return f
}

// offerText is a round that a place can be offered in: from when, or how far it has come, and how many places it has left.
func offerText(t *i18n.Printer, p recruitment.Places, today clock.Date) string {
	when := t.T("recruitment.offer.from", "from", t.DayAndMonth(p.FirstOn))
	if p.FirstOn.Before(today) {
		when = t.T("recruitment.offer.running", "held", p.SessionsHeld, "of", p.Sessions)
	}
	if free, unlimited := p.Free(); !unlimited {
		return t.T("recruitment.offer.option", "round", p.Name, "when", when, "n", free)
	}
	return t.T("recruitment.offer.option.unlimited", "round", p.Name, "when", when)
}

func (s *Server) answerForm(t *i18n.Printer, x recruitment.Interest, data *views.Interest, typed func(act, field, otherwise string) string) {
	f := &views.InterestAnswer{About: interestNow(t, x.Row, x.Today), Typed: typed("answer", "pseudonym", "")}
	for _, p := range x.Rounds {
		if p.ID == x.RoundID {
			data.MayJoin = p.MayAdd
			f.Pseudonym = p.Attendance == round.Pseudonymous
		}
	}
	if why := staysBehind(x, ""); why != "" {
		f.Stays = t.T("recruitment.answer." + why)
	}
	data.Answer = f
}
