package round

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// Sort is the order of a list.
type Sort string

// The orders.
const (
	ByStart Sort = "start" // newest first
	ByName  Sort = "name"
	// Earliest is the order of a strip over time: what starts first stands first.
	Earliest Sort = "earliest"
)

// Query says which rounds a list shows. The zero Query is the first page of all, newest first.
type Query struct {
	Text    string // words that begin like words of the name, the place, the organisation or a leader's name
	State   State  // empty for all
	Variant string // empty for all
	// Notified is by what the hub has been told of the round.
	Notified NotifiedFilter
	Sort     Sort
	Page     int // from 1
	PerPage  int // 50 when zero, at most 10,000 (an export)
	// From and To bound the rounds to those that go on at some time from the one day to the other; zero: no bound.
	From, To clock.Date
}

const (
	perPage   = 50
	countedTo = 10_000
	// A search whose rarest word fits more rounds than common is answered by walking the list until the page is full; then it
	// is counted less far, as the walk cannot stop at what the page shows.
	common          = 3_000
	countedInSearch = 1_000
	maxExport       = countedTo
	maxPage         = 1_000_000
	maxWords        = 8
)

// normal fills in what is missing and bounds what is too much.
func (q Query) normal() Query {
	if q.PerPage <= 0 {
		q.PerPage = perPage
	}
	q.PerPage = min(q.PerPage, maxExport)
	q.Page = min(max(q.Page, 1), maxPage)
	if q.Sort != ByName && q.Sort != Earliest {
		q.Sort = ByStart
	}
	return q
}

// Page is one page of a list.
type Page struct {
	Query Query
	Rows  []Row
	Total int
	More  bool // there are more than Total: counting stops at 10,000, in a search for common words at 1,000
	Today clock.Date
}

// Pages is how many pages the counted rows fill; at least 1.
func (p Page) Pages() int { return max(1, (p.Total+p.Query.PerPage-1)/p.Query.PerPage) }

// where gathers the conditions of a query on round r and their values.
type where struct {
	lead       string // what the rows are found from, when that is not all rounds
	conditions []string
	args       []any
}

// from is the tables of the query. A lead stands first and CROSS, which makes SQLite begin with it.
func (w *where) from() string {
	if w.lead == "" {
		return "round r"
	}
	return w.lead + " CROSS JOIN round r"
}

// add adds a condition; every ? in it stands for the next of args.
func (w *where) add(condition string, args ...any) {
	w.conditions = append(w.conditions, w.fill(condition, args...))
}

// fill numbers the question marks of a piece of SQL and keeps their values.
func (w *where) fill(sql string, args ...any) string {
	for _, a := range args {
		w.args = append(w.args, a)
		sql = strings.Replace(sql, "?", "$"+strconv.Itoa(len(w.args)), 1)
	}
	return sql
}

func (w *where) String() string { return strings.Join(w.conditions, " AND ") }

// within adds what bounds a query on round r to the scope.
func (w *where) within(s access.Scope, today clock.Date) {
	switch s.Reach() {
	case access.Hub:
		w.add("r.hub_id = ?", s.Organisation())
	case access.Organisation:
		if s.Authority() != "" {
			w.add("r.authority_id = ?", s.Authority())
		} else {
			w.add("r.organisation_id = ?", s.Organisation())
		}
	case access.Assigned:
		w.add(`r.id IN (SELECT round_id FROM round_staff WHERE person_id IN (?, ?) AND from_on <= ? AND (to_on IS NULL OR to_on >= ?))`,
			s.Person(), s.StandsFor(), today, today)
	default:
		w.add("1 = 0")
	}
	if s.Programme() != "" {
		w.add("r.programme = ?", s.Programme())
	}
}

// inState adds the condition that StateOn(today) is state. The two must say the same; a test holds them to it.
func (w *where) inState(state State, today clock.Date) {
	switch state {
	case Closed, BrokenOff:
		w.add("r.ended_how = ?", string(state))
	case Planned:
		w.add("r.ended_how IS NULL AND r.first_on > ?", today)
	case Running:
		w.add("r.ended_how IS NULL AND r.first_on <= ? AND r.last_on >= ?", today, today)
	case Waiting:
		w.add("r.ended_how IS NULL AND r.last_on < ?", today)
	}
}

