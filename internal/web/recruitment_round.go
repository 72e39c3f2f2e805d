package web

import (
	"net/http"
	"slices"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/programme"
	"hemvist/internal/round"
	"hemvist/internal/round/recruitment"
	"hemvist/internal/web/static"
	"hemvist/internal/web/views"
)

// recruits tells whether a round has a page of recruitment: a group of parents that goes on.
func recruits(r round.Row) bool { return r.Kind == programme.Group && r.EndedHow == "" }

// seesInterests tells whether the reader takes care of interests at all.
func seesInterests(v *visit) bool {
	return access.ReachOf(v.who.Subject.Role, access.HandleInterest) != access.None
}

func (s *Server) showRoundRecruitment(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	t := v.texts
	b, err := s.Recruitment.RoundBoard(r.Context(), v.who.Subject, r.PathValue("id"))
	if err != nil {
		return err
	}
	href := "/rounds/" + b.ID
	data := views.RoundRecruitment{Head: s.roundHead(v, b.Row, "/recruitment"), SeesPeople: b.See && seesInterests(v), Poster: href + "/poster", Sheet: href + "/information-sheet",
		List: recruitmentPath}
	if b.Place.Slug != "" {
		data.FormHref = interestHref(b.Place.Slug)
	}
	free, unlimited := b.Free()
	data.Numbers = []views.Fact{{Name: t.T("recruitment.round.taken"), Value: t.Number(b.Participants)}, {Name: t.T("recruitment.round.offered"), Value: t.Number(b.Offered)}}
	if !unlimited {
		data.Numbers = append(data.Numbers, views.Fact{Name: t.T("recruitment.round.free", "max", b.Recommended.Max), Value: t.Number(free)})
	}
	data.Numbers = append(data.Numbers, views.Fact{Name: t.T("recruitment.round.waiting"), Value: t.Number(b.Waiting)})
	if b.Any > 0 {
		data.Numbers = append(data.Numbers, views.Fact{Name: t.T("recruitment.round.waiting.any"), Value: t.Number(b.Any)})
	}
	if b.Participants < b.Recommended.Min {
		data.Below = t.T("recruitment.round.below", "n", b.Participants, "min", b.Recommended.Min)
	}
	today := s.Rounds.Today()
	for _, row := range b.Offers {
		data.Offers = append(data.Offers, interestRow(t, row, today))
	}
	for i, row := range b.Queue {
		view := interestRow(t, row, today)
		view.Name = t.T("recruitment.round.position", "n", i+1, "name", view.Name)
		data.Queue = append(data.Queue, view)
	}
	page := s.page(r, b.Name)
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, http.StatusOK, views.RoundRecruitmentPage(page, data))
}

func (s *Server) showPoster(w http.ResponseWriter, r *http.Request) error {
	page, data, _, err := s.sheet(r, "poster", "recruitment.poster")
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.PosterPage(page, data))
}

func (s *Server) showInformationSheet(w http.ResponseWriter, r *http.Request) error {
	page, data, b, err := s.sheet(r, "information-sheet", "recruitment.sheet")
	if err != nil {
		return err
	}
	reader, t := visitOf(r).texts, s.Texts.For(data.Lang)
	for _, x := range b.Sessions {
		if x.Fact != round.Cancelled {
			data.Dates = append(data.Dates, t.T("poster.session", "on", i18n.Capital(t.DayAndMonth(x.On)), "time", t.TimeSpan(x.Starts, x.Minutes)))
		}
	}
	// What the programme itself says on such a sheet is its owner's: the definition has a place for it, and the hub fills it.
	if m := informationSheet(b.Definition, b.Variant); m != "" {
		data.Slot = views.Link{Href: versionHref(b.Programme, b.Version), Text: reader.T("recruitment.sheet.slot")}
	}
	return s.render(w, r, http.StatusOK, views.InformationSheetPage(page, data))
}

