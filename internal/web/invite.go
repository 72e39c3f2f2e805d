package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/signin"
	"hemvist/internal/web/views"
)

const invitationsPath = "/people/invitations"

func invitationHref(id string) string { return "/invitations/" + id }

// inviteTyped is what was typed about who is invited, as text.
type inviteTyped struct {
	name, email, language string
	role                  roleTyped
}

func (s *Server) newInvite(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	typed := inviteTyped{language: v.texts.Lang(), role: roleTyped{from: s.Directory.Today().String(), programme: v.who.Subject.Programme,
		place: r.FormValue("place")}}
	return s.renderInvite(w, r, http.StatusOK, typed, views.Form{})
}

func (s *Server) renderInvite(w http.ResponseWriter, r *http.Request, status int, typed inviteTyped, form views.Form) error {
	v := visitOf(r)
	if !s.SignIns.Fresh(v.who) { // before anything has been typed
		return errInviteStale
	}
	fields, err := s.roleFields(r, typed.role)
	if err != nil {
		return err
	}
	data := views.Invite{Name: typed.name, Email: typed.email, Role: fields, Form: form}
	for _, lang := range i18n.Languages {
		data.Languages = append(data.Languages, views.Option{Value: lang, Text: v.texts.T("language.own." + lang), Chosen: lang == typed.language})
	}
	return s.render(w, r, status, views.InvitePage(s.page(r, v.texts.T("invite.title")), data))
}

var errInviteStale = errs.New(errs.Denied, "invite.stale")

func (s *Server) invite(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	typed := inviteTyped{name: r.PostFormValue("name"), email: r.PostFormValue("email"), language: r.PostFormValue("language"), role: readRole(r)}
	done, err := s.SignIns.Invite(r.Context(), v.who, signin.Invite{Person: directory.PersonForm{Name: typed.name, Email: typed.email, Language: typed.language},
		Role: typed.role.form()}, v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderInvite(w, r, http.StatusUnprocessableEntity, typed, formOf(v.texts, err))
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, invitationsPath, invitedFlash(done))
}

// invitedFlash says what became of an invitation, and nothing of where else somebody works.
func invitedFlash(done signin.Invited) string {
	switch {
	case done.Invitation == "":
		return "flash.invite.known"
	case done.Known:
		return "flash.invite.known-new"
	}
	return "flash.invite.sent"
}

func invitationQuery(values url.Values) signin.InvitationQuery {
	q := signin.InvitationQuery{Text: strings.TrimSpace(values.Get("q"))}
	if state := signin.InvitationState(values.Get("state")); slices.Contains(signin.InvitationStates, state) {
		q.State = state
	}
	q.Page = pageIn(values)
	return q
}

func (s *Server) listInvitations(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	t := v.texts
	found, err := s.SignIns.Invitations(r.Context(), v.who, invitationQuery(r.URL.Query()))
	if err != nil {
		return err
	}
	q := found.Query
	data := views.Invitations{Text: q.Text, Filtered: q.Text != "" || q.State != "", Summary: t.T("invite.total", "n", found.Total),
		States: []views.Option{{Text: t.T("invite.state.any"), Chosen: q.State == ""}}}
	for _, state := range signin.InvitationStates {
		data.States = append(data.States, views.Option{Value: string(state), Text: t.T("invite.state." + string(state)), Chosen: state == q.State})
	}
	for _, i := range found.Rows {
		data.Rows = append(data.Rows, s.invitationView(t, i))
	}
	data.Pager = listAt(invitationsPath, "q", q.Text, "state", string(q.State)).pager(t, q.Page, found.Pages())
	page := s.page(r, t.T("invite.list"))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, http.StatusOK, views.InvitationsPage(page, data))
}

// invitationView is one invitation, in words.
func (s *Server) invitationView(t *i18n.Printer, i signin.Invitation) views.Invitation {
	view := views.Invitation{Href: invitationHref(i.ID), Name: i.Name, Email: i.Email, Role: t.T("role." + string(i.Role)), Place: i.Organisation, By: i.By,
		Sent: moment(t, i.Made), Ends: moment(t, i.Ends), From: t.Date(i.From), State: views.Tag{Text: t.T("invite.state." + string(i.State)), Colour: invitationColours[i.State]},
		Again: i.Again(), Withdraw: i.MayWithdraw()}
	if i.Authority != "" {
		view.Place += ", " + i.Authority
	}
	if i.Programme != "" {
		view.Programme = i.Programme
		if d, err := s.Catalogue.Newest(i.Programme); err == nil {
			view.Programme = d.Title.In(t.Lang())
		}
	}
	switch i.State {
	case signin.InvitationAccepted:
		view.What = t.T("invite.what.accepted", "at", moment(t, i.Accepted))
	case signin.InvitationWithdrawn:
		view.What = t.T("invite.what.withdrawn")
	case signin.InvitationRunOut:
		view.What = t.T("invite.what.run-out", "at", view.Ends)
	default:
		view.What = t.T("invite.what.open", "at", view.Ends)
	}
	return view
}

var invitationColours = map[signin.InvitationState]string{signin.InvitationOpen: "info", signin.InvitationAccepted: "success",
	signin.InvitationRunOut: "warning", signin.InvitationWithdrawn: "neutral"}

func (s *Server) showInvitation(w http.ResponseWriter, r *http.Request) error {
	return s.renderInvitation(w, r, http.StatusOK, "", views.Form{})
}

func (s *Server) renderInvitation(w http.ResponseWriter, r *http.Request, status int, typed string, form views.Form) error {
	v := visitOf(r)
	i, err := s.SignIns.Invitation(r.Context(), v.who, r.PathValue("invitation"))
	if err != nil {
		return err
	}
	data := s.invitationView(v.texts, i)
	data.Typed, data.Form = i.Email, form
	if len(form.Wrong) > 0 {
		data.Typed = typed
	}
	page := s.page(r, i.Name)
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, status, views.InvitationPage(page, data))
}

func (s *Server) inviteAgain(w http.ResponseWriter, r *http.Request) error {
	v, email := visitOf(r), r.PostFormValue("email")
	done, err := s.SignIns.InviteAgain(r.Context(), v.who, r.PathValue("invitation"), email, v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderInvitation(w, r, http.StatusUnprocessableEntity, email, formOf(v.texts, err))
	}
	if err != nil {
		return err
	}
	if done.Invitation == "" {
		return s.redirect(w, r, invitationsPath, invitedFlash(done))
	}
	return s.redirect(w, r, invitationHref(done.Invitation), invitedFlash(done))
}

func (s *Server) withdrawInvitation(w http.ResponseWriter, r *http.Request) error {
	v, id := visitOf(r), r.PathValue("invitation")
	if err := s.SignIns.WithdrawInvitation(r.Context(), v.who, id, v.id); err != nil {
		return err
	}
	return s.redirect(w, r, invitationHref(id), "flash.invite.withdrawn")
}
