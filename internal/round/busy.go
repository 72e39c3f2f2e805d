package round

import (
	"context"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
)

// Clash is another round that meets at the same time as a draft would.
type Clash struct {
	Round           string     // its name, where the actor works in it; empty: it is at the same place, and whose it is is not told
	On              clock.Date // the first time
	Starts, Minutes int
	N               int // how many of the draft's sessions
}

// busyTx is what goes on at the times of a draft's sessions: rounds that the actor works in, when they would work in this one too, and others
// of the organisation at the same place. It is told, never refused: two can share a house, and somebody else may take the evening.
func busyTx(ctx context.Context, tx *db.Tx, actor access.Subject, d Drafted) ([]Clash, error) {
	if len(d.Sessions) == 0 {
		return nil, nil
	}
	first, last := d.Sessions[0].On, d.Sessions[0].On
	for _, x := range d.Sessions {
		if x.On.Before(first) {
			first = x.On
		}
		last = laterOf(last, x.On)
	}
	person := ""
	if _, works := d.works(actor); works {
		person = actor.Person
	}
	type other struct {
		id, name string
		Session
		mine bool
	}
	others, err := db.All(ctx, tx, func(row db.Scanner) (other, error) {
		var o other
		err := row.Scan(&o.id, &o.name, &o.On, &o.Starts, &o.Minutes, &o.mine)
		return o, err
	}, `SELECT r.id, r.name, y.on_date, y.starts, y.minutes, m.person_id IS NOT NULL
		FROM round r JOIN round_session y ON y.round_id = r.id
			LEFT JOIN session_fact f ON f.session_id = y.id AND NOT EXISTS (SELECT 1 FROM session_fact later WHERE later.supersedes = f.id)
			LEFT JOIN (SELECT DISTINCT person_id, round_id, from_on, to_on FROM round_staff WHERE person_id = $1) m
				ON m.round_id = r.id AND m.from_on <= y.on_date AND (m.to_on IS NULL OR m.to_on >= y.on_date)
		WHERE r.ended_how IS NULL AND r.id <> $2 AND y.on_date >= $3 AND y.on_date <= $4 AND (f.fact IS NULL OR f.fact <> 'cancelled')
			AND r.id IN (SELECT round_id FROM round_staff WHERE person_id = $1 UNION SELECT id FROM round WHERE organisation_id = $5 AND place = $6)
			AND (m.person_id IS NOT NULL OR $6 <> '' AND r.organisation_id = $5 AND y.place IN ('', $6) AND r.place = $6)
		ORDER BY y.on_date, y.starts, r.id`, person, d.ID, first, last, actor.Organisation, d.Place)
	if err != nil {
		return nil, err
	}
	var out []Clash
	at := map[string]int{} // by the round that is named; all that are not are one
	for _, x := range d.Sessions {
		for _, o := range others {
			if o.On != x.On || o.Starts >= x.Starts+x.Minutes || x.Starts >= o.Starts+o.Minutes {
				continue
			}
			key, c := "", Clash{On: o.On, Starts: o.Starts, Minutes: o.Minutes}
			if o.mine {
				key, c.Round = o.id, o.name
			}
			i, known := at[key]
			if !known {
				i = len(out)
				at[key], out = i, append(out, c)
			}
			out[i].N++
		}
	}
	return out, nil
}
