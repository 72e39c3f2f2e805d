package notice_test

import (
	"slices"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/notice"
	"hemvist/internal/programme"
	"hemvist/internal/round"
)

func TestOfUnnotified(t *testing.T) {
	leader := access.Subject{Person: "leader", Role: access.Leader}
	asks := *def
	asks.Credentials = []programme.Credential{{ID: "c", Keeps: []programme.Requirement{{Kind: programme.KindNotified, Rule: programme.Notified{Variants: []string{"v"}}}}}}
	made := func(id string, days int, change func(*round.Mine)) round.Mine {
		m := mine(id, today.AddDays(days), 4, 9, 0)
		m.Definition, m.Staff, m.Kind = &asks, []round.StaffMember{{PersonID: "leader", Role: access.Leader}}, programme.Group
		if change != nil {
			change(&m)
		}
		return m
	}
	needs := notice.OfUnnotified([]round.Mine{
		made("far", round.StartsWithin+1, nil),
		made("soon", round.StartsWithin, nil),
		made("begun", -3, nil),
		made("told", 3, func(m *round.Mine) { m.NotifiedOn = clock.MustDate("2026-11-01") }),
		made("training", 3, func(m *round.Mine) { m.Kind = programme.Course }),
		made("not-asked", 3, func(m *round.Mine) { m.Definition = def }),
		made("others", 3, func(m *round.Mine) { m.Staff = nil }),
	}, leader, today)
	if got := kinds(needs); !slices.Equal(got, []string{"soon round-unnotified", "begun round-unnotified"}) {
		t.Fatalf("needs: %v", got)
	}
	if needs[0].Urgency != notice.Soon || needs[1].Urgency != notice.Overdue || needs[1].On != today.AddDays(-3) {
		t.Errorf("when: %+v", needs)
	}
}
