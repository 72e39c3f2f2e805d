package round

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/programme"
	"hemvist/internal/round/schedule"
	"hemvist/internal/typed"
)

// idShape is what NewID makes.
var idShape = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// Plan stores a draft as a round and returns its id. Whoever plans what they then hold is among those who work in it from today. The same
// draft sent twice is one round.
func (s *Service) Plan(ctx context.Context, actor access.Subject, d Draft, requestID string) (string, error) {
	out, err := s.draft(ctx, actor, d)
	if err != nil {
		return "", fmt.Errorf("plan a round: %w", err)
	}
	if !idShape.MatchString(out.ID) {
		out.ID = db.NewID()
	}
	today := s.Today()
	plan := Plan{ID: out.ID, HubID: out.Hub, OrganisationID: actor.Organisation, AuthorityID: out.Board.ID, Definition: out.Definition, Variant: out.Choice.ID,
		Name: out.Name, Place: out.Place, Language: out.Language, Link: out.Link, Interpreter: out.Payer, Sessions: out.sessions(), CreatedBy: actor.Person, WeeksOff: out.weeks}
	if part, works := out.works(actor); works {
		plan.Staff = []Staffed{{PersonID: actor.Person, Role: part, From: today}}
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		by, err := db.One(ctx, tx, db.Scalar[string], `SELECT coalesce(created_by, '') FROM round WHERE id = $1`, out.ID)
		if err == nil && by == actor.Person {
			return nil // sent twice
		}
		if err == nil {
			return errs.New(errs.Conflict, "plan.error.changed")
		}
		if !errs.Is(err, errs.NotFound) {
			return err
		}
		plan := plan // the function may run again
		if plan.SearchWords, err = planWords(ctx, tx, actor); err != nil {
			return err
		}
		if plan.Name == "" {
			if plan.Name, err = suggestedName(ctx, tx, actor.Organisation, out); err != nil {
				return err
			}
		}
		if plan.Attendance, err = AttendanceFor(ctx, tx, plan.AuthorityID, plan.Definition.ID, s.Today()); err != nil {
			return err
		}
		if _, err := s.AddTx(ctx, tx, plan); err != nil {
			return err
		}
		return s.log.Add(ctx, tx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: actor.Organisation, Purpose: out.ID,
			Action: ActionPlan, Subject: out.ID, Outcome: audit.OK, RequestID: requestID})
	})
	if err != nil {
		return "", fmt.Errorf("plan a round: %w", err)
	}
	return out.ID, nil
}

// planWords is what a new round is found by beside its own words: the organisation and who planned it.
func planWords(ctx context.Context, tx *db.Tx, actor access.Subject) ([]string, error) {
	return db.All(ctx, tx, db.Scalar[string], `SELECT name FROM organisation WHERE id = $1 UNION SELECT name FROM person WHERE id = $2`, actor.Organisation, actor.Person)
}

// SuggestedName is what a draft without a name will be called: the place and the half-year, or the course and the half-year.
func (s *Service) SuggestedName(ctx context.Context, actor access.Subject, d Drafted) (name string, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		name, err = suggestedName(ctx, tx, actor.Organisation, d)
		return err
	})
	return name, err
}

// suggestedName is in Swedish, as a round has one name for all its readers and is held in Sweden.
func suggestedName(ctx context.Context, tx *db.Tx, organisation string, d Drafted) (string, error) {
	first := d.First
	if len(d.Sessions) > 0 && !d.Sessions[0].On.IsZero() { // the day that was wanted may be one on which nobody meets
		first = d.Sessions[0].On
	}
	half := "våren"
	if first.Month > 6 {
		half = "hösten"
	}
	term := fmt.Sprintf("%s %d", half, first.Year)
	if learners(d.Choice.Kind) {
		return d.Choice.Title.In("sv") + ", " + term, nil
	}
	name, err := db.One(ctx, tx, db.Scalar[string], `SELECT name FROM organisation WHERE id = $1`, organisation)
	if err != nil {
		return "", err
	}
	for _, end := range []string{" kommun", " stad", " stadsdelsförvaltning"} {
		name = strings.TrimSuffix(name, end)
	}
	return name + ", " + term, nil
}

// PlanDetail is a round's plan as those see it who may change it.
type PlanDetail struct {
	Row
	List       []Session
	Moves      []Move // the newest first
	Definition *programme.Definition
	Variant    *programme.Variant
	Warnings   []schedule.Warning
	WeeksOff   []schedule.Week
	Staffing   []Staffing
	Seen       string // the state of the days, to be sent along with a change
	SeenWords  string // that of name, place, link and language
}

