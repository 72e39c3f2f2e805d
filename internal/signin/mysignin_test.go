package signin_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/errs"
	"hemvist/internal/house/housetest"
	"hemvist/internal/signin"
)

func TestAStaleSignInChangesNoWayIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := withPasskey(t, d)
		ctx := context.Background()
		c, err := k.SignIns.BeginPasskey(ctx, k.who)
		if err != nil {
			t.Fatal(err)
		}
		k.Time.Move(signin.FreshLimit - time.Microsecond)
		if !k.SignIns.Fresh(k.who) {
			t.Error("not fresh a moment before the limit")
		}
		k.Time.Move(time.Microsecond)
		if err := k.SignIns.RemovePasskey(ctx, k.who, k.passkeys()[0].ID, "r"); !errs.Is(err, errs.Denied) {
			t.Errorf("removed: %v", err)
		}
		if err := k.add(housetest.NewAuthenticator(), "Ny"); !errs.Is(err, errs.Denied) {
			t.Errorf("begun: %v", err)
		}
		if err := k.SignIns.FinishPasskey(ctx, k.who, c.Handle, "Ny", housetest.NewAuthenticator().Make(t, c.Options), "r"); !errs.Is(err, errs.Denied) {
			t.Errorf("finished: %v", err)
		}
		if err := k.SignIns.RenamePasskey(ctx, k.who, k.passkeys()[0].ID, "Nytt namn", "r"); err != nil {
			t.Errorf("a name opens nothing: %v", err)
		}
		secret, err := k.signIn(k.device, k.device.Keys[0])
		if err != nil {
			t.Fatal(err)
		}
		k.who = k.resolve(secret)
		if err := k.SignIns.RemovePasskey(ctx, k.who, k.passkeys()[0].ID, "r"); err != nil {
			t.Errorf("by a fresh sign-in the last one may go: %v", err)
		}
		k.resolve(secret) // whoever removes it stays signed in
		if len(k.passkeys()) != 0 {
			t.Errorf("%+v", k.passkeys())
		}
	})
}

func TestRemovingAPasskeyEndsItsSignIns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := withPasskey(t, d)
		lost, err := k.signIn(k.device, k.device.Keys[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := k.SignIns.RemovePasskey(context.Background(), k.who, k.passkeys()[0].ID, "r"); err != nil {
			t.Fatal(err)
		}
		if _, err := k.SignIns.Resolve(context.Background(), lost); !errs.Is(err, errs.SignedOut) {
			t.Errorf("the sign-in by the lost passkey: %v", err)
		}
		k.resolve(k.secret)
	})
}

func TestSignInsAreListedAndEnded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := withPasskey(t, d)
		ctx := context.Background()
		var secrets []string
		for range 3 {
			k.Time.Move(time.Minute)
			secret, err := k.signIn(k.device, k.device.Keys[0])
			if err != nil {
				t.Fatal(err)
			}
			secrets = append(secrets, secret)
		}
		list := func() []signin.SignIn {
			all, err := k.SignIns.SignIns(ctx, k.who)
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		all := list()
		if len(all) != 4 || !all[0].Current || all[0].By != signin.ByCode || all[1].Current || all[1].Passkey != "Jobbdatorn" ||
			all[1].By != signin.ByPasskey || !all[1].Began.Equal(k.Time.Now()) || all[1].Organisation != form.Organisation {
			t.Fatalf("%+v", all)
		}
		if err := k.SignIns.EndSignIn(ctx, k.who, all[1].ID, "r"); err != nil {
			t.Fatal(err)
		}
		if _, err := k.SignIns.Resolve(ctx, secrets[2]); !errs.Is(err, errs.SignedOut) {
			t.Errorf("the ended one: %v", err)
		}
		if err := k.SignIns.EndSignIn(ctx, k.who, all[1].ID, "r"); !errs.Is(err, errs.NotFound) {
			t.Errorf("ended twice: %v", err)
		}
		if err := k.SignIns.EndOtherSignIns(ctx, k.who, "r"); err != nil {
			t.Fatal(err)
		}
		if all := list(); len(all) != 1 || !all[0].Current {
			t.Errorf("%+v are left", all)
		}
		if n := len(slices.DeleteFunc(k.actions(), func(a string) bool { return a != "session-ended ok" })); n != 3 {
			t.Errorf("%d entries of ended sign-ins, want 3", n)
		}
	})
}

func TestWhatIsSomebodyElsesIsNotFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := withPasskey(t, d)
		ctx := context.Background()
		k.addPerson("bertil@demo.example")
		secret, err := k.SignIns.SignInWithCode(ctx, code(t, k.House, "bertil@demo.example"), "r")
		if err != nil {
			t.Fatal(err)
		}
		bertil, mine := k.resolve(secret), k.passkeys()[0].ID
		_, err = k.SignIns.Passkey(ctx, bertil, mine)
		for what, err := range map[string]error{"read": err, "renamed": k.SignIns.RenamePasskey(ctx, bertil, mine, "X", "r"),
			"removed": k.SignIns.RemovePasskey(ctx, bertil, mine, "r"), "ended": k.SignIns.EndSignIn(ctx, bertil, k.who.Session, "r")} {
			if !errs.Is(err, errs.NotFound) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if err := k.SignIns.EndOtherSignIns(ctx, bertil, "r"); err != nil {
			t.Fatal(err)
		}
		k.resolve(k.secret)
		if wants, err := k.SignIns.WantsPasskey(ctx, bertil); err != nil || !wants {
			t.Errorf("Bertil has a passkey: %v, %v", wants, err)
		}
		if wants, err := k.SignIns.WantsPasskey(ctx, k.who); err != nil || wants {
			t.Errorf("Ingrid has none: %v, %v", wants, err)
		}
	})
}

func TestNoMorePasskeysThanOneCanTellApart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := withPasskey(t, d)
		for range 19 {
			if err := k.add(k.device, "En till"); err != nil {
				t.Fatal(err)
			}
		}
		if err := k.add(k.device, "En för mycket"); !errs.Is(err, errs.Conflict) {
			t.Errorf("the twenty-first: %v", err)
		}
	})
}

func TestTriesAreLimited(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := withPasskey(t, d)
		bad := *k.device
		bad.Origin = "https://elsewhere.example"
		for range 10 {
			secret, err := k.signIn(&bad, k.device.Keys[0])
			wantsOneAnswer(t, "a lie", secret, err)
		}
		if _, err := k.signIn(k.device, k.device.Keys[0]); !errs.Is(err, errs.TooMany) {
			t.Errorf("the eleventh try: %v", err)
		}
		unknown := *k.device.Keys[0]
		unknown.ID = make([]byte, 16)
		for range 10 {
			secret, err := k.signIn(k.device, &unknown)
			wantsOneAnswer(t, "an unknown one", secret, err)
		}
		if _, err := k.signIn(k.device, &unknown); !errs.Is(err, errs.TooMany) {
			t.Errorf("an unknown one is limited as a known one is: %v", err)
		}
		k.Time.Move(30 * time.Second)
		if _, err := k.signIn(k.device, k.device.Keys[0]); err != nil {
			t.Errorf("half a minute later: %v", err)
		}

		admitted := func(address string) (n int) {
			for k.SignIns.AdmitAddress(address) == nil {
				n++
			}
			return n
		}
		if n := admitted("192.0.2.1:4711"); n != 600 {
			t.Errorf("%d tries from one address", n)
		}
		if n := admitted("192.0.2.1:4712") + admitted("::ffff:192.0.2.1"); n != 0 {
			t.Errorf("%d more from its other ports", n)
		}
		if n := admitted("[2001:db8::1]:443"); n != 600 {
			t.Errorf("%d from another", n)
		}
		if n := admitted("2001:db8::ffff:1"); n != 0 {
			t.Errorf("%d more from the same subscriber", n)
		}
		for i := range 20_000 {
			if err := k.SignIns.AdmitAddress(fmt.Sprintf("10.%d.%d.1", i/250, i%250)); err != nil {
				t.Fatal(err)
			}
		}
		k.Time.Move(time.Second)
		if n := admitted("10.79.249.1"); n != 600 {
			t.Errorf("%d from the last of twenty thousand, after one second", n)
		}
	})
}

func TestWherePasskeysAreMade(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, secret := started(t, d)
		ctx := context.Background()
		who, err := h.SignIns.Resolve(ctx, secret)
		if err != nil {
			t.Fatal(err)
		}
		for _, origin := range []string{"", "hemvist.example", "http://hemvist.example", "https://", "https://127.0.0.1", "http://127.0.0.1:8080",
			"https://[::1]", "https://hemvist.example/start", "https://hemvist.example?x", "https://a@hemvist.example", "ftp://hemvist.example"} {
			if err := h.SignIns.AllowPasskeys(origin); err == nil || h.SignIns.PasskeysAllowed() {
				t.Errorf("%q was taken", origin)
			}
		}
		_, beginErr := h.SignIns.BeginPasskeySignIn(ctx)
		_, finishErr := h.SignIns.SignInWithPasskey(ctx, "x", nil, "r")
		_, addErr := h.SignIns.BeginPasskey(ctx, who)
		for _, err := range []error{beginErr, finishErr, addErr, h.SignIns.FinishPasskey(ctx, who, "x", "X", nil, "r")} {
			if !errs.Is(err, errs.NotFound) {
				t.Errorf("without an address there are none: %v", err)
			}
		}
		if wants, err := h.SignIns.WantsPasskey(ctx, who); err != nil || wants {
			t.Errorf("a passkey is wanted where there can be none: %v, %v", wants, err)
		}
		for _, origin := range []string{"https://hemvist.example", "https://hemvist.example/", "https://hemvist.example:8443", "http://localhost:8080"} {
			if err := h.SignIns.AllowPasskeys(origin); err != nil || !h.SignIns.PasskeysAllowed() {
				t.Errorf("%q: %v", origin, err)
			}
		}
	})
}