// List is the rounds that the actor may see, as the query asks. A leader's words are also looked for among the participants
// of their own rounds, by keyed hash of whole words.
func (s *Service) List(ctx context.Context, actor access.Subject, q Query) (Page, error) {
	return s.list(ctx, actor, access.ListRounds, q)
}

// Export is List without pages, logged as an export. More rounds than can be counted, 10,000, are TooLarge.
func (s *Service) Export(ctx context.Context, actor access.Subject, q Query) (Page, error) {
	q.Page, q.PerPage = 1, maxExport
	p, err := s.list(ctx, actor, access.ExportRounds, q)
	if err != nil {
		return Page{}, err
	}
	if p.More {
		return Page{}, errs.New(errs.TooLarge, "export.error.many")
	}
	s.noteExport(ctx, actor, len(p.Rows))
	return p, nil
}

func (s *Service) list(ctx context.Context, actor access.Subject, action access.Action, q Query) (Page, error) {
	scope := access.ScopeOf(actor, action)
	if scope.Reach() == access.None {
		return Page{}, errs.New(errs.Denied, "")
	}
	page := Page{Query: q.normal(), Today: s.Today()}
	words := db.Words(page.Query.Text)
	if len(words) > maxWords {
		words = words[:maxWords]
	}
	wanted := page.Query.Page
	found, err := s.findParticipants(ctx, actor, words)
	if err != nil {
		return Page{}, err
	}
	var w where
	w.within(scope, page.Today)
	w.inState(page.Query.State, page.Today)
	if page.Query.Variant != "" {
		w.add("r.variant = ?", page.Query.Variant)
	}
	w.notified(page.Query.Notified, page.Today)
	w.during(page.Query.From, page.Query.To)
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		w := w // the function may run again
		limit, err := w.matching(ctx, tx, words, found)
		if err != nil {
			return err
		}
		if page.Total, page.More, err = s.totals.count(ctx, tx, w, limit); err != nil {
			return err
		}
		if !page.More {
			page.Query.Page = min(wanted, page.Pages()) // an old address, of a list that has become shorter
		}
		if page.Rows, err = selectRows(ctx, tx, w, page.Query); err != nil {
			return err
		}
		return addStaff(ctx, tx, page.Rows, page.Today)
	})
	if err != nil {
		return Page{}, fmt.Errorf("list rounds: %w", err)
	}
	return page, nil
}

// matching adds that every word begins a word of the round, or that the round is one of found, and tells how far the rounds
// are to be counted. The rarest word, when it is rare, leads the query; the others are asked of each round that it finds.
func (w *where) matching(ctx context.Context, tx *db.Tx, words []string, found []string) (countTo int, err error) {
	if len(words) == 0 {
		return countedTo, nil
	}
	rarest, least := 0, common+1
	for i, word := range words {
		from, to := db.PrefixRange(word)
		n, _, err := db.CountTo(ctx, tx, common, `SELECT 1 FROM round_word WHERE word >= $1 AND word < $2`, from, to)
		if err != nil {
			return 0, err
		}
		if n < least {
			rarest, least = i, n
		}
	}
	countTo = countedTo
	all := where{args: w.args}
	for i, word := range words {
		from, to := db.PrefixRange(word)
		switch {
		case i == rarest && least < common && len(found) == 0:
			all.lead = all.fill("(SELECT DISTINCT round_id FROM round_word WHERE word >= ? AND word < ?) AS hit", from, to)
			all.add("r.id = hit.round_id")
		case i == rarest && least < common:
			all.add("r.id IN (SELECT round_id FROM round_word WHERE word >= ? AND word < ?)", from, to)
		default:
			all.add("EXISTS (SELECT 1 FROM round_word x WHERE x.round_id = r.id AND x.word >= ? AND x.word < ?)", from, to)
		}
	}
	if least >= common {
		countTo = countedInSearch
	}
	condition := all.String()
	if len(found) > 0 {
		either := where{args: all.args}
		either.add("r.id IN ("+strings.TrimSuffix(strings.Repeat("?, ", len(found)), ", ")+")", anys(found)...)
		all.args = either.args
		condition = "(" + condition + " OR " + either.String() + ")"
	}
	w.lead, w.args, w.conditions = all.lead, all.args, append(w.conditions[:len(w.conditions):len(w.conditions)], condition)
	return countTo, nil
}