// PlanOf is a round's plan.
func (s *Service) PlanOf(ctx context.Context, actor access.Subject, id string) (PlanDetail, error) {
	var p PlanDetail
	var workers []Worker
	var decision access.Decision
	today := s.Today()
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if p.Row, err = oneRow(ctx, tx, id, today); err != nil {
			return err
		}
		if decision = access.Decide(actor, access.ChangeRound, p.resource()); !decision.Allow {
			return nil
		}
		if p.List, err = SessionsTx(ctx, tx, id); err != nil {
			return err
		}
		if p.Moves, err = movesOf(ctx, tx, id); err != nil {
			return err
		}
		if workers, err = workersOf(ctx, tx, id); err == nil {
			p.WeeksOff, err = weeksOff(ctx, tx, id)
		}
		return err
	})
	if err == nil {
		err = s.judge(ctx, actor, ActionRead, p.Row, decision)
	}
	if err == nil {
		p.Definition, err = s.defs.Definition(p.Programme, p.Version)
	}
	if err != nil {
		return PlanDetail{}, fmt.Errorf("plan of a round: %w", err)
	}
	p.Variant, _ = p.Definition.Variant(p.Row.Variant)
	p.Staffing = staffingOn(p.Variant, workers, laterOf(today, p.FirstOn))
	p.Seen, p.SeenWords = seenDays(p.List), seenWords(p.Row)
	p.Warnings = schedule.Check(p.rhythm(), p.rule(), plannedOf(p.List, movedOf(p.Moves)))
	return p, nil
}

func (p PlanDetail) rhythm() programme.Rhythm {
	if p.Variant == nil {
		return programme.Rhythm{}
	}
	return p.Variant.Rhythm
}

// rule is how the days follow one another when one is moved. Where the programme says nothing they are weeks apart.
func (p PlanDetail) rule() schedule.Rule {
	return schedule.Rule{Every: p.rhythm().Every, WeeksOff: p.WeeksOff}
}

// Session is one of the plan's sessions.
func (p PlanDetail) Session(id string) (Session, bool) {
	for _, x := range p.List {
		if x.ID == id {
			return x, true
		}
	}
	return Session{}, false
}

func weeksOff(ctx context.Context, tx *db.Tx, id string) ([]schedule.Week, error) {
	text, err := db.One(ctx, tx, db.Scalar[string], `SELECT weeks_off FROM round WHERE id = $1`, id)
	return schedule.WeeksFrom(text), err
}

// PlanWords is what a round is called, where it meets, in which language.
type PlanWords struct {
	Name, Place, Link, Language string
	Interpreter                 bool
}

// ChangeWords changes what a round is called, where it meets and in which language. seen is the state that the actor saw: when somebody has
// changed it since, nothing is changed, and it is a Conflict.
func (s *Service) ChangeWords(ctx context.Context, actor access.Subject, id string, w PlanWords, seen, requestID string) error {
	before, err := s.PlanOf(ctx, actor, id)
	if err != nil {
		return err
	}
	d := Drafted{Draft: Draft{Name: w.Name, Place: w.Place, Link: w.Link, Language: w.Language, Interpreter: w.Interpreter}, Definition: before.Definition, Choice: before.Variant}
	if d.Choice == nil {
		return errs.New(errs.Internal, "")
	}
	fields := d.checkWords()
	if strings.TrimSpace(w.Name) == "" {
		_, more := typed.Line("name", "", "plan.error.name")
		fields = append(more, fields...)
	}
	if len(fields) > 0 {
		return errs.InvalidFields(fields...)
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := s.forWriting(ctx, tx, actor, access.ChangeRound, id, s.Today())
		if err != nil {
			return err
		}
		if seenWords(r) != seen {
			return errs.New(errs.Conflict, "plan.error.changed")
		}
		if _, err := tx.Exec(ctx, `UPDATE round SET name = $2, name_sort = $3, place = $4, link = $5, language = $6, interpreter = $7 WHERE id = $1`,
			id, d.Name, db.CollationKey(d.Name), d.Place, d.Link, d.Language, string(d.Payer)); err != nil {
			return err
		}
		if err := s.metTx(ctx, tx, r, d.Place, d.Link, actor.Person); err != nil {
			return err
		}
		if err := foundBy(ctx, tx, id, d.Name, d.Place); err != nil {
			return err
		}
		return s.log.Add(ctx, tx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: r.OrganisationID, Purpose: id,
			Action: ActionChange, Subject: id, Outcome: audit.OK, RequestID: requestID})
	})
	if err != nil {
		noteRefusal(ctx, actor, err)
		return fmt.Errorf("change a round: %w", err)
	}
	return nil
}

// metTx keeps where a round met until now, when it meets elsewhere from now on.
func (s *Service) metTx(ctx context.Context, tx *db.Tx, before Row, place, link, by string) error {
	if before.Place == place && before.Link == link {
		return nil
	}
	_, err := tx.Exec(ctx, `INSERT INTO round_where (id, round_id, from_place, from_link, to_place, to_link, recorded_at, recorded_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		db.NewID(), before.ID, before.Place, before.Link, place, link, db.At(s.clock.Now()), by)
	return err
}

// foundBy has a round found by further words, beside its old ones: who knew it by its old name still finds it.
func foundBy(ctx context.Context, tx *db.Tx, id string, texts ...string) error {
	for _, text := range texts {
		for _, word := range db.Words(text) {
			if _, err := tx.Exec(ctx, `INSERT INTO round_word (word, round_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, word, id); err != nil {
				return fmt.Errorf("add words: %w", err)
			}
		}
	}
	return nil
}
