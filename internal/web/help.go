package web

import (
	"bufio"
	"embed"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/site/marked"
	"hemvist/internal/web/views"
)

// helpFiles are the help's texts, a file a topic and language, and the glossary. A file begins with its title. What follows is for
// everybody, until a line such as "## @leader trainer": from there on it is for those roles, until the next such line; "## @all" is
// for everybody again.
//
//go:embed help/*.md
var helpFiles embed.FS

// topic is one thing that there is help about, and the beginnings of the patterns of the pages that it is about.
type topic struct {
	name  string
	pages []string
	out   bool // for who is not signed in; others find it where they need it
}

// topics is all of them, in the order in which they are listed. Of several that fit a page the longest counts.
var topics = []topic{
	{name: "home", pages: []string{"/{$}"}},
	{name: "sign-in", pages: []string{"/sign-in", "/demo"}, out: true},
	{name: "start", pages: []string{"/start"}, out: true},
	{name: "recovery-ask", pages: []string{"/recovery/ask", "/recovery/link"}, out: true},
	{name: "recovery", pages: []string{"/recovery"}},
	{name: "rounds", pages: []string{"/rounds"}},
	{name: "session", pages: []string{"/rounds/{id}/sessions"}},
	{name: "stand-in", pages: []string{"/rounds/{id}/sessions/{session}/stand-in", "/rounds/{id}/sessions/{session}/tell"}},
	{name: "attendance", pages: []string{"/rounds/{id}/sessions/{session}/attendance"}},
	{name: "concern", pages: []string{"/concern", "/rounds/{id}/concern"}},
	{name: "plan", pages: []string{"/rounds/new", "/rounds/{id}/plan"}},
	{name: "round-staff", pages: []string{"/rounds/{id}/plan/staff"}},
	{name: "notify", pages: []string{"/rounds/{id}/plan/notify"}},
	{name: "round-end", pages: []string{"/rounds/{id}/end", "/rounds/{id}/reopen"}},
	{name: "participants", pages: []string{"/rounds/{id}/participants"}},
	{name: "consent", pages: []string{"/rounds/{id}/consent"}},
	{name: "overview", pages: []string{"/rounds/calendar", "/rounds/strip", "/rounds/idle"}},
	{name: "week", pages: []string{"/week", "/rounds/{id}/sessions/{session}/record"}},
	{name: "credentials", pages: []string{"/rounds/{id}/outlook", "/people/{person}/credentials", "/me/credentials"}},
	{name: "recruitment", pages: []string{"/recruitment", "/rounds/{id}/recruitment", "/rounds/{id}/poster", "/rounds/{id}/information-sheet"}},
	{name: "interest", pages: []string{"/interest"}, out: true},
	{name: "attendance-rule", pages: []string{"/attendance"}},
	{name: "programmes", pages: []string{"/programmes"}},
	{name: "definitions", pages: []string{"/definitions", "/programmes/{programme}/home"}},
	{name: "organisations", pages: []string{"/organisations"}},
	{name: "people", pages: []string{"/people"}},
	{name: "invitations", pages: []string{"/people/invite", "/people/invitations", "/invitations"}},
	{name: "import", pages: []string{"/organisations/import", "/people/import"}},
	{name: "sign-in-rules", pages: []string{"/organisations/{organisation}/sign-in"}},
	{name: "identity", pages: []string{"/organisations/{organisation}/identity"}},
	{name: "letters", pages: []string{"/letters"}},
	{name: "log", pages: []string{"/log"}},
	{name: "my-log", pages: []string{"/me/log"}},
	{name: "my-consents", pages: []string{"/me/consents"}},
	{name: "profile", pages: []string{"/me/profile"}},
	{name: "my-sign-in", pages: []string{"/me/sign-in", "/me/confirm"}},
	{name: "texts", pages: []string{"/site"}},
	{name: "inbox", pages: []string{"/feedback/inbox"}},
	{name: "feedback", pages: []string{"/feedback"}},
	{name: "about", pages: []string{"/accessibility", "/privacy", "/cookies", "/contact"}},
	{name: "help", pages: []string{"/help"}},
}

// topicOf is the topic of a route's pattern; empty when there is none.
func topicOf(pattern string) string {
	_, path, _ := strings.Cut(pattern, " ")
	best, name := 0, ""
	for _, t := range topics {
		for _, page := range t.pages {
			if len(page) > best && (path == page || strings.HasPrefix(path, page+"/") || strings.HasPrefix(path, page+".")) {
				best, name = len(page), t.name
			}
		}
	}
	return name
}

// helpHref is the help about the page that is being answered.
func (s *Server) helpHref(v *visit) string {
	name := topicOf(v.route)
	if name == "home" && !v.in {
		name = "sign-in" // which is what somebody who is not signed in sees there
	}
	if name == "" {
		return "/help"
	}
	return "/help/" + name
}

