package web

import (
	"net/http"
	"strconv"
	"strings"

	"hemvist/internal/clock"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/round"
	"hemvist/internal/round/group"
	"hemvist/internal/web/views"
)

// readMember reads what was typed of a participant.
func readMember(r *http.Request) group.NewMember {
	return group.NewMember{Name: r.PostFormValue("name"), Phone: r.PostFormValue("phone"), Email: r.PostFormValue("email"), Language: r.PostFormValue("language"),
		Interpreter: r.PostFormValue("interpreter") != "", Protected: r.PostFormValue("protected") != "", Another: r.PostFormValue("another") != "", With: r.PostFormValue("with"), Ages: r.PostFormValue("children")}
}

// changeable is the group when the reader may change who takes part in it.
func (s *Server) changeable(r *http.Request) (group.Group, error) {
	v := visitOf(r)
	g, err := s.Groups.Get(r.Context(), v.who.Subject, r.PathValue("id"))
	switch {
	case err != nil:
		return g, err
	case g.EndedHow != "":
		return g, errs.New(errs.Conflict, "round.error.ended")
	case !g.MayChange:
		return g, errs.New(errs.NotFound, "")
	}
	return g, nil
}

func (s *Server) newParticipant(w http.ResponseWriter, r *http.Request) error {
	return s.renderNewMember(w, r, http.StatusOK, group.NewMember{Language: "sv"}, views.Form{})
}

func (s *Server) renderNewMember(w http.ResponseWriter, r *http.Request, status int, typed group.NewMember, form views.Form) error {
	t := visitOf(r).texts
	g, err := s.changeable(r)
	switch {
	case err != nil:
		return err
	case g.Learners():
		return s.renderLearners(w, r, http.StatusOK, g, "", group.Joined{}, views.Form{})
	case g.Attendance == round.CountsOnly:
		return errs.New(errs.Conflict, "participant.error.not-here")
	}
	data := s.memberForm(t, g, "", typed, form)
	data.Another, data.IsAnother = typed.Another || form.Of("another") != "", typed.Another
	data.Action, data.Button, data.Lead = groupHref(g.ID), t.T("participant.new.save"), t.T("participant.new.lead")
	return s.render(w, r, status, views.NewMemberPage(s.page(r, t.T("participant.new.title")), data))
}

// memberForm is the fields of a participant; self is the participant when it is one of the group.
func (s *Server) memberForm(t *i18n.Printer, g group.Group, self string, typed group.NewMember, form views.Form) views.MemberForm {
	data := views.MemberForm{Back: groupHref(g.ID), BackText: g.Name, Name: typed.Name, Phone: typed.Phone, Email: typed.Email, Children: typed.Ages,
		Interpreter: typed.Interpreter, Protected: typed.Protected, Pseudonymous: g.Attendance == round.Pseudonymous, Form: form, ChildHint: t.T("participant.children.hint")}
	if !g.Size.ChildAge.IsZero() {
		data.ChildHint += " " + t.T("participant.children.range", "range", numbersText(g.Size.ChildAge))
	}
	for _, lang := range group.Languages {
		data.Languages = append(data.Languages, views.Option{Value: lang, Text: i18n.Capital(t.T("language." + lang)), Chosen: lang == typed.Language})
	}
	data.With = append(data.With, views.Option{Text: t.T("participant.with.nobody"), Chosen: typed.With == ""})
	for _, m := range g.Members {
		if m.ID == self || !m.Here() || m.Erased {
			continue
		}
		data.With = append(data.With, views.Option{Value: m.ID, Text: m.Name, Chosen: m.ID == typed.With})
	}
	return data
}

func (s *Server) addParticipant(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	if r.PostForm["emails"] != nil {
		return s.addLearners(w, r)
	}
	typed := readMember(r)
	_, err := s.Groups.Add(r.Context(), v.who.Subject, r.PathValue("id"), typed, v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderNewMember(w, r, http.StatusUnprocessableEntity, typed, formOf(v.texts, err))
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, groupHref(r.PathValue("id"))+"#participants", "flash.participant.added")
}

