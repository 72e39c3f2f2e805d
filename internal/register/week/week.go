// Package week is what those who lead a round need before the next session: how much time it takes, who comes in which language, and who
// of them does what. All who work in the round see the same. It holds no participant's name; the text for an authority's own record is
// made without one too.
package week

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
	"hemvist/internal/round/consent"
	"hemvist/internal/round/meeting"
)

// The actions in the log that this room writes.
const (
	ActionTask audit.Action = "session.task"
)

// Service is the room's door.
type Service struct {
	db     *db.DB
	log    *audit.Log
	clock  clock.Clock
	rounds *round.Service
	defs   definitions
	asked  consents
}

// definitions finds the definition that a round was started with.
type definitions interface {
	Definition(programmeID, version string) (*programme.Definition, error)
}

// consents tells how many of those who are asked before a session have consented.
type consents interface {
	StandingTx(ctx context.Context, tx *db.Tx, roundID, sessionID string, p consent.Purpose, on clock.Date) (consent.Standing, error)
}

// New opens the room.
func New(d *db.DB, log *audit.Log, c clock.Clock, rounds *round.Service, defs definitions, asked consents) *Service {
	return &Service{db: d, log: log, clock: c, rounds: rounds, defs: defs, asked: asked}
}

// Budget is how the week's hours before and after a session may be spent, in minutes. The whole is the programme's; how the rest is divided
// is our own suggestion. The zero Budget: the programme says nothing of it.
type Budget struct {
	All, Session, Read, Together, Supervision int
}

// BudgetOf is the week of a first round with the session in it. The session's own minutes are those of the plan; of what is left about half
// goes to preparing, and the rest to planning together and to supervision, in equal parts.
func BudgetOf(r round.Row, def *programme.Definition, x round.Session) Budget {
	v, ok := def.Variant(r.Variant)
	if !ok || v.Workload == 0 || v.Workload*60 <= x.Minutes {
		return Budget{}
	}
	const step = 15 // minutes: nobody plans finer
	b := Budget{All: v.Workload * 60, Session: x.Minutes}
	rest := b.All - b.Session
	b.Together = rest * 3 / 11 / step * step
	b.Supervision = b.Together
	b.Read = rest - b.Together - b.Supervision
	return b
}

// Doing is where a task stands.
type Doing struct {
	Task Task
	By   string // the id of who has taken it, or done it; empty: nobody has
	Name string
	Done bool
}

// Language is how many participants use a language.
type Language struct {
	Language string
	N        int
}

// Before is what is to be known and done before the next session of a round.
type Before struct {
	round.Mine
	Next        round.Session // its ID is empty when all sessions are past
	LastHeld    round.Session // the latest that was held; its ID is empty when none was
	Doings      []Doing
	Languages   []Language          // the commonest first
	Interpreter int                 // participants who need one
	Coming      int                 // who take part
	Told        int                 // of them, who have said that they cannot come to the next session
	Working     []round.StaffMember // on the day of the next session; today when there is none
	Away        []meeting.Absence   // who of them cannot come to it, and who steps in
	First       bool                // the actor leads without having been certified: it takes the time of a first round
	Budget      Budget
	Filmed      round.Session    // the next that is filmed; its ID is empty when none is
	Consent     consent.Standing // of those who are asked before it
	MaySee      bool             // who the participants are
}

// Mine is what is before the actor, in each of their open rounds, the nearest session first. It is for those who work in rounds.
func (s *Service) Mine(ctx context.Context, actor access.Subject) ([]Before, error) {
	if access.ReachOf(actor.Role, access.ReadWeek) != access.Assigned {
		return nil, errs.New(errs.Denied, "")
	}
	mine, err := s.rounds.MineOpen(ctx, actor)
	if err != nil {
		return nil, fmt.Errorf("week: %w", err)
	}
	today := s.rounds.Today()
	all := make([]Before, len(mine))
	for i, m := range mine {
		all[i] = before(actor, m, today)
	}
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		for i := range all {
			if err := fillTx(ctx, tx, actor, &all[i]); err != nil {
				return err
			}
			if err := s.consentTx(ctx, tx, &all[i], today); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("week: %w", err)
	}
	slices.SortStableFunc(all, func(a, b Before) int {
		if (a.Next.ID == "") != (b.Next.ID == "") {
			if a.Next.ID == "" {
				return 1
			}
			return -1
		}
		return a.Next.On.Compare(b.Next.On)
	})
	return all, nil
}

