package recruitment_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/errs"
	"hemvist/internal/round/group"
	"hemvist/internal/round/recruitment"
)

func looking(t *testing.T) context.Context {
	t.Helper()
	return audit.WithTrail(t.Context(), &audit.Trail{})
}

func parent() recruitment.NewInterest {
	return recruitment.NewInterest{Source: recruitment.Self, Name: "Amina Påhittsson", Phone: "070-174 06 05", Language: "ar", Interpreter: true, Child: "12", When: "Kvällar"}
}

// send is somebody who has asked by the public form, by the id of their interest.
func (s *scene) send(t *testing.T, n recruitment.NewInterest) string {
	t.Helper()
	before := s.ids(t)
	if err := s.Recruitment.Send(t.Context(), s.slug, n, ""); err != nil {
		t.Fatal(err)
	}
	for _, id := range s.ids(t) {
		if !slices.Contains(before, id) {
			return id
		}
	}
	t.Fatal("nothing was stored")
	return ""
}

func (s *scene) ids(t *testing.T) []string {
	t.Helper()
	list, err := s.Recruitment.List(looking(t), s.karin, recruitment.Query{})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, r := range list.Rows {
		ids = append(ids, r.ID)
	}
	return ids
}

func (s *scene) get(t *testing.T, id string) recruitment.Interest {
	t.Helper()
	x, err := s.Recruitment.Get(looking(t), s.karin, id)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// wrongAt is the field at which an error says that something is wrong.
func wrongAt(err error) string {
	e, ok := errorOf(err)
	if !ok || len(e.Fields) == 0 {
		return ""
	}
	return e.Fields[0].Name
}

func errorOf(err error) (*errs.Error, bool) {
	var e *errs.Error
	return e, errors.As(err, &e)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestFromFormToParticipant is the whole way: what was told once is never typed again, and it happens once.
func TestFromFormToParticipant(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		ctx := looking(t)
		id := s.send(t, parent())
		if x := s.get(t, id); x.State != recruitment.Fresh || x.Name != "Amina Påhittsson" || x.Child != 12 || x.When != "Kvällar" || !x.Interpreter || x.Facts != 1 {
			t.Errorf("as it was told: %+v", x.Row)
		}
		must(t, s.Recruitment.Book(ctx, s.karin, id, recruitment.Talk{On: s.Rounds.Today().AddDays(1).String(), At: "16:30", Place: "Familjecentralen", Seen: 1}, ""))
		if err := s.Recruitment.NoteTalk(ctx, s.karin, id, recruitment.Outcome{Seen: 2}, ""); wrongAt(err) != "outcome" {
			t.Errorf("nobody came to a talk of tomorrow: %v", err)
		}
		s.Time.Move(24 * time.Hour)
		must(t, s.Recruitment.NoteTalk(ctx, s.karin, id, recruitment.Outcome{Held: true, Outcome: recruitment.WantsPlace, Note: "Kommer gärna", Seen: 2}, ""))
		must(t, s.Recruitment.Offer(ctx, s.karin, id, recruitment.NewOffer{Round: s.ahead, How: recruitment.ByPhone, AnswerBy: s.Rounds.Today().AddDays(3).String(), Seen: 3}, ""))
		// Two who take the yes at once: one wins, and the other is told.
		var wait sync.WaitGroup
		answers := make([]error, 2)
		for i := range answers {
			wait.Go(func() { answers[i] = s.Recruitment.Accept(looking(t), s.karin, id, "", 4, "") })
		}
		wait.Wait()
		if (answers[0] == nil) == (answers[1] == nil) {
			t.Errorf("two at once: %v", answers)
		}
		if err := s.Recruitment.Accept(ctx, s.karin, id, "", 4, ""); err == nil {
			t.Error("accepted once more")
		}
		_, members, err := s.Groups.Members(ctx, s.karin, s.ahead)
		must(t, err)
		if len(members) != 1 || members[0].Name != "Amina Påhittsson" || members[0].Phone != "070-174 06 05" || members[0].Language != "ar" || !members[0].Interpreter ||
			len(members[0].Children) != 1 || members[0].Children[0].Age != 12 {
			t.Errorf("the participants: %+v", members)
		}
		x := s.get(t, id)
		if x.State != recruitment.Joined || x.RoundID != s.ahead || len(x.Steps) != 5 || x.Steps[1].Place != "Familjecentralen" || x.Steps[2].Note != "Kommer gärna" {
			t.Errorf("afterwards: %+v, %+v", x.Row, x.Steps)
		}
		must(t, s.DB.Read(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			entries, err := s.Log.List(ctx, tx, audit.Filter{Organisation: s.at.organisation, Actor: s.karin.Person, Action: recruitment.ActionStep, Limit: 10})
			if len(entries) != 4 {
				t.Errorf("%d steps stand in the log, want 4", len(entries))
			}
			return err
		}))
	})
}

