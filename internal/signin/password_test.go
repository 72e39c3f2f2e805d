package signin_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/signin"
)

const passphrase = "grönt te med två ugglor"

// worded is a house in which the first coordinator has a password.
type worded struct {
	*keyed
	totp    string // the secret in their app
	reserve []string
}

func withPassword(t *testing.T, d *db.DB) *worded {
	t.Helper()
	h, secret := started(t, d)
	w := &worded{keyed: &keyed{House: h, t: t, secret: secret}}
	w.who = w.resolve(secret)
	w.set(passphrase)
	h.Time.Move(time.Minute)
	return w
}

func (w *worded) set(password string) {
	w.t.Helper()
	ctx := context.Background()
	if err := w.SignIns.BeginPassword(ctx, w.who, password, "r"); err != nil {
		w.t.Fatal(err)
	}
	e, err := w.SignIns.Enrolment(ctx, w.who)
	if err != nil || len(e.QR) < 100 {
		w.t.Fatalf("%d bytes of picture, %v", len(e.QR), err)
	}
	w.totp = e.Secret
	if w.reserve, err = w.SignIns.FinishPassword(ctx, w.who, w.code(0), "r"); err != nil {
		w.t.Fatal(err)
	}
}

// code is the changing code as an app shows it whose clock is so much ahead.
func (w *worded) code(ahead time.Duration) string {
	w.t.Helper()
	code, err := totp.GenerateCode(w.totp, w.Time.Now().Add(ahead))
	if err != nil {
		w.t.Fatal(err)
	}
	return code
}

func (w *worded) signIn(email, password, code string) (string, error) {
	return w.SignIns.SignInWithPassword(context.Background(), signin.PasswordTry{Email: email, Password: password, Code: code}, "r")
}

func wantsPasswordRefused(t *testing.T, what, secret string, err error) {
	t.Helper()
	e := (*errs.Error)(nil)
	if secret != "" || !errors.As(err, &e) || e.Kind != errs.Invalid || e.Key != "password.error.sign-in" || len(e.Fields) != 0 {
		t.Errorf("%s: %q, %v", what, secret, err)
	}
}

func TestPasswordSignsIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := withPassword(t, d)
		ctx := context.Background()
		code := w.code(0)
		secret, err := w.signIn(" INGRID@demo.example", passphrase, code[:3]+" "+code[3:])
		if err != nil {
			t.Fatal(err)
		}
		if who := w.resolve(secret); who.Subject != w.who.Subject {
			t.Errorf("%+v signed in", who)
		}
		_, err = w.signIn(form.Email, passphrase, code)
		wantsPasswordRefused(t, "the same code again", "", err)
		w.Time.Move(time.Minute)
		for _, ahead := range []time.Duration{-30 * time.Second, 30 * time.Second} { // clocks differ
			if _, err := w.signIn(form.Email, passphrase, w.code(ahead)); err != nil {
				t.Errorf("a clock %s ahead: %v", ahead, err)
			}
		}
		_, err = w.signIn(form.Email, passphrase, w.code(0))
		wantsPasswordRefused(t, "a code from before one that was taken", "", err)
		w.Time.Move(2 * time.Minute)
		_, err = w.signIn(form.Email, passphrase, w.code(90*time.Second))
		wantsPasswordRefused(t, "a code of much later", "", err)
		if _, err := w.signIn(form.Email, passphrase, strings.ToUpper(w.reserve[3])); err != nil {
			t.Errorf("a reserve code: %v", err)
		}
		_, err = w.signIn(form.Email, passphrase, w.reserve[3])
		wantsPasswordRefused(t, "a reserve code again", "", err)
		m, err := w.SignIns.Password(ctx, w.who)
		if err != nil || !m.Set || m.Reserve != 9 || !m.Used.Equal(w.Time.Now()) {
			t.Errorf("%+v, %v", m, err)
		}
		if !slices.Contains(w.actions(), "signed-in.by-password ok") || !slices.Contains(w.actions(), "sign-in-refused denied") {
			t.Errorf("the log says %v", w.actions())
		}
	})
}

// TestOneAnswerToEveryPasswordThatOpensNothing: the same words and the same number of hashes, whatever was wrong.
func TestOneAnswerToEveryPasswordThatOpensNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := withPassword(t, d)
		w.addPerson("bertil@demo.example")
		refuse := func(what, email, password, code string) {
			t.Helper()
			before := w.SignIns.HashRuns()
			secret, err := w.signIn(email, password, code)
			wantsPasswordRefused(t, what, secret, err)
			if n := w.SignIns.HashRuns() - before; n != 1 {
				t.Errorf("%s: %d hashes were worked out", what, n)
			}
		}
		refuse("an unknown address", "nobody@demo.example", passphrase, w.code(0))
		refuse("no address", "", "", "")
		refuse("somebody without a password", "bertil@demo.example", passphrase, w.code(0))
		refuse("a wrong password", form.Email, passphrase+"!", w.code(0))
		refuse("a wrong code", form.Email, passphrase, "000000")
		refuse("no code", form.Email, passphrase, "")
		refuse("a password as long as a book", form.Email, strings.Repeat("å", 5000), w.code(0))
		if err := w.SignIns.AllowPassword(context.Background(), w.administrator(), w.who.Subject.Organisation, false, "r"); err != nil {
			t.Fatal(err)
		}
		refuse("a forbidden one", form.Email, passphrase, w.code(0))
		if err := w.SignIns.AllowPassword(context.Background(), w.administrator(), w.who.Subject.Organisation, true, "r"); err != nil {
			t.Fatal(err)
		}
		for range 10 {
			_, _ = w.signIn(form.Email, "no", "no")
		}
		refuse("a locked one", form.Email, passphrase, w.code(0))
		w.Time.Move(time.Minute)
		if _, err := w.signIn(form.Email, passphrase, w.code(0)); err != nil {
			t.Errorf("nobody is locked out for long: %v", err)
		}
	})
}

