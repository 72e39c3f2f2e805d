package main

import (
	"fmt"
	"io"
	"os"

	"hemvist/internal/credential"
	"hemvist/internal/programme"
	"hemvist/programmes"
)

type credentialCmd struct {
	Check credentialCheckCmd `cmd:"" help:"Try case files: what has happened, and what should follow from it."`
}

type credentialCheckCmd struct {
	Files       []string `arg:"" name:"file" help:"The case files."`
	Definitions []string `name:"definition" help:"Definitions beside those that ship with the program; may be repeated."`
	Lang        string   `help:"The language of what is printed." enum:"en,sv" default:"en"`
}

// Run prints each case that is mistaken or comes out otherwise, with its file and line, and then how many were tried.
func (c *credentialCheckCmd) Run(out io.Writer) error {
	all, err := programmes.All()
	if err != nil {
		return err
	}
	for _, file := range c.Definitions {
		d, err := readDefinition(out, file, c.Lang)
		if err != nil {
			return err
		}
		all = append(all, d)
	}
	return c.check(out, all)
}

func (c *credentialCheckCmd) check(out io.Writer, all []*programme.Definition) error {
	definitions := credential.DefinitionsOf(all...)
	cases, days, failed := 0, 0, 0
	for _, file := range c.Files {
		src, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for _, f := range credential.CheckCase(file, src, definitions) {
			failed++
			fmt.Fprintln(out, f.In(c.Lang))
		}
		n, m := credential.CountCases(file, src, definitions)
		cases, days = cases+n, days+m
	}
	fmt.Fprintf(out, "%d cases, %d days asked about, %d failures\n", cases, days, failed)
	if failed > 0 {
		return errMistakes
	}
	return nil
}
