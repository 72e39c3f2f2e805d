package register

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"hemvist/internal/clock"
	"hemvist/internal/credential"
	"hemvist/internal/db"
	"hemvist/internal/programme"
	"hemvist/internal/round"
)

// maxRounds bounds how many of the rounds that people have had a part in are looked at, the newest first. Nobody leads so many; whoever
// follows more as a supervisor is certified by none of them.
const maxRounds = 300

// gathering puts together what bears on some people: the rounds that they have had a part in, and what is known of themselves.
// It asks each table once, whatever the number of people and rounds.
type gathering struct {
	def      *programme.Definition
	rounds   map[string]*happened
	sessions map[string]*session
	learning map[string]string // people who learn, by their ids as participants
	facts    []credential.Fact
}

// happened is what is remembered of a round while its facts are put together.
type happened struct {
	id, variant string
	kind        programme.VariantKind
	knownOn     clock.Date // since when its plan is known
	firstOn     clock.Date
	closedOn    clock.Date // zero: not closed
	sessions    []*session
	learners    []learner
}

// session is one of a round's, with who came as far as that was told.
type session struct {
	round   *happened
	item    string
	minutes int
	heldOn  clock.Date
	held    int                 // the place of its fact among the facts, when it was held
	told    bool                // somebody has said who came
	came    []string            // present or late: participants, or people where these learn
	made    map[string]struct{} // made up for at home
}

// learner is somebody of the directory who takes part in a round.
type learner struct {
	person           string
	joinedOn, leftOn clock.Date
}

// factsTx is everything that bears on the people in the programme; rounds are looked at whether or not the people have a part in them.
func factsTx(ctx context.Context, tx *db.Tx, def *programme.Definition, people []string, rounds ...string) (credential.Facts, error) {
	g := gathering{def: def, rounds: map[string]*happened{}, sessions: map[string]*session{}, learning: map[string]string{}}
	if len(people) == 0 && len(rounds) == 0 {
		return credential.NewFacts(""), nil
	}
	for _, step := range []func(context.Context, *db.Tx) error{
		func(ctx context.Context, tx *db.Tx) error { return g.findRounds(ctx, tx, people, rounds) },
		g.addSessions, g.addLed, g.addStaff, g.addEnds, g.addNotified, g.addLearners, g.addMarks, g.addCounts, g.addSizes,
		func(ctx context.Context, tx *db.Tx) error { return g.addRecorded(ctx, tx, people) },
	} {
		if err := step(ctx, tx); err != nil {
			return credential.Facts{}, fmt.Errorf("gather facts: %w", err)
		}
	}
	g.conclude()
	return credential.NewFacts("", g.facts...).Unrecorded(unrecorded...), nil
}

// unrecorded are the kinds of fact that no room of the house writes down.
var unrecorded = []credential.FactKind{credential.FactFilmed, credential.FactReviewed, credential.FactSupervised, credential.FactEvaluationDone}

// in is "($1, $2, …)" for the values, numbered from the one that follows those in args, with args and the values.
func in(args []any, values []string) (string, []any) {
	marks := make([]string, len(values))
	for i, v := range values {
		args = append(args, v)
		marks[i] = "$" + strconv.Itoa(len(args))
	}
	return "(" + strings.Join(marks, ", ") + ")", args
}

// ofRounds is the ids of the rounds that were found.
func (g *gathering) ofRounds(args ...any) (string, []any) {
	ids := make([]string, 0, len(g.rounds))
	for id := range g.rounds {
		ids = append(ids, id)
	}
	return in(args, ids)
}