// before is what follows from the round alone.
func before(actor access.Subject, m round.Mine, today clock.Date) Before {
	b := Before{Mine: m, Working: m.Staff, MaySee: m.May(actor, access.ReadParticipants)}
	for _, x := range m.List {
		if x.Fact == round.Held && x.On.Compare(b.LastHeld.On) >= 0 {
			b.LastHeld = x
		}
		if b.Next.ID == "" && x.Fact == round.Unknown && !x.On.Before(today) {
			b.Next = x
		}
	}
	if b.Next.ID != "" {
		b.Budget = BudgetOf(m.Row, m.Definition, b.Next)
	}
	return b
}

// fillTx adds what is stored about the round: who takes part, and what has been taken and done.
func fillTx(ctx context.Context, tx *db.Tx, actor access.Subject, b *Before) error {
	b.Languages, b.Interpreter, b.Coming, b.Told, b.Doings = nil, 0, 0, 0, nil
	if b.Attendance == round.CountsOnly {
		n, err := db.One(ctx, tx, db.Scalar[int], `SELECT coalesce(max(count), 0) FROM group_size g WHERE round_id = $1
			AND NOT EXISTS (SELECT 1 FROM group_size later WHERE later.supersedes = g.id)`, b.ID)
		if err != nil {
			return err
		}
		b.Coming = n
	} else if err := languagesTx(ctx, tx, b); err != nil {
		return err
	}
	if v, ok := b.Definition.Variant(b.Variant); ok && actor.Role == access.Leader {
		held, err := holdsTx(ctx, tx, actor.Person, b.Programme, v.Staff)
		if err != nil {
			return err
		}
		b.First = !held
	}
	if b.Next.ID == "" {
		return nil
	}
	if err := nextTx(ctx, tx, b); err != nil {
		return err
	}
	said, err := doingsTx(ctx, tx, b.Next.ID)
	if err != nil {
		return err
	}
	for _, task := range TasksOf(b.Row, b.Definition, b.Next) {
		d := said[task]
		d.Task = task
		b.Doings = append(b.Doings, d)
	}
	return nil
}

// nextTx adds who works on the day of the next session, and who has said that they cannot come to it.
func nextTx(ctx context.Context, tx *db.Tx, b *Before) error {
	row, err := round.RowTx(ctx, tx, b.ID, b.Next.On)
	if err != nil {
		return err
	}
	b.Working = row.Staff
	if b.Away, err = meeting.AbsencesTx(ctx, tx, b.Next.ID); err != nil || b.Attendance == round.CountsOnly {
		return err
	}
	b.Told, err = db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM attendance a JOIN participant p ON p.id = a.participant_id
		WHERE a.session_id = $1 AND a.mark = $2 AND p.round_id = $3 AND p.left_on IS NULL
		AND NOT EXISTS (SELECT 1 FROM attendance later WHERE later.supersedes = a.id)`, b.Next.ID, string(meeting.Told), b.ID)
	return err
}

// consentTx adds whether those who are asked before the next session that is filmed have consented.
func (s *Service) consentTx(ctx context.Context, tx *db.Tx, b *Before, today clock.Date) error {
	rule := consent.RuleOf(b.Definition, b.Row)
	for _, x := range b.List {
		if x.Fact != round.Unknown || x.On.Before(today) || !rule.Of(x) {
			continue
		}
		standing, err := s.asked.StandingTx(ctx, tx, b.ID, x.ID, consent.Filming, today)
		b.Filmed, b.Consent = x, standing
		return err
	}
	return nil
}

func languagesTx(ctx context.Context, tx *db.Tx, b *Before) error {
	_, err := db.All(ctx, tx, func(row db.Scanner) (Language, error) {
		var l Language
		interpreter := 0
		if err := row.Scan(&l.Language, &l.N, &interpreter); err != nil {
			return l, err
		}
		b.Coming, b.Interpreter, b.Languages = b.Coming+l.N, b.Interpreter+interpreter, append(b.Languages, l)
		return l, nil
	}, `SELECT language, count(*), coalesce(sum(interpreter), 0) FROM participant WHERE round_id = $1 AND left_on IS NULL
		GROUP BY language ORDER BY 2 DESC, 1`, b.ID)
	return err
}

// holdsTx tells, by the projection, whether somebody holds a credential that those who lead are asked for.
func holdsTx(ctx context.Context, tx *db.Tx, person, programmeID string, staff []programme.Staffing) (bool, error) {
	for _, st := range staff {
		if st.Role != string(access.Leader) {
			continue
		}
		for _, c := range st.Holds {
			n, err := db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM standing WHERE person_id = $1 AND programme = $2 AND credential = $3
				AND status IN ('certified', 'due')`, person, programmeID, c)
			if err != nil || n > 0 {
				return n > 0, err
			}
		}
		return len(st.Holds) == 0, nil
	}
	return true, nil // nothing is asked of those who lead
}

type said struct {
	id, fact string
	Doing
}

