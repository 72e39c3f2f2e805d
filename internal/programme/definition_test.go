package programme_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"hemvist/internal/clock"
	"hemvist/internal/programme"
	"hemvist/programmes"
)

// load reads a definition that must be without mistakes.
func load(t testing.TB, path string) *programme.Definition {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	d, mistakes := programme.Parse(filepath.Base(path), src)
	for _, m := range mistakes {
		t.Error(m)
	}
	if d == nil {
		t.FailNow()
	}
	return d
}

func shipped(t testing.TB, id, version string) *programme.Definition {
	t.Helper()
	all, err := programmes.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if d.ID == id && d.Version == version {
			return d
		}
	}
	t.Fatalf("no shipped definition %s %s", id, version)
	return nil
}

func TestConnectSaysWhatTheTextsSay(t *testing.T) {
	d := shipped(t, "connect", "2024-08")
	parents, ok := d.Variant("parents")
	if !ok {
		t.Fatal("no variant for parents")
	}
	sessions := parents.Sessions()
	if len(sessions) != 10 || sessions[0].Kind != programme.Information || !sessions[0].Optional || sessions[9].Principle != "p9" || sessions[9].Number != 10 {
		t.Errorf("sessions are not an optional information meeting and nine principles: %+v", sessions)
	}
	if got := len(parents.SessionsOf(programme.OnPrinciple)); got != 9 {
		t.Errorf("%d principle sessions, want 9", got)
	}
	if got := sessions[3].Title.In("sv"); got != "Konflikt är en del av anknytningen" {
		t.Errorf("fourth session is %q", got)
	}
	econnect, _ := d.Variant("econnect")
	if s, ok := econnect.StaffIn("technician"); !ok || s.Count != (programme.Range{Min: 1, Max: 1}) {
		t.Errorf("eConnect's technician: %+v", s)
	}
	if s, _ := econnect.StaffIn("leader"); !slices.Equal(s.Holds, []string{"econnect-leader"}) || s.Count.Min != 2 {
		t.Errorf("eConnect's leaders: %+v", s)
	}
	if !econnect.Digital || econnect.Rhythm != parents.Rhythm || len(econnect.Waves) != len(parents.Waves) {
		t.Error("eConnect is not like the parents' variant in what it does not say")
	}
	home, _ := d.Credential("treatment-home")
	if home.HeldBy != programme.OfUnit {
		t.Errorf("the treatment home's credential is held by %s", home.HeldBy)
	}
}

func TestLeaderCredential(t *testing.T) {
	d := shipped(t, "connect", "2024-08")
	c, ok := d.Credential("leader")
	if !ok {
		t.Fatal("no credential for leaders")
	}
	term, _ := c.Valid.Term(0)
	if term.Length != (programme.Period{N: 3, Unit: programme.Year}) || term.Rounds != 6 {
		t.Errorf("term %+v", term)
	}
	round := c.Requires[1]
	p, ok := round.Rule.(programme.Practice)
	if !ok || p.Count != 1 || p.Participants.AtLeast != 6 || !p.Filmed.Every || !p.Supervised.Every || !p.Closed {
		t.Errorf("supervised round %+v", round.Rule)
	}
	if round.Stage != programme.UnderSupervision || c.Requires[0].Stage != programme.InTraining {
		t.Error("stages are wrong")
	}
	films, ok := c.Renew[0].Rule.(programme.Reviews)
	if !ok || films.Count != 3 || films.From != (programme.From{Latest: 1, What: programme.PerRound}) || c.Renew[0].Since != programme.SinceCertificate {
		t.Errorf("renewal %+v", c.Renew[0])
	}
	if c.Requires[0].Since != programme.Ever || c.Keeps[0].IfMissed != programme.Remind || c.Requires[0].IfMissed != "" {
		t.Error("defaults by place are wrong")
	}
}

