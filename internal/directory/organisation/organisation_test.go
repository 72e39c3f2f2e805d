package organisation_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/directory"
	"hemvist/internal/directory/organisation"
	"hemvist/internal/errs"
	"hemvist/internal/house/housetest"
	"hemvist/internal/round"
)

// world is a house with a hub and its coordinator.
type world struct {
	*testing.T
	housetest.House
	hub string
	co  access.Subject
	n   int
}

func newWorld(t *testing.T, d *db.DB) *world {
	w := &world{T: t, House: housetest.New(t, d, nil)}
	w.write(func(ctx context.Context, tx *db.Tx) error {
		o, err := w.Directory.AddOrganisationTx(ctx, tx, directory.Organisation{Kind: directory.HubKind, Name: "Hemvisten"})
		w.hub = o.ID
		return err
	})
	w.co = w.person(access.Coordinator, w.hub, "")
	w.must(w.Catalogue.GiveHomes(t.Context()))
	return w
}

func (w *world) write(fn func(ctx context.Context, tx *db.Tx) error) {
	w.Helper()
	w.must(w.DB.Write(w.Context(), fn))
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) today() clock.Date { return w.Directory.Today() }

// person is somebody who has had a role for a year.
func (w *world) person(role access.Role, organisation, authority string) access.Subject {
	w.Helper()
	w.n++
	s := access.Subject{Role: role, Organisation: organisation, Authority: authority}
	w.write(func(ctx context.Context, tx *db.Tx) error {
		p, err := w.Directory.AddPersonTx(ctx, tx, directory.Person{Name: "Karin Provlund", GivenName: "Karin", Email: fmt.Sprintf("p%d@demo.example", w.n), Language: "sv"})
		if err != nil {
			return err
		}
		s.Person = p.ID
		_, err = w.Directory.GiveRoleTx(ctx, tx, directory.RoleGiven{PersonID: p.ID, OrganisationID: organisation, AuthorityID: authority, Role: role,
			From: w.today().AddYears(-1)})
		return err
	})
	return s
}

func (w *world) add(kind directory.OrganisationKind, name, code string) string {
	w.Helper()
	id, err := w.Organisations.Add(w.Context(), w.co, organisation.Form{Kind: kind, Name: name, Code: code}, "req")
	w.must(err)
	return id
}

func (w *world) board(in, name string) string {
	w.Helper()
	id, err := w.Organisations.AddBoard(w.Context(), w.co, in, name, "req")
	w.must(err)
	return id
}

func (w *world) unit(in, name, below string) string {
	w.Helper()
	id, err := w.Organisations.AddUnit(w.Context(), w.co, in, organisation.UnitForm{Name: name, Below: below}, "req")
	w.must(err)
	return id
}

func (w *world) get(id string) organisation.Detail {
	w.Helper()
	d, err := w.Organisations.Get(w.Context(), w.co, id)
	w.must(err)
	return d
}

// round makes a round that is running, and returns its id.
func (w *world) round(in, board string) string {
	w.Helper()
	connect, err := w.Catalogue.Newest("connect")
	w.must(err)
	id := ""
	w.write(func(ctx context.Context, tx *db.Tx) (err error) {
		id, err = w.Rounds.AddTx(ctx, tx, round.Plan{HubID: w.hub, OrganisationID: in, AuthorityID: board, Definition: connect, Variant: connect.Variants[0].ID,
			Name: "Provgruppen", Place: "Biblioteket", Language: "sv", Sessions: []round.Session{{Kind: "session", Item: "p1", On: w.today(), Starts: 600, Minutes: 90}}})
		return err
	})
	return id
}

// wants checks that an error is of a kind and, when there is one, tells of the field with the key.
func (w *world) wants(err error, kind errs.Kind, field, key string) {
	w.Helper()
	e := (*errs.Error)(nil)
	if !errors.As(err, &e) || e.Kind != kind {
		w.Errorf("%v, want kind %s", err, kind)
		return
	}
	if field == "" && key != "" && e.Key != key || field != "" && !slices.ContainsFunc(e.Fields, func(f errs.Field) bool { return f.Name == field && f.Key == key }) {
		w.Errorf("%v, want %s: %s", err, field, key)
	}
}

func names(rows []organisation.Row) string {
	var out []string
	for _, r := range rows {
		out = append(out, r.Name)
	}
	return strings.Join(out, " ")
}

func each(t *testing.T, fn func(w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newWorld(t, d)) })
}

