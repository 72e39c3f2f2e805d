package notice_test

import (
	"context"
	"slices"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/house/housetest"
	"hemvist/internal/notice"
)

// subjectOf is who stands behind one of the demo's doors.
func subjectOf(t *testing.T, h housetest.House, email string) access.Subject {
	t.Helper()
	code, err := h.SignIns.NewCode(t.Context(), email)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := h.SignIns.SignInWithCode(t.Context(), code, "")
	if err != nil {
		t.Fatal(err)
	}
	who, err := h.SignIns.Resolve(t.Context(), secret)
	if err != nil {
		t.Fatal(err)
	}
	return who.Subject
}

func number(t *testing.T, home notice.Home, kind string) int {
	t.Helper()
	i := slices.IndexFunc(home.Numbers, func(n notice.Number) bool { return n.Kind == kind })
	if i < 0 {
		t.Fatalf("no number %q in %+v", kind, home.Numbers)
	}
	return home.Numbers[i].N
}

func has(home notice.Home, kind notice.Kind) int {
	for _, n := range home.Needs {
		if n.Kind == kind {
			return n.N
		}
	}
	return 0
}

func TestHomesOfThoseWhoWorkInNoRound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := housetest.New(t, d, nil)
		people := h.Fill(t)
		ctx := audit.WithTrail(t.Context(), &audit.Trail{})
		home := func(role access.Role) notice.Home {
			t.Helper()
			found, err := h.Notices.HomeOf(ctx, subjectOf(t, h, people.Of(role)))
			if err != nil {
				t.Fatalf("%s: %v", role, err)
			}
			return found
		}
		admin := subjectOf(t, h, people.Of(access.Administrator))
		before := home(access.Administrator)
		// In the first municipality: a contact, four leaders, an administrator, a log reviewer, a technician, and whom other parts of the demo add.
		people0, ending0 := number(t, before, "people"), number(t, before, "roles-ending")
		if people0 < 8 || number(t, before, "without-passkey") != people0 || has(before, "roles-ending") != ending0 {
			t.Errorf("the administrator's home before: %+v", before)
		}
		err := h.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			for i, days := range []int{0, directory.EndsWithin, directory.EndsWithin + 1, -1} { // the last one has ended already
				p, err := h.Directory.AddPersonTx(ctx, tx, directory.Person{Name: "Karin Provlund", GivenName: "Karin", Email: string(rune('a'+i)) + "@demo.example", Language: "sv"})
				if err != nil {
					return err
				}
				if _, err := h.Directory.GiveRoleTx(ctx, tx, directory.RoleGiven{PersonID: p.ID, OrganisationID: admin.Organisation, Role: access.Leader,
					From: h.Directory.Today().AddYears(-1), To: h.Directory.Today().AddDays(days)}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if after := home(access.Administrator); number(t, after, "people") != people0+3 || number(t, after, "roles-ending") != ending0+2 || has(after, "roles-ending") != ending0+2 {
			t.Errorf("the administrator's home after: %+v", after)
		}
		// Eight municipalities, of which the first has an administrator; neither the hub, the university nor the owner lacks one.
		if n := has(home(access.Coordinator), "no-administrator"); n != 7 {
			t.Errorf("%d organisations lack an administrator", n)
		}
		for _, role := range []access.Role{access.Researcher, access.Owner} {
			found := home(role)
			if found.Figures == nil || found.Figures.All.Closed.N < 10 || len(found.Needs) != 0 || len(found.Numbers) != 0 {
				t.Errorf("the %s's home: %+v", role, found)
			}
		}
		elsewhere := subjectOf(t, h, people.Of(access.Researcher))
		elsewhere.Programme = "another"
		if f, err := h.Rounds.Figures(ctx, elsewhere); err != nil || len(f.Rows) != 0 {
			t.Errorf("a researcher of another programme sees %+v, %v", f, err)
		}
		if _, err := h.Rounds.Figures(ctx, admin); !errs.Is(err, errs.Denied) {
			t.Errorf("figures for an administrator: %v", err)
		}
		// Letters that did not arrive, in the outbox of whose matter they are.
		if n := has(home(access.Administrator), "letters-failed"); n != 0 {
			t.Errorf("%d letters have failed before any was sent", n)
		}
		if err := h.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE letter SET state = 'failed' WHERE organisation_id = $1 AND template = 'feedback'`, admin.Organisation)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if n := has(home(access.Administrator), "letters-failed"); n != 4 {
			t.Errorf("%d letters have failed, want 4", n)
		}
		if n := has(home(access.Contact), "letters-failed"); n != 0 {
			t.Errorf("a contact, who reads no outbox, is told of %d", n)
		}
		leader := subjectOf(t, h, people.Of(access.Leader))
		_, standing := h.Directory.Standing(ctx, leader)
		_, without := h.SignIns.WithoutPasskey(ctx, leader)
		_, lacking := h.Directory.WithoutAdministrator(ctx, leader)
		for _, err := range []error{standing, without, lacking} {
			if !errs.Is(err, errs.Denied) {
				t.Errorf("what an administrator counts, for a leader: %v", err)
			}
		}
	})
}