// administrator is the first person in their other role.
func (k *keyed) administrator() signin.Who {
	k.t.Helper()
	for _, r := range k.who.Roles {
		if r.Role == access.Administrator {
			secret, err := k.SignIns.SignInWithCode(context.Background(), code(k.t, k.House, form.Email), "r")
			if err != nil {
				k.t.Fatal(err)
			}
			if who := k.resolve(secret); who.RoleID != r.ID {
				if secret, err = k.SignIns.SwitchRole(context.Background(), who, r.ID, "r"); err != nil {
					k.t.Fatal(err)
				}
			}
			return k.resolve(secret)
		}
	}
	k.t.Fatal("the first person is no administrator")
	return signin.Who{}
}

func TestConcurrentUseOfOneChangingCode(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := withPassword(t, d)
		for _, code := range []string{w.code(0), w.reserve[0]} {
			var won atomic.Int32
			var all sync.WaitGroup
			for range 5 { // of the ten tries that an account has
				all.Go(func() {
					switch _, err := w.signIn(form.Email, passphrase, code); {
					case err == nil:
						won.Add(1)
					case !errs.Is(err, errs.Invalid):
						t.Error(err)
					}
				})
			}
			all.Wait()
			if won.Load() != 1 {
				t.Errorf("%d won by one code", won.Load())
			}
			w.Time.Move(10 * time.Minute)
		}
	})
}

func TestAForbiddenPasswordEndsNoSignIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := withPassword(t, d)
		ctx := context.Background()
		secret, err := w.signIn(form.Email, passphrase, w.code(0))
		if err != nil {
			t.Fatal(err)
		}
		admin, here := w.administrator(), w.who.Subject.Organisation
		if err := w.SignIns.AllowPassword(ctx, w.who, here, false, "r"); !errs.Is(err, errs.NotFound) {
			t.Errorf("a coordinator decided: %v", err)
		}
		if err := w.SignIns.AllowPassword(ctx, admin, "elsewhere", false, "r"); !errs.Is(err, errs.NotFound) {
			t.Errorf("decided for others: %v", err)
		}
		for range 2 { // deciding the same again changes nothing
			if err := w.SignIns.AllowPassword(ctx, admin, here, false, "r"); err != nil {
				t.Fatal(err)
			}
		}
		w.resolve(secret)
		if err := w.SignIns.BeginPassword(ctx, w.who, passphrase+" till", "r"); !errs.Is(err, errs.Denied) {
			t.Errorf("a new one was begun: %v", err)
		}
		if m, err := w.SignIns.Password(ctx, w.who); err != nil || !slices.Equal(m.Forbidden, []string{form.Organisation}) {
			t.Errorf("%+v, %v", m, err)
		}
		if r, err := w.SignIns.Rules(ctx, admin.Subject, here); err != nil || len(r.All) != 1 || r.PasswordAllowed() || r.All[0].By != form.Name {
			t.Errorf("%+v, %v", r, err)
		}
		w.Time.Move(signin.FreshLimit)
		if err := w.SignIns.AllowPassword(ctx, admin, here, true, "r"); !errs.Is(err, errs.Denied) {
			t.Errorf("a stale sign-in decided: %v", err)
		}
	})
}

// TestOneOfTwoOrganisationsIsEnoughToForbid: whoever works in both cannot use a password.
func TestOneOfTwoOrganisationsIsEnoughToForbid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := withPassword(t, d)
		ctx := context.Background()
		admin := w.administrator()
		other := ""
		give := func(r directory.RoleGiven) {
			t.Helper()
			if err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				_, err := w.Directory.GiveRoleTx(ctx, tx, r)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			o, err := w.Directory.AddOrganisationTx(ctx, tx, directory.Organisation{Kind: directory.Municipality, Name: "Övningstads kommun"})
			other = o.ID
			return err
		}); err != nil {
			t.Fatal(err)
		}
		elsewhere := admin
		elsewhere.Subject.Organisation = other
		if err := w.SignIns.AllowPassword(ctx, elsewhere, other, false, "r"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.signIn(form.Email, passphrase, w.code(0)); err != nil {
			t.Errorf("forbidden where they do not work: %v", err)
		}
		give(directory.RoleGiven{PersonID: w.who.Subject.Person, OrganisationID: other, Role: access.Leader, From: w.Directory.Today()})
		w.Time.Move(time.Minute)
		_, err := w.signIn(form.Email, passphrase, w.code(0))
		wantsPasswordRefused(t, "forbidden in one of two", "", err)
	})
}