func TestAListIsSortedFoundAndFiltered(t *testing.T) {
	each(t, func(w *world) {
		w.add(directory.Municipality, "Österåker", "0117")
		arjang := w.add(directory.Municipality, "Årjäng", "1765")
		w.add(directory.Municipality, "Ale", "1440")
		w.add(directory.TreatmentHome, "Äppelgården", "")
		w.unit(arjang, "Norra teamet", "board:"+w.board(arjang, "Socialnämnden"))
		for query, want := range map[organisation.Query]string{
			{}: "Ale Hemvisten Årjäng Äppelgården Österåker", {Text: "år"}: "Årjäng", {Text: "ÖSTER"}: "Österåker", {Text: "1440"}: "Ale", {Text: "norra soc"}: "Årjäng",
			{Text: "%"}: "Ale Hemvisten Årjäng Äppelgården Österåker", {Kind: directory.TreatmentHome}: "Äppelgården", {County: "17"}: "Årjäng",
			{State: organisation.Closed}: "", {PerPage: 2, Page: 2}: "Årjäng Äppelgården", {PerPage: 2, Page: 99}: "Österåker", {Text: "rjäng"}: "",
		} {
			got, err := w.Organisations.List(w.Context(), w.co, query)
			if w.must(err); names(got.Rows) != want {
				w.Errorf("%+v: %s, want %s", query, names(got.Rows), want)
			}
		}
		_, err := w.Organisations.List(w.Context(), w.person(access.Contact, arjang, ""), organisation.Query{})
		w.wants(err, errs.Denied, "", "")
		// Somebody works there now, and nobody looks after their accounts; then somebody does.
		for _, want := range []string{"Årjäng", ""} {
			got, err := w.Organisations.List(w.Context(), w.co, organisation.Query{State: organisation.Unattended})
			if w.must(err); names(got.Rows) != want || got.Total != len(got.Rows) {
				w.Errorf("without an administrator: %s, want %s", names(got.Rows), want)
			}
			w.person(access.Administrator, arjang, "")
		}
	})
}

func TestWhatIsRefusedOfAnOrganisation(t *testing.T) {
	each(t, func(w *world) {
		w.add(directory.Municipality, "Ale", "1440")
		for _, c := range []struct {
			form       organisation.Form
			field, key string
		}{
			{organisation.Form{Kind: directory.Municipality, Name: " ", Code: "0180"}, "name", "organisations.error.name"},
			{organisation.Form{Kind: "x", Name: "A"}, "kind", "organisations.error.kind"},
			{organisation.Form{Kind: directory.Municipality, Name: "A", Code: "180"}, "code", "organisations.error.code"},
			{organisation.Form{Kind: directory.Municipality, Name: "A", Code: "1440"}, "code", "organisations.error.code-taken"},
			{organisation.Form{Kind: directory.Municipality, Name: "ALE", Code: "1441"}, "name", "organisations.error.name-taken"},
			{organisation.Form{Kind: directory.Municipality, Name: "A", Code: "0180", County: "03"}, "county", "organisations.error.county-code"},
			{organisation.Form{Kind: directory.Provider, Name: "A", Code: "0180"}, "code", "organisations.error.code-municipality"},
			{organisation.Form{Kind: directory.Provider, Name: "A", County: "02"}, "county", "organisations.error.county"},
			{organisation.Form{Kind: directory.Provider, Name: "800101-1234"}, "name", "organisations.error.personal-number"},
			{organisation.Form{Kind: directory.Provider, Name: "a\u202eb"}, "name", "form.error.characters"},
			{organisation.Form{Kind: directory.Provider, Name: strings.Repeat("å", 201)}, "name", "form.error.long"},
		} {
			_, err := w.Organisations.Add(w.Context(), w.co, c.form, "req")
			w.wants(err, errs.Invalid, c.field, c.key)
		}
		for _, name := range []string{"=SUM(A1)", "'; DROP TABLE organisation; --", "<script>alert(1)</script>", "A\u030angstro\u0308m", "🏠"} {
			id := w.add(directory.Provider, name, "")
			if got := w.get(id).Name; got != name {
				w.Errorf("%q became %q", name, got)
			}
		}
	})
}

