package register

import (
	"context"
	"fmt"
	"slices"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/credential"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/programme"
)

// Why is whence it is known what is recorded, or why a certificate was withdrawn.
type Why string

// The reasons there are, for what was given and for what was taken away. Free text about a person does not belong in a register.
const (
	EarlierRegister  Why = "earlier-register"
	ShownCertificate Why = "shown-certificate"
	FromAbroad       Why = "from-abroad"
	OwnWish          Why = "own-wish"
	NotAsTaught      Why = "not-as-taught"
	HasLeft          Why = "has-left"
	Mistaken         Why = "mistaken" // of what is taken back
)

// WhysOf are the reasons that go with a kind of fact.
func WhysOf(kind credential.FactKind) []Why {
	if kind == credential.FactWithdrawn {
		return []Why{OwnWish, NotAsTaught, HasLeft}
	}
	return []Why{EarlierRegister, ShownCertificate, FromAbroad}
}

// Kinds are the kinds of fact that can be recorded by hand.
var Kinds = []credential.FactKind{credential.FactGranted, credential.FactCourseCompleted, credential.FactWithdrawn}

// Recorded is something that was recorded by hand.
type Recorded struct {
	ID        string
	Kind      credential.FactKind
	What      string // a credential, or a course
	On        clock.Date
	Why       Why
	At        time.Time
	By        string // a name
	TakenBack bool
}

// InProgramme is where a person stands with the credentials of one programme.
type InProgramme struct {
	Definition *programme.Definition
	Verdicts   []credential.Verdict // those that are held by people, in the definition's order
	Recorded   []Recorded           // the newest first
}

// Standings is where a person stands, on a day, with all that the reader may see.
type Standings struct {
	Person, Name string
	On           clock.Date
	Programmes   []InProgramme
	MayRecord    bool
}

// Person is where somebody whom the actor reaches stands with the credentials of the programmes that the actor may ask of.
func (s *Service) Person(ctx context.Context, actor access.Subject, personID string, on clock.Date) (Standings, error) {
	if access.ReachOf(actor.Role, access.ReadCredentials) == access.None {
		return Standings{}, errs.New(errs.Denied, "")
	}
	p, err := s.directory.Person(ctx, actor, personID) // which notes the look, and refuses what is out of reach
	if err != nil {
		return Standings{}, fmt.Errorf("credentials: %w", err)
	}
	st, err := s.standings(ctx, p.ID, s.reached(actor), on)
	if err != nil {
		return Standings{}, fmt.Errorf("credentials: %w", err)
	}
	audit.Note(ctx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: actor.Organisation, Action: ActionRead, Subject: p.ID, Outcome: audit.OK})
	st.Name = p.Name
	st.MayRecord = access.ReachOf(actor.Role, access.RecordCredential) != access.None
	return st, nil
}

// Mine is where the actor stands with the credentials of all programmes.
func (s *Service) Mine(ctx context.Context, actor access.Subject, on clock.Date) (Standings, error) {
	if actor.Person == "" {
		return Standings{}, errs.New(errs.SignedOut, "")
	}
	st, err := s.standings(ctx, actor.Person, s.defs.InForce(), on)
	if err != nil {
		return Standings{}, fmt.Errorf("my credentials: %w", err)
	}
	return st, nil
}

// reached are the programmes of which the actor may ask where people stand: a hub those that have their home with it.
func (s *Service) reached(actor access.Subject) []*programme.Definition {
	homes := s.defs.HomeProgrammes(actor.Organisation)
	return slices.DeleteFunc(s.defs.InForce(), func(d *programme.Definition) bool {
		return actor.Programme != "" && d.ID != actor.Programme || actor.Role == access.Coordinator && !slices.Contains(homes, d.ID)
	})
}

func (s *Service) standings(ctx context.Context, person string, defs []*programme.Definition, on clock.Date) (Standings, error) {
	if on.IsZero() {
		on = s.Today()
	}
	st := Standings{Person: person, On: on}
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		st.Programmes = nil
		for _, def := range defs {
			in := InProgramme{Definition: def}
			facts, err := factsTx(ctx, tx, def, []string{person})
			if err != nil {
				return err
			}
			for _, c := range def.Credentials {
				if c.HeldBy != programme.OfUnit {
					in.Verdicts = append(in.Verdicts, credential.Evaluate(def, c.ID, facts.For(person), on))
				}
			}
			if in.Recorded, err = recordedTx(ctx, tx, person, def.ID); err != nil {
				return err
			}
			if len(in.Verdicts) > 0 {
				st.Programmes = append(st.Programmes, in)
			}
		}
		return nil
	})
	return st, err
}

