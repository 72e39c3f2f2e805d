package recruitment

import (
	"context"
	"fmt"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// forgetAtOnce bounds how many are erased in one go; the next comes within the hour.
const forgetAtOnce = 500

// old is an interest that is to be forgotten, and the keys it is under.
type old struct{ id, authority, organisation string }

// Forget destroys the keys of the interests that nobody has touched for KeepMonths, and tells of how many. To run it again is fine.
func (s *Service) Forget(ctx context.Context) (int, error) {
	now := s.clock.Now()
	var due []old
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		due, err = db.All(ctx, tx, func(row db.Scanner) (old, error) {
			var x old
			err := row.Scan(&x.id, &x.authority, &x.organisation)
			return x, err
		}, `SELECT i.id, i.authority_id, a.organisation_id FROM interest i JOIN authority a ON a.id = i.authority_id
			WHERE i.erased_at IS NULL AND i.touched_at < $1 ORDER BY i.touched_at, i.id LIMIT $2`, db.At(forgetBefore(now)), forgetAtOnce)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("forget interests: %w", err)
	}
	n := 0
	for _, x := range due {
		// The key first: what is still called kept and opens no more is met again; what is called erased is not.
		if err := s.vault.Shred(ctx, x.authority, x.id, "interest.retention"); err != nil && !errs.Is(err, errs.NotFound) {
			return n, fmt.Errorf("forget interest %s: %w", x.id, err)
		}
		if err := s.markErased(ctx, audit.Entry{At: now, Organisation: x.organisation, Action: ActionForget, Subject: x.id, Outcome: audit.OK}); err != nil {
			return n, fmt.Errorf("forget interest %s: %w", x.id, err)
		}
		n++
	}
	return n, nil
}

