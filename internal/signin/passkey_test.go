package signin_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/house/housetest"
	"hemvist/internal/signin"
)

// keyed is a house in which the first coordinator has a passkey.
type keyed struct {
	housetest.House
	t      *testing.T
	secret string
	who    signin.Who
	device *housetest.Authenticator
}

func withPasskey(t *testing.T, d *db.DB) *keyed {
	t.Helper()
	h, secret := started(t, d)
	if err := h.SignIns.AllowPasskeys(housetest.Origin); err != nil {
		t.Fatal(err)
	}
	k := &keyed{House: h, t: t, secret: secret, device: housetest.NewAuthenticator()}
	k.who = k.resolve(secret)
	if err := k.add(k.device, "Jobbdatorn"); err != nil {
		t.Fatal(err)
	}
	return k
}

func (k *keyed) resolve(secret string) signin.Who {
	k.t.Helper()
	who, err := k.SignIns.Resolve(context.Background(), secret)
	if err != nil {
		k.t.Fatal(err)
	}
	return who
}

func (k *keyed) add(device *housetest.Authenticator, name string) error {
	k.t.Helper()
	c, err := k.SignIns.BeginPasskey(context.Background(), k.who)
	if err != nil {
		return err
	}
	return k.SignIns.FinishPasskey(context.Background(), k.who, c.Handle, name, device.Make(k.t, c.Options), "r")
}

func (k *keyed) begin() signin.Ceremony {
	k.t.Helper()
	c, err := k.SignIns.BeginPasskeySignIn(context.Background())
	if err != nil {
		k.t.Fatal(err)
	}
	return c
}

func (k *keyed) signIn(device *housetest.Authenticator, key *housetest.Key) (string, error) {
	k.t.Helper()
	c := k.begin()
	return k.SignIns.SignInWithPasskey(context.Background(), c.Handle, device.Use(k.t, key, c.Options), "r")
}

func (k *keyed) passkeys() []signin.Passkey {
	k.t.Helper()
	all, err := k.SignIns.Passkeys(context.Background(), k.who)
	if err != nil {
		k.t.Fatal(err)
	}
	return all
}

// actions is what the log says was done, in order.
func (k *keyed) actions() (all []string) {
	k.t.Helper()
	err := k.DB.Read(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		entries, err := k.Log.List(ctx, tx, audit.Filter{Subject: k.who.Subject.Person, Limit: 1000})
		for _, e := range entries {
			all = append(all, string(e.Action)+" "+string(e.Outcome))
		}
		return err
	})
	if err != nil {
		k.t.Fatal(err)
	}
	slices.Reverse(all)
	return all
}

// wantsOneAnswer fails the test unless err is the refusal that every passkey gets that does not open.
func wantsOneAnswer(t *testing.T, what string, secret string, err error) {
	t.Helper()
	e := (*errs.Error)(nil)
	if secret != "" || !errors.As(err, &e) || e.Kind != errs.Invalid || e.Key != "passkey.error.sign-in" || len(e.Fields) != 0 {
		t.Errorf("%s: %q, %v", what, secret, err)
	}
}

func TestPasskeySignsIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := withPasskey(t, d)
		for range 3 {
			k.Time.Move(time.Minute)
			secret, err := k.signIn(k.device, k.device.Keys[0])
			if err != nil {
				t.Fatal(err)
			}
			if who := k.resolve(secret); who.Subject != k.who.Subject || who.Session == k.who.Session || !who.Since.Equal(k.Time.Now()) {
				t.Errorf("%+v signed in, want %+v", who, k.who)
			}
		}
		if p := k.passkeys(); len(p) != 1 || p[0].Name != "Jobbdatorn" || !p[0].Used.Equal(k.Time.Now()) || p[0].Blocked {
			t.Errorf("%+v", p)
		}
		want := "signed-in.by-code ok|passkey-added ok" + strings.Repeat("|signed-in.by-passkey ok", 3)
		if got := strings.Join(k.actions(), "|"); got != want {
			t.Errorf("the log says %s, want %s", got, want)
		}
	})
}

