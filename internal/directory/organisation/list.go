package organisation

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
)

// State is whether an organisation still is.
type State string

// The states that a list can be asked for.
const (
	Open   State = "open"
	Closed State = "closed"
	All    State = "all"
	// Unattended are those that directory.Unattended tells of: people work with a programme, and nobody looks after their accounts.
	Unattended State = "unattended"
)

// States are the states in the order in which they are offered.
var States = []State{Open, Unattended, Closed, All}

// Query says which organisations a list shows. The zero Query is the first page of those that are open, in Swedish order.
type Query struct {
	Text    string // words that begin like words of the name, a former name, the code, a board or a unit
	Kind    directory.OrganisationKind
	County  string
	State   State
	Page    int // from 1
	PerPage int // 50 when zero
}

const (
	perPage   = 50
	maxExport = 10_000
	maxPage   = 1_000_000
	maxWords  = 8
)

func (q Query) normal() Query {
	if q.PerPage <= 0 {
		q.PerPage = perPage
	}
	q.PerPage, q.Page = min(q.PerPage, maxExport), min(max(q.Page, 1), maxPage)
	if q.State != Closed && q.State != All && q.State != Unattended {
		q.State = Open
	}
	return q
}

// Filtered tells whether the query leaves something out that an unfiltered list has.
func (q Query) Filtered() bool {
	return q.Text != "" || q.Kind != "" || q.County != "" || q.State == Closed || q.State == Unattended
}

// Row is an organisation in a list.
type Row struct {
	directory.Organisation
	ClosedOn clock.Date
	Boards   int      // open ones
	Former   []string // names that it had, the latest first
}

// Page is one page of a list.
type Page struct {
	Query Query
	Rows  []Row
	Total int
	None  bool // there is no municipality in the house at all
}

// Pages is how many pages the rows fill; at least 1.
func (p Page) Pages() int { return max(1, (p.Total+p.Query.PerPage-1)/p.Query.PerPage) }

// where gathers conditions on organisation o; a ? in one stands for the next value.
type where struct {
	conditions []string
	args       []any
}

func (w *where) add(condition string, args ...any) {
	for _, a := range args {
		w.args = append(w.args, a)
		condition = strings.Replace(condition, "?", "$"+strconv.Itoa(len(w.args)), 1)
	}
	w.conditions = append(w.conditions, condition)
}

func (w *where) String() string {
	if len(w.conditions) == 0 {
		return "1 = 1"
	}
	return strings.Join(w.conditions, " AND ")
}

func (q Query) where(today clock.Date) where {
	var w where
	switch q.State {
	case Open:
		w.add("o.closed_on IS NULL")
	case Closed:
		w.add("o.closed_on IS NOT NULL")
	case Unattended:
		w.add("o.id IN ("+directory.Unattended+")", today, today)
	}
	if q.Kind != "" {
		w.add("o.kind = ?", string(q.Kind))
	}
	if q.County != "" {
		w.add("o.county = ?", q.County)
	}
	words := db.Words(q.Text)
	for _, word := range words[:min(len(words), maxWords)] {
		from, to := db.PrefixRange(word)
		w.add("EXISTS (SELECT 1 FROM organisation_word x WHERE x.organisation_id = o.id AND x.word >= ? AND x.word < ?)", from, to)
	}
	return w
}

// List is the organisations that a query asks for.
func (s *Service) List(ctx context.Context, actor access.Subject, q Query) (Page, error) {
	if err := allow(actor, access.ListOrganisations, access.Resource{}); err != nil {
		return Page{}, err
	}
	wanted := q.normal()
	w := wanted.where(s.Today())
	var page Page
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		page = Page{Query: wanted}
		var err error
		if page.Total, err = db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM organisation o WHERE `+w.String(), w.args...); err != nil {
			return err
		}
		page.Query.Page = min(wanted.Page, page.Pages())
		args := append(append([]any{}, w.args...), wanted.PerPage, (page.Query.Page-1)*wanted.PerPage)
		page.Rows, err = db.All(ctx, tx, scanRow, fmt.Sprintf(`SELECT %s FROM organisation o WHERE %s ORDER BY o.name_sort, o.id LIMIT $%d OFFSET $%d`,
			rowColumns, w.String(), len(args)-1, len(args)), args...)
		if err != nil {
			return err
		}
		n, err := db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM organisation WHERE kind = 'municipality'`)
		if page.None = n == 0; err != nil {
			return err
		}
		return addFormer(ctx, tx, page.Rows)
	})
	if err != nil {
		return Page{}, fmt.Errorf("list organisations: %w", err)
	}
	return page, nil
}

// Export is List without pages, logged as an export. More than 10,000 are TooLarge.
func (s *Service) Export(ctx context.Context, actor access.Subject, q Query) (Page, error) {
	q.Page, q.PerPage = 1, maxExport
	p, err := s.List(ctx, actor, q)
	if err != nil {
		return Page{}, err
	}
	if p.Total > len(p.Rows) {
		return Page{}, errs.New(errs.TooLarge, "export.error.many")
	}
	audit.Note(ctx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: actor.Organisation, Action: ActionExport, Outcome: audit.OK,
		Count: len(p.Rows)})
	return p, nil
}

const rowColumns = `o.id, o.kind, o.name, coalesce(o.code, ''), coalesce(o.county, ''), o.closed_on,
	(SELECT count(*) FROM authority a WHERE a.organisation_id = o.id AND a.closed_on IS NULL)`

func scanRow(row db.Scanner) (Row, error) {
	var r Row
	err := row.Scan(&r.ID, &r.Kind, &r.Name, &r.Code, &r.County, &r.ClosedOn, &r.Boards)
	return r, err
}

// rowTx is one organisation.
func rowTx(ctx context.Context, tx *db.Tx, id string) (Row, error) {
	r, err := db.One(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM organisation o WHERE o.id = $1`, id)
	if err != nil {
		return r, err
	}
	rows := []Row{r}
	err = addFormer(ctx, tx, rows)
	return rows[0], err
}

// chunk bounds the number of ids in one query.
const chunk = 500

// addFormer fills in the names that organisations had.
func addFormer(ctx context.Context, tx *db.Tx, rows []Row) error {
	for len(rows) > 0 {
		part := rows[:min(len(rows), chunk)]
		rows = rows[len(part):]
		at, ids := make(map[string]int, len(part)), make([]any, len(part))
		for i, r := range part {
			at[r.ID], ids[i] = i, r.ID
		}
		var w where
		w.add("f.organisation_id IN ("+strings.TrimSuffix(strings.Repeat("?, ", len(ids)), ", ")+")", ids...)
		type former struct{ id, name string }
		names, err := db.All(ctx, tx, func(row db.Scanner) (former, error) {
			var f former
			err := row.Scan(&f.id, &f.name)
			return f, err
		}, `SELECT f.organisation_id, f.name_before FROM organisation_fact f WHERE `+w.String()+` AND f.fact = 'renamed' AND f.authority_id IS NULL
			AND f.unit_id IS NULL AND `+stands+` ORDER BY f.happened_on DESC, f.id DESC`, w.args...)
		if err != nil {
			return err
		}
		for _, n := range names {
			i := at[n.id]
			part[i].Former = append(part[i].Former, n.name)
		}
	}
	return nil
}

// stands says that a fact f has not been superseded.
const stands = `NOT EXISTS (SELECT 1 FROM organisation_fact later WHERE later.supersedes = f.id)`
