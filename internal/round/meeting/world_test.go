package meeting_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/directory"
	"hemvist/internal/house/housetest"
	"hemvist/internal/round"
	"hemvist/internal/round/group"
	"hemvist/internal/round/meeting"
)

// world is a house with a municipality, two leaders who hold a round together, and others.
type world struct {
	housetest.House
	t                        *testing.T
	hub, org, board          string
	leader, second, stranger access.Subject
	coordinator, contact     access.Subject
	round                    string
	sessions                 []round.Session
	people                   []string // ids of those who take part, from the first session's day
	today                    clock.Date
}

// newWorld has a round of three sessions: a week ago, today and in a week.
func newWorld(t *testing.T, d *db.DB, change ...func(*round.Plan)) *world {
	t.Helper()
	w := &world{House: housetest.New(t, d, nil), t: t}
	w.today = w.Rounds.Today()
	connect, err := w.Catalogue.Newest("connect")
	if err != nil {
		t.Fatal(err)
	}
	w.write(func(ctx context.Context, tx *db.Tx) error {
		place := func(kind directory.OrganisationKind, name string) (string, string) {
			o, err := w.Directory.AddOrganisationTx(ctx, tx, directory.Organisation{Kind: kind, Name: name, County: "Kronobergs län"})
			if err != nil {
				t.Fatal(err)
			}
			a, err := w.Directory.AddAuthorityTx(ctx, tx, directory.Authority{OrganisationID: o.ID, Name: "Socialnämnden"})
			if err != nil {
				t.Fatal(err)
			}
			return o.ID, a.ID
		}
		w.hub, _ = place(directory.HubKind, "Hemvisten")
		w.org, w.board = place(directory.Municipality, "Växjö kommun")
		w.leader, w.second = w.person(ctx, tx, "Åsa Provlund", access.Leader), w.person(ctx, tx, "Örjan Mallqvist", access.Leader)
		w.stranger, w.contact = w.person(ctx, tx, "Elin Sagosten", access.Leader), w.person(ctx, tx, "Petra Fabelstrand", access.Contact)
		w.coordinator = w.person(ctx, tx, "Ingrid Exempelgren", access.Coordinator)
		return nil
	})
	p := round.Plan{HubID: w.hub, OrganisationID: w.org, AuthorityID: w.board, Definition: connect, Variant: "parents", Name: "Tisdagsgruppen", Place: "Biblioteket", Language: "sv"}
	for i := range 3 {
		p.Sessions = append(p.Sessions, round.Session{Kind: "principle", Item: fmt.Sprintf("p%d", i+1), On: w.today.AddDays(7 * (i - 1)), Starts: 1050, Minutes: 120})
	}
	for _, s := range []access.Subject{w.leader, w.second} {
		p.Staff = append(p.Staff, round.Staffed{PersonID: s.Person, Role: s.Role, From: w.today.AddDays(-30)})
	}
	for _, c := range change {
		c(&p)
	}
	var parents []group.NewMember
	for i := range 4 {
		parents = append(parents, group.NewMember{Name: fmt.Sprintf("Amina Påhittsson %d", i), Phone: "070-174 06 05", Language: "sv"})
	}
	sealed, err := w.Groups.SealAll(ctx(), w.board, parents)
	if err != nil {
		t.Fatal(err)
	}
	w.write(func(ctx context.Context, tx *db.Tx) (err error) {
		if w.round, err = w.Rounds.AddTx(ctx, tx, p); err != nil {
			return err
		}
		if p.Attendance != round.CountsOnly {
			if err := w.Groups.AddSealedTx(ctx, tx, w.round, w.board, sealed, p.Sessions[0].On, w.leader.Person); err != nil {
				return err
			}
		}
		w.sessions, err = round.SessionsTx(ctx, tx, w.round)
		return err
	})
	for _, s := range sealed {
		w.people = append(w.people, s.ID)
	}
	return w
}

func (w *world) person(ctx context.Context, tx *db.Tx, name string, role access.Role) access.Subject {
	w.t.Helper()
	p, err := w.Directory.AddPersonTx(ctx, tx, directory.Person{Name: name, GivenName: name, Email: strings.ToLower(name[len(name)-5:]) + db.NewID() + "@demo.example", Language: "sv"})
	if err != nil {
		w.t.Fatal(err)
	}
	org, board := w.org, w.board
	if role == access.Coordinator {
		org, board = w.hub, ""
	}
	if _, err := w.Directory.GiveRoleTx(ctx, tx, directory.RoleGiven{PersonID: p.ID, Role: role, OrganisationID: org, AuthorityID: board, From: w.today.AddDays(-100)}); err != nil {
		w.t.Fatal(err)
	}
	return access.Subject{Person: p.ID, Role: role, Organisation: org, Authority: board}
}

func (w *world) write(fn func(ctx context.Context, tx *db.Tx) error) {
	w.t.Helper()
	if err := w.DB.Write(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// count is how many rows a query gives.
func (w *world) count(query string, args ...any) (n int) {
	w.t.Helper()
	err := w.DB.Read(ctx(), func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = db.One(ctx, tx, db.Scalar[int], query, args...)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// ctx is a context with a trail, which every look needs.
func ctx() context.Context { return audit.WithTrail(context.Background(), &audit.Trail{}) }

// page names requests as one page does.
type page struct {
	name string
	n    int
}

func newPage(letter string) *page { return &page{name: strings.Repeat(letter, 16)} }

func (p *page) tick(who string, m meeting.Mark, seen string) meeting.Tick {
	p.n++
	return meeting.Tick{Participant: who, Mark: m, Request: fmt.Sprintf("%s.%d", p.name, p.n), Seen: seen}
}

// send sends ticks of today's session.
func (w *world) send(who access.Subject, ticks ...meeting.Tick) meeting.Result {
	w.t.Helper()
	r, err := w.Meetings.Record(ctx(), who, w.round, w.sessions[1].ID, meeting.Batch{Ticks: ticks}, "")
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// sheet is today's attendance.
func (w *world) sheet() meeting.Sheet {
	w.t.Helper()
	s, err := w.Meetings.Sheet(ctx(), w.leader, w.round, w.sessions[1].ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// mark is what is marked of somebody today.
func (w *world) mark(who string) meeting.Stored {
	w.t.Helper()
	for _, p := range w.sheet().People {
		if p.ID == who {
			return p.Stored
		}
	}
	w.t.Fatalf("%s is not asked for", who)
	return meeting.Stored{}
}
