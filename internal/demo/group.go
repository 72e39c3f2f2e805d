package demo

import (
	"context"
	"fmt"
	"strings"

	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/round"
	"hemvist/internal/round/group"
)

// learners tells whether the participants are people of the directory.
func (p planned) learners() bool { return strings.Contains(p.variant, "training") }

// learners is leaders of different municipalities, who take a training.
func (f *filler) learners(n int) []string {
	var all []string
	for i := 1; len(all) < n && i <= 4*len(f.orgs); i++ {
		p := f.orgs[i%len(f.orgs)]
		all = append(all, p.leaders[(i/len(f.orgs)+3)%len(p.leaders)].id)
	}
	return all
}

// parents is so many participants of a group. In households, a third of them care for a child together with the one before.
func (f *filler) parents(n int, inHouseholds bool) []group.NewMember {
	people := make([]group.NewMember, n)
	for i := range people {
		people[i] = f.parent()
		if !inHouseholds {
			continue
		}
		if i > 0 && i%3 == 2 && people[i-1].Household != "" {
			before := people[i-1]
			_, surname, _ := strings.Cut(before.Name, " ")
			given, _, _ := strings.Cut(people[i].Name, " ")
			people[i].Name, people[i].Household, people[i].Language = given+" "+surname, before.Household, before.Language
			continue
		}
		people[i].Household = db.NewID()
		people[i].Children = []int{8 + f.rand.IntN(10)}
		if i%4 == 1 {
			people[i].Children = append(people[i].Children, 8+f.rand.IntN(10))
		}
	}
	return people
}

// pseudonyms is so many participants whose names nobody keeps: what their leaders call them.
func (f *filler) pseudonyms(n int) []group.NewMember {
	people := make([]group.NewMember, n)
	for i := range people {
		people[i] = group.NewMember{Name: trees[i%len(trees)], Language: "sv"}
	}
	people[0].Language, people[0].Interpreter = "ar", true
	return people
}

func (f *filler) parent() group.NewMember {
	f.names++
	n := group.NewMember{Name: f.pick(parentGiven) + " " + f.pick(surnames), Phone: fmt.Sprintf("070-174 06 %02d", f.names%100), Language: "sv"}
	if f.rand.IntN(4) == 0 {
		n.Language = group.Languages[1+f.rand.IntN(len(group.Languages)-1)]
		n.Interpreter = n.Language != "en" && f.names%3 == 0
	}
	if f.names%5 == 0 {
		n.Email = fmt.Sprintf("foralder%d@demo.example", f.names)
	}
	return n
}

// addGroups lets something happen to the groups around the demo's leader: in the one that goes on somebody has protected identity, and somebody
// has left.
func (f *filler) addGroups(ctx context.Context) error {
	leader := f.leader()
	ctx = audit.WithTrail(ctx, &audit.Trail{}) // the looks belong to what is done here, and nobody is shown anything
	mine, err := f.Rounds.MineOpen(ctx, leader)
	if err != nil {
		return err
	}
	for _, r := range mine {
		if r.FirstOn.After(f.today) || r.LastOn.Before(f.today) || r.Participants < 4 || r.Attendance != round.Named {
			continue
		}
		_, members, err := f.Groups.Members(ctx, leader, r.ID)
		if err != nil {
			return err
		}
		hidden := members[len(members)-1]
		if err := f.Groups.Change(ctx, leader, r.ID, hidden.ID, group.NewMember{Name: hidden.Name, Language: hidden.Language, Protected: true,
			Children: agesOf(hidden), With: withOf(members, hidden)}, hidden.Version, ""); err != nil {
			return err
		}
		return f.Groups.Leave(ctx, leader, r.ID, members[len(members)-2].ID, group.NoTime, f.today.AddDays(-6), "")
	}
	return nil
}

func agesOf(m group.Member) []int {
	var ages []int
	for _, c := range m.Children {
		ages = append(ages, c.Age)
	}
	return ages
}

func withOf(all []group.Member, m group.Member) string {
	for _, o := range all {
		if o.ID != m.ID && m.HouseholdID != "" && o.HouseholdID == m.HouseholdID {
			return o.ID
		}
	}
	return ""
}
