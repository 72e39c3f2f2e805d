package web

import (
	"net/http"
	"strconv"
	"strings"

	"hemvist/internal/clock"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/programme"
	"hemvist/internal/round"
	"hemvist/internal/web/views"
)

// shiftTyped is what is to become of a session, as it was typed.
type shiftTyped struct {
	on, starts, minutes, place, follow string
	postpone                           bool
}

func readShift(r *http.Request) shiftTyped {
	return shiftTyped{on: strings.TrimSpace(r.PostFormValue("on")), starts: strings.TrimSpace(r.PostFormValue("starts")), place: strings.TrimSpace(r.PostFormValue("place")),
		minutes: strings.TrimSpace(r.PostFormValue("minutes")), follow: r.PostFormValue("follow"), postpone: r.PostFormValue("how") == "postpone"}
}

func (x shiftTyped) shift() round.Shift {
	return round.Shift{Postpone: x.postpone, On: dayOr(x.on, clock.Date{}), Starts: timeTyped(x.starts), Minutes: numberTyped(x.minutes), Place: x.place, Follow: x.follow == "all"}
}

func (s *Server) showShift(w http.ResponseWriter, r *http.Request) error {
	return s.renderShift(w, r, http.StatusOK, nil, views.Form{})
}

// sessionOf is a round's plan and the session of the address.
func (s *Server) sessionOf(r *http.Request) (round.PlanDetail, round.Session, error) {
	p, err := s.Rounds.PlanOf(r.Context(), visitOf(r).who.Subject, r.PathValue("id"))
	if err != nil {
		return p, round.Session{}, err
	}
	x, ok := p.Session(r.PathValue("session"))
	switch {
	case !ok:
		return p, x, errs.New(errs.NotFound, "")
	case p.EndedHow != "":
		return p, x, errs.New(errs.Conflict, "round.error.ended")
	case x.Fact == round.Held:
		return p, x, errs.New(errs.Conflict, "plan.error.held")
	}
	return p, x, nil
}

func (s *Server) renderShift(w http.ResponseWriter, r *http.Request, status int, typed *shiftTyped, form views.Form) error {
	v := visitOf(r)
	t := v.texts
	p, x, err := s.sessionOf(r)
	if err != nil {
		return err
	}
	if typed != nil {
		sayUnread(t, form, "on", typed.on)
	}
	shown := shiftTyped{on: x.On.String(), starts: timeValue(x.Starts), minutes: strconv.Itoa(x.Minutes), place: x.Place, follow: "one"}
	if typed != nil {
		shown = *typed
	}
	word := p.Definition.Word(p.Row.Variant, "session", t.Lang())
	title := strconv.Itoa(x.Number) + ". " + s.sessionTitle(t, detailOf(p), x)
	data := views.ShiftForm{Back: roundHref(p.ID, "/plan"), Round: p.Name, Action: roundHref(p.ID, "/plan/sessions/"+x.ID), Seen: p.Seen, Form: form,
		Now: i18n.Capital(t.DayAndMonth(x.On)) + ", " + t.TimeSpan(x.Starts, x.Minutes), On: shown.on, Starts: shown.starts, Minutes: shown.minutes, Place: shown.place, RoundPlace: meetsAt(t, p.Row),
		Session: word.The, Cancelled: x.Fact == round.Cancelled, Last: x.Number == len(p.List)}
	if x.Kind == programme.Information && x.Number == 1 && len(p.List) > 1 && !x.On.Before(s.Rounds.Today()) && x.Fact == round.Unknown {
		data.RemoveAction = roundHref(p.ID, "/plan/information")
	}
	data.Follow = []views.Option{{Value: "one", Text: t.T("plan.follow.one"), Chosen: shown.follow != "all"}, {Value: "all", Text: t.T("plan.follow.all"), Chosen: shown.follow == "all"}}
	return s.render(w, r, status, views.ShiftPage(s.page(r, title), data))
}

// shift takes what is to become of a session: it shows what that would do, and does it when that has been seen.
func (s *Server) shift(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	id, session, seen := r.PathValue("id"), r.PathValue("session"), r.PostFormValue("seen")
	switch do := r.PostFormValue("do"); do {
	case "cancel", "back":
		err := s.Rounds.CancelSession(r.Context(), v.who.Subject, id, session, do == "back", seen, v.id)
		if form, status, ok := planRefused(v.texts, err); ok {
			return s.renderShift(w, r, status, nil, form)
		}
		if err != nil {
			return err
		}
		return s.redirect(w, r, roundHref(id, "/plan"), map[bool]string{true: "flash.plan.back", false: "flash.plan.cancelled"}[do == "back"])
	case "save":
		typed := readShift(r)
		err := s.Rounds.MoveSession(r.Context(), v.who.Subject, id, session, typed.shift(), seen, v.id)
		if form, status, ok := planRefused(v.texts, err); ok {
			return s.renderShift(w, r, status, &typed, form)
		}
		if err != nil {
			return err
		}
		return s.redirect(w, r, roundHref(id, "/plan"), "flash.plan.moved")
	default:
		return s.previewShift(w, r)
	}
}

