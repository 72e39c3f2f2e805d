package web_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/vault"
	"hemvist/internal/web"
	"hemvist/internal/web/webtest"
)

// The canaries: a parent whom nobody but the group's leaders may know of. No word of them stands anywhere else.
const (
	canaryName    = "Kvirrelina Zebrafinkström-Ölpåse"
	canaryContact = "kvirr.zebra@finkpost.example"
	canaryTyped   = "Tjattrelund Gulsparvsson" // typed into forms that were refused or came too late, and searched for
)

// Her relatives, whose names are made of her words, so that what finds her finds them: read in from a list, moved, withdrawn; kept under what
// their leaders call them; and one who asked for a place by the public form.
const (
	canaryListed    = "Zebrafinkström Kvirrelina"
	canaryPseudonym = "Ölpåse Zebrafinkström"
	canaryAsked     = "Kvirrelina Ölpåse"
)

// needles is every form in which a text could lie somewhere: as it is, folded, decomposed, escaped, encoded, and its words.
func needles(texts ...string) map[string][]byte {
	found := map[string][]byte{}
	add := func(how, s string) {
		for _, form := range []struct {
			how   string
			bytes []byte
		}{
			{"", []byte(s)}, {", UTF-16LE", utf16Of(s, false)}, {", UTF-16BE", utf16Of(s, true)}, {", Latin-1", latin1(s)},
			{", hex", []byte(hex.EncodeToString([]byte(s)))}, {", HEX", []byte(strings.ToUpper(hex.EncodeToString([]byte(s))))},
			{", in an address", []byte(url.QueryEscape(s))}, {", in a path", []byte(url.PathEscape(s))}, {", quoted", []byte(fmt.Sprintf("%+q", s))},
		} {
			found[how+form.how] = form.bytes
		}
		for shift := range 3 { // base64 of it in the middle of something else, whose first and last characters say other things too
			for _, coding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
				coded := coding.EncodeToString(append(make([]byte, shift), s...))
				from, to := (shift*8+5)/6, len(coded)
				if (shift+len(s))%3 != 0 {
					to--
				}
				found[fmt.Sprintf("%s, base64 %d %p", how, shift, coding)] = []byte(coded[from:to])
			}
		}
	}
	for _, text := range texts {
		for _, s := range append([]string{text, strings.Join(strings.Fields(text), "")}, words(text)...) {
			add("“"+s+"”", s)
			add("“"+s+"”, folded", db.Fold(s))
			add("“"+s+"”, capitals", strings.ToUpper(s))
			add("“"+s+"”, decomposed", norm.NFD.String(s))
		}
	}
	return found
}

// words is the words of a text that are long enough to be no other word.
func words(text string) []string {
	var long []string
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" .-@", r) }) {
		if w != "example" && len(w) >= 5 {
			long = append(long, w)
		}
	}
	return long
}

func utf16Of(s string, big bool) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return b
}

func latin1(s string) []byte {
	var b []byte
	for _, r := range s {
		b = append(b, byte(r))
	}
	return b
}

// silent fails the test when a needle lies in the haystack.
func silent(t *testing.T, where string, haystack []byte, all map[string][]byte) {
	t.Helper()
	for how, needle := range all {
		if bytes.Contains(haystack, needle) {
			t.Errorf("%s: holds %s", where, how)
		}
	}
}

// TestTheNeedlesFind: a haystack with the canary in any form is not silent, so that silence means something.
func TestTheNeedlesFind(t *testing.T) {
	all := needles(canaryName)
	for _, hay := range []string{canaryName, "x" + canaryName + "y", db.Fold(canaryName), strings.ToUpper(canaryName), norm.NFD.String(canaryName), "Zebrafinkström",
		string(utf16Of(canaryName, false)), string(utf16Of(canaryName, true)), hex.EncodeToString([]byte("a" + canaryName)), string(latin1(canaryName)),
		base64.StdEncoding.EncodeToString([]byte(canaryName)), base64.StdEncoding.EncodeToString([]byte("a" + canaryName + "b")),
		base64.URLEncoding.EncodeToString([]byte("ab" + canaryName)), url.QueryEscape(canaryName), fmt.Sprintf("%+q", canaryName)} {
		found := false
		for _, needle := range all {
			found = found || strings.Contains(hay, string(needle))
		}
		if !found {
			t.Errorf("nothing is found in %q", hay)
		}
	}
}

