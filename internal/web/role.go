package web

import (
	"net/http"

	"hemvist/internal/i18n"
	"hemvist/internal/signin"
	"hemvist/internal/web/views"
)

// workRoles is what the reader can work in, as the person's menu shows it; none when it is one role alone.
func (s *Server) workRoles(t *i18n.Printer, who signin.Who) (all []views.WorkRole) {
	seen := map[string]int{}
	for _, r := range who.Roles {
		view := views.WorkRole{ID: r.ID, Role: t.T("role." + string(r.Role)), Where: r.Organisation, Current: r.ID == who.RoleID}
		if r.Authority != "" {
			view.Where += ", " + r.Authority
		}
		seen[view.Role+view.Where]++
		all = append(all, view)
	}
	for i, r := range who.Roles { // two that are called alike are told apart by their programmes
		if def, err := s.Catalogue.Newest(r.Programme); err == nil && seen[all[i].Role+all[i].Where] > 1 {
			all[i].Where += ", " + def.Title.In(t.Lang())
		}
	}
	return all
}

// switchRole has the reader work in another of their roles. They begin at home, as what they looked at may not be theirs to see now.
func (s *Server) switchRole(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	secret, err := s.SignIns.SwitchRole(r.Context(), v.who, r.PostFormValue("role"), v.id)
	if err != nil {
		return err
	}
	s.setSession(w, secret)
	return s.redirect(w, r, "/", "flash.role.switched")
}

// moveOn takes a sign-in whose role has ended to the person's next one, and says so. What was sent was sent in the role that ended, so it is
// not done; the page tells.
func (s *Server) moveOn(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	secret, ok := s.sessionSecret(r)
	if !ok {
		return nil
	}
	secret, err := s.SignIns.MoveOn(r.Context(), secret, v.id)
	if err != nil {
		return err
	}
	s.setSession(w, secret)
	if r.Method == http.MethodGet {
		return s.redirect(w, r, "/", "flash.role.ended")
	}
	title := v.texts.T("role.ended.title")
	return s.render(w, r, http.StatusForbidden, views.MessagePage(s.page(r, title), views.Message{Title: title, Text: v.texts.T("role.ended.text")}))
}
