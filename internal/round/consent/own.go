package consent

import (
	"context"
	"fmt"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/round"
)

// Own is what one of those who lead, or led, a round has answered in it themself. Of the round it tells which it is and nothing else: whoever
// has left it has no other way to it.
type Own struct {
	RoundID, Round, Organisation string
	FirstOn, LastOn              clock.Date
	Said                         []OwnSaid // in the order in which it was recorded
	today                        clock.Date
}

// OwnSaid is an answer of one's own.
type OwnSaid struct {
	Stored
	Number    int        // of the session that it is for; 0: the round as a whole
	SessionOn clock.Date // when that is
}

func (o Own) stored() []Stored {
	all := make([]Stored, len(o.Said))
	for i, x := range o.Said {
		all[i] = x.Stored
	}
	return all
}

// Answer is the answer that holds today for the round as a whole.
func (o Own) Answer() Stored { return AnswerOn(o.stored(), "", o.today) }

// MayTakeBack tells whether there is a yes to take back, for the round or for one of its sessions.
func (o Own) MayTakeBack() bool { return holdsYes(o.stored(), "", o.today) }

// Sessions is those of which a yes for that session alone can be taken back, each once.
func (o Own) Sessions() []OwnSaid {
	var all []OwnSaid
	for _, x := range o.Said {
		again := slices.ContainsFunc(all, func(y OwnSaid) bool { return y.Session == x.Session })
		if x.Session != "" && !again && AnswerOn(o.stored(), x.Session, o.today).Answer == Given {
			all = append(all, x)
		}
	}
	return all
}

// Own is what the actor has answered as one of those who lead, in every round, the latest round first: also in those that they have left and
// in those that are over. It is theirs in every role.
func (s *Service) Own(ctx context.Context, actor access.Subject) ([]Own, error) {
	var all []Own
	today := s.rounds.Today()
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		all = nil
		_, err := db.All(ctx, tx, func(row db.Scanner) (x OwnSaid, err error) {
			o := Own{today: today}
			var at db.Time
			if err = row.Scan(&o.RoundID, &o.Round, &o.Organisation, &o.FirstOn, &o.LastOn, &x.ID, &x.Session, &x.Number, &x.SessionOn, &x.Answer, &x.How, &x.On,
				&x.By, &x.ByName, &at); err != nil {
				return x, err
			}
			x.Who, x.At = actor.Person, at.Time
			if n := len(all); n == 0 || all[n-1].RoundID != o.RoundID {
				all = append(all, o)
			}
			last := &all[len(all)-1]
			last.Said = append(last.Said, x)
			return x, nil
		}, `SELECT r.id, r.name, o.name, r.first_on, r.last_on, c.id, coalesce(c.session_id, ''), coalesce(x.number, 0), x.on_date, c.answer, c.how, c.happened_on,
				c.recorded_by, p.name, c.recorded_at
			FROM consent c JOIN round r ON r.id = c.round_id JOIN organisation o ON o.id = r.organisation_id JOIN person p ON p.id = c.recorded_by
				LEFT JOIN round_session x ON x.id = c.session_id
			WHERE c.person_id = $1 AND c.purpose = $2 ORDER BY r.last_on DESC, r.id, c.recorded_at, c.id`, actor.Person, string(Filming))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("own consents: %w", err)
	}
	return all, nil
}

// TakeBack takes the actor's own yes back from a day on, in a round or for one of its sessions, whether they still lead it or not and whether
// it is over or not. Taken back for the round it holds for all its sessions. A round in which they have answered nothing is NotFound.
func (s *Service) TakeBack(ctx context.Context, actor access.Subject, roundID, session string, on clock.Date, requestID string) error {
	today := s.rounds.Today()
	b := Batch{Session: session, How: Digitally, On: on}
	if err := b.check(today); err != nil {
		return fmt.Errorf("take back an own consent: %w", err)
	}
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		said, err := storedTx(ctx, tx, roundID, Filming)
		if err != nil {
			return err
		}
		own := said[actor.Person]
		if len(own) == 0 || session != "" && !slices.ContainsFunc(own, func(x Stored) bool { return x.Session == session }) {
			return errs.New(errs.NotFound, "")
		}
		row, err := round.RowTx(ctx, tx, roundID, today)
		if err != nil {
			return err
		}
		g := ground{row: row, purpose: Filming, Batch: b, said: said, today: today, who: map[string]answerer{actor.Person: {column: ofPerson}}}
		_, err = s.takeTx(ctx, tx, actor, g, Tick{Who: actor.Person, Answer: Withdrawn, Seen: own[len(own)-1].ID}, requestID)
		return err
	})
	if err != nil {
		return fmt.Errorf("take back an own consent: %w", err)
	}
	return nil
}
