package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"hemvist/internal/errs"
)

// maxSheets is how many sheets of a file are looked at.
const maxSheets = 50

// excelGrids reads each sheet of an Excel file, hidden ones last.
func excelGrids(data []byte) ([]grid, error) {
	if err := checkZip(data); err != nil {
		return nil, err
	}
	// Dates in the machine's own short form are shown as Swedish Excel does. The second limit equals the first, so nothing is unzipped to disk.
	f, err := excelize.OpenReader(bytes.NewReader(data),
		excelize.Options{UnzipSizeLimit: maxUnzip, UnzipXMLSizeLimit: maxUnzip, ShortDatePattern: "yyyy-mm-dd"})
	if err != nil {
		return nil, errs.InvalidFields(errs.Field{Name: Field, Key: "sheet.error.broken"})
	}
	defer func() { _ = f.Close() }() // nothing is on disk
	base := days1900
	if p, err := f.GetWorkbookProps(); err == nil && p.Date1904 != nil && *p.Date1904 {
		base = days1904
	}
	var shown, hidden []grid
	var firstErr error
	names := f.GetSheetList()
	for _, name := range names[:min(len(names), maxSheets)] {
		g, err := sheetGrid(f, name, base)
		if err != nil {
			if firstErr == nil {
				firstErr = err
			}
			continue
		}
		if visible, err := f.GetSheetVisible(name); err == nil && !visible {
			hidden = append(hidden, g)
		} else {
			shown = append(shown, g)
		}
	}
	grids := append(shown, hidden...)
	if len(grids) == 0 {
		if firstErr == nil {
			firstErr = mistake("sheet.error.empty")
		}
		return nil, firstErr
	}
	return grids, nil
}

// checkZip sees that it is an Excel file, and that it does not unzip to more than it says or than we take: the reader of the archive
// stops a file that is longer than its own word.
func checkZip(data []byte) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return mistake("sheet.error.broken")
	}
	if len(z.File) > maxParts {
		return mistake("sheet.error.bomb")
	}
	total, book := uint64(0), false
	for _, part := range z.File {
		if part.UncompressedSize64 > maxUnzip {
			return mistake("sheet.error.bomb")
		}
		total += part.UncompressedSize64
		name := strings.ToLower(strings.ReplaceAll(part.Name, `\`, "/"))
		book = book || strings.HasPrefix(name, "xl/workbook") && strings.HasSuffix(name, ".xml")
	}
	switch {
	case total > maxUnzip:
		return mistake("sheet.error.bomb")
	case !book:
		return mistake("sheet.error.kind")
	}
	return nil
}

// sheetGrid reads a sheet twice side by side: as its cells are displayed, and as they are stored.
func sheetGrid(f *excelize.File, name string, base dayBase) (g grid, err error) {
	// A file that is none of Excel's own may lead the library astray; that is the file's fault, and the page's.
	defer func() {
		if p := recover(); p != nil {
			g, err = nil, &errs.Error{Kind: errs.Invalid, Fields: []errs.Field{{Name: Field, Key: "sheet.error.broken"}}, Err: fmt.Errorf("read a sheet: %v", p)}
		}
	}()
	shown, err := f.Rows(name)
	if err != nil {
		return nil, mistake("sheet.error.broken")
	}
	stored, err := f.Rows(name)
	if err != nil {
		return nil, errors.Join(mistake("sheet.error.broken"), shown.Close())
	}
	for number := 1; shown.Next() && stored.Next() && number <= maxNumber; number++ {
		cells, err := shown.Columns()
		raw, rawErr := stored.Columns(excelize.Options{RawCellValue: true})
		if err != nil || rawErr != nil {
			return nil, mistake("sheet.error.broken")
		}
		if err := g.add(line{number: number, shown: cells, raw: raw, base: base}); err != nil {
			return nil, err
		}
	}
	if shown.Error() != nil || stored.Error() != nil || shown.Close() != nil || stored.Close() != nil {
		return nil, mistake("sheet.error.broken")
	}
	return g, nil
}
