package directory_test

import (
	"slices"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/directory"
)

// holds is which roles each kind of organisation has people in, written apart from the code: one letter a role, in the order of
// access.Roles (coordinator owner trainer supervisor leader technician contact commissioner therapist learner researcher administrator
// log-reviewer).
var holds = map[directory.OrganisationKind]string{
	directory.HubKind:       "x.xx.......xx",
	directory.Municipality:  "...xxxxxxx.xx",
	directory.Provider:      "...xxxxxxx.xx",
	directory.TreatmentHome: "...xxxxxxx.xx",
	directory.University:    "..........xxx",
	directory.OwnerKind:     ".x.........x.",
}

func TestWhichRolesAKindOfOrganisationHolds(t *testing.T) {
	for _, kind := range directory.Kinds {
		for i, role := range access.Roles {
			if got, want := slices.Contains(directory.RolesOf(kind), role), holds[kind][i] == 'x'; got != want {
				t.Errorf("%s has a %s: %v, want %v", kind, role, got, want)
			}
		}
	}
}

// TestWhoMayGiveWhichRole goes through every role of the giver, every kind of organisation, every role, own and other places, with and
// without programme, home and first; what it wants is said anew, in the words of docs/security.md.
func TestWhoMayGiveWhichRole(t *testing.T) {
	given := 0
	for _, by := range access.Roles {
		for _, board := range []string{"", "board"} {
			for _, bound := range []string{"", "connect"} {
				actor := access.Subject{Person: "me", Role: by, Organisation: "mine", Authority: board, Programme: bound}
				for _, g := range everyGiving() {
					want := mayGive(actor, g)
					if wrong := g.Refusal(actor); (wrong == nil) != want {
						t.Fatalf("%+v gives %+v: %v, want it %v", actor, g, wrong, want)
					}
					if want {
						given++
					}
				}
			}
		}
	}
	if given < 100 {
		t.Errorf("only %d of the cases are allowed", given)
	}
}

func everyGiving() []directory.Giving {
	var all []directory.Giving
	yesNo := []bool{false, true}
	for _, kind := range directory.Kinds {
		for _, role := range access.Roles {
			for _, organisation := range []string{"mine", "other"} {
				for _, authority := range []string{"", "board", "another"} {
					for _, programme := range []string{"", "connect", "else"} {
						for _, home := range yesNo {
							for _, first := range yesNo {
								for _, person := range []string{"", "me", "you"} {
									all = append(all, directory.Giving{PersonID: person, Kind: kind, Home: home && programme != "", First: first, RoleAt: directory.RoleAt{
										Role: role, OrganisationID: organisation, AuthorityID: authority, Programme: programme}})
								}
							}
						}
					}
				}
			}
		}
	}
	return all
}

func mayGive(actor access.Subject, g directory.Giving) bool {
	if g.PersonID == actor.Person || holds[g.Kind][slices.Index(access.Roles, g.Role)] != 'x' {
		return false
	}
	ownProgramme := actor.Programme == "" || actor.Programme == g.Programme
	switch actor.Role {
	case access.Administrator:
		return g.OrganisationID == "mine" && (actor.Authority == "" || actor.Authority == g.AuthorityID) && ownProgramme
	case access.Coordinator:
		opens := g.Role == access.Administrator || g.Role == access.LogReviewer || g.Role == access.Contact
		if opens && g.First && g.Programme == "" {
			return true
		}
		return g.Role != access.Administrator && g.Role != access.LogReviewer && g.Programme != "" && g.Home && ownProgramme
	}
	return false
}

