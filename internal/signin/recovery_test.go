package signin_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/mail"
	"hemvist/internal/signin"
)

// staffed is a house with a municipality that has an administrator, a contact and a leader.
type staffed struct {
	*keyed
	organisation, board string
	admin, contact      signin.Who
	leader              string // id
}

const lost = "leader@demo.example"

func withStaff(t *testing.T, d *db.DB) *staffed {
	t.Helper()
	h, secret := started(t, d)
	if err := h.SignIns.AllowPasskeys("https://example.com"); err != nil {
		t.Fatal(err)
	}
	s := &staffed{keyed: &keyed{House: h, t: t, secret: secret}}
	s.who = s.resolve(secret)
	s.organisation, s.board = s.municipality("Provköpings kommun")
	s.admin = s.working("admin@demo.example", directory.RoleGiven{Role: access.Administrator, OrganisationID: s.organisation})
	s.contact = s.working("contact@demo.example", directory.RoleGiven{Role: access.Contact, OrganisationID: s.organisation, AuthorityID: s.board})
	s.leader = s.working(lost, directory.RoleGiven{Role: access.Leader, OrganisationID: s.organisation, AuthorityID: s.board}).Subject.Person
	return s
}

func (s *staffed) municipality(name string) (organisation, board string) {
	s.t.Helper()
	if err := s.DB.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		o, err := s.Directory.AddOrganisationTx(ctx, tx, directory.Organisation{Kind: directory.Municipality, Name: name})
		if err != nil {
			return err
		}
		a, err := s.Directory.AddAuthorityTx(ctx, tx, directory.Authority{OrganisationID: o.ID, Name: "Socialnämnden"})
		organisation, board = o.ID, a.ID
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return organisation, board
}

// working adds somebody in a role and signs them in.
func (s *staffed) working(email string, r directory.RoleGiven) signin.Who {
	s.t.Helper()
	if err := s.DB.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		p, err := s.Directory.AddPersonTx(ctx, tx, directory.Person{Name: "Någon Påhittsson", GivenName: "Någon", Email: email, Language: "sv"})
		if err != nil {
			return err
		}
		r.ID, r.PersonID, r.From = "", p.ID, s.Directory.Today()
		_, err = s.Directory.GiveRoleTx(ctx, tx, r)
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	secret, err := s.SignIns.SignInWithCode(context.Background(), code(s.t, s.House, email), "r")
	if err != nil {
		s.t.Fatal(err)
	}
	return s.resolve(secret)
}

func (s *staffed) ask(email string) {
	s.t.Helper()
	if err := s.SignIns.AskRecovery(context.Background(), email, "r"); err != nil {
		s.t.Fatal(err)
	}
}

// asked is the ids of the requests there are, the newest first.
func (s *staffed) asked() []string {
	return s.texts(`SELECT id FROM recovery ORDER BY asked_at DESC, id DESC`)
}

// letters is what has been written: template and address.
func (s *staffed) letters() []string {
	return s.texts(`SELECT template || ' ' || address FROM letter ORDER BY template, address`)
}

func (s *staffed) texts(query string) (all []string) {
	s.t.Helper()
	if err := s.DB.Read(context.Background(), func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = db.All(ctx, tx, db.Scalar[string], query)
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return all
}

func (s *staffed) approve(who signin.Who, id string) error {
	return s.SignIns.ApproveRecovery(context.Background(), who, id, "r")
}

func (s *staffed) follow(id string) (string, error) {
	return s.SignIns.UseRecovery(context.Background(), s.Vault.Secret("recovery", id), "r")
}

func TestTwoColleaguesLetSomebodyIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := withStaff(t, d)
		ctx := context.Background()
		s.ask(" LEADER@demo.example")
		id := s.asked()[0]
		if got := s.letters(); !slices.Equal(got, []string{"recovery-asked admin@demo.example", "recovery-asked contact@demo.example", "recovery-noted " + lost}) {
			t.Errorf("letters: %v", got)
		}
		for _, who := range []signin.Who{s.admin, s.contact} {
			if n, err := s.SignIns.RecoveriesWaiting(ctx, who.Subject); err != nil || n != 1 {
				t.Errorf("%d wait, %v", n, err)
			}
		}
		for range 2 { // the same person's second word counts for nothing
			if err := s.approve(s.admin, id); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.follow(id); !errs.Is(err, errs.Invalid) {
			t.Errorf("one colleague was enough: %v", err)
		}
		if n, err := s.SignIns.RecoveriesWaiting(ctx, s.admin.Subject); err != nil || n != 0 {
			t.Errorf("%d wait for who has answered, %v", n, err)
		}
		if err := s.approve(s.contact, id); err != nil {
			t.Fatal(err)
		}
		if err := s.approve(s.contact, id); !errs.Is(err, errs.Conflict) {
			t.Errorf("approved after two have: %v", err)
		}
		if got := s.letters(); got[0] != "recovery "+lost || len(got) != 4 {
			t.Errorf("letters: %v", got)
		}
		secret, err := s.follow(id)
		if err != nil {
			t.Fatal(err)
		}
		who := s.resolve(secret)
		if who.Subject.Person != s.leader || !s.SignIns.Fresh(who) {
			t.Errorf("%+v", who)
		}
		if _, err := s.follow(id); !errs.Is(err, errs.Invalid) {
			t.Errorf("followed twice: %v", err)
		}
		s.who = who
		if got := fmt.Sprint(s.actions()); got != "[signed-in.by-code ok recovery-asked ok recovery-approved ok recovery-approved ok ways-in-removed ok signed-in.by-recovery ok]" {
			t.Errorf("the log says %s", got)
		}
	})
}

