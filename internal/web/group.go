package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/programme"
	"hemvist/internal/round"
	"hemvist/internal/round/group"
	"hemvist/internal/web/views"
)

const groupPart = "/participants"

func groupHref(roundID string) string { return "/rounds/" + roundID + groupPart }

func (s *Server) showGroup(w http.ResponseWriter, r *http.Request) error {
	return s.renderGroup(w, r, http.StatusOK, "", views.Form{})
}

// renderGroup shows who takes part; count is what was typed as how many, where nobody is named.
func (s *Server) renderGroup(w http.ResponseWriter, r *http.Request, status int, count string, form views.Form) error {
	v := visitOf(r)
	t := v.texts
	g, err := s.Groups.Get(r.Context(), v.who.Subject, r.PathValue("id"))
	if err != nil {
		return err
	}
	data := views.Group{Head: s.roundHead(v, g.Row, groupPart), Href: groupHref(g.ID), MayChange: g.MayChange, Learners: g.Learners(),
		MayImport: g.MayChange && !g.Learners() && g.Attendance == round.Named, Empty: t.T("group.empty.text")}
	def, err := s.Definitions.Definition(g.Programme, g.Version)
	if err != nil {
		return err
	}
	data.TheRound = def.Word(g.Variant, "round", t.Lang()).The
	consents, err := s.consentsOf(r, g.Row)
	if err != nil {
		return err
	}
	if consents.Rule.Asks() {
		data.Consent = consentHref(g.ID)
	}
	for _, m := range g.Members {
		row := s.memberRow(t, g, m)
		if tag := consentTag(t, consents.Answer(m.ID).Answer); tag.Text != "" && consents.IsAsked(m.ID) && !consents.Ended() && !consents.Standing.LeaderSaysNo() {
			row.Tags = append(row.Tags, tag)
		}
		if m.Here() {
			data.Rows = append(data.Rows, row)
		} else {
			data.Left = append(data.Left, row)
		}
	}
	switch {
	case g.Learners():
		data.Empty = t.T("group.empty.learners")
	case g.Attendance == round.CountsOnly:
		if form.Wrong == nil {
			count = strconv.Itoa(g.Participants)
		}
		data.Count, data.Note = &views.CountForm{Value: count, Form: form}, t.T("group.note.counts")
	case g.Attendance == round.Pseudonymous:
		data.Note = t.T("group.note.pseudonymous")
	}
	s.tellSize(t, g, &data)
	page := s.page(r, t.T("group.title", "round", g.Name))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, status, views.GroupPage(page, data))
}

// tellSize tells how large the group is beside what its programme recommends, and which languages are read in it.
func (s *Server) tellSize(t *i18n.Printer, g group.Group, data *views.Group) {
	size := g.Size
	fact := func(key, value string) { data.Facts = append(data.Facts, views.Fact{Name: t.T(key), Value: value}) }
	fact("group.fact.persons", t.Number(size.Persons))
	if !g.Learners() && g.Attendance != round.CountsOnly {
		fact("group.fact.households", t.Number(size.Households))
	}
	if !size.Recommended.IsZero() {
		unit := "group.fact.in-persons"
		if size.InHouseholds {
			unit = "group.fact.in-households"
		}
		fact("group.fact.recommended", t.T(unit, "range", numbersText(size.Recommended)))
		data.Size = sizeTag(t, size)
	}
	if size.PerHousehold > 0 {
		fact("group.fact.per-household", t.T("group.fact.at-most", "n", size.PerHousehold))
	}
	if g.EndedHow == "" && size.CannotCertify() {
		data.Warning = t.T("group.cannot-certify", "n", size.Persons, "least", size.ToCertify)
	}
	if g.Learners() || len(g.Members) == 0 {
		return
	}
	fact("participant.language", languagesText(t, g.Members))
	if n := countMembers(g.Members, func(m group.Member) bool { return m.Interpreter }); n > 0 {
		fact("group.fact.interpreter", t.Number(n))
	}
	if n := countMembers(g.Members, func(m group.Member) bool { return m.Protected }); n > 0 {
		fact("participant.tag.protected", t.Number(n))
	}
}

func sizeTag(t *i18n.Printer, size group.Size) *views.Tag {
	switch {
	case size.Few():
		return &views.Tag{Text: t.T("group.size.few"), Colour: "warning"}
	case size.Many():
		return &views.Tag{Text: t.T("group.size.many"), Colour: "warning"}
	default:
		return &views.Tag{Text: t.T("group.size.right"), Colour: "success"}
	}
}

func numbersText(r programme.Range) string { return strings.ReplaceAll(r.String(), "-", "–") }

