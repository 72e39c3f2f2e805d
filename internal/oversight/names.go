package oversight

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"hemvist/internal/audit"
	"hemvist/internal/db"
)

// looks is how the words of actions end that change nothing.
var looks = []string{"read", "list", "search", "export"}

// isChange tells whether an action changes something.
func isChange(a audit.Action) bool {
	_, did, _ := strings.Cut(string(a), ".")
	return !slices.Contains(looks, did)
}

// newest is the newest entries of two lists that stand newest first.
func newest(limit int, a, b []audit.Stored) []audit.Stored {
	all := append(append([]audit.Stored{}, a...), b...)
	slices.SortStableFunc(all, func(x, y audit.Stored) int {
		return newerFirst(x.Place(), y.Place())
	})
	return all[:min(limit, len(all))]
}

// chunk bounds the number of ids in one query.
const chunk = 200

// ofIDs gives the rows of a query that ends in "… IN", for many ids.
func ofIDs[T any](ctx context.Context, tx *db.Tx, scan func(db.Scanner) (T, error), query string, ids []string, last string) ([]T, error) {
	slices.Sort(ids)
	var all []T
	for part := range slices.Chunk(slices.Compact(ids), chunk) {
		var args []any
		list := in(query, part)(func(v any) string {
			args = append(args, v)
			return "$" + strconv.Itoa(len(args))
		})
		rows, err := db.All(ctx, tx, scan, list+last, args...)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	return all, nil
}

type pair struct{ key, value string }

func scanPair(row db.Scanner) (pair, error) {
	var p pair
	err := row.Scan(&p.key, &p.value)
	return p, err
}

// named puts names to entries: of who did it and where they work, of the round it concerns, of whom it was done to.
func named(ctx context.Context, tx *db.Tx, reader string, stored []audit.Stored) ([]Entry, error) {
	if len(stored) == 0 {
		return nil, nil
	}
	var people, rounds, entries []string
	for _, e := range stored {
		people = append(people, e.Actor, e.Subject)
		rounds = append(rounds, e.Purpose)
		entries = append(entries, e.ID)
	}
	names, places := map[string]string{}, map[string]string{}
	for _, q := range []struct {
		query string
		ids   []string
		last  string
		into  map[string]string
	}{
		{`SELECT id, name FROM person WHERE id`, people, "", names},
		{`SELECT id, name FROM organisation WHERE id`, people, "", names},
		{`SELECT id, name FROM round WHERE id`, rounds, "", names},
		// Where somebody works is told by the role that they did it in; of several the one they got last.
		{`SELECT r.person_id || ' ' || r.role, o.name FROM role r JOIN organisation o ON o.id = r.organisation_id WHERE r.person_id`, people,
			" ORDER BY r.from_on, r.id", places},
	} {
		found, err := ofIDs(ctx, tx, scanPair, q.query, slices.Clone(q.ids), q.last)
		if err != nil {
			return nil, err
		}
		for _, p := range found {
			q.into[p.key] = p.value
		}
	}
	asked, err := ofIDs(ctx, tx, scanPair, `SELECT entry_id, question_id FROM log_question_entry WHERE entry_id`, entries, " ORDER BY question_id")
	if err != nil {
		return nil, err
	}
	questions := map[string]string{}
	for _, p := range asked {
		questions[p.key] = p.value
	}
	all := make([]Entry, len(stored))
	for i, e := range stored {
		all[i] = Entry{Stored: e, Group: GroupOf(e.Action), Doer: Named{e.Actor, names[e.Actor], places[e.Actor+" "+e.Role]}, Matter: names[e.Purpose],
			About: names[e.Subject], Asked: questions[e.ID], Own: e.Actor == reader}
	}
	return all, nil
}
