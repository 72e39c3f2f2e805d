package register

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/credential"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/programme"
)

// Idle is an organisation whose people may lead rounds, and that has none that is planned or running.
type Idle struct {
	OrganisationID, Organisation, County string
	Certified                            int        // people there whose certificate is in force
	Since                                clock.Date // the last day of its latest round; zero: it never had one
}

// Ending is somebody whose certificate is to be renewed.
type Ending struct {
	PersonID, Person, Organisation string
	Programme, Credential          string
	Status                         credential.Status
	Due                            clock.Date
}

// Spread is where there are certified people and no rounds, and whose certificates end.
type Spread struct {
	Idle   []Idle   // those that have waited longest first
	Ending []Ending // the earliest first, at most maxEnding
	Total  int      // of Ending
	Today  clock.Date
}

// EndsWithin is how long before its end a certificate is told of: our own choice, as long as programmes usually warn before.
const EndsWithin = 6 // months

const (
	maxIdle   = 500 // a nation has 290 municipalities
	maxEnding = 50
)

// Spread tells it to a hub of its programmes, and to an organisation of itself. It reads the projection, and works out no verdict.
func (s *Service) Spread(ctx context.Context, actor access.Subject) (Spread, error) {
	w, ok := s.spreadOf(actor)
	if !ok {
		return Spread{}, errs.New(errs.Denied, "")
	}
	sp := Spread{Today: s.Today()}
	soon := sp.Today.AddMonths(EndsWithin)
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		if len(w.leads) == 0 {
			return nil
		}
		var err error
		if sp.Idle, err = db.All(ctx, tx, func(row db.Scanner) (Idle, error) {
			var i Idle
			err := row.Scan(&i.OrganisationID, &i.Organisation, &i.County, &i.Certified, &i.Since)
			return i, err
		}, idleQuery(w), w.args...); err != nil {
			return err
		}
		args := append(slices.Clone(w.args), soon)
		ending := fmt.Sprintf(`FROM standing st JOIN role ro ON ro.person_id = st.person_id JOIN person p ON p.id = st.person_id JOIN organisation o ON o.id = ro.organisation_id
			WHERE %s AND (st.status = 'due' OR st.status = 'certified' AND st.due <= $%d)`, w.conditions, len(args))
		if sp.Total, err = db.One(ctx, tx, db.Scalar[int], `SELECT count(DISTINCT st.person_id) `+ending, args...); err != nil {
			return err
		}
		sp.Ending, err = db.All(ctx, tx, func(row db.Scanner) (Ending, error) {
			var e Ending
			err := row.Scan(&e.PersonID, &e.Person, &e.Organisation, &e.Programme, &e.Credential, &e.Status, &e.Due)
			return e, err
		}, `SELECT st.person_id, p.name, min(o.name), st.programme, st.credential, st.status, st.due `+ending+`
			GROUP BY st.person_id, p.name, p.name_sort, st.programme, st.credential, st.status, st.due ORDER BY st.due, p.name_sort, st.person_id LIMIT `+strconv.Itoa(maxEnding), args...)
		return err
	})
	if err != nil {
		return Spread{}, fmt.Errorf("spread: %w", err)
	}
	return sp, nil
}

// idleQuery asks for the organisations without a round that is planned or running first, for they are few, and of those alone how many are
// certified there: once each, and so before any is left out for having none.
func idleQuery(w spreadWhere) string {
	within := ""
	if w.organisation != "" {
		within = " AND o.id = " + w.organisation
	}
	return fmt.Sprintf(`WITH idle AS MATERIALIZED (SELECT o.id, o.name, o.name_sort, coalesce(o.county, '') AS county,
			(SELECT count(DISTINCT st.person_id) FROM role ro JOIN standing st ON st.person_id = ro.person_id
				WHERE ro.organisation_id = o.id AND %s AND st.status IN ('certified', 'due')) AS n,
			(SELECT r.last_on FROM round r WHERE r.organisation_id = o.id AND r.programme IN %s ORDER BY r.first_on DESC, r.id DESC LIMIT 1) AS since
		FROM organisation o
		WHERE NOT EXISTS (SELECT 1 FROM round r WHERE r.organisation_id = o.id AND r.ended_how IS NULL AND r.programme IN %s AND r.last_on >= %s)%s)
		SELECT id, name, county, n, since FROM idle WHERE n > 0 ORDER BY CASE WHEN since IS NULL THEN 0 ELSE 1 END, since, name_sort, id LIMIT %d`,
		w.conditions, w.programmes, w.programmes, w.today, within, maxIdle)
}

// EndingSoon counts the people whose certificate is to be renewed within EndsWithin, for those who may know of them.
func (s *Service) EndingSoon(ctx context.Context, actor access.Subject) (int, error) {
	w, ok := s.spreadOf(actor)
	if !ok || len(w.leads) == 0 {
		return 0, nil
	}
	n := 0
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		args := append(slices.Clone(w.args), s.Today().AddMonths(EndsWithin))
		n, err = db.One(ctx, tx, db.Scalar[int], fmt.Sprintf(`SELECT count(DISTINCT st.person_id) FROM standing st JOIN role ro ON ro.person_id = st.person_id
			WHERE %s AND (st.status = 'due' OR st.status = 'certified' AND st.due <= $%d)`, w.conditions, len(args)), args...)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("certificates that end: %w", err)
	}
	return n, nil
}

// spreadWhere is what bounds the standings st and the roles ro to those of leaders within the actor's reach.
type spreadWhere struct {
	leads                         []string // credentials that let somebody lead
	programmes, conditions, today string
	organisation                  string // the one that it is about, as an argument; empty for a hub
	args                          []any
}

func (s *Service) spreadOf(actor access.Subject) (spreadWhere, bool) {
	var w spreadWhere
	reach := access.ReachOf(actor.Role, access.ReadSpread)
	if reach != access.Hub && reach != access.Organisation {
		return w, false
	}
	var programmes []string
	for _, d := range s.reached(actor) {
		programmes = append(programmes, d.ID)
		w.leads = append(w.leads, leading(d)...)
	}
	if len(w.leads) == 0 {
		return w, true
	}
	var credentials string
	w.programmes, w.args = in(w.args, programmes)
	credentials, w.args = in(w.args, w.leads)
	w.args = append(w.args, s.Today())
	w.today = "$" + strconv.Itoa(len(w.args))
	conditions := []string{"st.programme IN " + w.programmes, "st.credential IN " + credentials, "ro.role = 'leader'",
		"(ro.programme IS NULL OR ro.programme = st.programme)", "ro.from_on <= " + w.today, "(ro.to_on IS NULL OR ro.to_on >= " + w.today + ")"}
	if reach == access.Organisation {
		w.args = append(w.args, actor.Organisation)
		w.organisation = "$" + strconv.Itoa(len(w.args))
		conditions = append(conditions, "ro.organisation_id = "+w.organisation)
		if actor.Authority != "" {
			w.args = append(w.args, actor.Authority)
			conditions = append(conditions, "ro.authority_id = $"+strconv.Itoa(len(w.args)))
		}
	}
	w.conditions = strings.Join(conditions, " AND ")
	return w, true
}

// leading are the credentials of a programme that make somebody a leader and are not held only with another one.
func leading(d *programme.Definition) []string {
	var ids []string
	for _, c := range d.Credentials {
		if c.HeldBy != programme.OfUnit && c.Role == string(access.Leader) && len(c.Valid.With) == 0 {
			ids = append(ids, c.ID)
		}
	}
	return ids
}
