package web

import (
	"net/http"
	"net/url"
	"strconv"

	"hemvist/internal/clock"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/site"
	"hemvist/internal/web/views"
)

// feedbackHref is the form by which one writes about the page that is being answered.
func feedbackHref(r *http.Request) string {
	page := site.CleanPage(r.URL.Path)
	if page == "" || page == "/feedback" {
		return "/feedback"
	}
	return "/feedback?" + url.Values{"page": {page}}.Encode()
}

func (s *Server) showFeedback(w http.ResponseWriter, r *http.Request) error {
	return s.renderFeedback(w, r, http.StatusOK, "", views.Feedback{Page: site.CleanPage(r.URL.Query().Get("page"))})
}

func (s *Server) renderFeedback(w http.ResponseWriter, r *http.Request, status int, kind string, data views.Feedback) error {
	t := visitOf(r).texts
	for _, k := range site.Kinds {
		data.Kinds = append(data.Kinds, views.Option{Value: string(k), Text: t.T("feedback.kind." + string(k)), Chosen: string(k) == kind})
	}
	data.Max = strconv.Itoa(site.MaxFeedback)
	return s.render(w, r, status, views.FeedbackPage(s.page(r, t.T("feedback.title")), data))
}

func (s *Server) sendFeedback(w http.ResponseWriter, r *http.Request) error {
	if err := s.admit(r); err != nil {
		return err
	}
	v := visitOf(r)
	n := site.NewFeedback{Kind: site.Kind(r.PostFormValue("kind")), Body: r.PostFormValue("body"), Contact: r.PostFormValue("contact"),
		Page: r.PostFormValue("page"), Language: v.texts.Lang(), Trap: r.PostFormValue("website")}
	reference, err := s.Site.Send(r.Context(), n, v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderFeedback(w, r, http.StatusUnprocessableEntity, string(n.Kind),
			views.Feedback{Body: n.Body, Contact: n.Contact, Page: site.CleanPage(n.Page), Form: formOf(v.texts, err)})
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, "/feedback/received/"+reference, "")
}

// showReceived thanks whoever wrote. The reference stands in the address alone: the page asks nothing of what is stored.
func (s *Server) showReceived(w http.ResponseWriter, r *http.Request) error {
	reference := r.PathValue("reference")
	if !site.IsReference(reference) {
		return errs.New(errs.NotFound, "")
	}
	return s.render(w, r, http.StatusOK, views.ReceivedPage(s.page(r, visitOf(r).texts.T("feedback.received.title")), views.Received{Reference: reference}))
}

// showAnswer shows an answer to whoever has the link to it.
func (s *Server) showAnswer(w http.ResponseWriter, r *http.Request) error {
	if err := s.admit(r); err != nil {
		return err
	}
	t := visitOf(r).texts
	told, err := s.Site.ReadAnswer(r.Context(), r.URL.Query().Get("code"))
	if err != nil {
		return err
	}
	data := views.Answer{Text: t.T("feedback.told.text", "reference", told.Reference, "when", t.Date(clock.DateOf(told.At.In(stockholm)))), Answer: told.Answer}
	return s.render(w, r, http.StatusOK, views.AnswerPage(s.page(r, t.T("feedback.told.title")), data))
}

func (s *Server) listFeedback(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	t := v.texts
	asked := r.URL.Query()
	q := site.Query{}
	data := views.Inbox{States: []views.Option{{Text: t.T("feedback.all-states")}}, Kinds: []views.Option{{Text: t.T("feedback.all-kinds")}}}
	for _, state := range site.FeedbackStates {
		chosen := asked.Get("state") == string(state)
		if chosen {
			q.State, data.Filtered = state, true
		}
		data.States = append(data.States, views.Option{Value: string(state), Text: t.T("feedback.state." + string(state)), Chosen: chosen})
	}
	for _, kind := range site.Kinds {
		chosen := asked.Get("kind") == string(kind)
		if chosen {
			q.Kind, data.Filtered = kind, true
		}
		data.Kinds = append(data.Kinds, views.Option{Value: string(kind), Text: t.T("feedback.kind." + string(kind)), Chosen: chosen})
	}
	q.Page = pageIn(asked)
	found, err := s.Site.Inbox(r.Context(), v.who.Subject, q)
	if err != nil {
		return err
	}
	data.Summary = t.T("feedback.summary", "n", found.Total)
	if found.More {
		data.Summary = t.T("feedback.summary.more", "n", found.Total)
	}
	for _, row := range found.Rows {
		data.Rows = append(data.Rows, inboxRow(t, row))
	}
	data.Pager = listAt("/feedback/inbox", "state", string(q.State), "kind", string(q.Kind)).pager(t, found.Query.Page, found.Pages())
	return s.render(w, r, http.StatusOK, views.InboxPage(s.page(r, t.T("feedback.inbox.title")), data))
}

