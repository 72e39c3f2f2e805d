package web_test

import (
	"context"
	"net/http"
	"net/url"
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
	"hemvist/internal/house/housetest"
	"hemvist/internal/signin"
	"hemvist/internal/web/webtest"
)

// inviting is a house with a hub, two municipalities, and an administrator of all of the first.
type inviting struct {
	*webtest.House
	t            *testing.T
	place, other webtest.Place
	coordinator  *webtest.Client
	boss         *webtest.Client
	bossPerson   webtest.Person
}

func newInviting(t *testing.T, d *db.DB) *inviting {
	t.Helper()
	h := &inviting{House: webtest.Open(t, d), t: t}
	hub := h.NewHub(t, "Hemvisten")
	if err := h.Catalogue.GiveHomes(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.place, h.other = h.NewPlace(t, hub, "Provköpings kommun"), h.NewPlace(t, hub, "Övningstads kommun")
	whole := h.place
	whole.Authority = ""
	h.bossPerson = h.NewPerson(t, access.Administrator, whole)
	h.boss, h.coordinator = h.SignIn(t, h.bossPerson.Email), h.SignIn(t, h.NewPerson(t, access.Coordinator, h.place).Email)
	return h
}

// form is what is sent to invite a leader to a place.
func (h *inviting) form(email string, at webtest.Place) url.Values {
	place := at.Organisation
	if at.Authority != "" {
		place += "/" + at.Authority
	}
	return url.Values{"name": {"Samira Övningsson"}, "email": {email}, "language": {"sv"}, "place": {place}, "role": {"leader"}, "programme": {"connect"},
		"from": {h.Today().String()}}
}

// letter is one that has been written: to whom, by which words, and its link's secret's id.
type letter struct{ to, template, link, name string }

// letters is those that have been written, in order.
func (h *inviting) letters() []letter {
	h.t.Helper()
	var all []letter
	err := h.DB.Read(h.t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = db.All(ctx, tx, func(row db.Scanner) (l letter, err error) {
			err = row.Scan(&l.to, &l.template, &l.link, &l.name)
			return l, err
		}, `SELECT address, template, link_id, name FROM letter ORDER BY id`)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

// last is the latest letter, and the code in its link.
func (h *inviting) last() (letter, string) {
	h.t.Helper()
	all := h.letters()
	if len(all) == 0 {
		h.t.Fatal("nobody was written to")
	}
	l := all[len(all)-1]
	return l, h.Vault.Secret("invitation", l.link)
}

// invite invites a leader to the first municipality's board, and returns the letter and its code.
func (h *inviting) invite(email string) (letter, string) {
	h.t.Helper()
	h.boss.Post(h.t, "/people/invite", h.form(email, h.place)).Leads("/people/invitations")
	return h.last()
}

// invitationSample is the id of an invitation that an administrator has sent to somebody who is not in anything else.
func invitationSample(t *testing.T, h *webtest.House, administrator *webtest.Client, at webtest.Place) string {
	t.Helper()
	i := &inviting{House: h, t: t}
	administrator.Post(t, "/people/invite", i.form("prov@provkoping.example", at)).Leads("/people/invitations")
	l, _ := i.last()
	return l.link
}

func offer(code string) string { return "/invitation?" + url.Values{"code": {code}}.Encode() }

// opens tells whether a code's link opens.
func (h *inviting) opens(code string) bool {
	h.t.Helper()
	a := h.Nobody().Get(h.t, offer(code))
	if a.Status == http.StatusNotFound {
		if got := a.One("h1").Text(); got != h.Texts.For("sv").T("invitation.none") {
			h.t.Errorf("a link that does not open says %q", got)
		}
		h.Nobody().Post(h.t, "/invitation", url.Values{"code": {code}}).Wants(http.StatusNotFound)
		return false
	}
	a.Wants(200)
	return true
}

func TestFromInvitationToPasskey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newInviting(t, d)
		l, code := h.invite("Samira@Provkoping.example")
		if l.to != "samira@provkoping.example" || l.template != "invitation" || l.name != "Samira" {
			t.Fatalf("the letter is %+v", l)
		}
		if got := h.boss.Get(t, "/people/invitations").Wants(200).Text("tbody th a"); len(got) != 1 || got[0] != "Samira Övningsson" {
			t.Errorf("the list is %v", got)
		}
		c := h.Nobody()
		a := c.Get(t, offer(code)).Wants(200)
		if got := a.One(".hv-head p").Text(); !strings.Contains(got, "gruppledare hos Provköpings kommun") || !strings.HasPrefix(got, h.bossPerson.Name) {
			t.Errorf("the link says %q", got)
		}
		for _, told := range []string{"Samira", "samira", "Övningsson"} {
			if strings.Contains(a.Body, told) {
				t.Errorf("the link tells %q to whoever holds it", told)
			}
		}
		if got := a.Header.Get("Referrer-Policy"); got != "no-referrer" {
			t.Errorf("the address is handed on: %q", got)
		}
		c.Get(t, offer(code)).Wants(200) // to look uses nothing up
		action, values := a.Form(`main form[action="/invitation"]`, "")
		c.Post(t, action, values).Leads("/welcome")
		if h.opens(code) {
			t.Error("the link opens twice")
		}
		w := c.Get(t, "/welcome").Wants(200)
		w.One(passkeyScript)
		device := housetest.NewAuthenticator()
		options := c.Post(t, mySignIn+"/passkeys/begin", nil).Wants(200)
		_, values = w.Form(`main form[data-hv-passkey]`, "")
		values.Set("name", "Jobbdatorn")
		values.Set("answer", string(device.Make(t, []byte(options.Body))))
		c.Post(t, mySignIn+"/passkeys", values).Leads("/")
		c.Get(t, "/welcome").Leads("/")
		if got := c.Get(t, mySignIn).Wants(200).Text("section:has(#sign-ins) h3"); len(got) != 1 || got[0] != "Med en inbjudan" {
			t.Errorf("signed in %v", got)
		}
		useKey(t, h.Nobody(), device, device.Keys[0], "/").Leads("/")
		if got := h.boss.Get(t, "/people/invitations?state=accepted").Wants(200).Text("tbody th a"); len(got) != 1 {
			t.Errorf("accepted are %v", got)
		}

		// The role ends while the person works: the next page is not theirs.
		who, err := h.SignIns.Resolve(t.Context(), c.Cookie(sessionCookie).Value)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Directory.EndRole(t.Context(), who.RoleID, h.Today().AddDays(-1)); err != nil {
			t.Fatal(err)
		}
		c.Get(t, "/rounds").Leads("/sign-in?next=%2Frounds")

		var actions []string
		for _, e := range h.Entries(t, audit.Filter{Subject: who.Subject.Person}) {
			actions = append(actions, string(e.Action))
		}
		for _, want := range []string{"invitation.send", "invitation.accept", "signed-in.by-invitation", "passkey-added"} {
			if !strings.Contains(strings.Join(actions, " "), want) {
				t.Errorf("the log lacks %s: %v", want, actions)
			}
		}
	})
}

