package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"hemvist/internal/clock"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/programme"
	"hemvist/internal/round"
	"hemvist/internal/round/group"
	"hemvist/internal/round/recruitment"
	"hemvist/internal/web/views"
)

const interestPath = "/interest"

func interestHref(slug string) string { return interestPath + "/" + slug }

// listInterestPlaces is where anybody finds the form of their municipality.
func (s *Server) listInterestPlaces(w http.ResponseWriter, r *http.Request) error {
	places, err := s.Recruitment.Places(r.Context())
	if err != nil {
		return err
	}
	var data views.InterestPlaces
	for _, p := range places {
		data.Places = append(data.Places, views.Link{Href: interestHref(p.Slug), Text: p.Name})
	}
	return s.render(w, r, http.StatusOK, views.InterestPlacesPage(s.page(r, visitOf(r).texts.T("interest.places.title")), data))
}

func (s *Server) showInterestForm(w http.ResponseWriter, r *http.Request) error {
	n := recruitment.NewInterest{Source: recruitment.Self, Language: visitOf(r).texts.Lang()}
	if r.URL.Query().Get("as") == "colleague" {
		n.Source, n.Language = recruitment.Referral, "sv"
	}
	return s.renderInterestForm(w, r, http.StatusOK, n, views.Form{})
}

func (s *Server) renderInterestForm(w http.ResponseWriter, r *http.Request, status int, n recruitment.NewInterest, form views.Form) error {
	t := visitOf(r).texts
	place, err := s.Recruitment.PlaceAt(r.Context(), r.PathValue("place"))
	if err != nil {
		return err
	}
	href := interestHref(place.Slug)
	data := views.InterestForm{Href: href, Place: place.Name, Lead: t.T("interest.lead", "place", place.Name), Referral: n.Source == recruitment.Referral,
		Other:    views.Link{Href: href + "?as=colleague", Text: t.T("interest.as-colleague")},
		Services: serviceOptions(t, place.Services, n.Service), Typed: interestTyped(n), Languages: parentLanguages(t, n.Language),
		MaxWhen: strconv.Itoa(recruitment.MaxText), Form: form, Retained: t.T("interest.kept", "n", recruitment.KeepMonths)}
	if data.Referral {
		data.Other = views.Link{Href: href, Text: t.T("interest.as-parent")}
	}
	for _, at := range place.Services {
		about := interestAbout(t, at)
		if len(place.Services) > 1 {
			about.Board = at.Board
		}
		data.About = append(data.About, about)
	}
	return s.render(w, r, status, views.InterestFormPage(s.page(r, t.T("interest.title", "place", place.Name)), data))
}

// interestAbout is what a service gives and what it has planned, in words.
func interestAbout(t *i18n.Printer, at recruitment.ServiceAt) views.InterestAbout {
	about := views.InterestAbout{Title: at.Definition.Title.In(t.Lang()), Summary: at.Definition.Summary.In(t.Lang()), Contact: linesOf(at.Contact)}
	if ages := at.Ages(); !ages.IsZero() {
		about.Who = t.T("interest.ages", "range", numbersText(ages))
	}
	for _, g := range at.Groups {
		how, args := meetsAsTold(t, g.Rhythm, g.LastOn)
		view := views.InterestGroup{Where: g.Place, When: t.T("interest.group.when."+how, args...)}
		if g.Digital {
			view.Where = t.T("interest.group.digital")
		}
		if variant, ok := at.Definition.Variant(g.Variant); ok && len(variantsOf(at.Definition)) > 1 {
			view.Variant = variant.Title.In(t.Lang())
		}
		about.Groups = append(about.Groups, view)
	}
	return about
}

// meetsAsTold is from when to when a round meets, and on which weekday, as the end of a text's key and what is filled in: where the first time
// differs from what is usual it stands by itself.
func meetsAsTold(t *i18n.Printer, x round.Rhythm, last clock.Date) (how string, args []any) {
	how = "mostly"
	switch {
	case x.Always:
		how = "always"
	case x.Then:
		how = "then"
	}
	return how, []any{"first", t.WholeDay(x.First.On), "at", t.TimeSpan(x.First.Starts, x.First.Minutes), "from", t.Date(x.First.On), "to", t.Date(last),
		"weekdays", t.Weekdays(x.Usual.On.Weekday()), "time", t.TimeSpan(x.Usual.Starts, x.Usual.Minutes)}
}

// periodOf is meetsAsTold as a sheet of paper says it.
func periodOf(t *i18n.Printer, x round.Rhythm, last clock.Date) string {
	how, args := meetsAsTold(t, x, last)
	return i18n.Capital(t.T("poster.period."+how, args...))
}

// variantsOf is a programme's groups for parents.
func variantsOf(d *programme.Definition) []programme.Variant {
	return slices.DeleteFunc(slices.Clone(d.Variants), func(v programme.Variant) bool { return v.Kind != programme.Group })
}

