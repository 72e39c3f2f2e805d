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
)

// Worker is somebody's part in a round, with its days.
type Worker struct {
	PersonID, Name, Organisation string
	Role                         access.Role // the part, a role's id in the definition
	From, To                     clock.Date
	AddedBy, EndedBy             string // names; empty where it is not known
}

// On tells whether the part holds on a day.
func (w Worker) On(d clock.Date) bool {
	return !w.From.After(d) && (w.To.IsZero() || !w.To.Before(d))
}

// Over tells whether the part was over before a day.
func (w Worker) Over(d clock.Date) bool { return !w.To.IsZero() && w.To.Before(d) }

// Staffing is how many there are in a part, and how many there should be.
type Staffing struct {
	programme.Staffing
	Have int // on the first day, or today when that is past
}

// Few and Many tell whether there are fewer or more than the programme says.
func (x Staffing) Few() bool { return x.Have < x.Count.Min }

// Many is as Few.
func (x Staffing) Many() bool { return x.Count.Max > 0 && x.Have > x.Count.Max }

// StaffDetail is who works in a round, as those see it who may change that.
type StaffDetail struct {
	Row
	Workers    []Worker // those now and to come first, then those who have left
	Staffing   []Staffing
	Definition *programme.Definition
	Variant    *programme.Variant
	On         clock.Date // the day that Have is counted for
	Seen       string     // the state, to be sent along with a change
}

// StaffOf is who works in a round, has done and will do.
func (s *Service) StaffOf(ctx context.Context, actor access.Subject, id string) (StaffDetail, error) {
	var d StaffDetail
	var decision access.Decision
	today := s.Today()
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if d.Row, err = oneRow(ctx, tx, id, today); err != nil {
			return err
		}
		if decision = access.Decide(actor, access.ChangeRound, d.resource()); decision.Allow {
			d.Workers, err = workersOf(ctx, tx, id)
		}
		return err
	})
	if err == nil {
		err = s.judge(ctx, actor, ActionRead, d.Row, decision)
	}
	if err == nil {
		d.Definition, err = s.defs.Definition(d.Programme, d.Version)
	}
	if err != nil {
		return StaffDetail{}, fmt.Errorf("staff of a round: %w", err)
	}
	d.Variant, _ = d.Definition.Variant(d.Row.Variant)
	d.Seen = seenStaff(d.Workers)
	slices.SortStableFunc(d.Workers, func(a, b Worker) int {
		if a.Over(today) != b.Over(today) {
			if a.Over(today) {
				return 1
			}
			return -1
		}
		return 0
	})
	d.On = laterOf(today, d.FirstOn)
	d.Staffing = staffingOn(d.Variant, d.Workers, d.On)
	return d, nil
}

func laterOf(a, b clock.Date) clock.Date {
	if a.Before(b) {
		return b
	}
	return a
}

func earlierOf(a, b clock.Date) clock.Date {
	if b.Before(a) {
		return b
	}
	return a
}

// staffingOn is how many there are in each part that a variant is staffed with, on a day.
func staffingOn(v *programme.Variant, all []Worker, on clock.Date) []Staffing {
	if v == nil {
		return nil
	}
	var out []Staffing
	for _, x := range v.Staff {
		have := map[string]bool{}
		for _, w := range all {
			if string(w.Role) == x.Role && w.On(on) {
				have[w.PersonID] = true
			}
		}
		out = append(out, Staffing{Staffing: x, Have: len(have)})
	}
	return out
}

func workersOf(ctx context.Context, tx *db.Tx, id string) ([]Worker, error) {
	return db.All(ctx, tx, func(row db.Scanner) (Worker, error) {
		var w Worker
		err := row.Scan(&w.PersonID, &w.Name, &w.Organisation, &w.Role, &w.From, &w.To, &w.AddedBy, &w.EndedBy)
		return w, err
	}, `SELECT m.person_id, p.name, coalesce((SELECT min(o.name) FROM role r JOIN organisation o ON o.id = r.organisation_id WHERE r.person_id = p.id
			AND r.role = m.role AND (r.to_on IS NULL OR r.to_on >= m.from_on)), ''),
			m.role, m.from_on, m.to_on, coalesce(a.name, ''), coalesce(e.name, '')
		FROM round_staff m JOIN person p ON p.id = m.person_id LEFT JOIN person a ON a.id = m.added_by LEFT JOIN person e ON e.id = m.ended_by
		WHERE m.round_id = $1 AND (m.to_on IS NULL OR m.to_on >= m.from_on) ORDER BY m.role, m.from_on, p.name_sort`, id)
}

