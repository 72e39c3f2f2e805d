package demo

import (
	"context"
	"fmt"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/directory"
	"hemvist/internal/signin"
)

// addInvitations sends some: of the first municipality's administrator one that waits, one that was accepted and one that has run out; of
// the hub's coordinator one to another municipality's first log reviewer.
func (f *filler) addInvitations(ctx context.Context) error {
	administrator := access.Subject{Role: access.Administrator, Organisation: f.orgs[0].org}
	var name string
	if err := f.DB.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT id, name FROM person WHERE email = $1`, SignInAs.Of(access.Administrator)).Scan(&administrator.Person, &name)
	}); err != nil {
		return fmt.Errorf("find the administrator: %w", err)
	}
	home := directory.RoleAt{Role: access.Leader, OrganisationID: f.orgs[0].org, AuthorityID: f.orgs[0].authority, Programme: f.Programme.ID}
	for i, x := range []struct {
		name  string
		by    signin.Who
		role  directory.RoleAt
		ago   time.Duration
		taken bool
	}{
		{"Ylva Testamark", signin.Who{Subject: administrator, Name: name}, home, 0, false},
		{"Mikael Låtsasberg", signin.Who{Subject: administrator, Name: name}, home, 6 * 24 * time.Hour, true},
		{"Sofia Platshållar", signin.Who{Subject: administrator, Name: name}, home, 20 * 24 * time.Hour, false},
		{"Hassan Skisserud", signin.Who{Subject: access.Subject{Person: f.boss, Role: access.Coordinator, Organisation: f.hub.org}, Name: "Ingrid Exempelgren"},
			directory.RoleAt{Role: access.LogReviewer, OrganisationID: f.orgs[1].org}, 0, false},
	} {
		x.by.FreshAt = f.Clock.Now()
		done, err := f.SignIns.Invite(ctx, x.by, signin.Invite{Role: directory.RoleForm{RoleAt: x.role, Period: directory.Period{From: f.today.AddDays(-int(x.ago / (24 * time.Hour)))}},
			Person: directory.PersonForm{Name: x.name, Email: fmt.Sprintf("inbjuden%d@demo.example", i), Language: "sv"}}, "")
		if err == nil {
			err = f.age(ctx, done.Invitation, x.ago, x.taken)
		}
		if err != nil {
			return fmt.Errorf("invite %s: %w", x.name, err)
		}
	}
	return nil
}

// age lets an invitation have been sent so long ago, and have been accepted the day after.
func (f *filler) age(ctx context.Context, id string, ago time.Duration, taken bool) error {
	sent := f.Clock.Now().Add(-ago)
	var accepted db.Time
	if taken {
		accepted = db.At(sent.Add(24 * time.Hour))
	}
	return f.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE invitation SET made_at = $1, ends_at = $2, accepted_at = $3 WHERE id = $4`, db.At(sent),
			db.At(sent.Add(signin.InvitationLimit)), accepted, id)
		return err
	})
}
