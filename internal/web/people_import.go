package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/directory/takeover"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/web/views"
)

const registerPath = peoplePath + "/import"

func registerHref(id string) string { return registerPath + "/drafts/" + url.PathEscape(id) }

func (s *Server) newRegister(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	if err := s.fresh(v); err != nil {
		return err
	}
	return s.renderNewRegister(w, r, http.StatusOK, roleTyped{role: string(access.Leader), from: s.Directory.Today().String(), programme: v.who.Subject.Programme}, "sv", views.Form{})
}

func (s *Server) renderNewRegister(w http.ResponseWriter, r *http.Request, status int, typed roleTyped, language string, form views.Form) error {
	t := visitOf(r).texts
	fields, err := s.roleFields(r, typed)
	if err != nil {
		return err
	}
	if len(fields.Places) > 1 { // the table may say the place
		fields.Places[0].Text = t.T("people.import.place.each")
	}
	data := views.NewRegister{Role: fields, Form: form}
	for _, lang := range i18n.Languages {
		data.Languages = append(data.Languages, views.Option{Value: lang, Text: t.T("language.own." + lang), Chosen: lang == language})
	}
	return s.render(w, r, status, views.NewRegisterPage(s.page(r, t.T("people.import.title")), data))
}

// readRegister reads a table in and shows what would become of each of its lines.
func (s *Server) readRegister(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	if err := s.fresh(v); err != nil {
		return err
	}
	typed, name := readRole(r), ""
	if r.MultipartForm != nil && len(r.MultipartForm.File["file"]) > 0 {
		name = textOf(r.MultipartForm.File["file"][0].Filename)
	}
	settings := takeover.Settings{RoleForm: typed.form(), Language: r.PostFormValue("language"), Roles: s.roleWords()}
	id, err := s.Registers.Read(r.Context(), v.who.Subject, []byte(r.PostFormValue("file")), name, settings)
	if errs.Is(err, errs.Invalid) {
		return s.renderNewRegister(w, r, http.StatusUnprocessableEntity, typed, settings.Language, formOf(v.texts, err))
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, registerHref(id), "")
}

// roleWords is what each role is called, in every language.
func (s *Server) roleWords() map[string]access.Role {
	words := map[string]access.Role{}
	for _, lang := range i18n.Languages {
		for _, role := range access.Roles {
			words[s.Texts.For(lang).T("role."+string(role))] = role
		}
	}
	return words
}

func (s *Server) showRegister(w http.ResponseWriter, r *http.Request) error {
	return s.renderRegister(w, r, http.StatusOK, nil, views.Form{})
}

// shownLines is how many lines that fit are shown; all that need an answer or do not fit are.
const shownLines = 50

func (s *Server) renderRegister(w http.ResponseWriter, r *http.Request, status int, decisions map[int]takeover.Decision, form views.Form) error {
	v := visitOf(r)
	t := v.texts
	p, err := s.Registers.Preview(r.Context(), v.who.Subject, r.PathValue("register"), decisions)
	if err != nil {
		return err
	}
	data := views.Register{Href: registerHref(p.ID), Form: form}
	if len(p.Unknown) > 0 {
		data.Unknown = t.T("people.import.unknown", "headings", strings.Join(p.Unknown, ", "))
	}
	for _, verdict := range p.Verdicts { // a question that is answered is still asked, so that one can answer otherwise
		d := decisions[verdict.Number]
		switch verdict.Kind {
		case takeover.AskWho, takeover.AskWhere:
			data.Asks = append(data.Asks, s.askedLine(t, verdict, d, p))
		default:
			if d != (takeover.Decision{}) {
				data.Answered = append(data.Answered, answers(verdict.Number, d)...)
			}
		}
	}
	for _, kind := range []takeover.Kind{takeover.Refused, takeover.Added, takeover.Known, takeover.Already, takeover.Skipped} {
		lines := p.Of(kind)
		if len(lines) == 0 {
			continue
		}
		part := views.RegisterPart{ID: string(kind), Title: t.T("people.import.kind."+string(kind), "n", len(lines))}
		for i, line := range lines {
			if kind != takeover.Refused && i == shownLines {
				part.More = t.T("people.import.more", "n", len(lines)-shownLines)
				break
			}
			part.Lines = append(part.Lines, s.registerLine(t, line))
		}
		data.Parts = append(data.Parts, part)
	}
	taken := len(p.Of(takeover.Added)) + len(p.Of(takeover.Known)) + len(data.Asks)
	if data.MayTake = taken > 0; !data.MayTake {
		data.Nothing = t.T("people.import.nothing")
	}
	return s.render(w, r, status, views.RegisterPage(s.page(r, t.T("people.import.preview")), data))
}

// answers are fields that carry an answer on.
func answers(line int, d takeover.Decision) []views.HeldField {
	var fields []views.HeldField
	for name, value := range map[string]string{"who": d.Who, "where": d.Where} {
		if value != "" {
			fields = append(fields, views.HeldField{Name: fmt.Sprintf("%s-%d", name, line), Value: value})
		}
	}
	return fields
}

