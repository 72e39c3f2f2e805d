package catalogue_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/catalogue"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/house/housetest"
	"hemvist/programmes"
)

// ground is a house with two hubs and a coordinator of each; the first has the shipped programmes.
type ground struct {
	housetest.House
	a, b        access.Subject // coordinators of all of their hub's programmes
	hubA, hubB  string
	ctx         context.Context
	trail       *audit.Trail
	leader      access.Subject // in Connect
	otherLeader access.Subject // in another programme
}

func open(t *testing.T, d *db.DB) *ground {
	t.Helper()
	g := &ground{House: housetest.New(t, d, nil), trail: &audit.Trail{}}
	g.ctx = audit.WithTrail(context.Background(), g.trail)
	if len(g.Catalogue.InForce()) != 0 {
		t.Error("something is in force before there is a hub")
	}
	g.hubA, g.a = g.hub(t, "Hemvisten A")
	g.hubB, g.b = g.hub(t, "Hemvisten B")
	g.leader = access.Subject{Person: g.a.Person, Role: access.Leader, Organisation: "elsewhere", Programme: "connect"}
	g.otherLeader = access.Subject{Person: g.a.Person, Role: access.Leader, Organisation: "elsewhere", Programme: "another"}
	must(t, g.Catalogue.GiveHomes(g.ctx))
	return g
}

func (g *ground) hub(t *testing.T, name string) (string, access.Subject) {
	t.Helper()
	var o directory.Organisation
	var p directory.Person
	must(t, g.DB.Write(g.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if o, err = g.Directory.AddOrganisationTx(ctx, tx, directory.Organisation{Kind: directory.HubKind, Name: name}); err != nil {
			return err
		}
		p, err = g.Directory.AddPersonTx(ctx, tx, directory.Person{Name: "Karin Provlund", GivenName: "Karin", Email: name[len(name)-1:] + "@hemvist.example", Language: "sv"})
		return err
	}))
	return o.ID, access.Subject{Person: p.ID, Role: access.Coordinator, Organisation: o.ID}
}

// file is a small definition.
func file(programmeID, version, dated string, more ...string) string {
	return fmt.Sprintf(`programme: %s
version: %q
dated: %s
title: {sv: Prov, en: Trial}
languages: [sv, en]
variants:
  - id: group
    kind: group
    title: {sv: Grupp, en: Group}
    every: 1 week
    sessions:
      - {id: s, repeat: 3, minutes: 90, sv: Träff, en: Session}
%s`, programmeID, version, dated, strings.Join(more, ""))
}

func (g *ground) upload(t *testing.T, who access.Subject, source string) catalogue.Uploaded {
	t.Helper()
	up, err := g.Catalogue.Upload(g.ctx, who, []byte(source), "")
	must(t, err)
	if len(up.Mistakes) > 0 {
		t.Fatal(up.Mistakes)
	}
	return up
}

func (g *ground) inForce(t *testing.T, programmeID, hub, day string) string {
	t.Helper()
	d, err := g.Catalogue.InForceOn(g.ctx, programmeID, hub, clock.MustDate(day))
	if errs.Is(err, errs.NotFound) {
		return ""
	}
	must(t, err)
	return d.Version
}

func (g *ground) state(t *testing.T, who access.Subject, programmeID, version string) catalogue.State {
	t.Helper()
	p, err := g.Catalogue.Get(g.ctx, who, programmeID)
	must(t, err)
	v, _ := p.Version(version)
	return v.State
}

