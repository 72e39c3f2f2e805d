package web

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"

	"github.com/xuri/excelize/v2"

	"hemvist/internal/i18n"
	"hemvist/internal/round"
)

// roundTable is the rounds as rows of cells, the first being the headings.
func (s *Server) roundTable(r *http.Request) ([][]any, error) {
	v := visitOf(r)
	p, err := s.Rounds.Export(r.Context(), v.who.Subject, roundQuery(r.URL.Query()))
	if err != nil {
		return nil, err
	}
	t := v.texts
	var head []any
	for _, key := range []string{"name", "organisation", "programme", "variant", "state", "first", "last", "held", "sessions", "participants", "leaders"} {
		head = append(head, t.T("rounds.column."+key))
	}
	table := [][]any{head}
	for _, row := range p.Rows {
		table = append(table, s.exportRow(t, row, p))
	}
	return table, nil
}

func (s *Server) exportRow(t *i18n.Printer, row round.Row, p round.Page) []any {
	var leaders []string
	for _, m := range row.Staff {
		leaders = append(leaders, m.Name)
	}
	title := row.Programme
	if d, err := s.Definitions.Definition(row.Programme, row.Version); err == nil {
		title = d.Title.In(t.Lang())
	}
	return []any{row.Name, row.Organisation, title, s.variantTitle(row, t.Lang()), t.T("state." + string(row.StateOn(p.Today))),
		row.FirstOn.String(), row.LastOn.String(), row.SessionsHeld, row.Sessions, row.Participants, strings.Join(leaders, ", ")}
}

func (s *Server) exportRoundsCSV(w http.ResponseWriter, r *http.Request) error {
	table, err := s.roundTable(r)
	if err != nil {
		return err
	}
	return s.sendCSV(w, r, table, visitOf(r).texts.T("rounds.file"))
}

// sendCSV sends a table as Swedish Excel opens it at a double click: semicolons, and UTF-8 with its mark.
func (s *Server) sendCSV(w http.ResponseWriter, r *http.Request, table [][]any, name string) error {
	buf := bytes.NewBufferString("\ufeff")
	out := csv.NewWriter(buf)
	out.Comma, out.UseCRLF = ';', true
	for _, row := range table {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = fmt.Sprint(cell)
			if text, ok := cell.(string); ok {
				cells[i] = safeCell(text)
			}
		}
		_ = out.Write(cells) // a bytes.Buffer takes everything
	}
	out.Flush()
	attach(w, "text/csv; charset=utf-8", name+".csv")
	return s.send(w, r, http.StatusOK, buf.Bytes())
}

// safeCell keeps a spreadsheet from reading a text as a formula. Source: OWASP, CSV Injection.
func safeCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(s)[0]) {
		return "'" + s
	}
	return s
}

func (s *Server) exportRoundsExcel(w http.ResponseWriter, r *http.Request) error {
	table, err := s.roundTable(r)
	if err != nil {
		return err
	}
	return s.sendExcel(w, r, table, visitOf(r).texts.T("rounds.file"))
}

// sendExcel sends a table as an Excel file. Its text cells are marked as text, and so are never formulas; they get the
// same mark as in CSV, as a file is often saved on as one.
func (s *Server) sendExcel(w http.ResponseWriter, r *http.Request, table [][]any, name string) error {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	out, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return fmt.Errorf("make an Excel file: %w", err)
	}
	if err := out.SetColWidth(1, len(table[0]), 18); err != nil {
		return fmt.Errorf("make an Excel file: %w", err)
	}
	for i, row := range table {
		for j, cell := range row {
			if text, ok := cell.(string); ok {
				row[j] = safeCell(text)
			}
		}
		if err := out.SetRow(fmt.Sprintf("A%d", i+1), row); err != nil {
			return fmt.Errorf("make an Excel file: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("make an Excel file: %w", err)
	}
	buf, err := f.WriteToBuffer()
	if err != nil {
		return fmt.Errorf("make an Excel file: %w", err)
	}
	attach(w, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", name+".xlsx")
	return s.send(w, r, http.StatusOK, buf.Bytes())
}

func attach(w http.ResponseWriter, mediaType, name string) {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
}
