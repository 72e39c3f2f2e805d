package consent

import (
	"context"
	"slices"
	"time"

	"hemvist/internal/clock"
	"hemvist/internal/db"
)

// Stored is an answer as it was stored. Who is a participant, one of those who lead, or, where counts only are kept, the session whose
// participants answered together.
type Stored struct {
	ID, Who    string
	Session    string // the session that it is for; empty: the round as a whole
	Answer     Answer
	How        How
	Language   string // in which it was explained; empty where nobody had to explain
	On         clock.Date
	By, ByName string
	At         time.Time
}

// storedTx is all that has been answered in a round for a purpose, by who, each in the order in which it was recorded.
func storedTx(ctx context.Context, tx *db.Tx, roundID string, p Purpose) (map[string][]Stored, error) {
	all, err := db.All(ctx, tx, func(row db.Scanner) (Stored, error) {
		var x Stored
		var at db.Time
		err := row.Scan(&x.ID, &x.Who, &x.Session, &x.Answer, &x.How, &x.Language, &x.On, &x.By, &x.ByName, &at)
		x.At = at.Time
		return x, err
	}, `SELECT c.id, coalesce(c.participant_id, c.person_id, c.session_id), coalesce(c.session_id, ''), c.answer, c.how, c.language, c.happened_on,
			c.recorded_by, p.name, c.recorded_at
		FROM consent c JOIN person p ON p.id = c.recorded_by WHERE c.round_id = $1 AND c.purpose = $2 ORDER BY c.recorded_at, c.id`, roundID, string(p))
	if err != nil {
		return nil, err
	}
	by := map[string][]Stored{}
	for _, x := range all {
		by[x.Who] = append(by[x.Who], x)
	}
	return by, nil
}

// AnswerOn is the answer that holds on a day for a session, or for the round as a whole when session is empty; said is what one person has
// answered, in the order in which it was recorded. What is for a session goes before what is for the round, but for one thing: a yes for a
// session does not outlive a no for the round that was said after it.
func AnswerOn(said []Stored, session string, on clock.Date) Stored {
	var whole, one Stored
	for _, x := range said {
		switch {
		case x.On.After(on):
		case x.Session == "":
			if whole = x; one.Answer == Given && x.Answer.No() {
				one = Stored{}
			}
		case x.Session == session:
			one = x
		}
	}
	if one.ID == "" {
		return whole
	}
	return one
}

// holdsYes tells whether there is a yes that can be taken back: for a session, or, when session is empty, for the round or any of its sessions.
func holdsYes(said []Stored, session string, on clock.Date) bool {
	if AnswerOn(said, session, on).Answer == Given {
		return true
	}
	return session == "" && slices.ContainsFunc(said, func(x Stored) bool { return AnswerOn(said, x.Session, on).Answer == Given })
}