// findRounds finds the rounds that the people have had a part in, as staff or as those who learn.
func (g *gathering) findRounds(ctx context.Context, tx *db.Tx, people, rounds []string) error {
	args := []any{g.def.ID}
	condition := "1 = 0"
	if len(people) > 0 {
		var who string
		who, args = in(args, people)
		condition = "r.id IN (SELECT round_id FROM round_staff WHERE person_id IN " + who + ") OR r.id IN (SELECT round_id FROM participant WHERE person_id IN " + who + ")"
	}
	if len(rounds) > 0 {
		var these string
		these, args = in(args, rounds)
		condition += " OR r.id IN " + these
	}
	found, err := db.All(ctx, tx, func(row db.Scanner) (*happened, error) {
		h, created, lastOn := &happened{}, db.Time{}, clock.Date{}
		if err := row.Scan(&h.id, &h.variant, &h.kind, &created, &h.firstOn, &lastOn); err != nil {
			return nil, err
		}
		// A round that was entered after it had begun was planned when it began.
		if h.knownOn = clock.DateOf(created.In(zone)); h.firstOn.Before(h.knownOn) {
			h.knownOn = h.firstOn
		}
		g.facts = append(g.facts, credential.Fact{ID: h.id, Kind: credential.FactPlanned, On: h.knownOn, Round: h.id, Variant: h.variant,
			Plan: &credential.Plan{Starts: h.firstOn, Ends: lastOn}})
		return h, nil
	}, fmt.Sprintf(`SELECT r.id, r.variant, r.kind, r.created_at, r.first_on, r.last_on FROM round r
		WHERE r.programme = $1 AND (%s) ORDER BY r.first_on DESC, r.id DESC LIMIT %d`, condition, maxRounds), args...)
	for _, h := range found {
		g.rounds[h.id] = h
	}
	return err
}

func (g *gathering) addSessions(ctx context.Context, tx *db.Tx) error {
	if len(g.rounds) == 0 {
		return nil
	}
	ids, args := g.ofRounds()
	_, err := db.All(ctx, tx, func(row db.Scanner) (none, error) {
		var id, roundID, kind, item, factID, fact string
		var on, heldOn clock.Date
		x := &session{}
		if err := row.Scan(&id, &roundID, &kind, &item, &on, &x.minutes, &factID, &fact, &heldOn); err != nil {
			return none{}, err
		}
		if item == "" {
			item = id
		}
		x.round, x.item = g.rounds[roundID], item
		g.sessions[id] = x
		x.round.sessions = append(x.round.sessions, x)
		plan := &credential.Plan{Starts: on, SessionKind: kind}
		if v, ok := g.def.Variant(x.round.variant); ok {
			for _, p := range v.Sessions() {
				if p.ID == item {
					plan.Principle, plan.Optional = p.Principle, p.Optional
				}
			}
		}
		g.facts = append(g.facts, credential.Fact{ID: id, Kind: credential.FactSessionPlanned, On: x.round.knownOn, Round: roundID,
			Variant: x.round.variant, Session: item, Plan: plan})
		if fact == string(round.Held) {
			x.heldOn, x.held = heldOn, len(g.facts)
			g.facts = append(g.facts, credential.Fact{ID: factID, Kind: credential.FactHeld, On: heldOn, Round: roundID, Variant: x.round.variant, Session: item})
		}
		return none{}, nil
	}, `SELECT s.id, s.round_id, s.kind, s.item, s.on_date, s.minutes, coalesce(f.id, ''), coalesce(f.fact, ''), f.happened_on
		FROM round_session s LEFT JOIN session_fact f ON f.session_id = s.id
			AND NOT EXISTS (SELECT 1 FROM session_fact later WHERE later.supersedes = f.id)
		WHERE s.round_id IN `+ids+` ORDER BY s.round_id, s.number`, args...)
	return err
}

