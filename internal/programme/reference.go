package programme

import (
	"fmt"
	"strings"
)

// Reference is the part of docs/programme-format.md that explains every key, made from the same table as the reader.
func Reference() string {
	w := &referenceWriter{told: map[string]bool{}}
	w.shape(fileShape, "The whole file")
	for len(w.queue) > 0 {
		next := w.queue[0]
		w.queue = w.queue[1:]
		w.shape(next, "")
	}
	w.requirements()
	return w.out.String()
}

type referenceWriter struct {
	out   strings.Builder
	told  map[string]bool
	queue []*shape
}

// heading of a shape, and its anchor in the page.
func heading(s *shape) string { return "`" + s.name + "`" }

func anchor(s *shape) string { return strings.ReplaceAll(s.name, " ", "-") }

func (w *referenceWriter) shape(s *shape, title string) {
	if title == "" {
		title = heading(s)
	}
	fmt.Fprintf(&w.out, "### %s\n\n%s\n\n", title, s.help)
	if s.titled {
		w.out.WriteString("Its title stands beside the keys, once in each language of the file: `sv: …, en: …`.")
		if s.bare {
			w.out.WriteString(" It may be left out where the keys below say so.")
		}
		w.out.WriteString("\n\n")
	}
	w.keys(s.keys)
}

func (w *referenceWriter) keys(keys []key) {
	w.out.WriteString("| key | what it may be | what it means | example |\n|---|---|---|---|\n")
	for _, k := range keys {
		if k.name == "notes" && w.told["notes"] {
			continue // any mapping may have them: told once, of the whole file
		}
		w.told["notes"] = w.told["notes"] || k.name == "notes"
		name := "`" + k.name + "`"
		if k.needed {
			name += " (needed)"
		}
		example := k.name + ": " + k.example
		fmt.Fprintf(&w.out, "| %s | %s | %s | `%s` |\n", name, cell(w.typ(k.typ)), cell(k.help), cell(example))
	}
	w.out.WriteString("\n")
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

// typ tells what a value may be, and remembers shapes that are still to be told.
func (w *referenceWriter) typ(t *typ) string {
	switch t.sort {
	case aScalar:
		return t.scalar.describe()
	case aList:
		text := "a list; each: " + w.typ(t.elem)
		if t.alone {
			text = "a list, or one alone; each: " + w.typ(t.elem)
		}
		if t.least > 1 {
			text += fmt.Sprintf("; at least %d", t.least)
		}
		return text
	case aTable:
		return "a table from " + w.typ(t.key) + " to " + w.typ(t.elem)
	case aText:
		return namesEN["fo:texts"]
	case anEither:
		var parts []string
		for _, alt := range t.either {
			parts = append(parts, w.typ(alt))
		}
		return strings.Join(parts, " – or – ")
	case aRequirement:
		return "keys: [requirement](#requirements)"
	default:
		if !w.told[t.shape.name] {
			w.told[t.shape.name] = true
			w.queue = append(w.queue, t.shape)
		}
		return "keys: [" + t.shape.name + "](#" + anchor(t.shape) + ")"
	}
}

// describe tells what a scalar may be.
func (s *scalar) describe() string {
	switch {
	case s.ref != "":
		return "the id of a " + namesEN["of:"+s.ref]
	case s.form == "language":
		return namesEN["fo:language"]
	}
	text := namesEN["fo:"+s.form]
	values := make([]string, len(s.values))
	for i, v := range s.values {
		values[i] = "`" + v + "`"
	}
	return strings.NewReplacer("{low}", itoa(s.low), "{high}", itoa(s.high), "{values}", strings.Join(values, ", ")).Replace(text)
}

func (w *referenceWriter) requirements() {
	w.out.WriteString("### Requirements\n\nA requirement is a mapping with an `id` and the keys of **one** of the kinds below; the kind's own key comes first. ")
	w.out.WriteString("Every requirement, whatever its kind, may also have these keys:\n\n")
	w.keys(commonKeys())
	for _, k := range kindOrder {
		s := kindShapes[k]
		own := s.keys[:len(s.keys)-len(commonKeys())]
		fmt.Fprintf(&w.out, "#### `%s`\n\n%s\n\n", k, s.help)
		w.keys(own)
	}
	for len(w.queue) > 0 {
		next := w.queue[0]
		w.queue = w.queue[1:]
		w.shape(next, "")
	}
}
