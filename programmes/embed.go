// Package programmes holds the definitions that the product ships with, and the JSON Schema that an editor checks them by.
// It only reads its own files: what is in force where is the catalogue's matter.
package programmes

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"hemvist/internal/programme"
)

// Files are the shipped definitions (*.yaml) and the schema (programme.schema.json).
//
//go:embed *.yaml programme.schema.json
var Files embed.FS

// All are the shipped definitions: by programme, then the older version before the newer. An error tells every mistake in
// every file; a released product has none.
func All() ([]*programme.Definition, error) {
	names, err := fs.Glob(Files, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list the shipped definitions: %w", err)
	}
	var all []*programme.Definition
	var wrong []error
	for _, name := range names {
		src, err := Files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read the shipped definition %s: %w", name, err)
		}
		d, mistakes := programme.Parse(name, src)
		for _, m := range mistakes {
			wrong = append(wrong, m)
		}
		if d != nil {
			all = append(all, d)
		}
	}
	slices.SortFunc(all, func(a, b *programme.Definition) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), a.Dated.Compare(b.Dated))
	})
	return all, errors.Join(wrong...)
}
