package group

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/round"
)

// Group is a round with who takes part in it, as its page shows them.
type Group struct {
	round.Row
	Members   []Member
	Size      Size
	MayChange bool // add, change, take out: the round has not ended, and the actor may
}

// Get is a round's group, as far as the actor may see it; else NotFound. Whom the actor saw is noted.
func (s *Service) Get(ctx context.Context, actor access.Subject, roundID string) (Group, error) {
	r, members, err := s.Members(ctx, actor, roundID)
	if err != nil {
		return Group{}, err
	}
	def, err := s.defs.Definition(r.Programme, r.Version)
	if err != nil {
		return Group{}, fmt.Errorf("a round's group: %w", err)
	}
	n := -1
	if r.Attendance == round.CountsOnly && !r.Learners() {
		n = r.Participants
	}
	return Group{Row: r, Members: members, Size: SizeOf(def, r.Variant, members, n), MayChange: r.EndedHow == "" && r.May(actor, access.AddParticipant)}, nil
}

// Of is a participant of the group by id.
func (g Group) Of(id string) (Member, bool) {
	i := slices.IndexFunc(g.Members, func(m Member) bool { return m.ID == id })
	if i < 0 {
		return Member{}, false
	}
	return g.Members[i], true
}

// Together is those who take part and are of a participant's household, but for that one.
func (g Group) Together(m Member) []Member {
	var others []Member
	for _, o := range g.Members {
		if o.ID != m.ID && m.HouseholdID != "" && o.HouseholdID == m.HouseholdID && o.Here() {
			others = append(others, o)
		}
	}
	return others
}

// forChange is one participant of a round to be changed, opened.
func (s *Service) forChange(ctx context.Context, actor access.Subject, roundID, id string) (round.Row, Member, error) {
	var r round.Row
	var stored []row
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if r, err = s.rounds.ForWritingTx(ctx, tx, actor, access.AddParticipant, roundID); err != nil {
			return err
		}
		stored, err = rowsTx(ctx, tx, roundID, r.Learners())
		return err
	})
	if err != nil {
		round.NoteRefusal(ctx, actor, err)
		return r, Member{}, err
	}
	i := slices.IndexFunc(stored, func(p row) bool { return p.ID == id })
	if i < 0 {
		return r, Member{}, errs.New(errs.NotFound, "")
	}
	one, err := s.open(ctx, r, stored[i:i+1])
	if err != nil {
		return r, Member{}, err
	}
	s.noteSeen(ctx, actor, r, one)
	return r, one[0], nil
}

// Change changes what is known of a participant: everything that n says, with the household of n.With, or alone when it names nobody. version is
// what the participant had when the actor looked: where another has changed something since, it is a Conflict, so that nothing is written over
// unseen. What was changed is kept as a fact, by its fields alone.
func (s *Service) Change(ctx context.Context, actor access.Subject, roundID, id string, n NewMember, version int, requestID string) error {
	r, before, err := s.forChange(ctx, actor, roundID, id)
	if err != nil {
		return fmt.Errorf("change participant: %w", err)
	}
	if r.Learners() || before.Erased {
		return errs.New(errs.Conflict, "participant.error.not-here")
	}
	if n, err = n.check(r.Attendance); err != nil {
		return err
	}
	keys, err := s.vault.Subjects(ctx, r.AuthorityID, []string{id})
	if err != nil {
		return fmt.Errorf("change participant: %w", err)
	}
	p := Sealed{row: row{Member: Member{ID: id, Language: n.Language, Interpreter: n.Interpreter, Protected: n.Protected}}, ages: n.Children, with: n.With}
	if err := s.sealOne(ctx, keys, r.AuthorityID, &p, n); err != nil {
		return fmt.Errorf("change participant: %w", err)
	}
	changed := changes(before, n)
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := s.rounds.ForWritingTx(ctx, tx, actor, access.AddParticipant, roundID); err != nil {
			return err
		}
		return s.changeTx(ctx, tx, actor, r, p, changed, version, requestID)
	})
	if err != nil {
		round.NoteRefusal(ctx, actor, err)
		return fmt.Errorf("change participant: %w", err)
	}
	return nil
}

