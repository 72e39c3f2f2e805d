package round

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/programme"
	"hemvist/internal/round/schedule"
	"hemvist/internal/typed"
)

// How is how a session came to another day.
type How string

// The ways.
const (
	Moved     How = "moved"     // by itself
	Followed  How = "followed"  // because an earlier one was
	Postponed How = "postponed" // nobody could meet on its day, and it is held the next time
)

// Move is that a session was moved, as it is shown.
type Move struct {
	SessionID, Item      string
	Number               int
	FromDate, ToDate     clock.Date
	FromStarts, ToStarts int
	FromMinutes          int // 0 with ToMinutes: nothing was said of how long it is
	ToMinutes            int
	FromPlace, ToPlace   string
	How                  How
	Batch                string // what was moved in one go
	At                   db.Time
	By                   string // name
}

func movesOf(ctx context.Context, tx *db.Tx, roundID string) ([]Move, error) {
	return db.All(ctx, tx, func(row db.Scanner) (Move, error) {
		var m Move
		err := row.Scan(&m.SessionID, &m.Item, &m.Number, &m.FromDate, &m.ToDate, &m.FromStarts, &m.ToStarts, &m.FromPlace, &m.ToPlace, &m.How, &m.Batch, &m.At, &m.By, &m.FromMinutes, &m.ToMinutes)
		return m, err
	}, `SELECT s.id, s.item, s.number, m.from_date, m.to_date, m.from_starts, m.to_starts, m.from_place, m.to_place, m.how, m.batch, m.recorded_at, p.name, m.from_minutes, m.to_minutes
		FROM session_move m JOIN round_session s ON s.id = m.session_id JOIN person p ON p.id = m.recorded_by
		WHERE s.round_id = $1 ORDER BY m.recorded_at DESC, m.batch DESC, CASE m.how WHEN 'followed' THEN 1 ELSE 0 END, s.number`, roundID)
}

func movedOf(moves []Move) map[string]bool {
	moved := map[string]bool{}
	for _, m := range moves {
		moved[m.SessionID] = true
	}
	return moved
}

// Shift is what somebody wants to do with a session.
type Shift struct {
	Postpone bool       // nobody can meet: it is held the next time in the rhythm, and the rest follows
	On       clock.Date // otherwise: the new day
	Starts   int        // and time; negative: what was typed is none
	Minutes  int        // and how long; 0: as it is, negative: what was typed is no number
	Place    string     // of this session alone; empty for the round's
	Follow   bool       // the rest follows
}

// Shifted is a session before and after a shift.
type Shifted struct {
	Before, After Session
	How           How
	Jumped        []schedule.Jump
	OnOff         bool // the day that was chosen is one on which nobody meets, and Why
	Why           schedule.Jump
}

// backDays is how long ago a session may have been held instead, of one that was planned for a day that is past.
const backDays = 60

// shifted works out what a shift of the session does to the list. What is wrong is told by field; what has been said of the session
// already is a Conflict.
func shifted(list []Session, sessionID string, sh Shift, v *programme.Variant, rule schedule.Rule, today clock.Date) ([]Shifted, error) {
	i := slices.IndexFunc(list, func(x Session) bool { return x.ID == sessionID })
	if i < 0 {
		return nil, errs.New(errs.NotFound, "")
	}
	x := list[i]
	switch x.Fact {
	case Held:
		return nil, errs.New(errs.Conflict, "plan.error.held")
	case Cancelled:
		return nil, errs.New(errs.Conflict, "plan.error.cancelled")
	}
	first := Shifted{Before: x, After: x, How: Moved}
	if sh.Postpone {
		slot := rule.Lay(stepAfter(rule, x.On), 1)[0]
		first.After.On, first.Jumped, first.How, sh.Follow = slot.On, slot.Jumped, Postponed, true
	} else {
		if sh.Minutes == 0 {
			sh.Minutes = x.Minutes
		}
		fields := checkShift(x, sh, today)
		if sh.Minutes != x.Minutes && lengthOf(v, x, sh.Minutes) != sh.Minutes {
			fields = append(fields, errs.Field{Name: "minutes", Key: "plan.error.minutes", Args: map[string]any{"min": lengthOf(v, x, 1), "max": lengthOf(v, x, midnight)}})
		}
		if len(fields) > 0 {
			return nil, errs.InvalidFields(fields...)
		}
		first.After.On, first.After.Starts, first.After.Minutes, first.After.Place = sh.On, sh.Starts, sh.Minutes, sh.Place
		first.Why, first.OnOff = rule.Off(sh.On)
	}
	if first.After == x && !sh.Follow {
		return nil, errs.InvalidFields(errs.Field{Name: "on", Key: "plan.error.same"})
	}
	out := []Shifted{first}
	if sh.Follow {
		out = append(out, following(list[i+1:], first, v, rule, today)...)
	}
	return out, checkOverlaps(list, out)
}

