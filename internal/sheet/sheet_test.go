package sheet_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"hemvist/internal/errs"
	"hemvist/internal/sheet"
)

var columns = []sheet.Column{
	{ID: "code", Words: []string{"kommunkod", "kod", "code"}, Required: true, Digits: 4},
	{ID: "name", Words: []string{"namn", "kommun", "name"}, Required: true},
	{ID: "email", Words: []string{"e-post", "epost", "e-postadress", "mejl", "mail", "e-mail", "email"}},
	{ID: "from", Words: []string{"från och med", "from"}, Day: true},
	{ID: "note", Words: []string{"anteckning", "note"}, Lines: true},
}

// told is a table as text: a line a row, its number first, then the values of columns.
func told(t sheet.Table) string {
	var b strings.Builder
	for _, r := range t.Rows {
		fmt.Fprintf(&b, "%d %s|%s|%s|%s|%q\n", r.Number, r.Of("code"), r.Of("name"), r.Of("email"), r.Of("from"), r.Of("note"))
	}
	return b.String()
}

func win1252(t *testing.T, s string) []byte {
	t.Helper()
	b, err := charmap.Windows1252.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func utf16of(order binary.AppendByteOrder, s string) []byte {
	out := order.AppendUint16(nil, 0xFEFF)
	for _, u := range utf16.Encode([]rune(s)) {
		out = order.AppendUint16(out, u)
	}
	return out
}

func TestTextFiles(t *testing.T) {
	const plain = "2 0180|Åstad|a@x.example||\"\"\n3 0114|Ö-by|||\"\"\n"
	semicolons := "Kod;Namn;E-post\r\n0180;Åstad;a@x.example\r\n0114;Ö-by;\r\n"
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"semicolons":                       {[]byte(semicolons), plain},
		"commas":                           {[]byte(strings.ReplaceAll(semicolons, ";", ",")), plain},
		"tabs":                             {[]byte(strings.ReplaceAll(semicolons, ";", "\t")), plain},
		"sep=":                             {[]byte("sep=,\r\n" + strings.ReplaceAll(semicolons, ";", ",")), plain},
		"line feeds alone":                 {[]byte(strings.ReplaceAll(semicolons, "\r\n", "\n")), plain},
		"carriage returns":                 {[]byte(strings.ReplaceAll(semicolons, "\r\n", "\r")), plain},
		"no end of the last line":          {[]byte(strings.TrimSpace(semicolons)), plain},
		"a byte order mark":                {[]byte("\ufeff" + semicolons), plain},
		"Windows-1252":                     {win1252(t, semicolons), plain},
		"UTF-16 LE":                        {utf16of(binary.LittleEndian, semicolons), plain},
		"UTF-16 BE":                        {utf16of(binary.BigEndian, semicolons), plain},
		"decomposed":                       {[]byte(strings.NewReplacer("Å", "A\u030a", "Ö", "O\u0308").Replace(semicolons)), plain},
		"another order and case":           {[]byte("MEJL:;kommun ;KOD\na@x.example;Åstad;180\n;Ö-by;114\n"), plain},
		"quoted headings with line breaks": {[]byte("\"kommun\nkod\";\"NAMN\";\"e -\r\npost\"\n0180;Åstad;a@x.example\n0114;Ö-by;\n"), plain},
		"brackets in headings":             {[]byte("Kod (SCB);Namn (hela);Mail (arbetet)\n0180;Åstad;a@x.example\n0114;Ö-by;\n"), plain},
		"titles above, blank rows between": {[]byte("Sveriges kommuner;;\n;;\nHämtad 2026;;\nKod;Namn;E-post\n\n0180;Åstad;a@x.example\n;;\n0114;Ö-by;\n;\n"),
			"6 0180|Åstad|a@x.example||\"\"\n8 0114|Ö-by|||\"\"\n"},
		"a title that is a heading's word": {[]byte("Namn;;\nKod;Namn;E-post\n1;A;\n"), "3 0001|A|||\"\"\n"},
		"line breaks in cells": {[]byte("Kod;Namn;Anteckning\n1;\"Norra\r\nteamet\";\"rad ett\r\n rad två \"\n2;B;\"säger \"\"hej\"\"; ofta\"\n"),
			"2 0001|Norra teamet|||\"rad ett\\nrad två\"\n3 0002|B|||\"säger \\\"hej\\\"; ofta\"\n"},
		"a quotation mark within":            {[]byte("Kod;Namn\n1;Hemmet 5\" Lyan\n"), "2 0001|Hemmet 5\" Lyan|||\"\"\n"},
		"blanks of all kinds":                {[]byte("Kod;Namn\n\u00a01\u00a0180 ;\u00a0Å\u00a0 B\u200b\n"), "2 1180|Å B|||\"\"\n"},
		"a kept formula":                     {[]byte("Kod;Namn\n1;'=SUM(A1)\n2;'t Hooft\n"), "2 0001|=SUM(A1)|||\"\"\n3 0002|'t Hooft|||\"\"\n"},
		"no code at all":                     {[]byte("Kod;Namn\n01x;A\n;B\n"), "2 01x|A|||\"\"\n3 |B|||\"\"\n"},
		"more cells than headings":           {[]byte("Kod;Namn\n1;A;hej;du\n2\n"), "2 0001|A|||\"\"\n3 0002||||\"\"\n"},
		"a comma within, semicolons between": {[]byte("Kod;Namn (för, efter)\n1;A, B\n"), "2 0001|A, B|||\"\"\n"},
	} {
		got, err := sheet.Read(c.data, "lista.csv", columns)
		if err != nil || told(got) != c.want {
			t.Errorf("%s: %v\n%swant\n%s", name, err, told(got), c.want)
		}
	}
}