// addLed tells who led a session, where that was said. Until then all did who work in the round.
func (g *gathering) addLed(ctx context.Context, tx *db.Tx) error {
	if len(g.rounds) == 0 {
		return nil
	}
	ids, args := g.ofRounds()
	_, err := db.All(ctx, tx, func(row db.Scanner) (none, error) {
		var sessionID, person string
		var led bool
		if err := row.Scan(&sessionID, &person, &led); err != nil {
			return none{}, err
		}
		x := g.sessions[sessionID]
		if x.heldOn.IsZero() {
			return none{}, nil
		}
		f := &g.facts[x.held]
		if f.People == nil {
			f.People = []string{""} // said of somebody: who is not said to have led did not
		}
		if led {
			f.People = append(f.People, person)
		}
		return none{}, nil
	}, `SELECT l.session_id, l.person_id, l.led FROM session_leader l JOIN round_session s ON s.id = l.session_id
		WHERE s.round_id IN `+ids+` AND NOT EXISTS (SELECT 1 FROM session_leader later WHERE later.supersedes = l.id)
		ORDER BY l.session_id, l.person_id`, args...)
	return err
}

// none is what a scan gives that keeps what it read itself.
type none struct{}

// addStaff tells who works in the rounds. Whoever was there from the beginning is a part of the plan as soon as it is known.
func (g *gathering) addStaff(ctx context.Context, tx *db.Tx) error {
	if len(g.rounds) == 0 {
		return nil
	}
	ids, args := g.ofRounds()
	_, err := db.All(ctx, tx, func(row db.Scanner) (none, error) {
		var roundID, person, role string
		var from, to clock.Date
		if err := row.Scan(&roundID, &person, &role, &from, &to); err != nil {
			return none{}, err
		}
		h := g.rounds[roundID]
		if !from.After(h.firstOn) && h.knownOn.Before(from) {
			from = h.knownOn
		}
		f := credential.Fact{ID: roundID + ":" + person + ":" + role + ":" + from.String(), Kind: credential.FactJoined, On: from, Round: roundID,
			Variant: h.variant, Who: person, Role: role}
		g.facts = append(g.facts, f)
		if !to.IsZero() {
			f.ID, f.Kind, f.On = f.ID+":left", credential.FactLeft, to
			g.facts = append(g.facts, f)
		}
		return none{}, nil
	}, `SELECT round_id, person_id, role, from_on, to_on FROM round_staff WHERE round_id IN `+ids+` ORDER BY round_id, from_on, role, person_id`, args...)
	return err
}

func (g *gathering) addEnds(ctx context.Context, tx *db.Tx) error {
	if len(g.rounds) == 0 {
		return nil
	}
	ids, args := g.ofRounds()
	_, err := db.All(ctx, tx, func(row db.Scanner) (none, error) {
		var f credential.Fact
		var how string
		if err := row.Scan(&f.ID, &f.Round, &how, &f.On); err != nil {
			return none{}, err
		}
		h := g.rounds[f.Round]
		switch round.State(how) {
		case round.Closed:
			f.Kind, h.closedOn = credential.FactClosed, f.On
		case round.BrokenOff:
			f.Kind = credential.FactBrokenOff
		default: // opened again
			return none{}, nil
		}
		f.Variant = h.variant
		g.facts = append(g.facts, f)
		return none{}, nil
	}, `SELECT f.id, f.round_id, f.fact, f.happened_on FROM round_fact f WHERE f.round_id IN `+ids+`
		AND NOT EXISTS (SELECT 1 FROM round_fact later WHERE later.supersedes = f.id) ORDER BY f.recorded_at, f.id`, args...)
	return err
}

func (g *gathering) addNotified(ctx context.Context, tx *db.Tx) error {
	if len(g.rounds) == 0 {
		return nil
	}
	ids, args := g.ofRounds()
	_, err := db.All(ctx, tx, func(row db.Scanner) (none, error) {
		f := credential.Fact{Kind: credential.FactNotified}
		if err := row.Scan(&f.ID, &f.Round, &f.On); err != nil {
			return none{}, err
		}
		f.Variant = g.rounds[f.Round].variant
		g.facts = append(g.facts, f)
		return none{}, nil
	}, `SELECT id, round_id, happened_on FROM round_notified WHERE round_id IN `+ids+` ORDER BY happened_on, id`, args...)
	return err
}