func TestNamesOnAnyDay(t *testing.T) {
	each(t, func(w *world) {
		id := w.add(directory.TreatmentHome, "Gamla hemet", "")
		rename := func(name string, on clock.Date) error {
			return w.Organisations.Rename(w.Context(), w.co, id, organisation.NewName{Name: name, On: on}, "req")
		}
		d2019, d2022 := clock.MustDate("2019-01-01"), clock.MustDate("2022-06-01")
		w.must(rename("Nya hemet", d2019))
		w.must(rename("Nyaste hemmet", d2022))
		w.must(rename("Nyaste hemet", d2022)) // a slip, mended on the same day
		w.wants(rename("Ett namn", d2019), errs.Invalid, "on", "organisations.error.before")
		w.wants(rename("Ett namn", w.today().AddDays(1)), errs.Invalid, "on", "organisations.error.ahead")
		w.must(w.Organisations.Rename(w.Context(), w.co, id, organisation.NewName{Name: "Nyaste Hemet", Misspelt: true}, "req"))
		d := w.get(id)
		for day, want := range map[string]string{"2018-12-31": "Gamla hemet", "2019-01-01": "Nya hemet", "2022-05-31": "Nya hemet", "2022-06-01": "Nyaste Hemet"} {
			if got := d.NameOn(clock.MustDate(day)); got != want {
				w.Errorf("on %s it was called %q, want %q", day, got, want)
			}
		}
		if !slices.Equal(d.Former, []string{"Nya hemet", "Gamla hemet"}) {
			w.Errorf("former names: %q", d.Former)
		}
		found, err := w.Organisations.List(w.Context(), w.co, organisation.Query{Text: "gamla"})
		if w.must(err); names(found.Rows) != "Nyaste Hemet" {
			w.Errorf("found by its former name: %s", names(found.Rows))
		}
	})
}

func TestClosingAndOpening(t *testing.T) {
	each(t, func(w *world) {
		id := w.add(directory.Municipality, "Ale", "1440")
		board := w.board(id, "Socialnämnden")
		w.round(id, board)
		shut := func(sure bool) error { return w.Organisations.Close(w.Context(), w.co, id, w.today(), sure, "req") }
		w.wants(shut(false), errs.Invalid, "sure", "organisations.error.sure")
		w.must(shut(true))
		w.wants(shut(true), errs.Conflict, "", "organisations.error.closed")
		if d := w.get(id); d.ClosedOn != w.today() || d.Open != 1 {
			w.Errorf("closed on %s with %d open rounds", d.ClosedOn, d.Open)
		}
		w.must(w.Organisations.Reopen(w.Context(), w.co, id, "req"))
		w.wants(w.Organisations.Reopen(w.Context(), w.co, id, "req"), errs.Conflict, "", "organisations.error.open")
		w.wants(w.Organisations.Close(w.Context(), w.co, w.hub, w.today(), true, "req"), errs.Conflict, "", "organisations.error.home")
	})
}

