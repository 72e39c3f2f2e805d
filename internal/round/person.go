package round

import (
	"context"
	"fmt"

	"hemvist/internal/access"
	"hemvist/internal/db"
)

// OfPerson is the open rounds that a person works in, as far as the actor may see them, and how many there are in all. Whoever may see none
// is told the number, as somebody has to take over what a person leaves.
type OfPerson struct {
	Rows []Row
	Open int
}

// Person is the open rounds of a person, the earliest first. That the actor may know of the person is asked by whoever shows the person.
func (s *Service) Person(ctx context.Context, actor access.Subject, personID string) (OfPerson, error) {
	const staffed = "r.ended_how IS NULL AND r.id IN (SELECT round_id FROM round_staff WHERE person_id = ? AND (to_on IS NULL OR to_on >= ?))"
	today := s.Today()
	var found OfPerson
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		var all where
		all.add(staffed, personID, today)
		if found.Open, err = db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM round r WHERE `+all.String(), all.args...); err != nil {
			return err
		}
		found.Rows, err = openRows(ctx, tx, access.ScopeOf(actor, access.ListRounds), today, maxMine, staffed, personID, today)
		return err
	})
	if err != nil {
		return OfPerson{}, fmt.Errorf("rounds of a person: %w", err)
	}
	return found, nil
}

// MergePersonTx lets the one who stays work in the rounds of a double. Where both did, in the same role from the same day, the days of
// the one who stays count.
func (s *Service) MergePersonTx(ctx context.Context, tx *db.Tx, from, into string) error {
	_, err := tx.Exec(ctx, `DELETE FROM round_staff WHERE person_id = $1 AND EXISTS (SELECT 1 FROM round_staff o WHERE o.person_id = $2
		AND o.round_id = round_staff.round_id AND o.role = round_staff.role AND o.from_on = round_staff.from_on)`, from, into)
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE round_staff SET person_id = $1 WHERE person_id = $2`, into, from)
	}
	if err != nil {
		return fmt.Errorf("move the rounds of a double: %w", err)
	}
	return nil
}
