package recruitment

import (
	"context"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
)

// TalkAhead is a talk of the week ahead, without whom it is with.
type TalkAhead struct {
	ID          string // of the interest
	On          clock.Date
	Starts      int    // minutes after midnight
	By          string // name of who holds it; empty when that is not said
	Mine        bool   // the actor does
	Language    string
	Interpreter bool
}

// Talks is the talks of the week ahead that the actor takes care of, the earliest first; none for who takes care of none. Nothing sealed is
// opened for it.
func (s *Service) Talks(ctx context.Context, actor access.Subject) ([]TalkAhead, error) {
	scope := access.ScopeOf(actor, access.HandleInterest)
	if scope.Reach() != access.Organisation {
		return nil, nil
	}
	var w where
	w.within(scope)
	today := s.Today()
	w.add("i.erased_at IS NULL AND i.state = 'booked' AND i.talk_on BETWEEN ? AND ?", today, today.AddDays(TalkWithin))
	var all []TalkAhead
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = db.All(ctx, tx, func(row db.Scanner) (b TalkAhead, err error) {
			by := ""
			err = row.Scan(&b.ID, &b.On, &b.Starts, &b.Language, &b.Interpreter, &by, &b.By)
			b.Mine = by == actor.Person
			return b, err
		}, `SELECT i.id, i.talk_on, i.talk_starts, i.language, i.interpreter, coalesce(f.talk_by, ''), coalesce(p.name, '')
			FROM interest i JOIN authority a ON a.id = i.authority_id JOIN interest_fact f ON f.interest_id = i.id AND f.number = i.facts
			LEFT JOIN person p ON p.id = f.talk_by WHERE `+w.String()+` ORDER BY i.talk_on, i.talk_starts, i.id LIMIT 50`, w.args...)
		return err
	})
	if err != nil {
		return nil, wrapped("talks of a week", err)
	}
	if len(all) > 0 {
		e := entry(actor, ActionList, actor.Organisation, "", "")
		for _, b := range all {
			e.Found = append(e.Found, b.ID)
		}
		audit.Note(ctx, e)
	}
	return all, nil
}