// TestPasskeysThatOpenNothing: each lie, and each passkey that is no longer worth anything, gets one and the same answer.
func TestPasskeysThatOpenNothing(t *testing.T) {
	other := func(change func(*housetest.Authenticator)) func(*keyed) (string, error) {
		return func(k *keyed) (string, error) {
			device := *k.device
			change(&device)
			return k.signIn(&device, device.Keys[0])
		}
	}
	for what, try := range map[string]func(*keyed) (string, error){
		"another origin":    other(func(a *housetest.Authenticator) { a.Origin = "https://example.com.elsewhere.example" }),
		"another port":      other(func(a *housetest.Authenticator) { a.Origin = housetest.Origin + ":8443" }),
		"another challenge": other(func(a *housetest.Authenticator) { a.Challenge = base64.RawURLEncoding.EncodeToString(make([]byte, 32)) }),
		"nobody verified":   other(func(a *housetest.Authenticator) { a.Unverified = true }),
		"another house's": func(k *keyed) (string, error) {
			k.device.Keys[0].RPID = "elsewhere.example"
			return k.signIn(k.device, k.device.Keys[0])
		},
		"of somebody else": func(k *keyed) (string, error) {
			k.device.Keys[0].Person = []byte(db.NewID())
			return k.signIn(k.device, k.device.Keys[0])
		},
		"without an owner": func(k *keyed) (string, error) {
			k.device.Keys[0].Person = nil
			return k.signIn(k.device, k.device.Keys[0])
		},
		"unknown": func(k *keyed) (string, error) {
			k.device.Keys[0].ID = make([]byte, 32)
			return k.signIn(k.device, k.device.Keys[0])
		},
		"a flipped signature": func(k *keyed) (string, error) {
			c := k.begin()
			return k.SignIns.SignInWithPasskey(context.Background(), c.Handle, flipped(k.t, k.device.Use(k.t, k.device.Keys[0], c.Options)), "r")
		},
		"no answer at all": func(k *keyed) (string, error) {
			return k.SignIns.SignInWithPasskey(context.Background(), k.begin().Handle, []byte(`{"id":`), "r")
		},
		"another ceremony's": func(k *keyed) (string, error) {
			return k.SignIns.SignInWithPasskey(context.Background(), k.begin().Handle, k.device.Use(k.t, k.device.Keys[0], k.begin().Options), "r")
		},
		"a ceremony to make one": func(k *keyed) (string, error) {
			c, err := k.SignIns.BeginPasskey(context.Background(), k.who)
			if err != nil {
				return "", err
			}
			return k.SignIns.SignInWithPasskey(context.Background(), c.Handle, k.device.Use(k.t, k.device.Keys[0], c.Options), "r")
		},
		"late": func(k *keyed) (string, error) {
			c := k.begin()
			k.Time.Move(signin.CeremonyLimit())
			return k.SignIns.SignInWithPasskey(context.Background(), c.Handle, k.device.Use(k.t, k.device.Keys[0], c.Options), "r")
		},
		"used twice": func(k *keyed) (string, error) {
			c := k.begin()
			answer := k.device.Use(k.t, k.device.Keys[0], c.Options)
			if _, err := k.SignIns.SignInWithPasskey(context.Background(), c.Handle, answer, "r"); err != nil {
				k.t.Fatal(err)
			}
			return k.SignIns.SignInWithPasskey(context.Background(), c.Handle, answer, "r")
		},
		"tried again after it failed": func(k *keyed) (string, error) {
			c := k.begin()
			answer := k.device.Use(k.t, k.device.Keys[0], c.Options)
			if _, err := k.SignIns.SignInWithPasskey(context.Background(), c.Handle, flipped(k.t, answer), "r"); err == nil {
				k.t.Error("a flipped signature opened")
			}
			return k.SignIns.SignInWithPasskey(context.Background(), c.Handle, answer, "r")
		},
		"removed": func(k *keyed) (string, error) {
			if err := k.SignIns.RemovePasskey(context.Background(), k.who, k.passkeys()[0].ID, "r"); err != nil {
				k.t.Fatal(err)
			}
			return k.signIn(k.device, k.device.Keys[0])
		},
		"of an ended role": func(k *keyed) (string, error) {
			for _, r := range k.who.Roles {
				if err := k.Directory.EndRole(context.Background(), r.ID, clock.DateOf(k.Time.Now()).AddDays(-1)); err != nil {
					k.t.Fatal(err)
				}
			}
			return k.signIn(k.device, k.device.Keys[0])
		},
	} {
		t.Run(strings.ReplaceAll(what, " ", "-"), func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				k := withPasskey(t, d)
				secret, err := try(k)
				wantsOneAnswer(t, what, secret, err)
			})
		})
	}
}

