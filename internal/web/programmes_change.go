package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"hemvist/internal/catalogue"
	"hemvist/internal/clock"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/programme"
	"hemvist/internal/web/views"
)

func (s *Server) showChanges(w http.ResponseWriter, r *http.Request) error {
	return s.renderChanges(w, r, http.StatusOK, "", nil)
}

// renderChanges shows what is different in a version, and to those who decide the form that puts it in force: with the day that was
// typed and what was wrong with it.
func (s *Server) renderChanges(w http.ResponseWriter, r *http.Request, status int, typed string, wrong error) error {
	e, err := s.edition(r)
	if err != nil {
		return err
	}
	x := s.telling(r, e)
	data := views.Changes{}
	if before, ok := against(e); ok {
		was, err := s.Definitions.Definition(e.ID, before.Version)
		if err != nil {
			return err
		}
		data = x.changes(was, e)
		data.Against = before.Version
	}
	if data.Running, err = s.runningText(r, e); err != nil {
		return err
	}
	if e.MayDecide {
		if data.Decide, err = s.decideView(r, e, typed, wrong); err != nil {
			return err
		}
	}
	page := s.page(r, x.t.T("programmes.changes.title", "programme", e.def.Title.In(x.t.Lang()), "version", e.version.Version))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, status, views.ChangesPage(page, s.frame(r, e, x, e.href+"/changes"), data))
}

// against is the version that another is compared with: what is to come with what is in force, what is or was in force with what
// was in force before it.
func against(e edition) (catalogue.Version, bool) {
	switch e.version.State {
	case catalogue.Proposed, catalogue.SetAside:
		return e.InForce()
	}
	i := slices.IndexFunc(e.History, func(span catalogue.Span) bool {
		return span.DefinitionID == e.version.ID && span.From == e.version.From
	})
	if i < 1 {
		return catalogue.Version{}, false
	}
	j := slices.IndexFunc(e.Versions, func(v catalogue.Version) bool { return v.ID == e.History[i-1].DefinitionID })
	return e.Versions[j], true
}

// unsaid are differences that every version has, and that the page tells elsewhere.
var unsaid = []string{"version", "dated"}

// changes puts the differences from was to the telling's definition under the headings of their parts.
func (x *telling) changes(was *programme.Definition, e edition) views.Changes {
	t := x.t
	var out views.Changes
	whom, n := map[programme.Audience]int{}, 0
	var order []programme.Audience
	names := [2]string{t.T("programmes.change.before"), t.T("programmes.change.now")}
	if e.version.State == catalogue.Proposed || e.version.State == catalogue.Coming {
		names = [2]string{t.T("programmes.change.today"), t.T("programmes.change.becomes")}
	}
	for _, c := range programme.Diff(was, x.d, t.Lang()) {
		if slices.Contains(unsaid, c.Path) {
			continue
		}
		n++
		var concerns []string
		for _, a := range c.For {
			if whom[a] == 0 {
				order = append(order, a)
			}
			whom[a]++
			concerns = append(concerns, a.In(t.Lang()))
		}
		if last := len(out.Sections) - 1; last < 0 || out.Sections[last].Heading != c.Section {
			out.Sections = append(out.Sections, views.ChangedSection{Heading: c.Section})
		}
		section := &out.Sections[len(out.Sections)-1]
		section.Changes = append(section.Changes, changeView(t, c, names, concerns))
	}
	out.Summary = t.T("programmes.changes.none")
	if n > 0 {
		out.Summary = t.T("programmes.changes.count", "n", n)
	}
	for _, a := range order {
		out.Whom = append(out.Whom, t.T("programmes.changes.whom", "whom", upperFirst(a.In(t.Lang())), "n", whom[a]))
	}
	return out
}

// changeView is one difference. Of a value that says several things only those that differ are shown.
func changeView(t *i18n.Printer, c programme.Change, names [2]string, concerns []string) views.Change {
	view := views.Change{Label: c.Label, BeforeName: names[0], AfterName: names[1]}
	if len(concerns) > 0 {
		view.Whom = t.T("programmes.change.concerns", "whom", listed(t, concerns))
	}
	switch {
	case c.Before == "" && c.After == "":
		view.Label, view.Whole = "", t.T("programmes.change.part."+string(c.Kind))
	case c.Kind == programme.Changed:
		before, after := partsOf(c.Before), partsOf(c.After)
		view.Before, view.After = without(before, after), without(after, before)
	case c.Kind == programme.Added:
		view.AfterName, view.After = t.T("programmes.change.added"), partsOf(c.After)
	default:
		view.BeforeName, view.Before = t.T("programmes.change.removed"), partsOf(c.Before)
	}
	return view
}

