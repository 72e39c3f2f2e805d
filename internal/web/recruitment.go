package web

import (
	"net/http"
	"strconv"

	"slices"

	"hemvist/internal/errs"
	"hemvist/internal/round/recruitment"
	"hemvist/internal/web/views"
)

const recruitmentPath = "/recruitment"

func interestedHref(id string) string { return recruitmentPath + "/" + id }

func (s *Server) listInterests(w http.ResponseWriter, r *http.Request) error {
	return s.renderInterests(w, r, http.StatusOK, "", "", views.Form{})
}

// renderInterests shows the list; service and typed are of a contact that was refused.
func (s *Server) renderInterests(w http.ResponseWriter, r *http.Request, status int, service, typed string, form views.Form) error {
	v := visitOf(r)
	t := v.texts
	values := r.URL.Query()
	q := recruitment.Query{Page: pageIn(values)}
	if st := recruitment.State(values.Get("state")); slices.Contains(recruitment.States, st) {
		q.State = st
	}
	found, err := s.Recruitment.List(r.Context(), v.who.Subject, q)
	if err != nil {
		return err
	}
	services, err := s.Recruitment.Services(r.Context(), v.who.Subject)
	if err != nil {
		return err
	}
	data := views.Interests{Filtered: q.State != "", Form: form, MaxContact: strconv.Itoa(recruitment.MaxContact), Summary: t.T("recruitment.summary", "n", found.Total)}
	if found.Total == 0 {
		data.Summary = t.T("recruitment.summary.none")
	}
	open := 0
	for _, st := range recruitment.Open {
		open += found.Counts[st]
	}
	data.States = append(data.States, views.Option{Text: t.T("recruitment.state.open", "n", open), Chosen: q.State == ""})
	for _, st := range recruitment.States {
		text := t.T("recruitment.state.count", "state", t.T("recruitment.state."+string(st)), "n", found.Counts[st])
		data.States = append(data.States, views.Option{Value: string(st), Text: text, Chosen: q.State == st})
	}
	for _, row := range found.Rows {
		data.Rows = append(data.Rows, interestRow(t, row, found.Today))
	}
	data.Pager = listAt(recruitmentPath, "state", string(q.State)).pager(t, found.Query.Page, found.Pages())
	for _, at := range services {
		c := views.InterestContact{Service: at.ID(), Title: t.T("recruitment.contact"), Text: at.Contact, Last: at.Contact}
		if len(services) > 1 {
			c.Title = t.T("recruitment.contact.of", "service", serviceName(t, at, services))
		}
		if at.ID() == service && len(form.Wrong) > 0 {
			c.Text, c.Wrong = typed, form.Wrong[0].Text
			data.Form.Wrong[0].Field = "contact-" + service
		}
		data.Contacts = append(data.Contacts, c)
	}
	if len(services) > 0 {
		data.PublicHref = interestHref(services[0].Slug)
	}
	page := s.page(r, t.T("recruitment.title"))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, status, views.InterestsPage(page, data))
}

func (s *Server) setInterestContact(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	service, text := r.PostFormValue("service"), r.PostFormValue("contact")
	err := s.Recruitment.SetContact(r.Context(), v.who.Subject, service, text, r.PostFormValue("last"), v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderInterests(w, r, http.StatusUnprocessableEntity, service, text, formOf(v.texts, err))
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, recruitmentPath+"#public", "flash.recruitment.contact")
}

func (s *Server) newInterest(w http.ResponseWriter, r *http.Request) error {
	return s.renderNewInterest(w, r, http.StatusOK, recruitment.NewInterest{Source: recruitment.TakenDown, Language: "sv"}, views.Form{})
}

func (s *Server) renderNewInterest(w http.ResponseWriter, r *http.Request, status int, n recruitment.NewInterest, form views.Form) error {
	v := visitOf(r)
	t := v.texts
	services, err := s.Recruitment.Services(r.Context(), v.who.Subject)
	if err != nil {
		return err
	}
	data := views.NewInterest{Services: serviceOptions(t, services, n.Service), Typed: interestTyped(n), Languages: parentLanguages(t, n.Language),
		MaxWhen: strconv.Itoa(recruitment.MaxText), Form: form}
	for _, source := range []recruitment.Source{recruitment.TakenDown, recruitment.Referral} {
		data.Sources = append(data.Sources, views.Option{Value: string(source), Text: t.T("recruitment.source." + string(source)), Chosen: source == n.Source})
	}
	return s.render(w, r, status, views.NewInterestPage(s.page(r, t.T("recruitment.new.title")), data))
}

