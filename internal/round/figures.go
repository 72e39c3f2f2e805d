package round

import (
	"context"
	"fmt"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// SmallCell is the least count that figures tell: a smaller one could be about somebody whom a reader knows. Zero is told.
const SmallCell = 5

// Count is how many there are; Hidden when the number is not told, and is then 0.
type Count struct {
	N      int
	Hidden bool
}

// Figure is one variant's rounds as counts. Participants are those of rounds that run or are closed.
type Figure struct {
	Programme, Variant            string
	Running, Closed, Participants Count
}

// Figures is a programme's rounds as counts, by variant, and in all.
type Figures struct {
	Rows []Figure
	All  Figure
}

// Figures is the counts of the programmes that the actor's role is for, wherever they have their home: of all rounds together, so
// that no organisation and nobody can be told from them.
func (s *Service) Figures(ctx context.Context, actor access.Subject) (Figures, error) {
	scope := access.ScopeOf(actor, access.ReadFigures)
	if scope.Reach() != access.Work {
		return Figures{}, errs.New(errs.Denied, "")
	}
	w := where{args: []any{s.Today()}}
	w.add("1 = 1")
	if scope.Programme() != "" {
		w.add("r.programme = ?", scope.Programme())
	}
	var f Figures
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		f.Rows, err = db.All(ctx, tx, func(row db.Scanner) (Figure, error) {
			var x Figure
			err := row.Scan(&x.Programme, &x.Variant, &x.Running.N, &x.Closed.N, &x.Participants.N)
			return x, err
		}, `SELECT r.programme, r.variant,
				sum(CASE WHEN r.ended_how IS NULL AND r.first_on <= $1 AND r.last_on >= $1 THEN 1 ELSE 0 END),
				sum(CASE WHEN r.ended_how = 'closed' THEN 1 ELSE 0 END),
				sum(CASE WHEN r.ended_how = 'closed' OR r.ended_how IS NULL AND r.first_on <= $1 AND r.last_on >= $1 THEN r.participants ELSE 0 END)
			FROM round r WHERE `+w.String()+` GROUP BY r.programme, r.variant ORDER BY r.programme, r.variant`, w.args...)
		return err
	})
	if err != nil {
		return Figures{}, fmt.Errorf("figures: %w", err)
	}
	f.hideSmall()
	return f, nil
}

// hideSmall adds up each column and hides what is small in it.
func (f *Figures) hideSmall() {
	column := func(of func(*Figure) *Count) {
		cells := make([]*Count, len(f.Rows))
		for i := range f.Rows {
			cells[i] = of(&f.Rows[i])
		}
		*of(&f.All) = hide(cells)
	}
	column(func(x *Figure) *Count { return &x.Running })
	column(func(x *Figure) *Count { return &x.Closed })
	column(func(x *Figure) *Count { return &x.Participants })
}

// hide hides the small counts of a column and returns its total. Nothing that is hidden can be worked out as what the total leaves:
// further counts, the smallest first, are hidden until those hidden are at least two and together not small, and where there are no
// more to hide, the total is hidden too.
func hide(cells []*Count) (total Count) {
	hidden, sum := 0, 0
	put := func(c *Count) {
		hidden, sum = hidden+1, sum+c.N
		*c = Count{Hidden: true}
	}
	for _, c := range cells {
		total.N += c.N
	}
	for _, c := range cells {
		if c.N > 0 && c.N < SmallCell {
			put(c)
		}
	}
	for hidden > 0 && (hidden < 2 || sum < SmallCell) {
		var least *Count
		for _, c := range cells {
			if c.N > 0 && (least == nil || c.N < least.N) {
				least = c
			}
		}
		if least == nil {
			return Count{Hidden: true}
		}
		put(least)
	}
	return total
}