// wants fails unless err is of the kind and, when they are named, about the field with the text.
func wants(t *testing.T, err error, kind errs.Kind, field, key string) {
	t.Helper()
	e := (*errs.Error)(nil)
	if !errors.As(err, &e) || e.Kind != kind {
		t.Fatalf("%v, want %s", err, kind)
	}
	if field != "" && (len(e.Fields) != 1 || e.Fields[0].Name != field || e.Fields[0].Key != key) {
		t.Fatalf("%v, want %s:%s", err, field, key)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// today is Wednesday 18 November 2026.
const tomorrow = "2026-11-19"

func TestShippedDefinitionsGoToTheFirstHub(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := open(t, d)
		shipped, err := programmes.All()
		must(t, err)
		for _, s := range shipped {
			if got := g.inForce(t, s.ID, g.hubA, s.Dated.String()); got != s.Version {
				t.Errorf("%s: %q is in force on its own day, want %s", s.ID, got, s.Version)
			}
			if got := g.inForce(t, s.ID, g.hubB, s.Dated.String()); got != "" {
				t.Errorf("%s: %q is in force with the second hub", s.ID, got)
			}
			again, err := g.Catalogue.Definition(s.ID, s.Version)
			must(t, err)
			if same, err := g.Catalogue.Definition(s.ID, s.Version); err != nil || same != again {
				t.Errorf("%s was read twice", s.ID)
			}
		}
		if got := g.inForce(t, "connect", g.hubA, "2024-07-31"); got != "2017-02" {
			t.Errorf("%q was in force the day before the present version", got)
		}
		var ids []string
		for _, s := range g.Catalogue.InForce() {
			ids = append(ids, s.ID+" "+s.Version)
		}
		if want := "connect 2024-08, foralder-pa-avstand 2024-11, tidig-insats 1"; strings.Join(ids, ", ") != want {
			t.Errorf("in force: %v, want %s", ids, want)
		}
		// Once more, as at the next start: nothing is added.
		again, err := catalogue.Open(g.ctx, g.DB, g.Log, g.Clock, slog.New(slog.DiscardHandler), programmes.Files)
		must(t, err)
		must(t, again.GiveHomes(g.ctx))
		n, wrong, err := again.Check(g.ctx)
		must(t, err)
		if n != len(shipped) || len(wrong) > 0 {
			t.Errorf("%d definitions are stored, want %d; %v", n, len(shipped), wrong)
		}
		p, err := again.Get(g.ctx, g.a, "connect")
		must(t, err)
		if len(p.History) != 2 || len(p.Homes) != 1 {
			t.Errorf("%d decisions, %d homes", len(p.History), len(p.Homes))
		}
	})
}

func TestAShippedTextThatChangedLeavesTheStoredOneAlone(t *testing.T) {
	g := open(t, dbtest.New(t))
	files := func(source string) fstest.MapFS { return fstest.MapFS{"p.yaml": {Data: []byte(source)}} }
	var lines bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&lines, nil))
	first, err := catalogue.Open(g.ctx, g.DB, g.Log, g.Clock, logger, files(file("p", "1", "2026-01-01")))
	must(t, err)
	_, err = catalogue.Open(g.ctx, g.DB, g.Log, g.Clock, logger, files(strings.Replace(file("p", "1", "2026-01-01"), "minutes: 90", "minutes: 60", 1)))
	must(t, err)
	source, err := first.Source(g.ctx, g.a, "p", "1")
	must(t, err)
	if !strings.Contains(string(source), "minutes: 90") || !strings.Contains(lines.String(), "p 1") {
		t.Errorf("stored:\n%s\nlogged: %s", source, lines.String())
	}
	if _, err := catalogue.Open(g.ctx, g.DB, g.Log, g.Clock, logger, files("programme: P\n")); err == nil {
		t.Error("a shipped file with mistakes was taken in")
	}
}

func TestUpload(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := open(t, d)
		up, err := g.Catalogue.Upload(g.ctx, g.a, []byte(strings.Replace(file("p", "1", "2026-01-01"), "every: 1 week", "evry: 1 week", 1)), "")
		must(t, err)
		if len(up.Mistakes) != 1 || up.Mistakes[0].Line != 10 || up.Mistakes[0].Column != 5 {
			t.Fatalf("mistakes: %v", up.Mistakes)
		}
		if _, err := g.Catalogue.Get(g.ctx, g.a, "p"); !errs.Is(err, errs.NotFound) {
			t.Errorf("something was stored in spite of a mistake: %v", err)
		}

		g.upload(t, g.a, file("p", "1", "2026-01-01"))
		if s := g.state(t, g.a, "p", "1"); s != catalogue.Proposed {
			t.Errorf("an upload is %q", s)
		}
		if again := g.upload(t, g.a, strings.ReplaceAll(file("p", "1", "2026-01-01"), "\n", "\r\n")); !again.Known {
			t.Error("the same text with other line ends is not known again")
		}
		_, err = g.Catalogue.Upload(g.ctx, g.a, []byte(file("p", "1", "2026-01-02")), "")
		wants(t, err, errs.Invalid, "source", "catalogue.error.version-taken")

		// Only where the programme has its home, and only for programmes of the role.
		_, err = g.Catalogue.Upload(g.ctx, g.b, []byte(file("p", "2", "2026-01-01")), "")
		wants(t, err, errs.Invalid, "source", "catalogue.error.home-elsewhere")
		bound := g.b
		bound.Programme = "connect"
		_, err = g.Catalogue.Upload(g.ctx, bound, []byte(file("q", "1", "2026-01-01")), "")
		wants(t, err, errs.Invalid, "source", "catalogue.error.other-programme")
		for _, role := range access.Roles {
			if role != access.Coordinator {
				_, err = g.Catalogue.Upload(g.ctx, access.Subject{Person: g.a.Person, Role: role, Organisation: g.hubA}, []byte(file("q", "1", "2026-01-01")), "")
				wants(t, err, errs.Denied, "", "")
			}
		}
		_, err = g.Catalogue.Upload(g.ctx, g.a, []byte(" \r\n"), "")
		wants(t, err, errs.Invalid, "source", "catalogue.error.empty")
		_, err = g.Catalogue.Upload(g.ctx, g.a, bytes.Repeat([]byte("x"), catalogue.MaxSource+1), "")
		wants(t, err, errs.Invalid, "source", "catalogue.error.large")

		// A proposal is the hub's own: nobody else learns that there is one.
		for _, who := range []access.Subject{g.b, {Person: g.a.Person, Role: access.Leader, Organisation: "elsewhere", Programme: "p"}} {
			if _, err := g.Catalogue.Get(g.ctx, who, "p"); !errs.Is(err, errs.NotFound) {
				t.Errorf("a %s elsewhere sees a proposal: %v", who.Role, err)
			}
			if _, err := g.Catalogue.Source(g.ctx, who, "p", "1"); !errs.Is(err, errs.NotFound) {
				t.Errorf("a %s elsewhere gets a proposal's text: %v", who.Role, err)
			}
		}
	})
}