// serviceOptions is the services to choose among; none when there is one alone.
func serviceOptions(t *i18n.Printer, services []recruitment.ServiceAt, chosen string) []views.Option {
	if len(services) < 2 {
		return nil
	}
	var options []views.Option
	for _, at := range services {
		options = append(options, views.Option{Value: at.ID(), Text: serviceName(t, at, services), Chosen: at.ID() == chosen})
	}
	return options
}

// serviceName names a service by what tells it from the others: its board, its programme, or both.
func serviceName(t *i18n.Printer, at recruitment.ServiceAt, among []recruitment.ServiceAt) string {
	title := at.Definition.Title.In(t.Lang())
	boards, programmes := map[string]bool{}, map[string]bool{}
	for _, other := range among {
		boards[other.Authority], programmes[other.Programme] = true, true
	}
	switch {
	case len(programmes) == 1:
		return at.Board
	case len(boards) == 1:
		return title
	default:
		return at.Board + ", " + title
	}
}

func parentLanguages(t *i18n.Printer, chosen string) []views.Option {
	var options []views.Option
	for _, lang := range group.Languages {
		options = append(options, views.Option{Value: lang, Text: i18n.Capital(t.T("language." + lang)), Chosen: lang == chosen})
	}
	return options
}

func interestTyped(n recruitment.NewInterest) views.InterestTyped {
	return views.InterestTyped{Name: n.Name, Phone: n.Phone, Email: n.Email, Child: n.Child, When: n.When, Referrer: n.Referrer, Workplace: n.Workplace,
		Interpreter: n.Interpreter, Protected: n.Protected, Consent: n.Consent}
}

// typedInterest is what was typed into a form of interest.
func typedInterest(r *http.Request) recruitment.NewInterest {
	return recruitment.NewInterest{Service: r.PostFormValue("service"), Source: recruitment.Source(r.PostFormValue("source")), Name: r.PostFormValue("name"),
		Phone: r.PostFormValue("phone"), Email: r.PostFormValue("email"), Language: r.PostFormValue("language"), Interpreter: r.PostFormValue("interpreter") != "",
		Protected: r.PostFormValue("protected") != "", Child: r.PostFormValue("child"), When: r.PostFormValue("when"), Referrer: r.PostFormValue("referrer"),
		Workplace: r.PostFormValue("workplace"), Consent: r.PostFormValue("consent") != ""}
}

// linesOf is the lines of a text.
func linesOf(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

func (s *Server) sendInterest(w http.ResponseWriter, r *http.Request) error {
	if err := s.admit(r); err != nil {
		return err
	}
	v := visitOf(r)
	n := typedInterest(r)
	err := s.Recruitment.Send(r.Context(), r.PathValue("place"), n, v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderInterestForm(w, r, http.StatusUnprocessableEntity, n, formOf(v.texts, err))
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, interestHref(url.PathEscape(r.PathValue("place")))+"/thanks", "")
}

// thankForInterest says what happens next. It asks nothing of what is stored about anybody.
func (s *Server) thankForInterest(w http.ResponseWriter, r *http.Request) error {
	t := visitOf(r).texts
	place, err := s.Recruitment.PlaceAt(r.Context(), r.PathValue("place"))
	if err != nil {
		return err
	}
	data := views.InterestThanks{Place: place.Name}
	for _, at := range place.Services {
		data.Contacts = append(data.Contacts, views.InterestAbout{Contact: linesOf(at.Contact)})
	}
	return s.render(w, r, http.StatusOK, views.InterestThanksPage(s.page(r, t.T("interest.thanks.title")), data))
}

// showOfferedPlace shows an offer to whoever has the link to it.
func (s *Server) showOfferedPlace(w http.ResponseWriter, r *http.Request) error {
	if err := s.admit(r); err != nil {
		return err
	}
	t := visitOf(r).texts
	told, err := s.Recruitment.ReadOffer(r.Context(), r.URL.Query().Get("code"))
	if err != nil {
		return err
	}
	data := views.OfferedPlace{Lead: t.T("interest.offer.lead", "organisation", told.Organisation), Summary: told.Definition.Summary.In(t.Lang()),
		Answer: t.T("interest.offer.answer", "on", t.DayAndMonth(told.AnswerBy)), Contact: linesOf(told.Contact), Answered: told.Answered}
	if told.Answered {
		data.Lead = t.T("interest.offer.over", "organisation", told.Organisation)
	}
	where := told.Place
	if told.Digital {
		where = t.T("interest.group.digital")
	}
	data.Facts = []views.Fact{{Name: t.T("recruitment.fact.group"), Value: titleOfVariant(told.Definition, told.Variant, t.Lang())},
		{Name: t.T("poster.when"), Value: periodOf(t, told.Rhythm, told.LastOn)},
		{Name: t.T("poster.where"), Value: where}}
	page := s.page(r, t.T("interest.offer.title"))
	page.Back = "/" // the address holds a secret
	return s.render(w, r, http.StatusOK, views.OfferedPlacePage(page, data))
}