// addLearners adds people of the directory; while a line is left the page stays, with those lines alone.
func (s *Server) addLearners(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	typed := r.PostFormValue("emails")
	joined, err := s.Groups.AddLearners(r.Context(), v.who.Subject, r.PathValue("id"), typed, v.id)
	if err != nil && !errs.Is(err, errs.Invalid) {
		return err
	}
	if err == nil && len(joined.Left) == 0 {
		return s.redirect(w, r, groupHref(r.PathValue("id"))+"#participants", "flash.participant.joined")
	}
	if err == nil {
		var lines []string
		for _, l := range joined.Left {
			lines = append(lines, l.Address)
		}
		typed = strings.Join(lines, "\n")
	}
	g, changeErr := s.changeable(r)
	if changeErr != nil {
		return changeErr
	}
	return s.renderLearners(w, r, http.StatusUnprocessableEntity, g, typed, joined, formOf(v.texts, err))
}

func (s *Server) renderLearners(w http.ResponseWriter, r *http.Request, status int, g group.Group, typed string, joined group.Joined, form views.Form) error {
	v := visitOf(r)
	t := v.texts
	data := views.LearnersForm{Action: groupHref(g.ID), Back: groupHref(g.ID), BackText: g.Name, Emails: typed, Form: form, Unknown: joined.Unknown(), Invite: mayInvite(v)}
	if n := len(joined.Added); n > 0 {
		data.Joined = t.T("participant.learners.joined", "n", n, "names", strings.Join(joined.Added, ", "))
	}
	for _, l := range joined.Left {
		data.Left = append(data.Left, views.LeftLine{Line: t.T("participant.learners.line", "line", l.Line), Address: l.Address, Why: t.T(l.Key)})
	}
	return s.render(w, r, status, views.LearnersPage(s.page(r, t.T("participant.learners.title")), data))
}

// refused is a form of a participant's page that could not be taken: which one, and what was typed.
type refused struct {
	change *group.NewMember
	leave  *views.LeaveForm
	move   string
	form   views.Form

	consents *typedConsents
}

func (s *Server) showParticipant(w http.ResponseWriter, r *http.Request) error {
	return s.renderParticipant(w, r, http.StatusOK, refused{})
}

func (s *Server) renderParticipant(w http.ResponseWriter, r *http.Request, status int, typed refused) error {
	v := visitOf(r)
	t := v.texts
	g, err := s.changeable(r)
	if err != nil {
		return err
	}
	m, ok := g.Of(r.PathValue("participant"))
	if !ok {
		return errs.New(errs.NotFound, "")
	}
	data := views.Member{Back: groupHref(g.ID), BackText: g.Name, Href: groupHref(g.ID) + "/" + m.ID, Tags: memberTags(t, g, m), Gone: goneText(t, m),
		MayReturn: !m.LeftOn.IsZero() && !m.Other.To && !m.Erased, Fact: t.T("participant.since", "on", t.Date(m.JoinedOn))}
	title := m.Name
	switch {
	case m.Erased:
		title = t.T("participant.erased")
	case m.PersonID != "":
		data.Person = []views.Fact{{Name: t.T("participant.email"), Value: m.Email}, {Name: t.T("participant.phone"), Value: orNone(t, m.Phone)}, {Name: t.T("participant.workplace"), Value: orNone(t, m.Workplace)}}
	default:
		form := s.changeForm(t, g, m, typed)
		data.Change = &form
	}
	if m.Protected {
		data.Warning = t.T("participant.protected.warning")
	}
	if m.Here() {
		if data.Leave = typed.leave; data.Leave == nil {
			data.Leave = &views.LeaveForm{On: s.Rounds.Today().String()}
		}
		for _, why := range group.Reasons {
			data.Leave.Reasons = append(data.Leave.Reasons, views.Option{Value: string(why), Text: t.T("participant.reason." + string(why)), Chosen: string(why) == r.PostFormValue("reason")})
		}
	}
	if data.Change != nil && m.Here() {
		if data.Move, err = s.moveFormOf(r, g, typed); err != nil {
			return err
		}
	}
	if data.Change != nil {
		if data.Consent, err = s.consentPartOf(r, g, m, typed.consents); err != nil {
			return err
		}
	}
	page := s.page(r, title)
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, status, views.MemberPage(page, data))
}