// askedLine is a line with a question: who it is, each candidate with where they work, or where.
func (s *Server) askedLine(t *i18n.Printer, v takeover.Verdict, d takeover.Decision, p takeover.Preview) views.AskedLine {
	line := views.AskedLine{Line: s.registerLine(t, v)}
	if v.Kind == takeover.AskWhere {
		line.Name, line.Question = fmt.Sprintf("where-%d", v.Number), t.T("people.import.where", "organisation", v.Organisation)
		for _, place := range v.Places {
			line.Options = append(line.Options, views.Option{Value: place.OrganisationID, Text: place.Organisation, Chosen: place.OrganisationID == d.Where})
		}
	} else {
		line.Name, line.Question = fmt.Sprintf("who-%d", v.Number), t.T("people.import.who", "name", v.Form.Name)
		for _, c := range v.Candidates {
			row := s.personRow(t, c, p.Today)
			line.Options = append(line.Options, views.Option{Value: c.ID, Text: t.T("people.import.is", "name", c.Name+", "+c.Email+" – "+strings.Join(row.Roles, "; ")), Chosen: c.ID == d.Who})
		}
		line.Options = append(line.Options, views.Option{Value: takeover.IsNew, Text: t.T("people.import.is-new"), Chosen: d.Who == takeover.IsNew})
		line.Answered = answers(v.Number, takeover.Decision{Where: d.Where})
	}
	line.Options = append(line.Options, views.Option{Value: takeover.Skip, Text: t.T("people.import.skip"), Chosen: d.Who == takeover.Skip || d.Where == takeover.Skip})
	return line
}

func (s *Server) registerLine(t *i18n.Printer, v takeover.Verdict) views.RegisterLine {
	line := views.RegisterLine{Number: strconv.Itoa(v.Number), Name: v.Name, Email: v.Email, Phone: v.Phone, Place: v.Organisation}
	if v.Why.Key != "" {
		line.Why = t.TMap(v.Why.Key, v.Why.Args)
	}
	if v.Role.Role != "" && v.Kind != takeover.Refused {
		line.Role = t.T("role." + string(v.Role.Role))
	}
	return line
}

// decisionsOf reads the answers of a form.
func decisionsOf(form url.Values) map[int]takeover.Decision {
	decisions := map[int]takeover.Decision{}
	for name := range form {
		question, number, ok := strings.Cut(name, "-")
		n, err := strconv.Atoi(number)
		if !ok || err != nil {
			continue
		}
		d := decisions[n]
		switch question {
		case "who":
			d.Who = form.Get(name)
		case "where":
			d.Where = form.Get(name)
		}
		decisions[n] = d
	}
	return decisions
}

func (s *Server) takeOverRegister(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	if err := s.fresh(v); err != nil {
		return err
	}
	decisions := decisionsOf(r.PostForm)
	id, err := s.Registers.Confirm(r.Context(), v.who.Subject, r.PathValue("register"), decisions, v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderRegister(w, r, http.StatusUnprocessableEntity, decisions, formOf(v.texts, err))
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, registerHref(id)+"/report", "flash.register.taken")
}

func (s *Server) showTakeOver(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	t := v.texts
	report, err := s.Registers.Report(r.Context(), v.who.Subject, r.PathValue("register"))
	if err != nil {
		return err
	}
	data := views.TakeOver{Numbers: []views.Fact{{Name: t.T("people.import.report.new"), Value: t.Number(report.New)},
		{Name: t.T("people.import.report.known"), Value: t.Number(report.Known)}, {Name: t.T("people.import.report.already"), Value: t.Number(report.Already)},
		{Name: t.T("people.import.report.left"), Value: t.Number(len(report.Left))}}, CSV: registerHref(report.ID) + "/report.csv"}
	for _, left := range report.Left {
		data.Left = append(data.Left, s.leftLine(t, left))
	}
	page := s.page(r, t.T("people.import.report"))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, http.StatusOK, views.TakeOverPage(page, data))
}

func (s *Server) leftLine(t *i18n.Printer, left takeover.Left) views.RegisterLine {
	line := s.registerLine(t, takeover.Verdict{Row: left.Row, Kind: takeover.Refused, Why: left.Why})
	if left.Skipped {
		line.Why = t.T("people.import.skipped")
	}
	return line
}

// exportTakeOver sends what did not fit, under headings that the same page reads again.
func (s *Server) exportTakeOver(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	t := v.texts
	report, err := s.Registers.Report(r.Context(), v.who.Subject, r.PathValue("register"))
	if err != nil {
		return err
	}
	table := [][]any{{t.T("people.export.name"), t.T("people.export.email"), t.T("people.export.phone"), t.T("people.export.organisation"), t.T("people.export.board"),
		t.T("people.export.role"), t.T("people.import.line"), t.T("people.import.why")}}
	for _, left := range report.Left {
		table = append(table, []any{left.Name, left.Email, left.Phone, left.Organisation, left.Board, left.Title, left.Number, s.leftLine(t, left).Why})
	}
	return s.sendCSV(w, r, table, t.T("people.import.file"))
}