// without are the parts that others do not have; all of them when none is left, as then the order is what changed.
func without(parts, others []string) []string {
	left := slices.DeleteFunc(slices.Clone(parts), func(part string) bool { return slices.Contains(others, part) })
	for i := range left {
		left[i] = upperFirst(left[i])
	}
	return left
}

// listed writes several things in a row: "a, b och c".
func listed(t *i18n.Printer, things []string) string {
	out := ""
	for i, thing := range things {
		switch {
		case i == 0:
			out = thing
		case i == len(things)-1:
			out = t.T("programmes.and", "before", out, "last", thing)
		default:
			out += ", " + thing
		}
	}
	return out
}

// runningText says how many rounds keep the version that they have, whatever is decided.
func (s *Server) runningText(r *http.Request, e edition) (string, error) {
	v := visitOf(r)
	if !e.MayDecide {
		return "", nil
	}
	counts, err := s.Rounds.ByVersion(r.Context(), v.who.Subject, e.ID, s.Catalogue.Today().AddDays(1))
	if err != nil {
		return "", err
	}
	others, own := 0, 0
	for _, c := range counts {
		if c.Version == e.version.Version {
			own = c.Open
		} else {
			others += c.Open
		}
	}
	word := e.def.Word("", "round", v.texts.Lang())
	switch e.version.State {
	case catalogue.Proposed, catalogue.Coming, catalogue.SetAside:
		if others > 0 {
			return v.texts.T("programmes.running.keep", "n", others, "a", upperFirst(word.A), "many", word.Many), nil
		}
		return v.texts.T("programmes.running.none", "many", word.Many), nil
	}
	if own > 0 {
		return v.texts.T("programmes.running.own", "n", own, "a", upperFirst(word.A), "many", word.Many), nil
	}
	return "", nil
}

// decideView is the forms for those who decide about a version.
func (s *Server) decideView(r *http.Request, e edition, typed string, wrong error) (*views.Decide, error) {
	t := visitOf(r).texts
	today := s.Catalogue.Today()
	d := &views.Decide{Action: e.href + "/in-force", From: typed, Form: s.wrongForm(t, wrong)}
	switch e.version.State {
	case catalogue.Current:
		return nil, nil //nolint:nilnil // there is nothing to decide, and that is no error
	case catalogue.Coming:
		d.Planned, d.WithdrawTitle, d.WithdrawBy = true, t.T("programmes.withdraw.plan.title"), t.T("programmes.withdraw.plan.button")
		d.WithdrawText = t.T("programmes.withdraw.plan.text", "from", t.Date(e.version.From))
	case catalogue.Proposed:
		d.WithdrawTitle, d.WithdrawBy = t.T("programmes.withdraw.proposal.title"), t.T("programmes.withdraw.proposal.button")
		d.WithdrawText = t.T("programmes.withdraw.proposal.text")
	}
	d.WithdrawAction = e.href + "/withdraw"
	if typed == "" && wrong == nil {
		from := today
		if e.version.Dated.After(today) {
			from = e.version.Dated
		}
		if e.version.State == catalogue.Coming {
			from = e.version.From
		}
		d.From = from.String()
	}
	if d.Form.Of("sure") != "" {
		var err error
		if d.AskSure, err = s.sureText(r, e, typed); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// sureText says what it means that a version was in force from a day that is past.
func (s *Server) sureText(r *http.Request, e edition, typed string) (string, error) {
	v := visitOf(r)
	from, err := clock.ParseDate(typed)
	if err != nil {
		return "", errs.Wrap(errs.Invalid, err)
	}
	counts, err := s.Rounds.ByVersion(r.Context(), v.who.Subject, e.ID, from)
	if err != nil {
		return "", err
	}
	started := 0
	for _, c := range counts {
		if c.Version != e.version.Version {
			started += c.Started
		}
	}
	word := e.def.Word("", "round", v.texts.Lang())
	if started == 0 {
		return v.texts.T("programmes.sure.none", "from", v.texts.Date(from), "many", word.Many), nil
	}
	return v.texts.T("programmes.sure", "from", v.texts.Date(from), "n", started, "a", upperFirst(word.A), "many", word.Many), nil
}

// wrongForm is formOf for this room's errors: a day in them is written as people write it, a title in the reader's language.
func (s *Server) wrongForm(t *i18n.Printer, err error) views.Form {
	e := (*errs.Error)(nil)
	if !errors.As(err, &e) {
		return views.Form{}
	}
	shown := *e
	shown.Fields = slices.Clone(e.Fields)
	for i, f := range shown.Fields {
		args := map[string]any{}
		for name, value := range f.Args {
			switch value := value.(type) {
			case clock.Date:
				args[name] = t.Date(value)
			case programme.Texts:
				args[name] = value.In(t.Lang())
			default:
				args[name] = fmt.Sprint(value)
			}
		}
		shown.Fields[i].Args = args
	}
	return formOf(t, &shown)
}
