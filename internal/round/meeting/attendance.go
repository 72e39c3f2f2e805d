package meeting

import (
	"context"
	"fmt"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/round"
)

// Row is one who is asked for, with what is marked.
type Row struct {
	ID, Name, Language string
	Erased             bool
	Stored             Stored // zero ID: nothing
}

// Sheet is the attendance of one session, for those who lead it.
type Sheet struct {
	Session
	People []Row // empty where counts only are kept
	Later  []Row // those who were written down after the day: nobody asks for them, and they may have come
	Count  StoredCount
}

// Sheet reads it.
func (s *Service) Sheet(ctx context.Context, actor access.Subject, roundID, sessionID string) (Sheet, error) {
	var marks map[string]Stored
	var count StoredCount
	g, err := s.look(ctx, actor, access.TickAttendance, roundID, sessionID, func(ctx context.Context, tx *db.Tx, g ground) (err error) {
		if count, err = countTx(ctx, tx, sessionID); err != nil {
			return err
		}
		marks, err = marksTx(ctx, tx, sessionID)
		return err
	})
	if err != nil {
		return Sheet{}, fmt.Errorf("read attendance: %w", err)
	}
	x, err := s.Get(ctx, actor, roundID, sessionID)
	if err != nil {
		return Sheet{}, err
	}
	sheet := Sheet{Session: x, Count: count}
	if g.row.Attendance == round.CountsOnly {
		return sheet, nil
	}
	_, people, err := s.group.Members(ctx, actor, roundID)
	if err != nil {
		return Sheet{}, fmt.Errorf("read attendance: %w", err)
	}
	for _, p := range people {
		m, row := member{p.ID, p.JoinedOn, p.LeftOn}, Row{ID: p.ID, Name: p.Name, Language: p.Language, Erased: p.Erased, Stored: marks[p.ID]}
		switch {
		case m.expectedOn(x.Session.On):
			sheet.People = append(sheet.People, row)
		case m.mayHaveComeOn(x.Session.On):
			sheet.Later = append(sheet.Later, row)
		}
	}
	return sheet, nil
}

// Tick is a mark that somebody made.
type Tick struct {
	Participant string
	Mark        Mark
	Request     string // its own, so that what is sent twice is stored once
	Seen        string // the id of the mark that it was made over; empty for none
}

// Batch is what is sent of a session at once. It is stored whole or not at all.
type Batch struct {
	Ticks []Tick
	Count *CountTick // in a round that keeps counts only
	Held  bool       // the session was held, led by
	Led   []string   // these of those who lead the round
}

// CountTick is a number that somebody wrote.
type CountTick struct {
	Present       int
	Request, Seen string
}

// MaxTicks is how many marks a batch may hold.
const MaxTicks = 200

// Outcome is what became of a mark.
type Outcome string

// The outcomes.
const (
	Kept      Outcome = "kept"      // it is stored, now or when it came the first time
	Same      Outcome = "same"      // somebody had marked the same
	Overtaken Outcome = "overtaken" // the same page has marked something else since, and that arrived first
	Gone      Outcome = "gone"      // who was marked is not asked for any more
	Clash     Outcome = "clash"     // somebody else marked another thing meanwhile: it is not stored
)

// Taken is what became of one mark, and what is marked now.
type Taken struct {
	Participant string
	Outcome     Outcome
	Mine        Mark
	Now         Stored
}

// Result is what became of a batch. A clash is no error: the other marks are stored.
type Result struct {
	Taken []Taken
	Count *CountTaken
}

// CountTaken is what became of a number.
type CountTaken struct {
	Outcome Outcome
	Mine    int
	Now     StoredCount
}

// Clashes tells whether somebody has to be asked.
func (r Result) Clashes() bool {
	for _, t := range r.Taken {
		if t.Outcome == Clash {
			return true
		}
	}
	return r.Count != nil && r.Count.Outcome == Clash
}

