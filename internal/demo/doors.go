package demo

import (
	"context"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/directory"
)

// Door is one of the people that a visitor of the demo can be.
type Door struct {
	Role  access.Role
	Email string
}

// People is everybody that a visitor can be, one of a role, in the order in which they are shown.
type People []Door

// Of is the address by which the person of a role signs in; empty for a role without a door.
func (p People) Of(role access.Role) string {
	for _, d := range p {
		if d.Role == role {
			return d.Email
		}
	}
	return ""
}

// SignInAs is who can sign in to a house that Fill has filled, whatever its size. A role that has nothing to do in the product has no
// door.
var SignInAs = People{
	{access.Coordinator, "samordnare@demo.example"},
	{access.Leader, "ledare0.0@demo.example"},
	{access.Contact, "kontakt0@demo.example"},
	{access.Administrator, "administrator@demo.example"},
	{access.Technician, "tekniker@demo.example"},
	{access.Trainer, "utbildare@demo.example"},
	{access.Supervisor, "handledare@demo.example"},
	{access.Researcher, "forskare@demo.example"},
	{access.Owner, "owner@demo.example"},
	{access.LogReviewer, "loggranskare@demo.example"},
}

// visitors is the ids of those that more than their door needs: who is staff of a round but does not lead it, and who looks.
type visitors struct{ technician, trainer, supervisor, contact, reviewer string }

// addVisitors makes the people behind the doors that are neither the hub's coordinator nor one of each municipality: some of the
// first municipality, some of the hub, a university and an owner abroad.
func (f *filler) addVisitors(ctx context.Context, tx *db.Tx) error {
	university, err := f.Directory.AddOrganisationTx(ctx, tx, directory.Organisation{Kind: directory.University, Name: "Påhittade universitetet (demo)"})
	if err != nil {
		return err
	}
	owner, err := f.Directory.AddOrganisationTx(ctx, tx, directory.Organisation{Kind: directory.OwnerKind, Name: "The Invented Institute (demo)"})
	if err != nil {
		return err
	}
	home, connect := f.orgs[0], f.Programme.ID
	for _, v := range []struct {
		name string
		role directory.RoleGiven
		id   *string
	}{
		{"Birgitta Mallqvist", directory.RoleGiven{Role: access.Administrator, OrganisationID: home.org}, nil},
		{"Göran Åtminstone", directory.RoleGiven{Role: access.LogReviewer, OrganisationID: home.org}, &f.extra.reviewer},
		{"Nils Skisserud", directory.RoleGiven{Role: access.Technician, OrganisationID: home.org, AuthorityID: home.authority, Programme: connect}, &f.extra.technician},
		{"Petra Fabelstrand", directory.RoleGiven{Role: access.Trainer, OrganisationID: f.hub.org, Programme: connect}, &f.extra.trainer},
		{"Ylva Övningsson", directory.RoleGiven{Role: access.Supervisor, OrganisationID: f.hub.org, Programme: connect}, &f.extra.supervisor},
		{"Samira Testamark", directory.RoleGiven{Role: access.Researcher, OrganisationID: university.ID, Programme: connect}, nil},
		{"Ellen Samplewood", directory.RoleGiven{Role: access.Owner, OrganisationID: owner.ID, Programme: connect}, nil},
	} {
		id, err := f.person(ctx, tx, SignInAs.Of(v.role.Role), v.name, v.role)
		if err != nil {
			return err
		}
		if v.id != nil {
			*v.id = id
		}
	}
	// One person supervises for the hub and leads groups at home, as many do.
	_, err = f.Directory.GiveRoleTx(ctx, tx, directory.RoleGiven{PersonID: f.extra.supervisor, Role: access.Leader, OrganisationID: home.org,
		AuthorityID: home.authority, Programme: connect, From: f.today.AddYears(-f.size.Years - 1)})
	return err
}
