package notice_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/catalogue"
	"hemvist/internal/clock"
	"hemvist/internal/notice"
	"hemvist/internal/programme"
	"hemvist/internal/round"
)

var (
	today = clock.MustDate("2026-11-18")
	def   = &programme.Definition{ID: "p", Variants: []programme.Variant{{ID: "v",
		Staff:        []programme.Staffing{{Role: "leader", Count: programme.Range{Min: 2, Max: 2}}},
		Participants: programme.Participants{Recommended: programme.Range{Min: 8, Max: 16}}}}}
)

// mine is a round of weekly sessions from the day, with what has been said of the first ones.
func mine(id string, first clock.Date, n, participants, leaders int, said ...round.SessionFact) round.Mine {
	m := round.Mine{Row: round.Row{ID: id, Name: id, Variant: "v", FirstOn: first, LastOn: first.AddDays(7 * (n - 1)), Participants: participants}, Definition: def}
	for i := range n {
		fact := round.Unknown
		if i < len(said) {
			fact = said[i]
		}
		m.List = append(m.List, round.Session{Number: i + 1, On: first.AddDays(7 * i), Fact: fact})
	}
	for range leaders {
		m.Staff = append(m.Staff, round.StaffMember{Role: access.Leader})
	}
	return m
}

func kinds(needs []notice.Need) []string {
	var out []string
	for _, n := range needs {
		out = append(out, n.RoundID+" "+string(n.Kind))
	}
	return out
}

func TestOfMine(t *testing.T) {
	held := round.Held
	for _, c := range []struct {
		name  string
		mine  []round.Mine
		may   bool
		needs []string
	}{
		{"nothing to do in the middle", []round.Mine{mine("a", today.AddDays(-6), 4, 9, 2, held)}, true, nil},
		{"today", []round.Mine{mine("a", today, 4, 9, 2)}, true, []string{"a session-today"}},
		{"today, for one who may not say", []round.Mine{mine("a", today, 4, 9, 2)}, false, []string{"a session-beside"}},
		{"today and said", []round.Mine{mine("a", today, 4, 9, 2, held)}, true, nil},
		{"yesterday unsaid", []round.Mine{mine("a", today.AddDays(-1), 4, 9, 2)}, true, []string{"a session-unsaid"}},
		{"yesterday unsaid, for one who may not say", []round.Mine{mine("a", today.AddDays(-1), 4, 9, 2)}, false, nil},
		{"cancelled is said", []round.Mine{mine("a", today.AddDays(-1), 4, 9, 2, round.Cancelled)}, true, nil},
		{"last one yesterday, all said", []round.Mine{mine("a", today.AddDays(-8), 2, 9, 2, held, held)}, true, []string{"a round-to-close"}},
		{"last one today, all said", []round.Mine{mine("a", today.AddDays(-7), 2, 9, 2, held, held)}, true, nil},
		{"last one yesterday, one unsaid", []round.Mine{mine("a", today.AddDays(-8), 2, 9, 2, held)}, true, []string{"a session-unsaid"}},
		{"starts in 21 days with 7", []round.Mine{mine("a", today.AddDays(21), 4, 7, 2)}, true, []string{"a few-people"}},
		{"starts in 22 days with 7", []round.Mine{mine("a", today.AddDays(22), 4, 7, 2)}, true, nil},
		{"starts in 21 days with 8", []round.Mine{mine("a", today.AddDays(21), 4, 8, 2)}, true, nil},
		{"one leader too few", []round.Mine{mine("a", today.AddDays(3), 4, 8, 1)}, true, []string{"a too-few-leaders"}},
		{"today first, then the oldest, then what comes", []round.Mine{mine("soon", today.AddDays(3), 4, 2, 2), mine("old", today.AddDays(-10), 2, 9, 2, round.Unknown, held),
			mine("older", today.AddDays(-20), 2, 9, 2, held, held), mine("now", today, 2, 9, 2)}, true,
			[]string{"now session-today", "older round-to-close", "old session-unsaid", "soon few-people"}},
	} {
		if got := kinds(notice.OfMine(c.mine, func(round.Row) notice.May { return notice.May{Record: c.may, Close: c.may} }, today)); !slices.Equal(got, c.needs) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.needs)
		}
	}
}

