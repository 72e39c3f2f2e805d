// Package meeting is what happens when a group meets: who came, who led, what the leaders noted and how they thought it went, who steps in
// when a leader is ill, that those who take part were told of a change, and that a concern for a child was reported. It keeps facts that
// supersede one another, so that nothing two leaders write at once is lost unseen. It never stores a name of somebody who takes part, nor what a concern is about.
package meeting

import (
	"context"
	"fmt"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/programme"
	"hemvist/internal/round"
	"hemvist/internal/round/group"
	"hemvist/internal/vault"
)

// The actions in the log that this room writes.
const (
	ActionRead  audit.Action = "session.read"
	ActionTick  audit.Action = "attendance.record"
	ActionNote  audit.Action = "session.write"
	ActionNotes audit.Action = "session.notes"
)

// definitions finds the definition that a round was started with.
type definitions interface {
	Definition(programmeID, version string) (*programme.Definition, error)
}

// members finds who takes part in a round, opened.
type members interface {
	Members(ctx context.Context, actor access.Subject, roundID string) (round.Row, []group.Member, error)
	Reach(ctx context.Context, participant string) (group.Member, error)
}

// Service is the room's door.
type Service struct {
	db      *db.DB
	vault   *vault.Vault
	log     *audit.Log
	clock   clock.Clock
	rounds  *round.Service
	group   members
	defs    definitions
	letters letters
	texts   textsOf
}

// New opens the room.
func New(d *db.DB, v *vault.Vault, log *audit.Log, c clock.Clock, rounds *round.Service, group members, defs definitions, l letters, texts textsOf) *Service {
	return &Service{db: d, vault: v, log: log, clock: c, rounds: rounds, group: group, defs: defs, letters: l, texts: texts}
}

// Staff is somebody who works in a round, with what was said of their part in a session.
type Staff struct {
	round.StaffMember
	Led bool
}

// Session is a session as everybody may see it who may see the round, and what the reader may do with it.
type Session struct {
	round.Row
	Session        round.Session
	Previous, Next *round.Session // nil at the ends
	Of             int            // how many sessions the round has
	Definition     *programme.Definition
	Today          clock.Date
	Leaders        []Staff    // those who lead the round on the day
	Said           bool       // who of them led
	Came           Came       // in numbers
	Notes          *Notes     // nil unless the reader may write them
	MovedFrom      clock.Date // the day it was planned for before it was moved; zero: it was not
	Away           []Absence  // who cannot come, and who steps in
	Untold         []Change   // of all sessions of the round; none for who may not tell those who take part
	Told           Heard      // the last that they were told of this session; zero: nothing
	MayRecord      bool       // say what became of it
	MayTick        bool
	MayWrite       bool
	MayChange      bool // who leads it
}

// Came is how many came, by mark, and how many nothing is said of.
type Came struct {
	Known  bool // something has been said
	Marks  map[Mark]int
	Unsaid int
	Count  int // in rounds that keep counts only
}

// Attended is how many were there, late or not.
func (c Came) Attended() int {
	if c.Count > 0 {
		return c.Count
	}
	return c.Marks[Present] + c.Marks[Late]
}

// ground is a round and one of its sessions, read in one snapshot.
type ground struct {
	row      round.Row
	sessions []round.Session
	at       int
}

func (g ground) session() round.Session { return g.sessions[g.at] }

// groundTx is the round and the session; NotFound when the session is none of the round's.
func groundTx(ctx context.Context, tx *db.Tx, row round.Row, sessionID string) (ground, error) {
	sessions, err := round.SessionsTx(ctx, tx, row.ID)
	if err != nil {
		return ground{}, err
	}
	i := slices.IndexFunc(sessions, func(x round.Session) bool { return x.ID == sessionID })
	if i < 0 {
		return ground{}, errs.New(errs.NotFound, "")
	}
	return ground{row, sessions, i}, nil
}

// look reads a session for somebody who may do the action to its round, with what else fn reads, and notes the look.
func (s *Service) look(ctx context.Context, actor access.Subject, a access.Action, roundID, sessionID string, fn func(context.Context, *db.Tx, ground) error) (ground, error) {
	var g ground
	var decision access.Decision
	today := s.rounds.Today()
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		row, err := round.RowTx(ctx, tx, roundID, today)
		if err != nil {
			return err
		}
		g = ground{row: row}
		if decision = row.Decide(actor, a); !decision.Allow {
			return nil
		}
		if g, err = groundTx(ctx, tx, row, sessionID); err != nil {
			return err
		}
		return fn(ctx, tx, g)
	})
	if err != nil {
		return g, err
	}
	return g, s.rounds.Look(ctx, actor, ActionRead, g.row, decision)
}