func TestAPasswordIsSetOnlyFreshAndWithItsCode(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := withPassword(t, d)
		ctx := context.Background()
		by, err := w.signIn(form.Email, passphrase, w.code(0))
		if err != nil {
			t.Fatal(err)
		}
		const another = "fyra blå cyklar i regnet"
		if err := w.SignIns.BeginPassword(ctx, w.who, another, "r"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.SignIns.FinishPassword(ctx, w.who, "000000", "r"); !errs.Is(err, errs.Invalid) {
			t.Errorf("a wrong first code: %v", err)
		}
		w.Time.Move(time.Minute)
		if _, err := w.signIn(form.Email, passphrase, w.code(0)); err != nil {
			t.Errorf("the old one holds until then: %v", err)
		}
		w.set(another)
		if _, err := w.SignIns.Resolve(ctx, by); !errs.Is(err, errs.SignedOut) {
			t.Errorf("the sign-in by the old one: %v", err)
		}
		w.Time.Move(time.Minute)
		_, err = w.signIn(form.Email, passphrase, w.code(0))
		wantsPasswordRefused(t, "the old one", "", err)
		if err := w.SignIns.ConfirmWithPassword(ctx, w.who, another, w.code(0), "r"); err != nil {
			t.Errorf("confirmed: %v", err)
		}
		w.Time.Move(signin.FreshLimit)
		if err := w.SignIns.RemovePassword(ctx, w.who, "r"); err != nil {
			if !errs.Is(err, errs.Denied) {
				t.Error(err)
			}
		}
		w.who = w.resolve(w.secret)
		for what, err := range map[string]error{"begun": w.SignIns.BeginPassword(ctx, w.who, another, "r"), "removed": w.SignIns.RemovePassword(ctx, w.who, "r")} {
			if !errs.Is(err, errs.Denied) {
				t.Errorf("%s by a stale sign-in: %v", what, err)
			}
		}
		if err := w.SignIns.ConfirmWithPassword(ctx, w.who, another, w.code(0), "r"); err != nil {
			t.Fatal(err)
		}
		w.who = w.resolve(w.secret)
		if err := w.SignIns.RemovePassword(ctx, w.who, "r"); err != nil {
			t.Fatal(err)
		}
		w.Time.Move(time.Minute)
		_, err = w.signIn(form.Email, another, w.reserve[0])
		wantsPasswordRefused(t, "a removed one", "", err)
		if err := w.SignIns.RemovePassword(ctx, w.who, "r"); !errs.Is(err, errs.NotFound) {
			t.Errorf("removed twice: %v", err)
		}
	})
}

func TestNothingOfAPasswordIsStoredOpen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := withPassword(t, d)
		err := d.Read(context.Background(), func(ctx context.Context, tx *db.Tx) error {
			hash, err := db.One(ctx, tx, db.Scalar[string], `SELECT hash FROM password`)
			if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=65536,t=1,p=1$") {
				t.Errorf("%q, %v", hash, err)
			}
			sealed, err := db.One(ctx, tx, db.Scalar[[]byte], `SELECT totp FROM password`)
			if strings.Contains(string(sealed), w.totp) {
				t.Error("the secret of the codes is open")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestWhatAPasswordMayNotBe(t *testing.T) {
	about := []string{"Ingrid Exempelgren ingrid.exempelgren@demo.example", "Växjö kommun"}
	for password, want := range map[string]string{
		"":                                "password.error.short",
		"fjorton tecken":                  "password.error.short",
		strings.Repeat("ö ugglan ", 15):   "password.error.long",
		"lösenordlösenord":                "password.error.common",
		"Password123456789":               "password.error.common",
		"aaaaaaaaaaaaaaaaaaaa":            "password.error.common",
		"abcabcabcabcabcabc":              "password.error.common",
		"qwertyuiopasdfghjkl":             "password.error.common",
		"1234567890123456":                "password.error.common",
		"sommaren2026sommaren":            "password.error.common",
		"Välkommen till 2026!":            "password.error.common",
		"katten katten katten":            "password.error.common",
		"min hemvist är bäst i stan":      "password.error.own",
		"H-e-m-v-i-s-t mitt i byn":        "password.error.own",
		"Ingrid cyklar till stugan":       "password.error.own",
		"exempelgren och tre ugglor":      "password.error.own",
		"tre ugglor flyger över växjö":    "password.error.own",
		"vi bor i en kommun med ugglor":   "", // a word of their organisation's that everybody's has
		passphrase:                        "",
		"korrekt häst batteri klammer":    "",
		"kUz8#pq0Lw!mD3v":                 "",
		"ugglor ugglor blå cyklar regnet": "",
	} {
		if got := signin.PasswordFault(password, about...); got != want {
			t.Errorf("%q: %q, want %q", password, got, want)
		}
	}
}
