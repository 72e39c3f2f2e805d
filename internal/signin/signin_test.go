package signin_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/house/housetest"
	"hemvist/internal/signin"
)

var form = signin.FirstOrganisation{Organisation: "Hemvisten", Name: "Ingrid Exempelgren", Email: "Ingrid@Demo.Example", Language: "sv"}

// started is a house with its first coordinator, and the secret of their sign-in.
func started(t *testing.T, d *db.DB) (housetest.House, string) {
	t.Helper()
	h := housetest.New(t, d, nil)
	secret, err := h.SignIns.Start(context.Background(), code(t, h, ""), form, "r")
	if err != nil {
		t.Fatal(err)
	}
	return h, secret
}

func code(t *testing.T, h housetest.House, email string) string {
	t.Helper()
	c, err := h.SignIns.NewCode(context.Background(), email)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheFirstPerson(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := housetest.New(t, d, nil)
		ctx := context.Background()
		if empty, err := h.Directory.IsEmpty(ctx); err != nil || !empty {
			t.Fatalf("empty %v, %v", empty, err)
		}
		first := code(t, h, "")
		for _, bad := range []signin.FirstOrganisation{
			{Name: form.Name, Email: form.Email}, {Organisation: "X", Email: form.Email}, {Organisation: "X", Name: "Y", Email: "nothing"},
			{Organisation: "X", Name: "Y", Email: "Y <y@demo.example>"}, {Organisation: strings.Repeat("x", 201), Name: "Y", Email: form.Email},
		} {
			if _, err := h.SignIns.Start(ctx, first, bad, ""); !errs.Is(err, errs.Invalid) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		if _, err := h.SignIns.Start(ctx, "wrong", form, ""); !errs.Is(err, errs.Invalid) {
			t.Errorf("a wrong code: %v", err)
		}
		// The code survives the mistakes, and is read as people type it.
		typed := strings.ToUpper(first[:8]) + "-" + first[8:16] + " " + first[16:] + "\n"
		secret, err := h.SignIns.Start(ctx, typed, form, "")
		if err != nil {
			t.Fatal(err)
		}
		who, err := h.SignIns.Resolve(ctx, secret)
		if err != nil || who.Name != form.Name || who.GivenName != "Ingrid" || who.Organisation != "Hemvisten" || who.Subject.Role != access.Coordinator {
			t.Errorf("%+v, %v", who, err)
		}
		if _, err := h.SignIns.Start(ctx, code(t, h, ""), form, ""); !errs.Is(err, errs.Invalid) {
			t.Errorf("a second first person: %v", err)
		}
	})
}

func TestACodeWorksOnceAndForHalfAnHour(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, _ := started(t, d)
		ctx := context.Background()
		if _, err := h.SignIns.NewCode(ctx, "nobody@demo.example"); !errs.Is(err, errs.NotFound) {
			t.Errorf("a code for nobody: %v", err)
		}
		c := code(t, h, " INGRID@demo.example ")
		h.Time.Move(30*time.Minute - time.Microsecond)
		if _, err := h.SignIns.SignInWithCode(ctx, c, ""); err != nil {
			t.Errorf("within half an hour: %v", err)
		}
		late := code(t, h, form.Email)
		h.Time.Move(30 * time.Minute)
		for what, text := range map[string]string{"used": c, "late": late, "unknown": "aaaa", "empty": "", "of the first start": code(t, h, "")} {
			_, err := h.SignIns.SignInWithCode(ctx, text, "")
			if !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), "sign-in.error.code") {
				t.Errorf("a code that is %s: %v", what, err)
			}
		}
	})
}

func TestOfAHundredWhoRedeemOneWins(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, _ := started(t, d)
		c := code(t, h, form.Email)
		var won atomic.Int32
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				switch _, err := h.SignIns.SignInWithCode(context.Background(), c, ""); {
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
	})
}

func TestASignInEnds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, secret := started(t, d)
		ctx := context.Background()
		in := func() bool {
			_, err := h.SignIns.Resolve(ctx, secret)
			if err != nil && !errs.Is(err, errs.SignedOut) {
				t.Fatal(err)
			}
			return err == nil
		}
		// Somebody who keeps working stays in, for a day.
		for range 24 {
			h.Time.Move(59 * time.Minute)
			if !in() {
				t.Fatal("ended while in use")
			}
		}
		h.Time.Move(24 * time.Minute)
		if in() {
			t.Error("lasts longer than a day")
		}
		sign := func() {
			var err error
			if secret, err = h.SignIns.SignInWithCode(ctx, code(t, h, form.Email), ""); err != nil {
				t.Fatal(err)
			}
		}
		sign()
		h.Time.Move(signin.IdleLimit - time.Second)
		if !in() {
			t.Error("ended before the hour")
		}
		h.Time.Move(signin.IdleLimit)
		if in() {
			t.Error("lasts for more than an idle hour")
		}
		sign()
		who, err := h.SignIns.Resolve(ctx, secret)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.SignIns.SignOut(ctx, secret, who, ""); err != nil || in() {
			t.Errorf("after signing out: in %v, %v", in(), err)
		}
		sign()
		for _, r := range who.Roles {
			if err := h.Directory.EndRole(ctx, r.ID, clock.DateOf(h.Clock.Now()).AddDays(-1)); err != nil {
				t.Fatal(err)
			}
		}
		if in() {
			t.Error("a role that has ended still lets in")
		}
		if _, err := h.SignIns.SignInWithCode(ctx, code(t, h, form.Email), ""); !errs.Is(err, errs.Invalid) {
			t.Errorf("somebody without a role signed in: %v", err)
		}
		if err := h.Directory.EndRole(ctx, "no such role", clock.DateOf(h.Clock.Now())); !errs.Is(err, errs.NotFound) {
			t.Errorf("ending no role: %v", err)
		}
	})
}

func TestSecretsAreNotStored(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, secret := started(t, d)
		c := code(t, h, form.Email)
		err := d.Read(context.Background(), func(ctx context.Context, tx *db.Tx) error {
			for _, q := range []string{`SELECT hash FROM sign_in_session`, `SELECT hash FROM sign_in_code`} {
				all, err := db.All(ctx, tx, db.Scalar[[]byte], q)
				if err != nil {
					return err
				}
				for _, stored := range all {
					if len(stored) != 32 || strings.Contains(string(stored), secret) || strings.Contains(string(stored), c) {
						t.Errorf("%s: %x", q, stored)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, guess := range []string{"", "x", secret[:len(secret)-1], secret + "x", strings.Repeat("a", 52)} {
			if _, err := h.SignIns.Resolve(context.Background(), guess); !errs.Is(err, errs.SignedOut) {
				t.Errorf("%q let somebody in: %v", guess, err)
			}
		}
	})
}

func TestOneAddressOnePerson(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, _ := started(t, d)
		add := func(email string) error {
			return d.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
				_, err := h.Directory.AddPersonTx(ctx, tx, directory.Person{Name: "A", GivenName: "A", Email: email, Language: "sv"})
				return err
			})
		}
		if err := add(" ingrid@DEMO.example"); !errs.Is(err, errs.Conflict) {
			t.Errorf("the same address again: %v", err)
		}
		if err := add("other@demo.example"); err != nil {
			t.Error(err)
		}
	})
}
