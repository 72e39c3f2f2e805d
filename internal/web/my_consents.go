package web

import (
	"net/http"
	"net/url"
	"slices"

	"hemvist/internal/clock"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/round/consent"
	"hemvist/internal/web/views"
)

const myConsentsPath = "/me/consents"

// typedTakeBack is a yes that was to be taken back, and could not be.
type typedTakeBack struct {
	session, on string
	form        views.Form
}

func myConsentHref(roundID string) string { return myConsentsPath + "/" + url.PathEscape(roundID) }

// showMyConsents is what the reader has answered about being filmed, round by round.
func (s *Server) showMyConsents(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	own, err := s.Consents.Own(r.Context(), v.who.Subject)
	if err != nil {
		return err
	}
	var all []views.MyConsent
	for _, o := range own {
		all = append(all, myConsent(v.texts, o))
	}
	return s.render(w, r, http.StatusOK, views.MyConsentsPage(s.page(r, v.texts.T("my-consents.title")), all))
}

func (s *Server) showMyConsent(w http.ResponseWriter, r *http.Request) error {
	return s.renderMyConsent(w, r, http.StatusOK, typedTakeBack{on: s.Rounds.Today().String()})
}

// renderMyConsent is what the reader has answered in one round, with what takes a yes back.
func (s *Server) renderMyConsent(w http.ResponseWriter, r *http.Request, status int, typed typedTakeBack) error {
	v := visitOf(r)
	own, err := s.Consents.Own(r.Context(), v.who.Subject)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(own, func(o consent.Own) bool { return o.RoundID == r.PathValue("round") })
	if i < 0 {
		return errs.New(errs.NotFound, "")
	}
	page := s.page(r, own[i].Round)
	page.Flash = s.takeFlash(w, r)
	data := views.MyConsentPart{MyConsent: myConsent(v.texts, own[i]), Back: myConsentsPath}
	for j := len(own[i].Said) - 1; j >= 0; j-- {
		data.Said = append(data.Said, ownSaid(v.texts, own[i].Said[j]))
	}
	if own[i].MayTakeBack() {
		data.TakeBack = &views.TakeBackForm{Action: data.Href, On: typed.on, Sessions: takeBackSessions(v.texts, own[i], typed.session), Form: typed.form}
	}
	return s.render(w, r, status, views.MyConsentPage(page, data))
}

func myConsent(t *i18n.Printer, o consent.Own) views.MyConsent {
	view := views.MyConsent{Href: myConsentHref(o.RoundID), Round: o.Round,
		When: t.T("my-consents.when", "organisation", o.Organisation, "from", t.Date(o.FirstOn), "to", t.Date(o.LastOn))}
	switch answer := o.Answer().Answer; {
	case answer == consent.Given:
		view.State = views.Tag{Text: t.T("my-consents.tag.given"), Colour: "success"}
	case o.MayTakeBack():
		view.State = views.Tag{Text: t.T("my-consents.tag.some"), Colour: "success"}
	case answer == consent.Withdrawn:
		view.State = views.Tag{Text: t.T("my-consents.tag.withdrawn"), Colour: "neutral"}
	default:
		view.State = views.Tag{Text: t.T("my-consents.tag.refused"), Colour: "neutral"}
	}
	return view
}

func ownSaid(t *i18n.Printer, x consent.OwnSaid) views.ConsentSaid {
	said := views.ConsentSaid{Text: consentState(t, false, x.Stored), By: t.T("consent.by", "name", x.ByName, "at", t.Instant(x.At, stockholm))}
	if x.Session != "" {
		said.Text += " " + t.T("consent.state.one", "session", ownSession(t, x))
	}
	return said
}

func ownSession(t *i18n.Printer, x consent.OwnSaid) string {
	return t.T("consent.session", "number", x.Number, "on", t.DayAndMonth(x.SessionOn))
}

// takeBackSessions is what a yes can be taken back for: everything, or one of the sessions for which it was said.
func takeBackSessions(t *i18n.Printer, o consent.Own, chosen string) []views.Option {
	all := []views.Option{{Text: t.T("consent.for.round"), Chosen: true}}
	for _, x := range o.Sessions() {
		all = append(all, views.Option{Value: x.Session, Text: i18n.Capital(ownSession(t, x)), Chosen: x.Session == chosen})
	}
	return all
}

func (s *Server) takeBackConsent(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	round := r.PathValue("round")
	typed := typedTakeBack{session: r.PostFormValue("consent-session"), on: r.PostFormValue("consent-on")}
	on, _ := clock.ParseDate(typed.on) // the zero Date is refused
	err := s.Consents.TakeBack(r.Context(), v.who.Subject, round, typed.session, on, v.id)
	if errs.Is(err, errs.Invalid) {
		typed.form = formOf(v.texts, err)
		return s.renderMyConsent(w, r, http.StatusUnprocessableEntity, typed)
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, myConsentHref(round), "flash.my-consents.taken-back")
}