// TestWhatTheFormRefuses: each with the field that is wrong, and nothing is stored.
func TestWhatTheFormRefuses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		change := func(f func(*recruitment.NewInterest)) recruitment.NewInterest { n := parent(); f(&n); return n }
		for name, c := range map[string]struct {
			typed recruitment.NewInterest
			wrong string
		}{
			"no name":                      {change(func(n *recruitment.NewInterest) { n.Name = " " }), "name"},
			"no way to reach":              {change(func(n *recruitment.NewInterest) { n.Phone = "" }), "phone"},
			"only to be written to":        {change(func(n *recruitment.NewInterest) { n.Phone, n.Email, n.Protected = "", "amina@demo.example", true }), "phone"},
			"a word for a number":          {change(func(n *recruitment.NewInterest) { n.Phone = "ring inte" }), "phone"},
			"half an address":              {change(func(n *recruitment.NewInterest) { n.Email = "amina@" }), "email"},
			"a personal number as a phone": {change(func(n *recruitment.NewInterest) { n.Phone = "800101-1234" }), "phone"},
			"a personal number in words":   {change(func(n *recruitment.NewInterest) { n.When = "Jag är 19800101-1234" }), "when"},
			"a personal number as an age":  {change(func(n *recruitment.NewInterest) { n.Child = "20120101-1234" }), "child"},
			"an age in letters":            {change(func(n *recruitment.NewInterest) { n.Child = "tolv" }), "child"},
			"no age":                       {change(func(n *recruitment.NewInterest) { n.Child = "" }), "child"},
			"a language nobody has":        {change(func(n *recruitment.NewInterest) { n.Language = "xx" }), "language"},
			"nobody's word":                {change(func(n *recruitment.NewInterest) { n.Source = "leader" }), "source"},
			"a leader's source":            {change(func(n *recruitment.NewInterest) { n.Source = recruitment.TakenDown }), "source"},
			"too much":                     {change(func(n *recruitment.NewInterest) { n.When = strings.Repeat("x", recruitment.MaxText+1) }), "when"},
			"a referral by nobody": {change(func(n *recruitment.NewInterest) {
				n.Source, n.Workplace, n.Consent = recruitment.Referral, "Skolan", true
			}), "referrer"},
			"a referral without consent": {change(func(n *recruitment.NewInterest) {
				n.Source, n.Referrer, n.Workplace = recruitment.Referral, "Elin", "Skolan"
			}), "consent"},
		} {
			if err := s.Recruitment.Send(t.Context(), s.slug, c.typed, ""); wrongAt(err) != c.wrong {
				t.Errorf("%s: wrong at %q, want %q (%v)", name, wrongAt(err), c.wrong, err)
			}
		}
		if ids := s.ids(t); len(ids) != 0 {
			t.Errorf("%d were stored", len(ids))
		}
		if err := s.Recruitment.Send(t.Context(), "9999-ingenstans", parent(), ""); !errs.Is(err, errs.NotFound) {
			t.Errorf("a place that there is not: %v", err)
		}
	})
}