// flipped is an answer with one bit of its signature turned.
func flipped(t *testing.T, answer []byte) []byte {
	t.Helper()
	var a map[string]any
	if err := json.Unmarshal(answer, &a); err != nil {
		t.Fatal(err)
	}
	response := a["response"].(map[string]any)
	signature, err := base64.RawURLEncoding.DecodeString(response["signature"].(string))
	if err != nil {
		t.Fatal(err)
	}
	signature[len(signature)-1] ^= 1
	response["signature"] = base64.RawURLEncoding.EncodeToString(signature)
	answer, err = json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestPasskeysThatAreNotMade(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := withPasskey(t, d)
		ctx := context.Background()
		honest := func(c signin.Ceremony) []byte { return housetest.NewAuthenticator().Make(t, c.Options) }
		for what, answer := range map[string]func(signin.Ceremony) []byte{
			"another origin": func(c signin.Ceremony) []byte {
				return (&housetest.Authenticator{Origin: "http://example.com"}).Make(t, c.Options)
			},
			"another challenge": func(c signin.Ceremony) []byte {
				return (&housetest.Authenticator{Origin: housetest.Origin, Challenge: "AAAAAAAAAAAAAAAAAAAAAA"}).Make(t, c.Options)
			},
			"nobody verified": func(c signin.Ceremony) []byte {
				return (&housetest.Authenticator{Origin: housetest.Origin, Unverified: true}).Make(t, c.Options)
			},
			"no answer": func(signin.Ceremony) []byte { return []byte("{}") },
		} {
			c, err := k.SignIns.BeginPasskey(ctx, k.who)
			if err != nil {
				t.Fatal(err)
			}
			if err := k.SignIns.FinishPasskey(ctx, k.who, c.Handle, "Ny", answer(c), "r"); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s: %v", what, err)
			}
			if err := k.SignIns.FinishPasskey(ctx, k.who, c.Handle, "Ny", honest(c), "r"); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s: the ceremony was good for another try: %v", what, err)
			}
		}
		c, err := k.SignIns.BeginPasskey(ctx, k.who)
		if err != nil {
			t.Fatal(err)
		}
		somebody := k.who
		somebody.Subject.Person = k.addPerson("bertil@demo.example")
		if err := k.SignIns.FinishPasskey(ctx, somebody, c.Handle, "Ny", honest(c), "r"); !errs.Is(err, errs.Invalid) {
			t.Errorf("somebody else finished it: %v", err)
		}
		if err := k.SignIns.FinishPasskey(ctx, k.who, k.begin().Handle, "Ny", honest(c), "r"); !errs.Is(err, errs.Invalid) {
			t.Errorf("the ceremony of a sign-in made one: %v", err)
		}
		for _, name := range []string{"", " \n", strings.Repeat("å", 61), "a\x00b", "a\xffb"} {
			if err := k.SignIns.FinishPasskey(ctx, k.who, c.Handle, name, honest(c), "r"); !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), "name:") {
				t.Errorf("the name %q: %v", name, err)
			}
		}
		made := honest(c) // a name that does not do has not used the ceremony up
		if err := k.SignIns.FinishPasskey(ctx, k.who, c.Handle, "  Ny\t nyckel ", made, "r"); err != nil {
			t.Error(err)
		}
		if p := k.passkeys(); len(p) != 2 || p[1].Name != "Ny nyckel" || !p[1].Used.IsZero() {
			t.Errorf("%+v", p)
		}
	})
}

func (k *keyed) addPerson(email string) (id string) {
	k.t.Helper()
	err := k.DB.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		p, err := k.Directory.AddPersonTx(ctx, tx, directory.Person{Name: "Bertil Exempelgren", GivenName: "Bertil", Email: email, Language: "sv"})
		if err != nil {
			return err
		}
		id = p.ID
		_, err = k.Directory.GiveRoleTx(ctx, tx, directory.RoleGiven{PersonID: p.ID, OrganisationID: k.who.Subject.Organisation, Role: access.Coordinator,
			From: clock.DateOf(k.Time.Now())})
		return err
	})
	if err != nil {
		k.t.Fatal(err)
	}
	return id
}

