package register

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hemvist/internal/clock"
	"hemvist/internal/credential"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/programme"
)

// stand is a row of the projection: what lists need to know of where somebody stands with a credential.
type stand struct {
	Credential, Status string
	Since, Due, Next   clock.Date
	Led                int
}

// computed are the rows of a person in a programme, without those of credentials that they have done nothing about.
func (s *Service) computed(def *programme.Definition, facts credential.Facts, today clock.Date) []stand {
	var rows []stand
	for _, c := range def.Credentials {
		if c.HeldBy == programme.OfUnit {
			continue
		}
		v := credential.Evaluate(def, c.ID, facts, today)
		if v.Status == credential.None {
			continue
		}
		row := stand{Credential: c.ID, Status: string(v.Status)}
		if v.Term != nil {
			row.Since, row.Due, row.Led = v.Term.First, v.Term.LastDay, v.Term.Used+v.Term.Begun
		}
		if next, ok := credential.NextChange(def, c.ID, facts, today); ok {
			row.Next = next
		}
		rows = append(rows, row)
	}
	return rows
}

// standTx brings the projection of a person in a programme up to date. It belongs in every transaction that adds a fact here.
func (s *Service) standTx(ctx context.Context, tx *db.Tx, def *programme.Definition, person string) error {
	facts, err := factsTx(ctx, tx, def, []string{person})
	if err != nil {
		return err
	}
	today := s.Today()
	if _, err := tx.Exec(ctx, `DELETE FROM standing WHERE person_id = $1 AND programme = $2`, person, def.ID); err != nil {
		return fmt.Errorf("project standing: %w", err)
	}
	for _, r := range s.computed(def, facts.For(person), today) {
		if _, err := tx.Exec(ctx, `INSERT INTO standing (person_id, programme, credential, status, since, due, led, next_change, computed_on)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, person, def.ID, r.Credential, r.Status, r.Since, r.Due, r.Led, r.Next, today); err != nil {
			return fmt.Errorf("project standing: %w", err)
		}
	}
	return nil
}

// subject is a person in a programme.
type subject struct{ person, programme string }

func scanSubject(row db.Scanner) (subject, error) {
	var x subject
	err := row.Scan(&x.person, &x.programme)
	return x, err
}

// refreshChunk is how many people are brought up to date in one transaction, so that none is held for long.
const refreshChunk = 20

// Refresh brings the projections up to date with what other rooms have recorded since the last time, and with the days that have come. It
// tells how many people it looked at. Several instances may run it.
func (s *Service) Refresh(ctx context.Context) (int, error) {
	today := s.Today()
	var due []subject
	var ended []string
	var upTo db.Time
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		var since db.Time
		if err := tx.QueryRow(ctx, `SELECT max(up_to) FROM standing_taken`).Scan(&since); err != nil {
			return err
		}
		// What is in this snapshot is taken in; what is recorded meanwhile has a later instant than the newest that it holds.
		if err := tx.QueryRow(ctx, `SELECT max(x) FROM (SELECT max(recorded_at) AS x FROM session_fact UNION ALL SELECT max(recorded_at) FROM round_fact) AS latest`).Scan(&upTo); err != nil {
			return err
		}
		after := ""
		if !since.IsZero() {
			after = since.UTC().Format("2006-01-02T15:04:05.000000Z")
		}
		var err error
		if ended, err = db.All(ctx, tx, db.Scalar[string], `SELECT f.round_id FROM round_fact f WHERE f.recorded_at >= $1 AND f.fact IN ('closed', 'broken-off')
			AND NOT EXISTS (SELECT 1 FROM round_fact later WHERE later.supersedes = f.id)
			AND NOT EXISTS (SELECT 1 FROM round_summary y WHERE y.round_id = f.round_id AND y.ended_by = f.id) ORDER BY f.round_id`, after); err != nil {
			return err
		}
		due, err = db.All(ctx, tx, scanSubject, `SELECT person_id, programme FROM standing WHERE next_change <= $1
			UNION SELECT m.person_id, r.programme FROM round_staff m JOIN round r ON r.id = m.round_id WHERE r.id IN (
				SELECT s.round_id FROM session_fact f JOIN round_session s ON s.id = f.session_id WHERE f.recorded_at >= $2
				UNION SELECT f.round_id FROM round_fact f WHERE f.recorded_at >= $2)
			UNION SELECT p.person_id, r.programme FROM participant p JOIN round r ON r.id = p.round_id WHERE p.person_id IS NOT NULL AND r.id IN (
				SELECT f.round_id FROM round_fact f WHERE f.recorded_at >= $2)
			UNION SELECT f.person_id, f.programme FROM credential_fact f WHERE NOT EXISTS (SELECT 1 FROM standing_taken)
			ORDER BY 1, 2`, today, after)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("refresh standings: %w", err)
	}
	for part := range slices.Chunk(ended, summarizeChunk) {
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return summarizeTx(ctx, tx, part) }); err != nil {
			return 0, fmt.Errorf("summarize rounds: %w", err)
		}
	}
	for part := range slices.Chunk(due, refreshChunk) {
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.standAll(ctx, tx, part) }); err != nil {
			return 0, fmt.Errorf("refresh standings: %w", err)
		}
	}
	if upTo.IsZero() {
		return len(due), nil
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM standing_taken`); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO standing_taken (id, up_to) VALUES (1, $1)`, upTo)
		return err
	})
	return len(due), err
}

func (s *Service) standAll(ctx context.Context, tx *db.Tx, people []subject) error {
	for _, x := range people {
		def, err := s.defs.Newest(x.programme)
		if errs.Is(err, errs.NotFound) {
			continue
		}
		if err == nil {
			err = s.standTx(ctx, tx, def, x.person)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Checked is what CheckStandings found.
type Checked struct {
	People int
	Wrong  []string // ids of people of whom the projection says something else than the facts
}

// CheckStandings recomputes the projection and names the people of whom it says something else than the facts. doctor calls it, after
// Refresh.
func (s *Service) CheckStandings(ctx context.Context) (Checked, error) {
	var c Checked
	today := s.Today()
	var all []subject
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = db.All(ctx, tx, scanSubject, `SELECT DISTINCT person_id, programme FROM standing ORDER BY person_id, programme`)
		return err
	})
	if err != nil {
		return c, fmt.Errorf("check standings: %w", err)
	}
	for part := range slices.Chunk(all, refreshChunk) {
		err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
			for _, x := range part {
				same, err := s.sameTx(ctx, tx, x, today)
				if err != nil {
					return err
				}
				if !same && !slices.Contains(c.Wrong, x.person) {
					c.Wrong = append(c.Wrong, x.person)
				}
			}
			return nil
		})
		if err != nil {
			return c, fmt.Errorf("check standings: %w", err)
		}
		c.People += len(part)
	}
	return c, nil
}

func (s *Service) sameTx(ctx context.Context, tx *db.Tx, x subject, today clock.Date) (bool, error) {
	def, err := s.defs.Newest(x.programme)
	if errs.Is(err, errs.NotFound) {
		return true, nil
	} else if err != nil {
		return false, err
	}
	stored, err := db.All(ctx, tx, func(row db.Scanner) (stand, error) {
		var r stand
		err := row.Scan(&r.Credential, &r.Status, &r.Since, &r.Due, &r.Led, &r.Next)
		return r, err
	}, `SELECT credential, status, since, due, led, next_change FROM standing WHERE person_id = $1 AND programme = $2 ORDER BY credential`, x.person, x.programme)
	if err != nil {
		return false, err
	}
	facts, err := factsTx(ctx, tx, def, []string{x.person})
	if err != nil {
		return false, err
	}
	now := s.computed(def, facts.For(x.person), today)
	slices.SortFunc(now, func(a, b stand) int { return strings.Compare(a.Credential, b.Credential) })
	return slices.Equal(stored, now), nil
}