func inboxRow(t *i18n.Printer, row site.Row) views.InboxRow {
	view := views.InboxRow{Href: "/feedback/inbox/" + row.ID, Reference: row.Reference, Beginning: row.Beginning, Kind: t.T("feedback.kind." + string(row.Kind)),
		Received: t.DateShort(clock.DateOf(row.Received.In(stockholm))), Due: "–", State: feedbackTag(t, row)}
	if row.State == site.Open {
		view.Due = t.DateShort(row.Due)
	}
	return view
}

func feedbackTag(t *i18n.Printer, row site.Row) views.Tag {
	switch {
	case row.Late:
		return views.Tag{Text: t.T("feedback.late"), Colour: "danger"}
	case row.State == site.Open:
		return views.Tag{Text: t.T("feedback.state.open"), Colour: "warning"}
	case row.State == site.Answered:
		return views.Tag{Text: t.T("feedback.state.answered"), Colour: "success"}
	default:
		return views.Tag{Text: t.T("feedback.state.closed"), Colour: "neutral"}
	}
}

func (s *Server) showFeedbackItem(w http.ResponseWriter, r *http.Request) error {
	return s.renderFeedbackItem(w, r, http.StatusOK, site.Reply{}, views.Form{})
}

func (s *Server) renderFeedbackItem(w http.ResponseWriter, r *http.Request, status int, typed site.Reply, form views.Form) error {
	v := visitOf(r)
	t := v.texts
	f, err := s.Site.Get(r.Context(), v.who.Subject, r.PathValue("feedback"))
	if err != nil {
		return err
	}
	data := views.InboxItem{Href: "/feedback/inbox/" + f.ID, Reference: f.Reference, Body: f.Body, Language: f.Language, Contact: f.Contact, Seen: strconv.Itoa(len(f.Steps)),
		Answer: typed.Text, Max: strconv.Itoa(site.MaxFeedback), State: feedbackTag(t, f.Row), Erased: f.Erased, MayWrite: f.MayWrite, NoContact: f.Contact == "", Waits: f.State == site.Open,
		Closed: f.State == site.Closed, Form: form}
	data.Facts = []views.Fact{{Name: t.T("feedback.column.kind"), Value: t.T("feedback.kind." + string(f.Kind))},
		{Name: t.T("feedback.column.received"), Value: t.Instant(f.Received, stockholm)}}
	if data.Waits {
		data.Facts = append(data.Facts, views.Fact{Name: t.T("feedback.column.due"), Value: t.Date(f.Due)})
	}
	if f.Page != "" {
		data.Facts = append(data.Facts, views.Fact{Name: t.T("feedback.page.fact"), Value: f.Page})
	}
	contact := views.Fact{Name: t.T("feedback.contact"), Value: f.Contact}
	if f.Contact == "" {
		contact.Value = t.T("feedback.contact.none")
	}
	data.Facts = append(data.Facts, contact)
	for _, step := range f.Steps {
		view := views.InboxStep{Title: t.T("feedback.step." + step.Fact), Answer: step.Answer, When: t.T("site.version.saved", "when", t.Instant(step.At, stockholm), "name", step.By)}
		if step.How != "" {
			view.Title += ": " + t.T("feedback.how."+string(step.How))
		}
		data.Steps = append(data.Steps, view)
	}
	for _, how := range site.Hows {
		if how == site.ByLetter && !f.MayWrite {
			continue
		}
		data.Hows = append(data.Hows, views.Option{Value: string(how), Text: i18n.Capital(t.T("feedback.how." + string(how))), Chosen: how == typed.How})
	}
	page := s.page(r, t.T("feedback.item.title", "reference", f.Reference))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, status, views.InboxItemPage(page, data))
}

// seenSteps is how many steps the page that sent the form showed.
func seenSteps(r *http.Request) int {
	n, err := strconv.Atoi(r.PostFormValue("seen"))
	if err != nil {
		return -1 // which is never so, and is answered as any that is out of date
	}
	return n
}

func (s *Server) answerFeedback(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	id := r.PathValue("feedback")
	reply := site.Reply{How: site.How(r.PostFormValue("how")), Text: r.PostFormValue("answer"), Seen: seenSteps(r)}
	return s.afterStep(w, r, s.Site.Answer(r.Context(), v.who.Subject, id, reply, v.id), reply, "flash.feedback.answered")
}

func (s *Server) closeFeedback(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	return s.afterStep(w, r, s.Site.Close(r.Context(), v.who.Subject, r.PathValue("feedback"), seenSteps(r), v.id), site.Reply{}, "flash.feedback.closed")
}

func (s *Server) reopenFeedback(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	return s.afterStep(w, r, s.Site.Reopen(r.Context(), v.who.Subject, r.PathValue("feedback"), seenSteps(r), v.id), site.Reply{}, "flash.feedback.reopened")
}

// afterStep leads back to the feedback, or shows it with what is wrong and what was typed.
func (s *Server) afterStep(w http.ResponseWriter, r *http.Request, err error, typed site.Reply, flash string) error {
	if errs.Is(err, errs.Invalid) {
		return s.renderFeedbackItem(w, r, http.StatusUnprocessableEntity, typed, formOf(visitOf(r).texts, err))
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, "/feedback/inbox/"+url.PathEscape(r.PathValue("feedback")), flash)
}