// Get is a session as the actor may see it. One of a round outside the actor's reach is NotFound.
func (s *Service) Get(ctx context.Context, actor access.Subject, roundID, sessionID string) (Session, error) {
	var x Session
	var notes sealedNotes
	today := s.rounds.Today()
	g, err := s.look(ctx, actor, access.ReadRound, roundID, sessionID, func(ctx context.Context, tx *db.Tx, g ground) (err error) {
		x = Session{}
		if x.Leaders, x.Said, err = leadersTx(ctx, tx, g); err != nil {
			return err
		}
		if x.Came, err = cameTx(ctx, tx, g); err != nil {
			return err
		}
		if x.Away, err = AbsencesTx(ctx, tx, sessionID); err != nil {
			return err
		}
		if x.MovedFrom, err = movedFromTx(ctx, tx, g.session()); err != nil {
			return err
		}
		if !g.row.May(actor, access.WriteSession) {
			return nil
		}
		if x.Untold, err = untoldTx(ctx, tx, g.row, g.sessions, today); err != nil {
			return err
		}
		told, err := toldTx(ctx, tx, sessionID)
		if err != nil {
			return err
		}
		if len(told) > 0 {
			x.Told = told[0]
		}
		notes, err = notesTx(ctx, tx, sessionID)
		return err
	})
	if err != nil {
		return Session{}, fmt.Errorf("get session: %w", err)
	}
	x.Row, x.Session, x.Of, x.Today = g.row, g.session(), len(g.sessions), today
	if g.at > 0 {
		x.Previous = &g.sessions[g.at-1]
	}
	if g.at+1 < len(g.sessions) {
		x.Next = &g.sessions[g.at+1]
	}
	open := x.EndedHow == ""
	x.MayRecord = open && x.May(actor, access.RecordSession)
	x.MayTick = x.May(actor, access.TickAttendance)
	x.MayWrite = x.May(actor, access.WriteSession)
	x.MayChange = open && x.May(actor, access.ChangeRound)
	if x.MayWrite {
		if x.Notes, err = s.openNotes(ctx, actor, g, notes); err != nil {
			return Session{}, fmt.Errorf("get session: %w", err)
		}
	}
	if x.Definition, err = s.defs.Definition(x.Programme, x.Version); err != nil {
		return Session{}, fmt.Errorf("get session: %w", err)
	}
	return x, nil
}

// Leads tells whether a member of the staff is one of those who lead.
func Leads(r round.Row, m round.StaffMember) bool {
	switch m.Role {
	case access.Leader, access.Trainer:
		return true
	case access.Supervisor, access.Coordinator:
		return r.Learners()
	default:
		return false
	}
}

// leadersTx is who leads the round on the session's day, and whether it has been said who of them led. Until it has, all did but
// those somebody steps in for.
func leadersTx(ctx context.Context, tx *db.Tx, g ground) ([]Staff, bool, error) {
	row, err := round.RowTx(ctx, tx, g.row.ID, g.session().On)
	if err != nil {
		return nil, false, err
	}
	said, err := ledTx(ctx, tx, g.session().ID)
	if err != nil {
		return nil, false, err
	}
	away, err := AbsencesTx(ctx, tx, g.session().ID)
	if err != nil {
		return nil, false, err
	}
	absent := func(person string) bool {
		return slices.ContainsFunc(away, func(a Absence) bool { return a.Absent == person && a.Person != "" })
	}
	var all []Staff
	for _, m := range row.Staff {
		if !Leads(row, m) || slices.ContainsFunc(all, func(x Staff) bool { return x.PersonID == m.PersonID }) {
			continue
		}
		f, known := said[m.PersonID]
		all = append(all, Staff{m, !known && !absent(m.PersonID) || f.led})
	}
	return all, len(said) > 0, nil
}

// LeadingTx is the ids of those who lead, or led, a session of a round: of those who lead the round on its day not who is away.
func LeadingTx(ctx context.Context, tx *db.Tx, row round.Row, sessionID string) ([]string, error) {
	g, err := groundTx(ctx, tx, row, sessionID)
	if err != nil {
		return nil, err
	}
	all, _, err := leadersTx(ctx, tx, g)
	var ids []string
	for _, l := range all {
		if l.Led {
			ids = append(ids, l.PersonID)
		}
	}
	return ids, err
}

// ledFact is the last that was said of somebody's part in a session.
type ledFact struct {
	id, person string
	led        bool
}

func ledTx(ctx context.Context, tx *db.Tx, sessionID string) (map[string]ledFact, error) {
	all, err := db.All(ctx, tx, func(row db.Scanner) (ledFact, error) {
		var f ledFact
		err := row.Scan(&f.id, &f.person, &f.led)
		return f, err
	}, `SELECT l.id, l.person_id, l.led FROM session_leader l WHERE l.session_id = $1
		AND NOT EXISTS (SELECT 1 FROM session_leader later WHERE later.supersedes = l.id)`, sessionID)
	if err != nil {
		return nil, err
	}
	by := make(map[string]ledFact, len(all))
	for _, f := range all {
		by[f.person] = f
	}
	return by, nil
}

// AddLedTx stores who of those who lead a round led a session; others of them did not. What is said already is not said again.
func (s *Service) AddLedTx(ctx context.Context, tx *db.Tx, sessionID string, on clock.Date, leaders, led []string, by string) error {
	said, err := ledTx(ctx, tx, sessionID)
	if err != nil {
		return err
	}
	for _, person := range leaders {
		before, known := said[person]
		now := slices.Contains(led, person)
		if known && before.led == now {
			continue
		}
		if _, err := tx.Exec(ctx, `INSERT INTO session_leader (id, session_id, person_id, led, happened_on, recorded_at, recorded_by, supersedes)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, db.NewID(), sessionID, person, now, on, db.At(s.clock.Now()), by, db.Null(before.id)); err != nil {
			return fmt.Errorf("say who led: %w", err)
		}
	}
	return nil
}

// entry is an entry of the log about a session.
func entry(actor access.Subject, r round.Row, a audit.Action, subject, requestID string) audit.Entry {
	return audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: r.OrganisationID, Purpose: r.ID, Action: a, Subject: subject,
		Outcome: audit.OK, RequestID: requestID}
}

// movedFromTx is the day that a session was planned for before it was last moved to another; zero when it was not.
func movedFromTx(ctx context.Context, tx *db.Tx, x round.Session) (clock.Date, error) {
	from, err := db.One(ctx, tx, db.Scalar[clock.Date], `SELECT from_date FROM session_move WHERE session_id = $1 AND to_date = $2 AND from_date <> to_date
		ORDER BY recorded_at DESC, id DESC LIMIT 1`, x.ID, x.On)
	if errs.Is(err, errs.NotFound) {
		return clock.Date{}, nil
	}
	return from, err
}
