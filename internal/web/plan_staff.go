package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/programme"
	"hemvist/internal/register"
	"hemvist/internal/round"
	"hemvist/internal/web/views"
)

func (s *Server) showStaff(w http.ResponseWriter, r *http.Request) error {
	return s.renderStaff(w, r, http.StatusOK, r.URL.Query(), views.Form{}, nil)
}

// partTitle is a part in a round in the programme's words.
func partTitle(t *i18n.Printer, d *programme.Definition, part access.Role) string {
	if role, ok := d.Role(string(part)); ok {
		return i18n.Capital(role.Title.In(t.Lang()))
	}
	return t.T("role." + string(part))
}

// partIn is the part that was chosen, or the first in which somebody is lacking.
func partIn(d round.StaffDetail, chosen string) access.Role {
	if slices.ContainsFunc(d.Staffing, func(x round.Staffing) bool { return x.Role == chosen }) {
		return access.Role(chosen)
	}
	for _, x := range d.Staffing {
		if x.Few() {
			return access.Role(x.Role)
		}
	}
	if len(d.Staffing) > 0 {
		return access.Role(d.Staffing[0].Role)
	}
	return ""
}

func (s *Server) renderStaff(w http.ResponseWriter, r *http.Request, status int, asked url.Values, form views.Form, doubt *views.Doubt) error {
	v := visitOf(r)
	t := v.texts
	d, err := s.Rounds.StaffOf(r.Context(), v.who.Subject, r.PathValue("id"))
	if err != nil {
		return err
	}
	today := s.Rounds.Today()
	part := partIn(d, asked.Get("role"))
	from := asked.Get("from")
	if from == "" {
		from = today.String()
	}
	sayUnread(t, form, "from", asked.Get("from"))
	data := views.Staff{Head: s.roundHead(v, d.Row, "/plan"), Back: roundHref(d.ID, "/plan"), Href: roundHref(d.ID, "/plan/staff"), Open: d.EndedHow == "" && part != "", Seen: d.Seen,
		Form: form, Doubt: doubt, Text: strings.TrimSpace(asked.Get("q")), Role: string(part), From: from}
	var found []round.Colleague
	if data.Open {
		if found, err = s.Rounds.Colleagues(r.Context(), v.who.Subject, d, part, data.Text, dayOr(from, today)); err != nil {
			return err
		}
	}
	fits, err := s.fitsOf(r, d, append(working(d, today), candidatesOf(d, found, part, dayOr(from, today))...))
	if err != nil {
		return err
	}
	s.addWorkers(t, d, fits, &data)
	for _, x := range d.Staffing {
		data.Roles = append(data.Roles, views.Option{Value: x.Role, Text: partTitle(t, d.Definition, access.Role(x.Role)), Chosen: x.Role == string(part)})
		data.Counts = append(data.Counts, staffCount(t, d.Definition, x, mayNot(d, fits, x.Role)))
	}
	data.Found = colleagueViews(t, d, found, fits, part, dayOr(from, today))
	page := s.page(r, t.T("plan.staff.title"))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, status, views.StaffPage(page, data))
}

// mayNot is how many of those who are counted in a part may not lead yet.
func mayNot(d round.StaffDetail, fits map[register.Candidate]register.Fit, role string) int {
	who := map[string]bool{}
	for _, w := range d.Workers {
		if f, ok := fits[register.Candidate{Person: w.PersonID, Role: role, On: d.On}]; ok && string(w.Role) == role && w.On(d.On) && !f.May {
			who[w.PersonID] = true
		}
	}
	return len(who)
}

// staffCount says how many there are in a part, of how many, and how many of them may not lead yet.
func staffCount(t *i18n.Printer, d *programme.Definition, x round.Staffing, mayNot int) views.StaffCount {
	c := views.StaffCount{Text: t.T("plan.staff.count", "role", partTitle(t, d, access.Role(x.Role)), "n", x.Have, "of", rangeText(t, x.Count.Min, x.Count.Max))}
	switch {
	case x.Few():
		c.Tag = views.Tag{Text: t.T("plan.staff.few", "n", x.Count.Min-x.Have), Colour: "warning"}
	case x.Many():
		c.Tag = views.Tag{Text: t.T("plan.staff.many"), Colour: "warning"}
	case mayNot > 0:
		c.Tag = views.Tag{Text: t.T("plan.staff.may-not", "n", mayNot), Colour: "warning"}
	default:
		c.Tag = views.Tag{Text: t.T("plan.staff.enough"), Colour: "success"}
	}
	return c
}

