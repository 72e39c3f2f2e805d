package programme

import (
	"encoding/json"
	"strings"
)

// schemaID names the schema; editors find the file beside the definitions.
const schemaID = "https://hemvist.invalid/programme.schema.json"

// Schema is the JSON Schema (draft 2020-12) of the format, for editors. It comes from the same table as the reader: every key,
// every form. What lies between keys, such as ids that name nothing, only the reader finds.
func Schema() []byte {
	w := &schemaWriter{defs: map[string]any{}}
	root := w.mapping(fileShape)
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["$id"] = schemaID
	root["title"] = "A programme's definition"
	root["description"] = "Made from the reader's own table of keys; do not edit."
	root["$defs"] = w.defs
	out, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic(err) // maps of strings, numbers and lists can always be written
	}
	return append(out, '\n')
}

type schemaWriter struct{ defs map[string]any }

// ref puts a shape among the definitions, once, and refers to it.
func (w *schemaWriter) ref(s *shape) map[string]any {
	name := strings.ReplaceAll(s.name, " ", "-")
	if _, ok := w.defs[name]; !ok {
		w.defs[name] = true // so that a shape within itself ends here
		w.defs[name] = w.mapping(s)
	}
	return map[string]any{"$ref": "#/$defs/" + name}
}

func (w *schemaWriter) mapping(s *shape) map[string]any {
	properties := map[string]any{}
	var needed []string
	for _, k := range s.keys {
		property := w.typ(k.typ)
		property["description"] = k.help
		properties[k.name] = property
		if k.needed {
			needed = append(needed, k.name)
		}
	}
	out := map[string]any{"type": "object", "description": s.help, "properties": properties, "additionalProperties": false}
	if s.titled {
		out["patternProperties"] = map[string]any{languagePattern(): textSchema()}
	}
	if len(needed) > 0 {
		out["required"] = needed
	}
	return out
}

func languagePattern() string { return "^(" + strings.Join(languageCodes(), "|") + ")$" }

func textSchema() map[string]any {
	return map[string]any{"type": []string{"string", "number"}, "maxLength": maxText}
}

func (w *schemaWriter) typ(t *typ) map[string]any {
	switch t.sort {
	case aScalar:
		return t.scalar.schema()
	case aList:
		list := map[string]any{"type": "array", "items": w.typ(t.elem), "maxItems": maxItems}
		if t.least > 0 {
			list["minItems"] = t.least
		}
		if t.alone {
			return map[string]any{"anyOf": []any{list, w.typ(t.elem)}}
		}
		return list
	case aTable:
		return map[string]any{"type": "object", "propertyNames": t.key.scalar.schema(), "additionalProperties": w.typ(t.elem), "minProperties": 1}
	case aText:
		w.defs["texts"] = map[string]any{"type": "object", "description": "A text in each language.", "minProperties": 1,
			"patternProperties": map[string]any{languagePattern(): textSchema()}, "additionalProperties": false}
		return map[string]any{"$ref": "#/$defs/texts"}
	case anEither:
		var alternatives []any
		for _, alt := range t.either {
			alternatives = append(alternatives, w.typ(alt))
		}
		return map[string]any{"anyOf": alternatives}
	case aRequirement:
		return w.requirement()
	default:
		return w.ref(t.shape)
	}
}

// requirement is one of the kinds.
func (w *schemaWriter) requirement() map[string]any {
	if _, ok := w.defs["requirement"]; !ok {
		w.defs["requirement"] = true
		var kinds []any
		for _, k := range kindOrder {
			name := "requirement-" + string(k)
			w.defs[name] = true
			w.defs[name] = w.mapping(kindShapes[k])
			kinds = append(kinds, map[string]any{"$ref": "#/$defs/" + name})
		}
		w.defs["requirement"] = map[string]any{"description": "One thing that a credential asks for, of one of these kinds.", "oneOf": kinds}
	}
	return map[string]any{"$ref": "#/$defs/requirement"}
}

// schema is what a scalar may be.
func (s *scalar) schema() map[string]any {
	if s.values != nil {
		return map[string]any{"enum": s.values}
	}
	plain := map[string]any{"type": s.plain}
	switch s.plain {
	case "integer":
		plain["minimum"] = s.low
		if s.high > 0 {
			plain["maximum"] = s.high
		}
	case "number":
		plain["minimum"] = 0
	case "":
		if s.pattern == "" {
			return map[string]any{"type": []string{"string", "number"}, "minLength": 1, "maxLength": maxName}
		}
		return map[string]any{"type": "string", "pattern": s.pattern}
	}
	if s.pattern == "" {
		return plain
	}
	return map[string]any{"anyOf": []any{plain, map[string]any{"type": "string", "pattern": s.pattern}}}
}
