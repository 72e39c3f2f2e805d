package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// The actions in the log that this room writes about people. Their subject is the person; a role's id stands among what was found.
const (
	ActionListPeople   audit.Action = "person.list"
	ActionExportPeople audit.Action = "person.export"
	ActionReadPerson   audit.Action = "person.read"
	ActionAddPerson    audit.Action = "person.add"
	ActionChangePerson audit.Action = "person.change"
	ActionGiveRole     audit.Action = "role.give"
	ActionEndRole      audit.Action = "role.end"
	ActionDeputise     audit.Action = "role.deputy"
	ActionMovePerson   audit.Action = "person.move"
	ActionLeave        audit.Action = "person.leave"
	ActionReturn       audit.Action = "person.return"
	ActionMerge        audit.Action = "person.merge"
)

var errLoop = errors.New("people are merged into one another")

// States is the states that a list can be asked for, and Deputies beside them.
var States = []PersonState{Present, Coming, NoRole, Left, Deputies}

// Deputies is not a state but a filter: those who stand in for somebody today.
const Deputies PersonState = "deputy"

// PeopleQuery says which people a list shows. The zero value is the first page of all.
type PeopleQuery struct {
	Text         string // words that begin like words of the name or the address
	Organisation string
	Role         access.Role
	Programme    string
	State        PersonState
	Page         int // from 1
	PerPage      int // 50 when zero
}

const (
	peoplePerPage  = 50
	peopleCounted  = 10_000
	maxSearchWords = 8
	maxListPage    = 1_000_000
)

func (q PeopleQuery) normal() PeopleQuery {
	if q.PerPage <= 0 {
		q.PerPage = peoplePerPage
	}
	q.PerPage, q.Page = min(q.PerPage, peopleCounted), min(max(q.Page, 1), maxListPage)
	return q
}

// IsAll tells whether the query leaves nobody out.
func (q PeopleQuery) IsAll() bool { return q == PeopleQuery{Page: q.Page, PerPage: q.PerPage} }

// Named is an id with the words for it.
type Named struct{ ID, Name string }

// PeoplePage is one page of the list, with what it can be filtered by.
type PeoplePage struct {
	Query         PeopleQuery
	Rows          []PersonRow
	Total         int
	More          bool // there are more than Total: counting stops at 10,000
	Today         clock.Date
	Organisations []Named
	Programmes    []string
}

// Pages is how many pages the counted rows fill; at least 1.
func (p PeoplePage) Pages() int { return max(1, (p.Total+p.Query.PerPage-1)/p.Query.PerPage) }

// ListPeople is the people whom the actor reaches, as the query asks, in Swedish order. Who was shown stands in the log.
func (s *Service) ListPeople(ctx context.Context, actor access.Subject, q PeopleQuery) (PeoplePage, error) {
	return s.listPeople(ctx, actor, q, ActionListPeople)
}

// ExportPeople is ListPeople without pages. More than can be counted, 10,000, are TooLarge.
func (s *Service) ExportPeople(ctx context.Context, actor access.Subject, q PeopleQuery) (PeoplePage, error) {
	q.Page, q.PerPage = 1, peopleCounted
	p, err := s.listPeople(ctx, actor, q, ActionExportPeople)
	if err == nil && p.More {
		return PeoplePage{}, errs.New(errs.TooLarge, "people.error.many")
	}
	return p, err
}

func (s *Service) listPeople(ctx context.Context, actor access.Subject, q PeopleQuery, as audit.Action) (PeoplePage, error) {
	scope := access.ScopeOf(actor, access.ListPeople)
	if scope.Reach() == access.None {
		return PeoplePage{}, errs.New(errs.Denied, "")
	}
	page := PeoplePage{Query: q.normal(), Today: s.Today()}
	wanted := page.Query.Page
	w := s.who(actor)
	c, count := w.matching(scope, page.Query, page.Today)
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if page.Total, page.More, err = db.CountTo(ctx, tx, peopleCounted, count, c.args...); err != nil {
			return err
		}
		if !page.More {
			page.Query.Page = min(wanted, page.Pages()) // an old address, of a list that has become shorter
		}
		args := append(slices.Clone(c.args), page.Query.PerPage, (page.Query.Page-1)*page.Query.PerPage)
		page.Rows, err = db.All(ctx, tx, scanPerson, fmt.Sprintf(`SELECT %s FROM person p WHERE %s ORDER BY p.name_sort, p.id LIMIT $%d OFFSET $%d`,
			personColumns, c.String(), len(args)-1, len(args)), args...)
		if err != nil {
			return err
		}
		if err := addRoles(ctx, tx, page.Rows); err != nil {
			return err
		}
		return w.addFilters(ctx, tx, scope, &page)
	})
	if err != nil {
		return PeoplePage{}, fmt.Errorf("list people: %w", err)
	}
	ids := make([]string, len(page.Rows))
	for i, p := range page.Rows {
		ids[i] = p.ID
	}
	audit.Note(ctx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: actor.Organisation, Action: as, Outcome: audit.OK,
		Found: ids, Count: page.Total})
	return page, nil
}

