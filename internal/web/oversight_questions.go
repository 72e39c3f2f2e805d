package web

import (
	"net/http"
	"slices"

	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/oversight"
	"hemvist/internal/web/views"
)

// questionColours is the colour of each state of a question.
var questionColours = map[oversight.State]string{oversight.Open: "info", oversight.WasAnswer: "warning", oversight.FollowUp: "danger", oversight.Accepted: "success"}

func questionTag(t *i18n.Printer, q oversight.Question, late bool) views.Tag {
	if late {
		return views.Tag{Text: t.T("log.state.late"), Colour: "warning"}
	}
	return views.Tag{Text: t.T("log.state." + string(q.State)), Colour: questionColours[q.State]}
}

func (s *Server) listQuestions(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	t := v.texts
	found, err := s.Oversight.Questions(r.Context(), v.who.Subject, oversight.State(r.FormValue("state")), pageIn(r.URL.Query()))
	if err != nil {
		return err
	}
	data := views.LogQuestions{Tabs: logTabs(t, logQuestionsPath), Summary: t.T("log.questions.summary", "n", found.Total),
		States: []views.Option{{Text: t.T("log.state.any"), Chosen: found.State == ""}}}
	for _, st := range oversight.States {
		data.States = append(data.States, views.Option{Value: string(st), Text: t.T("log.state." + string(st)), Chosen: found.State == st})
	}
	for _, q := range found.Questions {
		data.Rows = append(data.Rows, views.LogQuestionRow{Href: logQuestionsPath + "/" + q.ID, About: q.About.Name, State: questionTag(t, q, q.Late(found.Today)),
			Asked: moment(t, q.AskedAt), Due: t.Date(q.DueOn), Entries: t.Number(q.Asked)})
	}
	data.Pager = listAt(logQuestionsPath, "state", string(found.State)).pager(t, found.Number, found.Pages())
	page := s.page(r, t.T("log.title"))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, http.StatusOK, views.LogQuestionsPage(page, data))
}

func (s *Server) newQuestion(w http.ResponseWriter, r *http.Request) error {
	return s.renderAsking(w, r, http.StatusOK, oversight.Asking{Entries: r.URL.Query()["entry"]}, nil)
}

func (s *Server) ask(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	a := oversight.Asking{Entries: r.PostForm["entry"], Why: oversight.Why(r.PostFormValue("why")), Words: r.PostFormValue("words")}
	_, err := s.Oversight.Ask(r.Context(), v.who.Subject, a, v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderAsking(w, r, http.StatusUnprocessableEntity, a, err)
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, logQuestionsPath, "flash.log.asked")
}

// renderAsking shows the form of a question; wrong is why what was typed was refused, if it was.
func (s *Server) renderAsking(w http.ResponseWriter, r *http.Request, status int, a oversight.Asking, wrong error) error {
	v := visitOf(r)
	t := v.texts
	entries, err := s.Oversight.AskAbout(r.Context(), v.who.Subject, a.Entries)
	if err != nil {
		return err
	}
	data := views.LogAsking{IDs: a.Entries, Entries: logEntryViews(t, entries), Words: a.Words, Note: t.T("log.ask.note", "n", oversight.AnswerWithin)}
	if wrong != nil {
		data.Form = formOf(t, wrong)
	}
	for _, why := range oversight.Whys {
		data.Whys = append(data.Whys, views.Option{Value: string(why), Text: t.T("log.why." + string(why)), Chosen: why == a.Why})
	}
	return s.render(w, r, status, views.LogAskPage(s.page(r, t.T("log.ask.title")), data))
}

