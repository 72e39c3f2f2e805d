package web_test

import (
	"context"
	"maps"
	"slices"
	"strings"
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
	"hemvist/internal/signin"
	"hemvist/internal/web/webtest"
)

// vouched is a house in which one municipality has a provider, with an administrator who sets it and a leader who has an address.
type vouched struct {
	*webtest.House
	t        *testing.T
	place    webtest.Place
	boss     signin.Who
	leader   webtest.Person
	provider *webtest.Provider
}

// leaders is the rule by which whoever is in a group at the provider is a leader of the board.
func (v *vouched) leaders() signin.Rule {
	return signin.Rule{Claim: "groups", Value: "Gruppledare", Role: access.Leader, Authority: v.place.Authority, Programme: "connect"}
}

func newVouched(t *testing.T, d *db.DB, rules ...signin.Rule) *vouched {
	t.Helper()
	v := &vouched{House: webtest.Open(t, d), t: t}
	v.place = v.NewPlace(t, v.NewHub(t, "Hemvisten"), "Provköpings kommun")
	if err := v.Catalogue.GiveHomes(t.Context()); err != nil {
		t.Fatal(err)
	}
	v.boss = v.administrator(v.place)
	v.leader = v.NewPerson(t, access.Leader, v.place)
	v.provider = v.NewProvider(t)
	v.provider.Person = map[string]any{"sub": "24400320", "email": strings.ToUpper(v.leader.Email), "email_verified": true, "name": "Karin  Provlund"}
	v.set(v.place, v.boss, v.provider.Settings(rules...))
	return v
}

// administrator is somebody who has signed in and sets how a whole organisation's people sign in.
func (v *vouched) administrator(at webtest.Place) signin.Who {
	v.t.Helper()
	at.Authority = ""
	p := v.NewPerson(v.t, access.Administrator, at)
	return v.who(v.SignIn(v.t, p.Email).Cookie("__Host-hemvist").Value)
}

func (v *vouched) who(secret string) signin.Who {
	v.t.Helper()
	who, err := v.SignIns.Resolve(v.t.Context(), secret)
	if err != nil {
		v.t.Fatal(err)
	}
	return who
}

func (v *vouched) set(at webtest.Place, boss signin.Who, p signin.Provider) {
	v.t.Helper()
	if err := v.SignIns.SetIdentity(v.t.Context(), boss, at.Organisation, p, v.provider.Secret, "r"); err != nil {
		v.t.Fatal(err)
	}
}

// begin sends a browser off and returns its handle and what it brings back.
func (v *vouched) begin(at webtest.Place) (string, signin.Return) {
	v.t.Helper()
	d, err := v.SignIns.BeginIdentity(v.t.Context(), at.Organisation, "/rounds")
	if err != nil {
		v.t.Fatal(err)
	}
	return d.Handle, v.provider.Answer(v.t, d.Address)
}

func (v *vouched) signIn(at webtest.Place) (string, error) {
	v.t.Helper()
	handle, back := v.begin(at)
	secret, next, err := v.SignIns.SignInWithIdentity(v.t.Context(), handle, back, "r")
	if next != "/rounds" {
		v.t.Errorf("leads on to %q", next)
	}
	return secret, err
}

// roles is what a person works as now, where, in one line each.
func (v *vouched) roles(person string) []string {
	v.t.Helper()
	var all []string
	err := v.DB.Read(v.t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = db.All(ctx, tx, db.Scalar[string], `SELECT r.role || ' ' || o.name FROM role r JOIN organisation o ON o.id = r.organisation_id
			WHERE r.person_id = $1 AND r.from_on <= $2 AND (r.to_on IS NULL OR r.to_on >= $2) ORDER BY r.role`, person, v.Today())
		return err
	})
	if err != nil {
		v.t.Fatal(err)
	}
	return all
}