// check refuses what no page of ours sends.
func (b Batch) check() error {
	if len(b.Ticks) > MaxTicks {
		return errs.New(errs.TooLarge, "attendance.error.many")
	}
	seen := map[string]bool{}
	for _, t := range b.Ticks {
		if !validMark(t.Mark) || !ValidRequest(t.Request) || seen[t.Request] {
			return errs.New(errs.Invalid, "attendance.error.mark")
		}
		seen[t.Request] = true
	}
	if c := b.Count; c != nil {
		if !ValidRequest(c.Request) {
			return errs.New(errs.Invalid, "attendance.error.mark")
		}
		if c.Present < 0 || c.Present > 1000 {
			return errs.InvalidFields(errs.Field{Name: "count", Key: "attendance.error.count"})
		}
	}
	return nil
}

// Record stores a batch.
func (s *Service) Record(ctx context.Context, actor access.Subject, roundID, sessionID string, b Batch, requestID string) (Result, error) {
	if err := b.check(); err != nil {
		return Result{}, fmt.Errorf("record attendance: %w", err)
	}
	var result Result
	today := s.rounds.Today()
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		result = Result{}
		row, err := s.rounds.ForWritingTx(ctx, tx, actor, access.TickAttendance, roundID)
		if err != nil {
			return err
		}
		g, err := groundTx(ctx, tx, row, sessionID)
		if err != nil {
			return err
		}
		ahead := g.session().On.After(today)
		if ahead && (b.Held || b.Count != nil) {
			return errs.New(errs.Invalid, "session.error.ahead")
		}
		if g.session().Fact == round.Cancelled {
			return errs.New(errs.Conflict, "attendance.error.cancelled")
		}
		if (row.Attendance == round.CountsOnly) != (len(b.Ticks) == 0 && b.Count != nil) && (len(b.Ticks) > 0 || b.Count != nil) {
			return errs.New(errs.Invalid, "attendance.error.mark")
		}
		stored, err := s.tickTx(ctx, tx, actor, g, b, ahead, &result)
		if err != nil {
			return err
		}
		held, err := s.heldTx(ctx, tx, actor, g, b)
		if err != nil || !stored && !held {
			return err
		}
		return s.log.Add(ctx, tx, entry(actor, row, ActionTick, sessionID, requestID))
	})
	if err != nil {
		round.NoteRefusal(ctx, actor, err)
		return Result{}, fmt.Errorf("record attendance: %w", err)
	}
	return result, nil
}

// tickTx stores the marks, or the number, and tells whether anything was new.
func (s *Service) tickTx(ctx context.Context, tx *db.Tx, actor access.Subject, g ground, b Batch, ahead bool, result *Result) (bool, error) {
	if b.Count != nil {
		taken, stored, err := s.takeCount(ctx, tx, actor, g, *b.Count)
		result.Count = &taken
		return stored, err
	}
	if len(b.Ticks) == 0 {
		return false, nil
	}
	marks, err := marksTx(ctx, tx, g.session().ID)
	if err != nil {
		return false, err
	}
	members, err := membersTx(ctx, tx, g.row.ID)
	if err != nil {
		return false, err
	}
	any := false
	for _, t := range b.Ticks {
		m, known := members[t.Participant]
		if !known || ahead && t.Mark != Told && t.Mark != Unknown {
			return false, errs.New(errs.Invalid, "attendance.error.mark")
		}
		if !m.mayHaveComeOn(g.session().On) {
			result.Taken = append(result.Taken, Taken{t.Participant, Gone, t.Mark, marks[t.Participant]})
			continue
		}
		taken, stored, err := s.take(ctx, tx, actor, g, t, marks[t.Participant])
		if err != nil {
			return false, err
		}
		marks[t.Participant] = taken.Now
		any = any || stored
		result.Taken = append(result.Taken, taken)
	}
	return any, nil
}

