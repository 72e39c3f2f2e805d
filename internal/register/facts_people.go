package register

import (
	"context"

	"hemvist/internal/clock"
	"hemvist/internal/credential"
	"hemvist/internal/db"
	"hemvist/internal/programme"
)

// sessionsFirst is what is said of the sessions of some rounds. CROSS makes SQLite begin with the sessions, which are few, and not read all
// that was ever said.
func sessionsFirst(table string) string {
	return "round_session s CROSS JOIN " + table + " a"
}

// addMarks remembers who came to the sessions. A participant is known here by a pseudonym, one who learns by the person.
func (g *gathering) addMarks(ctx context.Context, tx *db.Tx) error {
	if len(g.rounds) == 0 {
		return nil
	}
	ids, args := g.ofRounds()
	type mark struct{ id, session, who, mark, supersedes string }
	marks, err := db.All(ctx, tx, func(row db.Scanner) (m mark, err error) {
		err = row.Scan(&m.id, &m.session, &m.who, &m.mark, &m.supersedes)
		return m, err
	}, `SELECT a.id, a.session_id, a.participant_id, a.mark, coalesce(a.supersedes, '') FROM `+sessionsFirst("attendance")+`
		WHERE a.session_id = s.id AND s.round_id IN `+ids, args...) // in no order: who came is a set
	if err != nil {
		return err
	}
	// There may be thousands, and few are superseded: to look here is cheaper than to ask the database of each.
	superseded := map[string]bool{}
	for _, m := range marks {
		superseded[m.supersedes] = true
	}
	for _, m := range marks {
		x, who := g.sessions[m.session], m.who
		if person, learns := g.learning[m.who]; learns {
			who = person
		}
		switch {
		case superseded[m.id] || m.mark == "unknown":
			continue
		case m.mark == "present", m.mark == "late":
			x.came = append(x.came, who)
		case m.mark == "made-up":
			if x.made == nil {
				x.made = map[string]struct{}{}
			}
			x.made[who] = struct{}{}
		}
		x.told = true
	}
	for id, x := range g.sessions {
		if x.told && !x.heldOn.IsZero() {
			g.facts = append(g.facts, credential.Fact{ID: id + ":present", Kind: credential.FactPresent, On: x.heldOn, Round: x.round.id,
				Variant: x.round.variant, Session: x.item, People: x.came})
		}
	}
	return nil
}

// addCounts tells how many came, where no names are kept.
func (g *gathering) addCounts(ctx context.Context, tx *db.Tx) error {
	if len(g.rounds) == 0 {
		return nil
	}
	ids, args := g.ofRounds()
	_, err := db.All(ctx, tx, func(row db.Scanner) (none, error) {
		f, sessionID := credential.Fact{Kind: credential.FactCounted}, ""
		if err := row.Scan(&f.ID, &sessionID, &f.Count); err != nil {
			return none{}, err
		}
		if x := g.sessions[sessionID]; !x.heldOn.IsZero() {
			f.On, f.Round, f.Variant, f.Session = x.heldOn, x.round.id, x.round.variant, x.item
			g.facts = append(g.facts, f)
		}
		return none{}, nil
	}, `SELECT a.id, a.session_id, a.present FROM `+sessionsFirst("attendance_count")+`
		WHERE a.session_id = s.id AND s.round_id IN `+ids+` AND NOT EXISTS (SELECT 1 FROM attendance_count later WHERE later.supersedes = a.id)
		ORDER BY a.session_id, a.id`, args...)
	return err
}

func (g *gathering) addSizes(ctx context.Context, tx *db.Tx) error {
	if len(g.rounds) == 0 {
		return nil
	}
	ids, args := g.ofRounds()
	_, err := db.All(ctx, tx, func(row db.Scanner) (none, error) {
		f := credential.Fact{Kind: credential.FactGroupSize}
		if err := row.Scan(&f.ID, &f.Round, &f.Count, &f.On); err != nil {
			return none{}, err
		}
		f.Variant = g.rounds[f.Round].variant
		g.facts = append(g.facts, f)
		return none{}, nil
	}, `SELECT id, round_id, count, happened_on FROM group_size g WHERE round_id IN `+ids+`
		AND NOT EXISTS (SELECT 1 FROM group_size later WHERE later.supersedes = g.id) ORDER BY happened_on, id`, args...)
	return err
}

