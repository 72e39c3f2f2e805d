package round

import (
	"context"
	"fmt"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/programme"
)

// Mine is an open round that the actor works in, with its sessions.
type Mine struct {
	Row
	List       []Session
	Definition *programme.Definition
}

// MineOpen is the open rounds that the actor works in, the earliest first.
func (s *Service) MineOpen(ctx context.Context, actor access.Subject) ([]Mine, error) {
	scope := access.ScopeOf(actor, access.ListRounds)
	if scope.Reach() != access.Assigned {
		return nil, errs.New(errs.Denied, "")
	}
	today := s.Today()
	var mine []Mine
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		rows, err := openRows(ctx, tx, scope, today, maxMine, "1 = 1")
		if err != nil {
			return err
		}
		sessions, err := sessionsOfAll(ctx, tx, rows)
		if err != nil {
			return err
		}
		for _, r := range rows {
			mine = append(mine, Mine{Row: r, List: sessions[r.ID]})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("open rounds: %w", err)
	}
	for i, m := range mine {
		if mine[i].Definition, err = s.defs.Definition(m.Programme, m.Version); err != nil {
			return nil, fmt.Errorf("open rounds: %w", err)
		}
	}
	return mine, nil
}

// maxMine bounds how many open rounds one person is shown at home; nobody leads that many.
const maxMine = 50

// openRows is rounds that have not ended, within the scope, that also fulfil a condition, the earliest first, with their staff.
func openRows(ctx context.Context, tx *db.Tx, scope access.Scope, today clock.Date, limit int, condition string, args ...any) ([]Row, error) {
	var w where
	w.within(scope, today)
	w.add("r.ended_how IS NULL")
	w.add(condition, args...)
	w.args = append(w.args, limit)
	rows, err := db.All(ctx, tx, scanRow, fmt.Sprintf(`SELECT %s FROM round r JOIN organisation o ON o.id = r.organisation_id
		WHERE %s ORDER BY r.first_on, r.id LIMIT $%d`, rowColumns, w.String(), len(w.args)), w.args...)
	if err != nil {
		return nil, err
	}
	return rows, addStaff(ctx, tx, rows, today)
}

func sessionsOfAll(ctx context.Context, tx *db.Tx, rows []Row) (map[string][]Session, error) {
	all := make(map[string][]Session, len(rows))
	if len(rows) == 0 {
		return all, nil
	}
	ids := make([]any, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	var w where
	w.args = append(w.args, string(Unknown))
	w.add("s.round_id IN ("+strings.TrimSuffix(strings.Repeat("?, ", len(ids)), ", ")+")", ids...)
	type of struct {
		round string
		Session
	}
	list, err := db.All(ctx, tx, func(row db.Scanner) (of, error) {
		var o of
		err := row.Scan(&o.round, &o.ID, &o.Number, &o.Kind, &o.Item, &o.On, &o.Starts, &o.Minutes, &o.Zone, &o.Place, &o.Fact)
		return o, err
	}, `SELECT s.round_id, s.id, s.number, s.kind, s.item, s.on_date, s.starts, s.minutes, s.zone, s.place, coalesce(f.fact, $1)
		FROM round_session s LEFT JOIN session_fact f ON f.session_id = s.id
			AND NOT EXISTS (SELECT 1 FROM session_fact later WHERE later.supersedes = f.id)
		WHERE `+w.String()+` ORDER BY s.round_id, s.number`, w.args...)
	for _, o := range list {
		all[o.round] = append(all[o.round], o.Session)
	}
	return all, err
}

// Overview is the numbers of those who answer for many rounds, and the rounds among them that may need somebody.
type Overview struct {
	Running, Planned, Waiting int
	Organisations             int // that have a running round
	Participants              int // in running rounds
	Late                      []Row
	LateTotal                 int   // past their last session for more than LateAfter days and not closed
	Starting                  []Row // start within StartsWithin days
	Definitions               map[string]*programme.Definition
}

// When a round that is over but not closed is late, and how long before the start one looks at staff and places. Both are
// our own choice: no source says.
const (
	LateAfter    = 14 // days
	StartsWithin = 21 // days
	maxLate      = 5
	maxStarting  = 100
)

// Overview gathers the numbers for the actor's hub or organisation.
func (s *Service) Overview(ctx context.Context, actor access.Subject) (Overview, error) {
	scope := access.ScopeOf(actor, access.ListRounds)
	if r := scope.Reach(); r != access.Hub && r != access.Organisation {
		return Overview{}, errs.New(errs.Denied, "")
	}
	today := s.Today()
	late := today.AddDays(-LateAfter)
	var o Overview
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := countOpen(ctx, tx, scope, today, late, &o); err != nil {
			return err
		}
		var err error
		if o.Late, err = openRows(ctx, tx, scope, today, maxLate, "r.last_on < ?", late); err != nil {
			return err
		}
		o.Starting, err = openRows(ctx, tx, scope, today, maxStarting, "r.first_on BETWEEN ? AND ?", today, today.AddDays(StartsWithin))
		return err
	})
	if err != nil {
		return o, fmt.Errorf("overview: %w", err)
	}
	o.Definitions = map[string]*programme.Definition{}
	for _, r := range o.Starting {
		if o.Definitions[r.ID], err = s.defs.Definition(r.Programme, r.Version); err != nil {
			return o, fmt.Errorf("overview: %w", err)
		}
	}
	return o, nil
}

func countOpen(ctx context.Context, tx *db.Tx, scope access.Scope, today, late clock.Date, o *Overview) error {
	w := where{args: []any{today, late}}
	w.within(scope, today)
	w.add("r.ended_how IS NULL")
	return tx.QueryRow(ctx, `SELECT
			coalesce(sum(CASE WHEN r.first_on <= $1 AND r.last_on >= $1 THEN 1 ELSE 0 END), 0),
			coalesce(sum(CASE WHEN r.first_on > $1 THEN 1 ELSE 0 END), 0),
			coalesce(sum(CASE WHEN r.last_on < $1 THEN 1 ELSE 0 END), 0),
			coalesce(sum(CASE WHEN r.last_on < $2 THEN 1 ELSE 0 END), 0),
			coalesce(sum(CASE WHEN r.first_on <= $1 AND r.last_on >= $1 THEN r.participants ELSE 0 END), 0),
			count(DISTINCT CASE WHEN r.first_on <= $1 AND r.last_on >= $1 THEN r.organisation_id END)
		FROM round r WHERE `+w.String(), w.args...).Scan(&o.Running, &o.Planned, &o.Waiting, &o.LateTotal, &o.Participants, &o.Organisations)
}
