package catalogue

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/programme"
)

// Stored is a definition as it was uploaded, without its text.
type Stored struct {
	ID         string
	Programme  string
	Version    string
	Dated      clock.Date
	HubID      string // empty: it ships with the program
	Hub        string // its name
	SHA256     []byte
	UploadedAt time.Time
	UploadedBy string // name; empty: nobody
}

// records is everything that is stored, without the texts. It is small: a handful of rows a programme and year.
type records struct {
	counts    [3]int // rows of each table; rows are only ever added, so equal counts are equal rows
	stored    map[string]Stored
	timelines map[string]timeline
	hubs      map[string]string // names of organisations that are or were a home
}

// readRecords reads it all in four statements.
func readRecords(ctx context.Context, tx *db.Tx) (*records, error) {
	r := &records{stored: map[string]Stored{}, timelines: map[string]timeline{}, hubs: map[string]string{}}
	stored, err := db.All(ctx, tx, scanStored, `SELECT `+storedColumns+` ORDER BY d.programme, d.dated, d.id`)
	if err != nil {
		return nil, err
	}
	for _, s := range stored {
		r.stored[s.ID] = s
	}
	forces, err := db.All(ctx, tx, scanFact, `SELECT id, programme, hub_id, definition_id, fact, from_on, coalesce(supersedes, '') FROM in_force`)
	if err != nil {
		return nil, err
	}
	homes, err := db.All(ctx, tx, scanFact, `SELECT id, programme, hub_id, '', fact, from_on, coalesce(supersedes, '') FROM programme_home`)
	if err != nil {
		return nil, err
	}
	type hub struct{ id, name string }
	hubs, err := db.All(ctx, tx, func(row db.Scanner) (hub, error) {
		var h hub
		err := row.Scan(&h.id, &h.name)
		return h, err
	}, `SELECT o.id, o.name FROM organisation o WHERE o.id IN (SELECT hub_id FROM programme_home)`)
	if err != nil {
		return nil, err
	}
	for _, h := range hubs {
		r.hubs[h.id] = h.name
	}
	byProgramme := func(facts []fact) map[string][]fact {
		m := map[string][]fact{}
		for _, f := range facts {
			m[f.programme] = append(m[f.programme], f)
		}
		return m
	}
	homesOf, forcesOf := byProgramme(homes), byProgramme(forces)
	for _, s := range stored {
		if _, done := r.timelines[s.Programme]; !done {
			r.timelines[s.Programme] = newTimeline(homesOf[s.Programme], forcesOf[s.Programme])
		}
	}
	r.counts = [3]int{len(stored), len(forces), len(homes)}
	return r, nil
}

// readCounts is how many rows each table has.
func readCounts(ctx context.Context, tx *db.Tx) (n [3]int, err error) {
	err = tx.QueryRow(ctx, `SELECT (SELECT count(*) FROM definition), (SELECT count(*) FROM in_force), (SELECT count(*) FROM programme_home)`).
		Scan(&n[0], &n[1], &n[2])
	return n, err
}

const storedColumns = `d.id, d.programme, d.version, d.dated, coalesce(d.hub_id, ''), coalesce(o.name, ''), d.sha256,
	d.uploaded_at, coalesce(p.name, '')
	FROM definition d LEFT JOIN organisation o ON o.id = d.hub_id LEFT JOIN person p ON p.id = d.uploaded_by`

func scanStored(row db.Scanner) (Stored, error) {
	var s Stored
	var at db.Time
	err := row.Scan(&s.ID, &s.Programme, &s.Version, &s.Dated, &s.HubID, &s.Hub, &s.SHA256, &at, &s.UploadedBy)
	s.UploadedAt = at.Time
	return s, err
}

func scanFact(row db.Scanner) (fact, error) {
	var f fact
	var what string
	err := row.Scan(&f.id, &f.programme, &f.hub, &f.definition, &what, &f.from, &f.supersedes)
	f.withdrawn = what == "withdrawn"
	return f, err
}

// programmes are the ids of what is stored, in order.
func (r *records) programmes() []string { return slices.Sorted(maps.Keys(r.timelines)) }

// versions are a programme's stored definitions, the newest first.
func (r *records) versions(programmeID string) []Stored {
	var out []Stored
	for _, s := range r.stored {
		if s.Programme == programmeID {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b Stored) int {
		if c := b.Dated.Compare(a.Dated); c != 0 {
			return c
		}
		return slices.Compare([]byte(b.ID), []byte(a.ID))
	})
	return out
}

// find is a programme's version; NotFound when there is none such.
func (r *records) find(programmeID, version string) (Stored, error) {
	for _, s := range r.stored {
		if s.Programme == programmeID && s.Version == version {
			return s, nil
		}
	}
	return Stored{}, errs.Wrap(errs.NotFound, fmt.Errorf("no definition of %s, version %s", programmeID, version))
}

// resource is a programme as access judges it on a day.
func (r *records) resource(programmeID string, on clock.Date) access.Resource {
	home, _ := r.timelines[programmeID].homeOn(on)
	return access.Resource{Hub: home.hub, Programme: programmeID}
}

// stamp is who stores something, and when; it is made before the transaction, which may run again.
type stamp struct {
	by string // a person's id; empty: the program itself
	at time.Time
}

// addDefinition stores a definition with its text.
func addDefinition(ctx context.Context, tx *db.Tx, d *programme.Definition, source []byte, hub string, st stamp) (Stored, error) {
	sum := sha256.Sum256(source)
	stored := Stored{ID: db.NewID(), Programme: d.ID, Version: d.Version, Dated: d.Dated, HubID: hub, SHA256: sum[:], UploadedAt: st.at}
	_, err := tx.Exec(ctx, `INSERT INTO definition (id, programme, version, dated, hub_id, source, sha256, uploaded_at, uploaded_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, stored.ID, d.ID, d.Version, d.Dated, db.Null(hub), string(source), sum[:], db.At(st.at), db.Null(st.by))
	if err != nil {
		return stored, fmt.Errorf("add definition: %w", err)
	}
	return stored, nil
}

// addForce stores a decision about what is in force.
func addForce(ctx context.Context, tx *db.Tx, f fact, st stamp) error {
	_, err := tx.Exec(ctx, `INSERT INTO in_force (id, programme, hub_id, definition_id, fact, from_on, recorded_at, recorded_by, supersedes)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, db.NewID(), f.programme, f.hub, f.definition, word(f, "in-force"), f.from,
		db.At(st.at), db.Null(st.by), db.Null(f.supersedes))
	if err != nil {
		return fmt.Errorf("add what is in force: %w", err)
	}
	return nil
}

// addHome stores a decision about where a programme has its home.
func addHome(ctx context.Context, tx *db.Tx, f fact, st stamp) error {
	_, err := tx.Exec(ctx, `INSERT INTO programme_home (id, programme, hub_id, fact, from_on, recorded_at, recorded_by, supersedes)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, db.NewID(), f.programme, f.hub, word(f, "home"), f.from, db.At(st.at), db.Null(st.by),
		db.Null(f.supersedes))
	if err != nil {
		return fmt.Errorf("add a home: %w", err)
	}
	return nil
}

func word(f fact, live string) string {
	if f.withdrawn {
		return "withdrawn"
	}
	return live
}
