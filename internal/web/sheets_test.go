package web_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"hemvist/internal/web/webtest"
)

// csvRows reads an export as a Swedish spreadsheet does.
func csvRows(t *testing.T, a *webtest.Answer) [][]string {
	t.Helper()
	text, marked := strings.CutPrefix(a.Body, "\ufeff")
	if !marked {
		t.Fatalf("%s: no byte order mark, so a spreadsheet takes å for Ã¥", a.Asked)
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", a.Asked, err)
	}
	return rows
}

// excelRows reads an export's only sheet.
func excelRows(t *testing.T, a *webtest.Answer) [][]string {
	t.Helper()
	f, err := excelize.OpenReader(strings.NewReader(a.Body))
	if err != nil {
		t.Fatalf("%s: %v", a.Asked, err)
	}
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		t.Fatalf("%s: %v", a.Asked, err)
	}
	return rows
}