func TestSignInThroughAnOrganisation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		v := newVouched(t, d)
		secret, err := v.signIn(v.place)
		if err != nil {
			t.Fatal(err)
		}
		who := v.who(secret)
		if who.Subject.Person != v.leader.ID || who.Via != v.place.Organisation || !v.SignIns.Fresh(who) {
			t.Errorf("signed in %+v", who)
		}
		// From now on the link counts, not the address.
		v.provider.Person["email"], v.provider.Person["email_verified"] = "annan@hemvist.example", false
		if secret, err = v.signIn(v.place); err != nil || v.who(secret).Subject.Person != v.leader.ID {
			t.Errorf("the second time: %v", err)
		}
		var actions []audit.Action
		for _, e := range v.Entries(t, audit.Filter{Subject: v.leader.ID}) {
			actions = append(actions, e.Action)
		}
		if !slices.Equal(actions, []audit.Action{"signed-in.by-oidc", "signed-in.by-oidc", "identity.link"}) {
			t.Errorf("the log says %v", actions)
		}
	})
}

// TestWhoIsVouchedForMakesNoOtherWayIn: a passkey would outlive what the organisation says, and open roles elsewhere.
func TestWhoIsVouchedForMakesNoOtherWayIn(t *testing.T) {
	v := newVouched(t, dbtest.New(t))
	secret, err := v.signIn(v.place)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.SignIns.BeginPasskey(t.Context(), v.who(secret)); !errs.Is(err, errs.Denied) {
		t.Errorf("a passkey is begun: %v", err)
	}
	if wants, err := v.SignIns.WantsPasskey(t.Context(), v.who(secret)); wants || err != nil {
		t.Errorf("a passkey is asked for: %v, %v", wants, err)
	}
	elsewhere := v.NewPlace(t, v.place.Hub, "Övningstads kommun")
	err = v.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		r, err := v.Directory.GiveRoleTx(ctx, tx, directory.RoleGiven{PersonID: v.leader.ID, OrganisationID: elsewhere.Organisation,
			AuthorityID: elsewhere.Authority, Role: access.Contact, From: v.Today().AddYears(-2)})
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE sign_in_session SET role_id = $1 WHERE via_id IS NOT NULL`, r.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.SignIns.Resolve(t.Context(), secret); err == nil {
		t.Errorf("the sign-in works in another organisation's role: %v", err)
	}
	// The older role is elsewhere, and it is still the one here that is signed in to.
	if secret, err = v.signIn(v.place); err != nil || v.who(secret).Subject.Organisation != v.place.Organisation {
		t.Errorf("signed in elsewhere, %v", err)
	}
}

func TestClaimsGiveAndEndRoles(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		v := newVouched(t, d)
		boss := signin.Rule{Claim: "department", Value: "7", Role: access.Contact, Programme: "connect"}
		p := v.provider.Settings(v.leaders(), boss)
		p.Mapping.Create = true
		v.set(v.place, v.boss, p)
		v.provider.Person = map[string]any{"sub": "ny", "email": "ny@provkoping.example", "email_verified": "true", "name": "Samira Övningsson",
			"groups": []string{"Alla", "Gruppledare"}, "department": 7}
		secret, err := v.signIn(v.place)
		if err != nil {
			t.Fatal(err)
		}
		who := v.who(secret)
		if got := v.roles(who.Subject.Person); !slices.Equal(got, []string{"contact Provköpings kommun", "leader Provköpings kommun"}) || who.Name != "Samira Övningsson" {
			t.Fatalf("%s is %v", who.Name, got)
		}
		// Twice is as once.
		if _, err := v.signIn(v.place); err != nil || len(v.roles(who.Subject.Person)) != 2 {
			t.Errorf("the second time: %v, %v", v.roles(who.Subject.Person), err)
		}
		// A claim that is gone ends the role, also for a sign-in that is under way in it; what somebody gave by hand stays.
		v.give(who.Subject.Person, access.Technician)
		delete(v.provider.Person, "department")
		v.provider.Person["groups"] = "Gruppledare"
		if _, err := v.signIn(v.place); err != nil {
			t.Fatal(err)
		}
		if got := v.roles(who.Subject.Person); !slices.Equal(got, []string{"leader Provköpings kommun", "technician Provköpings kommun"}) {
			t.Errorf("left are %v", got)
		}
		delete(v.provider.Person, "groups")
		if _, err := v.signIn(v.place); err != nil {
			t.Fatal(err)
		}
		if got := v.roles(who.Subject.Person); !slices.Equal(got, []string{"technician Provköpings kommun"}) {
			t.Errorf("left are %v", got)
		}
		if _, err := v.SignIns.Resolve(t.Context(), secret); !errs.Is(err, errs.SignedOut) {
			t.Errorf("a sign-in in a role that has ended goes on: %v", err)
		}
		var given, ended int
		for _, e := range v.Entries(t, audit.Filter{Subject: who.Subject.Person}) {
			switch e.Action {
			case "role.give":
				given++
			case "role.end":
				ended++
			}
		}
		if given != 2 || ended != 2 {
			t.Errorf("the log has %d roles given and %d ended", given, ended)
		}
	})
}

func (v *vouched) give(person string, role access.Role) {
	v.t.Helper()
	err := v.DB.Write(v.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := v.Directory.GiveRoleTx(ctx, tx, directory.RoleGiven{PersonID: person, OrganisationID: v.place.Organisation, Role: role, From: v.Today()})
		return err
	})
	if err != nil {
		v.t.Fatal(err)
	}
}

// TestAClaimThatIsGoneEndsTheLastRole: the roles end also when the person is then not let in.
func TestAClaimThatIsGoneEndsTheLastRole(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		v := newVouched(t, d)
		p := v.provider.Settings(v.leaders())
		p.Mapping.Create = true
		v.set(v.place, v.boss, p)
		v.provider.Person = map[string]any{"sub": "ny", "email": "ny@provkoping.example", "email_verified": true, "name": "Samira Övningsson", "groups": "Gruppledare"}
		secret, err := v.signIn(v.place)
		if err != nil {
			t.Fatal(err)
		}
		person := v.who(secret).Subject.Person
		v.provider.Person["groups"] = "Ekonomi"
		if _, err := v.signIn(v.place); !errs.Is(err, errs.Invalid) {
			t.Errorf("let in without a role: %v", err)
		}
		if got := v.roles(person); len(got) != 0 {
			t.Errorf("left are %v", got)
		}
		if _, err := v.SignIns.Resolve(t.Context(), secret); !errs.Is(err, errs.SignedOut) {
			t.Errorf("the first sign-in goes on: %v", err)
		}
	})
}

// TestSaidInTheOtherPlace: what the signed token lacks is asked for where providers keep the rest.
func TestSaidInTheOtherPlace(t *testing.T) {
	v := newVouched(t, dbtest.New(t))
	v.provider.Unnamed = true
	if _, err := v.signIn(v.place); err != nil {
		t.Error(err)
	}
}

// TestEveryRefusal: each lie is refused in the same words, leaves no sign-in and says in the log that somebody was refused.
func TestEveryRefusal(t *testing.T) {
	late := func(c map[string]any) { c["exp"] = webtest.Now.Add(-time.Minute).Unix() }
	cases := map[string]struct {
		lie  func(p *webtest.Provider, back *signin.Return)
		down bool
	}{
		"wrong nonce": {lie: func(p *webtest.Provider, _ *signin.Return) {
			p.Forge = func(c map[string]any) { c["nonce"] = "another" }
		}},
		"no nonce":       {lie: func(p *webtest.Provider, _ *signin.Return) { p.Forge = func(c map[string]any) { delete(c, "nonce") } }},
		"wrong audience": {lie: func(p *webtest.Provider, _ *signin.Return) { p.Forge = func(c map[string]any) { c["aud"] = "another" } }},
		"for another program": {lie: func(p *webtest.Provider, _ *signin.Return) {
			p.Forge = func(c map[string]any) { c["aud"], c["azp"] = []string{p.Client, "another"}, "another" }
		}},
		"wrong issuer": {lie: func(p *webtest.Provider, _ *signin.Return) {
			p.Forge = func(c map[string]any) { c["iss"] = "https://annan.example" }
		}},
		"expired": {lie: func(p *webtest.Provider, _ *signin.Return) { p.Forge = late }},
		"not yet": {lie: func(p *webtest.Provider, _ *signin.Return) {
			p.Forge = func(c map[string]any) { c["nbf"] = webtest.Now.Add(time.Hour).Unix() }
		}},
		"unsigned":             {lie: func(p *webtest.Provider, _ *signin.Return) { p.Alg = "none" }},
		"says another alg":     {lie: func(p *webtest.Provider, _ *signin.Return) { p.Alg = "HS256" }},
		"unverified address":   {lie: func(p *webtest.Provider, _ *signin.Return) { p.Person["email_verified"] = false }},
		"silent on the check":  {lie: func(p *webtest.Provider, _ *signin.Return) { delete(p.Person, "email_verified") }},
		"no address":           {lie: func(p *webtest.Provider, _ *signin.Return) { delete(p.Person, "email") }},
		"no subject":           {lie: func(p *webtest.Provider, _ *signin.Return) { p.Person["sub"] = "" }},
		"nobody here":          {lie: func(p *webtest.Provider, _ *signin.Return) { p.Person["email"] = "okand@provkoping.example" }},
		"wrong state":          {lie: func(_ *webtest.Provider, back *signin.Return) { back.State = "another" }},
		"no state":             {lie: func(_ *webtest.Provider, back *signin.Return) { back.State = "" }},
		"another's answer":     {lie: func(_ *webtest.Provider, back *signin.Return) { back.Issuer = "https://annan.example" }},
		"the person said no":   {lie: func(_ *webtest.Provider, back *signin.Return) { back.Code, back.Error = "", "access_denied" }},
		"no code":              {lie: func(_ *webtest.Provider, back *signin.Return) { back.Code = "" }},
		"a code of its own":    {lie: func(_ *webtest.Provider, back *signin.Return) { back.Code = "code-0" }},
		"the secret is wrong":  {lie: func(p *webtest.Provider, _ *signin.Return) { p.Secret = "another" }},
		"the provider is down": {lie: func(p *webtest.Provider, _ *signin.Return) { p.Broken = true }, down: true},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		v := newVouched(t, d)
		alg, secret, person := v.provider.Alg, v.provider.Secret, v.provider.Person
		for name, c := range cases {
			v.provider.Forge, v.provider.Alg, v.provider.Broken, v.provider.Secret = nil, alg, false, secret
			v.provider.Person = maps.Clone(person)
			before := len(v.Entries(t, audit.Filter{Organisation: v.place.Organisation, Action: "sign-in-refused"}))
			handle, back := v.begin(v.place)
			c.lie(v.provider, &back)
			got, _, err := v.SignIns.SignInWithIdentity(t.Context(), handle, back, "r")
			want, key := errs.Invalid, "oidc.error.sign-in"
			if c.down {
				want, key = errs.Unavailable, "oidc.error.down"
			}
			if !errs.Is(err, want) || !strings.Contains(err.Error(), key) || got != "" {
				t.Errorf("%s: %v", name, err)
			}
			if n := len(v.Entries(t, audit.Filter{Organisation: v.place.Organisation, Action: "sign-in-refused"})) - before; n != 1 && !c.down {
				t.Errorf("%s: %d entries in the log", name, n)
			}
			v.provider.Secret = secret
			if _, _, err := v.SignIns.SignInWithIdentity(t.Context(), handle, back, "r"); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s: the same handle was taken again: %v", name, err)
			}
		}
	})
}

func TestATryIsUsedOnceAndInItsOwnBrowser(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		v := newVouched(t, d)
		handle, back := v.begin(v.place)
		other, _ := v.begin(v.place)
		for _, h := range []string{"", "wrong", other} { // other is a browser that began for itself
			if _, _, err := v.SignIns.SignInWithIdentity(t.Context(), h, back, "r"); !errs.Is(err, errs.Invalid) {
				t.Errorf("a callback in another browser: %v", err)
			}
		}
		var won atomic.Int32
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if _, _, err := v.SignIns.SignInWithIdentity(context.WithoutCancel(t.Context()), handle, back, "r"); err == nil {
					won.Add(1)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("%d of 20 got in by one answer", won.Load())
		}
		handle, back = v.begin(v.place)
		v.Time.Move(signin.IdentityLimit() + time.Second)
		if _, _, err := v.SignIns.SignInWithIdentity(t.Context(), handle, back, "r"); !errs.Is(err, errs.Invalid) {
			t.Errorf("too late: %v", err)
		}
	})
}

// TestNobodyIsLinkedAcrossOrganisations: a provider says what it likes, and reaches nobody who does not work where it is set.
func TestNobodyIsLinkedAcrossOrganisations(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		v := newVouched(t, d)
		elsewhere := v.NewPlace(t, v.place.Hub, "Övningstads kommun")
		boss := v.administrator(elsewhere)
		p := v.provider.Settings(signin.Rule{Claim: "sub", Value: "24400320", Role: access.Leader, Authority: elsewhere.Authority, Programme: "connect"})
		p.Mapping.Create, p.Mapping.Trusted = true, true
		v.set(elsewhere, boss, p)
		if _, err := v.signIn(elsewhere); !errs.Is(err, errs.Invalid) {
			t.Errorf("another organisation's leader was let in: %v", err)
		}
		if _, err := v.signIn(v.place); err != nil { // which links them here
			t.Fatal(err)
		}
		if _, err := v.signIn(elsewhere); !errs.Is(err, errs.Invalid) {
			t.Errorf("the link of one organisation opens another: %v", err)
		}
		if got := v.roles(v.leader.ID); !slices.Equal(got, []string{"leader Provköpings kommun"}) {
			t.Errorf("the leader is %v", got)
		}
		// Whoever has been linked is not somebody else at the same provider.
		v.provider.Person["sub"] = "en annan"
		if _, err := v.signIn(v.place); !errs.Is(err, errs.Invalid) {
			t.Errorf("two at the provider are one here: %v", err)
		}
	})
}

func TestAProviderThatDoesNotAnswer(t *testing.T) {
	v := newVouched(t, dbtest.New(t))
	v.provider.Stalls = true
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond) // so that the limit need not be waited for
	defer cancel()
	if _, err := v.SignIns.BeginIdentity(ctx, v.place.Organisation, "/"); !errs.Is(err, errs.Unavailable) || !strings.Contains(err.Error(), "oidc.error.down") {
		t.Errorf("a provider that stalls: %v", err)
	}
	if key, cause := v.SignIns.TryProvider(ctx, v.provider.URL); key != "identity.try.slow" || cause == nil {
		t.Errorf("to try it says %s, %v", key, cause)
	}
}

func TestAProviderThatIsSwitchedOff(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		v := newVouched(t, d)
		secret, err := v.signIn(v.place)
		if err != nil {
			t.Fatal(err)
		}
		handle, back := v.begin(v.place)
		off := v.provider.Settings()
		off.Active = false
		v.set(v.place, v.boss, off)
		if _, _, err := v.SignIns.SignInWithIdentity(t.Context(), handle, back, "r"); !errs.Is(err, errs.Invalid) {
			t.Errorf("let in by a provider that is off: %v", err)
		}
		if _, err := v.SignIns.BeginIdentity(t.Context(), v.place.Organisation, "/"); !errs.Is(err, errs.NotFound) {
			t.Errorf("begun at a provider that is off: %v", err)
		}
		if doors, err := v.SignIns.Doors(t.Context()); len(doors) != 0 || err != nil {
			t.Errorf("the doors are %v, %v", doors, err)
		}
		v.who(secret) // whoever is in is in until the role ends, or the sign-in
	})
}
