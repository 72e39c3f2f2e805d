package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/catalogue"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/programme"
	"hemvist/internal/web/views"
)

func programmeHref(id string) string { return "/programmes/" + url.PathEscape(id) }

func versionHref(id, version string) string {
	return programmeHref(id) + "/versions/" + url.PathEscape(version)
}

func (s *Server) listProgrammes(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	list, err := s.Catalogue.List(r.Context(), v.who.Subject)
	if err != nil {
		return err
	}
	data := views.Programmes{MayUpload: access.ReachOf(v.who.Subject.Role, access.UploadDefinition) != access.None}
	for _, p := range list {
		data.Cards = append(data.Cards, programmeCard(v.texts, p))
	}
	page := s.page(r, v.texts.T("programmes.title"))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, http.StatusOK, views.ProgrammesPage(page, data))
}

func programmeCard(t *i18n.Printer, p catalogue.Programme) views.ProgrammeCard {
	card := views.ProgrammeCard{Href: programmeHref(p.ID), Title: p.Definition.Title.In(t.Lang()), Summary: p.Definition.Summary.In(t.Lang()),
		Home: homeLine(t, p)}
	if now, ok := p.InForce(); ok {
		card.State = versionTag(t, catalogue.Current)
		card.InForce = t.T("programmes.card.in-force", "version", now.Version, "from", t.Date(now.From))
	} else {
		card.InForce = t.T("programmes.card.nothing")
		card.State = versionTag(t, p.Versions[0].State)
	}
	for _, next := range p.In(catalogue.Coming) {
		card.Coming = append(card.Coming, views.Link{Href: versionHref(p.ID, next.Version) + "/changes",
			Text: t.T("programmes.card.coming", "version", next.Version, "from", t.Date(next.From))})
	}
	for _, proposal := range p.In(catalogue.Proposed) {
		card.Waiting = append(card.Waiting, views.Link{Href: versionHref(p.ID, proposal.Version) + "/changes",
			Text: t.T("programmes.card.waiting", "version", proposal.Version)})
	}
	return card
}

// homeLine says where a programme has its home, and where it is going.
func homeLine(t *i18n.Printer, p catalogue.Programme) string {
	if p.Moves != nil {
		return t.T("programmes.home.moves", "hub", p.Home.Hub, "to", p.Moves.Hub, "from", t.Date(p.Moves.From))
	}
	return t.T("programmes.home.is", "hub", p.Home.Hub)
}

var versionColours = map[catalogue.State]string{catalogue.Proposed: "warning", catalogue.Coming: "info", catalogue.Current: "success",
	catalogue.Past: "neutral", catalogue.SetAside: "neutral"}

func versionTag(t *i18n.Printer, st catalogue.State) views.Tag {
	return views.Tag{Text: t.T("programmes.state." + string(st)), Colour: versionColours[st]}
}

// edition is a version of a programme that somebody asks for by its address.
type edition struct {
	catalogue.Programme
	version catalogue.Version
	def     *programme.Definition
	href    string
}

// edition finds the version that the address names; without a version the one in force, or the newest where none is.
func (s *Server) edition(r *http.Request) (edition, error) {
	p, err := s.Catalogue.Get(r.Context(), visitOf(r).who.Subject, r.PathValue("programme"))
	if err != nil {
		return edition{}, err
	}
	e := edition{Programme: p}
	ok := false
	if name := r.PathValue("version"); name != "" {
		e.version, ok = p.Version(name)
	} else if e.version, ok = p.InForce(); !ok {
		e.version, ok = p.Versions[0], true
	}
	if !ok {
		return e, errs.Wrap(errs.NotFound, fmt.Errorf("no version %s of %s for this reader", r.PathValue("version"), p.ID))
	}
	e.href = versionHref(p.ID, e.version.Version)
	e.def, err = s.Definitions.Definition(p.ID, e.version.Version)
	return e, err
}

func (s *Server) showProgramme(w http.ResponseWriter, r *http.Request) error {
	e, err := s.edition(r)
	if err != nil {
		return err
	}
	x := s.telling(r, e)
	page := s.page(r, e.def.Title.In(x.t.Lang()))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, http.StatusOK, views.ProgrammePage(page, s.frame(r, e, x, e.href), x.overview()))
}

func (s *Server) showTerms(w http.ResponseWriter, r *http.Request) error {
	e, err := s.edition(r)
	if err != nil {
		return err
	}
	x := s.telling(r, e)
	page := s.page(r, x.t.T("programmes.terms.title", "programme", e.def.Title.In(x.t.Lang())))
	return s.render(w, r, http.StatusOK, views.TermsPage(page, s.frame(r, e, x, e.href+"/terms"), x.overview()))
}

