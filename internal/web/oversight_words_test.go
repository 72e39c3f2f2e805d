package web_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"hemvist/internal/i18n"
)

// endings tells by the values of which type the words end that the code puts together, by how they begin.
var endings = map[string]string{"signed-in.by-": "Means", "confirmed.by-": "Means"}

// spelled is what other such words end in.
var spelled = map[string][]string{"password-": {"allowed", "forbidden"}}

// TestEveryActionHasWords: whatever any room writes to the log can be told in the reader's language. It reads the code: constants
// and values of the type audit.Action, what is put into an entry's Action, and what is given to a parameter of that type.
func TestEveryActionHasWords(t *testing.T) {
	found := actionsIn(t, "../..")
	if len(found) < 40 {
		t.Fatalf("only %d actions were found: the search no longer sees how they are written", len(found))
	}
	bundle, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range i18n.Languages {
		for action, where := range found {
			if !bundle.For(lang).Has("log.did." + action) {
				t.Errorf("%s: %s is written to the log and has no text log.did.%s", where, action, action)
			}
		}
	}
}

// actionsIn is every action that the code under a folder writes, and where.
func actionsIn(t *testing.T, root string) map[string]string {
	t.Helper()
	packages := map[string][]*ast.File{}
	files := token.NewFileSet()
	err := filepath.WalkDir(filepath.Join(root, "internal"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") {
			return err
		}
		f, err := parser.ParseFile(files, path, nil, 0)
		packages[filepath.Dir(path)] = append(packages[filepath.Dir(path)], f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	c := collector{t: t, files: files, found: map[string]string{}, values: map[string][]string{}}
	for _, all := range packages {
		for _, f := range all {
			ast.Inspect(f, c.constants)
		}
	}
	for dir, all := range packages {
		c.inAudit = filepath.Base(dir) == "audit"
		c.takes = map[string][]int{}
		for _, f := range all {
			ast.Inspect(f, c.parameters)
		}
		for _, f := range all {
			ast.Inspect(f, c.collect)
		}
	}
	return c.found
}

type collector struct {
	t       *testing.T
	files   *token.FileSet
	found   map[string]string
	inAudit bool
	takes   map[string][]int // the places of parameters that are actions, by function
	values  map[string][]string
}

// constants keeps the values of each type of text.
func (c *collector) constants(n ast.Node) bool {
	if s, ok := n.(*ast.ValueSpec); ok {
		if of, ok := s.Type.(*ast.Ident); ok && len(s.Values) == 1 {
			if lit, ok := s.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
				word, _ := strconv.Unquote(lit.Value)
				c.values[of.Name] = append(c.values[of.Name], word)
			}
		}
	}
	return true
}

// isAction tells whether a type is audit.Action.
func isAction(e ast.Expr) bool {
	s, ok := e.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	p, ok := s.X.(*ast.Ident)
	return ok && p.Name == "audit" && s.Sel.Name == "Action"
}

func (c *collector) parameters(n ast.Node) bool {
	f, ok := n.(*ast.FuncDecl)
	if !ok {
		return true
	}
	i := 0
	for _, p := range f.Type.Params.List {
		for range max(1, len(p.Names)) {
			if isAction(p.Type) {
				c.takes[f.Name.Name] = append(c.takes[f.Name.Name], i)
			}
			i++
		}
	}
	return true
}

func (c *collector) collect(n ast.Node) bool {
	if c.inAudit {
		return false
	}
	switch n := n.(type) {
	case *ast.ValueSpec:
		if n.Type != nil && isAction(n.Type) {
			for _, v := range n.Values {
				c.add(v)
			}
		}
	case *ast.CompositeLit:
		if s, ok := n.Type.(*ast.SelectorExpr); ok && s.Sel.Name == "Entry" {
			for _, e := range n.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok && fmt.Sprint(kv.Key) == "Action" {
					c.add(kv.Value)
				}
			}
		}
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if id, ok := left.(*ast.Ident); ok && id.Name == "action" && i < len(n.Rhs) {
				c.add(n.Rhs[i])
			}
		}
	case *ast.CallExpr:
		c.call(n)
	}
	return true
}

func (c *collector) call(n *ast.CallExpr) {
	if isAction(n.Fun) {
		c.add(n.Args[0])
		return
	}
	name := ""
	switch f := n.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
	}
	for _, i := range c.takes[name] {
		if i < len(n.Args) {
			c.add(n.Args[i])
		}
	}
}

// add keeps a word that stands in the code. What is a variable was a word where it got its value; one that is put together ends as
// endings says.
func (c *collector) add(e ast.Expr) {
	where := c.files.Position(e.Pos()).String()
	switch e := e.(type) {
	case *ast.BasicLit:
		if word, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			c.found[word] = where
		}
	case *ast.BinaryExpr:
		lit, ok := e.X.(*ast.BasicLit)
		if !ok {
			return
		}
		begins, _ := strconv.Unquote(lit.Value)
		ends := append(spelled[begins], c.values[endings[begins]]...)
		if len(ends) == 0 {
			c.t.Errorf("%s: an action begins with %q; say in this test how it can end", where, begins)
		}
		for _, end := range ends {
			c.found[begins+end] = where
		}
	}
}