// changes is the fields in which somebody differs from what is known of them. The household is compared where it is changed.
func changes(m Member, n NewMember) []string {
	var out []string
	for _, c := range []struct {
		field   string
		changed bool
	}{
		{"name", m.Name != n.Name}, {"contact", m.Phone != n.Phone || m.Email != n.Email}, {"language", m.Language != n.Language},
		{"interpreter", m.Interpreter != n.Interpreter}, {"protected", m.Protected != n.Protected},
	} {
		if c.changed {
			out = append(out, c.field)
		}
	}
	return out
}

func (s *Service) changeTx(ctx context.Context, tx *db.Tx, actor access.Subject, r round.Row, p Sealed, changed []string, version int, requestID string) error {
	stored, err := db.One(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM participant p WHERE p.id = $1 AND p.round_id = $2`, p.ID, r.ID)
	if err != nil {
		return err
	}
	if stored.Version != version {
		return errs.New(errs.Conflict, "participant.error.changed-since")
	}
	at, today := db.At(s.clock.Now()), s.rounds.Today()
	household, err := s.moveHouseholdTx(ctx, tx, r, stored.Member, p, at, actor.Person)
	if err != nil {
		return err
	}
	if household != stored.HouseholdID {
		changed = append(slices.Clone(changed), "household")
	}
	if told, err := setChildrenTx(ctx, tx, household, p.ages, today, at, actor.Person); err != nil {
		return err
	} else if told {
		changed = append(slices.Clone(changed), "children")
	}
	if len(changed) == 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, `UPDATE participant SET name = $2, contact = $3, language = $4, interpreter = $5, protected = $6, household_id = $7 WHERE id = $1`,
		p.ID, p.name, p.contact, p.Language, bit(p.Interpreter), bit(p.Protected), db.Null(household)); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM participant_hash WHERE authority_id = $1 AND participant_id = $2`, r.AuthorityID, p.ID); err != nil {
		return err
	}
	if err := insertHashes(ctx, tx, r.AuthorityID, p); err != nil {
		return err
	}
	if err := s.fitsTx(ctx, tx, r, "with"); err != nil {
		return err
	}
	if err := factTx(ctx, tx, fact{participant: p.ID, what: factChanged, reason: strings.Join(changed, ","), on: today, at: at, by: actor.Person}); err != nil {
		return err
	}
	return s.log.Add(ctx, tx, s.entry(actor, r, ActionChange, p.ID, requestID))
}

// moveHouseholdTx is the household that a participant is to be of from now on.
func (s *Service) moveHouseholdTx(ctx context.Context, tx *db.Tx, r round.Row, m Member, p Sealed, at db.Time, by string) (string, error) {
	if p.with != "" && p.with != p.ID {
		return togetherTx(ctx, tx, r.ID, p.with, at, by)
	}
	if m.HouseholdID != "" {
		others, err := db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM participant WHERE household_id = $1 AND id <> $2 AND left_on IS NULL`, m.HouseholdID, m.ID)
		if err != nil || others == 0 {
			return m.HouseholdID, err
		}
	}
	if len(p.ages) == 0 {
		return "", nil
	}
	id := db.NewID()
	return id, newHouseholdTx(ctx, tx, id, r.ID, at, by)
}

// fact is something said of a participant.
type fact struct {
	participant, what, reason, other, by string
	on                                   clock.Date
	at                                   db.Time
}

func factTx(ctx context.Context, tx *db.Tx, f fact) error {
	_, err := tx.Exec(ctx, `INSERT INTO participant_fact (id, participant_id, fact, reason, other_id, happened_on, recorded_at, recorded_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, db.NewID(), f.participant, f.what, f.reason, db.Null(f.other), f.on, f.at, f.by)
	return err
}

// saidTx stores a fact about a participant whose taking part it ends or begins, and what lists and the log need.
func (s *Service) saidTx(ctx context.Context, tx *db.Tx, actor access.Subject, r round.Row, f fact, action audit.Action, requestID string) error {
	if err := factTx(ctx, tx, f); err != nil {
		return err
	}
	if err := round.ProjectTx(ctx, tx, r.ID); err != nil {
		return err
	}
	return s.log.Add(ctx, tx, s.entry(actor, r, action, f.participant, requestID))
}