func seenStaff(all []Worker) string {
	h := sha256.New()
	for _, w := range all {
		fmt.Fprintf(h, "%s %s %s %s\n", w.PersonID, w.Role, w.From, w.To)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// Colleague is somebody who could work in a round.
type Colleague struct {
	ID, Name, Organisation string
	Unit                   string     // the board or unit of their role; empty when it is for the whole organisation
	Since                  clock.Date // the day that the role began
}

// maxColleagues is how many are shown; whoever does not find the right one among them writes more of the name.
const maxColleagues = 30

// Colleagues is who could have a part in a round from a day: people with the role for it in the programme, wherever they work. Without words
// it is those of the round's own organisation. Names of staff are open to those who plan with them; addresses are not shown.
func (s *Service) Colleagues(ctx context.Context, actor access.Subject, d StaffDetail, part access.Role, text string, on clock.Date) ([]Colleague, error) {
	if !d.May(actor, access.ChangeRound) {
		return nil, errs.New(errs.NotFound, "")
	}
	words := db.Words(text)
	if len(words) > maxWords {
		words = words[:maxWords]
	}
	var found []Colleague
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		w := suited(d.Row, actsAs(d.Definition, part), on)
		if len(words) == 0 {
			w.add("r.organisation_id = ?", d.OrganisationID)
		}
		for _, word := range words {
			from, to := db.PrefixRange(word)
			w.add("p.id IN (SELECT person_id FROM person_word WHERE word >= ? AND word < ?)", from, to)
		}
		w.args = append(w.args, d.OrganisationID, 2*maxColleagues)
		found, err = db.All(ctx, tx, func(row db.Scanner) (Colleague, error) {
			var c Colleague
			err := row.Scan(&c.ID, &c.Name, &c.Organisation, &c.Unit, &c.Since)
			return c, err
		}, fmt.Sprintf(`SELECT p.id, p.name, o.name, coalesce(a.name, ''), r.from_on FROM person p JOIN role r ON r.person_id = p.id
			JOIN organisation o ON o.id = r.organisation_id LEFT JOIN authority a ON a.id = r.authority_id
			WHERE %s ORDER BY CASE WHEN o.id = $%d THEN 0 ELSE 1 END, p.name_sort, p.id LIMIT $%d`, w.String(), len(w.args)-1, len(w.args)), w.args...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find colleagues: %w", err)
	}
	var out []Colleague
	var ids []string
	for _, c := range found {
		if !slices.Contains(ids, c.ID) && len(out) < maxColleagues {
			ids, out = append(ids, c.ID), append(out, c)
		}
	}
	audit.Note(ctx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: d.OrganisationID, Purpose: d.ID, Action: ActionColleagues,
		Outcome: audit.OK, Found: ids})
	return out, nil
}

// actsAs is the product's role that a part in a round asks for.
func actsAs(d *programme.Definition, part access.Role) access.Role {
	if r, ok := d.Role(string(part)); ok {
		return access.Role(r.ActsAs)
	}
	return part
}

// suited is the conditions on person p and role r of those who can have a part in a round from a day.
func suited(r Row, role access.Role, on clock.Date) where {
	var w where
	w.add("p.merged_into IS NULL AND (p.left_on IS NULL OR p.left_on >= ?)", on)
	w.add("r.role = ? AND (r.programme IS NULL OR r.programme = ?) AND r.deputy_for IS NULL", string(role), r.Programme)
	w.add("r.from_on <= ? AND (r.to_on IS NULL OR r.to_on >= ?)", on, on)
	return w
}

// Joining is somebody who is to work in a round from a day, in place of somebody else or beside those who do.
type Joining struct {
	PersonID string
	Role     access.Role
	From     clock.Date
	InPlace  string // the person whose part ends the day before; empty for nobody
}

// Join has somebody work in a round. seen is the state that the actor saw.
func (s *Service) Join(ctx context.Context, actor access.Subject, id string, j Joining, seen, requestID string) error {
	d, err := s.StaffOf(ctx, actor, id)
	if err != nil {
		return err
	}
	today := s.Today()
	if fields := checkJoin(d, j, today); len(fields) > 0 {
		return errs.InvalidFields(fields...)
	}
	err = s.changeStaff(ctx, actor, id, seen, j.PersonID, requestID, func(ctx context.Context, tx *db.Tx, r Row, all []Worker) error {
		day := j.From
		if day.Before(today) {
			day = today
		}
		w := suited(r, actsAs(d.Definition, j.Role), day)
		w.add("p.id = ?", j.PersonID)
		name, err := db.One(ctx, tx, db.Scalar[string], `SELECT min(p.name) FROM person p JOIN role r ON r.person_id = p.id WHERE `+w.String()+` GROUP BY p.id`, w.args...)
		if errs.Is(err, errs.NotFound) {
			return errs.InvalidFields(errs.Field{Name: "person", Key: "plan.error.person"})
		}
		if err != nil {
			return err
		}
		for _, x := range all {
			if x.PersonID == j.PersonID && x.Role == j.Role && !x.Over(j.From) {
				return errs.InvalidFields(errs.Field{Name: "person", Key: "plan.error.works-already", Args: map[string]any{"name": x.Name}})
			}
		}
		if j.InPlace != "" {
			if err := s.endPartTx(ctx, tx, id, all, j.InPlace, j.Role, j.From.AddDays(-1), actor.Person); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `INSERT INTO round_staff (round_id, person_id, role, from_on, added_by) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (round_id, person_id, role, from_on) DO UPDATE SET to_on = NULL, added_by = $5, ended_by = NULL`,
			id, j.PersonID, string(j.Role), j.From, actor.Person); err != nil {
			return err
		}
		return foundBy(ctx, tx, id, name)
	})
	if err != nil {
		return fmt.Errorf("join a round: %w", err)
	}
	return nil
}

func checkJoin(d StaffDetail, j Joining, today clock.Date) []errs.Field {
	var fields []errs.Field
	if d.Variant == nil || !slices.ContainsFunc(d.Variant.Staff, func(x programme.Staffing) bool { return x.Role == string(j.Role) }) {
		fields = append(fields, errs.Field{Name: "role", Key: "plan.error.role"})
	}
	if j.PersonID == "" {
		fields = append(fields, errs.Field{Name: "person", Key: "plan.error.person"})
	}
	switch {
	case j.From.IsZero():
		fields = append(fields, errs.Field{Name: "from", Key: "plan.error.day"})
	case j.From.Before(today) && j.From.Before(d.FirstOn), j.From.After(d.LastOn) && j.From.After(today):
		fields = append(fields, errs.Field{Name: "from", Key: "plan.error.from"})
	}
	return fields
}

// Part ends somebody's part in a round with a day; atOnce from this moment on, so that their next request finds nothing.
func (s *Service) Part(ctx context.Context, actor access.Subject, id, personID string, role access.Role, last clock.Date, atOnce bool, seen, requestID string) error {
	today := s.Today()
	if atOnce {
		last = today.AddDays(-1)
	}
	if last.IsZero() {
		return errs.InvalidFields(errs.Field{Name: "last", Key: "plan.error.day"})
	}
	err := s.changeStaff(ctx, actor, id, seen, personID, requestID, func(ctx context.Context, tx *db.Tx, _ Row, all []Worker) error {
		if !atOnce && last.Before(today) {
			return errs.InvalidFields(errs.Field{Name: "last", Key: "plan.error.last"})
		}
		return s.endPartTx(ctx, tx, id, all, personID, role, last, actor.Person)
	})
	if err != nil {
		return fmt.Errorf("leave a round: %w", err)
	}
	return nil
}

func (s *Service) endPartTx(ctx context.Context, tx *db.Tx, id string, all []Worker, personID string, role access.Role, last clock.Date, by string) error {
	i := slices.IndexFunc(all, func(x Worker) bool { return x.PersonID == personID && x.Role == role && !x.Over(s.Today()) })
	if i < 0 {
		return errs.New(errs.Conflict, "plan.error.works-no-more")
	}
	_, err := tx.Exec(ctx, `UPDATE round_staff SET to_on = $5, ended_by = $6 WHERE round_id = $1 AND person_id = $2 AND role = $3 AND from_on = $4`,
		id, personID, string(role), all[i].From, last, by)
	return err
}

func (s *Service) changeStaff(ctx context.Context, actor access.Subject, id, seen, subject, requestID string,
	change func(ctx context.Context, tx *db.Tx, r Row, all []Worker) error) error {
	today := s.Today()
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := s.forWriting(ctx, tx, actor, access.ChangeRound, id, today)
		if err != nil {
			return err
		}
		all, err := workersOf(ctx, tx, id)
		if err != nil {
			return err
		}
		if seenStaff(all) != seen {
			return errs.New(errs.Conflict, "plan.error.changed")
		}
		if err := change(ctx, tx, r, all); err != nil {
			return err
		}
		return s.log.Add(ctx, tx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: r.OrganisationID, Purpose: id,
			Action: ActionStaff, Subject: subject, Outcome: audit.OK, RequestID: requestID})
	})
	if err != nil {
		noteRefusal(ctx, actor, err)
	}
	return err
}