func recordedTx(ctx context.Context, tx *db.Tx, person, programmeID string) ([]Recorded, error) {
	return db.All(ctx, tx, func(row db.Scanner) (Recorded, error) {
		var r Recorded
		var at db.Time
		var cred, variant, later string
		err := row.Scan(&r.ID, &r.Kind, &cred, &variant, &r.On, &r.Why, &at, &r.By, &later)
		if r.What, r.At, r.TakenBack = cred, at.Time, later != ""; cred == "" {
			r.What = variant
		}
		return r, err
	}, `SELECT f.id, f.fact, f.credential, f.variant, f.happened_on, f.reason, f.recorded_at, p.name, coalesce(l.id, '')
		FROM credential_fact f JOIN person p ON p.id = f.recorded_by LEFT JOIN credential_fact l ON l.supersedes = f.id
		WHERE f.person_id = $1 AND f.programme = $2 AND f.fact <> 'nothing' ORDER BY f.happened_on DESC, f.recorded_at DESC, f.id DESC`, person, programmeID)
}

// NewFact is something to be recorded, as typed.
type NewFact struct {
	Programme string
	Kind      credential.FactKind
	What      string // a credential of the programme, or one of its courses
	On        clock.Date
	Why       Why
}

// earliest is the first day on which anything can have happened that a register knows of. It only stops slips of the hand.
var earliest = clock.NewDate(1980, time.January, 1)

// check is what is wrong in what was typed, by field.
func (n NewFact) check(def *programme.Definition, today clock.Date) error {
	var wrong []errs.Field
	bad := func(field, key string) { wrong = append(wrong, errs.Field{Name: field, Key: key}) }
	if def.ID == "" || !slices.Contains(Kinds, n.Kind) {
		bad("what", "credentials.error.what")
	} else if n.Kind == credential.FactCourseCompleted {
		if v, ok := def.Variant(n.What); !ok || v.Kind != programme.Course {
			bad("what", "credentials.error.what")
		}
	} else if c, ok := def.Credential(n.What); !ok || c.HeldBy == programme.OfUnit {
		bad("what", "credentials.error.what")
	}
	switch {
	case n.On.IsZero():
		bad("on", "credentials.error.on")
	case n.On.After(today):
		bad("on", "credentials.error.ahead")
	case n.On.Before(earliest):
		bad("on", "credentials.error.early")
	}
	if !slices.Contains(WhysOf(n.Kind), n.Why) {
		bad("why", "credentials.error.why")
	}
	return errs.InvalidFields(wrong...)
}

// Record stores something about a person that a credential rests on and that no other room knows. What is recorded already, and a
// certificate withdrawn that was not held, is Invalid.
func (s *Service) Record(ctx context.Context, actor access.Subject, personID string, n NewFact, requestID string) error {
	def, err := s.mayRecord(ctx, actor, &personID, n.Programme)
	if err != nil {
		return fmt.Errorf("record credential: %w", err)
	}
	if err := n.check(def, s.Today()); err != nil {
		return fmt.Errorf("record credential: %w", err)
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		facts, err := factsTx(ctx, tx, def, []string{personID})
		if err != nil {
			return err
		}
		if err := n.fits(def, facts.For(personID)); err != nil {
			return err
		}
		if err := s.AddTx(ctx, tx, personID, n, actor.Person); err != nil {
			return err
		}
		if err := s.standTx(ctx, tx, def, personID); err != nil {
			return err
		}
		return s.log.Add(ctx, tx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: actor.Organisation, Action: ActionRecord,
			Subject: personID, Outcome: audit.OK, RequestID: requestID})
	})
	if err != nil {
		return fmt.Errorf("record credential: %w", err)
	}
	return nil
}