// canaryHouse is a house in which leaders have worked with the canaries.
type canaryHouse struct {
	*webtest.House
	place  webtest.Place
	leader webtest.Person
	round  webtest.Round
	inside *webtest.Client
	// The relatives' rounds, and what of theirs has an address: outsiders ask for it all.
	others   []webtest.Round
	paths    []string
	interest string // the path of the one who asked, whom every leader of the board may see
}

// TestCanaries does what people do, with a parent whose name is known, and looks for it everywhere it must not be.
func TestCanaries(t *testing.T) {
	for _, dialect := range dbtest.Engines() {
		t.Run(dialect.String(), func(t *testing.T) {
			dataURL, options := dbtest.Fresh(t, dialect)
			keysURL, keyOptions := dbtest.Fresh(t, dialect, dbtest.Migrations(vault.Migrations()))
			data, keys := reopen(t, dataURL, options), reopen(t, keysURL, keyOptions)
			h := &canaryHouse{House: webtest.OpenOn(t, data, keys, func(_ *webtest.House, c *web.Config) {
				c.Demo = []web.DemoRole{{Role: access.Leader, Email: "provlund1@hemvist.example"}}
			})}
			h.work(t)
			h.insidersSee(t)
			h.outsidersDoNot(t)
			all := needles(canaryName, canaryContact, canaryTyped)
			silent(t, "the log", []byte(h.LogText.String()), all)
			request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil)
			request.RemoteAddr = "127.0.0.1:1"
			silent(t, "the metrics", []byte(h.Nobody().Do(t, request).Wants(200).Body), all)

			// What lies outside the databases: checkpoints, and what has been erased.
			wantFiles(t, h.Checkpoints, all, "")
			for name, d := range map[string]*db.DB{"the database": data, "the key store": keys} {
				text := stored(t, d)
				silent(t, name, []byte(text), all)
				if !strings.Contains(text, h.place.Authority) {
					t.Errorf("%s: was not looked through", name)
				}
			}
			if dialect == db.SQLite {
				// The files as they lie, first with their logs beside them, then closed.
				for _, open := range []bool{true, false} {
					if !open {
						for _, d := range []*db.DB{data, keys} {
							if err := d.Close(); err != nil {
								t.Fatal(err)
							}
						}
					}
					wantFiles(t, filepath.Dir(strings.TrimPrefix(dataURL, "sqlite:")), all, "Kontrollhuset")
					wantFiles(t, filepath.Dir(strings.TrimPrefix(keysURL, "sqlite:")), all, h.place.Authority)
				}
			}
		})
	}
}

func reopen(t *testing.T, address string, o db.Options) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), address, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// wantFiles looks through every file of a folder. witness is what one of them must hold, so that silence means something.
func wantFiles(t *testing.T, dir string, all map[string][]byte, witness string) {
	t.Helper()
	seen := witness == ""
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		seen = seen || bytes.Contains(content, []byte(witness))
		silent(t, filepath.Base(path), content, all)
		return err
	})
	if err != nil || !seen {
		t.Errorf("the files in %s were not looked through: %v", dir, err)
	}
}

