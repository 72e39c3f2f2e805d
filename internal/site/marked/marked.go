// Package marked turns the little Markdown that people write into HTML that can stand in a page: paragraphs, headings from the second
// level, lists, emphasis and links. It is pure. It never lets markup through as it was typed, never shows a picture, and never leads
// anywhere but to http, https, mailto or a place in the house.
package marked

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Fault is one thing in a text that cannot stand in a page.
type Fault struct {
	Kind FaultKind
	What string // the link's address; empty for others
}

// FaultKind is what sort of fault it is.
type FaultKind string

// The faults there are.
const (
	Markup  FaultKind = "markup"  // HTML
	Picture FaultKind = "picture" // an image
	Link    FaultKind = "link"    // a link to somewhere that no link may lead to
)

var machine = goldmark.New(goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(tame{}, 100))))

// HTML is the text as HTML. What Check finds fault with is left out of it: markup and pictures altogether, of a link the address.
func HTML(source string) (string, error) {
	var out bytes.Buffer
	if err := machine.Convert([]byte(source), &out); err != nil {
		return "", fmt.Errorf("make HTML of a text: %w", err)
	}
	return out.String(), nil
}

// Check is what is wrong with a text, in the order in which it stands there.
func Check(source string) []Fault {
	var faults []Fault
	src := []byte(source)
	tree := goldmark.New().Parser().Parse(text.NewReader(src))
	_ = ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.RawHTML, *ast.HTMLBlock:
			faults = append(faults, Fault{Kind: Markup})
		case *ast.Image:
			faults = append(faults, Fault{Kind: Picture})
		case *ast.Link:
			if to := string(n.Destination); !mayLead(to) {
				faults = append(faults, Fault{Kind: Link, What: to})
			}
		case *ast.AutoLink:
			if to := string(n.URL(src)); n.AutoLinkType == ast.AutoLinkURL && !mayLead(to) {
				faults = append(faults, Fault{Kind: Link, What: to})
			}
		}
		return ast.WalkContinue, nil
	}) // the function above gives no error
	return faults
}

// mayLead tells whether a link may lead there: to a page of the house, to the web, or to somebody's mailbox.
func mayLead(to string) bool {
	u, err := url.Parse(to)
	if err != nil || strings.ContainsAny(to, "\\\r\n\t") || strings.HasPrefix(to, "//") {
		return false
	}
	switch u.Scheme {
	case "http", "https":
		return u.Host != ""
	case "mailto":
		return u.Opaque != ""
	case "":
		return to != "" && u.Host == ""
	default:
		return false
	}
}

// tame makes headings begin at the second level and skip none, as the page's own is the first, and takes away what must not stand in
// a page.
type tame struct{}

// Transform does it to a whole text.
func (tame) Transform(tree *ast.Document, reader text.Reader, _ parser.Context) {
	level := 1
	var gone []ast.Node
	_ = ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			n.Level = min(max(n.Level, 2), level+1, 6)
			level = n.Level
		case *ast.RawHTML, *ast.HTMLBlock, *ast.Image:
			gone = append(gone, n)
			return ast.WalkSkipChildren, nil
		case *ast.Link:
			if !mayLead(string(n.Destination)) {
				n.Destination = []byte("#")
			}
		case *ast.AutoLink:
			if n.AutoLinkType == ast.AutoLinkURL && !mayLead(string(n.URL(reader.Source()))) {
				gone = append(gone, n)
			}
		}
		return ast.WalkContinue, nil
	}) // the function above gives no error
	for _, n := range gone {
		n.Parent().RemoveChild(n.Parent(), n)
	}
}

// Escape is a text as it has to be written to stand in a text of this kind as it is.
func Escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < 0x80 && strings.ContainsRune("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
