package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/round"
	"hemvist/internal/round/group"
	"hemvist/internal/web/views"
)

func groupImportHref(roundID string) string { return groupHref(roundID) + "/import" }

func (s *Server) newGroupList(w http.ResponseWriter, r *http.Request) error {
	return s.renderNewGroupList(w, r, http.StatusOK, views.Form{})
}

func (s *Server) renderNewGroupList(w http.ResponseWriter, r *http.Request, status int, form views.Form) error {
	t := visitOf(r).texts
	g, err := s.changeable(r)
	if err != nil {
		return err
	}
	if g.Learners() || g.Attendance != round.Named {
		return errs.New(errs.Conflict, "participant.error.not-here")
	}
	return s.render(w, r, status, views.NewGroupListPage(s.page(r, t.T("participant.import.title")), views.NewGroupList{Back: groupHref(g.ID), BackText: g.Name,
		Action: groupImportHref(g.ID), Form: form}))
}

// readGroupList reads a list in and shows what would become of each of its lines.
func (s *Server) readGroupList(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	name := ""
	if r.MultipartForm != nil && len(r.MultipartForm.File["file"]) > 0 {
		name = textOf(r.MultipartForm.File["file"][0].Filename)
	}
	id, err := s.Groups.ReadList(r.Context(), v.who.Subject, r.PathValue("id"), []byte(r.PostFormValue("file")), name)
	if errs.Is(err, errs.Invalid) {
		return s.renderNewGroupList(w, r, http.StatusUnprocessableEntity, formOf(v.texts, err))
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, groupImportHref(r.PathValue("id"))+"/lists/"+url.PathEscape(id), "")
}

func (s *Server) showGroupList(w http.ResponseWriter, r *http.Request) error {
	return s.renderGroupList(w, r, http.StatusOK, nil, views.Form{})
}

func (s *Server) renderGroupList(w http.ResponseWriter, r *http.Request, status int, answers map[int]string, form views.Form) error {
	v := visitOf(r)
	t := v.texts
	p, err := s.Groups.Preview(r.Context(), v.who.Subject, r.PathValue("id"), r.PathValue("list"), answers)
	if err != nil {
		return err
	}
	data := views.GroupList{Back: groupImportHref(p.Round.ID), Href: groupImportHref(p.Round.ID) + "/lists/" + p.ID, Form: form}
	if len(p.Unknown) > 0 {
		data.Notes = append(data.Notes, t.T("participant.import.unknown", "headings", strings.Join(p.Unknown, ", ")))
	}
	if len(p.Guessed) > 0 {
		data.Notes = append(data.Notes, guessedText(t, p.Guessed))
	}
	for _, verdict := range p.Verdicts { // a question that is answered is still asked, so that one can answer otherwise
		answer := answers[verdict.Number]
		if verdict.Becomes == group.AskWho || answer != "" {
			data.Asks = append(data.Asks, askedOf(t, verdict, answer))
		}
	}
	for _, becomes := range []group.Becomes{group.DoesNot, group.WouldAdd, group.IsHere, group.WasChosen} {
		lines := p.Of(becomes)
		if len(lines) == 0 {
			continue
		}
		part := views.GroupListPart{ID: string(becomes), Title: t.T("participant.import.becomes."+string(becomes), "n", len(lines))}
		switch becomes {
		case group.DoesNot:
			part.Tells = t.T("participant.import.why")
		case group.WouldAdd:
			part.Tells = t.T("participant.import.saved")
		}
		for _, line := range lines {
			part.Lines = append(part.Lines, groupLine(t, line))
		}
		data.Parts = append(data.Parts, part)
	}
	if n := len(p.Of(group.WouldAdd)); n+len(data.Asks) > 0 {
		data.Button = t.T("participant.import.take", "n", n)
		if n == 0 {
			data.Button = t.T("participant.import.answer")
		}
	}
	return s.render(w, r, status, views.GroupListPage(s.page(r, t.T("participant.import.preview")), data))
}

// guessedText tells what the columns of a list without headings were taken for.
func guessedText(t *i18n.Printer, guessed []string) string {
	var all []string
	for i, id := range guessed {
		name := t.T("participant.import.column.none")
		if id != "" {
			name = t.T("participant.import.column." + id)
		}
		all = append(all, fmt.Sprintf("%d: %s", i+1, name))
	}
	return t.T("participant.import.guessed", "columns", strings.Join(all, ", "))
}

func askedOf(t *i18n.Printer, v group.Verdict, answer string) views.GroupAsk {
	other := v.Other
	if other == "" {
		other = t.T("participant.import.no-contact")
	}
	ask := views.GroupAsk{Name: fmt.Sprintf("who-%d", v.Number), Question: t.T("participant.import.who", "line", v.Number, "name", v.Name, "other", other)}
	ask.Options = []views.Option{{Value: group.IsSame, Text: t.T("participant.import.is-same"), Chosen: answer == group.IsSame},
		{Value: group.IsNew, Text: t.T("participant.import.is-new"), Chosen: answer == group.IsNew}}
	return ask
}

// groupLine is a line with what is wrong with it, or with all that would be saved of it.
func groupLine(t *i18n.Printer, v group.Verdict) views.GroupLine {
	n := v.Saves()
	line := views.GroupLine{Number: strconv.Itoa(v.Number), Name: v.Name, Contact: strings.Trim(v.Phone+" "+v.Email, " ")}
	switch v.Becomes {
	case group.DoesNot:
		var told []string
		for _, wrong := range v.Wrong {
			told = append(told, t.TMap(wrong.Key, wrong.Args)+".")
		}
		line.Told = strings.ReplaceAll(strings.Join(told, " "), "..", ".")
	case group.WouldAdd:
		line.Contact, line.Told = strings.Trim(n.Phone+" "+n.Email, " "), savedText(t, n, v.With)
	}
	return line
}

// savedText is what would be saved of a participant beside name and contact; with is whom they belong together with.
func savedText(t *i18n.Printer, n group.NewMember, with string) string {
	language := t.T("language." + n.Language)
	if n.Interpreter {
		language = t.T("recruitment.with-interpreter", "language", language)
	}
	told := []string{i18n.Capital(language)}
	if len(n.Children) > 0 {
		ages := make([]string, len(n.Children))
		for i, age := range n.Children {
			ages[i] = strconv.Itoa(age)
		}
		told = append(told, t.T("participant.import.children", "ages", strings.Join(ages, ", ")))
	}
	if with != "" {
		told = append(told, t.T("participant.together", "names", with))
	}
	if n.Protected {
		told = append(told, t.T("participant.tag.protected"))
	}
	return strings.Join(told, ". ")
}

func answersOf(form url.Values) map[int]string {
	answers := map[int]string{}
	for name := range form {
		if number, ok := strings.CutPrefix(name, "who-"); ok {
			if n, err := strconv.Atoi(number); err == nil {
				answers[n] = form.Get(name)
			}
		}
	}
	return answers
}

func (s *Server) takeGroupList(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	answers := answersOf(r.PostForm)
	_, err := s.Groups.TakeIn(r.Context(), v.who.Subject, r.PathValue("id"), r.PathValue("list"), answers, v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderGroupList(w, r, http.StatusUnprocessableEntity, answers, formOf(v.texts, err))
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, groupHref(r.PathValue("id"))+"#participants", "flash.participant.taken-in")
}