// work is a leader's day: adds a parent, mistypes, comes too late, searches, is refused.
func (h *canaryHouse) work(t *testing.T) {
	t.Helper()
	h.place = h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")
	if err := h.Catalogue.GiveHomes(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.leader = h.NewPerson(t, access.Leader, h.place)
	h.round = h.NewRounds(t, webtest.NewRound{Place: h.place, Name: "Onsdagsgruppen", Location: "Kontrollhuset", Staff: []webtest.Person{h.leader}})[0]
	c := h.SignIn(t, h.leader.Email)
	add := h.round.Path("/participants")
	c.Post(t, add, url.Values{"name": {canaryName}, "email": {canaryContact}, "language": {"sv"}}).Wants(303)
	for _, wrong := range []url.Values{{"name": {canaryTyped}}, {"name": {canaryTyped}, "phone": {"19700101-1234"}, "language": {"sv"}},
		{"name": {canaryTyped + "\x00"}, "language": {"sv"}}, {"name": {strings.Repeat(canaryTyped, 20)}, "language": {"sv"}}} {
		c.Post(t, add, wrong).Wants(422)
	}
	c.PostRaw(t, add, "name="+url.QueryEscape(canaryTyped)+"%").Wants(422)
	c.PostRaw(t, add, "name="+strings.Repeat(url.QueryEscape(canaryTyped), 1<<17)).Wants(413)
	c.With("Sec-Fetch-Site", "cross-site").Do(t, crossSite(t, add)).Wants(403)
	h.Nobody().Post(t, add, url.Values{"name": {canaryTyped}}).Wants(401)
	c.Post(t, "/rounds/none/participants", url.Values{"name": {canaryTyped}, "language": {"sv"}}).Wants(404)
	c.Post(t, "/nothing", url.Values{"name": {canaryTyped}}).Wants(404)
	for _, path := range []string{"/rounds", "/rounds.csv", "/rounds.xlsx", "/nothing", "/", "/sign-in", "/programmes", h.round.Path("")} {
		for _, text := range []string{canaryName, canaryTyped} {
			c.Get(t, path+"?"+url.Values{"q": {text}, "next": {"/rounds?q=" + text}, "name": {text}}.Encode())
			h.Nobody().Get(t, path+"?"+url.Values{"q": {text}}.Encode())
		}
	}
	c.Get(t, "/rounds/"+url.PathEscape(canaryTyped)).Wants(404)
	c.Get(t, "/"+url.PathEscape(canaryTyped)).Wants(404)
	c.Post(t, "/language", url.Values{"lang": {"sv"}, "back": {"/rounds?q=" + canaryTyped}}).Wants(303)
	c.Post(t, "/sign-in", url.Values{"code": {canaryTyped}, "next": {"/rounds?q=" + canaryTyped}}).Wants(422)
	h.others = h.NewRounds(t, webtest.NewRound{Place: h.place, Name: "Torsdagsgruppen", Staff: []webtest.Person{h.leader}},
		webtest.NewRound{Place: h.place, Name: "Fredagsgruppen", Staff: []webtest.Person{h.leader}},
		webtest.NewRound{Place: h.place, Name: "Lördagsgruppen", Staff: []webtest.Person{h.leader}},
		webtest.NewRound{Place: h.place, Name: "Söndagsgruppen", First: h.Today().AddDays(14), Staff: []webtest.Person{h.leader}})
	h.listed(t, c)
	h.ticked(t, c)
	h.asked(t, c)
	h.Time.Move(2 * time.Hour)
	c.Post(t, add, url.Values{"name": {canaryTyped}}).Wants(401)
	h.inside = h.SignIn(t, h.leader.Email)
}

// listed takes in somebody from a list beside a line that is refused, moves them to another round, and says that they leave.
func (h *canaryHouse) listed(t *testing.T, c *webtest.Client) {
	t.Helper()
	from, to := h.others[0], h.others[1]
	file := "Namn;E-post\n" + canaryListed + ";" + canaryContact + "\n" + canaryTyped + " 19700101-1234;\n"
	list := c.Post(t, from.Path("/participants/import"), url.Values{"file": {file}}).Wants(303).Header.Get("Location")
	if page := c.Get(t, list).Wants(200); !strings.Contains(page.Body, canaryListed) || strings.Contains(page.Body, canaryTyped) {
		t.Error("what becomes of the list does not show who is taken in alone")
	}
	c.Post(t, list, nil).Wants(303)
	c.Post(t, from.Path("/participants/import"), url.Values{"file": {canaryTyped + "\x00\n"}}) // which is refused or not: it is stored open nowhere
	member := func(r webtest.Round) string {
		href := c.Get(t, r.Path("/participants")).Wants(200).All("#participants tbody th a").First().AttrOr("href", "")
		if href == "" {
			t.Fatalf("%s has nobody", r.ID)
		}
		h.paths = append(h.paths, href)
		return href
	}
	c.Post(t, member(from)+"/move", url.Values{"to": {to.ID}}).Wants(303)
	c.Post(t, member(to)+"/leave", url.Values{"reason": {"no-time"}, "on": {h.Today().String()}}).Wants(303)
	if page := c.Get(t, to.Path("/participants")).Wants(200); !strings.Contains(page.One("#left").Text(), canaryListed) {
		t.Error("the leader does not see who has left")
	}
	h.paths = append(h.paths, list)
}

// ticked adds somebody under a pseudonym and ticks them.
func (h *canaryHouse) ticked(t *testing.T, c *webtest.Client) {
	t.Helper()
	r := h.others[2]
	(&matrix{House: h.House}).exec(t, `UPDATE round SET attendance = 'pseudonymous' WHERE id = $1`, r.ID)
	c.Post(t, r.Path("/participants"), url.Values{"name": {canaryPseudonym}, "language": {"sv"}}).Wants(303)
	c.Post(t, r.Path("/participants"), url.Values{"name": {canaryTyped}, "email": {canaryContact}, "language": {"sv"}}).Wants(422)
	(&matrix{House: h.House}).exec(t, `UPDATE participant SET joined_on = $1 WHERE round_id = $2`, r.Sessions[0].On, r.ID)
	action, form := c.Get(t, attendancePath(r, 0)).Wants(200).Form("form.hv-stack", "all=present")
	c.Post(t, action, form).Leads(attendancePath(r, 0))
	page := c.Get(t, attendancePath(r, 0)).Wants(200)
	if !strings.Contains(page.Body, canaryPseudonym) || page.All(`input[value="present"][checked]`).Length() != 1 {
		t.Error("nobody was ticked")
	}
	action, form = c.Get(t, r.Path("/consent")).Wants(200).Form("#consents", "all=given")
	c.Post(t, action, form).Leads(r.Path("/consent"))
	if page := c.Get(t, r.Path("/consent")).Wants(200); !strings.Contains(page.One("#asked").Text(), canaryPseudonym) || page.All(`#asked input[value="given"][checked]`).Length() != 1 {
		t.Error("nobody has consented")
	}
	session := r.Path("/sessions/" + r.Sessions[0].ID)
	h.paths = append(h.paths, r.Path("/consent"), session, session+"/attendance", session+"/tell", session+"/record")
}

// asked takes somebody from the public form, with a mistake first, into a round.
func (h *canaryHouse) asked(t *testing.T, c *webtest.Client) {
	t.Helper()
	form := "/interest/" + slugAt(t, h.House, h.place.Organisation)
	h.Nobody().Post(t, form, url.Values{"source": {"self"}, "name": {canaryTyped}, "language": {"sv"}}).Wants(422)
	h.Nobody().Post(t, form, url.Values{"source": {"self"}, "name": {canaryAsked}, "email": {canaryContact}, "language": {"sv"}, "child": {"12"}}).Leads(form + "/thanks")
	one := c.Get(t, "/recruitment").Wants(200).All("tbody th a").First().AttrOr("href", "")
	c.Post(t, one+"/offer", url.Values{"round": {h.others[3].ID}, "how": {"phone"}, "answer-by": {h.Today().AddDays(3).String()}, "seen": {"1"}}).Leads(one)
	c.Post(t, one+"/accepted", url.Values{"seen": {"2"}}).Leads(one)
	if got := c.Get(t, h.others[3].Path("/participants")).Wants(200).Text("#participants tbody th a"); len(got) != 1 || got[0] != canaryAsked {
		t.Errorf("who asked is not in the round: %q", got)
	}
	h.interest = one
}

func crossSite(t *testing.T, path string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(url.Values{"name": {canaryTyped}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

// insidersSee: those who may see do see, or all the silence would be that of an empty house.
func (h *canaryHouse) insidersSee(t *testing.T) {
	t.Helper()
	page := h.inside.Get(t, h.round.Path("/participants")).Wants(200)
	if got := page.Text("#participants tbody th a"); len(got) != 1 || got[0] != canaryName {
		t.Errorf("the leader sees %q", got)
	}
	if got := page.Text("#participants tbody td"); len(got) != 3 || got[0] != canaryContact {
		t.Errorf("the leader sees %q", got)
	}
	for _, q := range append(words(canaryName), canaryName, canaryContact) {
		if got := names(h.inside.Get(t, "/rounds?"+url.Values{"q": {q}}.Encode())); !slices.Contains(got, "Onsdagsgruppen") {
			t.Errorf("the leader, searching for %q, finds %q", q, got)
		}
	}
	found := false
	for _, needle := range needles(canaryName) {
		found = found || strings.Contains(page.Body, string(needle))
	}
	if !found {
		t.Error("the needles do not find the name in the page that shows it")
	}
}

// outsidersDoNot: everybody else asks for every page, those of the round too, and searches; no answer holds a word of the canary
// that they did not type themselves.
func (h *canaryHouse) outsidersDoNot(t *testing.T) {
	t.Helper()
	elsewhere := h.NewPlace(t, h.place.Hub, "Annorlunda kommun")
	clients := map[string]*webtest.Client{"nobody": h.Nobody(), "a leader of another board": h.SignIn(t, h.NewPerson(t, access.Leader, h.NewBoard(t, h.place)).Email)}
	var staff []webtest.Person
	for _, role := range access.Roles {
		near := h.NewPerson(t, role, h.place)
		clients[string(role)+" of the board"] = h.SignIn(t, near.Email)
		clients[string(role)+" of elsewhere"] = h.SignIn(t, h.NewPerson(t, role, elsewhere).Email)
		if role != access.Leader {
			staff = append(staff, near)
		}
	}
	// Whoever works in the round in another role sees the round and nobody in it.
	h.assign(t, staff)
	samples := strings.NewReplacer(append([]string{"{$}", "", "{id}", h.round.ID, "{session}", h.round.Sessions[0].ID, "{role}", "leader"}, ofProgramme...)...)
	secret := needles(canaryName, canaryContact, canaryTyped)
	unasked := needles(words(canaryName)[0], canaryContact)
	for who, c := range clients {
		read := false
		for _, route := range h.Web.Routes() {
			method, path, _ := strings.Cut(route.Pattern, " ")
			if method != http.MethodGet {
				continue
			}
			a := c.Get(t, samples.Replace(path))
			read = read || a.Status == http.StatusOK
			silent(t, who+": "+a.Asked, []byte(a.Body+fmt.Sprint(a.Header)), secret)
		}
		if !read {
			t.Errorf("%s reads nothing at all", who)
		}
		for _, path := range h.relatives(who != string(access.Leader)+" of the board") {
			a := c.Get(t, path)
			silent(t, who+": "+a.Asked, []byte(a.Body+fmt.Sprint(a.Header)), secret)
		}
		for _, path := range []string{"/rounds", "/rounds.csv", "/rounds.xlsx"} {
			a := c.Get(t, path+"?q="+url.QueryEscape("Zebrafinkström"))
			silent(t, who+": "+a.Asked, []byte(a.Body+fmt.Sprint(a.Header)), unasked)
			if a.Status == http.StatusOK && path == "/rounds" && len(names(a)) != 0 {
				t.Errorf("%s finds the group by the parent's name", who)
			}
		}
	}
}

// relatives is what of the relatives has an address, with or without the one who asked.
func (h *canaryHouse) relatives(asked bool) []string {
	paths := slices.Clone(h.paths)
	if asked {
		paths = append(paths, h.interest)
	}
	for _, r := range h.others {
		for _, more := range []string{"", "/participants", "/plan", "/recruitment", "/outlook"} {
			paths = append(paths, r.Path(more))
		}
	}
	return paths
}

// assign lets people work in the round, each in their role.
func (h *canaryHouse) assign(t *testing.T, staff []webtest.Person) {
	t.Helper()
	err := h.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for _, p := range staff {
			if _, err := tx.Exec(ctx, `INSERT INTO round_staff (round_id, person_id, role, from_on) VALUES ($1, $2, $3, $4)`,
				h.round.ID, p.ID, string(p.Role), h.Today()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