func TestWhoMayEndWhichRole(t *testing.T) {
	for _, by := range access.Roles {
		actor := access.Subject{Person: "me", Role: by, Organisation: "mine"}
		for _, g := range everyGiving() {
			anew := g
			anew.PersonID = "you"
			want := mayGive(actor, anew)
			opens := g.Programme == "" && (g.Role == access.Administrator || g.Role == access.LogReviewer || g.Role == access.Contact)
			if holds[g.Kind][slices.Index(access.Roles, g.Role)] != 'x' {
				continue // a role that should not be there: whoever reaches the place may end it
			}
			if want = want || by == access.Coordinator && opens; (g.EndRefusal(actor) == nil) != want {
				t.Fatalf("%s ends %+v: want it %v", by, g, want)
			}
		}
	}
	odd := directory.Giving{Kind: directory.Municipality, RoleAt: directory.RoleAt{Role: access.Trainer, OrganisationID: "mine"}}
	if odd.EndRefusal(access.Subject{Person: "me", Role: access.Administrator, Organisation: "mine"}) != nil {
		t.Error("an administrator cannot end a role that their kind of organisation does not have")
	}
}

func day(s string) clock.Date {
	if s == "" {
		return clock.Date{}
	}
	return clock.MustDate(s)
}

func TestPeriods(t *testing.T) {
	for _, c := range []struct {
		from, to, from2, to2 string
		meet                 bool
	}{
		{"2026-01-01", "2026-01-31", "2026-01-31", "2026-02-28", true},
		{"2026-01-01", "2026-01-31", "2026-02-01", "", false},
		{"2026-01-01", "", "2030-01-01", "", true},
		{"2026-03-01", "", "2026-01-01", "2026-02-28", false},
		{"2026-01-10", "2026-01-12", "2026-01-01", "2026-01-31", true},
	} {
		p, q := directory.Period{From: day(c.from), To: day(c.to)}, directory.Period{From: day(c.from2), To: day(c.to2)}
		if p.Meets(q) != c.meet || q.Meets(p) != c.meet {
			t.Errorf("%v meets %v: want %v", p, q, c.meet)
		}
	}
	same := directory.Period{From: day("2026-01-02"), To: day("2026-01-01")}
	if !same.Empty() || !same.Over(day("2026-01-01")) {
		t.Error("a role that was ended on its first day has days left")
	}
}

func TestWhoChecksIsNotChecked(t *testing.T) {
	from := directory.Period{From: day("2026-01-01")}
	for _, have := range access.Roles {
		for _, add := range access.Roles {
			for _, place := range []string{"here", "there"} {
				had := directory.RoleGiven{Role: have, OrganisationID: "here", From: day("2026-01-01")}
				at := directory.RoleAt{Role: add, OrganisationID: place}
				checked := func(r access.Role) bool { return r == access.Administrator || r == access.Coordinator }
				want := place == "here" && (have == add || have == access.LogReviewer && checked(add) || add == access.LogReviewer && checked(have))
				if got := directory.Clash([]directory.RoleGiven{had}, at, from) != nil; got != want {
					t.Errorf("%s here and %s %s clash: %v, want %v", have, add, place, got, want)
				}
				had.To = day("2025-12-31")
				if directory.Clash([]directory.RoleGiven{had}, at, from) != nil {
					t.Errorf("%s, which is over, clashes with %s", have, add)
				}
			}
		}
	}
}

func TestAnOrganisationKeepsSomebody(t *testing.T) {
	last := day("2026-03-31")
	lasting, sameDay := directory.Period{From: day("2026-01-01")}, directory.Period{From: day("2026-01-01"), To: last}
	coming, late := directory.Period{From: day("2026-04-01")}, directory.Period{From: day("2026-04-02")}
	for _, role := range access.Roles {
		keeps := role == access.Administrator || role == access.Coordinator
		for _, c := range []struct {
			others []directory.Period
			alone  bool
		}{{nil, true}, {[]directory.Period{lasting}, false}, {[]directory.Period{sameDay}, true}, {[]directory.Period{coming}, false},
			{[]directory.Period{late}, true}, {[]directory.Period{sameDay, lasting}, false}} {
			if got := directory.Leaderless(role, last, c.others); got != (keeps && c.alone) {
				t.Errorf("%s beside %v: %v", role, c.others, got)
			}
		}
	}
}
