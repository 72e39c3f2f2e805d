package organisation

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/directory"
)

// Fact is a kind of what can happen.
type Fact string

// What can happen to an organisation, and the first four and the last to a board or a unit.
const (
	Renamed    Fact = "renamed"
	Corrected  Fact = "corrected" // the name was never the other one
	ClosedFact Fact = "closed"
	Reopened   Fact = "reopened"
	MergedInto Fact = "merged-into"
	SplitFrom  Fact = "split-from"
	Moved      Fact = "moved"
)

// Named is something with its id.
type Named struct{ ID, Name string }

// Event is something that happened.
type Event struct {
	ID            string
	Fact          Fact
	On            clock.Date
	Organisation  Named
	Part          string // the board's or unit's name; empty for the organisation itself
	Other         Named  // where something went, or came from
	Before, After string // names
}

// Unit is a team, a district or another part, with what lies below it.
type Unit struct {
	ID, Name, Code      string
	AuthorityID, Parent string // empty: below the organisation itself; below the board or the organisation
	ClosedOn            clock.Date
	Below               []Unit
}

// Board is an authority of an organisation.
type Board struct {
	ID, Name  string
	ClosedOn  clock.Date
	Open      int // rounds that have not ended; only for those whom they are within reach of
	People    int // who have a role in it
	MayChange bool
	Units     []Unit
}

// Detail is an organisation's page.
type Detail struct {
	Row
	Boards     []Board
	Units      []Unit // below the organisation itself
	Events     []Event
	Open       int      // rounds of boards within reach
	People     int      // who have a role in it today
	Programmes []string // ids of those that have their home here
	MergedInto Named
	SeesRounds bool
	MayChange  bool // the organisation
	MayUnits   bool // what lies below the organisation itself
	Today      clock.Date
}

// NameOn is what it was called on a day.
func (d Detail) NameOn(day clock.Date) string {
	name := d.Name
	for _, e := range d.Events { // the latest first
		if e.Fact == Renamed && e.Part == "" && e.Organisation.ID == d.ID && e.On.After(day) {
			name = e.Before
		}
	}
	return name
}

// Get is an organisation within the actor's reach; NotFound for another.
func (s *Service) Get(ctx context.Context, actor access.Subject, id string) (Detail, error) {
	programmes := s.homes.HomeProgrammes(id)
	var d Detail
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		d, err = s.detailTx(ctx, tx, actor, id)
		return err
	})
	if err != nil {
		return Detail{}, fmt.Errorf("read organisation %s: %w", id, err)
	}
	d.Programmes = programmes
	return d, nil
}

func (s *Service) detailTx(ctx context.Context, tx *db.Tx, actor access.Subject, id string) (Detail, error) {
	own, err := ownBoard(ctx, tx, actor, id)
	if err != nil {
		return Detail{}, err
	}
	if err := allow(actor, access.ReadOrganisation, resource(id, own)); err != nil {
		return Detail{}, err
	}
	d := Detail{Today: s.Today(), SeesRounds: access.ReachOf(actor.Role, access.ListRounds) != access.None,
		MayChange: access.Decide(actor, access.ChangeOrganisations, resource(id, "")).Allow,
		MayUnits:  access.Decide(actor, access.ChangeUnits, resource(id, "")).Allow}
	if d.Row, err = rowTx(ctx, tx, id); err != nil {
		return Detail{}, err
	}
	if err := s.boardsTx(ctx, tx, actor, &d); err != nil {
		return Detail{}, err
	}
	if d.People, err = peopleTx(ctx, tx, "r.organisation_id", id, d.Today); err != nil {
		return Detail{}, err
	}
	if d.Events, err = eventsTx(ctx, tx, id); err != nil {
		return Detail{}, err
	}
	for _, e := range d.Events {
		if e.Fact == MergedInto && e.Organisation.ID == id {
			d.MergedInto = e.Other
			break
		}
	}
	return d, nil
}

// boardsTx fills in boards and units.
func (s *Service) boardsTx(ctx context.Context, tx *db.Tx, actor access.Subject, d *Detail) error {
	units, err := unitsTx(ctx, tx, d.ID)
	if err != nil {
		return err
	}
	d.Units = tree(units, "", "")
	open, err := s.rounds.OpenByAuthorityTx(ctx, tx, d.ID)
	if err != nil {
		return err
	}
	if d.Boards, err = selectBoards(ctx, tx, d.ID, d.Today); err != nil {
		return err
	}
	for i := range d.Boards {
		b := &d.Boards[i]
		b.Units = tree(units, b.ID, "")
		b.MayChange = access.Decide(actor, access.ChangeUnits, resource(d.ID, b.ID)).Allow
		if actor.Authority == "" || actor.Authority == b.ID {
			b.Open = open[b.ID]
			d.Open += b.Open
		}
	}
	return nil
}

