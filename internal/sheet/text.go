package sheet

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// decode makes text of a text file's bytes: UTF-8, UTF-16 that says so by its mark, and else Windows-1252, which Excel writes in Sweden.
func decode(data []byte) (string, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return wide(data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return wide(data[2:], binary.BigEndian)
	}
	marked := bytes.HasPrefix(data, []byte("\xef\xbb\xbf"))
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	switch {
	case bytes.IndexByte(data, 0) >= 0:
		return "", mistake("sheet.error.binary")
	case utf8.Valid(data):
		return string(data), nil
	case marked:
		return "", mistake("sheet.error.letters")
	}
	text, err := charmap.Windows1252.NewDecoder().String(string(data))
	// The bytes of å, ä and ö in UTF-8, read one by one: two kinds of letters in one file.
	if err != nil || strings.Contains(text, "Ã¥") || strings.Contains(text, "Ã¤") || strings.Contains(text, "Ã¶") {
		return "", mistake("sheet.error.letters")
	}
	return text, nil
}

func wide(data []byte, order binary.ByteOrder) (string, error) {
	if len(data)%2 != 0 {
		return "", mistake("sheet.error.letters")
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	text := string(utf16.Decode(units))
	if strings.IndexByte(text, 0) >= 0 {
		return "", mistake("sheet.error.binary")
	}
	return text, nil
}

// separators are what stands between cells, the likeliest first.
var separators = []byte{';', ',', '\t', '|'}

// textGrids parts the text by each separator, since only the headings tell which one is meant. A first line "sep=;" tells it, and is no
// row: Excel does not show it.
func textGrids(text string) ([]grid, error) {
	first, rest, _ := strings.Cut(text, "\n")
	if sep, ok := strings.CutPrefix(strings.ToLower(strings.TrimRight(first, "\r")), "sep="); ok && len(sep) == 1 && sep[0] != '"' {
		g, err := split(rest, sep[0])
		return []grid{g}, err
	}
	var grids []grid
	var firstErr error
	for _, sep := range separators {
		if sep != ';' && strings.IndexByte(text, sep) < 0 {
			continue
		}
		g, err := split(text, sep)
		if err == nil {
			grids = append(grids, g)
		} else if firstErr == nil {
			firstErr = err
		}
	}
	if len(grids) == 0 {
		return nil, firstErr
	}
	return grids, nil
}

// parser walks a text file byte by byte. Separators, quotation marks and line ends are single bytes in UTF-8 and part of no letter.
type parser struct {
	text   string
	sep    byte
	at     int
	quoted int // the row of a quotation mark that was never closed; 0 for none
}

// split parts a text into lines of cells. It is lenient as spreadsheets are: a quotation mark in the middle of a cell is one.
func split(text string, sep byte) (grid, error) {
	p := parser{text: text, sep: sep}
	var g grid
	for number := 1; p.at < len(p.text); number++ {
		cells := p.row(number)
		if p.quoted > 0 {
			return nil, mistake("sheet.error.quote", "row", p.quoted)
		}
		if err := g.add(line{number: number, shown: cells}); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// row reads to the end of a row, which may be several lines of the file.
func (p *parser) row(number int) []string {
	var cells []string
	for {
		cells = append(cells, p.cell(number))
		if p.at >= len(p.text) {
			return cells
		}
		c := p.text[p.at]
		p.at++
		if c == p.sep {
			continue
		}
		if c == '\r' && p.at < len(p.text) && p.text[p.at] == '\n' {
			p.at++
		}
		return cells
	}
}

// cell reads up to what ends a cell, and stays before it.
func (p *parser) cell(number int) string {
	if p.at < len(p.text) && p.text[p.at] == '"' {
		p.at++
		var b strings.Builder
		for {
			i := strings.IndexByte(p.text[p.at:], '"')
			if i < 0 {
				p.quoted, p.at = number, len(p.text)
				return ""
			}
			b.WriteString(p.text[p.at : p.at+i])
			p.at += i + 1
			if p.at >= len(p.text) || p.text[p.at] != '"' {
				break
			}
			b.WriteByte('"')
			p.at++
		}
		b.WriteString(p.plain())
		return b.String()
	}
	return p.plain()
}

func (p *parser) plain() string {
	start := p.at
	for p.at < len(p.text) && p.text[p.at] != p.sep && p.text[p.at] != '\n' && p.text[p.at] != '\r' {
		p.at++
	}
	return p.text[start:p.at]
}
