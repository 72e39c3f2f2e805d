package register_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/credential"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/house/housetest"
	"hemvist/internal/programme"
	"hemvist/internal/register"
	"hemvist/internal/round"
	"hemvist/internal/round/group"
)

// world is a house with a hub, a municipality, and people whose ways to a certificate the tests tell.
type world struct {
	housetest.House
	t                                    *testing.T
	connect                              *programme.Definition
	hub, org, board                      string
	leader, second, contact, coordinator access.Subject
	stranger                             access.Subject
}

var day = clock.MustDate

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{House: housetest.New(t, d, nil), t: t}
	connect, err := w.Catalogue.Newest("connect")
	if err != nil {
		t.Fatal(err)
	}
	w.connect = connect
	w.write(func(ctx context.Context, tx *db.Tx) error {
		hub, err := w.Directory.AddOrganisationTx(ctx, tx, directory.Organisation{Kind: directory.HubKind, Name: "Hemvisten"})
		if err != nil {
			return err
		}
		org, err := w.Directory.AddOrganisationTx(ctx, tx, directory.Organisation{Kind: directory.Municipality, Name: "Växjö kommun"})
		if err != nil {
			return err
		}
		board, err := w.Directory.AddAuthorityTx(ctx, tx, directory.Authority{OrganisationID: org.ID, Name: "Socialnämnden"})
		w.hub, w.org, w.board = hub.ID, org.ID, board.ID
		return err
	})
	w.leader, w.second = w.person("Åsa Provlund", access.Leader, w.org, w.board), w.person("Örjan Mallqvist", access.Leader, w.org, w.board)
	w.stranger = w.person("Elin Annorström", access.Leader, w.org, w.board)
	w.contact = w.person("Petra Kontaktsson", access.Contact, w.org, w.board)
	w.coordinator = w.person("Ingrid Samordén", access.Coordinator, w.hub, "")
	if err := w.Catalogue.GiveHomes(context.Background()); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) write(fn func(ctx context.Context, tx *db.Tx) error) {
	w.t.Helper()
	if err := w.DB.Write(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) person(name string, role access.Role, org, board string) access.Subject {
	w.t.Helper()
	id := ""
	w.write(func(ctx context.Context, tx *db.Tx) error {
		p, err := w.Directory.AddPersonTx(ctx, tx, directory.Person{Name: name, GivenName: name, Email: db.NewID() + "@demo.example", Language: "sv"})
		if err != nil {
			return err
		}
		id = p.ID
		_, err = w.Directory.GiveRoleTx(ctx, tx, directory.RoleGiven{PersonID: p.ID, OrganisationID: org, AuthorityID: board, Role: role,
			Programme: "connect", From: day("2020-01-01")})
		return err
	})
	return access.Subject{Person: id, Role: role, Organisation: org, Authority: board, Programme: "connect"}
}

// ctx is a context with a trail, which every look needs.
func ctx() context.Context { return audit.WithTrail(context.Background(), &audit.Trail{}) }

// group makes a weekly round of the programme's principles from the day, led by the people.
func (w *world) group(first clock.Date, attendance round.Attendance, staff ...access.Subject) string {
	w.t.Helper()
	return w.round("parents", first, attendance, staff...)
}

func (w *world) round(variant string, first clock.Date, attendance round.Attendance, staff ...access.Subject) string {
	w.t.Helper()
	p := round.Plan{HubID: w.hub, OrganisationID: w.org, AuthorityID: w.board, Definition: w.connect, Variant: variant, Name: "Växjö",
		Place: "Biblioteket", Language: "sv", Attendance: attendance}
	v, _ := w.connect.Variant(variant)
	for _, x := range v.Sessions() {
		if x.Optional {
			continue
		}
		p.Sessions = append(p.Sessions, round.Session{Kind: x.Kind, Item: x.ID, On: first.AddDays(7 * len(p.Sessions)), Starts: 1050, Minutes: 120})
	}
	for _, s := range staff {
		p.Staff = append(p.Staff, round.Staffed{PersonID: s.Person, Role: s.Role, From: first.AddDays(-30)})
	}
	id := ""
	w.write(func(ctx context.Context, tx *db.Tx) (err error) {
		id, err = w.Rounds.AddTx(ctx, tx, p)
		return err
	})
	return id
}

// hold says that the first n sessions were held.
func (w *world) hold(id string, n int) []round.Session {
	w.t.Helper()
	var sessions []round.Session
	w.write(func(ctx context.Context, tx *db.Tx) (err error) {
		if sessions, err = round.SessionsTx(ctx, tx, id); err != nil {
			return err
		}
		for _, x := range sessions[:n] {
			if err := w.Rounds.AddSessionFactTx(ctx, tx, x.ID, round.Held, x.On, w.leader.Person); err != nil {
				return err
			}
		}
		return round.ProjectTx(ctx, tx, id)
	})
	return sessions[:n]
}

func (w *world) closeRound(id string, on clock.Date) {
	w.t.Helper()
	w.write(func(ctx context.Context, tx *db.Tx) error {
		return w.Rounds.AddEndTx(ctx, tx, id, round.Closed, on, w.leader.Person)
	})
}

// parents adds participants and marks that they came to the sessions.
func (w *world) parents(id string, n int, sessions []round.Session) {
	w.t.Helper()
	var people []group.NewMember
	for i := range n {
		people = append(people, group.NewMember{Name: fmt.Sprint("Förälder ", i), Language: "sv"})
	}
	sealed, err := w.Groups.SealAll(context.Background(), w.board, people)
	if err != nil {
		w.t.Fatal(err)
	}
	w.write(func(ctx context.Context, tx *db.Tx) error {
		if err := w.Groups.AddSealedTx(ctx, tx, id, w.board, sealed, day("2026-01-01"), w.leader.Person); err != nil {
			return err
		}
		for _, p := range sealed {
			for _, x := range sessions {
				if err := w.mark(ctx, tx, x, p.ID, "present"); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (w *world) mark(ctx context.Context, tx *db.Tx, x round.Session, participant, mark string) error {
	_, err := tx.Exec(ctx, `INSERT INTO attendance (id, session_id, participant_id, mark, happened_on, recorded_at, recorded_by, request)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $1)`, db.NewID(), x.ID, participant, mark, x.On, db.At(w.Clock.Now()), w.leader.Person)
	return err
}

// learn adds somebody of the directory to a course, and marks.
func (w *world) learn(id, person string, sessions []round.Session, marks ...string) {
	w.t.Helper()
	participant := db.NewID()
	w.write(func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO participant (id, round_id, authority_id, name, contact, language, joined_on, created_at, person_id)
			VALUES ($1, $2, $3, $4, $4, 'sv', $5, $6, $7)`, participant, id, w.board, []byte{}, day("2026-01-01"), db.At(w.Clock.Now()), person); err != nil {
			return err
		}
		for i, m := range marks {
			if err := w.mark(ctx, tx, sessions[i], participant, m); err != nil {
				return err
			}
		}
		return nil
	})
}

// recorded stores a fact as the coordinator would have.
func (w *world) recorded(fact credential.FactKind, person, what, on string) string {
	w.t.Helper()
	id, cred, variant := db.NewID(), what, ""
	if fact == credential.FactCourseCompleted {
		cred, variant = "", what
	}
	w.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO credential_fact (id, fact, person_id, programme, credential, variant, happened_on, reason, recorded_at, recorded_by)
			VALUES ($1, $2, $3, 'connect', $4, $5, $6, 'earlier-register', $7, $8)`, id, string(fact), person, cred, variant, day(on), db.At(w.Clock.Now()), w.coordinator.Person)
		return err
	})
	return id
}

func (w *world) fit(variant string, who access.Subject, on string) (may, learning bool, status credential.Status, why string) {
	w.t.Helper()
	fits, err := w.Register.Fits(ctx(), w.contact, w.connect, variant, []register.Candidate{{Person: who.Person, Role: "leader", On: day(on)}})
	if err != nil {
		w.t.Fatal(err)
	}
	var words []string
	for _, r := range fits[0].Reasons {
		words = append(words, r.Words("sv"))
	}
	return fits[0].May, fits[0].Learning, fits[0].Status, strings.Join(words, " ")
}

func TestWhoMayLead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		newcomer := w.person("Nils Nyman", access.Leader, w.org, w.board)
		withdrawn := w.person("Ulla Undantag", access.Leader, w.org, w.board)
		lapsed := w.person("Pia Passerad", access.Leader, w.org, w.board)
		w.recorded(credential.FactCourseCompleted, w.second.Person, "leader-training-on-site", "2026-05-01")
		w.recorded(credential.FactGranted, w.leader.Person, "leader", "2025-05-10")
		w.recorded(credential.FactGranted, lapsed.Person, "leader", "2021-05-10")
		w.recorded(credential.FactGranted, withdrawn.Person, "leader", "2025-05-10")
		w.recorded(credential.FactWithdrawn, withdrawn.Person, "leader", "2026-01-10")
		for _, c := range []struct {
			who           access.Subject
			variant, on   string
			may, learning bool
			status        credential.Status
			why           string
		}{
			{w.leader, "parents", "2026-11-18", true, false, credential.Certified, "10 maj 2028"},
			{w.leader, "parents", "2025-05-09", false, false, credential.None, ""},
			{w.leader, "parents", "2028-06-01", true, false, credential.Due, ""},
			{w.leader, "econnect", "2026-11-18", false, false, credential.None, "Tilläggsutbildning"},
			{w.second, "parents", "2026-11-18", true, true, credential.InTraining, ""},
			{w.second, "parents", "2026-04-30", false, false, credential.None, ""},
			{newcomer, "parents", "2026-11-18", false, false, credential.None, "utbildning"},
			{withdrawn, "parents", "2026-11-18", false, false, credential.Withdrawn, ""},
			{lapsed, "parents", "2026-11-18", true, true, credential.Lapsed, ""},
		} {
			may, learning, status, why := w.fit(c.variant, c.who, c.on)
			if may != c.may || learning != c.learning || status != c.status || !strings.Contains(why, c.why) {
				t.Errorf("%s on %s: may %v, learning %v, %s (%s), want %v, %v, %s (%s)", c.variant, c.on, may, learning, status, why, c.may, c.learning, c.status, c.why)
			}
			if !may && why == "" {
				t.Errorf("%s on %s: no reason is told", c.variant, c.on)
			}
		}
	})
}

func TestFitsIsForThoseWhoPlan(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		learner := w.person("Lo", access.Learner, w.org, w.board)
		if _, err := w.Register.Fits(ctx(), learner, w.connect, "parents", []register.Candidate{{Person: w.leader.Person, Role: "leader", On: day("2026-11-18")}}); !errs.Is(err, errs.Denied) {
			t.Errorf("a learner is told who may lead: %v", err)
		}
		if _, err := w.Register.Fits(ctx(), w.contact, w.connect, "no-such", nil); !errs.Is(err, errs.NotFound) {
			t.Errorf("a variant that is not there: %v", err)
		}
	})
}