func TestOfMany(t *testing.T) {
	all := func(round.Row) notice.May { return notice.May{Staff: true} }
	late := round.Row{ID: "late", LastOn: today.AddDays(-30)}
	soon := mine("soon", today.AddDays(2), 4, 3, 0).Row
	o := round.Overview{Starting: []round.Row{soon}, Late: []round.Row{late}, LateTotal: 4, Definitions: map[string]*programme.Definition{"soon": def}}
	needs := notice.OfMany(o, all, today)
	if got := kinds(needs); !slices.Equal(got, []string{"soon too-few-leaders", "soon few-people", "late round-late", " more-late"}) {
		t.Errorf("got %q", got)
	}
	if !needs[0].Do || needs[1].Do {
		t.Errorf("whoever may staff and not recruit: %+v", needs[:2])
	}
	if last := needs[len(needs)-1]; last.N != 3 {
		t.Errorf("%d more are late, want 3", last.N)
	}
	o.LateTotal, o.Starting = 1, nil
	if got := kinds(notice.OfMany(o, all, today)); !slices.Equal(got, []string{"late round-late"}) {
		t.Errorf("got %q", got)
	}
}

func TestOfProgrammes(t *testing.T) {
	version := func(name string, state catalogue.State) catalogue.Version {
		return catalogue.Version{Stored: catalogue.Stored{Version: name}, State: state}
	}
	versions := []catalogue.Version{version("3", catalogue.Proposed), version("2", catalogue.Coming), version("1", catalogue.Current), version("0", catalogue.SetAside)}
	needs := notice.OfProgrammes([]catalogue.Programme{{ID: "mine", Definition: def, Versions: versions, MayDecide: true}, {ID: "another hub's", Definition: def, Versions: versions}})
	if len(needs) != 1 || needs[0].Version != "3" || needs[0].Kind != notice.Proposal {
		t.Errorf("got %+v", needs)
	}
}

// TestNeedsStandByUrgency: whichever room they come from, what is today stands first, and what has no day after what has one.
func TestNeedsStandByUrgency(t *testing.T) {
	need := func(kind notice.Kind, u notice.Urgency, days int) notice.Need {
		n := notice.Need{Kind: kind, Urgency: u}
		if days != 0 {
			n.On = today.AddDays(days)
		}
		return n
	}
	needs := []notice.Need{need("later", notice.Later, 0), need("soon, no day", notice.Soon, 0), need("in 9 days", notice.Soon, 9), need("overdue", notice.Overdue, -3),
		need("in 2 days", notice.Soon, 2), need("long overdue", notice.Overdue, -30), need("now", notice.Now, 0)}
	notice.ByUrgency(needs)
	var got []notice.Kind
	for _, n := range needs {
		got = append(got, n.Kind)
	}
	if want := []notice.Kind{"now", "long overdue", "overdue", "in 2 days", "in 9 days", "soon, no day", "later"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// TestCounting: a room that counts is asked only for who may do something about it, and is silent when it counts none.
func TestCounting(t *testing.T) {
	n, asked := 3, 0
	source := notice.Counting("kind", notice.Soon, access.ListPeople, "/people", func(context.Context, access.Subject) (int, error) {
		asked++
		return n, nil
	})
	needs, err := source(t.Context(), access.Subject{Person: "p", Role: access.Administrator}, today)
	if err != nil || len(needs) != 1 || needs[0].N != 3 || needs[0].Path != "/people" {
		t.Errorf("got %+v, %v", needs, err)
	}
	if needs, err := source(t.Context(), access.Subject{Person: "p", Role: access.Leader}, today); err != nil || len(needs) != 0 || asked != 1 {
		t.Errorf("for a leader: %+v, %v; asked %d times", needs, err, asked)
	}
	n = 0
	if needs, err := source(t.Context(), access.Subject{Person: "p", Role: access.Administrator}, today); err != nil || len(needs) != 0 {
		t.Errorf("of none: %+v, %v", needs, err)
	}
}

// TestTooFewToCertify: fewer than a credential asks for is said instead of fewer than is recommended.
func TestTooFewToCertify(t *testing.T) {
	certifying := *def
	certifying.Credentials = []programme.Credential{{ID: "leader", HeldBy: programme.Person, Requires: []programme.Requirement{
		{ID: "round", Kind: programme.KindRounds, Rule: programme.Practice{Participants: &programme.Presence{AtLeast: 6}}}}}}
	for participants, want := range map[int]string{5: "a too-few-people", 6: "a few-people", 8: ""} {
		m := mine("a", today.AddDays(21), 4, participants, 2)
		m.Definition = &certifying
		got := kinds(notice.OfMine([]round.Mine{m}, func(round.Row) notice.May { return notice.May{} }, today))
		if strings.Join(got, ",") != want {
			t.Errorf("%d participants: %q, want %q", participants, got, want)
		}
	}
}
