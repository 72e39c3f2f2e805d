package web

import (
	"net/http"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/round"
	"hemvist/internal/round/group"
	"hemvist/internal/web/views"
)

const attendancePath = "/attendance"

// attendanceHref is where the reader says how participants are kept; empty for who may not.
func attendanceHref(v *visit) string {
	if access.ReachOf(v.who.Subject.Role, access.SetAttendance) == access.None {
		return ""
	}
	return attendancePath
}

func (s *Server) showAttendanceRule(w http.ResponseWriter, r *http.Request) error {
	return s.renderAttendanceRule(w, r, http.StatusOK, nil, "", views.Form{})
}

// renderAttendanceRule shows the rules and the form; typed is what was refused, and from the day as it was typed.
func (s *Server) renderAttendanceRule(w http.ResponseWriter, r *http.Request, status int, typed *group.Rule, from string, form views.Form) error {
	v := visitOf(r)
	t, today := v.texts, s.Rounds.Today()
	rules, err := s.Groups.Rules(r.Context(), v.who.Subject)
	if err != nil {
		return err
	}
	if typed == nil {
		typed, from = &group.Rule{}, today.String()
		if len(rules.Boards) > 0 && len(rules.Programmes) > 0 {
			typed.AuthorityID, typed.Programme = rules.Boards[0].ID, rules.Programmes[0].ID
			typed.Attendance = rules.On(typed.AuthorityID, typed.Programme, today)
		}
	}
	data := views.AttendanceRule{From: from, Form: form}
	for _, b := range rules.Boards {
		data.Boards = append(data.Boards, views.Option{Value: b.ID, Text: b.Name, Chosen: b.ID == typed.AuthorityID})
		for _, def := range rules.Programmes {
			data.Now = append(data.Now, views.Fact{Name: b.Name + ", " + def.Title.In(t.Lang()), Value: t.T("attendance-rule.way." + string(rules.On(b.ID, def.ID, today)))})
		}
	}
	for _, def := range rules.Programmes {
		data.Programmes = append(data.Programmes, views.Option{Value: def.ID, Text: def.Title.In(t.Lang()), Chosen: def.ID == typed.Programme})
	}
	for _, way := range group.Ways {
		data.Ways = append(data.Ways, views.Way{Option: views.Option{Value: string(way), Text: t.T("attendance-rule.way." + string(way)), Chosen: way == typed.Attendance},
			Hint: t.T("attendance-rule.way." + string(way) + ".hint")})
	}
	for _, said := range rules.Said {
		data.Said = append(data.Said, s.saidRule(t, rules, said))
	}
	page := s.page(r, t.T("attendance-rule.title"))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, status, views.AttendanceRulePage(page, data))
}

func (s *Server) saidRule(t *i18n.Printer, rules group.Rules, said group.Rule) views.Fact {
	title := said.Programme
	for _, def := range rules.Programmes {
		if def.ID == said.Programme {
			title = def.Title.In(t.Lang())
		}
	}
	return views.Fact{Name: t.T("attendance-rule.said", "way", t.T("attendance-rule.way."+string(said.Attendance)), "board", said.Authority, "programme", title, "who", said.By),
		Value: t.T("attendance-rule.from-day", "on", t.Date(said.From))}
}

func (s *Server) setAttendanceRule(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	from, _ := clock.ParseDate(r.PostFormValue("from")) // no day is told at its field
	rule := group.Rule{AuthorityID: r.PostFormValue("board"), Programme: r.PostFormValue("programme"), Attendance: round.Attendance(r.PostFormValue("attendance")), From: from}
	err := s.Groups.SetRule(r.Context(), v.who.Subject, rule, v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderAttendanceRule(w, r, http.StatusUnprocessableEntity, &rule, r.PostFormValue("from"), formOf(v.texts, err))
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, attendancePath, "flash.attendance")
}
