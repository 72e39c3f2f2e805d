package web

import (
	"net/http"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/errs"
	"hemvist/internal/round"
	"hemvist/internal/web/views"
)

// concernHref is where somebody who works in the round notes a concern for a child; empty for others.
func (s *Server) concernHref(v *visit, r round.Row) string {
	if !r.May(v.who.Subject, access.WriteSession) {
		return ""
	}
	return "/rounds/" + r.ID + "/concern"
}

// concernSteps are the parts of the checklist, in order.
var concernSteps = []string{"danger", "report", "enough", "yourself", "say", "family", "after"}

func concernView(v *visit) views.ConcernPage {
	var data views.ConcernPage
	for _, step := range concernSteps {
		data.Steps = append(data.Steps, views.Fact{Name: v.texts.T("concern.step." + step), Value: v.texts.T("concern.step." + step + ".text")})
	}
	return data
}

// showConcern is the checklist alone, for everybody; whoever works in rounds finds the way to note it in one.
func (s *Server) showConcern(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	data := concernView(v)
	if access.ReachOf(v.who.Subject.Role, access.WriteSession) != access.None && access.ReachOf(v.who.Subject.Role, access.ListRounds) == access.Assigned {
		mine, err := s.Rounds.MineOpen(r.Context(), v.who.Subject)
		if err != nil {
			return err
		}
		for _, m := range mine {
			if href := s.concernHref(v, m.Row); href != "" {
				data.Rounds = append(data.Rounds, views.NavItem{Href: href, Text: m.Name})
			}
		}
	}
	return s.render(w, r, http.StatusOK, views.ConcernView(s.page(r, v.texts.T("concern.title")), data, views.Form{}))
}

func (s *Server) showRoundConcern(w http.ResponseWriter, r *http.Request) error {
	return s.renderRoundConcern(w, r, http.StatusOK, "", views.Form{})
}

func (s *Server) renderRoundConcern(w http.ResponseWriter, r *http.Request, status int, typed string, form views.Form) error {
	v := visitOf(r)
	row, list, err := s.Meetings.Concerns(r.Context(), v.who.Subject, r.PathValue("id"))
	if err != nil {
		return err
	}
	data := concernView(v)
	data.Round, data.RoundHref, data.Action = row.Name, "/rounds/"+row.ID, "/rounds/"+row.ID+"/concern"
	for _, c := range list {
		said := views.ConcernSaid{Text: v.texts.T("concern.said", "on", v.texts.Date(c.On), "name", c.By)}
		if c.Mine {
			said.TakeBack = c.ID
		}
		data.Said = append(data.Said, said)
	}
	if typed == "" {
		typed = s.Rounds.Today().String()
	}
	data.On = views.Input{Name: "on", Label: v.texts.T("concern.on"), Type: "date", Value: typed, Wrong: form.Of("on")}
	page := s.page(r, v.texts.T("concern.title"))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, status, views.ConcernView(page, data, form))
}

func (s *Server) noteConcern(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	id, back := r.PathValue("id"), "/rounds/"+r.PathValue("id")+"/concern"
	if mistaken := r.PostFormValue("mistaken"); mistaken != "" {
		if err := s.Meetings.TakeBackConcern(r.Context(), v.who.Subject, id, mistaken, v.id); err != nil {
			return err
		}
		return s.redirect(w, r, back, "flash.concern.mistaken")
	}
	typed := strings.TrimSpace(r.PostFormValue("on"))
	on, err := clock.ParseDate(typed)
	if err != nil {
		on = clock.Date{}
	}
	err = s.Meetings.NoteConcern(r.Context(), v.who.Subject, id, on, v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderRoundConcern(w, r, http.StatusUnprocessableEntity, typed, formOf(v.texts, err))
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, back, "flash.concern.noted")
}