func countMembers(all []group.Member, of func(group.Member) bool) int {
	n := 0
	for _, m := range all {
		if m.Here() && of(m) {
			n++
		}
	}
	return n
}

// languagesText is which languages those who take part read, the commonest first: "svenska 6, persiska 2".
func languagesText(t *i18n.Printer, all []group.Member) string {
	counts := map[string]int{}
	for _, m := range all {
		if m.Here() && !m.Erased {
			counts[m.Language]++
		}
	}
	languages := slices.DeleteFunc(slices.Clone(group.Languages), func(l string) bool { return counts[l] == 0 })
	slices.SortStableFunc(languages, func(a, b string) int { return counts[b] - counts[a] })
	for i, l := range languages {
		languages[i] = t.T("language."+l) + " " + t.Number(counts[l])
	}
	if len(languages) == 0 {
		return t.T("group.none")
	}
	return i18n.Capital(strings.Join(languages, ", "))
}

// memberRow puts a participant into words.
func (s *Server) memberRow(t *i18n.Printer, g group.Group, m group.Member) views.MemberRow {
	if m.Erased {
		return views.MemberRow{Name: t.T("participant.erased"), Sub: goneText(t, m)}
	}
	row := views.MemberRow{Name: m.Name, Phone: m.Phone, Email: m.Email, Workplace: m.Workplace, Language: t.T("language." + m.Language),
		Children: childrenText(t, m.Children), Sub: goneText(t, m), Tags: memberTags(t, g, m)}
	if g.MayChange {
		row.Href = groupHref(g.ID) + "/" + m.ID
	}
	if together := g.Together(m); len(together) > 0 && m.Here() {
		row.Sub = t.T("participant.together", "names", listOf(t, together))
	} else if m.Here() && m.Other.RoundID != "" {
		row.Sub = t.T("participant.came", "round", m.Other.Round)
	}
	return row
}

// memberTags are what is to be seen at once about somebody.
func memberTags(t *i18n.Printer, g group.Group, m group.Member) []views.Tag {
	var tags []views.Tag
	if m.Protected {
		tags = append(tags, views.Tag{Text: t.T("participant.tag.protected"), Colour: "danger"})
	}
	if m.Interpreter {
		tags = append(tags, views.Tag{Text: t.T("participant.tag.interpreter"), Colour: "info"})
	}
	if slices.ContainsFunc(m.Children, func(c group.Child) bool { return !g.Size.ChildAge.IsZero() && !g.Size.ChildAge.Has(c.Age) }) {
		tags = append(tags, views.Tag{Text: t.T("participant.tag.age", "range", numbersText(g.Size.ChildAge)), Colour: "warning"})
	}
	return tags
}

// goneText is since when somebody takes part no more, and why; empty for one who does.
func goneText(t *i18n.Printer, m group.Member) string {
	switch {
	case m.LeftOn.IsZero():
		return ""
	case m.Other.To:
		return t.T("participant.gone.moved", "on", t.Date(m.LeftOn), "round", m.Other.Round)
	case m.Reason == "":
		return t.T("participant.left", "on", t.Date(m.LeftOn))
	default:
		return t.T("participant.gone.why", "on", t.Date(m.LeftOn), "why", t.T("participant.reason."+string(m.Reason)))
	}
}

func listOf(t *i18n.Printer, members []group.Member) string {
	names := make([]string, len(members))
	for i, m := range members {
		if names[i] = m.Name; m.Erased {
			names[i] = t.T("participant.erased")
		}
	}
	return strings.Join(names, ", ")
}

func childrenText(t *i18n.Printer, children []group.Child) string {
	if len(children) == 0 {
		return ""
	}
	ages := make([]string, len(children))
	for i, c := range children {
		ages[i] = strconv.Itoa(c.Age)
	}
	return t.T("participant.years", "ages", strings.Join(ages, ", "))
}

func (s *Server) countParticipants(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	typed := strings.TrimSpace(r.PostFormValue("count"))
	n, err := strconv.Atoi(typed)
	if err != nil {
		n = -1
	}
	err = s.Groups.SetCount(r.Context(), v.who.Subject, r.PathValue("id"), n, v.id)
	if errs.Is(err, errs.Invalid) {
		return s.renderGroup(w, r, http.StatusUnprocessableEntity, typed, formOf(v.texts, err))
	}
	if err != nil {
		return err
	}
	return s.redirect(w, r, groupHref(r.PathValue("id")), "flash.participant.count")
}

// mayInvite is where the reader invites people to the house; empty for who may not.
func mayInvite(v *visit) string {
	if access.ReachOf(v.who.Subject.Role, access.InvitePerson) == access.None {
		return ""
	}
	return "/people/invite"
}