func TestUnknownAndMissingHeadings(t *testing.T) {
	got, err := sheet.Read([]byte("Kod;Namn;Län;Ort\n1;A;01;X\n"), "x.csv", columns)
	if err != nil || !slices.Equal(got.Unknown, []string{"Län", "Ort"}) || !slices.Equal(got.Missing, []string{"email", "from", "note"}) {
		t.Errorf("%v, %v, %v", got.Unknown, got.Missing, err)
	}
}

// keys are the mistakes' keys.
func keys(err error) []string {
	var out []string
	if e := (*errs.Error)(nil); errors.As(err, &e) && e.Kind == errs.Invalid {
		for _, f := range e.Fields {
			if f.Name == sheet.Field {
				out = append(out, f.Key)
			}
		}
	}
	return out
}

func TestRefusals(t *testing.T) {
	head := "Kod;Namn\n"
	for name, c := range map[string]struct {
		data string
		file string
		want []string
	}{
		"nothing":             {"", "x.csv", []string{"sheet.error.empty"}},
		"blanks":              {" \r\n\t\n", "x.csv", []string{"sheet.error.empty"}},
		"prose":               {"Hej!\nHär kommer listan.\n", "x.txt", []string{"sheet.error.no-headings"}},
		"no rows":             {head + ";\n", "x.csv", []string{"sheet.error.no-rows"}},
		"a heading missing":   {"Kod;Ort\n1;A\n", "x.csv", []string{"sheet.error.heading"}},
		"a heading twice":     {"Kod;Namn;Kommun\n1;A;B\n", "x.csv", []string{"sheet.error.twice"}},
		"missing and twice":   {"Namn;Kommun\nA;B\n", "x.csv", []string{"sheet.error.heading", "sheet.error.twice"}},
		"NUL":                 {head + "1;A\x00B\n", "x.csv", []string{"sheet.error.binary"}},
		"UTF-16 cut short":    {"\xff\xfeK", "x.csv", []string{"sheet.error.letters"}},
		"NUL in UTF-16":       {"\xff\xfe\x00\x00", "x.csv", []string{"sheet.error.binary"}},
		"two kinds of letter": {head + "1;\xc3\xa5 \xe5\n", "x.csv", []string{"sheet.error.letters"}},
		"a mark that lies":    {"\ufeff" + head + "1;\xe5\n", "x.csv", []string{"sheet.error.letters"}},
		"an open quote":       {head + "1;\"A\n2;B\n", "x.csv", []string{"sheet.error.quote"}},
		"too large":           {head + strings.Repeat("1;Aaaaaaa\n", sheet.MaxText/10), "x.csv", []string{"sheet.error.large"}},
		"too many rows":       {head + strings.Repeat("1;A\n", sheet.MaxRows), "x.csv", []string{"sheet.error.long"}},
		"too wide":            {head + "1" + strings.Repeat(";", 300) + "A\n", "x.csv", []string{"sheet.error.wide"}},
		"an old Excel file":   {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "x.xls", []string{"sheet.error.old"}},
		"a PDF":               {"%PDF-1.7", "x.pdf", []string{"sheet.error.kind"}},
		"half an Excel file":  {"PK\x03\x04hej", "x.xlsx", []string{"sheet.error.broken"}},
	} {
		if _, err := sheet.Read([]byte(c.data), c.file, columns); !slices.Equal(keys(err), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// book is an Excel file that fill has filled.
func book(t testing.TB, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	fill(f)
	buf, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func set(t testing.TB, f *excelize.File, name, cell string, values ...any) {
	t.Helper()
	if err := f.SetSheetRow(name, cell, &values); err != nil {
		t.Fatal(err)
	}
}

// national is an Excel file with all that people do: a title over merged cells, a first sheet about something else, dates, numbers and codes
// that have lost their zeros.
func national(t testing.TB) []byte {
	return book(t, func(f *excelize.File) {
		set(t, f, "Sheet1", "A1", "Läs mig", "Namn")
		if _, err := f.NewSheet("Kommuner"); err != nil {
			t.Fatal(err)
		}
		set(t, f, "Kommuner", "A2", "Sveriges kommuner")
		if err := f.MergeCell("Kommuner", "A2", "D2"); err != nil {
			t.Fatal(err)
		}
		style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		if err != nil {
			t.Fatal(err)
		}
		american := "mm/dd/yy"
		odd, err := f.NewStyle(&excelize.Style{CustomNumFmt: &american})
		if err != nil {
			t.Fatal(err)
		}
		set(t, f, "Kommuner", "A4", "Namn", "Kommun-\nkod", "Från och med", "Anteckning")
		set(t, f, "Kommuner", "A5", "A\u030astad", "0180", 46092, 12.5)
		set(t, f, "Kommuner", "A7", "Ö-by", 114, time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC), true)
		set(t, f, "Kommuner", "A8", "Z", 1280, "2026-03-05", "=1+1")
		for cell, s := range map[string]int{"C5": style, "C7": odd} {
			if err := f.SetCellStyle("Kommuner", cell, cell, s); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestTelephoneNumbers: what Excel took of a number when it made one comes back; what was written as text stays as it was.
func TestTelephoneNumbers(t *testing.T) {
	for typed, want := range map[any]string{
		701740605: "0701740605", 470174060: "0470174060", 81234567: "081234567", 46701740605: "+46701740605", "0701740605": "0701740605", "070-174 06 05": "070-174 06 05",
		"+46 70 174 06 05": "+46 70 174 06 05", 174060: "174060", 7001011234: "7001011234", "701740605": "0701740605", "växeln": "växeln",
	} {
		data := book(t, func(f *excelize.File) {
			set(t, f, "Sheet1", "A1", "Namn", "Telefon")
			set(t, f, "Sheet1", "A2", "Åsa", typed)
		})
		got, err := sheet.Read(data, "lista.xlsx", []sheet.Column{{ID: "name", Words: []string{"namn"}}, {ID: "phone", Words: []string{"telefon"}, Phone: true}})
		if err != nil || len(got.Rows) != 1 || got.Rows[0].Of("phone") != want {
			t.Errorf("%v: %+v, %v, want %s", typed, got.Rows, err, want)
		}
	}
}

func TestExcelFiles(t *testing.T) {
	const want = "5 0180|Åstad||2026-03-11|\"12.5\"\n7 0114|Ö-by||2026-03-04|\"TRUE\"\n8 1280|Z||2026-03-05|\"=1+1\"\n"
	got, err := sheet.Read(national(t), "kommuner.xlsx", columns)
	if err != nil || told(got) != want {
		t.Errorf("%v\n%swant\n%s", err, told(got), want)
	}
	hidden := book(t, func(f *excelize.File) {
		set(t, f, "Sheet1", "A1", "Kod", "Namn")
		set(t, f, "Sheet1", "A2", "1", "gammal")
		if _, err := f.NewSheet("Ny"); err != nil {
			t.Fatal(err)
		}
		set(t, f, "Ny", "A1", "Kod", "Namn")
		set(t, f, "Ny", "A2", "2", "ny")
		f.SetActiveSheet(1)
		if err := f.SetSheetVisible("Sheet1", false); err != nil {
			t.Fatal(err)
		}
	})
	if got, err := sheet.Read(hidden, "x.xlsx", columns); err != nil || told(got) != "2 0002|ny|||\"\"\n" {
		t.Errorf("a hidden sheet first: %v\n%s", err, told(got))
	}
}

// bomb is an Excel file whose sheet is of n bytes when it is unzipped.
func bomb(t *testing.T, n int) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, name := range []string{"xl/workbook.xml", "xl/worksheets/sheet1.xml"} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		for range n >> 20 {
			if _, err := w.Write(bytes.Repeat([]byte(" "), 1<<20)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestExcelRefusals(t *testing.T) {
	wide := book(t, func(f *excelize.File) { set(t, f, "Sheet1", "A1", "Kod", "Namn"); set(t, f, "Sheet1", "XFD2", "x") })
	far := book(t, func(f *excelize.File) {
		set(t, f, "Sheet1", "A1", "Kod", "Namn")
		set(t, f, "Sheet1", "A1048576", "1", "A")
	})
	empty := book(t, func(*excelize.File) {})
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"a bomb": {bomb(t, 60<<20), "sheet.error.bomb"}, "too wide": {wide, "sheet.error.wide"}, "nothing within reach": {far, "sheet.error.no-rows"},
		"nothing": {empty, "sheet.error.no-headings"}, "too large": {append(empty, make([]byte, sheet.MaxExcel)...), "sheet.error.large"},
	} {
		if _, err := sheet.Read(c.data, "x.xlsx", columns); !slices.Equal(keys(err), []string{c.want}) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var word bytes.Buffer
	z := zip.NewWriter(&word)
	if _, err := z.Create("word/document.xml"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := sheet.Read(word.Bytes(), "x.docx", columns); !slices.Equal(keys(err), []string{"sheet.error.kind"}) {
		t.Errorf("a text document: %v", err)
	}
}

func TestYesNo(t *testing.T) {
	for s, want := range map[string][2]bool{"ja": {true, true}, " X ": {true, true}, "1": {true, true}, "Yes": {true, true}, "TRUE": {true, true},
		"nej": {false, true}, "0": {false, true}, "-": {false, true}, "": {false, true}, "kanske": {}, "2": {}} {
		if yes, ok := sheet.YesNo(s); [2]bool{yes, ok} != want {
			t.Errorf("%q: %v, %v", s, yes, ok)
		}
	}
}

func TestDay(t *testing.T) {
	const none, unclear = "sheet.error.day", "sheet.error.day.unclear"
	for s, want := range map[string]string{"2026-03-11": "2026-03-11", "2026/3/1": "2026-03-01", "20260311": "2026-03-11", "2026-03-11 00:00:00": "2026-03-11",
		"11.3.2026": "2026-03-11", "3.4.2026": "2026-04-03", "31/3/2026": "2026-03-31", "3/31/2026": "2026-03-31", "4/4/2026": "2026-04-04", "46092": "2026-03-11",
		"03/04/2026": unclear, "3-4-2026": unclear, "": "", "2026-02-30": none, "2026-13-01": none, "31/31/2026": none, "26-03-11": none, "i våras": none,
		"2026-03/11": none, "2026311": none, "9999-01-01": none, "0000-00-00": none} {
		d, wrong := sheet.Day("from", s)
		got := d.String()
		if len(wrong) == 1 && wrong[0].Name == "from" {
			got = wrong[0].Key
		}
		if got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("Kod;Namn\n1;A\n"))
	f.Add([]byte("sep=,\n\"Kod\",\"Na\nmn\"\n\"1\"\"\",A"))
	f.Add(utf16of(binary.LittleEndian, "Kod\tNamn\n1\tÅ"))
	f.Add([]byte("Kod;Namn\n1;\xe5"))
	f.Add(national(f))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := sheet.Read(data, "x", columns)
		if err != nil {
			if len(keys(err)) == 0 {
				t.Fatalf("a mistake that no field tells of: %v", err)
			}
			return
		}
		last := 0
		for _, r := range got.Rows {
			if r.Number <= last {
				t.Fatalf("row %d comes after row %d", r.Number, last)
			}
			last = r.Number
		}
		if text := told(got); strings.Contains(text, "\x00") || !utf8.ValidString(text) {
			t.Fatalf("%q", text)
		}
	})
}