// markErased stores that the key of an interest, which is the entry's subject, was destroyed, and logs it.
func (s *Service) markErased(ctx context.Context, e audit.Entry) error {
	now := db.At(s.clock.Now())
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		type standing struct {
			facts int
			state State
		}
		x, err := db.One(ctx, tx, func(row db.Scanner) (standing, error) {
			var x standing
			err := row.Scan(&x.facts, &x.state)
			return x, err
		}, `SELECT facts, state FROM interest WHERE id = $1`, e.Subject)
		if err != nil {
			return err
		}
		next, err := x.state.Move(Erase)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO interest_fact (id, interest_id, number, fact, state, recorded_at, recorded_by) VALUES ($1, $2, $3, 'erased', $4, $5, $6)`,
			db.NewID(), e.Subject, x.facts+1, string(next), now, db.Null(e.Actor)); err != nil {
			return err
		}
		if err := projectTx(ctx, tx, e.Subject); err != nil {
			return err
		}
		return s.log.Add(ctx, tx, e)
	})
}

// TalkWithin is how many days ahead a talk that is booked is told of.
const TalkWithin = 7

// counting counts the interests that the actor takes care of and that fulfil a condition. What is asked of every home page is answered with a
// number of 0 to those who take care of none.
func (s *Service) counting(condition func(today clock.Date, w *where)) func(ctx context.Context, actor access.Subject) (int, error) {
	return func(ctx context.Context, actor access.Subject) (n int, err error) {
		scope, err := scopeOf(actor)
		if err != nil {
			return 0, err
		}
		var w where
		w.within(scope)
		w.add("i.erased_at IS NULL")
		condition(s.Today(), &w)
		err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
			n, _, err = db.CountTo(ctx, tx, countedTo, `SELECT 1 FROM `+tables+` WHERE `+w.String(), w.args...)
			return err
		})
		return n, wrapped("count interests", err)
	}
}

// CountNew counts those about whom nobody has done anything.
func (s *Service) CountNew(ctx context.Context, actor access.Subject) (int, error) {
	return s.counting(func(_ clock.Date, w *where) { w.in([]State{Fresh}) })(ctx, actor)
}

// CountTalks counts the talks of the week ahead.
func (s *Service) CountTalks(ctx context.Context, actor access.Subject) (int, error) {
	return s.counting(func(today clock.Date, w *where) {
		w.add("i.state = 'booked' AND i.talk_on BETWEEN ? AND ?", today, today.AddDays(TalkWithin))
	})(ctx, actor)
}

// CountUnnoted counts the talks that are past and of which nothing has been noted.
func (s *Service) CountUnnoted(ctx context.Context, actor access.Subject) (int, error) {
	return s.counting(func(today clock.Date, w *where) { w.add("i.state = 'booked' AND i.talk_on < ?", today) })(ctx, actor)
}

// CountUnanswered counts the offers whose last day to answer is past.
func (s *Service) CountUnanswered(ctx context.Context, actor access.Subject) (int, error) {
	return s.counting(func(today clock.Date, w *where) { w.add("i.state = 'offered' AND i.answer_by < ?", today) })(ctx, actor)
}

// CountFreed counts those who wait for a round in which there is a place: somebody has withdrawn, and the first in the order moves up.
func (s *Service) CountFreed(ctx context.Context, actor access.Subject) (int, error) {
	scope, err := scopeOf(actor)
	if err != nil {
		return 0, err
	}
	type waited struct{ round, authority, programme string }
	var w where
	w.within(scope)
	w.add("i.erased_at IS NULL AND i.state = 'waiting' AND i.round_id IS NOT NULL")
	n := 0
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		n = 0
		lists, err := db.All(ctx, tx, func(row db.Scanner) (waited, error) {
			var x waited
			err := row.Scan(&x.round, &x.authority, &x.programme)
			return x, err
		}, `SELECT DISTINCT i.round_id, i.authority_id, i.programme FROM `+tables+` WHERE `+w.String(), w.args...)
		if err != nil {
			return err
		}
		for _, x := range lists {
			all, err := s.placesTx(ctx, tx, actor, x.authority, x.programme)
			if err != nil {
				return err
			}
			for _, p := range all {
				if free, unlimited := p.Free(); p.ID == x.round && p.MayAdd && !unlimited {
					n += min(free, p.Waiting)
				}
			}
		}
		return nil
	})
	return n, wrapped("count places that are free", err)
}

// MaxContact is how many characters a board's contact may have.
const MaxContact = 300

// SetContact stores how people reach a board about its groups in a programme. It is shown to everybody. last is the text that the form was
// made with: when it is another by now, the form is Invalid.
func (s *Service) SetContact(ctx context.Context, actor access.Subject, service, text, last, requestID string) error {
	services, err := s.Services(ctx, actor)
	if err != nil {
		return err
	}
	at, err := Place{Services: services}.service(service)
	if err != nil {
		return err
	}
	var c checker
	text = c.text("contact", text, "recruitment.error.contact")
	if len([]rune(text)) > MaxContact {
		c.wrong = append(c.wrong, errs.Field{Name: "contact", Key: "form.error.long", Args: map[string]any{"max": MaxContact}})
	}
	if err := errs.InvalidFields(c.wrong...); err != nil {
		return err
	}
	now := db.At(s.clock.Now())
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		type newest struct{ id, body, organisation string }
		before, err := db.One(ctx, tx, func(row db.Scanner) (newest, error) {
			var n newest
			err := row.Scan(&n.id, &n.body, &n.organisation)
			return n, err
		}, `SELECT coalesce(c.id, ''), coalesce(c.body, ''), a.organisation_id FROM authority a LEFT JOIN interest_contact c ON c.authority_id = a.id AND c.programme = $2
				AND NOT EXISTS (SELECT 1 FROM interest_contact later WHERE later.supersedes = c.id)
			WHERE a.id = $1`, at.Authority, at.Programme)
		if err != nil {
			return err
		}
		if before.body == text {
			return nil
		}
		if before.body != last {
			return &errs.Error{Kind: errs.Invalid, Key: "recruitment.error.meanwhile"}
		}
		if _, err := tx.Exec(ctx, `INSERT INTO interest_contact (id, authority_id, programme, body, recorded_at, recorded_by, supersedes) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			db.NewID(), at.Authority, at.Programme, text, now, actor.Person, db.Null(before.id)); err != nil {
			return err
		}
		return s.log.Add(ctx, tx, entry(actor, ActionContact, before.organisation, at.Authority, requestID))
	})
	return wrapped("set how people reach us", err)
}