func TestInForceFromADay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := open(t, d)
		for v, dated := range map[string]string{"1": "2025-01-01", "2": "2026-02-01", "3": "2026-11-01"} {
			g.upload(t, g.a, file("p", v, dated))
		}
		put := func(version, from string, sure bool) error {
			day := clock.Date{}
			if from != "" {
				day = clock.MustDate(from)
			}
			return g.Catalogue.PutInForce(g.ctx, g.a, "p", version, day, sure, "")
		}
		wants(t, put("1", "", false), errs.Invalid, "from", "catalogue.error.from")
		wants(t, put("1", "2024-12-31", true), errs.Invalid, "from", "catalogue.error.before-dated")
		wants(t, put("1", "2036-11-19", false), errs.Invalid, "from", "catalogue.error.far")
		wants(t, put("1", "2025-01-01", false), errs.Invalid, "sure", "catalogue.error.sure")
		must(t, put("1", "2025-01-01", true))
		wants(t, put("1", "2026-12-01", false), errs.Conflict, "", "")
		wants(t, put("9", tomorrow, false), errs.NotFound, "", "")
		// Today and ahead need no assurance.
		must(t, put("2", "2026-11-18", false))
		wants(t, put("3", "2026-11-17", true), errs.Invalid, "from", "catalogue.error.before-present")
		must(t, put("3", tomorrow, false))
		if got := []string{g.inForce(t, "p", g.hubA, "2026-11-17"), g.inForce(t, "p", g.hubA, "2026-11-18"), g.inForce(t, "p", g.hubA, tomorrow)}; strings.Join(got, " ") != "1 2 3" {
			t.Errorf("in force yesterday, today and tomorrow: %v", got)
		}
		if n, err := g.Catalogue.Newest("p"); err != nil || n.Version != "2" {
			t.Errorf("a round that starts today gets %v, %v", n, err)
		}
		// The plan is moved later, then earlier, then taken back, then set aside, then made again.
		must(t, put("3", "2027-03-01", false))
		must(t, put("3", "2026-12-01", false))
		if got := g.inForce(t, "p", g.hubA, tomorrow) + g.inForce(t, "p", g.hubA, "2026-12-01"); got != "23" {
			t.Errorf("after the plan was moved: %s", got)
		}
		for _, want := range []catalogue.State{catalogue.Coming, catalogue.Proposed, catalogue.SetAside} {
			if s := g.state(t, g.a, "p", "3"); s != want {
				t.Fatalf("version 3 is %s, want %s", s, want)
			}
			if want != catalogue.SetAside {
				must(t, g.Catalogue.Withdraw(g.ctx, g.a, "p", "3", ""))
			}
		}
		wants(t, g.Catalogue.Withdraw(g.ctx, g.a, "p", "3", ""), errs.Conflict, "", "")
		for _, v := range []string{"1", "2"} {
			wants(t, g.Catalogue.Withdraw(g.ctx, g.a, "p", v, ""), errs.Conflict, "", "")
		}
		must(t, put("3", "2026-12-01", false))
		// Another version for the same day takes its place.
		must(t, put("1", "2026-12-01", false))
		if got, s := g.inForce(t, "p", g.hubA, "2026-12-01"), g.state(t, g.a, "p", "3"); got != "1" || s != catalogue.Proposed {
			t.Errorf("%s is in force, version 3 is %s", got, s)
		}
		if s := g.state(t, g.a, "p", "1"); s != catalogue.Coming {
			t.Errorf("a version that comes back is %s", s)
		}
	})
}

