package demo

import (
	"context"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/directory"
)

// addLives lets something happen to the people of the first municipality: one works in two places, one stands in for another, one has
// left, and one is there twice and waits for somebody to see it. The hub gets an administrator of its own.
func (f *filler) addLives(ctx context.Context) error {
	home, connect := f.orgs[0], f.Programme.ID
	var admin, contact directory.PersonRow
	var gone string
	err := f.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if admin, err = directory.FindByAddressTx(ctx, tx, SignInAs.Of(access.Administrator)); err != nil {
			return err
		}
		if contact, err = directory.FindByAddressTx(ctx, tx, SignInAs.Of(access.Contact)); err != nil {
			return err
		}
		leads := directory.RoleGiven{Role: access.Leader, OrganisationID: home.org, AuthorityID: home.authority, Programme: connect}
		if gone, err = f.person(ctx, tx, "slutat@demo.example", "Sofia Sagosten", leads); err != nil {
			return err
		}
		// The same name as the third leader, and another address.
		if _, err = f.person(ctx, tx, "privat.ledare0.2@demo.example", home.leaders[2].name, leads); err != nil {
			return err
		}
		if _, err = f.person(ctx, tx, "hemvistadmin@demo.example", "Mikael Platshållar", directory.RoleGiven{Role: access.Administrator, OrganisationID: f.hub.org}); err != nil {
			return err
		}
		_, err = f.Directory.GiveRoleTx(ctx, tx, directory.RoleGiven{PersonID: home.leaders[1].id, Role: access.Supervisor, OrganisationID: f.hub.org, Programme: connect,
			From: f.today.AddDays(-200)})
		return err
	})
	if err != nil {
		return err
	}
	// What follows the administrator does by the doors that every administrator has.
	ctx = audit.WithTrail(ctx, &audit.Trail{})
	actor := access.Subject{Person: admin.ID, Role: access.Administrator, Organisation: home.org}
	if err := f.Directory.Leave(ctx, actor, gone, directory.Ending{Last: f.today.AddDays(-25), Reason: "Ny tjänst i en annan kommun"}, ""); err != nil {
		return err
	}
	return f.Directory.Deputise(ctx, actor, contact.ID, contact.Roles[0].ID, home.leaders[3].id, directory.Period{From: f.today, To: f.today.AddDays(30)}, "")
}