// TestWhichBoard: a board without groups takes nothing, of two that have some one is chosen, and each sees its own alone.
func TestWhichBoard(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		second := s.newBoard(t, s.at)
		there := s.newLeader(t, second)
		if p, err := s.Recruitment.PlaceAt(t.Context(), s.slug); err != nil || len(p.Services) != 1 {
			t.Fatalf("a board without groups: %d services, %v", len(p.Services), err)
		}
		s.newRound(t, second, "Fredagsgruppen", there)
		if err := s.Recruitment.Send(t.Context(), s.slug, parent(), ""); wrongAt(err) != "service" {
			t.Errorf("two boards and none chosen: %v", err)
		}
		n := parent()
		n.Service = second.authority + "." + s.connect.ID
		must(t, s.Recruitment.Send(t.Context(), s.slug, n, ""))
		if ids := s.ids(t); len(ids) != 0 {
			t.Errorf("another board's is listed: %v", ids)
		}
		list, err := s.Recruitment.List(looking(t), there, recruitment.Query{})
		if err != nil || len(list.Rows) != 1 {
			t.Fatalf("%d in its own board, %v", len(list.Rows), err)
		}
		id := list.Rows[0].ID
		trail := &audit.Trail{}
		ctx := audit.WithTrail(t.Context(), trail)
		if _, err := s.Recruitment.Get(ctx, s.karin, id); !errs.Is(err, errs.NotFound) {
			t.Errorf("another board's is opened: %v", err)
		}
		if err := s.Recruitment.Reopen(ctx, s.karin, id, 1, ""); !errs.Is(err, errs.NotFound) {
			t.Errorf("another board's is changed: %v", err)
		}
		for _, note := range trail.Notes() {
			if note.Outcome != audit.Denied || note.Subject != id {
				t.Errorf("the log says %+v", note)
			}
		}
		if len(trail.Notes()) != 2 {
			t.Errorf("%d refusals are noted, want 2", len(trail.Notes()))
		}
		for _, role := range []access.Role{access.Coordinator, access.Contact, access.Supervisor, access.Administrator} {
			who := s.karin
			who.Role = role
			if _, err := s.Recruitment.List(ctx, who, recruitment.Query{}); !errs.Is(err, errs.Denied) {
				t.Errorf("a list for the %s: %v", role, err)
			}
		}
	})
}

// TestFullAndFreed: a group that is full takes nobody more; who waits stands in order, and a place that is free is told of.
func TestFullAndFreed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		ctx := looking(t)
		var people []group.NewMember
		for i := range 15 {
			people = append(people, group.NewMember{Name: fmt.Sprint("Sara Provlund ", i), Language: "sv"})
		}
		for _, p := range people {
			if _, err := s.Groups.Add(ctx, s.karin, s.ahead, p, ""); err != nil {
				t.Fatal(err)
			}
		}
		offer := recruitment.NewOffer{Round: s.ahead, How: recruitment.ByPhone, AnswerBy: s.Rounds.Today().String(), Seen: 1}
		last, first, second := s.send(t, parent()), s.send(t, parent()), s.send(t, parent())
		theirs := offer
		theirs.Round = s.theirs
		if err := s.Recruitment.Offer(ctx, s.karin, last, theirs, ""); wrongAt(err) != "round" {
			t.Errorf("a place in a colleague's group: %v", err)
		}
		must(t, s.Recruitment.Offer(ctx, s.karin, last, offer, ""))
		if err := s.Recruitment.Offer(ctx, s.karin, first, offer, ""); wrongAt(err) != "round" {
			t.Errorf("the seventeenth of sixteen places: %v", err)
		}
		for _, id := range []string{first, second} {
			must(t, s.Recruitment.Waits(ctx, s.karin, id, s.ahead, 1, ""))
			s.Time.Move(time.Minute)
		}
		if err := s.Recruitment.Waits(ctx, s.karin, first, s.ahead, 2, ""); wrongAt(err) != "wait-round" {
			t.Errorf("who waits is put last: %v", err)
		}
		freed := func() int {
			t.Helper()
			n, err := s.Recruitment.CountFreed(ctx, s.karin)
			must(t, err)
			return n
		}
		if n := freed(); n != 0 {
			t.Errorf("%d places are free before anybody has left", n)
		}
		must(t, s.Recruitment.End(ctx, s.karin, last, recruitment.Ending{Reason: "time", Seen: 2}, ""))
		if n := freed(); n != 1 {
			t.Errorf("%d places are free, want 1", n)
		}
		if n, err := s.Recruitment.CountFreed(ctx, s.other); err != nil || n != 0 {
			t.Errorf("who cannot offer it is told of %d, %v", n, err)
		}
		b, err := s.Recruitment.RoundBoard(ctx, s.karin, s.ahead)
		must(t, err)
		if len(b.Queue) != 2 || b.Queue[0].ID != first || b.Queue[1].ID != second || b.Waiting != 2 {
			t.Errorf("the waiting list: %+v", b.Queue)
		}
		if _, err := s.Recruitment.RoundBoard(ctx, s.other, s.ahead); !errs.Is(err, errs.NotFound) {
			t.Errorf("a colleague's group: %v", err)
		}
		if x := s.get(t, last); x.State != recruitment.NotNow || x.Steps[2].Event != recruitment.Decline {
			t.Errorf("the one who declined: %+v", x.Row)
		}
	})
}