func (s *Server) showWhole(w http.ResponseWriter, r *http.Request) error {
	e, err := s.edition(r)
	if err != nil {
		return err
	}
	x := s.telling(r, e)
	return s.render(w, r, http.StatusOK, views.WholePage(s.page(r, e.def.Title.In(x.t.Lang())), s.frame(r, e, x, e.href+"/whole"), x.whole()))
}

func (s *Server) showVariant(w http.ResponseWriter, r *http.Request) error {
	e, err := s.edition(r)
	if err != nil {
		return err
	}
	v, ok := e.def.Variant(r.PathValue("variant"))
	if !ok {
		return errs.New(errs.NotFound, "")
	}
	x := s.telling(r, e)
	told := x.variant(v)
	return s.render(w, r, http.StatusOK, views.ToldPage(s.page(r, told.Title), s.frame(r, e, x, ""), told))
}

func (s *Server) showCredential(w http.ResponseWriter, r *http.Request) error {
	e, err := s.edition(r)
	if err != nil {
		return err
	}
	c, ok := e.def.Credential(r.PathValue("credential"))
	if !ok {
		return errs.New(errs.NotFound, "")
	}
	x := s.telling(r, e)
	told := x.credential(c)
	return s.render(w, r, http.StatusOK, views.ToldPage(s.page(r, told.Title), s.frame(r, e, x, ""), told))
}

// downloadSource sends a version's text as it was uploaded.
func (s *Server) downloadSource(w http.ResponseWriter, r *http.Request) error {
	id, version := r.PathValue("programme"), r.PathValue("version")
	source, err := s.Catalogue.Source(r.Context(), visitOf(r).who.Subject, id, version)
	if err != nil {
		return err
	}
	// The name is ours to shape: a version's name may hold anything that fits on a line.
	name := strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '.' || c == '-' || c == '_' {
			return c
		}
		return '-'
	}, id+"-"+version)
	attach(w, "application/yaml; charset=utf-8", name+".yaml")
	return s.send(w, r, http.StatusOK, source)
}

func (s *Server) telling(r *http.Request, e edition) *telling {
	return newTelling(visitOf(r).texts, e.def, e.href, s.Catalogue.Today())
}

// frame is what stands around every page of a version. here is the address of the tab that is shown.
func (s *Server) frame(r *http.Request, e edition, x *telling, here string) views.Edition {
	t := x.t
	f := views.Edition{Programme: e.def.Title.In(t.Lang()), Href: e.href, State: versionTag(t, e.version.State), Fact: versionFact(t, e.version),
		Sources: x.sourceList(), About: []views.ToldFact{
			told(t.T("programmes.version"), e.version.Version),
			told(t.T("programmes.dated"), t.Date(e.version.Dated)),
			told(t.T("programmes.in-force"), heldText(t, e.version)),
			told(t.T("programmes.home"), e.Home.Hub),
		}}
	if x.ours > 0 {
		f.Ours = t.T("programmes.ours.count", "n", x.ours)
	}
	switch e.version.State {
	case catalogue.Proposed:
		f.Alert = t.T("programmes.alert.proposed")
	case catalogue.SetAside:
		f.Alert = t.T("programmes.alert.set-aside")
	case catalogue.Coming:
		f.Alert = t.T("programmes.alert.coming")
	case catalogue.Past:
		f.Alert = t.T("programmes.alert.past")
	}
	for _, tab := range []struct{ href, key string }{
		{e.href, "programmes.tab.read"}, {e.href + "/terms", "programmes.tab.terms"}, {e.href + "/whole", "programmes.tab.whole"}, {e.href + "/changes", "programmes.tab.changes"},
		{programmeHref(e.ID) + "/versions", "programmes.tab.versions"},
	} {
		f.Tabs = append(f.Tabs, views.NavItem{Href: tab.href, Text: t.T(tab.key), Current: tab.href == here})
	}
	return f
}

func told(label, value string) views.ToldFact {
	return views.ToldFact{Label: label, Values: []views.ToldValue{{Lead: value}}}
}

// versionFact says in a sentence which version it is and when it is in force.
func versionFact(t *i18n.Printer, v catalogue.Version) string {
	key := "programmes.fact." + string(v.State)
	if v.State == catalogue.Current && !v.To.IsZero() {
		key = "programmes.fact.until"
	}
	return t.T(key, "version", v.Version, "from", t.Date(v.From), "to", t.Date(v.To))
}

// heldText says for what time a version is in force.
func heldText(t *i18n.Printer, v catalogue.Version) string {
	switch {
	case v.From.IsZero():
		return t.T("programmes.held.not")
	case v.State == catalogue.Coming:
		return t.T("programmes.held.coming", "from", t.Date(v.From))
	case v.To.IsZero():
		return t.T("programmes.held.since", "from", t.Date(v.From))
	case v.State == catalogue.Current:
		return t.T("programmes.held.until", "from", t.Date(v.From), "to", t.Date(v.To))
	default:
		return t.T("programmes.held.was", "from", t.Date(v.From), "to", t.Date(v.To))
	}
}