// ofRound is where a round lies.
func (w *world) ofRound(id string) (organisation, authority string) {
	w.Helper()
	w.must(w.DB.Read(w.Context(), func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT organisation_id, authority_id FROM round WHERE id = $1`, id).Scan(&organisation, &authority)
	}))
	return organisation, authority
}

// roles is where somebody has worked: a line a role, by their beginning.
func (w *world) roles(person string) string {
	w.Helper()
	var all []string
	w.must(w.DB.Read(w.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = db.All(ctx, tx, db.Scalar[string], `SELECT o.name || ' ' || r.from_on || ' ' || coalesce(r.to_on, '') FROM role r
			JOIN organisation o ON o.id = r.organisation_id WHERE r.person_id = $1 ORDER BY r.from_on`, person)
		return err
	}))
	return strings.Join(all, "; ")
}

func TestMergingWithRunningRounds(t *testing.T) {
	each(t, func(w *world) {
		from, into := w.add(directory.Municipality, "Lillby", "1401"), w.add(directory.Municipality, "Storby", "1402")
		board := w.board(from, "Socialnämnden")
		w.board(into, "Socialnämnden")
		w.unit(from, "Teamet", "board:"+board)
		w.unit(from, "Staben", "")
		running := w.round(from, board)
		leader, contact := w.person(access.Leader, from, board), w.person(access.Contact, into, "")
		p, err := w.Organisations.MergePreview(w.Context(), w.co, from, into)
		if w.must(err); p.From.Open != 1 || p.Roles != 1 || len(p.From.Boards) != 1 {
			w.Errorf("the preview: %d open, %d roles, %d boards", p.From.Open, p.Roles, len(p.From.Boards))
		}
		w.wants(w.Organisations.Merge(w.Context(), w.co, from, w.hub, w.today(), "req"), errs.Invalid, "into", "organisations.error.into")
		w.wants(w.Organisations.Merge(w.Context(), w.co, from, "x", w.today(), "req"), errs.Invalid, "into", "organisations.error.into")
		w.must(w.Organisations.Merge(w.Context(), w.co, from, into, w.today(), "req"))
		w.wants(w.Organisations.Merge(w.Context(), w.co, from, into, w.today(), "req"), errs.Conflict, "", "organisations.error.closed")
		if o, a := w.ofRound(running); o != into || a != board {
			w.Errorf("the round lies in %s, %s", o, a)
		}
		found, err := w.Rounds.List(w.Context(), contact, round.Query{Text: "storby"})
		if w.must(err); found.Total != 1 {
			w.Errorf("the other's contact finds %d rounds, want the one that came", found.Total)
		}
		yesterday := w.today().AddDays(-1)
		if got, want := w.roles(leader.Person), fmt.Sprintf("Lillby %s %s; Storby %s ", w.today().AddYears(-1), yesterday, w.today()); got != want {
			w.Errorf("roles: %s, want %s", got, want)
		}
		d := w.get(from)
		if d.ClosedOn != w.today() || d.MergedInto.Name != "Storby" || len(d.Boards)+len(d.Units) != 0 || len(d.Events) != 2 {
			w.Errorf("what is left: %+v", d)
		}
		if d := w.get(into); len(d.Boards) != 2 || len(d.Units) != 1 || d.Units[0].Name != "Staben" || d.Open != 1 {
			w.Errorf("what it has: %+v", d)
		}
		w.wants(w.Organisations.Reopen(w.Context(), w.co, from, "req"), errs.Conflict, "", "organisations.error.merged")
		log := 0
		w.must(w.DB.Read(w.Context(), func(ctx context.Context, tx *db.Tx) error {
			for _, id := range []string{from, into} {
				entries, err := w.House.Log.List(ctx, tx, audit.Filter{Organisation: id, Limit: 100})
				if err != nil {
					return err
				}
				for _, e := range entries {
					if e.Action == organisation.ActionMerge {
						log++
					}
				}
			}
			return nil
		}))
		if log != 2 {
			w.Errorf("%d entries of the merger in the log, want one of each organisation", log)
		}
	})
}

func TestSplitting(t *testing.T) {
	each(t, func(w *world) {
		from := w.add(directory.Municipality, "Storby", "1402")
		stays, goes := w.board(from, "Skolnämnden"), w.board(from, "Socialnämnden")
		unit := w.unit(from, "Staben", "")
		w.unit(from, "Under staben", "unit:"+unit)
		running := w.round(from, goes)
		moved, whole := w.person(access.Leader, from, goes), w.person(access.Administrator, from, "")
		form := organisation.Split{Form: organisation.Form{Name: "Nyby", Code: "1407"}, On: w.today()}
		_, err := w.Organisations.Split(w.Context(), w.co, from, form, "req")
		w.wants(err, errs.Invalid, "boards", "organisations.error.parts")
		form.Boards, form.Units = []string{goes}, []string{unit}
		id, err := w.Organisations.Split(w.Context(), w.co, from, form, "req")
		w.must(err)
		if o, a := w.ofRound(running); o != id || a != goes {
			w.Errorf("the round lies in %s, %s", o, a)
		}
		if !strings.Contains(w.roles(moved.Person), "; Nyby ") || strings.Contains(w.roles(whole.Person), "Nyby") {
			w.Errorf("roles: %s and %s", w.roles(moved.Person), w.roles(whole.Person))
		}
		d, old := w.get(id), w.get(from)
		if len(d.Boards) != 1 || len(d.Units) != 1 || len(d.Units[0].Below) != 1 || len(old.Boards) != 1 || old.Boards[0].ID != stays || !old.ClosedOn.IsZero() {
			w.Errorf("the new one: %+v\nthe old one: %+v", d, old)
		}
		form.Form = organisation.Form{Name: "Annatby", Code: "1415"}
		_, err = w.Organisations.Split(w.Context(), w.co, from, form, "req")
		w.wants(err, errs.Invalid, "boards", "organisations.error.parts") // the board is no longer its
	})
}

func TestBoardsAndUnits(t *testing.T) {
	each(t, func(w *world) {
		o, other := w.add(directory.Municipality, "Ale", "1440"), w.add(directory.Municipality, "Lerum", "1441")
		a, b := w.board(o, "A-nämnden"), w.board(o, "B-nämnden")
		_, err := w.Organisations.AddBoard(w.Context(), w.co, o, "a-NÄMNDEN", "req")
		w.wants(err, errs.Invalid, "name", "organisations.error.board-taken")
		north := w.unit(o, "Norr", "board:"+a)
		team := w.unit(o, "Team 1", "unit:"+north)
		change := func(by access.Subject, unit, below string) error {
			return w.Organisations.ChangeUnit(w.Context(), by, o, unit, organisation.UnitForm{Name: "Norr", Below: below}, "req")
		}
		w.wants(change(w.co, north, "unit:"+team), errs.Invalid, "below", "organisations.error.below")
		w.wants(change(w.co, north, "unit:"+north), errs.Invalid, "below", "organisations.error.below")
		w.wants(change(w.co, north, "board:x"), errs.Invalid, "below", "organisations.error.below")
		w.must(change(w.co, north, "board:"+b))
		if d := w.get(o); len(d.Boards[0].Units) != 0 || len(d.Boards[1].Units) != 1 || len(d.Boards[1].Units[0].Below) != 1 {
			w.Errorf("after the move: %+v", d.Boards)
		}
		ofA, ofAll := w.person(access.Administrator, o, a), w.person(access.Administrator, o, "")
		w.wants(change(ofA, north, "board:"+b), errs.NotFound, "", "")
		w.must(change(ofAll, north, "board:"+a))
		w.must(change(ofA, north, "board:"+a))
		w.wants(change(ofA, north, "board:"+b), errs.NotFound, "", "")
		w.wants(change(w.person(access.Administrator, other, ""), north, "board:"+a), errs.NotFound, "", "")
		w.wants(change(w.person(access.Contact, o, ""), north, "board:"+a), errs.Denied, "", "")
		w.must(w.Organisations.CloseBoard(w.Context(), w.co, o, a, w.today(), true, "req"))
		w.wants(w.Organisations.ReopenUnit(w.Context(), w.co, o, north, "req"), errs.Conflict, "", "organisations.error.closed-above")
		w.must(w.Organisations.ReopenBoard(w.Context(), ofA, o, a, "req"))
		w.must(w.Organisations.ReopenUnit(w.Context(), ofA, o, north, "req"))
		w.must(w.Organisations.CloseUnit(w.Context(), ofA, o, north, w.today(), "req"))
		w.must(w.Organisations.RenameBoard(w.Context(), ofA, o, a, organisation.NewName{Name: "Familjenämnden", On: w.today()}, "req"))
		deep := ""
		for i := range 6 {
			deep = "unit:" + w.unit(o, fmt.Sprintf("Lager %d", i), deep)
		}
		_, err = w.Organisations.AddUnit(w.Context(), w.co, o, organisation.UnitForm{Name: "För djupt", Below: deep}, "req")
		w.wants(err, errs.Invalid, "below", "organisations.error.below")
	})
}

func TestSwedenTwice(t *testing.T) {
	each(t, func(w *world) {
		other := w.person(access.Coordinator, w.hub, "")
		taken := func() (organisation.Preview, organisation.Taken) {
			id, err := w.Organisations.Import(w.Context(), w.co, organisation.Sweden, "sweden.csv", "req")
			w.must(err)
			p, err := w.Organisations.ImportPreview(w.Context(), other, id)
			w.must(err)
			done, err := w.Organisations.ConfirmImport(w.Context(), other, id, p.Seen, w.today(), "req")
			w.must(err)
			return p, done
		}
		w.add(directory.Municipality, "Växjö kommun", "0780")
		if p, done := taken(); len(p.New) != 289 || p.Unchanged != 1 || done.Added != 289 || len(p.Misfits) != 0 {
			w.Errorf("first: %d new, %d unchanged, %+v, %v", len(p.New), p.Unchanged, done, p.Misfits)
		}
		if p, done := taken(); p.Unchanged != 290 || !p.Nothing() || done != (organisation.Taken{}) {
			w.Errorf("again: %d unchanged, %+v", p.Unchanged, done)
		}
		found, err := w.Organisations.List(w.Context(), w.co, organisation.Query{Kind: directory.Municipality, County: "12"})
		if w.must(err); found.Total != 33 {
			w.Errorf("%d municipalities in Skåne", found.Total)
		}
	})
}

func TestAListIsCompared(t *testing.T) {
	each(t, func(w *world) {
		old, named := w.add(directory.Municipality, "Gamla Ale", "1440"), w.add(directory.Provider, "Familjehjälpen AB", "")
		w.add(directory.Municipality, "Lerum", "1441")
		shut := w.add(directory.Municipality, "Stängd", "1407")
		w.must(w.Organisations.Close(w.Context(), w.co, shut, w.today(), false, "req"))
		file := "Sort;Namn;Kod;Län;Ort\nkommun;Ale;1440;;x\nutförare;FAMILJEHJÄLPEN AB;;Skåne län;\nKommun;Partille;1402;O;\nkommun;Öckerö;1407;;\n" +
			"kommun;Fel;14x;;\nkommun;Partille två;1402;;\nrymdstation;Mir;;;\n;Utan sort;;;\nutförare;Nytt AB;;Atlantis;\n"
		id, err := w.Organisations.Import(w.Context(), w.co, []byte(file), "lista.csv", "req")
		w.must(err)
		p, err := w.Organisations.ImportPreview(w.Context(), w.co, id)
		w.must(err)
		if len(p.New) != 1 || p.New[0].Name != "Partille" || len(p.Gone) != 1 || p.Gone[0].Name != "Lerum" || !slices.Equal(p.Unknown, []string{"Ort"}) {
			w.Errorf("new %+v, gone %s, unknown %q", p.New, names(p.Gone), p.Unknown)
		}
		if len(p.Changed) != 2 || p.Changed[0].ID != old || !p.Changed[0].Renames || p.Changed[1].ID != named || p.Changed[1].Renames || p.Changed[1].County != "12" {
			w.Errorf("changed: %+v", p.Changed)
		}
		var wrong []string
		for _, m := range p.Misfits {
			wrong = append(wrong, fmt.Sprintf("%d %s", m.Number, m.Wrong[0].Key))
		}
		if want := []string{"5 organisations.import.error.closed", "6 organisations.error.code", "7 organisations.import.error.code-twice",
			"8 organisations.import.error.kind", "9 organisations.import.error.no-kind", "10 organisations.import.error.county"}; !slices.Equal(wrong, want) {
			w.Errorf("misfits: %q", wrong)
		}
		_, err = w.Organisations.ConfirmImport(w.Context(), w.co, id, p.Seen, clock.Date{}, "req")
		w.wants(err, errs.Invalid, "on", "organisations.error.day")
		w.add(directory.Municipality, "Partille", "1402") // somebody adds it meanwhile
		_, err = w.Organisations.ConfirmImport(w.Context(), w.co, id, p.Seen, w.today(), "req")
		w.wants(err, errs.Conflict, "", "organisations.import.error.changed")
		p, err = w.Organisations.ImportPreview(w.Context(), w.co, id)
		w.must(err)
		done, err := w.Organisations.ConfirmImport(w.Context(), w.co, id, p.Seen, w.today(), "req")
		if w.must(err); done != (organisation.Taken{Changed: 2}) {
			w.Errorf("taken: %+v", done)
		}
		if d := w.get(old); d.Name != "Ale" || !slices.Equal(d.Former, []string{"Gamla Ale"}) {
			w.Errorf("renamed by a list: %s, %q", d.Name, d.Former)
		}
		if p, err := w.Organisations.ImportPreview(w.Context(), w.co, id); err != nil || !p.Used {
			w.Errorf("the draft afterwards: %+v, %v", p, err)
		}
	})
}

func TestTwoConfirmAtOnce(t *testing.T) {
	each(t, func(w *world) {
		id, err := w.Organisations.Import(w.Context(), w.co, organisation.Sweden, "sweden.csv", "req")
		w.must(err)
		p, err := w.Organisations.ImportPreview(w.Context(), w.co, id)
		w.must(err)
		results := make([]error, 4)
		var wg sync.WaitGroup
		for i := range results {
			wg.Go(func() {
				_, results[i] = w.Organisations.ConfirmImport(context.Background(), w.co, id, p.Seen, w.today(), "req")
			})
		}
		wg.Wait()
		won := 0
		for _, err := range results {
			if err == nil {
				won++
			} else {
				w.wants(err, errs.Conflict, "", "draft.error.used")
			}
		}
		found, err := w.Organisations.List(w.Context(), w.co, organisation.Query{Kind: directory.Municipality})
		if w.must(err); won != 1 || found.Total != 290 {
			w.Errorf("%d of them took it in; there are %d municipalities", won, found.Total)
		}
	})
}
