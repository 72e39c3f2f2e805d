package programme

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

func (r *reader) readEither(n ast.Node, t *typ, path string) *value {
	var forms []string
	for _, alt := range t.either {
		want := map[sort]string{aScalar: "scalar", aList: "list", aMap: "mapping"}[alt.sort]
		if found(n) == want {
			return r.read(n, alt, path)
		}
		if alt.sort == aScalar {
			want = alt.scalar.form
		}
		forms = append(forms, want)
	}
	args := []string{"found", found(n), "form", forms[0], "form2", forms[len(forms)-1]}
	if s := t.either[0].scalar; s != nil {
		args = append(args, s.args()[2:]...)
	}
	r.wrong(startOf(n), "wrong-sort-of-two", args...)
	return nil
}

// readRequirement finds out which kind it is by its keys, and reads it as that.
func (r *reader) readRequirement(n ast.Node, t *typ, path string) *value {
	v := &value{at: startOf(n), path: path, typ: t}
	if found(n) != "mapping" {
		r.wrong(v.at, "wrong-sort", "found", found(n), "form", "requirement")
		return nil
	}
	var names []string
	var kinds []Kind
	for _, p := range pairs(n) {
		name, _ := raw(p.Key)
		names = append(names, name)
		if kindShapes[Kind(name)] != nil {
			kinds = append(kinds, Kind(name))
		}
	}
	v.kind = chooseKind(kinds)
	if v.kind == "" {
		guess := ""
		for _, name := range names {
			if guess == "" && kindShapes[KindStaff].find(name) == nil {
				guess = closest(name, kindNames())
			}
		}
		r.wrong(v.at, "no-kind", "guess", guess, "values", strings.Join(kindNames(), ", "))
		return nil
	}
	for _, p := range pairs(n) {
		name, _ := raw(p.Key)
		if has(kinds, Kind(name)) && kindShapes[v.kind].find(name) == nil {
			r.wrong(tokenPlace(p.Key.GetToken()), "two-kinds", "kind", string(v.kind), "other", name)
			return nil
		}
	}
	return r.readMap(n, kindShapes[v.kind], v)
}

// chooseKind is the kind that has all the others among its keys, as staff has completed, or else the first.
func chooseKind(kinds []Kind) Kind {
	for _, k := range kinds {
		if !slices.ContainsFunc(kinds, func(other Kind) bool { return kindShapes[k].find(string(other)) == nil }) {
			return k
		}
	}
	if len(kinds) == 0 {
		return ""
	}
	return kinds[0]
}

func kindNames() []string {
	names := make([]string, len(kindOrder))
	for i, k := range kindOrder {
		names[i] = string(k)
	}
	return names
}
