package programme

import (
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// fullFile is testdata/full.yaml, which has every key.
func fullFile(t *testing.T) []byte {
	t.Helper()
	src, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// eachShape visits every shape of the table once.
func eachShape(visit func(s *shape)) {
	seen := map[string]bool{}
	var walk func(t *typ)
	look := func(s *shape) {
		id := s.name + ":" + strings.Join(s.names(), ",")
		if seen[id] {
			return
		}
		seen[id] = true
		visit(s)
		for _, k := range s.keys {
			walk(k.typ)
		}
	}
	walk = func(t *typ) {
		switch {
		case t == nil:
		case t.sort == aMap:
			look(t.shape)
		case t.sort == aRequirement:
			for _, k := range kindOrder {
				look(kindShapes[k])
			}
		default:
			walk(t.elem)
			for _, alt := range t.either {
				walk(alt)
			}
		}
	}
	look(fileShape)
}

func TestFullHasEveryKey(t *testing.T) {
	d, mistakes := Parse("full.yaml", fullFile(t))
	for _, m := range mistakes {
		t.Error(m)
	}
	if d == nil {
		t.FailNow()
	}
	r := &reader{file: "full.yaml", ids: map[string]map[string]place{}, places: map[string]place{}, values: map[string]*value{}}
	root := r.tree(fullFile(t))
	r.languages = r.peekLanguages(root)
	used := map[string]bool{}
	var walk func(v *value)
	walk = func(v *value) {
		if v == nil {
			return
		}
		for _, item := range v.items {
			walk(item)
		}
		for _, e := range v.entries {
			if v.shape != nil {
				used[v.shape.name+"."+e.name] = true
			}
			walk(e.value)
		}
	}
	walk(r.read(root, object(fileShape), ""))
	// Keys that every requirement has are looked for once, not in each kind.
	common := map[string]bool{}
	for _, k := range commonKeys() {
		for kind := range kindShapes {
			common[k.name] = common[k.name] || used[string(kind)+"."+k.name]
		}
	}
	eachShape(func(s *shape) {
		for _, k := range s.keys {
			if _, isKind := kindShapes[Kind(s.name)]; isKind && common[k.name] {
				continue
			}
			if !used[s.name+"."+k.name] {
				t.Errorf("full.yaml has no %s in a %s", k.name, s.name)
			}
		}
	})
}

// leaf is a scalar of a file: where it stands, and what else could stand there.
type leaf struct {
	start, end int // byte offsets
	others     []string
}

// leaves finds every scalar value that no note holds and that is no id.
func leaves(t *testing.T, src []byte) []leaf {
	t.Helper()
	file, err := parser.ParseBytes(src, 0)
	if err != nil {
		t.Fatal(err)
	}
	r := &reader{ids: map[string]map[string]place{}, places: map[string]place{}, values: map[string]*value{}}
	r.languages = []string{"sv", "en"}
	r.read(file.Docs[0].Body, object(fileShape), "")
	scalars := map[place]*scalar{}
	for _, v := range r.values {
		if v != nil && v.typ.sort == aScalar {
			scalars[v.at] = v.typ.scalar
		}
	}
	lines := strings.SplitAfter(string(src), "\n")
	var out []leaf
	var walk func(n ast.Node)
	walk = func(n ast.Node) {
		for _, p := range pairs(n) {
			if name := p.Key.GetToken().Value; name != "notes" && name != "id" {
				walk(p.Value)
			}
		}
		switch n := n.(type) {
		case *ast.SequenceNode:
			for _, v := range n.Values {
				walk(v)
			}
		case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
			at := n.GetToken()
			line := []rune(lines[at.Position.Line-1])
			start := len(strings.Join(lines[:at.Position.Line-1], "")) + len(string(line[:at.Position.Column-1]))
			if !strings.HasPrefix(string(src[start:]), at.Value) {
				t.Fatalf("%d:%d is not where %q stands", at.Position.Line, at.Position.Column, at.Value)
			}
			out = append(out, leaf{start, start + len(at.Value), others(at.Value, scalars[tokenPlace(at)], r.ids)})
		}
	}
	walk(file.Docs[0].Body)
	return out
}

// others are values that could stand in place of one: of the same form, or another id of the same namespace.
func others(was string, s *scalar, ids map[string]map[string]place) []string {
	candidates := []string{was + "x", was + "1", "7", "9", "3-11", "4+", "true", "false", "2 years", "33%", "3", "1", "every", "agreed", "at session 1",
		"3 days before start", "2021-03-04", "77 hours", "any", "latest 3 rounds"}
	switch {
	case s == nil:
		return candidates[:1]
	case s.values != nil:
		candidates = s.values
	case s.ref != "":
		candidates = append(slices.Sorted(maps.Keys(ids[s.ref])), "contact", "learner", "start", "course", "round")
	}
	return slices.DeleteFunc(slices.Clone(candidates), func(c string) bool {
		_, ok := s.parse(s, c)
		return !ok || c == was
	})
}

// bareOf is a definition without what Diff does not tell: notes, and where prices stand.
func bareOf(d *Definition) Definition {
	c := *d
	c.Notes = nil
	c.Prices = slices.Clone(d.Prices)
	for i := range c.Prices {
		c.Prices[i].path = ""
	}
	return c
}

// TestDiffTellsEveryChange changes every value of a file that has every key, one at a time, in all ways that still make a
// definition: whenever the definition is another, Diff has something to say, and never when it is the same.
func TestDiffTellsEveryChange(t *testing.T) {
	src := fullFile(t)
	was, mistakes := Parse("full.yaml", src)
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	changed := 0
	for _, l := range leaves(t, src) {
		old, hit := string(src[l.start:l.end]), false
		for _, to := range l.others {
			now := slices.Concat(src[:l.start], []byte(to), src[l.end:])
			d, _ := Parse("full.yaml", now)
			if d == nil {
				continue
			}
			same := reflect.DeepEqual(bareOf(was), bareOf(d))
			told := append(Diff(was, d, "sv"), Diff(was, d, "en")...)
			if same != (len(told) == 0) {
				line := 1 + strings.Count(string(src[:l.start]), "\n")
				t.Errorf("line %d, %q becomes %q: the same %v, told %v", line, old, to, same, fmt.Sprint(told))
			}
			if hit = !same; hit {
				changed++
				break
			}
		}
	}
	if changed < 250 {
		t.Errorf("only %d values could be changed: the test has lost its grip", changed)
	}
}

// TestExamplesAreRight reads the example that the reference gives for each key.
func TestExamplesAreRight(t *testing.T) {
	look := func(where string, k key) {
		file, err := parser.ParseBytes([]byte(k.name+": "+k.example+"\n"), 0)
		if err != nil {
			t.Errorf("%s.%s: %v", where, k.name, err)
			return
		}
		r := &reader{file: where, ids: map[string]map[string]place{}, places: map[string]place{}, values: map[string]*value{}, languages: []string{"sv", "en"}}
		r.read(pairs(file.Docs[0].Body)[0].Value, k.typ, "")
		for _, m := range r.mistakes {
			t.Errorf("%s.%s: %s", where, k.name, m)
		}
		if k.help == "" || !strings.HasSuffix(k.help, ".") && !strings.HasSuffix(k.help, "…") {
			t.Errorf("%s.%s is not explained in a sentence: %q", where, k.name, k.help)
		}
	}
	eachShape(func(s *shape) {
		for _, k := range s.keys {
			look(s.name, k)
		}
	})
}

// TestEveryWordOfTheFormatHasAName finds words of the format that would be told as they stand in the file.
func TestEveryWordOfTheFormatHasAName(t *testing.T) {
	asTheyAre := []string{"forever", "every start", "principles", "pdf", "docx", "pptx", "mp4", "png", "link", "month", "own"}
	elsewhere := map[string]bool{"clip": true, "ever": true, "certificate": true, "training": true, "supervision": true}
	eachShape(func(s *shape) {
		for _, k := range s.keys {
			for _, typ := range append([]*typ{k.typ, k.typ.elem}, k.typ.either...) {
				if typ == nil || typ.scalar == nil || typ.scalar == language {
					continue
				}
				for _, v := range typ.scalar.values {
					if n, ok := names[v]; ok && n[0] != "" && n[1] != "" || elsewhere[v] || slices.Contains(asTheyAre, v) {
						continue
					}
					t.Errorf("%s.%s: %s has no name", s.name, k.name, v)
				}
			}
		}
	})
}