func TestCourseIsCompletedByWhoWasThere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		trainer := w.person("Tore", access.Trainer, w.hub, "")
		course := w.round("leader-training-digital", day("2026-02-02"), round.Named, trainer)
		sessions := w.hold(course, 6)
		w.learn(course, w.leader.Person, sessions, "present", "late", "present", "made-up", "present", "present")
		w.learn(course, w.second.Person, sessions, "present", "present", "absent", "present", "present", "present")
		w.learn(course, w.stranger.Person, sessions)
		if may, _, _, _ := w.fit("parents", w.leader, "2026-04-01"); may {
			t.Error("a course that is not closed counts as completed")
		}
		w.closeRound(course, day("2026-03-10"))
		for name, c := range map[string]struct {
			who access.Subject
			may bool
		}{"was there": {w.leader, true}, "was absent once": {w.second, false}, "nobody said": {w.stranger, false}} {
			if may, learning, _, why := w.fit("parents", c.who, "2026-04-01"); may != c.may || learning != c.may {
				t.Errorf("%s: may %v, learning %v: %s", name, may, learning, why)
			}
		}
		if may, _, _, _ := w.fit("econnect", w.leader, "2026-04-01"); !may {
			t.Error("who has taken the training on screen may learn to lead on screen")
		}
	})
}

