package takeover_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/xuri/excelize/v2"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/directory"
	"hemvist/internal/directory/takeover"
	"hemvist/internal/errs"
	"hemvist/internal/house/housetest"
)

// world is a house with a hub, two municipalities and somebody who takes over registers for each.
type world struct {
	housetest.House
	t                  *testing.T
	ctx                context.Context
	coordinator, admin access.Subject
	here, board, there string
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{House: housetest.New(t, d, nil), t: t, ctx: audit.WithTrail(context.Background(), &audit.Trail{})}
	w.must(d.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		add := func(kind directory.OrganisationKind, name, code string) string {
			o, err := w.Directory.AddOrganisationTx(ctx, tx, directory.Organisation{Kind: kind, Name: name, Code: code})
			w.must(err)
			return o.ID
		}
		hub := add(directory.HubKind, "Hemvisten", "")
		w.here, w.there = add(directory.Municipality, "Växjö kommun", "0780"), add(directory.Municipality, "Upplands Väsby kommun", "0114")
		add(directory.Municipality, "Upplands-Bro kommun", "0139")
		a, err := w.Directory.AddAuthorityTx(ctx, tx, directory.Authority{OrganisationID: w.here, Name: "Socialnämnden"})
		w.must(err)
		w.board = a.ID
		w.coordinator = w.person(ctx, tx, "Ingrid Exempelgren", "ingrid@hemvist.example", access.Coordinator, hub)
		w.admin = w.person(ctx, tx, "Adam Provlund", "adam@vaxjo.example", access.Administrator, w.here)
		return nil
	}))
	w.must(w.Catalogue.GiveHomes(w.ctx))
	return w
}

func (w *world) person(ctx context.Context, tx *db.Tx, name, email string, role access.Role, organisation string) access.Subject {
	p, err := w.Directory.AddPersonTx(ctx, tx, directory.Person{Name: name, Email: email, Phone: "070-174 06 99", Language: "sv"})
	w.must(err)
	_, err = w.Directory.GiveRoleTx(ctx, tx, directory.RoleGiven{PersonID: p.ID, OrganisationID: organisation, Role: role, From: w.Directory.Today().AddYears(-1)})
	w.must(err)
	return access.Subject{Person: p.ID, Role: role, Organisation: organisation}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) settings() takeover.Settings {
	return takeover.Settings{RoleForm: directory.RoleForm{RoleAt: directory.RoleAt{Role: access.Leader, Programme: "connect"},
		Period: directory.Period{From: w.Directory.Today()}}, Language: "sv", Roles: map[string]access.Role{"Handledare": access.Supervisor, "Gruppledare": access.Leader}}
}

func (w *world) read(by access.Subject, table string) string {
	w.t.Helper()
	id, err := w.Registers.Read(w.ctx, by, []byte(table), "register.csv", w.settings())
	w.must(err)
	return id
}