func (s *Server) addInterest(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	n := typedInterest(r)
	id, err := s.Recruitment.Add(r.Context(), v.who.Subject, n, v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderNewInterest(w, r, http.StatusUnprocessableEntity, n, formOf(v.texts, err))
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, interestedHref(id), "flash.recruitment.added")
}

func (s *Server) showInterest(w http.ResponseWriter, r *http.Request) error {
	return s.renderInterest(w, r, http.StatusOK, "", views.Form{})
}

// seenFacts is how much the page that sent the form showed to have been done.
func seenFacts(r *http.Request) recruitment.Seen {
	n, err := strconv.Atoi(r.PostFormValue("seen"))
	if err != nil {
		return -1 // which is never so, and is answered as any that is out of date
	}
	return recruitment.Seen(n)
}

// afterInterest leads back to the interest, or shows it with what is wrong in one of its forms and what was typed there.
func (s *Server) afterInterest(w http.ResponseWriter, r *http.Request, err error, act, flash string) error {
	if errs.Is(err, errs.Invalid) {
		form := formOf(visitOf(r).texts, err)
		if len(form.Wrong) > 0 && form.Wrong[0].Field == "" {
			act = "" // somebody was first: that is about the page, and what it offers may be something else by now
		}
		return s.renderInterest(w, r, http.StatusUnprocessableEntity, act, form)
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, interestedHref(r.PathValue("interest")), flash)
}

func (s *Server) bookTalk(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	talk := recruitment.Talk{On: r.PostFormValue("on"), At: r.PostFormValue("at"), By: r.PostFormValue("by"), Place: r.PostFormValue("place"), Seen: seenFacts(r)}
	return s.afterInterest(w, r, s.Recruitment.Book(r.Context(), v.who.Subject, r.PathValue("interest"), talk, v.id), "talk", "flash.recruitment.booked")
}

func (s *Server) noteTalk(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	outcome := recruitment.Outcome{Held: r.PostFormValue("outcome") != missed, Outcome: r.PostFormValue("outcome"), Note: r.PostFormValue("note"), Seen: seenFacts(r)}
	return s.afterInterest(w, r, s.Recruitment.NoteTalk(r.Context(), v.who.Subject, r.PathValue("interest"), outcome, v.id), "note", "flash.recruitment.noted")
}

func (s *Server) offerPlace(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	offer := recruitment.NewOffer{Round: r.PostFormValue("round"), How: recruitment.How(r.PostFormValue("how")), AnswerBy: r.PostFormValue("answer-by"), Seen: seenFacts(r)}
	return s.afterInterest(w, r, s.Recruitment.Offer(r.Context(), v.who.Subject, r.PathValue("interest"), offer, v.id), "offer", "flash.recruitment.offered")
}

func (s *Server) acceptPlace(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	err := s.Recruitment.Accept(r.Context(), v.who.Subject, r.PathValue("interest"), r.PostFormValue("pseudonym"), seenFacts(r), v.id)
	return s.afterInterest(w, r, err, "answer", "flash.recruitment.joined")
}

func (s *Server) putOnWaitingList(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	to := r.PostFormValue("wait-round")
	if to == anyRound {
		to = ""
	}
	return s.afterInterest(w, r, s.Recruitment.Waits(r.Context(), v.who.Subject, r.PathValue("interest"), to, seenFacts(r), v.id), "wait", "flash.recruitment.waits")
}

func (s *Server) endInterest(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	end := recruitment.Ending{Reason: r.PostFormValue("reason"), Note: r.PostFormValue("end-note"), Seen: seenFacts(r)}
	return s.afterInterest(w, r, s.Recruitment.End(r.Context(), v.who.Subject, r.PathValue("interest"), end, v.id), "end", "flash.recruitment.ended")
}

func (s *Server) reopenInterest(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	return s.afterInterest(w, r, s.Recruitment.Reopen(r.Context(), v.who.Subject, r.PathValue("interest"), seenFacts(r), v.id), "", "flash.recruitment.reopened")
}

func (s *Server) eraseInterest(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	err := s.Recruitment.Erase(r.Context(), v.who.Subject, r.PathValue("interest"), seenFacts(r), v.id)
	if err == nil {
		return s.redirect(w, r, recruitmentPath, "flash.recruitment.erased")
	}
	return s.afterInterest(w, r, err, "", "")
}