func TestRecordAndRetract(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		granted := register.NewFact{Programme: "connect", Kind: credential.FactGranted, What: "leader", On: day("2025-05-10"), Why: register.EarlierRegister}
		standing := func() string {
			status := ""
			w.write(func(ctx context.Context, tx *db.Tx) error {
				return tx.QueryRow(ctx, `SELECT coalesce(max(status), '') FROM standing WHERE person_id = $1 AND credential = 'leader'`, w.leader.Person).Scan(&status)
			})
			return status
		}
		for name, c := range map[string]struct {
			change func(*register.NewFact)
			field  string
		}{
			"a day ahead":      {func(n *register.NewFact) { n.On = day("2026-11-19") }, "on"},
			"no day":           {func(n *register.NewFact) { n.On = clock.Date{} }, "on"},
			"another century":  {func(n *register.NewFact) { n.On = day("1925-05-10") }, "on"},
			"no reason":        {func(n *register.NewFact) { n.Why = "" }, "why"},
			"a reason of less": {func(n *register.NewFact) { n.Why = register.OwnWish }, "why"},
			"of a home":        {func(n *register.NewFact) { n.What = "treatment-home" }, "what"},
			"no programme":     {func(n *register.NewFact) { n.Programme = "" }, "what"},
			"a group as course": {func(n *register.NewFact) {
				n.Kind, n.What = credential.FactCourseCompleted, "parents"
			}, "what"},
			"withdrawn, not held": {func(n *register.NewFact) {
				n.Kind, n.Why = credential.FactWithdrawn, register.OwnWish
			}, "what"},
		} {
			n := granted
			c.change(&n)
			if err := w.Register.Record(ctx(), w.coordinator, w.leader.Person, n, ""); !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), " "+c.field+":") {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := w.Register.Record(ctx(), w.contact, w.leader.Person, granted, ""); !errs.Is(err, errs.Denied) {
			t.Errorf("by a contact: %v", err)
		}
		if standing() != "" {
			t.Fatalf("what was refused left a standing: %s", standing())
		}
		if err := w.Register.Record(ctx(), w.coordinator, w.leader.Person, granted, ""); err != nil {
			t.Fatal(err)
		}
		if err := w.Register.Record(ctx(), w.coordinator, w.leader.Person, granted, ""); !errs.Is(err, errs.Invalid) {
			t.Errorf("the same twice: %v", err)
		}
		if standing() != "certified" {
			t.Errorf("after the certificate: %s", standing())
		}
		st, err := w.Register.Person(ctx(), w.contact, w.leader.Person, clock.Date{})
		if err != nil || len(st.Programmes) != 1 || len(st.Programmes[0].Recorded) != 1 || st.MayRecord {
			t.Fatalf("as a contact sees it: %+v, %v", st, err)
		}
		fact := st.Programmes[0].Recorded[0].ID
		if err := w.Register.Retract(ctx(), w.coordinator, w.second.Person, fact, ""); !errs.Is(err, errs.NotFound) {
			t.Errorf("of somebody else: %v", err)
		}
		if err := w.Register.Retract(ctx(), w.coordinator, w.leader.Person, fact, ""); err != nil {
			t.Fatal(err)
		}
		if err := w.Register.Retract(ctx(), w.coordinator, w.leader.Person, fact, ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("twice: %v", err)
		}
		if standing() != "" {
			t.Errorf("after it was taken back: %s", standing())
		}
		mine, err := w.Register.Mine(ctx(), w.leader, clock.Date{})
		if err != nil {
			t.Fatal(err)
		}
		for _, in := range mine.Programmes {
			if in.Definition.ID == "connect" && (len(in.Recorded) != 1 || !in.Recorded[0].TakenBack || in.Verdicts[0].Status != credential.None) {
				t.Errorf("one's own: %+v", in)
			}
		}
	})
}