func rangeText(t *i18n.Printer, least, most int) string {
	switch {
	case most == 0:
		return t.T("plan.range.from", "n", least)
	case least == most:
		return t.Number(least)
	default:
		return t.Number(least) + "–" + t.Number(most)
	}
}

func (s *Server) addWorkers(t *i18n.Printer, d round.StaffDetail, fits map[register.Candidate]register.Fit, data *views.Staff) {
	today := s.Rounds.Today()
	for _, w := range d.Workers {
		view := views.Worker{Name: w.Name, Role: partTitle(t, d.Definition, w.Role), Days: daysText(t, w.From, w.To)}
		if w.Organisation != "" {
			view.Role += ", " + w.Organisation
		}
		if w.Over(today) {
			if w.EndedBy != "" {
				view.Days += " " + t.T("plan.staff.ended-by", "name", w.EndedBy)
			}
			data.Former = append(data.Former, view)
			continue
		}
		if data.Open {
			view.Href = roundHref(d.ID, "/plan/staff/"+w.PersonID+"?"+url.Values{"role": {string(w.Role)}}.Encode())
		}
		if f, ok := fits[register.Candidate{Person: w.PersonID, Role: string(w.Role), On: d.On}]; ok {
			view.Fit = fitView(t, f)
		}
		data.Workers = append(data.Workers, view)
	}
}

func daysText(t *i18n.Printer, from, to clock.Date) string {
	if to.IsZero() {
		return t.T("plan.staff.from", "on", t.Date(from))
	}
	return t.T("plan.staff.from-to", "from", t.Date(from), "to", t.Date(to))
}

// asksOf tells whether the variant asks anything of those in a part.
func asksOf(v *programme.Variant, part access.Role) bool {
	staffing, ok := v.StaffIn(string(part))
	return ok && len(staffing.Holds)+len(staffing.Completed) > 0
}

// working are those who work in the round, as far as anything is asked of them.
func working(d round.StaffDetail, today clock.Date) []register.Candidate {
	var out []register.Candidate
	for _, w := range d.Workers {
		if d.Variant != nil && !w.Over(today) && asksOf(d.Variant, w.Role) {
			out = append(out, register.Candidate{Person: w.PersonID, Role: string(w.Role), On: d.On})
		}
	}
	return out
}

// candidatesOf are the colleagues found for a part, as far as anything is asked of them.
func candidatesOf(d round.StaffDetail, found []round.Colleague, part access.Role, from clock.Date) []register.Candidate {
	if d.Variant == nil || !asksOf(d.Variant, part) {
		return nil
	}
	var out []register.Candidate
	for _, c := range found {
		out = append(out, register.Candidate{Person: c.ID, Role: string(part), On: from})
	}
	return out
}

// fitsOf is who may work in the round and why.
func (s *Server) fitsOf(r *http.Request, d round.StaffDetail, candidates []register.Candidate) (map[register.Candidate]register.Fit, error) {
	if len(candidates) == 0 {
		return map[register.Candidate]register.Fit{}, nil
	}
	fits, err := s.Register.Fits(r.Context(), visitOf(r).who.Subject, d.Definition, d.Row.Variant, candidates)
	if err != nil {
		return nil, err
	}
	out := make(map[register.Candidate]register.Fit, len(fits))
	for i, f := range fits {
		out[candidates[i]] = f
	}
	return out, nil
}

// fitView is whether somebody may lead, and why.
func fitView(t *i18n.Printer, f register.Fit) *views.Fit {
	view := views.Fit{Tag: views.Tag{Text: t.T("plan.fit.no"), Colour: "warning"}}
	switch {
	case f.May && f.Learning:
		view.Tag = views.Tag{Text: t.T("plan.fit.learning"), Colour: "info"}
	case f.May:
		view.Tag = views.Tag{Text: t.T("plan.fit.yes"), Colour: "success"}
	}
	for _, reason := range f.Reasons {
		if words := reason.Words(t.Lang()); words != "" && !slices.Contains(view.Why, words) {
			view.Why = append(view.Why, words)
		}
	}
	return &view
}

