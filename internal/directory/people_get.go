package directory

import (
	"context"
	"fmt"
	"slices"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// Happened is what a fact about a person says.
type Happened string

// The facts there are about people.
const (
	Renamed     Happened = "renamed"
	NewAddress  Happened = "address"
	NewPhone    Happened = "phone"
	HasLeft     Happened = "left"
	HasReturned Happened = "returned"
	WasMerged   Happened = "merged" // another entry of the same person was put together with this one
)

// maxFacts is how much of a person's history is shown.
const maxFacts = 200

// PersonFact is something that happened to what is stored of a person.
type PersonFact struct {
	Fact       Happened
	On         clock.Date
	RecordedAt time.Time
	By         string // a name; empty for what the program did
	Old, New   string
}

// PersonDetail is all there is to know of a person, and what the reader may do about it.
type PersonDetail struct {
	PersonRow
	State   PersonState
	Today   clock.Date
	Added   time.Time
	Facts   []PersonFact // the newest first
	MayGive bool         // a role, in some place
	MayEnd  map[string]bool
	// MayChange tells whether the reader reaches every role that the person has: then they may change the name and the address,
	// and say that the person has left. MayChangeSome tells whether they could, were it not for roles elsewhere.
	MayChange, MayChangeSome bool
	Self                     bool
}

// Person is a person whom the actor reaches. One outside the reach is NotFound, as one that does not exist, and the attempt is logged.
// Of a person who was merged into another it is the other.
func (s *Service) Person(ctx context.Context, actor access.Subject, id string) (PersonDetail, error) {
	d, w := PersonDetail{Today: s.Today(), MayEnd: map[string]bool{}}, s.who(actor)
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if d.PersonRow, err = personTx(ctx, tx, id); err != nil {
			return err
		}
		var added db.Time
		if err := tx.QueryRow(ctx, `SELECT created_at FROM person WHERE id = $1`, d.ID).Scan(&added); err != nil {
			return err
		}
		d.Added = added.Time
		d.Facts, err = factsTx(ctx, tx, d.ID)
		return err
	})
	if err == nil {
		err = w.judge(ctx, access.ReadPerson, ActionReadPerson, d.PersonRow)
	}
	if err != nil {
		return PersonDetail{}, fmt.Errorf("person: %w", err)
	}
	d.State, d.Self = d.StateOn(d.Today), d.ID == actor.Person
	d.MayGive = !d.Self && access.ReachOf(actor.Role, access.GiveRole) != access.None
	for _, r := range d.Lasting(d.Today) {
		d.MayEnd[r.ID] = w.giving(r).EndRefusal(actor) == nil
	}
	d.MayChangeSome = w.reaches(access.ChangePerson, d.Roles)
	d.MayChange = d.MayChangeSome && w.reachesAll(access.ChangePerson, d.PersonRow, d.Today)
	return d, nil
}

// judge notes a look at a person in the log of the organisation by whose role they were reached, and turns a denial into NotFound.
func (w who) judge(ctx context.Context, action access.Action, as audit.Action, p PersonRow) error {
	actor := w.actor
	e := audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: actor.Organisation, Action: as, Subject: p.ID, Outcome: audit.OK}
	i := slices.IndexFunc(p.Roles, func(r PersonRole) bool { return w.reachesRole(action, r) })
	if i >= 0 {
		e.Organisation = p.Roles[i].OrganisationID
		audit.Note(ctx, e)
		return nil
	}
	e.Outcome = audit.Denied
	audit.Note(ctx, e)
	return errs.Wrap(errs.NotFound, fmt.Errorf("%s: %s", as, access.OutOfReach))
}

func factsTx(ctx context.Context, tx *db.Tx, person string) ([]PersonFact, error) {
	return db.All(ctx, tx, func(row db.Scanner) (PersonFact, error) {
		var f PersonFact
		var at db.Time
		err := row.Scan(&f.Fact, &f.On, &at, &f.By, &f.Old, &f.New)
		f.RecordedAt = at.Time
		return f, err
	}, fmt.Sprintf(`SELECT f.fact, f.happened_on, f.recorded_at, coalesce(b.name, ''), coalesce(f.old_value, ''), coalesce(f.new_value, '')
		FROM person_fact f LEFT JOIN person b ON b.id = f.recorded_by WHERE f.person_id = $1 ORDER BY f.recorded_at DESC, f.id DESC LIMIT %d`, maxFacts), person)
}

// Place is an organisation, or one board of it, in which somebody can be given a role.
type Place struct {
	OrganisationID, AuthorityID string
	Kind                        OrganisationKind
	Name                        string // "Växjö kommun" or "Växjö kommun, Socialnämnden"
	Organisation, Board, Code   string // the names apart, and the municipality's code
}

// Places is where the actor may give roles, in Swedish order: each organisation followed by its boards.
func (s *Service) Places(ctx context.Context, actor access.Subject) ([]Place, error) {
	if access.ReachOf(actor.Role, access.GiveRole) == access.None {
		return nil, errs.New(errs.Denied, "")
	}
	var c clauses
	today := s.Today()
	c.add("a.organisation_id = o.id AND (a.closed_on IS NULL OR a.closed_on > ?)", today)
	join := c.String()
	c.conditions = nil
	c.add("(o.closed_on IS NULL OR o.closed_on > ?)", today)
	switch {
	case access.ReachOf(actor.Role, access.GiveRole) == access.Hub:
		c.add("1 = 1")
	case actor.Authority != "":
		c.add("a.id = ?", actor.Authority)
	default:
		c.add("o.id = ?", actor.Organisation)
	}
	var places []Place
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		rows, err := db.All(ctx, tx, func(row db.Scanner) (Place, error) {
			var p Place
			err := row.Scan(&p.OrganisationID, &p.Kind, &p.Organisation, &p.Code, &p.AuthorityID, &p.Board)
			return p, err
		}, `SELECT o.id, o.kind, o.name, coalesce(o.code, ''), coalesce(a.id, ''), coalesce(a.name, '') FROM organisation o LEFT JOIN authority a ON `+join+`
			WHERE `+c.String()+` ORDER BY o.name_sort, o.id, a.name, a.id`, c.args...)
		places = placesOf(rows, actor.Authority != "" && actor.Role != access.Coordinator)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("places: %w", err)
	}
	return places, nil
}

// placesOf puts each organisation before its boards; for who is bound to a board there is the board alone.
func placesOf(rows []Place, boardOnly bool) []Place {
	var places []Place
	for i, r := range rows {
		if !boardOnly && (i == 0 || rows[i-1].OrganisationID != r.OrganisationID) {
			places = append(places, Place{OrganisationID: r.OrganisationID, Kind: r.Kind, Name: r.Organisation, Organisation: r.Organisation, Code: r.Code})
		}
		if r.AuthorityID != "" {
			r.Name = r.Organisation + ", " + r.Board
			places = append(places, r)
		}
	}
	return places
}