// informationSheet is the id of the definition's place for an information sheet to a variant's participants; empty when it has none.
func informationSheet(d *programme.Definition, variant string) string {
	for _, m := range d.Materials {
		if m.ID == "information-sheet" && (len(m.Variants) == 0 || slices.Contains(m.Variants, variant)) {
			return m.ID
		}
	}
	return ""
}

// sheet is what the two sheets of paper have in common. Its words are in the language that was asked for, which need not be the reader's.
func (s *Server) sheet(r *http.Request, path, title string) (views.Page, views.Poster, recruitment.Board, error) {
	v := visitOf(r)
	b, err := s.Recruitment.RoundBoard(r.Context(), v.who.Subject, r.PathValue("id"))
	if err != nil {
		return views.Page{}, views.Poster{}, b, err
	}
	if len(b.Sessions) == 0 {
		return views.Page{}, views.Poster{}, b, errs.New(errs.NotFound, "")
	}
	lang, other := v.texts.Lang(), ""
	if asked := r.URL.Query().Get("lang"); slices.Contains(i18n.Languages, asked) {
		lang = asked
	}
	for _, l := range i18n.Languages {
		if l != lang {
			other = l
		}
	}
	t := s.Texts.For(lang)
	href := "/rounds/" + b.ID
	data := views.Poster{Lang: lang, Back: href + "/recruitment", Organisation: b.Organisation, Heading: titleOfVariant(b.Definition, b.Variant, lang),
		Summary: b.Definition.Summary.In(lang), ContactLines: linesOf(b.Contact),
		Other: views.SheetLink{Href: href + "/" + path + "?lang=" + other, Lang: other, Text: s.Texts.For(other).T("poster.in-this-language")}}
	if b.Contact == "" {
		data.ContactMissing = v.texts.T("recruitment.contact.missing")
	}
	data.Facts = posterFacts(t, b)
	data.Texts = views.PosterTexts{Interested: t.T("poster.interested"), Scan: t.T("poster.scan"), Contact: t.T("poster.contact"), Dates: t.T("poster.dates"),
		Next: t.T("poster.next"), NextText: t.T("poster.next.text"), Privacy: t.T("poster.privacy", "n", recruitment.KeepMonths)}
	if b.Place.Slug != "" {
		data.Address = s.origin(r) + interestHref(b.Place.Slug)
		if data.QR, err = qrOf(data.Address, t.T("poster.qr", "address", data.Address)); err != nil {
			return views.Page{}, data, b, err
		}
	}
	page := s.page(r, v.texts.T(title))
	page.Styles = []string{static.Sheet()}
	return page, data, b, nil
}

// posterFacts is for whom, when and where a round is.
func posterFacts(t *i18n.Printer, b recruitment.Board) []views.Fact {
	variant, _ := b.Definition.Variant(b.Variant)
	var facts []views.Fact
	if variant != nil && len(variant.Participants.Who) > 0 {
		facts = append(facts, views.Fact{Name: t.T("poster.for"), Value: variant.Participants.Who.In(t.Lang())})
	}
	if x, ok := round.RhythmOf(b.Sessions); ok {
		facts = append(facts, views.Fact{Name: t.T("poster.when"), Value: periodOf(t, x, b.LastOn)})
	}
	where := b.Row.Place
	if b.Link != "" {
		where = t.T("interest.group.digital")
	}
	facts = append(facts, views.Fact{Name: t.T("poster.where"), Value: where})
	if b.Language != t.Lang() || b.Interpreter != "" {
		language := i18n.Capital(t.T("language." + b.Language))
		if b.Interpreter != "" {
			language = t.T("recruitment.with-interpreter", "language", language)
		}
		facts = append(facts, views.Fact{Name: t.T("poster.language"), Value: language})
	}
	return facts
}

// origin is where people open the house. Without a word from whoever runs it, it is where this request came to.
func (s *Server) origin(r *http.Request) string {
	switch {
	case s.Origin != "":
		return s.Origin
	case s.Plain:
		return "http://" + r.Host
	default:
		return "https://" + strings.ToLower(r.Host)
	}
}