// colleagueViews are those of the found who do not have the part already.
func colleagueViews(t *i18n.Printer, d round.StaffDetail, found []round.Colleague, fits map[register.Candidate]register.Fit, part access.Role, from clock.Date) []views.PlanColleague {
	var out []views.PlanColleague
	for _, c := range found {
		if slices.ContainsFunc(d.Workers, func(w round.Worker) bool { return w.PersonID == c.ID && w.Role == part && !w.Over(from) }) {
			continue
		}
		view := views.PlanColleague{ID: c.ID, Name: c.Name, Organisation: c.Organisation}
		if slices.ContainsFunc(found, func(o round.Colleague) bool {
			return o.ID != c.ID && o.Name == c.Name && o.Organisation == c.Organisation
		}) {
			where := c.Organisation
			if c.Unit != "" {
				where += ", " + c.Unit
			}
			view.Organisation = t.T("plan.find.apart", "organisation", where, "on", t.Date(c.Since))
		}
		if f, ok := fits[register.Candidate{Person: c.ID, Role: string(part), On: from}]; ok {
			view.Fit = fitView(t, f)
		}
		out = append(out, view)
	}
	return out
}

// doubt is whoever is about to be added and may not lead yet; ok is false for who may, and where nothing is asked.
func (s *Server) doubt(r *http.Request, j round.Joining) (of views.Doubt, ok bool, err error) {
	v := visitOf(r)
	d, err := s.Rounds.StaffOf(r.Context(), v.who.Subject, r.PathValue("id"))
	if err != nil || j.PersonID == "" || d.Variant == nil || !asksOf(d.Variant, j.Role) {
		return of, false, err
	}
	on := j.From
	if on.IsZero() {
		on = s.Rounds.Today()
	}
	found, err := s.Rounds.Colleagues(r.Context(), v.who.Subject, d, j.Role, strings.TrimSpace(r.PostFormValue("q")), on)
	if err != nil {
		return of, false, err
	}
	i := slices.IndexFunc(found, func(c round.Colleague) bool { return c.ID == j.PersonID })
	if i < 0 {
		return of, false, nil // whoever cannot be chosen is refused in words
	}
	fits, err := s.fitsOf(r, d, candidatesOf(d, found[i:i+1], j.Role, on))
	if err != nil {
		return of, false, err
	}
	f, known := fits[register.Candidate{Person: j.PersonID, Role: string(j.Role), On: on}]
	if !known || f.May {
		return of, false, nil
	}
	return views.Doubt{ID: j.PersonID, Name: found[i].Name, Why: fitView(v.texts, f).Why}, true, nil
}

func (s *Server) join(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	id := r.PathValue("id")
	j := round.Joining{PersonID: r.PostFormValue("person"), Role: access.Role(r.PostFormValue("role")), From: dayOr(strings.TrimSpace(r.PostFormValue("from")), clock.Date{})}
	if r.PostFormValue("sure") != "yes" {
		doubt, asks, err := s.doubt(r, j)
		if err != nil {
			return err
		}
		if asks {
			return s.renderStaff(w, r, http.StatusUnprocessableEntity, r.PostForm, views.Form{}, &doubt)
		}
	}
	err := s.Rounds.Join(r.Context(), v.who.Subject, id, j, r.PostFormValue("seen"), v.id)
	if form, status, ok := planRefused(v.texts, err); ok {
		return s.renderStaff(w, r, status, r.PostForm, form, nil)
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, roundHref(id, "/plan/staff"), "flash.plan.joined")
}

// partTyped is the end of somebody's part as it was typed.
type partTyped struct{ when, last, person, from string }

func (s *Server) showPart(w http.ResponseWriter, r *http.Request) error {
	today := s.Rounds.Today().String()
	return s.renderPart(w, r, http.StatusOK, r.URL.Query(), partTyped{last: today, from: today}, views.Form{})
}