func TestACopiedPasskeyIsBlocked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := withPasskey(t, d)
		copied := *k.device.Keys[0]
		for range 2 {
			if _, err := k.signIn(k.device, k.device.Keys[0]); err != nil {
				t.Fatal(err)
			}
		}
		secret, err := k.signIn(k.device, &copied)
		wantsOneAnswer(t, "the copy", secret, err)
		secret, err = k.signIn(k.device, k.device.Keys[0])
		wantsOneAnswer(t, "the first one, after its copy", secret, err)
		if p := k.passkeys(); len(p) != 1 || !p[0].Blocked {
			t.Errorf("%+v", p)
		}
		if wants, err := k.SignIns.WantsPasskey(context.Background(), k.who); err != nil || !wants {
			t.Errorf("with a blocked one only, another is wanted: %v, %v", wants, err)
		}
		if !slices.Contains(k.actions(), "passkey-blocked denied") {
			t.Errorf("the log says %v", k.actions())
		}
	})
}

// TestAKeyThatDoesNotCount: many passkeys, those that are kept in step between devices among them, always say 0.
func TestAKeyThatDoesNotCount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := withPasskey(t, d)
		k.device.StandStill = true
		for range 3 {
			if _, err := k.signIn(k.device, k.device.Keys[0]); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestConcurrentFinishesOfOneCeremony(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := withPasskey(t, d)
		const devices = 10 // as many tries as one passkey is let at once; the rest of the hundred come with others
		answers := map[int][]byte{}
		c := k.begin()
		for i := range devices {
			if i > 0 {
				if err := k.add(k.device, "En till"); err != nil {
					t.Fatal(err)
				}
			}
			answers[i] = k.device.Use(t, k.device.Keys[i], c.Options)
		}
		var won atomic.Int32
		var all sync.WaitGroup
		for i := range 100 {
			all.Go(func() {
				switch _, err := k.SignIns.SignInWithPasskey(context.Background(), c.Handle, answers[i%devices], "r"); {
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

func TestConcurrentMakingInOneCeremony(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := withPasskey(t, d)
		c, err := k.SignIns.BeginPasskey(context.Background(), k.who)
		if err != nil {
			t.Fatal(err)
		}
		var answers [][]byte
		for range 100 {
			answers = append(answers, housetest.NewAuthenticator().Make(t, c.Options))
		}
		var won atomic.Int32
		var all sync.WaitGroup
		for _, answer := range answers {
			all.Go(func() {
				if err := k.SignIns.FinishPasskey(context.Background(), k.who, c.Handle, "Ny", answer, "r"); err == nil {
					won.Add(1)
				} else if !errs.Is(err, errs.Invalid) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 || len(k.passkeys()) != 2 {
			t.Errorf("%d won, %d passkeys", won.Load(), len(k.passkeys()))
		}
	})
}

func TestOptions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := withPasskey(t, d)
		c, err := k.SignIns.BeginPasskey(context.Background(), k.who)
		if err != nil {
			t.Fatal(err)
		}
		id := base64.RawURLEncoding.EncodeToString(k.device.Keys[0].ID)
		for _, want := range []string{`"residentKey":"required"`, `"userVerification":"required"`, `"rp":{"name":"Hemvist","id":"example.com"}`, id, form.Name} {
			if !bytes.Contains(c.Options, []byte(want)) {
				t.Errorf("the options to make one lack %s: %s", want, c.Options)
			}
		}
		first, second := k.begin(), k.begin()
		if bytes.Contains(first.Options, []byte("allowCredentials")) || !bytes.Contains(first.Options, []byte(`"userVerification":"required"`)) {
			t.Errorf("the options to sign in: %s", first.Options)
		}
		if first.Handle == second.Handle || bytes.Equal(first.Options, second.Options) || bytes.Contains(first.Options, []byte(first.Handle)) {
			t.Error("two ceremonies share a handle or a challenge")
		}
		var rows int
		count := func() {
			if err := d.Read(context.Background(), func(ctx context.Context, tx *db.Tx) error {
				return tx.QueryRow(ctx, `SELECT count(*) FROM passkey_ceremony`).Scan(&rows)
			}); err != nil {
				t.Fatal(err)
			}
		}
		k.Time.Move(2 * signin.CeremonyLimit())
		k.begin()
		if count(); rows != 1 {
			t.Errorf("%d ceremonies are kept when all but one are over", rows)
		}
	})
}