// TestAHundredAtOnce: of a hundred who open one link at the same moment, one gets in.
func TestAHundredAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newInviting(t, d)
		_, code := h.invite("samira@provkoping.example")
		var won, refused atomic.Int32
		var wg sync.WaitGroup
		for range 100 {
			c := h.Nobody()
			wg.Go(func() {
				switch a := c.Post(t, "/invitation", url.Values{"code": {code}}); a.Status {
				case http.StatusSeeOther:
					won.Add(1)
				case http.StatusNotFound:
					refused.Add(1)
				default:
					t.Errorf("status %d", a.Status)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 || refused.Load() != 99 {
			t.Errorf("%d got in, %d did not", won.Load(), refused.Load())
		}
	})
}

func TestLinksThatDoNotOpen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newInviting(t, d)
		for _, code := range []string{"", "x", "åäö", strings.Repeat("a", 32)} {
			if h.opens(code) {
				t.Errorf("%q opens", code)
			}
		}
		_, late := h.invite("sen@provkoping.example")
		l, withdrawn := h.invite("ngn@provkoping.example")
		page := "/invitations/" + l.link
		h.boss.Post(t, page+"/withdraw", nil).Leads(page)
		if h.opens(withdrawn) {
			t.Error("a withdrawn one opens")
		}
		if got := h.boss.Get(t, page).Wants(200).One(".ds-tag").Text(); got != "Återtagen" {
			t.Errorf("a withdrawn one is called %q", got)
		}
		h.boss.Post(t, page+"/withdraw", nil).Wants(http.StatusConflict)
		h.boss.Post(t, page+"/again", url.Values{"email": {"ngn@provkoping.example"}}).Wants(http.StatusConflict)
		if !h.opens(late) {
			t.Error("one that waits does not open")
		}
		h.Time.Move(signin.InvitationLimit)
		if h.opens(late) {
			t.Error("one that has run out opens")
		}
	})
}