func TestOnlyTheHomeDecides(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := open(t, d)
		day := clock.MustDate(tomorrow)
		for _, who := range []access.Subject{g.b, g.leader} {
			wants(t, g.Catalogue.PutInForce(g.ctx, who, "connect", "2017-02", day, false, ""), errs.Denied, "", "")
			wants(t, g.Catalogue.Withdraw(g.ctx, who, "connect", "2017-02", ""), errs.Denied, "", "")
			wants(t, g.Catalogue.MoveHome(g.ctx, who, "connect", g.hubB, day, ""), errs.Denied, "", "")
			wants(t, g.Catalogue.Stay(g.ctx, who, "connect", ""), errs.Denied, "", "")
		}
		wants(t, g.Catalogue.PutInForce(g.ctx, g.otherLeader, "connect", "2017-02", day, false, ""), errs.NotFound, "", "")
		if _, err := g.Catalogue.Get(g.ctx, g.otherLeader, "connect"); !errs.Is(err, errs.NotFound) {
			t.Errorf("a leader of another programme reads Connect: %v", err)
		}
		notes := g.trail.Notes()
		if len(notes) != 2 || notes[0].Outcome != audit.Denied || notes[1].Outcome != audit.Denied {
			t.Errorf("of two denials the log has %+v", notes)
		}
		p, err := g.Catalogue.Get(g.ctx, g.leader, "connect")
		must(t, err)
		if p.MayDecide || p.MayMove || p.MayUpload || len(p.Versions) != 2 {
			t.Errorf("a leader's Connect: %+v", p)
		}
		list, err := g.Catalogue.List(g.ctx, g.leader)
		must(t, err)
		if len(list) != 1 || list[0].Definition.Version != "2024-08" {
			t.Errorf("a leader's programmes: %+v", list)
		}
		_, err = g.Catalogue.List(g.ctx, access.Subject{Person: g.a.Person, Role: access.LogReviewer})
		wants(t, err, errs.Denied, "", "")
	})
}

func TestAProgrammeMoves(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := open(t, d)
		g.upload(t, g.a, file("p", "1", "2026-01-01"))
		g.upload(t, g.a, file("p", "2", "2026-02-01"))
		must(t, g.Catalogue.PutInForce(g.ctx, g.a, "p", "1", clock.MustDate("2026-11-18"), false, ""))
		must(t, g.Catalogue.PutInForce(g.ctx, g.a, "p", "2", clock.MustDate("2027-02-01"), false, ""))
		move := func(hub, from string) error {
			return g.Catalogue.MoveHome(g.ctx, g.a, "p", hub, clock.MustDate(from), "")
		}
		wants(t, move(g.hubB, "2026-11-18"), errs.Invalid, "from", "catalogue.error.past")
		wants(t, move(g.hubA, "2027-01-01"), errs.Invalid, "hub", "catalogue.error.hub")
		wants(t, move("nowhere", "2027-01-01"), errs.Invalid, "hub", "catalogue.error.hub")
		must(t, move(g.hubB, "2026-12-24"))
		wants(t, move(g.hubB, "2027-01-01"), errs.Conflict, "", "")
		must(t, g.Catalogue.Stay(g.ctx, g.a, "p", ""))
		wants(t, g.Catalogue.Stay(g.ctx, g.a, "p", ""), errs.Conflict, "", "")
		must(t, move(g.hubB, "2027-01-01"))
		wants(t, g.Catalogue.PutInForce(g.ctx, g.a, "p", "2", clock.MustDate("2027-01-01"), false, ""), errs.Invalid, "from", "catalogue.error.home-then")
		for _, c := range []struct{ hub, day, want string }{
			{g.hubA, "2026-12-31", "1"}, {g.hubB, "2026-12-31", ""}, {g.hubA, "2027-01-01", ""}, {g.hubB, "2027-01-01", "1"}, {g.hubB, "2027-02-01", "1"},
		} {
			if got := g.inForce(t, "p", c.hub, c.day); got != c.want {
				t.Errorf("%s: %q is in force, want %q", c.day, got, c.want)
			}
		}
		g.Time.Move(44 * 24 * time.Hour) // to the first of January
		wants(t, g.Catalogue.PutInForce(g.ctx, g.a, "p", "2", clock.MustDate("2027-03-01"), false, ""), errs.Denied, "", "")
		if s := g.state(t, g.b, "p", "2"); s != catalogue.Proposed {
			t.Errorf("what the former home planned is %s", s)
		}
		must(t, g.Catalogue.PutInForce(g.ctx, g.b, "p", "2", clock.MustDate("2027-03-01"), false, ""))
		p, err := g.Catalogue.Get(g.ctx, g.a, "p")
		must(t, err)
		if len(p.Homes) != 2 || p.Homes[0].Hub != "Hemvisten A" || p.Homes[0].To.String() != "2026-12-31" || p.Home.Hub != "Hemvisten B" || p.MayDecide {
			t.Errorf("the former home sees %+v", p.Homes)
		}
	})
}

