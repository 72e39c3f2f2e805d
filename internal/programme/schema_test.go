package programme_test

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"slices"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"hemvist/internal/programme"
	"hemvist/programmes"
)

var update = flag.Bool("update", false, "write the schema and the reference anew")

// compiled is the schema as it stands in the file that ships.
func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	src, err := programmes.Files.ReadFile("programme.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("programme.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("programme.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// validate checks YAML against the schema.
func validate(s *jsonschema.Schema, src []byte) error {
	asJSON, err := yaml.YAMLToJSON(src)
	if err != nil {
		return err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		return err
	}
	return s.Validate(doc)
}

func TestSchemaIsFresh(t *testing.T) {
	const path = "../../programmes/programme.schema.json"
	if *update {
		if err := os.WriteFile(path, programme.Schema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	shipped, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(shipped, programme.Schema()) {
		t.Errorf("%s is not what the table of keys gives: run go test ./internal/programme -run Fresh -update", path)
	}
}

func TestShippedDefinitionsFollowTheSchema(t *testing.T) {
	s := compiled(t)
	check := func(name string, src []byte) {
		if err := validate(s, src); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	names, err := fs.Glob(programmes.Files, "*.yaml")
	if err != nil || len(names) < 4 {
		t.Fatalf("%d shipped definitions (%v)", len(names), err)
	}
	for _, name := range names {
		src, err := programmes.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		check(name, src)
	}
	for _, name := range []string{"testdata/stigen.yaml", "testdata/full.yaml"} {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		check(name, src)
	}
}

// TestSchemaRefusesWhatTheReaderRefuses looks at mistakes that a schema can find at all.
func TestSchemaRefusesWhatTheReaderRefuses(t *testing.T) {
	s := compiled(t)
	formal := []string{"unknown-key", "missing-key", "wrong-sort", "wrong-sort-of-two", "wrong-form", "not-one-of", "out-of-limits", "too-few", "too-many",
		"no-kind", "two-kinds", "key-of-other-kind", "in-quotes", "text-no-text", "text-too-long", "unknown-language-code", "no-value"}
	// Forms that only counting or comparing tells apart, or keys that are needed only beside others.
	beyond := []string{"a range upside down", "a variant of no kind", "no sessions", "sessions by the hundred", "a report of no phase", "a report of no rhythm", "vouching for what",
		"a share over hundred", "an id that is true"}
	refused := 0
	for name, file := range marked {
		src, _ := unmark(file)
		mistakes := programme.Check("f.yaml", []byte(src))
		isFormal := len(mistakes) > 0 && !slices.Contains(beyond, name)
		for _, m := range mistakes {
			isFormal = isFormal && slices.Contains(formal, m.Code)
		}
		switch err := validate(s, []byte(src)); {
		case isFormal && err == nil:
			t.Errorf("%s: the schema lets %v through", name, mistakes)
		case isFormal:
			refused++
		case len(mistakes) == 0 && err != nil:
			t.Errorf("%s: the reader takes it, the schema does not: %v", name, err)
		}
	}
	if refused < 25 {
		t.Errorf("only %d files were compared", refused)
	}
}
