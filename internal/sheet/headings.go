package sheet

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"hemvist/internal/errs"
)

// headingsWithin is among how many lines the headings are looked for: titles stand above them.
const headingsWithin = 40

// found is where the headings of a grid are.
type found struct {
	score   int            // how many wanted columns they name
	at      map[string]int // column id to place
	below   grid
	unknown []string
	missing []Column // required, and not there
	twice   []clash
}

// whole tells whether all that is required is there, and each column once.
func (f found) whole() bool { return f.score > 0 && len(f.missing) == 0 && len(f.twice) == 0 }

// clash is two headings that name the same column.
type clash struct{ first, second string }

// bare is a heading as it is compared: letters and digits, small and composed. "E-post:" and "epost" are one.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKC.String(s))
}

// columnOf is the id of the column that a heading names, if any. What it says in brackets may be left out: "Kommunkod (SCB)".
func columnOf(heading string, words map[string]string) (string, bool) {
	if id, ok := words[bare(heading)]; ok {
		return id, true
	}
	before, within, bracket := strings.Cut(heading, "(")
	if !bracket || strings.IndexByte(within, ')') != len(within)-1 {
		return "", false
	}
	id, ok := words[bare(before)]
	return id, ok
}

// findHeadings finds the line that names the most columns; of equals the first.
func findHeadings(g grid, columns []Column) found {
	words := map[string]string{}
	for _, c := range columns {
		for _, w := range c.Words {
			if _, taken := words[bare(w)]; !taken {
				words[bare(w)] = c.ID
			}
		}
	}
	var best found
	for i, l := range g[:min(len(g), headingsWithin)] {
		if f := readHeadings(l, words); f.score > best.score {
			f.below = g[i+1:]
			best = f
		}
	}
	for _, c := range columns {
		if _, ok := best.at[c.ID]; !ok && c.Required {
			best.missing = append(best.missing, c)
		}
	}
	return best
}

func readHeadings(l line, words map[string]string) found {
	f := found{at: map[string]int{}}
	for i, cell := range l.shown {
		heading := oneLine(cell)
		if heading == "" {
			continue
		}
		id, known := columnOf(heading, words)
		if !known {
			f.unknown = append(f.unknown, heading)
			continue
		}
		if first, taken := f.at[id]; taken {
			f.twice = append(f.twice, clash{oneLine(l.shown[first]), heading})
			continue
		}
		f.at[id] = i
		f.score++
	}
	return f
}

// mistakes says what the headings lack, and which words would do.
func (f found) mistakes(columns []Column) error {
	if f.score == 0 {
		var wanted []string
		for _, c := range columns {
			if c.Required {
				wanted = append(wanted, c.Words[0])
			}
		}
		if len(wanted) == 0 {
			wanted = append(wanted, columns[0].Words[0])
		}
		return mistake("sheet.error.no-headings", "headings", quoted(wanted))
	}
	var wrong []errs.Field
	for _, c := range f.missing {
		wrong = append(wrong, errs.Field{Name: Field, Key: "sheet.error.heading", Args: map[string]any{"words": quoted(c.Words)}})
	}
	for _, c := range f.twice {
		wrong = append(wrong, errs.Field{Name: Field, Key: "sheet.error.twice", Args: map[string]any{"first": c.first, "second": c.second}})
	}
	return errs.InvalidFields(wrong...)
}

// quoted writes words in a row, each in quotation marks, each once.
func quoted(words []string) string {
	var out []string
	for _, w := range words {
		if w = "”" + w + "”"; !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return strings.Join(out, ", ")
}
