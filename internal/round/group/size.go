package group

import (
	"context"
	"fmt"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/programme"
	"hemvist/internal/round"
)

// Size is how large a group is beside what its programme says of that.
type Size struct {
	Persons, Households int
	N                   int             // persons or households, as the programme counts
	InHouseholds        bool            // which of the two
	Recommended, Limit  programme.Range // of N
	ChildAge            programme.Range // in years
	PerHousehold        int             // persons of one household at most; 0: not said
	ToCertify           int             // persons that there must be for the round to certify its leaders; 0: it does not ask for any
}

// CannotCertify tells whether there are fewer than it takes for the round to certify its leaders.
func (s Size) CannotCertify() bool { return s.Persons < s.ToCertify }

// Few and Many tell whether there are fewer or more than is recommended.
func (s Size) Few() bool { return s.N < s.Recommended.Min }

// Many is the other side of Few.
func (s Size) Many() bool { return s.Recommended.Max > 0 && s.N > s.Recommended.Max }

// SizeOf is the size of a group of those who take part; n is how many there are where nobody is named, else -1.
func SizeOf(def *programme.Definition, variant string, members []Member, n int) Size {
	v, ok := def.Variant(variant)
	if !ok {
		return Size{}
	}
	p := v.Participants
	s := Size{InHouseholds: p.Counted == countedHouseholds, Recommended: p.Recommended, Limit: p.Limit, ChildAge: p.ChildAge, PerHousehold: p.PerHousehold,
		ToCertify: ToCertify(def, variant)}
	households := map[string]bool{}
	for _, m := range members {
		if !m.Here() {
			continue
		}
		s.Persons++
		if m.HouseholdID == "" {
			s.Households++
		} else if !households[m.HouseholdID] {
			households[m.HouseholdID] = true
			s.Households++
		}
	}
	if n >= 0 {
		s.Persons, s.InHouseholds = n, false
	}
	if s.N = s.Persons; s.InHouseholds {
		s.N = s.Households
	}
	return s
}

const countedHouseholds = "households"

// ToCertify is how many persons a round of the variant must have for those who lead it to be certified by it: the least that any credential
// asks for; 0 when none asks for any.
func ToCertify(def *programme.Definition, variant string) int {
	least := 0
	for _, c := range def.Credentials {
		if c.HeldBy != programme.Person {
			continue
		}
		if n := asked(c.Requires, variant); n > 0 && (least == 0 || n < least) {
			least = n
		}
	}
	return least
}

// asked is how many participants requirements ask of a round of the variant; of several the most, as all are to be met.
func asked(requirements []programme.Requirement, variant string) int {
	most := 0
	for _, r := range requirements {
		n := 0
		switch rule := r.Rule.(type) {
		case programme.Practice:
			if rule.Participants != nil && ofVariant(rule.Variants, variant) && !r.Advised {
				n = rule.Participants.AtLeast
			}
		case programme.AllOf:
			n = asked(rule.Requirements, variant)
		}
		most = max(most, n)
	}
	return most
}

func ofVariant(variants []string, variant string) bool {
	for _, v := range variants {
		if v == variant {
			return true
		}
	}
	return len(variants) == 0
}

// fitsTx refuses what a round may not be: larger than its programme allows, or with more persons of one household. name is the form's field
// that is to be answered otherwise.
func (s *Service) fitsTx(ctx context.Context, tx *db.Tx, r round.Row, name string) error {
	def, err := s.defs.Definition(r.Programme, r.Version)
	if err != nil {
		return err
	}
	all, err := db.All(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM participant p WHERE p.round_id = $1 AND p.left_on IS NULL`, r.ID)
	if err != nil {
		return err
	}
	members, together := make([]Member, len(all)), map[string]int{}
	for i, p := range all {
		members[i] = p.Member
		together[p.HouseholdID]++
	}
	size := SizeOf(def, r.Variant, members, -1)
	if size.Limit.Max > 0 && size.N > size.Limit.Max {
		return errs.InvalidFields(errs.Field{Name: name, Key: "participant.error.full", Args: map[string]any{"n": size.Limit.Max}})
	}
	for household, n := range together {
		if household != "" && size.PerHousehold > 0 && n > size.PerHousehold {
			return errs.InvalidFields(errs.Field{Name: name, Key: "participant.error.household", Args: map[string]any{"n": size.PerHousehold}})
		}
	}
	return nil
}

// MaxCount is the most that can take part in a round that keeps counts only.
const MaxCount = 1000

// SetCount says how many take part in a round that keeps counts only; it supersedes what was said before.
func (s *Service) SetCount(ctx context.Context, actor access.Subject, roundID string, n int, requestID string) error {
	if n < 0 || n > MaxCount {
		return errs.InvalidFields(errs.Field{Name: "count", Key: "participant.error.count", Args: map[string]any{"max": MaxCount}})
	}
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := s.rounds.ForWritingTx(ctx, tx, actor, access.AddParticipant, roundID)
		if err != nil {
			return err
		}
		if r.Attendance != round.CountsOnly || r.Learners() {
			return errs.New(errs.Conflict, "participant.error.not-here")
		}
		before, err := db.One(ctx, tx, scanCount, `SELECT g.id, g.count FROM group_size g WHERE g.round_id = $1
			AND NOT EXISTS (SELECT 1 FROM group_size later WHERE later.supersedes = g.id)`, roundID)
		if err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
		if err == nil && before.n == n {
			return nil
		}
		if err := addCountTx(ctx, tx, roundID, n, s.rounds.Today(), db.At(s.clock.Now()), actor.Person, before.id); err != nil {
			return err
		}
		if err := round.ProjectTx(ctx, tx, roundID); err != nil {
			return err
		}
		return s.log.Add(ctx, tx, s.entry(actor, r, ActionCount, r.ID, requestID))
	})
	if err != nil {
		round.NoteRefusal(ctx, actor, err)
		return fmt.Errorf("say how many take part: %w", err)
	}
	return nil
}

type counted struct {
	id string
	n  int
}

func scanCount(row db.Scanner) (counted, error) {
	var c counted
	err := row.Scan(&c.id, &c.n)
	return c, err
}

func addCountTx(ctx context.Context, tx *db.Tx, roundID string, n int, on clock.Date, at db.Time, by, supersedes string) error {
	_, err := tx.Exec(ctx, `INSERT INTO group_size (id, round_id, count, happened_on, recorded_at, recorded_by, supersedes) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		db.NewID(), roundID, n, on, at, by, db.Null(supersedes))
	return err
}