// TestHeldBeforeItsTime: who calls back before the talk that is booked, or before any is, has had it today, and it is no talk of the week any more.
func TestHeldBeforeItsTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		ctx := looking(t)
		booked, fresh := s.send(t, parent()), s.send(t, parent())
		must(t, s.Recruitment.Book(ctx, s.karin, booked, recruitment.Talk{On: s.Rounds.Today().AddDays(3).String(), At: "16", Place: "Telefon", Seen: 1}, ""))
		must(t, s.Recruitment.NoteTalk(ctx, s.karin, booked, recruitment.Outcome{Held: true, Outcome: recruitment.WantsPlace, Seen: 2}, ""))
		must(t, s.Recruitment.NoteTalk(ctx, s.karin, fresh, recruitment.Outcome{Held: true, Outcome: recruitment.NoWish, Seen: 1}, ""))
		if x := s.get(t, booked); x.State != recruitment.Talked || !x.TalkOn.IsZero() || x.Steps[2].Event != recruitment.Hold {
			t.Errorf("held before its day: %+v", x.Row)
		}
		if x := s.get(t, fresh); x.State != recruitment.NotNow {
			t.Errorf("held without being booked: %+v", x.Row)
		}
		if n, err := s.Recruitment.CountTalks(ctx, s.karin); err != nil || n != 0 {
			t.Errorf("%d talks are ahead, %v", n, err)
		}
		if wrong, err := s.Recruitment.CheckProjections(t.Context()); err != nil || len(wrong.Wrong) != 0 {
			t.Errorf("the rows differ from their facts: %+v, %v", wrong, err)
		}
		again := s.send(t, parent())
		if err := s.Recruitment.NoteTalk(ctx, s.karin, again, recruitment.Outcome{Seen: 1}, ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("nobody came to a talk that was never booked: %v", err)
		}
	})
}

// TestTwoLeaders: who saw an older page is told, and nothing is overwritten.
func TestTwoLeaders(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		ctx := looking(t)
		id := s.send(t, parent())
		must(t, s.Recruitment.Book(ctx, s.other, id, recruitment.Talk{On: s.Rounds.Today().String(), At: "9", Place: "Telefon", Seen: 1}, ""))
		err := s.Recruitment.End(ctx, s.karin, id, recruitment.Ending{Reason: "time", Seen: 1}, "")
		if e, ok := errorOf(err); !ok || e.Kind != errs.Invalid || e.Key != "recruitment.error.meanwhile" {
			t.Errorf("the second is told %v", err)
		}
		if x := s.get(t, id); x.State != recruitment.Booked || x.Facts != 2 {
			t.Errorf("what the first did: %+v", x.Row)
		}
	})
}

