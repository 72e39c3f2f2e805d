package register

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"hemvist/internal/clock"
	"hemvist/internal/credential"
	"hemvist/internal/db"
	"hemvist/internal/programme"
)

// maxRounds bounds how many of the rounds that somebody has had a part in are looked at, the newest first. Nobody leads so many; whoever
// follows more as a supervisor is certified by none of them.
const maxRounds = 300

// unrecorded are the kinds of fact that no room of the house writes down.
var unrecorded = []credential.FactKind{credential.FactFilmed, credential.FactReviewed, credential.FactSupervised, credential.FactEvaluationDone}

// factsTx is everything that bears on the people in the programme: the rounds that they have had a part in, and what is known of
// themselves.
func factsTx(ctx context.Context, tx *db.Tx, def *programme.Definition, people []string) (credential.Facts, error) {
	if len(people) == 0 {
		return credential.NewFacts(""), nil
	}
	rounds, err := roundsTx(ctx, tx, def.ID, people)
	if err != nil {
		return credential.Facts{}, err
	}
	return factsInTx(ctx, tx, def, people, rounds)
}

// roundsTx is the rounds that the people have had a part in, and those that are given, which are as they are in the rooms.
func roundsTx(ctx context.Context, tx *db.Tx, programmeID string, people []string, given ...string) ([]*happened, error) {
	rounds, err := findRounds(ctx, tx, programmeID, people, given)
	if err == nil {
		err = gatherTx(ctx, tx, rounds)
	}
	if err != nil {
		return nil, fmt.Errorf("gather rounds: %w", err)
	}
	return rounds, nil
}

// factsInTx is what follows from the rounds, and what is known of the people themselves.
func factsInTx(ctx context.Context, tx *db.Tx, def *programme.Definition, people []string, rounds []*happened) (credential.Facts, error) {
	facts, err := recordedFactsTx(ctx, tx, def.ID, people)
	if err != nil {
		return credential.Facts{}, fmt.Errorf("gather facts: %w", err)
	}
	known, n := outlines{}, 0
	for _, h := range rounds {
		n += h.factCount()
	}
	facts = slices.Grow(facts, n)
	for _, h := range rounds {
		facts = factsOf(def, known, h, facts)
	}
	return credential.NewFacts("", facts...).Unrecorded(unrecorded...), nil
}

// in is "($1, $2, …)" for the values, numbered from the one that follows those in args, with args and the values.
func in(args []any, values []string) (string, []any) {
	marks := make([]string, len(values))
	for i, v := range values {
		args = append(args, v)
		marks[i] = "$" + strconv.Itoa(len(args))
	}
	return "(" + strings.Join(marks, ", ") + ")", args
}

// findRounds finds the rounds that the people have had a part in, as staff or as those who learn, and those that are given. Of those with a
// summary that holds, what was told is in it; the others are to be gathered.
func findRounds(ctx context.Context, tx *db.Tx, programmeID string, people, rounds []string) ([]*happened, error) {
	const columns = "r.id, r.variant, r.kind, r.created_at, r.first_on, r.last_on"
	args := []any{programmeID}
	var parts []string
	if len(people) > 0 {
		var who string
		who, args = in(args, people)
		parts = append(parts, fmt.Sprintf(`SELECT %s, row_number() OVER (PARTITION BY p.person_id ORDER BY r.first_on DESC, r.id DESC) AS n
			FROM (SELECT person_id, round_id FROM round_staff WHERE person_id IN %s UNION SELECT person_id, round_id FROM participant WHERE person_id IN %s) AS p
			JOIN round r ON r.id = p.round_id AND r.programme = $1`, columns, who, who))
	}
	live := "1 = 1"
	if len(rounds) > 0 {
		var these string
		these, args = in(args, rounds)
		parts = append(parts, "SELECT "+columns+", 0 AS n FROM round r WHERE r.programme = $1 AND r.id IN "+these)
		live = "y.round_id NOT IN " + these
	}
	return db.All(ctx, tx, scanHappened, fmt.Sprintf(`SELECT %s, y.told FROM (SELECT %s FROM (%s) AS r WHERE n <= %d GROUP BY %s) AS r
		LEFT JOIN round_summary y ON y.round_id = r.id AND %s AND NOT EXISTS (SELECT 1 FROM round_fact later WHERE later.supersedes = y.ended_by)
		ORDER BY r.first_on DESC, r.id DESC`, columns, columns, strings.Join(parts, " UNION ALL "), maxRounds, columns, live), args...)
}

// scanHappened reads a round, and what was told of it if that is in a summary that this program can read.
func scanHappened(row db.Scanner) (*happened, error) {
	h, created := &happened{}, db.Time{}
	var summary []byte
	if err := row.Scan(&h.id, &h.variant, &h.kind, &created, &h.firstOn, &h.lastOn, &summary); err != nil {
		return nil, err
	}
	// A round that was entered after it had begun was planned when it began.
	if h.knownOn = clock.DateOf(created.In(zone)); h.firstOn.Before(h.knownOn) {
		h.knownOn = h.firstOn
	}
	h.told, h.known = readSummary(summary)
	return h, nil
}

// recordedFactsTx is what was recorded here of the people.
func recordedFactsTx(ctx context.Context, tx *db.Tx, programmeID string, people []string) ([]credential.Fact, error) {
	if len(people) == 0 {
		return nil, nil
	}
	who, args := in([]any{programmeID}, people)
	return db.All(ctx, tx, func(row db.Scanner) (credential.Fact, error) {
		var f credential.Fact
		var at db.Time
		err := row.Scan(&f.ID, &f.Kind, &f.Who, &f.Credential, &f.Variant, &f.On, &at, &f.Supersedes)
		f.RecordedAt = at.Time
		return f, err
	}, `SELECT id, fact, person_id, credential, variant, happened_on, recorded_at, coalesce(supersedes, '') FROM credential_fact
		WHERE programme = $1 AND person_id IN `+who+` ORDER BY recorded_at, id`, args...)
}