func saidTx(ctx context.Context, tx *db.Tx, sessionID string) ([]said, error) {
	return db.All(ctx, tx, func(row db.Scanner) (said, error) {
		var x said
		err := row.Scan(&x.id, &x.Task, &x.fact, &x.By, &x.Name)
		if x.Done = x.fact == "done"; x.fact == "left" {
			x.By, x.Name = "", ""
		}
		return x, err
	}, `SELECT t.id, t.task, t.fact, t.person_id, p.name FROM session_task t JOIN person p ON p.id = t.person_id
		WHERE t.session_id = $1 AND NOT EXISTS (SELECT 1 FROM session_task later WHERE later.supersedes = t.id) ORDER BY t.id`, sessionID)
}

func doingsTx(ctx context.Context, tx *db.Tx, sessionID string) (map[Task]Doing, error) {
	all, err := saidTx(ctx, tx, sessionID)
	by := make(map[Task]Doing, len(all))
	for _, x := range all {
		by[x.Task] = x.Doing
	}
	return by, err
}

// Do is what somebody does with a task.
type Do string

// What can be done: take it, leave it to the other, say that it is done, say that it is not after all.
const (
	Take    Do = "taken"
	Leave   Do = "left"
	Finish  Do = "done"
	NotDone Do = "not-done"
)

// Say stores what the actor does with a task before a session. A task that another has taken is not taken from them: that is a Conflict.
// Saying what holds already changes nothing.
func (s *Service) Say(ctx context.Context, actor access.Subject, roundID, sessionID string, task Task, do Do, requestID string) error {
	if !slices.Contains([]Do{Take, Leave, Finish, NotDone}, do) {
		return errs.New(errs.Invalid, "")
	}
	today, now := s.rounds.Today(), db.At(s.clock.Now())
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := s.rounds.ForWritingTx(ctx, tx, actor, access.PrepareSession, roundID)
		if err != nil {
			return err
		}
		d, err := s.defs.Definition(r.Programme, r.Version)
		if err != nil {
			return err
		}
		sessions, err := round.SessionsTx(ctx, tx, roundID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(sessions, func(x round.Session) bool { return x.ID == sessionID })
		if i < 0 || !slices.Contains(TasksOf(r, d, sessions[i]), task) || !MaySay(actor, r, task) {
			return errs.New(errs.NotFound, "")
		}
		all, err := saidTx(ctx, tx, sessionID)
		if err != nil {
			return err
		}
		before := said{}
		if j := slices.IndexFunc(all, func(x said) bool { return x.Task == task }); j >= 0 {
			before = all[j]
		}
		switch {
		case do == Take && before.By != "" && before.By != actor.Person:
			return errs.New(errs.Conflict, "week.error.taken")
		case before.fact == string(do) && (do == Leave || before.By == actor.Person), before.id == "" && (do == Leave || do == NotDone):
			return nil
		}
		if _, err := tx.Exec(ctx, `INSERT INTO session_task (id, session_id, task, fact, person_id, happened_on, recorded_at, recorded_by, supersedes)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $5, $8)`, db.NewID(), sessionID, string(task), string(do), actor.Person, today, now, db.Null(before.id)); err != nil {
			return err
		}
		return s.log.Add(ctx, tx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: r.OrganisationID, Purpose: r.ID,
			Action: ActionTask, Subject: sessionID, Outcome: audit.OK, RequestID: requestID})
	})
	if err != nil {
		round.NoteRefusal(ctx, actor, err)
		return fmt.Errorf("say who does what: %w", err)
	}
	return nil
}

// Came is what is known of somebody's part in a session.
type Came string

// What is known.
const (
	WasThere Came = "was-there"
	WasNot   Came = "was-not"
	MadeUp   Came = "made-up"
	NotSaid  Came = "not-said"
)

// Came is what the marks of a session say, by participant.
func (s *Service) Came(ctx context.Context, sessionID string) (map[string]Came, error) {
	by := map[string]Came{}
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		clear(by)
		_, err := db.All(ctx, tx, func(row db.Scanner) (Came, error) {
			var who, mark string
			if err := row.Scan(&who, &mark); err != nil {
				return "", err
			}
			switch {
			case mark == "present" || mark == "late":
				by[who] = WasThere
			case mark == "made-up":
				by[who] = MadeUp
			case mark == "unknown":
				by[who] = NotSaid
			default:
				by[who] = WasNot
			}
			return by[who], nil
		}, `SELECT a.participant_id, a.mark FROM attendance a WHERE a.session_id = $1
			AND NOT EXISTS (SELECT 1 FROM attendance later WHERE later.supersedes = a.id) ORDER BY a.id`, sessionID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("who came: %w", err)
	}
	return by, nil
}