func stepAfter(rule schedule.Rule, d clock.Date) clock.Date {
	if rule.Every.IsZero() {
		return d.AddDays(7)
	}
	return rule.Every.After(d)
}

// following is what becomes of the sessions that follow one that is moved: those that are ahead, and of which nothing has been said.
func following(rest []Session, first Shifted, v *programme.Variant, rule schedule.Rule, today clock.Date) []Shifted {
	var ahead []Session
	var days []clock.Date
	for _, x := range rest {
		if x.Fact == Unknown && !x.On.Before(today) {
			ahead, days = append(ahead, x), append(days, x.On)
		}
	}
	var out []Shifted
	for i, slot := range rule.Follow(first.Before.On, first.After.On, days) {
		s := Shifted{Before: ahead[i], After: ahead[i], How: Followed, Jumped: slot.Jumped}
		s.After.On = slot.On
		if first.After.Starts != first.Before.Starts {
			s.After.Starts = first.After.Starts
		}
		if first.After.Minutes != first.Before.Minutes {
			s.After.Minutes = lengthOf(v, s.Before, first.After.Minutes)
		}
		if s.After != s.Before {
			out = append(out, s)
		}
	}
	return out
}

// lengthOf is how long a session of a variant is when a length is wanted, within what its programme says.
func lengthOf(v *programme.Variant, x Session, wanted int) int {
	limits := programme.Session{}
	if v != nil {
		for _, y := range v.Sessions() {
			if y.ID == x.Item {
				limits = y
			}
		}
	}
	return minutesOf(limits, max(wanted, 1))
}

func checkShift(x Session, sh Shift, today clock.Date) []errs.Field {
	var fields []errs.Field
	_, wrong := typed.Line("place", sh.Place, "")
	fields = append(fields, wrong...)
	if typed.HoldsPersonalNumber(sh.Place) {
		fields = append(fields, errs.Field{Name: "place", Key: "participant.error.personal-number"})
	}
	switch {
	case sh.On.IsZero():
		fields = append(fields, errs.Field{Name: "on", Key: "plan.error.day"})
	case sh.On.Before(today) && (!x.On.Before(today) || sh.On.Before(today.AddDays(-backDays))):
		fields = append(fields, errs.Field{Name: "on", Key: "plan.error.past"})
	case today.DaysUntil(sh.On) > farAhead:
		fields = append(fields, errs.Field{Name: "on", Key: "plan.error.far"})
	}
	switch {
	case sh.Starts < 0 || sh.Starts >= midnight:
		fields = append(fields, errs.Field{Name: "starts", Key: "plan.error.time"})
	case sh.Starts+sh.Minutes > midnight:
		fields = append(fields, errs.Field{Name: "starts", Key: "plan.error.midnight"})
	case !sh.On.IsZero() && !schedule.Exists(sh.On, sh.Starts, zone):
		fields = append(fields, errs.Field{Name: "starts", Key: "plan.error.no-such-time", Args: map[string]any{"on": sh.On}})
	}
	return fields
}

// checkOverlaps refuses two sessions at the same time. Another order than the programme's is told, not refused.
func checkOverlaps(list []Session, changed []Shifted) error {
	after := slices.Clone(list)
	for _, c := range changed {
		after[slices.IndexFunc(after, func(x Session) bool { return x.ID == c.Before.ID })] = c.After
	}
	x := changed[0].After
	for _, y := range after {
		if y.ID != x.ID && y.Fact != Cancelled && !y.ends().Before(x.begins()) && !x.ends().Before(y.begins()) {
			return errs.InvalidFields(errs.Field{Name: "on", Key: "plan.error.overlap", Args: map[string]any{"number": y.Number}})
		}
	}
	return nil
}