// TestForgotten: what nobody touches goes by its age, what a parent asks for at once, and neither can be read again.
func TestForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		ctx := looking(t)
		asked, old := s.send(t, parent()), s.send(t, parent())
		must(t, s.Recruitment.Erase(ctx, s.karin, asked, 1, ""))
		if ids := s.ids(t); len(ids) != 1 || ids[0] != old {
			t.Errorf("listed after erasing one: %v", ids)
		}
		if x := s.get(t, asked); !x.Erased || x.Name != "" || x.Phone != "" || x.State != recruitment.NotNow {
			t.Errorf("erased: %+v", x.Row)
		}
		if err := s.Recruitment.Reopen(ctx, s.karin, asked, 2, ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("an erased one is taken up: %v", err)
		}
		s.Time.Move(170 * 24 * time.Hour)
		if n, err := s.Recruitment.Forget(t.Context()); err != nil || n != 0 {
			t.Errorf("after 170 days %d are forgotten, %v", n, err)
		}
		s.Time.Move(16 * 24 * time.Hour)
		if n, err := s.Recruitment.Forget(t.Context()); err != nil || n != 1 {
			t.Errorf("after 186 days %d are forgotten, %v", n, err)
		}
		if n, err := s.Recruitment.Forget(t.Context()); err != nil || n != 0 {
			t.Errorf("once more: %d, %v", n, err)
		}
		if x := s.get(t, old); !x.Erased || x.Name != "" {
			t.Errorf("forgotten: %+v", x.Row)
		}
	})
}

// TestTheProjection: a row says what its facts say, after all that is done elsewhere in this file to one.
func TestTheProjection(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		ctx := looking(t)
		id := s.send(t, parent())
		must(t, s.Recruitment.Book(ctx, s.karin, id, recruitment.Talk{On: s.Rounds.Today().String(), At: "9.15", Place: "Telefon", Seen: 1}, ""))
		if x := s.get(t, id); x.TalkOn != s.Rounds.Today() || x.TalkStarts != 9*60+15 {
			t.Errorf("booked: %+v", x.Row)
		}
		if n, err := s.Recruitment.CountTalks(ctx, s.karin); err != nil || n != 1 {
			t.Errorf("%d talks this week, %v", n, err)
		}
		if talks, err := s.Recruitment.Talks(ctx, s.karin); err != nil || len(talks) != 1 || talks[0].ID != id || talks[0].Starts != 9*60+15 || !talks[0].Interpreter || !talks[0].Mine {
			t.Errorf("the talks of the week: %+v, %v", talks, err)
		}
		if talks, err := s.Recruitment.Talks(ctx, access.Subject{Person: s.karin.Person, Role: access.Contact, Organisation: s.at.organisation}); err != nil || len(talks) != 0 {
			t.Errorf("a contact's: %+v, %v", talks, err)
		}
		s.Time.Move(24 * time.Hour)
		if n, err := s.Recruitment.CountUnnoted(ctx, s.karin); err != nil || n != 1 {
			t.Errorf("%d talks to note, %v", n, err)
		}
		must(t, s.Recruitment.NoteTalk(ctx, s.karin, id, recruitment.Outcome{Seen: 2}, "")) // nobody came
		if x := s.get(t, id); x.State != recruitment.Fresh || !x.TalkOn.IsZero() {
			t.Errorf("missed: %+v", x.Row)
		}
		must(t, s.Recruitment.Offer(ctx, s.karin, id, recruitment.NewOffer{Round: s.ahead, How: recruitment.ByPhone, AnswerBy: s.Rounds.Today().String(), Seen: 3}, ""))
		s.Time.Move(24 * time.Hour)
		if n, err := s.Recruitment.CountUnanswered(ctx, s.karin); err != nil || n != 1 {
			t.Errorf("%d offers to be answered, %v", n, err)
		}
		must(t, s.Recruitment.Waits(ctx, s.karin, id, "", 4, ""))
		if x := s.get(t, id); x.RoundID != "" || !x.AnswerBy.IsZero() || x.WaitsSince.IsZero() {
			t.Errorf("waits: %+v", x.Row)
		}
		if wrong, err := s.Recruitment.CheckProjections(t.Context()); err != nil || wrong.Looked != 1 || len(wrong.Wrong) != 0 {
			t.Errorf("the rows differ from their facts: %+v, %v", wrong, err)
		}
		must(t, s.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE interest SET state = 'joined' WHERE id = $1`, id)
			return err
		}))
		if wrong, err := s.Recruitment.CheckProjections(t.Context()); err != nil || len(wrong.Wrong) != 1 || wrong.Wrong[0] != id {
			t.Errorf("a row that says something else: %+v, %v", wrong, err)
		}
	})
}

// TestWhatAnybodyReads: of the groups ahead those that the hub has been told of, with when they usually meet, and how people reach the board.
func TestWhatAnybodyReads(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		service := s.at.authority + "." + s.connect.ID
		read := func() recruitment.ServiceAt {
			t.Helper()
			p, err := s.Recruitment.PlaceAt(t.Context(), s.slug)
			if err != nil || len(p.Services) != 1 || p.Name != "Provköpings kommun" || p.Services[0].Definition.ID != s.connect.ID {
				t.Fatalf("%+v, %v", p, err)
			}
			return p.Services[0]
		}
		if at := read(); len(at.Groups) != 0 || at.Contact != "" {
			t.Errorf("before anything is told: %+v", at)
		}
		must(t, s.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE round SET notified_on = $1 WHERE id = $2`, s.Rounds.Today(), s.ahead)
			return err
		}))
		for name, text := range map[string]string{"nothing": " ", "a personal number": "800101-1234", "too much": strings.Repeat("x", recruitment.MaxContact+1)} {
			if err := s.Recruitment.SetContact(t.Context(), s.karin, service, text, "", ""); wrongAt(err) != "contact" {
				t.Errorf("%s: %v", name, err)
			}
		}
		must(t, s.Recruitment.SetContact(t.Context(), s.karin, service, "Ring 0470-17 40 60", "", ""))
		err := s.Recruitment.SetContact(t.Context(), s.other, service, "Ring inte", "", "")
		if e, ok := errorOf(err); !ok || e.Key != "recruitment.error.meanwhile" {
			t.Errorf("who saw the text before: %v", err)
		}
		at := read()
		if len(at.Groups) != 1 || at.Groups[0].Place != "Biblioteket" || at.Groups[0].Usual.Starts != 1050 || at.Contact != "Ring 0470-17 40 60" {
			t.Errorf("afterwards: %+v", at)
		}
		s.Time.Move(400 * 24 * time.Hour)
		if _, err := s.Recruitment.PlaceAt(t.Context(), s.slug); !errs.Is(err, errs.NotFound) {
			t.Errorf("a place without groups for more than a year: %v", err)
		}
	})
}

