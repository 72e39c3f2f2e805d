package meeting

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/round"
)

// Mark is how it was with somebody at a session.
type Mark string

// The marks. Unknown takes back what was marked.
const (
	Present Mark = "present"
	Late    Mark = "late"    // came late
	Told    Mark = "told"    // did not come, and had said so
	Absent  Mark = "absent"  // did not come, and had said nothing
	MadeUp  Mark = "made-up" // did not come, and had what was missed at home
	Unknown Mark = "unknown"
)

// Marks are those that can be chosen, in the order in which they stand.
var Marks = []Mark{Present, Late, Told, Absent, MadeUp}

// MarksOn are those that can be chosen on a day: before the session nobody can have come.
func MarksOn(x round.Session, today clock.Date) []Mark {
	if x.On.After(today) {
		return []Mark{Told}
	}
	return Marks
}

// Stored is a mark as it was stored, by whom and when.
type Stored struct {
	ID, Participant string
	Mark            Mark
	By, ByName      string
	At              time.Time
	request         string
}

// marksTx is the last mark of each participant of a session.
func marksTx(ctx context.Context, tx *db.Tx, sessionID string) (map[string]Stored, error) {
	all, err := db.All(ctx, tx, func(row db.Scanner) (Stored, error) {
		var m Stored
		var at db.Time
		err := row.Scan(&m.ID, &m.Participant, &m.Mark, &m.By, &m.ByName, &at, &m.request)
		m.At = at.Time
		return m, err
	}, `SELECT a.id, a.participant_id, a.mark, a.recorded_by, p.name, a.recorded_at, a.request
		FROM attendance a JOIN person p ON p.id = a.recorded_by
		WHERE a.session_id = $1 AND NOT EXISTS (SELECT 1 FROM attendance later WHERE later.supersedes = a.id)`, sessionID)
	if err != nil {
		return nil, err
	}
	by := make(map[string]Stored, len(all))
	for _, m := range all {
		by[m.Participant] = m
	}
	return by, nil
}

// StoredCount is how many came, where no names are kept.
type StoredCount struct {
	ID         string // empty: nothing is said
	Present    int
	By, ByName string
	At         time.Time
}

// countTx is the last number of a session; the zero StoredCount when there is none.
func countTx(ctx context.Context, tx *db.Tx, sessionID string) (StoredCount, error) {
	all, err := db.All(ctx, tx, func(row db.Scanner) (StoredCount, error) {
		var c StoredCount
		var at db.Time
		err := row.Scan(&c.ID, &c.Present, &c.By, &c.ByName, &at)
		c.At = at.Time
		return c, err
	}, `SELECT c.id, c.present, c.recorded_by, p.name, c.recorded_at FROM attendance_count c JOIN person p ON p.id = c.recorded_by
		WHERE c.session_id = $1 AND NOT EXISTS (SELECT 1 FROM attendance_count later WHERE later.supersedes = c.id)`, sessionID)
	if err != nil || len(all) == 0 {
		return StoredCount{}, err
	}
	return all[0], nil
}

// member is a participant as attendance sees one.
type member struct {
	id           string
	joined, left clock.Date
}

// expectedOn tells whether somebody is asked for at a session of that day.
func (m member) expectedOn(d clock.Date) bool {
	return !m.joined.After(d) && m.mayHaveComeOn(d)
}

// mayHaveComeOn tells whether somebody can be marked at a session of that day: not who has left before it. Who was written down after it may
// have come: leaders write down on the third evening who came to the first.
func (m member) mayHaveComeOn(d clock.Date) bool { return m.left.IsZero() || !m.left.Before(d) }

func membersTx(ctx context.Context, tx *db.Tx, roundID string) (map[string]member, error) {
	all, err := db.All(ctx, tx, func(row db.Scanner) (member, error) {
		var m member
		err := row.Scan(&m.id, &m.joined, &m.left)
		return m, err
	}, `SELECT id, joined_on, left_on FROM participant WHERE round_id = $1`, roundID)
	if err != nil {
		return nil, err
	}
	by := make(map[string]member, len(all))
	for _, m := range all {
		by[m.id] = m
	}
	return by, nil
}

// ThereTx tells, of those whose attendance at a session is marked, whether they were there. It is for rooms that ask who took part.
func ThereTx(ctx context.Context, tx *db.Tx, sessionID string) (map[string]bool, error) {
	marks, err := marksTx(ctx, tx, sessionID)
	if err != nil {
		return nil, err
	}
	there := make(map[string]bool, len(marks))
	for id, m := range marks {
		if m.Mark != Unknown {
			there[id] = m.Mark == Present || m.Mark == Late
		}
	}
	return there, nil
}

// cameTx is who came to a session, in numbers.
func cameTx(ctx context.Context, tx *db.Tx, g ground) (Came, error) {
	came := Came{Marks: map[Mark]int{}}
	if g.row.Attendance == round.CountsOnly {
		c, err := countTx(ctx, tx, g.session().ID)
		came.Known, came.Count = c.ID != "", c.Present
		return came, err
	}
	marks, err := marksTx(ctx, tx, g.session().ID)
	if err != nil {
		return came, err
	}
	members, err := membersTx(ctx, tx, g.row.ID)
	if err != nil {
		return came, err
	}
	for id, m := range members {
		mark, marked := marks[id]
		switch {
		case marked && mark.Mark != Unknown:
			came.Known = true
			came.Marks[mark.Mark]++
		case m.expectedOn(g.session().On):
			came.Unsaid++
		}
	}
	return came, nil
}

// A request's name is a page's own, a point, and a number that grows with each mark made on that page: two marks of one page that arrive in the wrong
// order can be told apart from two people's.
var requestName = regexp.MustCompile(`^[A-Za-z0-9_-]{16,64}\.[0-9]{1,9}$`)

// ValidRequest tells whether a request's name is one.
func ValidRequest(s string) bool { return requestName.MatchString(s) }

// sameMaker tells whether two requests are of one page, and whether the second was made after the first.
func sameMaker(first, second string) (same, later bool) {
	a, n, _ := strings.Cut(first, ".")
	b, m, _ := strings.Cut(second, ".")
	if a != b {
		return false, false
	}
	x, _ := strconv.Atoi(n) // digits alone, at most nine
	y, _ := strconv.Atoi(m)
	return true, y > x
}

func validMark(m Mark) bool { return m == Unknown || slices.Contains(Marks, m) }