// kinds is what would become of each line: "2:new 3:refused".
func (w *world) kinds(by access.Subject, id string, decisions map[int]takeover.Decision) string {
	w.t.Helper()
	p, err := w.Registers.Preview(w.ctx, by, id, decisions)
	w.must(err)
	var out []string
	for _, v := range p.Verdicts {
		text := fmt.Sprintf("%d:%s", v.Number, v.Kind)
		if v.Why.Key != "" {
			text += "(" + v.Why.Key[strings.LastIndex(v.Why.Key, ".")+1:] + ")"
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

func (w *world) take(by access.Subject, id string, decisions map[int]takeover.Decision) takeover.Report {
	w.t.Helper()
	report, err := w.Registers.Confirm(w.ctx, by, id, decisions, "")
	w.must(err)
	r, err := w.Registers.Report(w.ctx, by, report)
	w.must(err)
	return r
}

func (w *world) count() int {
	w.t.Helper()
	n := 0
	w.must(w.DB.Read(w.ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(*) FROM person`).Scan(&n)
	}))
	return n
}

const register = `Register över ledare;;;
Telefon;Kommun;E-post;Namn;Roll
070-174 06 01;Växjö;anna@vaxjo.example;Anna Ämnesson;
070-174 06 02;0114;bo@vasby.example;Bo Testamark;Handledare
;Upplands;cia@upplands.example;Cia Åtminstone;
;Atlantis;dan@atlantis.example;Dan Fabelstrand;
;Växjö kommun;ingen adress;Eva Sagosten;
850709-9805;Växjö kommun;fia@vaxjo.example;Fia Skisserud;
;Växjö kommun;anna@vaxjo.example;Anna Ämnesson;
;Växjö kommun;gun@vaxjo.example;Gun Mallqvist;Trollkarl
;Växjö kommun;anna@vaxjo.example;Någon Annan;Handledare
;Växjö kommun;anna@vaxjo.example;Anna Ämnesson;Handledare
`

func TestARegisterIsTakenOverAndTheSameTwiceAddsNobody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.read(w.coordinator, register)
		want := "3:new 4:new 5:ask-where 6:refused(organisation) 7:refused(email) 8:refused(personal-number) 9:refused(twice) 10:refused(role) 11:refused(two-names) 12:new"
		if got := w.kinds(w.coordinator, id, nil); got != want {
			t.Fatalf("%s\nwant %s", got, want)
		}
		before := w.count()
		if _, err := w.Registers.Confirm(w.ctx, w.coordinator, id, nil, ""); !errs.Is(err, errs.Invalid) {
			t.Fatalf("a question that nobody answered: %v", err)
		}
		if w.count() != before {
			t.Fatal("some were stored")
		}
		where := map[int]takeover.Decision{5: {Where: w.there}}
		r := w.take(w.coordinator, id, where)
		if r.New != 3 || r.Known != 0 || len(r.Left) != 6 || w.count() != before+3 {
			t.Errorf("%+v, %d people", r, w.count()-before)
		}
		page, err := w.Directory.ListPeople(w.ctx, w.coordinator, directory.PeopleQuery{Text: "anna"})
		w.must(err)
		if len(page.Rows) != 1 || len(page.Rows[0].Roles) != 2 || page.Rows[0].Roles[0].AuthorityID != w.board || page.Rows[0].Phone != "070-174 06 01" {
			t.Errorf("Anna is %+v", page.Rows)
		}
		if _, err := w.Registers.Confirm(w.ctx, w.coordinator, id, where, ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("a draft is used twice: %v", err)
		}
		// The same file again.
		id = w.read(w.coordinator, register)
		r = w.take(w.coordinator, id, where)
		if r.New != 0 || r.Known != 0 || r.Already != 6 || w.count() != before+3 {
			t.Errorf("the same file again: %+v, %s", r, w.kindsOf(register, where))
		}
	})
}

// kindsOf is kinds of a table that is read anew.
func (w *world) kindsOf(table string, d map[int]takeover.Decision) string {
	return w.kinds(w.coordinator, w.read(w.coordinator, table), d)
}

// TestNoPersonalNumberIsKept: neither in the draft nor in the report, whichever cell it stood in.
func TestNoPersonalNumberIsKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.read(w.admin, "namn;e-post;telefon;organisation;nämnd;roll;19850709-9805\nFia 850709-9805;fia@vaxjo.example;;;;;x\nGun;8507099805@vaxjo.example;;;;;\n"+
			"Hal;hal@vaxjo.example;19850709 9805;;;;\nIda;ida@vaxjo.example;;;;850709–9805;\nJan Övningsson;jan@vaxjo.example;;;;;\n")
		stored := func() (text string) {
			w.must(w.DB.Read(w.ctx, func(ctx context.Context, tx *db.Tx) error {
				all, err := db.All(ctx, tx, db.Scalar[string], `SELECT body FROM import_draft`)
				text = strings.Join(all, "\n")
				return err
			}))
			return text
		}
		for _, part := range []string{"9805", "Fia", "Hal", "Ida"} {
			if strings.Contains(stored(), part) {
				t.Errorf("%q is in the draft", part)
			}
		}
		p, err := w.Registers.Preview(w.ctx, w.admin, id, nil)
		w.must(err)
		if len(p.Of(takeover.Refused)) != 5 || p.Of(takeover.Refused)[0].Why.Key != "people.error.personal-number" {
			t.Errorf("%+v", p.Verdicts)
		}
	})
}

func TestTheSameNameIsAskedFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		first := w.read(w.admin, "namn,mejl,tel,kommun\nKim Låtsasberg,kim@vaxjo.example,0701740611,Växjö kommun\nLo Låtsasberg,lo@vaxjo.example,,Växjö kommun\n")
		w.take(w.admin, first, nil)
		second := "namn,mejl,tel,kommun,roll\nKIM LÅTSASBERG,kim.l@privat.example,+46 70 174 06 11,Växjö kommun,Handledare\nLo Låtsasberg,lo@privat.example,,Växjö kommun,Handledare\n"
		id := w.read(w.admin, second)
		if got := w.kinds(w.admin, id, nil); got != "2:known 3:ask-who" { // the same name and number is the same person
			t.Fatal(got)
		}
		p, err := w.Registers.Preview(w.ctx, w.admin, id, nil)
		w.must(err)
		lo := p.Verdicts[1].Candidates
		if len(lo) != 1 || lo[0].Email != "lo@vaxjo.example" || len(lo[0].Roles) != 1 {
			t.Fatalf("candidates: %+v", lo)
		}
		before := w.count()
		r := w.take(w.admin, id, map[int]takeover.Decision{3: {Who: lo[0].ID}})
		if r.Known != 2 || w.count() != before {
			t.Errorf("%+v", r)
		}
		// The list's own addresses find them from now on: nothing is asked again.
		if got := w.kinds(w.admin, w.read(w.admin, second), nil); got != "2:already 3:already" {
			t.Errorf("again: %s", got)
		}
		id = w.read(w.admin, "namn,mejl\nLo Låtsasberg,en.annan.lo@vaxjo.example\nMo Låtsasberg,mo@vaxjo.example\n")
		r = w.take(w.admin, w.withPlace(id), map[int]takeover.Decision{2: {Who: takeover.IsNew}, 3: {Who: takeover.Skip}})
		if r.New != 1 || len(r.Left) != 1 || !r.Left[0].Skipped || w.count() != before+1 {
			t.Errorf("%+v, %d", r, w.count()-before)
		}
	})
}

// withPlace gives a draft the administrator's own board as the place of lines that say none.
func (w *world) withPlace(id string) string {
	w.t.Helper()
	s := w.settings()
	s.OrganisationID, s.AuthorityID = w.here, w.board
	_, err := w.Registers.Preview(w.ctx, w.admin, id, nil)
	w.must(err)
	id, err = w.Registers.Read(w.ctx, w.admin, []byte("namn,mejl\nLo Låtsasberg,en.annan.lo@vaxjo.example\nMo Låtsasberg,mo@vaxjo.example\n"), "x.csv", s)
	w.must(err)
	return id
}

func TestWhoMayTakeOverWhat(t *testing.T) {
	w := newWorld(t, dbtest.New(t))
	// An administrator takes over people of their own organisation alone.
	if got := w.kinds(w.admin, w.read(w.admin, "namn;e-post;kommun\nAnna Ämnesson;anna@vasby.example;Upplands Väsby\nBo Ämnesson;bo@vaxjo.example;Växjö kommun\n"), nil); got != "2:refused(organisation) 3:new" {
		t.Error(got)
	}
	if got := w.kinds(w.admin, w.read(w.admin, "namn;e-post;kommun\nAdam Provlund;adam@vaxjo.example;Växjö kommun\n"), nil); got != "2:refused(self)" {
		t.Error(got)
	}
	id := w.read(w.admin, "namn;e-post\nAnna;anna@vaxjo.example\n")
	for _, by := range []access.Subject{w.coordinator, {Person: "x", Role: access.Administrator, Organisation: w.here}} {
		if _, err := w.Registers.Preview(w.ctx, by, id, nil); !errs.Is(err, errs.NotFound) {
			t.Errorf("another's draft: %v", err)
		}
		if _, err := w.Registers.Confirm(w.ctx, by, id, nil, ""); err == nil {
			t.Error("another's draft is taken over")
		}
	}
	_, err := w.Registers.Read(w.ctx, access.Subject{Person: "x", Role: access.Contact, Organisation: w.here}, []byte("namn;e-post\nA;a@b.example\n"), "a.csv", w.settings())
	if !errs.Is(err, errs.Denied) {
		t.Errorf("a contact takes over: %v", err)
	}
}

// TestTwoConfirmAtOnce: of two who press the button at the same time one takes the table over.
func TestTwoConfirmAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.read(w.coordinator, "namn;e-post;kommun\nAnna Ämnesson;anna@vaxjo.example;Växjö kommun\n")
		before := w.count()
		var wg sync.WaitGroup
		failed := make([]error, 3)
		for i := range failed {
			wg.Go(func() {
				_, failed[i] = w.Registers.Confirm(audit.WithTrail(context.Background(), &audit.Trail{}), w.coordinator, id, nil, "")
			})
		}
		wg.Wait()
		taken := 0
		for _, err := range failed {
			if err == nil {
				taken++
			} else if !errs.Is(err, errs.Conflict) {
				t.Error(err)
			}
		}
		if taken != 1 || w.count() != before+1 {
			t.Errorf("%d took it over, %d people", taken, w.count()-before)
		}
	})
}

func TestExcelAndFilesThatAreNoRegister(t *testing.T) {
	w := newWorld(t, dbtest.New(t))
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range [][]any{{"E-post", "Efternamn", "Förnamn", "Mobil"}, {"maj@vaxjo.example", "Öppningsfeldt", "Maj", "070-174 06 12"}} {
		w.must(f.SetSheetRow("Sheet1", fmt.Sprintf("B%d", i+3), &row))
	}
	var buf bytes.Buffer
	w.must(f.Write(&buf))
	s := w.settings()
	s.OrganisationID = w.here
	id, err := w.Registers.Read(w.ctx, w.admin, buf.Bytes(), "r.xlsx", s)
	w.must(err)
	p, err := w.Registers.Preview(w.ctx, w.admin, id, nil)
	w.must(err)
	if v := p.Verdicts[0]; v.Kind != takeover.Added || v.Form.Name != "Maj Öppningsfeldt" || v.Number != 4 {
		t.Errorf("%+v", v)
	}
	for _, table := range []string{"", "bara text", "e-post\na@b.example\n", "namn;telefon\nA;070\n"} {
		if _, err := w.Registers.Read(w.ctx, w.admin, []byte(table), "r.csv", s); !errs.Is(err, errs.Invalid) {
			t.Errorf("%q: %v", table, err)
		}
	}
	long := strings.Repeat("A Bsson;a@b.example\n", takeover.MaxRows+1)
	if _, err := w.Registers.Read(w.ctx, w.admin, []byte("namn;e-post\n"+long), "r.csv", s); !errs.Is(err, errs.Invalid) {
		t.Errorf("too many rows: %v", err)
	}
}