func TestPriceByDay(t *testing.T) {
	d := shipped(t, "connect", "2024-08")
	for _, c := range []struct {
		item, whom, on string
		kronor         int64 // 0: none
	}{
		{"leader-training-digital", "outside", "2017-02-07", 0},
		{"leader-training-digital", "outside", "2017-02-08", 15000},
		{"leader-training-digital", "", "2020-01-01", 0},
		{"leader-training-digital", "outside", "2024-07-31", 15000},
		{"leader-training-digital", "outside", "2024-08-01", 20000},
		{"leader-training-digital", "", "2026-01-01", 20000},
		{"recertification", "inside", "2026-01-01", 3000},
		{"recertification", "", "2024-07-31", 0},
		{"supervision", "outside", "2018-01-16", 6000},
	} {
		p, ok := d.Price(c.item, c.whom, clock.MustDate(c.on))
		if ok != (c.kronor > 0) || p.Ore != c.kronor*100 {
			t.Errorf("%s for %q on %s: %d öre (%v), want %d kronor", c.item, c.whom, c.on, p.Ore, ok, c.kronor)
		}
	}
}

func TestTenthPrincipleIsAnUnnamedSlot(t *testing.T) {
	d := shipped(t, "connect", "2017-02")
	v, _ := d.Variant("parents")
	sessions := v.Sessions()
	if len(sessions) != 10 {
		t.Fatalf("%d sessions, want 10", len(sessions))
	}
	last := sessions[9]
	if !last.Unnamed || last.Title.In("sv") != "Princip 10" || last.Title.In("en") != "Principle 10" || last.Principle != "p10" {
		t.Errorf("the tenth is %+v", last)
	}
}

func TestEveryDefaultOfOursHasAReason(t *testing.T) {
	all, err := programmes.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		ours := 0
		for _, n := range d.Notes {
			if n.Ours {
				ours++
			}
			for _, l := range d.Languages {
				if n.Text[l] == "" {
					t.Errorf("%s: the note at %s has no text in %s", d.ID, n.Path, l)
				}
			}
		}
		if ours == 0 {
			t.Errorf("%s says nowhere what is our own", d.ID)
		}
	}
	d := shipped(t, "connect", "2024-08")
	notes := d.NotesAt("credentials.leader.requires.supervised-round.participants.present_at")
	if len(notes) != 1 || !notes[0].Ours {
		t.Errorf("how participants are counted is not marked as ours: %+v", notes)
	}
}

func TestAnotherShape(t *testing.T) {
	d := load(t, "testdata/stigen.yaml")
	v, _ := d.Variant("circle")
	if got := v.Sessions(); len(got) != 9 || got[2].ID != "walk-3" || got[2].Title.In("sv") != "Vandring 3" || got[8].Number != 9 {
		t.Errorf("sessions %+v", got)
	}
	c, _ := d.Credential("path-unit")
	first, _ := c.Valid.Term(0)
	second, _ := c.Valid.Term(1)
	tenth, _ := c.Valid.Term(9)
	if first.Length.N != 3 || second.Length.N != 2 || tenth.Length.N != 2 {
		t.Errorf("terms %v %v %v", first.Length, second.Length, tenth.Length)
	}
	if got := c.RenewFor(0)[0].ID; got != "first-renewal" {
		t.Errorf("the first renewal asks for %s", got)
	}
	if got := c.RenewFor(3)[0].ID; got != "later-clips" {
		t.Errorf("the fourth renewal asks for %s", got)
	}
	clips := c.Requires[3].Rule.(programme.Reviews)
	if clips.Minutes != (programme.Range{Min: 1, Max: 4}) || clips.Rating.Measure != programme.MeasurePercent || clips.Rating.AtLeast != 75 || c.Requires[3].Per != programme.PerPerson {
		t.Errorf("clips %+v", clips)
	}
	if steps := c.Keeps[0].Every; len(steps) != 2 || steps[0].For.N != 1 || !steps[1].For.IsZero() {
		t.Errorf("cadence %+v", steps)
	}
	if c.Restore.Way != programme.RestoreOwn || c.NextTerm != programme.FromEnd {
		t.Errorf("restore %+v, next term %s", c.Restore, c.NextTerm)
	}
	if p, _ := d.Price("basics", "", clock.MustDate("2025-06-01")); p.Ore != 450050 {
		t.Errorf("price %d öre", p.Ore)
	}
}

func TestSessionsAreTheCallersOwn(t *testing.T) {
	d := shipped(t, "connect", "2024-08")
	v, _ := d.Variant("parents")
	v.Sessions()[0].ID = "changed"
	if v.Sessions()[0].ID != "info" {
		t.Error("a caller changed the definition")
	}
}