func (s *Server) renderPart(w http.ResponseWriter, r *http.Request, status int, asked url.Values, typed partTyped, form views.Form) error {
	v := visitOf(r)
	t := v.texts
	d, err := s.Rounds.StaffOf(r.Context(), v.who.Subject, r.PathValue("id"))
	if err != nil {
		return err
	}
	today, role := s.Rounds.Today(), access.Role(asked.Get("role"))
	i := slices.IndexFunc(d.Workers, func(w round.Worker) bool {
		return w.PersonID == r.PathValue("person") && (role == "" || w.Role == role) && !w.Over(today)
	})
	switch {
	case d.EndedHow != "":
		return errs.New(errs.Conflict, "round.error.ended")
	case i < 0:
		return errs.New(errs.NotFound, "")
	}
	worker := d.Workers[i]
	found, err := s.Rounds.Colleagues(r.Context(), v.who.Subject, d, worker.Role, strings.TrimSpace(asked.Get("q")), today)
	if err != nil {
		return err
	}
	fits, err := s.fitsOf(r, d, candidatesOf(d, found, worker.Role, today))
	if err != nil {
		return err
	}
	sayUnread(t, form, "last", typed.last)
	sayUnread(t, form, "from", typed.from)
	data := views.PartForm{Back: roundHref(d.ID, "/plan/staff"), Action: roundHref(d.ID, "/plan/staff/"+worker.PersonID), Seen: d.Seen, Role: string(worker.Role), Name: worker.Name,
		Text: strings.TrimSpace(asked.Get("q")), Last: typed.last, From: typed.from, Form: form, Lead: partTitle(t, d.Definition, worker.Role) + ", " + daysText(t, worker.From, worker.To) + "."}
	data.When = []views.Option{{Value: "day", Text: t.T("plan.part.day"), Chosen: typed.when != "now"}, {Value: "now", Text: t.T("plan.part.now"), Chosen: typed.when == "now"}}
	data.People = []views.Option{{Text: t.T("plan.part.choose")}}
	for _, c := range colleagueViews(t, d, found, fits, worker.Role, today) {
		text := c.Name + ", " + c.Organisation
		if c.Fit != nil {
			text += " – " + c.Fit.Tag.Text
		}
		data.People = append(data.People, views.Option{Value: c.ID, Text: text, Chosen: c.ID == typed.person})
	}
	data.Found = t.T("plan.part.found", "n", len(data.People)-1)
	return s.render(w, r, status, views.PartPage(s.page(r, worker.Name), data))
}

func (s *Server) part(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	id, person, role, seen := r.PathValue("id"), r.PathValue("person"), access.Role(r.PostFormValue("role")), r.PostFormValue("seen")
	typed := partTyped{when: r.PostFormValue("when"), last: strings.TrimSpace(r.PostFormValue("last")), person: r.PostFormValue("by"), from: strings.TrimSpace(r.PostFormValue("from"))}
	var err error
	flash := "flash.plan.left"
	if r.PostFormValue("do") == "replace" {
		j := round.Joining{PersonID: typed.person, Role: role, From: dayOr(typed.from, clock.Date{}), InPlace: person}
		flash, err = "flash.plan.replaced", s.Rounds.Join(r.Context(), v.who.Subject, id, j, seen, v.id)
	} else {
		err = s.Rounds.Part(r.Context(), v.who.Subject, id, person, role, dayOr(typed.last, clock.Date{}), typed.when == "now", seen, v.id)
	}
	if form, status, ok := planRefused(v.texts, err); ok {
		return s.renderPart(w, r, status, r.PostForm, typed, form)
	}
	if err != nil {
		return err
	}
	to := roundHref(id, "/plan/staff")
	if person == v.who.Subject.Person { // whoever left a round has no more to do there
		to = "/rounds"
	}
	return s.redirect(w, r, to, flash)
}

// staffSummary is how many work in a round, by part, as the hub is told.
func staffSummary(t *i18n.Printer, p round.PlanDetail) []views.Fact {
	var out []views.Fact
	for _, m := range staffLines(t, p) {
		out = append(out, views.Fact{Name: m.Name, Value: m.Value})
	}
	if len(out) == 0 {
		out = append(out, views.Fact{Name: t.T("plan.staff.title"), Value: t.T("plan.nobody")})
	}
	return out
}

func countFact(t *i18n.Printer, p round.PlanDetail) views.Fact {
	word := p.Definition.Word(p.Row.Variant, "participant", t.Lang())
	return views.Fact{Name: i18n.Capital(word.Many), Value: strconv.Itoa(p.Participants)}
}