func TestAnotherInstanceSeesItSoon(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := open(t, d)
		other, err := catalogue.Open(g.ctx, g.DB, g.Log, g.Clock, slog.New(slog.DiscardHandler), programmes.Files)
		must(t, err)
		g.upload(t, g.a, file("p", "1", "2026-01-01"))
		must(t, g.Catalogue.PutInForce(g.ctx, g.a, "p", "1", clock.MustDate("2026-11-18"), false, ""))
		ctx, count := db.CountQueries(context.Background())
		has := func(s *catalogue.Service) bool {
			for _, d := range s.InForce() {
				if d.ID == "p" {
					return true
				}
			}
			return false
		}
		if !has(g.Catalogue) {
			t.Error("the instance that decided does not know it")
		}
		if has(other) {
			t.Error("another instance knows before it asked; the test has lost its meaning")
		}
		g.Time.Move(2 * time.Second)
		if !has(other) {
			t.Error("two seconds later another instance does not know")
		}
		if _, err := other.InForceOn(ctx, "p", g.hubA, clock.MustDate("2026-11-18")); err != nil || count.N() == 0 {
			t.Errorf("%v after %d queries", err, count.N())
		}
		// Midnight in Sweden brings what was planned into force, without anybody having decided anything.
		g.upload(t, g.a, file("p", "2", "2026-01-01"))
		must(t, g.Catalogue.PutInForce(g.ctx, g.a, "p", "2", clock.MustDate(tomorrow), false, ""))
		g.Time.Move(time.Date(2026, 11, 18, 23, 0, 0, 0, time.UTC).Sub(g.Time.Now()))
		if d, err := g.Catalogue.Newest("p"); err != nil || d.Version != "2" {
			t.Errorf("at midnight %v is in force, %v", d, err)
		}
	})
}

func TestEachDecisionIsInTheLog(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := open(t, d)
		g.upload(t, g.a, file("p", "1", "2026-01-01"))
		must(t, g.Catalogue.PutInForce(g.ctx, g.a, "p", "1", clock.MustDate(tomorrow), false, "request"))
		must(t, g.Catalogue.Withdraw(g.ctx, g.a, "p", "1", "request"))
		must(t, g.Catalogue.MoveHome(g.ctx, g.a, "p", g.hubB, clock.MustDate(tomorrow), "request"))
		must(t, g.Catalogue.Stay(g.ctx, g.a, "p", "request"))
		// What is refused leaves nothing.
		wants(t, g.Catalogue.Stay(g.ctx, g.a, "p", "request"), errs.Conflict, "", "")
		var got []string
		must(t, g.DB.Read(g.ctx, func(ctx context.Context, tx *db.Tx) error {
			stored, err := g.Log.List(ctx, tx, audit.Filter{Actor: g.a.Person, Limit: 100})
			for _, s := range stored {
				got = append(got, string(s.Action))
				if s.Organisation != g.hubA || s.Subject == "" || s.Outcome != audit.OK {
					t.Errorf("%+v", s.Entry)
				}
			}
			return err
		}))
		for _, want := range []string{"definition.upload", "definition.in-force", "definition.withdraw", "programme.move", "programme.stay"} {
			if n := strings.Count(" "+strings.Join(got, " ")+" ", " "+want+" "); n != 1 {
				t.Errorf("%s stands %d times in the log: %v", want, n, got)
			}
		}
	})
}