// seenDays is a short form of the days of a round: it changes whenever one of them does.
func seenDays(list []Session) string {
	h := sha256.New()
	for _, x := range list {
		fmt.Fprintf(h, "%s %d %s %d %d %q %s\n", x.ID, x.Number, x.On, x.Starts, x.Minutes, x.Place, x.Fact)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

func seenWords(r Row) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %q", r.Name, r.Place, r.Link, r.Language, r.Interpreter))
	return hex.EncodeToString(sum[:8])
}

// PreviewShift is what a shift would do. Nothing is stored.
func (s *Service) PreviewShift(p PlanDetail, sessionID string, sh Shift) ([]Shifted, []schedule.Warning, error) {
	changed, err := shifted(p.List, sessionID, sh, p.Variant, p.rule(), s.Today())
	if err != nil {
		return nil, nil, fmt.Errorf("move a session: %w", err)
	}
	after, moved := slices.Clone(p.List), movedOf(p.Moves)
	for _, c := range changed {
		after[slices.IndexFunc(after, func(x Session) bool { return x.ID == c.Before.ID })] = c.After
		moved[c.Before.ID] = true
	}
	return changed, schedule.Check(p.rhythm(), p.rule(), plannedOf(after, moved)), nil
}

// changeDays is one change of a round's days: all of it or nothing. seen is the state that the actor saw; when the days have changed
// since, nothing is done, and it is a Conflict.
func (s *Service) changeDays(ctx context.Context, actor access.Subject, id, seen string, action audit.Action, requestID string,
	change func(ctx context.Context, tx *db.Tx, r Row, list []Session) (subject string, err error)) error {
	today := s.Today()
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := s.forWriting(ctx, tx, actor, access.ChangeRound, id, today)
		if err != nil {
			return err
		}
		list, err := SessionsTx(ctx, tx, id)
		if err != nil {
			return err
		}
		if seenDays(list) != seen {
			return errs.New(errs.Conflict, "plan.error.changed")
		}
		subject, err := change(ctx, tx, r, list)
		if err != nil {
			return err
		}
		if err := ProjectTx(ctx, tx, id); err != nil {
			return err
		}
		return s.log.Add(ctx, tx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: r.OrganisationID, Purpose: id,
			Action: action, Subject: subject, Outcome: audit.OK, RequestID: requestID})
	})
	if err != nil {
		noteRefusal(ctx, actor, err)
	}
	return err
}

// MoveSession moves a session, with the rest following or alone.
func (s *Service) MoveSession(ctx context.Context, actor access.Subject, id, sessionID string, sh Shift, seen, requestID string) error {
	p, err := s.PlanOf(ctx, actor, id)
	if err != nil {
		return err
	}
	today, batch, at := s.Today(), db.NewID(), db.At(s.clock.Now())
	err = s.changeDays(ctx, actor, id, seen, ActionMove, requestID, func(ctx context.Context, tx *db.Tx, _ Row, list []Session) (string, error) {
		changed, err := shifted(list, sessionID, sh, p.Variant, p.rule(), today)
		if err != nil {
			return "", err
		}
		for _, c := range changed {
			if err := moveTx(ctx, tx, c, batch, at, actor.Person); err != nil {
				return "", err
			}
		}
		return sessionID, nil
	})
	if err != nil {
		return fmt.Errorf("move a session: %w", err)
	}
	return nil
}

