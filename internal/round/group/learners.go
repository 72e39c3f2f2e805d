package group

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/round"
	"hemvist/internal/typed"
)

// Joined is what became of addresses by which learners were to be added.
type Joined struct {
	Added, Already []string // names
	Left           []Left
}

// Left is a line that nobody was added by.
type Left struct {
	Line    int // from 1
	Address string
	Key     string // why, as the key of a text
}

// Unknown tells whether an address is left of somebody who is not in the directory.
func (j Joined) Unknown() bool {
	return slices.ContainsFunc(j.Left, func(l Left) bool { return l.Key == unknownAddress })
}

const (
	unknownAddress = "participant.learner.unknown"
	// maxLines is how many addresses are taken at once.
	maxLines = 200
)

// AddLearners adds people of the directory to a round of learners by their addresses, one a line. Known people join, and what is left of the
// lines is told: nobody is kept from joining by the mistake in another line. Text with a personal number in it is refused as a whole.
func (s *Service) AddLearners(ctx context.Context, actor access.Subject, roundID, text, requestID string) (Joined, error) {
	lines := addressesOf(text)
	switch {
	case typed.HoldsPersonalNumber(text):
		return Joined{}, errs.InvalidFields(errs.Field{Name: "emails", Key: "participant.error.personal-number"})
	case len(lines) == 0:
		return Joined{}, errs.InvalidFields(errs.Field{Name: "emails", Key: "participant.error.emails"})
	case len(lines) > maxLines:
		return Joined{}, errs.InvalidFields(errs.Field{Name: "emails", Key: "participant.error.many", Args: map[string]any{"max": maxLines}})
	}
	var j Joined
	err := s.change(ctx, actor, roundID, "add learners", func(ctx context.Context, tx *db.Tx, r round.Row) error {
		j = Joined{} // the function may run again
		if !r.Learners() {
			return errs.New(errs.Conflict, "participant.error.not-here")
		}
		for _, l := range lines {
			if err := s.addLearnerTx(ctx, tx, actor, r, l, &j, requestID); err != nil {
				return err
			}
		}
		if err := s.fitsTx(ctx, tx, r, "emails"); err != nil {
			return err
		}
		return round.ProjectTx(ctx, tx, r.ID)
	})
	return j, err
}

// addressesOf is the addresses of a text, one or several a line, with the numbers of their lines.
func addressesOf(text string) []Left {
	var out []Left
	for i, line := range strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n") {
		for _, word := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t;,<>", r) }) {
			if strings.Contains(word, "@") {
				out = append(out, Left{Line: i + 1, Address: word})
			}
		}
		if line = strings.TrimSpace(line); line != "" && (len(out) == 0 || out[len(out)-1].Line != i+1) {
			out = append(out, Left{Line: i + 1, Address: line})
		}
	}
	return out
}

func (s *Service) addLearnerTx(ctx context.Context, tx *db.Tx, actor access.Subject, r round.Row, l Left, j *Joined, requestID string) error {
	refuse := func(key string) error {
		l.Key = key
		j.Left = append(j.Left, l)
		return nil
	}
	if _, wrong := typed.Email("emails", l.Address); len(wrong) > 0 {
		return refuse("form.error.email")
	}
	p, err := directory.FindByAddressTx(ctx, tx, l.Address)
	switch {
	case errs.Is(err, errs.NotFound):
		return refuse(unknownAddress)
	case err != nil:
		return err
	case p.StateOn(s.rounds.Today()) == directory.Left:
		return refuse("participant.learner.left")
	}
	added, err := s.AddPersonTx(ctx, tx, actor, r, p.ID, requestID)
	if err != nil {
		return fmt.Errorf("add learner: %w", err)
	}
	if added {
		j.Added = append(j.Added, p.Name)
	} else {
		j.Already = append(j.Already, p.Name)
	}
	return nil
}

// AddPersonTx lets a person of the directory take part in a round of learners from today on, and tells whether they did not yet. Who took part
// before and left takes part again. The caller runs round.ProjectTx after it.
func (s *Service) AddPersonTx(ctx context.Context, tx *db.Tx, actor access.Subject, r round.Row, personID, requestID string) (bool, error) {
	before, err := db.All(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM participant p WHERE p.round_id = $1 AND p.person_id = $2 ORDER BY p.left_on IS NOT NULL, p.id`, r.ID, personID)
	switch {
	case err != nil:
		return false, err
	case len(before) > 0 && before[0].Here():
		return false, nil
	case len(before) > 0:
		return true, s.returnTx(ctx, tx, actor, r, before[0].ID, "", "emails", requestID)
	}
	id := db.NewID()
	if err := s.insertTx(ctx, tx, r.ID, r.AuthorityID, learner(id, personID), s.rounds.Today(), db.At(s.clock.Now()), actor.Person); err != nil {
		return false, err
	}
	return true, s.log.Add(ctx, tx, s.entry(actor, r, ActionAdd, id, requestID))
}

// AddPeopleTx stores people of the directory as participants of a round of learners. The caller runs round.ProjectTx after it.
func (s *Service) AddPeopleTx(ctx context.Context, tx *db.Tx, roundID, authority string, people []string, joined clock.Date, by string) error {
	for _, person := range people {
		if err := s.insertTx(ctx, tx, roundID, authority, learner(db.NewID(), person), joined, db.At(s.clock.Now()), by); err != nil {
			return fmt.Errorf("add learner: %w", err)
		}
	}
	return nil
}

// learner is a participant who is somebody of the directory: nothing is sealed, and there is no key.
func learner(id, personID string) Sealed {
	return Sealed{row: row{Member: Member{ID: id, PersonID: personID, Language: "sv"}, name: []byte{}, contact: []byte{}}}
}
