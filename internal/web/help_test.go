package web

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/i18n"
	"hemvist/internal/site"
	"hemvist/internal/site/marked"
	"hemvist/internal/web/views"
)

// readers is everybody that a text of the help is for: the roles, and who is not signed in.
var readers = append([]access.Role{""}, access.Roles...)

// TestEveryPageHasATopic: each page of the route table belongs to a topic, and each topic has a page that somebody may see.
func TestEveryPageHasATopic(t *testing.T) {
	routes := New(Config{Demo: []DemoRole{{}}}).Routes()
	for _, route := range routes {
		if route.Page && topicOf(route.Pattern) == "" {
			t.Errorf("%s has no help: add it to a topic in help.go", route.Pattern)
		}
	}
	reached := map[string]bool{}
	for _, reader := range readers {
		for _, x := range topicsFor(routes, reader) {
			reached[x.name] = true
		}
	}
	for _, about := range topics {
		if !reached[about.name] {
			t.Errorf("nobody is shown the help about %s: no page of it is in the route table", about.name)
		}
		for _, page := range about.pages {
			if !slices.ContainsFunc(routes, func(r Route) bool { return strings.Contains(r.Pattern, " "+page) }) {
				t.Errorf("the topic %s is about %s, which begins no pattern", about.name, page)
			}
		}
	}
	for pattern, want := range map[string]string{"GET /rounds/{id}": "rounds", "GET /rounds.csv": "rounds", "POST /rounds/{id}/participants": "participants",
		"GET /feedback/inbox/{feedback}": "inbox", "GET /feedback": "feedback", "GET /{$}": "home", "/": "", "GET /programmes/{programme}/home": "definitions"} {
		if got := topicOf(pattern); got != want {
			t.Errorf("%s belongs to %q, want %q", pattern, got, want)
		}
	}
}

// How long the help about a topic is, in words, as one reader gets it.
const fewest, most = 80, 200

var role = regexp.MustCompile(`(?m)^## @(.*)$`)

// TestTheHelpsTexts: every topic has a text in every language, of a length that people read, with the same parts for the same roles.
func TestTheHelpsTexts(t *testing.T) {
	routes := New(Config{Demo: []DemoRole{{}}}).Routes()
	files := 0
	for _, about := range topics {
		var parts []string
		for _, language := range i18n.Languages {
			files++
			a, err := readArticle(about.name, language)
			if err != nil {
				t.Error(err)
				continue
			}
			source, err := helpFiles.ReadFile("help/" + about.name + "." + language + ".md")
			if err != nil || a.title == "" || !strings.HasPrefix(string(source), "# "+a.title+"\n") {
				t.Errorf("%s in %s: no title", about.name, language)
			}
			parts = append(parts, fmt.Sprint(role.FindAllString(string(source), -1), strings.Count(string(source), "\n## ")))
			checkRoles(t, about.name, a)
			for _, reader := range readers {
				mentioned := slices.ContainsFunc(a.parts, func(p helpPart) bool { return slices.Contains(p.roles, string(reader)) })
				if !mentioned && !slices.ContainsFunc(topicsFor(routes, reader), func(x topic) bool { return x.name == about.name }) {
					continue
				}
				body := a.body(reader)
				if n := len(strings.Fields(body)); n < fewest || n > most {
					t.Errorf("%s in %s, to %q: %d words, want %d to %d", about.name, language, reader, n, fewest, most)
				}
				if faults := marked.Check(body); len(faults) > 0 || strings.Contains(body, "@") {
					t.Errorf("%s in %s: %v", about.name, language, faults)
				}
			}
		}
		if len(parts) == 2 && parts[0] != parts[1] {
			t.Errorf("%s: the languages have other parts: %s", about.name, parts)
		}
	}
	if all, err := helpFiles.ReadDir("help"); err != nil || len(all) != files+len(i18n.Languages) {
		t.Errorf("%d files of help, %d are read (%v)", len(all), files, err)
	}
}

// checkRoles: a part is for roles that there are, each of which may see a page of the topic.
func checkRoles(t *testing.T, name string, a article) {
	t.Helper()
	routes := New(Config{}).Routes()
	for _, part := range a.parts {
		for _, r := range part.roles {
			if !access.Role(r).Valid() {
				t.Errorf("%s is for %q, which is no role", name, r)
			} else if !slices.ContainsFunc(topicsFor(routes, access.Role(r)), func(x topic) bool { return x.name == name }) {
				t.Errorf("%s has words for the %s, who sees no page of it", name, r)
			}
		}
	}
}

// TestTheGlossary: as many words in each language, in order, each with its meaning.
func TestTheGlossary(t *testing.T) {
	var counts []int
	for _, language := range i18n.Languages {
		words, err := glossary(language)
		if err != nil {
			t.Fatal(err)
		}
		counts = append(counts, len(words))
		source, err := helpFiles.ReadFile("help/words." + language + ".md")
		if lines := strings.Count(strings.TrimSpace(string(source)), "\n") + 1; err != nil || lines != len(words) || len(words) < 15 {
			t.Errorf("%s: %d lines, %d words", language, lines, len(words))
		}
		if !slices.IsSortedFunc(words, func(a, b views.Fact) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) }) {
			t.Errorf("%s: the words are not in order", language)
		}
	}
	if counts[0] != counts[1] {
		t.Errorf("words in each language: %v", counts)
	}
}

// TestTheCookiesAreTold: the page about cookies names each cookie that the program sets.
func TestTheCookiesAreTold(t *testing.T) {
	for _, language := range i18n.Languages {
		body := site.Shipped(site.Cookies, language)
		for _, name := range allCookies(t) {
			if !strings.Contains(body, "**"+name+"**") {
				t.Errorf("in %s the cookie %s is not told of", language, name)
			}
		}
	}
}

// allCookies is the names of the cookies, read from where they are declared.
func allCookies(t *testing.T) []string {
	t.Helper()
	source, err := os.ReadFile("session.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range regexp.MustCompile(`(?m)^\t[a-z][A-Za-z]*Cookie\s+= "([a-z-]+)"`).FindAllStringSubmatch(string(source), -1) {
		names = append(names, m[1])
	}
	if len(names) < 4 {
		t.Fatalf("found %d cookies in session.go", len(names))
	}
	return names
}
