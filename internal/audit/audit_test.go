package audit_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/errs"
	"hemvist/internal/vault"
)

// world is a log on its two databases, with a clock that stands still.
type world struct {
	house, keys *db.DB
	clock       *clock.Fake
	secret      [32]byte
	log         *audit.Log
}

var start = time.Date(2026, 11, 2, 9, 30, 0, 123456000, time.UTC)

func newWorld(t testing.TB, dialect db.Dialect, options ...audit.Option) *world {
	t.Helper()
	w := &world{
		house: dbtest.On(t, dialect), keys: dbtest.On(t, dialect, dbtest.Migrations(vault.Migrations())),
		clock: clock.NewFake(start), secret: [32]byte{1, 2, 3},
	}
	w.log = w.instance(options...)
	return w
}

// instance is one more instance on the same databases.
func (w *world) instance(options ...audit.Option) *audit.Log {
	return audit.New(w.house, w.keys, w.secret, append([]audit.Option{audit.WithClock(w.clock)}, options...)...)
}

// each runs a test on every engine.
func each(t *testing.T, test func(t *testing.T, w *world), options ...audit.Option) {
	t.Helper()
	for _, dialect := range dbtest.Engines() {
		t.Run(dialect.String(), func(t *testing.T) { test(t, newWorld(t, dialect, options...)) })
	}
}

// fill adds n entries for each organisation, in turns, and gives their ids in the order they were added.
func (w *world) fill(t testing.TB, n int, organisations ...string) map[string][]string {
	t.Helper()
	ids := map[string][]string{}
	err := w.house.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		clear(ids)
		for i := range n {
			for _, o := range organisations {
				e := entry(o)
				e.ID, e.Subject = db.NewID(), fmt.Sprintf("subject-%d", i)
				if err := w.log.Add(ctx, tx, e); err != nil {
					return err
				}
				ids[o] = append(ids[o], e.ID)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("add entries: %v", err)
	}
	return ids
}

func entry(organisation string) audit.Entry {
	return audit.Entry{Actor: "actor-1", Role: "leader", Organisation: organisation, Purpose: "round-1", Action: "participant.read",
		Subject: "subject-1", Outcome: audit.OK, RequestID: "q_3-Z", Found: []string{"found-1", "found-2"}, Count: 7}
}

// chain chains all that waits.
func (w *world) chain(t testing.TB) int {
	t.Helper()
	total := 0
	for {
		n, err := w.log.Chain(t.Context())
		if err != nil {
			t.Fatalf("chain: %v", err)
		}
		if n == 0 {
			return total
		}
		total += n
	}
}

func (w *world) verify(t testing.TB, folder string) audit.Report {
	t.Helper()
	report, err := w.log.Verify(t.Context(), audit.Verification{Checkpoints: folder})
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	return report
}

func (w *world) wantSound(t testing.TB, folder string) audit.Report {
	t.Helper()
	r := w.verify(t, folder)
	if !r.Sound() {
		t.Errorf("a log that nobody touched is not sound:\n%s", list(r))
	}
	return r
}

// wantFindings wants exactly these, each told by words that its line must hold.
func wantFindings(t testing.TB, r audit.Report, want ...string) {
	t.Helper()
	left := list(r)
	for _, w := range want {
		found := false
		for i, line := range left {
			if strings.HasPrefix(line, w) {
				left = append(left[:i:i], left[i+1:]...)
				found = true
				break
			}
		}
		if !found {
			t.Errorf("no finding %q in:\n%s", w, strings.Join(list(r), "\n"))
		}
	}
	if len(left) > 0 {
		t.Errorf("more findings than wanted:\n%s", strings.Join(left, "\n"))
	}
}

type lines []string

func (l lines) String() string { return strings.Join(l, "\n") }

func list(r audit.Report) lines {
	var all lines
	for _, f := range r.Findings {
		all = append(all, f.String())
	}
	return all
}

func exec(t testing.TB, d *db.DB, query string, args ...any) int64 {
	t.Helper()
	var n int64
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = tx.Exec(ctx, query, args...)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// touch is exec for tampering, which must hit something.
func touch(t testing.TB, d *db.DB, query string, args ...any) {
	t.Helper()
	if exec(t, d, query, args...) == 0 {
		t.Fatalf("%s %v: touched nothing", query, args)
	}
}

func scalar[T any](t testing.TB, d *db.DB, query string, args ...any) T {
	t.Helper()
	var v T
	err := d.Read(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		v, err = db.One(ctx, tx, db.Scalar[T], query, args...)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

func TestLogThatNobodyTouchedIsSound(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if r := w.wantSound(t, ""); r.Entries != 0 {
			t.Errorf("an empty log has %d entries", r.Entries)
		}
		w.fill(t, 7, "o1", "o2", "")
		if r := w.wantSound(t, ""); r.Waiting != 21 || r.Chained != 0 || r.Entries != 21 {
			t.Errorf("before chaining: %+v", r)
		}
		if n := w.chain(t); n != 21 {
			t.Errorf("chained %d, want 21", n)
		}
		w.fill(t, 4, "o2", "o3")
		w.chain(t)
		if r := w.wantSound(t, ""); r.Waiting != 0 || r.Chained != 29 || r.Entries != 29 || r.Organisations != 4 {
			t.Errorf("after chaining: %+v", r)
		}
		if n := scalar[int](t, w.house, `SELECT count(*) FROM audit_unchained`); n != 0 {
			t.Errorf("%d marks are left", n)
		}
		if s := w.log.Stats(); s.Chained != 29 || s.Alarms != 0 || !s.LastChained.Equal(start) {
			t.Errorf("stats %+v", s)
		}
	}, audit.WithBatch(5))
}

// More than a page of entries, in one organisation and over several batches.
func TestLongLogIsSound(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ids := w.fill(t, 2300, "o1")["o1"]
		if n := w.chain(t); n != 2300 {
			t.Errorf("chained %d", n)
		}
		if r := w.wantSound(t, ""); r.Chained != 2300 {
			t.Errorf("looked at %d places", r.Chained)
		}
		// An instance whose key store has forgotten everything reads it all again.
		exec(t, w.keys, `DELETE FROM audit_head`)
		w.log = w.instance()
		w.chain(t)
		if n := scalar[int64](t, w.keys, `SELECT seq FROM audit_head`); n != 2300 {
			t.Errorf("the end is noted at %d", n)
		}
		// Exchanged far from each other, over the end of a page.
		touch(t, w.house, `UPDATE audit_chain SET entry_id = 'x' WHERE entry_id = $1`, ids[999])
		touch(t, w.house, `UPDATE audit_chain SET entry_id = $2 WHERE entry_id = $1`, ids[1500], ids[999])
		touch(t, w.house, `UPDATE audit_chain SET entry_id = $1 WHERE entry_id = 'x'`, ids[1500])
		wantFindings(t, w.verify(t, ""),
			"chain-altered organisation=o1 place=1000 entry="+ids[1500],
			"moved organisation=o1 place=1501 to=1000 entry="+ids[1500])
	})
}

func TestEntryOfARolledBackTransactionLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.fill(t, 1, "o1")
		no := errors.New("no")
		err := w.house.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return errors.Join(w.log.Add(ctx, tx, entry("o1")), no)
		})
		if !errors.Is(err, no) {
			t.Fatal(err)
		}
		for _, table := range []string{"audit_entry", "audit_unchained"} {
			if n := scalar[int](t, w.house, `SELECT count(*) FROM `+table); n != 1 {
				t.Errorf("%s has %d rows, want 1", table, n)
			}
		}
		if w.chain(t) != 1 {
			t.Error("the other entry was not chained")
		}
		w.wantSound(t, "")
	})
}

func TestAddRefusesContents(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for name, change := range map[string]func(*audit.Entry){
			"a name as subject":       func(e *audit.Entry) { e.Subject = "Alma Ek" },
			"an address as actor":     func(e *audit.Entry) { e.Actor = "alma@exempel.invalid" },
			"a personnummer":          func(e *audit.Entry) { e.Subject = "19900101-1234" },
			"a personnummer, found":   func(e *audit.Entry) { e.Found = []string{"p-1", "9001011234"} },
			"a name, found":           func(e *audit.Entry) { e.Found = []string{"Åsa"} },
			"a quote, found":          func(e *audit.Entry) { e.Found = []string{`a","b`} },
			"a line break":            func(e *audit.Entry) { e.Purpose = "a\nb" },
			"a very long id":          func(e *audit.Entry) { e.Organisation = strings.Repeat("x", 129) },
			"a sentence as action":    func(e *audit.Entry) { e.Action = "Looked at the round" },
			"no action":               func(e *audit.Entry) { e.Action = "" },
			"no outcome":              func(e *audit.Entry) { e.Outcome = "" },
			"words in the request id": func(e *audit.Entry) { e.RequestID = "a b" },
			"a year that is none":     func(e *audit.Entry) { e.At = time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC) },
		} {
			e := entry("o1")
			change(&e)
			err := w.house.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return w.log.Add(ctx, tx, e) })
			if err == nil {
				t.Errorf("%s was taken", name)
			} else if strings.Contains(err.Error(), "Alma") || strings.Contains(err.Error(), "1234") {
				t.Errorf("%s: the error repeats it: %v", name, err)
			}
		}
		if n := scalar[int](t, w.house, `SELECT count(*) FROM audit_entry`); n != 0 {
			t.Errorf("%d refused entries were stored", n)
		}
	})
}

