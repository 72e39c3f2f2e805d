package group_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/errs"
	"hemvist/internal/round"
	"hemvist/internal/round/group"
)

const listed = "Namn;Telefon;E-post;Språk;Tolk;Barnets ålder;Hör ihop med;Skyddade personuppgifter\n" +
	"Åsa Öppningsfeldt;070-174 06 05;asa@demo.example;svenska;nej;12;;\n" +
	"Örjan Öppningsfeldt;;;Svenska;;12;Åsa Öppningsfeldt;\n" +
	"Zahra Testamark;;;فارسی;x;9, 14;;ja\n"

// told is a preview as lines: what becomes of each, of whom, and the keys of what is wrong.
func told(p group.Preview) string {
	var out []string
	for _, v := range p.Verdicts {
		line := fmt.Sprint(v.Number, " ", v.Becomes, " ", v.Name)
		for _, w := range v.Wrong {
			line += " " + w.Name + ":" + strings.TrimPrefix(w.Key, "participant.")
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

// read reads a list and looks at it.
func (w *world) read(id string, data []byte, name string) (group.Preview, error) {
	w.t.Helper()
	draft, err := w.Groups.ReadList(ctx(), w.leader, id, data, name)
	if err != nil {
		return group.Preview{}, err
	}
	return w.Groups.Preview(ctx(), w.leader, id, draft, nil)
}

func wide(s string, big bool) []byte {
	var order binary.AppendByteOrder = binary.LittleEndian
	out := []byte("\xff\xfe")
	if big {
		order, out = binary.BigEndian, []byte("\xfe\xff")
	}
	for _, u := range utf16.Encode([]rune(s)) {
		out = order.AppendUint16(out, u)
	}
	return out
}

func excel(t *testing.T, rows [][]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestListsAsPeopleHaveThem: the same three people, in every shape that files come in.
func TestListsAsPeopleHaveThem(t *testing.T) {
	w := newWorld(t, dbtest.New(t))
	id := w.add("A", w.Rounds.Today(), nil, w.leader)
	latin := strings.ReplaceAll(listed, "فارسی", "persiska")
	windows, err := charmap.Windows1252.NewEncoder().String(latin)
	if err != nil {
		t.Fatal(err)
	}
	turned := "Gruppen på Söder\n\nspråk,TOLK behövs,Efternamn,Förnamn,Mobil,skyddad,Ålder,Hushåll,mejl\n" +
		"svenska,0,Öppningsfeldt,Åsa,070-174 06 05,,12,A,asa@demo.example\n" +
		"sv,,Öppningsfeldt,Örjan,,,12 år,A,\n" +
		"persiska/dari,1,\"Testa\nmark\",Zahra,,sant,9 och 14,,\n"
	for what, data := range map[string][]byte{
		"UTF-8": []byte(listed), "UTF-8 with its mark": []byte("\ufeff" + listed), "Windows-1252": []byte(windows), "UTF-16": wide(listed, false), "UTF-16 the other way": wide(listed, true),
		"tabs": []byte(strings.ReplaceAll(listed, ";", "\t")), "decomposed": []byte(norm.NFD.String(listed)), "line ends of Windows": []byte(strings.ReplaceAll(listed, "\n", "\r\n")),
		"Excel": excel(t, [][]any{{"Deltagare hösten"}, {}, {"Deltagare", "Telefon", "Språk", "Tolk", "Barn", "Hör ihop med", "Sekretess"},
			{"Åsa Öppningsfeldt", "070-174 06 05", "svenska", "", 12, "", ""}, {"Örjan Öppningsfeldt", "", "", "", 12, "Åsa Öppningsfeldt", ""},
			{"Zahra Testamark", "", "farsi", "Ja", "9, 14", "", true}}),
		"in another order": []byte(turned),
	} {
		p, err := w.read(id, data, "lista")
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		got := told(p)
		for _, name := range []string{"Åsa Öppningsfeldt", "Örjan Öppningsfeldt", "Zahra Testa"} {
			if !strings.Contains(got, "added "+name) {
				t.Errorf("%s: %s is not added in\n%s", what, name, got)
			}
		}
		if len(p.Verdicts) != 3 || p.Verdicts[1].With == "" {
			t.Errorf("%s: %d lines, the second with %q", what, len(p.Verdicts), p.Verdicts[1].With)
		}
	}
}

// TestListsAreTakenInOnce: all of it or nothing, and the same again adds nobody.
func TestListsAreTakenInOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.add("A", w.Rounds.Today(), nil, w.leader, w.second)
		draft, err := w.Groups.ReadList(ctx(), w.leader, id, []byte(listed), "lista.csv")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Groups.Preview(ctx(), w.second, id, draft, nil); !errs.Is(err, errs.NotFound) {
			t.Errorf("another leader looks at the list: %v", err)
		}
		if n, err := w.Groups.TakeIn(ctx(), w.leader, id, draft, nil, "r"); err != nil || n != 3 {
			t.Fatalf("%d, %v", n, err)
		}
		if _, err := w.Groups.TakeIn(ctx(), w.leader, id, draft, nil, "r"); !errs.Is(err, errs.Conflict) {
			t.Errorf("the same list twice: %v", err)
		}
		got := w.members(w.leader, id)
		if len(got) != 3 || w.count(id) != 3 || got[1].Name != "Åsa Öppningsfeldt" && got[0].Name != "Åsa Öppningsfeldt" {
			t.Fatalf("%+v", got)
		}
		for _, m := range got {
			switch {
			case strings.HasPrefix(m.Name, "Zahra") && (m.Language != "fa" || !m.Interpreter || !m.Protected || len(m.Children) != 2 || m.HouseholdID == got[0].HouseholdID && m.ID != got[0].ID):
				t.Errorf("Zahra: %+v", m)
			case strings.HasPrefix(m.Name, "Åsa") && (m.Phone != "070-174 06 05" || m.Email != "asa@demo.example" || len(m.Children) != 1):
				t.Errorf("Åsa: %+v", m)
			}
		}
		p, err := w.read(id, []byte(listed), "lista.csv")
		if err != nil || len(p.Of(group.IsHere)) != 3 {
			t.Errorf("the same file again:\n%s %v", told(p), err)
		}
		if _, err := w.Groups.TakeIn(ctx(), w.leader, id, p.ID, nil, ""); !errs.Is(err, errs.Invalid) {
			t.Errorf("nobody is added: %v", err)
		}
		// The same name with another contact is asked about, and so is the same name twice in one list.
		again := "Namn;Telefon\nåsa  öppningsfeldt;070-174 06 44\nBjörn Ny;070-174 06 01\nBjörn Ny;070-174 06 02\n"
		p, err = w.read(id, []byte(again), "lista.csv")
		if want := "2 ask åsa öppningsfeldt\n3 added Björn Ny\n4 ask Björn Ny"; err != nil || told(p) != want {
			t.Errorf("%v\n%s\nwant\n%s", err, told(p), want)
		}
		if _, err := w.Groups.TakeIn(ctx(), w.leader, id, p.ID, map[int]string{2: group.IsSame}, ""); field(err, "who-4") == "" || field(err, "who-2") != "" {
			t.Errorf("unanswered: %v", err)
		}
		// Whoever comes while one looks is compared with too.
		w.join(id, group.NewMember{Name: "Björn Ny", Phone: "070-174 06 01"})
		if n, err := w.Groups.TakeIn(ctx(), w.leader, id, p.ID, map[int]string{2: group.IsSame, 4: group.IsNew}, ""); err != nil || n != 1 || w.count(id) != 5 {
			t.Errorf("%d, %v; %d take part", n, err, w.count(id))
		}
		if entries := w.entries(t, group.ActionImport); len(entries) != 2 {
			t.Errorf("%d entries, want 2", len(entries))
		}
	})
}

// TestWrongLinesAreTold: each row by its number, with what would be right; a row with a personal number is kept nowhere.
func TestWrongLinesAreTold(t *testing.T) {
	w := newWorld(t, dbtest.New(t))
	id := w.add("A", w.Rounds.Today(), nil, w.leader)
	list := "Namn;Telefon;E-post;Språk;Tolk;Ålder;Personnummer\n" +
		";070-174 06 05;;;;;\n" +
		"A;abc;;;;;\n" +
		"B;;inte en adress;;;;\n" +
		"C;;;klingonska;;;\n" +
		"D;;;;kanske;;\n" +
		"E;;;;;nio;\n" +
		"Hemligsson 700101-1234;;;;;;\n" +
		"F;７００１０１－１２３４;;;;;\n" +
		"G;700161-1234;;;;;\n" +
		strings.Repeat("å", 300) + ";;;;;;\n" +
		"H\u202E;;;;;;\n" +
		"I;;;;;;19700101-1234\n" +
		"=HYPERLINK(\"x\");;;;;;\n" +
		"J;;;;arabiska;99;\n"
	p, err := w.read(id, []byte(list), "lista.csv")
	if err != nil {
		t.Fatal(err)
	}
	got := told(p)
	for _, want := range []string{"2 refused  name:error.name", "3 refused A phone:error.phone", "4 refused B email:form.error.email", "5 refused C language:import.language",
		"6 refused D interpreter:import.yes", "7 refused E children:error.ages", "8 refused  name:import.personal-number", "9 refused  name:import.personal-number",
		"10 refused  name:import.personal-number", "name:form.error.long", "name:form.error.characters", "13 added I", "15 refused J children:error.age"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	if len(p.Unknown) != 1 || p.Unknown[0] != "Personnummer" {
		t.Errorf("unknown are %q", p.Unknown)
	}
}

// TestListsWithoutHeadings: what stands in the columns tells what they are, and that is told.
func TestListsWithoutHeadings(t *testing.T) {
	w := newWorld(t, dbtest.New(t))
	id := w.add("A", w.Rounds.Today(), nil, w.leader)
	for what, c := range map[string]struct{ list, guessed, told string }{
		"a name and a number": {"Åsa Provlund;070-174 06 05\nAli Testamark;0701740606\n", "name phone", "1 added Åsa Provlund\n2 added Ali Testamark"},
		"four columns": {"070-174 06 05,Åsa,Provlund,svenska,12\n0701740606,Ali,Testamark,arabiska,9\n", "phone given family language ages",
			"1 added Åsa Provlund\n2 added Ali Testamark"},
		"names alone": {"Åsa Provlund\nAli Testamark\n", "name", "1 added Åsa Provlund\n2 added Ali Testamark"},
		"with a number among them": {"Åsa Provlund;19700101-1234\nAli Testamark;0701740606\nMats Sagosten;070-174 06 07\n", "name phone",
			"1 refused  name:import.personal-number\n2 added Ali Testamark\n3 added Mats Sagosten"},
	} {
		p, err := w.read(id, []byte(c.list), "lista.csv")
		if err != nil || strings.Join(p.Guessed, " ") != c.guessed || told(p) != c.told {
			t.Errorf("%s: %v, guessed %q\n%s", what, err, p.Guessed, told(p))
		}
	}
	for what, list := range map[string]string{"numbers alone": "1;2\n3;4\n", "telephones alone": "Telefon\n070-174 06 05\n"} {
		if _, err := w.read(id, []byte(list), "lista.csv"); field(err, "file") == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// bomb is an Excel file that unzips to far more than it is.
func bomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"xl/workbook.xml", "xl/worksheets/sheet1.xml"} {
		f, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		for range 100 {
			if _, err := f.Write(make([]byte, 1<<20)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFilesThatAreNoLists(t *testing.T) {
	w := newWorld(t, dbtest.New(t))
	id := w.add("A", w.Rounds.Today(), nil, w.leader)
	many := "Namn\n"
	for i := range 501 {
		many += fmt.Sprintf("Person %d\n", i)
	}
	for what, data := range map[string][]byte{"nothing": nil, "blanks": []byte(" \n;;\n"), "a zip bomb": bomb(t), "half a zip": []byte("PK\x03\x04abc"), "an old Excel file": []byte("\xd0\xcf\x11\xe0abc"),
		"a PDF": []byte("%PDF-1.7"), "NUL": []byte("Namn\nA\x00B\n"), "headings alone": []byte("Namn;Telefon\n"), "a name of a megabyte": []byte("Namn\n" + strings.Repeat("x", 1<<20)),
		"an open quotation": []byte("Namn\n\"Åsa"), "too many": []byte(many), "two names": []byte("Namn;Deltagare\nA;B\n"), "half UTF-16": []byte("\xff\xfeN\x00a")} {
		if _, err := w.Groups.ReadList(ctx(), w.leader, id, data, "lista.csv"); !errs.Is(err, errs.Invalid) || field(err, "file") == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
	for what, id := range map[string]string{"a training": w.training(), "one under pseudonyms": w.add("P", w.Rounds.Today(), func(p *round.Plan) { p.Attendance = round.Pseudonymous }, w.leader),
		"somebody else's": w.add("B", w.Rounds.Today(), nil, w.second)} {
		if _, err := w.Groups.ReadList(ctx(), w.leader, id, []byte(listed), "lista.csv"); !errs.Is(err, errs.Conflict) && !errs.Is(err, errs.NotFound) {
			t.Errorf("a list into %s: %v", what, err)
		}
	}
}

// TestListsThatWaitAreSealedAndForgotten: the database holds no name of them, and after a day nothing at all.
func TestListsThatWaitAreSealedAndForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.add("A", w.Rounds.Today(), nil, w.leader)
		draft, err := w.Groups.ReadList(ctx(), w.leader, id, []byte(listed), "lista.csv")
		if err != nil {
			t.Fatal(err)
		}
		bodies := func() (all []string) {
			if err := d.Read(context.Background(), func(ctx context.Context, tx *db.Tx) (err error) {
				all, err = db.All(ctx, tx, db.Scalar[string], `SELECT body FROM import_draft`)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return all
		}
		if all := bodies(); len(all) != 1 || len(all[0]) < 100 || strings.Contains(all[0], "Zahra") {
			t.Errorf("the draft is kept as %q", all)
		}
		if n, err := w.Groups.ForgetDrafts(context.Background()); n != 0 || err != nil {
			t.Errorf("%d were forgotten at once, %v", n, err)
		}
		w.Time.Move(25 * time.Hour)
		if _, err := w.Groups.Preview(ctx(), w.leader, id, draft, nil); !errs.Is(err, errs.NotFound) {
			t.Errorf("after a day: %v", err)
		}
		if n, err := w.Groups.ForgetDrafts(context.Background()); n != 1 || err != nil || len(bodies()) != 0 {
			t.Errorf("%d were forgotten, %v; %q remain", n, err, bodies())
		}
	})
}