// take stores one mark over what is marked now, or says why not.
func (s *Service) take(ctx context.Context, tx *db.Tx, actor access.Subject, g ground, t Tick, now Stored) (Taken, bool, error) {
	taken := Taken{Participant: t.Participant, Mine: t.Mark, Now: now}
	first, err := db.One(ctx, tx, func(row db.Scanner) (Stored, error) {
		var m Stored
		err := row.Scan(&m.request, &m.Participant, &m.Mark)
		return m, err
	}, `SELECT session_id, participant_id, mark FROM attendance WHERE request = $1`, t.Request)
	repeated := err == nil
	switch {
	case err != nil && !errs.Is(err, errs.NotFound):
		return taken, false, err
	case repeated && (first.request != g.session().ID || first.Participant != t.Participant):
		return taken, false, errs.New(errs.Invalid, "attendance.error.mark")
	case repeated && first.Mark == t.Mark:
		taken.Outcome = Kept
		return taken, false, nil
	}
	mine, later := false, true
	if now.ID != "" {
		mine, later = sameMaker(now.request, t.Request)
		mine = mine && !repeated
	}
	switch {
	case now.Mark == t.Mark, now.ID == "" && t.Mark == Unknown:
		taken.Outcome = Same
		return taken, false, nil
	case mine && !later:
		taken.Outcome = Overtaken
		return taken, false, nil
	case now.ID != t.Seen && !mine:
		taken.Outcome = Clash
		return taken, false, nil
	}
	request := t.Request
	if repeated {
		// A page that was gone back to, with something else chosen on it.
		request = db.NewID()
	}
	stored := Stored{ID: db.NewID(), Participant: t.Participant, Mark: t.Mark, By: actor.Person, At: s.clock.Now(), request: request}
	if _, err := tx.Exec(ctx, `INSERT INTO attendance (id, session_id, participant_id, mark, happened_on, recorded_at, recorded_by, request, supersedes)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, stored.ID, g.session().ID, t.Participant, string(t.Mark), g.session().On, db.At(stored.At),
		actor.Person, request, db.Null(now.ID)); err != nil {
		return taken, false, fmt.Errorf("store a mark: %w", err)
	}
	taken.Outcome, taken.Now = Kept, stored
	return taken, true, nil
}

// takeCount is take for a number.
func (s *Service) takeCount(ctx context.Context, tx *db.Tx, actor access.Subject, g ground, c CountTick) (CountTaken, bool, error) {
	now, err := countTx(ctx, tx, g.session().ID)
	if err != nil {
		return CountTaken{}, false, err
	}
	taken := CountTaken{Mine: c.Present, Now: now}
	before, err := db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM attendance_count WHERE request = $1 AND session_id = $2 AND present = $3`,
		c.Request, g.session().ID, c.Present)
	switch {
	case err != nil:
		return taken, false, err
	case before > 0:
		taken.Outcome = Kept
		return taken, false, nil
	case now.ID != "" && now.Present == c.Present:
		taken.Outcome = Same
		return taken, false, nil
	case now.ID != c.Seen:
		taken.Outcome = Clash
		return taken, false, nil
	}
	request := c.Request
	used, err := db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM attendance_count WHERE request = $1`, request)
	if err != nil {
		return taken, false, err
	}
	if used > 0 {
		request = db.NewID()
	}
	taken.Outcome, taken.Now = Kept, StoredCount{ID: db.NewID(), Present: c.Present, By: actor.Person, At: s.clock.Now()}
	_, err = tx.Exec(ctx, `INSERT INTO attendance_count (id, session_id, present, happened_on, recorded_at, recorded_by, request, supersedes)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, taken.Now.ID, g.session().ID, c.Present, g.session().On, db.At(taken.Now.At), actor.Person, request, db.Null(now.ID))
	return taken, true, err
}

// heldTx stores that the session was held, and who led it, and tells whether that was new.
func (s *Service) heldTx(ctx context.Context, tx *db.Tx, actor access.Subject, g ground, b Batch) (bool, error) {
	if !b.Held {
		return false, nil
	}
	if !g.row.May(actor, access.RecordSession) {
		return false, errs.New(errs.NotFound, "")
	}
	leaders, _, err := leadersTx(ctx, tx, g)
	if err != nil {
		return false, err
	}
	ids := make([]string, len(leaders))
	for i, l := range leaders {
		ids[i] = l.PersonID
	}
	if err := s.AddLedTx(ctx, tx, g.session().ID, g.session().On, ids, b.Led, actor.Person); err != nil {
		return false, err
	}
	if g.session().Fact != round.Held {
		if err := s.rounds.AddSessionFactTx(ctx, tx, g.session().ID, round.Held, g.session().On, actor.Person); err != nil {
			return false, err
		}
	}
	return true, round.ProjectTx(ctx, tx, g.row.ID)
}