func selectBoards(ctx context.Context, tx *db.Tx, organisation string, today clock.Date) ([]Board, error) {
	boards, err := db.All(ctx, tx, func(row db.Scanner) (Board, error) {
		var b Board
		err := row.Scan(&b.ID, &b.Name, &b.ClosedOn, &b.People)
		return b, err
	}, `SELECT a.id, a.name, a.closed_on, (SELECT count(DISTINCT r.person_id) FROM role r WHERE r.authority_id = a.id AND r.organisation_id = $1
			AND r.from_on <= $2 AND (r.to_on IS NULL OR r.to_on >= $2))
		FROM authority a WHERE a.organisation_id = $1 ORDER BY a.id`, organisation, today)
	slices.SortStableFunc(boards, func(a, b Board) int { return bytes.Compare(db.CollationKey(a.Name), db.CollationKey(b.Name)) })
	return boards, err
}

// peopleTx counts who has a role today, where a column of role r has a value.
func peopleTx(ctx context.Context, tx *db.Tx, column, id string, today clock.Date) (int, error) {
	return db.One(ctx, tx, db.Scalar[int], `SELECT count(DISTINCT r.person_id) FROM role r WHERE `+column+` = $1 AND r.from_on <= $2
		AND (r.to_on IS NULL OR r.to_on >= $2)`, id, today)
}

// unitsTx is every unit of an organisation, in Swedish order, without what lies below it.
func unitsTx(ctx context.Context, tx *db.Tx, organisation string) ([]Unit, error) {
	return db.All(ctx, tx, func(row db.Scanner) (Unit, error) {
		var u Unit
		err := row.Scan(&u.ID, &u.Name, &u.Code, &u.AuthorityID, &u.Parent, &u.ClosedOn)
		return u, err
	}, `SELECT id, name, coalesce(code, ''), coalesce(authority_id, ''), coalesce(parent_id, ''), closed_on FROM unit
		WHERE organisation_id = $1 ORDER BY name_sort, id`, organisation)
}

// tree is the units of a board (or of the organisation itself) below a parent, each with what lies below it.
func tree(units []Unit, authority, parent string) []Unit {
	var out []Unit
	for _, u := range units {
		if u.AuthorityID == authority && u.Parent == parent {
			u.Below = tree(units, authority, u.ID)
			out = append(out, u)
		}
	}
	return out
}

const maxEvents = 300

// eventsTx is what has happened to an organisation and to what lies or lay below it, the latest first.
func eventsTx(ctx context.Context, tx *db.Tx, id string) ([]Event, error) {
	return db.All(ctx, tx, func(row db.Scanner) (Event, error) {
		var e Event
		err := row.Scan(&e.ID, &e.Fact, &e.On, &e.Organisation.ID, &e.Organisation.Name, &e.Part, &e.Other.ID, &e.Other.Name, &e.Before, &e.After)
		return e, err
	}, fmt.Sprintf(`SELECT f.id, f.fact, f.happened_on, o.id, o.name, coalesce(a.name, u.name, ''), coalesce(x.id, ''), coalesce(x.name, ''),
			coalesce(f.name_before, ''), coalesce(f.name_after, '')
		FROM organisation_fact f JOIN organisation o ON o.id = f.organisation_id LEFT JOIN organisation x ON x.id = f.other_id
			LEFT JOIN authority a ON a.id = f.authority_id LEFT JOIN unit u ON u.id = f.unit_id
		WHERE (f.organisation_id = $1 OR f.other_id = $1) AND %s ORDER BY f.happened_on DESC, f.id DESC LIMIT %d`, stands, maxEvents), id)
}

// Others are the open organisations of a kind beside one, for choosing among.
func (s *Service) Others(ctx context.Context, actor access.Subject, kind directory.OrganisationKind, id string) ([]Named, error) {
	if err := allow(actor, access.ChangeOrganisations, access.Resource{}); err != nil {
		return nil, err
	}
	var all []Named
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = db.All(ctx, tx, func(row db.Scanner) (Named, error) {
			var n Named
			err := row.Scan(&n.ID, &n.Name)
			return n, err
		}, `SELECT id, name FROM organisation WHERE kind = $1 AND id <> $2 AND closed_on IS NULL ORDER BY name_sort, id`, string(kind), id)
		return err
	})
	return all, err
}