// TestTheChildIsOfAnotherAge: it is taken, and told to the leader; a child of an age that the groups are for is not.
func TestTheChildIsOfAnotherAge(t *testing.T) {
	s := open(t, dbtest.New(t))
	for age, outside := range map[string]bool{"7": true, "8": false, "18": false, "19": true} {
		n := parent()
		n.Child = age
		if x := s.get(t, s.send(t, n)); x.Outside() != outside || x.Ages.Min != 8 || x.Ages.Max != 18 {
			t.Errorf("a child of %s: outside %v of %v", age, x.Outside(), x.Ages)
		}
	}
}

// TestTheSameParentTwice: who fills in the form twice is stored twice, so that nothing that was told is lost and nobody learns that they are
// known; the list says that the two may be one, whichever state it shows, until a leader has said that one of them is enough.
func TestTheSameParentTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		first := s.send(t, parent())
		again, other := parent(), parent()
		again.Phone, again.When = "+46 (0)70 174 06 05", "Helst tisdagar"
		other.Phone, other.Email = "070-174 06 06", "annan@demo.example"
		second, third := s.send(t, again), s.send(t, other)
		doubles := func(state recruitment.State) map[string]bool {
			list, err := s.Recruitment.List(looking(t), s.karin, recruitment.Query{State: state})
			must(t, err)
			found := map[string]bool{}
			for _, r := range list.Rows {
				found[r.ID] = r.Double
			}
			return found
		}
		if got := doubles(""); !got[first] || !got[second] || got[third] {
			t.Errorf("doubles are %v", got)
		}
		must(t, s.Recruitment.Waits(looking(t), s.karin, first, "", 1, ""))
		if got := doubles(recruitment.Fresh); len(got) != 2 || !got[second] || got[third] {
			t.Errorf("doubles among the new are %v", got)
		}
		must(t, s.Recruitment.End(looking(t), s.karin, second, recruitment.Ending{Reason: "double", Seen: 1}, ""))
		if got := doubles(""); got[first] {
			t.Errorf("doubles after one was ended are %v", got)
		}
		if got := doubles(recruitment.NotNow); got[second] {
			t.Errorf("what was ended is a double: %v", got)
		}
	})
}
