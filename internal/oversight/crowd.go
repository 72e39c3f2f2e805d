package oversight

import (
	"context"
	"slices"
	"time"

	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
)

// crowded finds the looks with which somebody had seen very many people within the hour before. It goes through the looks at participants, in
// an index: to let the database group them by doer and hour, and to read then what may be a crowd, takes as long.
func (k *check) crowded(ctx context.Context, tx *db.Tx) ([]audit.Place, Count, error) {
	f := k.of(func(a audit.Action) bool { return isLook(a) && GroupOf(a) == Participants })
	actions := f.Actions
	by := map[string][]audit.Glance{}
	for _, f.Action = range actions {
		f.Actions = nil
		if _, err := k.log.Each(ctx, tx, f, k.glanced, func(g audit.Glance) { by[g.Actor] = append(by[g.Actor], g) }); err != nil {
			return nil, Count{}, err
		}
	}
	var places []audit.Place
	for _, looks := range by {
		if len(actions) > 1 {
			slices.SortFunc(looks, func(a, b audit.Glance) int { return newerFirst(a.Place, b.Place) })
		}
		for _, p := range crowds(looks) {
			k.crowds[p.ID] = true
			places = append(places, p)
		}
	}
	return places, Count{N: len(places)}, nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// crowds is the looks of one person, newest first, that made a crowd. A round counts once, with the most people that it showed; a search
// counts each time. Of one crowd it is the look that made it one.
func crowds(looks []audit.Glance) []audit.Place {
	var made []audit.Place
	var quiet time.Time // until when another is the same crowd
	for i := len(looks) - 1; i >= 0; i-- {
		g := looks[i]
		if g.At.Before(quiet) {
			continue
		}
		if seenBefore(looks[i:min(len(looks), i+inAnHour+1)]) >= manyPeople {
			made = append(made, g.Place)
			quiet = g.At.Add(time.Hour)
		}
	}
	return made
}

// seenBefore is how many people the looks of the hour up to the first one, which is the newest, showed.
func seenBefore(looks []audit.Glance) int {
	from := looks[0].At.Add(-time.Hour)
	rounds, n := map[string]int{}, 0
	for _, g := range looks {
		if g.At.Before(from) {
			break
		}
		if g.Purpose == "" {
			n += g.Count
		} else {
			rounds[g.Purpose] = max(rounds[g.Purpose], g.Count)
		}
	}
	for _, most := range rounds {
		n += most
	}
	return n
}

// isPlace tells whether an action is a look at people's data or at a round.
func isPlace(a audit.Action) bool { return isLook(a) || a == "round.read" }

// notAssigned finds what was done in a round by somebody whose days in it were over.
func (k *check) notAssigned(ctx context.Context, tx *db.Tx) ([]audit.Place, Count, error) {
	if err := k.readLeft(ctx, tx); err != nil {
		return nil, Count{}, err
	}
	doings := make([]audit.Doing, 0, len(k.left))
	for who, last := range k.left {
		doings = append(doings, audit.Doing{Actor: who[0], Purpose: who[1], From: later(k.filter.From, begin(last.AddDays(1)))})
	}
	f := k.of(isPlace)
	f.Outcome = ""
	var all []audit.Place
	for len(doings) > 0 {
		n := min(chunk, len(doings))
		places, err := k.log.OfDoings(ctx, tx, f, doings[:n], countedTo+1)
		if err != nil {
			return nil, Count{}, err
		}
		all, doings = append(all, places...), doings[n:]
	}
	return all, upTo(len(all), countedTo), nil
}

// readLeft reads whose days in a round of the organisation are over. A round that has gone with its board to another organisation has its
// looks from before that here.
func (k *check) readLeft(ctx context.Context, tx *db.Tx) error {
	type last struct {
		who [2]string
		on  clock.Date
	}
	found, err := db.All(ctx, tx, func(row db.Scanner) (last, error) {
		var l last
		err := row.Scan(&l.who[0], &l.who[1], &l.on)
		return l, err
	}, `SELECT s.person_id, s.round_id, max(s.to_on) FROM round r JOIN round_staff s ON s.round_id = r.id
		WHERE r.organisation_id IN (SELECT CAST($1 AS TEXT) UNION SELECT other_id FROM organisation_fact WHERE organisation_id = $1 AND other_id IS NOT NULL)
		AND s.to_on < $2 AND NOT EXISTS (SELECT 1 FROM round_staff x WHERE x.round_id = s.round_id AND x.person_id = s.person_id AND (x.to_on IS NULL OR x.to_on >= $2))
		GROUP BY s.person_id, s.round_id`, k.scope.Organisation(), k.Today())
	if err != nil {
		return err
	}
	k.left = map[[2]string]clock.Date{}
	for _, l := range found {
		k.left[l.who] = l.on
	}
	return nil
}