// changeForm is a participant's fields as they are known, or as they were typed and refused.
func (s *Server) changeForm(t *i18n.Printer, g group.Group, m group.Member, typed refused) views.MemberForm {
	known, form := group.NewMember{Name: m.Name, Phone: m.Phone, Email: m.Email, Language: m.Language, Interpreter: m.Interpreter, Protected: m.Protected}, views.Form{}
	if together := g.Together(m); len(together) > 0 {
		known.With = together[0].ID
	}
	var ages []string
	for _, c := range m.Children {
		ages = append(ages, strconv.Itoa(c.Age))
	}
	known.Ages = strings.Join(ages, ", ")
	if typed.change != nil {
		known, form = *typed.change, typed.form
	}
	data := s.memberForm(t, g, m.ID, known, form)
	data.Action, data.Button, data.Version = groupHref(g.ID)+"/"+m.ID, t.T("group.save"), strconv.Itoa(m.Version)
	return data
}

// moveFormOf is where a participant can be moved.
func (s *Server) moveFormOf(r *http.Request, g group.Group, typed refused) (*views.MoveMember, error) {
	v := visitOf(r)
	targets, err := s.Groups.Targets(r.Context(), v.who.Subject, g.Row)
	if err != nil {
		return nil, err
	}
	move := &views.MoveMember{}
	if len(targets) > 0 { // none is chosen beforehand: one press would move somebody
		move.Rounds = append(move.Rounds, views.Option{Text: v.texts.T("participant.move.choose"), Chosen: typed.move == ""})
	}
	if typed.move != "" {
		move.Form = typed.form
	}
	for _, target := range targets {
		move.Rounds = append(move.Rounds, views.Option{Value: target.ID, Text: v.texts.T("participant.move.round", "round", target.Name, "from", v.texts.DateShort(target.FirstOn),
			"n", target.Participants), Chosen: target.ID == typed.move})
	}
	return move, nil
}

func (s *Server) changeParticipant(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	typed := readMember(r)
	version, err := strconv.Atoi(r.PostFormValue("version"))
	if err != nil {
		version = -1
	}
	err = s.Groups.Change(r.Context(), v.who.Subject, r.PathValue("id"), r.PathValue("participant"), typed, version, v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderParticipant(w, r, http.StatusUnprocessableEntity, refused{change: &typed, form: formOf(v.texts, err)})
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, groupHref(r.PathValue("id"))+"#participants", "flash.participant.changed")
}

func (s *Server) participantLeaves(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	typed := r.PostFormValue("on")
	on, _ := clock.ParseDate(typed) // no day is told at its field
	err := s.Groups.Leave(r.Context(), v.who.Subject, r.PathValue("id"), r.PathValue("participant"), group.Reason(r.PostFormValue("reason")), on, v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderParticipant(w, r, http.StatusUnprocessableEntity, refused{leave: &views.LeaveForm{On: typed, Form: formOf(v.texts, err)}})
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, groupHref(r.PathValue("id")), "flash.participant.left")
}

func (s *Server) participantReturns(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	if err := s.Groups.Return(r.Context(), v.who.Subject, r.PathValue("id"), r.PathValue("participant"), v.id); err != nil {
		return err
	}
	return s.redirect(w, r, groupHref(r.PathValue("id"))+"#participants", "flash.participant.returned")
}

func (s *Server) moveParticipant(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	to := r.PostFormValue("to")
	err := s.Groups.Move(r.Context(), v.who.Subject, r.PathValue("id"), r.PathValue("participant"), to, v.id)
	if errs.Is(err, errs.Invalid) {
		if to == "" {
			to = "none"
		}
		return s.renderParticipant(w, r, http.StatusUnprocessableEntity, refused{move: to, form: formOf(v.texts, err)})
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, groupHref(r.PathValue("id")), "flash.participant.moved")
}