func TestARoleThatEndedOrHasNotBegun(t *testing.T) {
	h := newInviting(t, dbtest.New(t))
	form := h.form("samira@provkoping.example", h.place)
	form.Set("from", h.Today().AddDays(20).String())
	h.boss.Post(t, "/people/invite", form).Leads("/people/invitations")
	_, code := h.last()
	a := h.Nobody().Get(t, offer(code)).Wants(200)
	if a.All("main form").Length() != 0 || !strings.Contains(a.Body, "31 mars") {
		t.Error("a role that has not begun is to be had, or does not say when it begins")
	}
	h.Nobody().Post(t, "/invitation", url.Values{"code": {code}}).Wants(http.StatusNotFound)
	h.Time.Move(20 * 24 * time.Hour) // the fourteen days are counted from the role's first
	h.Nobody().Post(t, "/invitation", url.Values{"code": {code}}).Leads("/welcome")
}

// TestSomebodyKnown: by the address of somebody who is here the role is given, not a second person made; and whoever invites learns no more
// than that.
func TestSomebodyKnown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newInviting(t, d)
		known := h.NewPerson(t, access.Contact, h.other)
		h.SignIn(t, known.Email)
		h.boss.Post(t, "/people/invite", h.form(strings.ToUpper(known.Email), h.place)).Leads("/people/invitations")
		a := h.boss.Get(t, "/people/invitations").Wants(200)
		if got := a.Text(".ds-alert"); len(got) != 1 || got[0] != h.Texts.For("sv").T("flash.invite.known") {
			t.Errorf("it says %v", got)
		}
		if strings.Contains(a.Body, known.Name) || strings.Contains(a.Body, "Övningstad") || len(a.Text("tbody tr")) != 0 {
			t.Error("it tells who it is, or where they work")
		}
		if l, _ := h.last(); l.template != "role-given" || l.to != known.Email || l.link != "" {
			t.Errorf("the letter is %+v", l)
		}
		// The same role twice is refused at its field.
		h.boss.Post(t, "/people/invite", h.form(known.Email, h.place)).Wants(422).One("#role-error")

		// Somebody who was added and has never been in gets an invitation.
		never := h.NewPerson(t, access.Contact, h.other)
		h.boss.Post(t, "/people/invite", h.form(never.Email, h.place)).Leads("/people/invitations")
		if l, code := h.last(); l.template != "invitation" || !h.opens(code) {
			t.Errorf("the letter is %+v", l)
		}
	})
}

func TestACorrectedAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newInviting(t, d)
		l, wrong := h.invite("samria@provkoping.example")
		page := "/invitations/" + l.link
		h.boss.Post(t, page+"/again", url.Values{"email": {"ingen adress"}}).Wants(422).One("#email-error")
		h.boss.Post(t, page+"/again", url.Values{"email": {"samira@provkoping.example"}}).Wants(http.StatusSeeOther)
		sent, right := h.last()
		if sent.to != "samira@provkoping.example" || h.opens(wrong) || !h.opens(right) {
			t.Errorf("the letter is %+v; the wrong one opens %v", sent, h.opens(wrong))
		}
		if got := h.boss.Get(t, "/people/invitations?state=open").Wants(200).Text("tbody .hv-sub"); len(got) == 0 || got[0] != "samira@provkoping.example" {
			t.Errorf("open are %v", got)
		}
		// The same address again: the old link is void, the new one opens.
		h.boss.Post(t, "/invitations/"+sent.link+"/again", url.Values{"email": {sent.to}}).Wants(http.StatusSeeOther)
		if _, third := h.last(); h.opens(right) || !h.opens(third) {
			t.Error("two links open, or none")
		}

		// An address of somebody who is here: they get the role, and the first one nothing.
		l, wrong = h.invite("kari@provkoping.example")
		known := h.NewPerson(t, access.Contact, h.place)
		h.SignIn(t, known.Email)
		h.boss.Post(t, "/invitations/"+l.link+"/again", url.Values{"email": {known.Email}}).Leads("/people/invitations")
		if sent, _ := h.last(); sent.template != "role-given" || h.opens(wrong) {
			t.Errorf("the letter is %+v", sent)
		}

		// Whoever has been in elsewhere keeps their address, whatever an administrator here writes.
		elsewhere := h.NewPerson(t, access.Contact, h.other)
		h.boss.Post(t, "/people/invite", h.form(elsewhere.Email, h.place)).Leads("/people/invitations")
		l, wrong = h.last()
		h.boss.Post(t, "/invitations/"+l.link+"/again", url.Values{"email": {"ny@provkoping.example"}}).Wants(http.StatusSeeOther)
		if h.opens(wrong) {
			t.Error("the first link opens still")
		}
		if sent, code := h.last(); sent.to != "ny@provkoping.example" || !h.opens(code) {
			t.Errorf("the letter is %+v", sent)
		}
		if _, err := h.SignIns.NewCode(t.Context(), elsewhere.Email); err != nil {
			t.Errorf("another organisation's person has lost their address: %v", err)
		}
	})
}

func TestWhoMayInviteWhomToWhat(t *testing.T) {
	h := newInviting(t, dbtest.New(t))
	stored := len(h.letters())
	for name, c := range map[string]struct {
		who    *webtest.Client
		change map[string]string
		field  string
	}{
		"another municipality":         {h.boss, map[string]string{"place": h.other.Organisation}, "place"},
		"another's board":              {h.boss, map[string]string{"place": h.place.Organisation + "/" + h.other.Authority}, "place"},
		"no place":                     {h.boss, map[string]string{"place": ""}, "place"},
		"a role of the hub":            {h.boss, map[string]string{"role": "coordinator"}, "role"},
		"no role":                      {h.boss, map[string]string{"role": "king"}, "role"},
		"no name":                      {h.boss, map[string]string{"name": " "}, "name"},
		"a personal number":            {h.boss, map[string]string{"name": "Samira 850101-1234"}, "name"},
		"no address":                   {h.boss, map[string]string{"email": "samira"}, "email"},
		"no language":                  {h.boss, map[string]string{"language": "tlh"}, "language"},
		"no day":                       {h.boss, map[string]string{"from": "i morgon"}, "from"},
		"oneself":                      {h.boss, map[string]string{"email": h.bossPerson.Email}, "role"},
		"a second administrator":       {h.coordinator, map[string]string{"role": "administrator", "programme": "", "place": h.place.Organisation}, "role"},
		"a role without its programme": {h.coordinator, map[string]string{"programme": ""}, "programme"},
	} {
		form := h.form("samira@provkoping.example", h.place)
		for field, value := range c.change {
			form.Set(field, value)
		}
		a := c.who.Post(t, "/people/invite", form).Wants(422)
		if a.All(`.ds-error-summary a[href="#`+c.field+`"]`).Length() == 0 {
			t.Errorf("%s: the summary says %v", name, a.Text(".ds-error-summary li"))
		}
		if got := a.One("#name").AttrOr("value", ""); got != form.Get("name") {
			t.Errorf("%s: what was typed is gone: %q", name, got)
		}
	}
	if n := len(h.letters()); n != stored {
		t.Errorf("%d letters were written for nothing", n-stored)
	}
	// A hub's coordinator gives an organisation its first administrator.
	first := h.form("forsta@ovning.example", webtest.Place{Organisation: h.other.Organisation})
	first.Set("role", "administrator")
	first.Set("programme", "")
	h.coordinator.Post(t, "/people/invite", first).Leads("/people/invitations")
	l, _ := h.last()
	h.boss.Get(t, "/invitations/"+l.link).Wants(404) // which is nothing for another municipality
	if got := h.boss.Get(t, "/people/invitations").Wants(200).Text("tbody tr"); len(got) != 0 {
		t.Errorf("another municipality's are listed: %v", got)
	}
	if got := h.coordinator.Get(t, "/people/invitations?q=samir").Wants(200).Text("tbody tr"); len(got) != 1 {
		t.Errorf("the hub's own are listed as %v", got)
	}
	// To let others in wants a fresh sign-in, and what was typed is kept.
	h.Time.Move(signin.FreshLimit)
	h.boss.Get(t, "/people/invite").Wants(403)
	a := h.boss.Post(t, "/people/invite", h.form("samira@provkoping.example", h.place)).Wants(403)
	if a.All(`input[name="email"][value="samira@provkoping.example"]`).Length() != 1 {
		t.Error("what was typed is gone")
	}
}

