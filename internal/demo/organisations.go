package demo

import (
	"context"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/directory"
	"hemvist/internal/directory/organisation"
)

// countyOf is the county of a municipality: its code's, or one in turn for a code that is invented.
func countyOf(code string, i int) string {
	if c, ok := organisation.CountyOf(code[:2]); ok {
		return c.Code
	}
	return organisation.Counties[i%len(organisation.Counties)].Code
}

// keeping keeps the list of organisations as the coordinator does.
type keeping struct {
	*filler
	boss access.Subject
	err  error // the first one; what comes after it is not done
}

func (k *keeping) do(fn func() error) {
	if k.err == nil {
		k.err = fn()
	}
}

func (k *keeping) add(ctx context.Context, kind directory.OrganisationKind, name, county string) (id string) {
	k.do(func() (err error) {
		id, err = k.Organisations.Add(ctx, k.boss, organisation.Form{Kind: kind, Name: name, County: county}, "demo")
		return err
	})
	return id
}

func (k *keeping) board(ctx context.Context, in, name string) (id string) {
	k.do(func() (err error) {
		id, err = k.Organisations.AddBoard(ctx, k.boss, in, name, "demo")
		return err
	})
	return id
}

// units adds units below a board or a unit, and returns the last one's id.
func (k *keeping) units(ctx context.Context, in, below string, names ...string) (last string) {
	for _, name := range names {
		k.do(func() (err error) {
			last, err = k.Organisations.AddUnit(ctx, k.boss, in, organisation.UnitForm{Name: name, Below: below}, "demo")
			return err
		})
	}
	return last
}

// addOrganisations gives the nation districts and administrations, homes and providers, and a history: one has another name than before,
// one is no more, one has gone into another. A list of municipalities waits to be confirmed.
func (f *filler) addOrganisations(ctx context.Context) error {
	k := &keeping{filler: f, boss: access.Subject{Person: f.boss, Role: access.Coordinator, Organisation: f.hub.org}}
	k.parts(ctx)
	home := k.add(ctx, directory.TreatmentHome, "Sagogårdens behandlingshem (demo)", "07")
	k.do(func() error {
		name := organisation.NewName{Name: "Behandlingshemmet Sagogården (demo)", On: f.today.AddYears(-3)}
		return k.Organisations.Rename(ctx, k.boss, home, name, "demo")
	})
	k.add(ctx, directory.Provider, "Påhittade familjehjälpen (demo)", "12")
	gone := k.add(ctx, directory.Provider, "Utkastets öppenvård (demo)", "14")
	k.do(func() error { return k.Organisations.Close(ctx, k.boss, gone, f.today.AddMonths(-8), false, "demo") })
	from, into := k.add(ctx, directory.Provider, "Lilla Stödet (demo)", "03"), k.add(ctx, directory.Provider, "Stora Stödet (demo)", "03")
	k.units(ctx, from, "", "Öppenvården")
	k.do(func() error { return k.Organisations.Merge(ctx, k.boss, from, into, f.today.AddMonths(-5), "demo") })
	k.do(func() error {
		_, err := k.Organisations.Import(ctx, k.boss, slices.Clone(organisation.Sweden), "kommuner.csv", "demo")
		return err
	})
	return k.err
}

// parts gives one municipality teams, one districts with boards of their own, and one administrations with teams.
func (k *keeping) parts(ctx context.Context) {
	home := k.orgs[0]
	k.units(ctx, home.org, "board:"+home.authority, "Familjecentrum", "Ungdomsteamet")
	for _, p := range k.orgs {
		switch p.name {
		case "Stockholm":
			for _, district := range []string{"Norra stadsdelsnämnden", "Södra stadsdelsnämnden", "Västra stadsdelsnämnden"} {
				k.units(ctx, p.org, "board:"+k.board(ctx, p.org, district), "Familjeenheten", "Föräldrastödet")
			}
		case "Göteborg":
			for _, part := range []string{"Förvaltningen Öster", "Förvaltningen Väster"} {
				k.units(ctx, p.org, "unit:"+k.units(ctx, p.org, "board:"+p.authority, part), "Team Familj", "Team Ungdom")
			}
		}
	}
}