func anys(ss []string) []any {
	out := make([]any, len(ss))
	for i, s := range ss {
		out[i] = s
	}
	return out
}

const rowColumns = `r.id, r.hub_id, r.organisation_id, r.authority_id, o.name, r.programme, r.version, r.variant, r.name, r.place,
	r.language, r.first_on, r.last_on, r.sessions, r.sessions_held, r.participants, r.ended_on, coalesce(r.ended_how, ''),
	r.kind, r.link, r.interpreter, r.attendance, r.notified_on`

func scanRow(row db.Scanner) (Row, error) {
	var r Row
	err := row.Scan(&r.ID, &r.HubID, &r.OrganisationID, &r.AuthorityID, &r.Organisation, &r.Programme, &r.Version, &r.Variant, &r.Name,
		&r.Place, &r.Language, &r.FirstOn, &r.LastOn, &r.Sessions, &r.SessionsHeld, &r.Participants, &r.EndedOn, &r.EndedHow,
		&r.Kind, &r.Link, &r.Interpreter, &r.Attendance, &r.NotifiedOn)
	return r, err
}

// selectRows reads one page. The ids are found first, from an index alone, so that turning many pages stays cheap.
func selectRows(ctx context.Context, tx *db.Tx, w where, q Query) ([]Row, error) {
	order := "r.first_on DESC, r.id DESC"
	switch q.Sort {
	case ByName:
		order = "r.name_sort, r.id"
	case Earliest:
		order = "r.first_on, r.id"
	}
	args := append(append([]any{}, w.args...), q.PerPage, (q.Page-1)*q.PerPage)
	return db.All(ctx, tx, scanRow, fmt.Sprintf(`SELECT %s FROM
		(SELECT r.id FROM %s WHERE %s ORDER BY %s LIMIT $%d OFFSET $%d) AS page
		JOIN round r ON r.id = page.id JOIN organisation o ON o.id = r.organisation_id ORDER BY %s`,
		rowColumns, w.from(), w.String(), order, len(args)-1, len(args), order), args...)
}

// staffChunk bounds the number of ids in one query.
const staffChunk = 500

// addStaff fills in who works in each of the rows on a day.
func addStaff(ctx context.Context, tx *db.Tx, rows []Row, on clock.Date) error {
	for len(rows) > 0 {
		chunk := rows[:min(len(rows), staffChunk)]
		rows = rows[len(chunk):]
		at := make(map[string]int, len(chunk))
		var w where
		ids := make([]any, len(chunk))
		for i, r := range chunk {
			at[r.ID], ids[i] = i, r.ID
		}
		w.add("m.round_id IN ("+strings.TrimSuffix(strings.Repeat("?, ", len(ids)), ", ")+")", ids...)
		w.add("m.from_on <= ? AND (m.to_on IS NULL OR m.to_on >= ?)", on, on)
		type assigned struct {
			round string
			StaffMember
		}
		all, err := db.All(ctx, tx, func(row db.Scanner) (assigned, error) {
			var a assigned
			err := row.Scan(&a.round, &a.PersonID, &a.Name, &a.Role)
			return a, err
		}, `SELECT m.round_id, m.person_id, p.name, m.role FROM round_staff m JOIN person p ON p.id = m.person_id
			WHERE `+w.String()+` ORDER BY m.round_id, m.role, p.name_sort`, w.args...)
		if err != nil {
			return err
		}
		for _, a := range all {
			i := at[a.round]
			chunk[i].Staff = append(chunk[i].Staff, a.StaffMember)
		}
	}
	return nil
}