func TestInvitationsThatRunOutAreANeed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newInviting(t, d)
		h.invite("samira@provkoping.example")
		h.invite("petra@provkoping.example")
		needs := func() []string {
			return h.SignIn(t, h.bossPerson.Email).Get(t, "/").Wants(200).Text(`.hv-needs li:has(a[href="/people/invitations"]) h3`)
		}
		if got := needs(); len(got) != 0 {
			t.Errorf("on the first day %v", got)
		}
		h.Time.Move(signin.InvitationLimit - signin.InvitationSoon)
		if got := needs(); len(got) != 1 || got[0] != "2 inbjudningar har inte tagits emot" {
			t.Errorf("two days before %v", got)
		}
		h.Time.Move(signin.InvitationSoon)
		boss := h.SignIn(t, h.bossPerson.Email)
		if got := boss.Get(t, "/people/invitations?state=run-out").Wants(200).Text("tbody th a"); len(got) != 2 {
			t.Errorf("run out are %v", got)
		}
		for _, l := range h.letters() {
			boss.Post(t, "/invitations/"+l.link+"/withdraw", nil).Wants(http.StatusSeeOther)
		}
		if got := needs(); len(got) != 0 {
			t.Errorf("when dealt with %v", got)
		}
	})
}

// TestWhoComesByInvitationHasAnHour: who has no other way to show who they are gets longer to make one.
func TestWhoComesByInvitationHasAnHour(t *testing.T) {
	h := newInviting(t, dbtest.New(t))
	_, code := h.invite("samira@provkoping.example")
	c := h.Nobody()
	c.Post(t, "/invitation", url.Values{"code": {code}}).Leads("/welcome")
	h.Time.Move(40 * time.Minute)
	c.Get(t, "/welcome").Wants(200).One("main form[data-hv-passkey]")
	c.Post(t, mySignIn+"/passkeys/begin", nil).Wants(200)
	h.Time.Move(20 * time.Minute)
	if a := c.Get(t, "/welcome").Wants(200); a.All("main form[data-hv-passkey]").Length() != 0 {
		t.Error("a passkey can be made an hour later")
	}
	c.Post(t, mySignIn+"/passkeys/begin", nil).Wants(403)
}

// TestWhoLeavesOrIsADouble: an invitation is void with what it was for.
func TestWhoLeavesIsNotLetIn(t *testing.T) {
	h := newInviting(t, dbtest.New(t))
	l, code := h.invite("samira@provkoping.example")
	who, err := h.SignIns.Resolve(t.Context(), h.boss.Cookie(sessionCookie).Value)
	if err != nil {
		t.Fatal(err)
	}
	ctx := audit.WithTrail(t.Context(), &audit.Trail{})
	i, err := h.SignIns.Invitation(ctx, who, l.link)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Directory.Leave(ctx, who.Subject, i.PersonID, directory.Ending{AtOnce: true, Last: clock.Date{}}, "r"); err != nil {
		t.Fatal(err)
	}
	if h.opens(code) {
		t.Error("who has left is let in")
	}
	h.boss.Post(t, "/people/invite", h.form("samira@provkoping.example", h.place)).Wants(422).One("#email-error")
}