func TestManyFoundIDsAreAllLogged(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := entry("o1")
		e.Found, e.Count = nil, 0
		for i := range 450 {
			e.Found = append(e.Found, fmt.Sprintf("p-%d", i))
		}
		err := w.house.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return w.log.Add(ctx, tx, e) })
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, s := range listed(t, w, audit.Filter{Organisation: "o1"}) {
			if s.Count != 450 || s.RequestID != e.RequestID || !s.Intact {
				t.Errorf("entry %+v", s)
			}
			for _, id := range s.Found {
				seen[id] = true
			}
		}
		if len(seen) != 450 {
			t.Errorf("%d of 450 ids were logged", len(seen))
		}
		w.chain(t)
		w.wantSound(t, "")
	})
}

func listed(t testing.TB, w *world, f audit.Filter) []audit.Stored {
	t.Helper()
	var all []audit.Stored
	err := w.house.Read(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = w.log.List(ctx, tx, f)
		return err
	})
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	return all
}

func TestListNarrowsAndPages(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var want []string
		for i := range 9 {
			e := entry("o1")
			e.ID, e.Subject, e.Actor = fmt.Sprintf("e%d", i), fmt.Sprintf("s%d", i%3), fmt.Sprintf("a%d", i%2)
			e.Found, e.Count = []string{fmt.Sprintf("f_%d", i)}, 0
			e.Purpose, e.Action, e.Outcome, e.RequestID = fmt.Sprintf("r%d", i), audit.Action(fmt.Sprintf("did.%d", i)), audit.Denied, fmt.Sprintf("q%d", i)
			err := w.house.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return w.log.Add(ctx, tx, e) })
			if err != nil {
				t.Fatal(err)
			}
			want = append([]string{e.ID}, want...)
			if i%3 != 0 { // some share an instant
				w.clock.Move(time.Second)
			}
		}
		w.fill(t, 1, "o2")
		ids := func(f audit.Filter) string {
			var all []string
			for _, s := range listed(t, w, f) {
				all = append(all, s.ID)
			}
			return strings.Join(all, " ")
		}
		for name, c := range map[string]struct {
			filter audit.Filter
			want   string
		}{
			"organisation":              {audit.Filter{Organisation: "o1"}, strings.Join(want, " ")},
			"actor":                     {audit.Filter{Actor: "a1"}, "e7 e5 e3 e1"},
			"subject":                   {audit.Filter{Subject: "s2"}, "e8 e5 e2"},
			"purpose":                   {audit.Filter{Organisation: "o1", Purpose: "r4"}, "e4"},
			"action":                    {audit.Filter{Organisation: "o1", Action: "did.5"}, "e5"},
			"outcome":                   {audit.Filter{Organisation: "o1", Outcome: audit.OK}, ""},
			"request":                   {audit.Filter{Organisation: "o1", RequestID: "q6"}, "e6"},
			"showed":                    {audit.Filter{Organisation: "o1", Showed: "f_3"}, "e3"},
			"showed, not by a wildcard": {audit.Filter{Organisation: "o1", Showed: "f__"}, ""},
			"about":                     {audit.Filter{Organisation: "o1", Showed: "s1"}, "e7 e4 e1"},
			"from":                      {audit.Filter{Organisation: "o1", From: start.Add(5 * time.Second)}, "e8"},
			"before":                    {audit.Filter{Organisation: "o1", Before: start.Add(time.Second)}, "e1 e0"},
			"limit":                     {audit.Filter{Organisation: "o1", Limit: 2}, "e8 e7"},
		} {
			if got := ids(c.filter); got != c.want {
				t.Errorf("%s: %q, want %q", name, got, c.want)
			}
		}
		var paged []string
		f := audit.Filter{Organisation: "o1", Limit: 2}
		for {
			page := listed(t, w, f)
			if len(page) == 0 {
				break
			}
			for _, s := range page {
				paged = append(paged, s.ID)
			}
			f.After = page[len(page)-1].Place()
		}
		if got := strings.Join(paged, " "); got != strings.Join(want, " ") {
			t.Errorf("page by page: %q", got)
		}
		err := w.house.Read(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			n, more, err := w.log.Count(ctx, tx, audit.Filter{Organisation: "o1"}, 5)
			if n != 5 || !more {
				t.Errorf("counted %d, more %v", n, more)
			}
			if err == nil {
				_, err = w.log.List(ctx, tx, audit.Filter{Action: "did.1"})
				if err == nil {
					t.Error("the whole log was listed")
				}
				return nil
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestListTellsWhatWasAltered(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.fill(t, 2, "o1")["o1"][0]
		touch(t, w.house, `UPDATE audit_entry SET actor = 'somebody-else' WHERE id = $1`, id)
		for _, s := range listed(t, w, audit.Filter{Organisation: "o1"}) {
			if s.Intact == (s.ID == id) {
				t.Errorf("entry %s: intact %v", s.ID, s.Intact)
			}
			if s.ID != id {
				want := entry("o1")
				want.ID, want.At, want.Subject = s.ID, start, "subject-1"
				if fmt.Sprint(s.Entry) != fmt.Sprint(want) {
					t.Errorf("read %+v, want %+v", s.Entry, want)
				}
			}
		}
	})
}