func (g *gathering) addLearners(ctx context.Context, tx *db.Tx) error {
	if len(g.rounds) == 0 {
		return nil
	}
	ids, args := g.ofRounds()
	_, err := db.All(ctx, tx, func(row db.Scanner) (none, error) {
		f, leftOn := credential.Fact{Kind: credential.FactEnrolled}, clock.Date{}
		if err := row.Scan(&f.ID, &f.Round, &f.Who, &f.On, &leftOn); err != nil {
			return none{}, err
		}
		h := g.rounds[f.Round]
		f.Variant = h.variant
		h.learners = append(h.learners, learner{f.Who, f.On, leftOn})
		g.learning[f.ID] = f.Who
		g.facts = append(g.facts, f)
		if !leftOn.IsZero() {
			f.ID, f.Kind, f.On = f.ID+":left", credential.FactUnenrolled, leftOn
			g.facts = append(g.facts, f)
		}
		return none{}, nil
	}, `SELECT id, round_id, person_id, joined_on, left_on FROM participant WHERE round_id IN `+ids+` AND person_id IS NOT NULL ORDER BY id`, args...)
	return err
}

// addRecorded adds what was recorded here.
func (g *gathering) addRecorded(ctx context.Context, tx *db.Tx, people []string) error {
	if len(people) == 0 {
		return nil
	}
	who, args := in([]any{g.def.ID}, people)
	facts, err := db.All(ctx, tx, func(row db.Scanner) (credential.Fact, error) {
		var f credential.Fact
		var at db.Time
		err := row.Scan(&f.ID, &f.Kind, &f.Who, &f.Credential, &f.Variant, &f.On, &at, &f.Supersedes)
		f.RecordedAt = at.Time
		return f, err
	}, `SELECT id, fact, person_id, credential, variant, happened_on, recorded_at, coalesce(supersedes, '') FROM credential_fact
		WHERE programme = $1 AND person_id IN `+who+` ORDER BY recorded_at, id`, args...)
	g.facts = append(g.facts, facts...)
	return err
}

// conclude adds what follows from presence. A course that was closed is completed by whoever was at every session that was held, or made up
// for it: no programme says less so far, and what the hub sees otherwise it records. Meetings for those who are certified are further
// education for whoever came.
func (g *gathering) conclude() {
	for _, h := range g.rounds {
		switch h.kind {
		case programme.Course:
			g.concludeCourse(h)
		case programme.Booster, programme.Network, programme.Conference:
			for _, x := range h.sessions {
				for _, who := range x.came {
					if !x.heldOn.IsZero() {
						g.facts = append(g.facts, credential.Fact{ID: h.id + ":" + x.item + ":" + who, Kind: credential.FactEducated, On: x.heldOn,
							Round: h.id, Variant: h.variant, Who: who, Minutes: x.minutes})
					}
				}
			}
		}
	}
}

func (g *gathering) concludeCourse(h *happened) {
	if h.closedOn.IsZero() {
		return
	}
	for _, l := range h.learners {
		if !l.leftOn.IsZero() && !l.leftOn.After(h.closedOn) {
			continue
		}
		held, took := 0, 0
		for _, x := range h.sessions {
			if x.heldOn.IsZero() {
				continue
			}
			held++
			if x.took(l.person) {
				took++
			}
		}
		if held > 0 && took == held {
			g.facts = append(g.facts, credential.Fact{ID: h.id + ":completed:" + l.person, Kind: credential.FactCourseCompleted, On: h.closedOn,
				Round: h.id, Variant: h.variant, Who: l.person})
		}
	}
}

// took tells whether somebody was there, or made up for it.
func (x *session) took(who string) bool {
	if _, ok := x.made[who]; ok {
		return true
	}
	for _, c := range x.came {
		if c == who {
			return true
		}
	}
	return false
}