func moveTx(ctx context.Context, tx *db.Tx, c Shifted, batch string, at db.Time, by string) error {
	if _, err := tx.Exec(ctx, `UPDATE round_session SET on_date = $2, starts = $3, place = $4, minutes = $5 WHERE id = $1`,
		c.Before.ID, c.After.On, c.After.Starts, c.After.Place, c.After.Minutes); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO session_move (id, session_id, from_date, from_starts, to_date, to_starts, recorded_at, recorded_by, how, batch, from_place, to_place,
			from_minutes, to_minutes)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`, db.NewID(), c.Before.ID, c.Before.On, c.Before.Starts, c.After.On, c.After.Starts,
		at, by, string(c.How), batch, c.Before.Place, c.After.Place, c.Before.Minutes, c.After.Minutes)
	return err
}

// CancelSession says that a session is not held at all; the others stay where they are. back takes that back.
func (s *Service) CancelSession(ctx context.Context, actor access.Subject, id, sessionID string, back bool, seen, requestID string) error {
	err := s.changeDays(ctx, actor, id, seen, ActionSession, requestID, func(ctx context.Context, tx *db.Tx, _ Row, list []Session) (string, error) {
		i := slices.IndexFunc(list, func(x Session) bool { return x.ID == sessionID })
		switch {
		case i < 0:
			return "", errs.New(errs.NotFound, "")
		case list[i].Fact == Held:
			return "", errs.New(errs.Conflict, "plan.error.held")
		}
		fact := Cancelled
		if back {
			fact = Unknown
		}
		if list[i].Fact == fact {
			return sessionID, nil
		}
		return sessionID, s.AddSessionFactTx(ctx, tx, sessionID, fact, list[i].On, actor.Person)
	})
	if err != nil {
		return fmt.Errorf("cancel a session: %w", err)
	}
	return nil
}

// InformationOf is the information meeting that a round could still get: its programme has one, the round has none, and has not begun.
func (p PlanDetail) InformationOf(today clock.Date) (programme.Session, bool) {
	if p.Variant == nil || p.EndedHow != "" || len(p.List) == 0 || p.FirstOn.Before(today) || p.SessionsHeld > 0 {
		return programme.Session{}, false
	}
	for _, x := range p.Variant.SessionsOf(programme.Information) {
		if x.Optional && !slices.ContainsFunc(p.List, func(y Session) bool { return y.Item == x.ID }) {
			return x, true
		}
	}
	return programme.Session{}, false
}

// AddInformation puts an information meeting before the other sessions of a round that has not begun.
func (s *Service) AddInformation(ctx context.Context, actor access.Subject, id string, on clock.Date, starts int, seen, requestID string) error {
	p, err := s.PlanOf(ctx, actor, id)
	if err != nil {
		return err
	}
	today := s.Today()
	x, ok := p.InformationOf(today)
	if !ok {
		return errs.New(errs.Conflict, "plan.error.information")
	}
	new := Session{ID: db.NewID(), Number: 1, Kind: x.Kind, Item: x.ID, On: on, Starts: starts, Minutes: minutesOf(x, 0), Zone: Zone, Fact: Unknown}
	fields := checkShift(Session{On: today}, Shift{On: on, Starts: starts, Minutes: new.Minutes}, today)
	if len(fields) == 0 && !new.ends().Before(p.List[0].begins()) {
		fields = append(fields, errs.Field{Name: "on", Key: "plan.error.information-late"})
	}
	if len(fields) > 0 {
		return errs.InvalidFields(fields...)
	}
	err = s.changeDays(ctx, actor, id, seen, ActionChange, requestID, func(ctx context.Context, tx *db.Tx, _ Row, list []Session) (string, error) {
		if err := renumber(ctx, tx, id, 1); err != nil {
			return "", err
		}
		_, err := tx.Exec(ctx, `INSERT INTO round_session (id, round_id, number, kind, item, on_date, starts, minutes, zone, place)
			VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, '')`, new.ID, id, string(new.Kind), new.Item, new.On, new.Starts, new.Minutes, new.Zone)
		return new.ID, err
	})
	if err != nil {
		return fmt.Errorf("add the information meeting: %w", err)
	}
	return nil
}

// renumber gives every session of a round the number that is by so much higher: by a detour, as no two may have the same at any moment.
func renumber(ctx context.Context, tx *db.Tx, id string, by int) error {
	const away = 100_000
	for _, step := range []int{away, by - away} {
		if _, err := tx.Exec(ctx, `UPDATE round_session SET number = number + $2 WHERE round_id = $1`, id, step); err != nil {
			return err
		}
	}
	return nil
}

// RemoveInformation takes the information meeting out of a round while it is ahead. One about which something has been recorded is
// cancelled instead: that is a Conflict.
func (s *Service) RemoveInformation(ctx context.Context, actor access.Subject, id, seen, requestID string) error {
	today := s.Today()
	err := s.changeDays(ctx, actor, id, seen, ActionChange, requestID, func(ctx context.Context, tx *db.Tx, _ Row, list []Session) (string, error) {
		if len(list) < 2 || list[0].Kind != programme.Information || list[0].Fact == Held || list[0].On.Before(today) {
			return "", errs.New(errs.Conflict, "plan.error.information")
		}
		x := list[0]
		facts, err := db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM session_fact WHERE session_id = $1`, x.ID)
		if err == nil && facts > 0 {
			return "", errs.New(errs.Conflict, "plan.error.information-used")
		}
		for _, remove := range []string{`DELETE FROM session_move WHERE session_id = $1`, `DELETE FROM round_session WHERE id = $1`} {
			if err == nil {
				_, err = tx.Exec(ctx, remove, x.ID)
			}
		}
		if errs.Is(err, errs.Conflict) { // another room has something about it
			return "", errs.New(errs.Conflict, "plan.error.information-used")
		}
		if err != nil {
			return "", err
		}
		return x.ID, renumber(ctx, tx, id, -1)
	})
	if err != nil {
		return fmt.Errorf("remove the information meeting: %w", err)
	}
	return nil
}
