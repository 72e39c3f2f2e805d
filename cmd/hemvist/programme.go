package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"hemvist/internal/programme"
)

type programmeCmd struct {
	Check programmeCheckCmd `cmd:"" help:"Check definitions: every mistake, with its file, line and column, and what would be right."`
	Show  programmeShowCmd  `cmd:"" help:"Tell in human words what a definition says."`
	Diff  programmeDiffCmd  `cmd:"" help:"Tell in human words what differs between two definitions, and for whom."`
}

// errMistakes ends a command whose mistakes have been printed.
var errMistakes = errors.New("there are mistakes; see above")

type programmeCheckCmd struct {
	Files []string `arg:"" name:"file" help:"The definitions."`
	Lang  string   `help:"The language of the mistakes." enum:"en,sv" default:"en"`
}

// Run prints the mistakes of each file on standard output, a line each, as compilers do.
func (c *programmeCheckCmd) Run(out io.Writer) error {
	wrong := false
	for _, file := range c.Files {
		d, err := readDefinition(out, file, c.Lang)
		switch {
		case errors.Is(err, errMistakes):
			wrong = true
		case err != nil:
			return err
		default:
			fmt.Fprintf(out, "%s: %s, version %s: no mistakes\n", file, d.ID, d.Version)
		}
	}
	if wrong {
		return errMistakes
	}
	return nil
}

// readDefinition reads a definition, and prints its mistakes when it has any.
func readDefinition(out io.Writer, file, lang string) (*programme.Definition, error) {
	src, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	d, mistakes := programme.Parse(file, src)
	for _, m := range mistakes {
		fmt.Fprintln(out, m.In(lang))
	}
	if len(mistakes) > 0 {
		return nil, errMistakes
	}
	return d, nil
}

type programmeShowCmd struct {
	File string `arg:"" help:"The definition."`
	Lang string `help:"The language to tell it in." default:"en"`
}

// Run prints the definition's sections as text.
func (c *programmeShowCmd) Run(out io.Writer) error {
	d, err := readDefinition(out, c.File, c.Lang)
	if err != nil {
		return err
	}
	for _, section := range programme.Show(d, c.Lang) {
		fmt.Fprintf(out, "%s\n", section.Heading)
		for _, row := range section.Rows {
			fmt.Fprintf(out, "  %s: %s\n", row.Label, strings.ReplaceAll(row.Value, "\n", "\n    "))
			for _, note := range row.Notes {
				fmt.Fprintf(out, "    (%s)\n", noteText(note))
			}
		}
		fmt.Fprintln(out)
	}
	return nil
}

type programmeDiffCmd struct {
	A    string `arg:"" help:"The earlier definition."`
	B    string `arg:"" help:"The later one."`
	Lang string `help:"The language to tell it in." default:"en"`
}

// Run prints what differs, for whom.
func (c *programmeDiffCmd) Run(out io.Writer) error {
	a, err := readDefinition(out, c.A, c.Lang)
	if err != nil {
		return err
	}
	b, err := readDefinition(out, c.B, c.Lang)
	if err != nil {
		return err
	}
	changes := programme.Diff(a, b, c.Lang)
	for _, change := range changes {
		fmt.Fprintln(out, change.Text)
	}
	if len(changes) == 0 {
		fmt.Fprintln(out, "They say the same.")
	}
	return nil
}

// noteText is whence a value comes: a source's title, or that it is our own, and why.
func noteText(n programme.RowNote) string {
	if n.Source == "" {
		return n.Text
	}
	return n.Source + ": " + n.Text
}
