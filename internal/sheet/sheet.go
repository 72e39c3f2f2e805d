// Package sheet reads tables as people have them: CSV files with any of the usual separators and letters, and Excel files, with titles
// above the headings, headings in any order and under several names, blank rows and line breaks in cells. It is pure: bytes and the
// columns that are wanted in, rows of text out, or what is wrong with the file and what would be right.
//
// It never decides whether a row makes sense: that is for the room that asked.
package sheet

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"hemvist/internal/errs"
)

// What is read at most.
const (
	MaxText    = 1 << 20  // bytes of a text file
	MaxExcel   = 5 << 20  // bytes of an Excel file
	MaxRows    = 20_000   // rows with something in them, the headings too
	maxColumns = 200      // cells of a row, to the last that has something in it
	maxCells   = 2_000    // cells of a row, empty ones too
	maxNumber  = 200_000  // the last row's number: blank rows count
	maxUnzip   = 80 << 20 // bytes of an Excel file when it is unzipped
	maxParts   = 2_000    // files within an Excel file
)

// Column is a column that the caller wants.
type Column struct {
	ID       string
	Words    []string // the headings it is known by, in all languages; the first is told when it is missing. Signs and case do not matter
	Required bool     // the column must be there; its cells may be empty all the same
	Digits   int      // a code of so many digits: Excel's 180 is read as 0180
	Phone    bool     // telephone numbers: Excel's 701740605 is read as 0701740605
	Day      bool     // days: what Excel holds as a number is read as yyyy-mm-dd
	Lines    bool     // line breaks within a cell are kept; else they become blanks
}

// Table is what was read.
type Table struct {
	Rows    []Row
	Unknown []string // headings that no column is known by, as they are written
	Missing []string // ids of wanted columns that are not there, in the order given; none of them is required
}

// Row is a row that has something in a wanted column.
type Row struct {
	Number int // as the program shows it that the file is opened in: the first is 1, titles and blank rows count
	cells  map[string]string
}

// Of is the row's value in a column: trimmed, composed (NFC), "" for what is empty or not there.
func (r Row) Of(id string) string { return r.cells[id] }

// Field is the name of the form field that mistakes are told of.
const Field = "file"

// mistake is something wrong with the file as a whole.
func mistake(key string, args ...any) error {
	f := errs.Field{Name: Field, Key: key}
	for i := 0; i+1 < len(args); i += 2 {
		if f.Args == nil {
			f.Args = map[string]any{}
		}
		f.Args[args[i].(string)] = args[i+1]
	}
	return errs.InvalidFields(f)
}

// Read reads a file for the columns. What it is is seen from its content; the name only helps to say what is wrong. A mistake is of kind
// Invalid and tells of the field "file".
func Read(data []byte, name string, columns []Column) (Table, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		return Table{}, mistake("sheet.error.empty")
	}
	grids, ways, err := gridsOf(data, strings.ToLower(path.Ext(name)))
	if err != nil {
		return Table{}, err
	}
	best := pick(grids, ways, columns)
	if err := best.mistakes(columns); err != nil {
		return Table{}, err
	}
	return best.table(columns)
}

// line is a row as it stands in the file.
type line struct {
	number int
	shown  []string // as the cells are displayed
	raw    []string // as they are stored; nil when that is the same
	base   dayBase  // by which stored numbers are days; none in a text file
}

// grid is the lines of a sheet that are not blank.
type grid []line

// gridsOf reads the sheets of an Excel file, or a text file in each way that it can be meant: by each separator. ways tells the latter.
func gridsOf(data []byte, ext string) (grids []grid, ways bool, err error) {
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		if len(data) > MaxExcel {
			return nil, false, mistake("sheet.error.large", "max", MaxExcel>>20)
		}
		grids, err = excelGrids(data)
		return grids, false, err
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		return nil, false, mistake("sheet.error.old")
	case bytes.HasPrefix(data, []byte("%PDF")), ext == ".pdf", ext == ".doc", ext == ".docx", ext == ".png", ext == ".jpg":
		return nil, false, mistake("sheet.error.kind")
	case len(data) > MaxText:
		return nil, false, mistake("sheet.error.large", "max", MaxText>>20)
	}
	text, err := decode(data)
	if err != nil {
		return nil, false, err
	}
	grids, err = textGrids(text)
	return grids, true, err
}

// pick finds the headings: of an Excel file's sheets in the first that has all that is required, of a text file's ways in the one that
// names the most columns. Where nothing has all, it is the one that has the most.
func pick(grids []grid, ways bool, columns []Column) found {
	var best found
	for _, g := range grids {
		f := findHeadings(g, columns)
		switch {
		case f.whole() && !ways:
			return f
		case f.whole() && !best.whole(), f.whole() == best.whole() && f.score > best.score:
			best = f
		}
	}
	return best
}

// table is what stands below the headings.
func (f found) table(columns []Column) (Table, error) {
	t := Table{Unknown: f.unknown}
	for _, c := range columns {
		if _, ok := f.at[c.ID]; !ok {
			t.Missing = append(t.Missing, c.ID)
		}
	}
	for _, l := range f.below {
		row := Row{Number: l.number, cells: map[string]string{}}
		for _, c := range columns {
			if i, ok := f.at[c.ID]; ok {
				if v := c.value(l, i); v != "" {
					row.cells[c.ID] = v
				}
			}
		}
		if len(row.cells) > 0 {
			t.Rows = append(t.Rows, row)
		}
	}
	if len(t.Rows) == 0 {
		return Table{}, mistake("sheet.error.no-rows")
	}
	return t, nil
}

// trimmed is the line without the blanks after its last cell; nothing when all are blank.
func trimmed(cells []string) []string {
	n := len(cells)
	for n > 0 && strings.TrimSpace(cells[n-1]) == "" {
		n--
	}
	return cells[:n]
}

// add puts a line into the grid, if there is something in it.
func (g *grid) add(l line) error {
	if len(l.shown) > maxCells {
		return mistake("sheet.error.wide", "row", l.number, "max", maxColumns)
	}
	l.shown = trimmed(l.shown)
	switch {
	case len(l.shown) == 0:
		return nil
	case len(l.shown) > maxColumns:
		return mistake("sheet.error.wide", "row", l.number, "max", maxColumns)
	case len(*g) == MaxRows, l.number > maxNumber:
		return mistake("sheet.error.long", "max", MaxRows)
	case slices.ContainsFunc(l.shown, func(s string) bool { return strings.IndexByte(s, 0) >= 0 }):
		return mistake("sheet.error.binary")
	}
	*g = append(*g, l)
	return nil
}