func (s *Server) previewShift(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	t := v.texts
	typed := readShift(r)
	p, x, err := s.sessionOf(r)
	if err != nil {
		return err
	}
	if seen := r.PostFormValue("seen"); seen != "" && seen != p.Seen {
		return s.renderShift(w, r, http.StatusConflict, &typed, formOf(t, errs.New(errs.Conflict, "plan.error.changed")))
	}
	changed, warnings, err := s.Rounds.PreviewShift(p, x.ID, typed.shift())
	if form, status, ok := planRefused(t, err); ok {
		return s.renderShift(w, r, status, &typed, form)
	}
	if err != nil {
		return err
	}
	data := views.ShiftPreview{Back: roundHref(p.ID, "/plan/sessions/"+x.ID), BackText: strconv.Itoa(x.Number) + ". " + s.sessionTitle(t, detailOf(p), x),
		Action: roundHref(p.ID, "/plan/sessions/"+x.ID), Held: []views.HeldField{{Name: "on", Value: typed.on}, {Name: "starts", Value: typed.starts},
			{Name: "minutes", Value: typed.minutes}, {Name: "place", Value: typed.place}, {Name: "follow", Value: typed.follow}, {Name: "seen", Value: p.Seen}}}
	if typed.postpone {
		data.Held = append(data.Held, views.HeldField{Name: "how", Value: "postpone"})
	}
	for _, c := range changed {
		data.Changes = append(data.Changes, s.shiftChange(t, p, c))
	}
	for _, warning := range warnings {
		data.Warnings = append(data.Warnings, warningView(t, warning))
	}
	return s.render(w, r, http.StatusOK, views.ShiftPreviewPage(s.page(r, t.T("plan.move.preview")), data))
}

// changeWeeks takes other weeks in which nobody meets: it shows what that would do to the sessions ahead, and does it when that has been seen.
func (s *Server) changeWeeks(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	t := v.texts
	id, weeks, seen := r.PathValue("id"), strings.TrimSpace(r.PostFormValue("weeks")), r.PostFormValue("seen")
	refused := func(err error) (bool, error) {
		form, status, ok := planRefused(t, err)
		if !ok {
			return false, err
		}
		return true, s.renderPlanWords(w, r, status, nil, &weeks, form)
	}
	if r.PostFormValue("do") == "save" {
		if err := s.Rounds.ChangeWeeks(r.Context(), v.who.Subject, id, weeks, seen, v.id); err != nil {
			if shown, err := refused(err); shown || err != nil {
				return err
			}
		}
		return s.redirect(w, r, roundHref(id, "/plan"), "flash.plan.moved")
	}
	p, err := s.Rounds.PlanOf(r.Context(), v.who.Subject, id)
	if err != nil {
		return err
	}
	if p.EndedHow != "" {
		return errs.New(errs.Conflict, "round.error.ended")
	}
	changed, warnings, err := s.Rounds.PreviewWeeks(p, weeks)
	if err == nil && seen != p.Seen {
		err = errs.New(errs.Conflict, "plan.error.changed")
	}
	if err != nil {
		_, err := refused(err)
		return err
	}
	data := views.ShiftPreview{Back: roundHref(id, "/plan/change"), BackText: t.T("plan.change.title"), Action: roundHref(id, "/plan/weeks"),
		Held: []views.HeldField{{Name: "weeks", Value: weeks}, {Name: "seen", Value: p.Seen}}}
	for _, c := range changed {
		data.Changes = append(data.Changes, s.shiftChange(t, p, c))
	}
	for _, warning := range warnings {
		data.Warnings = append(data.Warnings, warningView(t, warning))
	}
	return s.render(w, r, http.StatusOK, views.ShiftPreviewPage(s.page(r, t.T("plan.move.preview")), data))
}

func (s *Server) shiftChange(t *i18n.Printer, p round.PlanDetail, c round.Shifted) views.ShiftChange {
	when := func(x round.Session) string {
		text := i18n.Capital(t.DayAndMonth(x.On)) + " " + strconv.Itoa(x.On.Year) + ", " + t.TimeSpan(x.Starts, x.Minutes)
		if x.Place != "" {
			text += ", " + x.Place
		}
		return text
	}
	view := views.ShiftChange{Title: strconv.Itoa(c.Before.Number) + ". " + s.sessionTitle(t, detailOf(p), c.Before), From: when(c.Before), To: when(c.After)}
	for _, j := range c.Jumped {
		view.Why = append(view.Why, jumpText(t, j, "plan.jump."+string(j.Why)))
	}
	if c.OnOff {
		view.Why = append(view.Why, jumpText(t, c.Why, "plan.on-off."+string(c.Why.Why)))
	}
	return view
}