func TestStandingsFollowFactsAndDays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		granted := register.NewFact{Programme: "connect", Kind: credential.FactGranted, What: "leader", On: day("2023-12-01"), Why: register.EarlierRegister}
		if err := w.Register.Record(ctx(), w.coordinator, w.leader.Person, granted, ""); err != nil {
			t.Fatal(err)
		}
		status := func() string {
			if _, err := w.Register.Refresh(context.Background()); err != nil {
				t.Fatal(err)
			}
			got := ""
			w.write(func(ctx context.Context, tx *db.Tx) error {
				return tx.QueryRow(ctx, `SELECT status || ' ' || led FROM standing WHERE person_id = $1 AND credential = 'leader'`, w.leader.Person).Scan(&got)
			})
			if c, err := w.Register.CheckStandings(context.Background()); err != nil || len(c.Wrong) > 0 || c.People != 1 {
				t.Errorf("checked: %+v, %v", c, err)
			}
			return got
		}
		if got := status(); got != "certified 0" {
			t.Errorf("at first: %s", got)
		}
		id := w.group(day("2026-08-04"), round.Named, w.leader)
		w.hold(id, 9)
		w.closeRound(id, day("2026-10-10"))
		if got := status(); got != "certified 1" {
			t.Errorf("after a round in another room: %s", got)
		}
		w.Time.Move(20 * 24 * time.Hour) // past three years
		if got := status(); got != "due 1" {
			t.Errorf("after three years: %s", got)
		}
		w.write(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE standing SET status = 'lapsed'`)
			return err
		})
		if c, err := w.Register.CheckStandings(context.Background()); err != nil || len(c.Wrong) != 1 {
			t.Errorf("a standing that says something else than the facts: %+v, %v", c, err)
		}
	})
}