// questionView is what both sides see of a question.
func questionView(t *i18n.Printer, q oversight.Question, late bool) views.LogQuestion {
	view := views.LogQuestion{State: questionTag(t, q, late), Why: t.T("log.why." + string(q.Why)), Words: q.Words, Entries: logEntryViews(t, q.Entries),
		MayJudge: q.MayJudge, MayAccept: q.MayAccept, MayAnswer: q.MayAnswer,
		Facts: []views.Fact{{Name: t.T("log.question.about"), Value: q.About.Name}, {Name: t.T("log.question.by"), Value: q.AskedBy.Name},
			{Name: t.T("log.question.asked"), Value: moment(t, q.AskedAt)}, {Name: t.T("log.question.due"), Value: t.Date(q.DueOn)}}}
	if gone := q.Asked - len(q.Entries); gone > 0 {
		view.Gone = t.T("log.question.gone", "n", gone)
	}
	for _, x := range q.History {
		said := views.LogSaid{Title: t.T("log.said." + string(x.State)), Words: x.Words, By: x.By, When: moment(t, x.At)}
		if x.As != "" {
			said.As = t.T("log.as." + string(x.As))
		}
		view.Said = append(view.Said, said)
	}
	return view
}

func (s *Server) showQuestion(w http.ResponseWriter, r *http.Request) error {
	return s.renderQuestion(w, r, http.StatusOK, nil)
}

func (s *Server) renderQuestion(w http.ResponseWriter, r *http.Request, status int, wrong error) error {
	v := visitOf(r)
	t := v.texts
	q, err := s.Oversight.Question(r.Context(), v.who.Subject, r.PathValue("question"))
	if err != nil {
		return err
	}
	data := questionView(t, q, q.Late(s.Oversight.Today()))
	data.Href, data.Lead = logQuestionsPath+"/"+q.ID, t.T("log.lead."+string(q.State), "name", q.About.Name)
	if q.Own {
		data.Own = t.T("log.error.own")
	}
	if wrong != nil {
		data.Typed, data.Form = r.PostFormValue("words"), formOf(t, wrong)
	}
	page := s.page(r, t.T("log.question.title", "name", q.About.Name))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, status, views.LogQuestionPage(page, data))
}

func (s *Server) judge(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	verdict := oversight.State(r.PostFormValue("verdict"))
	err := s.Oversight.Judge(r.Context(), v.who.Subject, r.PathValue("question"), verdict, r.PostFormValue("words"), v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderQuestion(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	flash := "flash.log.follow-up"
	if verdict == oversight.Accepted {
		flash = "flash.log.accepted"
	}
	return s.redirect(w, r, logQuestionsPath+"/"+r.PathValue("question"), flash)
}

func (s *Server) showMyQuestion(w http.ResponseWriter, r *http.Request) error {
	return s.renderMyQuestion(w, r, http.StatusOK, nil)
}

func (s *Server) renderMyQuestion(w http.ResponseWriter, r *http.Request, status int, wrong error) error {
	v := visitOf(r)
	t := v.texts
	q, err := s.Oversight.MyQuestion(r.Context(), v.who.Subject, r.PathValue("question"))
	if err != nil {
		return err
	}
	data := questionView(t, q, q.Late(s.Oversight.Today()))
	data.Href, data.Lead = myLogPath+"/questions/"+q.ID, t.T("log.mine."+string(q.State))
	for i := range data.Entries {
		data.Entries[i].Who = t.T("log.you")
	}
	data.Facts = slices.Delete(data.Facts, 0, 1) // who it is about is the reader
	for _, as := range oversight.Answers {
		data.Answers = append(data.Answers, views.Option{Value: string(as), Text: t.T("log.as." + string(as)), Chosen: string(as) == r.PostFormValue("as")})
	}
	if wrong != nil {
		data.Typed, data.Form = r.PostFormValue("words"), formOf(t, wrong)
	}
	page := s.page(r, t.T("log.mine.title"))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, status, views.MyQuestionPage(page, data))
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	err := s.Oversight.Answer(r.Context(), v.who.Subject, r.PathValue("question"), oversight.Answered(r.PostFormValue("as")), r.PostFormValue("words"), v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderMyQuestion(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, myLogPath+"/questions/"+r.PathValue("question"), "flash.log.answered")
}
