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
	"hemvist/internal/vault"
)

// Member is a participant, opened. ID is a pseudonym outside the round.
type Member struct {
	ID          string
	HouseholdID string // empty: is nobody's together
	PersonID    string // of one who learns: the person in the directory
	Name        string // in a round under pseudonyms, the pseudonym
	Phone       string // empty where there is none, of a protected one always
	Email       string
	Workplace   string // of one who learns
	Language    string
	Interpreter bool // needs one
	Protected   bool // has protected identity: no address, no letter
	Children    []Child
	JoinedOn    clock.Date
	LeftOn      clock.Date // zero while taking part
	Reason      Reason     // why they left; Moved for one who went to another round
	Other       Other      // the round they moved to, or came from
	Erased      bool       // the key is destroyed: nothing can be read any more
	Version     int        // how often something has been said of them: who changes what another has changed since is told so
}

// Here tells whether the participant takes part.
func (m Member) Here() bool { return m.LeftOn.IsZero() }

// Child is a child whom a household cares for. It has no name here.
type Child struct {
	ID  string
	Age int // in years, when it was told
}

// Other is a round that a participant moved to or came from.
type Other struct {
	ParticipantID, RoundID, Round string
	To                            bool // moved there; else came from there
}

// Members is the participants of a round as the actor may see them, those who left among them. Those of one household stand together, and
// else they stand by name. A round that keeps counts only has none. Whom the actor saw is noted in the log; a round whose participants the
// actor may not see is NotFound.
func (s *Service) Members(ctx context.Context, actor access.Subject, roundID string) (round.Row, []Member, error) {
	r, list, err := s.members(ctx, actor, roundID, access.ReadParticipants)
	if err != nil {
		return round.Row{}, nil, fmt.Errorf("participants of a round: %w", err)
	}
	return r, list, nil
}

func (s *Service) members(ctx context.Context, actor access.Subject, roundID string, action access.Action) (round.Row, []Member, error) {
	var r round.Row
	var stored []row
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if r, err = round.RowTx(ctx, tx, roundID, s.rounds.Today()); err != nil || !r.May(actor, action) {
			return err
		}
		stored, err = rowsTx(ctx, tx, roundID, r.Learners())
		return err
	})
	if err != nil {
		return round.Row{}, nil, err
	}
	if !r.May(actor, action) {
		return round.Row{}, nil, s.rounds.Look(ctx, actor, ActionRead, r, r.Decide(actor, action))
	}
	list, err := s.open(ctx, r, stored)
	if err != nil {
		return round.Row{}, nil, err
	}
	s.noteSeen(ctx, actor, r, list)
	return r, list, nil
}

// Reach is a participant of any round, opened, for the room that writes to them; nobody's look is noted. It is NotFound for who takes part no
// more, has protected identity, or is erased.
func (s *Service) Reach(ctx context.Context, participant string) (Member, error) {
	var r round.Row
	var stored []row
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		roundID, err := db.One(ctx, tx, db.Scalar[string], `SELECT round_id FROM participant WHERE id = $1 AND left_on IS NULL AND protected = 0`, participant)
		if err != nil {
			return err
		}
		if r, err = round.RowTx(ctx, tx, roundID, s.rounds.Today()); err != nil {
			return err
		}
		stored, err = rowsTx(ctx, tx, roundID, r.Learners())
		return err
	})
	if err != nil {
		return Member{}, fmt.Errorf("reach a participant: %w", err)
	}
	i := slices.IndexFunc(stored, func(p row) bool { return p.ID == participant })
	one, err := s.open(ctx, r, stored[i:i+1])
	if err == nil && one[0].Erased {
		err = errs.New(errs.NotFound, "")
	}
	if err != nil {
		return Member{}, fmt.Errorf("reach a participant: %w", err)
	}
	return one[0], nil
}

// noteSeen notes whom the actor saw.
func (s *Service) noteSeen(ctx context.Context, actor access.Subject, r round.Row, list []Member) {
	if len(list) == 0 {
		return
	}
	ids := make([]string, len(list))
	for i, m := range list {
		ids[i] = m.ID
	}
	audit.Note(ctx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: r.OrganisationID, Purpose: r.ID,
		Action: ActionRead, Subject: r.ID, Outcome: audit.OK, Found: ids})
}

