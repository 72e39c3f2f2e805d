package group

import (
	"context"
	"slices"

	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// householdTx is the household that a participant is to be stored with: that of whoever they belong with, the one that others who are added
// with them are in, one of their own when they have children, or none.
func householdTx(ctx context.Context, tx *db.Tx, roundID string, p Sealed, at db.Time, by string) (string, error) {
	switch {
	case p.with != "":
		return togetherTx(ctx, tx, roundID, p.with, at, by)
	case p.HouseholdID != "":
		n, err := db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM household WHERE id = $1`, p.HouseholdID)
		if err != nil || n > 0 {
			return p.HouseholdID, err
		}
		return p.HouseholdID, newHouseholdTx(ctx, tx, p.HouseholdID, roundID, at, by)
	case len(p.ages) > 0:
		id := db.NewID()
		return id, newHouseholdTx(ctx, tx, id, roundID, at, by)
	default:
		return "", nil
	}
}

func newHouseholdTx(ctx context.Context, tx *db.Tx, id, roundID string, at db.Time, by string) error {
	_, err := tx.Exec(ctx, `INSERT INTO household (id, round_id, created_at, created_by) VALUES ($1, $2, $3, $4)`, id, roundID, at, db.Null(by))
	return err
}

// togetherTx is the household of a participant of the round, made where there was none. Somebody who is not in the round is wrong as the
// field "with".
func togetherTx(ctx context.Context, tx *db.Tx, roundID, participant string, at db.Time, by string) (string, error) {
	household, err := db.One(ctx, tx, db.Scalar[string], `SELECT coalesce(household_id, '') FROM participant WHERE id = $1 AND round_id = $2`, participant, roundID)
	if errs.Is(err, errs.NotFound) {
		return "", errs.InvalidFields(errs.Field{Name: "with", Key: "participant.error.with"})
	}
	if err != nil || household != "" {
		return household, err
	}
	household = db.NewID()
	if err := newHouseholdTx(ctx, tx, household, roundID, at, by); err != nil {
		return "", err
	}
	_, err = tx.Exec(ctx, `UPDATE participant SET household_id = $1 WHERE id = $2`, household, participant)
	return household, err
}

// addChildrenTx adds children to a household, but for those of ages that it has already: the second of a couple tells of the same child.
func addChildrenTx(ctx context.Context, tx *db.Tx, household string, ages []int, told clock.Date, at db.Time, by string) error {
	if len(ages) == 0 {
		return nil
	}
	known, err := db.All(ctx, tx, db.Scalar[int], `SELECT age FROM child WHERE household_id = $1`, household)
	if err != nil {
		return err
	}
	for _, age := range missing(ages, known) {
		if err := newChildTx(ctx, tx, household, age, told, at, by); err != nil {
			return err
		}
	}
	return nil
}

func newChildTx(ctx context.Context, tx *db.Tx, household string, age int, told clock.Date, at db.Time, by string) error {
	_, err := tx.Exec(ctx, `INSERT INTO child (id, household_id, age, told_on, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6)`,
		db.NewID(), household, age, told, at, db.Null(by))
	return err
}

// missing is the ages of one list that the other has not, each as often as it stands.
func missing(ages, known []int) []int {
	has := map[int]int{}
	for _, a := range known {
		has[a]++
	}
	var out []int
	for _, a := range ages {
		if has[a] > 0 {
			has[a]--
			continue
		}
		out = append(out, a)
	}
	return out
}

// setChildrenTx makes a household's children those of the ages, and tells whether that changed anything. A child whose age has not changed
// stays the same child, and so does one whose age alone has: answers may be about it.
func setChildrenTx(ctx context.Context, tx *db.Tx, household string, ages []int, told clock.Date, at db.Time, by string) (bool, error) {
	if household == "" {
		return false, nil
	}
	children, err := db.All(ctx, tx, func(row db.Scanner) (Child, error) {
		var c Child
		err := row.Scan(&c.ID, &c.Age)
		return c, err
	}, `SELECT id, age FROM child WHERE household_id = $1 ORDER BY age, id`, household)
	if err != nil {
		return false, err
	}
	var free []Child
	rest := slices.Clone(ages)
	for _, c := range children {
		if i := slices.Index(rest, c.Age); i >= 0 {
			rest = slices.Delete(rest, i, i+1)
		} else {
			free = append(free, c)
		}
	}
	changed := len(free) > 0 || len(rest) > 0
	slices.Sort(rest)
	for i, age := range rest {
		if i < len(free) {
			if _, err := tx.Exec(ctx, `UPDATE child SET age = $1, told_on = $2 WHERE id = $3`, age, told, free[i].ID); err != nil {
				return false, err
			}
			continue
		}
		if err := newChildTx(ctx, tx, household, age, told, at, by); err != nil {
			return false, err
		}
	}
	for _, c := range free[min(len(rest), len(free)):] {
		if _, err := tx.Exec(ctx, `DELETE FROM child WHERE id = $1`, c.ID); err != nil {
			return false, err
		}
	}
	return changed, nil
}