// topicsFor is the topics with a page that the role may see; the empty role is who is not signed in.
func topicsFor(routes []Route, role access.Role) []topic {
	var found []topic
	for _, t := range topics {
		may := slices.ContainsFunc(routes, func(route Route) bool {
			reaches := route.Action == access.Anyone || role != "" && access.ReachOf(role, route.Action) != access.None
			return route.Page && reaches && topicOf(route.Pattern) == t.name
		})
		if may && (!t.out || role == "") && (t.name != "home" || role != "") {
			found = append(found, t)
		}
	}
	return found
}

// article is the help about a topic in one language.
type article struct {
	title string
	parts []helpPart
}

// helpPart is a part of an article; roles is empty for everybody.
type helpPart struct {
	roles []string
	body  string
}

// readArticle reads a file of the help.
func readArticle(name, language string) (article, error) {
	source, err := helpFiles.ReadFile("help/" + name + "." + language + ".md")
	if err != nil {
		return article{}, fmt.Errorf("help: %w", err)
	}
	title, rest, _ := strings.Cut(string(source), "\n")
	a := article{title: strings.TrimSpace(strings.TrimPrefix(title, "#")), parts: []helpPart{{}}}
	for _, line := range strings.Split(rest, "\n") {
		if roles, ok := strings.CutPrefix(line, "## @"); ok {
			part := helpPart{roles: strings.Fields(roles)}
			if roles == "all" {
				part.roles = nil
			}
			a.parts = append(a.parts, part)
			continue
		}
		a.parts[len(a.parts)-1].body += line + "\n"
	}
	return a, nil
}

// body is what the article says to a role.
func (a article) body(role access.Role) string {
	var b strings.Builder
	for _, part := range a.parts {
		if len(part.roles) == 0 || slices.Contains(part.roles, string(role)) {
			b.WriteString(part.body + "\n")
		}
	}
	return strings.TrimSpace(b.String())
}

// roleOf is the role of who asks; empty when nobody is signed in.
func roleOf(v *visit) access.Role {
	if !v.in {
		return ""
	}
	return v.who.Subject.Role
}

// helpLinks is links to the topics for who asks, but for one.
func (s *Server) helpLinks(v *visit, but string) ([]views.Link, error) {
	var links []views.Link
	for _, t := range topicsFor(s.routes(), roleOf(v)) {
		if t.name == but {
			continue
		}
		a, err := readArticle(t.name, v.texts.Lang())
		if err != nil {
			return nil, err
		}
		links = append(links, views.Link{Href: "/help/" + t.name, Text: a.title})
	}
	return links, nil
}

func (s *Server) listHelp(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	links, err := s.helpLinks(v, "")
	if err != nil {
		return err
	}
	data := views.Help{Topics: links, Lead: v.texts.T("help.lead")}
	if v.in {
		data.Lead = v.texts.T("help.lead.role", "role", strings.ToLower(v.texts.T("role."+string(v.who.Subject.Role))))
	}
	return s.render(w, r, http.StatusOK, views.HelpPage(s.page(r, v.texts.T("help.title")), data))
}

// showHelp shows one topic in the words of the reader's role. Help is no secret: who follows a colleague's link gets it.
func (s *Server) showHelp(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	name := r.PathValue("topic")
	if !slices.ContainsFunc(topics, func(t topic) bool { return t.name == name }) {
		return errs.New(errs.NotFound, "")
	}
	a, err := readArticle(name, v.texts.Lang())
	if err != nil {
		return err
	}
	var data views.HelpTopic
	if data.HTML, err = marked.HTML(a.body(roleOf(v))); err != nil {
		return err
	}
	if data.Other, err = s.helpLinks(v, name); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.HelpTopicPage(s.page(r, a.title), data))
}

// glossary reads the words of the field: a line each, the word, a colon, and what it means.
func glossary(language string) ([]views.Fact, error) {
	f, err := helpFiles.Open("help/words." + language + ".md")
	if err != nil {
		return nil, fmt.Errorf("glossary: %w", err)
	}
	defer func() { _ = f.Close() }() // it is only read
	var words []views.Fact
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if word, meaning, ok := strings.Cut(lines.Text(), ": "); ok {
			words = append(words, views.Fact{Name: i18n.Capital(word), Value: meaning})
		}
	}
	return words, nil
}

func (s *Server) showGlossary(w http.ResponseWriter, r *http.Request) error {
	t := visitOf(r).texts
	words, err := glossary(t.Lang())
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.HelpWordsPage(s.page(r, t.T("help.words")), views.HelpWords{Words: words}))
}