// row is a participant as it is stored.
type row struct {
	Member
	name, contact []byte
}

const rowColumns = `p.id, coalesce(p.household_id, ''), coalesce(p.person_id, ''), p.name, p.contact, p.language, p.interpreter, p.protected,
	p.joined_on, p.left_on, (SELECT count(*) FROM participant_fact v WHERE v.participant_id = p.id)`

func scanRow(scan db.Scanner) (row, error) {
	var p row
	err := scan.Scan(&p.ID, &p.HouseholdID, &p.PersonID, &p.name, &p.contact, &p.Language, &p.Interpreter, &p.Protected, &p.JoinedOn, &p.LeftOn, &p.Version)
	return p, err
}

// rowsTx is a round's participants as they are stored, with their children and what became of those who left.
func rowsTx(ctx context.Context, tx *db.Tx, roundID string, learners bool) ([]row, error) {
	all, err := db.All(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM participant p WHERE p.round_id = $1 ORDER BY p.id`, roundID)
	if err != nil {
		return nil, err
	}
	if learners {
		return all, addPeople(ctx, tx, roundID, all)
	}
	if err := addChildren(ctx, tx, roundID, all); err != nil {
		return nil, err
	}
	return all, addFacts(ctx, tx, roundID, all)
}

// addPeople adds the names of those who learn, their addresses and where they work.
func addPeople(ctx context.Context, tx *db.Tx, roundID string, all []row) error {
	type person struct{ id, name, email, phone, workplace string }
	people, err := db.All(ctx, tx, func(scan db.Scanner) (person, error) {
		var p person
		err := scan.Scan(&p.id, &p.name, &p.email, &p.phone, &p.workplace)
		return p, err
	}, `SELECT pe.id, pe.name, pe.email, coalesce(pe.phone, ''), coalesce((SELECT min(o.name) FROM role x JOIN organisation o ON o.id = x.organisation_id
			WHERE x.person_id = pe.id AND x.to_on IS NULL), '')
		FROM person pe WHERE pe.id IN (SELECT person_id FROM participant WHERE round_id = $1)`, roundID)
	if err != nil {
		return err
	}
	for i := range all {
		for _, p := range people {
			if p.id == all[i].PersonID {
				all[i].Name, all[i].Email, all[i].Phone, all[i].Workplace = p.name, p.email, p.phone, p.workplace
			}
		}
	}
	return addFacts(ctx, tx, roundID, all)
}

func addChildren(ctx context.Context, tx *db.Tx, roundID string, all []row) error {
	type child struct {
		Child
		household string
	}
	children, err := db.All(ctx, tx, func(scan db.Scanner) (child, error) {
		var c child
		err := scan.Scan(&c.ID, &c.Age, &c.household)
		return c, err
	}, `SELECT c.id, c.age, c.household_id FROM child c JOIN household h ON h.id = c.household_id WHERE h.round_id = $1 ORDER BY c.age DESC, c.id`, roundID)
	if err != nil {
		return err
	}
	for i := range all {
		for _, c := range children {
			if c.household == all[i].HouseholdID {
				all[i].Children = append(all[i].Children, c.Child)
			}
		}
	}
	return nil
}

// addFacts adds why those who left did, and where those who moved went or came from: the latest that was said counts.
func addFacts(ctx context.Context, tx *db.Tx, roundID string, all []row) error {
	type fact struct {
		participant, fact string
		reason            Reason
		other             Other
	}
	scan := func(scan db.Scanner) (fact, error) {
		var f fact
		err := scan.Scan(&f.participant, &f.fact, &f.reason, &f.other.ParticipantID, &f.other.RoundID, &f.other.Round)
		f.other.To = f.fact == factMoved
		return f, err
	}
	said, err := db.All(ctx, tx, scan, `SELECT f.participant_id, f.fact, f.reason, coalesce(f.other_id, ''), coalesce(r.id, ''), coalesce(r.name, '')
		FROM participant_fact f JOIN participant p ON p.id = f.participant_id
		LEFT JOIN participant o ON o.id = f.other_id LEFT JOIN round r ON r.id = o.round_id
		WHERE p.round_id = $1 AND f.fact <> 'changed'
			AND NOT EXISTS (SELECT 1 FROM participant_fact later WHERE later.participant_id = f.participant_id AND later.fact <> 'changed'
				AND (later.recorded_at > f.recorded_at OR later.recorded_at = f.recorded_at AND later.id > f.id))`, roundID)
	if err != nil {
		return err
	}
	came, err := db.All(ctx, tx, scan, `SELECT o.id, 'came', '', p.id, r.id, r.name
		FROM participant_fact f JOIN participant o ON o.id = f.other_id JOIN participant p ON p.id = f.participant_id JOIN round r ON r.id = p.round_id
		WHERE o.round_id = $1 AND f.fact = 'moved' ORDER BY f.recorded_at, f.id`, roundID)
	if err != nil {
		return err
	}
	for i := range all {
		for _, f := range append(came, said...) {
			switch {
			case f.participant != all[i].ID:
			case f.fact == "came":
				all[i].Other = f.other
			case !all[i].LeftOn.IsZero():
				if all[i].Reason = f.reason; f.fact == factMoved {
					all[i].Other = f.other
				}
			}
		}
	}
	return nil
}

// What participant_fact says of somebody.
const (
	factChanged  = "changed"
	factLeft     = "left"
	factReturned = "returned"
	factMoved    = "moved"
)

// open opens participants with one question to the key store, and sorts them: sealed names cannot be sorted in the database.
func (s *Service) open(ctx context.Context, r round.Row, stored []row) ([]Member, error) {
	var ids []string
	for _, p := range stored {
		if p.PersonID == "" {
			ids = append(ids, p.ID)
		}
	}
	keys, err := s.vault.Subjects(ctx, r.AuthorityID, ids)
	if err != nil {
		return nil, err
	}
	list := make([]Member, 0, len(stored))
	for _, p := range stored {
		if p.PersonID == "" {
			if err := p.unseal(keys); err != nil {
				return nil, err
			}
		}
		list = append(list, p.Member)
	}
	sortMembers(list)
	return list, nil
}

// unseal opens what is sealed; a participant that is erased has nothing left to open.
func (p *row) unseal(keys vault.Opener) error {
	name, err := keys.Open(p.ID, fieldName, p.name)
	if errs.Is(err, errs.NotFound) {
		p.Erased = true
		return nil
	}
	if err != nil {
		return err
	}
	contact, err := keys.Open(p.ID, fieldContact, p.contact)
	if err != nil {
		return err
	}
	p.Name = name
	p.Phone, p.Email = parts(contact)
	return nil
}

// parts is a sealed contact as its telephone number and its address: each is a line.
func parts(contact string) (phone, email string) {
	for line := range strings.Lines(contact) {
		if line = strings.TrimSuffix(line, "\n"); strings.Contains(line, "@") && email == "" {
			email = line
		} else if phone == "" {
			phone = line
		}
	}
	return phone, email
}

// sortMembers puts those of one household together, where the first of them by name would stand.
func sortMembers(list []Member) {
	first := map[string]Member{}
	for _, m := range list {
		if f, ok := first[m.HouseholdID]; !ok || byName(m, f) < 0 {
			first[m.HouseholdID] = m
		}
	}
	slices.SortFunc(list, func(a, b Member) int {
		x, y := a, b
		if a.HouseholdID != "" {
			x = first[a.HouseholdID]
		}
		if b.HouseholdID != "" {
			y = first[b.HouseholdID]
		}
		if c := byName(x, y); c != 0 {
			return c
		}
		return byName(a, b)
	})
}

func byName(a, b Member) int {
	if c := slices.Compare(db.CollationKey(a.Name), db.CollationKey(b.Name)); c != 0 {
		return c
	}
	return strings.Compare(a.ID, b.ID)
}

// The fields of a participant that are sealed. The names are bound into the seal: a value cannot be moved to another field.
const (
	fieldName    = "participant.name"
	fieldContact = "participant.contact"
)