// matching is the conditions on person p for a query within a scope, and a query with the same values for as many rows as there are people.
// The filters are asked of one and the same role, which is today's where somebody asks for those who are at work.
func (w who) matching(scope access.Scope, q PeopleQuery, today clock.Date) (c clauses, count string) {
	const present = "r.from_on <= ? AND (r.to_on IS NULL OR r.to_on >= ?)"
	var role clauses
	w.within(&role, scope)
	if q.Organisation != "" {
		role.add("r.organisation_id = ?", q.Organisation)
	}
	if q.Role != "" {
		role.add("r.role = ?", string(q.Role))
	}
	if q.Programme != "" {
		role.add("r.programme = ?", q.Programme)
	}
	switch q.State {
	case Present:
		role.add(present, today, today)
	case Deputies:
		role.add("r.deputy_for IS NOT NULL AND "+present, today, today)
	case Coming:
		role.add("r.from_on > ? AND (r.to_on IS NULL OR r.to_on >= r.from_on)", today)
	}
	c.args = role.args
	c.add("p.merged_into IS NULL")
	const reached = "FROM role r WHERE "
	if scope.Reach() == access.Hub && q.IsAll() {
		// Nearly everybody is meant: a page is soon found by walking along the names, and to count them no person need be read.
		c.add("EXISTS (SELECT 1 " + reached + "r.person_id = p.id AND " + role.String() + ")")
		return c, "SELECT DISTINCT r.person_id " + reached + role.String() + " AND r.person_id NOT IN (SELECT id FROM person WHERE merged_into IS NOT NULL)"
	}
	c.add("p.id IN (SELECT r.person_id " + reached + role.String() + ")")
	const hasNow = "EXISTS (SELECT 1 FROM role n WHERE n.person_id = p.id AND n.from_on <= ? AND (n.to_on IS NULL OR n.to_on >= ?))"
	switch q.State {
	case Left:
		c.add("p.left_on < ?", today)
	case NoRole:
		c.add("(p.left_on IS NULL OR p.left_on >= ?) AND NOT "+hasNow, today, today, today)
		c.add("NOT EXISTS (SELECT 1 FROM role n WHERE n.person_id = p.id AND n.from_on > ? AND (n.to_on IS NULL OR n.to_on >= n.from_on))", today)
	case Coming:
		c.add("(p.left_on IS NULL OR p.left_on >= ?) AND NOT "+hasNow, today, today, today)
	case Present, Deputies:
		c.add("(p.left_on IS NULL OR p.left_on >= ?)", today)
	}
	words := db.Words(q.Text)
	for _, word := range words[:min(len(words), maxSearchWords)] {
		from, to := db.PrefixRange(word)
		c.add("p.id IN (SELECT person_id FROM person_word WHERE word >= ? AND word < ?)", from, to)
	}
	return c, "SELECT 1 FROM person p WHERE " + c.String()
}

// addFilters is the organisations and programmes of the roles within the scope. A hub reaches nearly all that there are, so each of them is
// asked whether it has such a role; elsewhere the few roles tell theirs.
func (w who) addFilters(ctx context.Context, tx *db.Tx, scope access.Scope, page *PeoplePage) error {
	var c clauses
	w.within(&c, scope)
	organisations := `SELECT o.id, o.name FROM organisation o WHERE o.id IN (SELECT r.organisation_id FROM role r WHERE ` + c.String() + `) ORDER BY o.name_sort, o.id`
	programmes := `SELECT DISTINCT r.programme FROM role r WHERE r.programme IS NOT NULL AND ` + c.String() + ` ORDER BY r.programme`
	if scope.Reach() == access.Hub {
		organisations = `SELECT o.id, o.name FROM organisation o WHERE EXISTS (SELECT 1 FROM role r WHERE r.organisation_id = o.id AND ` + c.String() + `)
			ORDER BY o.name_sort, o.id`
		programmes = `WITH RECURSIVE known (programme) AS (SELECT min(programme) FROM role
			UNION ALL SELECT (SELECT min(x.programme) FROM role x WHERE x.programme > known.programme) FROM known WHERE known.programme IS NOT NULL)
			SELECT k.programme FROM known k WHERE k.programme IS NOT NULL AND EXISTS (SELECT 1 FROM role r WHERE r.programme = k.programme AND ` + c.String() + `) ORDER BY k.programme`
	}
	var err error
	if page.Organisations, err = db.All(ctx, tx, scanNamed, organisations, c.args...); err != nil {
		return err
	}
	page.Programmes, err = db.All(ctx, tx, db.Scalar[string], programmes, c.args...)
	return err
}

func scanNamed(row db.Scanner) (Named, error) {
	var n Named
	err := row.Scan(&n.ID, &n.Name)
	return n, err
}

// indexPerson stores the words by which a person is found, instead of those that were stored before.
func indexPerson(ctx context.Context, tx *db.Tx, id, name, email string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM person_word WHERE person_id = $1`, id); err != nil {
		return err
	}
	for _, word := range db.Words(name + " " + email) {
		if _, err := tx.Exec(ctx, `INSERT INTO person_word (word, person_id) VALUES ($1, $2)`, word, id); err != nil {
			return fmt.Errorf("index person: %w", err)
		}
	}
	return nil
}

// IndexPeople gives words to people who have none: those who were stored before people could be searched for. It is called when the
// house is opened.
func (s *Service) IndexPeople(ctx context.Context) error {
	last := ""
	for {
		n, after := 0, last
		err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			people, err := db.All(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM person p
				WHERE NOT EXISTS (SELECT 1 FROM person_word w WHERE w.person_id = p.id) AND p.id > $1 ORDER BY p.id LIMIT 500`, after)
			if n = len(people); err != nil || n == 0 {
				return err
			}
			last = people[n-1].ID
			for _, p := range people {
				if err := indexPerson(ctx, tx, p.ID, p.Name, p.Email); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("index people: %w", err)
		}
		if n == 0 {
			return nil
		}
	}
}