func TestRecoveryTakesEveryOldWayInAway(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := withStaff(t, d)
		ctx := context.Background()
		old, err := s.SignIns.SignInWithCode(ctx, code(t, s.House, lost), "r")
		if err != nil {
			t.Fatal(err)
		}
		w := &worded{keyed: s.keyed}
		w.who = s.resolve(old)
		w.set(passphrase)
		unused := code(t, s.House, lost)
		s.ask(lost)
		id := s.asked()[0]
		for _, who := range []signin.Who{s.admin, s.contact} {
			if err := s.approve(who, id); err != nil {
				t.Fatal(err)
			}
		}
		s.Time.Move(time.Minute)
		if _, err := w.signIn(lost, passphrase, w.code(0)); err != nil {
			t.Errorf("until the link is followed nothing is taken away: %v", err)
		}
		if _, err := s.follow(id); err != nil {
			t.Fatal(err)
		}
		s.Time.Move(time.Minute)
		_, err = w.signIn(lost, passphrase, w.code(0))
		wantsPasswordRefused(t, "the old password", "", err)
		if _, err := s.SignIns.Resolve(ctx, old); !errs.Is(err, errs.SignedOut) {
			t.Errorf("the old sign-in: %v", err)
		}
		if _, err := s.SignIns.SignInWithCode(ctx, unused, "r"); !errs.Is(err, errs.Invalid) {
			t.Errorf("an old code: %v", err)
		}
	})
}

func TestNobodyVouchesWhoMayNot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := withStaff(t, d)
		ctx := audit.WithTrail(context.Background(), &audit.Trail{})
		other, board := s.municipality("Övningstads kommun")
		_, second := "", ""
		if err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			a, err := s.Directory.AddAuthorityTx(ctx, tx, directory.Authority{OrganisationID: s.organisation, Name: "Utbildningsnämnden"})
			second = a.ID
			return err
		}); err != nil {
			t.Fatal(err)
		}
		outsiders := map[string]signin.Who{
			"another municipality": s.working("a@demo.example", directory.RoleGiven{Role: access.Administrator, OrganisationID: other, AuthorityID: board}),
			"another board":        s.working("b@demo.example", directory.RoleGiven{Role: access.Contact, OrganisationID: s.organisation, AuthorityID: second}),
			"the hub":              s.who,
			"a leader":             s.working("c@demo.example", directory.RoleGiven{Role: access.Leader, OrganisationID: s.organisation, AuthorityID: s.board}),
		}
		s.ask(lost)
		id := s.asked()[0]
		for what, who := range outsiders {
			for did, err := range map[string]error{"approved": s.approve(who, id), "refused": s.SignIns.RefuseRecovery(ctx, who, id, "r")} {
				if !errs.Is(err, errs.NotFound) {
					t.Errorf("%s %s: %v", what, did, err)
				}
			}
			if all, err := s.SignIns.Recoveries(ctx, who.Subject); len(all) != 0 || err != nil && !errs.Is(err, errs.Denied) {
				t.Errorf("%s sees %+v, %v", what, all, err)
			}
		}
		s.ask("contact@demo.example")
		own := s.asked()[0]
		if err := s.approve(s.contact, own); !errs.Is(err, errs.NotFound) {
			t.Errorf("vouched for themselves: %v", err)
		}
		s.Time.Move(signin.FreshLimit)
		if err := s.approve(s.admin, id); !errs.Is(err, errs.Denied) {
			t.Errorf("vouched by a stale sign-in: %v", err)
		}
	})
}

func TestARefusalVoidsTheRequest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := withStaff(t, d)
		ctx := context.Background()
		s.ask(lost)
		id := s.asked()[0]
		for _, who := range []signin.Who{s.admin, s.contact} {
			if err := s.approve(who, id); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.SignIns.RefuseRecovery(ctx, s.contact, id, "r"); err != nil { // the link is out already
			t.Fatal(err)
		}
		if _, err := s.follow(id); !errs.Is(err, errs.Invalid) {
			t.Errorf("followed: %v", err)
		}
		if err := s.approve(s.admin, id); !errs.Is(err, errs.NotFound) {
			t.Errorf("approved: %v", err)
		}
		if !slices.Contains(s.letters(), "recovery-refused "+lost) {
			t.Errorf("letters: %v", s.letters())
		}
	})
}

func TestAskingIsBoundedAndTellsNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := withStaff(t, d)
		ctx := context.Background()
		for range 5 {
			s.ask(lost)
			s.ask("nobody@demo.example")
		}
		if n := len(s.asked()); n != 1 || len(s.letters()) != 3 {
			t.Errorf("%d requests, letters %v", n, s.letters())
		}
		for range 4 {
			s.Time.Move(time.Hour)
			for _, id := range s.asked() {
				_ = s.SignIns.RefuseRecovery(ctx, s.admin, id, "r")
			}
			s.ask(lost)
		}
		if n := len(s.asked()); n != 3 {
			t.Errorf("%d requests in three days", n)
		}
		s.Time.Move(73 * time.Hour)
		s.ask(lost)
		if n := len(s.asked()); n != 4 {
			t.Errorf("%d requests after them", n)
		}
	})
}

func TestARequestAndItsLinkEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := withStaff(t, d)
		s.ask(lost)
		late := s.asked()[0]
		s.Time.Move(72 * time.Hour)
		s.admin.FreshAt, s.contact.FreshAt = s.Time.Now(), s.Time.Now()
		if err := s.approve(s.admin, late); !errs.Is(err, errs.NotFound) {
			t.Errorf("after three days: %v", err)
		}
		s.Time.Move(time.Minute)
		s.ask(lost)
		id := s.asked()[0]
		for _, who := range []signin.Who{s.admin, s.contact} {
			if err := s.approve(who, id); err != nil {
				t.Fatal(err)
			}
		}
		s.Time.Move(24 * time.Hour)
		if opens, err := s.SignIns.RecoveryOpens(context.Background(), s.Vault.Secret("recovery", id)); err != nil || opens {
			t.Errorf("opens after a day: %v, %v", opens, err)
		}
		if _, err := s.follow(id); !errs.Is(err, errs.Invalid) {
			t.Errorf("followed after a day: %v", err)
		}
	})
}

// TestTheHubHelpsWhereTheOrganisationHasTooFew: a municipality with one who can help asks the hub's coordinators too.
func TestTheHubHelpsWhereTheOrganisationHasTooFew(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := withStaff(t, d)
		small, board := s.municipality("Lilla kommunen")
		one := s.working("only@demo.example", directory.RoleGiven{Role: access.Contact, OrganisationID: small, AuthorityID: board})
		s.working("small@demo.example", directory.RoleGiven{Role: access.Leader, OrganisationID: small, AuthorityID: board})
		s.ask("small@demo.example")
		id := s.asked()[0]
		if got := s.letters(); !slices.Equal(got, []string{"recovery-asked ingrid@demo.example", "recovery-asked only@demo.example", "recovery-noted small@demo.example"}) {
			t.Errorf("letters: %v", got)
		}
		for _, who := range []signin.Who{s.who, one} {
			if err := s.approve(who, id); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.follow(id); err != nil {
			t.Error(err)
		}
	})
}

// TestOfAHundredWhoFollowALinkAtOnceOneWins also has both colleagues vouch at once.
func TestOfAHundredWhoFollowALinkAtOnceOneWins(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := withStaff(t, d)
		s.ask(lost)
		id := s.asked()[0]
		var both sync.WaitGroup
		for _, who := range []signin.Who{s.admin, s.contact} {
			both.Go(func() {
				if err := s.approve(who, id); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		var won atomic.Int32
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				switch _, err := s.follow(id); {
				case err == nil:
					won.Add(1)
				case !errs.Is(err, errs.Invalid):
					t.Error(err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			t.Errorf("%d won", won.Load())
		}
		if n := len(slices.DeleteFunc(s.letters(), func(l string) bool { return l != "recovery "+lost })); n != 1 {
			t.Errorf("%d letters with the link", n)
		}
	})
}

func TestTheLookAtWhoAsksIsNoted(t *testing.T) {
	s := withStaff(t, dbtest.New(t))
	s.ask(lost)
	trail := &audit.Trail{}
	ctx := audit.WithTrail(context.Background(), trail)
	if _, err := s.SignIns.Recoveries(ctx, s.admin.Subject); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SignIns.Recovery(ctx, s.admin.Subject, s.asked()[0]); err != nil {
		t.Fatal(err)
	}
	if err := s.Log.Commit(context.Background(), trail, "r"); err != nil {
		t.Fatal(err)
	}
	s.who.Subject.Person = s.leader
	if !slices.Contains(s.actions(), "recovery-read ok") {
		t.Errorf("the log says %v", s.actions())
	}
	if len(mail.Templates()) < 6 {
		t.Error("the letter of a refusal is not known")
	}
}