// fits tells whether what is recorded goes together with what is known.
func (n NewFact) fits(def *programme.Definition, facts credential.Facts) error {
	replaced := map[string]bool{}
	all := facts.All()
	for _, f := range all {
		replaced[f.Supersedes] = true
	}
	for _, f := range all {
		what := f.Credential
		if f.Kind == credential.FactCourseCompleted {
			what = f.Variant
		}
		if f.Who == facts.Holder() && f.Kind == n.Kind && what == n.What && f.On == n.On && !replaced[f.ID] {
			return errs.InvalidFields(errs.Field{Name: "on", Key: "credentials.error.twice"})
		}
	}
	if n.Kind == credential.FactWithdrawn && credential.Evaluate(def, n.What, facts, n.On).Term == nil {
		return errs.InvalidFields(errs.Field{Name: "what", Key: "credentials.error.not-held"})
	}
	return nil
}

// mayRecord is the definition of the programme, an empty one when it is none that the actor may record in. The person's id becomes that of who stayed, where
// two were one.
func (s *Service) mayRecord(ctx context.Context, actor access.Subject, personID *string, programmeID string) (*programme.Definition, error) {
	if access.ReachOf(actor.Role, access.RecordCredential) == access.None {
		return nil, errs.New(errs.Denied, "")
	}
	p, err := s.directory.Person(ctx, actor, *personID)
	if err != nil {
		return nil, err
	}
	*personID = p.ID
	for _, d := range s.reached(actor) {
		if d.ID == programmeID {
			return d, nil
		}
	}
	return &programme.Definition{}, nil
}

// AddTx stores a fact and asks nothing.
func (s *Service) AddTx(ctx context.Context, tx *db.Tx, personID string, n NewFact, by string) error {
	cred, variant := n.What, ""
	if n.Kind == credential.FactCourseCompleted {
		cred, variant = "", n.What
	}
	_, err := tx.Exec(ctx, `INSERT INTO credential_fact (id, fact, person_id, programme, credential, variant, happened_on, reason, recorded_at, recorded_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, db.NewID(), string(n.Kind), personID, n.Programme, cred, variant, n.On, string(n.Why),
		db.At(s.clock.Now()), by)
	if err != nil {
		return fmt.Errorf("add what a credential rests on: %w", err)
	}
	return nil
}

// Retract takes back what was recorded by mistake. It stays readable and counts no more. What was taken back already is a Conflict.
func (s *Service) Retract(ctx context.Context, actor access.Subject, personID, factID, requestID string) error {
	if access.ReachOf(actor.Role, access.RecordCredential) == access.None {
		return errs.New(errs.Denied, "")
	}
	p, err := s.directory.Person(ctx, actor, personID)
	if err != nil {
		return fmt.Errorf("retract: %w", err)
	}
	reached := s.reached(actor)
	now := db.At(s.clock.Now())
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var programmeID, later string
		var on clock.Date
		if err := tx.QueryRow(ctx, `SELECT f.programme, f.happened_on, coalesce(l.id, '') FROM credential_fact f LEFT JOIN credential_fact l ON l.supersedes = f.id
			WHERE f.id = $1 AND f.person_id = $2 AND f.fact <> 'nothing'`, factID, p.ID).Scan(&programmeID, &on, &later); err != nil {
			return err
		}
		i := slices.IndexFunc(reached, func(d *programme.Definition) bool { return d.ID == programmeID })
		switch {
		case i < 0:
			return errs.New(errs.NotFound, "")
		case later != "":
			return errs.New(errs.Conflict, "credentials.error.taken-back")
		}
		if _, err := tx.Exec(ctx, `INSERT INTO credential_fact (id, fact, person_id, programme, happened_on, reason, recorded_at, recorded_by, supersedes)
			VALUES ($1, 'nothing', $2, $3, $4, $5, $6, $7, $8)`, db.NewID(), p.ID, programmeID, on, string(Mistaken), now, actor.Person, factID); err != nil {
			return err
		}
		if err := s.standTx(ctx, tx, reached[i], p.ID); err != nil {
			return err
		}
		return s.log.Add(ctx, tx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: actor.Organisation, Action: ActionRetract,
			Subject: p.ID, Outcome: audit.OK, RequestID: requestID})
	})
	if err != nil {
		return fmt.Errorf("retract: %w", err)
	}
	return nil
}