func TestTrail(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		trail := &audit.Trail{}
		ctx := audit.WithTrail(t.Context(), trail)
		before := w.house.Stats().Writes
		if err := w.log.Commit(ctx, trail, "q1"); err != nil || w.house.Stats().Writes != before {
			t.Errorf("an empty trail cost a write, or %v", err)
		}
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				e := entry("o1")
				e.RequestID = ""
				audit.Note(ctx, e)
			})
		}
		wg.Wait()
		// Who hangs up before the answer has looked all the same.
		gone, cancel := context.WithCancel(ctx)
		cancel()
		if err := w.log.Commit(gone, trail, "q1"); err != nil {
			t.Fatal(err)
		}
		if len(trail.Notes()) != 0 {
			t.Error("what was committed is still gathered")
		}
		if err := w.log.Commit(ctx, trail, "q1"); err != nil {
			t.Fatal(err)
		}
		if n := len(listed(t, w, audit.Filter{Organisation: "o1", RequestID: "q1"})); n != 8 {
			t.Errorf("%d entries, want 8", n)
		}

		// One that cannot be written keeps all from being shown, and stays gathered.
		bad := entry("o1")
		bad.Subject = "Alma Ek"
		audit.Note(ctx, entry("o2"))
		audit.Note(ctx, bad)
		if err := w.log.Commit(ctx, trail, "q2"); err == nil {
			t.Error("a trail with contents was committed")
		}
		if n := len(listed(t, w, audit.Filter{Organisation: "o2"})); n != 0 || len(trail.Notes()) != 2 {
			t.Errorf("%d entries written, %d notes kept", n, len(trail.Notes()))
		}
		if err := w.house.Close(); err != nil {
			t.Fatal(err)
		}
		if err := w.log.Commit(ctx, trail, "q2"); !errs.Is(err, errs.Unavailable) && errs.KindOf(err) != errs.Internal {
			t.Errorf("commit to a closed database: %v", err)
		}
	})
}

func TestNoteWithoutATrailIsAMistakeThatShows(t *testing.T) {
	defer func() {
		if p := recover(); p == nil || !strings.Contains(fmt.Sprint(p), "audit.WithTrail") {
			t.Errorf("recovered %v", p)
		}
	}()
	audit.Note(t.Context(), entry("o1"))
}
