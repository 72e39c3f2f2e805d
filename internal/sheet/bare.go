package sheet

import (
	"path"
	"slices"
	"strings"
)

// Line is a row of a table without headings: its cells by their places, each trimmed and composed.
type Line struct {
	Number int // as the program shows it that the file is opened in
	Cells  []string
}

// Bare reads a file that has no headings, for a caller who can tell the columns by what stands in them. A text file is parted by the separator
// that makes its rows most alike: the one that gives most rows the same number of cells, more than one. A mistake is as Read's.
func Bare(data []byte, name string) ([]Line, error) {
	grids, ways, err := gridsOf(data, strings.ToLower(path.Ext(name)))
	if err != nil {
		return nil, err
	}
	if len(grids) == 0 {
		return nil, mistake("sheet.error.empty")
	}
	best := grids[0]
	if ways {
		for _, g := range grids[1:] {
			if alike(g) > alike(best) {
				best = g
			}
		}
	}
	lines := make([]Line, 0, len(best))
	for _, l := range best {
		cells := make([]string, len(l.shown))
		for i, c := range l.shown {
			cells[i] = oneLine(c)
		}
		lines = append(lines, Line{Number: l.number, Cells: cells})
	}
	if len(lines) == 0 {
		return nil, mistake("sheet.error.no-rows")
	}
	return lines, nil
}

// alike is how many lines of a grid have the number of cells that most of its lines have; 0 where that is one cell.
func alike(g grid) int {
	counts := map[int]int{}
	for _, l := range g {
		counts[len(l.shown)]++
	}
	best, n := 0, 0
	for cells, lines := range counts {
		if lines > n || lines == n && cells > best {
			best, n = cells, lines
		}
	}
	if best <= 1 {
		return 0
	}
	return n
}

// Of is the value at a place; "" for what is not there or for no place.
func (l Line) Of(i int) string {
	if i < 0 || i >= len(l.Cells) {
		return ""
	}
	return l.Cells[i]
}

// Values is what the lines have at a place, without those that have nothing there.
func Values(lines []Line, place int) []string {
	var out []string
	for _, l := range lines {
		if v := l.Of(place); v != "" {
			out = append(out, v)
		}
	}
	return out
}

// Widest is how many cells the longest line has.
func Widest(lines []Line) int {
	if len(lines) == 0 {
		return 0
	}
	return len(slices.MaxFunc(lines, func(a, b Line) int { return len(a.Cells) - len(b.Cells) }).Cells)
}
